"""Answers that may have parted from their rows: sorts, merged cells, and pastes that fell into the rows below.

Each of these is told by a trace that it leaves. Where none can be left (fresh answers sorted within one block of
unlocked cells) nothing is told, and the README says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from plan_sheets.core.answers.tidy import clean_text, is_placeholder
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model.keys import Address, Key, place_of
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import plain, quoted, shorten
from plan_sheets.core.returned.tables import EMPTY, FoundTable, Located, Typed, Unchanged

GOES_ON = re.compile(r"(?:[-\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}*]|\d{1,2}[.)]|[a-z]\))\s|[a-z]")
"""How a text begins that goes on from the one before: with a bullet, a number of a list, or a small letter."""
LEADS_ON = (":", ";", ",", "-", "\N{EN DASH}", "\N{EM DASH}")
"""How a text ends that does not end there."""
OWN_WORDS = 12
"""Characters of a text that two people do not write alike by chance: "Accepted" and "J1" may come to stand anywhere."""
AT_LEAST = 2
"""One text in the wrong place is a slip of its own; an order needs two."""

Place = tuple[int, int]
"""Row and column, both counted from 0."""


def find_reordered_answers(typed: Iterable[Typed], values: Mapping[Key, str]) -> Iterator[tuple[str, str, Address]]:
    """Columns whose prefilled answers came back in another order: (sheet, heading, first address that differs).

    A sort of the unlocked block parts answers from their refs; only prefilled answers leave a trace of it.
    """
    for (sheet, heading), cells in _group_by_column(entry for entry in typed if entry.row.answer is None).items():
        moved = [entry for entry in cells if values.get(entry.key, "") != entry.base]
        came, went = Counter(values.get(entry.key, "") for entry in moved), Counter(entry.base for entry in moved)
        if moved and came == went:
            yield sheet, heading, moved[0].address


def find_moved_answers(
    typed: Iterable[Typed], values: Mapping[Key, str], unchanged: Iterable[Unchanged]
) -> Iterator[tuple[Typed, str]]:
    """The cells that say what went out in another row, which says it no more: (cell, the other row's ref).

    So a sort shows where rows were deleted or answers changed as well.
    """
    stays = {(row.sheet.name, row.row.ref) for row in unchanged}
    cells = [entry for entry in typed if entry.row.answer is None]
    says = {(entry.sheet.name, entry.row.ref, entry.column.heading): entry.cell.entered.strip() for entry in cells}
    for entry in cells:
        text, sheet = values[entry.key], entry.sheet
        if text == entry.base or len(text) < OWN_WORDS:
            continue
        at = sheet.columns.index(entry.column)
        for row in sheet.rows:
            there = (sheet.name, row.ref)
            if not sheet.is_input(row, entry.column):
                continue  # a locked cell still says what it said
            if row.cells[at] == text and there not in stays and says.get((*there, entry.column.heading)) != text:
                yield entry, row.ref
                break


def find_sorted_columns(changed: Iterable[Typed]) -> Iterator[tuple[str, str, Address]]:
    """The columns of locked texts that went over to one another's rows: (sheet, heading, first address).

    `changed` are the locked cells that do not say what they did. A sort that takes along some locked columns and not
    the others leaves answers beside a key that may not be theirs: which of the two moved cannot be told.
    """
    retyped = (entry for entry in changed if plain(entry.cell.text) != plain(entry.base))
    for (sheet, heading), cells in _group_by_column(retyped).items():
        came = Counter(plain(entry.cell.text) for entry in cells)
        if (came & Counter(plain(entry.base) for entry in cells)).total() >= AT_LEAST:
            yield sheet, heading, cells[0].address


def _group_by_column(cells: Iterable[Typed]) -> dict[tuple[str, str], list[Typed]]:
    columns: dict[tuple[str, str], list[Typed]] = {}
    for entry in cells:
        columns.setdefault((entry.sheet.name, entry.column.heading), []).append(entry)
    return columns


def find_merged_cells(located: Located, workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """What there is to say of every merge.

    A merge shows one text over all its cells and hides what lies under it, or has thrown that away: which of them the
    text is about cannot be told, so each is a query. What it hides of all that was sent out is one warning.
    """
    typed, findings = located.typed, list[Finding]()
    tables = {id(table.found): table for table in located.merged}
    for found in (sheet for sheet in workbook.sheets if sheet.merged):
        mine = {cell.address.place: at for at, cell in enumerate(typed) if cell.address.sheet == found.name}
        sent = _list_sent_out(tables[id(found)], mine) if id(found) in tables else []
        for merge in list_merges(found):
            inside = [at for place, at in mine.items() if merge.holds(place)]
            findings += merge.find_queries([typed[at] for at in inside], messages)
            where, *hidden = [Address.at(found.name, *place) for place in (merge.first, *filter(merge.hides, sent))]
            if hidden:
                cells = shorten(", ".join(address.cell for address in hidden))
                findings.append(messages.finding("merge_hides", address=where, area=merge.area, cells=cells))
    return findings


def _list_sent_out(table: FoundTable, mine: Collection[Place]) -> list[Place]:
    """The cells of a table that hold a heading or a locked text: `mine` are those to fill in."""
    columns = {at for name in table.places for at in table.columns(name)}
    rows = sorted({table.heading_row, *(row for row, _ in mine)})
    return [
        (row, column)
        for row in rows
        for column, cell in sorted(table.rows.get(row, {}).items())
        if column in columns and (row, column) not in mine and cell.entered.strip()
    ]


def list_merges(found: FoundSheet) -> Iterator[Merge]:
    """The merges of a found sheet."""
    for area in found.merged:
        first, last = (place_of(corner) for corner in (area.split(":") * 2)[:2])
        yield Merge(area, first, last, found.cells)


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge of a found sheet: its range, its first and last place, and the cells of the sheet."""

    area: str
    first: Place
    last: Place
    cells: Mapping[Place, FoundCell]

    @property
    def shown(self) -> FoundCell:
        """What it shows over all its cells."""
        return self.cells.get(self.first, EMPTY)

    def holds(self, place: Place) -> bool:
        """Whether a place lies in it."""
        return all(first <= at <= last for first, at, last in zip(self.first, place, self.last, strict=True))

    def hides(self, place: Place) -> bool:
        """Whether a place lies under it."""
        return place != self.first and self.holds(place)

    def find_queries(self, cells: Sequence[Typed], messages: Messages) -> Iterator[Finding]:
        """A query for each cell to fill in; none where nothing but the first is one, or where all say the same.

        The first is not asked about if it says what it did, nor on a form: there each answer has a line of its own, and
        what lies under the merge is an error.
        """
        if all(cell.address.place == self.first for cell in cells):
            return
        if len({plain(cell.cell.text) for cell in cells} | {plain(self.shown.text)}) == 1:
            return
        for cell in cells:
            if cell.address.place == self.first and (cell.row.answer or plain(cell.cell.text) == plain(cell.base)):
                continue
            own = cell.cell.entered.strip()
            yield messages.finding(
                "form_merged" if cell.row.answer else "cells_merged" if own else "cells_merged_blank",
                address=cell.address,
                key=cell.key,
                entered=cell.cell.entered,
                area=self.area,
                shown=quoted(self.shown.entered),
                heading=cell.about.title,
                ref=cell.row.ref,
                own=quoted(cell.cell.entered),
            )


def find_spilled_paragraphs(typed: Iterable[Typed]) -> list[tuple[Typed, Typed]]:
    """Texts that may be the next paragraphs of a text above: (cell, the cell in which the text begins).

    Paragraphs pasted into one cell fall into the cells below it. The trace: rows of which nothing else is filled in,
    under a text of the same column. Whoever types no more than one text for each row leaves the same trace: rather
    asked than taken for the wrong row, for such rows lack their stage and RAG and have to be asked about anyway. The
    text in which it begins is taken: it was typed, or pasted, where it stands.
    """
    sheets: dict[str, dict[int, list[Typed]]] = {}
    for entry in typed:
        if entry.row.answer is None and entry.cell.entered.strip() and _is_new(entry) and not _is_tick(entry):
            sheets.setdefault(entry.address.sheet, {}).setdefault(entry.address.place[0], []).append(entry)
    fallen: list[tuple[Typed, Typed]] = []
    for rows in sheets.values():
        visited: set[Address] = set()
        for row, cells in sorted(rows.items()):
            for start in filter(_is_prose, cells):
                if start.address not in visited:
                    run = [start, *_list_below(rows, row, start)]
                    visited.update(entry.address for entry in run)
                    fallen += _find_fallen(run)
    return fallen


def _find_fallen(run: Sequence[Typed]) -> Iterator[tuple[Typed, Typed]]:
    """The texts of a run that may have fallen from one above, with that one.

    Who gives two rows the same words means them for each; and in rows with one cell to fill in every answer stands
    alone. There only a text that goes on is a trace.
    """
    times, above = Counter(plain(entry.cell.text) for entry in run), _find_continued(run)
    for place, entry in enumerate(run[1:], 1):
        if times[plain(entry.cell.text)] == 1 and _has_several(entry):
            yield entry, run[0]
        elif above is not None and place > above:
            yield entry, run[above]


def _is_tick(entry: Typed) -> bool:
    """Whether a checkbox stands there, ticked or not."""
    return entry.cell.kind is CellKind.BOOLEAN


def _has_several(entry: Typed) -> bool:
    """Whether more than one cell of the row may be filled in: of a single one it tells nothing that it stands alone."""
    inputs = {column.field.name for column in entry.sheet.columns if column.input}
    return len(inputs if entry.row.inputs is None else inputs & entry.row.inputs) >= AT_LEAST


def _is_prose(entry: Typed) -> bool:
    """Whether somebody typed a text of their own words here."""
    about = entry.column.field
    words = about.type == "string" and not (about.format or about.choices or entry.column.choices)
    return (
        words
        and entry.cell.kind is CellKind.TEXT
        and _is_new(entry)
        and not is_placeholder(clean_text(entry.cell.text))
    )


def _is_new(entry: Typed) -> bool:
    return plain(entry.cell.text) != plain(entry.base)


def _list_below(rows: Mapping[int, list[Typed]], row: int, start: Typed) -> list[Typed]:
    """The cells straight below one that are all that is filled in in their rows, and went out blank."""
    name = start.column.field.name
    following = (rows.get(place, []) for place in range(row + 1, row + 1 + len(rows)))
    alone = takewhile(lambda cells: [cell.column.field.name for cell in cells] == [name], following)
    return [*takewhile(lambda cell: _is_prose(cell) and not cell.base, (cells[0] for cells in alone))]


def _find_continued(cells: Sequence[Typed]) -> int | None:
    """The place of the first text that leads on to the next, or that the next goes on from; None if there is none.

    Who begins every text with a small letter or a dash does not go on with it.
    """
    texts = [entry.cell.text.strip() for entry in cells]
    for place, (text, following) in enumerate(pairwise(texts)):
        goes_on = GOES_ON.match(following) and not GOES_ON.match(text) and plain(text) != plain(following)
        if goes_on or text.endswith(LEADS_ON):
            return place
    return None
