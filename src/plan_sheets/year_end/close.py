"""Closes a year: what is finished leaves the plan, the rest goes on in a plan.xlsx of the next year, refs and all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import MergedCell
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Outcome, PlanSheetsError
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.decisions import decisions
from plan_sheets.core.rating.open_questions import open_questions
from plan_sheets.core.rating.ratings import find_finished, rate_last, rows_at
from plan_sheets.plan import record_written
from plan_sheets.plan_workbook import plan_book, rows_of
from plan_sheets.store import schemas
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.plan_folder import PLAN_FILE, Folder
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.placeholders import list_placeholders
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over
from plan_sheets.year_end.account import YearAccount, draw_account
from plan_sheets.year_end.in_the_way import list_reasons, list_warnings, name_kept_plan

CONSULTED = ("sent", "answered", "changed")
"""What the sheet Consultation says of one year's plan: it is to be done again for the next."""


@dataclass(frozen=True, slots=True)
class YearClosed:
    """A year that was closed: what it came to, and what goes on. `year` and `next_year`: `2016/17`, `2017/18`."""

    year: str
    next_year: str
    account: YearAccount
    questions: int
    """How many questions are open in the plan of the next year."""
    decisions: int
    """How many decisions of the Executive nobody has reported as carried out."""
    emptied: Sequence[str]
    """What of last year's is blank in the new plan, in words."""
    warnings: Sequence[str]
    """What somebody should know, in sentences."""
    plan: Path
    """plan.xlsx of the next year."""
    kept: Path
    """That of the year that was closed."""


def close_year(folder: Folder, now: datetime) -> YearClosed:
    """Close the year of the plan: all of it is recorded and written, or nothing.

    Raises PlanSheetsError, with every reason, if something is in the way.
    """
    with folder.register.batch("close year", now.isoformat(timespec="seconds")) as batch:
        history = folder.register.history()
        last = _find_last_round(folder, history)
        _, reasons, warnings = look_ahead(folder, now.date())
        if reasons:
            raise PlanSheetsError(f"The year {last.year_words} cannot be closed yet:", UNCHANGED, reasons=reasons)
        rounds = [issued.code for issued in folder.register.rounds()]
        rows = rows_at(history, last.code)
        ratings = rate_last(history, rounds, rows, list_declined(folder.register, history))
        account = draw_account(history, ratings, now.date())
        changed = [*_list_changed(history, last, account)]
        emptied = [*_describe_emptied(changed)]
        _move_on(history, changed, batch)
        plan, kept = _write_plans(folder, last, history, changed, batch)
        questions = _count_questions(folder, history)
        open_decisions = sum(decision.is_open() for decision in decisions(history, rounds))
        told = account, questions, open_decisions, emptied, warnings, plan, kept
        return YearClosed(last.year_words, last.next.year_words, *told)


def look_ahead(folder: Folder, as_of: date) -> tuple[str, Sequence[str], Sequence[str]]:
    """The year that would be closed (`2016/17`), why it cannot be on a day, or else what somebody should know first.

    Raises PlanSheetsError if the year has not begun, or was closed just now.
    """
    last = _find_last_round(folder, folder.register.history())
    reasons = [*list_reasons(folder, last)]
    return last.year_words, reasons, [] if reasons else [*list_warnings(folder, last, as_of)]


def _find_last_round(folder: Folder, history: History) -> Round:
    """The last round of the plan's year. Raises PlanSheetsError if that has not begun, or was closed just now."""
    issued = [facts.code for facts in folder.register.rounds()]
    if not issued:
        raise PlanSheetsError(
            "No round has been issued yet, so there is no year to close.",
            f"The year of such a plan is changed in plan.xlsx, beside Financial year. {UNCHANGED}",
        )
    held = history.standing(Key("plan", "", "year"))
    last = Round(int(held.value[:4]), 4)
    if last.year > Round.parse(issued[-1]).year:
        before = Round(last.year - 1, 4).year_words
        raise PlanSheetsError(
            f"The year {before} was closed on {PartialDate.of_iso(held.source.received).words} already, and no round "
            f"of {held.value} has been issued.",
            UNCHANGED,
        )
    return last


def _list_changed(history: History, last: Round, account: YearAccount) -> Iterator[MergedCell]:
    """What changes with the year, from the first round of the next on."""
    questions = [ref for ref in history.refs("question") if history.text("question", ref, "answer")]
    leaving = [("action", action.ref) for action in account.finished]
    leaving += [("action", ref) for ref in account.succeeded] + [("question", ref) for ref in questions]
    consulted = [Key("consultation", ref, name) for ref in history.refs("consultation") for name in CONSULTED]
    values = {Key("plan", "", "year"): last.next.year_words, Key("plan", "", "status"): ""}
    values |= dict.fromkeys(consulted, "")
    values |= {Key(*row, "finished_in"): last.year_words for row in leaving}
    for key, value in values.items():
        head = history.standing(key)
        if value != head.value:
            cell = Cell(key, schemas.load_records()[key.record][key.field], None, "", value, head.value)
            yield MergedCell(cell, head, Outcome.TAKEN, max(last.next.code, head.round))


def _describe_emptied(changed: Sequence[MergedCell]) -> Iterator[str]:
    """What stands blank in the new plan, because it was said of last year's."""
    emptied: dict[str, None] = {}
    for met in changed:
        if not met.cell.value:
            of = "Consultation: " if met.cell.key.record == "consultation" else ""
            emptied[f"{of}{met.cell.field.title}"] = None
    yield from emptied


def _move_on(history: History, changed: Sequence[MergedCell], batch: Batch) -> None:
    """Let what changes stand in the history."""
    source = Source("plan", file=PLAN_FILE, received=batch.at)
    for met in changed:
        history.add(Held(met.cell.key, met.cell.value, met.cell.scope, met.round, history.next_seq(), source))


def _write_plans(
    folder: Folder, last: Round, history: History, changed: Sequence[MergedCell], batch: Batch
) -> tuple[Path, Path]:
    """Keep plan.xlsx under the name of its year, and write that of the next in its place; the paths of both."""
    old = folder.read_plan()
    kept = folder.write(name_kept_plan(last), old, batch)
    book = plan_book(rows_of(history, list_placeholders(folder.register)), created=datetime.fromisoformat(batch.at))
    data = hand_over(book)
    folder.keep(data, sha256(data))
    folder.sync_kept([folder.kept(sha256(data))])
    folder.record(PLAN_FILE, sha256(old), batch)
    plan = folder.write(PLAN_FILE, data, batch)
    record_written(batch, data, history, changed)
    return plan, kept


def _count_questions(folder: Folder, history: History) -> int:
    rows: Mapping[str, Mapping[str, Mapping[str, str]]] = rows_at(history)
    there = {
        key: text for key, text in list_placeholders(folder.register).items() if key.ref in rows.get(key.record, {})
    }
    return sum(1 for _ in open_questions(rows, there, {}, find_finished(history)))
