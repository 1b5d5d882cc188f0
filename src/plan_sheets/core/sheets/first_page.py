"""The first page of a master: the longest text that leaves the table room, or else the worst rows first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import as_text
from plan_sheets.core.book.measure import (
    BOLD_ROOM,
    LINE_POINTS,
    STANDARD_WIDTH,
    choose_paper,
    fold_line,
    page_room,
    row_height,
    spare_columns,
)
from plan_sheets.core.book.page_breaks import Page, fits_one
from plan_sheets.core.book.spec import ColumnSpec
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.rag_status import summary_rows

MORE_PAGES = (
    "The table below may need more than this page, so it is not in the order of the plan: first the boards, then the "
    "priorities, those that are Red on top, and those that are on course last."
)
_WORST_FIRST = (
    Status.RED,
    Status.TOO_LITTLE,
    Status.AMBER,
    Status.NO_ACTIONS,
    Status.GREEN,
    Status.BLUE,
    Status.CLOSED,
    Status.WITHDRAWN,
)
"""How a priority or a board can stand, what the executive has to look at first."""

Lines = tuple[str, ...]


def first_page(
    snapshot: Snapshot, columns: Sequence[ColumnSpec], tellings: Iterable[Lines]
) -> tuple[Lines, Sequence[RowFacts]]:
    """The lines and rows of the first sheet, on one printed page if any of the `tellings` leaves the table room.

    `tellings`: the lines above the table, that which tells most first; each is asked for only if those before it left
    no room. Where none does, the first is taken and the table is ordered by how things stand, so that the first page
    holds the worst; before the first round, when nothing is rated, in the order of the plan.
    """
    rows = [*summary_rows(snapshot)]
    heights = [*_heights(rows, columns)]
    first: Lines = ()
    for lines in tellings:
        if _fits(lines, heights, columns):
            return lines, rows
        first = first or lines
    if snapshot.round is None:
        return first, rows
    width = sum(column.width for column in columns)
    return (*first, *fold_line(MORE_PAGES, width)), sorted(rows, key=lambda row: _severity(snapshot, row))


def _severity(snapshot: Snapshot, row: RowFacts) -> tuple[bool, int]:
    """Boards first; then by status."""
    return row.ref not in snapshot.rows["board"], _WORST_FIRST.index(Status(as_text(row.contents["published_rag"])))


def _heights(rows: Sequence[RowFacts], columns: Sequence[ColumnSpec]) -> Iterator[float]:
    """Of the headings, and of each row, in points."""
    yield row_height((column.heading, column.width * BOLD_ROOM) for column in columns)
    for row in rows:
        contents = {"ref": row.ref, **row.contents}
        yield row_height((as_text(contents.get(column.field.name, "")), column.width) for column in columns)


def _fits(lines: Lines, heights: Sequence[float], columns: Sequence[ColumnSpec]) -> bool:
    widths = [column.width for column in columns]
    across = [*widths, *[STANDARD_WIDTH] * spare_columns(widths, lines)]
    above = (len(lines) + 3) * LINE_POINTS  # the title, as tall as two lines, and a blank one before the table
    heading, *rows = heights
    return fits_one(rows, Page(page_room(across, choose_paper(widths)), heading, above))
