"""Converts messages in Outlook's format (MS-OXMSG) to e-mails, with the messages that are attached to them."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from typing import TYPE_CHECKING

from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.receiving.mail.email import LINK, TEXT_UNREAD
from plan_sheets.store.receiving.mail.text import decode

if TYPE_CHECKING:
    from oxmsg import Message
    from oxmsg.attachment import Attachment
    from oxmsg.storage import Storage

_EMBEDDED = "__substg1.0_3701000D"
"""The storage in which an attached message lies (MS-OXMSG 2.2.2)."""
_METHOD, _LINKED, _ADDRESS = 0x3705, 7, 0x370D
"""How something is attached, by which number only its address is, and the address (MS-OXCMSG 2.2.2.9, 2.2.2.13)."""
_PLAIN, _HTML, _RICH = "1000", "1013", "10090102"
"""The text of a message, in HTML, and in rich text (MS-OXCMSG 2.2.1.56)."""
_PROPERTIES, _SHORTER, _MIME = "__properties_version1.0", 8, 16
"""The properties of an attached message have a header 8 bytes shorter, and 16 bytes each (MS-OXMSG 2.4)."""


def convert_message(data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """Convert a .msg in a child process, with all that is in it; None if it cannot be read."""
    return run_apart(convert_here, data, limits)


def convert_here(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Convert a .msg. Raises almost any exception if the file is damaged or of another kind."""
    from olefile import OleFileIO  # noqa: PLC0415 - seldom needed
    from oxmsg.storage import Storage  # noqa: PLC0415

    with OleFileIO(BytesIO(data)) as ole:
        return _convert(Storage.from_ole(ole), limits.depth + 1).as_bytes()


def _convert(storage: Storage, depth: int) -> EmailMessage:
    """The message in this storage, and those in it as many as `depth` deep."""
    from oxmsg import Message  # noqa: PLC0415
    from oxmsg.attachment import Attachment  # noqa: PLC0415

    message, mail = Message(storage), EmailMessage()
    mail["From"], mail["Subject"] = _on_one_line(message.sender), _on_one_line(message.subject)
    if message.sent_date:
        mail["Date"] = message.sent_date
    plain, html = _read_text(storage, _PLAIN, message), _read_text(storage, _HTML, message)
    mail.set_content(plain)
    if html:
        mail.add_alternative(html, subtype="html")
    if not (plain or html) and _find_stream(storage, _RICH):
        mail[TEXT_UNREAD] = "rich text"
    for attached in storage.iter_attachment_storages():
        inner = [inside for inside in attached.storages if inside.name == _EMBEDDED]
        attachment = Attachment(attached)
        if inner and depth:
            mail.add_attachment(_convert(_with_whole_header(inner[0]), depth - 1), filename=attachment.file_name)
        else:
            _attach(mail, attachment)
    return mail


def _find_stream(storage: Storage, name: str) -> bytes:
    """The bytes of a stream; b"" if there is none of this name."""
    return next((stream.bytes_ for stream in storage.streams if stream.name == f"__substg1.0_{name}"), b"")


def _read_text(storage: Storage, number: str, message: Message) -> str:
    """A text of a message, in whatever encoding it is: an odd one shall not cost the workbook beside it."""
    if data := _find_stream(storage, f"{number}001F"):
        return data.decode("utf-16-le", "replace")
    try:
        encoding = message.properties.body_encoding
    except (LookupError, ValueError):
        encoding = "cp1252"
    return decode(_find_stream(storage, f"{number}0102") or _find_stream(storage, f"{number}001E"), encoding)


def _attach(mail: EmailMessage, attached: Attachment) -> None:
    """Attach a file; of one that is only a link, its address. A message that lies too deep has no bytes."""
    kind, _, of_kind = (attached.mime_type or "").partition("/")
    # A signed message is one attachment that says it has parts, and is a mail by itself.
    is_plain = kind in {"application", "image", "audio", "video"} and of_kind
    kind, of_kind = (kind, of_kind) if is_plain else ("application", "octet-stream")
    name = attached.file_name or "attached message.msg"
    mail.add_attachment(attached.file_bytes or b"", maintype=kind, subtype=of_kind, filename=name)
    if attached.properties.int_prop_value(_METHOD) == _LINKED:
        address = _on_one_line(attached.properties.str_prop_value(_ADDRESS))
        [*mail.iter_attachments()][-1][LINK] = f'cloudFile; url="{address}"' if address else "cloudFile"


def _with_whole_header(storage: Storage) -> Storage:
    """An attached message with a header of its properties as long as that of a message by itself."""
    from oxmsg.storage import Storage, Stream  # noqa: PLC0415

    listed = next(stream for stream in storage.streams if stream.name == _PROPERTIES)
    if len(listed.bytes_) % _MIME != _SHORTER:
        return storage
    whole = Stream(listed.path, listed.bytes_[:24] + bytes(_SHORTER) + listed.bytes_[24:])
    others = (stream for stream in storage.streams if stream.name != _PROPERTIES)
    return Storage(storage.path, (*others, whole), storage.storages)


def _on_one_line(text: str | None) -> str:
    return " ".join((text or "").split())
