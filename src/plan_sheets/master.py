"""The executive's workbook: how the plan stood at the end of a round, and all that was reported about it.

A draft may be made as often as one likes. What is handed over is a numbered edition: it stays, and closes its round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.document import Document, DocumentFacts, base_text, layout_text
from plan_sheets.core.book.layout import as_text
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.editions import editions
from plan_sheets.core.editions.contents import MasterContents, says_the_same
from plan_sheets.core.editions.differ import SHEET, find_differences
from plan_sheets.core.editions.editions import INTERNAL, Edition
from plan_sheets.core.editions.explain import difference_rows, explain_by
from plan_sheets.core.editions.internal import internal_contents
from plan_sheets.core.editions.public import public, public_contents
from plan_sheets.core.editions.warn import describe_unknown, list_warnings
from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.progress import Tell, mute
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import TAKEN_OUT, WENT_ON, Status
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.board_paper import PaperFacts, board_paper
from plan_sheets.core.sheets.rag_status import DRAFT
from plan_sheets.store import schemas
from plan_sheets.store.collector import pause_collector
from plan_sheets.store.container.hashing import sha256, sha256_of
from plan_sheets.store.keeping.unknown import UnknownReferences, count_on
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, AnyPath, Folder, as_path, check_folder, write_elsewhere
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.editions import EditionFacts, batch_of, is_of, list_editions, read_last_value
from plan_sheets.store.register.known_names import find_disputed, find_known_names
from plan_sheets.store.register.reads import check_clock
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over as render
from plan_sheets.store.writing.hand_over import hand_over_paper


@dataclass(frozen=True, slots=True)
class Mastered:
    """A master workbook that was made: for which round ("" before the first), and what stands in it."""

    path: Path
    round: str
    reference: str
    edition: str
    """internal or public."""
    number: int
    """Which edition it is, from 1; 0 is a draft."""
    boards: Sequence[str]
    """The boards that it is limited to; none is all of them."""
    counts: Mapping[str, int]
    """Actions by published status."""
    warnings: Sequence[str]
    """What somebody should know before it is sent, in sentences."""
    paper: Path | None = None
    """The board paper, if it was asked for."""
    again: bool = False
    """Whether it is an edition that was handed over before."""


STEPS = 3
"""Of making a master: the register is read, the sheets are composed, the workbook is written."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for: see `make_master`."""

    code: str | Round | None
    edition: str
    boards: str | Sequence[str]
    output: Path | None
    paper: Path | None
    hand_over: bool
    number: int | None
    anyway: bool
    today: str
    """ISO."""
    tell: Tell = mute


@pause_collector()
def make_master(  # noqa: PLR0913 - what can be said of one master
    folder: Folder,
    code: str | Round | None,
    now: datetime,
    output: AnyPath | None = None,
    paper: AnyPath | None = None,
    *,
    edition: str = INTERNAL,
    boards: str | Sequence[str] = "",
    hand_over: bool = False,
    number: int | None = None,
    anyway: bool = False,
    tell: Tell = mute,
) -> Mastered:
    """The master of a round, by default the latest, as a draft; before the first is issued, the consultation draft.

    `output`: where to write it; None is the folder's `master/`. `paper`: where to write the same in Word; None is not
    at all. `edition`: internal or public. `boards`: refs of those that it shall be limited to (`J,L`), "" for all.
    `hand_over`: make it a numbered edition, which is kept in `master/` and closes the round; with open queries only if
    `anyway`. `number`: of the edition that shall be made again as it was handed over; None is how it stands now: where
    nothing has changed since an edition was handed over, that edition. `tell` is told how far it is.
    Raises PlanSheetsError for a round that was not issued, another edition, a board that the plan does not have, a file
    that stands where one shall be written, or what cannot be handed over; TypeError or ValueError for what is of the
    wrong kind.
    """
    check_folder(folder)
    check_moment(now)
    written = as_path(output) if output is not None else None
    in_word = as_path(paper) if paper is not None else None
    asked = _Asked(code, edition, boards, written, in_word, hand_over, number, anyway, now.date().isoformat(), tell)
    _check_asked(asked)
    deed = "hand over" if hand_over else "draft"
    with folder.register.batch(deed, now.isoformat(timespec="seconds")) as batch:
        return _make_workbook(folder, asked, batch) if number is None else _make_again(folder, asked, number, batch)


def _check_asked(asked: _Asked) -> None:
    """Raise PlanSheetsError for what does not go together."""
    if asked.number is not None and (asked.hand_over or asked.paper):
        raise PlanSheetsError(
            "An edition is made again as it was handed over, and as a workbook.", "Leave --hand-over and --paper out."
        )
    if asked.anyway and not asked.hand_over:
        raise PlanSheetsError("--anyway speaks of --hand-over.", "Say both, or neither. Nothing was changed.")


def _make_workbook(folder: Folder, asked: _Asked, batch: Batch) -> Mastered:
    """The master that is asked for, as everything stands now, recorded in the batch."""
    register = folder.register
    everything = read_snapshot(register, find_round(register, asked.code))
    asked.tell(1, STEPS)
    readers = editions.edition(asked.edition, asked.boards, everything.history)
    snapshot = editions.of_boards(everything, readers.boards)
    shown, left_out = choose_shown(register, snapshot, readers)
    if asked.hand_over:
        _check_handing_over(snapshot, asked, batch)
    handed_over = list_editions(register, snapshot.code, readers.stem)
    wanted, document = _choose_edition(folder, asked, shown, readers, handed_over)
    asked.tell(2, STEPS)
    again = bool(handed_over) and wanted.number == handed_over[-1].number
    in_word = _make_paper(snapshot, document.reference, asked.paper, wanted) if asked.paper else b""
    if asked.paper:
        write_elsewhere(asked.paper, in_word, batch)
    name = _name_file(snapshot.code, wanted)
    path = _write(folder, name, document, asked, batch, number=0 if again else wanted.number)
    asked.tell(STEPS, STEPS)
    beside = asked.output is None and path != folder.path / name
    warnings = (
        *([NOT_TAKEN_IN] if folder.plan_is_newer() else []),
        *describe_unknown(wanted.number, range(_number_next(handed_over), wanted.number)),
        *list_warnings(shown, snapshot.subgroups, Path(name).name if beside else ""),
        *left_out,
    )
    counts = {str(status): count for status, count in snapshot.roll_up(snapshot.code).counts.items()}
    told = path, snapshot.code, document.reference, wanted.name, wanted.number, wanted.boards, counts, warnings
    return Mastered(*told, paper=asked.paper, again=again)


def _choose_edition(
    folder: Folder, asked: _Asked, shown: Snapshot, readers: Edition, handed_over: Sequence[EditionFacts]
) -> tuple[Edition, Document]:
    """The edition in force if nothing has changed since; else the next one, or a draft of it; and its document."""
    register, wanted, last = folder.register, readers, None
    contents = _work_out(shown, readers)
    if handed_over:
        described = _describe(readers, handed_over)
        last = register.documents(id=handed_over[-1].document)[0]
        book = contents.compose(described, last.reference, register.secret)
        is_same = says_the_same(book, last.book, without=SHEET)
        if is_same and not (asked.hand_over and _is_changed(folder, handed_over[-1])):
            return described, last
        wanted = replace(readers, earlier=(described.number, described.handed_over))
    unknown = UnknownReferences.of(folder.path, register, "master")
    if not asked.hand_over:
        return wanted, _make_document(register, shown, contents, wanted, last, unknown)
    for number in count(_number_next(handed_over)):
        wanted = replace(wanted, number=number, handed_over=asked.today)
        document = _make_document(register, shown, contents, wanted, last, unknown)
        is_taken = folder.path / _name_file(shown.code, wanted) in unknown.paths
        if not is_taken or document.reference in unknown.shas:
            return wanted, document
    raise AssertionError  # there is always another number


def _number_next(handed_over: Sequence[EditionFacts]) -> int:
    """The number of the edition after those that were handed over."""
    return handed_over[-1].number + 1 if handed_over else 1


def _work_out(shown: Snapshot, readers: Edition) -> MasterContents:
    """What a master for these readers says."""
    spec = schemas.load_workbook_spec(readers.kind)
    return public_contents(spec, shown) if readers.public else internal_contents(spec, schemas.load_records(), shown)


def _describe(readers: Edition, handed_over: Sequence[EditionFacts]) -> Edition:
    """The last of the editions that were handed over to these readers."""
    *before, last = handed_over
    earlier = (before[-1].number, before[-1].handed_over) if before else None
    return replace(readers, number=last.number, handed_over=last.handed_over, earlier=earlier)


def _is_changed(folder: Folder, edition: EditionFacts) -> bool:
    """Whether somebody has changed the file of an edition since it was made; one that is gone was not."""
    file = folder.path / edition.path
    return file.exists() and sha256_of(file) not in folder.register.outputs()[edition.path]


def _check_handing_over(snapshot: Snapshot, asked: _Asked, batch: Batch) -> None:
    """Raise PlanSheetsError where there is nothing to hand over, or something has to be looked at first."""
    if snapshot.round is None:
        raise PlanSheetsError(
            "No round has been issued yet: the consultation draft is sent as it is.", "Leave --hand-over out."
        )
    check_clock(batch.register, date.fromisoformat(asked.today))
    if snapshot.queries and not asked.anyway:
        raise PlanSheetsError(
            f"{len(snapshot.open_queries)} of the queries up to {snapshot.code} are not settled: what they ask about "
            "is in no master yet.",
            f"Settle them in the officer's workbook, or hand over all the same with --anyway. {UNCHANGED}",
        )


def _make_again(folder: Folder, asked: _Asked, number: int, batch: Batch) -> Mastered:
    """An edition that was handed over, as it was then: from what the register kept of it."""
    register = folder.register
    wanted = find_round(register, asked.code)
    code = wanted.code if wanted else ""
    readers = editions.edition(asked.edition, asked.boards, register.history())
    handed_over = list_editions(register, code, readers.stem)
    before = [edition for edition in handed_over if edition.number <= number]
    if not before or before[-1].number != number:
        made = ", ".join(str(edition.number) for edition in handed_over)
        raise PlanSheetsError(
            f"There is no edition {number} of {code or 'the consultation draft'} for these readers.",
            f"Handed over so far: {made or 'none; do it with --hand-over'}.",
        )
    edition = _describe(readers, before)
    document = register.documents(id=before[-1].document)[0]
    path = _write(folder, _name_file(code, edition), document, asked, batch)
    not_counted = (Status.PROPOSED, TAKEN_OUT, WENT_ON)
    counts = Counter(published for published in _list_published(document) if published not in not_counted)
    told = path, code, document.reference, edition.name, edition.number, edition.boards, counts, ()
    return Mastered(*told, again=True)


def find_drafts(folder: Folder) -> Mapping[str, int]:
    """The drafts that lie in `master/`: the name of each within the plan folder, and the id of its last document."""
    register, found = folder.register, dict[str, int]()
    for code in ("", *(issued.code for issued in register.rounds())):
        handed_over = {edition.document for edition in list_editions(register, code)}
        for kind in ("master", "public"):
            for document in register.document_facts(kind, code).values():
                _, *boards = document.reference.partition(kind.upper())[2].split("-")[:-1]
                name = _name_file(code, Edition(kind == "public", tuple(boards)))
                if document.id not in handed_over and (folder.path / name).exists():
                    found[name] = document.id
    return found


def make_draft_again(folder: Folder, name: str, document: int, now: datetime) -> Path:
    """Write a draft (its name within the plan folder) again, from what the register keeps of its document (its id)."""
    with folder.register.batch("draft", now.isoformat(timespec="seconds")) as batch:
        return folder.write(name, render(folder.register.documents(id=document)[0].book), batch)


def _list_published(document: Document) -> Iterator[str]:
    """How each action stands in an internal master."""
    for sheet in document.sheets:
        for row, column, content in sheet.cells():
            if (row.record or column.field.record, column.field.name) == ("action", "published_rag"):
                yield as_text(content)


def _name_file(code: str, wanted: Edition) -> str:
    """Where a master lies in the plan folder; the consultation draft says once that it is one."""
    stem = f"{code}{wanted.file_ending}" if code else f"{DRAFT}{wanted.file_ending}".removesuffix("-draft")
    return f"master/{stem.replace(' ', '-').lower()}.xlsx"


def _write(folder: Folder, name: str, document: Document, asked: _Asked, batch: Batch, *, number: int = 0) -> Path:
    """Write the workbook of a document and record what is new; its path once the batch is recorded.

    `number`: of the edition that it is from now on; 0 if it is a draft, or was handed over before.
    """
    data = render(document.book)
    added = document.id or batch.add_document(document, layout_text(document.book), base_text(document.book))
    if asked.output is not None:
        write_elsewhere(asked.output, data, batch)
        if not number:
            return asked.output
    path = folder.write(name, data, batch)
    if number:
        kept = path.relative_to(folder.path).as_posix()
        batch.add(tables.EDITION, document=added, number=number, path=kept, sha256=sha256(data))
    return path


def choose_shown(register: Register, snapshot: Snapshot, wanted: Edition) -> tuple[Snapshot, Sequence[str]]:
    """The snapshot as this edition may show it, and a sentence for each thing that is left out."""
    if not wanted.public:
        return snapshot, ()
    return public(snapshot, find_known_names(register), find_disputed(register, snapshot.code))


def _make_paper(snapshot: Snapshot, reference: str, path: Path, wanted: editions.Edition) -> bytes:
    """The board paper. Raises PlanSheetsError for the public edition, and for a name that Word would not open."""
    if wanted.public:
        raise PlanSheetsError("The board paper names people, so there is none for the public.", "Leave --paper out.")
    if path.suffix.lower() != ".docx":
        raise PlanSheetsError(f"{path} is no name for a Word document.", "Give the paper a name that ends in .docx.")
    sheets = schemas.load_workbook_spec(wanted.kind).sheets
    meanings = {item.ref: item.what for sheet in sheets if sheet.identity for item in sheet.items}
    facts = PaperFacts(reference, wanted.state, wanted.replaces, bool(wanted.boards), meanings)
    return hand_over_paper(board_paper(snapshot, facts))


def _make_document(
    register: Register,
    snapshot: Snapshot,
    contents: MasterContents,
    edition: Edition,
    replaced: Document | None,
    unknown: UnknownReferences,
) -> Document:
    """The last master of the round for these readers if a new one would have the same content; else a new one.

    `replaced`: the edition that it takes the place of. `unknown`: what went out and the register does not know.
    """
    earlier = _find_earlier(register, edition, snapshot.code)
    year = snapshot.history.text("plan", "", "year").replace("/", "-")
    stem, number = f"{snapshot.code or year}-{edition.stem}-", count_on(earlier[-1].reference if earlier else None)
    differs = _tell_differences(register, snapshot, contents, edition, replaced) if replaced else None
    reference, book = unknown.choose(stem, number, lambda ref: contents.compose(edition, ref, register.secret, differs))
    last = earlier[-1].id if earlier else None
    if last and not (replaced and replaced.id == last):
        document = register.documents(id=last)[0]
        if says_the_same(book, document.book):
            return document
    made = book.created.date().isoformat()
    return Document(reference, edition.kind, snapshot.code, "", book.properties[SIGNATURE], book, made, supersedes=last)


def _find_earlier(register: Register, edition: Edition, code: str) -> list[DocumentFacts]:
    """The masters of the round that were made for these readers, drafts among them, oldest first."""
    made = register.document_facts(edition.kind, code)
    return [document for document in made.values() if is_of(document.reference, edition.stem)]


def _tell_differences(
    register: Register, snapshot: Snapshot, contents: MasterContents, edition: Edition, replaced: Document
) -> Sequence[RowFacts]:
    """The rows of the sheet What differs of an edition."""
    differences = [*find_differences(replaced.book, contents.compose(edition, "", b""))]
    explain = explain_by(snapshot, read_last_value(register, batch_of(register, replaced.id)))
    return [*difference_rows(differences, explain)]
