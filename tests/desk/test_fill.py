"""What is typed on a page, cell by cell: what is new, what is wrong with it, and where a blank row goes."""

from __future__ import annotations

import pytest

from plan_sheets.core.book.layout import Column, Field, Row, Sheet
from plan_sheets.desk.aside import LONGEST_ENDING, LONGEST_NAME, Aside, tame
from plan_sheets.desk.fill import find_faults, find_typed, list_spare, move_spare, name_row

CHOICE = Field("query", "choice", "Your choice", scope="form", choices=("Keep", "Take", "Type"))
TYPED = Field("query", "typed", "Text", scope="form", required_when={"choice": ("Type",)}, max_length=20)
UNSEEN = "holds a sign that cannot be seen and no workbook holds"
QUERIES = Sheet(
    "Queries",
    "Queries",
    (),
    (
        Column(Field("query", "ref", "Query"), "Query"),
        Column(CHOICE, "Your choice", input=True, choices=CHOICE.choices),
        Column(TYPED, "Text that shall stand", input=True),
    ),
    (Row("7", ("7", "", "")), Row("8", ("8", "", ""))),
)


@pytest.mark.parametrize(
    ("choice", "text", "fault"),
    [
        ("Keep", "", ""),
        ("Type", "So be it", ""),
        ("Type", "", "Query 7: Text that shall stand is blank: fill it in."),
        (
            "Take",
            "So be it",
            "Query 7: Text that shall stand is only for Your choice: Type. Choose that, or take the text out.",
        ),
        ("Type", "x" * 21, "Query 7: Text that shall stand has 21 characters, and 20 have room: shorten it."),
        (
            "Type",
            "one\ntwo\x0bthree",
            f"Query 7: Text that shall stand {UNSEEN} (U+000B, after 'two'): take it out.",
        ),
        ("Burn", "", "Query 7: Your choice is none of the words of its list."),
    ],
)
def test_what_would_not_be_taken_is_said_with_its_field(choice: str, text: str, fault: str) -> None:
    # A ref of digits with a locked fact beside it is a query; without one it would be a blank row.
    facts = Column(Field("query", "about", "About"), "About")
    columns = (QUERIES.columns[0], facts, *QUERIES.columns[1:])
    sheet = Sheet("Queries", "Queries", (), columns, (Row("7", ("7", "J1a.1: Stage", "", "")),))
    found = [*find_faults(sheet, {"Queries/7/choice": choice, "Queries/7/typed": text})]
    assert [each.text for each in found] == ([fault] if fault else [])


SAID = Sheet(
    "Said to me",
    "Said to me",
    (),
    (
        Column(Field("said", "ref", "Row"), "Row"),
        Column(Field("said", "about", "Ref", required=True), "Ref", input=True),
        Column(Field("said", "text", "What was said", required=True), "What was said", input=True),
    ),
    (Row("SAID-1", ("SAID-1", "J9", "Odd")), *(Row(str(number), (str(number), "", "")) for number in (1, 2, 3))),
)


def test_blank_rows_are_offered_from_the_last_on() -> None:
    assert [row.ref for row in list_spare(SAID)] == ["3", "2", "1"]
    assert [name_row(SAID, row) for row in SAID.rows] == ["SAID-1", "New row 3", "New row 2", "New row 1"]


def test_what_stands_already_is_not_new() -> None:
    assert find_typed(SAID, SAID.rows[0], {"Said to me/SAID-1/about": "J9", "Said to me/SAID-1/text": "Even"}) == {
        "Said to me/SAID-1/text": "Even"
    }


@pytest.mark.parametrize(
    ("taken", "place"),
    [
        ({}, "3"),
        ({"3": {"about": "J2", "text": "Of another window"}}, "2"),
        ({"3": {"about": "J2", "text": "Of another window"}, "2": {"about": "J1", "text": "Yes"}}, "2"),
    ],
)
def test_a_blank_row_that_another_window_filled_is_left_to_it(taken: dict[str, dict[str, str]], place: str) -> None:
    typed = {"Said to me/3/about": "J1", "Said to me/3/text": "Yes", "Said to me/SAID-1/text": "Even", "find": ""}
    moved = move_spare(SAID, typed, taken)
    assert moved == {
        f"Said to me/{place}/about": "J1",
        f"Said to me/{place}/text": "Yes",
        "Said to me/SAID-1/text": "Even",
        "find": "",
    }


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.xlsx", "x.xlsx"),
        ("..\\..\\x.xlsx", "x.xlsx"),
        ("C:\\temp\\x.xlsx", "x.xlsx"),
        ("CON.xlsx", "_CON.xlsx"),
        ("lpt1.tar.xlsx", "_lpt1.tar.xlsx"),
        ("<b>x.xlsx", "_b_x.xlsx"),
        ("a\x1b[31m\u202e.xlsx", "a␛[31m.xlsx"),
        ("...", "file"),
        ("", "file"),
    ],
)
def test_the_name_of_a_file_is_not_trusted(name: str, kept: str) -> None:
    assert tame(name) == kept


def test_a_long_name_is_shortened_to_what_a_disk_takes() -> None:
    kept = tame("ä" * 300 + "." + "x" * 300)
    assert len(kept.encode()) == LONGEST_NAME + LONGEST_ENDING


def test_what_is_aside_goes_with_the_desk_or_sooner() -> None:
    aside = Aside()
    folder = aside.folder
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    aside.remove()
    assert (folder.exists(), aside.is_there) == (False, False)
    aside = Aside()
    folder = aside.folder
    del aside
    assert not folder.exists()
