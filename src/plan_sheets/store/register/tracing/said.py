"""The rows of `Said to me` as they were last received: which are merged, and which wait to be mended."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, text

from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.history import SAID
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.rating.plan_rows import lead_of
from plan_sheets.core.returned.said import find_group
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register

_WRONG = (Outcome.ERROR, Outcome.MASKED)
_TEXT = "text"
"""The field of what was said; of a row that was merged its text is kept for the fact alone."""


@dataclass(slots=True)
class SaidRow:
    """A row as it was last received, in the return with this id."""

    return_id: int
    texts: dict[str, str] = field(default_factory=dict)
    """What was typed, by field; nothing that was blank."""
    is_wrong: bool = False
    """Whether it waits to be mended."""
    key: Key | None = None
    """The fact that it is about; None where that is not known."""
    round: str = ""
    """The code of the round in or from which it holds."""
    value: str = ""
    """What was said, tidied."""
    by: str = ""
    """Who said it, how and when."""


def list_said_rows(register: Register) -> dict[str, SaidRow]:
    """Every row in which anything ever stood, by its ref, in order."""
    rows: dict[str, SaidRow] = {}
    for entry in sorted(register.read(entries_said(), plan=register.plan), key=lambda entry: int(entry.id)):
        row = rows.get(entry.said_in)
        if row is None or row.return_id != entry.return_id:
            row = rows[entry.said_in] = SaidRow(entry.return_id)
        row.is_wrong = row.is_wrong or entry.outcome in _WRONG
        is_own = entry.record == SAID
        if (is_own or entry.by) and entry.entered.strip():
            row.texts[entry.field if is_own else _TEXT] = entry.entered
        if not is_own and entry.by:
            row.key = Key(entry.record, entry.ref, entry.field)
            row.round, row.value, row.by = entry.round, entry.tidied, entry.by
    return {ref: rows[ref] for ref in sorted(rows, key=ref_order)}


def count_said(register: Register, code: str) -> dict[str, int]:
    """How many answers for a round (its code) each subgroup gave by another way than its return, by its code."""
    said = {row.key for row in list_said_rows(register).values() if row.key and row.round == code and not row.is_wrong}
    if not said:
        return {}
    history = register.history(record=("action", "priority"), field=("theme", "subgroup", "subgroups"))
    rows = {
        record: {ref: history.record(record, ref) for kind, ref in history.by_row if kind == record}
        for record in ("action", "priority")
    }
    counts: dict[str, int] = {}
    for key in said:
        ref, _, own = key.ref.partition("/")
        whose = own or (lead_of(rows, ref) if ref in rows["action"] else find_group(rows, ref))
        counts[whose] = counts.get(whose, 0) + 1
    return counts


@cache
def entries_said() -> Select[Any]:
    """Every entry of a row of `Said to me`, in no order.

    Written so that the index on these few entries is used: a register has tens of thousands of others.
    """
    e, r = tables.ENTRY.c, tables.RETURN.c
    columns = e.id, e.return_id, e.record, e.ref, e.field, e.round, e.entered, e.tidied, e.outcome, e.said_in, e.by
    plan = select(r.plan).where(r.id == e.return_id).scalar_subquery()
    return select(*columns).where(text("entry.said_in != '' AND entry.said_in > ''"), plan == bindparam("plan"))
