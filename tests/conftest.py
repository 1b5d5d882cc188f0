"""Shared fixtures: the example plan, issued once a session and copied for each test that changes anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.chairs import ISSUED_ON, SECRET, Plan
from tests.programs.saving import no_libreoffice, skip_if
from tests.servers import Server, no_postgres, running

from plan_sheets import plan

if TYPE_CHECKING:
    from distributed import LocalCluster

EXAMPLES = os.environ.get("PLAN_SHEETS_FUZZ", "")
"""How many examples hypothesis shall try: `make fuzz` says so."""
settings.register_profile("fuzz", deadline=None, max_examples=int(EXAMPLES or 25))
settings.register_profile("untimed", deadline=None)
settings.load_profile("fuzz" if EXAMPLES else "untimed")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test marked `libreoffice` needs LibreOffice."""
    if item.get_closest_marker("libreoffice"):
        skip_if(no_libreoffice())


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server for the whole session; each test makes databases of its own in it."""
    skip_if(no_postgres())
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def new_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as `plan-sheets new --example` makes it. Copy it, never change it."""
    path = tmp_path_factory.mktemp("example") / "plan"
    plan.new_plan(path, ISSUED_ON, example=True, secret=SECRET).register.close()
    return path


@pytest.fixture(scope="session")
def issued_example(new_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with its first round issued. Copy it, never change it."""
    path = tmp_path_factory.mktemp("issued") / "plan"
    shutil.copytree(new_example, path)
    Plan(path).issue()
    return path


@pytest.fixture
def example(new_example: Path, tmp_path: Path) -> Plan:
    """A plan folder of one's own with the example in it, and nothing issued."""
    shutil.copytree(new_example, tmp_path / "plan")
    return Plan(tmp_path / "plan")


@pytest.fixture
def round_one(issued_example: Path, tmp_path: Path) -> Plan:
    """A plan folder of one's own in which round 1 has been issued."""
    shutil.copytree(issued_example, tmp_path / "plan")
    return Plan(tmp_path / "plan")


Prepare = Callable[[Plan, Callable[[Plan], object]], Plan]


@pytest.fixture(scope="session")
def prepare(tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """Does something in a plan folder that is one's own; what it came to is kept, and copied for the next test."""
    kept: dict[Callable[[Plan], object], Path] = {}

    def prepare(plan: Plan, do: Callable[[Plan], object]) -> Plan:
        if do in kept:
            shutil.rmtree(plan.path.parent)
            shutil.copytree(kept[do], plan.path.parent)
        else:
            do(plan)
            kept[do] = tmp_path_factory.mktemp("prepared") / "all"
            shutil.copytree(plan.path.parent, kept[do])
        return Plan(plan.path)

    return prepare


THOROUGH = (
    *("test_kills", "test_mutants", "test_plan_changes", "test_printable", "test_withdraw", "test_yaml_alone"),
    *("test_redact_after", "test_redact_short", "test_redact_whole"),
    *("test_charts", "test_contents", "test_differ", "test_mail_quoted", "test_master_sheets", "test_mutations"),
    *("test_numbers", "test_paper", "test_put_aside", "test_seals", "test_timeline"),
    *("test_masked_around", "test_masked_everywhere", "test_masked_let_in", "test_masked_quoted", "test_masked_tables"),
)
"""Modules that try many cases of what others try in a few: `make thorough`, before anything of theirs is changed.

In others a test that takes as long is marked by itself.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the modules that are too long for every day."""
    for item in items:
        if item.path.stem in THOROUGH:
            item.add_marker("thorough")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers on this machine; work over which one dies is given to no other, and the worker is started anew."""
    import dask  # noqa: PLC0415 - heavy, and for a few tests
    from distributed import LocalCluster  # noqa: PLC0415 - the same

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as started,
    ):
        yield started
