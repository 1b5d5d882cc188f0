"""What the officer settles and confirms: queries, and what chairs propose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from plan_sheets.core.history import History
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Address, Finding, Key
from plan_sheets.core.rag import Stage

PROPOSED_STAGES = (Stage.COMPLETE, Stage.CLOSED, Stage.WITHDRAWN)
"""Stages that a chair proposes and the officer confirms."""


TAKEN_OUT = {"row_vanished": "Yes", "row_back": "No"}
"""Queries about a row of plan.xlsx, and what Take makes of `removed`."""


@dataclass(frozen=True, slots=True)
class QueryCell:
    """A cell that a query is about: what stood when it was asked, and what came back."""

    key: Key
    scope: str
    round: str
    head: str
    returned: str
    address: str


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """A query that nobody has settled."""

    id: int
    code: str
    round: str
    subgroup: str
    message: str
    cells: tuple[QueryCell, ...]
    return_id: int = 0


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value that a settlement writes."""

    key: Key
    value: str
    scope: str
    round: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement does: values to write, or a finding that says why it is not applied."""

    values: tuple[NewValue, ...] = ()
    finding: Finding | None = None


def settle(
    query: OpenQuery,
    choice: str,
    typed: str,
    messages: Messages,
    read: Callable[[Key, str], str | None],
    address: Address | None,
    *,
    fresh: bool,
) -> Settled:
    """Settle one query by the officer's word: Keep, Take or Type.

    `read` tidies a text for its field, None if it does not fit.

    A settlement made on a head that has changed since is not applied but asked again; `fresh` says that none has.
    """
    if choice == "Keep":
        return Settled()
    texts = [typed] if choice == "Type" else [cell.returned for cell in query.cells]
    values = [read(cell.key, text) for cell, text in zip(query.cells, texts, strict=False)]
    code = _why_not(query, choice, typed, fresh=fresh) or ("take_unreadable" if None in values else "")
    if code:
        key = Key("query", str(query.id), "choice")
        entered = typed if choice == "Type" and typed else choice
        return Settled(finding=messages.finding(code, address=address, key=key, entered=entered, ref=query.id))
    if query.code in TAKEN_OUT:
        removed = TAKEN_OUT[query.code]
        rows = [(Key(cell.key.record, cell.key.ref, "removed"), cell.round) for cell in query.cells]
        return Settled(tuple(NewValue(key, removed, "standing", round_code) for key, round_code in rows))
    told = zip(query.cells, values, strict=True)
    return Settled(tuple(NewValue(cell.key, value or "", cell.scope, cell.round) for cell, value in told))


def _why_not(query: OpenQuery, choice: str, typed: str, *, fresh: bool) -> str:
    """The code of what keeps a settlement from being applied; "" if nothing does."""
    if choice == "Type" and not typed:
        return "choice_without_text"
    if choice == "Type" and len(query.cells) > 1:
        return "type_for_many"
    if not query.cells:
        return "nothing_to_take"
    return "" if fresh else "settled_meanwhile"


def is_fresh(query: OpenQuery, history: History, shown: str, title_of: Callable[[str, str], str]) -> bool:
    """Whether what stands is what the officer saw: as the query was asked, or as the workbook showed it (`shown`)."""
    heads = [history.head(cell.key, cell.scope, cell.round).value for cell in query.cells]
    return heads == [cell.head for cell in query.cells] or together(query.cells, heads, title_of) == shown


def together(cells: Sequence[QueryCell], texts: Sequence[str], title_of: Callable[[str, str], str]) -> str:
    """The texts of a query's cells as the officer reads them: each with its field, where there are several."""
    if len(cells) == 1:
        return texts[0] or "(blank)"
    return "\n".join(
        f"{cell.key.ref} {title_of(cell.key.record, cell.key.field)}: {text or '(blank)'}"
        for cell, text in zip(cells, texts, strict=True)
    )


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
    yes: NewValue | None
    """What Yes writes; None while it cannot be confirmed: a further action needs a theme."""
    no: NewValue | None = None
    """What No writes: a further action is declined; of all else nothing becomes."""

    @property
    def shown(self) -> str:
        """What the officer reads."""
        return f"{self.title}: {self.value}"


def proposals(history: History, rounds: Sequence[str]) -> Iterator[Proposal]:
    """Everything proposed and not yet so, in the rounds (codes, oldest first) that have been issued."""
    for ref in history.refs("action"):
        yield from _further(history, ref)
        for code in rounds:
            yield from _stage(history, ref, code)
            yield from _new_date(history, ref, code)


def subject(proposal: Proposal) -> str:
    """By what a settlement of this very proposal is known; another value makes another proposal."""
    return f"proposal {proposal.ref} = {proposal.value}"


def _further(history: History, ref: str) -> Iterator[Proposal]:
    key = Key("action", ref, "agreement")
    held = history.standing(key)
    if held.value == "Proposed":
        agreed, declined = (NewValue(key, word, "standing", held.round) for word in ("Agreed", "Declined"))
        theme, what = history.text("action", ref, "theme"), history.text("action", ref, "what")
        title = f"A further action under {theme or 'no theme yet'}"
        who = held.source.who or held.source.subgroup
        yes = agreed if theme else None
        yield Proposal(f"{ref} further action", ref, title, what, "", held.round, who, yes, declined)


def _stage(history: History, ref: str, code: str) -> Iterator[Proposal]:
    said = history.in_round(Key("action", ref, "stage"), code)
    key = Key("action", ref, "confirmed_stage")
    stands = history.standing(key)
    reopens = bool(stands.value) and said.value not in PROPOSED_STAGES
    if (
        said.value
        and said.value != stands.value
        and stands.round <= code
        and (said.value in PROPOSED_STAGES or reopens)
    ):
        yes = NewValue(key, said.value, "standing", code)
        yield Proposal(
            f"{ref} stage {code}",
            ref,
            "Stage",
            said.value,
            stands.value or "Not confirmed",
            code,
            said.source.who or said.source.subgroup,
            yes,
        )


def _new_date(history: History, ref: str, code: str) -> Iterator[Proposal]:
    said = history.in_round(Key("action", ref, "new_date"), code)
    key = Key("action", ref, "due")
    stands = history.standing(key)
    if said.value and said.value != stands.value and stands.round <= code:
        yes = NewValue(key, said.value, "standing", code)
        yield Proposal(
            f"{ref} new date {code}",
            ref,
            "New date",
            said.value,
            stands.value or "no date",
            code,
            said.source.who or said.source.subgroup,
            yes,
        )
