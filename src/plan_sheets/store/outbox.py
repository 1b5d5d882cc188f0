"""Files on their way to the disk: written aside, synced, and moved into place when the register has committed.

A file that is aside lies in the folder of its target, under a name that holds the target's name and the SHA-256 of its
bytes. So if a command is ended after it has recorded a file and before it has moved it, the next command can move it.
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
"""How the name of a file begins while it is aside."""
SHA_IN_NAME = 32
"""How many letters of its SHA-256 stand in the name of a file that is aside."""
OLD = 24 * 60 * 60
"""Seconds after which a file that is aside and was never recorded may be removed: no command takes so long."""
LOCKS = ("~$", ".~lock.")
"""How the name begins of the file by which Excel or LibreOffice marks another file as open."""
RIGHTS = 0o666
"""The rights of a file that is made, before the umask takes some away."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A file that is aside, and where it goes."""

    aside: Path
    target: Path
    over: Collection[str] | None
    """SHA-256 of each file that may be overwritten there; None: the file is not moved, but removed."""
    recorded: bool
    """Whether the register has recorded the file, so that the next command can move it."""


@dataclass(slots=True)
class Outbox:
    """The files that one transaction of the register makes."""

    waiting: list[_Waiting] = field(default_factory=list)
    known: dict[str, set[str]] = field(default_factory=dict)
    """SHA-256 of every version of every file that the tool made, by path; nothing before a file is written."""
    is_trial: bool = False
    """Whether nothing is written, because nothing is recorded: a dry run."""

    def add(self, target: Path, data: bytes, over: Collection[str], *, recorded: bool) -> None:
        """Write a file aside; a file with one of these SHA-256 (`over`) may be overwritten. Raises PlanSheetsError."""
        check_free(target)
        if self.is_trial:
            return
        aside = name_aside(target, sha256(data))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.waiting.append(_Waiting(aside, target, over, recorded))
            write_new(aside, data)
        except OSError as error:
            raise explain_unwritable(target, error) from error

    def remove(self, aside: Path) -> None:
        """Remove a file that is aside, once the register has committed."""
        self.waiting.append(_Waiting(aside, aside, None, recorded=True))

    def sync(self) -> None:
        """Sync every file that is aside to the disk. Raises PlanSheetsError."""
        made = [file for file in self.waiting if file.over is not None]
        for file in made:
            try:
                sync(file.aside)
            except OSError as error:
                raise explain_unwritable(file.target, error) from error
        sync_folders(folder for file in made for folder in (file.target.parent, file.target.parent.parent))

    def place(self) -> None:
        """Move every file into place: the register has committed.

        Raises PlanSheetsError, when all the others have been moved, if one cannot be moved or its target was changed.
        """
        troubles = [trouble for file in self.waiting if (trouble := _move_into_place(file))]
        sync_folders(file.target.parent for file in self.waiting)
        if troubles:
            raise troubles[0]

    def drop(self) -> None:
        """Remove every file that is aside: nothing was recorded."""
        for file in self.waiting:
            if file.over is not None:
                with suppress(OSError):
                    file.aside.unlink()


def _move_into_place(file: _Waiting) -> PlanSheetsError | None:
    """Move a file into place; returns what is wrong if that cannot be done, else None."""
    try:
        if file.over is None:
            file.aside.unlink(missing_ok=True)
        elif file.target.exists() and sha256_of(file.target) not in file.over:
            return _explain_left_aside(
                file, f"{file.target} was changed while the new one was made, so it was left alone."
            )
        else:
            file.aside.replace(file.target)
    except FileNotFoundError:  # another command has finished this one's work
        return None
    except OSError as error:
        return _explain_left_aside(file, f"{file.target} cannot be put in its place ({error.strerror}).")
    return None


def _explain_left_aside(file: _Waiting, what: str) -> PlanSheetsError:
    """What to say of a file that could not be moved; it is removed if the register has not recorded it."""
    if file.recorded:
        remedy = "Everything is recorded. Close the program that has it open: the next command puts the new one there."
        return PlanSheetsError(what, remedy, recorded=True)
    with suppress(OSError):
        file.aside.unlink()
    return PlanSheetsError(what, "Give the same command again, with another name.", recorded=True)


def name_aside(target: Path, sha: str) -> Path:
    """Where a file with these bytes lies until it is in its place."""
    return target.with_name(f"{ASIDE}{sha[:SHA_IN_NAME]}-{target.name}")


def find_target(aside: Path) -> tuple[Path, str]:
    """The target of a file that is aside, and the beginning of its SHA-256.

    The target is the folder itself if the name holds none.
    """
    sha, _, name = aside.name.removeprefix(ASIDE).partition("-")
    return aside.parent / name, sha


def list_asides(folders: Iterable[Path]) -> list[Path]:
    """Every file that is aside in these folders, sorted; a folder that does not exist holds none."""
    found = []
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            found += [Path(entry.path) for entry in entries if entry.name.startswith(ASIDE)]
    return sorted(found)


def remove_old(found: Iterable[Path]) -> None:
    """Remove the files that are older than `OLD`; another command may still be at work on newer ones."""
    for path in found:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > OLD:
                path.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing; it is not synced. Raises PlanSheetsError."""
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
        raise explain_unwritable(path, error) from error


def write_new(path: Path, data: bytes) -> None:
    """Write a new file, with the rights that the umask leaves; a file that has this name is removed first."""
    path.unlink(missing_ok=True)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, RIGHTS), "wb") as file:
        file.write(data)


def sync(path: Path) -> None:
    """Sync a file to the disk, whoever wrote it. Raises OSError."""
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folders(folders: Iterable[Path]) -> None:
    """Sync the names of the files in these folders to the disk, where the system can do that."""
    for folder in dict.fromkeys(folders):
        with suppress(OSError):  # Windows opens no folder; some shares cannot sync one
            sync(folder)


def find_open_mark(path: Path) -> Path | None:
    """The file by which another program marks this file as open; None if there is none."""
    names = [path.name] if path.suffix != ".docx" else [path.name, path.name[1:], path.name[2:]]  # Word cuts the name
    marks = [path.with_name(f"{LOCKS[0]}{name}") for name in names] + [path.with_name(f"{LOCKS[1]}{path.name}#")]
    return next((mark for mark in marks if mark.exists()), None)


def check_free(path: Path) -> None:
    """Refuse if another program has the file open. Raises PlanSheetsError."""
    if mark := find_open_mark(path):
        raise PlanSheetsError(
            f"{path} is open in another program, so nothing was changed.",
            f"Save and close it there, and try again. If no program has it open, delete {mark.name}: "
            "one that ended badly left it behind.",
        )


def explain_unwritable(path: Path, error: OSError) -> PlanSheetsError:
    """What to say of a file that the system does not let be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "Make room on the disk, and try again."
    else:
        remedy = "Close the program that has it open, or look at the folder's rights, and try again."
    return PlanSheetsError(f"{path} cannot be written ({error.strerror}).", remedy)
