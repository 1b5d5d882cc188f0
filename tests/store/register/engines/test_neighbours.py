"""Several plans in one database of a server: all that a role may read are at hand, and none of the others."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import ISSUED_ON, SECRET, SOS, Plan
from tests.commands import AS_OF, ISSUE, run
from tests.store.register.engines.conftest import Served

from plan_sheets import make_region, plan
from plan_sheets.store.plans import find_plans
from plan_sheets.store.register.engines.address import MEMORY
from plan_sheets.store.register.register import FILE


@pytest.fixture
def shared(served: Served, tmp_path: Path) -> tuple[Path, str]:
    """A folder with two plan folders, their registers in one database, and the address of that."""
    url, region = served.server.url(served.name), tmp_path / "region"
    region.mkdir()
    shutil.move(served.plan.path, region / "leicester")
    plan.new_plan(region / "rutland", ISSUED_ON, example=True, secret=SECRET[::-1], register=f"{url}#rutland")
    assert run(*ISSUE, "--subgroup", "SOS", plan=Plan(region / "rutland")).exit_code == 0
    return region, url


def told(*words: str | Path) -> dict[str, Any]:
    result = run(*words, *AS_OF, "--json")
    assert result.exit_code == 0, result.output
    given: dict[str, Any] = json.loads(result.stdout)
    return given


def test_all_plans_of_a_database_are_at_hand_with_their_folders(shared: tuple[Path, str], tmp_path: Path) -> None:
    region, url = shared
    by_folders = told("status", "--all", "--plan", region)
    by_register = told("status", "--all", "--plan", region, "--register", url)
    assert [plan["plan"] for plan in by_folders["plans"]] == ["leicester", "rutland"]
    assert [plan["plan"] for plan in by_register["plans"]] == ["plan", "rutland"], "each by its key"
    for one, other in zip(by_folders["plans"], by_register["plans"], strict=True):
        assert {**one, "plan": ""} == {**other, "plan": ""}, "and with the same folder"
    assert by_folders["totals"] == by_register["totals"]
    alone = told("plans", "--plan", region / "rutland")
    assert [plan["plan"] for plan in alone["plans"]] == ["plan", "rutland"], "a folder remembers the whole register"
    assert [plan["folder"] for plan in alone["plans"]] == [None, str(region / "rutland")]
    one = told("plans", "--plan", region, "--register", f"{url}#rutland")
    assert [plan["plan"] for plan in one["plans"]] == ["rutland"]
    nowhere = told("plans", "--plan", tmp_path, "--register", url)
    assert [(plan["plan"], plan["folder"]) for plan in nowhere["plans"]] == [("plan", None), ("rutland", None)]


def test_the_region_of_a_database_is_that_of_its_folders_and_of_files(shared: tuple[Path, str], tmp_path: Path) -> None:
    region, _ = shared
    file = Plan(region / "rutland").filled("sos", SOS, "SOS")
    assert run("receive", file, *AS_OF, plan=Plan(region / "rutland")).exit_code == 0
    made = make_region(region, None, tmp_path / "served.xlsx", ISSUED_ON)
    assert [(each.name, each.is_told) for each in made.partnerships] == [("leicester", False), ("rutland", True)]
    for name in ("leicester", "rutland"):
        assert run("register", "move", "file", "--plan", region / name).exit_code == 0
        assert (region / name / FILE).exists()
    assert make_region(region, None, tmp_path / "files.xlsx", ISSUED_ON).path.read_bytes() == made.path.read_bytes()


def test_a_role_lists_what_it_may_read_and_a_lost_server_is_told(shared: tuple[Path, str], served: Served) -> None:
    region, url = shared
    served.ask("CREATE ROLE reader LOGIN")
    assert run("register", "grant", "reader", "--plan", region / "rutland").exit_code == 0
    as_reader = served.server.url(served.name, user="reader")
    assert [plan["plan"] for plan in told("plans", "--plan", region, "--register", as_reader)["plans"]] == ["rutland"]
    gone = run("plans", "--plan", region, "--register", url.replace(f"/{served.name}?", "/nowhere?"))
    assert gone.exit_code == 1
    assert "no such database" in gone.stderr
    memory = region / "leicester" / MEMORY
    memory.write_text(memory.read_text().replace(f"/{served.name}?", "/nowhere?"))
    result = run("status", "--all", "--plan", region)
    assert result.exit_code == 3
    assert "leicester: There is no such database" in result.stdout
    made = make_region(region, None, region.parent / "region.xlsx", ISSUED_ON)
    why = "It cannot be read: There is no such database on the server of the register."
    assert [each.told_by for each in made.partnerships if each.name == "leicester"] == [why]


def test_two_folders_of_one_register_on_a_server_count_once(shared: tuple[Path, str]) -> None:
    region, _ = shared
    shutil.copytree(region / "rutland", region / "rutland-copy")
    found = find_plans(region)
    assert [plan.name for plan in found.plans] == ["leicester", "rutland"]
    assert found.remarks == ["rutland-copy and rutland have one register: it is counted once."]
