"""What identifies a case is gone from a workbook before anything else is told of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from tests.core.returned.test_locate import AS_ISSUED, DOCUMENT, found

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.model.findings import Finding, Outcome, Severity
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook, Remark
from plan_sheets.core.returned.mask import mask
from plan_sheets.core.returned.read import read_return
from plan_sheets.store.schemas import load_messages, load_phrases, load_screen

NUMBER = "943 476 5870"


def read(*sheets: FoundSheet, remarks: tuple[Remark, ...] = ()) -> tuple[Answers, list[Finding]]:
    workbook = FoundWorkbook("xlsx", sheets, remarks=remarks)
    return read_return(DOCUMENT, workbook, load_messages(), lambda _: "", load_phrases(), load_screen())


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.address)) for finding in findings]


def typed(owner: str, text: str = AS_ISSUED) -> FoundSheet:
    """The sheet with an owner typed into the first row, E5 being its row key."""
    return found(text.replace("By hand |       |", f"By hand | {owner} |"))


def test_a_cell_with_one_is_masked_and_all_others_are_taken() -> None:
    text = AS_ISSUED.replace("Aloud   |       |", "Aloud   | The lead of the group |")
    answers, findings = read(typed(f"The mother of {NUMBER}", text))
    assert told(findings) == [("case_identifier", "Action plan!D5")]
    (finding,) = findings
    assert finding.severity is Severity.MASKED
    assert finding.entered is None
    assert finding.message.startswith("Cell D5 on Action plan holds what looks like an NHS number.")
    cells = {(cell.key.ref, cell.key.field): cell for cell, _ in answers.typed("action")}
    masked = cells["J1.1", "owner"]
    assert (masked.entered, masked.value, masked.blocked) == ("", "", Outcome.MASKED)
    assert cells["J1.2", "owner"].value == "The lead of the group"
    assert NUMBER not in repr((answers, findings))


def test_an_answer_that_was_typed_over_is_not_taken_for_emptied() -> None:
    answers, findings = read(found(AS_ISSUED.replace("By hand", f"By {NUMBER}")))
    assert told(findings) == [("case_identifier", "Action plan!C5")]
    (cell,) = [cell for cell, _ in answers.typed("action") if cell.blocked]
    assert (cell.key.ref, cell.base, cell.value, cell.blocked) == ("J1.1", "By hand", "", Outcome.MASKED)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (AS_ISSUED.replace("Map it", f"Map {NUMBER}"), "B5"),
        (AS_ISSUED.replace("One row for each action.", f"About {NUMBER}"), "A2"),
        (AS_ISSUED + f"\n\n see {NUMBER}", "A10"),
        (AS_ISSUED.replace("    J1.3", f"    | {NUMBER}\n    J1.3"), "B7"),
        (AS_ISSUED.replace("J1.1 AAAAAAAA", f"J1.1 AAAAAAAA | {NUMBER}"), "F5"),
        (
            AS_ISSUED.replace("| Key", "| Key | NHS number").replace("J1.1 AAAAAAAA", "J1.1 AAAAAAAA | 9434 765 870"),
            "F5",
        ),
    ],
)
def test_wherever_it_stands_nothing_that_is_told_holds_it(text: str, where: str) -> None:
    answers, findings = read(found(text))
    assert ("case_identifier", f"Action plan!{where}") in told(findings)
    assert "765" not in repr((answers, findings))


def test_it_is_masked_on_sheets_of_their_own_in_hidden_rows_and_in_comments() -> None:
    extra = replace(found(f"Children | {NUMBER}", "Notes"), visible=False)
    hidden = replace(typed(NUMBER), hidden=frozenset({"D5"}), shown={"D5": NUMBER})
    remark = Remark("cell_comment", {"cell": "C6", "sheet": "Action plan"}, "Action plan", "C6", f"About {NUMBER}")
    answers, findings = read(hidden, extra, remarks=(remark,))
    masked = [where for code, where in told(findings) if code == "case_identifier"]
    assert masked == ["Action plan!D5", "Notes!B1", "Action plan!C6"]
    assert "476" not in repr((answers, findings))


def test_it_is_masked_in_a_formula_and_as_a_number() -> None:
    sheet = found(AS_ISSUED)
    formula = FoundCell("0", formula=f'="{NUMBER}"')
    cells = {**sheet.cells, (4, 3): formula, (5, 3): FoundCell("9434765870")}
    answers, findings = read(replace(sheet, cells=cells))
    assert told(findings) == [("case_identifier", "Action plan!D5"), ("case_identifier", "Action plan!D6")]
    assert "476" not in repr((answers, findings))


def test_one_that_is_split_over_two_cells_is_masked_in_both() -> None:
    text = AS_ISSUED.replace("By hand |       |", "Born on | 3 May 2008 |")
    answers, findings = read(found(text))
    assert told(findings) == [("case_identifier", "Action plan!C5"), ("case_identifier", "Action plan!D5")]
    assert "2008" not in repr((answers, findings))


def test_one_that_is_split_over_two_rows_is_masked_in_both() -> None:
    texts = {0: "Notes", 2: "Date of birth", 3: "3 May 2008", 6: "Seen by 943 47", 7: "6 5870", 1_000_000: "3 May 2008"}
    cells = {(row, 1): FoundCell(text) for row, text in texts.items()}
    answers, findings = read(found(AS_ISSUED), replace(found("", "Notes"), cells=cells))
    masked = [where for code, where in told(findings) if code == "case_identifier"]
    assert masked == ["Notes!B3", "Notes!B4", "Notes!B7", "Notes!B8", "Notes!B1000001"]
    assert "5870" not in repr((answers, findings))


def masked_on(sheet: FoundSheet, issued: Collection[str] = ()) -> list[str]:
    return [where.cell for where in mask(FoundWorkbook("xlsx", (sheet,)), issued, load_screen()).masked]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Children on our list\n\nMosaic ID\n1234567\n1234568\n1234569", "A3 A4 A5 A6"),
        ("Children on our list\n\nDOB\n3/4/2009\n3/5/2009", "A3 A4 A5"),
        ("J | Child\nK | Mosaic ID\nL | 1234567\nM | 1234568", "B2 B3 B4"),
        ("J | Mosaic ID number as it stands on the system\nK | 1234567\nL | 1234568", "B2 B3"),
        ("J | DOB as it stands on the system\nK | 3 April 2009", "B2"),
        ("Title\n\nMosaic ID\n\n1234567", "A5"),
        ("Mosaic ID\n1234567\nnot known\n1234568", "A1 A2 A4"),
        ("Mosaic ID (7 digits)\nAB\n1234567", "A3"),
        ("Mosaic | 1234567 | 1234568 | 1234569", "B1 C1 D1"),
        ("DOB | 3 April 2009 | 4 April 2009", "A1 B1 C1"),
        ("AB | Mosaic | 1234567 | CD | 1234568 | Cost | 12000", "B1 C1 E1"),
        ("Mosaic IDs\n1234567", "A1 A2"),
        ('x | Name, Mosaic ID | y\nz | "AB" | 3', ""),
        ("Child 1 DOB | Child 2 DOB\n3 April 2009 | 4 April 2010", "A1 B1 A2 B2"),
        ("Mosaic no. (if open)\nAB\n1234567", "A3"),
        ("Child (Mosaic)\nAB Smith\nKnown\n1234567", "A4"),
        ("She is open to the team on Mosaic | 1234567", "A1 B1"),
        ("1234567 | on Mosaic", "A1 B1"),
        ("Budget for LAS | 15000", ""),
        ("Budget for Mosaic | 150000", ""),
        ("Improve use of Mosaic | 20170331", ""),
        ("Q1 | 943 | 476 | 5919", ""),
        ("CP plans | 401 | 023 | 2137", ""),
        ("Mosaic licences\n12345", ""),
        ("Liquidlogic cost\n123456", ""),
        ("Case file audits\n1234", ""),
        ("Number of cases on Mosaic\n12345", ""),
        ("Mosaic no. of licences\n12345", ""),
        ("Mosaic is live, no issues\nTrained 12345 of them\n12345 forms", ""),
        ("Mosaic ID is asked for\nWe sent 12345 in March, 1200 more in May", ""),
        ("Date of birth recorded in the system | 30/06/2016\nNext | 30/09/2016", ""),
        ("Mosaic ID\nDone\n\nBudget\n12000", ""),
    ],
)
def test_headings_and_labels_say_what_stands_under_them_and_behind_them(text: str, cells: str) -> None:
    assert masked_on(found(text, "Notes")) == cells.split()


@pytest.mark.parametrize(
    ("name", "text", "cells"),
    [
        ("Mosaic", "AB | 1234567\nCD | 1234568", "B1 B2"),
        ("Mosaic IDs", "Name | Number\nAB | 1234567", "B2"),
        ("DOB", "AB | 3 April 2009\nCD | 4 April 2009", "B1 B2"),
        ("Mosaic", "Name | Cost\nAB | 12345", ""),
        ("Mosaic", "We trained 12345 of them", ""),
        ("Mosaic costs", "12345\n12346", ""),
    ],
)
def test_the_name_of_a_sheet_is_a_heading_of_all_bare_numbers_on_it(name: str, text: str, cells: str) -> None:
    assert masked_on(found(text, name)) == cells.split()


def test_a_merged_heading_stands_over_all_its_columns() -> None:
    sheet = found("Mosaic\n | 1234567 | \n | | 1234568\n | | | 1234569", "Notes")
    assert masked_on(replace(sheet, merged=("A1:C1",))) == ["B2", "C3"]


@pytest.mark.parametrize("label", ["NHS | ", "AB | ", ""])
def test_single_figures_are_looked_at_though_such_texts_were_issued(label: str) -> None:
    number = " | ".join("9434765919")
    assert len(masked_on(found(label + number, "Notes"), {*"0123456789"})) >= len("9434765919")


def test_a_cell_of_several_lines_is_looked_at_by_its_headings() -> None:
    cells = {(0, 0): FoundCell("Name\tMosaic ID\nAB\tnot known\nCD\t1234567")}
    assert masked_on(FoundSheet("Notes", cells)) == ["A1"]


def test_a_workbook_with_nothing_else_in_it_is_not_untouched_and_its_row_not_silent() -> None:
    answers, findings = read(typed(NUMBER))
    assert any(finding.severity.blocks for finding in findings)
    assert [finding for finding in answers.silent if finding.key and finding.key.ref == "J1.1"] == []


def test_a_postcode_is_asked_about_and_shown() -> None:
    answers, findings = read(typed("Family centre, LE3 8RA"))
    assert told(findings) == [("postcode", "Action plan!D5")]
    assert findings[0].severity is Severity.QUERY
    assert findings[0].entered == "Family centre, LE3 8RA"
    assert [cell.blocked for cell, _ in answers.typed("action") if cell.value == "Family centre, LE3 8RA"] == [
        Outcome.QUERY
    ]


def test_what_went_out_may_come_back() -> None:
    rows = DOCUMENT.sheets[0].rows
    sheet = replace(DOCUMENT.sheets[0], rows=(rows[0]._replace(cells=("J1.1", NUMBER, *rows[0].cells[2:])), *rows[1:]))
    document = replace(DOCUMENT, book=replace(DOCUMENT.book, sheets=(sheet,)))
    workbook = FoundWorkbook("xlsx", (found(AS_ISSUED.replace("Map it ", NUMBER)),))
    findings = read_return(document, workbook, load_messages(), lambda _: "", load_phrases(), load_screen())[1]
    assert findings == []


@pytest.mark.parametrize(("said", "beside"), [("Mosaic number", "1234567"), ("Mosaic", "https://a.example/1234567")])
def test_a_comment_or_a_link_is_read_with_the_words_of_its_cell(said: str, beside: str) -> None:
    remarks = tuple(
        Remark(code, {"cell": cell, "sheet": "Action plan"}, "Action plan", cell, beside)
        for code, cell in (("cell_comment", "D5"), ("cell_link", "D6"), ("cell_comment", "odd"))
    )
    _, findings = read(typed(said), remarks=remarks)
    assert ("case_identifier", "Action plan!D5") in told(findings)
    assert ("case_identifier", "Action plan!D6") not in told(findings), "its cell says nothing"
