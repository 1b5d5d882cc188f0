"""No file ends the run, hangs it or takes more than 512 MB: each is read, or refused in words.

What the child process does with work that ends, stays away or grows is tried with plain tasks, which no file has
anything to do with; each limit in test_limits.py.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from tests.chairs import SOS, Plan
from tests.store import tasks
from tests.store.formats.test_guard import (
    ODS,
    OFFICE,
    ONE,
    ORDINARY,
    RELS,
    compound,
    packed,
    refusal,
    rows,
    xlsx,
)
from tests.store.formats.test_reader import written

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store import schemas
from plan_sheets.store.container.child import Task, run_apart
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats import reader as workbook_reader
from plan_sheets.store.formats.decrypt import WELL_KNOWN
from plan_sheets.store.formats.reader import read_workbook

if TYPE_CHECKING:
    from pathlib import Path

MEGABYTES = 512
KILOBYTES_IN_ONE = 1024
NOISE = bytes(range(256)).hex() * 40
"""Text that is not packed to nothing."""


def ods(table: str) -> bytes:
    """An ods with one table of these rows."""
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMESPACES)
    body = f'<office:body><office:spreadsheet><table:table table:name="One">{table}</table:table>'
    content = f"<office:document-content{spaces}>{body}</office:spreadsheet></office:body></office:document-content>"
    return packed({"mimetype": ODS, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


NAMESPACES = ("office", "table", "text")
TEXT_CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
TABLE = f"<table:table-row>{TEXT_CELL}</table:table-row>"
PLAIN = xlsx(ORDINARY)


def inflated(data: bytes) -> list[int]:
    """The sizes of all parts."""
    return [one.file_size for one in zipfile.ZipFile(io.BytesIO(data)).infolist()]


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


ROW = b"\x91\x01\0\x00\x11" + struct.pack("<L", 0) + bytes(13) + b"\x05\x10" + struct.pack("<LLd", 0, 0, 1.0)
END = b"\x92\x01\0"
BINARY = xlsb(ROW + END)
"""An xlsb with a number in its first cell."""


def test_an_xlsb_of_which_not_every_cell_can_be_read() -> None:
    """A short cell, as SheetJS writes it."""
    found = read_workbook(BINARY)
    assert isinstance(found, FoundWorkbook)
    assert [one.text for one in found.sheets[0].cells.values()] == ["1"]
    assert refusal(xlsb(ROW + b"\x11\x08" + struct.pack("<LL", 0, 0) + END)) == "file_odd_encoding"


# ---------------------------------------------------------------- the child


@pytest.mark.parametrize(
    ("task", "limits"),
    [
        (tasks.leave, LIMITS),
        (tasks.stay_away, Limits(child_seconds=0.5)),
        (tasks.take_all, Limits(child_memory=200_000_000)),
        (tasks.tell_much, Limits(child_output=100)),
    ],
)
def test_a_child_is_given_up(task: Task, limits: Limits) -> None:
    assert run_apart(task, b"", limits) is None


def test_a_child_works_within_its_limits() -> None:
    limits = Limits(child_output=100, child_memory=200_000_000)
    assert run_apart(tasks.tell_enough, b"told", limits) == b"told".ljust(100)


@pytest.mark.parametrize("suffix", ["xlsb", "xls"])
def test_a_file_that_ends_its_reader_is_refused(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = BINARY if suffix == "xlsb" else compound("Workbook")
    monkeypatch.setattr(workbook_reader, "read_as_json", tasks.leave)
    assert read_workbook(data) == Refusal("file_ends_reader")


def test_a_file_that_takes_its_reader_too_long_is_refused() -> None:
    assert isinstance(read_workbook(BINARY), FoundWorkbook)
    assert read_workbook(BINARY, Limits(child_seconds=0.001)) == Refusal("file_ends_reader")


def test_a_file_that_takes_too_long_to_decrypt_is_an_encrypted_one() -> None:
    made = io.BytesIO()
    OOXMLFile(io.BytesIO(plain := written())).encrypt(WELL_KNOWN, made)
    assert read_workbook(made.getvalue()) == read_workbook(plain)
    assert read_workbook(made.getvalue(), Limits(child_seconds=0.001)) == Refusal("file_encrypted")


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

    monkeypatch.setattr(workbook_reader, "_read_sheets", fail)
    assert refusal(PLAIN) == code
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook_reader, "_read_sheets", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_workbook(PLAIN)


# ---------------------------------------------------------------- the run


def test_the_others_of_the_batch_go_on(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    good = round_one.filled("good", SOS, "SOS")
    refused = {
        "ended.xlsb": BINARY,
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
    for receipt in receipts.values():
        assert len([finding for finding in receipt.findings if finding.code != "file_not_kept"]) == 1
        assert not [finding for finding in receipt.findings if "{" in finding.message]


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


WATCH = """import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss, file=sys.stderr)"""
"""Runs a command and tells how it ended and its peak memory. A small process of its own: the peak that is told of a
process begins with that of whoever started it, and the one that runs these tests has grown large by now."""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no os.wait4, which tells the memory: run this on Linux"
)
@pytest.mark.thorough
def test_memory_of_a_run_with_a_large_workbook(round_one: Plan, tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(large())
    command = [sys.executable, "-m", "plan_sheets", "receive", str(path), "--plan", str(round_one.path)]
    run = subprocess.run([sys.executable, "-c", WATCH, *command], capture_output=True, text=True, check=True)
    status, peak = map(int, run.stderr.split()[-2:])
    assert status == 1
    assert "refused" in run.stdout
    assert peak / KILOBYTES_IN_ONE < MEGABYTES  # that of the child process, where it took more


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
