"""The values of all facts, in the order in which they were recorded, and which of them stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.stages import Stage

SAID = "said"
"""The kind of a source, and the record of a row, that is no file of whoever said it: the board officer typed it in."""
AS_THE_PLAN_HAS_THEM = ("board", "subgroup", "consideration")
"""Records whose refs are words: their order is the officer's."""
BEFORE_ANY_ROUND = ""
"""The round of values that were recorded before the first round was issued; it sorts before every code."""
_GOES_ON = (Stage.NOT_STARTED, Stage.IN_PROGRESS)
"""Confirmed stages of an action that is not finished, whatever was once said of it."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from. `kind`: plan, subgroup, feedback, officer, master or said.

    `who`: the name that they gave; of what was said also how, when, and who typed it in.
    """

    kind: str = ""
    who: str = ""
    file: str = ""
    received: str = ""
    subgroup: str = ""
    return_id: int = 0
    document: int = 0
    """The id of the document that the return belongs to."""
    settled: bool = False
    withdrawn: str = ""
    """Where it stands again because a return was withdrawn, which one, when and why; else ""."""

    @property
    def office(self) -> str:
        """Who fills in such a file, if it is no subgroup: the plan, the board officer, the Executive; else ""."""
        return {"plan": "the plan", "officer": "the board officer", "master": "the Executive"}.get(self.kind, "")


class Held(NamedTuple):
    """One value that a fact had. `round`: in which it holds (scope round) or from which (scope standing).

    `seq`: its place in the order of recording. A tuple, because a register has tens of thousands of them.
    """

    key: Key
    value: str
    scope: str
    round: str
    seq: int
    source: Source = Source()


NOTHING = Held(Key("", "", ""), "", "", "", 0)


@dataclass(slots=True)
class History:
    """Every value by key, oldest first; and the keys of each row. A merge adds to it as it goes."""

    by_key: dict[Key, list[Held]] = field(default_factory=dict)
    by_row: dict[tuple[str, str], list[Key]] = field(default_factory=dict)
    last_seq: int = 0

    @classmethod
    def of(cls, values: Iterable[Held]) -> History:
        """The history of these values, sorted by `seq`."""
        history = cls()
        for held in sorted(values, key=lambda held: held.seq):
            history.add(held)
        return history

    def add(self, held: Held) -> None:
        """Add a value that stands from now on."""
        if held.key not in self.by_key:
            self.by_row.setdefault((held.key.record, held.key.ref), []).append(held.key)
        self.by_key.setdefault(held.key, []).append(held)
        self.last_seq = held.seq

    def next_seq(self) -> int:
        """The `seq` of the next value."""
        return self.last_seq + 1

    def standing(self, key: Key, up_to: str | None = None) -> Held:
        """The value that stands at the end of round `up_to` (None: now); NOTHING if there is none."""
        known = self.by_key.get(key, ())
        if len(known) == 1:  # nearly always
            return known[0] if up_to is None or known[0].round <= up_to else NOTHING
        if up_to is not None:
            known = [held for held in known if held.round <= up_to]
        return max(known, key=lambda held: (held.round, held.seq), default=NOTHING)

    def in_round(self, key: Key, round_code: str) -> Held:
        """The last value given for this round; NOTHING if there is none."""
        for held in reversed(self.by_key.get(key, ())):
            if held.round == round_code:
                return held
        return NOTHING

    def head(self, key: Key, scope: str, round_code: str) -> Held:
        """What a return of `round_code` is merged with: of the round if the scope is, else what stands now."""
        return self.in_round(key, round_code) if scope == "round" else self.standing(key)

    def text(self, record: str, ref: str, field: str, up_to: str | None = None) -> str:
        """The standing value of a field, "" if there is none."""
        return self.standing(Key(record, ref, field), up_to).value

    def of_round(self, record: str, ref: str, field: str, round_code: str) -> str:
        """The value of a field for one round, "" if there is none."""
        return self.in_round(Key(record, ref, field), round_code).value

    def refs(self, record: str, up_to: str | None = None, *, with_left: bool = False) -> list[str]:
        """Every ref of a record that was not removed: sorted, or in the order of the plan where refs are words.

        `with_left`: with those that left the plan when an earlier year was closed.
        """
        is_there = self._stands if with_left else self.is_in_plan
        refs = [ref for kind, ref in self.by_row if kind == record and is_there(record, ref, up_to)]
        return refs if record in AS_THE_PLAN_HAS_THEM else sorted(refs, key=ref_order)

    def is_in_plan(self, record: str, ref: str, up_to: str | None = None) -> bool:
        """Whether a row was neither removed nor left the plan when an earlier year was closed."""
        return self._stands(record, ref, up_to) and not self.find_year_left(record, ref, up_to)

    def _stands(self, record: str, ref: str, up_to: str | None) -> bool:
        there = self.standing(Key(record, ref, "ref"), up_to)
        return bool(there.value) and self.text(record, ref, "removed", up_to) != "Yes"

    def find_year_left(self, record: str, ref: str, up_to: str | None = None) -> str:
        """The financial year with which a row was finished and left the plan, `2016/17`; "" if it stands there still.

        An action of which a late return of that year, confirmed, says that it goes on is back.
        """
        year = self.text(record, ref, "finished_in", up_to)
        return "" if year and self.text(record, ref, "confirmed_stage", up_to) in _GOES_ON else year

    def until(self, code: str) -> History:
        """The history without what holds in or from a round later than this one (its code)."""
        return History.of(held for all_held in self.by_key.values() for held in all_held if held.round <= code)

    def joined_with(self, other: History) -> History:
        """The values of both histories."""
        return History.of(held for part in (self, other) for all_held in part.by_key.values() for held in all_held)

    def record(self, record: str, ref: str, up_to: str | None = None) -> Mapping[str, str]:
        """Every standing field of one row; a field without a value reads as ""."""
        keys = self.by_row.get((record, ref), ())
        return _Blank(
            {key.field: self.standing(key, up_to).value for key in keys if self.by_key[key][0].scope != "round"}
        )

    def rounds_of(self, key: Key) -> Iterator[Held]:
        """The value as it stood at the end of each round in which it changed, oldest first."""
        before = ""
        for code in sorted({held.round for held in self.by_key.get(key, ())}):
            held = self.standing(key, code)
            if held.value != before:
                before = held.value
                yield held


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""
