"""Reads returned workbooks: first the guard, then calamine. No formula is evaluated and no link is followed.

The guard checks an ordinary xlsx cell by cell, and reads an ods itself; both are read in this process. All other files
(xls, xlsb, large ones, an xlsx written in an unusual way) are guarded and read by a child process with a limit on
memory and time: if such a file crashes it, only that file is refused. The functions have no state and may run in
several threads.
"""

from __future__ import annotations

import io
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetMetadata, SheetVisibleEnum

from plan_sheets.core.model.found import CellKind, FoundCell, FoundSheet, FoundWorkbook, Remark
from plan_sheets.core.model.keys import place_of
from plan_sheets.store.container.child import run_apart
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.properties import find_program, read_custom_properties
from plan_sheets.store.container.refused import OddError, Refusal, RefusedError
from plan_sheets.store.formats.cell_looks import SheetLooks
from plan_sheets.store.formats.decrypt import decrypt_apart
from plan_sheets.store.formats.guard import GuardedFile, find_refusal, guard
from plan_sheets.store.formats.lines import join_spans, make_reference
from plan_sheets.store.formats.number_format import format_date, format_number, hides_day, shows_whole_date
from plan_sheets.store.formats.sheet_scan import Mark, TooFullError
from plan_sheets.store.formats.values import make_cell

_Marks = Mapping[tuple[int, int], Mark]


def read_workbook(data: bytes, limits: Limits = LIMITS) -> FoundWorkbook | Refusal:
    """Read a workbook, or say why it cannot be read. Never raises, whatever the bytes are."""
    guarded = guard(data, limits=limits)
    if guarded == Refusal("file_encrypted"):
        data = decrypt_apart(data, limits) or data
        guarded = guard(data, limits=limits)
    if isinstance(guarded, Refusal):
        return guarded
    return _read_apart(data, limits) if guarded.apart else _read_here(guarded, limits)


def read_ordinary(data: bytes, limits: Limits = LIMITS) -> FoundWorkbook | Refusal:
    """Read an ordinary workbook in this process; raises OddError if it needs a child process."""
    guarded = guard(data, most=limits.shared, limits=limits)
    if isinstance(guarded, GuardedFile) and not guarded.apart:
        return _read_here(guarded, limits)
    if isinstance(guarded, GuardedFile) or guarded.code == "file_encrypted":
        raise OddError
    return guarded


def read_made(data: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Read the sheets of a workbook that the tool has just made: (name, texts of each row from A1 on).

    It needs no guard. Rows are read one at a time, because a large master has many texts.
    """
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in book.sheet_names:
            yield name, map(_list_texts, book.get_sheet_by_name(name).iter_rows())


def _list_texts(row: list[Any]) -> list[str]:
    return [value if type(value) is str else make_cell(value).text for value in row]


def _read_here(guarded: GuardedFile, limits: Limits) -> FoundWorkbook | Refusal:
    """Read a guarded workbook in this process; every failure of the parser becomes a refusal."""
    try:
        sheets = guarded.sheets or _read_sheets(guarded.data, guarded.marks, limits)
        if guarded.container == "xls" and any("\0" in cell.text for sheet in sheets for cell in sheet.cells.values()):
            raise RefusedError("file_odd_encoding")  # noqa: TRY301 - two-byte letters that were read as single bytes
        origin = read_custom_properties(guarded.about), find_program(guarded.about, limits)
        if guarded.looks:
            looked = zip(sheets, guarded.looks, strict=True)
            sheets = tuple(sheet if looks is None else _add_looks(sheet, looks) for sheet, looks in looked)
    except PasswordError:
        return Refusal("file_encrypted")
    except BaseException as trouble:
        # A panic of the parser's Rust code is no Exception, and its class cannot be imported.
        if not isinstance(trouble, Exception) and type(trouble).__name__ != "PanicException":
            raise
        return find_refusal(trouble, limits)
    return FoundWorkbook(guarded.container, sheets, *origin, guarded.remarks, guarded.kept, guarded.since_1904)


def _read_sheets(data: bytes, marks: tuple[_Marks, ...], limits: Limits) -> tuple[FoundSheet, ...]:
    """Read the sheets. Raises RefusedError if there are none, TooFullError, and what the parser raises."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        if not book.sheets_metadata:
            raise RefusedError("file_no_sheets")
        marks_by_sheet = marks or ({},) * len(book.sheets_metadata)
        found, filled = [], 0
        for index, (about, marked) in enumerate(zip(book.sheets_metadata, marks_by_sheet, strict=True)):
            found.append(_read_sheet(about, book.get_sheet_by_index(index), marked))
            filled += len(found[-1].cells)
            if filled > limits.filled:
                raise TooFullError
        return tuple(found)


_make: Callable[[tuple[str, CellKind, str]], FoundCell] = partial(tuple.__new__, FoundCell)
"""Makes a cell in half the time; a workbook has hundreds of them."""


def _read_sheet(about: SheetMetadata, sheet: CalamineSheet, marks: _Marks) -> FoundSheet:
    """Read one sheet. The parser counts rows and columns from the first cell with content, so its place is added."""
    top, left = sheet.start or (0, 0)
    cells = {
        (row, column): _make((value, CellKind.TEXT, "")) if type(value) is str else make_cell(value)
        for row, values in enumerate(sheet.to_python(), top)
        for column, value in enumerate(values, left)
        if value != ""
    }
    _mark(cells, marks)
    return FoundSheet(about.name, cells, about.visible is SheetVisibleEnum.Visible)


def _add_looks(sheet: FoundSheet, looks: SheetLooks) -> FoundSheet:
    """The sheet with what it says beside the values of its cells."""
    cells = dict(sheet.cells)
    for place in looks.pictures:
        cells.pop(place_of(place), None)
    for place, text in looks.texts.items():
        cells[place_of(place)] = cells[place_of(place)]._replace(text=text)
    held = {place: cell for place in {*looks.formats, *looks.struck} if (cell := cells.get(place_of(place)))}
    shown = {place: _format_shown(held[place], code) for place, code in looks.formats.items() if place in held}
    return replace(
        sheet,
        cells=cells,
        merged=tuple(looks.merged),
        painted=looks.painted,
        shown={place: text for place, text in shown.items() if text != held[place].text},
        struck=frozenset(looks.struck & held.keys()),
        hidden=_find_hidden(cells, looks) if looks.rows or looks.columns else frozenset(),
    )


def _find_hidden(cells: Mapping[tuple[int, int], FoundCell], looks: SheetLooks) -> frozenset[str]:
    """The references of the cells in hidden rows and columns."""
    rows, columns = (
        _find_places_within(runs, {at[way] for at in cells}) for way, runs in enumerate((looks.rows, looks.columns))
    )
    return frozenset(make_reference(row, column) for row, column in cells if row in rows or column in columns)


def _find_places_within(runs: Iterable[tuple[int, int]], places: set[int]) -> set[int]:
    """The places that lie in one of these runs."""
    spans = join_spans(runs)
    firsts = [first for first, _ in spans]
    return {place for place in places if (at := bisect_right(firsts, place)) and place <= spans[at - 1][1]}


def _format_shown(cell: FoundCell, code: str) -> str:
    """What the cell shows in a number format; "" if that is not known."""
    if cell.kind is CellKind.NUMBER:
        return format_number(cell.text, code) or ""
    if cell.kind is not CellKind.DATE or shows_whole_date(code):
        return cell.text
    return format_date(cell.text, code) if hides_day(code) else ""


def _mark(cells: dict[tuple[int, int], FoundCell], marks: _Marks) -> None:
    """Mark these cells as errors or formulas."""
    for at, (kind, formula) in marks.items():
        cells[at] = FoundCell(cells[at].text if at in cells else "", kind, f"={formula}" if formula else "")


def _read_apart(data: bytes, limits: Limits) -> FoundWorkbook | Refusal:
    """Guard and read a workbook in a child process; if it dies or takes too long, that is a refusal."""
    packed = run_apart(read_as_json, data, limits)
    return Refusal("file_ends_reader") if packed is None else _unpack(json.loads(packed))


def read_as_json(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Guard and read a workbook in the child process: the workbook or the refusal, as JSON."""
    guarded = guard(data, apart=True, limits=limits)
    found = guarded if isinstance(guarded, Refusal) else _read_here(guarded, limits)
    return json.dumps(found, default=_pack).encode()


def _pack(value: Any) -> object:
    """Anything in a workbook, and a refusal, for JSON: its fields by name; of a cell, row, column and its fields."""
    if isinstance(value, frozenset):
        return sorted(value)
    packed = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, FoundSheet):
        packed["cells"] = [(*at, *cell) for at, cell in value.cells.items()]
    return packed


def _unpack(packed: dict[str, Any]) -> FoundWorkbook | Refusal:
    """The mirror of `_pack`."""
    if "code" in packed:
        return Refusal(**packed)
    sheets, remarks = map(_unpack_sheet, packed.pop("sheets")), (Remark(**remark) for remark in packed.pop("remarks"))
    return FoundWorkbook(sheets=tuple(sheets), remarks=tuple(remarks), **packed)


def _unpack_sheet(packed: dict[str, Any]) -> FoundSheet:
    cells = {
        (row, column): FoundCell(text, CellKind(kind), formula)
        for row, column, text, kind, formula in packed.pop("cells")
    }
    merged = tuple(packed.pop("merged"))
    struck, hidden, masked = (frozenset(packed.pop(name)) for name in ("struck", "hidden", "masked"))
    return FoundSheet(cells=cells, merged=merged, struck=struck, hidden=hidden, masked=masked, **packed)
