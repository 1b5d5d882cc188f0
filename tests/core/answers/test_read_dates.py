"""Dates as people type them, each as it is read in the plan of 2016/17."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.answers.read_dates import Reading, read_date
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.text import one_slip

YEAR = 2016


def told(text: str, *, number: bool = False) -> tuple[str, list[str]]:
    """The words of the date and the codes of its remarks."""
    reading = read_date(text, year=YEAR, number=number)
    return reading.date.words if reading.date else "", [remark.code for remark in reading.remarks]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("March 2017", "March 2017"),
        ("mar 2017", "March 2017"),
        ("MARCH, 2017", "March 2017"),
        ("March '17", "March 2017"),
        ("March \N{RIGHT SINGLE QUOTATION MARK}17", "March 2017"),
        ("Mar-2017", "March 2017"),
        ("Sept. 2016", "September 2016"),
        ("Febuary 2017", "February 2017"),
        ("03/2017", "March 2017"),
        ("3.2017", "March 2017"),
        ("2017-03", "March 2017"),
        ("March of 2017", "March 2017"),
        ("end of March 2017", "March 2017"),
        ("by the end of March 2017", "March 2017"),
        ("End March 17", "March 2017"),
        ("31.3.17", "31 March 2017"),
        ("31/03/2017", "31 March 2017"),
        ("31 / 3 / 2017", "31 March 2017"),
        ("31\\3\\17", "31 March 2017"),
        ("31-Mar-17", "31 March 2017"),
        ("31\N{EN DASH}Mar\N{EN DASH}17", "31 March 2017"),
        ("31March2017", "31 March 2017"),
        ("31 March 2017.", "31 March 2017"),
        ("31st of March, 2017", "31 March 2017"),
        ("March 31, 2017", "31 March 2017"),
        ("March 31st 2017", "31 March 2017"),
        ("Friday 31 March 2017", "31 March 2017"),
        ("Fri, 31/3/17", "31 March 2017"),
        ("by Friday the 31st of March 2017 at the latest", "31 March 2017"),
        ("no later than 31 March 2017", "31 March 2017"),
        ("2017-03-31", "31 March 2017"),
        ("2017/03/31", "31 March 2017"),
        ("2017-03-31T14:30:00.000Z", "31 March 2017"),
        ("2017-03-31 00:00:00", "31 March 2017"),
        ("31/03/2017 14:30", "31 March 2017"),
        ("31 March 2017 at 2pm", "31 March 2017"),
        ("31 March 2017 2.30 pm", "31 March 2017"),
        ("\N{LEFT-TO-RIGHT MARK}31/\N{LEFT-TO-RIGHT MARK}03/2017", "31 March 2017"),
        ("29/2/2016", "29 February 2016"),
        ("04/04/2016", "4 April 2016"),
        ("Q3 2016/17", "October to December 2016"),
        ("Q3 16-17", "October to December 2016"),
        ("quarter 3 of 2016/17", "October to December 2016"),
        ("2016-17-Q4", "January to March 2017"),
        ("third quarter 2016/2017", "October to December 2016"),
        ("Q1 FY17/18", "April to June 2017"),
        ("Jan - Mar 2017", "January to March 2017"),
        ("Oct 2016 to Dec 2016", "October to December 2016"),
        ("end of 2016/17", "March 2017"),
        ("end of financial year 2016/17", "March 2017"),
        ("year end 2016/17", "March 2017"),
        ("end of year 2016/17", "March 2017"),
        ("end of 2016", "December 2016"),
    ],
)
def test_one_reading_needs_no_remark(typed: str, read: str) -> None:
    assert told(typed) == (read, [])


@pytest.mark.parametrize(
    ("typed", "read", "codes"),
    [
        ("03/04/2016", "3 April 2016", ["date_day_first"]),
        ("3.4.16", "3 April 2016", ["date_day_first"]),
        ("3/4", "3 April 2016", ["date_year_assumed", "date_day_first"]),
        ("31/3", "31 March 2017", ["date_year_assumed"]),
        ("31st March", "31 March 2017", ["date_year_assumed"]),
        ("1 April", "1 April 2016", ["date_year_assumed"]),
        ("March", "March 2017", ["date_year_assumed"]),
        ("end of April", "April 2016", ["date_year_assumed"]),
        ("March 31", "31 March 2017", ["date_year_assumed"]),
        ("March 5", "5 March 2017", ["date_year_assumed"]),
        ("March 17th", "17 March 2017", ["date_year_assumed"]),
        ("Friday 31 March", "31 March 2017", ["date_year_assumed"]),
        ("Q3", "October to December 2016", ["date_year_assumed"]),
        ("end of Q4", "January to March 2017", ["date_year_assumed"]),
        ("end of the 2nd quarter", "July to September 2016", ["date_year_assumed"]),
        ("January to March", "January to March 2017", ["date_year_assumed"]),
        ("end of this financial year", "March 2017", ["date_year_assumed"]),
        ("42825", "31 March 2017", ["date_serial"]),
        ("31/12/2021", "31 December 2021", []),
        ("1/1/2022", "1 January 2022", ["date_far"]),
        ("December 2010", "December 2010", ["date_far"]),
        ("March 2071", "March 2071", ["date_far"]),
    ],
)
def test_read_and_said(typed: str, read: str, codes: list[str]) -> None:
    assert told(typed) == (read, codes)


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("March 17", "March 2017, or 17 March 2017"),
        ("Mar-17", "March 2017, or 17 March 2017"),
        ("April 16", "April 2016, or 16 April 2016"),
        ("3/17", "March 2017, or 17 March 2017"),
        ("Q3 2016", "July to September 2016, or October to December 2016"),
        ("end of Q3 2016", "July to September 2016, or October to December 2016"),
        ("end of the year", "December 2016, or March 2017"),
        ("year-end", "December 2016, or March 2017"),
    ],
)
def test_two_readings_are_both_named(typed: str, readings: str) -> None:
    reading = read_date(typed, year=YEAR)
    assert reading.date is None
    assert [(remark.code, remark.details["readings"]) for remark in reading.remarks] == [
        ("date_two_readings", readings)
    ]


@pytest.mark.parametrize(
    ("typed", "code", "after"),
    [
        ("04/13/2016", "date_month_first", "13 April 2016"),
        ("3/31", "date_month_first", "31 March 2017"),
        ("Thursday 31 March 2017", "date_weekday", "31 March 2017"),
        ("Thursday 31 March", "date_weekday", "31 March 2017"),
        ("March 2017?", "date_in_doubt", "March 2017"),
        ("31/3/17 (tbc)", "date_in_doubt", "31 March 2017"),
    ],
)
def test_a_doubtful_reading_is_a_query_not_a_guess(typed: str, code: str, after: str) -> None:
    reading = read_date(typed, year=YEAR)
    assert reading.date is None
    assert [(remark.code, remark.details["after"]) for remark in reading.remarks] == [(code, after)]


@pytest.mark.parametrize(
    "typed",
    [
        "Spring",
        "spring 2017",
        "Summer term",
        "ongoing",
        "On-going",
        "Continuous",
        "ASAP",
        "a.s.a.p.",
        "as soon as possible",
        "next meeting",
        "next month",
        "this month",
        "2017",
        "2016/17",
        "2016-17",
        "mid-March 2017",
        "early 2017",
        "start of April 2017",
        "before March 2017",
        "w/c 13 March 2017",
        "quarterly",
        "Easter",
        "when the review has reported",
        "Spring?",
    ],
)
def test_vague(typed: str) -> None:
    assert told(typed) == ("", ["date_vague"])


@pytest.mark.parametrize(
    "typed",
    [
        "13/25",
        "31/4/2017",
        "29 February",
        "30/2/2017",
        "2016-13-04",
        "2016-02-30",
        "13/2017",
        "31 Foo 2017",
        "n/a",
        "banana",
        "14:30",
        "March and June 2016",
        "June/July 2016",
        "March 2017 if funded",
        "1-3 March 2017",
        "Nov to Jan 2017",
        "31 March 0017",
        "Q5",
        "Q3 2016/18",
        "Q1/Q2",
        "end of 31 March",
        "999999",
        "4282",
        "31/03/20177",
        "?",
    ],
)
def test_unreadable(typed: str) -> None:
    assert told(typed) == ("", ["date_unreadable"])


@pytest.mark.parametrize(
    ("typed", "read", "codes"),
    [
        ("42825", "31 March 2017", ["date_serial"]),
        ("42825.5", "31 March 2017", ["date_serial"]),
        ("2017", "", ["date_vague"]),
        ("3.1", "", ["date_unreadable"]),  # may have been typed as 3.10
    ],
)
def test_numbers(typed: str, read: str, codes: list[str]) -> None:
    assert told(typed, number=True) == (read, codes)


def test_an_essay_is_not_searched() -> None:
    assert told("(" * 100) == ("", ["date_unreadable"])
    assert told("Ongoing, " * 3_000) == ("", ["date_vague"])


def test_the_financial_year_of_another_plan() -> None:
    assert read_date("31 March", year=2024).date == PartialDate.day(date(2025, 3, 31))
    assert read_date("29 February", year=2023).date == PartialDate.day(date(2024, 2, 29))


days = st.dates(date(2011, 1, 1), date(2021, 12, 31))


@given(days, st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d-%b-%y", "%A %d %B %Y", "%Y-%m-%d", "%B %d, %Y", "%d%b%Y"]))
def test_every_day_is_read_in_every_form_that_is_written(day: date, form: str) -> None:
    assert read_date(day.strftime(form), year=YEAR).date == PartialDate.day(day)


@given(days, st.sampled_from([PartialDate.day, lambda day: PartialDate.month(day.year, day.month)]))
def test_our_own_words_say_nothing(day: date, made: object) -> None:
    assert callable(made)
    found = made(day)
    assert read_date(found.words, year=YEAR) == Reading(found)


@given(st.text("0123456789/-. qQthendofmarchapril?'", max_size=16), st.integers(2000, 2050), st.booleans())
def test_whatever_is_read_reads_the_same_again(text: str, year: int, number: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    reading = read_date(text, year=year, number=number)
    assert reading.date or reading.remarks
    if reading.date:
        again = read_date(reading.date.words, year=year)
        assert again.date == reading.date
        assert {remark.code for remark in again.remarks} <= {"date_far"}


@pytest.mark.parametrize(
    ("word", "other", "near"),
    [
        ("grren", "green", True),
        ("gren", "green", True),
        ("greeen", "green", True),
        ("ambre", "amber", True),
        ("green", "green", False),
        ("incomplete", "complete", False),
        ("abcd", "badc", False),
    ],
)
def test_one_slip(word: str, other: str, near: bool) -> None:  # noqa: FBT001 - a column of the table
    assert one_slip(word, other) is near
    assert one_slip(other, word) is near
