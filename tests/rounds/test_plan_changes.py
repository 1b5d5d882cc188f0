"""What the plan changes belongs to the first round that is not closed, and is told in its master; once, and there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Q1, Q2, SOS, Answers, Plan, column_of, edit, fill, heading_row, row_of, said
from tests.commands import run, told
from tests.test_master import lines, row, rows

from plan_sheets import office
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import first_open
from plan_sheets.master import Mastered, make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan import check_plan
from plan_sheets.store.plan_folder import PLAN_FILE

SUMMER, AUGUST, AUTUMN, WINTER = (datetime(2016, month, 20) for month in (7, 8, 10, 12))  # noqa: DTZ001 - the office's own clock
Q3 = "2016-17-Q3"


def take_out(name: str, ref: str, book: Workbook) -> None:
    """The officer deletes a row."""
    book[name].delete_rows(row_of(book[name], ref))


def add_row(name: str, texts: Mapping[str, str], book: Workbook) -> None:
    """The officer adds a row, in the first that is empty."""
    page = book[name]
    place = next(number for number in range(heading_row(page), page.max_row + 2) if not page.cell(number, 1).value)
    for heading, text in texts.items():
        page.cell(place, column_of(page, heading)).value = text


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
    change(round_one, {"Actions": {"J1a.1": {"What we will do": "Another wording"}}}, now=AUTUMN)
    assert from_which(round_one, "J1a.1", "what") == Q1, "no master of it has been handed over"
    make_master(round_one.folder, Q1, AUTUMN, hand_over=True)
    change(round_one, {"Actions": {"J1a.1": {"What we will do": "A third wording"}}}, now=AUTUMN)
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


# Where it is told


REWORDED = "Complete the pathway for children, and publish it"
CHANGED: Answers = {
    "Actions": {
        "J1a.2": {"What we will do": REWORDED},
        "J1b.1": {"Theme": "J1a"},
        "J2a.1": {"Due": "June 2017"},
        "J2a.2": {"Theme": "S1"},
    },
    "Open questions": {"Q8": {"About": "J1a.1"}},
}
GONE = (("Actions", "J1a.1"), ("Priorities", "L3"), ("Actions", "L3.1"), ("Grid", "L3"))
DECIDED = {"Decision": "The county pays", "Decided by": "Director A", "Date": "28 July 2016"}


@pytest.fixture
def published(round_one: Plan) -> Plan:
    """June: J1a.1 is Red, the Executive decides on it and on L3, and the master goes out. August: the plan changes."""
    asked = {"J1a.1": {**said(rag="Red")["Progress"]["J1a.1"], "Asked of the executive": "Decide who pays."}}
    round_one.receive(round_one.filled("da", {**said(), "Progress": asked}), round_one.filled("sos", SOS, "SOS"))
    first = hand_over(round_one)
    decided = {"Decisions": {"J1a.1": DECIDED, "L3": DECIDED}}
    assert round_one.receive_one(fill(first.path, round_one.inbox / "decided.xlsx", decided), when=AUGUST).changes == 6
    assert make_master(round_one.folder, None, AUGUST, hand_over=True).number == 2
    change(round_one, CHANGED, *GONE)
    return round_one


@pytest.fixture(params=[Q2, Q3], ids=["the next quarter", "a quarter without a round between"])
def after(published: Plan, request: pytest.FixtureRequest) -> Mastered:
    """The first master after that."""
    issue(published, request.param, WINTER)
    return make_master(published.folder, None, WINTER)


def test_what_was_published_stays(published: Plan) -> None:
    again = make_master(published.folder, Q1, AUGUST)
    assert (again.again, again.number) == (True, 2)
    issue(published, Q3, WINTER)
    again = make_master(published.folder, Q1, WINTER)
    assert (again.again, again.number) == (True, 2)
    assert row(again, "Master plan", "J1a.1")["Published RAG"] == "Red"


@pytest.mark.parametrize("readers", [{"edition": "public"}, {"boards": "J"}, {"edition": "public", "boards": "L"}])
def test_what_was_published_for_others_stays_too(round_one: Plan, readers: Mapping[str, Any]) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")), round_one.filled("sos", SOS, "SOS"))
    first = make_master(round_one.folder, None, SUMMER, hand_over=True, **readers)
    renamed: Answers = {"Plan": {"Title": {"Answer": "Another title"}}, "Boards": {"J": {"Board": "The joint board"}}}
    change(round_one, {**CHANGED, **renamed}, *GONE)
    issue(round_one, Q2, AUTUMN)
    again = make_master(round_one.folder, Q1, AUTUMN, **readers)
    assert (again.again, again.reference, again.counts) == (True, first.reference, first.counts)


def test_changes_tell_what_stood_before_and_after(after: Mastered) -> None:
    def told_of(ref: str, what: str) -> tuple[str, str]:
        (one,) = [one for one in changes(after, ref) if one["What changed"] == what]
        return str(one["Before"]), str(one["After"])

    assert told_of("J1a.2", "What we will do")[1] == REWORDED
    assert told_of("J1b.1", "Theme") == ("J1b", "J1a")
    assert told_of("J2a.1", "Due") == ("March 2017", "June 2017")
    before, now = told_of("J1a.1", "Taken out of the plan")
    assert (before.partition(" ")[0], now) == ("Follow", "Taken out")
    assert before.endswith("\nRed in Quarter 1.\nIts chair said last, in Quarter 1: The pathway is mapped")
    (of_priority,) = [one for one in changes(after, "L3") if str(one["Before"]).startswith("Signs of Safety")]
    assert "in Quarter 1." in str(of_priority["Before"])


def test_the_first_page_tells_how_the_plan_changed(after: Mastered) -> None:
    told_there = lines(after)
    assert "Taken out, 3: J1a.1 Follow how far the pathway has got, Red in Quarter 1;" in told_there
    assert "J1a.2 (Domestic abuse) re-worded; J1b.1 (Domestic abuse), J2a.2 (Hidden harm) moved; J2a.1" in told_there
    assert "(Mental health) date moved to June 2017." in told_there
    assert "Closed by what was taken out: 2 earlier decisions." in told_there


def test_what_was_taken_out_is_shown_at_its_place_and_counts_nowhere(after: Mastered, published: Plan) -> None:
    refs = [one["Ref"] for one in rows(after, "Master plan")]
    assert refs.index("J1a.1") == refs.index("J1a.2") - 1
    gone = row(after, "Master plan", "J1a.1")
    assert (gone["Published RAG"], gone["Why"]) == (
        "Taken out",
        "Taken out of the plan in Quarter 2; it was Red in Quarter 1",
    )
    assert gone["Progress made"] == "Quarter 1: The pathway is mapped"
    over_time = row(after, "RAG over time", "J1a.1")
    assert (over_time["Quarter 1"], over_time[f"Quarter {after.round[-1]}"]) == ("Red", "Taken out")
    assert sum(after.counts.values()) == len(published.history.refs("action")) == len(refs) - 2
    assert rows(after, "RAG by round")[-1]["All actions"] == sum(after.counts.values())


def test_its_questions_and_decisions_are_closed_and_say_why(after: Mastered) -> None:
    why = "Taken out of the plan in Quarter 2."
    decided = {ref: row(after, "Decisions", f"{ref}, Quarter 1") for ref in ("J1a.1", "L3")}
    assert [(one["What is asked"], one["Decision"]) for one in decided.values()] == [
        ("Nothing more", "The county pays")
    ] * 2
    assert all(str(one["How it stands"]).startswith(why) for one in decided.values())
    assert "J1a.1" not in [one["Ref"] for one in rows(after, "Decisions")]
    closed = {str(one["About"]): one for one in rows(after, "Open questions") if why in str(one["Who must answer"])}
    assert set(closed) == {"J1a.1", "L3", "L3.1"}
    assert str(closed["L3.1"]["Question"]) == "Who is responsible: ??"


def test_a_later_master_tells_it_no_more(published: Plan) -> None:
    issue(published, Q2, AUTUMN)
    hand_over(published, WINTER)
    issue(published, Q3, WINTER)
    later = make_master(published.folder, None, WINTER)
    for name in ("Master plan", "RAG over time", "Decisions", "Changes", "Open questions"):
        texts = [str(text) for one in rows(later, name) for text in one.values()]
        assert not [text for text in texts if "J1a.1" in text or "aken out" in text], name
    assert "The plan changed:" not in lines(later)


def test_what_was_asked_and_not_decided_is_closed_too(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    hand_over(round_one)
    change(round_one, {}, ("Actions", "J1a.1"))
    issue(round_one, Q2, AUTUMN)
    closed = row(make_master(round_one.folder, None, AUTUMN), "Decisions", "J1a.1")
    assert (closed["Raised by"], closed["What is asked"]) == ("Published as Red", "Nothing more")
    assert closed["How it stands"] == "Taken out of the plan in Quarter 2.\nHow it stood last: Red in Quarter 1."


def test_what_is_taken_out_while_its_round_is_open_keeps_what_its_chair_said_of_it(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    change(round_one, {}, ("Actions", "J1a.1"))
    master = make_master(round_one.folder, None, AUGUST)
    assert "Taken out, 1: J1a.1 Follow how far the pathway has got." in lines(master)
    assert "The pathway is mapped" in str(row(master, "Master plan", "J1a.1"))


def test_a_row_that_is_back_is_told_as_back(published: Plan) -> None:
    issue(published, Q2, AUTUMN)
    hand_over(published, WINTER)
    path = published.path / PLAN_FILE
    edit(path, path, partial(add_row, "Actions", {"Ref": "J1a.1", "Theme": "J1a", "What we will do": "Follow it up"}))
    change(published, {}, now=WINTER)
    issue(published, Q3, WINTER)
    later = make_master(published.folder, None, WINTER)
    assert re.search(r"J1a\.1 [^;]*brought back", lines(later))
    assert "Brought back into the plan" in [one["What changed"] for one in changes(later, "J1a.1")]
    assert row(later, "Decisions", "J1a.1, Quarter 1")["What is asked"] == "Was it carried out?"


def test_an_action_without_its_priority_is_told_and_counts(round_one: Plan) -> None:
    hand_over(round_one)
    change(round_one, {}, ("Priorities", "L3"))
    assert "unknown_ref" in {one.code for one in check_plan(round_one.folder).findings}
    issue(round_one, Q2, AUTUMN)
    master = make_master(round_one.folder, None, AUTUMN)
    assert [one for one in master.warnings if one.startswith("The priority of L3.1 has been taken out of the plan")]
    assert "L3.1 Briefing on Signs of Safety: without a priority" in lines(master)
    assert rows(master, "RAG by board")[-1]["All actions"] == 1


# For whom


def test_the_public_learns_that_it_was_taken_out_and_no_word_of_it(published: Plan) -> None:
    issue(published, Q2, AUTUMN)
    master = make_master(published.folder, None, AUTUMN, edition="public")
    assert "J1a.1 (Domestic abuse), Red in Quarter 1" in lines(master)
    book = openpyxl.load_workbook(master.path)
    everything = " ".join(
        str(cell) for page in book for one in page.iter_rows(values_only=True) for cell in one if cell
    )
    for word in ("The pathway is mapped", "Follow how far", REWORDED, "The county pays"):
        assert word not in everything


def test_a_board_learns_what_left_it_and_nothing_of_the_others(published: Plan) -> None:
    issue(published, Q2, AUTUMN)
    joint = make_master(published.folder, None, AUTUMN, boards="J")
    assert "J2a.2 (Mental health), Not reported in Quarter 1, now under S1" in lines(joint)
    assert row(joint, "Master plan", "J2a.2")["Why"].startswith("Moved to S1, of another board, in Quarter 2")
    children = make_master(published.folder, None, AUTUMN, boards="L")
    assert "L3 Signs of Safety, Too little to say in Quarter 1" in lines(children)
    assert "J1a.1" not in lines(children)
    assert [one["Ref"] for one in rows(children, "Master plan") if one["Published RAG"] == "Taken out"] == ["L3.1"]


def test_an_owner_typed_in_the_officers_workbook_belongs_to_the_first_round_that_is_not_closed(round_one: Plan) -> None:
    made = make_officer(round_one.folder, SUMMER).path
    hand_over(round_one)
    answers = {"Owners": {"J1": {"Owner": "Director of Care", "Owner status": "Accepted"}}}
    round_one.receive_one(fill(made, round_one.inbox / "officer.xlsx", answers), when=AUGUST)
    owner = round_one.history.standing(Key("priority", "J1", "owner"))
    assert (owner.value, owner.round) == ("Director of Care", Q2)
    assert hand_over(round_one, AUGUST).again, "nothing of the closed round has changed"
