"""What stands under each consideration of each theme, in a word."""

from __future__ import annotations

import pytest
from tests.registered import snapshot

from plan_sheets.core.sheets.considerations import Cover, cover_of, coverage_lines, coverage_rows, covered, themes

PLAN = """
| priority | J1 | title = Abuse | agreement = Agreed
| priority | J1a | title = Victims | agreement = Agreed
| priority | J2 | title = Minds | agreement = Agreed
| priority | J3 | title = Perhaps | agreement = Question
| grid | J1a | learning = Audits | data = Enough? | voice = Not applicable because nobody was met
1 | grid | J1a | workforce = Trained
2 | grid | J1a | learning =
"""


@pytest.mark.parametrize(
    ("text", "cover"),
    [
        ("", Cover.BLANK),
        ("Audits", Cover.ANSWERED),
        ("Audits.\nEnough?", Cover.QUESTION),
        ("Enough? Yes.", Cover.ANSWERED),
        ("Not applicable because it is new", Cover.NOT_APPLICABLE),
        ("n/a", Cover.NOT_APPLICABLE),
        ("N/A: no data", Cover.NOT_APPLICABLE),
        ("Not applicable?", Cover.QUESTION),
        ("Not applicability but use", Cover.ANSWERED),
        ("It is not applicable", Cover.ANSWERED),
    ],
)
def test_what_a_text_amounts_to(text: str, cover: Cover) -> None:
    assert cover_of(text) is cover


def test_each_theme_under_each_consideration() -> None:
    rows = {row.ref: row.contents for row in coverage_rows(snapshot(PLAN, 1, 2, asked={"grid J1a sharing": "2"}))}
    assert rows["J1a"] == {
        "theme": "Victims",
        "covered": "1 of 5",
        "learning": "Blank, 1 quarter",
        "workforce": "Answered, 2 quarters",
        "voice": "Not applicable because nobody was met",
        "data": "A question, 2 quarters: Enough?",
        "sharing": "A question, 1 quarter",
    }
    assert set(rows["J2"].values()) == {"Minds", "0 of 5", "Blank, 2 quarters"}


def test_what_the_grid_leaves_out_is_blank_but_for_what_is_no_priority_yet() -> None:
    assert themes(snapshot(PLAN, 1)) == ["J1a", "J2"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("N/A", "Not applicable, no reason given"),
        ("Not applicable.", "Not applicable, no reason given"),
        ("n/a: no data", "Not applicable: no data"),
        ("Not applicable " + "x" * 32700, "Not applicable " + "x" * 64 + "…"),
    ],
)
def test_not_applicable_is_told_with_its_reason(text: str, told: str) -> None:
    how = snapshot(f"| priority | J1 | agreement = Agreed\n| grid | J1 | data = {text}", 1)
    (row,) = coverage_rows(how)
    assert row.contents["data"] == told


def test_counts_are_those_of_the_cells() -> None:
    how = snapshot(PLAN, 1, 2)
    first, second = coverage_lines(how)
    assert first == "2 themes by 5 considerations: answered 1, a question 1, not applicable 1, blank 7."
    assert "Data: a question 1, blank 1;" in second
    assert len([*covered(how)]) == 10


def test_before_the_first_round_no_age_is_told() -> None:
    rows = {row.ref: row.contents for row in coverage_rows(snapshot(PLAN))}
    assert rows["J1a"]["workforce"] == "Blank"
    assert rows["J1a"]["data"] == "A question: Enough?"


def test_a_plan_without_priorities_has_nothing_to_count() -> None:
    assert [*coverage_rows(snapshot("", 1))] == []
    assert [*coverage_lines(snapshot("", 1))] == []
