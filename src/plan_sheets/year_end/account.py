"""What a year came to: which actions are finished, which are not and why, and what goes on into the next year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.plan_rows import UNNAMED, owner_words
from plan_sheets.core.rating.rules.rag import CONFIRMABLE, Rating
from plan_sheets.core.rating.rules.rollup import CONCERN
from plan_sheets.core.rating.succession import find_succession


@dataclass(frozen=True, slots=True)
class FinishedAction:
    """An action that is finished, and leaves the plan. `stage`: Complete, Closed or Withdrawn, as it was confirmed."""

    ref: str
    what: str
    stage: str
    why: str


@dataclass(frozen=True, slots=True)
class UnfinishedAction:
    """An action that goes on into the next year, with how it stood in the last round and what drives that."""

    ref: str
    what: str
    published: str
    why: str
    due: str
    """The day or month in words; "" if there is none."""
    days_late: int
    """Days from the due date to the day on which the year is closed; 0 if it lies ahead."""
    owner: str
    """The owner and the status in brackets; "Unnamed"."""

    @property
    def words(self) -> str:
        """Why it is not finished, in one line."""
        due = f"due {self.due}" if self.due else "no date"
        return "; ".join([self.why, due, *(["nobody named as owner"] if self.owner == UNNAMED else [])])


@dataclass(frozen=True, slots=True)
class YearAccount:
    """Every action of a year, each in one of these lists."""

    finished: Sequence[FinishedAction]
    """By ref."""
    unfinished: Sequence[UnfinishedAction]
    """What stands worst first."""
    succeeded: Mapping[str, str]
    """What took the place of which action (its ref) in the year: the row of that leaves the plan as well."""
    taken_out: Sequence[str]
    """The refs of those that were taken out of the plan since."""

    @property
    def actions(self) -> int:
        """How many there are in all."""
        return len(self.finished) + len(self.unfinished) + len(self.succeeded) + len(self.taken_out)


def draw_account(history: History, ratings: Mapping[str, Rating], as_of: date) -> YearAccount:
    """The account of a year on a day, by the ratings of its last round; proposed actions are left out."""
    now, succession = {*history.refs("action")}, find_succession(history)
    rated = {ref: rating for ref, rating in ratings.items() if rating.published != Status.PROPOSED}
    succeeded = {ref: succession.describe(ref) for ref in sorted(now & {*succession.after}, key=ref_order)}
    there = {ref: rating for ref, rating in rated.items() if ref in now and ref not in succeeded}
    finished = [ref for ref in sorted(there, key=ref_order) if _is_finished(history, there[ref])]
    unfinished = sorted({*there} - {*finished}, key=lambda ref: (CONCERN.index(there[ref].published), ref_order(ref)))
    return YearAccount(
        [_describe_finished(history, ref, there[ref]) for ref in finished],
        [_describe_unfinished(history, there[ref], as_of) for ref in unfinished],
        succeeded,
        sorted({*rated} - now, key=ref_order),
    )


def _is_finished(history: History, rating: Rating) -> bool:
    """Whether an action is finished by its rating, and confirmed as that now: an override alone ends nothing."""
    return rating.finished and history.text("action", rating.facts.ref, "confirmed_stage") in CONFIRMABLE


def _describe_finished(history: History, ref: str, rating: Rating) -> FinishedAction:
    row = history.record("action", ref)
    return FinishedAction(ref, row["what"], row["confirmed_stage"], row["ended_because"] or rating.driven_by)


def _describe_unfinished(history: History, rating: Rating, as_of: date) -> UnfinishedAction:
    row = history.record("action", rating.facts.ref)
    day = PartialDate.from_words(row["due"])
    late = max((as_of - day.last).days, 0) if day else 0
    why = "; ".join([rating.driven_by, *_describe_since(history, rating)])
    told = str(rating.published), why, row["due"], late, owner_words(row)
    return UnfinishedAction(rating.facts.ref, row["what"], *told)


def _describe_since(history: History, rating: Rating) -> Iterator[str]:
    """That its end was confirmed for the next year: what the plan says since the last round of this one was closed."""
    stage = history.text("action", rating.facts.ref, "confirmed_stage")
    if stage in CONFIRMABLE and stage != rating.facts.confirmed_stage:
        yield f"{stage} from the next year on"
