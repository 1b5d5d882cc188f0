"""The chair's statement of accuracy, a second name where the plan asks for one, and who signed and who did not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import openpyxl
from tests.chairs import SOS, Answers, Plan, said
from tests.commands import change
from tests.test_master import row, sheet

from plan_sheets.master import make_master

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock


def signing(answers: Answers, **texts: str) -> Answers:
    """Answers with more of the form filled in."""
    form = {heading.replace("_", " "): {"Your answer": text} for heading, text in texts.items()}
    return {**answers, "Start here": {**answers["Start here"], **form}}


def items(plan: Plan, subgroup: str) -> list[Any]:
    """What the form of a subgroup's workbook asks."""
    return [cell.value for cell in openpyxl.load_workbook(plan.sent(subgroup))["Start here"]["A"]]


def test_the_master_says_who_signed_and_who_did_not(round_one: Plan) -> None:
    assert "Second name" not in items(round_one, "DA")
    yes = signing(said(), Statement_of_accuracy="Yes", Date_completed="7 July 2016", Role="Chair of it")
    round_one.receive(round_one.filled("da", yes), round_one.filled("sos", SOS, "SOS"))
    round_one.receive_one(round_one.filled("corrected", signing(said(corrects="Yes"), Statement_of_accuracy="No")))
    made = make_master(round_one.folder, None, LATER)
    told = {code: row(made, "Returns", code) for code in ("DA", "SOS", "MH")}
    assert [told[code]["Statement of accuracy"] for code in told] == ["Not agreed", "Not signed", "No return"]
    assert told["SOS"]["Completed by"] == "Chair"
    assert (told["MH"]["Completed by"], told["MH"]["Date"]) == ("No return", "Not given")
    assert {each["Second name"] for each in told.values()} == {"Not asked for"}
    assert sheet(made, "Returns")["A3"].value == "Of 9: not agreed 1, not signed 1, no return 7."


def test_a_second_name_is_asked_for_where_the_plan_wants_it(example: Plan) -> None:
    change(example, {"Plan": {"Ask for a second name": {"Answer": "Yes"}}})
    example.issue()
    assert items(example, "DA").index("Second name") == items(example, "DA").index("Statement of accuracy") + 1
    both = signing(said(), Statement_of_accuracy="Yes", Date_completed="7 July 2016", Second_name="Deputy, DA")
    example.receive(example.filled("da", both), example.filled("sos", SOS, "SOS"))
    made = make_master(example.folder, None, LATER)
    told = row(made, "Returns", "DA")
    assert (told["Statement of accuracy"], told["Date"], told["Second name"]) == ("Signed", "7 July 2016", "Deputy, DA")
    assert row(made, "Returns", "SOS")["Second name"] == "Not given"
