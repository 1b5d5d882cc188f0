"""Reads what was asked about plan.xlsx, and what the plan last read said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, cast, literal, select

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.plan_queries import find_settled
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.subjects import OFFICE, QUERY_SUBJECT, query_subject
from plan_sheets.store.register.statements import rows_by

MENDED = "Mended"
"""The choice of a settlement that says that plan.xlsx asks a query no more."""
WORDS = ("Keep", "Take", "Type")
"""The choices of the officer."""


class LastReading(NamedTuple):
    """What stood in the cells of plan.xlsx when it was read last, by fact, and the sentences about it."""

    entered: dict[Key, str]
    said: frozenset[str]


def read_last(register: Register, return_id: int) -> LastReading:
    """The last reading of plan.xlsx: the return of this id; 0 if it was never read."""
    e, f = tables.ENTRY, tables.FINDING
    entries = rows_by(e, "return_id").with_only_columns(e.c.record, e.c.ref, e.c.field, e.c.entered)
    sentences = rows_by(f, "return_id").with_only_columns(f.c.message)
    bound = {"plan": register.plan, "return_id": return_id}
    entered = {Key(*place): text for *place, text in register.read(entries, **bound)}
    return LastReading(entered, frozenset(text for (text,) in register.read(sentences, **bound)))


def list_compared(register: Register, queries: Collection[OpenQuery]) -> dict[tuple[int, Key], str]:
    """What each cell that these queries are about was compared with when they were asked, by the return."""
    e = tables.ENTRY.c
    keys = {(query.return_id, cell.key) for query in queries for cell in query.cells}
    chosen = select(e.return_id, e.record, e.ref, e.field, e.compared)
    rows = register.read(chosen.where(e.return_id.in_({return_id for return_id, _ in keys}))) if keys else ()
    found = {(return_id, Key(*place)): text for return_id, *place, text in rows}
    return {key: text for key, text in found.items() if key in keys}


def list_answered(register: Register) -> dict[tuple[str, str], str]:
    """What the officer said to each query about plan.xlsx, by its code and sentence; nothing of one that waits."""
    words: dict[tuple[str, str], str] = {}
    for code, message, choice in register.read(_asked_of_plan(), plan=register.plan):
        words[code, message] = choice if choice in WORDS else ""
    return words


def note_settled(
    register: Register, last: LastReading, cells: Iterable[Cell], findings: Sequence[Finding]
) -> list[Finding]:
    """The findings about plan.xlsx, of which `cells` were read; of what is settled no more than a note that it is."""
    settled = find_settled(findings, {cell.key: cell for cell in cells}, list_answered(register), *last)
    messages = schemas.load_messages()
    return [
        messages.finding(
            "settled_before",
            address=finding.address,
            key=finding.key,
            entered=finding.entered,
            why=finding.message,
            choice=settled[finding],
        )
        if finding in settled
        else finding
        for finding in findings
    ]


def close_mended(batch: Batch, query: OpenQuery, return_id: int) -> None:
    """Record that plan.xlsx, as it was read in this return, asks a query no more."""
    about = {"subject": query_subject(query.id), "choice": MENDED, "typed": "", "by": OFFICE}
    batch.add(tables.SETTLEMENT, **about, return_id=return_id)


@cache
def _asked_of_plan() -> Select[Any]:
    """Code and sentence of every query about plan.xlsx, with the choice that settled it, or none; oldest first."""
    q, r, s = tables.QUERY, tables.RETURN, tables.SETTLEMENT.c
    of = q.join(r, q.c.return_id == r.c.id)
    of = of.outerjoin(
        tables.SETTLEMENT, (s.plan == q.c.plan) & (s.subject == literal(QUERY_SUBJECT) + cast(q.c.id, Text))
    )
    chosen = select(q.c.code, q.c.message, s.choice).select_from(of)
    return chosen.where(q.c.plan == bindparam("plan"), r.c.kind == "plan").order_by(q.c.id, s.id)
