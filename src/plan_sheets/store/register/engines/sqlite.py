"""A register in a file of SQLite, in the plan folder: what a plan has unless another place is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, StaticPool, Table, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.outbox import sync_folders
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import JOURNALS, find_free, make_file, open_file, replace_file, write_copy
from plan_sheets.store.register.troubles import UNCHANGED, explain, no_register

FILE = "register.sqlite"
"""The name of the file in a plan folder."""
_BESIDE = ("plan.xlsx", "returned", "issued")
"""What a plan folder holds beside its register."""


class SqliteFile:
    """A register in a file; nothing is opened before it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def place(self) -> None:
        """It lies in the plan folder."""

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def folder(self) -> Path:
        """The folder in which it lies."""
        return self.path.parent

    @cached_property
    def engine(self) -> Engine:
        """An engine that makes a new connection each time; a file that was moved away is not made anew."""
        address = f"{self.path.absolute().as_uri()}?mode=rw"

        def connect() -> sqlite3.Connection:
            return sqlite3.connect(address, uri=True, isolation_level=None, timeout=tables.WAIT)

        engine = create_engine("sqlite://", poolclass=NullPool, creator=connect)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA foreign_keys = ON")
            # Changes stay in memory until the commit, so that others can read the register meanwhile.
            connection.execute("PRAGMA cache_spill = OFF")
            connection.execute("PRAGMA synchronous = FULL")

        return engine

    def close(self) -> None:
        """Close the file."""
        self.engine.dispose()

    @contextmanager
    def explain(self) -> Iterator[None]:
        """Raise PlanSheetsError for every error of SQLite meanwhile."""
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise explain(self.path, error) from None

    def is_there(self) -> bool:
        """Whether there is such a file."""
        return self.path.is_file()

    def check_there(self) -> None:
        """Raise PlanSheetsError if there is none."""
        if self.is_there():
            return
        if any((self.folder / name).exists() for name in _BESIDE):
            raise PlanSheetsError(
                f"{self.path.name} is missing from {self.folder.resolve()}.",
                "Put the newest backup in its place, and make no new plan: plan-sheets doctor --restore",
            )
        raise PlanSheetsError(
            f"There is no plan folder at {self.folder.resolve()}.",
            "Make one with: plan-sheets new DIR. Or say where it is with --plan DIR.",
        )

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection to the file."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction with the write lock of the file, at once: two officers may share the folder."""
        with self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver itself begins nothing
            yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """A transaction in a copy in memory, which is thrown away: it needs no right to write to the file."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            with self.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.backup(copy)
            with engine_over(copy).connect() as connection, connection.begin():
                connection.exec_driver_sql("BEGIN")
                yield connection

    def read_one_moment(self, connection: Connection) -> None:
        """Whoever writes waits for the end: be quick."""
        connection.exec_driver_sql("BEGIN")

    def settle(self) -> None:
        """SQLite has synced the register, but not that its journal is gone: with that back, the last batch goes."""
        sync_folders([self.folder])

    def is_recorded(self, seal: int, digest: str) -> bool:
        """Nothing is recorded where a commit failed."""
        del seal, digest
        return False

    def prepare(self) -> None:
        """Make an empty file that its owner alone may read; one that exists is left as it is."""
        make_file(self.path)

    def has_tables(self, connection: Connection) -> bool:
        """Whether it has the tables of a register; a file just made by `make_file` has none."""
        return bool(connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name IN ('version', 'plan')")))

    def make_tables(self, connection: Connection) -> None:
        """Make the tables of a new register, and the triggers that refuse UPDATE and DELETE."""
        make_tables(connection)

    def identify(self, connection: Connection | None) -> object:
        """Which file lies under the name: another one, once it was replaced."""
        del connection
        with suppress(OSError):
            found = self.path.stat()
            return found.st_dev, found.st_ino
        return None

    def add_rows(self, connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """The driver itself takes rows ten times as fast as they are compiled from a statement's parameters."""
        connection.exec_driver_sql(_write_insertion(table), [*map(tuple, rows)])

    def find_unguarded(self, connection: Connection) -> str:
        """Look at the triggers as SQLite noted them."""
        noted = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')")
        there = {str(row[0]): row[1] for row in noted}
        missing = (name for name, table, sql in _list_guards() if table in there and there.get(name) != sql)
        return next(missing, "")

    @contextmanager
    def without_guards(self, connection: Connection, names: Collection[str]) -> Iterator[None]:
        """Nobody else can write meanwhile, and an error brings the triggers back."""
        triggers = {f'"{name}_never_update"' for name in names}
        connection.execute(text("PRAGMA secure_delete = ON"))
        for trigger in triggers:
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        yield
        for statement in list_triggers():
            if triggers & {*statement.split()}:
                connection.execute(text(statement))

    def forget(self, names: Collection[str]) -> None:
        """Rewrite the file, so that nothing of what was taken out is left in it."""
        del names
        with self.explain(), self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
            connection.exec_driver_sql("VACUUM")

    def copy_into(self, copy: sqlite3.Connection) -> None:
        """Copy the file by its pages: others write meanwhile, and wait for no more than the copying."""
        with closing(open_file(self.path)) as connection:
            connection.backup(copy)

    def list_unguarded(self) -> list[tuple[str, str]]:
        """A copy of a file shows everything."""
        return []

    def owns(self, path: Path) -> bool:
        """The file, what SQLite writes beside it, a hard link; capital letters where these make no difference."""
        register = self.path.resolve()
        names = [register.with_name(register.name + ending) for ending in ("", *JOURNALS)]
        return path in names or (path.exists() and register.samefile(path))

    def read_plans(self) -> list[tuple[str, bytes]]:
        """Key and secret of each plan."""
        with suppress(sqlite3.Error, OSError), closing(open_file(self.path)) as connection:
            return connection.execute("SELECT key, secret FROM plan ORDER BY id").fetchall()
        return []

    def holds_seal(self, seal: int, digest: str) -> bool:
        """Whether there is a seal of this number and digest."""
        with suppress(sqlite3.Error, OSError), closing(open_file(self.path)) as connection:
            found = connection.execute("SELECT digest FROM seal WHERE id = ?", (seal,)).fetchone()
            return bool(found) and found[0] == digest
        return False

    def grant(self, role: str) -> None:
        """Who may write to a file, the system says."""
        raise PlanSheetsError(
            f"The register is a file ({self.path}), so no role {role} can be let in.",
            f"Give the right to write in the folder, or move it: plan-sheets register move URL. {UNCHANGED}",
        )

    def check_plan(self, secret: bytes) -> None:
        """A file in the plan folder is of its plan."""

    def check_free(self) -> None:
        """Raise PlanSheetsError if there is such a file."""
        if self.path.exists():
            raise self.say_held_already()

    def receive(self, copy: sqlite3.Connection, check: Callable[[sqlite3.Connection], None]) -> None:
        """Write a file of its own, which is looked at before it is put in its place."""
        with write_copy(MemoryCopy(copy), self.path, mark=0, check=check) as aside:
            aside.replace(self.path)

    def take_back(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
        sync_folders([self.folder])

    def put_aside(self, connection: Connection, day: str) -> str:
        """Rename the file: `register-moved-2016-07-08.sqlite`."""
        del connection
        kept = find_free(self.path, f"moved-{day}")
        self.path.replace(kept)
        sync_folders([self.folder])
        return str(kept)

    def list_aside(self) -> list[str]:
        """Nothing: files tell themselves what they hold."""
        return []

    def put_in_place(self, backup: Database, day: str) -> str | None:
        """Put a copy in the place of the file, which is kept beside it."""
        kept = replace_file(self.path, backup, day)
        return str(kept) if kept else None

    def say_no_register(self) -> PlanSheetsError:
        """That the file is no register."""
        return no_register(self.path)

    def say_held_already(self) -> PlanSheetsError:
        """That the folder has a plan."""
        return PlanSheetsError(f"{self.folder} holds a plan already.", f"Choose another folder. {UNCHANGED}")


class MemoryCopy(SqliteFile):
    """A register in memory, to be read."""

    def copy_into(self, copy: sqlite3.Connection) -> None:
        """Copy it by its pages."""
        self._copy.backup(copy)

    def __init__(self, copy: sqlite3.Connection) -> None:
        super().__init__(Path())
        self._copy = copy

    @cached_property
    def engine(self) -> Engine:
        """An engine that always uses the one connection."""
        return engine_over(self._copy)


def engine_over(connection: sqlite3.Connection) -> Engine:
    """An engine that always uses this connection."""
    return create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection)


def make_tables(connection: Connection) -> None:
    """Make the tables of a new register in a database of SQLite, and what keeps anybody from changing a row."""
    _make_empty_tables(connection)
    connection.execute(tables.VERSION.insert().values(number=tables.SCHEMA_VERSION))


def _make_empty_tables(connection: Connection) -> None:
    tables.METADATA.create_all(connection)
    for statement in list_triggers():
        connection.execute(text(statement))


def list_triggers() -> list[str]:
    """The statements that make every table append-only."""
    return [sql for _, _, sql in _list_guards()]


@cache
def _list_guards() -> Sequence[tuple[str, str, str]]:
    """The name of each trigger, its table, and its statement."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
    named = [
        (f"{table.name}_never_{deed.lower()}", table.name, deed)
        for table in tables.METADATA.sorted_tables
        for deed in ("UPDATE", "DELETE")
    ]
    return [(name, of, f'CREATE TRIGGER "{name}" BEFORE {deed} ON "{of}" {refuse}') for name, of, deed in named]


@cache
def _write_insertion(table: Table) -> str:
    """The statement that adds a row with all columns of a table."""
    names = [f'"{column.name}"' for column in table.columns]
    return f'INSERT INTO "{table.name}" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'  # noqa: S608 - names of our own tables


def make_copy(copy: sqlite3.Connection) -> None:
    """Make the tables of a register in an empty database of SQLite; nothing is in them, not even the version."""
    with engine_over(copy).connect() as connection:
        _make_empty_tables(connection)
