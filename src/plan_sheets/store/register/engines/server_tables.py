"""The tables of a register as PostgreSQL makes them: text in the order of its code points, every table append-only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.schema import CreateIndex, CreateTable

from plan_sheets.store.register import tables

_DEEDS = {"update": 19, "delete": 11, "truncate": 34}
"""What nobody does to a table, and how the catalogue of the server writes a trigger before it (`tgtype`)."""
_REFUSE = "BEGIN RAISE EXCEPTION 'the register is append-only'; END"
_FUNCTIONS = (
    f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${_REFUSE}$$",
    # What SQLite calls so: the place of a text in another one, from 1; 0 if it is not in it.
    "CREATE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.strpos($1, $2)'",
)


@cache
def _list_tables() -> list[Table]:
    """The tables, each text in the order of its code points: as SQLite orders it, and Python."""
    metadata = MetaData()
    made = [table.to_metadata(metadata) for table in tables.METADATA.sorted_tables]
    for table in made:
        for column in table.columns:
            column.autoincrement = False  # ids are given by whoever holds the lock of the plan
            if isinstance(column.type, Text):
                column.type = Text(collation="C")
    return made


def make_tables(connection: Connection) -> None:
    """Make functions, tables, indexes and triggers in the schema that is meant; nothing is in them."""
    for table in _list_tables():
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index))
    for statement in (*_FUNCTIONS, *_list_triggers()):
        connection.exec_driver_sql(statement)


def _list_triggers() -> Iterator[str]:
    for table in tables.METADATA.sorted_tables:
        for deed in _DEEDS:
            name, each = f'"{table.name}_never_{deed}"', "STATEMENT" if deed == "truncate" else "ROW"
            yield (
                f'CREATE TRIGGER {name} BEFORE {deed.upper()} ON "{table.name}" FOR EACH {each} '
                "EXECUTE FUNCTION refuse()"
            )
            yield f'ALTER TABLE "{table.name}" ENABLE ALWAYS TRIGGER {name}'


@cache
def _write_names(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


@cache
def write_insertion(table: Table) -> str:
    """The statement that adds a row with all columns of a table."""
    values = ", ".join("%s" for _ in table.columns)
    return f'INSERT INTO "{table.name}" ({_write_names(table)}) VALUES ({values})'  # noqa: S608 - names of our own tables


@cache
def write_copy_in(table: Table) -> str:
    """The statement that takes a stream of such rows."""
    return f'COPY "{table.name}" ({_write_names(table)}) FROM STDIN'


Shape = dict[str, list[str]]
"""The names of the columns of each table, in their order."""


@cache
def list_shape() -> Shape:
    """The tables of a register as this version makes them; one that others point to comes first."""
    return {table.name: [column.name for column in table.columns] for table in _list_tables()}


def read_shape(connection: Connection, schema: str) -> Shape:
    """The tables as they are in a schema: those of ours in their order, then others."""
    found: Shape = {}
    for table, column in connection.exec_driver_sql(_READ_SHAPE, (schema,)):
        found.setdefault(table, []).append(column)
    return {name: found[name] for name in dict.fromkeys([*list_shape(), *found]) if name in found}


def make_other_copy(copy: sqlite3.Connection, shape: Shape) -> None:
    """Make tables of any shape in an empty database of SQLite, without guards."""
    for name, columns in shape.items():
        copy.execute(f'CREATE TABLE "{name}" ({_quote(columns)})')


def _quote(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def write_reading(name: str, columns: Sequence[str]) -> str:
    """The statement that reads all rows of a table, oldest first."""
    return f'SELECT {_quote(columns)} FROM "{name}" ORDER BY 1'  # noqa: S608 - names of our own tables


def fill(stream_into: Callable[[str], Any], copy: sqlite3.Connection) -> None:
    """Add the rows of a copy of SQLite to empty tables. `stream_into`: begins a COPY by its statement."""
    for table in _list_tables():
        with stream_into(write_copy_in(table)) as stream:
            for row in copy.execute(write_reading(table.name, list_shape()[table.name])):
                stream.write_row(row)


def find_zero(copy: sqlite3.Connection) -> tuple[str, int] | None:
    """The table and the id of the first row of a copy with a NUL in a text, which no server holds; None if none has."""
    for table in _list_tables():
        for row in copy.execute(write_reading(table.name, list_shape()[table.name])):
            if any(isinstance(value, str) and "\0" in value for value in row):
                return table.name, row[0]
    return None


def fill_copy(copy: sqlite3.Connection, name: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
    """Add the rows of a table to a copy of SQLite."""
    values = ", ".join("?" * len(columns))
    copy.executemany(f'INSERT INTO "{name}" ({_quote(columns)}) VALUES ({values})', rows)  # noqa: S608 - as above


def list_unguarded(connection: Connection, schema: str) -> list[tuple[str, str]]:
    """What is missing or altered in a schema, each with the code of its message: see `Database.list_unguarded`."""
    columns = {(table.name, column.name, *_describe(column)) for table in _list_tables() for column in table.columns}
    found = {tuple(row) for row in connection.exec_driver_sql(_READ_COLUMNS, (schema,))}
    altered = {f"column {name} of table {table}" for table, name, *_ in columns ^ found}
    indexes = {(str(index.name), bool(index.unique)) for table in _list_tables() for index in table.indexes}
    # What the server itself calls an index that it makes for a column whose values are all different.
    indexes |= {(f"{table.name}_{c.name}_key", True) for table in _list_tables() for c in table.columns if c.unique}
    there = {tuple(row) for row in connection.exec_driver_sql(_READ_INDEXES, (schema,))}
    altered |= {f"index {name}" for name, _ in indexes ^ there}
    firing = _read_firing(connection, schema)
    unguarded = {f"trigger {name}" for name, *_ in _list_guards().keys() ^ firing}
    how = "is missing, or is none of ours, or was altered"
    return [
        *(("register_altered", f"{what} {how}") for what in sorted(altered)),
        *(("register_unguarded", f"{what} {how}") for what in sorted(unguarded)),
    ]


def find_unguarded(connection: Connection, schema: str) -> str:
    """The first trigger of the tables that are there that is missing or altered; "" if none is."""
    guards = _list_guards()
    if not (missing := guards.keys() - _read_firing(connection, schema)):
        return ""
    there = read_shape(connection, schema)
    return min((name for guard in missing if guards[guard] in there for name in guard[:1]), default="")


_Guard = tuple[str, str, str, int, bool]
"""A trigger as `_READ_TRIGGERS` tells it."""


@cache
def _list_guards() -> dict[_Guard, str]:
    """Every trigger that keeps rows from being changed, and the name of its table."""
    return {
        (f"{table.name}_never_{deed}", "A", _REFUSE, kind, True): table.name
        for table in _list_tables()
        for deed, kind in _DEEDS.items()
    }


def _read_firing(connection: Connection, schema: str) -> set[_Guard]:
    found = connection.exec_driver_sql(_READ_TRIGGERS, (schema,))
    return {(name, fires, body, kind, always) for name, fires, body, kind, always in found}


def _describe(column: Column[Any]) -> tuple[str, str, bool]:
    """Type, collation and whether it must be filled, as the catalogue of the server has them."""
    kind = {Integer: "int4", Text: "text", LargeBinary: "bytea"}[type(column.type)]
    return kind, "C" if kind == "text" else "", not column.nullable


_READ_COLUMNS = """
SELECT c.relname, a.attname, t.typname, coalesce(l.collname, ''), a.attnotnull
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
"""
_READ_SHAPE = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum
"""
_READ_INDEXES = """
SELECT c.relname, i.indisunique
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND NOT i.indisprimary AND i.indisvalid
"""
_READ_TRIGGERS = """
SELECT t.tgname, t.tgenabled::text, p.prosrc, t.tgtype::integer, t.tgqual IS NULL AND t.tgattr::text = ''
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE n.nspname = %s AND NOT t.tgisinternal
"""
