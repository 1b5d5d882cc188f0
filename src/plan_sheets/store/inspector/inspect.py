"""Inspects a workbook for accessibility: one that was made here, or anybody's.

What was not made here goes through `inspect_apart`.
"""

from __future__ import annotations

import json
from dataclasses import astuple

from plan_sheets.core.access.rules import Problem, check_accessibility
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.guard import GuardedFile, find_refusal, guard


def inspect_workbook(data: bytes, limits: Limits = LIMITS) -> list[Problem]:
    """What makes this workbook, which was made here, inaccessible; an empty list where nothing does."""
    from plan_sheets.store.inspector.look import look_at_workbook  # noqa: PLC0415 - openpyxl takes long to load, and not every deed hands over a workbook

    return check_accessibility(look_at_workbook(data, limits))


def inspect_apart(data: bytes, limits: Limits = LIMITS) -> list[Problem] | Refusal:
    """The same of a file that anybody made: guarded and looked at by a child process, which it may end or hang."""
    done = run_apart(inspect_as_json, data, limits)
    if done is None:
        return Refusal("file_ends_reader")
    answer = json.loads(done)
    return (
        Refusal(answer["refusal"], answer["details"])
        if isinstance(answer, dict)
        else [Problem(*problem) for problem in answer]
    )


def inspect_as_json(data: bytes, limits: Limits = LIMITS) -> bytes:
    """What the child process runs: the problems, or why the file was refused, as JSON."""
    passed = guard(data, apart=True, limits=limits)
    if isinstance(passed, GuardedFile) and passed.container not in ("xlsx", "xlsm"):
        passed = Refusal("file_not_inspected", {"container": passed.container})
    if isinstance(passed, GuardedFile):
        try:
            return json.dumps([astuple(problem) for problem in inspect_workbook(data, limits)]).encode()
        except Exception as trouble:  # noqa: BLE001 - a part that breaks the format may raise anything; the file is what is wrong
            passed = find_refusal(trouble, limits)
    return json.dumps({"refusal": passed.code, "details": dict(passed.details)}).encode()
