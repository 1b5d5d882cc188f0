"""Document properties of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from xml.etree import ElementTree as ET

from plan_sheets.core.book.signature import REFERENCE
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import parse_part, strip_namespace

_PARTS = ("docprops/custom.xml", "docprops/app.xml", "meta.xml")
"""The parts that hold properties, by their names in lower case, of Office files and of OpenDocument files."""
OURSELVES = "plan-sheets"
"""The program name in workbooks that this tool has made."""
_GNUMERIC = re.compile(r"([0-9]+)\.([0-9]{2})([0-9]{2})")
"""The version of Gnumeric: 1.12.55 is written 1.1255."""


def read_properties(package: Package) -> dict[str, bytes]:
    """Read the parts with document properties that are there, by name."""
    return {name: package.read_small(name) for name in _PARTS if name in package.entries}


def read_custom_properties(about: Mapping[str, bytes]) -> dict[str, str]:
    """Custom properties of an Office file, user-defined ones of an OpenDocument file, by name. Raises ParseError.

    White space around the values is removed: Gnumeric adds it.
    """
    return {
        next((value for name, value in item.items() if strip_namespace(name) == "name"), ""): text.strip()
        for item, text in _find_elements(about, "property", "user-defined")
    }


def read_reference(package: Package) -> str:
    """The reference of a workbook that this tool has made; "" if it has none. Raises ParseError."""
    return read_custom_properties(read_properties(package)).get(REFERENCE, "")


def find_program(about: Mapping[str, bytes], limits: Limits = LIMITS) -> str:
    """The program that saved the file, with its version: `Microsoft Excel 16.0300`. Raises ParseError.

    `plan-sheets` if nobody has saved it since it was made; "" if it does not say.
    """
    texts = {item.tag: text for item, text in _find_elements(about, "generator", "Application", "AppVersion")}
    name, version = texts.get("generator", texts.get("Application", "")).partition("$")[0], texts.get("AppVersion", "")
    if name == OURSELVES:
        return name
    if name == "gnumeric" and (parts := _GNUMERIC.fullmatch(version)):
        version = ".".join(str(int(part)) for part in parts.groups())
    if "/" in name:  # LibreOffice and openpyxl name their own version here; AppVersion is that of Excel
        return " ".join(name.replace("/", " ").split())[: limits.longest_name]
    return " ".join(filter(None, (name, version))).strip()[: limits.longest_name]


_parse = lru_cache(maxsize=16)(parse_part)


def _find_elements(about: Mapping[str, bytes], *names: str) -> Iterator[tuple[ET.Element, str]]:
    """(Element, its text) of each element of one of these names in the parts with properties. Raises ParseError."""
    each = (item for part in about.values() for item in _parse(part).iter())
    return ((item, "".join(item.itertext())) for item in each if item.tag in names)
