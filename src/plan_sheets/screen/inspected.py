"""What the accessibility checker found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plan_sheets.asking.inspect import Inspected, RuleBroken
    from plan_sheets.core.access.rules import Problem
from plan_sheets.screen.lines import NEXT, count_of, print_json, say

PLACES_TOLD = 5
"""How many cells are named where many break a rule; JSON has all of them."""
SENTENCES_TOLD = 3


def print_inspected(files: Sequence[Inspected], *, as_json: bool) -> None:
    """Print what the accessibility checker found in each file."""
    if as_json:
        print_json({"files": [_describe_file(file) for file in files]})
        return
    for file in files:
        if file.refused:
            say(f"{file.file} was not inspected: {file.refused}", keep=[file.file])
            continue
        many = sum(len(rule.problems) for rule in file.broken)
        counted = f"{count_of(many, 'finding')}, by {count_of(len(file.broken), 'rule')}" if many else "nothing found"
        say(f"{file.file}: {counted}.", keep=[file.file])
        for broken in file.broken:
            _print_rule(broken)
    if any(file.broken for file in files):
        say("mend what is listed in the workbook itself, save it, and inspect it again", label=NEXT)


def _describe_file(file: Inspected) -> dict[str, Any]:
    findings = [{**asdict(problem), **asdict(broken.wording)} for broken in file.broken for problem in broken.problems]
    return {"file": file.file, "refused": file.refused or None, "findings": findings}


def _print_rule(broken: RuleBroken) -> None:
    """Print a rule that is broken, and a line for each sheet that breaks it."""
    say(f"  {broken.rule}: {broken.wording.asks}")
    say(f"    Source: {broken.wording.source}.")
    say(f"    To do: {broken.wording.do}")
    for sheet, problems in groupby(broken.problems, key=lambda problem: problem.sheet):
        say(f"    {_describe_place(sheet, list(problems))}")


def _describe_place(sheet: str | None, problems: Sequence[Problem]) -> str:
    """A sheet, its first cells with a problem, and the first sentences about them. `sheet`: None is the whole file."""
    cells = list(dict.fromkeys(problem.cell for problem in problems if problem.cell))
    more = f" and {len(cells) - PLACES_TOLD} more" if len(cells) > PLACES_TOLD else ""
    where = ", ".join(filter(None, [sheet or "The file", *cells[:PLACES_TOLD]])) + more
    sentences = list(dict.fromkeys(problem.sentence for problem in problems))
    return f"{where}: {' '.join(sentences[:SENTENCES_TOLD])}{' And so on.' if len(sentences) > SENTENCES_TOLD else ''}"
