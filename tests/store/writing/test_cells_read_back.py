"""What cells hold comes back as it was given, and what no workbook can hold is refused."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from plan_sheets.core.book.layout import Book, Column, Content, Field, Formula, Link, Row, Sheet
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.printable import printable
from plan_sheets.store.writing.workbook import write_workbook


def column(heading: str, width: float = 20, prompt: str = "") -> Column:
    """A column; one that has a prompt is filled in."""
    return Column(Field("action", heading.lower(), heading, prompt=prompt), heading, input=bool(prompt), width=width)


def one_sheet(*rows: tuple[Content, ...], columns: tuple[Column, ...] = (), title: str = "Title") -> Book:
    """A book with one sheet; as many locked columns as the first row has cells, unless they are given."""
    columns = columns or tuple(column(f"Heading {n}") for n in range(len(rows[0])))
    sheet = Sheet("Notes", title, ("What it holds.",), columns, tuple(Row(str(n), row) for n, row in enumerate(rows)))
    return Book("officer", title, (sheet,), datetime(2016, 4, 1, tzinfo=UTC))


def notes(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data))["Notes"]


def values(data: bytes) -> list[list[object]]:
    """What our reader of returns finds below the headings."""
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Notes")
    return [list(row) for row in sheet.to_python(skip_empty_area=False)[4:]]


# What cells hold

NASTY = (
    "=1+1",
    "-10 %",
    "* a point",
    "007",
    "https://example.org",
    "mailto:a@example.org",
    "<r>not markup</r>",
    "<r></si><si>",
    "_x0041_",
    "tab\tand\nnew line",
    " spaces ",
    "Llŷn 🙂",
    "{=A1}",
    "TRUE",
    "31/03/2017",
)


@pytest.mark.parametrize("typed", [True, False])
def test_text_stays_text(typed: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    columns = (column("Heading", prompt="Anything." if typed else ""),)
    rows = tuple((text,) for text in NASTY)
    assert [row[0] for row in values(write_workbook(one_sheet(*rows, columns=columns)))] == list(NASTY)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(codec=None), min_size=1, max_size=60), min_size=1, max_size=6))
def test_any_text_comes_through_but_for_what_xml_cannot_hold(texts: list[str]) -> None:
    texts = [f"x{text}x" for text in texts]  # a sheet that ends in blank cells is read as a shorter one
    held = [printable(text) for text in texts]
    data = write_workbook(one_sheet(*((text,) for text in texts), title=texts[0]))
    assert [row[0] for row in values(data)] == held
    assert notes(data)["A1"].value


@pytest.mark.parametrize(("text", "fits"), [("x" * 32_767, True), ("x" * 32_768, False), ("🙂" * 16_384, False)])
def test_the_longest_text(text: str, fits: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    book = one_sheet((text,))
    if fits:
        assert values(write_workbook(book)) == [[text]]
    else:
        with pytest.raises(PlanSheetsError, match=r"Notes!A5 has 32,768 characters"):
            write_workbook(book)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ((column("Ref"), column("REF")), "stands twice"),
        ((column("Ref"), column("")), "blank"),
        ((column("Ref"), column("Note", prompt="x" * 256)), "prompt of Note has 256"),
    ],
)
def test_what_no_workbook_can_hold_is_refused(columns: tuple[Column, ...], why: str) -> None:
    with pytest.raises(PlanSheetsError, match=why):
        write_workbook(one_sheet(("", ""), columns=columns))


def test_a_long_heading_is_cut_for_the_prompt_but_not_in_an_emoji() -> None:
    columns = (column("x" * 31 + "🙂", prompt="Anything."),)
    (rule,) = notes(write_workbook(one_sheet(("",), columns=columns))).data_validations.dataValidation
    assert rule.promptTitle == "x" * 31


@pytest.mark.parametrize(
    ("when", "value", "shown_as"),
    [
        (PartialDate.day(date(2016, 9, 30)), datetime(2016, 9, 30), "[$-809]d mmmm yyyy"),  # noqa: DTZ001 - a cell's own
        (PartialDate.month(2017, 3), datetime(2017, 3, 31), "[$-809]mmmm yyyy"),  # noqa: DTZ001 - a cell's own
        (PartialDate.quarter(2017, 1), "January to March 2017", "General"),
        (PartialDate.day(date(1899, 12, 31)), "31 December 1899", "General"),
    ],
)
def test_dates_are_real_and_shown_by_their_precision(when: PartialDate, value: object, shown_as: str) -> None:
    cell = notes(write_workbook(one_sheet((when,))))["A5"]
    assert (cell.value, cell.number_format) == (value, shown_as)


def test_formulas_keep_their_value_and_links_their_words() -> None:
    cells = (
        Formula("=1+1", 2),
        Formula("=A1", "two"),
        Link("Go to Notes", "Notes!A1"),
        Link("Write to us", "a@b.example"),
    )
    data = write_workbook(one_sheet(cells))
    assert values(data) == [[2, "two", "Go to Notes", "Write to us"]]
    page = notes(data)
    assert (page["A5"].value, page["C5"].hyperlink.location) == ("=1+1", "'Notes'!A1")
    assert page["D5"].hyperlink.target == "mailto:a@b.example"


def test_what_stands_in_many_cells_looks_right_in_each_and_is_counted() -> None:
    """Cells are spelt once: not across locked ones and those to fill in, nor for a link, which its sheet must know."""
    link = Link("Go to Notes", "Notes!A1")
    rows = [("Red", "Red", link, 1, "=A1"), ("Red", "", link, 1.5, "=A1")] * 20
    columns = (column("Locked"), column("Typed", prompt="Fill it in."), *(column(f"Column {n}") for n in range(3)))
    data = write_workbook(one_sheet(*rows, columns=columns))
    assert values(data) == [[cell.text if isinstance(cell, Link) else cell for cell in row] for row in rows]
    page = notes(data)
    for row in range(5, 45):
        fills = [page.cell(row, across).fill.fgColor.rgb for across in (1, 2)]
        assert fills == ["FFD4351C", "FFFFFBE6"]
        assert page[f"C{row}"].hyperlink.location == "'Notes'!A1"
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        counted = re.search(r'<sst [^>]* count="(\d+)"', package.read("xl/sharedStrings.xml").decode())
        assert counted
        assert int(counted[1]) == package.read("xl/worksheets/sheet1.xml").count(b' t="s"')


@pytest.mark.parametrize(("width", "paper"), [(35, "9"), (40, "8")])
def test_wide_sheets_are_printed_on_a3(width: float, paper: str) -> None:
    columns = tuple(column(name, width) for name in "abcde")
    page = notes(write_workbook(one_sheet(("x",) * 5, columns=columns)))
    assert (str(page.page_setup.paperSize), page.print_title_rows) == (paper, "$4:$4")
