"""Roll-up at every boundary, trend, and each rule of escalation."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.rules.escalate import Escalation, EscalationRule, SubgroupFacts, escalations
from plan_sheets.core.rating.rules.rag import ActionFacts, Rating
from plan_sheets.core.rating.rules.rollup import Trend, roll_up, trend
from plan_sheets.core.rating.rules.thresholds import Thresholds

LIMITS = Thresholds()
BY = "30 September 2016"
LETTERS = {
    "B": Status.BLUE,
    "G": Status.GREEN,
    "A": Status.AMBER,
    "R": Status.RED,
    "n": Status.NOT_REPORTED,
    "r": Status.NOT_REPORTED,
    "d": Status.NOT_ASSESSABLE,
    "c": Status.CLOSED,
    "w": Status.WITHDRAWN,
    "p": Status.PROPOSED,
}


def ratings(letters: str) -> list[Rating]:
    """Ratings J1.1, J1.2, ... by letter; r is not reported and last Red, n is not reported and last Green."""
    lasts = {"r": Status.RED, "n": Status.GREEN}
    return [
        Rating(ActionFacts(f"J1.{number}"), LETTERS[letter], "why", last=lasts.get(letter))
        for number, letter in enumerate(letters, 1)
    ]


@pytest.mark.parametrize(
    ("letters", "published", "driver", "text"),
    [
        ("", Status.NO_ACTIONS, "", "No actions yet"),
        ("pp", Status.NO_ACTIONS, "", "No actions yet"),
        ("GGRGnn", Status.RED, "J1.3", "Red: 1 of 6; Not reported: 2; Green: 3"),
        ("GrG", Status.RED, "J1.2", "Not reported: 1 of 3; Green: 2"),
        ("rGR", Status.RED, "J1.3", "Red: 1 of 3; Not reported: 1; Green: 1"),
        ("Rddd", Status.RED, "J1.1", "Red: 1 of 4; Not assessable: 3"),  # Red before too little
        ("Gdd", Status.TOO_LITTLE, "J1.2", "Not assessable: 2 of 3; Green: 1"),
        ("Add", Status.TOO_LITTLE, "J1.2", "Amber: 1 of 3; Not assessable: 2"),  # too little before Amber
        ("Gd", Status.GREEN, "", "Not assessable: 1 of 2; Green: 1"),  # exactly half is enough
        ("Gn", Status.AMBER, "J1.2", "Not reported: 1 of 2; Green: 1"),
        ("nAG", Status.AMBER, "J1.2", "Not reported: 1 of 3; Amber: 1; Green: 1"),
        ("n", Status.TOO_LITTLE, "J1.1", "Not reported: 1 of 1"),
        ("BB", Status.BLUE, "", "Blue: 2 of 2"),
        ("BG", Status.GREEN, "", "Green: 1 of 2; Blue: 1"),
        ("Bd", Status.GREEN, "", "Not assessable: 1 of 2; Blue: 1"),
        ("Bcw", Status.BLUE, "", "Blue: 1 of 3; Closed: 1; Withdrawn: 1"),
        ("Gccc", Status.GREEN, "", "Green: 1 of 4; Closed: 3"),
        ("cw", Status.CLOSED, "", "Closed: 1 of 2; Withdrawn: 1"),
        ("w", Status.WITHDRAWN, "", "Withdrawn: 1 of 1"),
        ("pG", Status.GREEN, "", "Green: 1 of 1"),
    ],
)
def test_roll_up(letters: str, published: Status, driver: str, text: str) -> None:
    rolled = roll_up(ratings(letters), LIMITS)
    assert (rolled.published, rolled.driver, rolled.text) == (published, driver, text)


def test_the_share_that_must_be_assessed_is_the_plans_to_set() -> None:
    assert roll_up(ratings("GGd"), Thresholds(assessed_percent=67)).published == Status.TOO_LITTLE


def test_refs_sort_as_people_sort_them() -> None:
    assert sorted(["J2a.10", "J2.1", "J10.1", "J2a.2"], key=ref_order) == ["J2.1", "J2a.2", "J2a.10", "J10.1"]


mixes = st.text("".join(LETTERS), max_size=8)


@given(mixes, st.randoms(use_true_random=False))
def test_roll_up_does_not_depend_on_order(letters: str, random: Random) -> None:
    shuffled = ratings(letters)
    random.shuffle(shuffled)
    assert roll_up(shuffled, LIMITS) == roll_up(ratings(letters), LIMITS)


@given(mixes)
def test_roll_up_counts_every_action_once_and_hides_no_red(letters: str) -> None:
    rolled = roll_up(ratings(letters), LIMITS)
    assert sum(rolled.counts.values()) == len(letters.replace("p", ""))
    assert (rolled.published == Status.RED) == bool(set(letters) & {"R", "r"})
    if rolled.published in (Status.GREEN, Status.BLUE):
        assert not set(letters) & set("ARnr")


@given(mixes, st.text("Bcw", max_size=4))
def test_what_is_finished_never_makes_it_too_little_to_say(letters: str, finished: str) -> None:
    before, after = roll_up(ratings(letters), LIMITS), roll_up(ratings(letters + finished), LIMITS)
    if after.published == Status.TOO_LITTLE:
        assert before.published == Status.TOO_LITTLE


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (Status.AMBER, Status.GREEN, Trend.IMPROVED),
        (Status.GREEN, Status.BLUE, Trend.IMPROVED),
        (Status.GREEN, Status.GREEN, Trend.NO_CHANGE),
        (Status.CLOSED, Status.CLOSED, Trend.NO_CHANGE),
        (Status.AMBER, Status.RED, Trend.WORSENED),
        (None, Status.RED, Trend.NEW),
        (Status.PROPOSED, Status.GREEN, Trend.NEW),
        (Status.NO_ACTIONS, Status.GREEN, Trend.NEW),
        (Status.GREEN, Status.NOT_REPORTED, Trend.NOT_COMPARABLE),
        (Status.NOT_REPORTED, Status.NOT_REPORTED, Trend.NOT_COMPARABLE),
        (Status.TOO_LITTLE, Status.AMBER, Trend.NOT_COMPARABLE),
    ],
)
def test_trend(before: Status | None, now: Status, expected: Trend) -> None:
    assert trend(before, now) == expected


def test_a_trend_is_words_beside_an_arrow() -> None:
    assert [each.words for each in Trend] == ["↑ improved", "→ no change", "↓ worsened", "new", "not comparable"]


ACTION = ActionFacts("J2a.1", theme="J2a", priority="J2", lead="Board lead, Mental Health", owner="Public Health")
AMBER = Rating(ACTION, Status.AMBER, "judged Amber", before=Status.AMBER)
MOVED_TWICE = (
    (None, PartialDate.month(2016, 6)),
    (Round(2016, 1), PartialDate.month(2016, 9)),
    (Round(2016, 2), PartialDate.month(2016, 12)),
)


def escalated(*rated: Rating) -> list[Escalation]:
    return list(escalations(rated, [], LIMITS, BY))


def test_red_is_escalated() -> None:
    assert escalated(replace(AMBER, published=Status.RED, driven_by="judged Red")) == [
        Escalation(
            EscalationRule.RED,
            "J2a.1",
            "Red: judged Red.",
            "Agree what will bring it back and by when, or accept that it stays Red.",
            "the Executive",
            BY,
        )
    ]


@pytest.mark.parametrize(
    ("before", "now", "rules"),
    [
        (Status.AMBER, Status.AMBER, [EscalationRule.AMBER]),
        (Status.GREEN, Status.AMBER, []),
        (Status.AMBER, Status.GREEN, []),
        (None, Status.AMBER, []),
        (Status.RED, Status.RED, [EscalationRule.RED]),
        (Status.AMBER, Status.NOT_REPORTED, []),
    ],
)
def test_amber_two_rounds_running(before: Status | None, now: Status, rules: list[EscalationRule]) -> None:
    assert [each.rule for each in escalated(replace(AMBER, before=before, published=now))] == rules


@pytest.mark.parametrize(
    ("dates", "stage", "published", "rules"),
    [
        (MOVED_TWICE[:2], "", Status.GREEN, []),
        (MOVED_TWICE, "", Status.GREEN, [EscalationRule.MOVED]),
        (MOVED_TWICE, "Complete", Status.GREEN, []),
        (MOVED_TWICE, "Withdrawn", Status.WITHDRAWN, []),
    ],
)
def test_date_moved_twice(
    dates: tuple[tuple[Round | None, PartialDate], ...], stage: str, published: Status, rules: list[EscalationRule]
) -> None:
    facts = replace(ACTION, dates=dates, confirmed_stage=stage)
    found = escalated(Rating(facts, published, "why"))
    assert [each.rule for each in found] == rules
    assert all(each.asked == "Accept the date December 2016, or say what must change." for each in found)


def test_what_the_chair_asks_goes_to_the_executive_word_for_word() -> None:
    [asked] = escalated(Rating(replace(ACTION, ask="Release an analyst"), Status.GREEN, "judged Green"))
    assert (asked.rule, asked.asked, asked.of_whom) == (EscalationRule.ASKED, "Release an analyst", "the Executive")


@pytest.mark.parametrize(("missed", "escalates"), [(0, []), (1, []), (2, ["DA"]), (3, ["DA"])])
def test_no_return(missed: int, escalates: list[str]) -> None:
    group = SubgroupFacts("DA", "Domestic Abuse", "chair of DA", "Board lead, Domestic Abuse", missed)
    assert [each.ref for each in escalations([], [group], LIMITS, BY)] == escalates


def test_nobody_is_asked_for_a_return_whose_actions_are_all_finished() -> None:
    group = SubgroupFacts("DA", "Domestic Abuse", missed=3, finished=True)
    assert not group.owes
    assert escalations([], [group], LIMITS, BY) == ()


def test_unnamed_owners_make_one_line_a_priority() -> None:
    unnamed = replace(ACTION, owner="")
    facts = [
        replace(unnamed, ref="J2b.10"),
        replace(unnamed, ref="J2b.2"),
        replace(unnamed, ref="L1.1", priority="L1", lead=""),
        replace(ACTION, ref="J2.1"),
    ]
    found = escalated(
        *(Rating(each, Status.NOT_ASSESSABLE, "no named owner") for each in facts),
        Rating(replace(unnamed, ref="J2.3"), Status.CLOSED, "Closed, confirmed"),
        Rating(replace(unnamed, ref="J2.5", confirmed_stage="Complete"), Status.GREEN, "evidence awaited"),
        Rating(replace(unnamed, ref="J2.4"), Status.PROPOSED, "proposed, not yet confirmed"),
    )
    assert [(each.rule, each.ref, each.why, each.of_whom) for each in found] == [
        (EscalationRule.UNNAMED, "J2", "2 actions without a named owner: J2b.2, J2b.10.", "Board lead, Mental Health"),
        (EscalationRule.UNNAMED, "L1", "1 action without a named owner: L1.1.", "the Executive"),
    ]


def test_an_action_has_a_line_for_each_rule_that_it_meets_worst_rule_first() -> None:
    facts = replace(ACTION, dates=MOVED_TWICE, ask="Help")
    found = escalated(Rating(facts, Status.RED, "judged Red"), AMBER)
    assert [each.rule for each in found] == [
        EscalationRule.RED,
        EscalationRule.ASKED,
        EscalationRule.MOVED,
        EscalationRule.AMBER,
    ]
    assert all(each.asked and each.of_whom and each.by_when == BY for each in found)
