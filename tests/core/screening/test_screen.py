"""What identifies a case, in every spelling; and the texts of plans, full of numbers, in which nothing does."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.schemas import find_data_folder, load_screen

SCREEN = load_screen()
KIND = IdentifierKind
ORDINARY = (Path(__file__).parent / "ordinary.txt").read_text(encoding="utf-8").splitlines()

NBSP, NARROW, HYPHEN, EN_DASH = (
    "\N{NO-BREAK SPACE}",
    "\N{NARROW NO-BREAK SPACE}",
    "\N{NON-BREAKING HYPHEN}",
    "\N{EN DASH}",
)
NOTHING, SOFT, MINUS, DOT = "\N{ZERO WIDTH SPACE}", "\N{SOFT HYPHEN}", "\N{MINUS SIGN}", "\N{MIDDLE DOT}"
BETWEEN = ["", " ", "  ", ".", "-", " - ", "\n", "\t", NBSP, NARROW, HYPHEN, EN_DASH, NOTHING, SOFT, MINUS, DOT, "_"]

GROUPED = {
    KIND.NHS_NUMBER: ["943 476 5870", "943 476 5919", "987 654 3210", "9 4 3 4 7 6 5 8 7 0"],
    KIND.UPN: ["B 801200005001", "B 801 2000 05 001", "B 801 2000 05001", "B801 2000 05 001", "B8012 0000 5001"],
    KIND.NATIONAL_INSURANCE: ["AB 12 34 56 C", "QQ 12 34 56 C", "AB 123456 C", "A B 1 2 3 4 5 6 C", "JG 10 37 59 A"],
    KIND.DRIVING_LICENCE: ["MORGA 657054 SM9IJ", "MORGA 657054 SM 9 IJ", "FOX99 812311 A99AA", "M ORGA6 57054S M9IJ"],
}
"""Examples of the libraries, of GOV.UK and of DVLA; each is written with whatever may stand instead of its blanks."""


def kinds(text: str, heading: str = "", places: tuple[str, ...] = ()) -> list[IdentifierKind]:
    return [one.kind for one in SCREEN.find(text, heading, places)]


@pytest.mark.parametrize("between", BETWEEN, ids=ascii)
@pytest.mark.parametrize(("kind", "written"), [(kind, each) for kind, texts in GROUPED.items() for each in texts])
def test_it_is_found_with_anything_between_its_characters(kind: IdentifierKind, written: str, between: str) -> None:
    number = written.replace(" ", between)
    for text in (number, f"Seen: {number}.", f"({number})", f"A.B., {number}, seen on 3 May 2016", f"J2a.1 {number}\n"):
        (found,) = SCREEN.find(text)
        assert found.kind is kind
        assert text[found.start : found.end].endswith(number[1:])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (KIND.NHS_NUMBER, "Spoke about 9434765919 again"),
        (KIND.NHS_NUMBER, "NHS9434765870"),
        (KIND.NHS_NUMBER, "NHS no.9434765870"),
        (KIND.NHS_NUMBER, "nhs number: 9434 765 870"),
        (KIND.NHS_NUMBER, "NHS Number is 94347-65870"),
        (KIND.NHS_NUMBER, "NHS number (94 34 76 58 70)"),
        (KIND.NHS_NUMBER, "NHS number for child A: 9434 765870"),
        (KIND.NHS_NUMBER, "NHS ref 943 476 5870"),
        (KIND.NHS_NUMBER, "CHI number 0101000006"),
        (KIND.NHS_NUMBER, "His number is 943 476 5870"),
        (KIND.NHS_NUMBER, "No. 943 476 5870"),
        (KIND.NHS_NUMBER, "\uff19\uff14\uff13\uff14\uff17\uff16\uff15\uff18\uff17\uff10"),
        (KIND.NHS_NUMBER, "94\u200b34\u200b76\u200b58\u200b70"),
        (KIND.UPN, "b801200005001"),
        (KIND.UPN, "UPN: B801200005001"),
        (KIND.NATIONAL_INSURANCE, "ab123456c"),
        (KIND.NATIONAL_INSURANCE, "NI number AB 12 34 56"),
        (KIND.NATIONAL_INSURANCE, "NINO: ab 12 34 56 c"),
        (KIND.NATIONAL_INSURANCE, "National Insurance no. AB123456"),
        (KIND.DRIVING_LICENCE, "morga657054sm9ij"),
        (KIND.DRIVING_LICENCE, "Licence MORGA657054SM9IJ 35"),
        (KIND.DATE_OF_BIRTH, "DOB 3/5/08"),
        (KIND.DATE_OF_BIRTH, "DOB:03/05/2008"),
        (KIND.DATE_OF_BIRTH, "dob - 03.05.2008"),
        (KIND.DATE_OF_BIRTH, "dob 03-05-2008"),
        (KIND.DATE_OF_BIRTH, "DOB 03052008"),
        (KIND.DATE_OF_BIRTH, "D.O.B. 3 May 2008"),
        (KIND.DATE_OF_BIRTH, "D.O.B.: 3rd May 08"),
        (KIND.DATE_OF_BIRTH, "d o b 3 May 2008"),
        (KIND.DATE_OF_BIRTH, "Date of birth is 2008-05-03"),
        (KIND.DATE_OF_BIRTH, "date of birth: May 3rd, 2008"),
        (KIND.DATE_OF_BIRTH, "Date of Birth (3 May 2008)"),
        (KIND.DATE_OF_BIRTH, "Date of birth for child A: 3/5/2008"),
        (KIND.DATE_OF_BIRTH, f"DOB{NBSP}03{NBSP}05{NBSP}2008"),
        (KIND.DATE_OF_BIRTH, f"DOB 03{EN_DASH}05{EN_DASH}2008"),
        (KIND.DATE_OF_BIRTH, "She was born on 3 May 2008."),
        (KIND.DATE_OF_BIRTH, "born 3/5/08"),
        (KIND.DATE_OF_BIRTH, "born on Saturday, 3rd of May 2008"),
        (KIND.DATE_OF_BIRTH, "born on the 3rd of May 2008"),
        (KIND.DATE_OF_BIRTH, "Child A (b. 3/5/2008)"),
        (KIND.DATE_OF_BIRTH, "Child A, 3/5/2008 (DOB)"),
        (KIND.DATE_OF_BIRTH, "Child A, 3 May 2008 dob"),
        (KIND.CASE_REFERENCE, "Mosaic 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic ID: 1234"),
        (KIND.CASE_REFERENCE, "mosaic no 12345"),
        (KIND.CASE_REFERENCE, "Mosaic #12345"),
        (KIND.CASE_REFERENCE, "Mosaic's 123456"),
        (KIND.CASE_REFERENCE, "Mosaic 12 34 56 7"),
        (KIND.CASE_REFERENCE, f"Mosaic 123{NBSP}4567"),
        (KIND.CASE_REFERENCE, "Liquidlogic 12345"),
        (KIND.CASE_REFERENCE, "Liquid Logic ID 12345"),
        (KIND.CASE_REFERENCE, "LCS: 112233"),
        (KIND.CASE_REFERENCE, "LCS P112233"),
        (KIND.CASE_REFERENCE, "EHM 445566"),
        (KIND.CASE_REFERENCE, "Carefirst no. 98765"),
        (KIND.CASE_REFERENCE, "Care First 987654"),
        (KIND.CASE_REFERENCE, "Child 1234567 on Mosaic"),
        (KIND.CASE_REFERENCE, "1234567 (Liquidlogic)"),
        (KIND.CASE_REFERENCE, "case no. 12345"),
        (KIND.CASE_REFERENCE, "Case number 1234"),
        (KIND.CASE_REFERENCE, "case ref: AB123"),
        (KIND.CASE_REFERENCE, "Case reference AB/12345"),
        (KIND.CASE_REFERENCE, "client ID 12345"),
        (KIND.CASE_REFERENCE, "client-id 12345"),
        (KIND.CASE_REFERENCE, "Service user ID: 54321"),
        (KIND.CASE_REFERENCE, "crime number 16000123456"),
        (KIND.CASE_REFERENCE, "Hospital number X123456"),
        (KIND.POSTCODE, "LE3 8RA"),
        (KIND.POSTCODE, "le3 8ra"),
        (KIND.POSTCODE, "Le3 8Ra"),
        (KIND.POSTCODE, "LE38RA"),
        (KIND.POSTCODE, "LE3  8RA"),
        (KIND.POSTCODE, "LE3-8RA"),
        (KIND.POSTCODE, f"LE3{NBSP}8RA"),
        (KIND.POSTCODE, f"LE3{NOTHING}8RA"),
        (KIND.POSTCODE, "12 High Street, Leicester LE15 6HP."),
        (KIND.POSTCODE, "W1A 1AA"),
        (KIND.POSTCODE, "EC1A 1BB"),
        (KIND.POSTCODE, "M1 1AE"),
        (KIND.POSTCODE, "L1 1ST"),
        (KIND.NHS_NUMBER, "943/476/5870"),
        (KIND.NHS_NUMBER, "943 / 476 / 5870"),
        (KIND.NHS_NUMBER, "943,476,5870"),
        (KIND.NHS_NUMBER, "(943) 476 5870"),
        (KIND.NHS_NUMBER, "(943)476-5870"),
        (KIND.NHS_NUMBER, "NHS number 943/476/5870"),
        (KIND.NHS_NUMBER, "NHS no: 943, 476, 5870"),
        (KIND.NHS_NUMBER, "NHS (943) 476 5870"),
        (KIND.NHS_NUMBER, "NHS 9/4/3/4/7/6/5/8/7/0"),
        (KIND.NHS_NUMBER, "NHS no 9,4,3,4,7,6,5,8,7,0"),
        (KIND.NHS_NUMBER, "943 476 587O"),
        (KIND.NHS_NUMBER, "943 476 587o"),
        (KIND.NHS_NUMBER, "943-476-587O"),
        (KIND.NHS_NUMBER, "NHS no 943476587O"),
        (KIND.NHS_NUMBER, "NHS no. 94347658 7O"),
        (KIND.NHS_NUMBER, "NHS number 987654321o"),
        (KIND.NHS_NUMBER, "987 654 32lO"),
        (KIND.NHS_NUMBER, "987 654 32I0"),
        (KIND.NHS_NUMBER, "nhs no 987654 32l0"),
        (KIND.NHS_NUMBER, "943 476 5870 (NHS)"),
        (KIND.NHS_NUMBER, "9434 765 870 (NHS)"),
        (KIND.NHS_NUMBER, "9434 765 870 - NHS number"),
        (KIND.NHS_NUMBER, "9434 765 870 (NHS number)"),
        (KIND.NHS_NUMBER, "9434 765 870 is the NHS number of the boy"),
        (KIND.NHS_NUMBER, "Ref 9434 765 870 (NHS no.)"),
        (KIND.NHS_NUMBER, "943 476 5870, NHS no."),
        (KIND.NHS_NUMBER, "NHS number as given by his mother 9434 765 870"),
        (KIND.NHS_NUMBER, "NHS no. on the file is 9434 765 870"),
        (KIND.NHS_NUMBER, "Seen in 2016: 943 476 5870"),
        (KIND.NHS_NUMBER, "943 476 5870, 120 High Street"),
        (KIND.NHS_NUMBER, "943 476 5870 of 12 March"),
        (KIND.DATE_OF_BIRTH, "born to a mother in care on 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "The girl was born to a mother in care on 3 May 2009."),
        (KIND.DATE_OF_BIRTH, "Born at Leicester Royal Infirmary on 3rd May 2009"),
        (KIND.DATE_OF_BIRTH, "born prematurely, 3/5/2009"),
        (KIND.DATE_OF_BIRTH, "A twin (born in the county) 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "DOB as given by school: 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "DOB (from the school) 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "Date of birth was given as 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "D.O.B. of the elder child 03/05/2009"),
        (KIND.DATE_OF_BIRTH, "Children born on 3 May 2009"),
        (KIND.DATE_OF_BIRTH, "3 May 2009 is her date of birth"),
        (KIND.DATE_OF_BIRTH, "3/5/2009 (child's DOB)"),
        (KIND.DATE_OF_BIRTH, "3 May 2009, when she was born"),
        (KIND.DATE_OF_BIRTH, "3 May 2009 - DOB"),
        (KIND.DATE_OF_BIRTH, "DOB O3/05/2009"),
        (KIND.DATE_OF_BIRTH, "DOB 3/5/2OO9"),
        (KIND.DATE_OF_BIRTH, "DOB l2/11/2009"),
        (KIND.DATE_OF_BIRTH, "DOB O3O52009"),
        (KIND.NATIONAL_INSURANCE, "ab 12 34 56 c"),
        (KIND.NATIONAL_INSURANCE, "ab 12 34 56 a"),
        (KIND.NATIONAL_INSURANCE, "ab 12 34 56 a seen again"),
        (KIND.NATIONAL_INSURANCE, "Ab 12 34 56 C"),
        (KIND.NATIONAL_INSURANCE, "at 12 34 56 c"),
        (KIND.NATIONAL_INSURANCE, "ab-12-34-56-c"),
        (KIND.NATIONAL_INSURANCE, "NI number ab l2 34 56 c"),
        (KIND.NATIONAL_INSURANCE, "NI no AB 12345O C"),
        (KIND.CASE_REFERENCE, "Mosaic 12345O"),
        (KIND.CASE_REFERENCE, "Mosaic no 1O2345"),
        (KIND.CASE_REFERENCE, "case ref AB/1O345"),
        (KIND.CASE_REFERENCE, "Crime ref 16/123456"),
        (KIND.CASE_REFERENCE, "crime ref. 16000l23456"),
        (KIND.UPN, "UPN B8O1200005001"),
        (KIND.UPN, "UPN: B80l200005001"),
        (KIND.NHS_NUMBER, '="943"&" 476 " & "5919"'),
        (KIND.NHS_NUMBER, '=TEXTJOIN(" ",TRUE,"943","476", "5919")'),
        (KIND.CASE_REFERENCE, '="Mosaic "&1234567'),
        (KIND.CASE_REFERENCE, '=CONCATENATE("Mosaic ",1234567)'),
        (KIND.NHS_NUMBER, "https://x.org/p?nhs=943+476+5919"),
        (KIND.NHS_NUMBER, '"nhsNumber": "9434-765919"'),
        (KIND.NHS_NUMBER, "9434765919's review"),
        (KIND.DATE_OF_BIRTH, "DoB's 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB -> 3/4/2009"),
        (KIND.CASE_REFERENCE, "Mosaic ID no: 1234567"),
        (KIND.CASE_REFERENCE, "mosaicId=1234567"),
        (KIND.CASE_REFERENCE, "S:\\Mosaic\\1234567\\plan.docx"),
        (KIND.CASE_REFERENCE, "case_1234567_plan.xlsx"),
        (KIND.CASE_REFERENCE, "Case: AB1234567"),
        (KIND.NHS_NUMBER, "J Smith,9434765919,male"),
        (KIND.NHS_NUMBER, "9434765919,9434765870"),
        (KIND.NHS_NUMBER, "child-9434765919"),
        (KIND.NHS_NUMBER, "NHSNo9434765919"),
        (KIND.NHS_NUMBER, "nhsNumber=9434765919"),
        (KIND.NHS_NUMBER, "JS9434765919"),
        (KIND.NHS_NUMBER, "943476 5919"),
        (KIND.NHS_NUMBER, "9434 765919"),
        (KIND.NHS_NUMBER, "943:476:5919"),
        (KIND.NHS_NUMBER, "943|476|5919"),
        (KIND.NHS_NUMBER, "9434765919 children"),
        (KIND.NHS_NUMBER, "943 476 5919 children"),
        (KIND.NHS_NUMBER, "2016-07-08_9434765919_return.xlsx"),
        (KIND.NHS_NUMBER, "9434765919_2016"),
        (KIND.NHS_NUMBER, "9434765919(1)"),
        (KIND.NHS_NUMBER, "9434765919v2"),
        (KIND.NHS_NUMBER, "9434765919.final"),
        (KIND.NHS_NUMBER, "Ref 943 476 5919"),
        (KIND.NHS_NUMBER, "code 9434765919"),
        (KIND.NHS_NUMBER, "registered 943 476 5919"),
        (KIND.NHS_NUMBER, "His ref: 9434765919"),
        (KIND.NHS_NUMBER, "https://x.org/p?nhsNumber=9434765919"),
        (KIND.NHS_NUMBER, "https://spine.nhs.uk/patient/9434765919"),
        (KIND.NHS_NUMBER, "https://x.org/patient?id=9434765919"),
        (KIND.NHS_NUMBER, "file:///S:/NHS%20943%20476%205919/plan.docx"),
        (KIND.DATE_OF_BIRTH, "DOBs 3/4/2009 and 4/5/2010"),
        (KIND.DATE_OF_BIRTH, "DOB, 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB was recorded as 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB on the form is 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "DOB (from the register) 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "D/O/B 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "b. 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "Child A, b. 3/4/09"),
        (KIND.DATE_OF_BIRTH, "DOB 3/4/'09"),
        (KIND.DATE_OF_BIRTH, "DOB 3/4/\u201909"),
        (KIND.DATE_OF_BIRTH, "Birth: 3/4/2009"),
        (KIND.DATE_OF_BIRTH, "Dates of birth: 3/4/2009, 4/5/2010"),
        (KIND.CASE_REFERENCE, "Mosaic (ID: 1234567)"),
        (KIND.CASE_REFERENCE, "Recorded in Mosaic under 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic record number is 1234567"),
        (KIND.CASE_REFERENCE, "Mosaic service user 1234567"),
        (KIND.CASE_REFERENCE, "Case: 1234567"),
        (KIND.CASE_REFERENCE, "Case numbers: 1234567"),
        (KIND.CASE_REFERENCE, "case nos 1234567 and 2345678"),
        (KIND.CASE_REFERENCE, "CASE-1234567"),
        (KIND.CASE_REFERENCE, "case # 1234567"),
        (KIND.CASE_REFERENCE, "file:///S:/Mosaic%201234567/plan.docx"),
        (KIND.CASE_REFERENCE, "https://mosaic.example.gov.uk/person?id=1234567"),
        (KIND.NATIONAL_INSURANCE, "N.I. number AB123456"),
        (KIND.NATIONAL_INSURANCE, "AB/12/34/56/C"),
    ],
)
def test_it_is_found_as_people_write_it(kind: IdentifierKind, text: str) -> None:
    assert {*kinds(text)} == {kind}


@pytest.mark.parametrize(
    ("heading", "text", "kind"),
    [
        ("NHS number", "9434 765 870", KIND.NHS_NUMBER),
        ("Date of birth", "3 May 2008", KIND.DATE_OF_BIRTH),
        ("DOB", "Child A 03/05/08", KIND.DATE_OF_BIRTH),
        ("Mosaic ID", "1234567", KIND.CASE_REFERENCE),
        ("Case reference", "AB1234", KIND.CASE_REFERENCE),
        ("NI number", "AB123456", KIND.NATIONAL_INSURANCE),
    ],
)
def test_a_heading_says_what_stands_under_it(heading: str, text: str, kind: IdentifierKind) -> None:
    assert kinds(text, heading) == [kind]
    assert kinds(text, "Progress") == []


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_of_plans_hold_none(text: str) -> None:
    assert kinds(text) == []
    assert kinds(text, "Progress this quarter") == []


def test_there_are_three_hundred_of_them() -> None:
    assert len(set(ORDINARY)) >= 300
    assert sum(bool(re.search(r"\d", text)) for text in ORDINARY) >= 300


@pytest.mark.parametrize(
    "text", ["943 476 5871", "9434765871", "C801200005001", "AB 12 34 56 E", "BG123456A", "NHS 12345"]
)
def test_what_fails_its_check_is_none(text: str) -> None:
    assert kinds(text) == []


def test_a_place_of_the_plan_may_stand_there() -> None:
    assert kinds("Room 2, LE3 8RA and LE1 1AA", places=("le3 8ra",)) == [KIND.POSTCODE]
    assert kinds("LE38RA", places=("LE3 8RA",)) == []


def test_several_are_found_in_order_and_each_once() -> None:
    text = "NHS number 943 476 5870, DOB 3/5/2008, Mosaic 1234567, of LE3 8RA; AB123456C"
    found = SCREEN.find(text)
    assert [one.kind for one in found] == [
        KIND.NHS_NUMBER,
        KIND.DATE_OF_BIRTH,
        KIND.CASE_REFERENCE,
        KIND.POSTCODE,
        KIND.NATIONAL_INSURANCE,
    ]
    assert [text[one.start : one.end] for one in found] == [
        "NHS number 943 476 5870",
        "DOB 3/5/2008",
        "Mosaic 1234567",
        "LE3 8RA",
        "AB123456C",
    ]


def test_what_is_found_does_not_hold_what_it_says() -> None:
    found = SCREEN.find("943 476 5870")
    assert repr(found) == ("(CaseIdentifier(kind=<IdentifierKind.NHS_NUMBER: 'nhs_number'>, start=0, end=12),)")


def every_text(found: Any) -> Iterator[str]:
    """Every text in what YAML holds."""
    if isinstance(found, dict):
        for each in found.values():
            yield from every_text(each)
    elif isinstance(found, list):
        for each in found:
            yield from every_text(each)
    elif found is not None:
        yield str(found)


def plan_texts() -> set[str]:
    """The texts of the example, of the demo, of the schemas, and of the workbooks of both: what stands in any plan."""
    texts = set[str]()
    schemas, workbooks = find_data_folder("schemas"), find_data_folder("workbooks")
    for path in (*schemas.rglob("*.yaml"), *workbooks.glob("*.yaml")):
        if path.name != "identifiers.yaml":
            texts |= {*every_text(yaml.safe_load(path.read_text(encoding="utf-8")))}
    for path in workbooks.glob("*.xlsx"):
        found = read_workbook(path.read_bytes())
        assert isinstance(found, FoundWorkbook)
        texts |= {cell.text for sheet in found.sheets for cell in sheet.cells.values()}
    return texts


def test_no_text_of_the_plan_itself_holds_one() -> None:
    texts = plan_texts()
    assert len(texts) > 1900
    assert [text for text in texts if kinds(text)] == []


def test_no_row_and_no_column_of_the_plan_itself_holds_one() -> None:
    for path in find_data_folder("workbooks").glob("*.xlsx"):
        found = read_workbook(path.read_bytes())
        assert isinstance(found, FoundWorkbook)
        for sheet in found.sheets:
            for cells in sheet.rows().values():
                texts = [cells[at].text for at in sorted(cells)]
                assert SCREEN.find_in_row(texts) == (), texts
            for column in {column for _, column in sheet.cells}:
                places = sorted(place for place in sheet.cells if place[1] == column)
                assert SCREEN.find_in_column([sheet.cells[place].text for place in places]) == (), column


@pytest.mark.parametrize(
    "piece",
    [
        *("NHS ", "9", "9 ", "94 ", "born ", "A", "Mosaic no ", "1.", "\n", "(b. ", "LE3 8R", "-", "May "),
        *("born a ", "NHS no a ", "O", "9O", "1,", "(9) ", "NHS  9", "DOB,\n", "Mosaic|1\n"),
    ],
)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begins = time.process_time()
    SCREEN.find(text + "1 2 3")
    assert time.process_time() - begins < 5
