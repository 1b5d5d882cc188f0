"""Control totals of a round: issued = returned + outstanding; held and refused apart; what is late.

A subgroup whose actions are all finished has nothing to report: it is not outstanding, and stands apart too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

RETURNED = ("accepted", "accepted_with_findings")
"""Verdicts by which a workbook counts as returned; one that is untouched, held or refused is still outstanding."""
NOTHING_TO_REPORT = "nothing_to_report"
"""What stands instead of a verdict where no file came, and none is wanted."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file received for a subgroup: its verdict, when it came (ISO), and who completed it.

    `sent`: the day on which its e-mail says that it was sent (ISO), "" where that is not known or cannot be.
    """

    subgroup: str
    verdict: str
    received: str
    completed_by: str = ""
    message: str = ""
    """What it says to the officer, on its form and in the e-mail that it came in."""
    number: str = ""
    sent: str = ""

    @property
    def day(self) -> date:
        """The day that decides whether it is late: that on which it was sent, else on which it was received."""
        return date.fromisoformat(self.sent or self.received[:10])


@dataclass(frozen=True, slots=True)
class SubgroupReturn:
    """How one subgroup's workbook stands. `returned`: the day on which its first return was sent, None if none was."""

    subgroup: str
    issued: str
    returned: str | None
    verdict: str
    """Of the last file that came; if none did `outstanding`, or `NOTHING_TO_REPORT`."""
    days_late: int
    """Days between return-by and the first return, or `as_of` while it is outstanding; 0 if not late."""
    completed_by: str = ""
    message: str = ""
    numbers: str = ""
    """The numbers of all files that came for it, `DA-1, DA-2`."""
    received: str | None = None
    """The day on which the first return was received, where that is another one; else None."""
    return_by: str = ""
    """By when it shall be back (ISO)."""
    finished: bool = False
    """Whether all its actions are finished, so that nothing is wanted of it."""
    said: int = 0
    """How many of its answers for the round came by another way than a return: they stand on `Said to me`."""

    @property
    def is_outstanding(self) -> bool:
        """Whether its workbook is still wanted."""
        return self.returned is None and not self.finished


def control_totals(
    issued: Iterable[tuple[str, str, str]], arrivals: Iterable[Arrival], as_of: date, done: Collection[str] = ()
) -> list[SubgroupReturn]:
    """One row for each subgroup of a round. `issued`: subgroup, issue date, and by when it shall be back (ISO).

    `done`: the subgroups whose actions are all finished.
    """
    came: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        came.setdefault(arrival.subgroup, []).append(arrival)
    rows = []
    for subgroup, day, return_by in issued:
        files = came.get(subgroup, [])
        taken = [arrival for arrival in files if arrival.verdict in RETURNED]
        first = min(taken, key=lambda arrival: arrival.day) if taken else None
        finished = subgroup in done
        late = max(0, ((first.day if first else as_of) - date.fromisoformat(return_by)).days)
        late = 0 if finished and not first else late
        last = (taken or files or [Arrival(subgroup, NOTHING_TO_REPORT if finished else "outstanding", "")])[-1]
        messages = "\n".join(dict.fromkeys(arrival.message for arrival in files if arrival.message))
        names = ", ".join(dict.fromkeys(arrival.completed_by for arrival in taken if arrival.completed_by))
        numbers = ", ".join(arrival.number for arrival in files if arrival.number)
        came_on = first.received[:10] if first and first.day.isoformat() != first.received[:10] else None
        told = last.verdict, late, names, messages, numbers, came_on, return_by, finished
        rows.append(SubgroupReturn(subgroup, day, first.day.isoformat() if first else None, *told))
    return rows


def sums(rows: Iterable[SubgroupReturn], held: int, refused: int) -> dict[str, int]:
    """Issued = returned + outstanding + nothing to report; of the outstanding, how many are late; held and refused."""
    reports = list(rows)
    returned = sum(report.returned is not None for report in reports)
    outstanding = sum(report.is_outstanding for report in reports)
    late = sum(report.is_outstanding and report.days_late > 0 for report in reports)
    return {
        "issued": len(reports),
        "returned": returned,
        "outstanding": outstanding,
        NOTHING_TO_REPORT: len(reports) - returned - outstanding,
        "late": late,
        "held": held,
        "refused": refused,
    }


def describe_totals(totals: Mapping[str, int]) -> str:
    """`9 issued = 5 returned + 3 outstanding (1 late) + 1 with nothing to report`; the last only if any."""
    done = totals[NOTHING_TO_REPORT]
    return (
        f"{totals['issued']} issued = {totals['returned']} returned + {totals['outstanding']} outstanding "
        f"({totals['late']} late)" + (f" + {done} with nothing to report" if done else "")
    )
