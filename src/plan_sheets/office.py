"""Deeds together, in the order in which one needs the other: what the commands and the library call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from plan_sheets import allow, doctor, feedback, issue, master, officer, plan, receive
from plan_sheets.core.answers.waive import Waiver
from plan_sheets.core.editions.editions import INTERNAL, PUBLIC, of_boards
from plan_sheets.core.editions.editions import edition as choose_edition
from plan_sheets.core.editions.warn import list_warnings
from plan_sheets.core.model.dates import check_day, check_moment
from plan_sheets.core.model.findings import PlanSheetsError, Verdict
from plan_sheets.core.model.progress import Tell, mute
from plan_sheets.core.model.receipts import Instructions, Receipt, Receipts
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import split_refs
from plan_sheets.correcting import withdraw
from plan_sheets.correcting.redact import RemovedFile, find_holding, take_out
from plan_sheets.correcting.withdraw import WhatWithdrew
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import NOT_TAKEN_IN, PLAN_FILE, RETURNED, AnyPath, Folder, as_paths, check_folder
from plan_sheets.store.register.editions import list_editions
from plan_sheets.store.register.reads import check_clock
from plan_sheets.store.register.snapshot import find_round, read_snapshot
from plan_sheets.store.register.troubles import UNCHANGED
from plan_sheets.year_end import close

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class PlanTakenIn:
    """plan.xlsx merged; the officer's workbook if anything waits there; plan.xlsx as written, if it was asked for."""

    merged: plan.PlanMerged
    officer: officer.OfficerMade | None
    written: Path | None


@dataclass(frozen=True, slots=True)
class RoundIssued:
    """The workbooks of a round, after the plan was merged; the officer's workbook if the plan had changed."""

    merged: plan.PlanMerged
    issues: Sequence[issue.Issued]
    officer: officer.OfficerMade | None
    not_closed: Sequence[str]
    """The codes of the rounds before it of which no master has been handed over, oldest first."""
    return_by: date


@dataclass(frozen=True, slots=True)
class YearEnded:
    """A year that was closed, and the officer's workbook."""

    closed: close.YearClosed
    officer: officer.OfficerMade


@dataclass(frozen=True, slots=True)
class BatchReceived:
    """What became of a batch; the officer's workbook, None after a dry run."""

    receipts: Receipts
    officer: officer.OfficerMade | None
    trouble: PlanSheetsError | None = None
    """Why a feedback workbook, or the officer's, could not be made, although everything was recorded."""
    feedback: Sequence[feedback.FeedbackMade] = ()
    """What goes back to chairs to be mended: of this batch, or of one before that was ended too early."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """What was taken out for good, and where it may stand still."""

    about: str
    rows: int
    """How many rows of the register were changed."""
    removed: Sequence[RemovedFile]
    """The files of `returned/` that held it, with whose they were: they are gone."""
    made_anew: Sequence[Path]
    """The officer's workbook and the masters, as they are without it."""
    holding: Sequence[Path]
    """Files in the plan folder that hold it still: workbooks that went out, and other copies of the register."""
    kept_aside: Sequence[str]
    """The same of what was put aside on the server of the register."""
    not_made: Sequence[str] = ()
    """Why a workbook could not be made anew, in sentences."""
    backups_removed: Sequence[Path] = ()
    """The backups of the days, which held it: they are gone, and that of today is made anew."""


def redact_texts(folder: Folder, about: str, reason: str, now: datetime, field: str = "") -> Redacted:
    """Take out for good what was typed in a return, or about a ref.

    `about`: a ref; or a return by the reference of its issue if nothing else came for that, the beginning of its
    SHA-256, or its number. `field`: of a ref, only this field, with what the plan says in it; "" for all that returns
    said. Of a return its form, its file's name, its e-mail and whatever else came in it go as well. What another return
    said by itself stays, but where it quotes a long text, or one with an identifier of a case. The words of drop-downs,
    dates and numbers stay. That it was done, with the reason, is recorded, and what was taken out of `returned/` is not
    received again.
    Raises PlanSheetsError if there is no such return or ref, nothing was typed there, or there is no reason.
    """
    _check_now(folder, now)
    taken = take_out(folder, about, reason, now, field)
    made, not_made = _make_anew(folder, now)
    holding = find_holding(folder, taken, made)
    made = [path for path in made if path not in holding]
    kept_aside = taken.kept_aside
    return Redacted(about, taken.rows, taken.removed, made, holding, kept_aside, not_made, taken.renewed.removed)


def withdraw_return(folder: Folder, name: str, reason: str, now: datetime) -> tuple[WhatWithdrew, officer.OfficerMade]:
    """Withdraw a return that was taken in by mistake: its number (`DA-1`), or the beginning of its SHA-256.

    What it brought falls back to what stands without it; nothing is deleted. The officer's workbook is made anew.
    Raises PlanSheetsError if it is no return that was taken in, was withdrawn or replaced, or there is no reason.
    """
    _check_now(folder, now)
    with folder.register.batch("withdraw", now.isoformat(timespec="seconds")):
        return withdraw.withdraw_return(folder, name, reason, now), officer.make_officer(folder, now)


def allow_rule(
    folder: Folder, code: str, subgroup: str, until: date, by: str, reason: str, now: datetime
) -> tuple[Waiver, officer.OfficerMade]:
    """Let a subgroup's returns pass a rule of the plan until a day, that day included; the officer's workbook is made.

    `code`: of the finding that is a note meanwhile. A later one for the same rule and subgroup takes its place. Raises
    PlanSheetsError for a rule that may not be waived, an unknown subgroup, a day that is past, or without a name or a
    reason.
    """
    _check_now(folder, now)
    check_day(until, "until")
    with folder.register.batch("allow", now.isoformat(timespec="seconds")):
        waiver = allow.allow_rule(folder, Waiver(code, subgroup, until.isoformat(), by, reason, ""), now)
        return waiver, officer.make_officer(folder, now)


def examine_folder(path: AnyPath, now: datetime) -> doctor.Examined:
    """Look whether the register of a plan folder and the files in it are whole: see `doctor.examine_folder`.

    The files of `returned/` that the register does not know are received in a dry run: a copy of what came is no news.
    """
    check_moment(now)
    examined = doctor.examine_folder(path)
    if not examined.not_received or not examined.is_readable:
        return examined
    folder = examined.open()
    unknown = [*examined.not_received]
    with suppress(PlanSheetsError):  # then nobody can say, and all are named
        receipts = receive.receive(folder, unknown, now, dry_run=True).returns
        news = {receipt.sha256 for receipt in receipts if not _is_no_news(receipt)}
        unknown = [path for path in unknown if path.stem in news]
    messages = schemas.load_messages()
    found = []
    for name in (f"{RETURNED}/{path.name}" for path in unknown):
        command = f"plan-sheets receive {name}"
        found.append(messages.finding("kept_unknown", entered=name, path=name, shown=command))
    return replace(examined, findings=[*examined.findings, *found], not_received=unknown)


def _is_no_news(receipt: Receipt) -> bool:
    """Whether nothing is lost if a file stays unknown: it came before, or is an earlier plan.xlsx."""
    return receipt.verdict is Verdict.DUPLICATE or any(finding.code == "plan_itself" for finding in receipt.findings)


def warn_of_master(
    folder: Folder, code: str | Round | None, edition: str = INTERNAL, boards: str | Sequence[str] = ""
) -> tuple[Sequence[str], int]:
    """What somebody should know before a master is made, in sentences; and how many queries are open up to its round.

    Arguments: see `master.make_master`. Raises PlanSheetsError for a round that was not issued, another edition, or a
    board that the plan does not have.
    """
    check_folder(folder)
    register = folder.register
    with register.as_it_stands():
        everything = read_snapshot(register, find_round(register, code))
        readers = choose_edition(edition, boards, everything.history)
        snapshot = of_boards(everything, readers.boards)
        shown, left_out = master.choose_shown(register, snapshot, readers)
        newer = [NOT_TAKEN_IN] if folder.plan_is_newer() else []
    warnings = [*newer, *list_warnings(shown, snapshot.subgroups, ""), *left_out]
    return warnings, len(snapshot.open_queries) if snapshot.queries else 0


def _check_now(folder: Folder, now: datetime) -> None:
    """Raise TypeError for another kind of argument, and PlanSheetsError if something was recorded on a later day."""
    check_folder(folder)
    check_moment(now)
    check_clock(folder.register, now.date())


def _make_anew(folder: Folder, now: datetime) -> tuple[list[Path], list[str]]:
    """Make the officer's workbook, the editions, and the drafts that are there anew; and why one could not be made."""
    made: list[Path] = []
    not_made: list[str] = []
    deeds: list[Callable[[], Path]] = [lambda: officer.make_officer(folder, now).path]
    deeds += [partial(_make_edition, folder, *edition, now) for edition in _list_editions(folder)]
    drafts = master.find_drafts(folder)
    deeds += [partial(master.make_draft_again, folder, name, document, now) for name, document in drafts.items()]
    for make in deeds:
        try:
            made.append(make())
        except PlanSheetsError as trouble:  # the text is out of the register all the same
            not_made.append(f"{trouble} {trouble.remedy.removesuffix(UNCHANGED).strip()}".strip())
    return [*dict.fromkeys(made)], not_made


def _make_edition(folder: Folder, code: str, edition: str, boards: list[str], number: int, now: datetime) -> Path:
    """An edition that was handed over, made again."""
    return master.make_master(folder, code, now, edition=edition, boards=boards, number=number).path


def _list_editions(folder: Folder) -> Iterator[tuple[str, str, list[str], int]]:
    """Round, edition, boards and number of each master that was handed over."""
    for issued in folder.register.rounds():
        for made in list_editions(folder.register, issued.code):
            yield issued.code, PUBLIC if made.is_public else INTERNAL, made.boards, made.number


def merge_plan(
    folder: Folder, now: datetime, instructions: Instructions | None = None, *, write: bool = False
) -> PlanTakenIn:
    """Merge plan.xlsx; write it anew if `write`; make the officer's workbook if anything changed.

    `instructions`: that what looks like an identifier of a case may go in, and why; None: it may not.
    """
    _check_now(folder, now)
    if write:
        folder.check_free([PLAN_FILE])
    with folder.register.batch("plan", now.isoformat(timespec="seconds")):
        merged = plan.merge_plan(folder, now, instructions)
        written = plan.write_plan(folder, now) if write else None
        made = None if merged.unchanged else officer.make_officer(folder, now)
    return PlanTakenIn(merged, made, written)


def replace_plan(
    folder: Folder, data: bytes, over: str, now: datetime, instructions: Instructions | None = None
) -> PlanTakenIn:
    """Save these bytes as plan.xlsx, and merge them: as if somebody had saved them there. The old ones stay kept.

    `over`: SHA-256 of the plan.xlsx that lies there; "" if none does. `instructions`: see `merge_plan`. Raises
    PlanSheetsError, and nothing is changed, if it cannot be merged, or `Folder.replace_plan` does not let it be saved.
    """
    _check_now(folder, now)
    plan.try_plan(folder, data, now, instructions)
    with folder.register.batch("plan", now.isoformat(timespec="seconds")):
        folder.replace_plan(data, over)
        return merge_plan(folder, now, instructions)


def close_year(folder: Folder, now: datetime) -> YearEnded:
    """Close the year of the plan: what is finished leaves it, the rest goes on in a plan.xlsx of the next year.

    The old plan.xlsx is kept beside it, and the officer's workbook is made anew. Raises PlanSheetsError, with every
    reason, if something is in the way.
    """
    _check_now(folder, now)
    with folder.register.batch("close year", now.isoformat(timespec="seconds")):
        return YearEnded(close.close_year(folder, now), officer.make_officer(folder, now))


def issue_round(
    folder: Folder,
    code: str | Round,
    return_by: date,
    now: datetime,
    subgroups: str | Sequence[str] = (),
    tell: Tell = mute,
) -> RoundIssued:
    """Merge the plan first, then make the workbooks of the round: both, or neither.

    `subgroups`: codes of those for which they are made (`DA,MH`); none is all. `tell` is told how far it is.
    Raises PlanSheetsError for a round, a
    day or a subgroup that does not fit the plan; TypeError or ValueError for what is of the wrong kind.
    """
    _check_now(folder, now)
    check_day(return_by, "return_by")
    wanted = split_refs(subgroups, "subgroups")
    with folder.register.batch("round", now.isoformat(timespec="seconds")):
        merged = plan.merge_plan(folder, now)
        issues = issue.issue_round(folder, code, return_by, now, wanted, tell)
        made = None if merged.unchanged else officer.make_officer(folder, now)
        register, this = folder.register, Round.parse(code).code
        not_closed = [issued.code for issued in register.rounds() if register.closed_through() < issued.code < this]
    return RoundIssued(merged, issues, made, not_closed, return_by)


def receive_files(
    folder: Folder,
    paths: AnyPath | Iterable[AnyPath],
    now: datetime,
    instructions: Instructions | None = None,
    *,
    dry_run: bool = False,
    executor: Executor | None = None,
    tell: Tell = mute,
    are_copies: bool = False,
) -> BatchReceived:
    """Take files in, make what goes back to be mended, then the officer's workbook anew: the same, if nothing changed.

    `paths`: one file or folder, or several. `instructions`: what the officer says of one file; None if nothing.
    `executor`, processes of this machine or of many that see the same folder, opens the files of a large batch.
    `tell` is told how far it is: each file is opened, then merged. `are_copies`: the files will not stay where they
    are, so that they are told by their names alone.
    Raises PlanSheetsError if a path is not there, a folder holds no workbook, or the instructions do not fit; TypeError
    or ValueError for what is of the wrong kind.
    """
    _check_now(folder, now)
    receipts = receive.receive(
        folder, as_paths(paths), now, instructions, dry_run=dry_run, executor=executor, tell=tell, are_copies=are_copies
    )
    if dry_run or not receipts.returns:
        return BatchReceived(receipts, None)
    troubles: list[PlanSheetsError] = []
    sent_back, not_made = _make(lambda: feedback.make_feedback(folder, now), troubles) or ([], [])
    troubles += not_made
    made = _make(lambda: officer.make_officer(folder, now), troubles)
    paths = {answer.number: str(answer.path) for answer in sent_back}
    returns = tuple(replace(receipt, feedback=paths.get(receipt.number)) for receipt in receipts.returns)
    return BatchReceived(replace(receipts, returns=returns), made, next(iter(troubles), None), sent_back)


def _make(make: Callable[[], Made], troubles: list[PlanSheetsError]) -> Made | None:
    """What is made of what was received. None if it cannot be, with why: nobody must be told that nothing was taken."""
    try:
        return make()
    except PlanSheetsError as trouble:
        troubles.append(PlanSheetsError(str(trouble), trouble.remedy.removesuffix(UNCHANGED).strip()))
        return None
