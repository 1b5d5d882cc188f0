"""Charts show the table that they stand beside, in words too, and reach the paper."""

from __future__ import annotations

import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest

from plan_sheets.core.access.contrast import contrast
from plan_sheets.core.book.document import base_text, book_from, layout_text
from plan_sheets.core.book.layout import Book, Chart, Column, Field, Row, Sheet, chart_words
from plan_sheets.core.book.measure import Paper, print_scale
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.schemas import load_workbook_spec
from plan_sheets.store.writing.chart import COLUMNS, FILLS, list_series
from plan_sheets.store.writing.workbook import write_workbook

STATUSES = ("Red", "Not reported", "Amber", "Not assessable", "Green", "Blue", "Closed", "Withdrawn")
STANDARD_COLUMN = (64 * 0.75 - 5 * 0.75) / (7 * 0.75)
"""The width of a column of 64 pixels, in characters."""


def column(name: str, heading: str, width: float = 12) -> Column:
    return Column(Field("tally", name, heading, scope="derived", fill="tool"), heading, width=width)


def tally(*numbers: tuple[int, ...]) -> Sheet:
    columns = (column("board", "Board", 23), *(column(name, name) for name in STATUSES))
    rows = tuple(Row(f"B{at}", (f"Board {at}", *given)) for at, given in enumerate(numbers, start=1))
    return Sheet("RAG by board", "RAG by board", ("What.",), columns, rows, Chart("By board", "board", STATUSES))


SHEET = tally((2, 0, 3, 0, 40, 0, 1, 0), (0, 1, 0, 2, 0, 3, 0, 9))


def book_of(*sheets: Sheet) -> Book:
    return Book("master", "A master", sheets, datetime(2016, 10, 1))  # noqa: DTZ001 - a file's own time


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(data)) as file:
        return file.read(name).decode()


def test_a_chart_says_every_number_in_words() -> None:
    assert SHEET.chart is not None
    words = chart_words(SHEET, SHEET.chart)
    assert "Board 1: 2 Red, 3 Amber, 40 Green, 1 Closed." in words
    assert "Board 2: 1 Not reported, 2 Not assessable, 3 Blue, 9 Withdrawn." in words
    assert "none." in chart_words(tally((0,) * 8), SHEET.chart)
    drawing = part(write_workbook(book_of(SHEET)), "xl/drawings/drawing1.xml")
    assert f'descr="{words}"' in drawing


def test_a_chart_draws_the_cells_of_its_table() -> None:
    data = write_workbook(book_of(SHEET))
    drawn = part(data, "xl/charts/chart1.xml")
    assert re.findall("<c:cat>.*?<c:f>(.*?)</c:f>", drawn) == ["'RAG by board'!$A$5:$A$6"] * 8
    assert re.findall("<c:val>.*?<c:f>(.*?)</c:f>", drawn) == [f"'RAG by board'!${at}$5:${at}$6" for at in "BCDEFGHI"]
    assert '<c:grouping val="stacked"/>' in drawn
    assert '<c:barDir val="bar"/>' in drawn, "lying, so that the names of boards are read"
    assert inspect_workbook(data) == []


def test_a_chart_is_as_high_beside_high_rows_as_beside_low_ones() -> None:
    assert not SHEET.keeps_headings_in_view, "a frozen pane would cut it in two"
    last: list[int] = []
    for text in ("Low", "High " * 60):
        rows = tuple(row._replace(cells=(text + row.ref, *row.cells[1:])) for row in SHEET.rows)
        drawn = part(write_workbook(book_of(replace(SHEET, rows=rows))), "xl/drawings/drawing1.xml")
        last += map(int, re.findall("<xdr:to>.*?<xdr:row>(.*?)</xdr:row>", drawn))
    assert last[1] < last[0], "it covers fewer rows"


def test_no_label_is_drawn_where_it_has_no_room() -> None:
    assert SHEET.chart is not None
    shown = [[custom is None for custom in one["data_labels"]["custom"]] for one in list_series(SHEET, SHEET.chart)]
    # The column of 46 has no room for the number of one; nothing is written of 0.
    assert [one for one, _ in shown] == [True, False, True, False, True, False, False, False]
    assert [other for _, other in shown] == [False, False, False, True, False, True, False, True]


def test_no_two_parts_look_alike_without_colour() -> None:
    looks = []
    for fill in FILLS.values():
        if "fill" in fill:
            looks.append(f"plain, {contrast(fill['fill']['color'].lstrip('#'), 'FFFFFF'):.0f} to 1")
        else:
            looks.append(fill["pattern"]["pattern"])
    assert tuple(FILLS) == STATUSES
    assert len(set(looks)) == len(looks)


def test_a_locked_sheet_lets_its_chart_be_reached() -> None:
    plain = replace(SHEET, name="Without", chart=None)
    data = write_workbook(book_of(SHEET, plain))
    locks = [re.findall("<sheetProtection [^>]*>", part(data, f"xl/worksheets/sheet{at}.xml"))[0] for at in (1, 2)]
    assert ['objects="1"' in one for one in locks] == [False, True]


def test_a_book_with_a_chart_is_made_again_from_its_texts() -> None:
    book = book_of(SHEET, replace(SHEET, name="Without", chart=None))
    assert book_from(layout_text(book), base_text(book)) == book
    assert layout_text(book_of(replace(SHEET, chart=None))) != layout_text(book_of(SHEET))


@pytest.mark.parametrize("name", ["RAG by board", "RAG by round"])
def test_table_and_chart_are_printed_at_eight_points(name: str) -> None:
    (spec,) = (one for one in load_workbook_spec("master").sheets if one.name == name)
    widths = [one.width for one in spec.columns] + [STANDARD_COLUMN] * COLUMNS
    assert print_scale(widths, Paper.A4) * 10 >= 8


@pytest.mark.libreoffice
def test_libreoffice_draws_it(tmp_path: Path) -> None:
    (tmp_path / "chart.xlsx").write_bytes(write_workbook(book_of(SHEET)))
    options = [f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    command = ["soffice", *options, "--outdir", str(tmp_path / "saved"), str(tmp_path / "chart.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = (tmp_path / "saved" / "chart.xlsx").read_bytes()
    numbers = re.findall(r"<c:val>.*?</c:val>", part(saved, "xl/charts/chart1.xml"), re.DOTALL)
    assert [re.findall(r"<c:v>(\d+)</c:v>", one) for one in numbers] == [
        [str(row.cells[at]) for row in SHEET.rows] for at in range(1, 9)
    ]
