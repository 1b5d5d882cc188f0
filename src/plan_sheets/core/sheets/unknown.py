"""What is not known at the end of a round: in a few lines of the first page, and in full on the sheet Notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_sheets.core.book.layout import Line
from plan_sheets.core.model.keys import ref_order
from plan_sheets.core.model.stages import Status
from plan_sheets.core.model.text import count_words
from plan_sheets.core.rating.plan_rows import UNCONFIRMED, subgroups_of
from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.rules.rag import Rating
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.lines import Piece, fitted, name_of, packed, placed, refs_alone, section, short

_NOTES, _MASTER_PLAN = "Notes", "Master plan"
"""The sheets that have all of it."""


def untold_lines(snapshot: Snapshot) -> Iterator[str | Line]:
    """The heading and its lines: what cannot be told of a round, and why."""
    yield section("What cannot be told")
    yield from packed([*_silent(snapshot), *_drafts(snapshot), *_returns(snapshot), *_open(snapshot)])


def _rated(snapshot: Snapshot, status: Status) -> list[Rating]:
    """The ratings of the actions that stand so, by their refs."""
    those = [rating for rating in snapshot.now.values() if rating.published == status]
    return sorted(those, key=lambda rating: ref_order(rating.facts.ref))


def _silent(snapshot: Snapshot) -> Iterator[Piece]:
    """What is not reported; first what was Red before, for its priority is Red for it, though no rule asks for it."""
    silent = _rated(snapshot, Status.NOT_REPORTED)
    if red := [rating.facts.ref for rating in silent if rating.last == Status.RED]:
        lead = "Red when last reported, silent now:"
        yield lead, fitted(red, _MASTER_PLAN, lead, lambda refs: "; ".join(name_of(snapshot, ref) for ref in refs))
    if silent:
        back = {group.code for group in snapshot.subgroups if not group.missed}
        blank = sum(not back.isdisjoint(subgroups_of(snapshot.rows, rating.facts.ref)[:1]) for rating in silent)
        counts = {"left blank": blank, "without a return": len(silent) - blank}
        how = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
        yield f"{len(silent)} not reported:", f"{how}."


def _drafts(snapshot: Snapshot) -> Iterator[Piece]:
    """What is not assessable, each with what it lacks."""

    def say(those: Sequence[Rating]) -> str:
        return "; ".join(f"{rating.facts.ref} {_lacking(rating)}" for rating in those)

    if drafts := _rated(snapshot, Status.NOT_ASSESSABLE):
        lead = f"{len(drafts)} not assessable:"
        yield lead, fitted(drafts, _NOTES, lead, say)


def _lacking(rating: Rating) -> str:
    """What a draft lacks: `no named owner, date or how`."""
    *others, last = [name.removeprefix("no ") for name in rating.facts.missing]
    return f"no {', '.join(others)} or {last}" if others else f"no {last}"


def _returns(snapshot: Snapshot) -> Iterator[Piece]:
    """Who has returned a workbook and who has not; who had nothing to report; who was not asked."""
    out = [group for group in snapshot.subgroups if group.owes]
    back = returned(snapshot.subgroups)
    if out and len(out) < len(snapshot.subgroups):
        before = f"{back.removesuffix('.')}; none from"
        back = f"{before} {fitted(out, _NOTES, f'Returns: {before}', lambda some: ', '.join(map(_missed, some)))}"
    yield "Returns:", back
    done = [group for group in snapshot.subgroups if group.missed and group.finished]
    if snapshot.silent:
        lead = "Nothing to report:"
        names = [short(snapshot.subgroup(code)) or code for code in snapshot.silent]
        yield lead, fitted(names, _MASTER_PLAN, lead, "; ".join)
    if done:
        lead = "Not asked, all their actions being finished:"
        names = [short(group.name) or group.code for group in done]
        yield lead, fitted(names, _NOTES, lead, "; ".join)


def _missed(group: SubgroupFacts) -> str:
    name = short(group.name) or group.code
    return f"{name} ({group.missed} rounds running)" if group.missed > 1 else name


def returned(subgroups: Sequence[SubgroupFacts]) -> str:
    """How many of these subgroups have reported, of those that were sent a workbook."""
    if not subgroups:
        return "no subgroup told of here has been sent a workbook for this round."
    back = sum(not group.missed for group in subgroups)
    return f"{back or 'none'} of {count_words(len(subgroups), 'subgroup')}."


def _open(snapshot: Snapshot) -> Iterator[Piece]:
    """What waits for an answer: queries, doubts, files, questions, proposals."""
    if snapshot.doubts:
        refs = sorted(snapshot.doubts, key=ref_order)
        yield "In doubt:", fitted(refs, _NOTES, "In doubt:", lambda some: placed(snapshot, some), refs_alone)
    proposed = len(_rated(snapshot, Status.PROPOSED))
    counts = (
        f"{snapshot.queries} {'query' if snapshot.queries == 1 else 'queries'}" if snapshot.queries else "",
        f"{count_words(snapshot.set_aside, 'file')} held or refused" if snapshot.set_aside else "",
        count_words(len(snapshot.questions), "question") if snapshot.questions else "",
        f"{count_words(len(snapshot.proposals), 'proposal')} to confirm" if snapshot.proposals else "",
        f"{count_words(proposed, 'further action')} only proposed" if proposed else "",
    )
    if any(counts):
        yield "Open:", f"{'; '.join(filter(None, counts))}."


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
    yield (
        str(Status.NOT_REPORTED),
        "No RAG was given in this round, so how these actions stand is not known:",
        [rating.facts.ref for rating in _rated(snapshot, Status.NOT_REPORTED)],
    )
    drafts = _rated(snapshot, Status.NOT_ASSESSABLE)
    for missing in ("no named owner", "no date", "no how"):
        yield (
            f"{Status.NOT_ASSESSABLE}: {missing}",
            f"There is {missing}, so whether these actions are on course cannot be told:",
            [rating.facts.ref for rating in drafts if missing in rating.facts.missing],
        )
    out = [group.name for group in snapshot.subgroups if group.owes]
    yield "No return", "What these subgroups would have said is not known:", out
    done = [group.name for group in snapshot.subgroups if group.missed and group.finished]
    yield "Not asked", "All actions of these subgroups are finished:", done
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
