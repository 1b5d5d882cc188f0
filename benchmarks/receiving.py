"""What comes back: a thousand workbooks, and their corrections, beside the common way and beside reading alone."""

from __future__ import annotations

import io
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from measure import PLAN_SHEETS, Figure, Used, pairs, used
from plans import as_it_is, build
from python_calamine import CalamineWorkbook

from plan_sheets.store.formats.reader import read_workbook

COMMON_WAY = [sys.executable, str(Path(__file__).with_name("common_way.py"))]
SHORT = 0.1
"""What receiving a thousand workbooks of two actions may take, of the common way."""
CORES = os.cpu_count() or 1


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    for actions, bound, goal in ((10, 0.6, 0.15), (2, 0.7, SHORT)):
        root = build(here / f"of {actions}", 1_000, actions)
        again = as_it_is(root)
        ours = receive(root, again, "inbox", 2)
        common = used([*COMMON_WAY, "inbox"], root, runs=1)
        what = f"receive of 1,000 workbooks of {actions} actions, wall, {CORES} cores"
        yield Figure(what, "pandas over openpyxl, pandera", ours.clock / common.clock, bound, goal=goal)
        yield Figure(what.replace(f"wall, {CORES} cores", "CPU"), "the same", ours.cpu / common.cpu, 0.8)
        if goal != SHORT:
            files = [path.read_bytes() for path in sorted((root / "inbox").iterdir())]
            yield from of_reading(files, ours.cpu)
            shutil.rmtree(root)
    yield from of_corrections(root, ours)
    yield from of_few(here, ours)


def receive(root: Path, again: Callable[[], object], folder: str, runs: int = 1) -> Used:
    """What `receive` of a folder takes, each time of the register as `again` puts it back."""
    return used([*PLAN_SHEETS, "receive", folder], root, again, runs)


def of_reading(files: Sequence[bytes], whole: float) -> Iterator[Figure]:
    """Guard and reader beside the parser alone, and the whole beside inflating and parsing."""
    some = files[:100]
    ours, bare = pairs(lambda: [*map(read_workbook, some)], lambda: [*map(parse, some)], 7)
    yield Figure("guard and reading", "calamine alone", ours / bare, 7, goal=1.5)
    inflated, _ = pairs(lambda: [*map(inflate, some)], lambda: None, 3)
    alone = (inflated + bare) * len(files) / len(some)
    yield Figure("receive of 1,000 workbooks of 10 actions, CPU", "inflate and calamine alone", whole / alone, 25)


def inflate(data: bytes) -> None:
    """Unpack the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            package.read(name)


def parse(data: bytes) -> None:
    """Read the values of a workbook."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def of_corrections(root: Path, first: Used) -> Iterator[Figure]:
    """A thousand corrections beside the thousand returns that they correct."""
    used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1)
    corrected = receive(root, as_it_is(root), "corrections")
    yield Figure("receive of 1,000 corrections, CPU", "of what they correct", corrected.cpu / first.cpu, 1.2)


def of_few(here: Path, thousand: Used) -> Iterator[Figure]:
    """A hundred workbooks beside one, and the memory of five thousand beside that of one thousand."""
    root = build(here / "hundred of 10", 100, 10)
    first, again = str(min((root / "inbox").iterdir())), as_it_is(root)
    one, hundred = receive(root, again, first, 3), receive(root, again, "inbox", 3)
    yield Figure("receive of 100 workbooks", "of one", hundred.cpu / one.cpu, 3)
    shutil.rmtree(root)
    root = build(here / "five thousand", 5_000, 2)
    many = receive(root, as_it_is(root), "inbox")
    yield Figure("receive of 5,000 workbooks, memory", "of 1,000", many.memory / thousand.memory, 1.6, goal=1.1)
