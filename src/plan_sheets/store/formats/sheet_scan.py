"""Scans the XML of an xlsx sheet: how far its cells reach, and which of them hold errors or formulas.

A small sheet as ordinary programs write it is recognised by one regular expression, at a tenth of the cost of parsing
it. All others are walked tag by tag with a strict parser; both ways give the same result.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple
from xml.parsers import expat

from plan_sheets.core.model.found import CellKind
from plan_sheets.core.model.keys import column_letters, place_of
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.lines import MAX_COLUMNS, MAX_ROWS

Mark = tuple[CellKind, str]
"""An error or a formula, and the formula without its `=`; "" if it stands in another cell."""


class BeyondEdgeError(Exception):
    """A cell stands outside the largest sheet; `str()` is its reference."""


class TooManyCellsError(Exception):
    """There are more cells than the limit."""


class TooFullError(Exception):
    """There are more cells with content than the limit."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in a sheet."""

    cells: int = 0
    """How many cells are in the file, with the empty ones."""
    area: int = 0
    """Cells of the smallest rectangle around all content; 0 for an ordinary small sheet."""
    last: str = ""
    """The reference of the lower right corner of that rectangle."""
    marks: Mapping[tuple[int, int], Mark] = field(default_factory=dict)
    """The cells that hold an error or a formula, by (row, column) counted from 0."""
    walked: bool = False
    """Whether the sheet was unusual: written in another way, or large."""


class SheetXml(NamedTuple):
    """The part of a sheet, and where its data begin and end: with the first and the last `sheetData` in it."""

    whole: bytes
    start: int
    end: int

    @property
    def head(self) -> bytes:
        """What stands before the data, such as the columns."""
        return self.whole[: self.start]

    @property
    def data(self) -> bytes:
        """Rows and cells."""
        return self.whole[self.start : self.end]

    @property
    def tail(self) -> bytes:
        """What stands after the data, such as merged cells and links."""
        return self.whole[self.end :]


def split_sheet(part: bytes) -> SheetXml:
    """Find where the data of a sheet begin and end."""
    return SheetXml(part, max(part.find(b"sheetData") - 1, 0), part.find(b">", part.rfind(b"sheetData")) + 1)


def scan_sheet(sheet: SheetXml, limits: Limits = LIMITS) -> Scan:
    """Scan a sheet.

    Raises BeyondEdgeError, TooManyCellsError, TooFullError, ExpatError if it is no XML, and RefusedError if a cell
    stands twice in the file: a parser would keep only the last one.
    """
    return _scan_plain(sheet.data) if is_plain(sheet) else _walk(sheet.whole, limits)


def check_well_formed(part: bytes) -> None:
    """Raise ExpatError if this is no XML."""
    expat.ParserCreate().Parse(part, True)  # noqa: FBT003 - expat takes no keywords


_PLAIN = re.compile(
    rb"""<sheetData>(?:<row\ [^<>]*+>(?:
        <c\ r="A?[A-Z][1-9][0-9]{0,2}+"(?:\ s="[0-9]++")?+(?:
            \ t="s">(?:<f(?:\ [^<>]*+)?+>(?:[^<]*+</f>)?+)?+(?:<v>[0-9]{1,9}+</v>|<v\ ?/>)?+</c>
        |
            \ t="(?:b|e|str|inlineStr)">
            (?:<f(?:\ [^<>]*+)?+>(?:[^<]*+</f>)?+)?+
            (?:<v>[^<]*+</v>|<is><t(?:\ xml:space="preserve")?+>[^<]*+</t></is>|<v\ ?/>)?+</c>
        |
            (?:\ t="(?:n|s|b|e|str|inlineStr)")?+(?:\ ?/>|>
            (?:<f(?:\ [^<>]*+)?+>(?:[^<]*+</f>)?+)?+
            (?:<v>(?:[0-9.]++(?:E[-+]?[0-9]++)?+|-[0-9]{1,8}+(?:\.[0-9]*+)?+(?:E-[0-9]++)?+)?+</v>|<v\ ?/>)?+</c>)
        )
    )*+(?:</row>)?+)*+</sheetData>|<sheetData/>""",
    re.VERBOSE,
)
"""The data of a small sheet as ordinary programs write it, and nothing else: no cell beyond AZ999.

Very large and very small numbers do not match, so a child process reads a sheet with one.
"""
_REFERENCES = re.compile(rb'<c r="([^"]+)')
_MARKED = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="(?:(e)|[A-Za-z]+)")?(?:><f(?: [^<>]*)?>([^<]*)|(?(2) ?/?>|(?!)))'
)
"""A cell with a formula or an error."""


def is_plain(sheet: SheetXml) -> bool:
    """Whether every tag of the data of a sheet is written as ordinary programs do, and the sheet is small."""
    whole, data = sheet.whole, sheet.data
    if any(before.endswith(b"<") for before in whole.split(b"!")[:-1]):  # far quicker than to look for "<!" in markup
        return False
    if b"<f" in data and (b"array" in data or b"dataTable" in data):  # it may fill other cells, which do not say so
        return False
    return _PLAIN.fullmatch(data) is not None


def _scan_plain(data: bytes) -> Scan:
    places = _REFERENCES.findall(data)
    if len(set(places)) < len(places):
        raise RefusedError("file_cell_twice", cell=Counter(places).most_common(1)[0][0].decode())
    marks = {}
    for at in (*_find_each(data, b"<f"), *_find_each(data, b' t="e"')):
        if match := _MARKED.match(data, data.rfind(b"<c ", 0, at)):  # a text may look so too
            kind, formula = CellKind.ERROR if match[2] else CellKind.FORMULA, match[3] or b""
            marks[place_of(match[1].decode())] = kind, unescape(formula.decode())
    return Scan(len(places), marks=marks)


def _find_each(data: bytes, sign: bytes) -> Iterator[int]:
    """The places of these bytes."""
    at = data.find(sign)
    while at >= 0:
        yield at
        at = data.find(sign, at + 1)


def _walk(part: bytes, limits: Limits = LIMITS) -> Scan:
    parser = expat.ParserCreate()
    walker = _Walker(limits, part, parser)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    parser.Parse(part, True)  # noqa: FBT003 - expat takes no keywords
    return walker.scan()


class _Walker:
    """Walks the tags as the parser does: a cell without a reference stands to the right of the one before."""

    def __init__(self, limits: Limits, part: bytes, parser: expat.XMLParserType) -> None:
        self.limits, self.part, self.parser = limits, part, parser
        self.cells = 0
        self.filled: set[int] = set()
        self.row = self.column = 0
        self.at = (0, 0)
        self.is_new = False
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.marks: dict[tuple[int, int], Mark] = {}
        self.formula: list[str] | None = None
        self.spread: set[tuple[int, ...]] = set()
        self.in_cell, self.kind, self.value_starts = False, "", 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag begins."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell(attributes)
        elif name == "row" and "r" in attributes:
            self.row = read_reference(f"A{attributes['r']}")[0]
        elif self.in_cell and name in ("v", "is", "f"):
            self.rows.add(self.at[0])
            self.columns.add(self.at[1])
            self._content()
            if name == "f":
                self._formula(attributes)
            elif name == "v":
                self.value_starts = self.parser.CurrentByteIndex

    def end(self, tag: str) -> None:
        """A tag ends: after a row comes the next."""
        if self.formula is not None:
            kind = self.marks[self.at][0]
            self.marks[self.at] = (kind, "".join(self.formula))
            self.formula = None
        name = tag.rpartition(":")[2]
        if name == "c":
            self.in_cell = False
        elif name == "v" and self.in_cell:
            self._value(self.part[self.value_starts : self.parser.CurrentByteIndex].partition(b">")[2])
        elif name == "row":
            self.row, self.column = self.row + 1, 0

    def text(self, characters: str) -> None:
        """What stands between two tags."""
        if self.formula is not None:
            self.formula.append(characters)

    def _formula(self, attributes: dict[str, str]) -> None:
        """Mark a formula; if it fills several cells, the others hold only their values, so keep its range."""
        self.marks.setdefault(self.at, (CellKind.FORMULA, ""))
        self.formula = []
        if attributes.get("t") in ("array", "dataTable"):
            first, _, last = attributes.get("ref", "").partition(":")
            self.spread |= {(*read_reference(first), *read_reference(last))} if last else set()

    def _value(self, value: bytes) -> None:
        """Raise RefusedError for values that programs read differently: odd numbers of shared texts, markup."""
        if b"<" in value or (b"&" in value and self.kind in ("", "n")):
            raise RefusedError("file_odd_encoding")
        if self.kind == "s" and not _INDEX.fullmatch(value):
            raise RefusedError("file_damaged")

    def _content(self) -> None:
        if not self.is_new:
            return
        self.is_new, place = False, self.at[0] * MAX_COLUMNS + self.at[1]
        if place in self.filled:
            raise RefusedError("file_cell_twice", cell=f"{column_letters(self.at[1])}{self.at[0] + 1}")
        self.filled.add(place)
        if len(self.filled) > self.limits.filled:
            raise TooFullError

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > self.limits.cells:
            raise TooManyCellsError
        self.at = read_reference(attributes["r"]) if "r" in attributes else (self.row, self.column)
        self.column, self.is_new = self.at[1] + 1, True
        self.in_cell, self.kind = True, attributes.get("t", "")
        if self.kind == "e":
            self.marks[self.at] = (CellKind.ERROR, "")

    def scan(self) -> Scan:
        """The result of the walk. Raises TooFullError, BeyondEdgeError."""
        if len(self.spread) * len(self.filled) > self.limits.spread:
            raise TooFullError
        for place in self.filled if self.spread else ():
            at = divmod(place, MAX_COLUMNS)
            if any(top <= at[0] <= bottom and left <= at[1] <= right for top, left, bottom, right in self.spread):
                self.marks.setdefault(at, (CellKind.FORMULA, ""))
        if not self.rows:
            return Scan(self.cells, marks=self.marks, walked=True)
        bottom, right = max(self.rows), max(self.columns)
        last = f"{column_letters(right)}{bottom + 1}"
        if bottom >= MAX_ROWS or right >= MAX_COLUMNS:
            raise BeyondEdgeError(last)
        area = (bottom + 1 - min(self.rows)) * (right + 1 - min(self.columns))
        return Scan(self.cells, area, last, self.marks, walked=True)


_INDEX = re.compile(rb"[0-9]{0,9}")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")


def read_reference(reference: str) -> tuple[int, int]:
    """Row and column of a reference, counted from 0; raises BeyondEdgeError if no sheet has such a cell."""
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise BeyondEdgeError(reference[:20])
    row, column = place_of(reference.upper())
    if row >= MAX_ROWS or column >= MAX_COLUMNS:
        raise BeyondEdgeError(reference[:20])
    return row, column
