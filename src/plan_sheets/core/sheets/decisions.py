"""The master's sheet `Decisions`: what the executive is asked, and whether what it decided before was carried out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Content
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.text import shorten
from plan_sheets.core.rating.decisions import RECORD, Decision, quarter
from plan_sheets.core.rating.rules.escalate import EXECUTIVE, Escalation, EscalationRule, due_by, escalations
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.rating.taken_out import TakenOut

ANSWER = frozenset({"decision", "decided_by", "decided_on"})
"""What is filled in about something that is asked."""
LONGEST_REPORT = 300
"""How much of a report stands beside an earlier decision (characters): the whole of it stands in Master plan."""


def decision_rows(snapshot: Snapshot) -> Iterator[RowFacts]:
    """What is asked, a row for each thing that it is about; then earlier decisions, those still open first."""
    if snapshot.round is None:
        return
    asked: dict[str, list[Escalation]] = {}
    for escalation in snapshot.escalations:
        asked.setdefault(escalation.ref, []).append(escalation)
    decided = [decision.ref for decision in snapshot.decisions if decision.round == snapshot.code]
    for ref in dict.fromkeys([*asked, *decided]):
        yield _asked_row(snapshot, ref, asked.get(ref, []))
    earlier = [decision for decision in snapshot.decisions_told if decision.round != snapshot.code]
    yield from _closed_rows(snapshot, {*asked, *decided, *(decision.ref for decision in earlier)})
    for decision in earlier:
        yield _earlier_row(snapshot, decision, asked.get(decision.ref, []))


def _asked_row(snapshot: Snapshot, ref: str, asked: Sequence[Escalation]) -> RowFacts:
    """One thing that is asked, with every rule that raises it: none, if it was decided and is not raised any more."""
    several = len(asked) > 1
    contents: dict[str, Content] = {
        "about": about(snapshot, ref),
        "rule": lines(raised_by(escalation) for escalation in asked) or "Not raised any more",
        "asked": lines(
            f"{escalation.rule}: {escalation.asked}" if several else escalation.asked for escalation in asked
        )
        or "Nothing more",
        "of_whom": lines(_capital(escalation.of_whom) for escalation in asked),
        "by_when": PartialDate.from_words(asked[0].by_when) or "" if asked else "",
        "stands": lines(escalation.why for escalation in asked),
        **{name: snapshot.history.of_round(RECORD, ref, name, snapshot.code) for name in ANSWER},
    }
    return RowFacts(ref, contents, ANSWER)


def _earlier_row(snapshot: Snapshot, decision: Decision, asked: Sequence[Escalation]) -> RowFacts:
    is_asked = decision.is_open(before=snapshot.code)
    by_when = due_by(snapshot.round) if snapshot.round and is_asked else None
    contents: dict[str, Content] = {
        "ref": f"{decision.ref}, {decision.when}",
        "about": about(snapshot, decision.ref),
        "rule": f"Decision of {decision.when}",
        "asked": "Was it carried out?" if is_asked else "Nothing more",
        "of_whom": _capital(EXECUTIVE) if is_asked else "",
        "by_when": by_when or "",
        "stands": _gone(snapshot, decision) if decision.gone else _since(snapshot, decision.ref, asked),
        "decision": decision.text,
        "decided_by": decision.by or "No name given",
        "decided_on": decision.on or "No date given",
        "carried_out": decision.answered_in(snapshot.code) if is_asked else decision.carried_out,
    }
    return RowFacts(decision.asked_as, contents, frozenset({"carried_out"}) if is_asked else frozenset())


def _closed_rows(snapshot: Snapshot, told: Collection[str]) -> Iterator[RowFacts]:
    """What was asked in the round before, and not decided (`told`), of what has been taken out of the plan since."""
    before = snapshot.ratings.get(snapshot.code_before, {}) if snapshot.gone else {}
    asked: dict[str, list[str]] = {}
    for escalation in escalations(before.values(), (), snapshot.limits, ""):
        if escalation.ref in snapshot.gone and escalation.ref not in told:
            asked.setdefault(escalation.ref, []).append(raised_by(escalation))
    for ref, rules in asked.items():
        item = snapshot.gone[ref]
        contents = {"about": about(snapshot, ref), "rule": lines(rules), "stands": _last(item)}
        yield RowFacts(ref, {**contents, "asked": f"See {item.went_on_as}" if item.went_on_as else "Nothing more"})


def _gone(snapshot: Snapshot, decision: Decision) -> str:
    """Why a decision is done with whose subject was taken out of the plan; of a subgroup, no more than that."""
    if decision.ref in snapshot.gone:
        return _last(snapshot.gone[decision.ref])
    return f"Taken out of the plan in {quarter(decision.gone, snapshot.code)}."


def _last(item: TakenOut) -> str:
    """Why something is asked no more that has been taken out of the plan, and how it stood last."""
    return lines([f"{item.reason}.", f"How it stood last: {item.was}." if item.was else ""])


def raised_by(escalation: Escalation) -> str:
    """The rule in words; Red in several, because a cell with a status alone is coloured as one."""
    return f"Published as {escalation.rule}" if escalation.rule is EscalationRule.RED else escalation.rule


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def about(snapshot: Snapshot, ref: str) -> str:
    """What a ref stands for: an action, a priority, what is out of the plan, or a subgroup."""
    if ref in snapshot.rows["action"]:
        return snapshot.rows["action"][ref]["what"]
    if ref in snapshot.rows["priority"]:
        return snapshot.rows["priority"][ref]["title"]
    if ref in snapshot.succession.after:
        what = snapshot.history.text("action", ref, "what", snapshot.code)
        return f"{what} (went on as {snapshot.succession.describe(ref)})"
    if ref in snapshot.gone:
        return snapshot.gone[ref].name
    return snapshot.history.text("action", ref, "what", snapshot.code) or snapshot.subgroup(ref)


def _since(snapshot: Snapshot, ref: str, asked: Sequence[Escalation]) -> str:
    """What was reported since a decision: the status and progress of an action; else whether it is still escalated."""
    if year := snapshot.history.find_year_left("action", ref, snapshot.code):
        stage = snapshot.history.text("action", ref, "confirmed_stage", snapshot.code)
        return f"The action was finished in {year} ({stage}), and has left the plan."
    if ref in snapshot.succession.after:
        heirs = [heir for heir in snapshot.succession.list_heirs(ref) if heir in snapshot.rows["action"]]
        return lines(f"{heir}: {_since(snapshot, heir, ())}" for heir in heirs)
    if ref not in snapshot.rows["action"]:
        return lines(escalation.why for escalation in asked) or f"Not raised again in {quarter(snapshot.code)}."
    rating = snapshot.now.get(ref)
    progress = shorten(snapshot.answer(ref, "progress"), LONGEST_REPORT)
    return lines([f"{rating.published} in {quarter(snapshot.code)}." if rating else "No longer in the plan.", progress])


def lines(texts: Iterable[str]) -> str:
    """These texts, each on a line of its own and once."""
    return "\n".join(dict.fromkeys(filter(None, texts)))
