"""Finishes the file that XlsxWriter has made: adds what that has no method for, and the rows under the headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from zipfile import ZipFile

from plan_sheets.store.container.properties import OURSELVES

HEADING_STYLES = {"title": ("Heading 1", 16), "section": ("Heading 2", 17)}
"""The looks that are a cell style by which a screen reader knows a heading: its name and Excel's number for it.

Their places among the file's cell styles come after Normal, from 1, in this order.
"""
SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
"""The part of a sheet; its number, from 1."""
SHARED = "xl/sharedStrings.xml"
"""The part of the texts that cells share."""
_LABELS = '<c:showVal val="1"/></c:dLbls>'
_NUMBERS_ALONE = (
    '<c:showLegendKey val="0"/><c:showVal val="1"/>'
    + "".join(f'<c:show{what} val="0"/>' for what in ("CatName", "SerName", "Percent", "BubbleSize"))
    + "</c:dLbls>"
)
"""LibreOffice shows everything in a label that is not said to be left out."""


def finish(data: bytes, bodies: Sequence[Sequence[str]], *, locks_structure: bool) -> dict[str, str]:
    """The parts of the file, changed, by name; `bodies`: of each sheet, the XML of the rows under its headings."""
    parts, texts = {}, 0
    with ZipFile(BytesIO(data)) as made:
        for part in made.infolist():  # the sheets come before the texts that they share
            xml = made.read(part).decode()
            if sheet := SHEET.fullmatch(part.filename):
                xml = _add_rows(xml, bodies[int(sheet[1]) - 1])
                texts += xml.count(' t="s"><v>')
            elif part.filename == SHARED:
                xml = re.sub(r' count="\d+"', f' count="{texts}"', xml, count=1)
            elif part.filename == "xl/workbook.xml" and locks_structure:
                xml = xml.replace("<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>')
            elif part.filename.startswith("xl/charts/"):
                xml = xml.replace(_LABELS, _NUMBERS_ALONE)
            elif change := _CHANGES.get(part.filename):
                xml = change(xml)
            parts[part.filename] = xml
    return parts


def _add_rows(xml: str, rows: Sequence[str]) -> str:
    """A sheet with these rows at its end, instead of empty ones.

    No row says that a person fixed its height, so that it grows with its text.
    """
    head, end, rest = xml.partition("</sheetData>")
    bottom = rows[-1].split('"', 2)[1]
    head = re.sub(r'(<dimension ref="A1:[A-Z]+)\d+', rf"\g<1>{bottom}", head, count=1)
    head = re.sub("<row [^>]*/>", "", head)
    return "".join([re.sub('(<row [^>]*) customHeight="1"', r"\1", head), *rows, end, rest])


def _add_heading_styles(xml: str) -> str:
    """Make the formats of titles and of headings above a table the cell styles Heading 1 and Heading 2."""
    styles, names = "", ""
    for place, (name, builtin) in enumerate(HEADING_STYLES.values(), start=1):
        font = re.search(rf'fontId="(\d+)"[^>]*xfId="{place}"', xml)
        styles += f'<xf numFmtId="0" fontId="{font[1] if font else 0}" fillId="0" borderId="0"/>'
        names += f'<cellStyle name="{name}" xfId="{place}" builtinId="{builtin}"/>'
    count = len(HEADING_STYLES) + 1
    xml = xml.replace('<cellStyleXfs count="1">', f'<cellStyleXfs count="{count}">')
    xml = xml.replace("</cellStyleXfs>", f"{styles}</cellStyleXfs>")
    return xml.replace('<cellStyles count="1">', f'<cellStyles count="{count}">{names}')


def _add_language(xml: str) -> str:
    return xml.replace("</cp:coreProperties>", "<dc:language>en-GB</dc:language></cp:coreProperties>")


def _name_program(xml: str) -> str:
    """Name plan-sheets as the program that made the file: XlsxWriter would name Excel 2007."""
    return xml.replace("<Application>Microsoft Excel<", f"<Application>{OURSELVES}<")


_CHANGES: dict[str, Callable[[str], str]] = {
    "xl/styles.xml": _add_heading_styles,
    "docProps/core.xml": _add_language,
    "docProps/app.xml": _name_program,
}
"""The function that changes a part, by the name of the part."""
