"""How a document proves that it is ours: a short code in every row, one signature over all that is locked.

Signed are facts (reference, row keys, locked texts), never bytes, formats or protection: those change honestly when
another program saves the file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

REFERENCE = "plan_sheets_reference"
SIGNATURE = "plan_sheets_signature"
"""Names of the custom document properties that carry reference and signature."""
CODE_LENGTH = 8
"""Characters of a row's code: 40 bits, enough against slips, and short enough to read out on the telephone."""


def _mac(secret: bytes, *parts: str) -> str:
    """Base-32 HMAC-SHA256 over parts that cannot run into each other."""
    told = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return base64.b32encode(hmac.digest(secret, told, hashlib.sha256)).decode()


def row_key(secret: bytes, reference: str, sheet: str, ref: str) -> str:
    """The visible key of one row: its ref, a blank, and a code that only this row of this document has."""
    return f"{ref} {_mac(secret, 'row', reference, sheet, ref)[:CODE_LENGTH]}"


def sign(secret: bytes, reference: str, locked: Iterable[tuple[str, str, str, str]]) -> str:
    """The signature of a document: over its reference and every locked cell as (sheet, ref, field, text)."""
    parts = [part for cell in sorted(locked) for part in cell]
    return _mac(secret, "document", reference, *parts)[:32]


def same(one: str, other: str) -> bool:
    """Whether two signatures are the same, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


@dataclass(frozen=True, slots=True)
class Carriers:
    """What a file says of itself: each reference that a carrier names, and the signature where it is told."""

    about: str
    property: str
    keys: frozenset[str]
    """References of the documents that its row keys prove it to be of; empty if it has none of ours."""
    signatures: frozenset[str] = frozenset()

    def readings(self) -> dict[str, str]:
        """What each carrier that is there says."""
        told = {"the About sheet": self.about, "its properties": self.property}
        named = [one for one in (self.about, self.property) if one]
        if self.keys and not self.keys.intersection(named):
            told["its row keys"] = ", ".join(sorted(self.keys))
        return {carrier: reference for carrier, reference in told.items() if reference}


@dataclass(frozen=True, slots=True)
class Vote:
    """The reference that all carriers agree on, or the code of what is wrong, with a best guess."""

    reference: str
    code: str = ""


def vote(carriers: Carriers) -> Vote:
    """Whose file it is: the carriers that are there must agree. Row keys alone may carry it."""
    readings = list(dict.fromkeys(carriers.readings().values()))
    if not readings:
        return Vote("", "no_identity")
    if len(readings) > 1 or (len(carriers.keys) > 1 and not carriers.keys.intersection(readings)):
        guess = next((one for one in (carriers.about, carriers.property) if one in carriers.keys), readings[0])
        return Vote(guess, "identity_disagrees")
    return Vote(readings[0])
