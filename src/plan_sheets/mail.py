"""Drafts of the e-mails that go with a round, with their workbooks. Nothing is ever sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.feedback import SHEET as TO_MEND
from plan_sheets.core.book.mail_text import Addressee, Attached, MailText, write_draft
from plan_sheets.core.mails.addressee import Found, find_board_lead, find_chair
from plan_sheets.core.mails.points import (
    count_to_mend,
    describe_open,
    describe_what_came,
    list_days,
    list_decided,
    list_executive,
    list_points,
    list_taken,
    list_to_mend,
)
from plan_sheets.core.model.dates import PartialDate, check_moment
from plan_sheets.core.model.findings import Finding, PlanSheetsError
from plan_sheets.core.model.history import History
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import count_words, make_slugs
from plan_sheets.core.rating.control_totals import SubgroupReturn
from plan_sheets.core.rating.decisions import Decision, decisions
from plan_sheets.core.rating.plan_rows import Rows, find_merged, lead_of
from plan_sheets.core.rating.ratings import rows_at
from plan_sheets.store import schemas
from plan_sheets.store.plan_folder import Folder, MadeWorkbook, check_folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.desk import list_offered
from plan_sheets.store.register.mending.unmended import list_unanswered
from plan_sheets.store.register.reads import check_clock
from plan_sheets.store.register.register import Register, RoundFacts
from plan_sheets.store.register.settling.declined import list_declined
from plan_sheets.store.register.standings import find_covered, list_days_chased, read_returns
from plan_sheets.store.writing.eml import write_draft_file
from plan_sheets.store.writing.hand_over import hand_over

KINDS = ("issue", "feedback", "chase", "thanks", "decisions")
"""What may be drafted."""
UNASKED = tuple(kind for kind in KINDS if kind != "chase")
"""What is drafted where nothing was chosen: a reminder is recorded, and so never made unasked."""
_LAST_REMINDER = 3
"""The reminder that goes to the Board lead, as each after it."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One draft. `code`: of its text (`chase_2`); `attached`: the workbook in it, None if there is none."""

    file: Path
    code: str
    subgroup: str
    to: Sequence[str]
    """Addresses; none where the plan has none."""
    subject: str
    attached: Path | None
    again: bool
    """Whether this very draft lay there already."""


@dataclass(frozen=True, slots=True)
class MailsDrafted:
    """The drafts of a round, and what there is to say: who has no address, and of whom no draft could be made."""

    round: str
    drafts: Sequence[Drafted]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Letter:
    """One mail before it is written. `details`: what is filled in beside what every mail has, by name."""

    code: str
    subgroup: str
    found: Found
    details: Mapping[str, str] = field(default_factory=dict)
    workbook: MadeWorkbook | None = None
    number: str = ""
    """That of the return which the workbook answers: the draft is named by it where the workbook is."""


def draft_mails(folder: Folder, code: str | Round | None, now: datetime, kinds: Collection[str] = ()) -> MailsDrafted:
    """Draft the mails of these kinds (`KINDS`) for a round, None for the latest; none chosen: `UNASKED`.

    A draft that would say the same is left as it lies; one that somebody has changed is never overwritten. That a
    reminder was drafted is recorded. Raises PlanSheetsError if the round was not issued; ValueError for another kind.
    """
    check_folder(folder)
    check_moment(now)
    check_clock(folder.register, now.date())
    if unknown := {*kinds} - {*KINDS}:
        raise ValueError(f"kinds holds {min(unknown)!r}: it may hold {', '.join(KINDS)}.")
    deed = "chase" if "chase" in kinds else "mail"
    with folder.register.batch(deed, now.isoformat(timespec="seconds")) as batch:
        desk = _Desk(folder, _find_round(folder.register, code), now.date(), batch)
        letters = [letter for kind in kinds or UNASKED for letter in _LISTED[kind](desk)]
        drafts = [_write(desk, letter) for letter in letters]
        for letter in letters:
            if letter.code.startswith("chase"):
                desk.record(letter)
    return MailsDrafted(desk.facts.code, drafts, desk.findings)


def _find_round(register: Register, code: str | Round | None) -> RoundFacts:
    """The facts of a round, None for the latest. Raises PlanSheetsError if it was not issued."""
    rounds = {issued.code: issued for issued in register.rounds()}
    wanted = Round.parse(code).code if code else next(reversed(rounds), "")
    if wanted not in rounds:
        issued = f"Issued so far: {', '.join(rounds) or 'none'}."
        raise PlanSheetsError(f"{wanted or 'No round'} has {'not ' * bool(wanted)}been issued.", issued)
    return rounds[wanted]


class _Desk:
    """What the mails of a round are made of; each is read when it is first asked for."""

    def __init__(self, folder: Folder, facts: RoundFacts, today: date, batch: Batch) -> None:
        self.folder = folder
        self.register = folder.register
        self.facts = facts
        self.today = today
        self.batch = batch
        self.findings: list[Finding] = []

    @cached_property
    def history(self) -> History:
        """Every value of the register."""
        return self.register.history()

    @cached_property
    def rows(self) -> Rows:
        """The plan as it stands now."""
        return rows_at(self.history)

    @cached_property
    def about(self) -> History:
        """What the plan says of itself, of its subgroups and of the texts of mails."""
        return self.register.history(record=("plan", "subgroup", "mail_text"))

    @cached_property
    def subgroups(self) -> Mapping[str, Mapping[str, str]]:
        """The rows of the subgroups of the plan, by code."""
        return {ref: self.about.record("subgroup", ref) for ref in self.about.refs("subgroup")}

    @cached_property
    def covered(self) -> Mapping[str, str]:
        """The subgroups that are part of another one, whose later workbook asks about all that theirs did."""
        return find_covered(self.register, self.facts.code)

    def who_answers(self, subgroup: str) -> Mapping[str, str]:
        """The row of the subgroup that answers for a workbook: its own; told, where it is part of another one now."""
        into = find_merged({"subgroup": self.subgroups}, subgroup)
        if into not in self.subgroups:  # it has left the plan as well
            return self.subgroups[subgroup]
        if into != subgroup:
            self.tell("draft_part_of", subgroup=subgroup, into=into)
        return self.subgroups[into]

    @cached_property
    def slugs(self) -> Mapping[str, str]:
        """What stands for each subgroup in the names of files, by its code."""
        return make_slugs({code: row["title"] for code, row in self.subgroups.items()})

    @cached_property
    def standings(self) -> Sequence[SubgroupReturn]:
        """How each workbook of the round stands; a subgroup that has left the plan is told and left out."""
        rows = read_returns(self.register, self.facts.code, self.today)
        for row in rows:
            if row.subgroup not in self.subgroups:
                self.tell("draft_without_subgroup", subgroup=row.subgroup)
        return [row for row in rows if row.subgroup in self.subgroups]

    @cached_property
    def issues(self) -> Mapping[str, str]:
        """The reference of the newest issue of each subgroup."""
        documents = self.register.document_facts("subgroup", self.facts.code).values()
        return {document.subgroup: document.reference for document in documents}

    @cached_property
    def issued(self) -> Mapping[str, MadeWorkbook]:
        """The issues as they lie in the plan folder, by reference."""
        return self._list_made("issued")

    def _list_made(self, parent: str) -> dict[str, MadeWorkbook]:
        """The workbooks of the round in a folder, by reference; one that is as it was made before one that is not."""
        made = self.folder.list_made(f"{parent}/{self.facts.code.lower()}")
        in_order = sorted(made, key=lambda workbook: workbook.data is not None)
        return {workbook.reference: workbook for workbook in in_order}

    @cached_property
    def feedback(self) -> Sequence[tuple[Document, str]]:
        """Each feedback that nothing has answered, with the number of the return that it is about."""
        unanswered = list_unanswered(self.register, self.facts.code)
        return [(self.register.documents(id=each)[0], about.number) for each, about in unanswered.items()]

    def count_to_mend(self, subgroup: str) -> int:
        """How much of a subgroup's returns is to be mended."""
        mine = (document for document, _ in self.feedback if document.subgroup == subgroup)
        return sum(count_to_mend(document.book.sheet(TO_MEND)) for document in mine)

    @cached_property
    def fed_back(self) -> Mapping[str, MadeWorkbook]:
        """The feedback workbooks as they lie in the plan folder, by reference."""
        return self._list_made("feedback")

    @cached_property
    def chased(self) -> Mapping[str, Sequence[str]]:
        """The days (ISO) on which each subgroup was reminded, up to today, before this command."""
        return list_days_chased(self.register, self.facts.code)

    @cached_property
    def decided(self) -> tuple[Decision, ...]:
        """What the Executive decided for the round."""
        return decisions(self.history, [self.facts.code])

    def tell(self, code: str, **details: object) -> None:
        """Add something that there is to say, once."""
        finding = schemas.load_messages().remark(code, details)
        if finding not in self.findings:
            self.findings.append(finding)

    def find_workbook(self, made: Mapping[str, MadeWorkbook], reference: str, subgroup: str) -> MadeWorkbook | None:
        """The workbook with a reference as it was made; None, and told, if it is not there or was changed."""
        workbook = made.get(reference)
        if workbook is None:
            self.tell("draft_workbook_gone", reference=reference, subgroup=subgroup, round=self.facts.code)
        elif workbook.data is None:
            file = workbook.path.relative_to(self.folder.path).as_posix()
            self.tell("draft_workbook_changed", file=file, subgroup=subgroup)
        return workbook if workbook and workbook.data is not None else None

    def find_feedback(self, document: Document, number: str) -> MadeWorkbook | None:
        """A feedback workbook; made again if it is gone, as where a later return, withdrawn since, was sent back too.

        `number`: of the return that it answers. None, and told, if somebody has changed it.
        """
        if document.reference in self.fed_back:
            return self.find_workbook(self.fed_back, document.reference, document.subgroup)
        code, data = document.round.lower(), hand_over(document.book)
        name = f"{code}-{self.slugs[document.subgroup]}-{number.lower()}.xlsx"
        path = self.folder.write(f"feedback/{code}/{name}", data, self.batch)
        return MadeWorkbook(path, document.reference, data)

    def text_of(self, code: str) -> MailText:
        """The text of a mail: the plan's own where it has one."""
        mail, given = schemas.load_mails()[code], self.about.record("mail_text", code)
        return MailText(code, mail.title, given["subject"] or mail.subject, given["text"] or mail.text, mail.names)

    def details_of(self, subgroup: str) -> dict[str, str]:
        """What is filled in in every mail."""
        plan = self.about.record("plan", "")
        return {
            "plan": plan["title"],
            "subgroup": self.subgroups[subgroup]["title"],
            "round": Round.parse(self.facts.code).words,
            "quarter": Round.parse(self.facts.code).of_year,
            "return_by": PartialDate.of_iso(self.facts.due_from(subgroup)).words,
            "officer": plan["contact_name"] or "The board officer",
            "address": plan["contact_email"] or "the board officer",
        }

    def record(self, letter: _Letter) -> None:
        """Record a reminder; on one day it counts once."""
        if self.today.isoformat() not in self.chased.get(letter.subgroup, ()):
            about = {"round": self.facts.code, "subgroup": letter.subgroup, "kind": letter.code}
            self.batch.add(tables.CHASER, **about, day=self.today.isoformat())


def _list_issues(desk: _Desk) -> Iterator[_Letter]:
    """The workbook of each subgroup."""
    for row in desk.standings:
        if row.subgroup in desk.covered:
            continue
        workbook = desk.find_workbook(desk.issued, desk.issues[row.subgroup], row.subgroup)
        if workbook:
            yield _Letter("issue", row.subgroup, find_chair(desk.who_answers(row.subgroup)), workbook=workbook)


def _list_feedback(desk: _Desk) -> Iterator[_Letter]:
    """Each feedback workbook that nothing has answered."""
    for document, number in desk.feedback:
        subgroup = document.subgroup
        if subgroup in desk.subgroups and (workbook := desk.find_feedback(document, number)):
            sheet = document.book.sheet(TO_MEND)
            details = {
                "count": count_words(count_to_mend(sheet), "thing"),
                "mend": list_points(list_to_mend(sheet), "None."),
            }
            yield _Letter("feedback", subgroup, find_chair(desk.who_answers(subgroup)), details, workbook, number)


def _list_reminders(desk: _Desk) -> Iterator[_Letter]:
    """A reminder for each workbook that is late: how often it was asked for before decides which."""
    returns = {row.subgroup: row.returned for row in desk.standings}
    for subgroup, reference in desk.covered.items():
        if subgroup in returns and not returns[subgroup]:
            into = find_merged({"subgroup": desk.subgroups}, subgroup)
            desk.tell("draft_not_needed", subgroup=subgroup, into=into, reference=reference)
    late = [row for row in desk.standings if row.is_outstanding and row.days_late]
    if late and (held := desk.register.set_aside("held")):
        desk.tell("draft_held_whose", numbers=", ".join(f"{file.number} {file.file}" for file in held))
    for row in late:
        days = [day for day in desk.chased.get(row.subgroup, ()) if day < desk.today.isoformat()]
        reminder = min(len(days) + 1, _LAST_REMINDER)
        find = find_board_lead if reminder == _LAST_REMINDER else find_chair
        found = find(desk.who_answers(row.subgroup))
        workbook = desk.find_workbook(desk.issued, desk.issues[row.subgroup], row.subgroup)
        if workbook:
            came = describe_what_came(row.verdict, is_first=reminder == 1)
            details = {"earlier": list_days(days), "came": came}
            yield _Letter(f"chase_{reminder}", row.subgroup, found, details, workbook)


def _list_thanks(desk: _Desk) -> Iterator[_Letter]:
    """A thank-you to each subgroup of which a return was taken in."""
    declined = list_declined(desk.register, desk.history)
    queries = [query.subgroup for query in desk.register.open_queries() if query.round == desk.facts.code]
    offered = list_offered(desk.register, [desk.facts.code])
    for row in desk.standings:
        if row.returned is None:
            continue
        about = desk.history, desk.rows, desk.facts.code, row.subgroup
        mine = dict.fromkeys(each.action for each in offered if lead_of(desk.rows, each.action) == row.subgroup)
        counts = desk.count_to_mend(row.subgroup), queries.count(row.subgroup)
        details = {
            "taken": list_points(list_taken(*about), "There is nothing to report in this quarter."),
            "decided": list_points(list_decided(*about, declined, desk.decided), "Nothing yet."),
            "open": describe_open(*counts, mine),
        }
        yield _Letter("thanks", row.subgroup, find_chair(desk.who_answers(row.subgroup)), details)


def _list_decisions(desk: _Desk) -> Iterator[_Letter]:
    """To each subgroup what the Executive decided on the actions that it leads."""
    for code, row in desk.subgroups.items():
        if points := [*list_executive(desk.rows, code, desk.decided)]:
            yield _Letter("decisions", code, find_chair(row), {"decisions": list_points(points, "")})


_LISTED: Mapping[str, Callable[[_Desk], Iterator[_Letter]]] = {
    "issue": _list_issues,
    "feedback": _list_feedback,
    "chase": _list_reminders,
    "thanks": _list_thanks,
    "decisions": _list_decisions,
}


def _write(desk: _Desk, letter: _Letter) -> Drafted:
    """The draft of a mail, written where drafts lie; who has no address is told."""
    _tell_addresses(desk, letter)
    details = {**desk.details_of(letter.subgroup), **letter.details}
    workbook = letter.workbook
    attached = Attached(workbook.path.name, workbook.data) if workbook and workbook.data is not None else None
    marking = desk.about.text("plan", "", "marking")
    draft = write_draft(desk.text_of(letter.code), details, marking, letter.found.to, attached)
    outbox = desk.batch.outbox
    waiting = len(outbox.waiting)
    path = desk.folder.write(_name_file(desk, letter), write_draft_file(draft), desk.batch)
    again = len(outbox.waiting) == waiting
    to: Addressee = letter.found.to
    return Drafted(path, letter.code, letter.subgroup, to.addresses, draft.subject, workbook and workbook.path, again)


def _tell_addresses(desk: _Desk, letter: _Letter) -> None:
    """Tell of a mail that is for nobody whose address is known, and of addresses that were left out of it."""
    found = letter.found
    heading = schemas.title_of("subgroup", found.field)
    for address in found.left_out:
        desk.tell("draft_address_left_out", subgroup=letter.subgroup, mailbox=address, heading=heading)
    if not found.to.addresses:
        desk.tell("draft_without_address", subgroup=letter.subgroup, who=found.name or "nobody named", heading=heading)


def _name_file(desk: _Desk, letter: _Letter) -> str:
    """Where a draft lies in the plan folder."""
    code, kind = desk.facts.code.lower(), letter.code.replace("_", "-")
    own = f"-{letter.number.lower()}"
    is_named = letter.number and letter.workbook and own in letter.workbook.path.stem
    return f"mail/{code}/{code}-{kind}-{desk.slugs[letter.subgroup]}{own if is_named else ''}.eml"
