"""The first page alone tells what is Red, why, and what is asked, in words; and it is one page, or holds the worst."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from tests.chairs import Q1, Q2, RETURN_BY, Plan, form, said, values_of
from tests.test_master import A4_ROOM, SECOND_ISSUE, lines, made, row, rows, sheet

from plan_sheets.core.book.measure import LINE_POINTS, Paper, print_scale
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.text import cut
from plan_sheets.core.sheets.asks import MOST_RED
from plan_sheets.core.sheets.first_page import MORE_PAGES
from plan_sheets.master import Mastered, make_master
from plan_sheets.store.schemas import load_workbook_spec

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
AUTUMN = datetime(2016, 10, 4)  # noqa: DTZ001 - the office's own clock
WHAT = "Follow how far the DVSG has got with the pathway (J1a.1, Domestic Abuse)"
OWNED = {("action", "J1a.1", "owner"): "A lead", ("action", "J1a.1", "owner_status"): "Accepted"}
LONG_ASK = "Decide who pays for the second worker. " * 20


def put(plan: Plan, texts: dict[tuple[str, str, str], str], code: str = "") -> None:
    """These values into the register: standing ones, or those of a round."""
    with plan.register.batch("test", LATER.isoformat()) as batch:
        for (record, ref, name), text in texts.items():
            batch.add_value(Key(record, ref, name), text, "round" if code else "standing", code)


def many(plan: Plan, count: int) -> None:
    """As many more priorities of the board J, each with an action: every second one Red, the others Green."""
    refs = [f"J{number}" for number in range(20, 20 + count)]
    priority = {"board": "J", "title": "A priority that takes some words"}
    action = {"what": "Do what it needs", "how": "As agreed", "owner": "A lead", "due": "March 2017"}
    put(plan, {("priority", ref, name): text for ref in refs for name, text in ({"ref": ref} | priority).items()})
    of = {ref: {"ref": f"{ref}.1", "theme": ref, **action} for ref in refs}
    put(plan, {("action", f"{ref}.1", name): text for ref in refs for name, text in of[ref].items()})
    put(plan, {("action", f"{ref}.1", "rag"): ("Red", "Green")[place % 2] for place, ref in enumerate(refs)}, Q1)


def fits(told: Mastered) -> bool:
    page = sheet(told, "RAG status")
    across = [column.width for column in load_workbook_spec("master").sheets[0].columns]
    assert page.page_setup.paperSize == Paper.A4
    down = sum(page.row_dimensions[place].height or LINE_POINTS for place in range(1, page.max_row + 1))
    return down * print_scale(across, Paper.A4) <= A4_ROOM


def test_what_is_red_why_and_what_is_asked_stands_in_words(round_one: Plan) -> None:
    late = said(rag="Red")
    answers = {**late["Progress"]["J1a.1"], "Asked of the executive": "Release a nurse"}
    round_one.receive(round_one.filled("da", {**late, "Progress": {"J1a.1": answers}}))
    told = lines(made(round_one))
    assert "Of the Executive, by 30 September 2016 (see Decisions): for the Red action, agree" in told
    assert f"Red: {WHAT}. Why: its chair judged it Red. Its chair asks: Release a nurse" in told
    driver = row(made(round_one), "RAG status", "J1")["What drives it"]
    assert driver == "Follow how far the DVSG has… (J1a.1): judged Red"


def test_a_rule_that_makes_it_red_is_told_with_what_the_chair_judged(round_one: Plan) -> None:
    put(round_one, OWNED | {("action", "J1a.1", "due"): "30 April 2016"})
    round_one.receive(round_one.filled("da", said(rag="Green")))
    told = lines(made(round_one))
    assert f"Red: {WHAT}. Why: overdue 61 days (its chair judged it Green)." in told


def test_an_ask_that_is_too_long_is_cut_between_words_with_where_the_rest_stands(round_one: Plan) -> None:
    put(round_one, OWNED)
    row_said = {**said()["Progress"]["J1a.1"], "Asked of the executive": LONG_ASK}
    round_one.receive(round_one.filled("da", {**said(), "Progress": {"J1a.1": row_said}}))
    told = lines(made(round_one))
    assert re.search(r"A chair asks about .+ \(J1a.1, Domestic Abuse\), Green: Decide who pays", told)
    assert re.search(r" (Decide|who|pays|for|the|second|worker\.)… \(all of it on Decisions\)", told)
    assert told.count("Decide who pays") < 12


def test_no_ref_on_the_first_page_stands_without_words(round_one: Plan) -> None:
    """Subgroups by their names, actions below the title of their priority or with what they are."""
    round_one.receive(round_one.filled("da", said(rag="Amber")))
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    round_one.receive(round_one.filled("da2", said(rag="Amber"), code=Q2), when=AUTUMN)
    told = lines(made(round_one))
    assert (
        "Also asked. No return two rounds running: who will see that they report? Child Sexual Exploitation, Missing"
        in told
    )
    asked = told.partition("What is asked.")[2].partition("What could not be told.")[0]
    bare = re.findall(r"(?<![(\w])[A-Z]\d[a-z]?(?:\.\d+)?(?!\w)", asked)
    assert bare == []
    assert not re.search(r"\b(SOS|MSP|DA|MH|CSE)\b", asked)


def test_what_changed_is_told_worst_first_a_line_for_each_way(round_one: Plan) -> None:
    known = {"owner": "A lead", "owner_status": "Accepted", "due": "March 2017", "how": "As agreed"}
    put(round_one, OWNED | {("action", "L2.4", name): text for name, text in known.items()})
    put(round_one, {("action", "L2.4", "rag"): "Green"}, Q1)
    round_one.receive(round_one.filled("da", said(rag="Green")))
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    put(round_one, {("action", "L2.4", "rag"): "Red"}, Q2)
    round_one.receive(round_one.filled("da2", said(rag="Amber"), code=Q2), when=AUTUMN)
    told = [str(line[0]) for line in values_of(sheet(made(round_one), "RAG status"))]
    assert "Worsened. Green to Red: Learning from… L2.4. Green to Amber: Domestic abuse J1a.1." in told
    assert "Improved. None." in told


def test_what_falls_due_is_told_in_words_of_a_priority_and_counted_of_a_board(round_one: Plan) -> None:
    put(round_one, {("action", "J1a.1", "due"): "30 April 2016", ("action", "J1a.2", "due"): "31 August 2016"})
    due = {one["Ref"]: one["Due by the end of next quarter"] for one in rows(made(round_one), "RAG status")}
    assert due["J1"] == "2 actions, 1 overdue: Follow how far the DVSG has… (J1a.1)"
    assert (due["J"], due["L"]) == ("2 actions, 1 overdue", "None")


def test_why_actions_are_not_reported_is_told(round_one: Plan) -> None:
    silent = "What could not be told. 31 Not reported (31 without a return)"
    assert silent in lines(made(round_one))
    put(round_one, OWNED)
    round_one.receive(round_one.filled("da", said(rag="Green")))
    assert "What could not be told. 30 Not reported (27 without a return, 3 left blank)" in lines(made(round_one))


def test_what_was_red_and_is_silent_now_is_told(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    told = made(round_one)
    assert row(told, "RAG status", "J1")["Published RAG"] == "Red"
    assert "Red when last reported, silent now: Follow how far the DVSG has got… (J1a.1, Domestic Abuse)." in lines(
        told
    )


def test_every_subgroup_silent_still_fits_and_says_so(round_one: Plan) -> None:
    for number, code in enumerate(("DA", "MH", "CSE", "SOS", "MSP")):
        nothing = {"Start here": form(completed_by="Lead", nothing="We first meet in September. " * 8)}
        round_one.receive(round_one.filled(f"silent{number}", nothing, code))
    told = made(round_one)
    assert "5 of 9 subgroups returned their workbooks." in lines(told)
    assert "and 2 more" in lines(told).partition("Nothing to report:")[2]
    assert fits(told)


def test_a_round_without_workbooks_is_told_as_a_reader_would(round_one: Plan) -> None:
    put(round_one, {("board", "Z", "ref"): "Z", ("board", "Z", "title"): "Another board"})
    told = make_master(round_one.folder, None, LATER, boards="Z")
    assert "No subgroup told of here has been sent a workbook for this round." in lines(told)


@pytest.mark.parametrize("count", [2 * MOST_RED, 60])
def test_a_table_too_long_for_the_page_begins_with_the_worst(round_one: Plan, count: int) -> None:
    many(round_one, count)
    told = made(round_one)
    status = [(str(one["Ref"]), str(one["Published RAG"])) for one in rows(told, "RAG status")]
    boards, priorities = status[:3], status[3:]
    assert MORE_PAGES in lines(told)
    assert {ref for ref, _ in boards} == {"J", "L", "S"}
    red = count // 2
    assert [rag for _, rag in priorities[:red]] == ["Red"] * red
    assert "Red" not in [rag for _, rag in priorities[red:]]
    assert lines(told).count("Red: Do what") == min(MOST_RED, red)
    assert (f"Red: {red - MOST_RED} more on Decisions." in lines(told)) == (red > MOST_RED)


def test_a_plan_that_fits_keeps_its_own_order(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Red")))
    told = made(round_one)
    assert [str(one["Ref"]) for one in rows(told, "RAG status")][:3] == ["J", "J1", "J2"]
    assert MORE_PAGES not in lines(told)
    assert fits(told)


@pytest.mark.parametrize(
    ("text", "longest", "told"),
    [
        ("One two", 7, "One two"),
        ("One two three", 9, "One two… (see)"),
        ("One, two", 6, "One… (see)"),
        ("x" * 9, 5, "xxxx… (see)"),
        ("One\n two", 99, "One two"),
    ],
)
def test_a_text_is_cut_between_words(text: str, longest: int, told: str) -> None:
    assert cut(text, longest, " (see)") == told
