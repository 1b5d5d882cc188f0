"""Merging the returns of one batch, one after the other, and recording what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from plan_sheets.core.answers.answers import AnswerRow, Answers, Cell, blocked_by
from plan_sheets.core.answers.merge import Merged, MergedCell, merge_return
from plan_sheets.core.answers.settle import is_fresh, settle
from plan_sheets.core.answers.tidy import tidy
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import NOTHING, Held, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import NewValue, OpenQuery
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.rating.proposals import proposals, subject
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.reads import find_settlement, read_further_actions
from plan_sheets.store.register.record import ReceivedFile, add_query, add_return, record_return
from plan_sheets.store.register.register import ReturnFacts
from plan_sheets.store.register.statements import query_subject

SHA_SHOWN = 12
STANDS = "phrase_stands"
"""The code of the finding that a cell says no more than that nothing has changed."""


@dataclass(slots=True)
class Outcomes:
    """What merging one return came to. `more`: findings that only the merge could know."""

    answers: Answers
    receipt: Receipt
    merged: Merged
    more: list[Finding]
    replaces: ReturnFacts | None = None
    renamed: Mapping[Key, Key] = field(default_factory=dict)
    """The key, as an action, of each cell of a further action."""
    settled: list[tuple[OpenQuery | None, str, str, str, tuple[NewValue, ...]]] = field(default_factory=list)
    """Settlements: the query or None, what it is about, choice, typed text, and the values to write."""
    asked_again: list[OpenQuery] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many values it changed."""
        taken = sum(
            one.outcome is Outcome.TAKEN and one.cell.scope in ("standing", "round") for one in self.merged.cells
        )
        return taken + sum(len(values) for *_, values in self.settled)


class Merger:
    """Merges the returns of one batch into the register's heads, which move on as it goes."""

    def __init__(self, batch: Batch, messages: Messages) -> None:
        self.batch = batch
        self.messages = messages
        self.register = batch.register
        self.history = batch.history()
        self.rounds = [one.code for one in self.register.rounds()]
        self.further = read_further_actions(self.register)
        """The ref of each further action, by the return that it first came in and its row there."""
        self.lineages: dict[int, str] = {}
        """SHA-256 of the first return of each chain of corrections, by the id of each return in it."""
        self.year = int(self.history.text("plan", "", "year")[:4] or 0)

    def merge(self, answers: Answers, receipt: Receipt, replaces: ReturnFacts | None) -> Outcomes:
        """Merge one return: lineage first, then cell by cell, then what the officer settled in it."""
        document = answers.document
        earlier, told = self._lineage(answers, replaces)
        base = self.register.next_bases(earlier.id) if earlier else {}
        renamed: dict[Key, Key] = {}
        stands = {one.key for one in answers.findings if one.code == STANDS}
        cells = [
            _of_correction(one, base[one.key], stands) if base.get(one.key, one.base) != one.base else one
            for one in self._further(answers, receipt, earlier, renamed)
        ]
        findings = [replace(one, key=renamed[one.key]) if one.key in renamed else one for one in answers.findings]
        cells, gone = self._withdrawn(cells)
        findings += gone
        source = Source(
            document.kind,
            answers.completed_by,
            Path(receipt.file).name,
            self.batch.at,
            document.subgroup,
            0,
            document.id,
        )
        plan_cells = [one for one in cells if one.scope != "form"]
        merged = merge_return(plan_cells, [*findings, *told], self.history, document.round, source, self.messages)
        more = [*gone, *told, *merged.findings[len(findings) + len(told) :]]
        merged.cells += [_form_cell(one, document.round) for one in cells if one.scope == "form"]
        outcome = Outcomes(answers, receipt, merged, more, earlier, renamed)
        self._settle_queries(outcome)
        self._settle_proposals(outcome)
        if self.history.text("plan", "", "confirm_at_once") == "Yes":
            self._confirm_all(outcome)
        return outcome

    def record(self, outcome: Outcomes) -> None:
        """The return with its cells, values, findings and queries; then what was settled in it."""
        document = outcome.answers.document
        received = replace(
            ReceivedFile.of(outcome.receipt, outcome.answers),
            replaces=outcome.replaces.id if outcome.replaces else None,
            answers_sha=outcome.answers.sha,
            completed_by=outcome.answers.completed_by,
            subgroup=document.subgroup,
            round=document.round,
        )
        # What earlier attempts at this very file asked: it is judged again, so that is asked no more.
        overtaken = self.register.open_queries(sha256=received.sha256) if outcome.replaces else []
        return_id = add_return(self.batch, received)
        for old in overtaken:
            done = {"subject": query_subject(old.id), "choice": "Received again", "by": "The board officer"}
            self.batch.add(tables.SETTLEMENT, **done, typed="", return_id=return_id)
        record_return(self.batch, received, return_id, outcome.merged)
        for query, about, choice, typed, values in outcome.settled:
            by = outcome.answers.completed_by or "The board officer"
            name = query_subject(query.id) if query else about
            made = self.batch.add(
                tables.SETTLEMENT, subject=name, choice=choice, typed=typed, by=by, return_id=return_id
            )
            for one in values:
                self.batch.add_value(one.key, one.value, one.scope, one.round, settlement=made)
        for query in outcome.asked_again:
            told = (query.code, query.round, query.subgroup, query.message)
            cells = [replace(one, head=self.history.head(one.key, one.scope, one.round).value) for one in query.cells]
            add_query(self.batch, query.return_id, told, cells)

    def _withdrawn(self, cells: list[Cell]) -> tuple[list[Cell], list[Finding]]:
        """What was said of rows that have been taken out of the plan meanwhile: a query each."""
        gone: list[Finding] = []
        kept: list[Cell] = []
        for cell in cells:
            removed = cell.blocked is None and self.history.text(cell.key.record, cell.key.ref, "removed") == "Yes"
            if removed and cell.value != cell.base:
                gone.append(
                    self.messages.finding(
                        "row_withdrawn", address=cell.address, key=cell.key, entered=cell.entered, ref=cell.key.ref
                    )
                )
                cell = cell._replace(blocked=Outcome.QUERY)  # noqa: PLW2901 - the cell as it is kept
            kept.append(cell)
        return kept, gone

    def _lineage(self, answers: Answers, said: ReturnFacts | None) -> tuple[ReturnFacts | None, list[Finding]]:
        """The earlier return that this one says it replaces: the officer's word, or the form's if there is just one."""
        if said:
            return said, [self._told_replaces(said)]
        if answers.form.get("corrects") != "Yes":
            return None, []
        mine = self.register.returns_standing(answers.document.id)
        if len(mine) == 1:
            return mine[0], [self._told_replaces(mine[0])]
        where = next(one for one, _ in answers.typed("form") if one.key.field == "corrects")
        return None, [
            self.messages.finding(
                "lineage_unclear", address=where.address, key=where.key, entered="Yes", count=len(mine) or "none"
            )
        ]

    def _told_replaces(self, one: ReturnFacts) -> Finding:
        return self.messages.finding(
            "replaces", received=PartialDate.of_iso(one.received).words, sha=one.sha256[:SHA_SHOWN]
        )

    def _further(
        self, answers: Answers, receipt: Receipt, earlier: ReturnFacts | None, renamed: dict[Key, Key]
    ) -> Iterable[Cell]:
        """The cells with each further action under a ref of its own: the same for the same row of the same lineage."""
        rows: dict[str, list[Cell]] = {}
        for cell in answers.cells():
            if cell.key.record == "further":
                rows.setdefault(cell.key.ref, []).append(cell)
            else:
                yield cell
        lineage = self._root(earlier) if earlier else receipt.sha256
        for row, typed in rows.items():
            ref = self.further.get((lineage, row))
            if ref is None and not any(cell.entered.strip() for cell in typed):
                continue
            if ref is None:
                ref = self._new_ref(answers.document.subgroup, self.further.values())
                self.further[lineage, row] = ref
                self.batch.add(tables.FURTHER, lineage=lineage, row=row, ref=ref)
            renamed.update({cell.key: Key("action", ref, cell.key.field) for cell in typed})
            yield from self._as_action(ref, typed, answers)

    def _new_ref(self, subgroup: str, taken: Iterable[str]) -> str:
        used = set(taken)
        return next(ref for number in range(1, len(used) + 2) if (ref := f"{subgroup}.F{number}") not in used)

    def _as_action(self, ref: str, typed: list[Cell], answers: Answers) -> Iterable[Cell]:
        fields = schemas.load_records()["action"]
        refs = {
            "ref": ref,
            "agreement": "Proposed",
            "proposed_by": answers.document.subgroup,
            "subgroups": answers.document.subgroup,
        }
        for name, value in refs.items():
            key = Key("action", ref, name)
            if not self.history.standing(key).value:
                yield Cell(key, fields[name], typed[0].address, "", value)
        for cell in typed:
            value = cell.value.partition(" ")[0] if cell.key.field == "theme" and cell.blocked is None else cell.value
            yield cell._replace(key=Key("action", ref, cell.key.field), value=value)

    def _root(self, earlier: ReturnFacts) -> str:
        """SHA-256 of the first return of the chain of corrections that this one is in."""
        chain = [earlier]
        while chain[-1].id not in self.lineages and chain[-1].replaces is not None:
            chain += self.register.returns(id=chain[-1].replaces)
        root = self.lineages.get(chain[-1].id, chain[-1].sha256)
        self.lineages.update((one.id, root) for one in chain)
        return root

    def _settle_queries(self, outcome: Outcomes) -> None:
        """The officer's choices on `Queries`: applied, refused with a finding, or asked again."""
        form = {(one.key.ref, one.key.field): (one, row) for one, row in outcome.answers.typed("query")}
        if not form:
            return
        queries = {str(one.id): one for one in self.register.open_queries()}
        blocked = blocked_by(outcome.answers.findings)
        for (ref, name), (one, row) in form.items():
            choice = one.value
            if name != "choice" or not choice or one.key in blocked:
                continue
            typed = row.text("typed")
            if ref in queries:
                self._settle(outcome, queries[ref], typed, one, row)
            elif (done := find_settlement(self.register, int(ref))) and (done.choice, done.typed) != (choice, typed):
                told = f"{done.choice}, by {done.by}"
                finding = self.messages.finding(
                    "settled_already", address=one.address, key=one.key, entered=typed or choice, ref=ref, settled=told
                )
                outcome.more.append(finding)

    def _settle(self, outcome: Outcomes, query: OpenQuery, typed: str, where: Cell, row: AnswerRow) -> None:
        """One choice; `where` is its cell, in whose `row` stands what the officer was shown."""
        fresh = is_fresh(query, self.history, row.text("head"), schemas.title_of)
        settled = settle(query, where.value, typed, self.messages, self._read, where.address, fresh=fresh)
        if settled.finding is None:
            self._apply(outcome, query, "", where.value, typed, settled.values)
            return
        outcome.more.append(settled.finding)
        if settled.finding.code == "settled_meanwhile":
            outcome.settled.append((query, "", "Asked again", typed, ()))
            outcome.asked_again.append(query)

    def _settle_proposals(self, outcome: Outcomes) -> None:
        """The officer's word on `To confirm`."""
        answers = [*outcome.answers.typed("proposal")]
        offered = {one.ref: one for one in proposals(self.history, self.rounds)} if answers else {}
        for one, row in answers:
            ref, word, shown = one.key.ref, one.value, row.text("proposed")
            if word not in ("Yes", "No"):
                continue
            proposal = offered.get(ref)
            if proposal is None or not (shown == proposal.shown or (proposal.no and shown.startswith(proposal.title))):
                outcome.more.append(
                    self.messages.finding("proposal_gone", address=one.address, key=one.key, entered=word, ref=ref)
                )
                continue
            if word == "Yes" and proposal.yes is None:
                told = self.messages.finding(
                    "proposal_without_theme", address=one.address, key=one.key, entered=word, ref=proposal.action
                )
                outcome.more.append(told)
                continue
            value = proposal.yes if word == "Yes" else proposal.no
            self._apply(outcome, None, subject(proposal), word, "", (value,) if value else ())

    def _confirm_all(self, outcome: Outcomes) -> None:
        """The plan says that proposals are confirmed at once."""
        for proposal in list(proposals(self.history, self.rounds)):
            if proposal.yes is not None:
                self._apply(outcome, None, subject(proposal), "Yes", "", (proposal.yes,))

    def _apply(
        self,
        outcome: Outcomes,
        query: OpenQuery | None,
        about: str,
        choice: str,
        typed: str,
        values: tuple[NewValue, ...],
    ) -> None:
        kept = tuple(
            replace(one, round=max(one.round, self.history.head(one.key, one.scope, one.round).round))
            if one.scope == "standing"
            else one
            for one in values
        )
        outcome.settled.append((query, about, choice, typed, kept))
        for one in kept:
            source = Source("officer", outcome.answers.completed_by, outcome.receipt.file, self.batch.at, settled=True)
            self.history.add(Held(one.key, one.value, one.scope, one.round, self.history.next_seq(), source))

    def _read(self, key: Key, text: str) -> str | None:
        """A text tidied for its field; None if it does not fit."""
        about = schemas.load_records()[key.record].get(key.field)
        if about is None:
            return text
        tidied = tidy(text, about, year=self.year)
        blocks = any(self.messages.by_code[one.code].severity.blocks for one in tidied.remarks)
        return None if blocks else tidied.value


def _of_correction(cell: Cell, base: str, stands: Collection[Key | None]) -> Cell:
    """A cell of a correction, compared with what the earlier return said: that stands where it says no change."""
    return cell._replace(base=base, value=base if cell.key in stands else cell.value)


def _form_cell(cell: Cell, round_code: str) -> MergedCell:
    """A cell of a form: it belongs to the return and is never merged."""
    untouched = cell.value == cell.base and not cell.entered.strip()
    return MergedCell(cell, NOTHING, cell.blocked or (Outcome.UNTOUCHED if untouched else Outcome.TAKEN), round_code)
