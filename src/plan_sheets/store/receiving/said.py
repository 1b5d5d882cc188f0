"""Merging the rows of `Said to me`: each is one cell of a return that nobody sent, said by whoever is named in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from plan_sheets.core.answers.answers import AnswerRow, Answers, Cell, SaidBy, blocked_by, month_ends
from plan_sheets.core.answers.merge import Merged, MergedCell, merge_return
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.findings import Finding, Outcome, Severity
from plan_sheets.core.model.history import NOTHING, SAID, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.ratings import rows_at
from plan_sheets.core.rating.succession import Succession, find_succession
from plan_sheets.core.returned.gone_on import GoneOnReader, find_heir, tell_followed
from plan_sheets.core.returned.said import Asked, Statement, find_group, list_sayable, make_cell, read_statement
from plan_sheets.store import schemas
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.editions import batch_of, read_last_value
from plan_sheets.store.register.reads import list_findings_of
from plan_sheets.store.register.tracing.said import SaidRow, list_said_rows

_OF_MESSAGE = "mail_without_workbook"
"""The code of the finding that an e-mail came without a workbook."""
_POSTCODE = "postcode"
_TEXT = "text"
_MASKED = Severity.MASKED
_NOT_TAKEN = (Severity.ERROR, Severity.QUERY)

NewRefs = dict[tuple[str, str, str], str]
"""The ref of each row that was added, by its lineage, its record and its row."""


class _Typed(NamedTuple):
    """A row as it came back: its ref, which it keeps, and its cells by field."""

    ref: str
    cells: Mapping[str, Cell]

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by field."""
        return {name: cell.entered for name, cell in self.cells.items() if cell.entered.strip()}


@dataclass(slots=True)
class Heard:
    """What became of all rows of a workbook."""

    merged: Merged = field(default_factory=Merged)
    answered: list[str] = field(default_factory=list)
    """The numbers of the e-mails without a workbook that are dealt with."""


@dataclass(slots=True)
class Listener:
    """Merges what was said, into the same heads as the returns of the batch."""

    batch: Batch
    messages: Messages
    history: History
    rounds: list[str]
    new_rows: NewRefs
    add_row: Callable[[str, str, str, str, Field], str]
    """The ref of a row that a subgroup added: of its lineage, record, row and subgroup, and a field of it."""
    fill_row: Callable[[str, str, Sequence[Cell], str], Iterable[Cell]]
    """The cells of such a row, of its record, ref, typed cells and subgroup."""
    _messages: dict[str, str] | None = None
    """The number of each e-mail without a workbook, by that in small letters; None until it is asked for."""

    def hear(self, returned: Return, answers: Answers) -> Heard:
        """Merge each row in which anything was typed; what is wrong with one is told, and that row waits."""
        rows: dict[str, dict[str, Cell]] = {}
        for cell, _ in answers.typed(SAID):
            rows.setdefault(cell.key.ref, {})[cell.key.field] = cell
        heard = Heard()
        if not rows:
            return heard
        known, asked = list_said_rows(self.batch.register), self._ask()
        for row, cells in rows.items():
            typed = self._name_row(row, cells, returned, answers)
            if typed is not None and not self._is_known(typed, known.get(typed.ref)):
                self._hear_row(typed, known.get(typed.ref), asked, returned, answers, heard)
            else:
                _forget(returned, typed or _Typed(row, cells))
        return heard

    def _ask(self) -> Asked:
        """What may be spoken of, as the plan stands now."""
        fields = list_sayable(schemas.load_workbook_spec("subgroup"))
        today = date.fromisoformat(self.batch.at[:10])
        told = self.messages, today, self._find_message
        rows, went_on = rows_at(self.history), find_succession(self.history).after
        there = {old: self.history.record("action", old) for old in went_on}
        return Asked(self.history, {**rows, "action": {**rows["action"], **there}}, self.rounds, fields, *told)

    def _name_row(self, row: str, cells: Mapping[str, Cell], returned: Return, answers: Answers) -> _Typed | None:
        """The row under the ref that it keeps; None of a fresh row in which nothing stands."""
        place = (answers.document.reference, SAID, row)
        ref = self.new_rows.get(place) if row.isdecimal() else row
        if ref is None:
            if not any(cell.entered.strip() for cell in cells.values()):
                return None
            taken = {known for (_, record, _), known in self.new_rows.items() if record == SAID}
            ref = self.new_rows[place] = f"SAID-{len(taken) + 1}"
            lineage, record, _ = place
            self.batch.add(tables.NEW_ROW, lineage=lineage, record=record, row=row, ref=ref)
        keys = {cell.key: Key(SAID, ref, cell.key.field) for cell in cells.values()}
        returned.rename(keys)
        blocked = blocked_by(returned.findings)
        named = {
            name: cell._replace(key=keys[cell.key], blocked=blocked.get(keys[cell.key]), said=SaidBy(ref))
            for name, cell in cells.items()
        }
        return _Typed(ref, named)

    def _is_known(self, typed: _Typed, known: SaidRow | None) -> bool:
        """Whether nothing is to be done about a row: it was merged as it stands, or it is empty."""
        if not typed.texts:
            return known is None or not known.is_wrong
        return known is not None and not known.is_wrong and known.texts == typed.texts

    def _hear_row(
        self, typed: _Typed, known: SaidRow | None, asked: Asked, returned: Return, answers: Answers, heard: Heard
    ) -> None:
        """One row: merged, or told of and kept as it was typed; one that was emptied waits no more."""
        if not typed.texts:
            _forget(returned, typed)
            heard.merged.cells += _keep(typed, Outcome.TAKEN)
            return
        # A field may be named otherwise than in the list of its cell: what is wrong with that is told here.
        named = typed.cells["field"].key if "field" in typed.texts else None
        returned.findings = [each for each in returned.findings if each.key != named or each.severity is _MASKED]
        statement, findings = read_statement(typed.cells, asked)
        returned.findings += findings
        blocked = {key.field for key in blocked_by(returned.findings) if (key.record, key.ref) == (SAID, typed.ref)}
        if statement is None or blocked - {_TEXT} or not typed.cells[_TEXT].value:
            _tell_all(typed, returned)
            heard.merged.cells += _keep(typed, Outcome.ERROR)
            return
        self._merge(typed, statement, known, returned, answers, heard)

    def _merge(
        self,
        typed: _Typed,
        statement: Statement,
        known: SaidRow | None,
        returned: Return,
        answers: Answers,
        heard: Heard,
    ) -> None:
        """What a row says, merged as the one cell of a return."""
        who = f"{statement.who}, typed in by {answers.completed_by or 'the board officer'}"
        succession, key = find_succession(self.history), statement.key
        statement = statement._replace(key=find_heir(key, statement.field.scope, succession, statement.round))
        cells, found = self._make_cells(typed, statement, known, answers, SaidBy(typed.ref, who))
        cell, text = cells[-1], typed.cells[_TEXT]
        about = {"heading": statement.field.title, "ref": cell.key.ref}
        returned.findings = [
            self._retell(each, cell, about) if each.key == text.key else each for each in returned.findings
        ]
        found += self._check(cell, statement.round) if cell.blocked is None and not blocked_by(found) else ()
        earlier = [each for each in returned.findings if (each.key, each.address) == (cell.key, cell.address)]
        cells[-1] = cell._replace(blocked=blocked_by([*earlier, *found]).get(cell.key))
        found += month_ends(cells[-1:], self.messages)
        followed = {key: statement.key} if statement.key != key else {}
        found += tell_followed(followed, cells, self.messages)
        source = Source(SAID, who, PurePath(returned.file).name, self.batch.at)
        shown = self._find_shown(typed, cell.key, succession, statement.round, answers)
        reader = GoneOnReader(self.history, succession, statement.round, self.messages, shown)
        gone_on = reader.look(cells)
        found += gone_on.findings
        taken, said_of = gone_on.block(cells), [*earlier, *found]
        merged = merge_return(taken, said_of, self.history, statement.round, source, self.messages)
        reader.ask(merged, gone_on.asked)
        returned.findings += [*found, *merged.findings]
        heard.merged.cells += merged.cells
        heard.merged.queries += [replace(query, round=statement.round) for query in merged.queries]
        outcome = merged.cells[-1].outcome
        is_wrong = outcome in (Outcome.ERROR, Outcome.MASKED)
        others = {name: cell for name, cell in typed.cells.items() if name != _TEXT}
        heard.merged.cells += _keep(typed._replace(cells=others), outcome if is_wrong else Outcome.TAKEN)
        heard.answered += [statement.answers] if statement.answers and not is_wrong else []

    def _retell(self, finding: Finding, cell: Cell, about: Mapping[str, str]) -> Finding:
        """A finding about what was said, as one about the fact; what asks about it names that."""
        if finding.code == _POSTCODE:
            return self.messages.remark(
                _POSTCODE, about, address=finding.address, key=cell.key, entered=finding.entered
            )
        return replace(finding, key=cell.key)

    def _make_cells(
        self, typed: _Typed, statement: Statement, known: SaidRow | None, answers: Answers, said: SaidBy
    ) -> tuple[list[Cell], list[Finding]]:
        """The cell of what was said, last; before it those of the row that it adds, if it proposes a further action."""
        key, about, text = statement.key, statement.field, typed.cells[_TEXT]
        theme = key.ref if about.become and key.record == about.record else ""
        whose = find_group(rows_at(self.history), theme) if theme else ""
        if theme:
            ref = self.add_row(answers.document.reference, key.record, typed.ref, whose, about)
            key = Key(about.become, ref, about.name)
        base = self._find_base(typed, key, statement, known, answers)
        year = Round.parse(statement.round).year if statement.round else self._year
        phrases = schemas.load_phrases()
        cell, found = make_cell(statement, key, text, base, phrases, self.messages, year=year)
        cell = cell._replace(said=said)
        if not theme:
            return [cell], found
        of_theme = schemas.load_records()[about.record]["theme"]
        beside = Cell(Key(about.record, ref, "theme"), of_theme, typed.cells["about"].address, theme, theme)
        *row, _ = self.fill_row(about.become, ref, [beside, cell], whose)
        return [*(each._replace(said=said._replace(row="")) for each in row), cell], found

    @property
    def _year(self) -> int:
        return int(self.history.text("plan", "", "year")[:4] or 0)

    def _find_base(self, typed: _Typed, key: Key, statement: Statement, known: SaidRow | None, answers: Answers) -> str:
        """What a row is compared with: what stood when its workbook was made, or what it said itself before."""
        scope = statement.field.scope
        is_same = known is not None and known.key == key and (scope == "standing" or known.round == statement.round)
        if known and is_same and not known.is_wrong and known.texts.get(_TEXT) != typed.texts.get(_TEXT):
            return known.value
        return self._find_stood(typed, key, answers).head(key, scope, statement.round).value

    def _find_stood(self, typed: _Typed, key: Key, answers: Answers) -> History:
        """The values of a fact that the officer could see when the workbook was made in which a row was typed."""
        lineages = {ref: lineage for (lineage, record, _), ref in self.new_rows.items() if record == SAID}
        last = self._find_last_value(lineages[typed.ref], answers)
        return History.of(held for held in self.history.by_key.get(key, ()) if held.seq <= last)

    def _find_shown(
        self, typed: _Typed, key: Key, succession: Succession, code: str, answers: Answers
    ) -> Mapping[Key, str]:
        """What the officer could see of the actions whose place one took, in the same field and round, by key."""
        keys = [key._replace(ref=old) for old in succession.list_forebears(key.ref)] if key.record == "action" else []
        return {old: self._find_stood(typed, old, answers).in_round(old, code).value for old in keys}

    def _find_last_value(self, reference: str, answers: Answers) -> int:
        """The id of the last value that had been recorded when a workbook was made."""
        register, document = self.batch.register, answers.document.id
        if reference != answers.document.reference:
            documents = register.document_facts()
            document = next(number for number, facts in documents.items() if facts.reference == reference)
        return read_last_value(register, batch_of(register, document))

    def _check(self, cell: Cell, code: str) -> list[Finding]:
        """The rules of its field, as for a return of its round."""
        from plan_sheets.core.answers.check import check_rows  # noqa: PLC0415 - pandas is there by now

        fields = schemas.load_records()[cell.key.record]
        beside = {
            name: self.history.head(cell.key._replace(field=name), about.scope, code).value
            for name, about in fields.items()
            if about.scope in ("standing", "round") and name != cell.key.field
        }
        begins = Round.parse(code).first_day if code else None
        row = AnswerRow((cell,), says_something=True, beside=beside, begins=begins)
        return check_rows([[row]], self.messages)[0]

    def _find_message(self, number: str) -> str:
        """The number of the e-mail without a workbook that has this number; "" if none has."""
        if number and self._messages is None:
            of_message = {each.return_id for each in list_findings_of(self.batch.register, _OF_MESSAGE)}
            files = [file for file in self.batch.register.returns(kind="") if file.id in of_message]
            self._messages = {file.number.casefold(): file.number for file in files}
        return (self._messages or {}).get(number.casefold(), "")


def _keep(typed: _Typed, outcome: Outcome) -> list[MergedCell]:
    """The cells of a row as they were typed: they are recorded, and nothing stands by them."""
    return [MergedCell(cell._replace(blocked=None), NOTHING, outcome, "") for cell in typed.cells.values()]


def _is_of(finding: Finding, typed: _Typed) -> bool:
    """Whether a finding is about a cell of a row."""
    return finding.key is not None and (finding.key.record, finding.key.ref) == (SAID, typed.ref)


def _forget(returned: Return, typed: _Typed) -> None:
    """Say nothing of a row about which nothing is to be done."""
    returned.findings = [each for each in returned.findings if not _is_of(each, typed)]


def _tell_all(typed: _Typed, returned: Return) -> None:
    """Let each finding about a row that is not merged hold all that was typed in it."""
    said = "\n".join(f"{typed.cells[name].field.title}: {text}" for name, text in typed.texts.items())
    returned.findings = [
        replace(each, entered=said) if _is_of(each, typed) and each.severity in _NOT_TAKEN else each
        for each in returned.findings
    ]
