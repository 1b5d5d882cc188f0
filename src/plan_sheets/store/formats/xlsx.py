"""Finds and checks the parts of an xlsx that hold cells, and prepares them for the parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from xml.etree import ElementTree as ET

from plan_sheets.core.model.found import CellKind, FoundSheet
from plan_sheets.core.returned.lost_on_saving import BOOK, STYLES, count_signs, count_signs_in_sheet
from plan_sheets.store.container.limits import Limits
from plan_sheets.store.container.package import Package
from plan_sheets.store.container.parts import find_target, name_relations_part, read_relations, strip_namespace
from plan_sheets.store.container.refused import OddError, RefusedError
from plan_sheets.store.formats.cell_pictures import blank_pictures
from plan_sheets.store.formats.lines import replace_merges
from plan_sheets.store.formats.sheet_scan import Scan, check_well_formed, is_plain, scan_sheet
from plan_sheets.store.formats.sheet_texts import Shared, read_shared_texts

ROOT = "_rels/.rels"
"""The part that says which part lists the sheets."""


def _parse(part: bytes) -> ET.Element:
    """Parse a small checked part."""
    return ET.fromstring(part)  # noqa: S314 - the guard has refused every DOCTYPE


class ListedSheet(NamedTuple):
    """A sheet in the list of the workbook: its name, `visible`, `hidden` or `veryHidden`, and the name of its part."""

    title: str
    state: str
    part: str


def read_workbook_parts(
    package: Package, root: bytes, book: str, *, apart: bool
) -> tuple[dict[str, bytes], list[ListedSheet], list[Scan], dict[str, int]]:
    """Read and check the parts that hold cells: (parts by name, sheets, scan of each sheet, counts of `count_signs`).

    `root` is the part with the relations of the package, `book` the name of the part that lists the sheets.
    `apart` is whether this is the child process; elsewhere an unusual sheet raises OddError. Raises RefusedError.
    """
    limits = package.limits
    folder = book.rpartition("/")[0] + "/" if "/" in book else ""
    rels, texts = name_relations_part(book), f"{folder}sharedstrings.xml"
    parts = {ROOT: root, **{name: package.read_small(name) for name in (book, rels)}}
    parts |= {name: package.read_xml(name) for name in (f"{folder}styles.xml", texts) if name in package.entries}
    parts[book] = _STATE.sub(rb"\1", parts[book])
    targets = {relation.id: find_target(book, relation.target) for relation in read_relations(parts[rels])}
    listed = _list_sheets(parts[book], targets, limits)
    kept = count_signs(parts.get(f"{folder}styles.xml", b""), STYLES, count_signs(parts[book], BOOK))
    shared_part = mend_pairs(parts.get(texts, b""))
    parts |= {texts: shared_part} if shared_part else {}
    shared = read_shared_texts(shared_part) if len(shared_part) <= limits.small_part else None
    scans = []
    for sheet in listed:
        part, pictures = blank_pictures(mend_pairs(package.read_xml(sheet.part)), sheet.title, package, folder)
        parts[sheet.part] = part
        kept = count_signs_in_sheet(part[part.rfind(b"sheetData") :], kept)
        scan = _check_sheet(part, shared, limits, apart=apart)
        scans.append(replace(scan, pictures=pictures) if pictures else scan)
    cells = _count_cells(scans, limits)
    _check_shared_texts(shared_part, cells, [parts[sheet.part] for sheet in listed], limits)
    return parts, listed, scans, kept


def _count_cells(scans: Sequence[Scan], limits: Limits) -> int:
    """How many cells all sheets have. Raises RefusedError if they are too many or too far apart."""
    cells = sum(scan.cells for scan in scans)
    if cells > limits.cells:
        raise RefusedError("file_too_many_cells", limit=f"{limits.cells:,}")
    if sum(scan.area for scan in scans) > limits.area:
        raise RefusedError("file_cells_far_apart", cell=max(scans, key=lambda scan: scan.area).last)
    return cells


def _list_sheets(book: bytes, targets: Mapping[str, str], limits: Limits) -> list[ListedSheet]:
    """The sheets in their order; `targets`: the names of parts by the ids of relations.

    Raises RefusedError for no sheets, too many, or two of one name or one part, and KeyError for an unknown relation.
    """
    sheets = _find_sheets(book)
    parts = [targets[number] for _, _, number in sheets]
    if not sheets:
        raise RefusedError("file_no_sheets")
    if len(sheets) > limits.sheets:
        raise RefusedError("file_too_many_sheets", limit=limits.sheets)
    if len({title.lower() for title, _, _ in sheets}) < len(sheets) or len(set(parts)) < len(sheets):
        raise RefusedError("file_duplicate_parts")
    return [ListedSheet(title, state, part) for (title, state, _), part in zip(sheets, parts, strict=True)]


_SHEET = (
    rb'<sheet(?: xmlns:r="[^"<>]*+")?+ name="([^"<>&]*+)" sheetId="[0-9]++"'
    rb'(?: state="([A-Za-z]++)")? r:id="([^"<>&]*+)" ?/>'
)
_EACH_SHEET = re.compile(_SHEET)
_PLAIN_SHEETS = re.compile(rb"<sheets>(?:%b)++</sheets>" % _SHEET.replace(b"([", b"(?:["))


def _find_sheets(book: bytes) -> list[tuple[str, str, str]]:
    """(Title, state, id of the relation) of each sheet. A list as ordinary programs write it is not parsed."""
    plain = _PLAIN_SHEETS.search(book) if b"<!" not in book and book.count(b"sheets>") == 2 else None  # noqa: PLR2004 - one start, one end
    if plain:
        each = _EACH_SHEET.findall(plain[0])
        return [(title.decode(), state.decode() or "visible", number.decode()) for title, state, number in each]
    sheets = [item for item in _parse(book).iter() if strip_namespace(item.tag) == "sheet"]
    ids = [next((value for name, value in item.items() if strip_namespace(name) == "id"), "") for item in sheets]
    return [(item.get("name", ""), item.get("state", "visible"), id_) for item, id_ in zip(sheets, ids, strict=True)]


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


_ERROR_TYPE = re.compile(rb"""(<(?:[^\s<>]*:)?c\s(?:[^<>]*\s)?t\s*=\s*)(["'])e\2""")


def _check_sheet(part: bytes, shared: Shared | None, limits: Limits, *, apart: bool) -> Scan:
    """Check and scan a sheet. Raises OddError if a child process has to do it, and as `scan_sheet` does."""
    if not (apart or len(part) <= limits.small_part or is_plain(part)):
        raise OddError
    if part.count(b"mergeCell", part.rfind(b"sheetData")) > limits.merges:
        raise RefusedError("file_too_many_merges", limit=f"{limits.merges:,}")
    return scan_sheet(part, shared, limits)


def list_read_sheets(listed: Sequence[ListedSheet], scans: Sequence[Scan]) -> tuple[FoundSheet, ...]:
    """The sheets, if the scans have read the cells of all of them; else ()."""
    if any(scan.texts is None for scan in scans) or not all(sheet.state in _IS_SHOWN for sheet in listed):
        return ()
    return tuple(
        FoundSheet(sheet.title, scan.texts or {}, _IS_SHOWN[sheet.state])
        for sheet, scan in zip(listed, scans, strict=True)
    )


_IS_SHOWN = {"visible": True, "hidden": False, "veryHidden": False}


def list_parser_parts(
    parts: Mapping[str, bytes], listed: Iterable[ListedSheet], scans: Iterable[Scan]
) -> dict[str, bytes]:
    """The parts for the parser, those of the sheets prepared for it."""
    sheets = zip(listed, scans, strict=True)
    return {**parts, **{sheet.part: _prepare_part(parts[sheet.part], scan) for sheet, scan in sheets}}


def _prepare_part(part: bytes, scan: Scan) -> bytes:
    """The part of a sheet for the parser, with its errors made texts.

    The parser reads errors that it knows as blanks and fails on others (#SPILL!). As texts they are kept, and their
    marks say that they are errors.
    """
    part = replace_merges(part) if scan.walked else _cut_to_cells(part)
    has_errors = any(kind is CellKind.ERROR for kind, _ in scan.marks.values())
    return _ERROR_TYPE.sub(rb"\1\2str\2", part) if has_errors else part


def _cut_to_cells(part: bytes) -> bytes:
    """The cells of an ordinary sheet, with an empty list of merges, so that the parser does not search for one."""
    start, end = part.find(b"<sheetData"), part.find(b">", part.rfind(b"sheetData")) + 1
    return b"<worksheet><mergeCells></mergeCells>%b</worksheet>" % part[start:end]


_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']([^"']*)""")
_END_OF_TEXT = re.compile(rb"</(?:[^\s<>]*:)?si\s*>")


_SHOWN = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*+>(?:<f[^<>]*+>(?:[^<]*+</f>)?+)*+<[^<>]*+>([^<]*+)""")


def _check_shared_texts(part: bytes, cells: int, sheets: Iterable[bytes], limits: Limits) -> None:
    """Raise RefusedError for a count that is no number or far too large, or if all cells show too much text."""
    for count in _COUNT.findall(part):
        if not re.fullmatch(rb"[0-9]{1,7}", count) or int(count) > limits.cells:
            raise RefusedError("file_false_counts", count=count[:20].decode(errors="replace"))
    if len(part) * cells <= limits.text:
        return
    check_well_formed(part)
    lengths = [len(part)] if b"<!" in part else [len(text) for text in _END_OF_TEXT.split(part)]
    longest = max(lengths)
    shown = (place for sheet in sheets for place in _SHOWN.findall(sheet))
    total = sum(
        lengths[int(place[:9])] if place.isdigit() and int(place[:9]) < len(lengths) else longest for place in shown
    )
    if total > limits.text:
        raise RefusedError("file_inflates", megabytes=total // 1_000_000)
