"""Documents as the register keeps them: texts, which travel to whoever opens their returns, and are opened there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select

from plan_sheets.core.book.document import Document, DocumentFacts, book_from
from plan_sheets.store.register import statements, tables
from plan_sheets.store.register.register import Register


class WrappedDocument(NamedTuple):
    """A document with its layout and its base as they were recorded."""

    facts: DocumentFacts
    layout: str
    base: str

    def unwrap(self) -> Document:
        """The document."""
        facts = self.facts
        named = facts.reference, facts.kind, facts.round, facts.subgroup, facts.signature
        book = book_from(self.layout, self.base)
        return Document(*named, book, facts.created, facts.id, facts.supersedes, facts.answers_return)


def wrap_documents(register: Register, wanted: Collection[DocumentFacts]) -> dict[str, WrappedDocument]:
    """These documents, by their references; those of one layout share one text of it."""
    d, y = tables.DOCUMENT.c, tables.LAYOUT.c
    chosen = statements.rows_by(tables.DOCUMENT).where(d.id.in_([facts.id for facts in wanted]))
    rows = register.read(chosen.with_only_columns(d.id, d.layout, d.base), plan=register.plan)
    shas = {row.layout for row in rows}
    layouts = {row.sha: row.text for row in register.read(tables.LAYOUT.select().where(y.sha.in_(shas)))}
    kept = {row.id: (layouts[row.layout], row.base) for row in rows}
    return {facts.reference: WrappedDocument(facts, *kept[facts.id]) for facts in wanted}


def measure_largest(register: Register) -> int:
    """How many characters the base of the largest document has; 0 if none went out. It reads all: ask seldom."""
    d = tables.DOCUMENT.c
    largest = select(func.coalesce(func.max(func.length(d.base)), 0)).where(d.plan == register.plan)
    return int(register.read(largest)[0][0])
