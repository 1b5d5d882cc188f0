"""What the tool hands over comes home, whatever its size; strangers meet the usual limits, and Excel's own are said."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from pathlib import Path, PurePath

import pytest
from tests.chairs import RECEIVED_ON, Plan, said

from plan_sheets import plan as deed
from plan_sheets.core.answers.returns import Return
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.receipts import Instructions
from plan_sheets.master import make_master
from plan_sheets.store.container.limits import LIMITS, OF_OFFICER, OF_SIZE, OURS, Limits
from plan_sheets.store.formats.reader import read_workbook
from plan_sheets.store.receiving import known
from plan_sheets.store.receiving.known import KnownHere
from plan_sheets.store.receiving.open import Opener
from plan_sheets.store.receiving.unpack import IncomingFile
from plan_sheets.store.writing import excel_limits

SMALL = Limits(filled=60)
"""Limits above which the workbook of a subgroup is."""
STRANGERS, OURS_COME_BACK = 10**12, 1_000


@pytest.fixture
def filled(round_one: Plan) -> Path:
    return round_one.filled("da", said())


def take(plan: Plan, path: Path, ordinary: int, monkeypatch: pytest.MonkeyPatch) -> Return:
    """What becomes of a file that is above the usual limits; documents are ordinary up to so many characters."""
    monkeypatch.setattr(known, "ORDINARY", ordinary)
    opener = Opener.of(KnownHere(plan.register), PurePath("returned"), Instructions())
    return opener.open(IncomingFile("da.xlsx", path.read_bytes()), partial(read_workbook, limits=SMALL))


def test_what_is_no_larger_than_what_went_out_is_read(
    round_one: Plan, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = take(round_one, filled, STRANGERS, monkeypatch)
    assert [finding.code for finding in refused.findings] == ["file_too_full"]
    assert refused.answers is None
    taken = take(round_one, filled, OURS_COME_BACK, monkeypatch)
    assert taken.answers
    assert taken.kept_as == ".xlsx"


def test_what_is_larger_than_anything_that_went_out_is_refused(
    round_one: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "LIMITS", replace(SMALL, filled=1))
    other = tmp_path / "other.xlsx"
    other.write_bytes(round_one.sent("DA").read_bytes())
    refused = take(round_one, other, OURS_COME_BACK, monkeypatch)
    assert [finding.code for finding in refused.findings] == ["file_too_full"]


def test_limits_grow_in_size_alone() -> None:
    grown = LIMITS.grow(10)
    changed = {field.name for field in fields(Limits) if getattr(grown, field.name) != getattr(LIMITS, field.name)}
    assert {"file", "inflated", "filled", "cells", "child_memory"} < changed
    assert not changed & {"entries", "ratio", "small_part", "sheets", "depth", "here", "shared"}
    assert LIMITS.grow(0.5) is LIMITS
    assert OF_OFFICER.filled > LIMITS.filled
    assert OURS.part > OF_OFFICER.part


def test_a_plan_may_be_larger_than_what_strangers_send(example: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deed, "OF_OFFICER", SMALL)
    with pytest.raises(PlanSheetsError, match="more than 60 cells"):
        deed.check_plan(example.folder)


@pytest.mark.parametrize(("name", "most", "what"), [("MOST_ROWS", 12, "rows"), ("MOST_COLUMNS", 2, "columns")])
def test_what_no_workbook_holds_is_said_before_anything_is_issued(
    example: Plan, name: str, most: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_limits, name, most)
    with pytest.raises(PlanSheetsError, match=f"would have .* {what}; Excel holds {most}") as raised:
        example.issue()
    assert "Nothing was changed" in raised.value.remedy
    assert not example.register.rounds()
    assert not [*example.path.glob("issued/*/*.xlsx")]


def test_a_master_of_too_much_is_refused_in_a_sentence(round_one: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_limits, "MOST_LINKS", 1)
    with pytest.raises(PlanSheetsError, match="links; Excel holds 1"):
        make_master(round_one.folder, None, RECEIVED_ON)
    assert not [*round_one.path.glob("master/*")]


def test_each_refusal_by_size_is_one_of_the_messages(round_one: Plan) -> None:
    opener = Opener.of(KnownHere(round_one.register), PurePath("returned"), Instructions())
    assert opener.messages.by_code.keys() >= OF_SIZE
