"""A return that was taken in by mistake is withdrawn: what it brought is worked out anew without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from plan_sheets.core.answers.merge import said_by
from plan_sheets.core.answers.withdraw import Withdrawn, withdraw
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Outcome, PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery, QueryCell
from plan_sheets.core.model.text import shorten
from plan_sheets.core.screening.around import check_reason
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch, make_value_row
from plan_sheets.store.register.reads import list_origins, list_said_beside, list_withdrawn
from plan_sheets.store.register.record import add_query, record_findings
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.settling.subjects import OFFICE, query_subject
from plan_sheets.store.register.troubles import UNCHANGED

NOT_WITHDRAWN = {
    "plan": "It is plan.xlsx as it was read: change plan.xlsx, then: plan-sheets plan.",
    "officer": "It is an officer's workbook: correct in plan.xlsx or in the next officer's workbook what was settled.",
    "master": "It is a master with decisions: type what was decided into the newest master, and receive that.",
}
"""What to do instead, by the kind of what cannot be withdrawn."""


@dataclass(frozen=True, slots=True)
class FellBack:
    """An answer that stood and does not any more: its field in words, and what stands instead."""

    ref: str
    field: str
    round: str
    before: str
    value: str


@dataclass(frozen=True, slots=True)
class WhatWithdrew:
    """What withdrawing a return came to."""

    number: str
    file: str
    reason: str
    fell_back: Sequence[FellBack]
    stands: Sequence[str]
    """What stands all the same, each a sentence with the reason."""
    closed: int
    """How many queries are closed."""
    asked: int
    """How many conflicts there are now that were none before."""


def withdraw_return(folder: Folder, name: str, reason: str, now: datetime) -> WhatWithdrew:
    """Withdraw a return by its number or the beginning of its SHA-256: see `office.withdraw_return`."""
    reason, register = check_reason(schemas.load_screen(), reason), folder.register
    with register.batch("withdraw", now.isoformat(timespec="seconds")) as batch:
        returned = register.find_return(name)
        _check(register, returned)
        history, queries = register.history(), register.open_queries()
        conflicts = {(query.return_id, cell.key) for query in queries for cell in query.cells}
        beside = [
            said
            for said in list_said_beside(register, returned.id)
            if said.outcome is Outcome.AGREED or (said.return_id, said.key) in conflicts
        ]
        found = withdraw(history, returned.id, list_withdrawn(register), beside)
        fell_back = list(_list_fallen(history, found))
        withdrawal = batch.add(tables.WITHDRAWAL, return_id=returned.id, reason=reason)
        _record_values(batch, found, withdrawal)
        closed, asked = _record_queries(batch, returned, found, queries)
        findings = [
            *_describe(returned, reason, batch.at, len(fell_back)),
            *_describe_standing(returned, found),
        ]
        record_findings(batch, returned.id, findings)
    stands = [finding.message for finding in findings[1:]]
    return WhatWithdrew(returned.number, returned.file, reason, fell_back, stands, closed, asked)


def _check(register: Register, returned: ReturnFacts) -> None:
    """Raise PlanSheetsError if this cannot be withdrawn."""
    number = returned.number
    kind = "master" if returned.kind == "public" else returned.kind
    if kind in NOT_WITHDRAWN:
        raise PlanSheetsError(f"{number} is no return of a subgroup.", f"{NOT_WITHDRAWN[kind]} {UNCHANGED}")
    withdrawn = list_withdrawn(register)
    if returned.id in withdrawn:
        when = PartialDate.of_iso(withdrawn[returned.id]).words
        raise PlanSheetsError(f"{number} was withdrawn on {when} already.", UNCHANGED)
    if not returned.answers_sha:
        was = returned.verdict.replace("_", " ")
        raise PlanSheetsError(
            f"Nothing of {number} was taken in: it is {was}.", f"There is nothing to withdraw. {UNCHANGED}"
        )
    later = [other.number for other in register.returns(replaces=returned.id) if other.id not in withdrawn]
    if later:
        raise PlanSheetsError(f"{number} was replaced by {later[0]}.", f"Withdraw {later[0]} first. {UNCHANGED}")


def _list_fallen(history: History, found: Withdrawn) -> Iterator[FellBack]:
    for restored in found.restored:
        before = history.head(restored.key, restored.scope, restored.round).value
        if before != restored.value:
            title = _title_of(restored.key)
            yield FellBack(restored.key.ref, title, restored.round, before, restored.value)


def _title_of(key: Key) -> str:
    about = schemas.load_records().get(key.record, {}).get(key.field)
    return about.title if about else "The row itself"


def _record_values(batch: Batch, found: Withdrawn, withdrawal: int) -> None:
    """New values that restore what stands; each with where it came from, and the withdrawal."""
    origins = list_origins(batch.register, [restored.origin for restored in found.restored if restored.origin])
    rows = []
    for key, value, scope, round_code, origin, said in found.restored:
        entry, settlement = (said, None) if said else origins.get(origin, (None, None))
        source = {"entry": entry, "settlement": settlement, "withdrawal": withdrawal}
        rows.append(make_value_row(key, value, scope, round_code, **source))
    batch.add_all(tables.VALUE, rows)


def _record_queries(
    batch: Batch, returned: ReturnFacts, found: Withdrawn, queries: Sequence[OpenQuery]
) -> tuple[int, int]:
    """Close what is no question any more, and ask what is one now: how many of each."""
    closed, ask = 0, []
    for query in queries:
        left = [cell for cell in query.cells if (query.return_id, cell.key) not in found.closed]
        if query.return_id != returned.id and len(left) == len(query.cells):
            continue
        why = f"{returned.number} was withdrawn"
        about = {"subject": query_subject(query.id), "choice": "Withdrawn", "typed": why, "by": OFFICE}
        batch.add(tables.SETTLEMENT, **about, return_id=returned.id)
        closed += 1
        if query.return_id != returned.id:
            ask += [(query.return_id, query.subgroup, cell) for cell in left]
    history = batch.history()
    left_over = len(ask)
    subgroups = {facts.id: facts.subgroup for facts in batch.register.document_facts().values()}
    for said, held in found.asked:
        cell = QueryCell(said.key, held.scope, said.round, held.value, said.value, "")
        document = batch.register.returns(id=said.return_id)[0].document
        ask.append((said.return_id, subgroups.get(document or 0, ""), cell))
    for return_id, subgroup, cell in ask:
        finding = _conflict(history, cell)
        add_query(batch, return_id, (finding.code, cell.round, subgroup, finding.message), [cell])
    return closed, len(ask) - left_over


def _conflict(history: History, cell: QueryCell) -> Finding:
    head = history.head(cell.key, cell.scope, cell.round)
    return schemas.load_messages().finding(
        "conflict",
        key=cell.key,
        entered=cell.returned,
        heading=_title_of(cell.key),
        ref=cell.key.ref,
        head=shorten(head.value) or "blank",
        who=said_by(head.source),
    )


def _describe(returned: ReturnFacts, reason: str, at: str, count: int) -> Iterator[Finding]:
    day = PartialDate.of_iso(at).words
    details = {"number": returned.number, "day": day, "reason": reason, "count": str(count)}
    yield schemas.load_messages().remark("return_withdrawn", details)


def _describe_standing(returned: ReturnFacts, found: Withdrawn) -> Iterator[Finding]:
    """A warning for each fact that stands although the return is withdrawn; of a row that stays, one for all of it."""
    told = set()
    for key, because in found.stands.items():
        whole = because.startswith("the row")
        if (about := (key.record, key.ref) if whole else key) in told:
            continue
        told.add(about)
        details = {"heading": "Everything" if whole else _title_of(key), "ref": key.ref, "number": returned.number}
        yield schemas.load_messages().remark("withdrawn_stands", {**details, "because": because}, key=key)
