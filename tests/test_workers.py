"""`--workers` and `--dask`: the same, whoever does the work; a number or address that cannot be changes nothing."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from distributed import LocalCluster
from tests.chairs import ISSUED_ON, RECEIVED_ON, RETURN_BY, SOS, Plan, said
from tests.commands import AS_OF, ISSUE, run
from tests.store.receiving.test_open import Far

from plan_sheets import office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.receiving import intake
from plan_sheets.store.register.register import FILE
from plan_sheets.store.sharing import choose
from plan_sheets.store.sharing.choose import open_workers
from plan_sheets.store.writing import hand_over_each

WRONG = [
    (("--workers", "0"), "--workers 0 leaves nobody to do the work."),
    (("--workers", "-1"), "--workers -1 leaves nobody to do the work."),
    (("--workers", "1000"), "--workers 1000 is more than this machine can keep busy"),
    (("--workers", "2", "--dask", "tcp://127.0.0.1:1"), "only one of them can do the work"),
    (("--dask", "nonsense"), "There is no cluster at nonsense"),
]


@pytest.mark.parametrize(("options", "says"), WRONG)
def test_who_cannot_do_the_work_is_told_before_anything_is_done(
    example: Plan, options: tuple[str, ...], says: str
) -> None:
    before = list_files(example.path)
    for command in (ISSUE, ("receive", example.path / "plan.xlsx"), ("doctor",)):
        result = run(*command, *options, plan=example)
        assert (result.exit_code, result.stdout) == (1, "")
        assert says in result.stderr
        assert "Nothing was changed" in result.stderr
    assert list_files(example.path) == before


def list_files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_cluster_needs_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(choose, "find_spec", lambda name: None if name == "distributed" else find(name))
    with pytest.raises(PlanSheetsError, match="few packages more") as raised:
        open_workers(dask="tcp://127.0.0.1:1")
    assert "[dask]" in raised.value.remedy


def test_one_worker_is_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_workers(1) as executor:
        assert executor is None
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with open_workers() as executor:
        assert executor is None


def test_the_commands_share_their_work(example: Plan, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over_each, "CHUNK", 3)
    assert run(*ISSUE, "--workers", "2", plan=example).exit_code == 0
    example.filled("da", said())
    received = run("receive", example.inbox, "--dask", cluster.scheduler_address, *AS_OF, plan=example)
    assert received.exit_code in (0, 3), received.output
    assert run("doctor", "--workers", "2", *AS_OF, plan=example).exit_code == 0


def test_what_doctor_does_not_know_is_opened_by_others(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (round_one.path / FILE).read_bytes()
    for subgroup, answers in {"DA": said(), "SOS": SOS}.items():
        round_one.receive_one(round_one.filled(subgroup, answers, subgroup))
    (round_one.path / FILE).write_bytes(before)
    monkeypatch.setattr(intake, "CHUNK", 1)
    far = Far()
    here, there = (office.examine_folder(round_one.path, RECEIVED_ON, executor=one) for one in (None, far))
    assert [finding.code for finding in there.findings].count("kept_unknown") == 2
    assert here == there
    assert (far.chunks, far.left) == (2, 0)


def test_workbooks_that_others_make_are_the_same(
    example: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over_each, "CHUNK", 3)
    plans = list[dict[str, bytes]]()
    for executor in (None, Far()):
        plan = Plan(tmp_path / str(len(plans)))
        shutil.copytree(example.path, plan.path)
        issued = office.issue_round(plan.folder, "2016-17-Q1", RETURN_BY, ISSUED_ON, executor=executor)
        plans.append({one.file.name: one.file.read_bytes() for one in issued.issues})
    assert len(plans[0]) > 3
    assert plans[0] == plans[1]


def die(_: object) -> None:
    os._exit(1)


def test_two_workers_that_die_over_a_workbook_end_the_command(example: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_over_each, "CHUNK", 3)
    monkeypatch.setattr(hand_over_each, "make_files", die)
    with open_workers(2) as executor, pytest.raises(PlanSheetsError, match="while they made the workbook"):
        office.issue_round(example.folder, "2016-17-Q1", RETURN_BY, ISSUED_ON, executor=executor)
    assert not [*(example.path / "issued").rglob("*.xlsx")]
    assert not example.register.rounds()
