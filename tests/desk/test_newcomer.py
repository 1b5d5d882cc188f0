"""What somebody meets who has never seen the desk: pages lead on, and what anybody typed is text on all of them."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from tests.chairs import RECEIVED_ON, Plan, fill, said
from tests.desk.asking import Desk
from tests.desk.forms import finish, read_form, read_text

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.rating.to_do import Task, fill_sentence
from plan_sheets.desk.leads import COMMANDS, TASKS, cut_paths, cut_trouble, find_leads
from plan_sheets.store.schemas import load_tasks

BOLD, SCRIPT, BREAKING = "<b>x</b>", "<script>alert(1)</script>", "\" onmouseover='alert(1)"
HOSTILE = f"{BOLD} {SCRIPT} {BREAKING}"
PAGES = ("/", "/returns", "/settle", "/send", "/masters", "/plan", "/plan?notes=1", "/plan/changes", "/plan/year")
ASKED = ("/trace?about=", "/trace?about=J1a.1&field=", "/settle/owners?find=", "/keep?about=", "/returns?held=")
"""Pages that show what stands in their address."""


def test_everything_there_is_to_do_leads_to_a_place_on_a_page(desk: Desk) -> None:
    assert set(TASKS) == set(Task)
    links = {href for leads in TASKS.values() for href, _ in leads} | {href for href, _ in COMMANDS.values()}
    pages = {href: desk.get(href.partition("#")[0]) for href in links}
    assert {page.status_code for page in pages.values()} == {200}
    assert not [
        href for href, page in pages.items() if "#" in href and f'id="{href.partition("#")[2]}"' not in page.text
    ]


def test_on_the_desk_what_there_is_to_do_names_no_command_and_no_option() -> None:
    holes = {name: "x" for said in load_tasks().values() for name in re.findall(r"{(\w+)}", said)}
    words = [fill_sentence(said, holes, with_commands=False) for said in load_tasks().values()]
    assert not [said for said in words if re.search(r"plan-sheets|--|FILE|[][]|[ :,]$", said)]


def test_the_first_page_leads_on_by_links_and_names_files_within_the_folder(desk: Desk) -> None:
    page = desk.get("/")
    assert "Settle 1 query and answer" in read_text(page) or "Settle 1 query." in read_text(page)
    assert '<a class="govuk-link desk-lead" href="/settle">Settle</a>' in page.text
    assert "plan-sheets receive" not in page.text
    assert str(desk.plan.path) not in page.text


def test_a_page_of_work_ends_with_what_to_do_now_and_a_link(desk: Desk) -> None:
    page = finish(desk, desk.post("/keep/examine"))
    assert "Next: Settle 1 query" in read_text(page)
    assert '<a class="govuk-link desk-lead" href="/settle">Settle</a>' in page.text


@pytest.mark.parametrize(
    ("sentence", "leads"),
    [
        ("Take it in with: plan-sheets plan", [("/plan", "Plan")]),
        ("in officer/q1.xlsx, save it, and: plan-sheets receive officer/q1.xlsx", [("/settle", "Settle")]),
        ("plan-sheets receive FILE, then plan-sheets receive FOLDER", [("/returns", "Returns")]),
        ("It is a file that plan-sheets can read.", []),
        ("Nothing is to be done.", []),
    ],
)
def test_a_sentence_that_names_a_command_leads_to_its_page(sentence: str, leads: list[tuple[str, str]]) -> None:
    assert find_leads(sentence) == leads


def test_files_of_the_folder_are_told_by_their_names_within_it(tmp_path: Path) -> None:
    assert cut_paths(f"see {tmp_path}/officer/q1.xlsx.", tmp_path) == "see officer/q1.xlsx."
    assert (
        cut_paths(f"see /other{tmp_path}/q1.xlsx, {tmp_path}", tmp_path) == f"see /other{tmp_path}/q1.xlsx, {tmp_path}"
    )
    told = cut_trouble(
        PlanSheetsError(f"{tmp_path}/a", f"{tmp_path}/b", reasons=[f"{tmp_path}/c"], recorded=True), tmp_path
    )
    assert (str(told), told.remedy, told.reasons, told.recorded) == ("a", "b", ("c",), True)


def test_what_was_typed_in_a_form_that_could_not_be_done_comes_back_with_all_that_was_chosen(desk: Desk) -> None:
    form = {"round": "2016-17-Q1", "return_by": "1 May 2016", "subgroup": ["DA", "SOS"]}
    page = finish(desk, desk.post("/send", data=form))
    assert "This was not done" in page.text
    assert re.findall(r'name="subgroup"[^>]*>\s*(\w+)', page.text) == ["DA", "SOS"]
    again = desk.post("/send", data={**form, "look": "1"})
    assert read_form(again)["return_by"] == "1 May 2016"
    page = finish(desk, desk.post("/keep/withdraw", data={"name": "DA-99", "reason": "Of another quarter"}))
    assert "Of another quarter" in page.text
    again = desk.post("/keep/withdraw", data={"name": "DA-99", "reason": "Of another quarter", "look": "1"})
    assert again.status_code == 200
    assert 'value="Of another quarter"' in again.text


def test_a_held_file_of_which_nothing_was_kept_is_asked_for(desk: Desk) -> None:
    assert "FILE-99 is held no more, or nothing of it was kept." in read_text(desk.get("/returns?held=FILE-99"))


def test_after_a_trial_the_next_thing_is_to_receive_the_files(desk: Desk) -> None:
    files = {"files": ("notes.xlsx", b"no workbook")}
    page = read_text(finish(desk, desk.post("/returns", files=files, data={"dry_run": "1"})))
    assert "Receive this file now" in page
    assert "Next:" not in page


def test_what_cannot_be_shown_is_not_said_to_be_not_done(desk: Desk) -> None:
    for path in ("/nonsense", "/files/nonsense", "/progress/99", "/masters/2030-31-Q1"):
        assert "This cannot be shown" in read_text(desk.get(path)), path


def test_a_folder_that_was_moved_is_told_with_what_to_do(desk: Desk) -> None:
    path = desk.plan.path
    path.rename(path.with_name("elsewhere"))
    page = read_text(desk.get("/"))
    assert f"There is no plan folder at {path} any more. Put it back, or close the desk" in page
    path.with_name("elsewhere").rename(path)
    assert desk.get("/").status_code == 200


def test_what_anybody_typed_is_text_on_every_page(desk: Desk) -> None:
    number = _say_hostile_things(desk.plan)
    shown = desk.get("/masters/2016-17-Q1")
    masters = [*re.findall(r'href="(/masters/2016-17-Q1/[^"]+)"', shown.text)]
    sheets = [*re.findall(r'href="(/settle/[^"]+)"', desk.get("/settle").text)]
    assert masters
    assert sheets
    pages = [
        *PAGES,
        *masters,
        *sheets,
        "/masters/2016-17-Q1",
        "/history",
        "/keep",
        "/trace?about=J1a.1",
        f"/trace?about={number}",
    ]
    texts = {path: desk.get(path).text for path in [*pages, "/masters/hand-over?round=2016-17-Q1"]}
    texts |= {path: desk.client.get(path + HOSTILE).text for path in (*ASKED, "/masters/", "/settle/", "/files/", "/")}
    typed = {
        "round": HOSTILE,
        "return_by": HOSTILE,
        "name": HOSTILE,
        "code": HOSTILE,
        "until": HOSTILE,
        "issue": HOSTILE,
    }
    for path in ("/send", "/keep/withdraw", "/keep/allow", "/returns", "/settle/owners", "/plan"):
        texts[f"POST {path}"] = desk.post(path, data=typed).text
    texts["withdrawn"] = finish(desk, desk.post("/keep/withdraw", data={"name": HOSTILE, "reason": HOSTILE})).text
    given = {"files": (f"{BOLD}.xlsx", b"no workbook")}
    texts["received"] = finish(desk, desk.post("/returns", files=given, data={"dry_run": "1"})).text
    for path, text in texts.items():
        assert not re.search(r"<b>x|<script>alert|[\" ]onmouseover='alert\(1\)[^<]*>", text), path
    telling = [path for path, text in texts.items() if html.escape(SCRIPT) in text]
    for path in (
        "/plan?notes=1",
        "/settle/queries",
        "/masters/2016-17-Q1/master-plan",
        "/trace?about=J1a.1",
        "withdrawn",
    ):
        assert path in telling, "what was typed is shown"
    assert "&lt;b&gt;" in texts["/history"], "the name of a file is shown"


def _say_hostile_things(plan: Plan) -> str:
    """Markup stands in the plan, in a return and in its name; gives the number of the return."""
    answers = {
        **said(progress=HOSTILE, message=HOSTILE),
        "Action plan": {"J1a.1": {"Who is responsible": HOSTILE}},
        "New actions": {"1": {"Theme": "J1b", "What we will do": HOSTILE}},
    }
    path = plan.filled("hostile", answers)
    said_in_plan = {
        "Actions": {"J1a.1": {"What we will do": HOSTILE}, "J1a.2": {"Due": HOSTILE}},
        "Priorities": {"J1a": {"Short title": HOSTILE, "Priority or theme": HOSTILE}},
        "Subgroups": {"DA": {"Chair": HOSTILE, "Subgroup": f"Domestic {BOLD}"}},
    }
    fill(plan.folder.plan_file, plan.folder.plan_file, said_in_plan)
    office.merge_plan(plan.folder, RECEIVED_ON)
    received = office.receive_files(plan.folder, [path.rename(path.with_name("<b>x.xlsx"))], RECEIVED_ON)
    return received.receipts.returns[0].number
