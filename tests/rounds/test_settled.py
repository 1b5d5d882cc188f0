"""What is settled is settled: it is asked once, mended once, named late, taken back in one step, and put aside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from tests.chairs import Q1, SETTLED_BY, Answers, Plan, codes, edit, fill, row_of, said, values_of
from tests.commands import change, run, told

from plan_sheets import office
from plan_sheets.asking.status import status_of
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.core.rating.ratings import rate_rounds
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.plan import PlanMerged
from plan_sheets.store.register.reads import find_settlement

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
DUE, HOW = "Due", "How we will do it"


def merge(plan: Plan) -> PlanMerged:
    """plan.xlsx, taken in."""
    return office.merge_plan(plan.folder, LATER).merged


def set_cell(plan: Plan, ref: str, heading: str, text: str | None) -> PlanMerged:
    """A cell of Actions in plan.xlsx changed, and plan.xlsx taken in."""
    change(plan, {"Actions": {ref: {heading: text}}})
    return merge(plan)


def asked(merged: PlanMerged) -> list[str]:
    """The codes of the queries that the officer is told of."""
    return sorted(finding.code for finding in merged.findings if finding.severity == "query")


def settle(plan: Plan, answers: Answers, name: str = "officer", form: Any = SETTLED_BY) -> Receipt:
    """The newest officer's workbook, filled in and given back."""
    return give(plan, make_officer(plan.folder, LATER).path, answers, name, form)


def give(plan: Plan, made: Path, answers: Answers, name: str = "officer", form: Any = SETTLED_BY) -> Receipt:
    """An officer's workbook that was made before, filled in and given back."""
    filled = fill(made, plan.inbox / f"{name}.xlsx", {**answers, "Start here": form})
    receipt: Receipt = plan.receive_one(filled, when=LATER)
    return receipt


def choose(plan: Plan, word: str, typed: str | None = None) -> Receipt:
    """The one open query settled by a word."""
    (query,) = plan.queries
    row = {"Your choice": word, **({"Text that shall stand": typed} if typed else {})}
    return settle(plan, {"Queries": {str(query.id): row}}, name=f"settles-{query.id}")


def sheet(plan: Plan, name: str) -> list[list[Any]]:
    """The rows of a sheet of the newest officer's workbook, below its headings."""
    page = openpyxl.load_workbook(make_officer(plan.folder, LATER).path)[name]
    rows = values_of(page)
    first = next(at for at, row in enumerate(rows) if len([cell for cell in row if cell]) > 1)
    return [row for row in rows[first + 1 :] if row[0] and row[0] != "None yet"]


def conflict(plan: Plan) -> None:
    """A chair says how it is done, then plan.xlsx says something else: one query."""
    answers = {**said(), "Action plan": {"J1a.1": {HOW: "As the chair says"}}}
    plan.receive_one(plan.filled("chair", answers))
    merged = set_cell(plan, "J1a.1", HOW, "As the plan says")
    assert (asked(merged), merged.queries) == (["conflict"], 1)


# A query about plan.xlsx that was settled


def test_a_conflict_with_the_plan_that_was_kept_is_not_asked_again(round_one: Plan) -> None:
    conflict(round_one)
    choose(round_one, "Keep")
    for due in ("May 2017", "June 2017"):
        assert asked(set_cell(round_one, "J1a.2", DUE, due)) == []
    assert round_one.stands("J1a.1", "how") == "As the chair says"
    assert round_one.queries == []
    assert asked(set_cell(round_one, "J1a.1", HOW, "As the plan says now")) == ["conflict"], "a new text is asked about"
    assert len(round_one.queries) == 1


def test_a_date_in_doubt_that_was_settled_is_not_asked_again(round_one: Plan) -> None:
    """The same by Keep and by a text typed: plan.xlsx still says what it said."""
    for number, (ref, word, typed) in enumerate((("J1a.1", "Keep", None), ("J1a.2", "Type", "June 2017"))):
        before = round_one.stands(ref, "due")
        assert asked(set_cell(round_one, ref, DUE, "May 2017?")) == ["date_in_doubt"]
        choose(round_one, word, typed)
        for due in ("May 2018", "June 2018"):
            merged = set_cell(round_one, "J1a.3", DUE, f"{due[:4]}{2018 + number}")
            assert (asked(merged), merged.queries) == ([], 0)
        assert round_one.stands(ref, "due") == (typed or before)
    assert round_one.queries == []
    notes = [finding for finding in merge_again(round_one).findings if finding.code == "settled_before"]
    assert len(notes) == 2, "a note says that they were settled"
    assert asked(set_cell(round_one, "J1a.1", DUE, "June 2017?")) == ["date_in_doubt"], "a new text is asked about"


def merge_again(plan: Plan) -> PlanMerged:
    """plan.xlsx taken in with some other change."""
    return set_cell(plan, "J1b.1", DUE, "February 2017")


def test_a_text_that_was_settled_and_comes_back_after_another_is_asked_about(round_one: Plan) -> None:
    set_cell(round_one, "J1a.1", DUE, "May 2017?")
    choose(round_one, "Keep")
    assert asked(set_cell(round_one, "J1a.1", DUE, "June 2017")) == []
    assert asked(set_cell(round_one, "J1a.1", DUE, "May 2017?")) == ["date_in_doubt"]
    assert len(round_one.queries) == 1


def test_check_is_silent_about_what_was_settled(round_one: Plan) -> None:
    set_cell(round_one, "J1a.1", DUE, "May 2017?")
    assert "date_in_doubt" in {finding["code"] for finding in told("check", plan=round_one)["findings"]}
    choose(round_one, "Keep")
    severities = {finding["code"]: finding["severity"] for finding in told("check", plan=round_one)["findings"]}
    assert severities["settled_before"] == "note"
    assert "date_in_doubt" not in severities


# A query or an error that was mended in plan.xlsx


def test_a_query_that_was_mended_in_the_plan_is_closed(round_one: Plan) -> None:
    conflict(round_one)
    merged = set_cell(round_one, "J1a.1", HOW, "As the chair says")
    assert (merged.closed, asked(merged), round_one.queries) == (1, [], [])
    assert sheet(round_one, "Queries") == []
    settled = find_settlement(round_one.register, 1)
    assert settled is not None
    assert settled.choice == "Mended"


def test_a_change_that_was_undone_is_asked_about_no_more(round_one: Plan) -> None:
    before = round_one.stands("J1a.1", "how")
    conflict(round_one)
    merged = set_cell(round_one, "J1a.1", HOW, before)
    assert (merged.closed, asked(merged), round_one.queries) == (1, [], [])
    assert round_one.stands("J1a.1", "how") == "As the chair says"


def test_another_change_takes_the_place_of_the_one_that_was_asked_about(round_one: Plan) -> None:
    conflict(round_one)
    merged = set_cell(round_one, "J1a.1", HOW, "As the plan says now")
    assert (merged.closed, merged.queries) == (1, 1)
    assert [cell.returned for query in round_one.queries for cell in query.cells] == ["As the plan says now"]


def test_what_was_emptied_and_is_filled_in_again_is_closed(round_one: Plan) -> None:
    assert asked(set_cell(round_one, "J1a.1", HOW, None)) == ["emptied"]
    merged = set_cell(round_one, "J1a.1", HOW, "By another way")
    assert (merged.closed, asked(merged), round_one.queries) == (1, [], [])
    assert round_one.stands("J1a.1", "how") == "By another way"


def test_a_date_in_doubt_that_was_mended_or_emptied_is_closed(round_one: Plan) -> None:
    for ref, text in (("J1a.1", "May 2017"), ("J1a.2", round_one.stands("J1a.2", "due"))):
        set_cell(round_one, ref, DUE, "May 2017?")
        merged = set_cell(round_one, ref, DUE, text)
        assert (merged.closed, asked(merged), round_one.queries) == (1, [], [])
    assert round_one.stands("J1a.1", "due") == "May 2017"


def test_a_row_that_comes_back_closes_its_query_and_is_asked_about_when_it_goes_again(round_one: Plan) -> None:
    path = round_one.path / "plan.xlsx"
    whole = path.read_bytes()

    def take_out() -> list[str]:
        edit(path, path, lambda book: book["Actions"].delete_rows(row_of(book["Actions"], "J1a.1")))
        return asked(merge(round_one))

    assert take_out() == ["row_vanished"]
    path.write_bytes(whole)
    assert (merge(round_one).closed, round_one.queries) == (1, [])
    assert take_out() == ["row_vanished"]
    assert len(round_one.queries) == 1


def test_a_query_about_the_plan_that_is_as_it_was_stays_open(round_one: Plan) -> None:
    conflict(round_one)
    set_cell(round_one, "J1a.2", DUE, "May 2017?")
    merged = set_cell(round_one, "J1a.3", DUE, "May 2018")
    assert (merged.closed, len(round_one.queries)) == (0, 2)


def test_the_command_says_how_many_queries_are_closed(round_one: Plan) -> None:
    conflict(round_one)
    change(round_one, {"Actions": {"J1a.1": {HOW: "As the chair says"}}})
    assert "1 query closed: mended in plan.xlsx." in run("plan", "--as-of", "2016-07-11", plan=round_one).stdout
    conflict_again = {"Actions": {"J1a.2": {DUE: "May 2017?"}}}
    change(round_one, conflict_again)
    assert told("plan", "--as-of", "2016-07-11", plan=round_one)["closed"] == 0


# A further action without a theme


WITHOUT_THEME: Answers = {**said(), "New actions": {"1": {"What we will do": "Train the staff"}}}
FURTHER_1 = "DA.F1 further action"


def test_the_officer_gives_a_further_action_its_theme(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", WITHOUT_THEME))
    receipt = settle(round_one, {"To confirm": {FURTHER_1: {"Confirm": "Yes", "Theme": "j1b"}}})
    assert (receipt.verdict, receipt.changes) == ("accepted", 2)
    assert (round_one.stands("DA.F1", "agreement"), round_one.stands("DA.F1", "theme")) == ("Agreed", "J1b")
    assert sheet(round_one, "To confirm") == []


def test_a_theme_may_be_a_priority_and_take_the_place_of_the_chair_s(round_one: Plan) -> None:
    with_theme = {"Theme": "J1a", "What we will do": "Train the staff"}
    round_one.receive_one(round_one.filled("one", {**said(), "New actions": {"1": with_theme}}))
    settle(round_one, {"To confirm": {FURTHER_1: {"Confirm": "Yes", "Theme": "L2"}}})
    assert (round_one.stands("DA.F1", "agreement"), round_one.stands("DA.F1", "theme")) == ("Agreed", "L2")


def test_a_theme_that_is_none_is_an_error_and_nothing_is_confirmed(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", WITHOUT_THEME))
    receipt = settle(round_one, {"To confirm": {FURTHER_1: {"Confirm": "Yes", "Theme": "J9z"}}})
    assert codes(receipt) == ["theme_unknown"]
    assert "'J9z' is no theme or priority of the plan, so DA.F1 further action was not confirmed." in message(receipt)
    assert round_one.stands("DA.F1", "agreement") == "Proposed"


def message(receipt: Receipt) -> str:
    """The sentences of a receipt."""
    return " ".join(finding.message for finding in receipt.findings)


def test_a_theme_without_a_yes_is_told_and_not_taken(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", WITHOUT_THEME))
    receipt = settle(round_one, {"To confirm": {FURTHER_1: {"Theme": "J1b"}}}, name="alone")
    assert "theme_without_yes" in codes(receipt)
    assert round_one.stands("DA.F1", "theme") == ""
    receipt = settle(round_one, {"To confirm": {FURTHER_1: {"Confirm": "No", "Theme": "J1b"}}}, name="declined")
    assert "theme_of_declined" in codes(receipt)
    assert (round_one.stands("DA.F1", "theme"), round_one.stands("DA.F1", "agreement")) == ("", "Declined")


def test_a_theme_that_went_out_of_the_plan_meanwhile_is_told(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", WITHOUT_THEME))
    made = make_officer(round_one.folder, LATER).path.read_bytes()
    (round_one.inbox / "made.xlsx").write_bytes(made)
    path = round_one.path / "plan.xlsx"
    edit(path, path, lambda book: book["Priorities"].delete_rows(row_of(book["Priorities"], "J1b")))
    merge(round_one)
    choose(round_one, "Take")
    answers = {"To confirm": {FURTHER_1: {"Confirm": "Yes", "Theme": "J1b"}}}
    assert "theme_gone" in codes(give(round_one, round_one.inbox / "made.xlsx", answers, "late"))
    assert round_one.stands("DA.F1", "agreement") == "Proposed"


# An override


def override(plan: Plan, name: str, **texts: str | None) -> Receipt:
    """The row of J1a.1 on Overrides, filled in; None empties a cell."""
    headings = {"rag": "RAG by override", "by": "Override by", "reason": "Reason", "on": "Date of override"}
    row = {headings[field]: text for field, text in texts.items()}
    return settle(plan, {"Overrides": {"J1a.1": row}}, name)


def published(plan: Plan) -> str:
    """How J1a.1 is published."""
    return str(rate_rounds(plan.history, [Q1])[Q1]["J1a.1"].published)


WHOLE = {"rag": "Red", "by": "Board lead", "reason": "The audit failed", "on": "8 July 2016"}
FIELDS = ("override_rag", "override_by", "override_reason", "override_date")


def test_an_override_is_taken_back_by_emptying_its_rag(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("one", said()))
    before = published(round_one)
    assert override(round_one, "given", **WHOLE).verdict == "accepted"
    assert published(round_one) == "Red"
    receipt = override(round_one, "taken-back", rag=None)
    assert (receipt.verdict, codes(receipt), round_one.queries) == ("accepted", [], [])
    assert published(round_one) == before
    assert [round_one.said("J1a.1", field) for field in FIELDS] == ["", "", "", ""]


def test_an_override_is_taken_back_by_emptying_its_row_too(round_one: Plan) -> None:
    override(round_one, "given", **WHOLE)
    receipt = override(round_one, "taken-back", **dict.fromkeys(WHOLE))
    assert (receipt.changes, codes(receipt), round_one.queries) == (4, [], [])
    assert [round_one.said("J1a.1", field) for field in FIELDS] == ["", "", "", ""]


def test_what_is_typed_beside_an_override_that_is_taken_back_is_kept(round_one: Plan) -> None:
    override(round_one, "given", **WHOLE)
    override(round_one, "taken-back", rag=None, reason="Taken back after the appeal")
    texts = [round_one.said("J1a.1", field) for field in FIELDS]
    assert (texts, round_one.queries) == (["", "", "Taken back after the appeal", ""], [])


def test_an_override_that_another_has_changed_since_is_not_taken_back_unasked(round_one: Plan) -> None:
    override(round_one, "given", **WHOLE)
    made = make_officer(round_one.folder, LATER).path.read_bytes()
    (round_one.inbox / "made.xlsx").write_bytes(made)
    override(round_one, "changed", rag="Amber")
    give(round_one, round_one.inbox / "made.xlsx", {"Overrides": {"J1a.1": {"RAG by override": None}}}, "late")
    assert [query.code for query in round_one.queries] == ["emptied"]
    assert published(round_one) == "Amber"


def test_an_override_without_a_name_says_that_it_does_not_hold(round_one: Plan) -> None:
    before = published(round_one)
    receipt = override(round_one, "nameless", rag="Red", reason="The audit failed", on="8 July 2016")
    assert codes(receipt) == ["override_incomplete"]
    assert "so the override does not hold" in message(receipt)
    assert published(round_one) == before
    sentence = "The override of J1a.1 by Red does not hold: it has no name."
    (row,) = [row for row in sheet(round_one, "Overrides") if row[0] == "J1a.1"]
    assert sentence in row[3]
    assert status_of(round_one.folder, None, LATER.date()).overrides == [sentence]
    assert sentence in run("status", "--as-of", "2016-07-11", plan=round_one).stdout
    assert sentence in make_master(round_one.folder, None, LATER).warnings
    override(round_one, "named", by="Board lead")
    assert published(round_one) == "Red"
    assert status_of(round_one.folder, None, LATER.date()).overrides == []
