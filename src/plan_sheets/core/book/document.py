"""A document as the register keeps it: its layout (what every cell is) and its base (what every cell went out with).

By these two a return is read, years later if need be, and never by the schemas of the day; and by these two the very
same workbook is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from plan_sheets.core.book.layout import (
    Blank,
    Book,
    Chart,
    Column,
    Content,
    Field,
    Formula,
    Line,
    Link,
    Row,
    Sheet,
    as_fact,
    as_text,
    cell_key,
)
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.keys import Key

FEEDBACK = "feedback"
"""The kind of the workbook in which a return goes back to be mended."""
OF_SUBGROUPS = ("subgroup", FEEDBACK)
"""The kinds of documents by which subgroups report."""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document that went out, without what was in it."""

    id: int
    reference: str
    kind: str
    round: str
    subgroup: str
    created: str
    signature: str
    supersedes: int | None
    answers_return: int | None = None
    """The id of the return that it answers (feedback)."""


@dataclass(frozen=True, slots=True)
class Document:
    """An issue, feedback, officer's workbook or master, as it went out."""

    reference: str
    kind: str
    round: str
    """The code of the round; "" where none has been issued yet."""
    subgroup: str
    signature: str
    book: Book
    created: str
    """The day it was made, ISO."""
    id: int = 0
    """Its row in the register; 0 while it is not there."""
    supersedes: int | None = None
    """The id of the issue that it takes the place of."""
    answers_return: int | None = None
    """The id of the return that it answers (feedback)."""

    @property
    def facts(self) -> DocumentFacts:
        """What there is to know of it without its book."""
        facts = self.id, self.reference, self.kind, self.round, self.subgroup, self.created, self.signature
        return DocumentFacts(*facts, self.supersedes, self.answers_return)

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets of its book."""
        return self.book.sheets

    def inputs(self) -> Iterator[tuple[Sheet, Row, Column, Key, str]]:
        """Every cell that may be filled in, with its key and the text that it is compared with."""
        for sheet in self.sheets:
            for row, column, content in sheet.cells():
                if sheet.is_input(row, column):
                    base = row.base(column.field.name, content)
                    yield sheet, row, column, self.key_of(row, column), base

    def key_of(self, row: Row, column: Column) -> Key:
        """Which fact a cell holds; of a record that each subgroup has its own rows of, the ref ends with its code."""
        key, about = cell_key(row, column), row.answer or column.field
        own = about.keyed_by == "subgroup" and not about.new_rows
        return Key(key.record, f"{key.ref}/{self.subgroup}", key.field) if own else key

    def texts(self) -> Iterator[str]:
        """Every text that it went out with: titles, lines, and cells that say something."""
        for sheet in self.sheets:
            yield sheet.title
            yield from sheet.lines
            yield from filter(None, (as_fact(content) for _, _, content in sheet.cells()))

    def row_keys(self) -> Mapping[str, tuple[Sheet, Row]]:
        """The visible key of each row that has one, and whose it is."""
        return {
            as_text(row.cells[-1]): (sheet, row)
            for sheet in self.sheets
            if sheet.columns[-1].field.name == "key"
            for row in sheet.rows
        }


def layout_text(book: Book) -> str:
    """What every cell of the book is, as canonical JSON: the same for all books of one shape, for which it is kept."""
    sheets = [
        (
            sheet.name,
            sheet.columns if not any(column.choices for column in sheet.columns) else _without_choices(sheet.columns),
            tuple(row.answer for row in sheet.rows if row.answer),
            sheet.chart,
            sheet.in_view,
            sheet.filter,
            sheet.explains,
            tuple(type(column.width) for column in sheet.columns),  # 16 and 16.0 are equal, and written in two ways
        )
        for sheet in book.sheets
    ]
    return _write_layout(book.kind, tuple(book.hints.items()), tuple(sheets), is_protected=book.protected)


def _without_choices(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(Column(column.field, column.heading, column.input, column.width) for column in columns)


@lru_cache(maxsize=32)
def _write_layout(
    kind: str, hints: Sequence[tuple[str, str]], sheets: Sequence[tuple[Any, ...]], *, is_protected: bool
) -> str:
    """The layout text of a shape: of each sheet its name, columns, answers, chart, in_view, filter, explains."""
    described = [
        {
            "name": name,
            "columns": [{**_without_defaults(column), "field": _without_defaults(column.field)} for column in columns],
            "answers": [_without_defaults(answer) for answer in answers],
            **({"chart": asdict(chart)} if chart else {}),
            **({"in_view": in_view} if in_view > 1 else {}),
            **({"filter": True} if can_filter else {}),
            **({} if explains else {"explains": False}),
        }
        for name, columns, answers, chart, in_view, can_filter, explains, _ in sheets
    ]
    said = {"hints": dict(hints)} if hints else {}
    return _json({"kind": kind, "protected": is_protected, "sheets": described, **said})


def base_text(book: Book) -> str:
    """What every cell of the book went out with, as canonical JSON, and what the book says of itself."""
    sheets = [
        {
            "title": sheet.title,
            "lines": sheet.lines,
            **({"looks": {str(place): line for place, line in sheet.looks.items()}} if sheet.looks else {}),
            "choices": [column.choices for column in sheet.columns],
            "rows": [
                {
                    "ref": row.ref,
                    "record": row.record,
                    "cells": [content if type(content) is str else _kept(content) for content in row.cells],
                    "inputs": None if row.inputs is None else sorted(row.inputs),
                    "answer": row.answer.name if row.answer else "",
                    **({"total": True} if row.total else {}),
                    **({"issued": dict(row.issued)} if row.issued else {}),
                    **({"marks": dict(row.marks)} if row.marks else {}),
                    **({"blocked": dict(row.blocked)} if row.blocked else {}),
                }
                for row in sheet.rows
            ],
        }
        for sheet in book.sheets
    ]
    about = {"title": book.title, "created": book.created.isoformat(), "properties": dict(book.properties)}
    lock = {"password": book.password, **({} if book.locks_sheets else {"locks_sheets": False})}
    return _json({**about, **lock, "marking": book.marking, "sheets": sheets})


def book_from(layout: str, base: str) -> Book:
    """The book of which `layout` and `base` are the layout text and the base text."""
    shape, kept = _shape_from(layout), json.loads(base)
    sheets = tuple(_sheet(sheet, values) for sheet, values in zip(shape.sheets, kept["sheets"], strict=True))
    return Book(
        shape.kind,
        kept["title"],
        sheets,
        datetime.fromisoformat(kept["created"]),
        kept["properties"],
        shape.protected,
        kept["password"],
        kept["marking"],
        kept.get("locks_sheets", True),
        shape.hints,
    )


@dataclass(frozen=True, slots=True)
class _SheetShape:
    name: str
    columns: tuple[Column, ...]
    answers: Mapping[str, Field]
    """The fields of a form, by name."""
    chart: Chart | None
    in_view: int
    filter: bool
    explains: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a layout says: the same for all books of one shape, and read once for all of them."""

    kind: str
    protected: bool
    sheets: tuple[_SheetShape, ...]
    hints: Mapping[str, str]


def _sheet(shape: _SheetShape, kept: Mapping[str, Any]) -> Sheet:
    columns = tuple(
        replace(column, choices=tuple(chosen)) if chosen else column
        for column, chosen in zip(shape.columns, kept["choices"], strict=True)
    )
    rows = tuple(
        Row(
            row["ref"],
            tuple(_content(content) if isinstance(content, dict) else content for content in row["cells"])
            if dict in map(type, row["cells"])
            else tuple(row["cells"]),
            None if row["inputs"] is None else frozenset(row["inputs"]),
            shape.answers.get(row["answer"]),
            row["record"],
            "total" in row,
            row.get("issued", {}),
            row.get("marks", {}),
            row.get("blocked", {}),
        )
        for row in kept["rows"]
    )
    return Sheet(
        shape.name,
        kept["title"],
        tuple(kept["lines"]),
        columns,
        rows,
        shape.chart,
        shape.in_view,
        {int(place): Line(tuple(parts), look) for place, (parts, look) in kept.get("looks", {}).items()},
        shape.filter,
        shape.explains,
    )


def _kept(content: Content) -> object:
    if isinstance(content, Blank):
        return _kept_blank(content)
    if isinstance(content, Formula):
        return {"formula": content.text, "value": content.value}
    if isinstance(content, Link):
        return {"link": content.text, "target": content.target}
    return {"date": content.words} if isinstance(content, PartialDate) else content


@cache
def _kept_blank(reason: Blank) -> Mapping[str, str]:
    return {"blank": str(reason)}


def _content(kept: Mapping[str, Any]) -> Content:
    """What is more than a text or a number."""
    if "blank" in kept:
        return Blank(kept["blank"])
    if "date" in kept:
        return PartialDate.from_words(kept["date"]) or ""
    return Formula(kept["formula"], kept["value"]) if "formula" in kept else Link(kept["link"], kept["target"])


def sha_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _shape_from(layout: str) -> _Shape:
    kept = json.loads(layout)
    sheets = tuple(_sheet_shape(sheet) for sheet in kept["sheets"])
    return _Shape(kept["kind"], kept["protected"], sheets, kept.get("hints", {}))


def _sheet_shape(sheet: Mapping[str, Any]) -> _SheetShape:
    columns = tuple(Column(**{**column, "field": _field(column["field"])}) for column in sheet["columns"])
    chart = Chart(**{**sheet["chart"], "parts": tuple(sheet["chart"]["parts"])}) if "chart" in sheet else None
    answers = {field["name"]: _field(field) for field in sheet["answers"]}
    in_view, can_filter, explains = sheet.get("in_view", 1), sheet.get("filter", False), sheet.get("explains", True)
    return _SheetShape(sheet["name"], columns, answers, chart, in_view, can_filter, explains)


def _field(kept: Mapping[str, Any]) -> Field:
    needs = {
        key: {name: tuple(words) for name, words in kept.get(key, {}).items()}
        for key in ("required_when", "required_unless")
    }
    return Field(**{**kept, "choices": tuple(kept.get("choices", ())), **needs})


def _without_defaults(part: Column | Field) -> dict[str, Any]:
    """A dataclass as a mapping, without what stands at its default."""
    values = asdict(part)
    defaults = {f.name: f.default if f.default is not MISSING else None for f in fields(part)}
    return {name: content for name, content in values.items() if content not in (defaults[name], {}, ())}


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
