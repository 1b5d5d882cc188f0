"""What Notes says of its own stands before the texts that were too long for their rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet, as_text
from plan_sheets.core.book.measure import TALLEST_ROW, row_height
from plan_sheets.core.book.notes import LONG_LINE, SAID_LINE, with_notes

CREATED = datetime(2016, 6, 20)  # noqa: DTZ001 - the office's own clock
COLUMNS = tuple(Column(Field("action", name, name.title()), name.title(), width=20) for name in ("ref", "what"))
LONG = "word " * 2000


def book(text: str) -> Book:
    grid = Sheet("Grid", "Grid", (), COLUMNS, (Row("J1.1", ("J1.1", text)),))
    return Book("master", "Plan", (grid, Sheet("About", "About", (), COLUMNS, ())), CREATED)


@pytest.mark.parametrize(
    ("text", "said", "lines"),
    [
        ("short", [("No date", "J1.1.")], (SAID_LINE,)),
        (LONG, [], (LONG_LINE,)),
        (LONG, [("No date", "J1.1.")], (SAID_LINE, LONG_LINE)),
    ],
)
def test_notes_stand_before_about_and_say_what_they_hold(
    text: str, said: list[tuple[str, str]], lines: tuple[str, ...]
) -> None:
    made = with_notes(book(text), said)
    assert [sheet.name for sheet in made.sheets] == ["Grid", "Notes", "About"]
    assert made.sheet("Notes").lines == lines
    assert [row.cells[1:] for row in made.sheet("Notes").rows][: len(said)] == said
    assert [row.ref for row in made.sheet("Notes").rows] == [str(n + 1) for n in range(len(made.sheet("Notes").rows))]


def test_what_is_said_at_length_goes_on_in_rows_that_show_it() -> None:
    notes = with_notes(book("short"), [("In doubt", LONG)]).sheet("Notes")
    texts = [as_text(row.cells[2]) for row in notes.rows]
    assert "".join(texts) == LONG
    assert len(texts) > 1
    assert max(row_height([(text, notes.columns[2].width)]) for text in texts) <= TALLEST_ROW
