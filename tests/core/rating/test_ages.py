"""Since when something stands as it does, and for how many quarters."""

from __future__ import annotations

import pytest
from tests.registered import snapshot

from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.ages import BEFORE_WORDS, aged, question_since, since_of

OWNER = Key("action", "J1.1", "owner")


@pytest.mark.parametrize(
    ("table", "since"),
    [
        ("| action | J1.1 | what = A", None),
        ("| action | J1.1 | owner = X", ""),
        ("| action | J1.1 | owner = X\n2 | action | J1.1 | owner = X", ""),
        ("| action | J1.1 | owner = X\n2 | action | J1.1 | owner = Y", "2016-17-Q2"),
        ("| action | J1.1 | owner = X\n2 | action | J1.1 | owner =", "2016-17-Q2"),
        ("| action | J1.1 | owner = X\n1 | action | J1.1 | owner = Y\n2 | action | J1.1 | owner = X", "2016-17-Q2"),
        ("| action | J1.1 | owner = X\n3 | action | J1.1 | owner = Y", ""),
    ],
    ids=["never", "before", "said again", "changed", "emptied", "back again", "changed later"],
)
def test_since_when_a_value_stands(table: str, since: str | None) -> None:
    assert since_of(snapshot(table, 1, 2).history, OWNER, "2016-17-Q2") == since


def test_since_when_it_is_of_its_kind() -> None:
    history = snapshot(
        "| action | J1.1 | owner = X\n1 | action | J1.1 | owner = Y\n2 | action | J1.1 | owner =", 1, 2
    ).history
    assert since_of(history, OWNER, "2016-17-Q1", bool) == ""
    assert since_of(history, OWNER, "2016-17-Q2", bool) == "2016-17-Q2"


@pytest.mark.parametrize(
    ("quarters", "since", "words", "age"),
    [
        ((1,), "", BEFORE_WORDS, "1 quarter"),
        ((1, 2), "", BEFORE_WORDS, "2 quarters"),
        ((1, 2), "2016-17-Q2", "Quarter 2, July to September 2016", "1 quarter"),
        ((1, 4), "2016-17-Q1", "Quarter 1, April to June 2016", "4 quarters"),  # rounds 2 and 3 were skipped
        ((2,), "2015-16-Q3", "Quarter 3, October to December 2015", "4 quarters"),
        ((), "", BEFORE_WORDS, ""),
    ],
)
def test_ages_count_this_quarter_in(quarters: tuple[int, ...], since: str, words: str, age: str) -> None:
    assert aged(snapshot("| board | J | title = Joint", *quarters), since) == {"since": words, "age": age}


ASKED = "| question | Q1 | question = Why? | since = {}"
FURTHER = "2 | question | Q1 | question = Why? | since = {}"


@pytest.mark.parametrize(
    ("table", "since"),
    [
        (ASKED.format("February 2016"), "2015-16-Q4"),
        (ASKED.format("1 April 2016"), "2016-17-Q1"),
        (ASKED.format("the spring"), ""),
        (ASKED.format("May 2017"), ""),  # a slip of the pen
        (FURTHER.format(""), "2016-17-Q2"),
        ("| priority | J1 | agreement = Agreed\n1 | priority | J1 | agreement = Question", "2016-17-Q1"),
        ("| grid | J1 | data = How?", ""),
        ("| grid | J1 | data = So.\n2 | grid | J1 | data = How?", "2016-17-Q2"),
        ("| grid | J1 | data = How?\n2 | grid | J1 | data = And how?", ""),
    ],
)
def test_since_when_a_question_is_open(table: str, since: str) -> None:
    how = snapshot(table, 1, 2)
    (one,) = how.questions
    assert question_since(how, one) == since


AGED = """
| action | J1.1 | what = A | how = {0} | owner = X
1 | action | J1.2 | what = B | how = {1} | owner = X
2 | action | J1.3 | what = C | how = {2} | owner = {3} | succeeds = {4}
"""


@pytest.mark.parametrize(
    ("texts", "since"),
    [
        (("How?", "So", "And how?", "X", ""), "2016-17-Q2"),
        (("How?", "So", "And how?", "X", "J1.1"), ""),
        (("How?", "So", "And how?", "X", "J1.2"), "2016-17-Q2"),
        (("How?", "How?", "And how?", "X", "J1.2"), "2016-17-Q1"),
        (("How?", "How?", "And how?", "X", "J1.1; J1.2"), ""),
    ],
    ids=["new", "of one with a question", "of one without", "of the second", "of two the oldest"],
)
def test_a_question_is_as_old_as_in_what_was_there_before(texts: tuple[str, ...], since: str) -> None:
    how = snapshot(AGED.format(*texts), 1, 2)
    assert [question_since(how, one) for one in how.questions if one.about == "J1.3"] == [since]


def test_a_question_that_was_answered_and_asked_again_is_new() -> None:
    again = "3 | action | J1.3 | how = So\n4 | action | J1.3 | how = Who?"
    how = snapshot(AGED.format("How?", "So", "And how?", "X", "J1.1") + again, 1, 2, 3, 4)
    assert [question_since(how, one) for one in how.questions if one.about == "J1.3"] == ["2016-17-Q4"]


def test_a_placeholder_is_as_old_as_in_what_was_there_before() -> None:
    table = AGED.format("So", "So", "", "X", "J1.1").replace("how = So", "impact = Safer")
    how = snapshot(table, 1, 2, asked={"action J1.1 how": "1", "action J1.3 how": "2"})
    assert [question_since(how, one) for one in how.questions if one.about == "J1.3"] == ["2016-17-Q1"]


def test_a_placeholder_is_as_old_as_it_was_typed() -> None:
    how = snapshot("| grid | J1 | voice = Heard", 1, 2, asked={"grid J1 data": "1"})
    (one,) = how.questions
    assert question_since(how, one) == "2016-17-Q1"
