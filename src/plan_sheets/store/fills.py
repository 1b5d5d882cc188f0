"""The colours of RAG that a person sees in a fill, as an xlsx or an ods names it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls

from plan_sheets.store.workbook_style import STYLES

Painted = Mapping[str, str]
"""Colours (red, amber, yellow, green, blue) by the reference of the cell: `{"F7": "red"}`."""

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


def rgb_of(colour: Mapping[str, str], theme: bytes) -> str:
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
