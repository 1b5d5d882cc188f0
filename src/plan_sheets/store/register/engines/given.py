"""How another register is given than the one that a plan folder remembers; loaded without a database."""

from __future__ import annotations

GIVEN = "PLAN_SHEETS_REGISTER"
"""The variable of the environment that holds its address; `--register` sets it for its command."""
