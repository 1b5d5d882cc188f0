"""The feedback workbooks: each return in which there is something to mend goes back, with all that was typed in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from plan_sheets.core.answers.sent_back import Returning, SaidCell, prepare_return
from plan_sheets.core.book.document import FEEDBACK, Document, DocumentFacts, base_text, layout_text
from plan_sheets.core.book.feedback import Answered, make_feedback_book
from plan_sheets.core.book.layout import Book
from plan_sheets.core.book.signature import SIGNATURE
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import PlanSheetsError, Severity
from plan_sheets.core.model.history import History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.text import make_slugs
from plan_sheets.core.rating.plan_rows import describe_contact
from plan_sheets.store import schemas
from plan_sheets.store.keeping.unknown import UnknownReferences, count_on
from plan_sheets.store.plan_folder import Folder
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.mending.unmended import (
    list_refs_of_rows,
    list_standing,
    list_to_mend,
    list_unmended,
    read_said,
)
from plan_sheets.store.register.register import Register, ReturnFacts
from plan_sheets.store.writing.hand_over import hand_over


@dataclass(frozen=True, slots=True)
class FeedbackMade:
    """A feedback workbook: the number of the return that it answers, where it is, and how much there is to mend."""

    number: str
    reference: str
    path: Path
    count: int


@dataclass(slots=True)
class _Desk:
    """What all feedback workbooks that are made together share."""

    folder: Folder
    register: Register
    history: History
    """What the plan says of itself and of its subgroups."""
    slugs: Mapping[str, str]
    now: datetime
    issues: dict[str, Document]
    """The issues that are answered, by reference: each is read once."""
    unknown: dict[str, UnknownReferences]
    """What lies in the plan folder for a round (its code) and the register does not know: looked for once."""

    @classmethod
    def of(cls, folder: Folder, now: datetime) -> _Desk:
        """The desk as it is before the first of them."""
        register = folder.register
        history = register.history(record=("plan", "subgroup"))
        titles = {code: history.text("subgroup", code, "title") for code in history.refs("subgroup")}
        return cls(folder, register, history, make_slugs(titles), now, {}, {})

    def find_issue(self, returned: ReturnFacts) -> Document:
        """The issue that a return goes back to, through all the feedback that it may have been of."""
        (facts,) = self.register.documents(id=returned.document)
        reference = facts.reference.partition(_begin_reference(""))[0]
        if reference not in self.issues:
            self.issues[reference] = (
                facts if reference == facts.reference else self.register.documents(reference=reference)[0]
            )
        return self.issues[reference]

    def find_unknown(self, code: str) -> UnknownReferences:
        """What went back for a round (its code) and the register does not know."""
        if code not in self.unknown:
            part = f"feedback/{code.lower()}"
            self.unknown[code] = UnknownReferences.of(self.folder.path, self.register, part)
        return self.unknown[code]


def make_feedback(folder: Folder, now: datetime) -> tuple[list[FeedbackMade], list[PlanSheetsError]]:
    """A feedback workbook for each return in which there is something to mend and that has not gone back yet.

    None is made for a return that was withdrawn, or in whose place another one has come. They are in the order of their
    files' names. The second list says why one could not be made: it is made next time. Raises PlanSheetsError if a file
    cannot be written.
    """
    made, troubles = list[FeedbackMade](), list[PlanSheetsError]()
    if not list_unmended(folder.register):
        return made, troubles
    with folder.register.batch("feedback", now.isoformat(timespec="seconds")) as batch:
        desk = _Desk.of(folder, now)
        for returned in list_unmended(folder.register):  # another command may have sent some back just now
            try:
                made += _send_back(folder, desk, returned, batch)
            except PlanSheetsError as trouble:  # the others go back all the same
                troubles.append(trouble)
    return sorted(made, key=lambda one: one.path), troubles


def _send_back(folder: Folder, desk: _Desk, returned: ReturnFacts, batch: Batch) -> Iterator[FeedbackMade]:
    """The feedback workbook of a return; none if there is nothing new to mend in it."""
    lineage, issue = _list_lineage(desk.register, returned), desk.find_issue(returned)
    returning = _prepare(desk, issue, lineage)
    if returning.mend:
        document = _make_document(desk, issue, returned, returning)
        path = _hand_over(folder, _name_file(desk, document, lineage), document, batch)
        yield FeedbackMade(returned.number, document.reference, path, returning.things)


def _list_lineage(register: Register, returned: ReturnFacts) -> list[ReturnFacts]:
    """A return, the one in whose place it came, and so on."""
    lineage = [returned]
    while (before := lineage[-1].replaces) is not None:
        lineage += register.returns(id=before)
    return lineage


def _prepare(desk: _Desk, issue: Document, lineage: Sequence[ReturnFacts]) -> Returning:
    """What goes back of a return: what it said, and where it says nothing of a cell what those before it said."""
    register, (returned, *before) = desk.register, lineage
    said, warned = read_said(register, returned.id), set[tuple[str, Key]]()
    for earlier in before:
        for key, text in register.next_bases(earlier.id).items():
            if text:
                said.setdefault(key, SaidCell(text, text))
        found = list_to_mend(register, earlier.id)
        warned |= {(finding.code, finding.key) for finding in found if finding.severity == Severity.WARNING}
    refs = list_refs_of_rows(register, [facts.sha256 for facts in lineage])
    words = schemas.load_workbook_spec(FEEDBACK).words
    return prepare_return(issue, said, list_to_mend(register, returned.id), refs, warned, words)


def _list_earlier(register: Register, issue: str, code: str) -> list[DocumentFacts]:
    """The feedback workbooks that were made about returns of an issue (its reference), for a round."""
    facts = register.document_facts(FEEDBACK, code).values()
    return [document for document in facts if document.reference.startswith(_begin_reference(issue))]


def _begin_reference(issue: str) -> str:
    return f"{issue}-{FEEDBACK.upper()}-"


def _make_document(desk: _Desk, issue: Document, returned: ReturnFacts, returning: Returning) -> Document:
    """The feedback workbook of a return, with a reference of its own."""
    earlier = _list_earlier(desk.register, issue.reference, issue.round)
    day, spec = datetime.combine(desk.now.date(), time()), schemas.load_workbook_spec(FEEDBACK)
    received = PartialDate.of_iso(returned.received).words
    answered = Answered(
        "",
        spec.words["mend_about"].format(number=returned.number, received=received),
        desk.register.secret,
        day,
        _list_texts(desk.history, issue, returning.things),
        returning.rows,
        returning.mend,
    )

    def make_book(reference: str) -> Book:
        about = replace(answered, reference=reference)
        return make_feedback_book(issue.book, about, spec, schemas.load_workbook_spec("subgroup"))

    number = count_on(earlier[-1].reference if earlier else None)
    reference, book = desk.find_unknown(issue.round).choose(_begin_reference(issue.reference), number, make_book)
    return Document(
        reference,
        FEEDBACK,
        issue.round,
        issue.subgroup,
        book.properties[SIGNATURE],
        book,
        day.date().isoformat(),
        supersedes=earlier[-1].id if earlier else None,
        answers_return=returned.id,
    )


def _name_file(desk: _Desk, document: Document, lineage: Sequence[ReturnFacts]) -> str:
    """The name of its file: of the subgroup; with the number of the return where another one has gone back as well.

    Two deputies who filled in the same workbook each get their own back.
    """
    issue = document.reference.partition(_begin_reference(""))[0]
    mine = {earlier.id for earlier in lineage}
    others = {earlier.answers_return for earlier in _list_earlier(desk.register, issue, document.round)} - mine
    own = f"-{lineage[0].number.lower()}" if list_standing(desk.register, others - {None}) else ""
    return f"{document.round.lower()}-{desk.slugs[document.subgroup]}{own}"


def _list_texts(history: History, issue: Document, count: int) -> dict[str, str]:
    """What the lines of the sheet To mend say in words."""
    words = schemas.load_workbook_spec(FEEDBACK).words
    return {
        "subgroup": history.text("subgroup", issue.subgroup, "title"),
        "round_words": Round.parse(issue.round).words,
        "contact": describe_contact(history.record("plan", "")),
        "count": words["mend_one"] if count == 1 else words["mend_many"].format(count=count),
    }


def _hand_over(folder: Folder, name: str, document: Document, batch: Batch) -> Path:
    """Write a feedback workbook and record it: a file of this name that was made before goes, unless it was changed."""
    data = hand_over(document.book)
    path = folder.write(f"feedback/{document.round.lower()}/{name}.xlsx", data, batch)
    batch.add_document(document, layout_text(document.book), base_text(document.book))
    return path
