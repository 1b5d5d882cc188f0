"""The facts everything else is about: keys, values, addresses, findings, rounds, partial dates.

A value is always tidied text: "" is blank, a date is its words ("March 2017"). So a plan, an issue, a return and
the register all have one shape, `Values`, and two values are the same when their texts are.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache, total_ordering
from typing import NamedTuple


class PlanSheetsError(Exception):
    """What makes a deed impossible: `str()` says what happened, `remedy` what to do next.

    `recorded`: whether the register holds what the deed did, and only something after that failed.
    """

    def __init__(self, what: str, remedy: str = "", *, recorded: bool = False) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.recorded = recorded


class Key(NamedTuple):
    """Which fact: the `field` of the `record` that has this `ref`; never a sheet's name: a fact stands on several."""

    record: str
    ref: str
    field: str

    def __str__(self) -> str:
        return f"{self.record} {self.ref} {self.field}"


Values = Mapping[Key, str]
"""The one shape for plan, issue, return and register: tidied texts by key, all of one scope (standing, or a round)."""


@lru_cache(1 << 14)
def ref_order(ref: str) -> tuple[str | int, ...]:
    """A key that sorts refs as people do: `J2a.2` before `J2a.10`."""
    return tuple([int(part) if part.isdecimal() else part for part in re.split("([0-9]+)", ref)])


class Address(NamedTuple):
    """Where on paper: prints `Progress!F7`."""

    sheet: str
    cell: str

    @classmethod
    def at(cls, sheet: str, row: int, column: int) -> Address:
        """The address of a cell given by row and column, both counted from 0."""
        return cls(sheet, f"{column_letters(column)}{row + 1}")

    @property
    def place(self) -> tuple[int, int]:
        """Row and column, both counted from 0."""
        return place_of(self.cell)

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@cache
def column_letters(column: int) -> str:
    """Spreadsheet letters of a column counted from 0: 0 is `A`, 26 is `AA`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(cell: str) -> tuple[int, int]:
    """Row and column of a cell such as `F7`, both counted from 0: (6, 5)."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1


class Severity(StrEnum):
    """What a finding means for the cell: error, query and masked are not taken; warning and note are."""

    ERROR = "error"
    QUERY = "query"
    MASKED = "masked"
    WARNING = "warning"
    NOTE = "note"

    @property
    def blocks(self) -> bool:
        """Whether a cell with such a finding is recorded but not merged."""
        return self in (Severity.ERROR, Severity.QUERY, Severity.MASKED)


class Verdict(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_FINDINGS = "accepted_with_findings"
    UNTOUCHED = "untouched"
    HELD = "held"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class Outcome(StrEnum):
    """What became of one typed cell."""

    TAKEN = "taken"
    AGREED = "agreed"
    UNTOUCHED = "untouched"
    CONFLICT = "conflict"
    QUERY = "query"
    ERROR = "error"
    MASKED = "masked"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the program has to say about a cell or a file: `message` is one plain sentence or two.

    `address` and `key` are None where it is about the whole file; `entered` is the text as typed, or None; `reading`
    what it was read as, "" where that is not what the finding is about.
    """

    code: str
    severity: Severity
    message: str
    address: Address | None = None
    key: Key | None = None
    entered: str | None = None
    reading: str = ""


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


@dataclass(frozen=True, order=True, slots=True)
class Round:
    """One reporting quarter of a financial year (April to March), `2016-17-Q1` being April to June 2016."""

    year: int
    quarter: int

    @classmethod
    @lru_cache(1 << 8)
    def parse(cls, code: str) -> Round:
        """The round a code names; raises PlanSheetsError with what a code looks like."""
        match = re.fullmatch(r"(\d{4})-(\d{2})-[Qq]([1-4])", code.strip())
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise PlanSheetsError(f"'{code}' is not a round.", "A round looks like 2016-17-Q1 (April to June 2016).")
        return cls(int(match[1]), int(match[3]))

    @classmethod
    def of_day(cls, day: date) -> Round:
        """The round in which a day lies."""
        return cls(day.year - (day.month < 4), (day.month - 4) % 12 // 3 + 1)  # noqa: PLR2004 - the year begins in April

    @property
    def code(self) -> str:
        """`2016-17-Q1`."""
        return f"{self.year}-{(self.year + 1) % 100:02d}-Q{self.quarter}"

    @property
    def period(self) -> PartialDate:
        """The three months of the round."""
        return PartialDate.quarter(self.year + (self.quarter == 4), (self.quarter * 3) % 12 + 1)  # noqa: PLR2004 - Q4 is January to March of the next year

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return self.period.first

    @property
    def last_day(self) -> date:
        """The last day of the quarter: the day on which the round is judged."""
        return self.period.last

    @property
    def previous(self) -> Round:
        """The quarter before."""
        return Round(self.year, self.quarter - 1) if self.quarter > 1 else Round(self.year - 1, 4)

    @property
    def words(self) -> str:
        """`Quarter 1, April to June 2016`."""
        return f"Quarter {self.quarter}, {self.period.words}"
