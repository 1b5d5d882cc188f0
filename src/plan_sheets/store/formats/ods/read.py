"""Reads an ods: its cells, comments, drawings and links, in one walk with a strict parser.

A cell is read as LibreOffice shows it: words without a type are a text, and texts under a merge are read as well. A
row, a column or a cell in the file may stand for several.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple
from xml.parsers import expat

from plan_sheets.core.model.found import FoundCell, FoundSheet, Remark
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.comments import cap_remarks, describe_comment, describe_link
from plan_sheets.store.formats.lines import MAX_COLUMNS, MAX_ROWS
from plan_sheets.store.formats.ods.cells import OdsCell, find_shown, read_as_date, read_held
from plan_sheets.store.formats.ods.styles import OdsLook, OdsStyles
from plan_sheets.store.formats.sheet_scan import BeyondEdgeError, TooFullError

FIRST_DAY = "1899-12-30"
"""Day numbers count from this day if a file does not say (OpenDocument 1.3 part 3, 9.4.3)."""
_PARAGRAPHS = ("text:p", "text:h")
_BLANKS = {"text:s": " ", "text:tab": "\t", "text:line-break": "\n"}
_ELSEWHERE = re.compile("'.*'#.*")
"""The name of a copy of a sheet in another file that LibreOffice keeps; it is not shown."""


@dataclass(slots=True)
class OdsScan:
    """What was read from an ods."""

    sheets: list[FoundSheet] = field(default_factory=list)
    since_1904: bool = False
    """As in `FoundWorkbook`."""
    beside: list[Remark] = field(default_factory=list)
    """Comments, text boxes, pictures and links."""


def scan_ods(content: bytes, styles: bytes = b"", limits: Limits = LIMITS) -> OdsScan:
    """Read the content of an ods; `styles` is the part `styles.xml`.

    Raises ExpatError if it is no XML, ValueError on a count that is no number, BeyondEdgeError, TooFullError, and
    RefusedError if it is over a limit or has no sheets.
    """
    known = OdsStyles()
    if styles:
        parser = expat.ParserCreate()
        parser.StartElementHandler = known.start
        parser.Parse(styles, True)  # noqa: FBT003 - expat takes no keywords
    walker = _Walker(known, limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    if not walker.scan.sheets:
        raise RefusedError("file_no_sheets")
    walker.scan.beside = [*cap_remarks(walker.beside, limits), *cap_remarks(walker.links, limits)]
    return walker.scan


class _Columns(NamedTuple):
    """Neighbouring columns with the same style: from `start` up to, and without, `stop`."""

    start: int
    stop: int
    style: str
    hidden: bool


@dataclass(slots=True)
class _Table:
    """A sheet while it is read; `row` and `column` are those of the current cell, counted from 0."""

    name: str
    visible: bool
    cells: dict[tuple[int, int], FoundCell] = field(default_factory=dict)
    painted: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)
    columns: list[_Columns] = field(default_factory=list)
    painted_columns: list[tuple[int, int, str]] = field(default_factory=list)
    matrices: list[tuple[int, int, int, int]] = field(default_factory=list)
    row: int = 0
    rows: int = 0
    """How many rows the current one stands for; 0 between rows."""
    row_style: str = ""
    row_hidden: bool = False
    column: int = 0

    def found(self) -> FoundSheet:
        """The sheet, when its end has been reached."""
        looks = self.painted, self.shown, frozenset(self.struck), frozenset(self.hidden)
        return FoundSheet(self.name, self.cells, self.visible, tuple(self.merged), *looks)

    @property
    def place(self) -> str:
        """The reference of the cell at hand."""
        return f"{column_letters(self.column)}{self.row + 1}"

    def columns_at(self, column: int) -> _Columns:
        """The columns that a column belongs to; without any, a visible column without a style."""
        at = bisect_right(self.columns, column, key=lambda columns: columns.start) - 1
        columns = self.columns[at] if at >= 0 else None
        return columns if columns and column < columns.stop else _Columns(column, MAX_COLUMNS, "", hidden=False)

    def painted_in(self, stop: int) -> list[tuple[int, int, str]]:
        """The columns painted as a whole, from the current one up to `stop`: (first, after the last, colour)."""
        first = bisect_right(self.painted_columns, self.column, key=lambda run: run[1])
        runs = takewhile(lambda run: run[0] < stop, self.painted_columns[first:])
        return [(max(start, self.column), min(end, stop), colour) for start, end, colour in runs]

    def is_in_matrix(self) -> bool:
        """Whether a formula that fills several cells fills the current one."""
        return any(
            top <= self.row < bottom and left <= self.column < right for top, left, bottom, right in self.matrices
        )


class _Walker:
    """Follows tables, rows and cells. The names are spelled as every program spells them."""

    def __init__(self, styles: OdsStyles, limits: Limits) -> None:
        self.scan, self.styles, self.limits = OdsScan(), styles, limits
        self.table: _Table | None = None
        self.cell: OdsCell | None = None
        self.first_day = datetime.fromisoformat(FIRST_DAY)
        self.depth = 0
        """How many paragraphs are open."""
        self.within: list[str] = []
        """The open tags of the comment, drawing or other object that is being read."""
        self.aside: list[str] = []
        self.beside: list[Remark] = []
        self.links: list[Remark] = []
        self.is_silent = False
        self.filled = self.letters = 0
        self.begins: Mapping[str, Callable[[_Table, dict[str, str]], None]] = {
            "table:table-cell": self._begin_cell,
            "table:covered-table-cell": self._begin_cell,
            "table:table-row": self._begin_row,
            "table:table-column": self._columns,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Read the beginning of a tag."""
        if self.within or tag == "table:dde-link":
            self._go_aside(tag, silent=tag == "table:dde-link")
        elif tag == "table:table":
            self._begin_table(tag, attributes)
        elif self.table is None:
            self._before_tables(tag, attributes)
        elif tag.startswith("draw:") or tag == "office:annotation":
            self._go_aside(tag)
        elif self.cell is not None:
            self._begin_words(self.table, self.cell, tag, attributes)
        elif tag in self.begins:
            self.begins[tag](self.table, attributes)

    def end(self, tag: str) -> None:
        """Read the end of a tag."""
        if self.within:
            self._end_aside()
        elif self.table is None:
            return
        elif self.cell is not None:
            if tag in _PARAGRAPHS:
                self.depth -= 1
            elif tag in ("table:table-cell", "table:covered-table-cell"):
                self._end_cell(self.table, self.cell)
        elif tag == "table:table-row":
            self.table.row, self.table.rows = self.table.row + self.table.rows, 0
        elif tag == "table:table":
            self.scan.sheets.append(self.table.found())
            self.table = None

    def text(self, characters: str) -> None:
        """Read the characters between two tags."""
        if self.within:
            if "text:p" in self.within:
                self.aside.append(characters)
        elif self.depth and self.cell is not None:
            self.cell.words.append(characters)

    def _before_tables(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:null-date":
            self.first_day = datetime.fromisoformat(attributes.get("table:date-value", FIRST_DAY))
            self.scan.since_1904 = self.first_day.year == 1904  # noqa: PLR2004 - as on old Macs
        else:
            self.styles.start(tag, attributes)

    def _begin_table(self, tag: str, attributes: dict[str, str]) -> None:
        if self.table is not None:
            raise ValueError("a table within a table")
        if len(self.scan.sheets) >= self.limits.sheets:
            raise RefusedError("file_too_many_sheets", limit=self.limits.sheets)
        name = attributes.get("table:name", "")
        if _ELSEWHERE.fullmatch(name):
            self._go_aside(tag, silent=True)
        else:
            self.table = _Table(name, self.styles.is_shown(attributes.get("table:style-name", "")))

    # ------------------------------------------------------------ columns, rows and cells

    def _columns(self, table: _Table, attributes: dict[str, str]) -> None:
        start = table.columns[-1].stop if table.columns else 0
        stop = min(start + _read_count(attributes, "table:number-columns-repeated"), MAX_COLUMNS)
        if start < stop:
            style = attributes.get("table:default-cell-style-name", "")
            table.columns.append(_Columns(start, stop, style, _is_hidden(attributes)))
            if colour := self.styles.look(style).colour:
                table.painted_columns.append((start, stop, colour))

    def _begin_row(self, table: _Table, attributes: dict[str, str]) -> None:
        if table.rows:
            raise ValueError("a row within a row")
        table.rows, table.column = _read_count(attributes, "table:number-rows-repeated"), 0
        table.row_style = attributes.get("table:default-cell-style-name", "")
        table.row_hidden = _is_hidden(attributes)

    def _begin_cell(self, table: _Table, attributes: dict[str, str]) -> None:
        self.cell, self.depth = OdsCell(attributes, _read_count(attributes, "table:number-columns-repeated")), 0
        if "table:number-matrix-rows-spanned" in attributes:
            down, right = (_read_count(attributes, f"table:number-matrix-{way}-spanned") for way in ("rows", "columns"))
            going_on = [matrix for matrix in table.matrices if matrix[2] > table.row][-self.limits.matrices :]
            table.matrices = [*going_on, (table.row, table.column, table.row + down, table.column + right)]

    def _begin_words(self, table: _Table, cell: OdsCell, tag: str, attributes: dict[str, str]) -> None:
        """Read a part of the text of a cell: a paragraph, a blank, a link, words with a style."""
        if tag in _PARAGRAPHS:
            if cell.paragraphs:
                cell.words.append("\n")
            cell.paragraphs, self.depth = cell.paragraphs + 1, self.depth + 1
        elif tag in _BLANKS:
            times = _read_count(attributes, "text:c")
            self._count_letters(times)
            cell.words.append(_BLANKS[tag] * times)
        elif tag == "text:a" and not attributes.get("xlink:href", "#").startswith("#"):
            self.links.append(describe_link(table.name, table.place, attributes["xlink:href"]))
        elif tag in ("text:a", "text:span") and self.styles.is_struck(attributes.get("text:style-name", "")):
            cell.struck = True

    def _end_cell(self, table: _Table, cell: OdsCell) -> None:
        found = read_held(cell, in_matrix=bool(table.matrices) and table.is_in_matrix())
        if found:
            self._keep(table, cell, found)
        elif len(table.painted) < self.limits.painted:
            self._paint_blanks(table, cell)
        if "table:number-columns-spanned" in cell.attributes or "table:number-rows-spanned" in cell.attributes:
            self._merge(table, cell)
        table.column += cell.times
        self.cell = None

    def _keep(self, table: _Table, cell: OdsCell, found: FoundCell) -> None:
        """Keep a cell that is not blank, in every place that it stands for."""
        count = table.rows * cell.times
        self.filled += count
        if self.filled > self.limits.filled:
            raise TooFullError
        if table.row + table.rows > MAX_ROWS or table.column + cell.times > MAX_COLUMNS:
            raise BeyondEdgeError(table.place)
        self._count_letters(len(found.text) * count)
        for row, column in _list_places(table, cell, self.limits.filled):
            columns, place = table.columns_at(column), f"{column_letters(column)}{row + 1}"
            look = self._look(table, cell, columns)
            held = read_as_date(found, look, self.first_day)
            table.cells[row, column] = held
            if look.colour and len(table.painted) < self.limits.painted:
                table.painted[place] = look.colour
            if look.struck or cell.struck:
                table.struck.add(place)
            if table.row_hidden or columns.hidden:
                table.hidden.add(place)
            shown = find_shown(cell, held, look)
            if shown != held.text:
                table.shown[place] = shown

    def _paint_blanks(self, table: _Table, cell: OdsCell) -> None:
        """Keep the colour of a blank cell, in a limited number of the places that it stands for."""
        stop, style = table.column + cell.times, cell.get("table:style-name") or table.row_style
        runs = [(table.column, stop, self.styles.look(style).colour)] if style else table.painted_in(stop)
        for row in range(table.row, table.row + min(table.rows, self.limits.repeats)):
            for start, end, colour in runs:
                for column in range(start, min(end, start + self.limits.repeats)) if colour else ():
                    if len(table.painted) >= self.limits.painted:
                        return
                    table.painted[f"{column_letters(column)}{row + 1}"] = colour

    def _look(self, table: _Table, cell: OdsCell, columns: _Columns) -> OdsLook:
        """The look of a cell, by its own style or that of its row or column."""
        return self.styles.look(cell.get("table:style-name") or table.row_style or columns.style)

    def _merge(self, table: _Table, cell: OdsCell) -> None:
        """Keep each range of merged cells."""
        down, right = (_read_count(cell.attributes, f"table:number-{way}-spanned") for way in ("rows", "columns"))
        if down * right == 1:
            return
        if len(table.merged) + table.rows * cell.times > self.limits.merges:
            raise RefusedError("file_too_many_merges", limit=f"{self.limits.merges:,}")
        for row, column in _list_places(table, cell, self.limits.merges):
            last = f"{column_letters(min(column + right, MAX_COLUMNS) - 1)}{min(row + down, MAX_ROWS)}"
            table.merged.append(f"{column_letters(column)}{row + 1}:{last}")

    def _count_letters(self, more: int) -> None:
        self.letters += more
        if self.letters > self.limits.text:
            raise RefusedError("file_inflates", megabytes=self.letters // 1_000_000)

    # ------------------------------------------------------------ what lies beside the cells

    def _go_aside(self, tag: str, *, silent: bool = False) -> None:
        if not self.within:
            self.aside, self.is_silent = [], silent
        self.within.append(tag)
        self.is_silent |= tag == "draw:object"  # a chart
        if tag in ("text:p", "text:s", "text:tab", "text:line-break"):
            self.aside.append("\n" if tag == "text:p" else " ")

    def _end_aside(self) -> None:
        tag = self.within.pop()
        if self.table and not (self.within or self.is_silent):
            text, comment = "".join(self.aside), tag == "office:annotation"
            self.beside.append(describe_comment(self.table.name, self.table.place, text, comment=comment))


def _read_count(attributes: Mapping[str, str], name: str) -> int:
    """Read a count, at least 1. Raises ValueError if it is no number."""
    return max(int(attributes.get(name, "1")), 1)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    """Whether a row or a column is hidden, by hand or by a filter."""
    return attributes.get("table:visibility", "visible") != "visible"


def _list_places(table: _Table, cell: OdsCell, most: int) -> Iterator[tuple[int, int]]:
    """Every (row, column) that a cell stands for, in at most `most` rows and `most` columns."""
    for row in range(table.row, table.row + min(table.rows, most)):
        for column in range(table.column, table.column + min(cell.times, most)):
            yield row, column
