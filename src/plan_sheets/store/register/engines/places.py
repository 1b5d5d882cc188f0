"""Where the register of a plan is: what its folder remembers, or what is given instead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store import outbox
from plan_sheets.store.register.engines.address import FORM, MEMORY, Place, mark_plan
from plan_sheets.store.register.engines.database import Database
from plan_sheets.store.register.engines.given import GIVEN
from plan_sheets.store.register.engines.sqlite import FILE, SqliteFile
from plan_sheets.store.register.troubles import UNCHANGED

_HEADING = """\
# The register of this plan is kept on a server, at the address below.
# No password stands here: give it by PGPASSWORD or a password file (PGPASSFILE).
# The second line tells this plan from others: leave it as it is.
"""
_OF_PLAN = "plan "


def locate(folder: Path) -> Database:
    """The register of a plan folder: what is given, what the folder remembers, or the file in it.

    Raises PlanSheetsError if that is two registers.
    """
    file, remembered = folder / FILE, read_memory(folder)
    given = Place.parse(os.environ[GIVEN]) if os.environ.get(GIVEN) else None
    if given and not given.key:
        given = replace(given, key=remembered.key) if remembered else given.called(folder)
    if (given or remembered) and file.exists():
        raise PlanSheetsError(
            f"There are two registers of this plan: {file}, and {given or remembered}.",
            f"{_find_way_out(given, remembered, folder)} {UNCHANGED}",
        )
    if given and remembered and str(given) != str(remembered) and given.key != remembered.key:
        raise PlanSheetsError(
            f"{folder / MEMORY} says that the register of this plan is {remembered}; {given} is that of another plan.",
            f"Leave --register and {GIVEN} out, or give another plan folder. {UNCHANGED}",
        )
    place = given or remembered
    mark = remembered.mark if remembered else ""
    return SqliteFile(file) if place is None else open_place(replace(place, mark=mark), folder)


def choose_new(folder: Path, given: str = "") -> Database:
    """Where the register of a plan folder that is made shall be: at the address given, or in the folder.

    Raises PlanSheetsError if the folder has a register.
    """
    address = given or os.environ.get(GIVEN, "")
    place = Place.parse(address).called(folder) if address else read_memory(folder)
    if place is None:
        return SqliteFile(folder / FILE)
    if (folder / FILE).exists():
        raise SqliteFile(folder / FILE).say_held_already()
    return open_place(place, folder)


def check_not_given() -> None:
    """Raise PlanSheetsError if a register is given: a plan that is to be thrown away must not go into it."""
    if os.environ.get(GIVEN):
        raise PlanSheetsError(f"{GIVEN} names a register, and the demo is for none.", f"Unset it first. {UNCHANGED}")


@contextmanager
def remembering(database: Database, secret: bytes) -> Iterator[None]:
    """Let the folder of a register remember where that is, if what is done meanwhile is done: see `remember`."""
    if database.place is None:
        yield
        return
    remember(database.folder, database.place, secret)
    try:
        yield
    except BaseException:
        forget(database.folder)
        raise


def choose_other(folder: Path, to: str, source: Database) -> Database:
    """Where the register of a plan folder shall be moved: see `move_register`. Raises PlanSheetsError."""
    target = open_place(Place.parse(to).called(folder), folder) if to else SqliteFile(folder / FILE)
    if target.name == source.name:
        raise PlanSheetsError(f"The register is there already ({target.name}).", UNCHANGED)
    return target


def _find_way_out(given: Place | None, remembered: Place | None, folder: Path) -> str:
    if given and not remembered:
        return (
            f"To go on in the folder, leave --register and {GIVEN} out. "
            "To go on at the server, move it there: plan-sheets register move URL."
        )
    return (
        f"To look at the one on the server, rename {FILE} in {folder.resolve()} (to aside-{FILE}), and give "
        f"plan-sheets status; to look at the file, rename {MEMORY} there instead. Go on with the one that holds more, "
        "and leave the other one renamed."
    )


def open_place(place: Place, folder: Path) -> Database:
    """The database of a place. Raises PlanSheetsError if the driver for it is not installed."""
    from plan_sheets.store.register.engines.postgres import PostgresPlan  # noqa: PLC0415 - loaded only where it is used

    return PostgresPlan(place, folder)


def list_places(address: str) -> list[Place]:
    """Every plan in the database of an address that this role may see, by name. Raises PlanSheetsError."""
    from plan_sheets.store.register.engines.postgres import list_keys  # noqa: PLC0415 - loaded only where it is used

    place = Place.parse(address)
    return [replace(place, key=key) for key in list_keys(place)]


def read_memory(folder: Path) -> Place | None:
    """The place that a plan folder remembers; None if none. Raises PlanSheetsError if that cannot be read."""
    try:
        text = (folder / MEMORY).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise PlanSheetsError(
            f"{folder / MEMORY} cannot be read.", f"It says where the register of this plan is. {UNCHANGED}"
        ) from error
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    marks = [line.removeprefix(_OF_PLAN) for line in lines if line.startswith(_OF_PLAN)]
    addresses = [line for line in lines if not line.startswith(_OF_PLAN)]
    place = Place.parse(addresses[0]) if len(addresses) == 1 else None
    if place is None or not place.key or len(marks) > 1:
        raise PlanSheetsError(
            f"{folder / MEMORY} does not say where the register of this plan is.",
            f"Write one line into it, as in {FORM}. {UNCHANGED}",
        )
    return replace(place, mark="".join(marks))


def remember(folder: Path, place: Place, secret: bytes) -> None:
    """Write down where the register of a plan folder is, without a password, and which plan it is of.

    `secret`: the bytes that sign. Raises PlanSheetsError.
    """
    path = folder / MEMORY
    outbox.write_whole(path, f"{_HEADING}{place}\n{_OF_PLAN}{mark_plan(secret)}\n".encode())
    outbox.sync(path)
    outbox.sync_folders([folder])


def forget(folder: Path) -> None:
    """Remember no more that the register of a plan folder is elsewhere."""
    (folder / MEMORY).unlink(missing_ok=True)
    outbox.sync_folders([folder])
