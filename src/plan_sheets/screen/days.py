"""Days as people type them into a command: `14 October 2016`, `14/10/2016`, `14 Oct`; nothing is guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from plan_sheets.core.answers.read_dates import Reading
    from plan_sheets.store.plan_folder import AnyPath

HOW = 'Type one day, as "14 October 2016" (with the quotation marks), 14/10/2016 or 2016-10-14.'
"""How a day is typed."""


def describe_day(day: date) -> str:
    """`Friday 14 October 2016`."""
    from plan_sheets.core.model.dates import WEEKDAYS, PartialDate

    return f"{WEEKDAYS[day.weekday()]} {PartialDate.day(day).words}"


class Day(click.ParamType):  # type: ignore[type-arg]  # no generic in the lowest version of click
    """A day of an option; one that was not typed in figures is said again as it was understood."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The day as a moment, at midnight. Fails with a sentence that names two readings, a month, or none."""
        if isinstance(value, datetime) or (ctx and ctx.resilient_parsing):  # the shell only completes the line
            return cast("datetime", value)
        try:
            return datetime.strptime(value.strip(), "%Y-%m-%d")  # noqa: DTZ007 - the office's own clock
        except ValueError:
            pass
        given = ctx.params if ctx else {}
        try:
            day = read_day(value, given.get("plan_dir"), given.get("code"))
        except ValueError as doubt:
            self.fail(f"{doubt} {HOW}", param, ctx)
        if param and param.name == "as_of":
            from plan_sheets.screen.lines import say

            say(f"As of {describe_day(day)}.", err=True)
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as above


def read_day(text: str, plan_dir: AnyPath | None, code: str | None) -> date:
    """The one day that a text stands for; without a year in the plan's own, of its last round (`code`) after.

    Raises ValueError with a sentence that names two readings, a month, or none.
    """
    from plan_sheets.core.answers.read_dates import read_date
    from plan_sheets.core.model.dates import Precision

    year, begins = _find_year(plan_dir), _find_last_quarter(code)
    reading = read_date(text, year=year or _ANY_YEAR)
    if _needs_year(reading) and year is None:
        raise ValueError(f"'{text}' names no year.")
    if _needs_year(reading) and year and begins and reading.date and reading.date.first < begins:
        reading = read_date(text, year=year + 1)
    if not reading.date or _codes(reading) & {"date_serial"}:
        raise ValueError(_describe_doubt(text, reading))
    if reading.date.precision is not Precision.DAY:
        raise ValueError(f"'{text}' is {reading.date.words}, not one day of it.")
    return reading.date.first


_LAST = 4
_ANY_YEAR = 2016
"""Read with, where no plan is open: a text that needs its year is not taken then."""


def _find_year(plan_dir: AnyPath | None) -> int | None:
    """The year in which the plan begins; None where no plan is open, or it names no year."""
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.store.plan_folder import open_folder
    from plan_sheets.store.register.desk import read_year

    try:
        register = open_folder(plan_dir).register if plan_dir else None
    except PlanSheetsError:  # the command itself says so
        register = None
    if register is None:
        return None
    try:
        return int(read_year(register)[:4] or 0) or None
    finally:
        register.close()


def _find_last_quarter(code: str | None) -> date | None:
    """The first day of a year's last round, which is reported on in the next year; None of another, or of no round."""
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.core.model.rounds import Round

    try:
        issued = Round.parse(code) if code else None
    except PlanSheetsError:  # the command itself says so
        return None
    return issued.first_day if issued and issued.quarter == _LAST else None


def _codes(reading: Reading) -> set[str]:
    return {remark.code for remark in reading.remarks}


def _needs_year(reading: Reading) -> bool:
    return "date_year_assumed" in _codes(reading)


def _describe_doubt(text: str, reading: Reading) -> str:
    """Why a text is not one day, in the words of the findings about such a cell."""
    from plan_sheets.store.schemas import load_messages

    code, details = next(((remark.code, remark.details) for remark in reading.remarks), ("", {}))
    code = "date_unreadable" if code in ("", "date_serial") else code
    return load_messages().by_code[code].wrong.format_map({"entered": text, **details})
