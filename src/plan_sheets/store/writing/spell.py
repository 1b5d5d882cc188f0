"""The rows and shared texts of a sheet that is made by a mould, as XlsxWriter would write them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape

from plan_sheets.core.access.rules import is_in_words
from plan_sheets.core.book.layout import Content, Formula, Link, as_text
from plan_sheets.core.book.style import STATUS
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.store.writing.cells import CellKind, Spelling, fit_cell, is_real, list_kinds
from plan_sheets.store.writing.entry_cells import Place
from plan_sheets.store.writing.laid import LaidSheet

_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_AT_EDGE = re.compile(r"^\s|\s$")
_PLAIN = re.compile(r"[^\s<>&_\x00-\x1f](?:[^<>&_\x00-\x1f]*[^\s<>&_\x00-\x1f])?").fullmatch
_SST = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BEFORE_1900, _LAST_TRUE = date(1899, 12, 31).toordinal(), 59
"""Excel believes that 1900 was a leap year: after its 59th day it counts one too many."""


class Spelt(NamedTuple):
    """The rows of a sheet: their XML, how their cells look, and whether nothing in them has to be looked at itself."""

    xml: str
    looks: AbstractSet[Hashable]
    is_sure: bool


class _Pen:
    """Spells cells. `texts`: the numbers of the texts so far; `numbers`: of the formats."""

    def __init__(self, sheet: str, texts: dict[str, int], numbers: Mapping[str, int]) -> None:
        self.sheet, self.texts, self.numbers = sheet, texts, numbers
        self.looks = set[Hashable]()
        self.is_sure = True

    def spell(self, place: Place, content: Content, kind: CellKind) -> str:
        """The XML of a cell after its address."""
        if kind in ("input", "needed", "mend"):
            return self._spell_text(place, as_text(content), kind)
        if isinstance(content, str):
            return self._spell_locked(place, content, kind)
        if isinstance(content, Formula):
            text, kind_of_value = content.text.removeprefix("="), ' t="str"' if isinstance(content.value, str) else ""
            value = escape(str(content.value))
            return f'" s="{self._number(kind)}"{kind_of_value}><f>{escape(text)}</f><v>{value}</v></c>'
        if isinstance(content, Link):
            self.is_sure &= is_in_words(content.text)
            return self._spell_text(place, content.text, "link")
        if isinstance(content, PartialDate):
            return self._spell_date(place, content, kind)
        self.is_sure = False
        look = "total number" if kind == "total" else "number"
        return f'" s="{self._number(look)}"><v>{content:.16G}</v></c>'

    def _spell_date(self, place: Place, day: PartialDate, kind: CellKind) -> str:
        if not is_real(day):
            return self._spell_locked(place, day.words, kind)
        return f'" s="{self._number(day.precision, place[1])}"><v>{_count_days(day.last)}</v></c>'

    def _spell_locked(self, place: Place, text: str, kind: CellKind) -> str:
        if not text.strip():
            self.is_sure = False
        return self._spell_text(place, text, text if text in STATUS else kind)

    def _spell_text(self, place: Place, text: str, look: str) -> str:
        if not text:
            return f'" s="{self._number(look)}"/>'
        number = self.texts.setdefault(fit_cell(self.sheet, place, text), len(self.texts))
        return f'" s="{self._number(look)}" t="s"><v>{number}</v></c>'

    def _number(self, look: str, column: int | None = None) -> int:
        self.looks.add((look, column))
        return self.numbers[look]


def spell_rows(laid: LaidSheet, texts: dict[str, int], numbers: Mapping[str, int], *, tells_needed: bool) -> Spelt:
    """The rows under the headings of a sheet. `texts`: the numbers of the texts so far, to which its own are added."""
    pen = _Pen(laid.sheet.name, texts, numbers)
    kinds = list_kinds(laid, tells_needed=tells_needed)
    xml = "".join(Spelling().rows(laid, pen.spell, kinds))
    return Spelt(xml, pen.looks.union(kinds), pen.is_sure)


def _count_days(day: date) -> int:
    """A day as Excel counts it."""
    days = day.toordinal() - _BEFORE_1900
    return days + (days > _LAST_TRUE)


def write_texts(texts: Iterable[str], count: int) -> str:
    """The part of the texts that cells share. `count`: how many cells share them."""
    written = [f"<si><t>{text}</t></si>" if _PLAIN(text) else _write_text(text) for text in texts]
    return f'{_SST} count="{count}" uniqueCount="{len(written)}">{"".join(written)}</sst>'


def _write_text(text: str) -> str:
    """A text as XlsxWriter writes it: what looks like an escape is escaped, and so is a sign that XML does not hold."""
    text = _CONTROL.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _ESCAPE.sub(r"_x005F\1", text))
    if text.startswith("<r>") and text.endswith("</r>"):
        return f"<si>{text}</si>"
    keeps = ' xml:space="preserve"' if _AT_EDGE.search(text) else ""
    return f"<si><t{keeps}>{escape(text)}</t></si>"
