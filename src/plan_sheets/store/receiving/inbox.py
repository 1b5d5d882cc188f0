"""Finds the files to be received: single files, the files in folders, and those in zips and e-mails.

A file on the disk is read twice, once to identify it and once to receive it, so that many files need little memory.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.printable import readable
from plan_sheets.core.model.text import REDACTED
from plan_sheets.store.container.hashing import sha256, sha256_of
from plan_sheets.store.container.kinds import STARTS
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.plan_folder import PLAN_FILE, RETURNED, Folder, read_bytes
from plan_sheets.store.receiving.unpack import IncomingFile, find_reason_passed_over, unpack
from plan_sheets.store.register import register as registers
from plan_sheets.store.register.reads import read_redacted
from plan_sheets.store.register.safe.backup import BACKUPS

__all__ = ["Inbox", "IncomingFile", "WaitingFile", "open_inbox"]


@dataclass(frozen=True, slots=True, eq=False)
class WaitingFile:
    """A file to be received. Two are never equal: an e-mail may hold the same file twice with the same name."""

    name: str
    """The path of a file on the disk; else the name of the container and that of the file in it."""
    sha: str
    taken_out: IncomingFile | None = None
    """The file if it was taken out of a zip or an e-mail; None for a file on the disk."""
    is_copy: bool = False
    """Whether a file on the disk will not stay there: it is told by its name alone."""

    def open(self, limits: Limits = LIMITS) -> IncomingFile:
        """Read the file: its bytes, or the refusal that says why they cannot be read."""
        return self.taken_out or _read(Path(self.name), limits, is_copy=self.is_copy)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The files to be received, and the files passed over: (name, reason)."""

    files: tuple[WaitingFile, ...]
    passed_over: tuple[tuple[str, str], ...]

    @property
    def is_one_mail(self) -> bool:
        """Whether all the files came in one e-mail, or are it."""
        found = set()
        for waiting in self.files:
            mail = waiting.taken_out.mail if waiting.taken_out else None
            while mail and mail.attached_to:
                mail = mail.attached_to
            found.add(mail.sha256 if mail else "")
        return len(found) == 1 and "" not in found


@dataclass(slots=True)
class _Search:
    """What has been found so far."""

    folder: Folder
    limits: Limits
    ours: frozenset[str]
    """SHA-256 of every file that the tool has made."""
    redacted: Mapping[str, str]
    """The day (ISO) of the redaction of each file, by SHA-256, that shall not be received again."""
    are_copies: bool
    files: list[WaitingFile] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    visited: set[Path] = field(default_factory=set)

    def add(self, path: Path, whole: Path, why: str, *, ours_too: bool) -> bool:
        """Add a file or the files in it; whether there was a workbook. `why`: the reason to pass it over, or "".

        `whole` is the path with all symbolic links followed; `ours_too`: whether to add files that the tool has made.
        """
        self.visited.add(whole)
        if why:
            self.passed_over.append((readable(str(path)), why))
            return False
        file = _read(path, self.limits, is_copy=self.are_copies)
        if not ours_too and file.sha in self.ours:
            self.passed_over.append((file.name, "made here, and unchanged"))
            return True
        inside = unpack(file, self.limits)
        for found in inside.files:
            incoming = _refuse_redacted(found, file.sha, self.redacted)
            given = None if incoming is file else incoming
            self.files.append(WaitingFile(incoming.path or incoming.name, incoming.sha, given, self.are_copies))
        self.passed_over += inside.passed_over
        return bool(inside.files)


def open_inbox(folder: Folder, paths: Iterable[Path], limits: Limits = LIMITS, *, are_copies: bool = False) -> Inbox:
    """All files of these paths, each once, sorted.

    In a folder what the tool made and nobody changed is passed over, as are the plan, the register and `returned/`. A
    folder or zip without a workbook is passed over among others; an e-mail never is: it may hold the answer itself.
    `are_copies`: see `WaitingFile.is_copy`.
    Raises PlanSheetsError for a path that is not there, and for such a folder or zip if it is all that was given.
    """
    given = list(paths)
    for path in given:
        if not _exists(path):
            raise PlanSheetsError(f"{path} is not there.", "Look at the name. Nothing was received.")
        if not (path.is_dir() or path.is_file()):
            raise PlanSheetsError(f"{path} is no file.", "Give a file or a folder. Nothing was received.")
    ours = frozenset[str]().union(*folder.register.outputs().values())
    search = _Search(folder, limits, ours, read_redacted(folder.register), are_copies)
    held = [_gather(search, path) for path in given]
    if len(given) == 1 and not any(held):
        raise PlanSheetsError(
            f"There is no workbook in {given[0]}.", "Give what the returns lie in. Nothing was received."
        )
    return Inbox(tuple(search.files), tuple(search.passed_over))


def _refuse_redacted(file: IncomingFile, container: str, redacted: Mapping[str, str]) -> IncomingFile:
    """The file; one that a redaction took out, or that came in such an e-mail, refused without anything it holds.

    `container`: SHA-256 of the file on the disk that it was found in.
    """
    mail, shas = file.mail, [container, file.sha]
    while mail:
        shas.append(mail.sha256)
        mail = mail.attached_to
    if not (days := [redacted[sha] for sha in shas if sha in redacted]):
        return file
    name = f"{REDACTED}{PurePath(file.name).suffix}"
    refusal = Refusal("file_redacted", {"day": PartialDate.of_iso(days[0]).words})
    return IncomingFile(name, b"", refusal=refusal, digest=file.sha)


def _exists(path: Path) -> bool:
    """Whether the path exists; no file has a name that is too long for the file system."""
    try:
        return path.exists()
    except OSError as trouble:
        return trouble.errno != errno.ENAMETOOLONG


def _gather(search: _Search, path: Path) -> bool:
    """Add the file at this path, or the files in this folder; whether there was a workbook."""
    if not path.is_dir():
        return (whole := path.resolve()) in search.visited or search.add(path, whole, "", ours_too=True)
    found = [(inner, inner.resolve()) for inner in sorted(path.rglob("*")) if inner.is_file()]
    ours = search.folder.path.resolve()
    new = [(inner, whole) for inner, whole in found if whole not in search.visited]
    held = [
        search.add(inner, whole, _find_reason_passed_over(ours, inner, whole, search.limits), ours_too=False)
        for inner, whole in new
    ]
    if not any(held):
        search.passed_over.append((readable(str(path)), "no workbook in it"))
    return any(held)


def _find_reason_passed_over(ours: Path, path: Path, whole: Path, limits: Limits) -> str:
    """Why a file in a folder is passed over; "" if it is not. `ours`: the plan folder; `whole`: links followed."""
    inside = whole.parts[len(ours.parts) :] if whole.parts[: len(ours.parts)] == ours.parts else ()
    if inside and (inside[0] in (RETURNED, BACKUPS) or inside[-1] in (PLAN_FILE, registers.FILE)):
        return "part of the plan folder"
    return find_reason_passed_over(path.name) and find_reason_passed_over(
        path.name, _read(path, limits).data if _may_be_a_workbook(path) else b""
    )


def _may_be_a_workbook(path: Path) -> bool:
    """Whether a file begins like a workbook, so that large pictures and films need not be read."""
    try:
        with path.open("rb") as file:
            return file.read(len(STARTS[0])) in STARTS
    except OSError:
        return False


def _read(path: Path, limits: Limits, *, is_copy: bool = False) -> IncomingFile:
    """Read a file; if it cannot be read or is too large to be kept, it has a refusal."""
    file = IncomingFile(readable(path.name if is_copy else str(path)), b"", path=str(path))
    try:
        size = path.stat().st_size
        if size > limits.held:
            return replace(file, refusal=_describe_too_large(size, limits), digest=sha256_of(path))
        data = read_bytes(path)
        return replace(file, data=data, digest=sha256(data))
    except (PlanSheetsError, OSError) as trouble:
        return replace(file, refusal=Refusal("file_unreadable", {"reason": readable(str(trouble))}))


def _describe_too_large(size: int, limits: Limits) -> Refusal:
    details = {"megabytes": str(size // 1_000_000), "limit": str(limits.held // 1_000_000)}
    return Refusal("file_too_large", details)
