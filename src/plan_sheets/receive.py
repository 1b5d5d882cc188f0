"""Documents back in, by eleven steps whose order matters: each may only add findings.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes, 8 check, 9 merge,
10 record, 11 answer. The first eight look at files alone, and others may write to the register meanwhile; what is known
already is asked when nobody else can write, and the whole batch is recorded in one transaction or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from plan_sheets.core.book.document import DocumentFacts
from plan_sheets.core.model.findings import Outcome, PlanSheetsError, Severity, Verdict
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import Instructions, Receipt, Receipts
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving.inbox import WaitingFile, open_inbox
from plan_sheets.store.receiving.merge_returns import Merger
from plan_sheets.store.receiving.open import Intake, Opened
from plan_sheets.store.receiving.pool import open_each
from plan_sheets.store.receiving.spool import Spool
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.record import ReceivedFile, add_return, record_findings
from plan_sheets.store.register.register import ReturnFacts

LOT = 100
"""Files that are checked together: one call of pandera each time, and room for no more than these."""
ACCEPTED = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)


def receive(
    folder: Folder,
    paths: Sequence[Path],
    now: datetime,
    told: Instructions | None = None,
    *,
    dry_run: bool = False,
    executor: Executor | None = None,
) -> Receipts:
    """Take these files and folders in. With `dry_run` everything is said and nothing recorded or kept.

    `executor` opens the files of a large batch; None: they are opened here, one after another.

    Raises PlanSheetsError if a path is not there, a folder holds no workbook, or `told` does not fit.
    """
    told = told or Instructions()
    inbox = open_inbox(folder, paths)
    if told != Instructions() and len(inbox.files) != 1:
        raise PlanSheetsError("--issue, --replaces and --allow speak of one file.", "Receive that file alone.")
    if told.allow and not told.reason:
        raise PlanSheetsError("--allow needs a --reason.", "Say why it may go in; it is recorded.")
    if told.replaces:
        folder.register.find_return(told.replaces)
    receipts: dict[int, Receipt] = {}
    with folder.register.held_open(), Spool[_File](LOT) as first, Spool[_File](LOT) as corrections:
        opening = _Opening.of(folder, told, inbox.files, keeps=not dry_run)
        for number, file in opening.each(executor):
            (corrections if _corrects(file) else first).add((number, file))
        with folder.register.batch("receive", now.isoformat(timespec="seconds"), dry_run=dry_run) as batch:
            desk = _Desk.of(batch, opening)
            for lot in chain(first.read_lots(), corrections.read_lots()):
                desk.take_in(lot)
                receipts |= {number: file.receipt for number, file in lot}
    return Receipts(tuple(receipts[number] for number in range(len(inbox.files))), inbox.passed_over)


_File = tuple[int, Opened]
"""A file that was opened, and its place among those that were given."""


@dataclass(slots=True)
class _Opening:
    """The files of a batch, and the register as it was when they were opened."""

    waiting: Sequence[WaitingFile]
    intake: Intake
    documents: frozenset[int]
    """The ids of all that had gone out."""
    known: frozenset[str]
    """SHA-256 of all that had come in."""

    @classmethod
    def of(cls, folder: Folder, told: Instructions, waiting: Sequence[WaitingFile], *, keeps: bool) -> _Opening:
        """What is known before any file is opened."""
        documents = frozenset(folder.register.document_facts())
        known = frozenset(one.sha256 for one in folder.register.returns())
        return cls(waiting, Intake.of(folder, told, keeps=keeps), documents, known)

    def each(self, executor: Executor | None) -> Iterator[_File]:
        """Every file after the eight steps that it takes alone, in an order that depends on no file name: by SHA-256.

        Their bytes are on the disk when the last has been opened.
        """
        order = sorted(range(len(self.waiting)), key=lambda number: self.waiting[number].sha)
        opened = zip(order, open_each(self.intake, [self.waiting[number] for number in order], executor), strict=True)
        kept = []
        while lot := [*islice(opened, LOT)]:
            _check([file for _, file in lot], self.intake.messages)
            kept += [file.receipt.sha256 for _, file in lot if file.was_kept]
            yield from lot
        if kept:
            self.intake.folder.sync_kept(kept)

    def again(self, number: int) -> Opened:
        """A file opened anew, by the register as it is now."""
        intake = Intake.of(self.intake.folder, self.intake.told, keeps=self.intake.keeps)
        opened = intake.open(self.waiting[number])
        _check([opened], intake.messages)
        return opened


@dataclass(slots=True)
class _Desk:
    """What the files of a batch are judged by: the register that nobody else can write to now, and the batch so far."""

    batch: Batch
    opening: _Opening
    went_out: Sequence[DocumentFacts]
    """The documents that went out after the files were opened."""
    replaced: ReturnFacts | None
    known: set[str | tuple[str, int | None]]
    """SHA-256 of the bytes, with the document that they were taken for, and of the answers of all that was accepted."""
    judged: set[tuple[str, str]]
    """Every file by its SHA-256, with a verdict that it was given."""
    merger: Merger | None = None
    """None until there is anything to record."""

    @classmethod
    def of(cls, batch: Batch, opening: _Opening) -> _Desk:
        """The desk as it is before the first file."""
        register, said = batch.register, opening.intake.told.replaces
        before = register.returns()
        accepted = [one for one in before if one.verdict in ACCEPTED and one.kind != "plan"]
        return cls(
            batch,
            opening,
            [one for id_, one in register.document_facts().items() if id_ not in opening.documents],
            register.find_return(said) if said else None,
            {(one.sha256, one.document) for one in accepted} | {one.answers_sha for one in accepted if one.answers_sha},
            {(one.sha256, one.verdict) for one in before},
        )

    def take_in(self, lot: list[_File]) -> None:
        """Judge, merge and record a lot of files; those about which something went out meanwhile are opened again."""
        if self.went_out:
            lot[:] = [
                (number, self.opening.again(number) if self._is_overtaken(file) else file) for number, file in lot
            ]
        files = [file for _, file in lot]
        news = self._judge(files)
        for file in files:
            if file.was_written and file.receipt.sha256 in self.opening.known:
                file.receipt.findings.append(self.opening.intake.messages.finding("returned_mended"))
        if news:
            self.merger = self.merger or Merger(self.batch, self.opening.intake.messages)
            _merge_and_record(self.merger, news, self.replaced)

    def _is_overtaken(self, file: Opened) -> bool:
        """Whether what is said of a file may be otherwise, now that more has gone out."""
        return file.answers is None or any(one.subgroup == file.answers.document.subgroup for one in self.went_out)

    def _judge(self, files: Sequence[Opened]) -> list[Opened]:
        """The verdicts that need no merge, and the files of which there is anything to record.

        That is no duplicate, and none that was set aside just so before.
        """
        if self.replaced:
            _fits(self.replaced, files[0], self.opening.intake.folder)
        else:
            self._set_aside_duplicates(files)
        news = []
        for file in files:
            judged = (file.receipt.sha256, str(file.receipt.verdict))
            if _merges(file) or (file.receipt.verdict is not Verdict.DUPLICATE and judged not in self.judged):
                news.append(file)
            self.judged.add(judged)
        return news

    def _set_aside_duplicates(self, files: Sequence[Opened]) -> None:
        """What was accepted before, byte for byte or answer for answer, changes nothing more."""
        for file in files:
            if file.answers is None or file.answers.is_untouched:
                continue
            said: set[str | tuple[str, int | None]] = {file.answers.sha}
            said.add((file.receipt.sha256, file.answers.document.id))
            if said & self.known:
                file.receipt.verdict = Verdict.DUPLICATE
                file.receipt.findings = []
            self.known |= said


def _corrects(file: Opened) -> bool:
    """Whether it says that it corrects an earlier return: that one has to be merged first."""
    return file.answers is not None and file.answers.form.get("corrects") == "Yes"


def _merges(file: Opened) -> bool:
    """Whether anything in it is merged: it was checked, and is not untouched."""
    return file.receipt.verdict is Verdict.ACCEPTED


def _fits(replaced: ReturnFacts, file: Opened, folder: Folder) -> None:
    """Refuse a return that is said to replace one of another subgroup or round."""
    of = folder.register.documents(id=replaced.document)[0]
    if file.answers and (of.round, of.subgroup) != (file.answers.document.round, file.answers.document.subgroup):
        raise PlanSheetsError(
            f"{file.receipt.file} cannot replace a return of {of.reference}: it is {file.answers.document.reference}.",
            "Look at --replaces. Nothing was changed.",
        )


def _check(files: Sequence[Opened], messages: Messages) -> None:
    """Step 8: all returns of the lot in one call; then the verdicts that need no merge."""
    from plan_sheets.core.answers.check import check_rows  # noqa: PLC0415 - pandas takes long to load; others read meanwhile

    said = [(file.receipt, file.answers) for file in files if file.answers]
    found = check_rows([answers.rows for _, answers in said], messages)
    for (receipt, answers), findings in zip(said, found, strict=True):
        more = [*findings, *(() if answers.is_untouched else answers.silent)]
        answers.findings += more
        receipt.findings += more
        if answers.is_untouched:
            receipt.verdict = Verdict.UNTOUCHED


def _merge_and_record(merger: Merger, files: Sequence[Opened], replaced: ReturnFacts | None) -> None:
    """Steps 9 and 10."""
    for file in files:
        receipt = file.receipt
        if file.answers is None or not _merges(file):
            _record_only(merger.batch, file)
            continue
        outcome = merger.merge(file.answers, receipt, replaced)
        findings = [
            replace(one, key=outcome.renamed[one.key]) if one.key and one.key in outcome.renamed else one
            for one in receipt.findings
        ]
        receipt.findings = [*findings, *outcome.more]
        receipt.changes, receipt.conflicts = outcome.changes, outcome.merged.count(Outcome.CONFLICT)
        told_of = any(one.severity is not Severity.NOTE for one in receipt.findings)
        receipt.verdict = Verdict.ACCEPTED_WITH_FINDINGS if told_of else Verdict.ACCEPTED
        outcome.merged.findings = receipt.findings
        merger.record(outcome)


def _record_only(batch: Batch, file: Opened) -> None:
    """A file of which nothing is merged: that it came, and what there was to say."""
    received = ReceivedFile.of(file.receipt, file.answers)
    record_findings(batch, add_return(batch, received), file.receipt.findings)
