"""Zip files by hand: what is in them, inflated no further than their directory says, and plain ones made anew.

`zipfile` reads the directory, but not the parts: it inflates a part whole before it looks at the size that was told, so
that 400 KB take 800 MB; and it costs twice as much as the inflating itself.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

MAX_ENTRIES = 2_000
"""Parts in the package."""
MAX_PART = 32_000_000
"""Bytes of one part, inflated: half a million cells."""
MAX_INFLATED = 64_000_000
"""Bytes of all parts, inflated: they and what is made of them lie in memory together."""
MAX_RATIO = 500
"""How many times larger a part (of more than MAX_SMALL_PART) may become when inflated; long empty tables reach 100."""
MAX_SMALL_PART = 2_000_000
"""Bytes of a part that is parsed as a tree: the list of sheets, relationships, properties."""


class RefusedError(Exception):
    """Carries the code of a refusal, and the details that its sentence needs, out of the checks."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip whose directory has been checked; nothing is inflated before it is asked for."""

    data: bytes
    entries: tuple[zipfile.ZipInfo, ...]
    inflated: int
    """Bytes of all parts, as the directory tells."""

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """The inflated bytes of a part. Raises BadZipFile where the directory does not tell the truth about it."""
        if not self.data.startswith(b"PK\x03\x04", entry.header_offset):
            raise zipfile.BadZipFile(f"no part where {entry.filename} should be")
        name, more = struct.unpack_from("<HH", self.data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name + more
        packed = self.data[start : start + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            packed = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
        elif entry.compress_type != zipfile.ZIP_STORED:
            raise zipfile.BadZipFile(f"{entry.filename} is packed in a way that spreadsheet programs do not use")
        if len(packed) != entry.file_size or zlib.crc32(packed) != entry.CRC:
            raise zipfile.BadZipFile(f"{entry.filename} is not what was packed")
        return packed


def open_zip(data: bytes) -> Zip:
    """The zip with its directory checked. Raises RefusedError, and BadZipFile if there is no directory."""
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise RefusedError("file_too_many_parts", limit=MAX_ENTRIES)
    entries = tuple(zipfile.ZipFile(io.BytesIO(data)).infolist())
    inflated = sum(entry.file_size for entry in entries)
    if inflated > MAX_INFLATED or any(_is_bomb(entry) for entry in entries):
        raise RefusedError("file_inflates", megabytes=inflated // 1_000_000)
    return Zip(data, entries, inflated)


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Whether a part can only be read with a password."""
    return bool(entry.flag_bits & 1)


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    """Whether a part inflates to more than any honest one; small parts may have any ratio."""
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > MAX_PART or (entry.file_size > MAX_SMALL_PART and ratio > MAX_RATIO)


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF_8 = 0x800


def stored(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts, uncompressed and undated (APPNOTE.TXT 4.3): quicker to read than the original was."""
    made, directory, at = [], [], 0
    for name, part in parts.items():
        title = name.encode()
        sizes = (zlib.crc32(part), len(part), len(part), len(title))
        made += [_LOCAL.pack(b"PK\x03\x04", 20, _UTF_8, 0, 0, 0x21, *sizes, 0), title, part]
        directory += [_CENTRAL.pack(b"PK\x01\x02", 20, 20, _UTF_8, 0, 0, 0x21, *sizes, 0, 0, 0, 0, 0, at), title]
        at += _LOCAL.size + len(title) + len(part)
    listed = b"".join(directory)
    return b"".join((*made, listed, _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), at, 0)))
