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
    for (sheet, heading), cells in _columns(one for one in typed if one.row.answer is None).items():
        moved = [one for one in cells if values.get(one.key, "") != one.base]
        came, went = Counter(values.get(one.key, "") for one in moved), Counter(one.base for one in moved)
        if moved and came == went:
            yield sheet, heading, moved[0].address


def find_moved_answers(
    typed: Iterable[Typed], values: Mapping[Key, str], unchanged: Iterable[Unchanged]
) -> Iterator[tuple[Typed, str]]:
    """The cells that say what went out in another row, which says it no more: (cell, the other row's ref).

    So a sort shows where rows were deleted or answers changed as well.
    """
    stays = {(one.sheet.name, one.row.ref) for one in unchanged}
    cells = [one for one in typed if one.row.answer is None]
    says = {(one.sheet.name, one.row.ref, one.column.heading): one.cell.entered.strip() for one in cells}
    for one in cells:
        text, sheet = values[one.key], one.sheet
        if text == one.base or len(text) < OWN_WORDS:
            continue
        at = sheet.columns.index(one.column)
        for other in sheet.rows:
            there = (sheet.name, other.ref)
            if not sheet.is_input(other, one.column):
                continue  # a locked cell still says what it said
            if other.cells[at] == text and there not in stays and says.get((*there, one.column.heading)) != text:
                yield one, other.ref
                break


def find_sorted_columns(changed: Iterable[Typed]) -> Iterator[tuple[str, str, Address]]:
    """The columns of locked texts that went over to one another's rows: (sheet, heading, first address).

    `changed` are the locked cells that do not say what they did. A sort that takes along some locked columns and not
    the others leaves answers beside a key that may not be theirs: which of the two moved cannot be told.
    """
    retyped = (one for one in changed if plain(one.cell.text) != plain(one.base))
    for (sheet, heading), cells in _columns(retyped).items():
        came = Counter(plain(one.cell.text) for one in cells)
        if (came & Counter(plain(one.base) for one in cells)).total() >= AT_LEAST:
            yield sheet, heading, cells[0].address


def _columns(cells: Iterable[Typed]) -> dict[tuple[str, str], list[Typed]]:
    columns: dict[tuple[str, str], list[Typed]] = {}
    for one in cells:
        columns.setdefault((one.sheet.name, one.column.heading), []).append(one)
    return columns


def find_merged_cells(shape: Located, workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """What there is to say of every merge.

    A merge shows one text over all its cells and hides what lies under it, or has thrown that away: which of them the
    text is about cannot be told, so each is a query. What it hides of all that was sent out is one warning.
    """
    typed, findings = shape.typed, list[Finding]()
    tables = {id(table.found): table for table in shape.merged}
    for found in (sheet for sheet in workbook.sheets if sheet.merged):
        mine = {cell.address.place: at for at, cell in enumerate(typed) if cell.address.sheet == found.name}
        sent = _sent_out(tables[id(found)], mine) if id(found) in tables else []
        for merge in merges_of(found):
            inside = [at for place, at in mine.items() if merge.holds(place)]
            findings += merge.asked([typed[at] for at in inside], messages)
            where, *hidden = [Address.at(found.name, *place) for place in (merge.first, *filter(merge.hides, sent))]
            if hidden:
                cells = shorten(", ".join(address.cell for address in hidden))
                findings.append(messages.finding("merge_hides", address=where, area=merge.area, cells=cells))
    return findings


def _sent_out(table: FoundTable, mine: Collection[Place]) -> list[Place]:
    """The cells of a table that hold a heading or a locked text: `mine` are those to fill in."""
    columns = {at for name in table.places for at in table.columns(name)}
    rows = sorted({table.heading_row, *(row for row, _ in mine)})
    return [
        (row, column)
        for row in rows
        for column, cell in sorted(table.rows.get(row, {}).items())
        if column in columns and (row, column) not in mine and cell.entered.strip()
    ]


def merges_of(found: FoundSheet) -> Iterator[Merge]:
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

    def asked(self, cells: Sequence[Typed], messages: Messages) -> Iterator[Finding]:
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
    for one in typed:
        if one.row.answer is None and one.cell.entered.strip() and _is_new(one) and not _is_tick(one):
            sheets.setdefault(one.address.sheet, {}).setdefault(one.address.place[0], []).append(one)
    fallen: list[tuple[Typed, Typed]] = []
    for rows in sheets.values():
        seen: set[Address] = set()
        for row, cells in sorted(rows.items()):
            for start in filter(_is_prose, cells):
                if start.address not in seen:
                    run = [start, *_below(rows, row, start)]
                    seen.update(one.address for one in run)
                    fallen += _fallen(run)
    return fallen


def _fallen(run: Sequence[Typed]) -> Iterator[tuple[Typed, Typed]]:
    """The texts of a run that may have fallen from one above, with that one.

    Who gives two rows the same words means them for each; and in rows with one cell to fill in every answer stands
    alone. There only a text that goes on is a trace.
    """
    times, above = Counter(plain(one.cell.text) for one in run), _goes_on(run)
    for place, one in enumerate(run[1:], 1):
        if times[plain(one.cell.text)] == 1 and _has_several(one):
            yield one, run[0]
        elif above is not None and place > above:
            yield one, run[above]


def _is_tick(one: Typed) -> bool:
    """Whether a checkbox stands there, ticked or not."""
    return one.cell.kind is CellKind.BOOLEAN


def _has_several(one: Typed) -> bool:
    """Whether more than one cell of the row may be filled in: of a single one it tells nothing that it stands alone."""
    inputs = {column.field.name for column in one.sheet.columns if column.input}
    return len(inputs if one.row.inputs is None else inputs & one.row.inputs) >= AT_LEAST


def _is_prose(one: Typed) -> bool:
    """Whether somebody typed a text of their own words here."""
    about = one.column.field
    words = about.type == "string" and not (about.format or about.choices or one.column.choices)
    return words and one.cell.kind is CellKind.TEXT and _is_new(one) and not is_placeholder(clean_text(one.cell.text))


def _is_new(one: Typed) -> bool:
    return plain(one.cell.text) != plain(one.base)


def _below(rows: Mapping[int, list[Typed]], row: int, start: Typed) -> list[Typed]:
    """The cells straight below one that are all that is filled in in their rows, and went out blank."""
    name = start.column.field.name
    following = (rows.get(place, []) for place in range(row + 1, row + 1 + len(rows)))
    alone = takewhile(lambda cells: [cell.column.field.name for cell in cells] == [name], following)
    return [*takewhile(lambda cell: _is_prose(cell) and not cell.base, (cells[0] for cells in alone))]


def _goes_on(cells: Sequence[Typed]) -> int | None:
    """The place of the first text that leads on to the next, or that the next goes on from; None if there is none.

    Who begins every text with a small letter or a dash does not go on with it.
    """
    texts = [one.cell.text.strip() for one in cells]
    for place, (one, other) in enumerate(pairwise(texts)):
        goes_on = GOES_ON.match(other) and not GOES_ON.match(one) and plain(one) != plain(other)
        if goes_on or one.endswith(LEADS_ON):
            return place
    return None
