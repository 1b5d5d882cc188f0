"""Ways to write an identifier of a case and the words beside it, with every sign between; and what is like them."""

from __future__ import annotations

import pytest
from tests.core.screening.test_screen import KIND, kinds

from plan_sheets.core.screening.identifiers import IdentifierKind


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (KIND.NHS_NUMBER, "NHS number 943    476    5919"),
        (KIND.NHS_NUMBER, "NHS 943*476*5919"),
        (KIND.NHS_NUMBER, "NHS 943;476;5919"),
        (KIND.NHS_NUMBER, "943 4765919"),
        (KIND.NHS_NUMBER, "943 476 59 19"),
        (KIND.NHS_NUMBER, "9434765919.0"),
        (KIND.UPN, "H/801/2000/01001"),
        (KIND.NATIONAL_INSURANCE, "AB:12:34:56:C"),
        (KIND.NATIONAL_INSURANCE, "AB|12|34|56|C"),
        (KIND.DATE_OF_BIRTH, "DOB \u20183/4/2009\u2019"),
        (KIND.DATE_OF_BIRTH, "DOB: \u201c3/4/2009\u201d"),
        (KIND.DATE_OF_BIRTH, "*DOB:* 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB? 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "D of B 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "D/B 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "birth 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "b: 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB 3_4_2009"),
        (KIND.DATE_OF_BIRTH, "DOB updated to 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "She turned 7 on 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "The boy turns 7 on 3 April 2016"),
        (KIND.DATE_OF_BIRTH, "DOB corrected to 3 April 2009"),
        (KIND.CASE_REFERENCE, "Mosaic IDs: 1234567, 1234568 and 1234569"),
        (KIND.CASE_REFERENCE, "case IDs: 12345"),
        (KIND.CASE_REFERENCE, "client IDs: 12345"),
        (KIND.CASE_REFERENCE, "LCS IDs: 12345"),
        (KIND.CASE_REFERENCE, "Case refs: AB1234"),
        (KIND.CASE_REFERENCE, "Mosaic \u201c1234567\u201d"),
        (KIND.CASE_REFERENCE, "*Mosaic ID:* 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic \u20391234567\u203a"),
        (KIND.CASE_REFERENCE, "Mosaic | 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic \u2192 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic ~ 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic {1234567}"),
        (KIND.CASE_REFERENCE, "Mosaic ? 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic & 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic + 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic \u2116 1234567"),
        (KIND.CASE_REFERENCE, "(Mosaic) 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic (AB) 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic, 1234567"),
        (KIND.CASE_REFERENCE, "1234567, Mosaic"),
        (KIND.CASE_REFERENCE, "1234567 Mosaic"),
        (KIND.CASE_REFERENCE, "adult ID 12345"),
        (KIND.CASE_REFERENCE, "adult number 12345"),
        (KIND.CASE_REFERENCE, "pupil number 1234567"),
        (KIND.CASE_REFERENCE, "referral number 12345"),
        (KIND.CASE_REFERENCE, "MASH ref 12345"),
        (KIND.CASE_REFERENCE, "MASH number 12345"),
        (KIND.CASE_REFERENCE, "SU ID 12345"),
        (KIND.CASE_REFERENCE, "customer ID 12345"),
        (KIND.CASE_REFERENCE, "student ID 12345"),
        (KIND.CASE_REFERENCE, "resident ID 12345"),
        (KIND.CASE_REFERENCE, "social care ID 12345"),
        (KIND.CASE_REFERENCE, "PARIS 12345"),
        (KIND.CASE_REFERENCE, "CareNotes 12345"),
        (KIND.CASE_REFERENCE, "Eclipse 12345"),
        (KIND.CASE_REFERENCE, "EMIS 12345"),
        (KIND.CASE_REFERENCE, "Delius 12345"),
        (KIND.CASE_REFERENCE, "CRN X123456"),
        (KIND.CASE_REFERENCE, "PNC 99/1234567A"),
        (KIND.CASE_REFERENCE, "MARAC case 12345"),
        (KIND.CASE_REFERENCE, "child 1234567"),
        (KIND.CASE_REFERENCE, "client 1234567"),
        (KIND.CASE_REFERENCE, "patient 1234567"),
        (KIND.CASE_REFERENCE, '"Mosaic" <1234567@da.example>'),
        (KIND.CASE_REFERENCE, "pupil no 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic ref. \u201cAB1234\u201d"),
    ],
)
def test_it_is_found_with_any_sign_and_any_words(kind: IdentifierKind, text: str) -> None:
    assert {*kinds(text)} == {kind}


TABLE = [["Name", "Mosaic ID", "DOB"], ["AB", "1234567", "3/4/2009"], ["CD", "1234568", "4/4/2009"]]


@pytest.mark.parametrize("sign", ["\t", " | ", "|", "   ", ", ", ";"])
@pytest.mark.parametrize("before", ["", "Hello,\n\nhere they are.\n"])
def test_a_table_in_a_text_is_looked_at_by_its_headings(sign: str, before: str) -> None:
    text = before + "\n".join(sign.join(row) for row in TABLE)
    assert kinds(text) == [KIND.CASE_REFERENCE, KIND.DATE_OF_BIRTH] * 2


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_table_whose_cells_stand_under_each_other(between: str) -> None:
    assert kinds(between.join(cell for row in TABLE for cell in row)) == [KIND.CASE_REFERENCE, KIND.DATE_OF_BIRTH] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mosaic IDs\n\n1234567\n1234568", 2),
        ("The children (Mosaic ID):\n- 1234567\n- 1234568", 2),
        ("|Name|Mosaic ID|\n|---|---|\n|AB|1234567|", 1),
        ("Name\tMosaic ID\nAB\tnot known\nCD\t1234567", 1),
        ("\tMosaic ID\tCost\nAB\t1234567\t12000", 1),
        ("Of whom:\nMosaic\tAB\t1234567\tCD\t1234568", 2),
    ],
)
def test_what_stands_under_words_or_behind_them_in_a_text(text: str, found: int) -> None:
    assert kinds(text) == [KIND.CASE_REFERENCE] * found


@pytest.mark.parametrize(
    "text",
    [
        "We trained staff in Mosaic, LCS and EHM\nIn 2016, 12345 of them",
        "Cost\tMosaic licences\n1\t12345",
        "System\tUsers\nMosaic\t1,234",
        "Mosaic training\n12345",
        "Budget | LAS cost\nYear | 15000",
        "No Mosaic ID was given.\n1234",
        "Mosaic\nLast year, in all teams of the county and the city\n12345",
    ],
)
def test_tables_and_lines_in_which_nothing_identifies_a_case(text: str) -> None:
    assert kinds(text) == []
