"""Every text in a file of any kind, wherever it stands: also where no reader of workbooks looks.

What cannot be looked into (a picture, a PDF, what is encrypted or packed in another way) raises HiddenError.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from codecs import BOM_UTF32_LE
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from plan_sheets.core.screening.encoded import list_encoded
from plan_sheets.store.container import beside, markup, tables
from plan_sheets.store.container.kinds import FILE_PASS, RIGHTS, STARTS, find_code_of_other, has_stream, is_workbook
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.named import list_named
from plan_sheets.store.container.refused import OddError
from plan_sheets.store.container.zip import find_packed, is_encrypted, list_entries, read_entry


class HiddenError(Exception):
    """Nobody can look into this file, or into a part of it."""


class Part(NamedTuple):
    """A part of a file."""

    name: str
    """In small letters; "" is the file itself, or what stands around the parts of a zip."""
    packed: bytes
    """As it lies in the file: two parts that are packed alike hold the same texts."""
    list_texts: Callable[[], Iterator[str]]
    """The texts in it that hold three figures or more. Raises HiddenError, and what a damaged zip raises."""


@dataclass(slots=True)
class TextReader:
    """Reads the texts of one file; `room` is how many bytes may still be inflated."""

    room: int
    limits: Limits = LIMITS
    is_apart: bool = True
    """Whether there is no more than that: else a child process has more room."""

    def list_parts(self, data: bytes, depth: int = 0) -> Iterator[Part]:
        """The parts of a zip, or the file itself. Raises HiddenError, and what a damaged directory raises."""
        self._take(len(data))
        if not data.startswith(STARTS[0]):
            yield Part("", data, lambda: self._list_texts("", data, depth, is_document=True))
            return
        if depth == self.limits.depth:
            raise HiddenError
        entries = list_entries(data, self.limits)
        if any(map(is_encrypted, entries)):
            raise HiddenError
        is_document, around, at = not is_workbook(data), list[bytes](), 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            place, name = find_packed(data, entry), entry.filename.replace("\\", "/").lower()
            around.append(data[at : place.start])
            at = place.stop

            def list_texts(entry: zipfile.ZipInfo = entry, name: str = name) -> Iterator[str]:
                self._take(entry.file_size)
                return self._list_texts(name, read_entry(data, entry), depth, is_document=is_document)

            yield Part(name, data[place], list_texts)
        around.append(data[at:])
        yield Part("", b"\0\0".join(around), lambda: _list_around(entries, around))

    def _take(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise HiddenError if self.is_apart else OddError

    def _list_texts(self, name: str, data: bytes, depth: int, *, is_document: bool) -> Iterator[str]:
        """The texts of a part, or of a file that is no zip."""
        if data.startswith(STARTS[0]):
            inside = (text for part in self.list_parts(data, depth + 1) for text in part.list_texts())
            return chain(inside, self._list_cells(data)) if is_workbook(data) else inside
        if data.startswith(STARTS[1]):
            return self._list_compound(data, depth)
        if data.startswith(_GZIP):
            data = self._unpack_gzip(data)
        texts = _list_plain(name, data, is_document=is_document)
        return self._list_decoded(name, texts, data if is_document else b"", depth)

    def _list_cells(self, data: bytes) -> Iterator[str]:
        """The cells of a workbook that lies in another file, with the words over them: no reader of workbooks looks."""
        parts = {entry.filename.lower(): entry for entry in list_entries(data, self.limits)}
        shared = parts.get("xl/sharedstrings.xml")
        texts = beside.list_shared(_decode(read_entry(data, shared))) if shared else ()
        for name in filter(re.compile("xl/worksheets/[^/]+[.]xml").fullmatch, parts):
            yield from beside.head_sheet(_decode(read_entry(data, parts[name])), texts)

    def _list_decoded(self, name: str, texts: Iterator[str], document: bytes, depth: int) -> Iterator[str]:
        """These texts, and those of the files that stand as letters in one of them, or in a whole document."""
        for text in texts:
            yield text
            if not document:
                yield from self._list_encoded(name, text, depth)
        yield from self._list_encoded(name, _decode(document), depth)

    def _list_encoded(self, name: str, text: str, depth: int) -> Iterator[str]:
        inside = _PLAIN_BINARY[0] if name == _OF_PRINTERS else ""
        for encoded in list_encoded(text):
            self._take(len(encoded.data))
            yield from self._list_texts(inside, encoded.data, depth + 1, is_document=True)

    def _unpack_gzip(self, data: bytes) -> bytes:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = unpacker.decompress(data, self.room + 1)
        self._take(len(unpacked))
        if not unpacker.eof or unpacker.unused_data or not _is_markup(unpacked):
            raise HiddenError
        return unpacked

    def _list_compound(self, data: bytes, depth: int) -> Iterator[str]:
        """The texts of a compound file: its streams, and what was left over in it."""
        from olefile import OleFileIO  # noqa: PLC0415 - seldom needed

        names = (*RIGHTS, "EncryptedPackage", _MACROS)
        if FILE_PASS.search(data) or _IN_COMPOUND.search(data) or any(has_stream(data, name) for name in names):
            raise HiddenError
        yield from _list_runs(data)
        self._take(len(data))
        with OleFileIO(io.BytesIO(data)) as compound:
            for path in compound.listdir():
                stream = compound.openstream(path).read()
                if stream.startswith(STARTS):
                    yield from self._list_texts("", stream, depth + 1, is_document=True)
                else:
                    yield from _list_runs(stream)
                    yield from list_named(path[-1], stream)


def _list_plain(name: str, data: bytes, *, is_document: bool) -> Iterator[str]:
    """The texts of what is not packed. Raises HiddenError for what cannot be looked into."""
    if _is_markup(data):
        text = _decode(data)
        if any(sign in text for sign in _IN_MARKUP):
            raise HiddenError
        texts = markup.list_texts(text, is_document=is_document)
        return chain(texts, tables.head_rows(markup.list_rows(text)) if is_document else beside.list_texts(name, text))
    code = find_code_of_other(data)
    if code == "file_excel_95" or name.startswith(_MADE_OF_CELLS) or name.endswith(_PLAIN_BINARY):
        return _list_runs(data)
    if code == "file_word" and not _RTF_HIDES.search(data):
        return markup.pair_lines(_read_rtf(data).splitlines())
    if code == "file_text":
        lines = _decode(data).splitlines()
        return chain(markup.pair_lines(lines), tables.head_lines(lines))
    raise HiddenError


_GZIP = b"\x1f\x8b"
_MACROS = "_VBA_PROJECT"
"""The stream of a compound file whose neighbours hold macros, packed in a way of their own (MS-OVBA 2.4.1)."""
_IN_COMPOUND = re.compile(rb"\x89PNG\r\n|\xff\xd8\xff[\xdb\xe0-\xef]|GIF8[79]a|%PDF-|Rar!\x1a|7z\xbc\xaf\x27\x1c")
"""What lies in a compound file and cannot be looked into, wherever in it that begins."""
_IN_MARKUP = (";base64,", ":binary-data", "binaryData", "binData")
"""What stands in HTML and XML before a picture or another file that lies in it as letters."""
_MADE_OF_CELLS = ("docprops/thumbnail.", "thumbnails/", "objectreplacements/", "layout-cache", "pictures/graph")
"""What programs make of the rest of the file: the first page, too small to be read, and the charts of Gnumeric."""
_OF_PRINTERS = "settings.xml"
"""The part of an OpenDocument file in which LibreOffice keeps how its printer is set, as letters."""
_PLAIN_BINARY = (".bin", ".odttf", ".fntdata")
"""Parts that are neither XML nor packed: their texts lie in them as they are."""


def _is_markup(data: bytes) -> bool:
    """Whether these bytes begin as XML and HTML do."""
    return _decode(data[:100]).lstrip("\ufeff \t\r\n")[:1] == "<" and b"mime-version:" not in data[:4096].lower()


def _decode(data: bytes) -> str:
    """The text of these bytes: UTF-16 or UTF-32 where they say so, else UTF-8 or, where it is none, Windows' own."""
    if data.startswith(BOM_UTF32_LE):
        return data.decode("utf-32", "replace")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[:4] in (b"<\0?\0", b"\0<\0?"):
        return data.decode("utf-16-le" if data[0] else "utf-16-be", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


_RUN = re.compile(rb"[\t\n\r -~\xa0-\xff]{4,}")
_WIDE_RUN = re.compile(rb"(?:[\t\n\r -~\xa0-\xff]\0|[\x10-\x15\x2f]\x20){4,}")
"""Letters of one byte, and of two: Latin ones, with the dashes and narrow blanks of U+2010 to U+2015 and U+202F."""


def _list_runs(data: bytes) -> Iterator[str]:
    """Every run of letters in binary data, also without its last one: that may be a count that follows it."""
    for run, encoding in ((_RUN, "latin-1"), (_WIDE_RUN, "utf-16-le")):
        for found in run.findall(data):
            text = found.decode(encoding)
            if markup.MAY_MATTER.match(text):
                yield text
                yield text[:-1]


def _list_around(entries: Sequence[zipfile.ZipInfo], around: Sequence[bytes]) -> Iterator[str]:
    """The names of the parts of a zip; where more than these stands around the parts, every run of letters there."""
    names = [entry.orig_filename for entry in entries]
    usual = sum(
        _HEADERS + 2 * len(name.encode()) + _DESCRIPTOR * bool(entry.flag_bits & 8)
        for entry, name in zip(entries, names, strict=True)
    )
    if sum(map(len, around)) > usual + _END:
        yield from _list_runs(b"\0\0".join(around))
    yield from filter(markup.MAY_MATTER.match, names)


_HEADERS, _DESCRIPTOR, _END = 30 + 46, 16, 22
"""Bytes of both headers of a part, of its sizes where they follow it, and of a directory's end (APPNOTE.TXT 4.3)."""
_RTF_HIDES = re.compile(rb"\\(?:pict|objdata|bin)\b")
_RTF_LINE = re.compile(r"\\(?:par|line|cell|row|tab|page|sect)\b ?")
_RTF_LETTER = re.compile(r"\\'([0-9a-fA-F]{2})|\\u(\d{1,5}) ?\??")
_RTF_WORD = re.compile(r"\\[a-zA-Z]+-?\d* ?|\\[~_]|\\\*|[{}\r\n]")


def _read_rtf(data: bytes) -> str:
    """What an RTF file says, a line a paragraph or cell."""
    text = _RTF_LINE.sub("\v", data.decode("latin-1"))
    letters = _RTF_LETTER.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), text)
    return _RTF_WORD.sub(lambda found: _RTF_SIGNS.get(found[0], ""), letters).replace("\v", "\n")


_RTF_SIGNS = {r"\~": " ", r"\_": "-"}
