"""Reads which findings are still open, and which have been dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, func, select, tuple_

from plan_sheets.core.answers.dealt_with import Given, Since, ToldBefore, is_dealt_with
from plan_sheets.core.model.findings import Outcome, Severity
from plan_sheets.core.model.keys import Key
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.reads import FileFinding, list_findings_to_read
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.withdrawals import is_withdrawn

READ = (Severity.ERROR, Severity.QUERY, Severity.MASKED, Severity.WARNING)
"""Severities of the findings that the officer reads; a note is read if its message is told to the officer."""
SAYS_SO = (Outcome.TAKEN, Outcome.AGREED)
"""What becomes of a cell that gives a fact a value, or says what stands."""


def list_findings(register: Register, code: str) -> list[tuple[FileFinding, bool]]:
    """What the officer of a round (its code) reads, oldest first; of each, whether it has been dealt with.

    A return for an earlier round that came after this round was issued counts as well: see `list_findings_to_read`.
    """
    days = {issued_round.code: issued_round.issued for issued_round in register.rounds()}
    notes = [message.code for message in schemas.load_messages().by_code.values() if message.told == "officer"]
    found = list_findings_to_read(register, code, days.get(code, ""), READ, notes)
    since = _read_since(register, found) if found else None
    return [(finding, since is not None and is_dealt_with(_as_told(finding), since)) for finding in found]


def _as_told(finding: FileFinding) -> ToldBefore:
    field = schemas.load_records().get(finding.record, {}).get(finding.field)
    about = finding.return_id, finding.kind, finding.verdict, finding.code, finding.severity, finding.message
    return ToldBefore(*about, finding.key, finding.round, field.scope if field else "")


def _read_since(register: Register, found: Sequence[FileFinding]) -> Since:
    """What has happened since these findings."""
    first = min((finding.return_id for finding in found if finding.ref and finding.kind != "plan"), default=None)
    ids = sorted({finding.return_id for finding in found})
    bound = {"plan": register.plan, "ids": ids}
    asked, about = dict[tuple[int, str], bool](), dict[tuple[int, Key], bool]()
    still_open = {query.id for query in register.open_queries()}
    for query, return_id, message, *place in register.read(_queries(), **bound):
        is_open = query in still_open
        asked[return_id, message] = asked.get((return_id, message), False) or is_open
        about[return_id, Key(*place)] = about.get((return_id, Key(*place)), False) or is_open
    (last,) = register.read(_last_officer(), plan=register.plan)[0]
    return Since(
        {replaced for (replaced,) in register.read(_replaced(), **bound)},
        {file.id for verdict in ("held", "refused") for file in register.set_aside(verdict)},
        asked,
        about,
        _read_given(register, first, ids) if first else {},
        last or 0,
    )


def _read_given(register: Register, first: int, ids: Sequence[int]) -> dict[Key, list[Given]]:
    """Where facts of the rows that findings of the returns `ids` are about were given values from the `first` on."""
    given: dict[Key, list[Given]] = {}
    for statement, outcomes in ((_given, {"outcomes": [*SAYS_SO]}), (_settled, {})):
        bound = {"plan": register.plan, "first": first, "ids": ids, **outcomes}
        for *place, code, return_id in register.read(statement(), **bound):
            given.setdefault(Key(*place), []).append(Given(return_id, code))
    return given


@cache
def _replaced() -> Select[Any]:
    """Those of the returns `ids` in whose place another one came that was not withdrawn."""
    r = tables.RETURN.c
    of = r.replaces.in_(bindparam("ids", expanding=True))
    return select(r.replaces).where(r.plan == bindparam("plan"), of, ~is_withdrawn(r.id))


@cache
def _queries() -> Select[Any]:
    """Every query that came by the returns `ids`, once for each cell that it is about."""
    q, c = tables.QUERY.c, tables.QUERY_CELL.c
    texts = (func.coalesce(column, "") for column in (c.record, c.ref, c.field))
    chosen = select(q.id, q.return_id, q.message, *texts)
    chosen = chosen.select_from(tables.QUERY.outerjoin(tables.QUERY_CELL, c.query == q.id))
    return chosen.where(q.plan == bindparam("plan"), q.return_id.in_(bindparam("ids", expanding=True)))


@cache
def _last_officer() -> Select[Any]:
    r = tables.RETURN.c
    return select(func.max(r.id)).where(r.plan == bindparam("plan"), r.kind == "officer", r.answers_sha != "")


@cache
def _given() -> Select[Any]:
    """Fact, round and return of each entry, from the `first` return on, with one of these `outcomes`; none blank."""
    e, r = tables.ENTRY.c, tables.RETURN.c
    of = exists().where(r.id == e.return_id, r.plan == bindparam("plan"))
    chosen = select(e.record, e.ref, e.field, e.round, e.return_id).where(of, e.return_id >= bindparam("first"))
    said = e.outcome.in_(bindparam("outcomes", expanding=True))
    return chosen.where(said, e.tidied != "", ~is_withdrawn(e.return_id), tuple_(e.record, e.ref).in_(_rows_told_of()))


@cache
def _settled() -> Select[Any]:
    """The same of each value that was settled."""
    v, s = tables.VALUE.c, tables.SETTLEMENT.c
    chosen = select(v.record, v.ref, v.field, v.round, s.return_id)
    chosen = chosen.join_from(tables.VALUE, tables.SETTLEMENT, v.settlement == s.id)
    told_of = tuple_(v.record, v.ref).in_(_rows_told_of())
    return chosen.where(v.plan == bindparam("plan"), s.return_id >= bindparam("first"), told_of)


def _rows_told_of() -> Select[Any]:
    """Record and ref of each row that a finding of the returns `ids` is about."""
    f = tables.FINDING.c
    return select(f.record, f.ref).where(f.return_id.in_(bindparam("ids", expanding=True)), f.ref != "")
