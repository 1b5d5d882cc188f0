"""How the workbook of each subgroup stands in a round, from what the register holds."""

from __future__ import annotations

import json
from datetime import date

from plan_sheets.core.rating.control_totals import Arrival, SubgroupReturn, control_totals
from plan_sheets.store.register.register import Register


def read_standings(register: Register, code: str, as_of: date) -> list[SubgroupReturn]:
    """How the workbook of each subgroup stands in a round (its code), by the latest issue of each."""
    documents = register.document_facts("subgroup", code)
    arrivals = [
        Arrival(documents[came.document].subgroup, came.verdict, came.received, came.completed_by, _message(came.form))
        for came in register.returns(kind="subgroup")
        if came.document in documents and came.verdict != "refused"
    ]
    issued = {document.subgroup: document.created for document in documents.values()}
    return_by = next(one.return_by for one in register.rounds() if one.code == code)
    return control_totals(sorted(issued.items()), arrivals, date.fromisoformat(return_by), as_of)


def _message(form: str) -> str:
    """What the form on `Start here` tells the board officer."""
    said = json.loads(form) if form else {}
    because = f"Nothing to report: {said['nothing_because']}" if said.get("nothing_because") else ""
    return "\n".join(filter(None, [because, said.get("message", "")]))
