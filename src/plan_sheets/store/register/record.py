"""Recording what became of a return: the return, its cells, its values, its findings and its queries, in one batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.answers.merge import Merged, MergedCell
from plan_sheets.core.model.findings import Finding, Outcome, Verdict
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.queries import QueryCell
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch, make_value_row


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What there is to record of a file beside its cells."""

    sha256: str
    file: str
    kind: str
    verdict: Verdict | str
    document: int | None = None
    replaces: int | None = None
    answers_sha: str = ""
    saved_by: str = ""
    completed_by: str = ""
    form: str = ""
    sent_by: str = ""
    sent_at: str = ""
    subgroup: str = ""
    round: str = ""

    @classmethod
    def of(cls, receipt: Receipt, answers: Answers | None) -> Self:
        """What there is to record of any file that came; of one that is merged there is more."""
        return cls(
            receipt.sha256,
            Path(receipt.file).name,
            receipt.kind or "",
            receipt.verdict,
            answers.document.id if answers else None,
            saved_by=receipt.saved_by,
            form=json.dumps(answers.form, ensure_ascii=False) if answers else "",
            sent_by=receipt.sent_by,
            sent_at=receipt.sent_at,
        )


def record_return(batch: Batch, received: ReceivedFile, return_id: int, merged: Merged) -> None:
    """Everything in a merged return whose row has this id; values get the entry that they came by."""
    kept = [one for one in merged.cells if _worth_keeping(one)]
    ids = dict(zip(map(id, kept), batch.add_all(tables.ENTRY, [_entry(return_id, one) for one in kept]), strict=True))
    values = [
        make_value_row(one.cell.key, one.cell.value, one.cell.scope, one.round, entry=ids[id(one)])
        for one in kept
        if one.outcome is Outcome.TAKEN and one.cell.scope in ("standing", "round")
    ]
    batch.add_all(tables.VALUE, values)
    record_findings(batch, return_id, merged.findings)
    for query in merged.queries:
        cells = [_query_cell(query.finding, one) for one in query.cells]
        add_query(
            batch, return_id, (query.finding.code, received.round, received.subgroup, query.finding.message), cells
        )


def add_query(batch: Batch, return_id: int, told: tuple[str, str, str, str], cells: Iterable[QueryCell]) -> None:
    """A query (`told`: code, round, subgroup, message) and the cells that it is about."""
    code, round_code, subgroup, message = told
    query = batch.add(
        tables.QUERY, return_id=return_id, code=code, round=round_code, subgroup=subgroup, message=message
    )
    batch.add_all(
        tables.QUERY_CELL,
        [
            {
                "query": query,
                "record": one.key.record,
                "ref": one.key.ref,
                "field": one.key.field,
                "scope": one.scope,
                "round": one.round,
                "head": one.head,
                "returned": one.returned,
                "address": one.address,
            }
            for one in cells
        ],
    )


def add_return(batch: Batch, received: ReceivedFile) -> int:
    """The row of a file received; its id."""
    return batch.add(
        tables.RETURN,
        sha256=received.sha256,
        file=received.file,
        kind=received.kind,
        verdict=str(received.verdict),
        document=received.document,
        replaces=received.replaces,
        answers_sha=received.answers_sha,
        saved_by=received.saved_by,
        completed_by=received.completed_by,
        form=received.form,
        sent_by=received.sent_by,
        sent_at=received.sent_at,
        received=batch.at,
    )


def record_findings(batch: Batch, return_id: int, findings: Iterable[Finding]) -> None:
    """What there is to say about a return."""
    rows = []
    for one in findings:
        address, key = one.address or Address("", ""), one.key or Key("", "", "")
        rows.append(
            {
                "return_id": return_id,
                "code": one.code,
                "severity": str(one.severity),
                "sheet": address.sheet,
                "cell": address.cell,
                "record": key.record,
                "ref": key.ref,
                "field": key.field,
                "entered": one.entered,
                "message": one.message,
            }
        )
    batch.add_all(tables.FINDING, rows)


def _worth_keeping(one: MergedCell) -> bool:
    """Whether a cell says anything: blank cells that went out blank are not recorded one by one."""
    return bool(one.cell.entered.strip() or one.cell.value or one.cell.base)


def _entry(return_id: int, one: MergedCell) -> dict[str, object]:
    cell, address = one.cell, one.cell.address or Address("", "")
    return {
        "return_id": return_id,
        "record": cell.key.record,
        "ref": cell.key.ref,
        "field": cell.key.field,
        "round": one.round,
        "sheet": address.sheet,
        "cell": address.cell,
        "entered": cell.entered,
        "tidied": cell.value,
        "next_base": one.next_base,
        "head": one.head.value,
        "outcome": str(one.outcome),
    }


def _query_cell(finding: Finding, one: MergedCell) -> QueryCell:
    cell = one.cell
    returned = cell.value if cell.blocked is None else cell.entered
    return QueryCell(
        cell.key, cell.scope, one.round, one.head.value, returned, str(cell.address or finding.address or "")
    )
