"""Changes parts of the file, while they are written, where XlsxWriter has no method for it."""

from __future__ import annotations

import re
from collections.abc import Callable

from plan_sheets.store.container.properties import OURSELVES

HEADING_STYLE_ID = 1
"""The place of Heading 1 among the file's cell styles: after Normal."""


def _add_heading_style(xml: str) -> str:
    """Make the title's format the cell style Heading 1, by which a screen reader knows a title."""
    title = re.search(rf'fontId="(\d+)"[^>]*xfId="{HEADING_STYLE_ID}"', xml)
    style = f'<xf numFmtId="0" fontId="{title[1] if title else 0}" fillId="0" borderId="0"/></cellStyleXfs>'
    name = f'<cellStyles count="2"><cellStyle name="Heading 1" xfId="{HEADING_STYLE_ID}" builtinId="16"/>'
    xml = xml.replace('<cellStyleXfs count="1">', '<cellStyleXfs count="2">').replace("</cellStyleXfs>", style)
    return xml.replace('<cellStyles count="1">', name)


def _add_language(xml: str) -> str:
    return xml.replace("</cp:coreProperties>", "<dc:language>en-GB</dc:language></cp:coreProperties>")


def _name_program(xml: str) -> str:
    """Name plan-sheets as the program that made the file: XlsxWriter would name Excel 2007."""
    return xml.replace("<Application>Microsoft Excel<", f"<Application>{OURSELVES}<")


HOOKS: dict[str, Callable[[str], str]] = {
    "xl/styles.xml": _add_heading_style,
    "docProps/core.xml": _add_language,
    "docProps/app.xml": _name_program,
}
"""The function that changes a part, by the name of the part."""
