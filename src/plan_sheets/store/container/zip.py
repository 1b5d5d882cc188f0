"""Lists and reads the parts of zip files, inflating no more than their directory says, and makes uncompressed ones."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError


@lru_cache(maxsize=1)  # the guard asks for it, and who looks at every text
def list_entries(data: bytes, limits: Limits = LIMITS) -> list[zipfile.ZipInfo]:
    """Read and check the directory of a zip. Raises RefusedError, BadZipFile, and what a broken directory raises."""
    if data.count(b"PK\x01\x02") > limits.entries:  # before the library keeps a record of each
        raise RefusedError("file_too_many_parts", limit=limits.entries)
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except UnicodeDecodeError:  # one name is not the UTF-8 that it is said to be: the other parts may be right
        entries = _list_wrongly_named(data)
    inflated = count_inflated(entries)
    if inflated > limits.inflated or any(_is_bomb(entry, limits) for entry in entries):
        raise RefusedError("file_inflates", megabytes=inflated // 1_000_000)
    return entries


_UTF_8 = 0x800
"""The flag of a part whose name is UTF-8 (APPNOTE.TXT 4.4.4)."""


def _list_wrongly_named(data: bytes) -> list[zipfile.ZipInfo]:
    """The directory of a zip, each name as UTF-8, with the codes of what is none in it."""
    end = data.rfind(b"PK\x05\x06")
    start = int.from_bytes(data[end + 16 : end + 20], "little")
    directory = re.sub(rb"(PK\x01\x02.{5})(.)", _clear_flag, data[start:end], flags=re.DOTALL)
    entries = zipfile.ZipFile(io.BytesIO(data[:start] + directory + data[end:])).infolist()
    for entry in entries:
        entry.filename = entry.filename.encode("cp437").decode(errors="backslashreplace")
        entry.flag_bits |= _UTF_8
    return entries


def _clear_flag(match: re.Match[bytes]) -> bytes:
    """The beginning of an entry of the directory, without the flag: its upper byte of flags is the last one here."""
    return match[1] + bytes([match[2][0] & ~(_UTF_8 >> 8)])


def count_inflated(entries: Iterable[zipfile.ZipInfo]) -> int:
    """Bytes of all parts, as the directory says."""
    return sum(entry.file_size for entry in entries)


def read_entry(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Inflate a part of a zip. Raises BadZipFile if the directory is wrong about it.

    Not by `ZipFile.open`: it cuts a part that is longer than the directory says off at that size, without an error.
    """
    part = data[find_packed(data, entry)]
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        part = (_inflate_known if entry.file_size <= _SMALL else _inflate)(part, entry.file_size)
    elif entry.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(f"{entry.filename} is packed in a way that spreadsheet programs do not use")
    if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise zipfile.BadZipFile(f"{entry.filename} is not what was packed")
    return part


def _inflate(packed: bytes, size: int) -> bytes:
    """The bytes that were packed; one more than `size` where there are more."""
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)


_SMALL = 60_000
_inflate_known = lru_cache(maxsize=128)(_inflate)
"""A part is read more than once, and the workbooks of a batch share many: eight megabytes at most are kept."""


def find_packed(data: bytes, entry: zipfile.ZipInfo) -> slice:
    """Where a part of a zip lies, as it is packed. Raises BadZipFile if the directory is wrong about it."""
    if not data.startswith(b"PK\x03\x04", entry.header_offset):
        raise zipfile.BadZipFile(f"no part where {entry.filename} should be")
    start = entry.header_offset + 30 + sum(struct.unpack_from("<2H", data, entry.header_offset + 26))
    return slice(start, start + entry.compress_size)


def is_encrypted(entry: zipfile.ZipInfo) -> bool:
    """Whether a password is needed to read a part."""
    return bool(entry.flag_bits & 1)


def _is_bomb(entry: zipfile.ZipInfo, limits: Limits) -> bool:
    """Whether a part inflates to more than an ordinary one does."""
    is_large = entry.file_size > limits.small_part
    return entry.file_size > limits.part or (is_large and entry.file_size > limits.ratio * max(entry.compress_size, 1))


_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")


class PackedPart(NamedTuple):
    """A part as it lies in a zip: it can be put in many, and is packed once."""

    name: str
    packed: bytes
    method: int
    """8: deflated; 0: stored."""
    size: int
    """Bytes when it is inflated."""
    crc: int


def store_part(name: str, part: bytes) -> PackedPart:
    """A part that is not compressed."""
    return PackedPart(name, part, zipfile.ZIP_STORED, len(part), zlib.crc32(part))


def deflate_part(name: str, part: bytes) -> PackedPart:
    """A part that is compressed."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = deflater.compress(part) + deflater.flush()
    return PackedPart(name, packed, zipfile.ZIP_DEFLATED, len(part), zlib.crc32(part))


def make_zip(parts: Mapping[str, bytes]) -> bytes:
    """Make a zip of these parts, uncompressed, so that it is read quickly."""
    return join_parts(map(store_part, parts.keys(), parts.values()))


def join_parts(parts: Iterable[PackedPart]) -> bytes:
    """Make a zip of these parts, in this order and without dates (APPNOTE.TXT 4.3).

    Written by hand: for a dozen small parts the library takes five times as long.
    """
    chunks, directory, at = [], [], 0
    for name, packed, method, size, crc in parts:
        title = name.encode()
        flags = 0 if name.isascii() else _UTF_8
        about = (flags, method, 0, 0x21, crc, len(packed), size, len(title), 0)
        chunks += [_LOCAL.pack(b"PK\x03\x04", 20, *about), title, packed]
        directory += [_CENTRAL.pack(b"PK\x01\x02", 20, 20, *about, 0, 0, 0, 0, at), title]
        at += _LOCAL.size + len(title) + len(packed)
    size, count = sum(map(len, directory)), len(directory) // 2
    return b"".join((*chunks, *directory, _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0)))
