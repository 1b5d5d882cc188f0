"""Schemas that were put aside: those in the database of a plan that hold a register of it, and are not the register."""

from __future__ import annotations

from sqlalchemy import Connection

_READ_READABLE = """
SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'plan'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'secret'
WHERE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
"""


def list_holding(connection: Connection, schema: str, begins: str) -> list[str]:
    """The other schemas that hold a register of the plan of a schema, whatever it was called then, sorted.

    `begins`: how the names begin of those that were put aside under its own name, though this role may not read them.
    """
    found = connection.exec_driver_sql("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (begins,))
    mine = {str(name) for name in found.scalars()}
    for name in connection.exec_driver_sql(_READ_READABLE).scalars().all():
        quoted = name.replace('"', '""').replace("%", "%%")
        same = f'SELECT 1 FROM "{quoted}".plan WHERE secret IN (SELECT secret FROM "{schema}".plan)'  # noqa: S608 - names of schemas, quoted
        if name != schema and connection.exec_driver_sql(same).first():
            mine.add(str(name))
    return sorted(mine)


def name_aside(schema: str) -> str:
    """How sentences name a schema that was put aside."""
    return f"the schema {schema} in the same database"
