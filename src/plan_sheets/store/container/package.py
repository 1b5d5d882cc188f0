"""An Office or OpenDocument package: a zip whose directory has been checked, and its parts as they are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.properties import PARTS as PROPERTIES
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.container.zip import Zip, ZipEntry, is_encrypted, open_zip


@dataclass(frozen=True, slots=True)
class Package:
    """A zip whose directory has been checked; parts are asked for by their names in lower case."""

    archive: Zip
    entries: Mapping[str, ZipEntry]
    limits: Limits = LIMITS

    def read_xml(self, name: str, longest: int | None = None) -> bytes:
        """The inflated bytes of an XML part; raises KeyError if there is none, BadZipFile on a wrong checksum."""
        entry = self.entries[name.lower()]
        if entry.file_size > (longest or self.limits.part):
            raise RefusedError("file_inflates", megabytes=entry.file_size // 1_000_000)
        return _check_part(self.archive.read(entry))

    def read_small(self, name: str) -> bytes:
        """The same of a part that is parsed as a tree; raises RefusedError for one that is too large for that."""
        return self.read_xml(name, self.limits.small_part)

    @property
    def theme(self) -> bytes:
        """The part with the theme's colours; b"" if there is none."""
        return self.read_xml("xl/theme/theme1.xml") if "xl/theme/theme1.xml" in self.entries else b""

    def read_properties(self) -> dict[str, bytes]:
        """The parts with document properties, as many as there are."""
        return {name: self.read_small(name) for name in PROPERTIES if name in self.entries}


def open_package(data: bytes, limits: Limits = LIMITS) -> Package:
    """The package with its directory checked: nothing is inflated yet."""
    archive = open_zip(data, limits)
    entries = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.entries}
    if any(map(is_encrypted, archive.entries)):
        raise RefusedError("file_encrypted")
    if len(entries) < len(archive.entries):
        raise RefusedError("file_duplicate_parts")
    return Package(archive, entries, limits)


_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _check_part(part: bytes) -> bytes:
    """The part, if it is UTF-8 and declares nothing: every later search of its bytes relies on both."""
    declared = _DECLARATION.match(part.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in part or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise RefusedError("file_odd_encoding")
    if b"!" in part and _DOCTYPE.search(part):
        raise RefusedError("file_doctype")
    return part
