"""Masters: of 5,000 actions after four received rounds, of 20,000, of later editions, and what differs between two."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd
from common_way import write_frames
from everyday import IMPORTS
from issuing import deflate
from measure import PLAN_SHEETS, Figure, pairs, spent, used
from plans import as_it_is, build

from plan_sheets import master
from plan_sheets.store.plan_folder import open_folder

YEAR_END = datetime(2017, 4, 20)  # noqa: DTZ001 - an office's date


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    root = build(here / "four rounds", 50, 100, 4)
    folder, made = open_folder(root), here / "master.xlsx"
    make = lambda: master.make_master(folder, None, YEAR_END, made)  # noqa: E731 - measured below
    make()
    rows = pd.read_excel(made, sheet_name=None, header=None, engine="calamine", dtype=object)
    ours, common = pairs(make, lambda: write_frames(rows, here / "common.xlsx"), 3)
    what = "master of 5,000 actions after four received rounds"
    yield Figure(what, "DataFrame.to_excel of its rows", ours / common, 2.6, goal=0.6)
    data = made.read_bytes()
    yield Figure(what, "deflate of its parts alone", ours / spent(lambda: deflate(data)), 40)
    folder.register.close()
    imports = used([sys.executable, "-c", IMPORTS], here, runs=1)
    whole = used([*PLAN_SHEETS, "master", "--output", "large.xlsx"], root, runs=1)
    yield Figure(f"{what}, memory above the imports", "", whole.memory - imports.memory, 350, "MB", goal=200)
    yield from of_editions(here)
    yield from of_sizes(here)


def of_sizes(here: Path) -> Iterator[Figure]:
    """A master of 20,000 actions beside one of 5,000, each after one received round."""
    took = []
    for subgroups in (500, 2_000):
        root = build(here / f"{subgroups} subgroups", subgroups, 10, 1)
        took.append(used([*PLAN_SHEETS, "master", "--output", "large.xlsx"], root, runs=1))
        shutil.rmtree(root)
    yield Figure("master of 20,000 actions, CPU", "of 5,000", took[1].cpu / took[0].cpu, 4.4)


def of_editions(here: Path) -> Iterator[Figure]:
    """The draft of the next edition of 1,000 actions, and what differs from the one before, beside the first master."""
    root = build(here / "editions", 50, 20)
    (root / "late").mkdir()
    for one in sorted((root / "inbox").iterdir())[:10]:
        one.rename(root / "late" / one.name)
    used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1)
    made = root / "master"
    first = used([*PLAN_SHEETS, "master"], root, as_it_is(root, made), 3)
    as_it_is(root, made)()
    used([*PLAN_SHEETS, "master", "--hand-over"], root, runs=1)
    used([*PLAN_SHEETS, "receive", "late"], root, runs=1)
    edition, draft = made / "2016-17-q1-edition-1.xlsx", made / "2016-17-q1-draft.xlsx"
    next_draft = used([*PLAN_SHEETS, "master"], root, as_it_is(root, draft), 3)
    yield Figure("draft after an edition, 1,000 actions", "first master", next_draft.cpu / first.cpu, 2)
    command = [*PLAN_SHEETS, "differ", str(edition), str(draft), "--output", "differs.xlsx"]
    compared = used(command, root, lambda: (root / "differs.xlsx").unlink(missing_ok=True), 3)
    yield Figure("differ --output of two masters, 1,000 actions", "first master", compared.cpu / first.cpu, 2)
