"""The XML of the rows under the headings of a sheet, for which XlsxWriter alone takes longest.

The XML of a cell, without its address, is cached by its content: cells with the same content have the same XML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Literal, get_args
from xml.sax.saxutils import escape

from plan_sheets.core.book.layout import Content, Formula, Link, Row, Sheet, as_text
from plan_sheets.core.book.measure import LINE_POINTS
from plan_sheets.core.model.dates import PartialDate, Precision
from plan_sheets.core.model.keys import Address, column_letters
from plan_sheets.store.writing.entry_cells import Place
from plan_sheets.store.writing.excel_limits import FIRST_YEAR, LONGEST_TEXT, fit_text, quote_sheet
from plan_sheets.store.writing.laid import LaidSheet

CellKind = Literal["locked", "input", "needed", "mend", "total"]
"""How a cell looks: an input that is `needed` has to be filled in, one to `mend` was not taken as it stands; `total` is
a locked one of a row of sums."""
Spell = Callable[[Place, Content, CellKind], str]
"""The XML of a cell after its address: `" s="5" t="s"><v>7</v></c>`."""
POINTS_A_PIXEL = 0.75


SURELY_HELD = 16_000
"""Printable characters that a cell holds as they are: it counts an emoji as two."""


def fit_cell(sheet: str, place: Place, text: str) -> str:
    """A text as a cell holds it and XlsxWriter takes it. Raises PlanSheetsError if it is too long."""
    if len(text) > SURELY_HELD or not text.isprintable():
        text = fit_text(text, LONGEST_TEXT, str(Address.at(sheet, *place)))
    return escape_markup(text)


def make_url(target: str) -> str:
    """The URL, as XlsxWriter wants it, of an e-mail address or of a cell in the same workbook (`Progress!A1`)."""
    if "@" in target:
        return f"mailto:{target.removeprefix('mailto:')}"
    sheet, _, cell = target.rpartition("!")
    return f"internal:{quote_sheet(sheet)}!{cell}"


def is_real(day: PartialDate) -> bool:
    """Whether a date is written as a date; a quarter, and a year before Excel's calendar, is written as text."""
    return day.precision is not Precision.QUARTER and day.first.year >= FIRST_YEAR


def escape_markup(text: str) -> str:
    """A text as XlsxWriter is to be given it: what stands between <r> and </r> it would write as markup, unescaped."""
    return f"<r><t>{escape(text)}</t></r>" if text.startswith("<r>") and text.endswith("</r>") else text


class Spelling:
    """The XML of the cells of a workbook, cached by content: one cache for each kind of cell."""

    def __init__(self) -> None:
        self._known: Mapping[CellKind, dict[Content, str]] = {kind: {} for kind in get_args(CellKind)}
        self._formula = ""
        """The XML of a formula in which F stands for what it is and V for its value, a text."""

    def rows(self, laid: LaidSheet, spell: Spell, kinds_of_rows: Sequence[Sequence[CellKind]]) -> Iterator[str]:
        """The XML of each row of the table; `kinds_of_rows`: see `list_kinds`."""
        sheet = laid.sheet
        starts = [f'<c r="{column_letters(across)}' for across in range(len(sheet.columns))]
        rows = zip(sheet.rows, laid.heights[1:], kinds_of_rows, strict=True)
        for down, (row, height, kinds) in enumerate(rows, start=sheet.heading_row + 1):
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


def list_kinds(laid: LaidSheet, *, tells_needed: bool) -> list[Sequence[CellKind]]:
    """The kinds of the cells of each row; rows that are alike share theirs.

    `tells_needed`: whether cells that have to be filled in look so.
    """
    known: dict[object, Sequence[CellKind]] = {}
    kinds = []
    for row, needed in zip(laid.sheet.rows, laid.needed, strict=True):
        alike = row.inputs, row.total, needed if tells_needed else None
        if alike not in known:
            known[alike] = tuple(_find_kinds(laid.sheet, row, needed if tells_needed else frozenset()))
        kinds.append(_with_marks(known[alike], laid.sheet, row) if row.marks else known[alike])
    return kinds


def _find_kinds(sheet: Sheet, row: Row, needed: frozenset[str]) -> Iterator[CellKind]:
    for column in sheet.columns:
        if sheet.is_input(row, column):
            yield "needed" if column.field.name in needed else "input"
        else:
            yield "total" if row.total else "locked"


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
