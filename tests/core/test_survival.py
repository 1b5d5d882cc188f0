"""What a workbook lost on its way through another program is told in one sentence; if nothing was, nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from plan_sheets.core.document import Document
from plan_sheets.core.found import FoundWorkbook
from plan_sheets.core.layout import Book, Column, Field, Row, Sheet
from plan_sheets.core.survival import LISTS, LOCKS, STRUCTURE, TABLES, lost, seen_in

COLUMN = Column(Field("action", "ref", "Ref"), "Ref", input=True)
SHEET = Sheet("Action plan", "Action plan", (), (COLUMN,), (Row("J1.1", ("J1.1",)),))
BOOK = Book("subgroup", "Title", (SHEET,), datetime(2016, 4, 1))  # noqa: DTZ001 - a workbook knows no time zone
DOCUMENT = Document("2016-17-Q1-DA-1", "subgroup", "2016-17-Q1", "DA", "", BOOK, "2016-04-01")
ALL = frozenset({LOCKS, LISTS, TABLES, STRUCTURE})
WHOLE = FoundWorkbook("xlsx", (), {"reference": "R"}, "A Program 1.0", kept=ALL)


def words(found: FoundWorkbook, document: Document = DOCUMENT) -> list[str]:
    return [one.details["lost"] for one in lost(document, found)]


def test_nothing_lost_nothing_told() -> None:
    assert words(WHOLE) == []


@pytest.mark.parametrize("container", ["xls", "xlsb"])
def test_of_formats_in_which_it_cannot_be_told_nothing_is(container: str) -> None:
    assert words(FoundWorkbook(container, ())) == []


def test_each_loss_is_named() -> None:
    assert words(replace(WHOLE, kept=ALL - {LOCKS})) == ["the lock of its sheets"]
    two = "its drop-downs and prompts and the lock on its list of sheets"
    assert words(replace(WHOLE, kept=ALL - {LISTS, STRUCTURE})) == [two]
    everything = "the lock of its sheets, its drop-downs and prompts, its tables, its hidden properties"
    assert words(FoundWorkbook("ods", (), kept=frozenset())) == [f"{everything} and the lock on its list of sheets"]


def test_what_was_never_there_is_not_lost() -> None:
    plain = replace(BOOK, protected=False, sheets=(replace(SHEET, columns=(replace(COLUMN, input=False),)),))
    assert words(replace(WHOLE, kept=frozenset({TABLES})), replace(DOCUMENT, book=plain)) == []


def test_the_program_is_named_if_it_names_itself() -> None:
    (named,) = lost(DOCUMENT, replace(WHOLE, kept=frozenset()))
    (nameless,) = lost(DOCUMENT, replace(WHOLE, kept=frozenset(), saved_by=""))
    assert (named.details["program"], nameless.details["program"]) == (
        "A Program 1.0",
        "a program that does not say its name",
    )


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        (b'<sheetProtection sheet="1"/><x14:dataValidation type="list"/>', {LOCKS, LISTS}),
        (b'<x:tablePart r:id="rId1"/>', {TABLES}),
        (b'<workbookProtection lockStructure="1"/>', {STRUCTURE}),
        (b'<workbookProtection/><dataValidations count="0"/><tableParts count="0"/>', set()),
        (b'<table:table table:protected="true"><table:content-validation table:name="v"/>', {LOCKS, LISTS}),
        (
            b'<office:spreadsheet table:structure-protected="true"><table:database-range table:name="t"/>',
            {STRUCTURE, TABLES},
        ),
    ],
)
def test_how_each_is_written(part: bytes, seen: set[str]) -> None:
    assert seen_in(part) == seen
