"""What a return says of actions that went on under other refs since its workbook was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import Merged, MergedCell, Query, said_by
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key, ref_order
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import shorten
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.core.rating.succession import WORST_FIRST, Succession, list_words


def follow(cells: Sequence[Cell], succession: Succession, code: str) -> dict[Key, Key]:
    """The new key of each cell about an action that only has another ref now; `code`: of the round of the return."""
    found = ((cell.key, find_heir(cell.key, cell.scope, succession, code)) for cell in cells)
    return {old: new for old, new in found if old != new}


def find_heir(key: Key, scope: str, succession: Succession, code: str) -> Key:
    """The key of the same fact of the action that one only has another ref as; itself if it was split, merged or stays.

    `code`: of the round for which it was said.
    """
    heir = _find_only_heir(succession, key.ref) if _is_of_heirs(key, scope, succession, code) else ""
    return key._replace(ref=heir) if heir else key


def _find_only_heir(succession: Succession, ref: str) -> str:
    """The one action that an action goes on as, if none on the way was split or merged; else ""."""
    heir = ref
    while len(after := succession.after.get(heir, ())) == 1 and len(succession.before[after[0]]) == 1:
        heir = after[0]
    return heir if heir != ref and heir not in succession.after else ""


def _is_of_heirs(key: Key, scope: str, succession: Succession, code: str) -> bool:
    """Whether what is said of an action holds for those that took its place: an earlier round's answers are its own."""
    if key.record != "action" or key.ref not in succession.after:
        return False
    return scope == "standing" or (scope == "round" and code >= succession.since[key.ref])


def tell_followed(followed: Mapping[Key, Key], cells: Sequence[Cell], messages: Messages) -> Iterator[Finding]:
    """A note for each action that has another ref now and of which anything is said: it was taken for that."""
    refs = {new: old.ref for old, new in followed.items()}
    told = {refs[cell.key]: cell for cell in reversed(cells) if cell.key in refs and cell.value != cell.base}
    for ref, cell in sorted(told.items()):
        yield messages.finding("row_followed", address=cell.address, key=cell.key, ref=ref, heirs=cell.key.ref)


def tell_merged(code: str, history: History, messages: Messages) -> Iterator[Finding]:
    """A note that the subgroup of a workbook (its code) has become part of another one."""
    if (into := _find_merged(code, history)) != code:
        since = history.standing(Key("subgroup", code, "merged_into")).round
        words = Round.parse(since).of_year if since else "before the first round"
        yield messages.finding("subgroup_merged", subgroup=code, into=into, since=words)


def _find_merged(code: str, history: History) -> str:
    """The same as `plan_rows.find_merged`, of which no more is looked at than the way from this subgroup."""
    way: dict[str, dict[str, str]] = {}
    after = code
    while after and after not in way:
        is_there = history.is_in_plan("subgroup", after)
        way[after] = {"merged_into": history.text("subgroup", after, "merged_into") if is_there else ""}
        after = way[after]["merged_into"]
    return find_merged({"subgroup": way}, code)


@dataclass(slots=True)
class GoneOn:
    """What becomes of the cells about actions that others took the place of, or that took the place of others."""

    findings: list[Finding] = field(default_factory=list)
    asked: list[tuple[Cell, Sequence[str]]] = field(default_factory=list)
    """Those of which the officer says whether they hold for others, and for which (refs)."""
    not_taken: set[Key] = field(default_factory=set)

    def block(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells; those that wait for the officer are not merged."""
        return [cell._replace(blocked=Outcome.QUERY) if cell.key in self.not_taken else cell for cell in cells]


class GoneOnReader:
    """Looks at the cells of a return about actions that went on under other refs, or that took the place of others."""

    def __init__(
        self,
        history: History,
        succession: Succession,
        code: str,
        messages: Messages,
        known: Mapping[Key, str] | None = None,
    ) -> None:
        """`known`: by key, what whoever filled it in knew of: said in the return that this one replaces, or shown."""
        self.history = history
        self.succession = succession
        self.code = code
        self.messages = messages
        self.known = known or {}

    def look(self, cells: Sequence[Cell]) -> GoneOn:
        """What there is to say and to ask of these cells.

        An answer for a round is taken of the action of which it was given, and holds for each that took its place and
        says nothing itself: the officer is asked about the others alone.
        """
        gone_on = GoneOn()
        for cell in cells:
            if hidden := _find_hidden(cell, self.history, self.succession, self.code, self.known):
                gone_on.findings.append(_tell_hidden(cell, hidden, self.messages))
                gone_on.not_taken.add(cell.key)
        cells = [cell for cell in cells if cell.key not in gone_on.not_taken]
        for ref, row in _group(cells, self.succession, self.code).items():
            rounds = [cell for cell in row if cell.scope == "round" and cell.value]
            met = [(cell, {*self._meet(cell, ref)}) for cell in rounds]
            gone_on.asked += [(cell, refs) for cell, heads in met if (refs := _list_others(cell, heads))]
            heirs = self.succession.list_heirs(ref)
            for cell in (cell for cell in row if cell.scope == "standing"):
                if any(self._find_head(cell, heir) != cell.value for heir in heirs):
                    gone_on.asked.append((cell, heirs))
                    gone_on.not_taken.add(cell.key)
            if first := next((cell for cell, heads in met if any(not head for _, head in heads)), None):
                told = self.messages.finding(
                    "row_went_on",
                    address=first.address,
                    key=first.key,
                    entered=first.entered,
                    ref=ref,
                    heirs=list_words(heirs),
                )
                gone_on.findings.append(told)
        return gone_on

    def _meet(self, cell: Cell, ref: str) -> Iterator[tuple[str, str]]:
        """What stands of those that took the place of an action: of each that says nothing, of those after it."""
        for heir in self.succession.after.get(ref, ()):
            head = self._find_head(cell, heir)
            if head or heir not in self.succession.after:
                yield heir, head
            else:
                yield from self._meet(cell, heir)

    def _find_head(self, cell: Cell, heir: str) -> str:
        return self.history.head(cell.key._replace(ref=heir), cell.scope, self.code).value

    def ask(self, merged: Merged, asked: Sequence[tuple[Cell, Sequence[str]]]) -> None:
        """Add a query for each row of these cells: whether what it says holds for those that took its place."""
        rows: dict[str, list[tuple[Cell, Sequence[str]]]] = {}
        for cell, refs in asked:
            rows.setdefault(cell.key.ref, []).append((cell, refs))
        for ref, row in rows.items():
            first = row[0][0]
            finding = self.messages.finding(
                "row_went_on_asked",
                address=first.address,
                key=first.key,
                entered="; ".join(cell.entered for cell, _ in row),
                ref=ref,
                heirs=list_words(self.succession.list_heirs(ref)),
                asked=list_words(sorted({heir for _, refs in row for heir in refs}, key=ref_order)),
                headings=shorten(list_words(cell.field.title for cell, _ in row)),
            )
            merged.findings.append(finding)
            merged.queries.append(Query(finding, tuple(self._list_cells(row))))

    def _list_cells(self, row: Sequence[tuple[Cell, Sequence[str]]]) -> Iterator[MergedCell]:
        """Each cell of a row, as if it had been typed for each of those that it is asked about."""
        for cell, refs in row:
            for heir in refs:
                key = cell.key._replace(ref=heir)
                head = self.history.head(key, cell.scope, self.code)
                holds = max(self.code, head.round) if cell.scope == "standing" else self.code
                yield MergedCell(cell._replace(key=key, blocked=None), head, Outcome.QUERY, holds)


def _list_others(cell: Cell, heads: Iterable[tuple[str, str]]) -> list[str]:
    """The refs of those of which something else stands than a cell says; `heads`: what stands, "" if nothing."""
    return sorted((ref for ref, head in heads if head not in ("", cell.value)), key=ref_order)


def _group(cells: Sequence[Cell], succession: Succession, code: str) -> dict[str, list[Cell]]:
    """The cells that say something of actions whose place others took, by ref."""
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        is_said = cell.value != cell.base and cell.blocked in (None, Outcome.QUERY)
        if is_said and _is_of_heirs(cell.key, cell.scope, succession, code):
            rows.setdefault(cell.key.ref, []).append(cell)
    return rows


def _find_hidden(
    cell: Cell, history: History, succession: Succession, code: str, known: Mapping[Key, str]
) -> list[Held]:
    """What was said for the same round of the actions whose place one took, and is worse than what a cell says of it.

    `known`: what whoever filled the cell in says otherwise knowingly, by the keys of these.
    """
    order = WORST_FIRST.get(cell.key.field, ())
    is_answer = cell.scope == "round" and cell.blocked is None and cell.value != cell.base and cell.value in order
    if not is_answer or cell.key.record != "action" or history.in_round(cell.key, code).value:
        return []
    said = [of for of, _ in succession.find_said(history, cell.key.ref, cell.key.field, code)]
    helds = [history.in_round(cell.key._replace(ref=of), code) for of in said]
    worse = order[: order.index(cell.value)]
    return [held for held in helds if held.value in worse and known.get(held.key) != held.value]


def _tell_hidden(cell: Cell, hidden: Sequence[Held], messages: Messages) -> Finding:
    """The query about a cell that says something better of an action than was said of those whose place it took."""
    return messages.finding(
        "succeeded_said_worse",
        address=cell.address,
        key=cell.key,
        entered=cell.entered,
        ref=cell.key.ref,
        heading=cell.field.title,
        value=cell.value,
        said=list_words(f"{held.value} of {held.key.ref} ({said_by(held.source)})" for held in hidden),
    )
