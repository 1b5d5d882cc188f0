"""What the executive is asked to decide, what it decided, whether that was carried out; and what chairs read of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plan_sheets.core.compose import RowFacts
from plan_sheets.core.history import History
from plan_sheets.core.layout import Content
from plan_sheets.core.messages import shorten
from plan_sheets.core.model import Key, PartialDate, Round
from plan_sheets.core.planner import Rows, parent
from plan_sheets.core.rollup import EXECUTIVE, Escalation
from plan_sheets.core.stood import Stood
from plan_sheets.core.summary import due_by, escalated

RECORD = "decision"
DONE_WITH = ("Yes", "No longer needed")
"""Answers after which nobody asks again whether a decision was carried out."""
ANSWER = frozenset({"decision", "decided_by", "decided_on"})
"""What is filled in about something that is asked."""
LONGEST_REPORT = 300
"""How much of a report stands beside an earlier decision (characters): the whole of it stands in Master plan."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for a round about an action, a priority or a subgroup (`ref`); it stands until it is done with.

    `by` and `on` are "" where the executive did not say.
    """

    ref: str
    round: str
    text: str
    by: str
    on: str
    received: str
    """When it came back (ISO)."""
    carried: tuple[tuple[str, str], ...]
    """Every answer to whether it was carried out, by the code of the round in which it was asked."""

    @property
    def asked_as(self) -> str:
        """The ref under which later masters ask whether it was carried out."""
        return f"{self.ref}/{self.round}"

    @property
    def when(self) -> str:
        """The quarter that it was decided for, in short."""
        return _quarter(self.round)

    @property
    def is_open(self) -> bool:
        """Whether it still has to be carried out, as far as anybody has said."""
        return not self.carried or self.carried[-1][1] not in DONE_WITH

    @property
    def words(self) -> str:
        """What a chair reads: who decided and when stands with it; what was not said is said to be so."""
        by = self.by or "no name given"
        on = self.on or f"received {PartialDate.of_iso(self.received).words}"
        so_far = f" Carried out so far: {self.carried[-1][1]}." if self.carried else ""
        return f"{self.when}: {self.text} ({by}, {on}){so_far}"


def decisions(history: History, rounds: Sequence[str]) -> tuple[Decision, ...]:
    """Every decision of these rounds (codes, oldest first), the latest first; later rounds are not looked at."""
    keys = [key for key in history.by_key if (key.record, key.field) == (RECORD, "decision")]
    found = [_decision(history, key.ref, code, rounds) for code in reversed(rounds) for key in keys]
    return tuple(one for one in found if one.text)


def _decision(history: History, ref: str, code: str, rounds: Sequence[str]) -> Decision:
    held = history.in_round(Key(RECORD, ref, "decision"), code)
    by, on = (history.of_round(RECORD, ref, name, code) for name in ("decided_by", "decided_on"))
    answers = ((later, history.of_round(RECORD, f"{ref}/{code}", "carried_out", later)) for later in rounds)
    carried = tuple((later, answer) for later, answer in answers if answer)
    return Decision(ref, code, held.value, by, on, held.source.received, carried)


def _quarter(code: str) -> str:
    return f"Quarter {Round.parse(code).quarter}"


# The master's sheet


def decision_rows(stood: Stood) -> Iterator[RowFacts]:
    """What is asked, a row for each thing that it is about; then earlier decisions, those still open first."""
    if stood.round is None:
        return
    asked: dict[str, list[Escalation]] = {}
    for one in escalated(stood, stood.round):
        asked.setdefault(one.ref, []).append(one)
    made = decisions(stood.history, stood.rounds)
    now = {one.ref: one for one in made if one.round == stood.code}
    for ref in [*asked, *(ref for ref in now if ref not in asked)]:
        yield _asked_row(stood, ref, asked.get(ref, []))
    before = [one for one in made if one.round != stood.code]
    for decided in sorted(before, key=lambda one: not _is_asked(one, stood)):
        yield _earlier_row(stood, decided, asked.get(decided.ref, []))


def _asked_row(stood: Stood, ref: str, asked: Sequence[Escalation]) -> RowFacts:
    """One thing that is asked, for every rule that raised it; what was asked when a decision came stays in its row."""
    several = len(asked) > 1
    contents: dict[str, Content] = {
        "about": _about(stood, ref),
        "rule": _lines(one.rule for one in asked) or "Not raised any more",
        "asked": _lines(f"{one.rule}: {one.asked}" if several else one.asked for one in asked),
        "of_whom": _lines(one.of_whom for one in asked),
        "by_when": PartialDate.from_words(asked[0].by_when) or "" if asked else "",
        "stands": _lines(one.why for one in asked),
        **{name: stood.history.of_round(RECORD, ref, name, stood.code) for name in ANSWER},
    }
    return RowFacts(ref, contents, ANSWER)


def _is_asked(one: Decision, stood: Stood) -> bool:
    """Whether this master asks if it was carried out: not if an earlier one had a last answer."""
    return not any(answer in DONE_WITH for code, answer in one.carried if code != stood.code)


def _earlier_row(stood: Stood, one: Decision, asked: Sequence[Escalation]) -> RowFacts:
    is_asked = _is_asked(one, stood)
    by_when = due_by(stood.round) if stood.round and is_asked else None
    contents: dict[str, Content] = {
        "ref": one.ref,
        "about": _about(stood, one.ref),
        "rule": f"Decision of {one.when}",
        "asked": "Was it carried out?" if is_asked else "Nothing more",
        "of_whom": EXECUTIVE if is_asked else "",
        "by_when": by_when or "",
        "stands": _since(stood, one.ref, asked),
        "decision": one.text,
        "decided_by": one.by or "No name given",
        "decided_on": one.on or "No date given",
        "carried_out": one.carried[-1][1] if one.carried and _settled_by(one, stood) else "",
    }
    return RowFacts(one.asked_as, contents, frozenset({"carried_out"}) if is_asked else frozenset())


def _settled_by(one: Decision, stood: Stood) -> bool:
    """Whether the last answer is this master's own, or the last word: one that asks again starts blank."""
    return one.carried[-1][0] == stood.code or not _is_asked(one, stood)


def _about(stood: Stood, ref: str) -> str:
    if ref in stood.rows["action"]:
        return stood.rows["action"][ref]["what"]
    if ref in stood.rows["priority"]:
        return stood.rows["priority"][ref]["title"]
    return stood.subgroup(ref)


def _since(stood: Stood, ref: str, asked: Sequence[Escalation]) -> str:
    """What has been reported since a decision: of an action how it stands, of all else whether it is still raised."""
    if ref not in stood.rows["action"]:
        return _lines(one.why for one in asked) or f"Not raised again in {_quarter(stood.code)}."
    rating = stood.now.get(ref)
    progress = shorten(stood.said(ref, "progress"), LONGEST_REPORT)
    return _lines([f"{rating.published} in {_quarter(stood.code)}." if rating else "No longer in the plan.", progress])


def _lines(texts: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, texts)))


# The chairs' workbooks


def replies(made: Sequence[Decision], actions: Sequence[str], rows: Rows, subgroup: str) -> Mapping[str, str]:
    """What a subgroup's workbook says of these decisions, by the ref of the action beside which it stands.

    A decision about a priority or the subgroup itself stands once, beside the first action that it concerns.
    """
    told: dict[str, list[str]] = {}
    for one in made:
        if one.ref in actions:
            told.setdefault(one.ref, []).append(one.words)
            continue
        concerned = [ref for ref in actions if one.ref == subgroup or _belongs(rows["action"][ref]["theme"], one.ref)]
        title = rows["priority"].get(one.ref, rows["subgroup"].get(one.ref, {})).get("title", "")
        for ref in concerned[:1]:
            told.setdefault(ref, []).append(f"On {one.ref} {title}, all its actions. {one.words}")
    return {ref: "\n".join(texts) for ref, texts in told.items()}


def _belongs(theme: str, ref: str) -> bool:
    return bool(theme) and ref in (theme, parent(theme))
