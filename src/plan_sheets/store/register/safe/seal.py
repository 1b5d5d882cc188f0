"""Seals of rows: a salted hash of each row that is recorded, and a chain of digests over all of them.

A seal stands for rows of one table with ids that follow each other, recorded in one transaction. Its `hashes` and
`salts` hold 16 bytes a row; its digest is over the digest of the seal before and its hashes. A redaction changes rows:
it seals each of them anew, and wipes the salt that belonged to what was taken out, so that nobody can try out from the
old hash what it was. The chain verifies all the same, for no digest is over a salt.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, insert, select, update

from plan_sheets.store.register import tables

SIZE = 16
"""How many bytes of a hash are kept, and of its salt."""
WIPED = bytes(SIZE)
"""The salt of what was taken out."""
_AT_ONCE = 1_000
"""Rows that are sealed anew together."""


def _write_bytes(value: object) -> str:
    """Bytes as JSON can hold them; any other value is of no kind that a register holds."""
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} is no value of a register.")
    return f"bytes {value.hex()}"


write_row = json.JSONEncoder(separators=(",", ":"), default=_write_bytes).encode
"""The canonical JSON of a row, its columns in the order of its table."""


def hash_row(row: Sequence[object], salt: bytes) -> bytes:
    """The hash of a row, as the database holds it."""
    return sha256(salt + write_row(row).encode()).digest()[:SIZE]


def digest_of(before: str, of: str, first: int, hashes: bytes) -> str:
    """The digest of a seal; `before`: that of the seal before it, "" of the first."""
    return sha256(b"\n".join((before.encode(), of.encode(), str(first).encode(), hashes))).hexdigest()


class Seals:
    """The seals of what one transaction records."""

    def __init__(self) -> None:
        self._noted: dict[str, list[tuple[int, bytes, bytes]]] = {}

    def __bool__(self) -> bool:
        """Whether anything was recorded."""
        return bool(self._noted)

    def note(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Note rows of a table, with all columns in its order, the id first."""
        if not rows:
            return
        salts, noted = os.urandom(SIZE * len(rows)), self._noted.setdefault(table, [])
        for number, row in enumerate(rows):
            salt = salts[SIZE * number : SIZE * (number + 1)]
            # `hash_row`, written out: a batch may have many thousand rows
            noted.append((row[0], sha256(salt + write_row(row).encode()).digest()[:SIZE], salt))

    def write(self, connection: Connection) -> tuple[int, str] | None:
        """Record the seals of all that was noted: number and digest of the last one; None if nothing was noted."""
        s = tables.SEAL.c
        last = connection.execute(select(s.id, s.digest).order_by(s.id.desc()).limit(1)).first()
        number, digest = last or (0, "")
        rows = []
        for of, first, hashes, salts in self._list_runs():
            number, digest = number + 1, digest_of(digest, of, first, hashes)
            rows.append({"id": number, "of": of, "first": first, "hashes": hashes, "salts": salts, "digest": digest})
        if rows:
            connection.execute(insert(tables.SEAL), rows)
        return (number, digest) if rows else None

    def _list_runs(self) -> Iterator[tuple[str, int, bytes, bytes]]:
        """Table, first id, hashes and salts of the rows whose ids follow each other."""
        for table, noted in self._noted.items():
            numbered = enumerate(sorted(noted))
            for _, run in groupby(numbered, key=lambda pair: pair[1][0] - pair[0]):
                ids, hashes, salts = zip(*(row for _, row in run), strict=True)
                yield table, ids[0], b"".join(hashes), b"".join(salts)


def seal_anew(connection: Connection, seals: Seals, changed: Mapping[str, Sequence[int]]) -> None:
    """Seal these rows (ids by table) as they are now, and wipe the salts of what they were before."""
    for name, ids in changed.items():
        table = tables.METADATA.tables[name]
        for start in range(0, len(ids), _AT_ONCE):
            rows = connection.execute(select(table).where(table.c.id.in_(ids[start : start + _AT_ONCE])))
            seals.note(name, [tuple(row) for row in rows])
        _wipe_salts(connection, name, ids)


def _wipe_salts(connection: Connection, name: str, ids: Iterable[int]) -> None:
    s, meant = tables.SEAL.c, frozenset(ids)
    for seal in connection.execute(select(s.id, s.first, s.salts).where(s.of == name)).all():
        salts = bytearray(seal.salts)
        for number in meant.intersection(range(seal.first, seal.first + len(salts) // SIZE)):
            start = SIZE * (number - seal.first)
            salts[start : start + SIZE] = WIPED
        if salts != seal.salts:
            connection.execute(update(tables.SEAL).where(s.id == seal.id).values(salts=bytes(salts)))
