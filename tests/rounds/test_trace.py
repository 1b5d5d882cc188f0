"""`plan-sheets trace`: what was typed beside how it was read, what stood in no table, and what the officer kept."""

from __future__ import annotations

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook
from tests.chairs import Q1, Answers, Plan, at, edit, form, place, said
from tests.commands import held, run, told
from tests.rounds.test_declined import settle
from tests.rounds.test_mail import put
from tests.store.receiving.test_mails import written

from plan_sheets import PlanSheetsError, trace_value
from plan_sheets.asking.trace import Step

ROW: Answers = {"Progress": {"J1a.1": {**said()["Progress"]["J1a.1"], "Next step by": "30.9.16", "New date": "soon"}}}
MESSAGE, ASIDE, COMMENT = "The chair is away in August", "Ask Housing about this", "Not what we agreed"


def write_around(book: Workbook) -> None:
    """A comment on a cell of J1a.1, and a text beside its row and above the table."""
    sheet = book["Progress"]
    at(sheet, "J1a.1", "RAG").comment = Comment(COMMENT, "A deputy")
    sheet.cell(at(sheet, "J1a.1", "RAG").row, sheet.max_column + 2).value = ASIDE


@pytest.fixture
def traced(round_one: Plan) -> Plan:
    """A plan in which something was typed in every place where somebody can."""
    answers: Answers = {**said(), **ROW, "Start here": form(completed_by="Chair", message=MESSAGE)}
    path = round_one.filled("around", answers)
    round_one.receive_one(edit(path, path, write_around))
    return round_one


def steps(plan: Plan, *about: str, everything: bool = False) -> list[tuple[str, str, str, str]]:
    return [
        (step.field, step.outcome, step.entered, step.value)
        for step in trace_value(plan.folder, *about, everything=everything)
    ]


def test_what_was_typed_stands_beside_how_it_was_read(traced: Plan) -> None:
    assert steps(traced, "J1a.1", "Next step by") == [("next_step_by", "taken", "30.9.16", "30 September 2016")]
    assert "'30.9.16' read as '30 September 2016' (before: blank)" in run("trace", "J1a.1", plan=traced).stdout
    (wrong,) = trace_value(traced.folder, "J1a.1", "new date")
    assert (wrong.outcome, wrong.entered) == ("error", "soon")
    assert "error     'soon' (before: blank) Chair" in run("trace", "J1a.1", "New date", plan=traced).stdout


def test_untouched_is_left_out_unless_it_is_asked_for(traced: Plan) -> None:
    outcomes = {outcome for _, outcome, *_ in steps(traced, "J1a.1")}
    assert "untouched" not in outcomes
    assert ("how", "untouched") in {step[:2] for step in steps(traced, "J1a.1", everything=True)}
    shown = [{step["outcome"] for step in told("trace", "J1a.1", *words, plan=traced)} for words in ((), ("--all",))]
    assert ["untouched" in outcomes for outcomes in shown] == [False, True]
    nothing = run("trace", "J1a.1", "Asked of the executive", plan=traced)
    assert (nothing.exit_code, nothing.stdout.splitlines()[0]) == (
        0,
        "Nobody has said anything there. --all shows what of J1a.1 came back untouched.",
    )


@pytest.mark.parametrize("field", ["progress", "Progress made", "PROGRESS  MADE", "Progress"])
def test_a_field_is_known_by_its_name_and_its_heading_in_any_case(traced: Plan, field: str) -> None:
    assert [value for *_, value in steps(traced, "j1A.1", field)] == ["The pathway is mapped"]


def test_texts_beside_a_row_are_found_by_its_ref(traced: Plan) -> None:
    texts = {(field, entered) for field, _, entered, _ in steps(traced, "J1a.1")}
    assert {("cell_comment", COMMENT), ("text_outside", ASIDE)} <= texts
    (comment,) = trace_value(traced.folder, "J1a.1", "cell comment")
    assert (comment.sheet, comment.cell, comment.number) == ("Progress", place("RAG", 5), "DA-1")
    assert COMMENT not in str(steps(traced, "J1a.2")), "it stands beside another row"


@pytest.mark.parametrize("about", ["DA", "da", "DA-1"])
def test_messages_and_texts_outside_tables_are_found_by_subgroup_and_by_return(traced: Plan, about: str) -> None:
    texts = {(field, entered) for field, _, entered, _ in steps(traced, about)}
    assert {("message", MESSAGE), ("cell_comment", COMMENT), ("text_outside", ASIDE)} <= texts
    (message,) = steps(traced, about, "Message to the board officer")
    assert message[2:] == (MESSAGE, MESSAGE)


def test_a_return_tells_all_that_was_typed_in_it_with_its_refs(traced: Plan) -> None:
    assert ("J1a.1", "progress") in {(step.ref, step.field) for step in trace_value(traced.folder, "DA-1")}
    assert "J1a.1 progress " in run("trace", "DA-1", plan=traced).stdout


def test_an_e_mail_is_found_by_the_number_of_what_came_in_it(round_one: Plan) -> None:
    receipt = round_one.receive_one(put(round_one, "a.eml", written("All is well with J1a.1").as_bytes()))
    (mail,) = (step for step in trace_value(round_one.folder, receipt.number) if step.field == "e-mail")
    assert "All is well with J1a.1" in mail.value
    assert trace_value(round_one.folder, receipt.number, "E-mail") == [mail]


def test_a_keep_stands_below_the_text_that_it_is_about(traced: Plan) -> None:
    query = next(query for query in traced.queries if query.code == "text_outside")
    settle(traced, "Queries", "Your choice", **{str(query.id): "Keep"})
    asked, kept = trace_value(traced.folder, "J1a.1", "text outside")
    assert (asked.outcome, asked.value, asked.completed_by) == ("query", ASIDE, "Chair")
    assert (kept.outcome, kept.value, kept.completed_by) == ("kept", ASIDE, "Board officer")
    assert kept.received.startswith("2016-07-11")


def test_a_no_and_a_keep_say_what_stands_by_whom_and_when(round_one: Plan) -> None:
    for name in ("By A", "By B"):
        round_one.receive_one(round_one.filled(name, said(progress=name)))
    settle(round_one, "Queries", "Your choice", **{"1": "Keep"})
    shown = run("trace", "J1a.1", "progress", plan=round_one).stdout
    assert "kept      'By B' (stands: 'By A') Board officer, 11 July 2016; OFFICER-1, officer.xlsx" in shown


def test_what_is_not_there_is_said_with_what_is_near(traced: Plan) -> None:
    for about, field, what, near in (
        ("J1a.11", None, "knows nothing of 'J1a.11'", "J1a.1"),
        ("DA-2", None, "knows nothing of 'DA-2'", "DA-1"),
        ("J1a.1", "Progres", "no field 'Progres' of J1a.1", "'progress'"),
        ("J1a.1", "last_progress", "no field 'last_progress' of J1a.1", "Said so far: "),
    ):
        with pytest.raises(PlanSheetsError, match=what) as refused:
            trace_value(traced.folder, about, field)
        assert near in refused.value.remedy
    with pytest.raises(PlanSheetsError) as refused:
        trace_value(traced.folder, "weather")
    assert "Refs look like J2a.1" in refused.value.remedy


def test_a_held_file_is_found_by_its_number(round_one: Plan) -> None:
    number = round_one.receive_one(held(round_one)).number
    found = trace_value(round_one.folder, number)
    assert all(isinstance(step, Step) and step.number == number for step in found)
    assert Q1 not in {step.round for step in found}
