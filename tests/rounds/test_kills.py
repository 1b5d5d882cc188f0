"""A command that is ended at any write point leaves nothing half done: the next one finds all, or makes it again."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.chairs import Plan, fill, said
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="Windows cannot fork a process to end it: run this on Linux or macOS"
)

COMMANDS = {
    "new": ("new", "--example", "--as-of", "2016-04-01"),
    "plan": ("plan", "--as-of", "2016-07-01"),
    "write": ("plan", "--write", "--as-of", "2016-07-08"),
    "issue": (
        "issue",
        "--round",
        "2016-17-Q2",
        "--return-by",
        "2016-10-14",
        "--as-of",
        "2016-09-20",
        "--subgroup",
        "DA",
    ),
    "receive": ("receive", "INBOX", "--as-of", "2016-07-08"),
    "send back": ("receive", "INBOX", "--as-of", "2016-07-08"),
    "mail": ("mail", "--issue", "--chase", "--as-of", "2016-07-20"),
    "master": ("master", "--as-of", "2016-07-20"),
}
STRIDE = 1 if EXAMPLES else 23
"""`make fuzz` tries every point."""


@pytest.mark.fuzz
@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_at_any_write_point_leaves_nothing_half_done(round_one: Plan, name: str) -> None:
    round_one.filled("da", said(progress="As agreed", rag="Purple" if name == "send back" else "Green"))
    if name in ("plan", "issue"):
        plan = round_one.path / "plan.xlsx"
        fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled"}}})
    if name == "write":
        round_one.receive(round_one.filled("early", {"Action plan": {"J1a.1": {"Impact": "Fewer repeats"}}}))
    start = round_one.path.with_name("none") if name == "new" else round_one.path
    command = [str(round_one.inbox) if word == "INBOX" else word for word in COMMANDS[name]]
    kills = [sys.executable, "-m", "tests.rounds.kills", str(STRIDE), str(start), *command]
    done = subprocess.run(kills, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *wrong, kills_made = done.stdout.splitlines()
    assert wrong == []
    assert int(kills_made.removesuffix(" kills")) >= 1
