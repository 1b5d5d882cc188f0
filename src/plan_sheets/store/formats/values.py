"""Turns values of cells into texts: numbers, dates, times, TRUE and FALSE."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import isfinite, isnan

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.found import CellKind, FoundCell


def make_cell(value: object) -> FoundCell:
    """Make a cell with this value as text. A number is written as in Excel: 15 digits, "3" for 3.0.

    Infinity and NaN are errors, because nobody can have typed them.
    """
    if isinstance(value, bool):
        return FoundCell("TRUE" if value else "FALSE", CellKind.BOOLEAN)
    if isinstance(value, int | float):
        return _make_number(value)
    if isinstance(value, date):
        words = _write_moment(value) if isinstance(value, datetime) else PartialDate.day(value).words
        return FoundCell(words, CellKind.DATE)
    if isinstance(value, time):
        since_midnight = datetime.combine(date.min, value) - datetime.combine(date.min, time.min)
        return FoundCell(_write_clock(since_midnight), CellKind.TIME)
    if isinstance(value, timedelta):
        return FoundCell(_write_clock(value), CellKind.TIME)
    return FoundCell(str(value))


def _make_number(value: float) -> FoundCell:
    if isfinite(value):
        return FoundCell(f"{value:.15g}", CellKind.NUMBER)
    return FoundCell("NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity", CellKind.ERROR)


def _write_moment(value: datetime) -> str:
    """`3 April 2016 14:30`, rounded to the second, because files store fractions of a day; at midnight only the day."""
    rounded = value + timedelta(seconds=value.microsecond >= 500_000, microseconds=-value.microsecond)  # noqa: PLR2004 - half a second
    day = PartialDate.day(rounded.date()).words
    clock = _write_clock(rounded - datetime.combine(rounded.date(), time(), rounded.tzinfo))
    return day if clock == "00:00" else f"{day} {clock}"


def _write_clock(length: timedelta) -> str:
    """`14:30`, `14:30:05`; more than a day is `26:30`."""
    seconds = round(abs(length).total_seconds())
    hours, rest = divmod(seconds, 3600)
    sign = "-" if length < timedelta() else ""
    return f"{sign}{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
