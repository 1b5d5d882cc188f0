"""A book from its description and its facts: rows, forms, live counts of what is missing, keys and signature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from plan_sheets.core.book.layout import (
    ANY_WORD,
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
from plan_sheets.core.book.measure import narrow_to_print
from plan_sheets.core.book.notes import with_notes
from plan_sheets.core.book.signature import REFERENCE, SIGNATURE, row_key, sign
from plan_sheets.core.book.spec import SheetSpec, WorkbookSpec
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Address, column_letters
from plan_sheets.core.model.printable import is_printable, printable

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


def compose(spec: WorkbookSpec, facts: Facts) -> Book:
    """The book that `spec` describes, holding `facts`; signed, if it has a reference.

    Raises ValueError for rows or lines of a sheet that is not described: they would be lost.
    """
    names = [sheet.name for sheet in spec.sheets]
    unknown = {*facts.rows, *facts.lines} - {*names}
    if unknown:
        raise ValueError(
            f"{spec.kind}.yaml describes no sheet {' or '.join(sorted(unknown))}, and there are rows for it."
        )
    sheets = [_sheet(sheet, facts, names) for sheet in spec.sheets]
    sheets = [_with_counts(sheet, sheet_spec, sheets) for sheet, sheet_spec in zip(sheets, spec.sheets, strict=True)]
    book = Book(
        kind=spec.kind,
        title=printable(spec.title.format(**facts.texts)),
        sheets=tuple(map(_printable, sheets)),
        created=facts.created,
        protected=spec.protected,
        password=facts.password,
        marking=facts.marking,
    )
    check_refs(book)
    notes = [(where, printable(text)) for where, text in facts.notes]
    book = with_notes(book, notes) if spec.protected else book
    return _signed(book, spec, facts) if facts.reference else book


def _sheet(spec: SheetSpec, facts: Facts, names: Sequence[str]) -> Sheet:
    columns = _narrow([*_columns(spec, facts)])
    rows = [_row(row, columns, spec, facts) for row in facts.rows.get(spec.name, ())]
    rows += [_item_row(item, what.format(**facts.texts), columns) for item, what in spec.items]
    rows += [_link_row(target, spec, columns) for target in names if spec.links and target != spec.name]
    rows += _form_rows(spec, columns, facts)
    rows += [_row(RowFacts(str(n + 1), {}), columns, spec, facts) for n in range(spec.spare) if spec.key]
    rows += [_row(RowFacts("", {}), columns, spec, facts) for _ in range(spec.spare) if not spec.key]
    said = [*(line.format(**facts.texts) for line in spec.lines), *facts.lines.get(spec.name, ())]
    looks = {place: line for place, line in enumerate(said) if isinstance(line, Line)}
    lines = tuple(line.text if isinstance(line, Line) else line for line in said)
    return Sheet(spec.name, spec.title.format(**facts.texts), lines, columns, tuple(rows), spec.chart, looks)


def _narrow(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, narrowed if there are so many that they would be printed too small: one was added, perhaps."""
    widths = narrow_to_print([column.width for column in columns])
    return tuple(replace(column, width=width) for column, width in zip(columns, widths, strict=True))


def _printable(sheet: Sheet) -> Sheet:
    """The sheet with unprintable characters replaced: the register keeps what the file holds."""
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


def _is_printable(row: Row) -> bool:
    return is_printable("".join([content for content in row.cells if type(content) is str]))


def _shown(content: Content) -> Content:
    return printable(content) if isinstance(content, str) else content


def _columns(spec: SheetSpec, facts: Facts) -> Iterator[Column]:
    """The columns; one whose heading these facts leave blank is left out."""
    for column in spec.columns:
        choices = facts.choices.get((column.field.record, column.field.name), column.field.choices)
        heading = printable(column.heading.format(**facts.texts))
        if heading:
            yield Column(column.field, heading, column.input, column.width, choices if column.input else ())
    if spec.key:
        yield Column(KEY, KEY.title, width=KEY.width)


def _row(row: RowFacts, columns: tuple[Column, ...], spec: SheetSpec, facts: Facts) -> Row:
    contents: dict[str, Content] = {"ref": row.ref, **row.contents}
    if spec.key:
        contents["key"] = row_key(facts.secret, facts.reference, spec.name, row.ref)
    cells = tuple([contents.get(column.field.name, "") for column in columns])
    return Row(row.ref, cells, row.inputs, record=row.record, total=row.total)


def _item_row(
    item: str, what: Content, columns: tuple[Column, ...], answer: Field | None = None, given: str = ""
) -> Row:
    cells: tuple[Content, ...] = (item, what, given)[: len(columns)]
    return Row(item, cells, frozenset({"answer"}) if answer else frozenset(), answer)


def _link_row(target: str, spec: SheetSpec, columns: tuple[Column, ...]) -> Row:
    return _item_row(spec.links.format(sheet=target), Link(f"Open the sheet {target}", f"{target}!A1"), columns)


def _form_rows(spec: SheetSpec, columns: tuple[Column, ...], facts: Facts) -> Iterator[Row]:
    if spec.form:
        for field in facts.forms[spec.form].values():
            yield _item_row(field.title, field.prompt, columns, field, facts.answers.get(field.name, ""))


def _with_counts(sheet: Sheet, spec: SheetSpec, sheets: Sequence[Sheet]) -> Sheet:
    """The sheet with a row for each other sheet's live count of what is still missing, before the form."""
    if not spec.missing:
        return sheet
    counts = [
        _item_row(spec.missing.format(sheet=other.name), missing_formula(other), sheet.columns)
        for other in sheets
        if other is not sheet and missing_formula(other).text
    ]
    first = next((place for place, row in enumerate(sheet.rows) if row.answer), len(sheet.rows))
    return replace(sheet, rows=(*sheet.rows[:first], *counts, *sheet.rows[first:]))


def missing_formula(sheet: Sheet) -> Formula:
    """A sentence that counts the required cells of a sheet that are still blank; `text` is "" where none is required.

    The value it is written with is the count as the sheet goes out. Nothing is ever believed from it. Rows that are
    locked here (another subgroup leads the action) stand last and are not counted.
    """
    places = {column.field.name: place for place, column in enumerate(sheet.columns)}
    terms, missing = [], 0
    for place, column in enumerate(sheet.columns):
        field = column.field
        rows = [row for row in sheet.rows if sheet.is_input(row, column)]
        if not rows or not (field.required or field.required_when) or field.new_rows:
            continue
        needs = [
            "(" + "+".join(_matches(_range(sheet, places[other], len(rows)), word) for word in words) + ">0)"
            for other, words in field.required_when.items()
            if other in places
        ]
        needs += [
            f'({_range(sheet, places[other], len(rows))}<>"{word}")'
            for other, words in field.required_unless.items()
            for word in words
            if other in places
        ]
        terms.append(f"SUMPRODUCT({'*'.join([f'(LEN({_range(sheet, place, len(rows))})=0)', *needs])}*1)")
        missing += sum(_needed(row, field, places) and not as_text(row.cells[place]) for row in rows)
    return Formula(f'={"+".join(terms)}&" cells"', f"{missing} cells") if terms else Formula("", "")


def _needed(row: Row, field: Field, places: Mapping[str, int]) -> bool:
    if field.required_unless and field.is_excused(
        lambda name: as_text(row.cells[places[name]]) if name in places else ""
    ):
        return False
    if field.required:
        return True
    for other, words in field.required_when.items():
        text = as_text(row.cells[places[other]]) if other in places else ""
        if text and (ANY_WORD in words or text in words):
            return True
    return False


def _matches(cells: str, word: str) -> str:
    return f"(LEN({cells})>0)" if word == ANY_WORD else f'({cells}="{word}")'


def _range(sheet: Sheet, place: int, rows: int) -> str:
    first = sheet.heading_row + 2
    letters = column_letters(place)
    return f"'{sheet.name}'!{letters}{first}:{letters}{first + rows - 1}"


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
