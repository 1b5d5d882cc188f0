"""The plans that share a database on a server: those that this role may read, and where their folders are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.register.engines.address import Place
from plan_sheets.store.register.engines.given import GIVEN
from plan_sheets.store.register.engines.places import read_memory


def find_server(folder: Path) -> Place | None:
    """The database at hand: the place that is given, or that of what a folder remembers; None if neither is so.

    It has a key only if a plan was given with it: else all plans of the database are meant. Raises PlanSheetsError if
    what is given or remembered is no place.
    """
    if given := os.environ.get(GIVEN):
        return Place.parse(given)
    remembered = read_memory(folder)
    return replace(remembered, key="", mark="") if remembered else None


def list_neighbours(place: Place) -> list[Place]:
    """Every plan in the database of a place that this role may read, by key. Raises PlanSheetsError."""
    from plan_sheets.store.register.engines.postgres import list_keys  # noqa: PLC0415 - loaded only where it is used

    return [replace(place, key=key, mark="") for key in list_keys(place)]


def find_folders(places: Iterable[Place], folders: Iterable[Path]) -> dict[str, tuple[Place, Path]]:
    """Which of these folders remembers each of these places: by its key, the place as it is remembered, and the folder.

    A folder whose memory cannot be read remembers nothing.
    """
    wanted, found = {place.key: place for place in places}, dict[str, tuple[Place, Path]]()
    for folder in folders:
        try:
            memory = read_memory(folder)
        except PlanSheetsError:
            continue
        if memory and memory.key in wanted and memory.url.database == wanted[memory.key].url.database:
            found.setdefault(memory.key, (replace(wanted[memory.key], mark=memory.mark), folder))
    return found
