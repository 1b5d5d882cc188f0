"""Chooses who does the work: this process, processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing.processes import Processes

MOST_UNASKED = 2
"""Processes that are started unasked: with three that have read something and a child less than 512 MB are in use."""
_A_CORE = 4
"""Processes for each core that may be asked for: more only take memory."""
_MOST = 61
"""Processes that Windows lets one process wait for."""
_NOTHING_DONE = "Nothing was changed."


def open_workers(workers: int | None = None, dask: str | None = None) -> AbstractContextManager[Executor | None]:
    """Whoever does the work of a large batch; None: it is done in this process.

    `workers`: so many processes of this machine; 1: this one; None: as many as it has cores, and two at
    most. `dask`: the address of a cluster's scheduler (`tcp://10.0.0.5:8786`); None: no cluster. Raises PlanSheetsError
    for a number that cannot be, and for a cluster that cannot do it.
    """
    if workers is not None and dask is not None:
        raise PlanSheetsError(
            "--workers are processes of this machine, and --dask is a cluster: only one of them can do the work.",
            f"Leave one out. {_NOTHING_DONE}",
        )
    if dask is not None:
        return _open_cluster(dask)
    count = min(os.cpu_count() or 1, MOST_UNASKED) if workers is None else _check_count(workers)
    return Processes(count) if count > 1 else nullcontext()


def _check_count(workers: int) -> int:
    most = min(_MOST, _A_CORE * (os.cpu_count() or 1))
    if workers < 1:
        raise PlanSheetsError(
            f"--workers {workers} leaves nobody to do the work.",
            f"Give 1 to do it in one process, or up to {most}. {_NOTHING_DONE}",
        )
    if workers > most:
        raise PlanSheetsError(
            f"--workers {workers} is more than this machine can keep busy: it has {os.cpu_count() or 1} cores.",
            f"Give {most} at most, or more machines with --dask. {_NOTHING_DONE}",
        )
    return workers


def _open_cluster(address: str) -> AbstractContextManager[Executor]:
    if find_spec("distributed") is None:
        raise PlanSheetsError(
            "A cluster needs a few packages more.",
            'Install them, in the folder of the program, with: pip install ".[dask]"',
        )
    from plan_sheets.store.sharing.cluster import open_cluster  # noqa: PLC0415 - heavy, and seldom needed

    return open_cluster(address)
