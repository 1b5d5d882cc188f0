"""What differs between two masters, cell by cell: the sheet What differs of an edition, and the command `differ`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from plan_sheets.core.book.compose import KEY, RowFacts
from plan_sheets.core.book.layout import Book, Column, Row, Sheet, as_text
from plan_sheets.core.rating.plan_rows import parent, subgroups_of
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.changes import describe_source
from plan_sheets.core.sheets.rag_status import few

SHEET = "What differs"
"""The sheet that tells it; it is not compared, nor is About, which says what a workbook is."""
_NOT_COMPARED = (SHEET, "About", "Contents")
ABOVE, ROW = "Text above the table", "The whole row"
"""What stands instead of a heading, where it is no single cell that differs."""
_SENTENCE = re.compile(r"(?<=[.:])\s+(?=[A-Z0-9])")


class Difference(NamedTuple):
    """One thing that differs. `ref`: of the row, "" above the table; `before`, `after`: "" where there is nothing."""

    sheet: str
    ref: str
    heading: str
    before: str
    after: str


def find_differences(before: Book, after: Book) -> Iterator[Difference]:
    """All that differs between two masters, in the order of the sheets of `after`; what only one has comes whole."""
    old = {sheet.name: sheet for sheet in before.sheets if sheet.name not in _NOT_COMPARED}
    new = {sheet.name: sheet for sheet in after.sheets if sheet.name not in _NOT_COMPARED}
    for name in dict.fromkeys((*new, *old)):
        if name in old and name in new:
            yield from _find_in_sheet(old[name], new[name])
        else:
            there = name in old
            yield Difference(name, "", "The whole sheet", "There" if there else "", "" if there else "There")


def _find_in_sheet(old: Sheet, new: Sheet) -> Iterator[Difference]:
    yield from _find_above(old, new)
    if _is_numbered(old) and _is_numbered(new):
        yield from _find_numbered(old, new)
        return
    rows, earlier = _index(new), _index(old)
    for place in dict.fromkeys((*rows, *earlier)):
        if place in rows and place in earlier:
            yield from _find_in_row(new.name, place[0], earlier[place], rows[place])
        else:
            there = place in earlier
            said = _say_row(earlier[place] if there else rows[place])
            yield Difference(new.name, place[0], ROW, said if there else "", "" if there else said)


def _find_above(old: Sheet, new: Sheet) -> Iterator[Difference]:
    """Sentences above a table that only one of the two has; what each says of itself is left out."""
    before, after = _list_sentences(old), _list_sentences(new)
    gone, come = before - after, after - before
    if gone or come:
        yield Difference(new.name, "", ABOVE, " ".join(gone.elements()), " ".join(come.elements()))


def _list_sentences(sheet: Sheet) -> Counter[str]:
    text = " ".join(sheet.lines)
    return Counter(
        part for part in _SENTENCE.split(text) if part and not part.startswith(("This edition", "This draft"))
    )


def _is_numbered(sheet: Sheet) -> bool:
    """Whether the rows have no refs, only numbers: another row before them gives them another one."""
    return all(row.ref.isdigit() or not row.ref for row in sheet.rows)


def _find_numbered(old: Sheet, new: Sheet) -> Iterator[Difference]:
    """Rows that only one of the two sheets has, whatever their numbers."""
    before, after = (Counter(_say_row(_texts(sheet, row), numbered=True) for row in sheet.rows) for sheet in (old, new))
    yield from (Difference(new.name, "", ROW, said, "") for said in (before - after).elements())
    yield from (Difference(new.name, "", ROW, "", said) for said in (after - before).elements())


_Texts = Mapping[str, str]
"""The texts of a row, by heading."""


def _index(sheet: Sheet) -> dict[tuple[str, int], _Texts]:
    """Each row by its ref, and which one of that ref it is."""
    seen = Counter[str]()
    found = {}
    for row in sheet.rows:
        seen[row.ref] += 1
        found[row.ref, seen[row.ref]] = _texts(sheet, row)
    return found


def _texts(sheet: Sheet, row: Row) -> _Texts:
    cells = zip(sheet.columns, row.cells, strict=True)
    return {column.heading: as_text(content) for column, content in cells if not _is_key(column)}


def _is_key(column: Column) -> bool:
    return column.field.name == KEY.name


def _say_row(texts: _Texts, *, numbered: bool = False) -> str:
    """What a row says, cell by cell; `numbered`: without its number."""
    told = [*texts.items()][1 if numbered else 0 :]
    return "; ".join(f"{heading}: {text}" for heading, text in told if text)


def _find_in_row(sheet: str, ref: str, old: _Texts, new: _Texts) -> Iterator[Difference]:
    for heading in dict.fromkeys((*new, *old)):
        before, after = old.get(heading, ""), new.get(heading, "")
        if before != after:
            yield Difference(sheet, ref, heading, before, after)


MOST_NAMED = 4
FOLLOWS = "Nothing new was said about it: it follows from what was said elsewhere."


def explain_by(snapshot: Snapshot, since: int, up_to: int | None = None) -> Callable[[str], str]:
    """Why something differs, by the ref of its row: who has said what about it, or about what belongs to it.

    Only values after `since` count, up to `up_to` (None: all), both as `Held.seq`; and none of a later round.
    """
    told: dict[str, dict[str, None]] = {}
    for values in snapshot.history.by_key.values():
        for held in values:
            if held.seq > since and (up_to is None or held.seq <= up_to) and held.round <= snapshot.code:
                words = describe_source(snapshot, held.source)
                for ref in _list_concerned(snapshot, held.key.ref.partition("/")[0]):
                    told.setdefault(ref, {})[words] = None

    def explain(ref: str) -> str:
        """Who said it, or what else there is to say."""
        return few([*told.get(ref.partition(",")[0].partition("/")[0], ())], MOST_NAMED, "; ") or FOLLOWS

    return explain


def _list_concerned(snapshot: Snapshot, ref: str) -> set[str]:
    """The refs of the rows of which a fact about `ref` may change something; "" is what stands above the tables."""
    theme = snapshot.rows["action"].get(ref, {}).get("theme", "")
    priority = parent(theme or ref)
    board = snapshot.rows["priority"].get(priority, {}).get("board", "")
    groups = subgroups_of(snapshot.rows, ref) if theme else ()
    return {"", ref, theme, priority, board, *groups}


def difference_rows(differences: Sequence[Difference], explain: Callable[[str], str]) -> Iterator[RowFacts]:
    """The rows of the sheet that tells what differs. `explain`: why, for the ref of a row."""
    for number, difference in enumerate(differences, start=1):
        yield RowFacts(
            str(number),
            {
                "sheet": difference.sheet,
                "about": difference.ref,
                "what": difference.heading,
                "before": difference.before,
                "after": difference.after,
                "why": explain(difference.ref),
            },
        )
