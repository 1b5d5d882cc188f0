"""A page begins between priorities where a priority would be cut that fits on one, unless much of it would be blank."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.book.page_breaks import Page, page_starts

PAGE = Page(room=100 / 0.97, heading=10, above=20)
"""Of the 100 points that are counted on, the first page has 70 for rows, every other 90."""


@pytest.mark.parametrize(
    ("refs", "heights", "starts"),
    [
        ("J1.1 J1.2 J2.1", (30, 30, 30), []),  # one row is never cut: it goes to the next page by itself
        ("J1.1 J2.1 J2.2", (50, 20, 20), [1]),
        ("J1.1 J2.1 J2.2", (20, 40, 20), []),  # half of the page would be left blank
        ("J1.1 J2a.1 J2b.1", (50, 20, 20), [1]),  # themes of one priority
        ("J1.1 J2.1 J2.2", (30, 20, 20), []),  # it just fits
        ("J1.1 J2.1 J2.2", (40, 50, 41), []),  # it fits on no page: it begins where it stands
        ("J1.1 J2.1 DA.F1", (50, 20, 20), [1]),  # a further action stays with its theme's
        ("J1 J2a J2b", (50, 20, 20), [1]),  # the grid has rows of themes
        ("1 2 3 4", (40, 20, 20, 40), []),  # rows of no priority
        ("J1.1 J2.1 J2.2 J3.1 J3.2", (50, 40, 30, 20, 20), [1, 3]),
        ("J1.1 J1.2 J2.1 J2.2", (60, 70, 20, 20), [2]),  # J1 breaks by itself; J2 does not fit below it
        ("J1.1 J1.2 J2.1 J2.2", (60, 40, 20, 20), []),
        ("J1.1 J2.1 J3.1 J4.1 J4.2", (48, 25, 45, 15, 15), []),  # a program that has J2.1 on the first page
        ("", (), []),
    ],
)
def test_page_starts(refs: str, heights: tuple[int, ...], starts: list[int]) -> None:
    assert page_starts(refs.split(), heights, PAGE) == starts


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(5, 60)), max_size=30))
def test_a_priority_is_cut_only_where_a_quarter_of_the_page_would_be_left_blank(rows: list[tuple[int, int]]) -> None:
    rows.sort(key=lambda one: one[0])
    refs = [f"J{priority}.{place}" for place, (priority, _) in enumerate(rows)]
    starts = page_starts(refs, [height for _, height in rows], PAGE)
    pages, left, used, most = {0: 0}, dict[int, float](), PAGE.above + PAGE.heading, PAGE.above + PAGE.heading
    for place, (_, height) in enumerate(rows):
        left[place] = 100 - min(used, most)
        assert place not in starts or left[place] <= PAGE.room / 4
        if place in starts or used + height > 100:
            pages[place] = max(pages.values()) + 1
            used = PAGE.heading
        if place in starts or most + height > PAGE.room * 1.03:  # in a program that fills pages more
            most = PAGE.heading
        pages[place] = max(pages.values())
        used, most = used + height, most + height
    for priority in {one for one, _ in rows}:
        mine = [place for place, (one, _) in enumerate(rows) if one == priority]
        # The first one stands below title and lines: it cannot be moved to a page with more room.
        if sum(rows[place][1] for place in mine) <= (90 if mine[0] else 70) and left[mine[0]] <= PAGE.room / 4:
            assert len({pages[place] for place in mine}) == 1
