"""`redact` takes a return out whatever else was done before: withdrawn, corrected, settled, redacted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from tests.chairs import Q1, Q2, RECEIVED_ON, Answers, Plan, fill, said
from tests.rounds import test_redact_short
from tests.rounds.test_redact_short import MADE_ON, SHORT, WHY

from plan_sheets import PlanSheetsError, make_master, office, redact_texts

REASON = f"It tells of {SHORT}"


def holding(plan: Plan, *sought: str) -> set[str]:
    """The files that hold it; what went back to chairs is named, and stays: see `test_redact_short`."""
    return {name for name in test_redact_short.holding(plan, *sought) if not name.startswith("feedback/")}


def in_folder(paths: Iterable[Path]) -> list[Path]:
    """These files without what went back to chairs."""
    return [path for path in paths if "feedback" not in path.parts]


def receive(plan: Plan, name: str, when: datetime = RECEIVED_ON, **texts: str) -> None:
    path = plan.filled(name, said(**texts))
    office.receive_files(plan.folder, [path], when)
    path.unlink()


def settle(plan: Plan) -> None:
    """The officer takes what is in conflict."""
    choices = {str(query.id): {"Your choice": "Take"} for query in plan.queries}
    answers: Answers = {"Queries": choices, "Start here": {"Settled by": {"Your answer": "Board officer"}}}
    path = fill(plan.path / "officer/2016-17-q1.xlsx", plan.inbox / "settled.xlsx", answers if choices else {})
    office.receive_files(plan.folder, [path], MADE_ON)
    path.unlink()


def do(plan: Plan, deed: str) -> None:
    """One deed about DA-1."""
    if deed == "withdrawn":
        office.withdraw_return(plan.folder, "DA-1", REASON, MADE_ON)
    elif deed == "redacted":
        redact_texts(plan.folder, "DA-1", WHY, MADE_ON)
    elif deed == "corrected":
        receive(plan, "corrected", progress="Another text", corrects="Yes")
    elif deed == "in conflict":
        receive(plan, "conflict", progress="Yet another text")
    else:
        settle(plan)


@pytest.mark.parametrize(
    "deeds",
    [
        ["withdrawn"],
        ["withdrawn", "redacted"],
        ["redacted", "withdrawn"],
        ["corrected"],
        ["corrected", "redacted"],
        ["in conflict"],
        ["in conflict", "withdrawn"],
        ["in conflict", "settled"],
        ["in conflict", "settled", "withdrawn", "redacted"],
    ],
    ids="-".join,
)
def test_a_return_is_taken_out_whatever_was_done_before(round_one: Plan, deeds: Sequence[str]) -> None:
    receive(round_one, "da", progress=SHORT)
    for deed in deeds:
        do(round_one, deed)
    make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True)
    assert "register.sqlite" in holding(round_one) or deeds[-1] == "redacted"
    done = redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert holding(round_one) == set()
    assert not done.not_made
    assert not in_folder(done.holding)


def test_why_a_return_was_withdrawn_goes_with_it_and_with_the_ref_that_it_quotes(round_one: Plan) -> None:
    receive(round_one, "da", progress=SHORT)
    do(round_one, "withdrawn")
    make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True)
    assert len(holding(round_one)) > 2
    redact_texts(round_one.folder, "J1a.1", WHY, MADE_ON, field="progress")
    assert holding(round_one) == set()


def test_another_return_can_be_taken_out_when_one_was_withdrawn(round_one: Plan) -> None:
    receive(round_one, "da", progress="By mistake")
    office.withdraw_return(round_one.folder, "DA-1", "A draft", MADE_ON)
    receive(round_one, "again", MADE_ON, progress=SHORT)
    redact_texts(round_one.folder, "DA-2", WHY, MADE_ON)
    assert holding(round_one) == set()


@pytest.mark.parametrize("about", ["DA-1", "J1a.1"])
def test_the_reason_must_not_quote_what_is_taken_out(round_one: Plan, about: str) -> None:
    receive(round_one, "da", progress=SHORT)
    before = (round_one.path / "register.sqlite").read_bytes()
    with pytest.raises(PlanSheetsError, match="The reason quotes what shall be taken out"):
        redact_texts(round_one.folder, about, REASON, MADE_ON)
    assert (round_one.path / "register.sqlite").read_bytes() == before


def test_what_only_repeats_other_short_answers_of_it_is_not_named(round_one: Plan) -> None:
    receive(round_one, "da", progress="Help Quertzina")
    receive(round_one, "corrected", progress="Help all", corrects="Yes")
    done = redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert (holding(round_one, "Quertzina"), in_folder(done.holding)) == (set(), [])
    assert {path.stem for path in (round_one.path / "returned").iterdir()} >= {
        file.sha256 for file in round_one.register.returns() if file.number == "DA-2"
    }


def test_what_went_out_again_and_came_back_is_named(round_one: Plan) -> None:
    """An owner that a chair typed stands in the next workbook, and in a correction of what came back of that."""
    owner: Answers = {**said(), "Action plan": {"J1a.1": {"Action owner": SHORT}}}
    office.receive_files(round_one.folder, [round_one.filled("da", owner)], RECEIVED_ON)
    october = MADE_ON.replace(month=10)
    round_one.issue(Q2, october.date(), october)
    for name, corrects in (("two", "No"), ("three", "Yes")):
        path = round_one.filled(name, said(progress=name, corrects=corrects), code=Q2)
        office.receive_files(round_one.folder, [path], october)
    done = redact_texts(round_one.folder, "DA-1", WHY, october)
    assert holding(round_one) == {path.relative_to(round_one.path).as_posix() for path in in_folder(done.holding)}
    assert "register.sqlite" not in holding(round_one)
    assert len([path for path in done.holding if path.parent.name == "returned"]) == 2


@pytest.mark.parametrize("about", ["DA-1", "J1a.1"])
def test_drafts_that_are_there_are_made_anew_and_no_others(round_one: Plan, about: str) -> None:
    named: Answers = {**said(progress=SHORT), "Action plan": {"J1a.1": {"Action owner": SHORT}}}
    office.receive_files(round_one.folder, [round_one.filled("da", named)], RECEIVED_ON)
    make_master(round_one.folder, Q1, MADE_ON, boards="J")
    for boards in ("", "J"):
        make_master(round_one.folder, Q1, MADE_ON, boards=boards, hand_over=True, anyway=True)
    october = MADE_ON.replace(month=10)
    round_one.issue(Q2, october.date(), october)
    make_master(round_one.folder, Q2, october)
    before = {path.name for path in (round_one.path / "master").iterdir()}
    assert {path for path in holding(round_one) if path.startswith("master/")} == {f"master/{name}" for name in before}
    done = redact_texts(round_one.folder, about, WHY, october)
    assert {path.name for path in (round_one.path / "master").iterdir()} == before
    assert {path.name for path in done.made_anew if path.parent.name == "master"} == before
    assert not [path for path in holding(round_one) if path.startswith("master/")]
