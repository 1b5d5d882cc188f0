"""How every action stands in every round, from what the register holds: the facts that `rag` judges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.declined import Declined, stage_declined
from plan_sheets.core.rating.plan_rows import Rows, lead_of, parent, subgroups_of
from plan_sheets.core.rating.rules.overrides import find_override
from plan_sheets.core.rating.rules.rag import CONFIRMABLE, ActionFacts, LastStep, Override, Rating, rate
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
    texts = (succession.answer(history, ref, name, code) for code in reversed(rounds))
    return next((text for text in texts if text), "")


def rate_rounds(
    history: History, rounds: Sequence[str], now: Rows | None = None, declined: Collection[Declined] = ()
) -> dict[str, dict[str, Rating]]:
    """The rating of every action in each of these rounds (codes, oldest first), by round and ref.

    `now`: the plan at the end of the last one, if it is known already. `declined`: what the officer did not let stand.
    """
    rated: dict[str, dict[str, Rating]] = {}
    for place, code in enumerate(rounds):
        rows = now if now and code == rounds[-1] else rows_at(history, code)
        limits = thresholds(history, code)
        known = _Known(history, find_succession(history, code), rounds[: place + 1], rated)
        rated[code] = {
            ref: rate(_facts(known, rows, ref, declined), Round.parse(code), limits)
            for ref in rows["action"]
            if rows["action"][ref].get("agreement") != "Declined"
        }
    return rated


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ratings of a round, the last of `rounds` (codes), are made from."""

    history: History
    succession: Succession
    rounds: Sequence[str]
    rated: Mapping[str, Mapping[str, Rating]]
    """Of the rounds before it."""

    def answer(self, ref: str, name: str, code: str | None = None) -> str:
        """What was said of an action in a round field (None: in the last round)."""
        return self.succession.answer(self.history, ref, name, code or self.rounds[-1])


def _facts(known: _Known, rows: Rows, ref: str, declined: Collection[Declined]) -> ActionFacts:
    row, code, history = rows["action"][ref], known.rounds[-1], known.history
    stage = known.answer(ref, "stage")
    past = ((when, known.succession.find_rating(known.rated[when], ref)) for when in known.rounds[:-1])
    said = known.succession.find_said(history, ref, "rag", code)
    return ActionFacts(
        ref=ref,
        theme=row["theme"],
        priority=parent(row["theme"]) if row["theme"] else "",
        lead=rows["priority"].get(parent(row["theme"]), {}).get("owner", "") if row["theme"] else "",
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
        history=tuple((Round.parse(when), rating.published) for when, rating in past if rating),
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
    """What became of the step named the round before: this round first."""
    return tuple(
        LastStep(bool(known.answer(ref, "next_step", before)), known.answer(ref, "step_done", now))
        for before, now in reversed([*pairwise(known.rounds)])
    )


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
