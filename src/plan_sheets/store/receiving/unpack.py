"""Takes files out of zips and e-mails, without writing anything to the disk.

The content of a file decides what it is: a workbook is a zip as well, and is not unpacked. A container that cannot be
opened is a file that is refused. Files in it that are no workbooks are passed over with a reason.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.mail import Mail
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.kinds import has_stream, is_workbook
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal, RefusedError
from plan_sheets.store.container.zip import is_encrypted, list_entries, read_entry
from plan_sheets.store.receiving.mail.email import DOCUMENTS, SUFFIXES, read_mail
from plan_sheets.store.receiving.mail.mailboxes import ending, find_mail, find_mails, is_mail
from plan_sheets.store.receiving.mail.outlook import convert_message


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file to be received: its bytes, and its name in messages, such as `in/chair's mail.eml: return.xlsx`."""

    name: str
    data: bytes
    mail: Mail | None = None
    """The e-mail that it was attached to, or that it is; None if there is none."""
    is_message: bool = False
    """Whether it is an e-mail in which there is no workbook: its text may be the answer."""
    refusal: Refusal | None = None
    """Why it cannot be read; None if that is not known yet."""
    path: str = ""
    """Its path on the disk; "" if it was taken out of another file."""
    digest: str = ""
    """SHA-256 of the bytes if it is known already; a file that is too large to be kept has no bytes here."""

    @property
    def sent_by(self) -> str:
        """The sender of the e-mail that it came in; "" where that is not known."""
        return self.mail.sent_by if self.mail else ""

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


BESIDE = "came with a workbook: look whether it holds an answer"


def find_reason_passed_over(name: str, data: bytes = b"") -> str:
    """Why a file is passed over; "" if it is read, as a workbook always is, even without its ending."""
    path = PurePosixPath(name)
    if path.name.startswith(("~$", ".")) or "__MACOSX" in path.parts:
        return "left behind by another program"
    return "" if ending(name) in (*SUFFIXES, *DOCUMENTS) or is_workbook(data) else "not a workbook by its name"


def _unpack(file: IncomingFile, out: UnpackedFiles, depth: int) -> None:
    """Add the files in this file. If one of them is refused, the files taken out before it are kept."""
    before, documents = len(out.files), list[IncomingFile]()
    container = _Container((), None)
    try:
        opened = None if file.refusal else _open_container(file, depth, out.limits)
        if opened is None:
            out.files.append(file)
            return
        container = opened
        for member in container.members:
            inside = replace(member, name=f"{file.name}: {member.name}", mail=container.mail)
            if why := "" if member.refusal else find_reason_passed_over(member.name, member.data):
                out.passed_over.append((inside.name, why))
                continue
            out.take(len(member.data))
            if ending(member.name) in DOCUMENTS and not is_mail(member.data):
                documents.append(inside)
            else:
                _unpack(inside, out, depth + 1)
    except RefusedError as refused:
        refusal = Refusal(refused.code, refused.details)
        out.files.append(replace(file, mail=container.mail or file.mail, refusal=refusal))
    _add_the_rest(file, container, documents, out, before)


def _add_the_rest(
    file: IncomingFile, container: _Container, documents: list[IncomingFile], out: UnpackedFiles, before: int
) -> None:
    """Add the documents in a container of which `before` files were there earlier, and an e-mail without a workbook."""
    taken = out.files[before:]
    if taken:  # documents beside a workbook are evidence and seldom the answer itself
        out.passed_over += [(document.name, BESIDE) for document in documents]
        out.files[before:] = [_note_beside(one, documents) for one in taken]
    else:
        out.files += documents
    if container.is_mail:
        # What was refused is named by its own sentence, and the answer may stand in the mail.
        if not any(one.refusal is None or one.refusal.code in _STANDS_FOR_IT or one.name == file.name for one in taken):
            out.files.append(replace(file, mail=container.mail, is_message=True))
    elif not (taken or documents):
        out.passed_over.append((file.name, "no workbook in it"))


def _note_beside(file: IncomingFile, documents: Iterable[IncomingFile]) -> IncomingFile:
    """The file, with a note in its mail of each document that came in that mail beside it."""
    mail = file.mail
    notes = (Remark("mail_document", {"name": one.name.rpartition(": ")[2]}) for one in documents if one.mail is mail)
    return replace(file, mail=replace(mail, notes=(*mail.notes, *notes))) if mail else file


_STANDS_FOR_IT = ("file_mail_encrypted",)
"""Refusals of what is the whole mail, so that it has no other text."""


@dataclass(frozen=True, slots=True)
class _Container:
    """A zip, an e-mail, or a file of several e-mails."""

    members: Iterable[IncomingFile]
    """The files in it, with their names in it."""
    mail: Mail | None
    """The e-mail that it is or came in; None if there is none."""
    is_mail: bool = False


def _open_container(file: IncomingFile, depth: int, limits: Limits) -> _Container | None:
    """What is in this container; None if it is no container. Raises RefusedError."""
    container = _open(file, limits)
    if container is not None and depth == limits.depth:
        raise RefusedError("file_nested", limit=limits.depth)
    return container


def _open(file: IncomingFile, limits: Limits) -> _Container | None:
    if len(file.data) > limits.inflated:
        return None  # the guard reports that it is too large
    if file.data.startswith(b"PK"):
        members = _list_zip_members(file, limits)
        return None if members is None else _Container(members, file.mail)
    if mails := find_mails(file.name, file.data):
        return _Container((IncomingFile(name, data) for name, data in mails), file.mail)
    data = find_mail(file.name, file.data)
    if ending(file.name) == ".msg" or has_stream(file.data, "__properties_version1.0"):
        data = convert_message(file.data, limits)
        if data is None:
            raise RefusedError("file_outlook")
    return None if data is None else _open_mail(file, data, limits)


def _open_mail(file: IncomingFile, data: bytes, limits: Limits) -> _Container:
    """An e-mail, its bytes as `data` if it came in another format. Raises RefusedError."""
    opened = read_mail(data, file.sha, limits)
    members = [
        IncomingFile(one.name, one.data, refusal=Refusal(one.refusal) if one.refusal else None)
        for one in opened.attachments
    ]
    return _Container(members, replace(opened.mail, attached_to=file.mail), is_mail=True)


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
        return IncomingFile(name, b"" if find_reason_passed_over(name, data) else data)
    except Exception as trouble:  # noqa: BLE001 - whatever is wrong with this part, the others may be right
        if find_reason_passed_over(name):
            return IncomingFile(name, b"")
        return IncomingFile(name, b"", refusal=Refusal("file_damaged", {"reason": str(trouble)[:200]}))


def _decode_name(entry: zipfile.ZipInfo) -> str:
    """The name of a file in a zip; macOS writes UTF-8 without the flag for it."""
    try:
        return entry.filename if entry.flag_bits & 0x800 else entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename
