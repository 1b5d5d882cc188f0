"""What an edition leaves out stands in no part of its file: played with a name of its own in every field for text."""

from __future__ import annotations

import html
import itertools
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import ISSUED_ON, Q1, Plan, at, codes, edit, fill, said, values_of
from tests.commands import run, told
from tests.rounds.test_released import release

from plan_sheets import plan as plans
from plan_sheets.core.book.layout import Book, Field
from plan_sheets.core.model.history import History
from plan_sheets.master import Mastered, make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan_workbook import example_book

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
MARKER = re.compile(r"zzyzx(\d+)", re.IGNORECASE)
CHOSEN = {"rag": "Amber", "stage": "In progress", "owner_status": "Suggested", "step_done": "No", "carried_out": "No"}
SHOWN_TITLES = {("plan", "title"), ("board", "title"), ("priority", "title"), ("subgroup", "title")}
RELEASED = {"J1": "A shared way of working.", "J1a.1": "Families are helped sooner.", "L3.1": "A briefing was agreed."}


class Namer:
    """Gives every field for text a name of its own: `Zzyzx17 Quimby`."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)

    def answers(
        self, book: Book, takes: Callable[[str], bool] = lambda _: True
    ) -> dict[str, dict[str, dict[str, str]]]:
        """A text for every cell that may be filled in, by sheet, ref and heading; `takes` chooses sheets."""
        typed: dict[str, dict[str, dict[str, str]]] = {}
        for sheet in filter(lambda one: takes(one.name), book.sheets):
            for row, column, _ in sheet.cells():
                if row.ref and sheet.is_input(row, column):
                    text = self.text(row.answer or column.field, free=not column.choices)
                    if text:
                        typed.setdefault(sheet.name, {}).setdefault(row.ref, {})[column.heading] = text
        return typed

    def text(self, about: Field, *, free: bool) -> str:
        """A text that fits a field; "" for dates, refs and titles that the public may see."""
        if about.choices:
            return CHOSEN.get(about.name, "")
        plain = about.type == "string" and not (about.pattern or about.refers or about.format == "refs")
        if not (plain and free) or (about.record, about.name) in SHOWN_TITLES or about.name in ("about", "aliases"):
            return ""
        number = next(self.numbers)
        return f"zzyzx{number}@quimby.example" if about.format.startswith("email") else f"Zzyzx{number} Quimby"


def mailed(path: Path) -> Path:
    """The file as an attachment of an e-mail, whose sender has a name too."""
    mail = EmailMessage()
    mail["From"] = "Zzyzx777777 Quimby <zzyzx888888@quimby.example>"
    mail["Date"] = "Fri, 08 Jul 2016 10:00:00 +0100"
    mail.add_attachment(path.read_bytes(), maintype="application", subtype="octet-stream", filename=path.name)
    out = path.with_suffix(".eml")
    out.write_bytes(mail.as_bytes())
    return out


@pytest.fixture(scope="session")
def named_plan(new_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round in which everybody has typed a name into every field that takes text, and three texts were released."""
    plan, name = Plan(tmp_path_factory.mktemp("named") / "plan"), Namer()
    shutil.copytree(new_example, plan.path)
    fill(plan.path / "plan.xlsx", plan.path / "plan.xlsx", name.answers(example_book()))
    plan.issue(when=ISSUED_ON)
    for document in plan.register.documents(kind="subgroup", round=Q1):
        if document.subgroup == "THRESHOLDS":
            continue
        answers = name.answers(document.book)
        answers["Start here"].pop("Nothing to report because")
        answers["New actions"] = {"1": answers["New actions"]["1"]}
        themes = next(one for one in document.book.sheet("New actions").columns if one.field.name == "theme").choices
        answers["New actions"]["1"]["Theme"] = themes[0]
        path = plan.filled(document.subgroup, answers, document.subgroup)
        spoilt = edit(path, path, lambda book: setattr(book["Guidance"]["H9"], "value", "Zzyzx999999 Quimby"))
        plan.receive(mailed(spoilt) if document.subgroup == "MH" else spoilt)
    made = make_officer(plan.folder, LATER)
    (officer,) = plan.register.documents(reference=made.reference)
    answers = name.answers(officer.book, lambda sheet: sheet in ("Overrides", "Owners", "Start here"))
    for ref in ("J2a.1", "S1.1"):
        answers["Overrides"][ref]["RAG by override"] = "Red"
    answers["Public text"] = {ref: {"Public text": text} for ref, text in RELEASED.items()}
    plan.receive(fill(made.path, plan.inbox / "officer.xlsx", answers), when=LATER)
    master = make_master(plan.folder, None, LATER)
    (issued,) = plan.register.documents(reference=master.reference)
    plan.receive(fill(master.path, plan.inbox / "master.xlsx", name.answers(issued.book)), when=LATER)
    return plan.path


@pytest.fixture
def named(named_plan: Path, tmp_path: Path) -> Plan:
    """The same, in a folder of one's own."""
    shutil.copytree(named_plan, tmp_path / "plan")
    return Plan(tmp_path / "plan")


def made(plan: Plan, edition: str = "internal", boards: str = "") -> Mastered:
    return make_master(plan.folder, None, LATER, edition=edition, boards=boards)


def parts(path: Path) -> Iterator[tuple[str, str]]:
    """Every part of a file by its name, inflated, its entities as the characters that they stand for."""
    with zipfile.ZipFile(path) as package:
        assert not package.comment
        for part in package.infolist():
            yield part.filename, part.filename + html.unescape(package.read(part).decode("utf-8"))


def markers(path: Path) -> set[int]:
    """The numbers of all the names that stand anywhere in a file."""
    return {int(number) for _, text in parts(path) for number in MARKER.findall(text)}


def values(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Record, ref, field and text of every value that the register ever held."""
    for key, those in plan.history.by_key.items():
        yield from ((*key, one.value) for one in those)


def board_of(history: History, record: str, ref: str) -> str:
    """The letter of the board that a row of the example belongs to, by its ref alone; "" if none says."""
    ref = ref.partition("/")[0]
    if record == "action":
        return history.text("action", ref, "theme")[:1]
    if record in ("question", "evidence", "enquiry"):
        about = history.text(record, ref, "about")
        return about[:1] if re.match(r"[A-Z]\d", about) else "none"
    return ref[:1] if re.match(r"[A-Z]\d|[JLS]$", ref) else ""


# The public edition


def test_the_play_names_somebody_in_every_field(named: Plan) -> None:
    fields = {(record, field) for record, _, field, text in values(named) if MARKER.search(text)}
    for one in (
        ("plan", "contact_name"),
        ("plan", "contact_email"),
        ("subgroup", "chair"),
        ("subgroup", "email"),
        ("subgroup", "board_lead"),
        ("subgroup", "board_lead_email"),
        ("subgroup", "receives_meanwhile"),
        ("priority", "owner"),
        ("priority", "question"),
        ("action", "what"),
        ("action", "how"),
        ("action", "owner"),
        ("action", "progress"),
        ("action", "ask"),
        ("action", "override_by"),
        ("action", "override_reason"),
        ("contribution", "contribution"),
        ("grid", "voice"),
        ("evidence", "data"),
        ("enquiry", "answer"),
        ("consultation", "consultee"),
        ("question", "question"),
        ("decision", "decision"),
        ("decision", "decided_by"),
    ):
        assert one in fields
    received = [one for one in named.register.returns() if one.document]
    assert all(MARKER.search(one.completed_by) for one in received if one.kind in ("subgroup", "officer"))
    assert named.queries


def test_no_part_of_the_public_edition_names_anybody(named: Plan) -> None:
    assert len(markers(made(named).path)) > 500, "the internal one does"
    told = made(named, "public")
    assert not [name for name, text in parts(told.path) if "zzyzx" in text.casefold() or "quimby" in text.casefold()]
    whole = " ".join(text for _, text in parts(told.path))
    assert all(text in whole for text in RELEASED.values())


def test_nothing_that_was_typed_is_in_the_public_edition_but_titles_and_what_was_released(named: Plan) -> None:
    shown = {text for record, _, field, text in values(named) if (record, field) in SHOWN_TITLES | {("public", "text")}}
    shown |= {"2016/17"}
    page = " ".join(re.sub(r"\s+", " ", text) for _, text in parts(made(named, "public").path))
    free = {
        text
        for record, _, field, text in values(named)
        if len(text) > 12
        and (record, field) not in {("action", "due"), ("consideration", "title")}
        and text not in shown
    }
    assert not [text for text in free if text in page and not any(text in one for one in shown)]


def test_it_has_nothing_hidden_nothing_to_fill_in_and_tells_nobody_in_its_properties(named: Plan) -> None:
    book: Any = openpyxl.load_workbook(made(named, "public").path)
    assert book.sheetnames == ["RAG status", "Contents", "Priorities and actions", "About"]
    assert {page.sheet_state for page in book} == {"visible"}
    assert not [cell for page in book for row in page.iter_rows() for cell in row if not cell.protection.locked]
    assert not [one for page in book for one in page.column_dimensions.values() if one.hidden]
    assert {one.name for one in book.custom_doc_props.props} == {"plan_sheets_reference", "plan_sheets_signature"}
    about = book.properties
    assert not any((about.creator, about.lastModifiedBy, about.description, about.keywords, about.subject))


def test_what_is_left_out_stands_on_the_first_page(named: Plan) -> None:
    book = openpyxl.load_workbook(made(named, "public").path)
    first = " ".join(str(row[0]) for row in values_of(book["RAG status"])[:12])
    assert "What this edition leaves out Names, posts and contacts" in first
    assert "Public edition. Where we are on 30 June 2016." in first


def test_a_released_text_stands_whole_or_not_at_all(named: Plan) -> None:
    text = "Training has been paid for by both boards, and has not begun."
    release(named, {"J2a.1": text})
    whole = " ".join(part for _, part in parts(made(named, "public").path))
    assert whole.count("Training has been paid") == whole.count(text) == 1


def test_an_override_is_told_without_who_and_why(named: Plan) -> None:
    book = openpyxl.load_workbook(made(named, "public").path)
    assert at(book["RAG status"], "J2", "What drives it").value == "J2a.1"
    page = book["Priorities and actions"]
    assert at(page, "J2", "What drives it").value == "J2a.1: set by the board officer"
    assert at(page, "J2a.1", "What drives it").value == "Told of priorities"
    assert at(page, "J2a.1", "Published RAG").value == "Red"


def test_a_further_action_that_is_only_proposed_is_not_told_of(named: Plan) -> None:
    assert named.stands("DA.F1", "agreement") == "Proposed"
    assert "DA.F1" in " ".join(text for _, text in parts(made(named).path))
    assert "DA.F1" not in " ".join(text for _, text in parts(made(named, "public").path))


def published(plan: Plan, ref: str) -> tuple[Any, tuple[str, ...]]:
    """The public text of a row, and what the officer is told."""
    told = made(plan, "public")
    return at(openpyxl.load_workbook(told.path)["Priorities and actions"], ref, "Public text").value, (*told.warnings,)


def test_a_released_text_that_names_somebody_is_left_out_and_told_of(named: Plan) -> None:
    chair = named.stands("DA", "chair", record="subgroup")
    release(named, {"J1a.2": f"Led by {chair.upper()},  with others.", "J1a.3": f"{chair}son is nobody's name"})
    text, warnings = published(named, "J1a.2")
    assert text == "Nothing released"
    (told,) = [one for one in warnings if "J1a.2" in one]
    assert told == (
        f"The public text of J1a.2 is left out: it names {chair}. "
        "Reword it on the sheet Public text of the officer's workbook."
    )
    assert published(named, "J1a.3")[0] == f"{chair}son is nobody's name"


def test_a_surname_alone_keeps_a_text_back_and_one_that_is_a_word_is_told_of(named: Plan) -> None:
    owners = {"Priorities": {"J1": {"Owner": "Dr Jane Wilkinson"}, "J2": {"Owner": "Theresa May"}}}
    fill(named.path / "plan.xlsx", named.path / "plan.xlsx", owners)
    run("plan", plan=named)
    release(named, {"J1a.1": "As Wilkinson said.", "J1a.2": "It may end in May.", "J1a.3": "The Board may manage."})
    told = made(named, "public")
    page = openpyxl.load_workbook(told.path)["Priorities and actions"]
    texts = [at(page, ref, "Public text").value for ref in ("J1a.1", "J1a.2", "J1a.3")]
    assert texts == ["Nothing released", "It may end in May.", "The Board may manage."]
    where = "on the sheet Public text of the officer's workbook."
    assert [one.removesuffix(where) for one in told.warnings if "J1a" in one] == [
        "The public text of J1a.1 is left out: it names Wilkinson, part of 'Dr Jane Wilkinson'. Reword it ",
        (
            "The public text of J1a.2 is shown, with the word 'May', which also stands in 'Theresa May'. "
            "If that person is meant, reword it "
        ),
    ]


def test_a_title_that_names_somebody_is_left_out_and_told_of(named: Plan) -> None:
    owner = named.stands("J1", "owner", record="priority")
    answers = {"Priorities": {"J1": {"Priority or theme": f"Domestic abuse ({owner})"}}}
    fill(named.path / "plan.xlsx", named.path / "plan.xlsx", answers)
    run("plan", plan=named)
    told = made(named, "public")
    assert not markers(told.path)
    page = openpyxl.load_workbook(told.path)["RAG status"]
    assert at(page, "J1", "Board or priority").value == "Title left out"
    assert any(one.startswith("The title of J1 is left out: it names") for one in told.warnings)


def test_a_release_that_was_emptied_is_published_no_more_even_before_that_is_settled(named: Plan) -> None:
    assert published(named, "J1a.1")[0] == RELEASED["J1a.1"]
    release(named, {"J1a.1": None})
    text, warnings = published(named, "J1a.1")
    assert text == "Nothing released"
    assert any(one.startswith("The public text of J1a.1 is left out: a query is open on it") for one in warnings)


def test_a_release_whose_new_wording_could_not_be_taken_is_published_no_more(named: Plan) -> None:
    release(named, {"J1a.1": "Too long. " * 300})
    assert named.said("J1a.1", "text", record="public") == RELEASED["J1a.1"]
    assert published(named, "J1a.1")[0] == "Nothing released"


def test_what_is_written_later_is_not_released(named: Plan) -> None:
    path = named.filled("DA2", said(progress="word-later", corrects="Yes"))
    named.receive(path)
    assert "word-later" in " ".join(text for _, text in parts(made(named).path))
    assert "word-later" not in " ".join(text for _, text in parts(made(named, "public").path))


def test_the_same_facts_make_the_same_parts_and_the_same_document(named: Plan) -> None:
    one = made(named, "public")
    before = dict(parts(one.path))
    other = made(named, "public")
    assert (other.reference, other.path, dict(parts(other.path))) == (one.reference, one.path, before)
    assert made(named).reference != one.reference


def test_the_consultation_draft_has_a_public_edition(example: Plan) -> None:
    told = make_master(example.folder, None, LATER, edition="public")
    assert told.path.name == "consultation-draft-public.xlsx"
    whole = " ".join(text for _, text in parts(told.path))
    assert "no round has been issued yet" in whole
    for name in {text for record, _, field, text in values(example) if field in ("owner", "chair", "what") and text}:
        assert name not in whole


def test_a_public_edition_that_comes_back_is_told_for_what_it_is(named: Plan) -> None:
    told = made(named, "public")
    path = edit(told.path, named.inbox / "public.xlsx", lambda book: setattr(book["RAG status"]["B9"], "value", "Hm"))
    receipt = named.receive_one(path, when=LATER)
    assert (receipt.kind, receipt.changes) == ("public", 0)
    assert "public_edition" in codes(receipt)


# Some boards


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_nothing_of_another_board_is_in_the_edition_of_one(named: Plan, edition: str) -> None:
    told = made(named, edition, "J")
    history = named.history
    whole = " ".join(text for _, text in parts(told.path))
    theirs = {
        text
        for record, ref, field, text in values(named)
        if board_of(history, record, ref) in ("L", "S", "none") and (MARKER.search(text) or field in ("title", "what"))
    }
    mine = {text for record, ref, _, text in values(named) if board_of(history, record, ref) in ("J", "")}
    assert len(theirs - mine) > 100
    assert not [text for text in theirs - mine if re.search(rf"{re.escape(text)}(?!\d)", whole)]
    assert RELEASED["J1a.1"] in whole


def test_what_is_of_the_board_is_all_there(named: Plan) -> None:
    history = named.history
    wanted = {
        int(found[1])
        for ref, row in ((ref, history.record("action", ref, Q1)) for ref in history.refs("action", Q1))
        for field in ("how", "what", "owner")
        if row["theme"].startswith("J") and (found := MARKER.search(row[field]))
    }
    assert len(wanted) > 20
    assert wanted <= markers(made(named, boards="J").path)


def test_counts_are_those_of_the_boards(named: Plan) -> None:
    whole, *each = (made(named, boards=boards).counts for boards in ("", "J", "L", "S"))
    added = {status: sum(one.get(status, 0) for one in each) for status in whole}
    assert added == whole
    assert made(named, boards="S,J").boards == ("J", "S")
    assert made(named, "public", boards="L").counts == each[1]


def test_queries_are_counted_with_the_board_they_are_about(round_one: Plan) -> None:
    answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": None}}}
    round_one.receive(round_one.filled("query", answers))
    lines = {board: top(made(round_one, boards=board)) for board in ("J", "L")}
    assert "In doubt: J1a.1 (Domestic abuse). Open: 1 query" in lines["J"]
    assert "query" not in lines["L"]
    assert "In doubt" not in lines["L"]
    assert "Only L Local Safeguarding Children Board" in lines["L"]


def top(told: Mastered) -> str:
    """The lines above the table of the first sheet."""
    return " ".join(str(row[0]) for row in values_of(openpyxl.load_workbook(told.path)["RAG status"])[:20])


def test_a_decision_typed_into_the_edition_of_a_board_is_recorded(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", {**said(rag="Red")}))
    decided = {"Decision": "Wait", "Decided by": "Chair of the Board", "Date": "20 July 2016"}
    path = fill(made(round_one, boards="J").path, round_one.inbox / "board.xlsx", {"Decisions": {"J1a.1": decided}})
    receipt = round_one.receive_one(path, when=LATER)
    assert (receipt.kind, receipt.changes) == ("master", 3)
    assert round_one.said("J1a.1", "decision", record="decision") == "Wait"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ((), "2016-17-q1-draft.xlsx"),
        (("--edition", "public"), "2016-17-q1-public-draft.xlsx"),
        (("--board", "l, j"), "2016-17-q1-board-j-l-draft.xlsx"),
        (("--edition", "public", "--board", "S"), "2016-17-q1-public-board-s-draft.xlsx"),
    ],
)
def test_each_edition_has_a_file_of_its_own(round_one: Plan, words: tuple[str, ...], name: str) -> None:
    said = told("master", *words, plan=round_one)
    assert Path(said["path"]).name == name
    assert said["edition"] == ("public" if "public" in words else "internal")


@pytest.mark.parametrize("board", ["X", "J,XL"])
def test_an_unknown_board_is_refused_with_those_there_are(round_one: Plan, board: str) -> None:
    result = run("master", "--board", board, plan=round_one)
    assert result.exit_code == 1
    assert "It has: J (Joint (LSCB and SAB)), L (Local Safeguarding Children Board (LSCB)), S (" in result.output
    assert not (round_one.path / "master").exists()


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_an_empty_plan_has_every_edition(tmp_path: Path, edition: str) -> None:
    folder = plans.new_plan(tmp_path / "plan", ISSUED_ON)
    assert make_master(folder, None, ISSUED_ON, edition=edition).edition == edition
