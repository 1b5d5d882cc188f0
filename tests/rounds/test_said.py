"""What the officer is told by telephone, in an e-mail or in a meeting: typed on `Said to me`, merged like a return."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text
from tests.chairs import Q1, Q2, SOS, Answers, Plan, at, codes, edit, fill, said, told
from tests.commands import run
from tests.store.receiving.test_mails import written
from tests.test_master import sheet

from plan_sheets import office
from plan_sheets.asking import trace
from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.receipts import Receipt
from plan_sheets.master import make_master
from plan_sheets.officer import make_officer
from plan_sheets.store.register.desk import find_last_made
from plan_sheets.store.register.known_names import find_known_names
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.tracing.said import entries_said
from plan_sheets.store.schemas import load_workbook_spec

EARLY = datetime(2016, 7, 8, 12)  # noqa: DTZ001 - the office's own clock
LATER = datetime(2016, 7, 11)  # noqa: DTZ001 - the office's own clock
LATEST = datetime(2016, 7, 13)  # noqa: DTZ001 - the office's own clock
HEADINGS = ("Ref", "Field", "What was said", "Who said it", "How", "When", "Round", "Answers message")
DEPUTY = "Deputy (telephone, 4 July 2016), typed in by Board officer"


def row(ref: str, field: str, text: str, **other: str) -> dict[str, str | None]:
    """What stands in one row; a heading in small letters, and with `_` for a blank, says otherwise. Blank: left so."""
    texts = {"Ref": ref, "Field": field, "What was said": text, "Who said it": "Deputy", "How": "Telephone"}
    texts["When"] = "4 July 2016"
    texts |= {name.capitalize().replace("_", " "): said for name, said in other.items()}
    assert not texts.keys() - set(HEADINGS)
    return {heading: text for heading, text in texts.items() if text}


@dataclass(frozen=True, slots=True)
class Desk:
    """The officer at work with the officer's workbook."""

    plan: Plan

    @property
    def newest(self) -> Path:
        """The officer's workbook that was made last."""
        return self.plan.path / find_last_made(self.plan.register, "officer")

    def type(self, *rows: dict[str, str | None], of: Path | None = None, name: str = "officer", first: int = 1) -> Path:
        """A copy of it, kept aside, in which these rows are typed, from the `first` of the blank ones on."""
        numbered: Answers = {
            "Said to me": {str(number): texts for number, texts in enumerate(rows, first)},
            "Start here": {"Settled by": {"Your answer": "Board officer"}},
        }
        return fill(of or self.newest, self.plan.inbox / f"{name}.xlsx", numbered)

    def hear(self, *rows: dict[str, str | None], when: datetime = LATER) -> Receipt:
        """These rows typed in it, and given back."""
        return self.give(self.type(*rows), when)

    def give(self, path: Path, when: datetime = LATER) -> Receipt:
        """A workbook given back; the next one is made."""
        (receipt,) = office.receive_files(self.plan.folder, [path], when).receipts.returns
        return receipt

    def rows(self, name: str = "Said to me") -> dict[str, list[Any]]:
        """The rows of a sheet of the newest, by their first cell."""
        found = openpyxl.load_workbook(self.newest)[name].iter_rows(min_row=5, values_only=True)
        return {str(first): rest for first, *rest in found}

    def waiting(self) -> dict[str, list[Any]]:
        """The rows that stand on `Said to me` again, without keys and blank cells at the end."""
        return {ref: list(filter(None, texts[:-1])) for ref, texts in self.rows().items() if ref.startswith("SAID")}


@pytest.fixture(scope="module")
def prepared(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Domestic Abuse has returned its workbook, and the officer's is made. Copy it, never change it."""
    path = tmp_path_factory.mktemp("prepared")
    shutil.copytree(issued_example, path / "plan")
    plan = Plan(path / "plan")
    plan.receive_one(plan.filled("da", said(progress="The pathway is mapped")))
    make_officer(plan.folder, EARLY)
    return path


@pytest.fixture
def desk(prepared: Path, tmp_path: Path) -> Desk:
    """The same in a folder of one's own."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return Desk(Plan(tmp_path / "plan"))


def everything(plan: Plan) -> dict[tuple[Key, str], str]:
    return plan.all_values()


# What is taken


def test_one_cell_is_corrected_and_nothing_else_is_asked(desk: Desk) -> None:
    plan, before = desk.plan, everything(desk.plan)
    receipt = desk.hear(row("J1a.1", "Progress made", "The pathway is agreed"))
    assert (receipt.verdict, receipt.changes, receipt.conflicts) == ("accepted", 1, 0)
    changed = dict(everything(plan).items() - before.items())
    assert changed == {(Key("action", "J1a.1", "progress"), Q1): "The pathway is agreed"}
    assert plan.queries == []
    assert desk.waiting() == {}


def test_the_same_return_again_does_not_bring_the_old_answer_back(desk: Desk) -> None:
    desk.hear(row("J1a.1", "Progress made", "The pathway is agreed"))
    again = desk.plan.inbox / "da.xlsx"
    copy = edit(again, desk.plan.inbox / "copy.xlsx", lambda _: None)
    assert {one.verdict for one in desk.plan.receive(again, copy, when=LATEST)} == {"duplicate"}
    correction = said(progress="The pathway is mapped", rag="Amber", corrects="Yes")
    assert desk.plan.receive_one(desk.plan.filled("second", correction), when=LATEST).conflicts == 0
    assert (desk.plan.said("J1a.1", "progress"), desk.plan.said("J1a.1", "rag")) == ("The pathway is agreed", "Amber")
    assert desk.plan.queries == []


def test_it_is_traced_to_whoever_said_it_and_to_its_cell(desk: Desk) -> None:
    desk.hear(row("j1A.1", "PROGRESS MADE", "The pathway is agreed", how="Meeting", when="04/07/2016"))
    step = trace.trace_value(desk.plan.folder, "J1a.1", "progress")[-1]
    assert (step.value, step.before, step.outcome) == ("The pathway is agreed", "The pathway is mapped", "taken")
    assert step.completed_by == "Deputy (meeting, 4 July 2016), typed in by Board officer"
    assert (step.number, step.file, step.sheet, step.cell) == ("OFFICER-1", "officer.xlsx", "Said to me", "D6")
    printed = run("trace", "J1a.1", "Progress made", plan=desk.plan).output
    assert "Deputy (meeting, 4 July 2016), typed in by Board officer, 11 July 2016" in printed


def test_the_master_says_who_said_it(desk: Desk) -> None:
    desk.hear(row("J1a.1", "RAG", "amber"))
    changes = sheet(make_master(desk.plan.folder, None, LATEST), "Changes")
    told = [texts[3:] for texts in changes.iter_rows(values_only=True) if "Amber" in texts]
    assert told == [("Green", "Amber", DEPUTY, "officer.xlsx, received 11 July 2016")]


def test_what_names_people_is_known(desk: Desk) -> None:
    desk.hear(row("J1a.1", "RAG", "amber", who_said_it="Gwendolen Fairfax"))
    assert "gwendolen fairfax" in find_known_names(desk.plan.register).whole


def test_everything_that_a_chair_fills_in_can_be_said(desk: Desk) -> None:
    """Whatever field is added in YAML, too."""
    columns = [column for spec in load_workbook_spec("subgroup").sheets if spec.key for column in spec.columns]
    asked = {column.heading for column in columns if column.input} - {"Theme"}
    assert asked == {*desk.rows("Fields")}
    offered = openpyxl.load_workbook(desk.newest)["Said to me"].data_validations.dataValidation
    assert any(str(one.formula1).startswith("='Fields'!$A$5:$A$") for one in offered) or any(
        "Fields" in str(one.formula1) for one in offered
    )


@pytest.mark.parametrize(
    ("ref", "field", "text", "key", "value"),
    [
        ("J1a.1", "next_step_by", "30/9/2016", Key("action", "J1a.1", "next_step_by"), "30 September 2016"),
        ("J1a.1", "who is responsible", "The police", Key("action", "J1a.1", "responsible"), "The police"),
        ("J1a", "Data", "We count", Key("grid", "J1a", "data"), "We count"),
        ("l2.1", "step_done", "partly", Key("action", "L2.1", "step_done"), "Partly"),
    ],
)
def test_each_field_is_read_as_in_a_return(desk: Desk, ref: str, field: str, text: str, key: Key, value: str) -> None:
    receipt = desk.hear(row(ref, field, text))
    assert receipt.changes == 1, receipt.findings
    assert desk.plan.history.head(key, "round", Q1).value == value or desk.plan.history.standing(key).value == value


def test_a_contribution_is_of_the_subgroup_that_contributes(desk: Desk) -> None:
    shared = next(ref for ref in desk.plan.history.refs("action") if ";" in desk.plan.stands(ref, "subgroups"))
    lead, beside = desk.plan.stands(shared, "subgroups").split("; ")
    assert desk.hear(row(shared, "Contribution", "We trained ten")).changes == 1
    assert desk.plan.said(f"{shared}/{beside}", "contribution", record="contribution") == "We trained ten"
    assert desk.hear(row(f"{shared}/{beside.lower()}", "Contribution", "We trained twelve")).changes == 1
    receipt = desk.hear(row(f"{shared}/{lead}", "Contribution", "We lead"))
    assert told(receipt) == {("said_contribution_unclear", "Said to me!B6")}
    assert desk.plan.said(f"{shared}/{beside}", "contribution", record="contribution") == "We trained twelve"


def test_a_stage_remains_a_proposal(desk: Desk) -> None:
    desk.hear(row("J1a.1", "Stage", "complete"))
    assert desk.plan.stands("J1a.1", "confirmed_stage") == ""
    proposed = desk.rows("To confirm")["J1a.1 stage 2016-17-Q1"]
    assert DEPUTY in str(proposed)


def test_a_further_action_is_proposed_and_goes_on_being_spoken_of(desk: Desk) -> None:
    first = desk.type(row("J1b", "What we will do", "Train the staff"))
    assert desk.give(first).changes
    assert desk.give(first, LATEST).verdict == "duplicate"
    stands = {name: desk.plan.stands("DA.F1", name) for name in ("theme", "what", "agreement", "subgroups")}
    assert stands == {"theme": "J1b", "what": "Train the staff", "agreement": "Proposed", "subgroups": "DA"}
    assert "DA.F1 further action" in desk.rows("To confirm")
    assert desk.hear(row("DA.F1", "Due", "March 2017"), row("DA.F1", "Action owner", "Chair")).changes == 2
    assert (desk.plan.stands("DA.F1", "due"), desk.plan.stands("DA.F1", "owner")) == ("March 2017", "Chair")
    assert told(desk.hear(row("DA.F1", "RAG", "Green"))) == {("said_not_asked", "Said to me!C6")}


def test_before_any_round_only_what_stands_can_be_said(example: Plan) -> None:
    make_officer(example.folder, EARLY)
    desk = Desk(example)
    rows = [row("J1a.1", "Impact", "Fewer wait"), row("J1a.1", "RAG", "Green")]
    receipt = desk.hear(*rows, row("J1a.2", "Impact", "Fewer wait", round="2016-17-Q1"))
    assert told(receipt) == {("said_before_rounds", "Said to me!C7"), ("said_round_unknown", "Said to me!H8")}
    assert example.stands("J1a.1", "impact") == "Fewer wait"


# What is asked


def test_what_has_moved_since_the_workbook_was_made_is_asked(desk: Desk) -> None:
    typed = desk.type(row("J1a.1", "Progress made", "The pathway is agreed"))
    chairs = said(progress="The pathway is printed", corrects="Yes")
    desk.plan.receive_one(desk.plan.filled("second", chairs), when=EARLY)
    receipt = desk.give(typed)
    assert (codes(receipt), receipt.conflicts) == (["conflict"], 1)
    assert desk.plan.said("J1a.1", "progress") == "The pathway is printed"
    about, *texts = desk.rows("Queries")["1"]
    assert about == "J1a.1: Progress made"
    assert DEPUTY in str(texts)
    path = fill(desk.newest, desk.plan.inbox / "take.xlsx", {"Queries": {"1": {"Your choice": "Take"}}})
    desk.give(path, LATEST)
    assert desk.plan.said("J1a.1", "progress") == "The pathway is agreed"


def test_two_who_say_different_things_are_asked_about(desk: Desk) -> None:
    both = [row("J1a.1", "RAG", "Amber"), row("J1a.1", "rag", "Red", who_said_it="Chair")]
    assert codes(desk.hear(*both)) == ["conflict"]
    assert desk.plan.said("J1a.1", "rag") == "Amber"
    assert "'Amber' was said meanwhile by Deputy (telephone, 4 July 2016)" in desk.plan.queries[0].message


def test_what_stands_already_is_agreed(desk: Desk) -> None:
    assert desk.hear(row("J1a.1", "Progress made", "The pathway is mapped")).verdict == "accepted"
    assert trace.trace_value(desk.plan.folder, "J1a.1", "progress")[-1].outcome in ("agreed", "taken")
    assert desk.plan.queries == []


def test_a_postcode_is_asked_about(desk: Desk) -> None:
    receipt = desk.hear(row("J1a.1", "Progress made", "Open at LE3 8RA"))
    assert told(receipt) == {("postcode", "Said to me!D6")}
    assert desk.plan.queries[0].message.startswith("Progress made of J1a.1 says 'Open at LE3 8RA'")
    path = fill(desk.newest, desk.plan.inbox / "take.xlsx", {"Queries": {"1": {"Your choice": "Take"}}})
    assert desk.give(path, LATEST).changes == 1
    assert desk.plan.said("J1a.1", "progress") == "Open at LE3 8RA"


def test_an_identifier_of_a_case_is_not_taken_and_the_other_rows_are(desk: Desk) -> None:
    receipt = desk.hear(row("J1a.1", "Progress made", "NHS 943 476 5919"), row("J1a.1", "RAG", "Amber"))
    assert told(receipt) >= {("case_identifier", "Said to me!D6")}
    assert desk.plan.said("J1a.1", "progress") == "The pathway is mapped"
    assert desk.plan.said("J1a.1", "rag") == "Amber"
    assert not any("943 476" in str(texts) for texts in desk.rows("Findings").values())
    assert desk.waiting() == {"SAID-1": ["J1a.1", "Progress made", "Deputy", "Telephone", "4 July 2016"]}


# Given back again


def test_a_workbook_given_back_twice_changes_nothing_more(desk: Desk) -> None:
    typed = desk.type(row("J1a.1", "Progress made", "The pathway is agreed"))
    desk.give(typed)
    before = everything(desk.plan)
    assert desk.give(typed, LATEST).verdict == "duplicate"
    more = desk.type(row("J1a.1", "Next step", "Print it"), of=typed, name="more", first=2)
    assert desk.give(more, LATEST).changes == 1
    assert dict(everything(desk.plan).items() - before.items()).keys() == {(Key("action", "J1a.1", "next_step"), Q1)}


def test_a_row_that_was_merged_is_not_merged_again(desk: Desk) -> None:
    """Although a later return has said something else since, which nobody contradicts."""
    typed = desk.type(row("J1a.1", "Progress made", "The pathway is agreed"))
    desk.give(typed)
    desk.hear(row("J1a.1", "Progress made", "The pathway is printed"))
    more = desk.type(row("J1a.1", "Next step", "Post it"), of=typed, name="more", first=2)
    receipt = desk.give(more, LATEST)
    assert (receipt.verdict, receipt.conflicts) == ("accepted", 0)
    assert desk.plan.said("J1a.1", "progress") == "The pathway is printed"
    assert desk.plan.queries == []


def test_a_row_that_is_corrected_in_the_same_workbook_takes_its_own_place(desk: Desk) -> None:
    typed = desk.type(row("J1a.1", "Progress made", "The pathway is agred"))
    desk.give(typed)
    mended = desk.type(row("J1a.1", "Progress made", "The pathway is agreed"), of=typed, name="mended")
    assert (desk.give(mended, LATEST).changes, desk.plan.queries) == (1, [])
    assert desk.plan.said("J1a.1", "progress") == "The pathway is agreed"


# What is wrong


WRONG = [
    (row("", "RAG", "Amber"), "required", "B6"),
    (row("J1a.1", "", "Amber"), "required", "C7"),
    (row("J1a.1", "RAG", ""), "required", "D8"),
    (row("J1a.1", "RAG", "Amber", who_said_it=""), "required", "E9"),
    (row("J1a.1", "RAG", "Amber", how=""), "required", "F10"),
    (row("J1a.1", "RAG", "Amber", when=""), "required", "G11"),
    (row("J9z.1", "RAG", "Amber"), "said_ref_unknown", "B12"),
    (row("J1a.1", "Colour", "Amber"), "said_field_unknown", "C13"),
    (row("J1a.1", "Data", "We count"), "said_not_asked", "C14"),
    (row("J1a", "RAG", "Amber"), "said_not_asked", "C15"),
    (row("J1a.1", "RAG", "Amber", when="the other day"), "date_unreadable", "G16"),
    (row("J1a.1", "RAG", "Amber", when="4 July 2017"), "said_in_future", "G17"),
    (row("J1a.1", "RAG", "Amber", round="2016-17-Q3"), "not_a_choice", "H18"),
    (row("J1a.1", "RAG", "Amber", answers_message="FILE-7"), "said_message_unknown", "I19"),
    (row("J1a.1", "RAG", "Purple"), "not_a_choice", "D20"),
]
"""A row, the code of what is wrong with it, and its cell: all of them in one workbook, which has no more rows."""


def test_what_is_wrong_is_said_at_its_cell_and_comes_back_to_be_mended(desk: Desk) -> None:
    before = everything(desk.plan)
    receipt = desk.hear(*(texts for texts, _, _ in WRONG))
    assert {(code, f"Said to me!{cell}") for _, code, cell in WRONG} == told(receipt)
    assert all(one.severity == "error" for one in receipt.findings)
    assert everything(desk.plan) == before
    assert desk.plan.queries == []
    assert [*desk.waiting().values()] == [[text for text in texts.values() if text] for texts, _, _ in WRONG]
    found = openpyxl.load_workbook(desk.newest)["Findings"].iter_rows(min_row=5, values_only=True)
    entered = [str(texts[6]) for texts in found if texts[0] == "Officer 2016-17-Q1" and texts[6] != "Purple"]
    said_there = ["\n".join(f"{name}: {text}" for name, text in texts.items()) for texts, _, _ in WRONG[:-1]]
    assert sorted(entered) == sorted(said_there)
    good = {**row("J1a.1", "RAG", "Amber"), "Round": None, "Answers message": None}
    mended = {"Said to me": dict.fromkeys(desk.waiting(), good)}
    receipt = desk.give(fill(desk.newest, desk.plan.inbox / "mended.xlsx", mended), LATEST)
    assert [one for one in receipt.findings if one.address and one.address.sheet == "Said to me"] == []
    assert (desk.plan.said("J1a.1", "rag"), receipt.changes) == ("Amber", 1)
    assert desk.waiting() == {}


def test_a_date_with_two_readings_is_not_taken(desk: Desk) -> None:
    receipt = desk.hear(row("J1a.1", "New date", "soon"), row("J1a.1", "RAG", "Red", when="4 or 5 July 2016"))
    assert {str(one.address) for one in receipt.findings} == {"Said to me!D6", "Said to me!G7"}
    assert desk.plan.said("J1a.1", "rag") == "Green"
    assert len(desk.waiting()) == 2 - len(desk.plan.queries)


def test_a_row_that_is_emptied_is_not_wanted_any_more(desk: Desk) -> None:
    desk.hear(row("J9z.1", "RAG", "Amber"))
    empty = {"Said to me": {"SAID-1": dict.fromkeys(HEADINGS)}}
    receipt = desk.give(fill(desk.newest, desk.plan.inbox / "empty.xlsx", empty), LATEST)
    assert [one for one in receipt.findings if one.address and one.address.sheet == "Said to me"] == []
    assert desk.waiting() == {}


def test_a_row_that_waits_is_left_as_it_is_by_other_work(desk: Desk) -> None:
    desk.hear(row("J9z.1", "RAG", "Amber"))
    waiting = desk.waiting()
    desk.hear(row("J1a.1", "RAG", "Amber"), when=LATEST)
    assert (desk.waiting(), desk.plan.said("J1a.1", "rag")) == (waiting, "Amber")


def test_a_row_that_waited_is_compared_with_what_stood_when_it_was_typed(desk: Desk) -> None:
    desk.hear(row("J1a.1", "Progress made", "The pathway is agreed", who_said_it=""))
    chairs = said(progress="The pathway is printed", corrects="Yes")
    desk.plan.receive_one(desk.plan.filled("second", chairs), when=LATER)
    named = {"Said to me": {"SAID-1": {"Who said it": "Deputy"}}}
    desk.give(fill(desk.newest, desk.plan.inbox / "named.xlsx", named), LATEST)
    assert desk.plan.said("J1a.1", "progress") == "The pathway is printed"
    assert [query.code for query in desk.plan.queries] == ["conflict"]


def test_what_has_ended_is_not_spoken_of(desk: Desk) -> None:
    desk.hear(row("J1a.1", "Stage", "Withdrawn"))
    yes = {"To confirm": {"J1a.1 stage 2016-17-Q1": {"Confirm": "Yes"}}}
    desk.give(fill(desk.newest, desk.plan.inbox / "yes.xlsx", yes), LATER)
    assert desk.hear(row("J1a.1", "Progress made", "It was stopped")).changes == 1, "the round in which it ended"
    desk.plan.issue(Q2, when=datetime(2016, 9, 20), by=datetime(2016, 10, 14).date())  # noqa: DTZ001
    receipt = desk.hear(row("J1a.1", "Progress made", "It goes on"), when=datetime(2016, 9, 21))  # noqa: DTZ001
    assert told(receipt) == {("said_ref_ended", "Said to me!B6")}


def test_what_was_taken_out_is_not_spoken_of(desk: Desk) -> None:
    def cut(book: Any) -> None:
        book["Actions"].delete_rows(at(book["Actions"], "J1a.1", "Ref").row)

    edit(desk.plan.folder.plan_file, desk.plan.folder.plan_file, cut)
    office.merge_plan(desk.plan.folder, LATER)
    number = next(ref for ref, texts in desk.rows("Queries").items() if texts[0].startswith("J1a.1"))
    out = {"Queries": {number: {"Your choice": "Take"}}}
    desk.give(fill(desk.newest, desk.plan.inbox / "out.xlsx", out), LATER)
    receipt = desk.hear(row("J1a.1", "RAG", "Green"))
    assert told(receipt) == {("said_ref_ended", "Said to me!B6")}
    assert "was taken out of the plan" in receipt.findings[0].message


# Rounds, control totals, messages


def test_a_round_that_is_closed_makes_its_next_edition(desk: Desk) -> None:
    assert make_master(desk.plan.folder, None, LATER, hand_over=True).number == 1
    desk.plan.issue(Q2, when=datetime(2016, 9, 20), by=datetime(2016, 10, 14).date())  # noqa: DTZ001
    day = datetime(2016, 9, 21)  # noqa: DTZ001 - the office's own clock
    desk.give(
        desk.type(row("J1a.1", "RAG", "Red", round="2016-17-q1"), of=make_officer(desk.plan.folder, day).path), day
    )
    assert (desk.plan.said("J1a.1", "rag"), desk.plan.said("J1a.1", "rag", Q2)) == ("Red", "")
    assert make_master(desk.plan.folder, Q1, day, hand_over=True).number == 2


def test_a_query_about_an_earlier_round_is_of_that_round(desk: Desk) -> None:
    desk.plan.issue(Q2, when=datetime(2016, 9, 20), by=datetime(2016, 10, 14).date())  # noqa: DTZ001
    day = datetime(2016, 9, 21)  # noqa: DTZ001 - the office's own clock
    both = [row("J1a.1", "RAG", text, round=Q1) for text in ("Red", "Amber")]
    desk.give(desk.type(*both, of=make_officer(desk.plan.folder, day).path), day)
    assert [query.round for query in desk.plan.queries] == [Q1]


def test_what_was_said_is_counted_and_the_return_is_still_awaited(desk: Desk) -> None:
    desk.hear(row("L3.1", "RAG", "Green"), row("L3.1", "Stage", "In progress"), row("J9z.1", "RAG", "Green"))
    done = run("status", "--as-of", "2016-07-11", plan=desk.plan)
    assert re.search(r"SOS +outstanding, 2 said to you", done.output)
    (returned,) = [texts for ref, texts in desk.rows("Returns").items() if ref.startswith("SOS ")]
    assert "Outstanding, 2 said to you" in returned
    desk.plan.receive_one(desk.plan.filled("sos", SOS, "SOS"), when=LATEST)
    assert desk.plan.queries == [], "the chair says the same"


@pytest.fixture
def message(desk: Desk) -> str:
    """The number of an e-mail without a workbook that is held."""
    path = desk.plan.inbox / "news.eml"
    path.write_bytes(written("J1a.1 is Red.").as_bytes())
    assert desk.give(path, EARLY).verdict == "held"
    return desk.plan.register.set_aside("held")[0].number


def test_a_message_that_is_answered_is_held_no_more(desk: Desk, message: str) -> None:
    rows = [row("J1a.1", "RAG", "Red", how="E-mail", answers_message=message.lower())]
    rows.append(row("J1a.1", "What will bring it back", "A second worker", how="E-mail", answers_message=message))
    assert desk.hear(*rows).changes == 2
    assert desk.plan.register.set_aside("held") == []
    assert "held" not in run("status", "--as-of", "2016-07-11", plan=desk.plan).output


def test_a_message_whose_answer_is_wrong_is_held_still(desk: Desk, message: str) -> None:
    desk.hear(row("J9z.1", "RAG", "Red", how="E-mail", answers_message=message))
    assert [file.number for file in desk.plan.register.set_aside("held")] == [message]


# Taken out again


def test_what_was_said_can_be_redacted(desk: Desk) -> None:
    desk.hear(row("J1a.1", "Progress made", "Jo moved out"))
    office.redact_texts(desk.plan.folder, "J1a.1", "It names a person", LATEST, "progress")
    assert desk.plan.said("J1a.1", "progress") == "Redacted"
    assert b"Jo moved out" not in (desk.plan.path / FILE).read_bytes()


def test_what_was_said_is_found_without_reading_every_entry(desk: Desk) -> None:
    """Each receipt asks for it, and a register has tens of thousands of entries."""
    steps = desk.plan.register.read(text(f"EXPLAIN QUERY PLAN {entries_said()}"), plan=1)
    assert any("entry_said_in" in str(step) for step in steps), steps
