"""Workers of a cluster of dask.distributed, wherever they are: they need this very program, and nothing else of ours.

What `Client.get_executor()` gives is made like other executors here: equal work is done each time that it is given; who
loses a worker raises BrokenExecutor; a cluster that has nobody left raises PlanSheetsError.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from distributed import Client, KilledWorker
from distributed.core import rpc
from distributed.security import Security

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing import version
from plan_sheets.store.sharing.version import Program, identify_program

P = ParamSpec("P")
R = TypeVar("R")
PATIENCE = 30.0
"""Seconds for which a cluster may have no worker: one that died is started anew within a few."""
_TO_CONNECT = 10.0
"""Seconds within which a cluster answers."""
_TO_LEAVE = 2.0
"""Seconds within which it is told that nobody wants anything of it any more."""
_LOOKS = 0.5
"""Seconds between two looks at whether it still has workers."""
_LOGGERS = ("distributed", *(f"distributed.{part}" for part in ("client", "comm", "core", "utils")), "tornado")


@contextmanager
def open_cluster(address: str, patience: float = PATIENCE) -> Iterator[Executor]:
    """The workers of the cluster whose scheduler is at `address` (`tcp://10.0.0.5:8786`).

    Raises PlanSheetsError if there is none, it has no workers, or any of them is another program than this one.
    """
    with _be_quiet(), _connect(address) as client:
        _check_same(client, address)
        cluster = _Cluster(client, address, patience)
        try:
            yield cluster
        finally:
            cluster.shutdown()


@contextmanager
def _connect(address: str) -> Iterator[Client]:
    try:
        with ThreadPoolExecutor(1) as aside:  # this thread may run a loop already
            aside.submit(asyncio.run, asyncio.wait_for(_greet(address), _TO_CONNECT)).result()
        client = Client(address, timeout=_TO_CONNECT, set_as_default=False)
    except Exception as error:  # noqa: BLE001 - what is no cluster may answer anything, and be understood as anything
        raise PlanSheetsError(
            f"There is no cluster at {address or 'an address that is blank'}{_say_why(error)}.",
            "Look at the address that its scheduler printed, such as tcp://10.0.0.5:8786. Nothing was changed.",
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):  # it is gone: there is nothing to take leave of
            client.close(_TO_LEAVE)


async def _greet(address: str) -> None:
    """Let a scheduler say what it is: a client would wait for ever where something listens that never answers."""
    async with rpc(address, connection_args=Security().get_connection_args("client")) as scheduler:
        await scheduler.identity()


def _say_why(error: Exception) -> str:
    """What the library says of an address; it says nothing where none answered in time."""
    return f" ({error})" if isinstance(error, ValueError | TypeError) else ": nobody answers"


class _Call:
    """What becomes, when it is unpickled, what a function returns.

    So a worker without this program raises that it has no such module. Given the function itself it would end.
    """

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return self.call


def _pack(function: Callable[..., object], *arguments: object) -> bytes:
    return pickle.dumps(_Call(function, *arguments), pickle.HIGHEST_PROTOCOL)


def _check_same(client: Client, address: str) -> None:
    """Raise PlanSheetsError if there are no workers, or one of them is another program."""
    found: Mapping[str, object] = client.run(pickle.loads, _pack(version.identify_program), on_error="return")
    if not found:
        raise _say_lost(address)
    for program in found.values():
        if program != identify_program():
            raise _say_other(address, program)


def _say_lost(address: str) -> PlanSheetsError:
    return PlanSheetsError(
        f"The cluster at {address} has no worker, or cannot be reached any more.",
        "Start workers, or leave out --dask; then give the command again. Nothing was recorded.",
    )


def _say_other(address: str, program: object) -> PlanSheetsError:
    is_known = isinstance(program, Program)
    what = f"is {program}" if is_known else f"cannot run plan-sheets ({type(program).__name__}: {program})"
    return PlanSheetsError(
        f"A worker of the cluster at {address} {what}; this is {identify_program()}.",
        "Install the same plan-sheets and the same Python on both. Nothing was recorded.",
    )


class _OtherProgramError(Exception):
    """A worker is another program than the one that gave the work: it may have joined later."""


def _run_same(program: Program, function: Callable[..., R], arguments: tuple[Any, ...], named: Mapping[str, Any]) -> R:
    """What a worker does. Raises _OtherProgramError."""
    if identify_program() != program:
        raise _OtherProgramError(*identify_program())
    return function(*arguments, **named)


class _Cluster(Executor):
    """The workers of a cluster."""

    def __init__(self, client: Client, address: str, patience: float) -> None:
        self.client, self.address, self.patience = client, address, max(patience, _LOOKS)
        self.ahead = min(64, max(8, 2 * self._count_threads()))
        """Pieces of work that may be given out before the first of them is done: none of them waits for the next."""
        self._executor = client.get_executor(pure=False)  # else equal work is done once, and fails for ever
        self._given = set[Future[Any]]()
        self._is_closed = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Give out a piece of work: as bytes, for of anything else the cluster looks into each part."""
        future: Future[R] = Future()
        self._given.add(future)
        try:
            there = self._executor.submit(pickle.loads, _pack(_run_same, identify_program(), fn, args, kwargs))
        except Exception:  # noqa: BLE001 - a client that is closed raises nothing that has a name outside
            self._settle(future, error=_say_lost(self.address))
        else:
            there.add_done_callback(lambda done: self._hand_on(done, future))
        return future

    def _hand_on(self, done: Future[R], future: Future[R]) -> None:
        """What became of a piece of work, as other executors say it."""
        if done.cancelled():
            self._settle(future, error=_say_lost(self.address))
        elif (error := done.exception()) is None:
            self._settle(future, done.result())
        elif isinstance(error, KilledWorker):
            self._settle(future, error=BrokenExecutor(str(error)))
        elif isinstance(error, _OtherProgramError):
            self._settle(future, error=_say_other(self.address, Program(*error.args)))
        elif isinstance(error, ImportError):
            self._settle(future, error=_say_other(self.address, error))
        else:
            self._settle(future, error=error)

    def _settle(self, future: Future[R], result: R | None = None, error: BaseException | None = None) -> None:
        self._given.discard(future)
        with suppress(InvalidStateError):  # nobody waits for it any more
            if error is None:
                future.set_result(result)  # type: ignore[arg-type]  # None is what the work may well return
            else:
                future.set_exception(error)

    def _watch(self) -> None:
        """Let nobody wait for ever: work for which there is no worker is never refused by the cluster itself."""
        seen = monotonic()
        while not self._is_closed.wait(_LOOKS):
            with suppress(Exception):  # no answer, whatever the reason, is no worker
                seen = monotonic() if self.client.status == "running" and self._count_threads() else seen
            if self.client.status == "closed" or monotonic() - seen > self.patience:
                for future in [*self._given]:
                    self._settle(future, error=_say_lost(self.address))

    def _count_threads(self) -> int:
        """How many pieces of work its workers can do at a time. Raises OSError, and more, if nobody answers."""
        time = min(_TO_CONNECT, self.patience)
        scheduler: Any = self.client.scheduler
        threads: Mapping[str, int] = self.client.sync(scheduler.ncores, workers=None, callback_timeout=time)
        return sum(threads.values())

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - as in Executor
        """Give nothing out any more; the cluster itself goes on."""
        self._is_closed.set()
        self._watcher.join()
        with suppress(Exception):  # it is gone: there is nothing to take leave of
            self._executor.shutdown(wait=False)


@contextmanager
def _be_quiet() -> Iterator[None]:
    """What a cluster logs and warns of is told in our own words."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
