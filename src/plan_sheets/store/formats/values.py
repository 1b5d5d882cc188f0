"""Values of cells as text, whichever way a file holds them: a number, a date, a time, a yes or no."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from math import isfinite, isnan

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.found import CellKind, FoundCell


def make_cell(value: object) -> FoundCell:
    """A value that is no text, as text. A number as Excel would show it: 15 digits, "3" for 3.0.

    One that is infinite or none at all ("1e999", "NaN") is an error, for nobody typed it.
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
    """`3 April 2016 14:30`, rounded to the second: days are stored as fractions. Midnight is just the day."""
    rounded = value + timedelta(seconds=value.microsecond >= 500_000, microseconds=-value.microsecond)  # noqa: PLR2004 - half a second
    day = PartialDate.day(rounded.date()).words
    clock = _write_clock(rounded - datetime.combine(rounded.date(), time(), rounded.tzinfo))
    return day if clock == "00:00" else f"{day} {clock}"


def _write_clock(length: timedelta) -> str:
    """`14:30`, `14:30:05`, `26:30` for more than a day."""
    seconds = round(abs(length).total_seconds())
    hours, rest = divmod(seconds, 3600)
    sign = "-" if length < timedelta() else ""
    return f"{sign}{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
