"""A year ends and the next begins in the same folder: what is finished leaves the plan, the rest goes on."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest
from tests.chairs import Answers, Plan, Table, at, fill, held_file, said, values_of
from tests.commands import change, run, told
from tests.conftest import Prepare

from plan_sheets import close_year, what_next
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.rounds import Round
from plan_sheets.master import Mastered, make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan import check_plan
from plan_sheets.store.container.hashing import sha256_of

Q3, Q4, NEW_Q1 = "2016-17-Q3", "2016-17-Q4", "2017-18-Q1"
CLOSED_ON = datetime(2017, 4, 20)  # noqa: DTZ001 - the office's own clock
LATE = datetime(2017, 4, 25)  # noqa: DTZ001 - the office's own clock
CLOSE = ("close-year", "--as-of", "2017-04-20")


def day_after(code: str) -> datetime:
    """The first day after a round: its workbooks come back on it, and its master is made."""
    return datetime.combine(Round.parse(code).next.first_day, datetime.min.time())


def issue(plan: Plan, code: str, *only: str) -> None:
    this = Round.parse(code)
    plan.issue(code, this.next.first_day, datetime.combine(this.last_day, datetime.min.time()), only or ["DA", "SOS"])


def hand_over(plan: Plan, code: str) -> Mastered:
    return make_master(plan.folder, code, day_after(code), hand_over=True, anyway=True)


def report(
    plan: Plan, code: str, name: str = "da", when: datetime | None = None, rows: Table = MappingProxyType({})
) -> None:
    """A return of Domestic Abuse about J1a.1 (and other `rows`), which is Red."""
    answers: Answers = said(rag="Red", progress=f"Said for {code}: {name}")
    progress = dict(answers["Progress"]) | dict(rows)
    if code != "2016-17-Q1":
        progress["J1a.1"] = {**progress["J1a.1"], "Last next step done": "No"}
    receipt = plan.receive_one(
        plan.filled(f"{name} {code}", {**answers, "Progress": progress}, "DA", code), when=when or day_after(code)
    )
    assert receipt.changes


DONE = {"Progress made": "All of it", "Stage": "Complete", "RAG": "Green", "Evidence": "The audit"}


@pytest.fixture(scope="module")
def year_over(new_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after four rounds, J1a.2 being complete and L3.1 withdrawn by the officer. Copy it, never change it.

    Two questions were answered, and Scrutiny was consulted.
    """
    path = tmp_path_factory.mktemp("over") / "plan"
    shutil.copytree(new_example, path)
    plan = Plan(path)
    for code in ("2016-17-Q1", "2016-17-Q2", Q3, Q4):
        if code == Q4:
            ended = {"L3.1": {"Stage": "Withdrawn", "Why it ended": "Another board does it"}}
            asked = {"Q1": {"Answer": "It is settled"}}
            change(plan, {"Actions": ended, "Open questions": asked, "Consultation": {"C3": {"Sent": "3 May 2016"}}})
        issue(plan, code)
        report(plan, code, rows={"J1a.2": DONE} if code == Q4 else {})
        if code == Q4:
            made = make_officer(plan.folder, day_after(code)).path
            yes = {"To confirm": {f"J1a.2 stage {code}": {"Confirm": "Yes"}}}
            plan.receive_one(fill(made, plan.inbox / "officer.xlsx", yes), when=day_after(code))
        hand_over(plan, code)
    return path


@pytest.fixture
def over(year_over: Path, tmp_path: Path) -> Plan:
    """A plan folder of one's own at the end of its year."""
    shutil.copytree(year_over, tmp_path / "plan")
    return Plan(tmp_path / "plan")


def close(plan: Plan) -> None:
    """The same, closed."""
    close_year(plan.folder, CLOSED_ON)


@pytest.fixture
def closed(over: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(over, close)


def test_what_a_year_came_to(over: Plan) -> None:
    assert [task.code for task in what_next(over.folder, CLOSED_ON.date()).to_do][-1] == "year_end"
    before = (over.path / "plan.xlsx").read_bytes()
    printed = run(*CLOSE, plan=over)
    assert printed.exit_code == 0
    lines = printed.stdout.splitlines()
    assert lines[0] == "2016/17 is closed. 31 actions = 2 finished + 29 not finished."
    assert "    J1a.2    Complete: confirmed Complete; evidence awaited (no impact given)" in lines
    assert "    L3.1     Withdrawn: Another board does it" in lines
    (red,) = [line for line in lines if line.startswith("    J1a.1 ")]
    assert red == (
        "    J1a.1    Red: judged Red, rule Red: next step not done 3 rounds running; due March 2017; "
        "nobody named as owner"
    )
    assert lines.index(red) < lines.index(next(line for line in lines if line.startswith("    J1a.3 "))), "worst first"
    assert "that of 2016/17 is kept as plan-2016-17.xlsx" in printed.stdout
    assert "Blank in the new plan, because it was said of 2016/17: Status of the plan; Consultation: Sent." in lines
    assert (over.path / "plan-2016-17.xlsx").read_bytes() == before
    assert [task.code for task in what_next(over.folder, CLOSED_ON.date()).to_do] == [
        "decisions",
        "new_year",
        "next_round",
    ]


def test_the_same_as_json(over: Plan) -> None:
    given = told(*CLOSE, plan=over)
    assert (given["year"], given["next_year"], given["actions"]) == ("2016/17", "2017/18", 31)
    assert {action["ref"]: action["stage"] for action in given["finished"]} == {
        "J1a.2": "Complete",
        "L3.1": "Withdrawn",
    }
    assert len(given["unfinished"]) == 29
    assert given["unfinished"][0]["days_late"] == 20
    assert given["succeeded"] == {}
    assert given["taken_out"] == []


def test_the_new_plan(closed: Plan) -> None:
    book = openpyxl.load_workbook(closed.path / "plan.xlsx")
    refs = [row[0] for row in values_of(book["Actions"])]
    assert "J1a.1" in refs
    assert not {"J1a.2", "L3.1"} & {*refs}
    assert "Q1" not in [row[0] for row in values_of(book["Open questions"])]
    assert "Q2" in [row[0] for row in values_of(book["Open questions"])]
    assert at(book["Consultation"], "C3", "Sent").value is None
    assert at(book["Plan"], "Financial year", "Answer").value == "2017/18"
    assert at(book["Plan"], "Title", "Answer").value == "LSCB and SAB business plan 2016/17", "nothing is guessed"
    assert run("plan", plan=closed).stdout.startswith("plan.xlsx has not changed since it was last read.")
    change(closed, {"Actions": {"J1a.1": {"Short title": "The pathway"}}})
    merged = told("plan", "--as-of", "2017-04-21", plan=closed)
    assert (merged["taken"], merged["queries"], merged["errors"], merged["round"]) == (1, 0, 0, NEW_Q1)
    assert "new_year" not in [task.code for task in what_next(closed.folder, CLOSED_ON.date()).to_do]


def test_check_asks_about_what_is_of_last_year(closed: Plan) -> None:
    change(closed, {"Actions": {"J1b.1": {"Due": "May 2017", "What we will do": "Carry on as in 2016-17"}}})
    found = {
        (finding.code, finding.key.ref) for finding in check_plan(closed.folder).findings if finding.key is not None
    }
    assert {("of_last_year", ""), ("of_last_year", "J1b.1"), ("due_before_year", "J1a.1")} <= found
    assert ("due_before_year", "J1b.1") not in found
    printed = run("check", plan=closed).stdout
    assert "2 texts name last year" in printed
    assert "actions that go on were due before the year began: J1a.1, " in printed


def test_a_finished_action_may_cover_what_the_grid_asks_for(closed: Plan) -> None:
    change(closed, {"Grid": {"J1a": {"Covered by": "J1a.2"}}})
    assert told("plan", "--as-of", "2017-04-21", plan=closed)["errors"] == 0


def test_a_late_return_of_last_year_still_goes_in(closed: Plan) -> None:
    answers: Answers = {
        **said(rag="Red", progress="It came late"),
        "Progress": {
            "J1a.3": {"Progress made": "It came late", "Stage": "In progress", "RAG": "Amber", "Next step by": "March"}
        },
    }
    receipt = closed.receive_one(closed.filled("late", answers, "DA", Q4), when=LATE)
    assert receipt.changes
    assert closed.said("J1a.3", "next_step_by", Q4) == "March 2017"
    assert next(task.code for task in what_next(closed.folder, LATE.date()).to_do) == "edition_touched"
    made = make_master(closed.folder, Q4, LATE, hand_over=True, anyway=True)
    assert (made.number, sum(made.counts.values()), made.counts["Amber"]) == (2, 31, 1)
    book = openpyxl.load_workbook(made.path)
    assert at(book["Master plan"], "J1a.2", "Published RAG").value == "Green", "as it stood in its own year"
    assert "2016/17" in str(book["About"].cell(1, 1).value) + str(values_of(book["About"]))
    differs = [row[1] for row in values_of(book["What differs"])[5:] if row[0] == "Master plan"]
    assert {*differs} <= {"J1a.3"}


def test_the_last_master_of_the_year_is_as_it_was(over: Plan) -> None:
    edition = over.path / "master" / "2016-17-q4-edition-1.xlsx"
    before = sha256_of(edition)
    close_year(over.folder, CLOSED_ON)
    again = make_master(over.folder, Q4, LATE)
    assert (again.number, again.again, sha256_of(again.path)) == (1, True, before)
    public = make_master(over.folder, Q4, LATE, edition="public")
    assert sum(public.counts.values()) == 31


def test_workbooks_of_last_year_are_issued_again_as_they_were(closed: Plan) -> None:
    again = closed.issue(Q4, day_after(Q4).date(), LATE, ["DA"])
    assert [(workbook.again, workbook.rows) for workbook in again] == [(True, 4)]


def test_rounds_of_the_next_year_wait_for_it(over: Plan) -> None:
    command = ("issue", "--round", NEW_Q1, "--return-by", "2017-07-14", "--as-of", "2017-06-20")
    refused = run(*command, plan=over)
    assert refused.exit_code == 1
    assert "2017-18-Q1 is not a round of this plan, which is for 2016/17." in refused.output
    assert "End that year first, with: plan-sheets close-year." in refused.output
    close_year(over.folder, CLOSED_ON)
    assert run(*command, "--subgroup", "DA", plan=over).exit_code == 0


def test_the_first_round_of_the_next_year_goes_on_from_the_last(closed: Plan) -> None:
    issue(closed, NEW_Q1, "DA", "SOS")
    sheet = openpyxl.load_workbook(closed.sent("DA", NEW_Q1))["Progress"]
    assert at(sheet, "J1a.1", "Last progress").value == f"Said for {Q4}: da"
    assert at(sheet, "J1a.1", "Last RAG").value == "Red"
    assert "J1a.2" not in [row[0] for row in values_of(sheet)]
    report(closed, NEW_Q1)
    made = hand_over(closed, NEW_Q1)
    assert sum(made.counts.values()) == 29
    book = openpyxl.load_workbook(made.path)
    first = [str(row[0]) for row in values_of(book["RAG status"])]
    assert "What changed since Quarter 4 of 2016/17" in first
    assert any("Finished in 2016/17: 2 actions left the plan when the year ended." in line for line in first)
    assert not any("Taken out" in line for line in first)
    changes = {row[2]: row[1:5] for row in values_of(book["Changes"]) if row[1] == "Plan"}
    assert changes["Finished in 2016/17"][2] == "Complete: J1a.2\nWithdrawn: L3.1"
    assert changes["Consultation of 2016/17"][2] == "C3"
    assert list(changes["Financial year"][2:]) == ["2016/17", "2017/18"]
    why = str(at(book["Master plan"], "J1a.1", "Why").value)
    assert "next step not done 4 rounds running" in why
    assert at(book["Master plan"], "J1a.1", "Trend").value == "→ no change"
    public = make_master(closed.folder, NEW_Q1, day_after(NEW_Q1), edition="public")
    assert sum(public.counts.values()) == 29


def test_a_finished_action_of_which_a_late_return_says_that_it_goes_on_is_back(closed: Plan) -> None:
    row = {"J1a.2": {"Progress made": "Not at all", "Stage": "In progress", "RAG": "Amber"}}
    late = closed.receive_one(closed.filled("late", {**said(), "Progress": row}, "DA", Q4), when=LATE)
    assert late.conflicts
    queries = {
        "Queries": {str(query.id): {"Your choice": "Take"} for query in closed.queries},
    }
    made = make_officer(closed.folder, LATE).path
    closed.receive_one(fill(made, closed.inbox / "settled.xlsx", queries), when=LATE)
    offered = make_officer(closed.folder, LATE)
    assert offered.proposals == 1
    yes = {"To confirm": {f"J1a.2 stage {Q4}": {"Confirm": "Yes"}}}
    closed.receive_one(fill(offered.path, closed.inbox / "yes.xlsx", yes), when=LATE)
    assert "J1a.2" in closed.history.refs("action")
    issue(closed, NEW_Q1, "DA")
    sheet = openpyxl.load_workbook(closed.sent("DA", NEW_Q1))["Progress"]
    assert at(sheet, "J1a.2", "What we will do").value


def test_a_ref_that_was_finished_is_never_used_again(closed: Plan) -> None:
    row = {"Ref": "J1a.2", "Theme": "J1a", "What we will do": "Something new"}
    add_row(closed, row)
    printed = run("plan", "--as-of", "2017-04-21", plan=closed)
    assert printed.exit_code == 3
    assert (
        "The action J1a.2 was finished in 2016/17 and left the plan then; a ref is never used twice." in printed.output
    )
    assert closed.stands("J1a.2", "what") != "Something new"
    assert closed.queries == []
    assert any(finding.code == "ref_finished" for finding in check_plan(closed.folder).findings)


def add_row(plan: Plan, texts: dict[str, str]) -> None:
    """A new row on Actions, in the first that is blank."""
    path = plan.path / "plan.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    headings = {str(cell.value): number for number, cell in enumerate(sheet[4], 1)}
    blank = next(row for row in range(5, sheet.max_row + 1) if not sheet.cell(row, 1).value)
    for heading, text in texts.items():
        sheet.cell(blank, headings[heading]).value = text
    book.save(path)


def test_the_year_changes_by_the_command_alone(over: Plan) -> None:
    change(over, {"Plan": {"Financial year": {"Answer": "2017/18"}}})
    printed = run("plan", "--as-of", "2017-04-20", plan=over)
    assert "Financial year says '2017/18', and rounds of 2016/17 have been issued." in printed.output
    assert over.history.text("plan", "", "year") == "2016/17"
    assert any(finding.code == "year_by_command" for finding in check_plan(over.folder).findings)


def test_last_years_plan_saved_over_the_new_one_is_refused(closed: Plan) -> None:
    new = (closed.path / "plan.xlsx").read_bytes()
    shutil.copy(closed.path / "plan-2016-17.xlsx", closed.path / "plan.xlsx")
    for command in (("plan",), ("check",)):
        refused = run(*command, plan=closed)
        assert refused.exit_code == 1
        assert "plan.xlsx is the plan of 2016/17, and that year was closed on 20 April 2017." in refused.output
    kept = sha256_of(next(path for path in (closed.path / "returned").iterdir() if path.read_bytes() == new))
    assert f"returned/{kept}.xlsx" in refused.output
    (closed.path / "plan.xlsx").write_bytes(new)
    assert run("plan", "--as-of", "2017-04-21", plan=closed).exit_code == 0


def refusal(plan: Plan) -> str:
    """What close-year says, which changes nothing."""
    before = {path: sha256_of(path) for path in plan.path.iterdir() if path.is_file()}
    refused = run(*CLOSE, plan=plan)
    assert refused.exit_code == 1
    assert "Nothing was changed." in refused.stderr
    assert {path: sha256_of(path) for path in plan.path.iterdir() if path.is_file()} == before
    return refused.stderr


def test_all_that_is_in_the_way_is_said_at_once(over: Plan) -> None:
    over.receive_one(over.filled("late", said(progress="Another"), "DA", Q4), when=CLOSED_ON)
    proposed = {"J1a.3": {**DONE, "New date": "May 2017"}}
    over.receive_one(over.filled("two", {**said(), "Progress": proposed}, "DA", Q4), when=CLOSED_ON)
    change(over, {"Actions": {"J1a.1": {"Due": "soon"}}})
    (over.path / "plan-2016-17.xlsx").write_bytes(b"somebody's")
    why = refusal(over)
    assert "The year 2016/17 cannot be closed yet:" in why
    assert "   1. 1 query is open: settle it in" in why
    assert "   2. 2 proposals wait for your Yes or No" in why
    assert "   3. plan.xlsx has been saved since it was last taken in: plan-sheets plan" in why
    assert "   4. plan-2016-17.xlsx is there already, and is another file" in why
    run("plan", "--as-of", "2017-04-20", plan=over)
    assert "1 error in plan.xlsx, not taken: mend what plan-sheets check lists" in refusal(over)
    (over.path / ".~lock.plan.xlsx#").touch()
    assert "plan.xlsx is open in another program" in refusal(over)
    (over.path / "plan.xlsx").unlink()
    (over.path / ".~lock.plan.xlsx#").unlink()
    assert "plan.xlsx is not there." in refusal(over)
    with pytest.raises(PlanSheetsError) as refused:
        close_year(over.folder, CLOSED_ON)
    assert len(refused.value.reasons) == 4


def test_its_last_round_has_to_be_issued_and_closed(round_one: Plan) -> None:
    assert "Quarter 4 of 2016/17 has not been issued: plan-sheets issue --round 2016-17-Q4" in refusal(round_one)
    issue(round_one, Q4, "DA")
    assert "No master of Quarter 4 of 2016/17 has been handed over: plan-sheets master" in refusal(round_one)
    hand_over(round_one, Q4)
    warned = told(*CLOSE, plan=round_one)["warnings"]
    assert "Quarter 2, Quarter 3 of 2016/17 were never issued." in warned
    assert "No master of 2016-17-Q1 was ever handed over." in warned
    assert any("No return of Quarter 4 of 2016/17 has come from DA" in warning for warning in warned)


def test_a_plan_without_a_round_has_no_year_to_close(example: Plan) -> None:
    assert "No round has been issued yet, so there is no year to close." in refusal(example)


def test_a_held_file_is_no_hindrance(over: Plan) -> None:
    over.receive_one(held_file(over, "carriers disagree"), when=CLOSED_ON)
    assert any(" is held: nothing of it is in yet." in warning for warning in told(*CLOSE, plan=over)["warnings"])


def test_a_year_is_closed_once(over: Plan) -> None:
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: attempt(over), range(2)))
    assert sorted(results) == [
        "",
        "The year 2016/17 was closed on 20 April 2017 already, and no round of 2017/18 has been issued.",
    ]
    assert "The year 2016/17 was closed on 20 April 2017 already" in refusal(over)


def attempt(plan: Plan) -> str:
    """What is said against closing the year; "" if it was done."""
    try:
        close_year(plan.folder, CLOSED_ON)
    except PlanSheetsError as refused:
        return str(refused)
    return ""


def test_a_second_year_ends(closed: Plan) -> None:
    code = "2017-18-Q4"
    issue(closed, code, "DA")
    report(closed, code)
    hand_over(closed, code)
    done = close_year(closed.folder, datetime(2018, 4, 20)).closed  # noqa: DTZ001 - the office's own clock
    assert (done.year, done.next_year, done.account.actions, done.kept.name) == (
        "2017/18",
        "2018/19",
        29,
        "plan-2017-18.xlsx",
    )
    assert (closed.path / "plan-2016-17.xlsx").exists()
    assert done.account.unfinished[0].ref == "J1a.1"
    assert closed.history.find_year_left("action", "J1a.2") == "2016/17"


def test_stage_comes_out_in_the_plan_and_back_unchanged(over: Plan) -> None:
    run("plan", "--write", "--as-of", "2017-04-20", plan=over)
    book = openpyxl.load_workbook(over.path / "plan.xlsx")
    assert at(book["Actions"], "J1a.2", "Stage").value == "Complete"
    assert at(book["Actions"], "L3.1", "Why it ended").value == "Another board does it"
    change(over, {"Actions": {"J1a.1": {"Short title": "The pathway"}}})
    merged = told("plan", "--as-of", "2017-04-20", plan=over)
    assert (merged["taken"], merged["queries"], merged["errors"]) == (1, 0, 0)
    assert over.stands("J1a.2", "confirmed_stage") == "Complete"
