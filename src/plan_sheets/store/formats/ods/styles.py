"""Reads the styles of an ods: the colour of a cell, whether it is struck through, which parts of a date it shows."""

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
"""A letter for each part of a date; `n` is minutes, "?" a part that is not supported."""
_DEEPEST = 20
"""How many parents of a style are followed."""


class OdsLook(NamedTuple):
    """What the style of a cell says."""

    colour: str = ""
    """The name of the RAG colour of the cell; "" for other colours."""
    struck: bool = False
    date: str | None = None
    """The parts of a date that the cell shows, such as `m-y`; None if the style does not say."""

    @property
    def shows_date(self) -> bool:
        """Whether the cell shows a date or a part of one, not only a time."""
        return bool({*"dmy?"} & {*(self.date or "")})


class OdsStyles:
    """All styles of an ods, read tag by tag: first those of `styles.xml`, then those of the content."""

    def __init__(self) -> None:
        self._styles: dict[tuple[str, str], dict[str, str]] = {}
        self._dates: dict[str, list[str]] = {}
        self._style: dict[str, str] = {}
        self._parts: list[str] = []
        self._looks: dict[str, OdsLook] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Read the beginning of a tag that may belong to a style."""
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
        """What the style of this name says of a cell."""
        if name not in self._looks:
            properties = self._inherited("table-cell", name)
            parts = self._dates.get(properties.get("style:data-style-name", ""))
            date = None if parts is None else "-".join(parts)
            self._looks[name] = OdsLook(
                name_colour(properties.get("fo:background-color", "")), _is_struck(properties), date
            )
        return self._looks[name]

    def is_struck(self, name: str) -> bool:
        """Whether a text style of this name is struck through."""
        return _is_struck(self._inherited("text", name))

    def is_shown(self, name: str) -> bool:
        """Whether a sheet with the style of this name is visible."""
        return self._inherited("table", name).get("table:display") != "false"

    def _inherited(self, family: str, name: str) -> dict[str, str]:
        """The properties of a style, with those of its parents that it does not set itself."""
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
