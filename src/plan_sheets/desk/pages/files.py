"""Downloads: what the tool made, the files that came in, and plan.xlsx; nothing else of the plan folder."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from starlette.responses import Response

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.desk.links import FOLDERS
from plan_sheets.desk.views import Visit, render, route
from plan_sheets.store.plan_folder import PLAN_FILE, Folder, read_bytes

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".zip": "application/zip",
}
_CAME_IN = re.compile(r"returned/([0-9a-f]{64})(\.[a-z0-9]{1,8})")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class _Download(NamedTuple):
    path: Path
    name: str
    """What it is called where it is saved."""


def send_file(ask: Visit) -> Response:
    """One file of the plan folder, to be saved."""
    with ask.desk.open() as folder:
        found = _find(folder, ask.request.path_params["path"])
        if found is None:
            trouble = PlanSheetsError("There is no such file to download.", "Look at the page that led here again.")
            return render(ask, "trouble", HTTPStatus.NOT_FOUND, trouble=trouble, is_asked=True)
        return send_bytes(read_bytes(found.path), found.name)


def send_bytes(data: bytes, name: str) -> Response:
    """Bytes to be saved under a name, never to be shown."""
    safe = _NOT_IN_NAMES.sub("_", name)
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Response(data, media_type=TYPES.get(PurePosixPath(safe).suffix, "application/octet-stream"), headers=headers)


def _find(folder: Folder, wanted: str) -> _Download | None:
    """The file of this name within the plan folder, if it is one that may be downloaded.

    A name is looked up among those that the register has recorded: none is ever made of what was asked for.
    """
    came = _CAME_IN.fullmatch(wanted)
    if came:
        known = folder.register.returns(sha256=came[1])
        name = f"{known[-1].number or 'plan'}{came[2]}" if known else ""
    else:
        parent, _, last = wanted.rpartition("/")
        is_made = wanted in folder.register.outputs() and (not parent or parent.partition("/")[0] in FOLDERS)
        name = last if is_made or wanted == PLAN_FILE else ""
    path = folder.path / wanted
    if not name or not path.is_file() or path.resolve() != folder.path.resolve() / wanted:  # a link leads elsewhere
        return None
    return _Download(path, name)


ROUTES = (route("/files/{path:path}", send_file),)
