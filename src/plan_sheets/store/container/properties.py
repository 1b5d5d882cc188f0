"""Document properties of a file.

Parts as ordinary programs write them are searched; all others are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from plan_sheets.store.container.limits import LIMITS, Limits

CUSTOM = "docprops/custom.xml"
PARTS = (CUSTOM, "docprops/app.xml", "meta.xml")
"""The parts that hold properties, by their names in lower case, of Office files and of OpenDocument files."""

_ONE = rb'<property fmtid="[^"<>]*+" pid="[0-9]++" name="([^"<>&]*+)"><vt:lpwstr>([^<>&]*+)</vt:lpwstr></property>'
_EACH = re.compile(_ONE)
_PLAIN = re.compile(rb"<\?xml [^<>]*+>\s*+<Properties [^<>]*+>(?:%b)*+</Properties>" % _ONE.replace(b"([", b"(?:["))
OURSELVES = "plan-sheets"
"""The program name in workbooks that this tool has made."""
_GNUMERIC = re.compile(r"([0-9]+)\.([0-9]{2})([0-9]{2})")
"""The version of Gnumeric: 1.12.55 is written 1.1255."""
_NAME = re.compile(rb"<Application>([^<>&]*+)</Application>")
_VERSION = re.compile(rb"<AppVersion>([^<>&]*+)</AppVersion>")


def read_custom_properties(about: Mapping[str, bytes]) -> dict[str, str]:
    """Custom properties of an Office file, user-defined ones of an OpenDocument file, by name. Raises ParseError.

    White space around the values is removed: Gnumeric adds it.
    """
    part = about.get(CUSTOM)
    if part and _PLAIN.fullmatch(part):
        return {name.decode(): value.decode().strip() for name, value in _EACH.findall(part)}
    items = [*(_parse(part) if part else ()), *_find_elements(about, "user-defined")]
    return {_find_attribute(item, "name"): "".join(item.itertext()).strip() for item in items}


def find_program(about: Mapping[str, bytes], limits: Limits = LIMITS) -> str:
    """The program that saved the file, with its version: `Microsoft Excel 16.0300`. Raises ParseError.

    `plan-sheets` if nobody has saved it since it was made; "" if it does not say.
    """
    name, version = _find_name_and_version(about)
    name = name.partition("$")[0]
    if name == OURSELVES:
        return name
    if name == "gnumeric" and (parts := _GNUMERIC.fullmatch(version)):
        version = ".".join(str(int(part)) for part in parts.groups())
    if "/" in name:  # LibreOffice and openpyxl name their own version here; AppVersion is that of Excel
        return " ".join(name.replace("/", " ").split())[: limits.longest_name]
    return " ".join(filter(None, (name, version))).strip()[: limits.longest_name]


def _find_name_and_version(about: Mapping[str, bytes]) -> tuple[str, str]:
    part = about.get("docprops/app.xml", b"")
    if "meta.xml" not in about and part.count(b"Application>") == part.count(b"AppVersion>") == 2 and b"<!" not in part:  # noqa: PLR2004 - one start, one end
        name, version = _NAME.search(part), _VERSION.search(part)
        if name and version:
            return name[1].decode(), version[1].decode()
    names = [*_find_elements(about, "generator"), *_find_elements(about, "Application")]
    texts = (item.text or "" for item in (*names[:1], *_find_elements(about, "AppVersion")[:1]))
    return next(texts, ""), next(texts, "")


def _parse(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - checked by the guard: no DOCTYPE, so no entity


def _find_elements(about: Mapping[str, bytes], name: str) -> list[ET.Element]:
    """All elements of this local name in the parts with properties, except the custom ones."""
    roots = [_parse(part) for title, part in about.items() if title != CUSTOM]
    return [item for root in roots for item in root.iter() if item.tag.rpartition("}")[2] == name]


def _find_attribute(item: ET.Element, name: str) -> str:
    """An attribute's value by its local name; "" if it has none."""
    return next((value for key, value in item.items() if key.rpartition("}")[2] == name), "")
