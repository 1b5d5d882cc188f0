"""Writes a draft of an e-mail as a file that mail programs open: the same draft always makes the same bytes."""

from __future__ import annotations

import html
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from itertools import groupby

from plan_sheets.core.book.mail_text import Draft

_OUTER, _INNER = "=_plan-sheets-1", "=_plan-sheets-2"
"""What parts the parts: neither quoted-printable nor base64 can hold `=_` (RFC 2045, 6.7)."""
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_POINT = "- "
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><title></title></head>
<body>
{}
</body>
</html>
"""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_draft_file(draft: Draft) -> bytes:
    """The bytes of a draft: no date, no number and no sender, which the mail program gives it when it is sent."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    if draft.to.addresses:
        message["To"] = [_address(address, draft.to.name) for address in draft.to.addresses]
    message["Subject"] = _on_one_line(draft.subject)
    message.set_content(draft.text, cte="quoted-printable")
    message.add_alternative(_as_html(draft.text), subtype="html", cte="quoted-printable")
    if draft.attached:
        main, sub = _XLSX
        message.add_attachment(draft.attached.data, maintype=main, subtype=sub, filename=draft.attached.name)
        message.set_boundary(_OUTER)
        next(iter(message.iter_parts())).set_boundary(_INNER)
    else:
        message.set_boundary(_INNER)
    return message.as_bytes()


def _address(address: str, name: str) -> Address:
    return Address(_on_one_line(name), addr_spec=_on_one_line(address))


def _on_one_line(text: str) -> str:
    """A text without line breaks and control codes: in the head of a mail these would begin another line."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _as_html(text: str) -> str:
    """The same text in paragraphs and lists."""
    blocks = (block for block in re.split(r"\n\s*\n", text) if block.strip())
    inside = "\n".join(part for block in blocks for part in _list_parts(block.split("\n")))
    return _PAGE.format(inside)


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
