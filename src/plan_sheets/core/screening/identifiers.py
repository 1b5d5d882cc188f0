"""Identifiers of a case: of which kinds, and where one stands in a text. What it says is never kept here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What identifies a case, or the person that it is about; the names are those of `schemas/identifiers.yaml`."""

    NHS_NUMBER = "nhs_number"
    UPN = "upn"
    NATIONAL_INSURANCE = "national_insurance"
    DRIVING_LICENCE = "driving_licence"
    DATE_OF_BIRTH = "date_of_birth"
    CASE_REFERENCE = "case_reference"
    POSTCODE = "postcode"

    @property
    def is_asked_about(self) -> bool:
        """Whether the officer is asked: it may be that of an office. All other kinds are masked."""
        return self is IdentifierKind.POSTCODE


@dataclass(frozen=True, slots=True)
class CaseIdentifier:
    """One that stands in a text, from `start` to before `end`, with the words that say what it is; never the text."""

    kind: IdentifierKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IdentifierWords:
    """What schemas say of one kind."""

    title: str
    """What a sentence calls it, with its article."""
    words: tuple[str, ...] = ()
    """What says, before a number or over it, that it is one."""
    unless: tuple[str, ...] = ()
    """What says, directly before a number, or between the words and a date, that it is another one."""
    unless_whole: tuple[str, ...] = ()
    """What says so of ten figures without a blank only: an NHS number is written in groups of 3, 3 and 4."""
    figures: tuple[str, ...] = ()
    """What says, earlier in the sentence, that figures are counts and rates."""
    systems: tuple[str, ...] = ()
    """Names of systems that number their cases."""
    areas: frozenset[str] = frozenset()
    """The letters that postcodes begin with."""
