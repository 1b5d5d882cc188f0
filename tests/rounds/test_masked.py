"""An identifier of a case in a return: masked, and nowhere in what the plan keeps or writes of it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.chairs import Q1, RECEIVED_ON, Plan, said

from plan_sheets import office
from plan_sheets.core.model.findings import Verdict
from plan_sheets.master import make_master

NUMBER = "943 476 5870"


def texts_of(path: Path) -> bytes:
    """All bytes of a file; of a packed one, those of its parts."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            return b"\n".join(parts.read(name) for name in parts.namelist())
    return path.read_bytes()


def test_the_rest_of_the_return_goes_in_and_the_number_stands_in_no_file_that_is_made_of_it(round_one: Plan) -> None:
    answers = said(progress=f"The mother of {NUMBER} was met.", rag="Amber")
    path = round_one.filled("one", answers)
    told = office.receive_files(round_one.folder, [path], RECEIVED_ON)
    (receipt,) = told.receipts.returns
    assert receipt.verdict is Verdict.ACCEPTED_WITH_FINDINGS
    assert [one.severity for one in receipt.findings if one.code == "case_identifier"] == ["masked"]
    assert round_one.said("J1a.1", "next_step") == "Pilot it in July"
    assert round_one.said("J1a.1", "progress") == ""
    make_master(round_one.folder, Q1, RECEIVED_ON)
    made = [one for one in round_one.path.rglob("*") if one.is_file() and one.parent.name != "returned" and one != path]
    assert [one.name for one in made if NUMBER.encode() in texts_of(one)] == []
    assert NUMBER.encode() in texts_of(path), "the search finds it where it is"


def test_a_mended_copy_is_taken(round_one: Plan) -> None:
    round_one.receive(round_one.filled("one", said(progress=f"About {NUMBER}", rag="Amber")))
    (mended,) = round_one.receive(round_one.filled("two", said(progress="One family was met.", rag="Amber")))
    assert mended.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_FINDINGS)
    assert round_one.said("J1a.1", "progress") == "One family was met."


def test_a_postcode_is_a_query_that_the_officer_settles(round_one: Plan) -> None:
    (receipt,) = round_one.receive(round_one.filled("one", said(progress="Open at LE3 8RA.", rag="Amber")))
    assert [one.severity for one in receipt.findings if one.code == "postcode"] == ["query"]
    assert round_one.said("J1a.1", "progress") == ""
