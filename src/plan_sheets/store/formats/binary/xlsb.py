"""Reads from an xlsb what its parser does not, from the records of its parts (MS-XLSB 2.1.4), in the child process.

Some programs write cells that the parser leaves out without an error; a file with such cells is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.parts import find_target, name_relations_part, read_relations
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.binary.looks import BinarySheet
from plan_sheets.store.formats.cell_looks import CellStyles, make_styles
from plan_sheets.store.formats.colours import find_rgb, name_colour
from plan_sheets.store.formats.lines import make_reference

_PASSED_OVER = frozenset((*range(12, 19), 62))
"""Cells without a column, to the right of the one before (BrtShortBlank to BrtShortIsst), as SheetJS writes them;
and texts with several formats in the cell itself (BrtCellRString). MS-XLSB 2.3.1."""
_SIZE_BYTES = 4
"""The most bytes of the length of a record; each has seven bits of it, and the eighth bit is 0 in the last."""


class _Is:
    """The numbers of records (MS-XLSB 2.3.1)."""

    ROW, ERROR, FORMULAS, FORMULA_ERROR, LAST_CELL = 0, 3, 8, 11, 11
    FONT, FILL, FORMAT, STYLE, STYLES, END_OF_STYLES = 43, 45, 44, 47, 617, 618
    COLUMNS, MERGED, LINK = 60, 176, 494
    WORKBOOK, SHEET = 153, 156
    COMMENT, COMMENT_TEXT = 635, 637


class XlsbScan(NamedTuple):
    """What was read from an xlsb: (title, name of the part) of each sheet, and what its records say."""

    listed: tuple[tuple[str, str], ...]
    sheets: tuple[BinarySheet, ...]
    since_1904: bool


def scan_xlsb(parts: Mapping[str, bytes], book: str, limits: Limits = LIMITS) -> XlsbScan:
    """Read the parts that hold cells; `book` is the name of the one that lists the sheets.

    Raises RefusedError, TooFullError, and what damaged records raise.
    """
    folder = book.rpartition("/")[0]
    relations = read_relations(parts[name_relations_part(book)])
    targets = {relation.id: find_target(book, relation.target) for relation in relations}
    listed, since_1904 = list[tuple[str, str]](), False
    for number, content in read_records(parts[book]):
        if number == _Is.WORKBOOK:
            since_1904 = bool(content[0] & 1)
        elif number == _Is.SHEET:
            link, at = _read_text(content, 8)
            listed.append((_read_text(content, at)[0], targets[link]))
    styles = _read_styles(parts.get(f"{folder}/styles.bin", b""))
    return XlsbScan(tuple(listed), tuple(_read_sheet(parts[part], styles, limits) for _, part in listed), since_1904)


def read_records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Read (number, content) of each record; the number has two bytes if the eighth bit of the first is set."""
    at, end = 0, len(part) - 1
    while at < end:
        kind, at = part[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | part[at] << 7, at + 1
        size = 0
        for place, byte in enumerate(part[at : at + _SIZE_BYTES]):
            size, at = size | (byte & 0x7F) << 7 * place, at + 1
            if not byte & 0x80:
                break
        yield kind, part[at : at + size]
        at += size


def read_comments(part: bytes) -> Iterator[tuple[str, str]]:
    """Read (cell, text) of each comment."""
    cell = ""
    for number, content in read_records(part):
        if number == _Is.COMMENT:
            row, _, column, _ = struct.unpack_from("<4L", content, 4)
            cell = make_reference(row, column)
        elif number == _Is.COMMENT_TEXT:
            yield cell, _read_text(content, 1)[0]


def _read_text(content: bytes, at: int) -> tuple[str, int]:
    """The text at a position, after its length, and the position after it; "" for a missing text."""
    (length,) = struct.unpack_from("<L", content, at)
    if length == 0xFFFFFFFF:  # noqa: PLR2004 - none
        return "", at + 4
    end = at + 4 + 2 * length
    return content[at + 4 : end].decode("utf-16-le", "replace"), end


def _read_sheet(part: bytes, styles: CellStyles, limits: Limits) -> BinarySheet:
    sheet, row = BinarySheet(styles, limits), 0
    for number, content in read_records(part):
        if number in _PASSED_OVER:
            raise RefusedError("file_odd_encoding")
        if number == _Is.ROW:
            (row,) = struct.unpack_from("<L", content)
            if content[11] & 0x10:
                sheet.rows.append((row, row))
        elif number <= _Is.LAST_CELL:
            _read_cell(sheet, row, number, content)
        else:
            _read_beside(sheet, number, content)
    return sheet


def _read_beside(sheet: BinarySheet, number: int, content: bytes) -> None:
    """Read hidden columns, merged cells or a link; one within the workbook has no relation."""
    if number == _Is.COLUMNS:
        first, last, width, _, flags = struct.unpack_from("<4LH", content)
        if flags & 1 or not width:
            sheet.columns.append((first, last))
    elif number == _Is.MERGED:
        sheet.add_merged_cells(*struct.unpack_from("<4L", content))
    elif number == _Is.LINK and (relation := _read_text(content, 16)[0]):
        top, _, left, _ = struct.unpack_from("<4L", content)
        sheet.links[relation] = make_reference(top, left)


def _read_cell(sheet: BinarySheet, row: int, number: int, content: bytes) -> None:
    column, style = struct.unpack_from("<2L", content)
    sheet.add_cell(row, column, style & 0xFFFFFF)
    if number in (_Is.ERROR, _Is.FORMULA_ERROR):
        sheet.add_error(row, column, content[8])
    elif number >= _Is.FORMULAS:
        sheet.add_formula(row, column)


def _read_styles(part: bytes) -> CellStyles:
    codes, fonts, fills = dict[str, str](), list[bool](), list[str]()
    cells, is_cell = list[Sequence[int]](), False
    for number, content in read_records(part):
        if number == _Is.FORMAT:
            codes[str(struct.unpack_from("<H", content)[0])] = _read_text(content, 2)[0]
        elif number == _Is.FONT:
            fonts.append(bool(content[2] & 0x08))
        elif number == _Is.FILL:
            fills.append(_name_fill(content))
        elif number in (_Is.STYLES, _Is.END_OF_STYLES):
            is_cell = number == _Is.STYLES
        elif number == _Is.STYLE and is_cell:
            cells.append(struct.unpack_from("<3H", content, 2))
    return make_styles(codes, fonts, fills, ((str(format_), font, fill) for format_, font, fill in cells))


def _name_fill(content: bytes) -> str:
    """The name of the RAG colour of a solid fill (MS-XLSB 2.4.660); "" for other fills and colours."""
    kind, how, index = struct.unpack_from("<LBB", content)
    if kind != 1:
        return ""
    return name_colour(content[8:11].hex() if how & 1 else find_rgb({"indexed": str(index)}))
