"""What a workbook keeps, beside its answers, when another program saves it: locks, drop-downs, tables, properties.

Nothing that is read relies on any of it; the officer is told so that a missing lock surprises nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plan_sheets.core.document import Document
from plan_sheets.core.found import FoundWorkbook, Remark
from plan_sheets.core.layout import Link
from plan_sheets.core.model import place_of

LOCKS, OPEN, LISTS, LINKS = "locks", "open", "lists", "links"
TABLES, PROPERTIES, STRUCTURE = "tables", "properties", "structure"

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
_SIGNS: Mapping[str, tuple[bytes, ...]] = {
    LOCKS: (b"sheetProtection ", b'table:protected="true"'),
    OPEN: (b'locked="0"', b'locked="false"', b'style:cell-protect="none"'),
    LISTS: (b"dataValidation ", b"<table:content-validation "),
    LINKS: (b"hyperlink ", b"<text:a "),
    TABLES: (b"tablePart ", b"<table:database-range "),
    STRUCTURE: (b'lockStructure="1"', b'lockStructure="true"', b'table:structure-protected="true"'),
}
"""How each is written, in the parts of an xlsx or in the content of an ods."""
_LISTED = re.compile(rb"""dataValidation\s[^<>]*?sqref\s*=\s*["']([^"'<>]*)|<(?:[^\s<>:]+:)?sqref>([^<>]*)<""")
"""The cells of a drop-down or prompt of an xlsx; of one that names another sheet they stand in an element."""
FEWER = 0.9
"""The share of its prompts that a workbook keeps whose cells were pasted over here and there."""


def seen_in(part: bytes, before: Mapping[str, int] | None = None) -> dict[str, int]:
    """How often each of it stands in a part, and stood in those `before`: it is searched, not parsed.

    Drop-downs and prompts of an xlsx are counted by the cells that have them.
    """
    seen = dict(before or {})
    for name, signs in _SIGNS.items():
        if count := sum(part.count(sign) for sign in signs):
            seen[name] = seen.get(name, 0) + (_covered(part) or count if name == LISTS else count)
    return seen


def _covered(part: bytes) -> int:
    """How many cells have a drop-down or a prompt; more than there are where two are laid over one another."""
    each = (area for found in _LISTED.findall(part) for area in b" ".join(found).decode(errors="replace").split())
    return sum(map(_cells_in, each))


def _cells_in(area: str) -> int:
    corners = [one for one in area.replace("$", "").split(":") if _CELL.fullmatch(one)]
    if not corners:
        return 0
    (top, left), (bottom, right) = place_of(corners[0]), place_of(corners[-1])
    return (abs(bottom - top) + 1) * (abs(right - left) + 1)


_CELL = re.compile("[A-Z]{1,3}[0-9]{1,7}")


def lost(document: Document, found: FoundWorkbook) -> list[Remark]:
    """The remark that names what the document went out with and the file no longer has: one, or none."""
    if found.kept is None:
        return []
    words = [*_lost(_sent(document), found)]
    if not words:
        return []
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return [
        Remark("lost_on_saving", {"program": found.saved_by or "a program that does not say its name", "lost": listed})
    ]


def _sent(document: Document) -> dict[str, int]:
    """What of it a document went out with, and how much where that can be counted."""
    cells = sum(1 for _ in document.inputs())
    links = sum(isinstance(content, Link) for sheet in document.sheets for _, _, content in sheet.cells())
    sent = {TABLES: 1, PROPERTIES: 1, LISTS: cells, LINKS: links}
    if document.book.protected:
        sent |= {LOCKS: 1, STRUCTURE: 1, OPEN: min(cells, 1)}
    return sent


def _lost(sent: Mapping[str, int], found: FoundWorkbook) -> Iterator[str]:
    kept = {**(found.kept or {}), **({PROPERTIES: 1} if found.properties else {})}
    for name, words in _WORDS.items():
        count, stayed = sent.get(name, 0), kept.get(name, 0)
        if count and not stayed:
            yield words
        elif name in _PARTLY and found.container != "ods" and stayed < count * FEWER:
            yield _PARTLY[name].format(gone=count - stayed, sent=count)
