"""Whom the register names, and which facts are in dispute: what a public edition must not say."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parseaddr

from plan_sheets.core.editions.people import AGENCIES, NAMES, Names, names_in, ordinary_words, values_in
from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.keys import Key
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register

NOT_READ = (Outcome.ERROR, Outcome.MASKED)
"""Outcomes of a cell whose text was not taken, and about which no query is open."""


def names_known(register: Register) -> Names:
    """Everybody whom the register names: owners, chairs, contacts, who filled in, sent, settled, decided, overrode."""
    received, settled = register.rows(tables.RETURN), register.rows(tables.SETTLEMENT)
    history = register.history()
    names = {*names_in(history), *(one.completed_by for one in received), *(one.by for one in settled)}
    names.update(part for one in received for part in parseaddr(one.sent_by))
    # What was typed and not taken, or waits to be settled, names people too.
    names.update(one.entered for one in register.rows(tables.ENTRY) if one.field in NAMES.get(one.record, ()))
    known = replace(schemas.load_name_words(), ordinary=ordinary_words(history))
    return Names.of(names, known, values_in(history, AGENCIES))


def disputed(register: Register, code: str) -> set[Key]:
    """The facts of a round (its code) on which a query is open, or whose last text could not be taken."""
    entries = register.rows(tables.ENTRY, round=code)
    last = {Key(one.record, one.ref, one.field): one.outcome for one in entries}
    asked = {cell.key for one in register.open_queries() for cell in one.cells}
    return asked | {key for key, outcome in last.items() if outcome in NOT_READ}
