"""The master's sheets of what is covered, open, owned, enquired into, consulted: played, and counted anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from tests.chairs import Q1, Q2, RETURN_BY, Answers, Plan, fill, form, said, values_of
from tests.test_master import LATER, SECOND_ISSUE, made, row, rows, sheet

from plan_sheets import office, plan
from plan_sheets.core.book.measure import TALLEST_ROW
from plan_sheets.core.model.keys import Key
from plan_sheets.master import Mastered, make_master

SHEETS = (
    *("RAG status", "Contents", "Decisions", "Asks and answers", "Master plan", "RAG over time", "RAG by round"),
    *("RAG by board", "Grid", "Considerations", "Changes", "Open questions", "Owners"),
    *("Returns", "Key lines of enquiry", "Consultation", "Evidence", "Notes", "About"),
)
LENSES = ("learning", "workforce", "voice", "data", "sharing")
THIRD_ISSUE = datetime(2016, 12, 20)  # noqa: DTZ001 - the office's own clock
AUTUMN, WINTER = datetime(2016, 10, 4), datetime(2017, 1, 10)  # noqa: DTZ001 - the office's own clock
Q3 = "2016-17-Q3"
STEP = {"Stage": "In progress", "RAG": "Green", "Next step": "Pilot it", "Last next step done": "No"}
OWNED = {"J1a.1": {"Action owner": "A lead", "Owner status": "Suggested"}}
LONGEST = 32767
BACK = "Back to Contents"
"""What stands in the row above the headings of every sheet but Contents."""


def top(told: Mastered, name: str) -> str:
    """The lines under the title of a sheet, as one text."""
    found = values_of(sheet(told, name))
    below = next(place for place, texts in enumerate(found[2:], start=2) if not any(texts) or texts[0] == BACK)
    return " ".join(str(texts[0]) for texts in found[1:below])


def counted(told: Mastered, name: str, word: str) -> int:
    """The number that stands behind a word in those lines."""
    match = re.search(rf"{word} (\d+)", top(told, name))
    return int(match[1]) if match else 0


def typed(plan: Plan, answers: Answers, now: datetime = SECOND_ISSUE) -> None:
    """The officer types in plan.xlsx and has it merged."""
    fill(plan.path / "plan.xlsx", plan.path / "plan.xlsx", answers)
    assert office.merge_plan(plan.folder, now).merged.queries == 0


def second_round(plan: Plan) -> None:
    plan.issue(Q2, RETURN_BY.replace(month=10), SECOND_ISSUE)


def enquiries(told: Mastered, gap: str) -> dict[str, Mapping[str, Any]]:
    """The enquiries that a gap raises, by what they are about: the ref of the row, or those of its lines."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in rows(told, "Key lines of enquiry"):
        if one["Raised by"] == gap:
            lines = re.findall(r"^([\w.]+(?:, [\w.]+)*): ", str(one["Key line of enquiry"]), re.MULTILINE)
            found |= dict.fromkeys([ref for line in lines for ref in line.split(", ")] or [str(one["About"])], one)
    return found


# The consultation draft


def test_the_draft_tells_no_ages(example: Plan) -> None:
    told = made(example)
    assert tuple(openpyxl.load_workbook(told.path).sheetnames) == SHEETS
    for name in SHEETS[9:16]:
        assert not {"For", "Open for"} & set(rows(told, name)[0]), name
        assert "Ages" not in top(told, name), name
    assert "Since" in rows(told, "Open questions")[0]
    assert "Since" not in rows(told, "Owners")[0]
    assert top(told, "Key lines of enquiry").endswith("Raised by gaps: none before the first round.")
    assert {one["Raised by"] for one in rows(told, "Key lines of enquiry")} == {"The plan"}


def test_the_draft_names_the_statutory_consultees_that_are_missing(example: Plan) -> None:
    told = made(example)
    assert "they are missing: Healthwatch, Community." in top(told, "Consultation")
    typed(example, {"Consultation": {"C8": {"Which consultee": "Healthwatch", "Statutory": "Yes"}}})
    told = made(example)
    assert "they are missing: Community. Statutory, and not sent yet: Cabinet, Rutland." in top(told, "Consultation")
    assert row(told, "Consultation", "Missing 1")["Consultee"] == "Community"


def test_a_plan_without_anything_in_it_says_none_yet(tmp_path: Any) -> None:
    folder = plan.new_plan(tmp_path / "plan", SECOND_ISSUE)
    told = made(Plan(folder.path))
    for name in SHEETS[9:16]:
        assert [{*one.values()} for one in rows(told, name)] == [{"None yet"}], name
    assert "Notes" not in openpyxl.load_workbook(told.path).sheetnames


# Counts, from the register


def test_coverage_is_that_of_the_register(round_one: Plan) -> None:
    history = round_one.history
    grid = history.refs("grid")
    told = made(round_one)
    texts = [history.text("grid", ref, name) for ref in grid for name in LENSES]
    answered = sum(bool(text) and not text.endswith("?") for text in texts)
    assert counted(told, "Considerations", "answered") == answered
    assert counted(told, "Considerations", "a question") == sum(text.endswith("?") for text in texts)
    assert {*grid} <= {one["Ref"] for one in rows(told, "Considerations")}
    words = Counter(
        str(cell).partition(",")[0]
        for one in rows(told, "Considerations")
        for name, cell in one.items()
        if name not in ("Ref", "Theme", "Answered")
    )
    assert words["Answered"] == answered
    assert words["Blank"] == counted(told, "Considerations", "blank")


def test_owners_are_those_of_the_register(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", {**said(), "Action plan": OWNED}))
    told = made(round_one)
    history = round_one.history
    for one in rows(told, "Owners"):
        record = "action" if "." in one["Ref"] else "priority"
        owner = history.text(record, one["Ref"], "owner")
        assert one["Owner"] == (owner or "Unnamed")
        status = history.text(record, one["Ref"], "owner_status") or "Not said"
        assert one["Owner status"] == (status if owner else "Unnamed")
    actions = [one for one in rows(told, "Owners") if "." in one["Ref"]]
    assert len(actions) == len(history.refs("action"))
    assert top(told, "Owners").endswith(f"Actions still going on: suggested 1, unnamed {len(actions) - 1}.")
    assert row(told, "Owners", "J1a.1")["Since"] == "Quarter 1, April to June 2016"


def test_enquiries_are_those_of_the_register(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said()))
    told = made(round_one)
    history = round_one.history
    unstated = {ref for ref in history.refs("action") if not history.text("action", ref, "impact")}
    assert {*enquiries(told, "Impact never stated")} == unstated
    assert {*enquiries(told, "Evidence never given")} == {"J1a.1"}
    assert enquiries(told, "Question open for two rounds") == {}
    assert counted(told, "Key lines of enquiry", "impact never stated") == len(unstated)
    second_round(round_one)
    told = made(round_one)
    asked = [one for one in rows(told, "Key lines of enquiry") if one["Raised by"] == "Question open for two rounds"]
    open_now = rows(told, "Open questions")
    assert counted(told, "Key lines of enquiry", "question open for two rounds") == len(open_now)
    assert len(asked) < len(open_now) / 2
    whole = "\n".join(str(one["Key line of enquiry"]) for one in asked)
    assert not [one for one in open_now if str(one["Question"]) not in whole]


# What chairs and the officer say


def test_what_a_chair_says_of_a_consideration(round_one: Plan) -> None:
    given = {"J1b": {"Voice of the service user": "Not applicable because nobody was met", "Data": "?"}}
    round_one.receive(round_one.filled("da", {**said(), "Grid": given}))
    second_round(round_one)
    second = {"Start here": form(completed_by="Chair"), "Grid": {"J1b": {"Learning and improvement": "A review"}}}
    round_one.receive(round_one.filled("q2", second, code=Q2), when=AUTUMN)
    before, now = (row(made(round_one, code), "Considerations", "J1b") for code in (Q1, Q2))
    assert now["Voice of the service user"] == "Not applicable because nobody was met"
    assert (before["Data"], now["Data"]) == ("A question, 1 quarter", "A question, 2 quarters")
    assert (before["Learning and improvement"], now["Learning and improvement"]) == (
        "Blank, 1 quarter",
        "Answered, 1 quarter",
    )


@pytest.mark.parametrize(
    ("typed_in", "open_for"),
    [(("?", ""), "2 quarters"), (("?", "TBC"), "2 quarters"), (("", "?"), "1 quarter"), (("Soon", "?"), None)],
)
def test_a_placeholder_is_as_old_as_it_was_typed(
    round_one: Plan, typed_in: tuple[str, str], open_for: str | None
) -> None:
    for code, text, when in ((Q1, typed_in[0], SECOND_ISSUE), (Q2, typed_in[1], AUTUMN)):
        if code == Q2:
            second_round(round_one)
        answers = {**said(), "Grid": {"J1b": {"Data": text}} if text else {}}
        round_one.receive(round_one.filled(code, answers, code=code), when=when)
    open_now = [one for one in rows(made(round_one), "Open questions") if str(one["Question"]).startswith("Data: ")]
    mine = [one["Open for"] for one in open_now if one["About"] == "J1b"]
    assert mine == ([open_for] if open_for else [])


def test_a_placeholder_after_an_answer_is_a_new_question(round_one: Plan) -> None:
    rounds = ((Q1, "?", SECOND_ISSUE), (Q2, "Soon", AUTUMN), (Q3, "TBC", WINTER))
    for code, text, when in rounds:
        if code != Q1:
            round_one.issue(code, RETURN_BY.replace(month=10), when)
        round_one.receive(round_one.filled(code, {**said(), "Grid": {"J1b": {"Data": text}}}, code=code), when=when)
    with round_one.register.batch("test", WINTER.isoformat()) as batch:  # the officer lets the answer be taken out
        batch.add_value(Key("grid", "J1b", "data"), "", "standing", Q3)
    assert row(made(round_one), "Considerations", "J1b")["Data"] == "A question, 1 quarter"


def test_a_placeholder_in_a_rounds_answer_is_open_in_that_round_alone(round_one: Plan) -> None:
    for code, when in ((Q1, SECOND_ISSUE), (Q2, AUTUMN)):
        if code == Q2:
            second_round(round_one)
        progress = {"J1a.1": {**said()["Progress"]["J1a.1"], "Evidence": "TBC"}}
        round_one.receive(round_one.filled(code, {**said(), "Progress": progress}, code=code), when=when)
    (one,) = [one for one in rows(made(round_one), "Open questions") if one["Question"] == "Evidence: TBC"]
    assert (one["About"], one["Open for"]) == ("J1a.1", "1 quarter")


def test_a_step_not_done_twice_is_enquired_into(round_one: Plan) -> None:
    round_one.receive(round_one.filled("q1", {**said(), "Action plan": OWNED}))
    for code, issued, received in ((Q2, SECOND_ISSUE, AUTUMN), (Q3, THIRD_ISSUE, WINTER)):
        assert enquiries(made(round_one), "Next step not done twice") == {}
        round_one.issue(code, RETURN_BY.replace(month=10), issued)
        answers = {"Start here": form(completed_by="Chair"), "Progress": {"J1a.1": {**STEP, "Progress made": code}}}
        round_one.receive(round_one.filled(code, answers, code=code), when=received)
    told = made(round_one)
    (one,) = enquiries(told, "Next step not done twice").values()
    assert (one["About"], one["Since"], one["For"]) == ("J1a.1", "Quarter 2, July to September 2016", "2 quarters")
    assert one["Ref"] == "G1"
    # J1 is Red now, because of that step: what is blank under it is asked about from now on
    blank = enquiries(told, "Consideration blank under a Red priority")
    assert {*blank} == {"J1b"}
    asked = "about: Learning and improvement; Voice of the service user; Data?"
    assert blank["J1b"]["Key line of enquiry"].endswith(asked)
    assert blank["J1b"]["Since"] == "Quarter 3, October to December 2016"


def test_an_answered_enquiry_and_a_consultation_are_told(round_one: Plan) -> None:
    typed(
        round_one,
        {
            "Key lines of enquiry": {"K1": {"Answer": "Hardly"}},
            "Consultation": {
                "C1": {"Sent": "2 May 2016", "Answered": "June 2016", "What was changed": "J1 was reworded"},
                "C2": {"Sent": "2 May 2016"},
            },
        },
    )
    told = made(round_one)
    assert row(told, "Key lines of enquiry", "K1")["Answer"] == "Hardly"
    stands = {ref: row(told, "Consultation", ref) for ref in ("C1", "C2", "C3")}
    assert (stands["C1"]["How it stands"], stands["C1"]["What was changed"]) == ("Answered", "J1 was reworded")
    assert stands["C1"]["Sent"] == datetime(2016, 5, 2)  # noqa: DTZ001 - a day
    assert stands["C2"]["How it stands"] == "Sent, no answer for 1 quarter"
    assert stands["C3"]["How it stands"] == "Not sent yet"
    assert "8 consultees: sent to 2, answered by 1, plan changed by 1." in top(told, "Consultation")


def test_an_earlier_master_does_not_change(round_one: Plan) -> None:
    first = make_master(round_one.folder, None, LATER, hand_over=True)
    second_round(round_one)
    round_one.receive(round_one.filled("q2", {**said(), "Grid": {"J1b": {"Data": "?"}}}, code=Q2), when=AUTUMN)
    typed(round_one, {"Open questions": {"Q1": {"Answer": "Yes"}}, "Evidence": {"E1": {"Data": "Numbers"}}}, AUTUMN)
    assert made(round_one, Q1).reference == first.reference
    assert row(made(round_one), "Evidence", "E1")["For"] == "1 quarter"


def test_notes_say_in_full_what_is_not_known(round_one: Plan) -> None:
    purple = {"J1a.2": dict(said(rag="Purple")["Progress"]["J1a.1"])}
    round_one.receive(round_one.filled("da", {**said(), "Progress": {**said()["Progress"], **purple}}))
    told = made(round_one)
    notes = {str(one["Belongs to"]): str(one["Text"]) for one in rows(told, "Notes")}
    silent = [one["Ref"] for one in rows(told, "Master plan") if one["Published RAG"] == "Not reported"]
    assert sorted(silent) == sorted(notes["Not reported"].partition(": ")[2].removesuffix(".").split(", "))
    assert "J1a.2 (what was entered could not be taken: RAG)" in notes["In doubt"]
    assert notes["Not assessable: no named owner"].endswith(": J1a.1.")
    assert "Not assessable: no how" not in notes
    assert "Mental Health" in notes["No return"]
    assert "Files held or refused" not in notes


@pytest.mark.parametrize("text", ["word " * (LONGEST // 5), "Ω" * LONGEST, "one\n" * (LONGEST // 4)])
def test_the_longest_texts_are_in_it_and_fit_the_page(round_one: Plan, text: str) -> None:
    typed(
        round_one,
        {
            "Evidence": {"E1": {"Data": text}},
            "Key lines of enquiry": {"K1": {"Answer": text}},
            "Consultation": {"C1": {"What was changed": text}},
            "Actions": {"J1a.1": {"What we will do": text}},
        },
    )
    told = made(round_one)
    whole = text.strip()
    notes = rows(told, "Notes")
    for name, ref, heading in (
        ("Evidence", "E1", "Data"),
        ("Key lines of enquiry", "K1", "Answer"),
        ("Consultation", "C1", "What was changed"),
    ):
        kept = str(row(told, name, ref)[heading]).partition("… (goes on in")[0]
        rest = [str(one["Text"]) for one in notes if one["Belongs to"] == f"{ref} {heading}, {name}"]
        assert "".join([kept, *rest]).split() == whole.split() or "".join([kept, *rest]) == whole
    for page in openpyxl.load_workbook(told.path):
        assert max((one.height or 0) for one in page.row_dimensions.values()) <= TALLEST_ROW
