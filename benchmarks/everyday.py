"""What is done every day: commands of an instant, one return, and what is asked of large plans and of several years."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from measure import PLAN_SHEETS, Figure, used
from plans import as_it_is, build, fill_in, repeat_returns
from years import add_years

from plan_sheets import issue, master, plan, plan_workbook, receive
from plan_sheets.core.model.rounds import Round
from plan_sheets.store.plan_folder import Folder, open_folder
from plan_sheets.store.register.register import FILE

IMPORTS = "import pandera.pandas, sqlalchemy"


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    bare = used([sys.executable, "-c", "pass"], here, runs=20)
    imports = used([sys.executable, "-c", IMPORTS], here)
    shown = used([*PLAN_SHEETS, "--help"], here, runs=20)
    yield Figure("plan-sheets --help", "python -c pass", shown.cpu / bare.cpu, 5)
    demo = used([*PLAN_SHEETS, "demo", "demo"], here, lambda: shutil.rmtree(here / "demo", ignore_errors=True), 2)
    yield Figure("plan-sheets demo, peak memory", "", demo.memory, 300, "MB")
    small = plan.new_plan(here / "example", plan_workbook.MADE, example=True)
    issue.issue_round(small, Round(2016, 1), Round(2016, 2).first_day, datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date
    fill_in(small, here / "returned")
    small.register.close()
    one = str(sorted((here / "returned").iterdir())[1])
    taken = used([*PLAN_SHEETS, "receive", one], small.path, as_it_is(small.path))
    yield Figure("receive of one workbook", "import pandera and SQLAlchemy", taken.cpu / imports.cpu, 3, goal=2)
    yield from of_large_plans(here)
    yield from of_years(here)


LATE = "receive of one late workbook"
ASKED = {"status": ["status"], "next": ["next"], "trace of a ref": ["trace", "J1a.1"]}


def of_large_plans(here: Path) -> Iterator[Figure]:
    """What is asked, and one late return of ten actions, in a plan of 20,000 actions beside one of 100."""
    took: list[dict[str, float]] = []
    for name, subgroups, actions in (("small", 10, 10), ("deep", 200, 100), ("wide", 2_000, 10)):
        root = build(here / name, subgroups, actions)
        late = str(min((root / "inbox").iterdir()))
        asked = ASKED if name != "wide" else {}
        taken = {what: used([*PLAN_SHEETS, *words], root, runs=3).cpu for what, words in asked.items()}
        again = as_it_is(root, root / "officer")
        if name != "deep":
            taken[LATE] = used([*PLAN_SHEETS, "receive", late], root, again, 3).cpu
        took.append(taken)
        shutil.rmtree(root)
    small, large = took[0], took[1] | took[2]
    for what, most in ({**dict.fromkeys(ASKED, 1.5), LATE: 2}).items():
        yield Figure(f"{what}, 20,000 actions", "100 actions", large[what] / small[what], most)


def of_years(here: Path) -> Iterator[Figure]:
    """What is asked every day, in a register of four years and 1,000 actions, beside that of its first round."""
    root = build(here / "years", 20, 50)
    folder = open_folder(root)
    taken = {"first": took_of_day(root, folder, "2016-17-Q1")}
    for quarter in (2, 3, 4):
        this = Round(2016, quarter)
        last_day = datetime.combine(this.last_day, datetime.min.time())
        issue.issue_round(folder, this, this.next.first_day, last_day)
        shutil.rmtree(root / "inbox")
        fill_in(folder, root / "inbox", this.code, step_done="Yes")
        if this.next.year == this.year:
            receive.receive(folder, [root / "inbox"], last_day)
            master.make_master(folder, this.code, last_day, hand_over=True, anyway=True)
    add_years(root / FILE, 3)
    taken["last"] = took_of_day(root, open_folder(root), "2016-17-Q4")
    for what, most in ({**dict.fromkeys(ASKED, 2.0), "receive": 1.2}).items():
        figure = taken["last"][what] / taken["first"][what]
        yield Figure(f"{what}, last round of four years, 1,000 actions", "its first round", figure, most)
    yield of_doctor(here)


def took_of_day(root: Path, folder: Folder, code: str) -> dict[str, float]:
    """CPU seconds of what is done every day of a round of which all returns but one have come."""
    one, *others = sorted((root / "inbox").iterdir())
    day = Round.parse(code).next.first_day.isoformat()
    folder.register.close()
    for path in others:
        path.rename(root / path.name)
    receive_on = [*PLAN_SHEETS, "receive", "--as-of", day]
    used([*receive_on, *(path.name for path in others)], root, runs=1)
    taken = {what: used([*PLAN_SHEETS, *words], root).cpu for what, words in ASKED.items()}
    again = as_it_is(root, root / "officer")
    taken["receive"] = used([*receive_on, str(one)], root, again).cpu
    if code.endswith("Q1"):
        again()
        used([*receive_on, str(one)], root, runs=1)
        used([*PLAN_SHEETS, "master", "--hand-over", "--anyway", "--as-of", day], root, runs=1)
    return taken


def of_doctor(here: Path) -> Figure:
    """`doctor` of sixteen rounds of 1,000 actions, beside the master of the first round, which is the quickest."""
    root = build(here / "sixteen", 50, 20)
    used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1)
    first = used([*PLAN_SHEETS, "master"], root, as_it_is(root, root / "master"), 3)
    repeat_returns(open_folder(root).register, 15)
    examined = used([*PLAN_SHEETS, "doctor"], root, runs=3)
    return Figure("doctor of four years, 1,000 actions", "its first master", examined.cpu / first.cpu, 3)
