"""The accessibility checker on any workbook: what it finds, by rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.access.rules import SHEET_RULES, WORKBOOK_RULES, Problem
from plan_sheets.core.access.wording import WORDING, Wording
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell, mute, told_of
from plan_sheets.store import schemas
from plan_sheets.store.container.limits import OF_OFFICER
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.inspector.inspect import inspect_apart
from plan_sheets.store.plan_folder import AnyPath, as_paths, read_bytes


@dataclass(frozen=True, slots=True)
class RuleBroken:
    """A rule that a workbook breaks, and everywhere that it does, sheet by sheet."""

    rule: str
    wording: Wording
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was found in one file, in the order of the rules. `refused` says why nothing was; "" if it was inspected."""

    file: str
    broken: Sequence[RuleBroken] = ()
    refused: str = ""


def inspect_files(paths: AnyPath | Iterable[AnyPath], tell: Tell = mute) -> list[Inspected]:
    """Inspect each file by itself: if one is refused, the others are inspected all the same.

    `tell` is told how many are inspected.
    Raises TypeError for what is no path, and nothing else.
    """
    files = as_paths(paths)
    return [_inspect_file(path) for path in told_of(files, tell, len(files))]


def _inspect_file(path: Path) -> Inspected:
    try:
        found = inspect_apart(read_bytes(path), OF_OFFICER)
    except PlanSheetsError as trouble:
        return Inspected(str(path), refused=f"{trouble} {trouble.remedy}")
    if isinstance(found, Refusal):
        message = schemas.load_messages().by_code[found.code]
        what = message.wrong.format(**found.details)  # `message.do` speaks to a chair about a return
        return Inspected(str(path), refused=f"{what} Only an Excel workbook (.xlsx, .xlsm) can be inspected.")
    return Inspected(str(path), tuple(_group_by_rule(found)))


def _group_by_rule(found: Iterable[Problem]) -> Iterable[RuleBroken]:
    problems: dict[str, list[Problem]] = {rule.name: [] for rule in (*WORKBOOK_RULES, *SHEET_RULES)}
    for problem in found:
        problems[problem.rule].append(problem)
    return (RuleBroken(rule, WORDING[rule], all_) for rule, all_ in problems.items() if all_)
