"""How every action stands in every round, from what the register holds: the facts that `rag` judges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.declined import Declined, stage_declined
from plan_sheets.core.rating.overrides import find_override
from plan_sheets.core.rating.plan_rows import Rows, lead_of, parent, subgroups_of
from plan_sheets.core.rating.rag import CONFIRMABLE, ActionFacts, LastStep, Rating, rate
from plan_sheets.core.rating.thresholds import Thresholds

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
    """The plan as it stands at the end of a round (None: now): texts by record and ref; actions by their theme."""
    rows = {
        record: {ref: history.record(record, ref, up_to) for ref in history.refs(record, up_to)} for record in RECORDS
    }
    actions = {ref: row for ref, row in rows["action"].items() if not waits(row)}
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
    """The refs of the actions that nobody has to look after any more: confirmed as Complete or ended, or declined."""
    return frozenset(
        ref
        for ref in history.refs("action")
        if history.text("action", ref, "confirmed_stage") in CONFIRMABLE or is_declined(history, "action", ref)
    )


def find_done_groups(rows: Rows, ratings: Mapping[str, Rating]) -> frozenset[str]:
    """The subgroups all of whose actions are finished by their ratings: there is nothing to chase them for."""
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for ref, rating in ratings.items():
        groups[rating.finished].update(subgroups_of(rows, ref))
    return frozenset(groups[True] - groups[False])


def last_given(history: History, ref: str, name: str, rounds: Sequence[str]) -> str:
    """The last answer to a round field that is not blank, in these rounds."""
    return next((text for code in reversed(rounds) if (text := history.of_round("action", ref, name, code))), "")


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
        rated[code] = {
            ref: rate(_facts(history, rows, ref, rounds[: place + 1], rated, declined), Round.parse(code), limits)
            for ref in rows["action"]
            if rows["action"][ref].get("agreement") != "Declined"
        }
    return rated


def _facts(
    history: History,
    rows: Rows,
    ref: str,
    rounds: Sequence[str],
    rated: Mapping[str, Mapping[str, Rating]],
    declined: Collection[Declined],
) -> ActionFacts:
    row, code = rows["action"][ref], rounds[-1]

    def answer(name: str) -> str:
        """What was said of it in this round."""
        return history.of_round("action", ref, name, code)

    return ActionFacts(
        ref=ref,
        theme=row["theme"],
        priority=parent(row["theme"]) if row["theme"] else "",
        lead=rows["priority"].get(parent(row["theme"]), {}).get("owner", "") if row["theme"] else "",
        judged=answer("rag"),
        stage=answer("stage"),
        stage_declined=stage_declined(declined, ref, code, answer("stage")),
        confirmed_stage=row["confirmed_stage"],
        how=row["how"],
        owner=row["owner"],
        owner_status=row["owner_status"],
        impact=row["impact"],
        evidence=last_given(history, ref, "evidence", rounds),
        ask=answer("ask"),
        dates=_dates(history, ref, rounds),
        steps=_steps(history, ref, rounds),
        history=tuple((Round.parse(past), rated[past][ref].published) for past in rounds[:-1] if ref in rated[past]),
        override=find_override(history, ref, code),
        proposed=is_further(row),
    )


def _dates(history: History, ref: str, rounds: Sequence[str]) -> tuple[tuple[Round | None, PartialDate], ...]:
    """The due date as it stood at the end of each round in which it changed; what was drafted before counts once.

    What changed in a quarter that was not issued changed in the first round after it, which is the first to tell it.
    """
    held = [one for one in history.rounds_of(Key("action", ref, "due")) if one.round <= rounds[-1]]
    told = {one.round: next(code for code in rounds if code >= one.round) for one in held if one.round}
    days = ((told.get(one.round), PartialDate.from_words(one.value)) for one in held)
    return tuple((Round.parse(when) if when else None, day) for when, day in days if day)


def _steps(history: History, ref: str, rounds: Sequence[str]) -> tuple[LastStep, ...]:
    """What became of the step named the round before: this round first."""
    pairs = pairwise(rounds)
    return tuple(
        LastStep(
            bool(history.of_round("action", ref, "next_step", before)),
            history.of_round("action", ref, "step_done", now),
        )
        for before, now in reversed(list(pairs))
    )


def leads(rows: Rows) -> dict[str, str]:
    """The subgroup that answers for each action; "" where nobody does."""
    return {ref: lead_of(rows, ref) for ref in rows["action"]}
