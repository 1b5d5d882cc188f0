"""What a workbook still needs, in words: of a row, of a sheet, in all; the formulas go out with what holds then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from plan_sheets.core.book.layout import Blank, Column, Field, Formula, Row, Sheet, as_text
from plan_sheets.core.book.needed import STILL_NEEDED, with_status, with_still_needed
from plan_sheets.core.model.stages import Status
from plan_sheets.store.schemas import load_records, load_workbook_spec

SPEC = load_workbook_spec("subgroup")
WORDS = SPEC.words
RECORDS = load_records()
PROGRESS = next(sheet for sheet in SPEC.sheets if sheet.name == "Progress")
NEW = next(sheet for sheet in SPEC.sheets if sheet.name == "New actions")
STEPS = {"Step 1: Progress": "Progress", "Step 2: New actions": "New actions"}
DONE = {"progress": "Mapped", "stage": "In progress", "rag": "Green", "next_step": "Pilot it"}


def sheet_of(spec_name: str, *rows: Mapping[str, str], inputs: frozenset[str] | None = None) -> Sheet:
    """A sheet for chairs with these texts by field name, one row each."""
    spec = next(sheet for sheet in SPEC.sheets if sheet.name == spec_name)
    columns = tuple(Column(one.field, one.heading, one.input) for one in spec.columns)
    made = [
        Row(f"J1.{number}", tuple(texts.get(column.field.name, "") for column in columns), inputs)
        for number, texts in enumerate(rows, 1)
    ]
    return Sheet(spec.name, spec.name, (), columns, tuple(made))


def form(**answers: str) -> Sheet:
    """Start here with the row of the status, the steps, and the form with these answers."""
    columns = tuple(Column(RECORDS["item"][name], name, name == "answer") for name in ("ref", "what", "answer"))
    rows = [Row(ref, (ref, "", ""), frozenset()) for ref in (WORDS["status"], *STEPS)]
    rows += [
        Row(one.title, (one.title, one.prompt, answers.get(name, "")), frozenset({"answer"}), one)
        for name, one in RECORDS["form"].items()
    ]
    return Sheet("Start here", "Start here", (), columns, tuple(rows))


def needs(sheet: Sheet, start: Sheet) -> list[str]:
    made = with_still_needed(sheet, start, WORDS)
    return [as_text(row.cells[made.place(STILL_NEEDED)]) for row in made.rows]


def status(start: Sheet, *sheets: Sheet) -> list[str]:
    """What Start here says: in all, and beside each step."""
    made = with_status(start, [with_still_needed(sheet, start, WORDS) for sheet in sheets], STEPS, WORDS)
    return [as_text(made.rows[0].cells[1]), *[as_text(row.cells[2]) for row in made.rows[1 : 1 + len(sheets)]]]


ROWS: dict[str, tuple[dict[str, str], str]] = {
    "nothing typed": ({}, "Progress made; Stage; RAG"),
    "why no next step was named stands there": ({"last_step": Blank("No step given")}, "Progress made; Stage; RAG"),
    "a next step was named last time": ({"last_step": "Pilot"}, "Progress made; Last next step done; Stage; RAG"),
    "half-filled": ({"progress": "Mapped", "rag": "Amber"}, "Stage; What will bring it back"),
    "a stage that needs a next step": ({**DONE, "next_step": ""}, "Next step"),
    "a stage that needs evidence": ({**DONE, "stage": "Complete"}, "Evidence"),
    "all that is needed": (DONE, "Complete"),
    "nothing but blanks": ({**DONE, "progress": "  "}, "Progress made"),
    "finished, and left blank": ({"last_rag": "Blue"}, "Not needed"),
    "finished, and something was said": ({"last_rag": "Blue", "evidence": "The audit"}, "Complete"),
    "finished, and not any more": ({"last_rag": "Blue", "rag": "Red"}, "What will bring it back"),
}


@pytest.mark.parametrize(("texts", "expected"), ROWS.values(), ids=ROWS.keys())
def test_a_row_says_in_words_what_it_still_needs(texts: dict[str, str], expected: str) -> None:
    assert needs(sheet_of("Progress", texts), form()) == [expected]


def test_rows_that_stand_together_need_what_each_needs_alone() -> None:
    rows = [texts for texts, _ in [*ROWS.values(), *ROWS.values()]]
    together = with_still_needed(sheet_of("Progress", *rows), form(), WORDS)
    first, place = together.heading_row + 2, together.place(STILL_NEEDED)
    assert together.list_needed() == [together.find_needed(row) for row in together.rows]
    for number, (texts, row) in enumerate(zip(rows, together.rows, strict=True), first):
        alone = with_still_needed(sheet_of("Progress", texts), form(), WORDS).rows[0].cells[place]
        assert isinstance(alone, Formula)
        assert row.cells[place] == Formula(re.sub(rf"\b([A-Z]+){first}\b", rf"\g<1>{number}", alone.text), alone.value)


def test_nothing_to_report_excuses_rows_left_blank_and_no_others() -> None:
    start = form(nothing_because="The group did not meet")
    assert needs(sheet_of("Progress", {}, {"progress": "Mapped"}), start) == ["Not needed", "Stage; RAG"]


def test_a_row_of_which_another_subgroup_leads_the_action_needs_nothing() -> None:
    """Its one cell is the contribution, which nobody has to give."""
    asked = frozenset({"contribution"})
    texts = {"contribution": "We trained forty"}
    assert needs(sheet_of("Progress", {}, texts, inputs=asked), form()) == ["Not needed", "Complete"]


def test_a_new_action_is_needed_as_soon_as_it_is_begun() -> None:
    sheet = sheet_of("New actions", {}, {"due": "March 2017"}, {"theme": "J1", "what": "Train the staff"})
    assert needs(sheet, form()) == ["Not needed", "Theme; What we will do", "Complete"]


STATUSES: dict[str, tuple[Sheet, tuple[Sheet, Sheet], list[str]]] = {
    "blank": (
        form(),
        (sheet_of("Progress", {}, {"last_step": "Pilot"}), sheet_of("New actions", {})),
        ["Not ready: 7 needed on Progress, 1 here", "Rows still to do: 2 of 2", "Rows begun: 0; still to do: 0"],
    ),
    "half-filled": (
        form(completed_by="Chair"),
        (sheet_of("Progress", DONE, {"rag": "Green"}), sheet_of("New actions", {"theme": "J1"})),
        [
            "Not ready: 2 needed on Progress, 1 on New actions",
            "Rows still to do: 1 of 2",
            "Rows begun: 1; still to do: 1",
        ],
    ),
    "only the name is missing": (
        form(),
        (sheet_of("Progress", DONE), sheet_of("New actions", {})),
        ["Not ready: 1 needed here", "Rows still to do: 0 of 1", "Rows begun: 0; still to do: 0"],
    ),
    "complete": (
        form(completed_by="Chair"),
        (sheet_of("Progress", DONE), sheet_of("New actions", {})),
        ["Ready to send", "Rows still to do: 0 of 1", "Rows begun: 0; still to do: 0"],
    ),
    "nothing to report": (
        form(completed_by="Chair", nothing_because="The group did not meet"),
        (sheet_of("Progress", {}, {}), sheet_of("New actions", {})),
        ["Nothing to report: ready", "Rows still to do: 0 of 2", "Rows begun: 0; still to do: 0"],
    ),
}


@pytest.mark.parametrize(("start", "sheets", "expected"), STATUSES.values(), ids=STATUSES.keys())
def test_the_status_counts_all_that_is_needed(start: Sheet, sheets: tuple[Sheet, Sheet], expected: list[str]) -> None:
    assert status(start, *sheets) == expected


def test_of_a_sheet_without_rows_nothing_is_needed() -> None:
    """A subgroup may have no action yet; a range without rows would reach up to the headings."""
    start = form()
    told = status(start, sheet_of("Progress"), sheet_of("New actions", {}))
    assert told == ["Not ready: 1 needed here", "", "Rows begun: 0; still to do: 0"]


def test_every_sheet_that_needs_anything_says_so() -> None:
    """So that the status counts it; the form counts its own."""
    for sheet in SPEC.sheets:
        asks = any(column.input and (column.field.required or column.field.required_when) for column in sheet.columns)
        assert asks is any(column.field.name == STILL_NEEDED for column in sheet.columns), sheet.name


def test_a_locked_text_decides_before_the_formula_is_made() -> None:
    """It cannot change: what is changed in a locked cell does not stand."""
    for last_rag, is_there in (("Green", True), ("Blue", False)):
        sheet = with_still_needed(sheet_of("Progress", {"last_rag": last_rag}), form(), WORDS)
        formula = sheet.rows[0].cells[sheet.place(STILL_NEEDED)]
        assert isinstance(formula, Formula)
        assert ('"; Progress made"' in formula.text) is is_there
        assert "TEXTJOIN" not in formula.text


def test_a_word_with_a_quotation_mark_is_written_as_excel_wants_it() -> None:
    odd = Field("action", "rag", 'The "RAG"', required=True)
    sheet = sheet_of("Progress", {})
    columns = [replace(one, field=odd, heading=odd.title) if one.field.name == "rag" else one for one in sheet.columns]
    made = with_still_needed(replace(sheet, columns=tuple(columns)), form(), WORDS)
    (row,) = made.rows
    formula = row.cells[made.place(STILL_NEEDED)]
    assert isinstance(formula, Formula)
    assert '"; The ""RAG"""' in formula.text
    assert formula.value == 'Progress made; Stage; The "RAG"'


def test_no_text_of_start_here_is_longer_than_every_program_keeps() -> None:
    """Some programs cut a text off after 255 characters when they save an .xls."""
    said = [*(item.what for item in SPEC.sheets[0].items), *WORDS.values(), *SPEC.unlocked.values()]
    assert [text for text in said if len(text) > 255] == []


def test_start_here_explains_every_word_that_can_stand_under_last_rag() -> None:
    items = {item.ref: item.what for item in SPEC.sheets[0].items}
    items["Last RAG"] += items["Last RAG without a colour"]
    of_an_action = [one for one in Status if one not in (Status.NO_ACTIONS, Status.TOO_LITTLE)]
    assert [word for word in (*of_an_action, "evidence awaited") if word not in items["Last RAG"]] == []
    assert [word for word in RECORDS["action"]["stage"].choices if word not in items["Stage"]] == []
