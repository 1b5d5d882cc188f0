"""Every limit is tried with a small ordinary file that it just keeps, and lowered by one."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.comments import Comment
from tests.chairs import SOS, Plan
from tests.store.formats.ods.test_read import content
from tests.store.formats.test_guard import (
    MAIN,
    OFFICE,
    ONE,
    ORDINARY,
    packed,
    parts,
    refusal,
    rows,
    sheet,
    xlsx,
)
from tests.store.formats.test_hostile import PLAIN, TABLE, TEXT_CELL, inflated, ods
from tests.store.formats.test_reader import written
from tests.store.receiving.test_unpack import mail

from plan_sheets.core.model.found import CellKind, FoundWorkbook
from plan_sheets.store.container.hashing import sha256
from plan_sheets.store.container.limits import LIMITS, Limits
from plan_sheets.store.container.properties import find_program
from plan_sheets.store.container.refused import Refusal, RefusedError
from plan_sheets.store.formats.guard import GuardedFile, guard
from plan_sheets.store.formats.ods.read import scan_ods
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.inspector.inspect import inspect_apart
from plan_sheets.store.receiving.inbox import open_inbox
from plan_sheets.store.receiving.mail import email as mails
from plan_sheets.store.receiving.mail.email import read_mail
from plan_sheets.store.receiving.unpack import IncomingFile, unpack


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
    packed_size = {one.filename: one.compress_size for one in zipfile.ZipFile(io.BytesIO(REPETITIVE)).infolist()}
    times = max(inflated(REPETITIVE)) // packed_size["xl/sharedStrings.xml"]
    assert isinstance(read_workbook(REPETITIVE, Limits(small_part=2_000, ratio=times + 1)), FoundWorkbook)
    assert refusal(REPETITIVE, Limits(small_part=2_000, ratio=times - 1)) == "file_inflates"
    assert isinstance(read_workbook(REPETITIVE, Limits(small_part=3_000, ratio=times - 1)), FoundWorkbook)


def test_what_is_too_large_for_this_process_is_left_to_a_child() -> None:
    size = sum(inflated(PLAIN))
    here, there = (guard(PLAIN, limits=Limits(here=most)) for most in (size, size - 1))
    assert isinstance(here, GuardedFile)
    assert here.data
    assert there == GuardedFile("", b"")
    assert read_workbook(PLAIN, Limits(here=size - 1)) == read_workbook(PLAIN)


def test_an_odd_sheet_that_is_large_is_left_to_a_child() -> None:
    odd = xlsx(rows(*['<c s="1"/>'] * 40))
    size = max(inflated(odd))
    passed = [guard(odd, limits=Limits(small_part=most)) for most in (size, size - 1)]
    assert [one.container for one in passed if isinstance(one, GuardedFile)] == ["xlsx", ""]


def test_styles_too_large_for_a_tree_are_passed_over() -> None:
    styles = (
        f"<styleSheet {MAIN}><fonts><font/><font><strike/></font></fonts>"
        f'<cellXfs><xf/><xf fontId="1"/></cellXfs>{" " * 1_000}</styleSheet>'
    )
    cells = "".join(f'<c r="{letter}1" s="1"><v>1</v></c>' for letter in "ABC")
    data = packed({**parts(f'<row r="1">{cells}</row>'), "xl/styles.xml": styles})
    for most, struck in ((len(styles), {"A1", "B1"}), (len(styles) - 1, set())):
        found = read_workbook(data, Limits(small_part=most, painted=2))
        assert isinstance(found, FoundWorkbook)
        assert found.sheets[0].struck == struck


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
    sheets = [scan_ods(content(first + second), limits=Limits(matrices=most)).sheets[0] for most in (2, 1)]
    kinds = [[cell.kind for (row, _), cell in sheet.cells.items() if row == 1] for sheet in sheets]
    assert [row.count(CellKind.FORMULA) for row in kinds] == [3, 2]


def test_a_long_name_of_a_program_is_cut() -> None:
    about = {"docprops/app.xml": b"<Properties><Application>A spreadsheet</Application></Properties>"}
    assert [find_program(about, Limits(longest_name=most)) for most in (13, 8)] == ["A spreadsheet", "A spread"]


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
        (Limits(mail_here=1), Limits(mail_here=1, child_seconds=0.001), "file_mail_unread"),
    ],
)
def test_an_email_just_over_a_limit_is_refused(enough: Limits, too_few: Limits, code: str) -> None:
    data = mail({"a.xlsx": PLAIN, "b.xlsx": PLAIN}).as_bytes()
    assert [one.name for one in read_mail(data, "", enough).attachments] == ["a.xlsx", "b.xlsx"]
    (file,) = unpack(IncomingFile("m.eml", data), too_few).files
    assert file.refusal
    assert file.refusal.code == code


def test_an_email_that_the_standard_library_stumbles_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(mails, "message_from_bytes", stumble)
    with pytest.raises(RefusedError, match="file_damaged"):
        read_mail(mail({}).as_bytes(), "")


def test_a_file_too_large_to_be_held_is_known_all_the_same(round_one: Plan) -> None:
    path = round_one.filled("sos", SOS, "SOS")
    size = path.stat().st_size
    for most, is_refused in ((size, False), (size - 1, True)):
        limits = Limits(held=most)
        (waiting,) = open_inbox(round_one.folder, [path], limits).files
        file = waiting.open(limits)
        assert (file.refusal is not None) is is_refused
        assert file.sha == sha256(path.read_bytes())
