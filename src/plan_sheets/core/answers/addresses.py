"""E-mail addresses as people type them into a cell: one, or several, with names or without."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plan_sheets.core.model.found import Remark, Tidied

_ADDRESS = r"[^\s@<>:;,\"()]+@[^\s@<>:;,\"()]+\.[^\s@<>:;,.\"()]+"
_ONE = re.compile(_ADDRESS)
_BARE = re.compile(rf"<?(?:mailto:)?({_ADDRESS})>?[.;,]?", re.IGNORECASE)
_NAMED = re.compile(rf"[^<>@;]*<(?:mailto:)?({_ADDRESS})>[.,]?", re.IGNORECASE)
_BETWEEN = re.compile(r"[,\s]+(?:(?:and|&)\s+)?")
_AFTER_A_NAMED_ONE = re.compile(r"(?<=>)\s*(?:,|\band\b|&)\s*")
_LONGEST_LABEL = 63
"""Characters of one part of a domain: RFC 1035, 2.3.4."""


def is_email(text: str) -> bool:
    """Whether a tidied text is an e-mail address."""
    return _ONE.fullmatch(text) is not None


def are_emails(text: str) -> bool:
    """Whether a tidied text is one e-mail address, or several with semicolons between."""
    return all(map(is_email, split_emails(text)))


def split_emails(text: str) -> list[str]:
    """The addresses of a tidied text."""
    return [part.strip() for part in text.split(";") if part.strip()]


def tidy_email(clean: str) -> Tidied:
    """One address, without what stands round it. `clean`: on one line."""
    match = _BARE.fullmatch(clean)
    return Tidied(match[1], tuple(_remarks([match[1]]))) if match else Tidied(clean, (Remark("email_unreadable"),))


def tidy_emails(clean: str) -> Tidied:
    """One address or several, with semicolons between, each once; names beside them are left out.

    A line break is refused: in the head of an e-mail it would begin another line, such as one more addressee.
    """
    if "\n" in clean:
        return Tidied(clean, (Remark("email_line_break"),))
    parts = [part.strip() for part in _AFTER_A_NAMED_ONE.sub(";", clean).split(";")]
    found = [_read_part(part) for part in parts if part]
    if not found or any(addresses is None for addresses in found):
        return Tidied(clean, (Remark("email_unreadable"),))
    addresses = list(dict.fromkeys(address for several in found for address in several or ()))
    return Tidied("; ".join(addresses), tuple(_remarks(addresses)))


def _read_part(part: str) -> list[str] | None:
    """The addresses between two semicolons: one after a name, or several; None if there is anything else."""
    if named := _NAMED.fullmatch(part):
        return [named[1]]
    matches = [_BARE.fullmatch(word) for word in _BETWEEN.split(part.strip(" .,"))]
    return [match[1] for match in matches if match] if all(matches) else None


def _remarks(addresses: list[str]) -> Iterator[Remark]:
    if len(addresses) > 1:
        yield Remark("email_several", {"count": str(len(addresses)), "addresses": " and ".join(addresses)})
    for address in addresses:
        if as_sent(address) is None:
            yield Remark("email_not_sendable", {"mailbox": address})


def as_sent(address: str) -> str | None:
    """An address as it stands in the head of an e-mail, the letters of its domain as IDNA has them; None if it cannot.

    Before the @ plain letters alone are safe with every mail program. A domain that IDNA would turn into another one is
    not written at all.
    """
    name, _, domain = address.rpartition("@")
    if not name.isascii():
        return None
    if domain.isascii():
        return address if all(0 < len(label) <= _LONGEST_LABEL for label in domain.split(".")) else None
    try:
        coded = domain.encode("idna")
        is_same = coded.decode("idna") == domain.lower()
    except UnicodeError:
        return None
    return f"{name}@{coded.decode()}" if is_same else None
