"""The first seven steps of receiving, which look at one file alone: many processes may take them side by side.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Self

from plan_sheets.core.answers import Answers
from plan_sheets.core.found import CellKind, FoundWorkbook
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Finding, PlanSheetsError, Verdict
from plan_sheets.core.reading import read_return
from plan_sheets.core.receipts import Receipt, Told
from plan_sheets.core.survival import lost
from plan_sheets.store import schemas
from plan_sheets.store.containers import Incoming
from plan_sheets.store.folder import Folder
from plan_sheets.store.guard import Refusal
from plan_sheets.store.identifying import Identifier
from plan_sheets.store.inbox import Waiting
from plan_sheets.store.register import FILE, Register
from plan_sheets.store.workbook_reader import read_ordinary, read_workbook
from plan_sheets.store.xlsx_parts import OddError

CHUNK = 25
"""Files that a process is given at a time."""
AHEAD = 8
"""Chunks that are given out before the first of them is asked for: a thousand files take no more room than these."""
MOST_PROCESSES = 2
"""Beside this one: with three that have read something and a child there is still less than 512 MB in use."""
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
    told: Told
    messages: Messages
    identifier: Identifier
    keeps: bool
    """Whether the bytes of a file are kept."""

    @classmethod
    def of(cls, folder: Folder, told: Told, *, keeps: bool) -> Self:
        """The intake of one batch."""
        messages = schemas.load_messages()
        return cls(folder, told, messages, Identifier(folder.register, messages), keeps)

    def open_each(self, files: Sequence[Waiting], executor: Executor | None = None) -> Iterator[Opened]:
        """Every file, in this order: by the executor, which is given work at once, where there is enough of it."""
        if executor is None or len(files) <= CHUNK:
            return map(self._open, files)
        chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
        register = self.folder.register.last_batch()
        task = partial(open_chunk, path=self.folder.path, told=self.told, last_batch=register, keeps=self.keeps)
        opened = chain.from_iterable(_in_turn(executor, task, chunks))
        return (one or self._open(waiting) for waiting, one in zip(files, opened, strict=True))

    def open_ordinary(self, waiting: Waiting) -> Opened | None:
        """One file; None where that takes a child process: of these there shall be one at a time."""
        try:
            return self._open(waiting, read_ordinary)
        except OddError:
            return None

    def _open(self, waiting: Waiting, read: _Read = read_workbook) -> Opened:
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

    def _judged(self, incoming: Incoming, read: _Read) -> Opened:
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

    def _identified(self, incoming: Incoming, found: FoundWorkbook, receipt: Receipt) -> Opened:
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
        receipt.findings += [messages.remark(one.code, one.details) for one in lost(document, found)]
        phrases, whose = schemas.load_phrases(), self.identifier.whose
        answers = read_return(document, found, messages, whose, phrases, again=bool(told.replaces))
        receipt.findings += answers.findings
        if any(messages.by_code[one.code].holds and one.code not in told.allow for one in answers.findings):
            return Opened(receipt)
        receipt.findings += self.identifier.sender(answers.document, incoming.sent_by, answers.completed_by)
        receipt.findings = [self._allowed(one) for one in receipt.findings]
        answers.findings = [self._allowed(one) for one in answers.findings]
        receipt.verdict = Verdict.ACCEPTED
        return Opened(receipt, answers)

    def _allowed(self, finding: Finding) -> Finding:
        if self.messages.by_code[finding.code].holds and finding.code in self.told.allow:
            held, reason = finding.code, self.told.reason
            return self.messages.finding("held_then_allowed", address=finding.address, held=held, reason=reason)
        return finding


def _receipt(incoming: Incoming) -> Receipt:
    """The receipt of a file of which nothing is known yet."""
    sent_by, sent_at = incoming.sent_by, incoming.sent_at
    return Receipt(incoming.name, incoming.sha, Verdict.REFUSED, sent_by=sent_by, sent_at=sent_at)


_Chunk = Sequence[Waiting]
_Done = list[Opened | None]


def _in_turn(executor: Executor, task: Callable[[_Chunk], _Done], chunks: Sequence[_Chunk]) -> Iterator[_Done]:
    """What becomes of each chunk, None for each file that nobody opened; the first chunks are given out at once.

    When one process of a pool dies, the whole pool is of no more use.
    """
    waiting = iter(chunks)
    given = deque((chunk, _submit(executor, task, chunk)) for chunk in islice(waiting, AHEAD))

    def taken_back() -> Iterator[_Done]:
        """Each in its turn; whenever one is asked for, one more is given out."""
        while given:
            chunk, future = given.popleft()
            opened: _Done = [None] * len(chunk)
            with suppress(BrokenExecutor):
                opened = future.result() if future else opened
            given.extend((chunk, _submit(executor, task, chunk)) for chunk in islice(waiting, 1))
            yield opened

    return taken_back()


def _submit(executor: Executor, task: Callable[[_Chunk], _Done], chunk: _Chunk) -> Future[_Done] | None:
    try:
        return executor.submit(task, chunk)
    except (BrokenExecutor, OSError):  # also where the system gives no more processes
        return None


@contextmanager
def processes() -> Iterator[Executor | None]:
    """Processes of this machine, which start when they are first given work; None where it has one core, or no such."""
    cores = min(os.cpu_count() or 1, MOST_PROCESSES)
    try:
        pool = ProcessPoolExecutor(cores, initializer=_let_the_first_be_told) if cores > 1 else None
    except (ImportError, NotImplementedError, OSError):  # a system without semaphores: all is done here
        pool = None
    try:
        yield pool
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)


def _let_the_first_be_told() -> None:
    """Ctrl-C stops the command; its processes end with it, and have nothing to say of that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def open_chunk(files: _Chunk, *, path: Path, told: Told, last_batch: int, keeps: bool) -> _Done:
    """What a process does with a chunk. `last_batch`: the last one in the register at `path`."""
    asked = (path, told, last_batch, keeps)
    if _OWN.asked != asked:
        folder = Folder(path, Register.open(path / FILE))
        _OWN.asked, _OWN.intake = asked, Intake.of(folder, told, keeps=keeps)
    with _OWN.intake.folder.register.held_open():
        return [*map(_OWN.intake.open_ordinary, files)]


class _Own(threading.local):
    """The intake of a process, or of each of its threads: one for all chunks of a batch, for the next another."""

    asked: object = None
    intake: Intake


_OWN = _Own()
