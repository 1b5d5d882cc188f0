"""The parts of an Excel package: which belongs to which, and each as a tree whose tags have lost their namespaces.

Programs write prefixes and namespaces (transitional, strict) as they like, and targets absolute or relative: here it
makes no difference. Every part has passed the guard's checks before it is looked at.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree as ET

from plan_sheets.store.container.package import Package


@dataclass(frozen=True, slots=True)
class Relation:
    """What one part says of another: the last word of the kind, such as `drawing`, and the part's name or address."""

    kind: str
    target: str


def local(name: str) -> str:
    """The name of a tag or an attribute without its namespace."""
    return name.rpartition("}")[2]


def tree(part: bytes) -> ET.Element:
    """A checked part as a tree of local names. Raises ParseError if it is no XML."""
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    for item in root.iter():
        item.tag = local(item.tag)
    return root


def part_tree(package: Package, name: str) -> ET.Element | None:
    """The part of this name; None if the package has none."""
    return tree(package.xml(name, package.limits.tree)) if name.lower() in package.entries else None


def relations(package: Package, part: str) -> dict[str, Relation]:
    """What a part (the package itself: "") refers to, by the ids that it uses; empty if it refers to nothing."""
    folder, _, name = part.rpartition("/")
    listed = part_tree(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {item.get("Id", ""): _relation(item, folder) for item in (() if listed is None else listed)}


def _relation(item: ET.Element, folder: str) -> Relation:
    kind, target = item.get("Type", "").rpartition("/")[2], item.get("Target", "")
    if item.get("TargetMode") == "External":
        return Relation(kind, target)
    # A target that begins with a slash stands as it is; any other is seen from the folder of the part that names it.
    return Relation(kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/").lower())


def of_kind(found: Mapping[str, Relation], *kinds: str) -> Iterator[str]:
    """The parts of these kinds, in order."""
    return (one.target for one in found.values() if one.kind in kinds)


def refers_to(item: ET.Element) -> str:
    """The id (`r:id`) by which an element refers to another part; "" if it does not."""
    return next((value for name, value in item.items() if name.endswith("}id")), "")


def is_on(value: str | None, *, default: bool = False) -> bool:
    """A yes-or-no attribute: `1` and `true` are yes."""
    return default if value is None else value in ("1", "true", "on")


_ONE = rb"""<Relationship Id="([^"<>&]*+)" Type="([^"<>&]*+)" Target="([^"<>&]*+)" ?/>"""
_PLAIN = re.compile(
    rb"<\?xml [^<>]*+>\s*+<Relationships [^<>]*+>(?:%b\s*+)*+</Relationships>\s*+" % _ONE.replace(b"([", b"(?:[")
)
_EACH = re.compile(_ONE)


@lru_cache(maxsize=64)  # the returns of a batch have the same
def relationships(part: bytes) -> tuple[tuple[str, str, str], ...]:
    """Id, type and target of each that a part tells of, which the guard has checked. Raises ParseError if it is no XML.

    A part in the spelling of ordinary programs is not parsed: they are picked out.
    """
    if _PLAIN.fullmatch(part):
        return tuple((number.decode(), kind.decode(), target.decode()) for number, kind, target in _EACH.findall(part))
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    return tuple((item.get("Id", ""), item.get("Type", ""), item.get("Target", "")) for item in root)
