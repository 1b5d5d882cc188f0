"""What is read without the parser reads as the parser would have read it; whatever is not plain is left to it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.found import FoundWorkbook
from plan_sheets.store import xlsx_parts
from plan_sheets.store.guard import Guarded, Refusal, guard
from plan_sheets.store.workbook_reader import read_workbook

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
    return isinstance(passed, Guarded) and bool(passed.sheets)


def by_parser(data: bytes) -> FoundWorkbook | Refusal:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx_parts, "shared_texts", lambda _: None)
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
    "a number": (SHEET, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1"><v>7</v></c>'),
    "an inline text": (SHEET, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="inlineStr"><is><t>z</t></is></c>'),
    "an error": (SHEET, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="e"><v>#N/A</v></c>'),
    "a boolean": (SHEET, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="b"><v>1</v></c>'),
    "a text that no shared one is": (SHEET, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="s"><v>77</v></c>'),
    "cells hidden in a comment": (SHEET, "<sheetData>", '<!-- <sheetData><row r="1"></row></sheetData> --><sheetData>'),
    "a second table": (SHEET, "</sheetData>", '</sheetData><sheetData><row r="9"></row></sheetData>'),
    "merged cells": (SHEET, "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>'),
    "another order": (SHEET, '<c r="A1" t="s">', '<c t="s" r="A1">'),
    "a cell far down": (SHEET, '<c r="A1" t="s">', '<c r="A1000" t="s">'),
    "a cell far right": (SHEET, '<c r="A1" t="s">', '<c r="BA1" t="s">'),
    "a value with white space": (SHEET, "<v>30 cells</v>", "<v>30 cells </v>"),
    "a value with a reference": (SHEET, "<v>30 cells</v>", "<v>30 &#38; cells</v>"),
    "a value with an escape": (SHEET, "<v>30 cells</v>", "<v>30_x000D_cells</v>"),
    "an odd state": (BOOK, 'state="hidden"', 'state="gone"'),
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


def test_entities_in_the_value_of_a_formula() -> None:
    data = changed(PLAIN, SHEET, "<v>30 cells</v>", "<v>3 &lt; 30 &amp; &apos;cells&apos;</v>")
    assert is_read_plainly(data)
    assert read_workbook(data) == by_parser(data)


@pytest.mark.parametrize(
    "again", ['<c r="A1" t="s"><v>1</v></c>', '<c r="A1" t="str"><f>1+1</f><v>2</v></c>'], ids=["a text", "a formula"]
)
def test_a_cell_filled_twice_is_refused(again: str) -> None:
    data = changed(PLAIN, SHEET, '<c r="A1" t="s"><v>0</v></c>', f'<c r="A1" t="s"><v>0</v></c>{again}')
    assert read_workbook(data) == Refusal("file_cell_twice", {"cell": "A1"}) == by_parser(data)
