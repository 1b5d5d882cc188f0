"""Mail on its way through a round: its text stays with the return, and without a workbook it waits for the officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.chairs import Plan, codes, said
from tests.store.receiving.test_mails import (
    ADDRESS,
    RED,
    link_in_outlook,
    message_file,
    opaque,
    outlook,
    signed,
    written,
)
from tests.store.receiving.test_unpack import SENDER

from plan_sheets.cli import main
from plan_sheets.store.receiving.inbox import open_inbox

if TYPE_CHECKING:
    from pathlib import Path


def put(plan: Plan, name: str, data: bytes) -> Path:
    plan.inbox.mkdir(exist_ok=True)
    (plan.inbox / name).write_bytes(data)
    return plan.inbox / name


@pytest.fixture
def book(round_one: Plan) -> bytes:
    """A filled-in workbook, taken out of the folder again."""
    path = round_one.filled("da", said())
    data = path.read_bytes()
    path.unlink()
    return data


def test_a_mail_without_a_workbook_is_held_alone_and_in_a_folder(round_one: Plan, book: bytes) -> None:
    alone = put(round_one, "a message.eml", written().as_bytes())
    put(round_one, "return.xlsx", book)
    for given in (alone, round_one.inbox):
        receipts = {one.file.rpartition("/")[2]: one for one in round_one.receive(given)}
        message = receipts["a message.eml"]
        assert (message.kind, message.verdict, message.sent_by) == ("message", "held", SENDER)
        assert codes(message) == ["mail_kept_as_text", "mail_without_workbook"]
    assert receipts["return.xlsx"].verdict == "accepted_with_findings"


def test_a_folder_of_nothing_but_mail_tells_the_command_line_that_somebody_must_act(round_one: Plan) -> None:
    put(round_one, "a message.eml", written().as_bytes())
    done = CliRunner().invoke(main, ["receive", "--plan", str(round_one.path), str(round_one.inbox)])
    assert (done.exit_code, "came without a workbook" in done.output) == (3, True), done.output


def test_a_mail_that_names_where_its_file_lies(round_one: Plan) -> None:
    typed = put(round_one, "typed.eml", written(f"It is at {ADDRESS}").as_bytes())
    assert codes(round_one.receive_one(typed)) == ["mail_kept_as_text", "mail_names_link", "mail_without_workbook"]
    linked = put(round_one, "linked.msg", message_file(outlook(link_in_outlook(ADDRESS), {})))
    receipt = round_one.receive_one(linked)
    assert codes(receipt) == ["mail_kept_as_text", "mail_link", "mail_undated", "mail_without_workbook"]
    assert f"'return.xlsx' was not attached to this e-mail: it is only a link, to {ADDRESS}." in str(receipt.findings)


def test_the_same_workbook_in_a_signed_mail_and_as_a_file(round_one: Plan, book: bytes) -> None:
    mailed = put(round_one, "signed.eml", opaque(signed(written(books={"da.xlsx": book}).as_bytes(), "DER")))
    receipt = round_one.receive_one(mailed)
    assert receipt.verdict == "accepted_with_findings"
    assert "mail_signed" in codes(receipt)
    assert round_one.receive_one(put(round_one, "da.xlsx", book)).verdict == "duplicate"


def test_every_file_of_a_mail_carries_what_the_mail_says(round_one: Plan, book: bytes) -> None:
    path = put(
        round_one, "mail.eml", written(books={"one.xlsx": book, "two.pdf": b"%PDF", "three.xlsx": b"PK"}).as_bytes()
    )
    files = [one.open() for one in open_inbox(round_one.folder, [path]).files]
    assert [one.mail and one.mail.body.strip() for one in files] == [RED, RED]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Fri, 1 Jul 2016 09:30:00 +0100", []),
        ("", ["mail_undated"]),
        ("nonsense", ["mail_undated"]),
        ("Tue, 12 Jul 2061 09:30:00 +0100", ["mail_from_the_future"]),
        ("Fri, 1 Jan 2016 09:30:00 +0000", ["mail_before_round"]),
    ],
)
def test_a_date_that_cannot_be_is_told(round_one: Plan, book: bytes, sent: str, expected: list[str]) -> None:
    made = written(books={"da.xlsx": book})
    del made["Date"]
    data = (f"Date: {sent}\n" if sent else "").encode() + made.as_bytes()
    receipt = round_one.receive_one(put(round_one, "mail.eml", data))
    assert [code for code in codes(receipt) if code.startswith("mail")] == expected
    assert "12 July 2061" in str(receipt.findings) or "mail_from_the_future" not in expected
    assert receipt.verdict == "accepted_with_findings"
