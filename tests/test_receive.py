"""Returns in: a verdict for each, right values taken whatever is wrong beside them, and nothing typed ever lost."""

from __future__ import annotations

import itertools
import shutil
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import (
    FURTHER,
    ISSUED_ON,
    Q1,
    Q2,
    SOS,
    Answers,
    Plan,
    at,
    codes,
    edit,
    fill,
    form,
    held_file,
    said,
    table,
)

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.store.register.standings import read_standings

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


# Verdicts


def test_a_good_return_is_accepted_and_its_values_stand(round_one: Plan) -> None:
    receipt = round_one.receive_one(round_one.filled("sos", SOS, "SOS"))
    assert (receipt.verdict, receipt.findings, receipt.changes) == ("accepted", [], 4)
    assert (receipt.kind, receipt.subgroup, receipt.round, receipt.issue) == ("subgroup", "SOS", Q1, "2016-17-Q1-SOS-1")
    assert receipt.saved_by.startswith("Microsoft Excel")
    assert round_one.said("L3.1", "progress") == "The briefing is agreed"
    assert round_one.said("L3.1", "rag") == "Green"
    kept = round_one.path / "returned" / f"{receipt.sha256}.xlsx"
    assert kept.read_bytes() == (round_one.inbox / "sos.xlsx").read_bytes()


def test_an_untouched_workbook_is_still_outstanding(round_one: Plan) -> None:
    copy = round_one.filled("sos", {}, "SOS")
    receipt = round_one.receive_one(copy)
    assert (receipt.verdict, receipt.changes) == ("untouched", 0)
    (standing,) = [one for one in read_standings(round_one.register, Q1, LATER.date()) if one.subgroup == "SOS"]
    assert (standing.returned, standing.verdict) == (None, "untouched")


def test_nothing_to_report_is_a_return(round_one: Plan) -> None:
    answers = {"Start here": form(completed_by="Chair", nothing="No meeting in this quarter")}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert (receipt.verdict, receipt.findings) == ("accepted", [])
    (standing,) = [one for one in read_standings(round_one.register, Q1, LATER.date()) if one.subgroup == "DA"]
    assert (standing.returned, standing.message) == ("2016-07-08", "Nothing to report: No meeting in this quarter")


def test_what_is_right_goes_in_whatever_is_wrong_beside_it(round_one: Plan) -> None:
    answers = {
        "Start here": form(completed_by="Chair"),
        "Progress": table(
            """
            | Ref   | Progress made | Stage       | RAG    | Next step | Next step by     | New date |
            | J1a.1 | Mapped        | In progress | purple | Pilot     | 03/04/2016       | soon     |
            | J1a.2 |               | In progress | amber  |           | end of the month |          |
            """
        ),
    }
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert receipt.verdict == "accepted_with_findings"
    blocking = {(one.code, str(one.key)) for one in receipt.findings if one.severity.blocks}
    assert blocking >= {
        ("not_a_choice", "action J1a.1 rag"),
        ("date_unreadable", "action J1a.1 new_date"),
        ("required", "action J1a.2 progress"),
        ("required", "action J1a.2 next_step"),
        ("required", "action J1a.2 recovery"),
    }
    assert [round_one.said("J1a.1", name) for name in ("progress", "stage", "rag", "next_step_by", "new_date")] == [
        "Mapped",
        "In progress",
        "",
        "3 April 2016",
        "",
    ]
    assert round_one.said("J1a.2", "rag") == "Amber"
    silent = {one.key.ref for one in receipt.findings if one.code == "row_silent"}
    assert silent == {"J1a.3", "J1b.1"}


@pytest.mark.parametrize("again", ["same bytes", "same answers"])
def test_a_return_sent_again_is_a_duplicate(round_one: Plan, again: str) -> None:
    first = round_one.filled("da", said())
    round_one.receive_one(first)
    second = round_one.inbox / "again.xlsx"
    if again == "same bytes":
        shutil.copy(first, second)
    else:
        edit(first, second, lambda book: book.create_sheet("Empty"))
    before = round_one.all_values()
    receipt = round_one.receive_one(second, when=LATER)
    assert (receipt.verdict, receipt.changes) == ("duplicate", 0)
    assert round_one.all_values() == before


def test_the_same_file_given_twice_counts_once(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    shutil.copy(path, round_one.inbox / "copy.xlsx")
    assert sorted(one.verdict for one in round_one.receive(round_one.inbox)) == ["accepted_with_findings", "duplicate"]
    untouched = round_one.filled("sos", {}, "SOS")
    assert len(round_one.receive(untouched, untouched)) == 1


def test_the_same_file_attached_twice_under_one_name_has_two_receipts(round_one: Plan) -> None:
    """As a gateway that doubles attachments sends it: what was said of the first is not hidden by the second."""
    path = round_one.filled("da", said(rag="Purple"))
    mail = EmailMessage()
    for _ in range(2):
        mail.add_attachment(path.read_bytes(), "application", "octet-stream", filename="return.xlsx")
    (round_one.inbox / "mail.eml").write_bytes(mail.as_bytes())
    receipts = round_one.receive(round_one.inbox / "mail.eml")
    assert sorted(one.verdict for one in receipts) == ["accepted_with_findings", "duplicate"]
    assert "not_a_choice" in {code for one in receipts for code in codes(one)}


HELD = {
    "no identity": "no_identity",
    "carriers disagree": "subgroups_disagree",
    "unknown reference": "reference_edited",
    "another signature": "signature_differs",
}


@pytest.mark.parametrize(("why", "code"), HELD.items())
def test_a_file_of_which_it_is_not_clear_whose_it_is_is_held(round_one: Plan, why: str, code: str) -> None:
    path = held_file(round_one, why)
    before = round_one.all_values()
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, codes(receipt)) == ("held", [code])
    assert round_one.all_values() == before
    assert (round_one.path / "returned" / f"{receipt.sha256}.xlsx").exists()
    assert [one.sha256 for one in round_one.register.set_aside("held")] == [receipt.sha256]


@pytest.mark.parametrize("why", HELD)
def test_what_is_held_goes_in_once_the_officer_says_whose_it_is(round_one: Plan, why: str) -> None:
    path = held_file(round_one, why)
    round_one.receive_one(path)
    receipt = round_one.receive_one(path, Instructions(issue="2016-17-Q1-DA-1"), LATER)
    assert receipt.verdict == "accepted_with_findings"
    assert "issue_by_officer" in codes(receipt)
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"
    assert round_one.register.set_aside("held") == []


REFUSED = [
    (b"", "file_empty", True),
    (b"%PDF-1.4 and so on", "file_pdf", False),
    (b"Ref,What we will do\nJ1a.1,Map\n", "file_text", True),
    (b"<html><body>Sign in</body></html>", "file_html", True),
    (b"PK\x03\x04 cut off", "file_damaged", False),
]


@pytest.mark.parametrize(("data", "code", "is_kept"), REFUSED, ids=[code for _, code, _ in REFUSED])
def test_what_is_no_workbook_is_refused_in_one_sentence_and_kept_if_it_can_be_looked_into(
    round_one: Plan, data: bytes, code: str, *, is_kept: bool
) -> None:
    path = round_one.inbox / "return.xlsx"
    path.parent.mkdir()
    path.write_bytes(data)
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, codes(receipt)) == ("refused", [code] if is_kept else sorted([code, "file_not_kept"]))
    assert (receipt.kind, receipt.issue) == (None, None)
    assert any((round_one.path / "returned").glob(f"{receipt.sha256}.*")) is is_kept


def test_a_bad_file_costs_the_others_nothing(round_one: Plan) -> None:
    round_one.filled("da", said())
    (round_one.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04")
    verdicts = {Path(one.file).stem: str(one.verdict) for one in round_one.receive(round_one.inbox)}
    assert verdicts == {"da": "accepted_with_findings", "broken": "refused"}


# Cells


def test_a_locked_cell_that_was_changed_is_told_with_both_texts_and_the_issued_one_stands(round_one: Plan) -> None:
    answers = said()
    progress = {**answers["Progress"], "J1a.2": {"What we will do": "Something else", "Due": "May 2018"}}
    receipt = round_one.receive_one(round_one.filled("da", {**answers, "Progress": progress}))
    changed = {one.key.field: one for one in receipt.findings if one.code == "locked_changed"}
    assert changed.keys() == {"what", "due"}
    assert changed["what"].entered == "Something else"
    assert "Complete the pathway for children" in changed["what"].message
    assert "What was sent out stands: 'No date'" in changed["due"].message
    assert round_one.stands("J1a.2", "what").startswith("Complete the pathway")


def test_an_answer_that_was_emptied_is_asked_about(round_one: Plan) -> None:
    answers = {**said(), "Action plan": {"J1a.1": {"Who is responsible": None}}}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert "emptied" in codes(receipt)
    assert round_one.stands("J1a.1", "responsible").startswith("Chair of DVSG")
    (query,) = round_one.queries
    assert (query.code, query.cells[0].key.field, query.cells[0].returned) == ("emptied", "responsible", "")


def test_a_formula_is_asked_about_and_never_evaluated(round_one: Plan) -> None:
    path = round_one.filled("da", said())

    def calculate(book: Any) -> None:
        at(book["Progress"], "J1a.2", "Progress made").value = "=1+1"

    receipt = round_one.receive_one(edit(path, path, calculate))
    (finding,) = [one for one in receipt.findings if one.code == "cell_formula"]
    assert (finding.entered, str(finding.key)) == ("=1+1", "action J1a.2 progress")
    assert round_one.said("J1a.2", "progress") == ""


AWKWARD = {
    "Progress made": ["=HYPERLINK(1)", "x" * 32767, "First line\nSecond line\n\nFourth line", "-not a bullet"],
    "Next step": ["+44 116 000 0000", "@chair", "007", "{entered} {0} %s"],
    "Evidence": ["Café, déjà vu", "👩\u200d👧 and 中文", "<b>&amp;</b> \"quoted\" 'so'", "x" * 32767],
}
NAMES = {"Progress made": "progress", "Next step": "next_step", "Evidence": "evidence"}
REFS = ("J1a.1", "J1a.2", "J1a.3", "J1b.1")


def test_text_comes_through_unchanged(round_one: Plan) -> None:
    """Into the register, the officer's workbook and the next round's, whatever it begins with, however long it is."""
    progress = {ref: {heading: texts[row] for heading, texts in AWKWARD.items()} for row, ref in enumerate(REFS)}
    how = {ref: {"How we will do it": progress[ref]["Progress made"], "Impact": "Some"} for ref in REFS}
    answers: Answers = {"Start here": form(completed_by="=Chair"), "Progress": progress, "Action plan": how}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert {one.code for one in receipt.findings} == {"required", "completed_by_unknown"}, "stage and RAG are blank"
    for ref, texts in progress.items():
        assert {heading: round_one.said(ref, name) for heading, name in NAMES.items()} == texts
    other = {ref: dict.fromkeys(AWKWARD, "Other") for ref in REFS}
    received = office.receive_files(
        round_one.folder, [round_one.filled("other", {**answers, "Progress": other})], LATER
    )
    assert received.receipts.returns[0].conflicts == 12
    (issued,) = round_one.issue(Q2, LATER.date(), LATER, ["DA"])
    book = openpyxl.load_workbook(issued.file)
    for ref, texts in progress.items():
        text, last = texts["Progress made"], str(at(book["Progress"], ref, "Last progress").value)
        assert at(book["Action plan"], ref, "How we will do it").value == text
        assert last == text or ("goes on in Notes" in last and last[:100] == text[:100])


# Whole files


def test_a_workbook_of_another_plan_is_held(round_one: Plan, tmp_path: Path) -> None:
    from plan_sheets import plan as deed  # noqa: PLC0415 - this test alone makes a second plan

    deed.new_plan(tmp_path / "other", ISSUED_ON, example=True, secret=b"z" * 32)
    other = Plan(tmp_path / "other")
    other.issue(only=["DA"])
    path = fill(other.sent("DA"), round_one.inbox / "other.xlsx", said())
    before = round_one.all_values()
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, codes(receipt)) == ("held", ["other_plan"])
    assert round_one.all_values() == before


def test_a_superseded_issue_is_merged_with_what_it_went_out_with(round_one: Plan) -> None:
    old = round_one.filled("old", said())
    edit(
        round_one.path / "plan.xlsx", round_one.path / "plan.xlsx", lambda book: rename_action(book, "Another wording")
    )
    (issued,) = [one for one in round_one.issue() if one.supersedes]
    assert (issued.subgroup, issued.supersedes, issued.reference) == ("DA", "2016-17-Q1-DA-1", "2016-17-Q1-DA-2")
    receipt = round_one.receive_one(old)
    assert "issue_superseded" in codes(receipt)
    assert "locked_changed" not in codes(receipt)
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"
    assert round_one.stands("J1a.1", "what") == "Another wording"


def rename_action(book: Any, text: str) -> None:
    at(book["Actions"], "J1a.1", "What we will do").value = text


def test_a_path_that_is_not_there_is_refused_before_anything_is_received(round_one: Plan) -> None:
    good = round_one.filled("da", said())
    with pytest.raises(PlanSheetsError, match=r"nowhere\.xlsx is not there"):
        round_one.receive(good, round_one.inbox / "nowhere.xlsx")
    assert round_one.said("J1a.1", "progress") == ""


def test_a_folder_without_workbooks_is_refused(round_one: Plan) -> None:
    round_one.inbox.mkdir()
    (round_one.inbox / "notes.txt").write_text("hello")
    with pytest.raises(PlanSheetsError, match="no workbook"):
        round_one.receive(round_one.inbox)


def test_what_the_tool_made_is_passed_over_in_a_folder(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("sos", SOS, "SOS")], LATER)
    fill(round_one.sent("DA"), round_one.path / "issued" / "filled in place.xlsx", said())
    (round_one.path / "issued" / "~$lock.xlsx").write_bytes(b"x")
    receipts = office.receive_files(round_one.folder, [round_one.path], LATER).receipts
    assert [Path(one.file).name for one in receipts.returns] == ["filled in place.xlsx"]
    passed = {Path(name).name for name, _ in receipts.passed_over}
    assert {"plan.xlsx", "register.sqlite", "2016-17-q1.xlsx", "~$lock.xlsx", "2016-17-q1-prevent.xlsx"} <= passed
    assert all(why for _, why in receipts.passed_over)


def test_names_and_order_of_files_do_not_matter(round_one: Plan) -> None:
    files = [
        round_one.filled("one", said(progress="From one", rag="Amber")),
        round_one.filled("two", FURTHER),
        round_one.filled("three", said(progress="Corrected", corrects="Yes")),
        round_one.filled("four", SOS, "SOS"),
    ]
    ends = []
    for number, order in enumerate(itertools.islice(itertools.permutations(files), 0, 24, 7)):
        fresh = Plan(round_one.path.parent / str(number) / "plan")
        shutil.copytree(round_one.path, fresh.path)
        fresh.inbox.mkdir()
        renamed = [Path(shutil.copy(path, fresh.inbox / f"{place}.xlsx")) for place, path in enumerate(order)]
        verdicts = {one.sha256: (one.verdict, codes(one), one.changes) for one in fresh.receive(*renamed)}
        asked = sorted((one.code, sorted(cell.returned for cell in one.cells)) for one in fresh.queries)
        ends.append((verdicts, fresh.all_values(), asked))
    assert all(end == ends[0] for end in ends[1:])


def test_a_dry_run_says_everything_and_records_nothing(round_one: Plan) -> None:
    path = round_one.filled("da", FURTHER)
    files = {one: one.read_bytes() for one in round_one.path.rglob("*") if one.is_file()}
    (dry,) = round_one.receive(path, dry_run=True)
    assert {one: one.read_bytes() for one in round_one.path.rglob("*") if one.is_file()} == files
    wet = round_one.receive_one(path)
    assert (dry.verdict, codes(dry), dry.changes) == (wet.verdict, codes(wet), wet.changes)
    assert wet.changes > 0
