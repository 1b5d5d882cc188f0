"""Rounds, partial dates, addresses and keys: what they read, what they write, how they sort."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.model.dates import PartialDate, Precision
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.keys import Address, Key, column_letters
from plan_sheets.core.model.rounds import Round

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS, st.sampled_from(Precision))
def test_a_date_is_read_from_its_own_words(day: date, precision: Precision) -> None:
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    first = {Precision.DAY: day, Precision.MONTH: day.replace(day=1), Precision.QUARTER: quarter}[precision]
    made = PartialDate(first, precision)
    assert PartialDate.from_words(made.words) == made
    assert made.first <= made.last


@pytest.mark.parametrize(
    ("made", "words", "last"),
    [
        (PartialDate.day(date(2016, 2, 29)), "29 February 2016", date(2016, 2, 29)),
        (PartialDate.month(2017, 3), "March 2017", date(2017, 3, 31)),
        (PartialDate.month(2017, 2), "February 2017", date(2017, 2, 28)),
        (PartialDate.quarter(2017, 1), "January to March 2017", date(2017, 3, 31)),
        (PartialDate.quarter(2016, 10), "October to December 2016", date(2016, 12, 31)),
    ],
)
def test_a_date_says_its_precision_and_falls_due_on_its_last_day(made: PartialDate, words: str, last: date) -> None:
    assert (made.words, made.last) == (words, last)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "31 March",
        "March",
        "2017",
        "31 February 2017",
        "march 2017",
        "March 17",
        "03 March 2017",
        "March  2017",
        "January to February 2017",
        "1 January to March 2017",
        "Marsh 2017",
        "0 March 2017",
        "March 0000",
        " March 2017",
    ],
)
def test_only_exact_words_are_a_date(words: str) -> None:
    assert PartialDate.from_words(words) is None


def test_dates_sort_by_the_day_they_fall_due_on() -> None:
    march, day, quarter = PartialDate.month(2017, 3), PartialDate.day(date(2017, 3, 30)), PartialDate.quarter(2017, 1)
    assert sorted([march, day, quarter]) == [day, quarter, march]


@pytest.mark.parametrize(
    ("code", "first", "last", "previous"),
    [
        ("2016-17-Q1", date(2016, 4, 1), date(2016, 6, 30), "2015-16-Q4"),
        ("2016-17-Q2", date(2016, 7, 1), date(2016, 9, 30), "2016-17-Q1"),
        ("2016-17-Q3", date(2016, 10, 1), date(2016, 12, 31), "2016-17-Q2"),
        ("2016-17-Q4", date(2017, 1, 1), date(2017, 3, 31), "2016-17-Q3"),
        ("1999-00-Q1", date(1999, 4, 1), date(1999, 6, 30), "1998-99-Q4"),
    ],
)
def test_a_round_is_a_quarter_of_a_financial_year(code: str, first: date, last: date, previous: str) -> None:
    made = Round.parse(code)
    assert (made.code, made.first_day, made.last_day, made.previous.code) == (code, first, last, previous)
    assert made.previous < made


def test_a_round_may_be_typed_in_small_letters_and_with_blanks() -> None:
    assert Round.parse(" 2016-17-q1 ") == Round(2016, 1)
    assert Round(2016, 1).words == "Quarter 1, April to June 2016"


@pytest.mark.parametrize(
    "code", ["", "2016-17", "2016-17-Q0", "2016-17-Q5", "2016-18-Q1", "2016/17-Q1", "16-17-Q1", "2016-17-Q1x"]
)
def test_what_is_no_round_says_what_one_looks_like(code: str) -> None:
    with pytest.raises(PlanSheetsError, match="is not a round") as told:
        Round.parse(code)
    assert "2016-17-Q1" in told.value.remedy


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_have_letters(column: int, letters: str) -> None:
    assert column_letters(column) == letters


def test_addresses_and_keys_print_as_they_are_read() -> None:
    assert str(Address.at("Progress", 6, 5)) == "Progress!F7"
    assert str(Key("action", "J2a.1", "rag")) == "action J2a.1 rag"


def test_error_query_and_masked_are_not_taken() -> None:
    assert {one for one in Severity if one.blocks} == {Severity.ERROR, Severity.QUERY, Severity.MASKED}
