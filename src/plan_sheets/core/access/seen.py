"""What an inspector saw in a workbook beyond its values: fonts, fills, locks, lists, tables, print settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells: rows and columns counted from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, place: tuple[int, int]) -> bool:
        row, column = place
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def cut(self, bottom: int, right: int) -> Area:
        """As much of it as lies within this last row and column; nothing may be left."""
        return Area(self.top, self.left, min(self.bottom, bottom), min(self.right, right))

    def places(self) -> Iterator[tuple[int, int]]:
        """Row and column of every cell, row by row."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a cell is formatted. All cells of one format share one object, so that a rule looks at it once.

    Colours are six hexadecimal digits; None is one that nobody can tell, which is not judged.
    """

    font: str
    points: float
    italic: bool
    ink: str | None
    fill: str | None
    wraps: bool
    locked: bool
    style: str
    """The name of the cell style."""


class SeenCell(NamedTuple):
    """One cell that the file holds, be it blank.

    A tuple, for a workbook has a hundred thousand of them and they are made in half the time.
    """

    text: str
    look: Look
    number: bool = False
    """Whether it is a number or a date: these do not wrap, and show #### where they do not fit."""


@dataclass(frozen=True, slots=True)
class SeenTable:
    """A named table; its first row is the heading row, unless there are no headings."""

    name: str
    area: Area
    headings: tuple[str, ...]
    filter: bool


@dataclass(frozen=True, slots=True)
class SeenEntry:
    """A validation: its kind, its prompt ("" is none), and whether it stops what is not allowed."""

    areas: tuple[Area, ...]
    kind: str
    prompt: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Colouring:
    """A conditional format. `kind` is the file's own word, such as cellIs, colorScale, dataBar, iconSet."""

    area: str
    kind: str
    ink: str | None
    fill: str | None


@dataclass(frozen=True, slots=True)
class Print:
    """How a sheet is printed. `repeats` is the first and last repeated row, counted from 0; None is none."""

    landscape: bool
    paper: int | None
    one_page_wide: bool
    repeats: tuple[int, int] | None
    header: str


@dataclass(frozen=True, slots=True)
class SeenSheet:
    """One sheet. Cells by (row, column), from 0; widths in characters; heights in points where one is stated."""

    name: str
    cells: Mapping[tuple[int, int], SeenCell]
    links: Mapping[tuple[int, int], str]
    """The cells with links, and where they lead to."""
    tables: tuple[SeenTable, ...]
    entries: tuple[SeenEntry, ...]
    colourings: tuple[Colouring, ...]
    merged: tuple[str, ...]
    hidden: bool
    hidden_parts: tuple[str, ...]
    """Such as `row 4`, `row 7 to 9` and `column C`."""
    widths: Mapping[int, float]
    heights: Mapping[int, float]
    frozen: bool
    filter: bool
    protected: bool
    """Whether its locked cells are locked in fact."""
    selectable: bool
    """Whether locked cells can be selected, and so read by a screen reader."""
    print: Print
    looks: tuple[Look, ...]
    """Every look that a cell of the sheet has, once."""

    def text(self, row: int, column: int) -> str:
        """The text of a cell; "" where there is none."""
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def in_table(self, row: int, column: int) -> bool:
        """Whether a table covers this place."""
        return any((row, column) in table.area for table in self.tables)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, image or shape without alternative text; `cell` is where its upper left corner lies, if in a cell."""

    sheet: str
    cell: str | None
    name: str


@dataclass(frozen=True, slots=True)
class SeenWorkbook:
    """A whole workbook. `opens_at` is the sheet and the cell that one sees first."""

    title: str
    language: str
    opens_at: tuple[str, str]
    pictures_without_words: tuple[Picture, ...]
    sheets: tuple[SeenSheet, ...]
