"""Each rule of accessibility catches the workbook that breaks it, and says nothing of one that does not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.formatting.rule import DataBar, FormatObject, Rule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook import Workbook
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from plan_sheets.core.access.contrast import contrast
from plan_sheets.core.access.rules import SHEET_RULES, WORKBOOK_RULES, check_accessibility
from plan_sheets.core.book.layout import Book, Column, Field, Link, Row, Sheet
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.inspector.look import look_at_workbook
from plan_sheets.store.writing.workbook import write_workbook

REF = Column(Field("action", "ref", "Ref"), "Ref", width=10)
RAG = Column(Field("action", "rag", "RAG", prompt="Green, Amber or Red."), "RAG", True, 10, ("Green", "Amber", "Red"))  # noqa: FBT003 - Column's own order
NOTE = Column(Field("action", "note", "Note"), "Note", width=30)


def good() -> bytes:
    """A workbook of two sheets that breaks no rule. Table: row 4 headings, rows 5 and 6; B is filled in."""
    rows = (Row("J1", ("J1", "", Link("Go to the other sheet", "Other!A1"))), Row("J2", ("J2", "", "Some words")))
    sheets = [Sheet(name, "A title", ("What it holds.",), (REF, RAG, NOTE), rows) for name in ("Progress", "Other")]
    made = datetime(2016, 4, 1, tzinfo=UTC)
    return write_workbook(Book("subgroup", "A book", tuple(sheets), made, marking="OFFICIAL"))


def spoilt(spoil: Callable[[Workbook], object]) -> bytes:
    """The good workbook after `spoil` has been at it."""
    workbook = openpyxl.load_workbook(io.BytesIO(good()))
    spoil(workbook)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def broken(data: bytes) -> set[str]:
    return {problem.rule for problem in inspect_workbook(data)}


def on_sheet(spoil: Callable[[Worksheet], object]) -> Callable[[Workbook], object]:
    return lambda workbook: spoil(workbook["Progress"])


def write(cell: str, value: str | None) -> Callable[[Workbook], object]:
    return on_sheet(lambda sheet: setattr(sheet[cell], "value", value))


def write_all(workbook: Workbook) -> None:
    for sheet in workbook:
        sheet["A2"] = "What it holds, but not how to undo what is frozen."


def too_wide(sheet: Worksheet) -> None:
    sheet.column_dimensions["C"].width = 250
    sheet.page_setup.paperSize = 8


def style(cell: str, **looks: object) -> Callable[[Workbook], object]:
    def spoil(sheet: Worksheet) -> None:
        for name, look in looks.items():
            setattr(sheet[cell], name, look)

    return on_sheet(spoil)


def setting(part: str, name: str, value: object) -> Callable[[Workbook], object]:
    return on_sheet(lambda sheet: setattr(getattr(sheet, part), name, value))


def first_list(name: str, value: object) -> Callable[[Workbook], object]:
    return on_sheet(lambda sheet: setattr(sheet.data_validations.dataValidation[0], name, value))


def blank_row(sheet: Worksheet) -> None:
    for cell in sheet[6]:
        cell.value = None
        cell.protection = Protection(locked=True)


def second_table(sheet: Worksheet) -> None:
    sheet["A9"], sheet["A10"] = "Heading", "Word"
    sheet.add_table(Table(displayName="More", ref="A9:A10"))


def filtered(sheet: Worksheet) -> None:
    sheet.auto_filter.ref = "A4:C6"


def low_row(sheet: Worksheet) -> None:
    sheet["C6"] = "words " * 20
    sheet.row_dimensions[6].height = 25


def data_bar(sheet: Worksheet) -> None:
    bar = DataBar(cfvo=[FormatObject("min"), FormatObject("max")], color="FF638EC6")
    sheet.conditional_formatting.add("C5:C6", Rule("dataBar", dataBar=bar))


def white_on_red(sheet: Worksheet) -> None:
    look = DifferentialStyle(font=Font(color="FFFFFF"), fill=PatternFill(bgColor="FF0000"))
    sheet.conditional_formatting.add("B5", Rule("cellIs", operator="equal", formula=['"Red"'], dxf=look))


def white_on(fill: str) -> dict[str, object]:
    return {"font": Font("Arial", 10, color="FFFFFF"), "fill": PatternFill("solid", fgColor=fill)}


BAD: list[tuple[str, Callable[[Workbook], object]]] = [
    ("title of the file", lambda workbook: setattr(workbook.properties, "title", None)),
    ("language", lambda workbook: setattr(workbook.properties, "language", "fr-FR")),
    ("opens at the beginning", lambda workbook: setattr(workbook, "active", 1)),
    ("opens at the beginning", on_sheet(lambda sheet: setattr(sheet.sheet_view.selection[0], "activeCell", "C5"))),
    ("sheet names", on_sheet(lambda sheet: setattr(sheet, "title", "Sheet1"))),
    ("words for pictures", on_sheet(lambda sheet: sheet.add_chart(BarChart(), "F1"))),
    ("nothing hidden", lambda workbook: setattr(workbook["Other"], "sheet_state", "hidden")),
    ("nothing hidden", on_sheet(lambda sheet: setattr(sheet.row_dimensions[5], "hidden", True))),
    ("nothing hidden", on_sheet(lambda sheet: setattr(sheet.column_dimensions["B"], "hidden", True))),
    ("title in A1", write("A1", None)),
    ("title in A1", style("A1", style="Normal")),
    ("frozen panes", write_all),
    ("A2 says what", write("A2", None)),
    ("A2 says what", on_sheet(filtered)),
    ("one table", on_sheet(second_table)),
    ("all in the table", write("A9", "A note below the table")),
    ("all in the table", write("E5", "A note beside the table")),
    ("all in the table", on_sheet(lambda sheet: sheet.tables.clear())),
    ("headings", write("C4", None)),
    ("headings", write("C4", "REF")),
    ("no merged cells", on_sheet(lambda sheet: sheet.merge_cells("A9:B9"))),
    ("no blank rows", on_sheet(blank_row)),
    ("blanks say why", write("C6", None)),
    ("fonts", style("C6", font=Font("Times New Roman", 10))),
    ("fonts", style("C6", font=Font("Arial", 9))),
    ("fonts", style("C6", font=Font("Arial", 10, italic=True))),
    ("text wraps", style("C5", alignment=Alignment(wrap_text=False), value="words " * 10)),
    ("text wraps", style("A5", value=12345678901234567)),
    ("nothing clipped", write("C6", "words " * 900)),
    ("nothing clipped", on_sheet(low_row)),
    ("words with colour", style("C6", value=None, fill=PatternFill("solid", fgColor="D4351C"))),
    ("words with colour", on_sheet(data_bar)),
    ("contrast", style("C6", **white_on("FFC000"))),
    ("contrast", style("C6", **white_on("FF0000"))),
    ("contrast", on_sheet(white_on_red)),
    ("links in words", write("C5", "https://example.org/a")),
    ("links in words", write("C5", "click here")),
    ("prompts", first_list("prompt", None)),
    ("prompts", first_list("prompt", "x" * 256)),
    ("prompts", style("C6", protection=Protection(locked=False))),
    ("lists enforce", first_list("errorStyle", "warning")),
    ("lists enforce", first_list("showErrorMessage", 0)),
    ("locked cells can be selected", setting("protection", "selectLockedCells", 1)),
    ("print", setting("page_setup", "orientation", "portrait")),
    ("print", setting("page_setup", "paperSize", 8)),
    ("print", on_sheet(too_wide)),
    ("print", setting("page_setup", "fitToWidth", 2)),
    ("print", on_sheet(lambda sheet: setattr(sheet, "print_title_rows", "1:1"))),
    ("header repeats A2", on_sheet(lambda sheet: setattr(sheet.oddHeader.left, "text", "Draft"))),  # type: ignore[union-attr]  # every sheet has one
]


def test_a_good_workbook_breaks_no_rule_nor_does_saving_it() -> None:
    assert inspect_workbook(good()) == []
    assert inspect_workbook(spoilt(lambda _: None)) == []


@pytest.mark.parametrize(("rule", "spoil"), BAD, ids=[f"{n} {rule}" for n, (rule, _) in enumerate(BAD)])
def test_each_rule_catches_a_bad_workbook(rule: str, spoil: Callable[[Workbook], object]) -> None:
    assert rule in broken(spoilt(spoil))


def test_every_rule_has_a_bad_workbook_and_a_source() -> None:
    rules = (*WORKBOOK_RULES, *SHEET_RULES)
    assert {rule.name for rule in rules} == {name for name, _ in BAD}
    assert all(rule.source for rule in rules)


def test_a_blank_cell_that_anybody_may_fill_in_needs_no_reason() -> None:
    def unlock(sheet: Worksheet) -> None:
        sheet["C6"], sheet.protection.sheet = None, False

    assert broken(spoilt(on_sheet(unlock))) == set()


def test_blank_cells_may_have_one_reason_in_a_line_above_the_table() -> None:
    def explain(sheet: Worksheet) -> None:
        sheet["C6"], sheet["A3"] = None, "Cells are left blank where nobody answered."

    assert broken(spoilt(on_sheet(explain))) == set()


def test_a_font_that_says_neither_name_nor_size_is_the_usual_one() -> None:
    assert broken(spoilt(style("C6", font=Font(bold=True)))) == set()


def test_a_sheet_without_a_table_may_hold_no_colour_without_a_word() -> None:
    def bare(workbook: Workbook) -> None:
        sheet = workbook.create_sheet("Traffic lights")
        sheet["B6"].fill = PatternFill("solid", fgColor="D4351C")

    assert "words with colour" in broken(spoilt(bare))


@pytest.mark.parametrize("name", ["Sheet1 (2)", "Chart1", "sheet 3"])
def test_a_name_that_a_program_gave_tells_nothing(name: str) -> None:
    assert "sheet names" in broken(spoilt(on_sheet(lambda sheet: setattr(sheet, "title", name))))


def test_a_problem_says_where() -> None:
    (problem,) = inspect_workbook(spoilt(style("C6", font=Font("Arial", 9))))
    assert (problem.rule, problem.sheet, problem.cell) == ("fonts", "Progress", "C6")
    assert problem.sentence == "The font has 9 points: 10 is the least."


def test_two_sheets_of_one_name_are_seen() -> None:
    seen = look_at_workbook(good())
    twins = replace(
        seen, sheets=tuple(replace(sheet, name=name) for sheet, name in zip(seen.sheets, ("A b", "a B"), strict=True))
    )
    assert "sheet names" in {problem.rule for problem in check_accessibility(replace(twins, opens_at=("A b", "A1")))}


def test_a_table_starts_in_column_a_in_row_4_or_lower() -> None:
    seen = look_at_workbook(good())
    (table,) = seen.sheets[0].tables
    for moved in (replace(table.area, left=1), replace(table.area, top=2)):
        sheet = replace(seen.sheets[0], tables=(replace(table, area=moved),))
        assert "one table" in {problem.rule for problem in check_accessibility(replace(seen, sheets=(sheet,)))}


def test_pictures_with_words_pass() -> None:
    file = io.BytesIO(spoilt(on_sheet(lambda sheet: sheet.add_chart(BarChart(), "F1"))))
    told = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(told, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b"cNvPr ", b'cNvPr descr="Red: 1 of 3" ') if "drawing" in name else part)
    assert "words for pictures" not in broken(told.getvalue())


@pytest.mark.parametrize(
    ("ink", "fill", "ratio"),
    [
        ("000000", "FFFFFF", 21),
        ("FFFFFF", "FFFFFF", 1),
        ("767676", "FFFFFF", 4.54),
        ("777777", "FFFFFF", 4.48),
        ("FFFFFF", "D4351C", 4.85),
        ("FFFFFF", "FFC000", 1.64),
        ("000000", "FFC000", 12.79),
        ("FFFFFF", "FF0000", 4.00),
    ],
)
def test_contrast_is_wcags(ink: str, fill: str, ratio: float) -> None:
    assert contrast(ink, fill) == contrast(fill, ink) == pytest.approx(ratio, abs=0.02)
