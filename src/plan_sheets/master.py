"""The executive's workbook: how the plan stood at the end of a round, and all that was reported about it."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from plan_sheets.core.book.compose import Facts, compose
from plan_sheets.core.book.document import Document, DocumentFacts, base_text, layout_text
from plan_sheets.core.book.layout import Book
from plan_sheets.core.book.measure import fold_line
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.book.spec import ColumnSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.editions import editions
from plan_sheets.core.editions.editions import INTERNAL, WHOLE, Edition, boards_lines
from plan_sheets.core.editions.public import public, public_book
from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.rating.escalate import SubgroupFacts
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.board_paper import board_paper
from plan_sheets.core.sheets.changes import change_rows
from plan_sheets.core.sheets.considerations import coverage_lines, coverage_rows
from plan_sheets.core.sheets.consultation import consultation_lines, consultation_rows, evidence_rows
from plan_sheets.core.sheets.decisions import decision_rows
from plan_sheets.core.sheets.enquiries import Raised, enquiry_lines, enquiry_rows, raised
from plan_sheets.core.sheets.first_page import first_page
from plan_sheets.core.sheets.master_plan import action_rows, added_rows, grid_rows, question_rows
from plan_sheets.core.sheets.owners import Owned, owned, owner_lines, owner_rows
from plan_sheets.core.sheets.rag_over_time import board_rows, quarter_headings, round_rows, timeline_rows
from plan_sheets.core.sheets.rag_status import DRAFT, tellings, texts_of_round
from plan_sheets.core.sheets.unknown import untold
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, AnyPath, Folder, as_path, check_folder, write_elsewhere
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.known_names import find_disputed, find_known_names
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.writing.hand_over import hand_over, hand_over_paper


@dataclass(frozen=True, slots=True)
class Mastered:
    """A master workbook that was made: for which round ("" before the first), and what stands in it."""

    path: Path
    round: str
    reference: str
    edition: str
    """internal or public."""
    boards: Sequence[str]
    """The boards that it is limited to; none is all of them."""
    counts: Mapping[str, int]
    """Actions by published status."""
    warnings: Sequence[str]
    """What somebody should know before it is sent, in sentences."""
    paper: Path | None = None
    """The board paper, if it was asked for."""


@contextmanager
def pause_collector() -> Iterator[None]:
    """Turn Python's garbage collector off meanwhile; what nothing refers to is freed at once all the same.

    A large master is made of a million objects that are kept until the end and do not refer to each other in circles:
    the collector would look through them again and again, which takes a sixth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@pause_collector()
def make_master(
    folder: Folder,
    code: str | Round | None,
    now: datetime,
    output: AnyPath | None = None,
    paper: AnyPath | None = None,
    *,
    edition: str = INTERNAL,
    boards: str | Sequence[str] = "",
) -> Mastered:
    """The master of a round, by default the latest; before the first is issued, the consultation draft.

    `output`: where to write it; None is the folder's `master/`. `paper`: where to write the same in Word; None is not
    at all. `edition`: internal or public. `boards`: refs of those that it shall be limited to (`J,L`), "" for all.
    Raises PlanSheetsError for a round that was not issued, another edition, a board that the plan does not have, or a
    file that stands where one shall be written; TypeError or ValueError for what is of the wrong kind.
    """
    check_folder(folder)
    check_moment(now)
    asked = (code, edition, boards)
    written = as_path(output) if output is not None else None
    in_word = as_path(paper) if paper is not None else None
    with folder.register.batch("master", now.isoformat(timespec="seconds")) as batch:
        return _make_workbook(folder, asked, written, in_word, batch)


def _make_workbook(
    folder: Folder,
    asked: tuple[str | Round | None, str, str | Sequence[str]],
    output: Path | None,
    paper: Path | None,
    batch: Batch,
) -> Mastered:
    """The master that is `asked` for (round, edition, boards), recorded in the batch."""
    register, (code, edition, boards) = folder.register, asked
    everything = read_snapshot(register, find_round(register, code))
    wanted = editions.edition(edition, boards, everything.history)
    snapshot = editions.of_boards(everything, wanted.boards)
    shown, left_out = _choose_shown(register, snapshot, wanted)
    document = _make_document(shown, wanted, _find_earlier(register, wanted, snapshot.code), register)
    data = hand_over(document.book)
    in_word = _make_paper(snapshot, document.reference, paper, wanted) if paper else b""
    name = f"master/{(snapshot.code or DRAFT.replace(' ', '-')).lower()}{wanted.file_ending}.xlsx"
    if not document.id:
        batch.add_document(document, layout_text(document.book), base_text(document.book))
    if paper:
        write_elsewhere(paper, in_word, batch)
    path = _write_file(folder, name, data, batch, output)
    counts = {str(status): count for status, count in snapshot.roll_up(snapshot.code).counts.items()}
    beside = output is None and path != folder.path / name
    not_taken_in = [NOT_TAKEN_IN] if folder.plan_is_newer() else []
    warnings = (
        *not_taken_in,
        *_list_warnings(shown, snapshot.subgroups, folder.path / name if beside else None),
        *left_out,
    )
    return Mastered(path, snapshot.code, document.reference, wanted.name, wanted.boards, counts, warnings, paper)


def _choose_shown(register: Register, snapshot: Snapshot, wanted: Edition) -> tuple[Snapshot, Sequence[str]]:
    """The snapshot as this edition may show it, and a sentence for each thing that is left out."""
    if not wanted.public:
        return snapshot, ()
    return public(snapshot, find_known_names(register), find_disputed(register, snapshot.code))


def _find_earlier(register: Register, wanted: Edition, code: str) -> list[DocumentFacts]:
    """The masters of this edition that the round has already, oldest first."""
    made = register.document_facts(wanted.kind, code)
    return [document for document in made.values() if document.reference.rpartition("-")[0].endswith(f"-{wanted.stem}")]


def _write_file(folder: Folder, name: str, data: bytes, batch: Batch, output: Path | None) -> Path:
    """Write the master; its path, where it lies once the batch is recorded."""
    if output is None:
        return folder.write(name, data, batch)
    write_elsewhere(output, data, batch)
    return output


def _make_paper(snapshot: Snapshot, reference: str, path: Path, wanted: editions.Edition) -> bytes:
    """The board paper. Raises PlanSheetsError for the public edition, and for a name that Word would not open."""
    if wanted.public:
        raise PlanSheetsError("The board paper names people, so there is none for the public.", "Leave --paper out.")
    if path.suffix.lower() != ".docx":
        raise PlanSheetsError(f"{path} is no name for a Word document.", "Give the paper a name that ends in .docx.")
    return hand_over_paper(board_paper(snapshot, reference, datetime.combine(snapshot.made_on, time())))


def _list_warnings(snapshot: Snapshot, subgroups: Sequence[SubgroupFacts], changed: Path | None) -> Iterator[str]:
    """What to know of a master of `snapshot`; the subgroups by their names, which the public does not learn."""
    out = [group.name for group in subgroups if group.owes]
    if out:
        yield f"No return has come from {'; '.join(out)}: their actions stand as Not reported."
    if not snapshot.rows["priority"]:
        yield "The register holds no priority: if plan.xlsx has any, take it in first with plan-sheets plan."
    if snapshot.queries:
        yield f"Queries are open ({snapshot.queries}): the master shows what stood before them, and says where."
    if snapshot.proposals:
        yield f"Proposals wait to be confirmed ({len(snapshot.proposals)}): the master shows them as proposed."
    unnamed = [decision.ref for decision in snapshot.decisions if not decision.by]
    if unnamed:
        yield f"Nobody's name stands with what was decided on {', '.join(unnamed)}: ask who decided it."
    if changed:
        yield f"{changed.name} has been changed since it was made, so it was left alone; the new one stands beside it."


def _make_document(
    snapshot: Snapshot, edition: Edition, earlier: Sequence[DocumentFacts], register: Register
) -> Document:
    """The round's last master if a new one would have the same content; else a new one."""
    last = register.documents(id=earlier[-1].id)[0] if earlier else None

    def make(reference: str) -> Book:
        """The book under this reference."""
        if edition.public:
            spec = schemas.load_workbook_spec("public")
            return public_book(spec, snapshot, snapshot.made_on, reference, register.secret, edition)
        return make_master_book(snapshot, reference, register.secret, edition)

    if last and base_text(make(last.reference)) == base_text(last.book):
        return last
    year = snapshot.history.text("plan", "", "year").replace("/", "-")
    reference = f"{snapshot.code or year}-{edition.stem}-{len(earlier) + 1}"
    book = make(reference)
    made = book.created.date().isoformat()
    signature = book.properties[SIGNATURE]
    supersedes = last.id if last else None
    return Document(reference, edition.kind, snapshot.code, "", signature, book, made, supersedes=supersedes)


def make_master_book(snapshot: Snapshot, reference: str, secret: bytes, edition: Edition = WHOLE) -> Book:
    """The master workbook of a snapshot; an equal snapshot makes an equal book."""
    spec = _choose_spec(snapshot)
    plan = snapshot.history.record("plan", "", snapshot.code)
    columns = spec.sheets[0].columns
    width = sum(column.width for column in columns)
    limits = boards_lines(edition.boards, snapshot, width)
    above, first = first_page(snapshot, columns, ((*limits, *lines) for lines in tellings(snapshot, width)))
    owners, gaps = [*owned(snapshot)], raised(snapshot)
    fields = {sheet.name: [column.field for column in sheet.columns] for sheet in spec.sheets}
    facts = Facts(
        texts={**texts_of_round(snapshot), **quarter_headings(snapshot)},
        created=datetime.combine(snapshot.made_on, time()),
        rows={
            "RAG status": first,
            "Decisions": [*decision_rows(snapshot)],
            "Master plan": [*action_rows(snapshot, fields["Master plan"])],
            "RAG over time": [*timeline_rows(snapshot)],
            "RAG by round": [*round_rows(snapshot)],
            "RAG by board": [*board_rows(snapshot)],
            "Grid": [*grid_rows(snapshot)],
            "Changes": [*change_rows(snapshot, schemas.load_records())],
            "Open questions": [*question_rows(snapshot)],
            "Considerations": [*coverage_rows(snapshot)],
            "Owners": [*owner_rows(snapshot, owners)],
            "Key lines of enquiry": [*enquiry_rows(snapshot, gaps)],
            "Consultation": [*consultation_rows(snapshot)],
            "Evidence": [*evidence_rows(snapshot)],
            **{name: [*added_rows(snapshot, those)] for name, those in fields.items() if those[0].new_rows},
        },
        lines={"RAG status": above, **_list_lines(snapshot, spec, owners, gaps)},
        notes=[*untold(snapshot)],
        reference=reference,
        secret=secret,
        identity={
            "Plan": plan["title"],
            **({"Edition": edition.words} if edition.boards else {}),
            "Status of the plan": plan["status"] or "Not said",
            "Round": snapshot.code or DRAFT,
        },
        marking=plan["marking"],
        password=plan["lock_password"],
    )
    return compose(spec, facts)


def _choose_spec(snapshot: Snapshot) -> WorkbookSpec:
    """The sheets of the master; before the first round without ages, for no quarter has gone by."""
    spec = schemas.load_workbook_spec("master")
    if snapshot.round:
        return spec
    sheets = (replace(sheet, columns=tuple(c for c in sheet.columns if not _is_age(sheet, c))) for sheet in spec.sheets)
    return replace(spec, sheets=tuple(sheets))


def _is_age(sheet: SheetSpec, column: ColumnSpec) -> bool:
    """Whether a column shows an age; `since` of an open question does not count, for the officer may give it."""
    return column.field.name == "age" or (column.field.name == "since" and sheet.record != "open_question")


def _list_lines(
    snapshot: Snapshot, spec: WorkbookSpec, owners: Sequence[Owned], gaps: Sequence[Raised]
) -> dict[str, tuple[str, ...]]:
    """The counts at the top of a sheet, in lines no wider than its table."""
    texts = {
        "Considerations": coverage_lines(snapshot),
        "Owners": owner_lines(owners),
        "Key lines of enquiry": enquiry_lines(snapshot, gaps),
        "Consultation": consultation_lines(snapshot),
    }
    widths = {sheet.name: sum(column.width for column in sheet.columns) for sheet in spec.sheets}
    return {
        name: tuple(part for line in lines for part in fold_line(line, widths[name])) for name, lines in texts.items()
    }
