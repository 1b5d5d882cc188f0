"""The first sheet of the master: where the plan stands, what changed, what is asked, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.measure import fold_line
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import ASSESSED, Status
from plan_sheets.core.model.text import count_words, cut, shorten
from plan_sheets.core.rating.escalate import SubgroupFacts
from plan_sheets.core.rating.plan_rows import UNCONFIRMED, owner_words, parent, subgroups_of
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.rag import Rating
from plan_sheets.core.rating.rollup import CONCERN, ENDED, RollUp, Trend, trend
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.taken_out import TakenOut
from plan_sheets.core.sheets.asks import MOST_RED, asked_lines, why

DRAFT = "Consultation draft"
"""What the master is called before the first round is issued."""
NOT_RATED = "Not yet rated"
FEWER_RED = (5, 3)
"""How many Red actions are named, at most, where the table leaves less room."""
MOST_REFS = 8
LONGEST_REASON = 80
LONGEST_ACTION = 30
LONGEST_TITLE = 20
"""The most refs and the longest texts (characters) on the first page; the other sheets have them whole."""
MOST_TAKEN_OUT = 5
"""How many of the actions taken out are told with the last words about them."""
PLAN_CHANGED = "The plan changed."
_PLANNED = ("ref", "removed", "title", "what", "theme")


def _waits(proposal: Proposal) -> str:
    """What is proposed, in a word or two; a stage says its own word."""
    if proposal.no is not None:
        return "new action"
    return "new date" if proposal.title == "New date" else proposal.value


def waiting(snapshot: Snapshot) -> list[str]:
    """What waits for the board officer's word, each in a few words: `Map the pathway (J1a.1): new date`."""
    return [f"{_brief(snapshot, proposal.action)}: {_waits(proposal)}" for proposal in snapshot.proposals]


def _brief(snapshot: Snapshot, ref: str) -> str:
    """An action in a few words, with its ref in brackets; where they are not known (to the public), its theme."""
    row = snapshot.rows["action"].get(ref, {})
    title = snapshot.rows["priority"].get(row.get("theme", ""), {}).get("title", "")
    what = cut(row.get("what") or title, LONGEST_ACTION).removesuffix(".")
    return f"{what} ({ref})" if what else ref


def texts_of_round(snapshot: Snapshot) -> dict[str, str]:
    """What stands for the names in braces in a master's titles and lines."""
    words = snapshot.round.words if snapshot.round else DRAFT
    return {
        "plan": snapshot.history.text("plan", "", "title", snapshot.code),
        "round_words": words,
        "when": f"in {words}" if snapshot.round else "before the first round",
        "ages": " Ages count this quarter in." if snapshot.round else "",
    }


def tellings(snapshot: Snapshot, width: float) -> Iterator[tuple[str, ...]]:
    """The text above the table, in lines that fit its `width` (characters): with more and with less of what is Red."""
    for most in (MOST_RED, *FEWER_RED):
        yield tuple(part for line in summary_texts(snapshot, most) for part in fold_line(line, width))


def summary_texts(snapshot: Snapshot, most_red: int = MOST_RED) -> tuple[str, ...]:
    """The text above the table, a paragraph each; it names `most_red` Red actions at most."""
    return tuple(_lines_of_round(snapshot, snapshot.round, most_red) if snapshot.round else _lines_of_draft(snapshot))


def _lines_of_draft(snapshot: Snapshot) -> Iterator[str]:
    rows = snapshot.rows
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
    lacking = ", ".join(f"{count} without {'a ' if name != 'how' else ''}{name}" for name, count in missing.items())
    yield f"What could not be told. Actions: {lacking}. {count_words(len(snapshot.questions), 'open question')}."


def _lines_of_round(snapshot: Snapshot, now: Round, most_red: int) -> Iterator[str]:
    yield f"Where we are on {PartialDate.day(now.last_day).words}. {counted(snapshot)}"
    yield f"Returns. {_returns(snapshot)}"
    yield from changed_lines(snapshot)
    yield from asked_lines(snapshot, now, most_red)
    yield f"What could not be told. {_untold(snapshot)}"


def counted(snapshot: Snapshot) -> str:
    """How many actions there are, and how many of each status."""
    counts = snapshot.roll_up(snapshot.code).counts
    by_status = ", ".join(f"{count} {status}" for status, count in counts.items())
    proposed = sum(rating.published == Status.PROPOSED for rating in snapshot.now.values())
    more = f" {proposed} more proposed." if proposed else ""
    return f"{count_words(sum(counts.values()), 'action')}: {by_status or 'none yet'}.{more}"


def _returns(snapshot: Snapshot) -> str:
    out = [group for group in snapshot.subgroups if group.owes]
    done = [group.name for group in snapshot.subgroups if group.missed and group.finished]
    sentence = returned(snapshot.subgroups, "returned their workbooks")
    if out:
        names = [f"{group.name} ({group.missed} rounds running)" if group.missed > 1 else group.name for group in out]
        sentence += f" Outstanding: {few(names, between='; ')}."
    if done:
        sentence += f" Not asked, for all their actions are finished: {few(done, between='; ')}."
    because = [f"{snapshot.subgroup(code)}, because {shorten(text)}" for code, text in snapshot.silent.items()]
    return f"{sentence} Nothing to report: {few(because, 3, '; ').removesuffix('.')}." if because else sentence


def returned(subgroups: Sequence[SubgroupFacts], did: str) -> str:
    """How many of these subgroups, of those that were sent a workbook, did this."""
    if not subgroups:
        return "No subgroup told of here has been sent a workbook for this round."
    back = sum(not group.missed for group in subgroups)
    return f"{back or 'None'} of {count_words(len(subgroups), 'subgroup')} {did}."


def changed_lines(snapshot: Snapshot) -> Iterator[str]:
    """The actions that changed since the round before: a line of what worsened, of what improved, and of the rest."""
    if snapshot.before is None:
        skipped = snapshot.round.previous if snapshot.round and len(snapshot.rounds) > 1 else None
        because = f"Quarter {skipped.quarter} was not issued" if skipped else "This is the first round"
        yield f"What changed. {because}, so there is nothing to compare with."
        yield from plan_lines(snapshot)
        return
    ratings = sorted(snapshot.now.values(), key=lambda rating: ref_order(rating.facts.ref))
    for name in (Trend.WORSENED, Trend.IMPROVED):
        changes = _moves(snapshot, [rating for rating in ratings if trend(rating.before, rating.published) is name])
        yield f"{name.capitalize()}. {changes or 'None'}."
    if changes := _other_changes(snapshot, ratings):
        yield f"Also changed. {changes}."
    yield from plan_lines(snapshot)


def plan_lines(snapshot: Snapshot) -> Iterator[str]:
    """A line of how the plan itself changed since the round before, whoever changed it; nothing if it did not."""
    groups = {
        "Dropped": few([_dropped(snapshot, item) for item in snapshot.gone.values() if item.record == "priority"]),
        "Taken out": _taken_out(snapshot),
        **{name: placed(snapshot, refs) for name, refs in _changed_refs(snapshot).items()},
    }
    closed = sum(
        decision.gone > snapshot.code_before and not decision.is_done_with(snapshot.code)
        for decision in snapshot.decisions
    )
    more = f" Closed by that: {count_words(closed, 'earlier decision')}." if closed else ""
    words = ". ".join(f"{name}: {those.removesuffix('.')}" for name, those in groups.items() if those)
    if words:
        yield f"{PLAN_CHANGED} {words}.{more}"


def _dropped(snapshot: Snapshot, item: TakenOut) -> str:
    """A priority or theme that was taken out, with how its actions stood together last."""
    return f"{cut(snapshot.titled(item.ref), LONGEST_ACTION)}{f' ({item.was})' if item.was else ''}"


def _taken_out(snapshot: Snapshot) -> str:
    """The actions that were taken out: how each stood last, and what its chair said last."""
    gone = [item for item in snapshot.gone.values() if item.record == "action"]
    told = []
    for item in gone:
        said = f"its chair said last, in {cut(item.said, LONGEST_REASON)}" if item.said else ""
        last = "; ".join(filter(None, [item.was, f"now under {item.moved_to}" if item.moved_to else "", said]))
        told.append(f"{placed(snapshot, [item.ref])}{f' ({last})' if last else ''}")
    return few(told, MOST_TAKEN_OUT, "; ")


def _changed_refs(snapshot: Snapshot) -> dict[str, list[str]]:
    """The priorities and actions that the plan changed since the round before and still has, by how it changed them."""
    found: dict[str, list[str]] = {name: [] for name in ("Added", "Brought back", "Re-worded", "Moved", "Date moved")}
    found["Without a priority"] = []
    for ref, row in snapshot.rows["priority"].items():
        was = {name: snapshot.history.text("priority", ref, name, snapshot.code_before) for name in _PLANNED}
        found["Added"] += [] if was["ref"] else [ref]
        found["Brought back"] += [ref] if was["removed"] == "Yes" else []
        found["Re-worded"] += [ref] if was["title"] not in ("", row["title"]) else []
    for ref, rating in sorted(snapshot.now.items(), key=lambda rated: ref_order(rated[0])):
        row, moves = snapshot.rows["action"][ref], rating.facts.moves
        was = {name: snapshot.history.text("action", ref, name, snapshot.code_before) for name in _PLANNED}
        if rating.published != Status.PROPOSED:
            found["Added"] += [] if was["ref"] else [ref]
        found["Brought back"] += [ref] if was["removed"] == "Yes" else []
        found["Re-worded"] += [ref] if was["what"] not in ("", row["what"]) else []
        found["Moved"] += [ref] if was["theme"] not in ("", row["theme"]) else []
        found["Date moved"] += [ref] if moves and moves[-1].round == snapshot.round else []
        found["Without a priority"] += [ref] if row["theme"] and row["theme"] not in snapshot.rows["priority"] else []
    return found


def _moves(snapshot: Snapshot, ratings: Iterable[Rating]) -> str:
    """Actions by how they moved, those that stand worst first: `Amber to Red: Mental health J2c.1. Green to ...`."""
    worst_first = sorted(ratings, key=lambda rating: CONCERN.index(rating.published))
    moves: dict[str, list[str]] = {}
    for rating in worst_first[:MOST_REFS]:
        moves.setdefault(f"{rating.before} to {rating.published}", []).append(rating.facts.ref)
    more = [f"{len(worst_first) - MOST_REFS} more"] if len(worst_first) > MOST_REFS else []
    return ". ".join([*(f"{move}: {placed(snapshot, refs)}" for move, refs in moves.items()), *more])


def _other_changes(snapshot: Snapshot, ratings: Sequence[Rating]) -> str:
    """What changed otherwise than for better or worse, by how."""
    groups = {
        "Rated before, not reported now": [
            rating for rating in ratings if rating.before in ASSESSED and rating.published == Status.NOT_REPORTED
        ],
        "Now rated": [
            rating for rating in ratings if rating.before not in (*ASSESSED, None) and rating.published in ASSESSED
        ],
        "Ended": [rating for rating in ratings if rating.published in ENDED and rating.before != rating.published],
        "Proposed": [rating for rating in ratings if rating.published == Status.PROPOSED and rating.before is None],
    }
    places = {name: placed(snapshot, [rating.facts.ref for rating in those]) for name, those in groups.items()}
    return ". ".join(f"{name}: {those}" for name, those in places.items() if those)


def placed(snapshot: Snapshot, refs: Sequence[str], most: int = MOST_REFS) -> str:
    """Refs of actions below the titles of their priorities: `Domestic abuse J1a.1, J1b.1; Prevent J3.2`."""
    below: dict[str, list[str]] = {}
    for ref in refs[:most]:
        row = snapshot.gone[ref].row if ref in snapshot.gone else snapshot.rows["action"].get(ref, {})
        title = snapshot.title(parent(row["theme"])) if row.get("theme") else ""
        below.setdefault(cut(title.partition(":")[0], LONGEST_TITLE), []).append(ref)
    more = f" and {len(refs) - most} more" if len(refs) > most else ""
    return "; ".join(f"{title} {', '.join(those)}".strip() for title, those in below.items()) + more


def few(refs: Sequence[str], most: int = MOST_REFS, between: str = ", ") -> str:
    """A list in words: the first ones, and how many more there are."""
    more = len(refs) - most
    return between.join(refs[:most]) + (f" and {more} more" if more > 0 else "")


def _untold(snapshot: Snapshot) -> str:
    ratings = snapshot.now.values()
    silent = [rating for rating in ratings if rating.published == Status.NOT_REPORTED]
    drafts = [rating for rating in ratings if rating.published == Status.NOT_ASSESSABLE]
    why = [
        f"{count} {name}"
        for name in ("no named owner", "no date", "no how")
        if (count := sum(name in rating.facts.missing for rating in drafts))
    ]
    parts = [
        f"{len(silent)} Not reported ({_silence(snapshot, silent)})" if silent else "",
        f"{len(drafts)} Not assessable ({', '.join(why)})" if drafts else "",
        f"{count_words(snapshot.set_aside, 'file')} held or refused" if snapshot.set_aside else "",
        f"{snapshot.queries} {'query' if snapshot.queries == 1 else 'queries'} open" if snapshot.queries else "",
        f"in doubt: {placed(snapshot, sorted(snapshot.doubts, key=ref_order))}" if snapshot.doubts else "",
        count_words(len(snapshot.questions), "open question") if snapshot.questions else "",
        f"{count_words(len(snapshot.proposals), 'proposal')} for the board officer to confirm"
        if snapshot.proposals
        else "",
    ]
    return f"{'; '.join(filter(None, parts)) or 'Nothing'}."


def _silence(snapshot: Snapshot, silent: Sequence[Rating]) -> str:
    """Why actions are not reported: no workbook came back for them, or one in which they were left blank."""
    back = {group.code for group in snapshot.subgroups if not group.missed}
    blank = sum(not back.isdisjoint(subgroups_of(snapshot.rows, rating.facts.ref)[:1]) for rating in silent)
    counts = {"without a return": len(silent) - blank, "left blank": blank}
    return ", ".join(f"{count} {how}" for how, count in counts.items() if count)


def summary_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """Each board, and below it its priorities, with how their actions roll up."""
    priorities = {ref: row for ref, row in snapshot.rows["priority"].items() if parent(ref) == ref}
    for board, row in snapshot.rows["board"].items():
        mine = snapshot.priorities_of(board)
        yield RowFacts(board, {"title": f"{row['title']}: all its priorities", **_rolled(snapshot, mine, named=False)})
        yield from (_priority(snapshot, ref) for ref in mine)
    yield from (
        _priority(snapshot, ref) for ref, row in priorities.items() if row["board"] not in snapshot.rows["board"]
    )


def _priority(snapshot: Snapshot, ref: str) -> RowFacts:
    row = snapshot.rows["priority"][ref]
    settled = {"Question": " (in question)", "Proposed": " (proposed)"}.get(row["agreement"], "")
    contents = _rolled(snapshot, [ref])
    if contents["published_rag"] == Status.NO_ACTIONS and row["question"]:
        contents["driven_by"] = f"In question: {row['question']}"
    return RowFacts(ref, {"title": row["title"] + settled, "owner": owner_words(row), **contents})


def _rolled(snapshot: Snapshot, priorities: Sequence[str], *, named: bool = True) -> dict[str, str]:
    """The roll-up of the actions of these priorities, as cells.

    `named`: whether to say what the action is that drives it and why, or only of which priority it is.
    """
    if snapshot.round is None:
        many = sum(parent(row["theme"]) in priorities for row in snapshot.rows["action"].values() if row["theme"])
        return {
            "published_rag": NOT_RATED if many else Status.NO_ACTIONS,
            "counts": count_words(many, "action") if many else "",
        }
    rolled = snapshot.roll_up(snapshot.code, priorities)
    if rolled.published == Status.NO_ACTIONS:
        return {"published_rag": rolled.published}
    mine = snapshot.rated(snapshot.code, priorities)
    before = snapshot.roll_up(snapshot.round.previous.code, priorities)
    return {
        "published_rag": rolled.published,
        "counts": rolled.text,
        "driven_by": _driver(rolled, snapshot, mine, named=named),
        "trend": trend(before.published if snapshot.before else _unissued(snapshot), rolled.published).words,
        "due_next": _due(snapshot, mine, snapshot.round, named=named),
    }


def _unissued(snapshot: Snapshot) -> Status | None:
    """What stands for a quarter before that was not issued: nothing was reported in it; None in the first round."""
    return Status.NOT_REPORTED if len(snapshot.rounds) > 1 else None


def _driver(rolled: RollUp, snapshot: Snapshot, mine: Sequence[Rating], *, named: bool) -> str:
    if rolled.driver:
        because = f"{_brief(snapshot, rolled.driver)}: {cut(why(snapshot.now[rolled.driver]), LONGEST_REASON)}"
        driver = because if named else placed(snapshot, [rolled.driver])
    else:
        ended = any(status in rolled.counts for status in ENDED)
        driver = {
            Status.GREEN: _green_words(mine),
            Status.BLUE: f"Every action is complete{' or has ended' if ended else ''}",
            Status.NO_ACTIONS: "",
        }.get(rolled.published, "Every action has ended")
    doubtful = sorted((rating.facts.ref for rating in mine if rating.facts.ref in snapshot.doubts), key=ref_order)
    return f"{driver}. In doubt: {few(doubtful, 4)}" if doubtful else driver


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
    return f"{words}: {_brief(snapshot, refs[0])}" if refs and named else words if refs else "None"
