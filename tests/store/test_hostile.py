"""No file ends the run, hangs it or takes more than 512 MB: each is read, or refused in words.

Every limit is tried with a small ordinary file that it just keeps, and lowered by one. What the child process does with
work that ends, stays away or grows is tried with plain tasks, which no file has anything to do with.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl.comments import Comment
from tests.chairs import SOS, Plan
from tests.store import tasks
from tests.store.test_containers import mail
from tests.store.test_guard import (
    MAIN,
    ODS,
    OFFICE,
    ONE,
    ORDINARY,
    RELS,
    compound,
    packed,
    parts,
    refusal,
    rows,
    sheet,
    xlsx,
)
from tests.store.test_ods_scan import content
from tests.store.test_workbook_reader import written

from plan_sheets.core.found import FoundWorkbook
from plan_sheets.store import apart, mails, schemas, workbook_reader
from plan_sheets.store.containers import Incoming, unpack
from plan_sheets.store.decrypting import WELL_KNOWN
from plan_sheets.store.folder import sha256
from plan_sheets.store.guard import Guarded, Refusal, guard
from plan_sheets.store.inbox import open_inbox
from plan_sheets.store.limits import LIMITS, Limits
from plan_sheets.store.looks import looks_of
from plan_sheets.store.mails import attached_to
from plan_sheets.store.ods_scan import scan_ods
from plan_sheets.store.properties import saved_by
from plan_sheets.store.workbook_inspector import inspect_apart
from plan_sheets.store.workbook_reader import read_workbook
from plan_sheets.store.zips import RefusedError

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 512
KILOBYTES_IN_ONE = 1024
NOISE = bytes(range(256)).hex() * 40
"""Text that no ratio gives away as empty, in front of what repeats."""


def ods(table: str) -> bytes:
    """An ods with one table of these rows."""
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMESPACES)
    body = f'<office:body><office:spreadsheet><table:table table:name="One">{table}</table:table>'
    content = f"<office:document-content{spaces}>{body}</office:spreadsheet></office:body></office:document-content>"
    return packed({"mimetype": ODS, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


NAMESPACES = ("office", "table", "text")
TEXT_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
TABLE = f"<table:table-row>{TEXT_CELL}</table:table-row>"


# ---------------------------------------------------------------- every limit


def inflated(data: bytes) -> list[int]:
    """The sizes of all parts."""
    return [one.file_size for one in zipfile.ZipFile(io.BytesIO(data)).infolist()]


def filling(row: int) -> str:
    """A row with a formula that fills its one cell."""
    return f'<row r="{row}"><c r="A{row}"><f t="array" ref="A{row}:A{row}">x</f><v>1</v></c></row>'


def two_sheets() -> bytes:
    made = {name: part for name, part in parts(ORDINARY).items() if isinstance(part, str)}
    for name, end, more in (
        ("xl/workbook.xml", "</sheets>", '<sheet name="Two" sheetId="2" r:id="r2"/>'),
        (
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Id="r2" Type="{OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>',
        ),
    ):
        made[name] = made[name].replace(end, more + end)
    return packed({**made, "xl/worksheets/sheet2.xml": sheet(ORDINARY)})


PLAIN = xlsx(ORDINARY)
FILLED = xlsx(rows(ONE, '<c r="B2"><v>1</v></c>'))
EMPTY = xlsx(rows(*['<c s="1"/>'] * 5))
TEXTS = f"<sst {MAIN}><si><t>shown three times</t></si></sst>"
SHOWN = xlsx(rows(*['<c t="s"><v>0</v></c>'] * 3), strings=TEXTS)
COUNTED = xlsx(rows(ONE), strings=f'<sst {MAIN} count="1" uniqueCount="7"><si><t>x</t></si></sst>')
LISTED = two_sheets()
"""Its largest part is the one that lists the sheets, or says in which part each stands."""
MERGED = xlsx(sheet=sheet(rows(ONE), '<mergeCells><mergeCell ref="B1:C1"/></mergeCells>'))
REPETITIVE = xlsx(rows(ONE), strings=f"<sst {MAIN}><si><t>{'x' * 2_000}</t></si></sst>")
SIZES = {
    "bytes of a workbook": (PLAIN, "file", len(PLAIN), "file_too_large"),
    "parts": (PLAIN, "entries", len(inflated(PLAIN)), "file_too_many_parts"),
    "bytes of a part": (REPETITIVE, "part", max(inflated(REPETITIVE)), "file_inflates"),
    "bytes of all parts": (PLAIN, "inflated", sum(inflated(PLAIN)), "file_inflates"),
    "bytes of a part that is parsed": (LISTED, "small_part", max(inflated(LISTED)), "file_inflates"),
    "sheets": (LISTED, "sheets", 2, "file_too_many_sheets"),
    "cells": (EMPTY, "cells", 5, "file_too_many_cells"),
    "cells of an ordinary sheet": (PLAIN, "cells", 1, "file_too_many_cells"),
    "texts that are said to be there": (COUNTED, "cells", 7, "file_false_counts"),
    "cells with content": (FILLED, "filled", 2, "file_too_full"),
    "cells that formulas fill": (xlsx(filling(1) + filling(2)), "spread", 4, "file_too_full"),
    "bytes of texts that are shown": (SHOWN, "text", 3 * len(TEXTS.removesuffix("</si></sst>")), "file_inflates"),
    "merged ranges": (MERGED, "merges", 3, "file_too_many_merges"),
}


@pytest.mark.parametrize("what", SIZES)
def test_a_file_just_over_a_limit_is_refused(what: str) -> None:
    data, name, most, code = SIZES[what]
    assert isinstance(read_workbook(data, replace(LIMITS, **{name: most})), FoundWorkbook)
    assert refusal(data, replace(LIMITS, **{name: most - 1})) == code


def test_a_part_that_becomes_too_many_times_larger_is_refused() -> None:
    """Small parts may have any ratio."""
    packed_size = {one.filename: one.compress_size for one in zipfile.ZipFile(io.BytesIO(REPETITIVE)).infolist()}
    times = max(inflated(REPETITIVE)) // packed_size["xl/sharedStrings.xml"]
    assert isinstance(read_workbook(REPETITIVE, Limits(small_part=2_000, ratio=times + 1)), FoundWorkbook)
    assert refusal(REPETITIVE, Limits(small_part=2_000, ratio=times - 1)) == "file_inflates"
    assert isinstance(read_workbook(REPETITIVE, Limits(small_part=3_000, ratio=times - 1)), FoundWorkbook)


def test_what_is_too_large_for_this_process_is_left_to_a_child() -> None:
    size = sum(inflated(PLAIN))
    here, there = (guard(PLAIN, limits=Limits(here=most)) for most in (size, size - 1))
    assert isinstance(here, Guarded)
    assert here.data
    assert there == Guarded("", b"")
    assert read_workbook(PLAIN, Limits(here=size - 1)) == read_workbook(PLAIN)


def test_an_odd_sheet_that_is_large_is_left_to_a_child() -> None:
    odd = xlsx(rows(*['<c s="1"/>'] * 40))
    size = max(inflated(odd))
    passed = [guard(odd, limits=Limits(small_part=most)) for most in (size, size - 1)]
    assert [one.container for one in passed if isinstance(one, Guarded)] == ["xlsx", ""]


def test_styles_too_large_for_a_tree_are_passed_over() -> None:
    styles = (
        f"<styleSheet {MAIN}><fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf/><xf fontId="1"/></cellXfs></styleSheet>'
    ).encode()
    cells = "".join(f'<c r="{letter}1" s="1"><v>1</v></c>' for letter in "ABC").encode()
    (looks,) = looks_of(styles, bytes, b"", [(cells, False)], Limits(small_part=len(styles), painted=2))
    assert looks.struck == {"A1", "B1"}
    assert looks_of(styles, bytes, b"", [(cells, False)], Limits(small_part=len(styles) - 1)) == ()


def test_so_many_comments_and_links_are_told_one_by_one() -> None:
    book = openpyxl.Workbook()
    for row in (1, 2, 3):
        cell = book.worksheets[0].cell(row, 1, "x")
        cell.comment, cell.hyperlink = Comment("look", "A chair"), f"https://example.org/{row}"
    made = io.BytesIO()
    book.save(made)
    for most in (3, 2):
        found = read_workbook(made.getvalue(), Limits(beside=most))
        assert isinstance(found, FoundWorkbook)
        codes = [one.code for one in found.remarks]
        assert (codes.count("cell_comment"), codes.count("cell_link")) == (most, most)


def test_so_many_cells_of_an_ods_are_kept() -> None:
    assert isinstance(read_workbook(ods(TABLE * 2), Limits(filled=2)), FoundWorkbook)
    assert refusal(ods(TABLE * 2), Limits(filled=1)) == "file_too_full"


def test_so_many_formulas_of_an_ods_that_fill_cells_are_looked_at() -> None:
    spans = 'table:formula="of:=x" table:number-matrix-columns-spanned="1" table:number-matrix-rows-spanned="2"'
    first = f"<table:table-row>{f'<table:table-cell {spans}/>' * 3}</table:table-row>"
    second = f"<table:table-row>{TEXT_CELL * 3}</table:table-row>"
    told = [scan_ods(content(first + second), Limits(matrices=most)).marks[0] for most in (2, 1)]
    assert [sum(row == 1 for row, _ in marks) for marks in told] == [3, 2]


def test_a_long_name_of_a_program_is_cut() -> None:
    about = {"docprops/app.xml": b"<Properties><Application>A spreadsheet</Application></Properties>"}
    assert [saved_by(about, Limits(longest_name=most)) for most in (13, 8)] == ["A spreadsheet", "A spread"]


def test_a_part_too_large_to_be_inspected() -> None:
    made = written()
    size = max(inflated(made))
    assert not isinstance(inspect_apart(made, Limits(tree=size)), Refusal)
    refused = inspect_apart(made, Limits(tree=100))
    assert isinstance(refused, Refusal)
    assert refused.code == "file_inflates"


@pytest.mark.parametrize(
    ("enough", "too_few", "code"),
    [
        (Limits(entries=2), Limits(entries=1), "file_too_many_files"),
        (Limits(header=120), Limits(header=10), "file_damaged"),
        (Limits(mail_here=1), Limits(mail_here=1, child_seconds=0.01), "file_mail_unread"),
    ],
)
def test_an_email_just_over_a_limit_is_refused(enough: Limits, too_few: Limits, code: str) -> None:
    data = mail({"a.xlsx": PLAIN, "b.xlsx": PLAIN}).as_bytes()
    assert [one.name for one in attached_to(data, enough)] == ["a.xlsx", "b.xlsx"]
    (file,) = unpack(Incoming("m.eml", data), too_few).files
    assert file.refusal
    assert file.refusal.code == code


def test_an_email_that_the_standard_library_stumbles_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(mails, "message_from_bytes", stumble)
    with pytest.raises(RefusedError, match="file_damaged"):
        attached_to(mail({}).as_bytes())


def test_a_file_too_large_to_be_held_is_known_all_the_same(round_one: Plan) -> None:
    path = round_one.filled("sos", SOS, "SOS")
    size = path.stat().st_size
    for most, is_refused in ((size, False), (size - 1, True)):
        limits = Limits(held=most)
        (waiting,) = open_inbox(round_one.folder, [path], limits).files
        file = waiting.open(limits)
        assert (file.refusal is not None) is is_refused
        assert file.sha == sha256(path.read_bytes())


# ---------------------------------------------------------------- other formats


def xlsb(sheet_: bytes) -> bytes:
    """One binary sheet (MS-XLSB): a record is its number, its length and its data."""
    texts = b"".join(struct.pack("<L", 2) + text.encode("utf-16-le") for text in ("r1", "S1"))
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships {RELS}><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.bin"/></Relationships>',
        "xl/_rels/workbook.bin.rels": f'<Relationships {RELS}><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        'Target="worksheets/sheet1.bin"/></Relationships>',
        "xl/workbook.bin": b"\x83\x01\0\x8f\x01\0\x9c\x01\x18"
        + struct.pack("<LL", 0, 1)
        + texts
        + b"\x90\x01\0\x84\x01\0",
        "xl/worksheets/sheet1.bin": b"\x81\x01\0\x94\x01\x10" + bytes(16) + b"\x91\x01\0" + sheet_,
    }
    return packed(contents)


def test_an_xlsb_of_which_not_every_cell_can_be_read() -> None:
    """A short cell, as SheetJS writes it."""
    row = b"\x00\x11" + struct.pack("<L", 0) + bytes(13)
    cell = b"\x05\x10" + struct.pack("<LLd", 0, 0, 1.0)
    short = b"\x11\x08" + struct.pack("<LL", 0, 0)
    found = read_workbook(xlsb(b"\x91\x01\0" + row + cell + b"\x92\x01\0"))
    assert isinstance(found, FoundWorkbook)
    assert [one.text for one in found.sheets[0].cells.values()] == ["1"]
    assert refusal(xlsb(b"\x91\x01\0" + row + cell + short + b"\x92\x01\0")) == "file_odd_encoding"


# ---------------------------------------------------------------- the child


@pytest.mark.parametrize(
    ("task", "limits"),
    [
        (tasks.leave, LIMITS),
        (tasks.stay_away, Limits(child_seconds=0.5)),
        (tasks.take_all, Limits(child_memory=200_000_000)),
        (tasks.tell_much, Limits(told=100)),
    ],
)
def test_a_child_is_given_up(task: apart.Task, limits: Limits) -> None:
    assert apart.run_apart(task, b"", limits) is None


def test_a_child_works_within_its_limits() -> None:
    limits = Limits(told=100, child_memory=200_000_000)
    assert apart.run_apart(tasks.tell_enough, b"told", limits) == b"told".ljust(100)


@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_a_file_that_ends_its_reader_is_refused(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ods(TABLE) if suffix == "ods" else compound("Workbook")
    monkeypatch.setattr(workbook_reader, "read_as_json", tasks.leave)
    assert read_workbook(data) == Refusal("file_ends_reader")


def test_a_file_that_takes_its_reader_too_long_is_refused() -> None:
    assert isinstance(read_workbook(ods(TABLE)), FoundWorkbook)
    assert read_workbook(ods(TABLE), Limits(child_seconds=0.01)) == Refusal("file_ends_reader")


def test_a_file_that_takes_too_long_to_decrypt_is_an_encrypted_one() -> None:
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(plain := written())).encrypt(WELL_KNOWN, made)
    assert read_workbook(made.getvalue()) == read_workbook(plain)
    assert read_workbook(made.getvalue(), Limits(child_seconds=0.01)) == Refusal("file_encrypted")


class PanicException(BaseException):
    """What the parser raises where it fails: no Exception."""


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(PanicException(), "file_damaged"), (MemoryError(), "file_ends_reader"), (OSError(), "file_damaged")],
)
def test_a_parser_that_fails_costs_its_file(
    trouble: BaseException, code: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(workbook_reader, "_sheets", fail)
    assert refusal(PLAIN) == code
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook_reader, "_sheets", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_workbook(PLAIN)


# ---------------------------------------------------------------- the run


def test_the_others_of_the_batch_go_on(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    good = round_one.filled("good", SOS, "SOS")
    refused = {
        "ended.ods": ods(TABLE),
        "broken.xlsx": PLAIN[:-9],
        "empty.xlsx": b"",
        "twice.xlsx": xlsx(rows(ONE, ONE)),
    }
    for name, data in refused.items():
        (round_one.inbox / name).write_bytes(data)
    monkeypatch.setattr(workbook_reader, "read_as_json", tasks.leave)
    receipts = {receipt.file: receipt for receipt in round_one.receive(round_one.inbox)}
    assert receipts.pop(str(good)).verdict == "accepted"
    assert {one.file.rpartition("/")[2]: one.verdict for one in receipts.values()} == dict.fromkeys(refused, "refused")
    assert all(len(receipt.findings) == 1 and "{" not in receipt.findings[0].message for receipt in receipts.values())


def large() -> bytes:
    """A workbook of 40,000 cells, more than is looked at in this process."""
    table = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{letter}{row}" t="str"><f>1</f><v>Row {row}: {NOISE[row : row + 200]}</v></c>'
            for letter in "ABCDEFGHIJKLMNOP"
        )
        + "</row>"
        for row in range(1, 2_501)
    )
    return xlsx(table)


def test_a_large_but_honest_workbook_is_read_apart_as_it_would_be_here() -> None:
    data = large()
    assert max(inflated(data)) > LIMITS.here
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert len(found.sheets[0].cells) == 40_000
    cell = found.sheets[0].cells[2_499, 15]
    assert (cell.text[:9], cell.kind, cell.formula) == ("Row 2500:", "formula", "=1")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory a process took")
def test_memory_of_a_run_with_a_large_workbook(round_one: Plan, tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(large())
    command = [sys.executable, "-m", "plan_sheets", "receive", str(path), "--plan", str(round_one.path)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    with run.stdout as output:
        told = output.read()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 3
    assert "held" in told
    assert usage.ru_maxrss / KILOBYTES_IN_ONE < MEGABYTES  # that of the child process, where it took more


# ---------------------------------------------------------------- at random


@pytest.fixture(scope="module")
def issued(issued_example: Path) -> bytes:
    """A workbook as it went out."""
    return Plan(issued_example).sent("DA").read_bytes()


def check_told(data: bytes) -> None:
    """The bytes are read, or refused with a sentence."""
    found = read_workbook(data)
    if isinstance(found, Refusal):
        message = schemas.load_messages().remark(found.code, found.details).message
        assert message
        assert "{" not in message
    else:
        assert found.sheets


PIECES = st.binary(max_size=12) | st.sampled_from(
    b"""< > " /> </c> <c> <row> <f> &amp; &#0; <mergeCell/> r="A1" r="Z9" t="s" t="e" t="d" s="9" <v>-1</v> <!-- -->
    <![CDATA[ 99 uniqueCount="9" <sheetData> </sheetData> xmlns:x="y" Target=".." <t> <si>""".split()
)
"""What is put into a part: anything, or something that means something there."""


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check_told(data)
    check_told(b"PK\x03\x04" + data)
    check_told(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)


@given(st.data())
@settings(deadline=None)  # what is spelled oddly is read in a process of its own
def test_changed_bytes_in_an_issued_workbook(issued: bytes, data: st.DataObject) -> None:
    changed = bytearray(issued)
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(issued) - 1), st.integers(0, 255)), max_size=9)):
        changed[at] = byte
    check_told(bytes(changed[: data.draw(st.integers(0, len(issued)))]))
    check_told(bytes(changed))


@given(st.data())
@settings(deadline=None)
def test_changed_xml_in_an_issued_workbook(issued: bytes, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(issued)) as archive:
        contents: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(contents)))
        part = contents[name]
        assert isinstance(part, bytes)
        at = data.draw(st.integers(0, len(part)))
        gone = data.draw(st.integers(0, 30))
        contents[name] = part[:at] + data.draw(PIECES) + part[at + gone :]
    check_told(packed(contents))
