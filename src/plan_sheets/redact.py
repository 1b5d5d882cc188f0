"""Takes out for good what should never have been written: of a return, or about a ref; and records that it was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.container.kinds import is_workbook
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import RETURNED, Folder
from plan_sheets.store.register.reads import list_mails
from plan_sheets.store.register.redact import TypedTexts, find_typed, forget, redact_rows
from plan_sheets.store.register.register import FILE

_SQLITE = b"SQLite format 3"


def take_out(folder: Folder, about: str, reason: str, now: datetime, field: str) -> tuple[TypedTexts, int, list[Path]]:
    """Take texts out of the register, and files out of `returned/`: the texts, how many rows changed, and the files.

    For the arguments and what it raises see `office.redact_texts`.
    """
    if not reason.strip():
        raise PlanSheetsError("There is no reason.", "Say why with --reason; it is recorded. Nothing was changed.")
    register = folder.register
    with register.batch("redact", now.isoformat(timespec="seconds")) as batch:
        is_ref = about in {ref for _, ref in register.history().by_row}
        typed = find_typed(register, about if is_ref else "", field, () if is_ref else _find_returns(folder, about))
        if not (typed.stems or typed.short):
            raise PlanSheetsError(
                f"Nothing was typed there that could be taken out: {about} {field}".strip() + ".",
                "Look at it with plan-sheets trace. Nothing was changed.",
            )
        came = [file for file in register.returns() if file.id in typed.returns and file.kind != "plan"]
        shas = {file.sha256 for file in came} | {mail.sha256 for mail in list_mails(register, typed.returns)}
        rows = redact_rows(batch, typed, f"{about} {field}".strip(), reason)
    forget(register)
    return typed, rows, [path for sha in sorted(shas) for path in _remove(folder, sha)]


def _find_returns(folder: Folder, name: str) -> list[int]:
    """The ids of a return by its number or the beginning of its SHA-256, and of all that came with the same bytes."""
    named = folder.register.find_return(name)
    return [file.id for file in folder.register.returns(sha256=named.sha256)]


def _remove(folder: Folder, sha: str) -> Iterator[Path]:
    for path in sorted((folder.path / RETURNED).glob(f"{sha}.*")):
        path.unlink()
        yield path


def find_holding(folder: Folder, typed: TypedTexts) -> Sequence[Path]:
    """The workbooks of the plan folder in which any of the texts stands still, and other copies of the register."""
    files = sorted(path for path in folder.path.rglob("*") if path.is_file() and path.name != FILE)
    return [path for path in files if _holds(path.read_bytes(), typed)]


def _holds(data: bytes, typed: TypedTexts) -> bool:
    if data.startswith(_SQLITE):
        return True
    found = read_workbook(data) if is_workbook(data) else None
    return isinstance(found, FoundWorkbook) and any(
        typed.holds(cell.text) for sheet in found.sheets for cell in sheet.cells.values()
    )
