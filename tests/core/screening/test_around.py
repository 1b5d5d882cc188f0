"""The mail that a file came in, without what must not be kept."""

from __future__ import annotations

import base64

import pytest

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.text import MASK
from plan_sheets.core.screening.around import find_kind, mask_around, mask_mail
from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.store.schemas import load_screen

NUMBER = "943 476 5870"
SENDER = "Chair <chair@da.example>"


def test_the_name_of_a_sender_that_holds_one_is_masked_in_every_mail_of_it() -> None:
    outer = Mail("0" * 64, f"NHS {NUMBER} <chair@da.example>", "2016-07-08", "Return", "Here it is.")
    masked, kind = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", "Return", "See below", (), outer))
    assert kind is IdentifierKind.NHS_NUMBER
    assert masked.attached_to == Mail("0" * 64, MASK, "2016-07-08", MASK, MASK)
    assert masked.sent_by == SENDER
    assert masked.body == "See below"


def test_who_sent_a_mail_that_holds_one_is_still_told() -> None:
    masked, kind = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", "Return", f"About {NUMBER}"))
    assert kind is IdentifierKind.NHS_NUMBER
    assert masked == Mail("1" * 64, SENDER, "2016-07-08", MASK, MASK)


@pytest.mark.parametrize(
    ("subject", "body"), [("Mosaic", "We trained 12345 of them\n2016\n12,345"), ("Mosaic training", "Hi\n12345")]
)
def test_a_subject_is_a_heading_of_bare_numbers_only_and_only_if_it_says_a_kind(subject: str, body: str) -> None:
    mail = Mail("1" * 64, SENDER, "2016-07-08", subject, body)
    assert mask_mail(load_screen(), mail) == (mail, None)


@pytest.mark.parametrize(
    ("subject", "name", "kind"),
    [
        ("Mosaic ID", "1234567.xlsx", IdentifierKind.CASE_REFERENCE),
        ("Mosaic ID", "2016-17-q1-domestic-abuse.xlsx", None),
        ("Return", "1234567.xlsx", None),
    ],
)
def test_a_subject_is_a_heading_of_the_names_of_files(subject: str, name: str, kind: IdentifierKind | None) -> None:
    assert find_kind(load_screen(), name, heading=subject) is kind


def test_the_name_of_a_sender_is_read_with_the_address() -> None:
    masked, kind = mask_mail(load_screen(), Mail("1" * 64, "Mosaic <1234567@da.example>", "2016-07-08", "Return", "Hi"))
    assert (kind, masked.sent_by) == (IdentifierKind.CASE_REFERENCE, MASK)


LONG = "What the school wrote to the subgroup before its meeting in June. " * 5


def encoded(text: str, mark: str = "") -> str:
    return "".join(f"{mark}{line}\n" for line in base64.encodebytes(text.encode()).decode().splitlines())


@pytest.mark.parametrize(
    ("subject", "body", "kind"),
    [
        ("Return", "> NHS number 943 476\n> 5870", IdentifierKind.NHS_NUMBER),
        ("Return", "Thanks\n> > DOB:\n> > 3/4/2009", IdentifierKind.DATE_OF_BIRTH),
        ("JS date of birth", "3/4/2009", IdentifierKind.DATE_OF_BIRTH),
        ("Mosaic ID", "Hi,\n\nit is:\n\n1234567\n\nBest", IdentifierKind.CASE_REFERENCE),
        ("RE: FW: Mosaic ID", "Hi\n> 1234567", IdentifierKind.CASE_REFERENCE),
        ("Return", "> Name\tMosaic ID\n> AB\t1234567", IdentifierKind.CASE_REFERENCE),
        ("Return", f"Below\n{encoded(LONG + NUMBER)}", IdentifierKind.NHS_NUMBER),
        ("Return", f"> Below\n{encoded(LONG + NUMBER, '> ')}\nBest", IdentifierKind.NHS_NUMBER),
        ("Return", base64.b64encode(f"{LONG}{NUMBER}".encode()).decode(), IdentifierKind.NHS_NUMBER),
    ],
)
def test_it_is_found_over_lines_and_in_what_is_written_as_letters(
    subject: str, body: str, kind: IdentifierKind
) -> None:
    masked, found = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", subject, body))
    assert (found, masked.subject, masked.body) == (kind, MASK, MASK)


def test_a_file_written_as_letters_is_masked_where_it_stands_and_a_text_is_kept() -> None:
    picture = base64.encodebytes(bytes(range(256)) * 2).decode()
    for body, kept in ((f"Look:\n{picture}Yours", f"Look:\n{MASK}\nYours"), (encoded(LONG), encoded(LONG))):
        masked, kind = mask_mail(load_screen(), Mail("1" * 64, SENDER, "2016-07-08", "Return", body))
        assert (masked.body, kind) == (kept, None)


@pytest.mark.parametrize(("name", "text"), [("DOB", "3/4/2009"), ("Mosaic ID", "1234567")])
def test_a_property_is_read_with_its_name(name: str, text: str) -> None:
    workbook = FoundWorkbook("xlsx", (), properties={name: text, "Company": text})
    masked, found = mask_around(load_screen(), workbook)
    assert [where for where, _ in found] == ["A property of the file"]
    assert masked.properties == {"Company": text}
