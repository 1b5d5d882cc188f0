"""The plan moves: refs stay or are succeeded, history follows, and what is out already comes home after each move."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import Q1, Q2, SOS, Answers, Plan, at, codes, edit, fill, form, said
from tests.commands import run, told
from tests.rounds.test_plan_changes import AUGUST, AUTUMN, add_row, changes, hand_over, take_out
from tests.rounds.test_released import release
from tests.test_master import lines, row, rows

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError, Verdict
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan import check_plan
from plan_sheets.store.plan_folder import PLAN_FILE
from plan_sheets.store.register.desk import list_offered

OCTOBER = datetime(2016, 10, 24)  # noqa: DTZ001 - the office's own clock
BACK = date(2016, 11, 14)


def new_action(ref: str, succeeds: str, theme: str = "J1a", **texts: str) -> Mapping[str, str]:
    """A row of Actions."""
    how = {"How we will do it": "Step by step", "Action owner": "A lead", "Owner status": "Accepted"}
    return {"Ref": ref, "Theme": theme, "What we will do": f"Do {ref}", "Succeeds": succeeds, **how, **texts}


def change_plan(
    plan: Plan, *new: Mapping[str, str], answers: Answers | None = None, now: datetime = AUGUST
) -> Mapping[str, str]:
    """The officer types in plan.xlsx, adds these actions and has it merged; cell and sentence of what is found."""
    path = plan.path / PLAN_FILE
    if answers:
        fill(path, path, answers)
    edit(path, path, *(partial(add_row, "Actions", texts) for texts in new))
    findings = office.merge_plan(plan.folder, now).merged.findings
    return {finding.code: f"{finding.address} {finding.message}" for finding in findings}


def settle(plan: Plan, choice: str, now: datetime = AUGUST) -> None:
    """The officer settles all queries with one word."""
    made = make_officer(plan.folder, now).path
    chosen = {str(query.id): {"Your choice": choice} for query in plan.queries}
    plan.receive(fill(made, plan.inbox / f"settled-{choice}.xlsx", {"Queries": chosen}), when=now)


def refs_of(plan: Plan, subgroup: str, code: str = Q2) -> list[str]:
    """The refs on Progress of what was sent to a subgroup."""
    page = openpyxl.load_workbook(plan.sent(subgroup, code))["Progress"]
    return [str(cells[0].value) for cells in page.iter_rows(min_row=5) if cells[0].value]


def copy(plan: Path, to: Path) -> Plan:
    """A plan folder of one's own."""
    shutil.copytree(plan.parent, to, dirs_exist_ok=True)
    return Plan(to / plan.name)


def report(issued_example: Path, to: Path) -> Path:
    """Quarter 1: J1a.1 is Red, J1a.2 Amber; the Executive decides on J1a.1; the master is handed over."""
    plan = Plan(to / "plan")
    shutil.copytree(issued_example, plan.path)
    answers = said(rag="Red")
    amber = {**answers["Progress"]["J1a.1"], "RAG": "Amber", "Next step": "Ask the children"}
    plan.receive(plan.filled("da", {**answers, "Progress": {**answers["Progress"], "J1a.2": amber}}))
    first = hand_over(plan)
    decision = {"Decision": "The county pays", "Decided by": "Director A", "Date": "28 July 2016"}
    plan.receive(fill(first.path, plan.inbox / "decided.xlsx", {"Decisions": {"J1a.1": decision}}), when=AUGUST)
    make_master(plan.folder, None, AUGUST, hand_over=True)
    return plan.path


@pytest.fixture(scope="module")
def reported(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan folder after Quarter 1. Copy it, never change it."""
    return report(issued_example, tmp_path_factory.mktemp("reported"))


@pytest.fixture
def closed(reported: Path, tmp_path: Path) -> Plan:
    """The same, for this test alone."""
    return copy(reported, tmp_path)


@pytest.fixture(scope="module")
def split_in_august(reported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """J1a.1 was split into J1a.4 and J1a.5, and Quarter 2 issued."""
    plan = copy(reported, tmp_path_factory.mktemp("split"))
    change_plan(plan, new_action("J1a.4", "J1a.1", Due="March 2017"), new_action("J1a.5", "J1a.1", Due="June 2017"))
    plan.issue(Q2, BACK, AUTUMN, ["DA"])
    return plan.path


@pytest.fixture
def split(split_in_august: Path, tmp_path: Path) -> Plan:
    """The same, for this test alone."""
    return copy(split_in_august, tmp_path)


# Split


def test_what_was_split_is_issued_no_more_and_its_words_stand_beside_what_took_its_place(split: Plan) -> None:
    assert refs_of(split, "DA")[:4] == ["J1a.2", "J1a.3", "J1a.4", "J1a.5"]
    page = openpyxl.load_workbook(split.sent("DA", Q2))["Progress"]
    for ref in ("J1a.4", "J1a.5"):
        assert at(page, ref, "Last progress").value == "J1a.1: The pathway is mapped"
        assert at(page, ref, "Last next step").value == "J1a.1: Pilot it in July"
        assert at(page, ref, "Last RAG").value == "Red (J1a.1)"
        assert str(at(page, ref, "Executive's reply").value).startswith("On J1a.1. Quarter 1: The county pays")


def test_the_master_tells_the_split_once_and_counts_what_goes_on(split: Plan) -> None:
    master = make_master(split.folder, None, AUTUMN)
    assert "Under another ref, 1: J1a.1 (Red in Quarter 1) as J1a.4 and J1a.5." in lines(master)
    old = row(master, "Master plan", "J1a.1")
    assert old["Published RAG"] == "Went on"
    assert old["Why"] == "Went on as J1a.4 and J1a.5 in Quarter 2; it was Red in Quarter 1"
    assert old["Progress made"] == "Quarter 1: The pathway is mapped"
    (one,) = [one for one in changes(master, "J1a.1") if one["What changed"] == "Went on under another ref"]
    assert one["After"] == "J1a.4 and J1a.5"
    assert "Its chair said last, in Quarter 1: The pathway is mapped" in str(one["Before"])
    assert "Taken out" not in lines(master)
    assert sum(master.counts.values()) == len(rows(master, "Master plan")) - 1
    over_time = row(master, "RAG over time", "J1a.4")
    assert (over_time["Quarter 1"], over_time["Quarter 2"]) == ("Red", "Not reported")
    assert "Quarter 2, took the place of J1a.1" in str(over_time["What drove each change"])


def test_a_later_master_tells_it_no_more(split: Plan) -> None:
    hand_over(split, AUTUMN)
    split.issue("2016-17-Q3", date(2017, 1, 20), OCTOBER, ["DA"])
    master = make_master(split.folder, None, OCTOBER)
    assert "Under another ref" not in lines(master)
    assert "J1a.1" not in [one["Ref"] for one in rows(master, "Master plan")]
    assert "Red when last reported, silent now: J1a.4 of Domestic abuse; J1a.5" in lines(master)


def test_baseline_moves_status_steps_and_decisions_go_on(split: Plan) -> None:
    answers = {"Progress made": "Half", "Stage": "In progress", "RAG": "Green", "Last next step done": "No"}
    split.receive(
        split.filled("two", {"Start here": form(completed_by="Chair"), "Progress": {"J1a.5": answers}}, code=Q2),
        when=AUTUMN,
    )
    master = make_master(split.folder, None, AUTUMN)
    told_of = row(master, "Master plan", "J1a.5")
    assert told_of["Rule RAG"] == "Amber"
    assert "last quarter's next step not done" in str(told_of["Why"])
    assert "date moved from March 2017 to June 2017" in str(told_of["Why"])
    assert "March 2017\nMoved 1 time" in str(told_of["First date and moves"])
    assert "improved" in str(told_of["Trend"])
    assert "last Red, 1 round ago" in str(row(master, "Master plan", "J1a.4")["Why"])
    asked = row(master, "Decisions", "J1a.1, Quarter 1")
    assert (asked["Decision"], asked["What is asked"]) == ("The county pays", "Was it carried out?")
    assert "J1a.5: Amber in Quarter 2." in str(asked["How it stands"])


def test_what_was_out_already_comes_home_and_no_red_is_hidden(closed: Plan) -> None:
    """Quarter 2 was issued before the split: a chair answers for J1a.1."""
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    old = closed.filled("old", said(rag="Red", progress="It stands still"), code=Q2)
    change_plan(closed, new_action("J1a.4", "J1a.1"), new_action("J1a.5", "J1a.1"), now=AUTUMN)
    receipt = closed.receive_one(old, when=OCTOBER)
    assert receipt.verdict is Verdict.ACCEPTED_WITH_FINDINGS
    assert "row_went_on" in codes(receipt)
    assert closed.said("J1a.1", "progress", Q2) == "It stands still"
    master = make_master(closed.folder, None, OCTOBER)
    for ref in ("J1a.4", "J1a.5"):
        told_of = row(master, "Master plan", ref)
        assert (told_of["Published RAG"], told_of["Progress made"]) == ("Red", "J1a.1: It stands still")
        assert "said of J1a.1" in str(told_of["Why"])


def test_what_came_before_the_split_counts_for_both_too(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    closed.receive_one(closed.filled("old", said(rag="Red"), code=Q2), when=AUTUMN)
    change_plan(closed, new_action("J1a.4", "J1a.1"), new_action("J1a.5", "J1a.1"), now=OCTOBER)
    master = make_master(closed.folder, None, OCTOBER)
    assert [row(master, "Master plan", ref)["Published RAG"] for ref in ("J1a.4", "J1a.5")] == ["Red", "Red"]


def test_what_the_plan_says_otherwise_since_is_asked_about(split: Plan) -> None:
    """A late return changes how J1a.1 will be done: Take writes that to both, and until then both are in doubt."""
    late = split.filled("late", {**said(rag="Red"), "Action plan": {"J1a.1": {"Impact": "Fewer wait"}}})
    receipt = split.receive_one(late, when=AUTUMN)
    assert "row_went_on_asked" in codes(receipt)
    assert "row_went_on" not in codes(receipt), "in Quarter 1 it stood for itself"
    (query,) = split.queries
    assert {cell.key.ref for cell in query.cells} == {"J1a.4", "J1a.5"}
    master = make_master(split.folder, None, AUTUMN)
    assert "a query is open on Impact" in str(row(master, "Master plan", "J1a.4")["Why"])
    settle(split, "Take", AUTUMN)
    assert [split.stands(ref, "impact") for ref in ("J1a.4", "J1a.5")] == ["Fewer wait", "Fewer wait"]
    assert not split.queries


def test_what_was_published_before_stays(split: Plan) -> None:
    again = make_master(split.folder, Q1, AUTUMN)
    assert (again.again, again.number) == (True, 2)


def test_what_its_chair_proposed_is_proposed_of_what_took_its_place(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    answers = {"J1a.1": {**said()["Progress"]["J1a.1"], "New date": "May 2017"}}
    closed.receive_one(closed.filled("old", {**said(), "Progress": answers}, code=Q2), when=AUTUMN)
    change_plan(closed, new_action("J1a.4", "J1a.1"), new_action("J1a.5", "J1a.1"), now=OCTOBER)
    made = make_officer(closed.folder, OCTOBER)
    assert made.proposals == len(list_offered(closed.register, [Q1, Q2])) == 2
    word = {f"J1a.4 new date {Q2}": {"Confirm": "Yes"}, f"J1a.5 new date {Q2}": {"Confirm": "No"}}
    closed.receive_one(fill(made.path, closed.inbox / "dates.xlsx", {"To confirm": word}), when=OCTOBER)
    assert [closed.stands(ref, "due") for ref in ("J1a.4", "J1a.5")] == ["May 2017", ""]
    assert make_officer(closed.folder, OCTOBER).proposals == 0


def test_trace_follows_it_both_ways(split: Plan) -> None:
    steps = told("trace", "J1a.4", plan=split)
    assert ("J1a.1", "progress", "The pathway is mapped") in [(s["ref"], s["field"], s["value"]) for s in steps]
    assert "J1a.1 progress" in run("trace", "J1a.4", plan=split).output
    later = told("trace", "J1a.1", plan=split)
    assert [(s["ref"], s["value"]) for s in later if s["field"] == "succeeds"] == [
        ("J1a.4", "J1a.1"),
        ("J1a.5", "J1a.1"),
    ]
    assert not [s for s in later if s["ref"] == "J1a.4" and s["field"] == "what"]


def test_its_row_may_be_taken_out_of_the_plan(split: Plan) -> None:
    path = split.path / PLAN_FILE
    edit(path, path, partial(take_out, "Actions", "J1a.1"))
    found = change_plan(split, now=OCTOBER)
    assert "J1a.4 and J1a.5 took its place" in found["succeeded_row_gone"]
    assert not split.queries
    assert not [f for f in check_plan(split.folder).findings if f.code in ("unknown_ref", "same_action")]
    assert split.stands("J1a.1", "removed") == ""


def test_a_board_and_the_public_learn_of_it_too(split: Plan) -> None:
    joint = make_master(split.folder, None, AUTUMN, boards="J")
    assert "J1a.1 (Red in Quarter 1) as J1a.4 and J1a.5" in lines(joint)
    public = make_master(split.folder, None, AUTUMN, edition="public")
    assert "J1a.1 (Red in Quarter 1) as J1a.4 and J1a.5" in lines(public)
    other = make_master(split.folder, None, AUTUMN, boards="S")
    assert "J1a.1" not in lines(other)


def test_one_that_goes_on_below_another_board_leaves_the_first(closed: Plan) -> None:
    change_plan(closed, new_action("S1.9", "J1a.1", "S1"))
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    joint = make_master(closed.folder, None, AUTUMN, boards="J")
    assert "J1a.1 (Red in Quarter 1) as S1.9" in lines(joint)
    assert "S1.9" not in [one["Ref"] for one in rows(joint, "Master plan")]
    adults = make_master(closed.folder, None, AUTUMN, boards="S")
    assert row(adults, "RAG over time", "S1.9")["Quarter 1"] == "Red"


# Another ref for the same thing, and merged


def test_a_new_ref_is_answered_for_by_the_old_workbook(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    answers = {**said(rag="Red", progress="It stands still"), "Action plan": {"J1a.1": {"Impact": "Fewer wait"}}}
    old = closed.filled("old", answers, code=Q2)
    change_plan(closed, new_action("J1a.9", "J1a.1"), now=AUTUMN)
    receipt = closed.receive_one(old, when=OCTOBER)
    assert "row_followed" in codes(receipt)
    assert (closed.said("J1a.9", "rag", Q2), closed.stands("J1a.9", "impact")) == ("Red", "Fewer wait")
    assert not closed.queries


@pytest.fixture
def merged(closed: Plan) -> Plan:
    """J1a.6 is to take the place of J1a.1 (Red) and J1a.2 (Amber); nobody has settled that."""
    change_plan(closed, new_action("J1a.6", "J1a.1; J1a.2", Due="March 2017"))
    return closed


def test_a_merge_that_would_hide_a_red_is_asked_about_and_changes_nothing(merged: Plan) -> None:
    (query,) = merged.queries
    assert query.code == "succeeds_red"
    assert "J1a.6 takes the place of J1a.1 (Red) and J1a.2 (Amber): the master would count one action" in query.message
    assert merged.stands("J1a.6", "ref") == ""
    merged.issue(Q2, BACK, AUTUMN, ["DA"])
    assert refs_of(merged, "DA")[:2] == ["J1a.1", "J1a.2"]
    assert len(merged.queries) == 1, "it is asked once"


def test_taken_it_is_one_and_the_first_page_says_so(merged: Plan) -> None:
    settle(merged, "Take")
    assert merged.stands("J1a.6", "succeeds") == "J1a.1; J1a.2"
    office.merge_plan(merged.folder, AUTUMN)
    assert not merged.queries
    merged.issue(Q2, BACK, AUTUMN, ["DA"])
    page = openpyxl.load_workbook(merged.sent("DA", Q2))["Progress"]
    assert at(page, "J1a.6", "Last RAG").value == "Red (J1a.1)"
    assert at(page, "J1a.6", "Last next step").value == "J1a.1: Pilot it in July\nJ1a.2: Ask the children"
    master = make_master(merged.folder, None, AUTUMN)
    words = "J1a.1 (Red in Quarter 1) and J1a.2 (Amber in Quarter 1) as J1a.6, 2 counted as one."
    assert f"Under another ref, 2: {words}" in lines(master)
    assert "last Red, 1 round ago" in str(row(master, "Master plan", "J1a.6")["Why"])


def test_kept_they_stay_as_they_are(merged: Plan) -> None:
    settle(merged, "Keep")
    assert merged.stands("J1a.6", "ref") == ""
    found = change_plan(merged, answers={"Actions": {"J1a.3": {"Impact": "Fewer wait"}}})
    assert "succeeds_red" not in found
    assert (merged.queries, merged.stands("J1a.6", "ref")) == ([], "")


def test_one_without_a_date_is_warned_of(closed: Plan) -> None:
    found = change_plan(closed, new_action("J1a.4", "J1a.1"), new_action("J1a.5", "J1a.1", Due="May 2017"))
    assert found["succeeds_undated"].startswith("Actions!O36 J1a.4 has no date, and J1a.1 was due March 2017.")


def test_a_merge_without_a_red_is_not_asked_about(closed: Plan) -> None:
    found = change_plan(closed, new_action("J1a.6", "J1a.2; J1a.3"))
    assert not found.keys() & {"succeeds_red", "succeeds_undated"}
    assert not closed.queries
    assert closed.stands("J1a.6", "succeeds") == "J1a.2; J1a.3"


# What cannot take the place of what


@pytest.mark.parametrize(
    ("new", "code", "words"),
    [
        ([("J1a.4", "J1a.77")], "unknown_ref", "names 'J1a.77', and the plan has no such action"),
        ([("J1a.4", "J1a.4")], "succeeds_itself", "J1a.4 cannot take the place of itself."),
        ([("J1a.4", "J1a.5"), ("J1a.5", "J1a.4")], "succeeds_circle", "which takes the place of J1a.5"),
        ([("DA.F1", "J1a.1")], "succeeds_used", "give the action a ref of its own, such as DA.1"),
    ],
)
def test_each_has_its_sentence_and_changes_nothing(
    closed: Plan, new: list[tuple[str, str]], code: str, words: str
) -> None:
    if code == "succeeds_used":
        new_rows = {"New actions": {"1": {"Theme": "J1a", "What we will do": "Train the staff"}}}
        closed.receive(closed.filled("further", {**said(), **new_rows}), when=AUGUST)
        made = make_officer(closed.folder, AUGUST).path
        declined = {"To confirm": {"DA.F1 further action": {"Confirm": "No"}}}
        closed.receive(fill(made, closed.inbox / "no.xlsx", declined), when=AUGUST)
    before = closed.all_values()
    found = change_plan(closed, *(new_action(*row) for row in new))
    assert words in found[code]
    assert found[code].startswith("Actions!O")
    assert closed.all_values() == before
    assert not [query for query in closed.queries if query.code.startswith("succeeds")]


def test_a_split_into_a_ref_that_was_used_takes_nothing_of_the_split(closed: Plan) -> None:
    answers: Answers = {"Actions": {"J1a.3": {"Succeeds": "J1a.1"}}}
    before = closed.all_values()
    found = change_plan(closed, new_action("J1a.4", "J1a.1"), answers=answers)
    assert "the ref J1a.3 was used before" in found["succeeds_used"]
    assert "such as J1a.5" in found["succeeds_used"]
    assert "together with J1a.3" in found["succeeds_waits"]
    assert closed.all_values() == before


def test_what_went_on_or_ended_in_an_earlier_round_has_nothing_left_to_go_on(split: Plan) -> None:
    hand_over(split, AUTUMN)
    before = split.all_values()
    found = change_plan(split, new_action("J1a.6", "J1a.1"), now=OCTOBER)
    assert "went on as J1a.4 and J1a.5 in an earlier round" in found["succeeds_ended"]
    assert split.all_values() == before


# Withdrawn by the officer


def test_what_the_officer_withdraws_ends_at_once_and_says_why(closed: Plan) -> None:
    ended = {"Stage": "Withdrawn", "Why it ended": "The service closed"}
    change_plan(closed, answers={"Actions": {"J1a.1": ended}})
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    assert "J1a.1" not in refs_of(closed, "DA")
    master = make_master(closed.folder, None, AUTUMN)
    told_of = row(master, "Master plan", "J1a.1")
    assert (told_of["Published RAG"], told_of["Why"]) == ("Withdrawn", "Withdrawn, confirmed: The service closed")
    assert {str(one["After"]) for one in changes(master, "J1a.1")} == {"Withdrawn", "The service closed"}
    public = make_master(closed.folder, None, AUTUMN, edition="public")
    everything = openpyxl.load_workbook(public.path)
    assert not [c for page in everything for r in page.iter_rows() for c in r if "service closed" in str(c.value)]


def test_a_chair_who_says_otherwise_is_heard(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    change_plan(closed, answers={"Actions": {"J1a.1": {"Stage": "Withdrawn"}}}, now=AUTUMN)
    closed.receive_one(closed.filled("two", said(rag="Red"), code=Q2), when=OCTOBER)
    assert make_officer(closed.folder, OCTOBER).proposals == 1
    told_of = row(make_master(closed.folder, None, OCTOBER), "Master plan", "J1a.1")
    assert (told_of["Published RAG"], told_of["Judged RAG"]) == ("Withdrawn", "Red")
    assert told_of["Stage"] == "In progress; Withdrawn, confirmed"


def test_a_blank_stage_in_the_plan_takes_no_confirmed_one_away(round_one: Plan) -> None:
    progress = {"L3.1": {**SOS["Progress"]["L3.1"], "Stage": "Complete", "Evidence": "The briefing"}}
    round_one.receive(round_one.filled("sos", {**SOS, "Progress": progress}, "SOS"))
    made = make_officer(round_one.folder, AUGUST).path
    confirmed = {"To confirm": {f"L3.1 stage {Q1}": {"Confirm": "Yes"}}}
    round_one.receive(fill(made, round_one.inbox / "yes.xlsx", confirmed), when=AUGUST)
    change_plan(round_one, answers={"Actions": {"L3.1": {"Impact": "Staff know it"}}})
    assert round_one.stands("L3.1", "confirmed_stage") == "Complete"
    assert not round_one.queries


# Subgroups


def test_a_subgroup_merged_into_another_gets_no_workbook_and_its_actions_are_led_by_that(closed: Plan) -> None:
    late = closed.filled("late", said(progress="Late news"))
    change_plan(closed, answers={"Subgroups": {"DA": {"Merged into": "HARM"}}})
    issued = {made.subgroup for made in closed.issue(Q2, BACK, AUTUMN)}
    assert "DA" not in issued
    assert {"J1a.1", "J1b.1"} <= set(refs_of(closed, "HARM"))
    grid = openpyxl.load_workbook(closed.sent("HARM", Q2))["Grid"]
    assert at(grid, "J1a", "Theme").value
    receipt = closed.receive_one(late, when=AUTUMN)
    (note,) = [finding.message for finding in receipt.findings if finding.code == "subgroup_merged"]
    assert note.startswith("DA is part of HARM since Quarter 2 of 2016/17.")
    assert closed.queries, "it says something else than the first return did"
    master = make_master(closed.folder, None, AUTUMN)
    assert "Hidden Harm" in str(row(master, "Master plan", "J1a.1")["Action owner and subgroup"])
    assert [one["After"] for one in changes(master, "DA")] == ["HARM"]
    with pytest.raises(PlanSheetsError, match="DA is part of HARM now"):
        closed.issue(Q2, BACK, AUTUMN, ["DA"])


@pytest.mark.parametrize(
    ("into", "code", "words"),
    [
        ({"DA": "NOWHERE"}, "unknown_ref", "names 'NOWHERE', and the plan has no such subgroup"),
        ({"DA": "DA"}, "merged_circle", "DA is to be part of DA"),
        ({"DA": "HARM", "HARM": "DA"}, "merged_circle", "is part of"),
    ],
)
def test_a_subgroup_cannot_be_merged_into_none_or_itself(
    closed: Plan, into: Mapping[str, str], code: str, words: str
) -> None:
    before = closed.all_values()
    found = change_plan(closed, answers={"Subgroups": {ref: {"Merged into": other} for ref, other in into.items()}})
    assert words in found[code]
    assert found[code].startswith("Subgroups!I")
    assert closed.all_values() == before


NEW_PEOPLE: Answers = {
    "Subgroups": {
        "MH": {"Status": "Established", "Chair": "Chair, Mental Health", "Who receives meanwhile": None},
        "DA": {"Chair": "Another chair", "Board lead": "Another lead"},
    },
    "Priorities": {"J1": {"Owner": "A new owner"}},
}


def test_people_and_standing_change_and_what_is_out_comes_home(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    out = closed.filled("two", said(rag="Green"), code=Q2)
    change_plan(closed, answers=NEW_PEOPLE, now=AUTUMN)
    settle(closed, "Take", AUTUMN)
    assert closed.receive_one(out, when=OCTOBER).changes == 4
    master = make_master(closed.folder, None, OCTOBER)
    told_there = {(one["Ref"], one["What changed"]): (one["Before"], one["After"]) for one in rows(master, "Changes")}
    assert told_there["MH", "Status"] == ("Proposed", "Established")
    assert told_there["DA", "Chair"] == ("Chair, Domestic Abuse", "Another chair")
    assert told_there["DA", "Board lead"] == ("Board lead, Domestic Abuse", "Another lead")
    assert told_there["J1", "Owner"][1] == "A new owner"


# Re-worded, moved, added


def test_a_reworded_action_comes_home_with_a_note_at_most(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    out = closed.filled("two", said(rag="Green"), code=Q2)
    change_plan(closed, answers={"Actions": {"J1a.1": {"What we will do": "Another wording"}}}, now=AUTUMN)
    receipt = closed.receive_one(out, when=OCTOBER)
    assert (receipt.changes, closed.queries) == (4, [])
    master = make_master(closed.folder, None, OCTOBER)
    (one,) = [one for one in changes(master, "J1a.1") if one["What changed"] == "What we will do"]
    assert (str(one["Before"]).startswith("Follow how far"), one["After"]) == (True, "Another wording")


def test_an_action_moved_to_another_subgroup_is_answered_for_by_both(closed: Plan) -> None:
    """The old lead's workbook is out: its words count until the new lead says otherwise, which is asked about."""
    closed.issue(Q2, BACK, AUTUMN, ["DA", "SOS"])
    old = closed.filled("old", said(rag="Red"), code=Q2)
    change_plan(closed, answers={"Actions": {"J1a.1": {"Subgroups": "SOS"}}}, now=AUTUMN)
    closed.issue(Q2, BACK, AUTUMN, ["DA", "SOS"])
    assert "J1a.1" in refs_of(closed, "SOS")
    assert "J1a.1" not in refs_of(closed, "DA")
    closed.receive_one(old, when=OCTOBER)
    assert closed.said("J1a.1", "rag", Q2) == "Red"
    new = closed.filled("new", said(rag="Green", progress="Seen anew"), "SOS", Q2)
    closed.receive_one(new, when=OCTOBER)
    assert closed.said("J1a.1", "rag", Q2) == "Red", "it stands until the officer says otherwise"
    assert {cell.key.field for query in closed.queries for cell in query.cells} >= {"rag", "progress"}


def test_a_priority_is_added_and_one_is_dropped(closed: Plan) -> None:
    path = closed.path / PLAN_FILE
    added = {"Ref": "J4", "Board": "J", "Priority or theme": "Neglect", "Subgroup": "DA"}
    edit(path, path, partial(add_row, "Priorities", added), partial(take_out, "Priorities", "L3"))
    change_plan(closed, new_action("J4.1", "", "J4"), answers={"Actions": {"L3.1": {"Theme": "J4"}}})
    settle(closed, "Take")
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    assert {"J4.1"} <= set(refs_of(closed, "DA"))
    master = make_master(closed.folder, None, AUTUMN)
    assert "Taken out, 1: L3 Signs of Safety" in lines(master)
    assert "Added to the plan" in [one["What changed"] for one in changes(master, "J4")]


# Released public text


@pytest.fixture
def released(round_one: Plan) -> Plan:
    """Quarter 1: J1a.1 is Green, and a text about it, one about J1a.2 and one about J1 were released."""
    round_one.receive(round_one.filled("da", said()))
    release(round_one, {"J1a.1": "Families are helped sooner.", "J1a.2": "Children are asked.", "J1": "One way."})
    return round_one


def published(plan: Plan, ref: str, now: datetime = AUGUST) -> tuple[object, list[str]]:
    """What the public edition says of a row, and what the officer is told of public texts."""
    made = make_master(plan.folder, None, now, edition="public")
    page = openpyxl.load_workbook(made.path)["Priorities and actions"]
    return at(page, ref, "Public text").value, [words for words in made.warnings if "public text" in words]


def on_public_text(plan: Plan, ref: str, heading: str, now: datetime = AUGUST) -> object:
    """What stands on Public text of a new officer's workbook."""
    return at(openpyxl.load_workbook(make_officer(plan.folder, now).path)["Public text"], ref, heading).value


def test_a_released_text_is_published_while_what_it_rests_on_stands(released: Plan) -> None:
    for ref, text in {"J1a.1": "Families are helped sooner.", "J1": "One way."}.items():
        assert published(released, ref) == (text, [])
    assert on_public_text(released, "J1a.1", "Published RAG") == "Not assessable"


CORRECTED: Answers = said(corrects="Yes", rag="Red")


def test_it_is_asked_about_again_when_that_changes(released: Plan) -> None:
    released.receive_one(released.filled("red", CORRECTED), when=AUGUST)
    text, warnings = published(released, "J1a.1")
    assert text == "Nothing released"
    (warning,) = warnings
    assert warning.startswith("The public text of J1a.1 is left out: what it rested on has changed")
    assert "(Not assessable then, Red now)" in warning
    assert published(released, "J1a.2")[0] == "Children are asked."
    stands = str(on_public_text(released, "J1a.1", "Released by"))
    assert stands.startswith("To be released again: Not assessable then, Red now. Last by Zoe Officer")


def test_one_word_releases_it_again_and_again(released: Plan) -> None:
    for number, (now, change) in enumerate({AUGUST: said(corrects="Yes", rag="Red"), AUTUMN: {}}.items()):
        if change:
            released.receive_one(released.filled("red", change), when=now)
        else:
            change_plan(released, answers={"Actions": {"J1a.1": {"What we will do": "Another wording"}}}, now=now)
        assert published(released, "J1a.1", now)[0] == "Nothing released"
        made = make_officer(released.folder, now).path
        answers: Answers = {"Public text": {"J1a.1": {"Release it again": "Yes"}}}
        released.receive_one(fill(made, released.inbox / f"again-{number}.xlsx", answers), when=now)
        assert published(released, "J1a.1", now) == ("Families are helped sooner.", [])


def test_giving_the_workbook_back_without_a_word_releases_nothing(released: Plan) -> None:
    change_plan(released, answers={"Actions": {"J1a.1": {"What we will do": "Another wording"}}})
    made = make_officer(released.folder, AUGUST).path
    assert on_public_text(released, "J1a.1", "Public text") == "Families are helped sooner."
    answers: Answers = {"Public text": {"J1a.3": {"Public text": "Something else."}}}
    released.receive_one(fill(made, released.inbox / "other.xlsx", answers), when=AUGUST)
    text, (warning,) = published(released, "J1a.1")
    assert (text, "other wording since" in warning) == ("Nothing released", True)


def test_what_is_settled_in_the_same_workbook_belongs_to_what_the_text_rests_on(released: Plan) -> None:
    made = make_officer(released.folder, AUGUST).path
    override = {
        "RAG by override": "Green",
        "Override by": "Zoe Officer",
        "Reason": "Seen",
        "Date of override": "1 July 2016",
    }
    answers: Answers = {
        "Public text": {"J1a.1": {"Public text": "It goes well."}},
        "Overrides": {"J1a.1": override},
    }
    released.receive_one(fill(made, released.inbox / "both.xlsx", answers), when=AUGUST)
    assert published(released, "J1a.1") == ("It goes well.", [])


def test_what_the_officer_had_not_seen_does_not(released: Plan) -> None:
    made = make_officer(released.folder, AUGUST).path
    answers: Answers = {"Public text": {"J1a.1": {"Public text": "It goes well."}}}
    late = fill(made, released.inbox / "stale.xlsx", answers)
    released.receive_one(released.filled("red", CORRECTED), when=AUGUST)
    released.receive_one(late, when=AUGUST)
    assert published(released, "J1a.1")[0] == "Nothing released"


def test_another_text_is_released_with_what_stands_now(released: Plan) -> None:
    change_plan(released, answers={"Actions": {"J1a.1": {"What we will do": "Another wording"}}})
    made = make_officer(released.folder, AUGUST).path
    answers: Answers = {"Public text": {"J1a.1": {"Public text": "Families are helped at once."}}}
    released.receive_one(fill(made, released.inbox / "anew.xlsx", answers), when=AUGUST)
    assert published(released, "J1a.1") == ("Families are helped at once.", [])
