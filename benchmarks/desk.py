"""The officer's desk: CPU time beside that of `plan-sheets status --json` of the same plan, and memory (Linux)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from measure import PLAN_SHEETS, Figure, used
from plans import build

LATER = ("/returns", "/send", "/settle", "/masters", "/plan", "/trace", "/history", "/")
STATUS = "status --json"


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    root = build(here / "plan", 100, 10, 1)
    asked = used([*PLAN_SHEETS, "status", "--json"], root, runs=3).cpu
    command = [sys.executable, "-u", "-m", "plan_sheets", "desk", "--no-browser"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as desk:
        link = re.findall(r"http\S+", desk.stdout.readline() if desk.stdout else "")[0]
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        yield Figure("desk idle, memory", "", memory(desk.pid), 150, "MB")
        browser.open(link).read()
        browser.open(link.partition("?")[0]).read()
        yield Figure("desk opened and its first page, CPU", STATUS, spent(desk.pid) / asked, 1.6, goal=1.2)
        took = {path: visit(browser, f"{link.partition('/?')[0]}{path}", desk.pid) for path in LATER}
        slowest = max(took, key=lambda path: took[path])
        yield Figure(f"a page of the desk once more ({slowest}, the slowest), CPU", STATUS, took[slowest] / asked, 0.2)
        yield Figure("desk at work, memory", "", memory(desk.pid), 400, "MB")
        desk.terminate()


def visit(browser: object, address: str, process: int) -> float:
    """CPU seconds of a page that was looked at before."""
    browser.open(address).read()  # type: ignore[attr-defined]  # an opener
    before = spent(process)
    browser.open(address).read()  # type: ignore[attr-defined]  # as above
    return spent(process) - before


def spent(process: int) -> float:
    """CPU seconds of a process so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """What a process holds in memory (MB) now (Linux)."""
    held = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]
    return int(held) / 1024
