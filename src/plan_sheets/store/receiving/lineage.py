"""What a return that takes the place of an earlier one has to do with it, and with what was asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plan_sheets.core.answers.returns import Return
from plan_sheets.core.answers.sent_back import ASKED_ALREADY
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.store.register.mending.unmended import list_replacing
from plan_sheets.store.register.reads import list_withdrawn
from plan_sheets.store.register.register import Register, ReturnFacts

STILL_ASKED = "still_asked"
"""The code of the finding that a cell that went back to be mended says what the officer was asked about."""


def find_answered(register: Register, answered: int, messages: Messages) -> tuple[ReturnFacts | None, list[Finding]]:
    """The return (its id) that a feedback workbook answers, None if it was withdrawn; and what to say of that."""
    if answered in list_withdrawn(register):
        return None, []
    earlier, others = register.returns(id=answered)[0], list_replacing(register, answered)
    findings = [tell_replaces(earlier, messages)]
    if others:
        listed = " and ".join(others)
        findings.append(messages.finding("feedback_answered", number=earlier.number, others=listed))
    return earlier, findings


def tell_replaces(earlier: ReturnFacts, messages: Messages) -> Finding:
    """The note that says which return is replaced."""
    received = PartialDate.of_iso(earlier.received).words
    return messages.finding("replaces", received=received, number=earlier.number)


def list_queries(register: Register, earlier: ReturnFacts) -> list[OpenQuery]:
    """The queries that wait and came by this return, or by one in whose place it came, and so on."""
    queries, lineage = register.open_queries(id=earlier.id), [earlier]
    while (before := lineage[-1].replaces) is not None:
        lineage += register.returns(id=before)
        queries += register.open_queries(id=before)
    return queries


def leave_to_officer(returned: Return, queries: Sequence[OpenQuery], messages: Messages) -> set[Key | None]:
    """The cells that say what the officer has been asked about already: nobody is asked again.

    A note says so of each as long as that waits; what it says of mending stays. `queries`: those that wait.
    """
    asked = {finding.key: finding for finding in returned.findings if finding.code == STILL_ASKED}
    waits = {cell.key for query in queries for cell in query.cells}
    returned.findings = [finding for finding in returned.findings if finding.code != STILL_ASKED]
    for key, finding in asked.items():
        if key in waits:
            where, entered = finding.address, finding.entered
            note = messages.finding(ASKED_ALREADY, address=where, key=key, entered=entered)
            returned.findings.append(replace(note, mend=finding.mend))
    return {*asked}
