"""Cells that were redacted after a workbook went out: what comes back in them may be the text, so it is not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Row, Sheet, as_text, texts_of
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import REDACTED, plain


def leave_redacted(document: Document, found: FoundWorkbook, messages: Messages) -> tuple[FoundWorkbook, list[Finding]]:
    """The workbook with `REDACTED` wherever a cell of the document was redacted since, and a finding for each sheet.

    A row is found by its key where it has one, else where it went out. A cell that came back blank stays blank.
    """
    issued = {sheet.name: sheet for sheet in document.sheets}
    sheets, findings = [], []
    for sheet in found.sheets:
        cells = dict(_find_redacted(issued[sheet.name], sheet)) if sheet.name in issued else {}
        sheets.append(replace(sheet, cells={**sheet.cells, **cells}) if cells else sheet)
        if cells:
            where = [Address.at(sheet.name, *place) for place in sorted(cells)]
            told = ", ".join(address.cell for address in where)
            findings.append(messages.finding("cell_redacted", address=where[0], cells=told))
    return (replace(found, sheets=tuple(sheets)) if findings else found), findings


def _find_redacted(issued: Sheet, found: FoundSheet) -> Iterator[tuple[tuple[int, int], FoundCell]]:
    """The place of each cell that was redacted since, and what shall be read there."""
    redacted = [(number, row) for number, row in enumerate(issued.rows) if REDACTED in texts_of(row)]
    at = {cell.text: row for (row, _), cell in found.cells.items()} if redacted else {}
    for number, row in redacted:
        columns = [across for across, text in enumerate(texts_of(row)) if text == REDACTED]
        down = at.get(_key_of(issued, row) or "", issued.heading_row + 1 + number)
        for place in ((down, across) for across in columns):
            if place in found.cells and plain(found.cells[place].entered) != plain(REDACTED):
                yield place, FoundCell(REDACTED)


def _key_of(issued: Sheet, row: Row) -> str | None:
    """The visible key of a row; None where it has none."""
    return as_text(row.cells[-1]) if issued.columns[-1].field.name == "key" else None
