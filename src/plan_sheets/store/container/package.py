"""An Office or OpenDocument package: a zip with a checked directory, and its parts, inflated one by one."""

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
    """A zip with a checked directory. Parts are named in lower case."""

    archive: Zip
    entries: Mapping[str, ZipEntry]
    limits: Limits = LIMITS

    def read_xml(self, name: str, longest: int | None = None) -> bytes:
        """Inflate and check an XML part. `longest`: its most bytes, None for the usual limit.

        Raises KeyError if there is no such part, BadZipFile for a wrong checksum, RefusedError if it is too large.
        """
        entry = self.entries[name.lower()]
        if entry.file_size > (longest or self.limits.part):
            raise RefusedError("file_inflates", megabytes=entry.file_size // 1_000_000)
        return _check_part(self.archive.read(entry))

    def read_small(self, name: str) -> bytes:
        """Inflate and check a part that is parsed as a tree; raises RefusedError if it is too large for that."""
        return self.read_xml(name, self.limits.small_part)

    @property
    def theme(self) -> bytes:
        """The part with the colours of the theme; b"" if there is none."""
        return self.read_xml("xl/theme/theme1.xml") if "xl/theme/theme1.xml" in self.entries else b""

    def read_properties(self) -> dict[str, bytes]:
        """Read the parts with document properties that are there, by name."""
        return {name: self.read_small(name) for name in PROPERTIES if name in self.entries}


def open_package(data: bytes, limits: Limits = LIMITS) -> Package:
    """Check the directory of a package; nothing is inflated yet. Raises RefusedError, BadZipFile."""
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
    """The part, if it is UTF-8 without a DOCTYPE; all searches of its bytes rely on that. Raises RefusedError."""
    declared = _DECLARATION.match(part.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in part or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise RefusedError("file_odd_encoding")
    if b"!" in part and _DOCTYPE.search(part):
        raise RefusedError("file_doctype")
    return part
