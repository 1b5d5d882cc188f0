"""The inspector sees the same in every spelling of a workbook, and what other programs write that ours does not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from tests.store.formats.ods.test_packages import MANIFESTED, packed

from plan_sheets.core.book.layout import Book, Column, Content, Field, Formula, Link, Row, Sheet
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.parts import parse_part
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.colours import PALETTE, THEME, find_colour
from plan_sheets.store.formats.number_format import BUILT_IN, format_longest
from plan_sheets.store.inspector.inspect import inspect_apart, inspect_workbook
from plan_sheets.store.inspector.look import look_at_workbook
from plan_sheets.store.inspector.styles import read_styles
from plan_sheets.store.writing.workbook import write_workbook

Change = Callable[[str], str]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def made() -> bytes:
    """Texts, a link, a formula, a number and a date, locked and not, with a list and prompts."""
    columns = (
        Column(Field("action", "ref", "Ref"), "Ref", width=10),
        Column(Field("action", "rag", "RAG", prompt="Which?"), "RAG", input=True, width=10, choices=("Red", "Green")),
        Column(Field("action", "note", "Note"), "Note", width=30),
    )
    contents: tuple[Content, ...] = (
        Link("Go on", "Other!A1"),
        Formula("=1+1 & 2", 2),
        7,
        PartialDate.day(date(2016, 7, 15)),
        "a < b & c\nd",
    )
    rows = tuple(Row(f"J{number}", (f"J{number}", "", content)) for number, content in enumerate(contents))
    sheets = tuple(Sheet(name, "A title", ("What it holds.",), columns, rows) for name in ("Progress", "Other"))
    return write_workbook(Book("subgroup", "A book", sheets, datetime(2016, 4, 1, tzinfo=UTC), marking="A & B"))


def changed(change: Change, parts: str = ".*", **more: str) -> bytes:
    """The workbook with every part whose name fits changed."""
    old, new = io.BytesIO(made()), io.BytesIO()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            target.writestr(name, change(text) if re.fullmatch(parts, name) else text)
        for name, text in more.items():
            target.writestr(name.replace("__", "/") + ".xml", text)
    return new.getvalue()


def prefixed(text: str) -> str:
    return re.sub(r"<(/?)(\w)", r"<\1x:\2", text).replace("xmlns=", "xmlns:x=")


def strict(text: str) -> str:
    text = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    return text.replace(OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships")


def inline(text: str) -> str:
    with zipfile.ZipFile(io.BytesIO(made())) as parts:
        texts = re.findall(r"<si>(.*?)</si>", parts.read("xl/sharedStrings.xml").decode(), re.DOTALL)
    return re.sub(r't="s"><v>(\d+)</v>', lambda cell: f't="inlineStr"><is>{texts[int(cell[1])]}</is>', text)


SPELLINGS = {
    "prefixes": (prefixed, r"xl/(workbook|styles|sharedStrings|(worksheets|tables)/\w+)\.xml"),
    "strict": (strict, ".*"),
    "absolute targets": (
        lambda text: text.replace('Target="worksheets/', 'Target="/xl/worksheets/'),
        ".*book.xml.rels",
    ),
    "one tag a line": (
        lambda text: re.sub(r"(<(?:row|c|sheetData|cols|v)\b)", r"\n  \1", text),
        "xl/worksheets/.*.xml",
    ),
    "single quotes": (
        lambda text: re.sub("<(c|row) [^>]*>", lambda tag: tag[0].replace('"', "'"), text),
        "xl/worksheets/.*.xml",
    ),
    "no references": (lambda text: re.sub(r'<c r="[A-Z]+\d+"', "<c", text), "xl/worksheets/sheet1.xml"),
    "inline texts": (inline, "xl/worksheets/.*.xml"),
    "rich texts": (
        lambda text: re.sub("<si>(.*?)</si>", r"<si><r><rPr/>\1</r></si>", text, flags=re.DOTALL),
        ".*Strings.xml",
    ),
    "pronounced": (lambda text: text.replace("</si>", '<rPh sb="0" eb="1"><t>no</t></rPh></si>'), ".*Strings.xml"),
    "a comment": (lambda text: text.replace("<sheetData>", "<sheetData><!-- x -->"), "xl/worksheets/sheet1.xml"),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_spelling_is_seen_as_the_same(name: str) -> None:
    change, parts = SPELLINGS[name]
    other = changed(change, parts)
    assert other != changed(lambda text: text), "the test changes something"
    assert repr(look_at_workbook(other)) == repr(look_at_workbook(made()))


CELLS = {
    "a formula without a value": ('<c r="C9"><f>A1&amp;"x"</f></c>', '=A1&"x"', False),
    "one that shares another's": ('<c r="C9"><f t="shared" si="0"/></c>', "=", False),
    "one whose value is blank": ('<c r="C9"><f>1+1</f><v></v></c>', "=1+1", False),
    "one with a value": ('<c r="C9" t="str"><f>A1</f><v>a &lt; b</v></c>', "a < b", False),
    "a date": ('<c r="C9" s="{date}"><v>42000</v></c>', "00 September 2000", True),
    "a date before the calendar": ('<c r="C9" s="{date}"><v>-1</v></c>', "00 September 2000", True),
    "a date that is written as one": ('<c r="C9" s="{date}" t="d"><v>2016-07-15</v></c>', "2016-07-15", True),
    "a number": ('<c r="C9"><v>42.25</v></c>', "42", True),
    "yes": ('<c r="C9" t="b"><v>1</v></c>', "TRUE", False),
    "an error": ('<c r="C9" t="e"><v>#N/A</v></c>', "#N/A", False),
    "a text of its own": ('<c r="C9" t="inlineStr"><is><t xml:space="preserve"> a&#10;b</t></is></c>', " a\nb", False),
    "a rich text": (
        '<c r="C9" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>c</t></rPh></is></c>',
        "ab",
        False,
    ),
    "nothing": ('<c r="C9"/>', "", False),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_seen_as_it_shows(name: str) -> None:
    spelt, text, number = CELLS[name]

    def change(sheet: str) -> str:
        date = re.search(r'<c r="C8" s="(\d+)"', sheet)
        assert date
        return re.sub('<c r="C9".*?</c>', lambda _: spelt.format(date=date[1]), sheet)

    cell = look_at_workbook(changed(change, "xl/worksheets/sheet1.xml")).sheets[0].cells[8, 2]
    assert (cell.text, cell.number) == (text, number)


def test_what_xml_cannot_hold_is_no_code() -> None:
    data = changed(lambda text: text.replace("A title", "A_x000D_\n_x005F_x000D_"), "xl/sharedStrings.xml")
    assert look_at_workbook(data).sheets[0].text(0, 0) == "A\r\n_x000D_"


def test_rows_and_columns_have_heights_and_are_hidden() -> None:
    data = changed(lambda text: text.replace('<row r="5"', '<row ht="30" hidden="1" r="5"'), "xl/worksheets/sheet1.xml")
    sheet = look_at_workbook(data).sheets[0]
    assert (sheet.heights[4], sheet.hidden_parts) == (30, ("row 5",))


@pytest.mark.parametrize(
    ("stated", "colour"),
    [
        ({"rgb": "FFd4351c"}, "D4351C"),
        ({"indexed": "10"}, "FF0000"),
        ({"indexed": "64"}, "000000"),
        ({"auto": "1"}, "000000"),
        ({}, "000000"),
        ({"theme": "0"}, "FFFFFF"),
        ({"theme": "1"}, "000000"),
        ({"theme": "4", "tint": "0.5"}, "A2B8E2"),
        ({"theme": "1", "tint": "0.35"}, "595959"),
        ({"theme": "0", "tint": "-0.25"}, "BFBFBF"),
        ({"theme": "77"}, None),
    ],
)
def test_colours(stated: dict[str, str], colour: str | None) -> None:
    assert find_colour(stated, "000000", THEME, PALETTE) == colour


def test_the_theme_and_the_palette_of_the_file_count() -> None:
    xml = b"""<styleSheet><fonts><font><name val="A"/><color theme="4"/></font></fonts>
        <fills><fill><patternFill patternType="solid"><fgColor indexed="1"/></patternFill></fill></fills>
        <cellXfs><xf fontId="0" fillId="0"/></cellXfs>
        <colors><indexedColors><rgbColor rgb="00000000"/><rgbColor rgb="00123456"/></indexedColors></colors>
        </styleSheet>"""
    theme = b"""<theme><themeElements><clrScheme><dk1><sysClr val="windowText" lastClr="010101"/></dk1>
        <accent1><srgbClr val="ABCDEF"/></accent1></clrScheme></themeElements></theme>"""
    (look,) = read_styles(parse_part(xml), parse_part(theme)).looks
    assert (look.ink, look.fill) == ("ABCDEF", "123456")


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("0.333333333333333", "General", "0"),
        ("1234567.5", "#,##0.00", "1,234,567.50"),
        ("0.123", "0.0%", "12.3%"),
        ("42000", "[$-809]d mmmm yyyy", "00 September 2000"),
        ("42000", BUILT_IN[14], "00/00/2000"),
        ("0.5", "[h]:mm", ":00"),
        ("7", '0 "days"', "7"),
    ],
)
def test_numbers_as_their_format_shows_them(number: str, code: str, shown: str) -> None:
    assert format_longest(number, code) == shown


@pytest.mark.parametrize(("cells", "linked"), [("C9", 1), ("B8:C9", 4), ("C:C", 6), ("8:1048576", 6)])
def test_a_link_is_seen_where_there_are_cells(cells: str, linked: int) -> None:
    change = lambda text: re.sub("<hyperlink .*?/>", f'<hyperlink ref="{cells}" location="Other!A1"/>', text)  # noqa: E731 - said once
    links = look_at_workbook(changed(change, "xl/worksheets/sheet1.xml")).sheets[0].links
    assert (len(links), set(links.values())) == (linked, {"Other!A1"})


def test_validations_and_colours_of_excel_2010_count() -> None:
    added = """<extLst><ext><x14:dataValidations xmlns:x14="x" xmlns:xm="m"><x14:dataValidation type="list"
        errorStyle="warning" prompt="Say" showInputMessage="1"><xm:sqref>C5:C6</xm:sqref></x14:dataValidation>
        </x14:dataValidations><x14:conditionalFormattings xmlns:x14="x" xmlns:xm="m"><x14:conditionalFormatting>
        <x14:cfRule type="iconSet"/><xm:sqref>C5</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>
        </ext></extLst></worksheet>"""
    data = changed(lambda text: text.replace("</worksheet>", added), "xl/worksheets/sheet1.xml")
    assert {(one.rule, one.cell) for one in inspect_workbook(data)} == {
        ("lists enforce", "C5"),
        ("words with colour", "C5"),
    }


ANCHOR = "<twoCellAnchor><from><col>2</col><row>4</row></from>{}</twoCellAnchor>"
ABOUT = '<{0}><nv><cNvPr id="1" name="It" {1}>{2}</cNvPr></nv>{3}</{0}>'
PICTURES = {
    "a chart without": (ABOUT.format("graphicFrame", "", "", ""), 1),
    "a chart with": (ABOUT.format("graphicFrame", 'descr="Red: 1 of 3"', "", ""), 0),
    "white space": (ABOUT.format("pic", 'descr=" "', "", ""), 1),
    "decoration": (ABOUT.format("pic", "", '<ext><a:decorative xmlns:a="a" val="1"/></ext>', ""), 0),
    "a text box": (ABOUT.format("sp", "", "", "<txBody><p><t>Words</t></p></txBody>"), 0),
    "an empty shape": (ABOUT.format("sp", "", "", "<txBody/>"), 1),
    "a group with": (ABOUT.format("grpSp", 'descr="Two"', "", ABOUT.format("pic", "", "", "") * 2), 0),
    "a group without": (ABOUT.format("grpSp", "", "", ABOUT.format("pic", "", "", "") * 2), 2),
    "a choice": (
        f"<Choice>{ABOUT.format('pic', '', '', '')}</Choice><Fallback>{ABOUT.format('pic', '', '', '')}</Fallback>",
        1,
    ),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str) -> None:
    drawing, many = PICTURES[name]
    drawn = f'<Relationship Id="rId9" Type="{OFFICE}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    data = changed(
        lambda text: text.replace("</Relationships>", drawn),
        "xl/worksheets/_rels/sheet1.xml.rels",
        xl__drawings__drawing1=f"<wsDr>{ANCHOR.format(drawing)}</wsDr>",
    )
    told = [(one.rule, one.sheet, one.cell) for one in inspect_workbook(data)]
    assert told == [("words for pictures", "Progress", "C5")] * many


def test_what_is_hidden_is_told_in_runs() -> None:
    hidden = '<cols><col min="5" max="16384" hidden="1" width="9"/></cols><sheetData>'
    data = changed(
        lambda text: re.sub(r'<row r="([679])"', r'<row r="\1" hidden="1"', text.replace("<sheetData>", hidden)),
        "xl/worksheets/sheet1.xml",
    )
    assert look_at_workbook(data).sheets[0].hidden_parts == ("row 6 to 7", "row 9", "column E to XFD")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("&amp;COFFICIAL", "OFFICIAL"),
        ('&amp;L&amp;"Arial,Bold"&amp;14Us &amp;&amp; you&amp;R&amp;KFF0000Draft &amp;P', "Us & you Draft"),
    ],
)
def test_a_header_is_its_words(header: str, said: str) -> None:
    data = changed(lambda text: re.sub("(?<=<oddHeader>).*(?=</oddHeader>)", lambda _: header, text), ".*sheet1.xml")
    assert look_at_workbook(data).sheets[0].print.header == said


def test_a_workbook_of_the_least_parts_is_seen() -> None:
    least = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="a" Type="{OFFICE}/chartsheet" Target="c.xml"/>'
        f'<Relationship Id="b" Type="{OFFICE}/worksheet" Target="s.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns:r="{OFFICE}"><sheets><sheet name="Chart" sheetId="1" r:id="a"/>'
        '<sheet name="Data" sheetId="2" r:id="b"/></sheets></workbook>',
        "xl/c.xml": "<chartsheet/>",
        "xl/s.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>',
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        for name, text in least.items():
            parts.writestr(name, text)
    seen = look_at_workbook(file.getvalue())
    assert [(sheet.name, sheet.text(0, 0)) for sheet in seen.sheets] == [("Data", "1")]
    assert seen.opens_at == ("Chart", "A1")
    assert "fonts" not in {one.rule for one in inspect_workbook(file.getvalue())}


def broken(name: str, text: str) -> bytes:
    return changed(lambda _: text, name)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"a,b\n", "file_text"),
        (packed(MANIFESTED), "file_not_inspected"),
        (made()[:5000], "file_damaged"),
        (broken("xl/styles.xml", "<styleSheet>"), "file_damaged"),
        (broken("xl/styles.xml", "<!DOCTYPE x><styleSheet/>"), "file_doctype"),
        (broken("xl/tables/table1.xml", '<table ref="?"/>'), "file_damaged"),
        (
            broken(
                "xl/worksheets/sheet1.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData><row><c s="9999"><v>1</v></c></row></sheetData></worksheet>',
            ),
            "file_damaged",
        ),
        (broken("docProps/core.xml", "<a>"), "file_damaged"),
        (
            changed(lambda text: text.replace('xfId="1" builtinId', 'xfId="9" builtinId'), "xl/styles.xml"),
            "file_damaged",
        ),
    ],
)
def test_what_cannot_be_inspected_is_refused(data: bytes, code: str) -> None:
    found = inspect_apart(data)
    assert isinstance(found, Refusal)
    assert found.code == code


def test_what_openpyxl_warns_of_or_would_refuse_is_seen() -> None:
    """A fill that says nothing, as xlsx-populate writes it; a header without a section."""
    styles = changed(lambda text: text.replace("</fills>", "<fill/></fills>"), "xl/styles.xml")
    assert inspect_workbook(styles) == []
    data = changed(lambda text: text.replace("&amp;C", ""), "xl/worksheets/sheet1.xml")
    assert look_at_workbook(data).sheets[0].print.header == "A & B"


def test_a_table_larger_than_its_content_is_looked_at_as_far_as_there_is_anything() -> None:
    data = changed(lambda text: re.sub(' ref="A[^"]*"', ' ref="A4:Z99"', text), "xl/tables/table1.xml")
    assert {(one.rule, one.cell) for one in inspect_workbook(data)} == {("headings", "D4"), ("no blank rows", "A10")}


def test_what_ends_its_reader_is_refused() -> None:
    assert inspect_apart(made(), Limits(child_seconds=0.001)) == Refusal("file_ends_reader")


@pytest.mark.parametrize("width", ["0", "0.7142857142857143"])
def test_text_in_a_column_of_no_width_is_clipped(width: str) -> None:
    data = changed(lambda text: text.replace('width="30.7109375"', f'width="{width}"'), "xl/worksheets/sheet1.xml")
    assert "nothing clipped" in {one.rule for one in inspect_workbook(data)}
