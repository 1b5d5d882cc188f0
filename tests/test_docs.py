"""The reference in `docs/reference/` says what the program does today."""

from __future__ import annotations

import pytest
from tests.reference import DOCS, pages

from plan_sheets.cli import main


@pytest.mark.parametrize("name", pages())
def test_made_again_the_page_is_the_same(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run: make docs"


def test_no_page_is_left_over() -> None:
    assert {one.name for one in DOCS.iterdir()} == set(pages())


@pytest.mark.parametrize("name", main.commands)
def test_every_command_is_told_of(name: str) -> None:
    assert f"## plan-sheets {name}\n" in pages()["commands.md"]
