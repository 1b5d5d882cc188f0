"""The files that `receive` is given: single files, and folders looked through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from plan_sheets.core.model import PlanSheetsError
from plan_sheets.store import register as registers
from plan_sheets.store.folder import PLAN_FILE, Folder, read_bytes, sha256

SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""What a workbook in a folder is called; what it is, its content says."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file to be received: its bytes, and the name to speak of it by."""

    name: str
    data: bytes

    @property
    def sha(self) -> str:
        """SHA-256 of the bytes."""
        return sha256(self.data)


@dataclass(frozen=True, slots=True)
class Inbox:
    """What is to be received, and what was passed over with the reason."""

    files: tuple[Incoming, ...]
    passed_over: tuple[tuple[str, str], ...]


def open_inbox(folder: Folder, paths: Iterable[Path]) -> Inbox:
    """All files of these paths, each once, sorted. Raises PlanSheetsError for a path that is not there.

    In a folder what the tool made and nobody changed is passed over, as are the plan, the register and `returned/`.
    """
    files: list[Incoming] = []
    passed: list[tuple[str, str]] = []
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise PlanSheetsError(f"{path} is not there.", "Look at the name. Nothing was received.")
        found = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for one in found:
            if one.resolve() in seen:
                continue
            seen.add(one.resolve())
            why = _why_not(folder, one) if path.is_dir() else ""
            data = b"" if why else read_bytes(one)
            if not why and path.is_dir() and folder.is_ours(sha256(data)):
                why = "made here, and unchanged"
            if why:
                passed.append((str(one), why))
            else:
                files.append(Incoming(str(one), data))
        if path.is_dir() and not any(one.suffix.lower() in SUFFIXES for one in found):
            raise PlanSheetsError(
                f"There is no workbook in {path}.", "Give the folder that the returns lie in. Nothing was received."
            )
    return Inbox(tuple(files), tuple(passed))


def _why_not(folder: Folder, path: Path) -> str:
    """Why a file in a folder is not received; "" if it is."""
    inside = (
        path.resolve().relative_to(folder.path.resolve())
        if path.resolve().is_relative_to(folder.path.resolve())
        else None
    )
    if inside and (inside.parts[0] == "returned" or inside.name in (PLAN_FILE, registers.FILE)):
        return "part of the plan folder"
    if path.name.startswith(("~$", ".")):
        return "left behind by another program"
    return "" if path.suffix.lower() in SUFFIXES else "not a workbook by its name"
