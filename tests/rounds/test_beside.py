"""Answers that somebody put beside the cells: comments, text boxes and pictures. They are told, and never taken."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from tests.chairs import Plan, edit, on, place, said, told
from tests.store.formats.test_guard import packed
from tests.store.formats.test_reader import ods

from plan_sheets.core.model.found import CellKind, FoundCell, FoundWorkbook
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.package import open_package
from plan_sheets.store.formats.comments import cap_remarks, describe_comment, describe_link, find_remarks_beside_cells
from plan_sheets.store.formats.reader import read_workbook

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOX = "<xdr:sp><xdr:txBody><a:p><a:r><a:t>In a </a:t></a:r><a:r><a:t>box</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
PICTURE = "<xdr:pic/>"


def drawn(path: Path, inside: str) -> Path:
    """A copy of a workbook with this drawn over D6 of Progress."""
    place = "<xdr:from><xdr:col>3</xdr:col><xdr:row>5</xdr:row></xdr:from>"
    anchor = f"<xdr:oneCellAnchor>{place}{inside}</xdr:oneCellAnchor>"
    relation = f'<Relationship Id="d" Type="{RELATIONS}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    out = path.with_name("drawn.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/_rels/sheet2.xml.rels":
                part = part.replace(b"</Relationships>", relation.encode())
            new.writestr(name, part)
        spaces = f'xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main"'
        new.writestr("xl/drawings/drawing1.xml", f"<xdr:wsDr {spaces}>{anchor}</xdr:wsDr>" if inside else "<")
    return out


@pytest.mark.parametrize(
    ("inside", "code", "entered"),
    [(BOX, "text_box", "In a box"), (PICTURE, "picture", ""), ("", "file_has_comments", None)],
)
def test_what_lies_over_a_sheet_is_told_at_its_cell(
    round_one: Plan, inside: str, code: str, entered: str | None
) -> None:
    receipt = round_one.receive_one(drawn(round_one.filled("da", said()), inside))
    found = {one.code: (str(one.address or ""), one.entered) for one in receipt.findings}
    assert found[code] == ("Progress!D6" if inside else "", entered)
    assert ("text_box" in {one.code for one in round_one.queries}) is (inside == BOX)


def test_a_comment_is_told_with_its_cell_and_is_no_answer(round_one: Plan) -> None:
    def comment(book: Any) -> None:
        book["Progress"][place("Progress made", 6)].comment = Comment("All of it is done.", "A chair")

    path = round_one.filled("da", said())
    without = round_one.receive_one(path)
    receipt = round_one.receive_one(edit(path, path.with_name("more.xlsx"), comment))
    assert told(receipt) - told(without) >= {("cell_comment", on("Progress made", 6))}
    assert ("file_has_comments", "") not in told(receipt)
    assert receipt.verdict != "duplicate"
    assert openpyxl.load_workbook(path)["Progress"][place("Progress made", 6)].comment is None


def linked(book: Any) -> None:
    """Links on cells: pasted by their titles, typed as they are, on nothing, within the workbook, on a locked cell."""
    page = book["Progress"]
    for cell, text, link in (
        (place("Evidence", 5), "The report", "https://example.org/report?a=1&b=2"),
        (place("Progress made", 5), None, "https://example.org/on-an-answer"),
        (place("Next step", 5), "see www.example.org/Page", "http://www.example.org/page/"),
        (place("Asked of the executive", 5), "mail chair@example.org", "mailto:chair@example.org"),
        (place("Evidence", 6), None, "https://example.org/nothing"),
        ("B5", None, "https://example.org/locked"),
    ):
        page[cell].value = text or page[cell].value
        page[cell].hyperlink = link
    page[place("Progress made", 6)].hyperlink = "#Progress!A1"
    book["Action plan"]["D5"].hyperlink = "file:///C:/plan.docx"


def test_where_an_answer_leads_is_told_if_it_does_not_say_so(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    receipt = round_one.receive_one(edit(path, path.with_name("links.xlsx"), linked))
    found = {(str(one.address), one.entered) for one in receipt.findings if one.code == "cell_link"}
    assert found == {
        (on("Evidence", 5), "https://example.org/report?a=1&b=2"),
        (on("Progress made", 5), "https://example.org/on-an-answer"),
        ("Action plan!D5", "file:///C:/plan.docx"),
    }
    assert round_one.said("J1a.1", "evidence") == "The report"


def test_links_of_an_ods() -> None:
    link = '<text:a xlink:href="https://example.org/report">The report</text:a>'
    own = '<text:a xlink:href="#Progress.A1">Above</text:a>'
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in (own, link)
    )
    found = read_workbook(
        ods(f'<table:table table:name="One"><table:table-row>{cells}</table:table-row></table:table>')
    )
    assert isinstance(found, FoundWorkbook)
    assert [cell.text for cell in found.sheets[0].cells.values()] == ["Above", "The report"]
    assert [(one.code, one.cell, one.entered) for one in found.remarks] == [
        ("cell_link", "B1", "https://example.org/report")
    ]


def test_a_text_box_of_an_ods_is_no_part_of_the_cell_it_is_anchored_to() -> None:
    box = "<draw:frame><draw:text-box><text:p>In a box</text:p></draw:text-box></draw:frame>"
    note = "<office:annotation><text:p>A note</text:p></office:annotation>"
    box += "<draw:frame><draw:object/><draw:image/></draw:frame>"  # a chart
    cells = f'<table:table-cell office:value-type="string">{note}{box}<text:p>Typed</text:p></table:table-cell>'
    table = f'<table:table table:name="One"><table:table-row>{cells}</table:table-row></table:table>'
    found = read_workbook(ods(table))
    assert isinstance(found, FoundWorkbook)
    assert {at: cell.text for at, cell in found.sheets[0].cells.items()} == {(0, 0): "Typed"}
    assert [(one.code, one.sheet, one.cell, one.entered) for one in found.remarks] == [
        ("cell_comment", "One", "A1", "A note"),
        ("text_box", "One", "A1", "In a box"),
    ]


THREAD = """[Threaded comment]

Your version of Excel allows you to read this threaded comment; however, any edits to it will get removed if the file \
is opened in a newer version of Excel. Learn more: https://go.microsoft.com/fwlink/?linkid=870924

Comment:
    We cannot go on
Reply:
    Agreed"""
SAID = "We cannot go on\nReply:\nAgreed"


@pytest.mark.parametrize("text", [THREAD, THREAD.replace("[Threaded comment]", "[Sylwadau]").replace("Comment:", "X:")])
def test_a_threaded_comment_begins_with_what_was_said_in_it(text: str) -> None:
    assert describe_comment("One", "A1", text, comment=True).entered == SAID
    assert describe_comment("One", "A1", f"I wrote:\n{text}", comment=True).entered == f"I wrote:\n{text}"


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def test_comments_and_threads_of_a_sheet_are_told_once() -> None:
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships><Relationship Id="a" Type="{RELATIONS}/comments" '
        'Target="../comments1.xml"/><Relationship Id="b" Type="x/threadedComment" '
        'Target="../threadedComments/threadedComment1.xml"/></Relationships>',
        "xl/comments1.xml": f'<comments xmlns="{MAIN}"><comment ref="A1"><t>Plain</t></comment></comments>',
        "xl/threadedcomments/threadedcomment1.xml": f'<ThreadedComments xmlns="{THREADS}">'
        + "".join(
            f'<threadedComment ref="{cell}"><text>{text}</text></threadedComment>'
            for cell, text in (("A1", "Plain"), ("B2", "First"), ("B2", "Reply"))
        )
        + "</ThreadedComments>",
    }
    told = find_remarks_beside_cells(open_package(packed(parts)), [("One", "xl/worksheets/sheet1.xml")])
    assert [(one.cell, one.entered) for one in told] == [("A1", "Plain"), ("B2", "First\nReply")]


def test_what_is_more_than_can_be_told_one_by_one_is_told_by_number_and_cell() -> None:
    comments = [describe_comment("One", f"A{row}", f"Said {row}", comment=True) for row in range(1, 6)]
    links = [describe_link("Two", "B2", "https://example.org/")]
    first, second, more, linked = cap_remarks([*comments, *links], Limits(beside=2))
    assert [first.entered, second.entered] == ["Said 1", "Said 2"]
    assert (more.code, more.details["count"], more.details["cells"]) == ("comments_more", "3", "A3 to A5")
    assert more.entered == "A3: Said 3\nA4: Said 4\nA5: Said 5"
    assert (linked.code, linked.sheet, linked.entered) == ("links_more", "Two", "B2: https://example.org/")


DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def test_a_picture_placed_in_a_cell_is_a_picture_and_no_error() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet("One")
        page.embed_image(4, 3, "dot.png", {"image_data": io.BytesIO(DOT), "description": "A signed sheet"})
        page.write_formula(5, 3, "=1/0", None, "#DIV/0!")
    found = read_workbook(made.getvalue())
    assert isinstance(found, FoundWorkbook)
    assert [(one.code, one.sheet, one.cell, one.entered) for one in found.remarks] == [
        ("picture_in_cell", "One", "D5", "A signed sheet")
    ]
    assert found.sheets[0].cells == {(5, 3): FoundCell("#DIV/0!", CellKind.ERROR, "=1/0")}
