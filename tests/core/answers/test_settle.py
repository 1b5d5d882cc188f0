"""What the officer settles and confirms: each choice, each way it cannot be applied, and what is proposed."""

from __future__ import annotations

import pytest

from plan_sheets.core.answers.settle import is_fresh, settle
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.queries import NewValue, OpenQuery, QueryCell
from plan_sheets.core.rating.proposals import proposals, subject
from plan_sheets.store.schemas import load_messages, title_of

Q1, Q2 = "2016-17-Q1", "2016-17-Q2"
RAG, DUE, STAGE, STANDS = (Key("action", "J1.1", name) for name in ("rag", "due", "stage", "confirmed_stage"))
WHERE = Address("Queries", "H5")


def history(*told: tuple[Key, str, str]) -> History:
    """Values as (key, value, round): round fields hold for their round, the others from it."""
    scopes = {"rag": "round", "stage": "round", "new_date": "round"}
    return History.of(
        Held(key, value, scopes.get(key.field, "standing"), code, seq + 1, Source("subgroup", "A. Chair"))
        for seq, (key, value, code) in enumerate(told)
    )


def query(*cells: QueryCell, code: str = "conflict") -> OpenQuery:
    return OpenQuery(7, code, Q1, "DA", "A message.", cells)


ONE = QueryCell(RAG, "round", Q1, "Green", "Red", "Progress!H5")
TWO = QueryCell(DUE, "standing", Q1, "March 2017", "May 2017", "Progress!O5")
HELD = history((RAG, "Green", Q1), (DUE, "March 2017", ""))


def read(key: Key, text: str) -> str | None:
    """What does not fit a cell is told by an exclamation mark."""
    del key
    return None if "!" in text else text


@pytest.mark.parametrize(
    ("asked", "choice", "typed", "values"),
    [
        (query(ONE), "Keep", "", []),
        (query(ONE), "Keep", "Amber", []),
        (query(ONE), "Take", "", [NewValue(RAG, "Red", "round", Q1)]),
        (query(ONE), "Type", "Amber", [NewValue(RAG, "Amber", "round", Q1)]),
        (query(ONE, TWO), "Take", "", [NewValue(RAG, "Red", "round", Q1), NewValue(DUE, "May 2017", "standing", Q1)]),
        (query(), "Keep", "", []),
        (
            query(QueryCell(Key("action", "J1.1", "ref"), "standing", Q1, "", "", ""), code="row_vanished"),
            "Take",
            "",
            [NewValue(Key("action", "J1.1", "removed"), "Yes", "standing", Q1)],
        ),
    ],
)
def test_a_choice_writes_what_it_says(asked: OpenQuery, choice: str, typed: str, values: list[NewValue]) -> None:
    settled = settle(asked, choice, typed, load_messages(), read, WHERE, fresh=is_fresh(asked, HELD, "", title_of))
    assert settled.finding is None
    assert list(settled.values) == values


@pytest.mark.parametrize(
    ("asked", "choice", "typed", "code"),
    [
        (query(ONE), "Type", "", "choice_without_text"),
        (query(ONE, TWO), "Type", "Amber", "type_for_many"),
        (query(), "Take", "", "nothing_to_take"),
        (query(QueryCell(RAG, "round", Q1, "Green", "Red!", "")), "Take", "", "take_unreadable"),
        (query(ONE), "Type", "Am!", "take_unreadable"),
        (query(QueryCell(RAG, "round", Q1, "Amber", "Red", "")), "Take", "", "settled_meanwhile"),
        (query(ONE, QueryCell(DUE, "standing", Q1, "May 2016", "May 2017", "")), "Take", "", "settled_meanwhile"),
    ],
)
def test_what_cannot_be_applied_is_told_and_writes_nothing(
    asked: OpenQuery, choice: str, typed: str, code: str
) -> None:
    settled = settle(asked, choice, typed, load_messages(), read, WHERE, fresh=is_fresh(asked, HELD, "", title_of))
    assert settled.values == ()
    assert settled.finding is not None
    assert (settled.finding.code, settled.finding.address) == (code, WHERE)
    assert "7" in settled.finding.message
    assert settled.finding.entered == (typed or choice)


FURTHER = Key("action", "DA.F1", "agreement")
NEW = [(Key("action", "DA.F1", "ref"), "DA.F1", Q1), (Key("action", "DA.F1", "what"), "Train them", Q1)]
PROPOSED = [
    # what was said, what is proposed of it, in Q1 and Q2
    ([(STAGE, "Complete", Q1)], ["J1.1 stage 2016-17-Q1"]),
    ([(STAGE, "Closed to business as usual", Q1)], ["J1.1 stage 2016-17-Q1"]),
    ([(STAGE, "Withdrawn", Q2)], ["J1.1 stage 2016-17-Q2"]),
    ([(STAGE, "In progress", Q1)], []),
    ([(STAGE, "Complete", Q1), (STANDS, "Complete", Q1)], []),
    ([(STAGE, "Complete", Q1), (STANDS, "Complete", Q1), (STAGE, "In progress", Q2)], ["J1.1 stage 2016-17-Q2"]),
    ([(STAGE, "Complete", Q1), (STANDS, "Withdrawn", Q2)], []),  # decided since
    ([(Key("action", "J1.1", "new_date"), "May 2017", Q1)], ["J1.1 new date 2016-17-Q1"]),
    ([(DUE, "May 2017", ""), (Key("action", "J1.1", "new_date"), "May 2017", Q1)], []),
    ([*NEW, (FURTHER, "Proposed", Q1)], ["DA.F1 further action"]),
    ([*NEW, (FURTHER, "Proposed", Q1), (FURTHER, "Declined", Q1)], []),
    ([*NEW[:1], (FURTHER, "Proposed", Q1)], []),  # all that was typed of it waits for the officer
]


@pytest.mark.parametrize(("said", "refs"), PROPOSED)
def test_what_a_chair_says_is_proposed_until_it_is_so(said: list[tuple[Key, str, str]], refs: list[str]) -> None:
    known = history((Key("action", "J1.1", "ref"), "J1.1", ""), *said)
    assert [one.ref for one in proposals(known, [Q1, Q2])] == refs


def test_a_proposal_says_what_yes_and_no_write() -> None:
    known = history((Key("action", "J1.1", "ref"), "J1.1", ""), (STAGE, "Complete", Q1))
    (stage,) = proposals(known, [Q1])
    assert (stage.yes, stage.no) == (NewValue(STANDS, "Complete", "standing", Q1), None)
    assert (stage.action, stage.standing, stage.who) == ("J1.1", "Not confirmed", "A. Chair")
    told = [*NEW, (FURTHER, "Proposed", Q1)]
    (further,) = proposals(history(*told, (Key("action", "DA.F1", "theme"), "J1a", Q1)), [Q1])
    assert (further.yes.value, further.no and further.no.value) == ("Agreed", "Declined")
    (without_theme,) = proposals(history(*told), [Q1])
    assert (further.lacks_theme, without_theme.lacks_theme) == (False, True), "nobody could say where it belongs"


def test_what_the_officer_saw_is_fresh_though_the_query_is_older() -> None:
    asked = query(QueryCell(RAG, "round", Q1, "Amber", "Red", ""))
    assert is_fresh(asked, HELD, "Green", title_of)
    assert not is_fresh(asked, HELD, "Amber", title_of)


def test_another_value_is_another_proposal() -> None:
    seen = set()
    for word in ("Complete", "Withdrawn"):
        known = history((Key("action", "J1.1", "ref"), "J1.1", ""), (STAGE, word, Q1))
        seen |= {subject(one) for one in proposals(known, [Q1])}
    assert len(seen) == 2
