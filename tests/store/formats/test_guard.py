"""What is no workbook, or more of one than is read, is refused in one way of its own.

Each limit is tried with a small ordinary file, and the limit lowered to just under it.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_sheets.core.model.found import CellKind, FoundCell, FoundWorkbook
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.guard import GuardedFile, guard
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.formats.sheet_scan import (
    BeyondEdgeError,
    _scan_plain,
    _walk,
    is_plain,
    read_reference,
    split_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def sheet(data: str, after: str = "") -> str:
    return f"<worksheet {MAIN}><sheetData>{data}</sheetData>{after}</worksheet>"


def rows(*cells: str) -> str:
    return "".join(f"<row>{cell}</row>" for cell in cells)


def parts(data: str = "", **more: str) -> dict[str, str | bytes]:
    """The parts of an xlsx with one sheet; keywords replace or add parts (`strings`, `sheet`, `book`)."""
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships {RELS}><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships {RELS}><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": more.get(
            "book",
            f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        ),
        "xl/worksheets/sheet1.xml": more.get("sheet", sheet(data)),
        "xl/sharedStrings.xml": more.get("strings", f"<sst {MAIN}><si><t>shared</t></si></sst>"),
    }


def packed(contents: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in contents.items():
            archive.writestr(name, part)
    return made.getvalue()


def xlsx(data: str = "", **more: str) -> bytes:
    return packed(parts(data, **more))


ODS = "application/vnd.oasis.opendocument.spreadsheet"
ONE = '<c r="A1"><v>1</v></c>'
ORDINARY = f'<row r="1">{ONE}</row>'


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    """The code with which these bytes are refused."""
    found = read_workbook(data, limits)
    assert isinstance(found, Refusal), found
    return found.code


def compound(*streams: str) -> bytes:
    """What an OLE2 file looks like from outside: its magic and directory entries."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries.ljust(2048, b"\0")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 ...", "file_pdf"),
        (b"{\\rtf1 ...", "file_word"),
        (b"\x89PNG\r\n\x1a\n....", "file_image"),
        (b"\xff\xd8\xff\xe0....", "file_image"),
        (b"\0\0\0\x18ftypheic....", "file_image"),
        (b"<!DOCTYPE html><html>...", "file_html"),
        (b"\n <HTML><table>...", "file_html"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook", "file_html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "file_xml_2003"),
        (b'<?xml version="1.0"?><office:document office:mimetype="x">', "file_xml_2003"),
        (b"Ref,RAG\nJ2a.1,Red\n", "file_text"),
        ("Ref;Gwaith \u0175\n".encode("cp1252", "replace"), "file_text"),
        (b"\0\1\2\3\4 nothing that is known", "file_unknown"),
        (compound("EncryptionInfo", "EncryptedPackage"), "file_encrypted"),
        (compound("Workbook") + b"\x09\x08\x10\0\0\x06\x05\0" + bytes(12) + b"\x2f\0\x36\0", "file_encrypted"),
        (packed({"mimetype": ODS, "META-INF/manifest.xml": "<encryption-data/>", "meta.xml": "\0"}), "file_encrypted"),
        (b"Rar!\x1a\x07\0", "file_other_zip"),
        (b"\x78\x9f\x3e\x22 winmail.dat", "file_outlook"),
        (compound("WordDocument"), "file_word"),
        (compound("PowerPoint Document"), "file_unknown"),
        (packed({"letter.txt": "x"}), "file_other_zip"),
        (packed({"Index/Document.iwa": "x"}), "file_numbers"),
        (packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "file_word"),
        (packed({**parts(), "_rels/.rels": "<Relationships/>", "word/document.xml": "<x/>"}), "file_word"),
        (packed({**parts(), "_rels/.rels": "<Relationships/>"}), "file_other_zip"),
    ],
)
def test_kind_is_judged_by_content(data: bytes, code: str) -> None:
    assert refusal(data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rows('<c r="A1048577"><v>1</v></c>'), "file_cell_beyond_edge"),
        (rows('<c r="XFE1"><v>1</v></c>'), "file_cell_beyond_edge"),
        ("<row>" + "<c/>" * 16_384 + "<c><v>1</v></c></row>", "file_cell_beyond_edge"),
        (rows(*["<c><v>1</v></c>"] * 3) + "<row>", "file_damaged"),
        (rows(ONE, ONE), "file_cell_twice"),
        (f'<row r="1"><c r="A1"/>{ONE}</row>', "file_cell_twice"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c><c><v>1</v></c></row>', "file_cell_twice"),
        (f'<row r="1">{ONE}</row><row r="1"><c><v>2</v></c></row>', "file_cell_twice"),
        (rows('<c r="A1" r="B1"><v>1</v></c>'), "file_damaged"),
        (rows('<c r="A1" t="s"><v>7</v></c>'), "file_damaged"),
    ],
)
def test_cells_where_none_can_be(data: str, code: str) -> None:
    assert refusal(xlsx(data)) == code


@pytest.mark.parametrize("reference", ["A0", "A1048577", "XFE1", "ZZZ1", "A12345678", "1A", "A", "", "A-1", "\u0661"])
def test_a_reference_that_no_sheet_has(reference: str) -> None:
    with pytest.raises(BeyondEdgeError):
        read_reference(reference)


@pytest.mark.parametrize(
    ("data", "area", "last"),
    [
        (rows(f'{ONE}<c r="F20"><v>1</v></c>'), 120, "F20"),
        (f'<row r="1">{ONE}<c r="BA1"><v>1</v></c></row>', 53, "BA1"),
        (rows('<c r="A1" r2="x"><v>1</v></c>', "<c\tr = 'F20'><v>1</v></c>"), 120, "F20"),
        (f'<x:row xmlns:x="x">{ONE}<x:c r="F20"><x:v>1</x:v></x:c></x:row>', 120, "F20"),
        (f'<row>{ONE}</row><row r="20">{"<c/>" * 5}<c><v>1</v></c></row>', 120, "F20"),
    ],
)
def test_cells_far_apart_however_they_are_spelled(data: str, area: int, last: str) -> None:
    assert isinstance(guard(xlsx(data), apart=True, limits=Limits(area=area)), GuardedFile)
    refused = guard(xlsx(data), apart=True, limits=Limits(area=area - 1))
    assert refused == Refusal("file_cells_far_apart", {"cell": last})


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('t="s"><v> 1 </v>', "file_damaged"),
        ('t="s"><v>+1</v>', "file_damaged"),
        ('t="s"><v>1.0</v>', "file_damaged"),
        ('t="s"><v>1e0</v>', "file_damaged"),
        ('t="s"><v>&#49;</v>', "file_damaged"),
        ('t="s"><v><![CDATA[1]]></v>', "file_odd_encoding"),
        ("><v>5<!-- -->5</v>", "file_odd_encoding"),
        ("><v>5<?pi?>5</v>", "file_odd_encoding"),
        ("><v>&#53;5</v>", "file_odd_encoding"),
        ('t="str"><v>a<![CDATA[b]]>c</v>', "file_odd_encoding"),
    ],
)
def test_a_value_that_can_be_read_in_two_ways(cell: str, code: str) -> None:
    """Readers differ about these, so nobody is asked."""
    strings = f"<sst {MAIN}><si><t>first</t></si><si><t>second</t></si></sst>"
    assert refusal(xlsx(rows(f'<c r="A1" {cell}</c>'), strings=strings)) == code


@pytest.mark.parametrize("formula", ['<f t="array" ref="A1:B2">x</f>', "<f ref='A1:B2' t = 'dataTable' r1='D1'/>"])
def test_a_formula_that_fills_several_cells(formula: str) -> None:
    """Excel writes it into the first of them, and into the others no more than their values."""
    cells = f'<c r="A1" t="str">{formula}<v>a</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c>'
    below = '<c r="B2"><v>1</v></c><c r="C2" t="inlineStr"><is><t>typed</t></is></c>'
    found = read_workbook(xlsx(f'<row r="1">{cells}</row><row r="2">{below}</row>'))
    assert isinstance(found, FoundWorkbook), found
    assert {at: cell.kind for at, cell in found.sheets[0].cells.items()} == {
        (0, 0): CellKind.FORMULA,
        (0, 1): CellKind.FORMULA,
        (1, 1): CellKind.FORMULA,
        (1, 2): CellKind.TEXT,
    }


def test_a_formula_of_a_drop_down_is_none_of_the_last_cell() -> None:
    """Excel writes those that look at another sheet behind the cells (2009/9/main)."""
    rich = "<is><r><t>ri</t></r><r><t>ch</t></r></is>"
    drop_down = '<extLst><ext xmlns:xm="x"><xm:f>Grid!$B$5:$B$9</xm:f><xm:v>1</xm:v></ext></extLst>'
    found = read_workbook(xlsx(sheet=sheet(f'<row r="1"><c r="A1" t="inlineStr">{rich}</c></row>', drop_down)))
    assert isinstance(found, FoundWorkbook), found
    assert found.sheets[0].cells == {(0, 0): FoundCell("rich")}


@pytest.mark.parametrize("count", ["-1", " 9", "many"])
def test_a_count_of_shared_texts_that_is_none(count: str) -> None:
    strings = f'<sst {MAIN} count="1" uniqueCount="{count}"><si><t>x</t></si></sst>'
    assert refusal(xlsx(rows(ONE), strings=strings)) == "file_false_counts"


def test_a_cell_alone_may_stand_anywhere() -> None:
    found = read_workbook(xlsx(rows('<c r="BC99"><v>1</v></c>')), Limits(area=1))
    assert isinstance(found, FoundWorkbook)
    assert found.sheets[0].cells.keys() == {(98, 54)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"xl/workbook.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"}, "file_doctype"),
        ({"xl/sharedStrings.xml": "<!doctype x><sst/>"}, "file_doctype"),
        ({"docProps/custom.xml": "<!DOCTYPE x><Properties/>"}, "file_doctype"),
        ({"xl/worksheets/sheet1.xml": sheet(ONE).encode("utf-16")}, "file_odd_encoding"),
        ({"xl/worksheets/sheet1.xml": "<?xml version='1.0' encoding='UTF-7'?>" + sheet(ONE)}, "file_odd_encoding"),
        ({"XL/Workbook.XML": "<workbook/>"}, "file_duplicate_parts"),
        ({"xl/workbook.xml": "<workbook"}, "file_damaged"),
        ({"xl/workbook.xml": f"<workbook {MAIN}/>"}, "file_no_sheets"),
        ({"docProps/app.xml": "<Properties>"}, "file_damaged"),
    ],
)
def test_packages(change: dict[str, str | bytes], code: str) -> None:
    assert refusal(packed({**parts(rows(ONE)), **change})) == code


def test_sheets_that_share_a_name_or_a_part() -> None:
    twice = parts(rows(ONE))["xl/workbook.xml"]
    assert isinstance(twice, str)
    again = twice.replace("</sheets>", '<sheet name="{}" sheetId="2" r:id="r1"/></sheets>')
    assert refusal(xlsx(rows(ONE), book=again.format("Two"))) == "file_duplicate_parts"


def test_a_directory_that_does_not_tell_the_truth() -> None:
    good = packed({**parts(rows(ONE)), "xl/sharedStrings.xml": f"<sst {MAIN}></sst>"})
    entry = good.rindex(b"xl/sharedStrings.xml") - 46
    assert refusal(good[: entry + 24] + struct.pack("<L", 10) + good[entry + 28 :]) == "file_damaged"
    assert refusal(good[: entry + 16] + struct.pack("<L", 10) + good[entry + 20 :]) == "file_damaged"
    assert refusal(good[: entry + 8] + struct.pack("<H", 1) + good[entry + 10 :]) == "file_encrypted"


def test_a_part_packed_in_an_unusual_way() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as archive:
        for name, part in parts(rows(ONE)).items():
            archive.writestr(name, part)
    assert refusal(made.getvalue()) == "file_damaged"


@pytest.mark.parametrize(
    ("data", "apart"),
    [
        (xlsx('<row r="1"><c r="A1"><v>1</v></c></row>'), False),
        (xlsx('<row r="1"><c r="A1" s="1" /><c r="B1"><f>A1</f><v /></c></row>'), False),  # openpyxl
        (xlsx(sheet=f"<worksheet {MAIN}><sheetData/></worksheet>"), False),
        (xlsx("<row r='1'><c r='A1'><v>1</v></c></row>"), True),
        (xlsx('<row r="1"><c r="BA1"><v>1</v></c></row>'), True),
        (xlsx('<row r="1"><c><v>1</v></c></row>'), True),
        (packed({"mimetype": ODS, "content.xml": '<x xmlns:table="t"><table:table/></x>'}), False),
        (compound("Workbook"), True),
    ],
)
def test_what_is_spelled_oddly_is_read_apart(data: bytes, apart: bool) -> None:  # noqa: FBT001 - a table of cases
    passed = guard(data)
    assert isinstance(passed, GuardedFile)
    assert passed.apart is apart


def test_merged_ranges_and_what_is_read_apart_come_through() -> None:
    merges = '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells><pageMargins left="1"/>'
    cells = '<row r="1"><c r="A1" t="str"><f>1&lt;2</f><v>x</v></c><c r="C1" t="e"><v>#SPILL!</v></c></row>'
    odd = cells.replace('r="A1"', "r='A1'")
    found = [read_workbook(xlsx(sheet=sheet(data, merges))) for data in (cells, odd)]
    assert found[0] == found[1]
    assert isinstance(found[0], FoundWorkbook)
    (one,) = found[0].sheets
    assert one.merged == ("A1:B2",)
    assert one.cells == {
        (0, 0): FoundCell("x", CellKind.FORMULA, "=1<2"),
        (0, 2): FoundCell("#SPILL!", CellKind.ERROR),
    }


def test_what_is_remarked_but_never_opened() -> None:
    unread = ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/o.bin", "xl/comments1.xml")
    types = {"[Content_Types].xml": '<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'}
    passed = guard(packed({**parts(ORDINARY), **types, **dict.fromkeys(unread, "<!DOCTYPE never looked at>")}))
    assert isinstance(passed, GuardedFile)
    assert passed.container == "xlsm"
    codes = ["file_has_macros", "file_has_links", "file_has_objects", "file_has_comments"]
    assert [remark.code for remark in passed.remarks] == codes
    assert not set(unread) & set(zipfile.ZipFile(io.BytesIO(passed.data)).namelist())


def ordinary() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Ref", "RAG", 3, True, ' "quoted" & <b> '])
        page.write_formula(2, 1, "=COUNTA(A1:A9)", None, 4)
        page.write_formula(3, 1, '="a"', None, "a")
        page.write_formula(4, 1, "=NA()", None, "#N/A")
        page.write_blank(9, 9, None, book.add_format({"bold": True}))
    return made.getvalue()


def test_an_ordinary_sheet_is_recognised_and_both_ways_tell_the_same() -> None:
    part = split_sheet(zipfile.ZipFile(io.BytesIO(ordinary())).read("xl/worksheets/sheet1.xml"))
    assert is_plain(part)
    plain, walked = _scan_plain(part.data), _walk(part.whole)
    assert (plain.cells, plain.marks) == (walked.cells, walked.marks)
    assert plain.marks == {
        (2, 1): (CellKind.FORMULA, "COUNTA(A1:A9)"),
        (3, 1): (CellKind.FORMULA, '"a"'),
        (4, 1): (CellKind.ERROR, "NA()"),
    }


WHOLE = ordinary()
"""Made once: the time of making stands in it, and a run of examples needs one length."""


@given(st.data())
@settings(deadline=None)  # what is left of it may be read in a process of its own
def test_damaged_anywhere_it_is_read_or_refused(data: st.DataObject) -> None:
    whole = WHOLE
    cut = data.draw(st.integers(0, len(whole)))
    with_noise = bytearray(whole)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), max_size=9)):
        with_noise[at] = byte
    assert isinstance(read_workbook(whole[:cut]), Refusal | FoundWorkbook)
    assert isinstance(read_workbook(bytes(with_noise)), Refusal | FoundWorkbook)


@given(st.text(alphabet="<>/\"'= crvtsAX1\t", max_size=60))
def test_no_spelling_of_a_sheet_hides_a_cell_from_the_guard(noise: str) -> None:
    apart = xlsx(f'<row><c r="A1"><v>1</v></c>{noise}<c r="F20"><v>1</v></c></row>')
    assert isinstance(guard(apart, apart=True, limits=Limits(area=119)), Refusal)


def test_numbers_that_are_none_are_errors() -> None:
    found = read_workbook(xlsx('<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>NaN</v></c></row>'))
    assert isinstance(found, FoundWorkbook)
    assert [cell.kind for cell in found.sheets[0].cells.values()] == [CellKind.ERROR] * 2
