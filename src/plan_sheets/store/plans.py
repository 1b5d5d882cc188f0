"""The plans at hand: those of one register, or those of all plan folders that lie in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.plan_folder import PLAN_FILE, RETURNED, AnyPath, Folder, as_paths
from plan_sheets.store.register.engines.address import MEMORY, Place
from plan_sheets.store.register.engines.neighbours import find_folders, find_server, list_neighbours
from plan_sheets.store.register.engines.places import locate, open_place
from plan_sheets.store.register.plans import open_plans
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.schemas import check_schemas

DEEP = 2
"""How many folders down plan folders are looked for: region/leicester, or region/leicester/plan-2016-17."""
_LEFT_OF_A_PLAN = (PLAN_FILE, RETURNED, "issued")
"""What shows that a folder without a register was a plan folder."""

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class PlanAtHand:
    """One plan. Its name tells it from all others at hand: that of its folder, or its key in a register of several."""

    name: str
    path: Path
    """Its folder, whether that is there or not."""
    folder: Folder | None = None
    """None where it cannot be opened."""
    trouble: PlanSheetsError | None = None
    """Why it cannot be opened."""
    shares: bool = False
    """Whether its register holds other plans as well."""

    @property
    def place(self) -> Path | None:
        """Its folder; None where that is not known, because several plans share a register."""
        return self.path if not self.shares or self.path.is_dir() else None


@dataclass(frozen=True, slots=True)
class PlansAtHand:
    """All plans at hand, by name; and what there is to say of how they were found."""

    plans: Sequence[PlanAtHand]
    passed_over: Sequence[str] = ()
    """The folders in which no plan was found, by their names."""
    remarks: Sequence[str] = ()
    """What is doubled, in sentences."""


@dataclass(frozen=True, slots=True)
class _Search:
    """What has been found so far: plans, folders without any, and registers that were met a second time."""

    plans: list[PlanAtHand] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    met: dict[str, str] = field(default_factory=dict)
    """The name of each plan folder by where its register really is: a link leads to another one."""

    def look_in(self, path: Path, name: str, *, alone: bool = False) -> None:
        """Take what a folder holds that is a plan folder, or was one; `alone`: nothing else is looked at."""
        try:
            database = locate(path)
            real = database.name if database.place else str((path / FILE).resolve())
            if real in self.met:
                self.remarks.append(f"{name} and {self.met[real]} have one register: it is counted once.")
                return
            self.met[real] = name
            opened = open_plans(database)
        except PlanSheetsError as trouble:
            self.plans.append(PlanAtHand(name, path, trouble=trouble))
            return
        if len(opened) == 1:
            self.plans.extend(PlanAtHand(name, path, Folder(path, only)) for only in opened.values())
            return
        for key, plan in opened.items():
            beside = path / key
            called = key if alone else f"{name}/{key}"
            self.plans.append(PlanAtHand(called, beside, Folder(beside, plan), shares=True))

    def look_on(self, server: Place, path: Path) -> None:
        """Take the plans of a database on a server, each with the folder at hand that remembers it, if any does.

        Raises PlanSheetsError if the server does not say which there are.
        """
        places = [server] if server.key else list_neighbours(server)
        folders = find_folders(places, [path, *_list_folders(path)])
        for place in places:
            whole, folder = folders.get(place.key, (place, path / place.key))
            plan = PlanAtHand(place.key, folder, shares=True)
            try:
                self.plans.append(replace(plan, folder=Folder(folder, Register.open(open_place(whole, folder)))))
            except PlanSheetsError as trouble:
                self.plans.append(replace(plan, trouble=trouble))

    def look_below(self, path: Path, name: str, deep: int) -> None:
        """Take the plan folders that lie in a folder; one in which there is none is passed over, and told."""
        found = len(self.plans) + len(self.remarks)
        for below in _list_folders(path):
            of = f"{name}/{below.name}" if name else below.name
            if _has_register(below) or any((below / left).exists() for left in _LEFT_OF_A_PLAN):
                self.look_in(below, of)
            elif deep > 1:
                self.look_below(below, of, deep - 1)
            else:
                self.passed_over.append(of)
        if name and len(self.plans) + len(self.remarks) == found:
            self.passed_over[:] = [each for each in self.passed_over if not each.startswith(f"{name}/")]
            self.passed_over.append(name)


def find_plans(where: AnyPath | Iterable[AnyPath]) -> PlansAtHand:
    """The plans of the plan folders `where`, and of those that lie in them or one folder deeper.

    Where a register on a server is given, or a plan folder alone remembers one, all plans in it that may be read.
    A plan that cannot be opened is among them with the reason; nothing is written anywhere. Raises PlanSheetsError if
    there is no plan at all, or a file of `schemas/` is wrong; TypeError if `where` is no path.
    """
    check_schemas()
    paths, search = as_paths(where), _Search()
    for path in paths:
        name = path.as_posix() if len(paths) > 1 else ""
        server = None if name or (path / FILE).exists() else find_server(path)
        if server:
            search.look_on(server, path)
            continue
        if _has_register(path):
            search.look_in(path, name or path.resolve().name, alone=not name)
            continue
        found = len(search.plans) + len(search.remarks)
        search.look_below(path, name, DEEP)
        if len(search.plans) + len(search.remarks) == found and any((path / left).exists() for left in _LEFT_OF_A_PLAN):
            search.look_in(path, name or path.resolve().name)
    if not search.plans:
        raise PlanSheetsError(
            f"There is no plan in {' or '.join(str(path.resolve()) for path in paths)}, nor in a folder there.",
            "Give a plan folder, or a folder that holds plan folders; a register on a server with --register URL.",
        )
    plans = sorted(search.plans, key=lambda plan: (plan.name.casefold(), plan.name))
    return PlansAtHand(plans, sorted(search.passed_over), [*search.remarks, *_describe_copies(plans)])


def _has_register(path: Path) -> bool:
    """Whether a folder has a register, or says where it is."""
    return (path / FILE).exists() or (path / MEMORY).exists()


def _list_folders(path: Path) -> list[Path]:
    """The folders in a folder that a person made, by name; none where it cannot be looked into."""
    with suppress(OSError):
        return sorted(below for below in path.iterdir() if below.is_dir() and not below.name.startswith("."))
    return []


def _describe_copies(plans: Iterable[PlanAtHand]) -> Iterator[str]:
    """A sentence for each plan of which several registers are at hand: what signs is its own in each plan."""
    same: dict[bytes, list[str]] = {}
    for plan in plans:
        if plan.folder:
            same.setdefault(plan.folder.register.secret, []).append(plan.name)
    for names in same.values():
        if len(names) > 1:
            yield (
                f"{len(names)} registers are of the same plan, one copied from another, and each is counted: "
                f"{', '.join(names)}. Leave only the one that is in use."
            )


def read_each(
    plans: Iterable[PlanAtHand], read: Callable[[Folder], Told]
) -> Iterator[tuple[PlanAtHand, Told | PlanSheetsError]]:
    """What is read of each plan, one after another; of one that cannot be read why, and the others are read."""
    for plan in plans:
        yield plan, _read_one(plan, read)


def _read_one(plan: PlanAtHand, read: Callable[[Folder], Told]) -> Told | PlanSheetsError:
    if plan.folder is None:
        return plan.trouble or PlanSheetsError(f"{plan.name} cannot be opened.", "Look at the folder.")
    try:
        return read(plan.folder)
    except PlanSheetsError as trouble:
        return trouble
    except Exception as fault:  # noqa: BLE001 - a damaged register may hold anything, and must not take the others along
        return PlanSheetsError(
            f"{plan.path / FILE} holds what plan-sheets did not expect ({type(fault).__name__}: {fault}).",
            f"Look whether it is whole: plan-sheets doctor --plan {plan.path}",
        )
