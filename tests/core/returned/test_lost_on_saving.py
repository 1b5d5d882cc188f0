"""What a workbook lost on its way through another program is told in one sentence; if nothing was, nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Book, Column, Field, Link, Row, Sheet
from plan_sheets.core.model.found import FoundSheet, FoundWorkbook
from plan_sheets.core.returned.lost_on_saving import BOOK as BOOK_SIGNS
from plan_sheets.core.returned.lost_on_saving import (
    LINKS,
    LISTS,
    LOCKS,
    OPEN,
    STRUCTURE,
    STYLES,
    TABLES,
    count_signs,
    count_signs_in_sheet,
    find_lost,
)

COLUMN = Column(Field("action", "ref", "Ref"), "Ref", input=True)
SHEET = Sheet("Action plan", "Action plan", (), (COLUMN,), (Row("J1.1", ("J1.1",)),))
BOOK = Book("subgroup", "Title", (SHEET,), datetime(2016, 4, 1))  # noqa: DTZ001 - a workbook knows no time zone
DOCUMENT = Document("2016-17-Q1-DA-1", "subgroup", "2016-17-Q1", "DA", "", BOOK, "2016-04-01")
ALL = dict.fromkeys((LOCKS, OPEN, LISTS, LINKS, TABLES, STRUCTURE), 1)
THERE = (FoundSheet("Action plan", {}),)
WHOLE = FoundWorkbook("xlsx", THERE, {"reference": "R"}, "A Program 1.0", kept=ALL)


def without(*names: str) -> dict[str, int]:
    return {name: count for name, count in ALL.items() if name not in names}


def words(found: FoundWorkbook, document: Document = DOCUMENT) -> list[str]:
    return [one.details["lost"] for one in find_lost(document, found)]


def test_nothing_lost_nothing_told() -> None:
    assert words(WHOLE) == []


@pytest.mark.parametrize("container", ["xls", "xlsb"])
def test_of_formats_in_which_it_cannot_be_told_nothing_is(container: str) -> None:
    assert words(FoundWorkbook(container, ())) == []


def test_each_loss_is_named() -> None:
    assert words(replace(WHOLE, kept=without(LOCKS))) == ["the lock of its sheets"]
    two = "its drop-downs and prompts and the lock on its list of sheets"
    assert words(replace(WHOLE, kept=without(LISTS, STRUCTURE))) == [two]
    everything = "the lock of its sheets, any cell that is not locked, its drop-downs and prompts"
    everything += ", its tables, its hidden properties"
    assert words(FoundWorkbook("ods", THERE, kept={})) == [f"{everything} and the lock on its list of sheets"]


def test_what_was_never_there_is_not_lost() -> None:
    plain = replace(BOOK, protected=False, sheets=(replace(SHEET, columns=(replace(COLUMN, input=False),)),))
    assert words(replace(WHOLE, kept={TABLES: 1}), replace(DOCUMENT, book=plain)) == []


def test_the_program_is_named_if_it_names_itself() -> None:
    (named,) = find_lost(DOCUMENT, replace(WHOLE, kept={}))
    (nameless,) = find_lost(DOCUMENT, replace(WHOLE, kept={}, saved_by=""))
    assert (named.details["program"], nameless.details["program"]) == (
        "A Program 1.0",
        "a program that does not say its name",
    )


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        (b'<sheetProtection /><x:dataValidations><x:dataValidation sqref="A1"/></x:dataValidations>', {LOCKS, LISTS}),
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
    told = [count_signs_in_sheet(part, {}), count_signs(part, BOOK_SIGNS), count_signs(part, STYLES), count_signs(part)]
    assert {name for one in told for name in one} == seen


ROWS = tuple(Row(f"J1.{number}", (Link("Go", "Notes!A1"), "")) for number in range(1, 21))
COLUMNS = (replace(COLUMN, input=False), replace(COLUMN, field=Field("action", "how", "How")))
LONG = replace(DOCUMENT, book=replace(BOOK, sheets=(replace(SHEET, columns=COLUMNS, rows=ROWS),)))


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ({}, []),
        ({LISTS: 40, LINKS: 21}, []),
        ({LISTS: 18}, []),
        ({LISTS: 5}, ["the drop-downs and prompts of 15 of 20 cells"]),
        ({LINKS: 1}, ["19 of its 20 links"]),
        ({LINKS: 0, OPEN: 0}, ["any cell that is not locked and its links"]),
    ],
)
def test_what_is_lost_in_part_is_told_by_number(kept: dict[str, int], told: list[str]) -> None:
    """Not where a few cells were pasted over."""
    assert words(replace(WHOLE, kept={**ALL, LISTS: 20, LINKS: 20, **kept}), LONG) == told


def test_what_went_with_a_sheet_is_told_of_the_sheet_alone() -> None:
    assert words(replace(WHOLE, sheets=(), kept=without(LISTS, LINKS, OPEN)), LONG) == []


def test_an_ods_counts_otherwise() -> None:
    assert words(replace(WHOLE, container="ods", kept=ALL), LONG) == []


def test_drop_downs_and_prompts_are_counted_by_their_cells() -> None:
    part = b'<dataValidations count="2"><dataValidation type="list" sqref="A1:B3 D5"><x/></dataValidation>'
    part += b'<dataValidation sqref="$F$2:$F$3"/>'
    part += b"<x14:dataValidation><xm:sqref>Z1:Z9</xm:sqref></x14:dataValidation></dataValidations>"
    assert count_signs_in_sheet(part, {LISTS: 1, TABLES: 1}) == {LISTS: 1 + 6 + 1 + 2 + 9, TABLES: 1}
