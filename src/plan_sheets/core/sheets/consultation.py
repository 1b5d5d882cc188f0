"""Who was consulted on the plan and what it changed; and the evidence that the plan rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.ages import aged, quarters, row_since, since_of
from plan_sheets.core.rating.plan_rows import missing_statutory
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.master_plan import as_date

NOT_SENT = "Not sent yet"
MISSING = "Missing: the law says that they must be consulted (Care Act 2014, Schedule 2)"
_LENSES = ("learning", "workforce", "voice", "data")


def consultation_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """Every consultee of the plan, and then those whom it must consult and leaves out."""
    for ref, row in snapshot.rows["consultation"].items():
        contents: dict[str, Content] = {
            "consultee": row["consultee"],
            "statutory": row["statutory"] or "Not said",
            "sent": as_date(row["sent"]),
            "answered": as_date(row["answered"]),
            "stands": _stands(snapshot, row),
            "changed": row["changed"],
        }
        yield RowFacts(ref, contents)
    for number, who in enumerate(missing_statutory(snapshot.rows), start=1):
        yield RowFacts(f"Missing {number}", {"consultee": who, "statutory": "Yes", "stands": MISSING})


def _stands(snapshot: Snapshot, row: Mapping[str, str]) -> str:
    if row["answered"]:
        return "Answered" if row["changed"] else "Answered; what was changed is not said"
    if not row["sent"]:
        return NOT_SENT
    sent = PartialDate.from_words(row["sent"])
    waited = quarters(snapshot, Round.of_day(sent.first).code) if sent and snapshot.round else 0
    return f"Sent, no answer for {count_words(waited, 'quarter')}" if waited > 0 else "Sent, no answer yet"


def consultation_lines(snapshot: Snapshot) -> Iterator[str]:
    """How many were sent the plan and how many answered; which statutory ones are missing, or were not sent it."""
    rows = snapshot.rows["consultation"].values()
    sent, answered, changed = (sum(bool(row[name]) for row in rows) for name in ("sent", "answered", "changed"))
    yield f"{count_words(len(rows), 'consultee')}: sent to {sent}, answered by {answered}, plan changed by {changed}."
    missing = missing_statutory(snapshot.rows)
    if missing:
        yield f"The law says that these must be consulted, and they are missing: {', '.join(missing)}."
    waiting = [row["consultee"] for row in rows if row["statutory"] == "Yes" and not row["sent"]]
    if waiting:
        yield f"Statutory, and not sent yet: {', '.join(waiting)}."


def evidence_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """The evidence matrix: what is known about each subject, by consideration, and since when it stands as it does."""
    for ref, row in snapshot.rows["evidence"].items():
        keys = (Key("evidence", ref, name) for name in ("subject", *_LENSES))
        changed = (since_of(snapshot.history, key, snapshot.code) or "" for key in keys)
        contents: dict[str, Content] = {name: row[name] or "Nothing yet" for name in _LENSES}
        contents |= {"about": snapshot.titled(row["about"]) if row["about"] else "", "subject": row["subject"]}
        yield RowFacts(ref, contents | aged(snapshot, max(row_since(snapshot, "evidence", ref), *changed)))
