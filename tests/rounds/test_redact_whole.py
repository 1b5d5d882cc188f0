"""`redact` of a return takes out all that came in it, wherever it was typed, and nothing that another return said."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook import Workbook
from tests.chairs import Q1, Q2, RECEIVED_ON, SOS, Answers, Plan, at, codes, edit, fill, form, said, type_in, values_of
from tests.commands import run

from plan_sheets import Instructions, make_master, office, redact_texts

MADE_ON = datetime(2016, 7, 18)  # noqa: DTZ001 - the office's own clock
WHY = "It names a child"
MARKS = {
    place: f"Zqx{place}"
    for place in (
        *(
            "progress",
            "rag",
            "due",
            "evidence",
            "further",
            "completed",
            "role",
            "agreed",
            "message",
            "comment",
            "author",
        ),
        *("sheet", "cell", "outside", "property", "title", "link", "header", "file"),
        *("subject", "body", "sender", "other", "locked", "heading", "renamed"),
    )
}
"""One word for each place of a return in which somebody may type: every other text there is ordinary."""


def texts_of(path: Path) -> bytes:
    """All bytes of a file; of a packed one, those of its parts."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            data += b"\n".join(name.encode() + parts.read(name) for name in parts.namelist())
    return data


def holding(plan: Plan, *words: str) -> set[tuple[str, str]]:
    """Which of these words stands in which file of the plan folder; what went back to chairs is named, and stays."""
    files = [path for path in plan.path.rglob("*") if path.is_file() and "feedback" not in path.parts]
    texts = [(path, texts_of(path).lower()) for path in files]
    return {
        (path.relative_to(plan.path).as_posix(), word)
        for path, data in texts
        for word in words
        if word.lower().encode() in data
    }


def mark_everywhere(book: Workbook) -> None:
    """Type a mark into every place of a return."""
    progress, start = book["Progress"], book["Start here"]
    cell = at(progress, "J1a.1", "Progress made")
    cell.comment = Comment(f"About {MARKS['comment']}", MARKS["author"])
    cell.hyperlink = f"https://example.org/{MARKS['link']}"
    type_in(at(progress, "J1a.2", "RAG"), MARKS["rag"])
    type_in(at(progress, "J1a.2", "What we will do"), MARKS["locked"])
    progress.cell(progress.max_row + 3, 2, MARKS["outside"])
    progress.oddHeader.center.text = MARKS["header"]  # type: ignore[union-attr]  # a sheet has one
    type_in(at(start, "Role", "Your answer"), MARKS["role"])
    type_in(at(start, "Statement of accuracy", "Your answer"), MARKS["agreed"])
    type_in(book.create_sheet(MARKS["sheet"])["B2"], MARKS["cell"])
    book["New actions"].title = MARKS["renamed"]
    book.properties.title = MARKS["title"]
    book.custom_doc_props.append(StringProperty(name="Case", value=MARKS["property"]))  # type: ignore[attr-defined]


def marked_mail(plan: Plan) -> Path:
    """An e-mail with a workbook of Domestic Abuse, with a mark in every place of both."""
    answers: Answers = {
        **said(progress=MARKS["progress"]),
        "Start here": form(completed_by=MARKS["completed"], message=MARKS["message"]),
        "New actions": {"1": {"Theme": "J1b", "What we will do": MARKS["further"], "Due": MARKS["due"]}},
    }
    first = plan.filled("first", answers)
    path = edit(first, plan.inbox / "more.xlsx", mark_everywhere)
    mail = EmailMessage()
    mail["From"], mail["Date"] = f"{MARKS['sender']} <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100"
    mail["Subject"] = MARKS["subject"]
    mail.set_content(f"Hello {MARKS['body']}")
    for name, data in ((f"{MARKS['file']}.xlsx", path.read_bytes()), (f"{MARKS['other']}.pdf", b"%PDF-1.4 nothing")):
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    first.unlink()
    path.unlink()
    (plan.inbox / "m.eml").write_bytes(mail.as_bytes())
    return plan.inbox / "m.eml"


def test_whatever_came_in_a_return_is_gone(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [marked_mail(round_one)], RECEIVED_ON)
    make_master(round_one.folder, Q1, MADE_ON)
    make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True)
    kept = {word for _, word in holding(round_one, *MARKS.values())}
    assert kept > {
        MARKS[place] for place in ("progress", "rag", "comment", "sheet", "cell", "outside", "sender", "file")
    }
    done = redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert holding(round_one, *MARKS.values()) == set()
    assert not done.not_made
    assert {file.numbers for file in done.removed} == {"DA-1"}


def comment(book: Workbook) -> None:
    at(book["Progress"], "J1a.1", "Progress made").comment = Comment("See NHS number 943 476 5919", "Chair")


def added_sheet(book: Workbook) -> None:
    type_in(book.create_sheet("Notes")["B2"], "NHS number 943 476 5919")


@pytest.mark.parametrize("place", [comment, added_sheet], ids=lambda place: place.__name__)
def test_what_the_tool_says_of_a_return_by_itself_stays(round_one: Plan, place: Callable[[Workbook], None]) -> None:
    path = edit(round_one.filled("da", said()), round_one.inbox / "more.xlsx", place)
    allowed = Instructions(allow=frozenset(["case_identifier"]), reason="It is a test")
    office.receive_files(round_one.folder, [path], RECEIVED_ON, allowed)
    make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True)
    assert holding(round_one, "943 476 5919")
    redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert holding(round_one, "943 476 5919") == set()
    page = openpyxl.load_workbook(round_one.path / "officer/2016-17-q1.xlsx")["Findings"]
    texts = [str(text) for row in values_of(page) for text in row]
    assert any("was not read" in text and "Redacted" in text for text in texts)


MESSAGE = "Zebra message of SOS"


@pytest.fixture
def three(round_one: Plan) -> Plan:
    """Three subgroups have answered; two of their chairs call themselves the same."""
    mental_health: Answers = {"Start here": form(completed_by="MH chair", message="Green")}
    signs: Answers = {**SOS, "Start here": form(completed_by="Chair", message=MESSAGE)}
    each = [
        round_one.filled("da", said(message="Green")),
        round_one.filled("sos", signs, "SOS"),
        round_one.filled("mh", mental_health, "MH"),
    ]
    office.receive_files(round_one.folder, each, RECEIVED_ON)
    make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True)
    return round_one


def rows_of(plan: Plan, *numbers: str) -> list[tuple[object, ...]]:
    """All that the register holds of these returns."""
    with sqlite3.connect(plan.path / "register.sqlite") as register:
        marks = ",".join("?" * len(numbers))
        ids = [row[0] for row in register.execute(f"SELECT id FROM return WHERE number IN ({marks})", numbers)]  # noqa: S608 - marks
        marks = ",".join("?" * len(ids))
        rows = register.execute(f"SELECT * FROM return WHERE id IN ({marks})", ids).fetchall()  # noqa: S608 - marks
        for table in ("entry", "finding"):
            rows += register.execute(f"SELECT * FROM {table} WHERE return_id IN ({marks})", ids).fetchall()  # noqa: S608 - marks
    return rows


def test_what_another_return_said_stays_whatever_words_they_share(three: Plan) -> None:
    before = rows_of(three, "SOS-1", "MH-1")
    kept = {path.name for path in (three.path / "returned").iterdir()}
    (mine,) = (file.sha256 for file in three.register.returns() if file.number == "DA-1")
    done = redact_texts(three.folder, "DA-1", WHY, MADE_ON)
    assert rows_of(three, "SOS-1", "MH-1") == before
    assert {path.name for path in (three.path / "returned").iterdir()} == {name for name in kept if mine not in name}
    assert {file.numbers for file in done.removed} == {"DA-1"}
    assert "The pathway is mapped" not in repr(rows_of(three, "DA-1"))
    page = openpyxl.load_workbook(three.path / "officer/2016-17-q1.xlsx")["Returns"]
    by = {row[0].value: [cell.value for cell in row] for row in page.iter_rows()}
    assert [MESSAGE in texts and "Chair" in texts for name, texts in by.items() if str(name).startswith("SOS")] == [
        True
    ]
    assert not [texts for name, texts in by.items() if str(name).startswith("DA") and "Chair" in texts]


def test_the_file_of_another_return_is_received_again_as_the_same(three: Plan) -> None:
    redact_texts(three.folder, "DA-1", WHY, MADE_ON)
    assert "file_redacted" not in codes(three.receive_one(three.inbox / "sos.xlsx"))
    assert codes(three.receive_one(three.inbox / "da.xlsx")) == ["file_redacted"]


def test_a_file_of_another_return_goes_with_a_long_text_and_its_number_is_said(three: Plan) -> None:
    long = "The mother of the youngest child moved to another town in May."
    first = three.filled("again", said(progress=long, corrects="Yes"))
    quoting = {"Start here": form(completed_by="MH chair", message=f"DA wrote: {long}", corrects="Yes")}
    office.receive_files(three.folder, [first, three.filled("quote", quoting, "MH")], MADE_ON)
    told = run("redact", "DA-2", "--reason", WHY, "--plan", three.path)
    assert holding(three, long) == set()
    assert "MH-2: " in told.output
    assert "DA-2: " in told.output
    assert "MH-1: " not in told.output


def test_what_is_said_in_the_same_words_again_stays_where_it_was_said_again(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("one", said(progress="On track"))], RECEIVED_ON)
    first = make_master(round_one.folder, Q1, MADE_ON, hand_over=True, anyway=True).path
    october = MADE_ON.replace(month=10)
    round_one.issue(Q2, october.date(), october)
    again = round_one.filled("two", said(progress="On track"), code=Q2)
    office.receive_files(round_one.folder, [again], october)
    second = make_master(round_one.folder, Q2, october, hand_over=True, anyway=True).path
    redact_texts(round_one.folder, "DA-1", WHY, october)
    assert round_one.said("J1a.1", "progress", Q1) == "Redacted"
    assert round_one.said("J1a.1", "progress", Q2) == "On track"
    found = {path for path, _ in holding(round_one, "On track")}
    assert second.relative_to(round_one.path).as_posix() in found
    assert first.relative_to(round_one.path).as_posix() not in found


def mail_of(path: Path, name: str, body: str, *others: Path) -> bytes:
    """An e-mail with these files, of somebody with this name."""
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = f"{name} <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", "Return"
    mail.set_content(body)
    for each in (path, *others):
        mail.add_attachment(each.read_bytes(), "application", "octet-stream", filename=each.name)
        each.unlink()
    return mail.as_bytes()


FOOTER = "This e-mail is for the person named above and nobody else."


def test_another_e_mail_stays_with_what_every_e_mail_of_the_office_says(round_one: Plan) -> None:
    first = mail_of(round_one.filled("da", said()), "Ann", f"Zebby was seen.\n{FOOTER}")
    second = mail_of(round_one.filled("sos", SOS, "SOS"), "Ann", f"See you soon.\n{FOOTER}")
    for name, data in (("a.eml", first), ("b.eml", second)):
        (round_one.inbox / name).write_bytes(data)
        office.receive_files(round_one.folder, [round_one.inbox / name], RECEIVED_ON)
    before = rows_of(round_one, "SOS-1")
    redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert rows_of(round_one, "SOS-1") == before
    assert holding(round_one, "Zebby") == set()
    assert {path.partition("/")[0] for path, _ in holding(round_one, "See you soon")} >= {"returned", "register.sqlite"}
    with sqlite3.connect(round_one.path / "register.sqlite") as register:
        (base,) = register.execute("SELECT base FROM document WHERE reference = '2016-17-Q1-OFFICER-2'").fetchone()
    assert "See you soon" in base


def test_of_two_returns_in_one_e_mail_the_other_keeps_its_answers(round_one: Plan) -> None:
    other = round_one.filled("sos", {**SOS, "Start here": form(completed_by="Chair", message=MESSAGE)}, "SOS")
    data = mail_of(round_one.filled("da", said()), "Ann", "Zebby was seen.", other)
    (round_one.inbox / "a.eml").write_bytes(data)
    office.receive_files(round_one.folder, [round_one.inbox / "a.eml"], RECEIVED_ON)
    redact_texts(round_one.folder, "DA-1", WHY, MADE_ON)
    assert holding(round_one, "Zebby") == set()
    assert MESSAGE in repr(rows_of(round_one, "SOS-1"))
    assert "The briefing is agreed" in repr(rows_of(round_one, "SOS-1"))


def test_what_the_officer_took_goes_with_the_return_that_said_it_and_not_with_the_officers_own(three: Plan) -> None:
    office.receive_files(three.folder, [three.filled("again", said(progress="It is Zebby"))], MADE_ON)
    (query,) = three.queries
    answers: Answers = {
        "Queries": {str(query.id): {"Your choice": "Take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(three.path / "officer/2016-17-q1.xlsx", three.inbox / "settled.xlsx", answers)
    office.receive_files(three.folder, [settled], MADE_ON)
    assert three.said("J1a.1", "progress") == "It is Zebby"
    redact_texts(three.folder, "OFFICER-1", WHY, MADE_ON)
    assert three.said("J1a.1", "progress") == "It is Zebby"
    redact_texts(three.folder, "DA-2", WHY, MADE_ON)
    assert three.said("J1a.1", "progress") == "Redacted"
    assert holding(three, "Zebby") == set()


def test_the_officers_workbook_of_an_earlier_round_is_named(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("da", said(message="About Zebby"))], RECEIVED_ON)
    october = MADE_ON.replace(month=10)
    round_one.issue(Q2, october.date(), october)
    done = redact_texts(round_one.folder, "DA-1", WHY, october)
    earlier = round_one.path / "officer" / "2016-17-q1.xlsx"
    assert {path for path, _ in holding(round_one, "Zebby")} == {"officer/2016-17-q1.xlsx"}
    assert earlier in done.holding


def test_what_was_only_agreed_to_stays_with_whoever_said_it(round_one: Plan) -> None:
    for name in ("one", "two"):
        path = round_one.filled(name, said(progress="On track", message=name))
        office.receive_files(round_one.folder, [path], RECEIVED_ON)
    before = rows_of(round_one, "DA-1")
    redact_texts(round_one.folder, "DA-2", WHY, MADE_ON)
    assert rows_of(round_one, "DA-1") == before
    assert round_one.said("J1a.1", "progress") == "On track"
    assert "On track" not in repr(rows_of(round_one, "DA-2"))
