"""A name given late, a held file put aside, and Findings that show what is open."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from tests.chairs import Q1, Answers, Plan, codes, held_file, said
from tests.commands import broken, run, told
from tests.rounds.test_said import row
from tests.rounds.test_settled import (
    FURTHER_1,
    LATER,
    choose,
    conflict,
    give,
    merge_again,
    message,
    settle,
    sheet,
)

from plan_sheets import office
from plan_sheets.asking.trace import trace_value
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Instructions, Receipt
from plan_sheets.officer import make_officer
from plan_sheets.store.register.reads import find_settlement

NOBODY: dict[str, dict[str, str | None]] = {}
"""The form of the officer's workbook, left blank."""
ANN = {"Settled by": {"Your answer": "Ann Officer"}}


# Settled by


def test_settled_by_stands_on_the_first_sheet(round_one: Plan) -> None:
    book = openpyxl.load_workbook(make_officer(round_one.folder, LATER).path)
    first = book[book.sheetnames[0]]
    assert (first.title, first["A5"].value) == ("Start here", "Settled by")


@pytest.fixture
def nameless(round_one: Plan) -> tuple[Plan, Answers]:
    """A plan in which a query and a proposal were settled, and an owner and a text given, by nobody; and how."""
    further = {"New actions": {"1": {"Theme": "J1b", "What we will do": "Train the staff"}}}
    round_one.receive_one(round_one.filled("one", {**said(progress="By A"), **further}))
    round_one.receive_one(round_one.filled("two", said(progress="By B")))
    made = make_officer(round_one.folder, LATER).path.read_bytes()
    (round_one.inbox / "made.xlsx").write_bytes(made)
    answers: Answers = {
        "Queries": {"1": {"Your choice": "Take"}},
        "To confirm": {FURTHER_1: {"Confirm": "Yes"}},
        "Owners": {"J1a.1": {"Owner": "Lead nurse", "Owner status": "Suggested"}},
        "Public text": {"J1a.1": {"Public text": "It goes well."}},
    }
    receipt = give(round_one, round_one.inbox / "made.xlsx", answers, "nameless", NOBODY)
    assert "required" in codes(receipt), "the name is asked for"
    assert round_one.said("J1a.1", "progress") == "By B"
    return round_one, answers


def test_the_same_workbook_with_the_name_filled_in_names_who_settled(nameless: tuple[Plan, Answers]) -> None:
    plan, answers = nameless
    before = plan.all_values()
    receipt = give(plan, plan.inbox / "made.xlsx", answers, "named", ANN)
    assert (receipt.verdict, codes(receipt), receipt.changes) == ("accepted", ["named_late"], 0)
    assert message(receipt) == "What was settled in OFFICER-1 stands under the name Ann Officer now."
    assert plan.all_values() == before
    settled = find_settlement(plan.register, 1)
    assert settled is not None
    assert (settled.choice, settled.by) == ("Take", "Ann Officer")
    facts = (("action", "J1a.1", "progress"), ("action", "DA.F1", "agreement"), ("action", "J1a.1", "owner"))
    for record, ref, field in (*facts, ("public", "J1a.1", "text")):
        held = [held for key, values in plan.history.by_key.items() for held in values if key == (record, ref, field)]
        assert held[-1].source.who == "Ann Officer", field
    assert trace_value(plan.folder, "J1a.1", "progress")[-1].completed_by == "Ann Officer"
    assert trace_value(plan.folder, "J1a.1", "owner")[-1].completed_by == "Ann Officer"


def test_a_name_given_late_changes_nothing_that_was_recorded_and_is_given_once(nameless: tuple[Plan, Answers]) -> None:
    plan, answers = nameless
    give(plan, plan.inbox / "made.xlsx", answers, "named", ANN)
    last = plan.register.last_batch()
    again = give(plan, plan.inbox / "made.xlsx", answers, "named", ANN)
    assert (again.verdict, plan.register.last_batch()) == ("duplicate", last)
    other = give(plan, plan.inbox / "made.xlsx", answers, "other", {"Settled by": {"Your answer": "Bob"}})
    assert codes(other) == [], "somebody else gives the same answers: nothing new, and nobody's name is changed"
    settled = find_settlement(plan.register, 1)
    assert settled is not None
    assert settled.by == "Ann Officer"


def test_a_no_and_a_keep_are_named_late_too(round_one: Plan) -> None:
    rows = {"J1a.1": {**said()["Progress"]["J1a.1"], "Stage": "Complete", "Evidence": "The audit"}}
    round_one.receive_one(round_one.filled("one", {**said(), "Progress": rows}))
    round_one.receive_one(round_one.filled("two", said(progress="By B")))
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    answers: Answers = {
        "Queries": {"1": {"Your choice": "Keep"}},
        "To confirm": {"J1a.1 stage 2016-17-Q1": {"Confirm": "No"}},
    }
    give(round_one, round_one.inbox / "made.xlsx", answers, "nameless", NOBODY)
    receipt = give(round_one, round_one.inbox / "made.xlsx", answers, "named", ANN)
    assert codes(receipt) == ["named_late"]
    for field, outcome in (("progress", "kept"), ("stage", "declined")):
        (step,) = [step for step in trace_value(round_one.folder, "J1a.1", field) if step.outcome == outcome]
        assert step.completed_by == "Ann Officer"


def test_what_was_said_stays_with_whoever_said_it_when_the_officer_is_named_late(round_one: Plan) -> None:
    round_one.inbox.mkdir()
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    answers: Answers = {
        "Said to me": {"1": row("J1a.1", "RAG", "Green")},
        "Owners": {"J1a.1": {"Owner": "Lead nurse", "Owner status": "Suggested"}},
    }
    give(round_one, round_one.inbox / "made.xlsx", answers, "nameless", NOBODY)
    assert codes(give(round_one, round_one.inbox / "made.xlsx", answers, "named", ANN)) == ["named_late"]
    history = round_one.history
    deputy = "Deputy (telephone, 4 July 2016), typed in by the board officer"
    assert history.in_round(Key("action", "J1a.1", "rag"), Q1).source.who == deputy
    assert history.standing(Key("action", "J1a.1", "owner")).source.who == "Ann Officer"


def test_two_officers_who_answer_alike_are_not_told_that_anything_has_changed(round_one: Plan) -> None:
    further = {"New actions": {"1": {"Theme": "J1b", "What we will do": "Train the staff"}}}
    round_one.receive_one(round_one.filled("one", {**said(), **further}))
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    yes, no = ({"To confirm": {FURTHER_1: {"Confirm": word}}} for word in ("Yes", "No"))
    give(round_one, round_one.inbox / "made.xlsx", yes, "ann", ANN)
    assert codes(give(round_one, round_one.inbox / "made.xlsx", yes, "bob")) == []
    receipt = give(round_one, round_one.inbox / "made.xlsx", no, "carol")
    assert codes(receipt) == ["proposal_settled"]
    assert "was answered already (Yes, by Ann Officer); 'No' was not applied" in message(receipt)
    assert round_one.stands("DA.F1", "agreement") == "Agreed"


# Held files


def put_aside(plan: Plan, **reasons: str) -> Receipt:
    """Files put aside in the newest officer's workbook: why, by number (`FILE_1`)."""
    rows = {number.replace("_", "-"): {"Put aside because": why} for number, why in reasons.items()}
    return settle(plan, {"Held files": rows}, name="-".join(reasons).lower(), form=ANN)


def receive(plan: Plan, path: Any, instructions: Instructions | None = None) -> Any:
    return plan.receive_one(path, instructions, LATER)


def test_a_held_file_is_put_aside_with_a_reason(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    round_one.receive_one(path)
    round_one.receive_one(broken(round_one))
    held, refused = sheet(round_one, "Held files")
    assert (held[:5], refused[:3]) == (
        ["FILE-1", "odd.xlsx", "Held", "Not known", "8 July 2016"],
        ["FILE-2", "broken.xlsx", "Refused"],
    )
    assert "receive" in held[5], "why it is held says how to take it in"
    receipt = put_aside(round_one, FILE_1="A test of ours")
    assert codes(receipt) == ["file_put_aside"]
    assert [row[0] for row in sheet(round_one, "Held files")] == ["FILE-2"]
    status = told("status", "--as-of", "2016-07-11", plan=round_one)
    assert [file["number"] for file in status["set_aside"]] == ["FILE-2"]
    assert [(file["number"], file["reason"], file["by"]) for file in status["put_aside"]] == [
        ("FILE-1", "A test of ours", "Ann Officer")
    ]
    assert status["totals"]["held"] == 0
    assert "1 put aside: FILE-1" in run("status", "--as-of", "2016-07-11", plan=round_one).stdout
    assert "FILE-1" not in run("next", "--as-of", "2016-07-11", plan=round_one).stdout


def test_trace_tells_why_a_file_was_put_aside(round_one: Plan) -> None:
    round_one.receive_one(held_file(round_one, "carriers disagree"))
    put_aside(round_one, FILE_1="A test of ours")
    (step,) = [step for step in trace_value(round_one.folder, "FILE-1") if step.field == "put_aside"]
    assert (step.value, step.completed_by, step.number) == ("A test of ours", "Ann Officer", "OFFICER-1")
    assert "'A test of ours'" in run("trace", "FILE-1", plan=round_one).stdout


def test_what_was_put_aside_is_a_duplicate_unless_the_officer_says_that_it_goes_in(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    round_one.receive_one(path)
    put_aside(round_one, FILE_1="A test of ours")
    again = receive(round_one, path)
    assert (again.verdict, again.duplicate_of, codes(again)) == ("duplicate", "FILE-1", ["put_aside_before"])
    assert "put aside on 11 July 2016 by Ann Officer: A test of ours" in message(again)
    assert "duplicate of FILE-1" in run("receive", path, "--as-of", "2016-07-11", plan=round_one).stdout
    taken = receive(round_one, path, Instructions(issue="2016-17-Q1-DA-1"))
    assert taken.verdict == "accepted_with_findings"
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"
    assert told("status", "--as-of", "2016-07-11", plan=round_one)["put_aside"] == []


def test_a_refused_file_is_put_aside_too_and_one_that_is_done_with_is_told(round_one: Plan) -> None:
    round_one.receive_one(broken(round_one))
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    put_aside(round_one, FILE_1="Sent by mistake")
    assert list(round_one.register.set_aside("refused")) == []
    rows = {"Held files": {"FILE-1": {"Put aside because": "Sent by mistake"}}}
    assert codes(give(round_one, round_one.inbox / "made.xlsx", rows, "same")) == []
    rows = {"Held files": {"FILE-1": {"Put aside because": "Another reason"}}}
    receipt = give(round_one, round_one.inbox / "made.xlsx", rows, "other")
    assert codes(receipt) == ["file_put_aside_already"]
    assert "Put aside, by Ann Officer: Sent by mistake" in message(receipt)


def test_a_file_that_was_taken_in_meanwhile_is_not_put_aside(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    round_one.receive_one(path)
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    receive(round_one, path, Instructions(issue="2016-17-Q1-DA-1"))
    rows = {"Held files": {"FILE-1": {"Put aside because": "A test"}}}
    assert codes(give(round_one, round_one.inbox / "made.xlsx", rows, "late")) == ["file_held_no_more"]


def test_who_put_it_aside_without_a_reason_is_asked_why(round_one: Plan) -> None:
    round_one.receive_one(held_file(round_one, "carriers disagree"))
    receipt = settle(round_one, {"Held files": {"FILE-1": {"By": "Bob"}}}, "why")
    assert codes(receipt) == ["required"]
    receipt = settle(round_one, {"Held files": {"FILE-1": {"By": "Bob", "Put aside because": "A test"}}}, "because")
    assert told("status", "--as-of", "2016-07-11", plan=round_one)["put_aside"][0]["by"] == "Bob"


def test_why_a_file_was_put_aside_goes_with_the_file(round_one: Plan) -> None:
    """What is taken out of a file for good is taken out of what the officer said of it, too."""
    round_one.receive_one(held_file(round_one, "carriers disagree"))
    put_aside(round_one, FILE_1="It names Jo of Mill Lane")
    office.redact_texts(round_one.folder, "FILE-1", "It names a child", LATER)
    assert "Jo of Mill Lane" not in str(told("trace", "FILE-1", plan=round_one))
    assert "Jo of Mill Lane" not in str(told("status", "--as-of", "2016-07-11", plan=round_one))


# Findings


def listed(plan: Plan) -> list[str]:
    """The sentences on Findings of the newest officer's workbook; of what chairs said nothing of no more."""
    return [str(row[7]) for row in sheet(plan, "Findings") if "says nothing about" not in str(row[7])]


def with_error(plan: Plan, name: str = "error") -> None:
    """A return of Domestic Abuse whose RAG is none."""
    row = {**said()["Progress"]["J1a.1"], "RAG": "Purple"}
    plan.receive_one(plan.filled(name, {**said(), "Progress": {"J1a.1": row}}))


def has_purple(plan: Plan) -> bool:
    return any("Purple" in sentence for sentence in listed(plan))


def test_an_error_is_listed_until_the_cell_gets_a_value(round_one: Plan) -> None:
    with_error(round_one)
    assert has_purple(round_one)
    round_one.receive_one(round_one.filled("mended", said(rag="Amber")), when=LATER)
    assert not has_purple(round_one)
    findings = told("status", "--findings", "--as-of", "2016-07-11", plan=round_one)["findings"]
    assert [finding["done"] for finding in findings if finding["entered"] == "Purple"] == [True]
    lines = run("status", "--findings", "--as-of", "2016-07-11", plan=round_one).stdout.splitlines()
    assert any(line.startswith("    error    done  DA-1 Progress!") and "Purple" in line for line in lines)
    assert told("status", "--as-of", "2016-07-11", plan=round_one)["findings"] == []


def test_an_error_of_a_return_that_was_replaced_or_withdrawn_is_done_with(round_one: Plan) -> None:
    with_error(round_one)
    silent = {**said(corrects="Yes"), "Progress": {"J1a.2": {"Progress made": "Better"}}}
    round_one.receive_one(round_one.filled("corrected", silent), when=LATER)
    assert not has_purple(round_one)
    office.withdraw_return(round_one.folder, "DA-2", "Sent by mistake", LATER)
    assert has_purple(round_one), "what replaced it is withdrawn"
    office.withdraw_return(round_one.folder, "DA-1", "Sent by mistake", LATER)
    assert not has_purple(round_one)


def test_a_query_is_listed_until_it_is_settled(round_one: Plan) -> None:
    conflict(round_one)
    assert any("As the plan says" in sentence for sentence in listed(round_one))
    choose(round_one, "Keep")
    assert not any("As the plan says" in sentence for sentence in listed(round_one))
    merge_again(round_one)
    assert not any("As the plan says" in sentence for sentence in listed(round_one))


def test_two_returns_that_differ_are_listed_until_their_one_query_is_settled(round_one: Plan) -> None:
    for name in ("A", "B"):
        round_one.receive_one(round_one.filled(name, said(progress=f"By {name}")))
    assert any("By B" in sentence for sentence in listed(round_one))
    settle(round_one, {"Queries": {"1": {"Your choice": "Keep"}}})
    assert not any("By B" in sentence for sentence in listed(round_one))


def test_a_held_file_is_listed_until_it_is_put_aside_or_taken_in(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    round_one.receive_one(path)
    assert listed(round_one)
    put_aside(round_one, FILE_1="A test of ours")
    assert listed(round_one) == []


def test_a_silent_row_is_listed_until_any_return_speaks_of_it(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    silent = "This workbook says nothing about J1a.2 in this round"
    assert any(silent in str(row[7]) for row in sheet(round_one, "Findings"))
    answers: Answers = {**said(), "Progress": {"J1a.2": {"Progress made": "Also done", "RAG": "Green"}}}
    round_one.receive_one(round_one.filled("two", answers), when=LATER)
    assert not any(silent in str(row[7]) for row in sheet(round_one, "Findings"))


def test_what_is_wrong_in_the_officer_s_own_workbook_is_listed_until_the_next(round_one: Plan) -> None:
    conflict(round_one)
    settle(round_one, {"Queries": {"1": {"Your choice": "Type"}}}, "without")
    assert any("Type" in sentence for sentence in listed(round_one))
    settle(round_one, {"Queries": {"1": {"Your choice": "Keep"}}}, "with")
    assert not any("Type" in sentence for sentence in listed(round_one))


def test_a_settlement_that_came_after_a_withdrawal_is_told(round_one: Plan) -> None:
    """A query of a return that was withdrawn is closed: a later word on it is told, and changes nothing."""
    for name in ("A", "B"):
        round_one.receive_one(round_one.filled(name, said(progress=f"By {name}")))
    (round_one.inbox / "made.xlsx").write_bytes(make_officer(round_one.folder, LATER).path.read_bytes())
    office.withdraw_return(round_one.folder, "DA-2", "Sent by mistake", LATER)
    rows = {"Queries": {"1": {"Your choice": "Take"}}}
    receipt = give(round_one, round_one.inbox / "made.xlsx", rows, "late")
    assert codes(receipt) == ["settled_already"]
    assert round_one.said("J1a.1", "progress") == "By A"
