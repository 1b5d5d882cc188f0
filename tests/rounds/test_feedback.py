"""What goes back to a chair to be mended: a workbook with all that was typed in it, to come back as a correction."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
from openpyxl.comments import Comment
from tests.chairs import (
    FURTHER,
    Q1,
    RECEIVED_ON,
    SOS,
    Answers,
    Plan,
    at,
    codes,
    column_of,
    edit,
    fill,
    form,
    row_of,
    said,
)
from tests.commands import AS_OF, run
from tests.commands import told as told_json
from tests.programs.saving import HERE, skip_if
from tests.rounds.test_libreoffice_session import PYTHON, no_uno

from plan_sheets import master, office
from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.receipts import Instructions, Receipt
from plan_sheets.core.returned.own_notes import leave_out_notes
from plan_sheets.office import BatchReceived
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.writing.workbook import write_workbook

AGAIN, THIRD, FOURTH = (datetime(2016, 7, day) for day in (11, 12, 13))  # noqa: DTZ001 - the office's own clock


class Mistake(NamedTuple):
    """What a chair types wrong, and what was meant."""

    sheet: str
    ref: str
    heading: str
    wrong: str
    right: str


HOW = "Ask for assurance, and report on it quarterly."
MISTAKES = [
    Mistake(*row)
    for row in (
        ("Start here", "Completed by", "Your answer", "", "A chair"),
        ("Start here", "Date completed", "Your answer", "soon", "8 July 2016"),
        ("Start here", "Statement of accuracy", "Your answer", "Maybe", "Yes"),
        ("Action plan", "J1a.3", "Impact", "NHS number 943 476 5919 is safe now", "Fewer victims"),
        ("Progress", "J1a.1", "Progress made", "as above", "The pathway is mapped"),
        ("Progress", "J1a.1", "Stage", "Doing it", "In progress"),
        ("Progress", "J1a.1", "RAG", "Purple", "Green"),
        ("Progress", "J1a.1", "Next step", "", "Pilot it"),
        ("Progress", "J1a.1", "Next step by", "by and by", "March 2017"),
        ("Progress", "J1a.1", "New date", "31 February 2017", "May 2017"),
        ("Progress", "J1a.2", "Progress made", "=1+1", "Two agencies of two have signed"),
        ("Progress", "J1a.2", "Stage", "", "Not started"),
        ("Progress", "J1a.2", "RAG", "Amber / Red", "Amber"),
        ("Progress", "J1a.2", "What will bring it back", "", "A second worker"),
        ("Progress", "J1a.2", "Next step by", "03/13/2017", "13 March 2017"),
        ("Progress", "J1a.2", "Evidence", "See the flat at LE3 8RA", "See the report"),
        ("Progress", "J1a.3", "Progress made", "#REF!", "All agencies are asked"),
        ("Progress", "J1a.3", "Stage", "In progress or complete", "In progress"),
        ("Progress", "J1a.3", "RAG", "", "Green"),
        ("Progress", "J1a.3", "Next step", "see above", "Ask the hospitals"),
        ("Progress", "J1a.3", "Next step by", "Monday 15 March 2017", "15 March 2017"),
        ("Progress", "J1b.1", "RAG", "blue-ish", "Green"),
        ("Progress", "J1b.1", "Progress made", "", "The DVSG has been asked"),
        ("Progress", "J1b.1", "Stage", "", "Not started"),
        ("Action plan", "J1a.1", "How we will do it", "", HOW),
        ("Action plan", "J1a.2", "Owner status", "Perhaps", "Suggested"),
        ("Grid", "J1a", "Data", "=2+2", "How DASH is used"),
        ("New actions", "1", "Theme", "Z9", "J1a"),
        ("New actions", "1", "Due", "whenever", "March 2017"),
        ("New actions", "2", "Theme", "", "J1b"),
    )
]
RIGHT: Answers = {
    "Progress": {"J1a.2": {"Next step": "Ask for a worker"}, "J1b.1": {"Next step": "Hear from the DVSG"}},
    "Action plan": {"J1a.2": {"Action owner": "Head of service"}},
    "New actions": {"1": {"What we will do": "Train the staff"}, "2": {"What we will do": "Tell the public"}},
}
"""What is right from the beginning."""


def receive(plan: Plan, *paths: Path, when: datetime = RECEIVED_ON, told: Instructions | None = None) -> BatchReceived:
    """What became of these files, and what goes back."""
    received = office.receive_files(plan.folder, paths, when, told)
    assert received.trouble is None, (received.trouble, received.trouble and received.trouble.remedy)
    return received


def receive_one(
    plan: Plan, path: Path, when: datetime = RECEIVED_ON, told: Instructions | None = None
) -> tuple[Receipt, Path | None]:
    """What became of one file, and the feedback workbook about it."""
    received = receive(plan, path, when=when, told=told)
    (receipt,) = received.receipts.returns
    assert [str(made.path) for made in received.feedback] == ([receipt.feedback] if receipt.feedback else [])
    return receipt, Path(receipt.feedback) if receipt.feedback else None


def sent_back(plan: Plan, answers: Answers, name: str = "one") -> Path:
    """The feedback workbook about a return with these answers."""
    _, feedback = receive_one(plan, plan.filled(name, answers))
    assert feedback
    return feedback


def type_mistakes(book: Any) -> None:
    """Type everything wrong that a chair types wrong."""
    for mistake in MISTAKES:
        cell = at(book[mistake.sheet], mistake.ref, mistake.heading)
        cell.value = mistake.wrong or None
        if mistake.wrong.startswith("#"):
            cell.data_type = "e"
    for name, rows in RIGHT.items():
        for ref, texts in rows.items():
            for heading, text in texts.items():
                at(book[name], ref, heading).value = text


def listed(path: Path) -> list[tuple[str, str]]:
    """Where there is something to mend, and what."""
    sheet = openpyxl.load_workbook(path)["To mend"]
    return [(str(row[1]), str(row[3])) for row in sheet.iter_rows(min_row=6, values_only=True)]


def marked(path: Path) -> set[tuple[str, str]]:
    """Sheet and cell of everything that is marked: by its fill, and by a note."""
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    filled = {(cell.parent.title, cell.coordinate) for cell in cells if str(cell.fill.fgColor.rgb).endswith("E4CDF3")}
    assert filled == {(cell.parent.title, cell.coordinate) for cell in cells if cell.comment}
    return filled


def place_of(path: Path, mistake: Mistake) -> tuple[str, str]:
    """Sheet and cell in which a mistake is mended."""
    sheet = openpyxl.load_workbook(path)[mistake.sheet]
    return mistake.sheet, sheet.cell(row_of(sheet, mistake.ref), column_of(sheet, mistake.heading)).coordinate


def mend(path: Path, out: Path, mistakes: Sequence[Mistake]) -> Path:
    """The workbook with these mistakes mended."""
    answers: dict[str, dict[str, dict[str, str | None]]] = {}
    for mistake in mistakes:
        answers.setdefault(mistake.sheet, {}).setdefault(mistake.ref, {})[mistake.heading] = mistake.right
    return fill(path, out, answers)


def to_mend(receipt: Receipt) -> list[tuple[str, str]]:
    """What a chair has to do about a return: code and address."""
    return [(finding.code, str(finding.address or "")) for finding in receipt.findings if finding.mend]


# There and back


def test_thirty_mistakes_go_back_twice_until_all_is_clean(round_one: Plan) -> None:
    receipt, first = receive_one(round_one, edit(round_one.sent("DA"), round_one.inbox / "one.xlsx", type_mistakes))
    assert first
    assert first.relative_to(round_one.path).as_posix() == "feedback/2016-17-q1/2016-17-q1-domestic-abuse.xlsx"
    assert not inspect_workbook(first.read_bytes())
    assert len(MISTAKES) == 30
    missed = [mistake for mistake in MISTAKES if place_of(first, mistake) not in marked(first)]
    assert [(one.ref, one.heading) for one in missed] == [
        ("J1a.1", "Next step"),
        ("J1a.2", "What will bring it back"),
    ], "what is needed only because of a word that was not taken"
    receipt, second = receive_one(round_one, mend(first, round_one.inbox / "two.xlsx", MISTAKES[:15]), AGAIN)
    assert (receipt.issue, receipt.conflicts) == ("2016-17-Q1-DA-1-FEEDBACK-1", 0)
    assert second == first, "the newer one takes the place of the file"
    assert {place_of(second, mistake) for mistake in MISTAKES[15:]} - marked(second) == set()
    receipt, third = receive_one(round_one, mend(second, round_one.inbox / "three.xlsx", MISTAKES[15:]), THIRD)
    assert (to_mend(receipt), third) == ([], None)
    assert round_one.queries == [], "what the chair answered anew is nothing for the officer any more"
    check_all_is_meant(round_one)


def check_all_is_meant(plan: Plan) -> None:
    """That the register holds what was meant, and nothing of what was wrong."""
    assert {ref: plan.said(ref, "rag") for ref in ("J1a.1", "J1a.2", "J1a.3", "J1b.1")} == {
        "J1a.1": "Green",
        "J1a.2": "Amber",
        "J1a.3": "Green",
        "J1b.1": "Green",
    }
    assert plan.said("J1a.1", "progress") == "The pathway is mapped"
    assert plan.said("J1a.2", "next_step_by") == "13 March 2017"
    assert plan.said("J1a.3", "progress") == "All agencies are asked"
    assert (plan.stands("J1a.1", "how"), plan.stands("J1a.3", "impact")) == (HOW, "Fewer victims")
    assert plan.stands("J1a.2", "owner") == "Head of service"
    added = [ref for ref in plan.history.refs("action") if ".F" in ref]
    assert [(ref, plan.stands(ref, "theme"), plan.stands(ref, "what")) for ref in added] == [
        ("DA.F1", "J1a", "Train the staff"),
        ("DA.F2", "J1b", "Tell the public"),
    ], "a row keeps its ref however often it goes back"
    wrong = {mistake.wrong for mistake in MISTAKES if mistake.wrong} - {mistake.right for mistake in MISTAKES}
    assert not wrong & set(plan.all_values().values())


@pytest.mark.libreoffice
def test_the_same_in_libreoffice_from_the_feedback_workbook_alone(round_one: Plan) -> None:
    """The locks, the notes and the answers outlive a program that writes the whole file anew."""
    skip_if(no_uno())
    _, path = receive_one(round_one, edit(round_one.sent("DA"), round_one.inbox / "one.xlsx", type_mistakes))
    for number, (mistakes, when) in enumerate(((MISTAKES[:15], AGAIN), (MISTAKES[15:], THIRD))):
        assert path
        out = round_one.inbox / f"{number}.{('xlsx', 'ods')[number]}"
        steps: list[tuple[str, ...]] = [("open", str(path))]
        for mistake in mistakes:
            steps += [("go", *place_of(path, mistake)), ("type", mistake.right)]
        sheet = openpyxl.load_workbook(path)["Progress"]
        locked = sheet.cell(row_of(sheet, "J1a.1"), column_of(sheet, "To mend")).coordinate
        steps += [("go", "Progress", locked), ("type", "Typed over a lock"), ("save", str(out))]
        command = [PYTHON, str(HERE / "lo_session.py")]
        done = subprocess.run(command, input=json.dumps(steps).encode(), capture_output=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr.decode()
        receipt, path = receive_one(round_one, out, when)
        assert not {"cell_comment", "comments_more", "locked_changed"} & {*codes(receipt)}
    assert (to_mend(receipt), path, round_one.queries) == ([], None, [])
    check_all_is_meant(round_one)


# What stands in it


WRONG = said(rag="Purple", progress="As typed,\nwith a second line", message="Ring me")


def test_all_that_was_typed_is_carried_over(round_one: Plan) -> None:
    further = {**FURTHER, **WRONG, "New actions": {**FURTHER["New actions"], "1": {"What we will do": "Train"}}}
    path = sent_back(round_one, further)
    (document,) = round_one.register.documents(kind="feedback")
    assert write_workbook(document.book) == path.read_bytes(), "made again from the register it is the same"
    book = openpyxl.load_workbook(path)
    assert at(book["Progress"], "J1a.1", "RAG").value == "Purple"
    assert at(book["Progress"], "J1a.1", "Progress made").value == "As typed,\nwith a second line"
    assert at(book["Start here"], "Message to the board officer", "Your answer").value == "Ring me"
    assert at(book["New actions"], "1", "What we will do").value == "Train"
    assert str(at(book["New actions"], "4", "Theme").value).startswith("J1a ")
    assert str(at(book["Action plan"], "J1a.1", "How we will do it").value).startswith("Ask for assurance")
    assert at(book["About"], "Answers", "What it is").value == "DA-1, received on 8 July 2016"


def test_a_row_says_beside_it_what_is_to_be_mended_and_the_list_leads_there(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "To mend"
    where, words = listed(path)[0]
    assert (where, words) == (
        "Progress: J1a.1",
        "RAG says 'Purple', which is not one of the choices. Choose one of: Green, Amber, Red.",
    )
    assert at(book["Progress"], "J1a.1", "To mend").value == words
    link = book["To mend"]["B6"].hyperlink
    rag = at(book["Progress"], "J1a.1", "RAG")
    assert link.location in (f"Progress!{rag.coordinate}", f"'Progress'!{rag.coordinate}")
    assert rag.comment
    assert rag.comment.text == words
    assert "To mend" not in [cell.value for cell in book["Action plan"][4]], "nothing is to be mended there"


def test_blanks_of_a_row_are_told_in_one_line_and_what_must_not_be_kept_first(round_one: Plan) -> None:
    answers: Answers = {
        "Start here": form(completed_by="Chair"),
        "Progress": {"J1a.1": {"Next step": "Go on"}},
        "Action plan": {"J1a.2": {"Impact": "NHS number 943 476 5919 is safe now"}},
    }
    path = sent_back(round_one, answers)
    (first, masked), (second, blanks), *silent = listed(path)
    assert (first, second) == ("Action plan: J1a.2", "Progress: J1a.1")
    assert blanks == "Progress made, Stage, RAG: still blank, and needed."
    assert "taken out because it identified a case" in masked
    assert [where for where, _ in silent] == ["Progress: J1a.2", "Progress: J1a.3", "Progress: J1b.1"]
    assert "943 476 5919" not in "".join(
        str(cell) for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row
    )


def test_nothing_goes_back_where_there_is_nothing_to_mend(round_one: Plan) -> None:
    receipt, feedback = receive_one(round_one, round_one.filled("sos", SOS, "SOS"))
    assert (receipt.verdict, receipt.feedback, feedback) == ("accepted", None, None)
    assert not (round_one.path / "feedback").exists()


def test_what_is_held_refused_untouched_or_there_already_does_not_go_back(round_one: Plan) -> None:
    refused = round_one.inbox / "picture.xlsx"
    untouched = edit(round_one.sent("SOS"), round_one.inbox / "untouched.xlsx")
    refused.write_bytes(b"no workbook")
    first = round_one.filled("one", WRONG)
    assert len(receive(round_one, first, refused, untouched).feedback) == 1
    assert receive(round_one, first, refused, untouched, when=AGAIN).feedback == []


def test_what_was_recorded_and_did_not_go_back_goes_back_next_time(round_one: Plan) -> None:
    """The command may have been ended in between."""
    round_one.receive_one(round_one.filled("one", WRONG))
    (made,) = receive(round_one, round_one.filled("sos", SOS, "SOS"), when=AGAIN).feedback
    assert (made.number, made.count) == ("DA-1", 4)


def test_a_dry_run_makes_none(round_one: Plan) -> None:
    received = office.receive_files(round_one.folder, [round_one.filled("one", WRONG)], RECEIVED_ON, dry_run=True)
    assert not received.feedback
    assert not (round_one.path / "feedback").exists()


# What comes back


def test_one_that_nobody_touched_is_untouched_and_says_nothing_again(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    receipt, feedback = receive_one(round_one, edit(path, round_one.inbox / "same.xlsx"), AGAIN)
    assert (receipt.verdict, codes(receipt), feedback) == ("untouched", [], None)


def test_what_cannot_be_told_from_its_text_alone_is_not_taken_when_it_comes_back(round_one: Plan) -> None:
    """A formula, a date that shows its year alone: their text is an answer like any other, and nobody typed that."""

    def spoil(book: Any) -> None:
        at(book["Progress"], "J1a.2", "Progress made").value = "=1+1"
        day = at(book["Progress"], "J1a.3", "Next step by")
        day.value, day.number_format = AGAIN, "yyyy"

    one = edit(round_one.filled("one", WRONG), round_one.inbox / "spoilt.xlsx", spoil)
    first, path = receive_one(round_one, one)
    assert {"cell_formula", "date_shows_little"} <= {*codes(first)}
    for number, when in enumerate((AGAIN, THIRD)):
        assert path
        assert at(openpyxl.load_workbook(path)["Progress"], "J1a.2", "Progress made").value == "=1+1"
        other = {"Progress": {"J1a.1": {"RAG": f"Purple {number}"}}}
        receipt, path = receive_one(round_one, fill(path, round_one.inbox / f"again{number}.xlsx", other), when)
        assert {"asked_already", "still_to_mend"} <= {*codes(receipt)}
        (finding,) = (finding for finding in receipt.findings if finding.code == "still_to_mend")
        assert finding.message == (
            "This was sent back before, and says what it did. The cell shows only '2016' (it holds the date 11 July "
            "2016). Nothing was taken. Type a day or a month. For example: 31 March 2017, or March 2017."
        )
    assert (round_one.said("J1a.2", "progress"), round_one.said("J1a.3", "next_step_by")) == ("", "")
    assert [query.code for query in round_one.queries] == ["cell_formula"], "asked once"


def test_what_the_officer_settled_meanwhile_stands(round_one: Plan) -> None:
    path = sent_back(round_one, said(rag="Amber / Red"))
    _settle(round_one, "Type", "Amber")
    receipt, feedback = receive_one(round_one, fill(path, round_one.inbox / "two.xlsx", said(rag="Amber / Red")), THIRD)
    assert round_one.said("J1a.1", "rag") == "Amber"
    assert (round_one.queries, feedback) == ([], None)
    assert "asked_already" not in codes(receipt)


def _settle(plan: Plan, choice: str, typed: str) -> None:
    """The officer settles the one query that waits."""
    (query,) = plan.queries
    path = plan.path / "officer" / f"{Q1.lower()}.xlsx"
    answers: Answers = {
        "Queries": {str(query.id): {"Your choice": choice, "Text that shall stand": typed}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    receive(plan, fill(path, plan.inbox / "settled.xlsx", answers), when=AGAIN)


def test_a_warning_alone_goes_back_once(round_one: Plan) -> None:
    owner: Answers = {**said(), "Action plan": {"J1a.1": {"Action owner": "Head of service"}}}
    path = sent_back(round_one, owner)
    assert any("Owner status still says Unnamed" in words for _, words in listed(path))
    more = fill(path, round_one.inbox / "two.xlsx", said(progress="More of it"))
    receipt, feedback = receive_one(round_one, more, AGAIN)
    assert "owner_still_unnamed" in codes(receipt)
    assert feedback is None, "its chair has seen it"


def test_our_notes_are_nobodys_and_what_is_typed_in_one_is_told(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)

    def answer_in_note(book: Any) -> None:
        cell = at(book["Progress"], "J1a.1", "RAG")
        assert cell.comment
        cell.comment = Comment(f"{cell.comment.text}\nIt is red, really", "A chair")

    receipt, _ = receive_one(round_one, edit(path, round_one.inbox / "two.xlsx", answer_in_note), AGAIN)
    (finding,) = (finding for finding in receipt.findings if finding.code == "cell_comment")
    assert "It is red, really" in (finding.entered or "")


def test_more_notes_than_are_told_one_by_one_are_still_ours(round_one: Plan) -> None:
    """Of very many notes the reader makes one remark."""
    path = sent_back(round_one, WRONG)
    assert path
    document = round_one.register.documents(kind="feedback")[0]
    ours = next(words for sheet in document.sheets for row in sheet.rows for words in row.marks.values())
    many = Remark("comments_more", {"count": "2", "cells": "F5, F6"}, "Progress", "F5", f"F5: {ours}\nF6: Mine")
    (left,) = leave_out_notes([many], document.book)
    assert (left.entered, left.details["count"], left.details["cells"]) == ("F6: Mine", "1", "F6")
    only = Remark("comments_more", {"count": "1", "cells": "F5"}, "Progress", "F5", f"F5: {ours}")
    assert not [*leave_out_notes([only], document.book)]


# Bad input


def test_answered_twice_is_said_and_compared_cell_by_cell(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    first = fill(path, round_one.inbox / "two.xlsx", {"Progress": {"J1a.1": {"RAG": "Green"}}})
    second = fill(
        path, round_one.inbox / "three.xlsx", {"Progress": {"J1a.1": {"RAG": "Amber", "Evidence": "The minutes"}}}
    )
    receive(round_one, first, when=AGAIN)
    receipt, _ = receive_one(round_one, second, THIRD)
    assert "feedback_answered" in codes(receipt)
    assert (round_one.said("J1a.1", "rag"), round_one.said("J1a.1", "evidence")) == ("Green", "The minutes")
    assert [cell.returned for query in round_one.queries for cell in query.cells] == ["Amber"], "nothing is lost"


def test_one_for_a_return_that_was_withdrawn_is_held(round_one: Plan) -> None:
    path = sent_back(round_one, {**WRONG, "Progress": {**WRONG["Progress"], "J1a.2": {"RAG": "Amber / Red"}}})
    office.withdraw_return(round_one.folder, "DA-1", "Sent by mistake", AGAIN)
    mended = fill(path, round_one.inbox / "two.xlsx", {"Progress": {"J1a.1": {"RAG": "Green"}}})
    receipt, _ = receive_one(round_one, mended, THIRD)
    assert (receipt.verdict, "feedback_withdrawn" in codes(receipt)) == ("held", True)
    assert round_one.said("J1a.1", "progress") == ""
    allowed = Instructions(allow=frozenset({"feedback_withdrawn"}), reason="They hold after all")
    receipt, _ = receive_one(round_one, mended, FOURTH, allowed)
    assert receipt.verdict == "accepted_with_findings"
    assert (round_one.said("J1a.1", "rag"), round_one.said("J1a.1", "stage")) == ("Green", "In progress")
    assert [query.code for query in round_one.queries] == ["still_asked"], "asked anew, for what was asked is over"


def test_one_that_comes_after_the_round_was_closed_counts_for_it_and_the_next_edition_tells(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    master.make_master(round_one.folder, Q1, AGAIN, hand_over=True)
    mended = fill(path, round_one.inbox / "two.xlsx", {"Progress": {"J1a.1": {"RAG": "Green"}}})
    receipt, _ = receive_one(round_one, mended, THIRD)
    assert receipt.changes == 1
    assert round_one.said("J1a.1", "rag") == "Green"


def test_a_file_that_somebody_changed_is_not_overwritten(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    fill(path, path, {"Progress": {"J1a.1": {"RAG": "Mauve"}}})
    copy = Path(shutil.copy(path, round_one.inbox / "two.xlsx"))
    _, second = receive_one(round_one, copy, AGAIN)
    assert second
    assert second.name == "2016-17-q1-domestic-abuse-2.xlsx"


def test_two_deputies_get_their_own_back(round_one: Plan) -> None:
    one = round_one.filled("one", said(rag="Purple", progress="By A"))
    two = round_one.filled("two", said(rag="Mauve", progress="By B"))
    made = receive(round_one, one, two).feedback
    names = {answer.number: answer.path for answer in made}
    assert sorted(path.name for path in names.values()) == [
        "2016-17-q1-domestic-abuse-da-2.xlsx",
        "2016-17-q1-domestic-abuse.xlsx",
    ]
    texts = {at(openpyxl.load_workbook(path)["Progress"], "J1a.1", "Progress made").value for path in names.values()}
    assert texts == {"By A", "By B"}


def test_a_redaction_takes_it_out_of_what_went_back(round_one: Plan) -> None:
    text = "Mrs Smith of the blue house says that it went wrong again"
    path = sent_back(round_one, {**FURTHER, **said(rag="Purple", progress=text)})
    done = office.redact_texts(round_one.folder, "DA-1", "Names a family", AGAIN)
    (document,) = round_one.register.documents(kind="feedback")
    kept = str(document.book)
    assert text not in kept
    assert "Purple" not in kept
    assert "Tell the public" not in kept
    assert path in done.holding


def test_receive_says_what_to_send_back_and_json_holds_the_path(round_one: Plan) -> None:
    ran = run("receive", round_one.filled("one", WRONG), *AS_OF, plan=round_one)
    path = round_one.path / "feedback" / Q1.lower() / f"{Q1.lower()}-domestic-abuse.xlsx"
    assert f"Send back to the chair: {path} (4 things to mend in DA-1)" in ran.output.replace("\n", " ")
    mended = fill(path, round_one.inbox / "two.xlsx", {"Progress": {"J1a.1": {"RAG": "Mauve"}}})
    (receipt,) = told_json("receive", mended, "--as-of", "2016-07-11", plan=round_one)["returns"]
    assert (receipt["kind"], receipt["issue"]) == ("feedback", "2016-17-Q1-DA-1-FEEDBACK-1")
    assert receipt["feedback"] == str(path)


def test_a_further_action_that_comes_first_in_what_was_sent_back_is_one_like_any_other(round_one: Plan) -> None:
    path = sent_back(round_one, WRONG)
    rows = {"New actions": {"3": {"Theme": "J1a", "What we will do": "Train the staff"}}}
    receive(round_one, fill(path, round_one.inbox / "two.xlsx", rows), when=AGAIN)
    assert (round_one.stands("DA.F1", "what"), round_one.stands("DA.F1", "proposed_by")) == ("Train the staff", "DA")
