"""The cells of an xlsx are read as they were typed, however a program spells them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.store.container.refused import Refusal
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


def read_sheets(data: bytes) -> tuple[FoundSheet, ...]:
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    return found.sheets


def read_first(data: bytes) -> FoundCell | None:
    """The first cell of the first sheet."""
    return read_sheets(data)[0].cells.get((0, 0))


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30), max_size=12))
def test_any_texts_are_read_as_they_were_typed(texts: list[str]) -> None:
    cells = read_sheets(written(texts))[0].cells
    assert [cells[row, row % 30].text for row in range(len(texts))] == texts


def test_ordinary_texts() -> None:
    texts = ["Some of it is done.", "A & B < C", "two\nlines", "  kept  ", "Ŵŷ 😀", "007", "_x000D_"]
    shown, hidden = read_sheets(written(texts))
    assert [shown.cells[row, row].text for row in range(len(texts))] == texts
    assert shown.cells[len(texts), 0] == FoundCell("30 cells", CellKind.FORMULA, '=1&" cells"')
    assert (shown.visible, hidden.visible, hidden.cells) == (True, False, {(5, 5): FoundCell("here")})


INLINE = '<c r="A1" t="inlineStr"><is>{}</is></c>'
TEXT_0 = '<c r="A1" t="s"><v>0</v></c>'
PLAIN = written(["a", "b", "c", ""])
ODD = {
    "white space that is not kept": (SHARED, "<t>a</t>", "<t> a</t>", FoundCell("a")),
    "a space that only Unicode knows": (SHARED, "<t>a</t>", "<t>a\u2003</t>", FoundCell("a\u2003")),
    "a carriage return": (SHARED, "<t>a</t>", "<t>a\r\nb</t>", FoundCell("a\nb")),
    "an escape": (SHARED, "<t>a</t>", "<t>a_x000D_</t>", FoundCell("a\r")),
    "a reference to a character": (SHARED, "<t>a</t>", "<t>&#65;</t>", FoundCell("A")),
    "rich text": (SHARED, "<t>a</t>", "<r><t>a</t></r><r><t>z</t></r>", FoundCell("az")),
    "phonetics": (SHARED, "<t>a</t>", "<t>a</t><rPh><t>z</t></rPh>", FoundCell("a")),
    "a comment among texts": (SHARED, "<si><t>b", "<!-- <si><t>z</t></si> --><si><t>b", FoundCell("a")),
    "CDATA": (SHARED, "<t>a</t>", "<t><![CDATA[a]]></t>", FoundCell("a")),
    "a number": (SHEET, TEXT_0, '<c r="A1"><v>7</v></c>', FoundCell("7", CellKind.NUMBER)),
    "an inline text": (SHEET, TEXT_0, '<c r="A1" s="1" t="inlineStr"><is><t>z</t></is></c>', FoundCell("z")),
    "an inline text with white space": (
        SHEET,
        TEXT_0,
        INLINE.format('<t xml:space="preserve"> z &amp; y </t>'),
        FoundCell(" z & y "),
    ),
    "an inline text of nothing": (SHEET, TEXT_0, INLINE.format("<t></t>"), None),
    "an inline text of parts": (SHEET, TEXT_0, INLINE.format("<r><t>z</t></r>"), FoundCell("z")),
    "inline white space": (SHEET, TEXT_0, INLINE.format("<t> z</t>"), FoundCell("z")),
    "an inline escape": (SHEET, TEXT_0, INLINE.format("<t>z_x000D_</t>"), FoundCell("z\r")),
    "an error": (SHEET, TEXT_0, '<c r="A1" t="e"><v>#N/A</v></c>', FoundCell("#N/A", CellKind.ERROR)),
    "a boolean": (SHEET, TEXT_0, '<c r="A1" t="b"><v>1</v></c>', FoundCell("TRUE", CellKind.BOOLEAN)),
    "cells hidden in a comment": (
        SHEET,
        "<sheetData>",
        '<!-- <sheetData><row r="1"></row></sheetData> --><sheetData>',
        FoundCell("a"),
    ),
    "another order": (SHEET, '<c r="A1" t="s">', '<c t="s" r="A1">', FoundCell("a")),
    "not a number": (SHEET, TEXT_0, '<c r="A1"><v>NaN</v></c>', FoundCell("NaN", CellKind.ERROR)),
    "infinity": (SHEET, TEXT_0, '<c r="A1"><v>Infinity</v></c>', FoundCell("Infinity", CellKind.ERROR)),
    "a number beyond all": (SHEET, TEXT_0, '<c r="A1"><v>-1e999</v></c>', FoundCell("-Infinity", CellKind.ERROR)),
    "a formula without a value": (
        SHEET,
        TEXT_0,
        '<c r="A1"><f>1+1</f><v /></c>',
        FoundCell("", CellKind.FORMULA, "=1+1"),
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_cells_however_they_are_spelled(odd: str) -> None:
    part, before, after, cell = ODD[odd]
    assert read_first(changed(PLAIN, part, before, after)) == cell


VALUES = {
    "white space": ("<v>30 cells </v>", "30 cells "),
    "a reference": ("<v>30 &#38; cells</v>", "30 & cells"),
    "an escape": ("<v>30_x000D_cells</v>", "30\rcells"),
    "entities": ("<v>3 &lt; 30 &amp; &apos;cells&apos;</v>", "3 < 30 & 'cells'"),
}


@pytest.mark.parametrize("value", VALUES)
def test_the_value_of_a_formula(value: str) -> None:
    written_as, text = VALUES[value]
    cells = read_sheets(changed(PLAIN, SHEET, "<v>30 cells</v>", written_as))[0].cells
    assert cells[4, 0] == FoundCell(text, CellKind.FORMULA, '=1&" cells"')


def test_a_text_that_no_shared_one_is() -> None:
    assert isinstance(read_workbook(changed(PLAIN, SHEET, TEXT_0, '<c r="A1" t="s"><v>77</v></c>')), Refusal)


def test_a_cell_far_away_is_read_there() -> None:
    for place, at in (("A1000", (999, 0)), ("BA1", (0, 52))):
        data = changed(PLAIN, SHEET, '<c r="A1" t="s">', f'<c r="{place}" t="s">')
        assert read_sheets(data)[0].cells[at] == FoundCell("a")


def test_a_second_table_is_no_way_past_the_guard() -> None:
    again = '</sheetData><sheetData><row r="9"><c r="A9" t="e"><v>#N/A</v></c></row></sheetData>'
    with_two = guard(changed(PLAIN, SHEET, "</sheetData>", again))
    assert isinstance(with_two, GuardedFile)
    assert with_two.apart


MERGED = '</sheetData><mergeCells count="2"><mergeCell ref="{}"/><mergeCell ref="A1:B2"/></mergeCells>'
MERGES = {"H:J": "H1:J1048576", "3:5": "A3:XFD5", "$C$3:$B$2": "B2:C3", "D4": None, "A0:B1": None, "x": None}


@pytest.mark.parametrize("merged", MERGES)
def test_merged_cells_as_libreoffice_reads_them(merged: str) -> None:
    """Whole columns and rows too."""
    data = changed(PLAIN, SHEET, "</sheetData>", MERGED.format(merged))
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found.sheets[0].merged == tuple(filter(None, (MERGES[merged], "A1:B2")))
    walked = read_workbook(changed(data, SHEET, '<c r="A1"', '<c cm="0" r="A1"'))
    assert walked == found


@pytest.mark.parametrize("state", ["show", "gone", ""])
def test_a_sheet_in_a_state_that_there_is_not_is_shown_as_libreoffice_shows_it(state: str) -> None:
    data = changed(PLAIN, BOOK, 'state="hidden"', f'state="{state}"')
    assert [sheet.visible for sheet in read_sheets(data)] == [True, True]


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
    assert [set(sheet.hidden) for sheet in read_sheets(data)] == [cells, set()]


@pytest.mark.parametrize("blank", ["/>", " />", ' t="n"></c>', ' t="n"/>', ' t="inlineStr"></c>'])
def test_blank_cells(blank: str) -> None:
    data = changed(PLAIN, SHEET, '<c r="AO1" s="1"/>', f'<c r="AO1" s="1"{blank}')
    passed = guard(data)
    assert isinstance(passed, GuardedFile)
    assert not passed.apart
    assert read_workbook(data) == read_workbook(PLAIN)


def test_what_openpyxl_saves_needs_no_process_of_its_own() -> None:
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(PLAIN)).save(saved)
    passed = guard(saved.getvalue())
    assert isinstance(passed, GuardedFile)
    assert not passed.apart
    cells = read_sheets(PLAIN)[0].cells
    unstored = {(4, 0): cells[4, 0]._replace(text="")}
    assert read_sheets(saved.getvalue())[0].cells == {**cells, **unstored}


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
    assert read_workbook(data) == Refusal("file_cell_twice", {"cell": "A1"})


GRIN = "\N{GRINNING FACE}"
PAIRS = {"a_xD83D__xDE00_b": f"a{GRIN}b", "_xd83d__xde00_": GRIN, "_x005F_xD83D__xDE00_": None, "_xD83D_": None}


@pytest.mark.parametrize("text", PAIRS)
@pytest.mark.parametrize("where", ["shared", "inline"])
def test_a_pair_of_surrogates_in_two_escapes_is_one_character(text: str, where: str) -> None:
    """As Spire.XLS writes it; one that is no pair is not touched."""
    inline = TEXT_0, f'<c r="A1" t="inlineStr"><is><t>{text}</t></is></c>'
    data = changed(PLAIN, SHARED, "<t>a</t>", f"<t>{text}</t>") if where == "shared" else changed(PLAIN, SHEET, *inline)
    cell = read_first(data)
    assert cell
    assert (cell.text == PAIRS[text]) is (PAIRS[text] is not None)
