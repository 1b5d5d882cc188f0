"""Answers that may have parted from their rows: sorts, merged cells, and pastes that fell into the rows below.

Each of these is told by a trace that it leaves. Where none can be left (fresh answers sorted within one block of
unlocked cells) nothing is told, and the README says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise, takewhile

from plan_sheets.core.found import CellKind, FoundCell, FoundWorkbook
from plan_sheets.core.located import EMPTY, Typed, Unchanged, plain
from plan_sheets.core.messages import Messages, shorten
from plan_sheets.core.model import Address, Finding, Key, place_of

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


def permuted(typed: Iterable[Typed], values: Mapping[Key, str]) -> Iterator[tuple[str, str, Address]]:
    """Columns whose prefilled answers came back in another order: (sheet, heading, first address that differs).

    A sort of the unlocked block parts answers from their refs; only prefilled answers leave a trace of it.
    """
    for (sheet, heading), cells in _columns(one for one in typed if one.row.answer is None).items():
        moved = [one for one in cells if values.get(one.key, "") != one.base]
        came, went = Counter(values.get(one.key, "") for one in moved), Counter(one.base for one in moved)
        if moved and came == went:
            yield sheet, heading, moved[0].address


def strayed(
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


def parted(changed: Iterable[Typed]) -> Iterator[tuple[str, str, Address]]:
    """The columns of locked texts that went over to one another's rows: (sheet, heading, first address).

    `changed` are the locked cells that do not say what they did. A sort that takes along some locked columns and not
    the others leaves answers beside a key that may not be theirs: which of the two moved cannot be told.
    """
    for (sheet, heading), cells in _columns(changed).items():
        came = Counter(plain(one.cell.text) for one in cells)
        if (came & Counter(plain(one.base) for one in cells)).total() >= AT_LEAST:
            yield sheet, heading, cells[0].address


def _columns(cells: Iterable[Typed]) -> dict[tuple[str, str], list[Typed]]:
    columns: dict[tuple[str, str], list[Typed]] = {}
    for one in cells:
        columns.setdefault((one.sheet.name, one.column.heading), []).append(one)
    return columns


def merged(typed: list[Typed], workbook: FoundWorkbook, messages: Messages) -> tuple[list[Typed], list[Finding]]:
    """The cells with what each shows where cells to fill in were merged, and a query for every such cell.

    A merge keeps the first text only and shows it over all its cells: which of them it is about cannot be told.
    """
    shown, findings = list(typed), []
    for found in (one for one in workbook.sheets if one.merged):
        mine = {one.address.place: at for at, one in enumerate(typed) if one.address.sheet == found.name}
        for area in found.merged:
            first, last = (place_of(corner) for corner in (area.split(":") * 2)[:2])
            inside = [at for place, at in mine.items() if _lies_in(place, first, last)]
            text = found.cells.get(first, EMPTY)
            if all(typed[at].address.place == first for at in inside) or not (
                text.entered.strip() or any(typed[at].base or typed[at].cell.entered for at in inside)
            ):
                continue
            names = ", ".join(f"{typed[at].column.heading} of {typed[at].row.ref}" for at in inside)
            for at in inside:
                shown[at] = typed[at]._replace(cell=_shown(typed[at], first, text))
                told = {"area": area, "names": shorten(names), "shown": shorten(text.entered)}
                findings.append(
                    messages.finding(
                        "cells_merged",
                        address=typed[at].address,
                        key=typed[at].key,
                        entered=shown[at].cell.entered,
                        **told,
                    )
                )
    return shown, findings


def _shown(one: Typed, first: Place, text: FoundCell) -> FoundCell:
    """What a merged cell shows to whoever reads its column; a text of another column is no answer here."""
    under = one.address.place[1] == first[1]
    return text if under and not one.cell.entered.strip() else one.cell


def _lies_in(place: Place, first: Place, last: Place) -> bool:
    return first[0] <= place[0] <= last[0] and first[1] <= place[1] <= last[1]


def fell_apart(typed: Iterable[Typed]) -> list[tuple[Typed, Typed]]:
    """Texts that may be the next paragraphs of a text above: (cell, the cell in which the text begins).

    Paragraphs pasted into one cell fall into the cells below it. The trace: rows of which nothing else is filled in,
    under a text that does not end or with one that goes on; or at least two of them under a row that says more.
    """
    sheets: dict[str, dict[int, list[Typed]]] = {}
    for one in typed:
        if one.row.answer is None and one.cell.entered.strip() and not _is_tick(one) and _has_several(one):
            sheets.setdefault(one.address.sheet, {}).setdefault(one.address.place[0], []).append(one)
    begun: dict[Address, tuple[Typed, Typed]] = {}
    for rows in sheets.values():
        for row, cells in sorted(rows.items()):
            for start in filter(_is_prose, cells):
                texts = [start, *_below(rows, row, start)]
                above = _goes_on(texts)
                if above is None and len(cells) >= AT_LEAST and _are_paragraphs(texts[1:]):
                    above = 0
                if above is not None:
                    for one in texts[above + 1 :]:
                        begun.setdefault(one.address, (one, texts[above]))
    return list(begun.values())


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
    return about.type == "string" and not (about.format or about.choices or one.column.choices) and _is_new(one)


def _is_new(one: Typed) -> bool:
    return plain(one.cell.text) != plain(one.base)


def _below(rows: Mapping[int, list[Typed]], row: int, start: Typed) -> list[Typed]:
    """The cells straight below one that are all that is filled in in their rows."""
    name = start.column.field.name
    following = (rows.get(place, []) for place in range(row + 1, row + 1 + len(rows)))
    alone = takewhile(lambda cells: [one.column.field.name for one in cells] == [name] and _is_new(cells[0]), following)
    return [cells[0] for cells in alone]


def _goes_on(cells: list[Typed]) -> int | None:
    """The place of the first text that leads on to the next, or that the next goes on from; None if there is none.

    Who begins every text with a small letter or a dash does not go on with it.
    """
    texts = [one.cell.text.strip() for one in cells]
    for place, (one, other) in enumerate(pairwise(texts)):
        goes_on = GOES_ON.match(other) and not GOES_ON.match(one) and plain(one) != plain(other)
        if goes_on or one.endswith(LEADS_ON):
            return place
    return None


def _are_paragraphs(run: list[Typed]) -> bool:
    """Whether several different texts stand there: the same words in each row ("No change") were meant for each."""
    return len(run) >= AT_LEAST and len({plain(one.cell.text) for one in run}) == len(run)
