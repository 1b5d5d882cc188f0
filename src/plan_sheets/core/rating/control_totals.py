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


def control_totals(
    issued: Iterable[tuple[str, str]], arrivals: Iterable[Arrival], return_by: date, as_of: date
) -> list[SubgroupReturn]:
    """One row for each subgroup of a round. `issued`: subgroup and issue date (ISO)."""
    came: dict[str, list[Arrival]] = {}
    for one in arrivals:
        came.setdefault(one.subgroup, []).append(one)
    rows = []
    for subgroup, day in issued:
        files = came.get(subgroup, [])
        taken = [one for one in files if one.verdict in RETURNED]
        first = date.fromisoformat(taken[0].received[:10]) if taken else None
        late = max(0, ((first or as_of) - return_by).days)
        last = (taken or files or [Arrival(subgroup, "outstanding", "")])[-1]
        messages = "\n".join(one.message for one in taken if one.message)
        names = ", ".join(dict.fromkeys(one.completed_by for one in taken if one.completed_by))
        rows.append(
            SubgroupReturn(subgroup, day, first.isoformat() if first else None, last.verdict, late, names, messages)
        )
    return rows


def sums(rows: Iterable[SubgroupReturn], held: int, refused: int) -> dict[str, int]:
    """Issued = returned + outstanding; of the outstanding, how many are late; files held and refused."""
    told = list(rows)
    returned = sum(one.returned is not None for one in told)
    late = sum(one.returned is None and one.days_late > 0 for one in told)
    return {
        "issued": len(told),
        "returned": returned,
        "outstanding": len(told) - returned,
        "late": late,
        "held": held,
        "refused": refused,
    }
