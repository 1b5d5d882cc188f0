"""Whatever a mail says is quoted to the officer, once and whole, whatever became of the files in it."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.chairs import Q1, Q2, RECEIVED_ON, Plan, codes, fill, said
from tests.rounds.test_mail import put
from tests.rounds.test_masked import NUMBER
from tests.store.receiving.test_mails import written

from plan_sheets import Instructions, make_master, office
from plan_sheets.core.model.mail import Mail, describe_mail
from plan_sheets.core.model.text import LONGEST_SHOWN
from plan_sheets.store.container.hashing import sha256

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from plan_sheets.core.model.receipts import Receipt

OURS = "PS S2.1 went Red this morning."


@pytest.fixture
def book(round_one: Plan) -> bytes:
    """The filled-in workbook of Domestic Abuse, taken out of the folder again."""
    path = round_one.filled("da", said())
    data = path.read_bytes()
    path.unlink()
    return data


def texts(plan: Plan, sheet: str) -> str:
    """Every text of a sheet of the newest officer's workbook."""
    path = max((plan.path / "officer").glob("*.xlsx"), key=lambda file: file.stat().st_mtime_ns)
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row if cell)


def take(plan: Plan, *paths: Path) -> list[Receipt]:
    return [*office.receive_files(plan.folder, paths, RECEIVED_ON).receipts.returns]


def count_quoted(plan: Plan, text: str = OURS) -> int:
    return sum(texts(plan, sheet).count(text) for sheet in ("Returns", "Findings"))


@pytest.mark.parametrize(
    "kind", ["accepted", "untouched", "refused", "held", "two in one mail", "a picture and a workbook of others"]
)
def test_the_mail_is_quoted_once_whatever_came_in_it(round_one: Plan, book: bytes, kind: str) -> None:
    issued = (round_one.path / "issued/2016-17-q1/2016-17-q1-domestic-abuse.xlsx").read_bytes()
    books = {
        "accepted": {"da.xlsx": book},
        "untouched": {"da.xlsx": issued},
        "refused": {"da.xlsx": b"PK\x03\x04", "da.pdf": b"%PDF"},
        "held": {"list.xlsx": foreign()},
        "two in one mail": {"da.xlsx": book, "again.xlsx": book},
        "a picture and a workbook of others": {"me.jpg": b"\xff\xd8", "list.xlsx": foreign()},
    }[kind]
    receipts = take(round_one, put(round_one, "mail.eml", written(OURS, books).as_bytes()))
    told = [code for receipt in receipts for code in codes(receipt)]
    assert told.count("mail_said") == (1 if {"held", "refused"} >= {receipt.verdict for receipt in receipts} else 0)
    assert count_quoted(round_one) == 1
    assert len([*(round_one.path / "returned").glob("*.txt")]) == 1


def foreign(number: int = 1) -> bytes:
    """A workbook that is none of ours."""
    made, out = openpyxl.Workbook(), BytesIO()
    made.worksheets[0]["A1"] = f"List {number} of telephone numbers"
    made.save(out)
    return out.getvalue()


def test_a_duplicate_in_a_new_mail_keeps_what_the_mail_says(round_one: Plan, book: bytes) -> None:
    take(round_one, put(round_one, "da.xlsx", book))
    (receipt,) = take(round_one, put(round_one, "mail.eml", written(OURS, {"da.xlsx": book}).as_bytes()))
    assert receipt.verdict == "duplicate"
    assert count_quoted(round_one) == 1
    with sqlite3.connect(round_one.path / "register.sqlite") as register:
        assert register.execute("SELECT body FROM mail").fetchall() == [(f"{OURS}\n",)]
    (receipt,) = take(round_one, put(round_one, "again.eml", written(OURS, {"da.xlsx": book}).as_bytes()))
    assert count_quoted(round_one) == 1
    assert round_one.said("J1a.1", "rag") == "Green"


def test_the_same_message_twice_in_a_batch_is_held_once(round_one: Plan) -> None:
    data = written(OURS).as_bytes()
    first, second = put(round_one, "one.eml", data), put(round_one, "two.eml", data)
    receipts = take(round_one, first, second)
    assert sorted(str(receipt.verdict) for receipt in receipts) == ["duplicate", "held"]
    assert sorted(map(codes, receipts)) == [[], ["mail_kept_as_text", "mail_without_workbook"]]
    (again,) = take(round_one, first)
    assert again.verdict == "held", "nobody has closed it"


def test_a_note_beside_the_workbook_is_a_part_of_the_mail(round_one: Plan, book: bytes) -> None:
    made = written("See the note.", {"da.xlsx": book})
    made.add_attachment(OURS, filename="late news.txt")
    take(round_one, put(round_one, "mail.eml", made.as_bytes()))
    assert f"[late news.txt]\n{OURS}" in texts(round_one, "Returns")


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("", "E-mail of 8 July 2016 from Chair, 'Nothing changed': (no text)"),
        ("All fine\n-- \nThe Chair, Tel. 1\n", "All fine\nSignature: -- \nThe Chair, Tel. 1"),
        (
            "FYI\n-----Original Message-----\nS2.1 is Red\n",
            "FYI\nEarlier mail: -----Original Message-----\nS2.1 is Red",
        ),
        ("Sent from my phone\n", "'Nothing changed': Signature: Sent from my phone"),
    ],
)
def test_it_is_quoted_whole(body: str, quoted: str) -> None:
    mail = Mail("sha", "Chair", "2016-07-08T09:30:00+01:00", "Nothing changed", body)
    assert quoted in describe_mail(mail)


def test_who_forwarded_a_mail_is_told_with_what_was_written_then() -> None:
    outer = Mail("outer", "Deputy <d@example.org>", "2016-07-09T09:30:00+01:00", "FW: Return", "Please see below.")
    assert describe_mail(Mail("sha", "Chair <c@example.org>", body="S2.1 is Red", attached_to=outer)) == (
        "E-mail from Chair <c@example.org>: S2.1 is Red\n"
        "Forwarded by e-mail of 9 July 2016 from Deputy <d@example.org>, 'FW: Return': Please see below."
    )


def test_of_a_long_one_the_rest_is_said_to_lie_elsewhere() -> None:
    outer = Mail("other", "Deputy", body="Please see below")
    for told in (describe_mail(Mail("sha", body="x" * LONGEST_SHOWN, attached_to=one)) for one in (None, outer)):
        assert told.startswith("E-mail: xxx")
        assert told.endswith(" characters more: see returned/sha.txt)")
        assert told.count("characters more") == 1


def test_a_mail_that_says_nothing_is_not_quoted() -> None:
    assert describe_mail(Mail("sha", "Chair", "2016-07-08T09:30:00+01:00")) == ""


def test_what_the_officer_and_the_executive_write_is_quoted_on_findings(round_one: Plan, book: bytes) -> None:
    take(round_one, put(round_one, "da.xlsx", book))
    officer = (round_one.path / "officer/2016-17-q1.xlsx").read_bytes()
    master = make_master(round_one.folder, Q1, RECEIVED_ON).path.read_bytes()
    for name, data in {"officer": officer, "master": master}.items():
        said_with_it = f"{OURS} Says the {name}."
        mail = put(round_one, f"{name}.eml", written(said_with_it, {f"{name}.xlsx": data}).as_bytes())
        (receipt,) = take(round_one, mail)
        assert (receipt.kind, codes(receipt).count("mail_said")) == (name, 1)
        assert texts(round_one, "Findings").count(said_with_it) == 1


def test_an_officers_workbook_that_comes_again_in_a_new_mail(round_one: Plan, book: bytes) -> None:
    take(round_one, put(round_one, "da.xlsx", book))
    made = round_one.path / "officer/2016-17-q1.xlsx"
    data = fill(made, round_one.inbox / "o.xlsx", {"Owners": {"J1a.1": {"Owner": "The nurse"}}}).read_bytes()
    for body in ("First", "Second"):
        path = put(round_one, f"{body}.eml", written(f"{body}: {OURS}", {"o.xlsx": data}).as_bytes())
        (receipt,) = take(round_one, path)
        assert f"{body}: {OURS}" in texts(round_one, "Findings")
    assert receipt.verdict == "duplicate"
    (again,) = take(round_one, path)
    assert codes(again) == [], "it is quoted there already"


def test_a_return_for_an_earlier_round_than_the_one_on_returns(round_one: Plan, book: bytes) -> None:
    round_one.issue(Q2, by=date(2016, 10, 14), when=datetime(2016, 9, 20))  # noqa: DTZ001 - the office's own clock
    later = datetime(2016, 9, 22)  # noqa: DTZ001 - the office's own clock
    mail = put(round_one, "mail.eml", written(OURS, {"da.xlsx": book}).as_bytes())
    (receipt,) = office.receive_files(round_one.folder, [mail], later).receipts.returns
    assert receipt.round == Q1
    assert OURS in texts(round_one, "Findings")
    assert OURS not in texts(round_one, "Returns")


def test_a_correction_and_a_workbook_of_others_in_one_mail(round_one: Plan, book: bytes) -> None:
    take(round_one, put(round_one, "da.xlsx", book))
    corrected = round_one.filled("corrected", said(progress="All is done", corrects="Yes"))
    files = {"list.xlsx": foreign(), "da.xlsx": corrected.read_bytes()}
    receipts = take(round_one, put(round_one, "mail.eml", written(OURS, files).as_bytes()))
    assert sorted(str(receipt.verdict) for receipt in receipts) == ["accepted_with_findings", "held"]
    assert count_quoted(round_one) == 1
    assert OURS in texts(round_one, "Returns")


def test_files_of_one_mail_in_different_lots(round_one: Plan, book: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plan_sheets.receive.LOT", 1)
    files = {"list.xlsx": foreign(), "other.xlsx": foreign() + b" ", "da.xlsx": book}
    take(round_one, put(round_one, "mail.eml", written(OURS, files).as_bytes()))
    assert count_quoted(round_one) == 1


def test_a_known_return_and_a_workbook_of_others_in_a_new_mail(round_one: Plan, book: bytes) -> None:
    take(round_one, put(round_one, "da.xlsx", book))
    first = next(data for data in map(foreign, range(1_000)) if sha256(data) < sha256(book))
    receipts = take(round_one, put(round_one, "mail.eml", written(OURS, {"l.xlsx": first, "da.xlsx": book}).as_bytes()))
    assert {str(receipt.verdict) for receipt in receipts} == {"held", "duplicate"}
    assert count_quoted(round_one) == 1


def forwarded_by_deputy(mail: EmailMessage, intro: str = "Please see below.") -> bytes:
    """The mail attached to one of the deputy."""
    outer = written(intro)
    outer.replace_header("From", "Deputy <deputy@example.org>")
    outer.add_attachment(mail)
    return outer.as_bytes()


def test_the_forwarder_is_not_called_earlier_mail(round_one: Plan, book: bytes) -> None:
    mail = put(round_one, "mail.eml", forwarded_by_deputy(written(OURS, {"da.xlsx": book})))
    take(round_one, mail)
    told = texts(round_one, "Returns")
    assert f"{OURS}\nForwarded by e-mail of 1 July 2016 from Deputy <deputy@example.org>" in told
    assert "'Return Q1': Please see below." in told
    assert "Earlier mail" not in told


def test_a_known_mail_that_is_forwarded_with_a_word_more(round_one: Plan, book: bytes) -> None:
    mail = written("As agreed.", {"da.xlsx": book})
    take(round_one, put(round_one, "mail.eml", mail.as_bytes()))
    take(round_one, put(round_one, "forwarded.eml", forwarded_by_deputy(mail, OURS)))
    assert count_quoted(round_one) == 1
    (kept,) = (round_one.path / "returned").glob("*.txt")
    assert OURS in kept.read_text()


@pytest.mark.parametrize("kind", ["refused", "masked", "a masked mail"])
def test_its_text_is_kept_though_the_file_is_not(round_one: Plan, kind: str) -> None:
    masked = round_one.filled("masked", said(progress=f"NHS number {NUMBER}"))
    file = {"refused": b"PK\x03\x04", "masked": masked.read_bytes(), "a masked mail": b"PK\x03\x04"}[kind]
    body = f"NHS number {NUMBER}" if kind == "a masked mail" else OURS
    path = put(round_one, "mail.eml", written(body, {"da.xlsx": file}).as_bytes())
    round_one.receive(path, dry_run=True)
    assert not [*(round_one.path / "returned").glob("*.txt")]
    take(round_one, path)
    (kept,) = (round_one.path / "returned").glob("*.txt")
    assert ("(masked)" if kind == "a masked mail" else OURS) in kept.read_text()
    assert NUMBER not in kept.read_text()


@pytest.mark.parametrize("kind", ["accepted", "refused"])
def test_a_masked_text_that_the_officer_allows_is_kept_after_all(round_one: Plan, book: bytes, kind: str) -> None:
    body = f"The order has the number {NUMBER} of the NHS"
    allowed = Instructions(allow=frozenset({"case_identifier"}), reason="The number of an order")
    file = book if kind == "accepted" else b"PK\x03\x04"
    path = put(round_one, "mail.eml", written(body, {"da.xlsx": file}).as_bytes())
    take(round_one, path)
    assert count_quoted(round_one, body) == 0
    office.receive_files(round_one.folder, [path], RECEIVED_ON, allowed)
    assert count_quoted(round_one, body) == 1
    (kept,) = (round_one.path / "returned").glob("*.txt")
    assert body in kept.read_text()
    take(round_one, path)
    assert (count_quoted(round_one, body), body in kept.read_text()) == (1, True)


def test_a_long_mail_on_findings_is_cut_once(round_one: Plan) -> None:
    path = put(round_one, "mail.eml", written("x " * LONGEST_SHOWN + "end", {"list.xlsx": foreign()}).as_bytes())
    take(round_one, path)
    told = texts(round_one, "Findings") + texts(round_one, "Notes")
    (named,) = re.findall(r"characters more: see (returned/\w+\.\w+)\)", told)
    assert "x x end" in (round_one.path / named).read_text()


def test_a_text_attached_without_the_ending_of_one(round_one: Plan, book: bytes) -> None:
    made = written("See the note.", {"da.xlsx": book})
    made.add_attachment(OURS, filename="late news")
    made.add_attachment(f"NHS number {NUMBER}", filename="case.log")
    (receipt,) = take(round_one, put(round_one, "mail.eml", made.as_bytes()))
    assert "case_identifier_beside" in codes(receipt)
    assert "(masked)" in texts(round_one, "Returns")
    made = written("See the note.", {"da.xlsx": book})
    made.add_attachment(OURS, filename="late news")
    take(round_one, put(round_one, "mail.eml", made.as_bytes()))
    assert f"[late news]\n{OURS}" in texts(round_one, "Returns")


def test_who_sent_a_mail_that_says_nothing_and_that_it_is_of_no_subgroup(round_one: Plan) -> None:
    nothing = written("")
    del nothing["Subject"]
    take(round_one, put(round_one, "m.eml", nothing.as_bytes()), put(round_one, "list.xlsx", foreign()))
    path = round_one.path / "officer/2016-17-q1.xlsx"
    rows = [*openpyxl.load_workbook(path)["Findings"].iter_rows(min_row=5, values_only=True)]
    assert {str(row[1]).partition(": ")[2]: row[0] for row in rows} == {"m.eml": "Not known", "list.xlsx": "Not known"}
    assert "E-mail of 1 July 2016 from The Chair <chair@example.org>: (no text)" in {
        text for row in rows for text in row
    }


SHORT = "Jo Fox"
"""A text that is too short to be looked for everywhere."""


def without_subject(mail: bytes) -> bytes:
    return mail.replace(b"Subject: Return Q1\n", b"")


def test_a_redaction_finds_a_mail_that_another_file_of_it_quotes(round_one: Plan) -> None:
    books = {"one.xlsx": b"PK\x03\x04", "two.xlsx": b"PK\x05\x06"}
    receipts = take(round_one, put(round_one, "mail.eml", without_subject(written(SHORT, books).as_bytes())))
    (number,) = (receipt.number for receipt in receipts if "mail_said" not in codes(receipt))
    assert count_quoted(round_one, SHORT) == 1
    office.redact_texts(round_one.folder, number, "A name in it", RECEIVED_ON)
    with sqlite3.connect(round_one.path / "register.sqlite") as register:
        told = register.execute("SELECT entered FROM finding UNION SELECT body FROM mail").fetchall()
    assert SHORT not in str(told)


def test_a_redaction_takes_out_what_the_forwarder_wrote(round_one: Plan, book: bytes) -> None:
    mail = written("As agreed.", {"da.xlsx": book})
    take(round_one, put(round_one, "forwarded.eml", without_subject(forwarded_by_deputy(mail, SHORT))))
    office.redact_texts(round_one.folder, "DA-1", "A name in it", RECEIVED_ON)
    with sqlite3.connect(round_one.path / "register.sqlite") as register:
        assert SHORT not in "\n".join(register.iterdump())
    assert not [*(round_one.path / "returned").glob("*.txt")]


def test_a_document_beside_the_workbook_is_named_to_the_officer(round_one: Plan, book: bytes) -> None:
    mail = written(OURS, books={"return.xlsx": book, "answer.docx": b"PK"})
    (receipt,) = take(round_one, put(round_one, "m.eml", mail.as_bytes()))
    assert "mail_document" in codes(receipt)
    assert "'answer.docx' came in the same e-mail and was not read" in texts(round_one, "Findings")


def test_the_same_workbook_in_a_third_mail_is_a_duplicate_of_the_first(round_one: Plan, book: bytes) -> None:
    mails = [put(round_one, f"{text}.eml", written(text, books={"r.xlsx": book}).as_bytes()) for text in "abc"]
    first, *others = [take(round_one, mail)[0] for mail in mails]
    assert [one.duplicate_of for one in others] == [first.number, first.number]
