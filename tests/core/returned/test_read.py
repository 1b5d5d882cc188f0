"""What was typed, as a return is read by the document that it went out as: plain tables, and no file."""

from __future__ import annotations

from dataclasses import replace

from tests.core.returned.test_locate import AS_ISSUED, DOCUMENT, found

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.found import FoundSheet, FoundWorkbook
from plan_sheets.core.returned.read import read_return
from plan_sheets.store.schemas import load_messages, load_phrases, load_screen

TYPED = AS_ISSUED.replace("By hand |       |", "By foot | The lead |").replace("Aloud   |       |", "Aloud | Nobody |")


def read(*sheets: FoundSheet) -> tuple[Answers, list[Finding]]:
    return read_return(
        DOCUMENT, FoundWorkbook("xlsx", sheets), load_messages(), lambda _: "", load_phrases(), load_screen()
    )


def told(read: tuple[Answers, list[Finding]]) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.address)) for finding in read[1]]


def test_new_answers_in_hidden_rows_and_columns_are_taken_and_told() -> None:
    sheet = replace(found(TYPED), hidden=frozenset({"A5", "C5", "D5", "E5", "A7", "C6"}))
    answers, findings = read(sheet)
    assert told((answers, findings)) == [
        ("paste_fell_apart", "Action plan!D6"),
        ("cell_hidden", "Action plan!C5"),
        ("cell_hidden", "Action plan!D5"),
    ]
    assert [cell.blocked for cell, _ in answers.typed("action")] == [None, None, None, Outcome.QUERY]


def test_of_a_hidden_sheet_it_is_told_once() -> None:
    assert told(read(replace(found(TYPED), visible=False))) == [
        ("paste_fell_apart", "Action plan!D6"),
        ("sheet_hidden", "Action plan!C5"),
    ]


def test_of_what_is_hidden_and_says_what_it_did_nothing_is_told() -> None:
    everything = frozenset(f"{column}{row}" for column in "ABCDE" for row in range(4, 8))
    for sheet in (replace(found(AS_ISSUED), visible=False), replace(found(AS_ISSUED), hidden=everything)):
        answers, findings = read(sheet)
        assert findings == []
        assert not answers.changes
