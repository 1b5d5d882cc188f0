"""Fills in the officer's workbook as a person would in a spreadsheet, so that a page settles by the very same steps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import NamedTuple

from plan_sheets.core.book.layout import ANY_WORD, Book, Column, Field, Row, Sheet, as_fact, texts_of
from plan_sheets.core.model.printable import is_printable
from plan_sheets.store.writing.excel_limits import LONGEST_TEXT, count_units


class Fault(NamedTuple):
    """Why something that was typed cannot be given back as it stands."""

    name: str
    """Of the field of the form."""
    text: str


def name_cell(sheet: Sheet, row: Row, column: Column) -> str:
    """The name of the field of a form that a cell is filled in by."""
    return f"{sheet.name}/{row.ref}/{column.field.name}"


def list_inputs(sheet: Sheet, row: Row) -> Iterator[tuple[str, Column, str]]:
    """The name, the column and the text of each cell of a row that can be filled in."""
    for column, content in zip(sheet.columns, row.cells, strict=True):
        if sheet.is_input(row, column):
            yield name_cell(sheet, row, column), column, as_fact(content)


def find_typed(sheet: Sheet, row: Row, typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed in a row that does not stand there already, by the names of the fields of the form."""
    return {name: typed[name] for name, _, text in list_inputs(sheet, row) if typed.get(name, text) != text}


def is_spare(sheet: Sheet, row: Row) -> bool:
    """Whether it is a blank row, for something new."""
    cells = [*zip(sheet.columns, row.cells, strict=True)]
    return row.ref.isdecimal() and all(
        not as_fact(content) for column, content in cells[1:] if column.field.name != "key"
    )


def fingerprint(sheet: Sheet) -> str:
    """What stands on a sheet, in short: another one where anything else stands there."""
    rows = [(row.ref, texts_of(row), sorted(row.inputs or ())) for row in sheet.rows]
    return sha256(repr((sheet.name, rows)).encode("utf-8", "backslashreplace")).hexdigest()


def fill_in(book: Book, typed: Mapping[str, str]) -> Book:
    """The book with what was typed into its cells, by their names; what is not named stays as it is."""
    return replace(book, sheets=tuple(_fill_sheet(sheet, typed) for sheet in book.sheets))


def _fill_sheet(sheet: Sheet, typed: Mapping[str, str]) -> Sheet:
    return replace(sheet, rows=tuple(_fill_row(sheet, row, typed) for row in sheet.rows))


def _fill_row(sheet: Sheet, row: Row, typed: Mapping[str, str]) -> Row:
    new = find_typed(sheet, row, typed)
    if not new:
        return row
    names = [name_cell(sheet, row, column) for column in sheet.columns]
    return row._replace(cells=tuple(new.get(name, cell) for name, cell in zip(names, row.cells, strict=True)))


def list_spare(sheet: Sheet) -> list[Row]:
    """The blank rows, the last one first: whoever fills in the workbook itself begins with the first."""
    return [row for row in reversed(sheet.rows) if sheet.has_inputs and is_spare(sheet, row)]


def name_row(sheet: Sheet, row: Row) -> str:
    """What a row is called: by its ref, by a number with its heading, or as the blank row that it is."""
    heading, first = sheet.columns[0].heading, texts_of(row)[0]
    if is_spare(sheet, row):
        return f"New {heading.lower()} {list_spare(sheet).index(row) + 1}"
    return f"{heading} {first}" if first.isdecimal() else first


def move_spare(sheet: Sheet, typed: Mapping[str, str], taken: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What was typed, where a blank row that something else was typed into meanwhile is left for a free one.

    `taken`: what stands in each blank row that was filled in already, by its ref and the field. A row that says the
    very same as one of these is moved there: it is known, and counts once.
    """
    spare = {row.ref: row for row in list_spare(sheet)}
    filled = {ref: row for ref, row in spare.items() if find_typed(sheet, row, typed)}
    free = [ref for ref in spare if ref not in taken and ref not in filled]
    moved = {name: text for name, text in typed.items() if not any(name in names for names in _names(sheet, filled))}
    for ref, row in filled.items():
        new = {column.field.name: typed.get(name, text) for name, column, text in list_inputs(sheet, row)}
        said = {name: text for name, text in new.items() if text}
        same = next((other for other, texts in taken.items() if texts == said and other in spare), "")
        place = same or (free.pop(0) if ref in taken and free else ref)
        moved |= {name: new[column.field.name] for name, column, _ in list_inputs(sheet, spare[place])}
    return moved


def _names(sheet: Sheet, rows: Mapping[str, Row]) -> Iterator[set[str]]:
    """The names of the fields of the form of each row."""
    for row in rows.values():
        yield {name for name, _, _ in list_inputs(sheet, row)}


def find_faults(sheet: Sheet, typed: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with what was typed on a sheet, row by row: what would not be taken as it stands."""
    for row in sheet.rows:
        if new := find_typed(sheet, row, typed):
            inputs = [*list_inputs(sheet, row)]
            now = {column.field.name: typed.get(name, text).strip() for name, column, text in inputs}
            yield from _find_in_row(name_row(sheet, row), inputs, now, new)


def find_form_faults(sheet: Sheet, typed: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with the answers to the questions of a form."""
    for row in sheet.rows:
        for name, _, _ in list_inputs(sheet, row) if row.answer else ():
            text = typed.get(name, "").strip()
            if row.answer and row.answer.required and not text:
                yield Fault(name, f"{row.answer.title} is blank: fill it in.")
            elif row.answer and (why := _find_in_text(row.answer, text)):
                yield Fault(name, f"{row.answer.title} {why}")


def _find_in_row(
    title: str, inputs: Collection[tuple[str, Column, str]], now: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Fault]:
    """What is wrong with the row of this title, in which the fields say this `now`, and of which this is `new`."""
    headings = {column.field.name: column.heading for _, column, _ in inputs}
    for name, column, _ in inputs:
        field, text = column.field, now[column.field.name]
        about = f"{title}: {column.heading}"
        if name in new and (why := _find_in_text(field, text)):
            yield Fault(name, f"{about} {why}")
        elif name in new and text and column.choices and text not in column.choices:
            yield Fault(name, f"{about} is none of the words of its list.")
        elif not text and any(now.values()) and field.is_needed(now.get):
            yield Fault(name, f"{about} is blank: fill it in.")
        elif text and (other := _find_missing_word(field, now)):
            words = " or ".join(field.required_when[other])
            yield Fault(name, f"{about} is only for {headings[other]}: {words}. Choose that, or take the text out.")


def _find_missing_word(field: Field, now: Mapping[str, str]) -> str:
    """The field of the row that has to hold one of certain words for this one to count, and holds another; or ""."""
    asked = {other: words for other, words in field.required_when.items() if ANY_WORD not in words and other in now}
    fits = any(now[other] in words for other, words in asked.items())
    return "" if fits else next(iter(asked), "")


def _find_in_text(field: Field, text: str) -> str:
    """What is wrong with a text, in the words that follow the name of its field; "" if a cell can hold it."""
    most = min(field.max_length or LONGEST_TEXT, LONGEST_TEXT)
    if (length := count_units(text)) > most:
        return f"has {length:,} characters, and {most:,} have room: shorten it."
    if not is_printable(text):
        place = next(place for place, sign in enumerate(text) if not is_printable(sign))
        before = text[:place].rpartition("\n")[2][-30:]
        sign = f"U+{ord(text[place]):04X}, " + (f"after '{before}'" if before else "at the beginning of a line")
        return f"holds a sign that cannot be seen and no workbook holds ({sign}): take it out."
    return ""
