"""What the officer said No to, and what the officer kept: it stands with who and when, and is proposed no more."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import FURTHER, Q1, Q2, SOS, Answers, Plan, fill, said, values_of
from tests.conftest import Prepare

from plan_sheets import office
from plan_sheets.asking.trace import trace_value
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan import write_plan
from plan_sheets.store.register.snapshot import find_round, read_snapshot

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
MUCH_LATER = datetime(2017, 2, 1)  # noqa: DTZ001 - the office's own clock
NO = "Board officer, 11 July 2016"


JUDGED = "judged Green; no named owner"


def proposing(**texts: str) -> Answers:
    """A return of Domestic Abuse that proposes that J1a.1 is complete, at a later date."""
    row = {**said()["Progress"]["J1a.1"], "Stage": "Complete", "New date": "May 2017", "Evidence": "The audit"}
    return {**said(**texts), "Progress": {"J1a.1": row}}


def settle(plan: Plan, sheet: str, column: str, **words: str) -> None:
    """Give the officer's workbook back with these words, by what they are about (`_` for a blank in it)."""
    made = make_officer(plan.folder, LATER).path
    rows = {about: {column: word} for about, word in words.items()}
    answers = {sheet: rows, "Start here": {"Settled by": {"Your answer": "Board officer"}}}
    plan.receive_one(fill(made, plan.inbox / "officer.xlsx", answers), when=LATER)


def confirm(plan: Plan, **words: str) -> None:
    """Say Yes or No to proposals."""
    settle(plan, "To confirm", "Confirm", **words)


def sheets(plan: Plan, code: str = Q1, when: datetime = LATER) -> dict[str, dict[str, dict[str, str]]]:
    """The rows of a master by sheet and first cell, each a text by heading."""
    path = make_master(plan.folder, code, when).path
    book = openpyxl.load_workbook(path)
    found: dict[str, dict[str, dict[str, str]]] = {}
    for sheet in book:
        rows = values_of(sheet)
        at = next((place for place, row in enumerate(rows) if row[0] in ("Ref", "No.")), 0)
        headings = [str(text) for text in rows[at]]
        found[sheet.title] = {
            str(row[0]): dict(zip(headings, ["" if cell is None else str(cell) for cell in row], strict=True))
            for row in rows[at + 1 :]
        }
        found[sheet.title]["above"] = {"": "\n".join(str(row[0]) for row in rows[:at])}
    return found


def decline(plan: Plan) -> None:
    """A plan in which a stage and a date were proposed and declined."""
    plan.receive_one(plan.filled("one", proposing()))
    confirm(plan, **{f"J1a.1 stage {Q1}": "No", f"J1a.1 new date {Q1}": "No"})


@pytest.fixture
def declined(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, decline)


def test_what_was_declined_is_proposed_no_more(declined: Plan) -> None:
    snapshot = read_snapshot(declined.register, find_round(declined.register, Q1))
    assert snapshot.proposals == ()
    assert snapshot.now["J1a.1"].driven_by == JUDGED
    master = sheets(declined)
    row = master["Master plan"]["J1a.1"]
    assert row["Stage"] == f"Complete, declined by {NO}"
    assert f"New date May 2017, declined by {NO}." in row["First date and moves"]
    assert "proposed" not in " ".join(row.values())
    assert "confirm" not in master["RAG status"]["above"][""]


def test_changes_tell_what_was_declined_by_whom_and_when(declined: Plan) -> None:
    told = [row for row in sheets(declined)["Changes"].values() if row.get("Ref") == "J1a.1"]
    after = {row["What changed"]: row for row in told if "declined" in row["After"]}
    assert after["Stage"]["After"] == f"Complete proposed by Chair: declined by {NO}"
    assert after["New date"]["After"] == f"May 2017 proposed by Chair: declined by {NO}"
    assert after["New date"]["Before"] == declined.stands("J1a.1", "due")
    assert after["Stage"]["Where it came from"] == "Settled in officer.xlsx, received 11 July 2016"


def test_trace_tells_a_no(declined: Plan) -> None:
    taken, settled = trace_value(declined.folder, "J1a.1", "stage")
    assert (taken.value, taken.outcome) == ("Complete", "taken")
    assert (settled.value, settled.outcome, settled.before) == ("Complete", "declined", "")
    assert (settled.completed_by, settled.received[:10], settled.file) == (
        "Board officer",
        "2016-07-11",
        "officer.xlsx",
    )
    assert settled.sha256


def test_a_no_does_not_depend_on_the_day_of_the_master(declined: Plan) -> None:
    assert sheets(declined) == sheets(declined, when=MUCH_LATER)


def test_another_stage_than_the_declined_one_is_proposed_again(declined: Plan) -> None:
    row = {**proposing()["Progress"]["J1a.1"], "Stage": "Withdrawn"}
    declined.receive_one(declined.filled("two", {**proposing(corrects="Yes"), "Progress": {"J1a.1": row}}), when=LATER)
    snapshot = read_snapshot(declined.register, find_round(declined.register, Q1))
    assert [proposal.value for proposal in snapshot.proposals] == ["Withdrawn"]
    assert snapshot.now["J1a.1"].driven_by == f"{JUDGED}; Withdrawn proposed, not yet confirmed"


def test_what_was_declined_and_then_confirmed_is_declined_no_more(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", proposing()))
    made = make_officer(round_one.folder, LATER).path
    for word in ("No", "Yes"):
        answers = {"To confirm": {f"J1a.1 stage {Q1}": {"Confirm": word}}}
        round_one.receive_one(fill(made, round_one.inbox / f"{word}.xlsx", answers), when=LATER)
    assert round_one.stands("J1a.1", "confirmed_stage") == "Complete"
    assert read_snapshot(round_one.register, find_round(round_one.register, Q1)).declined == ()


def test_a_query_that_was_kept_stands_in_trace_master_plan_and_changes(round_one: Plan) -> None:
    files = [round_one.filled("one", said(progress="By A")), round_one.filled("two", said(progress="By B"))]
    office.receive_files(round_one.folder, files, LATER)
    stands = round_one.said("J1a.1", "progress")
    other = {"By A": "By B", "By B": "By A"}[stands]
    settle(round_one, "Queries", "Your choice", **{"1": "Keep"})
    assert round_one.said("J1a.1", "progress") == stands
    *_, last = trace_value(round_one.folder, "J1a.1", "progress")
    assert (last.value, last.outcome, last.before, last.completed_by) == (other, "kept", stands, "Board officer")
    master = sheets(round_one)
    assert f"what stood was kept by {NO} (see Changes)" in master["Master plan"]["J1a.1"]["Why"]
    kept = [row for row in master["Changes"].values() if "Keep" in row.get("After", "")]
    assert [(row["Before"], row["After"]) for row in kept] == [
        (stands, f"{other} returned by Chair: not taken (Keep) by {NO}")
    ]


def test_a_further_action_counts_in_the_round_in_which_it_was_proposed(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", FURTHER))
    before = read_snapshot(round_one.register, find_round(round_one.register, Q1))
    confirm(round_one, **{"DA.F1 further action": "Yes", "DA.F2 further action": "No"})
    after = read_snapshot(round_one.register, find_round(round_one.register, Q1))
    assert (before.now["DA.F1"].published, after.now["DA.F1"].published) == ("Proposed", "Not reported")
    assert "DA.F2" not in after.now
    counts = [sum(snapshot.roll_up(Q1).counts.values()) for snapshot in (before, after)]
    assert counts[1] == counts[0] + 1
    master = sheets(round_one)
    assert master["Master plan"]["DA.F1"]["Published RAG"] == "Not reported"
    assert master["Master plan"]["DA.F1"]["Why"].endswith("proposed in this round, so nobody was asked yet")
    assert f"{counts[1]} actions" in master["RAG status"]["above"][""]
    assert "only proposed" not in master["RAG status"]["above"][""]


def test_what_was_declined_never_goes_into_the_plan_and_never_comes_back(round_one: Plan) -> None:
    round_one.receive(round_one.filled("one", FURTHER), round_one.filled("sos", SOS, "SOS"))
    path = write_plan(round_one.folder, LATER)
    waiting = refs_in(path)
    old = path.read_bytes()
    confirm(round_one, **{"DA.F1 further action": "Yes", "DA.F2 further action": "No"})
    assert {"DA.F1", "DA.F2"} <= waiting, "what waits is written, as what was proposed"
    written = write_plan(round_one.folder, LATER)
    assert refs_in(written) == waiting - {"DA.F2"}
    written.write_bytes(old)  # somebody fetches an older plan.xlsx
    office.merge_plan(round_one.folder, LATER)
    assert round_one.stands("DA.F2", "agreement") == "Declined"
    assert refs_in(write_plan(round_one.folder, LATER)) == waiting - {"DA.F2"}
    (issued,) = round_one.issue(Q2, LATER.date(), LATER, ["DA"])
    assert "DA.F2" not in {str(row[0]) for row in values_of(openpyxl.load_workbook(issued.file)["Progress"])}


def refs_in(path: Path) -> set[str]:
    """The refs on the sheet Actions of a plan."""
    return {str(row[0]) for row in values_of(openpyxl.load_workbook(path)["Actions"])[4:] if row[0]}
