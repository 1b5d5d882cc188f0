"""Escalations: what goes to the Executive, by which rule, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.thresholds import Thresholds

EXECUTIVE = "the Executive"


class EscalationRule(StrEnum):
    """Why something is escalated; in the order in which the executive reads it."""

    RED = "Red"
    ASKED = "The chair asks"
    MOVED = "Date moved twice"
    AMBER = "Amber two rounds running"
    NO_RETURN = "No return two rounds running"
    UNNAMED = "Owners still unnamed after Quarter 1"


@dataclass(frozen=True, slots=True)
class SubgroupFacts:
    """Whether a subgroup reports. `missed` is how many rounds running, this one included, it was issued and silent."""

    code: str
    name: str
    chair: str = ""
    lead: str = ""
    """The subgroup's Board lead."""
    missed: int = 0
    finished: bool = False
    """Whether all its actions are finished, so that there is nothing to chase it for."""

    @property
    def owes(self) -> bool:
        """Whether a return is still wanted."""
        return self.missed > 0 and not self.finished


@dataclass(frozen=True, slots=True)
class Escalation:
    """One thing that is asked; `rule` and `ref` together name it. An action has one for each rule that it meets."""

    rule: EscalationRule
    ref: str
    """The ref of the action or priority, or the code of the subgroup."""
    why: str
    asked: str
    of_whom: str
    by_when: str


def due_by(now: Round) -> PartialDate:
    """By when an answer to what a round asks is wanted: the last day of the next quarter."""
    return PartialDate.day(now.next.last_day)


def escalations(
    ratings: Iterable[Rating], subgroups: Iterable[SubgroupFacts], limits: Thresholds, by_when: str
) -> tuple[Escalation, ...]:
    """Everything that a round escalates, by rule and then by ref; `by_when` is a date in words."""
    rated = list(ratings)
    found = [each for rating in rated for each in _of_action(rating, limits, by_when)]
    found += [_no_return(group, by_when) for group in subgroups if group.owes and group.missed > 1]
    found += _unnamed(rated, by_when)
    rules = list(EscalationRule)
    return tuple(sorted(found, key=lambda each: (rules.index(each.rule), ref_order(each.ref))))


def _of_action(rating: Rating, limits: Thresholds, by_when: str) -> Iterator[Escalation]:
    facts, why = rating.facts, _sentence(f"{rating.published}: {rating.driven_by}")
    if rating.published == Status.RED:
        asked = "Agree what will bring it back and by when, or accept that it stays Red."
        yield Escalation(EscalationRule.RED, facts.ref, why, asked, EXECUTIVE, by_when)
    if facts.ask:
        yield Escalation(EscalationRule.ASKED, facts.ref, why, facts.ask, EXECUTIVE, by_when)
    if rating.going_on and facts.due and len(facts.moves) >= limits.moves_red:
        moved = f"Date moved {count_words(len(facts.moves), 'time')}: first {facts.dates[0][1].words}."
        asked = f"Accept the date {facts.due.words}, or say what must change."
        yield Escalation(EscalationRule.MOVED, facts.ref, moved, asked, EXECUTIVE, by_when)
    if rating.published == rating.before == Status.AMBER:
        asked = "Say what will turn it Green and by when, or what help it needs."
        yield Escalation(EscalationRule.AMBER, facts.ref, why, asked, facts.lead or EXECUTIVE, by_when)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _no_return(group: SubgroupFacts, by_when: str) -> Escalation:
    why = f"No return from {group.name} for {group.missed} rounds running."
    asked = f"See that {group.name} reports, or say who will report instead."
    return Escalation(EscalationRule.NO_RETURN, group.code, why, asked, group.lead or EXECUTIVE, by_when)


def _unnamed(ratings: list[Rating], by_when: str) -> Iterator[Escalation]:
    """One line a priority. A round is judged on its last day, so in every round Quarter 1 has closed."""
    actions: dict[str, list[Rating]] = {}
    for rating in ratings:
        if rating.going_on and rating.facts.priority and not rating.facts.owner_named:
            actions.setdefault(rating.facts.priority, []).append(rating)
    for priority, those in actions.items():
        refs = ", ".join(sorted((rating.facts.ref for rating in those), key=ref_order))
        why = f"{count_words(len(those), 'action')} without a named owner: {refs}."
        lead = next((rating.facts.lead for rating in those if rating.facts.lead), EXECUTIVE)
        yield Escalation(EscalationRule.UNNAMED, priority, why, "Name an action owner for each.", lead, by_when)
