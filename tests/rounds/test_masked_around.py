"""Identifiers of a case around the cells: in mail, names, properties, comments and plan.xlsx; nowhere afterwards."""

from __future__ import annotations

import sqlite3
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook import Workbook
from tests.chairs import RECEIVED_ON, Plan, at, codes, edit, fill, said, type_in
from tests.commands import run
from tests.rounds.test_masked import NUMBER, texts_of

from plan_sheets import Instructions, check_plan, make_master, office


def holding(plan: Plan) -> list[str]:
    """The files of the plan folder in which the number stands."""
    return [path.name for path in plan.path.rglob("*") if path.is_file() and NUMBER.encode() in texts_of(path)]


def mail_with(path: Path, body: str, subject: str = "Return") -> bytes:
    """An e-mail with this file."""
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Chair <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", subject
    mail.set_content(body)
    mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename="return.xlsx")
    return mail.as_bytes()


def add_comment(book: Workbook) -> None:
    at(book["Progress"], "J1a.1", "Progress made").comment = Comment(f"About {NUMBER}", "Chair")


def add_property(book: Workbook) -> None:
    book.custom_doc_props.append(  # type: ignore[attr-defined]  # the stubs do not know it
        StringProperty(name="Case", value=f"NHS number {NUMBER}")
    )


def add_sheet(book: Workbook) -> None:
    type_in(book.create_sheet("Notes")["B2"], f"The NHS number is {NUMBER}")


def hide_row(book: Workbook) -> None:
    type_in(at(book["Progress"], "J1a.2", "Progress made"), f"NHS {NUMBER}")
    book["Progress"].row_dimensions[6].hidden = True


@pytest.mark.parametrize("place", [add_comment, add_property, add_sheet, hide_row], ids=lambda one: one.__name__)
def test_it_stands_in_no_file_wherever_it_was_hidden(round_one: Plan, place: object) -> None:
    first = round_one.filled("da", said())
    path = edit(first, round_one.inbox / "more.xlsx", place)  # type: ignore[arg-type]  # one of those above
    first.unlink()
    told = office.receive_files(round_one.folder, [path], RECEIVED_ON)
    (receipt,) = told.receipts.returns
    assert {"case_identifier", "case_identifier_beside"} & {*codes(receipt)}
    assert round_one.said("J1a.1", "rag") == "Green", "the rest goes in"
    make_master(round_one.folder, "2016-17-Q1", RECEIVED_ON)
    assert holding(round_one) == []
    assert not list((round_one.path / "returned").glob(f"{receipt.sha256}*"))


def test_the_text_of_the_mail_is_not_kept_and_the_workbook_goes_in(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    (round_one.inbox / "m.eml").write_bytes(mail_with(path, f"This is about NHS {NUMBER}."))
    path.unlink()
    (receipt,) = round_one.receive(round_one.inbox / "m.eml")
    assert "case_identifier_beside" in codes(receipt)
    assert round_one.said("J1a.1", "rag") == "Green"
    assert holding(round_one) == []
    assert NUMBER not in "".join(finding.message for finding in receipt.findings)


def test_the_text_of_the_mail_is_kept_quoted_and_traced(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    body = "PS S2.1 went Red this morning.\n\n> What you wrote in May\n"
    (round_one.inbox / "m.eml").write_bytes(mail_with(path, body))
    path.unlink()
    office.receive_files(round_one.folder, [round_one.inbox / "m.eml"], RECEIVED_ON)
    returns = openpyxl.load_workbook(round_one.path / "officer/2016-17-q1.xlsx")["Returns"]
    texts = " ".join(str(cell) for row in returns.iter_rows(values_only=True) for cell in row)
    assert "E-mail of 8 July 2016 from Chair <c@da.example>, 'Return': PS S2.1 went Red this morning." in texts
    assert "Earlier mail: > What you wrote in May" in texts
    with sqlite3.connect(round_one.path / "register.sqlite") as register:
        assert register.execute("SELECT body FROM mail").fetchall() == [(body,)]
    assert any(body in path.read_text() for path in (round_one.path / "returned").glob("*.txt"))
    traced = run("trace", "J1a.1", "rag", "--plan", round_one.path)
    assert "PS S2.1 went Red this morning" in traced.output


def test_a_message_is_closed_with_a_reason_and_then_a_duplicate(round_one: Plan) -> None:
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Chair <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", "News"
    mail.set_content("J1a.1 is Red.")
    path = round_one.inbox / "news.eml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(mail.as_bytes())
    told = office.receive_files(round_one.folder, [path], RECEIVED_ON)
    assert [(one.verdict, one.kind) for one in told.receipts.returns] == [("held", "message")]
    findings = openpyxl.load_workbook(round_one.path / "officer/2016-17-q1.xlsx")["Findings"]
    assert any("J1a.1 is Red." in str(cell) for row in findings.iter_rows(values_only=True) for cell in row)
    (again,) = round_one.receive(path)
    assert again.verdict == "held"
    closing = Instructions(allow=frozenset({"mail_without_workbook"}), reason="Rang the chair; she typed it in")
    assert round_one.receive_one(path, closing).verdict == "accepted"
    assert round_one.receive_one(path).verdict == "duplicate"
    assert not round_one.register.set_aside("held")


def test_the_officer_may_allow_it(round_one: Plan) -> None:
    path = round_one.filled("da", said(progress=f"Order number {NUMBER} of the NHS"))
    allowed = Instructions(allow=frozenset({"case_identifier"}), reason="It is the number of an order")
    receipt = round_one.receive_one(path, allowed)
    assert "held_then_allowed" in codes(receipt)
    assert round_one.said("J1a.1", "progress") == f"Order number {NUMBER} of the NHS"


def test_the_name_of_a_file(round_one: Plan) -> None:
    path = round_one.filled(f"NHS {NUMBER}", said())
    receipt = round_one.receive_one(path)
    assert NUMBER not in receipt.file
    assert "case_identifier_beside" in codes(receipt)
    assert holding(round_one) == []


def test_a_postcode_that_the_plan_allows_is_not_asked_about(example: Plan) -> None:
    fill(
        example.path / "plan.xlsx",
        example.path / "plan.xlsx",
        {"Plan": {"Postcodes of offices": {"Answer": "LE3 8RA; LE1 1AA"}}},
    )
    example.issue()
    receipt = example.receive_one(example.filled("da", said(progress="Open at LE3 8RA since May.")))
    assert "postcode" not in codes(receipt)


def test_plan_xlsx(round_one: Plan) -> None:
    path = round_one.path / "plan.xlsx"
    before = round_one.stands("J1a.1", "how")
    fill(path, path, {"Actions": {"J1a.1": {"How we will do it": f"Ask NHS {NUMBER}", "Impact": "Fewer wait."}}})
    read = office.merge_plan(round_one.folder, RECEIVED_ON)
    assert "case_identifier" in {finding.code for finding in read.merged.findings}
    assert "case_identifier" in {finding.code for finding in check_plan(round_one.folder).findings}
    assert round_one.stands("J1a.1", "how") == before
    assert round_one.stands("J1a.1", "impact") == "Fewer wait."
    assert holding(round_one) == ["plan.xlsx"], "which is the officer's own"
