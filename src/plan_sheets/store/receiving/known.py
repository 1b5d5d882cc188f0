"""What has to be known of a plan to open a file that came back: read from its register, or sent along with the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, NoReturn, Protocol

from plan_sheets.core.book.document import Document, DocumentFacts
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import OddError
from plan_sheets.store.register.editions import EditionFacts, list_editions
from plan_sheets.store.register.reads import list_withdrawn
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.wrapped import measure_largest

ADDRESS = ("email",)
ORDINARY = 2_000_000
"""Characters of the base of a document that comes back by the usual limits, whichever program saved it."""
CHAIRS = ("chair", "receives_meanwhile")
"""The fields of a subgroup that name who may send its return, and who may complete it."""


class WithdrawnReturn(NamedTuple):
    """The number of a return that was withdrawn, and the day of that (ISO)."""

    number: str
    day: str


class Known(Protocol):
    """What an identifier asks. Whoever does not know it raises OddError: another one has to open the file."""

    @property
    def issued(self) -> Mapping[str, DocumentFacts]:
        """Every document that went out, by its reference."""

    @property
    def subgroups(self) -> Mapping[str, Mapping[str, str]]:
        """Of each subgroup, by its code, its title and the people who may answer for it."""

    @property
    def withdrawn(self) -> Mapping[int, WithdrawnReturn]:
        """Every return that was withdrawn, by its id."""

    @property
    def places(self) -> frozenset[str]:
        """The postcodes that the plan says may stand in a return."""

    @property
    def limits(self) -> Limits:
        """The limits of what comes back: they grow with the largest document that went out."""

    @property
    def secret(self) -> bytes:
        """What signs: it never leaves the machine of the register."""

    def read_document(self, facts: DocumentFacts) -> Document:
        """One document."""

    def read_documents(self) -> Iterable[Document]:
        """Every document."""

    def list_editions(self, code: str) -> Sequence[EditionFacts]:
        """The masters of a round (its code) that were handed over."""


class KnownHere:
    """What a register says, each read when it is first asked for."""

    def __init__(self, register: Register) -> None:
        self.register = register

    @cached_property
    def issued(self) -> Mapping[str, DocumentFacts]:
        """See `Known`."""
        return {facts.reference: facts for facts in self.register.document_facts().values()}

    @cached_property
    def subgroups(self) -> Mapping[str, Mapping[str, str]]:
        """See `Known`."""
        history, names = self.register.history(record="subgroup"), ("title", *ADDRESS, *CHAIRS)
        rows = {ref: history.record("subgroup", ref) for ref in history.refs("subgroup")}
        return {ref: {name: row[name] for name in names} for ref, row in rows.items()}

    @cached_property
    def withdrawn(self) -> Mapping[int, WithdrawnReturn]:
        """See `Known`."""
        days = list_withdrawn(self.register)
        return {name: WithdrawnReturn(self.register.returns(id=name)[0].number, day) for name, day in days.items()}

    @cached_property
    def places(self) -> frozenset[str]:
        """See `Known`."""
        text = self.register.history(record="plan").text("plan", "", "postcodes")
        return frozenset(part.strip() for part in text.split(";") if part.strip())

    @cached_property
    def limits(self) -> Limits:
        """See `Known`."""
        return LIMITS.grow(measure_largest(self.register) / ORDINARY)

    @property
    def secret(self) -> bytes:
        """See `Known`."""
        return self.register.secret

    def read_document(self, facts: DocumentFacts) -> Document:
        """See `Known`."""
        return self.register.documents(id=facts.id)[0]

    def read_documents(self) -> Iterable[Document]:
        """See `Known`."""
        return self.register.documents()

    def list_editions(self, code: str) -> Sequence[EditionFacts]:
        """See `Known`."""
        return list_editions(self.register, code)


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """What is sent along with files, and is enough for nearly all of them: no document, no secret."""

    issued: Mapping[str, DocumentFacts]
    subgroups: Mapping[str, Mapping[str, str]]
    withdrawn: Mapping[int, WithdrawnReturn]
    places: frozenset[str]

    @classmethod
    def of(cls, known: Known) -> KnownElsewhere:
        """What is sent along of what is known here."""
        return cls(known.issued, known.subgroups, known.withdrawn, known.places)

    @property
    def limits(self) -> NoReturn:
        """See `Known`. Raises OddError: what is large is read where it came from."""
        raise OddError

    @property
    def secret(self) -> bytes:
        """See `Known`. Raises OddError."""
        raise OddError

    def read_document(self, facts: DocumentFacts) -> NoReturn:
        """See `Known`. Raises OddError: the documents that a file needs were sent with it, or are not known."""
        raise OddError(facts.reference)

    def read_documents(self) -> NoReturn:
        """See `Known`. Raises OddError."""
        raise OddError

    def list_editions(self, code: str) -> NoReturn:
        """See `Known`. Raises OddError."""
        raise OddError(code)
