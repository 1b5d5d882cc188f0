"""How one action stands: the chair's judgement, the ceiling that facts set, and the worse of the two published.

Source of every rule: the design's page on RAG. Nothing is looked up here: the caller gives the facts as they were
confirmed for the round, so that the same facts always make the same rating.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import ASSESSED, Stage, Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.plan_rows import UNNAMED
from plan_sheets.core.rating.rules.thresholds import Thresholds

CONFIRMABLE = (Stage.COMPLETE, Stage.CLOSED, Stage.WITHDRAWN)
"""Stages that a chair proposes and the officer confirms: an action that is confirmed as any of them is finished."""
_ENDED: Mapping[str, Status] = {Stage.CLOSED: Status.CLOSED, Stage.WITHDRAWN: Status.WITHDRAWN}
_NOT_RATED = (Status.PROPOSED, *_ENDED.values())
UNTOLD = (Status.NOT_REPORTED, Status.PROPOSED)
"""What says nothing of how an action stood in a round."""
_TROUBLE = (Status.AMBER, Status.RED)


@dataclass(frozen=True, slots=True)
class Override:
    """An officer's word instead of the rules: Blue, Green, Amber or Red, printed with name, reason and date."""

    rag: Status
    by: str
    reason: str
    on: str
    """The date, as a cell says it: `3 July 2016`."""

    @property
    def words(self) -> str:
        """Name, date and reason on one line."""
        return f"overridden by {self.by} on {self.on}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LastStep:
    """What became, by this round, of the next step that the round before had named."""

    named: bool
    """Whether the round before named a next step at all: no last step, no step rule."""
    done: str = ""
    """The chair's answer: Yes, No or Partly; "" is no answer, and that is not a No."""

    @property
    def missed(self) -> bool:
        """Whether the chair said that it was not done, or only partly."""
        return self.named and self.done in ("No", "Partly")


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the day on which an action falls due, later or earlier."""

    round: Round | None
    before: PartialDate
    after: PartialDate


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What is known of an action in one round. All texts are tidied: "" is blank, and a placeholder is blank too."""

    ref: str
    theme: str = ""
    priority: str = ""
    lead: str = ""
    """The owner of the priority (its Board lead)."""
    judged: str = ""
    """What the chair judged in this round: Green, Amber or Red; "" is no answer."""
    judged_of: tuple[str, ...] = ()
    """The refs of which that was said, where it was said of the actions whose place this one took."""
    stage: str = ""
    """The stage that the chair gave in this round; what needs confirming is only proposed by it."""
    stage_declined: bool = False
    """Whether the officer said No to that stage."""
    confirmed_stage: str = ""
    """The stage as it is confirmed for this round, whenever that was done."""
    ended_because: str = ""
    """Why it was withdrawn or closed, as the officer says."""
    how: str = ""
    owner: str = ""
    """The action owner."""
    owner_status: str = ""
    """Unnamed, Suggested, Approached, Accepted."""
    impact: str = ""
    evidence: str = ""
    ask: str = ""
    """What the chair asks of the executive in this round."""
    dates: tuple[tuple[Round | None, PartialDate], ...] = ()
    """The confirmed date as it stood at the end of each round in which it changed, oldest first and up to this round;
    None is before the first round. The first is the baseline, the last the date now."""
    steps: tuple[LastStep, ...] = ()
    """This round's answer first, then those of the rounds before it, as far back as none was done, without a gap."""
    history: tuple[tuple[Round, Status], ...] = ()
    """What was published in rounds before this one, oldest first: in the last in which it was there; where nothing is
    judged now, back to the last in which it was not untold."""
    carried_over: bool = False
    """Whether it, or one whose place it took, was rated in an earlier year than that of the round."""
    override: Override | None = None
    """The override of this round."""
    proposed: bool = False
    """Whether it is a further action that nobody has confirmed yet."""

    @property
    def due(self) -> PartialDate | None:
        """The confirmed date at the end of the round; None if none was ever given."""
        return self.dates[-1][1] if self.dates else None

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every move since the baseline. March 2017 made 31 March 2017 is none: it falls due on the same day."""
        pairs = pairwise(self.dates)
        return tuple([Move(when, old, new) for (_, old), (when, new) in pairs if old.last != new.last])

    @property
    def slip_days(self) -> int | None:
        """Days from the baseline to the date now, negative if it is earlier; None without a date."""
        return (self.dates[-1][1].last - self.dates[0][1].last).days if self.dates else None

    @property
    def complete(self) -> bool:
        """Whether it is confirmed Complete."""
        return self.confirmed_stage == Stage.COMPLETE

    @property
    def owner_named(self) -> bool:
        """Whether there is a named owner: one who is only suggested counts."""
        return bool(self.owner) and self.owner_status != UNNAMED

    @property
    def missing(self) -> tuple[str, ...]:
        """What makes it a draft: `no named owner`, `no date`, `no how`."""
        has = {"named owner": self.owner_named, "date": self.due is not None, "how": bool(self.how)}
        return tuple(f"no {name}" for name, there in has.items() if not there)

    def published_in(self, earlier: Round) -> Status | None:
        """What was published in an earlier round; None if it was not there then.

        Of a quarter that was not issued: not reported, if it was there before.
        """
        was_there = any(when.code < earlier.code for when, _ in self.history)
        return dict(self.history).get(earlier, Status.NOT_REPORTED if was_there else None)


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that bites: the best status it allows, and a short reason."""

    ceiling: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Rating:
    """How an action stands in a round, and why."""

    facts: ActionFacts
    published: Status
    driven_by: str
    """One line: `judged Green, rule Amber: last quarter's next step not done`."""
    rule: Status | None = None
    """The best that the rules allow; None where they are not asked (proposed, closed, withdrawn, complete)."""
    reasons: tuple[str, ...] = ()
    """Short reasons, the worst first."""
    before: Status | None = None
    """What was published in the round before; None if it was not there then."""
    last: Status | None = None
    """Of an action not reported: what was last published of it; None if it was never reported."""
    age: int | None = None
    """How many rounds ago that was: 1 is the round before."""

    @property
    def finished(self) -> bool:
        """Whether nothing more is to be done, so that nobody is chased: Blue, Complete and Green, Closed, Withdrawn."""
        done = (Status.BLUE, *_ENDED.values())
        return self.published in done or (self.published == Status.GREEN and self.facts.complete)

    @property
    def going_on(self) -> bool:
        """Whether it is agreed and not finished."""
        return not self.finished and self.published != Status.PROPOSED


def rate(facts: ActionFacts, for_round: Round, limits: Thresholds) -> Rating:
    """The rating of an action in a round."""
    rating = next(_fitting(facts, for_round, limits))
    words = f"; said of {' and '.join(facts.judged_of)}" if facts.judged_of and rating.published in ASSESSED else ""
    words += f"; {facts.stage} proposed, not yet confirmed" if _waits(facts, rating.published) else ""
    return replace(rating, driven_by=rating.driven_by + words, before=facts.published_in(for_round.previous))


def _waits(facts: ActionFacts, published: Status) -> bool:
    """Whether the chair's stage waits for the officer's word: an end, or that what was confirmed as one goes on."""
    asks = facts.stage in CONFIRMABLE or (bool(facts.stage) and facts.confirmed_stage in CONFIRMABLE)
    return asks and published not in _NOT_RATED and facts.stage != facts.confirmed_stage and not facts.stage_declined


def _fitting(facts: ActionFacts, for_round: Round, limits: Thresholds) -> Iterator[Rating]:
    """Every rating whose condition fits, in the design's order of precedence: the first is published."""
    if facts.proposed:
        yield Rating(facts, Status.PROPOSED, "proposed, not yet confirmed")
    if facts.confirmed_stage in _ENDED:  # 1
        because = f": {facts.ended_because}" if facts.ended_because else ""
        yield Rating(facts, _ENDED[facts.confirmed_stage], f"{facts.confirmed_stage}, confirmed{because}")
    otherwise = next(_fitting_unfinished(facts, for_round, limits))
    if facts.override:  # instead of 2 to 6
        words = f"{facts.override.words} (otherwise {otherwise.driven_by})"
        yield Rating(facts, facts.override.rag, words, otherwise.rule, otherwise.reasons)
    yield otherwise


def _fitting_unfinished(facts: ActionFacts, for_round: Round, limits: Thresholds) -> Iterator[Rating]:
    """The same of what is neither proposed nor ended, whatever an officer says instead."""
    if facts.complete:  # 2
        yield _rate_complete(facts)
    broken = breaches(facts, for_round, limits)
    rule = broken[0].ceiling if broken else Status.GREEN
    reasons = tuple(breach.reason for breach in broken)
    gap = _gap_words(facts.judged, broken)
    if not facts.judged:  # 3
        last, age = _last_told(facts, for_round)
        ago = f"last {last}, {count_words(age, 'round')} ago" if last else "never reported"
        yield Rating(facts, Status.NOT_REPORTED, f"{gap}; {ago}", rule, reasons, last=last, age=age if last else None)
    missing = () if facts.judged in _TROUBLE else facts.missing  # 4
    if missing:  # 5
        yield Rating(facts, Status.NOT_ASSESSABLE, f"{gap}; {', '.join(missing)}", rule, missing + reasons)
    worse = max(Status(facts.judged), rule, key=ASSESSED.index)  # 6
    yield Rating(facts, worse, gap, rule, reasons)


def _rate_complete(facts: ActionFacts) -> Rating:
    """Blue or Green, whatever was judged and whatever else is blank; trouble that was said is told beside it."""
    judged = f"; judged {facts.judged} in this round" if facts.judged in _TROUBLE else ""
    missing = [name for name, text in (("impact", facts.impact), ("evidence", facts.evidence)) if not text]
    if not missing:
        return Rating(facts, Status.BLUE, f"confirmed Complete, with impact and evidence{judged}")
    awaited = f"evidence awaited (no {' and no '.join(missing)} given)"
    return Rating(facts, Status.GREEN, f"confirmed Complete; {awaited}{judged}", reasons=(awaited,))


def _last_told(facts: ActionFacts, for_round: Round) -> tuple[Status | None, int]:
    """The last status that was more than silence, and how many rounds ago; None and 0 if there was none."""
    for when, what in reversed(facts.history):
        if what not in UNTOLD:
            return what, (for_round.year - when.year) * 4 + for_round.quarter - when.quarter
    return None, 0


def _gap_words(judged: str, broken: tuple[Breach, ...]) -> str:
    """Judged beside rule, with the reasons that set the ceiling."""
    words = f"judged {judged}" if judged else "no RAG given"
    if not broken:
        return words
    ceiling = broken[0].ceiling
    return f"{words}, rule {ceiling}: " + "; ".join(each.reason for each in broken if each.ceiling == ceiling)


def breaches(facts: ActionFacts, for_round: Round, limits: Thresholds) -> tuple[Breach, ...]:
    """Every rule that bites on the last day of the round, the worst first."""
    found = _find_breaches(facts, for_round, limits)
    return tuple(sorted(found, key=lambda breach: ASSESSED.index(breach.ceiling), reverse=True))


def _find_breaches(facts: ActionFacts, for_round: Round, limits: Thresholds) -> Iterator[Breach]:
    if facts.due:
        overdue = (for_round.last_day - facts.due.last).days
        if overdue >= min(limits.overdue_amber_days, limits.overdue_red_days):
            ceiling = Status.RED if overdue >= limits.overdue_red_days else Status.AMBER
            yield Breach(ceiling, f"overdue {count_words(overdue, 'day')}")
    moves = facts.moves
    if len(moves) >= limits.moves_red:
        yield Breach(Status.RED, f"date moved {count_words(len(moves), 'time')}, last to {moves[-1].after.words}")
    elif moves and moves[-1].round == for_round:
        yield Breach(Status.AMBER, f"date moved from {moves[-1].before.words} to {moves[-1].after.words}")
    missed = missed_running(facts.steps)
    if missed:
        ceiling = Status.RED if missed >= limits.steps_red else Status.AMBER
        yield Breach(ceiling, _missed_words(missed, facts.steps[0].done))
    is_time = for_round.quarter >= limits.owner_from_quarter or facts.carried_over
    if facts.owner_status in ("Suggested", "Approached") and is_time:
        yield Breach(Status.AMBER, f"action owner only {facts.owner_status.lower()}")


def missed_running(steps: tuple[LastStep, ...]) -> int:
    """How many rounds in a row, up to this one, the next step named before was reported not done or partly done."""
    answers = [step.missed for step in steps]
    return answers.index(False) if False in answers else len(answers)


def _missed_words(missed: int, answer: str) -> str:
    if missed > 1:
        return f"next step not done {missed} rounds running"
    return "last quarter's next step only partly done" if answer == "Partly" else "last quarter's next step not done"
