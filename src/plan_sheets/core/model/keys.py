"""Which fact (a key), and where on paper it stands (an address)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple


class Key(NamedTuple):
    """Which fact: the `field` of the `record` that has this `ref`; never a sheet's name: a fact stands on several."""

    record: str
    ref: str
    field: str

    def __str__(self) -> str:
        return f"{self.record} {self.ref} {self.field}"


@lru_cache(1 << 14)
def ref_order(ref: str) -> tuple[str | int, ...]:
    """A key that sorts refs as people do: `J2a.2` before `J2a.10`."""
    return tuple([int(part) if part.isdecimal() else part for part in re.split("([0-9]+)", ref)])


class Address(NamedTuple):
    """Where on paper: prints `Progress!F7`."""

    sheet: str
    cell: str

    @classmethod
    def at(cls, sheet: str, row: int, column: int) -> Address:
        """The address of a cell given by row and column, both counted from 0."""
        return cls(sheet, f"{column_letters(column)}{row + 1}")

    @property
    def place(self) -> tuple[int, int]:
        """Row and column, both counted from 0."""
        return place_of(self.cell)

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@cache
def column_letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0: 0 is `A`, 26 is `AA`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(1 << 14)
def column_number(letters: str) -> int:
    """The column, counted from 0, of spreadsheet letters, which are capitals: `A` is 0, `AA` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def ranges(cells: Iterable[str]) -> str:
    """Cells in the order given, each once, in few words: `A1, G5 to G34`; a range is one column."""
    runs: list[list[str]] = []
    for cell in dict.fromkeys(cells):
        if runs and place_of(cell) == _below(runs[-1][-1]):
            runs[-1][1:] = [cell]
        else:
            runs.append([cell])
    return ", ".join(" to ".join(run) for run in runs)


def _below(cell: str) -> tuple[int, int]:
    row, column = place_of(cell)
    return row + 1, column


@lru_cache(1 << 14)
def place_of(cell: str) -> tuple[int, int]:
    """Row and column of a cell such as `F7`, both counted from 0: (6, 5)."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]) - 1, column_number(letters)
