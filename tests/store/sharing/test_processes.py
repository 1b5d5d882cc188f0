"""Processes that end with the command, whatever ends that."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import active_children
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from plan_sheets.store.sharing import processes
from plan_sheets.store.sharing.processes import Processes

LONG = 60
"""Seconds for which nobody should have to wait."""
DIES = f"""
import os, time
from plan_sheets.store.sharing.processes import Processes
executor = Processes(2)
executor.submit(len, "work").result()
print("begun", flush=True)
for _ in range(9):
    executor.submit(time.sleep, {LONG})
os._exit(1)
"""


def work_on(folder: Path) -> None:
    """Say that it was begun; end when it is told that the command was stopped."""
    (folder / "begun").touch()
    wait_for(folder / "stopped")


def wait_for(file: Path) -> None:
    until = time.monotonic() + LONG
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.01)


def stop_by(stopped: type[BaseException], folder: Path) -> tuple[list[BaseProcess], list[Future[None]]]:
    """The processes and the work of a command that is stopped after work was begun."""
    others = set(active_children())
    started, given = list[BaseProcess](), list[Future[None]]()
    with suppress(stopped), Processes(2) as executor:
        given += [executor.submit(work_on, folder) for _ in range(9)]
        wait_for(folder / "begun")
        started += set(active_children()) - others
        raise stopped
    return started, given


def press_again() -> float:
    signal.raise_signal(signal.SIGINT)
    return time.monotonic()


@pytest.mark.parametrize("stopped", [KeyboardInterrupt, ZeroDivisionError])
def test_when_the_command_is_stopped_its_processes_end_and_a_second_ctrl_c_changes_nothing(
    stopped: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_TO_END", 0.1)
    monkeypatch.setattr(processes, "monotonic", press_again)
    handler = signal.getsignal(signal.SIGINT)
    started, given = stop_by(stopped, tmp_path)
    assert len(started) == 2
    assert all(wait([process.sentinel], LONG / 2) for process in started)
    assert all(future.cancelled() or future.exception(LONG / 2) for future in given)
    assert signal.getsignal(signal.SIGINT) is handler


def test_what_was_begun_ends_well_and_nothing_else_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tell_stopped() -> float:
        (tmp_path / "stopped").touch()
        return time.monotonic()

    monkeypatch.setattr(processes, "_TO_END", LONG)
    monkeypatch.setattr(processes, "monotonic", tell_stopped)
    _, given = stop_by(KeyboardInterrupt, tmp_path)
    ended_well = [not future.cancelled() and future.exception(LONG / 2) is None for future in given]
    assert any(ended_well[:2])
    assert not any(ended_well[2:])


def test_when_the_command_is_killed_its_processes_end() -> None:
    done = subprocess.run(  # waits for everybody who could still write
        [sys.executable, "-c", DIES], stdout=subprocess.PIPE, timeout=LONG / 2, check=False
    )
    assert (done.returncode, done.stdout.split()) == (1, [b"begun"])
