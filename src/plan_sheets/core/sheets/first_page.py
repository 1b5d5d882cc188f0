"""The first page of a master: its lines and its table on one printed page, whatever the plan holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Line, as_text
from plan_sheets.core.book.measure import BOLD_ROOM, choose_paper, height_above, page_room, row_height
from plan_sheets.core.book.page_breaks import Page, fits_one
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.rag_status import Driver, summary_rows

ALL_ROWS = "RAG by priority"
"""The sheet that has the whole table, where the first page has no room for it."""
WORST_FIRST = (
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
_ONLY_PLANNED = ("ref", "title", "published_rag", "all", "driven_by")
"""The columns of the table before the first round, when nothing is rated."""


class FirstPage(NamedTuple):
    """What stands on the first sheet, and what on the sheet that has its whole table."""

    lines: Sequence[str | Line]
    rows: Sequence[RowFacts]
    all_rows: Sequence[RowFacts] = ()
    """None, if the first page has them all."""


def first_page(
    snapshot: Snapshot, columns: Sequence[ColumnSpec], lines: Sequence[str | Line], drivers: Sequence[Driver]
) -> FirstPage:
    """The first page with these `lines`: of what drives each row the first of `drivers` that leaves room for them all.

    Where nothing does, it has as many rows as fit: boards, then the priorities that stand worst; before the first round
    in the order of the plan.
    """
    for told in drivers:
        rows = [*summary_rows(snapshot, told)]
        if _fits(lines, rows, columns):
            return FirstPage(lines, rows)
    kept = _in_order_of_concern(rows) if snapshot.round else rows
    while len(kept) > 1 and not _fits((*lines, _more(rows, kept)), kept, columns):
        kept = kept[:-1]
    return FirstPage((*lines, _more(rows, kept)), kept, [*summary_rows(snapshot, drivers[0])])


def _in_order_of_concern(rows: Sequence[RowFacts]) -> Sequence[RowFacts]:
    """First the boards, then the priorities, those that stand worst on top."""
    return sorted(rows, key=lambda row: (not row.total, WORST_FIRST.index(as_text(row.contents["published_rag"]))))


def _more(rows: Sequence[RowFacts], kept: Sequence[RowFacts]) -> str:
    return f"The table has room for {len(kept)} of {len(rows)} boards and priorities: all are on {ALL_ROWS}."


def is_of_ratings(sheet: SheetSpec, column: ColumnSpec) -> bool:
    """Whether a column says nothing before the first round, when nothing is rated."""
    return sheet.record == "rating" and column.field.name not in _ONLY_PLANNED


def _fits(lines: Sequence[str | Line], rows: Sequence[RowFacts], columns: Sequence[ColumnSpec]) -> bool:
    widths = [column.width for column in columns]
    above = height_above(line.look if isinstance(line, Line) else "line" for line in lines)
    heading, *heights = _heights(rows, columns)
    return fits_one(heights, Page(page_room(widths, choose_paper(widths)), heading, above))


def _heights(rows: Sequence[RowFacts], columns: Sequence[ColumnSpec]) -> Iterator[float]:
    """Of the headings, and of each row, in points; boards are in bold."""
    yield row_height((column.heading, column.width * BOLD_ROOM) for column in columns)
    for row in rows:
        contents = {"ref": row.ref, **row.contents}
        room = BOLD_ROOM if row.total else 1
        yield row_height((as_text(contents.get(column.field.name, "")), column.width * room) for column in columns)
