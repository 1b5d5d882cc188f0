"""One changed byte of a register is noticed, and named by what it is; what was redacted verifies all the same."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.chairs import RECEIVED_ON, Plan, said

from plan_sheets import redact_texts
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.engines.sqlite import SqliteFile
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe.seal import SIZE, WIPED, hash_row
from plan_sheets.store.register.safe.verify import Wrong, verify


@pytest.fixture
def returned(round_one: Plan) -> Plan:
    """A return of DA is in, which went on about it at some length."""
    round_one.receive(round_one.filled("da", said(progress="The worker wrote to everybody on the list.")))
    return round_one


def look(plan: Plan) -> list[Wrong]:
    """What is wrong with the register of a plan."""
    with read_copy(SqliteFile(plan.path / FILE)) as copy:
        return verify(copy)


def tamper(plan: Plan, *statements: str) -> None:
    """What somebody does who opens the register with another program: no guard stops them, and none is missed."""
    with closing(sqlite3.connect(plan.path / FILE, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        for _, guard in guards:
            connection.execute(guard)


def test_a_register_is_as_it_was_recorded(returned: Plan) -> None:
    assert look(returned) == []


CHANGES = {
    "what a chair typed": (
        "UPDATE entry SET entered = replace(entered, 'wrote', 'wrotf') WHERE entered LIKE 'The worker%'",
        ("row_changed", "return DA-1, cell Progress!F5 (J1a.1 progress)"),
    ),
    "what stands": (
        "UPDATE value SET value = value || '.' WHERE value LIKE 'The worker%'",
        ("row_changed", "what stands for J1a.1 progress from 2016-17-Q1"),
    ),
    "whose a return is": ("UPDATE \"return\" SET file = 'x' WHERE number = 'DA-1'", ("row_changed", "return DA-1")),
    "what went out": (
        "UPDATE document SET base = replace(base, 'Start', 'Stort') WHERE reference = '2016-17-Q1-DA-1'",
        ("row_changed", "issue 2016-17-Q1-DA-1"),
    ),
    "a layout": ("UPDATE layout SET text = text || ' '", ("row_changed", "the layout of a workbook")),
    "the key": ("UPDATE plan SET secret = x'00'", ("row_changed", "the key with which workbooks are signed")),
    "when": (
        "UPDATE batch SET at = '2016-07-09T00:00:00' WHERE deed = 'receive'",
        ("row_changed", "that something was recorded on 2016-07-09 (receive)"),
    ),
    "what a file was": (
        "UPDATE output SET sha256 = 'x' WHERE path = 'plan.xlsx'",
        ("row_changed", "that this file was made"),
    ),
    "a kind of value": (
        "UPDATE entry SET entered = CAST(entered AS BLOB) WHERE entered LIKE 'The worker%'",
        ("row_changed", "return DA-1, cell Progress!F5 (J1a.1 progress)"),
    ),
    "no text at all": (
        "UPDATE entry SET entered = CAST(x'ff41' AS TEXT) WHERE entered LIKE 'The worker%'",
        ("row_changed", "return DA-1, cell Progress!F5 (J1a.1 progress)"),
    ),
    "a row less": (
        "DELETE FROM finding WHERE id = (SELECT max(id) FROM finding)",
        ("row_lost", "what was found in a return that came after this one"),
    ),
    "a row more": (
        "INSERT INTO round SELECT 99, plan, batch, '2016-17-Q4', '', '2017-04-01', issued FROM round",
        ("row_added", "when round 2016-17-Q4 is due"),
    ),
    "a seal": (
        "UPDATE seal SET hashes = x'00' || substr(hashes, 2) WHERE of = 'entry'",
        ("chain_broken", "return PLAN-1, cell"),
    ),
    "a seal as it was built": (
        "UPDATE seal SET hashes = CAST(x'00' || substr(hashes, 2) AS BLOB) WHERE of = 'entry' AND id > 5",
        ("chain_broken", "return DA-1, cell"),
    ),
    "a digest": ("UPDATE seal SET digest = 'x' WHERE id = 3", ("chain_broken", "")),
    "a salt": (
        "UPDATE seal SET salts = CAST(x'00' || substr(salts, 2) AS BLOB) WHERE of = 'plan'",
        ("row_changed", "the key with which workbooks are signed"),
    ),
    "a seal less": ("DELETE FROM seal WHERE id = 3", ("chain_broken", "")),
    "a value from nowhere": ("UPDATE value SET entry = NULL WHERE id = 5", ("value_without_source", "what stands for")),
    "an entry of no return": (
        "UPDATE entry SET return_id = 999 WHERE entered LIKE 'The worker%'",
        ("row_astray", "a cell of a return (number"),
    ),
    "another version": ("UPDATE version SET number = 3", ("register_altered", "version 3")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_somebody_changed_is_named(returned: Plan, name: str) -> None:
    statement, (code, what) = CHANGES[name]
    tamper(returned, statement)
    wrong = look(returned)
    assert [found for found in wrong if found.code == code and what in found.what], wrong
    many = {"a layout", "a seal less", "a value from nowhere", "an entry of no return", "a seal"}
    assert len(wrong) == 1 or name in many, wrong


@pytest.mark.parametrize(
    ("statement", "code", "what"),
    [
        ("DROP TRIGGER entry_never_update", "register_unguarded", "trigger entry_never_update is missing"),
        ("CREATE TABLE mine (a)", "register_altered", "table mine is none of ours, or was altered"),
        ("DROP INDEX return_number", "register_altered", "index return_number is missing"),
    ],
)
def test_what_is_not_as_it_was_built_is_named(returned: Plan, statement: str, code: str, what: str) -> None:
    with closing(sqlite3.connect(returned.path / FILE, isolation_level=None)) as connection:
        connection.execute(statement)
    assert look(returned) == [Wrong(code, what)]


def read_all(path: Path) -> object:
    """Everything that a register holds, and how it is built; None if it cannot be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        try:
            schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            names = [name.decode() for kind, name, _ in schema if kind == b"table"]
            return schema, [connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in names]  # noqa: S608 - its own names
        except (sqlite3.Error, UnicodeDecodeError):
            return None


def changed_bytes(data: bytes, count: int) -> Iterator[tuple[int, bytes]]:
    """The same bytes with one of them changed, at places that chance chooses, always the same."""
    chance = random.Random(17)  # noqa: S311 - places in a file
    for place in sorted(chance.sample(range(len(data)), count)):
        other = bytearray(data)
        other[place] ^= 1 << chance.randrange(8)
        yield place, bytes(other)


@pytest.mark.fuzz
def test_any_byte_that_means_something_is_noticed(returned: Plan) -> None:
    path = returned.path / FILE
    data, before = path.read_bytes(), read_all(path)
    noticed = 0
    for place, other in changed_bytes(data, 40):
        path.write_bytes(other)
        try:
            wrong = look(returned)
        except sqlite3.Error as error:  # no database any more: doctor says so
            wrong = [Wrong("register_unreadable", str(error))]
        noticed += bool(wrong)
        assert wrong or read_all(path) == before, place
    assert noticed > 20


def test_what_was_redacted_verifies_and_can_not_be_guessed(returned: Plan) -> None:
    rows = list(sqlite3.connect(returned.path / FILE).execute("SELECT * FROM entry WHERE entered LIKE 'The worker%'"))
    assert len(rows) == 1
    redact_texts(returned.folder, "DA-1", "It names a child", RECEIVED_ON)
    assert look(returned) == []
    chosen = "SELECT first, hashes, salts FROM seal WHERE of = 'entry' ORDER BY id"
    seals = sqlite3.connect(returned.path / FILE).execute(chosen).fetchall()
    found = [
        (first, hashes, salts) for first, hashes, salts in seals if first <= rows[0][0] < first + len(hashes) // SIZE
    ]
    assert len(found) == 2, "as it was first recorded, and as it is now"
    first, hashes, salts = found[0]
    at = SIZE * (rows[0][0] - first)
    assert salts[at : at + SIZE] == WIPED
    assert hash_row(rows[0], WIPED) != hashes[at : at + SIZE], "the old hash tells nobody what was taken out"


def test_what_was_redacted_and_is_changed_again_is_noticed(returned: Plan) -> None:
    redact_texts(returned.folder, "DA-1", "It names a child", RECEIVED_ON)
    tamper(returned, "UPDATE entry SET entered = 'Redacted!' WHERE entered = 'Redacted'")
    assert {found.code for found in look(returned)} == {"row_changed"}
