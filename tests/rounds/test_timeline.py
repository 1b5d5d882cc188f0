"""A year of four rounds: what was published, how far dates slipped, what drove each change, and who overrode it."""

from __future__ import annotations

import shutil
import zipfile
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import ISSUED_ON, Plan, said, values_of

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.ratings import rate_rounds
from plan_sheets.core.sheets.rag_over_time import NEW, NO_CHANGE
from plan_sheets.master import make_master

CODES = [f"2016-17-Q{quarter}" for quarter in (1, 2, 3, 4)]
JUDGED = dict(zip(CODES, ("Green", "Green", "Amber", "Red"), strict=True))
MOVED = {CODES[1]: "30 April 2017", CODES[2]: "30 June 2017"}
HOW = {"How we will do it": "Month by month", "Action owner": "Head of service", "Owner status": "Accepted"}
OVERRIDE = {"rag": "Amber", "by": "Board officer", "reason": "The worker starts on 3 April", "date": "4 April 2017"}


@pytest.fixture(scope="module")
def year(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Domestic Abuse reports on J1a.1 in every round but skips none; nobody else reports."""
    path = tmp_path_factory.mktemp("year") / "plan"
    shutil.copytree(issued_example, path)
    plan = Plan(path)
    for code in CODES:
        last = Round.parse(code).last_day
        if code != CODES[0]:
            plan.issue(code, last, datetime.combine(Round.parse(code).first_day, ISSUED_ON.time()))
        answers = {**said(rag=JUDGED[code], progress=f"As in {code}"), "Action plan": {"J1a.1": HOW}}
        plan.receive(plan.filled(code, answers, code=code), when=datetime.combine(last, ISSUED_ON.time()))
        if code in MOVED:
            keep(plan, "due", MOVED[code], "standing", code)
    for name, text in OVERRIDE.items():
        keep(plan, f"override_{name}", text, "round", CODES[3])
    return plan


def keep(plan: Plan, field: str, text: str, scope: str, code: str) -> None:
    """What the board officer confirms of J1a.1."""
    with plan.register.batch("test", ISSUED_ON.isoformat()) as batch:
        batch.add_value(Key("action", "J1a.1", field), text, scope, code)


def table(plan: Plan, name: str, code: str = CODES[3]) -> list[Mapping[str, Any]]:
    made = make_master(plan.folder, code, ISSUED_ON)
    page = openpyxl.load_workbook(made.path)[name]
    at = next(row for row in range(4, page.max_row + 1) if page.cell(row, 2).value)
    heading, *body = values_of(page)[at - 1 :]
    return [dict(zip(map(str, heading), row, strict=True)) for row in body]


def row(rows: list[Mapping[str, Any]], ref: str) -> Mapping[str, Any]:
    return next(one for one in rows if ref in one.values())


def test_four_rounds_of_one_action(year: Plan) -> None:
    told = row(table(year, "RAG over time"), "J1a.1")
    assert [told[f"Quarter {number}"] for number in (1, 2, 3, 4)] == ["Green", "Amber", "Red", "Amber"]
    assert (told["Times moved"], told["Slip in days"]) == (2, (date(2017, 6, 30) - date(2017, 3, 31)).days)
    assert [line.partition(":")[0] for line in told["What drove each change"].split("\n")] == [
        "Quarter 2, Green to Amber",
        "Quarter 3, Amber to Red",
        "Quarter 4, Red to Amber",
    ]
    assert "date moved from March 2017 to 30 April 2017" in told["What drove each change"]
    assert told["What drove each change"].endswith(
        "overridden (otherwise judged Red, rule Red: date moved 2 times, last to 30 June 2017)"
    )
    assert told["Overrides"] == (
        "Quarter 4, Amber overridden by Board officer on 4 April 2017: The worker starts on 3 April"
    )
    assert told["Escalated by rule"] == "Date moved twice"


def test_silence_is_no_change_and_no_override(year: Plan) -> None:
    told = row(table(year, "RAG over time"), "J3.1")
    assert [told[f"Quarter {number}"] for number in (1, 2, 3, 4)] == ["Not reported"] * 4
    said = told["What drove each change"], told["Overrides"], told["Escalated by rule"]
    assert said == (NO_CHANGE, "None", "Not escalated")


def test_a_round_shows_no_later_one(year: Plan) -> None:
    told = row(table(year, "RAG over time", CODES[1]), "J1a.1")
    assert [heading for heading in told if heading.startswith("Quarter")] == ["Quarter 1", "Quarter 2"]
    assert (told["Times moved"], told["Slip in days"], told["Overrides"]) == (1, 30, "None")
    assert row(table(year, "RAG over time", CODES[0]), "J1a.1")["What drove each change"] == NEW


def test_counts_by_round_and_by_board_agree_with_the_register(year: Plan) -> None:
    rated = rate_rounds(year.history, CODES)
    by_round = table(year, "RAG by round")
    for code, told in zip(CODES, by_round, strict=True):
        counts = Counter(str(one.published) for one in rated[code].values())
        assert {name: number for name, number in told.items() if name in counts} == counts
        assert (told["Round"], told["All actions"]) == (f"Quarter {code[-1]}", sum(counts.values()))
    by_board = table(year, "RAG by board")
    for name in ("Amber", "Not reported", "All actions"):
        assert sum(one[name] for one in by_board) == by_round[-1][name]


def test_before_the_first_round_there_is_nothing_to_draw(example: Plan) -> None:
    made = make_master(example.folder, None, ISSUED_ON).path
    book = openpyxl.load_workbook(made)
    for name in ("RAG over time", "RAG by round", "RAG by board"):
        page = book[name]
        assert page.cell(5, 1).value == "None yet"
    with zipfile.ZipFile(made) as file:
        assert not [name for name in file.namelist() if "chart" in name]
