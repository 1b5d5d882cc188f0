"""The public edition: only what surely names nobody, and of free text only what the officer released, word for word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time

from plan_sheets.core.book.compose import Facts, RowFacts
from plan_sheets.core.book.layout import Blank, Content, Line
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.editions.contents import MasterContents
from plan_sheets.core.editions.editions import Edition, boards_lines
from plan_sheets.core.editions.people import Hit, Names
from plan_sheets.core.editions.public_text import NO_PROGRESS, NOT_RATED, RECORD, describe_rest, find_change, text_key
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.ratings import is_further, rows_at
from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.rules.rag import ActionFacts, Rating
from plan_sheets.core.rating.rules.rollup import ENDED, trend
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.taken_out import TakenOut
from plan_sheets.core.sheets.considerations import coverage_lines
from plan_sheets.core.sheets.first_page import FirstPage, first_page, is_of_ratings
from plan_sheets.core.sheets.lines import section
from plan_sheets.core.sheets.rag_status import DRAFT, Driver, headline, summary_rows, texts_of_round
from plan_sheets.core.sheets.unknown import returned
from plan_sheets.core.sheets.what_changed import PUBLIC_SHEETS, changed_lines

SHOWN = {
    "plan": ("title", "year"),
    "board": ("ref", "title", "removed"),
    "priority": ("ref", "board", "title", "agreement", "removed"),
    "action": ("ref", "theme", "due", "confirmed_stage", "finished_in", "removed"),
}
"""The fields that the public edition may tell of: nothing else reaches it, whatever a later sheet asks for."""
DRIVERS = (Driver.NAME, Driver.REF)
"""What the first page tells of what drives a priority: no more than that of the internal master, however full."""
TITLE_LEFT_OUT = "Title left out"
LEFT_OUT = (
    "Names, posts and contacts; what subgroups wrote, but for texts that were released for the public.",
    (
        "Further actions that are only proposed; what the grid says; decisions, changes, questions, enquiries, "
        "consultation and evidence."
    ),
)


@dataclass(frozen=True, slots=True)
class PublicRemark:
    """What the officer is told of a title or a released text: that it is left out, or what somebody should look at.

    `hit`: what in it names, or may name, somebody; None: it is in dispute, or what it rested on has changed.
    """

    key: Key
    hit: Hit | None = None
    shown: bool = False
    change: str = ""
    """What has changed since the text was released, which is left out because of that; "" if nothing has."""

    @property
    def words(self) -> str:
        """What the officer is told, and what to do."""
        is_title = self.key.field == "title"
        subject = f"The {'title' if is_title else 'public text'} of {self.key.ref or 'the plan'}"
        if self.change:
            return (
                f"{subject} is left out: what it rested on has changed ({self.change}). Release it again on the sheet "
                "Public text of the officer's workbook."
            )
        if not self.hit:
            reason = "a query is open on it, or its last wording could not be taken. Settle that first."
            return f"{subject} is left out: {reason}"
        where = "in plan.xlsx" if is_title else "on the sheet Public text of the officer's workbook"
        if self.hit.is_contact:
            return f"{subject} is shown, with '{self.hit.word}'. If that is not for the public, reword it {where}."
        if self.shown:
            return (
                f"{subject} is shown, with the word '{self.hit.word}', which also stands in '{self.hit.name}'. "
                f"If that person is meant, reword it {where}."
            )
        part = "" if self.hit.is_whole else f", part of '{self.hit.name}'"
        return f"{subject} is left out: it names {self.hit.word}{part}. Reword it {where}."


def public(snapshot: Snapshot, names: Names, disputed: Collection[Key]) -> tuple[Snapshot, tuple[str, ...]]:
    """What the public may know of how everything stood; and what was left out of that, in sentences for the officer.

    `names`: everybody whom the register names; `disputed`: the facts on which a query is open, or that were not read.
    """
    screen = _Screen(names, frozenset(disputed), [])
    shown = frozenset(ref for ref, row in snapshot.rows["action"].items() if not _is_proposed(snapshot, ref, row))
    history = History.of(_told(snapshot, shown, screen))
    gone = tuple(_bare(item) for item in snapshot.gone.values() if not _was_proposed(item))
    known = shown | {item.ref for item in gone}
    # Every field is named, so that one that is added later reaches the public only if somebody decides so.
    shown_snapshot = Snapshot(
        round=snapshot.round,
        rounds=snapshot.rounds,
        history=history,
        rows=rows_at(history, snapshot.code),
        ratings={
            code: {ref: _rating(rating) for ref, rating in rated.items() if ref in known and not rating.facts.proposed}
            for code, rated in snapshot.ratings.items()
        },
        limits=snapshot.limits,
        subgroups=tuple(
            SubgroupFacts("", "", missed=group.missed, finished=group.finished) for group in snapshot.subgroups
        ),
        silent={},
        questions=(),
        proposals=(),
        doubts={},
        set_aside=0,
        asked={},
        open_queries=(),
        made_on=snapshot.made_on,
        considerations={},
        declined=(),
        coverage=next(coverage_lines(snapshot), ""),
        taken_out=gone,
        closed={},
        left=snapshot.left,
    )
    return shown_snapshot, tuple(_sentences(snapshot, screen.remarks))


def _sentences(snapshot: Snapshot, remarks: Iterable[PublicRemark]) -> Iterator[str]:
    marking = snapshot.history.text("plan", "", "marking")
    if marking:
        yield f"The plan is marked {marking}; the public edition carries no marking."
    yield from (remark.words for remark in remarks)


def _is_proposed(snapshot: Snapshot, ref: str, row: Mapping[str, str]) -> bool:
    """Whether an action is only proposed, or was declined: the public edition does not know of it."""
    return is_further(row) or (
        snapshot.round is not None and (ref not in snapshot.now or snapshot.now[ref].facts.proposed)
    )


@dataclass(frozen=True, slots=True)
class _Screen:
    """Checks texts for the public: the names that none may hold, and the remarks for the officer so far."""

    names: Names
    disputed: frozenset[Key]
    remarks: list[PublicRemark]

    def passes(self, key: Key, text: str) -> bool:
        """Whether a text may be published; if not, or if somebody should look at it, that is noted."""
        hit = self.names.named(text)
        if text and (hit or key in self.disputed):
            self.remarks.append(PublicRemark(key, hit))
            return False
        self.remarks.extend(PublicRemark(key, hit, shown=True) for hit in self.names.doubts(text))
        return True


def _told(snapshot: Snapshot, actions: Collection[str], screen: _Screen) -> Iterator[Held]:
    """The values that the public edition is made of, without where they came from; at the end of the round."""
    for seq, key in enumerate(snapshot.history.by_key):
        if key.field in SHOWN.get(key.record, ()) and (key.record != "action" or key.ref in actions):
            value = snapshot.history.text(*key, up_to=snapshot.code)
            if key.field == "title" and not screen.passes(key, value):
                value = TITLE_LEFT_OUT
            if key.field == "due" and PartialDate.from_words(value) is None:
                value = ""
            yield Held(key, value, "standing", "", seq)
        elif key.record == RECORD and (value := _released(snapshot, key, screen)):
            yield Held(key, value, "round", snapshot.code, seq)


def _released(snapshot: Snapshot, key: Key, screen: _Screen) -> str:
    text = snapshot.history.in_round(key, snapshot.code).value if snapshot.round and key == text_key(key.ref) else ""
    if text and (change := _find_change(snapshot, key.ref)):
        screen.remarks.append(PublicRemark(key, change=change))
        return ""
    return text if screen.passes(key, text) else ""


def _find_change(snapshot: Snapshot, ref: str) -> str:
    """What has changed of a priority or action since its text was released; "" if nothing has, or it is gone."""
    rating = snapshot.now.get(ref)
    row = snapshot.rows["action"].get(ref) or snapshot.rows["priority"].get(ref)
    if not row:
        return ""
    progress = snapshot.answer(ref, "progress") or NO_PROGRESS
    rests_on = describe_rest(str(rating.published) if rating else NOT_RATED, row["what"] or row["title"], progress)
    return find_change(snapshot.history, ref, snapshot.code, rests_on)


def _was_proposed(item: TakenOut) -> bool:
    """Whether what was taken out had only been proposed: the public never knew of it."""
    return is_further(item.row) or (item.last is not None and item.last[1] == Status.PROPOSED)


def _bare(item: TakenOut) -> TakenOut:
    """What was taken out of the plan, without any word of it: its ref, where it stood, and how it was rated last."""
    return replace(item, row={"theme": item.row.get("theme", "")}, said="")


def _rating(rating: Rating) -> Rating:
    """The rating without any text that somebody wrote: `driven_by` is made of the words of the rules."""
    facts = rating.facts
    bare = ActionFacts(
        ref=facts.ref,
        theme=facts.theme,
        priority=facts.priority,
        judged=facts.judged,
        confirmed_stage=facts.confirmed_stage,
        dates=facts.dates,
        history=facts.history,
    )
    proposed = f"; {facts.stage} proposed, not yet confirmed"
    driven_by = "set by the board officer" if facts.override else rating.driven_by.removesuffix(proposed)
    if rating.published in ENDED:
        driven_by = driven_by.removesuffix(f": {facts.ended_because}")
    return replace(rating, facts=bare, driven_by=driven_by)


def public_lines(snapshot: Snapshot, edition: Edition) -> Iterator[str | Line]:
    """The lines above the first table: no more than those of the internal master tell."""
    if snapshot.round is None:
        yield f"Public edition. {DRAFT}: no round has been issued yet, so nothing is rated."
        yield from boards_lines(edition.boards, snapshot)
    else:
        day = PartialDate.day(snapshot.round.last_day).words
        yield f"Public edition. Where we are on {day}. Returns: {returned(snapshot.subgroups)}"
        yield from boards_lines(edition.boards, snapshot)
        yield headline(snapshot)
        yield from changed_lines(snapshot, PUBLIC_SHEETS)
        yield from edition.lines
    yield section("What this edition leaves out")
    yield from LEFT_OUT


def public_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """Each priority, and below it its actions: how they stand, and what was released about them."""
    rolled = {row.ref: row.contents for row in summary_rows(snapshot)}
    for ref, row in snapshot.rows["priority"].items():
        if parent(ref) == ref:
            yield RowFacts(ref, {**rolled[ref], "title": row["title"], "text": _text(snapshot, ref)})
            for action, facts in snapshot.rows["action"].items():
                if facts["theme"] and parent(facts["theme"]) == ref:
                    yield RowFacts(action, _action(snapshot, action, facts))


def _action(snapshot: Snapshot, ref: str, row: Mapping[str, str]) -> dict[str, Content]:
    contents: dict[str, Content] = {
        "title": snapshot.titled(row["theme"]),
        "text": _text(snapshot, ref),
        "driven_by": Blank("Told of priorities"),
        "due": PartialDate.from_words(row["due"]) or "",
    }
    rating = snapshot.now.get(ref)
    if rating:
        contents |= {"published_rag": rating.published, "trend": trend(rating.before, rating.published).words}
    return contents


def _text(snapshot: Snapshot, ref: str) -> str:
    return snapshot.history.in_round(text_key(ref), snapshot.code).value


def public_contents(spec: WorkbookSpec, snapshot: Snapshot) -> MasterContents:
    """What the public edition says, of what `public` left; the same facts make the same. No marking, no password."""
    spec = spec.without_columns(is_of_ratings) if snapshot.round is None else spec

    def make_first_page(edition: Edition) -> FirstPage:
        """The first page, which says of the edition for whom it is and what it takes the place of."""
        return first_page(snapshot, spec.sheets[0].columns, [*public_lines(snapshot, edition)], DRIVERS)

    texts = texts_of_round(snapshot)
    facts = Facts(
        texts=texts,
        created=datetime.combine(snapshot.made_on, time()),
        rows={"Priorities and actions": [*public_rows(snapshot)]},
        lines={"Priorities and actions": (f"Considerations. {snapshot.coverage}",) if snapshot.coverage else ()},
        identity={"Plan": texts["plan"], "Edition": "", "Round": snapshot.code or DRAFT},
    )
    return MasterContents(spec, facts, make_first_page)
