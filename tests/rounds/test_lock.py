"""Lock on or off: a setting of the plan. Off takes the lock off the sheets of what is sent, and nothing else."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Plan, at, codes, edit, fill, said, values_of
from tests.commands import run
from tests.conftest import Prepare

from plan_sheets.core.book.document import base_text, book_from, layout_text
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.writing.workbook import write_workbook


def answer(plan: Plan, **answers: str) -> None:
    """Answer questions of the sheet Plan in plan.xlsx."""
    titles = {"lock": "Lock workbooks", "password": "Password of the lock"}
    path = plan.path / "plan.xlsx"
    fill(path, path, {"Plan": {titles[name]: {"Answer": text} for name, text in answers.items()}})


def texts_on(path: Path, name: str) -> str:
    return " ".join(str(value) for row in values_of(openpyxl.load_workbook(path)[name]) for value in row if value)


def locked_cells(book: Workbook) -> dict[str, list[str]]:
    return {
        sheet.title: [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.protection.locked]
        for sheet in book
    }


def unlock(plan: Plan) -> None:
    """A plan folder whose first round was issued without locks on the sheets."""
    answer(plan, lock="No")
    plan.issue()


@pytest.fixture
def unlocked(example: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(example, unlock)


def test_off_takes_the_lock_off_the_sheets_and_nothing_else(issued_example: Path, unlocked: Plan) -> None:
    """As they are in two folders, issued with and without."""
    on, off = (openpyxl.load_workbook(plan.sent("DA")) for plan in (Plan(issued_example), unlocked))
    assert (all(sheet.protection.sheet for sheet in on), any(sheet.protection.sheet for sheet in off)) == (True, False)
    assert off.security.lockStructure
    del on["About"], off["About"]  # it says what the lock is
    assert locked_cells(on) == locked_cells(off)


def test_without_any_answer_they_are_locked(example: Plan) -> None:
    answer(example, lock="")
    example.issue()
    assert all(sheet.protection.sheet for sheet in openpyxl.load_workbook(example.sent("DA")))


def test_the_workbook_says_which_holds(issued_example: Path, unlocked: Plan) -> None:
    locked = Plan(issued_example)
    for plan, there, not_there in (
        (locked, "All others are locked", "no lock on the sheets"),
        (unlocked, "no lock on the sheets", "are locked, and"),
    ):
        start = texts_on(plan.sent("DA"), "Start here")
        assert there in start
        assert not_there not in start
    assert "A guard rail" in texts_on(locked.sent("DA"), "About")
    assert "Unprotect Sheet" in texts_on(locked.sent("DA"), "About")
    assert "A guard rail" not in texts_on(unlocked.sent("DA"), "About")
    assert "Unprotect Sheet" not in texts_on(unlocked.sent("DA"), "About")


def test_what_was_sent_out_is_compared_all_the_same_and_nothing_is_called_lost(unlocked: Plan) -> None:
    def type_over(book: Workbook) -> None:
        at(book["Progress"], "J1a.2", "What we will do").value = "Another action"

    path = edit(unlocked.filled("da", said()), unlocked.inbox / "changed.xlsx", type_over)
    receipt = unlocked.receive_one(path)
    assert codes(receipt).count("locked_changed") == 1
    assert "lost_on_saving" not in codes(receipt)
    assert unlocked.stands("J1a.2", "what") != "Another action"
    assert unlocked.said("J1a.1", "progress") == "The pathway is mapped"


@pytest.mark.parametrize("change", [{"lock": "No"}, {"password": "open sesame"}], ids=["the lock", "the password"])
def test_a_change_after_an_issue_makes_a_new_one(round_one: Plan, change: dict[str, str]) -> None:
    answer(round_one, **change)
    issued = round_one.issue()
    assert {one.supersedes for one in issued if one.subgroup == "DA"} == {"2016-17-Q1-DA-1"}
    assert not any(one.again for one in issued)
    assert all(one.again for one in round_one.issue())


def test_a_return_of_the_locked_workbook_is_read_after_the_lock_was_taken_off(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    answer(round_one, lock="No")
    round_one.issue()
    receipt = round_one.receive_one(path)
    assert set(codes(receipt)) <= {"issue_superseded", "row_silent"}
    assert round_one.said("J1a.1", "progress") == "The pathway is mapped"


def test_the_officers_workbook_and_the_master_have_no_lock_either(unlocked: Plan) -> None:
    run("receive", unlocked.filled("da", said()), plan=unlocked)
    run("master", plan=unlocked)
    made = [*(unlocked.path / "officer").glob("*.xlsx"), *(unlocked.path / "master").glob("*.xlsx")]
    assert len(made) == 2
    for path in made:
        assert not any(sheet.protection.sheet for sheet in openpyxl.load_workbook(path)), path.name


def test_it_is_made_again_from_the_register_as_it_was(unlocked: Plan) -> None:
    book = unlocked.register.documents(subgroup="DA")[0].book
    again = book_from(layout_text(book), base_text(book))
    assert again == book
    assert not again.locks_sheets
    found = read_workbook(write_workbook(again))
    assert isinstance(found, FoundWorkbook)
    kept = found.kept or {}
    assert ("locks" in kept, "structure" in kept) == (False, True)
