"""Pictures that were placed in cells of an xlsx; other programs show an error in such a cell (MS-XLSX 2.3.6)."""

from __future__ import annotations

from collections.abc import Iterator

from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import parse_part

_PARTS = ("metadata.xml", "richdata/rdrichvalue.xml", "richdata/rdrichvaluestructure.xml")


def read_pictures(package: Package, folder: str) -> dict[int, str]:
    """The descriptions of the pictures that stand in cells, by the numbers that the cells give. {} if there are none.

    `folder` is the folder of the workbook's parts. Raises ParseError, RefusedError.
    """
    names = [f"{folder}{name}" for name in _PARTS]
    return {} if any(name not in package.entries for name in names) else dict(_find_pictures(package, *names))


def _find_pictures(package: Package, *names: str) -> Iterator[tuple[int, str]]:
    listed, values, kinds = (parse_part(package.read_small(name)) for name in names)
    shapes = [(shape.get("t", ""), [key.get("n") for key in shape]) for shape in kinds.iter("s")]
    rich_values = [
        (shapes[int(value.get("s", "0"))], [item.text or "" for item in value]) for value in values.iter("rv")
    ]
    rich = [int(item.get("i", "0")) for item in listed.iter("rvb")]
    for number, cell in enumerate(listed.iterfind(".//valueMetadata//rc"), 1):
        (kind, keys), texts = rich_values[rich[int(cell.get("v", "0"))]]
        if kind.lower().endswith("image"):
            yield number, dict(zip(keys, texts, strict=False)).get("Text", "")
