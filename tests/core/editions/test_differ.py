"""What differs between two masters is told cell by cell, rows that came or went as one, and nothing twice."""

from __future__ import annotations

from datetime import datetime

import pytest

from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet
from plan_sheets.core.editions.differ import ABOVE, ROW, WHOLE_COLUMN, WHOLE_SHEET, Difference, find_differences
from plan_sheets.core.editions.explain import shorten_both

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
    told = [Difference("Master plan", ref, "", *rest) for ref, *rest in expected]
    assert [*find_differences(before, after)] == told


def test_of_a_sheet_that_only_one_has_its_rows_are_counted_and_what_says_what_it_is_is_not_compared() -> None:
    gone = [*find_differences(book(("J1", "Red"), name="Grid"), book(name="About"))]
    assert gone == [Difference("Grid", "", "", WHOLE_SHEET, "There, with 1 row; not told row by row", "")]


def table(record: str, names: str, *rows: str) -> Book:
    """A book of one sheet; its columns and each row are words with a bar between them, the first a ref."""
    columns = tuple(Column(Field(record, name, name.capitalize()), name.capitalize()) for name in names.split("|"))
    cells = [tuple(row.split("|")) for row in rows]
    sheet = Sheet("Sheet", "Sheet", (), columns, tuple(Row(row[0], row) for row in cells))
    return Book("master", "A plan", (sheet,), DAY)


ENQUIRIES = "asked_of", "ref|about|enquiry|raised_by"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(
            table(*ENQUIRIES, "K1|J1|Why?|The plan", "G1|J2|What?|Impact", "G2|J3|What?|Impact"),
            table(*ENQUIRIES, "K1|J1|Why?|The plan", "G1|J1|New?|Step", "G2|J2|What?|Impact", "G3|J3|Which?|Impact"),
            [
                ("J1", "New?", ROW, "", "About: J1; Enquiry: New?; Raised_by: Step"),
                ("J3", "Which?", "Enquiry", "What?", "Which?"),
            ],
            id="an enquiry that gaps raise is known by what it is about",
        ),
        pytest.param(
            table("consulted", "ref|consultee|sent", "Missing 1|Healthwatch|", "Missing 2|The community|"),
            table("consulted", "ref|consultee|sent", "Missing 1|The community|"),
            [("", "Healthwatch", ROW, "Consultee: Healthwatch", "")],
            id="a consultee who is missing is known by who it is",
        ),
        pytest.param(
            table("open_question", "ref|about|question|age", "1|J1|Who?|2 quarters"),
            table("open_question", "ref|about|question|age", "1|J2|Why?|1 quarter", "2|J1|Who?|3 quarters"),
            [
                ("J2", "Why?", ROW, "", "About: J2; Question: Why?; Age: 1 quarter"),
                ("J1", "Who?", "Age", "2 quarters", "3 quarters"),
            ],
            id="an open question is known by its words",
        ),
        pytest.param(
            table("action", "ref|what|rag", "J1.1|Map the pathway|Red", "J1.2|Train|Green"),
            table("action", "ref|what|trend", "J1.1|Map the pathway|Worse", "J1.2|Train|"),
            [
                ("", "", WHOLE_COLUMN.format("Trend"), "", "There, filled in in 1 row; not told row by row"),
                ("", "", WHOLE_COLUMN.format("Rag"), "There, filled in in 2 rows; not told row by row", ""),
            ],
            id="a column that only one has is told once",
        ),
        pytest.param(
            table("action", "ref|what|rag", "J1.1|J1.1 Map the pathway with all who work on it now|Red"),
            table("action", "ref|what|rag", "J1.1|J1.1 Map the pathway with all who work on it now|Green"),
            [("J1.1", "Map the pathway with all who work on it…", "Rag", "Red", "Green")],
            id="a row is named by its ref and first words",
        ),
        pytest.param(
            table("action", "ref|what", "J1.1|A long text… (goes on in Notes, 4)"),
            table("action", "ref|what", "J1.1|A long text… (goes on in Notes, 11)"),
            [],
            id="the number of the note in which a text goes on is no difference",
        ),
    ],
)
def test_rows_are_matched_by_what_they_say(before: Book, after: Book, expected: list[tuple[str, ...]]) -> None:
    assert [tuple(difference[1:]) for difference in find_differences(before, after)] == expected


def test_two_long_texts_are_shown_from_where_they_part() -> None:
    same = "The same words. " * 100
    before, after = shorten_both(same + "It is red.", same + "It is green.")
    assert (before[0], before[-10:], after[-12:]) == ("…", "It is red.", "It is green.")
    assert max(len(before), len(after)) < 100
    assert shorten_both("Red", "Green") == ("Red", "Green")
    long, blank = shorten_both("Words and words. " * 100, "")
    assert long.endswith("… (goes on in the master itself)")
    assert blank == ""
