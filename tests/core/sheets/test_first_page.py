"""The first page of a master, whatever the plan holds: one page, whole sentences, no name cut, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest
from tests.registered import snapshot

from plan_sheets.core.book.compose import RowFacts
from plan_sheets.core.book.layout import Line, as_text
from plan_sheets.core.book.measure import (
    BOLD_ROOM,
    FONT_POINTS,
    Paper,
    choose_paper,
    height_above,
    page_room,
    print_scale,
    row_height,
    text_points,
)
from plan_sheets.core.book.spec import ColumnSpec
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.asks import MOST_ASKS
from plan_sheets.core.sheets.first_page import ALL_ROWS, FirstPage, first_page
from plan_sheets.core.sheets.lines import LONGEST_LINE, WIDEST_LINE
from plan_sheets.core.sheets.rag_status import Driver, headline, summary_lines
from plan_sheets.store.schemas import load_workbook_spec

PLAN = """
| board | J | title = Joint
| subgroup | DA | title = Domestic Abuse
| priority | J1 | board = J | title = Domestic abuse | agreement = Agreed | subgroup = DA
"""
SOUND = "how = So | due = March 2017 | owner = A lead | owner_status = Accepted"
SHORT_OF_THE_EDGE = 1.055
"""How much wider LibreOffice makes a column than we measure: seen in what it prints."""


@cache
def columns() -> Sequence[ColumnSpec]:
    return load_workbook_spec("master").sheets[0].columns


def action(ref: str, rag: str = "", *, before: str = "", more: str = "") -> str:
    """An action of J1, judged so in Quarter 2, and so `before`, in Quarter 1."""
    theme = ref.partition(".")[0]
    judged = [f"{quarter} | action | {ref} | rag = {said}" for quarter, said in ((1, before), (2, rag)) if said]
    return "\n".join([f"| action | {ref} | theme = {theme} | what = Do {ref} | {SOUND}{more}", *judged])


def made(*lines: str) -> Snapshot:
    return snapshot(PLAN + "\n".join(lines), 1, 2)


def page_of(how: Snapshot) -> FirstPage:
    return first_page(how, columns(), [*summary_lines(how)], tuple(Driver))


def texts(page: FirstPage) -> list[str]:
    return [line.text if isinstance(line, Line) else line for line in page.lines]


def below(page: FirstPage, heading: str) -> Iterator[str]:
    """The lines from this heading to the next."""
    looks = [line.look if isinstance(line, Line) else "line" for line in page.lines]
    start = next(place for place, text in enumerate(texts(page)) if text.startswith(heading))
    for text, look in zip(texts(page)[start + 1 :], looks[start + 1 :], strict=True):
        if look == "section":
            return
        yield text


def check(page: FirstPage) -> None:
    """What holds of every first page: it is one page, and each line is whole sentences in one cell."""
    widths = [column.width for column in columns()]
    above = height_above(line.look if isinstance(line, Line) else "line" for line in page.lines)
    rows = sum(map(height, page.rows))
    assert above + 2 * 12.75 + rows <= page_room(widths, choose_paper(widths))
    for text in texts(page)[1:]:
        assert len(text) <= LONGEST_LINE
        assert text_points(text) <= WIDEST_LINE
        assert "…" not in text
    plain = [text for line, text in zip(page.lines, texts(page), strict=True) if getattr(line, "look", "") != "section"]
    assert [text for text in plain if not text.endswith((".", "?", "!"))] == []
    assert len([*below(page, "What is asked")]) <= MOST_ASKS + 2


def height(row: RowFacts) -> float:
    room = BOLD_ROOM if row.total else 1
    contents = {"ref": row.ref, **row.contents}
    return row_height((as_text(contents.get(column.field.name, "")), column.width * room) for column in columns())


def test_the_table_is_printed_at_nine_points_on_a4() -> None:
    for kind in ("master", "public"):
        widths = [column.width * SHORT_OF_THE_EDGE for column in load_workbook_spec(kind).sheets[0].columns]
        assert print_scale(widths, Paper.A4) * FONT_POINTS >= 9
    assert print_scale([column.width for column in columns()], Paper.A4) < 1, "else columns beside it are printed too"


def test_a_line_is_no_wider_than_the_table() -> None:
    assert sum(column.width * 5.25 + 3.75 for column in columns()) >= WIDEST_LINE


def test_what_is_red_why_whose_and_what_is_asked_is_one_line() -> None:
    asked = f"2 | action | J1.1 | ask = Release a nurse{''}"
    page = page_of(made(action("J1.1", "Red", before="Green", more=" | short_title = Map the pathway"), asked))
    check(page)
    assert [*below(page, "What is asked")] == [
        "1. Red. J1.1 Map the pathway (Domestic Abuse). Judged Red. Chair asks: Release a nurse."
    ]
    (red,) = (line for line in page.lines if isinstance(line, Line) and line.text.startswith("1. "))
    assert red.parts[0] == "1. Red. J1.1 Map the pathway"
    assert [*below(page, "What changed")] == ["Worse, 1: J1.1 Map the pathway: Green to Red.", "Better: none."]


def test_without_a_short_title_the_ref_stands_with_the_title_of_its_priority() -> None:
    page = page_of(made(action("J1.1", "Red")))
    assert next(below(page, "What is asked")).startswith("1. Red. J1.1 of Domestic abuse (Domestic Abuse). Judged Red.")
    driven = [as_text(row.contents["driven_by"]) for row in page.rows]
    assert driven == ["J1.1 Do J1.1", "J1.1 Do J1.1: judged Red"], "in the table, the whole of what will be done"


def test_the_headline_adds_up_to_all_actions() -> None:
    ended = "2 | action | J1.6 | confirmed_stage = Withdrawn"
    rags = [action("J1.1", "Red"), action("J1.2", "Amber"), action("J1.3", "Green", before="Red")]
    how = made(*rags, action("J1.4"), action("J1.5"), action("J1.6"), ended)
    assert headline(how).text == (
        "1 of 6 actions is Red (1 last quarter); 1 Amber, 1 Green; 2 cannot be told: 2 not reported; 1 ended."
    )
    board, priority = page_of(how).rows
    for row in (board, priority):
        names = ("red", "amber", "green", "blue", "not_reported", "not_assessable", "ended")
        assert [row.contents[name] for name in names] == [1, 1, 1, 0, 2, 0, 1]
        assert (row.contents["all"], row.contents["last_rag"]) == (6, "Red")
    assert (board.total, priority.total) == (True, False)


@pytest.mark.parametrize("count", [0, 1, 5000])
def test_any_number_of_actions_is_one_page(count: int) -> None:
    rags = ("Red", "Amber", "Green", "")
    lines = [f"| priority | J{n} | board = J | title = Priority {n} | agreement = Agreed" for n in range(2, 90)]
    lines += [action(f"J{n % 88 + 2}.{n // 88 + 1}", rags[n % 4], before=rags[n % 3]) for n in range(count)]
    page = page_of(made(*lines))
    check(page)
    assert headline(made()).text == "No actions yet, so nothing is rated."
    assert len(page.all_rows) == 90, "a board and 89 priorities: the first page has no room for them"
    assert f"The table has room for {len(page.rows)} of 90 boards and priorities: all are on {ALL_ROWS}." in texts(page)
    if count == 5000:
        assert page.rows[1].contents["published_rag"] == "Red"
        assert "1250 of 5000 actions are Red" in texts(page)[1]
        assert [*below(page, "What is asked")][7].startswith("1660 more stand in Decisions: 1243 Red;")


def test_a_plan_that_fits_keeps_its_order_and_says_nothing_of_another_sheet() -> None:
    page = page_of(made(action("J1.1", "Green")))
    assert [row.ref for row in page.rows] == ["J", "J1"]
    assert page.all_rows == ()
    assert ALL_ROWS not in " ".join(texts(page))


def test_of_sixty_asks_seven_have_a_line_and_the_eighth_says_how_many_more_there_are() -> None:
    red = [action(f"J1.{n}", "Red") for n in range(1, 31)]
    chairs = [action(f"J1.{n}", "Green") + f"\n2 | action | J1.{n} | ask = Help" for n in range(31, 51)]
    amber = [action(f"J1.{n}", "Amber", before="Amber") for n in range(51, 61)]
    page = page_of(made(*red, *chairs, *amber))
    check(page)
    *numbered, more = below(page, "What is asked")
    assert [text.split()[0] for text in numbered] == [f"{n}." for n in range(1, 8)]
    assert more == "53 more stand in Decisions: 23 Red; 20 that chairs ask about; 10 Amber for two quarters."


def test_red_actions_whose_chair_asks_come_first_then_the_other_red_ones_then_what_else_is_asked() -> None:
    lines = [action("J1.1", "Red"), action("J1.2", "Red"), action("J1.3", "Amber", before="Amber")]
    asked = [f"2 | action | {ref} | ask = Help {ref}" for ref in ("J1.2", "J1.4")]
    page = page_of(made(*lines, action("J1.4", "Green"), *asked))
    leads = [text.partition(" (")[0] for text in below(page, "What is asked")]
    assert leads == [
        f"{lead} of Domestic abuse"
        for lead in ("1. Red. J1.2", "2. Red. J1.1", "3. Green. J1.4", "4. Amber for two quarters: J1.3")
    ]


def test_an_ask_that_is_too_long_ends_with_a_whole_sentence_and_says_where_the_rest_is() -> None:
    ask = "Decide who pays. " + "Say it to the chair of the other board. " * 20
    page = page_of(made(action("J1.1", "Red"), f"2 | action | J1.1 | ask = {ask}"))
    check(page)
    (line,) = below(page, "What is asked")
    assert line.endswith("Chair asks: Decide who pays. Say it to the chair of the other board. More: Decisions.")
    page = page_of(made(action("J1.1", "Red"), f"2 | action | J1.1 | ask = {'and so on ' * 90}"))
    check(page)
    assert next(below(page, "What is asked")).endswith("Judged Red. Chair asks: see Decisions.")


@pytest.mark.parametrize(
    "name",
    [
        "Ymddiriedolaeth Gofal Plant Cymru ŵ ŷ",
        "حماية الأطفال والبالغين المعرضين للخطر",
        "<r>A & B</r> <b>&amp;",
        "N" * 200,
    ],
    ids=["Welsh", "Arabic", "markup", "200 characters"],
)
def test_a_name_stands_whole_or_not_at_all(name: str) -> None:
    named = [
        f"| subgroup | DA | title = {name}",
        f"| priority | J1 | title = {name}",
        *(action(f"J1.{n}", "Red", before="Green", more=f" | short_title = {name[:40]}") for n in range(1, 4)),
        f"2 | action | J1.1 | ask = {name}",
        action("J1.4", before="Red"),
    ]
    page = page_of(made(*named))
    check(page)
    everything = " ".join(texts(page))
    assert name[:40] in everything
    assert everything.count("N" * 41) == 0


def test_a_priority_with_nothing_but_withdrawn_actions_has_ended() -> None:
    page = page_of(made(action("J1.1"), "2 | action | J1.1 | confirmed_stage = Withdrawn"))
    check(page)
    _, priority = page.rows
    assert [priority.contents[name] for name in ("published_rag", "ended", "all")] == ["Withdrawn", 1, 1]
    assert priority.contents["driven_by"] == "Every action has ended"
    assert texts(page)[1] == "None of 1 action is Red (none last quarter); 1 ended."


def test_a_board_without_priorities_stands_with_nothing() -> None:
    page = page_of(made("| board | Z | title = Another board", action("J1.1", "Green")))
    check(page)
    contents = next(row.contents for row in page.rows if row.ref == "Z")
    assert [contents[name] for name in ("title", "published_rag", "all")] == ["Another board", "No actions yet", 0]


def test_before_the_first_round_nothing_is_rated_and_nothing_asked() -> None:
    page = page_of(snapshot(PLAN + action("J1.1"), *()))
    assert texts(page)[:2] == [
        "Consultation draft: no round has been issued yet, so nothing is rated.",
        "The plan holds 1 board, 1 priority, 1 action.",
    ]
    assert {as_text(row.contents["published_rag"]) for row in page.rows} == {"Not yet rated"}


def test_what_was_red_and_is_silent_now_is_told_where_it_cannot_be_told() -> None:
    page = page_of(made(action("J1.1", before="Red", more=" | short_title = Map the pathway")))
    assert next(below(page, "What cannot be told")).startswith(
        "Red when last reported, silent now: J1.1 Map the pathway. 1 not reported: 1 without a return."
    )


def test_a_quarter_that_was_not_issued_is_told_beside_every_priority() -> None:
    how = snapshot(PLAN + action("J1.1", "Green"), 1, 2)
    skipped = replace(how, rounds=("2015-16-Q4", "2016-17-Q2"), ratings={how.code: how.now})
    page = page_of(skipped)
    assert {row.contents["last_rag"] for row in page.rows} == {"Not issued"}
    assert next(below(page, "What changed")) == "Quarter 1 was not issued, so there is nothing to compare with."
    assert {row.contents["last_rag"] for row in page_of(snapshot(PLAN, 1)).rows} == {"First round"}
