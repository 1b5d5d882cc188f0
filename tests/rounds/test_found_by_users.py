"""What a new user's first days with the program brought to light: each case as it happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import openpyxl
from tests.chairs import Q1, Plan, at, codes, edit, fill, row_of, said, table

from plan_sheets import officer, plan
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.office import issue_round, merge_plan, receive_files

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
Q2 = "2016-17-Q2"
BY = {"Settled by": {"Your answer": "Board officer"}}


def test_a_text_as_long_as_a_cell_can_hold_does_not_stop_the_officers_workbook(round_one: Plan) -> None:
    """The checker measured columns a hair narrower than the writer that cut the text for them."""
    round_one.receive_one(round_one.filled("one", said(progress="Here")))
    long = "y" * 32_767
    round_one.receive_one(round_one.filled("two", said(progress=long)))
    made = officer.make_officer(round_one.folder, LATER)
    sheets = openpyxl.load_workbook(made.path)
    notes = "".join(str(row[2].value) for row in sheets["Notes"].iter_rows(min_row=5))
    assert notes.count("y") > len(long) // 2


def test_findings_of_a_late_return_reach_the_officer(round_one: Plan) -> None:
    late = round_one.filled("late", {**said(), "Progress": table("| Ref | New date |\n| J1a.2 | not for years |")})
    issue_round(round_one.folder, Q2, date(2016, 10, 14), LATER)
    round_one.receive_one(late, when=LATER)
    made = officer.make_officer(round_one.folder, LATER)
    texts = [str(cell.value) for row in openpyxl.load_workbook(made.path)["Findings"].iter_rows() for cell in row]
    assert "not for years" in texts
    assert any(Q1 in text for text in texts)


def test_a_row_that_was_taken_out_and_put_back_is_asked_about(example: Plan) -> None:
    path = example.path / "plan.xlsx"
    whole = path.read_bytes()
    edit(path, path, lambda book: book["Actions"].delete_rows(row_of(book["Actions"], "S3.1")))
    merge_plan(example.folder, LATER)
    settle_first(example, "Take")
    assert "S3.1" not in example.history.refs("action")
    path.write_bytes(whole)
    edit(path, path, lambda book: type_over(book, "Actions", "S3.1", "How we will do it", "Anew."))
    merged = merge_plan(example.folder, LATER).merged
    assert {"row_back", "conflict"} <= {one.code for one in merged.findings}
    assert plan.write_plan(example.folder, LATER).name == "plan-2.xlsx", "nothing is written over while it is open"
    assert example.stands("S3.1", "how") != "Anew.", "what stood stays until it is settled"
    for _ in range(2):
        settle_first(example, "Take")
    assert "S3.1" in example.history.refs("action")
    assert example.stands("S3.1", "how") == "Anew."


def test_a_date_of_the_year_before_is_taken_and_told(round_one: Plan) -> None:
    answers = {**said(), "Progress": table("| Ref | Next step by | New date |\n| J1a.1 | March 2016 | April 2016 |")}
    receipt = round_one.receive_one(round_one.filled("one", answers))
    (finding,) = [one for one in receipt.findings if one.code == "date_before_round"]
    assert "Next step by says March 2016" in finding.message
    assert round_one.said("J1a.1", "next_step_by") == "March 2016"


def test_an_answer_about_a_row_that_was_taken_out_meanwhile_is_asked_about(round_one: Plan) -> None:
    path, answered = round_one.path / "plan.xlsx", round_one.filled("one", said(progress="It is done"))
    edit(path, path, lambda book: book["Actions"].delete_rows(row_of(book["Actions"], "J1a.1")))
    merge_plan(round_one.folder, LATER)
    settle_first(round_one, "Take")
    receipt = round_one.receive_one(answered, when=LATER)
    (asked,) = [one for one in receipt.findings if one.code == "row_withdrawn" and one.entered == "It is done"]
    assert "J1a.1 has been taken out of the plan" in asked.message
    assert round_one.said("J1a.1", "progress") == ""
    assert "It is done" in {cell.returned for query in round_one.queries for cell in query.cells}


def type_over(book: Any, sheet: str, ref: str, heading: str, text: str) -> None:
    at(book[sheet], ref, heading).value = text


def settle_first(one: Plan, choice: str) -> None:
    """The officer answers the first open query."""
    made = officer.make_officer(one.folder, LATER)
    ref = str(one.queries[0].id)
    answers = {"Queries": table(f"| Query | Your choice |\n| {ref} | {choice} |"), "Start here": BY}
    filled = fill(made.path, one.inbox / f"officer-{ref}.xlsx", answers)
    receive_files(one.folder, [filled], LATER)


def test_what_was_scribbled_into_the_plan_is_not_written_over(example: Plan) -> None:
    path = example.path / "plan.xlsx"

    def scribble(book: Any) -> None:
        book.create_sheet("Mine")["A1"].value = "My own notes"

    edit(path, path, scribble)
    merged = merge_plan(example.folder, LATER, write=True)
    assert [one.entered for one in merged.merged.findings if one.code == "sheet_extra"] == ["My own notes"]
    assert merged.written is not None
    assert merged.written.name == "plan-2.xlsx"
    assert "Mine" in openpyxl.load_workbook(path).sheetnames


def test_a_file_of_another_plan_is_not_let_in_by_its_reference(round_one: Plan, tmp_path: Any) -> None:
    other = plan.new_plan(tmp_path / "other", datetime(2016, 4, 1), example=True, secret=b"o" * 32)  # noqa: DTZ001 - an office's date
    issued = issue_round(other, Q1, date(2016, 7, 15), datetime(2016, 6, 20)).issues  # noqa: DTZ001 - an office's date
    theirs = next(one for one in issued if one.subgroup == "DA").file
    receipt = round_one.receive_one(theirs, Instructions(issue="2016-17-Q1-DA-1"))
    assert (receipt.verdict, codes(receipt)) == ("held", ["issue_not_its_own"])


def test_the_same_open_query_is_not_asked_again_by_the_next_reading(example: Plan) -> None:
    path = example.path / "plan.xlsx"
    fill(path, path, {"Actions": table("| Ref | Due |\n| J1a.1 | 04/13/2017 |")})
    merge_plan(example.folder, LATER)
    before = len(example.queries)
    assert before
    fill(path, path, {"Actions": table("| Ref | Due |\n| J1b.1 | May 2017 |")})
    merge_plan(example.folder, LATER)
    assert len(example.queries) == before


def test_a_settled_query_answered_otherwise_in_an_older_workbook_is_told(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said(progress="One")))
    round_one.receive_one(round_one.filled("two", said(progress="Two")))
    made = officer.make_officer(round_one.folder, LATER)
    ref = str(round_one.queries[0].id)
    receipts = []
    for choice in ("Keep", "Take"):
        answers = {"Queries": table(f"| Query | Your choice |\n| {ref} | {choice} |"), "Start here": BY}
        receipts.append(round_one.receive_one(fill(made.path, round_one.inbox / f"{choice}.xlsx", answers), when=LATER))
    assert "settled_already" in codes(receipts[1])
    assert Key("action", "J1a.1", "progress") in round_one.history.by_key
    assert len(round_one.history.by_key[Key("action", "J1a.1", "progress")]) == 1


def test_an_officers_workbook_that_is_open_does_not_unsay_what_was_recorded(round_one: Plan) -> None:
    made = officer.make_officer(round_one.folder, LATER)
    made.path.with_name(f"~${made.path.name}").touch()
    received = receive_files(round_one.folder, [round_one.filled("one", said(progress="Here"))], LATER)
    assert received.trouble is not None
    assert round_one.said("J1a.1", "progress") == "Here"
    made.path.with_name(f"~${made.path.name}").unlink()
    again = receive_files(round_one.folder, [round_one.inbox / "one.xlsx"], LATER)
    assert again.receipts.returns[0].verdict == "duplicate"
    assert again.officer is not None
    assert not again.officer.again, "it is made now"


def test_a_date_that_was_confirmed_makes_no_new_issue_of_the_same_round(round_one: Plan) -> None:
    answers = {**said(), "Progress": table("| Ref | New date |\n| J1a.1 | May 2017 |")}
    round_one.receive_one(round_one.filled("one", answers))
    made = officer.make_officer(round_one.folder, LATER)
    confirmed = table("| Proposal | Confirm |\n| J1a.1 new date 2016-17-Q1 | Yes |")
    round_one.receive_one(
        fill(made.path, round_one.inbox / "officer.xlsx", {"To confirm": confirmed, "Start here": BY})
    )
    assert round_one.stands("J1a.1", "due") == "May 2017"
    again = issue_round(round_one.folder, Q1, date(2016, 7, 15), LATER, ["DA"]).issues
    assert [(one.supersedes, one.again) for one in again] == [(None, True)]
