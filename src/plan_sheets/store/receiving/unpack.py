"""Takes files out of zips and e-mails, without writing anything to the disk.

The content of a file decides what it is: a workbook is a zip as well, and is not unpacked. A container that cannot be
opened is a file that is refused. Files in it that are no workbooks are passed over with a reason.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.kinds import has_stream, is_workbook
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal, RefusedError
from plan_sheets.store.container.zip import is_encrypted, list_entries, read_entry
from plan_sheets.store.receiving.email import SUFFIXES, read_attachments
from plan_sheets.store.receiving.outlook import convert_message


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file to be received: its bytes, and its name in messages, such as `in/chair's mail.eml: return.xlsx`."""

    name: str
    data: bytes
    sent_by: str = ""
    """The sender of the e-mail that it was attached to; "" if there is none."""
    sent_at: str = ""
    """When the e-mail was sent, in ISO format with the zone of the sender; "" if not known."""
    refusal: Refusal | None = None
    """Why it cannot be read; None if that is not known yet."""
    path: str = ""
    """Its path on the disk; "" if it was taken out of another file."""
    digest: str = ""
    """SHA-256 of the bytes if it is known already; a file that is too large to be kept has no bytes here."""

    @property
    def sha(self) -> str:
        """SHA-256 of the bytes."""
        return self.digest or sha256(self.data)


@dataclass(slots=True)
class UnpackedFiles:
    """The files taken out so far; `room` is how many more bytes may be taken out."""

    files: list[IncomingFile] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    limits: Limits = LIMITS
    room: int = LIMITS.inflated

    def take(self, size: int) -> None:
        """Count a file of this size. Raises RefusedError if there are too many files or bytes."""
        self.room -= size
        if self.room < 0:
            raise RefusedError("file_inflates", megabytes=(self.limits.inflated - self.room) // 1_000_000)
        if len(self.files) >= self.limits.files:
            raise RefusedError("file_too_many_files", limit=self.limits.files)


def unpack(file: IncomingFile, limits: Limits = LIMITS) -> UnpackedFiles:
    """Take out the files in a file; the file itself if it is no container or cannot be opened."""
    out = UnpackedFiles(limits=limits, room=limits.inflated)
    _unpack(file, out, 0)
    return out


_DOCUMENTS = (
    *(".pdf", ".doc", ".docx", ".docm", ".rtf", ".odt", ".pages", ".numbers"),
    *(".csv", ".tsv", ".htm", ".html", ".mht", ".mhtml", ".xml", ".fods", ".gsheet", ".url", ".webloc"),
    *(".xltx", ".xltm", ".xlt", ".ots", ".rar", ".7z"),
)
"""Endings of documents that somebody may send instead of the workbook; each kind has its own message."""
BESIDE = "came with a workbook: look whether it holds an answer"


def find_reason_passed_over(name: str, data: bytes = b"") -> str:
    """Why a file is passed over; "" if it is read, as a workbook always is, even without its ending."""
    path = PurePosixPath(name)
    if path.name.startswith(("~$", ".")) or "__MACOSX" in path.parts:
        return "left behind by another program"
    return "" if path.suffix.lower() in (*SUFFIXES, *_DOCUMENTS) or is_workbook(data) else "not a workbook by its name"


def _unpack(file: IncomingFile, out: UnpackedFiles, depth: int) -> None:
    """Add the files in this file. If one of them is refused, the files taken out before it are kept."""
    before, documents = len(out.files), list[IncomingFile]()
    try:
        members = None if file.refusal else _open_container(file, depth, out.limits)
        if members is None:
            out.files.append(file)
            return
        for member in members:
            inside = replace(member, name=f"{file.name}: {member.name}")
            if why := "" if member.refusal else find_reason_passed_over(member.name, member.data):
                out.passed_over.append((inside.name, why))
                continue
            out.take(len(member.data))
            if PurePosixPath(member.name).suffix.lower() in _DOCUMENTS:
                documents.append(inside)
            else:
                _unpack(inside, out, depth + 1)
    except RefusedError as refused:
        out.files.append(replace(file, refusal=Refusal(refused.code, refused.details)))
    if len(out.files) > before:  # documents beside a workbook are evidence and seldom the answer itself
        out.passed_over += [(document.name, BESIDE) for document in documents]
    elif documents:
        out.files += documents
    else:
        out.passed_over.append((file.name, "no workbook in it"))


def _open_container(file: IncomingFile, depth: int, limits: Limits) -> Iterable[IncomingFile] | None:
    """The files in this container, with their names in it; None if it is no container. Raises RefusedError."""
    members = _list_members(file, limits)
    if members is not None and depth == limits.depth:
        raise RefusedError("file_nested", limit=limits.depth)
    return members


def _list_members(file: IncomingFile, limits: Limits) -> Iterable[IncomingFile] | None:
    suffix = PurePosixPath(file.name).suffix.lower()
    if len(file.data) > limits.inflated:
        return None  # the guard reports that it is too large
    if file.data.startswith(b"PK"):
        return _list_zip_members(file, limits)
    if suffix == ".msg" or has_stream(file.data, "__properties_version1.0"):
        mail = convert_message(file.data, limits)
        if mail is None:
            raise RefusedError("file_outlook")
        return _list_attachments(mail, limits)
    return _list_attachments(file.data, limits) if suffix == ".eml" and _HEADER.match(file.data) else None


_PACKAGES = ("[content_types].xml", "mimetype", "meta-inf/manifest.xml", "index.zip")
"""A zip with one of these parts is a document of Office, LibreOffice or Numbers."""


def _list_zip_members(file: IncomingFile, limits: Limits) -> Iterator[IncomingFile] | None:
    try:
        entries = list_entries(file.data, limits)
    except RefusedError:
        raise
    except Exception:  # noqa: BLE001 - a broken directory makes the standard library raise nearly anything; the guard says what is wrong
        return None
    names = [entry.filename.lower() for entry in entries]
    if any(name in _PACKAGES or name.endswith(".iwa") for name in names):
        return None
    if any(map(is_encrypted, entries)):
        raise RefusedError("file_zip_encrypted")
    return (_read_zip_member(file, entry) for entry in entries if not entry.is_dir())


def _read_zip_member(file: IncomingFile, entry: zipfile.ZipInfo) -> IncomingFile:
    name = _decode_name(entry)
    try:
        data = read_entry(file.data, entry)
        return IncomingFile(name, b"" if find_reason_passed_over(name, data) else data, file.sent_by, file.sent_at)
    except Exception as trouble:  # noqa: BLE001 - whatever is wrong with this part, the others may be right
        if find_reason_passed_over(name):
            return IncomingFile(name, b"")
        return IncomingFile(
            name, b"", file.sent_by, file.sent_at, Refusal("file_damaged", {"reason": str(trouble)[:200]})
        )


def _decode_name(entry: zipfile.ZipInfo) -> str:
    """The name of a file in a zip; macOS writes UTF-8 without the flag for it."""
    try:
        return entry.filename if entry.flag_bits & 0x800 else entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


_HEADER = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]+:")
"""The beginning of an e-mail (RFC 5322 2.2)."""


def _list_attachments(data: bytes, limits: Limits) -> list[IncomingFile]:
    """The attachments of an e-mail, with its sender and date. Raises RefusedError."""
    refused = {"": None, "file_outlook": Refusal("file_outlook")}
    attachments = read_attachments(data, limits)
    return [
        IncomingFile(
            attachment.name, attachment.data, attachment.sent_by, attachment.sent_at, refused[attachment.refusal]
        )
        for attachment in attachments
    ]
