"""Reads the attachments of an e-mail; a child process reads a large one, which needs ten times its size in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from plan_sheets.core.model.printable import readable
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.kinds import STARTS
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", ".eml", ".msg")
"""Files with these endings are read; what they are is decided by their content."""
_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "message/rfc822": ".eml",
}
_WINMAIL = ("application/ms-tnef", "application/vnd.ms-tnef")
"""Types of the attachments that only Outlook can read (MS-OXTNEF)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment of an e-mail."""

    name: str
    data: bytes
    sent_by: str
    """Who sent the e-mail; "" for an attached e-mail, which has its own sender. `sent_at`: when (ISO), or ""."""
    sent_at: str
    refusal: str
    """The code of the message that says why it cannot be read; "" if that is not known yet."""


def read_attachments(data: bytes, limits: Limits = LIMITS) -> list[Attachment]:
    """Read the attachments of an e-mail, its pictures and signatures among them. Raises RefusedError."""
    if len(data) <= limits.mail_here:
        return _read_here(data, limits)
    packed = run_apart(pack_attachments, data, limits)
    if packed is None:
        raise RefusedError("file_mail_unread")
    listed, _, content = packed.partition(b"\n")
    attachments, at = [], 0
    for size, name, sent_by, sent_at, refusal in json.loads(listed):
        attachments.append(Attachment(name, content[at : at + size], sent_by, sent_at, refusal))
        at += size
    return attachments


def pack_attachments(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Read the attachments in the child process: a line of JSON that lists them, then the bytes of each."""
    attached = _read_here(data, limits)
    listed = [
        (len(attachment.data), attachment.name, attachment.sent_by, attachment.sent_at, attachment.refusal)
        for attachment in attached
    ]
    return b"\n".join((json.dumps(listed).encode(), b"".join(attachment.data for attachment in attached)))


def _read_here(data: bytes, limits: Limits) -> list[Attachment]:
    try:
        message = message_from_bytes(data, _class=EmailMessage, policy=policy.default)
        _check_headers(message, limits)
        sent_by, sent_at = readable(_read_sender(message)), _read_date(message)
        attached = [
            _read_attachment(part, sent_by, sent_at) for part in _list_leaves(message, limits) if _is_attached(part)
        ]
    except Exception as trouble:  # a broken e-mail makes the standard library raise nearly anything
        raise RefusedError("file_damaged", reason=f"{type(trouble).__name__}: {trouble}"[:200]) from trouble
    if len(attached) > limits.entries:
        raise RefusedError("file_too_many_files", limit=limits.entries)
    return attached


def _list_leaves(message: EmailMessage, limits: Limits) -> Iterator[EmailMessage]:
    """All parts that are no containers; an attached e-mail is one of them."""
    if message.get_content_maintype() != "multipart":
        yield message
        return
    for part in message.iter_parts():
        if isinstance(part, EmailMessage):
            _check_headers(part, limits)
            yield from _list_leaves(part, limits)


def _check_headers(part: EmailMessage, limits: Limits) -> None:
    looked_at = ("from", "date", "content-type", "content-disposition")
    if any(len(value) > limits.header for name, value in part.raw_items() if name.lower() in looked_at):
        raise MessageError("a header is far too long")


def _is_attached(part: EmailMessage) -> bool:
    """Whether a part is an attachment, not a text of the message itself."""
    return part.get_content_maintype() != "text" or part.get_filename() is not None


def _read_attachment(part: EmailMessage, sent_by: str, sent_at: str) -> Attachment:
    kind = part.get_content_type()
    name = readable(part.get_filename() or "attachment")
    payload = None if kind == "message/rfc822" else part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        nameless = not part.get_filename() and data.startswith(STARTS)  # some scanners and portals send such
        name += _TYPES.get(kind, ".xlsx" if nameless else "")
    if kind == "message/rfc822":
        return Attachment(name, part.get_content().as_bytes(), "", "", "")
    refusal = "file_outlook" if kind in _WINMAIL or name.lower() == "winmail.dat" else ""
    return Attachment(name, data, sent_by, sent_at, refusal)


def _read_sender(message: EmailMessage) -> str:
    """The sender on one line; "" if it cannot be read."""
    try:
        return " ".join(str(message["from"] or "").split())
    except ValueError:  # a name with a line end in it, encoded
        return ""


def _read_date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(str(message["date"])).isoformat()
    except ValueError:
        return ""
