"""The first seven steps of receiving, which look at one file alone: many processes may take them side by side.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from plan_sheets.core.answers.returns import Return
from plan_sheets.core.model.findings import Finding, PlanSheetsError
from plan_sheets.core.model.found import CellKind, FoundWorkbook
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import Instructions
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


@dataclass(frozen=True, slots=True)
class Intake:
    """Opens the files of a batch, by the register as it was before the batch."""

    folder: Folder
    instructions: Instructions
    messages: Messages
    identifier: Identifier
    keeps: bool
    """Whether the bytes of a file are kept."""

    @classmethod
    def of(cls, folder: Folder, instructions: Instructions, *, keeps: bool) -> Self:
        """The intake of one batch."""
        messages = schemas.load_messages()
        return cls(folder, instructions, messages, Identifier(folder.register, messages), keeps)

    def open_ordinary(self, waiting: WaitingFile) -> Return | None:
        """One file; None where that takes a child process: of these there shall be one at a time."""
        try:
            return self.open(waiting, read_ordinary)
        except OddError:
            return None

    def open(self, waiting: WaitingFile, read: _Read = read_workbook) -> Return:
        """One file after these steps."""
        incoming = waiting.open()
        try:
            returned = self._read(incoming, read)
        except (PlanSheetsError, OddError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours costs this file a refusal, and the others nothing
            reason = f"{type(error).__name__}: {error}"[:200]
            returned = _unread(incoming)
            returned.findings.append(self.messages.remark("file_unforeseen", {"reason": reason}))
        # Of a container that could not be opened nobody knows what is in it.
        if self.keeps and incoming.refusal is None:
            returned.was_kept, returned.was_written = True, self.folder.keep(incoming.data, incoming.sha)
        self.identifier.known.clear()
        return returned

    def _read(self, incoming: IncomingFile, read: _Read) -> Return:
        """Steps 1 and 2; then the others, where there is a workbook with any text in it."""
        returned = _unread(incoming)
        found = incoming.refusal or read(incoming.data)
        if not isinstance(found, FoundWorkbook):
            returned.findings.append(self.messages.remark(found.code, found.details))
            return returned
        returned.saved_by = found.saved_by
        if not _holds_text(found):
            program = found.saved_by or "a program that does not say its name"
            returned.findings.append(self.messages.remark("file_no_text", {"program": program}))
            return returned
        returned.was_read = True
        returned.findings += [
            self.messages.remark(remark.code, remark.details) for remark in found.remarks if not remark.sheet
        ]
        self._read_answers(incoming, found, returned)
        return returned

    def _read_answers(self, incoming: IncomingFile, found: FoundWorkbook, returned: Return) -> None:
        """Steps 3 to 6. What holds the file ends them: nothing of it may be merged."""
        messages, instructions = self.messages, self.instructions
        kept = self.folder.kept(incoming.sha)
        # What came in a zip is no file by itself.
        again = incoming.name if incoming.name == incoming.path else str(kept)
        document, findings = self.identifier.identify(found, again, instructions.issue)
        returned.findings += findings
        if document is None:
            return
        returned.document = document.facts
        if any(messages.by_code[finding.code].holds for finding in findings):
            return
        returned.findings += [messages.remark(remark.code, remark.details) for remark in find_lost(document, found)]
        phrases, whose = schemas.load_phrases(), self.identifier.find_owner
        answers, findings = read_return(document, found, messages, whose, phrases, again=bool(instructions.replaces))
        holding = {finding.code for finding in findings if messages.by_code[finding.code].holds}
        if holding - instructions.allow:
            returned.findings += findings
            return
        returned.findings += map(self._allow, findings)
        returned.findings += self.identifier.check_sender(answers.document, incoming.sent_by, answers.completed_by)
        returned.answers = answers

    def _allow(self, finding: Finding) -> Finding:
        """The finding; where it holds a file and the officer allowed that, a note that says so in its place."""
        if self.messages.by_code[finding.code].holds:
            held, reason = finding.code, self.instructions.reason
            return self.messages.finding("held_then_allowed", address=finding.address, held=held, reason=reason)
        return finding


def _unread(incoming: IncomingFile) -> Return:
    """A file of which nothing is known yet."""
    return Return(incoming.name, incoming.sha, incoming.sent_by, incoming.sent_at)


def _holds_text(workbook: FoundWorkbook) -> bool:
    """Whether any cell of it holds a text."""
    cells = (cell for sheet in workbook.sheets for cell in sheet.cells.values())
    return any(cell.kind is CellKind.TEXT and cell.text.strip() for cell in cells)
