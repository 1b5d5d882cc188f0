"""How actions add up to a priority or a board: the published status beside its counts, and the trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import ASSESSED, Status
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.thresholds import Thresholds

CONCERN = (
    Status.RED,
    Status.NOT_REPORTED,
    Status.AMBER,
    Status.NOT_ASSESSABLE,
    Status.GREEN,
    Status.BLUE,
    Status.CLOSED,
    Status.WITHDRAWN,
)
"""The statuses that are counted, in the order in which counts are printed."""
ENDED = (Status.CLOSED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class RollUp:
    """How a priority or a board stands, always with the counts behind it."""

    published: Status
    counts: Mapping[Status, int]
    """How many actions have each status that occurs, in the order of `CONCERN`; proposed ones are not counted."""
    driver: str
    """The ref of the action that drives it (the first, if several); "" where none does."""
    text: str
    """The counts in words: `Red: 1 of 6; Not reported: 2; Green: 3`."""


def roll_up(ratings: Iterable[Rating], limits: Thresholds) -> RollUp:
    """The roll-up of all actions below a priority or a board, each given once; never an average."""
    counted = [rating for rating in ratings if rating.published != Status.PROPOSED]
    counted.sort(key=lambda rating: ref_order(rating.facts.ref))
    published, drivers = next((status, those) for fits, status, those in _ladder(counted, limits) if fits)
    found = Counter(rating.published for rating in counted)
    counts = {status: found[status] for status in CONCERN if found[status]}
    return RollUp(published, counts, drivers[0].facts.ref if drivers else "", _count_text(counts))


def _ladder(counted: list[Rating], limits: Thresholds) -> Iterator[tuple[bool, Status, list[Rating]]]:
    """Whether it fits, the status, the actions that drive it: the first that fits is published."""
    silent = _of(counted, Status.NOT_REPORTED)
    red = _of(counted, Status.RED) + [rating for rating in silent if rating.last == Status.RED]
    yield bool(red), Status.RED, red
    yield not counted, Status.NO_ACTIONS, []
    # Closed and withdrawn actions are counted, not rated: they neither help nor hinder what is still going on.
    going_on = [rating for rating in counted if rating.published not in ENDED]
    yield not going_on, Status.CLOSED if _of(counted, Status.CLOSED) else Status.WITHDRAWN, []
    open_questions = [rating for rating in going_on if rating.published not in ASSESSED]
    assessed = len(going_on) - len(open_questions)
    yield assessed * 100 < limits.assessed_percent * len(going_on), Status.TOO_LITTLE, open_questions
    amber = _of(counted, Status.AMBER) + silent
    yield bool(amber), Status.AMBER, amber
    yield len(_of(going_on, Status.BLUE)) == len(going_on), Status.BLUE, []
    yield True, Status.GREEN, []


def _of(ratings: list[Rating], status: Status) -> list[Rating]:
    return [rating for rating in ratings if rating.published == status]


def _count_text(counts: Mapping[Status, int]) -> str:
    words = [f"{status}: {count}" for status, count in counts.items()]
    if not words:
        return str(Status.NO_ACTIONS)
    return "; ".join([f"{words[0]} of {sum(counts.values())}", *words[1:]])


class Trend(StrEnum):
    """How a status compares with that of the round before."""

    IMPROVED = "improved"
    NO_CHANGE = "no change"
    WORSENED = "worsened"
    NEW = "new"
    NOT_COMPARABLE = "not comparable"

    @property
    def arrow(self) -> str:
        """Up, right or down; "" where there is nothing to point at."""
        return {Trend.IMPROVED: "↑", Trend.NO_CHANGE: "→", Trend.WORSENED: "↓"}.get(self, "")

    @property
    def words(self) -> str:
        """The words beside the arrow, as a cell says them: `↑ improved`, `new`."""
        return f"{self.arrow} {self}".strip()


def trend(before: Status | None, now: Status) -> Trend:
    """The trend from the round before (None: not there then) to this one, of an action or of a roll-up.

    Silence twice is no news, so not "no change"; what was only proposed before, or had no actions, is new.
    """
    if before == now and now not in (Status.NOT_REPORTED, Status.TOO_LITTLE):
        return Trend.NO_CHANGE
    if before in (None, Status.PROPOSED, Status.NO_ACTIONS):
        return Trend.NEW
    if before not in ASSESSED or now not in ASSESSED:
        return Trend.NOT_COMPARABLE
    return Trend.IMPROVED if ASSESSED.index(now) < ASSESSED.index(before) else Trend.WORSENED
