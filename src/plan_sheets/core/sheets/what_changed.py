"""What changed since the quarter before, on the first page: actions for better or worse, the rest, the plan itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from plan_sheets.core.book.layout import Line
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import ASSESSED, Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.decisions import quarter
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.rules.rollup import CONCERN, Trend, trend
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.succession import list_words
from plan_sheets.core.rating.taken_out import TakenOut
from plan_sheets.core.sheets.lines import (
    NOWHERE,
    Piece,
    fitted,
    grouped,
    line,
    name_of,
    packed,
    placed,
    refs_alone,
    section,
    short_title,
    title_of,
)

INTERNAL_SHEETS = "RAG over time", "Changes", "Changes"
PUBLIC_SHEETS = "Priorities and actions", "Priorities and actions", "the edition before"
NO_SHEETS = NOWHERE, NOWHERE, NOWHERE
"""What has all of it: of what is rated otherwise, of what the plan changed, of what was taken out of it."""
_LADDER = (*CONCERN, Status.TOO_LITTLE, Status.NO_ACTIONS, Status.PROPOSED)
_PLANNED = ("ref", "removed", "title", "what", "theme")


def changed_lines(snapshot: Snapshot, sheets: tuple[str, str, str] = INTERNAL_SHEETS) -> Iterator[str | Line]:
    """The heading and its lines: what is worse, what is better, what changed otherwise, how the plan changed.

    `sheets`: which hold what there is no room for.
    """
    over_time, changes, gone = sheets
    if snapshot.before is None:
        skipped = snapshot.round.previous if snapshot.round and len(snapshot.rounds) > 1 else None
        because = f"{quarter(skipped.code, snapshot.code)} was not issued" if skipped else "This is the first round"
        yield section("What changed")
        yield f"{because}, so there is nothing to compare with."
        yield from packed(_of_plan(snapshot, changes, gone))
        return
    yield section(f"What changed since {quarter(snapshot.code_before, snapshot.code)}")
    ratings = sorted(snapshot.now.values(), key=lambda rating: ref_order(rating.facts.ref))
    for lead, way in {"Worse": Trend.WORSENED, "Better": Trend.IMPROVED}.items():
        moved = [rating for rating in ratings if trend(rating.before, rating.published) is way]
        moved.sort(key=lambda rating: CONCERN.index(rating.published))
        things = [(f"{rating.before} to {rating.published}", rating.facts.ref) for rating in moved]
        yield line(*_counted(snapshot, lead, things, over_time)) if things else line(f"{lead}:", "none.")
    others = [(what, rating.facts.ref) for rating in ratings if (what := _otherwise(rating))]
    others.sort(key=lambda thing: _OTHERWISE.index(thing[0]))
    also = [_counted(snapshot, "Also", others, over_time)] if others else []
    yield from packed([*also, *_of_plan(snapshot, changes, gone)])


def _counted(snapshot: Snapshot, lead: str, things: Sequence[Piece], where: str) -> Piece:
    """How many things these are, and what is said of each (the first of the pair) by ref (the second)."""
    counted = f"{lead}, {len(things)}:"
    return counted, fitted(things, where, counted, *_ways(snapshot))


def _ways(snapshot: Snapshot) -> Sequence[Callable[[Sequence[Piece]], str]]:
    """Say refs by what is said of them: with their names, with their priorities' titles, and alone."""
    return (
        grouped(lambda refs: ", ".join(name_of(snapshot, ref) for ref in refs), ": "),
        grouped(lambda refs: placed(snapshot, refs)),
        grouped(refs_alone),
    )


_OTHERWISE = ("not reported any more", "rated now", "closed", "withdrawn", "proposed")
"""What can change otherwise than for better or worse."""


def _otherwise(rating: Rating) -> str:
    """How an action changed otherwise than for better or worse: one of `_OTHERWISE`; "" if it did not."""
    before, now = rating.before, rating.published
    silent = before in ASSESSED and now == Status.NOT_REPORTED
    rated = before not in (*ASSESSED, None) and now in ASSESSED
    changed = (
        silent,
        rated,
        now == Status.CLOSED != before,
        now == Status.WITHDRAWN != before,
        now == Status.PROPOSED and before is None,
    )
    return next((words for words, is_so in zip(_OTHERWISE, changed, strict=True) if is_so), "")


def _of_plan(snapshot: Snapshot, where: str, gone_where: str) -> Iterator[Piece]:
    """How the plan itself changed since the round before, whoever changed it; nothing if it did not.

    Of what was taken out, what stood worst comes first.
    """
    if snapshot.left:
        year = snapshot.history.text("plan", "", "year", snapshot.code_before)
        yield f"Finished in {year}:", f"{count_words(len(snapshot.left), 'action')} left the plan when the year ended."
    left = sorted(snapshot.gone.values(), key=lambda item: _LADDER.index(item.last[1]) if item.last else len(_LADDER))
    went_on = [item for item in left if item.went_on_as]
    if went_on:
        lead = f"Under another ref, {len(went_on)}:"
        yield lead, fitted(_group_went_on(went_on), gone_where, lead, "; ".join)
    gone = [item for item in left if not item.went_on_as]
    if gone:
        lead = f"Taken out, {len(gone)}:"
        yield lead, fitted(gone, gone_where, lead, lambda some: "; ".join(_gone(snapshot, item) for item in some))
    things = [(name, ref) for name, refs in _changed_refs(snapshot).items() for ref in refs]
    if things:
        yield "The plan changed:", fitted(things, where, "The plan changed:", *_ways(snapshot))
    closed = sum(
        decision.gone > snapshot.code_before and not decision.is_done_with(snapshot.code)
        for decision in snapshot.decisions
    )
    if closed:
        yield "Closed by what was taken out:", f"{count_words(closed, 'earlier decision')}."


def _group_went_on(items: Sequence[TakenOut]) -> list[str]:
    """What went on as what, with how it stood last: `J2a.1 (Red in Quarter 1) as J2a.4 and J2a.5`.

    Where several went on as one it is said that they count as one, for a Red may be among them.
    """
    groups: dict[str, list[TakenOut]] = {}
    for item in items:
        groups.setdefault(item.went_on_as, []).append(item)
    return [
        list_words(f"{item.ref} ({item.was})" if item.was else item.ref for item in those)
        + f" as {went_on_as}"
        + (f", {len(those)} counted as one" if len(those) > 1 else "")
        for went_on_as, those in groups.items()
    ]


def _gone(snapshot: Snapshot, item: TakenOut) -> str:
    """What was taken out, how it stood last, and the theme of another board that it belongs to now."""
    is_priority = item.record == "priority"
    title = title_of(snapshot, item.ref) if is_priority else short_title(snapshot, "action", item.ref)
    name = f"{item.ref} {title}" if title else placed(snapshot, [item.ref])
    return ", ".join(filter(None, [name, item.was, f"now under {item.moved_to}" if item.moved_to else ""]))


def _changed_refs(snapshot: Snapshot) -> Mapping[str, list[str]]:
    """The priorities and actions that the plan changed since the round before and still has, by how it changed them."""
    found: dict[str, list[str]] = {name: [] for name in ("without a priority", "added", "brought back", "re-worded")}
    found["moved"] = []
    for ref, row in snapshot.rows["priority"].items():
        was = {name: snapshot.history.text("priority", ref, name, snapshot.code_before) for name in _PLANNED}
        found["added"] += [] if was["ref"] else [ref]
        found["brought back"] += [ref] if was["removed"] == "Yes" else []
        found["re-worded"] += [ref] if was["title"] not in ("", row["title"]) else []
    for ref, rating in sorted(snapshot.now.items(), key=lambda rated: ref_order(rated[0])):
        row, moves = snapshot.rows["action"][ref], rating.facts.moves
        was = {name: snapshot.history.text("action", ref, name, snapshot.code_before) for name in _PLANNED}
        if rating.published != Status.PROPOSED:
            found["added"] += [] if was["ref"] or ref in snapshot.succession.before else [ref]
        found["brought back"] += [ref] if was["removed"] == "Yes" else []
        found["re-worded"] += [ref] if was["what"] not in ("", row["what"]) else []
        found["moved"] += [ref] if was["theme"] not in ("", row["theme"]) else []
        if moves and moves[-1].round == snapshot.round:
            found.setdefault(f"date moved to {moves[-1].after.words}", []).append(ref)
        if row["theme"] and row["theme"] not in snapshot.rows["priority"]:
            found["without a priority"].append(ref)
    return found
