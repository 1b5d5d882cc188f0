"""The RAG status that is shown alone is the master's first sheet."""

from __future__ import annotations

from dataclasses import replace

from tests.chairs import Plan, said

from plan_sheets.asking.ratings import show_ratings
from plan_sheets.asking.shown import show_master


def test_before_the_first_round_it_is_that_of_the_consultation_draft(example: Plan) -> None:
    assert_same(example)


def test_of_a_round_it_says_what_came(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("da", said(rag="Red")))
    assert "Red" in assert_same(round_one)


def assert_same(plan: Plan) -> str:
    """The text of the sheet, which is the same but for the hint that stands on one sheet of a workbook."""
    alone, whole = show_ratings(plan.folder), show_master(plan.folder).sheets[0]
    assert replace(alone, explains=whole.explains) == whole
    return str(alone.rows)
