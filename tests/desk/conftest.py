"""A desk that is open over a plan folder of one's own: asked in this process, or by a real Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.chairs import RECEIVED_ON, SOS, Plan, said
from tests.desk.asking import Desk
from tests.programs.saving import skip_if

from plan_sheets import office
from plan_sheets.desk import serve as serving
from plan_sheets.desk.app import make_app
from plan_sheets.desk.guard import Access
from plan_sheets.desk.views import OpenDesk
from plan_sheets.desk.worker import Worker

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""Debian's, Ubuntu's, Google's own."""


@pytest.fixture(scope="session")
def returned_example(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Round 1, of which three returns have come: one with a query, one with an error, one that is good.

    Copy it, never change it.
    """
    plan = Plan(tmp_path_factory.mktemp("returned") / "plan")
    shutil.copytree(issued_example, plan.path)
    emptied = {**said(), "Action plan": {"J1a.1": {"Who is responsible": None}}}
    wrong = {"Progress": {"J3.2": {"Progress made": "It is told.", "RAG": "Purple"}}}
    files = [plan.filled("da", emptied), plan.filled("prevent", wrong, "PREVENT"), plan.filled("sos", SOS, "SOS")]
    office.receive_files(plan.folder, files, RECEIVED_ON)
    return plan.path


@pytest.fixture
def returned(returned_example: Path, tmp_path: Path) -> Plan:
    """A plan folder of one's own with that round in it."""
    shutil.copytree(returned_example, tmp_path / "plan")
    return Plan(tmp_path / "plan")


@pytest.fixture
def desk(returned: Plan) -> Desk:
    """The desk over that folder, asked in this process, by a browser that was let in."""
    return open_desk(returned)


def open_desk(plan: Plan, port: int = 8000) -> Desk:
    """A desk over a plan folder, and a browser that was let in."""
    access = Access(port)
    shared = OpenDesk(plan.path, lambda: RECEIVED_ON, Worker())
    client = TestClient(make_app(shared, access), base_url=f"http://127.0.0.1:{port}", follow_redirects=False)
    client.get(f"/?token={access.token}")
    return Desk(plan, access, shared, client)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[[Plan], Any]:
    """What opens a desk on a free port of this machine for as long as a `with` lasts; gives its `Access`."""
    monkeypatch.setattr(serving, "LOOKS_EVERY", 0.05)

    @contextmanager
    def serving_of(plan: Plan) -> Iterator[Access]:
        opened: list[Access] = []
        running = Thread(target=serving.serve, args=[plan.path, lambda: RECEIVED_ON, 0, opened.append], daemon=True)
        running.start()
        while not opened and running.is_alive():
            time.sleep(0.01)
        try:
            yield opened[0]
        finally:
            for _ in range(100):  # a page that is still open may have asked for something meanwhile
                opened[0].last_asked -= serving.CLOSES_AFTER + 1
                running.join(0.1)
            assert not running.is_alive(), "the desk closes when it has been idle for an hour"

    return serving_of


def no_chromium() -> str:
    """What is missing to look at the pages in a browser, and how to get it; "" if nothing is."""
    if not any(map(shutil.which, CHROMIUM)):
        return "Chromium (chromium) is not installed: apt-get install chromium"
    missing = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    return f"{missing[0]} is not installed: pip install plan-sheets[dev]" if missing else ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The machine's own Chromium."""
    skip_if(no_chromium())
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may not be there

    program = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """What opens a window of its own at a desk (`Access`), let in. Words in the console are errors."""
    contexts, words = [], []

    def opening(access: Access, **how: Any) -> Any:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=access.link.split("/?")[0], **how
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: words.append(message.text))
        page.on("pageerror", lambda fault: words.append(str(fault)))
        page.goto(access.link)
        page.wait_for_url("**/")
        page.wait_for_load_state()
        return page

    yield opening
    for context in contexts:
        context.close()
    expected = ("the server responded with a status of", "ERR_CONNECTION_REFUSED")  # the desk closes before the window
    assert not [word for word in words if not any(each in word for each in expected)], words
