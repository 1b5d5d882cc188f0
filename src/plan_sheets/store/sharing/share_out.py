"""Shares work out in chunks. What comes of it is in order, and whoever dies over a piece of work stops nothing.

A task is a function of a module, and what it is given and gives back can be pickled: it may be done on another machine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack
from itertools import islice
from typing import Generic, TypeVar

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing.processes import Processes

CHUNK = 25
"""Files that are given out at a time."""
AHEAD = 8
"""Chunks that are given out before the first of them is asked for: a thousand files take no more room than these."""

T = TypeVar("T")
R = TypeVar("R")
Task = Callable[[Sequence[T]], Sequence[R]]
"""Does a chunk of work: one result for each thing in it, in their order."""


def share_out(
    executor: Executor | None, task: Task[T, R], chunks: Iterable[Sequence[T]], died: Callable[[T], R]
) -> Iterator[tuple[Sequence[T], Sequence[R]]]:
    """Every chunk with its results, in this order; None: all is done here, a chunk whenever one is asked for.

    The first chunks are given out at once, and one more for each that is asked for. When a worker dies, everything in
    its chunk is tried once more, alone; `died` says what becomes of a thing over which another one dies then. Raises
    what the task raises.
    """
    if executor is None:
        return ((chunk, task(chunk)) for chunk in chunks)
    return _Sharing(executor, task, iter(chunks), died).run()


class _Sharing(Generic[T, R]):
    """Work that is being shared out."""

    def __init__(
        self, executor: Executor, task: Task[T, R], waiting: Iterator[Sequence[T]], died: Callable[[T], R]
    ) -> None:
        self.executor, self.task, self.waiting, self.died = executor, task, waiting, died
        self.spare = ExitStack()
        """What was started in place of an executor that is of no more use."""
        self.given = deque[tuple[Sequence[T], Future[Sequence[R]] | None]]()

    def run(self) -> Iterator[tuple[Sequence[T], Sequence[R]]]:
        """Give out the first chunks; then each in its turn."""
        self._give(getattr(self.executor, "ahead", AHEAD))
        return self._take_back()

    def _give(self, most: int) -> None:
        self.given.extend((chunk, self._submit(chunk)) for chunk in islice(self.waiting, most))

    def _take_back(self) -> Iterator[tuple[Sequence[T], Sequence[R]]]:
        with self.spare:
            try:
                while self.given:
                    chunk, future = self.given.popleft()
                    done = self._await(chunk, future)
                    self._give(1)
                    yield chunk, done
            finally:
                for _, future in self.given:
                    if future:
                        future.cancel()

    def _await(self, chunk: Sequence[T], future: Future[Sequence[R]] | None) -> Sequence[R]:
        if future is None:
            return self.task(chunk)
        try:
            return future.result()
        except BrokenExecutor:
            wait([given for _, given in self.given if given])  # of what is lost together nobody knows who died over it
            return [self._try_alone(thing) for thing in chunk]

    def _submit(self, chunk: Sequence[T]) -> Future[Sequence[R]] | None:
        """The chunk given out; None where the system gives no more processes, so that it is done here."""
        try:
            return self.executor.submit(self.task, chunk)
        except BrokenExecutor:  # it is of no more use: another one takes its place
            self.executor = self.spare.enter_context(Processes(1))
            return self._submit(chunk)
        except (ImportError, NotImplementedError, OSError):  # also a system without semaphores
            return None

    def _try_alone(self, thing: T) -> R:
        """The result for one thing, while nothing else is being done. Raises PlanSheetsError if nobody can do it."""
        future = self._submit([thing])
        if future is None:
            raise PlanSheetsError(
                "A worker process ended, and this machine gives no other one.",
                "Close other programs, and give the command again. Nothing was changed.",
            )
        try:
            return future.result()[0]
        except BrokenExecutor:
            return self.died(thing)
