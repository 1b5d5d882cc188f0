"""Who answers for each priority and action, how far they have agreed to, and since when it stands so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import shorten
from plan_sheets.core.rating.ages import aged, row_since, since_of
from plan_sheets.core.rating.plan_rows import parent
from plan_sheets.core.rating.ratings import is_further
from plan_sheets.core.rating.snapshot import Snapshot

NOT_SAID = "Not said"
"""Somebody is named, and nobody has said whether they were asked."""
STATUSES = ("Accepted", "Approached", "Suggested", NOT_SAID, "Unnamed")
LONGEST_WHAT = 160
"""How much of an action is told here (characters); the whole of it stands in Master plan."""
_ENDED = (Status.CLOSED, Status.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Owned:
    """Who answers for a priority or an action. `since`: the code of the round since which that and its status stand."""

    record: str
    ref: str
    what: str
    owner: str
    status: str
    since: str


def owned(snapshot: Snapshot) -> Iterator[Owned]:
    """Every priority, then every action that is agreed and has not ended; a theme has the owner of its priority."""
    for record, name in (("priority", "title"), ("action", "what")):
        for ref, row in snapshot.rows[record].items():
            if record == "priority":
                left_out = parent(ref) != ref
            else:
                left_out = is_further(row) or (ref in snapshot.now and snapshot.now[ref].published in _ENDED)
            if not left_out:
                status = row["owner_status"] or NOT_SAID if row["owner"] else "Unnamed"
                yield Owned(record, ref, row[name], row["owner"], status, _since(snapshot, record, ref))


def _since(snapshot: Snapshot, record: str, ref: str) -> str:
    keys = (Key(record, ref, name) for name in ("owner", "owner_status"))
    changed = (since_of(snapshot.history, key, snapshot.code) or "" for key in keys)
    return max(row_since(snapshot, record, ref), *changed)


def owner_rows(snapshot: Snapshot, those: Sequence[Owned]) -> Iterator[RowFacts]:
    """One row for each of these."""
    for one in those:
        contents = {
            "what": shorten(one.what, LONGEST_WHAT),
            "owner": one.owner or "Nobody named",
            "owner_status": one.status,
        }
        yield RowFacts(one.ref, {**contents, **aged(snapshot, one.since)})


def owner_lines(those: Sequence[Owned]) -> Iterator[str]:
    """How many of these priorities and actions have owners of which status."""
    for record, title in (("priority", "Priorities"), ("action", "Actions still going on")):
        counts = Counter(one.status for one in those if one.record == record)
        told = ", ".join(f"{status.lower()} {counts[status]}" for status in STATUSES if counts[status])
        yield f"{title}: {told or 'none yet'}."
