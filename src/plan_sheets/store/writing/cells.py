"""The rows under the headings as they stand in a sheet's part: the many cells, which XlsxWriter takes longest over.

A cell that says the same looks the same wherever it stands. So each is spelt once in a workbook, and from then on known
by what it holds; what is left to do for a cell is to look it up and to put its address in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import getitem

from plan_sheets.core.book.layout import Content, Formula, Link, Row, Sheet, as_text
from plan_sheets.core.book.measure import BOLD_ROOM, LINE_POINTS, TALLEST_ROW, lines_needed
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.writing.entry_cells import Place

Spell = Callable[[Place, Content, bool], str]
"""The XML of a cell after its address: `" s="5" t="s"><v>7</v></c>`. The last argument: whether it is an input."""
POINTS_A_PIXEL = 0.75
is_plain = re.compile(r"(?!\s)[^&<>_\x00-\x1f\ufffe\uffff]*+(?<!\s)").fullmatch
"""Whether a text is written to XML unchanged: nothing to escape, and no blank at its ends."""


class Spelling:
    """The cells of a workbook by what they hold: locked ones and those to fill in."""

    def __init__(self) -> None:
        self._known: tuple[dict[Content, str], dict[Content, str]] = {}, {}

    def rows(self, sheet: Sheet, heights: Sequence[float], spell: Spell) -> Iterator[str]:
        """Each row of the table, of these heights in points, as it stands in the part."""
        starts = [f'<c r="{column_letters(across)}' for across in range(len(sheet.columns))]
        kinds: dict[frozenset[str] | None, list[bool]] = {}
        for down, (row, height) in enumerate(zip(sheet.rows, heights, strict=True), start=sheet.heading_row + 1):
            inputs = kinds.get(row.inputs) or kinds.setdefault(row.inputs, _inputs(sheet, row))
            number = down + 1
            cells = [
                f"{start}{number}{self._known[kind].get(content) or self._spell((down, across), content, kind, spell)}"
                for across, (start, content, kind) in enumerate(zip(starts, row.cells, inputs, strict=True))
            ]
            yield f'<row r="{number}" spans="1:{len(starts)}"{_height(height)}>{"".join(cells)}</row>'

    def _spell(self, place: Place, content: Content, kind: bool, spell: Spell) -> str:  # noqa: FBT001 - it is what it is known by
        spelt = spell(place, content, kind)
        if not isinstance(content, Link | Formula):  # a link is noted on its sheet, and a formula is of its place
            self._known[kind][content] = spelt
        return spelt


def _inputs(sheet: Sheet, row: Row) -> list[bool]:
    return [sheet.is_input(row, column) for column in sheet.columns]


def pixels(points: float) -> int:
    """A height as XlsxWriter counts it."""
    return int(points * 4 / 3 + 0.5)


@cache
def _height(points: float) -> str:
    return f' ht="{pixels(points) * POINTS_A_PIXEL:.16g}"' if points > LINE_POINTS else ""


def row_heights(sheet: Sheet, widths: Sequence[float]) -> list[float]:
    """The height, in points, of every row from the headings on, in columns of these widths.

    LibreOffice does not measure rows when it opens a file, and a row without one would show its first line only.
    """
    headings = [
        lines_needed(column.heading, width * BOLD_ROOM) for column, width in zip(sheet.columns, widths, strict=True)
    ]
    columns = [*map(_Lines, widths)]
    bodies = [max(map(getitem, columns, row.cells)) for row in sheet.rows]
    return [min(LINE_POINTS * lines, TALLEST_ROW) for lines in (max(headings), *bodies)]


class _Lines(dict[Content, int]):
    """How many lines each content takes in a column of this width, measured when first asked for and then kept."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._width = width

    def __missing__(self, content: Content) -> int:
        lines = self[content] = lines_needed(as_text(content), self._width)
        return lines
