"""Writes a draft of an e-mail as a file that mail programs open: the same draft always makes the same bytes."""

from __future__ import annotations

import base64
import html
import quopri
import re
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby

from plan_sheets.core.book.mail_text import Attached, Draft

_OUTER, _INNER = "=_plan-sheets-1", "=_plan-sheets-2"
"""What parts the parts: neither quoted-printable nor base64 can hold `=_` (RFC 2045, 6.7)."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_END = b"\r\n"
_UNSENT, _HEAD_ENDS = re.compile(rb"^X-Unsent:", re.MULTILINE), 4_096
"""By what a draft is known, in its first bytes."""
_POINT = "- "
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
{inside}
</body>
</html>
"""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_draft_file(draft: Draft) -> bytes:
    """The bytes of a draft: no date, no number and no sender, which the mail program gives it when it is sent.

    The head is the library's, for folding and for letters beyond ASCII; the parts are put together here, because the
    library takes eight times as long.
    """
    head = EmailMessage(policy=SMTP)
    head["X-Unsent"] = "1"
    if draft.to.addresses:
        head["To"] = [_address(address, draft.to.name) for address in draft.to.addresses]
    head["Subject"] = _on_one_line(draft.subject)
    head["MIME-Version"] = "1.0"
    texts = _multipart("alternative", _INNER, [_text("plain", draft.text), _text("html", _as_html(draft))])
    parts = texts if draft.attached is None else _multipart("mixed", _OUTER, [texts, _attach(draft.attached)])
    return head.as_bytes().removesuffix(_END) + parts


def list_draft_parts(data: bytes) -> list[bytes]:
    """The texts, the subject and the workbook of a draft, as they are read; nothing of what is no draft."""
    if not _UNSENT.search(data, 0, _HEAD_ENDS):
        return []
    message = message_from_bytes(data, policy=SMTP)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return [str(message["Subject"] or "").encode(), *(part for part in parts if isinstance(part, bytes))]


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> bytes:
    """Parts as one part, with its head."""
    between = f"--{boundary}".encode()
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    return head + b"".join(between + _END + part + _END for part in parts) + between + b"--" + _END


def _text(kind: str, text: str) -> bytes:
    """A text as a part: quoted-printable, which has no `=_` and no long line."""
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    lines = quopri.encodestring(text.encode("utf-8", "replace") + b"\n").splitlines()
    return head.encode() + _END.join(lines) + _END


def _attach(attached: Attached) -> bytes:
    """A workbook as a part; its name is ours, and ASCII."""
    head = (
        f"Content-Type: {_XLSX}\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{attached.name}"\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(attached.data).replace(b"\n", _END)


def _address(address: str, name: str) -> Address:
    return Address(_on_one_line(name), addr_spec=_on_one_line(address))


def _on_one_line(text: str) -> str:
    """A text without line breaks and control codes: in the head of a mail these would begin another line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _as_html(draft: Draft) -> str:
    """The same text in paragraphs and lists, under its subject."""
    blocks = (block for block in re.split(r"\n\s*\n", draft.text) if block.strip())
    inside = "\n".join(part for block in blocks for part in _list_parts(block.split("\n")))
    return _PAGE.format(title=html.escape(_on_one_line(draft.subject), quote=False), inside=inside)


def _list_parts(lines: list[str]) -> list[str]:
    """A paragraph, or a list, for each run of lines that are points or are none."""
    parts = []
    for are_points, run in groupby(lines, key=lambda line: line.startswith(_POINT)):
        texts = [html.escape(line.removeprefix(_POINT) if are_points else line, quote=False) for line in run]
        if are_points:
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            parts.append(f"<p>{'<br>'.join(texts)}</p>")
    return parts
