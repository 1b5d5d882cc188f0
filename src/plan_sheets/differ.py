"""What differs between any two masters that the tool has made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plan_sheets.core.book.compose import Facts, RowFacts, compose
from plan_sheets.core.book.document import Document
from plan_sheets.core.editions.differ import SHEET, Difference, difference_rows, explain_by, find_differences
from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store import schemas
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import AnyPath, Folder, as_path, check_folder, read_bytes, write_elsewhere
from plan_sheets.store.receiving.identify import Identifier
from plan_sheets.store.register.editions import batch_of, read_last_value
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over


@dataclass(frozen=True, slots=True)
class MastersCompared:
    """What differs between two masters: the references of both, and the differences."""

    before: str
    after: str
    differences: Sequence[Difference]
    reasons: Sequence[str]
    """Why, for each difference: who has said something about it in between; "" where that cannot be told."""
    warnings: Sequence[str]
    """What to know of the comparison, in sentences."""
    output: Path | None = None
    """The workbook with the same table, if it was asked for."""


def compare_masters(
    folder: Folder, before: AnyPath, after: AnyPath, now: datetime, output: AnyPath | None = None
) -> MastersCompared:
    """What differs between two masters (files), as they were made; `output`: where to write it as a workbook too.

    Raises PlanSheetsError for a file that is not there or is no master of this plan, and where a file stands at
    `output`; TypeError or ValueError for what is of the wrong kind.
    """
    check_folder(folder)
    check_moment(now)
    paths = as_path(before), as_path(after)
    with folder.register.batch("differ", now.isoformat(timespec="seconds")) as batch:
        (old, changed), (new, changed_too) = (_find_master(folder, path) for path in paths)
        differences = [*find_differences(old.book, new.book)]
        explain = _explain(folder, old, new)
        written = as_path(output) if output is not None else None
        if written:
            write_elsewhere(written, _write_workbook(old, new, differences, explain), batch)
    reasons = [explain(difference.ref) for difference in differences]
    warnings = (*changed, *changed_too, *_list_warnings(old, new))
    return MastersCompared(old.reference, new.reference, differences, reasons, warnings, written)


def _find_master(folder: Folder, path: Path) -> tuple[Document, Sequence[str]]:
    """The master that a file is, and a sentence if the file has been changed since."""
    data = read_bytes(path)
    found = read_workbook(data)
    messages = schemas.load_messages()
    if not isinstance(found, FoundWorkbook):
        raise PlanSheetsError(f"{path} cannot be read. {messages.remark(found.code, found.details).message}", UNCHANGED)
    document, findings = Identifier(folder.register, messages).identify(found, str(path))
    if document is None or any(messages.by_code[finding.code].holds for finding in findings):
        raise PlanSheetsError(
            f"{path} is no master of this plan: nothing in it says so, or not all that says so agrees.",
            f"Give two masters that plan-sheets master has made. {UNCHANGED}",
        )
    if document.kind not in ("master", "public"):
        raise PlanSheetsError(
            f"{path} is {document.reference}, which is no master.", f"Give two masters to be compared. {UNCHANGED}"
        )
    made = frozenset[str]().union(*folder.register.outputs().values())
    changed = f"{path} is not the file that was kept in the plan folder: it is compared as it was made, not as typed."
    return document, [] if sha256(data) in made else [changed]


def _list_warnings(old: Document, new: Document) -> Sequence[str]:
    """What to know of two masters that are not of one kind."""
    if old.reference == new.reference:
        return ["Both are the same master."]
    if _whose(old) != _whose(new):
        return ["The two are not of one kind, round or board: what only one of them tells is told as a difference."]
    return []


def _whose(document: Document) -> tuple[str, str, str]:
    """Of which kind, round and boards a master is: its reference without the number."""
    return document.kind, document.round, document.reference.rpartition("-")[0]


def _explain(folder: Folder, old: Document, new: Document) -> Callable[[str], str]:
    """Why something differs, where the second is the later one and names people."""
    register = folder.register
    first, last = (read_last_value(register, batch_of(register, document.id)) for document in (old, new))
    if first > last or "public" in (old.kind, new.kind):
        return lambda _ref: ""
    return explain_by(read_snapshot(register, find_round(register, new.round or None)), first, last)


def _write_workbook(
    old: Document, new: Document, differences: Sequence[Difference], explain: Callable[[str], str]
) -> bytes:
    facts = Facts(
        texts={"before": old.reference, "after": new.reference},
        created=new.book.created,
        rows={SHEET: [*difference_rows(differences, explain)] or [_nothing()]},
        marking=new.book.marking,
    )
    return hand_over(compose(schemas.load_workbook_spec("differ"), facts))


def _nothing() -> RowFacts:
    return RowFacts("None", {"what": "Nothing differs"})
