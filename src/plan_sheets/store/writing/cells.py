"""The XML of the rows under the headings of a sheet, for which XlsxWriter alone takes longest.

The XML of a cell, without its address, is cached by its content: cells with the same content have the same XML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from operator import getitem
from typing import Literal, get_args
from xml.sax.saxutils import escape

from plan_sheets.core.book.layout import Content, Formula, Link, Row, Sheet, as_text
from plan_sheets.core.book.measure import BOLD_ROOM, FILTER_WIDTH, LINE_POINTS, TALLEST_ROW, lines_needed
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.writing.entry_cells import Place

CellKind = Literal["locked", "input", "needed", "mend", "total"]
"""How a cell looks: an input that is `needed` has to be filled in, one to `mend` was not taken as it stands; `total` is
a locked one of a row of sums."""
Spell = Callable[[Place, Content, CellKind], str]
"""The XML of a cell after its address: `" s="5" t="s"><v>7</v></c>`."""
POINTS_A_PIXEL = 0.75


def escape_markup(text: str) -> str:
    """A text as XlsxWriter is to be given it: what stands between <r> and </r> it would write as markup, unescaped."""
    return f"<r><t>{escape(text)}</t></r>" if text.startswith("<r>") and text.endswith("</r>") else text


class Spelling:
    """The XML of the cells of a workbook, cached by content: one cache for each kind of cell."""

    def __init__(self) -> None:
        self._known: Mapping[CellKind, dict[Content, str]] = {kind: {} for kind in get_args(CellKind)}
        self._formula = ""
        """The XML of a formula in which F stands for what it is and V for its value, a text."""

    def rows(self, sheet: Sheet, heights: Sequence[float], spell: Spell, *, tells_needed: bool) -> Iterator[str]:
        """The XML of each row of the table; `heights` in points. `tells_needed`: whether needed cells look so."""
        starts = [f'<c r="{column_letters(across)}' for across in range(len(sheet.columns))]
        known: dict[tuple[frozenset[str] | None, bool], list[CellKind]] = {}
        for down, (row, height) in enumerate(zip(sheet.rows, heights, strict=True), start=sheet.heading_row + 1):
            looks = row.inputs, row.total
            kinds = known.get(looks) or known.setdefault(looks, _find_kinds(sheet, row))
            kinds = _with_needed(kinds, sheet, row) if tells_needed else kinds
            kinds = _with_marks(kinds, sheet, row) if row.marks else kinds
            number = down + 1
            cells = [
                f"{start}{number}{self._known[kind].get(content) or self._spell((down, across), content, kind, spell)}"
                for across, (start, content, kind) in enumerate(zip(starts, row.cells, kinds, strict=True))
            ]
            yield f'<row r="{number}" spans="1:{len(starts)}"{_spell_height(height)}>{"".join(cells)}</row>'

    def _spell(self, place: Place, content: Content, kind: CellKind, spell: Spell) -> str:
        if isinstance(content, Formula) and isinstance(content.value, str):
            return self._spell_formula(place, content, spell)
        spelt = spell(place, content, kind)
        if not isinstance(content, Link | Formula):  # XlsxWriter notes a link on its sheet
            self._known[kind][content] = spelt
        return spelt

    def _spell_formula(self, place: Place, formula: Formula, spell: Spell) -> str:
        """As XlsxWriter writes it, which looks for forty functions in each: so it is asked about one alone."""
        self._formula = self._formula or spell(place, Formula("=F", "V"), "locked")
        text, value = escape(formula.text.removeprefix("=")), escape(as_text(formula))
        return self._formula.replace("<f>F</f><v>V</v>", f"<f>{text}</f><v>{value}</v>")


def _find_kinds(sheet: Sheet, row: Row) -> list[CellKind]:
    locked: CellKind = "total" if row.total else "locked"
    return ["input" if sheet.is_input(row, column) else locked for column in sheet.columns]


def _with_needed(kinds: Sequence[CellKind], sheet: Sheet, row: Row) -> list[CellKind]:
    """The kinds of the cells of a row, told by all its locked texts."""
    needed, columns = sheet.find_needed(row), zip(kinds, sheet.columns, strict=True)
    return ["needed" if column.field.name in needed else kind for kind, column in columns]


def _with_marks(kinds: Sequence[CellKind], sheet: Sheet, row: Row) -> list[CellKind]:
    """The kinds of the cells of a row, some of which have to be mended."""
    return [
        "mend" if column.field.name in row.marks and sheet.is_input(row, column) else kind
        for kind, column in zip(kinds, sheet.columns, strict=True)
    ]


def pixels(points: float) -> int:
    """A height in points as pixels, rounded as XlsxWriter does."""
    return int(points * 4 / 3 + 0.5)


@cache
def _spell_height(points: float) -> str:
    return f' ht="{pixels(points) * POINTS_A_PIXEL:.16g}"' if points > LINE_POINTS else ""


def measure_rows(sheet: Sheet, widths: Sequence[float]) -> list[float]:
    """The height, in points, of every row from the headings on, in columns of these widths.

    LibreOffice does not measure rows when it opens a file: a row without a height would show its first line only.
    """
    arrow = FILTER_WIDTH if sheet.filter else 0.0
    headings = [
        lines_needed(column.heading, (width - arrow) * BOLD_ROOM)
        for column, width in zip(sheet.columns, widths, strict=True)
    ]
    columns = [*map(_Lines, widths)]
    bold = [_Lines(width * BOLD_ROOM) for width in widths]
    bodies = [max(map(getitem, bold if row.total else columns, row.cells)) for row in sheet.rows]
    return [min(LINE_POINTS * lines, TALLEST_ROW) for lines in (max(headings), *bodies)]


class _Lines(dict[Content, int]):
    """How many lines each content takes in a column of this width; measured once and kept."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._width = width

    def __missing__(self, content: Content) -> int:
        lines = self[content] = lines_needed(as_text(content), self._width)
        return lines
