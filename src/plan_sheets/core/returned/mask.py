"""Cells of a returned workbook that hold an identifier of a case, emptied before anything else is told of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Formula, texts_of
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook, Remark
from plan_sheets.core.model.keys import Address, Key, place_of
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.screening.headings import head_cells
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.core.screening.screen import Screen


@dataclass(frozen=True, slots=True)
class Screened:
    """A workbook without what must not be kept, and what was found in which of its cells; never what it said."""

    workbook: FoundWorkbook
    masked: dict[Address, IdentifierKind]
    """Cells that were emptied, and places where a comment or a text box was left out."""
    asked: frozenset[Address]
    """Cells that hold a full postcode, as they were typed."""


def tell_masked(
    masked: Mapping[Address, IdentifierKind], screen: Screen, messages: Messages, keys: Mapping[Address, Key]
) -> list[Finding]:
    """A finding for each place where something identified a case, and of which kind; never what it said.

    `keys`: of the cells that are known.
    """
    return [
        messages.remark(
            "case_identifier",
            {"cell": where.cell, "sheet": where.sheet, "kind": screen.kinds[kind].title},
            address=where,
            key=keys.get(where),
        )
        for where, kind in masked.items()
    ]


def list_issued(document: Document) -> set[str]:
    """Every text and formula that went out with a document: it may come back."""
    issued = set[str]()
    for sheet in document.sheets:
        issued.update((sheet.title, *sheet.lines_written(document.book.marking)))
        issued.update((column.heading for column in sheet.columns), *map(texts_of, sheet.rows))
        issued.update(cell.text for row in sheet.rows for cell in row.cells if isinstance(cell, Formula))
        issued.update(words for row in sheet.rows for words in row.marks.values())
    return issued


def mask(workbook: FoundWorkbook, issued: Collection[str], screen: Screen, places: Collection[str] = ()) -> Screened:
    """Empty each cell with an identifier; texts that were `issued` are not looked at.

    `places`: postcodes that may stand anywhere, as in `Screen.find`.
    """
    found = [
        (Address.at(sheet.name, *place), kind)
        for sheet in workbook.sheets
        for place, kind in sorted(_find_in_sheet(sheet, issued, screen, places))
    ]
    found += [
        (Address(remark.sheet, remark.cell), one.kind)
        for remark in workbook.remarks
        for text, heading in (
            (remark.entered, _read_beside(workbook, remark)),
            *((detail, "") for detail in remark.details.values()),
        )
        for one in screen.find(text, heading, places)
    ]
    masked = {where: kind for where, kind in found if not kind.is_asked_about}
    asked = frozenset(where for where, kind in found if kind.is_asked_about and where not in masked)
    return Screened(_without(workbook, masked) if masked else workbook, masked, asked)


def _read_beside(workbook: FoundWorkbook, remark: Remark) -> str:
    """What the cell says to which a comment or a link belongs, if that is short; "" if nothing."""
    if not _CELL.fullmatch(remark.cell):
        return ""
    cells = (sheet.cells.get(place_of(remark.cell)) for sheet in workbook.sheets if sheet.name == remark.sheet)
    return next((cell.text for cell in cells if cell and len(cell.text) <= _LONGEST_BESIDE), "")


_CELL, _LONGEST_BESIDE = re.compile("[A-Z]{1,3}[1-9][0-9]{0,6}"), 40


def _find_in_sheet(
    sheet: FoundSheet, issued: Collection[str], screen: Screen, places: Collection[str]
) -> Iterator[tuple[tuple[int, int], IdentifierKind]]:
    """Each cell with an identifier, or with a part of one that is split over several cells of its row or column."""
    typed = {
        place: cell
        for place, cell in sheet.cells.items()
        if (cell.text not in issued or cell.formula or len(cell.text) <= _LONGEST_FIGURES) and _is_typed(cell, issued)
    }
    if not typed:
        return
    texts = [(place, typed[place].text) for place in sorted(typed)]
    for place, heading in head_cells(texts, screen.headings, sheet.name, _list_widths(sheet)):
        for text in (typed[place].text, typed[place].formula):
            if text and text not in issued:
                yield from ((place, one.kind) for one in screen.find(text, heading, places))
    for under in _list_under_each_other(typed):
        for one, touched in screen.find_in_column([typed[place].text for place in under], places):
            yield from ((under[at], one.kind) for at in touched)
    rows = sheet.rows()
    for row, columns in _list_beside(typed, rows):
        for one, touched in screen.find_in_row([rows[row][column].text for column in columns], places):
            yield from (((row, columns[at]), one.kind) for at in touched if (row, columns[at]) in typed)


def _is_typed(cell: FoundCell, issued: Collection[str]) -> bool:
    """Whether a cell has to be looked at: a figure or two may be a part of a number though it was `issued`."""
    text = cell.text
    if cell.formula and cell.formula not in issued:
        return True
    return text not in issued or (len(text) <= _LONGEST_FIGURES and text.isdecimal())


_LONGEST_FIGURES = 2


def _list_widths(sheet: FoundSheet) -> dict[tuple[int, int], range]:
    """The columns that each merged cell stands over, by its place."""
    ends = (merged.partition(":") for merged in sheet.merged)
    spans = ((place_of(first), place_of(last or first)) for first, _, last in ends)
    return {first: range(first[1], last[1] + 1) for first, last in spans}


def _list_beside(
    typed: Collection[tuple[int, int]], rows: Mapping[int, Mapping[int, FoundCell]]
) -> Iterator[tuple[int, list[int]]]:
    """Of each row in which anything was typed, the columns from the one before the first of these to the one after."""
    ends: dict[int, tuple[int, int]] = {}
    for row, column in typed:
        first, last = ends.get(row, (column, column))
        ends[row] = min(first, column), max(last, column)
    for row, (first, last) in ends.items():
        columns = sorted(rows[row])
        yield row, columns[max(0, columns.index(first) - 1) : columns.index(last) + 2]


def _list_under_each_other(typed: Collection[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The places that stand directly under each other, from top to bottom, where there are two or more."""
    under: list[tuple[int, int]] = []
    for row, column in sorted(typed, key=lambda place: (place[1], place[0])):
        if under and under[-1] != (row - 1, column):
            if len(under) > 1:
                yield under
            under = []
        under.append((row, column))
    if len(under) > 1:
        yield under


def mask_sheet(sheet: FoundSheet, issued: Collection[str], screen: Screen) -> FoundSheet:
    """One sheet without its cells with an identifier; texts that were `issued` are not looked at."""
    found = (place for place, kind in _find_in_sheet(sheet, issued, screen, ()) if not kind.is_asked_about)
    return _empty(sheet, set(found))


def _without(workbook: FoundWorkbook, masked: Collection[Address]) -> FoundWorkbook:
    """The workbook without these cells and without what is said beside them."""
    sheets = tuple(
        _empty(sheet, {where.place for where in masked if where.sheet == sheet.name}) for sheet in workbook.sheets
    )
    remarks = tuple(remark for remark in workbook.remarks if Address(remark.sheet, remark.cell) not in masked)
    return replace(workbook, sheets=sheets, remarks=remarks)


def _empty(sheet: FoundSheet, gone: Collection[tuple[int, int]]) -> FoundSheet:
    """The sheet without the cells at these places."""
    if not gone:
        return sheet
    cells = {place: cell for place, cell in sheet.cells.items() if place not in gone}
    shown = {cell: text for cell, text in sheet.shown.items() if place_of(cell) not in gone}
    return replace(sheet, cells=cells, shown=shown, masked=frozenset(Address.at(sheet.name, *at).cell for at in gone))
