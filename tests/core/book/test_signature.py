"""Whose a file is: its carriers vote, those that are there must agree, and a signature covers all that is locked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.book import signature as identity
from plan_sheets.core.book.compose import locked_texts
from plan_sheets.core.book.layout import Book, Column, Field, Formula, Row, Sheet
from plan_sheets.core.book.signature import row_key, same, sign
from plan_sheets.store.receiving.carriers import Carriers, Vote, count_votes, guess_reference

A, B, C, D = (f"2016-17-Q1-{subgroup}-1" for subgroup in ("DA", "MH", "CSE", "SOS"))
SECRET = b"s" * 32


@pytest.mark.parametrize(
    ("about", "prop", "keys", "reference", "code"),
    [
        # every carrier there, or any of them missing: those that are there agree
        (A, A, {A}, A, ""),
        ("", A, {A}, A, ""),
        (A, "", {A}, A, ""),
        (A, A, set(), A, ""),
        (A, "", set(), A, ""),
        ("", A, set(), A, ""),
        ("", "", {A}, A, ""),
        # none
        ("", "", set(), "", "no_identity"),
        # one says something else
        (A, B, {A}, "", "identity_disagrees"),
        (B, A, {A}, "", "identity_disagrees"),
        (A, A, {B}, "", "identity_disagrees"),
        (A, "", {B}, "", "identity_disagrees"),
        ("", A, {B}, "", "identity_disagrees"),
        (A, B, set(), "", "identity_disagrees"),
        (A, B, {C}, "", "identity_disagrees"),
        # rows of another workbook pasted in: the file is its own, and those rows are asked about
        (A, A, {A, B}, A, ""),
        ("", A, {A, B}, A, ""),
        # rows of two workbooks, and nothing to say whose the file is
        ("", "", {A, B}, "", "rows_of_two_issues"),
    ],
)
def test_carriers_vote(about: str, prop: str, keys: set[str], reference: str, code: str) -> None:
    voted = count_votes(Carriers(about, prop, frozenset(keys)))
    assert (voted.reference, voted.code) == (reference, code)


@pytest.mark.parametrize(
    ("carriers", "reference", "code"),
    [
        (Carriers(A, A, frozenset(), frozenset({A})), A, ""),
        (Carriers("", "", frozenset(), frozenset({A})), A, ""),
        (Carriers(B, B, frozenset(), frozenset({A})), "", "identity_disagrees"),  # edited, the signature forgotten
        (Carriers("", "", frozenset({A}), frozenset({B})), "", "rows_of_two_issues"),
    ],
)
def test_a_signature_speaks_for_its_document(carriers: Carriers, reference: str, code: str) -> None:
    assert count_votes(carriers) == Vote(reference, code)


@pytest.mark.parametrize(
    ("carriers", "guess"),
    [
        (Carriers(A, B, frozenset({A})), A),
        (Carriers(B, B, frozenset({A}), frozenset({A})), A),
        (Carriers(B, B, frozenset({A})), A),
        (Carriers(B, B, frozenset({A}), frozenset({B})), B),
        (Carriers(B, A, frozenset({A, B})), A),
        (Carriers(B, "", frozenset({A, B})), B),
        (Carriers(C, "", frozenset({A})), A),
        (Carriers(B, "", frozenset({A})), A),
    ],
)
def test_the_best_guess_is_what_most_carriers_speak_for(carriers: Carriers, guess: str) -> None:
    assert guess_reference(carriers, [A, B]) == guess
    assert guess_reference(carriers, []) == ""


def test_what_each_carrier_says_is_told() -> None:
    told = Carriers(A, B, frozenset({C, D}), frozenset({A})).describe_readings()
    assert told == {"the About sheet says": (A,), "the file's properties say": (B,), "the row keys are of": (C, D)}


def test_a_row_key_is_its_ref_and_a_short_code() -> None:
    key = row_key(SECRET, A, "Progress", "J1a.1")
    assert re.fullmatch(r"J1a\.1 [A-Z2-7]{8}", key)
    others = [
        row_key(b"t" * 32, A, "Progress", "J1a.1"),
        row_key(SECRET, B, "Progress", "J1a.1"),
        row_key(SECRET, A, "Action plan", "J1a.1"),
        row_key(SECRET, A, "Progress", "J1a.2"),
    ]
    assert key not in others
    assert len({one.split()[-1] for one in others}) == len(others)


def book(**changes: object) -> Book:
    columns = (
        Column(Field("action", "ref", "Ref"), "Ref"),
        Column(Field("action", "what", "What"), "What we will do"),
        Column(Field("action", "count", "Count"), "Count"),
        Column(Field("action", "how", "How"), "How", input=True),
    )
    rows = (Row("J1.1", ("J1.1", "Map", Formula("=1+1", 2), "By hand")), Row("J1.2", ("J1.2", "Tell", 1, "")))
    sheet = Sheet("Progress", "Progress", ("A line.",), columns, rows)
    return Book("subgroup", "Title", (replace(sheet, **changes),), datetime(2016, 4, 1))  # type: ignore[arg-type]  # noqa: DTZ001 - a test's own changes; a workbook knows no time zone


def signed(one: Book, reference: str = A, secret: bytes = SECRET) -> str:
    return sign(secret, reference, locked_texts(one))


def with_cell(row: int, column: int, content: object) -> Book:
    rows = [list(one.cells) for one in book().sheets[0].rows]
    rows[row][column] = content  # type: ignore[call-overload]
    made = [one._replace(cells=tuple(cells)) for one, cells in zip(book().sheets[0].rows, rows, strict=True)]
    return book(rows=tuple(made))


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        (book(), False),
        (with_cell(0, 1, "Mop"), True),
        (with_cell(0, 0, "J1.9"), True),
        (with_cell(1, 2, 2), True),
        (book(title="Progress now"), True),
        (book(lines=("Another line.",)), True),
        (book(name="Progress 2"), True),
        (with_cell(0, 3, "By machine"), False),  # what may be filled in is not signed
        (with_cell(0, 2, Formula("=1+1", 9)), False),  # a formula recalculates
    ],
)
def test_the_signature_covers_all_that_is_locked_and_nothing_else(changed: Book, differs: bool) -> None:  # noqa: FBT001 - a table of cases
    assert same(signed(book()), signed(changed)) is not differs


def test_the_signature_needs_reference_and_secret() -> None:
    assert len({signed(book()), signed(book(), reference=B), signed(book(), secret=b"t" * 32)}) == 3


TEXTS = st.text(max_size=6)
CELLS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=4)


@given(CELLS, CELLS)
def test_two_contents_never_run_into_one_signature(
    one: list[tuple[str, str, str, str]], other: list[tuple[str, str, str, str]]
) -> None:
    assert (sign(SECRET, A, one) == sign(SECRET, A, other)) is (one == other)


def test_what_is_signed_some_at_a_time_is_signed_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "AT_ONCE", 2)
    cells = [("Sheet", str(ref), "field", "text") for ref in range(5)]
    changed = [[*cells[:at], ("Sheet", str(at), "field", "other"), *cells[at + 1 :]] for at in range(5)]
    assert len({sign(SECRET, A, one) for one in (cells, cells[:4], *changed)}) == 7
