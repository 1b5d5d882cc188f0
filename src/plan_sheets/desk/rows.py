"""Rows of a sheet as a page shows them: what is locked to be read, what can be filled in to be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plan_sheets.core.book.layout import ANY_WORD, Column, Field, Row, Sheet, texts_of
from plan_sheets.core.model.text import shorten
from plan_sheets.desk.fill import find_typed, is_spare, list_inputs, list_spare, name_row

SPARE = 3
"""How many blank rows are shown, and how many more when more are asked for."""
LONGEST_TITLE = 160
"""Characters of what a row is about that stand above it; the whole stands below."""
SIDE_BY_SIDE = (("head", "head_from"), ("returned", "returned_from"))
"""The fields that say what stands and by whom, and what came and by whom: they are read beside each other."""


class Question(NamedTuple):
    """A cell that can be filled in: the name and id of its field, what it is, what stands in it."""

    name: str
    id: str
    column: Column
    text: str
    words: Sequence[str]
    """What can be chosen; nothing where a text is typed. What stands there is among them in any case."""
    only_with: str
    """The word of the choice before it with which alone it counts; "" if with any."""
    fault: str


class ShownRow(NamedTuple):
    """One row as it stands on the page."""

    id: str
    title: str
    about: str
    facts: Sequence[tuple[str, str]]
    """The heading and the text of each cell that is locked."""
    beside: Sequence[Sequence[tuple[str, str]]]
    """Those that are read beside each other, each with what it comes from."""
    questions: Sequence[Question]
    is_new: bool
    is_open: bool
    """Whether it shows what can be filled in without a click."""


def choose_spare(sheet: Sheet, typed: Mapping[str, str]) -> list[Row]:
    """The blank rows that are shown: a few, all in which something was typed, and more when more are asked for."""
    spare, shown = list_spare(sheet), typed.get("rows", "")
    number = max(SPARE, int(shown) if shown.isdecimal() else 0) + (SPARE if "more" in typed else 0)
    touched = [place for place, row in enumerate(spare, 1) if find_typed(sheet, row, typed)]
    return spare[: max([number, *touched])]


def describe_row(
    sheet: Sheet, row: Row, typed: Mapping[str, str], why: Mapping[str, str], *, is_open: bool
) -> ShownRow:
    """A row; `is_open`: whether it shows what can be filled in although nothing was."""
    cells = [*zip(sheet.columns, texts_of(row), strict=True)]
    locked = {
        column.field.name: (column.heading, text)
        for column, text in cells[1:]
        if not sheet.is_input(row, column) and column.field.name != "key"
    }
    title, beside_each = name_row(sheet, row), sum(SIDE_BY_SIDE, ())
    name = next((name for name in locked if name not in beside_each and locked[name][1] not in title), "")
    about = locked[name][1] if name else ""
    about = about if len(about) <= LONGEST_TITLE else shorten(about, LONGEST_TITLE)
    beside = [[locked[field] for field in pair] for pair in SIDE_BY_SIDE if all(field in locked for field in pair)]
    apart = {*beside_each} if beside else set()
    apart |= {name} if name and about == locked[name][1] else set()
    facts = [fact for field, fact in locked.items() if field not in apart]
    questions = [*_list_questions(sheet, row, typed, why)]
    is_touched = any(question.fault for question in questions) or bool(find_typed(sheet, row, typed))
    return ShownRow(
        make_id(f"row {sheet.name}/{row.ref}"),
        title,
        about,
        facts,
        beside,
        questions,
        is_spare(sheet, row),
        is_open or is_touched,
    )


def _list_questions(sheet: Sheet, row: Row, typed: Mapping[str, str], why: Mapping[str, str]) -> Iterator[Question]:
    """What can be filled in in a row."""
    for name, column, text in list_inputs(sheet, row):
        now = typed.get(name, text)
        words = (
            [*column.choices] if not text or not column.choices or text in column.choices else [text, *column.choices]
        )
        only_with = _find_only_word(column.field)
        yield Question(name, make_id(name), column, now, words, only_with, why.get(name, ""))


def _find_only_word(field: Field) -> str:
    """The one word of another field with which alone this one counts; "" if there is no such."""
    words = [word for given in field.required_when.values() for word in given]
    return words[0] if len(words) == 1 and words[0] != ANY_WORD else ""


def make_id(name: str) -> str:
    """The id of a field in the page, from its name."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name)
