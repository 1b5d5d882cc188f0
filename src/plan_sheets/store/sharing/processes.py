"""Processes of this machine: they end with the command, whatever ends that."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

P = ParamSpec("P")
R = TypeVar("R")
_TO_END = 2.0
"""Seconds within which a process ends what it is doing when the command is stopped: a chunk takes less than one."""
_STARTING = threading.Lock()
"""Held while processes are started: of those that appear meanwhile it is known whose they are."""


class _Flag(Protocol):
    """A number that processes share, without a lock that one of them could take with it when it dies."""

    value: int


class Processes(Executor):
    """So many processes, which start when they are first given work; when one has died, the next work starts others."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.ahead = max(8, 2 * count + 2)
        """Pieces of work that may be given out before the first of them is done: none of them waits for the next."""
        self._pool: ProcessPoolExecutor | None = None
        self._started: set[BaseProcess] = set()
        self._is_over: _Flag | None = None

    def _start(self) -> ProcessPoolExecutor:
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small batches need none
        from multiprocessing import get_context  # noqa: PLC0415 - as above

        context = get_context()
        if self._is_over is None:
            self._is_over = context.RawValue("b", 0)
        return ProcessPoolExecutor(self.count, context, _begin, (self._is_over,))

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Give out a piece of work.

        Raises OSError where the system gives no more processes, ImportError or NotImplementedError where it has none.
        """
        self._pool = self._pool or self._start()
        with self._note_started():
            try:
                return self._pool.submit(_do, fn, args, kwargs)
            except BrokenExecutor:
                self._pool.shutdown(wait=False)
                self._pool = self._start()
                return self._pool.submit(_do, fn, args, kwargs)

    @contextmanager
    def _note_started(self) -> Iterator[None]:
        from multiprocessing import active_children  # noqa: PLC0415 - small batches need none

        with _STARTING:
            others = set(active_children()) - self._started
            try:
                yield
            finally:
                self._started = set(active_children()) - others

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:  # noqa: FBT001, FBT002 - as in Executor
        """End the processes; work that nobody has begun is not done."""
        if self._pool:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *_more: object) -> None:
        """End the processes; when the command was stopped, or has failed, they do not go on with their work."""
        try:
            if kind is None:
                self.shutdown()
        finally:
            self._stop()

    def _stop(self) -> None:
        """Let every process end what it is doing, and nothing else; kill who takes too long.

        Whoever is killed while it hands back what it did leaves half of that, for which the pool waits for ever.
        """
        with _be_undisturbed():
            if self._is_over is not None:  # it is false while it is 0
                self._is_over.value = 1
            self.shutdown(wait=False)
            until = monotonic() + _TO_END
            for process in self._started:
                process.join(max(0, until - monotonic()))
                process.kill()
                process.join(_TO_END)


@contextmanager
def _be_undisturbed() -> Iterator[None]:
    """Let a second Ctrl-C do nothing; threads other than the first never get one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


_ARE_OVER = list[_Flag]()
"""What tells a process that nobody wants its work any more: set when it starts."""


def _begin(is_over: _Flag) -> None:
    """What a process does first: Ctrl-C stops the command, and its processes have nothing to say of that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _ARE_OVER[:] = [is_over]
    threading.Thread(target=_end_with_command, daemon=True).start()


def _end_with_command() -> None:
    """End this process when the one that started it has ended, also when that was killed and could tell nobody."""
    from multiprocessing import parent_process  # noqa: PLC0415 - small batches need none

    if parent := parent_process():
        parent.join()
        os._exit(1)


def _do(function: Callable[..., R], arguments: tuple[Any, ...], named: dict[str, Any]) -> R:
    """What a process does with a piece of work. Raises CancelledError if nobody wants it any more."""
    if any(flag.value for flag in _ARE_OVER):
        raise CancelledError
    return function(*arguments, **named)
