"""The desk is an extra: without its packages the command says what to install."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from tests.chairs import Plan
from tests.commands import run

REAL = importlib.util.find_spec


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "govuk_frontend_jinja", "multipart"])
def test_without_its_packages_the_desk_says_what_to_install(
    missing: str, new_example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == missing else REAL(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    result = run("desk", "--no-browser", plan=Plan(new_example))
    assert (result.exit_code, 'pip install ".[desk]"' in result.output) == (1, True)
