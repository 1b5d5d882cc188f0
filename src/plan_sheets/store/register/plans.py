"""The plans of a register: one in the register of a plan folder, several where partnerships share a file."""

from __future__ import annotations

from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.register import Register


def open_plans(database: Database) -> dict[str, Register]:
    """Every plan of a register, by its key and in the order of the keys.

    Raises PlanSheetsError if there is none, or this version cannot read it.
    """
    keys = [key for key, _ in database.read_plans()]
    if len(keys) > 1:
        return {key: Register.open(database, key) for key in sorted(keys)}
    return {(keys or [""])[0]: Register.open(database)}
