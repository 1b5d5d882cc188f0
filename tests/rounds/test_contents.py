"""The master as a briefing: its contents, filters, reasons of blanks, and every ask with its answer."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from tests.chairs import Q2, Plan, at, codes, edit, fill, heading_row, said, values_of

from plan_sheets.master import make_master

MET = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
TOP = 4
"""The row of the headings of Contents."""
CAME_BACK = datetime(2016, 8, 1)  # noqa: DTZ001 - the office's own clock


def master(plan: Plan, **asked: Any) -> Path:
    return make_master(plan.folder, None, MET, **asked).path


@pytest.fixture
def red(round_one: Plan) -> Plan:
    """Round 1, in which Domestic Abuse says that J1a.1 is Red."""
    round_one.receive_one(round_one.filled("da", said(rag="Red")))
    return round_one


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_the_second_sheet_leads_to_all_others_and_they_lead_back(red: Plan, edition: str) -> None:
    book = openpyxl.load_workbook(master(red, edition=edition))
    assert book.sheetnames[1] == "Contents"
    page = book["Contents"]
    listed = [page.cell(row, 1) for row in range(TOP + 1, page.max_row + 1)]
    links = {cell.value: cell.hyperlink for cell in listed}
    assert [*links] == [name for name in book.sheetnames if name != "Contents"]
    assert all(link is not None and link.location == f"'{name}'!A1" for name, link in links.items())
    assert all(text[1] for text in values_of(page)[TOP:])
    for other in book:
        if other.title != "Contents":
            (table,) = other.tables.values()
            back = other.cell(int(re.findall(r"\d+", table.ref)[0]) - 1, 1)
            assert back.hyperlink is not None, other.title
            assert (back.value, back.hyperlink.location) == ("Back to Contents", "'Contents'!A1")


def test_rows_can_be_filtered_and_not_sorted_and_a2_says_so(red: Plan) -> None:
    book = openpyxl.load_workbook(master(red))
    for name in ("Decisions", "Master plan", "Changes"):
        page = book[name]
        (table,) = page.tables.values()
        assert table.autoFilter is not None
        assert (page.protection.autoFilter, page.protection.sort) == (False, True), "allowed is written as not locked"
        assert "sorting is off" in str(page["A2"].value)
        assert "Freeze Panes" not in str(page["A2"].value)
    assert all(table.autoFilter is None for table in book["RAG status"].tables.values())
    assert "Freeze Panes" in str(book["Contents"]["A2"].value), "said once"


def test_a_row_that_a_filter_hides_is_no_finding_and_a_hidden_column_is(red: Plan) -> None:
    def decide(book: Workbook) -> None:
        page = book["Decisions"]
        for heading, text in (("Decision", "We pay"), ("Decided by", "Director A"), ("Date", "28 July 2016")):
            at(page, "J1a.1", heading).value = text
        page.row_dimensions[at(page, "J1a.1", "Decision").row].hidden = True

    def hide_column(book: Workbook) -> None:
        page = book["Decisions"]
        letters = re.sub(r"\d", "", at(page, "J1a.1", "Decided by").coordinate)
        page.column_dimensions[letters].hidden = True

    made = master(red)
    for name, change, found in (("filtered", decide, 0), ("hidden", hide_column, 1)):
        changes = (decide, change) if found else (change,)
        receipt = red.receive(edit(made, red.inbox / f"{name}.xlsx", *changes), when=CAME_BACK)[0]
        assert codes(receipt).count("cell_hidden") == found, name


def test_decision_stands_beside_what_is_asked_within_a_screen(red: Plan) -> None:
    page = openpyxl.load_workbook(master(red))["Decisions"]
    headings = [cell.value for cell in page[heading_row(page)]]
    assert headings.index("Decision") == headings.index("What is asked") + 1
    widths = [page.column_dimensions[get_column_letter(at)].width for at in range(1, len(headings) + 1)]
    shown = sum(width * 7 for width in widths[: headings.index("Carried out") + 1])
    assert shown <= 1366 - 60, "with row numbers and a scroll bar"


def test_every_ask_stands_with_what_was_decided(red: Plan) -> None:
    page = openpyxl.load_workbook(master(red))["Asks and answers"]
    asked = {str(row[0]): [*map(str, row)] for row in values_of(page)[heading_row(page) :]}
    assert asked["J1a.1"][1:4] == ["Quarter 1 of 2016-17", asked["J1a.1"][2], "Published as Red"]
    assert asked["J1a.1"][5:] == ["Nothing yet", "Nobody", "Nothing to carry out"]


def test_what_was_decided_in_an_earlier_round_stands_with_what_became_of_it(red: Plan) -> None:
    agreed = {"Decision": "We pay", "Decided by": "Director A", "Date": "28 July 2016"}
    file = fill(master(red), red.inbox / "decided.xlsx", {"Decisions": {"J1a.1": agreed}})
    red.receive(file, when=CAME_BACK)
    red.issue(Q2, date(2016, 10, 14), datetime(2016, 9, 20), ["DA"])  # noqa: DTZ001 - the office's own clock
    page = openpyxl.load_workbook(master(red))["Asks and answers"]
    told = [[*map(str, row)] for row in values_of(page)[heading_row(page) :]]
    (earlier,) = (row for row in told if row[0] == "J1a.1" and row[1].startswith("Quarter 1"))
    assert earlier[3:] == ["Published as Red", earlier[4], "We pay", "Director A", "Not said yet"]
    rounds = [row[1] for row in told]
    assert rounds == sorted(rounds, reverse=True)
    undecided = next(row for row in told if row[0] == "J2" and row[1].startswith("Quarter 1"))
    assert undecided[5:] == ["Nothing was decided", "Nobody", "Nothing to carry out"]


def test_a_silent_action_says_why_it_says_nothing(red: Plan) -> None:
    page = openpyxl.load_workbook(master(red))["Master plan"]
    assert at(page, "L2.1", "Judged RAG").value == "No return"
    assert at(page, "J1a.1", "Asked of the executive").value == "Nothing asked"


def test_the_title_says_which_boards(red: Plan) -> None:
    title = openpyxl.load_workbook(master(red, boards="J,L"))["RAG status"]["A1"].value
    assert str(title).endswith("(draft, boards J and L only)")
