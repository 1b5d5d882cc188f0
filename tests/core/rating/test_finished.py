"""What nobody is asked or warned about, because it is finished."""

import pytest

from plan_sheets.core.model.history import Held, History
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating.open_questions import open_questions
from plan_sheets.core.rating.ratings import find_finished
from plan_sheets.core.returned.plan.warnings import count_records, find_plan_warnings
from plan_sheets.store.schemas import load_messages

ROW = {"theme": "J1a", "what": "Map the pathway", "how": "With whom?", "due": "March 2017", "owner_status": "Suggested"}
ROWS = {
    "priority": {"J1": {"title": "Domestic abuse"}, "J1a": {"title": "Pathway"}},
    "action": {"J1a.1": ROW, "J1a.2": ROW},
}


@pytest.mark.parametrize(
    ("finished", "codes"),
    [((), {"due_on_one_day", "same_action", "action_without_subgroup"}), (("J1a.1", "J1a.2"), set())],
)
def test_nobody_is_warned_of_what_is_finished(finished: tuple[str, ...], codes: set[str]) -> None:
    assert {finding.code for finding in find_plan_warnings(ROWS, {}, load_messages(), finished)} == codes


@pytest.mark.parametrize(("finished", "asked"), [((), ["J1a.1", "J1a.2", "J1a.1"]), (("J1a.1",), ["J1a.2"])])
def test_nothing_is_asked_of_what_is_finished(finished: tuple[str, ...], asked: list[str]) -> None:
    placeholders = {Key("action", "J1a.1", "owner"): "?"}
    found = list(open_questions(ROWS, placeholders, {}, finished))
    assert sorted(question.about for question in found) == sorted(asked)


def test_its_owner_needs_no_confirming() -> None:
    counts = [count_records(ROWS, 0, finished)["unconfirmed_owners"] for finished in ((), ("J1a.1",))]
    assert counts == [3, 2]


@pytest.mark.parametrize(
    ("field", "value", "finished"),
    [
        ("confirmed_stage", "Complete", True),
        ("confirmed_stage", "Closed to business as usual", True),
        ("confirmed_stage", "Withdrawn", True),
        ("agreement", "Declined", True),
        ("confirmed_stage", "In progress", False),
        ("agreement", "Proposed", False),
        ("stage", "Complete", False),
    ],
)
def test_what_is_finished_by_the_register(field: str, value: str, *, finished: bool) -> None:
    values = {"ref": "J1a.1", field: value}
    held = (
        Held(Key("action", "J1a.1", name), text, "standing", "", seq)
        for seq, (name, text) in enumerate(values.items(), 1)
    )
    assert find_finished(History.of(held)) == (frozenset({"J1a.1"}) if finished else frozenset())
