"""Where everything lies on a sheet before it is written: widths, heights, cells to fill in, pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import getitem

from plan_sheets.core.book.layout import Book, Content, Link, Sheet, as_text
from plan_sheets.core.book.measure import (
    BOLD_ROOM,
    FILTER_WIDTH,
    LINE_POINTS,
    STANDARD_WIDTH,
    TALLEST_ROW,
    choose_paper,
    fitting_length,
    height_above,
    lines_needed,
    page_room,
    spare_columns,
)
from plan_sheets.core.book.page_breaks import Page, page_starts
from plan_sheets.core.book.style import DATE_WIDTH
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.writing.chart import COLUMNS, ROWS
from plan_sheets.store.writing.entry_cells import AskedCells, EntryCells, Place, group_entries


@dataclass(frozen=True, slots=True)
class LaidSheet:
    """A sheet of a book, measured."""

    sheet: Sheet
    table: str
    """The name of its table."""
    lines: Sequence[str]
    """The lines from A2 on, as they are written."""
    widths: Sequence[float]
    """Of each column, in characters; wide enough for real dates."""
    heights: Sequence[float]
    """Of the headings and of each row, in points."""
    needed: Sequence[frozenset[str]]
    """Of each row, the fields of the cells that have to be filled in."""
    entries: Mapping[EntryCells, AskedCells]
    """The cells to fill in, by what they ask."""
    links: Sequence[tuple[Place, Link]]
    """Those in its rows, and where they stand."""
    printed: Place | None
    """The last cell that is printed; None where nobody says: rows may be added."""
    breaks: Sequence[int]
    """The rows before which a printed page ends, counted from 0."""

    @property
    def last_cell(self) -> str:
        """The last cell of its table: `S14`."""
        return f"{column_letters(len(self.sheet.columns) - 1)}{self.sheet.heading_row + len(self.sheet.rows) + 1}"


def lay_sheet(sheet: Sheet, table: str, book: Book) -> LaidSheet:
    """The sheet as it lies in the book; `table`: the name of its table."""
    lines = sheet.lines_written(book.marking)
    dated, links = _find_dates_and_links(sheet)
    widths = [max(column.width, DATE_WIDTH if at in dated else 0) for at, column in enumerate(sheet.columns)]
    heights, needed = measure_rows(sheet, widths), sheet.list_needed()
    printed, breaks = None, list[int]()
    if book.protected:
        # The columns right of the table are printed too: long lines and the chart lie over them.
        beside = max(spare_columns(widths, lines), COLUMNS if sheet.chart else 0)
        down = max(len(sheet.rows), ROWS if sheet.chart else 0)
        wide = [*widths, *[STANDARD_WIDTH] * beside]
        printed, breaks = (sheet.heading_row + down, len(wide) - 1), _break_pages(sheet, wide, heights)
    return LaidSheet(sheet, table, lines, widths, heights, needed, group_entries(sheet, needed), links, printed, breaks)


def _find_dates_and_links(sheet: Sheet) -> tuple[set[int], list[tuple[Place, Link]]]:
    """The columns in which a date stands, and the links of its rows."""
    dated, links = set[int](), list[tuple[Place, Link]]()
    for down, row in enumerate(sheet.rows, sheet.heading_row + 1):
        for across, content in enumerate(row.cells):
            if type(content) is PartialDate:
                dated.add(across)
            elif type(content) is Link:
                links.append(((down, across), content))
    return dated, links


def _break_pages(sheet: Sheet, widths: Sequence[float], heights: Sequence[float]) -> list[int]:
    """Where the printed pages of a locked sheet end, to which nobody adds rows.

    Without a print area a long title, which runs on to the right, would shrink the whole page. Excel and LibreOffice
    keep to page breaks between rows as long as only the width of pages is fitted.
    """
    heading, *rows = heights
    table = widths[: len(sheet.columns)]
    looks = [sheet.looks[place].look if place in sheet.looks else "line" for place in range(sheet.heading_row - 2)]
    room = Page(page_room(widths, choose_paper(table)), heading, height_above(looks))
    return [sheet.heading_row + 1 + start for start in page_starts([row.ref for row in sheet.rows], rows, room)]


def measure_rows(sheet: Sheet, widths: Sequence[float]) -> list[float]:
    """The height, in points, of every row from the headings on, in columns of these widths.

    LibreOffice does not measure rows when it opens a file: a row without a height would show its first line only.
    """
    arrow = FILTER_WIDTH if sheet.filter else 0.0
    headings = [
        lines_needed(column.heading, (width - arrow) * BOLD_ROOM)
        for column, width in zip(sheet.columns, widths, strict=True)
    ]
    columns = [*map(_count_lines, widths)]
    bold = [_count_lines(width * BOLD_ROOM) for width in widths] if any(row.total for row in sheet.rows) else columns
    bodies = [max(map(getitem, bold if row.total else columns, row.cells)) for row in sheet.rows]
    return [min(LINE_POINTS * lines, TALLEST_ROW) for lines in (max(headings), *bodies)]


class _Lines(dict[Content, int]):
    """How many lines each content takes in a column of this width; measured once and kept, for other books too."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._width, self._fits = width, fitting_length(width)

    def __missing__(self, content: Content) -> int:
        text = content if type(content) is str else as_text(content)
        lines = 1 if len(text) <= self._fits and "\n" not in text else lines_needed(text, self._width)
        if len(text) <= _SHORT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[content] = lines
        return lines


_SHORT, _MOST_KEPT = 400, 2_000
"""Longer texts seldom stand in two cells; of the others so many are kept for each width."""
_count_lines = lru_cache(maxsize=64)(_Lines)
