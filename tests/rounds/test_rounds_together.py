"""Returns of several rounds, received together: each meets what stands of its own round."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.chairs import Q1, Q2, Answers, Plan, codes, fill, form, said

from plan_sheets import office
from plan_sheets.officer import make_officer

AUTUMN = datetime(2016, 10, 3)  # noqa: DTZ001 - the office's own clock
LATER = datetime(2016, 10, 4)  # noqa: DTZ001 - the office's own clock


@pytest.fixture
def two_rounds(round_one: Plan) -> Plan:
    """Two rounds are out; in both Domestic Abuse has reported."""
    round_one.receive(round_one.filled("summer", said(progress="By A in summer")))
    round_one.issue(Q2, date(2016, 10, 14), AUTUMN)
    round_one.receive(round_one.filled("autumn", said(progress="By A in autumn"), code=Q2), when=AUTUMN)
    return round_one


def test_each_meets_what_was_reported_for_its_round(two_rounds: Plan) -> None:
    """A second workbook of each round says something else: whichever is merged first, both are asked about."""
    again = [two_rounds.filled(f"again-{code}", said(progress="By B"), code=code) for code in (Q1, Q2)]
    receipts = two_rounds.receive(*again, when=LATER)
    assert [receipt.queries for receipt in receipts] == [1, 1]
    assert two_rounds.said("J1a.1", "progress", Q1) == "By A in summer"
    assert two_rounds.said("J1a.1", "progress", Q2) == "By A in autumn"


def test_what_is_settled_of_an_earlier_round_meets_what_stands_there(two_rounds: Plan) -> None:
    two_rounds.receive(two_rounds.filled("again", said(progress="By B in summer")), when=LATER)
    (query,) = two_rounds.queries
    settling: Answers = {"Queries": {str(query.id): {"Your choice": "Take"}}, "Start here": {}}
    settled = fill(make_officer(two_rounds.folder, LATER).path, two_rounds.inbox / "settled.xlsx", settling)
    corrected = two_rounds.filled("corrected", said(progress="More by A", corrects="Yes"), code=Q2)
    receipts = two_rounds.receive(settled, corrected, when=LATER)
    assert not [receipt for receipt in receipts if "settled_meanwhile" in codes(receipt)]
    assert two_rounds.said("J1a.1", "progress", Q1) == "By B in summer"
    assert two_rounds.said("J1a.1", "progress", Q2) == "More by A"
    assert not two_rounds.queries


def test_what_an_earlier_round_proposed_is_confirmed_where_the_plan_says_at_once(round_one: Plan) -> None:
    """The plan says so from the second round on; what waits since the first is confirmed with the next return."""
    done = {"Stage": "Complete", "RAG": "Green", "Progress made": "Done"}
    chair = {"Start here": form(completed_by="Chair")}
    round_one.receive(round_one.filled("summer", {**chair, "Progress": {"J1a.1": done}}))
    assert round_one.stands("J1a.1", "confirmed_stage") == ""
    path = round_one.path / "plan.xlsx"
    fill(path, path, {"Plan": {"Confirm chairs' proposals at once": {"Answer": "Yes"}}})
    office.merge_plan(round_one.folder, AUTUMN)
    round_one.issue(Q2, date(2016, 10, 14), AUTUMN)
    going_on = {"RAG": "Green", "Progress made": "Going on"}
    round_one.receive(round_one.filled("autumn", {**chair, "Progress": {"J1a.2": going_on}}, code=Q2), when=LATER)
    assert round_one.stands("J1a.1", "confirmed_stage") == "Complete"
