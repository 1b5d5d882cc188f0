"""What xls and xlsb have in common: cells, formats and places, as their records give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan_sheets.core.model.found import CellKind
from plan_sheets.store.formats.cell_looks import SheetLooks
from plan_sheets.store.formats.lines import make_reference
from plan_sheets.store.formats.sheet_scan import Mark, TooFullError

ERRORS: Mapping[int, str] = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""What a cell shows for the number of an error (MS-XLS 2.5.10)."""
UNTOLD = "…"
"""Stands for a formula if neither its text nor what its cell shows is known."""


@dataclass(slots=True)
class BinarySheet(SheetLooks):
    """A sheet as its records give it. Rows and columns are counted from 0."""

    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    """The cells that hold an error or a formula."""

    def add_cell(self, row: int, column: int, style: int) -> None:
        """Add what the style of a cell says."""
        if style in self.styles.painted or style in self.styles.formats or style in self.styles.struck:
            self.add_style(make_reference(row, column), style)

    def add_error(self, row: int, column: int, number: int) -> None:
        """Add a cell with the error of this number. Raises TooFullError."""
        self._mark(row, column, (CellKind.ERROR, ""))
        self.texts[make_reference(row, column)] = ERRORS.get(number, "#ERROR!")

    def add_formula(self, row: int, column: int, *, is_told: bool = True) -> None:
        """Add a cell with a formula. `is_told`: whether the file has what it shows. Raises TooFullError."""
        self._mark(row, column, (CellKind.FORMULA, "" if is_told else UNTOLD))
        if not is_told:
            self.texts[make_reference(row, column)] = ""

    def _mark(self, row: int, column: int, mark: Mark) -> None:
        self.marks[row, column] = mark
        if len(self.marks) > self.limits.filled:
            raise TooFullError

    def add_merged_cells(self, top: int, bottom: int, left: int, right: int) -> None:
        """Add a range of merged cells. Raises RefusedError if there are too many."""
        self.add_merge(f"{make_reference(top, left)}:{make_reference(bottom, right)}")
