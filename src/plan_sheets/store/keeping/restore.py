"""Puts a backup in the place of a register; the register that was there is kept beside it."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe.backup import (
    JOURNALS,
    is_part_of,
    list_daily,
    open_file,
    read_copy,
    read_plans,
    write_copy,
)
from plan_sheets.store.register.safe.verify import verify
from plan_sheets.store.register.troubles import UNCHANGED, explain

_UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
"""The errors of a file that is no database any more: nobody can be writing to it."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put in the place of a register."""

    backup: Path
    kept: Path | None
    """The register that was there, under its new name; None if there was none."""
    not_good: Sequence[str]
    """The backups that were passed over, each with why."""
    redacted: Sequence[str]
    """What was redacted since the backup was made, as it was named: it stands in the register again."""


def put_back(folder: Path, day: str, chosen: Path | None = None) -> PutBack:
    """Put the newest good backup, or the one that was chosen, in the place of the register of a plan folder.

    `day`: today (ISO). Raises PlanSheetsError if there is no good one, it is of another plan, or, where none was
    chosen, the register is whole and holds all that the backup does.
    """
    register = folder / FILE
    backup, not_good = _choose(folder, chosen)
    plans = read_plans(register)
    if plans and read_plans(backup) != plans:
        raise PlanSheetsError(f"{backup} is of another plan.", f"Give a backup of this one. {UNCHANGED}")
    if chosen is None and not _find_wrong(register) and is_part_of(backup, register):
        raise PlanSheetsError(
            f"{register} is whole, and holds all that the newest backup does, {backup.name}.",
            f"To go back all the same, name the backup: plan-sheets doctor --restore FILE. {UNCHANGED}",
        )
    redacted = [subject for subject in _list_redacted(register) if subject not in _list_redacted(backup)]
    with _locked(register), write_copy(backup, register, mark=0) as aside:
        kept = _set_aside(register, day, aside)
        aside.replace(register)
    return PutBack(backup, kept, not_good, redacted)


def _choose(folder: Path, chosen: Path | None) -> tuple[Path, list[str]]:
    """The newest backup that is good, or the one that was chosen; and why others are not."""
    candidates = [chosen] if chosen else list_daily(folder)
    not_good: list[str] = []
    for path in candidates:
        if chosen and path.resolve() == (folder / FILE).resolve():
            raise PlanSheetsError(f"{path} is the register itself.", f"Give a backup of it. {UNCHANGED}")
        if not (why := _find_wrong(path)):
            return path, not_good
        not_good.append(f"{path}: {why}")
    if not candidates:
        raise PlanSheetsError(
            f"There is no backup in {folder / 'backups'}.",
            f"If you have one elsewhere: plan-sheets doctor --restore FILE. {UNCHANGED}",
        )
    raise PlanSheetsError(
        f"No backup is good: {'; '.join(not_good)}",
        f"If you have one elsewhere: plan-sheets doctor --restore FILE. {UNCHANGED}",
    )


def _find_wrong(path: Path) -> str:
    """What is wrong with a register, or a copy of one, first of all; "" if nothing is."""
    try:
        with read_copy(path) as copy:
            wrong = verify(copy)
    except (sqlite3.Error, OSError) as error:
        return str(error)
    return wrong[0].what if wrong else ""


def _list_redacted(path: Path) -> list[str]:
    """What was redacted, as it was named; nothing if the register cannot be read."""
    with suppress(sqlite3.Error, OSError), closing(open_file(path)) as connection:
        return [subject for (subject,) in connection.execute("SELECT subject FROM redaction ORDER BY id")]
    return []


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
    kept = _find_free(register, day)
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


def _find_free(register: Path, day: str) -> Path:
    """A name for the register that was there: `register-broken-2016-07-08.sqlite`, with a number if it is taken."""
    for number in count(1):
        path = register.with_name(f"register-broken-{day}{f'-{number}' if number > 1 else ''}.sqlite")
        if not path.exists():
            return path
    raise AssertionError  # there is always another number
