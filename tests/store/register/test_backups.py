"""One backup a day is made before anything is recorded; few are kept, none that the tool did not make is removed."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.chairs import RECEIVED_ON, Plan, said
from tests.commands import run

from plan_sheets import PlanSheetsError, back_up, redact_texts
from plan_sheets.store import outbox
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.engines.sqlite import SqliteFile
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe.backup import KEPT, is_backup, is_part_of, list_daily


def backups(plan: Plan) -> list[str]:
    return [path.name for path in list_daily(plan.path)]


def say_something(folder: Folder, day: int) -> None:
    """Record anything at all on a day of July."""
    with folder.register.batch("plan", datetime(2016, 7, day).isoformat()) as batch:  # noqa: DTZ001 - the office's own clock
        assert batch.seq


def test_the_first_deed_of_a_day_that_records_backs_up_what_was_there_before(round_one: Plan) -> None:
    before = {*backups(round_one)}
    run("receive", round_one.filled("da", said()), "--as-of", "2016-07-08", plan=round_one)
    assert {*backups(round_one)} - before == {"register-2016-07-08.sqlite"}
    made = round_one.path / "backups" / "register-2016-07-08.sqlite"
    with closing(sqlite3.connect(made)) as connection:
        assert connection.execute("SELECT count(*) FROM \"return\" WHERE number = 'DA-1'").fetchone() == (0,)
    assert is_part_of(made, SqliteFile(round_one.path / FILE))
    assert not is_part_of(round_one.path / FILE, SqliteFile(made))
    assert os.name == "nt" or made.stat().st_mode & 0o777 == 0o600
    data = made.read_bytes()
    run("receive", round_one.filled("again", said(progress="More")), "--as-of", "2016-07-08", plan=round_one)
    assert made.read_bytes() == data


def test_what_records_nothing_makes_no_backup(round_one: Plan) -> None:
    before = backups(round_one)
    file = round_one.filled("da", said())
    run("receive", file, "--dry-run", "--as-of", "2016-07-09", plan=round_one)
    run("plan", "--as-of", "2016-07-09", plan=round_one)
    run("status", "--as-of", "2016-07-09", plan=round_one)
    assert backups(round_one) == before


def test_few_are_kept_and_what_somebody_put_there_stays(round_one: Plan) -> None:
    by_hand = round_one.path / "backups" / "register-2016-01-01.sqlite"
    shutil.copy(round_one.path / FILE, by_hand)
    assert not is_backup(by_hand)
    folder = round_one.folder
    for day in range(1, KEPT + 3):
        say_something(folder, day)
    last = [f"register-2016-07-{day:02}.sqlite" for day in range(KEPT + 2, 2, -1)]
    assert backups(round_one) == [*last, by_hand.name]


def test_a_day_without_room_for_a_backup_is_a_day_of_work_all_the_same(
    round_one: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, sync = backups(round_one), outbox.sync

    def fill_up(path: Path) -> None:
        if path.parent.name == "backups":
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(path)

    monkeypatch.setattr(outbox, "sync", fill_up)
    done = run("receive", round_one.filled("da", said()), "--as-of", "2016-07-08", plan=round_one)
    assert done.exit_code == 0, done.output
    assert "The backup of today could not be made" in done.stderr
    assert "No space left on device" in done.stderr
    assert backups(round_one) == before
    assert not [*(round_one.path / "backups").glob(".plan-sheets-*")]
    monkeypatch.setattr(outbox, "sync", lambda _: fill_up(round_one.path / "backups" / "x"))
    with pytest.raises(PlanSheetsError, match="No space left") as told:
        back_up(round_one.path, round_one.path.parent / "copy.sqlite")
    assert "Make room" in told.value.remedy
    assert not (round_one.path.parent / "copy.sqlite").exists()


def test_a_backup_is_made_while_somebody_writes(round_one: Plan) -> None:
    file = round_one.path.parent / "copy.sqlite"
    with round_one.register.batch("plan", RECEIVED_ON.isoformat()) as batch:
        assert batch.seq
        done = run("backup", file, plan=round_one)
        assert (done.exit_code, file.is_file()) == (0, True), done.output
    assert is_backup(file)
    assert is_part_of(file, SqliteFile(round_one.path / FILE))
    assert not is_part_of(round_one.path / FILE, SqliteFile(file)), "what was being recorded is not in it"
    assert run("backup", file, plan=round_one).exit_code == 0, "an older backup of this plan is replaced"
    assert is_part_of(round_one.path / FILE, SqliteFile(file))


NOT_THERE: dict[str, tuple[Callable[[Plan], Path], str]] = {
    "the register": (lambda plan: plan.path / FILE, "is the register itself"),
    "its journal": (lambda plan: plan.path / f"{FILE}-journal", "belongs to it"),
    "another file": (lambda plan: plan.path / "plan.xlsx", "is no backup of this plan"),
    "a folder": (lambda plan: plan.path, "is a folder"),
    "no folder": (lambda plan: plan.path / "no" / "copy.sqlite", "There is no folder"),
}


@pytest.mark.parametrize("name", NOT_THERE)
def test_a_backup_never_goes_where_something_else_lies(round_one: Plan, name: str) -> None:
    place, why = NOT_THERE[name]
    before = (round_one.path / FILE).read_bytes(), (round_one.path / "plan.xlsx").read_bytes()
    done = run("backup", place(round_one), plan=round_one)
    assert done.exit_code == 1
    assert why in done.stderr
    assert "Nothing was changed." in done.stderr
    assert before == ((round_one.path / FILE).read_bytes(), (round_one.path / "plan.xlsx").read_bytes())


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few make links")
def test_a_link_to_the_register_is_the_register(round_one: Plan) -> None:
    soft, hard = round_one.path.parent / "soft.sqlite", round_one.path.parent / "hard.sqlite"
    soft.symlink_to(round_one.path / FILE)
    hard.hardlink_to(round_one.path / FILE)
    for link in (soft, hard):
        assert "is the register itself" in run("backup", link, plan=round_one).stderr
    assert soft.is_symlink()


def test_a_backup_that_knows_more_is_not_replaced(round_one: Plan) -> None:
    file, kept = round_one.path.parent / "copy.sqlite", (round_one.path / FILE).read_bytes()
    say_something(round_one.folder, 8)
    back_up(round_one.path, file)
    (round_one.path / FILE).write_bytes(kept)
    done = run("backup", file, plan=round_one)
    assert done.exit_code == 1
    assert "newer than the register" in done.stderr


def test_a_register_that_is_not_whole_is_not_backed_up(round_one: Plan) -> None:
    with closing(sqlite3.connect(round_one.path / FILE)) as connection:
        connection.execute("DROP TRIGGER entry_never_update")
    done = run("backup", round_one.path.parent / "copy.sqlite", plan=round_one)
    assert (done.exit_code, (round_one.path.parent / "copy.sqlite").exists()) == (1, False)
    assert "is not whole" in done.stderr


def test_what_was_redacted_is_in_no_backup_of_a_day(round_one: Plan) -> None:
    words = "A sentence that should never have been written, of somebody."
    round_one.receive(round_one.filled("da", said(progress=words)), when=RECEIVED_ON - timedelta(days=1))
    say_something(round_one.folder, 8)
    assert words.encode() in (round_one.path / "backups" / "register-2016-07-08.sqlite").read_bytes()
    done = redact_texts(round_one.folder, "DA-1", "It names a child", RECEIVED_ON)
    assert backups(round_one) == ["register-2016-07-08.sqlite"]
    assert len(done.backups_removed) >= 2
    assert not [path for path in (round_one.path / "backups").iterdir() if words.encode() in path.read_bytes()]
    assert not [path for path in done.holding if path.parent.name == "backups"]
