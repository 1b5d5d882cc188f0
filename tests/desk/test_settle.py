"""Settling in the page: what a page shows and takes, and that nothing that was typed in it is lost."""

from __future__ import annotations

import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from tests.chairs import RECEIVED_ON, fill
from tests.desk.asking import Desk
from tests.desk.forms import finish, read_form, read_text

from plan_sheets import office
from plan_sheets.desk.pages import settle
from plan_sheets.store.register.tracing.said import list_said_rows

BY = "Start here/Settled by/answer"
OWNER = "Owners/J1a.1/owner"
STATUS = "Owners/J1a.1/owner_status"
NEXT_DAY = datetime(2016, 7, 12)  # noqa: DTZ001 - the office's own clock


def give(desk: Desk, sheet: str, form: dict[str, str], **typed: str) -> Response:
    """What came of a form that was given back."""
    return finish(desk, desk.post(f"/settle/{sheet}", data={**form, **typed}))


def list_files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Every file of a folder, with its size and when it was written."""
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def test_looking_changes_nothing_even_on_another_day(desk: Desk) -> None:
    before, batch = list_files(desk.plan.path), desk.plan.register.last_batch()
    next_day = Desk(desk.plan, desk.access, desk.shared, desk.client)
    for clock in (RECEIVED_ON, NEXT_DAY):
        object.__setattr__(next_day.shared, "clock", lambda clock=clock: clock)
        for page in ("", "/queries", "/said-to-me", "/to-confirm", "/held-files", "/owners", "/overrides", "/findings"):
            assert next_day.get(f"/settle{page}").status_code == 200
    assert (list_files(desk.plan.path), desk.plan.register.last_batch()) == (before, batch)


def test_a_query_is_shown_with_both_texts_and_settled_by_a_word(desk: Desk) -> None:
    page = desk.get("/settle/queries")
    for words in ("In the register", "In the return", "(blank)", "DA-1, Chair", "da.xlsx"):
        assert words in read_text(page)
    form = read_form(page)
    (choice,) = (name for name in form if name.endswith("/choice"))
    typed = choice.replace("choice", "typed")
    wrong = desk.post("/settle/queries", data={**form, choice: "Take", typed: "<b>also</b>"})
    assert wrong.status_code == 422
    assert "is only for Your choice: Type" in read_text(wrong)
    assert "Settled by is blank: fill it in." in read_text(wrong)
    assert read_form(wrong)[typed] == "<b>also</b>"
    assert "<b>also</b>" not in wrong.text, "what was typed is never markup"
    for href in re.findall(r'<a href="#([^"]*)"', wrong.text):
        assert href == "main-content" or f'id="{href}"' in wrong.text
    other = dict(form)
    done = give(desk, "queries", form, **{choice: "Take", BY: "Ann"})
    assert "accepted" in read_text(done)
    assert desk.plan.stands("J1a.1", "who") == ""
    assert desk.plan.queries == []
    late = give(desk, "queries", other, **{choice: "Keep", BY: "Bob"})
    assert "was settled already (Take, by Ann); 'Keep' was not applied" in read_text(late)


def test_two_windows_that_say_something_else_make_a_query(desk: Desk) -> None:
    object.__setattr__(desk.shared, "clock", lambda: NEXT_DAY)
    form = read_form(desk.get("/settle/owners"))
    assert "Nothing is filled in" in read_text(desk.post("/settle/owners", data={**form, BY: "Ann"}))
    before = desk.plan.standing_values()
    give(desk, "owners", form, **{OWNER: "By the first", STATUS: "Suggested", BY: "Ann"})
    changed = {key for key, value in desk.plan.standing_values().items() if before.get(key) != value}
    assert {(key.ref, key.field) for key in changed} == {("J1a.1", "owner"), ("J1a.1", "owner_status")}
    late = give(desk, "owners", form, **{OWNER: "By the second", STATUS: "Suggested", BY: "Bob"})
    assert "Owner of J1a.1 came back as 'By the second', but 'By the first' was said meanwhile by Ann" in read_text(
        late
    )
    assert desk.plan.stands("J1a.1", "owner") == "By the first"
    assert "By the second" in read_text(desk.get("/settle/queries"))


def said(row: int, ref: str, text: str) -> dict[str, str]:
    """A row of what was said, filled in."""
    texts = {"about": ref, "field": "Progress made", "text": text, "who": "Deputy", "how": "Telephone"}
    return {f"Said to me/{row}/{name}": typed for name, typed in {**texts, "when": "4 July 2016"}.items()}


def test_what_two_windows_and_the_workbook_say_in_blank_rows_is_all_heard(desk: Desk) -> None:
    made = desk.plan.path / "officer" / "2016-17-q1.xlsx"
    desk.plan.inbox.mkdir(exist_ok=True)
    shutil.copy(made, desk.plan.inbox / "made.xlsx")
    form = read_form(desk.get("/settle/said-to-me"))
    assert {name for name in form if name.endswith("/about")} == {f"Said to me/{row}/about" for row in (13, 14, 15)}
    more = desk.post("/settle/said-to-me", data={**form, **said(15, "J1a.2", "Kept"), "more": "1"})
    assert len([name for name in read_form(more) if name.endswith("/about")]) == 6
    assert read_form(more)["Said to me/15/text"] == "Kept"
    give(desk, "said-to-me", form, **said(15, "J9z.9", "In the first window"), **{BY: "Ann"})
    give(desk, "said-to-me", form, **said(15, "J1a.3", "In the second"), **{BY: "Bob"})
    row = {"Ref": "J1b.1", "Field": "Progress made", "What was said": "In the workbook", "Who said it": "Deputy"}
    row |= {"How": "Telephone", "When": "4 July 2016"}
    answers: Any = {"Said to me": {"1": row}, "Start here": {"Settled by": {"Your answer": "Cat"}}}
    office.receive_files(
        desk.plan.folder, [fill(desk.plan.inbox / "made.xlsx", desk.plan.inbox / "f.xlsx", answers)], RECEIVED_ON
    )
    heard = {row.texts["text"]: row.is_wrong for row in list_said_rows(desk.plan.register).values()}
    assert heard == {"In the first window": True, "In the second": False, "In the workbook": False}
    assert "In the first window" in desk.get("/settle/said-to-me").text, "it waits to be mended"


def test_what_was_typed_is_not_lost_with_the_folder(desk: Desk) -> None:
    form = read_form(desk.get("/settle/owners"))
    typed = {**form, OWNER: "Lead <nurse>\r\nof the ward", BY: "Ann"}
    away = desk.plan.path.with_name("away")
    desk.plan.path.rename(away)
    gone = desk.post("/settle/owners", data=typed)
    assert gone.status_code == 409
    assert "J1a.1: Owner Lead <nurse> of the ward" in read_text(gone)
    assert "J1a.2" not in read_text(gone), "what stood there already was not typed"
    away.rename(desk.plan.path)
    again = desk.post("/settle/owners", data={**read_form(gone), "look": "1"})
    assert again.status_code == 200
    assert read_form(again)[OWNER] == "Lead <nurse>\nof the ward"


def test_a_form_of_a_sheet_that_says_something_else_now_is_shown_again(desk: Desk) -> None:
    form = read_form(desk.get("/settle/owners"))
    shown = desk.post("/settle/owners", data={**form, "fingerprint": "another", OWNER: "Typed", BY: "Ann"})
    assert shown.status_code == 422
    assert "Something has changed on this sheet since the page was opened" in read_text(shown)
    assert (read_form(shown)[OWNER], read_form(shown)["fingerprint"]) == ("Typed", form["fingerprint"])


def test_a_long_sheet_is_turned_page_by_page_and_searched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "PAGE", 5)
    first = desk.get("/settle/owners")
    assert "page 1 of" in read_text(first)
    second = read_form(desk.get("/settle/owners?page=2"))
    assert not {*second} & {*read_form(first)} - {"reference", "fingerprint", "find", "page", BY}
    assert {name for name in read_form(desk.get("/settle/owners?find=J1a.1")) if name.endswith("/owner")} == {OWNER}
    assert "Nothing stands here with these words" in read_text(desk.get("/settle/owners?find=zzz"))
    for odd in ("0", "-1", "999", "x", "٣"):
        assert desk.get(f"/settle/owners?page={odd}").status_code == 200


def test_there_is_no_other_sheet(desk: Desk) -> None:
    for name in ("start-here", "nothing", "..", "%2e%2e"):
        assert desk.get(f"/settle/{name}").status_code in (200, 404, 409)
        assert "Settled by" not in desk.get(f"/settle/{name}").text
