"""XlsxWriter's options for a chart: every part has a pattern and a number as well as a colour."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from plan_sheets.core.book.layout import Chart, Content, Sheet, as_text
from plan_sheets.core.book.measure import FONT_POINTS
from plan_sheets.core.book.style import DEFAULT_ROW_PIXELS, FONT

WIDTH, TALLEST, GAP = 490, 440, 14
"""The chart at most, and the gap between it and the table, in pixels: both fit a screen of 1366 by 768."""
AROUND, A_BAR = 140, 60
"""What title and legend take, and one bar with its gap, in pixels."""
COLUMNS = ceil((WIDTH + GAP) / 64)
ROWS = ceil(TALLEST / DEFAULT_ROW_PIXELS)
"""How many columns of the standard width, and rows of one line, the chart covers at most."""

_LABELLED = 1 / 40
"""A part that is shorter than this share of the longest bar has no room for its number; the table shows it."""
_INK, _PAPER = "#0B0C0C", "#FFFFFF"


def _make_pattern(name: str, ink: str, paper: str) -> dict[str, dict[str, str]]:
    return {"pattern": {"pattern": name, "fg_color": ink, "bg_color": paper}}


FILLS = {
    "Red": {"fill": {"color": "#D4351C"}},
    "Not reported": _make_pattern("wide_upward_diagonal", "#505A5F", _PAPER),
    "Amber": {"fill": {"color": "#FFC000"}},
    "Not assessable": _make_pattern("narrow_vertical", "#505A5F", _PAPER),
    "Green": _make_pattern("light_downward_diagonal", _PAPER, "#00703C"),
    "Blue": _make_pattern("small_grid", "#1D70B8", _PAPER),
    "Closed": _make_pattern("light_upward_diagonal", _PAPER, "#505A5F"),
    "Withdrawn": {"fill": {"color": _PAPER}},
}
"""The fill of each status word. They differ without colour too: those without a pattern are dark (Red), light (Amber)
and white (Withdrawn)."""


def list_series(sheet: Sheet, chart: Chart) -> Iterator[dict[str, Any]]:
    """The options of `add_series` for each part, the first at the left."""
    first, last = sheet.heading_row + 1, sheet.heading_row + len(sheet.rows)
    label, places = sheet.place(chart.label), [*map(sheet.place, chart.parts)]
    longest = max(sum(_read_number(row.cells[place]) for place in places) for row in sheet.rows)
    for place in places:
        heading = sheet.columns[place].heading
        yield {
            "name": [sheet.name, sheet.heading_row, place],
            "categories": [sheet.name, first, label, last, label],
            "values": [sheet.name, first, place, last, place],
            "categories_data": [as_text(row.cells[label]) for row in sheet.rows],
            "values_data": [as_text(row.cells[place]) for row in sheet.rows],
            **FILLS[heading],
            "border": {"color": _INK, "width": 0.75},
            "gap": 60,
            "data_labels": {
                "value": True,
                "font": _make_font(bold=True),
                "fill": {"color": _PAPER},
                "custom": [
                    None if _read_number(row.cells[place]) > longest * _LABELLED else {"delete": True}
                    for row in sheet.rows
                ],
            },
        }


def _read_number(content: Content) -> int:
    return content if isinstance(content, int) else 0


def list_settings(sheet: Sheet, chart: Chart) -> dict[str, dict[str, Any]]:
    """The other options of the chart, by the name of XlsxWriter's method; its axis y stands upright, as one sees it."""
    height = min(AROUND + A_BAR * len(sheet.rows), TALLEST)
    return {
        "set_title": {"name": chart.title, "overlay": False, "name_font": _make_font(bold=True, size=12)},
        "set_legend": {"position": "bottom", "font": _make_font()},
        "set_x_axis": {"visible": False, "min": 0, "major_gridlines": {"visible": False}},
        "set_y_axis": {"num_font": _make_font(), "reverse": True, "major_gridlines": {"visible": False}},
        "set_size": {"width": WIDTH, "height": height},
    }


def _make_font(*, bold: bool = False, size: int = FONT_POINTS) -> dict[str, Any]:
    return {"name": FONT["font_name"], "size": size, "bold": bold, "color": _INK}
