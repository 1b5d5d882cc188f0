"""What the parser does not tell of an xlsb is seen all the same."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from tests.store.formats.test_reader import read

from plan_sheets.core.model.found import CellKind, FoundCell
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.reader import read_workbook

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FIRST_OF_MARCH = 42_795.0


def record(number: int, content: bytes = b"") -> bytes:
    kind = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
    size = len(content)
    return kind + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + content


def text(told: str) -> bytes:
    return struct.pack("<L", len(told)) + told.encode("utf-16-le")


def row(number: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<LLHBBB", number, 0, 300, 0, 0x10 * hidden, 0) + bytes(4))


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<LL", column, style) + value)


def a_text(column: int, told: str, style: int = 0) -> bytes:
    return cell(6, column, text(told), style)


def style(format_: int, font: int = 0, fill: int = 0) -> bytes:
    return record(47, struct.pack("<5H6x", 0, format_, font, fill, 0))


FILLS = b"".join(record(45, struct.pack("<LBB2x4B", solid, 5, 0, 255, 0, 0, 255) + bytes(8)) for solid in (0, 1))
FONTS = b"".join(record(43, struct.pack("<HH", 220, 8 * struck) + bytes(20)) for struck in (0, 1))
STYLES = (
    record(615, struct.pack("<L", 1))
    + record(44, struct.pack("<H", 164) + text("mmmm yyyy"))
    + record(616)
    + FONTS
    + FILLS
    + style(9)
    + record(617, struct.pack("<L", 5))
    + b"".join((style(0), style(164), style(17), style(0, fill=1), style(0, font=1)))
    + record(618)
)


def relations(**targets: tuple[str, str]) -> str:
    told = "".join(
        f'<Relationship Id="{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{told}</Relationships>'


def xlsb(cells: bytes, after: bytes = b"", parts: dict[str, str | bytes] | None = None) -> bytes:
    """A workbook of one sheet, S1."""
    listed = (
        record(153, bytes(12)) + record(143) + record(156, bytes(4) + struct.pack("<L", 1) + text("r1") + text("S1"))
    )
    sheet = record(129) + record(148, struct.pack("<4L", 0, 9, 0, 9))
    contents: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(r=("officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relations(r1=("worksheet", "worksheets/sheet1.bin"), r2=("styles", "styles.bin")),
        "xl/workbook.bin": record(131) + listed + record(144) + record(132),
        "xl/styles.bin": STYLES,
        "xl/worksheets/sheet1.bin": sheet + record(145) + cells + record(146) + after + record(130),
        **(parts or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return made.getvalue()


def test_formulas_and_errors() -> None:
    made = (
        row(0)
        + cell(8, 0, text("ab") + bytes(6))
        + cell(9, 1, struct.pack("<d", 2.5) + bytes(6))
        + cell(3, 2, b"\x07")
        + cell(11, 3, b"\x2a" + bytes(6))
    )
    assert read(xlsb(made)).sheets[0].cells == {
        (0, 0): FoundCell("ab", CellKind.FORMULA),
        (0, 1): FoundCell("2.5", CellKind.FORMULA),
        (0, 2): FoundCell("#DIV/0!", CellKind.ERROR),
        (0, 3): FoundCell("#N/A", CellKind.ERROR),
    }


def test_what_formats_say() -> None:
    dates = cell(5, 0, struct.pack("<d", FIRST_OF_MARCH), 1) + cell(5, 1, struct.pack("<d", FIRST_OF_MARCH), 2)
    (sheet,) = read(xlsb(row(0) + dates + a_text(2, "x", 3) + a_text(3, "y", 4))).sheets
    assert sheet.shown == {"A1": "March 2017", "B1": "March 2017"}
    assert (sheet.painted, sheet.struck) == ({"C1": "red"}, frozenset({"D1"}))


def test_merges_and_hidden_rows_and_columns() -> None:
    cells = row(0) + a_text(0, "a") + a_text(4, "e") + row(1, hidden=True) + a_text(0, "b")
    merged = record(177) + record(176, struct.pack("<4L", 0, 1, 0, 2)) + record(178)
    columns = record(390) + record(60, struct.pack("<4LH", 4, 5, 2000, 0, 1)) + record(391)
    (sheet,) = read(xlsb(cells, merged + columns)).sheets
    assert (sheet.merged, sheet.hidden) == (("A1:C2",), frozenset({"A2", "E1"}))


def test_comments_and_links() -> None:
    comment = record(635, struct.pack("<5L", 0, 4, 4, 3, 3) + bytes(16)) + record(637, b"\0" + text("We cannot"))
    parts: dict[str, str | bytes] = {
        "xl/worksheets/_rels/sheet1.bin.rels": relations(
            c=("comments", "../comments1.bin"), l=("hyperlink", "https://example.org/")
        ),
        "xl/comments1.bin": record(628) + comment + record(629),
    }
    link = record(494, struct.pack("<4L", 0, 0, 0, 0) + text("l") + bytes(12))
    found = read(xlsb(row(0) + a_text(0, "a"), link, parts))
    assert [(one.code, one.sheet, one.cell, one.entered) for one in found.remarks] == [
        ("cell_comment", "S1", "D5", "We cannot"),
        ("cell_link", "S1", "A1", "https://example.org/"),
        ("file_half_seen", "", "", ""),
    ]


@pytest.mark.parametrize("kind", [12, 17, 62])
def test_cells_that_the_parser_passes_over_are_refused(kind: int) -> None:
    assert read_workbook(xlsb(row(0) + cell(kind, 0, bytes(8)))) == Refusal("file_odd_encoding")
