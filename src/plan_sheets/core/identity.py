"""How a document proves that it is ours: a short code in every row, one signature over all that is locked.

Signed are facts (reference, row keys, locked texts), never bytes, formats or protection: those change honestly when
another program saves the file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from plan_sheets.core.found import FoundWorkbook
from plan_sheets.core.located import EMPTY, plain

REFERENCE = "plan_sheets_reference"
SIGNATURE = "plan_sheets_signature"
"""Names of the custom document properties that carry reference and signature."""
AT_ONCE = 1_000
"""Cells that are signed together."""
CODE_LENGTH = 8
"""Characters of a row's code: 40 bits, enough against slips, and short enough to read out on the telephone."""


def _mac(secret: bytes, *parts: str) -> str:
    """Base-32 HMAC-SHA256 over parts that cannot run into each other."""
    told = b"".join(len(part).to_bytes(4, "big") + part for part in map(str.encode, parts))
    return base64.b32encode(hmac.digest(secret, told, hashlib.sha256)).decode()


def row_key(secret: bytes, reference: str, sheet: str, ref: str) -> str:
    """The visible key of one row: its ref, a blank, and a code that only this row of this document has."""
    return f"{ref} {_mac(secret, 'row', reference, sheet, ref)[:CODE_LENGTH]}"


def sign(secret: bytes, reference: str, locked: Iterable[tuple[str, str, str, str]]) -> str:
    """The signature of a document: over its reference and every locked cell as (sheet, ref, field, text), in turn."""
    mac = hmac.new(secret, json.dumps(["document", reference]).encode(), hashlib.sha256)
    cells = iter(locked)
    while some := [*islice(cells, AT_ONCE)]:  # all at once would take more room than the document
        mac.update(json.dumps(some).encode())
    return base64.b32encode(mac.digest()).decode()[:32]


def same(one: str, other: str) -> bool:
    """Whether two signatures are the same, in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


@dataclass(frozen=True, slots=True)
class Carriers:
    """What a file says of itself: each reference that a carrier names, and the signatures that it carries."""

    about: str
    property: str
    keys: frozenset[str]
    """References of the documents that its row keys prove it to be of; empty if it has none of ours."""
    signed: frozenset[str] = frozenset()
    """References of the documents that went out with a signature that it carries."""

    def named(self) -> tuple[str, ...]:
        """The references that it names, each once."""
        return tuple(dict.fromkeys(one for one in (self.about, self.property) if one))

    def readings(self) -> dict[str, tuple[str, ...]]:
        """What each carrier that is there says; those that bear out what is named need not be told."""
        told = {
            "the About sheet says": (self.about,) if self.about else (),
            "the file's properties say": (self.property,) if self.property else (),
            "the signature is that of": () if self.signed.intersection(self.named()) else tuple(sorted(self.signed)),
            "the row keys are of": () if self.keys.intersection(self.named()) else tuple(sorted(self.keys)),
        }
        return {carrier: references for carrier, references in told.items() if references}


@dataclass(frozen=True, slots=True)
class Vote:
    """The reference that all carriers agree on, or "" and the code of what is wrong."""

    reference: str
    code: str = ""


def vote(carriers: Carriers) -> Vote:
    """Whose file it is: the carriers that are there must agree. Row keys alone may carry it."""
    said = {one for references in carriers.readings().values() for one in references}
    if not said:
        return Vote("", "no_identity")
    if len(said) > 1:
        return Vote("", "identity_disagrees" if carriers.named() else "rows_of_two_issues")
    return Vote(said.pop())


def best_guess(carriers: Carriers, ours: Iterable[str]) -> str:
    """Of these references the one that most carriers speak for, "" if there is none.

    Row keys and signature come first: nobody types those.
    """
    proved = [*carriers.keys, *carriers.signed]
    named = [carriers.about, carriers.property]
    return max(sorted(set(ours)), key=lambda one: (proved.count(one), named.count(one)), default="")


def about_facts(workbook: FoundWorkbook) -> Mapping[str, str]:
    """What the About sheet says of the document: the texts beside its items, by item."""
    for found in workbook.sheets:
        if plain(found.name) == "about":
            return {
                cell.text.strip(): found.cells.get((row, 1), EMPTY).text.strip()
                for (row, place), cell in found.cells.items()
                if place == 0
            }
    return {}
