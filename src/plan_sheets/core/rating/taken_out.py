"""What is out of the plan since the round before, or went on under other refs: told once, with what was said last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.history import BEFORE_ANY_ROUND, History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.stages import TAKEN_OUT, WENT_ON, Status
from plan_sheets.core.rating.decisions import quarter
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.ratings import RECORDS
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import roll_up
from plan_sheets.core.rating.rules.thresholds import Thresholds
from plan_sheets.core.rating.succession import find_succession

Ratings = Mapping[str, Mapping[str, Rating]]
"""The ratings of some rounds, by code and ref."""
_NAMES = ("what", "title", "question", "enquiry", "subject", "who", "actions_required", "about")
"""The fields of which the first that says anything says what a row is about."""


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A row of the plan that stands in it no more."""

    record: str
    ref: str
    row: Mapping[str, str]
    """As it stood last."""
    round: str
    """The code of the round from which on it stands no more."""
    last: tuple[str, Status] | None = None
    """The code of the last round in which it was rated, and how it (of a priority: its actions together) stood then."""
    said: str = ""
    """What its chair said last, with the quarter; "" if nothing ever was."""
    moved_to: str = ""
    """The theme that it belongs to now, if it only left the boards that the master is limited to."""
    went_on_as: str = ""
    """The actions that took its place, in words: `J2a.4 and J2a.5`; "" if none did."""

    @property
    def name(self) -> str:
        """What it was, in words."""
        return next((text for field in _NAMES if (text := self.row.get(field, ""))), "")

    @property
    def reason(self) -> str:
        """Why it is told here: `Taken out of the plan in Quarter 2`."""
        where = f"Moved to {self.moved_to}, of another board," if self.moved_to else "Taken out of the plan"
        where = f"Went on as {self.went_on_as}" if self.went_on_as else where
        return f"{where} in {quarter(self.round)}"

    @property
    def status(self) -> str:
        """What stands in place of a status."""
        return WENT_ON if self.went_on_as else TAKEN_OUT

    @property
    def was(self) -> str:
        """How it stood last: `Red in Quarter 1`; "" if it never was rated."""
        return f"{self.last[1]} in {quarter(self.last[0], self.round)}" if self.last else ""


def find_taken_out(history: History, rounds: Sequence[str], ratings: Ratings, limits: Thresholds) -> Iterator[TakenOut]:
    """What was taken out, or went on, since the round before the last of these (codes, oldest first), by ref."""
    before, code = rounds[-2] if len(rounds) > 1 else BEFORE_ANY_ROUND, rounds[-1]
    succession = find_succession(history, code)
    found = {("action", ref): since for ref, since in succession.since.items()}
    for record, ref in history.by_row:
        held = history.standing(Key(record, ref, "removed"), code)
        if record in RECORDS and held.value == "Yes":
            found.setdefault((record, ref), held.round)
    for record, ref in sorted(found, key=lambda row: (RECORDS.index(row[0]), ref_order(row[1]))):
        since = found[record, ref]
        if since > before:
            last = _rated_last(record, ref, ratings, limits), last_said(history, ref, rounds)
            went_on_as = succession.describe(ref) if record == "action" and ref in succession.after else ""
            yield TakenOut(record, ref, history.record(record, ref, code), since, *last, went_on_as=went_on_as)


def find_left(history: History, rounds: Sequence[str]) -> Iterator[str]:
    """The actions that left the plan with a year that was closed since the round before the last of these, sorted."""
    before, code = rounds[-2] if len(rounds) > 1 else BEFORE_ANY_ROUND, rounds[-1]
    went_on = find_succession(history, code).after
    for ref in history.refs("action", code, with_left=True):
        left, earlier = (history.find_year_left("action", ref, when) for when in (code, before))
        if left and not earlier and ref not in went_on:
            yield ref


def _rated_last(record: str, ref: str, ratings: Ratings, limits: Thresholds) -> tuple[str, Status] | None:
    for code, rated in sorted(ratings.items(), reverse=True):
        if record == "action" and ref in rated:
            return code, rated[ref].published
        if record == "priority":
            of = [rating for rating in rated.values() if ref in (rating.facts.theme, rating.facts.priority)]
            if of:
                return code, roll_up(of, limits).published
    return None


def last_said(history: History, ref: str, rounds: Sequence[str]) -> str:
    """The last progress that was reported of an action, with the quarter: `Quarter 1: ...`; "" if none ever was."""
    for code in reversed(rounds):
        if text := history.of_round("action", ref, "progress", code):
            return f"{quarter(code, rounds[-1])}: {text}"
    return ""


def find_moved_away(
    history: History, rounds: Sequence[str], ratings: Ratings, limits: Thresholds, boards: Sequence[str]
) -> Iterator[TakenOut]:
    """The actions that were of these boards (refs) in the round before, and are of another one now."""
    before, code = rounds[-2] if len(rounds) > 1 else BEFORE_ANY_ROUND, rounds[-1]

    def board(ref: str, when: str) -> str:
        theme = history.text("action", ref, "theme", when)
        return history.text("priority", parent(theme) if theme else "", "board", when)

    for ref in history.refs("action", code):
        if board(ref, before) in boards and board(ref, code) not in boards:
            theme = history.standing(Key("action", ref, "theme"), code)
            rated = _rated_last("action", ref, {when: ratings[when] for when in rounds[:-1]}, limits)
            said = last_said(history, ref, rounds[:-1])
            row = history.record("action", ref, before)
            yield TakenOut("action", ref, row, theme.round or code, rated, said, theme.value)
