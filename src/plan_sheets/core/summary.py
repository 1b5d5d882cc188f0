"""The first sheet of the master: where the plan stands, what changed, what is asked, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.compose import RowFacts
from plan_sheets.core.decided import decisions
from plan_sheets.core.messages import shorten
from plan_sheets.core.model import PartialDate, Round, ref_order
from plan_sheets.core.paper import lines_needed
from plan_sheets.core.planner import UNCONFIRMED, parent
from plan_sheets.core.rag import ASSESSED, Rating, Status, count_words
from plan_sheets.core.rollup import Escalation, RollUp, Rule, Trend, escalations, roll_up, trend
from plan_sheets.core.settle import Proposal
from plan_sheets.core.stood import Stood

DRAFT = "Consultation draft"
"""What the master is called before the first round is issued."""
NOT_RATED = "Not yet rated"
MOST_REFS = 8
MOST_ASKS = 3
LONGEST_ASK = 140
LONGEST_REASON = 80
LONGEST_ACTION = 36
"""How much the first page tells of one thing (refs, asks, characters): the whole of it stands in the other sheets."""
_OVER = (Status.CLOSED, Status.WITHDRAWN, Status.PROPOSED, Status.BLUE)


def _waits(one: Proposal) -> str:
    """What is proposed, in a word or two; a stage says its own word."""
    if one.no is not None:
        return "new action"
    return "new date" if one.title == "New date" else one.value


def waiting(stood: Stood) -> list[str]:
    """What waits for the board officer's word, each in a few words: `J1a.1 new date`."""
    return [f"{one.action} {_waits(one)}" for one in stood.proposals]


def next_round(now: Round) -> Round:
    """The quarter after."""
    return Round(now.year, now.quarter + 1) if now.quarter < 4 else Round(now.year + 1, 1)  # noqa: PLR2004 - a year has four


def texts_of(stood: Stood) -> dict[str, str]:
    """What stands for the names in braces in a master's titles and lines."""
    words = stood.round.words if stood.round else DRAFT
    return {
        "plan": stood.history.text("plan", "", "title"),
        "round_words": words,
        "when": f"in {words}" if stood.round else "before the first round",
        "ages": " Ages count this quarter in." if stood.round else "",
    }


def summary_lines(stood: Stood, width: float) -> tuple[str, ...]:
    """The text above the table, in lines that fit its `width` (characters)."""
    return tuple(part for line in summary_texts(stood) for part in fold(line, width))


def summary_texts(stood: Stood) -> tuple[str, ...]:
    """The same text, each paragraph whole."""
    return tuple(_lines_of_round(stood, stood.round) if stood.round else _lines_of_draft(stood))


def fold(text: str, width: float) -> Iterator[str]:
    """The text in lines that each fit this width (characters), broken between words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and lines_needed(longer, width) > 1:
            yield line
            longer = word
        line = longer
    yield line


def _lines_of_draft(stood: Stood) -> Iterator[str]:
    rows = stood.rows
    actions = rows["action"].values()
    missing = {
        "named owner": sum(not row["owner"] or row["owner_status"] in UNCONFIRMED[:2] for row in actions),
        "date": sum(not row["due"] for row in actions),
        "how": sum(not row["how"] for row in actions),
    }
    priorities = sum(parent(ref) == ref for ref in rows["priority"])
    yield f"{DRAFT}: no round has been issued yet, so nothing is rated."
    held = [count_words(len(rows["board"]), "board"), f"{priorities} priorities", count_words(len(actions), "action")]
    yield f"Where we are. {', '.join(held)}."
    told = ", ".join(f"{count} without {'a ' if name != 'how' else ''}{name}" for name, count in missing.items())
    yield f"What could not be told. Actions: {told}. {count_words(len(stood.questions), 'open question')}."


def _lines_of_round(stood: Stood, now: Round) -> Iterator[str]:
    day = PartialDate.day(now.last_day).words
    yield f"Where the plan stood on {day}: what changed, what is asked, what could not be told; then each priority."
    yield f"Where we are. {counted(stood)}"
    yield f"Returns. {_returns(stood)}"
    yield f"What changed. {changed(stood)}"
    yield from _asked(stood, now)
    yield f"What could not be told. {_untold(stood)}"


def counted(stood: Stood) -> str:
    """How many actions there are, and how many of each status."""
    counts = roll_up(stood.now.values(), stood.limits).counts
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    proposed = sum(rating.published == Status.PROPOSED for rating in stood.now.values())
    more = f" {proposed} more proposed." if proposed else ""
    return f"{count_words(sum(counts.values()), 'action')}: {told or 'none yet'}.{more}"


def _returns(stood: Stood) -> str:
    out = [one for one in stood.subgroups if one.missed]
    asked = len(stood.subgroups)
    told = f"{asked - len(out)} of {count_words(asked, 'subgroup')} returned their workbooks."
    if out:
        names = (f"{one.name} ({one.missed} rounds running)" if one.missed > 1 else one.name for one in out)
        told += f" Outstanding: {'; '.join(names)}."
    because = "; ".join(f"{stood.subgroup(code)}, because {shorten(text)}" for code, text in stood.silent.items())
    return f"{told} Nothing to report: {because.removesuffix('.')}." if because else told


def changed(stood: Stood) -> str:
    """The actions that changed since the round before, by what changed."""
    if stood.before is None and stood.round and len(stood.rounds) > 1:
        return f"Quarter {stood.round.previous.quarter} was not issued, so there is nothing to compare with."
    if stood.before is None:
        return "This is the first round, so there is nothing to compare with."
    ratings = sorted(stood.now.values(), key=lambda one: ref_order(one.facts.ref))
    trends = {one.facts.ref: trend(one.before, one.published) for one in ratings}
    groups = {
        "Worsened": [_move(one) for one in ratings if trends[one.facts.ref] is Trend.WORSENED],
        "Improved": [_move(one) for one in ratings if trends[one.facts.ref] is Trend.IMPROVED],
        "Rated before, not reported now": _refs(
            one for one in ratings if one.before in ASSESSED and one.published == Status.NOT_REPORTED
        ),
        "Now rated": _refs(one for one in ratings if one.before not in (*ASSESSED, None) and one.published in ASSESSED),
        "Ended": _refs(one for one in ratings if one.published in _OVER[:2] and one.before != one.published),
        "Date moved": _refs(one for one in ratings if one.facts.moves and one.facts.moves[-1].round == stood.round),
        "Newly proposed": _refs(one for one in ratings if one.published == Status.PROPOSED and one.before is None),
    }
    always = ("Worsened", "Improved")
    return " ".join(f"{name}: {few(refs) or 'none'}." for name, refs in groups.items() if refs or name in always)


def _move(one: Rating) -> str:
    return f"{one.facts.ref} ({one.before} to {one.published})"


def _refs(ratings: Iterable[Rating]) -> list[str]:
    return [one.facts.ref for one in ratings]


def few(refs: Sequence[str], most: int = MOST_REFS) -> str:
    """A list in words: the first ones, and how many more there are."""
    more = len(refs) - most
    return ", ".join(refs[:most]) + (f" and {more} more" if more > 0 else "")


def due_by(now: Round) -> PartialDate:
    """By when an answer is asked for: the last day of the next quarter."""
    return PartialDate.day(next_round(now).last_day)


def escalated(stood: Stood, now: Round) -> tuple[Escalation, ...]:
    """Everything that the round escalates."""
    return escalations(stood.now.values(), stood.subgroups, stood.limits, due_by(now).words)


def _asked(stood: Stood, now: Round) -> Iterator[str]:
    """One line of what the rules escalate, and one for each thing that a chair asks."""
    found = escalated(stood, now)
    asks = [one for one in found if one.rule is Rule.ASKED]
    rules = {rule: [one.ref for one in found if one.rule is rule] for rule in Rule if rule is not Rule.ASKED}
    told = " ".join(f"{rule}: {few(refs)}." for rule, refs in rules.items() if refs)
    told = f"{told or 'No rule escalates anything.'} Chairs ask: {len(asks) or 'nothing'}."
    yield f"What is asked. {told}{_decided(stood, found)}"
    for one in asks[:MOST_ASKS]:
        yield f"{one.ref} asks: {shorten(one.asked, LONGEST_ASK)}"
    if len(asks) > MOST_ASKS:
        yield f"More is asked of {few([one.ref for one in asks[MOST_ASKS:]])}: see Decisions."


def _decided(stood: Stood, found: Sequence[Escalation]) -> str:
    """What has been decided on that already, what was decided before and may be carried out; and where to answer."""
    made = decisions(stood.history, stood.rounds)
    now = [one.ref for one in made if one.round == stood.code]
    before = [one for one in made if one.round != stood.code and one.is_open() and not one.answered_in(stood.code)]
    told = [
        f" Decided already: {few(now)}." if now else "",
        f" {count_words(len(before), 'earlier decision')}: carried out?" if before else "",
        " Please answer on the sheet Decisions." if found or before else "",
    ]
    return "".join(told)


def _untold(stood: Stood) -> str:
    ratings = stood.now.values()
    silent = [one for one in ratings if one.published == Status.NOT_REPORTED]
    drafts = [one for one in ratings if one.published == Status.NOT_ASSESSABLE]
    why = [
        f"{count} {name}"
        for name in ("no named owner", "no date", "no how")
        if (count := sum(name in one.facts.missing for one in drafts))
    ]
    told = [
        f"{len(silent)} Not reported" if silent else "",
        f"{len(drafts)} Not assessable ({', '.join(why)})" if drafts else "",
        f"{count_words(stood.set_aside, 'file')} held or refused" if stood.set_aside else "",
        f"{stood.queries} {'query' if stood.queries == 1 else 'queries'} open" if stood.queries else "",
        f"in doubt: {few(sorted(stood.doubts, key=ref_order))}" if stood.doubts else "",
        count_words(len(stood.questions), "open question") if stood.questions else "",
        f"waiting for the board officer: {few(waiting(stood), 4)}" if stood.proposals else "",
    ]
    return f"{'; '.join(filter(None, told)) or 'Nothing'}."


def summary_rows(stood: Stood) -> Iterator[RowFacts]:
    """Each board, and below it its priorities, with how their actions roll up."""
    priorities = {ref: row for ref, row in stood.rows["priority"].items() if parent(ref) == ref}
    for board, row in stood.rows["board"].items():
        mine = [ref for ref in priorities if priorities[ref]["board"] == board]
        yield RowFacts(board, {"title": f"{row['title']}: all its priorities", **_rolled(stood, mine, named=False)})
        yield from (_priority(stood, ref) for ref in mine)
    yield from (_priority(stood, ref) for ref, row in priorities.items() if row["board"] not in stood.rows["board"])


def _priority(stood: Stood, ref: str) -> RowFacts:
    row = stood.rows["priority"][ref]
    settled = {"Question": " (in question)", "Proposed": " (proposed)"}.get(row["agreement"], "")
    owner = f"{row['owner']} ({row['owner_status'].lower() or 'not asked'})" if row["owner"] else "Nobody named"
    contents = _rolled(stood, [ref])
    if contents["published_rag"] == Status.NO_ACTIONS and row["question"]:
        contents["driven_by"] = f"In question: {row['question']}"
    return RowFacts(ref, {"title": row["title"] + settled, "owner": owner, **contents})


def _rolled(stood: Stood, priorities: Sequence[str], *, named: bool = True) -> dict[str, str]:
    """The roll-up of the actions of these priorities, as cells. `named`: whether to say what a Red action is."""
    if stood.round is None:
        many = sum(parent(row["theme"]) in priorities for row in stood.rows["action"].values() if row["theme"])
        return {
            "published_rag": NOT_RATED if many else Status.NO_ACTIONS,
            "counts": count_words(many, "action") if many else "",
        }
    mine = [one for one in stood.now.values() if one.facts.priority in priorities]
    rolled = roll_up(mine, stood.limits)
    if rolled.published == Status.NO_ACTIONS:
        return {"published_rag": rolled.published}
    earlier = stood.before or {}
    before = roll_up([one for one in earlier.values() if one.facts.priority in priorities], stood.limits)
    return {
        "published_rag": rolled.published,
        "counts": rolled.text,
        "driven_by": _driver(rolled, stood, mine, named=named),
        "trend": trend(before.published if stood.before else _unissued(stood), rolled.published).words,
        "due_next": _due(mine, stood.round),
    }


def _unissued(stood: Stood) -> Status | None:
    """What stands for a quarter before that was not issued: nothing was reported in it; None in the first round."""
    return Status.NOT_REPORTED if len(stood.rounds) > 1 else None


def _driver(rolled: RollUp, stood: Stood, mine: Sequence[Rating], *, named: bool) -> str:
    if rolled.driver:
        what = shorten(stood.rows["action"][rolled.driver]["what"], LONGEST_ACTION).removesuffix(".")
        action = f"{rolled.driver} {what}".strip() if named and rolled.published == Status.RED else rolled.driver
        why = f"{action}: {shorten(stood.now[rolled.driver].driven_by, LONGEST_REASON)}"
    else:
        why = {
            Status.GREEN: "No action is worse than Green",
            Status.BLUE: "Every action is complete",
            Status.NO_ACTIONS: "",
        }.get(rolled.published, "Every action has ended")
    doubtful = sorted((one.facts.ref for one in mine if one.facts.ref in stood.doubts), key=ref_order)
    return f"{why}. In doubt: {few(doubtful, 4)}" if doubtful else why


def _due(ratings: Iterable[Rating], now: Round) -> str:
    """The actions still going on that fall due by the end of the next quarter."""
    refs = []
    for one in sorted(ratings, key=lambda one: ref_order(one.facts.ref)):
        due = one.facts.due
        if due and due.last <= next_round(now).last_day and one.published not in _OVER and not one.facts.complete:
            refs.append(f"{one.facts.ref} (overdue)" if due.last < now.last_day else one.facts.ref)
    return few(refs, 4) or "None"
