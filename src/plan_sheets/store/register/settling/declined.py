"""Reads from the register what the officer did not let stand: No to a proposal, Keep to a query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, cast, func, literal, select

from plan_sheets.core.model.history import History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.declined import KEEP, NO, Declined, of_proposal
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.subjects import QUERY_SUBJECT, choose_name

PLAN_FILE_SAID = "plan.xlsx"


def list_declined(register: Register, history: History) -> tuple[Declined, ...]:
    """Everything that the officer did not let stand, and nobody has let stand since; oldest first."""
    return (*_list_proposals(register, history), *_list_kept(register))


def _list_proposals(register: Register, history: History) -> Iterator[Declined]:
    """What was proposed and declined; of one that was declined and confirmed later, nothing."""
    late = register.late_names()
    last = {subject: said for subject, *said in register.read(_settled_proposals(), plan=register.plan)}
    for subject, (choice, *settled) in last.items():
        if choice == NO:
            yield from of_proposal(history, subject, _source(late, *settled))


def _source(late: Mapping[int, str], by: str, file: str, received: str, return_id: int) -> Source:
    """Where the officer's word came from."""
    return Source("officer", choose_name(by, return_id, late), file, received, return_id=return_id, settled=True)


def _list_kept(register: Register) -> Iterator[Declined]:
    late = register.late_names()
    for row in register.read(_kept_queries(), plan=register.plan):
        record, ref, field, code, returned, head, *settled, kind, completed_by, subgroup = row
        said_by = completed_by or subgroup or (PLAN_FILE_SAID if kind == "plan" else "")
        yield Declined(Key(record, ref, field), code, returned, head, KEEP, _source(late, *settled), said_by)


@cache
def _settled_proposals() -> Select[Any]:
    """Subject and choice of every settlement of a proposal, and its source; oldest first."""
    s, r = tables.SETTLEMENT.c, tables.RETURN.c
    chosen = select(s.subject, s.choice, s.by, r.file, r.received, r.id).select_from(
        tables.SETTLEMENT.join(tables.RETURN, s.return_id == r.id)
    )
    return chosen.where(s.plan == bindparam("plan"), s.choice.in_(("Yes", "No"))).order_by(s.id)


@cache
def _kept_queries() -> Select[Any]:
    """Each cell of each query to which the officer said Keep: what came back and stood, both by whom; oldest first."""
    s, q, c, r = tables.SETTLEMENT, tables.QUERY.c, tables.QUERY_CELL.c, tables.RETURN
    asked = r.alias()
    settled = and_(q.plan == s.c.plan, s.c.subject == literal(QUERY_SUBJECT) + cast(q.id, Text))
    of = s.join(tables.QUERY, settled)
    of = of.join(tables.QUERY_CELL, c.query == q.id).join(r, s.c.return_id == r.c.id)
    of = of.join(asked, q.return_id == asked.c.id)
    e = tables.ENTRY.c  # on `Said to me` somebody else than whoever completed the workbook is named
    of_cell = (e.return_id == q.return_id, e.record == c.record, e.ref == c.ref, e.field == c.field, e.by != "")
    sayer = select(func.max(e.by)).where(*of_cell).correlate(tables.QUERY, tables.QUERY_CELL).scalar_subquery()
    said = (asked.c.kind, func.coalesce(sayer, asked.c.completed_by), q.subgroup)
    chosen = select(
        c.record, c.ref, c.field, c.round, c.returned, c.head, s.c.by, r.c.file, r.c.received, r.c.id, *said
    )
    return chosen.select_from(of).where(s.c.plan == bindparam("plan"), s.c.choice == "Keep").order_by(s.c.id, c.id)
