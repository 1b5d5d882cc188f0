"""Reads zip files, inflating no more than their directory says, and makes uncompressed ones.

`zipfile` is not used for the parts, because it does not promise to inflate no more than the directory says, nor for an
ordinary directory, because that would take as long as everything else that is done to a package.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError


class ZipEntry(NamedTuple):
    """The entry of a part in the directory."""

    filename: str
    flag_bits: int
    compress_type: int
    crc: int
    compress_size: int
    file_size: int
    header_offset: int

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder and no part."""
        return self.filename.endswith("/")


@dataclass(frozen=True, slots=True)
class Zip:
    """A zip with a checked directory; parts are inflated when they are read."""

    data: bytes
    entries: tuple[ZipEntry, ...]
    inflated: int
    """Bytes of all parts, as the directory says."""

    def read(self, entry: ZipEntry) -> bytes:
        """Inflate a part. Raises BadZipFile if the directory is wrong about it."""
        if not self.data.startswith(b"PK\x03\x04", entry.header_offset):
            raise zipfile.BadZipFile(f"no part where {entry.filename} should be")
        name, more = _TITLE.unpack_from(self.data, entry.header_offset + 26)
        start = entry.header_offset + 30 + name + more
        packed = self.data[start : start + entry.compress_size]
        if entry.compress_type == zipfile.ZIP_DEFLATED:
            packed = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size + 1)
        elif entry.compress_type != zipfile.ZIP_STORED:
            raise zipfile.BadZipFile(f"{entry.filename} is packed in a way that spreadsheet programs do not use")
        if len(packed) != entry.file_size or zlib.crc32(packed) != entry.crc:
            raise zipfile.BadZipFile(f"{entry.filename} is not what was packed")
        return packed


def open_zip(data: bytes, limits: Limits = LIMITS) -> Zip:
    """Check the directory of a zip. Raises RefusedError, and BadZipFile if there is no directory."""
    if data.count(b"PK\x01\x02") > limits.entries:
        raise RefusedError("file_too_many_parts", limit=limits.entries)
    entries = _read_plain_entries(data) or _read_entries(data)
    sizes = [entry.file_size for entry in entries]
    inflated = sum(sizes)
    has_large = max(sizes, default=0) > limits.small_part
    if inflated > limits.inflated or (has_large and any(_is_bomb(entry, limits) for entry in entries)):
        raise RefusedError("file_inflates", megabytes=inflated // 1_000_000)
    return Zip(data, entries, inflated)


_CENTRAL = struct.Struct("<4s6H3L5H2L")
_TOLD = struct.Struct("<4s2x3H4x3L3H8xL")
"""The same record without the fields that are not needed: versions, times, attributes."""
_END = struct.Struct("<4s4H2LH")
_UTF_8 = 0x800
_UNUSUAL = 0xFFFF & ~(_UTF_8 | 0b1111)
"""Flags of later versions of the specification: such a directory is read by the standard library."""
_NEWEST = 45
_ZIP64 = 0xFFFFFFFF


def _read_plain_entries(data: bytes) -> tuple[ZipEntry, ...] | None:
    """Read a directory as ordinary programs write it, complete and at the very end; None for any other."""
    end = len(data) - _END.size
    if end < 0 or not data.startswith(b"PK\x05\x06", end):
        return None
    _, disk, first_disk, here, count, size, at, comment = _END.unpack_from(data, end)
    if disk or first_disk or comment or here != count or at + size != end:
        return None
    entries = []
    while at + _CENTRAL.size <= end:
        sign, needs, flags, packing, crc, packed, inflated, name, extra, remark, offset = _TOLD.unpack_from(data, at)
        start = at + _CENTRAL.size
        title = data[start : start + name]
        if sign != b"PK\x01\x02" or needs > _NEWEST or flags & _UNUSUAL or _ZIP64 in (packed, inflated, offset):
            return None
        if not (title.isascii() or flags & _UTF_8) or b"\0" in title:
            return None
        # A name that is no valid UTF-8 does not make the other files of the zip unreadable.
        entries.append(ZipEntry(title.decode(errors="backslashreplace"), flags, packing, crc, packed, inflated, offset))
        at = start + name + extra + remark
    return tuple(entries) if at == end and len(entries) == count else None


def _read_entries(data: bytes) -> tuple[ZipEntry, ...]:
    """Read any directory with the standard library. Raises BadZipFile, and more."""
    return tuple(
        ZipEntry(
            info.filename,
            info.flag_bits,
            info.compress_type,
            info.CRC,
            info.compress_size,
            info.file_size,
            info.header_offset,
        )
        for info in zipfile.ZipFile(io.BytesIO(data)).infolist()
    )


def is_encrypted(entry: ZipEntry) -> bool:
    """Whether a password is needed to read a part."""
    return bool(entry.flag_bits & 1)


def _is_bomb(entry: ZipEntry, limits: Limits) -> bool:
    """Whether a part inflates to more than an ordinary one does."""
    ratio = entry.file_size / max(entry.compress_size, 1)
    return entry.file_size > limits.part or (entry.file_size > limits.small_part and ratio > limits.ratio)


_LOCAL = struct.Struct("<4s5H3L2H")
_TITLE = struct.Struct("<2H")
"""At byte 26 of that record: the length of the name, and of the extra field before the data."""


def make_zip(parts: Mapping[str, bytes]) -> bytes:
    """Make a zip of these parts, uncompressed and without dates (APPNOTE.TXT 4.3), so that it is read quickly."""
    chunks, directory, at = [], [], 0
    for name, part in parts.items():
        title = name.encode()
        sizes = (zlib.crc32(part), len(part), len(part), len(title))
        chunks += [_LOCAL.pack(b"PK\x03\x04", 20, _UTF_8, 0, 0, 0x21, *sizes, 0), title, part]
        directory += [_CENTRAL.pack(b"PK\x01\x02", 20, 20, _UTF_8, 0, 0, 0x21, *sizes, 0, 0, 0, 0, 0, at), title]
        at += _LOCAL.size + len(title) + len(part)
    listed = b"".join(directory)
    return b"".join((*chunks, listed, _END.pack(b"PK\x05\x06", 0, 0, len(parts), len(parts), len(listed), at, 0)))
