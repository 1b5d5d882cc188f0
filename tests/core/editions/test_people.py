"""Which parts of what a register names are looked for alone, and which of them keep a text back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plan_sheets.core.editions.people import Hit, Names, ordinary_words
from plan_sheets.core.model.history import Held, History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.store.schemas import load_name_words


def known(*names: str, ordinary: str = "") -> Names:
    return Names.of(names, replace(load_name_words(), ordinary=frozenset(ordinary.split())))


@pytest.mark.parametrize(
    "name",
    [
        "Dr Jane Wilkinson",
        "Mrs Wilkinson",
        "J. Wilkinson",
        "jane wilkinson",
        "JANE WILKINSON",
        "Wilkinson, Jane",
        "Wilkinson, J",
        "Jane Wilkinson, Board Manager",
        "Board Manager (Jane Wilkinson)",
        "Jane Wilkinson - Head of Quality",
        "Paul Hudson and Jane Wilkinson",
        "Paul Hudson/Jane Wilkinson",
        "Jane Ashe-Wilkinson",
        "Jane van der Wilkinson",
    ],
)
def test_a_surname_alone_is_a_name(name: str) -> None:
    names = known(name, "The board officer")
    for text in (
        "As Wilkinson said.",
        "(WILKINSON)",
        "Wilkinson\u2019s plan",
        "The Wilkinson-led group",
        "\uff37ilkinson",
    ):
        hit = names.named(text)
        assert hit
        assert (hit.word.casefold(), hit.name) == ("wilkinson", name)
    for text in ("Wilkinsons", "McWilkinson", "wilkinson", "The board meets", ""):
        assert names.named(text) is None


def test_a_name_without_its_title_is_a_name() -> None:
    assert known("Dr Jane Wilkinson").named("Led by Jane Wilkinson") == Hit("Jane", "Dr Jane Wilkinson")
    assert known("Siobhan O'Brien").named("so O\u2019Brien\u2019s team") == Hit("O'Brien", "Siobhan O'Brien")
    assert known("Siobhan O\u2019Brien").named("so said siobhan o'brien") == Hit(*["Siobhan O\u2019Brien"] * 2)


@pytest.mark.parametrize(
    "text", ["So Sian Muller said", "So Si\u00e2n M\u00fcller said", "So Sia\u0302n Mu\u0308ller said", "MULLER"]
)
@pytest.mark.parametrize("name", ["Si\u00e2n M\u00fcller", "Sian Muller"])
def test_a_name_is_the_same_with_its_accents_and_without(name: str, text: str) -> None:
    hit = known(name).named(text)
    assert hit is not None
    assert hit.name == name


@pytest.mark.parametrize("contact", ["jane.doe@example.org", "0116 496 0123", "(0116) 4960123", "+44 7700 900123"])
def test_an_address_or_a_number_of_nobody_known_is_told_and_keeps_nothing_back(contact: str) -> None:
    names = known("Dr Jane Wilkinson")
    assert names.named(f"Ask at {contact}.") is None
    (doubt,) = names.doubts(f"Ask at {contact}.")
    assert (doubt.word.strip("()"), doubt.is_contact) == (contact.strip("()"), True)
    assert not names.doubts("In 2015-16 and 2016-17: 0 of 100, 30 September 2016, 5 @ 40.")


@pytest.mark.parametrize("text", ["Report by May 2016", "Grant funding", "Young people were asked", "Rose to nine"])
def test_a_part_that_is_a_word_as_well_is_told_and_keeps_nothing_back(text: str) -> None:
    names = known("Theresa May", "Grant Hudson", "Ann Young", "Rose Hudson")
    (doubt,) = names.doubts(text)
    assert doubt.word in text
    assert names.named(text) is None
    assert names.named(f"{text}, Hudson said") == Hit("Hudson", "Grant Hudson")
    assert not names.doubts(text.casefold())


def test_a_word_that_the_plan_uses_is_told_where_it_is_part_of_a_name() -> None:
    names = known("Jane Stock", ordinary="stock")
    assert (names.named("Stock was taken"), names.doubts("Stock was taken")) == (None, [Hit("Stock", "Jane Stock")])
    assert known("Jane Stock").named("Stock was taken") == Hit("Stock", "Jane Stock")


@pytest.mark.parametrize(
    "name",
    ["Board lead, Domestic Abuse", "Director of Children's Services", "Quality Assurance Manager", "Hidden Harm"],
)
def test_a_post_is_looked_for_as_a_whole_only(name: str) -> None:
    names = known(name, ordinary="domestic abuse assurance hidden harm")
    assert names.named(f"So said the {name.upper()}.") == Hit(name, name)
    for word in name.replace(",", "").split():
        text = f"{word} begins a sentence"
        assert (names.named(text), names.doubts(text)) == (None, [])


def test_a_word_of_a_post_that_may_be_a_name_is_told() -> None:
    for name in ("Head Teacher Jane Wilkinson", "jane.wilkinson@example.org", "Wilkinson Trust"):
        names = known(name, ordinary="teacher")
        assert names.named("As Wilkinson said") is None
        assert names.doubts("As Wilkinson said. Wilkinson knew.") == [Hit("Wilkinson", name)]


def test_a_person_among_the_agencies_is_told_and_keeps_nothing_back() -> None:
    names = Names.of(["Dr Paul Hudson"], load_name_words(), ["Jane Wilkinson; Police", "Health, Paul Hudson"])
    assert names.named("Wilkinson will ask the Police.") is None
    assert names.doubts("Wilkinson will ask the Police.") == [Hit("Wilkinson", "Jane Wilkinson; Police")]
    assert names.named("As Hudson said.") == Hit("Hudson", "Dr Paul Hudson")


def test_one_word_is_no_name_of_a_person_but_what_it_says() -> None:
    names = known("Prevent", "Al", "-", "")
    assert names.named("We prevent harm") == Hit("Prevent", "Prevent")
    assert names.named("All of it - well") is None


def test_the_words_of_the_plan_are_those_that_the_office_typed_small_and_those_of_its_bodies() -> None:
    told = [
        ("action", "what", "Map the Pathway", "plan"),
        ("action", "owner", "jane wilkinson", "plan"),
        ("action", "progress", "wilkinson has begun", "subgroup"),
        ("subgroup", "title", "Hidden Harm", "plan"),
    ]
    held = [
        Held(Key(record, "J1", field), text, "standing", "", at, Source(kind))
        for at, (record, field, text, kind) in enumerate(told)
    ]
    assert ordinary_words(History.of(held)) == {"the", "hidden", "harm"}
