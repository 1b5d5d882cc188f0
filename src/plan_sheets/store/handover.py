"""Handing a workbook over: written, read back and compared, and looked at for accessibility, before anybody gets it."""

from __future__ import annotations

from plan_sheets.core.layout import Book, Formula, as_text
from plan_sheets.core.model import PlanSheetsError
from plan_sheets.core.shape import same_text
from plan_sheets.store.workbook_inspector import inspect_workbook
from plan_sheets.store.workbook_reader import read_workbook
from plan_sheets.store.workbook_writer import write_workbook


def hand_over(book: Book) -> bytes:
    """The bytes of a book. Raises PlanSheetsError if what was written does not read back as it should."""
    data = write_workbook(book)
    _compare(book, data)
    problems = inspect_workbook(data)
    if problems:
        first = problems[0]
        raise PlanSheetsError(
            f"The workbook '{book.title}' was not handed over: {first.sentence} ({len(problems)} such).",
            "This is a fault of plan-sheets, not of the plan. Please report it.",
        )
    return data


def _compare(book: Book, data: bytes) -> None:
    found = read_workbook(data)
    sheets = {sheet.name: sheet for sheet in getattr(found, "sheets", ())}
    for sheet in book.sheets:
        for _, _, content, address in sheet.cells():
            if isinstance(content, Formula) or sheet.name not in sheets:
                continue
            cell = sheets[sheet.name].cells.get(_place(address.cell))
            if not same_text(as_text(content), cell.text if cell else ""):
                raise PlanSheetsError(
                    f"The workbook '{book.title}' was not handed over: {address} does not read back as it was written.",
                    "This is a fault of plan-sheets, not of the plan. Please report it.",
                )


def _place(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
