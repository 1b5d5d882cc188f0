"""Every workbook has the sheets, locks, lists, prompts and looks that its book says, and survives what people use."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from tests.chairs import with_addresses

from plan_sheets.core.access.contrast import contrast
from plan_sheets.core.book.layout import NOTHING_YET, Book, Column, Content, Field, Formula, Link, Row, Sheet, as_text
from plan_sheets.core.book.style import STATUS, STYLES
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.writing.excel_limits import name_tables
from plan_sheets.store.writing.workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.workbook import Workbook

STAGES = ("Not started", "In progress", "Complete", "Closed to business as usual", "Withdrawn")
THEMES = tuple(
    f"J2{letter} {name}"
    for letter, name in zip(
        "abcdef",
        (
            "Suicide and self-harm, all ages",
            "Emotional health and well-being of children and young people",
            "Learning disability and autism",
            "Mental capacity, and deprivation of liberty",
            "Perinatal mental health",
            "Young people in transition to adults' services",
        ),
        strict=True,
    )
)
WORDS = (
    "The multi-agency training pathway was reviewed with the four agencies and two schools, and the revised "
    "thresholds went to the operational group in May; thirty practitioners took part in the first workshop. "
)


def column(name: str, heading: str, width: float = 16, choices: tuple[str, ...] = (), prompt: str = "") -> Column:
    """A column; one that has a prompt is filled in."""
    field = Field("action", name, heading, choices=choices, prompt=prompt)
    return Column(field, heading, input=bool(prompt), width=width, choices=choices)


PROGRESS = (
    column("ref", "Ref", 9),
    column("action", "What we will do", 30),
    column("last_progress", "Last progress", 30),
    column("progress", "Progress made", 36, prompt="What has been done this quarter, in two or three sentences."),
    column("last_next_step", "Last next step", 20),
    column("done", "Last next step done", 10, ("Yes", "No"), "Was the next step of last quarter done? Yes or No."),
    column("stage", "Stage", 14, STAGES, "How far the action has got."),
    column("last_rag", "Last RAG", 10),
    column("rag", "RAG", 10, ("Green", "Amber", "Red"), "How it stands: Green, Amber or Red."),
    column("next_step", "Next step", 24, prompt="The next thing that will be done."),
    column("by", "Next step by", 16, prompt="A date, with the month in words: 30 September 2016."),
    column("due", "Due", 16),
    column("new_date", "New date", 16, prompt="Only if the date must move: the new one, as 31 March 2017."),
    column("key", "Key", 16),
)


def progress_row(number: int) -> Row:
    """A row of the Progress sheet: long texts, the answers still blank."""
    ref = f"J2a.{number}"
    last = ("Green", "Amber", "Red", "Not reported")[number % 4]
    issued = (
        ref,
        WORDS[:90],
        WORDS * (number % 4) or "Nothing reported",
        "",
        "Agree the pathway with primary care.",
        "",
        "",
        last,
    )
    return Row(ref, (*issued, "", "", "", "31 March 2017", "", f"{ref}~4f7a91c2"))


FORM = (column("item", "Item", 28), column("what", "What it is", 70), column("answer", "Your answer", 40, prompt="-"))


def form_row(item: str, what: Content, answer: Field | None = None) -> Row:
    """A row of a form: something to read, or a question."""
    return Row(item, (item, what, "" if answer else "(not asked)"), None if answer else frozenset(), answer)


def start_here() -> Sheet:
    """The form that a chair reads first."""
    role = Field("form", "role", "Role", prompt="Your role in the subgroup.")
    agreed = Field("form", "agreed", "Statement of accuracy", choices=("Yes", "No"), prompt="Yes or No.")
    rows = (
        form_row("Step 1", "Fill in the pale yellow cells of the sheet Progress: one row for each action of yours."),
        form_row("Step 2", Link("Go to Progress", "Progress!A1")),
        form_row("Return by", "15 October 2016"),
        form_row("Contact", Link("Write to the board officer", "officer@example.org")),
        form_row("Still missing", Formula('COUNTBLANK(Progress!I5:I12)&" RAG missing"', "8 RAG missing")),
        form_row("Completed by", "Who filled this in: name and post. " + WORDS, replace(role, name="by", title="By")),
        form_row("Role", "The role of whoever filled this in.", role),
        form_row("Agreed", "Whether the chair has seen this.", agreed),
    )
    lines = ("This sheet says what to do, in five steps.", "It takes about forty minutes.")
    return Sheet("Start here", "Mental Health subgroup: Quarter 2, July to September 2016", lines, FORM, rows)


def new_actions() -> Sheet:
    """Thirty blank rows; the list of themes is too long for a cell."""
    columns = (
        column("row", "Row", 6),
        column("theme", "Theme", 24, THEMES, "The theme that the action belongs to."),
        column("what", "What we will do", 40, prompt="One thing that will be done."),
        column("due", "Due", 16, prompt="When it will be done: March 2017."),
        column("impact", "Impact", 40, prompt="What will be better for whom."),
        column("key", "Key", 14),
    )
    rows = tuple(Row(f"N{n}", (str(n), "", "", "", "", f"N{n}~0c1d")) for n in range(1, 31))
    return Sheet("New actions", "Further actions", ("Further actions that you propose.",), columns, rows)


def grid() -> Sheet:
    """The themes, with an answer that went out filled in."""
    columns = (
        column("theme", "Theme", 24),
        column("voice", "Voice of the service user", 50, prompt="How service users are heard."),
        column("key", "Key", 14),
    )
    rows = tuple(Row(theme, (theme, WORDS, f"{theme[:3]}~77aa")) for theme in THEMES)
    return Sheet("Grid", "The grid", ("What each theme asks for.",), columns, rows)


def sample_book() -> Book:
    """The whole workbook."""
    rows = tuple(map(progress_row, range(1, 9)))
    progress = Sheet("Progress", "Progress this quarter", ("One row for each action of yours.",), PROGRESS, rows)
    return Book(
        kind="subgroup",
        title="Business plan 2016/17: Mental Health / « Iechyd » 🙂",
        sheets=(start_here(), progress, grid(), new_actions(), dates_sheet(), none_sheet()),
        created=datetime(2016, 10, 1, 9, 0),  # noqa: DTZ001 - a file's own time
        properties={"plan_sheets_issue": "2016-17-Q2-MH-1"},
        marking="OFFICIAL",
    )


def dates_sheet() -> Sheet:
    """What a master holds: real dates, numbers, status words."""
    columns = (column("ref", "Ref", 9), column("due", "Due"), column("count", "Days late", 8), column("rag", "RAG", 16))
    dates = PartialDate.day(date(2016, 9, 30)), PartialDate.month(2017, 3), PartialDate.quarter(2017, 1)
    words = ("Red", "Not reported", "Blue")
    rows = tuple(
        Row(f"J{n}", (f"J{n}", due, n, word)) for n, (due, word) in enumerate(zip(dates, words, strict=True), start=1)
    )
    return Sheet("RAG status", "How the plan stands", ("One row for each priority.", "Red: 1 of 3."), columns, rows)


def none_sheet() -> Sheet:
    """A sheet with nothing to say."""
    return Sheet("Findings", "Findings", ("What was not taken.",), (column("a", "Cell"), column("b", "Sentence")), ())


# Helpers


def load(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


# The whole book


def test_the_sample_is_accessible_protected_and_unprotected() -> None:
    assert inspect_workbook(write_workbook(sample_book())) == []
    assert inspect_workbook(write_workbook(replace(sample_book(), protected=False, marking=""))) == []


def test_the_same_book_makes_the_same_parts() -> None:
    one, other = (parts(write_workbook(sample_book())) for _ in range(2))
    assert one == other
    later = parts(write_workbook(replace(sample_book(), created=datetime(2017, 1, 2, tzinfo=UTC))))
    assert {name for name in one if one[name] != later[name]} == {"docProps/core.xml"}


def test_what_xlsxwriter_has_no_call_for() -> None:
    workbook = load(write_workbook(sample_book()))
    assert [sheet["A1"].style for sheet in workbook] == ["Heading 1"] * 6
    assert workbook.properties.language == "en-GB"
    assert workbook.security is not None
    assert workbook.security.lockStructure
    assert workbook.properties.title == sample_book().title
    properties = parts(write_workbook(sample_book()))["docProps/custom.xml"]
    assert re.findall(r'name="(.*?)"><vt:lpwstr>(.*?)<', properties) == list(sample_book().properties.items())


def test_locks_and_formats_are_what_the_sheet_says() -> None:
    book = sample_book()
    workbook = load(write_workbook(book))
    for sheet in book.sheets:
        page = workbook[sheet.name]
        assert page.protection.sheet
        assert page.protection.sort, "sorting is not allowed"
        assert not page.protection.selectLockedCells
        assert not page.protection.formatColumns, "resizing is allowed"
        for row, col, content, address in with_addresses(sheet):
            cell = page[address.cell]
            assert cell.protection.locked != sheet.is_input(row, col), address
            if sheet.is_input(row, col):
                assert cell.number_format == "@"
                assert (cell.value or "") == as_text(content)


def test_a_book_that_is_not_protected_has_no_lock() -> None:
    made = parts(write_workbook(replace(sample_book(), protected=False)))
    assert not [name for name, xml in made.items() if "Protection " in xml]


def test_a_password_is_set_only_if_given() -> None:
    made = [parts(write_workbook(replace(sample_book(), password=word))) for word in ("", "swordfish")]
    assert ['password="' in one["xl/worksheets/sheet2.xml"] for one in made] == [False, True]


def test_the_marking_stands_in_a2_and_in_the_print_header() -> None:
    data = write_workbook(replace(sample_book(), marking="OFFICIAL & PRIVATE"))
    for sheet in load(data):
        assert str(sheet["A2"].value).startswith("OFFICIAL & PRIVATE. ")
        assert sheet.oddHeader is not None
        assert sheet.oddHeader.center.text == "OFFICIAL && PRIVATE"
    assert inspect_workbook(data) == []


@pytest.mark.parametrize(
    ("names", "tables"),
    [
        (["Start here", "Key lines of enquiry"], ["Table_Start_here", "Table_Key_lines_of_enquiry"]),
        (["A1", "R1C1", "2016"], ["Table_A1", "Table_R1C1", "Table_2016"]),
        (["A b", "a-B", "Égalité 🙂"], ["Table_A_b", "Table_a_B_2", "Table_galit"]),
    ],
)
def test_table_names_are_legal_and_unique(names: list[str], tables: list[str]) -> None:
    assert name_tables(names) == tables


# Cells to fill in


def test_every_cell_to_fill_in_has_its_prompt_and_its_list() -> None:
    page = load(write_workbook(sample_book()))["Progress"]
    found = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert found["I5:I12"].formula1 == '"Green,Amber,Red"'
    assert found["I5:I12"].showErrorMessage
    assert (found["D5:D12"].type, found["D5:D12"].promptTitle) == (None, "Progress made")
    assert all(rule.prompt for rule in found.values())


def test_a_long_list_is_a_range_that_holds_just_those_words() -> None:
    workbook = load(write_workbook(sample_book()))
    rule = next(one for one in workbook["New actions"].data_validations.dataValidation if one.type == "list")
    assert rule.formula1 == "'Grid'!$A$5:$A$10"
    assert tuple(cell.value for (cell,) in workbook["Grid"]["A5:A10"]) == THEMES


@pytest.mark.parametrize("choices", [THEMES, ("One, with a comma", "Two"), ('A "quoted" word',)])
def test_a_list_that_no_cell_and_no_column_holds_is_refused(choices: tuple[str, ...]) -> None:
    asks = (column("theme", "Theme", 20, choices, "Choose."),)
    sheet = Sheet("Notes", "Title", ("What.",), asks, (Row("N1", ("",)),))
    with pytest.raises(PlanSheetsError, match="list of Theme"):
        write_workbook(replace(sample_book(), sheets=(sheet,)))


def test_rows_say_which_of_their_cells_are_filled_in() -> None:
    asks = (column("ref", "Ref"), column("note", "Contribution", 30, prompt="What you added."))
    inputs = (frozenset({"note"}), frozenset[str](), None, None)
    rows = tuple(Row(f"R{n}", (f"R{n}", ""), inputs=given) for n, given in enumerate(inputs))
    book = replace(sample_book(), sheets=(Sheet("Notes", "Title", ("What.",), asks, rows),))
    (rule,) = load(write_workbook(book))["Notes"].data_validations.dataValidation
    assert str(rule.sqref) == "B5 B7:B8"


def test_status_words_are_coloured_as_they_stand_and_as_they_are_typed() -> None:
    workbook = load(write_workbook(sample_book()))
    fills = {page_cell.value: page_cell.fill.fgColor.rgb for (page_cell,) in workbook["RAG status"]["D6:D8"]}
    assert fills == {"Red": "FFD4351C", "Not reported": "FF505A5F", "Blue": "FF1D70B8"}
    (area,) = (one for one in workbook["Progress"].conditional_formatting if str(one.sqref) == "I5:I12")
    assert {rule.formula[0]: rule.dxf.fill.bgColor.rgb for rule in area.rules} == {
        '"Red"': "FFD4351C",
        '"Amber"': "FFFFC000",
        '"Green"': "FF00703C",
    }


def test_a_title_written_from_right_to_left_begins_at_the_left_edge() -> None:
    """At the right edge of its cell, where programs put such words, it would spill over the edge of the sheet."""
    title = "\u062e\u0637\u0629 \u0627\u0644\u0639\u0645\u0644"
    sheet = replace(start_here(), title=title, lines=(title,))
    page = load(write_workbook(replace(sample_book(), sheets=(sheet,))))[sheet.name]
    aligned = [page[cell].alignment for cell in ("A1", "A2")]
    assert [(one.horizontal, one.readingOrder) for one in aligned] == [("left", 0), ("left", 0)]


def test_all_colours_stand_out() -> None:
    for name, style in {**STYLES, **STATUS}.items():
        ink, fill = (str(style.get(key, other)).lstrip("#") for key, other in (("font_color", "0"), ("bg_color", "F")))
        assert contrast(ink.rjust(6, "0"), fill.rjust(6, "F")) >= 4.5, name


def test_a_table_without_rows_says_so() -> None:
    page = load(write_workbook(sample_book()))["Findings"]
    assert (page["A5"].value, page["A5"].protection.locked) == (NOTHING_YET, True)
    assert page.tables["Table_Findings"].ref == "A4:B5"


def test_a_page_begins_between_priorities() -> None:
    long = f"{WORDS} {WORDS}"
    refs = ("J1.1", "J1.2", "J1.3", "J1.4", "J2.1", "J2.2", "DA.F1")
    rows = tuple(Row(ref, (ref, long)) for ref in refs)
    sheet = Sheet("Plan", "Title", ("What.",), (column("ref", "Ref", 9), column("what", "What", 60)), rows)
    book = replace(sample_book(), sheets=(sheet,))
    page = load(write_workbook(book))["Plan"]
    heights = [page.row_dimensions[row].height for row in range(5, 12)]
    assert sum(heights[:5]) < 450 < sum(heights[:6]), "a page must hold five rows"
    assert [one.id for one in page.row_breaks.brk] == [8]
    unlocked = load(write_workbook(replace(book, protected=False)))["Plan"]
    assert not unlocked.row_breaks.brk, "rows may be added, and a break would stay behind"


def test_rows_have_heights_that_nobody_fixed() -> None:
    made = parts(write_workbook(sample_book()))["xl/worksheets/sheet2.xml"]
    heights = [float(found) for found in re.findall(r'<row [^>]*ht="([\d.]+)"', made)]
    assert len(heights) == 10
    assert max(heights) <= 409
    assert "customHeight" not in made
    assert 'defaultRowHeight="12.75"' in made, "a row without a height is as high as its font asks"


@pytest.mark.libreoffice
def test_libreoffice_keeps_locks_lists_prompts_and_texts(tmp_path: Path) -> None:
    (tmp_path / "sample.xlsx").write_bytes(write_workbook(sample_book()))
    options = [f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx"]
    command = ["soffice", *options, "--outdir", str(tmp_path / "saved"), str(tmp_path / "sample.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = load((tmp_path / "saved" / "sample.xlsx").read_bytes())
    for sheet in sample_book().sheets:
        page = saved[sheet.name]
        covered = {cell for rule in page.data_validations.dataValidation for cell in expanded(str(rule.sqref))}
        assert page.protection.sheet
        for row, col, content, address in with_addresses(sheet):
            cell = page[address.cell]
            assert cell.protection.locked != sheet.is_input(row, col), address
            assert (address.cell in covered) == sheet.is_input(row, col), address
            if isinstance(content, str):
                assert (cell.value or "") == content


def expanded(areas: str) -> set[str]:
    """The cells of `B5 B7:B8`."""
    cells = MultiCellRange(areas).ranges
    return {f"{get_column_letter(col)}{row}" for area in cells for row, col in area.cells}
