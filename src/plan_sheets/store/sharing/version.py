"""Which program this is: two that are not the same must not share work, for they may judge it in two ways."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from plan_sheets import __version__
from plan_sheets.store.schemas import find_data_folder


class Program(NamedTuple):
    """The version of plan-sheets and of Python, and the SHA-256 of all that is program or rule."""

    version: str
    python: str
    sha: str

    def __str__(self) -> str:
        """As it is told: `plan-sheets 0.1.0 (3f2a9c) on Python 3.11`."""
        return f"plan-sheets {self.version} ({self.sha[:6]}) on Python {self.python}"


@cache
def identify_program() -> Program:
    """This program, as it lies on the disk; the ends of lines make no difference."""
    found = hashlib.sha256()
    package = Path(__file__).parents[2]
    for root, pattern in ((package, "*.py"), (find_data_folder("schemas"), "*.yaml")):
        for path in sorted(root.rglob(pattern)):
            data = path.read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return Program(__version__, "{}.{}".format(*sys.version_info), found.hexdigest())
