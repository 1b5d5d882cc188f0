"""Where things are in a workbook that came back: sheets and columns by heading, rows by key; never by position.

Every difference from what went out is harmless, repaired (a note), a query, or holds the file: never silent.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from plan_sheets.core.document import Document
from plan_sheets.core.found import FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.layout import NOTHING_YET, Column, Formula, Row, Sheet, as_text
from plan_sheets.core.messages import Messages, shorten
from plan_sheets.core.model import Address, Finding, Key, PartialDate

ENOUGH_HEADINGS = 0.5
"""The share of a table's headings by which its heading row is known."""
EMPTY = FoundCell("")
CUT_AT = 255
"""Where some programs cut off a text that they save in an xls (UTF-16 units)."""


@dataclass(frozen=True, slots=True)
class Typed:
    """One cell that may be filled in, where it was found, and what it held when it went out."""

    key: Key
    sheet: Sheet
    row: Row
    column: Column
    address: Address
    cell: FoundCell
    base: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was found: the row of its headings, and the place of each column that is there."""

    found: FoundSheet
    heading_row: int
    places: Mapping[str, int]
    """Column (counted from 0) by field name."""

    def address(self, row: int, name: str) -> Address:
        """Where that is."""
        return Address.at(self.found.name, row, self.places[name])

    def cell(self, row: int, name: str) -> FoundCell:
        """The cell of a row (counted from 0) under a heading; empty if nothing stands there."""
        return self.found.cells.get((row, self.places[name]), EMPTY) if name in self.places else EMPTY


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A row, where it was found, that says to the letter what it went out with."""

    document: Document
    sheet: Sheet
    row: Row
    table: Table
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
class Shape:
    """What was located, and what was found out of its place."""

    typed: list[Typed] = field(default_factory=list)
    """Every input cell of a form, and of each row in which anything is not as it was issued."""
    unchanged: list[Unchanged] = field(default_factory=list)
    """All other rows: most of a workbook."""
    findings: list[Finding] = field(default_factory=list)

    def inputs(self) -> Iterator[Typed]:
        """Every input cell."""
        yield from self.typed
        for row in self.unchanged:
            yield from row.inputs()


def plain(text: str) -> str:
    """A text as it is compared where only words count: case, blanks and Unicode form aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def quoted(text: str) -> str:
    """A text as a sentence shows it: between quotation marks and in short; "blank" if it is."""
    return f"'{shorten(text)}'" if text.strip() else "blank"


def same_text(issued: str, found: str) -> bool:
    """Whether a locked cell still says what it said; line ends, blanks at the ends and precision of a date aside."""
    one, other = (unicodedata.normalize("NFC", text).split() for text in (issued, found))
    if one == other:
        return True
    days = [PartialDate.from_words(" ".join(words)) for words in (one, other)]
    return days[0] is not None and days[1] is not None and days[0].last == days[1].last


def find_table(columns: Iterable[Column], found: FoundSheet) -> Table | None:
    """The table with these columns on a found sheet: the row that has most of the headings, and at least half."""
    headings = {plain(column.heading): column.field.name for column in columns}
    longest = max(map(len, headings), default=0) * 2
    rows: dict[int, dict[str, int]] = {}
    for (row, place), cell in sorted(found.cells.items(), key=lambda one: one[0]):
        name = headings.get(plain(cell.text)) if len(cell.text) <= longest else None
        if name is not None:
            rows.setdefault(row, {}).setdefault(name, place)
    best = max(rows, key=lambda row: (len(rows[row]), -row), default=None)
    if best is None or len(rows[best]) < len(headings) * ENOUGH_HEADINGS:
        return None
    return Table(found, best, rows[best])


class Locator:
    """Finds a document's tables in a workbook. `whose`: the reference of the document that a foreign key belongs to."""

    def __init__(
        self, document: Document, workbook: FoundWorkbook, messages: Messages, whose: Callable[[str], str]
    ) -> None:
        self.document = document
        self.workbook = workbook
        self.messages = messages
        self.whose = whose
        self.shape = Shape()
        self.keys = document.row_keys()
        self.claimed: set[str] = set()

    @cached_property
    def _wholes(self) -> Mapping[tuple[str, tuple[str, ...]], Row]:
        """The rows of sheets without keys, by all their texts."""
        return {
            (sheet.name, tuple(plain(as_text(content)) for content in row.cells)): row
            for sheet in self.document.sheets
            if sheet.columns[-1].field.name != "key"
            for row in sheet.rows
        }

    def locate(self) -> Shape:
        """Every sheet of the document in turn; then the sheets that are not ours."""
        by_name = {plain(found.name): found for found in self.workbook.sheets}
        tables = {sheet.name: self._table(sheet, by_name.get(plain(sheet.name))) for sheet in self.document.sheets}
        missing = [sheet for sheet in self.document.sheets if tables[sheet.name] is None]
        tables |= self._elsewhere(missing)
        for sheet in self.document.sheets:
            table = tables[sheet.name]
            if table is None:
                code = "sheet_missing" if sheet.has_inputs else "sheet_gone"
                self._tell(code, Address(sheet.name, "A1"), sheet=sheet.name)
            else:
                self._read(sheet, table)
        for found in self.workbook.sheets:
            if found.name not in self.claimed:
                self._extra_sheet(found)
        return self.shape

    def _tell(
        self, code: str, address: Address | None, key: Key | None = None, entered: str | None = None, **details: object
    ) -> None:
        self.shape.findings.append(self.messages.finding(code, address=address, key=key, entered=entered, **details))

    def _table(self, sheet: Sheet, found: FoundSheet | None) -> Table | None:
        table = find_table(sheet.columns, found) if found else None
        if table:
            self.claimed.add(table.found.name)
        return table

    def _elsewhere(self, missing: list[Sheet]) -> dict[str, Table]:
        """Missing sheets under other names: by keys, then headings; the best fit first, of two as good none."""
        fits = [
            (self._fit(sheet, table), -place, sheet.name, table)
            for place, sheet in enumerate(missing)
            for found in self.workbook.sheets
            if found.name not in self.claimed and (table := find_table(sheet.columns, found))
        ]
        tables: dict[str, Table] = {}
        for fit, _, name, table in sorted(fits, key=lambda one: one[:2], reverse=True):
            rivals = [one for one in fits if one[0] == fit and one[2] == name and one[3].found.name not in self.claimed]
            if name not in tables and table.found.name not in self.claimed and len(rivals) == 1:
                tables[name] = table
                self.claimed.add(table.found.name)
                self._tell("sheet_renamed", Address(table.found.name, "A1"), sheet=name, found=table.found.name)
        return tables

    def _fit(self, sheet: Sheet, table: Table) -> tuple[int, float]:
        """How well a table fits a sheet: how many of its row keys are there, and what share of its headings."""
        keys = {key for key, (owner, _) in self.keys.items() if owner is sheet}
        found = sum(" ".join(cell.text.split()) in keys for cell in table.found.cells.values())
        return found, len(table.places) / len(sheet.columns)

    def _extra_sheet(self, found: FoundSheet) -> None:
        texts = [(place, cell.entered) for place, cell in sorted(found.cells.items()) if cell.entered.strip()]
        if texts:
            (row, column), _ = texts[0]
            told = "\n".join(text for _, text in texts)
            self._tell(
                "sheet_extra", Address.at(found.name, row, column), entered=told, sheet=found.name, cells=len(texts)
            )

    def _read(self, sheet: Sheet, table: Table) -> None:
        name = table.found.name
        for column in sheet.columns:
            if column.field.name not in table.places and column.field.name != "key":
                self._tell(
                    "column_missing", Address.at(name, table.heading_row, 0), heading=column.heading, sheet=sheet.name
                )
        exact = self._exact(sheet, table)
        rows = self._rows(sheet, table, exact)
        by_ref = {row.ref: row for row in reversed(sheet.rows)}
        for ref, places in rows.items():
            if len(places) == 1 and places[0] in exact:
                self.shape.unchanged.append(Unchanged(self.document, sheet, by_ref[ref], table, places[0]))
            else:
                self._row(sheet, by_ref[ref], table, places)
        for row in sheet.rows:
            if row.ref not in rows and any(sheet.is_input(row, column) for column in sheet.columns):
                self._missing_row(sheet, row, name)
        self._outside(sheet, table, {place for places in rows.values() for place in places})

    def _missing_row(self, sheet: Sheet, row: Row, name: str) -> None:
        held = any(
            as_text(content)
            for column, content in zip(sheet.columns, row.cells, strict=True)
            if sheet.is_input(row, column)
        )
        code = "row_missing" if held or sheet.columns[0].field.record == "action" else "row_gone"
        self._tell(
            code,
            Address(name, "A1"),
            Key(row.record or sheet.columns[0].field.record, row.ref, "ref"),
            sheet=sheet.name,
            ref=row.ref,
        )

    def _exact(self, sheet: Sheet, table: Table) -> dict[int, Row]:
        """The rows that say to the letter what they went out with, by their places. A form's rows are always read."""
        if any(column.field.name not in table.places for column in sheet.columns):
            return {}
        issued = {tuple(map(as_text, row.cells)): row for row in sheet.rows if row.answer is None}
        across = {table.places[column.field.name]: at for at, column in enumerate(sheet.columns)}
        texts: dict[int, list[str]] = {}
        for (place, column), cell in table.found.cells.items():
            if column in across and place > table.heading_row:
                texts.setdefault(place, [""] * len(across))[across[column]] = cell.entered
        return {place: issued[whole] for place, told in texts.items() if (whole := tuple(told)) in issued}

    def _rows(self, sheet: Sheet, table: Table, exact: Mapping[int, Row]) -> dict[str, list[int]]:
        """The places (rows counted from 0) of each expected row: by key, then by ref and text."""
        found: dict[str, list[int]] = {}
        for place in sorted({row for row, _ in table.found.cells if row > table.heading_row}):
            ref = exact[place].ref if place in exact else self._whose_row(sheet, table, place)
            if ref is not None:
                found.setdefault(ref, []).append(place)
        return found

    def _whose_row(self, sheet: Sheet, table: Table, place: int) -> str | None:
        key = " ".join(table.cell(place, "key").text.split())
        if key in self.keys and self.keys[key][0] is sheet:
            return self._keyed_row(sheet, self.keys[key][1], table, place)
        if key and sheet.columns[-1].field.name == "key":
            self._foreign_row(table, place, key)
            return None
        whole = tuple(plain(table.cell(place, column.field.name).text) for column in sheet.columns)
        if sheet.columns[-1].field.name != "key" and (row := self._wholes.get((sheet.name, whole))):
            return row.ref
        return self._row_by_text(sheet, table, place)

    def _row_by_text(self, sheet: Sheet, table: Table, place: int) -> str | None:
        """The row that has this ref; on a sheet with keys only if its second text says the same."""
        keyed = sheet.columns[-1].field.name == "key"
        for row in sheet.rows:
            first, second = (
                same_text(as_text(content), table.cell(place, column.field.name).text)
                for column, content in zip(sheet.columns[:2], row.cells[:2], strict=True)
            )
            if first and (second or not keyed or sheet.columns[1].input):
                if keyed:
                    self._tell("row_by_ref", Address.at(table.found.name, place, 0), ref=row.ref)
                return row.ref
        return None

    def _keyed_row(self, sheet: Sheet, row: Row, table: Table, place: int) -> str | None:
        """The ref of a row with this key, unless its other locked texts say that it is another row."""
        places = [
            at for at, column in enumerate(sheet.columns[:2]) if not column.input and column.field.name in table.places
        ]
        said = [(as_text(row.cells[at]), table.cell(place, sheet.columns[at].field.name).text) for at in places]
        if said and not any(same_text(issued, found) for issued, found in said):
            where = Address.at(table.found.name, place, table.places["key"])
            self._tell("row_key_differs", where, entered=self._texts(table, place), ref=row.ref)
            return None
        return row.ref

    def _foreign_row(self, table: Table, place: int, key: str) -> None:
        where = Address.at(table.found.name, place, table.places.get("key", 0))
        if key in self.keys:
            self._tell("row_of_other_sheet", where, entered=self._texts(table, place), sheet=self.keys[key][0].name)
        elif reference := self.whose(key):
            self._tell("row_foreign", where, entered=self._texts(table, place), reference=reference)
        else:
            self._tell("row_key_unknown", where, entered=self._texts(table, place), found=key)

    def _texts(self, table: Table, place: int) -> str:
        return " | ".join(cell.entered for (row, _), cell in sorted(table.found.cells.items()) if row == place)

    def _row(self, sheet: Sheet, row: Row, table: Table, places: list[int]) -> None:
        """Read a row; where it stands several times with different answers, ask which holds."""
        contents = {
            place: tuple(table.cell(place, column.field.name).entered for column in sheet.columns) for place in places
        }
        if len(set(contents.values())) > 1:
            for place in places:
                where = Address.at(table.found.name, place, 0)
                self._tell("row_doubled", where, entered=self._texts(table, place), ref=row.ref)
            return
        for column, content in zip(sheet.columns, row.cells, strict=True):
            if column.field.name not in table.places or column.field.name == "key":
                continue
            address = Address.at(table.found.name, places[0], table.places[column.field.name])
            key = self.document.key_of(row, column)
            cell = self._whole(table.cell(places[0], column.field.name), as_text(content), address, key)
            if sheet.is_input(row, column):
                self.shape.typed.append(Typed(key, sheet, row, column, address, cell, as_text(content)))
            elif not isinstance(content, Formula) and not same_text(as_text(content), cell.text):
                self._tell(
                    "locked_changed",
                    address,
                    key,
                    cell.entered,
                    heading=column.heading,
                    found=quoted(cell.entered),
                    issued=quoted(as_text(content)),
                )

    def _whole(self, cell: FoundCell, issued: str, address: Address, key: Key) -> FoundCell:
        """The cell; where its program cut off what was issued, that. Whether a fresh text was cut nobody can know."""
        if self.workbook.container != "xls" or len(cell.text.encode("utf-16-le")) != 2 * CUT_AT or cell.text == issued:
            return cell
        if issued.startswith(cell.text.rstrip("\ufffd")):  # half of an emoji reads as that
            self._tell("text_cut", address, key, cell.text)
            return FoundCell(issued)
        self._tell("text_perhaps_cut", address, key, cell.text)
        return cell

    def _outside(self, sheet: Sheet, table: Table, rows: set[int]) -> None:
        """Tell every text that stands in no cell of the table, and in none of the lines above it."""
        written = sheet.lines_written(self.document.book.marking)
        known = {plain(line) for line in (sheet.title, *sheet.lines, *written)}
        columns = set(table.places.values())
        unknown_rows: set[int] = set()
        others = [
            (at, cell)
            for at, cell in table.found.cells.items()
            if not (at[1] in columns and (at[0] in rows or at[0] == table.heading_row)) and cell.entered.strip()
        ]
        for (row, place), cell in sorted(others, key=lambda one: one[0]):
            where = Address.at(table.found.name, row, place)
            if row < table.heading_row:
                if plain(cell.text) not in known:
                    self._tell("text_outside", where, entered=cell.entered, sheet=sheet.name)
            elif row in rows or row == table.heading_row:
                self._tell("text_outside", where, entered=cell.entered, sheet=sheet.name)
            elif (
                row not in unknown_rows
                and not self._told_of(table, row)
                and not (cell.text == NOTHING_YET and not sheet.rows)
            ):
                unknown_rows.add(row)
                self._tell("row_unknown", where, entered=self._texts(table, row), sheet=sheet.name)

    def _told_of(self, table: Table, row: int) -> bool:
        """Whether the row was told of already, as foreign."""
        start = Address.at(table.found.name, row, table.places.get("key", 0))
        return any(one.address == start and one.code.startswith("row_") for one in self.shape.findings)


def permuted(typed: Iterable[Typed], values: Mapping[Key, str]) -> Iterator[tuple[str, str, Address]]:
    """Columns whose prefilled answers came back in another order: (sheet, heading, first address that differs).

    A sort of the unlocked block parts answers from their refs; only prefilled answers leave a trace of it.
    """
    columns: dict[tuple[str, str], list[Typed]] = {}
    for one in typed:
        if one.row.answer is None:
            columns.setdefault((one.sheet.name, one.column.heading), []).append(one)
    for (sheet, heading), cells in columns.items():
        moved = [one for one in cells if values.get(one.key, "") != one.base]
        came = Counter(values.get(one.key, "") for one in cells)
        if moved and came == Counter(one.base for one in cells):
            yield sheet, heading, moved[0].address


def about_facts(workbook: FoundWorkbook) -> Mapping[str, str]:
    """What the About sheet says of the document: the texts beside its items, by item."""
    for found in workbook.sheets:
        if plain(found.name) == "about":
            return {
                cell.text.strip(): found.cells.get((row, 1), EMPTY).text.strip()
                for (row, place), cell in found.cells.items()
                if place == 0
            }
    return {}


_KEY = re.compile(r"\S.* [A-Z2-7]{8}")
_ENDS_OF_KEYS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def keys_in(workbook: FoundWorkbook) -> Iterator[str]:
    """Every text in the workbook that looks like a row key."""
    for found in workbook.sheets:
        for cell in found.cells.values():
            if cell.text.rstrip()[-1:] in _ENDS_OF_KEYS and _KEY.fullmatch(text := " ".join(cell.text.split())):
                yield text
