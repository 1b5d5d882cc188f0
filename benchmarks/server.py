"""`receive` of a thousand workbooks into a register on a PostgreSQL server of this machine, beside one in a file.

    PYTHONPATH=benchmarks:. python benchmarks/server.py

Both as they are run: the server writes to the disk before it says that something is recorded, as SQLite does.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from ratios import PLAN_SHEETS, build, told, used
from tests.servers import running

from plan_sheets import doctor
from plan_sheets.store.register.register import FILE

DAY = datetime(2016, 6, 21)  # noqa: DTZ001 - an office's date
RUNS, WORKBOOKS, ACTIONS = 3, 1_000, 2


def main(workbooks: int = WORKBOOKS) -> None:
    """Measure, in turn, and tell."""
    with tempfile.TemporaryDirectory() as name, running(fsync="on", shared_buffers="128MB") as server:
        root = build(Path(name) / "plan", workbooks, ACTIONS)
        kept = (root / FILE).read_bytes()
        in_file, on_server = [], []
        for _ in range(RUNS):
            (root / FILE).write_bytes(kept)
            in_file.append(used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1))
            (root / FILE).write_bytes(kept)
            doctor.move(root, server.url(server.make_database()), DAY)
            on_server.append(used([*PLAN_SHEETS, "receive", "inbox"], root, runs=1))
            (root / "register.txt").unlink()
            for moved in root.glob("register-moved*"):
                moved.unlink()
            shutil.rmtree(root / "officer")
            print(
                *(
                    f"{each.clock:.1f} s, CPU {each.cpu:.1f} s, {each.memory:.0f} MB;"
                    for each in (in_file[-1], on_server[-1])
                )
            )
        clocks = [min(each.clock for each in several) for several in (on_server, in_file)]
        told(f"receive of {workbooks:,} on a server / in a file, wall", clocks[0] / clocks[1], 1.5)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
