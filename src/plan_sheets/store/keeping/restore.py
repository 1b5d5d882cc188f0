"""Puts a backup in the place of a register; the register that was there is kept beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.places import locate
from plan_sheets.store.register.engines.sqlite import SqliteFile
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe.backup import is_part_of, list_daily, read_plans
from plan_sheets.store.register.safe.verify import verify
from plan_sheets.store.register.safe.versions import check_not_newer, raise_copy
from plan_sheets.store.register.troubles import UNCHANGED


@dataclass(frozen=True, slots=True)
class PutBack:
    """What was put in the place of a register."""

    backup: Path
    kept: str | None
    """The register that was there, by its new name; None if there was none."""
    not_good: Sequence[str]
    """The backups that were passed over, each with why."""
    redacted: Sequence[str]
    """What was redacted since the backup was made, as it was named: it stands in the register again."""


def put_back(folder: Path, day: str, chosen: Path | None = None) -> PutBack:
    """Put the newest good backup, or the one that was chosen, in the place of the register of a plan folder.

    `day`: today (ISO). Raises PlanSheetsError if there is no good one, it is of another plan, the register was made by
    a newer version, or, where none was chosen, it is whole and holds all that the backup does.
    """
    register = locate(folder)
    check_not_newer(register)
    backup, not_good = _choose(folder, chosen)
    plans = register.read_plans()
    if plans and read_plans(backup) != plans:
        raise PlanSheetsError(f"{backup} is of another plan.", f"Give a backup of this one. {UNCHANGED}")
    if chosen is None and not _find_wrong(register) and is_part_of(backup, register):
        raise PlanSheetsError(
            f"{register.name} is whole, and holds all that the newest backup does, {backup.name}.",
            f"To go back all the same, name the backup: plan-sheets doctor --restore FILE. {UNCHANGED}",
        )
    redacted = [subject for subject in _list_redacted(register) if subject not in _list_redacted(SqliteFile(backup))]
    return PutBack(backup, register.put_in_place(SqliteFile(backup), day), not_good, redacted)


def _choose(folder: Path, chosen: Path | None) -> tuple[Path, list[str]]:
    """The newest backup that is good, or the one that was chosen; and why others are not."""
    candidates = [chosen] if chosen else list_daily(folder)
    not_good: list[str] = []
    for path in candidates:
        if chosen and path.resolve() == (folder / FILE).resolve():
            raise PlanSheetsError(f"{path} is the register itself.", f"Give a backup of it. {UNCHANGED}")
        if not (why := _find_wrong(SqliteFile(path))):
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


def _find_wrong(register: Database) -> str:
    """What is wrong with a register, or a copy of one, first of all; "" if nothing is."""
    try:
        with read_copy(register) as copy:
            raise_copy(copy)
            wrong = verify(copy)
        unguarded = register.list_unguarded()
    except (sqlite3.Error, OSError, PlanSheetsError) as error:
        return str(error)
    return wrong[0].what if wrong else next((what for _, what in unguarded), "")


def _list_redacted(register: Database) -> list[str]:
    """What was redacted, as it was named; nothing if the register cannot be read."""
    with suppress(sqlite3.Error, OSError, PlanSheetsError), read_copy(register) as copy:
        return [subject for (subject,) in copy.execute("SELECT subject FROM redaction ORDER BY id")]
    return []
