"""What a workbook looks like beyond its values, as openpyxl reads its parts.

openpyxl's `load_workbook` is not used: it makes an object of every cell, also of all those that a merged area or a link
covers, and of every chart; it takes twice as long, and tells nothing of formulas without a value, of Excel 2010's
validations or of alternative texts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from openpyxl.packaging.workbook import WorkbookPackage
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.table import Table
from openpyxl.xml.constants import REL_NS, SHEET_MAIN_NS

from plan_sheets.core.access.seen import SeenWorkbook
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package, open_package
from plan_sheets.store.container.parts import Relation, find_relations, list_targets, parse_part, read_part
from plan_sheets.store.inspector.pictures import pictures_without_words
from plan_sheets.store.inspector.sheet import ListedPage, SheetParser, find_active_cell, see_sheet
from plan_sheets.store.inspector.styles import read_as, read_styles

_USUAL_NAMESPACES = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": SHEET_MAIN_NS.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": REL_NS.encode(),
}
"""Those that openpyxl knows, by those of Excel's strict format."""


def look_at_workbook(data: bytes, limits: Limits = LIMITS) -> SeenWorkbook:
    """What a workbook looks like: everything that the accessibility rules are about.

    Raises RefusedError for what the guard refuses, and nearly anything where the file is damaged.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what openpyxl would lose if it saved the file
        return _look(open_package(data, limits))


def _look(package: Package) -> SeenWorkbook:
    whole = find_relations(package, "")
    part = next(list_targets(whole, "officeDocument"))
    rels, book = find_relations(package, part), read_as(WorkbookPackage, _parse(package, part))
    named, theme, shared = (next(list_targets(rels, kind), "") for kind in ("styles", "theme", "sharedStrings"))
    styles = read_styles(_parse(package, named) if named in package.entries else None, read_part(package, theme))
    texts = _read_texts(package.read_xml(shared)) if shared in package.entries else []
    pages, sheets, active = list(_list_pages(package, book, rels)), [], "A1"
    for number, page in enumerate(pages):
        if page.holds_cells:
            parser = SheetParser(_read(package, page.part), texts)
            sheets.append(see_sheet(page, parser, styles))
            active = find_active_cell(parser) if number == book.active else active
    about = read_part(package, next(list_targets(whole, "core-properties"), ""))
    return SeenWorkbook(
        title="" if about is None else about.findtext("title") or "",
        language="" if about is None else about.findtext("language") or "",
        opens_at=(pages[book.active].name, active),
        pictures_without_words=tuple(
            picture for page in pages for picture in pictures_without_words(package, page.part, page.name)
        ),
        sheets=tuple(sheets),
    )


def _read_texts(part: bytes) -> list[str]:
    """The texts that cells share, without how they are pronounced; openpyxl reads their fonts too: twice the time."""
    texts = ((*item.findall("t"), *item.findall("r/t")) for item in parse_part(part).iter("si"))
    return [unescape("".join(run.text or "" for run in runs)) for runs in texts]


def _list_pages(package: Package, book: WorkbookPackage, rels: Mapping[str, Relation]) -> Iterator[ListedPage]:
    names = book.definedNames.definedName if book.definedNames else ()
    titles = {name.localSheetId: name.value or "" for name in names if name.name == "_xlnm.Print_Titles"}
    for number, sheet in enumerate(book.sheets):
        part = rels.get(sheet.id, Relation("", "", ""))
        own = find_relations(package, part.target)
        yield ListedPage(
            sheet.name,
            part.target,
            hidden=sheet.state != "visible",
            holds_cells=part.kind == "worksheet",
            titles=titles.get(number, ""),
            targets={name: relation.target for name, relation in own.items()},
            tables=[read_as(Table, _parse(package, name)) for name in list_targets(own, "table")],
        )


def _read(package: Package, name: str, longest: int | None = None) -> bytes:
    """A checked part, in the namespaces that openpyxl knows. `longest`: as of `read_xml`."""
    part = package.read_xml(name, longest)
    for namespace, usual in _USUAL_NAMESPACES.items():
        part = part.replace(namespace, usual)
    return part


def _parse(package: Package, name: str) -> ET.Element:
    return ET.fromstring(_read(package, name, package.limits.tree))  # noqa: S314 - the guard has refused every DOCTYPE
