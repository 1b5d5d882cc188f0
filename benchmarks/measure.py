"""How the benchmarks measure: two things in one run, of which the ratio counts; and how they tell what they measured.

CPU time is user and system time. A figure is the median of pairs that were measured in turn, so that both meet the same
disturbances, or the least of several runs of a command.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

PLAN_SHEETS = [sys.executable, "-m", "plan_sheets"]
KILOBYTES_TO_MEGABYTES = 1024
WATCH = """import os, sys, time
start = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))"""
"""Runs a command and tells what it used. A process of its own: a child's peak begins with that of who started it."""


class Figure(NamedTuple):
    """What was measured. `bound`: what it may be at most, or at least where `is_least`."""

    what: str
    beside: str
    figure: float
    bound: float
    unit: str = "times"
    goal: float = 0
    """What it should be, where that is not reached; 0 where the bound is the goal."""
    is_least: bool = False

    @property
    def is_missed(self) -> bool:
        """Whether the figure is beyond its bound."""
        return self.figure < self.bound if self.is_least else self.figure > self.bound

    @property
    def limit(self) -> str:
        """The bound in words, and the goal where that is another."""
        of = "at least" if self.is_least else "at most"
        return f"{of} {self.bound:g}" + (f" (goal {self.goal:g})" if self.goal else "")


class Used(NamedTuple):
    """What a command took: seconds by the clock and of CPU (the least of several runs); peak memory (MB, the most)."""

    clock: float
    cpu: float
    memory: float


def used(command: Sequence[str], folder: Path, before: Callable[[], object] = lambda: None, runs: int = 5) -> Used:
    """What a command takes. CPU time is that of its own processes too; memory is that of the largest process."""
    took = []
    for _ in range(runs):
        before()
        watched = [sys.executable, "-c", WATCH, *command]
        told = subprocess.run(watched, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if told.returncode not in (0, SOMEBODY_MUST_ACT):
            raise SystemExit(f"{' '.join(command)}: {told.stderr.decode()}")
        clock, cpu, peak = map(float, told.stderr.split()[-3:])
        took.append(Used(clock, cpu, peak / KILOBYTES_TO_MEGABYTES))
    clocks, cpus, peaks = zip(*took, strict=True)
    return Used(min(clocks), min(cpus), max(peaks))


SOMEBODY_MUST_ACT = 3
"""The status of a command that did its work and has something to tell."""


def spent(work: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    start = process_time()
    work()
    return process_time() - start


def pairs(ours: Callable[[], object], other: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """CPU seconds of both, measured in turn: the medians."""
    first, second = zip(*[(spent(ours), spent(other)) for _ in range(times)], strict=True)
    return median(first), median(second)
