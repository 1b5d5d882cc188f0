"""How far each theme has been thought through: what stands under each consideration, in a word, and for how long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.text import count_words, shorten
from plan_sheets.core.rating.ages import age_words, row_since, since_of
from plan_sheets.core.rating.open_questions import asks, question_in
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.snapshot import Snapshot

LONGEST_TEXT = 80
"""The longest question or reason shown here (characters); the sheet Grid has the whole text."""
_NOT_APPLICABLE = re.compile(r"(?:not applicable|n/a)(?!\w)", re.IGNORECASE)


class Cover(StrEnum):
    """What stands under a consideration, in the order in which it is counted."""

    ANSWERED = "answered"
    QUESTION = "a question"
    NOT_APPLICABLE = "not applicable"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Covered:
    """One theme under one consideration. `since`: the code of the round since which it has been so."""

    theme: str
    consideration: str
    cover: Cover
    text: str
    since: str


def cover_of(text: str) -> Cover:
    """What a text counts as: blank, a question (it ends with `?`), not applicable (it begins so), or an answer."""
    if not text:
        return Cover.BLANK
    if asks(text):
        return Cover.QUESTION
    return Cover.NOT_APPLICABLE if _NOT_APPLICABLE.match(text) else Cover.ANSWERED


def themes(snapshot: Snapshot) -> list[str]:
    """The refs of what the considerations are asked of: all in the grid, and what it leaves out.

    It may leave out a priority that has themes, and one of which it is in question whether it is one.
    """
    rows = snapshot.rows["priority"]
    with_themes = {parent(ref) for ref in rows if parent(ref) != ref}
    left_out = [ref for ref, row in rows.items() if ref not in with_themes and row["agreement"] != "Question"]
    return sorted({*snapshot.rows["grid"], *left_out}, key=ref_order)


def covered(snapshot: Snapshot) -> Iterator[Covered]:
    """Every theme under every consideration, by theme."""
    for theme in themes(snapshot):
        row = snapshot.rows["grid"].get(theme)
        began = row_since(snapshot, "grid" if row else "priority", theme)
        for name in snapshot.considerations:
            key = Key("grid", theme, name)
            text = row[name] if row else ""
            if not text and key in snapshot.asked:
                yield Covered(theme, name, Cover.QUESTION, "", snapshot.asked[key])
            else:
                since = since_of(snapshot.history, key, snapshot.code, cover_of) if row else None
                yield Covered(theme, name, cover_of(text), text, since or began)


def coverage_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """One row for each theme, a word under each consideration."""
    found: dict[str, list[Covered]] = {}
    for cell in covered(snapshot):
        found.setdefault(cell.theme, []).append(cell)
    for theme, those in found.items():
        answered = sum(cell.cover is Cover.ANSWERED for cell in those)
        contents = {
            "theme": snapshot.rows["priority"].get(theme, {}).get("title", ""),
            "covered": f"{answered} of {len(those)}",
        }
        yield RowFacts(theme, contents | {cell.consideration: _words(snapshot, cell) for cell in those})


def _words(snapshot: Snapshot, cell: Covered) -> str:
    age = f", {age_words(snapshot, cell.since)}" if snapshot.round else ""
    if cell.cover is Cover.NOT_APPLICABLE:
        text = shorten(_NOT_APPLICABLE.sub("Not applicable", cell.text, count=1), LONGEST_TEXT)
        return text if text.removesuffix(".") != "Not applicable" else "Not applicable, no reason given"
    text = f": {question_in(cell.text, LONGEST_TEXT)}" if cell.cover is Cover.QUESTION and cell.text else ""
    return f"{cell.cover.capitalize()}{age}{text}"


def coverage_lines(snapshot: Snapshot) -> Iterator[str]:
    """How many of what, in all and by consideration."""
    those = [*covered(snapshot)]
    if not those:
        return
    counts = Counter(cell.cover for cell in those)
    considerations = count_words(len(snapshot.considerations), "consideration")
    yield f"{count_words(len({cell.theme for cell in those}), 'theme')} by {considerations}: {_counted(counts)}."
    counted = (
        f"{title}: {_counted(Counter(cell.cover for cell in those if cell.consideration == name))}"
        for name, title in snapshot.considerations.items()
    )
    yield f"{'; '.join(counted)}."


def _counted(counts: Mapping[Cover, int]) -> str:
    return ", ".join(f"{cover} {counts[cover]}" for cover in Cover if counts[cover])
