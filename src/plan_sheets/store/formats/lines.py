"""Merged cells, hidden rows and hidden columns of an xlsx sheet, found by searching its XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from plan_sheets.core.model.keys import column_letters, place_of

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
Spans = tuple[tuple[int, int], ...]
"""Rows or columns, counted from 0: (first, last) of each run of them, in order."""


class Lines(NamedTuple):
    """Merged cells, hidden rows and hidden columns, as in `Looks`."""

    merged: tuple[str, ...] = ()
    rows: Spans = ()
    columns: Spans = ()


def join_spans(runs: Iterable[tuple[int, int]]) -> Spans:
    """Sort runs and join those that touch one another."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return tuple(joined)


_NOWHERE = Lines()
_LOW, _NARROW = b'ht="0" customHeight', b' width="0'
_HEAD = 8_000
"""The columns stand within so many bytes at the beginning of a sheet."""
_HIDES = (b'hidden="1', b'hidden="t', b'hidden="o', b"hidden='")
_PLACE = re.compile(r"\$?([A-Z]{0,3})\$?([0-9]{0,7})", re.IGNORECASE)
_MERGED = re.compile(rb"""(<(?:[^\s<>:]+:)?mergeCell\s(?:[^<>]*\s)?ref\s*=\s*["'])([^"'<>]*)""")
_LINE = re.compile(rb"<(?:[^\s<>:]+:)?(row|col)(?:\s([^<>]*))?>")
_HIDDEN = re.compile(rb"""(?:^|\s)(?:hidden\s*=\s*["'](?:1|true|on)|(?:ht|width)\s*=\s*["']0(?:\.0*)?)["']""")
_NUMBER = re.compile(rb"""(?:^|\s)(r|min|max)\s*=\s*["']([0-9]{1,7})["']""")


def read_lines(part: bytes) -> Lines:
    """Read the part of a sheet; its cells, which are most of it, are searched only if needed."""
    start, end = part.find(b"sheetData"), part.rfind(b"sheetData")
    around = part[:start] + part[end:]
    merged = tuple(find_merges(around)) if b"mergeCell" in around else ()
    hides = _may_hide(around, 0, len(around)) or _may_hide(part, start, end)
    rows, columns = _find_hidden(part) if hides else ((), ())
    return Lines(merged, rows, columns) if merged or rows or columns else _NOWHERE


def _may_hide(part: bytes, start: int, end: int) -> bool:
    """Whether a row or column between these bytes may be hidden or have no height or width."""
    if part.find(b"hidden", start, end) >= 0 and any(part.find(sign, start, end) >= 0 for sign in _HIDES):
        return True
    return part.find(_LOW, start, end) >= 0 or part.find(_NARROW, start, min(end, start + _HEAD)) >= 0


def find_merges(part: bytes) -> Iterator[str]:
    """Find the merged ranges; whole columns (`H:J`) and rows (`3:5`) reach to the edge. Invalid ranges are left out."""
    for _, area in _MERGED.findall(part):
        first, _, last = area.decode(errors="replace").partition(":")
        first_corner, last_corner = _read_corner(first, (0, 0)), _read_corner(last, (MAX_ROWS - 1, MAX_COLUMNS - 1))
        if first_corner and last_corner:
            (top, bottom), (left, right) = (sorted(way) for way in zip(first_corner, last_corner, strict=True))
            if bottom < MAX_ROWS and right < MAX_COLUMNS:
                yield f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"


def _read_corner(corner: str, whole: tuple[int, int]) -> tuple[int, int] | None:
    """Row and column of a corner of a range, from 0; `whole` is used for what it leaves out. None if invalid."""
    match = _PLACE.fullmatch(corner)
    if not match or not corner:
        return None
    letters, digits = match[1].upper(), match[2]
    row, column = place_of(f"{letters or 'A'}{digits or '1'}")
    return (row if digits else whole[0], column if letters else whole[1]) if row >= 0 else None


def replace_merges(part: bytes) -> bytes:
    """The part with every merged range replaced by one that the parser understands; the real ones were read before."""
    return _MERGED.sub(rb"\1A1:B1", part) if b"mergeCell" in part else part


def _find_hidden(part: bytes) -> tuple[Spans, Spans]:
    """Find rows and columns that are hidden or have no height or width."""
    rows, columns, row = list[tuple[int, int]](), list[tuple[int, int]](), -1
    for tag, attributes in _LINE.findall(part):
        numbers = {name: int(number) - 1 for name, number in _NUMBER.findall(attributes)}
        row = numbers.get(b"r", row + 1) if tag == b"row" else row
        if _HIDDEN.search(attributes):
            if tag == b"row":
                rows.append((row, row))
            elif b"min" in numbers and b"max" in numbers:
                columns.append((numbers[b"min"], numbers[b"max"]))
    return join_spans(rows), join_spans(columns)
