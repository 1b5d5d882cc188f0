"""Makes the Word file of a board paper, and reads it back: the only importer of python-docx."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import zip_longest
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.oxml.table import CT_Tbl, CT_Tc
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from plan_sheets.core.book.measure import BOLD_ROOM, text_points
from plan_sheets.core.book.paper import RAG, BoardPaper, Heading, PaperTable, Paragraph
from plan_sheets.core.book.style import STATUS, STYLES, Style
from plan_sheets.core.model.printable import printable

FONT = "Arial"
LANGUAGE = "en-GB"
INK = "1F3A5F"
"""The colour of headings: 11 to 1 on white."""
PAGE_CM, MARGIN_CM = (21.0, 29.7), 2.0
TWIPS_IN_CM = 567
TWIPS_IN_POINT = 20
CELL_MARGIN_TWIPS = 80
CELL_STYLE, HEADING_CELL_STYLE = "Table text", "Table Heading"
"""The second is the name of Writer's own style: then its PDF knows the headings of every table, wherever it stands."""
_SIGNS = {"\t": "<w:tab/>", "\n": "<w:br/>"}
_READ_AS = {qn("w:t"): "", qn("w:tab"): "\t", qn("w:br"): "\n"}
"""The elements that are read of a run, and the text that each stands for; "": the text within it."""
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every part of the file: with the real time, equal papers would make different files."""
_STYLES = (
    ("Normal", 11, False, 3, 5),
    ("Title", 18, True, 0, 6),
    ("Heading 1", 16, True, 18, 6),
    ("Heading 2", 13, True, 14, 4),
    (CELL_STYLE, 10, False, 2, 2),
    (HEADING_CELL_STYLE, 10, True, 2, 2),
)
"""Each style's size, whether it is bold, and the room before and after, in points."""


def write_document(paper: BoardPaper) -> bytes:
    """The .docx file of a paper; the same paper always makes the same parts."""
    document = docx.Document()
    _set_up(document, paper)
    document.add_paragraph(printable(paper.title), "Title")
    for part, following in zip_longest(paper.parts, paper.parts[1:]):
        if isinstance(part, Heading):
            _put_runs(document.add_paragraph(style=f"Heading {part.level}"), "", part.text)
        elif isinstance(part, Paragraph):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = isinstance(following, PaperTable)
            _put_runs(paragraph, part.lead, part.text)
        else:
            _add_table(document, part)
    made = BytesIO()
    document.save(made)
    return _drop_times(made)


def list_paper_texts(paper: BoardPaper) -> list[str]:
    """Every text of a paper, in order, as its file should hold it; then the text of the header."""
    texts = [paper.title]
    for part in paper.parts:
        if isinstance(part, PaperTable):
            texts += [text for row in (part.headings, *part.rows) for text in row]
        else:
            texts.append(_join_lead(part.lead, part.text) if isinstance(part, Paragraph) else part.text)
    return [printable(text) for text in (*texts, paper.marking)]


def read_texts(data: bytes) -> list[str]:
    """Every text of a file, in order; then the text of the header."""
    document = docx.Document(BytesIO(data))
    texts: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, WordTable):
            cells: Iterator[CT_Tc] = block._tbl.iter(qn("w:tc"))  # noqa: SLF001 - `rows` looks at all rows for each cell
            texts += ["\n".join(map(_read_paragraph, cell.iterchildren(qn("w:p")))) for cell in cells]
        elif block.text:
            texts.append(block.text)
    return [*texts, document.sections[0].header.paragraphs[0].text]


def _read_paragraph(paragraph: BaseOxmlElement) -> str:
    """The text of a paragraph; python-docx's own property searches it three times."""
    return "".join(_READ_AS[run.tag] or run.text or "" for run in paragraph.iter(*_READ_AS))


def _join_lead(lead: str, text: str) -> str:
    return f"{lead} {text}" if lead else text


def _put_runs(paragraph: WordParagraph, lead: str, text: str) -> None:
    """Add the text of a paragraph, its lead in bold; from right to left if its first letter is written so."""
    if lead:
        paragraph.add_run(f"{printable(lead)} ").bold = True
    run = paragraph.add_run(printable(text))
    if _is_right_to_left(text):
        run.font.rtl = True
        properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no other way to a paragraph's direction
        properties.insert_element_before(OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:rPr")


def _is_right_to_left(text: str) -> bool:
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def _add_table(document: Document, table: PaperTable) -> None:
    """Add a table; its heading row is repeated on each page, and no row is divided between two pages."""
    widths = _choose_widths(table)
    made = document.add_table(0, len(widths), "Table Grid")
    made.autofit = False
    _describe(made._tbl, table, widths)  # noqa: SLF001 - python-docx has no alt text of tables
    for texts, is_heading in [(table.headings, True), *((row, False) for row in table.rows)]:
        made._tbl.append(parse_xml(_spell_row(table, texts, widths, is_heading=is_heading)))  # noqa: SLF001 - `add_row` takes a second for a thousand rows


def _choose_widths(table: PaperTable) -> list[int]:
    """The widths of the columns (twips) as the table wants them, but none less than its longest word in bold needs.

    No word is given more than a column's equal share of the page: a longer one is broken.
    """
    page = (PAGE_CM[0] - 2 * MARGIN_CM) * TWIPS_IN_CM
    wanted = [page * width / sum(table.widths) for width in table.widths]
    least = [
        min(page / len(wanted), TWIPS_IN_POINT * text_points(word) / BOLD_ROOM + 3 * CELL_MARGIN_TWIPS)
        for word in map(_find_longest_word, zip(table.headings, *table.rows, strict=True))
    ]
    spare = [max(width - need, 0) for width, need in zip(wanted, least, strict=True)]
    lacking = sum(max(need - width, 0) for width, need in zip(wanted, least, strict=True))
    share = lacking / sum(spare) if lacking else 0
    return [round(max(width, need) - share * more) for width, need, more in zip(wanted, least, spare, strict=True)]


def _find_longest_word(texts: Iterable[str]) -> str:
    return max({word for text in texts for word in text.split()}, key=text_points, default="")


def _describe(made: CT_Tbl, table: PaperTable, widths: list[int]) -> None:
    properties = made.tblPr
    for plain in properties.findall(qn("w:tblLook")):
        properties.remove(plain)
    margins = _make_element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_make_element(side, w=str(CELL_MARGIN_TWIPS), type="dxa"))
    look = _make_element("tblLook", val="0020", firstRow="1", lastRow="0", firstColumn="0", noHBand="1", noVBand="1")
    properties.extend((margins, look))
    properties.append(_make_element("tblCaption", val=printable(table.about)))
    properties.append(
        _make_element("tblDescription", val=printable(f"{table.about}. Columns: {', '.join(table.headings)}."))
    )
    for column, width in zip(made.tblGrid.gridCol_lst, widths, strict=True):
        column.set(qn("w:w"), str(width))


def _spell_row(table: PaperTable, texts: Sequence[str], widths: Sequence[int], *, is_heading: bool) -> str:
    cells = "".join(
        _spell_cell(text, width, _choose_look(text, heading, is_heading=is_heading), is_heading=is_heading)
        for text, heading, width in zip(texts, table.headings, widths, strict=True)
    )
    repeated = "<w:tblHeader/>" if is_heading else ""
    return f"<w:tr {nsdecls('w')}><w:trPr><w:cantSplit/>{repeated}</w:trPr>{cells}</w:tr>"


def _choose_look(text: str, heading: str, *, is_heading: bool) -> Style:
    """The colours of a heading or a status word; {} for any other text."""
    return STYLES["heading"] if is_heading else STATUS.get(text, {}) if heading == RAG else {}


def _spell_cell(text: str, width: int, look: Style, *, is_heading: bool) -> str:
    fill, ink = (str(look[name]).lstrip("#") if look else "" for name in ("bg_color", "font_color"))
    right = _is_right_to_left(text)
    style = (HEADING_CELL_STYLE if is_heading else CELL_STYLE).replace(" ", "")  # by its id, which is its name
    of_run = (f'<w:b/><w:color w:val="{ink}"/>' if look else "") + ("<w:rtl/>" if right else "")
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        + (f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if look else "")
        + f'</w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>{"<w:bidi/>" if right else ""}</w:pPr>'
        + f"<w:r>{f'<w:rPr>{of_run}</w:rPr>' if of_run else ''}{_spell_text(text)}</w:r></w:p></w:tc>"
    )


def _spell_text(text: str) -> str:
    """The XML of a run's text; tabs and line ends are elements."""
    found = re.split(r"([\t\n])", printable(text))
    return "".join(_SIGNS.get(part) or f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in found if part)


def _make_element(name: str, **attributes: str) -> BaseOxmlElement:
    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element


def _set_up(document: Document, paper: BoardPaper) -> None:
    _set_properties(document, paper)
    _set_language_and_mode(document)
    for name, points, bold, before, after in _STYLES:
        _set_style(document, name, points, before, after, bold=bold)
    _set_page(document, paper)


def _set_properties(document: Document, paper: BoardPaper) -> None:
    """Set title, author, language and date; remove what tells of the machine or the template."""
    properties = document.core_properties
    properties.title, properties.language = printable(paper.title)[:255], LANGUAGE
    properties.author, properties.last_modified_by, properties.comments = printable(paper.author)[:255], "", ""
    properties.created = properties.modified = paper.created
    relationships = document.part.package.rels
    for key, relationship in list(relationships.items()):
        if relationship.reltype.endswith("/thumbnail") or relationship.reltype == RELATIONSHIP_TYPE.EXTENDED_PROPERTIES:
            del relationships[key]


def _set_language_and_mode(document: Document) -> None:
    """Set British English and the mode of today's Word: in an older mode Word does not check accessibility."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    settings = document.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_style(document: Document, name: str, points: int, before: int, after: int, *, bold: bool) -> None:
    styles = document.styles
    style = styles[name] if name in styles else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(name)
    properties = style.element.get_or_add_rPr()
    for child in list(properties):  # theme fonts, which would win, and the template's colours and spacing
        properties.remove(child)
    style.font.name, style.font.size, style.font.bold = FONT, Pt(points), bold or None
    for script in ("w:cs", "w:eastAsia"):
        properties.rFonts.set(qn(script), FONT)
    properties.append(_make_element("szCs", val=str(2 * points)))
    if name.startswith(("Title", "Heading")):
        style.font.color.rgb = RGBColor.from_string(INK)
    room = style.paragraph_format
    room.space_before, room.space_after, room.line_spacing = Pt(before), Pt(after), 1.0 if "Table" in name else 1.1
    room.keep_with_next = name.startswith("Heading") or name == HEADING_CELL_STYLE


def _set_page(document: Document, paper: BoardPaper) -> None:
    """Set A4 upright, with the marking at the top of each page, and the title and page number at the bottom."""
    section = document.sections[0]
    section.page_width, section.page_height = map(Cm, PAGE_CM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    section.header_distance = section.footer_distance = Cm(MARGIN_CM / 2)
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    header.add_run(printable(paper.marking)).bold = True
    footer.style = CELL_STYLE
    footer.add_run(f"{printable(paper.title)}. Page ")
    footer._p.append(_make_field("PAGE"))  # noqa: SLF001 - python-docx has no fields
    footer.add_run(" of ")
    footer._p.append(_make_field("NUMPAGES"))  # noqa: SLF001 - python-docx has no fields


def _make_field(code: str) -> BaseOxmlElement:
    """A field that Word works out itself, such as PAGE; it shows 1 until then."""
    field, run, text = _make_element("fldSimple", instr=code), OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


def _drop_times(made: BytesIO) -> bytes:
    """The same package with a fixed time for every part."""
    out = BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
