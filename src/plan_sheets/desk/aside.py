"""Files that were dropped on a page, kept aside for as long as they are needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from shutil import copyfileobj, rmtree
from tempfile import mkdtemp
from typing import BinaryIO
from weakref import finalize

from plan_sheets.core.model.printable import printable
from plan_sheets.core.model.receipts import Instructions

LONGEST_NAME = 200
"""Bytes of a file's name that are kept, and of its ending `LONGEST_ENDING`: a file system takes 255."""
LONGEST_ENDING = 20
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows takes for a device, with any ending."""


@dataclass(eq=False)
class Aside:
    """A folder of our own with what was dropped. It goes with `remove`, or when nobody knows of it any more."""

    instructions: Instructions = field(default_factory=Instructions)
    """What the officer says of the one file."""
    paths: list[Path] = field(default_factory=list)
    """The files, in the order in which they were given."""
    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="plan-sheets-")))

    def __post_init__(self) -> None:
        """Let nothing stay behind, however the desk ends."""
        self._end = finalize(self, rmtree, self.folder, ignore_errors=True)

    def keep(self, name: str, file: BinaryIO) -> None:
        """Write a file into a folder of its own, under its name as far as that may be trusted."""
        own = self.folder / str(len(self.paths))
        own.mkdir()
        path = own / tame(name)
        with path.open("xb") as kept:
            copyfileobj(file, kept)
        self.paths.append(path)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        self._end()

    @property
    def is_there(self) -> bool:
        """Whether it was not removed."""
        return self._end.alive


def tame(name: str) -> str:
    """The name of a file as any system takes it: of a path the last part, and a name that is too long shortened."""
    last = PurePath(printable(name).replace("\\", "/")).name
    plain = _NOT_IN_NAMES.sub("_", "".join(sign for sign in last if sign.isprintable())).strip(". ")
    plain = f"_{plain}" if _DEVICES.fullmatch(plain) else plain
    path = PurePath(plain or "file")
    return _cut(path.stem, LONGEST_NAME) + _cut(path.suffix, LONGEST_ENDING)


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def count_files(paths: Sequence[Path]) -> str:
    """`1 file`, `12 files`."""
    return "1 file" if len(paths) == 1 else f"{len(paths)} files"
