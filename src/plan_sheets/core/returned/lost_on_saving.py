"""What other programs lose when they save a workbook: locks, drop-downs, links, tables, properties.

Reading a return needs none of them. The officer is told which are missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from itertools import chain

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Link, Sheet
from plan_sheets.core.model.found import FoundWorkbook, Remark
from plan_sheets.core.model.keys import place_of

LOCKS, OPEN, LISTS, LINKS = "locks", "open", "lists", "links"
TABLES, PROPERTIES, STRUCTURE = "tables", "properties", "structure"

Signs = tuple[tuple[str, bytes], ...]

_WORDS: Mapping[str, str] = {
    LOCKS: "the lock of its sheets",
    OPEN: "any cell that is not locked",
    LISTS: "its drop-downs and prompts",
    LINKS: "its links",
    TABLES: "its tables",
    PROPERTIES: "its hidden properties",
    STRUCTURE: "the lock on its list of sheets",
}
_PARTLY: Mapping[str, str] = {
    LISTS: "the drop-downs and prompts of {gone} of {sent} cells",
    LINKS: "{gone} of its {sent} links",
}
SHEET: Signs = (
    (LOCKS, b"sheetProtection "),
    (LINKS, b"hyperlink "),
    (TABLES, b"tablePart "),
)
"""How each is written in the XML of an xlsx sheet, after its cells."""
BOOK: Signs = ((STRUCTURE, b'lockStructure="1"'), (STRUCTURE, b'lockStructure="true"'))
STYLES: Signs = ((OPEN, b'locked="0"'), (OPEN, b'locked="false"'))
ODS: Signs = (
    (LOCKS, b'table:protected="true"'),
    (OPEN, b'style:cell-protect="none"'),
    (LISTS, b"<table:content-validation "),
    (LINKS, b"<text:a "),
    (TABLES, b"<table:database-range "),
    (STRUCTURE, b'table:structure-protected="true"'),
)
_LISTED = re.compile(rb"""dataValidation\s[^<>]*?sqref\s*=\s*["']([^"'<>]*)""")
_ELSEWHERE = re.compile(rb"sqref>([^<>]*)<")
"""The cells of a drop-down or prompt of an xlsx. If it refers to another sheet, they stand in an element."""
FEWER = 0.9
"""A loss is reported below this share: a few prompts are always lost where somebody pasted over cells."""


def count_signs(part: bytes, signs: Signs = ODS, before: Mapping[str, int] | None = None) -> dict[str, int]:
    """Count the signs in a part, by name, added to the counts `before`. The part is searched, not parsed."""
    counts = dict(before or {})
    for name, sign in signs:
        if count := part.count(sign):
            counts[name] = counts.get(name, 0) + count
    return counts


def count_signs_in_sheet(tail: bytes, before: Mapping[str, int]) -> dict[str, int]:
    """Count the signs in the XML after the cells of an xlsx sheet, added to the counts `before`.

    Drop-downs and prompts are counted by the cells that have them.
    """
    start, end = tail.find(b"dataValidations"), tail.rfind(b"dataValidations")
    counts = count_signs(tail[:start] + tail[end:] if start >= 0 else tail, SHEET, before)
    if cells := _count_listed_cells(tail[start:end]) if start >= 0 else 0:
        counts[LISTS] = counts.get(LISTS, 0) + cells
    return counts


@lru_cache(maxsize=256)  # the returns of one batch have the same drop-downs
def _count_listed_cells(part: bytes) -> int:
    """How many cells have a drop-down or a prompt; cells with two of them count twice."""
    listed = _LISTED.findall(part) + (_ELSEWHERE.findall(part) if b"sqref>" in part else [])
    return sum(_count_cells(area) for areas in listed for area in areas.decode(errors="replace").split())


def _count_cells(area: str) -> int:
    corners = [corner for corner in area.replace("$", "").split(":") if _CELL.fullmatch(corner)]
    if not corners:
        return 0
    (top, left), (bottom, right) = place_of(corners[0]), place_of(corners[-1])
    return (abs(bottom - top) + 1) * (abs(right - left) + 1)


_CELL = re.compile("[A-Z]{1,3}[0-9]{1,7}")


def find_lost(document: Document, found: FoundWorkbook) -> list[Remark]:
    """One remark that names everything that was issued and the file no longer has; [] if nothing is lost or known."""
    if found.kept is None:
        return []
    words = [*_describe_lost(_count_sent(document, {sheet.name for sheet in found.sheets}), found)]
    if not words:
        return []
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return [
        Remark("lost_on_saving", {"program": found.saved_by or "a program that does not say its name", "lost": listed})
    ]


def _count_sent(document: Document, there: Container[str]) -> dict[str, int]:
    """How many of each the document was issued with, on the sheets named in `there`; 1 where they are not counted."""
    sheets = [sheet for sheet in document.sheets if sheet.name in there]
    cells = sum(_count_inputs(sheet) for sheet in sheets)
    kinds = Counter(map(type, chain.from_iterable(row.cells for sheet in sheets for row in sheet.rows)))
    links = kinds[Link]
    sent = {TABLES: 1, PROPERTIES: 1, LISTS: cells, LINKS: links}
    if document.book.protected:
        sent |= {LOCKS: int(document.book.locks_sheets), STRUCTURE: 1, OPEN: min(cells, 1)}
    return sent


def _count_inputs(sheet: Sheet) -> int:
    """How many of its cells can be filled in."""
    names = {column.field.name for column in sheet.columns if column.input}
    return sum(len(names if row.inputs is None else names & row.inputs) for row in sheet.rows) if names else 0


def _describe_lost(sent: Mapping[str, int], found: FoundWorkbook) -> Iterator[str]:
    kept = {**(found.kept or {}), **({PROPERTIES: 1} if found.properties else {})}
    for name, words in _WORDS.items():
        count, stayed = sent.get(name, 0), kept.get(name, 0)
        if count and not stayed:
            yield words
        elif name in _PARTLY and found.container != "ods" and stayed < count * FEWER:
            yield _PARTLY[name].format(gone=count - stayed, sent=count)
