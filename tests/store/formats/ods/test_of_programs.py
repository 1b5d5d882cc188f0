"""What LibreOffice and Gnumeric make of an ods, of everything that is read of one beside its values."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from tests.programs.saving import Job, gnumeric, libreoffice, no_gnumeric, no_libreoffice, skip_if

from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.formats.reader import read_workbook

PROGRAMS = {"LibreOffice": (libreoffice, no_libreoffice), "Gnumeric": (gnumeric, no_gnumeric)}

KEPT = {"LibreOffice": ["F5", "F6", "F7"], "Gnumeric": ["F5"]}
"""Which texts of a merge each of them keeps when it reads an xlsx."""


def odd_workbook() -> bytes:
    """Dates that show less than a day in column A, hidden rows and columns, a comment, merges that keep texts."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row, code in enumerate(("mmm-yy", "mmmm yyyy", "mm/yyyy", "yyyy", "d mmmm yyyy", "dd/mm/yy"), 1):
        page.cell(row, 1, datetime(2017, 3, 1)).number_format = code  # noqa: DTZ001 - as a spreadsheet has it
    for row in range(1, 9):
        page.cell(row, 3, f"C{row}").comment = Comment("Said beside it", "A chair") if row == 1 else None
        page.cell(row, 5, f"E{row}")
        page.cell(row, 6, f"F{row}")
    page.row_dimensions[3].hidden = page.row_dimensions[4].hidden = True
    page.column_dimensions["E"].hidden = True
    book.create_sheet("Hidden").sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    return with_merges(made.getvalue(), "F5:F7", "B8:C8")


def with_merges(data: bytes, *areas: str) -> bytes:
    """The workbook with cells of its first sheet merged, and the texts under the merges kept."""
    told = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"</sheetData>", f"</sheetData><mergeCells>{told}</mergeCells>".encode())
            new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_a_program_says_in_an_ods(name: str, tmp_path: Path) -> None:
    save, missing = PROGRAMS[name]
    skip_if(missing())
    (tmp_path / "in.xlsx").write_bytes(odd_workbook())
    save([Job(tmp_path / "in.xlsx", tmp_path / "out.ods")])
    found = read_workbook((tmp_path / "out.ods").read_bytes())
    assert isinstance(found, FoundWorkbook)
    page, hidden = found.sheets
    assert (page.visible, hidden.visible) == (True, False)
    assert page.shown == {"A1": "March 2017", "A2": "March 2017", "A3": "March 2017", "A4": "2017"}
    assert {page.cells[row, 0].text for row in range(6)} == {"1 March 2017"}
    assert page.hidden == {f"E{row}" for row in range(1, 9)} | {f"{column}{row}" for row in (3, 4) for column in "ACEF"}
    assert sorted(page.merged) == ["B8:C8", "F5:F7"]
    assert [page.cells[row, 5].text for row in (4, 5, 6) if (row, 5) in page.cells] == KEPT[name]
    assert [(one.code, one.cell, one.entered) for one in found.remarks] == [("cell_comment", "C1", "Said beside it")]
