"""What the officer's desk takes: CPU time beside that of `plan-sheets status --json` of the same plan, and memory.

    python benchmarks/desk.py PLAN_FOLDER

The folder is looked at and not changed; `benchmarks/ratios.py FOLDER 50 100` makes one of 5,000 actions.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

from ratios import PLAN_SHEETS, told, used

LATER = ("/returns", "/send", "/settle", "/masters", "/plan", "/trace", "/history", "/")


def main() -> None:
    root = Path(sys.argv[1])
    asked = used([*PLAN_SHEETS, "status", "--json"], root, runs=3).cpu
    command = [sys.executable, "-u", "-m", "plan_sheets", "desk", "--no-browser"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as desk:
        link = re.findall(r"http\S+", desk.stdout.readline() if desk.stdout else "")[0]
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        told("desk idle, memory", memory(desk.pid), 150, "MB")
        browser.open(link).read()
        browser.open(link.partition("?")[0]).read()
        told("desk opened and its first page / status --json, CPU", spent(desk.pid) / asked, 1.2)
        for path in LATER:
            address = f"{link.partition('/?')[0]}{path}"
            browser.open(address).read()
            before = spent(desk.pid)
            browser.open(address).read()
            told(f"{path} once more / status --json, CPU", (spent(desk.pid) - before) / asked, 0.2)
        told("desk at work, memory", memory(desk.pid), 400, "MB")
        desk.terminate()


def spent(process: int) -> float:
    """CPU seconds of a process so far (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """What a process holds in memory (MB) now (Linux)."""
    held = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]
    return int(held) / 1024


if __name__ == "__main__":
    main()
