"""What a row of the register is, in words: nobody who uses plan-sheets knows its tables."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

_CELL = "(SELECT 'return ' || number FROM \"return\" WHERE id = {of}.return_id)"
_WORDS = {
    "plan": "'the key with which workbooks are signed'",
    "batch": "'that something was recorded on ' || substr(at, 1, 10) || ' (' || deed || ')'",
    "round": "'when round ' || code || ' is due' || CASE subgroup WHEN '' THEN '' ELSE ' from ' || subgroup END",
    "document": "CASE kind WHEN 'subgroup' THEN 'issue ' ELSE 'workbook ' END || reference",
    "edition": "'edition ' || number || ' of ' || (SELECT reference FROM document WHERE id = edition.document)",
    "mail": "'the e-mail with which ' || coalesce((SELECT min(number) FROM \"return\" WHERE mail = mail.id),"
    " 'another one') || ' came'",
    "return": "'return ' || number",
    "entry": f"{_CELL.format(of='entry')} || ', cell ' || sheet || '!' || cell"
    " || ' (' || trim(ref || ' ' || field) || ')'",
    "value": "'what stands for ' || trim(ref || ' ' || field) || CASE round WHEN '' THEN '' ELSE ' from ' || round END",
    "finding": f"'what was found in ' || {_CELL.format(of='finding')}"
    " || CASE cell WHEN '' THEN '' ELSE ', cell ' || sheet || '!' || cell END || ' (' || code || ')'",
    "query": f"'query ' || id || ' from ' || {_CELL.format(of='query')}",
    "query_cell": "'query ' || query || ', ' || trim(ref || ' ' || field)",
    "settlement": "'how this was settled: ' || subject",
    "withdrawal": f"'that ' || {_CELL.format(of='withdrawal')} || ' was withdrawn'",
    "new_row": "'the ref ' || ref || ' of a row that a subgroup added'",
    "redaction": "'that ' || subject || ' was redacted'",
    "redacted_file": "'that a file was redacted (' || substr(sha256, 1, 8) || ')'",
    "output": "'that this file was made: ' || path",
}
"""How a row is described, in SQL, by its table."""
_KINDS = {
    "entry": "a cell of a return",
    "finding": "what was found in a return",
    "value": "what stands for a fact",
    "query_cell": "a cell of a query",
    "output": "that a file was made",
}
"""What the rows of a table are, where the name of the table does not say it."""


def describe_row(copy: sqlite3.Connection, table: str, number: object) -> str:
    """A row by the id that it has: `return DA-1, cell Progress!F7 (J2a.1 progress)`."""
    with suppress(sqlite3.Error):
        words = _WORDS.get(table, "NULL")
        for (found,) in copy.execute(f'SELECT {words} FROM "{table}" WHERE id = ?', (number,)):  # noqa: S608 - our own words
            if found:
                return str(found)
    return f"{_name_kind(table)} (number {number})"


def describe_missing(copy: sqlite3.Connection, table: str, number: int) -> str:
    """A row that is not there any more, by the one that stood before it."""
    with suppress(sqlite3.Error):
        before = copy.execute(f'SELECT max(id) FROM "{table}" WHERE id < ?', (number,)).fetchone()[0]  # noqa: S608 - our own names
        if before:
            return f"{_name_kind(table)} that came after this one: {describe_row(copy, table, before)}"
    return f"{_name_kind(table)} (number {number})"


def _name_kind(table: str) -> str:
    """What any row of a table is."""
    return _KINDS.get(table, f"a {table.replace('_', ' ')}")
