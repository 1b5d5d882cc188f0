"""Where a value came from: every time somebody said something about it, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plan_sheets.core.model.findings import Outcome, PlanSheetsError
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register, ReturnFacts


@dataclass(frozen=True, slots=True)
class Step:
    """One time that a value was said: in which file and cell, by whom, and what became of it."""

    field: str
    round: str
    value: str
    before: str
    outcome: str
    file: str
    sha256: str
    sheet: str
    cell: str
    completed_by: str
    received: str
    saved_by: str


def trace_value(folder: Folder, ref: str, field: str | None = None) -> Sequence[Step]:
    """Everything that was said of a ref, or of one field of it (its name or heading), oldest first.

    Raises PlanSheetsError if the register knows no such ref or field.
    """
    check_folder(folder)
    with folder.register.as_it_stands():
        steps = list(_steps(folder.register, ref))
    if not steps:
        raise PlanSheetsError(f"The register knows nothing of '{ref}'.", "Refs look like J2a.1; the master lists them.")
    records = schemas.load_records()
    titles = {
        name: records[record][name].title if name in records.get(record, {}) else name
        for record, name in {one[:2] for one in steps}
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


def _steps(register: Register, ref: str) -> Iterator[tuple[str, str, Step]]:
    """Record, field and step of everything said of a ref, in the order in which it was recorded."""
    returns = {one.id: one for one in register.returns()}
    settled = {one.id: one for one in register.rows(tables.SETTLEMENT)}
    values = [one for one in register.rows_about(tables.VALUE, ref) if one.settlement is not None]
    said = [_entered(one, returns[one.return_id]) for one in register.rows_about(tables.ENTRY, ref)]
    said += [_settled(one, settled[one.settlement].by, returns[settled[one.settlement].return_id]) for one in values]
    before: dict[tuple[str, str, str], str] = {}
    for place, step in sorted(said, key=lambda told: (told[1].received, told[1].outcome == Outcome.SETTLED)):
        record, _, field = place
        yield record, field, replace(step, before=before.get(place, "")) if step.outcome == Outcome.SETTLED else step
        if step.outcome in (Outcome.TAKEN, Outcome.SETTLED):
            before[place] = step.value


def _entered(one: Any, came: ReturnFacts) -> tuple[tuple[str, str, str], Step]:
    """What a return said in a cell."""
    said = (one.field, one.round, one.tidied, one.head, one.outcome)
    where = (came.file, came.sha256, one.sheet, one.cell)
    return (one.record, one.ref, one.field), Step(*said, *where, came.completed_by, came.received, came.saved_by)


def _settled(one: Any, by: str, came: ReturnFacts) -> tuple[tuple[str, str, str], Step]:
    """What a settlement made of it."""
    said = (one.field, one.round, one.value, "", str(Outcome.SETTLED))
    where = (came.file, came.sha256, "", "")
    return (one.record, one.ref, one.field), Step(*said, *where, by, came.received, came.saved_by)
