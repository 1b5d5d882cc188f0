"""Queries that the board officer has to settle, and the cells that they are about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from plan_sheets.core.model.keys import Key


@dataclass(frozen=True, slots=True)
class QueryCell:
    """A cell that a query is about: what stood when it was asked, and what came back."""

    key: Key
    scope: str
    round: str
    head: str
    returned: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """A query that nobody has settled."""

    id: int
    code: str
    round: str
    subgroup: str
    message: str
    cells: tuple[QueryCell, ...]
    return_id: int = 0

    def held_from(self, code: str) -> OpenQuery:
        """The query, what it asks about holding from this round (its code) on, or from a later one as it was asked."""
        return replace(self, cells=tuple(replace(cell, round=max(cell.round, code)) for cell in self.cells))


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value that a settlement writes."""

    key: Key
    value: str
    scope: str
    round: str
