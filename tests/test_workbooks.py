"""The workbooks that lie in `workbooks/` are those that the tool makes today from their source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from plan_sheets.core.book.layout import Book
from plan_sheets.plan_workbook import example_book, template_book
from plan_sheets.store.schemas import find_data_folder
from plan_sheets.store.writing.hand_over import hand_over


def parts(data: bytes) -> dict[str, bytes]:
    """Every part, inflated: the zip's own bytes differ between builds of zlib."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize(("name", "make"), [("plan-template.xlsx", template_book), ("plan-2016-17.xlsx", example_book)])
def test_made_again_the_parts_are_the_same(name: str, make: Callable[[], Book]) -> None:
    kept, made = parts((find_data_folder("workbooks") / name).read_bytes()), parts(hand_over(make()))
    assert [part for part in kept | made if kept.get(part) != made.get(part)] == [], "run: make workbooks"
