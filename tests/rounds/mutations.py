"""What people do to a workbook, as changes to an open one: rows, columns, headings, sheets, sorts and pastes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.chairs import at, column_of, heading_row, row_of, type_in, values_of

Mutation = Callable[[Workbook], None]
BY_THE_WAY = "By the way: the chair is away until May"


def insert_row(name: str, before: int, text: str = "") -> Mutation:
    def mutate(book: Workbook) -> None:
        book[name].insert_rows(before)
        if text:
            type_in(book[name].cell(before, 2), text)  # type: ignore[arg-type]  # a new row holds plain cells

    return mutate


def delete_row(name: str, ref: str) -> Mutation:
    return lambda book: book[name].delete_rows(row_of(book[name], ref))


def copy_row(sheet: Worksheet, source: int, target: int) -> None:
    for column in range(1, sheet.max_column + 1):
        sheet.cell(target, column).value = sheet.cell(source, column).value


def duplicate_row(name: str, ref: str, heading: str = "", text: str = "") -> Mutation:
    """Copy a row into a new one below it, and perhaps type something else into the copy."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        row = row_of(sheet, ref)
        sheet.insert_rows(row + 1)
        copy_row(sheet, row, row + 1)
        if heading:
            type_in(sheet.cell(row + 1, column_of(sheet, heading)), text)  # type: ignore[arg-type]  # a new row holds plain cells

    return mutate


def move_column(name: str, heading: str, to: int) -> Mutation:
    def mutate(book: Workbook) -> None:
        sheet = book[name]
        source, top = column_of(sheet, heading), heading_row(sheet)
        texts = [sheet.cell(row, source).value for row in range(top, sheet.max_row + 1)]
        sheet.delete_cols(source)
        sheet.insert_cols(to)
        for row, text in enumerate(texts, top):
            sheet.cell(row, to).value = text

    return mutate


def insert_column(name: str, before: str, heading: str = "", text: str = "") -> Mutation:
    def mutate(book: Workbook) -> None:
        sheet = book[name]
        place = column_of(sheet, before)
        sheet.insert_cols(place)
        sheet.cell(heading_row(sheet), place).value = heading or None
        sheet.cell(heading_row(sheet) + 1, place).value = text or None

    return mutate


def delete_column(name: str, heading: str) -> Mutation:
    return lambda book: book[name].delete_cols(column_of(book[name], heading))


def rename_heading(name: str, old: str, new: str) -> Mutation:
    def mutate(book: Workbook) -> None:
        book[name].cell(heading_row(book[name]), column_of(book[name], old)).value = new

    return mutate


def rename_sheet(old: str, new: str) -> Mutation:
    def mutate(book: Workbook) -> None:
        book[old].title = new

    return mutate


def delete_sheet(name: str) -> Mutation:
    return lambda book: book.remove(book[name])


def copy_sheet(name: str, *, change: str = "") -> Mutation:
    def mutate(book: Workbook) -> None:
        copied = book.copy_worksheet(book[name])
        copied.title = f"{name} (2)"
        if change:
            type_in(at(copied, "J1a.1", "Progress made"), change)

    return mutate


def sort_rows(name: str, first: str = "", last: str = "", *, down: bool = False) -> Mutation:
    """Sort by the first of these columns: whole rows, or the block between two columns alone."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        top = heading_row(sheet) + 1
        left = column_of(sheet, first) if first else 1
        right = column_of(sheet, last) if last else sheet.max_column
        block = [
            [sheet.cell(row, column).value for column in range(left, right + 1)]
            for row in range(top, sheet.max_row + 1)
        ]
        full, blank = [row for row in block if row[0]], [row for row in block if not row[0]]
        rows = [*sorted(full, key=lambda row: str(row[0]), reverse=down), *blank]  # Excel puts blanks last, either way
        for down_by, row in enumerate(rows):
            for across, value in enumerate(row):
                sheet.cell(top + down_by, left + across).value = value

    return mutate


def paste(name: str, ref: str, heading: str, *texts: str) -> Mutation:
    """Paste texts side by side, over whatever stands there, locked or not."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        for across, text in enumerate(texts):
            type_in(sheet.cell(row_of(sheet, ref), column_of(sheet, heading) + across), text)  # type: ignore[arg-type]  # cells of a table, none merged

    return mutate


def type_at(name: str, cell: str, text: str = BY_THE_WAY) -> Mutation:
    return lambda book: type_in(book[name][cell], text)


def append_to(name: str, cell: str, text: str = BY_THE_WAY) -> Mutation:
    return lambda book: type_in(book[name][cell], f"{book[name][cell].value} {text}")


def only_sheet(name: str, new_name: str = "Sheet1", *, down: int = 0, right: int = 0, above: str = "") -> Mutation:
    """One sheet copied into a new workbook: its cells, so far down and right, and nothing else of the file."""

    def mutate(book: Workbook) -> None:
        rows = values_of(book[name])
        old = list(book)
        fresh = book.create_sheet("Fresh")
        for sheet in old:
            book.remove(sheet)
        fresh.title = new_name
        for place, row in enumerate(rows, down + 1):
            for column, value in enumerate(row, right + 1):
                fresh.cell(place, column).value = value
        if above:
            fresh.cell(1, 1).value = above
        forget_properties(book)

    return mutate


def forget_properties(book: Any) -> None:
    """Drop the custom properties, of which the type stubs know nothing."""
    for name in list(book.custom_doc_props.names):
        del book.custom_doc_props[name]


def swap_keys(name: str, one: str, other: str) -> Mutation:
    def mutate(book: Workbook) -> None:
        cells = at(book[name], one, "Key"), at(book[name], other, "Key")
        cells[0].value, cells[1].value = cells[1].value, cells[0].value

    return mutate


def merge_cells(name: str, area: str) -> Mutation:
    """Merge cells: the first keeps its text, those of the others are gone."""
    return lambda book: book[name].merge_cells(area)


def merge_over(name: str, area: str) -> Mutation:
    """Merge cells so that those that are covered keep their texts, as LibreOffice offers first."""
    return lambda book: book[name].merged_cells.add(area)


def double_column(name: str, heading: str, ref: str = "", text: str = "") -> Mutation:
    """A second column with the heading and texts of one, to its right; perhaps something else in one of its rows."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        source = column_of(sheet, heading)
        sheet.insert_cols(source + 1)
        for row in range(heading_row(sheet), sheet.max_row + 1):
            sheet.cell(row, source + 1).value = sheet.cell(row, source).value
        if ref:
            type_in(sheet.cell(row_of(sheet, ref), source + 1), text)  # type: ignore[arg-type]  # a new column holds plain cells

    return mutate


def hide_sheet(name: str) -> Mutation:
    def mutate(book: Workbook) -> None:
        book[name].sheet_state = "hidden"

    return mutate


def add_sheet(name: str, cell: str, text: str = BY_THE_WAY) -> Mutation:
    def mutate(book: Workbook) -> None:
        book.create_sheet(name)[cell].value = text

    return mutate


def move_row(name: str, ref: str, to: int) -> Mutation:
    """Cut a whole row and paste it into another."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        source = row_of(sheet, ref)
        copy_row(sheet, source, to)
        for column in range(1, sheet.max_column + 1):
            sheet.cell(source, column).value = None

    return mutate


def delete_headings(name: str) -> Mutation:
    return lambda book: book[name].delete_rows(heading_row(book[name]))


def type_row(name: str, row: int, **texts: str) -> Mutation:
    """Type a row of one's own: `type_row("Progress", 9, A="J1b.2", B="Another action")`."""

    def mutate(book: Workbook) -> None:
        for column, text in texts.items():
            type_in(book[name][f"{column}{row}"], text)

    return mutate


def paste_down(name: str, ref: str, heading: str, *paragraphs: str, blank: tuple[str, ...] = ()) -> Mutation:
    """Paste paragraphs into one cell: all but the first fall into the rows below, where these headings are blank."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        top = row_of(sheet, ref)
        for row, text in enumerate(paragraphs, top):
            for other in blank if row > top else ():
                sheet.cell(row, column_of(sheet, other)).value = None
            type_in(sheet.cell(row, column_of(sheet, heading)), text)  # type: ignore[arg-type]  # cells of a table, none merged

    return mutate
