"""What was masked by mistake is let in as the finding says; and what is masked is told, of a duplicate too."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import RECEIVED_ON, SOS, Answers, Plan, codes, held_file, said, values_of
from tests.commands import run
from tests.rounds.test_masked import NUMBER
from tests.rounds.test_masked_around import holding

from plan_sheets import Instructions, office, trace_value
from plan_sheets.core.model.receipts import Receipt

ORDER = f"Order NHS {NUMBER} is placed"
ALLOWED = Instructions(allow=frozenset({"case_identifier"}), reason="It is the number of an order")


def receive(plan: Plan, path: Path, told: Instructions | None = None) -> list[Receipt]:
    """What became of the files at this path; the officer's workbook is made too."""
    return [*office.receive_files(plan.folder, [path], RECEIVED_ON, told).receipts.returns]


def findings(plan: Plan) -> str:
    """All that the officer's workbook says on Findings and Returns."""
    book = openpyxl.load_workbook(plan.path / "officer/2016-17-q1.xlsx")
    return repr([values_of(book[name]) for name in ("Findings", "Returns")])


def mail_of(plan: Plan, body: str, *paths: Path, name: str = "m.eml", other: str = "") -> Path:
    """An e-mail with these files, and a document beside them if it is named."""
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Chair <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", "Return"
    mail.set_content(body)
    for path in paths:
        mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename=path.name)
    if other:
        mail.add_attachment(b"PK nothing", "application", "octet-stream", filename=other)
    plan.inbox.mkdir(exist_ok=True)
    (plan.inbox / name).write_bytes(mail.as_bytes())
    return plan.inbox / name


def test_a_file_is_let_in_by_the_command_that_the_finding_names(round_one: Plan) -> None:
    path = round_one.filled("da", said(progress=ORDER))
    (masked,) = receive(round_one, path)
    assert any("--allow case_identifier --reason TEXT" in finding.message for finding in masked.findings)
    told = run("receive", path, "--allow", "case_identifier", "--reason", "An order", plan=round_one)
    assert told.exit_code == 0
    assert "This replaces DA-1" in told.output
    assert "missing" not in told.output
    assert round_one.said("J1a.1", "progress") == ORDER
    steps = trace_value(round_one.folder, "J1a.1", "progress")
    assert [(step.number, step.outcome, step.replaces) for step in steps] == [("DA-2", "taken", "DA-1")]
    assert "DA-2 takes the place of DA-1" in run("trace", "J1a.1", "progress", plan=round_one).output
    assert "holds what looks like" not in findings(round_one), "it is not asked to be mended any more"
    status = run("status", plan=round_one)
    assert "9 issued = 1 returned + 8 outstanding" in status.output
    again = receive(round_one, path, ALLOWED)
    assert [(one.verdict, one.duplicate_of, codes(one)) for one in again] == [("duplicate", "DA-2", [])]
    assert [(one.verdict, codes(one)) for one in receive(round_one, path)] == [("duplicate", [])]


def test_what_was_not_masked_stays_known(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    receive(round_one, path)
    (again,) = receive(round_one, path, ALLOWED)
    assert (again.verdict, again.duplicate_of) == ("duplicate", "DA-1")


def test_where_the_mask_stands_it_is_told_again(round_one: Plan) -> None:
    path = round_one.filled("da", said(progress=ORDER))
    receive(round_one, path)
    told = run("receive", path, plan=round_one)
    assert told.exit_code == 3
    assert "holds what looks like" in told.output
    assert "duplicate" in told.output


def test_what_was_let_in_and_withdrawn_is_masked_and_let_in_again(round_one: Plan) -> None:
    path = round_one.filled("da", said(progress=ORDER))
    receive(round_one, path)
    receive(round_one, path, ALLOWED)
    office.withdraw_return(round_one.folder, "DA-2", "By mistake", RECEIVED_ON)
    assert round_one.said("J1a.1", "progress") == ""
    assert round_one.said("J1a.1", "next_step") == "Pilot it in July"
    (again,) = receive(round_one, path, ALLOWED)
    assert again.number == "DA-3"
    assert round_one.said("J1a.1", "progress") == ORDER


def test_further_actions_are_counted_once(round_one: Plan) -> None:
    further: Answers = {
        **said(progress=ORDER),
        "New actions": {"1": {"Theme": "J1b", "What we will do": "Train the staff"}},
    }
    path = round_one.filled("da", further)
    receive(round_one, path)
    refs = {key.ref for key in round_one.history.by_key if key.ref.startswith("DA.")}
    receive(round_one, path, ALLOWED)
    assert {key.ref for key in round_one.history.by_key if key.ref.startswith("DA.")} == refs


def test_all_files_of_one_mail_are_let_in_together(round_one: Plan) -> None:
    paths = round_one.filled("da", said(progress=ORDER)), round_one.filled("sos", SOS, "SOS")
    mail = mail_of(round_one, f"About {ORDER}", *paths)
    each = receive(round_one, mail)
    assert ["case_identifier_beside" in codes(one) for one in each] == [True, True]
    let_in = receive(round_one, mail, ALLOWED)
    assert {one.number for one in let_in} == {"DA-2", "SOS-2"}
    assert not {"returned_mended", "case_identifier"} & {code for one in let_in for code in codes(one)}
    assert round_one.said("J1a.1", "progress") == ORDER
    assert f"About {ORDER}" in findings(round_one)
    refused = run("receive", round_one.inbox, "--allow", "case_identifier", "--reason", "x", plan=round_one)
    assert refused.exit_code == 1
    assert "all in one e-mail" in refused.output


@pytest.mark.parametrize("what", ["a held workbook", "an e-mail alone"])
def test_what_is_not_merged_is_let_in_too(round_one: Plan, what: str) -> None:
    path = mail_of(round_one, ORDER)
    if what == "a held workbook":
        path = held_file(round_one, "carriers disagree")
        with_number = openpyxl.load_workbook(path)
        with_number["Progress"]["A40"] = ORDER
        with_number.save(path)
    (masked,) = receive(round_one, path)
    assert masked.verdict == "held"
    assert "holds what looks like" in findings(round_one)
    (let_in,) = receive(round_one, path, ALLOWED)
    assert (let_in.verdict, "returned_mended" in codes(let_in)) == ("held", False)
    assert "holds what looks like" not in findings(round_one)
    assert what == "a held workbook" or ORDER in findings(round_one)


def test_a_masked_mail_beside_a_known_workbook_is_told_and_can_be_let_in(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    receive(round_one, path)
    mail = mail_of(round_one, f"Please delay J1a.1. {ORDER}", path)
    path.unlink()
    told = run("receive", mail, plan=round_one)
    assert told.exit_code == 3
    assert "The e-mail holds what looks like" in told.output
    assert "The e-mail holds what looks like" in findings(round_one)
    again = run("receive", mail, plan=round_one)
    assert again.exit_code == 3, "as long as it is masked"
    receive(round_one, mail, ALLOWED)
    assert "Please delay J1a.1" in findings(round_one)
    assert run("receive", mail, plan=round_one).exit_code == 0


def test_the_name_of_a_duplicate_is_told(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    receive(round_one, path)
    named = path.rename(path.with_name(f"NHS {NUMBER}.xlsx"))
    told = run("receive", named, plan=round_one)
    assert told.exit_code == 3
    assert "The name of the file holds what looks like" in told.output
    assert NUMBER not in told.output


def test_the_name_of_a_file_in_a_mail_is_told_each_time(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    named = path.rename(path.with_name(f"NHS {NUMBER}.xlsx"))
    mail = mail_of(round_one, "Here it is.", named)
    for _ in range(2):
        (receipt,) = receive(round_one, mail)
        assert "case_identifier_beside" in codes(receipt)


def test_what_came_beside_in_a_masked_mail_is_told_to_the_officer(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    mail = mail_of(round_one, f"About {ORDER}", path, other="Important answers.docx")
    path.unlink()
    (receipt,) = receive(round_one, mail)
    assert "case_identifier_beside" in codes(receipt)
    assert "'Important answers.docx' came in the same e-mail" in findings(round_one)
    mail.unlink()
    assert holding(round_one) == []


def test_the_name_of_what_came_beside_is_masked(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    mail = mail_of(round_one, "Here it is.", path, other=f"NHS {NUMBER}.docx")
    path.unlink()
    (receipt,) = receive(round_one, mail)
    assert "mail_document" in codes(receipt)
    mail.unlink()
    assert holding(round_one) == []


def test_an_address_in_a_masked_mail_is_told_unless_it_holds_it(round_one: Plan) -> None:
    address = "https://da.sharepoint.com/sites/da/return.xlsx"
    mail = mail_of(round_one, f"About {ORDER}.\n{address}\nhttps://da.sharepoint.com/NHS-{NUMBER.replace(' ', '')}\n")
    (receipt,) = receive(round_one, mail)
    assert codes(receipt).count("mail_names_link") == 2
    assert address in findings(round_one)
    mail.unlink()
    assert holding(round_one) == []
    assert NUMBER.replace(" ", "") not in findings(round_one)


def test_of_a_message_the_text_alone_is_kept_where_it_is_let_in_too(round_one: Plan) -> None:
    (receipt,) = receive(round_one, mail_of(round_one, ORDER), ALLOWED)
    assert "mail_kept_as_text" in codes(receipt)
    kept = [path.suffix for path in (round_one.path / "returned").iterdir() if path.stem == receipt.sha256]
    assert kept == [".txt"]


@pytest.mark.parametrize(("name", "ending"), [("a.csv", ".csv"), ("a.xlsx", ".bin"), ("a.docx", ".docx")])
def test_what_is_no_workbook_is_not_kept_as_one(round_one: Plan, name: str, ending: str) -> None:
    path = round_one.inbox / name
    path.parent.mkdir()
    path.write_bytes(b"Ref,Progress made\nJ1a.1,It is mapped\n")
    for told in (None, None):
        (receipt,) = receive(round_one, path, told)
        assert "returned_mended" not in codes(receipt)
    kept = [path.suffix for path in (round_one.path / "returned").iterdir() if path.stem == receipt.sha256]
    assert kept == [ending]


def test_a_workbook_is_kept_with_its_own_ending_whatever_it_is_called(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    named = path.rename(path.with_suffix(".bin"))
    (receipt,) = receive(round_one, mail_of(round_one, "Here it is.", named))
    assert round_one.folder.kept(receipt.sha256).is_file()
