"""Finds out what a file is, by its content, and checks it before it is parsed.

Some parsers crash the process or use up all memory on very small files, and no `except` can catch that. So the guard
checks sizes, references and counts first. It then passes on a plain package of the few parts that hold cells: no other
code reads the original bytes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plan_sheets.core.model.found import FoundSheet, Remark
from plan_sheets.core.returned.lost_on_saving import count_signs
from plan_sheets.store.container.kinds import BOOKS, FILE_PASS, RIGHTS, find_code_of_other, find_streams
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.package import Package, open_package
from plan_sheets.store.container.parts import find_target, read_relations
from plan_sheets.store.container.properties import read_properties
from plan_sheets.store.container.refused import OddError, Refusal, RefusedError
from plan_sheets.store.container.zip import count_inflated, make_zip
from plan_sheets.store.formats.binary.xls import scan_xls
from plan_sheets.store.formats.binary.xlsb import scan_xlsb
from plan_sheets.store.formats.cell_looks import SheetLooks
from plan_sheets.store.formats.cell_pictures import read_pictures
from plan_sheets.store.formats.comments import cap_remarks, describe_picture, find_links, find_remarks_beside_cells
from plan_sheets.store.formats.ods.read import scan_ods
from plan_sheets.store.formats.sheet_scan import BeyondEdgeError, Mark, TooFullError, TooManyCellsError
from plan_sheets.store.formats.xlsx import ROOT, XlsxBook, read_book
from plan_sheets.store.formats.xlsx_looks import find_struck_texts, read_looks, read_styles


@dataclass(frozen=True, slots=True)
class GuardedFile:
    """A file that has been checked, for the parser to read."""

    container: str
    """xlsx, xlsm, xlsb, xls or ods, by content; "" if a child process has to find out."""
    data: bytes
    """The bytes for the parser; of a package, only its checked parts."""
    marks: tuple[Mapping[tuple[int, int], Mark], ...] = ()
    """For each sheet, in order: the cells that hold an error or a formula."""
    about: Mapping[str, bytes] = field(default_factory=dict)
    """The parts with document properties, by their names in lower case; checked, not parsed."""
    remarks: tuple[Remark, ...] = ()
    looks: tuple[SheetLooks | None, ...] = ()
    """For each sheet, in order: what it says beside the values of its cells, None if nothing; () of an ods."""
    since_1904: bool = False
    """Whether day numbers count from 1904."""
    apart: bool = True
    """Whether a child process has to guard and read it: it is large, or written in an unusual way."""
    kept: Mapping[str, int] | None = None
    """As in `FoundWorkbook`."""
    sheets: tuple[FoundSheet, ...] = ()
    """The sheets, if the guard has read them already; `data` is empty then."""


def guard(
    data: bytes, *, apart: bool = False, most: int | None = None, limits: Limits = LIMITS
) -> GuardedFile | Refusal:
    """Check these bytes for the parser, or say why it must not read them. Never raises, whatever the bytes are.

    `apart` is whether this is the child process. Elsewhere a package that is written in an unusual way, or inflates to
    more than `most` bytes (None: the usual limit), only comes back as a file for the child process.
    """
    try:
        return _guard_any(data, apart=apart, most=most or limits.here, limits=limits)
    except OddError:
        return GuardedFile("", b"")
    except Exception as trouble:  # noqa: BLE001 - a broken package makes the standard library raise nearly anything
        return find_refusal(trouble, limits)


def find_refusal(trouble: BaseException, limits: Limits = LIMITS) -> Refusal:
    """The refusal of a file on which the guard or the parser raised this exception."""
    match trouble:
        case RefusedError():
            return Refusal(trouble.code, trouble.details)
        case BeyondEdgeError():
            return Refusal("file_cell_beyond_edge", {"cell": str(trouble)})
        case TooManyCellsError():
            return Refusal("file_too_many_cells", {"limit": f"{limits.cells:,}"})
        case TooFullError():
            return Refusal("file_too_full", {"limit": f"{limits.filled:,}"})
        case MemoryError():
            return Refusal("file_ends_reader")
    return Refusal("file_damaged", {"reason": f"{type(trouble).__name__}: {trouble}"[:200]})


def _guard_any(data: bytes, *, apart: bool, most: int, limits: Limits) -> GuardedFile:
    if not data:
        raise RefusedError("file_empty")
    if len(data) > limits.file:
        raise RefusedError("file_too_large", megabytes=-(-len(data) // 1_000_000), limit=limits.file // 1_000_000)
    if data.startswith(b"PK"):
        package = open_package(data, limits)
        if not apart and count_inflated(package.entries.values()) > most:
            raise OddError
        return _guard_package(package, apart=apart)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _guard_compound(data, limits, apart=apart)
    raise RefusedError(find_code_of_other(data))


def _guard_compound(data: bytes, limits: Limits, *, apart: bool) -> GuardedFile:
    """Guard an OLE2 file: an xls, or another kind of file in the same container."""
    names = find_streams(data)
    if names & RIGHTS:
        raise RefusedError("file_rights")
    if "EncryptedPackage" in names or FILE_PASS.search(data):
        raise RefusedError("file_encrypted")
    if "WordDocument" in names:
        raise RefusedError("file_word")
    if not names & BOOKS:
        raise RefusedError("file_unknown")
    remarks = _find_remarkable_parts({"_VBA_PROJECT_CUR": "file_has_macros"}, names)
    if not apart:
        return GuardedFile("xls", b"")
    scan = scan_xls(data, limits)
    remarks = (*remarks, *scan.beside, _describe_half_seen("xls"))
    marks = tuple(sheet.marks for sheet in scan.sheets)
    return GuardedFile("xls", scan.data, marks, remarks=remarks, looks=scan.sheets, since_1904=scan.since_1904)


def _describe_half_seen(container: str) -> Remark:
    """The remark that not everything in this format can be read."""
    return Remark("file_half_seen", {"container": container})


_REMARKABLE = {
    "vbaproject.bin": "file_has_macros",
    "basic/": "file_has_macros",
    "externallinks/": "file_has_links",
    "connections.xml": "file_has_links",
    "embeddings/": "file_has_objects",
    "xl/comments": "file_has_comments",
    "threadedcomments/": "file_has_comments",
}
_OTHER_PACKAGES = {
    "word/document.xml": "file_word",
    "index/document.iwa": "file_numbers",
    "index.zip": "file_numbers",
}


def _guard_package(package: Package, *, apart: bool) -> GuardedFile:
    names = package.entries.keys()
    remarks = _find_remarkable_parts(_REMARKABLE, names)
    if "content.xml" in names or "mimetype" in names:
        return _guard_open_document(package, remarks)
    if ROOT not in names or "[content_types].xml" not in names:
        raise RefusedError(next((code for name, code in _OTHER_PACKAGES.items() if name in names), "file_other_zip"))
    about = read_properties(package)
    root = package.read_small(ROOT)
    book = _find_workbook_part(root, names)
    if book.endswith(".bin"):
        if not apart:
            raise OddError
        return _guard_binary(package, book, about, remarks)
    return _guard_xlsx(package, read_book(package, root, book, apart=apart), about, remarks)


def _guard_xlsx(
    package: Package, book: XlsxBook, about: Mapping[str, bytes], remarks: tuple[Remark, ...]
) -> GuardedFile:
    """Guard an xlsx or xlsm."""
    styles, struck = read_styles(package, book.styles), find_struck_texts(book.texts)
    looks = [read_looks(sheet.part, styles, struck, package.limits, is_odd=sheet.scan.walked) for sheet in book.sheets]
    pictures = _take_pictures(book, looks, read_pictures(package, book.folder))
    links = [{} if look is None else look.links for look in looks]
    sheets = [(sheet.title, sheet.name, cells) for sheet, cells in zip(book.sheets, links, strict=True)]
    remarks = _add_remarks(package, remarks, sheets, cap_remarks(pictures, package.limits))
    return GuardedFile(
        "xlsm" if b"macroEnabled" in package.read_small("[content_types].xml") else "xlsx",
        make_zip(book.list_parser_parts()),
        tuple(sheet.scan.marks for sheet in book.sheets),
        about,
        remarks,
        tuple(looks),
        book.since_1904,
        any(sheet.scan.walked for sheet in book.sheets),
        book.kept,
    )


def _take_pictures(book: XlsxBook, looks: Sequence[SheetLooks | None], pictures: Mapping[int, str]) -> Iterator[Remark]:
    """A remark for each picture in a cell. `pictures`: their descriptions by number."""
    for sheet, look in zip(book.sheets, looks, strict=True):
        if look is None:
            continue
        look.pictures = {cell: number for cell, number in look.pictures.items() if number in pictures}
        for cell, number in look.pictures.items():
            yield describe_picture(sheet.title, cell, pictures[number])


def _add_remarks(
    package: Package,
    remarks: tuple[Remark, ...],
    sheets: Sequence[tuple[str, str, Mapping[str, str]]],
    pictures: tuple[Remark, ...] = (),
) -> tuple[Remark, ...]:
    """The remarks with those on each comment and drawing instead of the one that there are some; pictures; links.

    `sheets`: as in `find_links`.
    """
    comments = find_remarks_beside_cells(package, [(title, part) for title, part, _ in sheets])
    others = (remark for remark in remarks if not comments or remark.code != "file_has_comments")
    return (*others, *comments, *pictures, *find_links(package, sheets))


def _find_remarkable_parts(codes: Mapping[str, str], names: Iterable[str]) -> tuple[Remark, ...]:
    """Remarks on parts that are never opened: macros, links, objects, comments. `codes`: by a piece of their names."""
    listed = "\n".join(names)
    return tuple(Remark(code) for code in dict.fromkeys(code for part, code in codes.items() if part in listed))


def _find_workbook_part(root: bytes, names: Container[str]) -> str:
    """The name of the part that lists the sheets. Raises RefusedError for a Word or PowerPoint file.

    `root` is the part with the relations of the package.
    """
    for relation in read_relations(root):
        if relation.type.endswith("/relationships/officeDocument"):
            part = find_target("", relation.target)
            if part.rpartition("/")[2] in ("workbook.xml", "workbook.bin"):
                return part
    raise RefusedError(next((code for name, code in _OTHER_PACKAGES.items() if name in names), "file_other_zip"))


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_ROOT_TYPE = re.compile(r'<(?=[^<>]*full-path="/")[^<>]*media-type="([^"]*)"')


def _guard_open_document(package: Package, remarks: tuple[Remark, ...]) -> GuardedFile:
    """Guard and read an ods; no parser is needed after that."""
    kind = _read_kind(package)  # first, because in an encrypted file no other part is XML
    content = package.read_xml("content.xml") if "content.xml" in package.entries else b""
    if not kind.startswith(_ODS) and (kind or b"<office:spreadsheet" not in content):
        raise RefusedError("file_word" if "opendocument.text" in kind else "file_other_zip")
    scan = scan_ods(content, package.read_xml("styles.xml") if "styles.xml" in package.entries else b"", package.limits)
    return GuardedFile(
        "ods",
        b"",
        about=read_properties(package),
        remarks=(*remarks, *scan.beside),
        since_1904=scan.since_1904,
        apart=False,
        kept=count_signs(content),
        sheets=tuple(scan.sheets),
    )


def _read_kind(package: Package) -> str:
    """The media type of an OpenDocument, from its own part or from the manifest; "" if neither has it."""
    manifest = package.read_small("meta-inf/manifest.xml") if "meta-inf/manifest.xml" in package.entries else b""
    if b"encryption-data" in manifest:
        raise RefusedError("file_encrypted")
    if "mimetype" in package.entries:
        return package.read("mimetype")[:100].decode(errors="replace").strip()
    declared = _ROOT_TYPE.search(manifest.decode(errors="replace"))
    return declared[1] if declared else ""


def _guard_binary(package: Package, book: str, about: Mapping[str, bytes], remarks: tuple[Remark, ...]) -> GuardedFile:
    """Guard an xlsb: keep all parts that its parser may read, and read what the parser does not tell."""
    names = package.entries
    parts = {name: package.read(name) for name in names if name.endswith(".bin") and "vbaproject" not in name}
    parts |= {name: package.read_small(name) for name in names if name.endswith(".rels")}
    scan = scan_xlsb(parts, book, package.limits)
    sheets = [(title, name, sheet.links) for (title, name), sheet in zip(scan.listed, scan.sheets, strict=True)]
    remarks = (*_add_remarks(package, remarks, sheets), _describe_half_seen("xlsb"))
    marks = tuple(sheet.marks for sheet in scan.sheets)
    return GuardedFile("xlsb", make_zip(parts), marks, about, remarks, scan.sheets, scan.since_1904)
