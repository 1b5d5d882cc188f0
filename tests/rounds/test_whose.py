"""Whose a return is: each way in which that is not clear has its own sentence, with the command that settles it."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Q2, RECEIVED_ON, SOS, Answers, Plan, at, codes, edit, form, heading_row, said, told, values_of
from tests.rounds.mutations import Mutation, forget_properties, only_sheet, type_at
from tests.test_receive import LATER, rename_action

from plan_sheets.core.book.signature import REFERENCE, SIGNATURE
from plan_sheets.core.model.receipts import Instructions

DA, MH = "2016-17-Q1-DA-1", "2016-17-Q1-MH-1"
KEYED = ("Progress", "Action plan", "Grid", "New actions")


def named(about: str | None = None, prop: str | None = None) -> Mutation:
    """Another reference on the About sheet, or among the file's properties; "" is none."""

    def mutate(book: Any) -> None:
        if about is not None:
            at(book["About"], "Reference", "What it is").value = about or None
        if prop is not None:
            book.custom_doc_props[REFERENCE].value = prop

    return mutate


def forget_keys(book: Workbook) -> None:
    for name in KEYED:
        book[name].delete_cols(values_of(book[name])[heading_row(book[name]) - 1].index("Key") + 1)


def forget_signature(book: Any) -> None:
    at(book["About"], "Signature", "What it is").value = None
    del book.custom_doc_props[SIGNATURE]


def forget_about(book: Workbook) -> None:
    del book["About"]


UNCLEAR: dict[str, tuple[tuple[Callable[[Any], object], ...], str, str]] = {
    # what was done to it, the code, and the reference that the command proposes
    "the About sheet names another subgroup": ((named(MH),), "subgroups_disagree", DA),
    "the properties name another subgroup": ((named(None, MH),), "subgroups_disagree", DA),
    "both name another subgroup": ((named(MH, MH),), "subgroups_disagree", DA),
    "both name another, and no keys": ((named(MH, MH), forget_keys), "subgroups_disagree", DA),
    "both name another, and no signature": ((named(MH, MH), forget_signature), "subgroups_disagree", DA),
    "a reference typed over": ((named("ours"),), "reference_edited", DA),
    "a reference of a round to come": ((named(*["2016-17-Q3-DA-1"] * 2),), "reference_edited", DA),
    "a reference that never was, and no more": (
        (named(*["2016-17-Q1-DA-7"] * 2), forget_keys, forget_signature),
        "reference_unknown",
        "REFERENCE",
    ),
    "nothing but the texts": ((forget_keys, forget_properties, forget_about), "no_identity", DA),
    "nothing but the first sheet": ((only_sheet("Start here"),), "no_identity", DA),
    "nothing but the guidance": ((only_sheet("Guidance"),), "no_identity", "REFERENCE"),
}


@pytest.mark.parametrize(("changes", "code", "proposed"), UNCLEAR.values(), ids=UNCLEAR.keys())
def test_it_is_held_with_the_best_guess_and_the_command_that_settles_it(
    round_one: Plan, changes: tuple[Mutation, ...], code: str, proposed: str
) -> None:
    path = edit(round_one.filled("good", said()), round_one.inbox / "chair's return.xlsx", *changes)
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, codes(receipt), receipt.changes) == ("held", [code], 0)
    command = receipt.findings[0].message.partition("take the file in with: ")[2]
    assert shlex.split(command) == ["plan-sheets", "receive", str(path), "--issue", proposed]


LEFT = [
    (named(""),),
    (named(""), forget_keys),
    (forget_about, forget_properties),
    (named(None, f"{DA} "),),  # as Gnumeric saves it
]


@pytest.mark.parametrize("changes", LEFT)
def test_what_is_left_of_its_carriers_is_enough(round_one: Plan, changes: tuple[Mutation, ...]) -> None:
    receipt = round_one.receive_one(edit(round_one.filled("good", said()), round_one.inbox / "odd.xlsx", *changes))
    assert (receipt.verdict, receipt.issue) == ("accepted_with_findings", DA)
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"


def both(plan: Plan) -> Path:
    """The Progress rows of two subgroups in one new workbook."""
    theirs = values_of(openpyxl.load_workbook(plan.filled("sos", SOS, "SOS"))["Progress"])

    def add(book: Workbook) -> None:
        for row in theirs[4:]:
            book["Progress"].append(row)

    return edit(plan.filled("da", said()), plan.inbox / "both.xlsx", only_sheet("Progress", "Progress"), add)


def test_rows_of_two_issues_go_in_one_issue_after_the_other(round_one: Plan) -> None:
    path = both(round_one)
    assert codes(round_one.receive_one(path)) == ["rows_of_two_issues"]
    for reference in (DA, "2016-17-Q1-SOS-1"):
        receipt = round_one.receive_one(path, Instructions(issue=reference))
        assert (receipt.verdict, receipt.issue) == ("accepted_with_findings", reference)
        assert "row_foreign" in codes(receipt)
        assert round_one.receive_one(path, Instructions(issue=reference)).verdict == "duplicate"
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"
    assert round_one.said("L3.1", "progress") == "The briefing is agreed"


def test_a_sheet_of_another_workbook_is_told_with_whose_it_is(round_one: Plan) -> None:
    theirs = values_of(openpyxl.load_workbook(round_one.filled("sos", SOS, "SOS"))["Progress"])

    def add(book: Workbook) -> None:
        sheet = book.create_sheet("Progress SOS")
        for row in theirs:
            sheet.append(row)

    receipt = round_one.receive_one(edit(round_one.filled("da", said()), round_one.inbox / "more.xlsx", add))
    (finding,) = [one for one in receipt.findings if one.code == "sheet_foreign"]
    assert "2016-17-Q1-SOS-1" in finding.message
    assert "The briefing is agreed" in (finding.entered or "")
    assert round_one.said("L3.1", "progress") == ""


def test_parts_of_two_rounds_and_of_two_issues_of_one_round_are_held(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("da", said()))
    plan = round_one.path / "plan.xlsx"
    edit(plan, plan, lambda book: rename_action(book, "Another wording"))
    round_one.issue(only=["DA"], when=RECEIVED_ON)
    round_one.issue(Q2, LATER.date(), LATER, ["DA"])
    found = {}
    for reference in ("2016-17-Q1-DA-2", "2016-17-Q2-DA-1"):
        path = edit(round_one.sent("DA"), round_one.inbox / "mixed.xlsx", named(reference, "2016-17-Q1-DA-1"))
        found[reference] = codes(round_one.receive_one(path))
    assert found == {"2016-17-Q1-DA-2": ["issues_disagree"], "2016-17-Q2-DA-1": ["rounds_disagree"]}


def test_a_return_of_an_earlier_round_says_so(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    round_one.issue(Q2, LATER.date(), LATER, ["DA", "SOS"])
    receipt = round_one.receive_one(path)
    (finding,) = [one for one in receipt.findings if one.code == "round_passed"]
    assert "2016-17-Q2-DA-1" in finding.message
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"
    assert round_one.said("J1a.1", "progress", Q2) == ""


def mailed(path: Path, sender: str) -> Path:
    """The same file as an e-mail that this person sent."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, "Our return"
    mail.set_content("Attached.")
    mail.add_attachment(path.read_bytes(), maintype="application", subtype="octet-stream", filename="return.xlsx")
    out = path.with_suffix(".eml")
    out.write_bytes(mail.as_bytes())
    return out


def by(who: str) -> Answers:
    return {**said(), "Start here": form(completed_by=who)}


SENDERS = [
    ("Chair <signs.of.safety@example.org>", "A chair", ["sent_by_another"]),
    ("Signs.Of.Safety@example.org", "A chair", ["sent_by_another"]),
    ("Chair <domestic.abuse@example.org>", "A chair", []),
    ("Deputy <deputy@example.org>", "A chair", []),
    ("", "Chair, Signs of Safety", ["sent_by_another"]),
    ("", "chair,  domestic abuse", []),
    ("", "Chair", []),
]


@pytest.mark.parametrize(("sender", "who", "expected"), SENDERS)
def test_a_workbook_that_another_subgroup_sent_is_told(
    round_one: Plan, sender: str, who: str, expected: list[str]
) -> None:
    path = round_one.filled("da", by(who))
    receipt = round_one.receive_one(mailed(path, sender) if sender else path)
    assert [one for one in codes(receipt) if one.startswith("sent")] == expected
    assert receipt.verdict == "accepted_with_findings"
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"


def test_what_came_by_mail_and_is_held_can_be_taken_in_from_where_it_is_kept(round_one: Plan) -> None:
    path = edit(round_one.filled("good", said()), round_one.inbox / "odd.xlsx", named(MH))
    receipt = round_one.receive_one(mailed(path, "a@example.org"))
    command = shlex.split(receipt.findings[0].message.partition("take the file in with: ")[2])
    again = round_one.receive_one(Path(command[2]), Instructions(issue=command[4]))
    assert (again.verdict, again.issue) == ("accepted_with_findings", DA)


def test_text_of_our_own_in_capitals_is_no_key_of_another_plan(round_one: Plan) -> None:
    """`SEE GUIDANCE` looks like a row key."""
    path = edit(round_one.filled("good", said(progress="SEE GUIDANCE")), round_one.inbox / "odd.xlsx", forget_keys)
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "accepted_with_findings"
    assert told(receipt) >= {("row_by_ref", "Progress!A5")}


def test_the_plan_itself_is_no_return(example: Plan) -> None:
    example.inbox.mkdir()
    path = edit(example.path / "plan.xlsx", example.inbox / "plan.xlsx", type_at("Actions", "C6", "Another wording"))
    receipt = example.receive_one(path)
    assert (receipt.verdict, codes(receipt)) == ("held", ["plan_itself"])
