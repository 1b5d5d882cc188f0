"""The executive's workbook: where the plan stood at the end of a round, and every word that was said about it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

from plan_sheets.core import editions, identity
from plan_sheets.core.boardpaper import board_paper
from plan_sheets.core.compose import Facts, compose
from plan_sheets.core.consulted import consultation_lines, consultation_rows, evidence_rows
from plan_sheets.core.coverage import coverage_lines, coverage_rows
from plan_sheets.core.decided import decisions
from plan_sheets.core.decisions import decision_rows
from plan_sheets.core.document import Document, DocumentFacts, base_text, layout_text
from plan_sheets.core.editions import WHOLE, Edition, boards_lines
from plan_sheets.core.enquiries import Raised, enquiry_lines, enquiry_rows, raised
from plan_sheets.core.firstpage import first_page
from plan_sheets.core.history import BEFORE_ANY_ROUND, History
from plan_sheets.core.layout import Book
from plan_sheets.core.masterplan import action_rows, change_rows, grid_rows, question_rows
from plan_sheets.core.model import Key, PlanSheetsError, Round
from plan_sheets.core.owners import Owned, owned, owner_lines, owner_rows
from plan_sheets.core.planner import OpenQuestion, Rows, open_questions
from plan_sheets.core.public import public, public_book
from plan_sheets.core.rollup import SubgroupFacts, roll_up
from plan_sheets.core.settle import OpenQuery, proposals, subject
from plan_sheets.core.spec import ColumnSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.standing import rate_rounds, rows_at, thresholds
from plan_sheets.core.stood import Stood, day_of
from plan_sheets.core.summary import DRAFT, fold, tellings, texts_of
from plan_sheets.core.timeline import board_rows, quarter_headings, round_rows, timeline_rows
from plan_sheets.core.totals import RETURNED
from plan_sheets.core.untold import untold
from plan_sheets.store import handover, naming, schemas, tables
from plan_sheets.store.batch import Batch
from plan_sheets.store.collector import collector_paused
from plan_sheets.store.folder import NOT_TAKEN_IN, Folder, write_elsewhere
from plan_sheets.store.naming import NOT_READ
from plan_sheets.store.placeholders import PLACEHOLDER, Placeholder, placeholders_of
from plan_sheets.store.register import Register


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


@collector_paused()
def make_master(
    folder: Folder,
    code: str | None,
    now: datetime,
    output: Path | None = None,
    paper: Path | None = None,
    *,
    edition: str = "internal",
    boards: str = "",
) -> Mastered:
    """The master of a round, by default the latest; before the first is issued, the consultation draft.

    `output`: where to write it; None is the folder's `master/`. `paper`: where to write the same in Word; None is not
    at all. `edition`: internal or public. `boards`: refs of those that it shall be limited to (`J,L`), "" for all.
    Raises PlanSheetsError for a round that was not issued, a board that the plan does not have, or a file that stands
    where one shall be written.
    """
    asked = (code, edition, boards)
    with folder.register.batch("master", now.isoformat(timespec="seconds")) as batch:
        return _make(folder, asked, output, paper, batch)


def _make(
    folder: Folder, asked: tuple[str | None, str, str], output: Path | None, paper: Path | None, batch: Batch
) -> Mastered:
    """The master that is `asked` for (round, edition, boards), recorded in the batch."""
    register, (code, edition, boards) = folder.register, asked
    everything = stood_at(register, _round_of(register, code))
    wanted = editions.edition(edition, boards, everything.history)
    stood = editions.of_boards(everything, wanted.boards)
    shown, left_out = _shown(register, stood, wanted)
    document = _document(shown, wanted, _earlier(register, wanted, stood.code), register)
    data = handover.hand_over(document.book)
    in_word = _in_word(stood, document.reference, paper, wanted) if paper else b""
    name = f"master/{(stood.code or DRAFT.replace(' ', '-')).lower()}{wanted.file_ending}.xlsx"
    if not document.id:
        batch.add_document(document, layout_text(document.book), base_text(document.book))
    if paper:
        write_elsewhere(paper, in_word, batch)
    path = _write(folder, name, data, batch, output)
    counts = {str(status): count for status, count in roll_up(stood.now.values(), stood.limits).counts.items()}
    beside = output is None and path != folder.path / name
    not_taken_in = [NOT_TAKEN_IN] if folder.plan_is_newer() else []
    warnings = (*not_taken_in, *_warnings(shown, stood.subgroups, folder.path / name if beside else None), *left_out)
    return Mastered(path, stood.code, document.reference, wanted.name, wanted.boards, counts, warnings, paper)


def _shown(register: Register, stood: Stood, wanted: Edition) -> tuple[Stood, Sequence[str]]:
    """What is shown of how everything stood, and sentences about what is left out."""
    if not wanted.public:
        return stood, ()
    return public(stood, naming.names_known(register), naming.disputed(register, stood.code))


def _earlier(register: Register, wanted: Edition, code: str) -> list[DocumentFacts]:
    """The masters of this edition that the round has already, oldest first."""
    made = register.document_facts(wanted.kind, code)
    return [one for one in made.values() if one.reference.rpartition("-")[0].endswith(f"-{wanted.stem}")]


def _write(folder: Folder, name: str, data: bytes, batch: Batch, output: Path | None) -> Path:
    """Writes the master; where it lies once the batch is recorded."""
    if output is None:
        return folder.write(name, data, batch)
    write_elsewhere(output, data, batch)
    return output


def _in_word(stood: Stood, reference: str, path: Path, wanted: editions.Edition) -> bytes:
    """The board paper. Raises PlanSheetsError for the public edition, and for a name that Word would not open."""
    if wanted.public:
        raise PlanSheetsError("The board paper names people, so there is none for the public.", "Leave --paper out.")
    if path.suffix.lower() != ".docx":
        raise PlanSheetsError(f"{path} is no name for a Word document.", "Give the paper a name that ends in .docx.")
    return handover.hand_over_paper(board_paper(stood, reference, datetime.combine(stood.made_on, time())))


def _round_of(register: Register, code: str | None) -> Round | None:
    """The round that is meant; None before the first. Raises PlanSheetsError if it was not issued."""
    issued = [one.code for one in register.rounds()]
    if code is None:
        return Round.parse(issued[-1]) if issued else None
    wanted = Round.parse(code)
    if wanted.code not in issued:
        raise PlanSheetsError(
            f"{wanted.code} has not been issued, so there is nothing to make a master of.",
            f"Issued so far: {', '.join(issued)}." if issued else "Leave the round out to make the consultation draft.",
        )
    return wanted


def _warnings(stood: Stood, subgroups: Sequence[SubgroupFacts], changed: Path | None) -> Iterator[str]:
    """What to know of a master of `stood`; the subgroups by their names, which the public does not learn."""
    out = [one.name for one in subgroups if one.missed]
    if out:
        yield f"No return has come from {'; '.join(out)}: their actions stand as Not reported."
    if not stood.rows["priority"]:
        yield "The register holds no priority: if plan.xlsx has any, take it in first with plan-sheets plan."
    if stood.queries:
        yield f"Queries are open ({stood.queries}): the master shows what stood before them, and says where."
    if stood.proposals:
        yield f"Proposals wait to be confirmed ({len(stood.proposals)}): the master shows them as proposed."
    unnamed = [one.ref for one in decisions(stood.history, stood.rounds) if not one.by]
    if unnamed:
        yield f"Nobody's name stands with what was decided on {', '.join(unnamed)}: ask who decided it."
    if changed:
        yield f"{changed.name} has been changed since it was made, so it was left alone; the new one stands beside it."


def _document(stood: Stood, edition: Edition, earlier: Sequence[DocumentFacts], register: Register) -> Document:
    """The last master of the round if it would say the very same; else a new one."""
    last = register.documents(id=earlier[-1].id)[0] if earlier else None

    def make(reference: str) -> Book:
        """The book under this reference."""
        if edition.public:
            spec = schemas.load_workbook_spec("public")
            return public_book(spec, stood, stood.made_on, reference, register.secret, edition)
        return master_book(stood, reference, register.secret, edition)

    if last and base_text(make(last.reference)) == base_text(last.book):
        return last
    year = stood.history.text("plan", "", "year").replace("/", "-")
    reference = f"{stood.code or year}-{edition.stem}-{len(earlier) + 1}"
    book = make(reference)
    made = book.created.date().isoformat()
    signature = book.properties[identity.SIGNATURE]
    supersedes = last.id if last else None
    return Document(reference, edition.kind, stood.code, "", signature, book, made, supersedes=supersedes)


def master_book(stood: Stood, reference: str, secret: bytes, edition: Edition = WHOLE) -> Book:
    """The master workbook of how everything stood; the same facts make the same book."""
    spec = _spec(stood)
    plan = stood.history.record("plan", "", stood.code)
    columns = spec.sheets[0].columns
    width = sum(column.width for column in columns)
    limits = boards_lines(edition.boards, stood, width)
    above, first = first_page(stood, columns, ((*limits, *lines) for lines in tellings(stood, width)))
    owners, gaps = [*owned(stood)], raised(stood)
    facts = Facts(
        texts={**texts_of(stood), **quarter_headings(stood)},
        created=datetime.combine(stood.made_on, time()),
        rows={
            "RAG status": first,
            "Decisions": [*decision_rows(stood)],
            "Master plan": [*action_rows(stood)],
            "RAG over time": [*timeline_rows(stood)],
            "RAG by round": [*round_rows(stood)],
            "RAG by board": [*board_rows(stood)],
            "Grid": [*grid_rows(stood)],
            "Changes": [*change_rows(stood, schemas.load_records())],
            "Open questions": [*question_rows(stood)],
            "Considerations": [*coverage_rows(stood)],
            "Owners": [*owner_rows(stood, owners)],
            "Key lines of enquiry": [*enquiry_rows(stood, gaps)],
            "Consultation": [*consultation_rows(stood)],
            "Evidence": [*evidence_rows(stood)],
        },
        lines={"RAG status": above, **_lines(stood, spec, owners, gaps)},
        notes=[*untold(stood)],
        reference=reference,
        secret=secret,
        identity={
            "Plan": plan["title"],
            **({"Edition": edition.words} if edition.boards else {}),
            "Status of the plan": plan["status"] or "Not said",
            "Round": stood.code or DRAFT,
        },
        marking=plan["marking"],
        password=plan["lock_password"],
    )
    return compose(spec, facts)


def _spec(stood: Stood) -> WorkbookSpec:
    """The sheets of the master; before the first round without ages, for no quarter has gone by."""
    spec = schemas.load_workbook_spec("master")
    if stood.round:
        return spec
    sheets = (replace(one, columns=tuple(c for c in one.columns if not _is_age(one, c))) for one in spec.sheets)
    return replace(spec, sheets=tuple(sheets))


def _is_age(sheet: SheetSpec, column: ColumnSpec) -> bool:
    """Whether a column tells an age; since when a question has been open, the officer may have said."""
    return column.field.name == "age" or (column.field.name == "since" and sheet.record != "open_question")


def _lines(
    stood: Stood, spec: WorkbookSpec, owners: Sequence[Owned], gaps: Sequence[Raised]
) -> dict[str, tuple[str, ...]]:
    """The counts at the top of a sheet, in lines no wider than its table."""
    said = {
        "Considerations": coverage_lines(stood),
        "Owners": owner_lines(owners),
        "Key lines of enquiry": enquiry_lines(stood, gaps),
        "Consultation": consultation_lines(stood),
    }
    widths = {sheet.name: sum(column.width for column in sheet.columns) for sheet in spec.sheets}
    return {name: tuple(part for line in lines for part in fold(line, widths[name])) for name, lines in said.items()}


# What the register says


def stood_at(register: Register, for_round: Round | None) -> Stood:
    """How everything stood at the end of a round, from what the register holds; None is before the first round."""
    history = register.history()
    code = for_round.code if for_round else BEFORE_ANY_ROUND
    rounds = tuple(one.code for one in register.rounds() if one.code <= code)
    rows = rows_at(history, code)
    settled = {one.subject for one in register.rows(tables.SETTLEMENT)}
    queries = [one for one in register.open_queries() if one.round <= code]
    returned, entries = _Returns(register), register.entries_about(NOT_READ, PLACEHOLDER)
    placeholders = placeholders_of(register, entries, history, code)
    return Stood(
        round=for_round,
        rounds=rounds,
        history=history,
        rows=rows,
        ratings=rate_rounds(history, rounds, rows),
        limits=thresholds(history, code),
        subgroups=tuple(_reporting(rows, rounds, returned)),
        silent=returned.because(code),
        questions=tuple(_questions(history, rows, placeholders)),
        proposals=tuple(one for one in proposals(history, rounds) if one.round <= code and subject(one) not in settled),
        doubts=_doubts(queries, _not_read(entries, returned, code)),
        set_aside=sum(
            _came_in(register, one.received, code)
            for verdict in ("held", "refused")
            for one in register.set_aside(verdict)
        ),
        asked={key: one.since for key, one in placeholders.items()},
        open_queries=tuple(queries),
        made_on=day_of(for_round, history),
    )


class _Returns:
    """What came back: every accepted return of a subgroup's workbook or feedback, by round and subgroup."""

    def __init__(self, register: Register) -> None:
        kinds = ("subgroup", "feedback")
        self.documents = {number: one for number, one in register.document_facts().items() if one.kind in kinds}
        self.round_of: dict[int, str] = {}
        """The code of the round that each return speaks of, by the id of the return."""
        self.forms: dict[tuple[str, str], dict[str, str]] = {}
        """The form of the last accepted return, by round and subgroup."""
        for one in register.returns():
            document = self.documents.get(one.document or 0)
            if document and one.verdict in RETURNED:
                self.round_of[one.id] = document.round
                self.forms[document.round, document.subgroup] = json.loads(one.form) if one.form else {}

    def issued(self, code: str) -> list[str]:
        """The subgroups that were issued a workbook in a round, in the order of issue."""
        return list(dict.fromkeys(one.subgroup for one in self.documents.values() if one.round == code))

    def because(self, code: str) -> dict[str, str]:
        """Why a subgroup has nothing to report, by its code."""
        told = {
            subgroup: form.get("nothing_because", "") for (when, subgroup), form in self.forms.items() if when == code
        }
        return {subgroup: text for subgroup, text in told.items() if text}


def _reporting(rows: Rows, rounds: Sequence[str], returned: _Returns) -> Iterator[SubgroupFacts]:
    for code in returned.issued(rounds[-1]) if rounds else ():
        row = rows["subgroup"].get(code, {})
        missed = 0
        for past in reversed(rounds):
            if code not in returned.issued(past) or (past, code) in returned.forms:
                break
            missed += 1
        yield SubgroupFacts(code, row.get("title") or code, row.get("chair", ""), row.get("board_lead", ""), missed)


def _not_read(entries: Sequence[Any], returned: _Returns, code: str) -> Iterator[Key]:
    """The cells of a round whose last text could not be taken: an error, or a personal identifier."""
    of_round = {id_ for id_, of in returned.round_of.items() if of == code}
    last = {Key(one.record, one.ref, one.field): one.outcome for one in entries if one.return_id in of_round}
    yield from (key for key, outcome in last.items() if outcome in NOT_READ)


def _doubts(queries: Sequence[OpenQuery], not_read: Iterator[Key]) -> dict[str, tuple[str, ...]]:
    """What is in doubt about each action, in words."""
    asked = [cell.key for one in queries for cell in one.cells]
    doubts: dict[str, tuple[str, ...]] = {}
    for words, keys in (("a query is open on {}", asked), ("what was entered could not be taken: {}", not_read)):
        titles: dict[str, list[str]] = {}
        for key in keys:
            if key.record in ("action", "contribution"):
                titles.setdefault(key.ref.partition("/")[0], []).append(_title(key))
        for ref, told in titles.items():
            doubts[ref] = (*doubts.get(ref, ()), words.format(", ".join(dict.fromkeys(told))))
    return doubts


def _title(key: Key) -> str:
    about = schemas.load_records().get(key.record, {}).get(key.field)
    return about.title if about else "the row itself"


def _questions(history: History, rows: Rows, placeholders: Mapping[Key, Placeholder]) -> Iterator[OpenQuestion]:
    """Everything open at the end of the round."""
    titles = {key: _title(key) for key in [*history.by_key, *placeholders]}
    return open_questions(rows, {key: one.entered for key, one in placeholders.items()}, titles)


def _came_in(register: Register, received: str, code: str) -> bool:
    """Whether a file that names no round came in while this one was the latest."""
    return max((one.code for one in register.rounds() if one.issued <= received[:10]), default=BEFORE_ANY_ROUND) == code
