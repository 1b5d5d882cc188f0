"""Findings, verdicts and outcomes: what there is to say about a cell or a file, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plan_sheets.core.model.keys import Address, Key


class PlanSheetsError(Exception):
    """What makes a deed impossible: `str()` says what happened, `remedy` what to do next.

    `reasons`: where there may be several, each in a sentence. `recorded`: whether the register holds what the deed did,
    and only something after that failed.
    """

    def __init__(self, what: str, remedy: str = "", *, reasons: Sequence[str] = (), recorded: bool = False) -> None:
        super().__init__(what)
        self.remedy = remedy
        self.reasons = tuple(reasons)
        for line in filter(None, (*self.reasons, remedy)):
            self.add_note(line)  # a traceback in somebody's own program shows it too
        self.recorded = recorded


Values = Mapping[Key, str]
"""The one shape for plan, issue, return and register: tidied texts by key, all of one scope (standing, or a round)."""


class Severity(StrEnum):
    """What a finding means for the cell: error, query and masked are not taken; warning and note are."""

    ERROR = "error"
    QUERY = "query"
    MASKED = "masked"
    WARNING = "warning"
    NOTE = "note"

    @property
    def has_to_be_mended(self) -> bool:
        """Whether what was typed cannot be taken as it stands, whatever anybody says of it."""
        return self in (Severity.ERROR, Severity.MASKED)

    @property
    def blocks(self) -> bool:
        """Whether a cell with such a finding is recorded but not merged."""
        return self in (Severity.ERROR, Severity.QUERY, Severity.MASKED)


class Verdict(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_FINDINGS = "accepted_with_findings"
    UNTOUCHED = "untouched"
    HELD = "held"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


class Outcome(StrEnum):
    """What became of one typed cell; `declined` and `kept`: of what the officer said No to, or Keep against."""

    TAKEN = "taken"
    AGREED = "agreed"
    UNTOUCHED = "untouched"
    CONFLICT = "conflict"
    QUERY = "query"
    ERROR = "error"
    MASKED = "masked"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the program has to say about a cell or a file: `message` is one plain sentence or two.

    `address` and `key` are None where it is about the whole file; `entered` is the text as typed, or None; `reading`
    what it was read as, "" where that is not what the finding is about. `mend`: what is wrong, with what the chair who
    filled it in can do; "" where that is nothing.
    """

    code: str
    severity: Severity
    message: str
    address: Address | None = None
    key: Key | None = None
    entered: str | None = None
    reading: str = ""
    mend: str = ""
