"""What other programs read: the JSON of each command, in the shapes of the design."""

from __future__ import annotations

from pathlib import Path

from tests.chairs import Answers, Plan, fill, place, said
from tests.commands import (
    ISSUE,
    broken,
    change,
    good,
    held,
    run,
    told,
    with_query,
)

from plan_sheets.core.model.findings import Verdict

FINDING = {"code", "severity", "sheet", "cell", "ref", "field", "entered", "message"}
RETURN = {
    "number",
    "queries",
    "duplicate_of",
    "file",
    "sha256",
    "kind",
    "verdict",
    "subgroup",
    "round",
    "issue",
    "saved_by",
    "findings",
    "changes",
    "conflicts",
    "feedback",
}
STEP = {
    "round",
    "value",
    "before",
    "outcome",
    "file",
    "sha256",
    "sheet",
    "cell",
    "completed_by",
    "received",
    "saved_by",
}
ROW = {"subgroup", "issued", "returned", "verdict", "days_late"}
"""The shapes of 2-round.md."""


def test_json_of_receive(round_one: Plan) -> None:
    good(round_one), broken(round_one), with_query(round_one)
    given = told("receive", round_one.inbox, plan=round_one)
    assert set(given) == {"returns", "totals", "passed_over"}
    assert set(given["totals"]) == {str(one) for one in Verdict}
    for one in given["returns"]:
        assert set(one) == RETURN
        for finding in one["findings"]:
            assert set(finding) == FINDING
            assert finding["severity"] in {"error", "query", "masked", "warning", "note"}
    returns = {Path(one["file"]).stem: one for one in given["returns"]}
    sos = returns["sos"]
    assert (sos["kind"], sos["subgroup"], sos["round"], sos["issue"]) == (
        "subgroup",
        "SOS",
        "2016-17-Q1",
        "2016-17-Q1-SOS-1",
    )
    assert (sos["changes"], sos["conflicts"]) == (4, 0)
    assert len(sos["sha256"]) == 64
    assert {returns["broken"][name] for name in ("kind", "subgroup", "round", "issue")} == {None}
    refusal, not_kept = returns["broken"]["findings"]
    assert not_kept["code"] == "file_not_kept"
    assert (refusal["sheet"], refusal["cell"], refusal["code"]) == (None, None, "file_damaged")
    emptied = next(one for one in returns["query"]["findings"] if one["code"] == "emptied")
    assert (emptied["sheet"], emptied["cell"], emptied["ref"], emptied["field"]) == (
        "Action plan",
        "E5",
        "J1a.1",
        "responsible",
    )


def test_json_of_check(example: Plan) -> None:
    given = told("check", plan=example)
    assert set(given) == {"counts", "findings", "open_questions"}
    assert {"boards", "subgroups", "priorities", "themes", "actions", "open_questions"} <= set(given["counts"])
    assert all(set(one) == FINDING for one in given["findings"])


def test_json_of_issue(example: Plan) -> None:
    given = told(*ISSUE, plan=example)
    assert set(given) == {"return_by", "issues"}
    assert given["return_by"] == "2016-07-15"
    assert all(set(one) == {"file", "subgroup", "reference", "rows", "supersedes"} for one in given["issues"])
    assert {one["subgroup"]: one["rows"] for one in given["issues"]}["DA"] == 4
    assert all(Path(one["file"]).is_file() for one in given["issues"])


def test_json_of_status(round_one: Plan) -> None:
    run("receive", good(round_one), "--as-of", "2016-07-18", plan=round_one)
    run("receive", held(round_one), broken(round_one), "--as-of", "2016-07-18", plan=round_one)
    given = told("status", "--as-of", "2016-07-20", plan=round_one)
    assert {"rows", "totals"} <= set(given)
    assert all(set(one) >= ROW for one in given["rows"])
    rows = {one["subgroup"]: one for one in given["rows"]}
    assert (rows["SOS"]["returned"], rows["SOS"]["verdict"], rows["SOS"]["days_late"]) == ("2016-07-18", "accepted", 3)
    assert (rows["DA"]["returned"], rows["DA"]["days_late"]) == (None, 5)
    assert rows["DA"]["chase"] == "Chair, Domestic Abuse, domestic.abuse@example.org"
    assert rows["SOS"]["chase"] is None
    totals = given["totals"]
    assert totals["issued"] == totals["returned"] + totals["outstanding"] == 9
    assert (totals["returned"], totals["late"], totals["held"], totals["refused"]) == (1, 8, 1, 1)


def test_status_of_a_round_that_was_not_issued(round_one: Plan) -> None:
    result = run("status", "--round", "2016-17-Q2", plan=round_one)
    assert result.exit_code == 1
    assert "has not been issued" in result.stderr
    assert run("status", "--round", "2016-17-q1", plan=round_one).exit_code == 0


def test_json_of_trace(round_one: Plan) -> None:
    one = round_one.filled("one", said(progress="By A"))
    run("receive", one, "--as-of", "2016-07-08", plan=round_one)
    two = round_one.filled("two", said(progress="By B"))
    run("receive", two, "--as-of", "2016-07-09", plan=round_one)
    run("receive", settled(round_one), "--as-of", "2016-07-10", plan=round_one)
    given = told("trace", "J1a.1", "progress", plan=round_one)
    assert all(set(step) >= STEP for step in given)
    assert [(step["outcome"], step["value"], step["before"]) for step in given] == [
        ("taken", "By A", ""),
        ("conflict", "By B", "By A"),
        ("settled", "By B", "By A"),
    ]
    first, _, last = given
    assert (first["round"], first["file"], first["sheet"], first["cell"]) == (
        "2016-17-Q1",
        "one.xlsx",
        "Progress",
        place("Progress made", 5),
    )
    assert (first["completed_by"], first["received"][:10]) == ("Chair", "2016-07-08")
    assert (last["completed_by"], last["received"][:10]) == ("Board officer", "2016-07-10")


def settled(plan: Plan) -> Path:
    """The officer's workbook with its one query settled: take it."""
    answers: Answers = {
        "Queries": {"1": {"Your choice": "Take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    return fill(plan.path / "officer" / "2016-17-q1.xlsx", plan.inbox / "officer.xlsx", answers)


def test_trace_of_the_plan(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    run("plan", plan=example)
    given = told("trace", "J1a.1", "Due", plan=example)
    assert [(step["outcome"], step["value"], step["file"]) for step in given] == [
        ("taken", "March 2017", "plan.xlsx"),
        ("taken", "May 2017", "plan.xlsx"),
    ]
    assert given[1]["sheet"] == "Actions"
