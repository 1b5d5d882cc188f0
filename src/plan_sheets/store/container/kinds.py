"""Tells kinds of files apart, by their content, never by their names."""

from __future__ import annotations

import re
import zlib
from pathlib import PurePath

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
    """The code of the message that says what these bytes are, if they are neither a zip nor a compound file."""
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
    """Unpack the first bytes of a gzip file; b"" if it is none."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _FIRST)
    except zlib.error:
        return b""


_FIRST = 2_000
_TEXT = re.compile(rb"[^\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]*")
"""Text in any encoding: no control characters but tab, line ends and escape."""


def has_stream(data: bytes, name: str) -> bool:
    """Whether a compound file has a stream of this name.

    The entries of its directory are 128 bytes long, aligned, and begin with the name (MS-CFB 2.6.1).
    """
    entry = name.encode("utf-16-le") + b"\0\0"
    at = data.find(entry)
    while at >= 0 and at % 128:
        at = data.find(entry, at + 1)
    return at >= 0


def find_streams(data: bytes) -> set[str]:
    """The names of the known streams that a compound file has."""
    return {name for name in _STREAMS if has_stream(data, name)}


RIGHTS = frozenset({"DRMEncryptedTransform", "DRMEncryptedDataSpace", "DRMTransform", "\tDRMTransform", "\tDRMContent"})
"""Streams of a file that a sensitivity label or rights management encrypted (MS-OFFCRYPTO 2.2)."""
_STREAMS = (*RIGHTS, "EncryptedPackage", "WordDocument", "Workbook", "Book", "WORKBOOK", "BOOK", "_VBA_PROJECT_CUR")


STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""The first bytes of a workbook: of a package, or of a compound file."""


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a workbook, whatever the file is called: a part, a type or a stream says so."""
    if data.startswith(STARTS[0]):
        return b"xl/workbook." in data or _ODS in data or (_OPEN_DOCUMENT not in data and _MANIFEST in data)
    return data.startswith(STARTS[1]) and bool(find_streams(data) & BOOKS)


def find_ending(data: bytes, name: str) -> str:
    """The ending under which these bytes are kept: a workbook's own; else that of the name, if it can be true."""
    if is_workbook(data):
        if data.startswith(STARTS[1]):
            return ".xls"
        return next((ending for part, ending in _ENDINGS.items() if part in data), ".ods")
    ending = PurePath(name).suffix.lower()
    can_be = data.startswith(STARTS) or ending not in _OF_WORKBOOKS  # a damaged workbook, or no workbook at all
    return ending if can_be and re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else ".bin"


_ENDINGS = {b"xl/workbook.bin": ".xlsb", b"xl/vbaProject.bin": ".xlsm", b"xl/workbook.": ".xlsx"}
_OF_WORKBOOKS = (*_ENDINGS.values(), ".xls", ".ods")
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
"""The first part of an OpenDocument, uncompressed: its name, then the beginning of its media type."""
_ODS = _OPEN_DOCUMENT + b"spreadsheet"
_MANIFEST = b"META-INF/manifest.xml"
"""The part that names the media type if the first part is missing or compressed."""
BOOKS = frozenset({"Workbook", "Book", "WORKBOOK", "BOOK"})
"""An xls has one of these streams."""
FILE_PASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""An encrypted xls: the record FilePass after the workbook's first (MS-XLS 2.4.117)."""
