"""What the officer releases in `Public text`: one text, for one round, by value, with who released it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
from tests.chairs import Q1, Q2, Answers, Plan, at, fill, said

from plan_sheets.core.model.keys import Key
from plan_sheets.officer import make_officer

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
SECOND = datetime(2016, 9, 20)  # noqa: DTZ001 - the office's own clock
TEXT = Key("public", "J1a.1", "text")


def release(plan: Plan, texts: dict[str, str | None], by: str = "Zoe Officer", when: datetime = LATER) -> Path:
    """An officer's workbook that says what may be published (by ref), given back."""
    made = make_officer(plan.folder, when).path
    answers: Answers = {
        "Public text": {ref: {"Public text": text} for ref, text in texts.items()},
        "Start here": {"Settled by": {"Your answer": by}},
    }
    path = fill(made, plan.inbox / f"officer-{when:%H%M}.xlsx", answers)
    plan.receive_one(path, when=when)
    return path


def test_a_text_is_released_for_its_round_with_who_released_it(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said()))
    release(round_one, {"J1a.1": "Families are helped sooner.", "J1": "A shared way of working."})
    assert round_one.said("J1a.1", "text", record="public") == "Families are helped sooner."
    assert round_one.said("J1", "text", record="public") == "A shared way of working."
    assert round_one.history.in_round(TEXT, Q1).source.who == "Zoe Officer"
    page = openpyxl.load_workbook(make_officer(round_one.folder, LATER).path)["Public text"]
    assert at(page, "J1a.1", "Released by").value == "Zoe Officer, 20 July 2016"
    assert at(page, "J1a.1", "Progress made").value == "The pathway is mapped"


def test_the_next_round_releases_nothing_by_itself(round_one: Plan) -> None:
    release(round_one, {"J1a.1": "Families are helped sooner."})
    round_one.issue(Q2, date(2016, 10, 15), SECOND)
    assert round_one.said("J1a.1", "text", Q2, record="public") == ""
    page = openpyxl.load_workbook(make_officer(round_one.folder, SECOND).path)["Public text"]
    assert at(page, "J1a.1", "Public text").value is None
    assert at(page, "J1a.1", "Last quarter's public text").value == "Families are helped sooner."
    assert at(page, "J1a.1", "Released by").value == "Not released"


def test_a_placeholder_releases_nothing(round_one: Plan) -> None:
    release(round_one, {"J1a.1": "TBC"})
    assert round_one.said("J1a.1", "text", record="public") == ""


def test_before_the_first_round_there_is_nothing_to_release(example: Plan) -> None:
    page = openpyxl.load_workbook(make_officer(example.folder, LATER).path)["Public text"]
    assert [row[0].value for row in page.iter_rows(min_row=page.max_row)] == ["None yet"]
