"""How every action stands in every round, from what the register holds: the facts that `rag` judges."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.declined import Declined, stage_declined
from plan_sheets.core.rating.plan_rows import Rows, lead_of, parent, subgroups_of
from plan_sheets.core.rating.rules.overrides import find_override
from plan_sheets.core.rating.rules.rag import CONFIRMABLE, UNTOLD, ActionFacts, LastStep, Override, Rating, rate
from plan_sheets.core.rating.rules.rollup import CONCERN
from plan_sheets.core.rating.rules.thresholds import Thresholds
from plan_sheets.core.rating.succession import Succession, find_succession

RECORDS = (
    "board",
    "subgroup",
    "priority",
    "action",
    "grid",
    "consideration",
    "evidence",
    "enquiry",
    "consultation",
    "question",
)


def rows_at(history: History, up_to: str | None = None) -> Rows:
    """The plan as it stands at the end of a round (None: now): texts by record and ref; actions by their theme.

    An action that went on under other refs is not among them.
    """
    rows = {
        record: {ref: history.record(record, ref, up_to) for ref in history.refs(record, up_to)} for record in RECORDS
    }
    went_on = find_succession(history, up_to).after
    actions = {ref: row for ref, row in rows["action"].items() if ref not in went_on and not waits(row)}
    by_theme = sorted(actions.items(), key=lambda action: (ref_order(action[1]["theme"]), ref_order(action[0])))
    return {**rows, "action": dict(by_theme)}


def thresholds(history: History, up_to: str | None = None) -> Thresholds:
    """The plan's thresholds; what cannot be used was told of when the plan was read, and is the default here."""
    given = {ref: history.text("rag_rule", ref, "value", up_to) for kind, ref in history.by_row if kind == "rag_rule"}
    return Thresholds.from_values(given)[0]


SAYS = ("theme", "what", "how", "responsible", "owner", "due", "impact")
"""What a chair types of a further action."""


def waits(row: Mapping[str, str]) -> bool:
    """Whether a further action says nothing yet: all that was typed of it waits for the officer."""
    return is_further(row) and not any(row.get(name) for name in SAYS)


def is_further(row: Mapping[str, str]) -> bool:
    """Whether an action is one that a chair proposed and nobody has confirmed."""
    return row.get("agreement") in ("Proposed", "Declined")


def is_declined(history: History, record: str, ref: str) -> bool:
    """Whether a row is a further action to which the officer said No."""
    return record == "action" and history.text(record, ref, "agreement") == "Declined"


def find_finished(history: History) -> frozenset[str]:
    """The refs of the actions that nobody has to look after any more.

    They are confirmed as Complete or ended, were declined, or went on under other refs.
    """
    went_on = find_succession(history).after
    return frozenset(
        ref
        for ref in history.refs("action")
        if ref in went_on
        or history.text("action", ref, "confirmed_stage") in CONFIRMABLE
        or is_declined(history, "action", ref)
    )


def find_done_groups(rows: Rows, ratings: Mapping[str, Rating]) -> frozenset[str]:
    """The subgroups all of whose actions are finished by their ratings: there is nothing to chase them for."""
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for ref, rating in ratings.items():
        groups[rating.finished].update(subgroups_of(rows, ref))
    return frozenset(groups[True] - groups[False])


def last_given(history: History, succession: Succession, ref: str, name: str, rounds: Sequence[str]) -> str:
    """The last answer to a round field that is not blank, in these rounds."""
    if not any(Key("action", each, name) in history.by_key for each in (ref, *succession.list_forebears(ref))):
        return ""
    texts = (succession.answer(history, ref, name, code) for code in reversed(rounds))
    return next((text for text in texts if text), "")


def rate_rounds(
    history: History, rounds: Sequence[str], now: Rows | None = None, declined: Collection[Declined] = ()
) -> dict[str, Mapping[str, Rating]]:
    """The rating of every action in each of these rounds (codes, oldest first), by round and ref.

    `now`: the plan at the end of the last one, if it is known already. `declined`: what the officer did not let stand.
    """
    rated: dict[str, Mapping[str, Rating]] = {}
    for place, code in enumerate(rounds):
        rows = now if now and code == rounds[-1] else rows_at(history, code)
        rated[code] = _rate_all(_Known.at(history, rounds[: place + 1], rated), rows, declined)
    return rated


def rate_last(
    history: History, rounds: Sequence[str], now: Rows | None = None, declined: Collection[Declined] = ()
) -> Mapping[str, Rating]:
    """The ratings of the last of these rounds alone, by ref: as `rate_rounds` has them, in a fraction of the time.

    In the rounds before it an action is rated only as far back as anything is asked of them.
    """
    known = _Known.at(history, rounds, _EarlierRounds(history, rounds))
    return _rate_all(known, now or rows_at(history, rounds[-1]), declined)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ratings of a round, the last of `rounds` (codes), are made from."""

    history: History
    succession: Succession
    rounds: Sequence[str]
    rated: Mapping[str, Mapping[str, Rating]]
    """Of the rounds before it."""
    years_before: Sequence[str]
    """The codes of the rounds of earlier years, the last one first."""

    @classmethod
    def at(cls, history: History, rounds: Sequence[str], rated: Mapping[str, Mapping[str, Rating]]) -> _Known:
        """What is known at the end of the last of these rounds."""
        year = Round.parse(rounds[-1]).year
        before = [code for code in reversed(rounds) if Round.parse(code).year < year]
        return cls(history, find_succession(history, rounds[-1]), rounds, rated, before)

    def answer(self, ref: str, name: str, code: str | None = None) -> str:
        """What was said of an action in a round field (None: in the last round)."""
        return self.succession.answer(self.history, ref, name, code or self.rounds[-1])


class _EarlierRounds(dict[str, Mapping[str, Rating]]):
    """The ratings of the rounds before the last, by code, each round looked at when it is first asked for."""

    def __init__(self, history: History, rounds: Sequence[str]) -> None:
        super().__init__()
        self.history, self.rounds = history, rounds

    def __missing__(self, code: str) -> Mapping[str, Rating]:
        rounds = self.rounds[: self.rounds.index(code) + 1]
        self[code] = _EarlierRound(_Known.at(self.history, rounds, self))
        return self[code]


class _EarlierRound(Mapping[str, Rating]):
    """The ratings of an earlier round, by ref, each worked out when it is first asked for.

    They know of no round before it, no Board lead and nothing that was declined: what is published rests on none.
    """

    def __init__(self, known: _Known) -> None:
        self.known, self.round = known, Round.parse(known.rounds[-1])
        self.limits = thresholds(known.history, self.round.code)
        self.rows: dict[str, Mapping[str, str] | None] = {}
        self.ratings: dict[str, Rating] = {}

    def __iter__(self) -> Iterator[str]:
        return (ref for ref in self.known.history.refs("action", self.round.code) if ref in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, ref: object) -> bool:
        return isinstance(ref, str) and self._find_row(ref) is not None

    def __getitem__(self, ref: str) -> Rating:
        if ref not in self.ratings:
            row = self._find_row(ref)
            if row is None:
                raise KeyError(ref)
            self.ratings[ref] = rate(_facts(self.known, ref, row), self.round, self.limits)
        return self.ratings[ref]

    def _find_row(self, ref: str) -> Mapping[str, str] | None:
        """The row of an action that is rated in the round, as `rows_at` has it; None of any other."""
        if ref not in self.rows:
            history, code = self.known.history, self.round.code
            is_there = history.is_in_plan("action", ref, code) and ref not in self.known.succession.after
            row = history.record("action", ref, code) if is_there else None
            self.rows[ref] = row if row and not waits(row) and _is_rated(row) else None
        return self.rows[ref]


def _is_rated(row: Mapping[str, str]) -> bool:
    """Whether an action of the plan is rated: any but one that was declined."""
    return row.get("agreement") != "Declined"


def _rate_all(known: _Known, rows: Rows, declined: Collection[Declined]) -> dict[str, Rating]:
    """The ratings of all actions in a round, by ref. `rows`: the plan at the end of it."""
    code = known.rounds[-1]
    for_round, limits = Round.parse(code), thresholds(known.history, code)
    ratings = {}
    for ref, row in rows["action"].items():
        if _is_rated(row):
            lead = rows["priority"].get(parent(row["theme"]), {}).get("owner", "") if row["theme"] else ""
            facts = _facts(known, ref, row, lead, declined, _find_past(known, ref))
            ratings[ref] = rate(facts, for_round, limits)
    return ratings


_Past = tuple[tuple[Round, Status], ...]


def _find_past(known: _Known, ref: str) -> _Past:
    """What was published of an action in the rounds before: see `ActionFacts.history`."""
    judged, past = bool(known.answer(ref, "rag")), list[tuple[Round, Status]]()
    for code in reversed(known.rounds[:-1]):
        if rating := known.succession.find_rating(known.rated[code], ref):
            past.append((Round.parse(code), rating.published))
            if judged or rating.published not in UNTOLD:
                break
    return tuple(reversed(past))


def _facts(
    known: _Known,
    ref: str,
    row: Mapping[str, str],
    lead: str = "",
    declined: Collection[Declined] = (),
    past: _Past = (),
) -> ActionFacts:
    code, history = known.rounds[-1], known.history
    stage = history.of_round("action", ref, "stage", code)  # of those whose place it took it is told, and not rated
    said = known.succession.find_said(history, ref, "rag", code)
    return ActionFacts(
        ref=ref,
        theme=row["theme"],
        priority=parent(row["theme"]) if row["theme"] else "",
        lead=lead,
        judged=known.answer(ref, "rag"),
        judged_of=tuple(of for of, _ in said if of != ref),
        stage=stage,
        stage_declined=stage_declined(declined, ref, code, stage),
        confirmed_stage=row["confirmed_stage"],
        ended_because=row["ended_because"],
        how=row["how"],
        owner=row["owner"],
        owner_status=row["owner_status"],
        impact=row["impact"],
        evidence=last_given(history, known.succession, ref, "evidence", known.rounds),
        ask=known.answer(ref, "ask"),
        dates=_dates(known, ref),
        steps=_steps(known, ref),
        history=past,
        carried_over=any(known.succession.was_rated(known.rated[when], ref) for when in known.years_before),
        override=_override(known, ref),
        proposed=is_further(row),
    )


_Dates = tuple[tuple[Round | None, PartialDate], ...]


def _dates(known: _Known, ref: str, until: str | None = None) -> _Dates:
    """The due date as it stood at the end of each round in which it changed; what was drafted before counts once.

    What changed in a quarter that was not issued changed in the first round after it, which is the first to tell it.
    First come the dates of the action whose place it took; of several, of that which moved most; none where it has no
    date itself. `until`: the code of the round before which it went on under another ref; None if it did not.
    """
    rounds, succession = known.rounds, known.succession
    held = [one for one in known.history.rounds_of(Key("action", ref, "due")) if one.round <= rounds[-1]]
    held = [one for one in held if until is None or one.round < until or not one.round]
    told = {one.round: next(code for code in rounds if code >= one.round) for one in held if one.round}
    days = ((told.get(one.round), PartialDate.from_words(one.value)) for one in held)
    own = tuple((Round.parse(when) if when else None, day) for when, day in days if day)
    if not own and until is None:
        return ()
    earlier = [dates for old in succession.before.get(ref, ()) if (dates := _dates(known, old, succession.since[old]))]
    return (*max(earlier, key=_count_moves, default=()), *own)


def _count_moves(dates: _Dates) -> tuple[int, int]:
    """How often a date moved; then, to compare with others, how early it was at first."""
    moves = sum(old.last != new.last for (_, old), (_, new) in pairwise(dates))
    return moves, -dates[0][1].last.toordinal()


def _steps(known: _Known, ref: str) -> tuple[LastStep, ...]:
    """What became of the step named the round before: this round first, then the others as long as none was done."""
    steps: list[LastStep] = []
    for before, now in reversed([*pairwise(known.rounds)]):
        named = bool(known.answer(ref, "next_step", before))
        steps.append(LastStep(named, known.answer(ref, "step_done", now)))
        if not steps[-1].missed:
            break
    return tuple(steps)


def _override(known: _Known, ref: str) -> Override | None:
    """The officer's override of a round, if it holds; else that of the action whose place it took in this round.

    Of several actions, the worst.
    """
    if own := find_override(known.history, ref, known.rounds[-1]):
        return own
    earlier = (_override(known, old) for old in known.succession.before.get(ref, ()))
    return min(filter(None, earlier), key=lambda override: CONCERN.index(override.rag), default=None)


def leads(rows: Rows) -> dict[str, str]:
    """The subgroup that answers for each action; "" where nobody does."""
    return {ref: lead_of(rows, ref) for ref in rows["action"]}
