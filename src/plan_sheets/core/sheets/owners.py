"""Who answers for each priority and action, and since when; and who stated that a return is accurate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Blank
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.ages import aged, count_back, row_since, since_of
from plan_sheets.core.rating.plan_rows import NOT_SAID, UNNAMED, owner_status, parent
from plan_sheets.core.rating.ratings import is_further
from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.snapshot import Snapshot

_OWNED = ("owner", "owner_status")
STATUSES = ("Accepted", "Approached", "Suggested", NOT_SAID, UNNAMED)

SIGNED = {"Yes": "Signed", "No": "Not agreed", "": "Not signed"}
"""What the answer to the statement of accuracy means."""
NO_RETURN, NOT_ASKED = "No return", "Nothing to report"
"""Where there is no return: one is wanted; or all actions are finished."""
NO_SECOND_NAME = Blank("Not asked for")


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
    """The code of the round since which owner and status of a row stand: of an action, of those before it too."""
    keys = (Key(record, ref, name) for name in _OWNED)
    changed = (since_of(snapshot.history, key, snapshot.code) or "" for key in keys)
    own = max(row_since(snapshot, record, ref), *changed)

    def age(old: str) -> str | None:
        texts = ([snapshot.history.text(record, each, name, snapshot.code) for name in _OWNED] for each in (ref, old))
        return _since(snapshot, record, old) if next(texts) == next(texts) else None

    return count_back(snapshot, ref, own, age) if record == "action" else own


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


def return_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """A row for each subgroup that was issued a workbook in the round."""
    asks = snapshot.history.text("plan", "", "second_name", snapshot.code) == "Yes"
    for group in snapshot.subgroups:
        form = snapshot.forms.get(group.code, {})
        contents = {
            "what": group.name,
            "number": form.get("number", ""),
            "completed_by": ", ".join(filter(None, [form.get("completed_by", ""), form.get("role", "")])),
            "statement": _describe(group, form),
            "signed_on": form.get("date_completed", ""),
            "waived": "\n".join(snapshot.waived.get(group.code, ())),
            "second_name": form.get("second_name", "") or ("" if asks else NO_SECOND_NAME),
        }
        yield RowFacts(group.code, contents)


def return_lines(snapshot: Snapshot) -> Iterator[str]:
    """How many signed, and how many did not."""
    counts = Counter(_describe(group, snapshot.forms.get(group.code, {})) for group in snapshot.subgroups)
    words = (*SIGNED.values(), NO_RETURN, NOT_ASKED)
    told = ", ".join(f"{word.lower()} {counts[word]}" for word in words if counts[word])
    yield f"Of {len(snapshot.subgroups)}: {told}." if told else "No workbook has been issued yet."


def _describe(group: SubgroupFacts, form: Mapping[str, str]) -> str:
    """Whether the chair of a subgroup signed; why not, where no return came."""
    if group.missed:
        return NOT_ASKED if group.finished else NO_RETURN
    return SIGNED[form.get("agreed", "")]
