"""How every workbook looks: fonts, fills, borders and number formats, in XlsxWriter's words. All pass 4.5 to 1."""

from __future__ import annotations

from collections.abc import Mapping

from plan_sheets.core.book.measure import FONT_POINTS
from plan_sheets.core.model.dates import Precision

Style = Mapping[str, str | int | bool]
"""Properties of a format, as `Workbook.add_format` takes them."""

FONT: Style = {"font_name": "Arial", "font_size": FONT_POINTS}

_TEXT: Style = {**FONT, "text_wrap": True, "valign": "top", "align": "left", "border": 1}
_LOCKED: Style = {**_TEXT, "border_color": "#B1B4B6"}
_HEADING: Style = {**_TEXT, "bold": True}

_DARK = "#1F3A5F"
_LOCKED_HEADING: Style = {**_HEADING, "font_color": "#FFFFFF", "bg_color": _DARK, "border_color": _DARK}
_TOTAL: Style = {**_LOCKED, "bold": True, "bg_color": "#E6ECF4"}

_GREY: Style = {"font_color": "#FFFFFF", "bg_color": "#505A5F"}
STATUS: Mapping[str, Style] = {
    "Red": {"font_color": "#FFFFFF", "bg_color": "#D4351C"},
    "Amber": {"font_color": "#000000", "bg_color": "#FFC000"},
    "Green": {"font_color": "#FFFFFF", "bg_color": "#00703C"},
    "Blue": {"font_color": "#FFFFFF", "bg_color": "#1D70B8"},
    "Closed": _GREY,
    "Closed to business as usual": _GREY,
    "Withdrawn": _GREY,
    "Not reported": _GREY,
    "Not assessable": _GREY,
    "Taken out": _GREY,
    "Went on": _GREY,
}
"""The fill of each status word; the word itself always stands in the cell."""

TYPED = "typed "
"""How the name of a style begins that a status word has where it is typed."""
STYLES: Mapping[str, Style] = {
    # Left, whatever its words are written in: Excel and LibreOffice put what is written from right to left at the right
    # edge of its cell, and there it spills over the edge of the sheet and is lost.
    "title": {**FONT, "font_size": 16, "bold": True, "align": "left"},
    "line": {**FONT, "align": "left"},
    "lead": {**FONT, "bold": True},
    "headline": {**FONT, "font_size": 13, "bold": True, "font_color": _DARK, "align": "left"},
    "section": {**FONT, "font_size": 11, "bold": True, "font_color": _DARK, "align": "left"},
    "back": {**FONT, "align": "left", "font_color": "#1D5A9A", "underline": 1},
    "heading": _LOCKED_HEADING,
    "number heading": {**_LOCKED_HEADING, "align": "right"},
    "input heading": {**_HEADING, "font_color": "#000000", "bg_color": "#FFE9A8", "border_color": "#505A5F"},
    "locked": _LOCKED,
    "number": {**_LOCKED, "align": "right"},
    "total": _TOTAL,
    "total number": {**_TOTAL, "align": "right"},
    "input": {**_TEXT, "border_color": "#505A5F", "bg_color": "#FFFBE6", "num_format": "@", "locked": False},
    # Told from other cells to fill in by its border: by more than colour.
    "needed": {
        **_TEXT,
        "border": 2,
        "border_color": "#000000",
        "bg_color": "#FFFBE6",
        "num_format": "@",
        "locked": False,
    },
    # What has to be mended: told by its fill, which is no colour of RAG, by its border, a note, and words beside it.
    "mend": {
        **_TEXT,
        "border": 2,
        "border_color": "#5B2A86",
        "bg_color": "#E4CDF3",
        "num_format": "@",
        "locked": False,
    },
    "link": {**_LOCKED, "font_color": "#1D5A9A", "underline": 1},
    # The months in English words, whatever the computer's country is: that is what [$-809] asks for.
    Precision.DAY: {**_LOCKED, "num_format": "[$-809]d mmmm yyyy"},
    Precision.MONTH: {**_LOCKED, "num_format": "[$-809]mmmm yyyy"},
    **{word: {**_LOCKED, **colours, "bold": True} for word, colours in STATUS.items()},
    **{TYPED + word: colours for word, colours in STATUS.items()},
}
"""Every kind of cell, by name: real dates by their precision, status words as they stand and as they are typed."""

DATE_WIDTH = 18
"""The least width of a column with a real date, in characters: Excel shows #### where a date does not fit."""
DEFAULT_ROW_PIXELS = 17
"""The height of a row with one line of the font."""
