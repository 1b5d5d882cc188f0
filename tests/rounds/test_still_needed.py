"""Still needed and Status: what a spreadsheet program calculates is what the rules say, and what receiving asks for."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import Answers, Plan, Table, at, fill, form
from tests.programs.saving import no_libreoffice, skip_if

from plan_sheets.core.book.layout import Book, Sheet, as_text
from plan_sheets.core.book.needed import STILL_NEEDED, with_status, with_still_needed
from plan_sheets.core.model.findings import Severity
from plan_sheets.store.schemas import load_records, load_workbook_spec

WORDS = load_workbook_spec("subgroup").words
STEPS = {"Step 1: Progress": "Progress", "Step 4: New actions": "New actions"}
DONE = {"Progress made": "Mapped", "Stage": "In progress", "RAG": "Green", "Next step": "Pilot it"}
REFS = ("J1a.1", "J1a.2", "J1a.3", "J1b.1")
Place = tuple[str, str, str]
"""A sheet, a row's ref and a heading."""

RETURNS: dict[str, tuple[Answers, str]] = {
    "blank": ({}, "Not ready: 12 needed on Progress, 1 here"),
    "half-filled": (
        {
            "Start here": form(completed_by="Chair"),
            "Progress": {
                "J1a.1": {"Progress made": "Mapped", "RAG": "Amber"},
                "J1a.2": {**DONE, "Stage": "Complete"},
                "J1a.3": {**DONE, "Next step": " "},
            },
            "New actions": {"2": {"Due": "March 2017"}, "3": {"Theme": "J1b", "What we will do": "Train the staff"}},
        },
        "Not ready: 7 needed on Progress, 2 on New actions",
    ),
    "complete": (
        {"Start here": form(completed_by="Chair"), "Progress": dict.fromkeys(REFS, DONE)},
        "Ready to send",
    ),
    "nothing to report": (
        {"Start here": form(completed_by="Chair", nothing="The group did not meet")},
        "Nothing to report: ready",
    ),
    "no reason": (
        {"Start here": form(completed_by="Chair", nothing="No"), "Progress": dict.fromkeys(REFS, DONE)},
        "Ready to send",
    ),
    "no reason, and no rows": (
        {"Start here": form(completed_by="Chair", nothing="None")},
        "Not ready: 12 needed on Progress",
    ),
    "nothing to report, and all rows filled in": (
        {
            "Start here": form(completed_by="Chair", nothing="The group did not meet"),
            "Progress": dict.fromkeys(REFS, DONE),
        },
        WORDS["contradicts"],
    ),
    "nothing to report, and a row begun": (
        {
            "Start here": form(completed_by="Chair", nothing="The group did not meet"),
            "Progress": {"J1b.1": {"Stage": "Not started"}},
        },
        "Not ready: 3 needed on Progress",
    ),
}


def type_into(sheet: Sheet, texts: Table) -> Sheet:
    """A sheet as it went out, with these texts typed into it."""
    rows = [
        row._replace(
            cells=tuple(
                texts.get(row.ref, {}).get(column.heading) or content
                for column, content in zip(sheet.columns, row.cells, strict=True)
            )
        )
        for row in sheet.rows
    ]
    return replace(sheet, rows=tuple(rows))


def calculate(book: Book, answers: Answers) -> dict[Place, str]:
    """What every formula of a workbook says by the rules, with these answers in it."""
    sheets = [type_into(sheet, answers.get(sheet.name, {})) for sheet in book.sheets]
    start = next(sheet for sheet in sheets if sheet.name == "Start here")
    sheets = [with_still_needed(sheet, start, WORDS) for sheet in sheets]
    start = with_status(start, sheets, STEPS, WORDS)
    return {**dict(list_needs(sheets)), **dict(list_counts(start))}


def list_needs(sheets: list[Sheet]) -> Iterator[tuple[Place, str]]:
    for sheet in sheets:
        if any(column.field.name == STILL_NEEDED for column in sheet.columns):
            for row in sheet.rows:
                yield (sheet.name, row.ref, "Still needed"), as_text(row.cells[sheet.place(STILL_NEEDED)])


def list_counts(start: Sheet) -> Iterator[tuple[Place, str]]:
    for row in start.rows:
        if row.ref == WORDS["status"]:
            yield (start.name, row.ref, "What it is"), as_text(row.cells[1])
        elif row.ref in STEPS:
            yield (start.name, row.ref, "Your answer"), as_text(row.cells[2])


@pytest.fixture(scope="module")
def returns(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbook of Domestic Abuse with each of these answers typed into it, saved without any stored value."""
    folder, sent = tmp_path_factory.mktemp("returns"), Plan(issued_example).sent("DA")
    return {name: fill(sent, folder / f"{name}.xlsx", answers) for name, (answers, _) in RETURNS.items()}


@pytest.fixture(scope="module")
def recalculated(returns: dict[str, Path]) -> Path:
    """The folder with what LibreOffice makes of them: it calculates a formula that has no stored value."""
    skip_if(no_libreoffice())
    folder = next(iter(returns.values())).parent
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'office').as_uri()}", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), *map(str, returns.values())]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / "out"


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", RETURNS)
def test_libreoffice_calculates_what_the_rules_say(issued_example: Path, recalculated: Path, name: str) -> None:
    answers, status = RETURNS[name]
    expected = calculate(Plan(issued_example).register.documents(subgroup="DA")[0].book, answers)
    book = openpyxl.load_workbook(recalculated / f"{name}.xlsx", data_only=True)
    assert {place: at(book[place[0]], *place[1:]).value for place in expected} == expected
    assert expected["Start here", "Status", "What it is"] == status
    assert len(expected) == len(REFS) + 30 + 3


@pytest.mark.parametrize("name", RETURNS)
def test_what_receiving_asks_for_is_what_the_row_said(round_one: Plan, returns: dict[str, Path], name: str) -> None:
    """A row that says nothing is told of as a whole; of every other row each cell that it named, and no more."""
    answers, status = RETURNS[name]
    told = calculate(round_one.register.documents(subgroup="DA")[0].book, answers)
    receipt = round_one.receive_one(returns[name])
    titles = {one.name: one.title for one in load_records()["action"].values()}
    missed = {(one.key.ref, titles[one.key.field]) for one in receipt.findings if one.code == "required" and one.key}
    begun = answers.get("Progress", {})
    said = {(ref, heading) for ref in begun for heading in told["Progress", ref, "Still needed"].split("; ")}
    assert {one for one in missed if one[0] in REFS} == {
        one for one in said if one[1] not in ("Complete", "Not needed")
    }
    if not status.startswith("Not ready"):
        assert not [one for one in receipt.findings if one.severity is not Severity.NOTE]


def test_the_workbook_goes_out_with_what_holds_then(round_one: Plan) -> None:
    book = openpyxl.load_workbook(round_one.sent("DA"), data_only=True)
    told = calculate(round_one.register.documents(subgroup="DA")[0].book, {})
    assert {place: at(book[place[0]], *place[1:]).value for place in told} == told


def test_a_return_untouched_but_calculated_anew_is_untouched(round_one: Plan, recalculated: Path) -> None:
    receipt = round_one.receive_one(recalculated / "blank.xlsx")
    assert receipt.verdict == "untouched"


def test_the_officer_is_told_where_the_form_and_the_rows_disagree(round_one: Plan) -> None:
    answers, _ = RETURNS["nothing to report, and all rows filled in"]
    answers = {**answers, "Start here": {**answers["Start here"], "Statement of accuracy": {"Your answer": "No"}}}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    told = {finding.code: finding.message for finding in receipt.findings}
    assert (
        "says that there is nothing to report, and 4 rows of the workbook are filled in" in told["nothing_with_answers"]
    )
    assert "the chair does not state" in told["not_agreed"]
    assert round_one.said("J1a.1", "rag") == "Green"


def test_no_program_completes_a_short_answer_from_a_locked_text_of_its_column(round_one: Plan) -> None:
    """LibreOffice and Excel complete what is typed from the texts of the column: `No` became one of them."""
    for document in round_one.register.documents(kind="subgroup"):
        for sheet in document.sheets:
            for row, column, content in sheet.cells():
                if column.input and not sheet.is_input(row, column):
                    assert not as_text(content).lower().startswith(("n", "y", "?")), (sheet.name, row.ref)
