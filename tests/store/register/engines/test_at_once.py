"""Several at once, and a connection that is lost: nothing twice, nothing half done."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.chairs import RECEIVED_ON, Plan, said
from tests.commands import run
from tests.rounds.test_at_once import together
from tests.servers import running
from tests.store.register.engines.conftest import Served

from plan_sheets import examine_folder, plan
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.outbox import Outbox
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.record import ReceivedFile, add_return

OFFICERS = 10


def record(plan: Plan, officer: int) -> str:
    """The number of a file that an officer takes in."""
    with plan.register.batch("receive", f"2016-07-08T10:{officer:02}:00") as batch:
        return add_return(batch, ReceivedFile(f"{officer:064}", f"{officer}.xlsx", "", "held")).number


def test_ten_officers_at_once_wait_for_each_other(served: Served) -> None:
    with ThreadPoolExecutor(OFFICERS) as pool:
        numbers = [*pool.map(lambda officer: record(served.plan, officer), range(OFFICERS))]
    assert sorted(numbers) == sorted(f"FILE-{number}" for number in range(1, OFFICERS + 1))
    assert len(served.plan.register.returns(verdict="held")) == OFFICERS
    assert examine_folder(served.plan.path, RECEIVED_ON).is_as_recorded


def test_two_plans_of_one_register_do_not_wait_for_each_other(served: Served, tmp_path: Path) -> None:
    url = f"{served.server.url(served.name)}#theirs"
    theirs = Plan(plan.new_plan(tmp_path / "theirs", RECEIVED_ON, example=True, register=url).path)
    with served.plan.register.batch("receive", "2016-07-08"):
        assert record(theirs, 1) == "FILE-1"
        assert record(theirs, 2) == "FILE-2"
    assert examine_folder(theirs.path, RECEIVED_ON).is_as_recorded


def test_a_plan_in_use_is_busy_and_can_be_read(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "WAIT", 0)
    with served.plan.register.batch("receive", "2016-07-08"):
        told = run("plan", plan=served.plan)
        assert told.exit_code == 1
        assert "is busy: somebody else is writing to this plan" in told.stderr
        assert run("status", plan=served.plan).exit_code == 0


@pytest.mark.thorough
def test_ten_officers_give_commands_at_once(served: Served) -> None:
    served.plan.issue()
    files = [served.plan.filled(f"da{officer}", said(progress=f"As {officer} says")) for officer in range(OFFICERS)]
    outcomes = together(served.plan, *[("receive", file) for file in files])
    assert [status for status, _ in outcomes if status not in (0, 3)] == []
    numbers = [returned.number for returned in served.plan.register.returns(kind="subgroup")]
    assert sorted(numbers) == sorted(f"DA-{number}" for number in range(1, OFFICERS + 1))
    texts = {cell.returned for query in served.plan.queries for cell in query.cells}
    assert texts | {served.plan.said("J1a.1", "progress")} >= {f"As {officer} says" for officer in range(OFFICERS)}
    assert examine_folder(served.plan.path, RECEIVED_ON).is_as_recorded


def record_with_file(folder: Folder) -> None:
    """Record something, and make a file with it."""
    with folder.register.batch("x", "2016-07-08") as batch:
        folder.write("master/x.xlsx", b"x", batch)


def is_as_before(served: Served, before: int) -> bool:
    """Whether nothing was recorded, and nothing lies about."""
    return served.plan.register.last_batch() == before and not [*served.plan.path.rglob(".plan-sheets-*")]


def test_a_connection_lost_in_the_middle_leaves_nothing(served: Served) -> None:
    served.plan.issue()
    before = served.plan.register.last_batch()

    def lose() -> None:
        with served.plan.register.batch("x", "2016-07-08") as batch:
            add_return(batch, ReceivedFile("a" * 64, "a.xlsx", "", "held"))
            served.plan.folder.write("master/x.xlsx", b"x", batch)
            served.cut_off()
            add_return(batch, ReceivedFile("b" * 64, "b.xlsx", "", "held"))

    with pytest.raises(PlanSheetsError, match="was lost") as told:
        lose()
    assert "Nothing was changed." in told.value.remedy
    assert is_as_before(served, before)
    assert run("receive", served.plan.filled("da", said()), plan=served.plan).exit_code in (0, 3)


def test_a_connection_lost_at_the_seals_is_told_in_our_words_alone(served: Served) -> None:
    served.ask(
        "CREATE FUNCTION plan_plan.lose() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'; "
        "CREATE TRIGGER lose BEFORE INSERT ON plan_plan.seal EXECUTE FUNCTION plan_plan.lose()"
    )
    words = ("issue", "--round", "2016-17-Q1", "--return-by", "2016-07-15", "--plan", str(served.plan.path))
    done = subprocess.run([sys.executable, "-m", "plan_sheets", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "was lost" in done.stderr
    assert "psycopg" not in done.stderr


def test_a_connection_lost_before_the_commit_leaves_nothing(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    before = served.plan.register.last_batch()
    monkeypatch.setattr(Outbox, "sync", lambda _: served.cut_off())
    with pytest.raises(PlanSheetsError, match="was lost"):
        record(served.plan, 1)
    assert is_as_before(served, before)


def test_a_commit_whose_answer_is_lost_is_looked_for_and_found(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    commit: Any = psycopg.Connection.commit

    def lose(connection: Any) -> None:
        commit(connection)
        monkeypatch.undo()
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(psycopg.Connection, "commit", lose)
    record_with_file(served.plan.folder)
    assert (served.plan.path / "master" / "x.xlsx").read_bytes() == b"x"


@pytest.mark.thorough
def test_a_server_that_stops_at_the_commit_leaves_what_the_next_command_puts_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as server:
        path = tmp_path / "plan"
        folder = plan.new_plan(path, RECEIVED_ON, example=True, register=server.url(server.make_database()))
        sync: Any = Outbox.sync

        def stop(outbox: Outbox) -> None:
            sync(outbox)
            server.stop()

        monkeypatch.setattr(Outbox, "sync", stop)
        with pytest.raises(PlanSheetsError, match="not known whether") as told:
            record_with_file(folder)
        assert told.value.recorded
        assert "cannot be reached" in run("status", plan=Plan(path)).stderr
        monkeypatch.undo()
        server.start()
        assert not (Plan(path).path / "master" / "x.xlsx").exists()
        assert record(Plan(path), 1) == "FILE-1"
        assert examine_folder(path, RECEIVED_ON).is_as_recorded
