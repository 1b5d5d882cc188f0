"""Runs work that a file could crash or hang in a child process with a limit on memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from importlib import import_module
from math import ceil

from plan_sheets.store.container.limits import LIMITS, Limits

_CHILD = (
    "import sys; sys.path[:] = sys.argv[4:]; from plan_sheets.store.container.child import serve; serve(*sys.argv[1:4])"
)


_BY_THE_CLOCK = 1 if sys.platform == "win32" else 8
"""How many times as long as its CPU time a child may take, so that a busy machine refuses no file. Not on Windows."""
Task = Callable[[bytes, Limits], bytes]
"""Work for a child process: a function of a module."""


def run_apart(task: Task, data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """Run `task` on these bytes in a child process; None if it raises, dies or takes too long."""
    arguments = (task.__module__, task.__qualname__, json.dumps(asdict(limits)))
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter, with a fixed command; the bytes go in as input
            [sys.executable, "-I", "-c", _CHILD, *arguments, *sys.path],
            input=data,
            capture_output=True,
            timeout=limits.child_seconds * _BY_THE_CLOCK,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout


def serve(module: str, task: str, limits_json: str) -> None:
    """Run a task in the child process, from standard input to standard output. `limits_json`: the limits as JSON."""
    # openpyxl would load numpy, if there is one, for the names of its types: on many cores that is above the limit.
    sys.modules["numpy"] = None  # type: ignore[assignment]  # so that importing it raises ImportError
    work: Task = getattr(import_module(module), task)
    limits = Limits(**json.loads(limits_json))
    data = sys.stdin.buffer.read()
    _limit(limits)
    with redirect_stdout(sys.stderr):  # openpyxl prints the number of a format that a file does not have
        result = work(data, limits)
    if len(result) > limits.child_output:
        sys.exit("the result is too large")
    sys.stdout.buffer.write(result)


def _limit(limits: Limits) -> None:
    """Limit the memory and the CPU time of this process; Windows knows no such limits."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (limits.child_memory,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (ceil(limits.child_seconds),) * 2)
