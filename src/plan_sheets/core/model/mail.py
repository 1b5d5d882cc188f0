"""An e-mail in which files came: what stands in it, and what of that was written anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.found import Remark
from plan_sheets.core.model.text import MASK, show_beginning


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail; every file that came in it has it."""

    sha256: str
    """SHA-256 of the mail's bytes as they came."""
    sent_by: str = ""
    """The sender on one line, "The Chair <chair@example.org>"; "" where none is named."""
    sent_at: str = ""
    """When it was sent, in ISO format with the zone of the sender; "" where that is not known."""
    subject: str = ""
    body: str = ""
    """All its text, plain; of HTML as text, with the addresses of links. "" where it has none."""
    notes: tuple[Remark, ...] = ()
    """What there is to say of it: that a signature was not checked, that an attachment is only a link."""
    attached_to: Mail | None = None
    """The mail that it was attached to, as when it was forwarded; None where it came by itself."""

    @property
    def trail(self) -> tuple[str, ...]:
        """How it came: its SHA-256, and whether its text is masked; then the same of those that it was attached to.

        What it says is known if its trail is.
        """
        above = self.attached_to.trail if self.attached_to else ()
        return (f"{self.sha256} {MASK}" if self.is_masked else self.sha256, *above)

    @property
    def is_masked(self) -> bool:
        """Whether its text must not be kept."""
        return self.body == MASK


def find_odd_date(mail: Mail, today: date, began: date | None) -> str:
    """The code of what is odd about the date of a mail; "" if nothing is.

    `began`: the first day of the round that it is about; None if that is not known.
    """
    if not mail.sent_at:
        return "mail_undated"
    sent = datetime.fromisoformat(mail.sent_at).date()
    if sent > today + timedelta(days=1):  # a day, because the sender's zone may be another
        return "mail_from_the_future"
    return "mail_before_round" if began and sent < began else ""


class BodyParts(NamedTuple):
    """The text of a mail in three parts; joined in this order they are the whole text."""

    written: str
    """What was written in this mail; all of it where the other two are not plain to see."""
    signature: str
    quoted: str
    """Earlier mail below it, with the line that says whose it is."""

    @property
    def said(self) -> str:
        """What the mail was sent to say: what was written, or all of it where that only forwards earlier mail."""
        return self.written if self.written.strip() else "".join(self)


def split_body(body: str) -> BodyParts:
    """Tell apart what was written in this mail, the signature block and quoted earlier mail, where that is plain."""
    lines = body.splitlines(keepends=True)
    quoted = _find_quoted(lines)
    signature = _find_signature(lines[:quoted])
    return BodyParts("".join(lines[:signature]), "".join(lines[signature:quoted]), "".join(lines[quoted:]))


_DIVIDERS = {"original message", "original appointment", "forwarded message"}
_HEADINGS = ("sent:", "date:", "to:", "subject:", "cc:")
_HEADINGS_WITHIN = 6
"""Lines in which Outlook repeats the headings of earlier mail."""


def _find_quoted(lines: Sequence[str]) -> int:
    """The number of the first line of earlier mail; `len(lines)` where there is none, or text is mixed with it."""
    for number, line in enumerate(lines):
        if _is_divider(line) or _is_headed(lines, number):
            above = lines[number - 1].strip() if number else ""
            return number - 1 if len(above) > len("___") and not above.strip("_") else number
    return _find_marked(lines)


def _is_divider(line: str) -> bool:
    text = line.strip()
    if text == "Begin forwarded message:":
        return True
    if not (text.startswith("--") and text.endswith("--")):
        return False
    words = text.strip("- ").casefold()
    return words in _DIVIDERS or words.startswith("forwarded by ")  # as Notes does


def _is_headed(lines: Sequence[str], number: int) -> bool:
    """Whether the headings of earlier mail begin here: From, and at least two others below it."""
    if not _bare(lines[number]).startswith("from:"):
        return False
    below = [_bare(line) for line in lines[number + 1 : number + _HEADINGS_WITHIN]]
    return sum(any(line.startswith(heading) for line in below) for heading in _HEADINGS) > 1


def _bare(line: str) -> str:
    """The line in small letters, without the marks that bold words get in plain text."""
    return line.strip().replace("*", "").casefold()


def _find_marked(lines: Sequence[str]) -> int:
    """The first line of the lines at the end that are all marked by ">" or blank, with whose words they are."""
    first = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].startswith(">"):
            first = number
        elif lines[number].strip():
            break
    if first == len(lines):
        return first
    above = [number for number in range(max(first - 3, 0), first) if lines[number].strip()]
    if above and lines[above[-1]].rstrip().endswith("wrote:"):
        began = [number for number in above if lines[number].startswith("On ")]
        return began[-1] if began else above[-1]
    return first


_SENT_FROM = ("Sent from my ", "Sent from Outlook", "Sent from Mail for", "Sent from Yahoo", "Get Outlook for ")
_LONGEST_SIGNATURE = 15
"""Lines; what follows a line of two dashes and is longer was written."""


def _find_signature(lines: Sequence[str]) -> int:
    """The number of the first line of the signature block; `len(lines)` where there is none."""
    end = len(lines)
    for number in range(end - 1, max(end - 2 - _LONGEST_SIGNATURE, -1), -1):
        if lines[number].rstrip("\r\n") in ("-- ", "--"):  # RFC 3676, 4.3
            return number
    filled = [number for number in range(end) if lines[number].strip()][-1:]
    return next((number for number in filled if lines[number].strip().startswith(_SENT_FROM)), end)


_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,2000}")
_KEPT_ONLINE = (
    *("sharepoint.com", "1drv.ms", "onedrive.live.com", "docs.google.com", "drive.google.com"),
    *("dropbox.com", "icloud.com", "box.com", "we.tl", "wetransfer.com"),
)
"""Where files are kept online, of which somebody sends the address instead of the file."""


def find_links(body: str) -> Iterator[str]:
    """The addresses of files kept online that somebody wrote in a mail, each once."""
    found = dict.fromkeys(match[0].rstrip(".,;)") for match in _ADDRESS.finditer(split_body(body).said))
    return (address for address in found if _is_kept_online(address))


def _is_kept_online(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in _KEPT_ONLINE)


QUOTING = ("mail_said", "mail_without_workbook")
"""Codes of the findings that quote an e-mail, as `describe_mail` does: what is long is cut already."""


def describe_mail(mail: Mail, *, tells_blank: bool = False) -> str:
    """What an e-mail says, with its day, sender and subject, and what the one says that it was attached to.

    Its signature and the earlier mail below it are named as such; of a long one the beginning, and where the rest is.
    "" where nothing is said, in no subject either, unless it `tells_blank`: then by whom that was sent, and when.
    """
    return show_beginning(_describe(mail, tells_blank=tells_blank), f"returned/{mail.sha256}.txt")


def _describe(mail: Mail, *, tells_blank: bool = False) -> str:
    parts = split_body(mail.body)
    outer = _describe(mail.attached_to) if mail.attached_to else ""
    told = [parts.written.strip()]
    told += [f"{name}: {text.strip()}" for name, text in zip(_NAMES, parts[1:], strict=True) if text.strip()]
    text = "\n".join(filter(None, told))
    if not (text or mail.subject or outer or tells_blank):
        return ""
    day = f" of {PartialDate.of_iso(mail.sent_at[:10]).words}" if mail.sent_at else ""
    sender = f" from {mail.sent_by}" if mail.sent_by else ""
    subject = f", '{mail.subject}'" if mail.subject else ""
    quoted = f"E-mail{day}{sender}{subject}: {text or '(no text)'}"
    return f"{quoted}\nForwarded by {outer[:1].lower()}{outer[1:]}" if outer else quoted


_NAMES = ("Signature", "Earlier mail")


def describe_whole(mail: Mail) -> str:
    """All that an e-mail says, and the one that it was attached to, as it is kept beside the files that came in it."""
    about = f"From: {mail.sent_by}\nDate: {mail.sent_at}\nSubject: {mail.subject}\n\n{mail.body}\n"
    return about + (f"\nThis came attached to:\n{describe_whole(mail.attached_to)}" if mail.attached_to else "")
