"""Fills in the officer's workbook as a person would in a spreadsheet, so that a page settles by the very same steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from plan_sheets.core.book.layout import Book, Column, Row, Sheet, as_text
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.writing.excel_limits import LONGEST_TEXT


def name_cell(sheet: Sheet, row: Row, column: Column) -> str:
    """The name of the field of a form that a cell is filled in by."""
    return f"{sheet.name}/{row.ref}/{column.field.name}"


def fill_in(book: Book, typed: Mapping[str, str]) -> Book:
    """The book with what was typed into its cells, by the names of these; what is not named stays as it is.

    Raises PlanSheetsError for a text that no cell holds: nothing is cut off.
    """
    return replace(book, sheets=tuple(_fill_sheet(sheet, typed) for sheet in book.sheets))


def _fill_sheet(sheet: Sheet, typed: Mapping[str, str]) -> Sheet:
    return replace(sheet, rows=tuple(_fill_row(sheet, row, typed) for row in sheet.rows))


def _fill_row(sheet: Sheet, row: Row, typed: Mapping[str, str]) -> Row:
    cells = [*row.cells]
    for place, column in enumerate(sheet.columns):
        name = name_cell(sheet, row, column)
        if sheet.is_input(row, column) and name in typed and typed[name] != as_text(cells[place]):
            cells[place] = _check(typed[name], f"{column.heading} of {row.ref}")
    return row._replace(cells=tuple(cells))


def _check(text: str, what: str) -> str:
    """A text as it is written. Raises PlanSheetsError if a cell cannot hold it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TEXT:
        raise PlanSheetsError(
            f"{what} has {len(text):,} characters, and a cell holds {LONGEST_TEXT:,}.", "Shorten it. Nothing was taken."
        )
    return text
