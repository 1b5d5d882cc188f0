"""What took the place of what: an action that was split, merged or given another ref, and what it hands on.

The plan says it once, under `Succeeds` of the action that goes on. The other one is out of the plan from the round on
in which that was said. What was said of it counts for those that took its place, until they are answered themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import CONCERN

FIELD = "succeeds"
WORST_FIRST = {"rag": ("Red", "Amber", "Green"), "step_done": ("No", "Partly", "Yes")}
"""Choices that are handed on: of several the worst."""
HANDED_ON = frozenset(
    {"progress", "stage", "next_step", "next_step_by", "recovery", "ask", "new_date", "evidence", *WORST_FIRST}
)
"""The answers for a round that are handed on: all of them, until one is answered itself."""


@dataclass(frozen=True, slots=True)
class Succession:
    """Which actions (refs) took the place of which, up to a round."""

    before: Mapping[str, Sequence[str]]
    """Those whose place each took."""
    after: Mapping[str, Sequence[str]]
    """Those that took the place of each."""
    since: Mapping[str, str]
    """The code of the round from which on each is out of the plan because of that."""

    def list_heirs(self, ref: str) -> list[str]:
        """The actions that an action goes on as today: where one of those went on as others, these. Itself if none."""
        heirs = (heir for after in self.after.get(ref, ()) for heir in self.list_heirs(after))
        return [*dict.fromkeys(heirs)] or [ref]

    def list_forebears(self, ref: str) -> list[str]:
        """Every action whose place an action took, and whose place those had taken; nearest first."""
        before = self.before.get(ref, ())
        return [*dict.fromkeys([*before, *(far for near in before for far in self.list_forebears(near))])]

    def find_said(self, history: History, ref: str, name: str, code: str) -> Sequence[tuple[str, str]]:
        """What was answered in a round field for a round (its code), each with the ref of which it was said.

        Where nothing was said of the action itself, it is what was said of those whose place it took.
        """
        own = history.of_round("action", ref, name, code)
        if own or name not in HANDED_ON:
            return [(ref, own)] if own else []
        said = (each for old in self.before.get(ref, ()) for each in self.find_said(history, old, name, code))
        return [*dict.fromkeys(said)]

    def answer(self, history: History, ref: str, name: str, code: str) -> str:
        """The same as one text: of choices the worst, of texts all, each after the ref of which it was said."""
        if ref not in self.before:  # nearly always
            return history.of_round("action", ref, name, code)
        said = self.find_said(history, ref, name, code)
        if order := WORST_FIRST.get(name):
            return min((text for _, text in said), key=order.index, default="")
        return "\n".join(text if of == ref else f"{of}: {text}" for of, text in said)

    def find_rating(self, rated: Mapping[str, Rating], ref: str) -> Rating | None:
        """How an action was rated in a round; before it was there, the worst of those whose place it took."""
        if ref in rated:
            return rated[ref]
        found = (self.find_rating(rated, old) for old in self.before.get(ref, ()))
        return min((rating for rating in found if rating), key=_concern, default=None)

    def was_rated(self, rated: Mapping[str, Rating], ref: str) -> bool:
        """Whether an action, or any whose place it took, was rated in a round."""
        return ref in rated or any(self.was_rated(rated, old) for old in self.before.get(ref, ()))

    def describe(self, ref: str) -> str:
        """What took the place of an action, in words: `J2a.4 and J2a.5`."""
        return list_words(self.after[ref])


def find_succession(history: History, up_to: str | None = None) -> Succession:
    """What took the place of what by the end of a round (its code; None: now)."""
    before: dict[str, Sequence[str]] = {}
    after: dict[str, list[str]] = {}
    since: dict[str, str] = {}
    for record, ref in history.by_row:
        if record != "action" or (key := Key("action", ref, FIELD)) not in history.by_key:
            continue
        if olds := split_refs_of(history.standing(key, up_to).value):
            before[ref] = olds
        for old in olds:
            after.setdefault(old, []).append(ref)
            began = _find_since(history, key, old, up_to)
            since[old] = min(since.get(old, began), began)
    return Succession(before, {old: sorted(refs, key=ref_order) for old, refs in after.items()}, since)


def _find_since(history: History, key: Key, old: str, up_to: str | None) -> str:
    """The code of the round since which a row has named an action, without a gap."""
    since: str | None = None
    for held in history.rounds_of(key):
        if up_to is None or held.round <= up_to:
            is_named = old in split_refs_of(held.value)
            since = (held.round if since is None else since) if is_named else None
    return since or ""


def split_refs_of(text: str) -> list[str]:
    """The refs that a cell names: `J2a.1; J2a.2`."""
    return [ref for ref in re.split(r"[\s,;]+", text) if ref]


def is_last_red(rating: Rating) -> bool:
    """Whether an action was Red when anything was last said of it."""
    return Status.RED in (rating.published, rating.last)


def _concern(rating: Rating) -> int:
    """The place of a rating among others: the worst is first."""
    return CONCERN.index(rating.published) if rating.published in CONCERN else len(CONCERN)


def list_words(texts: Iterable[str]) -> str:
    """A list in words: `J2a.4, J2a.5 and J2a.6`."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last
