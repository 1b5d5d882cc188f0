"""What took the place of what: through several rounds and years, one after the other, and of several the worst."""

from __future__ import annotations

import pytest

from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.ratings import rate_rounds, rows_at
from plan_sheets.core.rating.succession import find_succession

Q3, Q4, NEXT = "2016-17-Q3", "2016-17-Q4", "2017-18-Q1"
ROUNDS = (Q3, Q4, NEXT)
PLANNED = {"theme": "J1a", "what": "Do it", "how": "So", "owner": "A lead", "owner_status": "Accepted"}

STANDING = ("ref", "due", "succeeds", "removed", "owner_status")


def history(*facts: tuple[str, str, str, str]) -> History:
    """A history of actions: ref, field, value and round; what is planned of each stands with its ref."""
    texts = [
        (
            ref,
            name,
            value,
            code,
            "standing" if name in ("ref", "due", "succeeds", "removed", "owner_status") else "round",
        )
        for ref, name, value, code in facts
    ]
    typed = {(ref, name) for ref, name, _, _ in facts}
    texts += [
        (ref, name, value, code, "standing")
        for ref, field, _, code in facts
        if field == "ref"
        for name, value in PLANNED.items()
        if (ref, name) not in typed
    ]
    return History.of(
        Held(Key("action", ref, name), value, scope, code, seq)
        for seq, (ref, name, value, code, scope) in enumerate(texts, start=1)
    )


def added(ref: str, code: str = "", succeeds: str = "", due: str = "March 2018") -> list[tuple[str, str, str, str]]:
    """A row of the plan from a round on."""
    facts = [(ref, "ref", ref, code), (ref, "due", due, code)]
    return [*facts, (ref, "succeeds", succeeds, code)] if succeeds else facts


TWICE = (*added("A.1"), *added("A.2", Q4, "A.1"), *added("A.3", NEXT, "A.2"), *added("A.4", NEXT, "A.2"))


def test_one_after_the_other() -> None:
    succession = find_succession(history(*TWICE))
    assert succession.list_heirs("A.1") == ["A.3", "A.4"]
    assert succession.list_heirs("A.3") == ["A.3"]
    assert succession.list_forebears("A.4") == ["A.2", "A.1"]
    assert succession.since == {"A.1": Q4, "A.2": NEXT}


@pytest.mark.parametrize(("code", "refs"), [(Q3, ["A.1"]), (Q4, ["A.2"]), (NEXT, ["A.3", "A.4"])])
def test_each_round_has_those_that_went_on_by_then(code: str, refs: list[str]) -> None:
    assert list(rows_at(history(*TWICE), code)["action"]) == refs


def test_what_is_said_no_more_has_not_gone_on() -> None:
    undone = history(*added("A.1"), *added("A.2", Q4, "A.1"), ("A.2", "succeeds", "", NEXT))
    assert find_succession(undone, Q4).after == {"A.1": ["A.2"]}
    assert not find_succession(undone).after
    assert find_succession(history(*added("A.2", Q4, "A.1"), ("A.2", "succeeds", "A.1; A.3", NEXT))).since == {
        "A.1": Q4,
        "A.3": NEXT,
    }


def test_a_successor_that_is_taken_out_brings_nothing_back() -> None:
    gone = history(*added("A.1"), *added("A.2", Q4, "A.1"), ("A.2", "removed", "Yes", NEXT))
    assert not rows_at(gone, NEXT)["action"]


def test_baseline_moves_and_status_go_on_into_the_next_year() -> None:
    facts = [
        *added("A.1", "", due="March 2017"),
        ("A.1", "due", "June 2017", Q4),
        ("A.1", "rag", "Amber", Q4),
        ("A.1", "next_step", "Ask", Q4),
        *added("A.2", NEXT, "A.1", due="March 2018"),
        ("A.2", "rag", "Green", NEXT),
        ("A.2", "step_done", "Partly", NEXT),
    ]
    rating = rate_rounds(history(*facts), ROUNDS)[NEXT]["A.2"]
    assert [(str(when or ""), day.words) for when, day in rating.facts.dates] == [
        ("", "March 2017"),
        (Q4, "June 2017"),
        (NEXT, "March 2018"),
    ]
    assert (rating.published, rating.before) == (Status.RED, Status.AMBER)
    assert rating.reasons == (
        "date moved 2 times, last to March 2018",
        "last quarter's next step only partly done",
    )


def test_an_owner_who_was_only_suggested_last_year_is_late_in_the_first_quarter() -> None:
    """As of the action whose place it took; of one that is new in this year the third quarter is early enough."""
    facts = [*added("A.1"), *added("A.2", NEXT, "A.1"), *added("A.3", NEXT)]
    facts += [(ref, "rag", "Green", NEXT) for ref in ("A.2", "A.3")]
    suggested = [*facts, *((ref, "owner_status", "Suggested", NEXT) for ref in ("A.2", "A.3"))]
    ratings = rate_rounds(history(*suggested), ROUNDS)[NEXT]
    assert (ratings["A.2"].published, ratings["A.2"].reasons) == (Status.AMBER, ("action owner only suggested",))
    assert ratings["A.3"].published == Status.GREEN


MERGED = (
    *added("A.1"),
    *added("A.2"),
    *added("A.3", NEXT, "A.1; A.2"),
    ("A.1", "rag", "Red", Q3),
    ("A.2", "rag", "Green", Q3),
    ("A.2", "rag", "Green", Q4),
)


def test_of_several_the_worst_goes_on() -> None:
    ratings = rate_rounds(history(*MERGED), ROUNDS)
    rating = ratings[NEXT]["A.3"]
    assert [status for _, status in rating.facts.history] == [Status.RED, Status.NOT_REPORTED]
    assert (rating.published, rating.last) == (Status.NOT_REPORTED, Status.RED)


def test_what_was_said_of_several_in_the_round_counts_until_it_is_answered_itself() -> None:
    said = [*MERGED, ("A.1", "rag", "Amber", NEXT), ("A.2", "rag", "Red", NEXT), ("A.1", "progress", "Half", NEXT)]
    told = history(*said)
    succession = find_succession(told)
    assert succession.answer(told, "A.3", "rag", NEXT) == "Red"
    assert succession.answer(told, "A.3", "progress", NEXT) == "A.1: Half"
    rating = rate_rounds(told, ROUNDS)[NEXT]["A.3"]
    assert rating.driven_by.endswith("; said of A.1 and A.2")
    answered = history(*said, ("A.3", "rag", "Green", NEXT))
    assert rate_rounds(answered, ROUNDS)[NEXT]["A.3"].published == Status.GREEN


def test_an_override_goes_on_and_a_stage_does_not() -> None:
    overridden = {"override_rag": "Red", "override_by": "Officer", "override_reason": "Seen", "stage": "Complete"}
    told = history(*MERGED, *(("A.2", name, value, NEXT) for name, value in overridden.items()))
    rating = rate_rounds(told, ROUNDS)[NEXT]["A.3"]
    assert (rating.published, rating.facts.stage) == (Status.RED, "")


def test_without_a_date_of_its_own_it_has_none_and_the_first_one_waits() -> None:
    through = [*added("A.1"), *added("A.2", Q4, "A.1", due=""), *added("A.3", NEXT, "A.2", due="May 2018")]
    ratings = rate_rounds(history(*through), ROUNDS)
    assert ratings[Q4]["A.2"].facts.due is None
    assert [day.words for _, day in ratings[NEXT]["A.3"].facts.dates] == ["March 2018", "May 2018"]
