"""Where a printed table begins a new page: between priorities, unless that would leave much of a page blank.

No row is ever split.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

_OF_PRIORITY = re.compile(r"([A-Z]\d{1,2})[a-z]?(\.\d+)?")
_FURTHER = re.compile(r"[A-Z0-9]+\.F\d+")
"""A further action: its ref names no priority, and it stands below its theme."""
_SURE, _AT_MOST = 0.97, 1.03
"""What part of a page is counted on, and what part may be filled: programs differ a little in how high a line is."""
_MOST_BLANK = 1 / 4
"""What part of a page may be left blank, lest a priority be cut; a third is the limit."""


@dataclass(frozen=True, slots=True)
class Page:
    """The room of a printed page, in points of the sheet, and what of it is not the table's rows."""

    room: float
    heading: float
    """The headings, repeated on every page."""
    above: float
    """Title and lines, on the first page alone."""


def fits_one(heights: Iterable[float], page: Page) -> bool:
    """Whether rows of these heights go on the first page."""
    return page.above + page.heading + sum(heights) <= page.room * _SURE


def page_starts(refs: Sequence[str], heights: Sequence[float], page: Page) -> list[int]:
    """The rows (counted from 0) before which a page has to be broken, lest a priority be cut that fits on one page.

    `refs` and `heights` are of each row. A priority that fits on no page begins where it stands, and so does one before
    which more than a quarter of the page would be left blank, be it in a program that fills pages more: the program
    that prints it breaks it between two rows.
    """
    if fits_one(heights, page):
        return []
    starts, rooms = list[int](), (page.room * _SURE, page.room * _AT_MOST)
    used = [page.above + page.heading] * len(rooms)
    fresh = True
    for places in _priorities(refs):
        whole = sum(heights[place] for place in places)
        is_cut = used[0] + whole > rooms[0] and len(places) > 1 and page.heading + whole <= rooms[0]
        if not fresh and is_cut and rooms[0] - min(used) <= page.room * _MOST_BLANK:
            starts.append(places[0])
            used = [page.heading] * len(rooms)
        for place in places:
            height = heights[place]
            used = [
                (page.heading if so_far + height > room else so_far) + height
                for so_far, room in zip(used, rooms, strict=True)
            ]
        fresh = False
    return starts


def _priorities(refs: Sequence[str]) -> Iterator[list[int]]:
    """The rows of each priority that stand together; a row of none stands alone."""
    for _, rows in groupby(enumerate(_keys(refs)), key=lambda numbered: numbered[1]):
        yield [place for place, _ in rows]


def _keys(refs: Iterable[str]) -> Iterator[str]:
    key = ""
    for place, ref in enumerate(refs):
        of_priority = _OF_PRIORITY.fullmatch(ref)
        if of_priority:
            key = of_priority[1]
        elif not _FURTHER.fullmatch(ref):
            key = f"row {place}"
        yield key
