"""The master says what the register holds: all of it, for its round alone, and nothing behind a green cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.chairs import Q1, Q2, RETURN_BY, Answers, Plan, form, heading_row, said, values_of

from plan_sheets import issue
from plan_sheets.core.book.measure import LINE_POINTS, Paper, print_scale
from plan_sheets.core.model.findings import PlanSheetsError, Verdict
from plan_sheets.core.model.keys import Key
from plan_sheets.core.rating import snapshot
from plan_sheets.core.rating.ratings import rate_rounds
from plan_sheets.master import Mastered, make_master
from plan_sheets.store.schemas import load_workbook_spec

LATER = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
SECOND_ISSUE = datetime(2016, 9, 20)  # noqa: DTZ001 - the office's own clock
A4_ROOM = 595.3 - 2 * 0.4 * 72
"""The height of landscape A4 between the writer's margins, in points."""

FULL: Answers = {
    "Start here": {**form(completed_by="Chair")},
    "Progress": {
        "J1a.1": {
            "Progress made": "word-progress " + "and so on " * 900 + "word-end",
            "Stage": "In progress",
            "RAG": "Amber",
            "Next step": "word-step",
            "Next step by": "30 November 2016",
            "What will bring it back": "word-recovery",
            "Asked of the executive": "word-ask",
            "New date": "30 June 2017",
            "Evidence": "word-evidence",
        }
    },
    "Action plan": {
        "J1a.1": {
            "How we will do it": "word-how",
            "Who is responsible": "word-responsible",
            "Action owner": "word-owner",
            "Owner status": "Accepted",
            "Impact": "word-impact",
        }
    },
    "Grid": {"J1a": {"Voice of the service user": "word-voice", "Data": "word-data"}},
    "New actions": {
        "1": {
            "Theme": "J1b",
            "What we will do": "word-new",
            "How we will do it": "word-newhow",
            "Who is responsible": "word-newresponsible",
            "Action owner": "word-newowner",
            "Due": "31 March 2017",
            "Impact": "word-newimpact",
        }
    },
}
"""A return that says something under every heading of Domestic Abuse's workbook, each with a word of its own."""


def made(plan: Plan, code: str | None = None, now: datetime = LATER) -> Mastered:
    return make_master(plan.folder, code, now)


def sheet(told: Mastered, name: str) -> Worksheet:
    page = openpyxl.load_workbook(told.path)[name]
    assert isinstance(page, Worksheet)
    return page


def lines(told: Mastered) -> str:
    page = sheet(told, "RAG status")
    return " ".join(str(row[0]) for row in values_of(page)[: heading_row(page) - 2])


def rows(told: Mastered, name: str) -> list[Mapping[str, Any]]:
    page = sheet(told, name)
    at = next(row for row in range(4, page.max_row + 1) if page.cell(row, 2).value)
    heading, *body = values_of(page)[at - 1 :]
    return [dict(zip(map(str, heading), row, strict=True)) for row in body]


def row(told: Mastered, name: str, ref: str) -> Mapping[str, Any]:
    return next(one for one in rows(told, name) if one["Ref"] == ref)


def test_before_any_round_it_is_the_consultation_draft(example: Plan) -> None:
    told = made(example)
    assert (told.path.name, told.round, told.counts) == ("consultation-draft.xlsx", "", {})
    assert "no round has been issued yet" in lines(told)
    assert {one["Published RAG"] for one in rows(told, "RAG status")} == {"Not yet rated", "No actions yet"}
    assert len(rows(told, "Master plan")) == len(example.history.refs("action"))


@pytest.mark.parametrize("code", [Q2, "2016-17-Q9"])
def test_a_round_that_was_not_issued_is_refused(round_one: Plan, code: str) -> None:
    with pytest.raises(PlanSheetsError) as refused:
        made(round_one, code)
    assert refused.value.remedy
    assert not (round_one.path / "master").exists()


def test_counts_agree_with_the_register(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", FULL))
    told = made(round_one)
    rated = Counter(str(one.published) for one in rate_rounds(round_one.history, [Q1])[Q1].values())
    assert Counter(one["Published RAG"] for one in rows(told, "Master plan")) == rated
    assert rated.pop("Proposed") == 1
    assert told.counts == rated
    silent = rated["Not reported"]
    counted = f"None of {sum(rated.values())} actions is Red; 1 Amber; {silent} cannot be told: {silent} not reported."
    assert counted in lines(told)
    assert "1 further action only proposed" in lines(told)


def test_every_text_of_a_return_is_in_it(round_one: Plan) -> None:
    (receipt,) = round_one.receive(round_one.filled("da", FULL))
    assert {one.code for one in receipt.findings if one.severity != "note"} == {"row_silent"}
    contribution = {"Progress": {"J2a.1": {"Contribution": "word-contribution"}}}
    round_one.receive(round_one.filled("learning", {**contribution, "Start here": form(completed_by="x")}, "LEARNING"))
    told = made(round_one)
    book = openpyxl.load_workbook(told.path)
    everything = {page.title: " ".join(str(cell) for line in values_of(page) for cell in line) for page in book}
    typed = [
        word
        for name, table in FULL.items()
        if name != "Start here"
        for texts in table.values()
        for text in texts.values()
        for word in str(text).split()
        if word.startswith("word-")
    ]
    own = " ".join(everything[name] for name in ("Master plan", "Grid", "Notes"))
    assert [word for word in [*typed, "word-contribution"] if word not in own] == []
    assert own.count("and so on ") >= 899
    assert "New date 30 June 2017, proposed." in str(row(told, "Master plan", "J1a.1")["First date and moves"])
    assert (
        "1. Amber. J1a.1 Follow how far the pathway has got (Domestic Abuse). Judged Amber. Chair asks: word-ask"
        in lines(told)
    )


def test_the_same_register_and_round_make_the_same_parts(round_one: Plan, tmp_path: Path) -> None:
    round_one.receive(round_one.filled("da", said()))
    first = made(round_one)
    data = first.path.read_bytes()
    again = made(round_one, Q1, SECOND_ISSUE)
    make_master(round_one.folder, Q1, SECOND_ISSUE, tmp_path / "copy.xlsx")
    assert (again.reference, again.path.read_bytes()) == (first.reference, data)
    assert (tmp_path / "copy.xlsx").read_bytes() == data
    assert len(round_one.register.documents(kind="master")) == 1
    round_one.receive(round_one.filled("da2", {"Progress": {"J1a.2": {"RAG": "Green", "Progress made": "More"}}}))
    newer = made(round_one)
    assert (first.reference, newer.reference, newer.path) == (f"{Q1}-MASTER-1", f"{Q1}-MASTER-2", first.path)


def test_an_earlier_round_knows_nothing_of_a_later_one(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", FULL))
    first = made(round_one, Q1)
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    later = {
        **said(progress="Piloted in July"),
        "Action plan": {"J1a.1": {"Action owner": "word-later"}},
        "Grid": {"J1a": {"Data": "?"}},
    }
    round_one.receive(round_one.filled("q2", later, code=Q2), when=datetime(2016, 10, 4))  # noqa: DTZ001 - the office's own clock
    assert made(round_one, Q1).reference == first.reference
    second = made(round_one)
    assert second.round == Q2
    assert "word-later" in row(second, "Master plan", "J1a.1")["Action owner and subgroup"]
    assert row(second, "Master plan", "J1a.1")["Trend"] == "↑ improved"
    assert "Better, 1: J1a.1 Follow how far the pathway has got: Amber to Green." in lines(second)
    changed = [(one["What changed"], one["Before"], one["After"]) for one in rows(second, "Changes")]
    assert ("RAG", "Amber", "Green") in changed
    assert ("Action owner", "word-owner", "word-later") in changed


def test_what_is_confirmed_later_holds_for_its_round(round_one: Plan) -> None:
    done = {"Progress": {"J1a.1": {**FULL["Progress"]["J1a.1"], "Stage": "Closed to business as usual"}}}
    round_one.receive(round_one.filled("da", {**FULL, **done}))
    proposed = row(made(round_one), "Master plan", "J1a.1")
    assert (proposed["Published RAG"], proposed["Stage"]) == ("Amber", "Closed to business as usual, proposed")
    with round_one.register.batch("test", LATER.isoformat()) as batch:
        batch.add_value(Key("action", "J1a.1", "confirmed_stage"), "Closed to business as usual", "standing", Q1)
    closed = row(made(round_one, Q1), "Master plan", "J1a.1")
    assert (closed["Published RAG"], closed["Stage"]) == ("Closed", "Closed to business as usual, confirmed")


def test_nothing_is_hidden_behind_a_green_cell(round_one: Plan) -> None:
    round_one.receive(round_one.filled("chair", {**FULL, "New actions": {}, **said(rag="Green")}))
    round_one.receive(round_one.filled("deputy", said(rag="Red", completed_by="Deputy", progress="It is late")))
    told = made(round_one)
    why = row(told, "Master plan", "J1a.1")["Why"]
    assert "a query is open on" in why
    assert "RAG" in why
    assert "In doubt: J1a.1" in row(told, "RAG status", "J1")["What drives it"]
    assert "In doubt: J1a.1 (Domestic abuse). Open: 1 query" in lines(told)
    assert any("Queries are open (1)" in one for one in told.warnings)


def test_what_could_not_be_read_is_told(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(rag="Purple")))
    action = row(made(round_one), "Master plan", "J1a.1")
    assert action["Published RAG"] == "Not reported"
    assert "what was entered could not be taken: RAG" in action["Why"]


def test_who_returned_and_who_did_not(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said()))
    nothing = {"Start here": form(completed_by="Board lead", nothing="We first meet in September.")}
    round_one.receive(round_one.filled("mh", nothing, "MH"))
    told = made(round_one)
    assert "Returns: 2 of 9 subgroups; none from Prevent, " in lines(told)
    assert "Nothing to report: Mental Health." in lines(told)
    assert "nothing to report, because We first meet" in row(told, "Master plan", "J2.1")["Why"]
    assert "no return from Prevent" in row(told, "Master plan", "J3.1")["Why"]
    round_one.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)
    assert "Returns: none of 9 subgroups." in lines(made(round_one))
    assert "No return for two quarters: Child Sexual Exploitation" in lines(made(round_one))


def test_the_first_sheet_fits_one_page(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", FULL))
    page = sheet(made(round_one), "RAG status")
    across = [column.width for column in load_workbook_spec("master").sheets[0].columns]
    down = sum(page.row_dimensions[place].height or LINE_POINTS for place in range(1, page.max_row + 1))
    assert page.page_setup.paperSize == Paper.A4
    assert down * print_scale(across, Paper.A4) <= A4_ROOM


def test_a_master_that_somebody_wrote_in_is_left_alone(round_one: Plan) -> None:
    first = made(round_one)
    book = openpyxl.load_workbook(first.path)
    book["RAG status"]["A40"] = "Agreed"
    book.save(first.path)
    changed = first.path.read_bytes()
    told = made(round_one)
    assert (first.path.read_bytes(), told.path.name) == (changed, "2016-17-q1-draft-2.xlsx")
    assert any("left alone" in one for one in told.warnings)


def test_it_comes_back_as_it_went_out(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", FULL))
    told = made(round_one)
    copy = round_one.inbox / "master.xlsx"
    copy.write_bytes(told.path.read_bytes())
    openpyxl.load_workbook(copy).save(copy)
    (receipt,) = round_one.receive(copy)
    assert (receipt.kind, receipt.issue, receipt.verdict) == ("master", told.reference, Verdict.UNTOUCHED)
    assert [one.message for one in receipt.findings if one.code == "locked_changed"] == []


def test_after_a_round_that_was_skipped_nothing_is_new(round_one: Plan) -> None:
    round_one.receive_one(round_one.filled("da", {"Progress": {"J1a.1": {"Stage": "In progress", "RAG": "Green"}}}))
    issue.issue_round(round_one.folder, "2016-17-Q3", date(2017, 1, 13), datetime(2016, 12, 20))  # noqa: DTZ001 - the office's own clock
    told = make_master(round_one.folder, None, datetime(2017, 1, 16))  # noqa: DTZ001 - the office's own clock
    found = values_of(openpyxl.load_workbook(told.path)["RAG status"])
    texts = [str(cell) for row in found for cell in row if cell]
    assert any("Quarter 2 was not issued, so there is nothing to compare with." in one for one in texts)
    assert "First round" not in texts
    assert "Not issued" in texts


def test_a_master_works_out_each_escalation_decision_and_roll_up_once(
    round_one: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()

    def counted(name: str, work_out: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*facts: Any) -> Any:
            rated = {rating.facts.ref: rating for rating in facts[0]} if name == "roll_up" else {}
            calls[f"{name} {rated}" if rated else name] += 1
            return work_out(*facts)

        return counting

    for name in ("escalations", "decisions", "roll_up"):
        monkeypatch.setattr(snapshot, name, counted(name, getattr(snapshot, name)))
    make_master(round_one.folder, Q1, LATER, paper=tmp_path / "paper.docx")
    del calls["roll_up"]  # that of no actions at all
    assert {"escalations", "decisions"} < set(calls)
    assert set(calls.values()) == {1}
