"""Answers that may have parted from their rows, and sheets of another shape: what of it is told, and what is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from tests.chairs import Q2, Plan, area, column_of, edit, fill, form, heading_row, on, place, row_of, said, told
from tests.rounds.mutations import (
    BY_THE_WAY,
    Mutation,
    add_sheet,
    delete_headings,
    double_column,
    hide_sheet,
    merge_cells,
    merge_over,
    move_row,
    only_sheet,
    paste,
    paste_down,
    rename_heading,
    sort_rows,
    type_at,
    type_row,
)
from tests.rounds.test_mutations import (
    FILLED,
    HARMLESS,
    MARK,
    RAGS,
    assert_in_its_own_cell,
    assert_nothing_lost,
    assert_told,
    taken,
)

from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.proposals import proposals
from plan_sheets.core.rating.ratings import rows_at
from plan_sheets.store.schemas import load_workbook_spec

BLANK = ("Stage", "RAG", "Next step", "What will bring it back", "Progress made")
NEEDED = {
    ("required", f"Progress!{cell}")
    for cell in (place("Stage", 6), place("RAG", 6), place("Stage", 7), place("RAG", 7))
}
PARAGRAPHS = ("We met twice.", "The pathway is drawn.", "Training follows.")


@pytest.fixture(scope="module")
def filled(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of Domestic Abuse with every row filled in."""
    return fill(Plan(issued_example).sent("DA"), tmp_path_factory.mktemp("filled") / "da.xlsx", FILLED)


def cells(code: str, *where: str, sheet: str = "Progress") -> set[tuple[str, str]]:
    return {(code, f"{sheet}!{cell}") for cell in where}


CASES: dict[str, tuple[Mutation, set[tuple[str, str]], int]] = {
    # the change, what is told, and how many of the 28 texts that name their cell are taken
    "two answers merged": (
        merge_cells("Progress", area("Progress made", 5, "Progress made", 6)),
        cells("cells_merged", place("Progress made", 5)) | cells("cells_merged_blank", place("Progress made", 6)),
        26,
    ),
    "answers of two columns merged": (
        merge_cells("Progress", area("Next step", 5, "What will bring it back", 5)),
        cells("cells_merged", place("Next step", 5))
        | cells("cells_merged_blank", place("Next step by", 5), place("What will bring it back", 5)),
        26,
    ),
    "blank cells merged": (merge_cells("New actions", "C8:C10"), HARMLESS, 28),
    "an answer merged with a blank locked cell": (
        merge_cells("Progress", area("Progress made", 5, "Last next step", 5)),
        HARMLESS,
        28,
    ),
    "an answer merged into a locked cell": (
        merge_cells("Progress", area("What we will do", 5, "Progress made", 5)),
        cells("cells_merged_blank", place("Progress made", 5)),
        27,
    ),
    "cells beside the table merged": (merge_cells("Progress", "T5:T7"), HARMLESS, 28),
    "locked cells merged": (merge_cells("Progress", "A5:B5"), cells("locked_changed", "B5"), 28),
    "answers merged, their texts kept": (
        merge_over("Progress", area("Progress made", 5, "Progress made", 6)),
        cells("cells_merged", place("Progress made", 5), place("Progress made", 6)),
        26,
    ),
    "answers of two columns merged, their texts kept": (
        merge_over("Progress", area("Next step", 5, "What will bring it back", 5)),
        cells("cells_merged", place("Next step", 5), place("What will bring it back", 5))
        | cells("cells_merged_blank", place("Next step by", 5)),
        26,
    ),
    "refs merged, their texts kept": (merge_over("Progress", "A5:A7"), cells("merge_hides", "A5"), 28),
    "headings merged, their texts kept": (
        merge_over("Progress", area("RAG", 4, "Next step", 4)),
        cells("merge_hides", place("RAG", 4)),
        28,
    ),
    "an answer and locked texts merged, all kept": (
        merge_over("Progress", area("Ref", 5, "Progress made", 5)),
        cells("merge_hides", "A5") | cells("cells_merged", place("Progress made", 5)),
        27,
    ),
    "answers as they were sent out merged, their texts kept": (
        merge_over("Grid", "C5:C6"),
        cells("merge_hides", "C5", sheet="Grid"),
        28,
    ),
    "the title merged": (merge_over("Progress", "A1:H1"), HARMLESS, 28),
    "keys merged": (merge_cells("Progress", area("Key", 5, "Key", 6)), cells("row_by_ref", "A6"), 28),
    "a column doubled": (double_column("Progress", "Progress made"), HARMLESS, 28),
    "a column doubled and changed": (
        double_column("Progress", "Progress made", "J1a.2", BY_THE_WAY),
        cells("column_doubled", place("Progress made", 6)),
        27,
    ),
    "a heading with a slip": (
        rename_heading("Progress", "Next step", "Next steps"),
        cells("heading_mended", place("Next step", 4)),
        28,
    ),
    "headings deleted": (delete_headings("Progress"), cells("headings_missing", "A1"), 16),
    "a sheet hidden": (hide_sheet("Progress"), cells("sheet_hidden", place("Progress made", 5)), 28),
    "a sheet hidden on which nothing is filled in": (hide_sheet("Guidance"), HARMLESS, 28),
    "a sheet added": (add_sheet("Notes", "B3"), cells("sheet_extra", "B3", sheet="Notes"), 28),
    "an empty sheet added": (add_sheet("Notes", "B3", ""), HARMLESS, 28),
    "a row moved below the others": (move_row("Progress", "J1a.2", 12), HARMLESS, 28),
    "typed over a formula": (type_at("Start here", "B6"), cells("locked_changed", "B6", sheet="Start here"), 28),
    "an action typed below the table": (
        type_row("Progress", 9, A="J1b.2", B=BY_THE_WAY, D="Progress made of J1b.2"),
        cells("row_unknown", "A9"),
        28,
    ),
    "a further action below the thirtieth": (
        type_row("New actions", 35, A="31", C=BY_THE_WAY),
        cells("row_unknown", "A35", sheet="New actions"),
        28,
    ),
    "paragraphs that fell into the rows below": (
        paste_down("Progress", "J1a.1", "Progress made", *PARAGRAPHS, blank=BLANK),
        cells("paste_fell_apart", place("Progress made", 6), place("Progress made", 7)) | NEEDED,
        28 - 7,
    ),
    "a paragraph that goes on in the next row": (
        paste_down("Progress", "J1a.1", "Progress made", "We met twice,", "and drew the pathway.", blank=BLANK),
        cells("paste_fell_apart", place("Progress made", 6)) | {one for one in NEEDED if "6" in one[1]},
        28 - 4,
    ),
    "the same words in every row": (
        paste_down("Progress", "J1a.1", "Progress made", "Going well", "Not met yet", "Not met yet", blank=BLANK),
        NEEDED,
        28 - 7,
    ),
    "a row of which only one thing is said": (
        paste_down("Progress", "J1a.1", "Progress made", "We met twice.", "No meeting yet.", blank=BLANK),
        cells("paste_fell_apart", place("Progress made", 6)) | {one for one in NEEDED if "6" in one[1]},
        28 - 4,
    ),
    "a row that is not known yet": (
        paste_down("Progress", "J1a.1", "Progress made", "We met twice.", "TBC", blank=BLANK),
        cells("placeholder", place("Progress made", 6)) | {one for one in NEEDED if "6" in one[1]},
        28 - 4,
    ),
    "the same words twice among others": (
        paste_down("Progress", "J1a.1", "Progress made", "Going well", "Not met yet", "Going well", blank=BLANK),
        cells("paste_fell_apart", place("Progress made", 6)) | NEEDED,
        28 - 7,
    ),
    "paragraphs over rows that say more": (paste_down("Progress", "J1a.1", "Progress made", *PARAGRAPHS), HARMLESS, 25),
    "bullets among the further actions": (
        paste_down("New actions", "3", "What we will do", "Three things:", "- train", "- tell"),
        cells("paste_fell_apart", "C7", "C8", "C9", sheet="New actions")
        | cells("required", "B7", "B8", "B9", sheet="New actions"),
        28,
    ),
}


@pytest.mark.parametrize(("mutation", "expected", "kept"), CASES.values(), ids=CASES.keys())
def test_each_is_told_at_its_cell_and_nothing_lands_elsewhere(
    round_one: Plan, filled: Path, mutation: Mutation, expected: set[tuple[str, str]], kept: int
) -> None:
    path = edit(filled, round_one.inbox / "da.xlsx", mutation)
    receipt = round_one.receive_one(path)
    assert sorted((one.code, str(one.address)) for one in receipt.findings) == sorted(expected)
    assert_in_its_own_cell(round_one)
    assert_nothing_lost(round_one, path, receipt)
    assert_told(round_one, receipt)
    assert len([value for value in taken(round_one).values() if MARK.fullmatch(value)]) == kept


SORTED: dict[str, tuple[Mutation, set[tuple[str, str]]]] = {
    "with the actions, without refs and keys": (
        sort_rows("Progress", "What we will do", "Evidence", down=True),
        cells("rows_parted", "B5", place("Due", 6)),
    ),
    "all but the refs": (sort_rows("Progress", "What we will do", "Key", down=True), cells("rows_parted", "A5")),
    "across the due date": (
        sort_rows("Progress", "Stage", "New date", down=True),
        cells("rows_parted", place("Due", 5)),
    ),
}


@pytest.mark.parametrize(("mutation", "expected"), SORTED.values(), ids=SORTED.keys())
def test_a_sort_of_part_of_the_table_is_held(
    round_one: Plan, filled: Path, mutation: Mutation, expected: set[tuple[str, str]]
) -> None:
    typed_over = paste("Progress", "J1a.2", "What we will do", BY_THE_WAY)
    for name, changes in {"alone": [mutation], "and typed over": [mutation, typed_over]}.items():
        receipt = round_one.receive_one(edit(filled, round_one.inbox / f"{name}.xlsx", *changes))
        assert receipt.verdict == "held", name
        assert told(receipt) >= expected, name
        assert taken(round_one) == {}


def test_no_more_cells_to_fill_in_stand_side_by_side_than_a_chair_can_keep_apart() -> None:
    """A locked column between them stops a sort across it; one within such a block leaves no trace."""
    sheet = next(sheet for sheet in load_workbook_spec("subgroup").sheets if sheet.name == "Progress")
    mine = [column for column in sheet.columns if column.field.record != "contribution"]
    blocks = [[one.heading for one in group] for is_input, group in groupby(mine, lambda one: one.input) if is_input]
    assert blocks == [
        ["Progress made"],
        ["Last next step done", "Stage"],
        ["RAG", "Next step", "Next step by", "What will bring it back"],
        ["New date", "Asked of the executive", "Evidence"],
    ]


@pytest.mark.parametrize(
    ("over", "last"),
    [("Last progress", "Progress made"), ("Last next step", "Last next step done"), ("Last RAG", "RAG")],
)
def test_a_sort_of_answers_with_what_was_said_last_time_is_held(
    round_one: Plan, filled: Path, over: str, last: str
) -> None:
    """In the next quarter these columns have words of their own in every row."""
    round_one.receive_one(filled)
    day = datetime(2016, 10, 7)  # noqa: DTZ001 - the office's own clock
    round_one.issue(Q2, day.date(), day, ["DA"])
    again = fill(round_one.sent("DA", Q2), round_one.inbox / "again.xlsx", FILLED)
    sheet = openpyxl.load_workbook(again)["Progress"]
    before = [str(sheet.cell(row, column_of(sheet, over)).value) for row in range(5, 9)]
    assert before != sorted(before, reverse=True), "the sort moves something"
    moved = edit(again, round_one.inbox / "sorted.xlsx", sort_rows("Progress", over, last, down=True))
    receipt = round_one.receive_one(moved, when=day)
    assert receipt.verdict == "held"
    assert "rows_parted" in {code for code, _ in told(receipt)}


def test_one_locked_text_that_is_also_anothers_is_no_sort(round_one: Plan, filled: Path) -> None:
    book = openpyxl.load_workbook(filled)["Progress"]
    path = edit(filled, round_one.inbox / "da.xlsx", type_at("Progress", "B5", str(book["B6"].value)))
    receipt = round_one.receive_one(path)
    assert told(receipt) == cells("locked_changed", "B5")
    assert round_one.said("J1a.1", "progress") == "Progress made of J1a.1"


@pytest.mark.parametrize("name", ["Progress", "Action plan", "Grid", "New actions"])
def test_row_keys_alone_carry_a_sheet_wherever_it_was_copied_to(round_one: Plan, filled: Path, name: str) -> None:
    copied = only_sheet(name, "Sheet1", down=11, right=5, above=BY_THE_WAY)
    path = edit(filled, round_one.inbox / "da.xlsx", copied)
    receipt = round_one.receive_one(path)
    assert receipt.issue == "2016-17-Q1-DA-1"
    assert told(receipt) >= {("sheet_renamed", "Sheet1!A1"), ("text_outside", "Sheet1!A1")}
    assert_in_its_own_cell(round_one)
    assert_nothing_lost(round_one, path, receipt)


def test_the_officer_is_asked_about_each_cell_of_a_merge_with_what_stands_in_it(round_one: Plan, filled: Path) -> None:
    round_one.receive_one(
        edit(filled, round_one.inbox / "da.xlsx", merge_cells("Progress", area("Progress made", 5, "Progress made", 6)))
    )
    asked = {query.cells[0].key: query.cells[0].returned for query in round_one.queries}
    texts = {"J1a.1": "Progress made of J1a.1", "J1a.2": ""}
    assert asked == {Key("action", ref, "progress"): text for ref, text in texts.items()}


def test_what_a_merge_hides_is_told_beside_what_it_shows_and_never_taken(round_one: Plan, filled: Path) -> None:
    """Green over three actions, Amber and Red under it: each is asked about once, with both texts."""
    receipt = round_one.receive_one(
        edit(filled, round_one.inbox / "da.xlsx", merge_over("Progress", area("RAG", 5, "RAG", 7)))
    )
    asked = [one for one in receipt.findings if one.code == "cells_merged"]
    assert [(str(one.address), one.entered) for one in asked] == [
        (on("RAG", 5), "Green"),
        (on("RAG", 6), "Amber"),
        (on("RAG", 7), "Red"),
    ]
    assert "sees only 'Green'. By itself, RAG of J1a.3 is 'Red'." in asked[2].message
    assert "Take makes it 'Red'" in asked[2].message
    assert [round_one.said(ref, "rag") for ref in ("J1a.1", "J1a.2", "J1a.3")] == ["", "", ""]
    assert sorted(query.cells[0].returned for query in round_one.queries) == ["Amber", "Green", "Red"]


def test_one_answer_merged_over_blank_cells_is_asked_about_for_each(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    receipt = round_one.receive_one(
        edit(path, round_one.inbox / "merged.xlsx", merge_cells("Progress", area("RAG", 5, "RAG", 7)))
    )
    assert {one for one in told(receipt) if one[0].startswith("cells_merged")} == (
        cells("cells_merged", place("RAG", 5)) | cells("cells_merged_blank", place("RAG", 6), place("RAG", 7))
    )
    assert {round_one.said(ref, "rag") for ref in ("J1a.1", "J1a.2", "J1a.3")} == {""}


def test_a_cell_that_a_prefilled_answer_covers_is_asked_about_and_the_answer_on_top_is_not(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    merged = edit(path, round_one.inbox / "merged.xlsx", merge_over("Action plan", "D5:D6"))
    asked = [one for one in round_one.receive_one(merged).findings if one.code.startswith("cells_merged")]
    assert [str(one.address) for one in asked] == ["Action plan!D6"]


def test_no_cell_has_two_queries(round_one: Plan) -> None:
    """Texts that a merge covers look like paragraphs that fell into the rows below as well."""
    answers = {"Start here": form(completed_by="Chair"), "Progress": {"J1a.1": {"Progress made": "We met: "}}}
    path = round_one.filled("da", {**answers, "Progress": {**answers["Progress"], "J1a.2": {"Progress made": "=1+1"}}})
    receipt = round_one.receive_one(
        edit(
            path, round_one.inbox / "merged.xlsx", merge_over("Progress", area("Progress made", 5, "Progress made", 6))
        )
    )
    asked = [one.key for one in receipt.findings if one.severity == "query"]
    assert len(asked) == len(set(asked)) == 2


def test_on_the_form_a_merge_does_not_say_that_a_return_corrects_another(round_one: Plan) -> None:
    def agree(book: Workbook) -> None:
        sheet = book["Start here"]
        row = row_of(sheet, "Statement of accuracy")
        sheet.cell(row, 3).value = "Yes"
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=3, end_column=3)

    receipt = round_one.receive_one(edit(round_one.filled("da", said()), round_one.inbox / "merged.xlsx", agree))
    assert [one.key.field for one in receipt.findings if one.code == "form_merged"] == ["corrects"]


@pytest.mark.parametrize("many", [2, 3, 4])
def test_paragraphs_that_fell_into_rows_that_say_nothing_else_are_asked_about(round_one: Plan, many: int) -> None:
    """The first is taken: it stands where it was pasted."""
    texts = [*PARAGRAPHS, "Nobody is against it."][:many]
    fallen = paste_down("Progress", "J1a.1", "Progress made", *texts)
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", fallen)
    receipt = round_one.receive_one(path)
    expected = cells("paste_fell_apart", *[place("Progress made", row) for row in range(6, 5 + many)])
    assert {one for one in told(receipt) if one[0] == "paste_fell_apart"} == expected
    assert [round_one.said(ref, "progress") for ref in RAGS] == ["We met twice.", "", "", ""]
    assert sorted(query.cells[0].returned for query in round_one.queries) == sorted(texts[1:])


def test_who_contributes_to_several_actions_has_one_cell_in_each_row(round_one: Plan) -> None:
    """There every answer stands alone, unless it goes on from the one above."""
    refs = ("J1a.1", "J1a.2", "J1a.3")
    plan = round_one.path / "plan.xlsx"
    fill(plan, plan, {"Actions": {ref: {"Subgroups": "DA; LEARNING"} for ref in refs}})
    round_one.issue()
    for name, texts, asked in (
        ("own", ("We trained forty.", "A briefing went out.", "Nothing yet."), []),
        ("fallen", ("We did two things:", "- trained forty", "- sent a briefing"), ["J1a.2", "J1a.3"]),
    ):
        rows = {ref: {"Contribution": text} for ref, text in zip(refs, texts, strict=True)}
        path = fill(round_one.sent("LEARNING"), round_one.inbox / f"{name}.xlsx", {"Progress": rows})
        found = [one.key.ref for one in round_one.receive_one(path).findings if one.code == "paste_fell_apart"]
        assert found == [f"{ref}/LEARNING" for ref in asked], name


def retype(name: str, how: Callable[[str], str], *headings: str) -> Mutation:
    """Type these columns anew, in every row."""

    def mutate(book: Workbook) -> None:
        sheet = book[name]
        for row in range(heading_row(sheet) + 1, sheet.max_row + 1):
            for heading in headings:
                cell = sheet.cell(row, column_of(sheet, heading))
                cell.value = how(str(cell.value))

    return mutate


RETYPED = {
    "blanks behind them": (lambda text: f" {text} ", ("Ref", "Key"), set[str]()),
    "small letters": (str.lower, ("Ref",), {"ref_retyped"}),
    "blanks and small letters": (lambda text: f"{text.lower()} ", ("Ref",), {"ref_retyped"}),
    "blanks within": (lambda text: text.replace(".", " . "), ("Ref",), {"ref_retyped"}),
    "keys too": (str.lower, ("Ref", "Key"), {"ref_retyped"}),
    "other texts": (str.upper, ("What we will do",), {"locked_changed"}),
}


@pytest.mark.parametrize(("how", "headings", "expected"), RETYPED.values(), ids=RETYPED.keys())
def test_refs_typed_anew_are_the_same_refs(
    round_one: Plan, filled: Path, how: Callable[[str], str], headings: tuple[str, ...], expected: set[str]
) -> None:
    path = edit(filled, round_one.inbox / "da.xlsx", retype("Progress", how, *headings))
    receipt = round_one.receive_one(path)
    assert {one.code for one in receipt.findings} == expected
    assert len([value for value in taken(round_one).values() if MARK.fullmatch(value)]) == 28
    assert_in_its_own_cell(round_one)


def test_an_untouched_workbook_whose_refs_were_typed_anew_is_untouched(round_one: Plan) -> None:
    path = edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", retype("Progress", str.lower, "Ref"))
    assert round_one.receive_one(path).verdict == "untouched"


def test_a_further_action_of_which_all_waits_is_no_proposal_yet(round_one: Plan) -> None:
    """A pasted text fell over the rows of New actions: only the first of them proposes anything."""
    fallen = paste_down("New actions", "1", "What we will do", *PARAGRAPHS)
    round_one.receive_one(edit(round_one.sent("DA"), round_one.inbox / "da.xlsx", fallen))
    history = round_one.folder.register.history()
    assert [one.action for one in proposals(history, ["2016-17-Q1"])] == ["DA.F1"]
    assert [ref for ref in rows_at(history)["action"] if ref.startswith("DA.F")] == ["DA.F1"]
