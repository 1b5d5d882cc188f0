"""A rule of the plan that a subgroup is not held to for a while: a note with by whom and until when, never more."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.chairs import Q1, SOS, Answers, Plan, codes, said
from tests.commands import run, told
from tests.test_master import row

from plan_sheets import allow_rule
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.store.schemas import load_messages

GIVEN = datetime(2016, 7, 1)  # noqa: DTZ001 - the office's own clock
AFTER = datetime(2016, 8, 1)  # noqa: DTZ001
ALLOW = (
    "allow",
    "required",
    "--subgroup",
    "DA",
    "--until",
    "2016-07-20",
    "--by",
    "Board officer",
    "--reason",
    "New chair",
)


def blank() -> Answers:
    """A return of Domestic Abuse without the next step that work in progress needs, and without a name."""
    row = {**said()["Progress"]["J1a.1"], "RAG": "Amber"}
    return {**said(), "Progress": {"J1a.1": row}}


def allow(plan: Plan, code: str = "required", **about: str) -> None:
    given = {"subgroup": "DA", "by": "Board officer", "reason": "New chair.", **about}
    until = date.fromisoformat(given.pop("until", "2016-07-20"))
    allow_rule(plan.folder, code, given["subgroup"], until, given["by"], given["reason"], GIVEN)


def test_what_is_waived_is_a_note_and_is_seen_in_the_master(round_one: Plan) -> None:
    before = round_one.receive_one(round_one.filled("one", blank()))
    assert "required" in codes(before)
    run("withdraw", "DA-1", "--reason", "to try it again", "--as-of", "2016-07-08", plan=round_one)
    done = run(*ALLOW, "--as-of", "2016-07-08", plan=round_one)
    assert done.exit_code == 0
    assert done.stdout.startswith("required is allowed for DA until 20 July 2016, by Board officer: New chair\n")
    receipt = round_one.receive_one(round_one.filled("two", blank()))
    (note,) = [finding for finding in receipt.findings if finding.code == "waived"]
    assert "required" not in codes(receipt)
    assert note.severity is Severity.NOTE
    assert note.address == next(found.address for found in before.findings if found.code == "required")
    assert note.message.startswith("What will bring it back is blank because RAG is Amber, and it is needed.")
    assert note.message.endswith("It is let pass (required), allowed by Board officer until 20 July 2016: New chair.")
    assert note.message in row(make_master(round_one.folder, Q1, AFTER), "Returns", "DA")["Let pass"]
    assert "required" in codes(round_one.receive_one(round_one.filled("other", {"Progress": SOS["Progress"]}, "SOS")))


def test_a_text_that_is_too_long_is_taken_whole(round_one: Plan) -> None:
    allow(round_one, "too_long")
    text = "A post of ours, " * 20
    receipt = round_one.receive_one(
        round_one.filled(
            "one", {**said(), "Action plan": {"J1a.1": {"Action owner": text, "Owner status": "Suggested"}}}
        )
    )
    assert "waived" in codes(receipt)
    assert round_one.stands("J1a.1", "owner") == text.strip()


def test_it_expires_and_says_so(round_one: Plan) -> None:
    allow(round_one)
    allow(round_one, "row_silent", subgroup="SOS")
    late = round_one.receive_one(round_one.filled("one", blank()), when=AFTER)
    assert "waived" not in codes(late)
    assert "required" in codes(late)
    shown = run("status", "--as-of", "2016-08-01", plan=round_one).stdout
    assert "required was allowed for DA until 20 July 2016 and has expired, by Board officer: New chair." in shown
    given = told("status", "--as-of", "2016-07-20", plan=round_one)["waivers"]
    assert [(each["code"], each["subgroup"], each["until"]) for each in given] == [
        ("required", "DA", "2016-07-20"),
        ("row_silent", "SOS", "2016-07-20"),
    ]
    make_officer(round_one.folder, AFTER)
    (sheet,) = [
        sheet for sheet in round_one.register.documents(kind="officer")[-1].book.sheets if sheet.name == "Waivers"
    ]
    assert [texts.cells[4] for texts in sheet.rows] == ["Expired", "Expired"]


def test_the_later_one_stands(round_one: Plan) -> None:
    allow(round_one)
    allow(round_one, until="2016-07-01")
    assert "required" in codes(round_one.receive_one(round_one.filled("one", blank())))


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"code": "file_encrypted"}, "'file_encrypted' cannot be waived"),
        ({"code": "signature_differs"}, "'signature_differs' cannot be waived"),
        ({"code": "conflict"}, "'conflict' cannot be waived"),
        ({"code": "case_identifier"}, "'case_identifier' cannot be waived"),
        ({"code": "requierd"}, "There is no finding 'requierd'"),
        ({"subgroup": "DAA"}, "The plan has no subgroup DAA"),
        ({"until": "2016-06-30"}, "lies before today"),
        ({"by": " "}, "Nobody's name"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_waived(round_one: Plan, about: dict[str, str], says: str) -> None:
    with pytest.raises(PlanSheetsError, match="(?i)" + says):
        allow(round_one, **about)
    assert told("status", "--as-of", "2016-07-01", plan=round_one)["waivers"] == []


def test_only_rules_of_the_plan_can_be_waived() -> None:
    waivable = {code for code, message in load_messages().by_code.items() if message.waivable}
    assert waivable == {
        *("required", "too_long", "too_small", "owner_still_unnamed", "nothing_with_answers", "not_agreed"),
        *("row_silent", "date_before_round"),
    }
