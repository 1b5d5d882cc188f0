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
from plan_sheets.core.rating.taken_out import TakenOut
from plan_sheets.core.sheets.master_plan import Records

_UNTOLD = frozenset({"proposed_by", "lock_password"})
"""Fields whose changes say nothing to a reader of the plan, or must not be printed."""
_ADDED, _REMOVED = "Added to the plan", "Taken out of the plan"


def change_rows(snapshot: Snapshot, records: Records) -> Iterator[RowFacts]:
    """Every value that changed in the round, with what stood before: for a round's answer, that of the round before."""
    found = [
        (held, before)
        for key, all_held in snapshot.history.by_key.items()
        for held, before in _changes(snapshot, all_held)
        if key.field not in _UNTOLD and not _made_with_it(held)
    ]
    found.sort(key=lambda pair: (ref_order(pair[0].key.ref), pair[0].seq))
    gone = {(item.record, item.ref): item for item in snapshot.taken_out}
    for number, (held, before) in enumerate(found, start=1):
        ref, item = held.key.ref.partition("/")[0], gone.get(held.key[:2])
        contents: dict[str, Content] = {
            "about": ref or "Plan",
            "what": _title(held.key, records) + _of_which(snapshot, held.key),
            "before": before,
            "after": held.value,
            **(_taken_out(held, item) if held.key.field == "removed" else {}),
            "who": _who(snapshot, held.source),
            "source": _where(held.source),
        }
        yield RowFacts(str(number), contents)


def _changes(snapshot: Snapshot, all_held: list[Held]) -> Iterator[tuple[Held, str]]:
    """The values of one fact that were given since the round before and differ from what stood then."""
    before = snapshot.history.standing(all_held[0].key, snapshot.code_before).value
    for held in all_held:
        if snapshot.round and snapshot.code_before < held.round <= snapshot.code:
            if held.value != before:
                yield held, before
            before = held.value


def _made_with_it(held: Held) -> bool:
    """Whether the tool wrote the value beside a row that a chair added; the ref of one of the plan says it is new."""
    return (
        (held.key.field == "ref" and held.source.kind != "plan")
        or (held.key.field == "agreement" and held.value == "Proposed")
        or (held.key.field == "subgroups" and held.source.kind == "subgroup")
    )


def _taken_out(held: Held, item: TakenOut | None) -> dict[str, Content]:
    """What a row was that was taken out of the plan, or that it is back in it."""
    if held.value != "Yes":
        return {"what": "Brought back into the plan", "before": "Taken out", "after": "In the plan again"}
    if item is None:
        return {"before": "In the plan", "after": "Taken out"}  # it has come back since
    where = "" if item.record in ("priority", "action") else f" ({item.record})"
    last = f"Its chair said last, in {item.said}" if item.said else ""
    before = "\n".join(filter(None, [item.name, item.was and f"{item.was}.", last]))
    return {"what": _REMOVED + where, "before": before, "after": "Taken out"}


def _title(key: Key, records: Records) -> str:
    about = records.get(key.record, {}).get(key.field)
    return _ADDED if key.field == "ref" else about.title if about else _REMOVED


def _of_which(snapshot: Snapshot, key: Key) -> str:
    """Whose contribution, or which quarter's decision, a key speaks of; "" where its ref says it all."""
    part = key.ref.partition("/")[2]
    if key.record == "decision" and part:
        return f" (decision of Quarter {Round.parse(part).quarter})"
    return f" of {snapshot.subgroup(part)}" if part else ""


def _who(snapshot: Snapshot, source: Source) -> str:
    """Who said it, and in brackets for whom: `Chair, Thresholds (Safeguarding Thresholds)`."""
    whose = source.office or (snapshot.subgroup(source.subgroup) if source.subgroup else "")
    if not source.who:
        return whose[:1].upper() + whose[1:]
    return source.who if source.who.casefold() in whose.casefold() else f"{source.who} ({whose})"


def _where(source: Source) -> str:
    if not source.file:
        return ""
    day = PartialDate.day(date.fromisoformat(source.received[:10])).words if source.received else ""
    file = f"{source.file}, received {day}" if day else source.file
    return f"Settled in {file}" if source.settled else file
