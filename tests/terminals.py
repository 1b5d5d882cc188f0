"""A terminal that tests can read: what a command shows on it, with its colours and without."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from tests.chairs import Plan

from plan_sheets.cli import main


class Terminal(io.StringIO):
    """Standard output or standard error of a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def show(
    *words: str | Path,
    plan: Plan,
    monkeypatch: pytest.MonkeyPatch,
    columns: int = 80,
    environment: Mapping[str, str] | None = None,
) -> str:
    """What a terminal shows of a command: standard output and standard error together, as it is sent there."""
    terminal = Terminal()
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), **(environment or {})}.items():
        monkeypatch.setenv(name, value)
    with monkeypatch.context() as shown:
        shown.setattr(sys, "stdout", terminal)
        shown.setattr(sys, "stderr", terminal)
        command, *rest = map(str, words)
        with suppress(SystemExit):
            main([command, "--plan", str(plan.path), *rest])
    return terminal.getvalue()


def without_colours(shown: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)
