"""Who answers for what, how far they have agreed to, and since when."""

from __future__ import annotations

import pytest
from tests.registered import snapshot

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.rating.plan_rows import owner_words
from plan_sheets.core.sheets.owners import owned, owner_lines, owner_rows


def rows(table: str) -> list[RowFacts]:
    how = snapshot(table, 1)
    return [*owner_rows(how, [*owned(how)])]


def lines(table: str) -> list[str]:
    return [*owner_lines([*owned(snapshot(table, 1))])]


PLAN = """
| priority | J1 | title = Abuse | owner = Lead | owner_status = Suggested
| priority | J1a | title = Victims
| action | J1a.1 | theme = J1a | what = Map it
"""


@pytest.mark.parametrize(
    ("said", "status", "since"),
    [
        ("", "Unnamed", ""),
        ("1 | action | J1a.1 | owner = X", "Not said", "2016-17-Q1"),
        ("1 | action | J1a.1 | owner = X | owner_status = Suggested", "Suggested", "2016-17-Q1"),
        (
            "1 | action | J1a.1 | owner = X | owner_status = Suggested\n2 | action | J1a.1 | owner_status = Accepted",
            "Accepted",
            "2016-17-Q2",
        ),
        (
            "1 | action | J1a.1 | owner = X | owner_status = Suggested\n2 | action | J1a.1 | owner = Y",
            "Suggested",
            "2016-17-Q2",
        ),
        (
            "| action | J1a.1 | owner = X | owner_status = Accepted\n2 | action | J1a.1 | owner =",
            "Unnamed",
            "2016-17-Q2",
        ),
        ("1 | action | J1a.1 | owner_status = Accepted", "Unnamed", "2016-17-Q1"),
    ],
)
def test_status_and_age_of_an_owner(said: str, status: str, since: str) -> None:
    (one,) = (one for one in owned(snapshot(PLAN + said, 1, 2)) if one.record == "action")
    assert (one.status, one.since) == (status, since)


@pytest.mark.parametrize(
    ("owner", "since"),
    [
        ("owner = X | owner_status = Suggested", "2016-17-Q1"),
        ("owner = X | owner_status = Accepted", "2016-17-Q2"),
        ("owner = Y | owner_status = Suggested", "2016-17-Q2"),
    ],
)
def test_an_owner_is_as_old_as_of_the_action_that_was_there_before(owner: str, since: str) -> None:
    said = "1 | action | J1a.1 | owner = X | owner_status = Suggested"
    new = f"2 | action | J1a.2 | theme = J1a | what = Map | {owner} | succeeds = J1a.1"
    (one,) = (one for one in owned(snapshot(f"{PLAN}{said}\n{new}", 1, 2)) if one.record == "action")
    assert (one.ref, one.since) == ("J1a.2", since)


@pytest.mark.parametrize(
    ("said", "refs"),
    [
        ("", ["J1", "J1a.1"]),
        ("1 | action | J1a.1 | confirmed_stage = Closed to business as usual", ["J1"]),
        ("1 | action | J1a.1 | confirmed_stage = Complete", ["J1"]),
        ("1 | action | DA.F1 | theme = J1a | agreement = Proposed", ["J1", "J1a.1"]),
        ("1 | action | DA.F1 | theme = J1a | agreement = Agreed", ["J1", "DA.F1", "J1a.1"]),
    ],
)
def test_of_what_an_owner_is_wanted(said: str, refs: list[str]) -> None:
    assert [row.ref for row in rows(PLAN + said)] == refs


def test_counts_are_those_of_the_rows() -> None:
    assert lines(PLAN) == ["Priorities: suggested 1.", "Actions still going on: unnamed 1."]
    assert lines("") == ["Priorities: none yet.", "Actions still going on: none yet."]


@pytest.mark.parametrize(
    ("owner", "status", "words"),
    [
        ("", "", "Unnamed"),
        ("", "Accepted", "Unnamed"),
        ("A. Lead", "Accepted", "A. Lead (accepted)"),
        ("A. Lead", "", "A. Lead (status not said)"),
    ],
)
def test_an_owner_is_told_with_the_status_in_the_same_words_on_every_sheet(owner: str, status: str, words: str) -> None:
    assert owner_words({"owner": owner, "owner_status": status}) == words
