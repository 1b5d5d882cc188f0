"""Texts compared, shortened, quoted and counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping


def split_refs(refs: object, name: str) -> list[str]:
    """What a caller gives as `name`: one text with commas between refs (`J,L`), or several. Blank ones are left out.

    Raises TypeError for anything else.
    """
    given = refs.split(",") if isinstance(refs, str) else [*refs] if isinstance(refs, Iterable) else [refs]
    texts = [ref.strip() for ref in given if isinstance(ref, str)]
    if len(texts) < len(given):
        raise TypeError(f"{name} is {refs!r}: give refs as 'J,L' or as ['J', 'L'].")
    return [text for text in texts if text]


def one_slip(word: str, other: str) -> bool:
    """Whether two words differ by one slip: a letter left out, put in, replaced or swapped with its neighbour."""
    while word and other and word[0] == other[0]:
        word, other = word[1:], other[1:]
    while word and other and word[-1] == other[-1]:
        word, other = word[:-1], other[:-1]
    return max(len(word), len(other)) == 1 or (len(word) == 2 and word == other[::-1])  # noqa: PLR2004 - two neighbours


MASK = "(masked)"
"""What stands instead of a text that must not be kept."""
REDACTED = "Redacted"
"""What stands instead of a text that was taken out for good."""


def plain(text: str) -> str:
    """A text as it is compared where only words count: case, blanks and Unicode form aside."""
    if text.isascii():  # most are, and have one form only
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def quoted(text: str) -> str:
    """A text as a sentence shows it: between quotation marks and in short; "blank" if it is."""
    return f"'{shorten(text)}'" if text.strip() else "blank"


LONGEST_QUOTE = 120
"""How much of an entered text a sentence repeats (characters); the whole text stands in `Finding.entered`."""


def shorten(text: str, longest: int = LONGEST_QUOTE) -> str:
    """The text on one line, cut with an ellipsis if it is longer than `longest` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def cut(text: str, longest: int, where: str = "") -> str:
    """The text on one line; a longer one is cut between words, with an ellipsis and `where` the whole of it stands."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    kept = line[:longest].rpartition(" ")[0] or line[: longest - 1]
    return f"{kept.rstrip(' ,;:')}…{where}"


LONGEST_SHOWN = 4_000
"""Characters of what somebody typed that a cell shows: a sheet pasted from elsewhere may hold a million."""


def show_beginning(text: str, where: str) -> str:
    """The text; of one longer than `LONGEST_SHOWN` the beginning, and `where` the rest is."""
    more = len(text) - LONGEST_SHOWN
    return text if more <= 0 else f"{text[:LONGEST_SHOWN]} … ({more:,} characters more: see {where})"


def count_words(count: int, noun: str) -> str:
    """A number and its noun: `1 day`, `12 days`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


_LONGEST_SLUG = 60


def make_slug(title: str) -> str:
    """A title as part of a file name: small letters without accents, digits and hyphens, 60 characters at most."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_SLUG].strip("-")


def make_slugs(titles: Mapping[str, str]) -> dict[str, str]:
    """A file name for each code, from its title; where two are the same or none is left, with the code."""
    names = {code: make_slug(title) for code, title in titles.items()}
    while len({name for name in names.values() if name}) < len(names):
        times = Counter(names.values())
        names = {
            code: name if name and times[name] == 1 else f"{name}-{code.lower()}".strip("-")
            for code, name in names.items()
        }
    return names
