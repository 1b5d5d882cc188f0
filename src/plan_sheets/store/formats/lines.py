"""Ranges of cells, and runs of rows and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plan_sheets.core.model.keys import column_letters, place_of

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
Spans = tuple[tuple[int, int], ...]
"""Rows or columns, counted from 0: (first, last) of each run of them, in order."""
_CORNER = re.compile(r"\$?([A-Z]{0,3})\$?([0-9]{0,7})", re.IGNORECASE)


def join_spans(runs: Iterable[tuple[int, int]]) -> Spans:
    """Sort runs and join those that touch one another."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


def make_reference(row: int, column: int) -> str:
    """`A1` for the first row and column, counted from 0."""
    return f"{column_letters(column)}{row + 1}"


def read_range(area: str) -> str:
    """`B2:C3` for any spelling of this range, "" if it is invalid. Whole columns (`H:J`) and rows reach to the edge."""
    start, _, end = area.partition(":")
    first, last = _read_corner(start, (0, 0)), _read_corner(end, (MAX_ROWS - 1, MAX_COLUMNS - 1))
    if not (first and last):
        return ""
    (top, bottom), (left, right) = (sorted(way) for way in zip(first, last, strict=True))
    is_there = bottom < MAX_ROWS and right < MAX_COLUMNS
    return f"{make_reference(top, left)}:{make_reference(bottom, right)}" if is_there else ""


def _read_corner(corner: str, whole: tuple[int, int]) -> tuple[int, int] | None:
    """Row and column of a corner of a range, from 0; `whole` is used for what it leaves out. None if invalid."""
    match = _CORNER.fullmatch(corner)
    if not match or not corner:
        return None
    letters, digits = match[1].upper(), match[2]
    row, column = place_of(f"{letters or 'A'}{digits or '1'}")
    return (row if digits else whole[0], column if letters else whole[1]) if row >= 0 else None
