"""Where things are in a workbook that came back: headings, rows, texts outside, and what is told of each difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_sheets.core.book.document import Document
from plan_sheets.core.book.layout import Book, Column, Field, Row, Sheet, as_text
from plan_sheets.core.model.found import FoundCell, FoundSheet, FoundWorkbook
from plan_sheets.core.model.keys import Key
from plan_sheets.core.returned.compare import is_same_text
from plan_sheets.core.returned.locate import Locator
from plan_sheets.core.returned.misplaced import find_moved_answers, find_reordered_answers
from plan_sheets.core.returned.tables import LocatedWorkbook, find_table
from plan_sheets.store.receiving.carriers import read_about
from plan_sheets.store.schemas import load_messages

FIELDS = {
    name: Field("action", name, title)
    for name, title in {"ref": "Ref", "what": "What we will do", "how": "How", "owner": "Owner", "key": "Key"}.items()
}
COLUMNS = tuple(Column(one, one.title, input=one.name in ("how", "owner")) for one in FIELDS.values())
KEYS = {"J1.1": "J1.1 AAAAAAAA", "J1.2": "J1.2 BBBBBBBB", "J1.3": "J1.3 CCCCCCCC"}
ROWS = tuple(
    Row(ref, (ref, what, how, "", KEYS[ref]))
    for ref, what, how in (("J1.1", "Map it", "By hand"), ("J1.2", "Tell it", "Aloud"), ("J1.3", "Do it", ""))
)
SHEET = Sheet("Action plan", "Action plan", ("One row for each action.",), COLUMNS, ROWS)
BOOK = Book("subgroup", "Title", (SHEET,), datetime(2016, 4, 1))  # noqa: DTZ001 - a workbook knows no time zone
DOCUMENT = Document("2016-17-Q1-DA-1", "subgroup", "2016-17-Q1", "DA", "", BOOK, "2016-04-01")
FOREIGN = "L1.1 DDDDDDDD"

AS_ISSUED = f"""
    Action plan
    One row for each action.

    Ref  | What we will do | How     | Owner | Key
    J1.1 | Map it          | By hand |       | {KEYS["J1.1"]}
    J1.2 | Tell it         | Aloud   |       | {KEYS["J1.2"]}
    J1.3 | Do it           |         |       | {KEYS["J1.3"]}
"""


def found(text: str, name: str = "Action plan") -> FoundSheet:
    """A sheet as it was found: a line a row, bars between columns."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").rstrip().splitlines()]
    cells = {(row, at): FoundCell(cell) for row, line in enumerate(rows) for at, cell in enumerate(line) if cell}
    return FoundSheet(name, cells)


def locate(*sheets: FoundSheet, document: Document = DOCUMENT) -> LocatedWorkbook:
    whose = {FOREIGN: "2016-17-Q1-CSE-1"}
    return Locator(document, FoundWorkbook("xlsx", sheets), load_messages(), lambda key: whose.get(key, "")).locate()


def told(shape: LocatedWorkbook) -> set[tuple[str, str]]:
    return {(one.code, str(one.address)) for one in shape.findings}


def texts(shape: LocatedWorkbook) -> Mapping[Key, str]:
    return {one.key: one.cell.text for one in shape.inputs()}


def test_what_was_issued_comes_back_with_nothing_to_say() -> None:
    shape = locate(found(AS_ISSUED))
    assert told(shape) == set()
    assert {(str(one.key), one.base, str(one.address)) for one in shape.inputs()} == {
        ("action J1.1 how", "By hand", "Action plan!C5"),
        ("action J1.1 owner", "", "Action plan!D5"),
        ("action J1.2 how", "Aloud", "Action plan!C6"),
        ("action J1.2 owner", "", "Action plan!D6"),
        ("action J1.3 how", "", "Action plan!C7"),
        ("action J1.3 owner", "", "Action plan!D7"),
    }


TYPED = AS_ISSUED.replace("Do it           |        ", "Do it           | Somehow ")


def changed(*pairs: tuple[str, str]) -> str:
    text = TYPED
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


ROW_2 = f"    J1.2 | Tell it         | Aloud   |       | {KEYS['J1.2']}\n"
CHANGES = [
    ("line gone", changed(("    One row for each action.\n", "    \n")), set()),
    ("rows shifted", changed(("    Ref  |", "\n\n    Ref  |")), set()),
    ("heading in capitals", changed(("What we will do", "WHAT  we will do")), set()),
    ("locked text with other blanks", changed(("Tell it ", "Tell  it")), set()),
    ("locked text", changed(("Tell it", "Sell it")), {("locked_changed", "Action plan!B6")}),
    ("locked text emptied", changed(("Tell it", "")), {("locked_changed", "Action plan!B6")}),
    ("row gone", changed((ROW_2, "")), {("row_missing", "Action plan!A1")}),
    ("row twice, the same", changed((ROW_2, ROW_2 * 2)), set()),
    (
        "row twice, different",
        changed((ROW_2, ROW_2 + ROW_2.replace("Aloud", "In writing"))),
        {("row_doubled", "Action plan!A6"), ("row_doubled", "Action plan!A7")},
    ),
    ("key gone", changed((KEYS["J1.2"], "")), {("row_by_ref", "Action plan!A6")}),
    (
        "key gone, ref changed",
        changed((KEYS["J1.2"], ""), ("J1.2 |", "J1.9 |")),
        {("row_unknown", "Action plan!A6"), ("row_missing", "Action plan!A1")},
    ),
    (
        "key unknown",
        changed((KEYS["J1.2"], "J1.2 ZZZZZZZZ")),
        {("row_key_unknown", "Action plan!E6"), ("row_missing", "Action plan!A1")},
    ),
    (
        "key of another row",
        changed(("J1.2 |", "J1.7 |"), ("Tell it", "Sing it")),
        {("row_key_differs", "Action plan!E6"), ("row_missing", "Action plan!A1")},
    ),
    (
        "row of another workbook",
        changed((ROW_2, ROW_2 + ROW_2.replace(KEYS["J1.2"], FOREIGN))),
        {("row_foreign", "Action plan!E7")},
    ),
    (
        "a row of one's own",
        changed((ROW_2, ROW_2 + "    J1.7 | Sing it | Loudly\n")),
        {("row_unknown", "Action plan!A7")},
    ),
    ("text below", TYPED + "\n\n    | | By the way", {("row_unknown", "Action plan!C10")}),
    ("text beside", changed((KEYS["J1.2"], KEYS["J1.2"] + " | By the way")), {("text_outside", "Action plan!F6")}),
    (
        "text above",
        changed(("    Action plan\n", "    Action plan | By the way\n")),
        {("text_outside", "Action plan!B1")},
    ),
    (
        "text above that holds the title",
        changed(("    Action plan\n", "    Action plan | The action plan is wrong\n")),
        {("text_outside", "Action plan!B1")},
    ),
    (
        "text added to a line of ours",
        changed(("each action.", "each action. The chair is away.")),
        {("text_outside", "Action plan!A2")},
    ),
    (
        "heading renamed",
        changed(("| How ", "| Method ")),
        {("column_missing", "Action plan!A4")} | {("text_outside", f"Action plan!C{row}") for row in (4, 5, 6, 7)},
    ),
    ("heading with a slip", changed(("| How ", "| Howe")), {("heading_mended", "Action plan!C4")}),
    (
        "two headings with a slip from one",
        changed(("| How ", "| Howe"), ("| Owner |", "| Hoow  |")),
        {("column_missing", "Action plan!A4")}
        | {("text_outside", f"Action plan!{cell}") for cell in ("C4", "C5", "C6", "C7", "D4")},
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_each_difference_is_told_at_its_cell(text: str, expected: set[tuple[str, str]]) -> None:
    shape = locate(found(text))
    assert told(shape) == expected
    if ("column_missing", "Action plan!A4") not in expected:
        assert texts(shape)[Key("action", "J1.3", "how")] == "Somehow"


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_every_word_on_the_sheet_is_ours_or_read_or_told(text: str, expected: set[tuple[str, str]]) -> None:
    del expected
    sheet = found(text)
    shape = locate(sheet)
    ours = {as_text(content) for _, _, content in SHEET.cells()} | {SHEET.title, *SHEET.lines}
    ours |= {column.heading for column in COLUMNS}
    known = [one.entered or "" for one in shape.findings] + [one.cell.text for one in shape.inputs()]
    for cell in sheet.cells.values():
        plain = " ".join(cell.text.split()).casefold()
        assert plain in {one.casefold() for one in ours} or any(cell.text in one for one in known), cell.text


def test_a_row_of_another_sheet_of_the_workbook_is_told() -> None:
    key = "J1.4 EEEEEEEE"
    other = replace(SHEET, name="Further", rows=(Row("J1.4", ("J1.4", "Sing it", "Loudly", "", key)),))
    document = replace(DOCUMENT, book=replace(BOOK, sheets=(SHEET, other)))
    there = f"    Ref | What we will do | How | Owner | Key\n    J1.4 | Sing it | Loudly | | {key}\n"
    pasted = changed((ROW_2, ROW_2 + there.splitlines(keepends=True)[1]))
    shape = locate(found(pasted), found(there, "Further"), document=document)
    (finding,) = [one for one in shape.findings if one.code == "row_of_other_sheet"]
    assert str(finding.address) == "Action plan!E7"
    assert "the sheet Further" in finding.message
    assert "Loudly" in (finding.entered or "")


def test_columns_may_stand_in_any_order() -> None:
    turned = "\n".join(
        " | ".join(reversed(line.split("|"))) if line.count("|") > 1 else line for line in TYPED.splitlines()
    )
    shape = locate(found(turned))
    assert told(shape) == set()
    assert texts(shape) == texts(locate(found(TYPED)))


def test_rows_may_stand_in_any_order() -> None:
    *head, one, two, three = TYPED.rstrip().splitlines()
    shape = locate(found("\n".join([*head, three, one, two])))
    assert told(shape) == set()
    assert texts(shape) == texts(locate(found(TYPED)))


def test_a_sheet_under_another_name_is_known_by_its_headings() -> None:
    shape = locate(found(TYPED, "Sheet1"))
    assert told(shape) == {("sheet_renamed", "Sheet1!A1")}
    assert texts(shape) == texts(locate(found(TYPED)))
    assert {one.address.sheet for one in shape.typed} == {"Sheet1"}


def test_of_two_sheets_that_might_be_it_none_is_read() -> None:
    shape = locate(found(TYPED, "Copy 1"), found(TYPED, "Copy 2"))
    assert {one.code for one in shape.findings} == {"sheet_missing", "sheet_extra"}
    assert list(shape.inputs()) == []


def test_a_sheet_of_ones_own_is_told_with_all_its_text() -> None:
    shape = locate(found(TYPED), found("Notes\nThe chair is away", "My notes"), found("", "Sheet3"))
    (extra,) = shape.findings
    assert (extra.code, str(extra.address), extra.entered) == ("sheet_extra", "My notes!A1", "Notes\nThe chair is away")


def test_a_missing_sheet_on_which_nothing_is_filled_in_is_a_note() -> None:
    columns = tuple(Column(FIELDS[name], heading) for name, heading in (("what", "Consideration"), ("how", "Prompt")))
    guidance = Sheet("Guidance", "Guidance", (), columns, (Row("data", ("Data", "Think of outcomes")),))
    document = replace(DOCUMENT, book=replace(BOOK, sheets=(SHEET, guidance)))
    assert told(locate(found(TYPED), document=document)) == {("sheet_gone", "Guidance!A1")}


def test_a_row_that_has_the_key_of_another_row_is_not_read_as_it() -> None:
    """Sorting all but the key column parts keys from their rows: nothing may be taken for the wrong ref."""
    text = TYPED
    for ref, new in (("J1.1", "@1"), ("J1.2", "@2"), ("@1", "J1.2"), ("@2", "J1.1")):
        text = text.replace(KEYS.get(ref, ref), KEYS.get(new, new))
    read = texts(locate(found(text)))
    assert read.get(Key("action", "J1.1", "how"), "By hand") == "By hand"
    assert read.get(Key("action", "J1.2", "how"), "Aloud") == "Aloud"


@pytest.mark.parametrize(
    ("issued", "came", "same"),
    [
        ("", "", True),
        ("Map it", " Map  it\n", True),
        ("Café", "Cafe\u0301", True),
        ("31 March 2017", "31  March 2017", True),
        ("March 2017", "31 March 2017", True),  # another program made a date of it
        ("March 2017", "1 March 2017", False),
        ("Map it", "map it", False),
        ("Map it", "Map it.", False),
        ("", "x", False),
    ],
)
def test_a_locked_text_is_the_same_but_for_blanks_and_the_precision_of_a_date(
    issued: str,
    came: str,
    same: bool,  # noqa: FBT001 - a table of cases
) -> None:
    assert is_same_text(issued, came) is same


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Ref | What we will do | How | Owner | Key", 0),
        ("Ref | x\n\nRef | What we will do | How", 2),
        ("Owner | Key | Ref", 0),
        ("Ref | What we will do", None),
        ("", None),
    ],
)
def test_a_heading_row_has_at_least_half_of_the_headings(text: str, row: int | None) -> None:
    table = find_table(COLUMNS, found(text))
    assert (table.heading_row if table else None) == row


def test_of_two_columns_with_one_heading_none_is_taken_where_they_differ() -> None:
    doubled = changed(("| Owner |", "| How |"), ("Aloud   |       |", "Aloud   | Twice |"))
    shape = locate(found(doubled))
    asked = {str(one.address): one.entered for one in shape.findings if one.code == "column_doubled"}
    # A heading is missing, so either column may be the one that was renamed: a blank beside a text differs too.
    assert asked == {
        "Action plan!C5": "By hand | ",
        "Action plan!C6": "Aloud | Twice",
        "Action plan!C7": "Somehow | ",
    }


def test_beside_a_copy_of_a_column_that_is_blank_the_answer_is_taken() -> None:
    doubled = AS_ISSUED.replace("| Owner |", "| Owner | How |").replace(
        "| Do it           |         |       |", "| Do it | Somehow | | |"
    )
    shape = locate(found(doubled.replace("|       | J", "|       | | J")))
    assert "column_doubled" not in {one.code for one in shape.findings if str(one.address).endswith("7")}
    assert texts(shape)[Key("action", "J1.3", "how")] == "Somehow"


def values(shape: LocatedWorkbook) -> dict[Key, str]:
    return {one.key: one.cell.text for one in shape.inputs()}


@pytest.mark.parametrize(
    ("how", "moved"),
    [
        (("By hand", "Aloud", ""), []),
        (("Aloud", "By hand", ""), ["Action plan!C2"]),
        (("By hand", "By hand", ""), []),  # copied down: no permutation
        (("By machine", "Aloud", ""), []),
        (("Aloud", "", "By hand"), ["Action plan!C2"]),  # sorted with a blank among them
        (("By hand", "", "Aloud"), ["Action plan!C3"]),
    ],
)
def test_prefilled_answers_in_another_order_are_noticed(how: tuple[str, str, str], moved: list[str]) -> None:
    rows = zip(ROWS, how, strict=True)
    lines = [f"{row.ref} | {as_text(row.cells[1])} | {text} | | {KEYS[row.ref]}" for row, text in rows]
    shape = locate(found("Ref | What we will do | How | Owner | Key\n" + "\n".join(lines)))
    assert [str(where) for *_, where in find_reordered_answers(shape.inputs(), values(shape))] == moved


@pytest.mark.parametrize(("text", "moved"), [("x" * 11, []), ("x" * 12, [("J1.2", "J1.1")])])
def test_a_text_of_ones_own_words_that_went_over_to_another_row_is_noticed(
    text: str, moved: list[tuple[str, str]]
) -> None:
    """Eleven characters two people may write alike by chance."""
    rows = (ROWS[0]._replace(cells=(*ROWS[0].cells[:2], text, *ROWS[0].cells[3:])), *ROWS[1:])
    document = replace(DOCUMENT, book=replace(BOOK, sheets=(replace(SHEET, rows=rows),)))
    shape = locate(found(AS_ISSUED.replace("Aloud", text)), document=document)
    cells = find_moved_answers(shape.typed, values(shape), shape.unchanged)
    assert [(cell.row.ref, ref) for cell, ref in cells] == moved


@given(st.permutations(range(3)))
def test_whatever_the_order_of_the_rows_each_answer_stays_with_its_ref(order: list[int]) -> None:
    *head, one, two, three = TYPED.rstrip().splitlines()
    rows = [one, two, three]
    shape = locate(found("\n".join([*head, *(rows[place] for place in order)])))
    assert values(shape) == values(locate(found(TYPED)))


LONG = "x" * 254 + "😀 and more than an old workbook holds"


@pytest.mark.parametrize(
    ("issued", "back", "container", "read", "codes"),
    [
        (LONG, LONG[:254] + "\ufffd", "xls", LONG, {"text_cut"}),
        (LONG.replace("😀", "y"), LONG[:254] + "y", "xls", LONG.replace("😀", "y"), {"text_cut"}),
        (LONG.replace("😀", "y"), LONG[:254] + "y", "xlsx", LONG[:254] + "y", set()),
        ("", "z" * 255, "xls", "z" * 255, {"text_perhaps_cut"}),
        ("", "z" * 256, "xls", "z" * 256, set()),
        ("z" * 255, "z" * 255, "xls", "z" * 255, set()),
        ("z" * 256, "z" * 254, "xls", "z" * 254, set()),
    ],
)
def test_a_text_that_a_program_cut_off_is_told(
    issued: str, back: str, container: str, read: str, codes: set[str]
) -> None:
    rows = (ROWS[0]._replace(cells=(*ROWS[0].cells[:2], issued, *ROWS[0].cells[3:])), *ROWS[1:])
    document = replace(DOCUMENT, book=replace(BOOK, sheets=(replace(SHEET, rows=rows),)))
    book = FoundWorkbook(container, (found(AS_ISSUED.replace("By hand", back)),))
    shape = Locator(document, book, load_messages(), lambda _: "").locate()
    assert texts(shape)[Key("action", "J1.1", "how")] == read
    assert {one.code for one in shape.findings} == codes


def test_what_the_about_sheet_says_and_which_texts_look_like_keys() -> None:
    about = found("About\n\nItem | What it is\nReference | 2016-17-Q1-DA-1\nSignature | ABC", "ABOUT ")
    told_of = read_about(FoundWorkbook("xlsx", (about, found(TYPED))))
    assert (told_of["Reference"], told_of["Signature"]) == ("2016-17-Q1-DA-1", "ABC")
    assert read_about(FoundWorkbook("xlsx", (found(TYPED),))) == {}
    assert set(found(TYPED).row_keys()) == set(KEYS.values())


def test_two_headings_that_changed_places_are_told() -> None:
    shape = locate(found(changed(("How     | Owner", "Owner   | How  "))))
    assert told(shape) == {("headings_swapped", "Action plan!C4")}
    assert texts(shape)[Key("action", "J1.3", "owner")] == "Somehow"
