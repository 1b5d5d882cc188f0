"""What became of the files of a batch, and what the officer says of one beside handing it over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.findings import Finding, PlanSheetsError, Verdict


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the officer says of one file beside handing it over."""

    issue: str = ""
    """Whose it is: a reference."""
    replaces: str = ""
    """The return that it replaces: its number (DA-1), or the beginning of its SHA-256."""
    allow: frozenset[str] = frozenset()
    """Codes that shall not hold it."""
    reason: str = ""

    def check_allowed(self, holding: Collection[str]) -> None:
        """Raise PlanSheetsError if a code holds nothing, or if there is no reason. `holding`: the codes that do."""
        if bool(self.allow) != bool(self.reason):
            raise PlanSheetsError(
                "--allow and --reason belong together.", "Say what may go in, and why; it is recorded."
            )
        if unknown := self.allow.difference(holding):
            raise PlanSheetsError(
                f"Nothing is held by {', '.join(sorted(unknown))}.", f"--allow takes: {', '.join(sorted(holding))}."
            )


ALLOWS_IDENTIFIERS = "case_identifier"
"""What the officer allows where nothing shall be masked."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one file. `round`, `subgroup`, `issue` and `kind` are None where they are not known."""

    file: str
    sha256: str
    verdict: Verdict
    kind: str | None = None
    subgroup: str | None = None
    round: str | None = None
    issue: str | None = None
    saved_by: str = ""
    sent_by: str = ""
    """The sender of the e-mail that it came in, where it came in one; `sent_at` when (ISO)."""
    sent_at: str = ""
    findings: Sequence[Finding] = ()
    changes: int = 0
    """How many values that were typed in it stand now."""
    conflicts: int = 0
    """How many cells say something else than was said meanwhile: none of them is among the changes."""
    queries: int = 0
    """How many queries it asks of the officer, those about its conflicts among them."""
    feedback: str | None = None
    number: str = ""
    """Its number in the plan, `DA-1`; "" for a duplicate."""
    duplicate_of: str = ""
    """Of a duplicate, the number of the return that said the same; else ""."""


@dataclass(frozen=True, slots=True)
class Receipts:
    """What became of a batch, in the order in which the files were given; and what was passed over, with the reason."""

    returns: tuple[Receipt, ...]
    passed_over: tuple[tuple[str, str], ...]

    @property
    def are_refused(self) -> bool:
        """Whether there were files and each was refused."""
        return bool(self.returns) and all(receipt.verdict is Verdict.REFUSED for receipt in self.returns)

    @property
    def ask_somebody(self) -> bool:
        """Whether somebody must act: a file is held or refused, or something in one was not taken."""
        return any(
            receipt.verdict in (Verdict.HELD, Verdict.REFUSED)
            or any(finding.severity.blocks for finding in receipt.findings)
            for receipt in self.returns
        )
