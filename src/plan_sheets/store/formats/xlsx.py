"""Finds and checks the parts of an xlsx that hold cells, and prepares them for the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

from plan_sheets.core.model.found import CellKind
from plan_sheets.core.returned.lost_on_saving import BOOK, STYLES, count_signs, count_signs_in_sheet
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import (
    find_relation_id,
    find_target,
    is_on,
    name_relations_part,
    read_relations,
)
from plan_sheets.store.container.refused import OddError, RefusedError
from plan_sheets.store.formats.sheet_scan import Scan, SheetXml, check_well_formed, is_plain, scan_sheet, split_sheet

ROOT = "_rels/.rels"
"""The part that says which part lists the sheets."""


class XlsxSheet(NamedTuple):
    """A sheet: its title, the name of its part, that part, and what was found in it."""

    title: str
    name: str
    part: SheetXml
    scan: Scan


@dataclass(frozen=True, slots=True)
class XlsxBook:
    """The checked parts of an xlsx that hold cells."""

    parts: Mapping[str, bytes]
    """All but those of the sheets."""
    folder: str
    """The folder of the parts, with a slash at its end; "" if they are in none."""
    sheets: Sequence[XlsxSheet]
    kept: Mapping[str, int]
    """The counts of `count_signs`."""
    since_1904: bool

    @property
    def styles(self) -> bytes:
        """The part of the styles; b"" if there is none."""
        return self.parts.get(f"{self.folder}styles.xml", b"")

    @property
    def texts(self) -> bytes:
        """The part of the shared texts; b"" if there is none."""
        return self.parts.get(f"{self.folder}sharedstrings.xml", b"")

    def list_parser_parts(self) -> dict[str, bytes]:
        """The parts for the parser, those of the sheets prepared for it."""
        return {**self.parts, **{sheet.name: _prepare_part(sheet.part, sheet.scan) for sheet in self.sheets}}


def read_book(package: Package, root: bytes, book: str, *, apart: bool) -> XlsxBook:
    """Read and check the parts that hold cells.

    `root` is the part with the relations of the package, `book` the name of the part that lists the sheets.
    `apart` is whether this is the child process; elsewhere an unusual sheet raises OddError. Raises RefusedError.
    """
    limits = package.limits
    folder = book.rpartition("/")[0] + "/" if "/" in book else ""
    rels, wanted = name_relations_part(book), (f"{folder}styles.xml", f"{folder}sharedstrings.xml")
    parts = {ROOT: root, **{name: package.read_small(name) for name in (book, rels)}}
    parts |= {name: mend_pairs(package.read_xml(name)) for name in wanted if name in package.entries}
    parts[book] = _STATE.sub(rb"\1", parts[book])
    targets = {relation.id: find_target(book, relation.target) for relation in read_relations(parts[rels])}
    tree = ET.fromstring(parts[book])  # noqa: S314 - the guard has refused every DOCTYPE
    listed = _list_sheets(tree, targets, limits)
    kept = count_signs(parts.get(wanted[0], b""), STYLES, count_signs(parts[book], BOOK))
    sheets = []
    for title, name in listed:
        part = split_sheet(mend_pairs(package.read_xml(name)))
        kept = count_signs_in_sheet(part.tail, kept)
        sheets.append(XlsxSheet(title, name, part, _check_sheet(part, limits, apart=apart)))
    since_1904 = any(is_on(item.get("date1904")) for item in tree.iterfind("{*}workbookPr"))
    found = XlsxBook(parts, folder, sheets, kept, since_1904)
    _check_shared_texts(found.texts, _count_cells([sheet.scan for sheet in sheets], limits), sheets, limits)
    return found


def _count_cells(scans: Sequence[Scan], limits: Limits) -> int:
    """How many cells all sheets have. Raises RefusedError if they are too many or too far apart."""
    cells = sum(scan.cells for scan in scans)
    if cells > limits.cells:
        raise RefusedError("file_too_many_cells", limit=f"{limits.cells:,}")
    if sum(scan.area for scan in scans) > limits.area:
        raise RefusedError("file_cells_far_apart", cell=max(scans, key=lambda scan: scan.area).last)
    return cells


def _list_sheets(book: ET.Element, targets: Mapping[str, str], limits: Limits) -> list[tuple[str, str]]:
    """(Title, name of the part) of the sheets in their order; `targets`: the names of parts by the ids of relations.

    Raises RefusedError for no sheets, too many, or two of one name or one part, and KeyError for an unknown relation.
    """
    items = book.findall("{*}sheets/{*}sheet")
    titles, parts = [item.get("name", "") for item in items], [targets[find_relation_id(item)] for item in items]
    if not items:
        raise RefusedError("file_no_sheets")
    if len(items) > limits.sheets:
        raise RefusedError("file_too_many_sheets", limit=limits.sheets)
    if min(len({title.lower() for title in titles}), len({*parts})) < len(items):
        raise RefusedError("file_duplicate_parts")
    return [*zip(titles, parts, strict=True)]


_STATE = re.compile(
    rb"""(<(?:[^\s<>:]+:)?sheet\s(?:[^<>]*?\s)?)state\s*=\s*["'](?!(?:visible|hidden|veryHidden)["'])[^"'<>]*["']"""
)
"""An unknown state of a sheet; such a sheet counts as visible, as in LibreOffice."""
_PAIR = re.compile(rb"(?<!_x[0-9A-Fa-f]{4})_x([dD][89abAB][0-9A-Fa-f]{2})__x([dD][c-fC-F][0-9A-Fa-f]{2})_")


def mend_pairs(part: bytes) -> bytes:
    """The part with every pair of escapes for a character beyond U+FFFF replaced by it; Spire.XLS writes such pairs."""
    return _PAIR.sub(_join_pair, part) if b"_" in part and (b"_xD" in part or b"_xd" in part) else part


def _join_pair(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex((match[1] + match[2]).decode()).decode("utf-16-be").encode()


_MERGED = re.compile(rb"""(<(?:[^\s<>:]+:)?mergeCell\s(?:[^<>]*\s)?ref\s*=\s*["'])([^"'<>]*)""")
"""A merged range: the parser fails on some, so that it is given another one."""
_ERROR_TYPE = re.compile(rb"""(<(?:[^\s<>]*:)?c\s(?:[^<>]*\s)?t\s*=\s*)(["'])e\2""")


def _check_sheet(part: SheetXml, limits: Limits, *, apart: bool) -> Scan:
    """Check and scan a sheet. Raises OddError if a child process has to do it, and as `scan_sheet` does."""
    if not (apart or len(part.whole) <= limits.small_part or is_plain(part)):
        raise OddError
    if part.tail.count(b"mergeCell") > limits.merges:
        raise RefusedError("file_too_many_merges", limit=f"{limits.merges:,}")
    return scan_sheet(part, limits)


def _prepare_part(part: SheetXml, scan: Scan) -> bytes:
    """The part of a sheet for the parser, with its errors made texts; of an ordinary sheet its data alone.

    The parser reads errors that it knows as blanks and fails on others (#SPILL!). As texts they are kept, and their
    marks say that they are errors. An empty list of merges spares it the search for one.
    """
    if scan.walked:
        prepared = _MERGED.sub(rb"\1A1:B1", part.whole)
    else:
        prepared = b"<worksheet><mergeCells></mergeCells>%b</worksheet>" % part.data
    has_errors = any(kind is CellKind.ERROR for kind, _ in scan.marks.values())
    return _ERROR_TYPE.sub(rb"\1\2str\2", prepared) if has_errors else prepared


_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']([^"']*)""")
_END_OF_TEXT = re.compile(rb"</(?:[^\s<>]*:)?si\s*>")


_SHOWN = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*+>(?:<f[^<>]*+>(?:[^<]*+</f>)?+)*+<[^<>]*+>([^<]*+)""")


def _check_shared_texts(part: bytes, cells: int, sheets: Iterable[XlsxSheet], limits: Limits) -> None:
    """Raise RefusedError for a count that is no number or far too large, or if all cells show too much text."""
    for count in _COUNT.findall(part):
        if not re.fullmatch(rb"[0-9]{1,7}", count) or int(count) > limits.cells:
            raise RefusedError("file_false_counts", count=count[:20].decode(errors="replace"))
    if len(part) * cells <= limits.text:
        return
    check_well_formed(part)
    lengths = [len(part)] if b"<!" in part else [len(text) for text in _END_OF_TEXT.split(part)]
    longest = max(lengths)
    shown = (place for sheet in sheets for place in _SHOWN.findall(sheet.part.whole))
    total = sum(
        lengths[int(place[:9])] if place.isdigit() and int(place[:9]) < len(lengths) else longest for place in shown
    )
    if total > limits.text:
        raise RefusedError("file_inflates", megabytes=total // 1_000_000)
