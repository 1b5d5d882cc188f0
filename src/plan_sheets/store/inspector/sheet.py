"""One worksheet's part: its cells and rows, and all else as a small tree.

Cells in the spelling of ordinary programs are picked out by a regular expression, at a fifth of the cost of following
every tag; a sheet in any other spelling is followed tag by tag. Both ways tell the same.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from plan_sheets.core.access.seen import Area, Look, SeenCell
from plan_sheets.core.model.keys import column_number
from plan_sheets.store.container.parts import is_on, parse_part, strip_namespace
from plan_sheets.store.formats.lines import MAX_COLUMNS, MAX_ROWS
from plan_sheets.store.formats.number_format import format_longest


@dataclass(frozen=True, slots=True)
class CellParts:
    """What cells refer to: shared texts, looks and number formats by number."""

    texts: Sequence[str]
    looks: Sequence[Look]
    formats: Sequence[str]

    def cell(self, style: int, kind: str, content: str) -> SeenCell:
        """What is seen of a cell with this style, type (`t` in the file) and content.

        A formula without a stored value has its own text as content, after a `=`.
        """
        look = self.looks[style]
        if kind == "s" and content:
            return SeenCell(self.texts[int(content)], look)
        if kind == "n" and content:
            return SeenCell(format_longest(content, self.formats[style]), look, number=True)
        if kind == "b" and content:
            return SeenCell("TRUE" if content == "1" else "FALSE", look)
        return SeenCell(content, look, number=kind == "d")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Cells by row and column, heights of rows in points, hidden rows: all counted from 0. `rest` has local names."""

    cells: dict[tuple[int, int], SeenCell]
    heights: dict[int, float]
    hidden: list[int]
    rest: ET.Element

    def edge(self) -> tuple[int, int]:
        """The first row and the first column (from 0) after those in use: nothing beyond them is looked at."""
        rows, columns = ({place[way] for place in self.cells} for way in (0, 1))
        return max(rows, default=-1) + 1, max(columns, default=-1) + 1

    def add_row(self, row: int, attributes: Mapping[str, str]) -> None:
        """A row, for what stands in its tag."""
        if "ht" in attributes:
            self.heights[row] = float(attributes["ht"])
        if is_on(attributes.get("hidden")):
            self.hidden.append(row)


def read_sheet(part: bytes, parts: CellParts) -> SheetPart:
    """The worksheet in this checked part. Raises ExpatError if it is no XML, ValueError for a wrong reference."""
    return _read_plain(part, parts) or _walk(part, parts)


_PLAIN_TEXT = re.compile(rb'<si><t(?: xml:space="preserve")?+>([^<]*+)</t></si>')


def read_sheet_texts(part: bytes) -> Sequence[str]:
    """The texts that cells share, from their checked part: of a rich text all runs, but not how it is pronounced."""
    plain = _PLAIN_TEXT.findall(part)
    if plain and len(plain) == part.count(b"<si") and b"<!" not in part:
        texts = html.unescape(b"\0".join(plain).decode()).split("\0")
    else:
        texts = [
            "".join(run.text or "" for run in (*shared.findall("t"), *shared.findall("r/t")))
            for shared in parse_part(part).iter("si")
        ]
    return [_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in texts] if b"_x" in part else texts


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a file spells what XML cannot hold, and an underscore before what only looks so (ECMA-376 part 1, 22.9.2.19)."""


_CELL = re.compile(
    r"""(?:\ s="([0-9]++)")?+(?:\ t="([a-zA-Z]++)")?+(?:\ ?/>|>
        (<f(?:\ [^<>]*+)?+>[^<]*+(?:</f>)?+)?+
        (?:<v>([^<]*+)</v>|<is><t(?:\ xml:space="preserve")?+>([^<]*+)</t></is>|<v\ ?/>)?+
    </c>)\s*+""",
    re.VERBOSE,
)
_LETTERS = re.compile("[A-Z]{1,3}")
_ATTRIBUTE = re.compile(r'([a-zA-Z]+)="([^"]*)"')
_FORMULA = re.compile(r"<f[^>]*>|</f>")
_START, _END = "<sheetData>", "</sheetData>"


def _read_plain(part: bytes, parts: CellParts) -> SheetPart | None:
    """The worksheet, if every row and cell of it is spelt in the ordinary way; None if one is not."""
    text = part.decode("utf-8-sig")
    start, end = text.find(_START) + len(_START), text.rfind(_END)
    if not len(_START) <= start <= end or "<!" in text:
        return None
    read = SheetPart({}, {}, [], parse_part(f"{text[:start]}{text[end:]}".encode()))
    columns, cells = _PlainColumns(), _PlainCells(parts)
    try:
        for row_text in text[start:end].split("<row ")[1:]:
            head, _, body = row_text.partition(">")
            attributes = dict(_ATTRIBUTE.findall(head))
            number = attributes["r"]
            row = int(number) - 1
            read.add_row(row, attributes)
            for cell in body.partition("</row>")[0].split('<c r="')[1:]:
                place, _, spelt = cell.partition('"')
                read.cells[row, columns[place.removesuffix(number)]] = cells[spelt]
    except KeyError:
        return None
    return read if len(read.cells) == text.count("<c", start, end) else None


class _PlainColumns(dict[str, int]):
    """Columns, from 0, by their letters. Raises KeyError for what is none."""

    def __missing__(self, letters: str) -> int:
        if not _LETTERS.fullmatch(letters):
            raise KeyError(letters)
        column = self[letters] = column_number(letters.upper())
        return column


class _PlainCells(dict[str, SeenCell]):
    """A cell by its XML after the address; cached, because most cells of a sheet have the same.

    Raises KeyError for one that is not spelt in the ordinary way.
    """

    def __init__(self, parts: CellParts) -> None:
        super().__init__()
        self._parts = parts

    def __missing__(self, spelt: str) -> SeenCell:
        found = _CELL.fullmatch(spelt)
        if not found:
            raise KeyError(spelt)
        look, kind, formula, value, inline = found.groups("")
        content = value or inline or formula
        if content.startswith("<f"):
            kind, content = "str", "=" + _FORMULA.sub("", content)
        content = html.unescape(content) if "&" in content else content
        cell = self[spelt] = self._parts.cell(int(look or 0), kind or "n", content)
        return cell


def _walk(part: bytes, parts: CellParts) -> SheetPart:
    walk = _Walk(parts)
    walk.parser.Parse(part, True)  # noqa: FBT003 - expat takes no keywords
    return SheetPart(walk.read.cells, walk.read.heights, walk.read.hidden, walk.rest.close())


class _Walk:
    """Follows the tags. A row or a cell without a reference stands next to the one before."""

    def __init__(self, parts: CellParts) -> None:
        self.parts = parts
        self.local = functools.cache(strip_namespace)
        self.read = SheetPart({}, {}, [], ET.Element(""))
        self.rest = ET.TreeBuilder()
        self.at = (-1, -1)
        self.cell: Mapping[str, str] = {}
        self.content: list[str] = []
        self.formula: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self._outside()

    def _outside(self) -> None:
        """What is not a cell becomes part of the tree."""
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.rest.data

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.local(tag)
        self.rest.start(name, attributes)
        if name == "sheetData":
            self.parser.StartElementHandler = self._start_inside
            self.parser.EndElementHandler = self._end_inside
            self.parser.CharacterDataHandler = None

    def _end(self, tag: str) -> None:
        self.rest.end(self.local(tag))

    def _start_inside(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.local(tag)
        if name == "c":
            reference = attributes.get("r")
            self.at = _position(reference) if reference else (self.at[0], self.at[1] + 1)
            self.cell, self.content, self.formula = attributes, [], []
        elif name in ("v", "t"):
            self.parser.CharacterDataHandler = self.content.append
        elif name == "f":
            self.formula = ["="]
            self.parser.CharacterDataHandler = self.formula.append
        elif name == "rPh":  # how the text before it is pronounced: it is not shown with it
            self.content, self.shown = [], self.content
        elif name == "row":
            row = int(attributes["r"]) - 1 if "r" in attributes else self.at[0] + 1
            self.at = (row, -1)
            self.read.add_row(row, attributes)

    def _end_inside(self, tag: str) -> None:
        name = self.local(tag)
        self.parser.CharacterDataHandler = None
        if name == "c":
            self.read.cells[self.at] = self._made()
        elif name == "rPh":
            self.content = self.shown
        elif name == "sheetData":
            self.rest.end(name)
            self._outside()

    def _made(self) -> SeenCell:
        look, kind, content = int(self.cell.get("s", "0")), self.cell.get("t", "n"), "".join(self.content)
        if self.formula and not content:
            kind, content = "str", "".join(self.formula)
        return self.parts.cell(look, kind, content)


_CORNER = re.compile(r"\$?([A-Za-z]{0,3})\$?([0-9]{0,7})")


def areas(references: str) -> tuple[Area, ...]:
    """The rectangles of a list such as `A1 C5:D9 E:E`. Raises ValueError for what is no reference."""
    return tuple(map(_area, references.split()))


def _area(reference: str) -> Area:
    first, _, last = reference.partition(":")
    top, left = _position(first, (0, 0))
    bottom, right = _position(last or first, (MAX_ROWS - 1, MAX_COLUMNS - 1))
    return Area(top, left, bottom, right)


def _position(reference: str, edge: tuple[int, int] = (0, 0)) -> tuple[int, int]:
    """Row and column of a reference, from 0; for a whole row or column the other one is taken from `edge`."""
    match = _CORNER.fullmatch(reference)
    if not match:
        raise ValueError(f"{reference[:20]} is no place on a sheet")
    return int(match[2]) - 1 if match[2] else edge[0], column_number(match[1].upper()) if match[1] else edge[1]
