"""A feedback workbook: the workbook of an issue with all that was typed in it, and what has to be mended marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from plan_sheets.core.book.compose import KEY, Facts, RowFacts, compose, list_steps, locked_texts
from plan_sheets.core.book.document import FEEDBACK
from plan_sheets.core.book.layout import Blank, Book, Column, Content, Link, Row, Sheet, as_text
from plan_sheets.core.book.measure import TALLEST_ROW, narrow_to_print, row_height
from plan_sheets.core.book.needed import with_status, with_still_needed
from plan_sheets.core.book.signature import REFERENCE, SIGNATURE, row_key, sign
from plan_sheets.core.book.spec import WorkbookSpec
from plan_sheets.core.model.keys import Address
from plan_sheets.core.model.printable import printable
from plan_sheets.core.model.text import shorten

SHEET = "To mend"
"""The first sheet, and the heading of the column on the others."""
REFERENCE_ROW, SIGNATURE_ROW = "Reference", "Signature"
"""The rows of the sheet About by which a book is known."""
LONGEST_ABOUT, LONGEST_LINE = 200, 1_500
"""How many characters are told at most of what a row is about, and of one thing to mend in it."""
RowPlace = tuple[str, str]
"""A row of a workbook: the name of its sheet, and its ref ("": the sheet as a whole; of no sheet: the workbook)."""


@dataclass(slots=True)
class SentBack:
    """What becomes of one row: by the field of its column."""

    typed: dict[str, str] = field(default_factory=dict)
    """What stands in a cell instead of what the issue had there."""
    marks: dict[str, str] = field(default_factory=dict)
    """What has to be mended in a cell."""
    blocked: dict[str, str] = field(default_factory=dict)
    """Why what stands in a cell was not taken: error or query."""


class ToMend(NamedTuple):
    """What has to be mended in one row, in words."""

    place: RowPlace
    lines: Sequence[str]
    headings: Sequence[str]
    """The headings that the lines are about."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a feedback workbook is made of beside the workbook that it answers."""

    reference: str
    about: str
    """Which return it answers, in words."""
    secret: bytes
    created: datetime
    texts: Mapping[str, str]
    """What stands for `{name}` in titles and lines."""
    rows: Mapping[RowPlace, SentBack]
    mend: Sequence[ToMend]
    """The most important first."""


def make_feedback_book(issued: Book, answered: Answered, spec: WorkbookSpec, subgroup: WorkbookSpec) -> Book:
    """The feedback workbook about a return of `issued`. `spec` describes what it has beside; `subgroup` the issue."""
    book = replace(issued, kind=FEEDBACK, created=answered.created, title=spec.title.format(**answered.texts))
    book = replace(book, sheets=tuple(_carry_over(sheet, answered.rows) for sheet in book.sheets))
    listed = _list_to_mend(book, answered, spec)
    words = _describe_rows(answered.mend, [row.ref for row in listed.rows], listed, spec)
    mend = next(column for column in listed.columns if column.field.name == "mend")
    sheets = [_with_words(sheet, words, mend, spec) for sheet in book.sheets]
    sheets = _calculate(sheets, subgroup)
    return _sign(replace(book, sheets=(listed, *sheets)), answered)


def _carry_over(sheet: Sheet, rows: Mapping[RowPlace, SentBack]) -> Sheet:
    """The sheet with what was typed in it, and what is to be mended noted."""
    found = [(row, rows.get((sheet.name, row.ref))) for row in sheet.rows]
    return replace(sheet, rows=tuple(_fill_in(sheet, row, sent) if sent else row for row, sent in found))


def _fill_in(sheet: Sheet, row: Row, sent: SentBack) -> Row:
    cells, issued = list(row.cells), dict[str, str]()
    for at, column in enumerate(sheet.columns):
        name, was = column.field.name, as_text(row.cells[at])
        text = printable(sent.typed.get(name, was))
        if text != was:
            cells[at], issued[name] = text, row.base(name, was)
    return row._replace(cells=tuple(cells), issued=issued, marks=sent.marks, blocked=sent.blocked)


def _list_to_mend(book: Book, answered: Answered, spec: WorkbookSpec) -> Sheet:
    """The sheet that lists what has to be mended: a row, or several where one cannot show it all, for each row."""
    width = spec.sheets[0].columns[-1].width
    parts = [(item, part) for item in answered.mend for part in _cut_to_fit(item.lines, width)]
    rows = [
        RowFacts(str(number), {**_find_place(book, item.place), "mend": "\n".join(part)})
        for number, (item, part) in enumerate(parts, 1)
    ]
    facts = Facts(
        texts=answered.texts,
        created=answered.created,
        rows={SHEET: rows},
        marking=book.marking,
        locks_sheets=book.locks_sheets,
    )
    return compose(spec, facts).sheet(SHEET)


def _cut_to_fit(lines: Sequence[str], width: float) -> Iterator[list[str]]:
    """The lines in parts that each fit in one row of a column of this width."""
    part: list[str] = []
    for line in (shorten(line, LONGEST_LINE) for line in lines):
        if part and row_height([("\n".join([*part, line]), width)]) > TALLEST_ROW:
            yield part
            part = []
        part.append(line)
    yield part


def _find_place(book: Book, place: RowPlace) -> dict[str, Content]:
    """Where a row is, as a link to the first of its cells that is marked, and what it is about."""
    name, ref = place
    sheet = next((sheet for sheet in book.sheets if sheet.name == name), None)
    if sheet is None:
        return {}
    for at, row in enumerate(sheet.rows):
        if row.ref == ref:
            marked = [across for across, column in enumerate(sheet.columns) if column.field.name in row.marks]
            where = Address.at(name, sheet.heading_row + 1 + at, marked[0] if marked else 0)
            beside = next((as_text(cell) for cell in row.cells[1:] if isinstance(cell, str) and cell), "")
            about = sheet.title if row.answer else shorten(beside, LONGEST_ABOUT)
            return {"where": Link(f"{name}: {ref}", f"{name}!{where.cell}"), "about": about}
    return {"where": Link(name, f"{name}!A1"), "about": sheet.title}


def _describe_rows(
    mend: Iterable[ToMend], items: Sequence[str], listed: Sheet, spec: WorkbookSpec
) -> dict[RowPlace, str]:
    """What each row says of itself; where it would be too long for its column, in which item of the list it stands."""
    width, number = listed.columns[-1].field.width, iter(items)
    words: dict[RowPlace, str] = {}
    for item in mend:
        first, *_ = [next(number) for _ in _cut_to_fit(item.lines, listed.columns[-1].width)]
        text = "\n".join(item.lines)
        if row_height([(text, width)]) > TALLEST_ROW:
            text = spec.words["mend_in_list"].format(item=first, headings=", ".join(dict.fromkeys(item.headings)))
        words[item.place] = text
    return words


def _with_words(sheet: Sheet, words: Mapping[RowPlace, str], mend: Column, spec: WorkbookSpec) -> Sheet:
    """The sheet with what has to be mended in words: in a column before its keys, or beside the questions of a form."""
    told = {row.ref: words[sheet.name, row.ref] for row in sheet.rows if (sheet.name, row.ref) in words}
    if not told:
        return sheet
    if any(row.answer for row in sheet.rows):
        return replace(sheet, rows=tuple(_tell_beside(row, told.get(row.ref, ""), spec) for row in sheet.rows))
    if sheet.columns[-1].field.name != KEY.name:
        return sheet
    columns = (*sheet.columns[:-1], replace(mend, width=mend.field.width), sheet.columns[-1])
    blank = Blank(mend.field.blank)
    rows = (row._replace(cells=(*row.cells[:-1], told.get(row.ref, blank), row.cells[-1])) for row in sheet.rows)
    return replace(sheet, columns=_make_room(columns), rows=tuple(rows))


def _make_room(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns; if they are printed too small, those to fill in are narrower: the texts of the others just fit."""
    widths = [column.width for column in columns]
    given = sum(column.width for column in columns if column.input)
    over = sum(widths) - sum(narrow_to_print(widths))
    share = 1 - (over + 1) / given if over and given else 1
    return tuple(replace(column, width=column.width * share) if column.input else column for column in columns)


def _tell_beside(row: Row, told: str, spec: WorkbookSpec) -> Row:
    """A question of a form, with what has to be mended in its answer under what it says already."""
    if not told:
        return row
    said = f"{as_text(row.cells[1])}\n{spec.words['mend_beside'].format(mend=told)}"
    return row._replace(cells=(row.cells[0], said, *row.cells[2:]))


def _calculate(sheets: Sequence[Sheet], subgroup: WorkbookSpec) -> list[Sheet]:
    """The sheets with what they still need, and with their status, as it is now."""
    form = next((sheet for sheet in sheets if any(row.answer for row in sheet.rows)), None)
    told = [with_still_needed(sheet, form, subgroup.words) for sheet in sheets]
    steps = list_steps(subgroup)
    return [
        with_status(sheet, told, steps, subgroup.words) if form and sheet.name == form.name else sheet for sheet in told
    ]


def _sign(book: Book, answered: Answered) -> Book:
    """The book with keys, reference and signature of its own; beside its reference it says which return it answers."""
    sheets = tuple(_with_keys(sheet, answered) for sheet in book.sheets)
    told = {REFERENCE_ROW: answered.reference, SIGNATURE_ROW: "", "Answers": answered.about}
    book = replace(book, sheets=tuple(_with_identity(sheet, told) for sheet in sheets))
    signature = sign(answered.secret, answered.reference, locked_texts(book))
    sheets = tuple(_with_identity(sheet, {SIGNATURE_ROW: signature}) for sheet in book.sheets)
    return replace(book, sheets=sheets, properties={REFERENCE: answered.reference, SIGNATURE: signature})


def _with_identity(sheet: Sheet, told: Mapping[str, str]) -> Sheet:
    """The sheet; where it holds the identity of the book, with these rows, by their refs: the new ones come last."""
    if SIGNATURE_ROW not in {row.ref for row in sheet.rows}:
        return sheet
    rows = tuple(
        row._replace(cells=(row.cells[0], told[row.ref], *row.cells[2:])) if row.ref in told else row
        for row in sheet.rows
    )
    rest = [""] * (len(sheet.columns) - 2)
    new = (Row(ref, (ref, said, *rest)) for ref, said in told.items() if ref not in {row.ref for row in rows})
    return replace(sheet, rows=(*rows, *new))


def _with_keys(sheet: Sheet, answered: Answered) -> Sheet:
    if sheet.columns[-1].field.name != KEY.name:
        return sheet
    rows = (
        row._replace(cells=(*row.cells[:-1], row_key(answered.secret, answered.reference, sheet.name, row.ref)))
        for row in sheet.rows
    )
    return replace(sheet, rows=tuple(rows))
