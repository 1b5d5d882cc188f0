"""Who settled something: the name may be given late, and an answer be given twice."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select

from plan_sheets.core.rating.proposals import begin_subject
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.settling.subjects import name_subject

SETTLED_BY = "Settled by"
"""The choice of a settlement that says no more than who settled what an earlier return of the same document did."""


class SettledProposal(NamedTuple):
    """What was said last of a proposal: its value, Yes or No, and by whom."""

    value: str
    choice: str
    by: str


def record_name(batch: Batch, return_id: int, by: str, named_in: int) -> None:
    """Record who settled what was settled in a return (its id) without a name; `named_in`: the return that says so."""
    about = {"subject": name_subject(return_id), "choice": SETTLED_BY, "typed": "", "by": by}
    batch.add(tables.SETTLEMENT, **about, return_id=named_in)


def list_nameless(register: Register, document: int) -> list[ReturnFacts]:
    """The returns of an officer's workbook (the id of its document) in which nobody was named, then or since."""
    late = register.late_names()
    returns = register.returns(document=document, completed_by="")
    return [returned for returned in returns if returned.answers_sha and returned.id not in late]


def find_settled_proposal(register: Register, ref: str, shown: str) -> SettledProposal | None:
    """The last word on a proposal (its ref) as it was `shown`; None if nobody has answered that."""
    begins = begin_subject(ref)
    for subject, choice, *by in register.read(_settled_proposals(), plan=register.plan, begins=begins):
        if shown.endswith(value := subject.removeprefix(begins)):
            return SettledProposal(value, choice, register.name_settler(*by))
    return None


@cache
def _settled_proposals() -> Select[Any]:
    """The settlements whose subject `begins` so, the last first."""
    s = tables.SETTLEMENT.c
    chosen = select(s.subject, s.choice, s.by, s.return_id).where(s.plan == bindparam("plan"))
    begins = func.length(bindparam("begins"))
    return chosen.where(func.substr(s.subject, 1, begins) == bindparam("begins")).order_by(s.id.desc())
