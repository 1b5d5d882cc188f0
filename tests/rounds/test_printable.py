"""One control character, one odd name: shown to everybody who reads of it, and no workbook is missing for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.workbook import Workbook
from tests.chairs import Q2, RECEIVED_ON, SOS, Plan, at, edit, place, said, type_in

from plan_sheets import master, office
from plan_sheets.asking import trace
from plan_sheets.cli import main
from plan_sheets.core.model.findings import Outcome
from plan_sheets.core.model.found import FoundWorkbook
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.writing.workbook import write_workbook

VT, ESC = "_x000B_", "_x001B_"
"""How a workbook spells a vertical tab and an escape; openpyxl writes it into the file as it stands."""
ODD = f"one{VT}two{ESC}[31m"
OBEYED = ("\x1b", "\x0b", "\x7f", "\x9b", "\r", "\u202e", "\u2066")


def command(*words: str | Path) -> Result:
    """A command on a terminal: click strips no escape sequences from what it prints."""
    result = CliRunner().invoke(main, [str(word) for word in words], color=True)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert not [sign for sign in OBEYED if sign in result.output]
    return result


def odd(book: Workbook) -> None:
    """Control characters in a locked cell, beside the table, in answers of every type, and in a name."""
    progress = book["Progress"]
    type_in(at(progress, "J1a.1", "What we will do"), ODD)
    type_in(progress.cell(3, 20), f"stray {ODD}")  # type: ignore[arg-type]  # a new row holds plain cells
    typed = {"Progress made": ODD, "Stage": f"In {ESC}progress", "RAG": f"Gre{ESC}en", "Next step by": f"1 {VT}July"}
    for heading, text in typed.items():
        type_in(at(progress, "J1a.1", heading), text)
    type_in(at(book["Start here"], "Completed by", "Your answer"), f"A{ESC}[31m chair")


@pytest.fixture
def receipt_of_odd(round_one: Plan) -> office.BatchReceived:
    path = edit(round_one.sent("DA"), round_one.inbox / "odd.xlsx", odd)
    return office.receive_files(round_one.folder, [path], RECEIVED_ON)


def test_nobody_is_left_without_the_officers_workbook(round_one: Plan, receipt_of_odd: office.BatchReceived) -> None:
    assert receipt_of_odd.trouble is None
    assert receipt_of_odd.officer
    rows = openpyxl.load_workbook(receipt_of_odd.officer.path)["Findings"].iter_rows(values_only=True)
    told = {str(row[3]): str(row[6]) for row in rows}
    assert (told["B5"], told["T3"]) == ("one\u240btwo\u241b[31m", "stray one\u240btwo\u241b[31m")
    (untouched,) = round_one.receive(receipt_of_odd.officer.path)
    assert (untouched.verdict, untouched.findings) == ("untouched", [])


def test_the_rest_of_the_round_goes_on(round_one: Plan, receipt_of_odd: office.BatchReceived, tmp_path: Path) -> None:
    del receipt_of_odd
    assert master.make_master(round_one.folder, None, RECEIVED_ON, None, tmp_path / "paper.docx").path.exists()
    round_one.issue(Q2, when=RECEIVED_ON)
    assert (round_one.said("J1a.1", "rag"), round_one.said("J1a.1", "stage")) == ("Green", "In progress")
    assert round_one.said("J1a.1", "progress") == "one\ntwo[31m"


def test_the_register_holds_what_was_typed(round_one: Plan, receipt_of_odd: office.BatchReceived) -> None:
    (receipt,) = receipt_of_odd.receipts.returns
    entered = {one.address.cell: one.entered for one in receipt.findings if one.address and one.entered}
    assert entered["B5"] == "one\x0btwo\x1b[31m"
    assert entered[place("Progress made", 5)] == "one\x0btwo\x1b[31m"
    steps = trace.trace_value(round_one.folder, "J1a.1", "progress")
    assert [one.outcome for one in steps][-1] == Outcome.TAKEN


@pytest.mark.libreoffice
def test_the_same_from_an_xls(round_one: Plan, tmp_path: Path) -> None:
    path = edit(round_one.sent("DA"), round_one.inbox / "odd.xlsx", odd)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
    )
    received = office.receive_files(round_one.folder, [tmp_path / "odd.xls"], RECEIVED_ON)
    assert received.trouble is None
    assert received.officer


def test_a_text_that_looks_like_an_escape_comes_back_as_it_was_typed(round_one: Plan, tmp_path: Path) -> None:
    """A file spells it with an underscore escaped (ECMA-376 part 1, 22.9.2.19); whoever forgets that reads a tab."""
    path = round_one.filled("da", said(progress="Code _x005F_x000B_ is in the log"))
    office.receive_files(round_one.folder, [path], RECEIVED_ON)
    assert round_one.said("J1a.1", "progress") == "Code _x000B_ is in the log"
    master.make_master(round_one.folder, None, RECEIVED_ON, None, tmp_path / "paper.docx")
    (document,) = round_one.register.documents(kind="master")
    found = read_workbook(write_workbook(document.book))
    assert isinstance(found, FoundWorkbook)
    assert "Code _x000B_ is in the log" in {cell.text for sheet in found.sheets for cell in sheet.cells.values()}


@pytest.mark.libreoffice
def test_a_text_that_looks_like_an_escape_is_shown_by_libreoffice_as_it_was_typed(
    round_one: Plan, tmp_path: Path
) -> None:
    path = round_one.filled("da", said(progress="Code _x005F_x000B_ is in the log"))
    office.receive_files(round_one.folder, [path], RECEIVED_ON)
    made = master.make_master(round_one.folder, None, RECEIVED_ON)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(made.path)]
    subprocess.run(words, check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / f"{made.path.stem}.ods") as saved:
        assert "Code _x000B_ is in the log" in saved.read("content.xml").decode()


# ---------------------------------------------------------------- names of files

LONGEST = "n" * 250 + ".xlsx"
WELSH_AND_ARABIC = "\u0175 \u0645\u0631\u062d\u0628\u0627.xlsx"
NAMES = [
    (b"caf\xe9.xlsx", "caf\\xe9.xlsx", "caf\\xe9.xlsx"),
    (b"esc\x1b[31m.xlsx", "esc\x1b[31m.xlsx", "esc\u241b[31m.xlsx"),
    (b"two\nlines.xlsx", "two\nlines.xlsx", "two\u240alines.xlsx"),
    ("of\u202exslx.xlsx".encode(), "of\u202exslx.xlsx", "of<U+202E>xslx.xlsx"),
    (LONGEST.encode(), LONGEST, LONGEST),
    (WELSH_AND_ARABIC.encode(), WELSH_AND_ARABIC, WELSH_AND_ARABIC),
]
"""Of a file: the bytes of its name, the name in the register and in JSON, and on the screen."""
ODD_NAMES = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="Windows and macOS allow no such file name: run this on Linux"
)


def check_taken(plan: Plan, name: str, shown: str) -> None:
    """What is told of a file of this name and of the one beside it, in JSON, on the screen, and in the workbooks."""
    options = ("--plan", plan.path, "--as-of", "2016-07-08")
    receipts = json.loads(command("receive", plan.inbox, *options, "--dry-run", "--json").output)["returns"]
    assert {one["file"].rpartition("/")[2]: one["verdict"] for one in receipts} == {
        name: "accepted_with_findings",
        "sos.xlsx": "accepted",
    }
    lines = command("receive", plan.inbox, *options).output.splitlines()
    assert any(shown in line and line.startswith("accepted with findings 2016-17-Q1-DA-1") for line in lines)
    assert {one.file for one in plan.register.returns()} == {"plan.xlsx", "sos.xlsx", name}
    findings = openpyxl.load_workbook(plan.path / "officer" / "2016-17-q1.xlsx")["Findings"]
    assert f"DA-1: {name}".replace("\x1b", "\u241b") in {row[1] for row in findings.iter_rows(values_only=True)}
    for words in (["status"], ["trace", "J1a.1"], ["master"]):
        command(*words, *options)


@ODD_NAMES
@pytest.mark.parametrize(("name", "recorded", "shown"), NAMES, ids=[shown[:12] for _, _, shown in NAMES])
def test_an_odd_name_costs_no_batch(round_one: Plan, name: bytes, recorded: str, shown: str) -> None:
    data = round_one.filled("good", said()).read_bytes()
    (round_one.inbox / "good.xlsx").rename(round_one.inbox / os.fsdecode(name))
    assert round_one.inbox.joinpath(os.fsdecode(name)).read_bytes() == data
    round_one.filled("sos", SOS, "SOS")
    check_taken(round_one, recorded, shown)


def test_a_zip_with_a_name_that_is_no_utf_8(round_one: Plan) -> None:
    path, made = round_one.filled("good", said()), BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.write(path, "caf\u0175\x1b.xlsx")
        archive.write(round_one.filled("sos", SOS, "SOS"), "in/sos.xlsx")
    shutil.rmtree(round_one.inbox)
    round_one.inbox.mkdir()
    (round_one.inbox / "all.zip").write_bytes(made.getvalue().replace("caf\u0175".encode(), b"caf\xe9\xe9"))
    check_taken(round_one, "all.zip: caf\\xe9\\xe9\x1b.xlsx", "all.zip: caf\\xe9\\xe9\u241b.xlsx")


def test_an_email_with_a_name_that_is_no_utf_8(round_one: Plan) -> None:
    mail = EmailMessage()
    mail["From"], mail["Date"] = "Ch__r <chair@da.example>", "Tue, 12 Jul 2016 09:30:00 +0100"
    data = round_one.filled("good", said()).read_bytes()
    mail.add_attachment(data, "application", "octet-stream", filename="caf__.xlsx")
    (round_one.inbox / "good.xlsx").unlink()
    (round_one.inbox / "m.eml").write_bytes(mail.as_bytes().replace(b"__", b"\xe9\x1b"))
    round_one.filled("sos", SOS, "SOS")
    check_taken(round_one, "m.eml: caf\ufffd\x1b.xlsx", "m.eml: caf\ufffd\u241b.xlsx")


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (["receive", "no\x1b[31m.xlsx"], "no\u241b[31m.xlsx is not there."),
        (["receive", "no\udce9.xlsx"], "no\\xe9.xlsx is not there."),
        (["receive", "n" * 300], f"{'n' * 300} is not there."),
        (["status", "--plan", "no\u202e\n"], "There is no plan folder at"),
        (["status", "more\x1b[31m"], "Got unexpected extra argument (more\u241b[31m)"),
        (["status", "--round", "\udce9\x1b"], "'\\xe9\u241b' is not a round."),
        (["trace", "\udce9\x1b"], "'\\xe9\u241b'"),
        (["no\x1b[31m"], "No such command"),
        (["--no\x1b[31m"], "No such option"),
        (["check", "--no\x1b[31m"], "No such option"),
    ],
)
def test_what_was_typed_is_quoted_and_not_obeyed(round_one: Plan, words: list[str], said_of_it: str) -> None:
    ours = [] if "--plan" in words or len(words) == 1 else ["--plan", str(round_one.path)]
    result = command(*words, *ours)
    assert result.exit_code in (1, 2)
    assert said_of_it in result.output


def test_a_reason_that_is_no_utf_8_is_recorded(round_one: Plan) -> None:
    path = round_one.filled("good", said())
    result = command(
        "receive", path, "--plan", round_one.path, "--allow", "rows_parted", "--reason", "\udce9", "--issue", "\udce9"
    )
    assert "This plan never sent out a workbook \\xe9" in result.output


@pytest.mark.parametrize("words", [["receive"], ["receive", "--json"]])
def test_a_screen_that_does_not_know_a_letter_costs_nothing(round_one: Plan, words: list[str]) -> None:
    path = round_one.filled("Si\u00e2n \u0175", said(rag="\u0175"))
    result = CliRunner(charset="ascii").invoke(main, [*words, str(path), "--plan", str(round_one.path)])
    assert result.exit_code == 3
    told = json.loads(result.output)["returns"][0]["file"] if "--json" in words else result.output
    assert ("Si\u00e2n \u0175" if "--json" in words else "Si\\xe2n \\u0175") in told


def test_carriage_returns_in_a_cell_leave_the_officers_workbook_readable(round_one: Plan) -> None:
    """They become line ends when they go out, and a row has room for so many."""
    path = round_one.filled("lines", {**said(), "Progress": {"J1a.1": {"RAG": "_x000D_".join(["line"] * 40)}}})
    received = office.receive_files(round_one.folder, path, RECEIVED_ON)
    assert received.trouble is None
    assert received.officer


def test_a_sender_whose_name_holds_a_line_end_costs_no_attachment(round_one: Plan) -> None:
    mail = EmailMessage()
    mail["From"] = "__ <chair@example.org>"
    mail.add_attachment(round_one.sent("SOS").read_bytes(), "application", "octet-stream", filename="sos.xlsx")
    path = round_one.inbox / "m.eml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(mail.as_bytes().replace(b"__", b"=?utf-8?B?Q2gKSU5K?="))
    assert [one.verdict for one in round_one.receive(path)] == ["untouched"]


def test_a_register_that_is_gone_is_said_to_be_gone(round_one: Plan) -> None:
    (round_one.path / "register.sqlite").rename(round_one.path / "elsewhere")
    result = command("status", "--plan", str(round_one.path))
    assert "register.sqlite is missing" in result.output
    assert "plan-sheets new" not in result.output
