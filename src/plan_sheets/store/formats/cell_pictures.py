"""Pictures that were placed in cells of an xlsx; other programs show an error in such a cell (MS-XLSX 2.3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from plan_sheets.core.model.found import Remark
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import strip_namespace
from plan_sheets.store.formats.comments import describe_picture

_CELL = re.compile(rb"""<((?:[^\s<>:]+:)?c)(\s[^<>]*?)\svm\s*=\s*["']([0-9]{1,7})["']([^<>/]*)>.*?</\1>""", re.DOTALL)
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'][^"']*["']""")
_VALUES, _KINDS, _LISTED = "richdata/rdrichvalue.xml", "richdata/rdrichvaluestructure.xml", "metadata.xml"


def blank_pictures(part: bytes, sheet: str, package: Package, folder: str) -> tuple[bytes, tuple[Remark, ...]]:
    """The part of a sheet with the cells that hold a picture made blank, and a remark for each of them.

    `folder` is the folder of the workbook's parts. Raises ParseError, RefusedError.
    """
    names = [f"{folder}{name}" for name in (_LISTED, _VALUES, _KINDS)]
    if any(name not in package.entries for name in names) or b"vm=" not in part:
        return part, ()
    pictures = dict(_find_pictures(*(ET.fromstring(package.read_small(name)) for name in names)))  # noqa: S314 - checked by the guard
    remarks: list[Remark] = []

    def blank(match: re.Match[bytes]) -> bytes:
        """The cell without its content if it holds a picture, else as it is."""
        tag, before, number, after = match.groups()
        place = _PLACE.search(before + after)
        if int(number) not in pictures or not place:
            return match[0]
        remarks.append(describe_picture(sheet, place[1].decode(), pictures[int(number)]))
        return b"<%b%b/>" % (tag, _TYPE.sub(b"", before + after))

    return _CELL.sub(blank, part), tuple(remarks)


def _find_pictures(listed: ET.Element, values: ET.Element, kinds: ET.Element) -> Iterator[tuple[int, str]]:
    """Number, as cells write it, and description of each value that is a picture."""
    shapes = [(structure.get("t", ""), [key.get("n") for key in structure]) for structure in _list_elements(kinds, "s")]
    rich_values = [
        (shapes[int(value.get("s", "0"))], [item.text or "" for item in value])
        for value in _list_elements(values, "rv")
    ]
    rich = [int(item.get("i", "0")) for item in _list_elements(listed, "rvb")]
    cells = (item for table in _list_elements(listed, "valueMetadata") for item in _list_elements(table, "rc"))
    for number, cell in enumerate(cells, 1):
        (kind, keys), texts = rich_values[rich[int(cell.get("v", "0"))]]
        if kind.lower().endswith("image"):
            yield number, dict(zip(keys, texts, strict=False)).get("Text", "")


def _list_elements(tree: ET.Element, name: str) -> Iterator[ET.Element]:
    return (item for item in tree.iter() if strip_namespace(item.tag) == name)
