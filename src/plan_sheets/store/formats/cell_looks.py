"""Reads from the formats of cells what their values do not say: colour, strike-through, how a number is shown.

The parser reads values only. Conditional formats are not read: they follow from the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple
from xml.etree import ElementTree as ET

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.parts import strip_namespace
from plan_sheets.store.formats.colours import Painted, find_rgb, name_colour
from plan_sheets.store.formats.lines import Spans, read_lines
from plan_sheets.store.formats.number_format import BUILT_IN, GENERAL, is_date, shows_whole_date

_NONE: Mapping[str, str] = MappingProxyType({})


class Looks(NamedTuple):
    """What the formats of one sheet say, by the references of its cells."""

    painted: Painted = _NONE
    struck: frozenset[str] = frozenset()
    """Cells, blank ones too, that are struck through as a whole or in part."""
    formats: Mapping[str, str] = _NONE
    """The number formats of cells, except General, Text and formats of whole dates."""
    merged: tuple[str, ...] = ()
    """Ranges of merged cells, such as `A1:C2`."""
    rows: Spans = ()
    """Hidden rows."""
    columns: Spans = ()
    """Hidden columns."""
    texts: Mapping[str, str] = _NONE
    """xls and xlsb: what cells with an error or formula show, if the parser says something else; "" if unknown."""


class _Styles(NamedTuple):
    """What cell styles say, by their number as cells write it."""

    painted: Mapping[bytes, str]
    struck: Mapping[bytes, str]
    formats: Mapping[bytes, str]


def read_looks(
    styles: bytes,
    theme: Callable[[], bytes],
    texts: bytes,
    sheets: Sequence[tuple[bytes, bool]],
    limits: Limits = LIMITS,
) -> tuple[Looks, ...]:
    """Read the looks of each sheet of an xlsx from the bytes of its parts; () if there are none.

    `theme` reads the part of the theme, `texts` is the part of the shared texts. `sheets` are parts, each with whether
    it is known to be written as ordinary programs do and to hold only texts that are each in one format. Styles that
    are too large to be parsed are ignored.
    """
    small = styles if len(styles) <= limits.small_part else b""
    lines = [read_lines(part) for part, _ in sheets]
    found = _read_styles(small, theme() if b"theme" in small[: small.rfind(b"fills>")] else b"")
    struck = frozenset(b"%d" % at for at, text in enumerate(_split_shared_texts(texts)) if _STRUCK.search(text))
    if not (
        any(found) or struck or any(map(any, lines)) or any(b"strike" in part for part, plain in sheets if not plain)
    ):
        return ()
    each = zip(sheets, lines, strict=True)
    return tuple(
        _read_sheet_looks(part, found, struck, plain, limits.painted)._replace(**at._asdict())
        for (part, plain), at in each
    )


def _read_sheet_looks(part: bytes, styles: _Styles, texts: frozenset[bytes], plain: bool, most: int) -> Looks:  # noqa: FBT001 - goes with its sheet
    struck = {
        *dict(_find_cells(part, styles.struck, plain, most)),
        *(() if plain else _find_partly_struck(part, texts)),
    }
    formats = {} if plain else dict(_find_cells(part, styles.formats, plain, most))
    return Looks(dict(_find_cells(part, styles.painted, plain, most)), frozenset(struck), formats)


_STRUCK = re.compile(rb"""<(?:[^\s<>:]+:)?strike(?:\s+val\s*=\s*["'](?:1|true)["'])?\s*/?>""")
_END_OF_TEXT = re.compile(rb"</(?:[^\s<>:]+:)?si\s*>|<(?:[^\s<>:]+:)?si\s*/>")
_TEXT = re.compile(
    rb"<(?:[^\s<>:]+:)?c\s([^<>]*)>\s*<(?:[^\s<>:]+:)?(?:v>([0-9]+)<|is>((?:[^<]++|<(?!(?:[^\s<>:]+:)?c\s))*+))"
)
"""A cell up to the next one: with the number of a shared text, or with a text of its own."""


def _split_shared_texts(part: bytes) -> Sequence[bytes]:
    """The shared texts with their markup if any may be struck through; else ()."""
    return _END_OF_TEXT.split(part) if b"strike" in part else ()


def _find_partly_struck(part: bytes, texts: frozenset[bytes]) -> Iterator[str]:
    """The cells with a text that is struck through in part: one of the shared texts `texts` (numbers), or their own."""
    for tag, number, own in _TEXT.findall(part) if texts or b"strike" in part else ():
        attributes = dict(_ATTRIBUTE.findall(tag))
        if b"r" in attributes and (number in texts if attributes.get(b"t") == b"s" else _STRUCK.search(own)):
            yield attributes[b"r"].decode()


@lru_cache(maxsize=32)  # most returns of a batch were saved by the same program and have the same styles
def _read_styles(styles: bytes, theme: bytes) -> _Styles:
    if not styles:
        return _Styles({}, {}, {})
    tree = ET.fromstring(styles)  # noqa: S314 - the guard has refused every DOCTYPE
    fills = [_name_fill(fill, theme) for fill in _list_items(tree, "fills")]
    struck = ["struck" if _is_struck(font) else "" for font in _list_items(tree, "fonts")]
    codes = {item.get("numFmtId", ""): item.get("formatCode", "") for item in _list_items(tree, "numFmts")}
    cells = [*_list_items(tree, "cellXfs")]
    return _Styles(
        _number_by_style([_take(fills, cell.get("fillId")) for cell in cells]),
        _number_by_style([_take(struck, cell.get("fontId")) for cell in cells]),
        _number_by_style([find_telling_format(cell.get("numFmtId", "0"), codes) for cell in cells]),
    )


def _number_by_style(values: Sequence[str]) -> dict[bytes, str]:
    return {b"%d" % at: value for at, value in enumerate(values) if value}


def _take(values: Sequence[str], number: str | None) -> str:
    """The value of this number; the first one if the number is None, "" if there is no such value."""
    at = int(number or "0")
    return values[at] if 0 <= at < len(values) else ""


def find_telling_format(number: str, codes: Mapping[str, str]) -> str:
    """The number format with this number if it may show something else than the value; else ""."""
    code = codes.get(number) or BUILT_IN.get(int(number) if number.isdigit() else 0, GENERAL)
    return "" if code in (GENERAL, "@") or (is_date(code) and shows_whole_date(code)) else code


def _is_struck(font: ET.Element) -> bool:
    return any(strip_namespace(item.tag) == "strike" and item.get("val", "1") not in ("0", "false") for item in font)


def _list_items(styles: ET.Element, name: str) -> Iterator[ET.Element]:
    return (item for table in styles if strip_namespace(table.tag) == name for item in table)


def _name_fill(fill: ET.Element, theme: bytes) -> str:
    """The name of the RAG colour of a solid fill; "" for a pattern, a gradient or another colour."""
    for pattern in fill:
        if pattern.get("patternType") == "solid":
            for colour in pattern:
                if strip_namespace(colour.tag) == "fgColor":
                    return name_colour(find_rgb(colour.attrib, theme))
    return ""


_CELL = re.compile(rb"<(?:[^\s<>:]+:)?c\s([^<>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)")


def _find_cells(part: bytes, looks: Mapping[bytes, str], plain: bool, most: int) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - goes with its sheet
    """Reference and look of each cell with one of these looks, at most `most`."""
    if looks:
        yield from islice(_find_plain_cells(part, looks) if plain else _find_any_cells(part, looks), most)


def _find_plain_cells(part: bytes, looks: Mapping[bytes, str]) -> Iterator[tuple[str, str]]:
    for place, number in re.findall(rb'<c r="([A-Z0-9]++)" s="(%b)"' % b"|".join(looks), part):
        yield place.decode(), looks[number]


def _find_any_cells(part: bytes, looks: Mapping[bytes, str]) -> Iterator[tuple[str, str]]:
    for match in re.finditer(rb"\ss\s*=\s*[\"'](?:%b)[\"']" % b"|".join(looks), part):
        tag = _CELL.match(part, part.rfind(b"<", 0, match.start()))
        if tag and tag.end() > match.end():
            attributes = {name: value.decode(errors="replace") for name, value in _ATTRIBUTE.findall(tag[1])}
            if b"r" in attributes:
                yield attributes[b"r"], looks[attributes[b"s"].encode()]
