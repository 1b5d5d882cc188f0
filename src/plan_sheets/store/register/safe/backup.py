"""Copies of a register, made while others write: the backup of each day, and one that somebody asks for."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import MARK, Check, open_file, write_copy
from plan_sheets.store.register.engines.sqlite import SqliteFile

BACKUPS = "backups"
"""The folder beside the register in which the backups of the days lie."""
KEPT = 7
"""How many of them are kept."""
_DAILY = re.compile(r"register-\d{4}-\d\d-\d\d\.sqlite")


def make_daily(register: Database, day: str) -> PlanSheetsError | None:
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


def replace_daily(register: Database, day: str) -> Renewed:
    """Remove all backups of the days, for they hold what was taken out, and make that of a day (ISO) anew."""
    removed = remove_daily(register, keep=0)
    target = _name_daily(register, day)
    is_free = not target.exists()
    return Renewed(removed, target if is_free and make_daily(register, day) is None else None)


def _name_daily(register: Database, day: str) -> Path:
    return register.folder / BACKUPS / f"register-{day}.sqlite"


def list_daily(folder: Path) -> list[Path]:
    """The backups of the days in a plan folder, newest first; also such as somebody put there by that name."""
    return sorted((path for path in (folder / BACKUPS).glob("*") if _DAILY.fullmatch(path.name)), reverse=True)


def remove_daily(register: Database, *, keep: int) -> list[Path]:
    """Remove the backups of the days but the newest few: those that were made of this plan, by no hand. Which."""
    mine, removed = register.read_plans(), list[Path]()
    for path in list_daily(register.folder)[keep:]:
        if is_backup(path) and read_plans(path) == mine:
            with suppress(OSError):  # open elsewhere: the next day removes it
                path.unlink()
                removed.append(path)
    return removed


def copy_register(source: Database, target: Path, check: Check | None = None) -> None:
    """Copy a register as it stands at one moment, all of it or nothing.

    `check` looks at the copy before it is put in its place. Raises PlanSheetsError.
    """
    with write_copy(source, target, check=check) as aside:
        aside.replace(target)


def is_backup(path: Path) -> bool:
    """Whether a file was made as a backup by plan-sheets."""
    with suppress(sqlite3.Error, OSError), closing(open_file(path)) as connection:
        return bool(connection.execute("PRAGMA application_id").fetchone()[0] == MARK)
    return False


def read_plans(path: Path) -> list[tuple[str, bytes]]:
    """Key and secret of each plan in a copy of a register; none if it cannot be read."""
    return SqliteFile(path).read_plans()


def read_head(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and digest of the last seal of a register: two with the same hold the same."""
    found = connection.execute("SELECT id, digest FROM seal ORDER BY id DESC LIMIT 1").fetchone()
    return found or (0, "")


def is_part_of(earlier: Path, later: Database) -> bool:
    """Whether all that was recorded in a copy of a register is in another one; False if one cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(open_file(earlier)) as old:
        return later.holds_seal(*read_head(old))
    return False
