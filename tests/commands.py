"""The commands as they are typed in tests, and the files that they are given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from tests.chairs import SOS, Answers, Plan, fill, held_file, said

from plan_sheets.cli import main

AS_OF = ("--as-of", "2016-07-08")
ISSUE = ("issue", "--round", "2016-17-Q1", "--return-by", "2016-07-15", "--as-of", "2016-06-20")


def run(*words: str | Path, plan: Plan | None = None) -> Result:
    """A command, as it is typed."""
    where = ["--plan", str(plan.path)] if plan else []
    command, *rest = [str(word) for word in words]
    result = CliRunner().invoke(main, [command, *where, *rest])
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(*words: str | Path, plan: Plan) -> Any:
    """What a command prints with --json: one document, and nothing else."""
    return json.loads(run(*words, "--json", plan=plan).stdout)


def change(plan: Plan, answers: Answers) -> None:
    fill(plan.path / "plan.xlsx", plan.path / "plan.xlsx", answers)


def good(plan: Plan) -> Path:
    return plan.filled("sos", SOS, "SOS")


def with_error(plan: Plan) -> Path:
    return plan.filled("error", said(rag="Purple"))


def with_query(plan: Plan) -> Path:
    return plan.filled("query", {**said(), "Action plan": {"J1a.1": {"Who is responsible": None}}})


def with_warning(plan: Plan) -> Path:
    return plan.filled("warning", said())


def held(plan: Plan) -> Path:
    return held_file(plan, "carriers disagree")


def broken(plan: Plan) -> Path:
    path = plan.inbox / "broken.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PK\x03\x04")
    return path


def untouched(plan: Plan) -> Path:
    return plan.filled("untouched", {}, "SOS")


def nowhere(plan: Plan) -> Path:
    return plan.inbox / "nowhere.xlsx"
