"""The master of a round as it would be made now: nothing is recorded, and no file is written."""

from __future__ import annotations

from plan_sheets.core.book.layout import Book
from plan_sheets.core.editions.editions import Edition
from plan_sheets.core.editions.internal import internal_contents
from plan_sheets.core.model.rounds import Round
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.snapshot import find_round, read_snapshot


def show_master(folder: Folder, code: str | Round | None = None) -> Book:
    """The internal master of a round, by default the latest; before the first is issued, the consultation draft.

    Raises PlanSheetsError for a round that was not issued.
    """
    check_folder(folder)
    register = folder.register
    with register.as_it_stands():
        snapshot = read_snapshot(register, find_round(register, code))
    spec = schemas.load_workbook_spec("master")
    return internal_contents(spec, schemas.load_records(), snapshot).compose(Edition(), "", b"")
