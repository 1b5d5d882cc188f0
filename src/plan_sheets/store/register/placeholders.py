"""What was typed where an answer should be (`?`, `TBC`), and since when nothing else has stood there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.store import schemas
from plan_sheets.store.register.reads import CellFinding, Entry, list_entries_of_placeholders, list_findings_of
from plan_sheets.store.register.register import Register

PLACEHOLDER = "placeholder"
"""The code of the finding about a placeholder."""


class Placeholder(NamedTuple):
    """What was typed where an answer should be, and the code of the round since which no answer was."""

    entered: str
    since: str


def list_placeholders(register: Register) -> dict[Key, str]:
    """Every placeholder that was ever typed: the text as typed, by key, whatever stands there now."""
    return _list_texts(list_findings_of(register, PLACEHOLDER))


def _list_texts(findings: Iterable[CellFinding]) -> dict[Key, str]:
    return {finding.key: finding.entered for finding in findings if finding.entered}


def find_open_placeholders(register: Register, history: History, code: str) -> dict[Key, Placeholder]:
    """Every placeholder that is open at the end of a round (its code).

    One that was typed as a round's answer is open in that round only.
    """
    records = schemas.load_records()
    findings = list_findings_of(register, PLACEHOLDER)
    entries = [entry for entry in list_entries_of_placeholders(register, PLACEHOLDER, code) if entry.entered.strip()]
    typed = _find_rounds_typed(entries, {(finding.return_id, finding.key) for finding in findings})
    open_ones = {}
    for key, entered in _list_texts(findings).items():
        about = records.get(key.record, {}).get(key.field)
        lasting = about is None or about.scope == "standing"
        if key in typed and (lasting or (typed[key][0] == code and not history.in_round(key, code).value)):
            open_ones[key] = Placeholder(entered, typed[key][1] if lasting else code)
    return open_ones


def _find_rounds_typed(
    entries: Iterable[Entry], placeholders: Collection[tuple[int, Key]]
) -> Mapping[Key, tuple[str, str]]:
    """In which round each fact was last given a text, and since which round that text is but a placeholder.

    `placeholders`: where one was typed, by the id of the return and the key.
    """
    typed: dict[Key, tuple[str, str]] = {}
    answered: set[Key] = set()
    for entry in entries:
        key = entry.key
        goes_on = key in typed and key not in answered
        typed[key] = entry.round, typed[key][1] if goes_on else entry.round
        is_answer = (entry.return_id, key) not in placeholders
        (answered.add if is_answer else answered.discard)(key)
    return typed
