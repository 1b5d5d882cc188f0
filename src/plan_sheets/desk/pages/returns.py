"""Takes returns in: workbooks, zips and e-mails that are dropped on the page; a verdict for each."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from starlette.datastructures import UploadFile
from starlette.responses import Response

from plan_sheets import office
from plan_sheets.core.model.printable import printable
from plan_sheets.core.model.progress import Tell
from plan_sheets.desk.views import Ask, render, route
from plan_sheets.screen.deeds import print_receipts
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving.pool import processes

NO_FILE = "Choose the files first: workbooks, zips or e-mails. Nothing was received."
LONGEST_NAME = 150
"""Characters of a file's name that are kept; a file system takes 255 bytes."""


def show_returns(ask: Ask) -> Response:
    """The page on which returns are dropped."""
    return render(ask, "returns", errors=[])


def take_returns(ask: Ask) -> Response:
    """Receive what was dropped; or say only what would come of it."""
    given = [file for file in ask.form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not given:
        return render(ask, "returns", errors=[{"text": NO_FILE, "href": "#files"}])
    is_trial, notes = bool(ask.text("dry_run")), bool(ask.text("notes"))
    aside = TemporaryDirectory(prefix="plan-sheets-")
    paths = [_keep(file, Path(aside.name) / str(number)) for number, file in enumerate(given)]

    def receive(folder: Folder, tell: Tell) -> None:
        with aside, processes() as executor:
            now = ask.desk.clock()
            received = office.receive_files(
                folder, paths, now, dry_run=is_trial, executor=executor, tell=tell, are_copies=True
            )
            print_receipts(received, as_json=False, dry_run=is_trial, notes=notes)

    many = "1 file" if len(paths) == 1 else f"{len(paths)} files"
    return ask.begin(f"Trying {many}: nothing is recorded" if is_trial else f"Receiving {many}", receive)


def _keep(file: UploadFile, folder: Path) -> Path:
    """Write a file that was dropped into a folder of its own, under its own name as far as a name may be trusted."""
    folder.mkdir()
    name = re.sub(r'[/\\:*?"<>|]', "_", printable(PurePath(str(file.filename).replace("\\", "/")).name)).strip(". ")
    stem, ending = PurePath(name).stem[:LONGEST_NAME], PurePath(name).suffix[:10]
    path = folder / (f"{stem}{ending}" or "file")
    with path.open("xb") as kept:
        copyfileobj(file.file, kept)
    return path


ROUTES = (route("/returns", show_returns), route("/returns", take_returns, ("POST",)))
