"""The board paper, whatever the plan holds: complete, the same as the master's first page, and sufficient to itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.core.sheets.test_first_page import PLAN, SOUND, action, made, page_of, texts
from tests.registered import snapshot

from plan_sheets.core.book.paper import BoardPaper, Heading, PaperTable, Paragraph
from plan_sheets.core.rating.rules.escalate import SubgroupFacts
from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.board_paper import NOT_SAID, PaperFacts, board_paper
from plan_sheets.core.sheets.rag_status import summary_rows
from plan_sheets.store.schemas import load_workbook_spec

SHEETS = {sheet.name: sheet for kind in ("public", "master") for sheet in load_workbook_spec(kind).sheets}
MEANINGS = {item.ref: item.what for item in SHEETS["About"].items}
OFFICER = "| plan |  | title = A plan | contact_name = Board office, Town Hall"
ODD = "Dewi Llŷr o Lŷn <&> مريم"


def paper_of(how: Snapshot, *, some_boards: bool = False) -> BoardPaper:
    return board_paper(how, PaperFacts("MASTER-1", "draft", "", some_boards, MEANINGS))


def paragraphs(paper: BoardPaper, heading: str) -> list[str]:
    """The paragraphs from this heading to the next of its level or above; "" is all before the first."""
    found: list[str] = []
    level = 0 if heading else 1
    for part in paper.parts:
        if isinstance(part, Heading):
            level = part.level if part.text.startswith(heading) and heading else 0 if part.level <= level else level
        elif isinstance(part, Paragraph) and level:
            found.append(f"{part.lead} {part.text}".strip())
    return found


def table(paper: BoardPaper, first: str) -> Sequence[Sequence[str]]:
    """The rows of the table of which this is said."""
    return next(part.rows for part in paper.parts if isinstance(part, PaperTable) and part.about.startswith(first))


def everything(paper: BoardPaper) -> list[str]:
    found = [paper.title]
    for part in paper.parts:
        if isinstance(part, PaperTable):
            found += [part.about, *part.headings, *(text for row in part.rows for text in row)]
        else:
            found += [part.text, part.lead] if isinstance(part, Paragraph) else [part.text]
    return found


def asking(*, reds: int, chairs: int, ambers: int) -> Snapshot:
    red = [action(f"J1.{n}", "Red") for n in range(reds)]
    asks = [action(f"J1.{n + 100}", "Green") + f"\n2 | action | J1.{n + 100} | ask = Help" for n in range(chairs)]
    amber = [action(f"J1.{n + 200}", "Amber", before="Amber") for n in range(ambers)]
    return made(*red, *asks, *amber)


def test_it_begins_with_what_it_is_for_who_answers_for_it_its_day_and_its_boards() -> None:
    how = made(OFFICER, action("J1.1", "Red"))
    assert paragraphs(paper_of(how), "") == [
        "Purpose: For decision: 1 recommendation, to be decided by 31 December 2016. The rest is for information.",
        "Author: Board office, Town Hall.",
        "Date: 30 September 2016. It tells how everything stood on that day. Draft.",
        "Boards: Joint.",
    ]
    assert paper_of(how).author == "Board office, Town Hall"
    *_, only = paragraphs(paper_of(how, some_boards=True), "")
    assert only.startswith("Only these boards: Joint. All that is of other boards")


def test_where_nothing_is_asked_it_is_for_information_and_who_is_not_known_is_not_guessed() -> None:
    paper = paper_of(made(action("J1.1", "Green")))
    assert paragraphs(paper, "")[:2] == [
        "Purpose: For information.",
        "Author: Not said: the plan names no board officer.",
    ]
    assert paragraphs(paper, "Recommendations") == [
        "Nothing: no rule escalates anything, and no chair asks for anything."
    ]


@pytest.mark.parametrize("asks", [{"reds": 1, "chairs": 1, "ambers": 1}, {"reds": 30, "chairs": 20, "ambers": 10}])
def test_recommendations_are_the_first_pages_lines_with_their_numbers_and_all_of_them(asks: dict[str, int]) -> None:
    how = asking(**asks)
    _, *recommended = paragraphs(paper_of(how), "Recommendations")
    wanted = asks["reds"] + asks["chairs"] + 1
    assert [text.partition(" ")[0] for text in recommended] == [f"{n}." for n in range(1, wanted + 1)]
    numbered = [text for text in texts(page_of(how)) if re.match(r"\d+\. ", text)]
    leads = [re.split(r" \(|: ", text)[0] for text in numbered]
    assert [re.split(r" \(|: ", text)[0] for text in recommended[: len(leads)]] == leads
    assert all(f"J1.{n + 200}" in recommended[-1] for n in range(asks["ambers"])), "none is left out"


def test_a_recommendation_has_all_that_is_asked_of_whom_and_the_chairs_words() -> None:
    lead = "| priority | J1 | owner = Board lead, DA"
    asked = "2 | action | J1.1 | ask = Release a nurse. " + "And another one. " * 12
    paper = paper_of(made(lead, action("J1.1", "Red"), asked, action("J1.2", "Amber", before="Amber")))
    _, red, amber = paragraphs(paper, "Recommendations")
    assert red.startswith("1. Red. J1.1 of Domestic abuse (Domestic Abuse). Judged Red. Agree what will bring it back")
    assert red.endswith(f"Chair asks: Release a nurse.{' And another one.' * 12}")
    assert amber.endswith("What will turn them Green? Asked of Board lead, DA (J1.2).")


def test_a_priority_whose_title_is_too_long_for_the_first_page_has_its_name() -> None:
    long = f"A title of {'very ' * 12}many words"
    nobody = action("J2.1", "Amber", more=" | owner = ")
    how = made(f"| priority | J2 | board = J | title = {long} | agreement = Agreed", nobody)
    assert "1. No action owner: 1 action of J2. Who are they?" in texts(page_of(how))
    assert f"1. No action owner: 1 action of J2 {long}. Who are they?" in paragraphs(paper_of(how), "Recommendations")


def test_counts_and_colours_are_those_of_the_first_page() -> None:
    how = asking(reds=2, chairs=1, ambers=1)
    paper, page = paper_of(how), page_of(how)
    assert paragraphs(paper, "Where we are")[0] == texts(page)[1]
    standing = [(row[0], row[2]) for row in table(paper, "Each board")]
    assert standing == [(row.ref, row.contents["published_rag"]) for row in summary_rows(how)]
    assert [row[4] for row in table(paper, "Each board")] == ["Red: 2 of 4; Amber: 1; Green: 1"] * 2


@pytest.mark.parametrize("many", [0, 1, 500])
def test_it_refers_to_no_sheet_and_has_no_blank_cell(many: int) -> None:
    rags = ("Red", "Amber", "Green", "")
    lines = [action(f"J1.{n}", rags[n % 4], before=rags[n % 3]) for n in range(many)]
    lines += [f"2 | action | J1.{n} | progress = {ODD} did it | ask = {ODD * 90}" for n in range(0, many, 7)]
    paper = paper_of(made(*lines, f"| question | 1 | question = Who? | about = J1 | answers = {ODD}"))
    found = everything(paper)
    assert "" not in [text for part in paper.parts if isinstance(part, PaperTable) for row in part.rows for text in row]
    named = "|".join(map(re.escape, [*SHEETS, "Notes"]))
    assert [text for text in found if re.search(rf"(see|on|stands? in|[:;]) ({named})\b(?! \d)", text)] == []
    assert len([text for text in found if re.fullmatch(r"J1\.\d+", text)]) == many, "a row for each action"


def test_without_priorities_it_says_so() -> None:
    paper = paper_of(snapshot("| board | J | title = Joint", 1))
    assert "The plan has no priorities yet." in paragraphs(paper, "Progress")
    assert table(paper, "Each board") == (("J", "Joint", "No actions yet", "First round", "None"),)


def test_the_key_tells_every_colour_and_word_as_the_workbook_does() -> None:
    rows = {row[0]: row[1] for row in table(paper_of(made(action("J1.1", "Green"))), "What the RAG words mean")}
    colours = [f"{word}: {rows[word].lower()}" for word in ("Blue", "Green", "Amber", "Red")]
    assert MEANINGS["RAG"].lower().endswith(" ".join(colours).lower())
    assert rows["Not reported"] == MEANINGS["Not reported"]
    assert rows["Priorities and boards"] == MEANINGS["Priorities and boards"]


def test_each_action_has_its_ref_name_rag_the_chairs_words_why_and_its_date() -> None:
    said = f"2 | action | J1.1 | progress = {ODD}: two of three"
    judged = action("J1.1", "Green", more=" | short_title = Map the pathway | due = 31 July 2016")
    paper = paper_of(made(judged, said, action("J1.2", "Green"), action("J1.3")))
    red, green, silent = table(paper, "Actions of J1")
    because = "Why: judged Green, rule Red: overdue 61 days."
    assert red == ("J1.1", "Map the pathway", "Red", f"{ODD}: two of three\n{because}", "31 July 2016")
    assert green == ("J1.2", "Do J1.2", "Green", "Why: judged Green.", "March 2017")
    assert silent[2:4] == ("Not reported", "Why: no RAG given; never reported; nobody was asked.")


def test_a_long_report_is_cut_between_words_is_said_to_be_and_leaves_room_for_the_reason() -> None:
    late = action("J1.1", "Green", more=" | due = 31 July 2016")
    paper = paper_of(made(late, f"2 | action | J1.1 | progress = {'One thing more. ' * 90}"))
    ((*_, told, _),) = table(paper, "Actions of J1")
    report, why = told.split("\n")
    assert re.search(r"(thing|One|more\.)… \(shortened\)$", report)
    assert why == "Why: judged Green, rule Red: overdue 61 days."
    assert "What is marked as shortened stands there whole." in paragraphs(paper, "About")[0]


def test_earlier_decisions_stand_with_names_who_when_and_what_became_of_them() -> None:
    decided = [
        "1 | decision | J1.1 | decision = Release a nurse | decided_by = The chair | decided_on = 28 July 2016",
        "1 | decision | J1 | decision = Meet",
        "2 | decision | J1/2016-17-Q1 | carried_out = Yes",
    ]
    how = made(action("J1.1", "Red", before="Red", more=" | short_title = Map the pathway"), *decided)
    assert [tuple(row) for row in table(paper_of(how), "What was decided")] == [
        ("J1.1 Map the pathway", "Release a nurse", "The chair, 28 July 2016\n(for Quarter 1)", "Not said yet"),
        ("J1 Domestic abuse", "Meet", "No name given, no date given\n(for Quarter 1)", "Yes"),
    ]
    assert paragraphs(paper_of(made(action("J1.1"))), "Earlier") == ["None has been recorded."]


def test_open_questions_are_counted_and_summed_up_by_kind() -> None:
    lines = [
        "| question | 1 | question = Who pays? | about = J1 | answers = Executive",
        "2 | question | 2 | question = Who leads? | about = J1.1",
        "| action | J1.1 | theme = J1 | what = Do it | how = ",
        "| action | J1.2 | theme = J1 | what = Do it too? | how = ",
    ]
    how = snapshot(PLAN + "\n".join(lines), 1, 2, asked={"action J1.1 how": "1", "action J1.2 how": "2"})
    paper = paper_of(how)
    assert paragraphs(paper, "Open questions") == [f"Nobody has answered {len(how.questions)} questions yet."]
    rows = [tuple(row) for row in table(paper, "Questions")]
    assert sum(int(row[1]) for row in rows) == len(how.questions) == 5
    assert rows == [
        ("Asked in the plan", "2", "J1, J1.1", f"Executive 1; {NOT_SAID} 1", "Before the first round"),
        ("Not filled in: how", "2", "J1.1, J1.2", "Domestic Abuse", "Quarter 1, April to June 2016"),
        ("Texts that end with a question", "1", "J1.2", "Domestic Abuse", "Before the first round"),
    ]
    assert paragraphs(paper_of(made()), "Open questions") == ["None: nothing is open."]


def test_what_cannot_be_told_is_told_with_its_reason() -> None:
    group = SubgroupFacts("DA", "Domestic Abuse", missed=1)
    how = replace(
        made(action("J1.1"), f"| action | J1.2 | theme = J1 | what = Do it | {SOUND} | how = "), subgroups=(group,)
    )
    told = paragraphs(paper_of(how), "What cannot be told")
    assert told[0] == "Returns: None of 1 subgroup."
    assert (
        told[1] == "Not reported: No RAG was given in this round, so how these actions stand is not known: J1.1, J1.2."
    )
    assert told[-1] == "No return: What these subgroups would have said is not known: Domestic Abuse."
    ((*_, because, _), _) = table(paper_of(how), "Actions of J1")
    assert because.endswith("no return from Domestic Abuse.")


def test_before_any_round_it_is_for_consultation_and_tells_the_plan_and_its_gaps() -> None:
    paper = paper_of(snapshot(PLAN + "| action | J1.1 | theme = J1 | what = Do it", *()))
    assert paragraphs(paper, "")[0] == "Purpose: For consultation. Nothing is rated before the first round."
    assert table(paper, "Each board")[1] == ("J1", "Domestic abuse", "Not yet rated", "1 action")
    told = paragraphs(paper, "What cannot be told")
    assert told[1] == "No named owner: Nobody is named who answers for these actions: J1.1."
    assert [part.text for part in paper.parts if isinstance(part, Heading)].count("What cannot be told") == 1
    assert table(paper, "Actions of J1") == (("J1.1", "Do it", NOT_SAID, "No date", "Unnamed\nDomestic Abuse"),)
