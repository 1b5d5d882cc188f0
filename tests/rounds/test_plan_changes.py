"""What the plan changes belongs to the first round that is not closed, and is told in its master; once, and there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Q1, Q2, Answers, Plan, edit, fill, row_of, said
from tests.commands import run, told
from tests.test_master import row, rows

from plan_sheets import office
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import first_open
from plan_sheets.master import Mastered, make_master
from plan_sheets.store.plan_folder import PLAN_FILE

SUMMER, AUGUST, AUTUMN, WINTER = (datetime(2016, month, 20) for month in (7, 8, 10, 12))  # noqa: DTZ001 - the office's own clock
Q3 = "2016-17-Q3"


def take_out(name: str, ref: str, book: Workbook) -> None:
    """The officer deletes a row."""
    book[name].delete_rows(row_of(book[name], ref))


def change(one: Plan, answers: Answers, *gone: tuple[str, str], now: datetime = AUGUST) -> None:
    """The officer types in plan.xlsx, takes rows out (sheet and ref), has it merged, and settles it with Take."""
    path = one.path / PLAN_FILE
    fill(path, path, answers)
    edit(path, path, *(partial(take_out, name, ref) for name, ref in gone))
    made = office.merge_plan(one.folder, now).officer
    if made and one.queries:
        taken = {str(query.id): {"Your choice": "Take"} for query in one.queries}
        one.receive(fill(made.path, one.inbox / "settled.xlsx", {"Queries": taken}), when=now)
    assert one.queries == []


def hand_over(one: Plan, now: datetime = SUMMER) -> Mastered:
    """The master of the latest round, handed over."""
    return make_master(one.folder, None, now, hand_over=True)


def issue(one: Plan, code: str, now: datetime) -> None:
    one.issue(code, date(2017, 1, 20), now)


def from_which(one: Plan, ref: str, field: str, record: str = "action") -> str:
    """The code of the round from which on what stands counts."""
    return one.history.standing(Key(record, ref, field)).round


# To which round it belongs


@pytest.mark.parametrize(
    ("issued", "closed", "first"),
    [
        ((), "", ""),
        ((Q1,), "", Q1),
        ((Q1, Q2), "", Q1),
        ((Q1,), Q1, Q2),
        ((Q1, Q2), Q1, Q2),
        ((Q1, Q3), Q1, Q3),
        ((Q1,), "2016-17-Q4", "2017-18-Q1"),
    ],
)
def test_the_first_round_that_is_not_closed(issued: tuple[str, ...], closed: str, first: str) -> None:
    assert first_open(issued, closed) == first


def test_what_the_plan_changes_belongs_to_the_first_round_that_is_not_closed(round_one: Plan) -> None:
    issue(round_one, Q2, AUTUMN)
    change(round_one, {"Actions": {"J1a.1": {"What we will do": "Another wording"}}})
    assert from_which(round_one, "J1a.1", "what") == Q1, "no master of it has been handed over"
    make_master(round_one.folder, Q1, AUTUMN, hand_over=True)
    change(round_one, {"Actions": {"J1a.1": {"What we will do": "A third wording"}}})
    assert from_which(round_one, "J1a.1", "what") == Q2


def test_what_is_settled_belongs_to_the_first_round_that_is_open_then(round_one: Plan) -> None:
    """It was asked while the round was open; June's master has gone out since, and keeps the action."""
    path = round_one.path / PLAN_FILE
    edit(path, path, partial(take_out, "Actions", "J1a.1"))
    made = office.merge_plan(round_one.folder, SUMMER).officer
    assert made
    assert round_one.queries[0].round == Q1
    make_master(round_one.folder, None, SUMMER, hand_over=True, anyway=True)
    answers = {"Queries": {str(round_one.queries[0].id): {"Your choice": "Take"}}}
    round_one.receive(fill(made.path, round_one.inbox / "settled.xlsx", answers), when=AUGUST)
    assert from_which(round_one, "J1a.1", "removed") == Q2
    assert "J1a.1" in round_one.history.refs("action", Q1)
    assert "J1a.1" not in round_one.history.refs("action", Q2)


def test_a_query_about_the_plan_is_of_the_round_that_it_would_change(round_one: Plan) -> None:
    """A master that went out before it was asked does not speak of it; status does, all the same."""
    first = hand_over(round_one)
    path = round_one.path / PLAN_FILE
    edit(path, path, partial(take_out, "Actions", "J1a.1"))
    office.merge_plan(round_one.folder, AUGUST)
    again = make_master(round_one.folder, Q1, AUGUST)
    assert (again.again, again.reference) == (True, first.reference)
    assert told("status", plan=round_one)["open_queries"] == 1


def test_plan_issue_and_status_say_to_which_round_it_belongs(round_one: Plan) -> None:
    path = round_one.path / PLAN_FILE
    fill(path, path, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    assert (
        "1 value taken, 0 queries, 0 errors. What it changes counts from Quarter 1 of 2016/17 on."
        in run("plan", "--as-of", "2016-07-20", plan=round_one).output
    )
    issued = run("issue", "--round", Q2, "--return-by", "2016-10-14", "--as-of", "2016-09-20", plan=round_one).output
    assert f"{Q1}: no master has been handed over, so what plan.xlsx changes still counts from Quarter 1" in issued
    assert f"plan-sheets master --round {Q1} --hand-over" in issued
    make_master(round_one.folder, Q1, AUTUMN, hand_over=True)
    assert "What plan.xlsx changes now counts from Quarter 2 of 2016/17 on." in run("status", plan=round_one).output
    again = run("issue", "--round", Q2, "--return-by", "2016-10-14", "--as-of", "2016-09-20", plan=round_one).output
    assert "no master has been handed over" not in again


def test_a_date_that_moved_in_a_quarter_without_a_round_moved_in_the_next_one(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said()))
    hand_over(round_one)
    change(round_one, {"Actions": {"J1a.1": {"Due": "June 2017"}}})
    assert from_which(round_one, "J1a.1", "due") == Q2
    issue(round_one, Q3, WINTER)
    round_one.receive(round_one.filled("da3", said(), code=Q3), when=WINTER)
    master = make_master(round_one.folder, None, WINTER)
    assert row(master, "Master plan", "J1a.1")["Rule RAG"] == "Amber"
    assert "date moved from March 2017 to June 2017" in row(master, "Master plan", "J1a.1")["Why"]
    assert [one["Before"] for one in changes(master, "J1a.1") if one["What changed"] == "Due"] == ["March 2017"]


def changes(master: Mastered, ref: str) -> list[Mapping[str, Any]]:
    """The rows of Changes about a ref."""
    return [one for one in rows(master, "Changes") if one["Ref"] == ref]
