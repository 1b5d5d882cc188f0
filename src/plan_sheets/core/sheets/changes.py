"""The rows of the sheet Changes: what is different from the quarter before, and who said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import SAID, Held, Source
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.rating.decisions import quarter
from plan_sheets.core.rating.declined import Declined
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.succession import FIELD as SUCCEEDS
from plan_sheets.core.rating.taken_out import TakenOut
from plan_sheets.core.sheets.master_plan import Records

_UNTOLD = frozenset({"proposed_by", "lock_password", "rests_on"})
"""Fields whose changes say nothing to a reader of the plan, or must not be printed."""
_ADDED, _REMOVED, _WENT_ON = "Added to the plan", "Taken out of the plan", "Went on under another ref"


def change_rows(snapshot: Snapshot, records: Records) -> Iterator[RowFacts]:
    """Every value that changed in the round, with what stood before: for a round's answer, that of the round before."""
    closing = _find_closing(snapshot)
    rows = [
        (ref_order(key.ref), held.seq, _value_cells(snapshot, held, before, records))
        for key, all_held in snapshot.history.by_key.items()
        for held, before in _changes(snapshot, all_held)
        if key.field not in _UNTOLD and not _made_with_it(held) and not _made_at_year_end(held, closing)
    ]
    rows += [(ref_order(""), held.seq, contents) for held, contents in _year_end_cells(snapshot, closing)]
    rows += [
        (ref_order(each.key.ref), snapshot.history.last_seq + place, _declined_cells(snapshot, each, records))
        for place, each in enumerate(_declined(snapshot), start=1)
    ]
    rows += [
        (ref_order(item.ref), snapshot.history.last_seq, _went_on_cells(snapshot, item))
        for item in snapshot.taken_out
        if item.went_on_as
    ]
    for number, (*_, contents) in enumerate(sorted(rows, key=lambda row: row[:2]), start=1):
        yield RowFacts(str(number), contents)


def _value_cells(snapshot: Snapshot, held: Held, before: str, records: Records) -> dict[str, Content]:
    """The cells of a value that changed."""
    return {
        **_about(snapshot, held.key, records),
        "before": before,
        "after": held.value,
        **(_taken_out(snapshot, held) if held.key.field == "removed" else {}),
        "who": _who(snapshot, held.source),
        "source": _where(held.source),
    }


def _declined(snapshot: Snapshot) -> Iterator[Declined]:
    """What was said since the round before, and the officer did not let stand."""
    if snapshot.round:
        yield from (each for each in snapshot.declined if snapshot.code_before < each.round <= snapshot.code)


def _declined_cells(snapshot: Snapshot, declined: Declined, records: Records) -> dict[str, Content]:
    """The cells of what did not come to stand: what stands, what was said, by whom and when it was declined."""
    return {
        **_about(snapshot, declined.key, records),
        "before": declined.stands,
        "after": declined.sentence,
        "who": _who(snapshot, declined.source),
        "source": _where(declined.source),
    }


def _about(snapshot: Snapshot, key: Key, records: Records) -> dict[str, Content]:
    """The cells that say what a change is about."""
    return {"about": key.ref.partition("/")[0] or "Plan", "what": _title(key, records) + _of_which(snapshot, key)}


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
        or (held.key.field == "subgroups" and held.source.kind in (*OF_SUBGROUPS, SAID))
    )


def _find_closing(snapshot: Snapshot) -> dict[int, Held]:
    """The change of the financial year, by the id of the return with which the year before was closed; none or one."""
    years = snapshot.history.by_key.get(Key("plan", "", "year"), [])
    return {held.source.return_id: held for held, before in _changes(snapshot, years) if before} if years else {}


def _made_at_year_end(held: Held, closing: Mapping[int, Held]) -> bool:
    """Whether it is one of the many values by which a year was closed: these are told together."""
    return held.source.return_id in closing and held.key.record != "plan"


def _year_end_cells(snapshot: Snapshot, closing: Mapping[int, Held]) -> Iterator[tuple[Held, dict[str, Content]]]:
    """What left the plan when a year was closed, and what of it was emptied: a row each."""
    year = snapshot.history.text("plan", "", "year", snapshot.code_before)
    for held in closing.values():
        by_stage: dict[str, list[str]] = {}
        for ref in snapshot.left:
            by_stage.setdefault(snapshot.history.text("action", ref, "confirmed_stage", snapshot.code), []).append(ref)
        left = "\n".join(f"{stage or 'Ended'}: {', '.join(refs)}" for stage, refs in by_stage.items())
        told = {"about": "Plan", "who": _who(snapshot, held.source), "source": _where(held.source)}
        if left:
            yield held, {**told, "what": f"Finished in {year}", "before": left, "after": "Out of the plan"}
        emptied = {
            key.ref for key in snapshot.history.by_key if key.record == "consultation" and _emptied(snapshot, key, held)
        }
        if emptied:
            refs = ", ".join(sorted(emptied, key=ref_order))
            yield held, {**told, "what": f"Consultation of {year}", "before": refs, "after": "To be done again"}


def _emptied(snapshot: Snapshot, key: Key, closing: Held) -> bool:
    """Whether what stood was emptied with the year that was closed."""
    given = snapshot.history.by_key[key]
    return any(held.source.return_id == closing.source.return_id and not held.value for held in given)


def _taken_out(snapshot: Snapshot, held: Held) -> dict[str, Content]:
    """What a row was that was taken out of the plan, or that it is back in it."""
    item = next((item for item in snapshot.taken_out if (item.record, item.ref) == held.key[:2]), None)
    if held.value != "Yes":
        return {"what": "Brought back into the plan", "before": "Taken out", "after": "In the plan again"}
    if item is None:
        return {"before": "In the plan", "after": "Taken out"}  # it has come back since
    where = "" if item.record in ("priority", "action") else f" ({item.record})"
    return {"what": _REMOVED + where, "before": _describe_last(item), "after": "Taken out"}


def _describe_last(item: TakenOut) -> str:
    """What a row was, how it stood last, and what its chair said last."""
    last = f"Its chair said last, in {item.said}" if item.said else ""
    return "\n".join(filter(None, [item.name, item.was and f"{item.was}.", last]))


def _went_on_cells(snapshot: Snapshot, item: TakenOut) -> dict[str, Content]:
    """The cells of an action whose place others took."""
    heirs = snapshot.succession.after.get(item.ref, ())
    held = [snapshot.history.standing(Key("action", heir, SUCCEEDS), snapshot.code) for heir in heirs]
    return {
        "about": item.ref,
        "what": _WENT_ON,
        "before": _describe_last(item),
        "after": item.went_on_as,
        "who": "; ".join(dict.fromkeys(_who(snapshot, each.source) for each in held)),
        "source": "; ".join(dict.fromkeys(_where(each.source) for each in held)),
    }


def _title(key: Key, records: Records) -> str:
    about = records.get(key.record, {}).get(key.field)
    return _ADDED if key.field == "ref" else about.title if about else _REMOVED


def _of_which(snapshot: Snapshot, key: Key) -> str:
    """Whose contribution, or which quarter's decision, a key speaks of; "" where its ref says it all."""
    part = key.ref.partition("/")[2]
    if key.record == "decision" and part:
        return f" (decision of {quarter(part, snapshot.code)})"
    return f" of {snapshot.subgroup(part)}" if part else ""


def _who(snapshot: Snapshot, source: Source) -> str:
    """Who said it, and in brackets for whom: `Chair, Thresholds (Safeguarding Thresholds)`."""
    if source.withdrawn:
        return "Board officer"
    whose = source.office or (snapshot.subgroup(source.subgroup) if source.subgroup else "")
    if not source.who:
        return whose[:1].upper() + whose[1:]
    return source.who if not whose or source.who.casefold() in whose.casefold() else f"{source.who} ({whose})"


def _where(source: Source) -> str:
    if source.withdrawn or not source.file:
        return source.withdrawn
    day = PartialDate.day(date.fromisoformat(source.received[:10])).words if source.received else ""
    file = f"{source.file}, received {day}" if day else source.file
    return f"Settled in {file}" if source.settled else file


def describe_source(snapshot: Snapshot, source: Source) -> str:
    """Who said something, for whom, and where it came from, on one line."""
    return ", ".join(filter(None, (_who(snapshot, source), _where(source))))
