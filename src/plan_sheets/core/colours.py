"""Colours as a workbook states them: six digits, a place in a palette, or a theme's colour made lighter or darker."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence


def _colours(digits: str) -> tuple[str, ...]:
    return tuple(digits[at : at + 6] for at in range(0, len(digits), 6))


BLACK, WHITE = "000000", "FFFFFF"
THEME = _colours("FFFFFF000000E7E6E644546A4472C4ED7D31A5A5A5FFC0005B9BD570AD470563C1954F72")
"""The Office theme, in the order in which cells refer to it: paper and ink come first."""
PALETTE = _colours(
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF"
    "000000FFFFFFFF000000FF000000FFFFFF00FF00FF00FFFF"
    "800000008000000080808000800080008080C0C0C08080809999FF993366FFFFCCCCFFFF660066FF80800066CCCCCCFF"
    "000080FF00FFFFFF0000FFFF8000808000000080800000FF00CCFFCCFFFFCCFFCCFFFF9999CCFFFF99CCCC99FFFFCC99"
    "3366FF33CCCC99CC00FFCC00FF9900FF6600666699969696003366339966003300333300993300993366333399333333"
)
"""Excel's own palette, where the file has no other (ECMA-376 part 1, 18.8.27)."""


def colour_of(stated: Mapping[str, str], automatic: str, theme: Sequence[str], palette: Sequence[str]) -> str | None:
    """Six hexadecimal digits; `automatic` where the file leaves it to the program; None where nobody can say."""
    if "rgb" in stated:
        plain = stated["rgb"][-6:].upper()
    elif "theme" in stated:
        plain = _nth(theme, stated["theme"])
    elif "indexed" in stated and int(stated["indexed"]) < len(palette):
        plain = _nth(palette, stated["indexed"])
    else:
        plain = automatic  # `auto`, nothing at all, and 64 and 65: the system's own
    return _tinted(plain, float(stated.get("tint", "0"))) if len(plain) == len(BLACK) else None


def _nth(colours: Sequence[str], number: str) -> str:
    return colours[int(number)] if int(number) < len(colours) else ""


def _tinted(colour: str, tint: float) -> str:
    """Lighter by a positive tint, darker by a negative one (ECMA-376 part 1, 18.8.19)."""
    if not tint:
        return colour
    hue, light, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    return "".join(f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, min(max(light, 0), 1), saturation))
