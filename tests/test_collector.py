"""The collector waits for a deed, and goes on as before when the deed is done or has failed."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from plan_sheets.store.collector import pause_collector


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize("enabled", [True, False])
def test_it_is_as_it_was_before_the_deed(*, enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    with pytest.raises(ValueError, match=r"^deed failed$"):
        _deed()
    assert gc.isenabled() == enabled


@pause_collector()
def _deed() -> None:
    raise ValueError(f"deed failed{', and was disturbed' if gc.isenabled() else ''}")
