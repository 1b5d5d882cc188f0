"""What the master of one partnership says of it: read from its own sheets, and rated by no rule but its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plan_sheets.core.book.layout import Book, Content, as_fact
from plan_sheets.core.model.stages import Status
from plan_sheets.core.sheets.first_page import ALL_ROWS, WORST_FIRST

COUNTED = ("red", "amber", "green", "blue", "not_reported", "not_assessable", "ended", "all")
"""How many actions stand how: the fields of the table on the first page."""
ENDED = ("closed", "withdrawn")
"""The fields that the first page counts together as ended."""
_SILENT_AND_RED = "last Red"
"""What Master plan says of an action that is not reported, and was Red when it last was."""


@dataclass(frozen=True, slots=True)
class RatedRow:
    """A row of the table on a master's first page: a board, or one of its priorities."""

    ref: str
    title: str
    published: str
    last: str
    """How it stood in the quarter before, in words."""
    driven_by: str
    is_board: bool
    counts: Mapping[str, int]
    """How many of its actions stand how: see `COUNTED`."""
    text: str = ""
    """In a public edition what was released of it; else ""."""


@dataclass(frozen=True, slots=True)
class RedAction:
    """An action that makes its priority Red: it is Red, or is not reported and was last Red."""

    ref: str
    priority: str
    """The ref and title of its priority."""
    what: str
    published: str
    why: str
    due: Content
    owner: str
    """Who answers for it, and its subgroup."""


@dataclass(frozen=True, slots=True)
class AskedThing:
    """What a master asks about an action, a priority or a subgroup: a row of its sheet Decisions."""

    ref: str
    about: str
    stands: str
    asked: str
    of_whom: str
    by_when: Content
    raised_by: str


@dataclass(frozen=True, slots=True)
class MasterSaid:
    """What a master says of a whole plan. In a public edition there are neither actions nor anything asked."""

    title: str
    """Of the plan."""
    rows: Sequence[RatedRow]
    """Boards and priorities, in its order."""
    counts: Mapping[str, int]
    """How many of all actions stand how: see `COUNTED`."""
    actions: Sequence[RedAction]
    asked: Sequence[AskedThing]
    marking: str

    @property
    def published(self) -> Status:
        """The worst that its first page says of a board that has actions; Red in any case where an action is."""
        if self.counts["red"]:
            return Status.RED
        boards = [row for row in self.rows if row.is_board] or self.rows
        rated = {Status(row.published) for row in boards} - {Status.NO_ACTIONS}
        return min(rated, key=WORST_FIRST.index, default=Status.NO_ACTIONS)

    @property
    def drivers(self) -> Sequence[RatedRow]:
        """The priorities that stand as the whole does, where that is worse than Green; boards if none does."""
        if self.published not in (Status.RED, Status.TOO_LITTLE, Status.AMBER):
            return ()
        same = [row for row in self.rows if row.published == self.published]
        return [row for row in same if not row.is_board] or same


def read_master(book: Book, title: str, code: str) -> MasterSaid:
    """What a master says. `title`: of the plan, where its About sheet does not name it; `code`: of its round."""
    about = {row["ref"]: row["what"] for row in _read(book, "About")}
    whole = ALL_ROWS if any(sheet.name == ALL_ROWS for sheet in book.sheets) else book.sheets[0].name
    rows = [_read_rated(row) for row in _read(book, whole)]
    texts = {row["ref"]: _text(row, "text") for row in _read(book, "Priorities and actions")}
    return MasterSaid(
        title=as_fact(about.get("Plan", title)),
        rows=[replace(row, text=texts.get(row.ref, "")) for row in rows],
        counts=_read_counts(book, code) or _add_up(row for row in rows if row.is_board),
        actions=[*_read_actions(book)],
        asked=[*_read_asked(book)],
        marking=book.marking,
    )


_Contents = Mapping[str, Content]
"""What stands in a row, by the name of the field."""


def _read(book: Book, name: str) -> Iterator[dict[str, Content]]:
    """The rows of a sheet; nothing if the workbook has none of this name. `total` and `asks` say what a row is."""
    for sheet in book.sheets:
        if sheet.name == name:
            names = [column.field.name for column in sheet.columns]
            for row in sheet.rows:
                yield {**dict(zip(names, row.cells, strict=True)), "total": int(row.total), "key": row.ref}


def _read_rated(row: _Contents) -> RatedRow:
    return RatedRow(
        ref=_text(row, "ref"),
        title=_text(row, "title"),
        published=_text(row, "published_rag"),
        last=_text(row, "last_rag"),
        driven_by=_text(row, "driven_by"),
        is_board=bool(row["total"]),
        counts={name: _as_count(row.get(name, 0)) for name in COUNTED},
    )


def _text(row: _Contents, name: str) -> str:
    """What a cell says; "" if it is blank, or a master of an older version has no such column."""
    return as_fact(row.get(name, ""))


def _as_count(content: Content) -> int:
    """A number of a count; a cell that says why it is blank counts nothing."""
    return int(content) if isinstance(content, int | float) else 0


def _read_counts(book: Book, code: str) -> dict[str, int]:
    """How all actions stand, as the sheet RAG by round counts them; {} if there is none."""
    for row in _read(book, "RAG by round"):
        if row["key"] == code:
            counts = {name: _as_count(row.get(name, 0)) for name in COUNTED}
            return {**counts, "ended": sum(_as_count(row.get(name, 0)) for name in ENDED)}
    return {}


def _add_up(rows: Iterable[RatedRow]) -> dict[str, int]:
    listed = [*rows]
    return {name: sum(row.counts[name] for row in listed) for name in COUNTED}


def _read_actions(book: Book) -> Iterator[RedAction]:
    for row in _read(book, "Master plan"):
        published, why = _text(row, "published_rag"), _text(row, "why")
        if published == Status.RED or (published == Status.NOT_REPORTED and _SILENT_AND_RED in why):
            ref, priority, what = (_text(row, name) for name in ("ref", "priority", "what"))
            yield RedAction(ref, priority, what, published, why, row.get("due", ""), _text(row, "owner"))


def _read_asked(book: Book) -> Iterator[AskedThing]:
    """What is asked: without what was decided before and is asked about no more."""
    for row in _read(book, "Decisions"):
        if of_whom := _text(row, "of_whom"):
            ref, about, stands, asked = (_text(row, name) for name in ("ref", "about", "stands", "asked"))
            yield AskedThing(ref, about, stands, asked, of_whom, row.get("by_when", ""), _text(row, "rule"))
