"""plan.xlsx: made, looked over, merged three ways, written anew; nothing that stands is ever lost by it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import (
    ISSUED_ON,
    Q1,
    RECEIVED_ON,
    Answers,
    Plan,
    at,
    column_of,
    edit,
    fill,
    row_of,
    said,
    table,
    write_in,
)

from plan_sheets import office, plan
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.store.plan_folder import open_folder

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


def change(one: Plan, answers: Answers) -> None:
    """Type into plan.xlsx and save it."""
    fill(one.path / "plan.xlsx", one.path / "plan.xlsx", answers)


def merge(one: Plan, when: datetime = LATER) -> plan.PlanMerged:
    """Merge plan.xlsx as it stands."""
    return plan.merge_plan(one.folder, when)


def found(merged: plan.PlanMerged) -> set[str]:
    return {one.code for one in merged.findings if one.severity != "note"}


def in_file(one: Plan, sheet: str, ref: str, heading: str) -> str:
    """What stands in plan.xlsx."""
    return str(at(openpyxl.load_workbook(one.path / "plan.xlsx")[sheet], ref, heading).value or "")


# New


@pytest.mark.parametrize("example", [True, False])
def test_a_new_plan_is_in_the_register_already(tmp_path: Path, example: bool) -> None:  # noqa: FBT001 - a table of cases
    folder = plan.new_plan(tmp_path / "plan", ISSUED_ON, example=example, secret=b"s" * 32)
    assert (tmp_path / "plan" / "plan.xlsx").is_file()
    assert len(folder.register.history().refs("action")) == (31 if example else 0)
    assert len(folder.register.history().refs("consideration")) == 5
    assert plan.merge_plan(folder, LATER).unchanged


def test_a_plan_is_never_made_over_another(example: Plan) -> None:
    before = (example.path / "plan.xlsx").read_bytes()
    with pytest.raises(PlanSheetsError, match="holds a plan already"):
        plan.new_plan(example.path, ISSUED_ON)
    assert (example.path / "plan.xlsx").read_bytes() == before


def test_every_plan_has_a_secret_of_its_own(tmp_path: Path) -> None:
    secrets = {plan.new_plan(tmp_path / name, ISSUED_ON).register.secret for name in ("one", "two")}
    assert {len(one) for one in secrets} == {32}
    assert len(secrets) == 2


# Check


def test_check_counts_and_asks_what_a_planner_wants_to_know(example: Plan) -> None:
    checked = plan.check_plan(example.folder)
    assert dict(checked.counts) | {"open_questions": 0, "unconfirmed_owners": 0} == {
        "boards": 3,
        "subgroups": 9,
        "priorities": 13,
        "themes": 8,
        "actions": 31,
        "considerations": 5,
        "consultees": 8,
        "open_questions": 0,
        "unconfirmed_owners": 0,
    }
    assert checked.counts["open_questions"] == len(checked.questions) > 30
    assert {one.code for one in checked.findings if one.severity == "warning"} == {
        "due_on_one_day",
        "priority_without_actions",
        "grid_not_covered",
        "statutory_consultee_missing",
    }
    assert not [one for one in checked.findings if one.severity.blocks]


def test_check_changes_nothing(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"What we will do": "Another wording"}}})
    files = {one: one.read_bytes() for one in example.path.rglob("*") if one.is_file()}
    plan.check_plan(example.folder)
    assert {one: one.read_bytes() for one in example.path.rglob("*") if one.is_file()} == files


SAME = "Be assured that the pathway takes in every way by which people reach help."
WRONG: dict[tuple[str, str], Answers] = {
    ("not_of_the_form", "Actions"): {"Actions": {"J1a.1": {"Ref": "Jx.1"}}},
    ("ref_twice", "Actions"): {"Actions": {"L2.1": {"Ref": "L2.2"}}},
    ("ref_missing", "Actions"): {"Actions": {"J3.4": {"Ref": None}}},
    ("unknown_ref", "Actions"): {"Actions": {"J1b.1": {"Theme": "J9"}, "J3.1": {"Subgroups": "PREVENT; NOBODY"}}},
    ("required", "Actions"): {"Actions": {"J2.1": {"What we will do": None}}},
    ("date_unreadable", "Actions"): {"Actions": {"J2a.1": {"Due": "on the day"}}},
    ("not_a_choice", "Actions"): {"Actions": {"J2a.2": {"Owner status": "Perhaps"}}},
    ("same_action", "Actions"): {"Actions": {"J2a.3": {"What we will do": SAME}}},
    ("theme_without_priority", "Priorities"): {"Priorities": {"J2": {"Ref": "J8"}}},
    ("required", "Priorities"): {"Priorities": {"J3": {"What is in question": None}}},
    ("email_unreadable", "Subgroups"): {"Subgroups": {"DA": {"E-mail": "da at example"}}},
    ("required", "Subgroups"): {"Subgroups": {"MH": {"Who receives meanwhile": None}}},
    ("unknown_ref", "Grid"): {"Grid": {"J1a": {"Covered by": "J1a.9"}}},
    ("rag_rule_unusable", "RAG rules"): {"RAG rules": {"owner_from_quarter": {"Value": "5"}}},
    ("integer_unreadable", "RAG rules"): {"RAG rules": {"overdue_red_days": {"Value": "a month"}}},
    ("not_of_the_form", "Plan"): {"Plan": {"Financial year": {"Answer": "2016"}}},
    ("required", "Plan"): {"Plan": {"Title": {"Answer": None}}},
}


def test_what_is_wrong_in_the_plan_is_told_and_the_rest_goes_in(example: Plan) -> None:
    before = example.standing_values()
    path = example.path / "plan.xlsx"
    good: Answers = {"Boards": {"J": {"Board": "The joint board"}}}
    edit(path, path, *[partial(write_in, answers=answers) for answers in [*WRONG.values(), good]])
    seen = {(one.code, one.address.sheet) for one in plan.check_plan(example.folder).findings if one.address}
    assert set(WRONG) - seen == set()
    merged = merge(example)
    assert {code for code, _ in WRONG} - {one.code for one in merged.findings} == {"same_action"}, "a planner's warning"
    assert example.stands("J", "title", "board") == "The joint board"
    after = example.standing_values()
    assert all(after[key] for key, value in before.items() if value), "nothing that stood is blank now"


def test_an_item_of_the_form_that_is_gone_is_told_and_what_stood_stays(example: Plan) -> None:
    path, before = example.path / "plan.xlsx", example.stands("", "marking", "plan")
    edit(path, path, lambda book: book["Plan"].delete_rows(row_of(book["Plan"], "Protective marking")))
    (finding,) = [one for one in merge(example).findings if one.code == "item_missing"]
    assert "'Protective marking' is not on Plan" in finding.message
    assert example.stands("", "marking", "plan") == before != ""


def test_an_action_that_nobody_will_be_asked_about_is_told(example: Plan) -> None:
    change(example, {"Actions": {"S3.1": {"Subgroups": None}}, "Priorities": {"S3": {"Subgroup": None}}})
    told = [one for one in plan.check_plan(example.folder).findings if one.code == "action_without_subgroup"]
    assert "S3.1" in {one.key.ref for one in told if one.key}
    assert all(one.severity == "warning" for one in told)


# Merge


def test_what_the_officer_changes_is_taken_once(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"What we will do": "Another wording", "Due": "May 2017"}}})
    merged = merge(example)
    assert (merged.taken, merged.queries, merged.errors) == (2, 0, 0)
    assert (example.stands("J1a.1", "what"), example.stands("J1a.1", "due")) == ("Another wording", "May 2017")
    assert merge(example).unchanged


def test_what_chairs_said_meanwhile_is_not_taken_back(round_one: Plan) -> None:
    answers = {
        **said(),
        "Action plan": {"J1a.1": {"Impact": "Fewer repeat victims", "Action owner": "Head of service"}},
    }
    round_one.receive_one(round_one.filled("da", answers))
    change(round_one, {"Actions": {"J1a.1": {"Due": "May 2017", "Action owner": "Somebody else"}}})
    merged = merge(round_one)
    assert "conflict" in found(merged)
    assert round_one.stands("J1a.1", "impact") == "Fewer repeat victims"
    assert round_one.stands("J1a.1", "owner") == "Head of service"
    assert round_one.stands("J1a.1", "due") == "May 2017"
    (query,) = round_one.queries
    assert query.cells[0].returned == "Somebody else"


def test_a_change_of_the_plan_belongs_to_the_first_round_that_is_not_closed(round_one: Plan) -> None:
    change(round_one, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    merge(round_one)
    held = round_one.history.standing(Key("action", "J1a.1", "due"))
    assert (held.value, held.round) == ("May 2017", Q1)
    assert round_one.history.text("action", "J1a.1", "due", "") == "March 2017"


def test_an_emptied_cell_of_the_plan_is_asked_about(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"How we will do it": None}}})
    assert found(merge(example)) == {"emptied"}
    assert example.stands("J1a.1", "how").startswith("Ask for assurance")


def delete(one: Plan, sheet: str, ref: str) -> None:
    """Delete a row of plan.xlsx."""
    path = one.path / "plan.xlsx"
    edit(path, path, lambda book: book[sheet].delete_rows(row_of(book[sheet], ref)))


def vanished(one: Plan) -> list[Key]:
    return [cell.key for query in one.queries if query.code == "row_vanished" for cell in query.cells]


def test_a_vanished_row_is_a_query_and_never_a_deletion(example: Plan) -> None:
    delete(example, "Actions", "J1a.1")
    assert found(merge(example)) == {"row_vanished"}
    assert "J1a.1" in example.history.refs("action")
    assert vanished(example) == [Key("action", "J1a.1", "ref")]
    change(example, {"Actions": {"J1a.2": {"Due": "May 2017"}}})
    assert found(merge(example)) == set(), "it is asked once"


def test_each_record_that_vanishes_is_asked_about(example: Plan) -> None:
    """The grid's J2a and the theme J2a are two rows with one ref."""
    delete(example, "Grid", "J2a")
    merge(example)
    delete(example, "Priorities", "J2a")
    merge(example)
    assert vanished(example) == [Key("grid", "J2a", "ref"), Key("priority", "J2a", "ref")]


def test_a_row_that_is_taken_out_is_issued_no_more_and_its_ref_is_not_used_again(example: Plan) -> None:
    delete(example, "Actions", "J1a.1")
    made = office.merge_plan(example.folder, LATER).officer
    assert made is not None
    answers = {
        "Queries": {"1": {"Your choice": "Take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    example.receive_one(fill(made.path, example.inbox / "officer.xlsx", answers))
    assert "J1a.1" not in example.history.refs("action")
    example.issue(when=LATER)
    sheet = openpyxl.load_workbook(example.sent("DA"))["Progress"]
    assert [row[0].value for row in sheet.iter_rows(min_row=5)] == ["J1a.2", "J1a.3", "J1b.1"]

    def put_back(book: Any) -> None:
        page = book["Actions"]
        row = next(row for row in range(5, 99) if page.cell(row, 1).value is None)
        for heading, text in {"Ref": "J1a.1", "Theme": "J1a", "What we will do": "Something quite different"}.items():
            page.cell(row, column_of(page, heading)).value = text

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", put_back)
    merged = merge(example)
    assert merged.queries or merged.errors, "a ref is never used twice"
    assert example.stands("J1a.1", "what").startswith("Follow how far")


def test_a_moved_action_keeps_its_ref(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"Theme": "J1b"}}})
    assert found(merge(example)) == set()
    assert example.stands("J1a.1", "theme") == "J1b"


def test_rows_and_columns_of_the_plan_may_stand_anywhere(example: Plan) -> None:
    before = example.standing_values()

    def turn(book: Any) -> None:
        page = book["Actions"]
        block = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=36)]
        for down, row in enumerate(reversed(block)):
            for across, value in enumerate(row):
                page.cell(5 + down, 1 + across).value = value
        page.insert_cols(2)
        page.insert_rows(8)

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", turn)
    merged = merge(example)
    assert (merged.taken, found(merged)) == (0, set())
    assert example.standing_values() == before


def test_a_ref_that_stands_twice_takes_neither(example: Plan) -> None:
    change(example, {"Actions": {"J1a.2": {"Due": "May 2018", "Ref": "J1a.1"}}})
    merged = merge(example)
    assert "ref_twice" in found(merged)
    assert example.stands("J1a.1", "what").startswith("Follow how far")
    assert example.stands("J1a.1", "due") == "March 2017"


def test_a_column_that_is_gone_is_asked_about_and_empties_nothing(example: Plan) -> None:
    path = example.path / "plan.xlsx"
    edit(path, path, lambda book: book["Actions"].delete_cols(column_of(book["Actions"], "Due")))
    assert found(merge(example)) == {"column_missing"}
    assert example.stands("J1a.1", "due") == "March 2017"


@pytest.mark.parametrize(("sheet", "cell"), [("Actions", "X20"), ("Plan", "F3")])
def test_text_outside_the_tables_of_the_plan_is_told(example: Plan, sheet: str, cell: str) -> None:
    def scribble(book: Any) -> None:
        book[sheet][cell].value = "By the way"

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", scribble)
    told = [one for one in merge(example).findings if one.entered == "By the way"]
    assert [(one.code, str(one.address)) for one in told] == [("text_outside", f"{sheet}!{cell}")]


def test_an_item_of_the_form_that_was_renamed_is_told(example: Plan) -> None:
    def rename(book: Any) -> None:
        at(book["Plan"], "Financial year", "Item").value = "Our year"

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", rename)
    told = [one for one in merge(example).findings if one.address and one.address.sheet == "Plan"]
    assert any("Our year" in f"{one.entered} {one.message}" or "Financial year" in one.message for one in told)
    assert example.stands("", "year", "plan") == "2016/17"


def test_a_row_without_a_ref_is_told_with_its_text(example: Plan) -> None:
    def add(book: Any) -> None:
        page = book["Actions"]
        page.cell(page.max_row + 1, column_of(page, "What we will do")).value = "Sing about it"

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", add)
    (told,) = [one for one in merge(example).findings if one.code == "ref_missing"]
    assert told.entered == "Sing about it"


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ("gone", r"plan\.xlsx is not there"),
        ("sheet gone", "no sheet 'Actions'"),
        ("sheet renamed", "no sheet 'Actions'"),
        ("headings gone", "the headings were not found"),
        ("not a workbook", "cannot be read"),
    ],
)
def test_a_plan_that_cannot_be_read_changes_nothing(example: Plan, how: str, match: str) -> None:
    path = example.path / "plan.xlsx"
    before = example.standing_values()
    if how == "gone":
        path.unlink()
    elif how == "not a workbook":
        path.write_bytes(b"%PDF-1.4")
    elif how == "sheet gone":
        edit(path, path, lambda book: book.remove(book["Actions"]))
    elif how == "sheet renamed":
        edit(path, path, lambda book: setattr(book["Actions"], "title", "Our actions"))
    else:
        edit(path, path, lambda book: book["Actions"].delete_rows(4))
    for deed in (plan.check_plan, lambda folder: plan.merge_plan(folder, LATER)):
        with pytest.raises(PlanSheetsError, match=match):
            deed(example.folder)
    assert example.standing_values() == before


# Write


def test_a_plan_written_anew_says_the_same_and_is_read_as_unchanged(example: Plan) -> None:
    before = example.standing_values()
    assert plan.write_plan(example.folder, LATER) == example.path / "plan.xlsx"
    assert merge(example).unchanged
    assert example.standing_values() == before
    assert in_file(example, "Actions", "J2b.1", "Who is responsible") == "?", "an open question stays one"


def test_a_plan_written_anew_holds_what_chairs_said(round_one: Plan) -> None:
    answers = {**said(), "Action plan": {"J1a.1": {"Impact": "Fewer repeat victims"}}}
    round_one.receive_one(round_one.filled("da", answers))
    plan.write_plan(round_one.folder, RECEIVED_ON)
    assert in_file(round_one, "Actions", "J1a.1", "Impact") == "Fewer repeat victims"
    change(round_one, {"Actions": {"J1a.1": {"Impact": "Far fewer"}}})
    merged = merge(round_one)
    assert (merged.taken, merged.queries) == (1, 0), "it is compared with the plan as it was written"
    assert round_one.stands("J1a.1", "impact") == "Far fewer"


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ({"Actions": {"J1a.1": {"Due": "soon"}}}, "plan-2.xlsx"),  # a cell of it could not be merged
        ({"Actions": {"J1a.1": {"Due": "May 2017"}}}, "plan.xlsx"),
    ],
)
def test_a_plan_with_something_unmerged_is_written_beside(example: Plan, answers: Answers, name: str) -> None:
    change(example, answers)
    read = office.merge_plan(example.folder, LATER, write=True)
    assert read.written == example.path / name
    typed = next(iter(answers["Actions"]["J1a.1"].values()))
    assert in_file(example, "Actions", "J1a.1", "Due") == typed


def test_a_plan_changed_since_it_was_read_is_written_beside(example: Plan) -> None:
    change(example, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    assert plan.write_plan(example.folder, LATER) == example.path / "plan-2.xlsx"
    assert in_file(example, "Actions", "J1a.1", "Due") == "May 2017"


def test_the_library_opens_what_the_commands_make(example: Plan) -> None:
    assert open_folder(example.path).plan_file == example.path / "plan.xlsx"
    with pytest.raises(PlanSheetsError, match="no plan folder"):
        open_folder(example.path / "elsewhere")


def test_markdown_tables_read_as_answers() -> None:
    assert table("| Ref | Due | RAG |\n| --- | --- | --- |\n| J1 | May | |\n") == {"J1": {"Due": "May"}}


# Refs, and cells that were merged


def test_refs_in_small_letters_and_with_blanks_are_the_same_refs(example: Plan) -> None:
    def retype(book: Any) -> None:
        sheet = book["Actions"]
        for ref in ("J1a.1", "J1a.2"):
            at(sheet, ref, "Ref").value = f" {ref.lower()} "

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", retype)
    merged = merge(example)
    assert (merged.taken, found(merged)) == (0, set())
    assert [str(one.address) for one in merged.findings if one.code == "tidied"] == ["Actions!A5", "Actions!A6"]


@pytest.mark.parametrize("kept", [True, False])
def test_what_a_merge_covers_is_asked_about(example: Plan, kept: bool) -> None:  # noqa: FBT001 - pytest hands it over by name
    """As somebody merges the same theme over three actions, or clicks the wrong button."""
    snapshot = {ref: example.stands(ref, "responsible") for ref in ("J1a.1", "J1a.2", "J1a.3")}

    def merge_three(book: Any) -> None:
        sheet = book["Actions"]
        column, row = column_of(sheet, "Who is responsible"), row_of(sheet, "J1a.1")
        for down, text in enumerate(("On top", "Under it", "")):
            sheet.cell(row + down, column).value = text
        area = f"{sheet.cell(row, column).coordinate}:{sheet.cell(row + 2, column).coordinate}"
        (sheet.merged_cells.add if kept else sheet.merge_cells)(area)

    edit(example.path / "plan.xlsx", example.path / "plan.xlsx", merge_three)
    merged = merge(example)
    assert found(merged) == {"plan_merged"}
    assert (merged.taken, merged.queries) == (1, 2)
    assert {ref: example.stands(ref, "responsible") for ref in snapshot} == {**snapshot, "J1a.1": "On top"}
    hidden = "is 'Under it'" if kept else "is blank"
    assert hidden in next(one.message for one in merged.findings if one.key and one.key.ref == "J1a.2")
    assert [query.cells[0].returned for query in example.queries] == (["Under it", ""] if kept else ["", ""])
