"""The benchmarks: each a ratio of two things measured in this one run, beside what it may be at most.

    python benchmarks/run.py [NAME ...]

prints them; a figure beyond its bound makes it fail. Of all it makes the table in `docs/speed.md`.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import everyday
import issuing
import masters
import receiving
import sharing
from measure import Figure

import desk

GROUPS: Mapping[str, tuple[str, Callable[[Path], Iterator[Figure]]]] = {
    "everyday": ("Every day", everyday.measure),
    "issuing": ("What goes out", issuing.measure),
    "receiving": ("What comes back", receiving.measure),
    "masters": ("Masters", masters.measure),
    "sharing": ("Beyond one process and one file", sharing.measure),
    "desk": ("The desk", desk.measure),
}
TABLE = Path(__file__).parents[1] / "docs" / "speed.md"
WORDS = """# How fast it is

Made by `make bench`, in one run on one machine: {machine}. Each figure says how much longer the first takes than
the second, in CPU time unless it says wall; or it is in megabytes or seconds. Less is better unless it says at least.
`make bench` fails where a bound is missed. Where a goal stands beside a bound, the goal is not reached.

The common way is openpyxl with a template, and pandas over openpyxl with pandera, a file at a time: it locks, signs,
guards, compares, merges and records nothing, and looks at nothing that it made. Deflate, inflate and calamine alone
are the limit: nothing that makes or reads workbooks can take less.
"""


def main(names: Sequence[str]) -> int:
    """The exit status: 1 if a bound is missed."""
    found: dict[str, list[Figure]] = {}
    for name in names or GROUPS:
        title, measure = GROUPS[name]
        with tempfile.TemporaryDirectory() as here:
            for figure in measure(Path(here)):
                found.setdefault(title, []).append(figure)
                told = f"{figure.what}{figure.beside and ' / '}{figure.beside}"
                missed = "  MISSED" if figure.is_missed else ""
                print(f"{told:<100} {figure.figure:8.2f} {figure.unit:<5} ({figure.limit}){missed}", flush=True)
    if not names:
        TABLE.write_text(make_table(found).rstrip() + "\n", "utf-8")
    return int(any(figure.is_missed for figures in found.values() for figure in figures))


def make_table(found: Mapping[str, Sequence[Figure]]) -> str:
    """The page in `docs/`."""
    machine = f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [WORDS.format(machine=machine)]
    for title, figures in found.items():
        lines += [f"## {title}\n", "| what | beside | figure | bound |", "| --- | --- | ---: | --- |"]
        for each in figures:
            unit = "" if each.unit == "times" else f" {each.unit}"
            missed = ", missed" if each.is_missed else ""
            lines.append(f"| {each.what} | {each.beside or '-'} | {each.figure:.2f}{unit} | {each.limit}{missed} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
