"""The plan folder: where its files lie, and what may be overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.screening.around import check_kept
from plan_sheets.store import outbox
from plan_sheets.store.container.hashing import sha256, sha256_of
from plan_sheets.store.container.limits import OURS
from plan_sheets.store.container.package import open_package
from plan_sheets.store.container.properties import read_reference
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.outbox import check_free, find_open_mark
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.engines.places import locate
from plan_sheets.store.register.reads import read_last_paths, read_last_shas
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.register.safe.backup import BACKUPS
from plan_sheets.store.schemas import check_schemas, load_screen

__all__ = ["Folder", "open_folder", "read_bytes", "sha256", "sha256_of", "write_elsewhere"]

PLAN_FILE = "plan.xlsx"
RETURNED = "returned"
MADE_IN = (".", "officer", "master", "issued/*", "feedback/*", "mail/*", RETURNED, BACKUPS)
"""Where in the plan folder the tool makes files."""
NOT_TAKEN_IN = (
    "plan.xlsx has been saved since it was last taken in: what is new in it is not told here. "
    "Take it in with: plan-sheets plan"
)
"""The warning where something is made from the register alone and `Folder.plan_is_newer`."""
IS_OPEN = "plan.xlsx is open in another program: what is not saved there is not taken in, and in no workbook made now."
"""The warning where plan.xlsx was taken in and `Folder.plan_is_open`."""


class MadeWorkbook(NamedTuple):
    """A workbook that the tool made, where it lies. `data`: its bytes; None if somebody has changed it since."""

    path: Path
    reference: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Folder:
    """A plan folder that exists, with its register open."""

    path: Path
    register: Register

    @property
    def plan_file(self) -> Path:
        """The path of plan.xlsx, which the officer writes."""
        return self.path / PLAN_FILE

    def read_plan(self) -> bytes:
        """The bytes of plan.xlsx. Raises PlanSheetsError if they cannot be had."""
        return read_bytes(self.plan_file)

    def plans_read(self) -> list[ReturnFacts]:
        """Every plan.xlsx that was taken in, or written anew and put in its place, oldest first."""
        last_paths = read_last_paths(self.register)
        last_paths |= {sha256_of(aside): aside.name for aside in self._due()}
        return [
            plan
            for plan in self.register.returns(kind="plan")
            if plan.verdict != "untouched" or last_paths.get(plan.sha256) == PLAN_FILE
        ]

    def plan_is_open(self) -> bool:
        """Whether another program says that it has plan.xlsx open."""
        return find_open_mark(self.plan_file) is not None

    def plan_is_newer(self) -> bool:
        """Whether plan.xlsx is not the file that was last taken in; False too where it cannot be read."""
        taken = [plan.sha256 for plan in self.plans_read()][-1:]
        try:
            return [sha256(self.read_plan())] != taken
        except PlanSheetsError:
            return False

    def replace_plan(self, data: bytes, over: str) -> None:
        """Save these bytes as plan.xlsx, at once; `over`: SHA-256 of the file that lies there, "" if none does.

        Raises PlanSheetsError, and nothing is changed, if another one lies there, or it is open in another program, or
        something in it would be lost: it has not been taken in, or no copy of it is kept.
        """
        check_free(self.plan_file)
        if self.plan_file.exists() or over:
            old = sha256(self.read_plan())
            if old != over:
                raise PlanSheetsError(
                    "plan.xlsx has been saved since you were shown what would change.",
                    "Look again at what would change now. Nothing was changed.",
                )
            if self.plan_is_newer():
                raise PlanSheetsError(
                    "plan.xlsx has been saved since it was last taken in, and what is new in it would be lost.",
                    "Take it in first; then give the other one again. Nothing was changed.",
                )
            if not self.kept(old).exists() and old not in self.register.outputs().get(PLAN_FILE, ()):
                raise PlanSheetsError(
                    "plan.xlsx holds what is masked, so no copy of it is kept.",
                    "Mend it and take it in first, or save the other one over it yourself. Nothing was changed.",
                )
        outbox.write_whole(self.plan_file, data)
        outbox.sync(self.plan_file)
        outbox.sync_folders([self.path])

    def kept(self, sha: str, ending: str = ".xlsx") -> Path:
        """Where the bytes with this SHA-256 lie once they are kept; `ending`: see `find_ending`."""
        return self.path / RETURNED / f"{sha}{ending}"

    def find_kept(self, sha: str) -> list[Path]:
        """Where the bytes with this SHA-256 lie, whatever they are; nothing if they were not kept."""
        return [path for path in (self.path / RETURNED).glob(f"{sha}.*") if path.suffix != ".txt"]

    def keep(self, data: bytes, sha: str, ending: str = ".xlsx") -> bool:
        """Keep the bytes of a file received under `returned/`, named by their SHA-256; they are not synced yet.

        Returns whether they had to be written: the file did not exist, or other bytes were in it.
        """
        target = self.kept(sha, ending)
        with suppress(OSError):
            if target.stat().st_size == len(data) and sha256_of(target) == sha:
                return False
        outbox.write_whole(target, data)
        return True

    def keep_text(self, text: str, sha: str) -> None:
        """Keep what an e-mail says under `returned/`, named by the SHA-256 of the e-mail; it is not synced yet.

        What was kept of it before stays: it may have been forwarded since, or its text was masked and is allowed now.
        """
        target = self.path / RETURNED / f"{sha}.txt"
        data = text.encode("utf-8", "backslashreplace")
        known = target.read_bytes() if target.exists() else b""
        if data not in known:
            outbox.write_whole(target, data if data.startswith(known) else known + b"\n" + data)

    def sync_kept(self, paths: Iterable[Path]) -> None:
        """Sync these files, as `kept` names them, to the disk. Raises PlanSheetsError."""
        for path in paths:
            try:
                outbox.sync(path)
            except OSError as error:
                raise outbox.explain_unwritable(path, error) from error
        outbox.sync_folders([self.path / RETURNED, self.path])

    def check_free(self, names: Iterable[str]) -> None:
        """Raise PlanSheetsError if any of these files (`names` within the folder) is open in another program."""
        for name in names:
            check_free(self.path / name)

    def write(self, name: str, data: bytes, batch: Batch) -> Path:
        """Write a file, `name` within the folder; returns its path, where it lies once the batch is recorded.

        A file that somebody has changed since it was made, or that the tool did not make, is never overwritten: the new
        file gets a name with a number (`-2`). A file that already has these bytes is left alone.
        """
        known = self._known(batch)
        target = self.path / name
        number = 1
        while target.exists():
            there = sha256(read_bytes(target))
            if there == sha256(data):
                if there not in known.get(self._name(target), ()):  # made before an older register was put back
                    self.record(self._name(target), there, batch)
                return target
            if there in known.get(self._name(target), ()):
                break
            number += 1
            target = self.path / Path(name).with_stem(f"{Path(name).stem}-{number}")
        self.record(self._name(target), sha256(data), batch)
        batch.outbox.add(target, data, known[self._name(target)], recorded=True)
        return target

    def find_made(self, name: str) -> Path | None:
        """The file, `name` within the folder, if it lies there as the tool made it last; None if it does not."""
        path, sha = self.path / name, read_last_shas(self.register).get(name)
        return path if sha and path.is_file() and sha256_of(path) == sha else None

    def list_made(self, parent: str) -> Iterator[MadeWorkbook]:
        """Every workbook in a folder of the plan folder (`issued/2016-17-q1`) that the tool made, by its name."""
        for name, shas in sorted(self.register.outputs().items()):
            path = self.path / name
            if name.startswith(f"{parent}/") and name.endswith(".xlsx") and path.is_file():
                data = read_bytes(path)
                yield MadeWorkbook(path, _read_reference(data), data if sha256(data) in shas else None)

    def record(self, name: str, sha: str, batch: Batch) -> None:
        """Record that a file with this SHA-256 may be overwritten, `name` within the folder."""
        self._known(batch).setdefault(name, set()).add(sha)
        batch.add(tables.OUTPUT, path=name, sha256=sha)

    def finish(self) -> None:
        """Move the files into place that an earlier command has recorded, but was ended before it moved them.

        If somebody has changed a target meanwhile, it is not overwritten: see `write`. Files that are aside and were
        never recorded are removed when they are a day old. Raises PlanSheetsError if the register cannot be written to.
        """
        found = outbox.list_asides(list_folders(self.path))
        if found and any(self._due()):
            with self.register.batch("finish", "") as batch:
                self._known(batch)
        outbox.remove_old(set(found) - set(self._due()))

    def _known(self, batch: Batch) -> dict[str, set[str]]:
        """SHA-256 of every version of every file that the tool made, by name within the folder.

        Read once in a transaction; then the files of earlier commands are moved into place as well: see `finish`.
        """
        made = batch.outbox.known
        if not made:
            made.update({path: set(shas) for path, shas in self.register.outputs().items()})
            made.setdefault(PLAN_FILE, set())
            for aside in self._due():
                self._finish(aside, batch)
        return made

    def _finish(self, aside: Path, batch: Batch) -> None:
        target, _ = outbox.find_target(aside)
        name = self._name(target)
        try:
            if not target.exists() or sha256_of(target) in batch.outbox.known[name]:
                aside.replace(target)
                return
            self.write(name, aside.read_bytes(), batch)
            batch.outbox.remove(aside)
        except OSError:  # moved just now by the command that made it; or open elsewhere, and left for the next one
            return

    def _due(self) -> Iterator[Path]:
        """The files that are aside, complete, and the last version that the register has recorded of their target."""
        found = outbox.list_asides(list_folders(self.path))
        last = read_last_shas(self.register) if found else {}
        for aside in found:
            target, sha = outbox.find_target(aside)
            recorded = last.get(self._name(target), "")
            if recorded.startswith(sha) and sha and _is_whole(aside, recorded):
                yield aside

    def _name(self, path: Path) -> str:
        """How the register names a file of the folder."""
        return path.relative_to(self.path).as_posix()


def list_folders(path: Path) -> Iterator[Path]:
    """The folders of a plan folder in which the tool makes files."""
    for name in MADE_IN:
        parent, _, every = name.partition("/")
        yield from (path / parent).glob(every) if every else [path / parent]


def _read_reference(data: bytes) -> str:
    """The reference of a workbook; "" if it cannot be read."""
    try:
        return read_reference(open_package(data, OURS))
    except (BadZipFile, RefusedError, ParseError, KeyError):
        return ""


def _is_whole(path: Path, sha: str) -> bool:
    try:
        return sha256_of(path) == sha
    except OSError:
        return False


AnyPath = str | PathLike[str]
"""A path as a caller of the library may give it."""


def as_path(path: AnyPath) -> Path:
    """The path that a caller gave. Raises TypeError if it is neither a text nor a Path."""
    if not isinstance(path, str | PathLike):
        raise TypeError(f"{path!r} is no path: give a text, or a Path.")
    return Path(path)


def as_paths(paths: AnyPath | Iterable[AnyPath]) -> list[Path]:
    """The paths that a caller gave: one, or several. Raises TypeError for what is neither a text nor a Path."""
    if isinstance(paths, str | PathLike) or not isinstance(paths, Iterable):
        return [as_path(paths)]
    return [as_path(path) for path in paths]


def check_folder(folder: object) -> None:
    """Raise TypeError if what a caller gave is not a Folder."""
    if not isinstance(folder, Folder):
        raise TypeError(f"{folder!r} is no plan folder: give what open_folder or new_plan returned.")


def open_folder(path: AnyPath) -> Folder:
    """The plan folder at `path`.

    Raises PlanSheetsError if there is none, or a file of `schemas/` is wrong; TypeError if `path` is no path.
    Files that an earlier command could not move into place are moved now, if that is possible: see `Folder.finish`.
    """
    path = as_path(path)
    check_schemas()
    folder = Folder(path, Register.open(locate(path)))
    with suppress(PlanSheetsError):  # busy, or for reading only: whoever writes next does it
        folder.finish()
    return folder


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


def write_elsewhere(path: Path, data: bytes, batch: Batch) -> None:
    """Write a file to a path that the officer chose; it lies there once the batch is recorded.

    Raises PlanSheetsError if the path holds other bytes already, or its name names a case.
    """
    check_kept(load_screen(), "The name of the file", path.name)
    if path.exists():
        if read_bytes(path) == data:
            return
        raise PlanSheetsError(f"{path} is there already.", "Give another name; nothing was overwritten.")
    outbox.remove_old(outbox.list_asides([path.parent]))
    batch.outbox.add(path, data, (), recorded=False)


@contextmanager
def making(path: Path) -> Iterator[None]:
    """Make a folder, with those above it; where what is done meanwhile fails, those that are empty again are gone.

    Raises PlanSheetsError if it cannot be made.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanSheetsError(f"{path} cannot be made ({error.strerror}).", "Choose another folder.") from error
    try:
        yield
    except BaseException:
        with suppress(OSError):  # something lies in it
            for folder in missing:
                folder.rmdir()
        raise
