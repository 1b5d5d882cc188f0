"""A register on a PostgreSQL server: the same laws as in a file, and the same results."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.chairs import ISSUED_ON, Q1, SECRET, SETTLED_BY, SOS, Plan, fill, said
from tests.commands import AS_OF, run
from tests.servers import Server

from plan_sheets import plan
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.places import MEMORY
from plan_sheets.store.register.register import FILE


@pytest.fixture(scope="module")
def new_on_server(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The example with its register on a server, and the name of its database. Copy both, never change them."""
    path, name = tmp_path_factory.mktemp("on-server") / "plan", server.make_database()
    folder = plan.new_plan(path, ISSUED_ON, example=True, secret=SECRET, register=server.url(name))
    folder.register.close()
    return path, name


@pytest.fixture
def served(new_on_server: tuple[Path, str], server: Server, tmp_path: Path) -> tuple[Plan, str]:
    """A plan folder of one's own, its register in a database of one's own."""
    path, template = new_on_server
    shutil.copytree(path, tmp_path / "served" / "plan")
    name = server.make_database(template=template)
    memory = tmp_path / "served" / "plan" / MEMORY
    memory.write_text(memory.read_text().replace(f"/{template}?", f"/{name}?"))
    return Plan(memory.parent), name


def dump(plan: Plan) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the register but the seals, whose salts are random."""
    register = plan.register
    return {
        table.name: [tuple(row) for row in register.read(table.select().order_by(*table.primary_key))]
        for table in tables.METADATA.sorted_tables
        if table is not tables.SEAL
    }


def test_a_round_comes_to_the_same_on_a_server_as_in_a_file(served: tuple[Plan, str], round_one: Plan) -> None:
    """From issuing to redacting: every command says the same, and every row is the same."""
    on_server, in_file = served[0], round_one
    on_server.issue()

    def give(*words: str | Path) -> None:
        ours, theirs = (run(*words, plan=plan) for plan in (on_server, in_file))
        assert ours.output.replace(str(on_server.path), "") == theirs.output.replace(str(in_file.path), ""), words
        assert ours.exit_code == theirs.exit_code in (0, 3), ours.output

    one, other = (in_file.filled(text, said(progress=text)) for text in ("Käse, 你好, ~!", "Another"))
    give("receive", one, in_file.filled("sos", SOS, "SOS"), *AS_OF)
    give("receive", other, "--dry-run", *AS_OF)
    give("receive", other, *AS_OF)
    settled = {"Start here": SETTLED_BY, "Queries": {str(in_file.queries[0].id): {"Your choice": "take"}}}
    give("receive", fill(in_file.path / "officer" / "2016-17-q1.xlsx", in_file.inbox / "officer.xlsx", settled), *AS_OF)
    for words in (("status",), ("next",), ("master",), ("mail", "--round", Q1, "--feedback")):
        give(*words, *AS_OF)
    give("trace", "DA-1")
    give("withdraw", "SOS-1", "--reason", "It was a draft", *AS_OF)
    give("redact", "J1a.1", "progress", "--reason", "It names a child", *AS_OF)
    give("trace", "J1a.1", "--json")
    give("doctor", *AS_OF)
    assert dump(on_server) == dump(in_file)
    assert not (on_server.path / FILE).exists()
