"""What a terminal shows: words in colour, lines folded to its width, nothing cut and nothing that was typed obeyed."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.chairs import RECEIVED_ON, Plan, said
from tests.commands import AS_OF, run, with_error, with_query
from tests.terminals import Terminal, show, without_colours

from plan_sheets import receive
from plan_sheets.screen import progress
from plan_sheets.screen.terminal import fold

NAME = "[red]deputy :smile: [bold] ŵ.xlsx"


@pytest.fixture(autouse=True)
def _bar_never(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a command takes decides nothing here but where a bar is tried."""
    monkeypatch.setattr(progress, "PATIENCE", 10_000)


def odd(plan: Plan) -> Path:
    """A return with an error in a file whose name is what a program might obey."""
    return with_error(plan).rename(plan.inbox / NAME)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_lines_are_folded_to_the_terminal_and_nothing_is_cut(
    round_one: Plan, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = odd(round_one)
    piped = run("receive", path, "--dry-run", *AS_OF, plan=round_one).output
    shown = show("receive", path, "--dry-run", *AS_OF, plan=round_one, monkeypatch=monkeypatch, columns=columns)
    lines = without_colours(shown).splitlines()
    assert " ".join(piped.split()) == " ".join(" ".join(lines).split())
    longer = [line for line in lines if len(line) > columns]
    whole = (str(round_one.path.parent), "plan-sheets ")
    assert all(any(part in line for part in whole) for line in longer), "only a path or a command that is longer"
    assert any(str(path) in line for line in lines), "it stands in one piece"
    assert len(lines) > len(piped.splitlines())


def test_what_is_below_a_line_begins_under_its_text(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show("receive", odd(round_one), "--dry-run", *AS_OF, plan=round_one, monkeypatch=monkeypatch)
    lines = without_colours(shown).splitlines()
    error = next(number for number, line in enumerate(lines) if line.startswith("    error    J1a.1 "))
    assert lines[error + 1].startswith(f"{'':13}")
    assert lines[error + 1][13] != " "


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["colours", "NO_COLOR", "dumb"],
)
def test_the_words_before_a_line_have_a_colour_where_there_are_colours(
    round_one: Plan,
    environment: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - pytest hands it over by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = show("receive", odd(round_one), *AS_OF, plan=round_one, monkeypatch=monkeypatch, environment=environment)
    assert ("\x1b" in shown) is is_coloured
    for word in ("accepted with findings", "error", "warning", "Next:"):
        assert (f"m{word}\x1b[0m" in shown) is is_coloured, word
        assert word in without_colours(shown)


def test_what_was_typed_is_shown_as_it_is(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    path = round_one.filled("typed", said(rag="[bold]:cat:[/]"))
    shown = show("receive", path, *AS_OF, plan=round_one, monkeypatch=monkeypatch)
    assert "'[bold]:cat:[/]'" in " ".join(shown.split())


def test_into_a_pipe_each_line_goes_in_one_piece(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    printed = run("receive", odd(round_one), *AS_OF, plan=round_one).output
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) > 80


def test_misuse_is_folded_too(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = show("status", "--as-of", "soon", plan=round_one, monkeypatch=monkeypatch, columns=40)
    error = shown[shown.index("Error:") :]
    assert "'soon' cannot be read as a date." in " ".join(error.split())
    assert max(map(len, error.splitlines())) <= 40


@pytest.mark.parametrize(
    ("text", "keep", "expected"),
    [
        ("one two three four five six seven", (), ["one two three four", "   five six seven"]),
        (
            "save it, and: plan-sheets receive officer/2016.xlsx",
            (),
            ["save it, and:", "plan-sheets receive officer/2016.xlsx"],
        ),
        (
            "give plan-sheets master --round 2016-17-Q1 --hand-over again. Or not",
            (),
            ["give", "plan-sheets master --round 2016-17-Q1 --hand-over", "   again. Or not"],
        ),
        ("plan-sheets check lists each of them", (), ["plan-sheets check", "   lists each of", "   them"]),
        ("Make one with: plan-sheets new DIR. Or ask", (), ["Make one with:", "plan-sheets new DIR.", "   Or ask"]),
        (
            "in a folder/of the q1.xlsx (made)",
            ["folder/of the q1.xlsx"],
            ["in a", "folder/of the q1.xlsx", "   (made)"],
        ),
        ("日本語日本語 日本語日本語", (), ["日本語日本語", "   日本語日本語"]),
        ("", (), [""]),
    ],
)
def test_a_line_is_folded_between_words(text: str, keep: Iterable[str], expected: list[str]) -> None:
    assert [*fold("", text, 4, 20, keep)] == expected


def test_a_path_that_is_longer_than_the_line_stands_by_itself() -> None:
    assert [*fold("passed over  ", "a/path/of/many/signs.txt (no", 13, 20, ())] == [
        "passed over",
        "a/path/of/many/signs.txt",
        "   (no",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals to open")
def test_a_real_terminal_of_40_columns(round_one: Plan) -> None:
    import fcntl  # noqa: PLC0415 - not on Windows
    import pty  # noqa: PLC0415 - as above
    import termios  # noqa: PLC0415 - as above

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "plan_sheets", "status", "--plan", str(round_one.path), *AS_OF]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm"}) as running:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 1 << 16):
                shown += part
        except OSError:  # the end of it, on Linux
            pass
    os.close(ours)
    lines = without_colours(shown.decode().replace("\r\n", "\n")).splitlines()
    assert running.returncode == 0
    assert lines[0] == "2016-17-Q1: 9 issued = 0 returned + 9"
    assert all(len(line) <= 40 or "plan-sheets" in line for line in lines)


def test_a_bar_is_shown_after_a_second_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 0.5, 1.2, 1.25, 2.0])
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE", 1.0)
    monkeypatch.setattr(progress, "monotonic", lambda: next(seconds))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    with progress.open_bar("Receiving [a]") as tell:
        tell(1, 4)
        assert terminal.getvalue() == "", "half a second is no time"
        tell(2, 4)
        shown = without_colours(terminal.getvalue())
        assert "Receiving [a]" in shown
        assert " 50%" in shown
        tell(3, 4)
        assert " 75%" not in without_colours(terminal.getvalue()), "it was drawn just now"
        tell(4, 4)
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K"), "up, and the line is wiped"


@pytest.mark.parametrize("why", ["quiet", "NO_COLOR", "dumb", "pipe"])
def test_no_bar_where_none_is_wanted(
    why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(progress, "PATIENCE", 0)
    monkeypatch.setenv("TERM", "dumb" if why == "dumb" else "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1" if why == "NO_COLOR" else "")
    if why != "pipe":
        monkeypatch.setattr(sys, "stderr", terminal)
    with progress.open_bar("Receiving", quiet=why == "quiet") as tell:
        tell(1, 2)
        tell(2, 2)
    assert (terminal.getvalue(), capsys.readouterr()) == ("", ("", ""))


def test_a_deed_tells_how_far_it_is(round_one: Plan) -> None:
    told: list[tuple[int, int]] = []
    files = [with_error(round_one), with_query(round_one)]
    receive.receive(round_one.folder, files, RECEIVED_ON, tell=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (4, 4)]
