"""The demo tells half a year on two screens, the same every time, and nothing that anybody typed in it is lost."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.table_rows import rows_of_table

from plan_sheets.asking.status import status_of
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.stages import Status
from plan_sheets.demo import run_demo
from plan_sheets.master import make_master
from plan_sheets.store.inspector.inspect import inspect_workbook
from plan_sheets.store.plan_folder import open_folder
from plan_sheets.store.register import tables
from plan_sheets.store.schemas import load_demo

Texts = list[list[str]]
"""A sheet as rows of texts."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What the demo told, and the folder that it left."""

    lines: list[str]
    path: Path

    def sheet(self, file: str, name: str) -> Texts:
        book = openpyxl.load_workbook(self.path / file)
        return [["" if text is None else str(text) for text in row] for row in book[name].iter_rows(values_only=True)]

    def everything_in(self, file: str) -> str:
        names = openpyxl.load_workbook(self.path / file).sheetnames
        return "\n".join(text for name in names for row in self.sheet(file, name) for text in row)

    def rows(self, table: Any) -> list[Any]:
        register = open_folder(self.path).register
        found = list(rows_of_table(register, table))
        register.close()
        return found


def run(where: Path) -> Ran:
    """The demo as `plan-sheets demo` runs it: in the folder `demo` of the current one."""
    with pytest.MonkeyPatch.context() as here:
        here.chdir(where)
        lines: list[str] = []
        run_demo(Path("demo"), lines.append)
    return Ran(lines, where / "demo")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(tmp_path_factory.mktemp("first"))


def column(texts: Texts, heading: str) -> list[str]:
    at = next(row for row, cells in enumerate(texts) if heading in cells)
    place = texts[at].index(heading)
    return [row[place] for row in texts[at + 1 :]]


def returns() -> Iterator[Mapping[str, Any]]:
    for part in load_demo()["rounds"]:
        for post in part["post"]:
            yield from post["returns"]


def chairs_typed() -> Iterator[tuple[str, str, str]]:
    """File, sheet and text of everything that a chair typed outside the form; a date as it is read."""
    for one in returns():
        for sheet, rows in one.get("sheets", {}).items():
            for row in rows.values():
                for text in row.values() if isinstance(row, Mapping) else [row]:
                    if text is not None:
                        yield one["file"], sheet, PartialDate.day(text).words if isinstance(text, date) else text


def test_the_master_of_the_second_round_shows_every_published_status(ran: Ran) -> None:
    of_actions = set(column(ran.sheet("master/2016-17-q2-edition-1.xlsx", "Master plan"), "Published RAG"))
    assert of_actions == set(Status) - {Status.NO_ACTIONS, Status.TOO_LITTLE}
    rolled_up = set(column(ran.sheet("master/2016-17-q2-edition-1.xlsx", "RAG status"), "Published RAG"))
    assert {Status.NO_ACTIONS, Status.TOO_LITTLE} <= rolled_up


@pytest.mark.parametrize(
    ("ref", "published"),
    [
        ("L2.1", Status.BLUE),  # complete, confirmed, with impact and evidence
        ("J1a.1", Status.GREEN),
        ("J1a.3", Status.AMBER),  # judged Green, and a step not done
        ("S2.1", Status.RED),  # judged Green, and overdue
        ("J2c.1", Status.RED),  # as the second deputy said, and the officer took
        ("L3.1", Status.NOT_REPORTED),  # never returned
        ("J2d.1", Status.NOT_ASSESSABLE),  # judged Green, and nobody has said how
        ("L2.2", Status.CLOSED),
        ("J2a.3", Status.WITHDRAWN),
        ("HARM.F1", Status.PROPOSED),
        ("CSE.F1", Status.GREEN),  # proposed and confirmed in the first round
    ],
)
def test_each_action_stands_as_its_story_says(ran: Ran, ref: str, published: Status) -> None:
    texts = ran.sheet("master/2016-17-q2-edition-1.xlsx", "Master plan")
    assert dict(zip(column(texts, "Ref"), column(texts, "Published RAG"), strict=True))[ref] == published


@pytest.mark.parametrize(
    ("file", "verdict", "codes"),
    [
        ("2016-17-q1-domestic-abuse.xlsx", "accepted", set()),
        ("MSP.xlsx", "untouched", set()),
        ("thresholds - sorry for the delay.xlsx", "accepted_with_findings", {"row_silent"}),
        (
            "Prevent return FINAL.xlsx",
            "accepted_with_findings",
            {"tidied", "choice_with_more", "date_day_first", "date_year_assumed", "date_vague"},
        ),
        ("Prevent return FINAL corrected.xlsx", "accepted_with_findings", {"replaces"}),
        (
            "Hidden Harm Q1 (2).xlsx",
            "accepted_with_findings",
            {"locked_changed", "date_month_first", "placeholder", "required"},
        ),
        ("mental health Q2 my copy.xlsx", "accepted_with_findings", {"conflict"}),
        ("Prevent Q2.xlsx", "accepted_with_findings", {"sheet_renamed"}),
        ("Hidden Harm Q2.xlsx", "accepted_with_findings", {"emptied"}),
        ("2016-17-q2-learning-from-reviews.xlsx", "accepted", set()),
        ("MSP second quarter.xlsx", "accepted", set()),
    ],
)
def test_each_habit_is_told_as_what_it_is(ran: Ran, file: str, verdict: str, codes: set[str]) -> None:
    came = next(one for one in ran.rows(tables.RETURN) if one.file == file)
    told = {one.code for one in ran.rows(tables.FINDING) if one.return_id == came.id}
    assert came.verdict == verdict
    assert codes <= told
    assert any(line.strip().startswith(f"{file} (") for line in ran.lines)


def test_the_officer_was_asked_of_every_disagreement_and_nothing_is_left_open(ran: Ran) -> None:
    asked = Counter(one.code for one in ran.rows(tables.QUERY))
    assert asked == {"date_month_first": 1, "conflict": 1, "two_returns": 1, "emptied": 1}
    assert sum("0 queries open" in line for line in ran.lines) == 2
    declined = [one for one in ran.rows(tables.SETTLEMENT) if one.choice == "No"]
    assert [one.subject.split(" ")[1] for one in declined] == ["CSE.F2"]


def test_nothing_that_a_chair_typed_is_lost(ran: Ran) -> None:
    """It is in a master, was asked of the officer, or stands among the findings of the round as it was entered."""
    masters = "".join(ran.everything_in(f"master/2016-17-q{quarter}-edition-1.xlsx") for quarter in (1, 2))
    asked = {one.returned for one in ran.rows(tables.QUERY_CELL)}
    findings = {text for quarter in (1, 2) for text in _findings_of(ran, quarter)}
    read_as = {one.entered: one.tidied for one in ran.rows(tables.ENTRY) if one.outcome == "taken"}
    lost = {
        (file, text)
        for file, sheet, text in chairs_typed()
        if sheet != "Start here" and not (read_as.get(text, text) in masters or text in asked or text in findings)
    }
    assert not lost


def test_what_the_executive_decided_reaches_the_chairs_and_is_asked_about_again(ran: Ran) -> None:
    (sent,) = (ran.path / "issued/2016-17-q2").glob("*hidden-harm*.xlsx")
    replies = column(ran.sheet(str(sent.relative_to(ran.path)), "Progress"), "Executive's reply")
    (decided,) = (part["decided"] for part in load_demo()["rounds"] if "decided" in part)
    assert any(decided["sheets"]["Decisions"]["S1.2"]["Decision"] in text for text in replies)
    sheet = ran.sheet("master/2016-17-q2-edition-1.xlsx", "Decisions")
    asked = zip(column(sheet, "What is asked"), column(sheet, "Decision"), strict=True)
    texts = {row["Decision"] for row in decided["sheets"]["Decisions"].values()}
    assert {decision for what, decision in asked if what == "Was it carried out?"} == texts


def test_what_the_officer_released_is_all_that_the_public_reads_of_what_was_said(ran: Ran, tmp_path: Path) -> None:
    shutil.copytree(ran.path, tmp_path / "demo")
    folder = open_folder(tmp_path / "demo")
    made = make_master(folder, None, datetime(2016, 10, 25), edition="public")  # noqa: DTZ001 - the office's own clock
    folder.register.close()
    texts = column(ran.sheet(str(made.path), "Priorities and actions"), "Public text")
    released = load_demo()["rounds"][1]["settled"]["sheets"]["Public text"]
    assert sorted(text for text in texts if text != "Nothing released") == sorted(released.values())
    assert not [one for one in made.warnings if "public text" in one.casefold()]
    assert not [one for one in made.warnings if "title" in one.casefold()]


def _findings_of(ran: Ran, quarter: int) -> list[str]:
    """What was entered, of all findings of a round: those on Findings, and those that are dealt with."""
    folder = open_folder(ran.path)
    told = status_of(folder, f"2016-17-Q{quarter}", date(2016, 10, 25), findings=True).findings
    folder.register.close()
    return [finding.entered or "" for finding, _ in told]


def test_messages_to_the_officer_are_in_the_officers_workbook(ran: Ran) -> None:
    messages = column(ran.sheet("officer/2016-17-q1.xlsx", "Returns"), "Message to the board officer")
    assert {text for _, sheet, text in chairs_typed() if sheet == "Start here" and text.startswith("Sorry")} <= set(
        messages
    )


def test_it_is_told_on_two_screens_and_ends_with_the_master(ran: Ran) -> None:
    assert len(ran.lines) <= 70
    assert max(map(len, ran.lines)) <= 120
    assert ran.lines[-1].endswith(str(Path("demo/master/2016-17-q2-edition-1.xlsx")))
    assert (ran.path / "master/2016-17-q2-edition-1.xlsx").is_file()


def test_all_that_it_makes_is_accessible(ran: Ran) -> None:
    made = [ran.path / "plan.xlsx", *(ran.path / "issued").rglob("*.xlsx"), *(ran.path / "master").glob("*.xlsx")]
    assert len(made) == 21
    assert {path.name: inspect_workbook(path.read_bytes()) for path in made} == {path.name: [] for path in made}


def test_a_second_run_tells_the_same_and_makes_the_same_files(ran: Ran, tmp_path: Path) -> None:
    again = run(tmp_path)
    assert again.lines == ran.lines
    assert _files(again.path) == _files(ran.path)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.xlsx")}


def test_a_folder_that_holds_a_plan_is_left_alone(ran: Ran) -> None:
    before = _files(ran.path)
    with pytest.raises(PlanSheetsError, match="holds a plan already"):
        run_demo(ran.path, print)
    assert _files(ran.path) == before


def test_no_demo_goes_into_a_register_that_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_SHEETS_REGISTER", "postgresql://name@server/database")
    with pytest.raises(PlanSheetsError, match="the demo is for none"):
        run_demo(tmp_path / "demo", print)
    assert not (tmp_path / "demo").exists()
