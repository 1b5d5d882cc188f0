"""Identifiers that are split over neighbouring cells of a row, or over two rows of a column; and what is by chance."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.screening.test_any import NHS_NUMBERS
from tests.core.screening.test_screen import KIND, ORDINARY, SCREEN

from plan_sheets.core.screening.identifiers import IdentifierKind


@pytest.mark.parametrize(
    ("row", "kind", "touched"),
    [
        (["Seen 943", "476 5870 again"], KIND.NHS_NUMBER, range(2)),
        (["94347", "65870"], KIND.NHS_NUMBER, range(2)),
        (["x", "943", "", "476", "5870"], KIND.NHS_NUMBER, range(1, 5)),
        (["NHS number", "9434 765 870"], KIND.NHS_NUMBER, range(2)),
        (["B801200", "005001"], KIND.UPN, range(2)),
        (["AB1234", "56C"], KIND.NATIONAL_INSURANCE, range(2)),
        (["AB", "12 34 56 C"], KIND.NATIONAL_INSURANCE, range(2)),
        (["MORGA", "657054SM9IJ"], KIND.DRIVING_LICENCE, range(2)),
        (["DOB", "3 May 2008"], KIND.DATE_OF_BIRTH, range(2)),
        (["She was born on 3 May", "2008"], KIND.DATE_OF_BIRTH, range(2)),
        (["born to a mother in care on", "3 May 2008"], KIND.DATE_OF_BIRTH, range(2)),
        (["Date of birth:", "3 May 2008"], KIND.DATE_OF_BIRTH, range(2)),
        (["3 May 2008", "is her DOB"], KIND.DATE_OF_BIRTH, range(2)),
        (["Mosaic", "1234567"], KIND.CASE_REFERENCE, range(2)),
        (["client ID", "12345"], KIND.CASE_REFERENCE, range(2)),
        (["LE3", "8RA"], KIND.POSTCODE, range(2)),
    ],
)
def test_one_that_is_split_over_neighbouring_cells_is_found(
    row: list[str], kind: IdentifierKind, touched: range
) -> None:
    assert [(one.kind, at) for one, at in SCREEN.find_in_row(row)] == [(kind, touched)]


@pytest.mark.parametrize(
    "row",
    [
        [],
        ["943 476 5870"],
        ["943 476 5870", "Done"],
        ["J2a.1", "Train the staff", "March 2017", "Red", "12 of 20"],
        ["L1", "1st draft", "31/03/2017", "2016-17"],
        ["S1", "2nd quarter"],
        ["0116", "496 0123"],
        ["Telephone 943", "476 5870"],
        ["Mosaic", "2016-17"],
        ["LCS 2016", "3 of 10"],
        ["L3.1", "An audit"],
        ["Babies born", "in 2016"],
        ["12", "15", "18", "22"],
        ["A pathway for a child born abroad", "31 March 2017"],
        ["J2a.1", "Visit a baby born in the county", "31/03/2017", "Red"],
    ],
)
def test_what_stands_in_one_cell_or_is_none_is_not_told_of_a_row(row: list[str]) -> None:
    assert SCREEN.find_in_row(row) == ()


@pytest.mark.parametrize(
    ("column", "kind", "touched"),
    [
        (["NHS number", "9434 765 870"], KIND.NHS_NUMBER, range(2)),
        (["NHS number:", "9434 765 870, seen again"], KIND.NHS_NUMBER, range(2)),
        (["The mother rang about 943 476", "5870 and was seen"], KIND.NHS_NUMBER, range(2)),
        (["Done", "94347", "65870"], KIND.NHS_NUMBER, range(1, 3)),
        (["NHS no 9434", "765870", "12 staff"], KIND.NHS_NUMBER, range(2)),
        (["", "DOB", "3 May 2008, at school"], KIND.DATE_OF_BIRTH, range(1, 3)),
        (["born on 3 May", "2008"], KIND.DATE_OF_BIRTH, range(2)),
        (["DOB 03/05/20", "08"], KIND.DATE_OF_BIRTH, range(2)),
        (["Mosaic ID", "1234567"], KIND.CASE_REFERENCE, range(2)),
        (["AB1234", "56C"], KIND.NATIONAL_INSURANCE, range(2)),
        (["B801200", "005001"], KIND.UPN, range(2)),
        (["MORGA", "657054SM9IJ"], KIND.DRIVING_LICENCE, range(2)),
        (["LE3", "8RA"], KIND.POSTCODE, range(2)),
        (["NHS number 943", "476", "5870"], KIND.NHS_NUMBER, range(3)),
        (["Seen", "Ring about 943", "476", "5870 again"], KIND.NHS_NUMBER, range(1, 4)),
    ],
)
def test_one_that_is_split_over_two_rows_is_found(column: list[str], kind: IdentifierKind, touched: range) -> None:
    assert [(one.kind, at) for one, at in SCREEN.find_in_column(column)] == [(kind, touched)]


@pytest.mark.parametrize(
    "column",
    [
        [],
        ["943 476 5870", "Done"],
        ["943", "476", "5870"],
        ["94347", "65870", "12"],
        ["12", "94347", "65870"],
        ["943 476", "", "5870"],
        ["The register now records date of birth", "31/03/2017: audit done"],
        ["All social workers were trained in Mosaic", "12000 forms moved"],
        ["All social workers were trained in Mosaic", "120000, half of them this year"],
        ["31/03/2017", "30/06/2017", "30/09/2017"],
        ["J1", "J2a", "J2a.1"],
    ],
)
def test_texts_under_each_other_that_hold_none(column: list[str]) -> None:
    assert SCREEN.find_in_column(column) == ()


@pytest.mark.parametrize("at", range(0, len(ORDINARY), 5))
def test_ordinary_texts_side_by_side_hold_none(at: int) -> None:
    assert SCREEN.find_in_row(ORDINARY[at : at + 5]) == ()
    assert SCREEN.find_in_column(ORDINARY[at : at + 5]) == ()


@settings(deadline=None)
@given(NHS_NUMBERS, st.integers(1, 9))
def test_wherever_it_is_cut_in_two_it_is_found(number: str, at: int) -> None:
    assert [(one.kind, touched) for one, touched in SCREEN.find_in_row([number[:at], number[at:]])] == [
        (KIND.NHS_NUMBER, range(2))
    ]
    assert [one.kind for one, _ in SCREEN.find_in_column(["Seen", number[:at], number[at:]])] == [KIND.NHS_NUMBER]
