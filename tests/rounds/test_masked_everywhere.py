"""Identifiers of a case where nobody looks for an answer: About, locked cells, held files, plan.xlsx."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook
from tests.chairs import RECEIVED_ON, Plan, at, codes, edit, fill, held_file, on, said, type_in
from tests.commands import run
from tests.rounds.test_masked import NUMBER
from tests.rounds.test_masked_around import holding, mail_with

from plan_sheets import Instructions, PlanSheetsError, make_master, office

TYPED = f"NHS {NUMBER}"
ALLOWED = Instructions(allow=frozenset({"case_identifier"}), reason="It is the number of an order")


def over_about(item: str) -> Callable[[Workbook], None]:
    """Type over what the About sheet says of an item."""

    def change(book: Workbook) -> None:
        row = next(row for row in book["About"].iter_rows() if row[0].value == item)
        type_in(book["About"][row[1].coordinate], TYPED)

    return change


@pytest.mark.parametrize("item", ["Reference", "Plan", "Signature"])
def test_what_is_typed_over_about_is_shown_and_kept_nowhere(round_one: Plan, item: str) -> None:
    first = round_one.filled("da", said())
    path = edit(first, round_one.inbox / "more.xlsx", over_about(item))
    first.unlink()
    told = run("receive", path, "--plan", round_one.path, "--as-of", "2016-07-08", "--json")
    assert told.exit_code == 3
    assert "case_identifier" in told.output
    assert NUMBER not in told.output
    path.unlink()
    assert holding(round_one) == []
    assert round_one.said("J1a.1", "rag") == "Green", "the other carriers say whose it is"


@pytest.mark.parametrize("why", ["no identity", "carriers disagree", "unknown reference", "signature"])
def test_a_workbook_that_is_held_is_masked_too(round_one: Plan, why: str) -> None:
    def add(book: Workbook) -> None:
        type_in(at(book["Progress"], "J1a.1", "Progress made"), TYPED)

    path = held_file(round_one, why)
    receipt = round_one.receive_one(edit(path, path, add))
    assert receipt.verdict == "held"
    assert [str(finding.address) for finding in receipt.findings if finding.code == "case_identifier"] == [
        on("Progress made", 5)
    ]
    assert NUMBER not in "".join(f"{finding.message}{finding.entered}" for finding in receipt.findings)
    for file in round_one.inbox.iterdir():
        file.unlink()
    assert holding(round_one) == []


def test_of_a_locked_cell_it_is_said_once(round_one: Plan) -> None:
    def change(book: Workbook) -> None:
        type_in(at(book["Progress"], "J1a.1", "What we will do"), TYPED)

    receipt = round_one.receive_one(edit(round_one.filled("da", said()), round_one.inbox / "more.xlsx", change))
    assert "case_identifier" in codes(receipt)
    assert "locked_changed" not in codes(receipt)


def masked_plan(plan: Plan) -> Path:
    """plan.xlsx, with a number in a cell that must not be blank."""
    path = plan.path / "plan.xlsx"
    return fill(path, path, {"Actions": {"J1a.1": {"What we will do": f"Ask about {TYPED}"}}})


def test_in_plan_xlsx_it_has_to_be_mended_and_is_not_blank(round_one: Plan) -> None:
    masked_plan(round_one)
    checked = run("check", "--plan", round_one.path)
    assert checked.exit_code == 3
    assert "1 to be mended in plan.xlsx." in checked.output
    assert "is blank" not in checked.output
    merged = run("plan", "--plan", round_one.path, "--as-of", "2016-07-08")
    assert merged.exit_code == 3
    assert ", 1 error." in merged.output
    assert NUMBER not in checked.output + merged.output


def test_in_plan_xlsx_the_officer_may_allow_it_and_is_not_asked_again(round_one: Plan) -> None:
    path = masked_plan(round_one)
    office.merge_plan(round_one.folder, RECEIVED_ON)
    words = ("--plan", round_one.path, "--as-of", "2016-07-08")
    assert run("plan", *words, "--allow", "case_identifier").exit_code == 1, "there is no reason"
    assert run("plan", *words, "--allow", "file_pdf", "--reason", "Why not").exit_code == 1, "that holds nothing here"
    allowed = run("plan", *words, "--allow", "case_identifier", "--reason", "It is the number of an order", "--notes")
    assert allowed.exit_code == 0
    assert "It is the number of an order" in allowed.output
    assert round_one.stands("J1a.1", "what") == f"Ask about {TYPED}"
    fill(path, path, {"Actions": {"J1a.1": {"Impact": "Fewer wait."}}})
    assert run("check", "--plan", round_one.path).exit_code == 0
    assert run("plan", *words).exit_code == 0
    assert round_one.stands("J1a.1", "impact") == "Fewer wait."


@pytest.mark.parametrize("allow", ["file_pdf", "case_identifier_beside"])
def test_nothing_else_is_allowed_of_plan_xlsx(round_one: Plan, allow: str) -> None:
    with pytest.raises(PlanSheetsError, match="Nothing is held by"):
        office.merge_plan(round_one.folder, RECEIVED_ON, Instructions(allow=frozenset({allow}), reason="Why not"))


def test_of_the_officers_workbook_and_of_a_master_nothing_is_kept_with_it(round_one: Plan) -> None:
    told = office.receive_files(round_one.folder, [round_one.filled("da", said(rag="Red"))], RECEIVED_ON)
    assert told.officer
    made = {"officer": told.officer.path, "master": make_master(round_one.folder, "2016-17-Q1", RECEIVED_ON).path}

    def type_somewhere(book: Workbook) -> None:
        sheet = next(sheet for sheet in book if any(not cell.protection.locked for row in sheet for cell in row))
        free = next(cell for row in sheet for cell in row if not cell.protection.locked and cell.value is None)
        type_in(sheet[free.coordinate], TYPED)

    for kind, path in made.items():
        back = round_one.path.parent / f"{kind}.xlsx"
        receipt = round_one.receive_one(edit(path, back, type_somewhere))
        assert receipt.kind == kind
        assert "case_identifier" in codes(receipt)
    assert holding(round_one) == []


def test_in_plan_xlsx_it_is_looked_for_where_no_answer_stands(round_one: Plan) -> None:
    def write_over_the_page(book: Workbook) -> None:
        header = book["Actions"].oddHeader
        assert header
        header.center.text = f"About {TYPED}"

    path = round_one.path / "plan.xlsx"
    fill(path, path, {"Actions": {"J1a.1": {"Impact": "Fewer wait."}}})
    edit(path, path, write_over_the_page)
    read = office.merge_plan(round_one.folder, RECEIVED_ON).merged
    assert "case_identifier_beside" in {finding.code for finding in read.findings}
    assert read.errors == 1
    assert round_one.stands("J1a.1", "impact") == "Fewer wait.", "the rest goes in"
    assert holding(round_one) == ["plan.xlsx"], "which is the officer's own"


def test_the_reason_for_something_is_recorded_and_must_not_hold_it(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    round_one.receive_one(path)
    words = ("--plan", round_one.path, "--as-of", "2016-07-08", "--reason", f"It is about {TYPED}")
    deeds = [
        ("withdraw", "DA-1"),
        ("redact", "J1a.1", "progress"),
        ("receive", path, "--allow", "case_identifier"),
        ("plan", "--allow", "case_identifier"),
    ]
    for deed in deeds:
        refused = run(*deed, *words)
        assert refused.exit_code == 1
        assert "The reason holds what looks like an NHS number." in refused.output
        assert NUMBER not in refused.output
    assert holding(round_one) == []


def test_the_name_of_what_is_passed_over_is_not_shown_with_it(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    mail = message_from_bytes(mail_with(path, "Here it is."), policy=default)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(b"GIF89a", "image", "gif", filename=f"{TYPED}.gif")
    (round_one.inbox / "m.eml").write_bytes(mail.as_bytes())
    told = run("receive", round_one.inbox / "m.eml", "--plan", round_one.path, "--as-of", "2016-07-08", "--json")
    assert "(masked)" in told.output
    assert NUMBER not in told.output
