"""Work that a file could end or hang, done by a child process with a limit on memory and time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

from plan_sheets.store.limits import CHILD_MEMORY, CHILD_SECONDS, MAX_TOLD

_CHILD = "import sys; sys.path[:] = sys.argv[3:]; from plan_sheets.store.apart import serve; serve(*sys.argv[1:3])"


def run_apart(task: Callable[[bytes], bytes], data: bytes) -> bytes | None:
    """What `task`, a function of a module, makes of these bytes; None if it raises, dies or takes too long."""
    name = (task.__module__, task.__qualname__)
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter, with a fixed command; the bytes go in as input
            [sys.executable, "-I", "-c", _CHILD, *name, *sys.path],
            input=data,
            capture_output=True,
            timeout=CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout


def serve(module: str, task: str) -> None:
    """What the child does: from standard input to standard output, within its limits."""
    work: Callable[[bytes], bytes] = getattr(import_module(module), task)
    data = sys.stdin.buffer.read()
    _limit_memory()
    told = work(data)
    if len(told) > MAX_TOLD:
        sys.exit("more than can be told")
    sys.stdout.buffer.write(told)


def _limit_memory() -> None:
    """Less memory than the machine has, where the system knows such a limit (Windows does not)."""
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not there on Windows

        resource.setrlimit(resource.RLIMIT_AS, (CHILD_MEMORY, CHILD_MEMORY))
