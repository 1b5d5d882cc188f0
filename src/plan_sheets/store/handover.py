"""Handing a file over: written and read back before anybody gets it; a workbook looked at for accessibility too."""

from __future__ import annotations

from plan_sheets.core.boardpaper import BoardPaper
from plan_sheets.core.layout import Book, Formula, as_text
from plan_sheets.core.located import same_text
from plan_sheets.core.model import Address, PlanSheetsError
from plan_sheets.store.workbook_inspector import inspect_workbook
from plan_sheets.store.workbook_reader import read_made
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
    sheets = {sheet.name: sheet for sheet in read_made(data)}
    for sheet in book.sheets:
        cells = sheets[sheet.name].cells if sheet.name in sheets else {}
        for down, row in enumerate(sheet.rows, sheet.heading_row + 1):
            for across, content in enumerate(row.cells):
                cell = cells.get((down, across))
                there, text = cell.text if cell else "", as_text(content)
                if there != text and not isinstance(content, Formula) and not same_text(text, there):
                    where = Address.at(sheet.name, down, across)
                    raise PlanSheetsError(
                        f"The workbook '{book.title}' was not handed over: {where} does not read back as written.",
                        "This is a fault of plan-sheets, not of the plan. Please report it.",
                    )


def hand_over_paper(paper: BoardPaper) -> bytes:
    """The bytes of a board paper. Raises PlanSheetsError if one of its texts does not read back as it should."""
    from plan_sheets.store import document_writer  # noqa: PLC0415 - python-docx takes long to load, and few ask for it

    data = document_writer.write_document(paper)
    if document_writer.read_texts(data) != document_writer.texts_of(paper):
        raise PlanSheetsError(
            f"The board paper '{paper.title}' was not handed over: it does not read back as written.",
            "This is a fault of plan-sheets, not of the plan. Please report it.",
        )
    return data
