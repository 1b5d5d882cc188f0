"""Reads from an xls what its parser does not: formulas, errors, formats, merges, hidden rows, comments, links.

The records of its stream are walked once (MS-XLS 2.1.4), in the child process. Old Perl and Java libraries write texts
with two bytes a letter but name a code page with one; the code page is corrected for the parser.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from olefile import OleFileIO

from plan_sheets.core.model.found import Remark
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.binary.looks import BinarySheet
from plan_sheets.store.formats.cell_looks import CellStyles, make_styles
from plan_sheets.store.formats.colours import find_rgb, name_colour
from plan_sheets.store.formats.comments import cap_remarks, describe_comment, describe_link
from plan_sheets.store.formats.lines import make_reference

Record = tuple[int, int, bytes]
"""Position in the stream, number, content."""


class _Is:
    """The numbers of records (MS-XLS 2.3)."""

    START, END, GOES_ON = 0x0809, 0x000A, 0x003C
    CODE_PAGE, SINCE_1904, SHEET = 0x0042, 0x0022, 0x0085
    FORMAT, FONT, STYLE, PALETTE = 0x041E, 0x0031, 0x00E0, 0x0092
    ROW, COLUMNS, MERGED, LINK = 0x0208, 0x007D, 0x00E5, 0x01B8
    FORMULA, ERROR, NUMBERS, BLANKS = 0x0006, 0x0205, 0x00BD, 0x00BE
    DRAWING, OBJECT, TEXT, NOTE = 0x00EC, 0x005D, 0x01B6, 0x001C


_CELLS = frozenset((0x0201, 0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E, _Is.FORMULA, _Is.ERROR))
"""Records with one cell: blank, a number, a text of its own, a shared text, a formula, an error."""
_BIFF_8 = 0x0600
_UTF_16 = b"\x42\x00\x02\x00\xb0\x04"
_HEAD = 64
"""The smallest block of a compound file in bytes: so much of a stream always lies in one piece."""


@dataclass(frozen=True, slots=True)
class XlsScan:
    """What was read from an xls; sheets are in the order of the workbook."""

    data: bytes
    """The file for the parser."""
    sheets: tuple[BinarySheet, ...]
    beside: tuple[Remark, ...]
    """Comments, text boxes, pictures and links."""
    since_1904: bool


def scan_xls(data: bytes, limits: Limits = LIMITS) -> XlsScan:
    """Walk the records. Raises RefusedError (Excel 5.0/95, too many sheets), TooFullError, OSError, and more."""
    book = _read_stream(data)
    if len(book) < _HEAD or struct.unpack_from("<H", book, 4)[0] != _BIFF_8:
        raise RefusedError("file_excel_95")
    workbook = _read_globals(book, limits)
    sheets, beside = list[BinarySheet](), list[Remark]()
    for start, title in workbook.sheets:
        walker = _SheetWalker(BinarySheet(workbook.styles(), limits), title)
        for record in _read_sheet_records(book, start):
            walker.read_record(*record[1:])
        sheets.append(walker.sheet)
        beside += walker.list_remarks()
    return XlsScan(
        _mend_code_page(data, book, workbook.codepage_at),
        tuple(sheets),
        cap_remarks(beside, limits),
        workbook.since_1904,
    )


def _read_stream(data: bytes) -> bytes:
    with OleFileIO(io.BytesIO(data)) as compound:
        name = "Workbook" if compound.exists("Workbook") else "Book"
        with compound.openstream(name) as stream:
            return bytes(stream.read())


def _mend_code_page(data: bytes, book: bytes, at: int) -> bytes:
    """The file with the code page of two-byte texts; with others the parser reads a zero after each letter.

    `at` is the position of its record in the stream `book`, 0 if there is none.
    """
    start = data.find(book[:_HEAD]) + at
    is_there = at and data[start : start + len(_UTF_16)] == book[at : at + len(_UTF_16)]
    return data[:start] + _UTF_16 + data[start + len(_UTF_16) :] if is_there else data


def _read_records(book: bytes, at: int = 0) -> Iterator[Record]:
    """Read the records from position `at` on, up to one that is cut short."""
    while at + 4 <= len(book):
        number, length = struct.unpack_from("<HH", book, at)
        content = book[at + 4 : at + 4 + length]
        if len(content) < length:
            return
        yield at, number, content
        at += 4 + length


def _read_sheet_records(book: bytes, start: int) -> Iterator[Record]:
    """Read the records of a sheet, without those of the charts in it."""
    depth = 0
    for record in _read_records(book, start):
        depth += (record[1] == _Is.START) - (record[1] == _Is.END)
        if depth == 1:
            yield record
        elif depth < 1:
            return


@dataclass(slots=True)
class _Globals:
    codes: dict[str, str] = field(default_factory=dict)
    fonts: list[bool] = field(default_factory=list)
    """Whether each font is struck through."""
    cells: list[tuple[int, int, int]] = field(default_factory=list)
    """Font, number format and fill colour of each cell style; the colour is -1 if the fill is not solid."""
    palette: tuple[str, ...] = ()
    sheets: list[tuple[int, str]] = field(default_factory=list)
    codepage_at: int = 0
    since_1904: bool = False

    def styles(self) -> CellStyles:
        """Combine fonts, formats and colours to what each cell style says."""
        fills = [name_colour(self._rgb(colour)) for _, _, colour in self.cells]
        cells = (
            (str(format_), font - (font > 4), number)  # noqa: PLR2004 - number 4 is never used (MS-XLS 2.5.129)
            for number, (font, format_, _) in enumerate(self.cells)
        )
        return make_styles(self.codes, self.fonts, fills, cells)

    def _rgb(self, colour: int) -> str:
        own = colour - 8
        if 0 <= own < len(self.palette):
            return self.palette[own]
        return find_rgb({"indexed": str(colour)}) if colour >= 0 else ""


def _read_globals(book: bytes, limits: Limits) -> _Globals:
    workbook = _Globals()
    for at, number, content in _read_records(book):
        if number == _Is.END:
            break
        if number == _Is.CODE_PAGE:
            workbook.codepage_at = at
        elif number == _Is.SINCE_1904:
            workbook.since_1904 = content[:1] == b"\1"
        elif number == _Is.SHEET:
            workbook.sheets.append((struct.unpack_from("<L", content)[0], _read_text(content[6:], 1)))
        else:
            _add_style(workbook, number, content)
    if len(workbook.sheets) > limits.sheets:
        raise RefusedError("file_too_many_sheets", limit=limits.sheets)
    return workbook


def _add_style(workbook: _Globals, number: int, content: bytes) -> None:
    if number == _Is.FORMAT:
        workbook.codes[str(_read_short(content, 0))] = _read_text(content[2:], 2)
    elif number == _Is.FONT:
        workbook.fonts.append(bool(_read_short(content, 2) & 0x08))
    elif number == _Is.STYLE:
        workbook.cells.append(_read_cell_style(content))
    elif number == _Is.PALETTE:
        workbook.palette = tuple(content[2 + 4 * index :][:3].hex() for index in range(_read_short(content, 0)))


def _read_cell_style(content: bytes) -> tuple[int, int, int]:
    font, format_ = struct.unpack_from("<HH", content)
    is_solid = struct.unpack_from("<L", content, 14)[0] >> 26 == 1
    return font, format_, _read_short(content, 18) & 0x7F if is_solid else -1


def _read_short(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "little")


def _read_text(content: bytes, wide: int) -> str:
    """A text after its length, in `wide` bytes, and the size of its letters."""
    length = int.from_bytes(content[:wide], "little")
    return _decode(content[wide:])[:length]


def _decode(content: bytes) -> str:
    """Letters of one byte or of two, as the first byte says."""
    if content[:1] and content[0] & 1:
        return content[1 : 1 + (len(content) - 1) // 2 * 2].decode("utf-16-le", "replace")
    return content[1:].decode("latin-1")


@dataclass(slots=True)
class _Drawn:
    """An object on the drawing layer of a sheet; `place` is the cell in which it begins."""

    kind: int
    place: str
    text: str = ""
    missing: int = 0
    """How many letters of its text follow in later records."""


_IS_NOTE, _IS_PICTURE = 0x19, 0x08


class _SheetWalker:
    """Walks the records of one sheet."""

    def __init__(self, sheet: BinarySheet, title: str) -> None:
        self.sheet, self.title = sheet, title
        self.drawn: dict[int, _Drawn] = {}
        self.notes: list[tuple[str, int]] = []
        self.links: list[Remark] = []
        self.anchor, self.last = "A1", _Drawn(0, "A1")

    def read_record(self, number: int, content: bytes) -> None:
        """Read the next record."""
        if number in _CELLS:
            self._cell(number, content)
        elif number in (_Is.NUMBERS, _Is.BLANKS):
            self._cells(number, content)
        elif number == _Is.ROW:
            if _read_short(content, 12) & 0x20:
                self.sheet.rows.append((_read_short(content, 0),) * 2)
        elif number == _Is.COLUMNS:
            if _read_short(content, 8) & 1 or not _read_short(content, 4):
                self.sheet.columns.append((_read_short(content, 0), _read_short(content, 2)))
        elif number == _Is.MERGED:
            for at in range(2, 2 + 8 * _read_short(content, 0), 8):
                self.sheet.add_merged_cells(*struct.unpack_from("<4H", content, at))
        else:
            self._beside(number, content)

    def _cell(self, number: int, content: bytes) -> None:
        row, column, style = struct.unpack_from("<3H", content)
        self.sheet.add_cell(row, column, style)
        if number == _Is.FORMULA:
            self._formula(row, column, content[6:14])
        elif number == _Is.ERROR and content[7:8] == b"\1":
            self.sheet.add_error(row, column, content[6])

    def _formula(self, row: int, column: int, result: bytes) -> None:
        """Read the stored result of a formula; LibreOffice stores zero if the result is a text."""
        if result[6:8] == b"\xff\xff" and result[0] == 2:  # noqa: PLR2004 - an error
            self.sheet.add_error(row, column, result[2])
        else:
            self.sheet.add_formula(row, column, is_told=any(result))

    def _cells(self, number: int, content: bytes) -> None:
        """Read several numbers or blanks that stand side by side."""
        row, first = struct.unpack_from("<2H", content)
        step = 6 if number == _Is.NUMBERS else 2
        for column, at in enumerate(range(4, len(content) - 2, step), first):
            self.sheet.add_cell(row, column, _read_short(content, at))

    def _beside(self, number: int, content: bytes) -> None:
        if number == _Is.DRAWING:
            self.anchor = _find_anchor(content) or self.anchor
        elif number == _Is.OBJECT:
            kind, own = struct.unpack_from("<2H", content, 4)
            self.last = self.drawn[own] = _Drawn(kind, self.anchor)
        elif number == _Is.TEXT:
            self.last.missing = _read_short(content, 10)
        elif number == _Is.GOES_ON and self.last.missing > 0:
            more = _decode(content)[: self.last.missing]
            self.last.text += more
            self.last.missing -= len(more)
        elif number == _Is.NOTE:
            row, column, _, own = struct.unpack_from("<4H", content)
            self.notes.append((make_reference(row, column), own))
        elif number == _Is.LINK:
            self._link(content)

    def _link(self, content: bytes) -> None:
        row, _, column, _ = struct.unpack_from("<4H", content)
        at = content.find(_URL) + len(_URL)
        if at >= len(_URL):
            target = content[at + 4 : at + 4 + struct.unpack_from("<L", content, at)[0]]
            address = target[: len(target) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0]
            self.links.append(describe_link(self.title, make_reference(row, column), address))

    def list_remarks(self) -> Iterator[Remark]:
        """Remarks on comments, then on drawings, then on links."""
        for cell, own in self.notes:
            text = self.drawn[own].text if own in self.drawn else ""
            yield describe_comment(self.title, cell, text, comment=True)
        for drawing in self.drawn.values():
            if drawing.kind != _IS_NOTE and (drawing.text.strip() or drawing.kind == _IS_PICTURE):
                yield describe_comment(self.title, drawing.place, drawing.text, comment=False)
        yield from self.links


_URL = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")
"""The class of a link to an address (MS-OSHARED 2.3.7.6)."""
_ANCHOR = bytes.fromhex("000010f012000000")


def _find_anchor(content: bytes) -> str:
    """The cell in which a drawing begins (MS-XLS 2.5.193); "" if it does not say."""
    at = content.find(_ANCHOR) + len(_ANCHOR)
    if at < len(_ANCHOR) or at + 8 > len(content):
        return ""
    return make_reference(_read_short(content, at + 6), _read_short(content, at + 2))
