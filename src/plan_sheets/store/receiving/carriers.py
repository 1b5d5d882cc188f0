"""What a file says of itself, and the vote of its carriers on whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.core.model.text import plain
from plan_sheets.core.returned.tables import EMPTY


@dataclass(frozen=True, slots=True)
class Carriers:
    """What a file says of itself: each reference that a carrier names, and the signatures that it carries."""

    about: str
    property: str
    keys: frozenset[str]
    """References of the documents that its row keys prove it to be of; empty if it has none of ours."""
    signed: frozenset[str] = frozenset()
    """References of the documents that went out with a signature that it carries."""

    def list_named(self) -> tuple[str, ...]:
        """The references that it names, each once."""
        return tuple(dict.fromkeys(reference for reference in (self.about, self.property) if reference))

    def describe_readings(self) -> dict[str, tuple[str, ...]]:
        """What each carrier that is there says; those that bear out what is named need not be told."""
        readings = {
            "the About sheet says": (self.about,) if self.about else (),
            "the file's properties say": (self.property,) if self.property else (),
            "the signature is that of": ()
            if self.signed.intersection(self.list_named())
            else tuple(sorted(self.signed)),
            "the row keys are of": () if self.keys.intersection(self.list_named()) else tuple(sorted(self.keys)),
        }
        return {carrier: references for carrier, references in readings.items() if references}


@dataclass(frozen=True, slots=True)
class Vote:
    """The reference that all carriers agree on, or "" and the code of what is wrong."""

    reference: str
    code: str = ""


def count_votes(carriers: Carriers) -> Vote:
    """Whose file it is: the carriers that are there must agree. Row keys alone may carry it."""
    named = {reference for references in carriers.describe_readings().values() for reference in references}
    if not named:
        return Vote("", "no_identity")
    if len(named) > 1:
        return Vote("", "identity_disagrees" if carriers.list_named() else "rows_of_two_issues")
    return Vote(named.pop())


def guess_reference(carriers: Carriers, ours: Iterable[str]) -> str:
    """Of these references the one that most carriers speak for, "" if there is none.

    Row keys and signature come first: nobody types those.
    """
    proved = [*carriers.keys, *carriers.signed]
    named = [carriers.about, carriers.property]
    return max(sorted(set(ours)), key=lambda reference: (proved.count(reference), named.count(reference)), default="")


def read_about(workbook: FoundWorkbook) -> Mapping[str, str]:
    """What the About sheet says of the document: the texts beside its items, by item."""
    for found in workbook.sheets:
        if plain(found.name) == "about":
            return {
                cell.text.strip(): found.cells.get((row, 1), EMPTY).text.strip()
                for (row, place), cell in found.cells.items()
                if place == 0
            }
    return {}
