"""What a workbook says beside the values of its cells: colours, strike-through, number formats, merges, hidden lines.

The parser reads values only. Conditional formats are not read: they follow from the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.number_format import BUILT_IN, GENERAL, is_date, shows_whole_date


@dataclass(slots=True)
class CellStyles:
    """What cell styles say, by their number; styles that say nothing are left out."""

    painted: dict[int, str] = field(default_factory=dict)
    """Names of RAG colours."""
    struck: set[int] = field(default_factory=set)
    formats: dict[int, str] = field(default_factory=dict)
    """Number formats, except General, Text and formats of whole dates."""

    def list_numbers(self) -> set[int]:
        """The numbers of those that say anything."""
        return {*self.painted, *self.struck, *self.formats}


def make_styles(
    codes: Mapping[str, str], fonts: Sequence[bool], fills: Sequence[str], cells: Iterable[tuple[str, int, int]]
) -> CellStyles:
    """Make the styles of a workbook from the numbers of the format, font and fill of each of them.

    `codes`: number formats by their number; `fonts`: whether each is struck through; `fills`: names of RAG colours.
    """
    styles = CellStyles()
    for number, (format_, font, fill) in enumerate(cells):
        if code := find_telling_format(format_, codes):
            styles.formats[number] = code
        if fill < len(fills) and fills[fill]:
            styles.painted[number] = fills[fill]
        if font < len(fonts) and fonts[font]:
            styles.struck.add(number)
    return styles


def find_telling_format(number: str, codes: Mapping[str, str]) -> str:
    """The number format with this number if it may show something else than the value; else ""."""
    code = codes.get(number) or BUILT_IN.get(int(number) if number.isdigit() else 0, GENERAL)
    return "" if code in (GENERAL, "@") or (is_date(code) and shows_whole_date(code)) else code


@dataclass(slots=True)
class SheetLooks:
    """What one sheet says beside the values of its cells, by the references of these."""

    styles: CellStyles = field(default_factory=CellStyles)
    limits: Limits = LIMITS
    painted: dict[str, str] = field(default_factory=dict)
    """Colours (red, amber, yellow, green, blue)."""
    struck: set[str] = field(default_factory=set)
    """Cells, blank ones too, that are struck through as a whole or in part."""
    formats: dict[str, str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    """Ranges of merged cells, such as `A1:C2`."""
    rows: list[tuple[int, int]] = field(default_factory=list)
    """Hidden rows, counted from 0: (first, last)."""
    columns: list[tuple[int, int]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    """The cells with links, by the ids of the relations that say where these lead."""
    pictures: dict[str, int] = field(default_factory=dict)
    """Cells with a value that other programs cannot show, mostly a picture, and the number of that value."""
    texts: dict[str, str] = field(default_factory=dict)
    """xls and xlsb: what cells with an error or formula show, if the parser says something else; "" if unknown."""

    def add_style(self, place: str, style: int) -> None:
        """Add what the style of a cell says."""
        styles, most = self.styles, self.limits.painted
        if style in styles.painted and len(self.painted) < most:
            self.painted[place] = styles.painted[style]
        if style in styles.formats and len(self.formats) < most:
            self.formats[place] = styles.formats[style]
        if style in styles.struck and len(self.struck) < most:
            self.struck.add(place)

    def add_merge(self, area: str) -> None:
        """Add a range of merged cells. Raises RefusedError if there are too many."""
        self.merged.append(area)
        if len(self.merged) > self.limits.merges:
            raise RefusedError("file_too_many_merges", limit=f"{self.limits.merges:,}")
