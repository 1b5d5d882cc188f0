"""Reads from the register what the officer did not let stand: No to a proposal, Keep to a query."""

from __future__ import annotations

from collections.abc import Iterator

from plan_sheets.core.model.history import History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.declined import KEEP, NO, Declined, of_proposal
from plan_sheets.store.register import statements
from plan_sheets.store.register.register import Register

PLAN_FILE_SAID = "plan.xlsx"


def list_declined(register: Register, history: History) -> tuple[Declined, ...]:
    """Everything that the officer did not let stand, and nobody has let stand since; oldest first."""
    return (*_list_proposals(register, history), *_list_kept(register))


def _list_proposals(register: Register, history: History) -> Iterator[Declined]:
    """What was proposed and declined; of one that was declined and confirmed later, nothing."""
    last = {subject: said for subject, *said in register.read(statements.settled_proposals(), plan=register.plan)}
    for subject, (choice, *settled) in last.items():
        if choice == NO:
            yield from of_proposal(history, subject, _source(*settled))


def _source(by: str, file: str, received: str, return_id: int) -> Source:
    """Where the officer's word came from."""
    return Source("officer", by, file, received, return_id=return_id, settled=True)


def _list_kept(register: Register) -> Iterator[Declined]:
    for row in register.read(statements.kept_queries(), plan=register.plan):
        record, ref, field, code, returned, head, *settled, kind, completed_by, subgroup = row
        said_by = completed_by or subgroup or (PLAN_FILE_SAID if kind == "plan" else "")
        yield Declined(Key(record, ref, field), code, returned, head, KEEP, _source(*settled), said_by)
