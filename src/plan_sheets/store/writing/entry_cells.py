"""The cells that somebody fills in: their prompts and lists of choices, grouped by what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from plan_sheets.core.book.layout import Book, Column, Row, Sheet, as_text
from plan_sheets.core.book.style import STATUS
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.writing.excel_limits import (
    LONGEST_LIST,
    LONGEST_PROMPT,
    LONGEST_PROMPT_TITLE,
    count_units,
    cut_text,
    fit_text,
    quote_sheet,
)

Place = tuple[int, int]
"""Row and column of a cell, counted from 0."""


@dataclass(frozen=True, slots=True)
class EntryCells:
    """The prompt that is shown while a cell is filled in, and its choices (none: any text)."""

    title: str
    prompt: str
    choices: tuple[str, ...]
    is_needed: bool
    is_long: bool
    """Whether it takes a text of some length, which may be pasted."""


class AskedCells(NamedTuple):
    """The cells that ask the same: the first of them, and all as ranges such as `C5:C9 D3:D3`."""

    first: Place
    ranges: str


def group_entries(sheet: Sheet, needed: Sequence[frozenset[str]]) -> dict[EntryCells, AskedCells]:
    """The cells to fill in, grouped by what they ask, column by column and downwards; `needed`: of each row."""
    runs = list(_find_runs(sheet, needed))
    groups: dict[EntryCells, list[tuple[int, int, int]]] = {}
    for across, column in [numbered for numbered in enumerate(sheet.columns) if numbered[1].input]:
        for first, last, row in runs:
            if not sheet.is_input(row, column):
                continue
            entry = _make_entry(row, column, is_needed=column.field.name in needed[first])
            spans = groups.setdefault(entry, [])
            if spans and spans[-1][::2] == (across, first - 1):
                spans[-1] = across, spans[-1][1], last
            else:
                spans.append((across, first, last))
    top = sheet.heading_row + 1
    return {
        entry: AskedCells((spans[0][1] + top, spans[0][0]), " ".join(_name_span(*span, top=top) for span in spans))
        for entry, spans in groups.items()
    }


def _find_runs(sheet: Sheet, needed: Sequence[frozenset[str]]) -> Iterator[tuple[int, int, Row]]:
    """The rows that follow each other and ask the same: the first and the last, counted from 0, and that row."""
    numbered = enumerate(zip(sheet.rows, needed, strict=True))
    for _, run in groupby(numbered, key=lambda each: (each[1][0].inputs, each[1][0].answer, each[1][1])):
        rows = [*run]
        yield rows[0][0], rows[-1][0], rows[0][1][0]


def _name_span(across: int, first: int, last: int, top: int) -> str:
    letters = column_letters(across)
    return f"{letters}{first + top + 1}:{letters}{last + top + 1}"


def _make_entry(row: Row, column: Column, *, is_needed: bool) -> EntryCells:
    """What a cell asks: on a form the row's question, elsewhere the column's."""
    about = row.answer or column.field
    title, choices = (about.title, about.choices) if row.answer else (column.heading, column.choices)
    is_long = (about.max_length or 0) > LONGEST_PROMPT and not choices
    return EntryCells(title, about.prompt, choices, is_needed, is_long)


def make_validation(entry: EntryCells, book: Book) -> dict[str, Any]:
    """XlsxWriter's options for one group of cells; raises PlanSheetsError if the prompt is too long."""
    before = book.hints.get("needed", "") if entry.is_needed else ""
    after = book.hints.get("paste", "") if entry.is_long else ""
    prompt = {
        "input_title": cut_text(entry.title, LONGEST_PROMPT_TITLE),
        "input_message": fit_text(
            " ".join(filter(None, (before, entry.prompt, after))), LONGEST_PROMPT, f"The prompt of {entry.title}"
        ),
    }
    if not entry.choices:
        return {"validate": "any", **prompt}
    return {
        "validate": "list",
        "source": choose_list_source(entry, book),
        "error_type": "stop",
        "error_title": "Not in the list",
        "error_message": "Please choose from the list beside the cell, or clear the cell.",
        **prompt,
    }


def choose_list_source(entry: EntryCells, book: Book) -> list[str] | str:
    """The words to choose from; where a cell cannot hold them (over 255 characters, commas), the range they stand in.

    Raises PlanSheetsError if no column of the book holds just these words in this order.
    """
    choices = list(entry.choices)
    if count_units(",".join(choices)) <= LONGEST_LIST and not re.search('[,"]', "".join(choices)):
        return choices
    for sheet in book.sheets:
        for across in range(len(sheet.columns)):
            texts = [as_text(row.cells[across]) for row in sheet.rows]
            if texts[: len(choices)] == choices and not any(texts[len(choices) :]):
                letters, top = column_letters(across), sheet.heading_row + 2
                return f"={quote_sheet(sheet.name)}!${letters}${top}:${letters}${top + len(choices) - 1}"
    raise PlanSheetsError(
        f"The list of {entry.title} is too long for a cell, and its words stand in no column of the workbook.",
        "Put all of them, in this order, in one column of a sheet.",
    )


def write_source(entry: EntryCells, book: Book) -> str:
    """The same as XlsxWriter writes it."""
    source = choose_list_source(entry, book)
    return source.removeprefix("=") if isinstance(source, str) else f'"{",".join(source)}"'


def list_status(entry: EntryCells) -> list[str]:
    """The status words that can be chosen: each gets its colour when it is typed."""
    return [word for word in STATUS if word in entry.choices] if entry.choices else []
