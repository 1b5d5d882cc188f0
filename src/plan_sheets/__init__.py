"""plan-sheets: a safeguarding partnership's business plan, round by round, in locked sheets that come back safely.

The library offers the same deeds as the commands, loaded when they are first asked for:

    from pathlib import Path
    import plan_sheets

    folder = plan_sheets.open_folder(Path("plan-2016-17"))
    plan_sheets.receive_files(folder, [Path("inbox")], datetime.now())
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_sheets.core.model.findings import PlanSheetsError
    from plan_sheets.inspect import inspect_files
    from plan_sheets.master import make_master
    from plan_sheets.office import issue_round, merge_plan, receive_files
    from plan_sheets.officer import make_officer
    from plan_sheets.plan import check_plan, new_plan
    from plan_sheets.status import status_of
    from plan_sheets.store.plan_folder import open_folder
    from plan_sheets.trace import trace_value

__version__ = "0.1.0"

_WHERE = {
    "PlanSheetsError": "core.model",
    "check_plan": "plan",
    "inspect_files": "inspection",
    "issue_round": "office",
    "make_master": "master",
    "make_officer": "officer",
    "merge_plan": "office",
    "new_plan": "plan",
    "open_folder": "store.folder",
    "receive_files": "office",
    "status_of": "status",
    "trace_value": "trace",
}

__all__ = [
    "PlanSheetsError",
    "check_plan",
    "inspect_files",
    "issue_round",
    "make_master",
    "make_officer",
    "merge_plan",
    "new_plan",
    "open_folder",
    "receive_files",
    "status_of",
    "trace_value",
]


def __getattr__(name: str) -> Any:
    """A deed, imported when it is first asked for: `import plan_sheets` alone loads neither pandas nor SQLAlchemy."""
    if name not in _WHERE:
        raise AttributeError(f"module 'plan_sheets' has no attribute '{name}'")
    from importlib import import_module  # noqa: PLC0415 - the whole point is to load late

    return getattr(import_module(f"plan_sheets.{_WHERE[name]}"), name)
