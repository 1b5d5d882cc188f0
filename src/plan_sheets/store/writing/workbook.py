"""Makes the .xlsx file of a book: the only importer of XlsxWriter. What that has no method for is done in `finish.py`.

Every workbook of the tool comes from `write_workbook`: plan, subgroup, feedback, officer's and master.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import partial
from io import BytesIO, StringIO

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.book.layout import (
    NOTHING_YET,
    Book,
    Column,
    Content,
    Formula,
    Line,
    Link,
    Row,
    Sheet,
    as_text,
    chart_words,
)
from plan_sheets.core.book.measure import (
    HEAD_INCHES,
    LINE_POINTS,
    LOOK_POINTS,
    MARGIN_INCHES,
    choose_paper,
    lines_needed,
)
from plan_sheets.core.book.style import DEFAULT_ROW_PIXELS, FONT, STATUS, STYLES, TYPED
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import column_letters
from plan_sheets.core.model.printable import printable
from plan_sheets.store.container.zip import deflate_part, join_parts
from plan_sheets.store.writing.cells import CellKind, Spelling, fit_cell, is_real, list_kinds, make_url, pixels
from plan_sheets.store.writing.chart import GAP, list_series, list_settings
from plan_sheets.store.writing.entry_cells import AskedCells, EntryCells, Place, list_status, make_validation
from plan_sheets.store.writing.excel_limits import (
    LONGEST_HEADER,
    LONGEST_HEADING,
    LONGEST_PROPERTY,
    LONGEST_TEXT,
    fit_text,
    name_tables,
)
from plan_sheets.store.writing.finish import HEADING_STYLES, finish
from plan_sheets.store.writing.laid import LaidSheet, lay_sheet
from plan_sheets.store.writing.mould import MOULDS, Written, has_mould

_WIDE_TABLE = 150
"""Characters: a table wider than a screen keeps its first column in view, if that is narrow."""
_NARROW_COLUMN = 20
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
EDGE_INCHES = 0.2
"""How far header and footer stand from the edge of the printed page."""
NOTE_PIXELS, NOTE_CHARACTERS = 300, 40
"""How wide the note of a cell is, and how many characters of its font that holds."""
_ALLOWED_ON_LOCKED_SHEETS = {"format_cells": True, "format_columns": True, "format_rows": True}


def write_workbook(book: Book) -> bytes:
    """The .xlsx file of a book; the same book always makes the same parts.

    Raises PlanSheetsError for what no workbook can hold: a text over 32,767 characters, a heading that is blank or
    there twice, a prompt over 255 characters, a long list whose words stand in no column of the book.
    """
    return write_by_mould(book).data


def write_by_mould(book: Book) -> Written:
    """The same, and how it looks: by a mould where one fits, else by XlsxWriter, which makes a mould of it."""
    book = fill_empty_tables(book)
    tables = name_tables(sheet.name for sheet in book.sheets)
    laid = [lay_sheet(sheet, table, book) for sheet, table in zip(book.sheets, tables, strict=True)]
    if has_mould(book) and (mould := MOULDS.find(book, laid)):
        return mould.fill(book, laid)
    parts, numbers = cast_workbook(book, laid)
    if has_mould(book) and (mould := MOULDS.keep(book, laid, parts, numbers)):
        return mould.fill(book, laid)
    return Written(join_parts(deflate_part(name, part.encode()) for name, part in parts.items()), None)


def cast_workbook(book: Book, laid: Sequence[LaidSheet]) -> tuple[dict[str, str], dict[str, int]]:
    """The parts of a book as XlsxWriter makes them, by name; and the numbers of its formats, by theirs."""
    file = BytesIO()
    options = {"in_memory": True, "default_format_properties": {**FONT}, "default_row_height": DEFAULT_ROW_PIXELS}
    workbook = Workbook(file, options)
    _set_properties(workbook, book)
    pen = _Pen(book, _add_formats(workbook), Spelling())
    numbers = _number_formats(pen.formats) if book.kind in OF_SUBGROUPS else {}
    bodies = []
    for sheet in laid:
        page = workbook.add_worksheet(sheet.sheet.name)
        bodies.append(_write_sheet(page, sheet, pen))
        _draw_chart(workbook, page, sheet.sheet)
    workbook.close()
    for page in workbook.worksheets():  # they refer to each other in circles
        vars(page).clear()  # and would stay until the garbage collector runs
    return finish(file.getvalue(), bodies, locks_structure=book.protected), numbers


@dataclass(frozen=True, slots=True)
class _Pen:
    """What every sheet is written with: its book, the formats by name, and the XML of cells so far."""

    book: Book
    formats: dict[str, Format]
    spelling: Spelling


def _add_formats(workbook: Workbook) -> dict[str, Format]:
    formats = {name: workbook.add_format({**style}) for name, style in STYLES.items()}
    for place, style in enumerate(HEADING_STYLES, start=1):
        formats[style].xf_id = place  # XlsxWriter's own attribute, for which it has no property
    return formats


def _number_formats(formats: Mapping[str, Format]) -> dict[str, int]:
    """Number all formats beforehand, by XlsxWriter's own methods: so all workbooks of a kind have the same styles."""
    for name, look in formats.items():
        look._get_dxf_index() if name.startswith(TYPED) else look._get_xf_index()  # noqa: SLF001 - else they are numbered as they are used
    return {name: look._get_xf_index() for name, look in formats.items() if not name.startswith(TYPED)}  # noqa: SLF001


def _set_properties(workbook: Workbook, book: Book) -> None:
    created = book.created.astimezone(UTC).replace(tzinfo=None) if book.created.tzinfo else book.created
    workbook.set_properties({"title": fit_text(book.title, LONGEST_TEXT, "The title"), "created": created})
    for name, value in book.properties.items():
        workbook.set_custom_property(name, fit_text(value, LONGEST_PROPERTY, f"The property {name}"), "text")


def fill_empty_tables(book: Book) -> Book:
    """The book; a sheet without rows has one that says so and no chart: Excel refuses an empty table."""
    return replace(book, sheets=tuple(sheet if sheet.rows else _say_nothing_yet(sheet) for sheet in book.sheets))


def _say_nothing_yet(sheet: Sheet) -> Sheet:
    row = Row("", (NOTHING_YET,) * len(sheet.columns), inputs=frozenset())
    return replace(sheet, rows=(row,), chart=None, filter=False)


def _write_sheet(page: Worksheet, laid: LaidSheet, pen: _Pen) -> list[str]:
    """Write a sheet but for the rows under its headings, which are returned as XML."""
    sheet, widths = laid.sheet, laid.widths
    for across, width in enumerate(widths):
        page.set_column(across, across, width)
    _write_lines(page, laid, pen)
    _add_table(page, laid, pen)
    _set_heights(page, laid)
    kinds = list_kinds(laid, tells_needed=bool(pen.book.hints))
    body = list(pen.spelling.rows(laid, partial(_spell, page, pen), kinds))
    for entry, asked in laid.entries.items():
        _add_entry(page, entry, asked, pen)
    _add_notes(page, sheet)
    if sheet.keeps_headings_in_view:
        is_wide = sum(widths) > _WIDE_TABLE and widths[0] <= _NARROW_COLUMN
        page.freeze_panes(sheet.heading_row + 1, sheet.in_view if is_wide else 0)
    _set_print(page, sheet, widths, pen.book.marking)
    if laid.printed:
        page.print_area(0, 0, *laid.printed)
        page.set_h_pagebreaks(laid.breaks)
    if pen.book.protected and pen.book.locks_sheets:
        # A screen reader reaches a chart on a locked sheet only if objects are not locked.
        allowed = {"objects": sheet.chart is not None, "autofilter": sheet.filter}
        page.protect(pen.book.password, _ALLOWED_ON_LOCKED_SHEETS | allowed)
    return body


def _add_notes(page: Worksheet, sheet: Sheet) -> None:
    """Add the note of each cell that has to be mended, large enough for its words; it shows where one points at it."""
    for down, row in enumerate(sheet.rows, start=sheet.heading_row + 1):
        for across, column in enumerate(sheet.columns) if row.marks else ():
            if (words := row.marks.get(column.field.name)) and sheet.is_input(row, column):
                height = (lines_needed(words, NOTE_CHARACTERS) + 1) * LINE_POINTS
                size = {"width": NOTE_PIXELS, "height": pixels(height)}
                page.write_comment(down, across, words, {**size, "font_name": FONT["font_name"], "font_size": 10})


def _write_lines(page: Worksheet, laid: LaidSheet, pen: _Pen) -> None:
    sheet = laid.sheet
    _write_text(page, (0, 0), sheet.title, pen.formats["title"])
    for place, text in enumerate(laid.lines):
        if place in sheet.looks:
            _write_line(page, (place + 1, 0), sheet.looks[place], pen)
        else:
            _write_text(page, (place + 1, 0), text, pen.formats["line"])
    if link := pen.book.back_link(sheet):
        page.write_url(sheet.heading_row - 1, 0, make_url(link.target), pen.formats["back"], link.text)
    if sheet.looks:  # text that is set out by bold words and headings, not by the lines of a grid
        page.hide_gridlines(2)


def _write_line(page: Worksheet, place: Place, line: Line, pen: _Pen) -> None:
    """Write a line whose parts are bold and plain in turn; one of a single part looks as its style says.

    One with what looks like an escape is not bold in parts: XlsxWriter would escape that twice, and another text stand.
    """
    look = pen.formats[line.look]
    if len(line.parts) == 1 or _ESCAPE.search(line.text):
        _write_text(page, place, line.text, pen.formats["lead"] if line.look == "line" else look)
        return
    runs: list[Format | str] = []
    for number, part in enumerate(line.parts):
        runs += [pen.formats["line" if number % 2 else "lead"], printable(part)]
    page.write_rich_string(*place, *runs, look)


def _add_table(page: Worksheet, laid: LaidSheet, pen: _Pen) -> None:
    sheet = laid.sheet
    headings = [fit_text(column.heading, LONGEST_HEADING, "A heading") for column in sheet.columns]
    if not all(headings) or len({heading.casefold() for heading in headings}) < len(headings):
        raise PlanSheetsError(f"On the sheet {sheet.name} a heading is blank or stands twice: {', '.join(headings)}.")
    looks = [pen.formats[_heading_look(column)] for column in sheet.columns]
    columns = [{"header": heading, "header_format": look} for heading, look in zip(headings, looks, strict=True)]
    options = {"name": laid.table, "columns": columns, "autofilter": sheet.filter, "style": None}
    bottom, right = sheet.heading_row + len(sheet.rows), len(columns) - 1
    page.add_table(sheet.heading_row, 0, bottom, right, options)
    # Excel marks "007" and "3/4/16" with a green corner, as if to keep them as text were a mistake.
    area = f"A1:{column_letters(right)}{bottom + 1}"
    page.ignore_errors({"number_stored_as_text": area, "two_digit_text_year": area})


def _heading_look(column: Column) -> str:
    return "input heading" if column.input else "number heading" if column.field.type == "integer" else "heading"


def _spell(page: Worksheet, pen: _Pen, place: Place, content: Content, kind: CellKind) -> str:
    """The XML of a cell of the table; every input is text, so that what is typed stays as it was typed."""
    if kind in ("input", "needed", "mend"):
        _write_text(page, place, as_text(content), pen.formats[kind])
    elif isinstance(content, str) or (isinstance(content, PartialDate) and not is_real(content)):
        text = as_text(content)
        _write_text(page, place, text, pen.formats[text if text in STATUS else kind])
    elif isinstance(content, Formula):
        page.write_formula(*place, content.text, pen.formats[kind], content.value)
    elif isinstance(content, Link):
        page.write_url(*place, make_url(content.target), pen.formats["link"], _fit_cell(page, place, content.text))
    elif isinstance(content, PartialDate):
        page.write_datetime(*place, datetime.combine(content.last, time()), pen.formats[content.precision])
    else:
        page.write_number(*place, content, pen.formats["total number" if kind == "total" else "number"])
    return _take_out(page, place)


def _take_out(page: Worksheet, place: Place) -> str:
    """Remove the cell that was just written; its XML, without its address, as XlsxWriter writes it.

    The one use of XlsxWriter's inner side: it has no method that tells the XML of a cell, and a sheet of many cells
    takes it longer than everything else takes.
    """
    row, column = place
    kept, page.fh = page.fh, StringIO()
    page._write_cell(row, column, page.table[row].pop(column))  # noqa: SLF001 - see above; a test fails when it changes
    spelt: str = page.fh.getvalue()
    page.fh = kept
    return spelt[spelt.index('" ') :]


def _write_text(page: Worksheet, place: Place, text: str, look: Format) -> None:
    if text:
        page.write_string(*place, _fit_cell(page, place, text), look)
    else:
        page.write_blank(*place, None, look)


def _fit_cell(page: Worksheet, place: Place, text: str) -> str:
    return fit_cell(page.get_name(), place, text)


def _set_heights(page: Worksheet, laid: LaidSheet) -> None:
    """Set the heights of title and headings."""
    sheet, heights = laid.sheet, laid.heights
    page.set_row(0, LOOK_POINTS["title"])
    for place, line in sheet.looks.items():
        if line.look in LOOK_POINTS:
            page.set_row(place + 1, LOOK_POINTS[line.look])
    if heights[0] > LINE_POINTS:
        page.set_row(sheet.heading_row, heights[0])
    for down, height in enumerate(heights[1:] if sheet.chart else (), start=sheet.heading_row + 1):
        page.set_row(down, height)  # by these a chart is placed


def _set_print(page: Worksheet, sheet: Sheet, widths: Sequence[float], marking: str) -> None:
    page.set_landscape()
    page.set_paper(choose_paper(widths).value)
    page.set_margins(MARGIN_INCHES, MARGIN_INCHES, HEAD_INCHES, HEAD_INCHES)
    page.fit_to_pages(1, 0)
    page.repeat_rows(sheet.heading_row)
    if marking:
        header = fit_text(marking, LONGEST_HEADER, "The protective marking")
        page.set_header("&C" + header.replace("&", "&&"), {"margin": EDGE_INCHES})
    page.set_footer("&L&A&RPage &P of &N", {"margin": EDGE_INCHES})


def _draw_chart(workbook: Workbook, page: Worksheet, sheet: Sheet) -> None:
    """Draw the sheet's chart, if it has one, right of its table."""
    if sheet.chart is None:
        return
    drawn = workbook.add_chart({"type": "bar", "subtype": "stacked"})
    for part in list_series(sheet, sheet.chart):
        drawn.add_series(part)
    for method, options in list_settings(sheet, sheet.chart).items():
        getattr(drawn, method)(options)
    words = {
        "description": printable(chart_words(sheet, sheet.chart)),
        "x_offset": GAP,
        "object_position": 2,
    }
    page.insert_chart(sheet.heading_row, len(sheet.columns), drawn, words)


def _add_entry(page: Worksheet, entry: EntryCells, asked: AskedCells, pen: _Pen) -> None:
    """Add the prompt and the list of these cells, and the colours of the status words that can be chosen."""
    area = {"multi_range": asked.ranges}
    page.data_validation(*asked.first, *asked.first, make_validation(entry, pen.book) | area)
    for word in list_status(entry):
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": pen.formats[TYPED + word]}
        page.conditional_format(*asked.first, *asked.first, rule | area)
