"""Copies of a register, made while others write: the backup of each day, and one that somebody asks for."""

from __future__ import annotations

import errno
import os
import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store import outbox
from plan_sheets.store.register import tables
from plan_sheets.store.register.troubles import explain

BACKUPS = "backups"
"""The folder beside the register in which the backups of the days lie."""
JOURNALS = ("-journal", "-wal", "-shm")
"""What SQLite writes beside a register that is being written to: it belongs to it."""
KEPT = 7
"""How many of them are kept."""
MARK = 0x70736272
"""The `application_id` of a copy that was made as a backup; that of a register is 0."""
Check = Callable[[sqlite3.Connection], None]
"""Looks at a copy; raises PlanSheetsError if it is not good."""
_OF_SOURCE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
    *(sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT),
}
"""The errors that are those of the register, where it is copied; all others are those of the copy."""
_DAILY = re.compile(r"register-\d{4}-\d\d-\d\d\.sqlite")


def make_daily(register: Path, day: str) -> PlanSheetsError | None:
    """Make the backup of a day (ISO) if there is none yet, as the register stands before what is being recorded.

    Returns why it could not be made: that keeps nobody from work.
    """
    target = _name_daily(register, day)
    if target.exists():
        return None
    try:
        copy_register(register, target)
    except PlanSheetsError as trouble:
        return trouble
    remove_daily(register, keep=KEPT)
    return None


@dataclass(frozen=True, slots=True)
class Renewed:
    """The backups of the days after something was taken out of the register for good."""

    removed: Sequence[Path]
    """Those that held it: they are gone."""
    made: Path | None
    """The new one; None if it could not be made."""


def replace_daily(register: Path, day: str) -> Renewed:
    """Remove all backups of the days, for they hold what was taken out, and make that of a day (ISO) anew."""
    removed = remove_daily(register, keep=0)
    target = _name_daily(register, day)
    is_free = not target.exists()
    return Renewed(removed, target if is_free and make_daily(register, day) is None else None)


def _name_daily(register: Path, day: str) -> Path:
    return register.parent / BACKUPS / f"register-{day}.sqlite"


def list_daily(folder: Path) -> list[Path]:
    """The backups of the days in a plan folder, newest first; also such as somebody put there by that name."""
    return sorted((path for path in (folder / BACKUPS).glob("*") if _DAILY.fullmatch(path.name)), reverse=True)


def remove_daily(register: Path, *, keep: int) -> list[Path]:
    """Remove the backups of the days but the newest few: those that were made of this plan, by no hand. Which."""
    mine, removed = read_plans(register), list[Path]()
    for path in list_daily(register.parent)[keep:]:
        if is_backup(path) and read_plans(path) == mine:
            with suppress(OSError):  # open elsewhere: the next day removes it
                path.unlink()
                removed.append(path)
    return removed


def copy_register(source: Path, target: Path, check: Check | None = None) -> None:
    """Copy a register as it stands at one moment, all of it or nothing.

    `check` looks at the copy before it is put in its place. Raises PlanSheetsError.
    """
    with write_copy(source, target, check=check) as aside:
        aside.replace(target)


@contextmanager
def write_copy(source: Path, target: Path, mark: int = MARK, check: Check | None = None) -> Iterator[Path]:
    """Write a copy of a register aside, its owner's alone and synced; meanwhile it is moved to where it belongs.

    What is left aside is removed. Raises PlanSheetsError, that speaks of `target` where the copy is at fault.
    """
    aside = target.with_name(f"{outbox.ASIDE}{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        tables.make_file(aside)
        with closing(sqlite3.connect(aside, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is synced as a whole, below
            copy.execute("PRAGMA journal_mode = OFF")
            with closing(open_file(source)) as connection:
                connection.backup(copy)
            copy.execute(f"PRAGMA application_id = {mark}")
            if check:
                check(copy)
        outbox.sync(aside)
        yield aside
        outbox.sync_folders([target.parent])
    except sqlite3.Error as error:
        is_of_source = getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_SOURCE
        raise explain(source if is_of_source else target, error) from None
    except OSError as error:
        raise outbox.explain_unwritable(target, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def open_file(path: Path) -> sqlite3.Connection:
    """Open the file of a register to be read by its pages; it is never made, nor written to. Raises sqlite3.Error."""
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    connection = sqlite3.connect(path, isolation_level=None, timeout=tables.WAIT)
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def read_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy of a register in memory, as it stood at one moment: whoever writes waits for no more than the copying.

    Raises sqlite3.Error, or OSError.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        with closing(open_file(path)) as connection:
            connection.backup(copy)
        yield copy


def is_backup(path: Path) -> bool:
    """Whether a file was made as a backup by plan-sheets."""
    with suppress(sqlite3.Error, OSError), closing(open_file(path)) as connection:
        return bool(connection.execute("PRAGMA application_id").fetchone()[0] == MARK)
    return False


def read_plans(path: Path) -> list[tuple[str, bytes]]:
    """Key and secret of each plan in a register, or in a copy of one; none if it cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(open_file(path)) as connection:
        return connection.execute("SELECT key, secret FROM plan ORDER BY id").fetchall()
    return []


def read_head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and digest of the last seal of a register: two with the same hold the same."""
    found = connection.execute("SELECT id, digest FROM seal ORDER BY id DESC LIMIT 1").fetchone()
    return found or (0, "")


def is_part_of(earlier: Path, later: Path) -> bool:
    """Whether all that was recorded in a register, or a copy, is in another one; False if one cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(open_file(earlier)) as old, closing(open_file(later)) as new:
        number, digest = read_head(old)
        there = new.execute("SELECT digest FROM seal WHERE id = ?", (number,)).fetchone()
        return bool(there) and there[0] == digest
    return False
