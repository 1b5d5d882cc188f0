"""A workbook that is made by a mould has the parts that XlsxWriter alone gives it, whatever stands in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.chairs import Plan, said

from plan_sheets.core.access.rules import Problem
from plan_sheets.core.book.layout import Blank, Book, Column, Content, Field, Formula, Line, Link, Row, Sheet
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.writing import hand_over as handover
from plan_sheets.store.writing import mould as moulds
from plan_sheets.store.writing import workbook as writer
from plan_sheets.store.writing.excel_limits import name_tables
from plan_sheets.store.writing.laid import LaidSheet, lay_sheet
from plan_sheets.store.writing.mould import Moulds

Q1, Q2 = "2016-17-Q1", "2016-17-Q2"
STATES = ("Green", "Amber", "Red")
LONG = "Thirty practitioners took part in the first workshop, and the thresholds went to the operational group. " * 9
ODD = (
    *("=1+1", "007", "<r>not markup</r>", "<r></si><si>", "_x0041_", "tab\tand\nnew line", " spaces ", "a & b < c > d"),
    *("Llŷn 🙂", '"quoted"', "\x07", "\u00a0", "Amber", "line\rend\r\n", LONG),
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Moulds:
    """No mould was made before, and nothing was inspected."""
    made = Moulds()
    monkeypatch.setattr(writer, "MOULDS", made)
    monkeypatch.setattr(handover, "_ACCESSIBLE", set())
    return made


def lay(book: Book) -> Sequence[LaidSheet]:
    book = writer.fill_empty_tables(book)
    tables = name_tables(sheet.name for sheet in book.sheets)
    return [lay_sheet(sheet, table, book) for sheet, table in zip(book.sheets, tables, strict=True)]


def by_xlsxwriter(book: Book) -> dict[str, str]:
    return writer.cast_workbook(writer.fill_empty_tables(book), lay(book))[0]


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode() for name in file.namelist()}


def column(name: str, prompt: str = "", choices: tuple[str, ...] = (), **rules: object) -> Column:
    about = Field("action", name, name.title(), prompt=prompt, max_length=2000, **rules)  # type: ignore[arg-type]
    return Column(about, name.title(), input=bool(prompt), width=24, choices=choices)


def book(*contents: Content, themes: tuple[str, ...] = ("J1 Theme",), title: str = "A title", **about: object) -> Book:
    """A subgroup's workbook of a form and a table with these contents, a row for each."""
    columns = (
        column("ref"),
        column("what"),
        column("progress", "What was done.", required=True),
        column("rag", "How it stands.", STATES, required_unless={"what": ("Amber",)}, required=True),
        column("theme", "Choose one.", themes),
    )
    rows = [Row(f"J1.{n}", (f"J1.{n}", one, "", "", "")) for n, one in enumerate(contents)]
    rows.append(
        Row("J2.1", ("J2.1", "Led by another", "Begun", Blank("(not asked)"), "x"), frozenset({"progress", "theme"}))
    )
    lists = tuple(Row(theme, (theme,)) for theme in themes)
    start = (
        Row("Go on", ("Go on", Link(f"Fill in {len(contents)} rows & send", "Progress!A1"))),
        Row("Ask", ("Ask", Link("The board officer", "officer@example.org"))),
    )
    sheets = (
        Sheet(
            "Start here", title, ("Send by 15 July.", f"{len(contents)} rows."), (column("item"), column("text")), start
        ),
        Sheet(
            "Progress", title, ("One row for each action. What is blank is yours.",), columns, tuple(rows), in_view=2
        ),
        Sheet("Themes", "Themes", ("Each theme.",), (column("theme"),), lists, filter=True),
    )
    return replace(
        Book(
            "subgroup",
            title,
            sheets,
            datetime(2016, 6, 20, tzinfo=UTC),
            {"a": title},
            hints={"needed": "Needed.", "paste": "F2."},
        ),
        **about,  # type: ignore[arg-type]
    )


PLAIN = ("It is late",)
OTHERS = {
    "odd texts": book(*ODD),
    "each alone": book(*(f"{text}{number}" for number, text in enumerate(ODD))),
    "all kinds": book(
        *("", Formula('=IF(A5="","<&>",1)', "<&>"), Formula("=1+1", 2), Link("Themes & more", "Themes!A1")),
        *(PartialDate.day(date(1900, 2, 28)), PartialDate.month(2017, 3), PartialDate.quarter(2017, 1)),
        *(7, 0.1, "Not reported", "Red"),
    ),
    "many rows": book(*(f"{LONG[:number]}." for number in range(10, 200, 3))),
    "a long list": book("x", themes=tuple(f"J1{letter} Theme, {LONG[:30]}" for letter in "abcdefghij")),
    "an odd list": book("x", themes=('J1 "Theme"', "<J2 & J3>")),
    "odd properties": book("x", title='A & B "<r>" \x07 🙂'),
    "a later day": book("x", created=datetime(2017, 1, 2, 3, 4, tzinfo=UTC)),
    "marked": book("x", marking="OFFICIAL & <PRIVATE>"),
    "not locked": book("x", locks_sheets=False),
    "with a password": book("x", password="sword"),  # noqa: S106 - one that a plan may have
    "not protected": book("x", protected=False),
    "without hints": book("x", hints={}),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_mould_gives_what_xlsxwriter_gives(other: Book, fresh: Moulds) -> None:
    writer.write_workbook(book(*PLAIN))
    writer.write_workbook(replace(book("y", "z"), **{name: getattr(other, name) for name in ("marking", "hints")}))
    assert parts(writer.write_workbook(other)) == by_xlsxwriter(other), "made by XlsxWriter, or by what was known"
    assert fresh.find(other, lay(other)), "its own shape is known now"
    assert parts(writer.write_workbook(other)) == by_xlsxwriter(other)


def test_books_of_one_shape_share_a_mould(fresh: Moulds) -> None:
    writer.write_workbook(book(*PLAIN))
    alike = [
        book(*(text for text in ODD if text != "Amber")),  # of which less is needed
        OTHERS["many rows"],
        OTHERS["an odd list"],
        OTHERS["a later day"],
        OTHERS["odd properties"],
    ]
    assert all(fresh.find(other, lay(other)) for other in alike)
    for other in alike:
        assert parts(writer.write_workbook(other)) == by_xlsxwriter(other)
    assert not fresh.find(OTHERS["marked"], lay(OTHERS["marked"]))


def test_every_workbook_of_the_example(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("da", said()))
    round_one.issue(Q2, date(2016, 10, 14), datetime(2016, 9, 20))  # noqa: DTZ001 - the office's own clock
    documents = round_one.register.documents(kind="subgroup")
    assert {document.round for document in documents} == {Q1, Q2}
    for document in documents:
        assert parts(writer.write_workbook(document.book)) == by_xlsxwriter(document.book), document.reference


# Handed over

Inspections = list[bytes]


@pytest.fixture
def inspections(monkeypatch: pytest.MonkeyPatch) -> Inspections:
    """Every workbook that was inspected."""
    seen = Inspections()

    def inspect(data: bytes, limits: Limits) -> list[Problem]:
        seen.append(data)
        return inspect_workbook(data, limits)

    monkeypatch.setattr(handover, "inspect_workbook", inspect)
    return seen


def test_what_looks_the_same_is_inspected_once(inspections: Inspections) -> None:
    for texts in (("a", "b"), ("c",), ODD[:9], ("d", "e", "f")):
        handover.hand_over(book(*texts))
    assert len(inspections) == 1
    handover.hand_over(book("Red", "x"))
    handover.hand_over(book("Red"))
    assert len(inspections) == 2, "a status word has its own look, which was not seen before"
    handover.hand_over(book("x", marking="OFFICIAL"))
    assert len(inspections) == 3, "nor was this header"


@pytest.mark.parametrize(
    ("faulty", "says"),
    [
        (book("x", ""), "Progress: The cell is blank, and nothing says why"),
        (book("x", LONG * 9), "Progress: The text needs"),
        (book("x", Link("here", "Themes!A1")), "Progress: The link does not say in words"),
        (book("x", title=" "), "has no title"),
    ],
    ids=["blank", "clipped", "link", "title"],
)
def test_a_fault_of_accessibility_in_what_varies_is_found(faulty: Book, says: str) -> None:
    first = faulty.sheets[1]
    faulty = replace(faulty, sheets=(faulty.sheets[0], replace(first, lines=("One row for each.",)), faulty.sheets[2]))
    good = book("x", "y")
    handover.hand_over(
        replace(good, sheets=(good.sheets[0], replace(good.sheets[1], lines=first.lines), good.sheets[2]))
    )
    with pytest.raises(PlanSheetsError, match=says):
        handover.hand_over(faulty)


@pytest.mark.parametrize(
    ("part", "old", "new", "where"),
    [
        ("xl/sharedStrings.xml", "It is late", "It is not", "Progress!B5"),
        ("xl/sharedStrings.xml", "Send by 15 July", "Send by 16 July", "Start here!A2"),
        ("xl/worksheets/sheet2.xml", '<c r="A5" ', '<c r="A50" ', "Progress!A5"),
        (
            "xl/worksheets/sheet2.xml",
            "</sheetData>",
            '<row r="7"><c r="A7"><v>7</v></c></row></sheetData>',
            "Progress!A7",
        ),
    ],
    ids=["cell", "line", "row", "a row more"],
)
def test_a_fault_in_what_is_filled_in_is_found(
    part: str, old: str, new: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = book(*PLAIN)
    handover.hand_over(good)
    fill_parts = moulds.Mould.fill_parts

    def fill_wrongly(mould: moulds.Mould, *about: Any) -> tuple[dict[str, str], Any]:
        made, spelt = fill_parts(mould, *about)
        assert old in made[part]
        return made | {part: made[part].replace(old, new, 1)}, spelt

    monkeypatch.setattr(moulds.Mould, "fill_parts", fill_wrongly)
    with pytest.raises(PlanSheetsError, match=f"{where} does not read back"):
        handover.hand_over(good)


def test_a_mould_that_does_not_become_xlsxwriters_file_is_not_used(
    fresh: Moulds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moulds, "write_texts", lambda texts, count: f"{len(texts)} {count}")
    assert parts(writer.write_workbook(book(*PLAIN))) == by_xlsxwriter(book(*PLAIN))
    assert not fresh.find(book(*PLAIN), lay(book(*PLAIN)))


def test_books_whose_shape_is_their_own_have_none() -> None:
    good = book(*PLAIN)
    lined = replace(good.sheets[1], looks={1: Line(("a", "b"))}, lines=("x", "ab"))
    marked = replace(good.sheets[1], rows=(good.sheets[1].rows[0]._replace(marks={"progress": "Why?"}),))
    others = [replace(good, sheets=(good.sheets[0], sheet, good.sheets[2])) for sheet in (lined, marked)]
    assert moulds.has_mould(good)
    assert not any(map(moulds.has_mould, [*others, replace(good, kind="master")]))
    for other in others:
        assert parts(handover.hand_over(other)) == by_xlsxwriter(other)
