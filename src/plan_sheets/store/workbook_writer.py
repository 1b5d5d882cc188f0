"""Makes the file of a book: the only importer of XlsxWriter, and the one place where its gaps are filled.

Every workbook of the tool comes from `write_workbook`: plan, subgroup, feedback, officer's and master.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from plan_sheets.core.layout import NOTHING_YET, Book, Content, Formula, Link, Row, Sheet, as_text, chart_words
from plan_sheets.core.model import Address, PartialDate, PlanSheetsError, Precision, column_letters
from plan_sheets.core.pages import Page, page_starts
from plan_sheets.core.paper import (
    BOLD_ROOM,
    HEAD_INCHES,
    LINE_POINTS,
    MARGIN_INCHES,
    STANDARD_WIDTH,
    TALLEST_ROW,
    choose_paper,
    page_room,
    row_height,
    spare_columns,
)
from plan_sheets.store import workbook_chart
from plan_sheets.store.workbook_entries import Entry, Place, as_ranges, entries, list_source
from plan_sheets.store.workbook_limits import (
    FIRST_YEAR,
    LONGEST_HEADER,
    LONGEST_HEADING,
    LONGEST_PROMPT,
    LONGEST_PROMPT_TITLE,
    LONGEST_PROPERTY,
    LONGEST_TEXT,
    cut,
    fitting,
    quoted,
    table_names,
)
from plan_sheets.store.workbook_style import DATE_WIDTH, DEFAULT_ROW_PIXELS, FONT, STATUS, STYLES

_WIDE_TABLE = 150
"""Characters: a table wider than a screen keeps its first column in view, if that is narrow."""
_NARROW_COLUMN = 20
SURELY_HELD = 16_000
"""Printable characters that a cell holds as they are: it counts an emoji as two."""
TITLE_POINTS = 2 * LINE_POINTS
"""The height of the first row."""
EDGE_INCHES = 0.2
"""How far header and footer stand from the edge of the printed page."""
_ALLOWED_ON_LOCKED_SHEETS = {"format_cells": True, "format_columns": True, "format_rows": True}


def write_workbook(book: Book) -> bytes:
    """The .xlsx file of a book; the same book always makes the same parts.

    Raises PlanSheetsError for what no workbook can hold: a text over 32,767 characters, a heading that is blank or
    there twice, a prompt over 255 characters, a long list whose words stand in no column of the book.
    """
    file = BytesIO()
    options = {"in_memory": True, "default_format_properties": {**FONT}, "default_row_height": DEFAULT_ROW_PIXELS}
    workbook = _Workbook(file, options)
    workbook.locks_structure = book.protected
    _set_properties(workbook, book)
    pen = _Pen(replace(book, sheets=tuple(map(_with_a_row, book.sheets))), _formats(workbook))
    for sheet, table in zip(pen.book.sheets, table_names(sheet.name for sheet in book.sheets), strict=True):
        page = workbook.add_worksheet(sheet.name)
        _write_sheet(page, sheet, table, pen)
        _draw_chart(workbook, page, sheet)
    workbook.close()
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Pen:
    """What it takes to write any sheet: the book it belongs to, and the formats by name."""

    book: Book
    formats: dict[str, Format]


def _formats(workbook: Workbook) -> dict[str, Format]:
    formats = {name: workbook.add_format({**style}) for name, style in STYLES.items()}
    formats["title"].xf_id = _HEADING_STYLE_ID
    return formats


def _set_properties(workbook: Workbook, book: Book) -> None:
    created = book.created.astimezone(UTC).replace(tzinfo=None) if book.created.tzinfo else book.created
    workbook.set_properties({"title": fitting(book.title, LONGEST_TEXT, "The title"), "created": created})
    for name, value in book.properties.items():
        workbook.set_custom_property(name, fitting(value, LONGEST_PROPERTY, f"The property {name}"), "text")


def _with_a_row(sheet: Sheet) -> Sheet:
    """The sheet, or if it has no rows the sheet with one that says so: Excel and XlsxWriter refuse an empty table.

    Where there is nothing there is nothing to draw.
    """
    if sheet.rows:
        return sheet
    blanks = [""] * (len(sheet.columns) - 1)
    return replace(sheet, rows=(Row("", (NOTHING_YET, *blanks), inputs=frozenset()),), chart=None)


# One sheet


def _write_sheet(page: Worksheet, sheet: Sheet, table: str, pen: _Pen) -> None:
    widths = _widths(sheet)
    for across, width in enumerate(widths):
        page.set_column(across, across, width)
    _write_lines(page, sheet, pen)
    _add_table(page, sheet, table, pen)
    for down, row in enumerate(sheet.rows, start=sheet.heading_row + 1):
        for across, (column, content) in enumerate(zip(sheet.columns, row.cells, strict=True)):
            _write_cell(page, (down, across), content, pen, is_input=sheet.is_input(row, column))
    heights = _set_heights(page, sheet, widths)
    for entry, places in entries(sheet).items():
        _add_entry(page, entry, places, pen)
    if sheet.keeps_headings_in_view:
        page.freeze_panes(sheet.heading_row + 1, int(sum(widths) > _WIDE_TABLE and widths[0] <= _NARROW_COLUMN))
    _set_print(page, sheet, widths, pen.book.marking)
    if pen.book.protected:
        _set_pages(page, sheet, [*widths, *_beside(sheet, widths, pen)], heights)
        # What lies on a locked sheet can be reached, and its words be read out, only if objects are not locked.
        page.protect(pen.book.password, _ALLOWED_ON_LOCKED_SHEETS | {"objects": sheet.chart is not None})


def _widths(sheet: Sheet) -> list[float]:
    """The width of each column in characters; wide enough for real dates."""
    widths = [column.width for column in sheet.columns]
    for row in sheet.rows:
        for across, content in enumerate(row.cells):
            if isinstance(content, PartialDate):
                widths[across] = max(widths[across], DATE_WIDTH)
    return widths


def _write_lines(page: Worksheet, sheet: Sheet, pen: _Pen) -> None:
    _write_text(page, (0, 0), sheet.title, pen.formats["title"])
    for down, line in enumerate(sheet.lines_written(pen.book.marking), start=1):
        _write_text(page, (down, 0), line, pen.formats["line"])


def _add_table(page: Worksheet, sheet: Sheet, name: str, pen: _Pen) -> None:
    headings = [fitting(column.heading, LONGEST_HEADING, "A heading") for column in sheet.columns]
    if not all(headings) or len({heading.casefold() for heading in headings}) < len(headings):
        raise PlanSheetsError(f"On the sheet {sheet.name} a heading is blank or stands twice: {', '.join(headings)}.")
    looks = [pen.formats["input heading" if column.input else "heading"] for column in sheet.columns]
    columns = [{"header": heading, "header_format": look} for heading, look in zip(headings, looks, strict=True)]
    options = {"name": name, "columns": columns, "autofilter": False, "style": None}
    bottom, right = sheet.heading_row + len(sheet.rows), len(columns) - 1
    page.add_table(sheet.heading_row, 0, bottom, right, options)
    # Excel marks "007" and "3/4/16" with a green corner, as if to keep them as text were a mistake.
    area = f"A1:{column_letters(right)}{bottom + 1}"
    page.ignore_errors({"number_stored_as_text": area, "two_digit_text_year": area})


def _write_cell(page: Worksheet, place: Place, content: Content, pen: _Pen, *, is_input: bool) -> None:
    """One cell of the table: where somebody types all is text, so that it stays as it was typed."""
    if is_input:
        _write_text(page, place, as_text(content), pen.formats["input"])
    elif isinstance(content, Formula):
        page.write_formula(*place, content.text, pen.formats["locked"], content.value)
    elif isinstance(content, Link):
        page.write_url(*place, _url(content.target), pen.formats["link"], _held(page, place, content.text))
    elif isinstance(content, PartialDate) and _is_real(content):
        midnight = datetime.combine(content.last, time())
        page.write_datetime(*place, midnight, pen.formats[content.precision])
    elif isinstance(content, str | PartialDate):
        text = as_text(content)
        _write_text(page, place, text, pen.formats[text if text in STATUS else "locked"])
    else:
        page.write_number(*place, content, pen.formats["locked"])


def _is_real(day: PartialDate) -> bool:
    """A quarter is text, for no number format can say it; so is what lies before Excel's calendar."""
    return day.precision is not Precision.QUARTER and day.first.year >= FIRST_YEAR


def _write_text(page: Worksheet, place: Place, text: str, look: Format) -> None:
    if text:
        page.write_string(*place, _held(page, place, text), look)
    else:
        page.write_blank(*place, None, look)


def _held(page: Worksheet, place: Place, text: str) -> str:
    if len(text) <= SURELY_HELD and text.isprintable():
        return text
    return fitting(text, LONGEST_TEXT, str(Address.at(page.get_name(), *place)))


def _url(target: str) -> str:
    """XlsxWriter's word for an e-mail address, or for a place in the same workbook (`Progress!A1`)."""
    if "@" in target:
        return f"mailto:{target.removeprefix('mailto:')}"
    sheet, _, cell = target.rpartition("!")
    return f"internal:{quoted(sheet)}!{cell}"


def _set_heights(page: Worksheet, sheet: Sheet, widths: list[float]) -> list[float]:
    """States the height of every row that needs more than a line; `_height_not_fixed` lets it grow while typing.

    Returns the heights, in points, from the headings on.

    LibreOffice does not measure rows when it opens a file, and the row would show its first line only.
    """
    headings = [(column.heading, width * BOLD_ROOM) for column, width in zip(sheet.columns, widths, strict=True)]
    bodies = ([(as_text(cell), width) for cell, width in zip(row.cells, widths, strict=True)] for row in sheet.rows)
    heights = [min(row_height(cells), TALLEST_ROW) for cells in (headings, *bodies)]
    page.set_row(0, TITLE_POINTS)
    for down, height in enumerate(heights, start=sheet.heading_row):
        if height > LINE_POINTS:
            page.set_row(down, height)
    return heights


def _beside(sheet: Sheet, widths: list[float], pen: _Pen) -> list[float]:
    """The widths of the columns printed beside the table: its lines spill over them, its chart lies on them."""
    spare = spare_columns(widths, sheet.lines_written(pen.book.marking))
    return [STANDARD_WIDTH] * max(spare, workbook_chart.COLUMNS if sheet.chart else 0)


def _set_pages(page: Worksheet, sheet: Sheet, widths: list[float], heights: list[float]) -> None:
    """What of a sheet to which no row is added is printed, and where a page begins.

    Without a print area a long title, which spills to the right, would shrink the whole page. Excel and LibreOffice
    heed a break between rows as long as pages are fitted in their width alone.
    """
    down = max(len(sheet.rows), workbook_chart.ROWS if sheet.chart else 0)
    page.print_area(0, 0, sheet.heading_row + down, len(widths) - 1)
    heading, *rows = heights
    table = widths[: len(sheet.columns)]
    room = Page(page_room(widths, choose_paper(table)), heading, TITLE_POINTS + (sheet.heading_row - 1) * LINE_POINTS)
    starts = page_starts([row.ref for row in sheet.rows], rows, room)
    page.set_h_pagebreaks([sheet.heading_row + 1 + start for start in starts])


def _set_print(page: Worksheet, sheet: Sheet, widths: list[float], marking: str) -> None:
    page.set_landscape()
    page.set_paper(choose_paper(widths).value)
    page.set_margins(MARGIN_INCHES, MARGIN_INCHES, HEAD_INCHES, HEAD_INCHES)
    page.fit_to_pages(1, 0)
    page.repeat_rows(sheet.heading_row)
    if marking:
        header = fitting(marking, LONGEST_HEADER, "The protective marking")
        page.set_header("&C" + header.replace("&", "&&"), {"margin": EDGE_INCHES})
    page.set_footer("&L&A&RPage &P of &N", {"margin": EDGE_INCHES})


def _draw_chart(workbook: Workbook, page: Worksheet, sheet: Sheet) -> None:
    """The sheet's chart, if it has one, beside its table and of that very table."""
    if sheet.chart is None:
        return
    drawn = workbook.add_chart({"type": "column", "subtype": "stacked"})
    for part in workbook_chart.series(sheet, sheet.chart):
        drawn.add_series(part)
    for method, options in workbook_chart.look(sheet.chart).items():
        getattr(drawn, method)(options)
    words = {"description": chart_words(sheet, sheet.chart), "x_offset": workbook_chart.GAP, "object_position": 2}
    page.insert_chart(sheet.heading_row, len(sheet.columns), drawn, words)


# Cells to fill in


def _add_entry(page: Worksheet, entry: Entry, places: list[Place], pen: _Pen) -> None:
    """The prompt, the list, and the colours that status words take while they are typed."""
    area = {"multi_range": " ".join(as_ranges(places))}
    page.data_validation(*places[0], *places[0], _validation(entry, pen.book) | area)
    for word in STATUS:
        if word in entry.choices:
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": pen.formats[f"typed {word}"]}
            page.conditional_format(*places[0], *places[0], rule | area)


def _validation(entry: Entry, book: Book) -> dict[str, Any]:
    """XlsxWriter's options for one group of cells; raises PlanSheetsError if the prompt is too long."""
    prompt = {
        "input_title": cut(entry.title, LONGEST_PROMPT_TITLE),
        "input_message": fitting(entry.prompt, LONGEST_PROMPT, f"The prompt of {entry.title}"),
    }
    if not entry.choices:
        return {"validate": "any", **prompt}
    return {
        "validate": "list",
        "source": list_source(entry, book),
        "error_type": "stop",
        "error_title": "Not in the list",
        "error_message": "Please choose from the list beside the cell, or clear the cell.",
        **prompt,
    }


# What XlsxWriter has no call for

_HEADING_STYLE_ID = 1
"""The place of Heading 1 among the file's cell styles: after Normal."""


class _Workbook(Workbook):  # type: ignore[misc]  # XlsxWriter ships no types
    """A workbook whose structure can be locked, and whose parts pass through `_HOOKS`."""

    locks_structure = False

    def _get_packager(self) -> Packager:
        return _Packager()

    def _write_workbook_pr(self) -> None:
        super()._write_workbook_pr()
        if self.locks_structure:
            self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])


class _PlainStrings(SharedStrings):  # type: ignore[misc]  # XlsxWriter ships no types
    """Texts that are never taken for markup: XlsxWriter writes any text between <r> and </r> as it stands."""

    def _xml_rich_si_element(self, string: str) -> None:
        self._xml_si_element(string, [])


class _Packager(Packager):  # type: ignore[misc]  # XlsxWriter ships no types
    """Writes the parts of the file, and passes them through `_HOOKS`."""

    def _write_shared_strings_file(self) -> None:
        strings = _PlainStrings()
        strings.string_table = self.workbook.str_table
        strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))  # noqa: SLF001 - as XlsxWriter's own method does
        strings._assemble_xml_file()  # noqa: SLF001 - as XlsxWriter's own method does

    def _create_package(self) -> list[tuple[Any, str, bool]]:
        parts: list[tuple[Any, str, bool]] = super()._create_package()
        for stream, name, _ in parts:
            hook = _HOOKS.get(re.sub(r"\d", "", name))
            if hook:
                xml = hook(stream.getvalue())
                stream.seek(0)
                stream.truncate()
                stream.write(xml)
        return parts


def _with_heading_style(xml: str) -> str:
    """Makes the title's format the cell style Heading 1, by which a screen reader tells a title."""
    title = re.search(rf'fontId="(\d+)"[^>]*xfId="{_HEADING_STYLE_ID}"', xml)
    style = f'<xf numFmtId="0" fontId="{title[1] if title else 0}" fillId="0" borderId="0"/></cellStyleXfs>'
    name = f'<cellStyles count="2"><cellStyle name="Heading 1" xfId="{_HEADING_STYLE_ID}" builtinId="16"/>'
    xml = xml.replace('<cellStyleXfs count="1">', '<cellStyleXfs count="2">').replace("</cellStyleXfs>", style)
    return xml.replace('<cellStyles count="1">', name)


def _with_language(xml: str) -> str:
    return xml.replace("</cp:coreProperties>", "<dc:language>en-GB</dc:language></cp:coreProperties>")


def _height_not_fixed(xml: str) -> str:
    """Keeps the heights of rows but not the word that a person fixed them: so rows grow while somebody types."""
    return xml.replace(' customHeight="1">', ">")


_HOOKS: dict[str, Callable[[str], str]] = {
    "xl/styles.xml": _with_heading_style,
    "docProps/core.xml": _with_language,
    "xl/worksheets/sheet.xml": _height_not_fixed,
}
"""What is done to which part; a number in its name does not count."""
