"""Recording what became of a return: the return, its cells, its values, its findings and its queries, in one batch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from plan_sheets.core.answers.merge import Merged, MergedCell
from plan_sheets.core.answers.returns import Return, judge
from plan_sheets.core.model.findings import Finding, Outcome, Verdict
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.queries import QueryCell
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch, make_value_row


class AddedReturn(NamedTuple):
    """A return that was added: its id, and its number as people read it."""

    id: int
    number: str


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
    mail: Mail | None = None
    subgroup: str = ""
    round: str = ""

    @classmethod
    def of(cls, returned: Return) -> Self:
        """What there is to record of any file that came; of one that is merged there is more."""
        answers, document = returned.answers, returned.document
        return cls(
            returned.sha256,
            Path(returned.file).name,
            document.kind if document else "",
            judge(returned),
            answers.document.id if answers else None,
            saved_by=returned.saved_by,
            form=json.dumps(answers.form, ensure_ascii=False) if answers else "",
            mail=returned.mail,
            subgroup=document.subgroup if document else "",
        )

    @property
    def stem(self) -> str:
        """What its number begins with: whose it is, as far as that is known."""
        if self.kind == "plan":
            return "PLAN"
        if self.document is None:
            return "FILE"
        return self.subgroup or ("OFFICER" if self.kind == "officer" else "MASTER")


def record_return(
    batch: Batch, received: ReceivedFile, return_id: int, merged: Merged, findings: Iterable[Finding]
) -> None:
    """Everything in a merged return whose row has this id; values get the entry that they came by.

    `findings`: all that there is to say of it.
    """
    kept = [merged_cell for merged_cell in merged.cells if _is_worth_keeping(merged_cell)]
    entries = batch.add_all(tables.ENTRY, [_entry(return_id, merged_cell) for merged_cell in kept])
    values = [
        make_value_row(cell.key, cell.value, cell.scope, round_code, entry=entry)
        for (cell, _, outcome, round_code), entry in zip(kept, entries, strict=True)
        if outcome is Outcome.TAKEN and cell.scope in ("standing", "round")
    ]
    batch.add_all(tables.VALUE, values)
    record_findings(batch, return_id, findings)
    for query in merged.queries:
        cells = [_query_cell(query.finding, merged_cell) for merged_cell in query.cells]
        about = (query.finding.code, query.round or received.round, received.subgroup, query.finding.message)
        add_query(batch, return_id, about, cells)


def add_query(batch: Batch, return_id: int, about: tuple[str, str, str, str], cells: Iterable[QueryCell]) -> None:
    """A query (`about`: code, round, subgroup, message) and the cells that it is about."""
    code, round_code, subgroup, message = about
    query = batch.add(
        tables.QUERY, return_id=return_id, code=code, round=round_code, subgroup=subgroup, message=message
    )
    batch.add_all(
        tables.QUERY_CELL,
        [
            {
                "query": query,
                "record": cell.key.record,
                "ref": cell.key.ref,
                "field": cell.key.field,
                "scope": cell.scope,
                "round": cell.round,
                "head": cell.head,
                "returned": cell.returned,
                "address": cell.address,
            }
            for cell in cells
        ],
    )


def add_return(batch: Batch, received: ReceivedFile) -> AddedReturn:
    """Add the row of a file received, with the next number of its kind."""
    number = batch.next_number(received.stem)
    added = batch.add(
        tables.RETURN,
        number=number,
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
        mail=batch.add_mail(received.mail) if received.mail else None,
        received=batch.at,
    )
    return AddedReturn(added, number)


def record_findings(batch: Batch, return_id: int, findings: Iterable[Finding]) -> None:
    """What there is to say about a return."""
    rows = []
    for finding in findings:
        address, key = finding.address or Address("", ""), finding.key or Key("", "", "")
        rows.append(
            {
                "return_id": return_id,
                "code": finding.code,
                "severity": str(finding.severity),
                "sheet": address.sheet,
                "cell": address.cell,
                "record": key.record,
                "ref": key.ref,
                "field": key.field,
                "entered": finding.entered,
                "message": finding.message,
                "mend": finding.mend,
            }
        )
    batch.add_all(tables.FINDING, rows)


def _is_worth_keeping(merged_cell: MergedCell) -> bool:
    """Whether a cell says anything: blank cells that went out blank are not recorded one by one."""
    cell = merged_cell.cell
    return bool(cell.entered.strip() or cell.value or cell.base)


def _entry(return_id: int, merged_cell: MergedCell) -> dict[str, object]:
    """The row of a cell in the table of entries."""
    cell, address = merged_cell.cell, merged_cell.cell.address or Address("", "")
    return {
        "return_id": return_id,
        "record": cell.key.record,
        "ref": cell.key.ref,
        "field": cell.key.field,
        "round": merged_cell.round,
        "sheet": address.sheet,
        "cell": address.cell,
        "entered": cell.entered,
        "tidied": cell.value,
        "compared": cell.base,
        "next_base": merged_cell.next_base,
        "head": merged_cell.head.value,
        "outcome": str(merged_cell.outcome),
        "said_in": cell.said.row if cell.said else "",
        "by": cell.said.who if cell.said else "",
    }


def _query_cell(finding: Finding, merged_cell: MergedCell) -> QueryCell:
    """A cell as the register keeps it beside the query about it."""
    cell = merged_cell.cell
    returned = cell.value if cell.blocked is None else cell.entered
    return QueryCell(
        cell.key,
        cell.scope,
        merged_cell.round,
        merged_cell.head.value,
        returned,
        str(cell.address or finding.address or ""),
    )
