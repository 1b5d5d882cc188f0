"""What a master says, before it is decided which edition it is: worked out once, however many books are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from plan_sheets.core.book.compose import KEY, Facts, RowFacts, compose
from plan_sheets.core.book.document import base_text
from plan_sheets.core.book.layout import CONTENTS, Book, Sheet
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.editions.differ import SHEET
from plan_sheets.core.editions.editions import Edition
from plan_sheets.core.sheets.first_page import ALL_ROWS, FirstPage

_CARRIERS = frozenset({"Reference", "Signature"})
"""The rows of the sheet About that say which document it is."""


@dataclass(frozen=True, slots=True)
class MasterContents:
    """All that a master says but for what depends on which edition it is."""

    spec: WorkbookSpec
    facts: Facts
    first_page: Callable[[Edition], FirstPage]

    def compose(
        self, edition: Edition, reference: str, secret: bytes, differs: Sequence[RowFacts] | None = None
    ) -> Book:
        """The book of an edition, under a reference.

        `differs`: the rows of the sheet that tells what differs from the edition before; None: there is no such sheet.
        """
        spec, facts, page = self.spec, self.facts, self.first_page(edition)
        spec = spec.without(SHEET) if differs is None else spec
        spec = spec if page.all_rows else spec.without(ALL_ROWS)
        first, more = spec.sheets[0].name, {ALL_ROWS: page.all_rows} if page.all_rows else {}
        return compose(
            spec,
            replace(
                facts,
                texts={**facts.texts, "state": edition.heading},
                rows={**facts.rows, first: page.rows, **more, **({} if differs is None else {SHEET: differs})},
                lines={**facts.lines, first: page.lines},
                identity={**facts.identity, "Edition": edition.words},
                reference=reference,
                secret=secret,
            ),
        )


def says_the_same(book: Book, other: Book, *, without: str = "") -> bool:
    """Whether two books say the same, under whatever reference; the sheet `without` is not looked at."""
    return _text_without_carriers(book, without) == _text_without_carriers(other, without)


def _text_without_carriers(book: Book, without: str) -> str:
    """The base text of a book without what only says which document it is: reference, signature and row keys."""
    sheets = tuple(_without_carriers(sheet, without) for sheet in book.sheets if sheet.name != without)
    return base_text(replace(book, properties={}, sheets=sheets))


def _without_carriers(sheet: Sheet, without: str) -> Sheet:
    if sheet.columns[-1].field.name == KEY.name:
        return replace(sheet, rows=tuple(row._replace(cells=row.cells[:-1]) for row in sheet.rows))
    if sheet.name == "About":
        return replace(sheet, rows=tuple(row for row in sheet.rows if row.ref not in _CARRIERS))
    if sheet.name == CONTENTS:
        return replace(sheet, rows=tuple(row for row in sheet.rows if row.ref != without))
    return sheet
