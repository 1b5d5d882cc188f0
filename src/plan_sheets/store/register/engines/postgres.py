"""A register on a PostgreSQL server: each plan has a schema of its own, so that its ids and seals are its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import SQLAlchemyError

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines import server_tables
from plan_sheets.store.register.engines.address import MEMORY, Place, mark_plan
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.given import GIVEN
from plan_sheets.store.register.engines.server_asides import list_holding, name_aside
from plan_sheets.store.register.engines.server_links import make_engine
from plan_sheets.store.register.engines.server_rights import check_creator, check_owner, give_rights, list_roles
from plan_sheets.store.register.engines.server_troubles import (
    explain_no_connection,
    explain_no_tables,
    explain_not_known,
    explain_server,
)
from plan_sheets.store.register.engines.sqlite import make_copy
from plan_sheets.store.register.safe.names import describe_row
from plan_sheets.store.register.troubles import UNCHANGED

try:
    import psycopg
except ImportError as error:
    raise PlanSheetsError(
        "A register on a server needs a package more.",
        'Install it, in the folder of the program, with: pip install ".[postgres]"',
    ) from error

OF_PLAN = "plan_"
"""How the name of a plan's schema begins."""
_COPIED_AT_ONCE = 20
"""So many rows or more are sent as a COPY: for fewer a statement is quicker."""
_TROUBLES = (SQLAlchemyError, psycopg.Error, PlanSheetsError)
_READ_AT_ONCE = 5_000


class PostgresPlan:
    """The schema of one plan. It is connected to when it is first used."""

    def __init__(self, place: Place, folder: Path) -> None:
        self._place = place
        self._folder = folder
        self.schema = f"{OF_PLAN}{place.key}"

    @property
    def place(self) -> Place:
        """The address."""
        return self._place

    @property
    def name(self) -> str:
        """The address, without a password."""
        return str(self._place)

    @property
    def folder(self) -> Path:
        """The plan folder."""
        return self._folder

    @property
    def _engine(self) -> Engine:
        return make_engine(self._place.url)

    def close(self) -> None:
        """Close the connections that wait for work."""
        self._engine.dispose()

    @contextmanager
    def explain(self) -> Iterator[None]:
        """Raise PlanSheetsError for every error of the server meanwhile."""
        try:
            yield
        except (SQLAlchemyError, psycopg.Error) as error:
            raise explain_server(self.name, error) from None

    def is_there(self) -> bool:
        """Whether the database has a schema of this name."""
        return self._may_use() is not None

    def check_there(self) -> None:
        """Raise PlanSheetsError if the database has no such plan, or lets nobody of this name see it."""
        may_use = self._may_use()
        if may_use is None:
            raise PlanSheetsError(
                f"There is no plan of this name in the register ({self.name}).",
                f"{UNCHANGED} Look at the name after the # sign. A new one: plan-sheets new DIR --register URL",
            )
        if not may_use:
            raise PlanSheetsError(
                f"This plan is not yours to see ({self.name}).",
                f"{UNCHANGED} Ask whoever keeps the server for: plan-sheets register grant ROLE",
            )

    def _may_use(self) -> bool | None:
        """Whether this role may use the schema of the plan; None if there is none."""
        asked = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = %s"
        with self.explain(), self.connect() as connection:
            found: bool | None = connection.exec_driver_sql(asked, (self.schema,)).scalar()
        return found

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection that waited for work, or a new one, on which the tables of this plan are meant."""
        with self._take() as connection:
            if connection.info.get("schema") != self.schema:
                connection.exec_driver_sql(f'SET search_path TO "{self.schema}", pg_temp')
                connection.info["schema"] = self.schema
                connection.rollback()  # for SQLAlchemy something is begun; for the server nothing is
            yield connection

    def _take(self) -> Connection:
        """A connection. Raises PlanSheetsError if none can be made."""
        try:
            return self._engine.connect()
        except (SQLAlchemyError, psycopg.Error) as error:
            raise explain_no_connection(self.name, error) from None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction with the lock of the plan's row: of two who write to a plan one waits, for `tables.WAIT`."""
        with self.connect() as connection, connection.begin():
            # Each statement reads what is committed then: what stood before the lock was had is not read again.
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
            self._lock(connection)
            yield connection

    def _lock(self, connection: Connection) -> None:
        """Wait for the lock of the plan's row; of a plan that is only being made there is none yet."""
        if self.identify(connection) is None:
            return
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {max(1, tables.WAIT * 1000)}"
        )  # milliseconds; 0 is for ever
        connection.exec_driver_sql("SELECT id FROM plan FOR UPDATE")
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """A transaction as any other, which is rolled back; meanwhile nobody else can write to the plan."""
        with self.connect() as connection, connection.begin() as whole:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
            self._lock(connection)
            yield connection
            whole.rollback()

    def read_one_moment(self, connection: Connection) -> None:
        """Nobody waits for it."""
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def settle(self) -> None:
        """The server has seen to it."""

    def is_recorded(self, seal: int, digest: str) -> bool:
        """Ask over a new connection, with the lock of the plan: by then the old transaction has ended."""
        try:
            with self.writing() as connection:
                found = connection.exec_driver_sql("SELECT digest FROM seal WHERE id = %s", (seal,)).scalar()
        except _TROUBLES:
            raise explain_not_known(self.name) from None
        return bool(found == digest)

    def prepare(self) -> None:
        """Raise PlanSheetsError if the database cannot hold every character, or this role can make no plan in it."""
        with self.explain(), self.connect() as connection:
            if not self.has_tables(connection):
                check_creator(connection, self.name)
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if encoding != "UTF8":
            raise PlanSheetsError(
                f"The database of the register ({self.name}) is in {encoding}, which cannot hold every character.",
                f"Ask whoever keeps the server for a database in UTF-8: see docs/register.md. {UNCHANGED}",
            )

    def has_tables(self, connection: Connection) -> bool:
        """Whether the schema has the tables of a register."""
        return self.identify(connection) is not None

    def make_tables(self, connection: Connection) -> None:
        """Make the schema and its tables, and the triggers that refuse UPDATE, DELETE and TRUNCATE."""
        self._make_empty_tables(connection)
        connection.exec_driver_sql("INSERT INTO version (number) VALUES (%s)", (tables.SCHEMA_VERSION,))

    def _make_empty_tables(self, connection: Connection) -> None:
        connection.exec_driver_sql(f'CREATE SCHEMA "{self.schema}"')
        server_tables.make_tables(connection)

    def identify(self, connection: Connection | None) -> object:
        """Which table lies under the name: another one, once the register was moved or replaced."""
        if connection is None:
            with suppress(*_TROUBLES), self.connect() as fresh:
                return self.identify(fresh)
            return None
        return connection.exec_driver_sql(f"SELECT to_regclass('\"{self.schema}\".plan')::oid").scalar()

    def add_rows(self, connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
        """Many rows go in one stream."""
        if len(rows) < _COPIED_AT_ONCE:
            connection.exec_driver_sql(server_tables.write_insertion(table), [*map(tuple, rows)])
            return
        driver: Any = connection.connection.driver_connection
        try:
            with driver.cursor() as cursor, cursor.copy(server_tables.write_copy_in(table)) as stream:
                for row in rows:
                    stream.write_row(row)
        except psycopg.Error as error:
            raise explain_server(self.name, error) from None

    def find_unguarded(self, connection: Connection) -> str:
        """Look at the triggers in the catalogue of the server."""
        return server_tables.find_unguarded(connection, self.schema)

    @contextmanager
    def without_guards(self, connection: Connection, names: Collection[str]) -> Iterator[None]:
        """An error brings the triggers back. Raises PlanSheetsError if this role does not own the tables."""
        check_owner(connection, self.schema, self.name, "take anything out for good")
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER "{name}_never_update"')
        yield
        for name in names:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE ALWAYS TRIGGER "{name}_never_update"')

    def forget(self, names: Collection[str]) -> None:
        """Rewrite these tables, and what the server noted of them: its statistics quote values."""
        with self.explain(), self.connect() as connection:
            for name in names:
                connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{name}"')

    def copy_into(self, copy: sqlite3.Connection) -> None:
        """Read every table as it stands at one moment; nobody waits for it."""
        with self.explain(), self.connect() as connection, connection.begin():
            self.read_one_moment(connection)
            self._read_all(connection, copy)

    def _read_all(self, connection: Connection, copy: sqlite3.Connection) -> None:
        shape = server_tables.read_shape(connection, self.schema)
        if shape == server_tables.list_shape():
            make_copy(copy)
        else:  # that of another version, whose backup is made before it is raised
            server_tables.make_other_copy(copy, shape)
        driver: Any = connection.connection.driver_connection
        copy.execute("BEGIN")
        for name, columns in shape.items():
            with driver.cursor(name=f"copy_{name}") as cursor:
                cursor.itersize = _READ_AT_ONCE
                cursor.execute(server_tables.write_reading(name, columns))
                server_tables.fill_copy(copy, name, columns, cursor)
        copy.execute("COMMIT")

    def list_unguarded(self) -> list[tuple[str, str]]:
        """Tables and guards that are missing, or are none of ours."""
        with self.explain(), self.connect() as connection:
            return server_tables.list_unguarded(connection, self.schema)

    def owns(self, path: Path) -> bool:
        """No file is the register."""
        del path
        return False

    def read_plans(self) -> list[tuple[str, bytes]]:
        """Key and secret of each plan; of a schema there is one."""
        with suppress(*_TROUBLES), self.connect() as connection:
            found = connection.exec_driver_sql("SELECT key, secret FROM plan ORDER BY id")
            return [(key, bytes(secret)) for key, secret in found]
        return []

    def holds_seal(self, seal: int, digest: str) -> bool:
        """Whether there is a seal of this number and digest."""
        with suppress(*_TROUBLES), self.connect() as connection:
            found = connection.exec_driver_sql("SELECT digest FROM seal WHERE id = %s", (seal,)).scalar()
            return bool(found == digest)
        return False

    def grant(self, role: str) -> None:
        """Let a role read this schema and add to it; to change a row, or another schema, it gets no right."""
        with self.explain(), self.connect() as connection, connection.begin():
            if not connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).scalar():
                raise PlanSheetsError(
                    f"The server of the register ({self.name}) has no role {role!r}.",
                    f"Ask whoever keeps the server to make it: see docs/register.md. {UNCHANGED}",
                )
            connection.exec_driver_sql("BEGIN")
            give_rights(connection, self.schema, role)

    def check_plan(self, secret: bytes) -> None:
        """Raise PlanSheetsError if the plan folder remembers another one."""
        if self.place.mark and self.place.mark != mark_plan(secret):
            raise PlanSheetsError(
                f"The register ({self.name}) is of another plan than this folder ({self.folder}).",
                f"Look at {self.folder / MEMORY}, and at --register and {GIVEN} if they are given. {UNCHANGED}",
            )

    def check_free(self) -> None:
        """Raise PlanSheetsError if the database has a plan of this name, or cannot hold every character."""
        if self.is_there():
            raise self.say_held_already()
        self.prepare()

    def receive(self, copy: sqlite3.Connection, check: Callable[[sqlite3.Connection], None]) -> None:
        """Fill a new schema, and look at it before it is committed."""
        with self.explain(), self.writing() as connection:
            self.take_over(connection, copy)
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as there:
                self._read_all(connection, there)
                check(there)

    def take_back(self) -> None:
        """Drop the schema."""
        with self.explain(), self.writing() as connection:
            connection.exec_driver_sql(f'DROP SCHEMA "{self.schema}" CASCADE')

    def put_aside(self, connection: Connection, day: str) -> str:
        """Rename the schema: `aside_plan_2016_07_08`."""
        return self.set_aside(connection, day) or ""

    def list_aside(self) -> list[str]:
        """The schemas that hold a register of this plan beside this one, by name."""
        with self.explain(), self.connect() as connection:
            return [name_aside(name) for name in list_holding(connection, self.schema, self._begins_aside)]

    @property
    def _begins_aside(self) -> str:
        return f"aside_{self.place.key}_"

    def put_in_place(self, backup: Database, day: str) -> str | None:
        """Fill a new schema of the same name; the one that was there is kept under another name."""
        with read_copy(backup) as copy, self.explain(), self.writing() as connection:
            roles = list_roles(connection, self.schema)
            kept = self.set_aside(connection, day)
            self.take_over(connection, copy)
            for role in roles:
                give_rights(connection, self.schema, role)
        return kept

    def take_over(self, connection: Connection, copy: sqlite3.Connection) -> None:
        """Fill new tables with all that a copy holds, ids and seals too. Raises PlanSheetsError if that cannot be."""
        if zero := server_tables.find_zero(copy):
            raise PlanSheetsError(
                f"{describe_row(copy, *zero).capitalize()} holds a character (NUL) that no server can hold.",
                f"Leave the register in its file. {UNCHANGED}",
            )
        self._make_empty_tables(connection)
        driver: Any = connection.connection.driver_connection
        server_tables.fill(driver.cursor().copy, copy)

    def set_aside(self, connection: Connection, day: str) -> str | None:
        """Rename the schema, within a transaction; its new name, None if there was none."""
        check_owner(connection, self.schema, self.name, "put it aside")
        check_creator(connection, self.name)
        begins = f"{self._begins_aside}{day.replace('-', '_')}"
        found = connection.exec_driver_sql("SELECT nspname FROM pg_namespace").scalars()
        names = {str(name) for name in found}
        if self.schema not in names:
            return None
        free = next(name for number in count(1) if (name := begins + f"_{number}" * (number > 1)) not in names)
        connection.exec_driver_sql(f'ALTER SCHEMA "{self.schema}" RENAME TO "{free}"')
        return name_aside(free)

    def say_no_register(self) -> PlanSheetsError:
        """That there is a schema, and no register in it."""
        return explain_no_tables(self.name)

    def say_held_already(self) -> PlanSheetsError:
        """That the database has a plan of this name."""
        return PlanSheetsError(
            f"The register holds a plan of this name already ({self.name}).",
            f"Give another name after the # sign, or another folder. {UNCHANGED}",
        )


def list_keys(place: Place) -> list[str]:
    """The names of the plans in a database that this role may see, sorted. Raises PlanSheetsError."""
    database = PostgresPlan(replace(place, key=""), Path())
    with database.explain(), database.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT nspname FROM pg_namespace n WHERE starts_with(nspname, %s) AND has_schema_privilege(oid, 'USAGE') "
            "AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'seal')",
            (OF_PLAN,),
        ).scalars()
        return sorted(str(name).removeprefix(OF_PLAN) for name in found)
