"""The only reader of returned bytes: guard, then calamine. Nothing is decoded twice, evaluated or followed.

An xlsx is checked by the guard cell by cell and read in this process. What it cannot check so (xls, xlsb, ods, an xlsx
in an odd spelling) is read by a child process with a limit on memory and time: if such a file ends its reader, it
costs that file a refusal and nobody else anything. Functions here keep no state and may run in any number of threads.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetMetadata, SheetVisibleEnum

from plan_sheets.core.found import CellKind, FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model import PartialDate, column_letters
from plan_sheets.store.apart import run_apart
from plan_sheets.store.decrypting import decrypted
from plan_sheets.store.guard import Guarded, Refusal, guard
from plan_sheets.store.sheet_scan import Mark

_Marks = Mapping[tuple[int, int], Mark]


def read_workbook(data: bytes) -> FoundWorkbook | Refusal:
    """What these bytes hold, or why they cannot be read. Never raises on account of what the bytes are."""
    passed = guard(data)
    if passed == Refusal("file_encrypted"):
        passed = guard(decrypted(data) or data)
    if isinstance(passed, Refusal):
        return passed
    sheets = _read_apart(passed) if passed.apart else _read_here(passed)
    if isinstance(sheets, Refusal):
        return sheets
    if not sheets:
        return Refusal("file_no_sheets")
    try:
        about = {name: ET.fromstring(part) for name, part in passed.about.items()}  # noqa: S314 - checked by the guard: no DOCTYPE, so no entity
    except ET.ParseError as trouble:
        return Refusal("file_damaged", {"reason": str(trouble)})
    if passed.painted:
        sheets = tuple(replace(sheet, painted=one) for sheet, one in zip(sheets, passed.painted, strict=True))
    said = _properties(about), _saved_by(about)
    return FoundWorkbook(passed.container, sheets, *said, passed.remarks, passed.kept, passed.since_1904)


# ---------------------------------------------------------------- sheets


def _read_here(passed: Guarded) -> tuple[FoundSheet, ...] | Refusal:
    """The sheets, read in this process: every trouble of the parser becomes a refusal."""
    try:
        return _sheets(passed.data, passed.marks)
    except PasswordError:
        return Refusal("file_encrypted")
    except Exception as trouble:  # noqa: BLE001 - the parser may raise anything; the file is what is wrong
        return Refusal("file_damaged", {"reason": str(trouble)[:200]})
    except BaseException as panic:
        # A panic of the parser's Rust code is no Exception, and its class cannot be imported.
        if type(panic).__name__ != "PanicException":
            raise
        return Refusal("file_damaged", {"reason": str(panic)[:200]})


def _sheets(data: bytes, marks: tuple[_Marks, ...] = ()) -> tuple[FoundSheet, ...]:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        told = marks or ({},) * len(book.sheets_metadata)
        return tuple(
            _found_sheet(about, book.get_sheet_by_index(index), marked)
            for index, (about, marked) in enumerate(zip(book.sheets_metadata, told, strict=True))
        )


def _found_sheet(about: SheetMetadata, sheet: CalamineSheet, marks: _Marks) -> FoundSheet:
    """One sheet at its true addresses: rows are counted from the first that holds anything, so its place is added."""
    top, left = sheet.start or (0, 0)
    cells = {
        (row, column): FoundCell(value) if type(value) is str else _found_cell(value)
        for row, values in enumerate(sheet.to_python(), top)
        for column, value in enumerate(values, left)
        if value != ""
    }
    _mark(cells, marks)
    merged = tuple(
        f"{column_letters(first[1])}{first[0] + 1}:{column_letters(last[1])}{last[0] + 1}"
        for first, last in sheet.merged_cell_ranges or ()
    )
    return FoundSheet(about.name, cells, about.visible is SheetVisibleEnum.Visible, merged)


def _mark(cells: dict[tuple[int, int], FoundCell], marks: _Marks) -> None:
    """Say of these cells that they hold an error or a formula."""
    for at, (kind, formula) in marks.items():
        cells[at] = FoundCell(cells[at].text if at in cells else "", kind, f"={formula}" if formula else "")


# ---------------------------------------------------------------- values as text


def _found_cell(value: object) -> FoundCell:
    """A value that is no text, as text. A number as Excel would show it: 15 digits, "3" for 3.0."""
    if isinstance(value, bool):
        return FoundCell("TRUE" if value else "FALSE", CellKind.BOOLEAN)
    if isinstance(value, int | float):
        return FoundCell(f"{value:.15g}", CellKind.NUMBER)
    if isinstance(value, date):
        words = _moment(value) if isinstance(value, datetime) else PartialDate.day(value).words
        return FoundCell(words, CellKind.DATE)
    if isinstance(value, time):
        since_midnight = datetime.combine(date.min, value) - datetime.combine(date.min, time.min)
        return FoundCell(_clock(since_midnight), CellKind.TIME)
    if isinstance(value, timedelta):
        return FoundCell(_clock(value), CellKind.TIME)
    return FoundCell(str(value))


def _moment(value: datetime) -> str:
    """`3 April 2016 14:30`, rounded to the second: days are stored as fractions. Midnight is just the day."""
    rounded = value + timedelta(seconds=value.microsecond >= 500_000, microseconds=-value.microsecond)  # noqa: PLR2004 - half a second
    day = PartialDate.day(rounded.date()).words
    clock = _clock(rounded - datetime.combine(rounded.date(), time(), rounded.tzinfo))
    return day if clock == "00:00" else f"{day} {clock}"


def _clock(length: timedelta) -> str:
    """`14:30`, `14:30:05`, `26:30` for more than a day."""
    seconds = round(abs(length).total_seconds())
    hours, rest = divmod(seconds, 3600)
    sign = "-" if length < timedelta() else ""
    return f"{sign}{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")


# ---------------------------------------------------------------- what the file says of itself


def _properties(about: Mapping[str, ET.Element]) -> dict[str, str]:
    """Custom properties of an Office file, user-defined ones of an OpenDocument file.

    Without the white space around them, which Gnumeric writes for its own layout.
    """
    items = [*about.get("docprops/custom.xml", ()), *_elements(about, "user-defined")]
    return {_attribute(item, "name"): "".join(item.itertext()).strip() for item in items}


def _saved_by(about: Mapping[str, ET.Element]) -> str:
    """The program and its version: `Microsoft Excel 16.0300`, `LibreOffice 7.4.7.2`."""
    names = [*_elements(about, "generator"), *_elements(about, "Application")]
    name = (names[0].text or "" if names else "").partition("$")[0]
    if "/" in name:  # LibreOffice and openpyxl: their own version; AppVersion is that of the Excel they take after
        return " ".join(name.replace("/", " ").split())
    versions = [item.text or "" for item in _elements(about, "AppVersion")]
    return " ".join([name, *versions]).strip()


def _elements(about: Mapping[str, ET.Element], name: str) -> list[ET.Element]:
    """All elements of this local name in the parts about the document, but for the custom properties."""
    roots = [root for part, root in about.items() if part != "docprops/custom.xml"]
    return [item for root in roots for item in root.iter() if item.tag.rpartition("}")[2] == name]


def _attribute(item: ET.Element, name: str) -> str:
    """An attribute's value by its local name; "" if it has none."""
    return next((value for key, value in item.items() if key.rpartition("}")[2] == name), "")


# ---------------------------------------------------------------- a process of its own


def _read_apart(passed: Guarded) -> tuple[FoundSheet, ...] | Refusal:
    """The sheets, read in a child process; a child that dies or takes too long is a refusal."""
    done = run_apart(read_as_json, passed.data)
    if done is None:
        return Refusal("file_ends_reader")
    told = json.loads(done)
    if isinstance(told, dict):
        return Refusal(told["code"], told["details"])
    marks = passed.marks or ({},) * len(told)
    if len(marks) != len(told):
        return Refusal("file_damaged", {"reason": "a table within a table"})
    return tuple(_unpacked(marked, *sheet) for sheet, marked in zip(told, marks, strict=True))


def read_as_json(data: bytes) -> bytes:
    """What the child does: the sheets in these bytes, or the refusal, as JSON."""
    sheets = _read_here(Guarded("", data))
    told: Any = (
        {"code": sheets.code, "details": dict(sheets.details)}
        if isinstance(sheets, Refusal)
        else [_packed(sheet) for sheet in sheets]
    )
    return json.dumps(told).encode()


def _packed(sheet: FoundSheet) -> tuple[str, bool, tuple[str, ...], list[tuple[int, int, str, str]]]:
    cells = [(row, column, cell.text, cell.kind.value) for (row, column), cell in sheet.cells.items()]
    return sheet.name, sheet.visible, sheet.merged, cells


def _unpacked(
    marks: _Marks,
    name: str,
    visible: bool,  # noqa: FBT001 - the mirror of `_packed`
    merged: list[str],
    cells: list[tuple[int, int, str, str]],
) -> FoundSheet:
    found = {(row, column): FoundCell(text, CellKind(kind)) for row, column, text, kind in cells}
    _mark(found, marks)
    return FoundSheet(name, found, visible, tuple(merged))
