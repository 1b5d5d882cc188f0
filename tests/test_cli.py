"""The command line: the exit status of each command, its JSON, its words; no traceback ever."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.chairs import SOS, Answers, Plan, at, edit, fill, form, said
from tests.commands import (
    ISSUE,
    broken,
    change,
    good,
    held,
    nowhere,
    run,
    told,
    untouched,
    with_error,
    with_query,
    with_warning,
)

from plan_sheets.cli import main

# Exit status: 0 done; 1 refused, nothing changed; 2 misused; 3 done, with something that somebody must act on


@pytest.mark.parametrize(
    ("files", "status", "verdicts"),
    [
        ([good], 0, {"accepted": 1}),
        ([with_warning], 0, {"accepted_with_findings": 1}),
        ([untouched], 0, {"untouched": 1}),
        ([with_error], 3, {"accepted_with_findings": 1}),
        ([with_query], 3, {"accepted_with_findings": 1}),
        ([held], 3, {"held": 1}),
        ([good, broken], 3, {"accepted": 1, "refused": 1}),
        ([broken], 1, {"refused": 1}),
        ([good, nowhere], 1, None),
    ],
    ids=lambda given: " and ".join(one.__name__ for one in given) if isinstance(given, list) else str(given),
)
def test_status_of_receive(
    round_one: Plan, files: list[Callable[[Plan], Path]], status: int, verdicts: dict[str, int] | None
) -> None:
    paths = [make(round_one) for make in files]
    result = run("receive", *paths, "--json", plan=round_one)
    assert result.exit_code == status
    if verdicts is None:
        assert result.stdout == ""
        assert "nowhere.xlsx is not there" in result.stderr
        assert round_one.register.returns()[-1].kind == "plan", "nothing was received"
    else:
        assert {name: many for name, many in json.loads(result.stdout)["totals"].items() if many} == verdicts


def test_a_conflict_is_something_to_act_on(round_one: Plan) -> None:
    files = [round_one.filled("one", said(progress="A")), round_one.filled("two", said(progress="B"))]
    assert run("receive", *files, plan=round_one).exit_code == 3
    assert run("receive", *files, plan=round_one).exit_code == 0, "duplicates now"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("check",), 0),
        (("plan",), 0),
        (("plan", "--write"), 0),
        (ISSUE, 0),
        ((*ISSUE, "--subgroup", "SOS"), 0),
        ((*ISSUE, "--subgroup", "NOBODY"), 1),
        (("issue", "--round", "2016-17-Q7", "--return-by", "2016-07-15"), 1),
        (("issue", "--round", "2016-17-Q1", "--return-by", "2016-01-15"), 1),
        (("issue", "--round", "2016-17-Q1", "--return-by", "31/06/2016"), 2),
        (("issue", "--round", "2016-17-Q1"), 2),
        (("status",), 0),  # nothing issued yet: it says what waits
        (("status", "--round", "2016-17-Q1"), 1),
        (("next",), 0),
        (("receive",), 2),
        (("receive", "nowhere.xlsx"), 1),
        (("trace", "J1a.1"), 0),
        (("trace", "J1a.1", "Due"), 0),
        (("trace", "J1a.1", "due"), 0),
        (("trace", "J9.9"), 1),
        (("trace", "J1a.1", "weather"), 1),
        (("sing",), 2),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else str(words),
)
def test_status_of_the_other_commands(example: Plan, words: tuple[str, ...], status: int) -> None:
    result = run(*words, plan=example)
    assert result.exit_code == status, result.output
    if status == 1:
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) >= 2, "what happened, and what to do next"


COMMANDS = ("check", "plan", ISSUE, ("receive", "x.xlsx"), "status", ("trace", "J1a.1"))


@pytest.mark.parametrize("words", COMMANDS, ids=str)
def test_a_folder_that_is_no_plan_is_refused(words: str | tuple[str, ...], tmp_path: Path) -> None:
    result = run(*((words,) if isinstance(words, str) else words), plan=Plan(tmp_path))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no plan folder" in result.stderr
    assert "plan-sheets new" in result.stderr


def spoil(plan: Plan, how: str) -> None:
    path = plan.path / "plan.xlsx"
    if how == "missing":
        path.unlink()
    elif how == "sheet missing":
        edit(path, path, lambda book: book.remove(book["Grid"]))
    elif how == "sheet renamed":
        edit(path, path, lambda book: setattr(book["Grid"], "title", "Our grid"))
    elif how == "not a workbook":
        path.write_bytes(b"hello")
    else:
        plan.register.close()
        with closing(sqlite3.connect(plan.path / "register.sqlite")) as connection:
            connection.execute("DROP TRIGGER version_never_update")
            connection.execute("UPDATE version SET number = 99")
            connection.commit()


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("missing", "plan.xlsx is not there"),
        ("sheet missing", "no sheet 'Grid'"),
        ("sheet renamed", "no sheet 'Grid'"),
        ("not a workbook", "plan.xlsx cannot be read"),
        ("newer register", "newer version of plan-sheets"),
    ],
)
@pytest.mark.parametrize("words", [("check",), ("plan",), ISSUE], ids=["check", "plan", "issue"])
def test_what_cannot_be_read_is_refused_in_plain_words(
    example: Plan, words: tuple[str, ...], how: str, says: str
) -> None:
    spoil(example, how)
    result = run(*words, plan=example)
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr


@pytest.mark.parametrize(
    ("answers", "words", "status"),
    [
        ({"Actions": {"J1a.1": {"Due": "soon"}}}, ("check",), 3),
        ({"Actions": {"J1a.1": {"Due": "soon"}}}, ("plan",), 3),
        ({"Actions": {"J1a.1": {"Due": "soon"}}}, ISSUE, 3),
        ({"Actions": {"J1a.1": {"How we will do it": None}}}, ("check",), 0),
        ({"Actions": {"J1a.1": {"How we will do it": None}}}, ("plan",), 3),
        ({"Actions": {"J1a.1": {"Due": "May 2017"}}}, ("plan",), 0),
    ],
)
def test_what_is_wrong_in_the_plan_is_something_to_act_on(
    example: Plan, answers: Answers, words: tuple[str, ...], status: int
) -> None:
    change(example, answers)
    assert run(*words, plan=example).exit_code == status


def test_new_makes_a_plan_once(tmp_path: Path) -> None:
    assert run("new", tmp_path / "plan", "--example").exit_code == 0
    again = run("new", tmp_path / "plan")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "holds a plan already" in again.stderr


def test_the_plan_may_be_named_by_the_environment(example: Plan) -> None:
    result = CliRunner(env={"PLAN_SHEETS_PLAN": str(example.path)}).invoke(main, ["check"])
    assert result.exit_code == 0


# A whole round, by its words


def test_each_line_says_what_happened_and_what_next(example: Plan) -> None:
    assert "Next:" in run(*ISSUE, plan=example).stdout
    said_so = run("receive", with_query(example), plan=example).stdout
    assert "Action plan!E5" in said_so
    assert "Next:" in said_so
    assert "8 outstanding" in run("status", plan=example).stdout
    dry = run("receive", good(example), "--dry-run", plan=example).stdout
    assert "nothing was recorded" in dry
    assert len(example.register.returns()) == 2


def test_changed_outputs_are_never_overwritten(round_one: Plan) -> None:
    run("receive", with_query(round_one), plan=round_one)
    path = round_one.path / "officer" / "2016-17-q1.xlsx"
    fill(path, path, {"Start here": {"Settled by": {"Your answer": "Half done"}}})
    typed = path.read_bytes()
    said_so = run("receive", good(round_one), plan=round_one).stdout
    assert path.read_bytes() == typed
    assert (path.parent / "2016-17-q1-2.xlsx").is_file()
    assert "2016-17-q1-2.xlsx" in said_so


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--allow", "answers_permuted"), "reason"),
        (("--issue", "2016-17-Q1-XX-1"), "never sent out"),
        (("--replaces", "123456"), "no return"),
    ],
)
def test_what_is_said_of_a_file_has_to_fit(round_one: Plan, words: tuple[str, ...], says: str) -> None:
    result = run("receive", good(round_one), *words, plan=round_one)
    assert result.exit_code in (1, 3)
    assert says in result.output
    assert round_one.said("L3.1", "progress") == ""


def test_a_held_file_goes_in_with_issue(round_one: Plan) -> None:
    path = held(round_one)
    assert run("receive", path, plan=round_one).exit_code == 3
    given = told("receive", path, "--issue", "2016-17-Q1-DA-1", plan=round_one)
    assert given["returns"][0]["verdict"] == "accepted_with_findings"
    assert given["totals"]["held"] == 0


def test_what_the_program_did_not_expect_is_told_without_a_traceback(
    example: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plan_sheets import plan as deed  # noqa: PLC0415 - loaded late by the command as well

    def fail(_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(deed, "check_plan", fail)
    result = run("check", plan=example)
    assert result.exit_code == 1
    assert "a fault of ours" in result.stderr
    assert "report" in result.stderr


def test_every_command_has_help_and_the_options_of_the_design() -> None:
    commands = dict(main.commands)
    parts = commands.pop("register")
    commands |= {f"register {name}": part for name, part in getattr(parts, "commands", {}).items()}
    options = {name: {opt for param in command.params for opt in param.opts} for name, command in commands.items()}
    assert set(options) == {
        "new",
        "check",
        "close-year",
        "plan",
        "plans",
        "issue",
        "receive",
        "status",
        "mail",
        "allow",
        "next",
        "master",
        "trace",
        "inspect",
        "redact",
        "withdraw",
        "differ",
        "doctor",
        "backup",
        "register grant",
        "register move",
        "register upgrade",
        "desk",
        "demo",
    }
    for name, given in options.items():
        assert ("--plan" in given) is (name not in ("new", "inspect", "demo"))
        assert ("--json" in given) or name in ("new", "demo", "desk")
        assert run(*name.split(), "--help").exit_code == 0
    assert options["receive"] >= {"--dry-run", "--issue", "--replaces", "--allow", "--reason", "--as-of"}
    assert options["issue"] >= {"--round", "--return-by", "--subgroup", "--as-of"}
    assert options["master"] >= {"--round", "--output", "--hand-over", "--number", "--region", "--title"}
    assert "--all" in options["status"] & options["next"]
    assert options["redact"] >= {"--reason", "--as-of"}
    assert options["mail"] >= {"--round", "--issue", "--feedback", "--chase", "--thanks", "--decisions", "--as-of"}
    assert options["allow"] >= {"--subgroup", "--until", "--by", "--reason", "--as-of"}
    assert options["withdraw"] >= {"--reason", "--as-of"}
    assert isinstance(main, click.Group)


def test_the_program_runs_as_it_is_installed(example: Plan) -> None:
    program = [sys.executable, "-c", "from plan_sheets.cli import main; main()"]
    env = {**os.environ, "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [*program, "check", "--plan", str(example.path), "--json"], capture_output=True, text=True, env=env, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["counts"]["boards"] == 3


def test_a_reader_that_has_read_enough_is_no_trouble(example: Plan) -> None:
    program = [sys.executable, "-m", "plan_sheets", "check", "--plan", str(example.path)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""


def test_as_of_decides_what_is_late(round_one: Plan) -> None:
    late = {
        day: told("status", "--as-of", day, plan=round_one)["totals"]["late"] for day in ("2016-07-15", "2016-07-16")
    }
    assert late == {"2016-07-15": 0, "2016-07-16": 9}
    assert round_one.register.rounds()[0].return_by == date(2016, 7, 15).isoformat()


def test_the_form_is_shown_to_the_officer(round_one: Plan) -> None:
    answers: Answers = {**SOS, "Start here": form(completed_by="Chair", message="Away until May")}
    run("receive", round_one.filled("sos", answers, "SOS"), plan=round_one)
    import openpyxl  # noqa: PLC0415 - here alone

    sheet = openpyxl.load_workbook(round_one.path / "officer" / "2016-17-q1.xlsx")["Returns"]
    row = next(row for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("SOS"))
    assert "Away until May" in row
    assert at(sheet, str(row[0]), "Verdict").value == "Accepted"


def test_a_plan_that_was_saved_since_is_told_of_and_stops_nothing(example: Plan) -> None:
    saved = "plan.xlsx has been saved since it was last taken in"
    assert saved not in run("master", plan=example).output
    change(example, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    before = run("master", plan=example)
    assert (before.exit_code, saved in before.output) == (0, True)
    assert any(one.startswith(saved) for one in told("master", plan=example)["warnings"])
    run(*ISSUE, plan=example)
    assert saved not in run("status", plan=example).output
    change(example, {"Actions": {"J1a.1": {"Due": "June 2017"}}})
    after = run("status", plan=example)
    assert (after.exit_code, saved in after.output) == (0, True)
    told("status", plan=example)
    run("plan", plan=example)
    assert saved not in run("status", plan=example).output + run("master", plan=example).output
    (example.path / "plan.xlsx").unlink()
    assert saved not in run("status", plan=example).output


def test_what_is_not_saved_in_an_open_plan_is_said_to_be_missing(example: Plan) -> None:
    (example.path / "~$plan.xlsx").touch()
    for words in (ISSUE, ("plan",)):
        assert "plan.xlsx is open in another program" in run(*words, plan=example).stdout
