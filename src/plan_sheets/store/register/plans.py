"""The plans of a register: one in the register of a plan folder, several where partnerships share one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from plan_sheets.store.register import tables
from plan_sheets.store.register.register import Register


def open_plans(path: Path) -> dict[str, Register]:
    """Every plan of the register at `path`, by its key and in the order of the keys.

    Raises PlanSheetsError if there is none, or this version cannot read it.
    """
    keys = _list_keys(path) if path.is_file() else [""]
    if len(keys) == 1:
        return {keys[0]: Register.open(path)}
    return {key: Register.open(path, key) for key in sorted(keys)}


def _list_keys(path: Path) -> list[str]:
    """The key of each plan; one blank key where the file is no register that can be read: to open it says why."""
    engine = tables.make_engine(path)
    with tables.explain_errors(path), engine.connect() as connection:
        if not tables.has_tables(connection):
            return [""]
        return list(connection.scalars(select(tables.PLAN.c.key))) or [""]
