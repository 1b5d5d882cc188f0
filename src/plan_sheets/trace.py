"""Where a value came from: every time that it was given, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.findings import Outcome, PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.declined import list_declined
from plan_sheets.store.register.reads import TracedValue, list_traced_values
from plan_sheets.store.register.register import Register


@dataclass(frozen=True, slots=True)
class Step:
    """One time that a value was given: in which file and cell, by whom, and what became of it.

    `before`: what stood then, "" if nothing. `sheet` and `cell` are "" where the officer settled a query.
    """

    field: str
    round: str
    value: str
    before: str
    outcome: str
    number: str
    """Of the return, `DA-1`."""
    file: str
    sha256: str
    sheet: str
    cell: str
    completed_by: str
    received: str
    saved_by: str
    replaces: str = ""
    """The number of the return in whose place it came; "" if in none's."""
    mail: Mail | None = None
    """The e-mail that the file came in; None if it came in none."""
    reason: str = ""
    """Why the return was withdrawn, where the value stands again because of that; else ""."""


def trace_value(folder: Folder, ref: str, field: str | None = None) -> Sequence[Step]:
    """Every value that a ref was given, oldest first; `field`: only those of this field, by its name or heading.

    Raises PlanSheetsError if the register knows no such ref or field.
    """
    check_folder(folder)
    with folder.register.as_it_stands():
        steps = list(_list_steps(folder.register, ref))
    if not steps:
        raise PlanSheetsError(f"The register knows nothing of '{ref}'.", "Refs look like J2a.1; the master lists them.")
    records = schemas.load_records()
    titles = {
        name: records[record][name].title if name in records.get(record, {}) else name
        for record, name in {step[:2] for step in steps}
    }
    meant = {
        name
        for name, title in titles.items()
        if field is None or field.casefold() in (name.casefold(), title.casefold())
    }
    if not meant:
        raise PlanSheetsError(
            f"There is no field '{field}' of {ref}.", f"Said so far: {', '.join(sorted(set(titles.values())))}."
        )
    return [step for _, name, step in steps if name in meant]


def _list_steps(register: Register, ref: str) -> Iterator[tuple[str, str, Step]]:
    """Record, field and step of every value that a ref was given: by the day it came, settlements last."""
    before: dict[Key, str] = {}
    stood = [(value, True) for value in list_traced_values(register, ref)]
    given = [*stood, *((value, False) for value in _list_declined(register, ref))]
    for value, stands in sorted(given, key=lambda each: (each[0].received, _is_settled(each[0]))):
        key, head, rest = value.key, value.head, value[4:]
        head = before.get(key, "") if _is_settled(value) else head
        yield key.record, key.field, Step(key.field, value.round, value.value, head, *rest)
        if stands and value.outcome in (Outcome.TAKEN, Outcome.SETTLED, Outcome.WITHDRAWN):
            before[key] = value.value


def _list_declined(register: Register, ref: str) -> Iterator[TracedValue]:
    """Each No to what was proposed of a ref, and each Keep to a query about it: the officer's choice in words."""
    for declined in list_declined(register, register.history(ref=ref)):
        if declined.key.ref.partition("/")[0] == ref:
            (file,) = register.returns(id=declined.source.return_id)
            of_file = (
                file.number,
                file.file,
                file.sha256,
                "",
                "",
                declined.source.who,
                file.received,
                file.saved_by,
                "",
                None,
            )
            yield TracedValue(declined.key, declined.round, declined.words, "", Outcome.SETTLED, *of_file)


def _is_settled(value: TracedValue) -> bool:
    return value.outcome in (Outcome.SETTLED, Outcome.WITHDRAWN)
