"""`plan-sheets next` through a round: where it stands and what to do, and every other command ends with its first."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from tests.chairs import Q1, Q2, SOS, Plan, fill, said
from tests.commands import ISSUE, change, held, run, told, with_error
from tests.rounds.test_declined import proposing, settle
from tests.rounds.test_hand_over import DAY, DECIDED, LATER, hand_over, late

from plan_sheets import what_next
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.store.register.desk import list_offered

JULY_14, JULY_18 = date(2016, 7, 14), date(2016, 7, 18)
SHORTLY = datetime(2016, 7, 14)  # noqa: DTZ001 - the office's own clock


def codes(plan: Plan, as_of: date = JULY_14) -> list[str]:
    """What there is to do, by code."""
    return [task.code for task in what_next(plan.folder, as_of).to_do]


def test_before_the_first_round(example: Plan, tmp_path: Path) -> None:
    assert codes(example) == ["first_round"]
    assert what_next(example.folder, JULY_14).round == ""
    new = run("new", tmp_path / "new", "--as-of", "2016-04-01")
    assert new.stdout.splitlines()[-1] == (
        "Next: fill in plan.xlsx (no financial year, no subgroup, no action yet), save it, and look it over with: "
        "plan-sheets check"
    )
    change(example, {"Actions": {"J1a.1": {"Due": "soon"}}})
    assert codes(example) == ["plan_saved", "first_round"]
    run("plan", plan=example)
    assert codes(example) == ["plan_errors", "first_round"]
    shown = run("status", plan=example)
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (0, "No round has been issued yet.")
    given = told("status", plan=example)
    assert (given["round"], given["rows"], given["totals"]["issued"]) == (None, [], 0)


def test_a_round_from_its_issue_to_the_next(round_one: Plan) -> None:
    assert codes(round_one) == ["send", "draft"]
    assert codes(round_one, JULY_18) == ["chase", "draft"]
    round_one.receive_one(round_one.filled("one", proposing()))
    round_one.receive_one(round_one.filled("two", said(progress="Another")))
    made = make_officer(round_one.folder, SHORTLY)
    first, *others = what_next(round_one.folder, JULY_14).to_do
    assert first.sentence.startswith(f"settle {made.queries} quer")
    assert f"answer {made.proposals} proposals in {made.path}, save it" in first.sentence
    assert [task.code for task in others] == ["wait", "draft"]
    assert len(list_offered(round_one.register, [Q1])) == made.proposals == 2
    held_file = held(round_one)
    round_one.receive_one(held_file)
    assert codes(round_one)[0] == "held"
    assert held_file.name in what_next(round_one.folder, JULY_14).to_do[0].sentence


def test_a_proposal_that_was_answered_waits_no_more(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", proposing()))
    settle(round_one, "To confirm", "Confirm", **{f"J1a.1 stage {Q1}": "No", f"J1a.1 new date {Q1}": "Yes"})
    assert list_offered(round_one.register, [Q1]) == []
    assert codes(round_one) == ["wait", "draft"]


def test_what_goes_back_to_be_mended_is_sent_then_awaited(round_one: Plan) -> None:
    def receive(path: Path, day: str) -> None:
        assert run("receive", path, "--as-of", day, plan=round_one).exit_code in (0, 3)

    receive(with_error(round_one), "2016-07-08")
    assert codes(round_one) == ["send_back", "wait", "draft"]
    shown = run("status", "--as-of", "2016-07-14", plan=round_one).stdout.splitlines()[-1]
    assert shown.startswith(f"Next: send back 1 return of {Q1}, with what there is to mend (DA-1). Drafts: plan-sheets")
    assert f"mail --round {Q1} --feedback. What comes back: plan-sheets receive" in shown
    run("mail", "--issue", "--as-of", "2016-07-09", plan=round_one)
    assert codes(round_one) == ["send_back", "wait", "draft"], "what was drafted is something else"
    run("mail", "--round", Q1, "--feedback", "--as-of", "2016-07-09", plan=round_one)
    assert codes(round_one) == ["wait", "mend", "draft"]
    (back,) = (round_one.path / "feedback").rglob("*.xlsx")
    receive(fill(back, round_one.inbox / "half mended.xlsx", said(rag="Mauve")), "2016-07-10")
    assert codes(round_one) == ["send_back", "wait", "draft"], "it goes back once more"
    for number in ("DA-2", "DA-1"):
        run("withdraw", number, "--reason", "by mistake", "--as-of", "2016-07-11", plan=round_one)
    assert not {"send_back", "mend"} & {*codes(round_one)}, "nobody shall mend what was withdrawn"


def test_what_came_too_late_goes_back_as_well_until_the_next_edition(round_one: Plan) -> None:
    hand_over(round_one)
    run("receive", with_error(round_one), "--as-of", "2016-07-20", plan=round_one)
    assert codes(round_one, date(2016, 7, 20)) == ["send_back", "edition_touched", "decisions", "next_round"]
    make_master(round_one.folder, None, LATER, hand_over=True, anyway=True)
    assert codes(round_one, LATER.date()) == ["decisions", "next_round"]


def test_the_master_of_a_round_and_what_comes_of_it(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("red", said(rag="Red")))
    make_master(round_one.folder, None, DAY)
    assert codes(round_one) == ["wait", "hand_over"]
    round_one.receive_one(round_one.filled("sos", SOS, "SOS"))
    assert codes(round_one) == ["wait", "draft"], "the draft does not say what came since"
    made = hand_over(round_one)
    assert codes(round_one) == ["decisions", "next_round"]
    assert str(made.path) in what_next(round_one.folder, JULY_14).to_do[0].sentence
    round_one.receive_one(round_one.filled("untouched", {}, "MH"), when=LATER)
    assert codes(round_one) == ["decisions", "next_round"], "what came untouched changes no master"
    late(round_one, "a correction")
    assert codes(round_one)[-3:] == ["edition_touched", "decisions", "next_round"]
    hand_over_again = make_master(round_one.folder, None, LATER, hand_over=True, anyway=True)
    assert hand_over_again.number == 2
    assert "edition_touched" not in codes(round_one)
    round_one.receive_one(fill(hand_over_again.path, round_one.inbox / "decided.xlsx", DECIDED), when=LATER)
    assert "decisions" not in codes(round_one)
    run("issue", "--round", Q2, "--return-by", "2016-10-14", "--as-of", "2016-09-23", plan=round_one)
    assert codes(round_one)[-2:] == ["send", "draft"]
    assert what_next(round_one.folder, JULY_14).closed_through == Q1


COMMANDS = (
    ("check",),
    ("plan",),
    ISSUE,
    ("receive", "one.xlsx", "--dry-run"),
    ("status",),
    ("master",),
    ("trace", "J1a.1"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_every_command_ends_with_the_first_thing_to_do(
    round_one: Plan, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = round_one.filled("one", said())
    monkeypatch.chdir(one.parent)
    printed = run(*words, plan=round_one).stdout.splitlines()
    nexts = [line for line in printed if line.startswith("Next: ")]
    assert nexts == printed[-1:], "one, and the last line"
    on = words[-2:] if "--as-of" in words else ()
    first = told("next", *on, plan=round_one)["to_do"][0]["sentence"]
    assert printed[-1] == f"Next: {first}"
    listed = run("next", *on, plan=round_one).stdout.splitlines()
    assert listed[0] == "Quarter 1 of 2016/17 (2016-17-Q1) is going on."
    assert listed[1].removeprefix("   1. ").lower() == first.lower()


def test_each_issue_says_what_is_wrong_in_the_plan(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"Due": "soon"}}})
    for again in range(2):
        issued = run(*ISSUE, plan=example)
        assert issued.exit_code == 3, again
        assert "1 error in plan.xlsx: what is wrong was not taken, and is in no workbook." in issued.output
        assert "plan-sheets check lists each" in issued.output
    assert "1 error in plan.xlsx" in run(*ISSUE, "--json", plan=example).stderr
    assert "1 error in plan.xlsx" in run("plan", plan=example).output
    change(example, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    mended = run(*ISSUE, plan=example)
    assert (mended.exit_code, "in plan.xlsx: what is wrong" in mended.output) == (0, False)
