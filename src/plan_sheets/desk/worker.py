"""Long work, one piece after another in a thread of its own: the page tells how far it is and what it came to."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from threading import Event
from typing import TYPE_CHECKING

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk.aside import Aside
from plan_sheets.screen.command import as_told
from plan_sheets.screen.lines import ToldLine, listen

if TYPE_CHECKING:
    from plan_sheets.asking.status import ToDo

_LOG = logging.getLogger(__name__)
"""Tells what went wrong, line by line, to whoever says --debug."""
PATIENCE = 2.0
"""Seconds for which a page waits for a piece of work, before it shows how far that is."""
MOST_KEPT = 50
"""How many pieces of work that are done can still be read."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in the form that asked for a piece of work, so that it is not lost with it."""

    path: str
    """Where the form was sent to."""
    texts: Sequence[tuple[str, str]]
    """The names of the fields, each with what was typed; one name several times where several were chosen.

    Sent there again with `look`, the form comes back filled in.
    """
    shown: Mapping[str, str]
    """The same as it can be read and copied: what each is, and the text."""


@dataclass(frozen=True, slots=True)
class Came:
    """What a piece of work came to, beside what was told of it."""

    tables: Sequence[tuple[str, Sequence[str], Sequence[Sequence[str]]]] = ()
    """Tables to be looked up: a title, the headings, the rows."""
    onward: Sequence[tuple[str, str]] = ()
    """Where to go on: an address, and its words."""
    trial: Aside | None = None
    """The files of a trial, which can be received as they are; None if there are none."""
    task: ToDo | None = None
    """What to do now; None if that cannot be told."""


@dataclass(slots=True)
class Work:
    """A piece of work: what it is, how far it is, and what was told of it."""

    number: int
    title: str
    do: Callable[[Tell], Came | None] | None
    """Does it and tells it, as a command prints it; None afterwards: what it holds, files too, goes with it."""
    typed: Typed | None = None
    """None once it is done, and where nothing was typed."""
    came: Came = Came()
    done: int = 0
    total: int = 0
    told: list[ToldLine] = field(default_factory=list)
    trouble: PlanSheetsError | None = None
    """Why it could not be done; None if it could, or goes on."""
    ended: Event = field(default_factory=Event)

    def take_trial(self) -> Aside | None:
        """The files of a trial, which are here no more: they are received once."""
        trial, self.came = self.came.trial, replace(self.came, trial=None)
        return trial

    def tell(self, done: int, total: int) -> None:
        """Note how far it is."""
        self.done, self.total = done, total

    def run(self) -> None:
        """Do it. Nothing that goes wrong ends the thread."""
        try:
            with listen() as self.told:
                self.came = (self.do and self.do(self.tell)) or self.came
            self.typed = None
        except Exception as trouble:  # noqa: BLE001 - whatever it is, the page says it
            _LOG.debug("%s", self.title, exc_info=trouble)
            self.trouble = as_told(trouble)
        finally:
            self.do = None
            self.ended.set()


@dataclass(slots=True)
class Worker:
    """Does one piece of work after another, in the order in which they were asked for."""

    works: dict[int, Work] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "desk"))
    """Of one thread: the program does not end before that has done what it was given."""

    @property
    def is_busy(self) -> bool:
        """Whether something is not done yet."""
        return any(not work.ended.is_set() for work in [*self.works.values()])

    def begin(self, title: str, do: Callable[[Tell], Came | None], typed: Typed | None = None) -> Work:
        """Ask for a piece of work. `do` is called in the worker's thread; `typed` is kept until that has done it."""
        work = Work(next(self._numbers), title, do, typed)
        self._forget(MOST_KEPT)
        self.works[work.number] = work
        self._pool.submit(work.run)
        return work

    def forget(self) -> None:
        """Forget all that is done, and what was told of it."""
        self._forget(0)

    def _forget(self, kept: int) -> None:
        """Forget all that is done but for the last of it, as many as are `kept`."""
        done = [number for number, old in [*self.works.items()] if old.ended.is_set()]
        for number in done[: len(done) - kept] if kept < len(done) else ():
            if (old := self.works.pop(number, None)) and old.came.trial:
                old.came.trial.remove()
