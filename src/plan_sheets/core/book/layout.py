"""What a workbook is, before it is a file: fields, columns, rows, sheets, books.

The writer makes a file of a `Book`, and a return is read by the book that it went out as: nothing else is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key

ANY_WORD = "*"
"""In `required_when`: any word at all."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record, as `schemas/records/` describes it: Table Schema words, and the few that a sheet needs."""

    record: str
    name: str
    title: str
    type: str = "string"
    """string, date, integer"""
    format: str = ""
    """Of a string: email, ref; emails, refs (several, with semicolons between); "" is any text."""
    scope: str = "standing"
    """standing: until changed; round: for one round; form: belongs to the return; derived: made by the tool."""
    fill: str = "officer"
    """Who fills it in: officer, chair, executive, tool."""
    width: float = 16
    """Column width in characters."""
    choices: tuple[str, ...] = ()
    required: bool = False
    required_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Required where another field of the row holds one of these words; `ANY_WORD` is any at all."""
    required_unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Required, but not where another field of the row holds one of these words."""
    unique: bool = False
    max_length: int | None = None
    minimum: int | None = None
    pattern: str = ""
    refers: str = ""
    """The record whose refs this field holds."""
    placeholders: bool = True
    """Whether "?", "TBC" and the like are no answer but an open question."""
    phrases: Mapping[str, str] = field(default_factory=dict)
    """What phrases of a kind mean here (ask, blank or answer), where it is not what `schemas/phrases.yaml` says."""
    findings: Mapping[str, str] = field(default_factory=dict)
    """The code of the finding that a broken rule gives here, by the code of the one that it gives elsewhere."""
    asked_by: str = ""
    """Of a form: the setting of the plan that has to be Yes, or it is not asked; "" is asked always."""
    prompt: str = ""
    """The prompt that is shown while the cell is filled in: 255 characters at most."""
    blank: str = "None"
    """What a locked cell says that has nothing to say: why."""
    lens: bool = False
    """Whether it is one of the considerations of the grid."""
    emptied_with: str = ""
    """The field of the row with which it is emptied, without a question; its own name where it is that one."""
    keyed_by: str = ""
    """Of its record: subgroup, where each subgroup has a row of its own under a ref (`J2.1/MH`); "" where none has."""
    new_rows: bool = False
    """Of its record: whether subgroups add rows, each of which gets a ref of its own when it is received (`MH.R1`)."""
    become: str = ""
    """Of a record with new rows: the record whose rows they are from then on; "" is their own."""
    one_statement: bool = False
    """Of its record: whether a row is taken whole, or not at all."""

    def __hash__(self) -> int:
        """Few fields tell two apart; that of all of them would be worked out thousands of times."""
        return hash((self.record, self.name))

    def is_excused(self, text_of: Callable[[str], str | None]) -> bool:
        """Whether it need not be filled in in a row whose texts by field name are these."""
        return any(text_of(other) in words for other, words in self.required_unless.items())

    def is_needed(self, text_of: Callable[[str], str | None]) -> bool:
        """Whether it has to be filled in in a row whose texts by field name are these."""
        if self.is_excused(text_of):
            return False
        return self.required or any(
            text_of(other) in words or bool(ANY_WORD in words and text_of(other))
            for other, words in self.required_when.items()
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A field where it stands on a sheet."""

    field: Field
    heading: str
    input: bool = False
    width: float = 16
    choices: tuple[str, ...] = ()
    """The drop-down of this very workbook: the field's choices, or (themes, subgroups) what the plan holds."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value it has when it is written."""

    text: str
    value: str | float


@dataclass(frozen=True, slots=True)
class Link:
    """A link in words to a place in the same workbook (`target` like `Progress!A1`) or to an e-mail address."""

    text: str
    target: str


FREEZE_NOTE = "The headings stay in view: View, Freeze Panes undoes it."
"""Said once in a workbook, on the sheet that explains it."""
FILTER_NOTE = "The arrows filter (Clear Filter undoes it; if refused, Unprotect Sheet first); sorting is off."
CONTENTS = "Contents"
"""The sheet that lists the others, of a workbook that has one."""
MOST_LINES = 6
NOTHING_YET = "None yet"
"""The text of the one row of a table that would have none: Excel refuses an empty table."""


class Line(NamedTuple):
    """A line above a table that is more than plain text. It is never the first one, which holds the marking."""

    parts: tuple[str, ...]
    """What it says, in parts that are bold and plain in turn; the first is bold, and none is blank."""
    look: str = "line"
    """How it looks, by the name of its style: line, headline or section."""

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(self.parts)


NOT_ASKED = "Not asked"
"""Why nobody said anything."""
NOT_TO_FILL_IN = "(not asked)"
"""Why a locked cell is blank under a heading under which others are filled in.

In brackets: programs complete what is typed from the other texts of its column, and `No` would become `Not asked`.
"""


class Blank(str):
    """What stands in a locked cell that has nothing to say: why. It is shown, and is no fact."""

    __slots__ = ()


Content = str | int | float | PartialDate | Formula | Link
"""What a cell holds when it is written. Text is written as text, whatever it begins with."""
_NONE: Mapping[str, str] = {}


class Row(NamedTuple):
    """One row of a table. `inputs` names the fields that may be filled in here; None is all input columns."""

    ref: str
    cells: tuple[Content, ...]
    inputs: frozenset[str] | None = None
    answer: Field | None = None
    """On a form (a sheet whose rows are questions) the field that this row's answer is."""
    record: str = ""
    """The record whose cells these are, where the rows of one sheet are of several; "" is the column's own."""
    total: bool = False
    """Whether it adds up the rows below it: it is bold, on a pale band."""
    issued: Mapping[str, str] = _NONE
    """Of a feedback workbook, what the issue had in each cell in which something else stands here, by field name."""
    marks: Mapping[str, str] = _NONE
    """Of a feedback workbook, what has to be mended in a cell, by field name: a note and a fill say it."""
    blocked: Mapping[str, str] = _NONE
    """Of a feedback workbook, why the text that stands in a cell was not taken (error or query), by field name."""

    def base(self, name: str, content: Content) -> str:
        """What the cell of a field is compared with when it comes back; `content`: what stands in it."""
        return self.issued.get(name, as_text(content))


@dataclass(frozen=True, slots=True)
class Chart:
    """Stacked bars, drawn beside the table that they show: one for each row, one part for each of the `parts`."""

    title: str
    label: str
    """The field that names a row."""
    parts: tuple[str, ...]
    """The fields, of whole numbers, that are stacked: the first at the left."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a title in A1, lines under it, one table from column A, nothing below."""

    name: str
    title: str
    lines: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    chart: Chart | None = None
    in_view: int = 1
    """How many columns of a table wider than a screen stay in view."""
    looks: Mapping[int, Line] = field(default_factory=dict)
    """The lines that are more than plain text, by their place among the lines, from 0."""
    filter: bool = False
    """Whether its rows can be filtered; they can where there are any."""
    explains: bool = True
    """Whether it says how to undo what holds the headings in view; where it does not, another sheet does for all."""

    @property
    def heading_row(self) -> int:
        """The row of the headings, counted from 0: under the lines, in row 4 or later."""
        return max(3, len(self.lines) + 2)

    @property
    def keeps_headings_in_view(self) -> bool:
        """Whether the headings are frozen: not under many lines, which would leave a small screen no room.

        Nor beside a chart: it would be cut in two.
        """
        return len(self.lines) <= MOST_LINES and self.chart is None

    def lines_written(self, marking: str) -> list[str]:
        """The lines from A2 on: A2 begins with the marking and ends with what can be filtered and undone."""
        first, *others = self.lines or ("",)
        marked = f"{marking.removesuffix('.')}." if marking else ""
        filtered = FILTER_NOTE if self.filter and self.rows else ""
        note = FREEZE_NOTE if self.explains else ""
        return [" ".join(part for part in (marked, first, filtered, note) if part), *others]

    def place(self, name: str) -> int:
        """The column of a field, counted from 0; raises StopIteration."""
        return next(place for place, column in enumerate(self.columns) if column.field.name == name)

    @property
    def has_inputs(self) -> bool:
        """Whether anything can be filled in on this sheet."""
        return any(self.is_input(row, column) for row in self.rows for column in self.columns)

    def is_input(self, row: Row, column: Column) -> bool:
        """Whether the cell is unlocked."""
        return column.input and (row.inputs is None or column.field.name in row.inputs)

    def find_needed(self, row: Row) -> frozenset[str]:
        """The fields of the cells of a row that have to be filled in, whatever else is typed in it."""
        asked = (column.field for column in self.columns if self.is_input(row, column))
        inputs = {about.name: row.answer or about for about in asked}
        ruled = {name: about for name, about in inputs.items() if about.required or about.required_when}
        if not ruled:
            return frozenset()
        cells = zip(self.columns, row.cells, strict=True)
        fixed = {column.field.name: as_fact(content) for column, content in cells if column.field.name not in inputs}
        return frozenset(name for name, about in ruled.items() if about.is_needed(fixed.get))

    def list_needed(self) -> list[frozenset[str]]:
        """The same of each row; it is worked out once for all rows that ask the same and hold the same beside it."""
        about = [*(column.field for column in self.columns), *(row.answer for row in self.rows if row.answer)]
        if not any(field.required or field.required_when for field in about):
            return [frozenset()] * len(self.rows)
        watched = self.list_watched()
        known: dict[object, frozenset[str]] = {}
        needed = []
        for row in self.rows:
            alike = (row.inputs, row.answer, *[as_fact(row.cells[place]) for place in watched])
            if alike not in known:
                known[alike] = self.find_needed(row)
            needed.append(known[alike])
        return needed

    def list_watched(self) -> list[int]:
        """The columns, counted from 0, whose texts decide what else in a row has to be filled in."""
        ruled = [column.field for column in self.columns if column.input]
        ruled += [row.answer for row in self.rows if row.answer]
        names = {name for about in ruled for name in (*about.required_when, *about.required_unless)}
        return [place for place, column in enumerate(self.columns) if column.field.name in names]

    def cells(self) -> Iterator[tuple[Row, Column, Content]]:
        """Every cell of the table with its row and column, row by row."""
        for row in self.rows:
            for column, content in zip(self.columns, row.cells, strict=True):
                yield row, column, content


@dataclass(frozen=True, slots=True)
class Book:
    """A whole workbook, ready to be written; the same book always makes the same parts."""

    kind: str
    """plan, subgroup, feedback, officer, master"""
    title: str
    sheets: tuple[Sheet, ...]
    created: datetime
    properties: Mapping[str, str] = field(default_factory=dict)
    """Custom document properties (ASCII): one carrier of the identity."""
    protected: bool = True
    password: str = ""
    marking: str = ""
    """The protective marking, stood in every A2 and repeated in the print header."""
    locks_sheets: bool = True
    """Whether a protected workbook has a lock on each of its sheets; on its list of sheets it has one in any case."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """What is said beside the prompt of a cell: before it if the cell is `needed`, after it where text can be `paste`d.

    Where there is any, needed cells are told from others by their border too.
    """

    def back_link(self, sheet: Sheet) -> Link | None:
        """The link to the contents, which stands in the row above the headings of each other sheet; None without."""
        has_contents = sheet.name != CONTENTS and any(other.name == CONTENTS for other in self.sheets)
        return Link("Back to Contents", f"{CONTENTS}!A1") if has_contents else None

    def texts_above(self, sheet: Sheet) -> dict[int, str]:
        """Every text above the table of a sheet, by its row counted from 0."""
        link = self.back_link(sheet)
        lines = dict(enumerate((sheet.title, *sheet.lines_written(self.marking))))
        return lines | ({sheet.heading_row - 1: link.text} if link else {})

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name; raises KeyError."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def cell_key(row: Row, column: Column) -> Key:
    """Which fact a cell of a table holds; on a form the row says it."""
    if row.answer is not None:
        return Key(row.answer.record, "", row.answer.name)
    return Key(row.record or column.field.record, row.ref, column.field.name)


def chart_words(sheet: Sheet, chart: Chart) -> str:
    """What a chart shows, for whoever cannot see it: every number of it that is not 0, row by row."""
    parts = [(sheet.columns[place].heading, place) for place in map(sheet.place, chart.parts)]
    counts = []
    for row in sheet.rows:
        numbers = ", ".join(f"{row.cells[place]} {heading}" for heading, place in parts if row.cells[place])
        counts.append(f"{as_text(row.cells[sheet.place(chart.label)])}: {numbers or 'none'}.")
    return " ".join([f"Stacked bars. {chart.title}.", *counts, "The table beside it holds the same numbers."])


def texts_of(row: Row) -> tuple[str, ...]:
    """What a reader of the made file will find in a row."""
    return tuple([content if type(content) is str else as_text(content) for content in row.cells])


def as_fact(content: Content) -> str:
    """What a cell says; "" if it only says why it is blank."""
    return "" if isinstance(content, Blank) else as_text(content)


def as_text(content: Content) -> str:
    """What a reader of the made file will find in the cell."""
    if isinstance(content, str):  # nearly all are
        return str(content)
    if isinstance(content, PartialDate):
        return content.words
    if isinstance(content, Formula):
        return as_text(content.value)
    if isinstance(content, Link):
        return content.text
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    return str(content)
