"""Of a large plan the officer's workbook lists what stands or waits; for any other row the officer types its ref."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import SETTLED_BY, Plan, codes, column_of, edit, heading_row, said, type_in, values_of, write_in

from plan_sheets.core.model.receipts import Receipt
from plan_sheets.officer import make_officer
from plan_sheets.store.register.settling import listed

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
OVERRIDE = {
    "RAG by override": "Red",
    "Override by": "Lead",
    "Reason": "The audit failed",
    "Date of override": "8 July 2016",
}


@pytest.fixture
def large(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The example, held to be too large to be looked through."""
    monkeypatch.setattr(listed, "MOST_ROWS", 10)
    return round_one


def list_refs(plan: Plan, name: str) -> list[str]:
    """The refs on a sheet of the officer's workbook, made now; its blank rows are left out."""
    sheet = openpyxl.load_workbook(make_officer(plan.folder, LATER).path)[name]
    return [str(row[0]) for row in values_of(sheet)[heading_row(sheet) :] if row[0]]


def type_rows(book: Workbook, name: str, rows: list[dict[str, str]]) -> None:
    """Type into the blank rows of a sheet, by heading, from the first on."""
    sheet = book[name]
    first = heading_row(sheet) + 1
    blank = [row for row in range(first, sheet.max_row + 1) if not sheet.cell(row, 1).value]
    for row, texts in zip(blank, rows, strict=False):
        for heading, text in texts.items():
            type_in(sheet.cell(row, column_of(sheet, heading)), text)  # type: ignore[arg-type]  # no merged cell


def settle(plan: Plan, file: str, made: Path | None = None, **sheets: list[dict[str, str]]) -> Receipt:
    """An officer's workbook with this typed into blank rows, received; `_` is a blank in a sheet's name."""

    def fill(book: Workbook) -> None:
        write_in(book, {"Start here": SETTLED_BY})
        for name, rows in sheets.items():
            type_rows(book, name.replace("_", " "), rows)

    path = made or make_officer(plan.folder, LATER).path
    receipt: Receipt = plan.receive_one(edit(path, plan.inbox / f"{file}.xlsx", fill), when=LATER)
    return receipt


def test_only_what_stands_or_waits_is_listed(large: Plan) -> None:
    waits = [ref for ref in list_refs(large, "Owners") if large.stands(ref, "owner_status", "action") == "Suggested"]
    assert waits == [ref for ref in list_refs(large, "Owners") if "." in ref]
    assert list_refs(large, "Overrides") == list_refs(large, "Public text") == []


def test_all_is_listed_of_a_plan_that_can_be_looked_through(round_one: Plan) -> None:
    sheet = openpyxl.load_workbook(make_officer(round_one.folder, LATER).path)["Overrides"]
    assert all(row[0] for row in values_of(sheet)[heading_row(sheet) :])
    assert "type its ref" not in str(values_of(sheet))


def test_an_owner_an_override_and_a_text_are_given_to_rows_that_are_not_listed(large: Plan) -> None:
    large.receive_one(large.filled("da", said()))
    receipt = settle(
        large,
        "typed",
        Owners=[{"Ref": "j1a.1", "Owner": "Superintendent A"}, {"Ref": "L4", "Owner": "Director B"}],
        Overrides=[{"Ref": "J1a.1", **OVERRIDE}],
        Public_text=[{"Ref": "J1", "Public text": "A shared way."}, {"Ref": "J1a.1", "Public text": "Sooner."}],
    )
    assert (codes(receipt), large.queries) == (["tidied"], [])
    assert (large.stands("J1a.1", "owner"), large.stands("L4", "owner", "priority")) == (
        "Superintendent A",
        "Director B",
    )
    assert [large.said("J1a.1", name) for name in ("override_rag", "override_by")] == ["Red", "Lead"]
    assert large.said("J1", "text", record="public") == "A shared way."
    assert (list_refs(large, "Overrides"), list_refs(large, "Public text")) == (["J1a.1"], ["J1", "J1a.1"])
    sheet = openpyxl.load_workbook(make_officer(large.folder, LATER).path)["Public text"]
    assert "again" not in str(values_of(sheet)[heading_row(sheet) :])  # each rests on what stood when it was released


def test_the_same_workbook_once_more_changes_nothing(large: Plan) -> None:
    rows = [{"Ref": "J1a.1", **OVERRIDE}]
    made = large.path.parent / "made.xlsx"
    made.write_bytes(make_officer(large.folder, LATER).path.read_bytes())
    settle(large, "one", made, Overrides=rows)
    before = large.all_values()
    again = settle(large, "two", made, Overrides=rows, Owners=[{"Ref": "J9", "Owner": "Nobody"}])
    assert (codes(again), large.queries, large.all_values()) == (["ref_not_listed"], [], before)


def test_what_two_rows_say_otherwise_of_one_fact_is_asked(large: Plan) -> None:
    settle(large, "typed", Owners=[{"Ref": "S1.2", "Owner": "A"}, {"Ref": "S1.2", "Owner": "B"}])
    (query,) = large.queries
    assert (large.stands("S1.2", "owner"), query.cells[0].returned) == ("A", "B")


def test_what_stands_otherwise_since_the_workbook_was_made_is_asked(large: Plan) -> None:
    made = large.path.parent / "made.xlsx"
    made.write_bytes(make_officer(large.folder, LATER).path.read_bytes())
    settle(large, "first", Owners=[{"Ref": "S1.2", "Owner": "A"}])
    settle(large, "late", made, Owners=[{"Ref": "S1.2", "Owner": "B"}])
    assert (large.stands("S1.2", "owner"), [query.code for query in large.queries]) == ("A", ["two_returns"])


@pytest.mark.parametrize(
    ("sheet", "typed", "code"),
    [
        ("Owners", {"Owner": "A"}, "ref_not_typed"),
        ("Owners", {"Ref": "J99", "Owner": "A"}, "ref_not_listed"),
        ("Owners", {"Ref": "J1a", "Owner": "A"}, "ref_not_listed"),  # a theme has no owner
        ("Overrides", {"Ref": "J1", **OVERRIDE}, "ref_not_listed"),  # a priority is not rated
        ("Public text", {"Ref": "J1"}, "ref_alone"),
    ],
)
def test_a_row_without_a_ref_that_can_be_given_it_is_told_whole(
    large: Plan, sheet: str, typed: dict[str, str], code: str
) -> None:
    before = large.all_values()
    receipt = settle(large, "typed", None, **{sheet.replace(" ", "_"): [typed]})
    (finding,) = receipt.findings
    assert (finding.code, large.all_values()) == (code, before)
    assert all(text in str(finding.entered) for text in typed.values())


def test_a_text_without_a_ref_below_another_is_told_and_not_asked_about(large: Plan) -> None:
    """To take it would have made it the text of no row."""
    before = large.all_values()
    rows = [{"Ref": "J1", "Public text": "A shared way."}, {"Public text": "Without a ref."}]
    receipt = settle(large, "typed", Public_text=rows)
    assert ([code for code in codes(receipt) if code != "tidied"], large.queries) == (["ref_not_typed"], [])
    assert not [key for key in large.all_values().keys() - before.keys() if str(key).count("'2'")]


def test_an_override_in_a_blank_row_takes_no_part_from_the_one_that_stands(large: Plan) -> None:
    settle(large, "one", Overrides=[{"Ref": "J1a.1", **OVERRIDE}])
    part = {**OVERRIDE, "Override by": "Z", "Date of override": ""}
    receipt = settle(large, "two", Overrides=[{"Ref": "J1a.1", **part}])
    assert "override_in_part" in codes(receipt)
    assert [large.said("J1a.1", name) for name in ("override_by", "override_date")] == ["Lead", "8 July 2016"]
    whole = {**OVERRIDE, "Override by": "Z", "Date of override": "9 July 2016"}
    assert "override_in_part" not in codes(settle(large, "three", Overrides=[{"Ref": "J1a.1", **whole}]))
    assert [large.said("J1a.1", name) for name in ("override_by", "override_date")] == ["Z", "9 July 2016"]


def test_an_override_without_a_reason_is_told_of_its_action(large: Plan) -> None:
    texts = {name: text for name, text in OVERRIDE.items() if name != "Reason"}
    receipt = settle(large, "typed", Overrides=[{"Ref": "J1a.1", **texts}])
    assert {(one.code, one.key.ref if one.key else "") for one in receipt.findings} == {
        ("override_incomplete", "J1a.1")
    }


def test_a_return_merges_into_the_same_heads_whatever_else_is_read(
    large: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that come one in a lot read what they meet; all in one lot say the same."""
    files = [large.filled("one", said()), large.filled("two", said(progress="Another deputy's")), large.sent("MH")]
    whole = Plan(large.path.parent / "whole")
    large.path.parent.joinpath("whole").mkdir()
    for file in large.path.iterdir():
        if file.is_file():
            (whole.path / file.name).write_bytes(file.read_bytes())
    whole.receive(*files)
    monkeypatch.setattr("plan_sheets.receive.LOT", 1)
    large.receive(*files)
    assert large.all_values() == whole.all_values()
    assert [query.message for query in large.queries] == [query.message for query in whole.queries]
