"""Processes of this machine."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

P = ParamSpec("P")
R = TypeVar("R")


class Processes(Executor):
    """So many processes, which start when they are first given work; when one has died, the next work starts others."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.ahead = max(8, 2 * count + 2)
        """Pieces of work that may be given out before the first of them is done: none of them waits for the next."""
        self._pool: ProcessPoolExecutor | None = None

    def _start(self) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small batches need none

        return ProcessPoolExecutor(self.count, initializer=_let_the_first_be_told)

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Give out a piece of work.

        Raises OSError where the system gives no more processes, ImportError or NotImplementedError where it has none.
        """
        self._pool = self._pool or self._start()
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pool.shutdown(wait=False)
            self._pool = self._start()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:  # noqa: FBT001, FBT002 - as in Executor
        """End the processes; work that nobody has begun is not done."""
        if self._pool:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _let_the_first_be_told() -> None:
    """Ctrl-C stops the command; its processes end with it, and have nothing to say of that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
