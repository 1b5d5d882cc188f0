"""What the executive decided, whether that was carried out, and what the chairs read of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.plan_rows import Rows, parent
from plan_sheets.core.rating.succession import Succession, find_succession

RECORD = "decision"
DONE_WITH = ("Yes", "No longer needed")
"""Answers after which nobody asks again whether a decision was carried out."""


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
    gone: str = ""
    """The code of the round from which on what it is about stands in the plan no more: that ends it; "" if it does."""
    told_in: str = ""
    """The code of the last round that is looked at: quarters of another year are told with theirs."""

    @property
    def asked_as(self) -> str:
        """The ref under which later masters ask whether it was carried out."""
        return f"{self.ref}/{self.round}"

    @property
    def when(self) -> str:
        """The quarter that it was decided for, in short."""
        return quarter(self.round, self.told_in)

    def is_open(self, before: str | None = None) -> bool:
        """Whether it still has to be carried out, as far as anybody has said (before this round: None is now)."""
        return not self.gone and not self.is_done_with(before)

    def is_done_with(self, before: str | None = None) -> bool:
        """Whether anybody has said that it was carried out, or need not be (before this round: None is now)."""
        return any(answer in DONE_WITH for code, answer in self.carried if before is None or code < before)

    def answered_in(self, code: str) -> str:
        """What was said in the master of this round of whether it was carried out; "" if nothing was."""
        return dict(self.carried).get(code, "")

    @property
    def carried_out(self) -> str:
        """The last answer to whether it was carried out; "" if there is none."""
        return self.carried[-1][1] if self.carried else ""

    @property
    def words(self) -> str:
        """What a chair reads: who decided and when stands with it; what was not said is said to be so."""
        by = self.by or "no name given"
        on = self.on or f"received {PartialDate.of_iso(self.received).words}"
        so_far = f" Carried out so far: {self.carried_out}." if self.carried else ""
        return f"{self.when}: {self.text} ({by}, {on}){so_far}"


def decisions(history: History, rounds: Sequence[str]) -> tuple[Decision, ...]:
    """Every decision of these rounds (codes, oldest first), the latest first; later rounds are not looked at."""
    refs = [ref for record, ref in history.by_row if record == RECORD]
    succession = find_succession(history, rounds[-1]) if rounds else Succession({}, {}, {})
    found = [_decision(history, ref, code, rounds, succession) for code in reversed(rounds) for ref in refs]
    return tuple(decision for decision in found if decision.text)


def _decision(history: History, ref: str, code: str, rounds: Sequence[str], succession: Succession) -> Decision:
    held = history.in_round(Key(RECORD, ref, "decision"), code)
    by, on = (history.of_round(RECORD, ref, name, code) for name in ("decided_by", "decided_on"))
    answers = ((later, history.of_round(RECORD, f"{ref}/{code}", "carried_out", later)) for later in rounds)
    carried = tuple((later, answer) for later, answer in answers if answer)
    gone = _find_gone(history, ref, rounds[-1], succession)
    return Decision(ref, code, held.value, by, on, held.source.received, carried, gone, rounds[-1])


def _find_gone(history: History, ref: str, code: str, succession: Succession) -> str:
    """The code of the round from which on an action, priority or subgroup is out of the plan; "" if it stands there.

    Of an action that went on under other refs, only if all of these are.
    """
    if ref in succession.after:
        gone = [_find_gone(history, heir, code, succession) for heir in succession.list_heirs(ref)]
        return max(gone) if all(gone) else ""
    removed = (history.standing(Key(record, ref, "removed"), code) for record in ("action", "priority", "subgroup"))
    return next((held.round for held in removed if held.value == "Yes"), "")


def quarter(code: str, told_in: str = "") -> str:
    """A round in short: `Quarter 1`; `Quarter 4 of 2016/17` where it is told in a round (its code) of another year."""
    this = Round.parse(code)
    is_same_year = not told_in or Round.parse(told_in).year == this.year
    return f"Quarter {this.quarter}" if is_same_year else this.of_year


Placed = Mapping[str, Sequence[tuple[int, Decision]]]
"""Decisions by what they are about (a ref), each with its place among all of them."""


def place_decisions(made: Sequence[Decision]) -> Placed:
    """The decisions, by what they are about: a subgroup's workbook looks for its own alone."""
    placed: dict[str, list[tuple[int, Decision]]] = {}
    for place, decision in enumerate(made):
        placed.setdefault(decision.ref, []).append((place, decision))
    return placed


def replies(
    placed: Placed, actions: Sequence[str], rows: Rows, subgroup: str, succession: Succession
) -> Mapping[str, str]:
    """What a subgroup's workbook says of these decisions, by the ref of the action beside which it stands.

    A decision about a priority or the subgroup itself stands once, beside the first action that it concerns; one about
    an action that went on under other refs, beside each of these.
    """
    words: dict[str, list[str]] = {}
    for decision in _find_near(placed, actions, rows, subgroup, succession):
        if decision.ref in actions:
            words.setdefault(decision.ref, []).append(decision.words)
            continue
        if decision.ref in succession.after:
            for heir in succession.list_heirs(decision.ref):
                words.setdefault(heir, []).append(f"On {decision.ref}. {decision.words}")
            continue
        concerned = [
            ref for ref in actions if decision.ref == subgroup or _belongs(rows["action"][ref]["theme"], decision.ref)
        ]
        title = rows["priority"].get(decision.ref, rows["subgroup"].get(decision.ref, {})).get("title", "")
        for ref in concerned[:1]:
            words.setdefault(ref, []).append(f"On all of {decision.ref} {title}. {decision.words}")
    return {ref: "\n".join(texts) for ref, texts in words.items()}


def _find_near(
    placed: Placed, actions: Sequence[str], rows: Rows, subgroup: str, succession: Succession
) -> list[Decision]:
    """The decisions about a subgroup, its actions, what these took the place of, or their themes; in their order."""
    if not placed:
        return []
    themes = [rows["action"][ref]["theme"] for ref in actions]
    before = [old for ref in actions for old in succession.list_forebears(ref)]
    about = {*actions, *before, subgroup, *themes, *map(parent, themes)}
    return [decision for _, decision in sorted((each for ref in about for each in placed.get(ref, ())), key=_place)]


def _place(placed: tuple[int, Decision]) -> int:
    return placed[0]


def _belongs(theme: str, ref: str) -> bool:
    return bool(theme) and ref in (theme, parent(theme))
