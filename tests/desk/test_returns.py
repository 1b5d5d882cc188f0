"""Returns that are dropped on the page: tried first, received once, with what is said of one file."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import SOS, held_file, said
from tests.desk.asking import Desk
from tests.desk.forms import finish, read_form, read_text

NUMBER = "943 476 5919"
"""What looks like an NHS number; the check digit fits, and it is one that NHS Digital keeps for tests."""


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the system in which files are kept aside."""
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def drop(*files: tuple[str, bytes]) -> Any:
    """Files as a browser sends them."""
    return [("files", (name, data, "application/octet-stream")) for name, data in files]


def test_a_trial_is_received_once_without_choosing_again(desk: Desk, aside: Path) -> None:
    good = desk.plan.filled("again", {**SOS, "Progress": {"L3.1": {**SOS["Progress"]["L3.1"], "RAG": "Blue"}}}, "SOS")
    files = drop(("../../<b>same.xlsx", good.read_bytes()), ("CON.xlsx", b"nothing"), ("CON.xlsx", b"nothing else"))
    batch = desk.plan.register.last_batch()
    tried = finish(desk, desk.post("/returns", files=files, data={"dry_run": "1"}))
    assert desk.plan.register.last_batch() == batch
    for words in ("_b_same.xlsx", "_CON.xlsx", "2 refused", "A dry run: nothing was recorded.", "Cell by cell"):
        assert words in read_text(tried)
    assert len([path for path in aside.rglob("*") if path.is_file()]) == 3
    form = read_form(tried)
    begun = desk.post("/returns", data=form)
    late = desk.post("/returns", data=form)
    assert late.status_code == 422
    assert "kept no more" in read_text(late), "a second click receives nothing twice"
    received = finish(desk, begun)
    assert "2 refused" in read_text(received)
    assert desk.plan.register.last_batch() > batch
    assert [*aside.iterdir()] == []


def test_what_must_never_be_kept_does_not_stay_after_a_trial(desk: Desk, aside: Path) -> None:
    told = desk.plan.filled("told", said(progress=f"She is {NUMBER}")).read_bytes()
    tried = finish(desk, desk.post("/returns", files=drop(("told.xlsx", told)), data={"dry_run": "1"}))
    assert "masked" in read_text(tried)
    assert NUMBER not in tried.text
    assert "Receive this file now" not in read_text(tried)
    assert [*aside.iterdir()] == []


def test_a_held_file_is_taken_in_from_where_it_is(desk: Desk, aside: Path) -> None:
    odd = held_file(desk.plan, "no identity").read_bytes()
    held = finish(desk, desk.post("/returns", files=drop(("odd.xlsx", odd))))
    assert "held" in read_text(held)
    (link,) = re.findall(r'href="(/returns\?held=[^"]*)"', desk.get("/settle/held-files").text)
    form = read_form(desk.get(link))
    wrong = desk.post("/returns", data={**form, "allow": "no_identity"})
    assert "Say why it may go in" in read_text(wrong)
    assert (read_form(wrong)["held"], read_form(wrong)["allow"]) == (form["held"], "no_identity")
    taken = finish(desk, desk.post("/returns", data={**form, "issue": "2016-17-Q1-DA-1"}))
    assert "accepted with findings" in read_text(taken)
    assert "odd.xlsx" in read_text(taken)
    gone = desk.post("/returns", data={**form, "issue": "2016-17-Q1-DA-1"})
    assert "held no more" in read_text(gone)
    assert [*aside.iterdir()] == []


@pytest.mark.parametrize(
    ("count", "typed", "words"),
    [
        (0, {}, "Choose the files first"),
        (2, {"issue": "2016-17-Q1-DA-1"}, "Choose that file alone"),
        (1, {"allow": "no_identity"}, "Say why it may go in"),
        (1, {"reason": "I know <them>"}, "Choose what is let pass"),
        (0, {"tried": "7"}, "kept no more"),
        (0, {"held": "FILE-7"}, "held no more"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_and_what_was_typed_stays(
    desk: Desk, aside: Path, count: int, typed: dict[str, str], words: str
) -> None:
    batch = desk.plan.register.last_batch()
    shown = desk.post("/returns", files=drop(*[("x.xlsx", b"x")] * count) or None, data=typed)
    assert shown.status_code == 422
    assert words in read_text(shown)
    again = read_form(shown)
    assert {name: again.get(name) for name in typed if name not in ("tried", "held")} == {
        name: text for name, text in typed.items() if name not in ("tried", "held")
    }
    assert desk.plan.register.last_batch() == batch
    assert [*aside.iterdir()] == []


def test_what_was_said_of_a_file_is_not_lost_with_the_folder(desk: Desk, aside: Path) -> None:
    away = desk.plan.path.with_name("away")
    desk.plan.path.rename(away)
    gone = desk.post("/returns", files=drop(("x.xlsx", b"x")), data={"allow": "no_identity", "reason": "I know <them>"})
    shown = finish(desk, gone) if gone.status_code == 303 else gone
    assert "I know <them>" in read_text(shown)
    away.rename(desk.plan.path)
    form = read_form(desk.post("/returns", data={**read_form(shown), "look": "1"}))
    assert (form["allow"], form["reason"]) == ("no_identity", "I know <them>")
    assert [*aside.iterdir()] == []
