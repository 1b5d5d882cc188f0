"""Whose answers they are: deputies, corrections, further actions and contributors; nothing typed is ever lost."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import (
    FURTHER,
    Q1,
    SOS,
    Plan,
    codes,
    form,
    said,
    table,
    told,
)

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Instructions

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


# Whose answers


def test_two_deputies_who_differ_make_one_query_and_the_first_stands(round_one: Plan) -> None:
    one = round_one.filled("one", said(progress="Mapped by A", rag="Green"))
    two = round_one.filled("two", said(progress="Mapped by B", rag="Amber"))
    receipts = round_one.receive(one, two)
    assert sorted(receipt.conflicts for receipt in receipts) == [0, 2]
    (query,) = round_one.queries
    assert query.code == "two_returns"
    first = min(receipts, key=lambda receipt: receipt.sha256)
    assert first.conflicts == 0
    stands = {round_one.said("J1a.1", "progress"), *(cell.returned for cell in query.cells)}
    assert stands >= {"Mapped by A", "Mapped by B"}
    (late,) = [receipt for receipt in receipts if receipt.conflicts]
    assert codes(late).count("conflict") == 2


def test_deputies_who_fill_different_rows_do_not_meet(round_one: Plan) -> None:
    other = {**said(), "Progress": {"J1a.2": dict(said()["Progress"]["J1a.1"])}}
    round_one.receive(round_one.filled("one", said()), round_one.filled("two", other))
    assert round_one.queries == []
    assert round_one.said("J1a.1", "rag") == round_one.said("J1a.2", "rag") == "Green"


def test_a_declared_correction_replaces_the_earlier_return(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="Maped")))
    receipt = round_one.receive_one(round_one.filled("two", said(progress="Mapped", corrects="Yes")), when=LATER)
    assert (receipt.conflicts, "replaces" in codes(receipt)) == (0, True)
    assert round_one.said("J1a.1", "progress") == "Mapped"
    assert round_one.queries == []
    receipt = round_one.receive_one(round_one.filled("three", said(progress="Mapped!", corrects="Yes")), when=LATER)
    assert "replaces" in codes(receipt), "the second is the one return that nothing replaces yet"
    assert round_one.said("J1a.1", "progress") == "Mapped!"


def test_a_correction_in_the_same_batch_comes_after_what_it_corrects(round_one: Plan) -> None:
    for number, text in enumerate(["Mapped", "Mapped again", "Mapped once more"]):
        shutil.rmtree(round_one.inbox, ignore_errors=True)
        fresh = Plan(round_one.path.parent / f"plan{number}")
        shutil.copytree(round_one.path, fresh.path)
        fresh.filled("b", said(progress=f"Was {text}"))
        fresh.filled("a", said(progress=text, corrects="Yes"))
        fresh.receive(fresh.inbox)
        assert fresh.said("J1a.1", "progress") == text
        assert fresh.queries == []


def test_a_correction_of_nothing_is_a_query(round_one: Plan) -> None:
    receipt = round_one.receive_one(round_one.filled("one", said(corrects="Yes")))
    assert "lineage_unclear" in codes(receipt)
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped", "compared with the workbook as issued"


def two_candidates(plan: Plan) -> tuple[Path, list[Any]]:
    """A correction that might be of either of two returns, received."""
    first = plan.receive_one(plan.filled("one", said(progress="From one")))
    second = plan.receive_one(plan.filled("two", said(progress="From two")), when=LATER)
    path = plan.filled("three", said(progress="Corrected", corrects="Yes"))
    receipt = plan.receive_one(path, when=LATER)
    assert "lineage_unclear" in codes(receipt)
    assert plan.said("J1a.1", "progress") == "From one"
    return path, [first, second]


def test_a_correction_of_one_of_several_is_a_query_that_replaces_nothing(round_one: Plan) -> None:
    two_candidates(round_one)
    assert any(cell.returned == "Corrected" for query in round_one.queries for cell in query.cells), (
        "what it says is among the queries"
    )


def test_the_officer_says_which_return_is_replaced(round_one: Plan) -> None:
    """As the finding advises: receive it again with --replaces."""
    path, (first, _) = two_candidates(round_one)
    receipt = round_one.receive_one(path, Instructions(replaces=first.sha256[:12]), LATER)
    assert receipt.verdict == "accepted_with_findings"
    assert round_one.said("J1a.1", "progress") == "Corrected"
    assert "lineage_unclear" not in {query.code for query in round_one.queries}, "what its first attempt asked is over"


def test_replaces_at_once(round_one: Plan) -> None:
    first = round_one.receive_one(round_one.filled("one", said(progress="From one")))
    receipt = round_one.receive_one(
        round_one.filled("two", said(progress="Better")), Instructions(replaces=first.sha256[:8])
    )
    assert "replaces" in codes(receipt)
    assert round_one.said("J1a.1", "progress") == "Better"


def test_replaces_something_unknown_is_refused_and_nothing_is_kept(round_one: Plan) -> None:
    path = round_one.filled("one", said())
    with pytest.raises(PlanSheetsError, match="no return"):
        round_one.receive(path, told=Instructions(replaces="abcdef123456"))
    assert len(list((round_one.path / "returned").iterdir())) == 1, "the plan alone"


def test_a_return_of_another_subgroup_cannot_be_replaced(round_one: Plan) -> None:
    other = round_one.receive_one(round_one.filled("sos", SOS, "SOS"))
    with pytest.raises(PlanSheetsError):
        round_one.receive(round_one.filled("one", said()), told=Instructions(replaces=other.sha256))


# Further actions


def test_a_further_action_gets_one_ref_and_keeps_it_through_a_correction(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", FURTHER))
    assert [round_one.stands(f"DA.F{n}", "what") for n in (1, 2)] == ["Train the staff", "Tell the public"]
    assert round_one.stands("DA.F1", "agreement") == "Proposed"
    assert (round_one.stands("DA.F1", "theme"), round_one.stands("DA.F1", "due")) == ("J1b", "March 2017")
    rows = {**FURTHER["New actions"], "1": {"Theme": "J1b", "What we will do": "Train all staff", "Due": "May 2017"}}
    fixed = {**FURTHER, "New actions": {**rows, "5": {"Theme": "J1a", "What we will do": "Count"}}}
    fixed["Start here"] = form(completed_by="Chair", corrects="Yes")
    round_one.receive_one(round_one.filled("two", fixed), when=LATER)
    actions = [ref for ref in round_one.history.refs("action") if ref.startswith("DA.F")]
    assert actions == ["DA.F1", "DA.F2", "DA.F3"]
    assert [round_one.stands(ref, "what") for ref in actions] == ["Train all staff", "Tell the public", "Count"]
    assert round_one.queries == []


def test_two_deputies_never_share_the_ref_of_a_further_action(round_one: Plan) -> None:
    other = {
        "Start here": form(completed_by="Deputy"),
        "New actions": {"1": {"Theme": "J1a", "What we will do": "Sing"}},
    }
    round_one.receive(round_one.filled("one", FURTHER), round_one.filled("two", other))
    actions = {ref: round_one.stands(ref, "what") for ref in ("DA.F1", "DA.F2", "DA.F3")}
    assert sorted(actions.values()) == ["Sing", "Tell the public", "Train the staff"]


def test_a_further_action_without_a_theme_is_an_error_and_kept(round_one: Plan) -> None:
    answers = {**said(), "New actions": {"2": {"What we will do": "Train the staff"}}}
    receipt = round_one.receive_one(round_one.filled("one", answers))
    assert ("required", "New actions!B6") in told(receipt)
    assert round_one.stands("DA.F1", "what") == "Train the staff"
    assert round_one.stands("DA.F1", "theme") == ""


# Contributors


def test_a_contributor_adds_one_cell_and_the_lead_alone_answers(round_one: Plan) -> None:
    answers = {
        "Start here": form(completed_by="Chair"),
        "Progress": {"J2a.1": {"Contribution": "Two reviews shared", "RAG": "Red"}},
    }
    receipt = round_one.receive_one(round_one.filled("learning", answers, "LEARNING"))
    key = Key("contribution", "J2a.1/LEARNING", "contribution")
    assert round_one.history.in_round(key, Q1).value == "Two reviews shared"
    assert round_one.said("J2a.1", "rag") == ""
    assert {(one.code, one.entered) for one in receipt.findings if one.key and one.key.field == "rag"} == {
        ("locked_changed", "Red")
    }


def test_a_return_accepted_without_a_finding_may_be_received_again_as_a_correction(round_one: Plan) -> None:
    """It is no duplicate then, and not passed over because it was judged just so before."""
    second = round_one.filled("two", SOS, "SOS")
    assert round_one.receive_one(second).verdict == "accepted"
    later = {**SOS, "Progress": table("| Ref | Progress made |\n| L3.1 | Another word |")}
    first = round_one.receive_one(round_one.filled("one", later, "SOS"), when=LATER)
    returns = len(round_one.register.returns())
    round_one.receive_one(second, Instructions(replaces=first.sha256[:12]), LATER)
    assert len(round_one.register.returns()) == returns + 1
