"""The version of a register's tables: one that is older is raised step by step, after a backup; a newer is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, insert, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.outbox import Outbox
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.sqlite import MemoryCopy
from plan_sheets.store.register.safe.backup import BACKUPS, copy_register
from plan_sheets.store.register.safe.transaction import Transaction, hold
from plan_sheets.store.register.troubles import UNCHANGED


def _make_indexes_anew(opened: Transaction) -> None:
    """Make the indexes of these tables as they are now: registers of version 1 have one of several sets."""
    for table in (tables.DOCUMENT, tables.ENTRY, tables.VALUE):
        for index in inspect(opened.connection).get_indexes(table.name):
            opened.connection.exec_driver_sql(f'DROP INDEX "{index["name"]}"')
        for made in sorted(table.indexes, key=lambda index: str(index.name)):
            made.create(opened.connection)


STEPS: dict[int, Callable[[Transaction], None]] = {2: _make_indexes_anew}
"""How a register is raised to each version from the one before it.

A step is given the transaction; it may make tables and indexes. One that gives a table another column seals all rows of
that table anew (`seal.seal_anew`), for a seal is over all columns.
"""


@dataclass(frozen=True, slots=True)
class RaisedRegister:
    """A register that is of the version of this program now."""

    register: str
    before: int
    now: int
    backup: Path


def read_version(connection: Connection) -> int:
    """The version of a register's tables: the last one of those that it had."""
    return int(connection.scalar(select(func.max(tables.VERSION.c.number))) or 0)


def check_version(database: Database, connection: Connection) -> None:
    """Raise PlanSheetsError if a register is not of the version that this program knows."""
    if trouble := _explain_version(database, read_version(connection)):
        raise trouble


def find_other_version(database: Database) -> PlanSheetsError | None:
    """What to say of a register of another version; None of one of this version, or that cannot be read so far."""
    number = _find_version(database)
    return None if number is None else _explain_version(database, number)


def check_not_newer(database: Database) -> None:
    """Raise PlanSheetsError if a register was made by a newer version: this one cannot say what is wrong with it."""
    number = _find_version(database)
    if number is not None and number > tables.SCHEMA_VERSION and (trouble := _explain_version(database, number)):
        raise trouble


def _find_version(database: Database) -> int | None:
    try:
        with database.explain(), database.connect() as connection:
            return read_version(connection) if database.has_tables(connection) else None
    except PlanSheetsError:
        return None


def _explain_version(database: Database, number: int) -> PlanSheetsError | None:
    known = tables.SCHEMA_VERSION
    if number == known:
        return None
    age = "a newer" if number > known else "an older"
    what = (
        f"{database.name} was made by {age} version of plan-sheets (register version {number}; this one knows {known})."
    )
    if number > known:
        return PlanSheetsError(what, f"Install the newer version. {UNCHANGED}")
    remedy = "When everybody who shares it has this version of the program: plan-sheets register upgrade"
    return PlanSheetsError(what, f"{UNCHANGED} {remedy}")


def _raise_from(opened: Transaction, number: int) -> None:
    for version in range(number + 1, tables.SCHEMA_VERSION + 1):
        STEPS[version](opened)
        opened.connection.execute(insert(tables.VERSION).values(number=version))


def raise_copy(copy: sqlite3.Connection) -> None:
    """Raise a copy of a register in memory, so that it can be verified: one of an older version is good too.

    One that is damaged stays as far as it comes: `verify` says what is wrong.
    """
    with suppress(SQLAlchemyError), MemoryCopy(copy).engine.connect() as connection:
        number = read_version(connection)
        if 0 < number < tables.SCHEMA_VERSION:
            _raise_from(Transaction(connection, Outbox(is_trial=True)), number)


def raise_version(database: Database, day: str) -> RaisedRegister:
    """Raise a register to the version of this program, all steps or none, after a backup that is never removed.

    `day`: today (ISO). Raises PlanSheetsError if it is not an older one.
    """
    database.check_there()
    with database.explain(), database.connect() as connection:
        if not database.has_tables(connection):
            raise database.say_no_register()
        number, known = read_version(connection), database.identify(connection)
        if number >= tables.SCHEMA_VERSION:
            check_version(database, connection)
            raise PlanSheetsError(f"{database.name} is of this version already.", UNCHANGED)
    backup = database.folder / BACKUPS / f"register-before-version-{number + 1}-{day}.sqlite"
    copy_register(database, backup)
    with hold(database, known, "") as opened:
        if read_version(opened.connection) != number:
            raise PlanSheetsError(f"{database.name} was raised by somebody else meanwhile.", UNCHANGED)
        _raise_from(opened, number)
    return RaisedRegister(database.name, number, tables.SCHEMA_VERSION, backup)
