"""Bytes are kept only if every text in them was looked at: an identifier in any corner of a file keeps it out."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import NamedStyle
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from tests.chairs import RECEIVED_ON, Plan, codes, edit, held_file, said
from tests.rounds.test_masked import NUMBER
from tests.store.compound import compound

from plan_sheets import Instructions, office

CUT = ("943 476", " 5870")
"""The same number, written in two runs."""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


def holds(data: bytes) -> bool:
    """Whether the number stands in these bytes, in either encoding, whole or in runs, packed or not."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if any(holds(parts.read(name)) or holds(name.encode()) for name in parts.namelist()):
                return True
    bare = data.replace(b"\0", b"")
    return any(NUMBER.encode() in text for text in (bare, re.sub(rb"<[^<>]*>", b"", unescape(bare))))


def unescape(data: bytes) -> bytes:
    """These bytes with the letters that stand in them as codes."""
    return html.unescape(data.decode("latin-1")).replace("\xa0", " ").encode("latin-1", "replace")


def holding(plan: Plan) -> list[str]:
    """The files of the plan folder in which the number stands: the register, with what it has not written yet, too."""
    return [path.name for path in plan.path.rglob("*") if path.is_file() and (holds(path.read_bytes()))]


def is_kept(plan: Plan, sha: str) -> bool:
    return any(path.suffix != ".txt" for path in (plan.path / "returned").glob(f"{sha}.*"))


def change(path: Path, part: str, old: str, new: str) -> None:
    """Put something into the first part of this name, before everything that stands there is packed again."""
    with zipfile.ZipFile(path) as parts:
        read = {name: parts.read(name) for name in parts.namelist()}
    name = next(name for name in read if re.search(part, name))
    assert old in read[name].decode()
    read[name] = read[name].decode().replace(old, new, 1).encode()
    write(path, read)


def write(path: Path, parts: dict[str, bytes], remark: bytes = b"") -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = remark
        for name, part in parts.items():
            made.writestr(name, part)


def add(path: Path, name: str, data: bytes, remark: bytes = b"") -> None:
    with zipfile.ZipFile(path) as parts:
        read = {known: parts.read(known) for known in parts.namelist()}
    write(path, {**read, name: data}, remark)


def packed(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def in_header(book: Workbook) -> None:
    header = book["Progress"].oddHeader
    assert header is not None
    header.center.text = f"NHS {NUMBER}"


def in_name(book: Workbook) -> None:
    book.defined_names["Case"] = DefinedName("Case", attr_text=f'"{NUMBER}"')


def in_prompt(book: Workbook) -> None:
    asked = DataValidation(prompt=f"As for {NUMBER}", promptTitle="Case", sqref="Z99")
    book["Progress"].add_data_validation(asked)


def in_author(book: Workbook) -> None:
    book["Progress"]["Z99"].comment = Comment("Look here", f"About {NUMBER}")


def in_format(book: Workbook) -> None:
    book["Progress"]["Z99"].number_format = f'0" ({NUMBER})"'


def in_style(book: Workbook) -> None:
    book.add_named_style(NamedStyle(name=f"For {NUMBER}"))


def in_link(book: Workbook) -> None:
    book["Progress"]["Z99"].hyperlink = Hyperlink("Z99", location="'Progress'!A1", tooltip=f"Of {NUMBER}")


def in_target(book: Workbook) -> None:
    book["Progress"]["Z99"].hyperlink = f"mailto:c@da.example?subject=NHS {NUMBER}"


def in_title(book: Workbook) -> None:
    book.properties.title = f"About {NUMBER}"


BY_HAND: dict[str, Callable[[Path], None]] = {
    "a text that no cell shows": lambda path: change(
        path, "sharedStrings", "</sst>", f"<si><t>About {NUMBER}</t></si></sst>"
    ),
    "a text in two runs": lambda path: change(
        path, "sharedStrings", "</sst>", f"<si><r><t>{CUT[0]}</t></r><r><rPr><b/></rPr><t>{CUT[1]}</t></r></si></sst>"
    ),
    "a text in figures' codes": lambda path: change(
        path, "sharedStrings", "</sst>", f"<si><t>{''.join(f'&#{ord(sign)};' for sign in NUMBER)}</t></si></sst>"
    ),
    "a remark in XML": lambda path: change(path, "sheet1.xml", "<sheetData", f"<!-- {NUMBER} --><sheetData"),
    "a part of nobody": lambda path: add(path, "customXml/item1.xml", f"<notes><case>{NUMBER}</case></notes>".encode()),
    "a text box": lambda path: add(
        path,
        "xl/drawings/drawing9.xml",
        f"<x:wsDr xmlns:x='x' xmlns:a='a'><a:p><a:r><a:t>{CUT[0]}</a:t></a:r><a:r><a:rPr/><a:t>{CUT[1]}</a:t></a:r>"
        "</a:p></x:wsDr>".encode(),
    ),
    "the settings of a printer": lambda path: add(
        path, "xl/printerSettings/printerSettings9.bin", b"\1\0" + f"Case {NUMBER}".encode("utf-16-le") + b"\0\0\2"
    ),
    "a document in it": lambda path: add(
        path, "xl/embeddings/one.docx", packed(**{"word/document.xml": f"<w:p><w:t>{NUMBER}</w:t></w:p>".encode()})
    ),
    "an object in it": lambda path: add(
        path, "xl/embeddings/oleObject1.bin", compound({"CONTENTS": f"\1\0About {NUMBER}\0".encode("latin-1")})
    ),
    "the name of a part": lambda path: add(path, f"docs/{NUMBER}.xml", b"<a/>"),
    "the remark of the zip": lambda path: add(path, "docs/one.xml", b"<a/>", f"NHS {NUMBER}".encode()),
}


@pytest.mark.parametrize(
    "place",
    [in_header, in_name, in_prompt, in_author, in_format, in_style, in_link, in_target, in_title],
    ids=lambda one: one.__name__,
)
def test_wherever_it_stands_in_a_workbook_no_copy_is_kept(round_one: Plan, place: Callable[[Workbook], None]) -> None:
    path = edit(round_one.filled("da", said()), round_one.inbox / "da.xlsx", place)
    assert_not_kept(round_one, path)
    assert round_one.said("J1a.1", "rag") == "Green"


@pytest.mark.parametrize("place", BY_HAND)
def test_nor_where_a_program_hides_it(round_one: Plan, place: str) -> None:
    path = round_one.inbox / "da.xlsx"
    path.parent.mkdir()
    path.write_bytes(round_one.sent("DA").read_bytes())
    BY_HAND[place](path)
    assert_not_kept(round_one, path)


def assert_not_kept(plan: Plan, path: Path) -> None:
    """The number is told of, and stands nowhere."""
    told = office.receive_files(plan.folder, [path], RECEIVED_ON)
    (receipt,) = told.receipts.returns
    assert {"case_identifier", "case_identifier_beside"} & {*codes(receipt)}
    assert NUMBER not in str(receipt)
    assert not is_kept(plan, receipt.sha256)
    assert holding(plan) == []
    assert holds(path.read_bytes()), "the search finds it where it is"


def word(*runs: str) -> bytes:
    document, made = docx.Document(), io.BytesIO()
    paragraph = document.add_paragraph("It is about ")
    for run in runs:
        paragraph.add_run(run).bold = True
    document.save(made)
    return made.getvalue()


def message(text: str, html: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Date"], mail["Subject"] = "Chair <c@da.example>", "Fri, 8 Jul 2016 09:30:00 +0100", "News"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


OTHERS = {
    "notes.csv": f"Ref,What was done\nJ1a.1,Met {NUMBER}\n".encode(),
    "wide.csv": f"Ref\tWhat was done\nJ1a.1\tMet {NUMBER}\n".encode("utf-16"),
    "page.html": b"<html><td>943&nbsp;<b>476</b>&#32;5870</td></html>",
    "hidden.html": f"<html><td title='{NUMBER}'>One</td></html>".encode(),
    "answers.docx": word(*CUT),
    "old.doc": compound({"WordDocument": f"\0\0About {NUMBER}\r\0".encode("utf-16-le")}),
    "answers.rtf": rb"{\rtf1 About {\b 943 476}{\i  5870}\par}",
    "flat.fods": f"<office:document><text:p>About <text:span>{NUMBER}</text:span></text:p></office:document>".encode(),
    "born.csv": b"Name,Date of birth\nJ,03/04/2009\n",
    "born.html": b"<html><tr><td>Date of birth</td><td>3 April 2009</td></tr></html>",
}


@pytest.mark.parametrize("name", OTHERS)
def test_nor_is_what_came_instead_of_a_workbook(round_one: Plan, name: str) -> None:
    path = round_one.inbox / name
    path.parent.mkdir()
    path.write_bytes(OTHERS[name])
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "refused"
    assert "case_identifier_beside" in codes(receipt)
    assert not is_kept(round_one, receipt.sha256)
    assert holding(round_one) == []


CLEAN = {
    "notes.csv": b"Ref,What was done,Count,Share\nJ1a.1,Met 943 of 4765 families,4765,0.9434765870\n",
    "page.html": b"<html><style>td {margin: 0 0 0 0}</style><td id=9434765870 width=64>One</td></html>",
    "answers.docx": word("the pathway", ", mapped in May 2016"),
    "old.doc": compound({"WordDocument": "\0\0The pathway is mapped\r\0".encode("utf-16-le")}),
    "answers.rtf": rb"{\rtf1\ansi\deff0 {\fonttbl{\f0 Calibri;}}The pathway is {\b mapped}\par}",
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_holds_none_is_kept_whatever_it_is(round_one: Plan, name: str) -> None:
    path = round_one.inbox / name
    path.parent.mkdir()
    path.write_bytes(CLEAN[name])
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, len(receipt.findings)) == ("refused", 1)
    assert is_kept(round_one, receipt.sha256)


HIDDEN = {
    "scan.pdf": b"%PDF-1.7 and so on",
    "photo.png": PIXEL,
    "all.rar": b"Rar!\x1a\x07\0",
    "page.html": b"<html><img src='data:image/png;base64,iVBORw0KGgo='></html>",
    "picture.rtf": rb"{\rtf1 {\pict\pngblip 89504e47}}",
    "macros.xls": compound({"Workbook": b"\x09\x08\x10\0\0\6\5\0", "_VBA_PROJECT": b"\1"}),
    "scan.docx": packed(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<w:p/>", "word/1.png": PIXEL}),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_looked_into_is_not_kept_and_that_is_said(round_one: Plan, name: str) -> None:
    path = round_one.inbox / name
    path.parent.mkdir()
    path.write_bytes(HIDDEN[name])
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "refused"
    assert "file_not_kept" in codes(receipt)
    assert not is_kept(round_one, receipt.sha256)


def test_of_a_workbook_with_a_picture_the_answers_go_in_and_no_copy_is_kept(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    add(path, "xl/media/image1.png", PIXEL)
    receipt = round_one.receive_one(path)
    assert "file_not_kept" in codes(receipt)
    assert round_one.said("J1a.1", "rag") == "Green"
    assert not is_kept(round_one, receipt.sha256)


def test_of_a_message_the_text_is_kept_and_not_what_stands_in_its_other_parts(round_one: Plan) -> None:
    path = round_one.inbox / "news.eml"
    path.parent.mkdir()
    path.write_bytes(message("J1a.1 went well.", f"<p>J1a.1 went well.</p><!-- {NUMBER} -->"))
    receipt = round_one.receive_one(path)
    assert "mail_kept_as_text" in codes(receipt)
    assert [one.suffix for one in (round_one.path / "returned").iterdir() if one.stem == receipt.sha256] == [".txt"]
    assert holding(round_one) == []


def test_a_held_workbook_is_looked_at_as_well(round_one: Plan) -> None:
    path = held_file(round_one, "carriers disagree")
    add(path, "customXml/item1.xml", f"<case>{NUMBER}</case>".encode())
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "held"
    assert "case_identifier_beside" in codes(receipt)
    assert not is_kept(round_one, receipt.sha256)


def test_in_a_dry_run_it_is_said_as_well(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    BY_HAND["a part of nobody"](path)
    (receipt,) = round_one.receive(path, dry_run=True)
    assert "case_identifier_beside" in codes(receipt)


def test_where_the_officer_allows_it_all_is_kept(round_one: Plan) -> None:
    path = edit(round_one.filled("da", said()), round_one.inbox / "da.xlsx", in_header)
    receipt = round_one.receive_one(path, Instructions(allow=frozenset({"case_identifier"}), reason="Of an order"))
    assert is_kept(round_one, receipt.sha256)
