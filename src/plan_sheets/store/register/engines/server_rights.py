"""Who may work on a plan on a server: roles that may read its schema and add to it, and change nothing."""

from __future__ import annotations

from sqlalchemy import Connection

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.troubles import UNCHANGED

_RIGHTS = (
    'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"',
    'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA "{schema}" TO "{role}"',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA "{schema}" GRANT SELECT, INSERT ON TABLES TO "{role}"',  # of a later version
    'GRANT UPDATE (key) ON "{schema}".plan TO "{role}"',  # to hold its lock; a trigger refuses to change it
)
_READ_ROLES = """
SELECT r.rolname FROM pg_namespace n, aclexplode(n.nspacl) a JOIN pg_roles r ON r.oid = a.grantee
WHERE n.nspname = %s AND a.privilege_type = 'USAGE' AND a.grantee <> n.nspowner
"""


def give_rights(connection: Connection, schema: str, role: str) -> None:
    """Let a role work on the plan of a schema."""
    quoted = role.replace('"', '""').replace("%", "%%")
    for right in _RIGHTS:
        connection.exec_driver_sql(right.format(schema=schema, role=quoted))


def list_roles(connection: Connection, schema: str) -> list[str]:
    """The roles that may work on the plan of a schema, beside its owner."""
    return [str(role) for role in connection.exec_driver_sql(_READ_ROLES, (schema,)).scalars()]


def check_owner(connection: Connection, schema: str, name: str, deed: str) -> None:
    """Raise PlanSheetsError if this role does not own the plan of a schema: `deed` is the owner's alone.

    `name`: how sentences name the register.
    """
    owned = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = %s"
    if connection.exec_driver_sql(owned, (schema,)).scalar() is False:
        raise PlanSheetsError(
            f"Only whoever owns this plan in the register ({name}) can {deed}.",
            f"Ask whoever keeps the server to give the command. {UNCHANGED}",
        )


def check_creator(connection: Connection, name: str) -> None:
    """Raise PlanSheetsError if this role may not make or rename a schema in the database. `name`: as above."""
    asked = "SELECT has_database_privilege(current_database(), 'CREATE'), current_database(), current_user"
    may, database, role = connection.exec_driver_sql(asked).one()
    if not may:
        raise PlanSheetsError(
            f"Your role may make no plan in the database of the register ({name}).",
            f"Ask whoever keeps the server for: GRANT CREATE ON DATABASE {database} TO {role} (see docs/register.md). "
            f"{UNCHANGED}",
        )
