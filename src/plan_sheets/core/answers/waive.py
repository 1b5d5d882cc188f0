"""Waivers: rules of the plan that the board officer does not hold a subgroup to until a day, by whose word and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Severity
from plan_sheets.core.model.messages import Messages

WAIVED = "waived"
"""The code of the note that stands instead of a finding that was waived."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One rule for one subgroup. `code`: of the finding that is a note meanwhile; `until`, `given`: ISO."""

    code: str
    subgroup: str
    until: str
    """The last day on which it holds."""
    by: str
    reason: str
    given: str

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on a day."""
        return day.isoformat() <= self.until

    def describe(self, day: date) -> str:
        """`required is allowed for DA until 31 March 2017, by Jo: the chair is new`; that it has expired, if it has."""
        until = PartialDate.of_iso(self.until).words
        holds = f"is allowed for {self.subgroup} until {until}"
        was = f"was allowed for {self.subgroup} until {until} and has expired"
        return f"{self.code} {holds if self.is_in_force(day) else was}, by {self.by}: {self.reason}"


def waive(findings: Iterable[Finding], waivers: Iterable[Waiver], messages: Messages) -> Iterator[Finding]:
    """The findings of a return; a note instead of each that one of its subgroup's `waivers` in force is about."""
    by_code = {waiver.code: waiver for waiver in waivers}
    for finding in findings:
        waiver = by_code.get(finding.code)
        yield finding if waiver is None else _make_note(finding, waiver, messages)


def _make_note(finding: Finding, waiver: Waiver, messages: Messages) -> Finding:
    """The note; what it is about stays, so that what was typed there is taken."""
    details = {"said": finding.message, "by": waiver.by, "until": PartialDate.of_iso(waiver.until).words}
    note = messages.remark(WAIVED, {**details, "rule": waiver.code, "reason": waiver.reason.rstrip(".")})
    return replace(note, severity=Severity.NOTE, address=finding.address, key=finding.key, entered=finding.entered)
