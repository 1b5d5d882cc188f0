"""A cell of an ods: what it holds, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from plan_sheets.core.model.found import CellKind, FoundCell
from plan_sheets.store.formats.number_format import format_date
from plan_sheets.store.formats.ods.styles import OdsLook
from plan_sheets.store.formats.values import make_cell

_NUMBERS = ("float", "percentage", "currency")


@dataclass(slots=True)
class OdsCell:
    """A cell while it is read: its attributes and its words. It stands in `times` columns."""

    attributes: Mapping[str, str]
    times: int
    words: list[str] = field(default_factory=list)
    paragraphs: int = 0
    struck: bool = False

    def get(self, name: str) -> str:
        """An attribute of the cell; "" if it has none of that name."""
        return self.attributes.get(name, "")

    def join_words(self) -> str:
        """The words of the cell as they are shown."""
        return "".join(self.words)


def read_held(cell: OdsCell, *, in_matrix: bool) -> FoundCell | None:
    """What a cell holds; None if it is blank. `in_matrix`: whether a formula elsewhere fills it."""
    formula = cell.get("table:formula").partition("=")[2]
    is_error = cell.get("calcext:value-type") == "error"
    value = _read_value(cell)
    if is_error or formula or (in_matrix and cell.get("office:value-type")):
        text = value.text if value else ""
        return FoundCell(text, CellKind.ERROR if is_error else CellKind.FORMULA, f"={formula}" if formula else "")
    return value


def _read_value(cell: OdsCell) -> FoundCell | None:
    """The value of a cell by its type; its words if it has no type or the value is invalid."""
    kind = cell.get("office:value-type")
    try:
        if kind in _NUMBERS:
            return make_cell(float(cell.get("office:value")))
        if kind == "date":
            return make_cell(datetime.fromisoformat(cell.get("office:date-value")))
        if kind == "time":
            return make_cell(_read_duration(cell.get("office:time-value")))
    except (ValueError, OverflowError):
        kind = ""
    if kind == "boolean" and cell.get("office:boolean-value") in ("true", "false"):
        return make_cell(cell.get("office:boolean-value") == "true")
    text = cell.get("office:string-value") or cell.join_words()
    return FoundCell(text) if text else None


_LENGTH = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?")


def _read_duration(duration: str) -> timedelta:
    """Read a time of day or a length of time (`PT14H30M00S`). Raises ValueError if it is none, OverflowError."""
    match = _LENGTH.fullmatch(duration)
    if not match or duration.endswith(("P", "T")):
        raise ValueError(duration)
    days, hours, minutes = (int(part or "0") for part in match.groups()[1:4])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=float((match[5] or "0").replace(",", ".")))
    return -length if match[1] else length


def read_as_date(found: FoundCell, look: OdsLook, first_day: datetime) -> FoundCell:
    """Turn a number in a date style into its date, in days from `first_day`; Calligra stores dates so."""
    if found.kind is not CellKind.NUMBER or not look.shows_date:
        return found
    try:
        return make_cell(first_day + timedelta(days=float(found.text)))
    except OverflowError:
        return found


def find_shown(cell: OdsCell, found: FoundCell, look: OdsLook) -> str:
    """What a cell shows of its number or date; "" if that is not known."""
    if found.kind is CellKind.NUMBER:
        shown = cell.join_words().strip()
        return found.text if shown in ("", cell.get("office:value")) else shown
    return _find_shown_date(cell, found, look) if found.kind is CellKind.DATE else found.text


def _find_shown_date(cell: OdsCell, found: FoundCell, look: OdsLook) -> str:
    """What a cell shows of its date, which may be its month or year only: by its style, or else by its words."""
    if look.date is None:
        day, words = found.text.split(" ")[0], cell.join_words()
        hides = words and int(day) not in map(int, re.findall("[0-9]{1,9}", words))
        return "" if hides else found.text
    if "d" in look.date or not look.shows_date:
        return found.text
    return "" if "?" in look.date else format_date(found.text, look.date)
