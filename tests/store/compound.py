"""Makes Outlook messages for tests: a compound file (MS-CFB) with the few properties (MS-OXMSG) that are looked at."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTOR, MINI, LONG = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Node = bytes | dict[str, "Node"]


def compound(tree: dict[str, Node]) -> bytes:
    """A compound file of these storages (dicts) and short streams (bytes): all of them lie in the mini stream."""
    entries: list[list[Any]] = [["", 5, FREE, FREE, b""]]
    _enter(entries, 0, tree)
    chains: list[int] = []
    starts: list[int] = []
    content = b""
    for _, _, _, _, stream in entries:
        assert len(stream) < LONG
        first, length = len(chains), -(-len(stream) // MINI)
        starts.append(first if length else END)
        chains += [*range(first + 1, first + length), END][:length] if length else []
        content += stream.ljust(length * MINI, b"\0")
    listed = _sectors(128 * len(entries))
    starts[0], size = listed, len(content)
    listing = b"".join(
        _entry(name or "Root Entry", kind, right, child, start, len(stream) if name else size)
        for (name, kind, right, child, stream), start in zip(entries, starts, strict=True)
    )
    pieces = [listing, content, struct.pack(f"<{len(chains)}L", *chains)]
    fat = [number for piece in pieces for number in _chain(_sectors(len(piece)))]
    fat = [number if number == END else place + 1 for place, number in enumerate(fat)] + [FAT]
    table = struct.pack(f"<{len(fat)}L", *fat)
    assert len(table) <= SECTOR
    filled = [piece.ljust(_sectors(len(piece)) * SECTOR, b"\0") for piece in pieces]
    return _header(len(fat) - 1, listed + _sectors(size)) + b"".join(filled) + table.ljust(SECTOR, b"\xff")


def _sectors(size: int) -> int:
    return -(-size // SECTOR)


def _chain(length: int) -> list[int]:
    """What marks the end of a chain, and 0 for what goes on."""
    return [0] * (length - 1) + [END]


def _enter(entries: list[list[Any]], parent: int, tree: Mapping[str, Node]) -> None:
    """Add the children of a storage: each is the right neighbour of the one before."""
    before = -1
    for name, node in tree.items():
        number = len(entries)
        entries[parent if before < 0 else before][3 if before < 0 else 2] = number
        is_stream = isinstance(node, bytes)
        entries.append([name, 2 if is_stream else 1, FREE, FREE, node if is_stream else b""])
        if not isinstance(node, bytes):
            _enter(entries, number, node)
        before = number


def _entry(name: str, kind: int, right: object, child: object, first: int, size: int) -> bytes:
    title = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBLLL16sLQQLQ", title, len(title), kind, 1, FREE, right, child, bytes(16), 0, 0, 0, first, size
    )


def _header(fat_at: int, mini_fat_at: int) -> bytes:
    head = struct.pack("<8s16s5H6s", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6, bytes(6))
    head += struct.pack("<9L", 0, 1, 0, 0, LONG, mini_fat_at, fat_at - mini_fat_at, END, 0)
    return head + struct.pack("<109L", fat_at, *[FREE] * 108)


def outlook_message(sender: str, sent: datetime, attached: Mapping[str, bytes]) -> bytes:
    """A .msg as Outlook keeps it, with these attachments."""
    ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    texts = {0x001A: "IPM.Note", 0x0C1A: sender, 0x0C1F: "chair@example.org"}
    date = struct.pack("<LLQ", 0x00390040, 6, ticks)
    header = struct.pack("<8x4L8x", 0, len(attached), 0, len(attached))
    tree: dict[str, Node] = _properties(header, texts, date)
    for number, (name, data) in enumerate(attached.items()):
        tree[f"__attach_version1.0_#{number:08X}"] = _properties(bytes(8), {0x3707: name}, b"", {0x3701: data})
    return compound(tree)


def _properties(
    header: bytes, texts: Mapping[int, str], fixed: bytes, blobs: Mapping[int, bytes] | None = None
) -> dict[str, Node]:
    streams = {(number << 16) + 0x1F: text.encode("utf-16-le") for number, text in texts.items()}
    streams |= {(number << 16) + 0x102: blob for number, blob in (blobs or {}).items()}
    listed = b"".join(struct.pack("<LLLL", tag, 6, len(data), 0) for tag, data in streams.items())
    made: dict[str, Node] = {f"__substg1.0_{tag:08X}": data for tag, data in streams.items()}
    return {"__properties_version1.0": header + listed + fixed, **made}
