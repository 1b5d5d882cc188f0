"""Workbooks in a plan folder that went out, and that its register does not know: it is older than they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Book
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import OURS
from plan_sheets.store.container.package import Package, open_package
from plan_sheets.store.container.properties import read_reference
from plan_sheets.store.container.refused import RefusedError
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.register.register import Register
from plan_sheets.store.writing.hand_over import hand_over

_CREATED = re.compile(rb"<dcterms:created[^>]*>(\d{4}-\d\d-\d\d)")
_DAY = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
_WHERE = ("issued", "master", "officer", "feedback")


@dataclass(frozen=True, slots=True)
class UnknownReferences:
    """The workbooks in a part of a plan folder that its register does not know: SHA-256 by reference; their paths."""

    shas: Mapping[str, str]
    paths: Collection[Path]

    @classmethod
    def of(cls, folder: Path, register: Register, part: str) -> UnknownReferences:
        """Those that lie in a part of a plan folder (`issued/2016-17-q1`)."""
        found = [*find_unknown(folder, register, [part])]
        return cls({workbook.reference: workbook.sha256 for workbook in found}, {workbook.path for workbook in found})

    def choose(self, stem: str, first: int, make_book: Callable[[str], Book]) -> tuple[str, Book]:
        """The next reference of a stem, from this number on, and its workbook.

        A reference that is not known is given again only to the very same workbook; else the numbers go on after it.
        """
        numbers = self._list_numbers(stem)
        for number in [number for number in reversed(numbers) if number >= first]:
            book = make_book(reference := f"{stem}{number}")
            if self.shas[reference] == sha256(hand_over(book)):
                return reference, book
        reference = f"{stem}{max([first - 1, *numbers]) + 1}"
        return reference, make_book(reference)

    def find_before(self, document: Document, earlier: Document | None) -> str:
        """The reference of what a subgroup has already: this document's own if it is the same workbook, "" if nothing.

        `earlier`: what the register knows; what it does not know went out after that.
        """
        if document.id or document.reference in self.shas:
            return document.reference
        stem = document.reference.rpartition("-")[0] + "-"
        numbers = self._list_numbers(stem)
        return f"{stem}{numbers[-1]}" if numbers else earlier.reference if earlier else ""

    def _list_numbers(self, stem: str) -> list[int]:
        """The numbers of the references of this stem, in order."""
        numbers = (reference.removeprefix(stem) for reference in self.shas if reference.startswith(stem))
        return sorted(int(number) for number in numbers if number.isdecimal())


class UnknownWorkbook(NamedTuple):
    """A workbook that was made by a plan, and that a register does not know."""

    path: Path
    reference: str
    sha256: str
    made_on: str
    """ISO; "" if it does not say."""
    data: bytes

    @property
    def return_by(self) -> str:
        """When it shall be back (ISO), as it says on its first sheet; "" if it does not."""
        found = read_workbook(self.data)
        for sheet in found.sheets[:1] if isinstance(found, FoundWorkbook) else ():
            texts = [cell.text for (row, _), cell in sorted(sheet.cells.items()) if row == 1]
            for day in _DAY.findall(" ".join(texts)):
                if date := PartialDate.from_words(day):
                    return date.last.isoformat()
        return ""


def count_on(last: str | None) -> int:
    """The number of a reference that comes after the last of its stem, None if there is none yet."""
    return int(last.rpartition("-")[2]) + 1 if last else 1


def find_unknown(
    folder: Path, register: Register, parts: Collection[str] = _WHERE, made: Collection[str] | None = None
) -> Iterator[UnknownWorkbook]:
    """The workbooks in these parts of a plan folder whose reference the register does not have.

    `made`: SHA-256 of every file that it has made, if that is known already: these need not be opened.
    """
    made = frozenset[str]().union(*register.outputs().values()) if made is None else made
    references = {facts.reference for facts in register.document_facts().values()}
    for path in sorted(path for part in parts for path in (folder / part).rglob("*.xlsx")):
        with suppress(OSError, RefusedError, BadZipFile, ParseError, KeyError):
            data = path.read_bytes()
            if (sha := sha256(data)) in made:
                continue
            package = open_package(data, OURS)
            reference = read_reference(package)
            if reference and reference not in references:
                yield UnknownWorkbook(path, reference, sha, _read_day(package), data)


def _read_day(package: Package) -> str:
    created = (
        _CREATED.search(package.read_small("docprops/core.xml")) if "docprops/core.xml" in package.entries else None
    )
    return created[1].decode() if created else ""
