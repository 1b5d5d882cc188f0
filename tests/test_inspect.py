"""`plan-sheets inspect`: what is found in anybody's workbook, by rule, where, with its source and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table
from tests.chairs import Plan
from tests.commands import run

from plan_sheets.asking.inspect import inspect_files
from plan_sheets.core.access.rules import SHEET_RULES, WORKBOOK_RULES
from plan_sheets.core.access.wording import WORDING


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    """A workbook as people make them: two tables, one without a heading, merged cells, colours, a chart."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"] = "Somewhere on the sheet"
    sheet.merge_cells("A4:C4")
    sheet["E5"], sheet["E5"].font = "white on yellow", Font("Calibri", 11, color="FFFFFF")
    sheet["E5"].fill = PatternFill("solid", fgColor="FFFF00")
    for top, name in ((10, "Spending"), (20, "Table2")):
        for row, texts in ((top, ("What", " ", "How much")), (top + 1, ("Paper", "A4", "50"))):
            for column, text in enumerate(texts, start=1):
                sheet.cell(row, column).value = text
        sheet.add_table(Table(displayName=name, ref=f"A{top}:C{top + 1}"))
    for row in range(30, 50):
        sheet.cell(row, 1).value = "small"
        sheet.cell(row, 1).font = Font("Calibri", 8)
    sheet.add_chart(BarChart(), "G3")
    book.create_sheet("Behind").sheet_state = "hidden"
    path = tmp_path / "ugly.xlsx"
    book.save(path)
    return path


def test_an_ugly_workbook_is_told_rule_by_rule(ugly: Path) -> None:
    result = run("inspect", ugly)
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{ugly}: ")
    for line in (
        "    Sheet, A4:C4: The cells are merged.",
        "    Sheet, B10, B20: A heading is blank.",
        "    Sheet, G3: 'Chart 1' has no alternative text.",
        "    Sheet, E5: FFFFFF on FFFF00 stands out too little: 4.5 to 1 is the least.",
        "    Behind: The sheet is hidden.",
        "    Sheet, A30, A31, A32, A33, A34 and 15 more: The font has 8 points: 10 is the least.",
        "    Source: WCAG 2.2, 1.4.3 Contrast (Minimum).",
        "    To do: Unmerge them, and write the text in each row that it is about.",
        "  no merged cells: No cells are merged.",
    ):
        assert line in lines


def test_what_is_told_as_json_has_every_place(ugly: Path) -> None:
    result = run("inspect", ugly, ugly.parent / "nowhere.xlsx", "--json")
    one, other = json.loads(result.stdout)["files"]
    assert result.exit_code == 3
    assert (one["file"], one["refused"]) == (str(ugly), None)
    assert all(set(found) == {"rule", "sheet", "cell", "sentence", "asks", "source", "do"} for found in one["findings"])
    assert sum(found["rule"] == "fonts" for found in one["findings"]) == 20
    assert {
        "title of the file",
        "language",
        "sheet names",
        "words for pictures",
        "nothing hidden",
        "title in A1",
        "A2 says what",
        "one table",
        "all in the table",
        "headings",
        "no merged cells",
        "fonts",
        "text wraps",
        "contrast",
        "print",
    } == {found["rule"] for found in one["findings"]}
    assert other["findings"] == []
    assert "is not there" in other["refused"]


def test_all_that_is_issued_is_clean(round_one: Plan) -> None:
    files = [round_one.path / "plan.xlsx", *sorted((round_one.path / "issued").rglob("*.xlsx"))]
    result = run("inspect", *files[:3])
    assert result.exit_code == 0
    assert result.stdout.count("nothing found") == 3
    assert len(files) > 3


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"Ref,What\n", "plain text"),
        ("a.xlsx", b"PK\x03\x04", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "no kind of file"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
    ],
)
def test_what_cannot_be_inspected_is_refused_with_a_sentence(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    result = run("inspect", tmp_path / name)
    assert result.exit_code == 1
    assert said in result.stdout
    assert "Only an Excel workbook (.xlsx, .xlsm) can be inspected." in result.stdout


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert run("inspect", tmp_path).exit_code == 1


def test_every_rule_has_its_words() -> None:
    assert list(WORDING) == [rule.name for rule in (*WORKBOOK_RULES, *SHEET_RULES)]
    for wording in WORDING.values():
        assert wording.asks.endswith(".")
        assert wording.do.endswith(".")
        assert not wording.source.endswith(".")


def test_the_library_offers_it(ugly: Path) -> None:
    (told,) = inspect_files([ugly])
    assert [one.rule for one in told.broken] == [rule for rule in WORDING if rule in {one.rule for one in told.broken}]
