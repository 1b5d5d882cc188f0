"""Workbooks encrypted with a password that is no secret: Excel's own, under which it opens them without asking."""

from __future__ import annotations

import io

from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits

WELL_KNOWN = "VelvetSweatshop"
"""What Excel encrypts with where somebody protected a workbook and set no password for opening (MS-OFFCRYPTO 2.3)."""


def decrypt_apart(data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """The workbook in these bytes, for another guard to look at; None if it takes a password to open it.

    A child process does it, for how long it takes the file says.
    """
    return run_apart(decrypt, data, limits)


def decrypt(data: bytes, _limits: Limits = LIMITS) -> bytes:
    """What the child does. Raises nearly anything where the file has another password, or is none."""
    from msoffcrypto import OfficeFile  # noqa: PLC0415 - heavy, and seldom needed

    output = io.BytesIO()
    office = OfficeFile(io.BytesIO(data))
    # Of an xls the key is always verified, and the library does not know the word.
    office.load_key(WELL_KNOWN, **({"verify_password": True} if office.format == "ooxml" else {}))
    office.decrypt(output)
    return output.getvalue()
