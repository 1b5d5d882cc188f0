from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.book.measure import fold_line, lines_needed
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.sheets.rag_status import few


@given(st.text(max_size=400), st.integers(20, 200))
def test_folding_loses_no_word_and_each_line_fits(text: str, width: int) -> None:
    lines = list(fold_line(text, width))
    assert " ".join(lines).split() == text.split()
    assert all(lines_needed(line, width) == 1 or len(line.split()) == 1 for line in lines)


@pytest.mark.parametrize(
    ("refs", "words"),
    [([], ""), (["J1.1"], "J1.1"), (["J1.1", "J1.2"], "J1.1, J1.2"), (["a", "b", "c", "d"], "a, b and 2 more")],
)
def test_few(refs: list[str], words: str) -> None:
    assert few(refs, 2) == words


@pytest.mark.parametrize(("now", "after"), [("2016-17-Q1", "2016-17-Q2"), ("2016-17-Q4", "2017-18-Q1")])
def test_the_quarter_after(now: str, after: str) -> None:
    assert Round.parse(now).next.code == after
