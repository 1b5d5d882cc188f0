"""Plan folders whose register is on a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import ISSUED_ON, SECRET, Plan
from tests.servers import Server

from plan_sheets import plan
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.address import MEMORY
from plan_sheets.store.register.engines.places import locate


@dataclass(frozen=True, slots=True)
class Served:
    """A plan folder, and the database in which its register is."""

    plan: Plan
    name: str
    server: Server

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement in its database."""
        return self.server.ask(self.name, statement, *values)

    def cut_off(self) -> None:
        """End every connection to its database."""
        self.server.ask(
            "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", self.name
        )


@pytest.fixture(scope="module")
def new_on_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The example with its register on a server, and the name of its database. Copy both, never change them."""
    path, name = tmp_path_factory.mktemp("on-server") / "plan", server.make_database()
    folder = plan.new_plan(path, ISSUED_ON, example=True, secret=SECRET, register=server.url(name))
    folder.register.close()
    return path, name


@pytest.fixture
def served(new_on_server: tuple[Path, str], server: Server, tmp_path: Path) -> Iterator[Served]:
    """A plan folder of one's own, its register in a database of one's own."""
    path, template = new_on_server
    shutil.copytree(path, tmp_path / "served" / "plan")
    name = server.make_database(template=template)
    memory = tmp_path / "served" / "plan" / MEMORY
    memory.write_text(memory.read_text().replace(f"/{template}?", f"/{name}?"))
    yield Served(Plan(memory.parent), name, server)
    with suppress(PlanSheetsError):
        locate(memory.parent).close()
