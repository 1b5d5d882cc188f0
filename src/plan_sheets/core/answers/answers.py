"""What a document says that came back: its cells, row by row, tidied; all that checking and merging it need.

Nothing here holds on to the workbook or to the book that it went out as, so it may be read in one process and merged
in another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from plan_sheets.core.book.document import FEEDBACK, DocumentFacts
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.dates import PartialDate, Precision
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.core.model.messages import Messages

FALL_DUE = ("due", "next_step_by", "new_date")
"""The fields that say by when something will be done; other dates say when it was."""


class SaidBy(NamedTuple):
    """Of what its sayer did not type: the row of `Said to me` in which it stands, and who said it, in words."""

    row: str
    who: str = ""


class Cell(NamedTuple):
    """One returned cell, tidied. A tuple, for a batch has tens of thousands of them."""

    key: Key
    field: Field
    address: Address | None
    entered: str
    """As it was typed."""
    value: str
    base: str = ""
    """What it went out with."""
    blocked: Outcome | None = None
    """Why it is not merged (error, query or masked), None if it may be."""
    said: SaidBy | None = None
    """Of what stands on `Said to me`, who said it; None of all else."""

    @property
    def scope(self) -> str:
        """That of its field."""
        return self.field.scope

    @property
    def is_changed(self) -> bool:
        """Whether it does not say what it went out with; a text of which tidying leaves nothing says something else."""
        return self.value != self.base or bool(not self.value and self.entered.strip())


class BlankRow(NamedTuple):
    """The blank cells of a row of a correction in which nothing was changed: most of them never held anything.

    They are told by their row, for one correction has hundreds of them.
    """

    record: str
    """That of its cells, where the rows of its sheet are of several; "" is that of their fields."""
    ref: str
    own: str
    """What the ref ends with of a field of which each subgroup has its own: `/DA`."""
    sheet: str
    """Where it was found: the name of the sheet, and the row counted from 0."""
    place: int
    fields: tuple[tuple[Field, int], ...]
    """The field and the column, counted from 0, of each of the cells."""

    def list_keys(self) -> list[Key]:
        """The fact of each cell."""
        return [self._name(about) for about, _ in self.fields]

    def list_cells(self) -> list[Cell]:
        """Its cells."""
        return [
            Cell(self._name(about), about, Address.at(self.sheet, self.place, column), "", "")
            for about, column in self.fields
        ]

    def _name(self, about: Field) -> Key:
        own = self.own if about.keyed_by == "subgroup" and not about.new_rows else ""
        return Key(self.record or about.record, self.ref + own, about.name)


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A row of a document. `beside`: its locked texts by field name, and `titles` the headings over them."""

    cells: tuple[Cell, ...]
    says_something: bool
    beside: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    begins: date | None = None
    """The first day of its round: a date of the round before it is told of; None where there is no round."""

    def text(self, name: str) -> str:
        """The value of a field of this row, typed or locked; "" if it has none."""
        return next((cell.value for cell in self.cells if cell.field.name == name), self.beside.get(name, ""))


@dataclass(frozen=True, slots=True)
class Answers:
    """What a return says."""

    document: DocumentFacts
    rows: tuple[AnswerRow, ...]
    """The form, and each row in which anything is not as it was issued."""
    stayed: tuple[Cell, ...]
    """The cells of all other rows, without blank ones: they say nothing."""
    blank: tuple[BlankRow, ...]
    """Of a correction, the blank ones: what the earlier return said there was emptied."""
    form: Mapping[str, str]
    """The answers on the form, by field name; none that is blank."""
    changes: bool
    """Whether any cell to fill in does not say what it went out with: of a feedback workbook, what it was sent with."""
    silent: tuple[Finding, ...]
    """A warning for each action about which it says nothing; said only of a return that says something else."""
    unmended: tuple[Finding, ...]
    """An error for each cell that was sent back to be mended and says what it did; said only where no other is."""
    sha: str
    """What it says, as one hash: the same answers in another file make the same."""

    def __reduce__(self) -> tuple[Callable[..., Answers], tuple[object, ...]]:
        """How it goes from one process to another, and aside: in flat tuples, which take a third of the time."""
        rows = [(_pack(row.cells), row.says_something, row.beside, row.titles, row.begins) for row in self.rows]
        told = self.form, self.changes, self.silent, self.unmended, self.sha
        return _unpack, (self.document, rows, _pack(self.stayed), self.blank, *told)

    @property
    def completed_by(self) -> str:
        """Who filled it in: as the form says; of decisions, whoever decided them all; "" if that is not one."""
        deciders = self.typed("decision")
        decided = {cell.value for cell, _ in deciders if cell.key.field == "decided_by" and cell.is_changed}
        alone = decided.pop() if len(decided) == 1 else ""
        return self.form.get("completed_by") or self.form.get("settled_by") or alone

    def typed(self, record: str) -> Iterator[tuple[Cell, AnswerRow]]:
        """The cells of a record in the rows of which anything was changed, each with its row."""
        return ((cell, row) for row in self.rows for cell in row.cells if cell.key.record == record)

    def cells(self, findings: Iterable[Finding], is_met: Callable[[Key], bool]) -> list[Cell]:
        """All cells as the merge takes them: one of which a finding of the return says so is not merged.

        `is_met`: whether anything may stand that a blank cell empties; of others there is nothing to merge.
        """
        blocked = blocked_by(findings)
        emptied = [row for row in self.blank if any(map(is_met, row.list_keys()))]
        cells = chain(self._list_filled(), *(row.list_cells() for row in emptied))
        return [cell._replace(blocked=blocked[cell.key]) if cell.key in blocked else cell for cell in cells]

    def list_refs(self) -> set[str]:
        """The refs of the rows that it speaks of."""
        return {cell.key.ref for cell in self._list_filled()} | {
            key.ref for row in self.blank for key in row.list_keys()
        }

    def _list_filled(self) -> Iterator[Cell]:
        return chain((cell for row in self.rows for cell in row.cells), self.stayed)


def _pack(cells: Iterable[Cell]) -> list[tuple[Any, ...]]:
    return [(*key, about, *(address or (None, "")), *others) for key, about, address, *others in cells]


def _unpack(document: DocumentFacts, rows: Iterable[Any], stayed: Iterable[Any], *others: Any) -> Answers:
    made = tuple([AnswerRow(_unpack_cells(cells), *told) for cells, *told in rows])
    return Answers(document, made, _unpack_cells(stayed), *others)


def _unpack_cells(packed: Iterable[Any]) -> tuple[Cell, ...]:
    return tuple(
        [
            Cell(Key(record, ref, name), about, None if sheet is None else Address(sheet, cell), *others)
            for record, ref, name, about, sheet, cell, *others in packed
        ]
    )


def is_untouched(document: DocumentFacts, findings: Iterable[Finding], *, changes: bool) -> bool:
    """Whether nothing was typed into a return: the form is blank, and every cell, locked or not, says what it did.

    `changes`: whether any cell to fill in says something else. What has to be mended in a feedback workbook was found
    before, so it changes nothing.
    """
    known = document.kind == FEEDBACK
    return not changes and not any(
        (finding.severity.blocks and not (known and finding.key)) or finding.code == "locked_changed"
        for finding in findings
    )


def month_ends(cells: Iterable[Cell], messages: Messages) -> Iterator[Finding]:
    """A note for each new date that is a month or a quarter: it falls due on its last day."""
    for cell in cells:
        if cell.field.name in FALL_DUE and cell.blocked is None and cell.is_changed:
            day = PartialDate.from_words(cell.value)
            if day and day.precision is not Precision.DAY:
                last = PartialDate.day(day.last).words
                details = {"heading": cell.field.title, "ref": cell.key.ref, "month": cell.value, "after": last}
                where = cell.address
                yield messages.remark("date_month_end", details, address=where, key=cell.key, entered=cell.entered)


def blocked_by(findings: Iterable[Finding]) -> dict[Key, Outcome]:
    """Which cells have a finding that keeps them from being merged, and what becomes of each by the first of these."""
    blocked: dict[Key, Outcome] = {}
    for finding in findings:
        if finding.key and finding.severity.blocks:
            blocked.setdefault(finding.key, Outcome(finding.severity.value))
    return blocked
