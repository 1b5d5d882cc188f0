"""What is not known at the end of a round, in full: the first sheet has room for a few refs of each kind only."""

from __future__ import annotations

from collections.abc import Iterator

from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.plan_rows import UNCONFIRMED
from plan_sheets.core.rating.snapshot import Snapshot


def untold(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What is not known: a name, and a text that says what it means and which refs it is about."""
    gaps = _of_round(snapshot) if snapshot.round else _of_draft(snapshot)
    yield from ((name, f"{means} {', '.join(refs)}.") for name, means, refs in gaps if refs)


def _of_draft(snapshot: Snapshot) -> Iterator[tuple[str, str, list[str]]]:
    actions = snapshot.rows["action"].items()
    yield (
        "No named owner",
        "Nobody is named who answers for these actions:",
        [ref for ref, row in actions if not row["owner"] or row["owner_status"] in UNCONFIRMED[:2]],
    )
    yield "No date", "It is not said when these actions will be done:", [ref for ref, row in actions if not row["due"]]
    yield "No how", "It is not said how these actions will be done:", [ref for ref, row in actions if not row["how"]]


def _of_round(snapshot: Snapshot) -> Iterator[tuple[str, str, list[str]]]:
    ratings = sorted(snapshot.now.values(), key=lambda rating: ref_order(rating.facts.ref))
    yield (
        str(Status.NOT_REPORTED),
        "No RAG was given in this round, so how these actions stand is not known:",
        [rating.facts.ref for rating in ratings if rating.published == Status.NOT_REPORTED],
    )
    drafts = [rating for rating in ratings if rating.published == Status.NOT_ASSESSABLE]
    for missing in ("no named owner", "no date", "no how"):
        yield (
            f"{Status.NOT_ASSESSABLE}: {missing}",
            f"There is {missing}, so whether these actions are on course cannot be told:",
            [rating.facts.ref for rating in drafts if missing in rating.facts.missing],
        )
    out = [group.name for group in snapshot.subgroups if group.owes]
    yield "No return", "What these subgroups would have said is not known:", out
    yield (
        "In doubt",
        "What stood before is shown, for it is not settled what shall stand:",
        [f"{ref} ({'; '.join(snapshot.doubts[ref])})" for ref in sorted(snapshot.doubts, key=ref_order)],
    )
    yield (
        "Files held or refused",
        "Files that came in this round and were not taken in, so that what stands in them is not known:",
        [str(snapshot.set_aside)] if snapshot.set_aside else [],
    )
