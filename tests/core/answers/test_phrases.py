"""What people type instead of an answer, and what it means in a cell."""

from __future__ import annotations

import pytest

from plan_sheets.core.answers.phrases import Meaning, bare
from plan_sheets.store.schemas import load_phrases, load_records

RECORDS = load_records()
ACTION, FORM, GRID = RECORDS["action"], RECORDS["form"], RECORDS["grid"]
PHRASES = load_phrases()


@pytest.mark.parametrize(
    "text",
    [
        "No change",
        "no change.",
        "  NO   CHANGE ",
        "(no change)",
        '"No change"',
        "As above",
        "as above!",
        "See last quarter\N{RIGHT SINGLE QUOTATION MARK}s return",
        "Ditto",
        '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}",
        "''",
        "\N{DITTO MARK}",
        "do.",
        "-do-",
        "N/A",
        "n.a.",
        "Not applicable.",
        "See attached",
        "Same as last time",
    ],
)
def test_a_phrase_is_asked_about_in_a_blank_cell_and_leaves_a_prefilled_one_as_it_is(text: str) -> None:
    assert PHRASES.meaning(text, ACTION["progress"]) is Meaning.ASK
    assert PHRASES.meaning(text, ACTION["how"], "Train the staff") is Meaning.STANDS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No change to the pathway, but two more staff",
        "Not applicable because nobody was met",
        "As above, and the leaflet is out",
        "We met twice",
        "No progress",
        "None",
        "Nothing",
        "No",
        "N/A " * 20,
        "?",
    ],
)
def test_whatever_says_more_or_something_else_is_an_answer(text: str) -> None:
    assert PHRASES.meaning(text, ACTION["progress"]) is Meaning.ANSWER
    assert PHRASES.meaning(text, ACTION["how"], "Train the staff") is Meaning.ANSWER


@pytest.mark.parametrize("text", ["Nothing", "None", "none.", "No", "N/A", "-", "\N{EN DASH}", "Nil", "Not at present"])
def test_who_asks_the_executive_for_nothing_asks_nothing(text: str) -> None:
    assert PHRASES.meaning(text, ACTION["ask"]) is Meaning.BLANK


@pytest.mark.parametrize("text", ["As above", "No change", "See attached"])
def test_an_ask_that_stands_elsewhere_is_asked_about(text: str) -> None:
    assert PHRASES.meaning(text, ACTION["ask"]) is Meaning.ASK


def test_a_field_may_say_what_a_phrase_means_there() -> None:
    assert PHRASES.meaning("n/a", ACTION["recovery"]) is Meaning.BLANK
    assert PHRASES.meaning("No change", ACTION["new_date"]) is Meaning.BLANK
    assert PHRASES.meaning("None", ACTION["evidence"]) is Meaning.ANSWER
    assert PHRASES.meaning("None", ACTION["owner"], "The Board lead") is Meaning.ASK
    assert PHRASES.meaning("Not applicable", GRID["data"]) is Meaning.ANSWER
    assert PHRASES.meaning("n/a", FORM["nothing_because"]) is Meaning.BLANK
    assert PHRASES.meaning("As above", FORM["message"]) is Meaning.ANSWER
    assert PHRASES.meaning("As above", RECORDS["decision"]["decided_by"]) is Meaning.ASK
    assert PHRASES.meaning("No change", RECORDS["decision"]["decision"]) is Meaning.ANSWER


def test_the_officer_says_nothing_in_phrases() -> None:
    assert PHRASES.meaning("As above", ACTION["override_reason"]) is Meaning.ANSWER


def test_every_phrase_is_found_again_as_it_stands_in_the_list() -> None:
    assert len(PHRASES.by_text) > 200
    assert all(bare(text) == text for text in PHRASES.by_text)
    assert "" not in PHRASES.by_text
