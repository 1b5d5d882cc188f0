"""How much room text takes on a sheet: lines, row heights, and the paper that a table is printed on.

Arial, 10 points, is the font of every sheet; widths of columns are in characters, as Excel counts them; all else is in
points. Widths of letters are Arial's own, so a height is seldom more than a tenth too large and never a line too small.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from functools import lru_cache

FONT_POINTS = 10
LINE_POINTS = 12.75
"""The height of one line of Arial 10 in Excel; LibreOffice needs 11.2."""
LOOK_POINTS = {"title": 2 * LINE_POINTS, "headline": 18.0, "section": 17.25}
"""The heights of the lines above a table that are taller than one line, by how they look."""
FILTER_WIDTH = 2.5
"""What the arrow of a filter takes of its heading's width, in characters."""
BOLD_ROOM = 0.92
"""The share of a column's width that counts for bold text, whose letters are wider."""
TALLEST_ROW = 409.0
"""Excel's limit for the height of a row, in points."""
SMALLEST_PRINT = 8
"""Below this many points on A4 a sheet is printed on A3."""
MARGIN_INCHES = 0.4
"""Left and right margin of the printed page."""
HEAD_INCHES = 0.4
"""Its top and bottom margin."""

_CHARACTER_POINTS = 7 * 0.75
_PADDING_POINTS = 5 * 0.75
_STANDARD_COLUMN_POINTS = 64 * 0.75
STANDARD_WIDTH = (_STANDARD_COLUMN_POINTS - _PADDING_POINTS) / _CHARACTER_POINTS
"""The width of a column that nobody has set, in characters."""
_LOST_AT_LINE_ENDS = 18
"""What a line loses, in points, because words are not broken: found by measuring 200 texts in ten widths."""

_SHORT = 1_000
"""Up to this many characters words are measured one by one: in narrow columns an estimate is far too generous."""
_REMEMBERED, _REMEMBERED_WORDS = 1 << 16, 1 << 12
"""How many texts' lines and how many words' widths are remembered: a made workbook is measured, and then inspected."""
_BREAKS = re.compile("(?<=[-/])")
_WORDS = re.compile(r" |(?<=\w-)(?=[^\W\d])")
"""Where a line may end: at a blank, and behind a hyphen that no figure follows."""
_BLANK_POINTS = 278 * FONT_POINTS / 1000

_LETTERS_BY_WIDTH = {
    222: "ijl'|",
    278: " !,./:;I\\[]ft\t",
    333: '-()r`"',
    500: "cksvxyzJ",
    611: "FTZ~+<>=",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "@?",
}
"""Thousandths of the font's size; every other letter is 556. `?` also stands for what Latin-1 does not hold: emoji."""


def _width_table() -> bytes:
    widths = [556] * 256
    for width, letters in _LETTERS_BY_WIDTH.items():
        for letter in letters:
            widths[ord(letter)] = width
    return bytes(width // 4 for width in widths)


_QUARTER_WIDTHS = _width_table()


class Paper(IntEnum):
    """A paper size, by Excel's number for it."""

    A3 = 8
    A4 = 9


_LANDSCAPE_POINTS = {Paper.A3: 420 / 25.4 * 72, Paper.A4: 297 / 25.4 * 72}
_LANDSCAPE_DOWN = {Paper.A3: 297 / 25.4 * 72, Paper.A4: 210 / 25.4 * 72}


def text_points(text: str) -> float:
    """The width of a text on one line, in points."""
    return sum(text.encode("latin-1", "replace").translate(_QUARTER_WIDTHS)) * FONT_POINTS / 250


def number_width(text: str) -> float:
    """The width of a column, in characters, in which a number is shown, be it bold."""
    return math.ceil(10 * text_points(text) / _CHARACTER_POINTS / BOLD_ROOM) / 10


def most_lines(text: str, width: float) -> float:
    """An upper limit of the lines that a text takes in a column, whatever its letters: quick, and rough."""
    room = width * _CHARACTER_POINTS
    widest = len(text) * FONT_POINTS
    if widest <= room and "\n" not in text:
        return 1
    return 1 + text.count("\n") + widest / max(room - _LOST_AT_LINE_ENDS, room / 2, 1)


def fitting_length(width: float) -> int:
    """So many letters fit one line of a column of this width (characters), whichever they are."""
    return int(width * _CHARACTER_POINTS / FONT_POINTS)


def lines_needed(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width (characters) where text wraps."""
    if "\n" in text:
        return sum([lines_needed(paragraph, width) for paragraph in text.split("\n")])
    room = width * _CHARACTER_POINTS
    if len(text) * FONT_POINTS <= room:  # no letter is wider than it is tall
        return 1
    return _short_lines(text, room) if len(text) <= _SHORT else _long_lines(text, room)


@lru_cache(_REMEMBERED)
def _short_lines(text: str, room: float) -> int:
    return 1 if text_points(text) <= room else _wrapped(text, max(room, 1))


def _long_lines(text: str, room: float) -> int:
    length = text_points(text)
    return 1 if length <= room else math.ceil(length / max(room - _LOST_AT_LINE_ENDS, room / 2, 1))


_word_points = lru_cache(_REMEMBERED_WORDS)(text_points)


def _wrapped(text: str, room: float) -> int:
    """How many lines a text takes if each is filled with whole words; behind a hyphen a blank is counted too.

    A word wider than a line is broken behind its hyphens and slashes, and else where the line ends.
    """
    lines, used = 1, -_BLANK_POINTS  # no blank stands before the first word
    for word in _WORDS.split(text) if "-" in text else text.split(" "):
        wide = _word_points(word)
        if used + _BLANK_POINTS + wide <= room:
            used += _BLANK_POINTS + wide
        elif wide <= room:
            lines, used = lines + 1, wide
        else:
            lines, used = lines + (used > 0), 0.0
            for part in map(text_points, _BREAKS.split(word)):
                if used and used + part > room:
                    lines, used = lines + 1, 0.0
                lines, used = lines + int((used + part) // room), (used + part) % room
    return lines


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """The height, in points, of a row with these texts in columns of these widths; it may exceed `TALLEST_ROW`."""
    return LINE_POINTS * max((lines_needed(text, width) for text, width in cells), default=1)


def height_above(looks: Iterable[str]) -> float:
    """The height, in points, of a sheet's title, of the lines that look so, and of the blank one below them."""
    return LOOK_POINTS["title"] + LINE_POINTS + sum(LOOK_POINTS.get(look, LINE_POINTS) for look in looks)


def print_scale(widths: Iterable[float], paper: Paper) -> float:
    """The scale at which columns of these widths are printed one page wide, landscape: 1 at most."""
    table = _points(widths)
    return min(1.0, _room(paper) / table) if table else 1.0


def page_room(widths: Iterable[float], paper: Paper) -> float:
    """How much of the sheet (points down) goes on one page, columns of these widths being printed one page wide."""
    return (_LANDSCAPE_DOWN[paper] - 2 * HEAD_INCHES * 72) / print_scale(widths, paper)


def spare_columns(widths: Iterable[float], lines: Iterable[str]) -> int:
    """How many columns of the standard width to print beside these: all that fit on A4, and what these lines need."""
    table = _points(widths)
    spill = max((text_points(line) for line in lines), default=0.0)
    fitting = math.floor((_room(Paper.A4) - table) / _STANDARD_COLUMN_POINTS)
    return max(0, fitting, math.ceil((spill - table) / _STANDARD_COLUMN_POINTS))


def _points(widths: Iterable[float]) -> float:
    return sum(width * _CHARACTER_POINTS + _PADDING_POINTS for width in widths)


def _room(paper: Paper) -> float:
    return _LANDSCAPE_POINTS[paper] - 2 * MARGIN_INCHES * 72


def choose_paper(widths: Iterable[float]) -> Paper:
    """A4, or A3 where A4 would print under `SMALLEST_PRINT` points."""
    return Paper.A4 if print_scale(widths, Paper.A4) * FONT_POINTS >= SMALLEST_PRINT else Paper.A3


def fold_line(text: str, width: float) -> Iterator[str]:
    """The text in lines that each fit this width (characters), broken between words."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and lines_needed(longer, width) > 1:
            yield line
            longer = word
        line = longer
    yield line


def narrow_to_print(widths: Sequence[float]) -> Sequence[float]:
    """The widths (characters) of a table's columns, all narrowed alike where even A3 would print it too small."""
    fitted = widths
    for percent in range(99, 50, -1):
        if print_scale(fitted, Paper.A3) * FONT_POINTS >= SMALLEST_PRINT:
            break
        fitted = [math.floor(width * percent / 100 * 7) / 7 for width in widths]  # whole pixels, as a file keeps them
    return fitted
