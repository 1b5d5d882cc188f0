"""Processes that open the files of a large batch side by side."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from pathlib import Path

from plan_sheets.core.answers.returns import Return
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving.inbox import WaitingFile
from plan_sheets.store.receiving.open import Intake
from plan_sheets.store.register.engines.places import locate
from plan_sheets.store.register.register import Register

CHUNK = 25
"""Files that a process is given at a time."""
AHEAD = 8
"""Chunks that are given out before the first of them is asked for: a thousand files take no more room than these."""
MOST_PROCESSES = 2
"""Beside this one: with three that have read something and a child there is still less than 512 MB in use."""


_Chunk = Sequence[WaitingFile]
_Done = list[Return | None]


def open_each(intake: Intake, files: Sequence[WaitingFile], executor: Executor | None = None) -> Iterator[Return]:
    """Every file, in this order: by the executor, which is given work at once, where there is enough of it."""
    if executor is None or len(files) <= CHUNK:
        return map(intake.open, files)
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    last_batch = intake.folder.register.last_batch()
    task = partial(
        open_chunk,
        path=intake.folder.path,
        instructions=intake.instructions,
        last_batch=last_batch,
        keeps=intake.keeps,
    )
    opened = chain.from_iterable(_in_turn(executor, task, chunks))
    return (file or intake.open(waiting) for waiting, file in zip(files, opened, strict=True))


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


def open_chunk(files: _Chunk, *, path: Path, instructions: Instructions, last_batch: int, keeps: bool) -> _Done:
    """What a process does with a chunk. `last_batch`: the last one in the register at `path`."""
    batch = (path, instructions, last_batch, keeps)
    if _OWN.batch != batch:
        folder = Folder(path, Register.open(locate(path)))
        _OWN.batch, _OWN.intake = batch, Intake.of(folder, instructions, keeps=keeps)
    with _OWN.intake.folder.register.held_open():
        return [*map(_OWN.intake.open_ordinary, files)]


class _Own(threading.local):
    """The intake of a process, or of each of its threads: one for all chunks of a batch, for the next another."""

    batch: object = None
    intake: Intake


_OWN = _Own()
