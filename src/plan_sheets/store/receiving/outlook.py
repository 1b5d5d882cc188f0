"""Messages in Outlook's own format (MS-OXMSG), as the e-mails that they once were."""

from __future__ import annotations

from email.message import EmailMessage

from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits


def convert_message(data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """The e-mail in a .msg: sender, date and attachments; None if it cannot be read. A child process reads it."""
    return run_apart(convert_here, data, limits)


def convert_here(data: bytes, _limits: Limits = LIMITS) -> bytes:
    """What the child does. Raises nearly anything where the file is damaged, or is none."""
    from oxmsg import Message  # noqa: PLC0415 - seldom needed

    message, mail = Message.load(data), EmailMessage()
    mail["From"] = " ".join((message.sender or "").split())
    if message.sent_date:
        mail["Date"] = message.sent_date
    for attached in message.attachments:
        # A message within the message is no file here: its name makes whoever looks into it say so.
        name = attached.file_name or "attached message.msg"
        mail.add_attachment(attached.file_bytes or b"", maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()
