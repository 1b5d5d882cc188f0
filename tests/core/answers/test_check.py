"""The rules of every field; and the proof that drop-downs, prompts, locks, counts and checks are one description."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.chairs import RECEIVED_ON, Plan, said, with_addresses

from plan_sheets import office
from plan_sheets.core.answers.answers import AnswerRow, Cell
from plan_sheets.core.answers.check import check_rows
from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet, as_fact, as_text, cell_key
from plan_sheets.core.book.needed import STILL_NEEDED, with_still_needed
from plan_sheets.core.model.dates import PartialDate
from plan_sheets.core.model.findings import Finding, Outcome
from plan_sheets.core.model.keys import Address, Key
from plan_sheets.plan_workbook import example_book
from plan_sheets.store.schemas import load_messages, load_records, load_workbook_spec
from plan_sheets.store.writing.workbook import write_workbook

RECORDS = load_records()
FIELDS = [one for fields in RECORDS.values() for one in fields.values() if one.scope != "derived"]


def checked(one: Field, value: str, row: str = "J1.1", *, entered: str | None = None) -> Cell:
    """A cell as the check takes it."""
    where = Address("Sheet", "B5")
    return Cell(Key(one.record, row, one.name), one, where, value if entered is None else entered, value)


def check(*rows: AnswerRow, refs: dict[str, set[str]] | None = None) -> list[Finding]:
    """What is said of the rows of one document."""
    return check_rows([rows], load_messages(), refs)[0]


def check_one(one: Field, value: str, **beside: str) -> list[str]:
    """The codes of what is said of one cell."""
    row = AnswerRow((checked(one, value),), says_something=True, beside=beside)
    return [finding.code for finding in check(row)]


# Each rule, at its boundary

TEXT = Field("action", "what", "What", max_length=5)
NUMBER = Field("rag_rule", "value", "Value", type="integer", minimum=0)
EMAIL = Field("subgroup", "chair_email", "E-mail", format="email")
CODE = Field("board", "ref", "Ref", pattern="[A-Z]", unique=True)
WORD = Field("action", "rag", "RAG", choices=("Green", "Amber"))
DAY = Field("action", "due", "Due", type="date")
NEEDED = Field("action", "stage", "Stage", required=True)
WHEN = Field("action", "recovery", "Recovery", required_when={"rag": ("Amber", "Red")})
ANY = Field("action", "step_done", "Done", required_when={"last_step": ("*",)})
OWNED = Field("action", "owner_status", "Owner status")
REFS = Field("grid", "covered_by", "Covered by", format="refs", refers="action")


CASES: list[tuple[Field, str, dict[str, str], list[str]]] = [
    (TEXT, "12345", {}, []),
    (TEXT, "123456", {}, ["too_long"]),
    (TEXT, "👩👩👩👩👩", {}, []),
    (NUMBER, "0", {}, []),
    (NUMBER, "-1", {}, ["too_small"]),
    (NUMBER, "1.5", {}, ["integer_unreadable"]),
    (EMAIL, "chair@example.org", {}, []),
    (EMAIL, "chair at example.org", {}, ["email_unreadable"]),
    (CODE, "J", {}, []),
    (CODE, "JJ", {}, ["not_of_the_form"]),
    (WORD, "Amber", {}, []),
    (WORD, "amber", {}, ["not_a_choice"]),
    (DAY, "March 2017", {}, []),
    (DAY, "in March", {}, ["date_unreadable"]),
    (NEEDED, "x", {}, []),
    (NEEDED, "", {}, ["required"]),
    (WHEN, "", {"rag": "Amber"}, ["required"]),
    (WHEN, "", {"rag": "Green"}, []),
    (WHEN, "", {"rag": ""}, []),
    (WHEN, "", {}, []),
    (WHEN, "x", {"rag": "Red"}, []),
    (ANY, "", {"last_step": "Pilot it"}, ["required"]),
    (ANY, "", {"last_step": ""}, []),
    (OWNED, "Unnamed", {"owner": "A lead"}, ["owner_still_unnamed"]),
    (OWNED, "Unnamed", {"owner": ""}, []),
    (OWNED, "Suggested", {"owner": "A lead"}, []),
]
"""A field, its text, the texts beside it, and what is told of it."""


@pytest.mark.parametrize(("one", "value", "beside", "codes"), CASES)
def test_a_rule_holds_at_its_boundary(one: Field, value: str, beside: dict[str, str], codes: list[str]) -> None:
    assert check_one(one, value, **beside) == codes


DATES: list[tuple[str, str, date | None, list[str]]] = [
    ("31 March 2016", "round", date(2016, 4, 1), ["date_before_round"]),
    ("March 2016", "round", date(2016, 4, 1), ["date_before_round"]),
    ("1 April 2016", "round", date(2016, 4, 1), []),
    ("April 2016", "round", date(2016, 4, 30), []),
    ("", "round", date(2016, 4, 1), []),
    ("31 March 2016", "standing", date(2016, 4, 1), []),
    ("31 March 2016", "round", None, []),
]
"""A date, the scope of its field, the first day of the round, and what is told of it."""


@pytest.mark.parametrize(("day", "scope", "begins", "codes"), DATES)
def test_a_date_of_a_round_lies_in_it_or_after(day: str, scope: str, begins: date | None, codes: list[str]) -> None:
    row = AnswerRow((checked(replace(DAY, scope=scope), day),), says_something=True, begins=begins)
    assert [one.code for one in check(row)] == codes


def test_a_row_that_says_nothing_lacks_nothing() -> None:
    assert check(AnswerRow((checked(NEEDED, ""),), says_something=False)) == []


def test_a_placeholder_is_not_blank_twice_over() -> None:
    """It has its own note; that the cell is blank as well is a consequence."""
    row = AnswerRow((checked(NEEDED, "", entered="TBC"),), says_something=True)
    assert check(row) == []


def test_a_cell_that_tidying_refused_is_not_told_of_again() -> None:
    cell = checked(DAY, "soon")._replace(blocked=Outcome.ERROR)
    assert check(AnswerRow((cell,), says_something=True)) == []


@pytest.mark.parametrize(
    ("value", "codes"), [("J1.1", []), ("J1.1; J1.2", []), ("J1.1; J9.9", ["unknown_ref"]), ("", [])]
)
def test_refs_have_to_be_known(value: str, codes: list[str]) -> None:
    row = AnswerRow((checked(REFS, value),), says_something=True)
    assert [one.code for one in check(row, refs={"action": {"J1.1", "J1.2"}})] == codes


def test_a_ref_that_stands_twice_is_told_in_both_rows_of_its_document_alone() -> None:
    row = AnswerRow((checked(CODE, "J", "J"),), says_something=True)
    found = check_rows([[row, row], [row]], load_messages())
    assert [[one.code for one in of] for of in found] == [["ref_twice", "ref_twice"], []]


def test_a_batch_is_told_apart_and_one_bad_cell_hides_no_other() -> None:
    first, second, last = (
        AnswerRow((checked(NUMBER, number), checked(TEXT, text)), says_something=True)
        for number, text in (("-1", "123456"), ("x", "1"), ("-2", ""))
    )
    found = check_rows([[first], [second], [], [last]], load_messages())
    assert [sorted(one.code for one in of) for of in found] == [
        ["too_long", "too_small"],
        ["integer_unreadable"],
        [],
        ["too_small"],
    ]
    assert check_rows([], load_messages()) == []


def test_the_sentence_says_why_a_blank_is_not_allowed() -> None:
    row = AnswerRow((checked(WORD, "Amber"), checked(WHEN, "")), says_something=True)
    (finding,) = check(row)
    assert "because RAG is Amber" in finding.message
    (finding,) = check(AnswerRow((checked(ANY, ""),), says_something=True, beside={"last_step": "Pilot"}))
    assert "because there is something under last_step" in finding.message
    locked = AnswerRow(
        (checked(ANY, ""),), says_something=True, beside={"last_step": "Pilot"}, titles={"last_step": "X"}
    )
    (finding,) = check(locked)
    assert "because there is something under X" in finding.message


@given(
    st.lists(
        st.tuples(
            st.sampled_from([TEXT, NUMBER, WORD, DAY, NEEDED]),
            st.sampled_from(["", "1", "Green", "123456", "March 2017"]),
        ),
        max_size=6,
    )
)
@settings(deadline=None, max_examples=30)
def test_checked_together_or_one_by_one_is_the_same(cells: list[tuple[Field, str]]) -> None:
    rows = [AnswerRow((checked(one, value),), says_something=True) for one, value in cells]
    together = check_rows([[row] for row in rows], load_messages())
    alone = [check(row) for row in rows]
    assert together == alone


# One description: what the schemas say of a field is what the workbook offers and what the check allows


@cache
def written(book_id: int) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_workbook(_BOOKS[book_id])))


_BOOKS: dict[int, Book] = {}


def open_book(book: Book) -> Workbook:
    """The file of a book, as another program reads it; made once."""
    _BOOKS[id(book)] = book
    return written(id(book))


@pytest.fixture(scope="module")
def books(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Book]:
    """The plan, the workbook of a subgroup that leads and one that contributes, and an officer's workbook."""
    plan = Plan(tmp_path_factory.mktemp("books") / "plan")
    shutil.copytree(issued_example, plan.path)
    further = {"New actions": {"1": {"Theme": "J1b", "What we will do": "Train"}}}
    files = [plan.filled("one", {**said(progress="A"), **further}), plan.filled("two", said(progress="B"))]
    office.receive_files(plan.folder, files, RECEIVED_ON)
    issued = [plan.register.documents(subgroup=code)[0].book for code in ("DA", "LEARNING")]
    return [example_book(), *issued, plan.register.documents(kind="officer")[0].book]


def offered(book: Workbook, sheet: Worksheet, cell: str) -> tuple[list[str], str]:
    """The words of a cell's drop-down and its prompt, as another program finds them."""
    choices, prompt = [], ""
    for validation in sheet.data_validations.dataValidation:
        if cell in validation.sqref:
            prompt = validation.prompt or prompt
            if validation.type == "list":
                assert validation.errorStyle in (None, "stop"), "a drop-down enforces"
                assert validation.showErrorMessage
                choices = words_of(book, str(validation.formula1))
    return choices, prompt


def words_of(book: Workbook, source: str) -> list[str]:
    if source.startswith('"'):
        return source.strip('"').split(",")
    name, _, area = source.lstrip("=").rpartition("!")
    left, top, right, bottom = range_boundaries(area)
    rows = book[name.strip("'").replace("''", "'")].iter_rows(top, bottom, left, right, values_only=True)
    return [str(value) for row in rows for value in row]


def cells(book: Book) -> Iterator[tuple[Sheet, Row, Column, Field, str]]:
    """Every cell with the field that it holds and its place."""
    for sheet in book.sheets:
        for row, column, _, address in with_addresses(sheet):
            yield sheet, row, column, row.answer or column.field, address.cell


def test_what_may_be_filled_in_is_unlocked_and_nothing_else(books: Sequence[Book]) -> None:
    for book in books:
        file = open_book(book)
        for sheet, row, column, _, cell in cells(book):
            assert file[sheet.name][cell].protection.locked is not sheet.is_input(row, column) or not book.protected
        for sheet in book.sheets:
            assert file[sheet.name].protection.sheet is book.protected


def hinted(one: Field, book: Book, *, is_needed: bool) -> str:
    """The prompt of a field with what a workbook for chairs says beside it."""
    takes_long_text = (one.max_length or 0) > 255 and not one.choices
    before, after = book.hints.get("needed", ""), book.hints.get("paste", "")
    return " ".join(filter(None, (before if is_needed else "", one.prompt, after if takes_long_text else "")))


def test_each_cell_offers_the_words_and_the_prompt_of_its_field(books: Sequence[Book]) -> None:
    seen = 0
    for book in books:
        file = open_book(book)
        for sheet, row, column, one, cell in cells(book):
            choices, prompt = offered(file, file[sheet.name], cell)
            if not sheet.is_input(row, column):
                assert (choices, prompt) == ([], ""), f"{sheet.name}!{cell}"
                continue
            wanted = column.choices if row.answer is None else one.choices
            assert choices == list(wanted)
            assert prompt == hinted(one, book, is_needed=column.field.name in sheet.find_needed(row))
            assert RECORDS[one.record][one.name] == one, "a field is what schemas/ says, wherever it stands"
            assert not one.choices or list(one.choices) == choices
            seen += 1
    assert seen > 1000


@pytest.mark.parametrize("one", [one for one in FIELDS if one.choices], ids=lambda one: f"{one.record}.{one.name}")
def test_the_check_allows_just_the_words_that_are_offered(one: Field) -> None:
    for word in one.choices:
        assert "not_a_choice" not in check_one(one, word)
    for word in ("Somewhat", one.choices[0].upper() + "X", f" {one.choices[0]}"):
        assert "not_a_choice" in check_one(one, word)


@pytest.mark.parametrize("one", FIELDS, ids=lambda one: f"{one.record}.{one.name}")
def test_the_check_asks_for_just_what_is_described(one: Field) -> None:
    blank = one.findings.get("required", "required")
    assert (blank in check_one(one, "")) is one.required
    for other, words in one.required_when.items():
        for word in words:
            assert blank in check_one(one, "", **{other: "Anything" if word == "*" else word})
    if one.max_length is not None and not one.choices:
        assert "too_long" in check_one(one, "x" * (one.max_length + 1))
        assert "too_long" not in check_one(one, "x" * one.max_length)
    if one.type == "date":
        assert check_one(one, PartialDate.month(2017, 3).words) == []


@pytest.fixture(scope="module")
def progress(issued_example: Path) -> Sheet:
    """Progress of Domestic Abuse, as if a next step had been named last time for two of its four actions."""
    sheet = Plan(issued_example).register.documents(subgroup="DA")[0].book.sheet("Progress")
    place = [column.field.name for column in sheet.columns].index("last_step")
    rows = [
        row._replace(cells=(*row.cells[:place], "Pilot" if number % 2 else "", *row.cells[place + 1 :]))
        for number, row in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=tuple(rows))


def filled_in(sheet: Sheet, texts: Sequence[str]) -> Sheet:
    """The sheet with these texts, one after the other, in the cells that may be filled in."""
    left = iter(texts)
    rows = []
    for row in sheet.rows:
        cells = [
            next(left) if sheet.is_input(row, column) else content
            for column, content in zip(sheet.columns, row.cells, strict=True)
        ]
        rows.append(row._replace(cells=tuple(cells)))
    return replace(sheet, rows=tuple(rows))


def missed(sheet: Sheet) -> list[set[str]]:
    """Of each row the headings of the required cells that are blank, by the check."""
    headings = {column.field.name: column.heading for column in sheet.columns}
    found = []
    for row in sheet.rows:
        pairs = list(zip(sheet.columns, row.cells, strict=True))
        typed = [
            Cell(cell_key(row, column), column.field, Address("Progress", "A1"), as_text(content), as_text(content))
            for column, content in pairs
            if sheet.is_input(row, column)
        ]
        beside = {column.field.name: as_fact(content) for column, content in pairs if not sheet.is_input(row, column)}
        findings = check(AnswerRow(tuple(typed), says_something=True, beside=beside))
        found.append({headings[one.key.field] for one in findings if one.code == "required" and one.key})
    return found


def inputs(sheet: Sheet) -> list[Field]:
    return [column.field for row in sheet.rows for column in sheet.columns if sheet.is_input(row, column)]


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_what_a_row_still_needs_starts_from_what_the_check_would_miss(progress: Sheet, data: st.DataObject) -> None:
    texts = [data.draw(st.sampled_from(["", *(one.choices or ("x",))])) for one in inputs(progress)]
    sheet = with_still_needed(filled_in(progress, texts), None, load_workbook_spec("subgroup").words)
    told = [as_text(row.cells[sheet.place(STILL_NEEDED)]) for row in sheet.rows]
    assert [set(text.split("; ")) for text in told] == [headings or {"Complete"} for headings in missed(sheet)]
