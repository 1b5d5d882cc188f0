"""The rules as pandera schemas, for a frame of somebody's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors
from tests.chairs import Q1, Plan

import plan_sheets as library
from plan_sheets.core.answers.rules import find_failures

ROW = {
    "ref": "J1.1",
    "theme": "J1a",
    "what": "Map what there is",
    "progress": "Mapped",
    "stage": "In progress",
    "rag": "Green",
    "next_step": "Tell the chairs",
}


def failures(record: str, *rows: dict[str, Any], **given: Any) -> set[tuple[str, str, int]]:
    """Code, column and row of everything that breaks a rule."""
    return {
        (code, column, row) for code, column, row in find_failures(library.schemas(**given)[record], pd.DataFrame(rows))
    }


def test_a_row_as_the_program_would_take_it_breaks_no_rule() -> None:
    frame = pd.DataFrame([ROW])
    assert library.schemas()["action"].validate(frame, lazy=True).to_dict("records") == [ROW]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"rag": "red"}, {("not_a_choice", "rag")}),
        ({"what": ""}, {("required", "what")}),
        ({"what": float("nan")}, {("required", "what")}),
        ({"rag": "Red", "recovery": ""}, {("required", "recovery")}),
        ({"rag": "Red", "recovery": None}, {("required", "recovery")}),
        ({"rag": "Red", "recovery": "More staff"}, set()),
        ({"ref": 7}, {("not_of_the_form", "ref")}),
        ({"due": date(2017, 3, 1)}, {("date_unreadable", "due")}),
        ({"due": "March 2017"}, set()),
        ({"owner": "A" * 201}, {("too_long", "owner")}),
        ({"owner": "The lead", "owner_status": "Unnamed"}, {("owner_still_unnamed", "owner_status")}),
        ({"theme": "Z9", "next_step_by": "1 April 2010"}, set()),
        ({"what": "   "}, {("required", "what")}),
        ({"ref": "J1.1\n"}, {("not_of_the_form", "ref")}),
    ],
    ids=str,
)
def test_what_breaks_a_rule_is_told_by_code_column_and_row(typed: dict[str, Any], told: set[tuple[str, str]]) -> None:
    assert failures("action", ROW | {"ref": "J1.2"}, ROW | typed) == {(*each, 1) for each in told}


def test_a_ref_may_stand_once() -> None:
    assert failures("action", ROW, ROW) == {("ref_twice", "ref", 0), ("ref_twice", "ref", 1)}


def test_what_another_column_asks_for_may_not_be_left_out() -> None:
    row = {name: text for name, text in ROW.items() if name != "next_step"} | {"rag": "Amber"}
    assert failures("action", row) == {("required", "next_step", 0), ("required", "recovery", 0)}


def test_a_whole_number_in_a_column_with_a_blank_is_one() -> None:
    """pandas makes 12.0 of it."""
    schema = library.schemas()["rag_rule"]
    frame = pd.DataFrame({"ref": ["a", "b"], "value": [12, None]})
    assert {(code, row) for code, _, row in find_failures(schema, frame)} == {("required", 1)}


def test_failure_cases_name_the_rule_by_its_code() -> None:
    with pytest.raises(SchemaErrors) as told:
        library.schemas()["action"].validate(
            pd.DataFrame([ROW | {"rag": "red", "ref": "x", "owner": "A" * 201}]), lazy=True
        )
    assert set(told.value.failure_cases["check"]) == {"not_a_choice", "not_of_the_form", "too_long"}


def test_a_column_that_is_needed_may_not_be_missing() -> None:
    frame = pd.DataFrame([ROW]).drop(columns="rag")
    with pytest.raises(SchemaErrors, match="rag"):
        find_failures(library.schemas()["action"], frame)


def test_refs_and_the_round_are_checked_where_they_are_known(round_one: Plan) -> None:
    snapshot = library.snapshot_of(round_one.folder, Q1)
    rows = ROW | {"theme": "Z9", "next_step_by": "1 April 2010"}, ROW | {"ref": "J1.2"}
    told = failures("action", *rows, snapshot=snapshot, round=Q1)
    assert told == {("unknown_ref", "theme", 0), ("date_before_round", "next_step_by", 0)}


def test_the_plan_as_it_stands_breaks_no_rule(round_one: Plan) -> None:
    """But for what is open in it: of the example one person's name, and what only chairs answer."""
    snapshot = library.snapshot_of(round_one.folder)
    schemas = library.schemas(snapshot)
    told = set()
    for record, rows in snapshot.rows.items():
        frame = pd.DataFrame([*rows.values()]).reindex(columns=[*schemas[record].columns])
        told |= {(record, *failure[:2]) for failure in find_failures(schemas[record], frame)}
    assert told == {("action", "required", name) for name in ("progress", "stage", "rag")}


def test_what_is_given_has_to_be_what_it_is_called() -> None:
    with pytest.raises(TypeError, match="snapshot_of"):
        library.schemas(snapshot={"action": {}})  # type: ignore[arg-type]
    with pytest.raises(library.PlanSheetsError, match="not a round"):
        library.schemas(round="first quarter")


def test_a_rule_about_several_columns_is_broken_by_a_blank_row_too() -> None:
    """Where nothing else stands in it: pandera leaves such rows out unless it is told not to."""
    schema = library.schemas()["query"]
    frame = pd.DataFrame([{"choice": "Type", "typed": None}, {"choice": None, "typed": None}])
    assert {failure[:3] for failure in find_failures(schema, frame)} == {("required", "typed", 0)}
    wide = next(check for check in schema.checks if check.name == "required: typed")
    assert wide.ignore_na is False
