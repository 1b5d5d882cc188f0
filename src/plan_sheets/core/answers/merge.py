"""The merge of what was returned with what the register holds, three ways, cell by cell.

`base` is what a cell went out with, or what an earlier return said that this one declares it replaces; `head` is what
stands. Nothing is ever inferred from content about where a return came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Outcome, Severity
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import shorten


class MergedCell(NamedTuple):
    """A cell with what it met and what became of it."""

    cell: Cell
    head: Held
    outcome: Outcome
    round: str
    """The round its value holds in, or from."""

    @property
    def next_base(self) -> str:
        """What a correction of this return, or the next reading of the same plan, is compared with."""
        is_answer = self.outcome not in (Outcome.ERROR, Outcome.MASKED) and self.cell.blocked is None
        return self.cell.value if is_answer else self.cell.base


@dataclass(frozen=True, slots=True)
class Query:
    """What the officer must settle: one word for all its cells."""

    finding: Finding
    cells: tuple[MergedCell, ...] = ()
    round: str = ""
    """The code of the round that it is about; "" if that is the one of its return."""


@dataclass(slots=True)
class Merged:
    """What became of the cells of one return."""

    cells: list[MergedCell] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """What only the merge could find."""
    queries: list[Query] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many cells had this outcome."""
        return sum(cell.outcome is outcome for cell in self.cells)


def merge_cell(base: str, head: str, returned: str) -> Outcome:
    """What becomes of one cell that may be merged, by the first rule that fits; all three texts are tidied."""
    if returned == base:  # 1. untouched: the head stands
        return Outcome.UNTOUCHED
    if returned == head:  # 2. both say the same
        return Outcome.AGREED
    if not returned:  # 3. an answer was emptied: the officer settles it
        return Outcome.QUERY
    if head == base:  # 4. nobody else has said anything
        return Outcome.TAKEN
    return Outcome.CONFLICT  # 5. the head stands, both are told


def merge_return(
    cells: Iterable[Cell],
    findings: Iterable[Finding],
    history: History,
    round_code: str,
    source: Source,
    messages: Messages,
    *,
    stands_from: str | None = None,
) -> Merged:
    """Merge one return and move the heads of `history` on. `source` is the return itself, `round_code` its round.

    `findings`: what was found in it before; each of them that is a query is asked of the officer. `stands_from`: the
    round from which that holds which stands until it is changed; None: its own.
    """
    rounds = _Rounds(round_code, round_code if stands_from is None else stands_from)
    merged = Merged()
    together: list[MergedCell] = []
    rows = _statements(cells := list(cells), history, rounds)
    emptied = _find_emptied(cells, history, rounds)
    for cell in cells:
        met = _merge(cell, history, rounds)
        met = _empty(met) if (cell.key.record, cell.key.ref, cell.field.emptied_with) in emptied else met
        if (row := rows.get((cell.key.record, cell.key.ref))) is not None:
            met = met._replace(outcome=_of_statement(met))
            row.append(met)
        merged.cells.append(met)
        if row is not None:
            continue
        if met.outcome is Outcome.TAKEN:
            history.add(Held(cell.key, met.cell.value, cell.scope, met.round, history.next_seq(), source))
        elif met.outcome is Outcome.CONFLICT and source.document and met.head.source.document == source.document:
            together.append(met)
            merged.findings.append(_finding("conflict", met, messages))
        elif cell.blocked is None and met.outcome in (Outcome.CONFLICT, Outcome.QUERY):
            finding = _finding("conflict" if met.outcome is Outcome.CONFLICT else "emptied", met, messages)
            merged.findings.append(finding)
            merged.queries.append(Query(finding, (met,)))
    by_key = {met.cell.key: met for met in merged.cells}
    for finding in findings:
        if finding.severity is Severity.QUERY:
            there = by_key.get(finding.key) if finding.key else None
            merged.queries.append(Query(finding, (there,) if there else ()))
    queries = [_one_query(together, messages)] if together else []
    for query in [*queries, *(_statement_query(row, messages) for row in rows.values())]:
        merged.queries.append(query)
        merged.findings.append(query.finding)
    return merged


class _Rounds(NamedTuple):
    """The code of the round that a return answers for, and of that from which what it says of the plan holds."""

    answered: str
    stands_from: str


def _merge(cell: Cell, history: History, rounds: _Rounds) -> MergedCell:
    head = history.head(cell.key, cell.scope, rounds.answered)
    # A value that stands is never slipped in behind a later one: it would be taken and not seen.
    holds = max(rounds.stands_from, head.round) if cell.scope == "standing" else rounds.answered
    outcome = cell.blocked or merge_cell(cell.base, head.value, cell.value)
    return MergedCell(cell, head, outcome, holds)


def _find_emptied(cells: Iterable[Cell], history: History, rounds: _Rounds) -> set[tuple[str, str, str]]:
    """Record, ref and field of each cell that empties others of its row, was emptied, and says otherwise nothing new.

    Where somebody has changed it since, whether it shall be empty is asked as of any cell.
    """
    with_others = (_merge(cell, history, rounds) for cell in cells if cell.field.emptied_with == cell.field.name)
    return {
        (met.cell.key.record, met.cell.key.ref, met.cell.field.name)
        for met in with_others
        if met.outcome is Outcome.QUERY and met.cell.blocked is None and met.head.value == met.cell.base
    }


def _empty(met: MergedCell) -> MergedCell:
    """A cell that is emptied with another one; one in which something else was typed, or stands by now, is not."""
    cell, head = met.cell, met.head.value
    if cell.blocked or cell.value not in ("", cell.base) or head != cell.base or not head:
        return met
    return met._replace(cell=cell._replace(value=""), outcome=Outcome.TAKEN)


def _statements(cells: Iterable[Cell], history: History, rounds: _Rounds) -> dict[tuple[str, str], list[MergedCell]]:
    """The rows (record and ref) that are one statement and say something else than what stands: empty lists to fill.

    What one person decided never stands under the name or date of another.
    """
    rows: dict[tuple[str, str], list[MergedCell]] = {}
    for cell in cells:
        if cell.field.one_statement:
            rows.setdefault((cell.key.record, cell.key.ref), []).append(_merge(cell, history, rounds))
    return {place: [] for place, row in rows.items() if _differs(row)}


def _differs(row: Iterable[MergedCell]) -> bool:
    """Whether a row says something new, and not all that was said in it meanwhile, or has been emptied."""
    texts = [(met.cell.base, met.head.value, met.cell.value or met.cell.entered) for met in row]
    says_more = any(returned not in (base, head) for base, head, returned in texts)
    return says_more and any(returned != head and (head != base or not returned) for base, head, returned in texts)


def _of_statement(met: MergedCell) -> Outcome:
    """What becomes of a cell whose row is one statement and says something else than what stands."""
    return Outcome.CONFLICT if met.outcome in (Outcome.TAKEN, Outcome.QUERY) and not met.cell.blocked else met.outcome


def _statement_query(row: list[MergedCell], messages: Messages) -> Query:
    """One query for the whole row: taking or keeping it takes or keeps every part of it."""
    first = row[0]
    latest = max(row, key=lambda met: met.head.seq).head.source
    returned = [met.cell.value or met.cell.entered for met in row]
    finding = messages.finding(
        "statement_differs",
        address=first.cell.address,
        key=first.cell.key,
        entered="; ".join(filter(None, returned)),
        ref=first.cell.key.ref,
        returned=shorten("; ".join(filter(None, returned))) or "blank",
        head=shorten("; ".join(met.head.value for met in row if met.head.value)) or "blank",
        who=said_by(latest),
    )
    # A name or date that could not be read is told of by itself: Take leaves it blank rather than the other's.
    parts = (
        met._replace(cell=met.cell._replace(value="", blocked=None)) if met.cell.blocked else met for met in row[1:]
    )
    return Query(finding, (first, *parts))


def _finding(code: str, met: MergedCell, messages: Messages) -> Finding:
    """What there is to say of a cell by what it met."""
    cell = met.cell
    return messages.finding(
        code,
        address=cell.address,
        key=cell.key,
        entered=cell.entered,
        heading=cell.field.title,
        ref=cell.key.ref,
        base=shorten(cell.base) or "blank",
        head=shorten(met.head.value) or "blank",
        who=said_by(met.head.source),
    )


def _one_query(together: list[MergedCell], messages: Messages) -> Query:
    """Two deputies filled in the same workbook: one query for all that differs, settled by one word."""
    names = ", ".join(sorted({f"{met.cell.key.ref} {met.cell.field.title}" for met in together}))
    first = together[0]
    finding = messages.finding(
        "two_returns",
        address=first.cell.address,
        who=said_by(first.head.source),
        cells=len(together),
        names=shorten(names),
    )
    return Query(finding, tuple(together))


def said_by(source: Source) -> str:
    """Who said it and when, as far as they said: `A. Chair, DA, 4 July 2016`."""
    named = [
        source.who,
        source.subgroup or source.office,
        PartialDate.of_iso(source.received).words if source.received else "",
    ]
    return ", ".join(part for part in named if part) or "the plan"
