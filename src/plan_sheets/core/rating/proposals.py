"""What chairs propose (a stage, a new date, a further action) and the officer has to confirm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import NewValue
from plan_sheets.core.rating.ratings import waits
from plan_sheets.core.rating.rules.rag import CONFIRMABLE
from plan_sheets.core.rating.succession import Succession, find_succession, list_words

_OF = " of "
"""What stands in the ref of a proposal before that of the action of which it was said."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a chair proposes about an action; `ref` names the proposal, its round and its value."""

    ref: str
    action: str
    title: str
    value: str
    standing: str
    round: str
    who: str
    yes: NewValue
    """What Yes writes."""
    no: NewValue | None = None
    """What No writes: a further action is declined; of all else nothing becomes."""
    lacks_theme: bool = False
    """Whether it cannot be confirmed before the officer gives it a theme."""
    of: str = ""
    """Of which actions (in words) it was said, where others that went on as the same one may say something else."""

    @property
    def is_further(self) -> bool:
        """Whether it is an action that a chair wants to add."""
        return self.no is not None

    @property
    def shown(self) -> str:
        """What the officer reads."""
        return f"{self.title}{self.of and f' of {self.of}'}: {self.value}"


def proposals(history: History, rounds: Sequence[str]) -> Iterator[Proposal]:
    """Everything proposed and not yet so, in the rounds (codes, oldest first) that have been issued.

    What was proposed of an action that has gone on under other refs by then is proposed of these; where several went on
    as one, whatever was proposed of each.
    """
    succession = find_succession(history)
    for ref in history.refs("action", with_left=True):
        if ref not in succession.after:
            yield from _further(history, ref)
        for code in rounds:
            since = succession.since.get(ref)
            if since is None or code < since:
                for name, offer in (("stage", _stage), ("new_date", _new_date)):
                    answers = [*_list_answers(history, succession, ref, name, code)]
                    for value in dict.fromkeys(held.value for held in answers):
                        same = [held for held in answers if held.value == value]
                        yield from (
                            _tell_of(proposal, same, succession) for proposal in offer(history, ref, code, same[0])
                        )


def _list_answers(history: History, succession: Succession, ref: str, name: str, code: str) -> Iterator[Held]:
    """What was answered of an action in a round (its code); else what was of each of those whose place it took."""
    own = history.in_round(Key("action", ref, name), code)
    if own.value:
        yield own
    else:
        for old in succession.before.get(ref, ()):
            if succession.since[old] <= code:
                yield from _list_answers(history, succession, old, name, code)


def _tell_of(proposal: Proposal, answers: Sequence[Held], succession: Succession) -> Proposal:
    """A proposal that says of which actions it was made, where several went on as the one that it is about."""
    line = proposal.action, *succession.list_forebears(proposal.action)
    refs = dict.fromkeys(held.key.ref for held in answers)
    is_merged = any(succession.before.get(ref, ())[1:] for ref in line)
    if proposal.action in refs or not is_merged:
        return proposal
    return replace(proposal, ref=f"{proposal.ref}{_OF}{next(iter(refs))}", of=list_words(refs))


def subject(proposal: Proposal) -> str:
    """By what a settlement of this very proposal is known; another value makes another proposal."""
    return f"{begin_subject(proposal.ref)}{proposal.value}"


def begin_subject(ref: str) -> str:
    """How the subject of every settlement of a proposal begins, by its ref; its value follows.

    Of which action it was said is no part of it: what was settled stays so when another one says the same.
    """
    return f"proposal {ref.partition(_OF)[0]} = "


def _further(history: History, ref: str) -> Iterator[Proposal]:
    key = Key("action", ref, "agreement")
    held = history.standing(key)
    if held.value == "Proposed" and not waits(history.record("action", ref)):
        agreed, declined = (NewValue(key, word, "standing", held.round) for word in ("Agreed", "Declined"))
        theme, what = history.text("action", ref, "theme"), history.text("action", ref, "what")
        title = f"A further action under {theme or 'no theme yet'}"
        who = held.source.who or held.source.subgroup
        yield Proposal(f"{ref} further action", ref, title, what, "", held.round, who, agreed, declined, not theme)


def _stage(history: History, ref: str, code: str, answer: Held) -> Iterator[Proposal]:
    key = Key("action", ref, "confirmed_stage")
    stands = history.standing(key)
    reopens = bool(stands.value) and answer.value not in CONFIRMABLE
    if (
        answer.value
        and answer.value != stands.value
        and stands.round <= code
        and (answer.value in CONFIRMABLE or reopens)
    ):
        yes = NewValue(key, answer.value, "standing", code)
        yield Proposal(
            f"{ref} stage {code}",
            ref,
            "Stage",
            answer.value,
            stands.value or "Not confirmed",
            code,
            answer.source.who or answer.source.subgroup,
            yes,
        )


def _new_date(history: History, ref: str, code: str, answer: Held) -> Iterator[Proposal]:
    key = Key("action", ref, "due")
    stands = history.standing(key)
    if answer.value and answer.value != stands.value and stands.round <= code:
        yes = NewValue(key, answer.value, "standing", code)
        yield Proposal(
            f"{ref} new date {code}",
            ref,
            "New date",
            answer.value,
            stands.value or "no date",
            code,
            answer.source.who or answer.source.subgroup,
            yes,
        )
