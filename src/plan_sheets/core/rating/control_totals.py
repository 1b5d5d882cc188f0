"""Control totals of a round: issued = returned + outstanding; held and refused apart; what is late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

RETURNED = ("accepted", "accepted_with_findings")
"""Verdicts by which a workbook counts as returned; one that is untouched, held or refused is still outstanding."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file received for a subgroup: its verdict, the day it came (ISO), and who completed it."""

    subgroup: str
    verdict: str
    received: str
    completed_by: str = ""
    message: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class SubgroupReturn:
    """How one subgroup's workbook stands. `returned` is the day of the first return, None while it is outstanding."""

    subgroup: str
    issued: str
    returned: str | None
    verdict: str
    """Of the last file that came: `outstanding` if none did."""
    days_late: int
    """Days between return-by and the first return, or `as_of` while it is outstanding; 0 if not late."""
    completed_by: str = ""
    message: str = ""
    numbers: str = ""
    """The numbers of all files that came for it, `DA-1, DA-2`."""


def control_totals(
    issued: Iterable[tuple[str, str]], arrivals: Iterable[Arrival], return_by: date, as_of: date
) -> list[SubgroupReturn]:
    """One row for each subgroup of a round. `issued`: subgroup and issue date (ISO)."""
    came: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        came.setdefault(arrival.subgroup, []).append(arrival)
    rows = []
    for subgroup, day in issued:
        files = came.get(subgroup, [])
        taken = [arrival for arrival in files if arrival.verdict in RETURNED]
        first = date.fromisoformat(taken[0].received[:10]) if taken else None
        late = max(0, ((first or as_of) - return_by).days)
        last = (taken or files or [Arrival(subgroup, "outstanding", "")])[-1]
        messages = "\n".join(arrival.message for arrival in taken if arrival.message)
        names = ", ".join(dict.fromkeys(arrival.completed_by for arrival in taken if arrival.completed_by))
        numbers = ", ".join(arrival.number for arrival in files if arrival.number)
        told = last.verdict, late, names, messages, numbers
        rows.append(SubgroupReturn(subgroup, day, first.isoformat() if first else None, *told))
    return rows


def sums(rows: Iterable[SubgroupReturn], held: int, refused: int) -> dict[str, int]:
    """Issued = returned + outstanding; of the outstanding, how many are late; files held and refused."""
    reports = list(rows)
    returned = sum(report.returned is not None for report in reports)
    late = sum(report.returned is None and report.days_late > 0 for report in reports)
    return {
        "issued": len(reports),
        "returned": returned,
        "outstanding": len(reports) - returned,
        "late": late,
        "held": held,
        "refused": refused,
    }
