"""Texts of a compound file that lie apart from their names: properties, and prompts of an .xls."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from plan_sheets.store.container.markup import name_text

_PROMPT = 0x01BE
"""A record Dv (MS-XLS 2.4.90): of its flags four bytes, then titles and texts of a prompt and of an error."""
_WHOLE, _REAL, _LETTERS, _WIDE, _TIME = 3, 5, 0x1E, 0x1F, 0x40
"""Types of a property (MS-OLEPS 2.15)."""
_UTF_16 = 1200


def list_named(path: str, stream: bytes) -> Iterator[str]:
    """What is said in a stream of this name under a name or a title; nothing of a damaged one: its letters remain."""
    with suppress(struct.error, IndexError, UnicodeError, LookupError, OverflowError):
        if path.startswith("\5"):
            yield from _list_properties(stream)
        elif path in ("Workbook", "Book") and struct.pack("<H", _PROMPT) in stream:
            yield from _list_prompts(stream)


def _list_prompts(stream: bytes) -> Iterator[str]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _PROMPT:
            texts, place = [], at + 8
            for _ in range(4):
                letters, is_wide = struct.unpack_from("<HB", stream, place)
                size = letters << (is_wide & 1)
                texts.append(stream[place + 3 : place + 3 + size].decode("utf-16-le" if is_wide & 1 else "latin-1"))
                place += 3 + size
            yield from (name_text(title, text) for title, text in zip(texts[:2], texts[2:], strict=True))
        at += 4 + length


def _list_properties(stream: bytes) -> Iterator[str]:
    (sections,) = struct.unpack_from("<L", stream, 24)
    for section in range(min(sections, 2)):
        (begins,) = struct.unpack_from("<L", stream, 28 + 20 * section + 16)
        _, count = struct.unpack_from("<2L", stream, begins)
        listed = struct.iter_unpack("<2L", stream[begins + 8 : begins + 8 + 8 * count])
        places = {number: begins + offset for number, offset in listed}
        if 0 in places and 1 in places:
            (page,) = struct.unpack_from("<H", stream, places[1] + 4)
            for number, name in _list_names(stream, places[0], page):
                yield name_text(name, _read_value(stream, places[number], page))


def _list_names(stream: bytes, at: int, page: int) -> Iterator[tuple[int, str]]:
    (count,) = struct.unpack_from("<L", stream, at)
    at += 4
    for _ in range(count):
        number, length = struct.unpack_from("<2L", stream, at)
        size = -(-2 * length // 4) * 4 if page == _UTF_16 else length
        yield number, _decode(stream[at + 8 : at + 8 + size], page)
        at += 8 + size


def _read_value(stream: bytes, at: int, page: int) -> str:
    """The value of a property as a text; "" where it is of another type."""
    (kind,) = struct.unpack_from("<L", stream, at)
    if kind in (_LETTERS, _WIDE):
        (length,) = struct.unpack_from("<L", stream, at + 4)
        is_wide = kind == _WIDE
        return _decode(stream[at + 8 : at + 8 + (length << is_wide)], _UTF_16 if is_wide else page)
    if kind == _WHOLE:
        return str(struct.unpack_from("<l", stream, at + 4)[0])
    if kind == _REAL:
        return f"{struct.unpack_from('<d', stream, at + 4)[0]:.15g}"
    if kind == _TIME:
        since = timedelta(microseconds=struct.unpack_from("<Q", stream, at + 4)[0] // 10)
        return (datetime(1601, 1, 1) + since).date().isoformat()  # noqa: DTZ001 - a day, as it was typed
    return ""


def _decode(letters: bytes, page: int) -> str:
    encoding = {_UTF_16: "utf-16-le", 65001: "utf-8"}.get(page, f"cp{page}")
    return letters.decode(encoding, "replace").partition("\0")[0]
