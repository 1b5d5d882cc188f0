"""Phrases that are no answers, from a returned workbook to the register."""

from __future__ import annotations

import pytest
from tests.chairs import Answers, Plan, form, on, said, told

from plan_sheets.core.model.receipts import Receipt

PHRASE = {"phrase_stands", "phrase_blank", "phrase_ask"}


def with_row(**texts: str) -> Answers:
    """A good return about J1a.1, with these texts in its row of Progress."""
    answers = said()
    headings = {"progress": "Progress made", "rag": "RAG", "ask": "Asked of the executive", "step": "Next step"}
    row = {**answers["Progress"]["J1a.1"], **{headings[name]: text for name, text in texts.items()}}
    return {**answers, "Progress": {"J1a.1": row}}


def phrases(receipt: Receipt) -> set[tuple[str, str]]:
    return {one for one in told(receipt) if one[0] in PHRASE}


@pytest.mark.parametrize("text", ["As above", "No change", "n/a", '"', "see last quarter"])
def test_in_a_round_cell_it_counts_as_blank_and_is_asked_about(round_one: Plan, text: str) -> None:
    receipt = round_one.receive_one(round_one.filled("da", with_row(progress=text, rag=text)))
    assert phrases(receipt) == {("phrase_ask", on("Progress made", 5)), ("phrase_ask", on("RAG", 5))}
    assert not [one for one in receipt.findings if one.severity == "error"]
    assert (round_one.said("J1a.1", "progress"), round_one.said("J1a.1", "rag")) == ("", "")
    assert [query.cells[0].returned for query in round_one.queries] == [text, text]
    assert {one.entered for one in receipt.findings if one.code == "phrase_ask"} == {text}


def test_in_a_prefilled_cell_what_was_sent_out_stands(round_one: Plan) -> None:
    snapshot = round_one.stands("J1a.1", "responsible")
    answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": "No change"}}}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert phrases(receipt) == {("phrase_stands", "Action plan!E5")}
    assert snapshot
    assert round_one.stands("J1a.1", "responsible") == snapshot


def test_in_a_correction_what_the_earlier_return_said_stands(round_one: Plan) -> None:
    cell = {"Action plan": {"J1a.1": {"Who is responsible": "The county council"}}}
    round_one.receive_one(round_one.filled("da", {**said(), **cell}))
    again = {"Action plan": {"J1a.1": {"Who is responsible": "Unchanged"}}}
    round_one.receive_one(round_one.filled("again", {**said(corrects="Yes", progress="We met"), **again}))
    assert round_one.said("J1a.1", "progress") == "We met"
    assert round_one.stands("J1a.1", "responsible") == "The county council"


@pytest.mark.parametrize("text", ["Nothing", "None", "No", "N/A", "-"])
def test_nothing_asked_of_the_executive_is_no_ask(round_one: Plan, text: str) -> None:
    receipt = round_one.receive_one(round_one.filled("da", with_row(ask=text)))
    assert phrases(receipt) == {("phrase_blank", on("Asked of the executive", 5))}
    assert receipt.verdict == "accepted_with_findings"  # of the other rows nothing is said
    assert round_one.said("J1a.1", "ask") == ""
    assert not round_one.queries


def test_a_next_step_that_does_not_apply_is_asked_about_once(round_one: Plan) -> None:
    receipt = round_one.receive_one(round_one.filled("da", with_row(step="n/a")))
    assert [code for code, where in told(receipt) if where == on("Next step", 5)] == ["phrase_ask"]


def test_a_reason_that_says_nothing_is_no_reason(round_one: Plan) -> None:
    receipt = round_one.receive_one(round_one.filled("da", {"Start here": form(completed_by="Chair", nothing="N/A")}))
    assert "row_silent" in {one.code for one in receipt.findings}


def test_not_applicable_with_a_reason_is_an_answer(round_one: Plan) -> None:
    text = "Not applicable because nobody was met"
    receipt = round_one.receive_one(round_one.filled("da", {**said(), "Grid": {"J1b": {"Data": text}}}))
    assert not phrases(receipt)
    assert round_one.stands("J1b", "data", "grid") == text


def test_who_answers_some_rows_with_a_phrase_has_not_pasted_paragraphs(round_one: Plan) -> None:
    rows = {"J1a.2": {"Progress made": "No change"}, "J1a.3": {"Progress made": "We trained forty."}}
    receipt = round_one.receive_one(round_one.filled("da", {**said(), "Progress": {**said()["Progress"], **rows}}))
    assert "paste_fell_apart" not in {one.code for one in receipt.findings}
    assert round_one.said("J1a.3", "progress") == "We trained forty."
