"""Writes a file, reads it back and compares it; a workbook is inspected for accessibility as well."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import islice

from plan_sheets.core.book.layout import Book, Formula, Row, Sheet, as_text
from plan_sheets.core.book.paper import BoardPaper
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.printable import printable
from plan_sheets.core.returned.compare import is_same_text
from plan_sheets.store.container.limits import OURS
from plan_sheets.store.formats.reader import read_made
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.writing.excel_limits import check_fits
from plan_sheets.store.writing.workbook import fill_empty_tables, write_by_mould


def hand_over(book: Book) -> bytes:
    """The bytes of a book. It is inspected, unless all in it looks as it did in a workbook that was found accessible.

    Raises PlanSheetsError if no workbook can hold so much, or what was written does not read back as it should.
    """
    check_fits(book)
    data, looks = write_by_mould(book)
    _compare(fill_empty_tables(book), data)
    if looks is not None and looks <= _ACCESSIBLE:
        return data
    if problems := inspect_workbook(data, OURS):
        first = problems[0]
        where = f"Sheet {first.sheet}: " if first.sheet else ""
        raise PlanSheetsError(
            f"The workbook '{book.title}' was not handed over. {where}{first.sentence} ({len(problems)} such).",
            "If schemas/workbooks/ was changed, look there; else this is a fault of plan-sheets: please report it.",
        )
    _remember(looks or frozenset())
    return data


_ACCESSIBLE: set[Hashable] = set()
"""What was seen in workbooks that were found accessible: of each sheet its mould, and how its rows and cells look."""
_MOST_LOOKS = 10_000


def _remember(looks: frozenset[Hashable]) -> None:
    if len(_ACCESSIBLE) > _MOST_LOOKS:
        _ACCESSIBLE.clear()
    _ACCESSIBLE.update(looks)


def _compare(book: Book, data: bytes) -> None:
    for sheet, (name, found) in zip(book.sheets, read_made(data), strict=True):
        start = sheet.heading_row + 1
        rows = iter(found) if name == sheet.name else iter(())
        _compare_lines(book, sheet, islice(rows, start))
        for down, row in enumerate(sheet.rows, start):
            texts, there = (
                [content if type(content) is str else as_text(content) for content in row.cells],
                next(rows, []),
            )
            if there != texts:
                _compare_row(book, Address.at(sheet.name, down, 0), row, [*there, *[""] * len(texts)])
        if any(map(any, rows)):
            raise _fault(book, Address.at(sheet.name, start + len(sheet.rows), 0))


def _compare_lines(book: Book, sheet: Sheet, found: Iterable[Sequence[str]]) -> None:
    """Raise PlanSheetsError if the title or a line above the table differs; `found`: the rows above its first."""
    there = [row[0] if row else "" for row in found]
    for down, text in enumerate((sheet.title, *sheet.lines_written(book.marking))):
        if not is_same_text(printable(text), there[down] if down < len(there) else ""):
            raise _fault(book, Address.at(sheet.name, down, 0))


def _compare_row(book: Book, at: Address, row: Row, there: Sequence[str]) -> None:
    """Raise PlanSheetsError if a row differs in more than its formulas and the spelling of dates and numbers.

    `at`: the address of its first cell; `there`: the texts that were read back.
    """
    for across, (content, found) in enumerate(zip(row.cells, there, strict=False)):
        if not isinstance(content, Formula) and not is_same_text(printable(as_text(content)), found):
            raise _fault(book, Address.at(at.sheet, at.place[0], across))


def _fault(book: Book, where: Address) -> PlanSheetsError:
    return PlanSheetsError(
        f"The workbook '{book.title}' was not handed over: {where} does not read back as written.",
        "This is a fault of plan-sheets, not of the plan. Please report it.",
    )


def hand_over_paper(paper: BoardPaper) -> bytes:
    """The bytes of a board paper. Raises PlanSheetsError if one of its texts does not read back as it should."""
    from plan_sheets.store.writing.word import list_paper_texts, read_texts, write_document  # noqa: PLC0415 - python-docx takes long to load, and few ask for it

    data = write_document(paper)
    if read_texts(data) != list_paper_texts(paper):
        raise PlanSheetsError(
            f"The board paper '{paper.title}' was not handed over: it does not read back as written.",
            "This is a fault of plan-sheets, not of the plan. Please report it.",
        )
    return data
