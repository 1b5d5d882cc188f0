"""Identifiers that only show what they are beside their names, under their headings or decoded; and what is hidden."""

from __future__ import annotations

import base64

import pytest
from tests.store.receiving.test_unpack import zipped

from plan_sheets.core.screening.identifiers import IdentifierKind
from plan_sheets.store.receiving.look import look

KIND = IdentifierKind
NUMBER = "943 476 5870"
LONG = "What the school wrote to the subgroup before its meeting in June. " * 5


def part(name: str, text: str) -> bytes:
    """A workbook with this part."""
    return zipped({"xl/workbook.xml": b"<workbook/>", name: text.encode()})


def sheet(text: str) -> bytes:
    return part("xl/worksheets/sheet1.xml", f"<worksheet>{text}</worksheet>")


def link(target: str) -> bytes:
    return part(
        "xl/worksheets/_rels/sheet1.xml.rels", f'<Relationships><Relationship Target="{target}"/></Relationships>'
    )


def cell(text: str) -> str:
    return f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def letters(text: str) -> bytes:
    return base64.encodebytes(text.encode())


WORD_TABLE = "".join(
    f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in (("Name", "DOB"), ("J", "3/4/2009"), ("K", "3 May 2010"))
)
HTML_ROWS = "<tr><th>Name<th>Date of birth</tr><tr><td>J</td><td>soon</td></tr><tr><td>K</td><td>3/4/2009</td></tr>"

HELD = {
    "under a heading of a CSV": (KIND.DATE_OF_BIRTH, b"Name,DOB,Count\nJ S,3/4/2009,1\n"),
    "under one with a title over it": (KIND.CASE_REFERENCE, b"Report;;\nName;NHS;Mosaic ID\nJ S;1;1234567\n"),
    "under one with words over it and under it": (
        KIND.CASE_REFERENCE,
        b";List\nName;Mosaic ID\nJ;not known\nK;1234567\n",
    ),
    "behind a label and initials": (KIND.CASE_REFERENCE, b"Name;School\nMosaic;AB;1234567\n"),
    "under a long heading": (KIND.CASE_REFERENCE, b"Name;Mosaic ID number as it stands on the system\nAB;1234567\n"),
    "beside a comma in quotes": (KIND.NHS_NUMBER, b'Name,NHS no\n"Smith, J",9434 765 870\n'),
    "behind its name": (KIND.CASE_REFERENCE, b"Mosaic ID,1234567\nSeen,12\n"),
    "between tabs": (KIND.DATE_OF_BIRTH, b"Name\tSchool\tDOB\nJ\tA\t3/4/2009\n"),
    "between bars": (KIND.CASE_REFERENCE, b"Name|Mosaic ID|School\nJ|1234567|A\n"),
    "in a table of HTML": (KIND.DATE_OF_BIRTH, f"<html><table>{HTML_ROWS}</table></html>".encode()),
    "in cells without ends": (KIND.CASE_REFERENCE, b"<table><tr><td>Name<td>Mosaic ID<tr><td>J<td>1234567</table>"),
    "in a table of Word": (KIND.DATE_OF_BIRTH, zipped({"word/document.xml": f"<w:tbl>{WORD_TABLE}</w:tbl>".encode()})),
    "in an element": (KIND.DATE_OF_BIRTH, b"<?xml version='1.0'?><case><dob>2009-04-03</dob></case>"),
    "in an element of two words": (KIND.DATE_OF_BIRTH, b"<a><dateOfBirth>2009-04-03</dateOfBirth></a>"),
    "in an element with an attribute": (KIND.NHS_NUMBER, b"<a><nhsNumber x='1'>9434-765870</nhsNumber></a>"),
    "in an attribute": (KIND.DATE_OF_BIRTH, b"<a dob='2009-04-03'/>"),
    "in UTF-32": (KIND.NHS_NUMBER, f"NHS {NUMBER}".encode("utf-32")),
    "in a property": (
        KIND.DATE_OF_BIRTH,
        part("docProps/custom.xml", '<property pid="2" name="DOB"><vt:lpwstr>3/4/2009</vt:lpwstr></property>'),
    ),
    "in one with a namespace": (
        KIND.DATE_OF_BIRTH,
        part(
            "docProps/custom.xml",
            '<property name="DOB"><v:lpwstr xmlns:v="http://a.b/c">3/4/2009</v:lpwstr></property>',
        ),
    ),
    "in one of OpenDocument": (
        KIND.DATE_OF_BIRTH,
        part("meta.xml", '<meta:user-defined meta:name="DOB" meta:value-type="string">3/4/09</meta:user-defined>'),
    ),
    "in a prompt": (KIND.NHS_NUMBER, sheet('<dataValidation prompt="9434 765 870" promptTitle="NHS number"/>')),
    "in two paragraphs of a text box": (
        KIND.DATE_OF_BIRTH,
        part(
            "xl/drawings/drawing1.xml", "<a:p><a:r><a:t>DOB</a:t></a:r></a:p><a:p><a:r><a:t>3/4/2009</a:t></a:r></a:p>"
        ),
    ),
    "in two parts of a header": (KIND.DATE_OF_BIRTH, sheet("<oddHeader>&amp;LDOB&amp;C3/4/2009</oddHeader>")),
    "in a header in bold": (
        KIND.NHS_NUMBER,
        sheet('<oddHeader>&amp;L&amp;"Calibri,Bold"NHS number&amp;C9434 765 870</oddHeader>'),
    ),
    "in a formula": (KIND.NHS_NUMBER, sheet('<f>"943"&amp;" 476 "&amp;"5870"</f>')),
    "in a link to a folder": (KIND.CASE_REFERENCE, link("file:///S:/Mosaic%201234567/plan.docx")),
    "in a link to a case": (KIND.CASE_REFERENCE, link("https://mosaic.example.gov.uk/person?id=1234567&amp;tab=1")),
    "in a shortcut": (KIND.NHS_NUMBER, b"[InternetShortcut]\r\nURL=https://spine.nhs.uk/patient/9434765870\r\n"),
    "as letters": (KIND.NHS_NUMBER, letters(LONG + NUMBER)),
    "in a cell as letters": (KIND.NHS_NUMBER, sheet(f"<is><t>{letters(LONG + NUMBER).decode()}</t></is>")),
    "in a workbook as letters": (KIND.NHS_NUMBER, base64.encodebytes(sheet(f"<t>{LONG}{NUMBER}</t>"))),
}


@pytest.mark.parametrize("place", HELD)
def test_it_is_seen_with_what_says_what_it_is(place: str) -> None:
    kind, data = HELD[place]
    assert {seen.kind for seen in look(data).seen} == {kind}


ORDINARY = {
    "a table": b"Ref,What was done,Due,Staff,No\nJ1a.1,120 of 200,12/3/2016,1200,943\nJ1a.2,Soon,TBC,1340,476\n",
    "a text as letters": letters(LONG),
    "a prompt": sheet('<dataValidation promptTitle="Due" prompt="As in 31/03/2017"/>'),
    "a header": sheet("<oddHeader>&amp;LPlan&amp;C31/03/2017&amp;R&amp;P of &amp;N</oddHeader>"),
    "a property": part("docProps/custom.xml", '<property name="Round"><vt:lpwstr>31/03/2017</vt:lpwstr></property>'),
    "a long word": b"A" * 400 + b" " + b"0123456789abcdef" * 20,
}


@pytest.mark.parametrize("what", ORDINARY)
def test_what_says_nothing_of_a_case_may_be_kept(what: str) -> None:
    assert look(ORDINARY[what]) == ((), False)


def test_what_stands_as_letters_and_is_no_text_is_hidden() -> None:
    picture = base64.encodebytes(b"\x89PNG\r\n" + bytes(range(256))).decode()
    for data in (f"Look:\n{picture}".encode(), sheet(f"<is><t>{picture}</t></is>")):
        assert look(data).is_hidden
