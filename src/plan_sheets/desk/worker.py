"""Long work, one piece after another in a thread of its own: the page tells how far it is and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell
from plan_sheets.screen.lines import Told, listen

PATIENCE = 2.0
"""Seconds for which a page waits for a piece of work, before it shows how far that is."""
MOST_KEPT = 50
"""How many pieces of work that are done can still be read."""


@dataclass(slots=True)
class Work:
    """A piece of work: what it is, how far it is, and what was told of it."""

    number: int
    title: str
    do: Callable[[Tell], None]
    """Does it and tells it, as a command prints it."""
    done: int = 0
    total: int = 0
    told: list[Told] = field(default_factory=list)
    trouble: PlanSheetsError | None = None
    """Why it could not be done; None if it could, or goes on."""
    is_unforeseen: bool = False
    """Whether something went wrong that nobody had thought of: then `trouble` says so."""
    ended: Event = field(default_factory=Event)

    def tell(self, done: int, total: int) -> None:
        """Note how far it is."""
        self.done, self.total = done, total

    def run(self) -> None:
        """Do it. Nothing that goes wrong ends the thread."""
        try:
            with listen() as self.told:
                self.do(self.tell)
        except PlanSheetsError as trouble:
            self.trouble = trouble
        except Exception as fault:  # noqa: BLE001 - whatever it is, the page says it
            self.is_unforeseen = True
            self.trouble = PlanSheetsError(
                f"Something went wrong that plan-sheets did not expect ({type(fault).__name__}: {fault}).",
                "Nothing more was done. Please report it.",
            )
        finally:
            self.ended.set()


@dataclass(slots=True)
class Worker:
    """Does one piece of work after another, in the order in which they were asked for."""

    works: dict[int, Work] = field(default_factory=dict)
    _queue: SimpleQueue[Work] = field(default_factory=SimpleQueue)
    _thread: Thread | None = None
    _count: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether something is not done yet."""
        return any(not work.ended.is_set() for work in self.works.values())

    def begin(self, title: str, do: Callable[[Tell], None]) -> Work:
        """Ask for a piece of work. `do` is called in the worker's thread."""
        if self._thread is None:
            self._thread = Thread(target=self._work, name="desk", daemon=True)
            self._thread.start()
        self._count += 1
        work = self.works[self._count] = Work(self._count, title, do)
        for number in [number for number, old in self.works.items() if old.ended.is_set()][:-MOST_KEPT]:
            del self.works[number]
        self._queue.put(work)
        return work

    def _work(self) -> None:
        while True:
            self._queue.get().run()
