"""Errors of a PostgreSQL server in plain words: what happened and what to do. They show no SQL, data or password."""

from __future__ import annotations

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.troubles import UNCHANGED, UNFORESEEN

_Told = tuple[str, str]
_BUSY = (
    "The register ({name}) is busy: somebody else is writing to this plan.",
    "Wait until that has ended, and try again.",
)
_READ_ONLY = (
    "The register ({name}) cannot be written to: the database is read-only, or is a copy that follows another one.",
    "Ask whoever keeps the server which database is the one to write to.",
)
_NO_RIGHTS = (
    "The register ({name}) does not let you do this: your role has no right to it, or none to this plan.",
    "Ask whoever keeps the server for: plan-sheets register grant ROLE",
)
_FULL = (
    "There is no room left for the register on its server ({name}).",
    "Ask whoever keeps the server to make room, and try again.",
)
_LOST = (
    "The connection to the register ({name}) was lost.",
    "Look whether the network and the server work, and give the command again.",
)
_MANY = (
    "The server of the register ({name}) has as many connections as it takes.",
    "Wait a moment, and try again.",
)
_DAMAGED = (
    "Tables of the register ({name}) are missing, or are none that plan-sheets made.",
    "plan-sheets doctor says what is wrong, and what to do.",
)
_CHARACTER = (
    "The register ({name}) cannot hold a character that was to be recorded: its database is not in UTF-8.",
    "Ask whoever keeps the server for a database in UTF-8: see docs/register.md.",
)
_NO_ENTRY = (
    "The server of the register ({name}) does not let you in: the name or the password is wrong, or there is none.",
    "Give the password by PGPASSWORD or a password file (PGPASSFILE): see docs/register.md.",
)
_NO_DATABASE = (
    "There is no such database on the server of the register ({name}).",
    "Look at the name, or ask whoever keeps the server to make it: see docs/register.md.",
)
_UNREACHABLE = (
    "The server of the register ({name}) cannot be reached.",
    "Look at the name of the server, and whether the network and the server work; then give the command again.",
)
_NOT_NOW = (
    "The server of the register ({name}) takes no connection now: it starts, stops, or is kept to itself.",
    "Wait a moment and try again, or ask whoever keeps the server.",
)
_NOT_KNOWN = (
    "The connection to the register ({name}) was lost while it recorded: it is not known whether it did.",
    "When the server can be reached, give the same command again: what was recorded already is not recorded twice.",
)
TROUBLES: dict[str, _Told] = {
    **dict.fromkeys(("55P03", "57014", "40P01", "40001"), _BUSY),
    "25006": _READ_ONLY,
    "42501": _NO_RIGHTS,
    **dict.fromkeys(("53100", "53400"), _FULL),
    "53200": ("The server of the register ({name}) has not enough memory.", "Wait a moment, and try again."),
    "53300": _MANY,
    **dict.fromkeys(("42P01", "42703", "42883", "3F000", "XX001", "XX002"), _DAMAGED),
    **dict.fromkeys(("22021", "22P05"), _CHARACTER),
    **dict.fromkeys(("28P01", "28000"), _NO_ENTRY),
    "3D000": _NO_DATABASE,
    **dict.fromkeys(("57P01", "57P02", "57P03"), _LOST),
}
"""What happened and what to do, by the code of the server (SQLSTATE)."""
_WORDS = (
    ("password", _NO_ENTRY),
    ("authentication", _NO_ENTRY),
    ("pg_hba.conf", _NO_ENTRY),
    ('role "', _NO_ENTRY),
    ('database "', _NO_DATABASE),
    ("too many", _MANY),
    ("connection slots", _MANY),
    ("FATAL", _NOT_NOW),
)
"""What libpq says where no connection is made: it gives no code."""


def explain_not_known(name: str) -> PlanSheetsError:
    """That nobody can say whether something was recorded."""
    what, remedy = _NOT_KNOWN
    return PlanSheetsError(_name(what, name), remedy, recorded=True)


def explain_no_tables(name: str) -> PlanSheetsError:
    """That there is a schema of this name, and no register in it."""
    what, remedy = _DAMAGED
    return PlanSheetsError(_name(what, name), f"{UNCHANGED} {remedy}")


def explain_server(name: str, error: BaseException) -> PlanSheetsError:
    """What is wrong with the register of this name, by the code of the server's error."""
    reason = getattr(error, "orig", None) or error
    code = getattr(reason, "sqlstate", None) or ""
    was_lost = code.startswith("08") or (not code and type(reason).__name__ in ("OperationalError", "InterfaceError"))
    what, remedy = TROUBLES.get(code, _LOST if was_lost else UNFORESEEN)
    return PlanSheetsError(_name(what, name, code), f"{UNCHANGED} {remedy}")


def explain_no_connection(name: str, error: BaseException) -> PlanSheetsError:
    """Why no connection is made to the register of this name, by what libpq said."""
    said = str(getattr(error, "orig", None) or error)
    what, remedy = next((told for words, told in _WORDS if words in said), _UNREACHABLE)
    return PlanSheetsError(_name(what, name), f"{UNCHANGED} {remedy}")


def _name(what: str, name: str, code: str = "") -> str:
    """A sentence with the name of a register, which may hold any sign, and the code of the server."""
    return what.replace("{code}", code).replace("{path}", name).replace("{name}", name)
