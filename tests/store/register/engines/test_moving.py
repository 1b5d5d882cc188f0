"""A register is moved to a server and back: every row, id, hash and seal stays as it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from tests.chairs import RECEIVED_ON, SOS, Plan, said
from tests.commands import AS_OF, run
from tests.servers import Server

from plan_sheets import doctor
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.keeping import move as moving
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.address import MEMORY
from plan_sheets.store.register.engines.files import read_copy
from plan_sheets.store.register.register import FILE, Register


def dump(register: Register) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, the seals as well."""
    with read_copy(register.database) as copy:
        return {name: copy.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in tables.METADATA.tables}  # noqa: S608 - our own names


def test_a_register_moves_to_a_server_and_back_with_every_seal(round_one: Plan, server: Server) -> None:
    run(
        "receive",
        round_one.filled("da", said(progress="Käse ~ 你好")),
        round_one.filled("sos", SOS, "SOS"),
        *AS_OF,
        plan=round_one,
    )
    before, name = dump(round_one.register), server.make_database()
    told = run("register", "move", server.url(name), "--plan", round_one.path, "--as-of", "2016-07-09")
    assert told.exit_code == 0, told.output
    assert (round_one.path / "register-moved-2016-07-09.sqlite").is_file()
    assert not (round_one.path / FILE).exists()
    assert dump(round_one.register) == before
    assert run("doctor", *AS_OF, plan=round_one).exit_code == 0
    correction = round_one.filled("again", said(progress="Corrected", corrects="Yes"))
    assert run("receive", correction, *AS_OF, plan=round_one).exit_code == 0
    between = dump(round_one.register)
    assert between["seal"][: len(before["seal"])] == before["seal"]
    told = run("register", "move", "file", "--plan", round_one.path, "--as-of", "2016-07-09")
    assert "aside_plan_2016_07_09" in told.output
    assert dump(round_one.register) == between
    assert not (round_one.path / MEMORY).exists()
    assert run("doctor", *AS_OF, plan=round_one).exit_code == 0
    assert server.ask(name, "SELECT to_regnamespace('plan_plan')") == [(None,)]


@pytest.mark.parametrize("how", ["not whole", "taken", "nul", "not written", "there already"])
def test_what_cannot_be_moved_stays_where_it_is(
    round_one: Plan, server: Server, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = server.make_database()
    url = f"{server.url(name)}#ours"
    match = {
        "not whole": "not whole",
        "taken": "holds a plan of this name already",
        "nul": "NUL",
        "not written": "not what was read",
        "there already": "is there already",
    }[how]
    if how == "taken":
        run("new", round_one.path.parent / "other", "--register", url)
    elif how in ("not whole", "nul"):
        with closing(sqlite3.connect(round_one.path / FILE)) as connection:
            connection.execute("DROP TRIGGER value_never_update")
            text = "'a' || char(0) || 'b'" if how == "nul" else "'another'"
            connection.execute(f"UPDATE value SET value = {text} WHERE id = 3")  # noqa: S608 - a text of this test
            connection.commit()
        if how == "nul":
            monkeypatch.setattr(moving, "verify", lambda _: [])
    elif how == "not written":
        monkeypatch.setattr(moving, "verify", _verify_twice())
    before = (round_one.path / FILE).read_bytes()
    with pytest.raises(PlanSheetsError, match=match) as told:
        doctor.move(round_one.path, "" if how == "there already" else url, RECEIVED_ON)
    assert told.value.remedy.endswith("Nothing was changed.")
    assert (round_one.path / FILE).read_bytes() == before
    assert not (round_one.path / MEMORY).exists()
    if how != "taken":
        assert server.ask(name, "SELECT to_regnamespace('plan_ours')") == [(None,)]


def _verify_twice() -> Any:
    answers = iter([[], ["wrong"]])
    return lambda _: next(answers)


def test_whoever_does_not_own_a_plan_moves_it_nowhere_and_leaves_nothing(round_one: Plan, server: Server) -> None:
    name = server.make_database()
    doctor.move(round_one.path, server.url(name), RECEIVED_ON)
    server.ask(name, "DROP ROLE IF EXISTS helper; CREATE ROLE helper LOGIN")
    doctor.grant(round_one.path, "helper")
    before, memory = dump(round_one.register), (round_one.path / MEMORY).read_bytes()
    as_helper = ("--register", f"{server.url(name, user='helper')}#plan", "--plan", round_one.path)
    for to in ("file", f"{server.url(name)}#other"):
        told = run("register", "move", to, *as_helper)
        assert "Only whoever owns this plan" in told.stderr
        assert (round_one.path / MEMORY).read_bytes() == memory
    assert not (round_one.path / FILE).exists()
    assert server.ask(name, "SELECT to_regnamespace('plan_other')") == [(None,)]
    assert dump(round_one.register) == before


def test_a_backup_is_put_back_on_a_server_and_what_was_there_is_kept(round_one: Plan, server: Server) -> None:
    name = server.make_database()
    doctor.move(round_one.path, server.url(name), RECEIVED_ON)
    server.ask(name, "DROP ROLE IF EXISTS deputy; CREATE ROLE deputy LOGIN")
    doctor.grant(round_one.path, "deputy")
    before, backup = dump(round_one.register), round_one.path.parent / "backup.sqlite"
    assert run("backup", backup, plan=round_one).exit_code == 0
    run("receive", round_one.filled("da", said()), *AS_OF, plan=round_one)
    server.ask(
        name, "ALTER TABLE plan_plan.value DISABLE TRIGGER ALL; UPDATE plan_plan.value SET value = 'x' WHERE id = 3"
    )
    assert run("doctor", *AS_OF, plan=round_one).exit_code == 3
    told = run("doctor", "--restore", backup, *AS_OF, plan=round_one)
    assert "aside_plan_2016_07_08" in told.output
    assert dump(round_one.register) == before
    redacted = run("redact", "J1a.1", "what", "--reason", "It names a child", *AS_OF, plan=round_one)
    assert "the schema aside_plan_2016_07_08 in the same database" in redacted.output
    assert server.ask(name, "SELECT count(*) FROM plan_plan.entry", user="deputy")[0][0] > 0
    assert server.ask(name, "SELECT count(*) FROM aside_plan_2016_07_08.\"return\" WHERE number = 'DA-1'") == [(1,)]


def test_every_schema_that_holds_the_plan_is_named_when_something_is_redacted(round_one: Plan, server: Server) -> None:
    name = server.make_database()
    run("new", round_one.path.parent / "other", "--register", f"{server.url(name)}#other")
    for to in ("#one", "#two", "", "#three"):
        doctor.move(round_one.path, to and f"{server.url(name)}{to}", RECEIVED_ON)
    told = run("redact", "J1a.1", "what", "--reason", "It names a child", *AS_OF, plan=round_one).output
    assert [key for key in ("one", "two", "three", "other") if f"aside_{key}_" in told] == ["one", "two"]
    assert "other" not in told.replace("another", "")


def test_who_waits_while_a_register_is_moved_writes_to_none(round_one: Plan, server: Server) -> None:
    waiting = round_one.register
    doctor.move(round_one.path, server.url(server.make_database()), RECEIVED_ON)
    with pytest.raises(PlanSheetsError), waiting.batch("plan", "2016-07-08"):
        pass
    on_server = round_one.register
    doctor.move(round_one.path, "", RECEIVED_ON)
    with (
        pytest.raises(PlanSheetsError, match="Another register was put in the place"),
        on_server.batch("plan", "2016-07-08"),
    ):
        pass
