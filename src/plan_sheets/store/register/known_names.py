"""Whom the register names, and which facts are in dispute: what a public edition must not show."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parseaddr

from plan_sheets.core.editions.people import AGENCIES, NAMES, Names, names_in, ordinary_words, values_in
from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.keys import Key
from plan_sheets.store import schemas
from plan_sheets.store.register.reads import find_keys_left_in_round, list_people, list_senders
from plan_sheets.store.register.register import Register

NOT_READ = (Outcome.ERROR, Outcome.MASKED)
"""Outcomes of a cell whose text was not taken, and about which no query is open."""


def find_known_names(register: Register) -> Names:
    """The names in the register: owners, chairs, contacts, and who filled in, sent, settled, decided or overrode."""
    history = register.history()
    # What was typed and not taken, or waits to be settled, names people too.
    names = {*names_in(history), *list_people(register, NAMES)}
    names.update(part for sender in list_senders(register) for part in parseaddr(sender))
    known = replace(schemas.load_name_words(), ordinary=ordinary_words(history))
    return Names.of(names, known, values_in(history, AGENCIES))


def find_disputed(register: Register, code: str) -> set[Key]:
    """The facts of a round (its code) on which a query is open, or whose last text could not be taken."""
    asked = {cell.key for query in register.open_queries() if query.round <= code for cell in query.cells}
    return asked | set(find_keys_left_in_round(register, code, NOT_READ))
