"""What a master says of its plan is read from its own sheets: no more, no less, and by no other rule."""

from __future__ import annotations

import pytest
from tests.core.sheets.test_first_page import action, made

from plan_sheets.core.editions.editions import Edition
from plan_sheets.core.editions.internal import internal_contents
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.region.partnership import Partnership, count_published, in_order_of_concern
from plan_sheets.core.region.said import COUNTED, MasterSaid, read_master
from plan_sheets.core.region.tables import describe_drivers
from plan_sheets.store.schemas import load_records, load_workbook_spec

Q2 = "2016-17-Q2"


def say(how: Snapshot) -> MasterSaid:
    """What the master of a snapshot says, read as the region reads it."""
    contents = internal_contents(load_workbook_spec("master"), load_records(), how)
    return read_master(contents.compose(Edition(), "", b""), "The plan", Q2)


@pytest.mark.parametrize("rags", [("Green",), ("Green", "Amber"), ("Green", "Amber", "Red"), ("", "", "Green"), ("",)])
def test_it_stands_and_counts_as_the_first_page_does(rags: tuple[str, ...]) -> None:
    how = made(*(action(f"J1.{number}", rag) for number, rag in enumerate(rags, 1)))
    said = say(how)
    rolled = how.roll_up(Q2)
    assert said.published == rolled.published
    assert {name: many for name, many in said.counts.items() if many} == {
        **{status.lower().replace(" ", "_"): many for status, many in rolled.counts.items()},
        "all": len(rags),
    }
    assert [action.ref for action in said.actions] == [f"J1.{n}" for n, rag in enumerate(rags, 1) if rag == "Red"]


def test_what_was_last_red_and_is_silent_makes_it_red() -> None:
    said = say(made(action("J1.1", "", before="Red"), action("J1.2", "Green"), action("J1.3", "Green")))
    assert (said.published, said.counts["red"]) == (Status.RED, 0)
    assert [(action.ref, action.published) for action in said.actions] == [("J1.1", Status.NOT_REPORTED)]
    assert [row.ref for row in said.drivers] == ["J1"]


def test_a_red_action_below_no_board_is_not_lost() -> None:
    said = say(made(action("J1.1", "Green"), action("J9.1", "Red")))
    assert said.published == Status.RED
    partnership = Partnership("a", "A", said)
    assert describe_drivers(partnership) == "Red below no priority: J9.1"


def test_the_worst_stand_first_and_what_cannot_be_told_is_never_green() -> None:
    plans = [
        Partnership("green", "", say(made(action("J1.1", "Green")))),
        Partnership("amber", "", say(made(action("J1.1", "Amber")))),
        Partnership("untold", "", None, "It cannot be read."),
        Partnership("was red", "", None, "It has not issued Quarter 2.", last="Red in Quarter 1 of 2016/17"),
        Partnership("red", "", say(made(action("J1.1", "Red")))),
        Partnership("redder", "", say(made(action("J1.1", "Red"), action("J1.2", "Red")))),
    ]
    ordered = in_order_of_concern(plans)
    assert [each.name for each in ordered] == ["redder", "red", "was red", "untold", "amber", "green"]
    assert count_published(plans) == {"Red": 2, "Not reported": 2, "Amber": 1, "Green": 1}
    assert describe_drivers(plans[3]) == "It has not issued Quarter 2. Last: Red in Quarter 1 of 2016/17."


def test_a_master_of_an_older_version_with_fewer_columns_is_read() -> None:
    how = made(action("J1.1", "Red"))
    contents = internal_contents(load_workbook_spec("master"), load_records(), how)
    spec = contents.spec.without_columns(lambda _, column: column.field.name in ("ended", "owner", "of_whom"))
    book = type(contents)(spec, contents.facts, contents.first_page).compose(Edition(), "", b"")
    said = read_master(book, "The plan", Q2)
    assert (said.published, {*said.counts} == {*COUNTED}, said.asked) == (Status.RED, True, [])
