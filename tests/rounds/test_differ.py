"""An edition says what differs from the one before it and why; any two masters can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.chairs import Q1, Plan, fill, said, values_of
from tests.commands import run, told
from tests.rounds.test_hand_over import DAY, DECIDED, LATER, hand_over, late
from tests.test_master import sheet

from plan_sheets import compare_masters
from plan_sheets.master import Mastered, make_master

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def two(round_one: Plan) -> tuple[Plan, Mastered, Mastered]:
    """A round with two editions: Domestic Abuse returned after the first."""
    first = hand_over(round_one)
    late(round_one)
    return round_one, first, hand_over(round_one, LATER)


def rows(made: Mastered) -> list[dict[str, Any]]:
    _, _, _, headings, *found = values_of(sheet(made, "What differs"))
    return [dict(zip(headings, row, strict=True)) for row in found]


def test_an_edition_says_cell_by_cell_what_differs_and_by_which_return(two: tuple[Plan, Mastered, Mastered]) -> None:
    _, first, second = two
    found = {(row["Sheet"], row["Ref"], row["What differs"]): row for row in rows(second)}
    rag = found["Master plan", "J1a.1", "Published RAG"]
    assert (rag["Before"], rag["After"]) == ("Not reported", "Red")
    assert "Chair (Domestic Abuse), late.xlsx, received 5 August 2016" in rag["Why"]
    assert ("RAG status", "J1", "Published RAG") in found
    assert "Chair (Domestic Abuse)" in found["RAG status", "J1", "Published RAG"]["Why"]
    assert not [place for place in found if place[1] and place[1].startswith("S")], "nothing was said about these"
    with pytest.raises(KeyError):
        sheet(first, "What differs")


def test_it_is_made_again_the_same_and_nothing_more_has_changed(two: tuple[Plan, Mastered, Mastered]) -> None:
    plan, _, second = two
    as_it_was = second.path.read_bytes()
    assert hand_over(plan, LATER).again
    assert make_master(plan.folder, Q1, LATER, number=2).path.read_bytes() == as_it_was


def test_the_public_edition_tells_only_what_both_public_ones_show(round_one: Plan) -> None:
    make_master(round_one.folder, None, DAY, hand_over=True, edition="public")
    late(round_one)
    second = make_master(round_one.folder, None, LATER, hand_over=True, edition="public")
    told_of = rows(second)
    assert {"Sheet", "Ref", "Before", "After"} <= {*told_of[0]}
    assert "Why" not in told_of[0]
    assert "It went wrong" not in str(told_of)


def test_any_two_masters_are_compared(two: tuple[Plan, Mastered, Mastered], tmp_path: Path) -> None:
    plan, first, second = two
    compared = compare_masters(plan.folder, first.path, second.path, LATER)
    back = compare_masters(plan.folder, second.path, first.path, LATER)
    assert (compared.before, compared.after) == (first.reference, second.reference)
    assert compared.warnings == ()
    assert {(one.ref, one.heading, one.after, one.before) for one in back.differences if one.ref} == {
        (one.ref, one.heading, one.before, one.after) for one in compared.differences if one.ref
    }
    out = tmp_path / "differs.xlsx"
    printed = run("differ", first.path, second.path, "--output", out, plan=plan)
    assert printed.exit_code == 0
    assert "Master plan J1a.1 Published RAG: 'Not reported' -> 'Red' (Chair (Domestic Abuse)" in printed.output
    assert out.is_file()
    as_json = told("differ", first.path, second.path, plan=plan)
    assert len(as_json["differences"]) == len(compared.differences)
    assert {"sheet", "ref", "heading", "before", "after", "why"} == {*as_json["differences"][0]}


def test_nothing_differs_from_itself_and_what_was_typed_is_named(two: tuple[Plan, Mastered, Mastered]) -> None:
    plan, _, second = two
    typed = fill(second.path, plan.inbox / "typed.xlsx", DECIDED)
    printed = run("differ", second.path, typed, plan=plan).output
    assert "typed.xlsx is not the file that was kept in the plan folder" in printed
    assert "Both are the same master." in printed
    assert "Nothing differs." in printed


def test_what_is_no_master_is_refused_with_a_sentence(two: tuple[Plan, Mastered, Mastered], tmp_path: Path) -> None:
    plan, first, _ = two
    (tmp_path / "text.xlsx").write_text("Ref,RAG")
    cases = {
        plan.filled("da", said()): "which is no master",
        tmp_path / "text.xlsx": "cannot be read",
        tmp_path / "nowhere.xlsx": "is not there",
        plan.path / "plan.xlsx": "is no master of this plan",
    }
    for path, sentence in cases.items():
        result = run("differ", first.path, path, plan=plan)
        assert (result.exit_code, sentence in " ".join(result.output.split())) == (1, True), result.output
