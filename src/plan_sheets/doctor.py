"""Looks whether a register and its folder are whole, and says what to do; copies a register, and puts one back.

It reads only, from a copy in memory, while others write.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import Finding, PlanSheetsError, Severity
from plan_sheets.store.keeping.files import FolderCheck
from plan_sheets.store.keeping.move import MovedRegister, move_register
from plan_sheets.store.keeping.restore import PutBack, put_back
from plan_sheets.store.plan_folder import PLAN_FILE, RETURNED, AnyPath, Folder, as_path
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.places import locate
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.safe.backup import BACKUPS, list_daily
from plan_sheets.store.register.safe.copies import copy_elsewhere
from plan_sheets.store.register.safe.verify import verify
from plan_sheets.store.register.safe.versions import RaisedRegister, find_other_version, raise_version
from plan_sheets.store.schemas import load_messages

NOTED = (Severity.NOTE,)
"""What nobody has to act on."""
_UNREADABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_IOERR)
"""The errors of a register that is no register any more; others pass, such as that it is busy."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a register and its folder are like."""

    path: Path
    findings: Sequence[Finding]
    not_received: Sequence[Path] = ()
    """The files of `returned/` that the register does not know."""
    backups: Sequence[Path] = ()
    """The backups of the days, newest first."""
    is_readable: bool = True
    """Whether the register could be read and the folder compared with it."""
    is_as_recorded: bool = True
    """Whether the register itself is as it was recorded, whatever is to be said of the folder."""

    @property
    def is_whole(self) -> bool:
        """Whether nobody has to act on anything."""
        return all(finding.severity in NOTED for finding in self.findings)

    def open(self) -> Folder:
        """The plan folder, in which nothing is moved. Raises PlanSheetsError if the register cannot be read."""
        return Folder(self.path, Register.open(locate(self.path)))


def examine_folder(path: AnyPath) -> Examined:
    """Look whether the register of a plan folder and the files in it are whole. Changes nothing.

    Raises PlanSheetsError if there is no plan folder, or the register is busy; TypeError if `path` is no path.
    """
    path = as_path(path)
    register, messages = locate(path), load_messages()
    backups = list_daily(path)
    if not register.is_there():
        _check_there(path)
        missing = [messages.finding("register_missing", path=register.name)]
        return Examined(path, missing, (), backups, is_readable=False, is_as_recorded=False)
    if trouble := find_other_version(register):
        raise trouble
    unguarded = [messages.finding(code, entered=what, what=what) for code, what in register.list_unguarded()]
    try:
        with read_copy(register) as copy:
            wrong = [messages.finding(code, entered=what, what=what) for code, what in verify(copy)]
            findings = [*unguarded, *wrong]
            compared, not_received = _compare_folder(path, copy)
    except PlanSheetsError:
        if not unguarded:
            raise
        findings, compared = unguarded, None
    except sqlite3.Error as error:
        trouble = _explain(register, error)
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _UNREADABLE:
            raise trouble from None
        findings, compared = [messages.finding("register_unreadable", what=str(trouble))], None
    if compared is None:
        return Examined(path, findings, (), backups, is_readable=False, is_as_recorded=False)
    return Examined(path, [*findings, *compared], not_received, backups, is_as_recorded=not findings)


def _explain(register: Database, error: sqlite3.Error) -> PlanSheetsError:
    try:
        with register.explain():
            raise error
    except PlanSheetsError as trouble:
        return trouble


def _compare_folder(path: Path, copy: sqlite3.Connection) -> tuple[Sequence[Finding] | None, Sequence[Path]]:
    """What there is to say of the files of a plan folder; None if the register cannot be read so far."""
    try:
        check = FolderCheck(path, Register.over(copy), load_messages())
        return [*check.list_findings()], check.list_not_received()
    except (PlanSheetsError, sqlite3.Error, LookupError, ValueError, TypeError):  # it was said what is damaged
        return None, ()


def _check_there(path: Path) -> None:
    """Raise PlanSheetsError if there is nothing of a plan folder."""
    if not any((path / name).exists() for name in (PLAN_FILE, RETURNED, "issued", BACKUPS)):
        Register.open(locate(path))


def back_up(path: AnyPath, file: AnyPath) -> Path:
    """Copy the register of a plan folder to a file, while others write; where it lies.

    Raises PlanSheetsError if the register is not whole, or something else lies there; TypeError for what is no path.
    """
    register = Register.open(locate(as_path(path)))
    return copy_elsewhere(register.database, as_path(file))


def move(path: AnyPath, to: str, now: datetime) -> MovedRegister:
    """Move the register of a plan folder to the address of a server; "": back into the folder: see `move_register`."""
    check_moment(now)
    return move_register(as_path(path), to, now.date().isoformat())


def upgrade(path: AnyPath, now: datetime) -> RaisedRegister:
    """Raise the register of a plan folder to the version of this program, after a backup: see `raise_version`."""
    check_moment(now)
    return raise_version(locate(as_path(path)), now.date().isoformat())


def grant(path: AnyPath, role: str) -> str:
    """Let a role of the server work on this plan, and see no other by that; how sentences name the register.

    Raises PlanSheetsError if it may not be given, or the register is a file.
    """
    database = Register.open(locate(as_path(path))).database
    database.grant(role)
    return database.name


def restore(path: AnyPath, now: datetime, file: AnyPath | None = None) -> PutBack:
    """Put the newest good backup, or this one, in the place of the register of a plan folder: see `put_back`."""
    check_moment(now)
    _check_there(as_path(path))
    return put_back(as_path(path), now.date().isoformat(), None if file is None else as_path(file))
