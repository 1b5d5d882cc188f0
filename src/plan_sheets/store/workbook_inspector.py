"""Looks at a made workbook beyond its values, for the accessibility checker; never at a return."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from plan_sheets.core.access import Problem, check_accessibility
from plan_sheets.core.seen import (
    Area,
    Colouring,
    Entry,
    Look,
    Print,
    SeenCell,
    SeenSheet,
    SeenTable,
    SeenWorkbook,
)

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_DEFAULT_WIDTH = 8.43
_WIDTH_PADDING = 5 / 7
"""A file states a column's width with its padding: 12.71 where a person says 12."""
_BLACK, _WHITE = "000000", "FFFFFF"
_THEME = {0: _WHITE, 1: _BLACK}
"""The two colours of the Office theme that stand for paper and ink."""


def inspect_workbook(data: bytes) -> list[Problem]:
    """What makes this .xlsx workbook inaccessible; an empty list where nothing does."""
    return check_accessibility(look_at_workbook(data))


def look_at_workbook(data: bytes) -> SeenWorkbook:
    """What a .xlsx workbook looks like: everything that the accessibility rules are about."""
    from openpyxl import load_workbook  # noqa: PLC0415 - costs a quarter of a second: only what looks at workbooks pays it

    workbook = load_workbook(BytesIO(data))
    looks: dict[int, Look] = {}
    return SeenWorkbook(
        title=workbook.properties.title or "",
        language=workbook.properties.language or "",
        opens_at=_opens_at(workbook),
        pictures_without_words=tuple(_pictures_without_words(data)),
        sheets=tuple(_sheet(sheet, looks) for sheet in workbook.worksheets),
    )


def _opens_at(workbook: Workbook) -> tuple[str, str]:
    sheet = workbook.active
    if sheet is None:
        return "", ""
    view = sheet.sheet_view
    # XlsxWriter marks a cell in every pane of a frozen sheet; the one that the sheet opens at is the active pane's.
    active = view.pane.activePane if view.pane else None
    cells = {one.activeCell for one in view.selection if one.pane == active} | {view.topLeftCell or "A1"}
    return sheet.title, next((cell for cell in sorted(cells) if cell != "A1"), "A1")


def _pictures_without_words(data: bytes) -> Iterator[str]:
    """The names of the charts and images that carry no description: openpyxl keeps no such thing."""
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/drawings/drawing"):
                for tag in re.findall(r"<(?:\w+:)?cNvPr\b[^>]*>", parts.read(name).decode()):
                    if not re.search(r'\bdescr="[^"]', tag):
                        yield _attribute(tag, "name")


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


def _sheet(sheet: Worksheet, looks: dict[int, Look]) -> SeenSheet:
    return SeenSheet(
        name=sheet.title,
        cells={
            (down, across): _cell(cell, looks)
            for down, row in enumerate(sheet.iter_rows())
            for across, cell in enumerate(row)
        },
        tables=tuple(_tables(sheet)),
        entries=tuple(_entries(sheet)),
        colourings=tuple(_colourings(sheet)),
        merged=tuple(str(area) for area in sheet.merged_cells.ranges),
        hidden=sheet.sheet_state != "visible",
        hidden_parts=tuple(_hidden_parts(sheet)),
        widths=_widths(sheet),
        heights={row - 1: shape.height for row, shape in sheet.row_dimensions.items() if shape.height is not None},
        title_style=_title_style(sheet),
        frozen=sheet.freeze_panes is not None,
        filter=sheet.auto_filter.ref is not None,
        selectable=not (sheet.protection.sheet and sheet.protection.selectLockedCells),
        print=_print(sheet),
    )


def _cell(cell: Cell | MergedCell, looks: dict[int, Look]) -> SeenCell:
    """The cell as seen; `looks` keeps what was made of each format, for cells share them."""
    style = cell.style_id
    if style not in looks:
        looks[style] = _look(cell)
    link = cell.hyperlink
    target = (link.target or link.location or "") if link else ""
    number = cell.data_type in {"n", "d"} and cell.value is not None
    return SeenCell("" if cell.value is None else _shown(cell), looks[style], number, target)


def _shown(cell: Cell | MergedCell) -> str:
    """About what the cell shows: a date is as long as its longest words."""
    if cell.data_type != "d":
        return str(cell.value)
    return "30 September 2000" if "d" in re.sub(r"\[[^]]*]", "", cell.number_format) else "September 2000"


def _look(cell: Cell | MergedCell) -> Look:
    font, fill = cell.font, cell.fill
    return Look(
        font=font.name or "",
        points=font.sz or 0,
        italic=bool(font.i),
        ink=_colour(font.color, _BLACK),
        fill=_colour(fill.fgColor, _WHITE) if fill.fill_type else _WHITE,
        wraps=bool(cell.alignment.wrap_text),
        locked=bool(cell.protection.locked),
    )


def _colour(colour: Any, automatic: str | None) -> str | None:
    """Six hexadecimal digits; `automatic` where none is stated; None for a colour that a theme decides."""
    if colour is None or colour.type == "auto" or (colour.type == "indexed" and colour.indexed >= 64):  # noqa: PLR2004 - 64, 65: the system's own
        return automatic
    if colour.type == "theme":
        return None if colour.tint else _THEME.get(colour.theme)
    return str(colour.rgb)[-6:].upper() if colour.type == "rgb" else None


def _tables(sheet: Worksheet) -> Iterator[SeenTable]:
    for table in sheet.tables.values():
        area = _area(table.ref)
        headings = (sheet.cell(area.top + 1, column + 1).value for column in range(area.left, area.right + 1))
        texts = tuple("" if heading is None else str(heading) for heading in headings)
        yield SeenTable(table.displayName, area, texts, table.autoFilter is not None)


def _area(reference: str) -> Area:
    from openpyxl.utils import range_boundaries  # noqa: PLC0415 - loads openpyxl

    left, top, right, bottom = (int(edge or 1) - 1 for edge in range_boundaries(reference))
    return Area(top, left, bottom, right)


def _entries(sheet: Worksheet) -> Iterator[Entry]:
    for rule in sheet.data_validations.dataValidation:
        areas = tuple(_area(str(part)) for part in rule.sqref.ranges)
        stops = bool(rule.showErrorMessage) and rule.errorStyle in {None, "stop"}
        yield Entry(areas, rule.type or "none", (rule.prompt or "") if rule.showInputMessage else "", stops)


def _colourings(sheet: Worksheet) -> Iterator[Colouring]:
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            font = rule.dxf.font if rule.dxf else None
            fill = rule.dxf.fill if rule.dxf else None
            ink = _colour(font.color, _BLACK) if font else _BLACK
            yield Colouring(str(area.sqref), rule.type, ink, _colour(fill.bgColor, _WHITE) if fill else _WHITE)


def _hidden_parts(sheet: Worksheet) -> Iterator[str]:
    for number, row in sheet.row_dimensions.items():
        if row.hidden:
            yield f"row {number}"
    for letters, column in sheet.column_dimensions.items():
        if column.hidden:
            yield f"column {letters}"


def _widths(sheet: Worksheet) -> dict[int, float]:
    """The width of every column in use, in characters: one entry of the file may speak for several columns."""
    widths = dict.fromkeys(range(sheet.max_column), _DEFAULT_WIDTH)
    for column in sheet.column_dimensions.values():
        for index in widths.keys() & range((column.min or 1) - 1, column.max or 1):
            widths[index] = round(column.width - _WIDTH_PADDING, 2)
    return widths


def _title_style(sheet: Worksheet) -> str:
    try:
        return str(sheet["A1"].style)
    except (KeyError, IndexError):  # openpyxl cannot name some styles that LibreOffice writes
        return ""


def _print(sheet: Worksheet) -> Print:
    setup, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
    rows = re.fullmatch(r"\$?(\d+):\$?(\d+)", sheet.print_title_rows or "")
    header = sheet.oddHeader
    parts = (header.left, header.center, header.right) if header else ()
    return Print(
        landscape=setup.orientation == "landscape",
        paper=int(setup.paperSize) if setup.paperSize else None,
        one_page_wide=bool(fit and fit.fitToPage) and setup.fitToWidth in {None, 1},
        repeats=(int(rows[1]) - 1, int(rows[2]) - 1) if rows else None,
        header=" ".join(part.text for part in parts if part.text).replace("&&", "&"),
    )
