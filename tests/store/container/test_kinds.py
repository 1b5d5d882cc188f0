"""What a file is that no workbook is, or that nobody can open, is said in its own sentence."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import openpyxl
import pytest
from tests.store.compound import Node, compound

from plan_sheets.store import schemas
from plan_sheets.store.container.kinds import find_code_of_other
from plan_sheets.store.container.properties import find_program
from plan_sheets.store.container.refused import Refusal
from plan_sheets.store.formats.reader import read_workbook

if TYPE_CHECKING:
    from tests.chairs import Plan

LABELLED: dict[str, dict[str, Node]] = {
    "an xlsx": {
        "EncryptedPackage": bytes(64),
        "\6DataSpaces": {
            "DataSpaceInfo": {"DRMEncryptedDataSpace": bytes(64)},
            "TransformInfo": {"DRMEncryptedTransform": {"\6Primary": bytes(64)}},
        },
    },
    "an xls": {"\tDRMContent": bytes(64), "Workbook": bytes(64)},
}


@pytest.mark.parametrize("what", LABELLED)
def test_a_sensitivity_label_is_no_matter_of_a_password(what: str) -> None:
    assert read_workbook(compound(LABELLED[what])) == Refusal("file_rights")


def test_a_password_is_no_matter_of_a_label() -> None:
    found = read_workbook(compound({"EncryptedPackage": bytes(64), "EncryptionInfo": bytes(64)}))
    assert found == Refusal("file_encrypted")


def test_a_gnumeric_file_gets_its_own_advice() -> None:
    data = gzip.compress(b'<?xml version="1.0"?><gnm:Workbook xmlns:gnm="http://www.gnumeric.org/v10.dtd"/>')
    assert read_workbook(data) == Refusal("file_gnumeric")
    assert "Gnumeric" in schemas.load_messages().remark("file_gnumeric", {}).message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gzip.compress(b"anything", mtime=0), "file_other_zip"),
        (b"\x1f\x8bdamaged", "file_other_zip"),
        (b"\x09\x08\x08\0\0\5\5\0", "file_excel_95"),
        (b"\x09\4\6\0\0\0\x10\0", "file_excel_95"),
    ],
)
def test_kinds_by_how_they_begin(data: bytes, code: str) -> None:
    assert find_code_of_other(data) == code


APP = '<Properties xmlns="p"><Application>{}</Application><AppVersion>{}</AppVersion></Properties>'


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("gnumeric", "1.1255", "gnumeric 1.12.55"),
        ("gnumeric", "1.12", "gnumeric 1.12"),
        ("plan-sheets", "12.0000", "plan-sheets"),
        ("Microsoft Excel", "16.0300", "Microsoft Excel 16.0300"),
    ],
)
def test_the_program_and_its_version(name: str, version: str, told: str) -> None:
    assert find_program({"docprops/app.xml": APP.format(name, version).encode()}) == told


def test_a_workbook_that_nobody_saved_says_that_it_was_made_here(round_one: Plan) -> None:
    assert round_one.receive_one(round_one.sent("DA")).saved_by == "plan-sheets"


def test_that_no_text_is_left_is_said(round_one: Plan) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"].value = 3
    path = round_one.path.parent / "empty.xlsx"
    book.save(path)
    receipt = round_one.receive_one(path)
    assert (receipt.verdict, [one.code for one in receipt.findings]) == ("refused", ["file_no_text"])
    assert "openpyxl" in receipt.findings[0].message.lower()
