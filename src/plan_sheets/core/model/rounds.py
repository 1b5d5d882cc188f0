"""Rounds: the quarters in which chairs report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError


@dataclass(frozen=True, order=True, slots=True)
class Round:
    """One reporting quarter of a financial year (April to March), `2016-17-Q1` being April to June 2016."""

    year: int
    quarter: int

    @classmethod
    @lru_cache(1 << 8)
    def parse(cls, code: str | Round) -> Round:
        """The round that a code names, or that it is; raises PlanSheetsError with what a code looks like."""
        match = re.fullmatch(r"(\d{4})-(\d{2})-[Qq]([1-4])", str(code).strip())
        if not match or (int(match[1]) + 1) % 100 != int(match[2]):
            raise PlanSheetsError(f"'{code}' is not a round.", "A round looks like 2016-17-Q1 (April to June 2016).")
        return cls(int(match[1]), int(match[3]))

    @classmethod
    def of_day(cls, day: date) -> Round:
        """The round in which a day lies."""
        return cls(day.year - (day.month < 4), (day.month - 4) % 12 // 3 + 1)  # noqa: PLR2004 - the year begins in April

    def __str__(self) -> str:
        """Its code."""
        return self.code

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
    def next(self) -> Round:
        """The quarter after."""
        return Round(self.year, self.quarter + 1) if self.quarter < 4 else Round(self.year + 1, 1)  # noqa: PLR2004 - a year has four

    @property
    def words(self) -> str:
        """`Quarter 1, April to June 2016`."""
        return f"Quarter {self.quarter}, {self.period.words}"

    @property
    def year_words(self) -> str:
        """The financial year that it belongs to: `2016/17`."""
        return self.code[:7].replace("-", "/")

    @property
    def of_year(self) -> str:
        """`Quarter 1 of 2016/17`."""
        return f"Quarter {self.quarter} of {self.year_words}"


def first_open(issued: Iterable[str], closed: str) -> str:
    """The code of the first round that is not closed, to which what the plan changes belongs.

    `issued`: codes of the rounds issued, oldest first; `closed`: that of the last one that is closed, "" if none is.
    Where all that were issued are closed it is the quarter after; "" before the first round is issued.
    """
    return next((code for code in issued if code > closed), Round.parse(closed).next.code if closed else "")
