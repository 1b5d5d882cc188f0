"""Checks what plan.xlsx says of how it moves: actions that take the place of others, subgroups that become one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from plan_sheets.core.answers.answers import Cell
from plan_sheets.core.answers.merge import MergedCell, Query
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.ratings import is_declined
from plan_sheets.core.rating.rules.rag import CONFIRMABLE, Rating
from plan_sheets.core.rating.succession import FIELD, find_succession, is_last_red, list_words, split_refs_of

RED_CODE = "succeeds_red"


@dataclass(slots=True)
class Moves:
    """What is wrong with how the plan is to move, and what is to be asked of it."""

    findings: list[Finding] = field(default_factory=list)
    blocked: dict[Key, Outcome] = field(default_factory=dict)
    """What becomes of each cell that is not taken because of that."""
    went_on: dict[str, str] = field(default_factory=dict)
    """The actions that went on under other refs, or that the officer is asked about, and as what (in words)."""


def check_moves(
    cells: Sequence[Cell],
    history: History,
    first_open: str,
    ratings: Mapping[str, Rating],
    kept: Collection[tuple[Key, str]],
    messages: Messages,
) -> Moves:
    """Check the cells of plan.xlsx that say what takes the place of what, against what the register holds.

    `cells`: with what they said when the plan was last read as `base`. `first_open`: the code of the first round that
    is not closed, "" before the first. `ratings`: of the last round that was issued, by ref. `kept`: what the officer
    was asked about and did not take.
    """
    checker = _Checker(cells, history, first_open, messages)
    checker.check_actions()
    checker.ask_about_reds(ratings, kept)
    checker.check_subgroups()
    checker.list_gone()
    return checker.moves


class _Checker:
    def __init__(self, cells: Sequence[Cell], history: History, first_open: str, messages: Messages) -> None:
        self.history = history
        self.first_open = first_open
        self.messages = messages
        self.moves = Moves()
        self.succession = find_succession(history)
        self.by_row: dict[tuple[str, str], list[Cell]] = {}
        for cell in cells:
            self.by_row.setdefault(cell.key[:2], []).append(cell)
        self.named = {cell.key.ref: cell for cell in cells if cell.key[::2] == ("action", FIELD) and cell.value}
        self.new = {
            ref: olds
            for ref, cell in self.named.items()
            if cell.blocked is None and cell.value != cell.base and (olds := self._list_new(ref, cell))
        }
        """The actions that are to take the place of others, and of which: as far as the register does not say so."""

    def _list_new(self, ref: str, cell: Cell) -> list[str]:
        known = self.succession.before.get(ref, ())
        return [old for old in split_refs_of(cell.value) if old not in known]

    def check_actions(self) -> None:
        """Report each action that cannot take the place of those that it names, and all that goes with it."""
        wrong = {ref: finding for ref, olds in self.new.items() if (finding := self._find_wrong(ref, olds))}
        for ref, finding in wrong.items():
            self.moves.findings.append(finding)
            self._block_row(ref, Outcome.ERROR)
        for ref, olds in self.new.items():
            together = [other for other in wrong if ref not in wrong and set(olds) & set(self.new[other])]
            if together:
                self._tell(
                    "succeeds_waits", self.named[ref], ref=ref, others=list_words(olds), with_what=list_words(together)
                )
                self._block_row(ref, Outcome.ERROR)
            elif ref not in wrong:
                self._warn_undated(ref, olds)

    def _warn_undated(self, ref: str, olds: Sequence[str]) -> None:
        """Warn of an action without a date that is to take the place of one with a date."""
        dated = {old: due for old in olds if (due := self.history.text("action", old, "due"))}
        if dated and not any(cell.value for cell in self.by_row["action", ref] if cell.key.field == "due"):
            were = list_words(f"{old} was due {due}" for old, due in dated.items())
            self._tell("succeeds_undated", self.named[ref], ref=ref, were=were)

    def _find_wrong(self, ref: str, olds: Sequence[str]) -> Finding | None:
        """What is wrong with one; None if nothing is."""
        cell = self.named[ref]
        for old in olds:
            if old == ref:
                return self._finding("succeeds_itself", cell, ref=ref)
            if not (self._is_known(old) or ("action", old) in self.by_row):
                return self._finding("unknown_ref", cell, ref=ref, heading=cell.field.title, refers="action")
            if ref in self._list_forebears(old):
                return self._finding("succeeds_circle", cell, ref=ref, other=old)
            if how := self._describe_end(ref, old):
                return self._finding("succeeds_ended", cell, ref=ref, other=old, how=how)
        if self._is_used(ref):
            return self._finding("succeeds_used", cell, ref=ref, others=list_words(olds), free=self._find_free(ref))
        return None

    def _is_known(self, ref: str) -> bool:
        """Whether the register ever held an action of this ref."""
        return bool(self.history.text("action", ref, "ref"))

    def _list_forebears(self, ref: str) -> set[str]:
        """The actions that an action takes the place of, by the register and by plan.xlsx."""
        found, waiting = set[str](), [ref]
        while waiting:
            near = waiting.pop()
            said = split_refs_of(self.named[near].value) if near in self.named else ()
            new = {*self.succession.before.get(near, ()), *said} - found
            found |= new
            waiting += new
        return found

    def _describe_end(self, ref: str, old: str) -> str:
        """Why nothing of an action goes on: `was confirmed as Withdrawn`; "" if it does."""
        stage = self.history.text("action", old, "confirmed_stage")
        since = self.succession.since.get(old)
        if since is not None and since < self.first_open and ref not in self.succession.after[old]:
            return f"went on as {self.succession.describe(old)} in an earlier round"
        if self.history.text("action", old, "removed") == "Yes":
            return "was taken out of the plan"
        if is_declined(self.history, "action", old):
            return "was declined"
        return f"was confirmed as {stage}" if stage in CONFIRMABLE else ""

    def _is_used(self, ref: str) -> bool:
        """Whether a ref has stood in the plan for something else."""
        since = self.history.standing(Key("action", ref, "ref")).round
        return self._is_gone(ref) or (self._is_known(ref) and since < self.first_open)

    def _is_gone(self, ref: str) -> bool:
        """Whether an action was taken out of the plan, or is a further one that was declined."""
        return self.history.text("action", ref, "removed") == "Yes" or is_declined(self.history, "action", ref)

    def _find_free(self, ref: str) -> str:
        """The first ref of the same theme that never stood for anything."""
        stem = ref.partition(".")[0]
        refs = (f"{stem}.{number}" for number in count(1))
        return next(new for new in refs if not self._is_known(new) and ("action", new) not in self.by_row)

    def ask_about_reds(self, ratings: Mapping[str, Rating], kept: Collection[tuple[Key, str]]) -> None:
        """Ask about each action that would take the place of several of which any is Red: the master counts fewer.

        What was asked and not taken is asked no more.
        """
        for ref in self.new:
            if Key("action", ref, FIELD) in self.moves.blocked:
                continue
            olds = {old: ratings.get(old) for old in split_refs_of(self.named[ref].value)}
            reds = sum(rating is not None and is_last_red(rating) for rating in olds.values())
            if len(olds) > 1 and reds:
                others = list_words(_describe_rated(old, rating) for old, rating in olds.items())
                if (self.named[ref].key, self.named[ref].entered) not in kept:
                    self._tell(RED_CODE, self.named[ref], ref=ref, others=others, count=len(olds), reds=reds)
                self._block_row(ref, Outcome.QUERY)

    def check_subgroups(self) -> None:
        """Report each subgroup that would be part of itself."""
        into = {cell.key.ref: cell for row in self.by_row.values() for cell in row if cell.key.field == "merged_into"}
        for ref, cell in into.items():
            if cell.value and cell.blocked is None and ref in _follow(cell.value, into):
                self._tell("merged_circle", cell, ref=ref, other=cell.value)
                self.moves.blocked[cell.key] = Outcome.ERROR

    def list_gone(self) -> None:
        """Note which actions went on under other refs, or will have if the officer says so."""
        for old in self.succession.after:
            self.moves.went_on[old] = self.succession.describe(old)
        for ref in self.new:
            if self.moves.blocked.get(Key("action", ref, FIELD)) is not Outcome.ERROR:
                for old in self.new[ref]:
                    heirs = [heir for heir, olds in self.new.items() if old in olds]
                    self.moves.went_on[old] = list_words(dict.fromkeys([*self.succession.after.get(old, ()), *heirs]))

    def _block_row(self, ref: str, outcome: Outcome) -> None:
        """Let nothing of a row be taken that the register does not hold yet; else not what it takes the place of."""
        row = self.by_row["action", ref]
        is_new = not self._is_known(ref) or self._is_gone(ref)
        self.moves.blocked.update(
            {cell.key: outcome for cell in row if cell.blocked is None and (is_new or cell.key.field == FIELD)}
        )

    def _tell(self, code: str, cell: Cell, **details: object) -> None:
        self.moves.findings.append(self._finding(code, cell, **details))

    def _finding(self, code: str, cell: Cell, **details: object) -> Finding:
        """A finding at a cell of plan.xlsx."""
        return self.messages.finding(code, address=cell.address, key=cell.key, entered=cell.entered, **details)


def _describe_rated(ref: str, rating: Rating | None) -> str:
    """An action and how it stands: `A1.2 (Red)`, `A1.3 (Not reported, last Red)`; its ref alone if never rated."""
    if rating is None:
        return ref
    last = f", last {rating.last}" if rating.published == Status.NOT_REPORTED and rating.last else ""
    return f"{ref} ({rating.published}{last})"


def _follow(code: str, into: Mapping[str, Cell]) -> Collection[str]:
    """A subgroup and all those that it is part of, one in the other."""
    seen: list[str] = []
    while code and code not in seen:
        seen.append(code)
        code = into[code].value if code in into else ""
    return seen


def join_queries(queries: Sequence[Query], cells: Sequence[MergedCell]) -> Iterator[Query]:
    """The queries of a plan: one about an action that takes the place of Red ones is about the whole of its row."""
    for query in queries:
        key = query.finding.key
        if query.finding.code != RED_CODE or key is None:
            yield query
            continue
        row = [met for met in cells if met.cell.key[:2] == key[:2] and met.outcome is Outcome.QUERY and met.cell.value]
        yield Query(query.finding, tuple(row))
