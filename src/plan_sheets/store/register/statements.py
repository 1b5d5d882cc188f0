"""The selects of the register that are asked often; to put one together costs as much as to run it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, Table, Text, bindparam, cast, exists, func, literal, or_, select, tuple_

from plan_sheets.store.register import tables

SHA_ENOUGH = 6
"""Letters of a hash that the officer must give: fewer name nothing."""
QUERY_SUBJECT = "query "
"""How the subject of a settlement begins that is about a query."""


def query_subject(query: int) -> str:
    """By what a settlement of a query (its id) is known."""
    return f"{QUERY_SUBJECT}{query}"


@cache
def rows_by(table: Table, *names: str) -> Select[Any]:
    """The rows of a plan whose columns of these names hold the values bound to them, oldest first."""
    chosen, of = select(table).order_by(table.c.id), table
    if "plan" not in table.c:
        of, to = (tables.RETURN, "return_id") if "return_id" in table.c else (tables.QUERY, "query")
        chosen = chosen.join(of, table.c[to] == of.c.id)
    return chosen.where(of.c.plan == bindparam("plan"), *(table.c[name] == bindparam(name) for name in names))


@cache
def rows_about(table: Table) -> Select[Any]:
    """The rows of a table of facts whose ref, up to a stroke, is the one bound as `about`."""
    ref = table.c.ref
    return rows_by(table).where(func.substr(ref, 1, func.instr(ref + "/", "/") - 1) == bindparam("about"))


@cache
def returns_standing() -> Select[Any]:
    """The returns of a `document` that were merged and that no later one replaces."""
    r, later = tables.RETURN, tables.RETURN.alias()
    return rows_by(r, "document").where(r.c.answers_sha != "", ~exists().where(later.c.replaces == r.c.id))


def returns_named(said: str) -> Select[Any]:
    """The returns of documents that have this number, or whose SHA-256 begins so."""
    r = tables.RETURN
    named = [cast(r.c.id, Text) == said]
    if len(said) >= SHA_ENOUGH:
        named.append(func.substr(r.c.sha256, 1, len(said)) == said)
    return rows_by(r).where(r.c.document.is_not(None), or_(*named))


@cache
def set_aside() -> Select[Any]:
    """The last row of each file, of those whose last `verdict` was this one; in the order in which they first came."""
    r = tables.RETURN
    files = select(func.min(r.c.id).label("first"), func.max(r.c.id).label("last")).group_by(r.c.plan, r.c.sha256)
    each = files.subquery()
    return rows_by(r, "verdict").join(each, r.c.id == each.c.last).order_by(None).order_by(each.c.first)


@cache
def open_queries_by(*names: str) -> tuple[Select[Any], Select[Any]]:
    """The queries that nobody has settled, and their cells; the names are columns of the returns they came by."""
    q, r, s, c = tables.QUERY, tables.RETURN, tables.SETTLEMENT, tables.QUERY_CELL
    settled = exists().where(s.c.plan == q.c.plan, s.c.subject == literal(QUERY_SUBJECT) + cast(q.c.id, Text))
    chosen = select(q).join(r, q.c.return_id == r.c.id).where(q.c.plan == bindparam("plan"), ~settled)
    chosen = chosen.where(*(r.c[name] == bindparam(name) for name in names))
    return chosen.order_by(q.c.id), select(c).where(c.c.query.in_(chosen.with_only_columns(q.c.id))).order_by(c.c.id)


@cache
def entries_about() -> Select[Any]:
    """The entries of every fact of which one ever had one of these `outcomes`, or a finding of this `code`."""
    e, f = tables.ENTRY.c, tables.FINDING.c
    ended = select(e.record, e.ref, e.field).where(e.outcome.in_(bindparam("outcomes", expanding=True)))
    facts = ended.union(select(f.record, f.ref, f.field).where(f.code == bindparam("code")))
    return rows_by(tables.ENTRY).where(tuple_(e.record, e.ref, e.field).in_(facts))
