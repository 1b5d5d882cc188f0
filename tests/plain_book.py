"""A workbook as plain values, with the words of openpyxl that the mutations use: quick to copy, change and save.

openpyxl takes 90 ms to load and save an issued workbook, this one 3. What it saves has values only: no looks, locks,
lists or tables, as when a program that knows none of them has saved it. A test proves that both do the same.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook

from plan_sheets.core.model.keys import column_letters

Value = Any


class Formula(str):
    """What a cell holds that shows a formula's value; any other text is a text, whatever it begins with."""

    __slots__ = ()


class Error(str):
    """What a cell holds that shows an error."""

    __slots__ = ()


@dataclass(slots=True)
class PlainCell:
    """A cell by its place; `data_type` is taken and forgotten, for a text here is always one."""

    sheet: PlainSheet
    row: int
    column: int
    data_type: str = "s"

    @property
    def value(self) -> Value:
        return self.sheet.values.get((self.row, self.column))

    @value.setter
    def value(self, value: Value) -> None:
        self.sheet.values.pop((self.row, self.column), None)
        if value is not None:
            self.sheet.values[self.row, self.column] = value


@dataclass(slots=True)
class PlainSheet:
    """A sheet: its values by row and column, both from 1; blank cells are not there."""

    title: str
    values: dict[tuple[int, int], Value] = field(default_factory=dict)
    appended: int = 0

    @property
    def max_row(self) -> int:
        return max((row for row, _ in self.values), default=1)

    @property
    def max_column(self) -> int:
        return max((column for _, column in self.values), default=1)

    def __getitem__(self, coordinate: str) -> PlainCell:
        return self.cell(*coordinate_to_tuple(coordinate))

    def cell(self, row: int, column: int) -> PlainCell:
        return PlainCell(self, row, column)

    def _move(self, to: Callable[[int, int], tuple[int, int] | None]) -> None:
        moved = {to(*place): value for place, value in self.values.items()}
        self.values = {place: value for place, value in moved.items() if place}

    def insert_rows(self, before: int) -> None:
        self._move(lambda row, column: (row + (row >= before), column))

    def delete_rows(self, at: int) -> None:
        self._move(lambda row, column: None if row == at else (row - (row > at), column))

    def insert_cols(self, before: int) -> None:
        self._move(lambda row, column: (row, column + (column >= before)))

    def delete_cols(self, at: int) -> None:
        self._move(lambda row, column: None if column == at else (row, column - (column > at)))

    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[Value, ...]]:
        assert values_only
        columns = range(1, self.max_column + 1)
        return (tuple(self.values.get((row, column)) for column in columns) for row in range(1, self.max_row + 1))

    def append(self, values: list[Value]) -> None:
        self.appended += 1
        self.values |= {(self.appended, across): value for across, value in enumerate(values, 1) if value is not None}


@dataclass(slots=True)
class Properties:
    """The custom properties, as openpyxl hands them out."""

    values: dict[str, str]

    @property
    def names(self) -> list[str]:
        return list(self.values)

    def __delitem__(self, name: str) -> None:
        del self.values[name]


@dataclass(slots=True)
class PlainBook:
    """A workbook: its sheets in order, and its custom properties."""

    sheets: list[PlainSheet]
    custom_doc_props: Properties

    @classmethod
    def load(cls, path: Path) -> PlainBook:
        return cls.of(openpyxl.load_workbook(path))

    @classmethod
    def of(cls, book: Any) -> PlainBook:
        """What an openpyxl workbook holds."""
        sheets = [
            PlainSheet(
                sheet.title,
                {
                    (cell.row, cell.column): Formula(cell.value) if cell.data_type == "f" else cell.value
                    for row in sheet.iter_rows()
                    for cell in row
                    if cell.value is not None
                },
            )
            for sheet in book
        ]
        return cls(sheets, Properties({one: book.custom_doc_props[one].value for one in book.custom_doc_props.names}))

    def copy(self) -> PlainBook:
        sheets = [PlainSheet(sheet.title, dict(sheet.values)) for sheet in self.sheets]
        return PlainBook(sheets, Properties(dict(self.custom_doc_props.values)))

    def apply(self, mutation: Callable[[Workbook], None]) -> None:
        """Do to it what was written for openpyxl's workbooks."""
        mutation(cast("Workbook", self))

    def __iter__(self) -> Iterator[PlainSheet]:
        return iter(self.sheets)

    def __getitem__(self, title: str) -> PlainSheet:
        for sheet in self.sheets:
            if sheet.title == title:
                return sheet
        raise KeyError(title)

    def remove(self, sheet: PlainSheet) -> None:
        if len(self.sheets) == 1:
            raise KeyError(sheet.title)  # no program lets the last one go
        self.sheets.remove(sheet)

    def create_sheet(self, title: str) -> PlainSheet:
        self.sheets.append(PlainSheet(title))
        return self.sheets[-1]

    def copy_worksheet(self, sheet: PlainSheet) -> PlainSheet:
        self.sheets.append(PlainSheet(f"{sheet.title} Copy", dict(sheet.values)))
        return self.sheets[-1]

    def name_apart(self) -> None:
        """Give a second sheet of one name another, as every program does."""
        names: set[str] = set()
        for sheet in self.sheets:
            while sheet.title.casefold() in names:
                sheet.title += "2"
            names.add(sheet.title.casefold())

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.to_bytes())

    def to_bytes(self, *, inline: bool = False) -> bytes:
        """The smallest xlsx that holds these values; its texts shared by all sheets, or with `inline` in the cells."""
        numbers = range(1, len(self.sheets) + 1)
        shared: dict[str, int] | None = None if inline else {}
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            package.writestr("[Content_Types].xml", _TYPES)
            package.writestr("_rels/.rels", _relations({1: ("officeDocument", "xl/workbook.xml")}))
            sheets = {number: ("worksheet", f"worksheets/sheet{number}.xml") for number in numbers}
            others = {0: ("styles", "styles.xml"), len(sheets) + 1: ("sharedStrings", "sharedStrings.xml")}
            package.writestr("xl/_rels/workbook.xml.rels", _relations({**sheets, **others}))
            package.writestr("xl/styles.xml", _STYLES)
            listed = (
                f'<sheet name={quoteattr(sheet.title)} sheetId="{number}" r:id="r{number}"/>'
                for number, sheet in zip(numbers, self.sheets, strict=True)
            )
            package.writestr(
                "xl/workbook.xml", f"<workbook {_MAIN} {_LINKS}><sheets>{''.join(listed)}</sheets></workbook>"
            )
            for number, sheet in zip(numbers, self.sheets, strict=True):
                package.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(sheet, shared))
            package.writestr("xl/sharedStrings.xml", _shared(shared or {}))
            if self.custom_doc_props.values:
                package.writestr("docProps/custom.xml", _properties(self.custom_doc_props.values))
        return file.getvalue()


_OFFICE = "http://schemas.openxmlformats.org"
_MAIN = f'xmlns="{_OFFICE}/spreadsheetml/2006/main"'
_LINKS = f'xmlns:r="{_OFFICE}/officeDocument/2006/relationships"'
_TYPE = '<Default Extension="xml" ContentType="application/xml"/>'
_TYPES = f'<Types xmlns="{_OFFICE}/package/2006/content-types">{_TYPE}</Types>'
_STYLES = f'<styleSheet {_MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def _relations(parts: dict[int, tuple[str, str]]) -> str:
    one = f'<Relationship Id="r%d" Type="{_OFFICE}/officeDocument/2006/relationships/%s" Target="%s"/>'
    told = "".join(one % (number, *part) for number, part in parts.items())
    return f'<Relationships xmlns="{_OFFICE}/package/2006/relationships">{told}</Relationships>'


def _properties(values: dict[str, str]) -> str:
    told = (f"<property name={quoteattr(name)}><v>{escape(value)}</v></property>" for name, value in values.items())
    return f'<Properties xmlns="{_OFFICE}/officeDocument/2006/custom-properties">{"".join(told)}</Properties>'


def _shared(texts: dict[str, int]) -> str:
    told = "".join(f"<si>{text}</si>" for text in texts)
    return f'<sst {_MAIN} count="{len(texts)}" uniqueCount="{len(texts)}">{told}</sst>'


def _sheet(sheet: PlainSheet, shared: dict[str, int] | None) -> str:
    rows: dict[int, list[str]] = {}
    for (row, column), value in sorted(sheet.values.items()):
        rows.setdefault(row, []).append(_cell(f"{column_letters(column - 1)}{row}", value, shared))
    told = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in rows.items())
    return f"<worksheet {_MAIN}><sheetData>{told}</sheetData></worksheet>"


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What would be read as a code: Excel writes its underscore as one."""


_SIGNS = '="'
"""What is left of `="text"` without these is the value stored with it."""


def _day_number(when: datetime) -> int:
    return (when - datetime(1899, 12, 30)).days  # noqa: DTZ001 - a workbook knows no time zone


def _cell(place: str, value: Value, shared: dict[str, int] | None) -> str:
    if isinstance(value, Formula):
        return f'<c r="{place}" t="str"><f>{escape(value[1:])}</f><v>{escape(value.strip(_SIGNS))}</v></c>'
    if isinstance(value, Error):
        return f'<c r="{place}" t="e"><v>{value}</v></c>'
    if isinstance(value, datetime):
        return f'<c r="{place}" s="1"><v>{_day_number(value)}</v></c>'
    if isinstance(value, str):
        text = escape(_CODE.sub("_x005F_", _ILLEGAL.sub("", value)), {"\r": "&#13;"})
        kept = f'<t xml:space="preserve">{text}</t>'
        if shared is None:
            return f'<c r="{place}" t="inlineStr"><is>{kept}</is></c>'
        return f'<c r="{place}" t="s"><v>{shared.setdefault(kept, len(shared))}</v></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
