"""What the register holds, in time: which value stands, now and at the end of a round; and how refs sort."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.history import BEFORE_ANY_ROUND, NOTHING, Held, History
from plan_sheets.core.model.keys import Key, ref_order

DRAFT, Q1, Q2, Q3 = BEFORE_ANY_ROUND, "2016-17-Q1", "2016-17-Q2", "2016-17-Q3"
DUE, RAG, REF = (Key("action", "J1.1", name) for name in ("due", "rag", "ref"))


def history(*told: tuple[Key, str, str, str]) -> History:
    """Values as (key, value, round, scope), in the order in which they were said."""
    return History.of(Held(key, value, scope, code, seq + 1) for seq, (key, value, code, scope) in enumerate(told))


MOVED = history(
    (REF, "J1.1", DRAFT, "standing"),
    (DUE, "March 2017", DRAFT, "standing"),
    (RAG, "Green", Q1, "round"),
    (DUE, "May 2017", Q2, "standing"),
    (RAG, "Red", Q2, "round"),
    (DUE, "April 2017", Q1, "standing"),  # confirmed late, for the round that proposed it
)


@pytest.mark.parametrize(
    ("up_to", "value"),
    [(DRAFT, "March 2017"), (Q1, "April 2017"), (Q2, "May 2017"), (Q3, "May 2017"), (None, "May 2017")],
)
def test_what_stands_is_the_latest_round_and_in_it_the_last_said(up_to: str | None, value: str) -> None:
    assert MOVED.standing(DUE, up_to).value == value


def test_a_round_value_holds_for_its_round_alone() -> None:
    assert [MOVED.in_round(RAG, code).value for code in (Q1, Q2, Q3)] == ["Green", "Red", ""]
    assert MOVED.head(RAG, "round", Q3) is NOTHING
    assert MOVED.head(DUE, "standing", Q1).value == "May 2017"


def test_nothing_is_known_of_what_was_never_said() -> None:
    assert MOVED.text("action", "J9.9", "due") == ""
    assert MOVED.of_round("action", "J1.1", "stage", Q1) == ""
    assert MOVED.record("action", "J9.9")["what"] == ""
    assert MOVED.refs("grid") == []


def test_a_row_holds_its_standing_fields_and_no_round_ones() -> None:
    assert MOVED.record("action", "J1.1", Q1) == {"ref": "J1.1", "due": "April 2017"}


def test_the_course_of_a_date_is_what_stood_at_the_end_of_each_round() -> None:
    assert [(one.round, one.value) for one in MOVED.rounds_of(DUE)] == [
        (DRAFT, "March 2017"),
        (Q1, "April 2017"),
        (Q2, "May 2017"),
    ]
    back = history(
        (DUE, "May 2017", Q1, "standing"), (DUE, "June 2017", Q2, "standing"), (DUE, "May 2017", Q2, "standing")
    )
    assert [one.round for one in back.rounds_of(DUE)] == [Q1], "moved and moved back within a round is no move"


def test_what_was_taken_out_is_no_longer_among_the_refs_but_still_known() -> None:
    gone = Key("action", "J1.1", "removed")
    after = history(
        (REF, "J1.1", DRAFT, "standing"), (DUE, "May 2017", DRAFT, "standing"), (gone, "Yes", Q2, "standing")
    )
    assert after.refs("action") == []
    assert after.refs("action", Q1) == ["J1.1"], "the master of an earlier round still shows it"
    assert after.text("action", "J1.1", "due") == "May 2017"


def test_refs_are_in_the_order_in_which_a_reader_expects_them() -> None:
    wanted = ["DA.F2", "DA.F10", "J1", "J1a", "J2", "J2.1", "J2a", "J2a.2", "J2a.10", "J2b.1", "J10", "L1", "S1"]
    assert sorted(sorted(wanted, key=len), key=ref_order) == wanted


SAID = st.lists(
    st.tuples(st.sampled_from([DUE, REF]), st.sampled_from(["a", "b", ""]), st.sampled_from([DRAFT, Q1, Q2])),
    max_size=8,
)


@given(SAID)
def test_a_later_round_never_changes_what_stood_before_it(said: list[tuple[Key, str, str]]) -> None:
    made = history(*((*one, "standing") for one in said))
    more = history(*((*one, "standing") for one in said), (DUE, "z", Q3, "standing"))
    for code in (DRAFT, Q1, Q2):
        assert more.standing(DUE, code) == made.standing(DUE, code)
    assert more.standing(DUE).value == "z"
