"""The plan folder and its plan.xlsx: make one, check it as it stands, merge it into the register, write it anew."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from plan_sheets.core.answers.answers import Cell, month_ends
from plan_sheets.core.answers.merge import Merged, MergedCell, merge_return
from plan_sheets.core.answers.returns import judge_findings
from plan_sheets.core.book.compose import Facts, RowFacts, compose
from plan_sheets.core.book.layout import Book
from plan_sheets.core.model.dates import check_moment
from plan_sheets.core.model.findings import Finding, Outcome, PlanSheetsError, Severity, Verdict
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.history import History, Source
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions
from plan_sheets.core.rating.open_questions import OpenQuestion, open_questions
from plan_sheets.core.rating.ratings import RECORDS, find_finished, is_declined
from plan_sheets.core.returned.plan_warnings import count_records, find_plan_warnings
from plan_sheets.core.returned.read_plan import PlanRead, read_plan
from plan_sheets.core.screening.around import check_reason
from plan_sheets.store import schemas
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.plan_folder import IS_OPEN, PLAN_FILE, AnyPath, Folder, as_path, check_folder
from plan_sheets.store.receiving.look import list_identified, look
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.placeholders import list_placeholders
from plan_sheets.store.register.reads import count_errors, list_rows_asked_about
from plan_sheets.store.register.record import ReceivedFile, add_return, record_return
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.writing.hand_over import hand_over

TITLE_OF_TEMPLATE = "Business plan"
DEFAULTS = {"lock_workbooks": "Yes", "confirm_at_once": "No", "second_name": "No"}
"""The settings of a plan as the empty template has them."""

PlanRows = Mapping[str, Sequence[Mapping[str, str]]]


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


def new_plan(path: AnyPath, now: datetime, *, example: bool = False, secret: bytes | None = None) -> Folder:
    """A plan folder with an empty plan.xlsx, or the worked example; both are in the register when it returns.

    `secret`: the 32 bytes that sign, random unless given. Raises PlanSheetsError if there is a plan already; TypeError
    or ValueError for what is of the wrong kind.
    """
    path = as_path(path)
    check_moment(now)
    schemas.check_schemas()
    if (path / PLAN_FILE).exists():
        raise PlanSheetsError(f"{path} holds a plan already.", "Choose another folder. Nothing was changed.")
    data = hand_over(example_book() if example else template_book())
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanSheetsError(f"{path} cannot be made ({error.strerror}).", "Choose another folder.") from error
    with Register.founding(path / FILE, "plan", secret or secrets.token_bytes(32)) as register:
        folder = Folder(path, register)
        with register.batch("new", now.isoformat(timespec="seconds")) as batch:
            folder.write(PLAN_FILE, data, batch)
            _merge_in(folder, data, now, Instructions(), "new")
    return folder


def check_plan(folder: Folder) -> Checked:
    """plan.xlsx as it stands, merged or not: what is wrong in it and what a planner should look at."""
    check_folder(folder)
    read = _read(folder.read_plan(), {*last_read(folder).values()})
    rows = {record: read.rows(record) for record in RECORDS}
    placeholders = {
        finding.key: finding.entered or "" for finding in read.findings if finding.code == "placeholder" and finding.key
    }
    titles = {cell.key: cell.field.title for cell in read.cells}
    finished = find_finished(folder.register.history())
    questions = list(open_questions(rows, placeholders, titles, finished))
    messages, base = schemas.load_messages(), last_read(folder)
    findings = [*month_ends((cell._replace(base=base.get(cell.key, "")) for cell in read.cells), messages)]
    findings += find_plan_warnings(rows, {cell.key: cell for cell in read.cells}, messages, finished)
    return Checked(count_records(rows, len(questions), finished), [*read.findings, *findings], questions)


def merge_plan(folder: Folder, now: datetime, instructions: Instructions | None = None) -> PlanMerged:
    """Merge plan.xlsx into the register, three ways against the plan last read. All of it is recorded, or nothing.

    `instructions`: that what looks like an identifier of a case may go in, and why; None: it may not.
    """
    with folder.register.batch("plan", now.isoformat(timespec="seconds")):
        return _merge_in(folder, folder.read_plan(), now, instructions or Instructions())


def _merge_in(folder: Folder, data: bytes, now: datetime, instructions: Instructions, deed: str = "plan") -> PlanMerged:
    """Merge these bytes of plan.xlsx, which are kept before anything is recorded."""
    instructions.check_allowed({ALLOWS_IDENTIFIERS})
    if instructions.allow:
        check_reason(schemas.load_screen(), instructions.reason)
    last = folder.plans_read()[-1:]
    if [plan.sha256 for plan in last] == [sha256(data)] and not instructions.allow:
        errors = count_errors(folder.register, last[0].id)
        return PlanMerged(errors=errors, unchanged=True, warning=_warning(folder))
    read = _read(data, {*last_read(folder).values()}, screened=not instructions.allow)
    if instructions.allow:
        details = {"held": ALLOWS_IDENTIFIERS, "reason": instructions.reason}
        read.findings.append(schemas.load_messages().remark("held_then_allowed", details))
    if not any(finding.severity is Severity.MASKED for finding in read.findings):  # what is masked is kept nowhere
        folder.keep(data, sha256(data))
        folder.sync_kept([folder.kept(sha256(data))])
    at, code = now.isoformat(timespec="seconds"), folder.register.first_open()
    with folder.register.batch(deed, at) as batch:
        merged, findings = _merge(folder, read, code, batch)
        received = ReceivedFile(sha256(data), PLAN_FILE, "plan", judge_findings(findings), round=code)
        record_return(batch, received, add_return(batch, received).id, merged, findings)
    errors = sum(finding.severity.has_to_be_mended for finding in findings)
    taken = merged.count(Outcome.TAKEN), len(merged.queries), errors
    return PlanMerged(*taken, findings, round=code, warning=_warning(folder))


def _warning(folder: Folder) -> str:
    return IS_OPEN if folder.plan_is_open() else ""


def _merge(folder: Folder, read: PlanRead, code: str, batch: Batch) -> tuple[Merged, tuple[Finding, ...]]:
    """What became of the cells of plan.xlsx, which count from a round on (its code), and all that there is to say."""
    base, history = last_read(folder), batch.history()
    cells = [cell._replace(base=base.get(cell.key, "")) for cell in read.cells]
    vanished = [*_vanished(read, base, history)]
    known = list_rows_asked_about(batch.register)
    messages = schemas.load_messages()
    findings = [*read.findings, *month_ends(cells, messages)]
    findings += [
        messages.finding("row_vanished", key=key, ref=key.ref, record=key.record)
        for key in vanished
        if (key.record, key.ref) not in known
    ]
    back = [cell.key for cell in read.cells if cell.key.field == "ref" and _is_removed(history, cell.key)]
    findings += [messages.finding("row_back", key=key, entered=key.ref, ref=key.ref, record=key.record) for key in back]
    refs = {record: fields["ref"] for record, fields in schemas.load_records().items() if "ref" in fields}
    cells += [Cell(key, refs[key.record], None, "", key.ref, key.ref, Outcome.QUERY) for key in vanished]
    source = Source("plan", received=batch.at, file=PLAN_FILE)
    merged = merge_return(cells, findings, history, code, source, messages)
    waiting = {(query.code, query.message) for query in batch.register.open_queries()}
    merged.queries = [query for query in merged.queries if (query.finding.code, query.finding.message) not in waiting]
    return merged, (*findings, *merged.findings)


def _is_removed(history: History, key: Key) -> bool:
    """Whether the row has been taken out of the plan."""
    return history.text(key.record, key.ref, "removed") == "Yes"


def _vanished(read: PlanRead, base: Mapping[Key, str], history: History) -> list[Key]:
    """The rows that stood in the plan last read and stand in it no more, and that the register still holds.

    Nobody is asked about a further action that was declined: it is to be gone.
    """
    there = {cell.key for cell in read.cells}
    gone = [key for key in base if key.field == "ref" and base[key] and key not in there]
    return [key for key in gone if not (_is_removed(history, key) or is_declined(history, key.record, key.ref))]


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
            _record_written(batch, data, history)
    return target


def _is_all_merged(folder: Folder) -> bool:
    """Whether plan.xlsx as it lies there was read, and nothing in it is in error or waits for the officer."""
    register = folder.register
    plans = folder.plans_read()
    if not plans or not folder.plan_file.exists() or plans[-1].sha256 != sha256(folder.read_plan()):
        return False
    return not count_errors(register, plans[-1].id) and not register.open_queries(kind="plan")


def _record_written(batch: Batch, data: bytes, history: History) -> None:
    """The plan just written is the plan last read: every cell holds what stands."""
    read = _read(data, screened=False)
    cells = [
        MergedCell(cell._replace(base=cell.value, blocked=None), history.standing(cell.key), Outcome.UNTOUCHED, "")
        for cell in read.cells
    ]
    received = ReceivedFile(sha256(data), PLAN_FILE, "plan", Verdict.UNTOUCHED)
    record_return(batch, received, add_return(batch, received).id, Merged(cells=cells), ())


def rows_of(history: History, placeholders: Mapping[Key, str]) -> PlanRows:
    """The plan as rows of texts, by record: what stands, and where nothing stands the placeholder that was typed.

    A further action is among them from the day it is proposed, unless the officer said No to it.
    """
    rows: dict[str, list[Mapping[str, str]]] = {"plan": [_filled("plan", "", history, placeholders)]}
    for record in (*RECORDS, "rag_rule", "mail_text"):
        refs = [ref for ref in history.refs(record) if not is_declined(history, record, ref)]
        rows[record] = [_filled(record, ref, history, placeholders) for ref in refs]
    return rows


def _filled(record: str, ref: str, history: History, placeholders: Mapping[Key, str]) -> Mapping[str, str]:
    row = dict(history.record(record, ref))
    for key, entered in placeholders.items():
        if (key.record, key.ref) == (record, ref) and not row.get(key.field):
            row[key.field] = entered
    return row


def plan_book(rows: PlanRows, created: datetime) -> Book:
    """The grid template holding these rows; `plan` is the one row of the form, RAG rules are always there."""
    spec = schemas.load_workbook_spec("plan")
    form = dict(rows["plan"][0]) if rows.get("plan") else {}
    given = {row["ref"]: row.get("value", "") for row in rows.get("rag_rule", ())}
    by_sheet = {
        sheet.name: [RowFacts(row.get("ref", ""), row) for row in rows.get(sheet.record, ())]
        for sheet in spec.sheets
        if sheet.record in RECORDS
    }
    by_sheet["RAG rules"] = [
        RowFacts(
            rule.ref,
            {
                "means": f"{rule.title}. {rule.means}",
                "unit": rule.unit,
                "value": given.get(rule.ref) or str(rule.default),
            },
        )
        for rule in schemas.load_rag_rules()
    ]
    by_sheet["Mail texts"] = list(_make_mail_rows(rows.get("mail_text", ())))
    facts = Facts(
        texts={"title": form.get("title") or TITLE_OF_TEMPLATE},
        created=created,
        rows=by_sheet,
        answers=form,
        forms=schemas.load_records(),
        marking=form.get("marking", ""),
    )
    return compose(spec, facts)


def _make_mail_rows(given: Sequence[Mapping[str, str]]) -> Iterator[RowFacts]:
    """A row for each mail: what it is for, the program's own text, and what the plan says instead."""
    by_ref = {row["ref"]: row for row in given}
    for mail in schemas.load_mails().values():
        own = {name: by_ref.get(mail.code, {}).get(name, "") for name in ("subject", "text")}
        yield RowFacts(mail.code, {"means": mail.means, "own": mail.own, **own})


MADE = datetime(2016, 4, 1)  # noqa: DTZ001 - a spreadsheet's dates know no time zone
"""The date that the workbooks in `workbooks/` say they were made on, so that making them again gives the same parts."""


def example_book() -> Book:
    """The worked example, 2016/17."""
    found = schemas.load_example()
    return plan_book({**found, "plan": [found["plan"]]}, MADE)


def template_book() -> Book:
    """The empty grid template: the considerations and the RAG rules are there."""
    found = schemas.load_example()
    return plan_book({"consideration": found["consideration"], "plan": [DEFAULTS]}, MADE)


def _read(data: bytes, known: Collection[str] = (), *, screened: bool = True) -> PlanRead:
    """These bytes of plan.xlsx; of texts that are `known` and of what is not to be `screened` nothing is masked."""
    found = read_workbook(data)
    if not isinstance(found, FoundWorkbook):
        finding = schemas.load_messages().remark(found.code, found.details)
        raise PlanSheetsError(f"plan.xlsx cannot be read. {finding.message}", "Nothing was changed.")
    # What the register holds may stay: it was looked at when it came, or the officer allowed it.
    spec, forms = schemas.load_workbook_spec("plan"), schemas.load_records()
    messages, screen = schemas.load_messages(), schemas.load_screen() if screened else None
    read = read_plan(found, spec, forms, messages, screen, known, schemas.load_mails())
    if screen and not any(finding.severity is Severity.MASKED for finding in read.findings):
        beside = list_identified(look(data).seen, known)
        titles = {where: screen.kinds[kind].title for where, kind in beside}
        read.findings += [messages.finding("case_identifier_beside", where=at, kind=of) for at, of in titles.items()]
    return read
