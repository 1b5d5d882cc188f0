"""Workers of a cluster: what becomes of work over which they die, and what is said of a cluster that cannot do it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from contextlib import suppress

import pytest
from distributed import LocalCluster

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.sharing import cluster as clusters
from plan_sheets.store.sharing.cluster import open_cluster
from plan_sheets.store.sharing.share_out import share_out
from plan_sheets.store.sharing.version import Program


@pytest.fixture
def workers(cluster: LocalCluster) -> Iterator[Executor]:
    with open_cluster(cluster.scheduler_address) as executor:
        yield executor


def square(numbers: Sequence[int]) -> list[int]:
    if 7 in numbers:
        os._exit(1)
    return [number * number for number in numbers]


def test_who_ends_two_workers_is_told_and_nobody_else_loses_anything(workers: Executor) -> None:
    done = share_out(workers, square, [[1, 2], [3], [6, 7, 8], [1, 2], [9]], lambda number: -number)
    assert [result for _, results in done for result in results] == [1, 4, 9, 36, -7, 64, 1, 4, 81]


def test_equal_work_is_done_each_time(workers: Executor) -> None:
    assert workers.submit(os.urandom, 8).result() != workers.submit(os.urandom, 8).result()


def test_what_the_work_raises_is_raised(workers: Executor) -> None:
    with pytest.raises(ZeroDivisionError):
        workers.submit(divmod, 1, 0).result()


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:1", "tcp://127.0.0.1:1", "", "nobody.invalid:1"])
def test_a_cluster_that_is_not_there_is_said_to_be_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_TO_CONNECT", 0.2)
    with pytest.raises(PlanSheetsError, match="There is no cluster at") as raised, open_cluster(address):
        pytest.fail("no such cluster")
    assert "Nothing was changed" in raised.value.remedy


MUCH = (2**62).to_bytes(8, "little")
"""What a cluster would understand as the size of what follows: no machine has room for it."""


@pytest.mark.parametrize("answer", [b"", MUCH, b"\xff" * 200], ids=["nothing", "much", "more"])
def test_what_listens_there_and_is_no_cluster_is_said_to_be_none(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "_TO_CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: other.accept()[0].sendall(answer))
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(PlanSheetsError, match="There is no cluster at"), open_cluster(address):
            pytest.fail("no such cluster")


def test_a_cluster_of_another_version_is_refused_before_it_gets_any_work(
    cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "identify_program", lambda: Program("0.0.9", "3.8", "abcdef"))
    with pytest.raises(PlanSheetsError, match="A worker of the cluster"), open_cluster(cluster.scheduler_address):
        pytest.fail("another version")


def test_a_worker_of_another_version_that_joins_later_is_told(
    workers: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "identify_program", lambda: Program("0.0.9", "3.8", "abcdef"))
    with pytest.raises(PlanSheetsError, match=r"is plan-sheets .* this is plan-sheets 0.0.9 \(abcdef\) on Python 3.8"):
        workers.submit(len, "work").result()


def work_on(executor: Executor) -> None:
    for _ in range(1_000):
        with suppress(BrokenExecutor):  # what was being done just then
            executor.submit(len, "work").result()


def test_a_cluster_that_loses_all_its_workers_lets_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "_TO_CONNECT", 1)
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0") as cluster,
        open_cluster(cluster.scheduler_address, patience=0.2) as executor,
    ):
        cluster.scale(0)
        with pytest.raises(PlanSheetsError, match="has no worker, or cannot be reached"):
            work_on(executor)
        cluster.close()
        with pytest.raises(PlanSheetsError, match="has no worker, or cannot be reached"):
            executor.submit(len, "work").result()
        with pytest.raises(PlanSheetsError), open_cluster(cluster.scheduler_address):
            pytest.fail("no such cluster any more")
