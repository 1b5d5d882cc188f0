"""Every return has a short number: whose it is, and how many of them came before. It names the return everywhere."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.chairs import RECEIVED_ON, SOS, Plan, codes, fill, held_file, said
from tests.commands import broken, run, told, untouched

from plan_sheets import office
from plan_sheets.core.book.layout import as_fact
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.receipts import Instructions

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


def numbers(plan: Plan) -> list[str]:
    """The numbers of all returns, in the order in which they came."""
    return [returned.number for returned in plan.register.returns()]


def test_each_return_has_the_next_number_of_whose_it_is(round_one: Plan) -> None:
    one = round_one.receive_one(round_one.filled("one", said()))
    two = round_one.receive_one(round_one.filled("two", said(progress="Better", corrects="Yes")), when=LATER)
    other = round_one.receive_one(round_one.filled("sos", SOS, "SOS"))
    blank = round_one.receive_one(untouched(round_one))
    assert [receipt.number for receipt in (one, two, other, blank)] == ["DA-1", "DA-2", "SOS-1", "SOS-2"]
    unknown = round_one.receive_one(held_file(round_one, "carriers disagree"))
    refused = round_one.receive_one(broken(round_one))
    assert [unknown.number, refused.number] == ["FILE-1", "FILE-2"], "nobody knows yet whose they are"
    assert len(set(numbers(round_one))) == len(numbers(round_one))
    assert numbers(round_one)[0] == "PLAN-1"


def test_the_officer_s_workbook_and_the_plan_have_numbers_of_their_own(round_one: Plan) -> None:
    made = office.receive_files(round_one.folder, round_one.filled("one", said()), RECEIVED_ON).officer
    assert made
    answers = {"Start here": {"Settled by": {"Your answer": "Board officer"}}}
    settled = fill(made.path, round_one.inbox / "settled.xlsx", answers)
    receipt = round_one.receive_one(settled, when=LATER)
    assert (receipt.kind, receipt.number) == ("officer", "OFFICER-1")


def test_a_duplicate_says_of_which_return(round_one: Plan) -> None:
    path = round_one.filled("one", said())
    round_one.receive_one(path)
    again = round_one.receive_one(path, when=LATER)
    assert (again.verdict, again.number, again.duplicate_of) == ("duplicate", "", "DA-1")
    assert "duplicate of DA-1 2016-17-Q1-DA-1:" in run("receive", path, plan=round_one).stdout
    (receipt,) = told("receive", path, plan=round_one)["returns"]
    assert (receipt["number"], receipt["duplicate_of"]) == (None, "DA-1")


def test_a_duplicate_in_the_same_batch_says_so_too(round_one: Plan) -> None:
    first = round_one.filled("one", said())
    (round_one.inbox / "copy").mkdir()
    (round_one.inbox / "copy" / "two.xlsx").write_bytes(first.read_bytes())
    receipts = round_one.receive(first, round_one.inbox / "copy")
    assert sorted((one.number, one.duplicate_of) for one in receipts) == [("", "DA-1"), ("DA-1", "")]


def test_what_is_set_aside_just_so_again_keeps_its_number(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    assert round_one.receive_one(path).number == round_one.receive_one(path, when=LATER).number == "FILE-1"


def test_a_correction_is_named_by_the_number_of_what_it_replaces(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="From one")))
    receipt = round_one.receive_one(round_one.filled("two", said(progress="Better")), Instructions(replaces="da-1"))
    (told_of,) = [finding.message for finding in receipt.findings if finding.code == "replaces"]
    assert "DA-1" in told_of
    assert round_one.said("J1a.1", "progress") == "Better"


def test_what_was_never_taken_in_cannot_be_replaced(round_one: Plan) -> None:
    round_one.receive_one(held_file(round_one, "carriers disagree"))
    with pytest.raises(PlanSheetsError, match="nothing of that was taken in"):
        round_one.receive_one(round_one.filled("one", said()), Instructions(replaces="FILE-1"))
    assert len(round_one.register.returns()) == 2


def test_numbers_are_shown_by_status_and_trace_and_in_the_officer_s_workbook(round_one: Plan) -> None:
    run("receive", round_one.filled("one", said(rag="Purple")), plan=round_one)
    run("receive", held_file(round_one, "carriers disagree"), plan=round_one)
    assert "DA-1" in run("trace", "J1a.1", plan=round_one).stdout
    assert {step["number"] for step in told("trace", "J1a.1", plan=round_one) if step["file"] != "plan.xlsx"} == {
        "DA-1"
    }
    status = told("status", plan=round_one)
    assert {row["subgroup"]: row["numbers"] for row in status["rows"]}["DA"] == "DA-1"
    assert [file["number"] for file in status["set_aside"]] == ["FILE-1"]
    assert "held: FILE-1 " in run("status", plan=round_one).stdout
    book = round_one.register.documents(kind="officer")[-1].book
    cells = [(row.ref, column.field.name, as_fact(content)) for row, column, content in book.sheet("Returns").cells()]
    assert {ref: content for ref, name, content in cells if name == "number" and content} == {"DA": "DA-1"}
    findings = [content for _, column, content in book.sheet("Findings").cells() if column.field.name == "file"]
    assert any(str(file).startswith("DA-1: ") for file in findings)


def test_two_subgroups_whose_codes_differ_by_capitals_share_no_number(round_one: Plan) -> None:
    with round_one.register.batch("x", "2016-07-01T09:00:00") as batch:
        assert [batch.next_number(stem) for stem in ("EARLY", "Early", "EARLY-1", "EARLY")] == [
            "EARLY-1",
            "Early-2",
            "EARLY-1-1",
            "EARLY-3",
        ]


def test_a_dry_run_takes_no_number(round_one: Plan) -> None:
    path = round_one.filled("one", said())
    assert [receipt.number for receipt in round_one.receive(path, dry_run=True)] == ["DA-1"]
    assert round_one.receive_one(path).number == "DA-1"
    assert codes(round_one.receive_one(path, when=LATER)) == []
