"""What the parser does not tell of an xls is seen all the same; what could not be read truly is refused."""

from __future__ import annotations

import struct

import pytest
from tests.store import biff
from tests.store.formats.test_reader import read

from plan_sheets.core.model.found import CellKind, FoundCell
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.reader import read_workbook

MONTH, HALF = 17, 9
STYLES = b"".join(biff.style(one) for one in (0, MONTH, HALF)) + biff.style(0, fill=10)
FIRST_OF_MARCH = 42_795.0


def cells(*records: bytes, code_page: int = 1200) -> dict[tuple[int, int], FoundCell]:
    return dict(read(biff.xls(b"".join(records), globals_=STYLES, code_page=code_page)).sheets[0].cells)


def test_a_formula_is_one_with_what_is_stored_of_its_result() -> None:
    text = biff.formula(0, 0, biff.TEXT_RESULT) + biff.record(0x0207, biff.wide("ab"))
    assert cells(text) == {(0, 0): FoundCell("ab", CellKind.FORMULA)}
    assert cells(biff.formula(0, 0, struct.pack("<d", 2.5))) == {(0, 0): FoundCell("2.5", CellKind.FORMULA)}


def test_a_nought_that_is_stored_of_a_formula_may_be_a_text_and_is_no_answer() -> None:
    """LibreOffice stores it and shows a text."""
    assert cells(biff.formula(0, 0, biff.NOUGHT)) == {(0, 0): FoundCell("", CellKind.FORMULA, "=…")}


def test_errors_show_themselves() -> None:
    typed = biff.record(0x0205, struct.pack("<3HBB", 1, 0, 0, 0x07, 1))
    assert cells(biff.formula(0, 0, biff.ERROR_RESULT), typed) == {
        (0, 0): FoundCell("#N/A", CellKind.ERROR),
        (1, 0): FoundCell("#DIV/0!", CellKind.ERROR),
    }


def test_a_date_that_shows_a_month_and_a_number_that_shows_a_percentage() -> None:
    numbers = biff.number(0, 0, FIRST_OF_MARCH, 1), biff.number(1, 0, 0.75, 2)
    several = biff.record(0x00BD, struct.pack("<HHHLHLH", 2, 0, 1, 42_795 << 2 | 2, 0, 7 << 2 | 2, 1))
    (sheet,) = read(biff.xls(b"".join((*numbers, several)), globals_=STYLES)).sheets
    assert sheet.shown == {"A1": "March 2017", "A2": "75%", "A3": "March 2017"}
    assert sheet.cells[0, 0] == FoundCell("1 March 2017", CellKind.DATE)


def test_a_format_of_its_own_that_shows_a_month() -> None:
    own = biff.record(0x041E, struct.pack("<H", 164) + biff.narrow("mmmm yyyy")) + biff.style(0) + biff.style(164)
    (sheet,) = read(biff.xls(biff.number(0, 0, FIRST_OF_MARCH, 1), globals_=own)).sheets
    assert sheet.shown == {"A1": "March 2017"}


def test_hidden_rows_and_columns_merges_and_paint() -> None:
    hidden = biff.record(0x0208, struct.pack("<6HL", 1, 0, 1, 255, 0, 0, 0x20))
    column = biff.record(0x007D, struct.pack("<6H", 2, 3, 2000, 0, 1, 0))
    merged = biff.record(0x00E5, struct.pack("<5H", 1, 4, 5, 0, 1))
    texts = [biff.label(row, at, biff.narrow("x"), 3 * (row == at)) for row, at in ((0, 0), (1, 0), (0, 3), (2, 1))]
    (sheet,) = read(biff.xls(b"".join((hidden, column, *texts, merged)), globals_=STYLES)).sheets
    assert sheet.hidden == {"A2", "D1"}
    assert sheet.merged == ("A5:B6",)
    assert sheet.painted == {"A1": "red"}


def drawn(number: int, kind: int, text: str) -> bytes:
    anchor = bytes.fromhex("000010f012000000") + struct.pack("<9H", 0, 3, 0, 5, 0, 4, 0, 6, 0)
    about = struct.pack("<4H", 0x15, 0x12, kind, number) + bytes(14)
    letters = biff.record(0x003C, b"\1" + text[:2].encode("utf-16-le")) + biff.record(0x003C, b"\0" + text[2:].encode())
    words = biff.record(0x01B6, struct.pack("<5H2H4x", 0, 0, 0, 0, 0, len(text), 16)) + letters if text else b""
    return (
        biff.record(0x00EC, anchor) + biff.record(0x005D, about) + words + biff.record(0x003C, bytes(16)) * bool(text)
    )


def test_comments_text_boxes_pictures_and_links_are_told_at_their_cells() -> None:
    note = biff.record(0x001C, struct.pack("<4H", 1, 2, 0, 1) + biff.narrow("A chair") + b"\0")
    address = "https://example.org/é\0".encode("utf-16-le")
    target = bytes(20) + bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b") + struct.pack("<L", len(address)) + address
    link = biff.record(0x01B8, struct.pack("<4H", 6, 6, 0, 0) + target)
    beside = drawn(1, 0x19, "We cannot"), drawn(2, 0x06, "In a box"), drawn(3, 0x08, ""), drawn(4, 0x05, "")
    found = read(biff.xls(b"".join((biff.label(0, 0, biff.narrow("x")), *beside, note, link)), globals_=STYLES))
    assert [(one.code, one.sheet, one.cell, one.entered) for one in found.remarks] == [
        ("cell_comment", "S1", "C2", "We cannot"),
        ("text_box", "S1", "D6", "In a box"),
        ("picture", "S1", "D6", ""),
        ("cell_link", "S1", "A7", "https://example.org/é"),
        ("file_half_seen", "", "", ""),
    ]


@pytest.mark.parametrize("code_page", [1200, 1252, 1251])
def test_two_byte_texts_are_read_whatever_code_page_is_told(code_page: int) -> None:
    """As old writers of Perl and Java tell one."""
    texts = biff.label(0, 0, biff.wide("Ŵythnos 😀")), biff.label(1, 0, biff.narrow("café"))
    assert [cell.text for cell in cells(*texts, code_page=code_page).values()] == ["Ŵythnos 😀", "café"]


@pytest.mark.parametrize("sheet", [biff.label(0, 0, struct.pack("<H", 5) + b"typed"), b""])
def test_a_workbook_of_excel_95_is_refused_with_its_own_sentence(sheet: bytes) -> None:
    """Its long texts go on in other records, which the parser leaves out."""
    assert read_workbook(biff.xls(sheet, version=biff.EXCEL_95)) == Refusal("file_excel_95")


def test_days_that_count_from_1904_are_told() -> None:
    globals_ = STYLES + biff.record(0x0022, b"\1\0")
    found = read(biff.xls(biff.number(0, 0, FIRST_OF_MARCH - 1_462, 1), globals_=globals_))
    assert (found.since_1904, found.sheets[0].cells[0, 0].text) == (True, "1 March 2017")


def test_records_of_a_chart_within_a_sheet_are_not_the_sheets_own() -> None:
    chart = biff.start(0x20) + biff.number(0, 0, 9.0) + biff.record(0x000A)
    found = read(biff.xls(chart + biff.formula(1, 0, biff.NOUGHT), globals_=STYLES)).sheets[0].cells
    assert found[1, 0].kind is CellKind.FORMULA
