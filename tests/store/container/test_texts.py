"""Texts of any file: in every corner of it, in any encoding; what cannot be looked into is said to be so."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.store.compound import compound
from tests.store.receiving.test_unpack import zipped

from plan_sheets.store.container import markup
from plan_sheets.store.container.limits import LIMITS
from plan_sheets.store.container.refused import OddError
from plan_sheets.store.container.texts import HiddenError, TextReader
from plan_sheets.store.receiving.look import look

CASE = "No. 12345"
BOOK = {"xl/workbook.xml": b"<workbook/>"}


def texts(data: bytes, reader: TextReader | None = None) -> Iterator[str]:
    reader = reader or TextReader(LIMITS.inflated)
    return (text for part in reader.list_parts(data) for text in part.list_texts())


HELD = {
    "between tags": zipped({**BOOK, "xl/a.xml": f"<a><b>{CASE}</b></a>".encode()}),
    "in an attribute": zipped({**BOOK, "xl/a.xml": f'<a b="{CASE}"/>'.encode()}),
    "in single quotes": zipped({**BOOK, "xl/a.xml": f"<a b='{CASE}'/>".encode()}),
    "in CDATA": zipped({**BOOK, "xl/a.xml": f"<a><![CDATA[{CASE}]]></a>".encode()}),
    "in an instruction": zipped({**BOOK, "xl/a.xml": f"<?a {CASE}?><a/>".encode()}),
    "in no XML": zipped({**BOOK, "xl/a.xml": f"<a>{CASE}".encode()}),
    "in UTF-16": zipped({**BOOK, "xl/a.xml": f"<a>{CASE}</a>".encode("utf-16")}),
    "in runs": zipped({**BOOK, "xl/a.xml": b"<si><r><t>No. 12</t></r><r><rPr/><t>345</t></r></si>"}),
    "in spans": zipped({**BOOK, "content.xml": b"<text:p>No.<text:s/>12<text:span>345</text:span></text:p>"}),
    "in binary data": zipped({**BOOK, "xl/a.bin": b"\1\2" + CASE.encode() + b"\0"}),
    "in wide letters": zipped({**BOOK, "xl/a.bin": b"\1" + CASE.encode("utf-16-le") + b"\1\2"}),
    "before a count": zipped({**BOOK, "xl/a.bin": b"\0" + CASE.encode("utf-16-le") + b"6\0\0"}),
    "in a zip in it": zipped({**BOOK, "xl/a.bin": zipped({"a.txt": CASE.encode()})}),
    "in its stream": compound({"Workbook": b"\1\0" + CASE.encode() + b"\0"}),
    "in Gnumeric's own": gzip.compress(f"<gnm:Workbook><gnm:Cell>{CASE}</gnm:Cell></gnm:Workbook>".encode()),
    "in Windows' letters": f"Café, {CASE}".encode("cp1252"),
    "in RTF": rb"{\rtf1 N\'6f. {\b 123}{\i 45}\par}",
}


@pytest.mark.parametrize("place", HELD)
def test_a_text_is_found_wherever_it_stands(place: str) -> None:
    assert any(CASE in text for text in texts(HELD[place]))


def test_texts_of_two_cells_are_two_and_lines_of_a_document_come_in_pairs() -> None:
    part = b"<sst><si><t>Number 123</t></si><si><t>456 is another</t></si></sst>"
    assert {*texts(zipped({**BOOK, "xl/a.xml": part}))} == {"Number 123", "456 is another"}
    assert [*texts(b"<p>Born on</p><p>3 April 2009</p>")][-1] == "Born on\n3 April 2009"


def test_what_is_drawn_or_numbered_is_no_text() -> None:
    drawn = b'<a path="m 943 476 5870 l" style="top:943 476 5870"><c:axId val="9434765870"/><b id="9434765870"/></a>'
    assert [*texts(zipped({**BOOK, "xl/a.xml": drawn}))] == []


HIDDEN = {
    "a picture": zipped({**BOOK, "xl/media/image1.png": b"\x89PNG\r\n"}),
    "a PDF": b"%PDF-1.7",
    "a packed file": zipped({**BOOK, "xl/embeddings/a.7z": b"7z\xbc\xaf\x27\x1c"}),
    "what nobody knows": zipped({**BOOK, "xl/model/item.data": b"\0\1\2\3"}),
    "a damaged zip": zipped(BOOK)[:-30],
    "a zip without end": b"PK\x03\x04",
    "macros": zipped({**BOOK, "xl/vbaProject.bin": compound({"_VBA_PROJECT": b"\1"})}),
    "zips in zips": zipped({"a.zip": zipped({"b.zip": zipped({"c.zip": zipped({"d.txt": b"d"})})})}),
    "an old mail": b"MIME-Version: 1.0\nContent-Type: text/html\n\n<html/>",
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_cannot_be_looked_into_is_hidden(kind: str) -> None:
    assert look(HIDDEN[kind]).is_hidden


def test_more_than_the_limit_is_for_a_child_process_and_there_it_is_hidden() -> None:
    data = zipped({**BOOK, "xl/a.xml": b"<a>" + b"x" * 5_000 + b"</a>"})
    with pytest.raises(OddError):
        [*texts(data, TextReader(4_000, is_apart=False))]
    with pytest.raises(HiddenError):
        [*texts(data, TextReader(4_000))]


def test_a_child_process_says_the_same_of_a_large_file() -> None:
    data = zipped({**BOOK, "xl/a.xml": b"<a>NHS number 943 476 5870</a>"})
    limits = replace(LIMITS, here=1)
    assert look(data, limits=limits) == look(data)
    assert [str(seen.kind) for seen in look(data, limits=limits).seen] == ["nhs_number"]
    with pytest.raises(OddError):
        look(data, limits=replace(LIMITS, shared=1), is_ordinary=True)


@pytest.mark.parametrize(("setup", "seen"), [(b"Generic Printer", 0), (b"NHS number 943 476 5870", 1)])
def test_how_a_printer_is_set_is_looked_through(setup: bytes, seen: int) -> None:
    letters = b64encode(setup + bytes(range(32)) * 9)
    looked = look(zipped({**BOOK, "settings.xml": b'<c type="base64Binary">' + letters + b"</c>"}))
    assert (len(looked.seen), looked.is_hidden) == (seen, False)


def test_a_long_table_of_values_is_gone_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "".join(f'<c r="AB{number}" title="Case {number}"/>' for number in range(1_000, 1_200))
    found = {}
    for few in (0, 1_000):
        monkeypatch.setattr(markup, "_FEW", few)
        found[few] = set(markup.list_texts(f"<row>{cells}</row>", is_document=False))
    assert found[0] == found[1_000] >= {"Case 1000", markup.name_text("title", "Case 1199")}
