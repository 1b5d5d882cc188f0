"""The tables of a returned workbook: where they were found, their input cells, and the rows that nobody changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.answers.answers import BlankRow
from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Column, Field, Row, Sheet, as_text
from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.found import FoundCell, FoundSheet
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.text import one_slip, plain
from plan_sheets.core.returned.compare import is_same_text

ENOUGH_HEADINGS = 0.5
"""The share of a table's headings that a row must have to be its heading row."""
EMPTY = FoundCell("")


class LocatedCell(NamedTuple):
    """A cell of an issued table, where it was found, and the text that it is compared with (`base`)."""

    key: Key
    sheet: Sheet
    row: Row
    column: Column
    address: Address
    cell: FoundCell
    base: str

    @property
    def about(self) -> Field:
        """The field that the cell holds; on a form, that of its row."""
        return self.row.answer or self.column.field

    @property
    def sent(self) -> str:
        """The text that it went out with: of a feedback workbook another one than `base`."""
        return as_text(self.row.cells[self.sheet.place(self.column_name)])

    @property
    def column_name(self) -> str:
        """The name of the field of its column."""
        return self.column.field.name

    @property
    def is_as_sent(self) -> bool:
        """Whether it says what it went out with."""
        return is_same_text(self.sent, self.cell.entered)

    def is_blocked_by(self, severity: Severity) -> bool:
        """Of a feedback workbook, whether it says what was not taken before, for a finding of this severity."""
        return self.row.blocked.get(self.column_name) == severity and self.is_as_sent


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table as it was found: the row of its headings, and the column of each field that is there."""

    found: FoundSheet
    heading_row: int
    places: Mapping[str, int]
    """Column (counted from 0) by field name."""
    doubles: Mapping[str, tuple[int, ...]]
    """Further columns with the same heading, by field name."""
    rows: Mapping[int, Mapping[int, FoundCell]]
    """The rows of the sheet that are not empty, as in `FoundSheet.rows`."""

    def address(self, row: int, name: str) -> Address:
        """The address of a row (counted from 0) under a heading. Raises KeyError if the heading is missing."""
        return Address.at(self.found.name, row, self.places[name])

    def cell(self, row: int, name: str) -> FoundCell:
        """The cell of a row (counted from 0) under a heading; EMPTY if there is none."""
        return self.at(row, self.places[name]) if name in self.places else EMPTY

    def at(self, row: int, column: int) -> FoundCell:
        """The cell of a row and a column, both counted from 0; EMPTY if there is none."""
        return self.found.cells.get((row, column), EMPTY)

    def columns(self, name: str) -> tuple[int, ...]:
        """All columns under a heading; the first is the one that is read. () if the heading is missing."""
        return (self.places[name], *self.doubles.get(name, ())) if name in self.places else ()


@dataclass(frozen=True, slots=True)
class UnchangedRow:
    """A row that came back exactly as it was issued, and where it was found."""

    document: Document
    sheet: Sheet
    row: Row
    table: FoundTable
    place: int
    """The row on the found sheet, counted from 0."""

    def inputs(self, *, blank: bool = True) -> Iterator[LocatedCell]:
        """The input cells of the row; without `blank` only those that are filled in."""
        for column, content in zip(self.sheet.columns, self.row.cells, strict=True):
            if (content or blank) and self.sheet.is_input(self.row, column):
                address = self.table.address(self.place, column.field.name)
                cell = self.table.cell(self.place, column.field.name)
                key = self.document.key_of(self.row, column)
                base = self.row.base(column.field.name, content)
                yield LocatedCell(key, self.sheet, self.row, column, address, cell, base)

    def list_blank(self) -> Iterator[tuple[Field, int]]:
        """The field of each input cell that is blank, and the column (counted from 0) in which it was found."""
        for column, content in zip(self.sheet.columns, self.row.cells, strict=True):
            if not content and self.sheet.is_input(self.row, column):
                yield self.row.answer or column.field, self.table.places[column.field.name]


@dataclass(slots=True)
class LocatedWorkbook:
    """What was found of a document in a workbook, with the findings about everything out of place."""

    typed: list[LocatedCell] = field(default_factory=list)
    """Every input cell of a form, and of each row that differs in anything from the issued one."""
    unchanged: list[UnchangedRow] = field(default_factory=list)
    """All other rows; most rows of a workbook are among them."""
    changed: list[LocatedCell] = field(default_factory=list)
    """The locked cells, on sheets with input cells, whose text is not the issued one."""
    merged: list[FoundTable] = field(default_factory=list)
    """The tables on sheets where anybody merged cells."""
    findings: list[Finding] = field(default_factory=list)

    def inputs(self) -> Iterator[LocatedCell]:
        """Every input cell."""
        yield from self.typed
        for row in self.unchanged:
            yield from row.inputs()

    def list_blank(self) -> Iterator[BlankRow]:
        """The blank input cells of the rows that nobody changed; what is the same of many rows is one object."""
        known: dict[object, tuple[tuple[Field, int], ...]] = {}
        for row in self.unchanged:
            blank = (*row.list_blank(),)
            fields = known.setdefault((row.sheet.name, tuple(place for _, place in blank)), blank)
            own = f"/{row.document.subgroup}"
            if fields:
                yield BlankRow(row.row.record, row.row.ref, own, row.table.found.name, row.place, fields)


def is_filtered(typed: LocatedCell, sheet: FoundSheet) -> bool:
    """Whether a hidden cell is in a row that its sheet's filter may hide: its column is not hidden, then."""
    across = typed.address.place[1]
    cells = (Address.at("", row, column).cell for row, column in sheet.cells if column == across)
    return typed.sheet.filter and any(cell not in sheet.hidden for cell in cells)


def squeeze(ref: str) -> str:
    """A ref or a row key for comparing: without blanks, and in small letters."""
    return "".join(plain(ref).split())


def is_same_ref(issued: str, found: str) -> bool:
    """Whether two refs or row keys are the same, apart from case, blanks and the way a date is written."""
    return is_same_text(issued, found) or squeeze(issued) == squeeze(found)


def find_near_headings(sheet: Sheet, table: FoundTable) -> Iterator[tuple[Column, int]]:
    """Find each missing heading that one slip of the keyboard explains: (column, column number on the found sheet).

    Headings that fit two columns, or columns that fit two headings, are left out.
    """
    missing = [column for column in sheet.columns if column.field.name not in table.places]
    others = {
        place: cell for place, cell in table.rows[table.heading_row].items() if place not in table.places.values()
    }
    fits = [
        (column, place)
        for column in missing
        for place, cell in others.items()
        if one_slip(plain(cell.text), plain(column.heading))
    ]
    for column, place in fits:
        if sum(place == other for _, other in fits) == sum(column is other for other, _ in fits) == 1:
            yield column, place


def find_table_in_place(sheet: Sheet, found: FoundSheet) -> FoundTable | None:
    """The table of a sheet in its issued place; None if its headings differ, or a longer row stands above them."""
    rows, headings = found.rows(), [column.heading for column in sheet.columns]
    above = (len(cells) for row, cells in rows.items() if row < sheet.heading_row)
    cells = rows.get(sheet.heading_row, {})
    if max(above, default=0) >= len(headings) or len(cells) != len(headings):
        return None
    if any(at not in cells or cells[at].text != heading for at, heading in enumerate(headings)):
        return None
    places = {column.field.name: at for at, column in enumerate(sheet.columns)}
    return FoundTable(found, sheet.heading_row, places, {}, rows)


def find_table(columns: Iterable[Column], found: FoundSheet) -> FoundTable | None:
    """Find the table with these columns: its heading row is the one with most of the headings, at least half.

    None if there is no such row.
    """
    headings = {plain(column.heading): column.field.name for column in columns}
    longest = max(map(len, headings), default=0) * 2
    rows, best, places = found.rows(), -1, dict[str, list[int]]()
    for row in sorted(rows):
        named: dict[str, list[int]] = {}
        for place, cell in sorted(rows[row].items()):
            if len(cell.text) <= longest and (name := headings.get(plain(cell.text))) is not None:
                named.setdefault(name, []).append(place)
        if len(named) > len(places):
            best, places = row, named
        if len(places) == len(headings):  # no row has more of them
            break
    if not places or len(places) < len(headings) * ENOUGH_HEADINGS:
        return None
    doubles = {name: tuple(others) for name, (_, *others) in places.items() if others}
    return FoundTable(found, best, {name: first for name, (first, *_) in places.items()}, doubles, rows)
