"""What is kept, made and left in a plan folder: synced, whole, with the rights that it should have."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from tests.chairs import RECEIVED_ON, Plan, codes, fill, said
from tests.commands import run

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store import outbox
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.plan_folder import open_folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.troubles import explain

AT = "2016-07-08T09:00:00"
NAME = "officer/2016-17-q1.xlsx"
posix = pytest.mark.skipif(
    os.name == "nt", reason="Windows keeps no rights for owner, group and others: run this on Linux or macOS"
)


def aside(plan: Plan) -> list[Path]:
    """Every file that is not in its place."""
    return sorted(plan.path.rglob(".plan-sheets-*"))


def make(plan: Plan, name: str, data: bytes) -> Path:
    """A file that the tool makes, in a batch of its own."""
    folder = plan.folder
    with folder.register.batch("test", AT) as batch:
        return folder.write(name, data, batch)


def make_and_be_killed(plan: Plan, name: str, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, ended when it is recorded and before it is moved."""
    with monkeypatch.context() as patched:
        patched.setattr(outbox.Outbox, "place", lambda _: None)
        make(plan, name, data)
    assert aside(plan)


# Written aside, and moved


def test_a_file_is_in_its_place_only_when_the_batch_is_recorded(round_one: Plan) -> None:
    folder = round_one.folder
    with folder.register.batch("test", AT) as batch:
        path = folder.write(NAME, b"made", batch)
        assert not path.exists()
    assert path.read_bytes() == b"made"
    assert aside(round_one) == []


def make_and_fail(plan: Plan) -> None:
    """Write a file in a batch that comes to grief."""
    folder = plan.folder
    with folder.register.batch("test", AT) as batch:
        folder.write(NAME, b"made", batch)
        next(iter([]))


def test_a_batch_that_fails_leaves_no_file_and_replaces_none(round_one: Plan) -> None:
    make(round_one, NAME, b"before")
    with pytest.raises(StopIteration):
        make_and_fail(round_one)
    assert (round_one.path / NAME).read_bytes() == b"before"
    assert aside(round_one) == []


def test_a_deed_that_fails_leaves_no_workbook(round_one: Plan) -> None:
    """The round is issued, and then the officer's workbook is open in another program."""
    plan = round_one.path / "plan.xlsx"
    fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled"}}})
    mark = round_one.path / "officer" / ".~lock.2016-17-q2.xlsx#"
    mark.parent.mkdir(exist_ok=True)
    mark.touch()
    words = ("issue", "--round", "2016-17-Q2", "--return-by", "2016-10-14", "--as-of", "2016-09-20")
    told = run(*words, plan=round_one)
    assert told.exit_code == 1
    assert "so nothing was changed" in told.stderr
    assert not list(round_one.path.glob("issued/2016-17-q2/*"))
    assert [one.code for one in round_one.register.rounds()] == ["2016-17-Q1"]
    mark.unlink()
    assert run(*words, plan=round_one).exit_code == 0


def test_what_a_kill_left_is_finished_by_the_next_command(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    make(round_one, NAME, b"before")
    make_and_be_killed(round_one, NAME, b"made", monkeypatch)
    assert (round_one.path / NAME).read_bytes() == b"before"
    assert run("status", plan=round_one).exit_code == 0
    assert (round_one.path / NAME).read_bytes() == b"made"
    assert aside(round_one) == []


def test_what_a_kill_left_is_put_beside_a_file_that_was_changed(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(round_one, NAME, b"before")
    make_and_be_killed(round_one, NAME, b"made", monkeypatch)
    (round_one.path / NAME).write_bytes(b"typed meanwhile")
    open_folder(round_one.path)
    assert (round_one.path / NAME).read_bytes() == b"typed meanwhile"
    beside = round_one.path / "officer" / "2016-17-q1-2.xlsx"
    assert beside.read_bytes() == b"made"
    assert aside(round_one) == []
    assert sha256(b"made") in round_one.register.outputs()["officer/2016-17-q1-2.xlsx"]


def test_a_file_changed_in_the_last_moment_is_left_alone_and_told(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(round_one, NAME, b"before")
    place = outbox.Outbox.place

    def place_late(made: outbox.Outbox) -> None:
        (round_one.path / NAME).write_bytes(b"typed meanwhile")
        place(made)

    monkeypatch.setattr(outbox.Outbox, "place", place_late)
    with pytest.raises(PlanSheetsError, match="was changed while the new one was made") as told:
        make(round_one, NAME, b"made")
    monkeypatch.undo()
    assert told.value.recorded
    assert (round_one.path / NAME).read_bytes() == b"typed meanwhile"
    open_folder(round_one.path)
    assert (round_one.path / "officer" / "2016-17-q1-2.xlsx").read_bytes() == b"made"


def test_a_plan_written_and_never_put_in_place_is_not_the_plan_last_read(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the officer types into the plan that is there is compared with that plan, and no chair's word is undone."""
    round_one.receive(round_one.filled("da", {"Action plan": {"J1a.1": {"Impact": "Fewer repeats"}}}))
    plan = round_one.path / "plan.xlsx"
    with monkeypatch.context() as patched:
        patched.setattr(outbox.Outbox, "place", lambda _: None)
        office.merge_plan(round_one.folder, RECEIVED_ON, write=True)
    fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled"}}})
    office.merge_plan(round_one.folder, RECEIVED_ON)
    assert round_one.stands("", "title", "plan") == "Retitled"
    assert round_one.stands("J1a.1", "impact") == "Fewer repeats"
    assert (round_one.path / "plan-2.xlsx").is_file()


def test_what_is_old_and_was_never_recorded_goes_and_what_is_new_stays(round_one: Plan) -> None:
    old, new = (round_one.path / "officer" / f".plan-sheets-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    open_folder(round_one.path)
    assert aside(round_one) == [new]
    assert run("receive", round_one.path, plan=round_one).exit_code == 0
    assert aside(round_one) == [new]


# The plan open elsewhere


@pytest.mark.parametrize("mark", ["~$plan.xlsx", ".~lock.plan.xlsx#"])
def test_a_plan_that_is_open_elsewhere_is_not_written_and_nothing_is(round_one: Plan, mark: str) -> None:
    plan, before = round_one.path / "plan.xlsx", round_one.register.last_batch()
    fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled"}}})
    typed = plan.read_bytes()
    (round_one.path / mark).touch()
    told = run("plan", "--write", plan=round_one)
    assert told.exit_code == 1
    assert "plan.xlsx is open in another program, so nothing was changed." in told.stderr
    assert f"delete {mark}" in told.stderr
    assert (plan.read_bytes(), round_one.register.last_batch()) == (typed, before)
    (round_one.path / mark).unlink()
    assert run("plan", "--write", plan=round_one).exit_code == 0


# Kept


@pytest.mark.parametrize("harm", ["missing", "empty", "altered"])
def test_a_kept_file_that_suffered_is_mended_when_it_comes_again(round_one: Plan, harm: str) -> None:
    file = round_one.filled("da", said())
    first = round_one.receive_one(file)
    kept = round_one.folder.kept(first.sha256)
    if harm == "missing":
        kept.unlink()
    else:
        kept.write_bytes(b"" if harm == "empty" else file.read_bytes()[::-1])
    again = round_one.receive_one(file)
    assert (again.verdict, codes(again)) == ("duplicate", ["returned_mended"])
    assert kept.read_bytes() == file.read_bytes()
    assert codes(round_one.receive_one(file)) == []


def test_a_dry_run_mends_nothing(round_one: Plan) -> None:
    file = round_one.filled("da", said())
    kept = round_one.folder.kept(round_one.receive_one(file).sha256)
    kept.unlink()
    (again,) = round_one.receive(file, dry_run=True)
    assert "returned_mended" not in codes(again)
    assert not kept.exists()


# On the disk before it is said


def test_everything_is_synced_before_it_is_recorded_and_moved_after(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, told = round_one.filled("da", said()), list[str]()
    sync, replace = outbox.sync, os.replace

    def tell_sync(path: Path) -> None:
        told.append(f"sync {path.relative_to(round_one.path).as_posix().partition('/')[0]}")
        sync(path)

    def tell_move(path: Path, target: Path) -> None:
        told.append(f"move {target.parent.name}")
        replace(path, target)

    def tell_commit(_: object) -> None:
        told.append("commit")

    monkeypatch.setattr(outbox, "sync", tell_sync)
    monkeypatch.setattr(os, "replace", tell_move)
    event.listen(Engine, "commit", tell_commit)
    try:
        office.receive_files(round_one.folder, [file], RECEIVED_ON)
    finally:
        event.remove(Engine, "commit", tell_commit)
    assert [one for one in told if one != "sync ."] == [
        "move returned",
        "sync returned",
        "sync returned",
        "sync backups",
        "move backups",
        "sync backups",
        "commit",
        *("sync feedback", "sync feedback", "sync feedback", "commit", "move 2016-17-q1", "sync feedback"),
        *("sync officer", "sync officer", "commit", "move officer", "sync officer"),
    ]


def test_the_register_is_written_with_a_journal_and_synced(round_one: Plan) -> None:
    with round_one.register.database.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == FULL
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"


FULL = 2


# Rights


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("mask", [0o002, 0o027, 0o077])
def test_the_register_is_its_owners_and_all_else_follows_the_umask(tmp_path: Path, mask: int) -> None:
    plan = Plan(tmp_path / "plan")
    with umask(mask):
        assert run("new", plan.path, "--example").exit_code == 0
        plan.issue(only=["DA"])
    assert rights(plan.path / FILE) == 0o600
    made = [path for path in plan.path.rglob("*.xlsx") if path.is_file()]
    assert len(made) >= 3
    assert {rights(path) for path in made} == {0o666 & ~mask}


@posix
def test_rights_that_were_widened_are_kept(round_one: Plan) -> None:
    (round_one.path / FILE).chmod(0o660)
    round_one.receive(round_one.filled("da", said()))
    assert rights(round_one.path / FILE) == 0o660


# A folder for reading only


@pytest.fixture
def for_reading_only(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan folder in which nothing can be written: the register is opened so, and every other write fails."""
    file = round_one.path / FILE
    connect = sqlite3.connect

    def connect_to_read(database: str, **options: object) -> sqlite3.Connection:
        if database.startswith(file.as_uri()):
            database = f"{file.as_uri()}?mode=ro"
        return connect(database, **options)  # type: ignore[call-overload,no-any-return]

    def refuse(path: object, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(sqlite3, "connect", connect_to_read)
    monkeypatch.setattr("sqlite3.dbapi2.connect", connect_to_read)
    for name in ("write_new", "write_whole", "sync"):
        monkeypatch.setattr(outbox, name, refuse)
    return round_one


def test_a_dry_run_needs_no_right_to_write(for_reading_only: Plan) -> None:
    plan = for_reading_only
    files = [plan.filled("one", said(progress="One")), plan.filled("two", said(progress="Two"))]
    told = run("receive", *files, "--dry-run", plan=plan)
    assert told.exit_code == 3, told.stderr
    assert "conflict" in told.stdout
    assert "A dry run: nothing was recorded." in told.stdout


def test_the_other_commands_that_read_need_none_either(for_reading_only: Plan) -> None:
    for words in (("status",), ("check",), ("trace", "J1a.1")):
        told = run(*words, plan=for_reading_only)
        assert told.exit_code == 0, told.stderr


def test_a_command_that_writes_says_that_it_may_not(for_reading_only: Plan) -> None:
    told = run("master", plan=for_reading_only)
    assert told.exit_code == 1
    assert "read-only for you" in told.stderr
    assert "backup" not in told.stderr


# What the database says


@pytest.mark.parametrize(
    ("code", "match", "backup"),
    [
        (sqlite3.SQLITE_BUSY, "is busy", False),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "is busy", False),
        (sqlite3.SQLITE_LOCKED, "is busy", False),
        (sqlite3.SQLITE_IOERR_FSYNC, "did not read or write", False),
        (sqlite3.SQLITE_FULL, "no room", False),
        (sqlite3.SQLITE_READONLY_ROLLBACK, "read-only", False),
        (sqlite3.SQLITE_CANTOPEN, "cannot be opened", False),
        (sqlite3.SQLITE_PERM, "read-only", False),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, "did not take", False),
        (sqlite3.SQLITE_NOTADB, "not a register", True),
        (sqlite3.SQLITE_CORRUPT, "damaged", True),
    ],
)
def test_a_backup_is_named_only_where_the_file_is_no_good(code: int, match: str, *, backup: bool) -> None:
    said_by_sqlite = sqlite3.OperationalError("a word of SQLite")
    said_by_sqlite.sqlite_errorcode = code
    trouble = explain(Path(FILE), said_by_sqlite)
    assert match in str(trouble)
    assert "a word of SQLite" not in f"{trouble}{trouble.remedy}"
    assert ("backup" in trouble.remedy) == backup
    assert trouble.remedy.startswith("Nothing was changed. "), "a command that is to be copied stands last"


def test_no_statement_and_no_value_is_ever_told(round_one: Plan) -> None:
    with pytest.raises(PlanSheetsError) as told, round_one.register.batch("test", AT) as batch:
        batch.add_all(tables.NEW_ROW, [{"lineage": "private", "record": "further", "row": "1", "ref": "DA.F1"}] * 2)
    assert "private" not in f"{told.value}{told.value.remedy}"
    assert "INSERT" not in f"{told.value}{told.value.remedy}"
    assert told.value.__cause__ is None
    assert "did not take" in str(told.value)


def test_a_damaged_register_is_told_as_that(round_one: Plan) -> None:
    path = round_one.path / FILE
    with closing(sqlite3.connect(path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    data = path.read_bytes()
    path.write_bytes(data[: 2 * size] + b"\xff" * (len(data) - 2 * size))
    told = run("status", plan=round_one)
    assert told.exit_code == 1
    assert "is damaged" in told.stderr
    assert "plan-sheets doctor --restore" in told.stderr
