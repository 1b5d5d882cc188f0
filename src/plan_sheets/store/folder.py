"""The plan folder: where its files lie, and what may be overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model import PlanSheetsError
from plan_sheets.store import register as registers
from plan_sheets.store import tables
from plan_sheets.store.batch import Batch
from plan_sheets.store.register import Register

PLAN_FILE = "plan.xlsx"
NOT_TAKEN_IN = (
    "plan.xlsx has been saved since it was last taken in: what is new in it is not told here. "
    "Take it in with: plan-sheets plan"
)
"""What is said wherever something is told of the register alone, and `Folder.plan_is_newer`."""


def sha256(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file on the disk, however large it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Folder:
    """A plan folder that is there, with its register open."""

    path: Path
    register: Register

    @property
    def plan_file(self) -> Path:
        """What the officer writes."""
        return self.path / PLAN_FILE

    def read_plan(self) -> bytes:
        """The bytes of plan.xlsx. Raises PlanSheetsError if they cannot be had."""
        return read_bytes(self.plan_file)

    def plan_is_newer(self) -> bool:
        """Whether plan.xlsx is not the file that was last taken in; False too where it cannot be read."""
        taken = [one.sha256 for one in self.register.returns() if one.kind == "plan"][-1:]
        try:
            return [sha256(self.read_plan())] != taken
        except PlanSheetsError:
            return False

    def kept(self, sha: str) -> Path:
        """Where the bytes with this SHA-256 lie once they are kept."""
        return self.path / "returned" / f"{sha}.xlsx"

    def keep(self, data: bytes, sha: str) -> None:
        """The bytes of a file received, under `returned/`, by their SHA-256: what is there already stays."""
        target = self.kept(sha)
        if not target.exists():
            _write(target, data)

    def check_free(self, names: Iterable[str]) -> None:
        """Refuse before anything is written if any of these files is open in another program."""
        for name in names:
            _check_free(self.path / name)

    def write(self, name: str, data: bytes, batch: Batch) -> Path:
        """Write a file that the tool makes, `name` within the folder; its path.

        A file that somebody has changed since, or that is not ours, is never overwritten: the new one stands beside it
        (`-2`). A file that already has these bytes is left alone.
        """
        made = self.register.outputs()
        target = self.path / name
        number = 1
        while target.exists():
            there = sha256(read_bytes(target))
            if there == sha256(data):
                return target
            if there in made.get(target.relative_to(self.path).as_posix(), ()):
                break
            number += 1
            target = self.path / Path(name).with_stem(f"{Path(name).stem}-{number}")
        _write(target, data)
        batch.add(tables.OUTPUT, path=target.relative_to(self.path).as_posix(), sha256=sha256(data))
        return target


def open_folder(path: Path) -> Folder:
    """The plan folder at `path`. Raises PlanSheetsError if there is none."""
    return Folder(path, Register.open(path / registers.FILE))


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises PlanSheetsError that says what to do."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise PlanSheetsError(f"{path} is not there.", "Look at the name, and at the folder.") from error
    except OSError as error:
        raise PlanSheetsError(
            f"{path} cannot be read ({error.strerror}).", "Close the program that has it open, and try again."
        ) from error


LOCKS = ("~$", ".~lock.")
"""How Excel and LibreOffice name the file by which they mark another as open."""


def _check_free(path: Path) -> None:
    """Refuse if another program has the file open. Raises PlanSheetsError."""
    marks = [path.with_name(f"{lock}{path.name}{'#' * lock.startswith('.')}") for lock in LOCKS]
    if any(mark.exists() for mark in marks):
        remedy = "Close it there, and try again. Nothing was written."
        raise PlanSheetsError(f"{path} is open in another program.", remedy)


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: a new file beside, then renamed over. Raises PlanSheetsError if it is open elsewhere."""
    _check_free(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".plan-sheets-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise PlanSheetsError(
            f"{path} cannot be written ({error.strerror}).",
            "Close the program that has it open, or look at the folder's rights, and try again.",
        ) from error


def write_elsewhere(path: Path, data: bytes) -> None:
    """A file that the officer asked for by name, outside the folder's own. Raises PlanSheetsError if it is there."""
    if path.exists() and read_bytes(path) != data:
        raise PlanSheetsError(f"{path} is there already.", "Give another name; nothing was overwritten.")
    _write(path, data)
