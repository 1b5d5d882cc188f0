"""How much room text takes: what LibreOffice shows of the same texts in Arial, and never a line less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.book.measure import LINE_POINTS, lines_needed, most_lines


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [  # the lines that LibreOffice shows, measured
        ("Take the boards' comments in.", 9, 4),
        ("2016-17-Q2-MASTER-1", 9, 4),
        ("Schools' safeguarding leads", 9, 3),
        ("no RAG given; last Not assessable, 1 round ago", 9, 6),
        ("Board lead, Making Safeguarding Personal (suggested)", 11, 5),
        ("2016-17-q2-learning-from-reviews.xlsx, received 13 October 2016", 16, 5),
        ("Priority or business as usual?", 24, 1),
    ],
)
def test_never_a_line_less_than_is_shown_and_seldom_two_more(text: str, width: float, shown: int) -> None:
    assert shown <= lines_needed(text, width) <= shown + 1


@given(st.text("aWi -/\n?", max_size=400), st.sampled_from([3, 7, 9, 20, 50]))
def test_the_quick_bound_holds(text: str, width: float) -> None:
    assert lines_needed(text, width) <= most_lines(text, width)


@given(st.text("aWi -/", max_size=290), st.sampled_from([7, 20, 50]))
def test_more_text_takes_no_fewer_lines(text: str, width: float) -> None:
    assert lines_needed(text, width) <= lines_needed(f"{text} word", width)


def test_a_paragraph_begins_a_line() -> None:
    assert lines_needed("One\n\nTwo", 20) * LINE_POINTS == 3 * LINE_POINTS
