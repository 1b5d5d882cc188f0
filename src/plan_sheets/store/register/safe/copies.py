"""A backup that somebody asks for, at a path of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.safe.backup import copy_register, is_backup, is_part_of, read_plans
from plan_sheets.store.register.safe.verify import verify
from plan_sheets.store.register.troubles import UNCHANGED


def copy_elsewhere(register: Database, target: Path) -> Path:
    """Copy a register to a path that somebody chose, while others write; where it lies, with links followed.

    Raises PlanSheetsError if the register is not whole, or something else lies there.
    """
    target = target.resolve()
    _check_target(register, target)
    copy_register(register, target, _check_whole)
    return target


def _check_target(register: Database, target: Path) -> None:
    if register.owns(target):
        raise PlanSheetsError(
            f"{target} is the register itself, or belongs to it.", f"Give another name for the backup. {UNCHANGED}"
        )
    if target.is_dir() or not target.parent.is_dir():
        what = f"{target} is a folder." if target.is_dir() else f"There is no folder {target.parent}."
        raise PlanSheetsError(what, f"Give the name of a file, in a folder that is there. {UNCHANGED}")
    if not target.exists():
        return
    if not (is_backup(target) and read_plans(target) == register.read_plans()):
        raise PlanSheetsError(
            f"{target} is there already, and is no backup of this plan.", f"Give another name. {UNCHANGED}"
        )
    if not is_part_of(target, register):
        raise PlanSheetsError(
            f"{target} is a backup that holds what the register does not: it is newer than the register.",
            f"Keep it, and give another name. plan-sheets doctor --restore puts it in place. {UNCHANGED}",
        )


def _check_whole(copy: sqlite3.Connection) -> None:
    if wrong := verify(copy):
        raise PlanSheetsError(
            f"The register is not whole, so no backup of it was made ({wrong[0].what}).",
            f"plan-sheets doctor says what to do. {UNCHANGED}",
        )
