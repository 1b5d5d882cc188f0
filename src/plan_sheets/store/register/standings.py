"""How the workbook of each subgroup stands in a round, from what the register holds."""

from __future__ import annotations

import json
from datetime import date

from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.mail import describe_mail
from plan_sheets.core.rating.control_totals import Arrival, SubgroupReturn, control_totals
from plan_sheets.store.register.reads import ReturnOfRound, list_returns_of_rounds
from plan_sheets.store.register.register import Register


def read_standings(register: Register, code: str, as_of: date) -> list[SubgroupReturn]:
    """How the workbook of each subgroup stands in a round (its code), by the latest issue of each."""
    documents = register.document_facts("subgroup", code)
    files = list_returns_of_rounds(register, code, code, ["subgroup"], set(Verdict) - {Verdict.REFUSED})
    arrivals = [
        Arrival(file.subgroup, file.verdict, file.received, file.completed_by, _describe_messages(file), file.number)
        for file in files
    ]
    issued = {document.subgroup: document.created for document in documents.values()}
    return_by = next(issued_round.return_by for issued_round in register.rounds() if issued_round.code == code)
    return control_totals(sorted(issued.items()), arrivals, date.fromisoformat(return_by), as_of)


def _describe_messages(file: ReturnOfRound) -> str:
    """What the form on `Start here` tells the board officer, and the e-mail that the file came in."""
    answers = json.loads(file.form) if file.form else {}
    because = f"Nothing to report: {answers['nothing_because']}" if answers.get("nothing_because") else ""
    mail = describe_mail(file.mail) if file.mail else ""
    return "\n".join(filter(None, [because, answers.get("message", ""), mail]))
