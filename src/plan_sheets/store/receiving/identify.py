"""Finds the document that a file is a return of: its carriers vote, and the register confirms it.

Nothing is recomputed from returned cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from email.utils import parseaddr
from functools import cached_property

from plan_sheets.core.answers.addresses import split_emails
from plan_sheets.core.book.document import OF_SUBGROUPS, Document, DocumentFacts
from plan_sheets.core.book.signature import REFERENCE, SIGNATURE, row_key, same
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.messages import Messages
from plan_sheets.core.model.text import plain
from plan_sheets.core.returned.mask import mask_sheet
from plan_sheets.core.screening.screen import Screen
from plan_sheets.store.receiving.carriers import (
    Carriers,
    count_votes,
    guess_reference,
    is_about,
    keep_identity,
    read_about,
)
from plan_sheets.store.receiving.known import ADDRESS, CHAIRS, Known

_NO_ISSUE = frozenset({"OFFICER", "MASTER", "PUBLIC", "FEEDBACK"})
"""What stands in the reference of a workbook that is no issue: nothing brings it back where no register knows it."""
PLAN_SHEETS = {"Plan", "Boards", "Priorities", "Actions"}
"""The sheets by which plan.xlsx is recognised; it has no carriers, and no other workbook of the tool has all these."""


class Identifier:
    """Identifies the files of a batch; each document of a file is read once."""

    def __init__(self, known: Known, messages: Messages) -> None:
        self.known = known
        self.messages = messages
        self.at_hand: dict[str, Document] = {}
        """The documents of the file that is being opened, by their references."""

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        """The reference of each issued row key; needed only if the keys of a file do not fit its document."""
        return {key: document.reference for document in self.known.read_documents() for key in document.row_keys()}

    @cached_property
    def _of_subgroup(self) -> Mapping[str, Sequence[DocumentFacts]]:
        """The issues of each subgroup, oldest first."""
        issues: dict[str, list[DocumentFacts]] = {}
        for facts in self.known.issued.values():
            if facts.kind == "subgroup":
                issues.setdefault(facts.subgroup, []).append(facts)
        return issues

    @cached_property
    def _signed(self) -> Mapping[str, str]:
        """The reference of each issued signature."""
        return {facts.signature: facts.reference for facts in self.known.issued.values()}

    @cached_property
    def _names(self) -> set[str]:
        """Every issued reference and signature: no identifiers of a case, whatever they look like."""
        return {*self.known.issued, *self._signed}

    def find_owner(self, key: str) -> str:
        """The reference of the document that a row key belongs to; "" if it is not known."""
        return self._by_key.get(key, "")

    def find_document(self, reference: str) -> Document | None:
        """The document of this reference, None if it was never issued."""
        if reference not in self.at_hand and reference in self.known.issued:
            self.at_hand[reference] = self.known.read_document(self.known.issued[reference])
        return self.at_hand.get(reference)

    def identify(
        self, workbook: FoundWorkbook, file: Callable[[], str], stated_reference: str = "", screen: Screen | None = None
    ) -> tuple[Document | None, list[Finding]]:
        """Identify a file: (document or None, findings).

        `file` tells the path by which it can be received again, and is asked only where the file is held;
        `stated_reference` is the reference that the officer gives for it, or "". `screen`: what must not be shown;
        None: the officer allows it.
        """
        if screen:
            sheets = (
                mask_sheet(keep_identity(sheet), self._names, screen) if is_about(sheet) else sheet
                for sheet in workbook.sheets
            )
            workbook = replace(workbook, sheets=tuple(sheets))
        if stated_reference:
            return self._identify_by_officer(stated_reference, workbook, file)
        carriers = self._read_carriers(workbook)
        voted = count_votes(carriers)
        if voted.code:
            return self._describe_undecided(workbook, carriers, voted.code, file)
        document = self.find_document(voted.reference)
        if document and all(same(signature, document.signature) for signature in _list_signatures(workbook)):
            return document, self._find_overtaken(document)
        if document is None and _is_sent_by(self.known.secret, voted.reference, workbook):
            is_issue = _NO_ISSUE.isdisjoint(voted.reference.split("-"))
            code = "issue_after_register" if is_issue else "made_after_register"
            finding = self._describe_held(code, file, voted.reference, reference=voted.reference)
        elif not carriers.keys and _list_keys(workbook):
            finding = self._describe_held(
                "other_plan", file, voted.reference, reference=voted.reference, plan=self._name_plan(workbook)
            )
        elif document:
            finding = self._describe_held("signature_differs", file, voted.reference, reference=voted.reference)
        else:
            finding = self._describe_held("reference_unknown", file, reference=voted.reference)
        return document, [finding]

    def _describe_held(self, code: str, file: Callable[[], str], settles: str = "", **details: str) -> Finding:
        """A finding that holds the file, with the command that settles it; `settles`: the reference in that command."""
        path = file()
        name = f'"{path}"' if " " in path else path
        command = f"plan-sheets receive {name} --issue {settles or 'REFERENCE'}"
        return self.messages.remark(code, {"command": command, **details})

    def _name_plan(self, workbook: FoundWorkbook) -> str:
        return read_about(workbook).get("Plan", "") or "another plan"

    def _describe_undecided(
        self, workbook: FoundWorkbook, carriers: Carriers, code: str, file: Callable[[], str]
    ) -> tuple[Document | None, list[Finding]]:
        """(Best guess or None, finding) of a file whose carriers name no document or disagree."""
        if {sheet.name for sheet in workbook.sheets} >= PLAN_SHEETS:
            return None, [self.messages.finding("plan_itself")]
        if code == "no_identity":
            guess = self._find_most_alike(workbook)
            looks = f" It looks most like {guess}." if guess else ""
            return self.find_document(guess), [self._describe_held(code, file, guess, guess=looks)]
        known = [self.find_document(reference) for reference in carriers.list_named()]
        ours = [
            document
            for document in (*known, *map(self.find_document, sorted(carriers.keys | carriers.signed)))
            if document
        ]
        guess = guess_reference(carriers, [document.reference for document in ours])
        if code == "identity_disagrees":
            code = _name_disagreement(known, ours)
        readings = "; ".join(
            f"{carrier} {' and '.join(references)}" for carrier, references in carriers.describe_readings().items()
        )
        looks = f" It is most likely {guess}." if guess else ""
        return self.find_document(guess), [self._describe_held(code, file, guess, readings=readings, guess=looks)]

    @cached_property
    def _texts(self) -> list[tuple[Document, frozenset[str]]]:
        """Every document with all its texts; needed only for a file without carriers."""
        return [
            (document, frozenset(plain(text) for text in document.texts())) for document in self.known.read_documents()
        ]

    def _find_most_alike(self, workbook: FoundWorkbook) -> str:
        """The reference of the document that shares most texts with the file; "" if two share equally many."""
        texts = {plain(cell.text) for found in workbook.sheets for cell in found.cells.values()}
        likeness = Counter({document.reference: len(texts & own) for document, own in self._texts})
        (first, most), (_, second) = [*likeness.most_common(2), ("", 0), ("", 0)][:2]
        return first if most > second else ""

    def _identify_by_officer(
        self, stated_reference: str, workbook: FoundWorkbook, file: Callable[[], str]
    ) -> tuple[Document | None, list[Finding]]:
        document = self.find_document(stated_reference)
        if document is None:
            return None, [self._describe_held("reference_unknown", file, reference=stated_reference)]
        keys = _list_keys(workbook)
        if keys and not keys.intersection(document.row_keys()):
            theirs = sorted({self.find_owner(key) for key in keys} - {""})
            details = {"reference": stated_reference, "theirs": " and ".join(theirs) or "no workbook of this plan"}
            return document, [
                self._describe_held("issue_not_its_own", file, theirs[0] if len(theirs) == 1 else "", **details)
            ]
        return document, [
            self.messages.finding("issue_by_officer", reference=stated_reference),
            *self._find_overtaken(document),
        ]

    def _find_overtaken(self, document: Document) -> list[Finding]:
        """Findings if the subgroup was issued a replacement of this document since, or one for a later round.

        Of a master, if a newer edition was handed over; of a public edition, that nothing is taken from it.
        """
        if document.kind == "public":
            return [self.messages.finding("public_edition", reference=document.reference)]
        if document.kind == "master":
            return self._find_newer_edition(document)
        if document.kind not in OF_SUBGROUPS:
            return []
        theirs = self._of_subgroup[document.subgroup]
        since = [("issue_superseded", issue.reference) for issue in theirs if issue.supersedes == document.id]
        later = [("round_passed", issue.reference) for issue in theirs if issue.round > document.round]
        return [
            self.messages.finding(code, reference=document.reference, newer=newer) for code, newer in since + later[-1:]
        ]

    def _find_newer_edition(self, document: Document) -> list[Finding]:
        """A warning if an edition of this master was handed over that is newer than the one that came back."""
        stem = document.reference.rpartition("-")[0]
        made = [
            edition
            for edition in self.known.list_editions(document.round)
            if edition.reference.rpartition("-")[0] == stem
        ]
        which = next((f"edition {edition.number}" for edition in made if edition.document == document.id), "a draft")
        newer = [
            f"edition {edition.number} of {PartialDate.of_iso(edition.handed_over).words}"
            for edition in made
            if edition.document > document.id
        ]
        return [self.messages.finding("edition_superseded", which=which, newer=newer[-1])] if newer else []

    def check_answered(self, document: Document) -> list[Finding]:
        """What holds a feedback workbook: that the return that it answers was withdrawn since."""
        answers = document.answers_return
        if answers is None or not (withdrawn := self.known.withdrawn.get(answers)):
            return []
        words = PartialDate.of_iso(withdrawn.day).words
        return [self.messages.finding("feedback_withdrawn", number=withdrawn.number, day=words)]

    def check_sender(self, document: DocumentFacts, sent_by: str, completed_by: str) -> list[Finding]:
        """A warning if a return was sent or completed by the chair of other subgroups, and not of this one.

        A note if the plan has names for this subgroup and the one who completed it is none of them.
        """
        if document.kind not in OF_SUBGROUPS or not (sent_by or completed_by):
            return []
        senders = {"sent": (parseaddr(sent_by)[1], ADDRESS), "completed": (completed_by, CHAIRS)}
        for how, (who, names) in senders.items():
            theirs = self._led_by[names].get(plain(who), ()) if who else ()
            if theirs and document.subgroup not in theirs:
                others = ", ".join(self.known.subgroups[ref]["title"] for ref in theirs)
                mine = self.known.subgroups[document.subgroup]["title"]
                return [self.messages.finding("sent_by_another", how=how, who=who, theirs=others, subgroup=mine)]
        return self._find_unknown_person(document.subgroup, completed_by)

    def _find_unknown_person(self, subgroup: str, who: str) -> list[Finding]:
        """A note if the plan names only others for the subgroup; one name may contain the other."""
        row = self.known.subgroups[subgroup]
        known = [row[name] for name in CHAIRS if row[name]]
        if not who or not known or any(plain(name) in plain(who) or plain(who) in plain(name) for name in known):
            return []
        details = {"who": who, "subgroup": row["title"], "known": " and ".join(dict.fromkeys(known))}
        return [self.messages.remark("completed_by_unknown", details, entered=who)]

    @cached_property
    def _led_by(self) -> Mapping[tuple[str, ...], Mapping[str, Sequence[str]]]:
        """For each group of fields, the subgroups that name a person there, by the `plain` text of the name."""
        led: dict[tuple[str, ...], dict[str, list[str]]] = {names: {} for names in (ADDRESS, CHAIRS)}
        for names, refs in led.items():
            for ref, row in self.known.subgroups.items():
                for who in {plain(part) for name in names for part in _split_people(row[name], name)}:
                    refs.setdefault(who, []).append(ref)
        return led

    def _read_carriers(self, workbook: FoundWorkbook) -> Carriers:
        about = read_about(workbook)
        named = about.get("Reference", ""), _find_property(workbook, REFERENCE)
        signed = {self._signed[signature] for signature in _list_signatures(workbook) if signature in self._signed}
        keys = _list_keys(workbook)
        ours = [
            reference
            for reference in dict.fromkeys(named)
            if (document := self.find_document(reference)) and keys.intersection(document.row_keys())
        ]
        proved = ours or {self.find_owner(key) for key in keys} - {""}
        return Carriers(*named, frozenset(proved), frozenset(signed))


def _split_people(text: str, field: str) -> list[str]:
    """Who stands in a field of a subgroup: several addresses have semicolons between."""
    return split_emails(text) if field in ADDRESS else [text]


def _list_keys(workbook: FoundWorkbook) -> set[str]:
    """Every text of a workbook that looks like a row key."""
    return {key for found in workbook.sheets for key in found.row_keys()}


def _is_sent_by(secret: bytes, reference: str, workbook: FoundWorkbook) -> bool:
    """Whether a workbook of this reference was sent out by who has the secret, although no register knows of it."""
    return any(
        same(key, row_key(secret, reference, found.name, key.rpartition(" ")[0]))
        for found in workbook.sheets
        for key in found.row_keys()
    )


def _find_property(workbook: FoundWorkbook, name: str) -> str:
    """A custom property, "" if it is not there; Gnumeric adds a blank to its text."""
    return workbook.properties.get(name, "").strip()


def _list_signatures(workbook: FoundWorkbook) -> set[str]:
    """The signatures in a file."""
    return {read_about(workbook).get("Signature", ""), _find_property(workbook, SIGNATURE)} - {""}


def _name_disagreement(named: Sequence[Document | None], ours: Sequence[Document]) -> str:
    """The code that says how carriers disagree. `named`: the documents of the named references, None if unknown."""
    if None in named:
        return "reference_edited"
    if len({document.kind for document in ours}) > 1:
        return "identity_disagrees"
    if len({document.subgroup for document in ours}) > 1:
        return "subgroups_disagree"
    return "rounds_disagree" if len({document.round for document in ours}) > 1 else "issues_disagree"
