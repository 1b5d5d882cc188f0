"""A completed action in the chair's next workbook: its row is there, and nothing in it has to be filled in."""

from __future__ import annotations

from datetime import datetime

import openpyxl
import pytest
from tests.chairs import Q1, Q2, Plan, at, codes, fill, form, said

from plan_sheets.officer import make_officer

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
Q2_DAY = datetime(2016, 10, 7)  # noqa: DTZ001 - the office's own clock


@pytest.fixture
def completed(round_one: Plan) -> Plan:
    """A plan whose J1a.1 was confirmed Complete in the first round, with evidence and without impact."""
    row = {**said()["Progress"]["J1a.1"], "Stage": "Complete", "Evidence": "The audit"}
    round_one.receive_one(round_one.filled("one", {**said(), "Progress": {"J1a.1": row}}))
    made = make_officer(round_one.folder, LATER).path
    answers = {"To confirm": {f"J1a.1 stage {Q1}": {"Confirm": "Yes"}}}
    round_one.receive_one(fill(made, round_one.inbox / "officer.xlsx", answers), when=LATER)
    round_one.issue(Q2, Q2_DAY.date(), Q2_DAY, ["DA"])
    return round_one


def test_its_last_rag_says_what_is_awaited(completed: Plan) -> None:
    sheet = openpyxl.load_workbook(completed.sent("DA", Q2))["Progress"]
    assert at(sheet, "J1a.1", "Last RAG").value == "Green: evidence awaited"
    assert at(sheet, "J1a.2", "Last RAG").value == "Not reported"


def test_nothing_is_required_of_it(completed: Plan) -> None:
    rows = {"J1a.1": {"Evidence": "The second audit"}, "J1a.2": {"Evidence": "A survey"}}
    path = completed.filled("two", {"Start here": form(completed_by="Chair"), "Progress": rows}, code=Q2)
    receipt = completed.receive_one(path, when=Q2_DAY)
    missed = {one.key.ref for one in receipt.findings if one.code == "required" and one.key}
    assert missed == {"J1a.2"}
    assert completed.said("J1a.1", "evidence", Q2) == "The second audit"


def test_nobody_is_told_that_it_was_left_blank(completed: Plan) -> None:
    path = completed.filled(
        "two", {"Start here": form(completed_by="Chair"), "Progress": {"J1a.2": {"RAG": "Green"}}}, code=Q2
    )
    receipt = completed.receive_one(path, when=Q2_DAY)
    silent = {one.key.ref for one in receipt.findings if one.code == "row_silent" and one.key}
    assert "row_silent" in codes(receipt)
    assert "J1a.1" not in silent
