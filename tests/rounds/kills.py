"""Ends a command at each of its write points, gives the same command again, and tells what is then not as it should be.

Run in a process of its own, which loads everything once and forks for each point; prints how many points there were,
and a line for everything that was wrong:

    python -m tests.rounds.kills STRIDE START COMMAND...     START: the plan folder before
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from plan_sheets import issue, master, office, officer, plan, receive
from plan_sheets.asking import inspect as inspection
from plan_sheets.cli import main
from plan_sheets.core.answers import check
from plan_sheets.screen import deeds
from plan_sheets.store.container.hashing import sha256_of
from plan_sheets.store.plan_folder import open_folder
from plan_sheets.store.register.register import FILE

LOADED = (inspection, issue, master, office, officer, plan, receive, deeds, check)
"""What commands load late: their processes have it from this one."""
KILLED = 99
CHANGES = ("open", "fsync", "replace", "unlink", "mkdir")
"""Of `os`: what a command changes the disk by, beside the register."""
AT_MOST = 1_000


class Killer:
    """Ends this process at the write point of this number."""

    def __init__(self, number: int) -> None:
        self.left = number

    def point(self, *_: object) -> None:
        """One more point."""
        self.left -= 1
        if self.left < 0:
            os._exit(KILLED)

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call with a point before it and one behind it."""

        def between(*given: Any, **named: Any) -> Any:
            self.point()
            result = call(*given, **named)
            self.point()
            return result

        return between


def run(words: Sequence[str], killed_at: int | None = None) -> int:
    """A command in a process of its own, ended at this write point (None: not at all); its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    if killed_at is not None:
        killer = Killer(killed_at)
        for name in CHANGES:
            setattr(os, name, killer.around(getattr(os, name)))
        event.listen(Engine, "commit", killer.point)
    try:
        main(words)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    os._exit(1)


def words_for(folder: Path, command: Sequence[str]) -> list[str]:
    """The command as it is typed for this plan folder."""
    name, *rest = command
    return [name, str(folder), *rest] if name == "new" else [name, "--plan", str(folder), *rest]


def copy(start: Path, name: str) -> Path:
    """The plan folder before the command, once more; none where the command is to make it."""
    folder = start.with_name(name)
    shutil.rmtree(folder, ignore_errors=True)
    if start.exists():
        shutil.copytree(start, folder)
    return folder


def held(folder: Path) -> tuple[object, ...]:
    """What a register holds: every value, what went out and came in, and what is asked."""
    register = open_folder(folder).register
    values = sorted((str(key), one.round, one.value) for key, said in register.history().by_key.items() for one in said)
    came = sorted({(one.sha256, one.document or 0) for one in register.returns() if one.verdict != "untouched"})
    return values, sorted(one.reference for one in register.documents()), came, len(register.open_queries())


def files(folder: Path) -> dict[str, str]:
    """Every file but the register, by its SHA-256."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: sha256_of(path) for name, path in found.items() if not name.startswith(FILE)}


def wrong_after(folder: Path, whole: Path, command: Sequence[str]) -> Iterator[str]:
    """What is wrong in a folder in which a command was killed, once it has been given again; `whole`: as it should be.

    What is aside by then counts as a day old.
    """
    allowed = (0, 3) if command[0] != "new" or not (folder / FILE).exists() else (0, 1)
    if (status := run(words_for(folder, command))) not in allowed:
        yield f"given again, it ended with {status}"
    for aside in folder.rglob(".plan-sheets-*"):
        os.utime(aside, (0, 0))
    if held(folder) != held(whole):
        yield "the register holds something else"
    there, expected = files(folder), files(whole)
    yield from (f"{name} is not as it should be" for name in there | expected if there.get(name) != expected.get(name))
    if open_folder(folder).plan_is_newer():
        yield "plan.xlsx is said to have been saved since"
    with closing(sqlite3.connect(folder / FILE)) as connection:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            yield "the register is not sound"


def kill_each(start: Path, command: Sequence[str], stride: int) -> Iterator[str]:
    """What was wrong after each kill, then how many there were."""
    whole = copy(start, "whole")
    run(words_for(whole, command))
    for number in range(0, AT_MOST, stride):
        folder = copy(start, "killed")
        if run(words_for(folder, command), number) != KILLED:
            yield f"{number // stride} kills"
            return
        yield from (f"point {number}: {what}" for what in wrong_after(folder, whole, command))


if __name__ == "__main__":
    for line in kill_each(Path(sys.argv[2]), sys.argv[3:], int(sys.argv[1])):
        sys.stdout.write(f"{line}\n")
