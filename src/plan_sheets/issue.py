"""One locked, signed, prefilled workbook for each subgroup and round."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.reissue import find_officers_cells
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.progress import Tell, mute, told_of
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import make_slugs
from plan_sheets.core.rating.decisions import decisions, place_decisions
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.core.rating.ratings import rate_last, rows_at
from plan_sheets.core.rating.succession import find_succession
from plan_sheets.store.collector import pause_collector
from plan_sheets.store.keeping.unknown import UnknownReferences, count_on
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over_each import hand_over_each
from plan_sheets.subgroup_workbook import RoundToIssue, list_of_subgroups, make_subgroup_book


@dataclass(frozen=True, slots=True)
class Issued:
    """One workbook handed over. `supersedes`: the reference of the issue that it takes the place of, None if none."""

    file: Path
    subgroup: str
    reference: str
    rows: int
    supersedes: str | None
    again: bool
    """Whether the workbook has not changed since it was issued before."""


@pause_collector()
def issue_round(
    folder: Folder,
    code: str | Round,
    return_by: date,
    now: datetime,
    subgroups: Sequence[str] = (),
    tell: Tell = mute,
    executor: Executor | None = None,
) -> list[Issued]:
    """The locked workbooks of a round, for all subgroups or these. Nothing is recorded unless all can be handed over.

    `executor` makes the files of many of them; None: they are made here, one after another.
    Raises PlanSheetsError for a round that is not the plan's, a return-by date before it, or an unknown subgroup.
    """
    with folder.register.batch("issue", now.isoformat(timespec="seconds")) as batch:
        shared = _gather_shared(folder, Round.parse(code), return_by, now, subgroups)
        return _make_issues(folder, shared, subgroups, batch, tell, executor)


def _make_issues(
    folder: Folder,
    shared: RoundToIssue,
    subgroups: Sequence[str],
    batch: Batch,
    tell: Tell,
    executor: Executor | None,
) -> list[Issued]:
    """The workbooks of these subgroups, or of all, recorded in the batch."""
    known = _list_subgroups(shared, subgroups)
    issues = folder.register.documents(kind="subgroup", round=shared.round.code)
    earlier = {document.subgroup: document for document in issues}
    chosen = [code for code in known if not subgroups or code in subgroups]
    slugs = make_slugs({code: row["title"] for code, row in shared.rows["subgroup"].items()})
    folder.check_free(_name_file(shared.round, slugs[code]) for code in chosen)
    _record_round(shared, subgroups, batch)
    made = (_make_document(shared, code, earlier.get(code)) for code in chosen)
    issued = []
    for document, kept, data in told_of(hand_over_each(made, len(chosen), executor), tell, len(chosen)):
        before = shared.unknown.find_before(document, earlier.get(document.subgroup))
        if not document.id:
            batch.add_document(document, kept.layout, kept.base)
        path = folder.write(_name_file(shared.round, slugs[document.subgroup]), data, batch)
        issued.append(_describe_issue(document, path, before))
    return issued


def _list_subgroups(shared: RoundToIssue, wanted: Sequence[str]) -> list[str]:
    """The subgroups that get a workbook. Raises PlanSheetsError if one that is `wanted` gets none, or there is none."""
    known = [code for code in shared.rows["subgroup"] if find_merged(shared.rows, code) == code]
    unknown = [code for code in wanted if code not in known]
    for code in unknown:
        if (into := find_merged(shared.rows, code)) != code:
            raise PlanSheetsError(f"{code} is part of {into} now, and gets no workbook.", f"Issue that of {into}.")
    if unknown or not known:
        raise PlanSheetsError(
            f"The plan has no subgroup {', '.join(unknown) or 'at all'}.", f"It has: {', '.join(known) or 'none'}."
        )
    return known


def _record_round(shared: RoundToIssue, subgroups: Sequence[str], batch: Batch) -> None:
    """The round with its return-by date; of these subgroups alone, where it is another one than that of the others."""
    code, return_by, issued = shared.round.code, shared.return_by.isoformat(), shared.issued.date().isoformat()
    known = {facts.code: facts for facts in batch.register.rounds()}.get(code)
    if known is None or not subgroups:
        if known is None or known.return_by != return_by:
            batch.add(tables.ROUND, code=code, return_by=return_by, issued=issued)
        return
    for subgroup in subgroups:
        if known.due_from(subgroup) != return_by:
            batch.add(tables.ROUND, code=code, subgroup=subgroup, return_by=return_by, issued=issued)


def _name_file(for_round: Round, slugged: str) -> str:
    """Where an issue lies in the plan folder."""
    code = for_round.code.lower()
    return f"issued/{code}/{code}-{slugged}.xlsx"


def _describe_issue(document: Document, path: Path, before: str) -> Issued:
    again = before == document.reference
    superseded = before if before and not again else None
    return Issued(
        path, document.subgroup, document.reference, len(document.book.sheet("Progress").rows), superseded, again
    )


def _gather_shared(
    folder: Folder, for_round: Round, return_by: date, now: datetime, subgroups: Sequence[str]
) -> RoundToIssue:
    """What the round's workbooks share. Raises PlanSheetsError if it cannot be issued now."""
    history = _read_history(folder, for_round)
    known = {issued_round.code: issued_round for issued_round in folder.register.rounds()}
    round_facts = known.get(for_round.code)
    days = {"the round's first day": for_round.first_day}
    if round_facts and return_by.isoformat() not in (round_facts.return_by, *round_facts.extended.values()):
        days["today"] = now.date()
    for what, day in days.items():
        if return_by < day:
            raise PlanSheetsError(
                f"The return-by date ({PartialDate.day(return_by).words}) lies before {what} "
                f"({PartialDate.day(day).words}).",
                f"Give a later --return-by. {UNCHANGED}",
            )
    later = [code for code in known if code > for_round.code]
    if later and for_round.code not in known:
        raise PlanSheetsError(
            f"{later[-1]} has been issued already, and rounds go forward.", "Issue the next one instead."
        )
    issued = datetime.fromisoformat(known[for_round.code].issued) if for_round.code in known else now
    rounds = tuple(code for code in known if code < for_round.code)
    is_as_before = round_facts is not None and not subgroups and round_facts.return_by == return_by.isoformat()
    extended = round_facts.extended if round_facts and is_as_before else {}
    ratings = rate_last(history, rounds) if rounds else {}
    day = datetime.combine(issued.date(), time())
    decided = place_decisions([decision for decision in decisions(history, rounds) if decision.is_open()])
    rows = rows_at(history)
    asked = list_of_subgroups(history, rows, for_round, rounds[-1] if rounds else "")
    plan = history, rows, rounds, ratings, find_succession(history), decided, asked
    unknown = UnknownReferences.of(folder.path, folder.register, f"issued/{for_round.code.lower()}")
    return RoundToIssue(for_round, return_by, extended, day, *plan, folder.register.secret, unknown)


def _read_history(folder: Folder, for_round: Round) -> History:
    """What the workbooks of a round are made of: of a year that was closed, how everything stood at its end.

    Raises PlanSheetsError if the round is of no year of the plan.
    """
    history = folder.register.history()
    year = history.text("plan", "", "year", for_round.code)
    if year != for_round.year_words:
        is_next = year == Round(for_round.year - 1, 4).year_words and folder.register.rounds()
        hint = "A round of 2016/17 looks like 2016-17-Q1."
        raise PlanSheetsError(
            f"{for_round.code} is not a round of this plan, which is for {year or 'no year yet'}.",
            f"End that year first, with: plan-sheets close-year. {UNCHANGED}" if is_next else hint,
        )
    is_closed = history.text("plan", "", "year") != year
    return history.until(Round(for_round.year, 4).code) if is_closed else history


def _make_document(shared: RoundToIssue, subgroup: str, earlier: Document | None) -> Document:
    """The document of one subgroup: the earlier one of this round, unless the officer's cells have changed since."""
    if earlier is not None:
        candidate = make_subgroup_book(shared, subgroup, earlier.reference)
        if find_officers_cells(candidate, shared.history) == find_officers_cells(earlier.book, shared.history):
            return earlier
    stem, number = f"{shared.round.code}-{subgroup}-", count_on(earlier.reference if earlier else None)
    reference, book = shared.unknown.choose(stem, number, partial(make_subgroup_book, shared, subgroup))
    made = shared.issued.date().isoformat()
    signature = book.properties[SIGNATURE]
    return Document(
        reference,
        "subgroup",
        shared.round.code,
        subgroup,
        signature,
        book,
        made,
        supersedes=earlier.id if earlier else None,
    )
