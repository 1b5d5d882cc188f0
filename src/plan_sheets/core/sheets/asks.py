"""What is asked of the Executive, the worst first: at most seven lines on the first page, and how many more there are.

A Red action and what a chair asks have a line each; what the rules put before somebody has one for each rule. In a
paper each is a recommendation of the same number, and nothing is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, product
from typing import NamedTuple

from plan_sheets.core.book.layout import Line
from plan_sheets.core.book.paper import fitting
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.decisions import Decision
from plan_sheets.core.rating.rules.escalate import EXECUTIVE, Escalation, EscalationRule
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.lines import (
    LONGEST_LINE,
    NOWHERE,
    first_that_fits,
    fitted,
    line,
    name_of,
    short,
    subgroup_of,
)

MOST_ASKS = 7
"""The most numbered lines; the sheet Decisions has all that is asked."""
WHERE = "Decisions"
NOTHING = "Nothing: no rule escalates anything, and no chair asks for anything."
_ENDS = (".", "?", "!", "…")
_SENTENCE_END = re.compile(r"[.?!…](?= )")
_ELSEWHERE = f"Why: Master plan. What is asked: {WHERE}."
_BRING_BACK = "Agree a way back, or accept Red."
_SHORTER = {"last quarter's next step": "last step", "its chair judged it": "judged"}
"""Words for a line instead of the longer ones of Master plan."""

Asks = Mapping[str, Mapping[EscalationRule, Escalation]]
"""What is escalated, by what it is about, and by rule."""


class Ask(NamedTuple):
    """One line of what is asked, without its number; its texts are "" where it will have no line."""

    lead: str
    """How it begins, in bold."""
    rest: str
    kind: str
    """What it is counted as where it has no line: `Red`, `that chairs ask about`."""
    things: int = 1
    """How many things it asks about."""
    of_whom: str = ""
    """Whom it asks, and about what of it; "" is the Executive."""


def asked_lines(snapshot: Snapshot) -> Iterator[str | Line]:
    """The numbered lines; then how many more things are asked about; last, what has been decided on them already."""
    asks = [*_asks(snapshot, WHERE)]
    if not asks:
        yield NOTHING
    for number, ask in enumerate(asks[:MOST_ASKS], start=1):
        yield line(f"{number}. {ask.lead}", ask.rest)
    more = Counter[str]()
    for ask in asks[MOST_ASKS:]:
        more[ask.kind] += ask.things
    if more:
        lead = f"{sum(more.values())} more stand in {WHERE}:"
        kinds = [f"{count} {kind}" for kind, count in more.items()]
        yield line(lead, fitted(kinds, WHERE, lead, "; ".join))
    if decided := [decision.ref for decision in snapshot.decisions if decision.round == snapshot.code]:
        yield line("Decided already:", fitted(decided, WHERE, "Decided already:", *_ways(snapshot)))


def recommendations(snapshot: Snapshot) -> Sequence[Ask]:
    """All that is asked, in the order of the first page and each whole."""
    return [*_asks(snapshot, NOWHERE)]


def _asks(snapshot: Snapshot, where: str) -> Iterator[Ask]:
    """Everything that is asked, the worst first; the sheet `where` has what has no room on a line."""
    asks: dict[str, dict[EscalationRule, Escalation]] = {}
    for escalation in snapshot.escalations:
        asks.setdefault(escalation.ref, {})[escalation.rule] = escalation
    red = [ref for ref, by_rule in asks.items() if EscalationRule.RED in by_rule]
    red.sort(key=lambda ref: EscalationRule.ASKED not in asks[ref])
    chairs = [ref for ref, by_rule in asks.items() if EscalationRule.ASKED in by_rule]
    kinds = dict.fromkeys(red, "Red")
    kinds |= {ref: "that chairs ask about" for ref in chairs if ref not in kinds}
    for place, (ref, kind) in enumerate(kinds.items()):
        is_told = place < MOST_ASKS or where == NOWHERE
        yield _of_action(snapshot, ref, asks[ref], kind, where) if is_told else Ask("", "", kind)
    yield from _of_rules(snapshot, {ref: by_rule for ref, by_rule in asks.items() if ref not in kinds}, where)
    yield from _carried_out(snapshot, where)


def _of_action(
    snapshot: Snapshot, ref: str, by_rule: Mapping[EscalationRule, Escalation], kind: str, where: str
) -> Ask:
    """The line of one action: whose it is, why it stands so and what is asked, as much of each as the line holds."""
    rating = snapshot.now[ref]
    running = " for two quarters" if EscalationRule.AMBER in by_rule else ""
    lead = f"{rating.published}{running}. {name_of(snapshot, ref)}"
    whose = subgroup_of(snapshot, ref)
    reasons = brief_why(rating)
    asks = _asked(by_rule) if where else (_asked_whole(by_rule),)
    texts = (
        f"{of_whom} {because} {asked}".strip()
        for of_whom, asked, because in product(
            (f"({whose}).", "") if whose else ("",),
            [*asks],
            [f"{words[:1].upper()}{words[1:]}." for words in dict.fromkeys((reasons, reasons.partition("; ")[0]))],
        )
    )
    rest = first_that_fits(chain(texts, (_ELSEWHERE,)), f"9. {lead}.") if where else next(texts)
    return Ask(lead if rest.startswith("(") else f"{lead}.", rest, kind)


def _asked(by_rule: Mapping[EscalationRule, Escalation]) -> Iterator[str]:
    """What is asked about one action: the chair's words, as many whole sentences as fit; else what the rules ask."""
    if EscalationRule.ASKED not in by_rule:
        yield by_rule[EscalationRule.MOVED].asked if EscalationRule.MOVED in by_rule else _BRING_BACK
        return
    said = " ".join(by_rule[EscalationRule.ASKED].asked.split())
    if len(said) <= LONGEST_LINE:
        yield f"Chair asks: {_ended(said)}"
    for end in reversed([found.end() for found in _SENTENCE_END.finditer(said[:LONGEST_LINE])]):
        yield f"Chair asks: {said[:end]} More: {WHERE}."
    yield f"Chair asks: see {WHERE}."


def _asked_whole(by_rule: Mapping[EscalationRule, Escalation]) -> str:
    """All that is asked about one action, the chair's words as typed."""
    asked = {rule: escalation.asked for rule, escalation in by_rule.items() if rule is not EscalationRule.AMBER}
    return " ".join(
        f"Chair asks: {_ended(fitting(text))}" if rule is EscalationRule.ASKED else text for rule, text in asked.items()
    )


def _ended(text: str) -> str:
    return text if text.endswith(_ENDS) else f"{text}."


def brief_why(rating: Rating) -> str:
    """Why an action has its status, in the words of a line; what the officer typed of an override stays where it is."""
    if rating.facts.override:
        return "set by the board officer"
    text = why(rating)
    for longer, shorter in _SHORTER.items():
        text = text.replace(longer, shorter)
    return text


def why(rating: Rating, judging: str = "judged") -> str:
    """Why an action has its status, without the rule's name; `judging` begins the words about its chair's RAG."""
    judged = rating.facts.judged
    judgement, _, because = rating.driven_by.removesuffix(".").partition(f", rule {rating.rule}: ")
    if not judged or not judgement.startswith(f"judged {judged}"):
        return rating.driven_by.removesuffix(".")
    if because and rating.published != judged:
        return f"{because} ({judging} {judged})"
    return "; ".join(filter(None, (judgement.replace("judged", judging, 1), because)))


def _of_rules(snapshot: Snapshot, asks: Asks, where: str) -> Iterator[Ask]:
    """A line for each rule: what it is about, and what is asked."""
    for rule, lead, kind, asked in (
        (
            EscalationRule.MOVED,
            "Date moved twice:",
            "whose date moved twice",
            "Accept the date, or say what must change.",
        ),
        (EscalationRule.AMBER, "Amber for two quarters:", "Amber for two quarters", "What will turn them Green?"),
        (EscalationRule.NO_RETURN, "No return for two quarters:", "without a return", "Who will see that they report?"),
    ):
        if refs := [ref for ref, by_rule in asks.items() if rule in by_rule]:
            things = fitted(refs, where, f"9. {lead} {asked}", *_ways(snapshot))
            yield Ask(lead, f"{things} {asked}", kind, len(refs), _of_whom(snapshot, asks, rule))
    if unnamed := [ref for ref, by_rule in asks.items() if EscalationRule.UNNAMED in by_rule]:
        of_whom = _of_whom(snapshot, asks, EscalationRule.UNNAMED)
        yield _unnamed(snapshot, unnamed, where)._replace(of_whom=of_whom)


def _of_whom(snapshot: Snapshot, asks: Asks, rule: EscalationRule) -> str:
    """Whom a rule asks, each with what about; "" if that is the Executive alone."""
    found: dict[str, list[str]] = {}
    for ref, by_rule in asks.items():
        if rule in by_rule:
            found.setdefault(by_rule[rule].of_whom, []).append(snapshot.subgroup(ref))
    if [*found] == [EXECUTIVE]:
        return ""
    return "; ".join(f"{whom} ({', '.join(things)})" for whom, things in found.items())


def _unnamed(snapshot: Snapshot, refs: Sequence[str], where: str) -> Ask:
    """The line of the priorities whose actions nobody is named for, with how many these are."""
    counts = Counter(
        rating.facts.priority for rating in snapshot.now.values() if rating.going_on and not rating.facts.owner_named
    )
    lead, asked = "No action owner:", "Who are they?"
    many = count_words(sum(counts[ref] for ref in refs), "action")
    of = f"{many}:" if len(refs) > 1 else f"{many} of"

    def name(ref: str) -> str:
        short_name = name_of(snapshot, ref)
        return snapshot.titled(ref) if short_name == ref and where == NOWHERE else short_name

    def say(some: Sequence[str]) -> str:
        return ", ".join(f"{name(ref)} {counts[ref]}" if len(refs) > 1 else name(ref) for ref in some)

    things = fitted(refs, where, f"9. {lead} {of} {asked}", say)
    return Ask(lead, f"{of} {things} {asked}", "priorities with actions that have no owner", len(refs))


def _carried_out(snapshot: Snapshot, where: str) -> Iterator[Ask]:
    """The line that asks what became of earlier decisions of which nobody has said that they are done with."""
    earlier = [
        decision
        for decision in snapshot.decisions
        if decision.round != snapshot.code and decision.is_open() and not decision.answered_in(snapshot.code)
    ]
    if earlier:
        lead = "Carried out?"
        ways = (_decided(snapshot, named=True), _decided(snapshot, named=False), _named_alone(snapshot))
        yield Ask(lead, fitted(earlier, where, f"9. {lead}", *ways), "earlier decisions", len(earlier))


def _decided(snapshot: Snapshot, *, named: bool) -> Callable[[Sequence[Decision]], str]:
    """Says earlier decisions: about what (`named`, or its ref alone), in which quarter and, if that is short, what."""

    def say(decisions: Sequence[Decision]) -> str:
        return "; ".join(
            f"{name_of(snapshot, decision.ref) if named else decision.ref}, {decision.when}: {text}"
            if (text := short(" ".join(decision.text.split()).removesuffix(".")))
            else f"{name_of(snapshot, decision.ref)}, {decision.when}"
            for decision in decisions
        )

    return say


def _named_alone(snapshot: Snapshot) -> Callable[[Sequence[Decision]], str]:
    """Says about what earlier decisions are."""
    return lambda decisions: "; ".join(name_of(snapshot, decision.ref) for decision in decisions)


def _ways(snapshot: Snapshot) -> Sequence[Callable[[Sequence[str]], str]]:
    """Say the names of actions, priorities and subgroups: of actions with their subgroups, and without."""

    def say(refs: Sequence[str]) -> str:
        return "; ".join(
            f"{name_of(snapshot, ref)} ({whose})"
            if ref in snapshot.rows["action"] and (whose := subgroup_of(snapshot, ref))
            else name_of(snapshot, ref)
            for ref in refs
        )

    return say, lambda refs: "; ".join(name_of(snapshot, ref) for ref in refs)
