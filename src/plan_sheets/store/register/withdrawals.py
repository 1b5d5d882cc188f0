"""The statements about returns that were withdrawn."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, exists, select, tuple_

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.store.register import tables

OF_WITHDRAWN = ("return_withdrawn", "withdrawn_stands")
"""The codes of the findings that the officer still reads of a return that was withdrawn."""


def is_withdrawn(return_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the return with this id was withdrawn."""
    return exists().where(tables.WITHDRAWAL.c.return_id == return_id)


def describe_withdrawal(number: str, at: str, reason: str) -> str:
    """That a return was withdrawn, when (ISO), and why: as masters tell it."""
    return f"{number} withdrawn on {PartialDate.of_iso(at).words}: {reason}"


@cache
def withdrawals() -> Subquery:
    """Every withdrawal: its `id`, the `number` of the return, when it was withdrawn (`at`), and the `reason`."""
    w, r, b = tables.WITHDRAWAL, tables.RETURN, tables.BATCH
    of = w.join(r, w.c.return_id == r.c.id).join(b, w.c.batch == b.c.id)
    told = select(w.c.id, w.c.return_id, r.c.number, b.c.at, w.c.reason, r.c.file, r.c.sha256)
    return told.select_from(of).subquery()


@cache
def reasons() -> Select[Any]:
    """Of the returns with these `ids` that were withdrawn the number, when they were, and why."""
    w = withdrawals().c
    return select(w.number, w.at, w.reason).where(w.return_id.in_(bindparam("ids", expanding=True)))


@cache
def said_beside() -> Select[Any]:
    """What other returns, not withdrawn, said of the facts that a return (its `return_id`) was taken for, in order."""
    e, r = tables.ENTRY, tables.RETURN
    mine = select(e.c.record, e.c.ref, e.c.field).where(e.c.return_id == bindparam("return_id"))
    place = (e.c.record, e.c.ref, e.c.field)
    chosen = select(e.c.id, e.c.return_id, r.c.number, *place, e.c.round, e.c.tidied, e.c.compared, e.c.outcome)
    chosen = chosen.join_from(e, r, e.c.return_id == r.c.id).where(r.c.plan == bindparam("plan"))
    chosen = chosen.where(tuple_(*place).in_(mine), e.c.outcome.in_(("agreed", "conflict")))
    return chosen.where(e.c.return_id > bindparam("return_id"), ~is_withdrawn(e.c.return_id)).order_by(e.c.id)


@cache
def origins() -> Select[Any]:
    """The id, entry and settlement of the values with these `ids`."""
    v = tables.VALUE.c
    return select(v.id, v.entry, v.settlement).where(v.id.in_(bindparam("ids", expanding=True)))


@cache
def returns_withdrawn() -> Select[Any]:
    """The id of each return that was withdrawn, and when."""
    told = withdrawals().c
    w = tables.WITHDRAWAL.c
    return (
        select(told.return_id, told.at)
        .join_from(withdrawals(), tables.WITHDRAWAL, w.id == told.id)
        .where(w.plan == bindparam("plan"))
    )
