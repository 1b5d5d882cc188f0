"""Finds the e-mails in the files in which mail programs keep them: one by itself, or many in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

MAILS = (".eml", ".msg", ".emlx", ".mbox")
"""Endings of the files in which mail programs keep e-mails."""
_HEADER = re.compile(rb"(?:From [^\n]*\n)?[!-9;-~]+:")
"""The beginning of an e-mail (RFC 5322 2.2)."""
_BLANK = b"\xef\xbb\xbf\r\n"
"""What some programs put before it: a mark of the encoding, or empty lines."""
_HEADED = 20_000
"""Bytes among which the headings are looked for that only an e-mail has."""
_ONLY_IN_MAIL = {b"to", b"received", b"message-id"}
"""Beside From; a web page that was saved as one file (RFC 2557) has none of these."""


def ending(name: str) -> str:
    """The ending of a file's name in small letters; of one that Apple Mail or a Unix calls mbox, `.mbox`."""
    path = PurePosixPath(name.rpartition(": ")[2])
    return ".mbox" if path.name.lower() == "mbox" else path.suffix.lower()


def begins_mail(data: bytes) -> bool:
    """Whether these bytes begin as an e-mail or a part of one does."""
    return _HEADER.match(data) is not None


def is_mail(data: bytes) -> bool:
    """Whether these bytes are an e-mail, whatever the file is called: its headings say so."""
    start = data[:_HEADED].lstrip(_BLANK)
    if not begins_mail(start):
        return False
    headings, _, _ = start.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = {line.partition(b":")[0].lower() for line in headings.split(b"\n")}
    return b"from" in named and bool(named & _ONLY_IN_MAIL)


def find_mail(name: str, data: bytes) -> bytes | None:
    """The e-mail in a file that holds one; None if it is no such file."""
    kind = ending(name)
    if kind == ".emlx" and (counted := _COUNT.match(data)):
        # Apple Mail: how many bytes the e-mail has, the e-mail, and what the program notes of it.
        return data[counted.end() : counted.end() + int(counted[1])]
    data = data.lstrip(_BLANK)
    return data if (kind in MAILS and begins_mail(data)) or is_mail(data) else None


_COUNT = re.compile(rb"\s*(\d{1,12})\s*\n")


def find_mails(name: str, data: bytes) -> Iterator[tuple[str, bytes]] | None:
    """Name and bytes of each e-mail in a file of many (RFC 4155); None if it is none."""
    data = data.lstrip(_BLANK)
    if not data.startswith(b"From "):
        return None
    starts = [match.start() for match in _FROM.finditer(data) if _TIME.search(match[0]) and _YEAR.search(match[0])]
    if not starts or starts[0] or (len(starts) == 1 and ending(name) != ".mbox"):
        return None
    places = enumerate(pairwise([*starts, len(data)]), 1)
    return ((f"message {number}.eml", data[start:end]) for number, (start, end) in places)


_FROM = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{1,300}\r?\n(?=[!-9;-~]{1,80}:)")
"""The line before each e-mail, which says who sent it and when; and the first heading below it."""
_TIME, _YEAR = re.compile(rb"\d\d:\d\d"), re.compile(rb"\b\d{4}\b")
