"""Merging the returns of one batch, one after the other, and recording what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from plan_sheets.core.answers.answers import AnswerRow, Answers, Cell, blocked_by
from plan_sheets.core.answers.merge import Merged, MergedCell, merge_return
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.answers.settle import is_fresh, settle
from plan_sheets.core.answers.tidy import tidy
from plan_sheets.core.book.document import FEEDBACK
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import NOTHING, Held, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import NewValue, OpenQuery
from plan_sheets.core.rating.proposals import proposals, subject
from plan_sheets.store import schemas
from plan_sheets.store.receiving.lineage import find_answered, leave_to_officer, list_queries, tell_replaces
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.reads import find_settlement, read_new_rows
from plan_sheets.store.register.record import ReceivedFile, add_query, add_return, record_return
from plan_sheets.store.register.register import ReturnFacts
from plan_sheets.store.register.statements import query_subject

STANDS = "phrase_stands"
"""The code of the finding that a cell says no more than that nothing has changed."""


class NewSettlement(NamedTuple):
    """What the officer settled by a cell of a return."""

    subject: str
    """What it is about: a query, or a proposal."""
    choice: str
    typed: str = ""
    values: tuple[NewValue, ...] = ()
    """The values that stand from now on."""


@dataclass(slots=True)
class _Merging:
    """A return that is being merged, and what that comes to."""

    returned: Return
    answers: Answers
    replaces: ReturnFacts | None
    """The earlier return in whose place it comes; None if it comes in no one's."""
    merged: Merged = field(default_factory=Merged)
    asked: set[Key | None] = field(default_factory=set)
    """The cells that say what the officer has been asked about already."""
    queries: list[OpenQuery] = field(default_factory=list)
    """Those that came by the earlier returns of its lineage and wait."""
    settlements: list[NewSettlement] = field(default_factory=list)
    asked_again: list[OpenQuery] = field(default_factory=list)


class Merger:
    """Merges the returns of one batch into the register's heads, which move on as it goes."""

    def __init__(self, batch: Batch, messages: Messages) -> None:
        self.batch = batch
        self.messages = messages
        self.register = batch.register
        self.history = batch.history()
        self.rounds = [issued.code for issued in self.register.rounds()]
        self.new_rows = read_new_rows(self.register)
        """The ref of each row that a subgroup added, by the return that it first came in, its record and its row."""
        self.lineages: dict[int, str] = {}
        """SHA-256 of the first return of each chain of corrections, by the id of each return in it."""
        self.year = int(self.history.text("plan", "", "year")[:4] or 0)

    def merge(self, returned: Return, answers: Answers, replaces: ReturnFacts | None) -> None:
        """Steps 9 and 10 for one return: its lineage, cell by cell, what the officer settled in it; then all recorded.

        `replaces`: the return that the officer says it replaces, None if that was not said.
        """
        earlier, findings = self._earlier(answers, replaces)
        merging = _Merging(returned, answers, earlier)
        cells = self._cells(merging)
        returned.findings += findings
        document = answers.document
        name, at = Path(returned.file).name, self.batch.at
        source = Source(document.kind, answers.completed_by, name, at, document.subgroup, 0, document.id)
        plan_cells = [cell for cell in cells if cell.scope != "form"]
        merging.merged = merge_return(
            plan_cells,
            returned.findings,
            self.history,
            document.round,
            source,
            self.messages,
            # What the officer changes of the plan is held to the same rule as plan.xlsx itself.
            stands_from=self.register.first_open() if document.kind == "officer" else None,
        )
        returned.findings += merging.merged.findings
        merging.merged.cells += [_form_cell(cell, document.round) for cell in cells if cell.scope == "form"]
        self._settle_queries(merging)
        self._settle_proposals(merging)
        if self.history.text("plan", "", "confirm_at_once") == "Yes":
            self._confirm_all(merging)
        returned.changes, returned.conflicts = _count_changes(merging), merging.merged.count(Outcome.CONFLICT)
        self._record(merging)

    def _cells(self, merging: _Merging) -> list[Cell]:
        """The cells as they are merged: added rows by their refs, a correction compared with what it corrects."""
        returned, earlier = merging.returned, merging.replaces
        base = self.register.next_bases(earlier.id) if earlier else {}
        renamed: dict[Key, Key] = {}
        cells = [*self._name_new_rows(merging, renamed)]
        returned.rename(renamed)
        if earlier:
            merging.queries = list_queries(self.register, earlier)
            merging.asked = leave_to_officer(returned, merging.queries, self.messages)
            stands = merging.asked | {finding.key for finding in returned.findings if finding.code == STANDS}
            cells = [_of_correction(cell, base.get(cell.key, cell.base), stands) for cell in cells]
        return [self._of_row(cell, returned) for cell in cells]

    def _of_row(self, cell: Cell, returned: Return) -> Cell:
        """A cell; a query, where it speaks of a row that has been taken out of the plan meanwhile."""
        key = cell.key
        removed = cell.blocked is None and self.history.text(key.record, key.ref, "removed") == "Yes"
        if not removed or cell.value == cell.base:
            return cell
        returned.findings.append(
            self.messages.finding("row_withdrawn", address=cell.address, key=key, entered=cell.entered, ref=key.ref)
        )
        return cell._replace(blocked=Outcome.QUERY)

    def _record(self, merging: _Merging) -> None:
        """The return with its cells, values, findings and queries; then what was settled in it."""
        answers, document = merging.answers, merging.answers.document
        received = replace(
            ReceivedFile.of(merging.returned),
            replaces=merging.replaces.id if merging.replaces else None,
            answers_sha=answers.sha,
            completed_by=answers.completed_by,
            subgroup=document.subgroup,
            round=document.round,
        )
        # What earlier attempts at this very file asked: it is judged again, so that is asked no more.
        overtaken = self.register.open_queries(sha256=received.sha256) if merging.replaces else []
        answered = self._list_answered(merging)
        return_id, merging.returned.number = add_return(self.batch, received)
        for query in overtaken:
            settlement = NewSettlement(query_subject(query.id), "Received again")
            self._record_settlement(settlement, return_id, "The board officer")
        for query in answered:
            settlement = NewSettlement(query_subject(query.id), "Answered anew")
            self._record_settlement(settlement, return_id, answers.completed_by or "The chair")
        record_return(self.batch, received, return_id, merging.merged, merging.returned.findings)
        for settlement in merging.settlements:
            self._record_settlement(settlement, return_id, answers.completed_by or "The board officer")
        for query in merging.asked_again:
            about = (query.code, query.round, query.subgroup, query.message)
            heads = [self.history.head(cell.key, cell.scope, cell.round).value for cell in query.cells]
            cells = [replace(cell, head=head) for cell, head in zip(query.cells, heads, strict=True)]
            add_query(self.batch, query.return_id, about, cells)

    def _list_answered(self, merging: _Merging) -> list[OpenQuery]:
        """The queries about what earlier returns of its lineage said in cells that this one answers anew: all of each.

        What is not right in it yet, and what was left as it was, answers nothing.
        """
        says_all = merging.answers.document.kind == FEEDBACK
        left = {Outcome.ERROR, Outcome.MASKED} | (set() if says_all else {Outcome.UNTOUCHED})
        anew = {met.cell.key for met in merging.merged.cells if met.outcome not in left} - merging.asked
        return [query for query in merging.queries if query.cells and all(cell.key in anew for cell in query.cells)]

    def _record_settlement(self, settlement: NewSettlement, return_id: int, by: str) -> None:
        """What was settled, and the values that stand by it."""
        subject, choice, typed, values = settlement
        made = self.batch.add(
            tables.SETTLEMENT, subject=subject, choice=choice, typed=typed, by=by, return_id=return_id
        )
        for value in values:
            self.batch.add_value(value.key, value.value, value.scope, value.round, settlement=made)

    def _earlier(self, answers: Answers, named: ReturnFacts | None) -> tuple[ReturnFacts | None, list[Finding]]:
        """The earlier return that this one replaces, and what to say of that.

        It is the one that the officer `named`; else the only one, where the form says that it corrects one.
        """
        if named:
            return named, [tell_replaces(named, self.messages)]
        if answers.document.answers_return is not None:
            return find_answered(self.register, answers.document.answers_return, self.messages)
        if answers.form.get("corrects") != "Yes":
            return None, []
        mine = self.register.returns_standing(answers.document.id)
        if len(mine) == 1:
            return mine[0], [tell_replaces(mine[0], self.messages)]
        cell = next(cell for cell, _ in answers.typed("form") if cell.key.field == "corrects")
        return None, [
            self.messages.finding(
                "lineage_unclear", address=cell.address, key=cell.key, entered="Yes", count=len(mine) or "none"
            )
        ]

    def _name_new_rows(self, merging: _Merging, renamed: dict[Key, Key]) -> Iterator[Cell]:
        """The cells, each row that was added under a ref of its own: the same for the same row of the same lineage.

        `renamed` is filled with the new key of each cell of such a row.
        """
        answers, earlier = merging.answers, merging.replaces
        rows: dict[tuple[str, str], list[Cell]] = {}
        for cell in answers.cells(merging.returned.findings):
            if cell.field.new_rows and cell.key.ref.isdecimal():  # a row that was there before has its ref
                rows.setdefault((cell.key.record, cell.key.ref), []).append(cell)
            else:
                yield cell
        lineage = self._root(earlier) if earlier else merging.returned.sha256
        for (record, row), typed in rows.items():
            ref = self.new_rows.get((lineage, record, row))
            if ref is None and not any(cell.entered.strip() for cell in typed):
                continue
            if ref is None:
                ref = self._new_ref(answers.document.subgroup, typed[0].field)
                self.new_rows[lineage, record, row] = ref
                self.batch.add(tables.NEW_ROW, lineage=lineage, record=record, row=row, ref=ref)
            becomes = typed[0].field.become or record
            renamed.update({cell.key: Key(becomes, ref, cell.key.field) for cell in typed})
            yield from self._as_row(becomes, ref, typed, answers.document.subgroup)

    def _new_ref(self, subgroup: str, field: Field) -> str:
        """The first free ref of a row that a subgroup added: `DA.F2` of a further action, `DA.R1` of a risk."""
        taken = set(self.new_rows.values())
        stem = f"{subgroup}.{field.record[0].upper()}"
        return next(ref for number in range(1, len(taken) + 2) if (ref := f"{stem}{number}") not in taken)

    def _as_row(self, record: str, ref: str, typed: list[Cell], subgroup: str) -> Iterator[Cell]:
        """The cells of an added row, with what the program says of it: its ref; of an action, who proposes it."""
        proposed = {"agreement": "Proposed", "proposed_by": subgroup, "subgroups": subgroup}
        fields = schemas.load_records()[record]
        for name, value in {"ref": ref, **(proposed if record == "action" else {})}.items():
            key = Key(record, ref, name)
            if not self.history.standing(key).value:
                field = replace(fields.get(name, Field(record, name, "Ref")), scope="standing")
                yield Cell(key, field, typed[0].address, "", value)
        for cell in typed:
            # Its drop-down, which themes alone have, shows the title behind the ref.
            titled = cell.field.refers == "priority" and cell.blocked is None
            value = cell.value.partition(" ")[0] if titled else cell.value
            yield cell._replace(key=Key(record, ref, cell.key.field), value=value)

    def _root(self, earlier: ReturnFacts) -> str:
        """SHA-256 of the first return of the chain of corrections that this one is in."""
        chain = [earlier]
        while chain[-1].id not in self.lineages and chain[-1].replaces is not None:
            chain += self.register.returns(id=chain[-1].replaces)
        root = self.lineages.get(chain[-1].id, chain[-1].sha256)
        self.lineages.update((earlier.id, root) for earlier in chain)
        return root

    def _settle_queries(self, merging: _Merging) -> None:
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

    def _tell(self, merging: _Merging, code: str, cell: Cell, entered: str, **details: object) -> None:
        """A finding about a cell of the officer's workbook."""
        finding = self.messages.finding(code, address=cell.address, key=cell.key, entered=entered, **details)
        merging.returned.findings.append(finding)

    def _settle(self, merging: _Merging, query: OpenQuery, typed: str, cell: Cell, row: AnswerRow) -> None:
        """One choice; `cell` holds it, in whose `row` stands what the officer was shown."""
        fresh = is_fresh(query, self.history, row.text("head"), schemas.title_of)
        settled = settle(query, cell.value, typed, self.messages, self._read, cell.address, fresh=fresh)
        about = query_subject(query.id)
        if settled.finding is None:
            self._apply(merging, NewSettlement(about, cell.value, typed, settled.values))
            return
        merging.returned.findings.append(settled.finding)
        if settled.finding.code == "settled_meanwhile":
            merging.settlements.append(NewSettlement(about, "Asked again", typed))
            merging.asked_again.append(query)

    def _settle_proposals(self, merging: _Merging) -> None:
        """The officer's word on `To confirm`."""
        answers = [(cell, row) for cell, row in merging.answers.typed("proposal") if cell.value in ("Yes", "No")]
        offered = {proposal.ref: proposal for proposal in proposals(self.history, self.rounds)} if answers else {}
        for cell, row in answers:
            ref, word, shown = cell.key.ref, cell.value, row.text("proposed")
            proposal = offered.get(ref)
            if proposal is None or not (shown == proposal.shown or (proposal.no and shown.startswith(proposal.title))):
                self._tell(merging, "proposal_gone", cell, word, ref=ref)
            elif word == "Yes" and proposal.yes is None:
                self._tell(merging, "proposal_without_theme", cell, word, ref=proposal.action)
            else:
                value = proposal.yes if word == "Yes" else proposal.no
                self._apply(merging, NewSettlement(subject(proposal), word, values=(value,) if value else ()))

    def _confirm_all(self, merging: _Merging) -> None:
        """The plan says that proposals are confirmed at once."""
        for proposal in list(proposals(self.history, self.rounds)):
            if proposal.yes is not None:
                self._apply(merging, NewSettlement(subject(proposal), "Yes", values=(proposal.yes,)))

    def _apply(self, merging: _Merging, settlement: NewSettlement) -> None:
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

    def _read(self, key: Key, text: str) -> str | None:
        """A text tidied for its field; None if it does not fit."""
        about = schemas.load_records()[key.record].get(key.field)
        if about is None:
            return text
        tidied = tidy(text, about, year=self.year)
        blocks = any(self.messages.by_code[remark.code].severity.blocks for remark in tidied.remarks)
        return None if blocks else tidied.value


def _of_correction(cell: Cell, base: str, stands: Collection[Key | None]) -> Cell:
    """A cell of a correction, compared with what the earlier return said: that stands where it says no change."""
    if cell.key in stands:
        return cell._replace(base=base, value=base, blocked=None)
    return cell._replace(base=base) if base != cell.base else cell


def _form_cell(cell: Cell, round_code: str) -> MergedCell:
    """A cell of a form: it belongs to the return and is never merged."""
    untouched = cell.value == cell.base and not cell.entered.strip()
    return MergedCell(cell, NOTHING, cell.blocked or (Outcome.UNTOUCHED if untouched else Outcome.TAKEN), round_code)


def _count_changes(merging: _Merging) -> int:
    """How many values a return changed."""
    taken = sum(
        merged_cell.outcome is Outcome.TAKEN and merged_cell.cell.scope in ("standing", "round")
        for merged_cell in merging.merged.cells
    )
    return taken + sum(len(settlement.values) for settlement in merging.settlements)
