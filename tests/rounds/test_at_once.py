"""Several commands at once, in processes of their own: nothing twice, nothing lost, and no word of a database."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import SOS, Plan, fill, said
from tests.commands import run
from tests.table_rows import rows_of_table

from plan_sheets import officer
from plan_sheets.core.answers import check
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.messages import Messages
from plan_sheets.store.register import tables
from plan_sheets.store.register.troubles import UNCHANGED

RAW = re.compile(r"sqlite3|sqlalchemy|Traceback|SELECT |INSERT |BEGIN|\[SQL|parameters")
"""What only a database or a programmer says."""

Command = Sequence[str | Path]
ISSUE_Q2 = ("issue", "--round", "2016-17-Q2", "--return-by", "2016-10-14", "--as-of", "2016-09-20")


def together(plan: Plan, *commands: Command) -> list[tuple[int, str]]:
    """Exit status and output of commands that all wait for the same line, and are given it when all are there."""
    start = "import sys; from plan_sheets.cli import main; print(flush=True); sys.stdin.readline(); main()"
    started = [
        subprocess.Popen(
            [sys.executable, "-c", start, str(command[0]), "--plan", str(plan.path), *map(str, command[1:])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    for one in started:
        assert one.stdout is not None
        one.stdout.readline()
    for one in started:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    told = [(one.communicate()[0], one.returncode) for one in started]
    assert not [text for text, _ in told if RAW.search(text)]
    return [(status, text) for text, status in told]


def nothing_twice(plan: Plan) -> None:
    """What there may be only once, and what must be there."""
    register = plan.register
    documents = register.documents()
    assert len({one.reference for one in documents}) == len(documents)
    refs = [one.ref for one in rows_of_table(register, tables.NEW_ROW)]
    assert len(set(refs)) == len(refs)
    rounds = Counter(one.code for one in rows_of_table(register, tables.ROUND))
    assert not [code for code, many in rounds.items() if many > 1]
    accepted = Counter(
        (one.sha256, one.document)
        for one in register.returns()
        if one.verdict.startswith("accepted") and one.kind != "plan"
    )
    assert not [file for file, many in accepted.items() if many > 1]
    plans = [one.sha256 for one in register.returns() if one.kind == "plan"]
    assert not [pair for pair in pairwise(plans) if pair[0] == pair[1]]
    queries = Counter((one.code, one.message) for one in plan.queries)
    assert not [query for query, many in queries.items() if many > 1]
    for name, shas in register.outputs().items():
        assert not shas or plan.folder.path.joinpath(name).is_file()
    assert all(plan.folder.kept(one.sha256).is_file() for one in register.returns() if one.verdict != "untouched")
    assert not list(plan.path.rglob(".plan-sheets-*"))


@pytest.mark.thorough
def test_one_file_received_by_several_is_accepted_once(round_one: Plan) -> None:
    file = round_one.filled("da", said(progress="As agreed"))
    outcomes = together(round_one, *[("receive", file)] * 4)
    verdicts = Counter(text.split()[0] for _, text in outcomes)
    assert verdicts == {"accepted": 1, "duplicate": 3}
    nothing_twice(round_one)
    corrected = round_one.filled("corrected", said(progress="As corrected", corrects="Yes"))
    assert "lineage_unclear" not in [one.code for one in round_one.receive_one(corrected).findings]
    assert round_one.said("J1a.1", "progress") == "As corrected"


def test_different_files_received_at_once_are_all_in(round_one: Plan) -> None:
    further = {"New actions": {"1": {"Theme": "J1b", "What we will do": "Train"}}}
    files = [round_one.filled(name, {**said(progress=name), **further}) for name in ("one", "two")]
    files.append(round_one.filled("sos", SOS, "SOS"))
    outcomes = together(round_one, *[("receive", one) for one in files])
    assert all(text.startswith("accepted") for _, text in outcomes)
    nothing_twice(round_one)
    texts = {round_one.said("J1a.1", "progress"), *(cell.returned for one in round_one.queries for cell in one.cells)}
    assert texts >= {"one", "two"}
    assert len(rows_of_table(round_one.register, tables.NEW_ROW)) == 2
    assert round_one.said("L3.1", "progress") == "The briefing is agreed"


def test_commands_of_all_kinds_at_once(round_one: Plan) -> None:
    file = round_one.filled("da", said(progress="As agreed"))
    fill(round_one.path / "plan.xlsx", round_one.path / "plan.xlsx", {"Plan": {"Title": {"Answer": "Retitled"}}})
    commands: list[Command] = [ISSUE_Q2, ISSUE_Q2, ("plan",), ("master",), ("master",), ("receive", file), ("status",)]
    outcomes = together(round_one, *commands)
    assert [status for status, _ in outcomes if status not in (0, 3)] == []
    nothing_twice(round_one)
    assert round_one.history.text("plan", "", "title") == "Retitled"
    assert round_one.said("J1a.1", "progress") == "As agreed"


@pytest.mark.thorough
def test_new_at_once_makes_one_plan(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "plan")
    start = [sys.executable, "-m", "plan_sheets", "new", str(plan.path), "--example"]
    started = [subprocess.Popen(start, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    told = [one.communicate()[0] for one in started]
    assert sorted(one.returncode for one in started) == [0, 1]
    assert [text for text in told if "holds a plan already" in text]
    nothing_twice(plan)
    assert not plan.folder.plan_is_newer()


def test_what_goes_out_while_a_file_is_opened_is_told(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round is issued after the file was opened, and before anything is recorded."""
    check_rows: Any = check.check_rows
    file = round_one.filled("da", said())
    others = iter([ISSUE_Q2])

    def check_meanwhile(rows: Any, messages: Messages) -> Any:
        for other in others:
            run(*other, plan=round_one)
        return check_rows(rows, messages)

    monkeypatch.setattr(check, "check_rows", check_meanwhile)
    assert "round_passed" in [one.code for one in round_one.receive_one(file).findings]


def test_a_register_in_use_is_busy_and_stays_as_it_is(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "WAIT", 0)
    file, before = round_one.filled("da", said()), round_one.register.last_batch()
    with round_one.register.batch("another's", "2016-07-08"):
        for words in (("receive", file), ("plan",), ISSUE_Q2, ("master",)):
            told = run(*words, plan=round_one)
            assert told.exit_code == 1, words
            assert "is busy" in told.stderr
            assert "try again." in told.stderr
            assert "Nothing was changed." in told.stderr
            assert "backup" not in told.stderr
            assert not RAW.search(told.stderr)
        assert run("receive", file, "--dry-run", plan=round_one).exit_code == 0
        assert run("status", plan=round_one).exit_code == 0
    assert round_one.register.last_batch() == before
    assert not list(round_one.path.rglob(".plan-sheets-*"))
    assert not (round_one.path / "master").exists() or not list((round_one.path / "master").iterdir())


def test_received_and_then_busy_is_not_said_to_be_unchanged(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise PlanSheetsError("The register is busy.", f"Try again. {UNCHANGED}")

    monkeypatch.setattr(officer, "make_officer", busy)
    told = run("receive", round_one.filled("da", said()), plan=round_one)
    assert told.exit_code == 3
    assert "Recorded; but not every workbook could be made: The register is busy. Try again." in told.stderr
    assert UNCHANGED not in told.stderr
