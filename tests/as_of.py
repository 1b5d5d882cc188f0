"""The register as it was when a batch had been recorded: what came later is not in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, text

from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.sqlite import MemoryCopy
from plan_sheets.store.register.register import Register

_LATER_BY = {"entry": "return_id", "finding": "return_id", "query": "return_id", "query_cell": "query"}
"""Tables whose rows came with the row that this column names."""


@contextmanager
def as_of(register: Register, batch: int) -> Iterator[Register]:
    """A copy in memory without all that was recorded after a batch (its id)."""
    with read_copy(register.database) as copy, MemoryCopy(copy).engine.connect() as connection:
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        for trigger in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f'DROP TRIGGER "{trigger.name}"'))
        for table in tables.METADATA.sorted_tables:  # a return before its entries
            name = table.name
            if "batch" in table.c:
                connection.execute(table.delete().where(table.c.batch > batch))
            elif name in _LATER_BY:
                of = {"return_id": "return", "query": "query"}[_LATER_BY[name]]
                there = tables.METADATA.tables[of].c.id
                connection.execute(table.delete().where(table.c[_LATER_BY[name]].not_in(select(there))))
        yield Register(MemoryCopy(copy), register.plan, register.secret)
