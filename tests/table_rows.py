"""Whole tables of a register, as a test looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from plan_sheets.store.register import statements
from plan_sheets.store.register.register import Register


def rows_of_table(register: Register, table: Table, **where: object) -> Sequence[Any]:
    """Every row of a table of this plan whose columns hold these values, oldest first."""
    return register.read(statements.rows_by(table, *where), plan=register.plan, **where)
