"""Makes the files of many workbooks: here, or by workers that get the books and see neither folder nor register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from plan_sheets.core.book.layout import Book
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing.share_out import CHUNK, share_out
from plan_sheets.store.writing.hand_over import hand_over


def hand_over_each(books: Sequence[Book], executor: Executor | None = None) -> Iterator[bytes]:
    """The file of each book, in this order: made by the executor, where there is enough of it.

    Raises what `hand_over` raises, and PlanSheetsError if two workers die over one book.
    """
    if executor is None or len(books) <= CHUNK:
        return map(hand_over, books)
    chunks = (books[start : start + CHUNK] for start in range(0, len(books), CHUNK))
    made = share_out(executor, make_files, chunks, _refuse)
    return (data for _, files in made for data in files)


def make_files(books: Sequence[Book]) -> list[bytes]:
    """What a worker does with a chunk of books."""
    return [*map(hand_over, books)]


def _refuse(book: Book) -> bytes:
    raise PlanSheetsError(
        f"Two worker processes ended, one after the other, while they made the workbook '{book.title}'.",
        "Close other programs, or make it in one process with --workers 1. Nothing was changed.",
    )
