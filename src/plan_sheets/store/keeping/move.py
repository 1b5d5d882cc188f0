"""Moves a register from a file to a server and back: every row, id, hash and seal as it is."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.address import Place
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.places import choose_other, forget, locate, read_memory, remember
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.safe.verify import verify
from plan_sheets.store.register.troubles import UNCHANGED


@dataclass(frozen=True, slots=True)
class MovedRegister:
    """Where a register was and is now, and the name under which what was there is kept."""

    before: str
    now: str
    kept: str
    has_password: bool
    """Whether the address that was given holds a password, which is written down nowhere."""


def move_register(folder: Path, to: str, day: str) -> MovedRegister:
    """Move the register of a plan folder to the address of a server; "": into the folder. What was there is kept.

    `day`: today (ISO). Nobody can record anything meanwhile. Raises PlanSheetsError, and nothing is changed, if the
    register is not whole, or another one is there already.
    """
    source = locate(folder)
    register = Register.open(source)
    target = choose_other(folder, to, source)
    if len(source.read_plans()) != 1:
        raise PlanSheetsError(f"{source.name} holds several plans.", f"Only that of one plan can be moved. {UNCHANGED}")
    target.check_free()
    undone = ExitStack()
    try:
        with source.explain(), source.writing() as connection, read_copy(source) as copy:
            register.check_same(connection)
            _check_whole(source, copy)
            target.receive(copy, lambda there: _check_equal(copy, there))
            undone.callback(target.take_back)
            if target.place:
                undone.callback(_remember_again, folder, read_memory(folder), register)
                remember(folder, target.place, register.secret)
            kept = source.put_aside(connection, day)
    except BaseException:
        if _is_still_there(register):
            undone.close()
        raise
    if not target.place:
        forget(folder)
    place = target.place
    return MovedRegister(source.name, target.name, kept, has_password=bool(place and place.has_password))


def _is_still_there(register: Register) -> bool:
    """Whether a register is where it was, once whoever wrote to it has ended; not if nobody can say."""
    with suppress(PlanSheetsError, OSError), register.database.explain(), register.database.writing() as connection:
        register.check_same(connection)
        return True
    return False


def _remember_again(folder: Path, place: Place | None, register: Register) -> None:
    if place:
        remember(folder, place, register.secret)
    else:
        forget(folder)


def _check_whole(source: Database, copy: sqlite3.Connection) -> None:
    wrong = [*(what for _, what in source.list_unguarded()), *(each.what for each in verify(copy))]
    if wrong:
        raise PlanSheetsError(
            f"The register is not whole, so it was not moved ({wrong[0]}).",
            f"plan-sheets doctor says what to do. {UNCHANGED}",
        )


def _check_equal(copy: sqlite3.Connection, there: sqlite3.Connection) -> None:
    """Raise PlanSheetsError if what was written is not what was read: every row by its hash, and every seal."""
    seals = "SELECT * FROM seal ORDER BY id"
    if verify(there) or copy.execute(seals).fetchall() != there.execute(seals).fetchall():
        raise PlanSheetsError(
            "What was written is not what was read, so the register was not moved.",
            f"Look whether the disk and the server are sound. {UNCHANGED}",
        )
