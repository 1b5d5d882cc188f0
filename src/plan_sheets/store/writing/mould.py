"""Moulds: what all workbooks of a shape share is made once by XlsxWriter, packed once, and copied.

A mould is XlsxWriter's own file, cut open where workbooks of its shape differ: rows, shared texts, ranges, properties.
Filled in with the book that it was made of it is that file again, or it is not used. Books with charts, with lines that
are bold in parts and with notes beside cells have none: each of them has a shape of its own.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import NamedTuple
from xml.sax.saxutils import escape

from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.book.layout import Book
from plan_sheets.core.book.measure import TALLEST_ROW
from plan_sheets.core.model.keys import column_letters
from plan_sheets.core.model.printable import printable
from plan_sheets.store.container.zip import PackedPart, deflate_part, join_parts
from plan_sheets.store.writing.cells import fit_cell
from plan_sheets.store.writing.entry_cells import EntryCells, list_status, write_source
from plan_sheets.store.writing.finish import SHARED, SHEET
from plan_sheets.store.writing.laid import LaidSheet
from plan_sheets.store.writing.spell import Spelt, spell_rows, write_texts

_TABLE = re.compile(r"xl/tables/table(\d+)\.xml")
"""The part of a table: each sheet has one, which has its number."""
_BOOK, _CORE, _CUSTOM = "xl/workbook.xml", "docProps/core.xml", "docProps/custom.xml"
_IN_HEAD = re.compile(r'(?<=<dimension ref="A1:)[A-Z]+\d+|(?<= t="s"><v>)\d+')
_IN_TAIL = re.compile(
    r'(?<= sqref=")[^"]*|(?<=<formula1>)[^<]*|(?<= display=")[^"]*'
    r"|(?<=</headerFooter>)(?:<rowBreaks.*?</rowBreaks>)?(?=<ignoredErrors>)"
)
_IN_TABLE = re.compile(r'(?<= ref=")[^"]*')
_IN_BOOK = re.compile(r'"_xlnm\.Print_Area" localSheetId="(\d+)">[^<]*?\$A\$1:(\$[A-Z]+\$\d+)')
_IN_CORE = re.compile(r'(?<=<dc:title>)[^<]*|(?<=W3CDTF">)[^<]*')
_IN_CUSTOM = re.compile(r"(?<=<vt:lpwstr>)[^<]*")
"""Where workbooks of a shape differ."""
_LAST_COLUMN = 16_383
_MOST = 1_000
"""How many sheets are kept: then all are forgotten."""
_Pieces = Sequence[str]
"""What stands before, between and behind the places where workbooks differ."""


class Written(NamedTuple):
    """A workbook that was written.

    `looks`: what an inspector of accessibility sees of it but for its texts. What looks in parts as others do is as
    accessible as they are. None: nobody can say, and it is inspected itself.
    """

    data: bytes
    looks: frozenset[Hashable] | None


@dataclass(frozen=True, slots=True, eq=False)
class _SheetMould:
    """A sheet. Two are told apart by which they are."""

    head: _Pieces
    """Down to the headings."""
    tail: _Pieces
    """Behind the last row."""
    table: _Pieces


@dataclass(frozen=True, slots=True)
class _BookMould:
    """What is no sheet. `packed`: every part by name; None for one that is filled in."""

    packed: Mapping[str, PackedPart | None]
    book: _Pieces
    printed: Sequence[int]
    """The sheets (counted from 0) whose printed areas stand in the list of sheets, in its order."""
    core: _Pieces
    custom: _Pieces
    numbers: Mapping[str, int]
    """Of the formats, by their names."""


class Mould(NamedTuple):
    """What a workbook of one shape is made of: the book and each of its sheets."""

    book: _BookMould
    sheets: Sequence[_SheetMould]

    def fill(self, book: Book, laid: Sequence[LaidSheet]) -> Written:
        """The workbook of a book of this shape."""
        parts, spelt = self.fill_parts(book, laid)
        packed = [
            made or (_pack_again if len(parts[name]) < _SMALL else _pack)(name, parts[name])
            for name, made in self.book.packed.items()
        ]
        looks = [(mould, look) for mould, rows in zip(self.sheets, spelt, strict=True) for look in rows.looks]
        is_sure = book.title.strip() and all(rows.is_sure for rows in spelt)
        is_sure = is_sure and max(max(sheet.heights) for sheet in laid) < TALLEST_ROW
        return Written(join_parts(packed), frozenset(looks) if is_sure else None)

    def fill_parts(self, book: Book, laid: Sequence[LaidSheet]) -> tuple[dict[str, str], Sequence[Spelt]]:
        """The parts in which it differs from others of its shape, by name; and the rows of each sheet."""
        parts, spelt, texts = dict[str, str](), list[Spelt](), dict[str, int]()
        for place, (sheet, mould) in enumerate(zip(laid, self.sheets, strict=True)):
            area = (
                f"{column_letters(len(sheet.sheet.columns) - 1)}{sheet.sheet.heading_row + len(sheet.sheet.rows) + 1}"
            )
            above = [str(texts.setdefault(text, len(texts))) for text in _list_above(sheet, book)]
            rows = spell_rows(sheet, texts, self.book.numbers, tells_needed=bool(book.hints))
            spelt.append(rows)
            head, tail = _join(mould.head, [area, *above]), _join(mould.tail, _list_tail(sheet, book, area))
            parts[f"xl/worksheets/sheet{place + 1}.xml"] = head + rows.xml + tail
            of_table = f"A{sheet.sheet.heading_row + 1}:{area}"
            parts[f"xl/tables/table{place + 1}.xml"] = _join(mould.table, [of_table] * (len(mould.table) - 1))
        printed = [laid[place].printed or (0, 0) for place in self.book.printed]
        parts[_BOOK] = _join(self.book.book, [f"${column_letters(column)}${row + 1}" for row, column in printed])
        count = sum(part.count(' t="s"><v>') for part in parts.values())
        parts[SHARED] = write_texts(texts, count)
        return parts | self._fill_properties(book), spelt

    def _fill_properties(self, book: Book) -> dict[str, str]:
        created = book.created.astimezone(UTC) if book.created.tzinfo else book.created
        day = created.strftime("%Y-%m-%dT%H:%M:%SZ")
        core = _join(self.book.core, [escape(printable(book.title)), day, day])
        custom = [escape(printable(value)) for value in book.properties.values()]
        return {_CORE: core} | ({_CUSTOM: _join(self.book.custom, custom)} if custom else {})


def has_mould(book: Book) -> bool:
    """Whether books of this shape can have a mould."""
    return book.kind in OF_SUBGROUPS and not any(
        sheet.chart or sheet.looks or any(row.marks for row in sheet.rows) for sheet in book.sheets
    )


class Moulds:
    """The moulds of a process."""

    def __init__(self) -> None:
        self._books: dict[Hashable, _BookMould] = {}
        self._sheets: dict[Hashable, _SheetMould] = {}

    def find(self, book: Book, laid: Sequence[LaidSheet]) -> Mould | None:
        """The mould of a book; None if a part of it was not made yet."""
        frame, frames = _find_frames(book, laid)
        of_book, sheets = self._books.get(frame), [self._sheets[each] for each in frames if each in self._sheets]
        return Mould(of_book, sheets) if of_book and len(sheets) == len(frames) else None

    def keep(
        self, book: Book, laid: Sequence[LaidSheet], parts: Mapping[str, str], numbers: Mapping[str, int]
    ) -> Mould | None:
        """The mould that is made of a workbook as XlsxWriter has written it; None if it would not become that again."""
        if len(self._sheets) > _MOST:
            self._books, self._sheets = {}, {}
        frame, frames = _find_frames(book, laid)
        cut = dict(zip(frames, _cut_sheets(parts, laid), strict=True))
        sheets = cut | {each: self._sheets[each] for each in frames if each in self._sheets}
        mould = Mould(self._books.get(frame) or _cut_book(parts, numbers), [*sheets.values()])
        if any(parts[name] != part for name, part in mould.fill_parts(book, laid)[0].items()):
            return None
        self._books[frame] = mould.book
        self._sheets |= sheets
        return mould


MOULDS = Moulds()


def _cut_book(parts: Mapping[str, str], numbers: Mapping[str, int]) -> _BookMould:
    filled = {_BOOK, _CORE, _CUSTOM, SHARED}
    packed = {
        name: None if name in filled or SHEET.fullmatch(name) or _TABLE.fullmatch(name) else _pack(name, part)
        for name, part in parts.items()
    }
    areas = [*_IN_BOOK.finditer(parts[_BOOK])]
    edges = [0, *(edge for area in areas for edge in area.span(2)), len(parts[_BOOK])]
    book = [parts[_BOOK][start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    core, custom = _IN_CORE.split(parts[_CORE]), _IN_CUSTOM.split(parts.get(_CUSTOM, ""))
    return _BookMould(packed, book, [int(area[1]) for area in areas], core, custom, numbers)


def _cut_sheets(parts: Mapping[str, str], laid: Sequence[LaidSheet]) -> Iterator[_SheetMould]:
    for number, sheet in enumerate(laid, 1):
        part = parts[f"xl/worksheets/sheet{number}.xml"]
        first = part.index(f'<row r="{sheet.sheet.heading_row + 2}" ')
        end = part.index("</sheetData>")
        table = _IN_TABLE.split(parts[f"xl/tables/table{number}.xml"])
        yield _SheetMould(_IN_HEAD.split(part[:first]), _IN_TAIL.split(part[end:]), table)


def _find_frames(book: Book, laid: Sequence[LaidSheet]) -> tuple[Hashable, list[Hashable]]:
    """What tells the mould of a book from others, and that of each of its sheets."""
    frame = _frame_book(book)
    return frame, [(place, frame, _frame_sheet(sheet, book)) for place, sheet in enumerate(laid)]


def _frame_book(book: Book) -> Hashable:
    """What books have in common whose parts beside the sheets are the same but for what is filled in."""
    said = book.protected, book.locks_sheets, book.password, book.marking, tuple(book.hints.items())
    return (said, bool(book.title), tuple(book.properties), tuple(sheet.name for sheet in book.sheets))


def _frame_sheet(laid: LaidSheet, book: Book) -> Hashable:
    """What sheets at one place of such books have in common that are the same but for what is filled in."""
    sheet = laid.sheet
    columns = tuple((column.heading, column.input, column.field.type) for column in sheet.columns)
    above = (bool(sheet.title), tuple(map(bool, laid.lines)), bool(book.back_link(sheet)), sheet.heading_row)
    asked = tuple(map(_frame_entry, laid.entries))
    links = tuple(((down, across), link.target) for (down, across), link in laid.links)
    seen = (sheet.in_view, sheet.filter, sheet.explains, laid.table, laid.heights[0], laid.printed is None)
    return columns, tuple(laid.widths), above, asked, links, seen


def _frame_entry(entry: EntryCells) -> Hashable:
    words = tuple(list_status(entry)) if entry.choices else None
    return entry.title, entry.prompt, entry.is_needed, entry.is_long, words


def _list_above(laid: LaidSheet, book: Book) -> Iterator[str]:
    """The texts above the rows of a sheet, in their order."""
    sheet, link = laid.sheet, book.back_link(laid.sheet)
    texts = (sheet.title, *laid.lines, link.text if link else "", *(column.heading for column in sheet.columns))
    for place, text in enumerate(texts):
        if text:
            yield fit_cell(sheet.name, (min(place, sheet.heading_row), 0), text)


def _list_tail(laid: LaidSheet, book: Book, area: str) -> Iterator[str]:
    """What differs behind the rows of a sheet, in its order."""
    yield from (asked.ranges for entry, asked in laid.entries.items() if list_status(entry))
    for entry, asked in laid.entries.items():
        yield asked.ranges
        if entry.choices:
            yield escape(write_source(entry, book))
    back = book.back_link(laid.sheet)
    yield from (_escape_attribute(link.text) for link in ([back] if back else []))
    yield from (_escape_attribute(link.text) for _, link in laid.links if "@" not in link.target)
    yield _write_breaks(laid.breaks)
    yield from (f"A1:{area}",) * 2


def _escape_attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": "&#xA;"})


def _write_breaks(breaks: Sequence[int]) -> str:
    if not breaks:
        return ""
    each = "".join(f'<brk id="{row}" max="{_LAST_COLUMN}" man="1"/>' for row in breaks)
    return f'<rowBreaks count="{len(breaks)}" manualBreakCount="{len(breaks)}">{each}</rowBreaks>'


def _join(pieces: _Pieces, between: Iterable[str]) -> str:
    """The pieces with these texts between them. Raises ValueError if they are not as many as there is room for."""
    first, *others = pieces
    return "".join([first, *(part for pair in zip(between, others, strict=True) for part in pair)])


_SMALL = 20_000


def _pack(name: str, part: str) -> PackedPart:
    return deflate_part(name, part.encode())


_pack_again = lru_cache(maxsize=256)(_pack)
"""Many workbooks have the same sheet of guidance, say, or as many rows in a table: five megabytes at most are kept."""
