"""What was assumed, and what could not be seen: where the officer reads it without asking for notes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.chairs import Answers, Plan, form, on, said, table, told
from tests.commands import AS_OF, ISSUE, change, run
from tests.commands import told as in_json


def lines(output: str, severity: str = "note") -> list[str]:
    """The lines of the screen about one severity."""
    return [line.split(maxsplit=1)[1] for line in output.splitlines() if line.startswith(f"    {severity} ")]


def dated(*dates: str) -> Answers:
    """A good return with one of these under Next step by of each action."""
    rows = {"J1a.1": dict(said()["Progress"]["J1a.1"])}
    for ref, text in zip(("J1a.1", "J1a.2", "J1a.3", "J1b.1"), dates, strict=False):
        rows.setdefault(ref, {})["Next step by"] = text
    return {**said(), "Progress": rows}


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (
            ["03/04"],
            [
                f"{on('Next step by', 5)}: '03/04' names no year, so it was read as 3 April 2016",
                "'03/04' was read with the day",
            ],
        ),
        (
            ["September 2016"],
            ["Next step by of J1a.1 is September 2016, so it falls due on the last day, 30 September 2016."],
        ),
        (
            ["5/7/16", "6/7/16", "7/8/16", "8/9/16"],
            [
                f"4 dates were read with the day first: {on('Next step by', 5)} '5/7/16' as 5 July 2016, Progress!",
            ],
        ),
        (["30 September 2016"], []),
    ],
)
def test_what_was_assumed_of_a_date_stands_on_the_screen(
    round_one: Plan, dates: list[str], expected: list[str]
) -> None:
    path = round_one.filled("da", dated(*dates))
    found = lines(run("receive", path, "--dry-run", *AS_OF, plan=round_one).output)
    assert len(found) == len(expected), found
    assert all(part in line for part, line in zip(expected, found, strict=True)), found


def test_all_notes_one_by_one_where_they_are_asked_for(round_one: Plan) -> None:
    answers = dated("5/7/16", "6/7/16")
    answers = {**answers, "Start here": {"Completed by": {"Your answer": "Chair "}}}
    path = round_one.filled("da", answers)
    few = run("receive", path, "--dry-run", *AS_OF, plan=round_one).output
    assert [line.partition(":")[0] for line in lines(few)] == ["2 dates were read with the day first"]
    assert "1 more note of what was tidied: --notes tells each." in few
    every = run("receive", path, "--dry-run", "--notes", *AS_OF, plan=round_one).output
    assert [line.partition(":")[0] for line in lines(every)] == [
        f"J1a.2 {on('Next step by', 6)}",  # beside an error of its row
        "Start here!C13",
        f"J1a.1 {on('Next step by', 5)}",
    ]
    assert "more note" not in every


def test_rows_that_say_nothing_are_one_line(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    (line,) = lines(run("receive", path, "--dry-run", *AS_OF, plan=round_one).output, "warning")
    assert line.startswith("This workbook says nothing about 3 actions in this round")
    assert line.endswith(": J1a.2, J1a.3, J1b.1.")


def test_a_month_that_is_new_in_the_plan_is_told_by_check_plan_and_issue(example: Plan) -> None:
    assert lines(run("check", plan=example).output) == []
    change(example, {"Actions": {"J1a.1": {"Due": "Dec 2016"}, "J1a.2": {"Due": "5/1/17"}}})
    month = "J1a.1 Actions!G5: Due of J1a.1 is December 2016, so it falls due on the last day, 31 December 2016."
    day_first = "J1a.2 Actions!G6: '5/1/17' was read with the day first, as 5 January 2017."
    for command in (["check"], ["plan", "--as-of", "2016-06-20"]):
        found = lines(run(*command, plan=example).output)
        assert [line.partition(" If ")[0] for line in found] == [month, day_first], command
    assert [line.partition(" If ")[0] for line in lines(run("check", plan=example).output)] == [day_first]
    change(example, {"Actions": {"J1a.3": {"Due": "Dec 2016"}}})
    assert any("Due of J1a.3 is December 2016" in line for line in lines(run(*ISSUE, plan=example).output))


def test_a_month_that_went_out_with_the_workbook_is_not_told(round_one: Plan) -> None:
    receipt = round_one.receive_one(round_one.filled("da", said()))
    assert "date_month_end" not in {one.code for one in receipt.findings}


@pytest.mark.libreoffice
def test_what_cannot_be_seen_in_an_xls_reaches_the_officer(round_one: Plan, tmp_path: Path) -> None:
    path = round_one.filled("da", said())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), str(path)]
    subprocess.run(convert, check=True, capture_output=True)
    output = run("receive", tmp_path / "da.xls", *AS_OF, plan=round_one).output
    assert any(line.startswith("The workbook was saved as .xls.") for line in lines(output))
    (book,) = round_one.register.documents(kind="officer")
    told_there = [row.cells for row in book.book.sheet("Findings").rows]
    assert any("The workbook was saved as .xls." in str(cells) for cells in told_there)


@pytest.mark.parametrize(
    ("who", "is_told"),
    [
        ("Chair, Domestic Abuse", False),
        ("chair,  domestic abuse", False),
        ("The Chair, Domestic Abuse (acting)", False),
        ("Deputy B", True),
    ],
)
def test_a_name_that_the_plan_does_not_know_is_a_note(round_one: Plan, who: str, is_told: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    answers = {**said(), "Start here": {"Completed by": {"Your answer": who}}}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert (("completed_by_unknown", "") in told(receipt)) is is_told


def test_where_the_plan_names_nobody_nobody_is_unknown(example: Plan) -> None:
    change(example, {"Subgroups": {"DA": {"Chair": None, "Who receives meanwhile": None}}})
    example.issue()
    receipt = example.receive_one(
        example.filled("da", {**said(), "Start here": {"Completed by": {"Your answer": "B"}}})
    )
    assert ("completed_by_unknown", "") not in told(receipt)


MIXED: Answers = {
    **said(),
    "Action plan": {"J1a.2": {"How we will do it": "By post"}, "J1a.1": {"Who is responsible": None}},
    "Progress": {
        "J1a.1": {**said()["Progress"]["J1a.1"], "Next step by": "31/4"},
        "J1a.2": {"Stage": "In progress", "RAG": "Purple", "Next step": "Go on", "Next step by": "5/7/16"},
    },
}


def test_findings_stand_row_by_row_the_row_with_the_worst_first(round_one: Plan) -> None:
    output = run("receive", round_one.filled("da", MIXED), "--notes", *AS_OF, plan=round_one).output
    found = [line.split()[:2] for line in output.splitlines() if line.startswith("    ")]
    about = [(severity, ref) for severity, ref in found if ref in ("J1a.1", "J1a.2")]
    assert about == [
        ("error", "J1a.1"),
        ("query", "J1a.1"),
        ("error", "J1a.2"),
        ("error", "J1a.2"),
        ("note", "J1a.2"),
    ], output


def test_as_many_are_counted_as_are_told(round_one: Plan) -> None:
    output = run("receive", round_one.filled("da", MIXED), *AS_OF, plan=round_one).output
    (receipt,) = [line for line in output.splitlines() if line.startswith("accepted with findings")]
    assert ", 3 errors, 1 query, 1 warning; saved by" in receipt
    assert [len(lines(output, severity)) for severity in ("error", "query", "warning")] == [3, 1, 1]
    assert "To settle: 1 query, 0 to confirm" in output


def test_conflicts_are_no_changes_and_those_of_one_issue_are_one_query(round_one: Plan) -> None:
    first, second = (
        round_one.filled(name, said(progress=name, rag=rag)) for name, rag in (("one", "Red"), ("two", "Green"))
    )
    run("receive", first, *AS_OF, plan=round_one)
    (given,) = in_json("receive", second, "--dry-run", *AS_OF, plan=round_one)["returns"]
    typed = sum(len(texts) for texts in said()["Progress"].values())
    assert given["conflicts"] == 2
    assert given["queries"] == 1
    assert given["changes"] + given["conflicts"] < typed, "what both said alike is neither"
    output = run("receive", second, *AS_OF, plan=round_one).output
    assert "nothing taken, 2 conflicts in 1 query, 1 warning; saved by" in output
    assert [len(lines(output, word)) for word in ("query", "conflict")] == [1, 1]
    assert lines(output, "conflict")[0].startswith("2 cells came back with something else")
    assert "To settle: 1 query, " in output
    assert "1 query open." in run("status", *AS_OF, plan=round_one).output


def test_queries_that_came_just_now_are_told_from_those_that_wait(round_one: Plan) -> None:
    for name in ("one", "two"):
        answers = {**said(progress=name), "Action plan": {"J1a.1": {"Who is responsible": None}}}
        output = run("receive", round_one.filled(name, answers), *AS_OF, plan=round_one).output
    assert "1 conflict in 1 query, 1 other query, 1 warning; saved by" in output
    assert "To settle: 3 queries (2 of them new), 0 to confirm" in output


def test_what_the_program_says_of_an_added_row_is_no_change(round_one: Plan) -> None:
    added = table(
        """
        | Ref | What we will do | How we will do it | Impact      | Who is responsible |
        | 1   | A new leaflet   | By post           | Safer homes | The chair          |
        """
    )
    answers = {"Start here": form(completed_by="Chair"), "New actions": added}
    receipt = round_one.receive_one(round_one.filled("da", answers))
    assert receipt.changes == 4, [one.message for one in receipt.findings]


def test_status_is_a_table_that_says_whom_to_ask(round_one: Plan) -> None:
    run("receive", round_one.filled("da", said()), *AS_OF, plan=round_one)
    rows = run("status", "--as-of", "2016-07-20", plan=round_one).output.splitlines()[1:10]
    assert len({row.index("accepted") if "accepted" in row else row.index("outstanding") for row in rows}) == 1
    assert [row.split()[0] for row in rows] == sorted(row.split()[0] for row in rows)
    asked = {row.split()[0]: row.partition(" ask ")[2] for row in rows}
    assert asked["DA"] == ""
    assert asked["SOS"] == "Chair, Signs of Safety, signs.of.safety@example.org"
    assert asked["MH"] == "Board lead, Mental Health, lead.mental.health@example.org"


def test_open_questions_line_up_behind_what_they_are_about(example: Plan) -> None:
    questions = lines(run("check", plan=example).output, "open")
    assert len({len(line) - len(line.partition(" ")[2].lstrip()) for line in questions}) == 1


@pytest.mark.parametrize("command", [["check"], ["plan"], [*ISSUE], ["status"], ["master"], ["trace", "J1a.1"]])
def test_every_command_ends_with_what_is_next(round_one: Plan, command: list[str]) -> None:
    assert run(*command, plan=round_one).output.splitlines()[-1].startswith("Next: ")
