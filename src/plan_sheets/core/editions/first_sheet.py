"""The first sheet of the internal master, which is read more often than the others: it needs nothing of theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from plan_sheets.core.book.compose import Facts, compose
from plan_sheets.core.book.layout import Sheet
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.editions.editions import Edition, boards_lines
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.first_page import FirstPage, first_page, is_of_ratings
from plan_sheets.core.sheets.rag_status import Driver, summary_lines, texts_of_round


def compose_first_sheet(spec: WorkbookSpec, snapshot: Snapshot) -> Sheet:
    """The first sheet of the internal master's draft alone: the others of a large plan take many times as long."""
    spec, edition = of_snapshot(spec, snapshot), Edition()
    page, name = make_first_page(spec, snapshot, edition), spec.sheets[0].name
    facts = Facts(
        texts={**texts_of_round(snapshot), "state": edition.heading},
        created=datetime.combine(snapshot.made_on, time()),
        rows={name: page.rows},
        lines={name: page.lines},
    )
    return compose(replace(spec, sheets=spec.sheets[:1]), facts).sheets[0]


def of_snapshot(spec: WorkbookSpec, snapshot: Snapshot) -> WorkbookSpec:
    """The master's description without the columns that say nothing before the first round, where that is to come."""
    return spec.without_columns(_is_of_rounds) if snapshot.round is None else spec


def make_first_page(spec: WorkbookSpec, snapshot: Snapshot, edition: Edition) -> FirstPage:
    """The first page, which says of the edition for whom it is and what it takes the place of."""
    lines = [*summary_lines(snapshot, boards_lines(edition.boards, snapshot), edition.lines)]
    return first_page(snapshot, spec.sheets[0].columns, lines, tuple(Driver))


def _is_of_rounds(sheet: SheetSpec, column: ColumnSpec) -> bool:
    """Whether a column says nothing before the first round: of ratings, or of ages.

    `since` of an open question is no age, for the officer may give it.
    """
    is_age = column.field.name == "age" or (column.field.name == "since" and sheet.record != "open_question")
    return is_age or is_of_ratings(sheet, column)
