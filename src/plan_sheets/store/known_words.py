"""What a half-typed command may go on with, straight from the register's file.

SQLAlchemy takes longer to load than somebody waits who has pressed Tab. Nothing is written, and nothing is said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

_NAMED = "SELECT DISTINCT ref FROM value WHERE field = 'ref' AND record IN ({}) AND value <> '' ORDER BY ref"
_QUERIES = {
    "round": "SELECT DISTINCT code FROM round ORDER BY code DESC",
    "subgroup": _NAMED.format("'subgroup'"),
    "ref": _NAMED.format("'priority', 'action'"),
    "return": "SELECT number FROM return WHERE number <> '' ORDER BY id",
}


def list_known(register: Path, kinds: Iterable[str]) -> list[str]:
    """The rounds, subgroups, refs or returns (the `kinds`) that a register knows; none where it cannot be read."""
    try:
        with closing(sqlite3.connect(f"{register.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)) as connection:
            return [str(row[0]) for kind in kinds for row in connection.execute(_QUERIES[kind])]
    except sqlite3.Error:
        return []
