"""The first page in the file: what is Red, why and what is asked, in words set out by bold leads, on one page."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from tests.chairs import Q1, Q2, RETURN_BY, Plan, fill, form, said, values_of
from tests.test_master import SECOND_ISSUE, lines, made, row, rows, sheet

from plan_sheets import plan as plans
from plan_sheets.core.model.keys import Key
from plan_sheets.core.sheets.first_page import ALL_ROWS
from plan_sheets.core.sheets.lines import LONGEST_LINE
from plan_sheets.master import Mastered, make_master

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
AUTUMN = datetime(2016, 10, 4)  # noqa: DTZ001 - the office's own clock
OWNED = {("action", "J1a.1", "owner"): "A lead", ("action", "J1a.1", "owner_status"): "Accepted"}
NAME = "J1a.1 Follow how far the pathway has got"


def put(plan: Plan, texts: dict[tuple[str, str, str], str], code: str = "") -> None:
    """These values into the register: standing ones, or those of a round."""
    with plan.register.batch("test", LATER.isoformat()) as batch:
        for (record, ref, name), text in texts.items():
            batch.add_value(Key(record, ref, name), text, "round" if code else "standing", code)


def many(plan: Plan, count: int) -> None:
    """As many more priorities of the board J, each with an action: every second one Red, the others Green."""
    refs = [f"J{number}" for number in range(20, 20 + count)]
    priority = {"board": "J", "title": "A priority that takes some words"}
    action = {"what": "Do what it needs", "how": "As agreed", "owner": "A lead", "due": "March 2017"}
    put(plan, {("priority", ref, name): text for ref in refs for name, text in ({"ref": ref} | priority).items()})
    of = {ref: {"ref": f"{ref}.1", "theme": ref, **action} for ref in refs}
    put(plan, {("action", f"{ref}.1", name): text for ref in refs for name, text in of[ref].items()})
    put(plan, {("action", f"{ref}.1", "rag"): ("Red", "Green")[place % 2] for place, ref in enumerate(refs)}, Q1)


def test_what_is_red_why_and_what_is_asked_stands_in_words(round_one: Plan) -> None:
    late = said(rag="Red")
    answers = {**late["Progress"]["J1a.1"], "Asked of the executive": "Release a nurse"}
    round_one.receive(round_one.filled("da", {**late, "Progress": {"J1a.1": answers}}))
    told = made(round_one)
    assert "For the Executive: decide by 30 September 2016, on Decisions." in lines(told)
    assert f"1. Red. {NAME} (Domestic Abuse). Judged Red. Chair asks: Release a nurse." in lines(told)
    assert row(told, "RAG status", "J")["What drives it"] == NAME
    assert row(told, "RAG status", "J1")["What drives it"].startswith(NAME)


def test_a_rule_that_makes_it_red_is_told_with_what_the_chair_judged(round_one: Plan) -> None:
    put(round_one, OWNED | {("action", "J1a.1", "due"): "30 April 2016"})
    round_one.receive(round_one.filled("da", said(rag="Green")))
    told = lines(made(round_one))
    assert f"1. Red. {NAME} (Domestic Abuse). Overdue 61 days (judged Green). Agree a way back, or accept Red." in told


def test_bold_leads_headings_and_numbers_are_in_the_file_and_no_grid(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    told = made(round_one)
    page: Any = openpyxl.load_workbook(told.path, rich_text=True)["RAG status"]
    assert page.sheet_view.showGridLines is False
    asked = next(cell for (cell,) in page["A1:A30"] if str(cell.value).startswith("1. Red."))
    assert isinstance(asked.value, CellRichText)
    bold, plain = asked.value
    assert isinstance(bold, TextBlock)
    assert (bold.text, bold.font.b) == (f"1. Red. {NAME}", True)
    assert not (isinstance(plain, TextBlock) and plain.font.b)
    sections = [str(cell.value) for (cell,) in page["A1:A30"] if cell.style == "Heading 2"]
    assert sections == ["What is asked of you", "What changed", "What cannot be told"]
    assert (page["A3"].font.sz, page["A3"].font.b) == (13, True)
    top = next(cell.row for (cell,) in page["A1:A40"] if cell.value == "Ref")
    headings = {str(cell.value): cell for cell in page[top]}
    for name in ("Red", "Amber", "Green", "Blue", "Not reported", "Not assessable", "Ended", "All"):
        below = page.cell(top + 1, headings[name].column)
        assert isinstance(below.value, int)
        assert (headings[name].alignment.horizontal, below.alignment.horizontal) == ("right", "right")
    board, priority = page.cell(top + 1, 2), page.cell(top + 2, 2)
    assert (board.font.b, priority.font.b) == (True, False)
    assert board.fill.fgColor.rgb != priority.fill.fgColor.rgb


def test_a_first_page_that_comes_back_is_compared_without_noise(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    told = made(round_one)
    changed = round_one.inbox / "master.xlsx"
    book = openpyxl.load_workbook(told.path)
    book["RAG status"]["A3"] = "All is well."
    book.save(changed)
    (receipt,) = round_one.receive(changed)
    assert [one.code for one in receipt.findings if one.address and one.address.sheet == "RAG status"] == [
        "text_outside"
    ]


def test_no_ref_that_is_asked_about_stands_without_words(round_one: Plan) -> None:
    """Subgroups by their names, actions and priorities with their titles."""
    round_one.receive(round_one.filled("da", said(rag="Amber")))
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    round_one.receive(round_one.filled("da2", said(rag="Amber"), code=Q2), when=AUTUMN)
    told = lines(made(round_one))
    asked = told.partition("What is asked of you")[2].partition("What changed")[0]
    assert "No return for two quarters: Child Sexual Exploitation, Missing Children and Trafficking;" in asked
    assert f"Amber for two quarters: {NAME} (Domestic Abuse). What will turn them Green?" in asked
    assert not re.search(r"[A-Z]\d[a-z]?(\.\d+)?(?! (of )?[A-Z])(?![\w.])", asked)
    assert not re.search(r"\b(SOS|MSP|DA|MH)\b", asked)


def test_what_changed_is_told_worst_first_a_line_for_each_way(round_one: Plan) -> None:
    known = {"owner": "A lead", "owner_status": "Accepted", "due": "March 2017", "how": "As agreed"}
    put(round_one, OWNED | {("action", "L2.4", name): text for name, text in known.items()})
    put(round_one, {("action", "L2.4", "rag"): "Green"}, Q1)
    round_one.receive(round_one.filled("da", said(rag="Green")))
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    put(round_one, {("action", "L2.4", "rag"): "Red"}, Q2)
    round_one.receive(round_one.filled("da2", said(rag="Amber"), code=Q2), when=AUTUMN)
    told = made(round_one)
    assert f"Worse, 2: L2.4 Learning events on reviews: Green to Red; {NAME}: Green to Amber. Better: none." in lines(
        told
    )
    beside = {str(one["Ref"]): (one["Published RAG"], one["Last quarter"]) for one in rows(told, "RAG status")}
    assert beside["L2"] == ("Red", "Too little to say")


def test_why_actions_are_not_reported_is_told(round_one: Plan) -> None:
    assert "What cannot be told 31 not reported: 31 without a return." in lines(made(round_one))
    put(round_one, OWNED)
    round_one.receive(round_one.filled("da", said(rag="Green")))
    assert "What cannot be told 30 not reported: 3 left blank, 27 without a return." in lines(made(round_one))


def test_every_subgroup_silent_still_fits_and_says_so(round_one: Plan) -> None:
    for number, code in enumerate(("DA", "MH", "CSE", "SOS", "MSP")):
        nothing = {"Start here": form(completed_by="Lead", nothing="We first meet in September. " * 8)}
        round_one.receive(round_one.filled(f"silent{number}", nothing, code))
    told = made(round_one)
    assert "Returns: 5 of 9 subgroups; none from Prevent, " in lines(told)
    assert "Nothing to report: Domestic Abuse; Mental Health; " in lines(told)
    assert all(len(str(line[0])) <= LONGEST_LINE for line in values_of(sheet(told, "RAG status"))[2:20] if line[0])


def test_a_round_without_workbooks_is_told_as_a_reader_would(round_one: Plan) -> None:
    put(round_one, {("board", "Z", "ref"): "Z", ("board", "Z", "title"): "Another board"})
    told = make_master(round_one.folder, None, LATER, boards="Z")
    assert "no subgroup told of here has been sent a workbook for this round." in lines(told)
    assert "Only Z Another board." in lines(told)


def test_a_table_too_long_for_the_page_shows_the_worst_and_stands_whole_on_a_sheet(round_one: Plan) -> None:
    many(round_one, 60)
    told = made(round_one)
    first = [(str(one["Ref"]), str(one["Published RAG"])) for one in rows(told, "RAG status")]
    assert {ref for ref, _ in first[:3]} == {"J", "L", "S"}
    assert {rag for _, rag in first[3:]} == {"Red"}
    whole = [str(one["Ref"]) for one in rows(told, ALL_ROWS)]
    assert whole[:3] == ["J", "J1", "J2"], "in the order of the plan"
    assert {ref for ref, _ in first} < set(whole)
    assert len(whole) == 3 + 13 + 60
    assert f"all are on {ALL_ROWS}." in lines(told)
    assert ALL_ROWS not in openpyxl.load_workbook(make_master(round_one.folder, Q1, LATER, boards="L").path).sheetnames


def test_a_short_title_of_two_hundred_characters_is_a_finding_and_not_taken(example: Plan) -> None:
    path = example.path / "plan.xlsx"
    fill(path, path, {"Actions": {"J1a.1": {"Short title": "n" * 200}}})
    findings = plans.check_plan(example.folder).findings
    assert [(one.code, one.key) for one in findings if one.severity == "error"] == [
        ("too_long", Key("action", "J1a.1", "short_title"))
    ]


@pytest.mark.libreoffice
def test_libreoffice_prints_it_on_one_a4_page_at_nine_points(round_one: Plan, tmp_path: Path) -> None:
    many(round_one, 60)
    round_one.receive(round_one.filled("da", said(rag="Red")))
    for name, boards in {"whole": "", "board": "L"}.items():
        told: Mastered = make_master(round_one.folder, Q1, LATER, boards=boards)
        shutil.copy(told.path, tmp_path / f"{name}.xlsx")
        options = [f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
        command = ["soffice", *options, "--outdir", str(tmp_path), str(tmp_path / f"{name}.xlsx")]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        pdf = str(tmp_path / f"{name}.pdf")
        second = subprocess.run(
            ["pdftotext", "-f", "2", "-l", "2", pdf, "-"], check=True, capture_output=True, text=True
        )
        assert "What each sheet answers" in second.stdout
        boxes = subprocess.run(["pdftotext", "-f", "1", "-l", "1", "-bbox", pdf, "-"], check=True, capture_output=True)
        word = re.search(rb'xMin="([\d.]+)"[^>]*xMax="([\d.]+)"[^>]*>Published<', boxes.stdout)
        assert word
        assert float(word[2]) - float(word[1]) >= 9 * 4.779, "4.779: the word in bold Arial of one point"
