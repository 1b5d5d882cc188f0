"""The first sheet of the master: where the plan stands, what changed, what is asked, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.asked import MOST_RED, asked_lines, next_round, why
from plan_sheets.core.compose import RowFacts
from plan_sheets.core.messages import cut, shorten
from plan_sheets.core.model import PartialDate, Round, ref_order
from plan_sheets.core.paper import lines_needed
from plan_sheets.core.planner import UNCONFIRMED, parent, subgroups_of
from plan_sheets.core.rag import ASSESSED, Rating, Status, count_words
from plan_sheets.core.rollup import CONCERN, RollUp, SubgroupFacts, Trend, roll_up, trend
from plan_sheets.core.settle import Proposal
from plan_sheets.core.stood import Stood

DRAFT = "Consultation draft"
"""What the master is called before the first round is issued."""
NOT_RATED = "Not yet rated"
FEWER_RED = (5, 3)
"""How many Red actions are told in words where the table leaves less room."""
MOST_REFS = 8
LONGEST_REASON = 80
LONGEST_ACTION = 30
LONGEST_TITLE = 20
"""How much the first page tells of one thing (refs, characters): the whole of it stands in the other sheets."""
_OVER = (Status.CLOSED, Status.WITHDRAWN, Status.PROPOSED, Status.BLUE)


def _waits(one: Proposal) -> str:
    """What is proposed, in a word or two; a stage says its own word."""
    if one.no is not None:
        return "new action"
    return "new date" if one.title == "New date" else one.value


def waiting(stood: Stood) -> list[str]:
    """What waits for the board officer's word, each in a few words: `Map the pathway (J1a.1): new date`."""
    return [f"{_brief(stood, one.action)}: {_waits(one)}" for one in stood.proposals]


def _brief(stood: Stood, ref: str) -> str:
    """An action in a few words, with its ref in brackets; where they are not known (to the public), its theme."""
    row = stood.rows["action"].get(ref, {})
    title = stood.rows["priority"].get(row.get("theme", ""), {}).get("title", "")
    what = cut(row.get("what") or title, LONGEST_ACTION).removesuffix(".")
    return f"{what} ({ref})" if what else ref


def texts_of(stood: Stood) -> dict[str, str]:
    """What stands for the names in braces in a master's titles and lines."""
    words = stood.round.words if stood.round else DRAFT
    return {
        "plan": stood.history.text("plan", "", "title"),
        "round_words": words,
        "when": f"in {words}" if stood.round else "before the first round",
        "ages": " Ages count this quarter in." if stood.round else "",
    }


def tellings(stood: Stood, width: float) -> Iterator[tuple[str, ...]]:
    """The text above the table, in lines that fit its `width` (characters): with more and with less of what is Red."""
    for most in (MOST_RED, *FEWER_RED):
        yield tuple(part for line in summary_texts(stood, most) for part in fold(line, width))


def summary_texts(stood: Stood, most_red: int = MOST_RED) -> tuple[str, ...]:
    """The same text, each paragraph whole; `most_red` Red actions at most are told in words."""
    return tuple(_lines_of_round(stood, stood.round, most_red) if stood.round else _lines_of_draft(stood))


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


def _lines_of_round(stood: Stood, now: Round, most_red: int) -> Iterator[str]:
    yield f"Where we are on {PartialDate.day(now.last_day).words}. {counted(stood)}"
    yield f"Returns. {_returns(stood)}"
    yield from changed_lines(stood)
    yield from asked_lines(stood, now, most_red)
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
    told = returned(stood.subgroups, "returned their workbooks")
    if out:
        names = [f"{one.name} ({one.missed} rounds running)" if one.missed > 1 else one.name for one in out]
        told += f" Outstanding: {few(names, between='; ')}."
    because = [f"{stood.subgroup(code)}, because {shorten(text)}" for code, text in stood.silent.items()]
    return f"{told} Nothing to report: {few(because, 3, '; ').removesuffix('.')}." if because else told


def returned(subgroups: Sequence[SubgroupFacts], did: str) -> str:
    """How many of these subgroups, of those that were sent a workbook, did this."""
    if not subgroups:
        return "No subgroup told of here has been sent a workbook for this round."
    back = sum(not one.missed for one in subgroups)
    return f"{back or 'None'} of {count_words(len(subgroups), 'subgroup')} {did}."


def changed_lines(stood: Stood) -> Iterator[str]:
    """The actions that changed since the round before: a line of what worsened, of what improved, and of the rest."""
    if stood.before is None:
        skipped = stood.round.previous if stood.round and len(stood.rounds) > 1 else None
        because = f"Quarter {skipped.quarter} was not issued" if skipped else "This is the first round"
        yield f"What changed. {because}, so there is nothing to compare with."
        return
    ratings = sorted(stood.now.values(), key=lambda one: ref_order(one.facts.ref))
    for name in (Trend.WORSENED, Trend.IMPROVED):
        told = _moves(stood, [one for one in ratings if trend(one.before, one.published) is name])
        yield f"{name.capitalize()}. {told or 'None'}."
    if told := _other_changes(stood, ratings):
        yield f"Also changed. {told}."


def _moves(stood: Stood, ratings: Iterable[Rating]) -> str:
    """Actions by how they moved, those that stand worst first: `Amber to Red: Mental health J2c.1. Green to ...`."""
    worst_first = sorted(ratings, key=lambda one: CONCERN.index(one.published))
    moves: dict[str, list[str]] = {}
    for one in worst_first[:MOST_REFS]:
        moves.setdefault(f"{one.before} to {one.published}", []).append(one.facts.ref)
    more = [f"{len(worst_first) - MOST_REFS} more"] if len(worst_first) > MOST_REFS else []
    return ". ".join([*(f"{move}: {placed(stood, refs)}" for move, refs in moves.items()), *more])


def _other_changes(stood: Stood, ratings: Sequence[Rating]) -> str:
    """What changed otherwise than for better or worse, by how."""
    groups = {
        "Rated before, not reported now": [
            one for one in ratings if one.before in ASSESSED and one.published == Status.NOT_REPORTED
        ],
        "Now rated": [one for one in ratings if one.before not in (*ASSESSED, None) and one.published in ASSESSED],
        "Ended": [one for one in ratings if one.published in _OVER[:2] and one.before != one.published],
        "Date moved": [one for one in ratings if one.facts.moves and one.facts.moves[-1].round == stood.round],
        "Proposed": [one for one in ratings if one.published == Status.PROPOSED and one.before is None],
    }
    told = {name: placed(stood, [one.facts.ref for one in those]) for name, those in groups.items()}
    return ". ".join(f"{name}: {those}" for name, those in told.items() if those)


def placed(stood: Stood, refs: Sequence[str], most: int = MOST_REFS) -> str:
    """Refs of actions below the titles of their priorities: `Domestic abuse J1a.1, J1b.1; Prevent J3.2`."""
    below: dict[str, list[str]] = {}
    for ref in refs[:most]:
        theme = stood.rows["action"].get(ref, {}).get("theme", "")
        title = stood.rows["priority"].get(parent(theme), {}).get("title", "") if theme else ""
        below.setdefault(cut(title.partition(":")[0], LONGEST_TITLE), []).append(ref)
    more = f" and {len(refs) - most} more" if len(refs) > most else ""
    return "; ".join(f"{title} {', '.join(those)}".strip() for title, those in below.items()) + more


def few(refs: Sequence[str], most: int = MOST_REFS, between: str = ", ") -> str:
    """A list in words: the first ones, and how many more there are."""
    more = len(refs) - most
    return between.join(refs[:most]) + (f" and {more} more" if more > 0 else "")


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
        f"{len(silent)} Not reported ({_silence(stood, silent)})" if silent else "",
        f"{len(drafts)} Not assessable ({', '.join(why)})" if drafts else "",
        f"{count_words(stood.set_aside, 'file')} held or refused" if stood.set_aside else "",
        f"{stood.queries} {'query' if stood.queries == 1 else 'queries'} open" if stood.queries else "",
        f"in doubt: {placed(stood, sorted(stood.doubts, key=ref_order))}" if stood.doubts else "",
        count_words(len(stood.questions), "open question") if stood.questions else "",
        f"{count_words(len(stood.proposals), 'proposal')} for the board officer to confirm" if stood.proposals else "",
    ]
    return f"{'; '.join(filter(None, told)) or 'Nothing'}."


def _silence(stood: Stood, silent: Sequence[Rating]) -> str:
    """Why actions are not reported: no workbook came back for them, or one in which they were left blank."""
    back = {one.code for one in stood.subgroups if not one.missed}
    blank = sum(not back.isdisjoint(subgroups_of(stood.rows, one.facts.ref)[:1]) for one in silent)
    counts = {"without a return": len(silent) - blank, "left blank": blank}
    return ", ".join(f"{count} {how}" for how, count in counts.items() if count)


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
    """The roll-up of the actions of these priorities, as cells.

    `named`: whether to say what the action is that drives it and why, or only of which priority it is.
    """
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
        "due_next": _due(stood, mine, stood.round, named=named),
    }


def _unissued(stood: Stood) -> Status | None:
    """What stands for a quarter before that was not issued: nothing was reported in it; None in the first round."""
    return Status.NOT_REPORTED if len(stood.rounds) > 1 else None


def _driver(rolled: RollUp, stood: Stood, mine: Sequence[Rating], *, named: bool) -> str:
    if rolled.driver:
        because = f"{_brief(stood, rolled.driver)}: {cut(why(stood.now[rolled.driver]), LONGEST_REASON)}"
        told = because if named else placed(stood, [rolled.driver])
    else:
        told = {
            Status.GREEN: "No action is worse than Green",
            Status.BLUE: "Every action is complete",
            Status.NO_ACTIONS: "",
        }.get(rolled.published, "Every action has ended")
    doubtful = sorted((one.facts.ref for one in mine if one.facts.ref in stood.doubts), key=ref_order)
    return f"{told}. In doubt: {few(doubtful, 4)}" if doubtful else told


def _due(stood: Stood, ratings: Iterable[Rating], now: Round, *, named: bool) -> str:
    """What still goes on and falls due by the end of the next quarter: how much; if `named`, what is first."""
    going_on = (one for one in ratings if one.published not in _OVER and not one.facts.complete)
    due = {one.facts.ref: one.facts.due.last for one in going_on if one.facts.due}
    refs = [
        ref for ref in sorted(due, key=lambda ref: (due[ref], ref_order(ref))) if due[ref] <= next_round(now).last_day
    ]
    overdue = sum(due[ref] < now.last_day for ref in refs)
    told = ", ".join([count_words(len(refs), "action"), *([f"{overdue} overdue"] if overdue else [])])
    return f"{told}: {_brief(stood, refs[0])}" if refs and named else told if refs else "None"
