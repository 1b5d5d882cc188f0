"""plan.xlsx on the desk: what is found in it, and a changed one that is shown before it is taken in."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from tests.desk.asking import Desk

from plan_sheets.store.container.hashing import sha256

MARK = "<script>alert(1)</script> & how"


def change(desk: Desk, text: str, name: str = "changed.xlsx") -> Path:
    """A copy of plan.xlsx in which how J1a.1 is done says something else."""
    book = openpyxl.load_workbook(desk.plan.path / "plan.xlsx")
    sheet = next(sheet for sheet in book if any(cell.value == "J1a.1" for cell in sheet["A"]))
    row = next(cell.row for cell in sheet["A"] if cell.value == "J1a.1")
    heading = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "How we will do it")
    sheet.cell(row, heading.column).value = text
    book.save(desk.plan.path.parent / name)
    return desk.plan.path.parent / name


def give(desk: Desk, path: Path) -> str:
    """Give a plan.xlsx; the address of what it would change."""
    given = desk.post("/plan", files={"file": (path.name, path.read_bytes())})
    assert given.status_code == 303, given.text
    return str(given.headers["location"])


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the form of a page."""
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def told(desk: Desk, answer: object) -> str:
    """What came of a piece of work, once it is done."""
    number = int(answer.headers["location"].rpartition("/")[2])  # type: ignore[attr-defined]
    desk.shared.worker.works[number].ended.wait(60)
    return str(desk.get(answer.headers["location"]).text)  # type: ignore[attr-defined]


def test_what_check_finds_and_the_open_questions_stand_beside_the_plan(desk: Desk) -> None:
    page = desk.get("/plan").text
    assert "plan.xlsx is as it was last taken in." in page
    assert "plan.xlsx holds: 3 boards" in page
    assert "Nothing has to be mended." in page


def test_a_changed_plan_is_shown_before_anything_changes_and_then_put_in_place(desk: Desk) -> None:
    register, plan = (desk.plan.path / name for name in ("register.sqlite", "plan.xlsx"))
    before, old, kept = register.read_bytes(), plan.read_bytes(), [*(desk.plan.path / "returned").iterdir()]
    changed = change(desk, MARK)
    where = give(desk, changed)
    page = desk.get(where).text
    assert "1 value would be taken" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; how" in page
    assert MARK not in page
    assert (register.read_bytes(), plan.read_bytes()) == (before, old)
    assert [*(desk.plan.path / "returned").iterdir()] == kept
    done = told(desk, desk.post("/plan/changes", data=hidden(page)))
    assert "plan.xlsx was merged: 1 value taken" in done
    assert plan.read_bytes() == changed.read_bytes()
    assert desk.plan.stands("J1a.1", "how") == MARK
    assert desk.plan.folder.kept(sha256(old)).read_bytes() == old
    assert not desk.plan.folder.plan_is_newer()


def test_of_two_that_are_given_at_once_the_second_is_shown_again_and_nothing_is_lost(desk: Desk) -> None:
    first, second = (give(desk, change(desk, text, f"{text}.xlsx")) for text in ("One way", "Another way"))
    pages = [desk.get(where).text for where in (first, second)]
    told(desk, desk.post("/plan/changes", data=hidden(pages[0])))
    late = told(desk, desk.post("/plan/changes", data=hidden(pages[1])))
    assert "plan.xlsx has been saved since you were shown what would change." in late
    assert desk.plan.stands("J1a.1", "how") == "One way"
    assert "One way" in desk.get(second).text


def test_a_plan_that_somebody_saved_meanwhile_is_never_replaced(desk: Desk) -> None:
    page = desk.get(give(desk, change(desk, "Given"))).text
    saved = change(desk, "Saved", "saved.xlsx").read_bytes()
    (desk.plan.path / "plan.xlsx").write_bytes(saved)
    assert "has been saved since you were shown" in told(desk, desk.post("/plan/changes", data=hidden(page)))
    again = desk.get(f"/plan/changes?of={hidden(page)['of']}").text
    assert "has been saved since it was last taken in, and would be replaced" in again
    refused = told(desk, desk.post("/plan/changes", data=hidden(again)))
    assert "what is new in it would be lost" in refused
    assert (desk.plan.path / "plan.xlsx").read_bytes() == saved
    assert desk.plan.stands("J1a.1", "how") not in ("Given", "Saved")


def test_a_saved_plan_is_shown_and_taken_in_where_it_lies(desk: Desk) -> None:
    (desk.plan.path / "plan.xlsx").write_bytes(change(desk, "Saved").read_bytes())
    page = desk.get("/plan").text
    assert "See what it would change, and take it in" in page
    assert "Look at Plan what it would change" in told(desk, desk.post("/plan/write"))
    page = desk.get("/plan/changes").text
    assert "1 value would be taken" in page
    assert "1 value taken" in told(desk, desk.post("/plan/changes", data=hidden(page)))
    assert desk.plan.stands("J1a.1", "how") == "Saved"
    assert "has not changed since it was last read" in told(desk, desk.post("/plan/write"))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "Choose a changed plan.xlsx first."),
        ({"file": ("plan.xlsx", b"not a workbook")}, "This is no Excel workbook"),
        ({"file": ("../../plan.xlsx", b"")}, "This is no Excel workbook"),
    ],
)
def test_what_is_no_plan_is_told_at_the_form(desk: Desk, files: dict[str, tuple[str, bytes]], says: str) -> None:
    refused = desk.post("/plan", files=files, data={"x": "x"})
    assert refused.status_code == 422
    assert says in refused.text
    assert 'href="#file"' in refused.text


def test_a_workbook_that_is_no_plan_changes_nothing(desk: Desk) -> None:
    issued = next((desk.plan.path / "issued").rglob("*.xlsx"))
    before = (desk.plan.path / "plan.xlsx").read_bytes()
    page = desk.get(give(desk, issued))
    told(desk, desk.post("/plan/changes", data=hidden(page.text))) if page.status_code == 200 else None
    assert page.status_code == 409, page.text
    assert (desk.plan.path / "plan.xlsx").read_bytes() == before


def test_a_given_plan_that_is_not_remembered_any_more_is_asked_for_again(desk: Desk) -> None:
    gone = desk.get(f"/plan/changes?of={'0' * 64}")
    assert gone.status_code == 409
    assert "Give it again. Nothing was changed." in gone.text


def test_what_is_in_the_way_of_ending_the_year_is_said_before_it_can_be_ended(desk: Desk) -> None:
    page = desk.get("/plan/year").text
    assert "Quarter 4 of 2016/17 has not been issued" in page
    assert "<form" not in page
    assert "cannot be closed yet" in told(desk, desk.post("/plan/year"))
