"""A master is a draft until it is handed over; then it stays as it was, and its round is closed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.as_of import as_of
from tests.chairs import Q1, RECEIVED_ON, Answers, Plan, fill, said
from tests.commands import run, told
from tests.conftest import Prepare
from tests.test_master import lines, sheet

from plan_sheets.core.model.findings import PlanSheetsError, Verdict
from plan_sheets.master import Mastered, make_master
from plan_sheets.store.register.editions import list_editions
from plan_sheets.store.register.snapshot import find_round, read_snapshot

DAY = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
LATER = datetime(2016, 8, 5)  # noqa: DTZ001 - the office's own clock
DECIDED: Answers = {"Decisions": {"J1a.1": {"Decision": "Wait", "Decided by": "Chair", "Date": "3 August 2016"}}}


def hand_over(plan: Plan, now: datetime = DAY) -> Mastered:
    return make_master(plan.folder, None, now, hand_over=True)


def ask(plan: Plan) -> None:
    """Round 1 with a Red action, of which the Executive is asked."""
    plan.receive_one(plan.filled("red", said(rag="Red")))


@pytest.fixture
def asked(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, ask)


def late(plan: Plan, name: str = "late") -> None:
    """A return of Domestic Abuse that comes after the master was handed over."""
    answers = said(rag="Red", progress=f"It went wrong: {name}", corrects="Yes" if name != "late" else "No")
    assert plan.receive_one(plan.filled(name, answers), when=LATER).changes


def test_a_draft_says_so_and_is_written_again(round_one: Plan) -> None:
    first = make_master(round_one.folder, None, DAY)
    assert (first.path.name, first.number) == ("2016-17-q1-draft.xlsx", 0)
    assert str(sheet(first, "RAG status")["A1"].value).endswith("(draft)")
    late(round_one)
    assert make_master(round_one.folder, None, LATER).path == first.path
    assert round_one.register.closed_through() == ""


def test_an_edition_stays_and_closes_its_round(round_one: Plan) -> None:
    draft = make_master(round_one.folder, None, DAY)
    made = hand_over(round_one)
    assert (made.path.name, made.number, made.again) == ("2016-17-q1-edition-1.xlsx", 1, False)
    assert made.counts == draft.counts
    assert str(sheet(made, "RAG status")["A1"].value).endswith("(edition 1, 20 July 2016)")
    assert round_one.register.closed_through() == Q1
    as_it_was = made.path.read_bytes()
    again = hand_over(round_one, LATER)
    assert (again.path, again.number, again.again) == (made.path, 1, True)
    assert make_master(round_one.folder, None, LATER).path == made.path, "nothing has changed since it went out"
    late(round_one)
    second = hand_over(round_one, LATER)
    assert (second.path.name, second.number) == ("2016-17-q1-edition-2.xlsx", 2)
    assert "edition 2 takes the place of edition 1 of 20 July 2016" in lines(second)
    assert made.path.read_bytes() == as_it_was


def test_a_draft_after_an_edition_says_of_which_it_is(round_one: Plan) -> None:
    hand_over(round_one)
    late(round_one)
    draft = make_master(round_one.folder, None, LATER)
    assert (draft.path.name, draft.number) == ("2016-17-q1-draft.xlsx", 0)
    assert "draft of edition 2 would take the place of edition 1 of 20 July 2016" in lines(draft)


def test_an_edition_is_made_again_as_it_was(round_one: Plan) -> None:
    first = hand_over(round_one)
    as_it_was = first.path.read_bytes()
    late(round_one)
    hand_over(round_one, LATER)
    first.path.unlink()
    again = make_master(round_one.folder, Q1, LATER, number=1)
    assert (again.path, again.number, again.again) == (first.path, 1, True)
    assert (again.counts, first.path.read_bytes()) == (first.counts, as_it_was)


def test_the_counts_of_each_edition_are_those_of_the_register_at_its_batch(round_one: Plan) -> None:
    made = [hand_over(round_one)]
    late(round_one)
    made.append(hand_over(round_one, LATER))
    late(round_one, "corrected")
    made.append(hand_over(round_one, LATER))
    editions = list_editions(round_one.register, Q1)
    assert [edition.number for edition in editions] == [1, 2, 3]
    for edition, master in zip(editions, made, strict=True):
        with as_of(round_one.register, edition.batch) as then:
            recount = read_snapshot(then, find_round(then, Q1)).roll_up(Q1).counts
        assert {str(status): count for status, count in recount.items()} == master.counts
        assert make_master(round_one.folder, Q1, LATER, number=edition.number).counts == master.counts


def test_an_edition_that_somebody_has_changed_is_kept_and_the_next_number_taken(asked: Plan) -> None:
    first = hand_over(asked)
    fill(first.path, first.path, DECIDED)
    typed = first.path.read_bytes()
    second = hand_over(asked, LATER)
    assert (second.path.name, second.number) == ("2016-17-q1-edition-2.xlsx", 2)
    assert first.path.read_bytes() == typed


def test_decisions_typed_into_an_older_edition_are_taken_and_the_newer_one_is_named(asked: Plan) -> None:
    first = hand_over(asked)
    decided = fill(first.path, asked.inbox / "decided.xlsx", DECIDED)
    late(asked, "corrected")
    hand_over(asked, LATER)
    receipt = asked.receive_one(decided, when=LATER)
    assert (receipt.verdict, receipt.changes) == (Verdict.ACCEPTED_WITH_FINDINGS, 3)
    assert [finding.code for finding in receipt.findings] == ["edition_superseded"]
    assert "edition 1" in receipt.findings[0].message
    assert "edition 2 of 5 August 2016" in receipt.findings[0].message


def test_editions_for_some_boards_and_for_the_public_have_numbers_of_their_own(round_one: Plan) -> None:
    made = [
        hand_over(round_one),
        make_master(round_one.folder, None, DAY, hand_over=True, boards="J"),
        make_master(round_one.folder, None, DAY, hand_over=True, edition="public"),
    ]
    assert [(one.path.name, one.number) for one in made] == [
        ("2016-17-q1-edition-1.xlsx", 1),
        ("2016-17-q1-board-j-edition-1.xlsx", 1),
        ("2016-17-q1-public-edition-1.xlsx", 1),
    ]


def test_open_queries_are_said_and_it_is_done_if_told_so(round_one: Plan) -> None:
    conflict = [round_one.filled(name, said(progress=name)) for name in ("one", "two")]
    round_one.receive(*conflict)
    refused = run("master", "--hand-over", "--as-of", "2016-07-20", plan=round_one)
    assert refused.exit_code == 1
    assert "are not settled" in refused.output
    assert "--anyway" in refused.output
    assert not list((round_one.path / "master").glob("*.xlsx"))
    assert round_one.register.closed_through() == ""
    done = run("master", "--hand-over", "--anyway", "--as-of", "2016-07-20", plan=round_one)
    assert done.exit_code == 0
    assert "Edition 1 of the master of 2016-17-Q1" in done.output


def test_a_clock_behind_the_last_batch_is_refused(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("da", said()), when=RECEIVED_ON)
    with pytest.raises(PlanSheetsError, match=r"The clock says 1 July 2016.*8 July 2016"):
        hand_over(round_one, datetime(2016, 7, 1))  # noqa: DTZ001 - the office's own clock
    assert list_editions(round_one.register, Q1) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--number", "1"), "There is no edition 1 of 2016-17-Q1"),
        (("--number", "1", "--hand-over"), "An edition is made again as it was handed over"),
        (("--anyway",), "--anyway speaks of --hand-over"),
    ],
)
def test_what_cannot_be_is_refused(round_one: Plan, words: tuple[str, ...], sentence: str) -> None:
    result = run("master", *words, plan=round_one)
    assert result.exit_code == 1
    assert sentence in result.output


def test_the_consultation_draft_is_not_handed_over(example: Plan) -> None:
    with pytest.raises(PlanSheetsError, match="No round has been issued yet"):
        hand_over(example)
    assert make_master(example.folder, None, DAY).path.name == "consultation-draft.xlsx"


def test_status_says_which_edition_went_out_and_what_came_since(round_one: Plan) -> None:
    hand_over(round_one)
    assert "master/2016-17-q1-edition-1.xlsx was handed over on 20 July 2016." in run("status", plan=round_one).output
    assert told("status", plan=round_one)["touched_since"] is False
    late(round_one)
    report = run("status", plan=round_one).output
    assert "Make the next edition with: plan-sheets master --round 2016-17-Q1 --hand-over" in report
    assert [edition["number"] for edition in told("status", plan=round_one)["editions"]] == [1]


def test_the_edition_is_copied_where_it_is_asked_for(round_one: Plan, tmp_path: Path) -> None:
    copy = tmp_path / "for the meeting.xlsx"
    made = make_master(round_one.folder, None, DAY, copy, hand_over=True)
    assert copy.read_bytes() == made.path.read_bytes()
    assert made.path.parent.name == "master"
