"""What a reader found in a file that came back: texts at their true addresses, and what the file says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class CellKind(StrEnum):
    """What kind of content a cell held; its text is always kept as well."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"


class FoundCell(NamedTuple):
    """One cell that is not empty. Text is as typed; a date is its words; a number as short as it can be written."""

    text: str
    kind: CellKind = CellKind.TEXT
    formula: str = ""
    """Of a formula, how it is written (`=1+1`); `text` is then the value last stored with it."""

    @property
    def entered(self) -> str:
        """What somebody put there: the formula, or else the text."""
        return self.formula or self.text


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """One sheet: its cells by (row, column), both counted from 0. Cells that are empty are not there."""

    name: str
    cells: Mapping[tuple[int, int], FoundCell]
    visible: bool = True
    merged: tuple[str, ...] = ()
    """Ranges of merged cells, such as `A1:C2`."""
    painted: Mapping[str, str] = field(default_factory=dict)
    """Cells, blank ones too, that somebody painted in a colour of RAG: `{"F7": "red"}`; {} where none can be known."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """What cells show of a number or date that they hold, where it is not that as it is: `{"F7": "75%"}`.

    "" where the number has a format that nobody here can follow.
    """
    struck: frozenset[str] = frozenset()
    """Cells that hold something, some or all of it struck through."""
    hidden: frozenset[str] = frozenset()
    """Cells that hold something, in a row or a column that is hidden; of a sheet that is hidden see `visible`."""
    masked: frozenset[str] = frozenset()
    """Cells that held an identifier of a case, and are not there any more."""

    def rows(self) -> dict[int, dict[int, FoundCell]]:
        """Its cells by row and then by column, both counted from 0; rows in which nothing stands are not there."""
        rows: dict[int, dict[int, FoundCell]] = {}
        for (row, column), cell in self.cells.items():
            if row in rows:
                rows[row][column] = cell
            else:
                rows[row] = {column: cell}
        return rows

    def row_keys(self) -> Iterator[str]:
        """Every text on it that looks like a row key."""
        for cell in self.cells.values():
            if cell.text.rstrip()[-1:] in _ENDS_OF_KEYS and _KEY.fullmatch(text := " ".join(cell.text.split())):
                yield text


_KEY = re.compile(r"\S.* [A-Z2-7]{8}")
_ENDS_OF_KEYS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about the whole file: a message's code and the details that its sentence needs."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    """Where it is about one place, its sheet and `cell`; `entered` is the text that stands there beside the cells."""
    cell: str = ""
    entered: str = ""


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """A whole file as it was read; nothing in it has been evaluated or followed."""

    container: str
    """xlsx, xlsm, xlsb, xls or ods, by content."""
    sheets: tuple[FoundSheet, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    """Custom document properties."""
    saved_by: str = ""
    """The program that saved it, as it names itself; "" if it does not."""
    remarks: tuple[Remark, ...] = ()
    kept: Mapping[str, int] | None = None
    """How much it has of locks, lists and tables ; None if that cannot be told (xls, xlsb)."""
    since_1904: bool = False
    """Whether day numbers in it count from 1904, as on old Macs."""

    def texts(self) -> set[str]:
        """What its cells say, each text once."""
        return {cell.text for sheet in self.sheets for cell in sheet.cells.values()}


@dataclass(frozen=True, slots=True)
class Tidied:
    """The tidied text, "" being blank, and what has to be said of it. Tidied again, it is itself and without a note."""

    value: str
    remarks: tuple[Remark, ...] = ()
