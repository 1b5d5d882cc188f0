"""The masters that were handed over: which there are, and what came since."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, Text, bindparam, cast, func, literal, or_, select

from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.subjects import NAME_SUBJECT, QUERY_SUBJECT

SAYS_NOTHING = ("untouched", "duplicate")
"""The verdicts of returns that change no master."""


class EditionFacts(NamedTuple):
    """A master that was handed over: which one of its round and readers, from 1, and on which day (ISO).

    `batch`: the id of the batch in which it was recorded: nothing that came later is in it. `path`: where it was
    written, within the plan folder.
    """

    number: int
    handed_over: str
    batch: int
    document: int
    reference: str
    path: str
    sha256: str

    @property
    def boards(self) -> list[str]:
        """The refs of the boards that it is limited to, as its reference says (`2016-17-Q1-MASTER-J-L-2`)."""
        return self._readers[1:]

    @property
    def is_public(self) -> bool:
        """Whether it is for the public."""
        return self._readers[0] == "PUBLIC"

    @property
    def _readers(self) -> list[str]:
        """What stands between the round and the number: the kind, then boards."""
        *_, readers = re.split(r"-(?=PUBLIC-|MASTER-)", self.reference, maxsplit=1)
        return readers.split("-")[:-1]


def list_editions(register: Register, code: str, stem: str = "") -> list[EditionFacts]:
    """The masters of a round (its code) that were handed over, oldest first; `stem`: only those for these readers."""
    rows = register.read(_editions_by_round(), plan=register.plan, round=code)
    editions = [EditionFacts._make(row) for row in rows]
    return [edition for edition in editions if not stem or is_of(edition.reference, stem)]


def is_of(reference: str, stem: str) -> bool:
    """Whether a master's reference, `2016-17-Q1-MASTER-J-2`, says that it is for the readers of this stem."""
    return reference.rpartition("-")[0].endswith(f"-{stem}")


def is_touched(register: Register, code: str, batch: int) -> bool:
    """Whether anything came after a batch (its id) that belongs to a round (its code) or an earlier one.

    A value, a return that says something or its withdrawal, or the officer's word; what was decided in the master
    itself changes nothing.
    """
    bound = {"plan": register.plan, "round": code, "batch": batch, "proposal": f"proposal % {code} = %"}
    return any(register.read(statement, **bound) for statement in _recorded_since())


def read_last_value(register: Register, batch: int) -> int:
    """The id of the last value that was recorded up to a batch (its id); 0 if none was."""
    v = tables.VALUE.c
    last = select(func.coalesce(func.max(v.id), 0)).where(v.plan == register.plan, v.batch <= batch)
    return int(register.read(last)[0][0])


def read_base(register: Register, document: int) -> str:
    """What every cell of a document (its id) went out with, as the register keeps it: see `document.base_text`."""
    d = tables.DOCUMENT.c
    return str(register.read(select(d.base).where(d.id == document))[0][0])


def batch_of(register: Register, document: int) -> int:
    """The id of the batch in which a document (its id) was recorded."""
    d = tables.DOCUMENT.c
    return int(register.read(select(d.batch).where(d.id == document))[0][0])


@cache
def _editions_by_round() -> Select[Any]:
    e, d, b = tables.EDITION.c, tables.DOCUMENT.c, tables.BATCH.c
    of = tables.EDITION.join(tables.DOCUMENT, e.document == d.id).join(tables.BATCH, e.batch == b.id)
    chosen = select(e.number, func.substr(b.at, 1, 10), e.batch, e.document, d.reference, e.path, e.sha256)
    chosen = chosen.select_from(of).where(e.plan == bindparam("plan"), d.round == bindparam("round"))
    return chosen.order_by(e.id)


@cache
def _recorded_since() -> tuple[Select[Any], ...]:
    """What came after a `batch` for a `round` or before: a value, a subgroup's return, its withdrawal, a settlement."""
    v, r, d = tables.VALUE.c, tables.RETURN.c, tables.DOCUMENT.c
    s, q = tables.SETTLEMENT.c, tables.QUERY.c
    till: BindParameter[str] = bindparam("round", type_=Text)
    late: BindParameter[int] = bindparam("batch")
    values = select(v.id).where(v.plan == bindparam("plan"), v.batch > late, v.round <= till, v.record != "decision")
    of_subgroups = select(r.id).select_from(tables.RETURN.join(tables.DOCUMENT, r.document == d.id))
    of_subgroups = of_subgroups.where(r.plan == bindparam("plan"), d.round <= till)
    of_subgroups = of_subgroups.where(d.kind.in_(OF_SUBGROUPS))
    returns = of_subgroups.where(r.batch > late, r.verdict.not_in(SAYS_NOTHING))
    w = tables.WITHDRAWAL.c
    withdrawn = select(w.id).where(w.batch > late, w.return_id.in_(of_subgroups))
    queries = select(literal(QUERY_SUBJECT) + cast(q.id, Text)).where(q.round <= till)
    named = select(literal(NAME_SUBJECT) + cast(r.id, Text)).join_from(
        tables.RETURN, tables.DOCUMENT, r.document == d.id
    )
    settled = select(s.id).where(s.plan == bindparam("plan"), s.batch > late)
    of_round = or_(s.subject.in_(queries), s.subject.in_(named.where(d.round <= till)))
    settled = settled.where(or_(of_round, s.subject.like(bindparam("proposal"))))
    return tuple(chosen.limit(1) for chosen in (values, returns, withdrawn, settled))
