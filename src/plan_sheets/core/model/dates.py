"""Dates with the precision that they were given in: a day, a month or a quarter."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache, total_ordering


class Precision(StrEnum):
    """How exact a date was given."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not from `calendar`, which follows the machine's language."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check_day(day: object, name: str) -> None:
    """Raise TypeError if what a caller gives as `name` is no day, or says a time as well."""
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"{name} is {day!r}, which is no day: give a date, as date(2016, 7, 15).")


def check_moment(now: object) -> None:
    """Raise TypeError if `now` is no date with its time, ValueError if it names a time zone: the register has none."""
    if not isinstance(now, datetime):
        raise TypeError(f"now is {now!r}: give a date with its time, as datetime(2016, 7, 8, 9, 30).")
    if now.tzinfo:
        raise ValueError(f"now is {now}: give the time of the office's own clock, without a time zone.")


@cache
def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date with the precision it was given in; `last` is the day it falls due on, `first` the day it begins."""

    first: date
    precision: Precision

    @classmethod
    def day(cls, day: date) -> PartialDate:
        """One day."""
        return cls(day, Precision.DAY)

    @classmethod
    def of_iso(cls, moment: str) -> PartialDate:
        """The day of an ISO date or moment, as the register keeps them."""
        return cls.day(date.fromisoformat(moment[:10]))

    @classmethod
    def month(cls, year: int, month: int) -> PartialDate:
        """A whole month: due on its last day."""
        return cls(date(year, month, 1), Precision.MONTH)

    @classmethod
    def quarter(cls, year: int, month: int) -> PartialDate:
        """The three months that begin with this one: due on the last day of the third."""
        return cls(date(year, month, 1), Precision.QUARTER)

    @property
    def last(self) -> date:
        """The last day of the date: the day on which it falls due."""
        if self.precision is Precision.DAY:
            return self.first
        return _month_end(self.first.year, self.first.month + (2 if self.precision is Precision.QUARTER else 0))

    @property
    def words(self) -> str:
        """The date as it stands in a cell: `31 March 2017`, `March 2017`, `January to March 2017`."""
        month = _MONTHS[self.first.month - 1]
        if self.precision is Precision.DAY:
            return f"{self.first.day} {month} {self.first.year}"
        if self.precision is Precision.MONTH:
            return f"{month} {self.first.year}"
        return f"{month} to {_MONTHS[self.last.month - 1]} {self.first.year}"

    @classmethod
    @lru_cache(1 << 12)
    def from_words(cls, words: str) -> PartialDate | None:
        """The date that `words` stands for, exactly as `words` writes it; None for anything else."""
        match = re.fullmatch(r"(?:(\d{1,2}) )?([A-Z][a-z]+)(?: to ([A-Z][a-z]+))? (\d{4})", words)
        if not match or match[2] not in _MONTHS:
            return None
        month, year = _MONTHS.index(match[2]) + 1, int(match[4])
        try:
            if match[1]:
                made = cls.day(date(year, month, int(match[1])))
            else:
                made = cls.quarter(year, month) if match[3] else cls.month(year, month)
        except ValueError:
            return None
        return made if made.words == words else None

    def __lt__(self, other: PartialDate) -> bool:
        return (self.last, self.first) < (other.last, other.first)
