"""The pages in a real Chromium: for the keyboard, for a screen reader, for a small window, on paper, without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.chairs import Plan
from tests.desk.looking import barriers, focused, list_too_wide

PAGES = ("/", "/returns", "/settle", "/settle/queries", "/settle/to-confirm", "/settle/owners", "/settle/said-to-me")
TROUBLES = ("/no-such-page", "/work/99", "/settle/no-such-sheet")
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
        assert shown.count() == 0, path
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
    page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')")
    assert page.title().startswith("Error: ")
    assert barriers(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.govuk-file-upload, .govuk-drop-zone') !== null"), focused(
        page
    )
