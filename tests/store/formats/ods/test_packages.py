"""Which OpenDocument files are workbooks, however their parts are put together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from plan_sheets.core.model.found import FoundCell, FoundWorkbook
from plan_sheets.store.container.kinds import is_workbook
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.reader import read_workbook

KIND = "application/vnd.oasis.opendocument.{}"
MANIFEST = '<m:manifest xmlns:m="m"><m:file-entry m:full-path="/" m:media-type="{}"/>{}</m:manifest>'
CELL = '<table:table-cell office:value-type="string"><text:p>typed</text:p></table:table-cell>'
TABLE = f'<table:table table:name="One"><table:table-row>{CELL}</table:table-row></table:table>'
CONTENT = (
    '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>'
    f"<office:spreadsheet>{TABLE}</office:spreadsheet></office:body></office:document-content>"
)
SHEET, TEXT = KIND.format("spreadsheet"), KIND.format("text")


def packed(parts: Mapping[str, str], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


MANIFESTED = {"content.xml": CONTENT, "META-INF/manifest.xml": MANIFEST.format(SHEET, "")}


@pytest.mark.parametrize(
    "parts",
    [
        {"mimetype": SHEET, **MANIFESTED},
        {**MANIFESTED, "mimetype": SHEET},
        {"META-INF/manifest.xml": MANIFEST.format(SHEET, ""), "content.xml": CONTENT, "mimetype": f"{SHEET}\n"},
        {"mimetype": KIND.format("spreadsheet-template"), "content.xml": CONTENT},
        MANIFESTED,
        {"content.xml": CONTENT, "META-INF/manifest.xml": "<manifest/>"},
    ],
)
@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_workbook_is_read_in_whatever_order_its_parts_stand(parts: Mapping[str, str], how: int) -> None:
    data = packed(parts, how)
    found = read_workbook(data)
    assert isinstance(found, FoundWorkbook)
    assert found.container == "ods"
    assert found.sheets[0].cells == {(0, 0): FoundCell("typed")}
    if "META-INF/manifest.xml" in parts:
        assert is_workbook(data)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"mimetype": TEXT, "content.xml": "<x/>"}, "file_word"),
        ({"content.xml": "<x/>", "META-INF/manifest.xml": MANIFEST.format(TEXT, "")}, "file_word"),
        ({"mimetype": KIND.format("presentation"), "content.xml": "<x/>"}, "file_other_zip"),
        ({"content.xml": "<x/>"}, "file_other_zip"),
        (
            {**MANIFESTED, "META-INF/manifest.xml": MANIFEST.format(SHEET, "<m:encryption-data/>")},
            "file_encrypted",
        ),
    ],
)
def test_what_is_no_workbook_is_told_as_what_it_is(parts: Mapping[str, str], code: str) -> None:
    assert read_workbook(packed(parts)) == Refusal(code)


def test_a_letter_is_no_workbook_by_its_name_alone() -> None:
    letter = {"mimetype": TEXT, "content.xml": "<x/>", "META-INF/manifest.xml": MANIFEST.format(TEXT, "")}
    assert not is_workbook(packed(letter, zipfile.ZIP_STORED))
