"""What in plan.xlsx is of another year than the plan: rows that left it, the year itself, names and dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import Rows

YEAR = Key("plan", "", "year")
_NAMED = {
    "plan": ("title",),
    "board": ("title",),
    "subgroup": ("title",),
    "priority": ("title", "short_title"),
    "action": ("what", "short_title", "how", "impact"),
}
"""The fields, by record, in which last year is named by oversight; evidence and progress may well speak of it."""


def find_of_other_years(
    cells: Sequence[Cell], history: History, messages: Messages, *, has_rounds: bool
) -> Iterator[Finding]:
    """An error for each row that was finished in an earlier year, and for a year that only a command may change.

    `has_rounds`: whether any round has been issued.
    """
    for cell in cells:
        key = cell.key
        if key == YEAR and has_rounds and cell.value != (year := history.text(*YEAR)):
            details = {"heading": cell.field.title, "year": year}
            yield messages.finding("year_by_command", address=cell.address, key=key, entered=cell.entered, **details)
        elif key.field == "ref" and (left := history.find_year_left(key.record, key.ref)):
            details = {"record": key.record, "ref": key.ref, "year": left}
            yield messages.finding("ref_finished", address=cell.address, key=key, entered=key.ref, **details)


def block_of_other_years(cells: Sequence[Cell], findings: Collection[Finding]) -> list[Cell]:
    """The cells, none of a row that was finished in an earlier year being merged; nor the year, where it is wrong."""
    rows = {finding.key[:2] for finding in findings if finding.key and finding.code == "ref_finished"}
    years = {finding.key for finding in findings if finding.code == "year_by_command"}
    return [
        cell._replace(blocked=Outcome.ERROR) if cell.key[:2] in rows or cell.key in years else cell for cell in cells
    ]


def find_closed_year(year: str, history: History) -> Held | None:
    """The value with which this financial year of the plan was closed: the year after it; None if it was not."""
    years = history.by_key.get(YEAR, [])
    return next(
        (after for before, after in pairwise(years) if after.round and before.value == year < after.value), None
    )


def find_last_years(
    rows: Rows, cells: Mapping[Key, Cell], messages: Messages, finished: Collection[str] = ()
) -> Iterator[Finding]:
    """A warning for each title or text that names the year before the plan's, and for each date that lies before it.

    `finished`: the refs of actions that are done, of which nothing is warned. Nothing, where the plan names no year.
    """
    year = cells[YEAR].value if YEAR in cells else ""
    if not re.fullmatch(r"\d{4}/\d{2}", year):
        return
    begins = Round(int(year[:4]), 1).first_day
    pattern = re.compile(rf"\b{begins.year - 1}\s?[-/\u2013]\s?(?:{begins.year // 100})?{begins.year % 100:02d}\b")
    for record, fields in _NAMED.items():
        for ref in rows.get(record, {"": {}}):
            for field in fields:
                cell = cells.get(Key(record, ref, field))
                if cell and ref not in finished and (found := pattern.search(cell.value)):
                    details = {"heading": cell.field.title, "ref": ref or "the plan", "named": found[0]}
                    yield messages.finding(
                        "of_last_year", address=cell.address, key=cell.key, entered=cell.entered, **details
                    )
    for ref, row in rows.get("action", {}).items():
        day = PartialDate.from_words(row.get("due", ""))
        if day and day.last < begins and ref not in finished:
            key = Key("action", ref, "due")
            # What was typed is in the sentence: as one line for many it names refs.
            yield messages.finding("due_before_year", address=cells[key].address, key=key, ref=ref, due=row["due"])
