"""What kind of file some bytes are that no spreadsheet is: by their content, never by a name."""

from __future__ import annotations

import re
import zlib

_STARTS = {
    "file_pdf": (b"%PDF",),
    "file_word": (b"{\\rtf",),
    "file_other_zip": (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b"),
    "file_outlook": (b"\x78\x9f\x3e\x22",),
    "file_excel_95": (b"\x09\x08\x08\0\0\5", b"\x09\4\6\0", b"\x09\2\6\0", b"\x09\0\4\0"),
    "file_image": (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"),
}
_MARKUP = (
    ("file_xml_2003", (b"urn:schemas-microsoft-com:office:spreadsheet", b"<office:document")),
    ("file_html", (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"mime-version:")),
)


def find_code_of_other(data: bytes) -> str:
    """The code that says what these bytes are: neither a zip nor a compound file."""
    if data.startswith(b"\x1f\x8b") and b"gnm:Workbook" in _unpack_start(data):
        return "file_gnumeric"
    for code, starts in _STARTS.items():
        if data.startswith(starts):
            return code
    if data[4:8] == b"ftyp" or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        return "file_image"
    head = data[:4096].replace(b"\0", b"").lower() if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data[:4096].lower()
    for code, words in _MARKUP:
        if any(word in head for word in words):
            return code
    return "file_text" if _TEXT.fullmatch(head) else "file_unknown"


def _unpack_start(data: bytes) -> bytes:
    """The first bytes of what gzip packed; b"" if it did not."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _FIRST)
    except zlib.error:
        return b""


_FIRST = 2_000
_TEXT = re.compile(rb"[^\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]*")
"""No control characters but tab, line ends and escape: whatever the encoding, a person could read it."""


def has_stream(data: bytes, name: str) -> bool:
    """Whether the directory has an entry of this name: entries are 128 bytes long, aligned, and begin with it."""
    entry = name.encode("utf-16-le") + b"\0\0"
    at = data.find(entry)
    while at >= 0 and at % 128:
        at = data.find(entry, at + 1)
    return at >= 0


def find_streams(data: bytes) -> set[str]:
    """Which of the streams that tell kinds apart a compound file has."""
    return {name for name in _STREAMS if has_stream(data, name)}


RIGHTS = frozenset({"DRMEncryptedTransform", "DRMEncryptedDataSpace", "DRMTransform", "\tDRMTransform", "\tDRMContent"})
"""Streams of a file that a sensitivity label or rights management encrypted (MS-OFFCRYPTO 2.2)."""
_STREAMS = (*RIGHTS, "EncryptedPackage", "WordDocument", "Workbook", "Book", "WORKBOOK", "BOOK", "_VBA_PROJECT_CUR")


STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How a workbook begins: as a package, or as a compound file."""


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a workbook's whatever the file is called: a part, a type or a stream names itself so."""
    if data.startswith(STARTS[0]):
        return b"xl/workbook." in data or _ODS in data or (_OPEN_DOCUMENT not in data and _MANIFEST in data)
    return data.startswith(STARTS[1]) and bool(find_streams(data) & BOOKS)


_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
"""How the first part of an OpenDocument begins, uncompressed: its name, and what it is."""
_ODS = _OPEN_DOCUMENT + b"spreadsheet"
_MANIFEST = b"META-INF/manifest.xml"
"""The part that says it where that one is not there, or is compressed."""
BOOKS = frozenset({"Workbook", "Book", "WORKBOOK", "BOOK"})
"""The streams of which an xls has one."""
FILE_PASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""An encrypted xls: the record FilePass after the workbook's first (MS-XLS 2.4.117)."""
