"""The returns in which there is something to mend and that have not gone back yet; what they said, what is wrong."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select

from plan_sheets.core.answers.sent_back import ASKED_ALREADY, FoundToMend, SaidCell
from plan_sheets.core.book.document import FEEDBACK, OF_SUBGROUPS
from plan_sheets.core.model.keys import Key
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.statements import is_replaced, rows_by
from plan_sheets.store.register.withdrawals import is_withdrawn


def list_unmended(register: Register) -> list[ReturnFacts]:
    """The returns of subgroups in which there is something to mend, and that no feedback workbook answers; in order.

    None that was withdrawn, or in whose place another one has come.
    """
    return [ReturnFacts.of(row) for row in register.read(_unmended(), plan=register.plan)]


def list_replacing(register: Register, return_id: int) -> list[str]:
    """The numbers of the returns that came in the place of one (its id) and were not withdrawn."""
    r = tables.RETURN.c
    chosen = rows_by(tables.RETURN, "replaces").where(r.answers_sha != "", ~is_withdrawn(r.id))
    return [row.number for row in register.read(chosen, plan=register.plan, replaces=return_id)]


def list_standing(register: Register, returns: Collection[int | None]) -> list[ReturnFacts]:
    """Those of these returns (ids) that were not withdrawn, and in whose place no other has come."""
    r = tables.RETURN
    chosen = rows_by(r).where(r.c.id.in_([*returns]), ~is_replaced(), ~is_withdrawn(r.c.id))
    return [ReturnFacts.of(row) for row in register.read(chosen, plan=register.plan)]


def list_unanswered(register: Register, code: str) -> dict[int, ReturnFacts]:
    """The feedback workbooks of a round (its code) that nothing has answered, by id: the return that each is about.

    That return still stands, and no later one has come in its place. A subgroup may have several: each of two deputies
    who filled in the same workbook gets their own back.
    """
    facts = register.document_facts(FEEDBACK, code).values()
    standing = {returned.id: returned for returned in list_standing(register, {each.answers_return for each in facts})}
    about = ((each.id, each.answers_return) for each in facts)
    return {document: standing[returned] for document, returned in about if returned in standing}


def read_said(register: Register, return_id: int) -> dict[Key, SaidCell]:
    """What a return (its id) said, cell by cell; of a further action by the ref that it got."""
    e = tables.ENTRY.c
    chosen = rows_by(tables.ENTRY, "return_id").with_only_columns(e.record, e.ref, e.field, e.entered, e.tidied)
    rows = register.read(chosen, plan=register.plan, return_id=return_id)
    return {Key(*place): SaidCell(entered, value) for *place, entered, value in rows}


def list_to_mend(register: Register, return_id: int) -> list[FoundToMend]:
    """What was found in a return (its id) that its chair can mend, or that was not taken, in order."""
    f = tables.FINDING.c
    chosen = rows_by(tables.FINDING, "return_id").where(
        or_(f.mend != "", f.code == ASKED_ALREADY, f.severity.in_(("error", "query", "masked")))
    )
    chosen = chosen.with_only_columns(f.code, f.severity, f.sheet, f.record, f.ref, f.field, f.mend)
    rows = register.read(chosen, plan=register.plan, return_id=return_id)
    return [FoundToMend(row[0], row[1], row[2], Key(*row[3:6]), row[6]) for row in rows]


def list_refs_of_rows(register: Register, lineage: Collection[str]) -> dict[tuple[str, str], str]:
    """The refs that the added rows of a lineage got: by record and row. `lineage`: SHA-256 of its returns."""
    n = tables.NEW_ROW.c
    chosen = rows_by(tables.NEW_ROW).where(n.lineage.in_([*lineage])).with_only_columns(n.record, n.row, n.ref)
    return {(record, row): ref for record, row, ref in register.read(chosen, plan=register.plan)}


@cache
def _unmended() -> Select[Any]:
    r, d, f = tables.RETURN, tables.DOCUMENT, tables.FINDING.c
    of_subgroups = select(d.c.id).where(d.c.plan == bindparam("plan"), d.c.kind.in_(OF_SUBGROUPS))
    answered = exists().where(d.c.answers_return == r.c.id)
    found = exists().where(f.return_id == r.c.id, f.mend != "")
    chosen = rows_by(r).where(r.c.document.in_(of_subgroups), r.c.answers_sha != "", found)
    return chosen.where(~is_replaced(), ~answered, ~is_withdrawn(r.c.id))
