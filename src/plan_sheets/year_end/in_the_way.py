"""What is in the way of closing a year, each with what to do; and what somebody should know who closes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words
from plan_sheets.store.container.hashing import sha256_of
from plan_sheets.store.outbox import check_free
from plan_sheets.store.plan_folder import PLAN_FILE, Folder
from plan_sheets.store.register.desk import find_last_made, list_offered
from plan_sheets.store.register.editions import is_touched, list_editions
from plan_sheets.store.register.reads import count_errors
from plan_sheets.store.register.standings import read_returns


def name_kept_plan(last: Round) -> str:
    """What the plan of the year of this round is called when the year is closed: `plan-2016-17.xlsx`."""
    return f"plan-{last.code[:7]}.xlsx"


def list_reasons(folder: Folder, last: Round) -> Iterator[str]:
    """Why the year whose last round this is cannot be closed now, and what to do."""
    register = folder.register
    rounds = [issued.code for issued in register.rounds()]
    if last.code not in rounds:
        yield f"{last.of_year} has not been issued: plan-sheets issue --round {last.code} --return-by DATE"
    elif register.closed_through() < last.code:
        yield f"No master of {last.of_year} has been handed over: plan-sheets master --round {last.code} --hand-over"
    yield from _list_waiting(folder, rounds)
    yield from _list_of_plan(folder)
    yield from _list_of_kept_plan(folder, name_kept_plan(last))


def _list_waiting(folder: Folder, rounds: Sequence[str]) -> Iterator[str]:
    """What waits for the officer's word."""
    queries, offered = len(folder.register.open_queries()), len(list_offered(folder.register, rounds))
    officer = folder.path / find_last_made(folder.register, "officer")
    if queries:
        asked = "1 query is open: settle it" if queries == 1 else f"{queries} queries are open: settle them"
        yield f"{asked} in {officer}, save it, and: plan-sheets receive {officer}"
    if offered:
        wait = "1 proposal waits" if offered == 1 else f"{offered} proposals wait"
        yield f"{wait} for your Yes or No: answer in {officer}, save it, and: plan-sheets receive {officer}"


def _list_of_plan(folder: Folder) -> Iterator[str]:
    """What is the matter with plan.xlsx."""
    try:
        check_free(folder.plan_file)
        folder.read_plan()
    except PlanSheetsError as trouble:
        yield f"{trouble} {trouble.remedy}"
        return
    taken_in = folder.plans_read()[-1:]
    if folder.plan_is_newer():
        yield f"{PLAN_FILE} has been saved since it was last taken in: plan-sheets plan"
    elif taken_in and (errors := count_errors(folder.register, taken_in[0].id)):
        many = count_words(errors, "error")
        yield f"{many} in {PLAN_FILE}, not taken: mend what plan-sheets check lists, then: plan-sheets plan"


def _list_of_kept_plan(folder: Folder, name: str) -> Iterator[str]:
    """Why the plan of the year cannot be kept under this name."""
    kept = folder.path / name
    try:
        check_free(kept)
        if kept.exists() and sha256_of(kept) != sha256_of(folder.plan_file):
            yield f"{name} is there already, and is another file: give it another name, or move it out of the folder."
    except PlanSheetsError as trouble:
        yield f"{trouble} {trouble.remedy}"
    except OSError as error:
        yield f"{name} cannot be read ({error.strerror}): give it another name, or move it out of the folder."


def list_warnings(folder: Folder, last: Round, as_of: date) -> Iterator[str]:
    """What does not keep the year from being closed, and somebody should know who closes it."""
    register = folder.register
    issued = [facts.code for facts in register.rounds() if Round.parse(facts.code).year == last.year]
    missed = [f"Quarter {number}" for number in range(1, 4) if Round(last.year, number).code not in issued]
    if missed:
        yield f"{', '.join(missed)} of {last.year_words} {'was' if len(missed) == 1 else 'were'} never issued."
    for code in issued:
        editions = list_editions(register, code)
        if not editions:
            yield f"No master of {code} was ever handed over."
        elif is_touched(register, code, editions[-1].batch):
            yield f"Something came for {code} since its last master: plan-sheets master --round {code} --hand-over"
    awaited = [row.subgroup for row in read_returns(register, last.code, as_of) if row.is_outstanding]
    if awaited:
        yield f"No return of {last.of_year} has come from {', '.join(awaited)}: it can still be taken in."
    for file in register.set_aside("held"):
        yield f"{file.number} {file.file} is held: nothing of it is in yet."
