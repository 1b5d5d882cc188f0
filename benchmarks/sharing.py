"""Beyond one process and one file: two workers beside one, and a register on a PostgreSQL server beside SQLite."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import PLAN_SHEETS, Figure, used
from plans import as_it_is, build

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.servers import no_postgres, running

RECEIVE = [*PLAN_SHEETS, "receive", "inbox"]
SAME = "the same with one"


def measure(here: Path) -> Iterator[Figure]:
    """`here`: an empty folder."""
    root = build(here / "plan", 1_000, 10)
    again = as_it_is(root)
    one, two = (used([*RECEIVE, "--workers", str(many)], root, again, 2) for many in (1, 2))
    what = "receive of 1,000 workbooks, wall, two workers faster than one"
    yield Figure(what, SAME, one.clock / two.clock, 1.1, goal=1.7, is_least=True)
    yield from of_dask(root)
    shutil.rmtree(root)
    if why := no_postgres():
        print(f"PostgreSQL is not measured: {why}.")
        return
    yield of_server(here)


def of_dask(root: Path) -> Iterator[Figure]:
    """Two workers of a cluster of this machine beside one."""
    from distributed import LocalCluster  # noqa: PLC0415 - an extra

    again, took = as_it_is(root), []
    for many in (1, 2):
        with LocalCluster(n_workers=many, threads_per_worker=1, dashboard_address=None) as cluster:
            took.append(used([*RECEIVE, "--dask", cluster.scheduler_address], root, again, 2))
    again()
    what = "receive of 1,000 workbooks, wall, two Dask workers faster than one"
    yield Figure(what, SAME, took[0].clock / took[1].clock, 1, goal=1.5, is_least=True)


def of_server(here: Path) -> Figure:
    """The register of a plan moved to a server, beside its file. Both write to the disk before they say so."""
    root = build(here / "moved", 1_000, 2)
    again, in_file, on_server = as_it_is(root, root / "officer"), [], []
    with running(fsync="on", shared_buffers="128MB") as server:
        for _ in range(2):
            in_file.append(used(RECEIVE, root, again, 1).clock)
            again()
            used([*PLAN_SHEETS, "register", "move", server.url(server.make_database())], root, runs=1)
            on_server.append(used(RECEIVE, root, runs=1).clock)
            for left in (root / "register.txt", *root.glob("register-moved*")):
                left.unlink()
    what = "receive of 1,000 workbooks, register on PostgreSQL, wall"
    return Figure(what, "SQLite", min(on_server) / min(in_file), 1.5)
