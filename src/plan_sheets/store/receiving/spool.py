"""A queue in lots that keeps one lot in memory and the others on the disk."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Generic, Self, TypeVar

T = TypeVar("T")


class Spool(Generic[T]):
    """Things in the order in which they are added. A temporary file holds all but the last lot."""

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
        """Add a thing; a full lot is written to the disk when the next thing is added."""
        if len(self._last) == self.lot:
            self._put_away()
        self._last.append(thing)

    def _put_away(self) -> None:
        self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - closed when the spool is left
        self._starts.append(self._file.tell())
        pickle.dump(self._last, self._file, pickle.HIGHEST_PROTOCOL)
        self._last = []

    def read_lots(self) -> Iterator[list[T]]:
        """Read all lots, once; only one of them is in memory at a time."""
        for start in self._starts:
            if self._file:
                self._file.seek(start)
                yield pickle.load(self._file)  # noqa: S301 - this process has written it
        if self._last:
            yield self._last
