"""What a file is, by its content, and whether a parser may see it: everything is looked at before anything is parsed.

The parser (calamine) ends the whole process on a 2 KB file with a cell at the far corner or an absurd count, and no
`except` can catch that. So the guard looks at sizes, references and counts first, and then hands on not the file that
came but a plain, uncompressed package of the few parts that hold cells: nobody else ever reads the original bytes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from plan_sheets.core.found import CellKind, Remark
from plan_sheets.core.survival import seen_in
from plan_sheets.store.beside import beside_cells
from plan_sheets.store.fills import Painted, painted_cells
from plan_sheets.store.kinds import FILE_PASS, kind_of_other, streams
from plan_sheets.store.ods_scan import OdsScan, scan_ods, without
from plan_sheets.store.relationships import relationships
from plan_sheets.store.sheet_scan import (
    MAX_FILLED,
    BeyondEdgeError,
    Mark,
    Scan,
    TooFullError,
    TooManyCellsError,
    is_plain,
    scan_sheet,
    well_formed,
)
from plan_sheets.store.zips import MAX_PART, MAX_SMALL_PART, Entry, RefusedError, Zip, is_encrypted, open_zip, stored

MAX_FILE = 20_000_000
"""Bytes of the file as it came; a subgroup's workbook has 25,000."""
MAX_SHEETS = 200
MAX_CELLS = 1_000_000
"""Cells that are written down in the file, empty ones as well."""
MAX_AREA = 2_000_000
"""Cells of the rectangles that hold all cells with content: the parser keeps every one of them."""
MAX_TEXT = 24_000_000
"""Bytes of all shared texts, each as often as a cell shows it: the parser makes each of them anew."""
MAX_HERE = 8_000_000
"""Bytes of all parts, inflated, that are looked at in this process: more are left to one with a limit on memory."""
MAX_MERGES = 10_000


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file cannot be read: a message's code and the details that its sentence needs."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that a parser may see."""

    container: str
    """xlsx, xlsm, xlsb, xls or ods, by content; "" where that is for another process to say."""
    data: bytes
    """What the parser reads: of a package, only its checked parts."""
    marks: tuple[Mapping[tuple[int, int], Mark], ...] = ()
    """Of each sheet of an xlsx or ods, in order: the cells that hold an error or a formula."""
    about: Mapping[str, bytes] = field(default_factory=dict)
    """The parts that hold document properties, by their names in lower case; checked, not parsed."""
    remarks: tuple[Remark, ...] = ()
    painted: tuple[Painted, ...] = ()
    """Of each sheet of an xlsx or ods, in order, the cells painted in a colour of RAG; () if there are none."""
    since_1904: bool = False
    """Whether day numbers in it count from 1904; known of xlsx and ods."""
    apart: bool = True
    """Whether a child process guards and reads it: it is large, or not every cell was seen as the parser sees it."""
    kept: frozenset[str] | None = None
    """As in `FoundWorkbook`."""


class _OddError(Exception):
    """This is for the child process to look at."""


def guard(data: bytes, *, apart: bool = False) -> Guarded | Refusal:
    """What a parser may see of these bytes, or why it may see nothing. Never raises, whatever the bytes are.

    `apart`: whether this is the child process; elsewhere a package that is large or odd is only said to be one for it.
    """
    try:
        return _guarded(data, apart=apart)
    except _OddError:
        return Guarded("", b"")
    except Exception as trouble:  # noqa: BLE001 - a broken package makes the standard library raise nearly anything
        return refusal_of(trouble)


def refusal_of(trouble: BaseException) -> Refusal:
    """What to say of a file that made the guard or the parser raise this."""
    match trouble:
        case RefusedError():
            return Refusal(trouble.code, trouble.details)
        case BeyondEdgeError():
            return Refusal("file_cell_beyond_edge", {"cell": str(trouble)})
        case TooManyCellsError():
            return Refusal("file_too_many_cells", {"limit": f"{MAX_CELLS:,}"})
        case TooFullError():
            return Refusal("file_too_full", {"limit": f"{MAX_FILLED:,}"})
        case MemoryError():
            return Refusal("file_ends_reader")
    return Refusal("file_damaged", {"reason": f"{type(trouble).__name__}: {trouble}"[:200]})


def _guarded(data: bytes, *, apart: bool) -> Guarded:
    if not data:
        raise RefusedError("file_empty")
    if len(data) > MAX_FILE:
        raise RefusedError("file_too_large", megabytes=-(-len(data) // 1_000_000), limit=MAX_FILE // 1_000_000)
    if data.startswith(b"PK"):
        package = open_package(data)
        if not apart and package.archive.inflated > MAX_HERE:
            raise _OddError
        return _guard_package(package, apart=apart)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _guard_compound(data)
    raise RefusedError(kind_of_other(data))


# ---------------------------------------------------------------- compound files


def _guard_compound(data: bytes) -> Guarded:
    """An OLE2 file: xls, or something that only looks like it from outside."""
    names = streams(data)
    if "EncryptedPackage" in names or FILE_PASS.search(data):
        raise RefusedError("file_encrypted")
    if "WordDocument" in names:
        raise RefusedError("file_word")
    if not names & {"Workbook", "Book", "WORKBOOK", "BOOK"}:
        raise RefusedError("file_unknown")
    return Guarded("xls", data, remarks=_remarks({"_VBA_PROJECT_CUR": "file_has_macros"}, names))


# ---------------------------------------------------------------- packages

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
ROOT = "_rels/.rels"
"""The part that says which part lists the sheets."""
_ABOUT = ("docprops/custom.xml", "docprops/app.xml", "meta.xml")


@dataclass(frozen=True, slots=True)
class Package:
    """A zip whose directory has been checked; parts are asked for by their names in lower case."""

    archive: Zip
    entries: Mapping[str, Entry]

    def xml(self, name: str, longest: int = MAX_PART) -> bytes:
        """The inflated bytes of an XML part; raises KeyError if there is none, BadZipFile on a wrong checksum."""
        entry = self.entries[name.lower()]
        if entry.file_size > longest:
            raise RefusedError("file_inflates", megabytes=entry.file_size // 1_000_000)
        return _checked(self.archive.read(entry))

    @property
    def theme(self) -> bytes:
        """The part with the theme's colours; b"" if there is none."""
        return self.xml("xl/theme/theme1.xml") if "xl/theme/theme1.xml" in self.entries else b""

    def about(self) -> dict[str, bytes]:
        """The parts with document properties, as many as there are."""
        return {name: self.xml(name, MAX_SMALL_PART) for name in _ABOUT if name in self.entries}


def open_package(data: bytes) -> Package:
    """The package with its directory checked: nothing is inflated yet."""
    archive = open_zip(data)
    entries = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.entries}
    if any(map(is_encrypted, archive.entries)):
        raise RefusedError("file_encrypted")
    if len(entries) < len(archive.entries):
        raise RefusedError("file_duplicate_parts")
    return Package(archive, entries)


_DECLARATION = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _checked(part: bytes) -> bytes:
    """The part, if it is UTF-8 and declares nothing: every later search of its bytes relies on both."""
    declared = _DECLARATION.match(part.removeprefix(b"\xef\xbb\xbf"))
    if b"\0" in part or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise RefusedError("file_odd_encoding")
    if b"!" in part and _DOCTYPE.search(part):
        raise RefusedError("file_doctype")
    return part


def _guard_package(package: Package, *, apart: bool) -> Guarded:
    names = package.entries.keys()
    remarks = _remarks(_REMARKABLE, names)
    if "mimetype" in names:
        content, seen, kept = _ods_parts(package)  # first: it knows an encrypted file, in which no other part is XML
        about, remarks = package.about(), (*remarks, *seen.beside)
        return Guarded("ods", content, (*seen.marks,), about, remarks, (*seen.painted,), seen.since_1904, kept=kept)
    if ROOT not in names or "[content_types].xml" not in names:
        raise RefusedError(next((code for name, code in _OTHER_PACKAGES.items() if name in names), "file_other_zip"))
    about = package.about()
    root = package.xml(ROOT, MAX_SMALL_PART)
    book = _workbook_part(root, names)
    if book.endswith(".bin"):
        return Guarded("xlsb", _binary_parts(package), about=about, remarks=remarks)
    parts, scans, kept = _workbook_parts(package, root, book, apart=apart)
    container = "xlsm" if b"macroEnabled" in package.xml("[content_types].xml", MAX_SMALL_PART) else "xlsx"
    marks, walked = tuple(scan.marks for scan in scans), any(scan.walked for scan in scans)
    styles = parts.get(f"{book.rpartition('/')[0]}/styles.xml".removeprefix("/"), b"")
    painted = painted_cells(styles, lambda: package.theme, [*parts.values()][-len(scans) :])
    since_1904 = _SINCE_1904.search(parts[book]) is not None
    titles = [item.get("name", "") for item in _tree(parts[book]).iter() if item.tag.rpartition("}")[2] == "sheet"]
    sheets = [*zip(titles, [*parts][-len(scans) :], strict=True)]
    if beside := beside_cells(lambda name: package.xml(name, MAX_SMALL_PART), names, sheets):
        remarks = (*(one for one in remarks if one.code != "file_has_comments"), *beside)
    return Guarded(container, stored(parts), marks, about, remarks, painted, since_1904, walked, kept)


_SINCE_1904 = re.compile(rb"""\sdate1904\s*=\s*["'](?:1|true|on)["']""")


def _remarks(codes: Mapping[str, str], names: Iterable[str]) -> tuple[Remark, ...]:
    """What somebody should know of parts that are never opened: macros, links, objects, comments."""
    listed = "\n".join(names)
    return tuple(Remark(code) for code in dict.fromkeys(code for part, code in codes.items() if part in listed))


# ---------------------------------------------------------------- xlsx and xlsm


def _workbook_part(told: bytes, names: Container[str]) -> str:
    """The name of the part that lists the sheets; a Word or PowerPoint file has another there."""
    for _, kind, target in relationships(told):
        if kind.endswith("/relationships/officeDocument"):
            part = target.removeprefix("/").lower()
            if part.rpartition("/")[2] in ("workbook.xml", "workbook.bin"):
                return part
    raise RefusedError(next((code for name, code in _OTHER_PACKAGES.items() if name in names), "file_other_zip"))


def _tree(part: bytes) -> ET.Element:
    """A small checked part as a tree."""
    return ET.fromstring(part)  # noqa: S314 - `_checked` has refused every DOCTYPE


def _workbook_parts(
    package: Package, root: bytes, book: str, *, apart: bool
) -> tuple[dict[str, bytes], list[Scan], frozenset[str]]:
    """The parts that the parser asks for, each of them checked; what each sheet holds; what was kept (`seen_in`).

    `root` is the part of the package's own relationships, `book` the name of the one that lists the sheets.
    """
    folder = book.rpartition("/")[0] + "/" if "/" in book else ""
    rels, texts = f"{folder}_rels/workbook.xml.rels", f"{folder}sharedstrings.xml"
    parts = {ROOT: root, **{name: package.xml(name, MAX_SMALL_PART) for name in (book, rels)}}
    parts |= {name: package.xml(name) for name in (f"{folder}styles.xml", texts) if name in package.entries}
    sheets, kept = _sheet_parts(parts[book], parts[rels], folder), seen_in(parts[book])
    scans = []
    for name in sheets:
        part = package.xml(name)
        kept |= seen_in(part[part.rfind(b"sheetData") :])
        scan, parts[name] = _checked_sheet(part, apart=apart)
        scans.append(scan)
    cells = sum(scan.cells for scan in scans)
    if cells > MAX_CELLS:
        raise RefusedError("file_too_many_cells", limit=f"{MAX_CELLS:,}")
    if sum(scan.area for scan in scans) > MAX_AREA:
        raise RefusedError("file_cells_far_apart", cell=max(scans, key=lambda scan: scan.area).last)
    _check_shared_texts(parts.get(texts, b""), cells, [parts[name] for name in sheets])
    return parts, scans, kept


def _sheet_parts(book: bytes, told: bytes, folder: str) -> list[str]:
    """The name of each sheet's part, in the order of the sheets. Two sheets of one name or one part: refused."""
    rels = {number: target for number, _, target in relationships(told)}
    sheets = [item for item in _tree(book).iter() if item.tag.rpartition("}")[2] == "sheet"]
    ids = [next((value for name, value in item.items() if name.rpartition("}")[2] == "id"), "") for item in sheets]
    targets = [rels[number] for number in ids]
    parts = [(target[1:] if target.startswith("/") else folder + target).lower() for target in targets]
    names = {item.get("name", "").lower() for item in sheets}
    if not sheets:
        raise RefusedError("file_no_sheets")
    if len(sheets) > MAX_SHEETS:
        raise RefusedError("file_too_many_sheets", limit=MAX_SHEETS)
    if len(names) < len(sheets) or len(set(parts)) < len(sheets):
        raise RefusedError("file_duplicate_parts")
    return parts


_ERROR_TYPE = re.compile(rb"""(<(?:[^\s<>]*:)?c\s(?:[^<>]*\s)?t\s*=\s*)(["'])e\2""")


def _checked_sheet(part: bytes, *, apart: bool) -> tuple[Scan, bytes]:
    """What the sheet holds, and its part as the parser shall see it."""
    if part.count(b"mergeCell") > MAX_MERGES:
        raise RefusedError("file_too_many_merges", limit=f"{MAX_MERGES:,}")
    if not apart and len(part) > MAX_SMALL_PART and not is_plain(part):
        raise _OddError
    scan = scan_sheet(part, MAX_CELLS)
    part = part if scan.walked else _essence(part)
    # The parser gives errors that it knows as blanks, and one that it does not know (#SPILL!) fails the sheet: as
    # text, each comes through as it stands, and its mark says that it is an error.
    has_errors = any(kind is CellKind.ERROR for kind, _ in scan.marks.values())
    return scan, _ERROR_TYPE.sub(rb"\1\2str\2", part) if has_errors else part


_MERGED = re.compile(rb"<mergeCells[ >].*</mergeCells>", re.DOTALL)


def _essence(part: bytes) -> bytes:
    """Of an ordinary sheet, its cells and merged ranges, these first.

    The parser reads every sheet twice, once for the cells and once as far as the merged ranges: this halves its time.
    """
    start, end = part.find(b"<sheetData"), part.find(b">", part.rfind(b"sheetData")) + 1
    merged = _MERGED.search(part, end)
    if not merged and b"mergeCell" in part:
        return part
    return b"<worksheet>%b%b</worksheet>" % (merged[0] if merged else b"<mergeCells></mergeCells>", part[start:end])


_COUNT = re.compile(rb"""uniqueCount\s*=\s*["']([^"']*)""")
_END_OF_TEXT = re.compile(rb"</(?:[^\s<>]*:)?si\s*>")


_SHOWN = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*+>(?:<f[^<>]*+>(?:[^<]*+</f>)?+)*+<[^<>]*+>([^<]*+)""")


def _check_shared_texts(part: bytes, cells: int, sheets: Iterable[bytes]) -> None:
    """Refuse a count that is none (the parser makes room for it at once), and more text than all cells may show."""
    for count in _COUNT.findall(part):
        if not re.fullmatch(rb"[0-9]{1,7}", count) or int(count) > MAX_CELLS:
            raise RefusedError("file_false_counts", count=count[:20].decode(errors="replace"))
    if len(part) * cells <= MAX_TEXT:
        return
    well_formed(part)
    lengths = [len(part)] if b"<!" in part else [len(text) for text in _END_OF_TEXT.split(part)]
    longest = max(lengths)
    shown = (place for sheet in sheets for place in _SHOWN.findall(sheet))
    total = sum(
        lengths[int(place[:9])] if place.isdigit() and int(place[:9]) < len(lengths) else longest for place in shown
    )
    if total > MAX_TEXT:
        raise RefusedError("file_inflates", megabytes=total // 1_000_000)


# ---------------------------------------------------------------- the other formats, read in a process of their own


_LAID_OUT = re.compile(rb">\s+(?=<(?:/?table:|text:p[ />]))")
"""White space between cells and rows, as Gnumeric and SheetJS lay an ods out: the parser takes the file for damaged."""


def _ods_parts(package: Package) -> tuple[bytes, OdsScan, frozenset[str]]:
    """The three parts of an ods that the parser reads, what it does not tell of them, and what was kept (`seen_in`).

    Tabs, line breaks and errors become text, or the parser would drop them.
    """
    kind = package.archive.read(package.entries["mimetype"])[:100]
    if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise RefusedError("file_word" if b"opendocument.text" in kind else "file_other_zip")
    manifest = package.xml("meta-inf/manifest.xml", MAX_SMALL_PART)
    if b"encryption-data" in manifest:
        raise RefusedError("file_encrypted")
    content = package.xml("content.xml")
    seen, kept = scan_ods(content), seen_in(content)  # first: the parser waits for ever for the end of a table
    content = _LAID_OUT.sub(b">", without(content, seen.spans))
    for element, text in ((b"<text:tab/>", b"&#9;"), (b"<text:line-break/>", b"&#10;")):
        content = content.replace(element, text)
    content = content.replace(b' office:string-value="" calcext:value-type="error"', b"")
    return stored({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}), seen, kept


def _binary_parts(package: Package) -> bytes:
    """All parts of an xlsb that its parser could ask for: what is in them is not looked at here."""
    wanted = [name for name in package.entries if name.endswith((".bin", ".rels")) and "vbaproject" not in name]
    return stored({name: package.archive.read(package.entries[name]) for name in wanted})
