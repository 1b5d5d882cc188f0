"""Colours as WCAG measures them: how far two stand apart, and whether one is strong enough to say something."""

from __future__ import annotations

import colorsys

_STRONG_COLOUR = 0.5
"""From this saturation on a fill says something; the light fills of cells to fill in are far below."""


def contrast(ink: str, ground: str) -> float:
    """How far two colours (six hexadecimal digits) stand apart: 1 to 21, by WCAG's formula."""
    darker, lighter = sorted((_luminance(ink), _luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    low = 0.04045
    parts = [part / 12.92 if part <= low else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def is_strong(fill: str | None) -> bool:
    """Whether a fill says something by its colour; None is one that nobody can tell."""
    return fill is not None and colorsys.rgb_to_hsv(*_parts(fill))[1] > _STRONG_COLOUR
