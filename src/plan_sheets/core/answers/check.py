"""The rules of every field, checked for a whole batch of documents: one frame a record, and pandera decides.

Types come first, in `tidy`: a cell that is no date or no choice has its finding by then, and is not told of again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from plan_sheets.core.answers.answers import AnswerRow, Cell
from plan_sheets.core.answers.rules import (
    BEGINS,
    DOCUMENT,
    build_schema,
    columns_beside,
    find_failures,
    has_rules,
)
from plan_sheets.core.answers.tidy import clean_text, is_placeholder
from plan_sheets.core.book.layout import ANY_WORD, Field
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.messages import Messages


class _Part(NamedTuple):
    """The cells of one record in one row of a document, by field name."""

    number: int
    """The place of the row among all rows of the batch."""
    document: int
    """The place of its document."""
    row: AnswerRow
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class _Table:
    """The rows of one record in all documents of a batch, and the fields of which any cell stands in them."""

    parts: list[_Part] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)

    def fields_to_check(self) -> dict[str, Field]:
        """The fields that a rule may find something in: where nothing stands, only what is required."""
        filled = {name for part in self.parts for name, cell in part.cells.items() if cell.value}
        return {
            name: about
            for name, about in self.fields.items()
            if about.required or about.required_when or (name in filled and has_rules(about))
        }

    def frame(self, fields: Mapping[str, Field]) -> pd.DataFrame:
        """A column of texts for each of these fields and for each that their rules look at; None where blank."""
        texts = {
            name: pd.Series([part.row.text(name) or None for part in self.parts], dtype="object")
            for name in dict.fromkeys([*fields, *columns_beside(fields)])
        }
        begins = pd.Series([part.row.begins for part in self.parts], dtype="object")
        return pd.DataFrame({**texts, DOCUMENT: [part.document for part in self.parts], BEGINS: begins})


def check_rows(
    documents: Sequence[Sequence[AnswerRow]], messages: Messages, refs: Mapping[str, Collection[str]] | None = None
) -> list[list[Finding]]:
    """Findings of each document of the batch, whose rows are given. `refs`: the refs that are known, by record."""
    found: list[list[tuple[int, str, str, Finding]]] = [[] for _ in documents]
    for record, table in _tables(documents).items():
        for code, name, part in _failures(table, refs or {}):
            cell = part.cells[name]
            finding = _finding(code, cell, part.row, messages)
            found[part.document].append((part.number, f"{record}.{name}", code, finding))
    return [[finding for *_, finding in sorted(findings, key=lambda each: each[:3])] for findings in found]


def _tables(documents: Sequence[Sequence[AnswerRow]]) -> dict[str, _Table]:
    """The rows of the batch by record; a row of several, such as a form, stands in each with its cells."""
    tables: dict[str, _Table] = {}
    rows = ((document, row) for document, its_rows in enumerate(documents) for row in its_rows)
    for number, (document, row) in enumerate(rows):
        by_record: dict[str, dict[str, Cell]] = {}
        for cell in row.cells:
            by_record.setdefault(cell.field.record, {})[cell.field.name] = cell
        for record, cells in by_record.items():
            table = tables.setdefault(record, _Table())
            table.parts.append(_Part(number, document, row, cells))
            table.fields |= {name: cell.field for name, cell in cells.items()}
    return tables


def _failures(table: _Table, refs: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str, _Part]]:
    """The code, the field and the row of each cell that breaks a rule.

    A row holds the fields of its sheet alone: of those that are on another sheet nothing is missing here.
    """
    fields = table.fields_to_check()
    if not fields:
        return
    for code, name, place in find_failures(build_schema(fields, refs, documents=True), table.frame(fields)):
        part = table.parts[place]
        cell = part.cells.get(name)
        if cell is not None and cell.blocked is None and (code != "required" or _is_asked(cell, part.row)):
            yield code, name, part


def _is_asked(cell: Cell, row: AnswerRow) -> bool:
    """Whether a blank is missed: in a row that says something; a placeholder is an open question already."""
    if cell.field.is_excused(row.text):
        return False
    return row.says_something and not (cell.entered and is_placeholder(clean_text(cell.entered)))


def _finding(code: str, cell: Cell, row: AnswerRow, messages: Messages) -> Finding:
    about = cell.field
    return messages.finding(
        about.findings.get(code, code),
        address=cell.address,
        key=cell.key,
        entered=cell.entered,
        heading=about.title,
        prompt=about.prompt,
        choices=", ".join(about.choices),
        longest=about.max_length,
        least=about.minimum,
        because=_because(row, about),
        refers=about.refers,
        length=len(cell.value),
    )


def _because(row: AnswerRow, about: Field) -> str:
    """Why a blank is not allowed here: ` because RAG is Amber`; "" where it never is."""
    titles = {**row.titles, **{cell.field.name: cell.field.title for cell in row.cells}}
    for other, words in about.required_when.items():
        text, title = row.text(other), titles.get(other, other)
        if text and ANY_WORD in words:
            return f" because there is something under {title}"
        if text in words:
            return f" because {title} is {text}"
    return ""
