"""Finds answers that may stand in the wrong row: after a sort, a merge, or a paste that spilled into the rows below.

Each of these is found by a trace that it leaves. New answers that were sorted within one block of unlocked cells leave
no trace and are not found; the README says so.
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
from plan_sheets.core.returned.tables import EMPTY, FoundTable, LocatedCell, LocatedWorkbook, UnchangedRow

GOES_ON = re.compile(r"(?:[-\N{EN DASH}\N{EM DASH}\N{BULLET}\N{MIDDLE DOT}*]|\d{1,2}[.)]|[a-z]\))\s|[a-z]")
"""A text that begins like this continues the one before: a bullet, the number of a list, or a small letter."""
LEADS_ON = (":", ";", ",", "-", "\N{EN DASH}", "\N{EM DASH}")
"""A text that ends like this is continued by the next one."""
OWN_WORDS = 12
"""From this many characters on, nobody writes the same text by chance; "Accepted" and "J1" may stand in any row."""
AT_LEAST = 2
"""How many texts must have moved to count as a new order; a single one is an ordinary slip."""

Place = tuple[int, int]
"""Row and column, both counted from 0."""


def find_reordered_answers(
    typed: Iterable[LocatedCell], values: Mapping[Key, str]
) -> Iterator[tuple[str, str, Address]]:
    """Find columns whose prefilled answers came back in another order: (sheet, heading, first address that differs).

    Sorting the unlocked cells separates answers from their refs; only prefilled answers leave a trace of that.
    """
    for (sheet, heading), cells in _group_by_column(entry for entry in typed if entry.row.answer is None).items():
        moved = [entry for entry in cells if values.get(entry.key, "") != entry.base]
        came, went = Counter(values.get(entry.key, "") for entry in moved), Counter(entry.base for entry in moved)
        if moved and came == went:
            yield sheet, heading, moved[0].address


def find_moved_answers(
    typed: Iterable[LocatedCell], values: Mapping[Key, str], unchanged: Iterable[UnchangedRow]
) -> Iterator[tuple[LocatedCell, str]]:
    """Find cells with the text issued in another row that no longer has it: (cell, ref of the other row).

    This finds a sort even if rows were deleted or answers were changed as well.
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
                continue  # a locked cell keeps its text
            if row.cells[at] == text and there not in stays and says.get((*there, entry.column.heading)) != text:
                yield entry, row.ref
                break


def find_sorted_columns(changed: Iterable[LocatedCell]) -> Iterator[tuple[str, str, Address]]:
    """Find columns whose locked texts have changed rows with one another: (sheet, heading, first address).

    `changed` are the locked cells whose text is not the issued one. If a sort moves some locked columns and not the
    others, answers may stand beside the key of another row: nobody can tell whether answers or keys moved.
    """
    retyped = (entry for entry in changed if plain(entry.cell.text) != plain(entry.base))
    for (sheet, heading), cells in _group_by_column(retyped).items():
        came = Counter(plain(entry.cell.text) for entry in cells)
        if (came & Counter(plain(entry.base) for entry in cells)).total() >= AT_LEAST:
            yield sheet, heading, cells[0].address


def _group_by_column(cells: Iterable[LocatedCell]) -> dict[tuple[str, str], list[LocatedCell]]:
    columns: dict[tuple[str, str], list[LocatedCell]] = {}
    for entry in cells:
        columns.setdefault((entry.sheet.name, entry.column.heading), []).append(entry)
    return columns


def find_merged_cells(located: LocatedWorkbook, workbook: FoundWorkbook, messages: Messages) -> list[Finding]:
    """Report every merge of cells.

    A merge shows one text over all its cells and hides or deletes their own texts. Nobody can tell which rows the text
    is about, so each input cell is a query. The issued texts that a merge hides are one warning.
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
    """The places of the headings and locked texts of a table. `mine`: the places of its input cells."""
    columns = {at for name in table.places for at in table.columns(name)}
    rows = sorted({table.heading_row, *(row for row, _ in mine)})
    return [
        (row, column)
        for row in rows
        for column, cell in sorted(table.rows.get(row, {}).items())
        if column in columns and (row, column) not in mine and cell.entered.strip()
    ]


def list_merges(found: FoundSheet) -> Iterator[Merge]:
    """List the merges of a found sheet."""
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
        """The cell whose text is shown over the whole merge."""
        return self.cells.get(self.first, EMPTY)

    def holds(self, place: Place) -> bool:
        """Whether a place is part of the merge."""
        return all(first <= at <= last for first, at, last in zip(self.first, place, self.last, strict=True))

    def hides(self, place: Place) -> bool:
        """Whether the merge covers the text of this place."""
        return place != self.first and self.holds(place)

    def find_queries(self, cells: Sequence[LocatedCell], messages: Messages) -> Iterator[Finding]:
        """Ask about each input cell, unless only the first cell is one, or all have the same text.

        The first cell is not asked about if its text is the issued one, nor on a form: there each answer has its own
        row, and the cells under the merge are errors.
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


def find_spilled_paragraphs(typed: Iterable[LocatedCell]) -> list[tuple[LocatedCell, LocatedCell]]:
    """Find texts that may be further paragraphs of a text above: (cell, the cell in which the text begins).

    Paragraphs pasted into one cell spill into the cells below it. The trace: rows in which nothing else is filled in,
    under a text of the same column. Somebody who types one text in each row leaves the same trace. Such rows are asked
    about as well: they lack their stage and RAG, so the officer has to ask anyway. The first text is taken, because it
    was typed or pasted where it stands.
    """
    sheets: dict[str, dict[int, list[LocatedCell]]] = {}
    for entry in typed:
        if entry.row.answer is None and entry.cell.entered.strip() and _is_new(entry) and not _is_tick(entry):
            sheets.setdefault(entry.address.sheet, {}).setdefault(entry.address.place[0], []).append(entry)
    fallen: list[tuple[LocatedCell, LocatedCell]] = []
    for rows in sheets.values():
        visited: set[Address] = set()
        for row, cells in sorted(rows.items()):
            for start in filter(_is_prose, cells):
                if start.address not in visited:
                    run = [start, *_list_below(rows, row, start)]
                    visited.update(entry.address for entry in run)
                    fallen += _find_fallen(run)
    return fallen


def _find_fallen(run: Sequence[LocatedCell]) -> Iterator[tuple[LocatedCell, LocatedCell]]:
    """The texts of a run that may belong to a text above: (cell, the cell above).

    A text that stands twice is meant for each of its rows, and in rows with a single input cell every answer stands
    alone. There a text counts only if it continues the one before.
    """
    times, above = Counter(plain(entry.cell.text) for entry in run), _find_continued(run)
    for place, entry in enumerate(run[1:], 1):
        if times[plain(entry.cell.text)] == 1 and _has_several(entry):
            yield entry, run[0]
        elif above is not None and place > above:
            yield entry, run[above]


def _is_tick(entry: LocatedCell) -> bool:
    """Whether the cell holds a checkbox, ticked or not."""
    return entry.cell.kind is CellKind.BOOLEAN


def _has_several(entry: LocatedCell) -> bool:
    """Whether the row has more than one input cell: if it has only one, its answer always stands alone."""
    inputs = {column.field.name for column in entry.sheet.columns if column.input}
    return len(inputs if entry.row.inputs is None else inputs & entry.row.inputs) >= AT_LEAST


def _is_prose(entry: LocatedCell) -> bool:
    """Whether the cell holds a new text in somebody's own words."""
    about = entry.column.field
    words = about.type == "string" and not (about.format or about.choices or entry.column.choices)
    return (
        words
        and entry.cell.kind is CellKind.TEXT
        and _is_new(entry)
        and not is_placeholder(clean_text(entry.cell.text))
    )


def _is_new(entry: LocatedCell) -> bool:
    return entry.cell.text != entry.base and plain(entry.cell.text) != plain(entry.base)


def _list_below(rows: Mapping[int, list[LocatedCell]], row: int, start: LocatedCell) -> list[LocatedCell]:
    """The cells directly below a cell that were issued blank and are the only ones filled in in their rows."""
    name = start.column.field.name
    following = (rows.get(place, []) for place in range(row + 1, row + 1 + len(rows)))
    alone = takewhile(lambda cells: [cell.column.field.name for cell in cells] == [name], following)
    return [*takewhile(lambda cell: _is_prose(cell) and not cell.base, (cells[0] for cells in alone))]


def _find_continued(cells: Sequence[LocatedCell]) -> int | None:
    """The index of the first text that the next one continues; None if there is none.

    If both begin with a small letter or a dash, that is how somebody writes, and no trace.
    """
    texts = [entry.cell.text.strip() for entry in cells]
    for place, (text, following) in enumerate(pairwise(texts)):
        goes_on = GOES_ON.match(following) and not GOES_ON.match(text) and plain(text) != plain(following)
        if goes_on or text.endswith(LEADS_ON):
            return place
    return None
