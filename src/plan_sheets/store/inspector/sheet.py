"""One worksheet as openpyxl's parser tells it, and as the rules of accessibility look at it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import range_boundaries
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.datavalidation import DataValidation, DataValidationList
from openpyxl.worksheet.dimensions import SheetFormatProperties
from openpyxl.worksheet.page import PrintPageSetup
from openpyxl.worksheet.properties import WorksheetProperties
from openpyxl.worksheet.protection import SheetProtection
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.views import SheetViewList

from plan_sheets.core.access.seen import Area, Colouring, Print, SeenCell, SeenEntry, SeenSheet, SeenTable
from plan_sheets.core.model.keys import column_letters
from plan_sheets.store.container.parts import is_on
from plan_sheets.store.formats.lines import MAX_COLUMNS, MAX_ROWS
from plan_sheets.store.formats.number_format import format_longest
from plan_sheets.store.inspector.styles import WorkbookStyles, read_as

_DEFAULT_WIDTH = 8.43
_WIDTH_PADDING = 5 / 7
"""A file states a column's width with its padding: 12.71 where a person says 12."""

Place = tuple[int, int]
"""Row and column of a cell, counted from 0."""


@dataclass(frozen=True, slots=True)
class ListedPage:
    """A sheet as the workbook lists it, and what stands in parts of its own; only a worksheet holds cells."""

    name: str
    part: str
    hidden: bool
    holds_cells: bool
    titles: str
    """Its rows and columns that are repeated on each printed page, as a reference; "" is none."""
    targets: Mapping[str, str]
    """Where its links lead to, by the id of the relation."""
    tables: Sequence[Table]


class SheetParser(WorkSheetParser):
    """openpyxl's parser of one worksheet; it also keeps what that passes over.

    Numbers and dates stay numbers, for nobody tells it which formats are dates. The module of the parser is private:
    openpyxl offers it only together with all that `load_workbook` does (see `look.py`); tests fail when it changes.
    """

    views = SheetViewList()
    sheet_format = SheetFormatProperties()
    sheet_properties = WorksheetProperties()
    page_setup = PrintPageSetup()
    protection = SheetProtection()
    data_validations = DataValidationList()
    auto_filter = None

    def __init__(self, part: bytes, texts: Sequence[str]) -> None:
        super().__init__(BytesIO(part), texts, data_only=True)
        self.header = _read_header(part)
        self.extensions: list[ET.Element] = []

    def parse_cell(self, element: ET.Element) -> dict[str, Any]:
        """Its value; of a formula without a stored value its own text, after a `=`."""
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG) if cell["value"] is None else None
        return cell if formula is None else cell | {"value": f"={formula.text or ''}"}

    def parse_extensions(self, element: ET.Element) -> None:  # type: ignore[override]  # it is given an Element
        """Keep what Excel 2010 added, which openpyxl knows by name only."""
        self.extensions += element

    def find_added(self, name: str) -> Iterator[ET.Element]:
        """What Excel 2010 added under this name; the cells that it is about stand in an element `sqref`."""
        return (item for extension in self.extensions for item in extension.iterfind(f".//{{*}}{name}"))


_ODD_HEADER = re.compile(rb"<(?:\w+:)?oddHeader\b[^>]*>([^<]*)<")
_HEADER_CODE = re.compile(r'&(?:(&)|[LCR]|"[^"]*"|K(?:[0-9A-Fa-f]{6}|[0-9]{2}[+-][0-9]{3})|[0-9]+|[A-Za-z])')
"""A section, font, size, colour, page number or the like of a header; two ampersands are one that is printed."""


def _read_header(part: bytes) -> str:
    """The words of the printed header; openpyxl passes over one that does not begin with &L, &C or &R."""
    found = _ODD_HEADER.search(part)
    words = _HEADER_CODE.sub(lambda code: code[1] or " ", html.unescape(found[1].decode()) if found else "")
    return " ".join(words.split())


def see_sheet(page: ListedPage, parser: SheetParser, styles: WorkbookStyles) -> SeenSheet:
    """What is seen of a worksheet; raises nearly anything where its part is damaged."""
    cells = dict(_read_cells(parser, styles))
    edge = max((row for row, _ in cells), default=-1) + 1, max((column for _, column in cells), default=-1) + 1
    pane, protection = parser.views.sheetView[0].pane, parser.protection
    rows, columns = parser.row_dimensions, parser.column_dimensions.values()
    return SeenSheet(
        name=page.name,
        cells=cells,
        links=dict(_find_links(page, parser, cells, edge)),
        tables=tuple(_see_table(table, cells, edge) for table in page.tables),
        entries=tuple(map(_see_entry, _list_validations(parser))),
        colourings=tuple(dict.fromkeys(_find_colourings(parser, styles))),
        merged=tuple(area.coord for area in parser.merged_cells.mergeCell) if parser.merged_cells else (),
        hidden=page.hidden,
        hidden_parts=(*_name_hidden_rows(rows), *_name_hidden_columns(columns)),
        widths=_find_widths(parser, edge[1]),
        heights={int(row) - 1: float(stated["ht"]) for row, stated in rows.items() if "ht" in stated},
        frozen=pane is not None and pane.state.startswith("frozen"),
        filter=parser.auto_filter is not None,
        protected=bool(protection.sheet),
        selectable=not (protection.sheet and protection.selectLockedCells),
        print=_see_print(parser, page.titles),
        looks=tuple(dict.fromkeys([cell.look for cell in cells.values()])),
    )


def _read_cells(parser: SheetParser, styles: WorkbookStyles) -> Iterator[tuple[Place, SeenCell]]:
    for _, row in parser.parse():
        for cell in row:
            yield (cell["row"] - 1, cell["column"] - 1), _see_cell(cell["value"], cell["style_id"], styles)


def _see_cell(value: object, style: int, styles: WorkbookStyles) -> SeenCell:
    look = styles.looks[style]
    match value:
        case None | str():
            return SeenCell(value or "", look)
        case bool():
            return SeenCell(str(value).upper(), look)
        case int() | float():
            return SeenCell(format_longest(str(value), styles.formats[style]), look, number=True)
    return SeenCell(str(value), look, number=True)  # a date that is written as one


def find_active_cell(parser: SheetParser) -> str:
    """The cell that one sees first, of a sheet that has been parsed."""
    view = parser.views.sheetView[0]
    # XlsxWriter marks a cell in every pane of a frozen sheet; the one that the sheet opens at is the active pane's.
    active = view.pane.activePane if view.pane else "topLeft"
    marked = [selection for selection in view.selection if (selection.pane or "topLeft") == active]
    cells = {selection.activeCell or "A1" for selection in marked} | {view.topLeftCell or "A1"}
    return next((cell for cell in sorted(cells) if cell != "A1"), "A1")


def _find_area(bounds: tuple[int | None, int | None, int | None, int | None]) -> Area:
    """The rectangle within openpyxl's bounds: columns first, counted from 1; None is that of the whole sheet."""
    left, top, right, bottom = bounds
    return Area((top or 1) - 1, (left or 1) - 1, (bottom or MAX_ROWS) - 1, (right or MAX_COLUMNS) - 1)


def _find_links(
    page: ListedPage, parser: SheetParser, cells: Mapping[Place, SeenCell], edge: Place
) -> Iterator[tuple[Place, str]]:
    """The cells with links, and where they lead to."""
    for link in parser.hyperlinks.hyperlink:
        target = page.targets.get(link.id, "") or link.location or ""
        area = _find_area(range_boundaries(link.ref)).cut(*edge)
        yield from ((place, target) for place in area.places() if place in cells)


def _see_table(table: Table, cells: Mapping[Place, SeenCell], edge: Place) -> SeenTable:
    """A table; one that reaches beyond the cells in use ends one row and column after them."""
    area = _find_area(range_boundaries(table.ref)).cut(*edge)
    places = [(area.top, column) for column in range(area.left, area.right + 1)]
    headings = tuple(cells[place].text if place in cells else "" for place in places)
    return SeenTable(
        table.displayName, area, () if table.headerRowCount == 0 else headings, table.autoFilter is not None
    )


def _list_validations(parser: SheetParser) -> Iterator[DataValidation]:
    yield from parser.data_validations.dataValidation
    for item in parser.find_added("dataValidation"):
        plain = {name: value for name, value in item.items() if not name.startswith("{")}
        yield DataValidation(sqref=item.findtext("{*}sqref", ""), **plain)  # type: ignore[arg-type]  # it converts texts


def _see_entry(rule: DataValidation) -> SeenEntry:
    areas = tuple(_find_area(area.bounds) for area in rule.sqref.sorted())
    prompt = rule.prompt or "" if rule.showInputMessage else ""
    stops = bool(rule.showErrorMessage) and rule.errorStyle in (None, "stop")
    return SeenEntry(areas, rule.type or "none", prompt, stops)


def _find_colourings(parser: SheetParser, styles: WorkbookStyles) -> Iterator[Colouring]:
    for block in parser.formatting:
        for rule in block.rules:
            look = (None, None) if rule.dxfId is None else styles.conditional[rule.dxfId]
            yield Colouring(str(block.sqref), rule.type, *look)
    for added in parser.find_added("conditionalFormatting"):
        for item in added.findall("{*}cfRule"):
            own = item.find("{*}dxf")
            style = DifferentialStyle() if own is None else read_as(DifferentialStyle, own)
            kind = item.get("type", "")
            yield Colouring(added.findtext("{*}sqref", ""), kind, *styles.colours.find_ink_and_fill(style))


def _name_hidden_rows(rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Hidden rows in words: rows that follow each other as one range."""
    hidden = [int(row) for row, stated in rows.items() if is_on(stated.get("hidden"))]
    for _, run in groupby(enumerate(hidden), key=lambda numbered: numbered[1] - numbered[0]):
        numbers = [row for _, row in run]
        yield f"row {numbers[0]}" + (f" to {numbers[-1]}" if len(numbers) > 1 else "")


def _name_hidden_columns(columns: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for span in columns:
        if is_on(span.get("hidden")):
            first, last = (column_letters(int(span.get(edge, "1")) - 1) for edge in ("min", "max"))
            yield f"column {first}" + (f" to {last}" if first != last else "")


def _find_widths(parser: SheetParser, used: int) -> dict[int, float]:
    """The width of every column in use, in characters: one entry of the file may speak for several columns."""
    usual = parser.sheet_format.defaultColWidth
    widths = dict.fromkeys(range(max(used, 1)), round(usual - _WIDTH_PADDING, 2) if usual else _DEFAULT_WIDTH)
    for span in parser.column_dimensions.values():
        if "width" in span:
            for column in range(int(span["min"]) - 1, min(int(span.get("max", "1")), len(widths))):
                widths[column] = max(0.0, round(float(span["width"]) - _WIDTH_PADDING, 2))
    return widths


def _see_print(parser: SheetParser, titles: str) -> Print:
    setup, fits = parser.page_setup, parser.sheet_properties.pageSetUpPr
    rows = re.search(r"(?:^|[!,])\$?(\d+):\$?(\d+)(?:,|$)", titles)
    return Print(
        landscape=setup.orientation == "landscape",
        paper=setup.paperSize,
        one_page_wide=bool(fits and fits.fitToPage) and setup.fitToWidth in (None, 1),
        repeats=(int(rows[1]) - 1, int(rows[2]) - 1) if rows else None,
        header=parser.header,
    )
