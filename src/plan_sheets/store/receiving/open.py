"""The first six steps of receiving, which look at one file alone: many processes may take them side by side.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Self

from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.document import Document
from plan_sheets.core.model.findings import Finding, PlanSheetsError, Severity
from plan_sheets.core.model.found import CellKind, FoundWorkbook, Remark
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.mail import Mail, describe_mail, find_links
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions
from plan_sheets.core.model.text import MASK
from plan_sheets.core.returned.lost_on_saving import find_lost
from plan_sheets.core.returned.mask import list_issued, mask, tell_masked
from plan_sheets.core.returned.read import read_return
from plan_sheets.core.returned.redacted import leave_redacted
from plan_sheets.core.screening.around import find_kind, mask_around, mask_details, mask_mail
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.core.screening.screen import Screen
from plan_sheets.store import schemas
from plan_sheets.store.container.kinds import find_ending
from plan_sheets.store.container.limits import LIMITS, OF_SIZE, Limits
from plan_sheets.store.container.refused import OddError, Refusal
from plan_sheets.store.formats.reader import read_ordinary, read_workbook
from plan_sheets.store.receiving.identify import Identifier
from plan_sheets.store.receiving.known import Known
from plan_sheets.store.receiving.look import Seen, list_identified, look
from plan_sheets.store.receiving.unpack import IncomingFile

_Read = Callable[[bytes], FoundWorkbook | Refusal]


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens the files of a batch, by what was known before the batch."""

    kept_in: PurePath
    """The folder in which the bytes of files are kept, as their findings name it."""
    instructions: Instructions
    messages: Messages
    identifier: Identifier

    @classmethod
    def of(cls, known: Known, kept_in: PurePath, instructions: Instructions) -> Self:
        """The opener of one batch."""
        messages = schemas.load_messages()
        return cls(kept_in, instructions, messages, Identifier(known, messages))

    def open_ordinary(self, incoming: IncomingFile, documents: Mapping[str, Document]) -> Return | None:
        """One file, with the documents that it may be of; None where another one has to open it.

        That is so where it takes a child process, of which there shall be one at a time, or more has to be known.
        """
        self.identifier.at_hand.update(documents)
        try:
            return self.open(incoming, read_ordinary)
        except OddError:
            self.identifier.at_hand.clear()
            return None

    def open(self, incoming: IncomingFile, read: _Read = read_workbook) -> Return:
        """One file after these steps; `kept_as`: the ending under which its bytes may be kept, "" if they must not."""
        incoming, masked = self._screen_around(incoming)
        found, limits = None, LIMITS
        try:
            found = None if incoming.is_message else incoming.refusal or read(incoming.data)
            if isinstance(found, Refusal) and found.code in OF_SIZE and not incoming.refusal:
                found, limits = self._read_large(incoming.data, found)
            returned = self._take(incoming, found)
        except (PlanSheetsError, OddError):
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours costs this file a refusal, and the others nothing
            reason = f"{type(error).__name__}: {error}"[:200]
            reason = type(error).__name__ if find_kind(schemas.load_screen(), reason) else reason
            returned = _unread(incoming)
            returned.findings.append(self.messages.remark("file_unforeseen", {"reason": reason}))
        returned.findings[:0] = masked
        returned.around = [finding for finding in masked if finding.severity is Severity.MASKED]
        screened = found.texts() if isinstance(found, FoundWorkbook) else ()
        may_be_kept = self._look(incoming, returned, screened, limits, is_ordinary=read is read_ordinary)
        returned.kept_as = find_ending(incoming.data, incoming.name) if may_be_kept else ""
        self.identifier.at_hand.clear()
        return returned

    def describe_died(self, incoming: IncomingFile) -> Return:
        """A file over which two workers died: nobody opens it once more, and none of it is taken or kept."""
        incoming, masked = self._screen_around(incoming)
        around = [finding for finding in masked if finding.severity is Severity.MASKED]
        died = [self.messages.finding("file_ends_worker"), self.messages.finding("file_not_kept")]
        return replace(_unread(incoming), findings=[*masked, *died], around=around)

    def _read_large(self, data: bytes, refused: Refusal) -> tuple[FoundWorkbook | Refusal, Limits]:
        """A file that is too large for strangers, read by the limits of what went out; and by which limits it was."""
        limits = self.identifier.known.limits
        return (refused, LIMITS) if limits is LIMITS else (read_workbook(data, limits), limits)

    @property
    def screen(self) -> Screen | None:
        """What must not be kept; None where the officer allows it."""
        return None if ALLOWS_IDENTIFIERS in self.instructions.allow else schemas.load_screen()

    def _screen_around(self, incoming: IncomingFile) -> tuple[IncomingFile, list[Finding]]:
        """The file, its name and its mail without what must not be kept; a finding for each of them that held any."""
        screen = self.screen
        if screen is None:
            return incoming, [self._tell_allowed(ALLOWS_IDENTIFIERS)]
        findings = []
        subject = incoming.mail.subject if incoming.mail else ""
        if kind := find_kind(screen, incoming.name, heading=subject):
            ending = PurePath(incoming.name).suffix
            incoming = replace(incoming, name=f"{MASK}{ending}", path="")
            findings.append(self._tell_masked("The name of the file", kind))
        if incoming.mail:
            mail, kind = mask_mail(screen, incoming.mail)
            beside = _tell_beside(screen, incoming.mail, incoming) if mail.is_masked else mail.notes
            incoming = replace(incoming, mail=replace(mail, notes=beside))
            findings += [self._tell_masked("The e-mail", kind)] if kind else []
        return incoming, findings

    def _look(
        self,
        incoming: IncomingFile,
        returned: Return,
        screened: Collection[str],
        limits: Limits = LIMITS,
        *,
        is_ordinary: bool,
    ) -> bool:
        """Whether the bytes of a file may be kept: each text in them was looked at, and none is masked. Says if not.

        `screened`: texts that were looked at where they stand. `is_ordinary`: raise OddError if that takes a child
        process.
        """
        if incoming.is_message:
            if not _is_masked(returned):
                returned.findings.append(self.messages.finding("mail_kept_as_text"))
            return False
        if self.screen is None:
            return incoming.refusal is None
        if _is_masked(returned) or (incoming.refusal and not incoming.data):
            return False
        seen, is_hidden = tuple[Seen, ...](), True  # of a container that could not be opened nobody knows what is in it
        if incoming.refusal is None:
            seen, is_hidden = look(incoming.data, screened, limits, is_ordinary=is_ordinary)
        document = self.identifier.find_document(returned.document.reference) if seen and returned.document else None
        typed = list_identified(seen, list_issued(document) if document else ())
        returned.findings += [self._tell_masked(where, kind) for where, kind in typed]
        if is_hidden and not typed:
            returned.findings.append(self.messages.finding("file_not_kept"))
        return not (typed or is_hidden)

    def _tell_masked(self, where: str, kind: IdentifierKind) -> Finding:
        title = schemas.load_screen().kinds[kind].title
        return self.messages.finding("case_identifier_beside", where=where, kind=title)

    def _take(self, incoming: IncomingFile, found: FoundWorkbook | Refusal | None) -> Return:
        """What was read of a file, None of a message; the further steps where it is a workbook with any text in it."""
        returned = _unread(incoming)
        if incoming.mail:
            returned.findings += [self.messages.remark(note.code, note.details) for note in incoming.mail.notes]
        if found is None:
            self._read_message(incoming, returned)
            return returned
        if not isinstance(found, FoundWorkbook):
            returned.findings += self._remark(found.code, found.details)
            return returned
        if screen := self.screen:
            found, around = mask_around(screen, found)
            returned.findings += [self._tell_masked(where, kind) for where, kind in around]
        returned.saved_by = found.saved_by
        if not _holds_text(found):
            program = found.saved_by or "a program that does not say its name"
            returned.findings.append(self.messages.remark("file_no_text", {"program": program}))
            return returned
        returned.was_read = True
        for remark in found.remarks:
            returned.findings += [] if remark.sheet else self._remark(remark.code, remark.details)
        self._read_answers(incoming, found, returned)
        return returned

    def _remark(self, code: str, details: Mapping[str, str]) -> list[Finding]:
        """The finding that a remark about the whole file makes; what it quotes is masked, and that is told first."""
        details, kind = mask_details(self.screen, details) if self.screen else (details, None)
        masked = [self._tell_masked("A part of the file", kind)] if kind else []
        return [*masked, self.messages.remark(code, details)]

    def _read_message(self, incoming: IncomingFile, returned: Return) -> None:
        """An e-mail without a workbook: it is told, with the addresses in it at which a workbook may lie."""
        told = describe_mail(incoming.mail, tells_blank=True) if incoming.mail else ""
        finding = self.messages.finding("mail_without_workbook", entered=told)
        returned.is_closed = finding.code in self.instructions.allow
        returned.findings.append(self._allow(finding) if returned.is_closed else finding)
        links = find_links(incoming.mail.body) if incoming.mail else ()
        returned.findings += [self.messages.finding("mail_names_link", link=link) for link in links]

    def _read_answers(self, incoming: IncomingFile, found: FoundWorkbook, returned: Return) -> None:
        """Steps 3 to 6. What holds the file ends them: nothing of it may be merged."""
        messages, instructions = self.messages, self.instructions
        screen, places = self.screen, self.identifier.known.places

        def name_again() -> str:
            """What came in a zip is no file by itself, unless a copy of it is kept."""
            is_kept = incoming.name != incoming.path and (screen is None or not any(look(incoming.data)))
            ending = find_ending(incoming.data, incoming.name)
            return str(self.kept_in / f"{incoming.sha}{ending}") if is_kept else incoming.name

        document, findings = self.identifier.identify(found, name_again, instructions.issue, screen)
        returned.findings += findings
        returned.document = document.facts if document else None
        if document is None or any(messages.by_code[finding.code].holds for finding in findings):
            if screen:  # nothing of it is merged, and it must not be kept for all that
                masked = mask(found, list_issued(document) if document else (), screen, places).masked
                returned.findings += tell_masked(masked, screen, messages, {})
            return
        found, redacted = leave_redacted(document, found, messages)
        returned.findings += redacted
        returned.findings += [messages.remark(remark.code, remark.details) for remark in find_lost(document, found)]
        phrases, whose = schemas.load_phrases(), self.identifier.find_owner
        answers, findings = read_return(
            document,
            found,
            messages,
            whose,
            phrases,
            screen,
            places=places,
            again=bool(instructions.replaces),
        )
        findings += self.identifier.check_answered(document)
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
            return self._tell_allowed(finding.code, finding.address)
        return finding

    def _tell_allowed(self, held: str, address: Address | None = None) -> Finding:
        reason = self.instructions.reason
        return self.messages.finding("held_then_allowed", address=address, held=held, reason=reason)


def _unread(incoming: IncomingFile) -> Return:
    """A file of which nothing is known yet."""
    return Return(incoming.name, incoming.sha, incoming.mail, incoming.is_message)


def _tell_beside(screen: Screen, mail: Mail, incoming: IncomingFile) -> tuple[Remark, ...]:
    """What came beside in an e-mail whose text is masked; of an e-mail without a workbook the addresses in it too."""
    links = find_links(mail.body) if incoming.is_message else ()
    notes = [*mail.notes, *(Remark("mail_names_link", {"link": link}) for link in links)]
    return tuple(replace(note, details=mask_details(screen, note.details, mail.subject)[0]) for note in notes)


def _is_masked(returned: Return) -> bool:
    """Whether anything in it, or beside it, had to be masked."""
    return any(finding.severity is Severity.MASKED for finding in returned.findings)


def _holds_text(workbook: FoundWorkbook) -> bool:
    """Whether any cell of it holds a text."""
    cells = (cell for sheet in workbook.sheets for cell in sheet.cells.values())
    return any(cell.kind is CellKind.TEXT and cell.text.strip() for cell in cells)
