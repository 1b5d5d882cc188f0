"""Opens what a mail program signed (S/MIME, RFC 8551: cryptographic message syntax, RFC 5652). Nothing is verified."""

from __future__ import annotations

from base64 import b64decode

from plan_sheets.store.container.refused import RefusedError

_SEQUENCE = 0x30
"""The first byte of every such message (X.690)."""
_IN_LETTERS = (b"MII", b"MIA")
"""The same in base64, with a length or without."""
_ENCRYPTED = ("enveloped_data", "authenticated_enveloped_data", "encrypted_data")


def open_signed(data: bytes) -> bytes | None:
    """What was signed; None if these bytes hold no such thing. Its signature is not checked.

    Raises RefusedError if they are encrypted, and nearly any exception if they are damaged.
    """
    if data.startswith(_IN_LETTERS):
        data = b64decode(data)
    if data[:1] != bytes([_SEQUENCE]):
        return None
    from asn1crypto import cms  # noqa: PLC0415 - seldom needed

    message = cms.ContentInfo.load(data)
    kind = message["content_type"].native
    if kind in _ENCRYPTED:
        raise RefusedError("file_mail_encrypted")
    if kind != "signed_data":
        return None
    content = message["content"]["encap_content_info"]["content"].native
    return content if isinstance(content, bytes) else None
