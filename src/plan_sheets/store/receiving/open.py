"""The first seven steps of receiving, which look at one file alone: many processes may take them side by side.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from plan_sheets.core.answers.answers import Answers
from plan_sheets.core.model.findings import Finding, PlanSheetsError, Verdict
from plan_sheets.core.model.found import CellKind, FoundWorkbook
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import Instructions, Receipt
from plan_sheets.core.returned.lost_on_saving import find_lost
from plan_sheets.core.returned.read import read_return
from plan_sheets.store import schemas
from plan_sheets.store.container.refused import OddError, Refusal
from plan_sheets.store.formats.reader import read_ordinary, read_workbook
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving.identify import Identifier
from plan_sheets.store.receiving.inbox import WaitingFile
from plan_sheets.store.receiving.unpack import IncomingFile

_Read = Callable[[bytes], FoundWorkbook | Refusal]


@dataclass(slots=True)
class Opened:
    """A file after these steps. `answers` is None where it holds none that may be merged."""

    receipt: Receipt
    answers: Answers | None = None
    was_kept: bool = False
    """Whether its bytes lie in `returned/`."""
    was_written: bool = False
    """Whether its bytes had to be written to `returned/`: they were not there, or not as they were received."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Opens the files of a batch, by the register as it was before the batch."""

    folder: Folder
    told: Instructions
    messages: Messages
    identifier: Identifier
    keeps: bool
    """Whether the bytes of a file are kept."""

    @classmethod
    def of(cls, folder: Folder, told: Instructions, *, keeps: bool) -> Self:
        """The intake of one batch."""
        messages = schemas.load_messages()
        return cls(folder, told, messages, Identifier(folder.register, messages), keeps)

    def open_ordinary(self, waiting: WaitingFile) -> Opened | None:
        """One file; None where that takes a child process: of these there shall be one at a time."""
        try:
            return self.open(waiting, read_ordinary)
        except OddError:
            return None

    def open(self, waiting: WaitingFile, read: _Read = read_workbook) -> Opened:
        """One file after these steps."""
        incoming = waiting.open()
        try:
            opened = self._judged(incoming, read)
        except (PlanSheetsError, OddError):
            raise
        except Exception as trouble:  # noqa: BLE001 - a fault of ours costs this file a refusal, and the others nothing
            reason = f"{type(trouble).__name__}: {trouble}"[:200]
            opened = Opened(_receipt(incoming), None)
            opened.receipt.findings.append(self.messages.remark("file_unforeseen", {"reason": reason}))
        # Of a container that could not be opened nobody knows what is in it.
        if self.keeps and incoming.refusal is None:
            opened.was_kept, opened.was_written = True, self.folder.keep(incoming.data, incoming.sha)
        self.identifier.known.clear()
        return opened

    def _judged(self, incoming: IncomingFile, read: _Read) -> Opened:
        receipt = _receipt(incoming)
        found = incoming.refusal or read(incoming.data)
        if not isinstance(found, FoundWorkbook):
            receipt.findings.append(self.messages.remark(found.code, found.details))
            return Opened(receipt)
        receipt.saved_by = found.saved_by
        if not any(
            cell.kind is CellKind.TEXT and cell.text.strip() for one in found.sheets for cell in one.cells.values()
        ):
            program = found.saved_by or "a program that does not say its name"
            receipt.findings.append(self.messages.remark("file_no_text", {"program": program}))
            return Opened(receipt)
        receipt.findings += [self.messages.remark(one.code, one.details) for one in found.remarks if not one.sheet]
        return self._identified(incoming, found, receipt)

    def _identified(self, incoming: IncomingFile, found: FoundWorkbook, receipt: Receipt) -> Opened:
        messages, told = self.messages, self.told
        kept = self.folder.kept(incoming.sha)
        again = (
            incoming.name if incoming.name == incoming.path else str(kept)
        )  # what came in a zip is no file by itself
        document, findings = self.identifier.identify(found, again, told.issue)
        receipt.findings += findings
        receipt.verdict = Verdict.HELD
        if document is None:
            return Opened(receipt)
        receipt.kind, receipt.round, receipt.subgroup, receipt.issue = (
            document.kind,
            document.round,
            document.subgroup or None,
            document.reference,
        )
        if any(messages.by_code[one.code].holds for one in findings):
            return Opened(receipt)
        receipt.findings += [messages.remark(one.code, one.details) for one in find_lost(document, found)]
        phrases, whose = schemas.load_phrases(), self.identifier.find_owner
        answers = read_return(document, found, messages, whose, phrases, again=bool(told.replaces))
        receipt.findings += answers.findings
        if any(messages.by_code[one.code].holds and one.code not in told.allow for one in answers.findings):
            return Opened(receipt)
        receipt.findings += self.identifier.check_sender(answers.document, incoming.sent_by, answers.completed_by)
        receipt.findings = [self._allowed(one) for one in receipt.findings]
        answers.findings = [self._allowed(one) for one in answers.findings]
        receipt.verdict = Verdict.ACCEPTED
        return Opened(receipt, answers)

    def _allowed(self, finding: Finding) -> Finding:
        if self.messages.by_code[finding.code].holds and finding.code in self.told.allow:
            held, reason = finding.code, self.told.reason
            return self.messages.finding("held_then_allowed", address=finding.address, held=held, reason=reason)
        return finding


def _receipt(incoming: IncomingFile) -> Receipt:
    """The receipt of a file of which nothing is known yet."""
    sent_by, sent_at = incoming.sent_by, incoming.sent_at
    return Receipt(incoming.name, incoming.sha, Verdict.REFUSED, sent_by=sent_by, sent_at=sent_at)
