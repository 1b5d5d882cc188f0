"""The plan folder and its plan.xlsx: make one, check it as it stands, merge it into the register, write it anew."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from plan_sheets.core.answers.answers import Cell, month_ends
from plan_sheets.core.answers.merge import Merged, MergedCell, merge_return
from plan_sheets.core.answers.plan_queries import VANISHED, compare_with_asked, find_mended
from plan_sheets.core.answers.returns import judge_findings
from plan_sheets.core.model.dates import PartialDate, check_moment
from plan_sheets.core.model.findings import Finding, Outcome, PlanSheetsError, Severity, Verdict
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.history import History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.queries import OpenQuery
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions
from plan_sheets.core.rating.declined import KEEP
from plan_sheets.core.rating.open_questions import OpenQuestion, open_questions
from plan_sheets.core.rating.ratings import RECORDS, find_finished, is_declined, rate_last
from plan_sheets.core.rating.succession import FIELD as SUCCEEDS
from plan_sheets.core.returned.plan.moves import Moves, check_moves, join_queries
from plan_sheets.core.returned.plan.of_the_year import (
    YEAR,
    block_of_other_years,
    find_closed_year,
    find_last_years,
    find_of_other_years,
)
from plan_sheets.core.returned.plan.read_plan import PlanRead, read_plan
from plan_sheets.core.returned.plan.warnings import count_records, find_plan_warnings
from plan_sheets.core.screening.around import check_reason
from plan_sheets.plan_workbook import example_book, plan_book, rows_of, template_book
from plan_sheets.store import schemas
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import OF_OFFICER
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import IS_OPEN, PLAN_FILE, AnyPath, Folder, as_path, check_folder, making
from plan_sheets.store.receiving.look import list_identified, look
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.engines.places import choose_new, remembering
from plan_sheets.store.register.placeholders import list_placeholders
from plan_sheets.store.register.reads import count_errors
from plan_sheets.store.register.record import ReceivedFile, add_return, record_return
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.settling.plan_queries import (
    close_mended,
    list_compared,
    note_settled,
    read_last,
)
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.store.writing.hand_over import hand_over


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands in plan.xlsx: counts, findings, open questions."""

    counts: Mapping[str, int]
    findings: Sequence[Finding]
    questions: Sequence[OpenQuestion]


@dataclass(frozen=True, slots=True)
class PlanMerged:
    """What reading plan.xlsx changed in the register."""

    taken: int = 0
    queries: int = 0
    errors: int = 0
    """How much of it was not taken and has to be mended, of a plan that was read before as well."""
    findings: Sequence[Finding] = field(default_factory=tuple)
    unchanged: bool = False
    """Whether these very bytes had been read before."""
    round: str = ""
    """The code of the round from which on what it changed counts: the first that is not closed; "" before the first."""
    warning: str = ""
    """What is said of plan.xlsx where another program has it open; "" where none has."""
    closed: int = 0
    """How many queries it asks no more: what they were about was mended in it."""
    changes: Sequence[MergedCell] = ()
    """Every cell of it that was taken, with what stood before."""


def new_plan(
    path: AnyPath, now: datetime, *, example: bool = False, secret: bytes | None = None, register: str = ""
) -> Folder:
    """A plan folder with an empty plan.xlsx, or the worked example; both are in the register when it returns.

    `secret`: the 32 bytes that sign, random unless given. `register`: the address of a database on a server, with the
    name of the plan in it (`postgresql://name@server/database#plan`); "": a file in the folder.
    Raises PlanSheetsError if there is a plan already; TypeError or ValueError for what is of the wrong kind.
    """
    path = as_path(path)
    check_moment(now)
    schemas.check_schemas()
    if (path / PLAN_FILE).exists():
        raise PlanSheetsError(f"{path} holds a plan already.", "Choose another folder. Nothing was changed.")
    data = hand_over(example_book() if example else template_book())
    secret = secret or secrets.token_bytes(32)
    with making(path):
        database = choose_new(path, register)
        with remembering(database, secret), Register.founding(database, "plan", secret) as founded:
            folder = Folder(path, founded)
            with founded.batch("new", now.isoformat(timespec="seconds")) as batch:
                folder.write(PLAN_FILE, data, batch)
                _merge_in(folder, data, now, Instructions(), "new")
    return folder


def check_plan(folder: Folder) -> Checked:
    """plan.xlsx as it stands, merged or not: what is wrong in it and what a planner should look at."""
    check_folder(folder)
    history, base = folder.register.history(), last_read(folder)
    read = _read_of_year(folder, folder.read_plan(), history, base)
    last = read_last(folder.register, _find_last(folder))
    findings = note_settled(folder.register, last, read.cells, read.findings)
    rows = {record: read.rows(record) for record in RECORDS}
    placeholders = {
        finding.key: finding.entered or "" for finding in read.findings if finding.code == "placeholder" and finding.key
    }
    titles = {cell.key: cell.field.title for cell in read.cells}
    finished = find_finished(history)
    questions = list(open_questions(rows, placeholders, titles, finished))
    messages = schemas.load_messages()
    cells = [cell._replace(base=base.get(cell.key, "")) for cell in read.cells]
    moves = _check_moves(folder.register, history, cells, folder.register.first_open())
    rows["action"] = {ref: row for ref, row in rows["action"].items() if ref not in moves.went_on}
    has_rounds, by_key = bool(folder.register.rounds()), {cell.key: cell for cell in read.cells}
    findings += [*moves.findings, *month_ends(cells, messages)]
    findings += find_of_other_years(read.cells, history, messages, has_rounds=has_rounds)
    findings += find_plan_warnings(rows, by_key, messages, finished)
    findings += find_last_years(rows, by_key, messages, finished)
    return Checked(count_records(rows, len(questions), finished), findings, questions)


def _check_moves(register: Register, history: History, cells: Sequence[Cell], code: str) -> Moves:
    """What is wrong with how the plan is to move from a round (its code) on, and what is to be asked of it."""
    rounds = [issued.code for issued in register.rounds()]
    is_moved = any(cell.key.field == SUCCEEDS and cell.value != cell.base for cell in cells)
    ratings = rate_last(history, rounds) if rounds and is_moved else {}
    declined = list_declined(register, history) if is_moved else ()
    kept = {(each.key, each.text) for each in declined if each.choice == KEEP}
    return check_moves(cells, history, code, ratings, kept, schemas.load_messages())


def merge_plan(folder: Folder, now: datetime, instructions: Instructions | None = None) -> PlanMerged:
    """Merge plan.xlsx into the register, three ways against the plan last read. All of it is recorded, or nothing.

    `instructions`: that what looks like an identifier of a case may go in, and why; None: it may not.
    """
    with folder.register.batch("plan", now.isoformat(timespec="seconds")):
        return _merge_in(folder, folder.read_plan(), now, instructions or Instructions())


def try_plan(folder: Folder, data: bytes, now: datetime, instructions: Instructions | None = None) -> PlanMerged:
    """What merging these bytes as plan.xlsx would come to: nothing is recorded, and nothing kept.

    `instructions`: see `merge_plan`. Raises PlanSheetsError if they cannot be read, or are of a year that was closed.
    """
    with folder.register.batch("plan", now.isoformat(timespec="seconds"), dry_run=True):
        return _merge_in(folder, data, now, instructions or Instructions())


def _merge_in(folder: Folder, data: bytes, now: datetime, instructions: Instructions, deed: str = "plan") -> PlanMerged:
    """Merge these bytes of plan.xlsx, which are kept before anything is recorded."""
    instructions.check_allowed({ALLOWS_IDENTIFIERS})
    if instructions.allow:
        check_reason(schemas.load_screen(), instructions.reason)
    last = folder.plans_read()[-1:]
    if [plan.sha256 for plan in last] == [sha256(data)] and not instructions.allow:
        errors = count_errors(folder.register, last[0].id)
        return PlanMerged(errors=errors, unchanged=True, warning=_warning(folder))
    history, base = folder.register.history(), last_read(folder)
    read = _read_of_year(folder, data, history, base, screened=not instructions.allow)
    if instructions.allow:
        details = {"held": ALLOWS_IDENTIFIERS, "reason": instructions.reason}
        read.findings.append(schemas.load_messages().remark("held_then_allowed", details))
    at, code = now.isoformat(timespec="seconds"), folder.register.first_open()
    is_masked = any(finding.severity is Severity.MASKED for finding in read.findings)
    with folder.register.batch(deed, at) as batch:
        if not is_masked and not batch.outbox.is_trial:  # what is masked is kept nowhere
            folder.keep(data, sha256(data))
            folder.sync_kept([folder.kept(sha256(data))])
        reading = _merge(folder, read, history, base, code, batch)
        merged, findings = reading.merged, reading.findings
        received = ReceivedFile(sha256(data), PLAN_FILE, "plan", judge_findings(findings), round=code)
        return_id = add_return(batch, received).id
        record_return(batch, received, return_id, merged, findings)
        for query in reading.mended:
            close_mended(batch, query, return_id)
    errors = sum(finding.severity.has_to_be_mended for finding in findings)
    taken = merged.count(Outcome.TAKEN), len(merged.queries), errors
    changes, closed = [met for met in merged.cells if met.outcome is Outcome.TAKEN], len(reading.mended)
    warning = _warning(folder)
    return PlanMerged(*taken, findings, round=code, warning=warning, closed=closed, changes=changes)


def _warning(folder: Folder) -> str:
    return IS_OPEN if folder.plan_is_open() else ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """plan.xlsx as it was merged: what became of its cells, what there is to say, and the queries that it mends."""

    merged: Merged
    findings: tuple[Finding, ...]
    mended: Sequence[OpenQuery]


def _merge(
    folder: Folder, read: PlanRead, history: History, base: Mapping[Key, str], code: str, batch: Batch
) -> _Reading:
    """Merge the cells of plan.xlsx, which count from a round on (its code); `base`: what the plan last read said."""
    register = batch.register
    waiting = register.open_queries(kind="plan")
    cells = [cell._replace(base=base.get(cell.key, "")) for cell in read.cells]
    moves = _check_moves(register, history, cells, code)
    cells = [cell._replace(blocked=cell.blocked or moves.blocked.get(cell.key)) for cell in cells]
    cells = [*compare_with_asked(cells, waiting, list_compared(register, waiting))]
    vanished = [*_vanished(read, base, history)]
    messages, last = schemas.load_messages(), read_last(register, _find_last(folder))
    of_others = [*find_of_other_years(cells, history, messages, has_rounds=bool(code))]
    cells = block_of_other_years(cells, of_others)
    went_on = [key for key in vanished if key.record == "action" and key.ref in moves.went_on]
    vanished = [key for key in vanished if key not in went_on]
    findings = [*of_others, *read.findings, *moves.findings, *month_ends(cells, messages)]
    findings += [
        messages.finding("succeeded_row_gone", key=key, ref=key.ref, heirs=moves.went_on[key.ref]) for key in went_on
    ]
    findings += [
        messages.finding(VANISHED, key=key, ref=key.ref, record=key.record) for key in vanished if last.entered.get(key)
    ]
    findings += _list_back(read, history)
    asked = findings
    findings = note_settled(register, last, read.cells, findings)
    refs = {record: fields["ref"] for record, fields in schemas.load_records().items() if "ref" in fields}
    cells += [Cell(key, refs[key.record], None, "", key.ref, key.ref, Outcome.QUERY) for key in vanished]
    source = Source("plan", received=batch.at, file=PLAN_FILE)
    merged = merge_return(cells, findings, history, code, source, messages)
    known = {(query.code, query.message) for query in waiting}
    asked_of = join_queries(merged.queries, merged.cells)
    merged.queries = [query for query in asked_of if (query.finding.code, query.finding.message) not in known]
    return _Reading(merged, (*findings, *merged.findings), find_mended(waiting, merged, asked, vanished))


def _list_back(read: PlanRead, history: History) -> list[Finding]:
    """A query for each row that was taken out of the plan and stands in plan.xlsx."""
    back = [cell.key for cell in read.cells if cell.key.field == "ref" and _is_removed(history, cell.key)]
    messages = schemas.load_messages()
    return [messages.finding("row_back", key=key, entered=key.ref, ref=key.ref, record=key.record) for key in back]


def _find_last(folder: Folder) -> int:
    """The id of the return by which plan.xlsx was read last; 0 if it never was."""
    return next((plan.id for plan in reversed(folder.plans_read())), 0)


def _is_removed(history: History, key: Key) -> bool:
    """Whether the row has been taken out of the plan."""
    return history.text(key.record, key.ref, "removed") == "Yes"


def _has_left(history: History, key: Key) -> bool:
    """Whether the row was finished in an earlier year, and left the plan with that."""
    return bool(history.find_year_left(key.record, key.ref))


def _vanished(read: PlanRead, base: Mapping[Key, str], history: History) -> list[Key]:
    """The rows that stood in the plan last read and stand in it no more, and that the register still holds.

    Nobody is asked about a further action that was declined: it is to be gone. What waited for the officer then and was
    taken since, stood there too.
    """
    there = {cell.key for cell in read.cells}
    held = ((key, said or history.standing(key).value) for key, said in base.items() if key.field == "ref")
    gone = [key for key, ref in held if ref and key not in there]
    out = (_is_removed, _has_left, lambda held, key: is_declined(held, key.record, key.ref))
    return [key for key in gone if not any(is_out(history, key) for is_out in out)]


def last_read(folder: Folder) -> dict[Key, str]:
    """What every cell of the plan last read counts as having said: what the next reading is compared with."""
    plans = folder.plans_read()
    return folder.register.next_bases(plans[-1].id) if plans else {}


def write_plan(folder: Folder, now: datetime) -> Path:
    """plan.xlsx anew from the register: in place once all its cells are merged, else beside. The path written."""
    at = now.isoformat(timespec="seconds")
    with folder.register.batch("write", at) as batch:
        history = folder.register.history()
        book = plan_book(rows_of(history, list_placeholders(folder.register)), created=now)
        data = hand_over(book)
        if _is_all_merged(folder):
            folder.record(PLAN_FILE, sha256(folder.read_plan()), batch)
        target = folder.write(PLAN_FILE, data, batch)
        if target == folder.plan_file:
            record_written(batch, data, history)
    return target


def _is_all_merged(folder: Folder) -> bool:
    """Whether plan.xlsx as it lies there was read, and nothing in it is in error or waits for the officer."""
    register = folder.register
    plans = folder.plans_read()
    if not plans or not folder.plan_file.exists() or plans[-1].sha256 != sha256(folder.read_plan()):
        return False
    return not count_errors(register, plans[-1].id) and not register.open_queries(kind="plan")


def record_written(batch: Batch, data: bytes, history: History, changed: Sequence[MergedCell] = ()) -> None:
    """The plan just written is the plan last read: every cell holds what stands, but for what is `changed` with it."""
    said = {met.cell.key for met in changed}
    cells = [
        MergedCell(cell._replace(base=cell.value, blocked=None), history.standing(cell.key), Outcome.UNTOUCHED, "")
        for cell in _read(data, screened=False).cells
        if cell.key not in said
    ]
    received = ReceivedFile(sha256(data), PLAN_FILE, "plan", Verdict.ACCEPTED if changed else Verdict.UNTOUCHED)
    record_return(batch, received, add_return(batch, received).id, Merged(cells=[*changed, *cells]), ())


def _read_of_year(
    folder: Folder, data: bytes, history: History, base: Mapping[Key, str], *, screened: bool = True
) -> PlanRead:
    """These bytes of plan.xlsx, as `_read` has them; `base`: what the plan last read said.

    Raises PlanSheetsError if they are of a year that was closed.
    """
    left = [ref for ref in history.refs("action", with_left=True) if history.find_year_left("action", ref)]
    read = _read(data, {*base.values()}, left, screened=screened)
    year = next((cell.value for cell in read.cells if cell.key == YEAR), "")
    if closed := find_closed_year(year, history):
        written = folder.register.returns(id=closed.source.return_id)[0].sha256
        raise PlanSheetsError(
            f"plan.xlsx is the plan of {year}, and that year was closed on "
            f"{PartialDate.of_iso(closed.source.received).words}.",
            f"Put the plan of {closed.value} back. As it was written when the year was closed it is also kept as "
            f"{folder.kept(written)}. {UNCHANGED}",
        )
    return read


def _read(data: bytes, known: Collection[str] = (), left: Collection[str] = (), *, screened: bool = True) -> PlanRead:
    """These bytes of plan.xlsx; of texts that are `known` and of what is not to be `screened` nothing is masked.

    `left`: the refs of the actions that were finished in earlier years.
    """
    found = read_workbook(data, OF_OFFICER)
    if not isinstance(found, FoundWorkbook):
        finding = schemas.load_messages().remark(found.code, found.details)
        raise PlanSheetsError(f"plan.xlsx cannot be read. {finding.message}", "Nothing was changed.")
    # What the register holds may stay: it was looked at when it came, or the officer allowed it.
    spec, forms = schemas.load_workbook_spec("plan"), schemas.load_records()
    messages, screen = schemas.load_messages(), schemas.load_screen() if screened else None
    read = read_plan(found, spec, forms, messages, screen, known, left=left, mails=schemas.load_mails())
    if screen and not any(finding.severity is Severity.MASKED for finding in read.findings):
        beside = list_identified(look(data, limits=OF_OFFICER).seen, known)
        titles = {where: screen.kinds[kind].title for where, kind in beside}
        read.findings += [messages.finding("case_identifier_beside", where=at, kind=of) for at, of in titles.items()]
    return read
