"""One partnership of a region: what its master says, what has not come back, and why nothing is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.control_totals import SubgroupReturn
from plan_sheets.core.region.said import MasterSaid
from plan_sheets.core.sheets.first_page import WORST_FIRST

ORDER = (Status.RED, Status.NOT_REPORTED, *WORST_FIRST[1:])
"""How a partnership can stand, what has to be looked at first; the second is one of which nothing can be told."""


@dataclass(frozen=True, slots=True)
class Partnership:
    """How one plan stands in a round, by its own master."""

    name: str
    """That of its folder; what tells it from all others."""
    title: str
    """Of its plan; "" where it is not known, or is not published."""
    said: MasterSaid | None
    """None where nothing can be told of the round."""
    told_by: str = ""
    """Which master says so, in words; or why nothing can be told."""
    last: str = ""
    """Where nothing can be told: how it stood when it was last told, `Red in Quarter 1 of 2016/17`; "" if never."""
    touched: bool = False
    """Whether anything came since the edition that says so, which is not in it."""
    returns: Sequence[SubgroupReturn] = ()
    """How the workbook of each subgroup stands in the round."""
    subgroups: Mapping[str, str] = field(default_factory=dict)
    """Their names, by code."""
    totals: Mapping[str, int] = field(default_factory=dict)
    """The control totals of the round: see `control_totals.sums`; none where they cannot be told."""
    queries: int = 0
    decided: Mapping[str, str] = field(default_factory=dict)
    """What was decided for the round, and by whom, by the ref that it is about."""

    @property
    def published(self) -> Status:
        """How it stands as a whole."""
        return self.said.published if self.said else Status.NOT_REPORTED

    @property
    def out(self) -> Sequence[SubgroupReturn]:
        """The subgroups whose workbook is still wanted, those that are latest first."""
        wanted = [row for row in self.returns if row.is_outstanding]
        return sorted(wanted, key=lambda row: (-row.days_late, row.subgroup))


def in_order_of_concern(partnerships: Iterable[Partnership]) -> list[Partnership]:
    """The worst first; those that stand alike by how many of their actions are Red, then by name."""

    def place(each: Partnership) -> tuple[object, ...]:
        red = each.said.counts["red"] if each.said else int(each.last.startswith(Status.RED))
        return ORDER.index(each.published), -red, each.name.casefold(), each.name

    return sorted(partnerships, key=place)


def count_published(partnerships: Iterable[Partnership]) -> dict[Status, int]:
    """How many partnerships stand how, what has to be looked at first in front; without those that none has."""
    listed = [each.published for each in partnerships]
    return {status: listed.count(status) for status in ORDER if status in listed}
