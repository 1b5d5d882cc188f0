"""How everything stood at the end of a round: all that a master is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from plan_sheets.core.model.history import BEFORE_ANY_ROUND, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.decisions import Decision, decisions
from plan_sheets.core.rating.declined import Declined
from plan_sheets.core.rating.open_questions import OpenQuestion
from plan_sheets.core.rating.plan_rows import Rows, parent
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.rules.escalate import Escalation, SubgroupFacts, due_by, escalations
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import RollUp, roll_up
from plan_sheets.core.rating.rules.thresholds import Thresholds
from plan_sheets.core.rating.succession import Succession, find_succession
from plan_sheets.core.rating.taken_out import TakenOut


def day_of(for_round: Round | None, history: History) -> date:
    """The day that a master bears: see `Snapshot.made_on`. An empty plan bears the first of the year that it has."""
    if for_round:
        return for_round.last_day
    received = max((held.source.received for values in history.by_key.values() for held in values), default="")
    return date.fromisoformat(received[:10]) if received else date(int(history.text("plan", "", "year")[:4]), 4, 1)


@dataclass(frozen=True)
class Snapshot:
    """The plan at the end of a round: as it was confirmed for that round, whenever that was done.

    Escalations, decisions and roll-ups are worked out when they are first asked for, and kept: so it has no slots.
    """

    round: Round | None
    """None before the first round is issued: the master is the consultation draft."""
    rounds: tuple[str, ...]
    """Codes of the rounds issued up to this one and with it, oldest first; none before the first."""
    history: History
    rows: Rows
    ratings: Mapping[str, Mapping[str, Rating]]
    """Of every round up to this one, by code and ref."""
    limits: Thresholds
    subgroups: tuple[SubgroupFacts, ...]
    """Those that were issued a workbook in this round."""
    silent: Mapping[str, str]
    """Why there is nothing to report, by the code of the subgroup that said so."""
    questions: tuple[OpenQuestion, ...]
    proposals: tuple[Proposal, ...]
    """What waits for the board officer's word."""
    doubts: Mapping[str, tuple[str, ...]]
    """What is in dispute or could not be read, in words, by the ref of the action."""
    set_aside: int
    """How many files were held or refused, and never accepted since."""
    asked: Mapping[Key, str]
    """The code of the round since which a fact has had a placeholder instead of an answer; only those still open."""
    open_queries: tuple[OpenQuery, ...]
    """The queries that nobody has settled."""
    made_on: date
    """The last day of the round; of the consultation draft, the day on which the plan was last read."""
    considerations: Mapping[str, str]
    """The title of each consideration, by the field of the grid that holds it."""
    declined: tuple[Declined, ...] = ()
    """What was said for the rounds up to this one and the officer did not let stand."""
    coverage: str = ""
    """In the public edition alone: how much of the grid is answered, in a sentence."""
    taken_out: tuple[TakenOut, ...] = ()
    """What was taken out of the plan since the round before, or went on under other refs."""
    closed: Mapping[OpenQuestion, str] = field(default_factory=dict)
    """The questions that were closed by that, and why."""
    left: tuple[str, ...] = ()
    """The actions that were finished, and left the plan with a year that was closed since the round before."""
    waived: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was let pass in the returns of each subgroup for this round, in sentences, by its code."""
    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The number of the last return of each subgroup for this round, and the answers on its form, by code and field."""

    @property
    def queries(self) -> int:
        """How many queries are open."""
        return len(self.open_queries)

    @property
    def code(self) -> str:
        """The code of the round; "" before the first."""
        return self.rounds[-1] if self.rounds else ""

    @property
    def code_before(self) -> str:
        """The code of the last round that was issued before this one; "" if none was.

        What belongs to a later quarter, up to this one, is told in this master first.
        """
        return self.rounds[-2] if len(self.rounds) > 1 else BEFORE_ANY_ROUND

    @property
    def now(self) -> Mapping[str, Rating]:
        """The rating of every action in this round, by ref; empty before the first."""
        return self.ratings.get(self.code, {})

    @property
    def before(self) -> Mapping[str, Rating] | None:
        """The ratings of the quarter before; None if it was not issued."""
        return self.ratings.get(self.round.previous.code) if self.round else None

    @cached_property
    def gone(self) -> Mapping[str, TakenOut]:
        """The priorities, themes and actions among what was taken out, by ref."""
        return {item.ref: item for item in self.taken_out if item.record in ("priority", "action")}

    @cached_property
    def escalations(self) -> tuple[Escalation, ...]:
        """Everything that the round escalates, by rule and then by ref; nothing before the first round."""
        if self.round is None:
            return ()
        return escalations(self.now.values(), self.subgroups, self.limits, due_by(self.round).words)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """Every decision of the rounds up to this one, the latest first."""
        return decisions(self.history, self.rounds)

    @property
    def decisions_told(self) -> list[Decision]:
        """The decisions, those still open first, without those of what was out of the plan by the round before."""
        told = (decision for decision in self.decisions if not decision.gone or decision.gone > self.code_before)
        return sorted(told, key=lambda decision: not decision.is_open(before=self.code))

    @cached_property
    def _by_priority(self) -> Mapping[str, Mapping[str, list[Rating]]]:
        """The ratings by the code of the round, then by the ref of the priority: "" where an action has none."""
        found: dict[str, dict[str, list[Rating]]] = {}
        for code, rated in self.ratings.items():
            below = found[code] = {}
            for rating in rated.values():
                below.setdefault(rating.facts.priority, []).append(rating)
        return found

    @cached_property
    def _roll_ups(self) -> dict[tuple[str, frozenset[str]], RollUp]:
        """Every roll-up that was asked for, by the code of its round and the refs of its priorities."""
        return {}

    def priorities_of(self, board: str) -> list[str]:
        """The refs of the priorities of a board, in the order of the plan, without their themes."""
        rows = self.rows["priority"].items()
        return [ref for ref, row in rows if row["board"] == board and parent(ref) == ref]

    def rated(self, code: str, priorities: Iterable[str]) -> list[Rating]:
        """The ratings of the actions of these priorities in a round; none if it was not issued."""
        below = self._by_priority.get(code, {})
        return [rating for ref in priorities for rating in below.get(ref, ())]

    def roll_up(self, code: str, priorities: Iterable[str] | None = None) -> RollUp:
        """How the actions of these priorities stood together in a round; None is all actions of the plan."""
        refs = frozenset(self._by_priority.get(code, {}) if priorities is None else priorities)
        if (code, refs) not in self._roll_ups:
            self._roll_ups[code, refs] = roll_up(self.rated(code, refs), self.limits)
        return self._roll_ups[code, refs]

    @cached_property
    def succession(self) -> Succession:
        """Which actions took the place of which, by the end of the round."""
        return find_succession(self.history, self.code)

    def answer(self, ref: str, name: str, code: str | None = None) -> str:
        """What was answered in a round field of an action for a round (its code; None: this one); "" if nothing.

        Where it was said of the actions whose place it took, their refs stand before it.
        """
        return self.succession.answer(self.history, ref, name, code or self.code) if self.round else ""

    def list_said(self, ref: str, name: str) -> Sequence[tuple[str, str]]:
        """The same, each answer with the ref of which it was given; none before the first round."""
        return self.succession.find_said(self.history, ref, name, self.code) if self.round else []

    def titled(self, ref: str) -> str:
        """The ref of a priority or theme with its title, the last one of what was taken out."""
        return f"{ref} {self.title(ref)}".strip()

    def title(self, ref: str) -> str:
        """The title of a priority or theme, the last one of what was taken out; "" if there never was one."""
        return self.history.text("priority", ref, "title", self.code)

    def subgroup(self, code: str) -> str:
        """The name of a subgroup; its code if the plan has none of it any more."""
        return self.rows["subgroup"].get(code, {}).get("title") or code
