"""What an ods says of its cells beside their values: formulas, errors, paint, where rows and columns are repeated."""

from __future__ import annotations

from plan_sheets.core.found import CellKind
from plan_sheets.store.limits import Limits
from plan_sheets.store.ods_scan import scan_ods


def content(rows: str, before: str = "") -> bytes:
    return f"""<office:document-content>
        <style:style style:name="ce1" style:family="table-cell">
            <style:table-cell-properties fo:background-color="#ff0000"/></style:style>
        <style:style style:name="ce2" style:family="table-cell">
            <style:table-cell-properties fo:background-color="#fffbe6"/></style:style>
        {before}<table:table table:name="Notes">{rows}</table:table></office:document-content>""".encode()


def row(cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{cells}</table:table-row>'


def test_repeated_cells_and_rows_are_counted() -> None:
    blanks = row('<table:table-cell table:number-columns-repeated="9"/>', times=3)
    cells = (
        '<table:table-cell/><table:covered-table-cell table:number-columns-repeated="2" table:style-name="ce1"/>'
        '<table:table-cell table:style-name="ce2"/>'
        '<table:table-cell table:formula="of:=1/0" calcext:value-type="error"/>'
        '<table:table-cell table:formula="of:=[.A1]&amp;&quot;!&quot;" calcext:value-type="string"/>'
    )
    scan = scan_ods(content(blanks + row(cells, times=2)))
    assert scan.painted == [dict.fromkeys(("B4", "C4", "B5", "C5"), "red")]
    assert scan.marks == [
        {
            (3, 4): (CellKind.ERROR, "1/0"),
            (3, 5): (CellKind.FORMULA, '[.A1]&"!"'),
            (4, 4): (CellKind.ERROR, "1/0"),
            (4, 5): (CellKind.FORMULA, '[.A1]&"!"'),
        }
    ]


def test_of_a_large_painted_area_only_the_first_cells_are_told() -> None:
    whole = row('<table:table-cell table:number-columns-repeated="9" table:style-name="ce1"/>', times=9)
    (painted,) = scan_ods(content(whole), Limits(repeats=3, painted=7)).painted
    assert list(painted) == ["A1", "B1", "C1", "A2", "B2", "C2", "A3"]


def test_each_table_has_its_own_places() -> None:
    one = row('<table:table-cell table:style-name="ce1"/>')
    before = f'<table:table table:name="First">{row("<table:table-cell/>", 7) + one}</table:table>'
    assert scan_ods(content(one, before)).painted == [{"A8": "red"}, {"A1": "red"}]


def test_days_counted_from_1904() -> None:
    null_date = '<table:null-date table:date-value="1904-01-01"/>'
    assert scan_ods(content("", null_date)).since_1904
    assert not scan_ods(content("")).since_1904


def test_what_a_matrix_fills_is_a_formula() -> None:
    """Written into the first of its cells alone; two of them side by side, and a text beside and below."""
    matrix = '<table:table-cell table:number-matrix-columns-spanned="1" table:number-matrix-rows-spanned="2" {}/>'
    value = '<table:table-cell office:value-type="string"/>'
    first = matrix.format('table:formula="of:=A"') + matrix.format('table:formula="of:=B"') + value
    scan = scan_ods(content(row(first) + row(value * 2 + value) + row(value)))
    assert scan.marks == [
        {
            (0, 0): (CellKind.FORMULA, "A"),
            (0, 1): (CellKind.FORMULA, "B"),
            (1, 0): (CellKind.FORMULA, ""),
            (1, 1): (CellKind.FORMULA, ""),
        }
    ]
