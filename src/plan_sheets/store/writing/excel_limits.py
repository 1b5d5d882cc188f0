"""The limits of a workbook: lengths of texts, characters, names. Lengths are in UTF-16 units, as Excel counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

from plan_sheets.core.book.layout import Book, Link, Sheet
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.printable import printable

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_LINKS = 65_530
"""Links on one sheet; XlsxWriter leaves out the others without an error, as it does the rows that are too many."""
LONGEST_TEXT = 32_767
LONGEST_PROMPT = 255
LONGEST_PROMPT_TITLE = 32
LONGEST_LIST = 255
LONGEST_HEADING = 255
LONGEST_PROPERTY = 255
LONGEST_HEADER = 200
"""Excel allows 255 characters; the rest is for codes and doubled ampersands."""
FIRST_YEAR = 1900
"""The first year of Excel's calendar."""


def check_fits(book: Book) -> None:
    """Raise PlanSheetsError if a sheet of it would have more rows, columns or links than a workbook holds."""
    for sheet in book.sheets:
        rows, columns = sheet.heading_row + 1 + len(sheet.rows), len(sheet.columns)
        _check_most(book, sheet, rows, MOST_ROWS, "rows")
        _check_most(book, sheet, columns, MOST_COLUMNS, "columns")
        if rows * columns > MOST_LINKS:
            links = sum(isinstance(content, Link) for row in sheet.rows for content in row.cells)
            _check_most(book, sheet, links, MOST_LINKS, "links")


def _check_most(book: Book, sheet: Sheet, count: int, most: int, what: str) -> None:
    if count > most:
        raise PlanSheetsError(
            f"The sheet '{sheet.name}' of the workbook '{book.title}' would have {count:,} {what}; "
            f"Excel holds {most:,}.",
            "Make it for fewer boards, or divide the plan. Nothing was changed.",
        )


def count_units(text: str) -> int:
    """The length of a text in UTF-16 units: an emoji has two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def fit_text(text: str, longest: int, what: str) -> str:
    """The text without characters that a file cannot hold. Raises PlanSheetsError that names `what` is too long."""
    length = count_units(text)
    if length > longest:
        raise PlanSheetsError(
            f"{what} has {length:,} characters; a workbook holds {longest:,} there.", "Shorten it, or split it in two."
        )
    return printable(text)


def cut_text(text: str, longest: int) -> str:
    """The beginning of a text; an emoji is never cut in two."""
    return text.encode("utf-16-le", "replace")[: 2 * longest].decode("utf-16-le", "ignore")


def quote_sheet(sheet: str) -> str:
    """The name of a sheet as it stands in a formula."""
    return "'" + sheet.replace("'", "''") + "'"


def name_tables(sheets: Iterable[str]) -> list[str]:
    """A legal name for each sheet's table; it begins with `Table_`, so that it never looks like a cell's address."""
    names: list[str] = []
    for sheet in sheets:
        plain = "Table_" + re.sub(r"[^A-Za-z0-9]+", "_", sheet).strip("_")
        numbered = (plain if number == 1 else f"{plain}_{number}" for number in count(1))
        names.append(next(name for name in numbered if name.casefold() not in map(str.casefold, names)))
    return names
