"""What the officer says of one file, and settles and confirms in the officer's workbook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import (
    FURTHER,
    Q1,
    Q2,
    SOS,
    Answers,
    Plan,
    at,
    codes,
    fill,
    form,
    said,
    table,
)

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.core.rating.ratings import rate_rounds
from plan_sheets.officer import make_officer

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


def test_every_priority_has_its_owner_asked_for(round_one: Plan) -> None:
    """Those that are only proposed, too: whoever settles them has to be named somewhere."""
    sheet = openpyxl.load_workbook(make_officer(round_one.folder, LATER).path)["Owners"]
    refs = {str(row[0]) for row in sheet.values}
    assert {"L4", "L5", "L6", "L7"} <= refs


# What the officer says of one file


def swapped(plan: Plan) -> Path:
    """The workbook of Hidden Harm with two prefilled answers swapped, as a sort of the unlocked block leaves them."""
    answers = {
        "Start here": form(completed_by="Chair"),
        "Action plan": table(
            """
            | Ref  | How we will do it                                     |
            | S1.2 | Posters and leaflets.                                 |
            | S1.3 | Survey how the public understands adult safeguarding. |
            """
        ),
    }
    return plan.filled("harm", answers, "HARM")


def test_prefilled_answers_in_another_order_are_held(round_one: Plan) -> None:
    receipt = round_one.receive_one(swapped(round_one))
    assert (receipt.verdict, codes(receipt)) == ("held", ["answers_permuted"])
    assert round_one.stands("S1.2", "how").startswith("Survey")


def test_the_officer_may_allow_what_is_held(round_one: Plan) -> None:
    path = swapped(round_one)
    round_one.receive_one(path)
    receipt = round_one.receive_one(
        path, Instructions(allow=frozenset({"answers_permuted"}), reason="They meant it"), LATER
    )
    assert "held_then_allowed" in codes(receipt)
    assert any("They meant it" in one.message for one in receipt.findings)
    assert round_one.stands("S1.2", "how") == "Posters and leaflets."


@pytest.mark.parametrize(
    ("word", "match"),
    [
        (Instructions(allow=frozenset({"answers_permuted"})), "reason"),
        (Instructions(issue="2016-17-Q1-NO-1"), None),
    ],
)
def test_what_the_officer_says_has_to_fit(round_one: Plan, word: Instructions, match: str | None) -> None:
    path = swapped(round_one)
    if match:
        with pytest.raises(PlanSheetsError, match=match):
            round_one.receive(path, told=word)
    else:
        receipt = round_one.receive_one(path, word)
        assert (receipt.verdict, codes(receipt)) == ("held", ["reference_unknown"])


def test_what_is_said_of_one_file_is_not_said_of_two(round_one: Plan) -> None:
    files = [round_one.filled("one", said()), round_one.filled("two", SOS, "SOS")]
    with pytest.raises(PlanSheetsError, match="one file"):
        round_one.receive(*files, told=Instructions(issue="2016-17-Q1-DA-1"))


# The officer's workbook


def officer_file(plan: Plan) -> Path:
    """The officer's workbook of the first round."""
    return plan.path / "officer" / "2016-17-q1.xlsx"


def test_the_officer_settles_a_conflict_by_one_word(round_one: Plan) -> None:
    files = [round_one.filled("one", said(progress="By A")), round_one.filled("two", said(progress="By B"))]
    office.receive_files(round_one.folder, files, LATER)
    before = round_one.said("J1a.1", "progress")
    answers = {
        "Queries": {"1": {"Your choice": "take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(officer_file(round_one), round_one.inbox / "officer.xlsx", answers)
    receipt = round_one.receive_one(settled, when=LATER)
    assert (receipt.kind, receipt.changes) == ("officer", 1)
    assert {before, round_one.said("J1a.1", "progress")} == {"By A", "By B"}
    assert round_one.queries == []
    held = round_one.history.in_round(Key("action", "J1a.1", "progress"), Q1)
    assert (held.source.settled, held.source.who) == (True, "Board officer")


def test_a_proposal_is_confirmed_and_then_issued(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("one", FURTHER)], LATER)
    answers = {
        "To confirm": {"DA.F1 further action": {"Confirm": "yes"}, "DA.F2 further action": {"Confirm": "No"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    round_one.receive_one(fill(officer_file(round_one), round_one.inbox / "officer.xlsx", answers), when=LATER)
    assert [round_one.stands(ref, "agreement") for ref in ("DA.F1", "DA.F2")] == ["Agreed", "Declined"]
    (issued,) = round_one.issue(Q2, LATER.date(), LATER, ["DA"])
    refs = [row[0].value for row in openpyxl.load_workbook(issued.file)["Progress"].iter_rows(min_row=5)]
    assert "DA.F1" in refs
    assert "DA.F2" not in refs


def confirm(plan: Plan, made: Path, proposal: str) -> Any:
    """The receipt of an officer's workbook that says Yes to one proposal."""
    answers = {
        "To confirm": {proposal: {"Confirm": "Yes"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    return plan.receive_one(fill(made, plan.inbox / "officer.xlsx", answers), when=LATER)


def test_an_action_agreed_in_its_round_counts_in_it_and_is_asked_about_in_the_next(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", FURTHER))
    confirm(round_one, make_officer(round_one.folder, LATER).path, "DA.F1 further action")
    rated = rate_rounds(round_one.history, [Q1, Q2])
    assert [str(rated[code]["DA.F1"].published) for code in (Q1, Q2)] == ["Not reported", "Not reported"]


def test_a_proposal_without_a_theme_is_not_confirmed(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", {**said(), "New actions": {"1": {"What we will do": "Train"}}}))
    receipt = confirm(round_one, make_officer(round_one.folder, LATER).path, "DA.F1 further action")
    assert "proposal_without_theme" in codes(receipt)
    assert round_one.stands("DA.F1", "agreement") == "Proposed"


def test_a_proposal_that_has_changed_since_is_not_confirmed(round_one: Plan) -> None:
    def moved(to: str, **form: str) -> Answers:
        return {**said(**form), "Progress": {"J1a.1": {**said()["Progress"]["J1a.1"], "New date": to}}}

    round_one.receive_one(round_one.filled("one", moved("May 2017")))
    made = make_officer(round_one.folder, LATER).path
    round_one.receive_one(round_one.filled("two", moved("June 2017", corrects="Yes")), when=LATER)
    before = round_one.stands("J1a.1", "due")
    assert "proposal_gone" in codes(confirm(round_one, made, f"J1a.1 new date {Q1}"))
    assert round_one.stands("J1a.1", "due") == before


def test_proposals_are_confirmed_at_once_where_the_plan_says_so(round_one: Plan) -> None:
    path = round_one.path / "plan.xlsx"
    fill(path, path, {"Plan": {"Confirm chairs' proposals at once": {"Answer": "Yes"}}})
    office.merge_plan(round_one.folder, LATER)
    rows = {
        "J1a.1": {
            "Progress made": "Done",
            "Stage": "Complete",
            "RAG": "Green",
            "Evidence": "The audit",
            "New date": "May 2017",
        }
    }
    round_one.receive_one(round_one.filled("one", {**FURTHER, "Progress": rows}))
    assert round_one.stands("J1a.1", "confirmed_stage") == "Complete"
    assert round_one.stands("J1a.1", "due") == "May 2017"
    assert round_one.stands("DA.F1", "agreement") == "Agreed"


def test_a_settlement_of_what_has_changed_since_is_asked_again(round_one: Plan) -> None:
    files = [round_one.filled("one", said(progress="By A")), round_one.filled("two", said(progress="By B"))]
    receipts = office.receive_files(round_one.folder, files, LATER).receipts.returns
    answers = {
        "Queries": {"1": {"Your choice": "Take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(officer_file(round_one), round_one.inbox / "officer.xlsx", answers)
    stands = min(receipts, key=lambda one: one.sha256)
    round_one.receive_one(round_one.filled("three", said(progress="By C")), Instructions(replaces=stands.sha256), LATER)
    receipt = round_one.receive_one(settled, when=LATER)
    assert "settled_meanwhile" in codes(receipt)
    assert round_one.said("J1a.1", "progress") == "By C"
    assert [one.id for one in round_one.queries] == [2], "the old one is done with, and asked again"
    assert round_one.queries[0].cells[0].head == "By C"


def test_an_officers_workbook_that_was_filled_in_is_not_overwritten(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("one", FURTHER)], LATER)
    path = officer_file(round_one)
    fill(path, path, {"Start here": {"Settled by": {"Your answer": "Half done"}}})
    typed = path.read_bytes()
    made = office.receive_files(round_one.folder, [round_one.filled("sos", SOS, "SOS")], LATER).officer
    assert path.read_bytes() == typed
    assert made is not None
    assert made.path.name == "2016-17-q1-2.xlsx"


def test_a_query_of_several_cells_says_where_one_would_type_that_it_cannot_be_typed(round_one: Plan) -> None:
    answers = [said(progress="Mapped by A", rag="Green"), said(progress="Mapped by B", rag="Amber")]
    round_one.receive(*(round_one.filled(f"deputy{number}", one) for number, one in enumerate(answers)))
    (query,) = round_one.queries
    made = make_officer(round_one.folder, LATER).path
    page = openpyxl.load_workbook(made)["Queries"]
    cells = {name: at(page, str(query.id), name) for name in ("Your choice", "Text that shall stand")}
    validations = page.data_validations.dataValidation
    prompts = [one.prompt for cell in cells.values() for one in validations if cell.coordinate in one]
    assert len(prompts) == 2
    assert all("several cells" in prompt and "Keep or Take" in prompt for prompt in prompts)
    assert any("several cells" in str(row[0].value) for row in page.iter_rows(max_row=4))
    typed = {"Your choice": "Type", "Text that shall stand": "Mapped by both"}
    path = fill(made, round_one.inbox / "officer.xlsx", {"Queries": {str(query.id): typed}})
    (finding,) = [one for one in round_one.receive_one(path, when=LATER).findings if one.code == "type_for_many"]
    assert "'Mapped by both' was not taken" in finding.message
    assert [one.id for one in round_one.queries] == [query.id]


def test_an_unchanged_workbook_is_not_written_again(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_officer(round_one.folder, LATER)
    before = made.path.read_bytes()
    monkeypatch.setattr("plan_sheets.officer.hand_over", None)
    again = make_officer(round_one.folder, LATER)
    assert (again.again, again.path, again.reference) == (True, made.path, made.reference)
    monkeypatch.undo()
    made.path.unlink()
    assert make_officer(round_one.folder, LATER).path.read_bytes() == before
    round_one.receive_one(round_one.filled("da", said()))
    changed = make_officer(round_one.folder, LATER)
    assert (changed.again, changed.path) == (False, made.path)
    assert changed.path.read_bytes() != before
