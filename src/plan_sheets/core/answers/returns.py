"""A return on its way through the steps of receiving, and the one place that says what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plan_sheets.core.answers.answers import Answers, blocked_by, is_untouched
from plan_sheets.core.answers.waive import Waiver, waive
from plan_sheets.core.book.document import FEEDBACK, DocumentFacts
from plan_sheets.core.model.findings import Finding, Severity, Verdict
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.receipts import Receipt

MESSAGE = "message"
"""The kind of an e-mail without a workbook."""


@dataclass(slots=True)
class Return:
    """A file that came back, and all that there is to say of it: each step of receiving adds what it finds."""

    file: str
    """Its path; of a file that came in another one, the path of that and its name there."""
    sha256: str
    mail: Mail | None = None
    """The e-mail that it came in, or is; None where it came in none."""
    is_message: bool = False
    """Whether it is an e-mail without a workbook: what it says is for the officer to read."""
    is_closed: bool = False
    """Of such an e-mail, whether the officer has said what was done about it."""
    saved_by: str = ""
    """The program that saved it; "" where it does not say."""
    was_read: bool = False
    """Whether it is a workbook with any text in it."""
    document: DocumentFacts | None = None
    """The document that it is a return of; None where that is not known."""
    answers: Answers | None = None
    """What it says; None where nothing of it may be merged."""
    findings: list[Finding] = field(default_factory=list)
    """All that there is to say of it and of its cells, in the order in which it was found."""
    around: list[Finding] = field(default_factory=list)
    """Those of the findings that tell what was masked in its name and in its e-mail."""
    in_place_of: str = ""
    """The number of the return that the same bytes came as when something in them was masked that is allowed now."""
    is_duplicate: bool = False
    """Whether the same answers have been accepted before."""
    changes: int = 0
    """How many values it changed."""
    conflicts: int = 0
    """How many of its cells say something else than what was said meanwhile."""
    queries: int = 0
    """How many queries it asks of the officer: all conflicts with one earlier return of its issue are one."""
    number: str = ""
    """Its number, `DA-1`; "" until it is recorded, and where nothing of it is."""
    duplicate_of: str = ""
    """Of a duplicate, the number of the return that said the same."""
    kept_as: str = ""
    """The ending under which its bytes lie in `returned/`; "" where they do not."""
    was_written: bool = False
    """Whether its bytes had to be written to `returned/`: they were not there, or not as they were received."""

    @property
    def sent_by(self) -> str:
        """The sender of the e-mail that it came in; "" where that is not known."""
        return self.mail.sent_by if self.mail else ""

    @property
    def sent_at(self) -> str:
        """When that e-mail was sent (ISO); "" where that is not known."""
        return self.mail.sent_at if self.mail else ""

    @property
    def kind(self) -> str | None:
        """What it is: the kind of its document, `message`, or None where that is not known."""
        if self.is_message:
            return MESSAGE
        return self.document.kind if self.document else None

    @property
    def is_untouched(self) -> bool:
        """Whether it holds answers, and each says what it was sent out with."""
        answers = self.answers
        return answers is not None and is_untouched(answers.document, self.findings, changes=answers.changes)

    @property
    def is_to_merge(self) -> bool:
        """Whether there is anything in it to merge."""
        return self.answers is not None and not self.is_duplicate and not self.is_untouched

    def rename(self, keys: Mapping[Key, Key]) -> None:
        """Let each finding speak of a cell by its new key, where it has one."""
        self.findings = [
            replace(finding, key=keys[finding.key]) if finding.key and finding.key in keys else finding
            for finding in self.findings
        ]

    def receipt(self) -> Receipt:
        """What became of it, for whoever handed it over."""
        document = self.document
        return Receipt(
            self.file,
            self.sha256,
            judge(self),
            kind=self.kind,
            subgroup=document.subgroup or None if document else None,
            round=document.round if document else None,
            issue=document.reference if document else None,
            saved_by=self.saved_by,
            sent_by=self.sent_by,
            sent_at=self.sent_at,
            findings=self.findings,
            changes=self.changes,
            conflicts=self.conflicts,
            queries=self.queries,
            number=self.number,
            duplicate_of=self.duplicate_of,
        )


def judge(returned: Return) -> Verdict:
    """What became of a return, by all that was found in it."""
    if returned.is_duplicate:
        return Verdict.DUPLICATE
    if returned.is_message:
        return Verdict.ACCEPTED if returned.is_closed else Verdict.HELD
    if not returned.was_read:
        return Verdict.REFUSED
    if returned.answers is None:
        return Verdict.HELD
    if returned.is_untouched:
        return Verdict.UNTOUCHED
    return judge_findings(returned.findings)


def judge_findings(findings: Iterable[Finding]) -> Verdict:
    """The verdict on what was merged; a note alone is nothing that anybody has to look at."""
    if any(finding.severity is not Severity.NOTE for finding in findings):
        return Verdict.ACCEPTED_WITH_FINDINGS
    return Verdict.ACCEPTED


def check_returns(returns: Sequence[Return], messages: Messages, waivers: Sequence[Waiver]) -> None:
    """Step 8: all returns of the lot in one call; then what is waived for their subgroups becomes a note."""
    from plan_sheets.core.answers.check import check_rows  # noqa: PLC0415 - pandas takes long to load; others read meanwhile

    answered = [(returned, returned.answers) for returned in returns if returned.answers]
    found = check_rows([answers.rows for _, answers in answered], messages)
    for (returned, answers), findings in zip(answered, found, strict=True):
        returned.findings += findings
        blocked = blocked_by(returned.findings)
        returned.findings += [finding for finding in answers.unmended if finding.key not in blocked]
        if not returned.is_untouched:
            returned.findings += answers.silent
        elif answers.document.kind == FEEDBACK:  # what is wrong in it was told when it was sent back
            returned.findings = [finding for finding in returned.findings if finding.key is None]
        mine = [waiver for waiver in waivers if waiver.subgroup == answers.document.subgroup]
        returned.findings = [*waive(returned.findings, mine, messages)]
