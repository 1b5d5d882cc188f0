"""What somebody should know of a master before it is sent, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.rules.overrides import list_without_effect
from plan_sheets.core.rating.snapshot import Snapshot


def describe_unknown(number: int, unknown: Sequence[int]) -> Iterator[str]:
    """That editions went out that the register does not know, before the one of this number."""
    if unknown:
        numbers = " and ".join(map(str, unknown))
        yield (
            f"Edition {numbers} went out before an older register was put in the place of the one that knew of it, so "
            f"this is edition {number}: tell whoever has the other that this one holds."
        )


def list_warnings(snapshot: Snapshot, subgroups: Sequence[SubgroupFacts], changed: str) -> Iterator[str]:
    """What to know of a master of `snapshot`; the subgroups by their names, which the public does not learn.

    `changed`: the name of the file that somebody has changed, so that this one stands beside it; "" if none.
    """
    out = [group.name for group in subgroups if group.owes]
    if out:
        yield f"No return has come from {'; '.join(out)}: their actions stand as Not reported."
    if not snapshot.rows["priority"]:
        yield "The register holds no priority: if plan.xlsx has any, take it in first with plan-sheets plan."
    orphans = [ref for ref, row in snapshot.rows["action"].items() if row["theme"] not in snapshot.rows["priority"]]
    if orphans:
        yield (
            f"The priority of {', '.join(orphans)} has been taken out of the plan: they count, and stand below none. "
            "Give each another theme in plan.xlsx, or take it out too."
        )
    if snapshot.queries:
        yield f"Queries are open ({snapshot.queries}): the master shows what stood before them, and says where."
    if snapshot.proposals:
        yield f"Proposals wait to be confirmed ({len(snapshot.proposals)}): the master shows them as proposed."
    unnamed = [decision.ref for decision in snapshot.decisions if not decision.by]
    if unnamed:
        yield f"Nobody's name stands with what was decided on {', '.join(unnamed)}: ask who decided it."
    yield from list_without_effect(snapshot.history, snapshot.code)
    if changed:
        yield f"{changed} has been changed since it was made, so it was left alone; the new one stands beside it."
