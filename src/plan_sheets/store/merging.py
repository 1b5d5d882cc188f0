"""Merging the returns of one batch, one after the other, and recording what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from plan_sheets.core.history import NOTHING, Held, Source
from plan_sheets.core.layout import as_text
from plan_sheets.core.located import Typed
from plan_sheets.core.merge import Cell, Merged, MergedCell, merge_return
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Finding, Key, Outcome, PartialDate, Verdict
from plan_sheets.core.reading import Reading
from plan_sheets.core.settle import NewValue, OpenQuery, is_fresh, proposals, settle, subject
from plan_sheets.core.tidy import tidy
from plan_sheets.store import recording, schemas, tables
from plan_sheets.store.batch import Batch
from plan_sheets.store.inbox import Incoming
from plan_sheets.store.register import ReturnFacts, query_subject

SHA_SHOWN = 12


@dataclass(slots=True)
class Outcomes:
    """What merging one return came to. `more`: findings that only the merge could know."""

    reading: Reading
    incoming: Incoming
    merged: Merged
    more: list[Finding]
    completed_by: str
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
        self.further = {(one.lineage, one.row): one.ref for one in self.register.rows(tables.FURTHER)}
        """The ref of each further action, by the return that it first came in and its row there."""
        self.year = int(self.history.text("plan", "", "year")[:4] or 0)

    def merge(self, reading: Reading, incoming: Incoming, completed_by: str, replaces: ReturnFacts | None) -> Outcomes:
        """Merge one return: lineage first, then cell by cell, then what the officer settled in it."""
        document = reading.document
        earlier, told = self._lineage(reading, replaces)
        base = self._answers(earlier) if earlier else {}
        renamed: dict[Key, Key] = {}
        cells = [
            replace(one, base=base[one.key]) if base.get(one.key, one.base) != one.base else one
            for one in self._further(reading, incoming, earlier, renamed)
        ]
        findings = [replace(one, key=renamed[one.key]) if one.key in renamed else one for one in reading.findings]
        cells, gone = self._withdrawn(cells)
        findings += gone
        source = Source(
            document.kind, completed_by, Path(incoming.name).name, self.batch.at, document.subgroup, 0, document.id
        )
        plan_cells = [one for one in cells if one.scope != "form"]
        merged = merge_return(plan_cells, [*findings, *told], self.history, document.round, source, self.messages)
        more = [*gone, *told, *merged.findings[len(findings) + len(told) :]]
        merged.cells += [_form_cell(one, document.round) for one in cells if one.scope == "form"]
        outcome = Outcomes(reading, incoming, merged, more, completed_by, earlier, renamed)
        self._settle_queries(outcome)
        self._settle_proposals(outcome)
        if self.history.text("plan", "", "confirm_at_once") == "Yes":
            self._confirm_all(outcome)
        return outcome

    def record(self, outcome: Outcomes, verdict: Verdict, saved_by: str) -> None:
        """The return with its cells, values, findings and queries; then what was settled in it."""
        document = outcome.reading.document
        received = recording.Received(
            outcome.incoming.sha,
            Path(outcome.incoming.name).name,
            document.kind,
            verdict,
            document.id,
            outcome.replaces.id if outcome.replaces else None,
            outcome.reading.answers_sha,
            saved_by,
            outcome.completed_by,
            json.dumps(outcome.reading.form, ensure_ascii=False),
            outcome.incoming.sent_by,
            outcome.incoming.sent_at,
            document.subgroup,
            document.round,
        )
        overtaken = self._overtaken(outcome) if outcome.replaces else []
        return_id = recording.add_return(self.batch, received)
        for old in overtaken:
            done = {"subject": query_subject(old.id), "choice": "Received again", "by": "The board officer"}
            self.batch.add(tables.SETTLEMENT, **done, typed="", return_id=return_id)
        recording.record_return(self.batch, received, return_id, outcome.merged)
        for query, about, choice, typed, values in outcome.settled:
            by = outcome.completed_by or "The board officer"
            name = query_subject(query.id) if query else about
            made = self.batch.add(
                tables.SETTLEMENT, subject=name, choice=choice, typed=typed, by=by, return_id=return_id
            )
            for one in values:
                self.batch.add_value(one.key, one.value, one.scope, one.round, settlement=made)
        for query in outcome.asked_again:
            told = (query.code, query.round, query.subgroup, query.message)
            cells = [replace(one, head=self.history.head(one.key, one.scope, one.round).value) for one in query.cells]
            recording.add_query(self.batch, query.return_id, told, cells)

    def _overtaken(self, outcome: Outcomes) -> list[OpenQuery]:
        """What earlier attempts at this very file asked: it is judged again, so that is asked no more."""
        attempts = {one.id for one in self.register.returns() if one.sha256 == outcome.incoming.sha}
        return [one for one in self.register.open_queries() if one.return_id in attempts]

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
                cell = replace(cell, blocked=Outcome.QUERY)  # noqa: PLW2901 - the cell as it is kept
            kept.append(cell)
        return kept, gone

    def _lineage(self, reading: Reading, said: ReturnFacts | None) -> tuple[ReturnFacts | None, list[Finding]]:
        """The earlier return that this one says it replaces: the officer's word, or the form's if there is just one."""
        if said:
            return said, [self._told_replaces(said)]
        if reading.form.get("corrects") != "Yes":
            return None, []
        before = self.register.returns()
        replaced = {one.replaces for one in before}
        mine = [
            one for one in before if one.document == reading.document.id and one.answers_sha and one.id not in replaced
        ]
        if len(mine) == 1:
            return mine[0], [self._told_replaces(mine[0])]
        where = next(one for one in reading.typed if one.key.field == "corrects")
        return None, [
            self.messages.finding(
                "lineage_unclear", address=where.address, key=where.key, entered="Yes", count=len(mine) or "none"
            )
        ]

    def _told_replaces(self, one: ReturnFacts) -> Finding:
        return self.messages.finding(
            "replaces", received=PartialDate.of_iso(one.received).words, sha=one.sha256[:SHA_SHOWN]
        )

    def _answers(self, earlier: ReturnFacts) -> Mapping[Key, str]:
        """What an earlier return counts as having said, cell by cell."""
        entries = self.register.rows(tables.ENTRY)
        return {Key(one.record, one.ref, one.field): one.next_base for one in entries if one.return_id == earlier.id}

    def _further(
        self, reading: Reading, incoming: Incoming, earlier: ReturnFacts | None, renamed: dict[Key, Key]
    ) -> Iterable[Cell]:
        """The cells with each further action under a ref of its own: the same for the same row of the same lineage."""
        rows: dict[str, list[Cell]] = {}
        for cell in reading.cells(blank=earlier is not None):
            if cell.key.record == "further":
                rows.setdefault(cell.key.ref, []).append(cell)
            else:
                yield cell
        lineage = self._root(earlier).sha256 if earlier else incoming.sha
        for row, typed in rows.items():
            ref = self.further.get((lineage, row))
            if ref is None and not any(cell.entered.strip() for cell in typed):
                continue
            if ref is None:
                ref = self._new_ref(reading.document.subgroup, self.further.values())
                self.further[lineage, row] = ref
                self.batch.add(tables.FURTHER, lineage=lineage, row=row, ref=ref)
            renamed.update({cell.key: Key("action", ref, cell.key.field) for cell in typed})
            yield from self._as_action(ref, typed, reading)

    def _new_ref(self, subgroup: str, taken: Iterable[str]) -> str:
        used = set(taken)
        return next(ref for number in range(1, len(used) + 2) if (ref := f"{subgroup}.F{number}") not in used)

    def _as_action(self, ref: str, typed: list[Cell], reading: Reading) -> Iterable[Cell]:
        refs = {
            "ref": ref,
            "agreement": "Proposed",
            "proposed_by": reading.document.subgroup,
            "subgroups": reading.document.subgroup,
        }
        for name, value in refs.items():
            key = Key("action", ref, name)
            if not self.history.standing(key).value:
                yield Cell(key, name, "standing", typed[0].address, "", value, "")
        for cell in typed:
            value = cell.value.partition(" ")[0] if cell.key.field == "theme" and cell.blocked is None else cell.value
            yield replace(cell, key=Key("action", ref, cell.key.field), value=value)

    def _root(self, earlier: ReturnFacts) -> ReturnFacts:
        """The first return of a chain of corrections."""
        by_id = {one.id: one for one in self.register.returns()}
        while earlier.replaces is not None:
            earlier = by_id[earlier.replaces]
        return earlier

    def _settle_queries(self, outcome: Outcomes) -> None:
        """The officer's choices on `Queries`: applied, refused with a finding, or asked again."""
        form = {(one.key.ref, one.key.field): one for one in outcome.reading.typed if one.key.record == "query"}
        if not form:
            return
        queries = {str(one.id): one for one in self.register.open_queries()}
        earlier = {one.subject: one for one in self.register.rows(tables.SETTLEMENT)}
        blocked = {one.key for one in outcome.reading.findings if one.key and one.severity.blocks}
        for (ref, name), one in form.items():
            choice = outcome.reading.values[one.key]
            if name != "choice" or not choice or one.key in blocked:
                continue
            typed_cell = form.get((ref, "typed"))
            typed = outcome.reading.values[typed_cell.key] if typed_cell else ""
            if ref in queries:
                self._settle(outcome, queries[ref], choice, typed, one)
            elif (done := earlier.get(query_subject(int(ref)))) and (done.choice, done.typed) != (choice, typed):
                told = f"{done.choice}, by {done.by}"
                finding = self.messages.finding(
                    "settled_already", address=one.address, key=one.key, entered=typed or choice, ref=ref, settled=told
                )
                outcome.more.append(finding)

    def _settle(self, outcome: Outcomes, query: OpenQuery, choice: str, typed: str, where: Typed) -> None:
        """One choice; `where` is its cell, in whose row stands what the officer was shown."""
        cells = zip(where.sheet.columns, where.row.cells, strict=True)
        shown = next(as_text(content) for column, content in cells if column.field.name == "head")
        fresh = is_fresh(query, self.history, shown, schemas.title_of)
        settled = settle(query, choice, typed, self.messages, self._read, where.address, fresh=fresh)
        if settled.finding is None:
            self._apply(outcome, query, "", choice, typed, settled.values)
            return
        outcome.more.append(settled.finding)
        if settled.finding.code == "settled_meanwhile":
            outcome.settled.append((query, "", "Asked again", typed, ()))
            outcome.asked_again.append(query)

    def _settle_proposals(self, outcome: Outcomes) -> None:
        """The officer's word on `To confirm`."""
        answers = {one.key.ref: one for one in outcome.reading.typed if one.key.record == "proposal"}
        offered = {one.ref: one for one in proposals(self.history, self.rounds)} if answers else {}
        for ref, one in answers.items():
            word = outcome.reading.values[one.key]
            if word not in ("Yes", "No"):
                continue
            proposal = offered.get(ref)
            shown = next(
                as_is
                for column, as_is in zip(one.sheet.columns, one.row.cells, strict=True)
                if column.field.name == "proposed"
            )
            if proposal is None or not (
                str(shown) == proposal.shown or (proposal.no and str(shown).startswith(proposal.title))
            ):
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
            source = Source("officer", outcome.completed_by, outcome.incoming.name, self.batch.at, settled=True)
            self.history.add(Held(one.key, one.value, one.scope, one.round, self.history.next_seq(), source))

    def _read(self, key: Key, text: str) -> str | None:
        """A text tidied for its field; None if it does not fit."""
        about = schemas.load_records()[key.record].get(key.field)
        if about is None:
            return text
        tidied = tidy(text, about, year=self.year)
        blocks = any(self.messages.by_code[one.code].severity.blocks for one in tidied.remarks)
        return None if blocks else tidied.value


def _form_cell(cell: Cell, round_code: str) -> MergedCell:
    """A cell of a form: it belongs to the return and is never merged."""
    untouched = cell.value == cell.base and not cell.entered.strip()
    return MergedCell(cell, NOTHING, cell.blocked or (Outcome.UNTOUCHED if untouched else Outcome.TAKEN), round_code)
