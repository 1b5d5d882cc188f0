"""What differs between any two masters that the tool has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plan_sheets.core.book.compose import Facts, RowFacts, compose
from plan_sheets.core.book.document import Document
from plan_sheets.core.book.signature import REFERENCE
from plan_sheets.core.editions.differ import SHEET, Difference, find_differences
from plan_sheets.core.editions.explain import Explain, difference_rows, explain_by
from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.text import count_words
from plan_sheets.core.returned.changed import find_changed_places
from plan_sheets.core.sheets.rag_status import DRAFT
from plan_sheets.store import schemas
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import OURS
from plan_sheets.store.container.package import open_package
from plan_sheets.store.container.properties import read_custom_properties, read_properties
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import AnyPath, Folder, as_path, check_folder, read_bytes, write_elsewhere
from plan_sheets.store.receiving.identify import Identifier
from plan_sheets.store.receiving.known import KnownHere
from plan_sheets.store.register.editions import batch_of, read_last_value
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over

_GIVE_TWO = "Give two masters that plan-sheets master has made."


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

    Raises PlanSheetsError for a file that is not there or is no master of this plan, for the same file twice, and
    where a file stands at `output`; TypeError or ValueError for what is of the wrong kind.
    """
    check_folder(folder)
    check_moment(now)
    paths = as_path(before), as_path(after)
    if folders := [path for path in paths if path.is_dir()]:
        raise PlanSheetsError(f"{folders[0]} is a folder, and no master.", f"Give two masters. {UNCHANGED}")
    files = [read_bytes(path) for path in paths]
    if files[0] == files[1]:
        raise PlanSheetsError(
            f"{paths[0]} and {paths[1]} are the same file: nothing can differ.", f"Give two masters. {UNCHANGED}"
        )
    with folder.register.batch("differ", now.isoformat(timespec="seconds")) as batch:
        (old, changed), (new, changed_too) = (
            _find_master(folder, path, data) for path, data in zip(paths, files, strict=True)
        )
        differences = [*find_differences(old.book, new.book)]
        since, up_to = (read_last_value(folder.register, batch_of(folder.register, each.id)) for each in (old, new))
        in_order = (since, old.id) <= (up_to, new.id)
        explain = _explain(folder, old, new, (since, up_to) if in_order else (up_to, since))
        written = as_path(output) if output is not None else None
        if written:
            write_elsewhere(written, _write_workbook(old, new, differences, explain), batch)
    reasons = [explain(difference) for difference in differences]
    warnings = (*changed, *changed_too, *_list_warnings(old, new, in_order=in_order))
    return MastersCompared(old.reference, new.reference, differences, reasons, warnings, written)


def _find_master(folder: Folder, path: Path, data: bytes) -> tuple[Document, Sequence[str]]:
    """The master that a file is, and a sentence if anybody has changed a cell of it since."""
    identifier = Identifier(KnownHere(folder.register), schemas.load_messages())
    if document := _find_made(folder, identifier, data):
        return _check_master(document, path), ()
    found = read_workbook(data, identifier.known.limits)
    if not isinstance(found, FoundWorkbook):
        wrong = identifier.messages.by_code[found.code].wrong.format_map(found.details)
        raise PlanSheetsError(f"{path} cannot be read. {wrong}", f"{_GIVE_TWO} {UNCHANGED}")
    document, findings = identifier.identify(found, lambda: str(path))
    if document is None or any(identifier.messages.by_code[finding.code].holds for finding in findings):
        raise PlanSheetsError(
            f"{path} is no master of this plan: nothing in it says so, or not all that says so agrees.",
            f"{_GIVE_TWO} {UNCHANGED}",
        )
    places = find_changed_places(_check_master(document, path), found, identifier.messages)
    many = count_words(len(places), "place")
    changed = f"{path} has been changed since it was made, at {many}, first at " if places else ""
    return document, [f"{changed}{places[0]}: it is compared as it was made, not as typed."] if places else ()


def _find_made(folder: Folder, identifier: Identifier, data: bytes) -> Document | None:
    """The document of which a file in the plan folder was made, if nobody has saved it since: it need not be read."""
    made = (shas for path, shas in folder.register.outputs().items() if path.startswith("master/"))
    if sha256(data) not in frozenset[str]().union(*made):
        return None
    properties = read_custom_properties(read_properties(open_package(data, OURS)))
    return identifier.find_document(properties.get(REFERENCE, ""))


def _check_master(document: Document, path: Path) -> Document:
    """The document, if it is a master; raises PlanSheetsError."""
    if document.kind not in ("master", "public"):
        raise PlanSheetsError(f"{path} is {document.reference}, which is no master.", f"{_GIVE_TWO} {UNCHANGED}")
    return document


def _list_warnings(old: Document, new: Document, *, in_order: bool) -> Sequence[str]:
    """What to know of two masters that are not one edition and the next."""
    if old.reference == new.reference:
        return [f"Both are the same master, {old.reference}."]
    limits, rounds = _compare_readers(old, new), _compare_rounds(old, new)
    late = "" if in_order else f"{new.reference} was made before {old.reference}: what stands Before is the later word."
    return [sentence for sentence in (limits, rounds, late) if sentence]


def _compare_readers(old: Document, new: Document) -> str:
    """A sentence if two masters are not for the same readers, so that one of them tells less; else ""."""
    if old.kind != new.kind:
        return "One of the two is the public edition, which tells less."
    boards = [_list_boards(document) for document in (old, new)]
    return f"The two are not of the same boards: {boards[0]}; and {boards[1]}." if boards[0] != boards[1] else ""


def _list_boards(document: Document) -> str:
    """The boards that a master is limited to, by its reference (`2016-17-Q1-MASTER-J-L-2`), in words."""
    refs = document.reference.partition(f"-{document.kind.upper()}")[2].rpartition("-")[0]
    return refs.strip("-").replace("-", " and ") or "all of them"


def _compare_rounds(old: Document, new: Document) -> str:
    """A sentence if two masters are of different rounds; else ""."""
    rounds = [document.round or DRAFT for document in (old, new)]
    return f"The two are not of the same round: {rounds[0]} and {rounds[1]}." if rounds[0] != rounds[1] else ""


def _explain(folder: Folder, old: Document, new: Document, between: tuple[int, int]) -> Explain:
    """Why something differs; where one of the two is public, nobody is named.

    `between`: the last value (its `seq`) of the earlier and of the later master.
    """
    limits, rounds = _compare_readers(old, new), _compare_rounds(old, new)
    if "public" in (old.kind, new.kind):
        return lambda _difference: " ".join(filter(None, (limits, rounds)))
    snapshot = read_snapshot(folder.register, find_round(folder.register, max(old.round, new.round) or None))
    return explain_by(snapshot, *between, limits=limits, other=rounds)


def _write_workbook(old: Document, new: Document, differences: Sequence[Difference], explain: Explain) -> bytes:
    facts = Facts(
        texts={"before": old.reference, "after": new.reference},
        created=new.book.created,
        rows={SHEET: [*difference_rows(differences, explain)] or [_nothing()]},
        marking=new.book.marking,
    )
    return hand_over(compose(schemas.load_workbook_spec("differ"), facts))


def _nothing() -> RowFacts:
    return RowFacts("None", {"what": "Nothing differs"})
