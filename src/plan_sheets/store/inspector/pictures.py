"""The charts, images and shapes of a sheet that say nothing in words, from its drawings."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from plan_sheets.core.access.seen import Picture
from plan_sheets.core.model.keys import Address
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import find_relations, is_on, list_targets, read_part


def pictures_without_words(package: Package, part: str, sheet: str) -> Iterator[Picture]:
    """Those on the sheet of this name and part, be it a worksheet or a chart sheet."""
    for drawing in list_targets(find_relations(package, part), "drawing"):
        for anchor in read_part(package, drawing) or ():
            for name in _without_words(anchor):
                yield Picture(sheet, _corner(anchor), name)


def _corner(anchor: ET.Element) -> str | None:
    """The cell in which it begins; None if it lies on the sheet without regard to cells."""
    row, column = anchor.findtext("from/row"), anchor.findtext("from/col")
    return Address.at("", int(row), int(column)).cell if row and column else None


def _without_words(item: ET.Element) -> Iterator[str]:
    """The names of what has no description. That of a group speaks for all in it; what is decoration needs none."""
    for drawn in item:
        about = drawn.find("*/cNvPr")
        if about is not None and (about.get("descr", "").strip() or _is_decoration(about) or _holds_text(drawn)):
            continue
        if about is not None and drawn.tag != "grpSp":
            yield about.get("name", "")
        elif drawn.tag != "Fallback":  # what programs show that do not know the choice before it
            yield from _without_words(drawn)


def _is_decoration(about: ET.Element) -> bool:
    return any(is_on(flag.get("val")) for flag in about.iter("decorative"))


def _holds_text(shape: ET.Element) -> bool:
    return shape.tag == "sp" and any((text.text or "").strip() for text in shape.iter("t"))
