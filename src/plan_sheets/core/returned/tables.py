"""What a return is read into: the cells that may be filled in, the rows that nobody touched, and the tables found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Column, Field, Row, Sheet, as_text
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.found import FoundCell, FoundSheet
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.text import one_slip, plain
from plan_sheets.core.returned.compare import is_same_text

ENOUGH_HEADINGS = 0.5
"""The share of a table's headings by which its heading row is known."""
EMPTY = FoundCell("")


class Typed(NamedTuple):
    """One cell that may be filled in, where it was found, and what it held when it went out."""

    key: Key
    sheet: Sheet
    row: Row
    column: Column
    address: Address
    cell: FoundCell
    base: str

    @property
    def about(self) -> Field:
        """The field that it holds: on a form, the one of its row."""
        return self.row.answer or self.column.field


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table as it was found: the row of its headings, and the place of each column that is there."""

    found: FoundSheet
    heading_row: int
    places: Mapping[str, int]
    """Column (counted from 0) by field name."""
    doubles: Mapping[str, tuple[int, ...]]
    """The other columns under the same heading, where there are any."""
    rows: Mapping[int, Mapping[int, FoundCell]]
    """Every row of the sheet that holds anything, as `FoundSheet.rows` has them."""

    def address(self, row: int, name: str) -> Address:
        """Where that stands."""
        return Address.at(self.found.name, row, self.places[name])

    def cell(self, row: int, name: str) -> FoundCell:
        """The cell of a row (counted from 0) under a heading; empty if nothing stands there."""
        return self.at(row, self.places[name]) if name in self.places else EMPTY

    def at(self, row: int, column: int) -> FoundCell:
        """The cell of a row and a column, both counted from 0; empty if nothing stands there."""
        return self.found.cells.get((row, column), EMPTY)

    def columns(self, name: str) -> tuple[int, ...]:
        """Every column under a heading, the one that is read first."""
        return (self.places[name], *self.doubles.get(name, ())) if name in self.places else ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A row, where it was found, that says to the letter what it went out with."""

    document: Document
    sheet: Sheet
    row: Row
    table: FoundTable
    place: int
    """The row on the found sheet, counted from 0."""

    def inputs(self, *, blank: bool = True) -> Iterator[Typed]:
        """Its cells that may be filled in; without `blank` those that are."""
        for column, content in zip(self.sheet.columns, self.row.cells, strict=True):
            if (content or blank) and self.sheet.is_input(self.row, column):
                address = self.table.address(self.place, column.field.name)
                cell = self.table.cell(self.place, column.field.name)
                key = self.document.key_of(self.row, column)
                yield Typed(key, self.sheet, self.row, column, address, cell, as_text(content))


@dataclass(slots=True)
class Located:
    """What was located, and what was found out of its place."""

    typed: list[Typed] = field(default_factory=list)
    """Every input cell of a form, and of each row in which anything is not as it was issued."""
    unchanged: list[Unchanged] = field(default_factory=list)
    """All other rows: most of a workbook."""
    changed: list[Typed] = field(default_factory=list)
    """The locked cells, beside such as may be filled in, that do not say what they did."""
    merged: list[FoundTable] = field(default_factory=list)
    """The tables on sheets where anybody merged cells."""
    findings: list[Finding] = field(default_factory=list)

    def inputs(self) -> Iterator[Typed]:
        """Every input cell."""
        yield from self.typed
        for row in self.unchanged:
            yield from row.inputs()


def squeeze(ref: str) -> str:
    """A ref or a row key as it is compared: small and capital letters, and blanks anywhere, make no difference."""
    return "".join(plain(ref).split())


def is_same_ref(issued: str, found: str) -> bool:
    """Whether a text by which a row is known is the one that went out with it."""
    return is_same_text(issued, found) or squeeze(issued) == squeeze(found)


def find_near_headings(sheet: Sheet, table: FoundTable) -> Iterator[tuple[Column, int]]:
    """Every heading that is missing, with the place of the one that is a slip away from it, if no other is."""
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
    """The table of a sheet where it went out, if its headings say what they did and none stands above them."""
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
    """The table with these columns on a found sheet: the row that has most of the headings, and at least half."""
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
