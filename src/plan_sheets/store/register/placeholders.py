"""What was typed where an answer should be (`?`, `TBC`), and since when nothing else has stood there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register

PLACEHOLDER = "placeholder"
"""The code of the finding that says so."""


class Placeholder(NamedTuple):
    """What was typed where an answer should be, and the code of the round since which nothing else was."""

    entered: str
    since: str


def placeholders_of(register: Register, entries: Sequence[Any], history: History, code: str) -> dict[Key, Placeholder]:
    """Every placeholder up to the end of the round; one in a round's answer is open in that round alone.

    `entries`: those of every fact that ever had one.
    """
    records = schemas.load_records()
    typed = _typed(register, entries, code)
    told = {}
    for key, entered in register.placeholders().items():
        about = records.get(key.record, {}).get(key.field)
        lasting = about is None or about.scope == "standing"
        if key in typed and (lasting or (typed[key][0] == code and not history.in_round(key, code).value)):
            told[key] = Placeholder(entered, typed[key][1] if lasting else code)
    return told


def _typed(register: Register, entries: Sequence[Any], code: str) -> dict[Key, tuple[str, str]]:
    """In which round each fact was last given a text, and since which round that text is but a placeholder."""
    placeholders = {
        (one.return_id, one.record, one.ref, one.field) for one in register.rows(tables.FINDING, code=PLACEHOLDER)
    }
    typed: dict[Key, tuple[str, str]] = {}
    answered: set[Key] = set()
    for one in entries:
        if one.round <= code and one.entered.strip():
            key = Key(one.record, one.ref, one.field)
            goes_on = key in typed and key not in answered
            typed[key] = one.round, typed[key][1] if goes_on else one.round
            is_answer = (one.return_id, *key) not in placeholders
            (answered.add if is_answer else answered.discard)(key)
    return typed
