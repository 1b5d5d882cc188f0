"""A book from its description and its facts: rows, forms, live words for what is still needed, keys and signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import NamedTuple

from plan_sheets.core.book.layout import (
    CONTENTS,
    NOT_TO_FILL_IN,
    Blank,
    Book,
    Column,
    Content,
    Field,
    Formula,
    Line,
    Link,
    Row,
    Sheet,
    as_text,
)
from plan_sheets.core.book.measure import narrow_to_print, number_width
from plan_sheets.core.book.needed import with_status, with_still_needed
from plan_sheets.core.book.notes import with_notes
from plan_sheets.core.book.signature import REFERENCE, SIGNATURE, row_key, sign
from plan_sheets.core.book.spec import ItemSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.printable import is_printable, printable

HINTS = ("needed", "paste")
"""The words of a workbook that its prompts say; the others stand on its sheets."""
KEY = Field("item", "key", "Key", scope="derived", fill="tool", width=15)


class RowFacts(NamedTuple):
    """What one row shall hold: contents by field name. `inputs`, `record` and `total` as in `layout.Row`."""

    ref: str
    contents: Mapping[str, Content]
    inputs: frozenset[str] | None = None
    record: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a book is made of beside its description."""

    texts: Mapping[str, str]
    """What stands for `{name}` in titles, lines and items."""
    created: datetime
    rows: Mapping[str, Sequence[RowFacts]] = field(default_factory=dict)
    """Rows by sheet name."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What a form already says, by field name."""
    choices: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Drop-downs that depend on the plan, by record and field."""
    forms: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    """The fields of each form's record, by record and name."""
    lines: Mapping[str, Sequence[str | Line]] = field(default_factory=dict)
    """Lines of text that only the facts can say, by sheet name: they stand after the described ones."""
    notes: Sequence[tuple[str, str]] = ()
    """Names and texts for the sheet Notes; without any, it is made only if a text does not fit its row."""
    reference: str = ""
    secret: bytes = b""
    identity: Mapping[str, str] = field(default_factory=dict)
    """What the About sheet says of the document beside reference and signature."""
    marking: str = ""
    password: str = ""
    locks_sheets: bool = True
    """Whether the plan wants a lock on each sheet."""


def list_asked(forms: Mapping[str, Mapping[str, Field]], plan: Mapping[str, str]) -> dict[str, dict[str, Field]]:
    """The fields of each record that are asked: without those for which the plan (its form) would have to say Yes."""
    return {
        record: {name: about for name, about in fields.items() if not about.asked_by or plan[about.asked_by] == "Yes"}
        for record, fields in forms.items()
    }


def compose(spec: WorkbookSpec, facts: Facts) -> Book:
    """The book that `spec` describes, holding `facts`; signed, if it has a reference.

    Raises ValueError for rows or lines of a sheet that is not described: they would be lost.
    """
    unknown = {*facts.rows, *facts.lines} - {*spec.names}
    if unknown:
        raise ValueError(
            f"{spec.kind}.yaml describes no sheet {' or '.join(sorted(unknown))}, and there are rows for it."
        )
    told = spec.words if facts.locks_sheets else {**spec.words, **spec.unlocked}
    facts = replace(facts, texts={**told, **facts.texts})
    sheets = [_sheet(sheet, facts, spec) for sheet in spec.sheets]
    form = next((sheet for sheet in sheets if any(row.answer for row in sheet.rows)), None)
    sheets = [with_still_needed(sheet, form, spec.words) for sheet in sheets]
    sheets = [with_status(sheet, sheets, list_steps(spec), spec.words) if sheet is form else sheet for sheet in sheets]
    book = Book(
        kind=spec.kind,
        title=printable(spec.title.format(**facts.texts)),
        sheets=tuple(map(_printable, sheets)),
        created=facts.created,
        protected=spec.protected,
        password=facts.password,
        marking=facts.marking,
        locks_sheets=facts.locks_sheets,
        hints={name: spec.words[name] for name in HINTS if name in spec.words},
    )
    check_refs(book)
    notes = [(where, printable(text)) for where, text in facts.notes]
    book = _with_contents(with_notes(book, notes) if spec.protected else book, spec)
    return _signed(book, spec, facts) if facts.reference else book


def list_steps(spec: WorkbookSpec) -> dict[str, str]:
    """The sheets on which there is something to do, by the ref of the row that is about each; {} where none is."""
    names = [sheet.name for sheet in spec.sheets if not sheet.form and any(column.input for column in sheet.columns)]
    return {spec.words["step"].format(number=n, sheet=name): name for n, name in enumerate(names, 1) if spec.words}


def _with_contents(book: Book, spec: WorkbookSpec) -> Book:
    """The book with the rows of its sheet Contents, if it has one; that, or else the first sheet, explains the rest."""
    names = [sheet.name for sheet in book.sheets]
    explains = CONTENTS if CONTENTS in names else names[0]
    asked = {sheet.name: sheet.answers for sheet in spec.sheets}
    listed = tuple(
        Row(sheet.name, (Link(sheet.name, f"{sheet.name}!A1"), asked.get(sheet.name) or (*sheet.lines, sheet.title)[0]))
        for sheet in book.sheets
        if sheet.name != CONTENTS
    )
    sheets = [replace(sheet, explains=sheet.name == explains) for sheet in book.sheets]
    return replace(
        book, sheets=tuple(replace(sheet, rows=listed) if sheet.name == CONTENTS else sheet for sheet in sheets)
    )


def _sheet(spec: SheetSpec, facts: Facts, book: WorkbookSpec) -> Sheet:
    columns = _narrow([*_columns(spec, facts)])
    rows = [_row(row, columns, spec, facts) for row in facts.rows.get(spec.name, ())]
    for item in spec.items:
        rows += _item_rows(item, spec, columns, facts, book)
    if spec.form and not any(item.each == "question" for item in spec.items):
        rows += _form_rows(spec, columns, facts)
    rows += [_row(RowFacts(str(n + 1), {}), columns, spec, facts) for n in range(spec.spare) if spec.key]
    rows += [_row(RowFacts("", {}), columns, spec, facts) for _ in range(spec.spare) if not spec.key]
    said = [*(line.format(**facts.texts) for line in spec.lines), *facts.lines.get(spec.name, ())]
    return Sheet(
        spec.name,
        spec.title.format(**facts.texts),
        tuple(line.text if isinstance(line, Line) else line for line in said),
        _fit_numbers(columns, rows),
        tuple(rows),
        spec.chart and replace(spec.chart, title=printable(spec.chart.title.format(**facts.texts))),
        spec.in_view,
        {place: line for place, line in enumerate(said) if isinstance(line, Line)},
        spec.filter,
    )


def _narrow(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, narrowed if there are so many that they would be printed too small: one was added, perhaps."""
    wanted = [column.width for column in columns]
    widths = narrow_to_print(wanted)
    if widths is wanted:
        return tuple(columns)
    return tuple(replace(column, width=width) for column, width in zip(columns, widths, strict=True))


def _fit_numbers(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """The columns, each as wide as its largest number: a plan may have more actions than anybody counted on."""
    for place, column in enumerate(columns):
        if column.field.type == "integer":
            texts = [as_text(row.cells[place]) for row in rows]
            width = number_width(max(filter(str.isdecimal, texts), key=len, default=""))
            if width > column.width:
                columns = (*columns[:place], replace(column, width=width), *columns[place + 1 :])
    return columns


def _printable(sheet: Sheet) -> Sheet:
    """The sheet with unprintable characters replaced: the register keeps what the file holds."""
    if is_printable("".join(_list_written(sheet))):
        return sheet
    rows = tuple([row if _is_printable(row) else row._replace(cells=(*map(_shown, row.cells),)) for row in sheet.rows])
    columns = tuple(
        replace(column, choices=(*map(printable, column.choices),)) if column.choices else column
        for column in sheet.columns
    )
    looks = {place: line._replace(parts=(*map(printable, line.parts),)) for place, line in sheet.looks.items()}
    return replace(
        sheet,
        title=printable(sheet.title),
        lines=(*map(printable, sheet.lines),),
        columns=columns,
        rows=rows,
        looks=looks,
    )


def _list_written(sheet: Sheet) -> list[str]:
    """All that is written on a sheet but for its headings."""
    cells = [content for row in sheet.rows for content in row.cells if type(content) is str]
    choices = [choice for column in sheet.columns for choice in column.choices]
    return [
        sheet.title,
        *sheet.lines,
        *choices,
        *(part for line in sheet.looks.values() for part in line.parts),
        *cells,
    ]


def _is_printable(row: Row) -> bool:
    return is_printable("".join([content for content in row.cells if type(content) is str]))


def _shown(content: Content) -> Content:
    return printable(content) if type(content) is str else content


def _columns(spec: SheetSpec, facts: Facts) -> Iterator[Column]:
    """The columns; one whose heading these facts leave blank is left out."""
    for column in spec.columns:
        choices = facts.choices.get((column.field.record, column.field.name), column.field.choices)
        heading = printable(column.heading.format(**facts.texts) if "{" in column.heading else column.heading)
        if heading:
            yield Column(column.field, heading, column.input, column.width, choices if column.input else ())
    if spec.key:
        yield Column(KEY, KEY.title, width=KEY.width)


def _row(row: RowFacts, columns: tuple[Column, ...], spec: SheetSpec, facts: Facts) -> Row:
    contents: dict[str, Content] = {"ref": row.ref, **row.contents}
    if spec.key:
        contents["key"] = row_key(facts.secret, facts.reference, spec.name, row.ref)
    cells = [contents.get(column.field.name, "") for column in columns]
    for place, content in enumerate(cells):
        if content == "":
            cells[place] = _blank(columns[place], row.inputs)
    return Row(row.ref, tuple(cells), row.inputs, record=row.record, total=row.total)


def _blank(column: Column, inputs: frozenset[str] | None) -> Content:
    """What stands in a blank cell: nothing if it may be filled in, and why it is blank if it is locked."""
    if not column.input:
        return _reason(column.field.blank)
    return "" if inputs is None or column.field.name in inputs else _reason(NOT_TO_FILL_IN)


_reason = cache(Blank)
"""One object for each reason: a master of thousands of actions has each ten thousand times."""


def _item_row(
    item: str, what: Content, columns: tuple[Column, ...], answer: Field | None = None, given: str = ""
) -> Row:
    answered = given if answer or given else _reason(NOT_TO_FILL_IN)
    cells: tuple[Content, ...] = (item, what or Blank(columns[1].field.blank), answered)[: len(columns)]
    return Row(item, cells, frozenset({"answer"}) if answer else frozenset(), answer)


def _item_rows(
    item: ItemSpec, spec: SheetSpec, columns: tuple[Column, ...], facts: Facts, book: WorkbookSpec
) -> Iterator[Row]:
    """The rows that stand for an item; none if these facts leave it blank."""
    if item.each == "question":
        yield from _form_rows(spec, columns, facts)
    elif item.each == "status":
        yield _item_row(book.words["status"], "", columns)
    elif item.each:
        steps = list_steps(book)
        others = {name: name for name in book.names if name not in {spec.name, *steps.values()}}
        said = {sheet.name: sheet.step or book.words["open"].format(sheet=sheet.name) for sheet in book.sheets}
        for ref, name in (steps if item.each == "step" else others).items():
            yield _item_row(ref, Link(said[name], f"{name}!A1"), columns)
    elif what := item.what.format(**facts.texts):
        target = item.target.format(**facts.texts)
        yield _item_row(item.ref, Link(what, target) if target else what, columns)


def _form_rows(spec: SheetSpec, columns: tuple[Column, ...], facts: Facts) -> Iterator[Row]:
    for question in facts.forms[spec.form].values():
        yield _item_row(question.title, question.prompt, columns, question, facts.answers.get(question.name, ""))


def _signed(book: Book, spec: WorkbookSpec, facts: Facts) -> Book:
    """The book with its identity on the About sheet and in its properties, signed over all that is locked."""
    about = next(sheet.name for sheet in spec.sheets if sheet.identity)
    rows = [
        _item_row(name, printable(what), book.sheet(about).columns)
        for name, what in {"Reference": facts.reference, **facts.identity}.items()
    ]
    book = _before_items(book, about, rows)
    signature = sign(facts.secret, facts.reference, locked_texts(book))
    book = _before_items(book, about, [_item_row("Signature", signature, book.sheet(about).columns)])
    carried = {REFERENCE: facts.reference, SIGNATURE: signature}
    return replace(book, properties=carried)


def _before_items(book: Book, name: str, rows: Sequence[Row]) -> Book:
    sheets = tuple(replace(sheet, rows=(*rows, *sheet.rows)) if sheet.name == name else sheet for sheet in book.sheets)
    return replace(book, sheets=sheets)


def locked_texts(book: Book) -> Iterator[tuple[str, str, str, str]]:
    """Every locked cell that is no formula as (sheet, ref, field, text), titles and lines included."""
    for sheet in book.sheets:
        yield sheet.name, "", "title", sheet.title
        for place, line in enumerate(sheet.lines):
            yield sheet.name, "", f"line {place + 1}", line
        columns = [(column, column.field.name) for column in sheet.columns]
        where = sheet.name
        for row in sheet.rows:
            ref = row.ref
            yield from [
                (where, ref, name, content if type(content) is str else as_text(content))
                for (column, name), content in zip(columns, row.cells, strict=True)
                if not (column.input and sheet.is_input(row, column)) and type(content) is not Formula
            ]


def check_refs(book: Book) -> None:
    """Refuse a book in which two rows of a sheet have one ref: they could not be told apart when it comes back."""
    for sheet in book.sheets:
        seen: set[str] = set()
        for place, row in enumerate(sheet.rows):
            if row.ref and row.ref in seen:
                where = Address.at(sheet.name, sheet.heading_row + 1 + place, 0)
                raise PlanSheetsError(f"{where}: two rows have the ref {row.ref}.", "Each row needs a ref of its own.")
            seen.add(row.ref)
