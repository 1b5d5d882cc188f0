"""What chairs type and paint, and what a return then says: through a real issued workbook, received."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from tests.chairs import RECEIVED_ON, Plan, at, edit, fill, on, place, said, type_in
from tests.store.formats.test_reader import ods

from plan_sheets import office, officer
from plan_sheets.core.book.style import STYLES
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.formats.colours import name_colour
from plan_sheets.store.formats.reader import read_workbook

REFS = ("J1a.1", "J1a.2", "J1a.3", "J1b.1")
Edit = Callable[[Workbook], None]


def paint(ref: str, colour: str | Color, word: str = "") -> Edit:
    def change(book: Workbook) -> None:
        cell = at(book["Progress"], ref, "RAG")
        cell.fill = PatternFill("solid", fgColor=colour)
        if word:
            type_in(cell, word)

    return change


def put(ref: str, heading: str, value: object, look: str = "") -> Edit:
    """Put in a value as a program would: a date, a number, a formula."""

    def change(book: Workbook) -> None:
        cell: Any = at(book["Progress"], ref, heading)
        cell.value = value
        cell.number_format = look or cell.number_format

    return change


def since_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def told_of(plan: Plan, path: Path) -> dict[str, list[str]]:
    """Code and what was entered of each finding, by cell; what a blank beside it is told of is left out."""
    found: dict[str, list[str]] = {}
    for one in plan.receive_one(path).findings:
        if one.address and one.code not in ("required", "row_silent"):
            found.setdefault(one.address.cell, []).append(f"{one.code} {one.entered}".strip())
    return found


def test_rag_that_is_only_painted_is_asked_about_once_and_is_not_untouched(round_one: Plan) -> None:
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", paint("J1a.1", "FFFF0000"))
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "accepted_with_findings"
    (asked,) = (one for one in receipt.findings if one.address and str(one.address) == on("RAG", 5))
    assert (asked.code, asked.severity, asked.entered) == ("rag_painted", "query", "")
    assert asked.message.startswith(f"{place('RAG', 5)} is painted red and holds no word")
    silent = {one.key.ref for one in receipt.findings if one.code == "row_silent"}
    assert silent == set(REFS[1:]), "the row was not silent, its other cells are missing"
    assert round_one.said("J1a.1", "rag") == ""


def test_take_cannot_turn_a_colour_into_a_word(round_one: Plan) -> None:
    round_one.receive_one(edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", paint("J1a.1", "FFFF0000")))
    (query,) = (one for one in round_one.queries if one.code == "rag_painted")
    assert [cell.returned for cell in query.cells] == ["(painted red)"]
    desk = officer.make_officer(round_one.folder, RECEIVED_ON).path
    settled = fill(desk, round_one.inbox / "desk.xlsx", {"Queries": {str(query.id): {"Your choice": "Take"}}})
    assert "take_unreadable" in [one.code for one in round_one.receive_one(settled).findings]
    assert round_one.said("J1a.1", "rag") == ""


def test_every_way_to_name_a_colour(round_one: Plan) -> None:
    colours: tuple[str | Color, ...] = (Color(indexed=10), Color(theme=5), Color(theme=6, tint=0.6), "FFFFEB9C")
    painted = [paint(ref, colour) for ref, colour in zip(REFS, colours, strict=True)]
    receipt = round_one.receive_one(edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *painted))
    told = [one.message.split()[3] for one in receipt.findings if one.code == "rag_painted"]
    assert told == ["red", "red", "green", "amber"]


def test_a_colour_that_contradicts_the_word_is_a_warning_and_the_word_is_taken(round_one: Plan) -> None:
    changes = (paint("J1a.1", "FFFF0000", "Green"), paint("J1a.2", "FF00B050", "green"), paint("J1a.3", "FFFFC000"))
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    assert told_of(round_one, path) == {
        place("RAG", 5): ["rag_painted_otherwise Green"],
        place("RAG", 6): ["tidied green"],
        place("RAG", 7): ["rag_painted"],
    }
    assert [round_one.said(ref, "rag") for ref in REFS] == ["Green", "Green", "", ""]


def test_paint_makes_another_return_of_the_same_words(round_one: Plan) -> None:
    good = round_one.filled("good", said())
    painted = edit(good, round_one.inbox / "painted.xlsx", paint("J1a.2", "FFFF0000"))
    assert [one.verdict for one in round_one.receive(good)] == ["accepted_with_findings"]
    assert [one.verdict for one in round_one.receive(painted)] == ["accepted_with_findings"]


@pytest.mark.parametrize(
    ("colours", "name"),
    [
        ("FF0000 C00000 FFC7CE D4351C FFFF0000", "red"),
        ("FFC000 ED7D31 FFEB9C F79646 FFBF00", "amber"),
        ("FFFF00 FFFF99", "yellow"),
        ("00B050 92D050 C6EFCE 70AD47 008000", "green"),
        ("0070C0 4472C4", "blue"),
        ("FFFFFF BFBFBF 000000 505A5F 7030A0 FF99CC auto", ""),
    ],
)
def test_the_names_of_colours(colours: str, name: str) -> None:
    assert {name_colour(one) for one in colours.split()} == {name}


def test_what_we_paint_ourselves_to_be_filled_in_says_nothing() -> None:
    for look in ("input", "input heading", "heading"):
        assert name_colour(str(STYLES[look]["bg_color"])) == ""


def test_dates_as_cells_hold_them(round_one: Plan) -> None:
    changes = (
        put("J1a.1", "New date", date(2017, 3, 31), "dd/mm/yyyy"),
        put("J1a.2", "New date", 42825, "General"),
        put("J1a.3", "New date", 42825.604, "dd/mm/yyyy hh:mm"),
        put("J1b.1", "New date", 3.1, "General"),
    )
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    assert told_of(round_one, path) == {
        place("New date", 6): ["date_serial 42825"],
        place("New date", 7): ["tidied 31 March 2017 14:29:46"],
        place("New date", 8): ["date_unreadable 3.1"],
    }
    assert [round_one.said(ref, "new_date") for ref in REFS] == [*["31 March 2017"] * 3, ""]


def test_a_date_that_a_cell_shows_without_its_day_is_taken_so(round_one: Plan) -> None:
    """A cell that has lost its format turns `March 2017` into the first of March, and shows `Mar-17`."""
    changes = (
        put("J1a.1", "New date", date(2017, 3, 1), "mmm-yy"),
        put("J1a.2", "New date", date(2017, 3, 1), "[$-809]mmmm yyyy"),
        put("J1a.3", "New date", date(2017, 3, 1), "d mmm"),
        put("J1b.1", "New date", date(2017, 3, 1), "yyyy"),
        put("J1a.1", "Evidence", 2016, "yyyy"),
    )
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    assert told_of(round_one, path) == {
        place("New date", 5): ["date_shown 1 March 2017", "date_month_end 1 March 2017"],
        place("New date", 6): ["date_shown 1 March 2017", "date_month_end 1 March 2017"],
        place("New date", 7): ["date_formatted 1 March 2017"],
        place("New date", 8): ["date_shows_little 1 March 2017"],
        place("Evidence", 5): ["date_shown 8 July 1905"],
    }
    assert [round_one.said(ref, "new_date") for ref in REFS] == ["March 2017", "March 2017", "1 March 2017", ""]
    assert round_one.said("J1a.1", "evidence") == "1905"


def test_a_workbook_that_counts_its_days_from_1904(round_one: Plan) -> None:
    """Real dates are themselves; a day number may be of either kind, four years apart: a query."""
    changes = (since_1904, put("J1a.1", "New date", date(2017, 3, 31), "dd/mm/yyyy"), put("J1a.2", "New date", 41363))
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    receipt = round_one.receive_one(path)
    assert round_one.said("J1a.1", "new_date") == "31 March 2017"
    assert round_one.said("J1a.2", "new_date") == ""
    (asked,) = (one for one in receipt.findings if one.code == "date_two_readings")
    assert "30 March 2013, or 31 March 2017" in asked.message


def test_white_space_is_told_without_quoting_twice_what_looks_alike(round_one: Plan) -> None:
    typed = {"J1a.1": "\u00a0The pathway\u00a0is mapped \r\n"}
    path = round_one.filled("da", {"Progress": {ref: {"Progress made": text} for ref, text in typed.items()}})
    (note,) = (one for one in round_one.receive_one(path).findings if one.code == "tidied_space")
    assert note.message.startswith("No word under Progress made has changed; what was tidied cannot be seen: ")
    assert "blanks at the beginning or end" in note.message
    assert "The pathway" not in note.message
    # openpyxl writes a carriage return so that it can be read again if lxml is there, else so that it is a line end.
    assert (note.entered or "").replace("\r\n", "\n") == "\u00a0The pathway\u00a0is mapped \n"
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"


def strike(ref: str, heading: str) -> Edit:
    def change(book: Workbook) -> None:
        at(book["Progress"], ref, heading).font = Font(strike=True)

    return change


NUMBERS = (
    put("J1a.1", "Progress made", 0.75, "0%"),
    put("J1a.2", "Progress made", 7, "000"),
    put("J1a.3", "Progress made", 0.5, "# ?/?"),
    put("J1b.1", "Progress made", 12, "General"),
)
"""As a paste from another workbook brings them."""


def test_a_number_is_taken_as_its_cell_shows_it_and_that_is_told(round_one: Plan) -> None:
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *NUMBERS)
    assert told_of(round_one, path) == {
        place("Progress made", 5): ["number_shown 0.75"],
        place("Progress made", 6): ["number_shown 7"],
        place("Progress made", 7): ["number_formatted 0.5"],
    }
    assert [round_one.said(ref, "progress") for ref in REFS] == ["75%", "007", "0.5", "12"]


def test_a_text_that_is_struck_through_is_taken_with_a_warning(round_one: Plan) -> None:
    struck = (put("J1a.1", "Progress made", "Mapped."), strike("J1a.1", "Progress made"), strike("J1a.2", "Next step"))
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *struck)
    assert told_of(round_one, path) == {place("Progress made", 5): ["text_struck Mapped."]}
    assert round_one.said("J1a.1", "progress") == "Mapped."


PARTS = CellRichText("Mapped ", TextBlock(InlineFont(strike=True), "in May"), TextBlock(InlineFont(b=True), " in June"))
"""As somebody corrects a text who wants it to be seen."""


@pytest.mark.parametrize("shared", [True, False])
def test_a_text_of_which_a_part_is_struck_through_is_told(round_one: Plan, shared: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    changes = (put("J1a.1", "Progress made", PARTS), put("J1a.3", "Progress made", CellRichText("Mapped", PARTS[2])))
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    told = told_of(round_one, texts_shared(path) if shared else path)
    assert told == {place("Progress made", 5): ["text_struck Mapped in May in June"]}
    assert [round_one.said(ref, "progress") for ref in REFS[:3]] == ["Mapped in May in June", "", "Mapped in June"]


def texts_shared(path: Path) -> Path:
    """The same with its own texts put among those that all sheets share, as Excel writes them."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    page, texts = "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml"
    parts.setdefault(texts, "<sst></sst>")
    for own in re.findall(r't="inlineStr"><is>(.*?)</is>', parts[page]):
        number = parts[texts].count("</si>")
        parts[page] = parts[page].replace(f't="inlineStr"><is>{own}</is>', f't="s"><v>{number}</v>', 1)
        parts[texts] = parts[texts].replace("</sst>", f"<si>{own}</si></sst>")
    with zipfile.ZipFile(path, "w") as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return path


def test_a_text_of_an_ods_of_which_a_part_is_struck_through_is_told() -> None:
    struck = '<style:text-properties style:text-line-through-style="solid"/>'
    style = f'<style:style style:name="T1" style:family="text">{struck}</style:style>'
    text = '<text:p>Mapped <text:span text:style-name="T1">in May</text:span> in June</text:p>'
    cells = f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
    data = ods(f"{style}<table:table table:name='One'><table:table-row>{cells}</table:table-row></table:table>")
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found.sheets[0].struck == {"A1"}


def test_a_number_in_the_plan_is_read_as_its_cell_shows_it(round_one: Plan) -> None:
    def change(book: Workbook) -> None:
        cell = at(book["Actions"], "J1a.1", "How we will do it")
        cell.value, cell.number_format = 0.75, "0%"

    edit(round_one.folder.plan_file, round_one.folder.plan_file, change)
    office.merge_plan(round_one.folder, RECEIVED_ON)
    assert round_one.folder.register.history().text("action", "J1a.1", "how") == "75%"


@pytest.mark.libreoffice
def test_numbers_as_shown_and_struck_texts_are_told_of_an_ods_too(round_one: Plan) -> None:
    changes = (*NUMBERS, put("J1b.1", "Next step", "Go on."), strike("J1b.1", "Next step"))
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    told = told_of(round_one, as_ods(round_one, path))
    assert told == {
        place("Progress made", 5): ["number_shown 0.75"],
        place("Progress made", 6): ["number_shown 7"],
        place("Progress made", 7): ["number_shown 0.5"],
        place("Next step", 8): ["text_struck Go on."],
    }
    assert [round_one.said(ref, "progress") for ref in REFS] == ["75%", "007", "1/2", "12"]


def test_checkboxes_in_cells(round_one: Plan) -> None:
    """One that is not ticked is blank, wherever it stands in a column of them."""
    path = edit(
        round_one.sent("DA"),
        round_one.inbox / "da.xlsx",
        put("J1a.1", "Progress made", "Agreed;", "@"),
        *(put(ref, "Progress made", ref == "J1b.1", "General") for ref in REFS[1:]),
    )
    receipt = round_one.receive_one(path)
    told = [(one.code, one.address.cell) for one in receipt.findings if one.address and "tick" in one.code]
    assert told == [
        ("unticked", place("Progress made", 6)),
        ("unticked", place("Progress made", 7)),
        ("ticked", place("Progress made", 8)),
    ]
    assert not any(one.code == "paste_fell_apart" for one in receipt.findings)
    silent = {one.key.ref for one in receipt.findings if one.code == "row_silent"}
    assert silent == {"J1a.2", "J1a.3"}, "a box that is not ticked says nothing"
    assert [round_one.said(ref, "progress") for ref in REFS] == ["Agreed;", "", "", "TRUE"]


@pytest.mark.libreoffice
def test_what_an_xls_shows_is_taken_and_its_formulas_are_asked_about(round_one: Plan) -> None:
    def formula_with_a_text(book: Workbook) -> None:
        at(book["Progress"], "J1a.2", "Next step").value = '="Give"&" it"'

    changes = (
        put("J1a.1", "New date", date(2017, 3, 1), "mmm-yy"),
        put("J1a.1", "Progress made", 0.75, "0%"),
        put("J1a.3", "Progress made", "=1/0"),
        formula_with_a_text,
        hide("J1b.1"),
    )
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    told = told_of(round_one, as_saved(round_one, path, "xls"))
    assert {
        cell: told[cell] for cell in (place("New date", 5), place("Progress made", 5), place("Progress made", 7))
    } == {
        place("New date", 5): ["date_shown 1 March 2017", "date_month_end 1 March 2017"],
        place("Progress made", 5): ["number_shown 0.75"],
        place("Progress made", 7): ["cell_error #DIV/0!"],
    }
    assert [one.split()[0] for one in told[place("Next step", 6)]] == ["cell_formula"]
    assert round_one.said("J1a.1", "new_date") == "March 2017"
    assert round_one.said("J1a.2", "next_step") == ""


def hide(ref: str) -> Edit:
    def change(book: Workbook) -> None:
        page = book["Progress"]
        page.row_dimensions[at(page, ref, "RAG").row].hidden = True

    return change


def as_ods(plan: Plan, path: Path) -> Path:
    """The workbook as LibreOffice saves it."""
    return as_saved(plan, path, "ods")


def as_saved(plan: Plan, path: Path, suffix: str) -> Path:
    saved = plan.path.parent / "saved"
    profile = f"-env:UserInstallation=file://{plan.path.parent / 'profile'}"
    command: list[str | Path] = ["soffice", "--headless", profile, "--convert-to", suffix, "--outdir", saved, path]
    subprocess.run(command, check=True, capture_output=True)
    return saved / f"{path.stem}.{suffix}"


@pytest.mark.libreoffice
def test_formulas_errors_and_paint_are_told_of_an_ods_too(round_one: Plan) -> None:
    changes = (
        paint("J1a.1", "FFFF0000"),
        put("J1a.1", "Progress made", "=1/0"),
        put("J1a.2", "Next step", '="Give"&" it"'),
    )
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", *changes)
    receipt = round_one.receive_one(as_ods(round_one, path))
    assert [(one.code, str(one.address), one.entered) for one in receipt.findings if one.code.startswith("cell")] == [
        ("cell_error", on("Progress made", 5), "=1/0"),
        ("cell_formula", on("Next step", 6), '="Give"&" it"'),
    ]
    assert [str(one.address) for one in receipt.findings if one.code == "rag_painted"] == [on("RAG", 5)]
