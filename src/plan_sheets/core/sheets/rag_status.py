"""The first sheet of the master: where the plan stands, what is asked, what changed, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Line
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.plan_rows import UNCONFIRMED, owner_words, parent
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.rules.escalate import due_by
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import CONCERN, ENDED, RollUp, trend
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.asks import WHERE, asked_lines, brief_why
from plan_sheets.core.sheets.lines import name_of, placed, section, short_title
from plan_sheets.core.sheets.unknown import untold_lines
from plan_sheets.core.sheets.what_changed import changed_lines

DRAFT = "Consultation draft"
"""What the master is called before the first round is issued."""
NOT_RATED = "Not yet rated"
LONGEST_WHOLE = 120
"""The longest text (characters) of what will be done that stands in the table, where there is no short title."""
MOST_REFS = 8
"""The most refs of a list in a cell."""
NOT_ISSUED, FIRST_ROUND = "Not issued", "First round"
"""What stands for last quarter's RAG where that quarter was not issued, and where there was none before."""


class Driver(Enum):
    """How much is told of the action that drives a priority: the table shall leave the page room for the lines."""

    REASON = "its name, or the whole of what will be done, and why it stands so"
    REASON_IF_RED = "the same, but why it stands so only if that is Red"
    WHOLE = "its name, or the whole of what will be done"
    NAME = "its name, or its ref"
    REF = "its ref"


def waiting(snapshot: Snapshot) -> list[str]:
    """What waits for the board officer's word, each in a few words: `J1a.3 Map the pathway: new date`."""
    return [f"{name_of(snapshot, proposal.action)}: {_waits(proposal)}" for proposal in snapshot.proposals]


def _waits(proposal: Proposal) -> str:
    """What is proposed, in a word or two; a stage says its own word."""
    if proposal.no is not None:
        return "new action"
    return "new date" if proposal.title == "New date" else proposal.value


def texts_of_round(snapshot: Snapshot) -> dict[str, str]:
    """What stands for the names in braces in a master's titles and lines."""
    words = snapshot.round.words if snapshot.round else DRAFT
    return {
        "plan": snapshot.history.text("plan", "", "title", snapshot.code),
        "round_words": words,
        "when": f"in {words}" if snapshot.round else "before the first round",
        "ages": " Ages count this quarter in." if snapshot.round else "",
    }


def summary_lines(snapshot: Snapshot, limits: Sequence[str] = (), edition: Sequence[Line] = ()) -> Iterator[str | Line]:
    """The lines above the table. `limits`: what it leaves out; `edition`: of which edition it takes the place."""
    if snapshot.round is None:
        yield from _draft_lines(snapshot, (*limits, *edition))
        return
    decide = (
        f" For the Executive: decide by {due_by(snapshot.round).words}, on {WHERE}." if snapshot.escalations else ""
    )
    yield f"Where we are on {PartialDate.day(snapshot.round.last_day).words}.{decide}"
    yield from limits
    yield headline(snapshot)
    yield section("What is asked of you")
    yield from asked_lines(snapshot)
    yield from changed_lines(snapshot)
    yield from edition
    yield from untold_lines(snapshot)


def _draft_lines(snapshot: Snapshot, others: Sequence[str | Line]) -> Iterator[str | Line]:
    rows = snapshot.rows
    actions = rows["action"].values()
    missing = {
        "named owner": sum(not row["owner"] or row["owner_status"] in UNCONFIRMED[:2] for row in actions),
        "date": sum(not row["due"] for row in actions),
        "how": sum(not row["how"] for row in actions),
    }
    yield f"{DRAFT}: no round has been issued yet, so nothing is rated."
    yield from others
    priorities = sum(parent(ref) == ref for ref in rows["priority"])
    held = [
        count_words(len(rows["board"]), "board"),
        f"{priorities} {'priority' if priorities == 1 else 'priorities'}",
        count_words(len(actions), "action"),
    ]
    yield Line((f"The plan holds {', '.join(held)}.",), "headline")
    yield section("What cannot be told")
    lacking = ", ".join(f"{count} without {'a ' if name != 'how' else ''}{name}" for name, count in missing.items())
    yield f"Actions: {lacking}. {count_words(len(snapshot.questions), 'open question')}."


def headline(snapshot: Snapshot) -> Line:
    """How many actions are Red, now and last quarter, and how many of all stand how, in a sentence."""
    counts = snapshot.roll_up(snapshot.code).counts
    total = sum(counts.values())
    if not total:
        return Line(("No actions yet, so nothing is rated.",), "headline")
    red = counts.get(Status.RED, 0)
    first = f"{red or 'None'} of {count_words(total, 'action')} {'are' if red > 1 else 'is'} Red"
    if snapshot.before is not None and snapshot.round:
        before = snapshot.roll_up(snapshot.round.previous.code).counts.get(Status.RED, 0)
        first += f" ({before or 'none'} last quarter)"
    rated = [f"{counts[status]} {status}" for status in (Status.AMBER, Status.GREEN, Status.BLUE) if status in counts]
    silent = {status: counts[status] for status in (Status.NOT_REPORTED, Status.NOT_ASSESSABLE) if status in counts}
    untold = ", ".join(f"{count} {status.lower()}" for status, count in silent.items())
    ended = sum(counts.get(status, 0) for status in ENDED)
    parts = (
        first,
        ", ".join(rated),
        f"{sum(silent.values())} cannot be told: {untold}" if silent else "",
        f"{ended} ended" if ended else "",
    )
    return Line((f"{'; '.join(filter(None, parts))}.",), "headline")


def few(refs: Sequence[str], most: int = MOST_REFS, between: str = ", ") -> str:
    """A list in words: the first ones, and how many more there are."""
    more = len(refs) - most
    return between.join(refs[:most]) + (f" and {more} more" if more > 0 else "")


def summary_rows(snapshot: Snapshot, told: Driver = Driver.REASON) -> Iterator[RowFacts]:
    """Each board, and below it its priorities, with how their actions roll up; `told`: of what drives it."""
    priorities = {ref: row for ref, row in snapshot.rows["priority"].items() if parent(ref) == ref}
    for board, row in snapshot.rows["board"].items():
        mine = snapshot.priorities_of(board)
        contents = _rolled(snapshot, mine, told if told in (Driver.NAME, Driver.REF) else Driver.WHOLE, of_board=True)
        yield RowFacts(board, {"title": row["title"], **contents}, total=True)
        yield from (_priority(snapshot, ref, told) for ref in mine)
    yield from (
        _priority(snapshot, ref, told) for ref, row in priorities.items() if row["board"] not in snapshot.rows["board"]
    )


def _priority(snapshot: Snapshot, ref: str, told: Driver) -> RowFacts:
    row = snapshot.rows["priority"][ref]
    settled = {"Question": " (in question)", "Proposed": " (proposed)"}.get(row["agreement"], "")
    title = (short_title(snapshot, "priority", ref) or row["title"]) + settled
    contents = _rolled(snapshot, [ref], told)
    if contents["published_rag"] == Status.NO_ACTIONS and row["question"]:
        contents["driven_by"] = f"In question: {row['question']}"
    return RowFacts(ref, {"title": title, "owner": owner_words(row), **contents})


def _rolled(
    snapshot: Snapshot, priorities: Sequence[str], told: Driver, *, of_board: bool = False
) -> dict[str, str | int]:
    """The roll-up of the actions of these priorities, as cells; `told`: of the action that drives it."""
    if snapshot.round is None:
        many = sum(parent(row["theme"]) in priorities for row in snapshot.rows["action"].values() if row["theme"])
        return {
            "published_rag": NOT_RATED if many else Status.NO_ACTIONS,
            "counts": count_words(many, "action") if many else "",
            "all": many,
        }
    rolled = snapshot.roll_up(snapshot.code, priorities)
    before = snapshot.roll_up(snapshot.round.previous.code, priorities).published if snapshot.before else None
    not_issued = len(snapshot.rounds) > 1
    contents: dict[str, str | int] = {
        "published_rag": rolled.published,
        "last_rag": before or (NOT_ISSUED if not_issued else FIRST_ROUND),
        **{status.lower().replace(" ", "_"): rolled.counts.get(status, 0) for status in CONCERN},
        "ended": sum(rolled.counts.get(status, 0) for status in ENDED),
        "all": sum(rolled.counts.values()),
    }
    if rolled.published == Status.NO_ACTIONS:
        return contents
    mine = snapshot.rated(snapshot.code, priorities)
    return contents | {
        "counts": rolled.text,
        "driven_by": _driver(rolled, snapshot, mine, told, of_board=of_board),
        "trend": trend(before or (Status.NOT_REPORTED if not_issued else None), rolled.published).words,
        "due_next": _due(snapshot, mine, snapshot.round, named=not of_board),
    }


def _driver(rolled: RollUp, snapshot: Snapshot, mine: Sequence[Rating], told: Driver, *, of_board: bool) -> str:
    """The action that drives a roll-up; where none does, what stands behind it; and what of it is in doubt."""
    if rolled.driver:
        driver = _named(snapshot, rolled.driver, told, of_board=of_board)
        rating = snapshot.now[rolled.driver]
        if told is Driver.REASON or (told is Driver.REASON_IF_RED and rolled.published == Status.RED):
            driver = f"{driver}: {brief_why(rating)}"
    else:
        ended = any(status in rolled.counts for status in ENDED)
        driver = {
            Status.GREEN: _green_words(mine),
            Status.BLUE: f"Every action is complete{' or has ended' if ended else ''}",
        }.get(rolled.published, "Every action has ended")
    doubtful = sorted((rating.facts.ref for rating in mine if rating.facts.ref in snapshot.doubts), key=ref_order)
    return f"{driver}. In doubt: {few(doubtful, 4)}" if doubtful else driver


def _named(snapshot: Snapshot, ref: str, told: Driver, *, of_board: bool) -> str:
    """The action with its short title; without one, the whole of what will be done, if that is short and has room."""
    whole = snapshot.rows["action"][ref]["what"]
    title = short_title(snapshot, "action", ref)
    if not title and told is not Driver.NAME and len(whole) <= LONGEST_WHOLE:
        title = whole
    if title and told is not Driver.REF:
        return f"{ref} {title}"
    return placed(snapshot, [ref]) if of_board else ref


def _green_words(mine: Sequence[Rating]) -> str:
    """What stands beside a Green roll-up: where all is finished, of what the evidence is still awaited."""
    if any(rating.going_on for rating in mine):
        return "No action is worse than Green"
    awaited = [rating.facts.ref for rating in mine if rating.published == Status.GREEN]
    return f"Every action is finished; evidence awaited: {few(sorted(awaited, key=ref_order), 4)}"


def _due(snapshot: Snapshot, ratings: Iterable[Rating], now: Round, *, named: bool) -> str:
    """What still goes on and falls due by the end of the next quarter: how much; if `named`, what is first."""
    due = {rating.facts.ref: rating.facts.due.last for rating in ratings if rating.going_on and rating.facts.due}
    refs = [ref for ref in sorted(due, key=lambda ref: (due[ref], ref_order(ref))) if due[ref] <= now.next.last_day]
    overdue = sum(due[ref] < now.last_day for ref in refs)
    words = ", ".join([count_words(len(refs), "action"), *([f"{overdue} overdue"] if overdue else [])])
    return f"{words}: {name_of(snapshot, refs[0])}" if refs and named else words if refs else "None"
