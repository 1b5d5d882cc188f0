"""Documents back in, by eleven steps whose order matters; each adds what it finds.

1 guard, 2 read, 3 identify, 4 compare the shape, 5 compare locked cells, 6 tidy, 7 keep the bytes, 8 check, 9 merge,
10 record, 11 answer. The first eight look at files alone, and others may write to the register meanwhile; what is known
already is asked when nobody else can write, and the whole batch is recorded in one transaction or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from plan_sheets.core.answers.returns import Return, check_returns, judge
from plan_sheets.core.answers.waive import Waiver
from plan_sheets.core.book.document import FEEDBACK, OF_SUBGROUPS, DocumentFacts
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, PlanSheetsError, Severity, Verdict
from plan_sheets.core.model.mail import describe_mail, find_odd_date
from plan_sheets.core.model.progress import Tell, mute, told_of
from plan_sheets.core.model.receipts import ALLOWS_IDENTIFIERS, Instructions, Receipt, Receipts
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import MASK
from plan_sheets.core.screening.around import check_kept, check_reason, find_kind
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.receiving.inbox import WaitingFile, open_inbox
from plan_sheets.store.receiving.intake import Intake
from plan_sheets.store.receiving.merge_returns import Merger
from plan_sheets.store.receiving.spool import Spool
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.desk import list_waivers
from plan_sheets.store.register.reads import list_accepted, list_mails_known, list_verdicts
from plan_sheets.store.register.record import ReceivedFile, add_return, record_findings
from plan_sheets.store.register.redacting.masks import list_masked, list_shas_kept
from plan_sheets.store.register.register import ReturnFacts
from plan_sheets.store.register.settling.held import FilePutAside, list_put_aside
from plan_sheets.store.schemas import load_messages, load_screen

LOT = 100
"""Files that are checked together: one call of pandera each time, and room for no more than these."""
ACCEPTED = (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)


def receive(
    folder: Folder,
    paths: Sequence[Path],
    now: datetime,
    instructions: Instructions | None = None,
    *,
    dry_run: bool = False,
    executor: Executor | None = None,
    tell: Tell = mute,
    are_copies: bool = False,
) -> Receipts:
    """Take these files and folders in. With `dry_run` everything is said and nothing recorded or kept.

    `executor` opens the files of a large batch; None: they are opened here, one after another. `are_copies`: they
    will not stay where they are, so that they are told by their names alone.

    Raises PlanSheetsError if a path is not there, a folder holds no workbook, or `instructions` do not fit.
    """
    instructions = instructions or Instructions()
    inbox = open_inbox(folder, paths, are_copies=are_copies)
    is_of_file = bool(instructions.issue or instructions.replaces)
    if instructions != Instructions() and len(inbox.files) != 1 and (is_of_file or not inbox.is_one_mail):
        raise PlanSheetsError(
            "--issue and --replaces speak of one file, and --allow of one file or of all in one e-mail.",
            "Receive that alone.",
        )
    holding = {code for code, message in load_messages().by_code.items() if message.holds}
    instructions.check_allowed({*holding, ALLOWS_IDENTIFIERS})
    screen = load_screen()
    if instructions.allow:
        check_reason(screen, instructions.reason)
    check_kept(screen, "--issue", instructions.issue)
    if instructions.replaces:
        folder.register.find_return(instructions.replaces)
    receipts: dict[int, Receipt] = {}
    with folder.register.held_open(), Spool[_Numbered](LOT) as first, Spool[_Numbered](LOT) as corrections:
        opening = _Opening.of(folder, instructions, inbox.files, now, keeps=not dry_run)
        for number, returned in told_of(opening.each(executor), tell, steps := 2 * len(inbox.files)):
            opening.note_quoted(returned)
            (corrections if _corrects(returned) else first).add((number, returned))
        with folder.register.batch("receive", now.isoformat(timespec="seconds"), dry_run=dry_run) as batch:
            desk = _Desk.of(batch, opening)
            for lot in chain(first.read_lots(), corrections.read_lots()):
                desk.take_in(lot)
                receipts |= {number: returned.receipt() for number, returned in lot}
                tell(len(inbox.files) + len(receipts), steps)
    passed_over = ((MASK if find_kind(screen, name) else name, why) for name, why in inbox.passed_over)
    return Receipts(tuple(receipts[number] for number in range(len(inbox.files))), tuple(passed_over))


_Numbered = tuple[int, Return]
"""A return, and its place among the files that were given."""


@dataclass(slots=True)
class _Opening:
    """The files of a batch, and the register as it was when they were opened."""

    waiting: Sequence[WaitingFile]
    intake: Intake
    last_document: int
    """The id of the document that had gone out last; 0 if none had."""
    known: frozenset[str]
    """SHA-256 of all files of which a copy was kept."""
    waivers: Sequence[Waiver]
    """The rules that subgroups are not held to today."""
    quoted: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    """The trail of each mail that is quoted, and the round on whose Returns that is; "" where a finding quotes it.

    The files of one mail may lie in different lots.
    """

    @classmethod
    def of(
        cls,
        folder: Folder,
        instructions: Instructions,
        waiting: Sequence[WaitingFile],
        now: datetime,
        *,
        keeps: bool,
    ) -> _Opening:
        """What is known before any file is opened."""
        last_document = folder.register.last_document()
        known = list_shas_kept(folder.register)
        waivers = [waiver for waiver in list_waivers(folder.register) if waiver.is_in_force(now.date())]
        return cls(waiting, Intake.of(folder, instructions, keeps=keeps), last_document, known, waivers)

    def each(self, executor: Executor | None) -> Iterator[_Numbered]:
        """Every file after the eight steps that it takes alone, in an order that depends on no file name: by SHA-256.

        Their bytes are on the disk when the last has been opened.
        """
        order = sorted(range(len(self.waiting)), key=lambda number: self.waiting[number].sha)
        opened = zip(order, self.intake.open_each([self.waiting[number] for number in order], executor), strict=True)
        kept = []
        while lot := [*islice(opened, LOT)]:
            check_returns([returned for _, returned in lot], self.intake.messages, self.waivers)
            name = self.intake.folder.kept
            kept += [name(returned.sha256, returned.kept_as) for _, returned in lot if returned.kept_as]
            yield from lot
        if kept:
            self.intake.folder.sync_kept(kept)

    def open_again(self, number: int) -> Return:
        """A file opened anew, by the register as it is now."""
        intake = Intake.of(self.intake.folder, self.intake.instructions, keeps=self.intake.keeps)
        returned = intake.open(self.waiting[number])
        check_returns([returned], intake.messages, self.waivers)
        self.note_quoted(returned)
        return returned

    def note_quoted(self, returned: Return) -> None:
        """Note where the mail of a file is quoted: beside its subgroup, or in the finding that it came alone."""
        code = _find_round(returned)
        if returned.mail and (code or returned.is_message):
            self.quoted.add((returned.mail.trail, code))


@dataclass(slots=True)
class _Desk:
    """What the files of a batch are judged by: the register that nobody else can write to now, and the batch so far."""

    batch: Batch
    opening: _Opening
    went_out: Sequence[DocumentFacts]
    """The documents that went out after the files were opened."""
    replaced: ReturnFacts | None
    known: dict[str | tuple[str, int | None], str]
    """The number of each return that was accepted, "" until it is recorded.

    By SHA-256 of the bytes with the document that they were taken for, and by that of the answers.
    """
    judged: dict[tuple[str, str], str]
    """The number of each file by its SHA-256, with a verdict that it was given."""
    mails: set[tuple[str, ...]]
    """The trail of every e-mail that is known."""
    masked: dict[tuple[str, int | None], ReturnFacts]
    """The returns in which something was masked: see `list_masked`."""
    put_aside: dict[str, FilePutAside]
    """The files (SHA-256) that the officer put aside or answered, unless the officer says now that they may go in."""
    latest: str
    """The code of the round whose returns the officer's workbook shows; "" before the first."""
    merger: Merger | None = None
    """None until there is anything to record."""

    @classmethod
    def of(cls, batch: Batch, opening: _Opening) -> _Desk:
        """The desk as it is before the first file."""
        register, instructions = batch.register, opening.intake.instructions
        replaces, goes_in = instructions.replaces, bool(instructions.issue or instructions.allow)
        accepted = list_accepted(register, ACCEPTED)
        return cls(
            batch,
            opening,
            [*register.document_facts(after=opening.last_document).values()],
            register.find_return(replaces) if replaces else None,
            {says: file.number for file in accepted for says in (file[:2], file.answers_sha) if says},
            list_verdicts(register),
            list_mails_known(register),
            list_masked(register),
            {} if goes_in else list_put_aside(register),
            next((issued.code for issued in reversed(register.rounds())), ""),
        )

    def take_in(self, lot: list[_Numbered]) -> None:
        """Judge, merge and record a lot of files; those about which something went out meanwhile are opened again."""
        if self.went_out:
            lot[:] = [
                (number, self.opening.open_again(number) if self._is_overtaken(returned) else returned)
                for number, returned in lot
            ]
        returns = [returned for _, returned in lot]
        for returned in returns:
            self._check_date(returned)
        news = self._find_news(returns)
        for returned in returns:
            if returned.was_written and returned.sha256 in self.opening.known:
                returned.findings.append(self.opening.intake.messages.finding("returned_mended"))
        if news:
            self.merger = self.merger or Merger(self.batch, self.opening.intake.messages)
            self.merger.read_for(news)
            for returned in news:
                self._merge_and_record(returned, self.merger)
        for returned in returns:
            if returned.is_duplicate:
                same = self.put_aside.get(returned.sha256)
                known = map(self.known.get, _list_sayings(returned))
                returned.duplicate_of = same.number if same else next(filter(None, known), "")

    def _check_date(self, returned: Return) -> None:
        """Say what is odd about the date of the mail that a return came in."""
        document, mail = returned.document, returned.mail
        began = Round.parse(document.round).first_day if document and document.round else None
        if mail and (code := find_odd_date(mail, datetime.fromisoformat(self.batch.at).date(), began)):
            sent = PartialDate.of_iso(mail.sent_at).words if mail.sent_at else ""
            returned.findings.append(self.opening.intake.messages.finding(code, date=sent))

    def _quote_mails(self, returns: Sequence[Return]) -> None:
        """Quote each mail once, unless it stands on the sheet Returns of the officer's workbook that is made next."""
        quoted = self.opening.quoted
        for returned in returns:
            mail = returned.mail
            if mail is None or quoted & {(mail.trail, ""), (mail.trail, self.latest)}:
                continue
            if (mail.trail not in self.mails or not returned.is_duplicate) and (said := describe_mail(mail)):
                quoted.add((mail.trail, ""))
                returned.findings.append(self.opening.intake.messages.finding("mail_said", entered=said))

    def _is_overtaken(self, returned: Return) -> bool:
        """Whether what is said of a file may be otherwise, now that more has gone out."""
        answers = returned.answers
        return answers is None or any(document.subgroup == answers.document.subgroup for document in self.went_out)

    def _find_news(self, returns: Sequence[Return]) -> list[Return]:
        """The returns of which there is anything to record: no duplicate, and none that was set aside so before."""
        if self.replaced:
            _check_replaced(self.replaced, returns[0], self.opening.intake.folder)
        else:
            self._set_aside_duplicates(returns)
        self._quote_mails(returns)
        news = []
        for returned in returns:
            judged = (returned.sha256, str(judge(returned)))
            in_new_mail = self._is_first_with_mail(returned)
            is_new = in_new_mail or bool(returned.in_place_of) or self._is_let_in(returned)
            if returned.is_to_merge or is_new or not (returned.is_duplicate or judged in self.judged):
                news.append(returned)
                self.judged[judged] = ""
            elif not returned.is_duplicate:
                returned.number = self.judged[judged]
            self.mails |= {returned.mail.trail} if returned.mail and in_new_mail else set()
        return news

    def _is_let_in(self, returned: Return) -> bool:
        """Whether it was put aside, and the officer says now that it may go in: if it is held again, that counts."""
        said = self.opening.intake.instructions
        return bool(said.issue or said.allow) and returned.sha256 in list_put_aside(self.batch.register)

    def _is_first_with_mail(self, returned: Return) -> bool:
        """Whether its mail is new, and stands beside no other file of it on the sheet Returns."""
        mail = returned.mail
        if mail is None or mail.trail in self.mails:
            return False
        return (mail.trail, self.latest) not in self.opening.quoted or _find_round(returned) == self.latest

    def _set_aside_duplicates(self, returns: Sequence[Return]) -> None:
        """What was accepted before, byte for byte or answer for answer, changes nothing more.

        An e-mail without a workbook is one if the officer has closed it, or it came in this batch.
        """
        for returned in returns:
            says = _list_sayings(returned)
            returned.in_place_of = self._find_masked(returned)
            if not returned.in_place_of and any(saying in self.known for saying in says):
                returned.is_duplicate = True
                returned.findings = self._list_masked_again(returned)
            if same := self.put_aside.get(returned.sha256):
                returned.is_duplicate = True
                returned.findings = [*self._list_masked_again(returned), self._describe_put_aside(same)]
            for saying in says:
                self.known.setdefault(saying, "")

    def _describe_put_aside(self, same: FilePutAside) -> Finding:
        """The note that these very bytes were put aside or answered, and why."""
        details = {"done": same.choice.lower(), "day": PartialDate.of_iso(same.at).words, "who": same.by}
        return self.opening.intake.messages.remark("put_aside_before", details, entered=same.reason)

    def _find_masked(self, returned: Return) -> str:
        """The number of the return that the same bytes came as when something was masked that is allowed now; or ""."""
        if ALLOWS_IDENTIFIERS not in self.opening.intake.instructions.allow:
            return ""
        earlier = self.masked.pop(_name_bytes(returned), None)
        return earlier.number if earlier else ""

    def _list_masked_again(self, returned: Return) -> list[Finding]:
        """What has to be said of a duplicate: what is masked in it and around it, and was not let in before."""
        mail, bytes_known = returned.mail, _name_bytes(returned)
        is_let_in = mail and mail.is_masked and any(trail[0] == mail.sha256 for trail in self.mails)
        masked = [finding for finding in returned.findings if finding.severity is Severity.MASKED]
        own = [] if bytes_known in self.known and bytes_known not in self.masked else masked
        return [finding for finding in masked if (not is_let_in if finding in returned.around else finding in own)]

    def _merge_and_record(self, returned: Return, merger: Merger) -> None:
        """Steps 9 and 10; of a file of which nothing is merged: that it came, and what there was to say."""
        register, place = self.batch.register, returned.in_place_of
        earlier = register.find_return(place) if place else self.replaced
        if returned.answers and returned.is_to_merge:
            merger.merge(returned, returned.answers, earlier)
        else:
            nothing_of_it = earlier.id if earlier and place and not earlier.answers_sha else None
            received = replace(ReceivedFile.of(returned), replaces=nothing_of_it)
            return_id, returned.number = add_return(self.batch, received)
            record_findings(self.batch, return_id, returned.findings)
        self.judged[returned.sha256, str(judge(returned))] = returned.number
        for saying in _list_sayings(returned):
            if saying in self.known and not returned.is_duplicate:
                self.known[saying] = returned.number


def _list_sayings(returned: Return) -> list[str | tuple[str, int | None]]:
    """By what a file is known that comes again: its answers, and its bytes for its document; nothing if it has none."""
    if returned.is_message:
        return [(returned.sha256, None)]
    if returned.answers is None or returned.is_untouched:
        return []
    return [returned.answers.sha, (returned.sha256, returned.answers.document.id)]


def _name_bytes(returned: Return) -> tuple[str, int | None]:
    """A file by its bytes, for the document that it was taken for."""
    return returned.sha256, returned.answers.document.id if returned.answers else None


def _find_round(returned: Return) -> str:
    """The code of the round of which it is a subgroup's return that was read; "" if it is none."""
    document = returned.answers.document if returned.answers else None
    return document.round if document and document.kind in OF_SUBGROUPS else ""


def _corrects(returned: Return) -> bool:
    """Whether it says that it corrects an earlier return, or was one that went back: that has to be merged first."""
    answers = returned.answers
    return answers is not None and (answers.document.kind == FEEDBACK or answers.form.get("corrects") == "Yes")


def _check_replaced(replaced: ReturnFacts, returned: Return, folder: Folder) -> None:
    """Refuse a return that is said to replace one of another subgroup or round."""
    if not replaced.answers_sha:
        raise PlanSheetsError(
            f"{returned.file} cannot replace {replaced.number}: nothing of that was taken in.",
            "Look at --replaces, or leave it out. Nothing was changed.",
        )
    of = folder.register.documents(id=replaced.document)[0]
    document = returned.answers and returned.answers.document
    if document and (of.round, of.subgroup) != (document.round, document.subgroup):
        raise PlanSheetsError(
            f"{returned.file} cannot replace a return of {of.reference}: it is {document.reference}.",
            "Look at --replaces. Nothing was changed.",
        )
