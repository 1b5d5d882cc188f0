"""What stands without a return that was taken in by mistake, worked out fact by fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from plan_sheets.core.answers.merge import merge_cell, said_by
from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.history import NOTHING, Held, History
from plan_sheets.core.model.keys import Key

CONFIRMED = {"stage": "confirmed_stage", "new_date": "due", "agreement": "agreement"}
"""What a chair proposes by a field, and where it stands once it is confirmed."""


class SaidBeside(NamedTuple):
    """What a later return said of a fact: agreed with what stood, or in a conflict with it that is open."""

    entry: int
    return_id: int
    number: str
    key: Key
    round: str
    value: str
    compared: str
    outcome: Outcome


class Restored(NamedTuple):
    """A value that stands again. `origin`: the `seq` of the value that it repeats, 0 if none; `entry`: who said it."""

    key: Key
    value: str
    scope: str
    round: str
    origin: int
    entry: int


@dataclass(slots=True)
class Withdrawn:
    """What becomes of everything that a return brought."""

    restored: list[Restored] = field(default_factory=list)
    stands: dict[Key, str] = field(default_factory=dict)
    """Why a fact stands as it is all the same."""
    closed: set[tuple[int, Key]] = field(default_factory=set)
    """The conflicts that are none any more, by the return (its id) that said something else."""
    asked: list[tuple[SaidBeside, Held]] = field(default_factory=list)
    """What another return said that is in conflict now, and with what."""


def withdraw(history: History, return_id: int, withdrawn: Collection[int], beside: Iterable[SaidBeside]) -> Withdrawn:
    """What stands without the return of this id. `withdrawn`: the ids of those that were withdrawn before.

    `beside`: what later returns said of the same facts, oldest first; of conflicts only those that are open.
    """
    gone = {return_id, *withdrawn}
    said: dict[Key, list[SaidBeside]] = {}
    for one in beside:
        said.setdefault(one.key, []).append(one)
    found = Withdrawn()
    brought = {
        (held.key, held.round): held
        for values in history.by_key.values()
        for held in values
        if held.source.return_id == return_id and not held.source.settled
    }
    kept = _find_kept_rows(history, brought.values(), gone)
    for held in brought.values():
        before = _find_before(history, held, gone)
        if (held.key.record, held.key.ref) in kept:
            found.stands[held.key] = kept[held.key.record, held.key.ref]
            continue
        now = history.head(held.key, held.scope, held.round)
        if now.seq != held.seq and now.source.return_id != return_id:
            found.stands[held.key] = f"it was changed since by {said_by(now.source)}"
        if now.seq == held.seq or now.round > held.round:
            _replay(found, held, before, said.get(held.key, ()))
        if (confirmed := _find_confirmed(history, held)) and held.key.field != "agreement":
            found.stands[Key("action", held.key.ref, CONFIRMED[held.key.field])] = confirmed
    return found


def _find_before(history: History, held: Held, gone: Collection[int]) -> Held:
    """The value that stood, at the end of its round or in it, without the returns that are gone; NOTHING if none."""
    known = [
        other
        for other in history.by_key[held.key]
        if (other.source.settled or other.source.return_id not in gone)
        and (other.round == held.round if held.scope == "round" else other.round <= held.round)
    ]
    return max(known, key=lambda other: (other.round, other.seq), default=NOTHING)


def _find_kept_rows(history: History, brought: Iterable[Held], gone: Collection[int]) -> Mapping[tuple[str, str], str]:
    """The rows that the return added and that stay, for somebody confirmed them or said more in them; and why."""
    kept = {}
    for held in brought:
        if held.key.field == "ref" and not _find_before(history, held, gone).value:
            for key in history.by_row[held.key.record, held.key.ref]:
                now = history.by_key[key][-1]
                theirs = now.source.settled or now.source.return_id not in gone
                if theirs and now.value and (key.field, now.value) != ("agreement", "Declined"):
                    kept[key.record, key.ref] = f"the row has been settled or added to since by {said_by(now.source)}"
    return kept


def _find_confirmed(history: History, held: Held) -> str:
    """Why what the return proposed stands, if it was confirmed; else ""."""
    target = CONFIRMED.get(held.key.field, "") if held.key.record == "action" else ""
    stands = history.standing(Key("action", held.key.ref, target)) if target else NOTHING
    if stands.source.settled and stands.value == held.value:
        return f"it was confirmed by {said_by(stands.source)}"
    return ""


def _replay(found: Withdrawn, held: Held, before: Held, said: Iterable[SaidBeside]) -> None:
    """Let the fact fall back to what stood before; then what later returns said meets that, as it would have."""
    head = Restored(held.key, before.value, held.scope, held.round, before.seq, 0)
    restored = [head]
    now = before
    for one in said:
        if held.scope == "round" and one.round != held.round:
            continue
        outcome = merge_cell(one.compared, head.value, one.value)
        if outcome is Outcome.TAKEN:
            head = Restored(held.key, one.value, held.scope, max(one.round, head.round), 0, one.entry)
            restored = [*(each for each in restored if each.round != head.round), head]
            now = held._replace(value=one.value)
        if outcome is Outcome.CONFLICT and one.outcome is Outcome.AGREED:
            found.asked.append((one, now))
        if outcome is not Outcome.CONFLICT and one.outcome is Outcome.CONFLICT:
            found.closed.add((one.return_id, one.key))
    found.restored += restored
