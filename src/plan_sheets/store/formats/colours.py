"""The RAG colours that a person sees in the fill of a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls

from plan_sheets.core.book.style import STYLES
from plan_sheets.store.container.parts import parse_part


def _split_colours(digits: str) -> tuple[str, ...]:
    return tuple(digits[at : at + 6] for at in range(0, len(digits), 6))


BLACK, WHITE = "000000", "FFFFFF"
THEME = _split_colours("FFFFFF000000E7E6E644546A4472C4ED7D31A5A5A5FFC0005B9BD570AD470563C1954F72")
"""The colours of the Office theme in the order in which cells refer to them: background and text come first."""
PALETTE = _split_colours(
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF"
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF"
    "800000008000000080808000800080008080C0C0C08080809999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF"
    "000080FF00FFFFFF0000FFFF8000808000000080800000FF00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC99"
    "3366FF33CCCC99CC00FFCC00FF9900FF6600666699969696003366339966003300333300993300993366333399333333"
)
"""Excel's palette, used if the file has none (ECMA-376 part 1, 18.8.27)."""


def find_colour(stated: Mapping[str, str], automatic: str, theme: Sequence[str], palette: Sequence[str]) -> str | None:
    """The colour that attributes state, as six hexadecimal digits.

    `automatic` if the file leaves it to the program, None if it cannot be told.
    """
    if "rgb" in stated:
        plain = stated["rgb"][-6:].upper()
    elif "theme" in stated:
        plain = _take(theme, stated["theme"])
    elif "indexed" in stated and int(stated["indexed"]) < len(palette):
        plain = _take(palette, stated["indexed"])
    else:
        plain = automatic  # `auto`, no attribute, and numbers 64 and 65: colours of the system
    return _tint(plain, float(stated.get("tint", "0"))) if len(plain) == len(BLACK) else None


def _take(colours: Sequence[str], number: str) -> str:
    return colours[int(number)] if int(number) < len(colours) else ""


def _tint(colour: str, tint: float) -> str:
    """Make a colour lighter by a positive tint, darker by a negative one (ECMA-376 part 1, 18.8.19)."""
    if not tint:
        return colour
    hue, light, saturation = rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in hls_to_rgb(hue, min(max(light, 0), 1), saturation))


Painted = Mapping[str, str]
"""Colours (red, amber, yellow, green, blue) by the reference of the cell: `{"F7": "red"}`."""

_OURS = {str(STYLES[name]["bg_color"]).lstrip("#") for name in ("input", "mend", "input heading", "heading")}
_HUES = ((17, "red"), (52, "amber"), (70, "yellow"), (170, "green"), (190, ""), (255, "blue"), (335, ""), (360, "red"))
"""Up to which hue in degrees a colour has this name; orange counts as amber, violet has no name."""
_PALEST = 0.1
"""A colour needs this difference between its highest and lowest of red, green and blue (0 to 1); greys have none."""


def name_colour(rgb: str) -> str:
    """The RAG colour that a person sees in `FFC000` or `FFFFC000`; "" for others and for the tool's own colours."""
    rgb = rgb[-6:].upper()
    if rgb in _OURS or not re.fullmatch("[0-9A-F]{6}", rgb):
        return ""
    parts = _split_rgb(rgb)
    if max(parts) - min(parts) < _PALEST:
        return ""
    hue = rgb_to_hls(*parts)[0] * 360
    return next(name for limit, name in _HUES if hue <= limit)


def _split_rgb(rgb: str) -> tuple[float, float, float]:
    red, green, blue = (int(rgb[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)))
"""The colours that `theme="0"` and so on mean: Excel swaps the first two pairs of the theme."""


def find_rgb(colour: Mapping[str, str], theme: Sequence[str] = ()) -> str:
    """The colour of a fill as hexadecimal digits, "" if it cannot be told. `theme`: the colours of `read_theme`."""
    return find_colour(colour, "", theme, PALETTE) or ""


def read_theme(part: bytes) -> Sequence[str]:
    """The colours of a theme in the order in which cells refer to them; "" for each that is missing."""
    scheme = parse_part(part).find("themeElements/clrScheme") if part else None
    stated = {slot.tag: slot[0] for slot in scheme if len(slot)} if scheme is not None else {}
    return [stated[name].get("lastClr", stated[name].get("val", "")) if name in stated else "" for name in _THEME]
