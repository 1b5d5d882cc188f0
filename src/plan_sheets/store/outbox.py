"""Files on their way to the disk: written aside, synced, and moved into place when the register has committed.

What is aside stands in the folder it goes to, under a name that says which file it becomes and by which bytes: so the
next command can finish what one that was ended in between has recorded.
"""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.container.hashing import sha256, sha256_of

ASIDE = ".plan-sheets-"
"""How the name of every file begins that is not in its place yet."""
SHA_IN_NAME = 32
"""Letters of a file's SHA-256 in the name that it has aside."""
OLD = 24 * 60 * 60
"""Seconds after which nobody can be at work on a file that is aside still, and never was recorded."""
LOCKS = ("~$", ".~lock.")
"""How Excel and LibreOffice name the file by which they mark another as open."""
RIGHTS = 0o666
"""Of a file that is made: what the umask leaves of them."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that is aside, and where it goes."""

    aside: Path
    target: Path
    over: Collection[str] | None
    """SHA-256 of what may lie there and be overwritten; None: it is in its place already, and only to be removed."""
    recorded: bool
    """Whether the register tells the next command of it, should this one be ended."""


@dataclass(slots=True)
class Outbox:
    """The files that one transaction of the register makes."""

    waiting: list[_Waiting] = field(default_factory=list)
    known: dict[str, set[str]] = field(default_factory=dict)
    """SHA-256 of every version of every file that the tool made, by path; nothing before a file is written."""

    def add(self, target: Path, data: bytes, over: Collection[str], *, recorded: bool) -> None:
        """Write a file aside; one of `over` (SHA-256) may lie in its place. Raises PlanSheetsError."""
        check_free(target)
        aside = aside_of(target, sha256(data))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.waiting.append(_Waiting(aside, target, over, recorded))
            write_new(aside, data)
        except OSError as error:
            raise cannot_be_written(target, error) from error

    def remove(self, aside: Path) -> None:
        """Remove a file that is aside, once the register has committed."""
        self.waiting.append(_Waiting(aside, aside, None, recorded=True))

    def sync(self) -> None:
        """Everything that is aside is on the disk when this returns. Raises PlanSheetsError."""
        made = [one for one in self.waiting if one.over is not None]
        for one in made:
            try:
                sync(one.aside)
            except OSError as error:
                raise cannot_be_written(one.target, error) from error
        sync_folders(folder for one in made for folder in (one.target.parent, one.target.parent.parent))

    def place(self) -> None:
        """Move everything into place: the register has committed.

        Raises PlanSheetsError once all the others are there if one cannot be moved, or was changed just now.
        """
        troubles = [trouble for one in self.waiting if (trouble := _place(one))]
        sync_folders(one.target.parent for one in self.waiting)
        if troubles:
            raise troubles[0]

    def drop(self) -> None:
        """Remove everything that is aside: nothing was recorded."""
        for one in self.waiting:
            if one.over is not None:
                with suppress(OSError):
                    one.aside.unlink()


def _place(one: _Waiting) -> PlanSheetsError | None:
    """Move one file into place; what is wrong if that cannot be done."""
    try:
        if one.over is None:
            one.aside.unlink(missing_ok=True)
        elif one.target.exists() and sha256_of(one.target) not in one.over:
            return _left_aside(one, f"{one.target} was changed while the new one was made, so it was left alone.")
        else:
            one.aside.replace(one.target)
    except FileNotFoundError:  # another command has finished this one's work
        return None
    except OSError as error:
        return _left_aside(one, f"{one.target} cannot be put in its place ({error.strerror}).")
    return None


def _left_aside(one: _Waiting, what: str) -> PlanSheetsError:
    """The trouble with a file that stays aside, or goes if nobody would ever finish it."""
    if one.recorded:
        remedy = "Everything is recorded. Close the program that has it open: the next command puts the new one there."
        return PlanSheetsError(what, remedy, recorded=True)
    with suppress(OSError):
        one.aside.unlink()
    return PlanSheetsError(what, "Give the same command again, with another name.", recorded=True)


def aside_of(target: Path, sha: str) -> Path:
    """Where a file with these bytes lies until it is in its place."""
    return target.with_name(f"{ASIDE}{sha[:SHA_IN_NAME]}-{target.name}")


def target_of(aside: Path) -> tuple[Path, str]:
    """Where a file goes that is aside, and how its SHA-256 begins; the folder itself for one that is going nowhere."""
    sha, _, name = aside.name.removeprefix(ASIDE).partition("-")
    return aside.parent / name, sha


def asides(folders: Iterable[Path]) -> list[Path]:
    """Every file that is aside in these folders, in order; a folder that is not there holds none."""
    found = []
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            found += [Path(one.path) for one in entries if one.name.startswith(ASIDE)]
    return sorted(found)


def remove_old(found: Iterable[Path]) -> None:
    """Remove those that have lain aside so long that nobody can be at work on them: two may share the folder."""
    for one in found:
        with suppress(OSError):
            if time.time() - one.stat().st_mtime > OLD:
                one.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """A file, all of it or nothing; not synced. Raises PlanSheetsError."""
    aside = path.with_name(f"{ASIDE}{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_new(aside, data)
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise cannot_be_written(path, error) from error


def write_new(path: Path, data: bytes) -> None:
    """A new file with the rights that the umask leaves; one that somebody left under this name is no more."""
    path.unlink(missing_ok=True)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, RIGHTS), "wb") as file:
        file.write(data)


def sync(path: Path) -> None:
    """What was written to a file is on the disk when this returns, whoever wrote it. Raises OSError."""
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folders: Iterable[Path]) -> None:
    """The names of the files in these folders are on the disk when this returns, where the system can do that."""
    for folder in dict.fromkeys(folders):
        with suppress(OSError):  # Windows opens no folder; some shares cannot sync one
            sync(folder)


def open_mark(path: Path) -> Path | None:
    """The file by which another program marks this one as open; None if there is none."""
    names = [path.name] if path.suffix != ".docx" else [path.name, path.name[1:], path.name[2:]]  # Word cuts the name
    marks = [path.with_name(f"{LOCKS[0]}{name}") for name in names] + [path.with_name(f"{LOCKS[1]}{path.name}#")]
    return next((mark for mark in marks if mark.exists()), None)


def check_free(path: Path) -> None:
    """Refuse if another program has the file open. Raises PlanSheetsError."""
    if mark := open_mark(path):
        raise PlanSheetsError(
            f"{path} is open in another program, so nothing was changed.",
            f"Save and close it there, and try again. If no program has it open, delete {mark.name}: "
            "one that ended badly left it behind.",
        )


def cannot_be_written(path: Path, error: OSError) -> PlanSheetsError:
    """What to say of a file that the system does not let be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Make room on the disk, and try again."
    else:
        remedy = "Close the program that has it open, or look at the folder's rights, and try again."
    return PlanSheetsError(f"{path} cannot be written ({error.strerror}).", remedy)
