"""Whether a finding has been dealt with since it was told: mended, settled, replaced, put aside, or said anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from plan_sheets.core.model.findings import Severity
from plan_sheets.core.model.keys import Key

ROW_SILENT = "row_silent"
"""The code of the finding that a return says nothing about an action."""
OF_OFFICER = ("query", "proposal", "held", "settling")
"""The records of what the officer settles: in the next officer's workbook it is asked again, or it is done with."""


class ToldBefore(NamedTuple):
    """A finding of a file that came. `return_id`, `kind` and `verdict`: of the file; `round`: for which it came."""

    return_id: int
    kind: str
    verdict: str
    code: str
    severity: str
    message: str
    key: Key
    round: str
    scope: str
    """Of the field that it is about: standing, round, form, derived; "" where it is about none."""


class Given(NamedTuple):
    """That a fact was given a value in a return (its id), for or from a round (its code)."""

    return_id: int
    round: str


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened, by which a finding may be dealt with."""

    replaced: Collection[int]
    """The returns (their ids) in whose place another one came."""
    waiting: Collection[int]
    """The files that are held or refused and not put aside."""
    asked: Mapping[tuple[int, str], bool]
    """Every query, by its return and its sentence: whether it is open."""
    asked_about: Mapping[tuple[int, Key], bool]
    """The same of each cell that a query is about."""
    given: Mapping[Key, Sequence[Given]]
    """Where facts were given values, or what stood was said again."""
    last_officer: int
    """The last officer's workbook that came (its id); 0 if none did."""


def is_dealt_with(told: ToldBefore, since: Since) -> bool:
    """Whether nobody has to do anything about a finding any more."""
    if told.return_id in since.replaced:
        return True
    if told.verdict in ("held", "refused"):
        return told.return_id not in since.waiting
    if told.severity == Severity.QUERY:
        asked = since.asked.get((told.return_id, told.message))
        asked = since.asked_about.get((told.return_id, told.key)) if asked is None else asked
        if asked is not None:
            return not asked
    if told.kind == "officer" and told.key.record in OF_OFFICER:
        return told.return_id < since.last_officer
    return told.kind != "plan" and _is_said_since(told, since)  # what is wrong in plan.xlsx is mended in plan.xlsx


def _is_said_since(told: ToldBefore, since: Since) -> bool:
    """Whether the fact was given a value later on; of a row that was silent, whether any return speaks of it."""
    if told.code == ROW_SILENT:
        of_row = (key for key in since.given if (key.record, key.ref) == (told.key.record, told.key.ref))
        return any(given.round == told.round for key in of_row for given in since.given[key])
    if told.scope == "standing":
        return any(given.return_id > told.return_id for given in since.given.get(told.key, ()))
    later = (given for given in since.given.get(told.key, ()) if given.return_id > told.return_id)
    return told.scope == "round" and any(given.round == told.round for given in later)
