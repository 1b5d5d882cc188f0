"""The benchmarks: each a ratio of two things measured in this one run, beside what it may be at most.

CPU time is that of the child processes (user and system); each figure is the least of several runs, for the least is
what the machine's other work disturbs least.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from string import ascii_lowercase

import openpyxl

from plan_sheets import issue, plan
from plan_sheets.store import schemas
from plan_sheets.store.folder import Folder
from plan_sheets.store.handover import hand_over
from plan_sheets.store.register import FILE, Register

RUNS = 5
SUBGROUPS = 100
PLAN_SHEETS = [sys.executable, "-m", "plan_sheets"]
IMPORTS = "import pandera.pandas, sqlalchemy"
KILOBYTES_TO_MEGABYTES = 1024


def used(command: Sequence[str], folder: Path, before: Callable[[], object] = lambda: None) -> tuple[float, float]:
    """CPU seconds (the least of several runs) and peak memory (MB, the most) of a command."""
    seconds, memory = [], []
    for _ in range(RUNS):
        before()
        child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        seconds.append(usage.ru_utime + usage.ru_stime)
        memory.append(usage.ru_maxrss / KILOBYTES_TO_MEGABYTES)
    return min(seconds), max(memory)


def told(what: str, figure: float, most: float, unit: str = "times") -> None:
    print(f"{what:<64} {figure:8.2f} {unit:<5} (at most {most:g}){'' if figure <= most else '  TOO MUCH'}")


def big_plan(root: Path, subgroups: int, actions: int) -> Path:
    """A plan of so many subgroups with so many actions each, issued; the chairs' workbooks filled in, in `inbox`."""
    root.mkdir()
    refs = [f"J{number // 26 + 1}{ascii_lowercase[number % 26]}" for number in range(subgroups)]
    priorities = dict.fromkeys(ref[:-1] for ref in refs)
    rows = {
        "plan": [
            {"title": "A large plan", "year": "2016/17", "contact_name": "Board officer", "confirm_at_once": "No"}
        ],
        "board": [{"ref": "J", "title": "Joint"}],
        "subgroup": [{"ref": f"SG{n}", "title": f"Subgroup {n}", "status": "Established"} for n in range(subgroups)],
        "priority": [
            {"ref": ref, "board": "J", "title": f"Priority {ref}", "agreement": "Agreed"} for ref in priorities
        ]
        + [
            {"ref": ref, "board": "J", "title": f"Priority {ref}", "agreement": "Agreed", "subgroup": f"SG{n}"}
            for n, ref in enumerate(refs)
        ],
        "action": [
            {
                "ref": f"{ref}.{n}",
                "theme": ref,
                "what": f"Do what {ref} needs, part {n}.",
                "how": "Step by step.",
                "due": "March 2017",
            }
            for ref in refs
            for n in range(1, actions + 1)
        ],
        "consideration": schemas.load_example()["consideration"],
    }
    (root / "plan.xlsx").write_bytes(hand_over(plan.plan_book(rows, plan.MADE)))
    folder = Folder(root, Register.create(root / FILE, "plan", b"benchmark" * 4))
    plan.merge_plan(folder, datetime(2016, 4, 1))  # noqa: DTZ001 - an office's date
    issued = issue.issue_round(folder, "2016-17-Q1", date(2016, 7, 15), datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date
    (root / "inbox").mkdir()
    for one in issued:
        fill(one.file, root / "inbox" / one.file.name)
    return root


def fill(source: Path, target: Path) -> None:
    """A chair's forty minutes."""
    answers = {"Progress made": "Some of it is done.", "Stage": "In progress", "RAG": "green", "Next step": "Go on."}
    book = openpyxl.load_workbook(source)
    sheet = book["Progress"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Ref")
    for cells in sheet.iter_rows(min_row=head[0].row + 1):
        for heading, cell in zip(head, cells, strict=True):
            if heading.value in answers:
                cell.value = answers[str(heading.value)]
    book.save(target)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        bare, _ = used([sys.executable, "-c", "pass"], here)
        help_, _ = used([*PLAN_SHEETS, "--help"], here)
        told("plan-sheets --help / python -c pass", help_ / bare, 5)
        root = big_plan(here / "plan")
        kept = (root / FILE).read_bytes()
        example(here, root, kept)
        _, memory = used([*PLAN_SHEETS, "demo", "demo"], here, lambda: shutil.rmtree(here / "demo", ignore_errors=True))
        told("plan-sheets demo, peak memory", memory, 300, "MB")


def example(here: Path, root: Path, kept: bytes) -> None:
    """`receive` of one workbook of the example, and of a hundred of the large plan."""
    imports, _ = used([sys.executable, "-c", IMPORTS], here)
    small = plan.new_plan(here / "example", plan.MADE, example=True)
    issued = issue.issue_round(small, "2016-17-Q1", date(2016, 7, 15), datetime(2016, 6, 20))  # noqa: DTZ001 - an office's date
    fill(issued[1].file, here / "one.xlsx")
    before = (small.path / FILE).read_bytes()
    one, _ = used([*PLAN_SHEETS, "receive", "../one.xlsx"], small.path, lambda: (small.path / FILE).write_bytes(before))
    told("receive of one workbook / import pandera and SQLAlchemy", one / imports, 2)
    first = min((root / "inbox").iterdir())
    again = lambda: (root / FILE).write_bytes(kept)  # noqa: E731 - said once, used twice
    single, _ = used([*PLAN_SHEETS, "receive", str(first)], root, again)
    hundred, _ = used([*PLAN_SHEETS, "receive", "inbox"], root, again)
    told("receive of 100 workbooks / of one", hundred / single, 3)


if __name__ == "__main__":
    main()
