"""The master's sheet `Asks and answers`: every ask of every round, what was decided, and whether it was carried out.

What was asked in earlier rounds is worked out from how the actions stood then. Of subgroups without a return it is told
where they are silent still: of those that have reported since, only what was decided is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.rating.decisions import Decision, quarter
from plan_sheets.core.rating.rules.escalate import Escalation, escalations
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.decisions import about, lines, raised_by

NOT_DECIDED, NOT_DECIDED_YET = "Nothing was decided", "Nothing yet"
NOT_SAID_YET = "Not said yet"
NOT_RAISED = "Not raised by a rule"
NOTHING_TO_CARRY_OUT = "Nothing to carry out"
GONE = "Out of the plan"


def ask_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """One row for each thing that was asked or decided about in a round, the latest round first."""
    for code in reversed(snapshot.rounds):
        asked = _asked_in(snapshot, code)
        decided = {decision.ref: decision for decision in snapshot.decisions if decision.round == code}
        for ref in dict.fromkeys((*asked, *decided)):
            yield _row(snapshot, code, ref, asked.get(ref, ()), decided.get(ref))


def _asked_in(snapshot: Snapshot, code: str) -> Mapping[str, Sequence[Escalation]]:
    """Everything that a round escalated, by the ref of what it is about."""
    found = snapshot.escalations
    if code != snapshot.code:
        since = len(snapshot.rounds) - 1 - snapshot.rounds.index(code)
        silent = [replace(group, missed=max(group.missed - since, 0)) for group in snapshot.subgroups]
        found = escalations(snapshot.ratings[code].values(), silent, snapshot.limits, "")
    asked: dict[str, list[Escalation]] = {}
    for escalation in found:
        asked.setdefault(escalation.ref, []).append(escalation)
    return asked


def _row(snapshot: Snapshot, code: str, ref: str, asked: Sequence[Escalation], decision: Decision | None) -> RowFacts:
    is_now = code == snapshot.code
    contents = {
        "ref": ref,
        "round": f"{quarter(code)} of {code[:7]}",
        "about": about(snapshot, ref),
        "rule": lines(map(raised_by, asked)) or NOT_RAISED,
        "asked": lines(escalation.asked for escalation in asked) or NOT_RAISED,
        "decision": decision.text if decision else NOT_DECIDED_YET if is_now else NOT_DECIDED,
        "decided_by": (decision.by or "No name given") if decision else "Nobody",
        "carried_out": _became(decision),
    }
    return RowFacts(f"{ref}/{code}", contents)


def _became(decision: Decision | None) -> str:
    """What became of a decision: every answer with its round."""
    if decision is None:
        return NOTHING_TO_CARRY_OUT
    said = lines(f"{quarter(code, decision.told_in)}: {answer}" for code, answer in decision.carried)
    return said or (GONE if decision.gone else NOT_SAID_YET)
