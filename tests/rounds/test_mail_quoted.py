"""Whatever a mail says is quoted to the officer, once and whole, whatever became of the files in it."""

from __future__ import annotations

import sqlite3
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.chairs import RECEIVED_ON, Plan, codes, said
from tests.rounds.test_mail import put
from tests.store.receiving.test_mails import written

from plan_sheets import office
from plan_sheets.core.model.mail import LONGEST_QUOTE, Mail, describe_mail

if TYPE_CHECKING:
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


def foreign() -> bytes:
    """A workbook that is none of ours."""
    made, out = openpyxl.Workbook(), BytesIO()
    made.worksheets[0]["A1"] = "A list of telephone numbers"
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
        ("", "E-mail of 8 July 2016, 'Nothing changed': (no text)"),
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


def test_of_a_long_one_the_rest_is_said_to_lie_elsewhere() -> None:
    told = describe_mail(Mail("sha", body="x" * LONGEST_QUOTE + "end"))
    assert "end" not in told
    assert "(3 characters more: see returned/sha.txt)" in told


def test_a_mail_that_says_nothing_is_not_quoted() -> None:
    assert describe_mail(Mail("sha", "Chair", "2016-07-08T09:30:00+01:00")) == ""
