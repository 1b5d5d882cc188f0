"""A return that was taken in by mistake is withdrawn: what stands is what would stand without it, and all is told."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chairs import FURTHER, Q1, Q2, RECEIVED_ON, SOS, Answers, Plan, fill, form, held_file, said
from tests.commands import broken, run, told, untouched

from plan_sheets import office, withdraw_return
from plan_sheets.asking.status import status_of
from plan_sheets.core.book.layout import as_text
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.rules.escalate import EscalationRule
from plan_sheets.correcting.withdraw import WhatWithdrew
from plan_sheets.master import make_master
from plan_sheets.store.register import statements, tables
from plan_sheets.store.register.snapshot import read_snapshot

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
WITHDRAWN_ON = datetime(2016, 7, 12)  # noqa: DTZ001
WHY = "sent by mistake"


def take_back(plan: Plan, name: str = "DA-1") -> WhatWithdrew:
    done, _ = withdraw_return(plan.folder, name, WHY, WITHDRAWN_ON)
    return done


def test_what_only_it_said_falls_back_and_the_subgroup_is_outstanding_again(round_one: Plan) -> None:
    before = spoken(round_one)
    answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": "A. Stranger"}}}
    round_one.receive_one(round_one.filled("one", answers))
    assert round_one.stands("J1a.1", "responsible") == "A. Stranger"
    done = take_back(round_one)
    assert spoken(round_one) == before
    assert {(fell.ref, fell.field) for fell in done.fell_back} >= {("J1a.1", "Progress made"), ("J1a.1", "RAG")}
    rows = {row.subgroup: row for row in status_of(round_one.folder, Q1, date(2016, 7, 20)).rows}
    assert (rows["DA"].returned, rows["DA"].verdict, rows["DA"].days_late) == (None, "outstanding", 5)
    assert rows["DA"].completed_by == ""


def test_trace_and_changes_tell_it(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    take_back(round_one)
    (step,) = [step for step in told("trace", "J1a.1", "rag", plan=round_one) if step["outcome"] == "withdrawn"]
    assert (step["number"], step["before"], step["value"], step["reason"]) == ("DA-1", "Green", "", WHY)
    assert (step["completed_by"], step["received"][:10]) == ("Board officer", "2016-07-12")
    assert f"DA-1 was withdrawn: {WHY}" in run("trace", "J1a.1", plan=round_one).stdout
    make_master(round_one.folder, Q1, WITHDRAWN_ON)
    book = round_one.register.documents(kind="master")[-1].book
    rows: dict[str, dict[str, str]] = {}
    for row, column, content in book.sheet("Changes").cells():
        rows.setdefault(row.ref, {})[column.field.name] = as_text(content)
    (rag,) = [row for row in rows.values() if row["what"] == "RAG" and row["after"] == "Nothing"]
    assert (rag["before"], rag["who"]) == ("Green", "Board officer")
    assert rag["source"] == f"DA-1 withdrawn on 12 July 2016: {WHY}"


def test_the_same_bytes_are_judged_anew(round_one: Plan) -> None:
    path = round_one.filled("one", FURTHER)
    round_one.receive_one(path)
    take_back(round_one)
    again = round_one.receive_one(path, when=WITHDRAWN_ON)
    assert (again.verdict, again.number) != ("duplicate", "")
    assert again.number == "DA-2"
    assert round_one.said("J1a.1", "rag") == "Green"
    assert round_one.stands("DA.F1", "agreement") == "Proposed", "with the ref that it had"


def test_a_return_that_said_the_same_keeps_it(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="Mapped")))
    round_one.receive_one(round_one.filled("two", {**said(progress="Mapped"), "Start here": form(completed_by="D")}))
    take_back(round_one)
    held = round_one.history.in_round(key_of(round_one, "progress"), Q1)
    assert (held.value, held.source.who) == ("Mapped", "D")
    take_back(round_one, "DA-2")
    assert round_one.said("J1a.1", "progress") == ""


def key_of(plan: Plan, field: str) -> Key:
    """The key of a field of J1a.1."""
    return next(key for key in plan.history.by_key if (key.ref, key.field) == ("J1a.1", field))


def test_what_was_in_conflict_with_it_alone_is_taken_and_its_query_closed(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="By A")))
    round_one.receive_one(round_one.filled("two", said(progress="By B")), when=LATER)
    assert [query.code for query in round_one.queries] == ["two_returns"]
    assert take_back(round_one).closed == 1
    assert round_one.said("J1a.1", "progress") == "By B"
    assert round_one.queries == []


def test_its_own_queries_and_errors_are_closed(round_one: Plan) -> None:
    answers = {**said(rag="Purple"), "Action plan": {"J1a.1": {"Who is responsible": None}}}
    round_one.receive_one(round_one.filled("one", answers))
    assert round_one.queries
    _, made = withdraw_return(round_one.folder, "da-1", WHY, WITHDRAWN_ON)
    assert (made.queries, made.findings) == (0, 1)
    book = round_one.register.documents(kind="officer")[-1].book
    (message,) = [content for _, column, content in book.sheet("Findings").cells() if column.field.name == "message"]
    assert f"DA-1 was withdrawn by the board officer on 12 July 2016: {WHY}" in str(message)


def confirm(plan: Plan, *proposals: str) -> None:
    """The officer says Yes to these proposals."""
    made = office.receive_files(plan.folder, plan.filled("sos", SOS, "SOS"), LATER).officer
    assert made
    answers = {
        "To confirm": {ref: {"Confirm": "Yes"} for ref in proposals},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    plan.receive(fill(made.path, plan.inbox / "settled.xlsx", answers), when=LATER)


def test_further_actions_that_nobody_confirmed_leave_the_plan_and_a_confirmed_one_stands(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", FURTHER))
    confirm(round_one, "DA.F1 further action")
    done = take_back(round_one)
    assert [ref for ref in round_one.history.refs("action") if ref.startswith("DA.F")] == ["DA.F1"]
    assert round_one.stands("DA.F1", "what") == "Train the staff", "all of it stands"
    assert len([line for line in done.stands if "DA.F1" in line]) == 1


def test_a_confirmed_stage_stands_and_is_said(round_one: Plan) -> None:
    answers = said()
    answers = {**answers, "Progress": {"J1a.1": {**answers["Progress"]["J1a.1"], "Stage": "Complete"}}}
    round_one.receive_one(round_one.filled("one", answers))
    confirm(round_one, f"J1a.1 stage {Q1}")
    done = take_back(round_one)
    assert (round_one.said("J1a.1", "stage"), round_one.stands("J1a.1", "confirmed_stage")) == ("", "Complete")
    assert any("J1a.1" in line and "confirmed by Board officer" in line for line in done.stands)
    register = round_one.register
    recorded = {row.code for row in register.read(statements.rows_by(tables.FINDING), plan=register.plan)}
    assert {"return_withdrawn", "withdrawn_stands"} <= recorded, "the officer reads them among the findings"


def test_a_correction_falls_back_to_what_it_corrected(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="Maped")))
    round_one.receive_one(round_one.filled("two", said(progress="Mapped", corrects="Yes")), when=LATER)
    with pytest.raises(PlanSheetsError, match="DA-1 was replaced by DA-2") as refused:
        take_back(round_one)
    assert "Withdraw DA-2 first" in refused.value.remedy
    take_back(round_one, "DA-2")
    assert round_one.said("J1a.1", "progress") == "Maped"
    third = round_one.receive_one(round_one.filled("three", said(progress="Again", corrects="Yes")), when=LATER)
    assert any("replaces DA-1" in finding.message for finding in third.findings), "the one that stands again"
    with pytest.raises(PlanSheetsError, match="DA-1 was replaced by DA-3"):
        take_back(round_one)


def test_what_a_later_round_said_stands(round_one: Plan) -> None:
    answers: Answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": "A"}}}
    round_one.receive_one(round_one.filled("one", answers))
    round_one.issue("2016-17-Q2", date(2016, 10, 14), datetime(2016, 9, 20))  # noqa: DTZ001
    answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": "B"}}}
    round_one.receive_one(round_one.filled("q2", answers, code="2016-17-Q2"), when=datetime(2016, 10, 3))  # noqa: DTZ001
    done, _ = withdraw_return(round_one.folder, "DA-1", WHY, datetime(2016, 10, 4))  # noqa: DTZ001
    assert round_one.stands("J1a.1", "responsible") == "B"
    assert round_one.history.text("action", "J1a.1", "responsible", Q1) not in ("A", "B"), "the first round falls back"
    assert any("changed since" in line and "J1a.1" in line for line in done.stands)


@pytest.mark.parametrize(
    ("name", "reason", "told_of"),
    [
        ("DA-9", WHY, "There is no return 'DA-9'"),
        ("DA-1", " ", "There is no reason"),
        ("PLAN-1", WHY, "PLAN-1 is no return of a subgroup"),
        ("OFFICER-1", WHY, "OFFICER-1 is no return of a subgroup"),
        ("FILE-1", WHY, "Nothing of FILE-1 was taken in: it is held"),
        ("FILE-2", WHY, "Nothing of FILE-2 was taken in: it is refused"),
        ("SOS-1", WHY, "Nothing of SOS-1 was taken in: it is untouched"),
    ],
)
def test_what_cannot_be_withdrawn_is_said_and_nothing_changes(
    round_one: Plan, name: str, reason: str, told_of: str
) -> None:
    for path in (round_one.filled("one", said()), held_file(round_one, "carriers disagree")):
        round_one.receive_one(path)
    for path in (broken(round_one), untouched(round_one)):
        round_one.receive_one(path)
    office.receive_files(round_one.folder, round_one.filled("one", said()), RECEIVED_ON)
    answers = {"Start here": {"Settled by": {"Your answer": "Board officer"}}}
    round_one.receive(fill(round_one.path / "officer" / "2016-17-q1.xlsx", round_one.inbox / "o.xlsx", answers))
    before = (round_one.path / "register.sqlite").read_bytes()
    with pytest.raises(PlanSheetsError, match=told_of) as refused:
        withdraw_return(round_one.folder, name, reason, WITHDRAWN_ON)
    assert refused.value.remedy
    assert (round_one.path / "register.sqlite").read_bytes() == before


def test_twice_is_refused(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    take_back(round_one)
    with pytest.raises(PlanSheetsError, match="DA-1 was withdrawn on 12 July 2016 already"):
        take_back(round_one)


def test_as_a_command(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    done = run("withdraw", "DA-1", "--reason", WHY, plan=round_one)
    assert done.exit_code == 0
    assert f"DA-1 (one.xlsx) is withdrawn: {WHY}" in done.stdout
    assert "(it said: 'Green')" in done.stdout
    assert run("withdraw", "DA-1", "--reason", WHY, plan=round_one).exit_code == 1
    round_one.receive_one(round_one.filled("two", said()))
    assert told("withdraw", "DA-2", "--reason", WHY, plan=round_one)["number"] == "DA-2"


def test_a_withdrawal_of_nothing_to_report_asks_for_the_next_edition(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("sos", {"Start here": form(completed_by="C", nothing="All is well")}, "SOS"))
    make_master(round_one.folder, Q1, WITHDRAWN_ON, hand_over=True)
    assert not status_of(round_one.folder, Q1, WITHDRAWN_ON.date()).touched
    take_back(round_one, "SOS-1")
    assert status_of(round_one.folder, Q1, WITHDRAWN_ON.date()).touched
    made = make_master(round_one.folder, Q1, WITHDRAWN_ON, hand_over=True)
    assert made.number == 2
    assert any("Signs of Safety" in warning for warning in made.warnings)


def test_a_withdrawal_lets_a_missing_return_be_escalated(round_one: Plan) -> None:
    round_one.issue(Q2, date(2016, 10, 14), datetime(2016, 9, 20), ["SOS"])  # noqa: DTZ001 - the office's own clock
    late = datetime(2016, 10, 10)  # noqa: DTZ001
    round_one.receive_one(round_one.filled("sos", SOS, "SOS", Q2), when=late)
    assert silent_twice(round_one) == []
    withdraw_return(round_one.folder, "SOS-1", WHY, late)
    assert silent_twice(round_one) == ["SOS"]


def silent_twice(plan: Plan) -> list[str]:
    """The subgroups that are escalated for having returned nothing two rounds running."""
    snapshot = read_snapshot(plan.register, Round.parse(Q2))
    return [raised.ref for raised in snapshot.escalations if raised.rule is EscalationRule.NO_RETURN]


TEXTS = ("", "A", "B", "C")
RETURN = st.fixed_dictionaries({name: st.sampled_from(TEXTS) for name in ("J1a.1", "J1a.2", "who")})


def answers_of(texts: Mapping[str, str], number: int) -> Answers:
    """A return that says these texts, "" being nothing; it is like no other, and corrects none."""
    progress = {ref: {"Progress made": texts[ref]} for ref in ("J1a.1", "J1a.2") if texts[ref]}
    plan = {"J1a.1": {"Who is responsible": texts["who"]}} if texts["who"] else {}
    return {
        "Start here": form(completed_by=f"Chair {number}"),
        "Progress": {**progress, "J1a.3": {"Progress made": f"Only {number}"}},
        "Action plan": plan,
    }


def play(issued: Path, path: Path, returns: Sequence[tuple[int, Mapping[str, str]]]) -> Plan:
    """A plan of which these returns came, one after the other."""
    shutil.copytree(issued, path / "plan")
    plan = Plan(path / "plan")
    for number, texts in returns:
        plan.receive_one(plan.filled(f"{number}", answers_of(texts, number)))
    return plan


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(RETURN, min_size=1, max_size=4), place=st.integers(0, 3))
def test_what_stands_is_what_would_stand_without_it(
    issued_example: Path, tmp_path_factory: pytest.TempPathFactory, texts: list[dict[str, str]], place: int
) -> None:
    """Returns of one issue, none of which corrects another or adds a row, and nothing is settled."""
    gone = place % len(texts)
    returns = list(enumerate(texts))
    with_it = play(issued_example, tmp_path_factory.mktemp("with"), returns)
    without = play(issued_example, tmp_path_factory.mktemp("without"), returns[:gone] + returns[gone + 1 :])
    take_back(with_it, f"DA-{gone + 1}")
    assert spoken(with_it) == spoken(without)
    assert asked(with_it) == asked(without)


def spoken(plan: Plan) -> dict[object, str]:
    """Whatever stands and is not blank: each fact, and for answers of a round its code."""
    history = plan.history
    answers = {(key, held[-1].round): held[-1].value for key, held in history.by_key.items()}
    found: dict[object, str] = dict(plan.standing_values().items())
    found |= {place: text for place, text in answers.items() if history.by_key[place[0]][0].scope == "round"}
    return {place: text for place, text in found.items() if text}


def asked(plan: Plan) -> set[tuple[object, str, str]]:
    """What the queries that are open ask about: the fact, what stands, and what else was said."""
    history = plan.history
    cells = [cell for query in plan.queries for cell in query.cells]
    return {(cell.key, history.head(cell.key, cell.scope, cell.round).value, cell.returned) for cell in cells}


def test_a_clock_behind_the_last_batch_withdraws_nothing(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    with pytest.raises(PlanSheetsError, match=r"The clock says 25 June 2016.*8 July 2016"):
        withdraw_return(round_one.folder, "DA-1", WHY, datetime(2016, 6, 25))  # noqa: DTZ001 - the office's own clock
    assert round_one.said("J1a.1", "rag") == "Green"
