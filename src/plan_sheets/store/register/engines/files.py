"""Files of SQLite: made, opened to be read, written as copies of a register, and put in the place of one."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

from plan_sheets.store import outbox
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.troubles import explain

JOURNALS = ("-journal", "-wal", "-shm")
"""What SQLite writes beside a register that is being written to: it belongs to it."""
OWNER_ALONE = 0o600
"""The rights of a register that is made: it holds the key that signs."""
MARK = 0x70736272
"""The `application_id` of a copy that was made as a backup; that of a register is 0."""
Check = Callable[[sqlite3.Connection], None]
"""Looks at a copy; raises PlanSheetsError if it is not good."""
_OF_SOURCE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
    *(sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT),
}
"""The errors that are those of the register, where it is copied; all others are those of the copy."""
_UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
"""The errors of a file that is no database any more: nobody can be writing to it."""


def make_file(path: Path) -> None:
    """Make an empty file that its owner alone may read; a file that exists is left as it is."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ALONE))


def open_file(path: Path) -> sqlite3.Connection:
    """Open the file of a register to be read by its pages; it is never made, nor written to. Raises sqlite3.Error."""
    if not path.is_file():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    connection = sqlite3.connect(path, isolation_level=None, timeout=tables.WAIT)
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def write_copy(source: Database, target: Path, mark: int = MARK, check: Check | None = None) -> Iterator[Path]:
    """Write a copy of a register aside, its owner's alone and synced; meanwhile it is moved to where it belongs.

    What is left aside is removed. Raises PlanSheetsError, that speaks of `target` where the copy is at fault.
    """
    aside = target.with_name(f"{outbox.ASIDE}{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        make_file(aside)
        with closing(sqlite3.connect(aside, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is synced as a whole, below
            copy.execute("PRAGMA journal_mode = OFF")
            source.copy_into(copy)
            copy.execute(f"PRAGMA application_id = {mark}")
            if check:
                check(copy)
        outbox.sync(aside)
        yield aside
        outbox.sync_folders([target.parent])
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_SOURCE:
            with source.explain():
                raise
        raise explain(target, error) from None
    except OSError as error:
        raise outbox.explain_unwritable(target, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def read_copy(register: Database) -> Iterator[sqlite3.Connection]:
    """A copy of a register in memory, as it stood at one moment: whoever writes waits for no more than the copying.

    Raises what `Database.copy_into` does.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        register.copy_into(copy)
        yield copy


def replace_file(register: Path, backup: Database, day: str) -> Path | None:
    """Put a copy in the place of the file of a register, which is kept beside it: where; None if there was none.

    `day`: today (ISO). Raises PlanSheetsError.
    """
    with _locked(register), write_copy(backup, register, mark=0) as aside:
        kept = _set_aside(register, day, aside)
        aside.replace(register)
    return kept


@contextmanager
def _locked(register: Path) -> Iterator[None]:
    """Keep everybody from writing to a register meanwhile, as far as it can be read at all. Raises PlanSheetsError."""
    if not register.is_file():
        yield
        return
    with closing(sqlite3.connect(register, isolation_level=None, timeout=tables.WAIT)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _UNREADABLE:
                raise explain(register, error) from None
        if os.name == "nt":  # there a file that is open cannot be replaced
            connection.close()
        yield


def _set_aside(register: Path, day: str, aside: Path) -> Path | None:
    """Keep the register under another name, with what SQLite left beside it; the new one gets its rights."""
    kept = find_free(register, f"broken-{day}")
    for ending in JOURNALS:  # they would be played into the register put back
        with suppress(FileNotFoundError):
            register.with_name(register.name + ending).replace(kept.with_name(kept.name + ending))
    if not register.is_file():
        return None
    aside.chmod(register.stat().st_mode & 0o777)
    try:
        os.link(register, kept)
    except OSError as error:
        if error.errno == errno.EEXIST:
            raise
        shutil.copy2(register, kept)  # a file system without links
    return kept


def find_free(register: Path, why: str) -> Path:
    """A name for the register that was there: `register-broken-2016-07-08.sqlite`, with a number if it is taken."""
    for number in count(1):
        path = register.with_name(f"register-{why}{f'-{number}' if number > 1 else ''}.sqlite")
        if not path.exists():
            return path
    raise AssertionError  # there is always another number
