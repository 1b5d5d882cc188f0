"""What is typed in a cell, and what it is tidied to."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.answers.tidy import as_cell_shows, clean_text, is_placeholder, tidy
from plan_sheets.core.book.layout import Field
from plan_sheets.core.model.found import CellKind, FoundCell, Remark

FREE = Field("action", "how", "How we will do it")
VERBATIM = Field("plan", "title", "Title", placeholders=False)
RAG = Field("action", "rag", "RAG", choices=("Green", "Amber", "Red"))
OVERRIDE = Field("action", "override_rag", "RAG by override", choices=("Blue", "Green", "Amber", "Red"))
STAGE = Field("action", "stage", "Stage", choices=("Not started", "In progress", "Complete", "Closed", "Withdrawn"))
DONE = Field("action", "step_done", "Last next step done", choices=("Yes", "Partly", "No"))
DUE = Field("action", "due", "Due", type="date")
NUMBER = Field("item", "order", "Order", type="integer")
EMAIL = Field("subgroup", "email", "E-mail", format="email")
REF = Field("action", "ref", "Ref", format="ref", placeholders=False)
REFS = Field("grid", "covered_by", "Covered by", format="refs")
THEME = Field("further", "theme", "Theme")
THEMES = ("J1 Domestic Abuse", "J2 Mental Health", "J2a Suicide", "J2b Self harm", "L3 Signs of Safety & more")
FIELDS = (FREE, VERBATIM, RAG, OVERRIDE, STAGE, DONE, DUE, NUMBER, EMAIL, REF, REFS)

NOTES = {
    "tidied",
    "tidied_space",
    "only_spaces",
    "placeholder",
    "choice_with_more",
    "date_day_first",
    "date_year_assumed",
    "date_serial",
}


def told(
    text: str, field: Field, choices: tuple[str, ...] = (), kind: CellKind = CellKind.TEXT
) -> tuple[str, list[str]]:
    tidied = tidy(text, field, choices, year=2016, kind=kind)
    return tidied.value, [remark.code for remark in tidied.remarks]


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("", ""),
        ("   \n\t ", ""),
        ("\u200b", ""),
        ("\u200e", ""),
        ("\x07Done\x1b", "Done"),
        ("\ufeffDone", "Done"),
        (" Done ", "Done"),
        ("DV\u00a0pathway", "DV pathway"),
        ("DV\u3000pathway", "DV pathway"),
        ("wel\u00adfare", "welfare"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one_x000D_\ntwo_x000d_three", "one\ntwo\nthree"),
        ("one\vtwo\u2028three", "one\ntwo\nthree"),
        ("one  \ntwo\t\n\n", "one\ntwo"),
        ("e\u0301quipe", "\u00e9quipe"),
    ],
)
def test_white_space_is_tidied_with_one_note(typed: str, clean: str) -> None:
    assert told(typed, FREE) == (clean, ["tidied_space" if clean else "only_spaces"] if typed else [])


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("Trailing spaces here  ", "blanks at the beginning or end"),
        ("\n Done", "blanks at the beginning or end"),
        ("one\r\ntwo", "ends of lines"),
        ("one  \ntwo", "ends of lines"),
        ("one_x000D_\ntwo", "ends of lines"),
        ("DV\u00a0pathway", "blanks of an unusual kind"),
        ("wel\u00adfare", "signs that nobody sees"),
        ("e\u0301quipe", "how accents are stored"),
        ("\u00a0wel\u00adfare", "blanks at the beginning or end, signs that nobody sees"),
    ],
)
def test_what_was_tidied_is_told_and_not_what_looks_alike(typed: str, what: str) -> None:
    (remark,) = tidy(typed, FREE, year=2016).remarks
    assert (remark.code, remark.details) == ("tidied_space", {"what": what})


@pytest.mark.parametrize(
    "typed",
    [
        "a  b\n\n  c\td",
        "=1+1",
        "+44 and more",
        "- first\n- second",
        "@lead",
        "N/A",
        "n/a",
        "none",
        "007",
        "March 17",
        "DV ISA?",
        "TBC - the Board lead",
        "To be completed by March 2017",
        "This column to be determined by the lead. Better Outcomes",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "#N/A",
        "_x0041_",
    ],
)
def test_free_text_stays_as_it_is(typed: str) -> None:
    assert told(typed, FREE) == (typed, [])


@pytest.mark.parametrize("field", [FREE, RAG, DUE, NUMBER, EMAIL, REFS])
@pytest.mark.parametrize(
    "typed",
    [
        "?",
        "??",
        "? ?",
        "-",
        "--",
        "\u2013",
        "...",
        "\u2026",
        "tbc",
        "TBC.",
        "(TBC)",
        "T.B.C.",
        "TBC?",
        "tba",
        "TBD",
        "to be confirmed",
        "To be determined",
        "n/k",
        "not known",
        "unknown",
        "to be populated by the subgroup",
        "To be populated",
        "this column to be determined by the subgroup / lead .",
    ],
)
def test_a_placeholder_is_a_blank_and_a_note(typed: str, field: Field) -> None:
    assert told(typed, field) == ("", ["placeholder"])


def test_a_placeholder_of_the_executive_is_told_as_a_warning_too() -> None:
    field = Field("decision", "decision", "Decision", fill="executive")
    assert told("?", field) == ("", ["placeholder", "undecided"])


def test_placeholders_only_where_the_field_has_them() -> None:
    assert told("?", VERBATIM) == ("?", [])
    assert told("unknown", FREE, ("Known", "Unknown")) == ("Unknown", ["tidied"])
    assert not is_placeholder("To be populated by the lead\nwith the officer")


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (RAG, "red", "Red"),
        (RAG, "AMBER.", "Amber"),
        (RAG, '"Green"', "Green"),
        (RAG, "G", "Green"),
        (RAG, "a", "Amber"),
        (OVERRIDE, "b", "Blue"),
        (RAG, "Grren", "Green"),
        (RAG, "Ambre", "Amber"),
        (RAG, "Redd", "Red"),
        (STAGE, "in-progress", "In progress"),
        (STAGE, "Not\nstarted", "Not started"),
        (STAGE, "In progres", "In progress"),
        (STAGE, "Compelte", "Complete"),
        (STAGE, "Not", "Not started"),
        (DONE, "y", "Yes"),
        (DONE, "N", "No"),
        (DONE, "yes!", "Yes"),
        (DONE, "TRUE", "Yes"),
        (DONE, "\u2713", "Yes"),
        (DONE, "\u2714\ufe0f", "Yes"),
    ],
)
def test_a_choice_is_known_by_its_words(field: Field, typed: str, value: str) -> None:
    assert told(typed, field) == (value, ["tidied"])


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("J2a", "J2a Suicide"),
        ("j2A: suicide", "J2a Suicide"),
        ("J2", "J2 Mental Health"),
        ("J2a Suicde", "J2a Suicide"),
        ("L3 Signs of safety and more", "L3 Signs of Safety & more"),
    ],
)
def test_a_theme_is_known_by_its_ref(typed: str, value: str) -> None:
    assert told(typed, THEME, THEMES) == (value, ["tidied"])


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (RAG, "Amber - watch", "Amber"),
        (RAG, "Amber (was due in May)", "Amber"),
        (RAG, "red: no lead", "Red"),
        (STAGE, "Complete, bar the audit", "Complete"),
        (DONE, "Yes - but late", "Yes"),
    ],
)
def test_words_behind_a_choice_are_told(field: Field, typed: str, value: str) -> None:
    remark = tidy(typed, field, year=2016).remarks[0]
    assert told(typed, field) == (value, ["choice_with_more"])
    assert remark.details["whole"] == typed


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (RAG, "Amber/Red", "choice_two_readings"),
        (RAG, "Green (was Amber)", "choice_two_readings"),
        (DONE, "Yes - no evidence yet", "choice_two_readings"),
        (RAG, "Green?", "choice_unsure"),
        (RAG, "not Green", "choice_unsure"),
        (RAG, "Green - really?", "choice_unsure"),
        (RAG, "Red flags all cleared", "choice_unsure"),
        (RAG, "Green-ish", "choice_unsure"),
        (STAGE, "Complete by March", "choice_unsure"),
        (DONE, "No progress needed", "choice_unsure"),
        (RAG, "B", "not_a_choice"),
        (RAG, "Purple", "not_a_choice"),
        (RAG, "Fred", "not_a_choice"),
        (RAG, "N/A", "not_a_choice"),
        (RAG, "#", "not_a_choice"),
        (STAGE, "Incomplete", "not_a_choice"),
        (STAGE, "C", "not_a_choice"),
        (DONE, "x", "not_a_choice"),
        (DONE, "Not", "not_a_choice"),
    ],
)
def test_no_choice_is_guessed(field: Field, typed: str, code: str) -> None:
    assert told(typed, field) == (typed, [code])


def test_what_can_be_chosen_is_told() -> None:
    assert told("J2a Self harm", THEME, THEMES) == ("J2a Self harm", ["not_a_choice"])
    assert tidy("x", RAG, year=2016).remarks[0].details == {"choices": "Green, Amber, Red"}
    many = tuple(f"J{number}" for number in range(1, 21))
    assert tidy("x", THEME, many, year=2016).remarks[0].details["choices"].endswith("J12 and 8 more")


@pytest.mark.parametrize(
    ("field", "typed", "value", "codes"),
    [
        (DUE, "March 2017", "March 2017", []),
        (DUE, " March\u00a02017", "March 2017", ["tidied_space"]),
        (DUE, "31.3.17", "31 March 2017", ["tidied"]),
        (DUE, "03/04/2016", "3 April 2016", ["date_day_first"]),
        (DUE, "March 17", "March 17", ["date_two_readings"]),
        (DUE, "ongoing", "ongoing", ["date_vague"]),
        (DUE, "N/A", "N/A", ["date_unreadable"]),
        (NUMBER, "3", "3", []),
        (NUMBER, " 3 ", "3", ["tidied_space"]),
        (NUMBER, "3.0", "3", ["tidied"]),
        (NUMBER, "-2", "-2", []),
        (NUMBER, "3.5", "3.5", ["integer_unreadable"]),
        (NUMBER, "three", "three", ["integer_unreadable"]),
        (EMAIL, "chair@example.org", "chair@example.org", []),
        (EMAIL, "mailto:chair@example.org", "chair@example.org", ["tidied"]),
        (EMAIL, "<chair@example.org>;", "chair@example.org", ["tidied"]),
        (EMAIL, "chair at example.org", "chair at example.org", ["email_unreadable"]),
        (EMAIL, "a@example.org, b@example.org", "a@example.org, b@example.org", ["email_unreadable"]),
        (EMAIL, "chair@example", "chair@example", ["email_unreadable"]),
        (REF, "J2a.1", "J2a.1", []),
        (REF, "j2A.1 ", "J2a.1", ["tidied"]),
        (REF, "J2a.1 ", "J2a.1", ["tidied_space"]),
        (REF, "j2a", "J2a", ["tidied"]),
        (REF, "J2a . 1", "J2a.1", ["tidied"]),
        (REF, "da.f1", "DA.F1", ["tidied"]),
        (REF, "to be given", "to be given", []),
        (REFS, "J2a.1; J2b.1", "J2a.1; J2b.1", []),
        (REFS, "J2a.1, J2b.1 and L3.1", "J2a.1; J2b.1; L3.1", ["tidied"]),
        (REFS, "j2A.1 l3.1", "J2a.1; L3.1", ["tidied"]),
        (REFS, "J2a.1\nJ2a.1;", "J2a.1", ["tidied"]),
        (REFS, "MH & LEARNING", "MH; LEARNING", ["tidied"]),
        (REFS, "see J2a.1", "see J2a.1", []),
        (REFS, "TBC; TBC", "", ["placeholder"]),
    ],
)
def test_dates_numbers_addresses_and_refs(field: Field, typed: str, value: str, codes: list[str]) -> None:
    assert told(typed, field) == (value, codes)


@pytest.mark.parametrize(
    ("field", "typed", "kind", "value", "codes"),
    [
        (FREE, "#N/A", CellKind.ERROR, "#N/A", ["cell_error"]),
        (RAG, "Amber", CellKind.FORMULA, "Amber", ["cell_formula"]),
        (DUE, "42825", CellKind.NUMBER, "31 March 2017", ["date_serial"]),
        (DUE, "3.1", CellKind.NUMBER, "3.1", ["date_unreadable"]),
        (DUE, "31 March 2017", CellKind.DATE, "31 March 2017", []),
        (FREE, "31 March 2017", CellKind.DATE, "31 March 2017", []),
        (DONE, "TRUE", CellKind.BOOLEAN, "Yes", ["tidied"]),
        (DUE, "14:30", CellKind.TIME, "14:30", ["date_unreadable"]),
    ],
)
def test_kinds_of_cell(field: Field, typed: str, kind: CellKind, value: str, codes: list[str]) -> None:
    assert told(typed, field, kind=kind) == (value, codes)


def test_a_note_says_before_and_after() -> None:
    assert tidy("red ", RAG, year=2016).remarks[0].details == {"before": "red ", "after": "Red"}
    assert tidy("x", FREE, year=2016, kind=CellKind.FORMULA).remarks[0].details == {"stored": "'x'"}
    assert tidy("", FREE, year=2016, kind=CellKind.FORMULA).remarks[0].details == {"stored": "the file does not tell"}


pieces = [
    "Amber",
    "Red",
    "no",
    "yes",
    " ",
    " - ",
    "?",
    "J2a.1",
    "and",
    ",",
    "\r\n",
    "_x000D_",
    "\u200b",
    "to be",
    "17",
    "March",
]
typed_texts = st.one_of(
    st.text(max_size=30),
    st.text("AmberRedGn -/?,.()\n\u00a0YesNoartly", max_size=14),
    st.lists(st.sampled_from(pieces), max_size=7).map("".join),
)


@given(typed_texts, st.sampled_from(FIELDS), st.sampled_from([(), THEMES]))
def test_tidied_again_it_is_itself_and_without_a_note(text: str, field: Field, choices: tuple[str, ...]) -> None:
    once = tidy(text, field, choices, year=2016)
    again = tidy(once.value, field, choices, year=2016)
    assert again.value == once.value
    assert not NOTES & {remark.code for remark in again.remarks}


@given(typed_texts.map(lambda text: text.replace("_x000D_", "\r")))
def test_free_text_loses_no_sign_that_can_be_seen(text: str) -> None:
    def seen(of: str) -> Counter[str]:
        return Counter(sign for sign in of if unicodedata.category(sign) not in {"Cf", "Cc", "Zs", "Zl", "Zp"})

    tidied = clean_text(text)
    bare = re.sub("[\\x00-\\x08\\x0e-\\x1b\\x7f\u00ad\u200b\u2060\ufeff]", "", text)
    assert seen(tidied) == seen(unicodedata.normalize("NFC", bare))
    assert told(text, VERBATIM)[0] == tidied


@pytest.mark.parametrize("character", ["\uf600", "\ue000", "\U000f0001", "\U0010fffd"])
def test_a_character_of_private_use_is_told_and_taken(character: str) -> None:
    text = f"Agreed {character}"
    tidied = tidy(f" {text}", FREE, year=2016)
    assert tidied.value == text
    assert [(one.code, one.details) for one in tidied.remarks if one.code == "private_character"] == [
        ("private_character", {"character": f"U+{ord(character):04X}"})
    ]
    assert told("Agreed 😀 ŵ", FREE) == ("Agreed 😀 ŵ", [])


@pytest.mark.parametrize("field", [FREE, DONE, RAG, DUE, NUMBER])
def test_a_checkbox_that_is_not_ticked_is_blank(field: Field) -> None:
    assert told("FALSE", field, kind=CellKind.BOOLEAN) == ("", ["unticked"])


def test_a_word_that_was_typed_is_no_checkbox() -> None:
    assert told("FALSE", FREE) == ("FALSE", [])
    assert told("FALSE", DONE) == ("No", ["tidied"])


def test_a_tick_is_yes_where_that_can_be_chosen_and_told_where_words_are_asked_for() -> None:
    assert told("TRUE", DONE, kind=CellKind.BOOLEAN) == ("Yes", ["tidied"])
    assert told("TRUE", FREE, kind=CellKind.BOOLEAN) == ("TRUE", ["ticked"])


@pytest.mark.parametrize("text", ["<is><t>Agreed</t></is>", 'xml:space="preserve">Agreed', "a<text:span x='1'>b"])
def test_markup_in_a_text_is_asked_about(text: str) -> None:
    assert told(text, FREE) == (text, ["cell_markup"])


@pytest.mark.parametrize("text", ["a <b> c", "x < t > y", "<test>", "S<->T, 5<10 and 7>2"])
def test_signs_that_people_type_are_no_markup(text: str) -> None:
    assert told(text, FREE) == (text, [])


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_is_not_called_an_error(text: str) -> None:
    assert told(text, FREE, kind=CellKind.ERROR) == (text, ["cell_no_number"])
    assert told("#N/A", FREE, kind=CellKind.ERROR) == ("#N/A", ["cell_error"])


def test_a_date_in_a_format_that_nobody_can_follow_is_told() -> None:
    cell = FoundCell("1 March 2017", CellKind.DATE)
    assert as_cell_shows(cell, "March 2017") == (
        FoundCell("March 2017"),
        (Remark("date_shown", {"shown": "March 2017"}),),
    )
    assert as_cell_shows(cell, "") == (cell, (Remark("date_formatted"),))
