"""The lines of the first page: each is one cell that spills to the right, whole sentences, and no name in it is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from plan_sheets.core.book.layout import Line
from plan_sheets.core.book.measure import text_points
from plan_sheets.core.rating.plan_rows import parent, who_answers
from plan_sheets.core.rating.snapshot import Snapshot

LONGEST_LINE = 150
"""The most characters of a line."""
WIDEST_LINE = 780.0
"""The most points of a line: no wider than the table below it, for a wider one would shrink the printed page."""
LONGEST_NAME = 60
"""A longer title (characters) does not stand on a line: its ref does, and the table or the sheet named has it whole."""
_MOST_TRIED = 40
"""More things than these surely do not fit in a line."""
_BOLD_ROOM = 1.06
"""How much wider a line may be than its letters: some of them are bold."""

NOWHERE = ""
"""Instead of the sheet that has the rest: there is none, for it is a paper and no line, where all has room."""

Thing = TypeVar("Thing")
Piece = tuple[str, str]
"""What begins in bold, and how it goes on; the second may be blank."""


def fits(text: str) -> bool:
    """Whether a text fits in one line."""
    return len(text) <= LONGEST_LINE and text_points(text) * _BOLD_ROOM <= WIDEST_LINE


def line(lead: str, rest: str = "") -> Line:
    """A line with a bold lead."""
    return Line((lead, f" {rest}") if rest else (lead,))


def section(title: str) -> Line:
    """A heading above lines."""
    return Line((title,), "section")


def fitted(things: Sequence[Thing], where: str, before: str, *ways: Callable[[Sequence[Thing]], str]) -> str:
    """These things as they fit in the line that begins with `before`, said in the first of the `ways` that has room.

    Where none has, as many as fit in the last way, and how many more there are on the sheet `where`; all of them in
    the first way if that is `NOWHERE`.
    """
    if where == NOWHERE:
        return f"{ways[0](things)}."
    for say in ways if len(things) <= _MOST_TRIED else ():
        if fits(f"{before} {(text := f'{say(things)}.')}"):
            return text
    for many in range(min(len(things) - 1, _MOST_TRIED), 0, -1):
        text = f"{ways[-1](things[:many])}; and {len(things) - many} more: {where}."
        if fits(f"{before} {text}"):
            return text
    return f"all {len(things)} on {where}." if len(things) > 1 else f"see {where}."


def first_that_fits(texts: Iterable[str], before: str = "") -> str:
    """The first text that fits in the line that begins with `before`; where none does, the last."""
    text = ""
    for text in texts:
        if fits(f"{before} {text}"):
            break
    return text


def packed(pieces: Iterable[Piece]) -> Iterator[Line]:
    """The pieces in order, as many on each line as it holds."""
    parts: tuple[str, ...] = ()
    for lead, rest in pieces:
        more = (lead, f" {rest}")
        if parts and not fits(" ".join(("".join(parts), *more))):
            yield Line(parts)
            parts = ()
        parts = (*parts[:-1], f"{parts[-1]} ", *more) if parts else more
    if parts:
        yield Line(parts)


def short(name: str) -> str:
    """A name, if it is short enough for a line; else nothing."""
    return name if len(name) <= LONGEST_NAME else ""


def short_title(snapshot: Snapshot, record: str, ref: str) -> str:
    """The short title that the plan gives a priority or an action; "" if it gives none."""
    return snapshot.history.text(record, ref, "short_title", snapshot.code)


def title_of(snapshot: Snapshot, ref: str) -> str:
    """The short title of a priority or theme; else its title if that fits in a line; else nothing."""
    return short_title(snapshot, "priority", ref) or short(snapshot.title(ref))


def name_of(snapshot: Snapshot, ref: str) -> str:
    """An action, a priority or a subgroup, as a line names it: the ref with the short title; the subgroup's name.

    Of an action that has no short title, the ref with the title of its priority; of one that went on, as what.
    """
    if ref in snapshot.rows["action"]:
        title = short_title(snapshot, "action", ref)
        of = title_of(snapshot, parent(snapshot.rows["action"][ref]["theme"]))
        return f"{ref} {title}" if title else f"{ref} of {of}" if of else ref
    if ref in snapshot.rows["priority"]:
        return f"{ref} {title_of(snapshot, ref)}".strip()
    if ref in snapshot.succession.after:
        return f"{ref} (now {snapshot.succession.describe(ref)})"
    return short(snapshot.subgroup(ref)) or ref


def subgroup_of(snapshot: Snapshot, ref: str) -> str:
    """Who answers for an action, as a line names it; "" if nobody does, or the name is too long for a line."""
    return short(who_answers(snapshot.rows, ref))


def placed(snapshot: Snapshot, refs: Sequence[str]) -> str:
    """Refs of actions, each with the title of its priority behind it or behind the last one of the same."""
    below: dict[str, list[str]] = {}
    for ref in refs:
        row = snapshot.gone[ref].row if ref in snapshot.gone else snapshot.rows["action"].get(ref, {})
        theme = row.get("theme", "") or (ref if ref in snapshot.rows["priority"] else "")
        below.setdefault(title_of(snapshot, parent(theme)) if theme else "", []).append(ref)
    return ", ".join(f"{', '.join(those)} ({title})" if title else ", ".join(those) for title, those in below.items())


def grouped(say: Callable[[Sequence[str]], str], between: str = " ") -> Callable[[Sequence[Piece]], str]:
    """Says refs, and what is said of each: `J2c.1 (Mental health) Amber to Red; S2.1 (Thresholds) Green to Red`."""

    def say_groups(things: Sequence[Piece]) -> str:
        groups: dict[str, list[str]] = {}
        for what, ref in things:
            groups.setdefault(what, []).append(ref)
        return "; ".join(f"{say(refs)}{between}{what}" for what, refs in groups.items())

    return say_groups


def refs_alone(refs: Sequence[str]) -> str:
    """Refs without a name: where there is no room for names."""
    return ", ".join(refs)
