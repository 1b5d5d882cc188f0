"""What identifies a case is gone from a workbook before anything else is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.core.returned.test_locate import AS_ISSUED, DOCUMENT, found

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.model.findings import Finding, Outcome, Severity
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook, Remark
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
    assert masked == ["Notes!B3", "Notes!B4", "Notes!B7", "Notes!B8"]
    assert "5870" not in repr((answers, findings))


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
