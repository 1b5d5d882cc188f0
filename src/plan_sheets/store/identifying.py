"""Whose a file is: its carriers vote, and the register is asked; nothing is recomputed from returned cells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from plan_sheets.core.document import Document
from plan_sheets.core.found import FoundWorkbook
from plan_sheets.core.identity import REFERENCE, SIGNATURE, Carriers, same, vote
from plan_sheets.core.messages import Messages
from plan_sheets.core.model import Finding
from plan_sheets.core.shape import about_facts, keys_in
from plan_sheets.store.register import DocumentFacts, Register


class Identifier:
    """Identifies the files of a batch; a document is read from the register once."""

    def __init__(self, register: Register, messages: Messages) -> None:
        self.register = register
        self.messages = messages
        self.known: dict[str, Document] = {}

    @cached_property
    def _issued(self) -> Mapping[str, DocumentFacts]:
        """Every document that went out, by its reference."""
        return {one.reference: one for one in self.register.document_facts().values()}

    @cached_property
    def _by_key(self) -> Mapping[str, str]:
        """The reference of each row key that ever went out: asked only where a file's own keys do not fit."""
        return {key: document.reference for document in self.register.documents() for key in document.row_keys()}

    def whose(self, key: str) -> str:
        """The reference of the document that a row key belongs to; "" if it is none of ours."""
        return self._by_key.get(key, "")

    def document(self, reference: str) -> Document | None:
        """The document of this reference, None if it never went out."""
        if reference not in self.known and reference in self._issued:
            self.known[reference] = self.register.documents(id=self._issued[reference].id)[0]
        return self.known.get(reference)

    def identify(self, workbook: FoundWorkbook, said: str = "") -> tuple[Document | None, list[Finding]]:
        """The document that a file is a return of, and what there is to say of that. `said`: the officer's word."""
        if said:
            return self._by_officer(said, workbook)
        carriers = self._carriers(workbook)
        voted = vote(carriers)
        document = self.document(voted.reference)
        if voted.code:
            readings = "; ".join(f"{carrier} says {one}" for carrier, one in carriers.readings().items())
            return document, [self.messages.finding(voted.code, readings=readings, guess="")]
        if document is None:
            return None, [self.messages.finding("reference_unknown", reference=voted.reference)]
        if not all(same(one, document.signature) for one in carriers.signatures):
            return document, [self.messages.finding("signature_differs", reference=document.reference)]
        return document, self._superseded(document)

    def _by_officer(self, said: str, workbook: FoundWorkbook) -> tuple[Document | None, list[Finding]]:
        document = self.document(said)
        if document is None:
            return None, [self.messages.finding("reference_unknown", reference=said)]
        keys = set(keys_in(workbook))
        if keys and not keys.intersection(document.row_keys()):
            readings = f"the board officer says {said}; not one of its row keys does"
            return document, [self.messages.finding("identity_disagrees", readings=readings)]
        return document, [self.messages.finding("issue_by_officer", reference=said), *self._superseded(document)]

    def _superseded(self, document: Document) -> list[Finding]:
        if document.kind != "subgroup":
            return []
        return [
            self.messages.finding("issue_superseded", reference=document.reference, newer=one.reference)
            for one in self._issued.values()
            if one.supersedes == document.id
        ]

    def _carriers(self, workbook: FoundWorkbook) -> Carriers:
        about = about_facts(workbook)
        named = about.get("Reference", ""), workbook.properties.get(REFERENCE, "")
        signatures = {about.get("Signature", ""), workbook.properties.get(SIGNATURE, "")} - {""}
        keys = set(keys_in(workbook))
        ours = [
            one
            for one in dict.fromkeys(named)
            if (document := self.document(one)) and keys.intersection(document.row_keys())
        ]
        proved = ours or {self.whose(key) for key in keys} - {""}
        return Carriers(*named, frozenset(proved), frozenset(signatures))
