"""What is read without the parser reads as the parser would have read it; whatever is not plain is left to it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.found import CellKind, FoundCell, FoundWorkbook
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats import xlsx as xlsx_parts
from plan_sheets.store.formats.guard import GuardedFile, guard
from plan_sheets.store.formats.reader import read_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

SHEET, SHARED, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
NO_GUESSES = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def written(texts: Sequence[str]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **NO_GUESSES}) as book:
        page = book.add_worksheet("One & two")
        look = book.add_format({"bold": True})
        for row, text in enumerate(texts):
            page.write_string(row, row % 30, text)
            page.write_blank(row, 40, None, look)
        page.write_formula(len(texts), 0, '=1&" cells"', None, "30 cells")
        book.add_worksheet("Hidden").write_string(5, 5, "here")
        book.worksheets()[1].hide()
    return made.getvalue()


def changed(data: bytes, part: str, before: str, after: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name).decode()
            assert name != part or before in content, content
            new.writestr(name, content.replace(before, after, 1) if name == part else content)
    return made.getvalue()


def is_read_plainly(data: bytes) -> bool:
    passed = guard(data)
    return isinstance(passed, GuardedFile) and bool(passed.sheets)


def by_parser(data: bytes) -> FoundWorkbook | Refusal:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx_parts, "read_shared_texts", lambda _: None)
        assert not is_read_plainly(data)
        return read_workbook(data)


@given(st.lists(st.text(max_size=30), max_size=12))
def test_it_reads_any_texts_as_the_parser_does(texts: list[str]) -> None:
    data = written(texts)
    assert read_workbook(data) == by_parser(data)


def test_ordinary_texts_need_no_parser() -> None:
    data = written(["Some of it is done.", "A & B < C", "two\nlines", "  kept  ", "Ŵŷ 😀", "007"])
    assert is_read_plainly(data)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert [sheet.visible for sheet in found.sheets] == [True, False]


TEXT_0 = '<c r="A1" t="s"><v>0</v></c>'
PLAIN = written(["a", "b", "c", ""])
ODD = {
    "white space that is not kept": (SHARED, "<t>a</t>", "<t> a</t>"),
    "a space that only Unicode knows": (SHARED, "<t>a</t>", "<t>a\u2003</t>"),
    "a carriage return": (SHARED, "<t>a</t>", "<t>a\r\nb</t>"),
    "an escape": (SHARED, "<t>a</t>", "<t>a_x000D_</t>"),
    "a reference to a character": (SHARED, "<t>a</t>", "<t>&#65;</t>"),
    "rich text": (SHARED, "<t>a</t>", "<r><t>a</t></r><r><t>z</t></r>"),
    "phonetics": (SHARED, "<t>a</t>", "<t>a</t><rPh><t>z</t></rPh>"),
    "a comment among texts": (SHARED, "<si><t>b", "<!-- <si><t>z</t></si> --><si><t>b"),
    "CDATA": (SHARED, "<t>a</t>", "<t><![CDATA[a]]></t>"),
    "a number": (SHEET, TEXT_0, '<c r="A1"><v>7</v></c>'),
    "an inline text of parts": (SHEET, TEXT_0, '<c r="A1" t="inlineStr"><is><r><t>z</t></r></is></c>'),
    "inline white space": (SHEET, TEXT_0, '<c r="A1" t="inlineStr"><is><t> z</t></is></c>'),
    "an inline escape": (SHEET, TEXT_0, '<c r="A1" t="inlineStr"><is><t>z_x000D_</t></is></c>'),
    "an error": (SHEET, TEXT_0, '<c r="A1" t="e"><v>#N/A</v></c>'),
    "a boolean": (SHEET, TEXT_0, '<c r="A1" t="b"><v>1</v></c>'),
    "a text that no shared one is": (SHEET, TEXT_0, '<c r="A1" t="s"><v>77</v></c>'),
    "cells hidden in a comment": (SHEET, "<sheetData>", '<!-- <sheetData><row r="1"></row></sheetData> --><sheetData>'),
    "a second table": (SHEET, "</sheetData>", '</sheetData><sheetData><row r="9"></row></sheetData>'),
    "another order": (SHEET, '<c r="A1" t="s">', '<c t="s" r="A1">'),
    "a cell far down": (SHEET, '<c r="A1" t="s">', '<c r="A1000" t="s">'),
    "a cell far right": (SHEET, '<c r="A1" t="s">', '<c r="BA1" t="s">'),
    "a value with white space": (SHEET, "<v>30 cells</v>", "<v>30 cells </v>"),
    "a value with a reference": (SHEET, "<v>30 cells</v>", "<v>30 &#38; cells</v>"),
    "a value with an escape": (SHEET, "<v>30 cells</v>", "<v>30_x000D_cells</v>"),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_plain_is_left_to_the_parser(odd: str) -> None:
    assert is_read_plainly(PLAIN)
    data = changed(PLAIN, *ODD[odd])
    assert not is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


def test_a_formula_in_a_plain_sheet_is_one_beside_a_sheet_that_is_not_plain() -> None:
    """The parser gives its value alone: that it is a formula, the look at the sheet has to tell."""
    data = changed(PLAIN, "xl/worksheets/sheet2.xml", 't="s"', 't="s" ')
    assert not is_read_plainly(data)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert [cell.formula for cell in found.sheets[0].cells.values() if cell.formula] == ['=1&" cells"']


MERGED = '</sheetData><mergeCells count="2"><mergeCell ref="{}"/><mergeCell ref="A1:B2"/></mergeCells>'
MERGES = {"H:J": "H1:J1048576", "3:5": "A3:XFD5", "$C$3:$B$2": "B2:C3", "D4": None, "A0:B1": None, "x": None}


@pytest.mark.parametrize("merged", MERGES)
def test_merged_cells_as_libreoffice_reads_them(merged: str) -> None:
    """Whole columns and rows too."""
    data = changed(PLAIN, SHEET, "</sheetData>", MERGED.format(merged))
    assert is_read_plainly(data)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert found.sheets[0].merged == tuple(filter(None, (MERGES[merged], "A1:B2")))
    walked = read_workbook(changed(data, SHEET, '<c r="A1"', '<c cm="0" r="A1"'))
    assert walked == found


@pytest.mark.parametrize("state", ["show", "gone", ""])
def test_a_sheet_in_a_state_that_there_is_not_is_shown_as_libreoffice_shows_it(state: str) -> None:
    data = changed(PLAIN, BOOK, 'state="hidden"', f'state="{state}"')
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert [sheet.visible for sheet in found.sheets] == [True, True]


HIDDEN = {
    "a row": ('<row r="2"', '<row r="2" hidden="1"', {"B2"}),
    "a row without height": ('<row r="2"', '<row r="2" ht="0" customHeight="1"', {"B2"}),
    "a row that is not": ('<row r="2"', '<row r="2" hidden="0" ht="0.5"', set()),
    "a column": ("<sheetData>", '<cols><col min="2" max="3" hidden="true"/></cols><sheetData>', {"B2", "C3"}),
    "a column without width": ("<sheetData>", '<cols><col min="1" max="1" width="0"/></cols><sheetData>', {"A1", "A5"}),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_cells_in_hidden_rows_and_columns(hidden: str) -> None:
    before, after, cells = HIDDEN[hidden]
    data = changed(PLAIN, SHEET, before, after)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert [set(sheet.hidden) for sheet in found.sheets] == [cells, set()]


INLINE = [
    "<is><t>z</t></is>",
    '<is><t xml:space="preserve"> z &amp; y </t></is>',
    "<is><t></t></is>",
]


@pytest.mark.parametrize("text", INLINE)
def test_texts_that_stand_in_the_cells_themselves(text: str) -> None:
    """As openpyxl writes them."""
    data = changed(PLAIN, SHEET, TEXT_0, f'<c r="A1" s="1" t="inlineStr">{text}</c>')
    assert is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


@pytest.mark.parametrize("value", ["<v></v>", "<v/>", "<v />"])
def test_a_formula_without_a_value(value: str) -> None:
    """As openpyxl leaves it."""
    data = changed(PLAIN, SHEET, ' t="str"><f>1&amp;" cells"</f><v>30 cells</v>', f'><f>1&amp;" cells"</f>{value}')
    assert is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


@pytest.mark.parametrize("blank", ["/>", " />", ' t="n"></c>', ' t="n"/>', ' t="inlineStr"></c>'])
def test_blank_cells(blank: str) -> None:
    data = changed(PLAIN, SHEET, '<c r="AO1" s="1"/>', f'<c r="AO1" s="1"{blank}')
    assert is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


def test_what_openpyxl_saves_needs_no_parser_and_no_process_of_its_own() -> None:
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(PLAIN)).save(saved)
    assert is_read_plainly(saved.getvalue())
    assert read_workbook(saved.getvalue()) == by_parser(saved.getvalue())


def test_entities_in_the_value_of_a_formula() -> None:
    data = changed(PLAIN, SHEET, "<v>30 cells</v>", "<v>3 &lt; 30 &amp; &apos;cells&apos;</v>")
    assert is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


@pytest.mark.parametrize(
    "again",
    [
        '<c r="A1" t="inlineStr"><is><t>z</t></is></c>',
        '<c r="A1" t="s"><v>1</v></c>',
        '<c r="A1" t="str"><f>1+1</f><v>2</v></c>',
    ],
    ids=["an inline text", "a text", "a formula"],
)
def test_a_cell_filled_twice_is_refused(again: str) -> None:
    data = changed(PLAIN, SHEET, TEXT_0, f'<c r="A1" t="s"><v>0</v></c>{again}')
    assert read_workbook(data) == Refusal("file_cell_twice", {"cell": "A1"}) == by_parser(data)


GRIN = "\N{GRINNING FACE}"
PAIRS = {"a_xD83D__xDE00_b": f"a{GRIN}b", "_xd83d__xde00_": GRIN, "_x005F_xD83D__xDE00_": None, "_xD83D_": None}


@pytest.mark.parametrize("text", PAIRS)
@pytest.mark.parametrize("where", ["shared", "inline"])
def test_a_pair_of_surrogates_in_two_escapes_is_one_character(text: str, where: str) -> None:
    """As Spire.XLS writes it; one that is no pair is not touched."""
    inline = TEXT_0, f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'
    data = changed(PLAIN, SHARED, "<t>a</t>", f"<t>{text}</t>") if where == "shared" else changed(PLAIN, SHEET, *inline)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found == by_parser(data)
    assert is_read_plainly(data) is (PAIRS[text] is not None)
    assert (found.sheets[0].cells[0, 0].text == PAIRS[text]) is (PAIRS[text] is not None)


@pytest.mark.parametrize(("value", "text"), [("NaN", "NaN"), ("Infinity", "Infinity"), ("-1e999", "-Infinity")])
def test_a_number_cell_without_a_number(value: str, text: str) -> None:
    """As xlsx-populate writes a text that was typed so."""
    found = read_workbook(changed(PLAIN, SHEET, TEXT_0, f'<c r="A1"><v>{value}</v></c>'))
    assert isinstance(found, FoundWorkbook)
    assert found.sheets[0].cells[0, 0] == FoundCell(text, CellKind.ERROR)
