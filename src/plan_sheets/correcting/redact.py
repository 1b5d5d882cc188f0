"""Takes out for good what should never have been written: of a return, or about a ref; and records that it was done."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.text import plain
from plan_sheets.core.screening.around import check_reason
from plan_sheets.store import schemas
from plan_sheets.store.container.kinds import is_workbook
from plan_sheets.store.container.limits import OF_OFFICER
from plan_sheets.store.container.package import open_package
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import RETURNED, Folder
from plan_sheets.store.register.reads import list_mails
from plan_sheets.store.register.redacting.base import find_mentioned
from plan_sheets.store.register.redacting.rows import forget, record_redaction, redact_rows
from plan_sheets.store.register.redacting.typed import Sender, TypedTexts, find_typed, has_words
from plan_sheets.store.register.register import FILE, ReturnFacts
from plan_sheets.store.register.safe.backup import Renewed, replace_daily
from plan_sheets.store.register.statements import SHA_ENOUGH
from plan_sheets.store.writing.eml import list_draft_parts

_SQLITE = b"SQLite format 3"
_ZIP = b"PK"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that is gone from `returned/`, and the numbers of the returns that it was, or brought: `DA-1, DA-2`."""

    path: Path
    numbers: str


@dataclass(frozen=True, slots=True)
class RedactedTexts:
    """What was taken out: the texts, how many rows of the register held them, and the files that are gone."""

    typed: TypedTexts
    rows: int
    removed: Sequence[RemovedFile]
    echoing: Collection[str]
    """SHA-256 of each file of another return in which a short text came back as it went out."""
    renewed: Renewed
    """The backups of the days: what became of them."""
    kept_aside: Sequence[str]
    """What was put aside on the server of the register, and holds it still."""


def take_out(folder: Folder, about: str, reason: str, now: datetime, field: str) -> RedactedTexts:
    """Take texts out of the register, and files out of `returned/`. For the arguments see `office.redact_texts`."""
    reason, register = check_reason(schemas.load_screen(), reason), folder.register
    with register.batch("redact", now.isoformat(timespec="seconds")) as batch:
        is_ref = about in {ref for _, ref in register.history().by_row}
        returns = [] if is_ref else _find_returns(folder, about)
        typed = find_typed(register, about if is_ref else "", field, returns)
        if not (typed.by_key or typed.stems or any(_has_words_beside(sender) for sender in typed.senders)):
            raise PlanSheetsError(
                f"Nothing was typed there that could be taken out: {about} {field}".strip() + ".",
                "Look at it with plan-sheets trace. Nothing was changed.",
            )
        if typed.holds(reason) or any(has_words(reason, words) for words in typed.all_texts):
            raise PlanSheetsError("The reason quotes what shall be taken out.", "Say it without. Nothing was changed.")
        numbers = _list_numbers(folder)
        rows = redact_rows(batch, typed)
        meant, others = _list_shas(folder, typed, rows.holding)
        record_redaction(batch, f"{about} {field}".strip(), reason, rows.count, meant)
        removed = [RemovedFile(path, numbers.get(sha, "")) for sha in meant for path in _remove(folder, sha)]
    forget(register)
    renewed = replace_daily(register.database, now.date().isoformat())
    return RedactedTexts(typed, rows.count, removed, others, renewed, register.database.list_aside())


def _has_words_beside(sender: Sender) -> bool:
    """Whether anything was typed beside the cells of a return."""
    return bool(sender.completed_by or any(sender.messages) or not sender.is_ours)


def _list_numbers(folder: Folder) -> dict[str, str]:
    """The numbers of the returns that a file, or an e-mail, was or brought; by its SHA-256."""
    found: dict[str, dict[str, None]] = {}
    for file in folder.register.returns():
        brought_by = [mail.sha256 for mail in list_mails(folder.register, [file.id])]
        for sha in (file.sha256, *brought_by):
            found.setdefault(sha, {})[file.number] = None
    return {sha: ", ".join(filter(None, numbers)) for sha, numbers in found.items()}


def _find_returns(folder: Folder, name: str) -> list[ReturnFacts]:
    """A return by the reference of its issue, its number or the beginning of its SHA-256: all rows of these bytes."""
    register = folder.register
    came = [file for file in register.returns() if file.kind != "plan"]
    issued = {number for number, facts in register.document_facts().items() if facts.reference == name}
    found = [
        file
        for file in came
        if file.document in issued
        or file.number.casefold() == name.casefold()
        or (len(name) >= SHA_ENOUGH and file.sha256.startswith(name))
    ]
    each = {file.sha256: file for file in found}
    if len(each) > 1:
        told = "; ".join(f"{file.number} came on {PartialDate.of_iso(file.received).words}" for file in each.values())
        raise PlanSheetsError(
            f"'{name}' is more than one return: {told}.",
            "Give the number of the one that is meant. Nothing was changed.",
        )
    if not each:
        raise PlanSheetsError(
            f"There is no return '{name}', and no such ref.",
            "Give a ref; or the number of a return (DA-1), as `status` prints it. Nothing was changed.",
        )
    return [file for file in came if file.sha256 in each]


def _list_shas(folder: Folder, typed: TypedTexts, holding: Collection[int]) -> tuple[list[str], set[str]]:
    """The SHA-256 of the files, e-mails too, that held it: they go from `returned/`, and are not received again.

    Then those of other returns in which a short text came back as it went out: they stay, and are named.
    """
    register = folder.register
    meant = {*(typed.returns if typed.is_of_returns else holding)}
    came = [file for file in register.returns() if file.kind != "plan"]
    shas = {file.sha256 for file in came if file.id in meant}
    shas |= {mail.sha256 for mail in list_mails(register, meant)} if typed.is_of_returns else set()
    kept = sorted((folder.path / RETURNED).glob("*.*"))
    shas |= {path.stem for path in kept if _holds(path.read_bytes(), typed, came=True)}
    return sorted(shas), {file.sha256 for file in came if file.id in holding} - shas


def _remove(folder: Folder, sha: str) -> Iterator[Path]:
    for path in sorted((folder.path / RETURNED).glob(f"{sha}.*")):
        path.unlink()
        yield path


def find_holding(folder: Folder, taken: RedactedTexts, made: Collection[Path]) -> Sequence[Path]:
    """The files of the plan folder in which any of the texts stands still, and other copies of the register.

    What others said of the same round in the same words is none of them; whose round a file is, its path says. `made`:
    those that were made anew: what is named there by the number of a return is what stands now.
    """
    ours = (folder.path / FILE, taken.renewed.made)
    files = sorted(path for path in folder.path.rglob("*") if path.is_file() and path not in ours)
    codes = ("", *(issued.code for issued in folder.register.rounds()))
    typed = {code: taken.typed.without_shared(code) for code in codes}

    def is_holding(path: Path) -> bool:
        if path.parent == folder.path / RETURNED:
            return path.stem in taken.echoing
        name = path.relative_to(folder.path).as_posix().upper()
        meant = typed[next((code for code in codes if code and code in name), "")]
        return _holds(path.read_bytes(), replace(meant, senders=()) if path in made else meant)

    return [*filter(is_holding, files)]


def _holds(data: bytes, typed: TypedTexts, *, came: bool = False) -> bool:
    """Whether a file holds any of the texts; `came`: it was kept in `returned/`.

    There an e-mail counts with a short text about a ref, and a workbook of another return with a long text alone.
    """
    if data.startswith(_SQLITE):
        return True
    if data.startswith(_ZIP) or is_workbook(data):
        is_in = partial(
            _is_in_row, typed=replace(typed, by_key={}, senders=()) if came and typed.is_of_returns else typed
        )
        return any(map(typed.holds, _list_parts(data))) or any(map(is_in, _list_rows(data)))
    if parts := list_draft_parts(data):
        return any(_holds(part, typed, came=came) for part in parts)
    text = data.decode("utf-8", "replace")
    return typed.holds(text) or (came and any(has_words(text, words) for words in _list_short(typed)))


def _list_short(typed: TypedTexts) -> list[str]:
    """The texts about a ref; with a return its e-mail goes whatever it says."""
    return [] if typed.is_of_returns else [*typed.all_texts]


def _list_rows(data: bytes) -> Iterator[list[str]]:
    """The texts of each row of a workbook; of anything else none."""
    found = read_workbook(data, OF_OFFICER) if is_workbook(data) else None
    for sheet in found.sheets if isinstance(found, FoundWorkbook) else ():
        rows: dict[int, list[str]] = {}
        for (row, _), cell in sheet.cells.items():
            rows.setdefault(row, []).append(cell.text)
        yield from rows.values()


def _is_in_row(texts: Sequence[str], typed: TypedTexts) -> bool:
    """Whether a row holds a text that tells somebody; or any, as a whole cell beside its ref, or with its return."""
    if any(map(typed.holds, texts)):
        return True
    said = "\n".join(texts)
    if typed.is_of_returns and any(sender.is_quoted(said) for sender in typed.senders):
        return True
    meant = find_mentioned(typed, said)
    words = {word for key in meant for word in typed.by_key[key]}
    return bool(words) and any(plain(text) in words for text in texts)


def _list_parts(data: bytes) -> Iterator[str]:
    """Every part of a workbook as text, with its attributes and without; of a format without parts none."""
    with suppress(RefusedError, BadZipFile):
        package = open_package(data, OF_OFFICER)
        for name in package.entries:
            part = html.unescape(package.read(name).decode("utf-8", "replace"))
            yield part
            yield _TAG.sub("", part)
