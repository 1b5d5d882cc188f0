"""A text as the screen looks at it: every blank a blank, every dash a hyphen, every digit and letter a plain one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_DOTS = "\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb"
_MINUS = "\u2212"
_SIGNS = {
    **dict.fromkeys(_DOTS, "."),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2190\u2192\u2194\u21d2\u2794\u279c\u27a1\u27f6", ">"),
    _MINUS: "-",
    "\u2116": "#",
}
"""Dots, quotation marks, arrows, the minus and the sign for "number", as they are typed in ASCII."""
_ESCAPED = re.compile("%([2-7][0-9A-F])", re.IGNORECASE)
"""A sign as addresses write it: `%20` is a blank."""
_ADDRESS, _PLUS = re.compile(r"://\S+"), re.compile(r"\+(?=\d)")
"""An address, and what stands in it for a blank before a figure."""
_JOINED = re.compile(r'"\s{0,3}&\s{0,3}(?:"|(?=\d))|&(?:(?<=\d&)|(?<=\d\s&))\s{0,3}"')
"""Where a formula joins two texts, or a text and a number: its cell shows one."""
_JOINING, _COMMA = ("TEXTJOIN(", "CONCAT(", "CONCATENATE("), re.compile(r'"?\s{0,3},\s{0,3}"?')
"""Functions that join texts, as files write them, and what parts these in them."""
_NO_WIDTH = "\u200b"


class Folded(NamedTuple):
    """A folded text, and where its characters stood in the text as it was typed."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of it began and ended as it was typed."""
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """The text character by character; what has no width, or only marks another or joins two texts, is left out."""
    if "://" in text:
        text = _ADDRESS.sub(lambda address: _PLUS.sub(" ", address[0]), text)
    if "%" in text:
        text = _ESCAPED.sub(lambda sign: chr(int(sign[1], 16)) + 2 * _NO_WIDTH, text)
    if '"' in text and "&" in text:
        text = _JOINED.sub(lambda signs: len(signs[0]) * _NO_WIDTH, text)
    if '"' in text and "(" in text and any(sign in text for sign in _JOINING):
        text = _COMMA.sub(lambda signs: signs[0].replace('"', _NO_WIDTH).replace(",", " "), text)
    if text.isascii():
        return Folded(text, range(len(text)))
    kept = [(place, plain) for place, character in enumerate(text) if (plain := _fold(character))]
    return Folded("".join(plain for _, plain in kept), [place for place, _ in kept])


@lru_cache(maxsize=1024)
def _fold(character: str) -> str:
    """One character for one, or "" for one that is left out."""
    category = unicodedata.category(character)
    if character.isascii() or character in _SIGNS:
        return _SIGNS.get(character, character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " "
    if category == "Pd":
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character
