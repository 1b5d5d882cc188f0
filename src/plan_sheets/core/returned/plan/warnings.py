"""Counts and warnings about plan.xlsx, for the planner to look at before anything is issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.rating.plan_rows import UNCONFIRMED, Rows, lead_of, missing_statutory, parent

MOST_ON_ONE_DAY = 0.5
"""The planner is warned if more than this share of the dated actions have the same due date."""


def count_records(rows: Rows, questions: int, finished: Collection[str] = ()) -> dict[str, int]:
    """How many of each record there are; themes and priorities are counted separately.

    The owners of actions that are `finished` (refs) need no confirming.
    """
    refs = list(rows.get("priority", {}))
    themes = [ref for ref in refs if parent(ref) != ref]
    owners = [
        row.get("owner_status", "")
        for record in ("priority", "action")
        for ref, row in rows.get(record, {}).items()
        if not (parent(ref) != ref if record == "priority" else ref in finished)
    ]
    return {
        "boards": len(rows.get("board", {})),
        "subgroups": len(rows.get("subgroup", {})),
        "priorities": len(refs) - len(themes),
        "themes": len(themes),
        "actions": len(rows.get("action", {})),
        "considerations": len(rows.get("consideration", {})),
        "consultees": len(rows.get("consultation", {})),
        "open_questions": questions,
        "unconfirmed_owners": sum(status in UNCONFIRMED for status in owners),
    }


def find_plan_warnings(
    rows: Rows, cells: Mapping[Key, Cell], messages: Messages, finished: Collection[str] = ()
) -> Iterator[Finding]:
    """Find what a planner should look at before anything is issued. `cells` give the addresses.

    `finished`: the refs of actions that are done, of which nothing is warned.
    """
    going_on = {**rows, "action": {ref: row for ref, row in rows.get("action", {}).items() if ref not in finished}}
    yield from _find_shared_due_date(going_on, messages)
    yield from _find_same_actions(going_on, cells, messages)
    yield from _find_priorities_without_actions(rows, cells, messages)
    yield from _find_uncovered_grid_cells(rows, cells, messages)
    yield from _find_actions_without_subgroup(going_on, cells, messages)
    for who in missing_statutory(rows):
        yield messages.finding("statutory_consultee_missing", address=Address("Consultation", "A1"), who=who)


def _find_address(cells: Mapping[Key, Cell], key: Key) -> Address | None:
    return cells[key].address if key in cells else None


def _find_shared_due_date(rows: Rows, messages: Messages) -> Iterator[Finding]:
    dates = Counter(row["due"] for row in rows.get("action", {}).values() if row.get("due"))
    for due, many in dates.most_common(1):
        if many > sum(dates.values()) * MOST_ON_ONE_DAY and many > 1:
            yield messages.finding(
                "due_on_one_day", address=Address("Actions", "A1"), many=many, dated=sum(dates.values()), due=due
            )


def _find_same_actions(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    known: dict[str, str] = {}
    for ref, row in rows.get("action", {}).items():
        words = " ".join(row.get("what", "").casefold().split())
        if words in known:
            key = Key("action", ref, "what")
            yield messages.finding(
                "same_action",
                address=_find_address(cells, key),
                key=key,
                entered=row["what"],
                ref=ref,
                other=known[words],
            )
        elif words:
            known[words] = ref


def _find_priorities_without_actions(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    themes = [row.get("theme", "") for row in rows.get("action", {}).values()]
    busy = {*themes, *(parent(theme) for theme in themes if theme)}
    for ref, row in rows.get("priority", {}).items():
        if ref not in busy:
            key = Key("priority", ref, "title")
            yield messages.finding(
                "priority_without_actions",
                address=_find_address(cells, key),
                key=key,
                ref=ref,
                title=row.get("title", ""),
            )


def _find_uncovered_grid_cells(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    for ref, row in rows.get("grid", {}).items():
        if row.get("actions_required") and not row.get("covered_by"):
            key = Key("grid", ref, "actions_required")
            yield messages.finding(
                "grid_not_covered", address=_find_address(cells, key), key=key, entered=row["actions_required"], ref=ref
            )


def _find_actions_without_subgroup(rows: Rows, cells: Mapping[Key, Cell], messages: Messages) -> Iterator[Finding]:
    for ref, row in rows.get("action", {}).items():
        if not lead_of(rows, ref):
            key = Key("action", ref, "subgroups")
            yield messages.finding(
                "action_without_subgroup",
                address=_find_address(cells, key),
                key=key,
                ref=ref,
                theme=row.get("theme", ""),
            )
