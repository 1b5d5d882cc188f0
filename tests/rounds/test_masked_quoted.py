"""Identifiers of a case in what is quoted back: what was typed, the name of a program, why a file is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.chairs import Plan, said
from tests.commands import run, told
from tests.rounds.test_masked import NUMBER
from tests.rounds.test_masked_around import holding

TYPED = f"NHS {NUMBER}"


def replace_in(path: Path, part: str, old: str, new: str) -> Path:
    """Write other words into one part of a workbook."""
    with zipfile.ZipFile(path) as parts:
        texts = {name: parts.read(name) for name in parts.namelist()}
    assert old.encode() in texts[part]
    with zipfile.ZipFile(path, "w") as parts:
        for name, data in texts.items():
            parts.writestr(name, data.replace(old.encode(), new.encode(), 1) if name == part else data)
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("receive", "nowhere", "--replaces", TYPED),
        ("receive", f"{TYPED}.xlsx"),
        ("receive", "nowhere", "--allow", TYPED, "--reason", "Why"),
        ("trace", TYPED),
        ("trace", "J1a.1", TYPED),
        ("redact", TYPED, "--reason", "Why"),
        ("withdraw", TYPED, "--reason", "Why"),
        ("status", "--round", TYPED),
        ("master", "--board", TYPED),
        ("master", "--number", TYPED),
        ("issue", "--round", "2016-17-Q1", "--return-by", "2016-07-15", "--subgroup", TYPED),
        ("differ", f"{TYPED}.xlsx", "b.xlsx"),
        (TYPED,),
    ],
    ids=" ".join,
)
def test_what_was_typed_is_not_quoted_with_it(round_one: Plan, words: tuple[str, ...]) -> None:
    path = round_one.filled("da", said())
    typed = [str(path) if word == "nowhere" else word for word in words]
    refused = run(*typed, plan=None if words == (TYPED,) else round_one)
    assert refused.exit_code in (1, 2)
    assert NUMBER not in refused.output
    assert "(masked)" in refused.output


def test_whose_a_file_is_said_to_be_is_recorded_and_must_not_hold_it(round_one: Plan) -> None:
    refused = run("receive", round_one.filled("da", said()), "--issue", TYPED, plan=round_one)
    assert refused.exit_code == 1
    assert "--issue holds what looks like an NHS number." in refused.output
    assert NUMBER not in refused.output
    assert holding(round_one) == []


@pytest.mark.parametrize(("option", "name"), [("--paper", "Mosaic 1234567.docx"), ("--output", f"{TYPED}.xlsx")])
def test_no_file_is_written_under_such_a_name(round_one: Plan, option: str, name: str) -> None:
    refused = run("master", option, round_one.path / name, "--as-of", "2016-07-08", plan=round_one)
    assert refused.exit_code == 1
    assert "The name of the file holds what looks like" in refused.output
    assert name not in refused.output
    assert not (round_one.path / name).exists()


def test_an_ordinary_path_is_quoted_whole(round_one: Plan) -> None:
    refused = run("receive", round_one.inbox / "2016-07-08 return 123 of 456.xlsx", plan=round_one)
    assert "2016-07-08 return 123 of 456.xlsx is not there" in refused.output


@pytest.mark.parametrize(("name", "version"), [(TYPED, "16.0300"), ("Mosaic", "1234567")])
def test_the_program_that_saved_a_file_is_not_named_by_it(round_one: Plan, name: str, version: str) -> None:
    path, app = round_one.filled("da", said()), "docProps/app.xml"
    with zipfile.ZipFile(path) as parts:
        properties = parts.read(app).decode()
    replace_in(
        path,
        app,
        properties,
        f"<Properties><Application>{name}</Application><AppVersion>{version}</AppVersion></Properties>",
    )
    received = told("receive", path, "--as-of", "2016-07-08", plan=round_one)
    assert received["returns"][0]["saved_by"] == "(masked)"
    assert "case_identifier_beside" in {finding["code"] for finding in received["returns"][0]["findings"]}
    assert round_one.said("J1a.1", "rag") == "Green", "the answers go in"
    path.unlink()
    assert holding(round_one) == []
    assert not list((round_one.path / "returned").glob(f"{received['returns'][0]['sha256']}*"))
    traced = run("trace", "J1a.1", "rag", "--json", plan=round_one)
    assert NUMBER not in traced.output
    assert "1234567" not in traced.output


@pytest.mark.parametrize("row", [TYPED, "Mosaic 1234567"])
def test_why_a_file_is_refused_does_not_quote_it(round_one: Plan, row: str) -> None:
    odd = f'<row r="{row}"><c cm="1" r="A1"/></row><row r="1"'
    path = replace_in(round_one.filled("da", said()), "xl/worksheets/sheet2.xml", '<row r="1"', odd)
    received = run("receive", path, "--as-of", "2016-07-08", "--json", plan=round_one)
    assert "The file names a cell ((masked)) that no sheet can have." in received.output
    assert "case_identifier_beside" in received.output
    assert row not in received.output
    path.unlink()
    assert holding(round_one) == []
