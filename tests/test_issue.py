"""The workbooks of a round: the same when issued again, superseded by the officer alone, whatever their subgroups."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import ISSUED_ON, Q1, Q2, RETURN_BY, Answers, Plan, at, codes, edit, fill, form, said, table

from plan_sheets import office, subgroup_workbook
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.rating.plan_rows import Rows, subgroups_of
from plan_sheets.store.inspector.inspect import inspect_workbook

LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
SECOND_BY = date(2016, 10, 14)


def change(one: Plan, answers: Answers) -> None:
    """Type into plan.xlsx and save it."""
    fill(one.path / "plan.xlsx", one.path / "plan.xlsx", answers)


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a workbook, inflated."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def text(path: Path, sheet: str, ref: str, heading: str) -> str:
    """What stands in a cell of a workbook."""
    return str(at(opened(path)[sheet], ref, heading).value or "")


def refs(path: Path, sheet: str = "Progress") -> list[str]:
    return [row[0] for row in opened(path)[sheet].iter_rows(min_row=5, values_only=True)]


# What is in it


def test_one_workbook_for_each_subgroup_with_its_own_rows_only(round_one: Plan) -> None:
    names = {path.name for path in (round_one.path / "issued" / "2016-17-q1").iterdir()}
    assert len(names) == 9
    assert "2016-17-q1-domestic-abuse.xlsx" in names
    assert refs(round_one.sent("DA")) == ["J1a.1", "J1a.2", "J1a.3", "J1b.1"]
    assert refs(round_one.sent("DA"), "Grid") == ["J1a", "J1b"]
    assert refs(round_one.sent("LEARNING")) == ["L2.1", "L2.2", "L2.3", "L2.4", "J2a.1"], (
        "what another leads stands last"
    )
    assert refs(round_one.sent("LEARNING"), "Action plan") == ["L2.1", "L2.2", "L2.3", "L2.4"]
    assert refs(round_one.sent("CSE")) == ["None yet"]


def test_an_action_that_another_leads_asks_for_a_contribution_alone(round_one: Plan) -> None:
    sheet = opened(round_one.sent("LEARNING"))["Progress"]
    heads = [cell.value for cell in sheet[4]]
    open_to = {heads[cell.column - 1] for cell in sheet[9] if not cell.protection.locked}
    assert (sheet.cell(9, 1).value, open_to) == ("J2a.1", {"Contribution"})
    lead = opened(round_one.sent("MH"))["Progress"]
    row = at(lead, "J2a.1", "Ref").row
    contribution = [cell for cell in lead[row] if lead.cell(4, cell.column).value == "Contribution"]
    assert all(cell.protection.locked for cell in contribution)


def test_standing_answers_are_prefilled_and_those_of_the_round_are_blank(round_one: Plan) -> None:
    path = round_one.sent("DA")
    assert text(path, "Action plan", "J1a.1", "How we will do it").startswith("Ask for assurance")
    assert text(path, "Grid", "J1a", "Data").startswith("MARAC")
    assert text(path, "Progress", "J1a.1", "Due") == "March 2017"
    for heading in ("Progress made", "Stage", "RAG", "Next step"):
        assert text(path, "Progress", "J1a.1", heading) == ""
    assert "Send by 15 July 2016" in str(opened(path)["Start here"]["A2"].value)


def test_every_workbook_passes_the_checker(round_one: Plan) -> None:
    for path in round_one.path.rglob("*.xlsx"):
        if path.parent.name != "returned":
            assert inspect_workbook(path.read_bytes()) == []


# Again


def test_issuing_again_gives_the_same_parts(round_one: Plan) -> None:
    before = {path.name: parts(path) for path in (round_one.path / "issued").rglob("*.xlsx")}
    again = round_one.issue(when=LATER)
    assert {one.again for one in again} == {True}
    assert {one.supersedes for one in again} == {None}
    assert {path.name: parts(path) for path in (round_one.path / "issued").rglob("*.xlsx")} == before
    assert len(round_one.register.documents()) == 9


def test_a_lost_file_is_made_again(round_one: Plan) -> None:
    before = parts(round_one.sent("DA"))
    round_one.sent("DA").unlink()
    round_one.issue(when=LATER)
    assert parts(round_one.sent("DA")) == before


ASKED = ["DA", "MH", "CSE", "LEARNING", "SOS"]
OFFICERS: list[tuple[Answers, set[str]]] = [
    ({"Actions": {"J1a.1": {"What we will do": "Another wording", "Due": "May 2017"}}}, {"DA"}),
    (
        {"Actions": {"J1a.1": {"How we will do it": "By hand"}}, "Grid": {"L3": {"Actions required": "More"}}},
        {"DA", "SOS"},
    ),
    (
        {"Actions": {"J2a.1": {"What we will do": "Another wording"}, "J1a.1": {"Subgroups": "CSE; DA"}}},
        {"MH", "LEARNING", "DA", "CSE"},
    ),
    ({"Subgroups": {"DA": {"Subgroup": "Domestic abuse and violence"}}}, {"DA"}),
    (
        {
            "Subgroups": {"DA": {"Chair": "Somebody else"}},
            "Key lines of enquiry": {"K1": {"Answer": "Yes, they are"}},
            "Consultation": {"C1": {"Sent": "May 2016"}},
        },
        set(),
    ),
]


@pytest.mark.parametrize(("answers", "whom"), OFFICERS)
def test_a_cell_of_the_officers_supersedes_the_issues_it_stands_in_and_no_others(
    round_one: Plan, answers: Answers, whom: set[str]
) -> None:
    change(round_one, answers)
    told = {one.subgroup: one.supersedes for one in round_one.issue(when=LATER, only=ASKED) if not one.again}
    assert told == {code: f"2016-17-Q1-{code}-1" for code in whom}


def test_what_a_chair_said_supersedes_nothing(round_one: Plan) -> None:
    answers = {
        **said(),
        "Action plan": {"J1a.1": {"How we will do it": "By hand"}, "J1a.2": {"Impact": "Fewer victims"}},
    }
    office.receive_files(round_one.folder, [round_one.filled("da", answers)], LATER)
    assert all(one.again for one in round_one.issue(when=LATER))


def test_a_later_return_by_is_another_workbook_for_those_who_have_it(round_one: Plan) -> None:
    again = round_one.issue(by=date(2016, 7, 29), when=LATER, only=["SOS", "MSP"])
    assert all(one.supersedes for one in again)
    (issued,) = round_one.register.rounds()
    assert (issued.return_by, issued.extended) == ("2016-07-15", dict.fromkeys(("SOS", "MSP"), "2016-07-29"))
    assert round_one.register.rounds()[0].issued == "2016-06-20", "an issue's date is that of the first"


def test_only_the_subgroups_asked_for_are_issued(example: Plan) -> None:
    assert [one.subgroup for one in example.issue(only=["SOS", "DA"])] == ["DA", "SOS"]
    assert len(example.register.documents()) == 2


def test_an_issued_workbook_that_somebody_filled_in_is_not_overwritten(round_one: Plan) -> None:
    path = round_one.sent("DA")
    fill(path, path, said())
    typed = path.read_bytes()
    change(round_one, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    (made,) = [one for one in round_one.issue(when=LATER) if not one.again]
    assert path.read_bytes() == typed
    assert made.file.name == "2016-17-q1-domestic-abuse-2.xlsx"


# The next round


def test_last_round_stands_beside_and_locked(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("da", said())], LATER)
    (made,) = round_one.issue(Q2, SECOND_BY, LATER, ["DA"])
    path = made.file
    told = {
        heading: text(path, "Progress", "J1a.1", heading)
        for heading in ("Last progress", "Last next step", "RAG", "Progress made")
    }
    assert told == {
        "Last progress": "The pathway is mapped",
        "Last next step": "Pilot it in July",
        "RAG": "",
        "Progress made": "",
    }
    assert text(path, "Progress", "J1a.1", "Last RAG") in ("Green", "Not assessable")
    assert text(path, "Progress", "J1a.2", "Last RAG") == "Not reported"
    sheet = opened(path)["Progress"]
    assert all(
        at(sheet, "J1a.1", heading).protection.locked for heading in ("Last progress", "Last next step", "Last RAG")
    )


def test_an_untouched_workbook_never_publishes_last_rounds_green_again(round_one: Plan) -> None:
    office.receive_files(round_one.folder, [round_one.filled("da", said())], LATER)
    round_one.issue(Q2, SECOND_BY, LATER, ["DA"])
    answers = {"Start here": form(completed_by="Chair", nothing="Nothing new")}
    round_one.receive_one(round_one.filled("q2", answers, code=Q2), when=datetime(2016, 10, 3))  # noqa: DTZ001 - the office's own clock
    assert round_one.said("J1a.1", "rag", Q1) == "Green"
    assert round_one.said("J1a.1", "rag", Q2) == ""


def test_what_a_chair_said_of_standing_fields_is_prefilled_next_time(round_one: Plan) -> None:
    answers = {**said(), "Action plan": {"J1a.2": {"Impact": "Fewer victims"}}}
    office.receive_files(round_one.folder, [round_one.filled("da", answers)], LATER)
    (made,) = round_one.issue(Q2, SECOND_BY, LATER, ["DA"])
    assert text(made.file, "Action plan", "J1a.2", "Impact") == "Fewer victims"


def test_a_closed_action_is_issued_no_more_once_it_is_confirmed(round_one: Plan) -> None:
    answers: Answers = {
        "Start here": form(completed_by="Chair"),
        "Progress": table(
            """
            | Ref   | Progress made | Stage                    | RAG   |
            | J1a.1 | Done          | Closed to business as usual | Green |
            | J1a.2 | Stopped       | Withdrawn                | Green |
            """
        ),
    }
    office.receive_files(round_one.folder, [round_one.filled("da", answers)], LATER)
    yes: Answers = {
        "To confirm": {"J1a.1 stage 2016-17-Q1": {"Confirm": "Yes"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(round_one.path / "officer" / "2016-17-q1.xlsx", round_one.inbox / "officer.xlsx", yes)
    office.receive_files(round_one.folder, [settled], LATER)
    (made,) = round_one.issue(Q2, SECOND_BY, LATER, ["DA"])
    assert refs(made.file) == ["J1a.2", "J1a.3", "J1b.1"]


# What cannot be


@pytest.mark.parametrize(
    ("code", "by", "only", "match"),
    [
        ("2016-17-Q5", RETURN_BY, [], "is not a round"),
        ("2017-18-Q1", date(2017, 7, 15), [], "not a round of this plan"),
        (Q1, date(2016, 3, 31), [], "before the round's first day"),
        (Q1, RETURN_BY, ["NOBODY"], "no subgroup NOBODY"),
        (Q1, RETURN_BY, ["DA", "NOBODY"], "no subgroup NOBODY"),
    ],
)
def test_what_cannot_be_issued_is_refused_and_nothing_changed(
    example: Plan, code: str, by: date, only: list[str], match: str
) -> None:
    change(example, {"Actions": {"J1a.1": {"Due": "May 2017"}}})
    before = example.standing_values()
    with pytest.raises(PlanSheetsError, match=match) as told:
        example.issue(code, by, only=only)
    assert told.value.remedy
    assert not (example.path / "issued").exists()
    assert example.register.documents() == []
    assert example.standing_values() == before, "refused, nothing changed: the plan is not merged either"


def test_return_by_may_be_the_rounds_first_day(example: Plan) -> None:
    assert len(example.issue(Q2, date(2016, 7, 1), only=["DA"])) == 1


def test_rounds_go_forward(round_one: Plan) -> None:
    round_one.issue(Q2, SECOND_BY, LATER, ["SOS"])
    assert round_one.issue(Q1, RETURN_BY, LATER, ["SOS"])[0].again
    skipped = Plan(round_one.path)
    skipped.issue("2016-17-Q4", date(2017, 4, 14), datetime(2017, 3, 20), ["SOS"])  # noqa: DTZ001 - the office's own clock
    with pytest.raises(PlanSheetsError, match="rounds go forward"):
        skipped.issue("2016-17-Q3", date(2017, 4, 14), datetime(2017, 3, 21))  # noqa: DTZ001 - the office's own clock


# What subgroups are called

ODD = {
    "DA": "A / B \\ C ? D * E [F] : G",
    "MH": "Women's Aid and the 'Safer' Group's",
    "PREVENT": "x" * 200,
    "CSE": "Grŵp Diogelu Ynys Môn",
    "LEARNING": "👩\u200d👧 Families",
    "SOS": "🎉",
    "HARM": "=SUM(A1)",
    "THRESHOLDS": "{round_words}",
    "MSP": "<b>&amp; History",
}


def test_a_subgroup_may_be_called_anything(example: Plan) -> None:
    change(example, {"Subgroups": {code: {"Subgroup": name} for code, name in ODD.items()}})
    made = {one.subgroup: one.file for one in example.issue()}
    for code, path in made.items():
        assert path.name.isascii()
        assert path.name == path.name.lower()
        assert ODD[code] in str(opened(path)["Start here"]["A1"].value)
        fill(path, example.inbox / path.name, {"Start here": form(completed_by=ODD[code], nothing="No meeting")})
    receipts = example.receive(example.inbox)
    assert {(one.subgroup, str(one.verdict), *codes(one)) for one in receipts} == {
        (code, "accepted", "completed_by_unknown") for code in ODD
    }


CLASHES = [
    {"DA": "Children and Young People", "MH": "CHILDREN, and young people!"},
    {"DA": "🎉", "MH": "💐"},
    {"DA": "x" * 200, "MH": "x" * 199 + "y"},
    {"DA": "Foo", "MH": "Foo!", "CSE": "Foo DA"},  # the third is called what the first becomes
    {"DA": "da", "MH": "🎉", "CSE": "mh"},
]


@pytest.mark.parametrize("names", CLASHES, ids=[str(number) for number in range(len(CLASHES))])
def test_subgroups_with_one_file_name_have_a_file_each(example: Plan, names: dict[str, str]) -> None:
    change(example, {"Subgroups": {code: {"Subgroup": name} for code, name in names.items()}})
    for _ in range(2):  # and again when they are issued again
        made = {one.subgroup: one.file for one in example.issue(only=list(names))}
        assert len(set(made.values())) == len(made) == len(names)
        for code, path in made.items():
            assert text(path, "About", "Reference", "What it is") == f"2016-17-Q1-{code}-1"


def test_a_plan_without_subgroups_cannot_be_issued(tmp_path: Path) -> None:
    from plan_sheets import plan  # noqa: PLC0415 - here alone

    folder = plan.new_plan(tmp_path / "plan", ISSUED_ON)
    one = Plan(folder.path)
    edit(one.path / "plan.xlsx", one.path / "plan.xlsx", set_year)
    with pytest.raises(PlanSheetsError, match="no subgroup at all"):
        one.issue()


def set_year(book: Any) -> None:
    at(book["Plan"], "Financial year", "Answer").value = "2016/17"


def test_an_action_is_looked_at_for_its_own_subgroups_alone(example: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[str]()

    def look(rows: Rows, ref: str) -> list[str]:
        looked.append(ref)
        return subgroups_of(rows, ref)

    monkeypatch.setattr(subgroup_workbook, "subgroups_of", look)
    asked = sum(issued.rows for issued in example.issue())
    assert len(looked) <= len(set(looked)) + 2 * asked
