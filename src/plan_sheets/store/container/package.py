"""An Office or OpenDocument package: a zip with a checked directory, and its parts, inflated one by one."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.container.zip import is_encrypted, list_entries, read_entry


@dataclass(frozen=True, slots=True)
class Package:
    """A zip with a checked directory. Parts are named in lower case."""

    data: bytes
    entries: Mapping[str, zipfile.ZipInfo]
    limits: Limits = LIMITS

    def read(self, name: str) -> bytes:
        """Inflate a part, whatever it holds. Raises KeyError, BadZipFile."""
        return read_entry(self.data, self.entries[name.lower()])

    def read_xml(self, name: str, longest: int | None = None) -> bytes:
        """Inflate and check an XML part. `longest`: its most bytes, None for the usual limit.

        Raises KeyError if there is no such part, BadZipFile for a wrong checksum, RefusedError if it is too large.
        """
        size = self.entries[name.lower()].file_size
        if size > (longest or self.limits.part):
            raise RefusedError("file_inflates", megabytes=size // 1_000_000)
        return _check_part(self.read(name))

    def read_small(self, name: str) -> bytes:
        """Inflate and check a part that is parsed as a tree; raises RefusedError if it is too large for that."""
        return self.read_xml(name, self.limits.small_part)


def open_package(data: bytes, limits: Limits = LIMITS) -> Package:
    """Check the directory of a package; nothing is inflated yet. Raises RefusedError, BadZipFile."""
    listed = list_entries(data, limits)
    entries = {entry.filename.replace("\\", "/").lower(): entry for entry in listed}
    if any(map(is_encrypted, listed)):
        raise RefusedError("file_encrypted")
    if len(entries) < len(listed):
        raise RefusedError("file_duplicate_parts")
    return Package(data, entries, limits)


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
