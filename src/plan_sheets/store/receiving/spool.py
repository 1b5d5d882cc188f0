"""What waits for its turn in lots: the first in memory, more on the disk, so that a thousand take the room of a few."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Generic, Self, TypeVar

T = TypeVar("T")


class Spool(Generic[T]):
    """Things in the order in which they are added. A file that has no name holds all but the last lot."""

    def __init__(self, lot: int) -> None:
        self.lot = lot
        self._last: list[T] = []
        self._starts: list[int] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, thing: T) -> None:
        """One more; a lot that is full goes to the disk when something comes after it."""
        if len(self._last) == self.lot:
            self._put_away()
        self._last.append(thing)

    def _put_away(self) -> None:
        self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - closed when the spool is left
        self._starts.append(self._file.tell())
        pickle.dump(self._last, self._file, pickle.HIGHEST_PROTOCOL)
        self._last = []

    def read_lots(self) -> Iterator[list[T]]:
        """All of them in lots, once: each is let go before the next is read."""
        for start in self._starts:
            if self._file:
                self._file.seek(start)
                yield pickle.load(self._file)  # noqa: S301 - what was put there by this very process
        if self._last:
            yield self._last
