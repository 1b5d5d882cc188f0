"""A completed action in the chair's next workbook: its row is there, and nothing in it has to be filled in."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from tests.chairs import Q1, Q2, SOS, Plan, at, codes, fill, form, said
from tests.commands import run
from tests.conftest import Prepare
from tests.programs.saving import Job, libreoffice

from plan_sheets.asking.status import status_of
from plan_sheets.officer import make_officer

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
Q2_DAY = datetime(2016, 10, 7)  # noqa: DTZ001 - the office's own clock


def complete(plan: Plan) -> None:
    """A plan whose J1a.1 was confirmed Complete in the first round, with evidence and without impact."""
    row = {**said()["Progress"]["J1a.1"], "Stage": "Complete", "Evidence": "The audit"}
    plan.receive_one(plan.filled("one", {**said(), "Progress": {"J1a.1": row}}))
    made = make_officer(plan.folder, LATER).path
    answers = {"To confirm": {f"J1a.1 stage {Q1}": {"Confirm": "Yes"}}}
    plan.receive_one(fill(made, plan.inbox / "officer.xlsx", answers), when=LATER)
    plan.issue(Q2, Q2_DAY.date(), Q2_DAY, ["DA"])


@pytest.fixture
def completed(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, complete)


def test_its_last_rag_says_what_is_awaited(completed: Plan) -> None:
    sheet = openpyxl.load_workbook(completed.sent("DA", Q2))["Progress"]
    assert at(sheet, "J1a.1", "Last RAG").value == "Green: evidence awaited"
    assert at(sheet, "J1a.2", "Last RAG").value == "Not reported"


def test_nothing_is_required_of_it(completed: Plan) -> None:
    rows = {"J1a.1": {"Evidence": "The second audit"}, "J1a.2": {"Evidence": "A survey"}}
    path = completed.filled("two", {"Start here": form(completed_by="Chair"), "Progress": rows}, code=Q2)
    receipt = completed.receive_one(path, when=Q2_DAY)
    missed = {one.key.ref for one in receipt.findings if one.code == "required" and one.key}
    assert missed == {"J1a.2"}
    assert completed.said("J1a.1", "evidence", Q2) == "The second audit"


def test_nobody_is_told_that_it_was_left_blank(completed: Plan) -> None:
    path = completed.filled(
        "two", {"Start here": form(completed_by="Chair"), "Progress": {"J1a.2": {"RAG": "Green"}}}, code=Q2
    )
    receipt = completed.receive_one(path, when=Q2_DAY)
    silent = {one.key.ref for one in receipt.findings if one.code == "row_silent" and one.key}
    assert "row_silent" in codes(receipt)
    assert "J1a.1" not in silent


@pytest.mark.libreoffice
def test_the_live_count_of_what_is_missing_leaves_it_out(completed: Plan, tmp_path: Path) -> None:
    """As it goes out, and in LibreOffice when somebody has answered for another action."""
    sent = completed.sent("DA", Q2)
    on_it = completed.filled("on it", {"Progress": {"J1a.1": {"Evidence": "More"}}}, code=Q2)
    beside = completed.filled("beside", {"Progress": {"J1a.2": {"RAG": "Green"}}}, code=Q2)
    jobs = [Job(path, tmp_path / path.name) for path in (on_it, beside)]
    libreoffice(jobs)
    assert [count_needed(job.target) for job in jobs] == [count_needed(sent), count_needed(sent) - 1]
    assert (needed(sent, "J1a.1"), needed(jobs[0].target, "J1a.1")) == ("Not needed", "Complete")


def needed(path: Path, ref: str) -> object:
    """What Progress of a workbook says is still needed of an action."""
    return at(openpyxl.load_workbook(path, data_only=True)["Progress"], ref, "Still needed").value


def count_needed(path: Path) -> int:
    """How many answers Start here of a workbook says are still needed on Progress."""
    status = at(openpyxl.load_workbook(path, data_only=True)["Start here"], "Status", "What it is").value
    (count,) = re.findall(r"(\d+) needed on Progress", str(status))
    return int(count)


def finish(plan: Plan) -> None:
    """A plan in which the one action of Signs of Safety was confirmed Complete in the first round."""
    row = {**SOS["Progress"]["L3.1"], "Stage": "Complete", "Evidence": "The briefing"}
    plan.receive_one(plan.filled("sos", {**SOS, "Progress": {"L3.1": row}}, "SOS"))
    made = make_officer(plan.folder, LATER).path
    answers = {"To confirm": {f"L3.1 stage {Q1}": {"Confirm": "Yes"}}}
    plan.receive_one(fill(made, plan.inbox / "officer.xlsx", answers), when=LATER)
    plan.issue(Q2, Q2_DAY.date(), Q2_DAY, ["DA", "SOS"])


@pytest.fixture
def finished(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, finish)


def test_a_subgroup_that_has_only_that_is_not_outstanding(finished: Plan) -> None:
    stands = status_of(finished.folder, Q2, date(2016, 10, 20))
    verdicts = {row.subgroup: (row.verdict, row.days_late) for row in stands.rows}
    assert verdicts == {"DA": ("outstanding", 13), "SOS": ("nothing_to_report", 0)}
    assert (stands.totals["outstanding"], stands.totals["late"], stands.totals["nothing_to_report"]) == (1, 1, 1)
    printed = run("status", "--as-of", "2016-10-20", plan=finished).output
    assert "2 issued = 0 returned + 1 outstanding (1 late) + 1 with nothing to report." in printed
    assert "SOS nothing to report" in " ".join(printed.split())
    sheet = openpyxl.load_workbook(make_officer(finished.folder, Q2_DAY).path)["Returns"]
    assert at(sheet, "SOS Signs of Safety", "Verdict").value == "Nothing to report"


def test_if_it_reports_all_the_same_it_has_returned(finished: Plan) -> None:
    answers = {"Start here": form(completed_by="Chair"), "Progress": {"L3.1": {"Evidence": "The second briefing"}}}
    finished.receive_one(finished.filled("two", answers, "SOS", Q2), when=Q2_DAY)
    totals = status_of(finished.folder, Q2, Q2_DAY.date()).totals
    assert (totals["returned"], totals["outstanding"], totals["nothing_to_report"]) == (1, 1, 0)


def test_in_the_round_in_which_it_was_not_confirmed_yet_it_was_wanted(round_one: Plan) -> None:
    totals = status_of(round_one.folder, Q1, LATER.date()).totals
    assert (totals["outstanding"], totals["nothing_to_report"]) == (9, 0)
