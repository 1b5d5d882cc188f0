"""A bar on standard error while something takes more than a second; it is gone when that is done."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from plan_sheets.core.model.progress import Tell, mute
from plan_sheets.screen.lines import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0
"""Seconds before a bar is shown."""
BETWEEN = 0.1
"""Seconds before it is drawn again."""


@contextmanager
def open_bar(what: str, *, quiet: bool = False) -> Iterator[Tell]:
    """What a deed is given to say how far it is: how much is done, and how much that is in all.

    Nothing is shown if `quiet` or where nobody watches standard error. There is no thread: the bar is
    drawn when the deed says something, so that processes can be started meanwhile.
    """
    if quiet or not is_terminal(err=True):
        yield mute
        return
    began, drawn, bar = monotonic(), 0.0, None
    with ExitStack() as shown:

        def tell(done: int, total: int) -> None:
            nonlocal bar, drawn
            now = monotonic()
            if now - began < PATIENCE or now - drawn < BETWEEN:
                return
            if bar is None:
                bar = _make_bar()
                bar.add_task(what, completed=done, total=total)
                shown.enter_context(bar)
            drawn = now
            bar.update(bar.task_ids[0], completed=done, total=total, refresh=True)

        yield tell


def _make_bar() -> Progress:
    """A bar that vanishes, on standard error; where that has no colours, or knows of no cursor, none is to be seen."""
    from rich.console import Console  # noqa: PLC0415 - takes long to load, and most deeds do not last
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn  # noqa: PLC0415 - as above

    console = Console(file=sys.stderr)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        console=console,
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=console.no_color or console.is_dumb_terminal,
    )
