"""How a document proves that it is ours: a short code in every row, one signature over all that is locked.

Signed are facts (reference, row keys, locked texts), never bytes, formats or protection: those change honestly when
another program saves the file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from itertools import islice

REFERENCE = "plan_sheets_reference"
SIGNATURE = "plan_sheets_signature"
"""Names of the custom document properties that carry reference and signature."""
AT_ONCE = 1_000
"""Cells that are signed together."""
CODE_LENGTH = 8
"""Characters of a row's code: 40 bits, enough against slips, and short enough to read out on the telephone."""


def row_key(secret: bytes, reference: str, sheet: str, ref: str) -> str:
    """The visible key of one row: its ref, a blank, and a code that only this row of this document has.

    The code is the beginning of the HMAC-SHA256, in base 32, over parts that cannot run into each other.
    """
    parts = (b"row", reference.encode(), sheet.encode(), ref.encode())
    content = b"".join([len(part).to_bytes(4, "big") + part for part in parts])
    mac = hmac.digest(secret, content, "sha256")
    return f"{ref} {base64.b32encode(mac[: CODE_LENGTH * 5 // 8]).decode()}"


def sign(secret: bytes, reference: str, locked: Iterable[tuple[str, str, str, str]]) -> str:
    """The signature of a document: over its reference and every locked cell as (sheet, ref, field, text), in turn."""
    mac = hmac.new(secret, json.dumps(["document", reference]).encode(), hashlib.sha256)
    cells = iter(locked)
    while some := [*islice(cells, AT_ONCE)]:  # all at once would take more room than the document
        mac.update(json.dumps(some).encode())
    return base64.b32encode(mac.digest()).decode()[:32]


def same(first: str, second: str) -> bool:
    """Whether two signatures are the same, in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())
