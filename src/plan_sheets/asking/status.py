"""How a round stands: issued = returned + outstanding, nothing to report apart; held and refused; what to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from plan_sheets.core.answers.waive import Waiver
from plan_sheets.core.model.dates import check_day
from plan_sheets.core.model.findings import PlanSheetsError, Verdict
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.control_totals import SubgroupReturn, sums
from plan_sheets.core.rating.decisions import decisions
from plan_sheets.core.rating.rules.overrides import OVERRIDE, list_without_effect
from plan_sheets.core.rating.to_do import Desk, fill_sentence, list_tasks
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, Folder, check_folder
from plan_sheets.store.register.desk import (
    find_last_made,
    find_year_close,
    list_closed_rounds,
    list_missing,
    list_offered,
    list_open_rounds,
    list_waivers,
    read_chairs,
    read_year,
)
from plan_sheets.store.register.editions import EditionFacts, is_touched, list_editions
from plan_sheets.store.register.reads import FileFinding, count_errors
from plan_sheets.store.register.settling.findings import list_findings
from plan_sheets.store.register.settling.held import FilePutAside, list_put_aside
from plan_sheets.store.register.standings import find_done, list_days_chased, read_standings

OFFICERS = "officer"
"""The folder of the officer's workbooks."""


@dataclass(frozen=True, slots=True)
class RoundStatus:
    """The control totals of one round; before the first is issued, what waits."""

    round: str
    """Its code; "" before the first is issued."""
    return_by: str
    """ISO."""
    rows: Sequence[SubgroupReturn]
    totals: Mapping[str, int]
    open_queries: int
    set_aside: Sequence[tuple[str, str, str, str]]
    """Files held or refused: verdict, number, file, the beginning of its SHA-256."""
    put_aside: Sequence[FilePutAside]
    """Files that were held or refused and that the officer put aside or answered: they are set aside no more."""
    overrides: Sequence[str]
    """The overrides of the round that do not hold, each a sentence."""
    decisions: int
    """What the executive has decided for the round so far."""
    unnamed: Sequence[str]
    """The refs of the decisions beside which nobody's name stands."""
    plan: str
    """A warning if plan.xlsx has been saved since it was last taken in; else ""."""
    editions: Sequence[EditionFacts]
    """The masters of the round that were handed over, oldest first; with the first the round is closed."""
    first_open: str
    """The code of the first round that is not closed, issued or not: to it belongs what the plan changes."""
    touched: bool
    """Whether something came since the last of them that belongs to the round or an earlier one."""
    chased: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The days (ISO) on which a reminder was drafted, by subgroup."""
    waivers: Sequence[Waiver] = ()
    """The rules that subgroups are not held to, or were not: each says until when."""
    waived: Sequence[str] = ()
    """The same in words; of one that has expired, that it has."""
    chairs: Mapping[str, str] = field(default_factory=dict)
    """Who answers for each subgroup, by its code, and the e-mail address: `Chair, Signs of Safety, a@example.org`."""
    findings: Sequence[tuple[FileFinding, bool]] = ()
    """All findings of the round and of the plan last read, and of each whether it is dealt with, if that was asked."""

    def whom(self, row: SubgroupReturn) -> str:
        """Who is to be asked for a workbook that is outstanding; "" of another, and where the plan names nobody."""
        return self.chairs.get(row.subgroup, "") if row.is_outstanding else ""


def status_of(folder: Folder, code: str | Round | None, as_of: date, *, findings: bool = False) -> RoundStatus:
    """The control totals of a round, None for the latest, on a day. Raises PlanSheetsError if it was not issued.

    `findings`: with all that there was to say of what came, dealt with or not.
    """
    check_folder(folder)
    check_day(as_of, "as_of")
    with folder.register.as_it_stands():
        status = _read_status(folder, code, as_of)
        told = list_findings(folder.register, status.round) if findings else ()
    return replace(status, findings=told)


def _read_status(folder: Folder, code: str | Round | None, as_of: date) -> RoundStatus:
    register = folder.register
    rounds = {issued_round.code: issued_round for issued_round in register.rounds()}
    latest = next(reversed(rounds), "")
    wanted = Round.parse(code).code if code else latest
    if wanted and wanted not in rounds:
        raise PlanSheetsError(f"{wanted} has not been issued.", f"Issued so far: {', '.join(rounds) or 'none'}.")
    rows = read_standings(register, wanted, as_of, find_done(register, wanted)) if wanted else []
    aside = [
        (file.verdict, file.number, file.file, file.sha256[:12])
        for verdict in ("held", "refused")
        for file in register.set_aside(verdict)
    ]
    held = sum(verdict == "held" for verdict, *_ in aside)
    totals = sums(rows, held, len(aside) - held)
    is_latest = wanted == latest  # what is asked of the plan may belong to the quarter after it
    queries = [query for query in register.open_queries() if is_latest or query.round <= wanted]
    decided = decisions(register.history(record="decision"), [wanted]) if wanted else []
    unnamed = [decision.ref for decision in decided if not decision.by]
    plan = NOT_TAKEN_IN if folder.plan_is_newer() else ""
    handed_over = list_editions(register, wanted)
    touched = bool(handed_over) and is_touched(register, wanted, handed_over[-1].batch)
    done = [*list_put_aside(register).values()]
    overrides = [*list_without_effect(register.history(field=OVERRIDE), wanted)] if wanted else []
    told = rows, totals, len(queries), aside, done, overrides, len(decided), unnamed, plan, handed_over
    waivers = list_waivers(register)
    waived = [waiver.describe(as_of) for waiver in waivers]
    last = register.first_open(), touched, list_days_chased(register, wanted), waivers, waived, read_chairs(register)
    return RoundStatus(wanted, rounds[wanted].return_by if wanted else "", *told, *last)


class ToDo(NamedTuple):
    """One thing that there is to do: its code and its sentence, of which `schemas/next.yaml` has all."""

    code: str
    sentence: str
    words: str
    """The same without the commands, for a page that leads on by itself."""


@dataclass(frozen=True, slots=True)
class WhatNext:
    """Where the plan stands, and what there is to do, in order."""

    round: str
    """The code of the last round that was issued; "" before the first."""
    closed_through: str
    """The code of the last round that is closed; "" if none is."""
    to_do: Sequence[ToDo]
    """The first is what to do now."""


def what_next(folder: Folder, as_of: date) -> WhatNext:
    """What there is to do now, in order, on a day, from the register alone."""
    check_folder(folder)
    check_day(as_of, "as_of")
    with folder.register.as_it_stands():
        rounds = [issued.code for issued in folder.register.rounds()]
        closed = folder.register.closed_through()
        desk = _read_desk(folder, rounds, closed, as_of)
    sentences = schemas.load_tasks()
    to_do = [
        ToDo(task, *(fill_sentence(sentences[task], details, with_commands=said) for said in (True, False)))
        for task, details in list_tasks(desk)
    ]
    return WhatNext(rounds[-1] if rounds else "", closed, to_do)


def _read_desk(folder: Folder, rounds: Sequence[str], closed: str, as_of: date) -> Desk:
    """All that decides what there is to do. `rounds`: codes of those issued; `closed`: that of the last one closed."""
    register = folder.register
    taken_in = folder.plans_read()[-1:]
    return Desk(
        year=read_year(register),
        year_is_new=_is_new_year(folder),
        missing=[] if rounds else list_missing(register),
        plan_saved=folder.plan_is_newer(),
        plan_errors=count_errors(register, taken_in[0].id) if taken_in else 0,
        held=[f"{file.number} {file.file}" for file in register.set_aside("held")],
        queries=len(register.open_queries()),
        proposals=len(list_offered(register, rounds)),
        officer_file=_as_typed(folder.path / find_last_made(register, OFFICERS)),
        closed=list_closed_rounds(register, [code for code in rounds if code <= closed], folder.path),
        open=list_open_rounds(register, [code for code in rounds if code > closed], as_of),
    )


def _is_new_year(folder: Folder) -> bool:
    """Whether a year was closed, and plan.xlsx has not been taken in since."""
    closed_by = find_year_close(folder.register)
    return bool(closed_by) and not any(
        plan.id > closed_by and plan.verdict != Verdict.UNTOUCHED for plan in folder.register.returns(kind="plan")
    )


def _as_typed(path: Path) -> str:
    """A path as it is typed into a command."""
    return f'"{path}"' if " " in str(path) else str(path)
