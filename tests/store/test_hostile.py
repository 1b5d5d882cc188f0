"""No file ends the run, hangs it or takes more memory than a small machine has: each is read, or refused in words."""

from __future__ import annotations

import base64
import io
import os
import struct
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.chairs import SOS, Plan
from tests.store.compound import compound
from tests.store.test_guard import MAIN, ODS, OFFICE, ONE, RELS, packed, parts, refusal, rows, sheet, xlsx

from plan_sheets.core.found import FoundWorkbook
from plan_sheets.store import apart, schemas
from plan_sheets.store.guard import Refusal
from plan_sheets.store.limits import CHILD_MEMORY, MAX_HERE, MAX_TOLD
from plan_sheets.store.workbook_reader import read_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEGABYTES = 512
KILOBYTES_IN_ONE = 1024
NOISE = bytes(range(256)).hex() * 40
"""Text that no ratio gives away as empty, in front of what repeats."""


def dense(width: int, height: int, cell: str) -> str:
    """Rows of this cell, without references."""
    return f"<row>{cell * width}</row>" * height


def ods(table: str) -> bytes:
    spaces = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMESPACES)
    body = f'<office:body><office:spreadsheet><table:table table:name="One">{table}</table:table>'
    content = f"<office:document-content{spaces}>{body}</office:spreadsheet></office:body></office:document-content>"
    return packed({"mimetype": ODS, "META-INF/manifest.xml": "<manifest/>", "content.xml": content})


NAMESPACES = ("office", "table", "text")
TEXT_CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def repeated(rows_: int, columns: int) -> bytes:
    cell = TEXT_CELL.format(f' table:number-columns-repeated="{columns}"')
    return ods(f'<table:table-row table:number-rows-repeated="{rows_}">{cell}</table:table-row>')


def encrypted(rounds: int) -> bytes:
    """A file that asks for so many rounds of hashing before it tells whether the password is right."""
    zeros = base64.b64encode(bytes(16)).decode()
    sizes = 'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES"'
    how = f'{sizes} cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512" saltValue="{zeros}"'
    verify = " ".join(f'encrypted{name}="{zeros}"' for name in ("VerifierHashInput", "VerifierHashValue", "KeyValue"))
    schema = "http://schemas.microsoft.com/office/2006"
    told = (
        f'<encryption xmlns="{schema}/encryption" xmlns:p="{schema}/keyEncryptor/password"><keyData {how}/>'
        f'<dataIntegrity encryptedHmacKey="{zeros}" encryptedHmacValue="{zeros}"/><keyEncryptors><keyEncryptor '
        f'uri="{schema}/keyEncryptor/password"><p:encryptedKey spinCount="{rounds}" {how} {verify}/></keyEncryptor>'
        "</keyEncryptors></encryption>"
    )
    info = struct.pack("<HHL", 4, 4, 0x40) + told.encode()
    return compound({"EncryptionInfo": info, "EncryptedPackage": bytes(1024)})


def xls_in_a_circle() -> bytes:
    """Every sector of it is followed by the first."""
    whole = compound({"Workbook": b"\x09\x08\x10\0\0\x06\x05\0" + bytes(3_000)})
    table = (struct.unpack_from("<L", whole, 76)[0] + 1) * 512
    return whole[:table] + bytes(512) + whole[table + 512 :]


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


def binary_row(number: int) -> bytes:
    """A row of an xlsb with a number in its first and in its last column."""
    cells = b"".join(b"\x05\x10" + struct.pack("<LLd", column, 0, 1.0) for column in (0, 16_383))
    return b"\x00\x11" + struct.pack("<L", number) + bytes(13) + cells


def dated(number: str, code: str = "yyyy") -> bytes:
    """A cell with this number, formatted as a date."""
    styles = (
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    cell = f'<row r="1"><c r="A1" s="1"><v>{number}</v></c></row>'
    return packed({**parts(cell), "xl/styles.xml": styles})


def shown_often(text: str, cells: int) -> bytes:
    strings = f"<sst {MAIN}><si><t>{text}</t></si></sst>"
    return xlsx(dense(50, cells // 50, '<c t="s"><v>0</v></c>'), strings=strings)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a date long before the beginning of time": (lambda: dated("-1e300"), "file_damaged"),
    "the same, spelled oddly": (lambda: dated("-99999999999999999"), "file_damaged"),
    "more hours than there are": (lambda: dated("1e300", "[h]:mm"), "file_damaged"),
    "more cells with content than are kept": (lambda: xlsx(dense(50, 6_001, "<c><v>1</v></c>")), "file_too_full"),
    "one emoji, and so every letter four bytes": (
        lambda: shown_often("\N{GRINNING FACE}" + NOISE, 2_000),
        "file_inflates",
    ),
    "very many merged ranges": (
        lambda: xlsx(sheet=sheet(rows(ONE), "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 9_000 + "</mergeCells>")),
        "",
    ),
    "elements within elements": (lambda: xlsx(sheet=sheet("<a>" * 200_000 + "</a>" * 200_000)), ""),
    "cells repeated thousands of millions of times": (
        lambda: repeated(4_000_000_000, 4_000_000_000),
        "file_too_full",
    ),
    "cells repeated over a whole sheet": (lambda: repeated(1_000_000, 16_384), "file_too_full"),
    "tables within tables": (lambda: ods("<table:table-row>" * 90_000 + "</table:table-row>" * 90_000), "file_damaged"),
    "sectors in a circle": (xls_in_a_circle, "file_ends_reader"),
    "a binary sheet as large as can be": (
        lambda: xlsb(binary_row(0) + binary_row(1_048_575) + b"\x92\x01\0"),
        "file_ends_reader",
    ),
    "an xlsb with a cell that the parser passes over": (
        lambda: xlsb(b"\x91\x01\0" + binary_row(0) + b"\x11\x08" + struct.pack("<LL", 0, 0) + b"\x92\x01\0"),
        "file_odd_encoding",
    ),
    "a record that claims 256 MB": (lambda: xlsb(b"\x05\xff\xff\xff\x7f"), "file_damaged"),
    "rounds of hashing without end": (lambda: encrypted(2**31), "file_encrypted"),
    "a key of no known size": (lambda: encrypted(1).replace(b'keyBits="256"', b'keyBits="777"'), "file_encrypted"),
}
GRAVEST = (
    "cells repeated over a whole sheet",
    "a binary sheet as large as can be",
    "more cells with content than are kept",
)


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_read_or_refused(what: str, capfd: pytest.CaptureFixture[str]) -> None:
    make, code = HOSTILE[what]
    if code:
        assert refusal(make()) == code
    else:
        assert isinstance(read_workbook(make()), FoundWorkbook)
    assert capfd.readouterr() == ("", "")


def test_the_others_of_the_batch_go_on(round_one: Plan) -> None:
    good = round_one.filled("good", SOS, "SOS")
    for number, (make, code) in enumerate(HOSTILE.values()):
        if code:
            (round_one.inbox / f"{number}.xlsx").write_bytes(make())
    receipts = {receipt.file: receipt for receipt in round_one.receive(round_one.inbox)}
    assert receipts.pop(str(good)).verdict == "accepted"
    assert {receipt.verdict for receipt in receipts.values()} == {"refused"}
    assert all(len(receipt.findings) == 1 and "{" not in receipt.findings[0].message for receipt in receipts.values())


def sleep_long(_data: bytes) -> bytes:
    """What a child process may be given to do."""
    time.sleep(60)
    return b"late"


def take_all(_data: bytes) -> bytes:
    return bytes(len(bytearray(CHILD_MEMORY)))


def tell_much(_data: bytes) -> bytes:
    return bytes(MAX_TOLD + 1)


@pytest.mark.parametrize("task", [sleep_long, take_all, tell_much])
def test_a_child_is_given_up(task: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD_SECONDS", 60 if task is not sleep_long else 1)
    assert apart.run_apart(task, b"") is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory a process took")
@pytest.mark.parametrize("what", GRAVEST)
def test_memory_of_a_run_with_a_hostile_file(what: str, round_one: Plan, tmp_path: Path) -> None:
    path = tmp_path / "hostile.xlsx"
    path.write_bytes(HOSTILE[what][0]())
    command = [sys.executable, "-m", "plan_sheets", "receive", str(path), "--plan", str(round_one.path)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    with run.stdout as output:
        told = output.read()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 1
    assert "refused" in told
    assert usage.ru_maxrss / KILOBYTES_IN_ONE < MEGABYTES  # that of the child process, where it took more


def test_a_large_but_honest_workbook_is_read_apart_as_it_would_be_here() -> None:
    table = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{letter}{row}" t="str"><f>1</f><v>Row {row}: {NOISE[row : row + 200]}</v></c>'
            for letter in "ABCDEFGHIJKLMNOP"
        )
        + "</row>"
        for row in range(1, 2_501)
    )
    large = xlsx(table)
    assert zipfile.ZipFile(io.BytesIO(large)).getinfo("xl/worksheets/sheet1.xml").file_size > MAX_HERE
    found = read_workbook(large)
    assert isinstance(found, FoundWorkbook)
    assert len(found.sheets[0].cells) == 40_000
    cell = found.sheets[0].cells[2_499, 15]
    assert (cell.text[:9], cell.kind, cell.formula) == ("Row 2500:", "formula", "=1")


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
    b"""< > " /> </c> <c> <row> <f> &amp; &#0; <mergeCell/> r="A1" r="ZZ9" t="s" t="e" t="d" s="9" <v>-1e99</v> <!-- -->
    <![CDATA[ 99999999999 uniqueCount="9" <sheetData> </sheetData> xmlns:x="y" Target=".." <t> <si>""".split()
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
