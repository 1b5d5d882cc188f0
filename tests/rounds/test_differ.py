"""An edition says what differs from the one before it and why; any two masters can be compared."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from tests.chairs import Q1, Q2, Plan, at, fill, said, values_of
from tests.commands import run, told
from tests.programs.saving import Job, libreoffice
from tests.rounds.test_hand_over import DAY, DECIDED, LATER, hand_over, late
from tests.test_master import sheet

from plan_sheets import compare_masters
from plan_sheets.core.editions.differ import WHOLE_SHEET
from plan_sheets.core.editions.explain import FOLLOWS
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


def ref_of(row: dict[str, Any]) -> str:
    return str(row["About"] or "").partition(" ")[0]


def test_an_edition_says_cell_by_cell_what_differs_and_by_which_return(two: tuple[Plan, Mastered, Mastered]) -> None:
    _, first, second = two
    found = {(row["Sheet"], ref_of(row), row["What differs"]): row for row in rows(second)}
    rag = found["Master plan", "J1a.1", "Published RAG"]
    assert (rag["Before"], rag["After"]) == ("Not reported", "Red")
    assert rag["About"] == "J1a.1 Follow how far the DVSG has got with…"
    assert "Chair (Domestic Abuse), late.xlsx, received 5 August 2016" in rag["Why"]
    assert ("RAG status", "J1", "Published RAG") in found
    changes = [row for row in rows(second) if row["Sheet"] == "Changes"]
    assert {row["About"] for row in changes} == {"J1a.1"}
    assert {row["Why"] for row in changes} == {rag["Why"]}
    assert "Chair (Domestic Abuse)" in found["RAG status", "J1", "Published RAG"]["Why"]
    assert not [place for place in found if place[1] and place[1].startswith("S")], "nothing was said about these"
    with pytest.raises(KeyError):
        sheet(first, "What differs")


def test_it_is_made_again_the_same_and_nothing_more_has_changed(two: tuple[Plan, Mastered, Mastered]) -> None:
    plan, _, second = two
    as_it_was = second.path.read_bytes()
    assert hand_over(plan, LATER).again
    assert make_master(plan.folder, Q1, LATER, number=2).path.read_bytes() == as_it_was


def test_long_texts_are_shown_in_part_and_the_same_edition_is_known_again(round_one: Plan) -> None:
    hand_over(round_one)
    answers = said(progress="word and so on " * 600)
    round_one.receive_one(round_one.filled("long", answers), when=LATER)
    second = hand_over(round_one, LATER)
    (progress,) = [row for row in rows(second) if row["What differs"] == "Progress made"]
    assert progress["After"].endswith("… (goes on in the master itself)")
    assert hand_over(round_one, LATER).again


def test_the_public_edition_tells_only_what_both_public_ones_show(round_one: Plan) -> None:
    make_master(round_one.folder, None, DAY, hand_over=True, edition="public")
    late(round_one)
    second = make_master(round_one.folder, None, LATER, hand_over=True, edition="public")
    told_of = rows(second)
    assert {"Sheet", "About", "Before", "After"} <= {*told_of[0]}
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
    assert ", Published RAG: 'Not reported' -> 'Red' (Chair (Domestic Abuse)" in printed.output
    assert out.is_file()
    as_json = told("differ", first.path, second.path, plan=plan)
    assert len(as_json["differences"]) == len(compared.differences)
    assert {"sheet", "ref", "words", "heading", "before", "after", "why"} == {*as_json["differences"][0]}


def test_the_same_file_twice_is_refused(two: tuple[Plan, Mastered, Mastered], tmp_path: Path) -> None:
    plan, first, _ = two
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(first.path.read_bytes())
    for other in (first.path, copy):
        result = run("differ", first.path, other, plan=plan)
        assert result.exit_code == 1
        assert "are the same file: nothing can differ." in " ".join(result.output.split())


def test_what_was_typed_is_counted_and_what_was_only_saved_again_is_no_change(
    two: tuple[Plan, Mastered, Mastered],
) -> None:
    plan, first, second = two
    typed = fill(second.path, plan.inbox / "typed.xlsx", DECIDED)
    saved = fill(first.path, plan.inbox / "saved.xlsx", {})
    printed = run("differ", second.path, typed, plan=plan).output
    place = at(openpyxl.load_workbook(typed)["Decisions"], "J1a.1", "Decision").coordinate
    assert f"typed.xlsx has been changed since it was made, at 3 places, first at Decisions!{place}: " in printed
    assert f"Both are the same master, {second.reference}." in printed
    assert "Nothing differs." in printed
    assert compare_masters(plan.folder, saved, second.path, LATER).warnings == ()
    assert compare_masters(plan.folder, saved, first.path, LATER).warnings == (
        f"Both are the same master, {first.reference}.",
    )


@pytest.mark.libreoffice
def test_a_master_that_libreoffice_saved_again_has_not_been_changed(
    two: tuple[Plan, Mastered, Mastered], tmp_path: Path
) -> None:
    plan, first, second = two
    saved = tmp_path / "saved.xlsx"
    libreoffice([Job(first.path, saved)])
    assert compare_masters(plan.folder, saved, second.path, LATER).warnings == ()


def test_a_master_written_elsewhere_has_not_been_changed(round_one: Plan, tmp_path: Path) -> None:
    first = make_master(round_one.folder, None, DAY, tmp_path / "one.xlsx")
    late(round_one)
    second = make_master(round_one.folder, None, LATER, tmp_path / "two.xlsx")
    compared = compare_masters(round_one.folder, first.path, second.path, LATER)
    assert compared.warnings == ()
    assert compared.differences


def test_the_later_one_given_first_is_said_and_who_spoke_is_named(two: tuple[Plan, Mastered, Mastered]) -> None:
    plan, first, second = two
    back = compare_masters(plan.folder, second.path, first.path, LATER)
    assert back.warnings == (
        f"{first.reference} was made before {second.reference}: what stands Before is the later word.",
    )
    why = {one.ref: reason for one, reason in zip(back.differences, back.reasons, strict=True)}
    assert "Chair (Domestic Abuse)" in why["J1a.1"]


def test_what_masters_differ_in_that_are_of_other_boards_or_the_public_is_said_to_follow_from_that(
    two: tuple[Plan, Mastered, Mastered],
) -> None:
    plan, _, second = two
    some = make_master(plan.folder, None, LATER, boards="J")
    told_less = compare_masters(plan.folder, second.path, some.path, LATER)
    assert told_less.warnings == ("The two are not of the same boards: all of them; and J.",)
    why = {(one.sheet, one.ref): reason for one, reason in zip(told_less.differences, told_less.reasons, strict=True)}
    assert why["Master plan", "S1.1"] == "The two are not of the same boards: all of them; and J."
    public = make_master(plan.folder, None, LATER, edition="public")
    compared = compare_masters(plan.folder, second.path, public.path, LATER)
    assert {*compared.reasons} == {"One of the two is the public edition, which tells less."}
    sheets = {one.sheet: one.before for one in compared.differences if one.heading == WHOLE_SHEET}
    assert sheets["Owners"].startswith("There, with ")
    assert "rows" in sheets["Owners"]


def test_what_nobody_spoke_of_follows_from_another_round(two: tuple[Plan, Mastered, Mastered]) -> None:
    plan, first, _ = two
    plan.issue(Q2, date(2016, 10, 14), datetime(2016, 9, 20))  # noqa: DTZ001 - the office's own clock
    later = make_master(plan.folder, Q2, datetime(2016, 10, 1))  # noqa: DTZ001 - the office's own clock
    compared = compare_masters(plan.folder, first.path, later.path, LATER)
    because = f"The two are not of the same round: {Q1} and {Q2}."
    assert compared.warnings == (because,)
    assert because in compared.reasons
    assert FOLLOWS not in compared.reasons


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
        printed = " ".join(result.output.split())
        assert (result.exit_code, sentence in printed) == (1, True), printed
        assert "Give two masters" in printed or "is not there" in printed
