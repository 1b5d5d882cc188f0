"""What differs between two masters is told cell by cell, rows that came or went as one, and nothing twice."""

from __future__ import annotations

from datetime import datetime

import pytest

from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet
from plan_sheets.core.editions.differ import ABOVE, ROW, Difference, find_differences

COLUMNS = tuple(Column(Field("action", name, heading), heading) for name, heading in (("ref", "Ref"), ("rag", "RAG")))
DAY = datetime(2016, 6, 30)  # noqa: DTZ001 - a spreadsheet's dates know no time zone


def book(*rows: tuple[str, str], lines: tuple[str, ...] = (), name: str = "Master plan") -> Book:
    sheet = Sheet(name, "Master plan", lines, COLUMNS, tuple(Row(row[0], row) for row in rows))
    return Book("master", "A plan", (sheet,), DAY)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (book(("J1.1", "Green")), book(("J1.1", "Green")), []),
        (book(("J1.1", "Green")), book(("J1.1", "Red")), [("J1.1", "RAG", "Green", "Red")]),
        (book(), book(("J1.1", "Red")), [("J1.1", ROW, "", "Ref: J1.1; RAG: Red")]),
        (book(("J1.1", "Red"), ("J1.2", "")), book(("J1.2", "")), [("J1.1", ROW, "Ref: J1.1; RAG: Red", "")]),
        (
            book(("J1.1", "Red"), ("J1.1", "Green")),
            book(("J1.1", "Red"), ("J1.1", "Amber")),
            [("J1.1", "RAG", "Green", "Amber")],
        ),
        (book(("1", "a"), ("2", "b")), book(("1", "new"), ("2", "a"), ("3", "b")), [("", ROW, "", "RAG: new")]),
        (
            book(lines=("Where we are. 1 Red. All", "is told.")),
            book(lines=("Where we are. 2 Red. All is", "told. This edition 2 takes the place of edition 1.")),
            [("", ABOVE, "1 Red.", "2 Red.")],
        ),
    ],
)
def test_what_differs(before: Book, after: Book, expected: list[tuple[str, str, str, str]]) -> None:
    assert [*find_differences(before, after)] == [Difference("Master plan", *each) for each in expected]


def test_a_sheet_that_only_one_has_is_told_whole_and_what_says_what_it_is_is_not_compared() -> None:
    gone = [*find_differences(book(name="Grid"), book(name="About"))]
    assert gone == [Difference("Grid", "", "The whole sheet", "There", "")]
