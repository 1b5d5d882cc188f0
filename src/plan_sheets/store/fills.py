"""Cells that somebody painted in a colour of RAG, for a parser tells texts and never fills.

Only solid fills of the cells themselves are looked at: conditional formats paint what is written, and say nothing new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from functools import lru_cache
from itertools import islice
from xml.etree import ElementTree as ET

from plan_sheets.store.limits import MAX_PAINTED, MAX_SMALL_PART
from plan_sheets.store.workbook_style import STYLES

Painted = Mapping[str, str]
"""Colours (red, amber, yellow, green, blue) by the reference of the cell: `{"F7": "red"}`."""

# ---------------------------------------------------------------- colours

_OURS = {str(STYLES[name]["bg_color"]).lstrip("#") for name in ("input", "input heading", "heading")}
_HUES = ((17, "red"), (52, "amber"), (70, "yellow"), (170, "green"), (190, ""), (255, "blue"), (335, ""), (360, "red"))
"""Up to which hue in degrees a colour has this name; orange is an amber, violet has none."""
_PALEST = 0.1
"""The least difference of the strongest and the weakest of red, green and blue: greys and cream say nothing."""


def colour_name(rgb: str) -> str:
    """The colour of RAG that a person sees in `FFC000` or `FFFFC000`; "" for any other, and for those we paint with."""
    rgb = rgb[-6:].upper()
    if rgb in _OURS or not re.fullmatch("[0-9A-F]{6}", rgb):
        return ""
    parts = _parts(rgb)
    if max(parts) - min(parts) < _PALEST:
        return ""
    hue = rgb_to_hls(*parts)[0] * 360
    return next(name for limit, name in _HUES if hue <= limit)


def _parts(rgb: str) -> tuple[float, float, float]:
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


_INDEXED = re.findall(
    "......",
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF800000008000000080808000800080008080C0C0C0808080"
    "9999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF000080FF00FFFFFF0000FFFF8000808000000080800000FF"
    "00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC993366FF33CCCC99CC00FFCC00FF9900FF6600666699969696"
    "003366339966003300333300993300993366333399333333",
)
"""The standard palette, from index 8 on; 0 to 7 are the same as 8 to 15 (ECMA-376 Part 1, 18.8.27)."""
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)))
"""What `theme="0"` and so on stand for: Excel swaps the first two pairs of the theme's own order."""


def _rgb(colour: Mapping[str, str], theme: bytes) -> str:
    """The colour that a fill names, by its value, by a place in the palette, or by a place in the theme and a tint."""
    if "rgb" in colour:
        return colour["rgb"]
    at = int(colour.get("indexed", colour.get("theme", "64")))
    if "indexed" in colour:
        at = at - 8 if at >= 8 else at  # noqa: PLR2004 - the palette stands twice at its beginning
        return _INDEXED[at] if at < len(_INDEXED) else ""
    found = (
        re.search(rb"<a:%b>\s*<a:s[^<>]*?(?:lastClr|val)=\"([0-9A-Fa-f]{6})\"" % _THEME[at].encode(), theme)
        if (at < len(_THEME))
        else None
    )
    return _tinted(found[1].decode(), float(colour.get("tint", "0"))) if found else ""


def _tinted(rgb: str, tint: float) -> str:
    """A theme's colour made lighter (up to 1) or darker (down to -1)."""
    hue, light, strength = rgb_to_hls(*_parts(rgb))
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(255 * part):02X}" for part in hls_to_rgb(hue, light, strength))


# ---------------------------------------------------------------- xlsx

_COLOUR = re.compile(rb"fgColor\s([^<>]*)")


def painted_cells(
    styles: bytes, theme: Callable[[], bytes], sheets: Sequence[tuple[bytes, bool]]
) -> tuple[Painted, ...]:
    """The painted cells of each sheet of an xlsx, from the bytes of its parts. `theme` gives that part when asked.

    Beside each sheet stands whether it is known to be spelled as ordinary programs do. A file without such a fill costs
    one search of its styles. Styles too large for a tree are passed over.
    """
    if len(styles) > MAX_SMALL_PART:
        return ()
    fills = styles[: styles.rfind(b"fills>")]
    looks = _looks_in(styles, theme() if b"theme" in fills else b"") if _COLOUR.search(fills) else {}
    return tuple(dict(islice(_painted(part, looks, plain), MAX_PAINTED)) for part, plain in sheets) if looks else ()


@lru_cache(maxsize=8)  # the returns of a batch were mostly saved by the same program, and have the same styles
def _looks_in(styles: bytes, theme: bytes) -> Mapping[bytes, str]:
    """The colour of each cell style (by the number that cells name) that paints in one of ours."""
    told = {match[1] for match in _COLOUR.finditer(styles, 0, styles.rfind(b"fills>"))}
    if not any(colour_name(_rgb(_attributes(one), theme)) for one in told):
        return {}
    tree = ET.fromstring(styles)  # noqa: S314 - the guard has refused every DOCTYPE
    fills = [_fill(fill, theme) for fill in _within(tree, "fills")]
    numbers = [int(look.get("fillId", "0")) for look in _within(tree, "cellXfs")]
    return {b"%d" % at: fills[number] for at, number in enumerate(numbers) if number < len(fills) and fills[number]}


def _attributes(tag: bytes) -> dict[str, str]:
    found = re.findall(rb"([\w:]+)\s*=\s*[\"']([^\"']*)", tag)
    return {name.decode(): value.decode(errors="replace") for name, value in found}


def _within(styles: ET.Element, name: str) -> Iterator[ET.Element]:
    return (item for table in styles if table.tag.rpartition("}")[2] == name for item in table)


def _fill(fill: ET.Element, theme: bytes) -> str:
    """The colour of a solid fill; "" of a pattern, a gradient, or none of ours."""
    for pattern in fill:
        if pattern.get("patternType") == "solid":
            for colour in pattern:
                if colour.tag.rpartition("}")[2] == "fgColor":
                    return colour_name(_rgb(colour.attrib, theme))
    return ""


_CELL = re.compile(rb"<(?:[^\s<>:]+:)?c\s([^<>]*)>")


def _painted(part: bytes, looks: Mapping[bytes, str], plain: bool) -> Iterator[tuple[str, str]]:  # noqa: FBT001 - goes with its sheet
    """The reference and colour of each cell with such a look; a cell that does not say where it stands is left out."""
    numbers = b"|".join(looks)
    if plain:
        for place, number in re.findall(rb'<c r="([A-Z0-9]++)" s="(%b)"' % numbers, part):
            yield place.decode(), looks[number]
        return
    for match in re.finditer(rb"\ss\s*=\s*[\"'](?:%b)[\"']" % numbers, part):
        tag = _CELL.match(part, part.rfind(b"<", 0, match.start()))
        if tag and tag.end() > match.end():
            told = _attributes(tag[1])
            if "r" in told:
                yield told["r"], looks[told["s"].encode()]
