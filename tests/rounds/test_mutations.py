"""What people do to a workbook, done to a filled one: each is harmless, repaired, queried or held, never silent.

Every text that is typed here names the cell that it belongs to ("Next step of J1a.2"). So whatever was done to the
workbook, two things can be proved: what the register took for a cell was typed in that very cell, and every text that
came back is a value, or in a query, or in a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Answers, Plan, codes, edit, fill, form, on, place, told, values_of
from tests.rounds.mutations import (
    BY_THE_WAY,
    Mutation,
    append_to,
    copy_sheet,
    delete_column,
    delete_row,
    delete_sheet,
    duplicate_row,
    insert_column,
    insert_row,
    move_column,
    only_sheet,
    paste,
    rename_heading,
    rename_sheet,
    sort_rows,
    swap_keys,
    type_at,
)
from tests.table_rows import rows_of_table

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.store.register import tables
from plan_sheets.store.schemas import load_records

RAGS = {"J1a.1": "Green", "J1a.2": "Amber", "J1a.3": "Red", "J1b.1": "Green"}
STAGES = {"J1a.1": "In progress", "J1a.2": "Not started", "J1a.3": "In progress", "J1b.1": "Not started"}
MARK = re.compile(r"(?P<title>[A-Z][A-Za-z, ]+) of (?P<ref>J1[ab](?:\.\d)?|row \d+)")


def marked(ref: str, *headings: str) -> dict[str, str | None]:
    return {heading: f"{heading} of {ref}" for heading in headings}


FILLED: Answers = {
    "Start here": form(completed_by="Chair"),
    "Progress": {
        ref: {"RAG": rag, "Stage": STAGES[ref], **marked(ref, "Progress made", "Next step", "What will bring it back")}
        for ref, rag in RAGS.items()
    },
    "Action plan": {ref: marked(ref, "Who is responsible", "Impact") for ref in RAGS},
    "Grid": {ref: marked(ref, "Data", "Information sharing") for ref in ("J1a", "J1b")},
    "New actions": {
        row: {"Theme": "J1b Pathway for perpetrators", **marked(f"row {row}", "What we will do", "Impact")}
        for row in ("1", "2")
    },
}


OUTSIDE = "text_outside"
LOCKED_BEFORE_PROGRESS = ("What we will do", "Executive's reply", "Still needed", "Last progress")
"""The locked columns that stand before the first one to fill in; what is pasted over Still needed is told as well."""
PASTED = ("Pasted what", "Pasted reply", "Pasted needs", "Pasted last", "Pasted progress")
HARMLESS: set[tuple[str, str]] = set()


def below(column: str, rows: range, sheet: str = "Progress") -> set[tuple[str, str]]:
    return {(OUTSIDE, f"{sheet}!{column}{row}") for row in rows}


ALONE = {
    ("sheet_missing", f"{name}!A1") for name in ("Start here", "Progress", "Action plan", "Grid", "New actions")
} | {
    ("sheet_gone", "Guidance!A1"),
    ("sheet_gone", "About!A1"),
    ("lost_on_saving", ""),
}

CASES: dict[str, tuple[Mutation, str, set[tuple[str, str]]]] = {
    # rows
    "a row inserted above the table": (insert_row("Progress", 2), "accepted", HARMLESS),
    "a row inserted above the sheet": (insert_row("Start here", 1), "accepted", HARMLESS),
    "a row inserted within": (insert_row("Progress", 6), "accepted", HARMLESS),
    "a row inserted within and typed in": (
        insert_row("Progress", 6, BY_THE_WAY),
        "accepted_with_findings",
        {("row_unknown", "Progress!B6")},
    ),
    "a row deleted": (delete_row("Progress", "J1a.2"), "accepted_with_findings", {("row_missing", "Progress!A1")}),
    "a row of standing answers deleted": (
        delete_row("Action plan", "J1a.2"),
        "accepted_with_findings",
        {("row_missing", "Action plan!A1")},
    ),
    "an empty row deleted": (delete_row("New actions", "9"), "accepted", {("row_gone", "New actions!A1")}),
    "a row copied": (duplicate_row("Progress", "J1a.2"), "accepted", HARMLESS),
    "a row copied and changed": (
        duplicate_row("Progress", "J1a.2", "Next step", BY_THE_WAY),
        "accepted_with_findings",
        {("row_doubled", "Progress!A6"), ("row_doubled", "Progress!A7")},
    ),
    "whole rows sorted": (sort_rows("Progress", down=True), "accepted", HARMLESS),
    "whole rows of the grid sorted": (sort_rows("Grid", down=True), "accepted", HARMLESS),
    # columns
    "a column moved to the front": (move_column("Progress", "RAG", 1), "accepted", HARMLESS),
    "the key moved to the front": (move_column("Progress", "Key", 1), "accepted", HARMLESS),
    "an empty column inserted": (insert_column("Progress", "RAG"), "accepted", HARMLESS),
    "a column inserted and filled": (
        insert_column("Progress", "RAG", "My notes", BY_THE_WAY),
        "accepted_with_findings",
        {(OUTSIDE, on("RAG", 4)), (OUTSIDE, on("RAG", 5))},
    ),
    "a column to fill in deleted": (
        delete_column("Progress", "Next step"),
        "accepted_with_findings",
        {("column_missing", "Progress!A4")},
    ),
    "a locked column deleted": (
        delete_column("Progress", "Last RAG"),
        "accepted_with_findings",
        {("column_missing", "Progress!A4")},
    ),
    "the key deleted": (
        delete_column("Progress", "Key"),
        "accepted",
        {("row_by_ref", f"Progress!A{row}") for row in (5, 6, 7, 8)},
    ),
    "a heading renamed": (
        rename_heading("Progress", "Next step", "What next"),
        "accepted_with_findings",
        {("column_missing", "Progress!A4")} | below(place("Next step", 0)[:-1], range(4, 9)),
    ),
    "a heading in other letters": (rename_heading("Progress", "Next step", "NEXT STEP "), "accepted", HARMLESS),
    "a heading that takes another's name": (
        rename_heading("Progress", "What will bring it back", "Next step"),
        "accepted_with_findings",
        {("column_missing", "Progress!A4")} | {("column_doubled", on("Next step", row)) for row in range(5, 9)},
    ),
    # sheets
    "a sheet renamed": (rename_sheet("Progress", "Our progress"), "accepted", {("sheet_renamed", "Our progress!A1")}),
    "a sheet deleted": (delete_sheet("Progress"), "accepted_with_findings", {("sheet_missing", "Progress!A1")}),
    "a sheet of guidance deleted": (delete_sheet("Guidance"), "accepted", {("sheet_gone", "Guidance!A1")}),
    "the About sheet deleted": (delete_sheet("About"), "accepted", {("sheet_gone", "About!A1")}),
    "a sheet copied": (copy_sheet("Progress"), "accepted_with_findings", {("sheet_extra", "Progress (2)!A1")}),
    "a sheet copied and changed": (
        copy_sheet("Progress", change=BY_THE_WAY),
        "accepted_with_findings",
        {("sheet_extra", "Progress (2)!A1")},
    ),
    "Progress alone in a new workbook": (
        only_sheet("Progress"),
        "accepted_with_findings",
        (ALONE - {("sheet_missing", "Progress!A1")}) | {("sheet_renamed", "Sheet1!A1")},
    ),
    "Progress alone under its own name": (
        only_sheet("Progress", "Progress"),
        "accepted_with_findings",
        ALONE - {("sheet_missing", "Progress!A1")},
    ),
    "New actions alone in a new workbook": (
        only_sheet("New actions"),
        "accepted_with_findings",
        (ALONE - {("sheet_missing", "New actions!A1")}) | {("sheet_renamed", "Sheet1!A1")},
    ),
    "Start here alone in a new workbook": (only_sheet("Start here"), "held", {("no_identity", "")}),
    # cells
    "pasted over locked cells": (
        paste("Progress", "J1a.2", "What we will do", *PASTED),
        "accepted_with_findings",
        {("locked_changed", on(heading, 6)) for heading in LOCKED_BEFORE_PROGRESS},
    ),
    "pasted over a ref": (
        paste("Progress", "J1a.2", "Ref", "J9.9"),
        "accepted_with_findings",
        {("locked_changed", "Progress!A6")},
    ),
    "pasted over a key": (
        paste("Progress", "J1a.2", "Key", BY_THE_WAY),
        "accepted_with_findings",
        {("row_key_unknown", on("Key", 6)), ("row_missing", "Progress!A1")},
    ),
    "typed below the table": (type_at("Progress", "D12"), "accepted_with_findings", {("row_unknown", "Progress!D12")}),
    "typed below the further actions": (
        type_at("New actions", "C36"),
        "accepted_with_findings",
        {("row_unknown", "New actions!C36")},
    ),
    "typed below the form": (
        type_at("Start here", "A40"),
        "accepted_with_findings",
        {("row_unknown", "Start here!A40")},
    ),
    "typed beside the table": (type_at("Progress", "T6"), "accepted_with_findings", {(OUTSIDE, "Progress!T6")}),
    "typed above the table": (type_at("Progress", "D3"), "accepted_with_findings", {(OUTSIDE, "Progress!D3")}),
    "typed above the table, with the title's words": (
        type_at("Action plan", "D3", "Our action plan is out of date"),
        "accepted_with_findings",
        {(OUTSIDE, "Action plan!D3")},
    ),
    "typed behind the line under the title": (
        append_to("Progress", "A2"),
        "accepted_with_findings",
        {(OUTSIDE, "Progress!A2")},
    ),
    "typed on Guidance": (type_at("Guidance", "C6"), "accepted_with_findings", {(OUTSIDE, "Guidance!C6")}),
    "typed over Guidance": (type_at("Guidance", "B6"), "accepted_with_findings", {("locked_changed", "Guidance!B6")}),
}


# What must hold, whatever was done


def texts_in(path: Path) -> Iterator[str]:
    """Every text of somebody's own in a workbook: those that name their cell, and what was typed by the way."""
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows(values_only=True):
            for value in row:
                if isinstance(value, str) and (
                    MARK.fullmatch(value) or BY_THE_WAY in value or value.startswith("Pasted")
                ):
                    yield value


def taken(plan: Plan) -> dict[tuple[Key, str], str]:
    """Every value that came with a return."""
    held = [one for values in plan.history.by_key.values() for one in values if one.source.kind == "subgroup"]
    return {(one.key, one.round): one.value for one in held}


def assert_in_its_own_cell(plan: Plan) -> None:
    """Every value that a return brought was typed in that key's own cell."""
    rows = {one.ref: f"row {one.row}" for one in rows_of_table(plan.register, tables.NEW_ROW)}
    records = load_records()
    for (key, _), value in taken(plan).items():
        if key.field == "rag":
            assert value == RAGS[key.ref], key
        elif key.field == "stage":
            assert value == STAGES[key.ref], key
        elif mark := MARK.fullmatch(value):
            title = records["grid" if key.record == "grid" else "action"][key.field].title
            assert (mark["title"], mark["ref"]) == (title, rows.get(key.ref, key.ref)), key


def assert_nothing_lost(plan: Plan, path: Path, receipt: Receipt) -> None:
    """Every text that came back is a value, or in a query, or in a finding."""
    known = [*taken(plan).values(), *(one.entered or "" for one in receipt.findings)]
    known += [cell.returned for query in plan.queries for cell in query.cells]
    for text in texts_in(path):
        assert any(text in one for one in known), text


def assert_told(plan: Plan, receipt: Receipt) -> None:
    """Every finding is recorded, and what waits for the officer is asked."""
    recorded = {
        (one.code, f"{one.sheet}!{one.cell}" if one.sheet else "")
        for one in rows_of_table(plan.register, tables.FINDING)
    }
    assert told(receipt) <= recorded
    asked = {query.message for query in plan.queries}
    for one in receipt.findings:
        if one.severity == "query" and receipt.verdict != "held":
            assert one.message in asked


@pytest.fixture(scope="module")
def filled(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of Domestic Abuse with every row filled in; as it stands it is accepted without a finding."""
    plan = Plan(issued_example)
    out = tmp_path_factory.mktemp("filled") / "da.xlsx"
    return fill(plan.sent("DA"), out, FILLED)


def test_unchanged_it_is_accepted_and_every_value_taken(round_one: Plan, filled: Path) -> None:
    receipt = round_one.receive_one(filled)
    assert (receipt.verdict, receipt.findings) == ("accepted", [])
    assert_in_its_own_cell(round_one)
    marks = [value for value in taken(round_one).values() if MARK.fullmatch(value)]
    assert sorted(marks) == sorted(texts_in(filled))
    assert len(marks) == 4 * 3 + 4 * 2 + 2 * 2 + 2 * 2


@pytest.mark.parametrize(("mutation", "verdict", "expected"), CASES.values(), ids=CASES.keys())
def test_what_people_do(
    round_one: Plan, filled: Path, mutation: Mutation, verdict: str, expected: set[tuple[str, str]]
) -> None:
    path = edit(filled, round_one.inbox / "da.xlsx", mutation)
    receipt = round_one.receive_one(path)
    assert told(receipt) == expected
    assert receipt.verdict == verdict
    if verdict == "held":
        assert taken(round_one) == {}
        assert (round_one.path / "returned" / f"{receipt.sha256}.xlsx").exists()
        return
    assert_in_its_own_cell(round_one)
    assert_nothing_lost(round_one, path, receipt)
    assert_told(round_one, receipt)
    if not expected:
        values = taken(round_one)
        assert len([value for value in values.values() if MARK.fullmatch(value)]) == 28, "harmless: all is taken"
        assert {key.ref: value for (key, _), value in values.items() if key.field == "rag"} == RAGS


PARTED: dict[str, tuple[str, Mutation]] = {
    "prefilled answers sorted alone": ("HARM", sort_rows("Action plan", "How we will do it", "Impact", down=True)),
    "prefilled answers sorted the other way": ("HARM", sort_rows("Action plan", "How we will do it", "Impact")),
    "prefilled answers of the grid swapped": (
        "DA",
        sort_rows("Grid", "Competent, confident workforce", "Information sharing", down=True),
    ),
    "keys swapped": ("DA", swap_keys("Action plan", "J1a.1", "J1a.2")),
    "all but the key sorted": ("HARM", sort_rows("Action plan", "Ref", "Impact", down=True)),
}


@pytest.mark.parametrize(("subgroup", "mutation"), PARTED.values(), ids=PARTED.keys())
def test_prefilled_answers_never_go_over_to_another_ref(round_one: Plan, subgroup: str, mutation: Mutation) -> None:
    """Nothing was typed, so nothing that is taken can be right; the file is held, or its rows are asked about."""
    before = round_one.standing_values()
    book = edit(round_one.sent(subgroup), round_one.inbox / "return.xlsx", mutation)
    receipt = round_one.receive_one(book)
    assert round_one.standing_values() == before
    assert any(one.severity.blocks for one in receipt.findings)


def test_a_sort_of_the_unlocked_block_is_held_with_its_cell(round_one: Plan) -> None:
    path = edit(round_one.sent("HARM"), round_one.inbox / "harm.xlsx", PARTED["prefilled answers sorted alone"][1])
    receipt = round_one.receive_one(path)
    assert receipt.verdict == "held"
    assert told(receipt) == {("answers_permuted", f"Action plan!{cell}") for cell in ("D5", "H6")}


@pytest.mark.parametrize("more", [delete_row("Action plan", "S1.2"), delete_column("Action plan", "Impact")])
def test_a_sort_is_told_though_more_was_done(round_one: Plan, more: Mutation) -> None:
    mutations = PARTED["prefilled answers sorted alone"][1], more
    receipt = round_one.receive_one(edit(round_one.sent("HARM"), round_one.inbox / "harm.xlsx", *mutations))
    assert {"answers_permuted", "answer_strayed"} & set(codes(receipt))
    assert round_one.said("S1.1", "how") == ""


def test_what_is_typed_into_the_copy_of_a_row_and_the_original_is_asked_about(round_one: Plan, filled: Path) -> None:
    path = edit(filled, round_one.inbox / "da.xlsx", CASES["a row copied and changed"][0])
    round_one.receive_one(path)
    assert round_one.said("J1a.2", "next_step") == ""
    assert round_one.said("J1a.1", "next_step") == "Next step of J1a.1"


TOGETHER = [
    ("a row deleted", "whole rows sorted"),
    ("typed below the table", "a row inserted above the table"),
    ("a heading renamed", "a column moved to the front"),
    ("a sheet copied and changed", "the key moved to the front"),
]


@pytest.mark.parametrize(("one", "other"), TOGETHER)
def test_two_things_at_once(round_one: Plan, filled: Path, one: str, other: str) -> None:
    path = edit(filled, round_one.inbox / "da.xlsx", CASES[one][0], CASES[other][0])
    receipt = round_one.receive_one(path)
    assert {code for code, _ in told(receipt)} == {code for code, _ in CASES[one][2]}
    assert_in_its_own_cell(round_one)
    assert_nothing_lost(round_one, path, receipt)


def test_a_return_that_another_program_saved_as_something_else(round_one: Plan, filled: Path) -> None:
    """All values in a workbook made from nothing: no properties, no locks, no lists, no tables."""
    book: Any = openpyxl.load_workbook(filled)
    fresh = Workbook()
    fresh.remove(fresh.worksheets[0])
    for sheet in book:
        page = fresh.create_sheet(sheet.title)
        for row in values_of(sheet):
            page.append(row)
    path = round_one.inbox / "plain.xlsx"
    path.parent.mkdir()
    fresh.save(path)
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, codes(receipt)) == ("accepted", ["lost_on_saving"])
    assert len([value for value in taken(round_one).values() if MARK.fullmatch(value)]) == 28
