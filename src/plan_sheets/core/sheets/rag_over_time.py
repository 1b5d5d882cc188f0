"""RAG over time: every action in its last four rounds, and how many stood how, by board and by round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import CONCERN, RollUp
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.master_plan import plan_order

MOST_ROUNDS = 4
"""How many rounds are shown, this one included: a year."""
MOST_BOARDS = 4
"""How many boards the title of a chart names."""
NO_BOARD = "No board"
NO_CHANGE = "No change"
NEW = "New"


def quarters(snapshot: Snapshot) -> dict[str, str]:
    """The last rounds that were issued, by code, oldest first: `Quarter 2`, with its year where there are two."""
    rounds = [Round.parse(code) for code in snapshot.rounds[-MOST_ROUNDS:]]
    one_year = len({quarter.year for quarter in rounds}) == 1
    return {
        quarter.code: f"Quarter {quarter.quarter}{'' if one_year else f' of {quarter.code[:7]}'}" for quarter in rounds
    }


def quarter_headings(snapshot: Snapshot) -> dict[str, str]:
    """What stands for `{quarter_1}` to `{quarter_4}`, this round being the last; "" where there was no such round."""
    names = [*quarters(snapshot).values()]
    blanks = [""] * (MOST_ROUNDS - len(names))
    return {f"quarter_{number}": name for number, name in enumerate([*blanks, *names], start=1)}


def timeline_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """One row for each action that is rated in this round; then those taken out of the plan since the one before."""
    shown = quarters(snapshot)
    names = [name for name, heading in quarter_headings(snapshot).items() if heading]
    raised: dict[str, list[str]] = {}
    for escalation in snapshot.escalations:
        raised.setdefault(escalation.ref, []).append(escalation.rule)
    for ref, row in sorted(snapshot.rows["action"].items(), key=plan_order):
        if ref not in snapshot.now:
            continue
        past = {code: snapshot.succession.find_rating(snapshot.ratings[code], ref) for code in shown}
        facts = snapshot.now[ref].facts
        statuses = [rating.published if rating else "" for rating in past.values()]
        contents: dict[str, Content] = {
            "what": row["what"],
            **dict(zip(names, statuses, strict=True)),
            "changed": "\n".join([*_took_place(snapshot, ref, shown), *_changes(past, shown)])
            or (NO_CHANGE if len(statuses) - statuses.count("") > 1 else NEW),
            "moves": len(facts.moves),
            "slip": facts.slip_days if facts.slip_days is not None else "",
            "escalated": "\n".join(raised.get(ref, ())),
            "overridden": "\n".join(_overrides(past, shown)),
        }
        yield RowFacts(ref, contents)
    for ref, item in snapshot.gone.items():
        if item.record == "action":
            rated = {code: snapshot.ratings[code].get(ref) for code in shown}
            then = [rating.published if rating else "" for rating in rated.values()]
            changes = [*_changes(rated, shown), item.reason]
            told = {"what": item.row["what"], "changed": "\n".join(changes), **dict(zip(names, then, strict=True))}
            yield RowFacts(ref, {**told, names[-1]: item.status})


def _took_place(snapshot: Snapshot, ref: str, shown: Mapping[str, str]) -> Iterator[str]:
    """Whose place an action took in these rounds: what stands before that is how those stood, the worst of them."""
    for old in snapshot.succession.list_forebears(ref):
        if (since := snapshot.succession.since[old]) > min(shown):
            quarter = next(name for code, name in shown.items() if code >= since)
            yield f"{quarter}, took the place of {old}"


def _changes(past: Mapping[str, Rating | None], shown: Mapping[str, str]) -> Iterator[str]:
    """Each change of what was published from one round issued to the next, with what drove it."""
    for (_, before), (code, now) in pairwise(past.items()):
        if before and now and before.published != now.published:
            override = now.facts.override
            why = now.driven_by.replace(override.words, "overridden") if override else now.driven_by
            yield f"{shown[code]}, {before.published} to {now.published}: {why}"


def _overrides(past: Mapping[str, Rating | None], shown: Mapping[str, str]) -> Iterator[str]:
    """Each override with name, date and reason, where it is what was published for that round."""
    for code, rating in past.items():
        override = rating.facts.override if rating else None
        if rating and override and rating.published == override.rag:
            yield f"{shown[code]}, {override.rag} {override.words}"


def board_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """How many actions of each board have each status in this round; last, those of no board."""
    if snapshot.round is None:
        return
    rest = {rating.facts.priority for rating in snapshot.now.values()}
    for board, row in snapshot.rows["board"].items():
        priorities = snapshot.priorities_of(board)
        rest.difference_update(priorities)
        yield RowFacts(board, {"board": row["title"], **_tally(snapshot.roll_up(snapshot.code, priorities))})
    others = _tally(snapshot.roll_up(snapshot.code, rest))
    if others["all"]:
        yield RowFacts("", {"board": NO_BOARD, **others})


def round_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """How many actions had each status at the end of each of the last rounds."""
    for code, name in quarters(snapshot).items():
        yield RowFacts(code, {"round": name, **_tally(snapshot.roll_up(code))})


def chart_titles(snapshot: Snapshot) -> dict[str, str]:
    """What the charts show, in a sentence each, as it stands for `{red_by_round}` and `{red_by_board}`."""
    rounds = [f"{_count_red(snapshot, code)} in {name}" for code, name in quarters(snapshot).items()]
    every = count_words(sum(snapshot.roll_up(snapshot.code).counts.values()), "action")
    boards = {
        row["title"]: _count_red(snapshot, snapshot.code, snapshot.priorities_of(board))
        for board, row in snapshot.rows["board"].items()
    }
    of = [f"{title} {count}" for title, count in boards.items() if count]
    where = f": {', '.join(of[:MOST_BOARDS])}" if of else ""
    return {
        "red_by_round": f"Red actions: {', '.join(rounds)}",
        "red_by_board": f"{_count_red(snapshot, snapshot.code)} of {every} Red{where}",
    }


def _count_red(snapshot: Snapshot, code: str, priorities: Iterable[str] | None = None) -> int:
    return snapshot.roll_up(code, priorities).counts.get(Status.RED, 0)


def _tally(rolled: RollUp) -> dict[str, int]:
    """How many have each status, by the name of its field; proposed ones are not counted."""
    counts = {status.lower().replace(" ", "_"): rolled.counts.get(status, 0) for status in CONCERN}
    return {**counts, "all": sum(counts.values())}
