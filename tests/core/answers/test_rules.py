"""Each rule is needed: switched off, a case of test_check.py is told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandera.pandas as pa
import pytest
from tests.core.answers.test_check import CASES, CODE, DAY, REFS, check, check_one, checked
from tests.core.answers.test_check import DATES as DATE_CASES

from plan_sheets.core.answers import check as checking
from plan_sheets.core.answers.answers import AnswerRow
from plan_sheets.core.answers.rules import build_schema
from plan_sheets.core.book.layout import Field
from plan_sheets.store.schemas import load_records

RULES = (
    "required",
    "not_a_choice",
    "too_long",
    "too_small",
    "not_of_the_form",
    "date_unreadable",
    "integer_unreadable",
    "email_unreadable",
    "unknown_ref",
    "ref_twice",
    "owner_still_unnamed",
    "date_before_round",
)


def without(code: str) -> Callable[..., pa.DataFrameSchema]:
    """`build_schema`, with one rule switched off."""

    def build(fields: Mapping[str, Field], *given: Any, **named: Any) -> pa.DataFrameSchema:
        schema = build_schema(fields, *given, **named)
        schema.checks = [check for check in schema.checks if str(check.name).partition(":")[0] != code]
        for column in schema.columns.values():
            column.checks = [check for check in column.checks if check.name != code]
            column.nullable = column.nullable or code == "required"
        return schema

    return build


def found() -> list[list[str]]:
    """What is told of every case."""
    told = [check_one(field, value, **beside) for field, value, beside, _ in CASES]
    for day, scope, begins, _ in DATE_CASES:
        row = AnswerRow((checked(replace(DAY, scope=scope), day),), says_something=True, begins=begins)
        told.append([finding.code for finding in check(row)])
    unknown = AnswerRow((checked(REFS, "J9.9"),), says_something=True)
    told.append([finding.code for finding in check(unknown, refs={"action": {"J1.1"}})])
    twice = AnswerRow((checked(CODE, "J", "J"),), says_something=True)
    told.append([finding.code for finding in check(twice, twice)])
    return told


@pytest.mark.parametrize("code", RULES)
def test_a_rule_that_is_off_is_noticed(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    on = found()
    assert any(code in codes for codes in on)
    monkeypatch.setattr(checking, "build_schema", without(code))
    off = found()
    assert off == [[other for other in codes if other != code] for codes in on]


def test_these_are_all_the_rules() -> None:
    """Of every field that `schemas/records/` describes."""
    names = set()
    for fields in load_records().values():
        schema = build_schema(fields, dict.fromkeys(load_records(), ()), documents=True)
        names |= {str(one.name).partition(":")[0] for one in schema.checks}
        names |= {str(one.name) for column in schema.columns.values() for one in column.checks}
    assert names <= set(RULES)
    assert {*names, "email_unreadable", "integer_unreadable"} == set(RULES)
