"""A quarter done wholly in the page, and the same quarter done by commands: the register says the same."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import SETTLED_BY, SOS, Answers, Plan, fill, said
from tests.commands import run

RETURNS: dict[str, Answers] = {
    "domestic-abuse": {**said(), "Action plan": {"J1a.1": {"Who is responsible": None}}},
    "signs-of-safety": SOS,
    "prevent": {"Progress": {"J3.2": {"Progress made": "It is told.", "RAG": "Purple"}}},
}
"""What three chairs type: one empties an answer, which makes a query; one chooses a colour that there is not."""
AS_OF = ("--as-of", "2016-07-08")


@pytest.fixture
def twin(new_example: Path, tmp_path: Path) -> Plan:
    """The same plan once more, for the commands."""
    shutil.copytree(new_example, tmp_path / "twin" / "plan")
    return Plan(tmp_path / "twin" / "plan")


def test_a_quarter_done_in_the_page_is_the_quarter_done_by_commands(
    example: Plan, twin: Plan, served: Callable[..., Any], open_page: Callable[..., Any], tmp_path: Path
) -> None:
    with served(example) as access:
        page = open_page(access)
        files = _issue(page, tmp_path / "filled")
        _receive(page, files)
        _settle(page)
        _hand_over(page)
        _look_around(page)
    _do_by_commands(twin)
    assert example.all_values() == twin.all_values()
    assert _verdicts(example) == _verdicts(twin)
    assert len(_verdicts(example)) > len(RETURNS)
    assert example.queries == twin.queries == []
    assert example.register.closed_through() == twin.register.closed_through() == "2016-17-Q1"
    made = [sorted(path.name for path in (one.path / "master").iterdir()) for one in (example, twin)]
    assert made[0] == made[1] == ["2016-17-q1-edition-1.xlsx"]


def _issue(page: Any, folder: Path) -> list[Path]:
    """Issue the round, download what three subgroups get, and fill it in."""
    page.get_by_role("link", name="Issue the round").click()
    page.get_by_label("Return by").fill("15 July 2016")
    page.get_by_role("button", name="Make the workbooks").click()
    page.wait_for_url("**/progress/*")
    page.get_by_text("Next:").wait_for()
    page.get_by_role("navigation").get_by_role("link", name="Issue and send").click()
    filled = []
    for name, answers in RETURNS.items():
        with page.expect_download() as download:
            page.get_by_role("link", name=re.compile(f"q1-{name}.xlsx")).first.click()
        download.value.save_as(folder / download.value.suggested_filename)
        filled.append(fill(folder / download.value.suggested_filename, folder / f"{name}.xlsx", answers))
    return filled


def _receive(page: Any, files: list[Path]) -> None:
    """Try first, see that nothing was recorded, and receive."""
    page.get_by_role("navigation").get_by_role("link", name="Returns").click()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Receive").click()
    page.wait_for_url("**/progress/*")
    page.get_by_text("Next:").wait_for(timeout=60_000)
    told = page.locator("main").inner_text()
    assert "Purple" in told
    assert "Progress!" in told


def _settle(page: Any) -> None:
    """Take what came for the one query."""
    page.goto("/settle/queries")
    page.get_by_role("radio", name="Take").check()
    page.get_by_label("Settled by").fill("Board officer")
    page.get_by_role("button", name="Record it").click()
    page.wait_for_url("**/progress/*")
    page.get_by_text("Next:").wait_for(timeout=60_000)


def _hand_over(page: Any) -> None:
    page.goto("/masters")
    page.get_by_role("button", name="Hand it over").click()
    page.get_by_role("button", name="Hand it over").click()
    page.wait_for_url("**/progress/*")
    page.get_by_text("Next:").wait_for(timeout=60_000)


def _look_around(page: Any) -> None:
    """Where a value came from: by a click on it."""
    page.goto("/trace?about=J1a.1")
    assert "Board officer" in page.locator("main").inner_text()


def _do_by_commands(plan: Plan) -> None:
    def do(*words: str | Path) -> None:
        result = run(*words, *AS_OF, plan=plan)
        assert result.exit_code in (0, 3), result.output

    do("issue", "--round", "2016-17-Q1", "--return-by", "15 July 2016")
    sent = plan.path / "issued" / "2016-17-q1"
    files = [
        fill(sent / f"2016-17-q1-{name}.xlsx", plan.inbox / f"{name}.xlsx", answers)
        for name, answers in RETURNS.items()
    ]
    do("receive", *files)
    answers = {"Start here": SETTLED_BY, "Queries": {"1": {"Your choice": "Take"}}}
    do("receive", fill(plan.path / "officer" / "2016-17-q1.xlsx", plan.inbox / "officer.xlsx", answers))
    do("master", "--hand-over")


def _verdicts(plan: Plan) -> list[tuple[str, str, str]]:
    """Kind, verdict and number of all that came, sorted: files of one batch are taken in by SHA-256, in any order."""
    return sorted((one.kind, one.verdict, one.number) for one in plan.register.returns())
