"""What a workbook keeps, beside its answers, when another program saves it: locks, drop-downs, tables, properties.

Nothing that is read relies on any of it; the officer is told so that a missing lock surprises nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from plan_sheets.core.document import Document
from plan_sheets.core.found import FoundWorkbook, Remark

LOCKS, LISTS, TABLES, PROPERTIES, STRUCTURE = "locks", "lists", "tables", "properties", "structure"

_WORDS: Mapping[str, str] = {
    LOCKS: "the lock of its sheets",
    LISTS: "its drop-downs and prompts",
    TABLES: "its tables",
    PROPERTIES: "its hidden properties",
    STRUCTURE: "the lock on its list of sheets",
}
_SIGNS: Mapping[str, tuple[bytes, ...]] = {
    LOCKS: (b"sheetProtection ", b'table:protected="true"'),
    LISTS: (b"dataValidation ", b"<table:content-validation "),
    TABLES: (b"tablePart ", b"<table:database-range "),
    STRUCTURE: (b'lockStructure="1"', b'lockStructure="true"', b'table:structure-protected="true"'),
}
"""How each is written, in the parts of an xlsx or in the content of an ods."""


def seen_in(part: bytes, before: frozenset[str] = frozenset()) -> frozenset[str]:
    """What of it stands in a part, or stood in one `before`: it is searched, not parsed."""
    unseen = _SIGNS.keys() - before
    return before | {name for name in unseen if any(sign in part for sign in _SIGNS[name])}


def lost(document: Document, found: FoundWorkbook) -> list[Remark]:
    """The remark that names what the document went out with and the file no longer has: one, or none."""
    if found.kept is None:
        return []
    kept = found.kept | ({PROPERTIES} if found.properties else set())
    sent = {TABLES, PROPERTIES}
    sent |= {LOCKS, STRUCTURE} if document.book.protected else set()
    sent |= {LISTS} if any(sheet.has_inputs for sheet in document.sheets) else set()
    words = [text for name, text in _WORDS.items() if name in sent - kept]
    if not words:
        return []
    listed = " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
    return [
        Remark("lost_on_saving", {"program": found.saved_by or "a program that does not say its name", "lost": listed})
    ]
