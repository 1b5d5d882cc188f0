"""Whom the register names, and which facts are in dispute: what a public edition must not say."""

from __future__ import annotations

from email.utils import parseaddr

from plan_sheets.core.model import Key, Outcome
from plan_sheets.core.public import names_in
from plan_sheets.store import tables
from plan_sheets.store.register import Register

NOT_READ = (Outcome.ERROR, Outcome.MASKED)
"""Outcomes of a cell whose text was not taken, and about which no query is open."""


def names_known(register: Register) -> set[str]:
    """Everybody whom the register names: owners, chairs, contacts, who filled in, sent, settled, decided, overrode."""
    received, settled = register.rows(tables.RETURN), register.rows(tables.SETTLEMENT)
    names = {*names_in(register.history()), *(one.completed_by for one in received), *(one.by for one in settled)}
    return names | {part for one in received for part in parseaddr(one.sent_by)}


def disputed(register: Register, code: str) -> set[Key]:
    """The facts of a round (its code) on which a query is open, or whose last text could not be taken."""
    entries = register.rows(tables.ENTRY)
    last = {Key(one.record, one.ref, one.field): one.outcome for one in entries if one.round == code}
    asked = {cell.key for one in register.open_queries() for cell in one.cells}
    return asked | {key for key, outcome in last.items() if outcome in NOT_READ}
