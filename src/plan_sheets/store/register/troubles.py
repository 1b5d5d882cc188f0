"""Errors of the database in plain words: what happened and what to do. They show no SQL and no data."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError

UNCHANGED = "Nothing was changed."

_BUSY = (
    "The register ({path}) is busy: another command is writing to it, or a program that copies files holds it.",
    "It may be yours, or that of somebody who shares the folder. Wait until it has ended, and try again.",
)
_NO_REGISTER = (
    "{path} is not a register that plan-sheets can read.",
    "Put the newest backup in its place: plan-sheets doctor --restore",
)
_STOPPED = "If `plan-sheets new` was stopped just now, give it again; else: plan-sheets doctor --restore"
_NO_RIGHTS = (
    "The register ({path}) cannot be written to: the folder or the file is read-only for you.",
    "Ask whoever keeps the folder for the right to write in it.",
)
TROUBLES = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
    sqlite3.SQLITE_NOTADB: _NO_REGISTER,
    sqlite3.SQLITE_CORRUPT: ("{path} is damaged.", "Put the newest backup in its place: plan-sheets doctor --restore"),
    sqlite3.SQLITE_READONLY: _NO_RIGHTS,
    sqlite3.SQLITE_PERM: _NO_RIGHTS,
    sqlite3.SQLITE_AUTH: _NO_RIGHTS,
    sqlite3.SQLITE_FULL: ("There is no room left on the disk for the register ({path}).", "Make room, and try again."),
    sqlite3.SQLITE_IOERR: (
        "The disk or the network did not read or write the register ({path}) as it should.",
        "Look whether the disk or the share is connected and works, and try again.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The register ({path}) cannot be opened.",
        "Look whether you have the right to read and write it and its folder, and try again.",
    ),
    sqlite3.SQLITE_NOMEM: ("There is not enough memory.", "Close other programs, and try again."),
}
"""What happened and what to do, by SQLite's code. A backup is named only where the file cannot be used any more."""
UNFORESEEN = (
    "The register ({path}) did not take what plan-sheets asked of it (code {code}).",
    "This is a fault of plan-sheets, not of the plan. Please report it.",
)


def explain(path: Path, error: BaseException) -> PlanSheetsError:
    """What is wrong with the register at `path`, by the code of SQLite's error."""
    reason = getattr(error, "orig", None) or error
    code = getattr(reason, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the upper bits only add detail
    what, remedy = TROUBLES.get(code, UNFORESEEN)
    return PlanSheetsError(what.format(path=path, code=code), f"{UNCHANGED} {remedy}")


def no_register(path: Path) -> PlanSheetsError:
    """What to say of a file that is a database, but not a register."""
    what, remedy = _NO_REGISTER
    remedy = remedy if (path.parent / "plan.xlsx").exists() else _STOPPED
    return PlanSheetsError(what.format(path=path), f"{UNCHANGED} {remedy}")
