"""Where on the desk the files are that the tool made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from plan_sheets.store.plan_folder import PLAN_FILE, Folder

FOLDERS = ("issued", "feedback", "mail", "officer", "master")
"""Of the plan folder, those whose files can be downloaded if the tool made them."""


class MadeFile(NamedTuple):
    """A file that the tool made and that lies in the plan folder."""

    name: str
    """Its name within its folder."""
    href: str
    written: datetime
    """By the clock of this machine."""
    path: Path


def list_made(folder: Folder, parent: str) -> list[MadeFile]:
    """The files that the tool made in a folder of the plan folder (`issued/2016-17-q1`), and that are there still."""
    names = sorted(name for name in folder.register.outputs() if name.rpartition("/")[0] == parent)
    there = ((name, folder.path / name) for name in names if (folder.path / name).is_file())
    return [
        MadeFile(path.name, link_to(name), datetime.fromtimestamp(path.stat().st_mtime), path)  # noqa: DTZ006 - the office's own clock
        for name, path in there
    ]


def list_links(folder: Path, paths: Iterable[str]) -> list[tuple[str, str]]:
    """The name and the address of each file that was told by its path, or by its name within the plan folder."""
    names = dict.fromkeys(name for path in paths if (name := _find_name(folder, path)))
    return [(name, link_to(name)) for name in names]


def link_to(name: str) -> str:
    """The address of a file, `name` within the plan folder."""
    return f"/files/{quote(name)}"


def _find_name(folder: Path, path: str) -> str:
    """The name within the plan folder of a file that can be downloaded; "" of another."""
    try:
        name = Path(path).relative_to(folder).as_posix()
    except ValueError:
        name = Path(path).as_posix()
    is_made = name == PLAN_FILE or name.partition("/")[0] in FOLDERS
    return name if is_made and (folder / name).is_file() else ""
