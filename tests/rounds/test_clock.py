"""The clock of the office: what is recorded is never older than what it rests on, and nothing is due in the past."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from tests.chairs import Q1, RECEIVED_ON, RETURN_BY, Plan, said
from tests.commands import run

from plan_sheets.core.model.findings import PlanSheetsError

BEHIND = ("--as-of", "2016-07-01")
AFTER_IT = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock


@pytest.fixture
def received(round_one: Plan) -> Plan:
    """One return received, and the plan changed since."""
    round_one.receive_one(round_one.filled("da", said()), when=RECEIVED_ON)
    return round_one


@pytest.mark.parametrize(
    "command",
    [
        ("plan",),
        ("issue", "--round", Q1, "--return-by", "2016-08-15"),
        ("receive", "{inbox}"),
        ("redact", "DA-1", "--reason", "It names a family."),
        ("withdraw", "DA-1", "--reason", "It was a draft."),
        ("master", "--hand-over"),
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_recorded_before_what_it_rests_on(received: Plan, command: tuple[str, ...]) -> None:
    received.filled("again", said(progress="Another"))
    before, files = received.register.last_batch(), list_files(received)
    words = [word.format(inbox=received.inbox) for word in command]
    refused = run(*words, *BEHIND, plan=received)
    assert refused.exit_code == 1
    assert "The clock says 1 July 2016, and something was recorded on 8 July 2016" in refused.output
    assert "give --as-of 2016-07-08 or a later day" in refused.output
    assert (received.register.last_batch(), list_files(received)) == (before, files)
    assert received.said("J1a.1", "rag") == "Green"


def list_files(plan: Plan) -> set[Path]:
    return {path for path in plan.path.rglob("*") if path.is_file()}


def test_a_draft_for_another_day_holds_nothing_up(received: Plan) -> None:
    """It says nothing about the plan: one made for a later day, or an earlier one, is only looked at."""
    for day in ("2061-01-01", BEHIND[1]):
        assert run("master", "--as-of", day, plan=received).exit_code == 0
    assert run("master", "--hand-over", "--as-of", "2016-07-20", plan=received).exit_code == 0


def test_an_old_plan_can_be_played_again(tmp_path: Path) -> None:
    """The example is of 2016/17: made today, its rounds are those of then."""
    plan = Plan(tmp_path / "plan")
    assert run("new", plan.path, "--example").exit_code == 0
    for by, today in (("2016-07-15", "2016-06-20"), ("2016-10-14", "2016-10-20")):
        code = Q1 if today < "2016-07" else "2016-17-Q2"
        assert run("issue", "--round", code, "--return-by", by, "--as-of", today, plan=plan).exit_code == 0


def test_no_workbook_is_asked_for_by_a_day_that_has_passed(round_one: Plan) -> None:
    before = round_one.register.last_batch()
    with pytest.raises(PlanSheetsError, match=r"return-by date \(18 July 2016\) lies before today \(20 July 2016\)"):
        round_one.issue(by=date(2016, 7, 18), when=AFTER_IT, only=["DA"])
    assert round_one.register.last_batch() == before
    assert round_one.issue(by=RETURN_BY, when=AFTER_IT), "the same workbooks again, as they were asked for"
