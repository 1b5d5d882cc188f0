"""What the officer settles in the officer's workbook: queries, proposals, held files; and a name given late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from plan_sheets.core.answers.answers import AnswerRow, Answers, Cell, blocked_by
from plan_sheets.core.answers.merge import Merged
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.answers.settle import is_fresh, settle
from plan_sheets.core.answers.tidy import tidy
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import NewValue, OpenQuery
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.proposals import Proposal, proposals, subject
from plan_sheets.core.rating.succession import Succession, find_succession, list_words
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.reads import find_settlement
from plan_sheets.store.register.record import add_query
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.settling.held import PUT_ASIDE, list_put_aside, settle_held
from plan_sheets.store.register.settling.names import find_settled_proposal, list_nameless, record_name
from plan_sheets.store.register.settling.subjects import OFFICE, query_subject


class NewSettlement(NamedTuple):
    """What the officer settled by a cell of a return."""

    subject: str
    """What it is about: a query, or a proposal."""
    choice: str
    typed: str = ""
    values: tuple[NewValue, ...] = ()
    """The values that stand from now on."""


class NewPutAside(NamedTuple):
    """A held file (its SHA-256) that the officer put aside: why, and who says so, "" where only the form says."""

    sha256: str
    reason: str
    by: str


@dataclass(slots=True)
class Merging:
    """A return that is being merged, and what that comes to."""

    returned: Return
    answers: Answers
    replaces: ReturnFacts | None
    """The earlier return in whose place it comes; None if it comes in no one's."""
    corrected: Mapping[Key, str]
    """What that one said, with what it left as it was."""
    merged: Merged = field(default_factory=Merged)
    settlements: list[NewSettlement] = field(default_factory=list)
    put_aside: list[NewPutAside] = field(default_factory=list)
    asked_again: list[OpenQuery] = field(default_factory=list)
    asked: set[Key | None] = field(default_factory=set)
    """The cells that say what the officer has been asked about already."""
    queries: list[OpenQuery] = field(default_factory=list)
    """Those that came by the earlier returns of its lineage and wait."""
    answered: list[str] = field(default_factory=list)
    """The numbers of the e-mails without a workbook that it deals with."""
    nameless: list[ReturnFacts] = field(default_factory=list)
    """The returns of the same document in which nobody was named: what was settled there has a name now."""


class Settler:
    """Settles what the officer's workbooks of one batch say, and moves the heads of `history` on."""

    def __init__(self, batch: Batch, messages: Messages, history: History) -> None:
        self.batch = batch
        self.messages = messages
        self.register = batch.register
        self.history = history
        self.rounds = [issued.code for issued in self.register.rounds()]

    @property
    def confirms_at_once(self) -> bool:
        """Whether the plan says that what chairs propose needs no word of the officer."""
        return self.history.text("plan", "", "confirm_at_once") == "Yes"

    def settle(self, merging: Merging) -> None:
        """All that was settled in a return; and what it proposes, where the plan confirms that at once."""
        self._settle_queries(merging)
        self._settle_proposals(merging)
        self._put_aside(merging)
        self._name_earlier(merging)
        if self.confirms_at_once:
            self._confirm_all(merging)

    def record(self, merging: Merging, return_id: int) -> None:
        """Record what was settled in a return, whose row has this id."""
        by = merging.answers.completed_by
        for earlier in merging.nameless:
            record_name(self.batch, earlier.id, by, return_id)
        for settlement in merging.settlements:
            self.record_settlement(settlement, return_id, by or OFFICE)
        for sha, reason, who in merging.put_aside:
            settle_held(self.batch, sha, PUT_ASIDE, reason, who or by or OFFICE, return_id)
        for query in merging.asked_again:
            about = (query.code, query.round, query.subgroup, query.message)
            heads = [self.history.head(cell.key, cell.scope, cell.round).value for cell in query.cells]
            cells = [replace(cell, head=head) for cell, head in zip(query.cells, heads, strict=True)]
            add_query(self.batch, query.return_id, about, cells)

    def record_settlement(self, settlement: NewSettlement, return_id: int, by: str) -> None:
        """What was settled, and the values that stand by it."""
        about, choice, typed, values = settlement
        made = self.batch.add(tables.SETTLEMENT, subject=about, choice=choice, typed=typed, by=by, return_id=return_id)
        for value in values:
            self.batch.add_value(value.key, value.value, value.scope, value.round, settlement=made)

    def _settle_queries(self, merging: Merging) -> None:
        """The officer's choices on `Queries`: applied, refused with a finding, or asked again.

        What plan.xlsx asked in a round that has been closed meanwhile holds from the first that is not.
        """
        form = [(cell, row) for cell, row in merging.answers.typed("query") if cell.key.field == "choice"]
        if not form:
            return
        queries = {str(query.id): query for query in self.register.open_queries()}
        first_open = self.register.first_open()
        queries |= {str(asked.id): asked.held_from(first_open) for asked in self.register.open_queries(kind="plan")}
        blocked = blocked_by(merging.returned.findings)
        for cell, row in form:
            ref, choice, typed = cell.key.ref, cell.value, row.text("typed")
            if not choice or cell.key in blocked:
                continue
            if ref in queries:
                self._settle(merging, queries[ref], typed, cell, row)
            elif (done := find_settlement(self.register, int(ref))) and (done.choice, done.typed) != (choice, typed):
                settled = f"{done.choice}, by {done.by}"
                self._tell(merging, "settled_already", cell, typed or choice, ref=ref, settled=settled)

    def _tell(self, merging: Merging, code: str, cell: Cell, entered: str, **details: object) -> None:
        """A finding about a cell of the officer's workbook."""
        finding = self.messages.finding(code, address=cell.address, key=cell.key, entered=entered, **details)
        merging.returned.findings.append(finding)

    def _settle(self, merging: Merging, query: OpenQuery, typed: str, cell: Cell, row: AnswerRow) -> None:
        """One choice; `cell` holds it, in whose `row` stands what the officer was shown."""
        fresh = is_fresh(query, self.history, row.text("head"), schemas.title_of)
        read = partial(self._read, query.round)
        settled = settle(query, cell.value, typed, self.messages, read, cell.address, fresh=fresh)
        about = query_subject(query.id)
        if settled.finding is None:
            self._apply(merging, NewSettlement(about, cell.value, typed, settled.values))
            self._tell_gone_on(merging, cell, settled.values)
            return
        merging.returned.findings.append(settled.finding)
        if settled.finding.code == "settled_meanwhile":
            merging.settlements.append(NewSettlement(about, "Asked again", typed))
            merging.asked_again.append(query)

    def _tell_gone_on(self, merging: Merging, cell: Cell, values: Sequence[NewValue]) -> None:
        """Say of what was settled of an action that went on under other refs what of these it does not change."""
        succession = find_succession(self.history)
        for value in values:
            if others := _list_unchanged(value, self.history, succession):
                heirs = list_words(succession.list_heirs(value.key.ref))
                about = {"ref": value.key.ref, "heirs": heirs, "others": list_words(others)}
                heading = schemas.title_of(value.key.record, value.key.field)
                self._tell(merging, "settled_of_old", cell, cell.value, heading=heading, **about)

    def _settle_proposals(self, merging: Merging) -> None:
        """The officer's word on `To confirm`, with the theme that a further action is given there."""
        answers = [(cell, row) for cell, row in merging.answers.typed("proposal") if cell.key.field == "confirm"]
        offered = {proposal.ref: proposal for proposal in proposals(self.history, self.rounds)} if answers else {}
        blocked = blocked_by(merging.returned.findings)
        rivals = _list_rivals(
            [offered[cell.key.ref] for cell, _ in answers if cell.value == "Yes" and cell.key.ref in offered]
        )
        for cell, row in answers:
            proposal, word = offered.get(cell.key.ref), cell.value if cell.value in ("Yes", "No") else ""
            theme = next((other for other in row.cells if other.key.field == "theme"), None)
            if theme and (theme.key in blocked or (theme.value and word != "Yes")):
                self._tell_theme_left(merging, theme, word, is_wrong=theme.key in blocked)
                word = word if word == "No" else ""
            if word and (proposal is None or not _is_as_shown(proposal, row.text("proposed"))):
                self._tell_proposal_gone(merging, cell, row.text("proposed"))
            elif word == "Yes" and proposal in rivals:
                others = list_words(
                    other.ref for other in rivals if other.yes.key == proposal.yes.key and other is not proposal
                )
                self._tell(merging, "proposals_differ", cell, word, ref=proposal.ref, others=others)
            elif word and proposal:
                self._answer_proposal(merging, proposal, cell, theme.value.partition(" ")[0] if theme else "")

    def _tell_theme_left(self, merging: Merging, theme: Cell, word: str, *, is_wrong: bool) -> None:
        """Say that a theme was typed and not taken; of one that is none the cell has a finding already."""
        if not is_wrong:
            code = "theme_of_declined" if word else "theme_without_yes"
            self._tell(merging, code, theme, theme.entered, ref=theme.key.ref)

    def _tell_proposal_gone(self, merging: Merging, cell: Cell, shown: str) -> None:
        """Say that a proposal is not as it was, or was answered otherwise; nothing if the very same was said before."""
        said = find_settled_proposal(self.register, cell.key.ref, shown)
        if said is None:
            self._tell(merging, "proposal_gone", cell, cell.value, ref=cell.key.ref)
        elif said.choice != cell.value:
            settled = f"{said.choice}, by {said.by}"
            self._tell(merging, "proposal_settled", cell, cell.value, ref=cell.key.ref, settled=settled)

    def _answer_proposal(self, merging: Merging, proposal: Proposal, cell: Cell, theme: str) -> None:
        """Let Yes or No stand; with a Yes the theme (its ref, "" for none) that a further action is given."""
        values: tuple[NewValue, ...]
        if cell.value == "No":
            values = (proposal.no,) if proposal.no else ()
        elif theme and theme not in self.history.refs("priority"):
            self._tell(merging, "theme_gone", cell, theme, ref=proposal.ref)
            return
        elif proposal.lacks_theme and not theme:
            self._tell(merging, "proposal_without_theme", cell, cell.value, ref=proposal.action)
            return
        else:
            given = NewValue(Key("action", proposal.action, "theme"), theme, "standing", proposal.round)
            values = (*([given] if theme else []), proposal.yes)
        self._apply(merging, NewSettlement(subject(proposal), cell.value, theme, values))

    def _put_aside(self, merging: Merging) -> None:
        """What the officer says of files that are held or refused: why one is put aside."""
        blocked = blocked_by(merging.returned.findings)
        answers = [(cell, row) for cell, row in merging.answers.typed("held") if cell.key.field == "aside"]
        answers = [(cell, row) for cell, row in answers if cell.value and cell.key not in blocked]
        waiting = {file.number: file for file in _list_waiting(self.register)} if answers else {}
        done = {file.number: file for file in list_put_aside(self.register).values()} if answers else {}
        for cell, row in answers:
            ref, reason = cell.key.ref, cell.value
            if file := waiting.get(ref):
                merging.put_aside.append(NewPutAside(file.sha256, reason, row.text("aside_by")))
                self._tell(merging, "file_put_aside", cell, reason, number=ref, file=file.file)
            elif ref not in done:
                self._tell(merging, "file_held_no_more", cell, reason, number=ref)
            elif done[ref].reason != reason:
                said = f"{done[ref].choice}, by {done[ref].by}: {done[ref].reason}"
                self._tell(merging, "file_put_aside_already", cell, reason, number=ref, said=said)

    def _name_earlier(self, merging: Merging) -> None:
        """Where the form names who settled, and this very workbook came before without a name: that counts for it."""
        answers = merging.answers
        if answers.document.kind != "officer" or not answers.completed_by:
            return
        merging.nameless = list_nameless(self.register, answers.document.id)
        cell = next(cell for cell, _ in answers.typed("settling") if cell.key.field == "settled_by")
        for earlier in merging.nameless:
            self._tell(merging, "named_late", cell, answers.completed_by, number=earlier.number)

    def _confirm_all(self, merging: Merging) -> None:
        """The plan says that proposals are confirmed at once."""
        offered = list(proposals(self.history, self.rounds))
        for proposal in offered:
            if not proposal.lacks_theme and proposal not in _list_rivals(offered):
                self._apply(merging, NewSettlement(subject(proposal), "Yes", values=(proposal.yes,)))

    def _apply(self, merging: Merging, settlement: NewSettlement) -> None:
        """Let what was settled stand from now on: a standing value never before what stands already."""
        values = tuple(
            replace(value, round=max(value.round, self.history.head(value.key, value.scope, value.round).round))
            if value.scope == "standing"
            else value
            for value in settlement.values
        )
        merging.settlements.append(settlement._replace(values=values))
        who, file = merging.answers.completed_by, merging.returned.file
        for value in values:
            source = Source("officer", who, file, self.batch.at, settled=True)
            held = Held(value.key, value.value, value.scope, value.round, self.history.next_seq(), source)
            self.history.add(held)

    def _read(self, round_code: str, key: Key, text: str) -> str | None:
        """A text tidied for its field, by the year of a round ("": the plan's); None if it does not fit."""
        about = schemas.load_records()[key.record].get(key.field)
        if about is None:
            return text
        year = Round.parse(round_code).year if round_code else int(self.history.text("plan", "", "year")[:4] or 0)
        tidied = tidy(text, about, year=year)
        blocks = any(self.messages.by_code[remark.code].severity.blocks for remark in tidied.remarks)
        return None if blocks else tidied.value


def _is_as_shown(proposal: Proposal, shown: str) -> bool:
    """Whether a proposal is what the officer saw; of a further action the wording may have changed since."""
    return shown == proposal.shown or (proposal.no is not None and shown.startswith(proposal.title))


def _list_unchanged(value: NewValue, history: History, succession: Succession) -> list[str]:
    """The refs that an action went on as and of which something else stands than what was settled of that action."""
    key, is_standing = value.key, value.scope == "standing"
    if key.record != "action" or key.ref not in succession.after:
        return []
    if not is_standing and value.round < succession.since[key.ref]:
        return []
    heirs = succession.list_heirs(key.ref)
    heads = {heir: history.head(key._replace(ref=heir), value.scope, value.round).value for heir in heirs}
    return [heir for heir, head in heads.items() if head != value.value and (head or is_standing)]


def _list_rivals(offered: Sequence[Proposal]) -> list[Proposal]:
    """Those of these proposals that cannot all be confirmed: they make the same fact something else."""
    values: dict[Key, set[str]] = {}
    for proposal in offered:
        values.setdefault(proposal.yes.key, set()).add(proposal.yes.value)
    return [proposal for proposal in offered if len(values[proposal.yes.key]) > 1 and proposal.of]


def _list_waiting(register: Register) -> Iterator[ReturnFacts]:
    """The files that are held or refused."""
    for verdict in ("held", "refused"):
        yield from register.set_aside(verdict)
