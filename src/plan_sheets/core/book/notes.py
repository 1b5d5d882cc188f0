"""The sheet `Notes`, made only when needed: what is to be said beside the tables, and text too long for a row.

Of such a text the cell keeps what fits, and the rest goes on in Notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet
from plan_sheets.core.book.measure import LINE_POINTS, TALLEST_ROW, most_lines, row_height

NAME = "Notes"
FITS_ANYWHERE = 100
"""Characters that even the narrowest column shows in one row."""
MOST_IN_A_ROW = 8_000
"""The most characters that are tried in one row: a text of a million would be measured a thousand times."""
_FIELDS = {
    "ref": Field("note", "ref", "Note", scope="derived", fill="tool", width=8),
    "where": Field("note", "where", "Belongs to", scope="derived", fill="tool", width=34),
    "text": Field("note", "text", "Text", scope="derived", fill="tool", width=96),
}
_COLUMNS = tuple(Column(field, field.title, width=field.width) for field in _FIELDS.values())


SAID_LINE = "What is not known, and of what."
LONG_LINE = "Text that was too long for its cell goes on here, in order."


def with_notes(book: Book, texts: Sequence[tuple[str, str]] = ()) -> Book:
    """The book with a sheet of notes: first these `texts` (name and text), then what no row can show.

    Every locked text that is too long for its row is cut, and carried on there. The very book if there is neither.
    """
    notes: list[Row] = []
    for where, text in texts:
        _note(notes, where, _parts(text, _FIELDS["text"].width, "", _FIELDS["text"].width))
    many = len(notes)
    sheets = tuple(_shortened(sheet, notes) for sheet in book.sheets)
    if not notes:
        return book
    lines = (*([SAID_LINE] if many else []), *([LONG_LINE] if len(notes) > many else []))
    at = next((place for place, sheet in enumerate(sheets) if sheet.name == "About"), len(sheets))
    made = Sheet(NAME, "Notes", lines, _COLUMNS, tuple(notes))
    return replace(book, sheets=(*sheets[:at], made, *sheets[at:]))


def _shortened(sheet: Sheet, notes: list[Row]) -> Sheet:
    lengths = [[len(content) for content in row.cells if isinstance(content, str)] for row in sheet.rows]
    long = [max(found, default=0) > FITS_ANYWHERE for found in lengths]
    if not any(long):
        return sheet
    rows = zip(sheet.rows, long, strict=True)
    return replace(sheet, rows=tuple([_row_shortened(row, sheet, notes) if is_long else row for row, is_long in rows]))


def _row_shortened(row: Row, sheet: Sheet, notes: list[Row]) -> Row:
    cells = [
        content
        if type(content) is not str or sheet.is_input(row, column)
        else _short(content, column, f"{row.ref} {column.heading}, {sheet.name}", notes)
        for column, content in zip(sheet.columns, row.cells, strict=True)
    ]
    return row._replace(cells=tuple(cells))


def _short(content: str, column: Column, where: str, notes: list[Row]) -> str:
    if most_lines(content, column.width) * LINE_POINTS <= TALLEST_ROW:
        return content
    if row_height([(content, column.width)]) <= TALLEST_ROW:
        return content
    numbers = len(notes) + 1
    ending = f"… (goes on in {NAME}, {numbers})"
    first, *rest = _parts(content, column.width, ending, _FIELDS["text"].width)
    _note(notes, where, rest)
    return first + ending


def _note(notes: list[Row], where: str, parts: Iterable[str]) -> None:
    for part in parts:
        number = str(len(notes) + 1)
        notes.append(Row(number, (number, where, part)))


def _parts(text: str, first_width: float, ending: str, width: float) -> Iterator[str]:
    """The text in parts that each fit a row, broken at a blank if there is one; joined, they are the text again."""
    room, reserve = first_width, ending
    while text:
        cut = _fitting(text, room, reserve)
        yield text[:cut]
        text, room, reserve = text[cut:], width, ""


def _fitting(text: str, width: float, ending: str) -> int:
    """How many characters of a text a row can show in a column of this width, with this ending."""
    low, high = 1, min(len(text), MOST_IN_A_ROW)
    if len(text) <= MOST_IN_A_ROW and row_height([(text + ending, width)]) <= TALLEST_ROW:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        fits = row_height([(text[:middle] + ending, width)]) <= TALLEST_ROW
        low, high = (middle, high) if fits else (low, middle - 1)
    blank = max(text.rfind(" ", 0, low), text.rfind("\n", 0, low))
    return blank + 1 if blank > low // 2 else low
