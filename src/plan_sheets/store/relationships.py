"""The parts of a package that say which part refers to which (`.rels`)."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree as ET

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
