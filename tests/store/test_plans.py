"""Which plans are at hand: in a folder, below it, in a register of several; and what cannot be one is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.chairs import SECRET

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.plans import find_plans, read_each
from plan_sheets.store.register.engines.sqlite import SqliteFile
from plan_sheets.store.register.plans import open_plans
from plan_sheets.store.register.register import FILE, Register


def make(path: Path, *keys: str) -> Path:
    """A folder with a register of these plans, and nothing else."""
    path.mkdir(parents=True)
    for number, key in enumerate(keys):
        Register.create(path / FILE, key, bytes([number]) * 16 + path.name.encode().ljust(16, b"x")).close()
    return path


def names(*where: Path) -> list[str]:
    return [plan.name for plan in find_plans(where).plans]


def test_a_plan_folder_is_one_plan_by_the_name_of_its_folder(tmp_path: Path) -> None:
    (plan,) = find_plans(make(tmp_path / "leicester", "plan")).plans
    assert (plan.name, plan.place, plan.trouble) == ("leicester", tmp_path / "leicester", None)


def test_plan_folders_are_found_below_and_one_deeper_by_name(tmp_path: Path) -> None:
    make(tmp_path / "Rutland", "plan")
    make(tmp_path / "leicester" / "plan-2016-17", "plan")
    make(tmp_path / "far" / "too" / "deep", "plan")
    make(tmp_path / ".hidden", "plan")
    (tmp_path / "minutes" / "july").mkdir(parents=True)
    found = find_plans(tmp_path)
    assert [plan.name for plan in found.plans] == ["leicester/plan-2016-17", "Rutland"]
    assert found.passed_over == ["far", "minutes"]
    assert not found.remarks


def test_several_folders_are_named_as_they_were_given(tmp_path: Path) -> None:
    one, two = make(tmp_path / "a" / "plan", "plan"), make(tmp_path / "b" / "plan", "plan")
    assert names(one, two) == [one.as_posix(), two.as_posix()]
    assert names(one, tmp_path / "b") == [one.as_posix(), f"{(tmp_path / 'b').as_posix()}/plan"]


def test_a_register_of_several_plans_is_each_of_them_by_its_key(tmp_path: Path) -> None:
    make(tmp_path / "shared", "rutland", "leicester")
    (tmp_path / "shared" / "rutland").mkdir()
    plans = find_plans(tmp_path / "shared").plans
    assert [plan.name for plan in plans] == ["leicester", "rutland"]
    assert [plan.place for plan in plans] == [None, tmp_path / "shared" / "rutland"]
    assert names(tmp_path) == ["shared/leicester", "shared/rutland"]
    with pytest.raises(PlanSheetsError, match="holds 2 plans"):
        Register.open(tmp_path / "shared" / FILE)
    assert {key: plan.plan for key, plan in open_plans(SqliteFile(tmp_path / "shared" / FILE)).items()} == {
        "leicester": 2,
        "rutland": 1,
    }


def test_a_plan_that_cannot_be_opened_is_among_them_with_the_reason(tmp_path: Path) -> None:
    make(tmp_path / "good", "plan")
    make(tmp_path / "none")
    (tmp_path / "none" / FILE).write_bytes(b"no database at all, but long enough to be looked at")
    (tmp_path / "gone" / "returned").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / FILE).touch()
    found = {plan.name: plan.trouble for plan in find_plans(tmp_path).plans}
    assert found["good"] is None
    assert "not a register" in str(found["none"])
    assert "missing" in str(found["gone"])
    assert "not a register" in str(found["empty"])


def test_no_plan_at_all_is_refused(tmp_path: Path) -> None:
    (tmp_path / "minutes").mkdir()
    for where in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(PlanSheetsError, match="There is no plan in") as trouble:
            find_plans(where)
        assert "Give a plan folder" in trouble.value.remedy


def test_one_folder_under_two_names_counts_once_and_a_copy_is_told(tmp_path: Path) -> None:
    make(tmp_path / "leicester", "plan")
    (tmp_path / "link").symlink_to(tmp_path / "leicester", target_is_directory=True)
    found = find_plans(tmp_path)
    assert [plan.name for plan in found.plans] == ["leicester"]
    assert found.remarks == ["link and leicester have one register: it is counted once."]
    shutil.copytree(tmp_path / "leicester", tmp_path / "copy")
    found = find_plans(tmp_path)
    assert [plan.name for plan in found.plans] == ["copy", "leicester"]
    assert "copied from another, and each is counted: copy, leicester" in found.remarks[1]


def test_what_one_plan_does_to_its_reader_does_not_reach_the_others(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        make(tmp_path / name, "plan")

    def read(folder: object) -> str:
        path = getattr(folder, "path").name  # noqa: B009 - any reader
        if path == "b":
            raise KeyError(path)
        return str(path)

    (_, a), (_, b), (_, c) = read_each(find_plans(tmp_path).plans, read)
    assert (a, c) == ("a", "c")
    assert "KeyError" in str(b)
    assert isinstance(b, PlanSheetsError)
    assert "plan-sheets doctor --plan" in b.remedy


def test_it_can_add_a_plan_to_a_register_but_not_one_of_the_same_key(tmp_path: Path) -> None:
    make(tmp_path / "shared", "leicester")
    with pytest.raises(PlanSheetsError, match="holds a plan already"):
        Register.create(tmp_path / "shared" / FILE, "leicester", SECRET)
    added = Register.create(tmp_path / "shared" / FILE, "rutland", SECRET)
    assert added.plan == 2
    assert added.rounds() == []
