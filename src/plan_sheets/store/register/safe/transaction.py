"""One transaction of a register: what it records is sealed, backed up before on a new day, and its files placed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.outbox import Outbox
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.safe.backup import make_daily
from plan_sheets.store.register.safe.seal import Seals
from plan_sheets.store.register.troubles import UNCHANGED


@dataclass(slots=True)
class Transaction:
    """A transaction that is open."""

    connection: Connection
    outbox: Outbox
    """The files that it makes."""
    seals: Seals = field(default_factory=Seals)
    not_backed_up: PlanSheetsError | None = None
    """Why the backup of the day could not be made; None if it is there, or nothing was recorded."""


@contextmanager
def hold(database: Database, known: object, day: str, *, dry_run: bool = False) -> Iterator[Transaction]:
    """Hold the write lock of a register; with `dry_run` nothing of what is written is left.

    `known`: which register it was when it was opened. `day`: of the deed (ISO); "": it makes no backup.
    """
    outbox = Outbox(is_trial=dry_run)
    last: tuple[int, str] | None = None
    try:
        with database.explain(), database.trying() if dry_run else database.writing() as connection:
            check_not_replaced(database, known, connection)
            check_guarded(database, connection)
            opened, head = Transaction(connection, outbox), None
            yield opened
            if not dry_run:
                opened.not_backed_up = make_daily(database, day) if opened.seals and day else None
                head = opened.seals.write(connection)
            outbox.sync()
            last = head
    except BaseException as trouble:
        if not (last and database.is_recorded(*last)):
            outbox.drop()
            raise
        if not isinstance(trouble, PlanSheetsError):  # somebody stopped the command when it was recorded already
            outbox.place()
            raise
    if dry_run:
        outbox.drop()
    else:
        database.settle()
        outbox.place()


def check_not_replaced(database: Database, known: object, connection: Connection) -> None:
    """Raise PlanSheetsError if another register is there than when it was opened: a backup was put back."""
    if known and database.identify(connection) != known:
        raise PlanSheetsError(
            f"Another register was put in the place of {database.name} meanwhile.",
            f"Give the command again. {UNCHANGED}",
        )


def check_guarded(database: Database, connection: Connection) -> None:
    """Raise PlanSheetsError if anybody could change what is recorded: a guard of a table that is there is missing."""
    if guard := database.find_unguarded(connection):
        raise PlanSheetsError(
            f"{database.name} does not keep its rows from being changed (trigger {guard} is missing or altered).",
            f"{UNCHANGED} plan-sheets doctor says what to do.",
        )
