"""Rating one action: every rule at its boundary, the order of precedence, and what holds of all ratings."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import ASSESSED, Stage, Status
from plan_sheets.core.rating.rules.rag import ActionFacts, LastStep, Override, rate
from plan_sheets.core.rating.rules.thresholds import Thresholds

Q1, Q2, Q3, Q4 = (Round(2016, quarter) for quarter in (1, 2, 3, 4))
LIMITS = Thresholds()
MARCH, JUNE, SEPTEMBER = (PartialDate.month(2017, month) for month in (3, 6, 9))
SOUND = ActionFacts(
    ref="J2a.1",
    judged="Green",
    how="Through the mental health group",
    owner="Board lead, Suicide",
    owner_status="Accepted",
    dates=((None, MARCH),),
)
NO, PARTLY, YES, SILENT = (LastStep(named=True, done=done) for done in ("No", "Partly", "Yes", ""))
NO_STEP = LastStep(named=False)
AMBER_BY_OFFICER = Override(Status.AMBER, "Board officer", "evidence seen", "3 July 2016")
COMPLETE = replace(SOUND, confirmed_stage=Stage.COMPLETE, impact="Fewer deaths", evidence="Audit")
OVERRIDDEN = replace(SOUND, override=AMBER_BY_OFFICER)


def due_days_ago(days: int) -> tuple[tuple[None, PartialDate], ...]:
    return ((None, PartialDate.day(Q2.last_day - timedelta(days))),)


@pytest.mark.parametrize(
    ("days", "rule", "reasons"),
    [
        (-1, Status.GREEN, ()),
        (0, Status.GREEN, ()),
        (1, Status.AMBER, ("overdue 1 day",)),
        (30, Status.AMBER, ("overdue 30 days",)),
        (31, Status.RED, ("overdue 31 days",)),
    ],
)
def test_overdue(days: int, rule: Status, reasons: tuple[str, ...]) -> None:
    rating = rate(replace(SOUND, dates=due_days_ago(days)), Q2, LIMITS)
    assert (rating.rule, rating.published, rating.reasons) == (rule, rule, reasons)


@pytest.mark.parametrize(
    ("amber", "red", "days", "rule"),
    [
        (10, 40, 9, Status.GREEN),
        (10, 40, 10, Status.AMBER),
        (10, 40, 39, Status.AMBER),
        (10, 40, 40, Status.RED),
        (40, 10, 9, Status.GREEN),
        (40, 10, 10, Status.RED),  # a plan may leave Amber out
        (40, 10, 40, Status.RED),
    ],
)
def test_overdue_by_the_thresholds_of_a_plan(amber: int, red: int, days: int, rule: Status) -> None:
    limits = Thresholds(overdue_amber_days=amber, overdue_red_days=red)
    assert rate(replace(SOUND, dates=due_days_ago(days)), Q2, limits).rule == rule


@pytest.mark.parametrize(
    ("due", "rule"),
    [
        (PartialDate.quarter(2016, 7), Status.GREEN),
        (PartialDate.month(2016, 9), Status.GREEN),
        (PartialDate.month(2016, 8), Status.AMBER),
        (PartialDate.quarter(2016, 4), Status.RED),
    ],
)
def test_a_partial_date_falls_due_on_its_last_day(due: PartialDate, rule: Status) -> None:
    assert rate(replace(SOUND, dates=((None, due),)), Q2, LIMITS).rule == rule


def test_what_is_confirmed_complete_is_not_overdue() -> None:
    late = replace(SOUND, dates=due_days_ago(40), confirmed_stage=Stage.COMPLETE)
    assert rate(late, Q2, LIMITS).published == Status.GREEN


@pytest.mark.parametrize(
    ("dates", "rule", "moves", "slip"),
    [
        (((None, MARCH),), Status.GREEN, 0, 0),
        (((Q2, MARCH),), Status.GREEN, 0, 0),  # the first date ever given is the baseline
        (((None, MARCH), (Q2, JUNE)), Status.AMBER, 1, 91),
        (((None, MARCH), (Q1, JUNE)), Status.GREEN, 1, 91),  # the first move counts in its round only
        (((None, MARCH), (Q1, JUNE), (Q2, SEPTEMBER)), Status.RED, 2, 183),
        (((None, MARCH), (Q1, JUNE), (Q2, MARCH)), Status.RED, 2, 0),
        (((None, JUNE), (Q2, MARCH)), Status.AMBER, 1, -91),
        (((None, MARCH), (Q2, PartialDate.day(date(2017, 3, 31)))), Status.GREEN, 0, 0),
    ],
)
def test_date_moved(dates: tuple[tuple[Round | None, PartialDate], ...], rule: Status, moves: int, slip: int) -> None:
    facts = replace(SOUND, dates=dates)
    assert (rate(facts, Q2, LIMITS).rule, len(facts.moves), facts.slip_days) == (rule, moves, slip)


def test_a_second_move_stays_red_in_later_rounds() -> None:
    facts = replace(SOUND, dates=((None, MARCH), (Q1, JUNE), (Q2, SEPTEMBER)))
    assert rate(facts, Q4, LIMITS).driven_by == "judged Green, rule Red: date moved 2 times, last to September 2017"


@pytest.mark.parametrize(
    ("steps", "rule", "reasons"),
    [
        ((), Status.GREEN, ()),
        ((YES, NO), Status.GREEN, ()),
        ((SILENT, NO), Status.GREEN, ()),
        ((NO,), Status.AMBER, ("last quarter's next step not done",)),
        ((PARTLY, YES), Status.AMBER, ("last quarter's next step only partly done",)),
        ((NO, NO_STEP, NO), Status.AMBER, ("last quarter's next step not done",)),
        ((NO, PARTLY), Status.RED, ("next step not done 2 rounds running",)),
        ((NO, NO, NO), Status.RED, ("next step not done 3 rounds running",)),
        ((LastStep(named=False, done="No"),), Status.GREEN, ()),  # no last step, no step rule
    ],
)
def test_next_step(steps: tuple[LastStep, ...], rule: Status, reasons: tuple[str, ...]) -> None:
    rating = rate(replace(SOUND, steps=steps), Q2, LIMITS)
    assert (rating.rule, rating.reasons) == (rule, reasons)


@pytest.mark.parametrize(
    ("status", "for_round", "rule"),
    [
        ("Suggested", Q1, Status.GREEN),
        ("Suggested", Q2, Status.AMBER),
        ("Approached", Q4, Status.AMBER),
        ("Accepted", Q2, Status.GREEN),
    ],
)
def test_owner_who_has_not_accepted(status: str, for_round: Round, rule: Status) -> None:
    assert rate(replace(SOUND, owner_status=status), for_round, LIMITS).rule == rule


@pytest.mark.parametrize(
    ("facts", "published", "driven_by"),
    [
        (SOUND, Status.GREEN, "judged Green"),
        (replace(SOUND, steps=(NO,)), Status.AMBER, "judged Green, rule Amber: last quarter's next step not done"),
        (
            replace(SOUND, judged="Red", steps=(NO,)),
            Status.RED,
            "judged Red, rule Amber: last quarter's next step not done",
        ),
        (
            replace(SOUND, steps=(NO, NO), owner_status="Suggested"),  # only what sets the ceiling is told
            Status.RED,
            "judged Green, rule Red: next step not done 2 rounds running",
        ),
        (replace(SOUND, stage="Complete"), Status.GREEN, "judged Green; Complete proposed, not yet confirmed"),
        (replace(SOUND, how=""), Status.NOT_ASSESSABLE, "judged Green; no how"),
        (replace(SOUND, owner="", dates=()), Status.NOT_ASSESSABLE, "judged Green; no named owner, no date"),
        (replace(SOUND, owner_status="Unnamed"), Status.NOT_ASSESSABLE, "judged Green; no named owner"),
        (replace(SOUND, how="", judged="Amber"), Status.AMBER, "judged Amber"),  # 4 before 5
        (replace(SOUND, how="", judged=""), Status.NOT_REPORTED, "no RAG given; never reported"),  # 3 before 5
        (replace(SOUND, stage="Complete", stage_declined=True), Status.GREEN, "judged Green"),
    ],
)
def test_published(facts: ActionFacts, published: Status, driven_by: str) -> None:
    rating = rate(facts, Q2, LIMITS)
    assert (rating.published, rating.driven_by) == (published, driven_by)


@pytest.mark.parametrize(
    ("facts", "published", "driven_by"),
    [
        (COMPLETE, Status.BLUE, "confirmed Complete, with impact and evidence"),
        (replace(COMPLETE, judged=""), Status.BLUE, "confirmed Complete, with impact and evidence"),
        (replace(COMPLETE, steps=(NO, NO)), Status.BLUE, "confirmed Complete, with impact and evidence"),
        (replace(COMPLETE, evidence=""), Status.GREEN, "confirmed Complete; evidence awaited (no evidence given)"),
        (
            replace(COMPLETE, impact="", evidence="", judged=""),
            Status.GREEN,
            "confirmed Complete; evidence awaited (no impact and no evidence given)",
        ),
        (
            replace(COMPLETE, stage="Closed to business as usual"),
            Status.BLUE,
            "confirmed Complete, with impact and evidence; Closed to business as usual proposed, not yet confirmed",
        ),
        (
            replace(COMPLETE, how="", owner="", dates=()),  # 2 before 5
            Status.BLUE,
            "confirmed Complete, with impact and evidence",
        ),
        (
            replace(COMPLETE, judged="Red"),  # 2 before 4, and the trouble that was said is told
            Status.BLUE,
            "confirmed Complete, with impact and evidence; judged Red in this round",
        ),
        (
            replace(COMPLETE, how="", impact="", judged="Amber"),
            Status.GREEN,
            "confirmed Complete; evidence awaited (no impact given); judged Amber in this round",
        ),
        (
            replace(COMPLETE, stage="In progress"),
            Status.BLUE,
            "confirmed Complete, with impact and evidence; In progress proposed, not yet confirmed",
        ),
        (replace(COMPLETE, confirmed_stage="In progress", stage="Complete", judged=""), Status.NOT_REPORTED, None),
    ],
)
def test_complete(facts: ActionFacts, published: Status, driven_by: str | None) -> None:
    rating = rate(facts, Q2, LIMITS)
    assert rating.published == published
    assert driven_by is None or rating.driven_by == driven_by


@pytest.mark.parametrize(
    ("history", "last", "age", "words"),
    [
        ((), None, None, "no RAG given; never reported"),
        (((Q3, Status.RED),), Status.RED, 1, "no RAG given; last Red, 1 round ago"),
        (((Q2, Status.GREEN), (Q3, Status.NOT_REPORTED)), Status.GREEN, 2, "no RAG given; last Green, 2 rounds ago"),
        (((Round(2015, 4), Status.AMBER),), Status.AMBER, 4, "no RAG given; last Amber, 4 rounds ago"),
        (((Q3, Status.PROPOSED),), None, None, "no RAG given; never reported"),
    ],
)
def test_not_reported_tells_the_last_status_and_its_age(
    history: tuple[tuple[Round, Status], ...], last: Status | None, age: int | None, words: str
) -> None:
    rating = rate(replace(SOUND, judged="", history=history), Q4, LIMITS)
    assert (rating.published, rating.last, rating.age, rating.driven_by) == (Status.NOT_REPORTED, last, age, words)
    assert rating.before == dict(history).get(Q3, Status.NOT_REPORTED if history else None)


@pytest.mark.parametrize(
    ("facts", "published"),
    [
        (replace(OVERRIDDEN, judged=""), Status.AMBER),  # instead of 3
        (replace(OVERRIDDEN, judged="Red"), Status.AMBER),  # 4
        (replace(OVERRIDDEN, how=""), Status.AMBER),  # 5
        (replace(OVERRIDDEN, confirmed_stage=Stage.COMPLETE, impact="Less harm", evidence="Audit"), Status.AMBER),  # 2
        (replace(OVERRIDDEN, steps=(NO, NO)), Status.AMBER),  # 6
        (replace(OVERRIDDEN, confirmed_stage=Stage.CLOSED), Status.CLOSED),  # not instead of 1
        (replace(OVERRIDDEN, confirmed_stage=Stage.WITHDRAWN), Status.WITHDRAWN),
        (replace(OVERRIDDEN, proposed=True), Status.PROPOSED),
    ],
)
def test_an_override_replaces_all_but_the_first(facts: ActionFacts, published: Status) -> None:
    assert rate(facts, Q2, LIMITS).published == published


def test_an_override_is_printed_with_name_reason_and_date() -> None:
    rating = rate(replace(OVERRIDDEN, steps=(NO, NO)), Q2, LIMITS)
    assert rating.driven_by == (
        "overridden by Board officer on 3 July 2016: evidence seen"
        " (otherwise judged Green, rule Red: next step not done 2 rounds running)"
    )


@pytest.mark.parametrize(
    ("facts", "otherwise"),
    [
        (replace(OVERRIDDEN, judged=""), "no RAG given; never reported"),
        (replace(COMPLETE, override=AMBER_BY_OFFICER), "confirmed Complete, with impact and evidence"),
    ],
)
def test_an_override_says_what_would_stand_without_it(facts: ActionFacts, otherwise: str) -> None:
    assert rate(facts, Q2, LIMITS).driven_by.endswith(f": evidence seen (otherwise {otherwise})")


@pytest.mark.parametrize(
    ("facts", "finished"),
    [
        (COMPLETE, True),
        (replace(COMPLETE, evidence="", judged="Red"), True),
        (replace(SOUND, confirmed_stage=Stage.CLOSED), True),
        (replace(SOUND, confirmed_stage=Stage.WITHDRAWN, judged=""), True),
        (replace(OVERRIDDEN, override=replace(AMBER_BY_OFFICER, rag=Status.BLUE)), True),
        (replace(COMPLETE, override=AMBER_BY_OFFICER), False),  # the officer says that there is trouble
        (SOUND, False),
        (replace(SOUND, stage="Complete", impact="Fewer deaths", evidence="Audit"), False),
        (replace(SOUND, proposed=True), False),
    ],
)
def test_what_is_finished(facts: ActionFacts, *, finished: bool) -> None:
    rating = rate(facts, Q2, LIMITS)
    assert (rating.finished, rating.going_on) == (finished, not finished and not facts.proposed)


@pytest.mark.parametrize("judged", ["", "Red"])
def test_closed_outranks_whatever_was_judged(judged: str) -> None:
    closed = replace(SOUND, judged=judged, stage="Complete", confirmed_stage=Stage.CLOSED)
    rating = rate(closed, Q2, LIMITS)
    assert (rating.published, rating.rule) == (Status.CLOSED, None)
    assert rating.driven_by == "Closed to business as usual, confirmed"


def test_thresholds_of_a_plan() -> None:
    limits, unusable = Thresholds.from_values({"overdue_red_days": " 15 ", "moves_red": "", "assessed_percent": "100"})
    assert (limits, unusable) == (Thresholds(overdue_red_days=15, assessed_percent=100), [])
    assert rate(replace(SOUND, dates=due_days_ago(14)), Q2, limits).rule == Status.AMBER
    assert rate(replace(SOUND, dates=due_days_ago(15)), Q2, limits).rule == Status.RED


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("moves_red", "two"),
        ("moves_red", "0"),
        ("steps_red", "-1"),
        ("owner_from_quarter", "5"),
        ("assessed_percent", "101"),
        ("overdue_red_days", "٣"),
        ("colour", "1"),
    ],
)
def test_a_threshold_that_cannot_be_used_leaves_the_default(name: str, text: str) -> None:
    assert Thresholds.from_values({name: text}) == (Thresholds(), [(name, text)])


months = st.builds(PartialDate.month, st.integers(2016, 2018), st.integers(1, 12))
texts = st.sampled_from(["", "something"])
any_facts = st.builds(
    ActionFacts,
    ref=st.just("J1.1"),
    judged=st.sampled_from(["", "Green", "Amber", "Red"]),
    stage=st.sampled_from(["", *Stage]),
    confirmed_stage=st.sampled_from(["", *Stage]),
    how=texts,
    owner=texts,
    owner_status=st.sampled_from(["", "Unnamed", "Suggested", "Approached", "Accepted"]),
    impact=texts,
    evidence=texts,
    dates=st.lists(st.tuples(st.sampled_from([None, Q1, Q2]), months), max_size=3).map(tuple),
    steps=st.lists(st.builds(LastStep, st.booleans(), st.sampled_from(["", "Yes", "No", "Partly"]))).map(tuple),
    override=st.sampled_from([None, None, AMBER_BY_OFFICER]),
    proposed=st.booleans(),
)


@given(any_facts, st.sampled_from([Q1, Q2, Q3, Q4]))
def test_published_is_never_better_than_judged_or_rule(facts: ActionFacts, for_round: Round) -> None:
    rating = rate(facts, for_round, LIMITS)
    assert rating.driven_by
    if rating.published in ASSESSED and not facts.override and not facts.complete:
        assert rating.rule is not None
        worse = max(ASSESSED.index(Status(facts.judged)), ASSESSED.index(rating.rule))
        assert ASSESSED.index(rating.published) == worse


@given(any_facts, st.sampled_from([Q1, Q2, Q3, Q4]))
def test_blue_is_complete_confirmed_with_impact_and_evidence(facts: ActionFacts, for_round: Round) -> None:
    if rate(facts, for_round, LIMITS).published == Status.BLUE:
        assert facts.complete
        assert facts.impact
        assert facts.evidence


@given(any_facts, st.sampled_from([Q1, Q2, Q3, Q4]))
def test_what_is_confirmed_complete_stands_whatever_else_is_blank(facts: ActionFacts, for_round: Round) -> None:
    complete = replace(facts, confirmed_stage=Stage.COMPLETE, proposed=False, override=None)
    rating = rate(complete, for_round, LIMITS)
    assert rating.published == (Status.BLUE if facts.impact and facts.evidence else Status.GREEN)
    assert rating.finished
    assert facts.judged not in ("Amber", "Red") or f"judged {facts.judged}" in rating.driven_by


@given(any_facts)
def test_a_judged_red_or_amber_is_never_hidden(facts: ActionFacts) -> None:
    told = replace(facts, override=None, proposed=False, confirmed_stage="In progress")
    if told.judged in ("Amber", "Red"):
        assert ASSESSED.index(rate(told, Q2, LIMITS).published) >= ASSESSED.index(Status(told.judged))


@given(any_facts)
def test_one_more_missed_step_never_improves_anything(facts: ActionFacts) -> None:
    before, after = rate(facts, Q2, LIMITS), rate(replace(facts, steps=(NO, *facts.steps)), Q2, LIMITS)
    if before.published in ASSESSED:
        assert ASSESSED.index(after.published) >= ASSESSED.index(before.published)
    else:
        assert after.published == before.published
