"""Identifiers in parts beside the sheets, where words and the value that they speak of lie apart."""

from __future__ import annotations

import struct

import pytest
from tests.store.biff import narrow, record, wide, xls
from tests.store.compound import compound
from tests.store.receiving.test_look import KIND, part
from tests.store.receiving.test_unpack import zipped

from plan_sheets.store.receiving.look import look

CASE, BORN, NHS = KIND.CASE_REFERENCE, KIND.DATE_OF_BIRTH, KIND.NHS_NUMBER


def field(name: str, *items: str) -> str:
    return f'<cacheField name="{name}" numFmtId="0"><sharedItems count="2">{"".join(items)}</sharedItems></cacheField>'


def pivot(*fields: str) -> bytes:
    return part(
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f'<pivotCacheDefinition><cacheFields count="2">{"".join(fields)}</cacheFields></pivotCacheDefinition>',
    )


def chart(name: str, *points: str) -> bytes:
    said = "".join(f'<c:pt idx="{at}"><c:v>{point}</c:v></c:pt>' for at, point in enumerate(points))
    return part(
        "xl/charts/chart1.xml",
        f"<c:chart><c:ser><c:tx><c:strRef><c:f>Data!$B$1</c:f><c:strCache><c:pt><c:v>{name}</c:v></c:pt></c:strCache>"
        f"</c:strRef></c:tx><c:cat><c:strCache><c:pt><c:v>AB</c:v></c:pt></c:strCache></c:cat><c:val><c:numRef>"
        f"<c:numCache><c:formatCode>General</c:formatCode>{said}</c:numCache></c:numRef></c:val></c:ser></c:chart>",
    )


def outside(heading: str, value: str) -> bytes:
    return part(
        "xl/externalLinks/externalLink1.xml",
        '<externalLink><sheetDataSet><sheetData sheetId="0">'
        f'<row r="1"><cell r="A1" t="str"><v>Name</v></cell><cell r="B1" t="str"><v>{heading}</v></cell></row>'
        f'<row r="2"><cell r="A2" t="str"><v>AB</v></cell><cell r="B2"><v>{value}</v></cell></row>'
        "</sheetData></sheetDataSet></externalLink>",
    )


def embedded(heading: str, value: str) -> bytes:
    shared = "".join(f"<si><t>{text}</t></si>" for text in ("Name", heading, "AB"))
    book = {
        "xl/workbook.xml": b"<workbook/>",
        "xl/sharedStrings.xml": f"<sst>{shared}</sst>".encode(),
        "xl/worksheets/sheet1.xml": (
            '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
            f'<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2"><f>1+1</f><v>{value}</v></c></row>'
            "</sheetData></worksheet>"
        ).encode(),
    }
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/embeddings/Microsoft_Excel_Sheet1.xlsx": zipped(book)})


def thread(*texts: str) -> bytes:
    said = "".join(
        f'<threadedComment ref="B2" dT="2016-07-08T09:30:00.00" id="{{{at}}}"><text>{text}</text></threadedComment>'
        for at, text in enumerate(texts)
    )
    return part("xl/threadedComments/threadedComment1.xml", f"<ThreadedComments>{said}</ThreadedComments>")


def shape(**attributes: str) -> bytes:
    said = " ".join(f'{name}="{text}"' for name, text in attributes.items())
    return part(
        "xl/drawings/drawing1.xml",
        "<xdr:wsDr><xdr:from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></xdr:from>"
        f'<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" {said}/></xdr:nvPicPr></xdr:pic></xdr:wsDr>',
    )


def custom(xml: str) -> bytes:
    return part("customXml/item1.xml", xml)


def comment(author: str, text: str) -> bytes:
    return part(
        "xl/comments1.xml",
        f"<comments><authors><author>{author}</author></authors><commentList>"
        f'<comment ref="B2" authorId="0"><text><r><t>{text}</t></r></text></comment></commentList></comments>',
    )


def prompted(title: str, prompt: str) -> bytes:
    message = (
        f'<table:help-message table:title="{title}" table:display="true"><text:p>{prompt}</text:p></table:help-message>'
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": message.encode()})


def prompted_xls(title: str, prompt: str) -> bytes:
    """An .xls with one prompt: its title, that of an error, its text, that of the error."""
    texts = narrow(title) + narrow("Odd") + wide(prompt) + narrow("No")
    return xls(record(0x01BE, bytes(4) + texts))


def property_set(page: int, name: str, kind: int, value: bytes) -> bytes:
    """An .xls with one property (MS-OLEPS), as programs write it that know it by a number and name that apart."""
    letters = (name + "\0").encode("utf-16-le" if page == 1200 else "cp1252")
    names = struct.pack("<3L", 1, 2, len(name) + 1) + letters + bytes(-len(letters) % 4)
    values = [names, struct.pack("<LHH", 2, page, 0), struct.pack("<L", kind) + value]
    places, at = [], 8 + 8 * len(values)
    for number, one in enumerate((0, 1, 2)):
        places.append(struct.pack("<2L", one, at))
        at += len(values[number])
    section = struct.pack("<2L", at, len(values)) + b"".join(places) + b"".join(values)
    head = b"\xfe\xff\0\0" + bytes(20) + struct.pack("<L", 1) + bytes(16) + struct.pack("<L", 48)
    return compound({"Workbook": b"", "\5DocumentSummaryInformation": head + section})


HELD = {
    "a prompt of an .xls": (CASE, prompted_xls("Mosaic", "1234567")),
    "a text as a property of an .xls": (
        CASE,
        property_set(1252, "Mosaic", 30, struct.pack("<L", 8) + b"1234567\0"),
    ),
    "one with wide letters": (
        BORN,
        property_set(1200, "DOB", 31, struct.pack("<L", 9) + "3/4/2009\0".encode("utf-16-le")),
    ),
    "a whole number as one": (CASE, property_set(1252, "Mosaic ID", 3, struct.pack("<l", 1234567))),
    "a real number as one": (CASE, property_set(1252, "Mosaic ID", 5, struct.pack("<d", 1234567))),
    "a day as one": (BORN, property_set(1252, "DOB", 64, struct.pack("<Q", 128832768000000000))),
    "a number under a field of a pivot table": (CASE, pivot(field("Mosaic ID", '<s v="AB"/>', '<n v="1234567"/>'))),
    "a day under one": (BORN, pivot(field("Name", '<s v="AB"/>'), field("DOB", '<d v="2009-04-03T00:00:00"/>'))),
    "the least of a field": (
        CASE,
        part("xl/pivotCache/a.xml", '<cacheField name="Mosaic ID"><sharedItems minValue="1234567"/></cacheField>'),
    ),
    "a point of a chart": (CASE, chart("Mosaic ID", "12", "1234567")),
    "a cell of a linked workbook": (CASE, outside("Mosaic ID", "1234567")),
    "a cell of an embedded workbook": (CASE, embedded("Mosaic ID", "1234567")),
    "an answer to a comment": (CASE, thread("What is the Mosaic number:", "1234567")),
    "two comments": (NHS, thread("943 476", "5870")),
    "a comment by a system": (CASE, comment("Mosaic", "1234567")),
    "a name and a description": (CASE, shape(name="Mosaic", descr="1234567")),
    "a description and a title": (NHS, shape(name="Picture", descr="943 476", title="5870")),
    "an element in another one": (BORN, custom("<a><DateOfBirth><Value>3/4/2009</Value></DateOfBirth></a>")),
    "two elements": (CASE, custom("<a><Name>Mosaic</Name><Value>1234567</Value></a>")),
    "a drawing": (CASE, part("xl/media/image1.svg", "<svg><text>Mosaic</text><text>1234567</text></svg>")),
    "a slicer": (
        CASE,
        part(
            "xl/slicerCaches/slicerCache1.xml",
            '<slicerCacheDefinition sourceName="Mosaic ID"><i n="AB"/><i n="1234567"/></slicerCacheDefinition>',
        ),
    ),
    "a prompt of OpenDocument": (CASE, prompted("Mosaic", "1234567")),
}


@pytest.mark.parametrize("place", HELD)
def test_it_is_seen_with_the_words_that_lie_apart_from_it(place: str) -> None:
    kind, data = HELD[place]
    looked = look(data)
    assert {seen.kind for seen in looked.seen} == {kind}
    assert not looked.is_hidden


ORDINARY = {
    "a pivot table": pivot(field("Actions", '<n v="1234567"/>'), field("Due", '<d v="2017-03-31T00:00:00"/>')),
    "a chart": chart("Actions", "943", "476", "5870", "401023", "2137"),
    "another workbook": outside("Budget", "1234567"),
    "an embedded one": embedded("Budget", "1234567"),
    "comments": thread("Is that on Mosaic?", "Ask in June", "120 of 200 by 31/03/2017"),
    "a picture": shape(name="Picture 12", descr="The plan on a page, 31/03/2017", title="Plan"),
    "properties": custom("<a><Title><Value>Plan 2016-17</Value></Title><Modified>2016-07-08</Modified></a>"),
    "a prompt": prompted("Due", "As in 31/03/2017"),
    "a prompt of an .xls": prompted_xls("Due", "As in 31/03/2017"),
    "a property of an .xls": property_set(1252, "Budget", 3, struct.pack("<l", 1234567)),
    "a damaged one": property_set(1252, "Budget", 30, struct.pack("<L", 1 << 30)),
}


@pytest.mark.parametrize("what", ORDINARY)
def test_what_says_nothing_of_a_case_may_be_kept(what: str) -> None:
    assert look(ORDINARY[what]) == ((), False)
