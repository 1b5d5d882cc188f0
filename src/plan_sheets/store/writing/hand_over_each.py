"""Makes the files of many documents: here, or by workers that get them as texts and see neither folder nor register."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from itertools import islice
from typing import NamedTuple

from plan_sheets.core.book.document import Document, base_text, book_from, layout_text
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing.share_out import CHUNK, share_out
from plan_sheets.store.writing.hand_over import hand_over


class KeptBook(NamedTuple):
    """A book as the register keeps it: it is made again from its two texts, which travel in a tenth of its room."""

    title: str
    layout: str
    base: str


class HandedOver(NamedTuple):
    """A document, its book as the register keeps it, and its file."""

    document: Document
    kept: KeptBook
    data: bytes


def hand_over_each(documents: Iterable[Document], count: int, executor: Executor | None = None) -> Iterator[HandedOver]:
    """Each of these documents (`count` of them) with its file, in this order; asked for a few before they are needed.

    The executor makes them, where there are many. Raises what `hand_over` raises, and PlanSheetsError if two workers
    die over one of them.
    """
    if executor is None or count <= CHUNK:
        return (HandedOver(document, _keep(document), hand_over(document.book)) for document in documents)
    return _share_out(executor, documents)


def _share_out(executor: Executor, documents: Iterable[Document]) -> Iterator[HandedOver]:
    waiting = deque[Document]()

    def cut() -> Iterator[list[KeptBook]]:
        """The documents that are given out next, as texts."""
        rest = iter(documents)
        while chunk := [*islice(rest, CHUNK)]:
            waiting.extend(chunk)
            yield [*map(_keep, chunk)]

    for books, files in share_out(executor, make_files, cut(), _refuse):
        for kept, data in zip(books, files, strict=True):
            yield HandedOver(waiting.popleft(), kept, data)


def _keep(document: Document) -> KeptBook:
    return KeptBook(document.book.title, layout_text(document.book), base_text(document.book))


def make_files(books: Sequence[KeptBook]) -> list[bytes]:
    """What a worker does with a chunk of books."""
    return [hand_over(book_from(book.layout, book.base)) for book in books]


def _refuse(book: KeptBook) -> bytes:
    raise PlanSheetsError(
        f"Two worker processes ended, one after the other, while they made the workbook '{book.title}'.",
        "Close other programs, or make it in one process with --workers 1. Nothing was changed.",
    )
