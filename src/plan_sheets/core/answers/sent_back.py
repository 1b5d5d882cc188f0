"""What goes back to a chair of a return: everything typed, and what has to be mended, row by row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.feedback import RowPlace, SentBack, ToMend
from plan_sheets.core.book.layout import Column, Row, Sheet
from plan_sheets.core.model.findings import Severity
from plan_sheets.core.model.keys import Key

ASKED_ALREADY = "asked_already"
"""The code of the note that a cell says what the board officer has been asked about: it can still be mended."""
_RANK = {Severity.MASKED: 0, Severity.ERROR: 1, Severity.QUERY: 2, Severity.WARNING: 3, Severity.NOTE: 4}
"""What has to be mended first: what must not be kept, what was not taken, what nobody else can say, what to look at."""
_NOT_A_TEXT = frozenset({"rag_painted", "case_identifier", "cell_redacted"})
"""Findings about cells of which no text goes back: a colour is none, and what was masked is shown nowhere."""
_FOUND_ANEW = frozenset({"paste_fell_apart", "answer_strayed"})
"""Findings that come of the cells around a cell: whether they still hold is seen when it comes back."""
LONGEST = 32_000
"""The most characters of a text that go back: a cell of an xlsx holds hardly more."""


class SaidCell(NamedTuple):
    """What a return said in one cell: as it was typed, and as it was read."""

    entered: str
    value: str


class FoundToMend(NamedTuple):
    """A finding of a return about which its chair can do something, or that keeps a cell from being taken."""

    code: str
    severity: str
    sheet: str
    key: Key
    mend: str
    """What is wrong and what the chair can do; "" where that is nothing."""

    @property
    def weight(self) -> Severity:
        """How much it matters to a chair."""
        return Severity.QUERY if self.code == ASKED_ALREADY else Severity(self.severity)


class _CellPlace(NamedTuple):
    sheet: Sheet
    row: Row
    column: Column

    @property
    def row_place(self) -> RowPlace:
        return self.sheet.name, self.row.ref


class Returning(NamedTuple):
    """What goes back, by row; what has to be mended, the most important first; and how many things that are."""

    rows: Mapping[RowPlace, SentBack]
    mend: Sequence[ToMend]
    things: int


@dataclass(slots=True)
class _Group:
    """What has to be mended in one row."""

    rank: int = len(_RANK)
    blank: list[str] = field(default_factory=list)
    """The headings of the cells that are blank and always needed."""
    lines: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)

    def add(self, finding: FoundToMend, place: _CellPlace | None) -> None:
        self.rank = min(self.rank, _RANK[finding.weight])
        about = (place.row.answer or place.column.field) if place else None
        heading = about.title if about else ""
        self.headings += [heading] if heading else []
        if about and about.required and finding.code == about.findings.get("required", "required"):
            self.blank.append(heading)
        begins = finding.mend.startswith(heading)
        self.lines.append(finding.mend if begins else f"{heading}: {finding.mend}")

    def list_lines(self, words: Mapping[str, str]) -> list[str]:
        """What to say of the row: its blank cells in one line, if they are several."""
        if len(self.blank) < 2:  # noqa: PLR2004 - of one cell all can be said
            return [*dict.fromkeys(self.lines)]
        blank = [line for heading in self.blank for line in self.lines if line.startswith(f"{heading} ")]
        joined = words["mend_blanks"].format(headings=", ".join(dict.fromkeys(self.blank)))
        return [joined, *(line for line in dict.fromkeys(self.lines) if line not in blank)]


def prepare_return(
    issue: Document,
    said: Mapping[Key, SaidCell],
    findings: Sequence[FoundToMend],
    refs: Mapping[tuple[str, str], str],
    seen: Collection[tuple[str, Key]],
    words: Mapping[str, str],
) -> Returning:
    """What goes back of a return of `issue`.

    `refs`: of each row that was added, by record and row. `seen`: code and cell of the warnings that have gone back
    before: for these alone nothing goes back again. `words`: those of the feedback workbook.
    """
    places = _find_places(issue, refs)
    order_of = {key: at for at, key in enumerate(places)}
    rows = _carry_over(places, said, findings)
    told = sorted((finding for finding in findings if finding.mend), key=lambda finding: order_of.get(finding.key, -1))
    if all(_is_seen(finding, seen) for finding in told):
        return Returning(rows, (), 0)
    groups = _group(told, issue, places, rows)
    order = {name: at for at, name in enumerate(sheet.name for sheet in issue.sheets)}
    rows_at = {(sheet.name, row.ref): at for sheet in issue.sheets for at, row in enumerate(sheet.rows)}
    in_order = sorted(
        groups, key=lambda place: (groups[place].rank, order.get(place[0], len(order)), rows_at.get(place, -1))
    )
    mend = [ToMend(place, groups[place].list_lines(words), groups[place].headings) for place in in_order]
    return Returning(rows, mend, len(told))


def _is_seen(finding: FoundToMend, seen: Collection[tuple[str, Key]]) -> bool:
    return finding.severity == Severity.WARNING and (finding.code, finding.key) in seen


def _find_places(issue: Document, refs: Mapping[tuple[str, str], str]) -> dict[Key, _CellPlace]:
    """Where each fact is filled in; a row that was added, by the ref that it got."""
    places: dict[Key, _CellPlace] = {}
    for sheet in issue.sheets:
        for row in sheet.rows:
            for column in sheet.columns:
                if sheet.is_input(row, column):
                    key, about = issue.key_of(row, column), row.answer or column.field
                    ref = refs.get((key.record, key.ref)) if about.new_rows else None
                    key = Key(about.become or key.record, ref, key.field) if ref else key
                    places.setdefault(key, _CellPlace(sheet, row, column))
    return places


def _carry_over(
    places: Mapping[Key, _CellPlace], said: Mapping[Key, SaidCell], findings: Iterable[FoundToMend]
) -> dict[RowPlace, SentBack]:
    """What was typed, row by row: as it was read; as it was typed, where there is anything to look at."""
    rows: dict[RowPlace, SentBack] = {}
    codes: dict[Key, set[str]] = {}
    for finding in findings:
        codes.setdefault(finding.key, set()).add(finding.code)
        stays = finding.weight in (Severity.ERROR, Severity.QUERY) and finding.code not in _FOUND_ANEW
        if (place := places.get(finding.key)) and stays:
            blocked, name = rows.setdefault(place.row_place, SentBack()).blocked, place.column.field.name
            blocked[name] = finding.weight if blocked.get(name) != Severity.ERROR else Severity.ERROR
    for key, cell in said.items():
        if place := places.get(key):
            text = "" if codes.get(key, set()) & _NOT_A_TEXT else _choose_text(place, cell, looked_at=key in codes)
            rows.setdefault(place.row_place, SentBack()).typed[place.column.field.name] = text
    return rows


def _choose_text(place: _CellPlace, cell: SaidCell, *, looked_at: bool) -> str:
    choices = place.column.choices or (place.row.answer or place.column.field).choices
    chosen = next((choice for choice in choices if cell.value in (choice, choice.partition(" ")[0])), "")
    as_read = chosen if choices else cell.value  # a theme is chosen with its title
    return as_read if as_read and cell.value and not looked_at else cell.entered[:LONGEST]


def _group(
    findings: Iterable[FoundToMend],
    issue: Document,
    places: Mapping[Key, _CellPlace],
    rows: dict[RowPlace, SentBack],
) -> dict[RowPlace, _Group]:
    """What has to be mended in each row; the cells that it is about are marked."""
    groups: dict[RowPlace, _Group] = {}
    for finding in findings:
        place = places.get(finding.key)
        where = place.row_place if place else _find_row(issue, finding)
        groups.setdefault(where, _Group()).add(finding, place)
        marked = place or _find_first_needed(issue, where, finding)
        if marked:
            marks, name = rows.setdefault(where, SentBack()).marks, marked.column.field.name
            if finding.mend not in marks.get(name, ""):
                marks[name] = f"{marks[name]} {finding.mend}" if name in marks else finding.mend
    return groups


def _find_row(issue: Document, finding: FoundToMend) -> RowPlace:
    """The row that a finding is about, of which no cell is filled in; or its sheet; or the whole workbook."""
    sheets = {sheet.name: sheet for sheet in issue.sheets}
    if finding.sheet not in sheets:
        return "", ""
    is_there = any(row.ref == finding.key.ref for row in sheets[finding.sheet].rows) and finding.key.ref
    return (finding.sheet, finding.key.ref) if is_there else (finding.sheet, "")


def _find_first_needed(issue: Document, where: RowPlace, finding: FoundToMend) -> _CellPlace | None:
    """The first cell that is needed in a row about which nothing was said; None where a finding is about another."""
    if finding.key.field != "ref":
        return None
    for sheet in issue.sheets:
        for row in sheet.rows if sheet.name == where[0] else ():
            needed = sheet.find_needed(row) if row.ref == where[1] else ()
            for column in sheet.columns:
                if column.field.name in needed:
                    return _CellPlace(sheet, row, column)
    return None
