"""Looks at a workbook beyond its values, for the accessibility checker: one that was made here, or anybody's.

Reads the parts of the package itself. What was not made here goes through `inspect_apart`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from plan_sheets.core.access.rules import Problem, check_accessibility
from plan_sheets.core.access.seen import Colouring, Print, SeenEntry, SeenSheet, SeenTable, SeenWorkbook
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package, open_package
from plan_sheets.store.container.parts import (
    Relation,
    find_relation_id,
    find_relations,
    is_on,
    list_targets,
    parse_part,
    read_part,
)
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.guard import GuardedFile, find_refusal, guard
from plan_sheets.store.inspector.pictures import pictures_without_words
from plan_sheets.store.inspector.sheet import CellParts, SheetPart, areas, read_sheet, read_sheet_texts
from plan_sheets.store.inspector.styles import WorkbookStyles, read_styles

_DEFAULT_WIDTH = 8.43
_WIDTH_PADDING = 5 / 7
"""A file states a column's width with its padding: 12.71 where a person says 12."""
_NOTHING = ET.Element("")
"""Stands for an element that a file does not have: all its attributes have their defaults."""


def inspect_workbook(data: bytes, limits: Limits = LIMITS) -> list[Problem]:
    """What makes this workbook, which was made here, inaccessible; an empty list where nothing does."""
    return check_accessibility(look_at_workbook(data, limits))


def inspect_apart(data: bytes, limits: Limits = LIMITS) -> list[Problem] | Refusal:
    """The same of a file that anybody made: guarded and looked at by a child process, which it may end or hang."""
    done = run_apart(inspect_as_json, data, limits)
    if done is None:
        return Refusal("file_ends_reader")
    answer = json.loads(done)
    return (
        Refusal(answer["refusal"], answer["details"])
        if isinstance(answer, dict)
        else [Problem(*problem) for problem in answer]
    )


def inspect_as_json(data: bytes, limits: Limits = LIMITS) -> bytes:
    """What the child process runs: the problems, or why the file was refused, as JSON."""
    passed = guard(data, apart=True, limits=limits)
    if isinstance(passed, GuardedFile) and passed.container not in ("xlsx", "xlsm"):
        passed = Refusal("file_not_inspected", {"container": passed.container})
    if isinstance(passed, GuardedFile):
        try:
            return json.dumps([astuple(problem) for problem in inspect_workbook(data, limits)]).encode()
        except Exception as trouble:  # noqa: BLE001 - a part that breaks the format may raise anything; the file is what is wrong
            passed = find_refusal(trouble, limits)
    return json.dumps({"refusal": passed.code, "details": dict(passed.details)}).encode()


def look_at_workbook(data: bytes, limits: Limits = LIMITS) -> SeenWorkbook:
    """What a workbook looks like: everything that the accessibility rules are about.

    Raises RefusedError for what the guard refuses, and nearly anything where the file is damaged.
    """
    book = _open(open_package(data, limits))
    sheets = [
        (page, read_sheet(book.package.read_xml(page.part), book.cells)) for page in book.pages if page.holds_cells
    ]
    about = next((read_part(book.package, part) for part in list_targets(book.root_relations, "core-properties")), None)
    return SeenWorkbook(
        title="" if about is None else about.findtext("title") or "",
        language="" if about is None else about.findtext("language") or "",
        opens_at=_opens_at(book, {page.name: part.rest for page, part in sheets}),
        pictures_without_words=tuple(
            picture for page in book.pages for picture in pictures_without_words(book.package, page.part, page.name)
        ),
        sheets=tuple(_sheet(book, page, part) for page, part in sheets),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet as the workbook lists it; only a worksheet holds cells."""

    name: str
    part: str
    hidden: bool
    holds_cells: bool
    titles: str
    """Its rows and columns that are repeated on each printed page, as a reference; "" is none."""


@dataclass(frozen=True, slots=True)
class _Book:
    """What the sheets have in common."""

    package: Package
    root_relations: Mapping[str, Relation]
    root: ET.Element
    pages: Sequence[_Page]
    styles: WorkbookStyles
    cells: CellParts


def _open(package: Package) -> _Book:
    whole = find_relations(package, "")
    name = next(list_targets(whole, "officeDocument"))
    root, rels = parse_part(package.read_xml(name)), find_relations(package, name)
    named, theme, shared = (next(list_targets(rels, kind), "") for kind in ("styles", "theme", "sharedStrings"))
    styles = read_styles(read_part(package, named), read_part(package, theme))
    texts = read_sheet_texts(package.read_xml(shared)) if shared in package.entries else ()
    cells = CellParts(texts, styles.looks, styles.formats)
    return _Book(package, whole, root, list(_pages(root, rels)), styles, cells)


def _pages(root: ET.Element, rels: Mapping[str, Relation]) -> Iterator[_Page]:
    names = root.findall("definedNames/definedName")
    titles = {name.get("localSheetId"): name.text or "" for name in names if name.get("name") == "_xlnm.Print_Titles"}
    for number, sheet in enumerate(root.findall("sheets/sheet")):
        part = rels.get(find_relation_id(sheet), Relation("", "", ""))
        hidden = sheet.get("state", "visible") != "visible"
        holds_cells = part.kind == "worksheet"
        yield _Page(sheet.get("name", ""), part.target, hidden, holds_cells, titles.get(str(number), ""))


def _opens_at(book: _Book, sheets: Mapping[str, ET.Element]) -> tuple[str, str]:
    """The sheet and the cell that one sees first."""
    view = _one(book.root, "bookViews/workbookView")
    name = book.pages[int(view.get("activeTab", "0"))].name
    seen = _one(sheets.get(name, _NOTHING), "sheetViews/sheetView")
    # XlsxWriter marks a cell in every pane of a frozen sheet; the one that the sheet opens at is the active pane's.
    active = _one(seen, "pane").get("activePane", "topLeft")
    marked = [selection for selection in seen.findall("selection") if selection.get("pane", "topLeft") == active]
    cells = {selection.get("activeCell", "A1") for selection in marked} | {seen.get("topLeftCell", "A1")}
    return name, next((cell for cell in sorted(cells) if cell != "A1"), "A1")


def _one(item: ET.Element, path: str) -> ET.Element:
    """The first element of this path; one without attributes if there is none."""
    found = item.find(path)
    return _NOTHING if found is None else found


def _sheet(book: _Book, page: _Page, part: SheetPart) -> SeenSheet:
    rels, rest, edge = find_relations(book.package, page.part), part.rest, part.edge()
    protection = _one(rest, "sheetProtection")
    return SeenSheet(
        name=page.name,
        cells=part.cells,
        links=dict(_links(part, rels, edge)),
        tables=tuple(_tables(book.package, part, rels, edge)),
        entries=tuple(map(_entry, rest.iter("dataValidation"))),
        colourings=tuple(dict.fromkeys(_colourings(rest, book.styles))),
        merged=tuple(area.get("ref", "") for area in rest.findall("mergeCells/mergeCell")),
        hidden=page.hidden,
        hidden_parts=(*_hidden_rows(part.hidden), *_hidden_columns(rest)),
        widths=_widths(rest, edge[1]),
        heights=part.heights,
        frozen=_one(rest, "sheetViews/sheetView/pane").get("state", "").startswith("frozen"),
        filter=rest.find("autoFilter") is not None,
        selectable=not (is_on(protection.get("sheet")) and is_on(protection.get("selectLockedCells"))),
        print=_print(rest, page.titles),
        looks=tuple(dict.fromkeys([cell.look for cell in part.cells.values()])),
    )


def _links(
    part: SheetPart, rels: Mapping[str, Relation], edge: tuple[int, int]
) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells with links, and where they lead to."""
    for link in part.rest.findall("hyperlinks/hyperlink"):
        known = rels.get(find_relation_id(link))
        target = (known.target if known else "") or link.get("location", "")
        for area in areas(link.get("ref", "")):
            yield from ((place, target) for place in area.cut(*edge).places() if place in part.cells)


def _tables(
    package: Package, part: SheetPart, rels: Mapping[str, Relation], edge: tuple[int, int]
) -> Iterator[SeenTable]:
    """The tables; a table that reaches beyond the cells in use ends one row and column after them."""
    for name in list_targets(rels, "table"):
        table = parse_part(package.read_xml(name))
        area = areas(table.get("ref", ""))[0].cut(*edge)
        places = [(area.top, column) for column in range(area.left, area.right + 1)]
        headings = tuple(part.cells[place].text if place in part.cells else "" for place in places)
        headed = headings if table.get("headerRowCount") != "0" else ()
        yield SeenTable(table.get("displayName", ""), area, headed, table.find("autoFilter") is not None)


def _entry(rule: ET.Element) -> SeenEntry:
    """A data validation; Excel 2010's extension has the cells in an element instead of an attribute."""
    covered = areas(rule.get("sqref") or rule.findtext("sqref") or "")
    prompt = rule.get("prompt", "") if is_on(rule.get("showInputMessage")) else ""
    stops = is_on(rule.get("showErrorMessage")) and rule.get("errorStyle", "stop") == "stop"
    return SeenEntry(covered, rule.get("type", "none"), prompt, stops)


def _colourings(rest: ET.Element, styles: WorkbookStyles) -> Iterator[Colouring]:
    for block in rest.iter("conditionalFormatting"):
        area = block.get("sqref") or block.findtext("sqref") or ""
        for rule in block.findall("cfRule"):
            number, own = rule.get("dxfId"), rule.find("dxf")
            look = (
                styles.conditional[int(number)]
                if number
                else styles.colours.ink_and_fill(_NOTHING if own is None else own)
            )
            yield Colouring(area, rule.get("type", ""), *look)


def _hidden_rows(rows: Iterable[int]) -> Iterator[str]:
    """Hidden rows (from 0) in words: rows that follow each other as one range."""
    for _, run in groupby(enumerate(rows), key=lambda numbered: numbered[1] - numbered[0]):
        numbers = [row + 1 for _, row in run]
        yield f"row {numbers[0]}" + (f" to {numbers[-1]}" if len(numbers) > 1 else "")


def _hidden_columns(rest: ET.Element) -> Iterator[str]:
    for span in rest.findall("cols/col"):
        if is_on(span.get("hidden")):
            first, last = (column_letters(int(span.get(edge, "1")) - 1) for edge in ("min", "max"))
            yield f"column {first}" + (f" to {last}" if first != last else "")


def _widths(rest: ET.Element, used: int) -> dict[int, float]:
    """The width of every column in use, in characters: one entry of the file may speak for several columns."""
    usual = _one(rest, "sheetFormatPr").get("defaultColWidth")
    widths = dict.fromkeys(range(max(used, 1)), round(float(usual) - _WIDTH_PADDING, 2) if usual else _DEFAULT_WIDTH)
    for span in rest.findall("cols/col"):
        if "width" in span.attrib:
            for column in range(int(span.get("min", "1")) - 1, min(int(span.get("max", "1")), len(widths))):
                widths[column] = max(0.0, round(float(span.get("width", "0")) - _WIDTH_PADDING, 2))
    return widths


_HEADER_CODE = re.compile(r'&(?:(&)|[LCR]|"[^"]*"|K(?:[0-9A-Fa-f]{6}|[0-9]{2}[+-][0-9]{3})|[0-9]+|[A-Za-z])')
"""A section, font, size, colour, page number or the like of a header; two ampersands are one that is printed."""


def _print(rest: ET.Element, titles: str) -> Print:
    setup = _one(rest, "pageSetup")
    paper = setup.get("paperSize")
    rows = re.search(r"(?:^|[!,])\$?(\d+):\$?(\d+)(?:,|$)", titles)
    header = _HEADER_CODE.sub(lambda code: code[1] or " ", rest.findtext("headerFooter/oddHeader") or "")
    return Print(
        landscape=setup.get("orientation") == "landscape",
        paper=int(paper) if paper else None,
        one_page_wide=is_on(_one(rest, "sheetPr/pageSetUpPr").get("fitToPage")) and setup.get("fitToWidth", "1") == "1",
        repeats=(int(rows[1]) - 1, int(rows[2]) - 1) if rows else None,
        header=" ".join(header.split()),
    )
