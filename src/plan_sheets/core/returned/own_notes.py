"""The notes that a feedback workbook went out with: they come back, and nobody typed them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from plan_sheets.core.book.layout import Book
from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.keys import ranges
from plan_sheets.core.model.text import plain

_ONE_OF_MANY = re.compile(r"^([A-Z]{1,3}[0-9]{1,7}): ", re.MULTILINE)


def leave_out_notes(remarks: Iterable[Remark], book: Book) -> Iterator[Remark]:
    """The remarks about a workbook that came back, without those about notes that its book went out with.

    A note to which somebody has added something is told of, with all that it says.
    """
    ours = {plain(words) for sheet in book.sheets for row in sheet.rows for words in row.marks.values()}
    for remark in remarks:
        if not ours or remark.code not in ("cell_comment", "comments_more"):
            yield remark
        elif remark.code == "comments_more":
            yield from _leave_out_of_many(remark, ours)
        elif plain(remark.entered) not in ours:
            yield remark


def _leave_out_of_many(remark: Remark, ours: Container[str]) -> Iterator[Remark]:
    """The remark about all notes that are too many to be told of one by one, without ours; none if all are."""
    _, *parts = _ONE_OF_MANY.split(remark.entered)
    notes = [*zip(parts[::2], parts[1::2], strict=True)]
    typed = [(cell, text.strip()) for cell, text in notes if plain(text) not in ours]
    if not typed:
        return
    cells = ranges(cell for cell, _ in typed)
    details = {**remark.details, "count": str(len(typed)), "cells": cells, "cell": typed[0][0]}
    entered = "\n".join(f"{cell}: {text}" for cell, text in typed)
    yield replace(remark, details=details, cell=typed[0][0], entered=entered)
