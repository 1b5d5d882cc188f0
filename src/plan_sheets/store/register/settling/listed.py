"""Which rows of the plan the officer's workbook lists: all of a plan that can be looked through, else what waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import ASKED_OF_OWNER, parent
from plan_sheets.core.rating.proposals import Proposal
from plan_sheets.core.rating.rules.overrides import OVERRIDE
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.standings import list_moved

MOST_ROWS = 200
"""Of a plan with more priorities and actions than these nobody looks through all of them for the few that wait."""
AT_ONCE = 500
"""Refs that are asked for together: a database takes only so many values in one statement."""
_FEW = ("plan", "board", "subgroup", "rag_rule")
"""The records of which a plan has few rows, however large it is."""


def choose_listed(
    register: Register, rounds: Sequence[str], queries: Iterable[OpenQuery], offered: Iterable[Proposal]
) -> frozenset[str] | None:
    """The refs of the rows that the officer has to see, in a large plan; None in one of which all rows are listed.

    They are those that are asked about or proposed, that hold an override or a public text of these rounds (codes,
    oldest first), or of whose owner nobody has said yet whether they agree; and those that took their place.
    """
    v = tables.VALUE.c
    rows = select(func.count(v.ref.distinct())).where(v.plan == register.plan, v.field == "ref")
    if register.read(rows.where(v.record.in_(("priority", "action"))))[0][0] <= MOST_ROWS:
        return None
    keys = (cell.key for query in queries for cell in query.cells)
    refs = {part for key in keys for part in (key.ref, *key.ref.split("/"))}
    refs |= {proposal.action for proposal in offered} | {*list_moved(register)}
    return frozenset(refs | {ref for (ref,) in register.read(_list_held(register, rounds))})


def _list_held(register: Register, rounds: Sequence[str]) -> Select[Any]:
    """The refs of which something stands, or stood, that the officer may take back, release again or ask about."""
    v = tables.VALUE.c
    owned = v.record.in_(("priority", "action"))  # with the field it has an index
    asked = and_(owned, v.field == "owner_status", v.value.in_(ASKED_OF_OWNER))
    held = [asked]
    if rounds:
        last = rounds[-1]
        held.append(and_(v.record == "action", v.field.in_(OVERRIDE), v.round == last))
        held.append(and_(v.record == "public", v.round.in_((last, Round.parse(last).previous.code))))
    return select(v.ref).where(v.plan == register.plan, or_(*held)).distinct()


def are_listed(register: Register, refs: Collection[str], offered: Iterable[Proposal]) -> ColumnElement[bool]:
    """That a value is of these rows, of the priorities that they belong to, or of what there are few of.

    Where a further action is `offered`, of all priorities: it is given one of them.
    """
    if any(proposal.is_further for proposal in offered):
        return or_(tables.VALUE.c.record == "priority", are_of(refs))
    v = tables.VALUE.c
    of_action = v.plan == register.plan, v.record == "action", v.field == "theme", v.value != ""
    themes = {theme for (theme,) in register.read(select(v.value).where(*of_action, is_any_of(v.ref, refs)).distinct())}
    return are_of({*refs, *themes, *map(parent, themes)})


def are_met(refs: Collection[str]) -> ColumnElement[bool]:
    """That a value is of any of these rows, or of the plan itself."""
    v = tables.VALUE.c
    return or_(v.record == "plan", is_any_of(v.ref, refs))


def are_of(refs: Collection[str]) -> ColumnElement[bool]:
    """That a value is of any of these rows, or of a record of which a plan has few rows."""
    v = tables.VALUE.c
    return or_(v.record.in_(_FEW), is_any_of(v.ref, refs))


def is_any_of(column: ColumnElement[str], texts: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds any of these texts, however many."""
    ordered = sorted(texts)
    lots = [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]
    return or_(*(column.in_(lot) for lot in lots)) if lots else column.in_(())
