"""What is asked on the first page, in words: what is Red and why, what chairs ask, what the rules put before whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words, cut
from plan_sheets.core.rating.escalate import EXECUTIVE, Escalation, EscalationRule, due_by
from plan_sheets.core.rating.plan_rows import who_answers
from plan_sheets.core.rating.rag import Rating
from plan_sheets.core.rating.snapshot import Snapshot

MOST_RED = 8
MOST_ASKS = 3
"""The most Red actions, and the most asks of each other kind, that the first page names; Decisions has all."""
LONGEST_ASK = 360
"""A couple of lines (characters)."""
LONGEST_WHAT = 100
LONGEST_NAME = 36
"""Longest names in characters: of a Red action, nearly whole; of everything else, a few words."""
ALL = " (all of it on Decisions)"
_ASKED = {
    EscalationRule.MOVED: "accept the date, or say what must change.",
    EscalationRule.AMBER: "what will turn them Green?",
    EscalationRule.NO_RETURN: "who will see that they report?",
    EscalationRule.UNNAMED: "who are they?",
}


def ask_in_words(snapshot: Snapshot, ref: str, longest: int = LONGEST_NAME) -> str:
    """The name of an action, a priority or a subgroup; in brackets the ref and, of an action, its subgroup."""
    if ref in snapshot.rows["action"]:
        what = cut(snapshot.rows["action"][ref]["what"], longest).removesuffix(".")
        whose = ", ".join(filter(None, (ref, who_answers(snapshot.rows, ref))))
        return f"{what} ({whose})" if what else whose
    if ref in snapshot.rows["priority"]:
        return f"{cut(snapshot.rows['priority'][ref]['title'], longest)} ({ref})"
    return snapshot.subgroup(ref)


def asked_lines(snapshot: Snapshot, now: Round, most_red: int = MOST_RED) -> Iterator[str]:
    """The lines of what is asked: the common question, one line for each Red action, one for each other ask."""
    found = snapshot.escalations
    red = dict.fromkeys(escalation.ref for escalation in found if escalation.rule is EscalationRule.RED)
    asks = {escalation.ref: escalation.asked for escalation in found if escalation.rule is EscalationRule.ASKED}
    yield f"What is asked. {_first(len(red), found, now)}{_decided(snapshot)}"
    yield from _red(snapshot, sorted(red, key=lambda ref: ref not in asks), found, most_red)
    yield from _last_red(snapshot)
    yield from _chairs(snapshot, {ref: ask for ref, ask in asks.items() if ref not in red})
    yield from _others(snapshot, [escalation for escalation in found if escalation.ref not in red])


def _others(snapshot: Snapshot, found: Sequence[Escalation]) -> Iterator[str]:
    """A line for each rule that puts something before somebody: what is asked, and about what."""
    for rule, asked in _ASKED.items():
        those = [escalation.ref for escalation in found if escalation.rule is rule]
        if those:
            things = "; ".join(ask_in_words(snapshot, ref) for ref in those[:MOST_ASKS])
            yield f"Also asked. {rule}: {asked} {things}{_more(len(those) - MOST_ASKS)}."


def _first(red: int, found: Sequence[Escalation], now: Round) -> str:
    if not found:
        return "Nothing: no rule escalates anything, and no chair asks for anything."
    opening = f"Of {EXECUTIVE}, by {due_by(now).words} (see Decisions)"
    if not red:
        return f"{opening}, what stands below. No action is Red."
    which = "the Red action" if red == 1 else f"each of the {red} Red actions"
    return f"{opening}: for {which}, agree what will bring it back and by when, or accept that it stays Red."


def _red(snapshot: Snapshot, refs: Sequence[str], found: Sequence[Escalation], most: int) -> Iterator[str]:
    """A line for each Red action: whose it is, why it is Red, what else is asked; first those whose chair asks."""
    for ref in refs[:most]:
        asked = {escalation.rule: escalation.asked for escalation in found if escalation.ref == ref}
        parts = [
            f"Red: {ask_in_words(snapshot, ref, LONGEST_WHAT)}. Why: {why(snapshot.now[ref], 'its chair judged it')}.",
            f"Its chair asks: {cut(asked[EscalationRule.ASKED], LONGEST_ASK, ALL)}"
            if EscalationRule.ASKED in asked
            else "",
            f"Also asked: {asked[EscalationRule.MOVED]}" if EscalationRule.MOVED in asked else "",
        ]
        yield " ".join(filter(None, parts))
    if len(refs) > most:
        yield f"Red: {len(refs) - most} more on Decisions."


def why(rating: Rating, judging: str = "judged") -> str:
    """Why an action has its status, without the rule's name; `judging` begins the words about its chair's RAG."""
    judged = rating.facts.judged
    judgement, _, because = rating.driven_by.removesuffix(".").partition(f", rule {rating.rule}: ")
    if not judged or not judgement.startswith(f"judged {judged}"):
        return rating.driven_by.removesuffix(".")
    if because and rating.published != judged:
        return f"{because} ({judging} {judged})"
    return "; ".join(filter(None, (judgement.replace("judged", judging, 1), because)))


def _last_red(snapshot: Snapshot) -> Iterator[str]:
    """What nobody reported on and was Red before: its priority is Red for it, though nothing is asked by a rule."""
    silent = [
        rating
        for rating in snapshot.now.values()
        if rating.published == Status.NOT_REPORTED and rating.last == Status.RED
    ]
    silent.sort(key=lambda rating: ref_order(rating.facts.ref))
    if silent:
        actions = "; ".join(ask_in_words(snapshot, rating.facts.ref) for rating in silent[:MOST_ASKS])
        more = len(silent) - MOST_ASKS
        yield f"Red when last reported, silent now: {actions}{f'; and {more} more on Master plan' if more > 0 else ''}."


def _chairs(snapshot: Snapshot, asks: dict[str, str]) -> Iterator[str]:
    """What chairs ask about actions that are not Red."""
    for ref, ask in [*asks.items()][:MOST_ASKS]:
        about = f"{ask_in_words(snapshot, ref)}, {snapshot.now[ref].published}"
        yield f"A chair asks about {about}: {cut(ask, LONGEST_ASK, ALL)}"
    if len(asks) > MOST_ASKS:
        yield f"Chairs ask more about {count_words(len(asks) - MOST_ASKS, 'action')}: see Decisions."


def _more(many: int) -> str:
    return f"; and {many} more" if many > 0 else ""


def _decided(snapshot: Snapshot) -> str:
    """What has been decided on that already, and what was decided before and may have been carried out."""
    code, decided = snapshot.code, snapshot.decisions
    now = [ask_in_words(snapshot, decision.ref) for decision in decided if decision.round == code]
    before = [
        decision
        for decision in decided
        if decision.round != code and decision.is_open() and not decision.answered_in(code)
    ]
    words = f" Decided already: {'; '.join(now[:MOST_ASKS])}{_more(len(now) - MOST_ASKS)}." if now else ""
    if before:
        words += f" {count_words(len(before), 'earlier decision')}: carried out?"
    return words
