"""Hundreds of mutants of an issued workbook: what people do, alone, in pairs and in threes, at places drawn by lot."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chairs import Plan, fill
from tests.conftest import EXAMPLES
from tests.plain_book import PlainBook
from tests.rounds.mutants import ALONE, FILLED, KINDS, Mutant, make_mutant
from tests.rounds.mutations import Mutation
from tests.rounds.oracle import check, receive_all
from tests.rounds.test_mutations import CASES

from plan_sheets.store.formats.reader import read_workbook

NAMES = tuple(kind for kind in KINDS if kind not in ALONE)
MANY = 1_000 if EXAMPLES else 400
"""`make fuzz` tries a thousand. Each kind of thing that people do is among the first hundred, alone and with others."""
TOGETHER = 50
"""Mutants in a batch."""


@pytest.fixture(scope="module")
def plan(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    path = tmp_path_factory.mktemp("mutants") / "plan"
    shutil.copytree(issued_example, path)
    return Plan(path)


@pytest.fixture(scope="module")
def filled(plan: Plan) -> PlainBook:
    """The workbook of Domestic Abuse with every row filled in, as values."""
    return PlainBook.load(fill(plan.sent("DA"), plan.inbox / "filled.xlsx", FILLED))


def receive_mutants(plan: Plan, mutants: list[Mutant]) -> list[str]:
    """Receive them and check each; the verdicts. What was done to one that fails stands in the error."""
    paths = [plan.inbox / f"{number}.xlsx" for number in range(len(mutants))]
    for path, mutant in zip(paths, mutants, strict=True):
        mutant.book.save(path)
        assert read_workbook(path.read_bytes()) == read_workbook(mutant.book.to_bytes(inline=True)), mutant.done
    verdicts = []
    for mutant, returned in zip(mutants, receive_all(plan, paths), strict=True):
        try:
            check(mutant, returned)
        except AssertionError as error:
            error.add_note(
                f"Done: {', '.join(mutant.done)}. Told: {[one.message for one in returned.receipt.findings]}"
            )
            raise
        verdicts.append(str(returned.receipt.verdict))
    return verdicts


def drawn(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - the same every time is what is wanted


def recipe(number: int) -> list[str]:
    """What is done to the mutant of this number: a quarter one thing, half two things, a quarter three."""
    first = tuple(KINDS)[number % len(KINDS)]
    more = 0 if first in ALONE else (0, 1, 1, 2)[number // len(KINDS) % 4]
    return [first, *drawn(number).choices(NAMES, k=more)]


@pytest.mark.fuzz
@pytest.mark.parametrize("start", range(0, MANY, TOGETHER))
def test_hundreds_of_mutants(plan: Plan, filled: PlainBook, start: int) -> None:
    numbers = range(start, start + TOGETHER)
    made = [make_mutant(filled, number, drawn(f"place {number}"), recipe(number)) for number in numbers]
    assert all(mutant.done for mutant in made)
    assert receive_mutants(plan, made).count("held") < TOGETHER / 3, "held, nothing else of them was tried"


def test_unchanged_it_is_accepted_and_says_what_openpyxl_says(plan: Plan, filled: PlainBook) -> None:
    assert receive_mutants(plan, [Mutant(filled.copy(), drawn(0))]) == ["accepted"]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("mutation", [one[0] for one in CASES.values()], ids=CASES.keys())
def test_plain_books_change_as_openpyxls_do(plan: Plan, mutation: Mutation) -> None:
    """Or a mutant would not be what its mutation says."""
    book = openpyxl.load_workbook(plan.inbox / "filled.xlsx")
    plain = PlainBook.of(book)
    mutation(book)
    plain.apply(mutation)
    assert [(one.title, one.values) for one in plain] == [(one.title, one.values) for one in PlainBook.of(book)]
    assert plain.custom_doc_props.values == PlainBook.of(book).custom_doc_props.values


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\n\t\r")
)


@pytest.mark.fuzz
@settings(settings.get_profile("fuzz"))
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.lists(TEXTS, min_size=1),
)
def test_whatever_is_done_with_whatever_texts(
    plan: Plan, filled: PlainBook, kinds: list[str], random: Random, texts: list[str]
) -> None:
    receive_mutants(plan, [make_mutant(filled, 0, random, kinds, [f": {text}" for text in texts])])
