"""Merging the returns of one batch, one after the other, and recording what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from plan_sheets.core.answers.answers import Answers, Cell
from plan_sheets.core.answers.merge import MergedCell, merge_return
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.document import FEEDBACK, OF_SUBGROUPS
from plan_sheets.core.book.layout import Field
from plan_sheets.core.editions.by_ref import SPILLED, read_typed_rows
from plan_sheets.core.editions.public_text import (
    RECORD,
    RESTS_ON,
    list_released,
    list_rests,
    make_rest_cells,
)
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.history import NOTHING, SAID, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.rating.ratings import rows_at
from plan_sheets.core.rating.succession import find_succession, list_words
from plan_sheets.core.returned.gone_on import GoneOnReader, follow, tell_followed, tell_merged
from plan_sheets.store import schemas
from plan_sheets.store.receiving.lineage import find_answered, leave_to_officer, list_queries, tell_replaces
from plan_sheets.store.receiving.said import Listener
from plan_sheets.store.receiving.settle_answers import Merging, NewSettlement, Settler
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch, is_standing_or_of
from plan_sheets.store.register.desk import list_merged
from plan_sheets.store.register.editions import batch_of, read_last_value
from plan_sheets.store.register.reads import read_new_rows
from plan_sheets.store.register.record import ReceivedFile, add_return, record_return
from plan_sheets.store.register.register import ReturnFacts
from plan_sheets.store.register.settling.held import ANSWERED, settle_held
from plan_sheets.store.register.settling.listed import are_met
from plan_sheets.store.register.settling.subjects import OFFICE, query_subject
from plan_sheets.store.register.standings import list_moved

STANDS = "phrase_stands"
"""The code of the finding that a cell says no more than that nothing has changed."""


class Merger:
    """Merges the returns of one batch into the register's heads, which move on as it goes."""

    def __init__(self, batch: Batch, messages: Messages) -> None:
        self.batch = batch
        self.messages = messages
        self.register = batch.register
        self.reads_all = False
        """Whether everything is in the history; else what the returns meet that are at hand: see `read_for`."""
        self._look(History())
        self.new_rows = read_new_rows(self.register)
        """The ref of each row that a subgroup added, by the return that it first came in, its record and its row."""
        self.lineages: dict[int, str] = {}
        """SHA-256 of the first return of each chain of corrections, by the id of each return in it."""

    def _look(self, history: History) -> None:
        """Merge into these heads from now on."""
        self.history = history
        self.succession = find_succession(history)
        self.settler = Settler(self.batch, self.messages, history)

    def read_for(self, returns: Sequence[Return]) -> None:
        """Read the heads that these returns meet, and no others; all of them for what is no return of a subgroup.

        What was merged before is in the register by now, so that all of it can be read anew. Of the plan these are the
        rows that any of them speaks of, and those that actions went on as, or came from.
        """
        if self.reads_all:
            return
        met = [returned.answers for returned in returns if returned.answers and returned.is_to_merge]
        if any(answers.document.kind not in OF_SUBGROUPS for answers in met):
            self._read_all()
            return
        theirs = {answers.document.subgroup for answers in met}
        added = (ref for ref in self.new_rows.values() if ref.partition(".")[0] in theirs)
        moved = {*list_moved(self.register), *list_merged(self.register)}
        refs = {*theirs, *added, *moved}.union(*(answers.list_refs() for answers in met))
        rounds = {answers.document.round for answers in met}
        self._look(self.register.history(is_standing_or_of(rounds), are_met(refs)))
        if self.settler.confirms_at_once:
            self._read_all()  # what was proposed of any action, in any round, is confirmed then

    def _read_all(self) -> None:
        self.reads_all = True
        self._look(self.batch.history())

    def merge(self, returned: Return, answers: Answers, replaces: ReturnFacts | None) -> None:
        """Steps 9 and 10 for one return: its lineage, cell by cell, what the officer settled in it; then all recorded.

        It is one of those that the heads were read for. `replaces`: the return that the officer says it replaces, None
        if that was not said.
        """
        earlier, findings = self._earlier(answers, replaces)
        merging = Merging(returned, answers, earlier, self.register.next_bases(earlier.id) if earlier else {})
        renamed: dict[Key, Key] = {}
        cells = self._cells(merging, renamed)
        returned.findings += findings
        document = answers.document
        name, at = Path(returned.file).name, self.batch.at
        source = Source(document.kind, answers.completed_by, name, at, document.subgroup, 0, document.id)
        reader = GoneOnReader(self.history, self.succession, document.round, self.messages, merging.corrected)
        gone_on = reader.look(cells)
        returned.findings += [*gone_on.findings, *tell_merged(document.subgroup, self.history, self.messages)]
        plan_cells = [cell for cell in gone_on.block(cells) if cell.scope != "form"]
        released = list_released(answers, self.history, document.round, renamed)
        rounds = [code for code in self.settler.rounds if code <= document.round]
        rested = list_rests(self.history, rounds) if released and rounds else {}
        merging.merged = merge_return(
            plan_cells,
            [finding for finding in returned.findings if finding.key is None or finding.key.record != SAID],
            self.history,
            document.round,
            source,
            self.messages,
            # What the officer changes of the plan is held to the same rule as plan.xlsx itself.
            stands_from=self.register.first_open() if document.kind == "officer" else None,
        )
        reader.ask(merging.merged, gone_on.asked)
        returned.findings += merging.merged.findings
        form = [cell for cell in cells if cell.scope == "form" and cell.key.record != SAID]
        merging.merged.cells += [_form_cell(cell, document.round) for cell in form]
        self._merge_said(merging)
        self.settler.settle(merging)
        if merging.settlements:  # one of them may say what took the place of what
            self.succession = find_succession(self.history)
        if rested:
            now = list_rests(self.history, rounds)
            rest = schemas.load_records()[RECORD][RESTS_ON]
            texts = make_rest_cells(released, rested, now, self.history, document.round, rest)
            merging.merged.cells += merge_return(texts, (), self.history, document.round, source, self.messages).cells
        returned.changes, returned.conflicts = _count_changes(merging), merging.merged.count(Outcome.CONFLICT)
        returned.queries = len(merging.merged.queries) + len(merging.asked_again)
        self._record(merging)

    def _merge_said(self, merging: Merging) -> None:
        """What the officer was told by other ways than a return."""
        adding = self._add_row, self._as_row
        listener = Listener(self.batch, self.messages, self.history, self.settler.rounds, self.new_rows, *adding)
        heard = listener.hear(merging.returned, merging.answers)
        merging.merged.cells += heard.merged.cells
        merging.merged.queries += heard.merged.queries
        merging.answered += heard.answered

    def _cells(self, merging: Merging, renamed: dict[Key, Key]) -> list[Cell]:
        """The cells as they are merged: added rows by their refs, a correction compared with what it corrects.

        `renamed` is filled with the new key of each cell of a row that went out blank.
        """
        returned, earlier = merging.returned, merging.replaces
        named = [*self._name_new_rows(merging, renamed)]
        named = self._name_typed_rows(named, merging, renamed) if merging.answers.document.kind == "officer" else named
        followed = follow(named, self.succession, merging.answers.document.round)
        cells = [cell._replace(key=followed.get(cell.key, cell.key)) for cell in named]
        returned.rename(renamed | followed)
        if earlier:
            merging.queries = list_queries(self.register, earlier)
            merging.asked = leave_to_officer(returned, merging.queries, self.messages)
            stands = merging.asked | {finding.key for finding in returned.findings if finding.code == STANDS}
            cells = [_of_correction(cell, merging.corrected.get(cell.key, cell.base), stands) for cell in cells]
        returned.findings += tell_followed(followed, cells, self.messages)
        removed = {row: self._is_removed(*row) for row in {cell.key[:2] for cell in cells}}
        return [self._of_row(cell, returned) if removed[cell.key[:2]] else cell for cell in cells]

    def _is_removed(self, record: str, ref: str) -> bool:
        """Whether a row has been taken out of the plan; an action, whether all are that took its place."""
        heirs = self.succession.list_heirs(ref) if record == "action" else [ref]
        return all(self.history.text(record, heir, "removed") == "Yes" for heir in heirs)

    def _of_row(self, cell: Cell, returned: Return) -> Cell:
        """A cell of a row that has been taken out of the plan meanwhile: a query, where it says anything."""
        key = cell.key
        if cell.blocked is not None or cell.value == cell.base:
            return cell
        heirs = self.succession.list_heirs(key.ref) if key.record == "action" else [key.ref]
        ref = key.ref if heirs == [key.ref] else f"{key.ref} (now {list_words(heirs)})"
        returned.findings.append(
            self.messages.finding("row_withdrawn", address=cell.address, key=key, entered=cell.entered, ref=ref)
        )
        return cell._replace(blocked=Outcome.QUERY)

    def _record(self, merging: Merging) -> None:
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
            self.settler.record_settlement(settlement, return_id, OFFICE)
        for query in answered:
            settlement = NewSettlement(query_subject(query.id), "Answered anew")
            self.settler.record_settlement(settlement, return_id, answers.completed_by or "The chair")
        record_return(self.batch, received, return_id, merging.merged, merging.returned.findings)
        self.settler.record(merging, return_id)
        self._settle_messages(merging, return_id)

    def _settle_messages(self, merging: Merging, return_id: int) -> None:
        """The held e-mails without a workbook that are dealt with on `Said to me`."""
        held = self.register.set_aside("held") if merging.answered else ()
        by = merging.answers.completed_by or OFFICE
        for file in (file for file in held if file.number in merging.answered):
            settle_held(self.batch, file.sha256, ANSWERED, "Entered on Said to me", by, return_id)

    def _list_answered(self, merging: Merging) -> list[OpenQuery]:
        """The queries about what earlier returns of its lineage said in cells that this one answers anew: all of each.

        What is not right in it yet, and what was left as it was, answers nothing.
        """
        says_all = merging.answers.document.kind == FEEDBACK
        left = {Outcome.ERROR, Outcome.MASKED} | (set() if says_all else {Outcome.UNTOUCHED})
        anew = {met.cell.key for met in merging.merged.cells if met.outcome not in left} - merging.asked
        return [query for query in merging.queries if query.cells and all(cell.key in anew for cell in query.cells)]

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

    def _name_new_rows(self, merging: Merging, renamed: dict[Key, Key]) -> Iterator[Cell]:
        """The cells, each row that was added under a ref of its own: the same for the same row of the same lineage.

        `renamed` is filled with the new key of each cell of such a row.
        """
        answers, earlier = merging.answers, merging.replaces
        rows: dict[tuple[str, str], list[Cell]] = {}

        lineage = self._root(earlier) if earlier else merging.returned.sha256

        def is_met(key: Key) -> bool:
            """Whether the earlier return may have said anything there, under whatever ref."""
            if key.ref.isdecimal():
                return (lineage, key.record, key.ref) in self.new_rows
            return key.ref in self.succession.after or bool(merging.corrected.get(key))

        for cell in answers.cells(merging.returned.findings, is_met):
            if cell.field.new_rows and cell.key.ref.isdecimal():  # a row that was there before has its ref
                rows.setdefault((cell.key.record, cell.key.ref), []).append(cell)
            else:
                yield cell
        for (record, row), typed in rows.items():
            is_there = (lineage, record, row) in self.new_rows
            if not is_there and not any(cell.entered.strip() for cell in typed):
                continue
            ref = self._add_row(lineage, record, row, answers.document.subgroup, typed[0].field)
            becomes = typed[0].field.become or record
            renamed.update({cell.key: Key(becomes, ref, cell.key.field) for cell in typed})
            yield from self._as_row(becomes, ref, typed, answers.document.subgroup)

    def _name_typed_rows(self, cells: list[Cell], merging: Merging, renamed: dict[Key, Key]) -> list[Cell]:
        """The cells, those of the officer's blank rows about the rows of the plan whose refs were typed in them."""
        document = merging.answers.document
        last = read_last_value(self.register, batch_of(self.register, document.id))

        def find_stood(key: Key, scope: str) -> str:
            stood = History.of(held for held in self.history.by_key.get(key, ()) if held.seq <= last)
            return stood.head(key, scope, document.round).value

        typed = read_typed_rows(cells, lambda: rows_at(self.history), find_stood, self.messages)
        told = [each for each in merging.returned.findings if each.code != SPILLED or each.key not in typed.refused]
        merging.returned.findings[:] = [*told, *typed.findings]
        renamed.update(typed.renamed)
        return typed.cells

    def _add_row(self, lineage: str, record: str, row: str, subgroup: str, field: Field) -> str:
        """The ref of a row that was added: a new one, if it has none yet."""
        place = lineage, record, row
        if place not in self.new_rows:
            self.new_rows[place] = self._new_ref(subgroup, field)
            self.batch.add(tables.NEW_ROW, lineage=lineage, record=record, row=row, ref=self.new_rows[place])
        return self.new_rows[place]

    def _new_ref(self, subgroup: str, field: Field) -> str:
        """The first free ref of a row that a subgroup added: `DA.F2` of a further action, `DA.R1` of a risk."""
        taken = set(self.new_rows.values())
        stem = f"{subgroup}.{field.record[0].upper()}"
        return next(ref for number in range(1, len(taken) + 2) if (ref := f"{stem}{number}") not in taken)

    def _as_row(self, record: str, ref: str, typed: Sequence[Cell], subgroup: str) -> Iterator[Cell]:
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


def _of_correction(cell: Cell, base: str, stands: Collection[Key | None]) -> Cell:
    """A cell of a correction, compared with what the earlier return said: that stands where it says no change."""
    if cell.key in stands:
        return cell._replace(base=base, value=base, blocked=None)
    return cell._replace(base=base) if base != cell.base else cell


def _form_cell(cell: Cell, round_code: str) -> MergedCell:
    """A cell of a form: it belongs to the return and is never merged."""
    untouched = cell.value == cell.base and not cell.entered.strip()
    return MergedCell(cell, NOTHING, cell.blocked or (Outcome.UNTOUCHED if untouched else Outcome.TAKEN), round_code)


def _count_changes(merging: Merging) -> int:
    """How many values a return changed; what the program itself says of a row that was added is none of them."""
    taken = sum(
        merged_cell.outcome is Outcome.TAKEN
        and merged_cell.cell.scope in ("standing", "round")
        and bool(merged_cell.cell.entered or not merged_cell.cell.value)
        for merged_cell in merging.merged.cells
    )
    return taken + sum(len(settlement.values) for settlement in merging.settlements)
