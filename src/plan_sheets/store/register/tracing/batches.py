"""The batches of the register: what was done, when, and what each came to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, func, select

from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register


@dataclass(slots=True)
class BatchFacts:
    """One batch: its place in the register, the deed, and when (ISO), by the clock of whoever recorded it."""

    seq: int
    deed: str
    at: str
    returns: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each file that came: its number, its name and its verdict."""
    documents: list[str] = field(default_factory=list)
    """The reference of each workbook that was made."""
    rounds: list[str] = field(default_factory=list)
    """The code of each round that was issued, or of which the return-by date was changed."""
    editions: list[str] = field(default_factory=list)
    """The path of each master that was handed over."""
    reminders: list[str] = field(default_factory=list)
    """The code of each subgroup that was reminded."""
    reasons: list[str] = field(default_factory=list)
    """Why something was withdrawn, redacted or let pass."""
    values: int = 0
    """How many values stand since then."""
    settlements: int = 0
    """How many queries and proposals were answered."""


def list_batches(register: Register, before: int = 0, most: int = 50) -> list[BatchFacts]:
    """The last batches, newest first, `most` of them; `before`: only those before this one (its `seq`), 0: all."""
    b = tables.BATCH.c
    chosen = select(b.id, b.deed, b.at).where(b.plan == register.plan).order_by(b.id.desc()).limit(most)
    rows = register.read(chosen.where(b.id < before) if before else chosen)
    batches = {row.id: BatchFacts(row.id, row.deed, row.at) for row in rows}
    if batches:
        _fill(register, batches)
    return [*batches.values()]


def _fill(register: Register, batches: dict[int, BatchFacts]) -> None:
    """Say what each batch came to."""
    for table, name, describe in _TOLD:
        for row in _read(register, table, of=batches):
            told = getattr(batches[row.batch], name)
            if (what := describe(row)) not in told:
                told.append(what)
    for table, name in ((tables.VALUE, "values"), (tables.SETTLEMENT, "settlements")):
        for row in _count(register, table, of=batches):
            setattr(batches[row.batch], name, row.rows)


_TOLD: Sequence[tuple[Table, str, Callable[[Any], object]]] = (
    (tables.RETURN, "returns", lambda row: (row.number, row.file, row.verdict)),
    (tables.DOCUMENT, "documents", lambda row: row.reference),
    (tables.ROUND, "rounds", lambda row: row.code),
    (tables.EDITION, "editions", lambda row: row.path),
    (tables.CHASER, "reminders", lambda row: row.subgroup),
    (tables.WITHDRAWAL, "reasons", lambda row: row.reason),
    (tables.REDACTION, "reasons", lambda row: f"{row.subject}: {row.reason}"),
    (tables.WAIVER, "reasons", lambda row: f"{row.code}, {row.subgroup}: {row.reason}"),
)
"""The tables whose rows say what a batch came to: each with the list that they stand in, and as what."""


def _read(register: Register, table: Table, *, of: Collection[int]) -> Sequence[Any]:
    """The rows of a table that these batches recorded, in order."""
    return register.read(select(table).where(table.c.batch.in_(of)).order_by(table.c.id))


def _count(register: Register, table: Table, *, of: Collection[int]) -> Sequence[Any]:
    """How many rows of a table each of these batches recorded."""
    counted = select(table.c.batch, func.count().label("rows"))
    return register.read(counted.where(table.c.batch.in_(of)).group_by(table.c.batch))
