"""What every database of a register can do: the one place where the engines differ is behind it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Table

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.address import Place


class Database(Protocol):
    """The database of one plan's register. What goes wrong in it is told by PlanSheetsError, within `explain`."""

    @property
    def name(self) -> str:
        """How sentences name it; never with a password."""

    @property
    def place(self) -> Place | None:
        """The address, if it is on a server; None of a file in the plan folder."""

    @property
    def folder(self) -> Path:
        """The plan folder, where its backups lie."""

    def close(self) -> None:
        """Give back what is held open."""

    def explain(self) -> AbstractContextManager[None]:
        """Raise PlanSheetsError for every error of the database meanwhile."""

    def is_there(self) -> bool:
        """Whether anything is where the register should be. Raises PlanSheetsError if that cannot be asked."""

    def check_there(self) -> None:
        """Raise PlanSheetsError if there is no register."""

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection, on which nothing is begun."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that holds the one lock of the plan's writers; it commits, or nothing of it is recorded."""

    def trying(self) -> AbstractContextManager[Connection]:
        """A transaction in which everything may be recorded, and of which nothing is left."""

    def read_one_moment(self, connection: Connection) -> None:
        """Let a connection read, until it is closed, what stands at this moment."""

    def settle(self) -> None:
        """See to it that what was committed stays, whatever happens to the machine."""

    def is_recorded(self, seal: int, digest: str) -> bool:
        """Whether a transaction that ended with this seal was recorded, though its commit failed.

        Raises PlanSheetsError if nobody can say.
        """

    def prepare(self) -> None:
        """Make ready for the tables of a new register."""

    def has_tables(self, connection: Connection) -> bool:
        """Whether the tables of a register are there."""

    def make_tables(self, connection: Connection) -> None:
        """Make the tables of a new register, and what keeps anybody from changing a row."""

    def identify(self, connection: Connection | None) -> object:
        """Which register it is: another one, once it was replaced; None if none is there."""

    def add_rows(self, connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows with all columns of a table, in its order."""

    def find_unguarded(self, connection: Connection) -> str:
        """The first guard of the tables that are there that does not work, of all without which no row is kept; ""."""

    def without_guards(self, connection: Connection, names: Collection[str]) -> AbstractContextManager[None]:
        """Let the rows of these tables be changed meanwhile, within the transaction."""

    def forget(self, names: Collection[str]) -> None:
        """Leave nothing on the disk of what stood in these tables before they were changed. Raises PlanSheetsError."""

    def copy_into(self, copy: sqlite3.Connection) -> None:
        """Copy all that stands at one moment into an empty database of SQLite.

        Raises sqlite3.Error or OSError where a file cannot be read, PlanSheetsError where a server cannot.
        """

    def list_unguarded(self) -> list[tuple[str, str]]:
        """What is wrong of what a copy does not show: the code of the message, and what. Raises PlanSheetsError."""

    def owns(self, path: Path) -> bool:
        """Whether a file (links followed) is the register itself, or belongs to it."""

    def read_plans(self) -> list[tuple[str, bytes]]:
        """Key and secret of each plan; none if it cannot be read."""

    def holds_seal(self, seal: int, digest: str) -> bool:
        """Whether there is a seal of this number and digest; False too if it cannot be read."""

    def grant(self, role: str) -> None:
        """Let a role of the server read this plan, and add to it. Raises PlanSheetsError."""

    def check_plan(self, secret: bytes) -> None:
        """Raise PlanSheetsError if the register, in which these bytes sign, is of another plan than its folder."""

    def check_free(self) -> None:
        """Raise PlanSheetsError if a register is here already, or none can be: one is to be moved here."""

    def receive(self, copy: sqlite3.Connection, check: Callable[[sqlite3.Connection], None]) -> None:
        """Take over all that a copy holds, or nothing. `check` looks at what was written, and raises if it is wrong."""

    def take_back(self) -> None:
        """Leave nothing of what was just received: the register stays where it was. Raises PlanSheetsError."""

    def put_aside(self, connection: Connection, day: str) -> str:
        """Keep what is here under another name, for it was moved elsewhere; that name. `connection`: it is writing.

        `day`: today (ISO).
        """

    def list_aside(self) -> list[str]:
        """What holds a register of this plan beside it, and is no file: what is taken out of it stands there still."""

    def put_in_place(self, backup: Database, day: str) -> str | None:
        """Put a copy of a register in its place: what was there is kept under the name returned; None if nothing was.

        `day`: today (ISO). Raises PlanSheetsError, and nothing is changed.
        """

    def say_no_register(self) -> PlanSheetsError:
        """What to say where something is, and it is no register."""

    def say_held_already(self) -> PlanSheetsError:
        """What to say where a plan shall be made, and there is one."""
