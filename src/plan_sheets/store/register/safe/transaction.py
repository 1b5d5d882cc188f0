"""One transaction of a register: what it records is sealed, backed up before on a new day, and its files placed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.outbox import Outbox, sync_folders
from plan_sheets.store.register import tables
from plan_sheets.store.register.safe.backup import make_daily
from plan_sheets.store.register.safe.seal import Seals
from plan_sheets.store.register.troubles import UNCHANGED

FileId = tuple[int, int]
"""Which file lies under a name: another one, once it was replaced."""


@dataclass(slots=True)
class Transaction:
    """A transaction that is open."""

    connection: Connection
    outbox: Outbox
    """The files that it makes."""
    seals: Seals = field(default_factory=Seals)
    not_backed_up: PlanSheetsError | None = None
    """Why the backup of the day could not be made; None if it is there, or nothing was recorded."""


def identify_file(path: Path) -> FileId | None:
    """Which file lies at a path; None if none does."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def hold(engine: Engine, known: FileId | None, day: str, *, dry_run: bool = False) -> Iterator[Transaction]:
    """Hold the write lock of a register; with `dry_run` write to a copy in memory, which is thrown away.

    `known`: which file the register was when it was opened. `day`: of the deed (ISO); "": it makes no backup.
    """
    path, outbox = Path(engine.url.database or ""), Outbox(is_trial=dry_run)
    try:
        with (
            tables.explain_errors(path),
            tables.copy_in_memory(engine) if dry_run else nullcontext(engine) as held,
            held.connect() as connection,
            connection.begin(),
        ):
            # At once: two officers may share the folder. The driver itself begins nothing.
            connection.exec_driver_sql("BEGIN" if dry_run else "BEGIN IMMEDIATE")
            _check_not_replaced(path, known)
            opened = Transaction(connection, outbox)
            yield opened
            if not dry_run:
                opened.not_backed_up = make_daily(path, day) if opened.seals and day else None
                opened.seals.write(connection)
            outbox.sync()
    except BaseException:
        outbox.drop()
        raise
    if dry_run:
        outbox.drop()
    else:
        # SQLite has synced the register, but not that its journal is gone: with that back, the last batch goes.
        sync_folders([path.parent])
        outbox.place()


def _check_not_replaced(path: Path, known: FileId | None) -> None:
    """Raise PlanSheetsError if another file lies there than when the register was opened: a backup was put back."""
    if known and identify_file(path) != known:
        raise PlanSheetsError(
            f"Another register was put in the place of {path} meanwhile.", f"Give the command again. {UNCHANGED}"
        )
