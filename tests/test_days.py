"""Days as people type them into a command, and what the shell completes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from tests.chairs import Plan
from tests.commands import run, told

from plan_sheets.cli import main

Q1, Q4 = "2016-17-Q1", "2016-17-Q4"
JUNE = ("--as-of", "2016-06-20")


@pytest.mark.parametrize(
    ("typed", "code", "understood"),
    [
        ("2016-07-15", Q1, "Friday 15 July 2016"),
        ("15 July 2016", Q1, "Friday 15 July 2016"),
        ("15/7/2016", Q1, "Friday 15 July 2016"),
        ("15.07.16", Q1, "Friday 15 July 2016"),
        ("05/07/2016", Q1, "Tuesday 5 July 2016"),
        ("15 Jul", Q1, "Friday 15 July 2016"),
        ("Fri 15th July", Q1, "Friday 15 July 2016"),
        ("by 15 July 2016", Q1, "Friday 15 July 2016"),
        ("14 April", Q4, "Friday 14 April 2017"),
        ("14 March", Q4, "Tuesday 14 March 2017"),
    ],
)
def test_a_day_is_read_as_people_type_it_and_said_again(example: Plan, typed: str, code: str, understood: str) -> None:
    issued = run("issue", "--round", code, "--return-by", typed, "--subgroup", "DA", *JUNE, plan=example)
    assert (issued.exit_code, issued.output.splitlines()[0]) == (0, f"Return by {understood}:"), issued.output


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("October 2016", "'October 2016' is October 2016, not one day of it."),
        ("Q2", "'Q2' is July to September 2016, not one day of it."),
        ("March 17", "'March 17' can be read as March 2017, or 17 March 2017."),
        ("10/14/2016", "with the month first it would be 14 October 2016."),
        ("Monday 15 July 2016", "the day of the week does not fit the date 15 July 2016."),
        ("15 July?", "seems to mean 15 July 2016, but marks it as uncertain."),
        ("tomorrow", "'tomorrow' is not one day or one month."),
        ("31 June 2016", "'31 June 2016' cannot be read as a date."),
        ("42566", "'42566' cannot be read as a date."),
        ("15", "'15' cannot be read as a date."),
        ("", "'' cannot be read as a date."),
        ("\x1b[31m", "'␛[31m' cannot be read as a date."),
    ],
)
def test_what_is_not_one_day_is_told_and_nothing_is_done(example: Plan, typed: str, says: str) -> None:
    refused = run("issue", "--round", Q1, "--return-by", typed, *JUNE, plan=example)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert says in refused.stderr
    assert 'Type one day, as "14 October 2016" (with the quotation marks)' in refused.stderr
    assert example.register.rounds() == []


def test_a_day_before_a_round_is_not_moved_to_the_next_year(example: Plan) -> None:
    refused = run("issue", "--round", "2016-17-Q2", "--return-by", "14 April", *JUNE, plan=example)
    assert refused.exit_code == 1
    assert example.register.rounds() == []


def test_the_day_that_decides_is_said_again_where_it_was_not_typed_in_figures(round_one: Plan) -> None:
    by_words = run("status", "--as-of", "20 July", plan=round_one)
    in_figures = run("status", "--as-of", "2016-07-20", plan=round_one)
    assert by_words.stdout == in_figures.stdout
    assert (by_words.stderr, in_figures.stderr) == ("As of Wednesday 20 July 2016.\n", "")
    assert told("status", "--as-of", "20 July", plan=round_one) == told(
        "status", "--as-of", "2016-07-20", plan=round_one
    )


@pytest.mark.parametrize(("typed", "status", "says"), [("1 April", 2, "'1 April' names no year."), ("1/4/2016", 0, "")])
def test_a_year_is_asked_for_where_no_plan_names_one(tmp_path: Path, typed: str, status: int, says: str) -> None:
    made = run("new", tmp_path / "plan", "--as-of", typed)
    assert (made.exit_code, says in made.stderr) == (status, True)


def test_a_year_is_asked_for_where_the_plan_has_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    run("new", empty, "--as-of", "2016-04-01")
    refused = run("status", "--plan", empty, "--as-of", "2 April")
    assert (refused.exit_code, "'2 April' names no year." in refused.stderr) == (2, True)
    assert run("status", "--plan", empty, "--as-of", "2 April 2016").exit_code == 0


def completed(*words: str, begun: str = "") -> list[str]:
    """What the shell is given for a word that is begun."""
    complete = ShellComplete(main, {}, "plan-sheets", "_PLAN_SHEETS_COMPLETE")
    return [item.value for item in complete.get_completions(list(words), begun)]


def test_the_shell_completes_what_the_register_knows(round_one: Plan) -> None:
    plan = str(round_one.path)
    assert completed(begun="rec") == ["receive"]
    assert completed("issue", "--plan", plan, "--round") == [Q1]
    assert completed("issue", "--plan", plan, "--subgroup", begun="m") == ["MH", "MSP"]
    assert completed("trace", "--plan", plan, begun="j1a") == ["J1a", "J1a.1", "J1a.2", "J1a.3"]
    assert completed("issue", "--return-by", "soon", "--plan", plan, "--round", begun="2016") == [Q1]
    run("receive", round_one.sent("SOS"), "--as-of", "2016-07-08", plan=round_one)
    assert completed("withdraw", "--plan", plan, begun="SOS") == ["SOS-1"]


def test_nothing_is_completed_and_nothing_said_where_no_register_can_be_read(
    round_one: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "register.sqlite").write_bytes(b"no database")
    shutil.copy(round_one.path / "plan.xlsx", tmp_path / "plan.xlsx")
    for folder in (tmp_path, tmp_path / "odd", tmp_path / "nowhere", tmp_path / "plan.xlsx"):
        assert completed("trace", "--plan", str(folder)) == []
    assert not (tmp_path / "register.sqlite").exists()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("words", [["receive"], ["inspect"], ["new"], ["differ"], ["status", "--plan"]])
def test_a_path_is_completed_by_the_shell_itself(words: list[str]) -> None:
    complete = ShellComplete(main, {}, "plan-sheets", "_PLAN_SHEETS_COMPLETE")
    assert [item.type for item in complete.get_completions(words, "in")] == ["file"]
