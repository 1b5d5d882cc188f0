"""Any number whatever, in any of the forms in which people write it; and any other number and text."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.gb import nhs, upn
from tests.core.screening.test_screen import BETWEEN, KIND, SCREEN, kinds


def complete(serial: int) -> str:
    """The NHS number of those for tests (999 ...) with these six figures; "" where none has them."""
    numbers = (f"999{serial:06}{check}" for check in range(10))
    return next(filter(nhs.is_valid, numbers), "")


NHS_NUMBERS = st.integers(0, 999_999).map(complete).filter(bool)
UPNS = st.from_regex(r"[0-9]{11}[0-9A-HJ-NP-RT-Z]", fullmatch=True).map(lambda rest: upn.calc_check_digit(rest) + rest)
LETTERS = st.text(
    st.characters(whitelist_categories=["Lu", "Ll", "Po", "Ps", "Zs"], blacklist_characters="£#@/=+.,-&%")
)


@settings(deadline=None)
@given(NHS_NUMBERS, st.sampled_from(BETWEEN), LETTERS, LETTERS)
def test_every_nhs_number_is_found_in_any_words(number: str, between: str, before: str, after: str) -> None:
    written = between.join((number[:3], number[3:6], number[6:]))
    text = f"{before}, seen: {written} {after}"
    found = [one for one in SCREEN.find(text) if one.kind is KIND.NHS_NUMBER]
    assert len(found) == 1
    assert text[found[0].start : found[0].end].endswith(written)


SAID = [
    *(
        "NHS {}",
        "NHS no {}",
        "nhs no. {}",
        "NHS number: {}",
        "NHS Number is {}",
        "NHS number for child A: {}",
        "NHS ({})",
    ),
    *("{} (NHS)", "{} (NHS number)", "{} is the NHS number", "{}, NHS no.", "The NHS number given by her aunt was {}."),
]
GROUPS = [(3, 6), (4, 7), (5,), (2, 4, 6, 8), (), tuple(range(1, 10))]


@settings(deadline=None)
@given(
    NHS_NUMBERS,
    st.sampled_from(SAID),
    st.sampled_from(GROUPS),
    st.sampled_from([*BETWEEN, "/", " / ", ",", "("]),
    st.sampled_from("Oo"),
    st.sampled_from("lI"),
    st.integers(0, 3),
)
def test_every_nhs_number_that_is_said_to_be_one_is_found(
    number: str, said: str, groups: tuple[int, ...], between: str, nought: str, one: str, letters: int
) -> None:
    typed = number.replace("0", nought, letters).replace("1", one, max(0, letters - number.count("0")))
    written = between.join(typed[start:end] for start, end in zip((0, *groups), (*groups, 10), strict=True))
    text = f"Seen on 3 May. {said.format(written)}"
    assert kinds(text) == [KIND.NHS_NUMBER], ascii(text)


UNITS = [
    "£{}",
    "£ {}",
    "€{}",
    "${}",
    "{} GBP",
    "{} pounds",
    "{} euros",
    "{} bytes",
    "{} km",
    "{}p",
    "{}%",
    "{} per cent",
]


@settings(deadline=None)
@given(
    st.integers(0, 99_999_999_999), st.sampled_from(UNITS), st.sampled_from(["{}", "{:,}", "{:.2f}", "{:,.2f}", "{:_}"])
)
def test_no_number_with_a_currency_or_a_unit_is_one(number: int, unit: str, form: str) -> None:
    text = f"Spent so far: {unit.format(form.format(number).replace('_', ' '))} in 2016-17"
    assert kinds(text) == [], text


@settings(deadline=None)
@given(NHS_NUMBERS, st.sampled_from(UNITS), st.sampled_from(["", " ", ",", "/"]))
def test_no_number_of_the_nhs_is_one_with_a_currency_or_a_unit(number: str, unit: str, between: str) -> None:
    text = f"So far {unit.format(between.join((number[:3], number[3:6], number[6:])))} in 2016-17"
    assert kinds(text) == [], text


@settings(deadline=None)
@given(UPNS, st.sampled_from(BETWEEN))
def test_every_upn_is_found(number: str, between: str) -> None:
    assert kinds(f"Pupil {number[0]}{between}{number[1:8]}{between}{number[8:]}.") == [KIND.UPN]


@settings(deadline=None)
@given(
    st.integers(0, 9_999_999_999).map(lambda number: f"{number:010}").filter(lambda number: not nhs.is_valid(number))
)
def test_ten_digits_that_fail_the_check_are_no_nhs_number(number: str) -> None:
    for text in (number, f"{number[:3]} {number[3:6]} {number[6:]}", f"NHS number {number}"):
        assert KIND.NHS_NUMBER not in kinds(text)


@settings(deadline=None)
@given(st.text())
def test_whatever_a_text_says_each_place_is_one_in_it_and_none_overlap(text: str) -> None:
    ends = 0
    for one in SCREEN.find(f"{text} 943 476 5870 {text}", text):
        assert ends <= one.start < one.end <= 2 * len(text) + 14
        ends = one.end


@settings(deadline=None)
@given(st.text(st.characters(blacklist_categories=["Nd", "No", "Nl"])))
def test_a_text_without_figures_holds_none(text: str) -> None:
    assert kinds(text, "NHS number, DOB, case ID") == []
