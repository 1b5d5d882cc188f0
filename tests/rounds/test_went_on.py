"""What was said of an action that went on under other refs, beside what is said of these: nothing Red disappears."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import Q2, Answers, Plan, at, codes, edit, fill, form, said
from tests.rounds.test_moves import BACK, OCTOBER, change_plan, copy, new_action, report, settle
from tests.rounds.test_plan_changes import AUTUMN, WINTER, add_row, take_out
from tests.test_master import lines, row

from plan_sheets.asking.trace import trace_value
from plan_sheets.core.model.receipts import Instructions, Receipt
from plan_sheets.master import Mastered, make_master
from plan_sheets.officer import make_officer
from plan_sheets.store.plan_folder import PLAN_FILE

SPLIT = (new_action("J1a.4", "J1a.1", Due="March 2017"), new_action("J1a.5", "J1a.1", Due="March 2017"))
MERGED = new_action("J1a.6", "J1a.1; J1a.2", Due="March 2017")
RED = said(rag="Red", progress="It stands still")


@pytest.fixture(scope="module")
def reported(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Quarter 1: J1a.1 is Red, J1a.2 Amber; it is closed. Copy it, never change it."""
    return report(issued_example, tmp_path_factory.mktemp("reported"))


@pytest.fixture
def closed(reported: Path, tmp_path: Path) -> Plan:
    """The same, for one test alone."""
    return copy(reported, tmp_path)


def judged(rag: str) -> Mapping[str, str]:
    """What a chair types of an action."""
    row = {"Progress made": "On its way", "Stage": "In progress", "RAG": rag, "Next step": "Go on"}
    return row if rag == "Green" else {**row, "What will bring it back": "A second worker"}


def answered(**rags: str) -> Answers:
    """A return about these actions: `J1a_4="Green"`."""
    told = {ref.replace("_", "."): judged(rag) for ref, rag in rags.items()}
    return {"Start here": form(completed_by="Deputy"), "Progress": told}


def published(plan: Plan, *refs: str) -> list[object]:
    """How these actions are published."""
    master = make_master(plan.folder, None, OCTOBER)
    return [row(master, "Master plan", ref)["Published RAG"] for ref in refs]


def why(plan: Plan, ref: str) -> str:
    """Why one is published so."""
    return str(row(make_master(plan.folder, None, OCTOBER), "Master plan", ref)["Why"])


def on_findings(plan: Plan) -> str:
    """All sentences on Findings of the officer's workbook."""
    page = openpyxl.load_workbook(make_officer(plan.folder, OCTOBER).path)["Findings"]
    return "\n".join(str(cell) for cells in page.iter_rows(values_only=True) for cell in cells if cell)


def take_in(plan: Plan, *paths: Path) -> Receipt:
    """What became of the last of these files."""
    receipts: list[Receipt] = [plan.receive_one(path, when=OCTOBER) for path in paths]
    return receipts[-1]


def send(
    plan: Plan, old: Answers, new: Answers, *actions: Mapping[str, str], subgroup: str = "DA"
) -> tuple[Path, Path]:
    """The workbook of before the plan moved, and that of after it, both filled in."""
    plan.issue(Q2, BACK, AUTUMN, ["DA", "SOS"])
    before = plan.filled("old", old, code=Q2)
    change_plan(plan, *actions, now=AUTUMN)
    if plan.queries:
        settle(plan, "Take", AUTUMN)
    plan.issue(Q2, BACK, AUTUMN, ["DA", "SOS"])
    return before, plan.filled("new", new, subgroup, Q2)


# A split


def test_a_red_said_before_the_split_is_not_made_green_unasked(closed: Plan) -> None:
    receipt = take_in(closed, *send(closed, RED, answered(J1a_4="Green"), *SPLIT))
    assert "succeeded_said_worse" in codes(receipt)
    (query,) = closed.queries
    sentence = (
        "RAG of J1a.4 says Green, and for the same round it was Red of J1a.1 (Chair, DA, 24 October 2016), whose place "
        "J1a.4 took."
    )
    assert query.message.startswith(sentence)
    assert [(cell.key.ref, cell.key.field, cell.returned) for cell in query.cells] == [("J1a.4", "rag", "Green")]
    assert published(closed, "J1a.4", "J1a.5") == ["Red", "Red"]
    assert why(closed, "J1a.4").endswith("said of J1a.1; a query is open on RAG (Green)")
    assert sentence in on_findings(closed)
    assert closed.said("J1a.4", "progress", Q2) == "On its way", "all else is taken"


@pytest.mark.parametrize(("word", "rag"), [("Take", "Green"), ("Keep", "Red")])
def test_the_officer_says_which_it_is(closed: Plan, word: str, rag: str) -> None:
    take_in(closed, *send(closed, RED, answered(J1a_4="Green"), *SPLIT))
    settle(closed, word, OCTOBER)
    assert not closed.queries
    assert published(closed, "J1a.4", "J1a.5") == [rag, "Red"]


def test_both_halves_green_hide_no_red(closed: Plan) -> None:
    take_in(closed, *send(closed, RED, answered(J1a_4="Green", J1a_5="Green"), *SPLIT))
    assert [query.code for query in closed.queries] == ["succeeded_said_worse"] * 2
    assert published(closed, "J1a.4", "J1a.5") == ["Red", "Red"]


def test_what_is_no_better_is_not_asked_about(closed: Plan) -> None:
    take_in(closed, *send(closed, said(rag="Amber"), answered(J1a_4="Amber", J1a_5="Red"), *SPLIT))
    assert not closed.queries
    assert published(closed, "J1a.4", "J1a.5") == ["Amber", "Red"]


def test_a_red_that_comes_after_is_red_of_what_nobody_answered_and_asked_about_of_the_other(closed: Plan) -> None:
    old, new = send(closed, RED, answered(J1a_4="Green"), *SPLIT)
    receipt = take_in(closed, new, old)
    assert {"row_went_on", "row_went_on_asked"} <= {*codes(receipt)}
    (query,) = closed.queries
    assert {cell.key.ref for cell in query.cells} == {"J1a.4"}
    assert "It was not taken for J1a.4." in query.message
    assert published(closed, "J1a.4", "J1a.5") == ["Green", "Red"]
    assert "a query is open on Progress made, RAG (Red), Next step" in why(closed, "J1a.4")
    assert "J1a.1" in why(closed, "J1a.5")
    assert query.message in on_findings(closed)


@pytest.mark.parametrize(("word", "rag"), [("Take", "Red"), ("Keep", "Green")])
def test_and_the_officer_settles_that(closed: Plan, word: str, rag: str) -> None:
    old, new = send(closed, RED, answered(J1a_4="Green"), *SPLIT)
    take_in(closed, new, old)
    settle(closed, word, OCTOBER)
    assert published(closed, "J1a.4", "J1a.5") == [rag, "Red"]


def test_a_step_not_done_is_no_done_one_either(closed: Plan) -> None:
    old: Answers = {**RED, "Progress": {"J1a.1": {**RED["Progress"]["J1a.1"], "Last next step done": "No"}}}
    new: Answers = {**answered(), "Progress": {"J1a.4": {**judged("Red"), "Last next step done": "Yes"}}}
    take_in(closed, *send(closed, old, new, *SPLIT))
    (query,) = closed.queries
    assert query.message.startswith("Last next step done of J1a.4 says Yes, and for the same round it was No of J1a.1")


def test_in_one_batch_nothing_depends_on_the_names_of_the_files(closed: Plan) -> None:
    closed.receive(*send(closed, RED, answered(J1a_4="Green"), *SPLIT), when=OCTOBER)
    assert closed.queries
    assert published(closed, "J1a.5") == ["Red"]


def test_another_subgroup_that_answers_for_a_half_is_asked_too(closed: Plan) -> None:
    moved = new_action("J1a.4", "J1a.1", Due="March 2017", Subgroups="SOS"), SPLIT[1]
    receipt = take_in(closed, *send(closed, RED, answered(J1a_4="Green"), *moved, subgroup="SOS"))
    assert "succeeded_said_worse" in codes(receipt)
    assert published(closed, "J1a.4", "J1a.5") == ["Red", "Red"]


def test_a_return_that_corrects_the_red_one_says_so_itself(closed: Plan) -> None:
    old, new = send(closed, RED, answered(J1a_4="Green", J1a_5="Green"), *SPLIT)
    first = take_in(closed, old)
    closed.receive_one(new, Instructions(replaces=first.number), OCTOBER)
    assert not closed.queries
    assert published(closed, "J1a.4", "J1a.5") == ["Green", "Green"]


@pytest.mark.parametrize("first", ["far", "near"])
def test_a_split_of_a_split_hides_no_red(closed: Plan, first: str) -> None:
    """J1a.1 is Red; of its half, J1a.4, comes a Green after that was split too."""
    old, middle = send(closed, RED, answered(J1a_4="Green"), *SPLIT)
    change_plan(closed, new_action("J1a.7", "J1a.4"), new_action("J1a.8", "J1a.4"), now=AUTUMN)
    take_in(closed, *([old, middle] if first == "far" else [middle, old]))
    asked = {cell.key.ref for query in closed.queries for cell in query.cells if cell.key.field == "rag"}
    assert asked == {"J1a.4"}
    assert published(closed, "J1a.5") == ["Red"]
    assert published(closed, "J1a.7") == [{"far": "Red", "near": "Not assessable"}[first]]
    settle(closed, {"far": "Keep", "near": "Take"}[first], OCTOBER)
    assert published(closed, "J1a.7", "J1a.8") == ["Red", "Red"]


# Another ref, and merged


def test_a_new_ref_makes_no_red_green_that_was_said_before(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    take_in(closed, closed.filled("old", RED, code=Q2))
    change_plan(closed, new_action("J1a.9", "J1a.1", Due="March 2017"), now=OCTOBER)
    closed.issue(Q2, BACK, OCTOBER, ["DA"])
    take_in(closed, closed.filled("new", answered(J1a_9="Green"), code=Q2))
    assert [query.code for query in closed.queries] == ["succeeded_said_worse"]
    assert published(closed, "J1a.9") == ["Red"]


def test_a_correction_of_what_was_said_under_the_old_ref_is_taken(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    old, corrected = (
        closed.filled(name, answers, code=Q2)
        for name, answers in {
            "old": RED,
            "mended": said(corrects="Yes", rag="Amber"),
        }.items()
    )
    take_in(closed, old)
    change_plan(closed, new_action("J1a.9", "J1a.1", Due="March 2017"), now=OCTOBER)
    take_in(closed, corrected)
    assert not closed.queries
    assert published(closed, "J1a.9") == ["Amber"]


TWO: Answers = {**RED, "Progress": {**RED["Progress"], "J1a.2": judged("Green")}}


def test_of_two_made_one_the_red_stays_until_it_is_settled(closed: Plan) -> None:
    take_in(closed, *send(closed, TWO, answered(J1a_6="Green"), MERGED))
    (query,) = closed.queries
    assert "it was Red of J1a.1 (" in query.message
    assert "J1a.2" not in query.message
    assert published(closed, "J1a.6") == ["Red"]


def test_of_two_made_one_the_red_that_comes_after_is_asked_about(closed: Plan) -> None:
    old, new = send(closed, TWO, answered(J1a_6="Green"), MERGED)
    take_in(closed, new, old)
    asked = [cell for query in closed.queries for cell in query.cells if cell.key.field == "rag"]
    assert [(cell.key.ref, cell.returned) for cell in asked] == [("J1a.6", "Red")]
    assert "RAG (Red)" in why(closed, "J1a.6")
    settle(closed, "Take", OCTOBER)
    assert published(closed, "J1a.6") == ["Red"]


# Proposals


def proposed(closed: Plan) -> dict[str, tuple[object, object]]:
    """What is offered on To confirm: what is proposed, and what stands, by ref."""
    page = openpyxl.load_workbook(make_officer(closed.folder, OCTOBER).path)["To confirm"]
    refs = [str(cells[0].value) for cells in page.iter_rows(min_row=5) if cells[0].value not in (None, "None yet")]
    return {ref: (at(page, ref, "What is proposed").value, at(page, ref, "As it stands").value) for ref in refs}


def confirm(closed: Plan, name: str = "confirmed", **words: str) -> Receipt:
    """The officer's Yes or No, by the date or stage that a proposal offers."""
    made = make_officer(closed.folder, OCTOBER).path
    refs = {str(offered).rpartition(": ")[2]: ref for ref, (offered, _) in proposed(closed).items()}
    said_of = {refs[value.replace("_", " ")]: {"Confirm": word} for value, word in words.items()}
    settled = {"Settled by": {"Your answer": "Zoe Officer"}}
    answers: Answers = {"To confirm": said_of, "Start here": settled}
    return take_in(closed, fill(made, closed.inbox / f"{name}.xlsx", answers))


def dated(**dates: str) -> Answers:
    """A return that proposes these dates: `J1a_1="May 2017"`."""
    told = {ref.replace("_", "."): {**judged("Amber"), "New date": date} for ref, date in dates.items()}
    return {"Start here": form(completed_by="Chair"), "Progress": told}


@pytest.fixture
def two_dates(closed: Plan) -> Plan:
    """J1a.1 is proposed for May, J1a.2 for June; then J1a.6 takes the place of both."""
    old, _ = send(closed, dated(J1a_1="May 2017", J1a_2="June 2017"), answered(), MERGED)
    take_in(closed, old)
    return closed


def test_of_two_made_one_each_date_is_offered(two_dates: Plan) -> None:
    assert proposed(two_dates) == {
        f"J1a.6 new date {Q2} of J1a.1": ("New date of J1a.1: May 2017", "March 2017"),
        f"J1a.6 new date {Q2} of J1a.2": ("New date of J1a.2: June 2017", "March 2017"),
    }
    told = str(row(make_master(two_dates.folder, None, OCTOBER), "Master plan", "J1a.6")["First date and moves"])
    assert "J1a.1: New date May 2017, proposed." in told
    assert "J1a.2: New date June 2017, proposed." in told


def test_what_is_confirmed_stands_and_what_is_declined_is_gone(two_dates: Plan) -> None:
    confirm(two_dates, June_2017="Yes", May_2017="No")
    assert two_dates.stands("J1a.6", "due") == "June 2017"
    assert proposed(two_dates) == {}


def test_the_other_one_waits_until_it_is_answered(two_dates: Plan) -> None:
    confirm(two_dates, May_2017="Yes")
    assert [*proposed(two_dates)] == [f"J1a.6 new date {Q2} of J1a.2"]
    confirm(two_dates, "other", June_2017="No")
    assert (two_dates.stands("J1a.6", "due"), proposed(two_dates)) == ("May 2017", {})


def test_yes_to_both_is_told_and_neither_is_taken(two_dates: Plan) -> None:
    receipt = confirm(two_dates, May_2017="Yes", June_2017="Yes")
    assert codes(receipt).count("proposals_differ") == 2
    assert two_dates.stands("J1a.6", "due") == "March 2017"
    assert len(proposed(two_dates)) == 2


def test_the_same_answers_given_twice_say_nothing_more(two_dates: Plan) -> None:
    confirm(two_dates, May_2017="Yes", June_2017="No")
    receipt = take_in(
        two_dates,
        fill(
            two_dates.inbox / "confirmed.xlsx",
            two_dates.inbox / "again.xlsx",
            {
                "Start here": {"Settled by": {"Your answer": "Zoe Officer again"}},
            },
        ),
    )
    assert not {"proposal_gone", "proposal_settled"} & {*codes(receipt)}


def test_what_one_of_them_proposes_is_offered_with_its_ref(closed: Plan) -> None:
    ends = {**judged("Green"), "Stage": "Complete", "Evidence": "The report", "Next step": None}
    old: Answers = {**answered(J1a_2="Amber"), "Progress": {"J1a.1": ends, "J1a.2": judged("Amber")}}
    take_in(closed, *send(closed, old, answered(), MERGED)[:1])
    offered = {ref: shown for ref, (shown, _) in proposed(closed).items()}
    assert offered == {f"J1a.6 stage {Q2} of J1a.1": "Stage of J1a.1: Complete"}
    stage = row(make_master(closed.folder, None, OCTOBER), "Master plan", "J1a.6")["Stage"]
    assert stage == "J1a.1: Complete, proposed\nJ1a.2: In progress"


def test_where_both_say_the_same_it_is_offered_once(closed: Plan) -> None:
    take_in(closed, *send(closed, dated(J1a_1="May 2017", J1a_2="May 2017"), answered(), MERGED)[:1])
    assert {shown for shown, _ in proposed(closed).values()} == {"New date of J1a.1 and J1a.2: May 2017"}


def test_a_plan_that_confirms_at_once_confirms_neither_of_two(closed: Plan) -> None:
    change_plan(closed, answers={"Plan": {"Confirm chairs' proposals at once": {"Answer": "Yes"}}})
    old, _ = send(closed, dated(J1a_1="May 2017", J1a_2="June 2017"), answered(), MERGED)
    take_in(closed, old)
    assert closed.stands("J1a.6", "due") == "March 2017"
    assert len(proposed(closed)) == 2


# Ages


Q3 = "2016-17-Q3"


@pytest.fixture(scope="module")
def three_quarters(reported: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """J1a.1, Red: split in Quarter 2 into J1a.4, Red, and J1a.5; in Quarter 3 J1a.4 is J1a.9, Red. J1a.2 is J1a.7."""
    plan = copy(reported, tmp_path_factory.mktemp("three"))
    change_plan(plan, *SPLIT, new_action("J1a.7", "J1a.2", Due="March 2017"))
    plan.issue(Q2, BACK, AUTUMN, ["DA"])
    take_in(plan, plan.filled("two", answered(J1a_4="Red", J1a_7="Amber"), code=Q2))
    make_master(plan.folder, None, OCTOBER, hand_over=True)
    change_plan(plan, new_action("J1a.9", "J1a.4", Due="March 2017"), now=WINTER)
    plan.issue(Q3, date(2017, 1, 20), WINTER, ["DA"])
    plan.receive_one(plan.filled("three", answered(J1a_9="Red", J1a_7="Amber"), code=Q3), when=WINTER)
    return plan


@pytest.fixture(scope="module")
def third(three_quarters: Plan) -> Mastered:
    """The master of Quarter 3."""
    return make_master(three_quarters.folder, None, WINTER)


def test_red_for_three_quarters_under_three_refs_is_no_news(third: Mastered) -> None:
    over_time = row(third, "RAG over time", "J1a.9")
    assert [over_time[f"Quarter {number}"] for number in (1, 2, 3)] == ["Red", "Red", "Red"]
    assert "New" not in str(over_time["What drove each change"])
    assert "no change" in str(row(third, "Master plan", "J1a.9")["Trend"])
    page = lines(third)
    assert "J1a.4 (Red in Quarter 2) as J1a.9." in page
    assert "J1a.9: added" not in page
    assert "added" not in page


def test_amber_goes_on_into_the_next_quarter_under_another_ref(three_quarters: Plan, third: Mastered) -> None:
    second = make_master(three_quarters.folder, Q2, WINTER)
    for master in (second, third):
        assert "Amber for two quarters: J1a.7" in lines(master)


# What else comes in


def hear(plan: Plan, ref: str, field: str, text: str, code: str = Q2, *, made: Path | None = None) -> Receipt:
    """The officer types on `Said to me` what a deputy said by telephone; `made`: in which workbook, None: a new one."""
    told = {"Ref": ref, "Field": field, "What was said": text, "Who said it": "Deputy", "How": "Telephone"}
    said_there = {"1": {**told, "When": "20 October 2016", "Round": code}}
    answers: Answers = {"Said to me": said_there, "Start here": {"Settled by": {"Your answer": "Zoe Officer"}}}
    made = made or make_officer(plan.folder, OCTOBER).path
    return take_in(plan, fill(made, plan.inbox / f"heard-{ref}-{text}.xlsx", answers))


def test_what_is_told_of_the_old_ref_counts_for_both_halves(closed: Plan) -> None:
    change_plan(closed, *SPLIT, now=AUTUMN)
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    assert "row_went_on" in codes(hear(closed, "J1a.1", "RAG", "Red"))
    assert closed.said("J1a.1", "rag", Q2) == "Red"
    assert published(closed, "J1a.4", "J1a.5") == ["Red", "Red"]
    hear(closed, "J1a.1", "RAG", "Green", "2016-17-Q1")
    assert closed.said("J1a.1", "rag", "2016-17-Q1") == "Green", "that quarter it stood for itself"


def test_what_is_told_of_a_half_is_asked_about_if_the_officer_could_not_see_the_red(closed: Plan) -> None:
    old, _ = send(closed, RED, answered(), *SPLIT)
    made = make_officer(closed.folder, AUTUMN).path
    kept = shutil.copy(made, closed.inbox / "kept.xlsx")
    take_in(closed, old)
    assert "succeeded_said_worse" in codes(hear(closed, "J1a.4", "RAG", "Green", made=Path(kept)))
    assert published(closed, "J1a.4") == ["Red"]
    assert "succeeded_said_worse" not in codes(hear(closed, "J1a.5", "RAG", "Green"))
    assert published(closed, "J1a.5") == ["Green"]


def test_what_is_told_of_an_old_ref_is_told_of_the_new_one(closed: Plan) -> None:
    change_plan(closed, new_action("J1a.9", "J1a.1", Due="March 2017"), now=AUTUMN)
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    assert "row_followed" in codes(hear(closed, "J1a.1", "RAG", "Red"))
    assert closed.said("J1a.9", "rag", Q2) == "Red"


def test_what_comes_of_two_made_one_that_was_withdrawn_is_told(closed: Plan) -> None:
    old, _ = send(closed, TWO, answered(), MERGED)
    change_plan(closed, answers={"Actions": {"J1a.6": {"Stage": "Withdrawn"}}}, now=AUTUMN)
    take_in(closed, old)
    told = row(make_master(closed.folder, None, OCTOBER), "Master plan", "J1a.6")
    assert (told["Published RAG"], told["Judged RAG"]) == ("Withdrawn", "Red")
    assert str(told["Progress made"]).startswith("J1a.1: It stands still")


def test_what_comes_of_one_whose_heir_was_taken_out_is_asked_about(closed: Plan) -> None:
    old, _ = send(closed, TWO, answered(), MERGED)
    path = closed.path / PLAN_FILE
    edit(path, path, partial(take_out, "Actions", "J1a.6"))
    change_plan(closed, now=AUTUMN)
    settle(closed, "Take", AUTUMN)
    assert "row_withdrawn" in codes(take_in(closed, old))
    assert any(query.message.startswith("J1a.1 (now J1a.6) has been taken out") for query in closed.queries)


def test_what_is_settled_of_the_old_ref_is_said_to_stand_there_alone(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    emptied: Answers = {**RED, "Action plan": {"J1a.1": {"Who is responsible": None}}}
    take_in(closed, closed.filled("emptied", emptied, code=Q2))
    change_plan(closed, {**SPLIT[0], "Who is responsible": "The county"}, SPLIT[1], now=OCTOBER)
    chosen = {str(query.id): {"Your choice": "Take"} for query in closed.queries}
    made = make_officer(closed.folder, OCTOBER).path
    receipt = take_in(closed, fill(made, closed.inbox / "taken.xlsx", {"Queries": chosen}))
    (told,) = [finding for finding in receipt.findings if finding.code == "settled_of_old"]
    assert told.message.startswith("Who is responsible was settled of J1a.1, which has gone on as J1a.4 and J1a.5")
    assert "Of J1a.4 something else stands" in told.message


def test_a_red_that_is_settled_of_the_old_ref_is_not_hidden_by_an_answered_half(closed: Plan) -> None:
    closed.issue(Q2, BACK, AUTUMN, ["DA"])
    take_in(closed, closed.filled("amber", said(rag="Amber"), code=Q2), closed.filled("red", RED, code=Q2))
    change_plan(closed, *SPLIT, now=OCTOBER)
    closed.issue(Q2, BACK, OCTOBER, ["DA"])
    take_in(closed, closed.filled("new", answered(J1a_4="Amber"), code=Q2))
    assert "a query is open on" in why(closed, "J1a.4")
    assert "RAG of J1a.1 (Red)" in why(closed, "J1a.4")
    chosen = {str(query.id): {"Your choice": "Take"} for query in closed.queries}
    made = make_officer(closed.folder, OCTOBER).path
    receipt = take_in(closed, fill(made, closed.inbox / "red-it-is.xlsx", {"Queries": chosen}))
    told = [finding.message for finding in receipt.findings if finding.code == "settled_of_old"]
    assert any(
        each.startswith("RAG was settled of J1a.1") and "Of J1a.4 something else stands" in each for each in told
    )
    assert published(closed, "J1a.5") == ["Red"]


def test_trace_has_what_was_said_and_settled_of_every_ref_before_and_what_came_after(closed: Plan) -> None:
    old, _ = send(closed, dated(J1a_1="May 2017"), answered(), *SPLIT)
    take_in(closed, old)
    word = {f"J1a.4 new date {Q2}": {"Confirm": "No"}}
    take_in(closed, fill(make_officer(closed.folder, OCTOBER).path, closed.inbox / "no.xlsx", {"To confirm": word}))
    change_plan(closed, new_action("J1a.7", "J1a.4"), now=OCTOBER)
    steps = [(step.ref, step.field, step.outcome) for step in trace_value(closed.folder, "J1a.7")]
    assert ("J1a.1", "rag", "taken") in steps
    assert ("J1a.4", "new_date", "declined") in steps
    later = [(step.ref, step.value) for step in trace_value(closed.folder, "J1a.1") if step.field == "succeeds"]
    assert later == [("J1a.4", "J1a.1"), ("J1a.5", "J1a.1"), ("J1a.7", "J1a.4")]


def test_a_subgroup_made_of_one_that_was_silent_has_been_so_for_as_long(round_one: Plan) -> None:
    make_master(round_one.folder, None, AUTUMN, hand_over=True)
    path = round_one.path / PLAN_FILE
    new = {"Code": "HOMES", "Subgroup": "Safe homes", "Status": "Established", "Chair": "Chair, Safe homes"}
    edit(path, path, partial(add_row, "Subgroups", new))
    change_plan(round_one, answers={"Subgroups": {"DA": {"Merged into": "HOMES"}}}, now=AUTUMN)
    round_one.issue(Q2, BACK, AUTUMN, ["HOMES"])
    assert "No return for two quarters: Safe homes" in lines(make_master(round_one.folder, None, AUTUMN))
