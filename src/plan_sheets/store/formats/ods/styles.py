"""What the styles of an ods say of a cell: its colour, whether it is struck through, how much of a date it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from plan_sheets.store.formats.colours import name_colour

_PARTS = {
    "number:day": "d",
    "number:day-of-week": "d",
    "number:month": "m",
    "number:year": "y",
    "number:hours": "h",
    "number:minutes": "n",
    "number:seconds": "s",
    "number:quarter": "?",
    "number:week-of-year": "?",
    "number:era": "?",
}
"""The parts of a date by a letter each, `n` being minutes; "?" for what nobody here can follow."""
_DEEPEST = 20
"""How many styles may stand above one."""


class OdsLook(NamedTuple):
    """How a cell looks."""

    colour: str = ""
    """The colour of RAG that it is painted in; "" for any other."""
    struck: bool = False
    date: str | None = None
    """The parts of a date that it shows, such as `m-y`; None where the style does not say."""

    @property
    def shows_date(self) -> bool:
        """Whether what it shows is a date, or a part of one: more than a time."""
        return bool({*"dmy?"} & {*(self.date or "")})


class OdsStyles:
    """Every style of an ods, gathered tag by tag: those of `styles.xml` first, then those of the content."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, str], dict[str, str]] = {}
        self._dates: dict[str, list[str]] = {}
        self._style: dict[str, str] = {}
        self._parts: list[str] = []
        self._looks: dict[str, OdsLook] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A tag begins that may be of a style."""
        if tag in _PARTS:
            self._parts.append(_PARTS[tag])
        elif tag == "number:date-style":
            self._style, self._parts = {}, []
            self._dates[attributes.get("style:name", "")] = self._parts
        elif tag == "style:style":
            self._style = dict(attributes)
            self._styles[attributes.get("style:family", "table-cell"), attributes.get("style:name", "")] = self._style
        elif tag in ("style:table-cell-properties", "style:text-properties", "style:table-properties"):
            self._style.update(attributes)
        elif "style:name" in attributes or tag == "style:default-style":
            self._style, self._parts = {}, []  # what follows is about something else

    def look(self, name: str) -> OdsLook:
        """How a cell in this style looks."""
        if name not in self._looks:
            properties = self._inherited("table-cell", name)
            parts = self._dates.get(properties.get("style:data-style-name", ""))
            date = None if parts is None else "-".join(parts)
            self._looks[name] = OdsLook(
                name_colour(properties.get("fo:background-color", "")), _is_struck(properties), date
            )
        return self._looks[name]

    def is_struck(self, name: str) -> bool:
        """Whether a part of a text in this style is struck through."""
        return _is_struck(self._inherited("text", name))

    def is_shown(self, name: str) -> bool:
        """Whether a sheet in this style is."""
        return self._inherited("table", name).get("table:display") != "false"

    def _inherited(self, family: str, name: str) -> dict[str, str]:
        """What a style says, and those that it is made from where it says nothing."""
        properties: dict[str, str] = {}
        for _ in range(_DEEPEST):
            style = self._styles.get((family, name))
            if style is None:
                break
            properties = {**style, **properties}
            name = style.get("style:parent-style-name", "")
        return properties


def _is_struck(properties: Mapping[str, str]) -> bool:
    return properties.get("style:text-line-through-style", "none") != "none"
