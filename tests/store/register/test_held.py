"""Held and refused files that the officer put aside, or answered, in the register."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_sheets.store.register import tables
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.register.settling.held import ANSWERED, PUT_ASIDE, list_put_aside, settle_held


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register with one plan in it."""
    return Register.create(tmp_path / FILE, "one", b"s" * 32)


def add_file(register: Register, letter: str, **columns: str) -> int:
    """Add the row of a file that came; its SHA-256 is one letter."""
    with register.batch("receive", "2016-07-08T09:00:00") as batch:
        return batch.add(tables.RETURN, sha256=letter * 64, received=batch.at, **columns)


def settle(register: Register, letter: str, choice: str, reason: str) -> None:
    """Let the officer say in a new workbook what becomes of the file of this SHA-256."""
    number = add_file(register, "f", kind="officer", number=f"OFFICER-{reason}")
    with register.batch("receive", "2016-07-11T09:00:00") as batch:
        settle_held(batch, letter * 64, choice, reason, "Ann Officer", number)


def test_a_file_put_aside_or_answered_is_held_no_more(register: Register) -> None:
    for sha, verdict in (("a", "held"), ("b", "held"), ("c", "refused")):
        add_file(register, sha, verdict=verdict, number=f"FILE-{sha}")
    settle(register, "a", PUT_ASIDE, "One")
    settle(register, "c", ANSWERED, "Two")
    assert [file.sha256[0] for file in register.set_aside("held")] == ["b"]
    assert register.set_aside("refused") == []
    found = [(file.number, file.choice, file.reason, file.by) for file in list_put_aside(register).values()]
    assert found == [("FILE-a", PUT_ASIDE, "One", "Ann Officer"), ("FILE-c", ANSWERED, "Two", "Ann Officer")]
    assert list_put_aside(register)["a" * 64].settled_in == "OFFICER-One"


def test_the_last_word_on_a_file_counts(register: Register) -> None:
    add_file(register, "a", verdict="held", number="FILE-1")
    settle(register, "a", PUT_ASIDE, "One")
    settle(register, "a", PUT_ASIDE, "Two")
    assert [file.reason for file in list_put_aside(register).values()] == ["Two"]


def test_a_file_that_came_again_after_it_was_put_aside_is_held_or_taken_in_as_any_other(register: Register) -> None:
    for sha, again in (("a", "held"), ("b", "accepted")):
        add_file(register, sha, verdict="held", number=f"FILE-{sha}")
        settle(register, sha, PUT_ASIDE, sha)
        add_file(register, sha, verdict=again, number=f"AGAIN-{sha}")
    assert [file.number for file in register.set_aside("held")] == ["AGAIN-a"]
    assert list_put_aside(register) == {}
