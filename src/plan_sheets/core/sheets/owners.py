"""Who answers for each priority and action, how far they have agreed to, and since when it stands so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.ages import aged, row_since, since_of
from plan_sheets.core.rating.plan_rows import NOT_SAID, UNNAMED, owner_status, parent
from plan_sheets.core.rating.ratings import is_further
from plan_sheets.core.rating.snapshot import Snapshot

STATUSES = ("Accepted", "Approached", "Suggested", NOT_SAID, UNNAMED)


@dataclass(frozen=True, slots=True)
class Owned:
    """Who answers for a priority or an action. `since`: the code of the round since which that and its status stand."""

    record: str
    ref: str
    what: str
    owner: str
    """The name; "Unnamed" where there is none."""
    status: str
    since: str


def owned(snapshot: Snapshot) -> Iterator[Owned]:
    """Every priority, then every action that is agreed and not finished; a theme has the owner of its priority."""
    for record, name in (("priority", "title"), ("action", "what")):
        for ref, row in snapshot.rows[record].items():
            if record == "priority":
                left_out = parent(ref) != ref
            else:
                left_out = is_further(row) or (ref in snapshot.now and snapshot.now[ref].finished)
            if not left_out:
                owner, status = row["owner"] or UNNAMED, owner_status(row)
                yield Owned(record, ref, row[name], owner, status, _since(snapshot, record, ref))


def _since(snapshot: Snapshot, record: str, ref: str) -> str:
    keys = (Key(record, ref, name) for name in ("owner", "owner_status"))
    changed = (since_of(snapshot.history, key, snapshot.code) or "" for key in keys)
    return max(row_since(snapshot, record, ref), *changed)


def owner_rows(snapshot: Snapshot, everything: Sequence[Owned]) -> Iterator[RowFacts]:
    """One row for each of these priorities and actions."""
    for item in everything:
        contents = {"what": item.what, "owner": item.owner, "owner_status": item.status}
        yield RowFacts(item.ref, {**contents, **aged(snapshot, item.since)})


def owner_lines(everything: Sequence[Owned]) -> Iterator[str]:
    """How many of these priorities and actions have owners of which status."""
    for record, title in (("priority", "Priorities"), ("action", "Actions still going on")):
        counts = Counter(item.status for item in everything if item.record == record)
        words = ", ".join(f"{status.lower()} {counts[status]}" for status in STATUSES if counts[status])
        yield f"{title}: {words or 'none yet'}."
