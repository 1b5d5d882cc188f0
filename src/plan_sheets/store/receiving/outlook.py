"""Converts messages in Outlook's format (MS-OXMSG) to e-mails."""

from __future__ import annotations

from email.message import EmailMessage

from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits


def convert_message(data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """Convert a .msg in a child process, with its sender, date and attachments; None if it cannot be read."""
    return run_apart(convert_here, data, limits)


def convert_here(data: bytes, _limits: Limits = LIMITS) -> bytes:
    """Convert a .msg. Raises almost any exception if the file is damaged or of another kind."""
    from oxmsg import Message  # noqa: PLC0415 - seldom needed

    message, mail = Message.load(data), EmailMessage()
    mail["From"] = " ".join((message.sender or "").split())
    if message.sent_date:
        mail["Date"] = message.sent_date
    for attached in message.attachments:
        # An attached message has no bytes here: its name makes the caller report that.
        name = attached.file_name or "attached message.msg"
        mail.add_attachment(attached.file_bytes or b"", maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()
