"""A register of an older version is raised, after a backup; until then, and if it is newer, it is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.chairs import RECEIVED_ON, Plan, said
from tests.commands import AS_OF, run
from tests.servers import Server

from plan_sheets import doctor
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.address import Place
from plan_sheets.store.register.engines.places import remember
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe import versions
from plan_sheets.store.register.safe.transaction import Transaction

INDEX = "return_sha256"


def make_index(opened: Transaction) -> None:
    """A step: the index that registers of version 2 lack in these tests."""
    next(index for index in tables.RETURN.indexes if index.name == INDEX).create(opened.connection)


@pytest.fixture
def older(round_one: Plan, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan folder whose register lacks something that this version has; in a file, or on a server."""
    if request.param == "file":
        with closing(sqlite3.connect(round_one.path / FILE)) as connection:
            connection.execute(f"DROP INDEX {INDEX}")
    else:
        server: Server = request.getfixturevalue("server")
        name = server.make_database()
        doctor.move(round_one.path, server.url(name), RECEIVED_ON)
        server.ask(name, f"DROP INDEX plan_plan.{INDEX}")
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 3)
    monkeypatch.setattr(versions, "STEPS", {3: make_index})
    return round_one


@pytest.mark.parametrize("older", ["file", "server"], indirect=True)
def test_an_older_register_is_refused_and_then_raised_with_a_backup(older: Plan) -> None:
    for words in (("status",), ("doctor",), ("backup", older.path / "b.sqlite"), ("plan",)):
        told = run(*words, plan=older)
        assert (told.exit_code, told.stdout) == (1, "")
        assert "older version" in told.stderr
        assert told.stderr.endswith("plan-sheets register upgrade\n")
    told = run("register", "upgrade", "--plan", older.path, *AS_OF)
    assert told.exit_code == 0, told.output
    assert "version 3 now" in told.output
    backup = older.path / "backups" / "register-before-version-3-2016-07-08.sqlite"
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT max(number) FROM version").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM entry").fetchone()[0] > 0
    assert run("doctor", *AS_OF, plan=older).exit_code == 0
    assert run("receive", older.filled("da", said()), *AS_OF, plan=older).exit_code in (0, 3)
    assert "of this version already" in run("register", "upgrade", "--plan", older.path).stderr


@pytest.mark.parametrize("older", ["file", "server"], indirect=True)
def test_a_step_that_fails_changes_nothing(older: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(opened: Transaction) -> None:
        make_index(opened)
        raise PlanSheetsError("No.", "")

    monkeypatch.setattr(versions, "STEPS", {3: fail})
    with pytest.raises(PlanSheetsError, match="No"):
        doctor.upgrade(older.path, RECEIVED_ON)
    assert "older version" in run("status", plan=older).stderr
    monkeypatch.setattr(versions, "STEPS", {3: make_index})
    assert doctor.upgrade(older.path, RECEIVED_ON).now == 3


@pytest.mark.parametrize("older", ["file", "server"], indirect=True)
def test_a_newer_register_is_refused(older: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    doctor.upgrade(older.path, RECEIVED_ON)
    monkeypatch.setattr(tables, "SCHEMA_VERSION", 2)
    for words in (("status",), ("doctor",), ("register", "upgrade"), ("doctor", "--restore")):
        told = run(*words[:-1], words[-1], plan=older) if len(words) == 1 else run(*words, "--plan", older.path)
        assert "newer version" in told.stderr
        assert "Nothing was changed." in told.stderr


@pytest.mark.parametrize("where", ["file", "server"])
def test_a_register_and_a_backup_with_the_indexes_of_version_1_are_good_and_raised(
    round_one: Plan, where: str, request: pytest.FixtureRequest
) -> None:
    backup = round_one.path.parent / "backup.sqlite"
    with closing(sqlite3.connect(round_one.path / FILE, isolation_level=None)) as connection:
        (guard,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'version_never_update'").fetchone()
        for statement in (
            *(f"DROP INDEX {name}" for name in ("entry_ref", "value_ref", "value_field")),
            "CREATE INDEX ix_value_plan ON value (plan)",
            *("DROP TRIGGER version_never_update", "UPDATE version SET number = 1", guard),
        ):
            connection.execute(statement)
        connection.execute("VACUUM INTO ?", (str(backup),))
    if where == "server":
        server: Server = request.getfixturevalue("server")
        (round_one.path / FILE).unlink()
        place = Place.parse(f"{server.url(server.make_database())}#plan")
        with closing(sqlite3.connect(backup)) as copy:
            secret = copy.execute("SELECT secret FROM plan").fetchone()[0]
        remember(round_one.path, place, secret)
    told = run("doctor", "--restore", backup, *AS_OF, plan=round_one)
    assert "register upgrade" in told.output, told.output
    assert doctor.upgrade(round_one.path, RECEIVED_ON).now == 2
    assert run("doctor", *AS_OF, plan=round_one).exit_code == 0
    assert run("receive", round_one.filled("da", said()), *AS_OF, plan=round_one).exit_code in (0, 3)
