"""The parts of an Excel package: which belongs to which, and each as a tree whose tags have lost their namespaces.

Programs write prefixes and namespaces (transitional, strict) as they like, and targets absolute or relative: here it
makes no difference. Every part has passed the guard's checks before it is looked at.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree as ET

from plan_sheets.store.container.package import Package


class Relation(NamedTuple):
    """What one part refers to: another part, or an address outside the package.

    `id` is what the part calls it by, `type` the address of its kind, `target` a name or address as the part spells it.
    """

    id: str
    type: str
    target: str
    is_external: bool = False

    @property
    def kind(self) -> str:
        """The last word of the type, such as `drawing`."""
        return self.type.rpartition("/")[2]


def strip_namespace(name: str) -> str:
    """The name of a tag or an attribute without its namespace."""
    return name.rpartition("}")[2]


def parse_part(part: bytes) -> ET.Element:
    """A checked part as a tree of local names. Raises ParseError if it is no XML."""
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    for item in root.iter():
        item.tag = strip_namespace(item.tag)
    return root


def read_part(package: Package, name: str) -> ET.Element | None:
    """The part of this name; None if the package has none."""
    return parse_part(package.read_xml(name, package.limits.tree)) if name.lower() in package.entries else None


def name_relations_part(part: str) -> str:
    """The name of the part that lists what a part (the package itself: "") refers to."""
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def find_target(part: str, target: str) -> str:
    """The name, in lower case, of what a part refers to by a target within the package.

    A target that begins with a slash stands as it is; any other is seen from the folder of the part.
    """
    return posixpath.normpath(posixpath.join("/", part.rpartition("/")[0], target)).lstrip("/").lower()


def find_relations(package: Package, part: str) -> dict[str, Relation]:
    """What a part (the package itself: "") refers to, by id, with the names of parts as targets; {} for nothing."""
    name = name_relations_part(part)
    listed = read_relations(package.read_xml(name, package.limits.tree)) if name.lower() in package.entries else ()
    return {
        relation.id: relation if relation.is_external else relation._replace(target=find_target(part, relation.target))
        for relation in listed
    }


def list_targets(relations: Mapping[str, Relation], *kinds: str) -> Iterator[str]:
    """The targets of these kinds, in order."""
    return (relation.target for relation in relations.values() if relation.kind in kinds)


def find_relation_id(item: ET.Element) -> str:
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
def read_relations(part: bytes) -> tuple[Relation, ...]:
    """What a checked part of relations (`.rels`) lists. Raises ParseError if it is no XML.

    A part in the spelling of ordinary programs is not parsed: its relations are picked out.
    """
    if _PLAIN.fullmatch(part):
        return tuple(Relation(*(text.decode() for text in texts)) for texts in _EACH.findall(part))
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    return tuple(
        Relation(item.get("Id", ""), item.get("Type", ""), item.get("Target", ""), item.get("TargetMode") == "External")
        for item in root
    )
