"""The parts of an Excel package: the relations between them, and parts as trees without namespaces.

Programs differ in prefixes, namespaces (transitional, strict) and absolute or relative targets; the functions here
treat them all alike. The guard has checked every part before it is read here.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree as ET

from plan_sheets.store.container.package import Package


class Relation(NamedTuple):
    """A reference from a part to another part or to an address outside the package.

    `id` is its name in the part, `type` the URI of its kind, `target` a part or an address as it is written.
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
    """Parse a checked part; tags lose their namespaces. Raises ParseError if it is no XML."""
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    for item in root.iter():
        item.tag = strip_namespace(item.tag)
    return root


def read_part(package: Package, name: str) -> ET.Element | None:
    """Read and parse the part of this name; None if the package has none."""
    return parse_part(package.read_xml(name, package.limits.tree)) if name.lower() in package.entries else None


def name_relations_part(part: str) -> str:
    """The name of the part that lists the relations of a part; "" stands for the package itself."""
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def find_target(part: str, target: str) -> str:
    """The name, in lower case, of the part that a target of a relation of `part` means.

    A target that begins with a slash is absolute; any other is relative to the folder of the part.
    """
    return posixpath.normpath(posixpath.join("/", part.rpartition("/")[0], target)).lstrip("/").lower()


def find_relations(package: Package, part: str) -> dict[str, Relation]:
    """The relations of a part by id, with names of parts as targets; {} if it has none. "" is the package itself."""
    return {
        relation.id: relation if relation.is_external else relation._replace(target=find_target(part, relation.target))
        for relation in list_relations(package, part)
    }


def list_relations(package: Package, part: str) -> tuple[Relation, ...]:
    """The relations of a part as they are written; () if it has none."""
    name = name_relations_part(part)
    return read_relations(package.read_small(name)) if name.lower() in package.entries else ()


def list_targets(relations: Mapping[str, Relation], *kinds: str) -> Iterator[str]:
    """The targets of the relations of these kinds, in order."""
    return (relation.target for relation in relations.values() if relation.kind in kinds)


def find_relation_id(item: ET.Element) -> str:
    """The id (`r:id`) of the relation that an element refers to; "" if there is none."""
    return next((value for name, value in item.items() if name.endswith("}id")), "")


def is_on(value: str | None, *, default: bool = False) -> bool:
    """Whether a yes-or-no attribute is on (`1`, `true`, `on`); `default` if it is not there."""
    return default if value is None else value in ("1", "true", "on")


@lru_cache(maxsize=64)  # the returns of a batch have the same relations
def read_relations(part: bytes) -> tuple[Relation, ...]:
    """Read the relations that a checked part (`.rels`) lists. Raises ParseError if it is no XML."""
    root = ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE
    return tuple(
        Relation(item.get("Id", ""), item.get("Type", ""), item.get("Target", ""), item.get("TargetMode") == "External")
        for item in root
    )
