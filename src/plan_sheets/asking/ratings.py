"""The RAG status as the master would tell it now: its first sheet alone, and nothing is recorded."""

from __future__ import annotations

from plan_sheets.core.book.layout import Sheet
from plan_sheets.core.editions.first_sheet import compose_first_sheet
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, check_folder
from plan_sheets.store.register.snapshot import find_round, read_snapshot


def show_ratings(folder: Folder) -> Sheet:
    """The first sheet of the internal master of the latest round: how every priority stands, and why."""
    check_folder(folder)
    register = folder.register
    with register.as_it_stands():
        snapshot = read_snapshot(register, find_round(register, None))
    return compose_first_sheet(schemas.load_workbook_spec("master"), snapshot)
