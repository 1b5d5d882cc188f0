"""What a return says of actions that went on under other refs since its workbook was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import Merged, MergedCell, Query
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import shorten
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.core.rating.succession import HANDED_ON, Succession, list_words


def follow(cells: Sequence[Cell], succession: Succession, code: str) -> dict[Key, Key]:
    """The new key of each cell about an action that only has another ref now; `code`: of the round of the return."""
    return {
        cell.key: cell.key._replace(ref=heir)
        for cell in cells
        if (heir := _find_only_heir(succession, cell.key.ref)) and _is_of_heirs(cell, succession, code)
    }


def _find_only_heir(succession: Succession, ref: str) -> str:
    """The one action that an action goes on as, if none on the way was split or merged; else ""."""
    heir = ref
    while len(after := succession.after.get(heir, ())) == 1 and len(succession.before[after[0]]) == 1:
        heir = after[0]
    return heir if heir != ref and heir not in succession.after else ""


def _is_of_heirs(cell: Cell, succession: Succession, code: str) -> bool:
    """Whether what a cell says holds for those that took its place: an earlier round's answers are its own."""
    if cell.key.record != "action" or cell.key.ref not in succession.after:
        return False
    return cell.scope == "standing" or (cell.scope == "round" and code >= succession.since[cell.key.ref])


def tell_followed(followed: Mapping[Key, Key], cells: Sequence[Cell], messages: Messages) -> Iterator[Finding]:
    """A note for each action that has another ref now and of which anything is said: it was taken for that."""
    refs = {new: old.ref for old, new in followed.items()}
    told = {refs[cell.key]: cell for cell in reversed(cells) if cell.key in refs and cell.value != cell.base}
    for ref, cell in sorted(told.items()):
        yield messages.finding("row_followed", address=cell.address, key=cell.key, ref=ref, heirs=cell.key.ref)


def tell_merged(code: str, history: History, messages: Messages) -> Iterator[Finding]:
    """A note that the subgroup of a workbook (its code) has become part of another one."""
    subgroups = {ref: history.record("subgroup", ref) for ref in history.refs("subgroup")}
    into = find_merged({"subgroup": subgroups}, code)
    if into != code:
        since = history.standing(Key("subgroup", code, "merged_into")).round
        words = Round.parse(since).of_year if since else "before the first round"
        yield messages.finding("subgroup_merged", subgroup=code, into=into, since=words)


@dataclass(slots=True)
class GoneOn:
    """What becomes of the cells about actions that others took the place of."""

    findings: list[Finding] = field(default_factory=list)
    asked: list[Cell] = field(default_factory=list)
    """Those of which the officer says whether they hold for the others."""

    def block(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells; those that are asked about are not merged."""
        asked = {cell.key for cell in self.asked}
        return [cell._replace(blocked=Outcome.QUERY) if cell.key in asked else cell for cell in cells]


class GoneOnReader:
    """Looks at the cells of a return about actions that several took the place of, or one took with others."""

    def __init__(self, history: History, succession: Succession, code: str, messages: Messages) -> None:
        self.history = history
        self.succession = succession
        self.code = code
        self.messages = messages

    def look(self, cells: Sequence[Cell]) -> GoneOn:
        """What there is to say and to ask of these cells. Nothing is merged of what is asked about."""
        gone_on = GoneOn()
        for ref, row in _group(cells, self.succession, self.code).items():
            asked = [cell for cell in row if self._is_asked(cell)]
            gone_on.asked += asked
            if len(asked) < len(row):
                first = next(cell for cell in row if cell not in asked)
                heirs = list_words(self.succession.list_heirs(ref))
                finding = self.messages.finding(
                    "row_went_on", address=first.address, key=first.key, entered=first.entered, ref=ref, heirs=heirs
                )
                gone_on.findings.append(finding)
        return gone_on

    def _is_asked(self, cell: Cell) -> bool:
        """Whether a cell says something else than what stands of those that took its place."""
        heads = [self._find_head(cell, heir) for heir in self.succession.list_heirs(cell.key.ref)]
        if cell.scope == "round" and cell.key.field in HANDED_ON:
            return any(head not in ("", cell.value) for head in heads)
        return any(head != cell.value for head in heads)

    def _find_head(self, cell: Cell, heir: str) -> str:
        return self.history.head(cell.key._replace(ref=heir), cell.scope, self.code).value

    def ask(self, merged: Merged, cells: Sequence[Cell]) -> None:
        """Add a query for each row of these cells: whether what it says holds for those that took its place."""
        for ref, row in _group(cells, self.succession, self.code).items():
            heirs = self.succession.list_heirs(ref)
            first = row[0]
            finding = self.messages.finding(
                "row_went_on_asked",
                address=first.address,
                key=first.key,
                entered="; ".join(cell.entered for cell in row),
                ref=ref,
                heirs=list_words(heirs),
                headings=shorten(list_words(cell.field.title for cell in row)),
            )
            merged.findings.append(finding)
            merged.queries.append(Query(finding, tuple(self._list_cells(row, heirs))))

    def _list_cells(self, row: Sequence[Cell], heirs: Sequence[str]) -> Iterator[MergedCell]:
        """Each cell of a row, as if it had been typed for each of those that took its place."""
        for cell in row:
            for heir in heirs:
                key = cell.key._replace(ref=heir)
                head = self.history.head(key, cell.scope, self.code)
                holds = max(self.code, head.round) if cell.scope == "standing" else self.code
                yield MergedCell(cell._replace(key=key, blocked=None), head, Outcome.QUERY, holds)


def _group(cells: Sequence[Cell], succession: Succession, code: str) -> dict[str, list[Cell]]:
    """The cells that say something of actions whose place others took, by ref."""
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        if cell.value != cell.base and cell.blocked in (None, Outcome.QUERY) and _is_of_heirs(cell, succession, code):
            rows.setdefault(cell.key.ref, []).append(cell)
    return rows
