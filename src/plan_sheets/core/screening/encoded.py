"""Files and texts that stand in a text as letters (base64): nobody sees what they say."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import NamedTuple

FEWEST_LETTERS = 200
"""A shorter run is a word, a key or a part of an address."""
_LETTER, _BREAK = "[A-Za-z0-9+/]", r"[ \t\r]?\n(?:> ?){0,9}"
_RUN = re.compile(
    rf"(?<!{_LETTER})(?:{_LETTER}{{{FEWEST_LETTERS},}}+|{_LETTER}{{60,}}+(?={_BREAK}{_LETTER}{{60}}))"
    rf"(?:{_BREAK}{_LETTER}{{60,}}+)*+"
    rf"(?:{_BREAK}(?:{_LETTER}{{4}}){{0,18}}(?:{_LETTER}{{4}}|{_LETTER}{{3}}=|{_LETTER}{{2}}==)(?![^\s]))?={{0,2}}"
)
"""One long line, or several of 60 letters or more, also where a mail quotes them; with the shorter one that ends it."""
_ALL_OF = tuple(map(re.compile, ("[a-z]", "[A-Z]", "[0-9]")))
"""What stands in each: a long line of one letter, or of hexadecimal figures, is something else."""
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


class Encoded(NamedTuple):
    """One of them, and where it begins and ends."""

    data: bytes
    """What it says; b"" if it cannot be decoded."""
    start: int
    end: int

    @property
    def text(self) -> str | None:
        """What it says if that is a text, else None."""
        text = self.data.decode("utf-8", "replace")
        return None if _NO_TEXT.search(text) or not text else text


def list_encoded(text: str) -> Iterator[Encoded]:
    """What stands in a text as letters, in order."""
    if len(text) < FEWEST_LETTERS:
        return
    for run in _RUN.finditer(text):
        if len(run[0]) >= FEWEST_LETTERS and all(letters.search(run[0]) for letters in _ALL_OF):
            letters = re.sub(r"[\s>=]", "", run[0])
            whole = len(letters) % 4 != 1
            yield Encoded(b64decode(letters + "==") if whole else b"", *run.span())
