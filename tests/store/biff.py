"""Makes small .xls files for tests: a compound file with one stream of records (MS-XLS)."""

from __future__ import annotations

import struct

from tests.store.compound import compound

EXCEL_97, EXCEL_95 = 0x0600, 0x0500


def record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def start(kind: int, version: int = EXCEL_97) -> bytes:
    """The first record of the workbook (5) or of a sheet (16)."""
    return record(0x0809, struct.pack("<HHHHLL", version, kind, 0x0DBB, 1996, 0, 6))


def wide(text: str, length: str = "<H") -> bytes:
    """A text with two bytes for a letter."""
    letters = text.encode("utf-16-le")
    return struct.pack(length, len(letters) // 2) + b"\1" + letters


def narrow(text: str, length: str = "<H") -> bytes:
    return struct.pack(length, len(text)) + b"\0" + text.encode("latin-1")


def label(row: int, column: int, text: bytes, style: int = 0) -> bytes:
    """A text that stands in its cell."""
    return record(0x0204, struct.pack("<3H", row, column, style) + text)


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    return record(0x0203, struct.pack("<3Hd", row, column, style, value))


def formula(row: int, column: int, result: bytes) -> bytes:
    """A formula (`=1`), by the eight bytes that are stored of its result."""
    return record(0x0006, struct.pack("<3H", row, column, 0) + result + struct.pack("<HLHBH", 0, 0, 3, 0x1E, 1))


NOUGHT = bytes(8)
TEXT_RESULT = b"\0\0\0\0\0\0\xff\xff"
ERROR_RESULT = b"\2\0\x2a\0\0\0\xff\xff"


def style(format_: int, fill: int = 0, font: int = 0) -> bytes:
    """A cell style; `fill` is the number of a colour, 0 for none."""
    return record(0x00E0, struct.pack("<HH10xLH", font, format_, (1 << 26) * bool(fill), fill))


def xls(*sheets: bytes, globals_: bytes = b"", code_page: int = 1200, version: int = EXCEL_97) -> bytes:
    """A workbook of sheets that are called S1, S2 and so on."""
    head = start(5, version) + record(0x0042, struct.pack("<H", code_page)) + globals_
    bodies = [start(16, version) + one + record(0x000A) for one in sheets]
    listed = [struct.pack("<LBB", 0, 0, 0) + narrow(f"S{at}", "<B") for at in range(1, len(bodies) + 1)]
    place, told = len(head) + sum(len(one) + 4 for one in listed) + 4, b""
    for one, body in zip(listed, bodies, strict=True):
        told += record(0x0085, struct.pack("<L", place) + one[4:])
        place += len(body)
    name = "Workbook" if version == EXCEL_97 else "Book"
    return compound({name: head + told + record(0x000A) + b"".join(bodies)})
