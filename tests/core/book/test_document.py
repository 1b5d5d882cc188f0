"""A document is kept as two texts, and by these two the very same book is made again, years later."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chairs import Plan

from plan_sheets.core.book.document import Document, base_text, book_from, layout_text, sha_of
from plan_sheets.core.book.layout import Book, Column, Content, Field, Formula, Line, Link, Row, Sheet
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key
from plan_sheets.plan_workbook import example_book, template_book

MADE = datetime(2016, 4, 1, 9, 30)  # noqa: DTZ001 - a workbook knows no time zone

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.sampled_from(["ref", "what", "rag", "due", "key"])
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(PartialDate.day)
CONTENTS: st.SearchStrategy[Content] = st.one_of(
    TEXTS,
    st.integers(-5, 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    DATES,
    st.just(PartialDate.month(2017, 3)),
    st.just(PartialDate.quarter(2017, 1)),
    st.builds(Formula, TEXTS, st.one_of(TEXTS, st.floats(-5, 5))),
    st.builds(Link, TEXTS, TEXTS),
)
WORDS = st.lists(TEXTS, max_size=2).map(tuple)
FIELDS = st.builds(
    Field,
    record=st.sampled_from(["action", "contribution"]),
    name=NAMES,
    title=TEXTS,
    type=st.sampled_from(["string", "date", "integer"]),
    scope=st.sampled_from(["standing", "round", "form"]),
    width=st.sampled_from([8, 16, 22.5]),
    choices=WORDS,
    required=st.booleans(),
    required_when=st.dictionaries(NAMES, WORDS, max_size=2),
    unique=st.booleans(),
    max_length=st.none() | st.integers(0, 9),
    minimum=st.none() | st.integers(-1, 1),
    pattern=st.sampled_from(["", r"\d{4}"]),
    placeholders=st.booleans(),
    prompt=TEXTS,
)
COLUMNS = st.builds(Column, FIELDS, TEXTS, input=st.booleans(), width=st.sampled_from([8, 16]), choices=WORDS)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    columns: Sequence[Column] = draw(st.lists(COLUMNS, min_size=1, max_size=3))
    answer = draw(st.none() | FIELDS)
    inputs = st.none() | st.frozensets(NAMES)
    cells = st.tuples(*[CONTENTS for _ in columns])
    rows = st.lists(
        st.builds(Row, TEXTS, cells, inputs, st.just(answer), st.sampled_from(["", "priority"]), st.booleans()),
        max_size=3,
    )
    lines = tuple(draw(st.lists(TEXTS, max_size=2)))
    line = st.builds(Line, st.lists(TEXTS, min_size=1, max_size=3).map(tuple), st.sampled_from(["line", "section"]))
    looks = draw(st.dictionaries(st.integers(1, 3), line, max_size=2))
    return Sheet(draw(TEXTS), draw(TEXTS), lines, tuple(columns), tuple(draw(rows)), looks=looks)


BOOKS = st.builds(
    Book,
    kind=st.sampled_from(["subgroup", "officer"]),
    title=TEXTS,
    sheets=st.lists(sheets(), max_size=2).map(tuple),
    created=st.just(MADE),
    properties=st.dictionaries(TEXTS, TEXTS, max_size=2),
    protected=st.booleans(),
    password=TEXTS,
    marking=TEXTS,
)


@given(BOOKS)
def test_any_book_is_made_again_from_its_texts(book: Book) -> None:
    again = book_from(layout_text(book), base_text(book))
    assert again == book
    assert (layout_text(again), base_text(again)) == (layout_text(book), base_text(book))


@pytest.mark.parametrize("book", [example_book(), template_book()], ids=["example", "template"])
def test_plan_books_are_made_again(book: Book) -> None:
    assert book_from(layout_text(book), base_text(book)) == book


def test_every_document_in_the_register_is_made_again(round_one: Plan) -> None:
    documents = round_one.register.documents()
    assert len(documents) == 9
    for one in documents:
        assert book_from(layout_text(one.book), base_text(one.book)) == one.book


def test_books_of_one_shape_have_one_layout_and_other_contents_another_base() -> None:
    book = example_book()
    renamed = replace(book, title="Another", marking="OFFICIAL-SENSITIVE")
    assert layout_text(renamed) == layout_text(book)
    assert base_text(renamed) != base_text(book)
    wider = replace(book, sheets=tuple(replace(one, name=f"{one.name} 2") for one in book.sheets))
    assert sha_of(layout_text(wider)) != sha_of(layout_text(book))


def test_a_width_is_written_as_it_is_said() -> None:
    for width in (16, 16.5, 17, 16.0, 17.0):
        sheet = Sheet("A", "A", (), (Column(Field("plan", "a", "A"), "A", width=width),), ())
        kept = json.loads(layout_text(replace(example_book(), sheets=(sheet,))))["sheets"][0]["columns"][0]
        assert str(kept.get("width", 16)) == str(width if width != 16 else 16)


def test_a_layout_says_only_what_is_not_the_default() -> None:
    book = example_book()
    told = json.loads(layout_text(book))
    board = next(one for one in told["sheets"] if one["name"] == "Boards")
    assert board["columns"][1]["field"].keys() == {
        "record",
        "name",
        "title",
        "width",
        "required",
        "max_length",
        "prompt",
    }


def test_a_contribution_is_keyed_by_action_and_subgroup(round_one: Plan) -> None:
    (document,) = round_one.register.documents(subgroup="LEARNING")
    keys = [key for *_, key, _ in document.inputs() if key.record == "contribution"]
    assert keys == [Key("contribution", "J2a.1/LEARNING", "contribution")]


def test_every_row_key_of_a_document_is_its_own(round_one: Plan) -> None:
    documents: list[Document] = round_one.register.documents()
    keys = [key for one in documents for key in one.row_keys()]
    assert len(keys) == len(set(keys)) > 300
