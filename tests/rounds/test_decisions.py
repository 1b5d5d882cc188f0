"""Decisions travel: asked in the master, typed there, read by chairs, and asked about until they are carried out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.chairs import Q1, Q2, Answers, Plan, at, codes, fill, heading_row, said, values_of
from tests.commands import run, told
from tests.conftest import Prepare
from tests.programs.saving import Job, libreoffice

from plan_sheets import office
from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.master import Mastered, make_master
from plan_sheets.officer import make_officer

Q3 = "2016-17-Q3"
MET = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
CAME_BACK = datetime(2016, 8, 1)  # noqa: DTZ001 - the office's own clock
SECOND_ISSUE = datetime(2016, 9, 20)  # noqa: DTZ001 - the office's own clock
SECOND_MASTER = datetime(2016, 10, 20)  # noqa: DTZ001 - the office's own clock
THIRD_ISSUE = datetime(2016, 12, 19)  # noqa: DTZ001 - the office's own clock

AGREED: Mapping[str, str | None] = {
    "Decision": "The county pays until March",
    "Decided by": "Director A",
    "Date": "28 July 2016",
}
REFUSED: Mapping[str, str | None] = {
    "Decision": "There is no money",
    "Decided by": "Director B",
    "Date": "29 July 2016",
}
EARLIER = "J1a.1, Quarter 1"
NO_REPLY = "None this quarter"


def ask(plan: Plan) -> None:
    """Round 1, in which Domestic Abuse says that J1a.1 is Red and asks who pays for the second worker."""
    answers = said(rag="Red")
    ask = {**answers["Progress"]["J1a.1"], "Asked of the executive": "Decide who pays for the second worker."}
    plan.receive_one(plan.filled("da", {**answers, "Progress": {"J1a.1": ask}}))


@pytest.fixture
def asked(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, ask)


def second_round(plan: Plan, **typed: str) -> None:
    """Round 2 is issued to Domestic Abuse, and it reports on J1a.1."""
    plan.issue(Q2, date(2016, 10, 14), SECOND_ISSUE, ["DA"])
    answers = said(**{"progress": "The second worker began in August", "rag": "Amber", **typed})
    done = {**answers["Progress"]["J1a.1"], "Last next step done": "Yes"}
    plan.receive_one(plan.filled("da2", {**answers, "Progress": {"J1a.1": done}}, code=Q2), when=SECOND_MASTER)


def master(plan: Plan, code: str | None = None, when: datetime = MET) -> Mastered:
    return make_master(plan.folder, code, when)


def decide(plan: Plan, file: Path, name: str = "decided", **rows: Mapping[str, str | None]) -> Receipt:
    """Type into a copy of a master and receive it; `J1a_1` stands for J1a.1."""
    answers = {"Decisions": {ref.replace("_", "."): texts for ref, texts in rows.items()}}
    return plan.receive(fill(file, plan.inbox / f"{name}.xlsx", answers), when=CAME_BACK)[0]


def look_back(plan: Plan, file: Path, answer: str, earlier: str = EARLIER) -> Receipt:
    """Say in a master whether an earlier decision was carried out."""
    answers: Answers = {"Decisions": {earlier: {"Carried out": answer}}}
    return plan.receive(fill(file, plan.inbox / f"{answer}.xlsx", answers), when=SECOND_MASTER)[0]


def rows(file: Path, sheet: str = "Decisions") -> dict[str, dict[str, Any]]:
    """The rows of a sheet by their ref, texts by heading."""
    page = openpyxl.load_workbook(file)[sheet]
    heading, *body = values_of(page)[heading_row(page) - 1 :]
    return {str(row[0]): {str(name): cell or "" for name, cell in zip(heading, row, strict=True)} for row in body}


def reply(plan: Plan, code: str = Q2, ref: str = "J1a.1", subgroup: str = "DA") -> str:
    return str(rows(plan.sent(subgroup, code), "Progress")[ref]["Executive's reply"])


def decided(plan: Plan, ref: str = "J1a.1") -> tuple[str, ...]:
    return tuple(plan.said(ref, name, record="decision") for name in ("decision", "decided_by", "decided_on"))


# What is asked


def test_each_thing_that_is_asked_says_by_which_rule_of_whom_and_by_when(asked: Plan) -> None:
    told = rows(master(asked).path)
    action = told["J1a.1"]
    assert action["Raised by"] == "Published as Red\nThe chair asks"
    assert "The chair asks: Decide who pays for the second worker." in action["What is asked"]
    assert (action["Of whom"], action["By when"]) == ("The Executive", datetime(2016, 9, 30))  # noqa: DTZ001 - as read
    assert action["How it stands"] == "Red: judged Red."
    assert told["J2"]["Raised by"] == "Owners still unnamed after Quarter 1"
    assert told["J2"]["Of whom"] == "Board lead, Mental Health"


def test_the_first_page_points_to_what_is_asked(asked: Plan) -> None:
    first = master(asked).path
    assert "decide by 30 September 2016, on Decisions." in " ".join(_lines(first))
    decide(asked, first, J1a_1=AGREED)
    assert "Decided already: J1a.1 Follow how far the pathway has got (Domestic Abuse)." in " ".join(
        _lines(master(asked).path)
    )
    second_round(asked)
    carried_out = "Carried out? J1a.1 Follow how far the pathway has got, Quarter 1: The county pays until March."
    assert carried_out in " ".join(_lines(master(asked).path))


def _lines(file: Path) -> list[str]:
    page = openpyxl.load_workbook(file)["RAG status"]
    return [str(row[0]) for row in values_of(page)[: heading_row(page) - 1]]


@pytest.mark.parametrize(("heading", "text"), [("Decision", "?"), ("Decided by", "TBC"), ("Date", "tbc")])
def test_a_question_mark_for_an_answer_is_told_to_the_officer_and_stays_an_open_question(
    asked: Plan, heading: str, text: str
) -> None:
    file = fill(master(asked).path, asked.inbox / "asks.xlsx", {"Decisions": {"J1a.1": {heading: text}}})
    said = run("receive", file, plan=asked).output
    assert f"{heading} says '{text}', which decides nothing" in said
    assert "warning" in said
    assert decided(asked) == ("", "", "")
    assert f"{heading}: {text}" in {one["Question"] for one in rows(master(asked).path, "Open questions").values()}


def test_only_the_answers_can_be_filled_in(asked: Plan) -> None:
    decide(asked, master(asked).path, J1a_1=AGREED)
    second_round(asked, rag="Red")
    book = openpyxl.load_workbook(master(asked, when=SECOND_MASTER).path)
    page = book["Decisions"]
    answer = ("Decision", "Decided by", "Date")
    for ref, open_headings in (("J1a.1", answer), (EARLIER, ("Carried out",))):
        headings = [str(cell.value) for cell in page[heading_row(page)]]
        unlocked = [name for name in headings if not at(page, ref, name).protection.locked]
        assert unlocked == list(open_headings)
    assert all(one.protection.sheet for one in book)
    assert at(page, EARLIER, "Decision").value == AGREED["Decision"]


def test_before_any_round_nothing_is_asked(example: Plan) -> None:
    assert list(rows(master(example).path)) == ["None yet"]


# What is decided


def test_a_decision_goes_out_to_the_chair_and_is_asked_about_again(asked: Plan) -> None:
    receipt = decide(asked, master(asked).path, J1a_1=AGREED)
    assert (receipt.kind, receipt.verdict, receipt.changes, receipt.conflicts) == ("master", Verdict.ACCEPTED, 3, 0)
    held = asked.history.in_round(Key("decision", "J1a.1", "decision"), Q1)
    assert (held.value, held.source.who, held.source.received[:10]) == (AGREED["Decision"], "Director A", "2016-08-01")
    second_round(asked)
    assert reply(asked) == "Quarter 1: The county pays until March (Director A, 28 July 2016)"
    earlier = rows(master(asked).path)[EARLIER]
    assert (earlier["What is asked"], earlier["Carried out"]) == ("Was it carried out?", "")
    assert (earlier["Decision"], earlier["Decided by"], earlier["Date"]) == tuple(AGREED.values())
    assert earlier["How it stands"] == "Amber in Quarter 2.\nThe second worker began in August"


@pytest.mark.parametrize(
    ("answer", "asks_again", "told"),
    [
        ("yes", False, NO_REPLY),
        ("No longer needed", False, NO_REPLY),
        (
            "Partly",
            True,
            "Quarter 1: The county pays until March (Director A, 28 July 2016) Carried out so far: Partly.",
        ),
        ("no", True, "Quarter 1: The county pays until March (Director A, 28 July 2016) Carried out so far: No."),
    ],
)
def test_it_is_asked_again_until_it_was_carried_out(asked: Plan, answer: str, told: str, *, asks_again: bool) -> None:
    decide(asked, master(asked).path, J1a_1=AGREED)
    second_round(asked)
    receipt = look_back(asked, master(asked).path, answer)
    assert (receipt.changes, [one for one in codes(receipt) if one != "tidied"]) == (1, [])
    assert str(rows(master(asked).path)[EARLIER]["Carried out"]).lower() == answer.lower()
    asked.issue(Q3, date(2017, 1, 13), THIRD_ISSUE, ["DA"])
    assert reply(asked, Q3) == told
    page = openpyxl.load_workbook(master(asked).path)["Decisions"]
    assert at(page, EARLIER, "What is asked").value == ("Was it carried out?" if asks_again else "Nothing more")
    assert at(page, EARLIER, "Carried out").protection.locked is not asks_again
    assert bool(at(page, EARLIER, "Carried out").value) is not asks_again


def test_a_decision_without_a_name_is_kept_and_the_name_asked_for(asked: Plan) -> None:
    file = master(asked).path
    receipt = decide(asked, file, J1a_1={"Decision": "The county pays"})
    assert [(one.code, str(one.severity), one.key) for one in receipt.findings] == [
        ("required", "error", Key("decision", "J1a.1", "decided_by")),
        ("required", "error", Key("decision", "J1a.1", "decided_on")),
    ]
    assert decided(asked) == ("The county pays", "", "")
    assert any("Nobody's name stands with what was decided on J1a.1" in one for one in master(asked).warnings)
    asked.issue(Q2, date(2016, 10, 14), SECOND_ISSUE, ["DA"])
    assert reply(asked) == "Quarter 1: The county pays (no name given, received 1 August 2016)"
    again = decide(asked, file, "named", J1a_1={**AGREED, "Decision": "The county pays"})
    assert (again.verdict, again.changes, asked.queries) == (Verdict.ACCEPTED, 2, [])
    assert decided(asked)[1:] == ("Director A", "28 July 2016")


def test_a_name_without_a_decision_is_told(asked: Plan) -> None:
    receipt = decide(asked, master(asked).path, J1a_1={"Decided by": "Director A"})
    assert [(one.code, one.key) for one in receipt.findings] == [("required", Key("decision", "J1a.1", "decision"))]


# Two masters


@pytest.mark.parametrize("choice", ["Take", "Keep"])
def test_two_masters_that_differ_are_settled_by_one_word(asked: Plan, choice: str) -> None:
    """The second has no date: neither that of the first nor its name may stand beside it."""
    file, second = master(asked).path, {"Decision": "There is no money", "Decided by": "Director B"}
    decide(asked, file, "one", J1a_1=AGREED)
    receipt = decide(asked, file, "two", J1a_1=second, J2={**AGREED, "Decision": "Owners by September"})
    assert (decided(asked), receipt.conflicts) == (tuple(AGREED.values()), 2)
    assert asked.said("J2", "decision", record="decision") == "Owners by September"
    (query,) = asked.queries
    assert (query.code, [cell.returned for cell in query.cells]) == ("statement_differs", [*second.values(), ""])
    answers: Answers = {
        "Queries": {str(query.id): {"Your choice": choice}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(make_officer(asked.folder, MET).path, asked.inbox / "officer.xlsx", answers)
    assert codes(asked.receive_one(settled, when=CAME_BACK)) == []
    stands = (*second.values(), "") if choice == "Take" else tuple(AGREED.values())
    assert (decided(asked), asked.queries) == (stands, [])


def test_a_date_that_cannot_be_read_does_not_keep_the_rest_from_being_taken(asked: Plan) -> None:
    file = master(asked).path
    decide(asked, file, "one", J1a_1=AGREED)
    receipt = decide(asked, file, "two", J1a_1={**REFUSED, "Date": "soon"})
    assert codes(receipt) == ["date_unreadable", "statement_differs"]
    assert [cell.returned for cell in asked.queries[0].cells] == ["There is no money", "Director B", ""]


def test_each_row_that_differs_is_a_query_of_its_own(asked: Plan) -> None:
    file = master(asked).path
    decide(asked, file, "one", J1a_1=AGREED, J2=AGREED, J3=AGREED)
    decide(asked, file, "two", J1a_1=REFUSED, J2=REFUSED, J3=AGREED)
    assert sorted(one.cells[0].key.ref for one in asked.queries) == ["J1a.1", "J2"]
    assert "'There is no money; Director B; 29 July 2016'" in asked.queries[0].message
    assert "said by Director A, the Executive, 1 August 2016" in asked.queries[0].message


def test_a_master_made_anew_shows_what_was_decided_and_takes_its_correction(asked: Plan) -> None:
    decide(asked, master(asked).path, J1a_1=AGREED)
    newer = master(asked)
    assert newer.reference == f"{Q1}-MASTER-2"
    assert tuple(rows(newer.path)["J1a.1"][name] for name in AGREED) == tuple(AGREED.values())
    copy = shutil.copy(newer.path, asked.inbox / "same.xlsx")
    assert asked.receive_one(Path(copy)).verdict is Verdict.UNTOUCHED
    receipt = decide(asked, newer.path, J1a_1={"Decision": "The county pays until June"})
    assert (receipt.verdict, receipt.changes) == (Verdict.ACCEPTED, 1)
    assert decided(asked) == ("The county pays until June", "Director A", "28 July 2016")
    emptied = decide(asked, master(asked).path, "emptied", J1a_1=dict.fromkeys(AGREED))
    assert (len(asked.queries), emptied.changes) == (1, 0)
    assert decided(asked)[0] == "The county pays until June"


def test_a_master_that_decisions_were_typed_into_is_never_overwritten(asked: Plan) -> None:
    file = master(asked).path
    fill(file, file, {"Decisions": {"J1a.1": AGREED}})
    typed = file.read_bytes()
    asked.receive_one(file, when=CAME_BACK)
    assert (master(asked).path.name, file.read_bytes()) == ("2016-17-q1-draft-2.xlsx", typed)


# When and to whom


def test_a_late_decision_reaches_the_next_workbook_and_the_next_master(asked: Plan) -> None:
    file = master(asked).path
    second_round(asked)
    assert EARLIER not in rows(master(asked).path)
    decide(asked, file, J1a_1=AGREED)
    assert rows(master(asked, Q1).path)["J1a.1"]["Decision"] == AGREED["Decision"]
    assert EARLIER in rows(master(asked, Q2).path)
    (again,) = asked.issue(Q2, date(2016, 10, 14), SECOND_MASTER, ["DA"])
    assert again.again, "a reply is no reason to issue a workbook again"
    asked.issue(Q3, date(2017, 1, 13), THIRD_ISSUE, ["DA"])
    assert reply(asked, Q3).startswith("Quarter 1: The county pays until March")


def test_an_earlier_master_knows_nothing_of_later_answers(asked: Plan) -> None:
    decide(asked, master(asked).path, J1a_1=AGREED)
    first = master(asked)
    second_round(asked, rag="Red")
    second = master(asked).path
    look_back(asked, second, "Yes")
    decide(asked, second, "second", J1a_1=REFUSED)
    assert master(asked, Q1).reference == first.reference
    asked.issue(Q3, date(2017, 1, 13), THIRD_ISSUE, ["DA"])
    assert reply(asked, Q3) == "Quarter 2: There is no money (Director B, 29 July 2016)"


def test_a_decision_on_a_priority_stands_once_in_each_workbook_that_it_concerns(asked: Plan) -> None:
    decide(asked, master(asked).path, J2={**AGREED, "Decision": "Owners by September"})
    asked.issue(Q2, date(2016, 10, 14), SECOND_ISSUE)
    told = {ref: row["Executive's reply"] for ref, row in rows(asked.sent("MH", Q2), "Progress").items()}
    assert told.pop("J2.1") == "On all of J2 Mental health. Quarter 1: Owners by September (Director A, 28 July 2016)"
    assert set(told.values()) == {NO_REPLY}
    assert reply(asked) == NO_REPLY


def test_a_decision_on_a_silent_subgroup_stands_in_its_own_workbook(asked: Plan) -> None:
    asked.issue(Q2, date(2016, 10, 14), SECOND_ISSUE)
    decide(asked, master(asked).path, SOS={**AGREED, "Decision": "The deputy reports"})
    asked.issue(Q3, date(2017, 1, 13), THIRD_ISSUE)
    assert "On all of SOS Signs of Safety. Quarter 2: The deputy reports" in reply(asked, Q3, "L3.1", "SOS")
    assert reply(asked, Q3) == NO_REPLY


def test_a_decision_stays_in_the_master_when_nothing_asks_for_it_any_more(asked: Plan) -> None:
    decide(asked, master(asked).path, J2={**AGREED, "Decision": "Owners by September"})
    owners = {ref: {"Action owner": "Somebody", "Owner status": "Accepted"} for ref in asked.history.refs("action")}
    fill(asked.path / "plan.xlsx", asked.path / "plan.xlsx", {"Actions": owners})
    office.merge_plan(asked.folder, CAME_BACK)
    told = rows(master(asked).path)
    assert [ref for ref, row in told.items() if "Owners" in row["Raised by"]] == []
    assert (told["J2"]["Raised by"], told["J2"]["Decision"]) == ("Not raised any more", "Owners by September")


# What is told of it


def test_changes_say_what_the_executive_said(asked: Plan) -> None:
    decide(asked, master(asked).path, J1a_1=AGREED)
    second_round(asked)
    look_back(asked, master(asked).path, "Partly")
    first, second = (rows(master(asked, code).path, "Changes").values() for code in (Q1, Q2))
    assert [row["Who"] for row in first if row["What changed"] == "Decision"] == ["Director A (the Executive)"]
    assert "Carried out (decision of Quarter 1)" in [row["What changed"] for row in second]


def test_by_the_command_line(asked: Plan) -> None:
    when = ("--as-of", "2016-08-01")
    run("master", "--as-of", "2016-07-20", plan=asked)
    file = asked.path / "master" / "2016-17-q1-draft.xlsx"
    fill(file, file, {"Decisions": {"J1a.1": {**AGREED, "Decided by": None}}})
    done = run("receive", file, *when, plan=asked)
    assert (done.exit_code, "goes out with the workbooks that are issued next" in done.output) == (3, True)
    status = run("status", *when, plan=asked).output
    assert "Decisions of the Executive recorded: 1. Nobody's name stands with J1a.1" in status
    fill(file, file, {"Decisions": {"J1a.1": {"Decided by": "Director A"}}})
    assert run("receive", file, *when, plan=asked).exit_code == 0
    assert told("status", plan=asked)["decisions_without_a_name"] == []
    first, second = told("trace", "J1a.1", "Decision", plan=asked)
    assert (first["value"], first["outcome"], first["cell"]) == (AGREED["Decision"], "taken", "E5")
    assert (second["outcome"], second["completed_by"]) == ("agreed", "Director A")
    run("issue", "--round", Q2, "--return-by", "2016-10-14", "--as-of", "2016-09-20", plan=asked)
    assert "The county pays" in reply(asked)
    assert EARLIER in rows(Path(told("master", plan=asked)["path"]))


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_decisions_saved_in_libreoffice_arrive(asked: Plan, suffix: str) -> None:
    typed = fill(master(asked).path, asked.inbox / "typed.xlsx", {"Decisions": {"J1a.1": AGREED}})
    saved = asked.inbox / f"saved.{suffix}"
    libreoffice([Job(typed, saved)])
    receipt = asked.receive_one(saved, when=CAME_BACK)
    assert (receipt.changes, [one.code for one in receipt.findings if one.severity != "note"]) == (3, [])
    assert decided(asked) == tuple(AGREED.values())


def test_who_decided_last_quarter_may_decide_again(asked: Plan) -> None:
    """The name stands, locked, beside the earlier decision too: it did not go over to another row."""
    decide(asked, master(asked).path, J1a_1={**AGREED, "Decided by": "Chair of the Executive"})
    second_round(asked, rag="Red")
    again = master(asked, Q2, SECOND_MASTER).path
    answers: Answers = {
        "Decisions": {
            "J1a.1": {"Decision": "Go on", "Decided by": "Chair of the Executive", "Date": "24 October 2016"},
            EARLIER: {"Carried out": "Yes"},
        }
    }
    receipt = asked.receive(fill(again, asked.inbox / "again.xlsx", answers), when=THIRD_ISSUE)[0]
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])
