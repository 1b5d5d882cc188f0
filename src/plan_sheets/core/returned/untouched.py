"""Rows and whole sheets that came back exactly as they went out: most of a workbook."""

from __future__ import annotations

from collections.abc import Mapping

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Formula, Row, Sheet, texts_of
from plan_sheets.core.model.found import FoundCell
from plan_sheets.core.returned.tables import FoundTable


def find_exact_rows(sheet: Sheet, table: FoundTable) -> dict[int, Row]:
    """The rows whose texts are exactly those that went out, by their rows on the found sheet, counted from 0.

    A form has none, nor has a row of a feedback workbook in which anything was typed before. Nor has a sheet with a
    column too many or too few, or with cells that were merged, painted, struck out or masked: there a row is known by
    more than its texts. What a formula shows is a text like any other.
    """
    is_odd = table.doubles or table.found.merged or table.found.painted or table.found.struck or table.found.masked
    if is_odd or any(column.field.name not in table.places for column in sheet.columns):
        return {}
    issued = {texts_of(row): row for row in sheet.rows if row.answer is None and not row.issued}
    columns = [table.places[column.field.name] for column in sheet.columns]
    shown = {columns[at] for row in sheet.rows for at, content in enumerate(row.cells) if type(content) is Formula}
    exact = {}
    for place, cells in table.rows.items() if issued else ():
        texts = tuple([_text(cells[at], at in shown) if at in cells else "" for at in columns])
        if texts in issued and place > table.heading_row:
            exact[place] = issued[texts]
    return exact


def _text(cell: FoundCell, shown: bool) -> str:  # noqa: FBT001 - called for each cell
    return cell.text if shown else cell.formula or cell.text


def is_untouched(document: Document, sheet: Sheet, table: FoundTable, exact: Mapping[int, Row]) -> bool:
    """Whether the whole sheet has exactly the texts that went out, each in its own cell. `exact`: its exact rows."""
    start = table.heading_row + 1
    if table.heading_row != sheet.heading_row or len(exact) < len(sheet.rows):
        return False
    if any(exact.get(start + at) is not row for at, row in enumerate(sheet.rows)):
        return False
    above = document.book.texts_above(sheet)
    if any(table.at(at, 0).entered != line for at, line in above.items()):
        return False
    issued = (
        sum(map(bool, above.values()))
        + len(sheet.columns)
        + sum(len(list(filter(None, row.cells))) for row in sheet.rows)
    )
    return len(table.found.cells) == issued and [*table.places.values()] == [*range(len(sheet.columns))]
