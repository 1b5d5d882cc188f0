"""Looks whether a register is as it was recorded: the file, its tables and guards, and every row by its seal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from plan_sheets.core.book.document import sha_of
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.sqlite import engine_over, make_tables
from plan_sheets.store.register.safe.names import describe_missing, describe_row
from plan_sheets.store.register.safe.seal import SIZE, WIPED, digest_of, write_row

_TOLD = 10
"""How many of the things that SQLite says of a damaged file are told; of one kind of row 100 times as many."""
_SEALED = [table.name for table in tables.METADATA.sorted_tables if "id" in table.c and table is not tables.SEAL]
"""The tables whose rows are sealed."""


class Wrong(NamedTuple):
    """Something that is not as it was recorded: the code of its message, and what it is about."""

    code: str
    what: str = ""


def verify(copy: sqlite3.Connection) -> list[Wrong]:
    """What is wrong in a copy of a register: nothing of a good one. Never raises, whatever is damaged."""
    found: list[Wrong] = []
    for check in (_check_file, _check_schema, _check_layouts, _check_pointers, _check_seals, _check_sources):
        try:
            found += _try_again_as_bytes(copy, check)
        except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:  # SQLite's word, or no value of ours
            found.append(Wrong("register_damaged", str(error)))
    return list(dict.fromkeys(found))


def _try_again_as_bytes(
    copy: sqlite3.Connection, check: Callable[[sqlite3.Connection], Iterator[Wrong]]
) -> list[Wrong]:
    """What a check finds; where what stands there is no text, it is read again with its bytes shown."""
    try:
        return [*check(copy)]
    except (sqlite3.OperationalError, UnicodeDecodeError):
        copy.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return [*check(copy)]


def _check_file(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """What SQLite says of the file itself."""
    for (said,) in copy.execute(f"PRAGMA integrity_check({_TOLD})"):
        if said != "ok":
            yield Wrong("register_damaged", said)


def _check_schema(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """Every table, index and guard that is missing, is another one, or is none of ours."""
    expected, there = _read_expected(), _read_schema(copy)
    for (number,) in copy.execute("SELECT max(number) FROM version"):
        if number != tables.SCHEMA_VERSION:
            yield Wrong("register_altered", f"it says that it is of version {number}")
    for kind, name in sorted(expected.keys() | there.keys()):
        if expected.get((kind, name)) != there.get((kind, name)):
            code = "register_unguarded" if kind == "trigger" else "register_altered"
            how = "is missing" if (kind, name) not in there else "is none of ours, or was altered"
            yield Wrong(code, f"{kind} {name} {how}")


def _read_schema(copy: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = copy.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return {(kind, name): sql for kind, name, sql in rows}


@cache
def _read_expected() -> dict[tuple[str, str], str]:
    """Type and name of everything in the schema of a register, and how it was made."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        with engine_over(made).connect() as connection:
            make_tables(connection)
        return _read_schema(made)


def _check_layouts(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """Layouts are known by their hash, and have no seal."""
    used = {sha for (sha,) in copy.execute("SELECT layout FROM document")}
    for sha, text in copy.execute("SELECT sha, text FROM layout"):
        if sha_of(text) != sha:
            yield Wrong("row_changed", f"the layout of a workbook ({sha[:8]})")
        elif sha not in used:
            yield Wrong("row_added", f"the layout of a workbook ({sha[:8]})")


def _check_pointers(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """Rows that point to another one that is not there."""
    for table, number, parent, _ in islice(copy.execute("PRAGMA foreign_key_check"), 100 * _TOLD):
        yield Wrong("row_astray", f"{describe_row(copy, table, number)}, which needs a row of {parent}")


@dataclass(slots=True)
class _Sealed:
    """What the seals say of one table: 16 bytes a row, by id from 1."""

    hashes: bytearray = field(default_factory=bytearray)
    salts: bytearray = field(default_factory=bytearray)
    known: bytearray = field(default_factory=bytearray)
    """1 for each id that has a seal."""
    is_whole: bool = True
    """Whether no seal of the table is damaged: else nobody can say what is too much."""

    def add(self, first: int, hashes: bytes, salts: bytes) -> None:
        """Put in a seal; a later one of the same row takes the place of the earlier."""
        end = first - 1 + len(hashes) // SIZE
        for kept, size in ((self.hashes, SIZE), (self.salts, SIZE), (self.known, 1)):
            kept.extend(bytes(max(0, end * size - len(kept))))
        self.hashes[(first - 1) * SIZE : end * SIZE] = hashes
        self.salts[(first - 1) * SIZE : end * SIZE] = salts
        self.known[first - 1 : end] = b"\1" * (end - first + 1)


def _check_seals(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """The chain of seals, then every row of every sealed table."""
    sealed = {name: _Sealed() for name in _SEALED}
    yield from _check_chain(copy, sealed)
    for name in _SEALED:
        yield from _check_rows(copy, name, sealed[name])


def _check_chain(copy: sqlite3.Connection, sealed: dict[str, _Sealed]) -> Iterator[Wrong]:
    """Every seal by its digest; the good ones are put into `sealed`.

    A digest that was itself changed is one thing wrong, not two: the next seal is compared with what it should be.
    """
    stored = computed = ""
    chosen = 'SELECT id, "of", first, hashes, salts, digest FROM seal ORDER BY id'
    for expected, (number, of, first, hashes, salts, digest) in enumerate(copy.execute(chosen), 1):
        is_readable = isinstance(hashes, bytes) and isinstance(salts, bytes) and isinstance(first, int) and first > 0
        digests = {digest_of(before, str(of), first, hashes) for before in (stored, computed)} if is_readable else set()
        if number == expected and digest in digests and len(salts) == len(hashes) and of in sealed:
            sealed[of].add(first, hashes, salts)
        else:
            yield Wrong("chain_broken", describe_row(copy, str(of), first))
            for table in [sealed[of]] if of in sealed else sealed.values():
                table.is_whole = False
        stored, computed = digest, next(iter(digests), digest) if digest not in digests else digest


def _check_rows(copy: sqlite3.Connection, name: str, sealed: _Sealed) -> Iterator[Wrong]:
    """The rows of a table that were changed, added or taken out."""
    changed, added, missing = _compare_rows(copy, name, sealed)
    most = 100 * _TOLD
    yield from (Wrong("row_changed", describe_row(copy, name, number)) for number in changed[:most])
    yield from (Wrong("row_added", describe_row(copy, name, number)) for number in added[:most] if sealed.is_whole)
    yield from (Wrong("row_lost", describe_missing(copy, name, number)) for number in missing[:most])


def _compare_rows(copy: sqlite3.Connection, name: str, sealed: _Sealed) -> tuple[list[int], list[int], list[int]]:
    """The ids of the rows that are not as they were sealed, that have no seal, and that have one and are not there."""
    hashes, salts, known = bytes(sealed.hashes), bytes(sealed.salts), bytes(sealed.known)
    there = bytearray(len(known))
    changed, added = [], []
    for row in copy.execute(f'SELECT * FROM "{name}" ORDER BY id'):  # noqa: S608 - names of our own tables
        number = row[0]
        if not 0 < number <= len(known) or not known[number - 1]:
            added.append(number)
            continue
        there[number - 1] = 1
        at = SIZE * (number - 1)
        salt = salts[at : at + SIZE]
        # `hash_row`, written out: there may be a million rows
        if sha256(salt + write_row(row).encode()).digest()[:SIZE] != hashes[at : at + SIZE] or salt == WIPED:
            changed.append(number)
    missing = [
        number for number, (is_known, is_there) in enumerate(zip(known, there, strict=True), 1) if is_known > is_there
    ]
    return changed, added, missing


def _check_sources(copy: sqlite3.Connection) -> Iterator[Wrong]:
    """Values that came by nothing that is recorded."""
    none = "SELECT id FROM value WHERE entry IS NULL AND settlement IS NULL AND withdrawal IS NULL"
    for (number,) in islice(copy.execute(none), 100 * _TOLD):
        yield Wrong("value_without_source", describe_row(copy, "value", number))
