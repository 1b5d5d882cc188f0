"""Decrypts workbooks whose password is the public one with which Excel opens files without asking."""

from __future__ import annotations

import io

from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits

WELL_KNOWN = "VelvetSweatshop"
"""Excel's password for workbooks that are protected but need no password to be opened (MS-OFFCRYPTO 2.3)."""


def decrypt_apart(data: bytes, limits: Limits = LIMITS) -> bytes | None:
    """Decrypt a workbook in a child process; None if another password is needed. The guard has to check the result.

    The file itself decides how long that takes, so it is not done in this process.
    """
    return run_apart(decrypt, data, limits)


def decrypt(data: bytes, _limits: Limits = LIMITS) -> bytes:
    """Decrypt a workbook. Raises almost any exception if it has another password or is damaged."""
    from msoffcrypto import OfficeFile  # noqa: PLC0415 - heavy, and seldom needed

    output = io.BytesIO()
    office = OfficeFile(io.BytesIO(data))
    # The key of an xls is always verified, and the library has no such argument for it.
    office.load_key(WELL_KNOWN, **({"verify_password": True} if office.format == "ooxml" else {}))
    office.decrypt(output)
    return output.getvalue()
