"""Issuing workbooks beside the common way: a template loaded with openpyxl, filled in and saved, one for each subgroup.

In one process and in turn, so that both meet the same disturbances; CPU time, medians.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from statistics import median
from time import process_time

from openpyxl import load_workbook
from ratios import build, told

from plan_sheets import issue
from plan_sheets.store.plan_folder import open_folder

NEXT = "2016-17-Q2", date(2016, 10, 15), datetime(2016, 9, 20)  # noqa: DTZ001 - an office's date
PAIRS, FILLED = 5, 15
FEW, SOME, MANY = 10, 100, 1_000
VARIES = {"Progress": 4, "Action plan": 4, "Grid": 4}
"""How many columns of a sheet differ between subgroups, and are filled in from row 5 on."""


def issued(root: Path) -> float:
    """Milliseconds a workbook of a round that was not issued before; the plan folder is left as it was."""
    with tempfile.TemporaryDirectory() as name:
        folder = open_folder(shutil.copytree(root, Path(name) / "plan"))
        start = process_time()
        made = len(issue.issue_round(folder, *NEXT))
        spent = process_time() - start
        folder.register.close()
    return 1_000 * spent / made


def fill_template(template: bytes) -> float:
    """Milliseconds a workbook."""
    start = process_time()
    for number in range(FILLED):
        book = load_workbook(BytesIO(template))
        book["Start here"]["A1"] = f"Your return: Subgroup {number}"
        for sheet, columns in VARIES.items():
            for row in book[sheet].iter_rows(min_row=5, max_col=columns):
                for cell in row:
                    cell.value = f"What {cell.coordinate} says to subgroup {number}."
        book.save(BytesIO())
    return 1_000 * (process_time() - start) / FILLED


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        roots = {count: build(Path(name) / str(count), count, 10) for count in (FEW, SOME, MANY)}
        template = min((roots[FEW] / "issued").rglob("*.xlsx")).read_bytes()
        issued(roots[FEW])
        pairs = [(issued(roots[SOME]), fill_template(template)) for _ in range(PAIRS)]
        ours, common = (median(each) for each in zip(*pairs, strict=True))
        told("issue, a workbook of 10 actions / openpyxl template filled in", ours / common, 1 / 8)
        grown = [(issued(roots[MANY]), issued(roots[FEW])) for _ in range(3)]
        many, few = (median(each) for each in zip(*grown, strict=True))
        told("issue of 1,000 subgroups, a workbook / of 10 subgroups", many / few, 1.1)


if __name__ == "__main__":
    sys.exit(main())
