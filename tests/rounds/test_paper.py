"""The board paper: in Word what the master says, in real headings and tables, and never over somebody's own words."""

from __future__ import annotations

import re
import subprocess
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table
from docx.text.paragraph import Paragraph
from tests.chairs import ISSUED_ON, SECRET, Plan, said
from tests.commands import run, told
from tests.programs.saving import no_command, skip_if

from plan_sheets import plan as plans
from plan_sheets.core.book.paper import CUT, LONGEST, BoardPaper
from plan_sheets.core.book.paper import PaperTable as Rows
from plan_sheets.core.book.paper import Paragraph as Told
from plan_sheets.core.book.style import STATUS
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.master import make_master
from plan_sheets.store.register.snapshot import read_snapshot
from plan_sheets.store.writing import word as document_writer
from plan_sheets.store.writing.hand_over import hand_over_paper

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
A4_MM = (210, 297)


def paper_of(plan: Plan, name: str = "paper.docx") -> Path:
    made = make_master(plan.folder, None, LATER, paper=plan.path.parent / name).paper
    assert made
    return made


def opened(path: Path) -> Document:
    return docx.Document(str(path))


def style_of(paragraph: Paragraph) -> str:
    return str(paragraph.style.name) if paragraph.style else ""


def headings(document: Document, level: int) -> list[str]:
    return [one.text for one in document.paragraphs if style_of(one) == f"Heading {level}"]


def table(document: Document, first: str) -> Table:
    """The table that stands after the heading that begins with this."""
    found = False
    for one in document.iter_inner_content():
        if isinstance(one, Paragraph):
            found = found or (style_of(one).startswith("Heading") and one.text.startswith(first))
        elif found:
            return one
    raise AssertionError(first)


def xml_of(part: Any) -> str:
    """What python-docx does not tell of a row, a cell or a table, as it stands in the file."""
    return str(part._element.xml)  # noqa: SLF001 - that is where it is


def cells(made: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in made.rows]


def everything(document: Document) -> str:
    return "\n".join([*(one.text for one in document.paragraphs), *(str(cells(one)) for one in document.tables)])


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def put(plan: Plan, texts: dict[tuple[str, str, str], str]) -> None:
    """These values into the register, as they stand from the first round on."""
    with plan.register.batch("test", LATER.isoformat()) as batch:
        for (record, ref, name), text in texts.items():
            batch.add_value(Key(record, ref, name), text, "standing", "")


def test_it_says_which_edition_it_is(round_one: Plan) -> None:
    assert opened(paper_of(round_one)).paragraphs[0].text.endswith(": Quarter 1, April to June 2016 (draft)")
    make_master(round_one.folder, None, LATER, hand_over=True)
    round_one.receive_one(round_one.filled("da", said()))
    path = round_one.path.parent / "second.docx"
    make_master(round_one.folder, None, LATER, paper=path, hand_over=True)
    title, *texts = [one.text for one in opened(path).paragraphs]
    assert title.endswith("Quarter 1, April to June 2016 (edition 2, 20 July 2016)")
    assert "This edition 2 takes the place of edition 1 of 20 July 2016." in texts


def test_it_says_what_the_master_says(round_one: Plan) -> None:
    late = said(rag="Red")
    row = {**late["Progress"]["J1a.1"], "Asked of the executive": "Release a nurse. " * 100}
    round_one.receive(round_one.filled("da", {**late, "Progress": {"J1a.1": row}}))
    document = opened(paper_of(round_one))
    assert headings(document, 1) == [
        "Recommendations",
        "Where we are",
        "Progress of each priority",
        "Earlier decisions",
        "Open questions",
        "About this paper",
    ]
    (red,) = [one.text for one in document.paragraphs if one.text.startswith("1. Red. J1a.1 ")]
    assert "or accept that it stays Red. Chair asks: Release a nurse. Release" in red
    assert red.endswith(f"…{CUT}.")
    action = next(row for row in cells(table(document, "J1 ")) if row[0] == "J1a.1")
    assert action[2:5:2] == ["Red", "March 2017"]
    assert any("no return from Prevent" in row[3] for row in cells(table(document, "J3 ")) if row[0] == "J3.1")


def test_a_column_is_as_wide_as_its_longest_word_and_all_together_as_the_page() -> None:
    """A ref of a further action was broken in two; only a word that would take the page from the others is."""
    refs = ("THRESHOLDS.F1", "J1.1", "x" * 400)
    made = hand_over_paper(BoardPaper("Plan", "", LATER, (Rows("Refs", ("Ref", "RAG", "What"), (5, 15, 80), (refs,)),)))
    columns = re.findall('w:gridCol w:w="([0-9]+)"', xml_of(docx.Document(BytesIO(made)).tables[0]))
    widths = [*map(int, columns)]
    assert sum(widths) == pytest.approx(17 * 567, abs=3)
    assert widths[0] > 13 * 6 * 20, "thirteen letters of six points and more"
    assert widths[2] > widths[0] > widths[1]


def test_no_cell_is_searched_for_what_stands_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python-docx searches a paragraph for each thing it is asked, and made 5,000 rows slow to write and read."""
    rows = tuple((f"J1.{number}", "What we will do", "Amber") for number in range(100))
    paper = BoardPaper("Plan", "", LATER, (Rows("All of it", ("Ref", "What", "RAG"), (1, 2, 1), rows),))
    searched: list[str] = []
    search = BaseOxmlElement.xpath

    def counted(self: BaseOxmlElement, query: str) -> object:
        searched.append(query)
        return search(self, query)

    monkeypatch.setattr(BaseOxmlElement, "xpath", counted)
    data = hand_over_paper(paper)
    assert len(searched) < len(rows)
    assert cells(docx.Document(BytesIO(data)).tables[0]) == [["Ref", "What", "RAG"], *map(list, rows)]


def test_every_priority_and_every_action_is_in_it(round_one: Plan) -> None:
    document = opened(paper_of(round_one))
    rows = read_snapshot(round_one.register, None).rows
    priorities = [ref for ref in rows["priority"] if not ref[-1].islower()]
    told = [one.text for one in document.paragraphs if one.text]
    assert [ref for ref in priorities if not any(text.startswith(f"{ref} ") for text in told)] == []
    in_tables = [row[0] for one in document.tables for row in cells(one) if len(row) == 5]
    assert {*rows["action"]} <= {*in_tables}


def test_before_any_round_it_is_the_consultation_draft(example: Plan) -> None:
    document = opened(paper_of(example))
    assert document.paragraphs[0].text.endswith(": Consultation draft")
    assert "None: this is a draft, for consultation." in everything(document)
    assert cells(table(document, "J1 "))[0][2] == "How we will do it"
    assert "Not reported" not in everything(document)


def test_a_plan_of_nothing_says_so(tmp_path: Path) -> None:
    plans.new_plan(tmp_path / "plan", ISSUED_ON, example=False, secret=SECRET).register.close()
    document = opened(paper_of(Plan(tmp_path / "plan")))
    assert "The plan has no priorities yet." in everything(document)


def test_it_can_be_read_by_everybody(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Amber")))
    path = paper_of(round_one)
    document = opened(path)
    section = document.sections[0]
    across, down = section.page_width, section.page_height
    assert across
    assert down
    assert (round(across.mm), round(down.mm)) == A4_MM
    assert style_of(document.paragraphs[0]) == "Title"
    assert section.header.paragraphs[0].text == round_one.history.text("plan", "", "marking") != ""
    assert all(f'w:instr="{field}"' in xml_of(section.footer) for field in ("PAGE", "NUMPAGES"))
    assert {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))} == {"en-GB"}
    assert not list(document.element.iter(qn("w:sz"))), "sizes are those of styles"
    assert all(one.text for one in document.paragraphs), "no paragraph is empty"
    for one in document.tables:
        heading, *body = map(xml_of, one.rows)
        assert body
        assert "<w:tblHeader/>" in heading
        assert all("<w:cantSplit/>" in row for row in (heading, *body))
        assert not any("<w:tblHeader/>" in row for row in body)
        assert re.search('<w:tblCaption w:val="[^"]+"/>', xml_of(one))


@pytest.mark.parametrize("name", ["Normal", "Title", "Heading 1", "Heading 2", "Table text", "Table Heading"])
def test_every_style_is_sans_serif_of_ten_points_or_more(round_one: Plan, name: str) -> None:
    style = xml_of(opened(paper_of(round_one)).styles[name])
    (size,) = re.findall('<w:sz w:val="([0-9]+)"/>', style)
    assert int(size) >= 20
    assert 'w:ascii="Arial"' in style
    assert "Theme" not in style


def test_status_is_a_word_on_a_fill_of_contrast(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Amber")))
    body = [cell for one in opened(paper_of(round_one)).tables for row in one.rows[1:] for cell in row.cells]
    fills = {cell.text: re.findall('w:fill="([0-9A-F]+)"', xml_of(cell)) for cell in body}
    filled = {text: f"#{fill[0]}" for text, fill in fills.items() if fill}
    assert {"Amber", "Not reported"} <= set(filled)
    assert filled == {text: STATUS[text]["bg_color"] for text in filled}


def test_it_tells_nothing_of_the_machine_or_the_template(round_one: Plan) -> None:
    path = paper_of(round_one)
    document, there = opened(path), parts(path)
    told = document.core_properties
    officer = round_one.history.text("plan", "", "contact_name")
    assert (told.author, told.last_modified_by, told.comments, told.language) == (officer, "", "", "en-GB")
    assert told.title == document.paragraphs[0].text
    assert told.created == told.modified
    assert str(told.created).startswith("2016-06-30")
    assert not [name for name in there if "thumbnail" in name or "app.xml" in name]
    assert not any(b"python-docx" in data for data in there.values())
    for name, data in there.items():
        if name.endswith((".xml", ".rels")):
            ET.fromstring(data)  # noqa: S314 - made here


def test_the_same_register_and_round_make_the_same_file(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said()))
    first, second = paper_of(round_one, "one.docx"), paper_of(round_one, "two.docx")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert paper_of(round_one, "one.docx") == first


def test_a_file_that_is_there_is_left_alone(round_one: Plan) -> None:
    path = paper_of(round_one)
    document = opened(path)
    document.add_paragraph("Agreed at the meeting.")
    document.save(str(path))
    changed = path.read_bytes()
    with pytest.raises(PlanSheetsError) as refused:
        make_master(round_one.folder, None, LATER, round_one.path.parent / "other.xlsx", path)
    assert "is there already" in str(refused.value)
    assert path.read_bytes() == changed
    assert not (round_one.path.parent / "other.xlsx").exists()


def test_odd_texts_are_told_as_they_are(round_one: Plan) -> None:
    odd = {
        ("action", "J1a.1", "what"): "x" * 32_767,
        ("action", "J1a.2", "what"): "\u0645\u0631\u062d\u0628\u0627 J1, \u05e9\u05dc\u05d5\u05dd.",
        (
            "action",
            "J1a.3",
            "what",
        ): "\U0001f468\u200d\U0001f469\u200d\U0001f467 families\nand\tmore <&>",
    }
    put(round_one, odd | {("action", ref, "short_title"): "" for _, ref, _ in odd})
    document = opened(paper_of(round_one))
    what = {row[0]: row[1] for row in cells(table(document, "J1 "))}
    assert what["J1a.1"].endswith(f"xxx…{CUT}")
    assert len(what["J1a.1"]) <= LONGEST
    assert what["J1a.2"] == odd["action", "J1a.2", "what"]
    assert what["J1a.3"] == odd["action", "J1a.3", "what"]
    (right,) = [cell for row in table(document, "J1 ").rows for cell in row.cells if cell.text == what["J1a.2"]]
    assert "<w:bidi/>" in xml_of(right)
    assert right.paragraphs[0].runs[0].font.rtl


def test_what_no_file_can_hold_is_shown_by_a_sign() -> None:
    data = hand_over_paper(BoardPaper("Plan\x07", "", LATER, (Told("a\x0bb\ud800c\r\nd", "So:"),)))
    title, text = docx.Document(BytesIO(data)).paragraphs
    assert (title.text, text.text) == ("Plan\u2407", "So: a\u240bb\ufffdc\nd")


@pytest.mark.libreoffice
def test_writer_makes_a_pdf_of_it_that_a_screen_reader_can_follow(round_one: Plan, tmp_path: Path) -> None:
    """Its headings are headings, the first row of each table is one of headings, and no word is left out."""
    skip_if(no_command("lowriter", "LibreOffice Writer", "libreoffice-writer")())
    skip_if(no_command("pdfinfo", "Poppler", "poppler-utils")())
    odd = "Dewi Ll\u0177r <&> \u0645\u0631\u064a\u0645"
    put(round_one, {("priority", "J1", "owner"): odd, ("plan", "", "contact_name"): odd})
    round_one.receive(round_one.filled("da", said(rag="Red")))
    path = paper_of(round_one)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    tagged = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
    command = ["soffice", profile, "--headless", "--convert-to", tagged, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    printed = tmp_path / "paper.pdf"
    structure = _told_by("pdfinfo", "-struct", printed)
    document = opened(path)
    for level in (1, 2):
        assert len(re.findall(rf"^ *H{level}\b", structure, re.MULTILINE)) == len(headings(document, level))
    assert len(re.findall(r"^ *TH\b", structure, re.MULTILINE)) == sum(len(one.columns) for one in document.tables)
    words = {word for word in _told_by("pdftotext", printed, "-").split() if word.isascii()}
    assert {word for word in everything(document).split() if word.isalpha() and word.isascii()} <= words
    assert "Ll\u0177r" in _told_by("pdftotext", printed, "-")
    assert "<&>" in words


def _told_by(program: str, *words: str | Path) -> str:
    return subprocess.run([program, *words], check=True, capture_output=True, encoding="utf-8").stdout


def test_what_does_not_read_back_is_not_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = BoardPaper("Plan", "OFFICIAL", LATER, (Told("It is late"),))
    assert docx.Document(BytesIO(hand_over_paper(paper))).paragraphs[1].text == "It is late"
    other = document_writer.write_document(BoardPaper("Plan", "OFFICIAL", LATER, (Told("It is on time"),)))
    monkeypatch.setattr(document_writer, "write_document", lambda _: other)
    with pytest.raises(PlanSheetsError, match="does not read back"):
        hand_over_paper(paper)


def test_the_command_says_where_it_is(round_one: Plan, tmp_path: Path) -> None:
    path = tmp_path / "agenda" / "paper.docx"
    assert told("master", "--paper", path, plan=round_one)["paper"] == str(path)
    assert path.exists()
    assert f"The board paper: {path}" in run("master", "--paper", path, plan=round_one).output
    assert told("master", plan=round_one)["paper"] is None
    refused = run("master", "--paper", tmp_path / "paper.doc", plan=round_one)
    assert (refused.exit_code, "ends in .docx" in refused.output) == (1, True)
