"""Takes texts out of what a document went out with: of a cell by its fact, of the rest by what it says."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Column, Row
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.text import REDACTED
from plan_sheets.store.register.redacting.typed import TypedTexts, has_words, is_free, mention
from plan_sheets.store.schemas import load_records


def redact_base(document: Document, base: str, typed: TypedTexts) -> str:
    """The base of a document without these texts; the same text if it holds none of them."""
    told = json.loads(base)
    news = redact_text(told, typed)
    for sheet, rows in zip(document.sheets, news["sheets"], strict=True):
        rows["lines"] = _redact_lines(rows["lines"], typed)
        for row, kept in zip(sheet.rows, rows["rows"], strict=True):
            kept["cells"] = _redact_row(document, row, sheet.columns, kept["cells"], typed)
    return base if news == told else json.dumps(news, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def redact_text(value: Any, typed: TypedTexts) -> Any:
    """A value of JSON, redacted where a text that tells somebody stands; lines of a paragraph are read together."""
    if isinstance(value, str):
        return REDACTED if typed.holds(value) else value
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        folded = len(lines) == len(value) > 1 and typed.holds(" ".join(lines)) and not any(map(typed.holds, lines))
        return [REDACTED] * len(value) if folded else [redact_text(part, typed) for part in value]
    if isinstance(value, dict):
        return {name: redact_text(part, typed) for name, part in value.items()}
    return value


def _redact_lines(lines: Sequence[str], typed: TypedTexts) -> list[str]:
    """The lines above a table; one that quotes what was typed about a ref that it names goes."""
    return [REDACTED if typed.quotes(find_mentioned(typed, line), line) else line for line in lines]


def find_mentioned(typed: TypedTexts, text: str) -> list[Key]:
    """The facts that were typed about the refs that a text names."""
    return [key for ref, keys in typed.refs.items() if ref and mention(ref).search(text) for key in keys]


def _redact_row(
    document: Document, row: Row, columns: Sequence[Column], cells: Sequence[Any], typed: TypedTexts
) -> list[Any]:
    """The cells of a row, as JSON has them."""
    said = "\n".join([row.ref, *(cell for cell in cells if isinstance(cell, str))])
    quoted = {words for key in find_mentioned(typed, said) for words in typed.by_key[key]}
    if document.kind == "officer" and any(mention(code).search(said) for code in typed.subgroups):
        quoted |= typed.all_texts
    return [
        REDACTED if isinstance(cell, str) and _goes(document.key_of(row, column), column, cell, quoted, typed) else cell
        for column, cell in zip(columns, cells, strict=True)
    ]


def _goes(key: Key, column: Column, cell: str, quoted: Collection[str], typed: TypedTexts) -> bool:
    """Whether a cell goes. Of another fact that somebody typed it stays; what the tool tells goes if it quotes."""
    if typed.is_of(key, cell):
        return True
    field = load_records().get(key.record, {}).get(key.field)
    if (field is not None and field.scope != "derived") or not is_free(column.field):
        return False
    return any(has_words(cell, words) for words in quoted)
