"""What is read of an ods: its cells, their looks, what merges cover and what is hidden, and where things repeat."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.ods.read import scan_ods
from plan_sheets.store.formats.sheet_scan import BeyondEdgeError, TooFullError

SPACES = (
    'xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:fo="f" xmlns:number="n" xmlns:calcext="c"'
)
PAINTS = """
    <style:style style:name="ce1" style:family="table-cell">
        <style:table-cell-properties fo:background-color="#ff0000"/></style:style>
    <style:style style:name="ce2" style:family="table-cell">
        <style:table-cell-properties fo:background-color="#fffbe6"/></style:style>
    <style:style style:name="ce3" style:family="table-cell" style:parent-style-name="ce1"/>"""
BLANK = "<table:table-cell/>"


def content(rows: str, before: str = "", styles: str = PAINTS) -> bytes:
    table = f'<table:table table:name="Notes">{rows}</table:table>'
    return f"<office:document-content {SPACES}>{styles}{before}{table}</office:document-content>".encode()


def row(cells: str, times: int = 1, more: str = "") -> str:
    return f'<table:table-row table:number-rows-repeated="{times}" {more}>{cells}</table:table-row>'


def text(words: str, more: str = "", tag: str = "table-cell") -> str:
    return f'<table:{tag} office:value-type="string" {more}><text:p>{words}</text:p></table:{tag}>'


def sheet_of(rows: str, limits: Limits = LIMITS, styles: str = PAINTS) -> FoundSheet:
    (sheet,) = scan_ods(content(rows, styles=styles), limits=limits).sheets
    return sheet


def texts(sheet: FoundSheet) -> dict[tuple[int, int], str]:
    return {at: cell.text for at, cell in sheet.cells.items()}


def test_repeated_cells_and_rows_are_counted() -> None:
    blanks = row('<table:table-cell table:number-columns-repeated="9"/>', times=3)
    cells = (
        '<table:table-cell/><table:covered-table-cell table:number-columns-repeated="2" table:style-name="ce1"/>'
        '<table:table-cell table:style-name="ce2"/>'
        '<table:table-cell table:formula="of:=1/0" calcext:value-type="error"/>'
        '<table:table-cell table:formula="of:=[.A1]&amp;&quot;!&quot;" calcext:value-type="string"/>'
    )
    sheet = sheet_of(blanks + row(cells, times=2) + row(text("again", 'table:number-columns-repeated="2"'), times=2))
    assert sheet.painted == dict.fromkeys(("B4", "C4", "B5", "C5"), "red")
    error, formula = FoundCell("", CellKind.ERROR, "=1/0"), FoundCell("", CellKind.FORMULA, '=[.A1]&"!"')
    again = dict.fromkeys(((5, 0), (5, 1), (6, 0), (6, 1)), FoundCell("again"))
    assert sheet.cells == {(3, 4): error, (3, 5): formula, (4, 4): error, (4, 5): formula, **again}


def test_a_whole_sheet_that_is_painted_costs_no_more_than_its_first_rows() -> None:
    whole = row('<table:table-cell table:number-columns-repeated="16384" table:style-name="ce1"/>', times=1_048_576)
    assert len(sheet_of(whole).painted) == 10 * LIMITS.repeats


def test_a_cell_looks_like_its_style_the_ones_above_it_its_row_or_its_column() -> None:
    column = '<table:table-column table:number-columns-repeated="2"/><table:table-column {}/>'
    column = column.format('table:default-cell-style-name="ce1"')
    cells = f'<table:table-cell table:style-name="ce3"/>{BLANK}{text("Red")}'
    plain = '<table:table-cell table:number-columns-repeated="9"/>'
    sheet = sheet_of(column + row(cells) + row(plain) + row(BLANK, more='table:default-cell-style-name="ce1"'))
    assert sheet.painted == dict.fromkeys(("A1", "C1", "C2", "A3"), "red")


def test_each_table_has_its_own_places() -> None:
    one = row('<table:table-cell table:style-name="ce1"/>')
    before = f'<table:table table:name="First">{row(BLANK, 7) + one}</table:table>'
    assert [sheet.painted for sheet in scan_ods(content(one, before)).sheets] == [{"A8": "red"}, {"A1": "red"}]


def test_days_counted_from_1904() -> None:
    null_date = '<table:null-date table:date-value="1904-01-01"/>'
    assert scan_ods(content("", null_date)).since_1904
    assert not scan_ods(content("")).since_1904


def test_what_a_matrix_fills_is_a_formula() -> None:
    """Written into the first of its cells alone; two of them side by side, and a text beside and below."""
    matrix = '<table:table-cell table:number-matrix-columns-spanned="1" table:number-matrix-rows-spanned="2" {}/>'
    first = matrix.format('table:formula="of:=A"') + matrix.format('table:formula="of:=B"') + text("x")
    sheet = sheet_of(row(first) + row(text("x") * 3) + row(text("x")))
    assert {at: cell.formula for at, cell in sheet.cells.items() if cell.kind is CellKind.FORMULA} == {
        (0, 0): "=A",
        (0, 1): "=B",
        (1, 0): "",
        (1, 1): "",
    }


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("<text:p>typed</text:p>", "typed"),
        ('<text:p>see <text:a xlink:href="#Progress.A1" xmlns:xlink="l">Progress</text:a></text:p>', "see Progress"),
        ("<text:p>a <text:span>bold</text:span> word</text:p>", "a bold word"),
        ("<text:p>one</text:p><text:p/><text:p>three</text:p>", "one\n\nthree"),
        ('<text:p>a<text:s text:c="2"/>b<text:s/>c<text:tab/>d<text:line-break/>e</text:p>', "a  b c\td\ne"),
        ("<text:list><text:list-item><text:p>an item</text:p></text:list-item></text:list>", "an item"),
        ("\n <text:p>laid out</text:p>\n <text:p>for reading</text:p>\n", "laid out\nfor reading"),
    ],
)
@pytest.mark.parametrize("tag", ["table-cell", "covered-table-cell"])
def test_words_are_a_text_whatever_type_a_cell_names_or_none(cell: str, words: str, tag: str) -> None:
    """Calligra names none where the words are a link."""
    for typed in ("", ' office:value-type="string"'):
        assert texts(sheet_of(row(f"{BLANK}<table:{tag}{typed}>{cell}</table:{tag}>"))) == {(0, 1): words}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40))
def test_any_words_come_through(words: str) -> None:
    assert texts(sheet_of(row(text(escape(words))))) == {(0, 0): words}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"float" office:value="3"', FoundCell("3", CellKind.NUMBER)),
        ('"percentage" office:value="0.75"', FoundCell("0.75", CellKind.NUMBER)),
        ('"boolean" office:boolean-value="false"', FoundCell("FALSE", CellKind.BOOLEAN)),
        ('"date" office:date-value="2016-04-03"', FoundCell("3 April 2016", CellKind.DATE)),
        ('"date" office:date-value="2016-04-03T14:30:00"', FoundCell("3 April 2016 14:30", CellKind.DATE)),
        ('"time" office:time-value="PT14H30M05S"', FoundCell("14:30:05", CellKind.TIME)),
        ('"time" office:time-value="-P1DT2H"', FoundCell("-26:00", CellKind.TIME)),
        ('"string" office:string-value="as stored"', FoundCell("as stored")),
        ('"float"', FoundCell("as shown")),
        ('"date" office:date-value="soon"', FoundCell("as shown")),
        ('"time" office:time-value="PT"', FoundCell("as shown")),
        ('"boolean"', FoundCell("as shown")),
    ],
)
def test_a_value_is_read_by_its_type_and_by_its_words_where_it_is_none(value: str, found: FoundCell) -> None:
    cell = f"<table:table-cell office:value-type={value}><text:p>as shown</text:p></table:table-cell>"
    assert sheet_of(row(cell)).cells == {(0, 0): found}


# ---------------------------------------------------------------- dates that show less than a day

DATES = """
    <number:date-style style:name="N1"><number:month number:textual="true"/><number:year/></number:date-style>
    <number:date-style style:name="N2"><number:year number:style="long"/></number:date-style>
    <number:date-style style:name="N3"><number:day/><number:month/><number:year/></number:date-style>
    <number:date-style style:name="N4"><number:quarter/><number:year/></number:date-style>
    <number:date-style style:name="N5"><number:hours/><number:minutes/></number:date-style>
    <number:number-style style:name="N6"><number:number/></number:number-style>""" + "".join(
    f'<style:style style:name="d{at}" style:family="table-cell" style:data-style-name="N{at}"/>' for at in range(1, 7)
)


def date(style: str, words: str, value: str = "2017-03-01") -> str:
    named = f'table:style-name="{style}"' if style else ""
    told = f'office:value-type="date" office:date-value="{value}"'
    return f"<table:table-cell {named} {told}><text:p>{words}</text:p></table:table-cell>"


@pytest.mark.parametrize(
    ("style", "words", "shown"),
    [
        ("d1", "Mar-17", "March 2017"),
        ("d2", "2017", "2017"),
        ("d3", "01/03/17", None),
        ("d4", "Q1 17", ""),
        ("d5", "00:00", None),
        ("d6", "1 Mar", None),
        ("", "1 March 2017", None),
        ("", "Mar-17", ""),
        ("", "", None),
        ("unknown", "March 2017", ""),
    ],
)
def test_a_date_shows_what_its_style_says_or_else_its_words(style: str, words: str, shown: str | None) -> None:
    sheet = sheet_of(row(date(style, words)), styles=DATES)
    assert texts(sheet) == {(0, 0): "1 March 2017"}
    assert sheet.shown == ({} if shown is None else {"A1": shown})


@pytest.mark.parametrize(
    ("style", "value", "words", "shown"),
    [
        ("d3", "42795", "1 March 2017", {}),
        ("d1", "42795", "1 March 2017", {"A1": "March 2017"}),
        ("d6", "42795", "42795", {}),
        ("d5", "0.5", "0.5", {}),
        ("d3", "1e300", "1e+300", {}),
    ],
)
def test_a_number_in_a_style_for_dates_is_a_date(style: str, value: str, words: str, shown: dict[str, str]) -> None:
    """Calligra stores dates so, and LibreOffice shows them as dates."""
    cell = f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{value}"/>'
    sheet = sheet_of(row(cell), styles=DATES)
    assert (texts(sheet), {at: text for at, text in sheet.shown.items() if value != "1e300"}) == (
        {(0, 0): words},
        shown,
    )


def test_a_style_may_stand_in_the_part_of_the_styles() -> None:
    styles = f"<office:document-styles {SPACES}>{DATES}</office:document-styles>".encode()
    above = '<style:style style:name="own" style:family="table-cell" style:parent-style-name="d1"/>'
    (sheet,) = scan_ods(content(row(date("own", "")), styles=above), styles).sheets
    assert sheet.shown == {"A1": "March 2017"}


def test_a_number_is_told_as_it_is_shown() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="7"><text:p>{}</text:p></table:table-cell>'
    assert sheet_of(row(cell.format("007") + cell.format("7"))).shown == {"A1": "007"}


# ---------------------------------------------------------------- merged and hidden cells


def test_what_a_merge_covers_is_still_there() -> None:
    first = text("Green", 'table:number-columns-spanned="1" table:number-rows-spanned="3"')
    under = row(BLANK * 3 + text("Red", tag="covered-table-cell"))
    sheet = sheet_of(row(BLANK * 3 + first, times=1) + under + row(BLANK * 3 + "<table:covered-table-cell/>"))
    assert sheet.merged == ("D1:D3",)
    assert texts(sheet) == {(0, 3): "Green", (1, 3): "Red"}


def test_merges_are_told_where_their_cells_repeat_and_over_blanks() -> None:
    blank = '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"/>'
    none = '<table:table-cell table:number-columns-spanned="1" table:number-rows-spanned="1"/>'
    assert sheet_of(row(none + blank, times=3)).merged == ("B1:C1", "B2:C2", "B3:C3")


def test_a_merge_ends_where_a_sheet_does() -> None:
    first = '<table:table-cell table:number-columns-spanned="99999" table:number-rows-spanned="9999999"/>'
    assert sheet_of(row(first)).merged == ("A1:XFD1048576",)


def test_more_merges_than_are_told_are_refused() -> None:
    limits = Limits(merges=2)
    merge = '<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="1"/>'
    assert len(sheet_of(row(merge, times=2), limits).merged) == 2
    with pytest.raises(RefusedError, match="file_too_many_merges"):
        sheet_of(row(merge, times=3), limits)


def test_cells_of_hidden_rows_and_columns_are_told() -> None:
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column-group><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
        "</table:table-column-group><table:table-column/>"
    )
    cells = text("x", 'table:number-columns-repeated="6"')
    hidden = row(text("x"), times=2, more='table:visibility="{}"')
    rows = row(cells) + hidden.format("collapse") + row(BLANK + text("x")) + hidden.format("filter")
    assert sheet_of(columns + rows).hidden == {"C1", "D1", "A2", "A3", "A5", "A6"}


def test_a_hidden_sheet_is_told() -> None:
    style = (
        '<style:style style:name="ta" style:family="table"><style:table-properties table:display="{}"/></style:style>'
    )
    for display, visible in (("false", False), ("true", True)):
        before = '<table:table table:name="Other" table:style-name="ta"/>'
        found = scan_ods(content("", before, style.format(display))).sheets
        assert [sheet.visible for sheet in found] == [visible, True]


# ---------------------------------------------------------------- what lies beside the cells


def test_comments_and_links_beyond_those_told_one_by_one_are_told_by_number_and_cell() -> None:
    note = "<office:annotation><text:p>Said beside it</text:p></office:annotation>"
    link = '<text:p><text:a xlink:href="https://example.org/" xmlns:xlink="l">Here</text:a></text:p>'
    rows = row(f"<table:table-cell>{note}</table:table-cell><table:table-cell>{link}</table:table-cell>")
    found = scan_ods(content(rows * 4), limits=Limits(beside=2)).beside
    assert [(one.code, one.sheet, one.details.get("cells", one.cell)) for one in found] == [
        ("cell_comment", "Notes", "A1"),
        ("cell_comment", "Notes", "A2"),
        ("comments_more", "Notes", "A3 to A4"),
        ("cell_link", "Notes", "B1"),
        ("cell_link", "Notes", "B2"),
        ("links_more", "Notes", "B3 to B4"),
    ]


# ---------------------------------------------------------------- what is not a sheet, and limits


def test_what_is_remembered_of_other_files_is_no_sheet() -> None:
    """LibreOffice keeps the cells that formulas refer to elsewhere, and shows no sheet of them."""
    other = f"<table:table table:name=\"'file:///other.ods'#$One\">{row(text('theirs'))}</table:table>"
    linked = f"<table:dde-link><table:table>{row(text('theirs'))}</table:table></table:dde-link>"
    found = scan_ods(content(row(text("ours")), other + linked))
    assert [(sheet.name, texts(sheet)) for sheet in found.sheets] == [("Notes", {(0, 0): "ours"})]


def test_a_file_without_a_sheet_is_refused() -> None:
    with pytest.raises(RefusedError, match="file_no_sheets"):
        scan_ods(b"<x/>")


def test_limits() -> None:
    limits = Limits(filled=4, text=8, sheets=1)
    assert len(sheet_of(row(text("ab"), times=4), limits).cells) == 4
    with pytest.raises(TooFullError):
        sheet_of(row(text("ab"), times=5), limits)
    with pytest.raises(RefusedError, match="file_inflates"):
        sheet_of(row(text("abc"), times=4), limits)
    with pytest.raises(RefusedError, match="file_too_many_sheets"):
        scan_ods(content("", '<table:table table:name="Other"/>'), limits=limits)
    with pytest.raises(BeyondEdgeError, match="A1048577"):
        sheet_of(row(BLANK, times=1_048_576) + row(text("a")))
