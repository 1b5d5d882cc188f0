"""A workbook is handed over only if it reads back as what it was made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from plan_sheets.core.book.layout import Book, Column, Content, Field, Formula, Line, Link, Row, Sheet
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.writing import hand_over as handover
from plan_sheets.store.writing.mould import Written
from plan_sheets.store.writing.workbook import write_workbook

COLUMN = Column(Field("action", "what", "What"), "What", width=40)
CONTENTS: tuple[Content, ...] = (
    "It is late",
    "",
    7,
    PartialDate.month(2017, 3),
    PartialDate.day(date(2016, 7, 15)),
    Link("Go on", "Notes!A1"),
    Formula("=1+1", 2),
    "two\nlines ",
)


LEADS = Line(("1. <r>Red.</r>", " A and & ", "Why:", " late."))


def book(*contents: Content, name: str = "Notes", line: Line = LEADS) -> Book:
    rows = tuple(Row(str(number), (f"Row {number}", one)) for number, one in enumerate(contents))
    first = Column(Field("action", "ref", "Ref"), "Ref", width=10)
    lines = ("What it holds; blank where there is nothing.", line.text)
    sheet = Sheet(name, "A title", lines, (first, COLUMN), rows, looks={1: line})
    return Book("officer", "A book", (sheet,), datetime(2016, 4, 1, tzinfo=UTC))


def test_what_reads_back_is_handed_over() -> None:
    assert handover.hand_over(book(*CONTENTS)) == write_workbook(book(*CONTENTS))


@pytest.mark.parametrize("text", ["_x0041_", "<r>", "</r>", "ŵ", "حماية", "&amp;", "\x07", "  ", "\n", "🙂"])
def test_a_line_with_bold_parts_reads_back_whatever_it_says(text: str) -> None:
    handover.hand_over(book("x", line=Line((f"1.{text}", f" {text}", text, f"{text} end."))))


def test_a_figure_that_is_calculated_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    other = write_workbook(book(Formula("=1+1", 3)))
    monkeypatch.setattr(handover, "write_by_mould", lambda _: Written(other, None))
    assert handover.hand_over(book(Formula("=1+1", 2))) == other


@pytest.mark.parametrize(
    ("other", "where"),
    [
        (book(*CONTENTS[:-1], "two lines, not three"), "Notes!B13"),
        (book("It is on time", *CONTENTS[1:]), "Notes!B6"),
        (book(CONTENTS[0], "not blank", *CONTENTS[2:]), "Notes!B7"),
        (book(*CONTENTS[:3], PartialDate.month(2017, 4), *CONTENTS[4:]), "Notes!B9"),
        (book(*CONTENTS[:-1]), "Notes!A13"),
        (book(*CONTENTS, name="Other"), "Notes!A1"),
        (book(*CONTENTS, line=LEADS._replace(parts=("1. Red.", *LEADS.parts[1:]))), "Notes!A3"),
    ],
    ids=["last", "first", "blank", "month", "row missing", "sheet missing", "line"],
)
def test_what_does_not_read_back_is_not_handed_over(other: Book, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_workbook(other)
    monkeypatch.setattr(handover, "write_by_mould", lambda _: Written(data, None))
    with pytest.raises(PlanSheetsError, match=f"{where} does not read back"):
        handover.hand_over(book(*CONTENTS))


def test_what_breaks_a_rule_of_accessibility_is_not_handed_over() -> None:
    with pytest.raises(PlanSheetsError, match="A1 holds no title"):
        handover.hand_over(replace(book("x"), sheets=(replace(book("x").sheets[0], title=" "),)))
