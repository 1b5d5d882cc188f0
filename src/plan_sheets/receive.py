"""Documents back in, by eleven steps whose order matters: each may only add findings.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes, 8 check, 9 merge,
10 record, 11 answer. A batch is taken in lots, each checked in one call, and recorded in one transaction or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Outcome, PlanSheetsError, Severity, Verdict
from plan_sheets.core.receipts import Receipt, Receipts, Told
from plan_sheets.store import recording
from plan_sheets.store.batch import Batch
from plan_sheets.store.folder import Folder
from plan_sheets.store.inbox import Waiting, open_inbox
from plan_sheets.store.intake import Intake, Opened
from plan_sheets.store.merging import Merger
from plan_sheets.store.register import ReturnFacts

LOT = 100
"""Files that are checked together: one call of pandera each time, and room for no more than these."""
ACCEPTED = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)


def receive(
    folder: Folder,
    paths: Sequence[Path],
    now: datetime,
    told: Told | None = None,
    *,
    dry_run: bool = False,
    executor: Executor | None = None,
) -> Receipts:
    """Take these files and folders in. With `dry_run` everything is said and nothing recorded or kept.

    `executor` opens the files of a large batch (`store/intake.py`); None: they are opened here, one after another.

    Raises PlanSheetsError if a path is not there, a folder holds no workbook, or `told` does not fit.
    """
    told = told or Told()
    inbox = open_inbox(folder, paths)
    if told != Told() and len(inbox.files) != 1:
        raise PlanSheetsError("--issue, --replaces and --allow speak of one file.", "Receive that file alone.")
    if told.allow and not told.reason:
        raise PlanSheetsError("--allow needs a --reason.", "Say why it may go in; it is recorded.")
    desk = _Desk.of(folder, told, keeps=not dry_run)
    receipts: dict[Waiting, Receipt] = {}
    with ExitStack() as recording_all:
        recording_all.enter_context(folder.register.held_open())
        for files in desk.lots(inbox.files, executor):
            news = desk.judge([file for _, file in files])
            if news:
                if desk.merger is None:
                    at = now.isoformat(timespec="seconds")
                    batch = recording_all.enter_context(folder.register.batch("receive", at, dry_run=dry_run))
                    desk.merger = Merger(batch, desk.intake.messages)
                _merge_and_record(desk.merger, news, desk.replaced)
            receipts |= {waiting: file.receipt for waiting, file in files}
    return Receipts(tuple(receipts[one] for one in inbox.files), inbox.passed_over)


@dataclass(slots=True)
class _Desk:
    """What the files of a batch are judged by: the register as it was, and what came before in the same batch."""

    intake: Intake
    replaced: ReturnFacts | None
    known: set[str | tuple[str, int | None]]
    """SHA-256 of the bytes, with the document that they were taken for, and of the answers of all that was accepted."""
    judged: set[tuple[str, str]]
    """Every file by its SHA-256, with a verdict that it was given."""
    merger: Merger | None = None
    """None until there is anything to record."""

    @classmethod
    def of(cls, folder: Folder, told: Told, *, keeps: bool) -> _Desk:
        """The desk as it is before the first file."""
        before = folder.register.returns()
        accepted = [one for one in before if one.verdict in ACCEPTED and one.kind != "plan"]
        return cls(
            Intake.of(folder, told, keeps=keeps),
            folder.register.find_return(told.replaces) if told.replaces else None,
            {(one.sha256, one.document) for one in accepted} | {one.answers_sha for one in accepted if one.answers_sha},
            {(one.sha256, one.verdict) for one in before},
        )

    def lots(self, waiting: Sequence[Waiting], executor: Executor | None) -> Iterator[list[_File]]:
        """The files, so many at a time, in an order that depends on no file name: by SHA-256, corrections last."""
        order = sorted(waiting, key=lambda one: one.sha)
        corrections: list[Waiting] = []
        for lot in _lots(order, self.intake, executor):
            corrections += [one for one, file in lot if _corrects(file)]
            if others := [(one, file) for one, file in lot if not _corrects(file)]:
                yield others
        yield from _lots(corrections, self.intake, executor)

    def judge(self, files: Sequence[Opened]) -> list[Opened]:
        """The verdicts that need no merge, and the files of which there is anything to record.

        That is no duplicate, and none that was set aside just so before.
        """
        if self.replaced:
            _fits(self.replaced, files[0], self.intake.folder)
        else:
            self._set_aside_duplicates(files)
        _check([file for file in files if _is_open(file)], self.intake.messages)
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


_File = tuple[Waiting, Opened]
"""A file before and after the steps that it takes alone."""


def _lots(files: Sequence[Waiting], intake: Intake, executor: Executor | None) -> Iterator[list[_File]]:
    opened = zip(files, intake.open_each(files, executor), strict=True)
    while lot := [*islice(opened, LOT)]:
        yield lot


def _corrects(file: Opened) -> bool:
    """Whether it says that it corrects an earlier return: that one has to be merged first."""
    return file.answers is not None and file.answers.form.get("corrects") == "Yes"


def _is_open(file: Opened) -> bool:
    """Whether it goes on to be checked."""
    return file.answers is not None and file.receipt.verdict is not Verdict.DUPLICATE


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
    from plan_sheets.core.check import check_rows  # noqa: PLC0415 - pandas takes long to load; others read meanwhile

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
    received = recording.Received.of(file.receipt, file.answers)
    recording.record_findings(batch, recording.add_return(batch, received), file.receipt.findings)
