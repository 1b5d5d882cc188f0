"""What the README shows of `plan-sheets receive` is what the command prints, word for word; it is only folded there."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.chairs import SOS, Answers, Plan, form, said, table

from plan_sheets.cli import main

README = Path(__file__).parents[1] / "README.md"
COMMAND = "plan-sheets receive ../inbox"
EXCEL = '<Properties xmlns="p"><Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>'
HARM: Answers = {
    "Start here": form(completed_by="Chair"),
    "Progress": table(
        """
        | Ref  | Progress made             | Stage       | RAG   | Next step            | Next step by |
        | S1.1 | Two districts have looked | In progress | green | Ask the other four   | 31/4         |
        """
    ),
}


def save_as_excel_does(path: Path) -> None:
    """Name Excel as the program that saved a workbook."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in (parts | {"docProps/app.xml": EXCEL.encode()}).items():
            package.writestr(name, data)


def shown() -> str:
    """What stands below the command in its code block."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"^    {re.escape(COMMAND)}\n((?:    .+\n)+)", text, re.MULTILINE)
    assert found
    return found[1]


def test_it_shows_what_receive_prints(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    emptied = {"Action plan": {"J1a.1": {"Who is responsible": None}}}
    for path in (
        round_one.filled("2016-17-q1-domestic-abuse", {**said(), **emptied}),
        round_one.filled("Hidden Harm FINAL (2)", HARM, "HARM"),
        round_one.filled("Signs of Safety", SOS, "SOS"),
    ):
        save_as_excel_does(path)
    (round_one.inbox / "minutes.txt").write_text("Minutes of the meeting.", encoding="utf-8")
    monkeypatch.chdir(round_one.path)
    printed = CliRunner().invoke(main, [*COMMAND.split()[1:], "--as-of", "2016-07-14"]).output
    assert printed.split() == shown().split(), f"write this into the README:\n{printed}"
