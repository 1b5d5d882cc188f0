"""What is in a workbook comes out as it was typed, at its true address, whichever program wrote it."""

from __future__ import annotations

import io
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.reader import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    *("=1+1", "+x", "-y", "@z", "a\nb", "a\tb", "  lead and trail  ", "a  b   c", " ", "007", "03/04/2016", "TRUE"),
    *(
        "_x0041_",
        "_x000D_",
        "_x4E00_",
        "_x005F_",
        "😀 Ŵŷ",
        "\u00a0nbsp\u00a0",
        "#SPILL!",
        "#N/A",
        "&lt;<>&\"'",
        "x" * 32_767,
    ),
]
NO_GUESSES = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NAME = "A & B's <1>"


def written(**options: object) -> bytes:
    """A workbook by XlsxWriter with every kind of content, nothing in its first rows and columns."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **NO_GUESSES, **options}) as book:
        as_text = book.add_format({"num_format": "@"})
        page = book.add_worksheet(NAME)
        for row, text in enumerate(TEXTS, 2):
            page.write_string(row, 1, text, as_text)
        write_values(book, book.add_worksheet("Values"))
        book.add_worksheet("Hidden").hide()
        book.add_worksheet("Very hidden").very_hidden()
        book.set_custom_property("reference", "2016-17-Q1 & co")
        book.set_custom_property("version", 5)
    return made.getvalue()


def write_values(book: Any, page: Any) -> None:
    for row, number in enumerate((3, 45000.0, 0.1 + 0.2, -0.5)):
        page.write_number(row, 0, number)
    page.write_boolean(4, 0, True)  # noqa: FBT003 - XlsxWriter's own signature
    page.write_datetime(5, 0, date(2016, 4, 3), book.add_format({"num_format": "d mmmm yyyy"}))
    page.write_datetime(6, 0, datetime(2016, 4, 3, 14, 30), book.add_format({"num_format": "d mmmm yyyy hh:mm"}))  # noqa: DTZ001 - a cell has no zone
    page.write_datetime(7, 0, time(14, 30), book.add_format({"num_format": "hh:mm"}))
    page.write_number(8, 0, 26.5 / 24, book.add_format({"num_format": "[h]:mm"}))
    page.write_formula(9, 0, "=A1+1", None, 4)
    page.write_formula(10, 0, '="a"&"b"', None, "ab")
    page.write_formula(11, 0, "=1/0", None, "#DIV/0!")
    page.merge_range(13, 0, 14, 2, "merged")


VALUES = {
    (0, 0): FoundCell("3", CellKind.NUMBER),
    (1, 0): FoundCell("45000", CellKind.NUMBER),
    (2, 0): FoundCell("0.3", CellKind.NUMBER),
    (3, 0): FoundCell("-0.5", CellKind.NUMBER),
    (4, 0): FoundCell("TRUE", CellKind.BOOLEAN),
    (5, 0): FoundCell("3 April 2016", CellKind.DATE),
    (6, 0): FoundCell("3 April 2016 14:30", CellKind.DATE),
    (7, 0): FoundCell("14:30", CellKind.TIME),
    (8, 0): FoundCell("26:30", CellKind.TIME),
    (9, 0): FoundCell("4", CellKind.FORMULA, "=A1+1"),
    (10, 0): FoundCell("ab", CellKind.FORMULA, '="a"&"b"'),
    (11, 0): FoundCell("#DIV/0!", CellKind.ERROR, "=1/0"),
    (13, 0): FoundCell("merged"),
}


def read(data: bytes) -> FoundWorkbook:
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook), found
    return found


def texts(sheet: FoundSheet) -> list[str]:
    """The texts of the second column from the third row on, as they were written; "" where a cell is not there."""
    return [sheet.cells.get((row, 1), FoundCell("")).text for row in range(2, 2 + len(TEXTS))]


def changed(data: bytes, part: str, before: str, after: str) -> bytes:
    """The same package with another text in one part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            assert name != part or before.encode() in content
            new.writestr(name, content.replace(before.encode(), after.encode()) if name == part else content)
    return made.getvalue()


@pytest.mark.parametrize("date_1904", [False, True])
def test_everything_xlsxwriter_writes(date_1904: bool) -> None:  # noqa: FBT001 - a test's parameter
    found = read(written(default_date_format="d mmmm yyyy", date_1904=date_1904))
    assert texts(found.sheets[0]) == TEXTS
    assert found.sheets[1].cells == VALUES
    assert found.sheets[1].merged == ("A14:C15",)
    assert [(sheet.name, sheet.visible) for sheet in found.sheets] == [
        (NAME, True),
        ("Values", True),
        ("Hidden", False),
        ("Very hidden", False),
    ]
    assert found.properties == {"reference": "2016-17-Q1 & co", "version": "5"}
    assert (found.container, found.saved_by, found.remarks) == ("xlsx", "Microsoft Excel 12.0000", ())


def test_openpyxl_names_itself_and_drops_stored_values() -> None:
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(written())).save(saved)
    found = read(saved.getvalue())
    # openpyxl neither reads nor writes the escape of a literal _xHHHH_: Excel would show the letter, too. A text of one
    # blank it loses where lxml is not installed.
    pairs = zip(texts(found.sheets[0]), TEXTS, strict=True)
    unlike = [(told, text) for told, text in pairs if told != text and text.strip()]
    assert unlike == [("A", "_x0041_"), ("\r", "_x000D_"), ("_", "_x005F_")]
    stored = {at: cell for at, cell in VALUES.items() if cell.kind not in (CellKind.FORMULA, CellKind.ERROR)}
    lost = {(9, 0), (10, 0), (11, 0)}
    dropped = {at: FoundCell("", CellKind.FORMULA, VALUES[at].formula) for at in lost}
    assert found.sheets[1].cells == {**stored, **dropped}
    assert "openpyxl" in found.saved_by.lower()


def test_an_error_that_the_parser_does_not_know() -> None:
    spilt = changed(written(), "xl/worksheets/sheet2.xml", "#DIV/0!", "#SPILL!")
    assert read(spilt).sheets[1].cells == {**VALUES, (11, 0): FoundCell("#SPILL!", CellKind.ERROR, "=1/0")}


def test_a_sheet_in_another_spelling_reads_the_same() -> None:
    odd = changed(written(), "xl/worksheets/sheet2.xml", '<c r="', '<c\n cm="0" r="')
    assert read(odd).sheets[1].cells == VALUES


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
def test_any_text_comes_through(text: str) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **NO_GUESSES}) as book:
        book.add_worksheet().write_string(6, 4, text)
    assert read(made.getvalue()).sheets[0].cells == {(6, 4): FoundCell(text)}


def test_many_threads_read_the_same() -> None:
    data = written()
    with ThreadPoolExecutor(4) as threads:
        assert set(map(repr, threads.map(read_workbook, [data] * 12))) == {repr(read(data))}


# ---------------------------------------------------------------- formats read in a process of their own


def ods(table: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<m:manifest xmlns:m="m"/>')
        archive.writestr("content.xml", f'<x xmlns:table="t" xmlns:text="x" xmlns:office="o">{table}</x>')
    return made.getvalue()


CELL = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
TABLE = '<table:table table:name="T"><table:table-row{}>{}</table:table-row></table:table>'


def test_ods_keeps_addresses_tabs_and_lines() -> None:
    gap = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    before = '<table:table-row><table:table-cell table:number-columns-repeated="3"/>'
    row = before + CELL.format("", 'a<text:tab/>b<text:line-break/>c<text:s text:c="2"/>d') + "</table:table-row>"
    (sheet,) = read(ods(f'<table:table table:name="T">{row}{gap}</table:table>')).sheets
    assert sheet.cells == {(0, 3): FoundCell("a\tb\nc  d")}


def test_a_marked_section_in_an_ods_is_text() -> None:
    (sheet,) = read(ods(TABLE.format("", CELL.format("", "<![CDATA[one]]> two")))).sheets
    assert sheet.cells == {(0, 0): FoundCell("one two")}


def test_ods_laid_out_for_reading_reads_the_same() -> None:
    """Gnumeric and SheetJS put each cell on a line of its own."""
    text = "<text:p>a <text:s/>b</text:p>\n <text:p>  c</text:p>"
    cell = f'\n  <table:table-cell office:value-type="string">\n   {text}\n  </table:table-cell>'
    laid_out = f'\n<table:table table:name="T">\n <table:table-row>{cell}{cell}\n </table:table-row>\n</table:table>'
    (sheet,) = read(ods(laid_out)).sheets
    assert {at: found.text for at, found in sheet.cells.items()} == {(0, 0): "a  b\n  c", (0, 1): "a  b\n  c"}


def test_properties_without_the_white_space_around_them() -> None:
    """As Gnumeric writes them."""
    laid_out = changed(written(), "docProps/custom.xml", "</vt:lpwstr>", "</vt:lpwstr>\n  ")
    assert read(laid_out).properties == {"reference": "2016-17-Q1 & co", "version": "5"}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (TABLE.format("", CELL.format("", '<text:s text:c="2000000000"/>')), "file_inflates"),
        (
            TABLE.format(
                ' table:number-rows-repeated="1000000"', CELL.format(' table:number-columns-repeated="90"', "x" * 99)
            ),
            "file_too_full",
        ),
        ('<table:table table:name="T"><table:table-row>', "file_damaged"),
        (TABLE.format(' table:number-rows-repeated="many"', CELL.format("", "x")), "file_damaged"),
        ("", "file_no_sheets"),
    ],
)
def test_ods_that_asks_too_much(table: str, code: str) -> None:
    found = read_workbook(ods(table))
    assert isinstance(found, Refusal)
    assert found.code == code


# ---------------------------------------------------------------- encrypted


@pytest.mark.parametrize("password", ["VelvetSweatshop", "a secret"])
def test_only_the_password_that_is_no_secret_opens_a_workbook(password: str) -> None:
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(written())).encrypt(password, made)
    expected = read(written()) if password == "VelvetSweatshop" else Refusal("file_encrypted")  # noqa: S105 - no secret
    assert read_workbook(made.getvalue()) == expected


# ---------------------------------------------------------------- LibreOffice


def saved_by_libreoffice(data: bytes, suffix: str, folder: Path) -> bytes:
    """The bytes that LibreOffice makes of an xlsx when it saves it as another format."""
    (folder / "in.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(folder / "out")]
    subprocess.run([*command, str(folder / "in.xlsx")], check=True, capture_output=True)
    return (folder / "out" / f"in.{suffix}").read_bytes()


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_texts_and_values_survive_libreoffice(suffix: str, tmp_path: Path) -> None:
    found = read(saved_by_libreoffice(written(), suffix, tmp_path))
    assert found.container == suffix
    assert texts(found.sheets[0]) == TEXTS
    typed = {at: cell for at, cell in VALUES.items() if at[0] in (0, 1, 2, 3, 5, 6, 7, 13)}
    assert {at: found.sheets[1].cells[at] for at in typed} == typed
    assert [sheet.visible for sheet in found.sheets] == [True, True, False, False]
    if suffix != "xls":
        assert found.saved_by.startswith("LibreOffice ")
        assert found.properties.items() >= {"reference": "2016-17-Q1 & co", "version": "5"}.items()
