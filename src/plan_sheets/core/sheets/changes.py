"""The rows of the sheet Changes: what is different from the quarter before, and who said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import Held, Source
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.master_plan import Records

_UNTOLD = frozenset({"ref", "proposed_by", "lock_password"})
"""Fields whose changes say nothing to a reader of the plan, or must not be printed."""
_REMOVED = "Taken out of the plan"


def change_rows(snapshot: Snapshot, records: Records) -> Iterator[RowFacts]:
    """Every value that changed in the round, with what stood before: for a round's answer, that of the round before."""
    found = [
        (held, before)
        for key, all_held in snapshot.history.by_key.items()
        for held, before in _changes(snapshot, all_held)
        if key.field not in _UNTOLD and not _made_with_it(held)
    ]
    found.sort(key=lambda pair: (ref_order(pair[0].key.ref), pair[0].seq))
    for number, (held, before) in enumerate(found, start=1):
        ref = held.key.ref.partition("/")[0]
        contents: dict[str, Content] = {
            "about": ref or "Plan",
            "what": _title(held.key, records) + _of_which(snapshot, held.key),
            "before": before,
            "after": held.value,
            "who": _who(snapshot, held.source),
            "source": _where(held.source),
        }
        yield RowFacts(str(number), contents)


def _changes(snapshot: Snapshot, all_held: list[Held]) -> Iterator[tuple[Held, str]]:
    """The values of one fact that were given in the round and differ from what stood before."""
    before = snapshot.history.standing(all_held[0].key, snapshot.rounds[-2] if len(snapshot.rounds) > 1 else "").value
    for held in all_held:
        if snapshot.round and held.round == snapshot.code:
            if held.value != before:
                yield held, before
            before = held.value


def _made_with_it(held: Held) -> bool:
    """Whether the tool wrote the value beside a further action that a chair proposed."""
    return (held.key.field == "agreement" and held.value == "Proposed") or (
        held.key.field == "subgroups" and held.source.kind == "subgroup"
    )


def _title(key: Key, records: Records) -> str:
    about = records.get(key.record, {}).get(key.field)
    return about.title if about else _REMOVED


def _of_which(snapshot: Snapshot, key: Key) -> str:
    """Whose contribution, or which quarter's decision, a key speaks of; "" where its ref says it all."""
    part = key.ref.partition("/")[2]
    if key.record == "decision" and part:
        return f" (decision of Quarter {Round.parse(part).quarter})"
    return f" of {snapshot.subgroup(part)}" if part else ""


def _who(snapshot: Snapshot, source: Source) -> str:
    """Who said it, and in brackets for whom: `Chair, Thresholds (Safeguarding Thresholds)`."""
    if source.withdrawn:
        return "Board officer"
    whose = source.office or (snapshot.subgroup(source.subgroup) if source.subgroup else "")
    if not source.who:
        return whose[:1].upper() + whose[1:]
    return source.who if source.who.casefold() in whose.casefold() else f"{source.who} ({whose})"


def _where(source: Source) -> str:
    if source.withdrawn or not source.file:
        return source.withdrawn
    day = PartialDate.day(date.fromisoformat(source.received[:10])).words if source.received else ""
    file = f"{source.file}, received {day}" if day else source.file
    return f"Settled in {file}" if source.settled else file
