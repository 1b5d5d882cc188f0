"""What xls and xlsb have in common: cells, formats and places, as their records give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan_sheets.core.model.found import CellKind
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.cell_looks import Looks
from plan_sheets.store.formats.lines import join_spans
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
class CellStyles:
    """What cell styles say, by their number; styles that say nothing are left out."""

    painted: dict[int, str] = field(default_factory=dict)
    struck: set[int] = field(default_factory=set)
    formats: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class BinarySheet:
    """A sheet as its records give it. Rows and columns are counted from 0."""

    styles: CellStyles
    limits: Limits = LIMITS
    marks: dict[tuple[int, int], Mark] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    painted: dict[str, str] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    formats: dict[str, str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)

    def add_cell(self, row: int, column: int, style: int) -> None:
        """Add what the style of a cell says."""
        painted, format_ = self.styles.painted.get(style), self.styles.formats.get(style)
        if painted or format_ or style in self.styles.struck:
            place = make_reference(row, column)
            if painted and len(self.painted) < self.limits.painted:
                self.painted[place] = painted
            if format_ and len(self.formats) < self.limits.painted:
                self.formats[place] = format_
            if style in self.styles.struck and len(self.struck) < self.limits.painted:
                self.struck.add(place)

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

    def add_merge(self, top: int, bottom: int, left: int, right: int) -> None:
        """Add a range of merged cells. Raises RefusedError."""
        self.merged.append(f"{make_reference(top, left)}:{make_reference(bottom, right)}")
        if len(self.merged) > self.limits.merges:
            raise RefusedError("file_too_many_merges", limit=f"{self.limits.merges:,}")

    def make_looks(self) -> Looks:
        """Everything but the marks."""
        return Looks(
            self.painted,
            frozenset(self.struck),
            self.formats,
            merged=tuple(self.merged),
            rows=join_spans((row, row) for row in self.rows),
            columns=join_spans(self.columns),
            texts=self.texts,
        )


def make_reference(row: int, column: int) -> str:
    """`A1` for the first row and column, counted from 0."""
    return f"{column_letters(column)}{row + 1}"
