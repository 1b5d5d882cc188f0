"""The pages in a real Chromium: for the keyboard, for a screen reader, for a small window, on paper, without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.chairs import Q1, Plan
from tests.desk.looking import barriers, focused, list_too_wide

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk import serve
from plan_sheets.desk.worker import Worker
from plan_sheets.screen.lines import say

PAGES = (
    *(
        "/",
        "/returns",
        "/settle",
        "/settle/queries",
        "/settle/said-to-me",
        "/send",
        "/plan",
        "/plan/changes",
        "/plan/year",
    ),
    *("/masters", "/masters/2016-17-Q1", "/masters/2016-17-Q1/master-plan", "/masters/hand-over?round=2016-17-Q1"),
    *("/trace", "/trace?about=J1a.1", "/history"),
)
TROUBLES = ("/no-such-page", "/progress/99", "/settle/no-such-sheet", "/trace?about=no-such-ref", "/files/none.xlsx")
Opened = Callable[..., Any]


@pytest.fixture
def page(returned: Plan, served: Opened, open_page: Opened) -> Any:
    """A window at the desk of a round of which some returns have come."""
    with served(returned) as access:
        yield open_page(access)


def test_nobody_is_shut_out_of_any_page(page: Any) -> None:
    found = []
    for path in (*PAGES, *TROUBLES):
        page.goto(path)
        found += barriers(page)
    assert not found, "\n".join(found)


def test_at_320_pixels_and_at_400_percent_no_page_scrolls_sideways(page: Any) -> None:
    """400 % of a window of 1280 pixels are 320: WCAG 1.4.10."""
    page.set_viewport_size({"width": 320, "height": 256})
    for path in (*PAGES, *TROUBLES):
        page.goto(path)
        assert list_too_wide(page) == []
    page.goto("/")
    assert barriers(page) == []


def test_on_paper_there_is_the_page_and_not_what_one_clicks(page: Any) -> None:
    page.emulate_media(media="print")
    for path in PAGES:
        page.goto(path)
        shown = page.locator("nav, .govuk-button, .govuk-skip-link").filter(visible=True)
        assert shown.all_inner_texts() == [], path
        assert page.locator("h1").is_visible()


def test_the_keyboard_alone_gets_everywhere_and_trouble_takes_the_focus(page: Any) -> None:
    page.keyboard.press("Tab")
    assert focused(page) == "A Skip to main content"
    page.keyboard.press("Enter")
    page.goto("/")
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names[2:10] == [
        f"A {name}"
        for name in ("The round", "Returns", "Settle", "Issue and send", "Masters", "Plan", "Trace", "History")
    ]
    page.goto("/returns")
    while focused(page) != "BUTTON Receive":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    page.wait_for_selector(".govuk-error-summary:focus")
    assert page.title().startswith("Error: ")
    assert barriers(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id").startswith("files"), "the error leads to its field"


# What goes wrong on the way


def test_a_link_in_a_mail_opens_the_desk(returned: Plan, served: Opened, browser: Any, tmp_path: Path) -> None:
    """The cookie is for this page alone, so a browser that comes from elsewhere is led on by a page, not redirected."""
    mail = tmp_path / "mail.html"
    with served(returned) as access:
        mail.write_text(f'<a href="{access.link}">The desk</a>', encoding="utf-8")
        context = browser.new_context()
        page = context.new_page()
        page.goto(mail.as_uri())
        page.click("a")
        page.wait_for_url(f"http://{access.hosts[0]}/")
        page.get_by_role("heading", name="What to do now").wait_for()
        assert access.token not in page.url
        context.close()


def test_another_page_can_neither_send_a_form_nor_read_an_answer(
    returned: Plan, served: Opened, browser: Any, tmp_path: Path
) -> None:
    """Not even one of this machine, in the window that is let in."""
    with served(returned) as access:
        context = browser.new_context()
        page = context.new_page()
        page.goto(access.link)
        page.wait_for_url(f"http://{access.hosts[0]}/")
        _try_from_elsewhere(page, tmp_path)
        context.close()


def _try_from_elsewhere(page: Any, tmp_path: Path) -> None:
    here = page.url
    other = tmp_path / "other.html"
    other.write_text(
        f'<form method="post" action="{here}returns"><button>Win a prize</button></form>'
        f'<iframe src="{here}"></iframe><script src="{here}static/desk.js"></script>',
        encoding="utf-8",
    )
    page.goto(other.as_uri())
    assert page.evaluate(f"fetch('{here}').then(() => 'read', () => 'not read')") == "not read"
    page.click("button")
    page.wait_for_url("**/returns")
    assert "sent by another page, so nothing was done" in page.content()


def test_what_was_typed_is_given_back_after_a_lost_connection(page: Any, returned: Plan) -> None:
    page.goto("/settle/queries")
    page.get_by_label("Settled by").fill("Board officer")
    page.get_by_role("radio", name="Type").first.check()
    page.locator("section textarea, section input[type=text]").first.fill("What I typed")
    page.context.set_offline(True)
    page.get_by_role("button", name="Record it").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.reload()
    page.wait_for_url("**/progress/*")
    page.get_by_text("Next:").wait_for(timeout=60_000)
    held = returned.history.in_round(Key("action", "J1a.1", "responsible"), Q1)
    assert (held.value, held.source.who) == ("What I typed", "Board officer")


def test_work_goes_on_while_the_page_is_loaded_again(
    returned: Plan, served: Opened, open_page: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And shows by itself when it is done."""
    worker = Worker()
    monkeypatch.setattr(serve, "Worker", lambda: worker)
    go_on = Event()

    def work(tell: Tell) -> None:
        tell(1, 2)
        go_on.wait(30)
        say("All of it is done.")

    with served(returned) as access:
        page = open_page(access)
        begun = worker.begin("A long one", work)
        page.goto(f"/progress/{begun.number}")
        for _ in range(2):
            assert "1 of 2 done" in page.locator("main").inner_text()
            assert barriers(page) == []
            page.reload()
        go_on.set()
        page.get_by_text("All of it is done.").wait_for(timeout=10_000)
        assert barriers(page) == []


def test_without_script_a_return_is_taken_in(returned: Plan, served: Opened, open_page: Opened) -> None:
    file = returned.filled("mh", {"Progress": {"J2a.1": {"RAG": "Mauve"}}}, "MH")
    with served(returned) as access:
        page = open_page(access, java_script_enabled=False)
        page.goto("/returns")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Receive").click()
        while "Look again" in page.content():
            page.get_by_role("link", name="Look again").click()
        assert "Mauve" in page.locator("main").inner_text()
        page.goto("/returns")
        page.get_by_role("button", name="Receive").click()
        assert page.locator(".govuk-error-summary").is_visible()


def test_two_windows_that_settle_one_query_differently_are_both_heard(
    returned: Plan, served: Opened, open_page: Opened
) -> None:
    with served(returned) as access:
        windows = [open_page(access), open_page(access)]
        for window in windows:
            window.goto("/settle/queries")
        for window, word, who in zip(windows, ("Keep", "Take"), ("An officer", "Another officer"), strict=True):
            window.get_by_role("radio", name=word).first.check()
            window.get_by_label("Settled by").fill(who)
            window.get_by_role("button", name="Record it").click()
            window.locator("[data-desk-typed] [name=fingerprint]").wait_for(state="detached")
            window.locator("[data-desk-work]").wait_for(state="detached", timeout=60_000)
        told = [window.locator("main").inner_text() for window in windows]
    assert "was settled already (Keep, by An officer); 'Take' was not applied" in told[1], told
    assert returned.queries == []
