"""Reads an e-mail: its text and its attachments; a child process reads a large one, which needs ten times its size."""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath

from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.printable import readable
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.kinds import STARTS
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.receiving.mail.mailboxes import MAILS, begins_mail
from plan_sheets.store.receiving.mail.signed import open_signed
from plan_sheets.store.receiving.mail.text import decode, join_alternatives, read_html, take_uuencoded, without_halves

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", *MAILS)
"""Files with these endings are read; what they are is decided by their content."""
DOCUMENTS = (
    *(".pdf", ".doc", ".docx", ".docm", ".rtf", ".odt", ".pages", ".numbers"),
    *(".csv", ".tsv", ".htm", ".html", ".mht", ".mhtml", ".xml", ".fods", ".gsheet", ".url", ".webloc"),
    *(".xltx", ".xltm", ".xlt", ".ots", ".rar", ".7z"),
)
"""Endings of documents that somebody may send instead of the workbook; each kind has its own message."""
_CARDS = ("text/vcard", "text/x-vcard", "text/directory")
"""Types of texts with the address of somebody, which some programs attach to every mail."""
_TYPES = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_WINMAIL = ("application/ms-tnef", "application/vnd.ms-tnef")
"""Types of the attachments that only Outlook can read (MS-OXTNEF)."""
_PROTECTED = ("application/x-microsoft-rpmsg-message", "application/pgp-encrypted", "multipart/encrypted")
"""Types of what only its receiver can read, in a mail program that knows the key."""
_SIGNED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_MESSAGES = ("message/rfc822", "message/global")
_FOLDED = "application/x-folded-mail"
"""The type that an attached mail has here as long as it is encoded: Python reads its letters as headings."""
TEXT_UNREAD = "X-Text-Unread"
"""The heading of a mail that was converted here without its text."""
LINK = "X-Mozilla-Cloud-Part"
"""The heading in which Thunderbird says where a file lies that it did not attach."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment of an e-mail."""

    name: str
    data: bytes
    refusal: str = ""
    """The code of the message that says why it cannot be read; "" if that is not known yet."""


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """An e-mail and what is attached to it, its pictures and signatures among them."""

    mail: Mail
    attachments: list[Attachment]


def read_mail(data: bytes, sha: str, limits: Limits = LIMITS) -> OpenedMail:
    """Read an e-mail. `sha`: SHA-256 of its bytes as they came. Raises RefusedError."""
    if len(data) <= limits.mail_here:
        opened = _read_here(data, limits)
    else:
        packed = run_apart(pack_mail, data, limits) or run_apart(pack_without_text, data, limits)
        if packed is None:
            raise RefusedError("file_mail_unread")
        opened = _unpack(packed)
    return replace(opened, mail=replace(opened.mail, sha256=sha))


def pack_mail(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Read an e-mail in the child process: a line of JSON, then the bytes of each attachment."""
    opened = _read_here(data, limits)
    mail, attached = opened.mail, opened.attachments
    told = {
        "mail": {"sent_by": mail.sent_by, "sent_at": mail.sent_at, "subject": mail.subject, "body": mail.body},
        "notes": [[note.code, note.details] for note in mail.notes],
        "attachments": [[len(one.data), one.name, one.refusal] for one in attached],
    }
    return b"\n".join((json.dumps(told).encode(), b"".join(one.data for one in attached)))


def pack_without_text(data: bytes, limits: Limits = LIMITS) -> bytes:
    """The same without the text, which takes too long to read: it shall not cost the files beside it."""
    return pack_mail(data, replace(limits, mail_text=0))


def _unpack(packed: bytes) -> OpenedMail:
    """What the child process read."""
    listed, _, content = packed.partition(b"\n")
    told = json.loads(listed)
    attachments, at = [], 0
    for size, name, refusal in told["attachments"]:
        attachments.append(Attachment(name, content[at : at + size], refusal))
        at += size
    notes = tuple(Remark(code, details) for code, details in told["notes"])
    return OpenedMail(Mail("", **told["mail"], notes=notes), attachments)


def _read_here(data: bytes, limits: Limits) -> OpenedMail:
    """Read an e-mail whose SHA-256 is not told. Raises RefusedError."""
    reading = _Reading(limits)
    try:
        message = _parse(data)
        body = reading.read(message)
        if TEXT_UNREAD in message:
            reading.notes.append(Remark("mail_text_unread", {"how": "in Outlook's rich text"}))
        sent_by, sent_at = readable(_read_sender(message)), _read_date(message)
        mail = Mail("", sent_by, sent_at, _read_subject(message, limits), body if body.strip() else "")
    except RefusedError:
        raise
    except Exception as trouble:  # a broken e-mail makes the standard library raise nearly anything
        raise RefusedError("file_damaged", reason=f"{type(trouble).__name__}: {trouble}"[:200]) from trouble
    if len(reading.attachments) > limits.entries:
        raise RefusedError("file_too_many_files", limit=limits.entries)
    return OpenedMail(replace(mail, notes=tuple(reading.notes)), reading.attachments)


_SAY_THE_TYPE = ("content-type", "content-transfer-encoding")


class _Part(EmailMessage):
    """A part of an e-mail; an attached mail that is still encoded is no mail yet."""

    _known: tuple[list[object], str] | None = None
    """The headings that say its type, and the type: Python reads them anew each time, and asks often."""

    def get_content_type(self) -> str:
        """The type that the part says it has."""
        told: list[object] = [value for name, value in self.raw_items() if name.lower() in _SAY_THE_TYPE]
        if self._known is None or self._known[0] != told:
            kind = super().get_content_type()
            encoding = str(self.get("content-transfer-encoding", "")).strip().lower() if kind in _MESSAGES else ""
            self._known = (told, _FOLDED if encoding in {"base64", "quoted-printable"} else kind)
        return self._known[1]


def _parse(data: bytes) -> EmailMessage:
    return message_from_bytes(data, _class=_Part, policy=policy.default)


@dataclass(slots=True)
class _Reading:
    """What has been found in an e-mail so far."""

    limits: Limits
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    opened: int = 0
    """How many signed messages have been opened, one in another."""

    def read(self, part: EmailMessage) -> str:
        """The text of a part and of all that are in it; what is attached is put with the attachments."""
        _check_headers(part, self.limits)
        kind = part.get_content_type()
        if kind in _PROTECTED:
            self.attachments.append(Attachment(readable(part.get_filename() or "message"), b"", "file_mail_encrypted"))
            return ""
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            if kind == "multipart/signed":
                self._note("mail_signed")
            texts = [self.read(inner) for inner in part.iter_parts() if isinstance(inner, EmailMessage)]
            return join_alternatives(texts) if kind == "multipart/alternative" else "\n".join(filter(None, texts))
        name = part.get_filename()
        if part.get_content_maintype() == "multipart" or _is_text(part, name):
            return self._read_text(part)
        if name and _is_note(part, kind, name):
            return f"[{readable(name)}]\n{self._read_text(part)}"
        return self._read_attached(part, kind, readable(name or ""))

    def _read_text(self, part: EmailMessage) -> str:
        """The text of a part that is no attachment; where it cannot be read, that is noted and costs nothing else."""
        try:
            payload = part.get_payload(decode=True)
            data = payload if isinstance(payload, bytes) else b""
            if len(data) > self.limits.mail_text:
                self._note("mail_text_unread", how="too large to be read here")
                return ""
            text = decode(data, part.get_content_charset() or "utf-8").replace("\r\n", "\n")
            if part.get_content_subtype() == "html":
                return read_html(text)
            text, files = take_uuencoded(text)
        except Exception:  # noqa: BLE001 - a broken part makes the standard library raise nearly anything
            self._note("mail_text_unread", how="damaged")
            return ""
        self.attachments += [Attachment(readable(name), data) for name, data in files]
        return text

    def _read_attached(self, part: EmailMessage, kind: str, name: str) -> str:
        """Put an attachment with the others; the text of a signed message, which is one as well."""
        if address := _find_address(part, kind):
            self._note("mail_link", name=name or "attachment", link=address)
            return ""
        attachment = _read_attachment(part, kind, name)
        if not (kind in _SIGNED or attachment.name.lower().endswith(".p7m")):
            self.attachments.append(attachment)
            return ""
        if self.opened > self.limits.depth:
            raise RefusedError("file_nested", limit=self.limits.depth)
        try:
            content = open_signed(attachment.data)
        except RefusedError as refused:
            self.attachments.append(replace(attachment, data=b"", refusal=refused.code))
            return ""
        except Exception:  # noqa: BLE001 - whatever is wrong with it, what lies beside it may be right
            content = b""
        return self._read_signed(attachment, attachment.data if content is None else content)

    def _read_signed(self, attachment: Attachment, content: bytes) -> str:
        """What was signed: a file, or a message with parts of its own."""
        if content.startswith(STARTS):
            self._note("mail_signed")
            self.attachments.append(Attachment(attachment.name.removesuffix(".p7m"), content))
            return ""
        if not begins_mail(content):
            self.attachments.append(replace(attachment, data=b"", refusal="file_mail_unread"))
            return ""
        self._note("mail_signed")
        self.opened += 1
        text = self.read(_parse(content))
        self.opened -= 1
        return text

    def _note(self, code: str, **details: str) -> None:
        if (note := Remark(code, details)) not in self.notes:
            self.notes.append(note)


_LOOKED_AT = ("from", "date", "content-type", "content-disposition", "content-transfer-encoding", LINK.lower())


def _check_headers(part: EmailMessage, limits: Limits) -> None:
    if any(len(value) > limits.header for name, value in part.raw_items() if name.lower() in _LOOKED_AT):
        raise MessageError("a header is far too long")


_SPLIT_OFF = re.compile(r"ATT\d+\.(?:txt|htm|html)", re.IGNORECASE)
"""How Exchange calls what was written below an attachment."""


def _is_text(part: EmailMessage, name: str | None) -> bool:
    """Whether a part of this name is a text of the message itself, not an attachment."""
    return part.get_content_maintype() == "text" and (name is None or bool(_SPLIT_OFF.fullmatch(name)))


def _is_note(part: EmailMessage, kind: str, name: str) -> bool:
    """Whether an attachment is a text by its type or name, and its content: it is read as a part of the mail's own."""
    suffix = PurePosixPath(name).suffix.lower()
    is_typed = kind.startswith("text/") and kind not in _CARDS and suffix not in (*SUFFIXES, *DOCUMENTS)
    if not (is_typed or (suffix == ".txt" and kind == "application/octet-stream")):
        return False
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes) or data.startswith(STARTS):
        return False
    return b"\0" not in data or data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))


def _find_address(part: EmailMessage, kind: str) -> str:
    """Where an attachment lies that is only a link; "" if it is none, and if it does not say."""
    told = str(part.get(LINK, "")) or (str(part["content-type"]) if kind == "message/external-body" else "")
    found = re.search(r"url=\"?([^\";]+)", " ".join(told.split()), re.IGNORECASE)
    return found[1] if found else "an address that it does not say" if told else ""


def _read_attachment(part: EmailMessage, kind: str, given: str) -> Attachment:
    """An attachment; `given`: its name, "" if it has none."""
    name = given or "attachment"
    suffix = PurePosixPath(name).suffix.lower()
    if kind in (*_MESSAGES, _FOLDED):
        payload = part.get_payload(decode=True) if kind == _FOLDED else part.get_content().as_bytes()
        return Attachment(name if suffix in MAILS else f"{name}.eml", payload if isinstance(payload, bytes) else b"")
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if kind == "application/applefile" or data.startswith(_APPLE_DOUBLE):
        return Attachment(f"._{name}", b"")
    if suffix not in SUFFIXES:
        nameless = not given and data.startswith(STARTS)  # some scanners and portals send such
        name += _TYPES.get(kind, ".xlsx" if nameless else "")
    if kind in _WINMAIL or name.lower() == "winmail.dat":
        return Attachment(name, data, "file_outlook")
    return Attachment(name, data, "file_mail_encrypted" if suffix == ".rpmsg" else "")


_APPLE_DOUBLE = b"\0\5\x16\7"
"""The first bytes of what a Mac keeps beside a file (RFC 1740)."""


def _read_sender(message: EmailMessage) -> str:
    """The sender on one line; "" if it cannot be read."""
    try:
        return " ".join(str(message["from"] or "").split())
    except ValueError:  # a name with a line end in it, encoded
        return ""


def _read_subject(message: EmailMessage, limits: Limits) -> str:
    """The subject on one line; one that is far too long as it stands, not decoded."""
    raw = next((str(value) for name, value in message.raw_items() if name.lower() == "subject"), "")
    try:
        subject = str(message["subject"] or "") if len(raw) <= limits.header else raw
    except ValueError:
        subject = raw
    return without_halves(readable(" ".join(subject.split())))


def _read_date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(str(message["date"])).isoformat()
    except ValueError:
        return ""
