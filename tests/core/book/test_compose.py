"""A book from its description and its facts: rows, forms, links, counts, keys, signature; and long text in Notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_sheets.core.book.compose import Facts, RowFacts, check_refs, compose, locked_texts
from plan_sheets.core.book.document import base_text, book_from, layout_text
from plan_sheets.core.book.layout import (
    NOT_TO_FILL_IN,
    Blank,
    Column,
    Content,
    Field,
    Formula,
    Link,
    Row,
    Sheet,
    as_fact,
    as_text,
)
from plan_sheets.core.book.measure import TALLEST_ROW, row_height
from plan_sheets.core.book.notes import NAME, with_notes
from plan_sheets.core.book.signature import REFERENCE, SIGNATURE, row_key, sign
from plan_sheets.core.book.spec import ColumnSpec, ItemSpec, SheetSpec, WorkbookSpec
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.store.schemas import load_workbook_spec

MADE = datetime(2016, 4, 1)  # noqa: DTZ001 - a workbook knows no time zone
SECRET = b"s" * 32
FIELDS = {
    "ref": Field("action", "ref", "Ref"),
    "what": Field("action", "what", "What we will do"),
    "rag": Field("action", "rag", "RAG", choices=("Green", "Red"), required=True),
    "still_needed": Field("item", "still_needed", "Still needed"),
    "recovery": Field("action", "recovery", "Recovery", required_when={"rag": ("Red",)}),
}
ITEMS = {
    name: Field("item", name, title)
    for name, title in {"ref": "Item", "what": "What it is", "answer": "Answer"}.items()
}
FORM = {"by": Field("form", "by", "Completed by", required=True, prompt="Your name.")}


def columns(fields: Mapping[str, Field], *inputs: str) -> tuple[ColumnSpec, ...]:
    return tuple(ColumnSpec(one, one.title, name in inputs, 20) for name, one in fields.items())


START = SheetSpec(
    "Start here",
    "{plan}",
    ("By {day}.",),
    "item",
    columns(ITEMS, "answer"),
    form="form",
    items=(
        ItemSpec(each="status"),
        ItemSpec("Read", "Read it, {plan}."),
        ItemSpec(each="step"),
        ItemSpec("Send", "Send it.", "{email}"),
        ItemSpec(each="question"),
        ItemSpec("Never", "{nothing_said}"),
        ItemSpec(each="other"),
    ),
)
PROGRESS = SheetSpec(
    "Progress",
    "Progress",
    ("One row each.",),
    "action",
    columns(FIELDS, "rag", "recovery"),
    step="Fill it in.",
    key=True,
)
SPARE = SheetSpec("New actions", "New", (), "action", columns(FIELDS, "what"), key=True, spare=3)
ABOUT = SheetSpec(
    "About",
    "About",
    (),
    "item",
    columns({k: ITEMS[k] for k in ("ref", "what")}),
    identity=True,
    items=(ItemSpec("Lock", "{lock_is}"),),
)
WORDS = {**load_workbook_spec("subgroup").words, "lock_is": "A guard rail."}
SPEC = WorkbookSpec(
    "subgroup",
    "{plan} workbook",
    protected=True,
    sheets=(START, PROGRESS, SPARE, ABOUT),
    words=WORDS,
    unlocked={"lock_is": "None."},
)
ROWS = (RowFacts("J1.1", {"what": "Map it", "rag": "Red"}), RowFacts("J1.2", {"what": "Tell it"}, frozenset({"rag"})))
FACTS = Facts(
    texts={"plan": "The plan", "day": "15 July 2016", "email": "office@example.org", "nothing_said": ""},
    created=MADE,
    rows={"Progress": ROWS},
    answers={"by": "A chair"},
    forms={"form": FORM},
    reference="2016-17-Q1-DA-1",
    secret=SECRET,
    identity={"Round": "2016-17-Q1"},
)
BOOK = compose(SPEC, FACTS)


def texts(sheet: Sheet) -> list[list[str]]:
    return [[as_text(content) for content in row.cells] for row in sheet.rows]


def test_texts_are_filled_in() -> None:
    assert (BOOK.title, BOOK.sheet("Start here").title) == ("The plan workbook", "The plan")
    assert BOOK.sheet("Start here").lines == ("By 15 July 2016.",)


def test_items_steps_and_questions_stand_where_they_are_described() -> None:
    """What a formula or a blank item says, too; an item that these facts leave blank is left out."""
    assert texts(BOOK.sheet("Start here")) == [
        ["Status", "Not ready: 2 needed on Progress", NOT_TO_FILL_IN],
        ["Read", "Read it, The plan.", NOT_TO_FILL_IN],
        ["Step 1: Progress", "Fill it in.", "Rows still to do: 2 of 2"],
        ["Step 2: New actions", "Open the sheet New actions.", "Rows still to do: 0 of 3"],
        ["Send", "Send it.", NOT_TO_FILL_IN],
        ["Completed by", "Your name.", "A chair"],
        ["About", "Open the sheet About.", NOT_TO_FILL_IN],
    ]
    rows = {row.ref: row for row in BOOK.sheet("Start here").rows}
    assert rows["Completed by"].answer == FORM["by"]
    assert [ref for ref, row in rows.items() if row.inputs] == ["Completed by"]
    links = {ref: row.cells[1].target for ref, row in rows.items() if isinstance(row.cells[1], Link)}
    assert links == {
        "Step 1: Progress": "Progress!A1",
        "Step 2: New actions": "New actions!A1",
        "Send": "office@example.org",
        "About": "About!A1",
    }


def test_every_row_of_a_table_has_its_key_in_the_last_column() -> None:
    for name, refs in (("Progress", ["J1.1", "J1.2"]), ("New actions", ["1", "2", "3"])):
        keys = [as_text(row.cells[-1]) for row in BOOK.sheet(name).rows]
        assert keys == [row_key(SECRET, FACTS.reference, name, ref) for ref in refs]
        assert not BOOK.sheet(name).columns[-1].input


def test_a_locked_cell_that_has_nothing_to_say_says_why() -> None:
    fields = {**FIELDS, "what": replace(FIELDS["what"], blank="Not said")}
    sheet = replace(PROGRESS, columns=columns(fields, "rag", "recovery"))
    rows = (RowFacts("J1.1", {"what": Blank("No return")}), RowFacts("J1.2", {}, frozenset({"rag"})))
    made = compose(replace(SPEC, sheets=(START, sheet, SPARE, ABOUT)), replace(FACTS, rows={"Progress": rows}))
    said = [["No return", "", "RAG", ""], ["Not said", "", "RAG", NOT_TO_FILL_IN]]
    assert [row[1:-1] for row in texts(made.sheet("Progress"))] == said
    again = book_from(layout_text(made), base_text(made))
    assert [as_fact(content) for content in again.sheet("Progress").rows[1].cells[1:-1]] == ["", "", "RAG", ""]
    assert again == made


def test_a_row_may_be_filled_in_as_its_facts_say() -> None:
    sheet = BOOK.sheet("Progress")
    open_to = [[column.field.name for column in sheet.columns if sheet.is_input(row, column)] for row in sheet.rows]
    assert open_to == [["rag", "recovery"], ["rag"]]


def test_a_drop_down_of_the_plan_takes_the_place_of_the_fields_own() -> None:
    made = compose(SPEC, replace(FACTS, choices={("action", "rag"): ("Blue",)}))
    choices = {column.field.name: column.choices for column in made.sheet("Progress").columns}
    assert (choices["rag"], choices["what"]) == (("Blue",), ())


def test_reference_and_signature_stand_on_about_and_in_the_properties() -> None:
    told = dict(texts(BOOK.sheet("About")))
    unsigned = replace(
        BOOK, sheets=tuple(replace(one, rows=one.rows[1:]) if one.name == "About" else one for one in BOOK.sheets)
    )
    signature = sign(SECRET, FACTS.reference, locked_texts(unsigned))
    assert told["Reference"] == FACTS.reference
    assert told["Round"] == "2016-17-Q1"
    assert told["Signature"] == signature
    assert BOOK.properties == {REFERENCE: FACTS.reference, SIGNATURE: signature}
    assert compose(SPEC, replace(FACTS, reference="")).properties == {}


def test_the_same_facts_make_the_same_book() -> None:
    assert compose(SPEC, FACTS) == BOOK


def test_two_rows_with_one_ref_are_refused_with_their_place() -> None:
    with pytest.raises(PlanSheetsError, match=r"Progress!A6: two rows have the ref J1\.1"):
        compose(SPEC, replace(FACTS, rows={"Progress": (ROWS[0], ROWS[0])}))
    check_refs(BOOK)


def test_what_is_still_needed_is_a_formula_with_what_is_needed_as_the_sheet_goes_out() -> None:
    needed = [row.cells[BOOK.sheet("Progress").place("still_needed")] for row in BOOK.sheet("Progress").rows]
    recovery = 'IF(AND(TRIM(E5)="",C5="Red"),"; Recovery","")'
    rag = 'IF(TRIM(C5)="","; RAG","")'
    spelt = 'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE("#"&{}&"~","#~","Complete"),"#; ",""),"~","")'
    assert needed == [
        Formula("=" + spelt.format(f"{rag}&{recovery}"), "Recovery"),
        Formula("=" + spelt.format(rag.replace("5", "6")), "RAG"),
    ]


def test_a_workbook_without_a_lock_says_so_and_differs_in_nothing_else() -> None:
    unlocked = compose(SPEC, replace(FACTS, locks_sheets=False))
    assert (unlocked.locks_sheets, unlocked.protected) == (False, True)
    assert [as_text(row.cells[1]) for row in unlocked.sheet("About").rows][-1] == "None."
    assert [as_text(row.cells[1]) for row in BOOK.sheet("About").rows][-1] == "A guard rail."
    assert [row.inputs for row in unlocked.sheet("Progress").rows] == [
        row.inputs for row in BOOK.sheet("Progress").rows
    ]


# Notes

LONG = st.text("abc \n", min_size=0, max_size=4000) | st.builds(
    lambda word, many: (word + " ") * many, st.sampled_from(["word", "I", "a-very-long-word"]), st.integers(0, 900)
)


def long_sheet(locked: Sequence[Content], typed: str = "") -> Sheet:
    made = (
        Column(FIELDS["ref"], "Ref"),
        Column(FIELDS["what"], "What", width=20),
        Column(FIELDS["recovery"], "How", input=True),
    )
    return Sheet(
        "Progress",
        "Progress",
        (),
        made,
        tuple(Row(f"J1.{n}", (f"J1.{n}", one, typed)) for n, one in enumerate(locked, 1)),
    )


@given(st.lists(LONG, max_size=2))
@settings(deadline=None, max_examples=20)
def test_no_word_of_a_long_text_is_lost_and_every_row_can_show_its_part(locked: list[str]) -> None:
    book = with_notes(replace(BOOK, sheets=(long_sheet(locked),)))
    shown = [as_text(row.cells[1]) for row in book.sheets[0].rows]
    parts = (
        {as_text(row.cells[0]): as_text(row.cells[2]) for row in book.sheets[1].rows} if len(book.sheets) > 1 else {}
    )
    number = 1
    for whole, text in zip(locked, shown, strict=True):
        assert row_height([(text, 20)]) <= TALLEST_ROW
        if text != whole:
            together = text.removesuffix(f"… (goes on in {NAME}, {number})")
            while len(together) < len(whole):
                together += parts[str(number)]
                number += 1
            assert together == whole
    assert number == len(parts) + 1
    assert all(row_height([(text, 96)]) <= TALLEST_ROW for text in parts.values())


def test_text_that_somebody_may_change_is_never_cut() -> None:
    book = replace(BOOK, sheets=(long_sheet(["short"], "word " * 5000),))
    assert with_notes(book) is book


def test_a_column_is_as_wide_as_its_largest_number() -> None:
    narrow = ColumnSpec(Field("action", "moves", "Moves", type="integer"), "Moves", input=False, width=4.9)
    sheet = replace(PROGRESS, columns=(PROGRESS.columns[0], narrow), spare=0)
    widths = []
    for largest in (999, 20_000, 1_000_000):
        said: list[Content] = [largest, Blank("Not counted"), 7]
        rows = [RowFacts(str(number), {"moves": content}) for number, content in enumerate(said)]
        made = compose(replace(SPEC, sheets=(START, sheet, ABOUT)), replace(FACTS, rows={"Progress": rows}))
        widths.append(made.sheet("Progress").columns[1].width)
    assert widths == [4.9, 5.8, 8.1]
