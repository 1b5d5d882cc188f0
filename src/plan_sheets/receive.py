"""Documents back in, by eleven steps whose order matters: each may only add findings.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes, 8 check, 9 merge,
10 record, 11 answer. A batch is taken in lots, each checked in one call, and recorded in one transaction or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from plan_sheets.core.check import check_rows
from plan_sheets.core.found import FoundWorkbook
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Finding, Outcome, PlanSheetsError, Severity, Verdict
from plan_sheets.core.reading import Reading, read_return, rows_to_check, silent_rows
from plan_sheets.core.survival import lost
from plan_sheets.store import recording, schemas
from plan_sheets.store.batch import Batch
from plan_sheets.store.folder import Folder
from plan_sheets.store.identifying import Identifier
from plan_sheets.store.inbox import Incoming, Waiting, open_inbox
from plan_sheets.store.merging import Merger
from plan_sheets.store.register import ReturnFacts
from plan_sheets.store.workbook_reader import read_workbook

LOT = 100
"""Files that are read and checked together: one call of pandera each time, and room for no more than these."""
ACCEPTED = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)


@dataclass(frozen=True, slots=True)
class Told:
    """What the officer says of one file beside handing it over."""

    issue: str = ""
    """Whose it is: a reference."""
    replaces: str = ""
    """The return that it replaces: its number, or the beginning of its SHA-256."""
    allow: frozenset[str] = frozenset()
    """Codes that shall not hold it."""
    reason: str = ""


@dataclass(slots=True)
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
    findings: list[Finding] = field(default_factory=list)
    changes: int = 0
    conflicts: int = 0
    feedback: str | None = None


@dataclass(frozen=True, slots=True)
class Receipts:
    """What became of a batch, in the order in which the files were given; and what was passed over, with the reason."""

    returns: tuple[Receipt, ...]
    passed_over: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _File:
    """A file on its way through the steps."""

    waiting: Waiting
    incoming: Incoming
    receipt: Receipt
    reading: Reading | None = None
    completed_by: str = ""

    @property
    def corrects(self) -> bool:
        """Whether it says that it corrects an earlier return: that one has to be merged first."""
        return self.reading is not None and self.reading.form.get("corrects") == "Yes"

    @property
    def is_open(self) -> bool:
        """Whether it goes on to be checked and merged."""
        return self.reading is not None and self.receipt.verdict not in (
            Verdict.HELD,
            Verdict.REFUSED,
            Verdict.DUPLICATE,
        )

    @property
    def merges(self) -> bool:
        """Whether anything in it is merged: it was checked, and is not untouched."""
        return self.receipt.verdict is Verdict.ACCEPTED


def receive(
    folder: Folder, paths: Sequence[Path], now: datetime, told: Told | None = None, *, dry_run: bool = False
) -> Receipts:
    """Take these files and folders in. With `dry_run` everything is said and nothing recorded or kept.

    Raises PlanSheetsError if a path is not there, a folder holds no workbook, or `told` does not fit.
    """
    told = told or Told()
    inbox = open_inbox(folder, paths)
    if told != Told() and len(inbox.files) != 1:
        raise PlanSheetsError("--issue, --replaces and --allow speak of one file.", "Receive that file alone.")
    if told.allow and not told.reason:
        raise PlanSheetsError("--allow needs a --reason.", "Say why it may go in; it is recorded.")
    desk = _Desk.of(folder, told)
    receipts: dict[Waiting, Receipt] = {}
    with ExitStack() as recording_all:
        recording_all.enter_context(folder.register.held_open())
        for files in _lots(inbox.files, desk):
            news = desk.judge(files)
            if not dry_run:
                _keep(files, folder)
            if news:
                if desk.merger is None:
                    at = now.isoformat(timespec="seconds")
                    batch = recording_all.enter_context(folder.register.batch("receive", at, dry_run=dry_run))
                    desk.merger = Merger(batch, desk.messages)
                _merge_and_record(desk.merger, news, desk.replaced)
            receipts |= {file.waiting: file.receipt for file in files}
    return Receipts(tuple(receipts[one] for one in inbox.files), inbox.passed_over)


@dataclass(slots=True)
class _Desk:
    """What the files of a batch are judged by: the register as it was, and what came before in the same batch."""

    folder: Folder
    told: Told
    messages: Messages
    identifier: Identifier
    replaced: ReturnFacts | None
    known: set[str | tuple[str, int | None]]
    """SHA-256 of the bytes, with the document that they were taken for, and of the answers of all that was accepted."""
    judged: set[tuple[str, str]]
    """Every file by its SHA-256, with a verdict that it was given."""
    merger: Merger | None = None
    """None until there is anything to record."""

    @classmethod
    def of(cls, folder: Folder, told: Told) -> _Desk:
        """The desk as it is before the first file."""
        messages = schemas.load_messages()
        before = folder.register.returns()
        accepted = [one for one in before if one.verdict in ACCEPTED and one.kind != "plan"]
        return cls(
            folder,
            told,
            messages,
            Identifier(folder.register, messages),
            folder.register.find_return(told.replaces) if told.replaces else None,
            {(one.sha256, one.document) for one in accepted} | {one.answers_sha for one in accepted if one.answers_sha},
            {(one.sha256, one.verdict) for one in before},
        )

    def judge(self, files: Sequence[_File]) -> list[_File]:
        """The verdicts that need no merge, and the files of which there is anything to record.

        That is no duplicate, and none that was set aside just so before.
        """
        if self.replaced:
            _fits(self.replaced, files[0], self.folder)
        else:
            self._set_aside_duplicates(files)
        _check(files, self.messages)
        news = []
        for file in files:
            judged = (file.incoming.sha, str(file.receipt.verdict))
            if file.merges or (file.receipt.verdict is not Verdict.DUPLICATE and judged not in self.judged):
                news.append(file)
            self.judged.add(judged)
        return news

    def _set_aside_duplicates(self, files: Sequence[_File]) -> None:
        """What was accepted before, byte for byte or answer for answer, changes nothing more."""
        for file in files:
            if not file.is_open or file.reading is None or file.reading.is_untouched:
                continue
            said: set[str | tuple[str, int | None]] = {file.reading.answers_sha}
            said.add((file.incoming.sha, file.reading.document.id))
            if said & self.known:
                file.receipt.verdict = Verdict.DUPLICATE
                file.receipt.findings = []
            self.known |= said


def _lots(waiting: Sequence[Waiting], desk: _Desk) -> Iterator[list[_File]]:
    """The files, read so many at a time, in an order that depends on no file name: by SHA-256, corrections last."""
    corrections: list[Waiting] = []
    order = sorted(waiting, key=lambda one: one.sha)
    for start in range(0, len(order), LOT):
        files = [_read(one, desk) for one in order[start : start + LOT]]
        corrections += [file.waiting for file in files if file.corrects]
        if others := [file for file in files if not file.corrects]:
            yield others
        desk.identifier.known.clear()
    for start in range(0, len(corrections), LOT):
        yield [_read(one, desk) for one in corrections[start : start + LOT]]


def _keep(files: Sequence[_File], folder: Folder) -> None:
    """Step 7: the bytes of every file. Of a container that could not be opened nobody knows what is in it."""
    for file in files:
        if file.incoming.refusal is None:
            folder.keep(file.incoming.data, file.incoming.sha)


def _read(waiting: Waiting, desk: _Desk) -> _File:
    """Steps 1 to 6: guard, read, identify, shape, locked cells, tidy."""
    incoming, told, messages = waiting.open(), desk.told, desk.messages
    receipt = Receipt(incoming.name, incoming.sha, Verdict.REFUSED, sent_by=incoming.sent_by, sent_at=incoming.sent_at)
    found = incoming.refusal or read_workbook(incoming.data)
    if not isinstance(found, FoundWorkbook):
        receipt.findings.append(messages.remark(found.code, found.details))
        return _File(waiting, incoming, receipt)
    receipt.saved_by = found.saved_by
    receipt.findings += [messages.remark(one.code, one.details) for one in found.remarks if not one.sheet]
    kept = desk.folder.kept(incoming.sha)
    again = incoming.name if Path(incoming.name).exists() else str(kept)  # what came in a zip is no file by itself
    document, findings = desk.identifier.identify(found, again, told.issue)
    receipt.findings += findings
    receipt.verdict = Verdict.HELD
    if document is None:
        return _File(waiting, incoming, receipt)
    receipt.kind, receipt.round, receipt.subgroup, receipt.issue = (
        document.kind,
        document.round,
        document.subgroup or None,
        document.reference,
    )
    if any(messages.by_code[one.code].holds for one in findings):
        return _File(waiting, incoming, receipt)
    receipt.findings += [messages.remark(one.code, one.details) for one in lost(document, found)]
    reading = read_return(document, found, messages, desk.identifier.whose)
    receipt.findings += reading.findings
    if any(messages.by_code[one.code].holds and one.code not in told.allow for one in reading.findings):
        return _File(waiting, incoming, receipt)
    completed_by = _who(reading)
    receipt.findings += desk.identifier.sender(document, incoming.sent_by, completed_by)
    receipt.findings = [_allowed(one, told, messages) for one in receipt.findings]
    reading.findings = [_allowed(one, told, messages) for one in reading.findings]
    receipt.verdict = Verdict.ACCEPTED
    return _File(waiting, incoming, receipt, reading, completed_by)


def _who(reading: Reading) -> str:
    """Who filled it in: as the form says; of decisions, whoever decided them all; "" if that is not one."""
    decided = {reading.values[one.key] for one in reading.changed if one.key.field == "decided_by"}
    alone = decided.pop() if len(decided) == 1 else ""
    return reading.form.get("completed_by") or reading.form.get("settled_by") or alone


def _allowed(finding: Finding, told: Told, messages: Messages) -> Finding:
    if messages.by_code[finding.code].holds and finding.code in told.allow:
        return messages.finding("held_then_allowed", address=finding.address, held=finding.code, reason=told.reason)
    return finding


def _fits(replaced: ReturnFacts, file: _File, folder: Folder) -> None:
    """Refuse a return that is said to replace one of another subgroup or round."""
    of = folder.register.documents(id=replaced.document)[0]
    if file.reading and (of.round, of.subgroup) != (file.reading.document.round, file.reading.document.subgroup):
        raise PlanSheetsError(
            f"{file.incoming.name} cannot replace a return of {of.reference}: it is {file.reading.document.reference}.",
            "Look at --replaces. Nothing was changed.",
        )


def _check(files: Sequence[_File], messages: Messages) -> None:
    """Step 8: all returns of the batch in one call; then the verdicts that need no merge."""
    readings = [(place, file.reading) for place, file in enumerate(files) if file.is_open and file.reading]
    rows = [row for place, reading in readings for row in rows_to_check(reading, place)]
    found = check_rows(rows, messages)
    for place, reading in readings:
        more = [*(found[place] if place < len(found) else ()), *silent_rows(reading, messages)]
        reading.findings += more
        files[place].receipt.findings += more
        if reading.is_untouched:
            files[place].receipt.verdict = Verdict.UNTOUCHED


def _merge_and_record(merger: Merger, files: Sequence[_File], replaced: ReturnFacts | None) -> None:
    """Steps 9 and 10."""
    for file in files:
        if file.reading is None or not file.merges:
            _record_only(merger.batch, file)
            continue
        outcome = merger.merge(file.reading, file.incoming, file.completed_by, replaced)
        findings = [
            replace(one, key=outcome.renamed[one.key]) if one.key and one.key in outcome.renamed else one
            for one in file.receipt.findings
        ]
        file.receipt.findings = [*findings, *outcome.more]
        file.receipt.changes, file.receipt.conflicts = outcome.changes, outcome.merged.count(Outcome.CONFLICT)
        told_of = any(one.severity is not Severity.NOTE for one in file.receipt.findings)
        file.receipt.verdict = Verdict.ACCEPTED_WITH_FINDINGS if told_of else Verdict.ACCEPTED
        outcome.merged.findings = file.receipt.findings
        merger.record(outcome, file.receipt.verdict, file.receipt.saved_by)


def _record_only(batch: Batch, file: _File) -> None:
    """A file of which nothing is merged: that it came, and what there was to say."""
    receipt = file.receipt
    document = file.reading.document.id if file.reading else None
    received = recording.Received(
        file.incoming.sha,
        Path(file.incoming.name).name,
        receipt.kind or "",
        receipt.verdict,
        document,
        saved_by=receipt.saved_by,
        form=json.dumps(file.reading.form) if file.reading else "",
        sent_by=file.incoming.sent_by,
        sent_at=file.incoming.sent_at,
    )
    recording.record_findings(batch, recording.add_return(batch, received), receipt.findings)
