"""The carriers of identity of a file (About sheet, properties, row keys, signature), and their vote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from plan_sheets.core.model.found import FoundSheet, FoundWorkbook
from plan_sheets.core.model.text import plain
from plan_sheets.core.returned.tables import EMPTY


@dataclass(frozen=True, slots=True)
class Carriers:
    """The references that the carriers of a file give; "" or empty for a carrier that is not there."""

    about: str
    property: str
    keys: frozenset[str]
    """References of the documents that its row keys belong to; empty if no key is known."""
    signed: frozenset[str] = frozenset()
    """References of the documents that were issued with a signature in the file."""

    def list_named(self) -> tuple[str, ...]:
        """The references in the About sheet and the properties, each once."""
        return tuple(dict.fromkeys(reference for reference in (self.about, self.property) if reference))

    def describe_readings(self) -> dict[str, tuple[str, ...]]:
        """The references of each carrier, by the words for it; row keys and signature only if they name another one."""
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
    """The reference that all carriers agree on, or "" and the code of the finding that says why there is none."""

    reference: str
    code: str = ""


def count_votes(carriers: Carriers) -> Vote:
    """Let the carriers vote: all that are there must agree. Row keys alone are enough."""
    named = {reference for references in carriers.describe_readings().values() for reference in references}
    if not named:
        return Vote("", "no_identity")
    if len(named) > 1:
        return Vote("", "identity_disagrees" if carriers.list_named() else "rows_of_two_issues")
    return Vote(named.pop())


def guess_reference(carriers: Carriers, ours: Iterable[str]) -> str:
    """The one of these references that most carriers give, "" if there is none.

    Row keys and signature count more, because nobody types them.
    """
    proved = [*carriers.keys, *carriers.signed]
    named = [carriers.about, carriers.property]
    return max(sorted(set(ours)), key=lambda reference: (proved.count(reference), named.count(reference)), default="")


def is_about(sheet: FoundSheet) -> bool:
    """Whether it is the About sheet, by its name."""
    return plain(sheet.name) == "about"


IDENTITY = ("Plan", "Reference", "Signature")
"""The items of the About sheet that say whose a workbook is."""


def keep_identity(about: FoundSheet) -> FoundSheet:
    """Of an About sheet the items alone that say whose the workbook is."""
    rows = {row for (row, column), cell in about.cells.items() if column == 0 and cell.text.strip() in IDENTITY}
    return replace(about, cells={place: cell for place, cell in about.cells.items() if place[0] in rows})


def read_about(workbook: FoundWorkbook) -> Mapping[str, str]:
    """Read the About sheet: the text beside each item, by item; {} if there is no such sheet."""
    for found in workbook.sheets:
        if is_about(found):
            return {
                cell.text.strip(): found.cells.get((row, 1), EMPTY).text.strip()
                for (row, place), cell in found.cells.items()
                if place == 0
            }
    return {}
