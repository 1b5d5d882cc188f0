"""Reads what the sheets of an xlsx say beside the values of their cells.

Few sheets say any of it. Only these are parsed; all others are searched for signs of it, which is far quicker.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree import ElementTree as ET

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import find_relation_id, is_on, parse_part, strip_namespace
from plan_sheets.store.formats.cell_looks import CellStyles, SheetLooks, make_styles
from plan_sheets.store.formats.colours import find_rgb, name_colour, read_theme
from plan_sheets.store.formats.lines import read_range
from plan_sheets.store.formats.sheet_scan import SheetXml

_HIDDEN = re.compile(rb"""hidden=(?:"[1to]|')""")
_THEME = "xl/theme/theme1.xml"


def read_styles(package: Package, part: bytes) -> CellStyles:
    """Read the part of the styles; one that is too large to be parsed says nothing."""
    if not part or len(part) > package.limits.small_part:
        return CellStyles()
    is_needed = b"theme" in part[part.find(b"fills") : part.rfind(b"fills>")] and _THEME in package.entries
    return _read_styles(part, package.read_xml(_THEME) if is_needed else b"")


@lru_cache(maxsize=32)  # most returns of a batch were saved by the same program and have the same styles
def _read_styles(part: bytes, theme: bytes) -> CellStyles:
    root, theme_colours = parse_part(part), read_theme(theme)
    colours = [fill.find("patternFill[@patternType='solid']/fgColor") for fill in root.iterfind("fills/*")]
    strikes = [font.find("strike") for font in root.iterfind("fonts/*")]
    return make_styles(
        {item.get("numFmtId", ""): item.get("formatCode", "") for item in root.iterfind("numFmts/*")},
        [strike is not None and is_on(strike.get("val"), default=True) for strike in strikes],
        ["" if colour is None else name_colour(find_rgb(colour.attrib, theme_colours)) for colour in colours],
        (
            (cell.get("numFmtId", "0"), int(cell.get("fontId", "0")), int(cell.get("fillId", "0")))
            for cell in root.iterfind("cellXfs/*")
        ),
    )


def find_struck_texts(part: bytes) -> frozenset[str]:
    """The numbers of the shared texts that are struck through, some or all of each."""
    struck, number, is_struck = set[str](), 0, False
    for name, item in _iterate(part, "si") if b"strike" in part else ():
        if name == "strike":
            is_struck |= is_on(item.get("val"), default=True)
        elif name == "si":
            struck |= {str(number)} if is_struck else set()
            number, is_struck = number + 1, False
    return frozenset(struck)


def read_looks(
    part: SheetXml, styles: CellStyles, struck: frozenset[str], limits: Limits = LIMITS, *, is_odd: bool
) -> SheetLooks | None:
    """Read the part of a sheet; None if it says nothing beside the values of its cells. `struck`: shared texts.

    `is_odd`: whether it is written in an unusual way, so that the signs may be written otherwise. Raises ParseError,
    RefusedError.
    """
    looks = SheetLooks(styles, limits)
    if is_odd or struck or _says_anything(part):
        reader = _Reader(looks, struck)
        for name, item in _iterate(part.whole, "row"):
            if read := reader.readers.get(name):
                read(item)
        return looks
    if numbers := b"|".join(b"%d" % number for number in styles.list_numbers()):
        for place, number in re.findall(rb'<c r="([A-Z0-9]+)" s="(%b)"' % numbers, part.data):
            looks.add_style(place.decode(), int(number))
    return looks if looks.painted or looks.struck or looks.formats else None


def _says_anything(part: SheetXml) -> bool:
    """Whether an ordinary sheet may say anything but by the styles of its cells: it has no formats within texts."""
    head, data, tail = part.head, part.data, part.tail
    links = tail[tail.find(b"hyperlinks") : tail.rfind(b"hyperlinks")]
    return (
        any(b"hidden" in lines and _HIDDEN.search(lines) for lines in (head, data))
        or b' width="0' in head
        or b' ht="0' in data
        or b"mergeCell" in tail
        or b":id" in links
    )


class _Reader:
    """Reads the elements of a sheet in the order in which they end."""

    def __init__(self, looks: SheetLooks, struck: frozenset[str]) -> None:
        self.looks, self.struck = looks, struck
        self.row, self.is_struck = -1, False
        self.readers = {
            "strike": self._strike,
            "c": self._cell,
            "row": self._row,
            "col": self._columns,
            "mergeCell": self._merge,
            "hyperlink": self._link,
        }

    def _strike(self, item: ET.Element) -> None:
        self.is_struck |= is_on(item.get("val"), default=True)

    def _cell(self, item: ET.Element) -> None:
        place, style, picture = (item.get(name, "") for name in ("r", "s", "vm"))
        if place and style.isdecimal():
            self.looks.add_style(place, int(style))
        if place and (self.is_struck or (item.get("t") == "s" and item.findtext("{*}v") in self.struck)):
            self.looks.struck.add(place)
        if place and picture.isdecimal():
            self.looks.pictures[place] = int(picture)
        self.is_struck = False

    def _row(self, item: ET.Element) -> None:
        number = item.get("r", "")
        self.row = int(number) - 1 if number.isdecimal() else self.row + 1
        if _is_hidden(item, "ht"):
            self.looks.rows.append((self.row, self.row))

    def _columns(self, item: ET.Element) -> None:
        if _is_hidden(item, "width"):
            self.looks.columns.append((int(item.get("min", "0")) - 1, int(item.get("max", "0")) - 1))

    def _merge(self, item: ET.Element) -> None:
        if area := read_range(item.get("ref", "")):
            self.looks.add_merge(area)

    def _link(self, item: ET.Element) -> None:
        if number := find_relation_id(item):
            self.looks.links[number] = item.get("ref", "").partition(":")[0]


def _is_hidden(item: ET.Element, size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return is_on(item.get("hidden")) or re.fullmatch(r"0(\.0*)?", item.get(size, "")) is not None


def _iterate(part: bytes, done: str) -> Iterator[tuple[str, ET.Element]]:
    """(Name, element) of each element when it ends. Those named `done` are emptied then, so that memory stays small."""
    for _, item in ET.iterparse(io.BytesIO(part)):  # noqa: S314 - the guard has refused every DOCTYPE
        name = strip_namespace(item.tag)
        yield name, item
        if name == done:
            item.clear()
