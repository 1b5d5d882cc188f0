"""What there is to do, in order, from what lies on the officer's desk; and the sentence of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plan_sheets.core.rating.control_totals import SubgroupReturn
from plan_sheets.core.rating.to_do import ClosedRound, Desk, OpenRound, Task, ToBeMended, fill_sentence, list_tasks
from plan_sheets.store.schemas import load_tasks

Q1, Q4 = "2016-17-Q1", "2016-17-Q4"
OFFICER = "officer/2016-17-q1.xlsx"
EMPTY = Desk(
    year="2016/17",
    year_is_new=False,
    missing=(),
    plan_saved=False,
    plan_errors=0,
    held=(),
    queries=0,
    proposals=0,
    officer_file=OFFICER,
    closed=(),
    open=(),
)
ISSUED = "2016-06-20"


def workbook(subgroup: str, *, came: str = "", late: int = 0, due: str = "2016-07-15") -> SubgroupReturn:
    """How a subgroup's workbook stands. `came`: the number of its return."""
    returned, verdict = ("2016-07-14", "accepted") if came else (None, "outstanding")
    return SubgroupReturn(subgroup, ISSUED, returned, verdict, late, numbers=came, return_by=due)


def going_on(*returns: SubgroupReturn, drafted: bool = False, code: str = Q1) -> OpenRound:
    return OpenRound(code, returns, drafted)


def closed(code: str = Q1, *, touched: bool = False, answered: bool = False) -> ClosedRound:
    return ClosedRound(code, f"master/{code.lower()}-edition-1.xlsx", touched, answered)


def sentences(desk: Desk) -> dict[Task, str]:
    return {task: fill_sentence(load_tasks()[task], details) for task, details in list_tasks(desk)}


IN = workbook("DA", came="DA-1")
DRAFT = f"make a draft of the master of {Q1} and read it: plan-sheets master"
ISSUE = "plan-sheets issue --round"
BACK = ToBeMended(("DA-1", "CSE-2"))
BACK_WITH = f"Drafts: plan-sheets mail --round {Q1} --feedback. What comes back: plan-sheets receive FILE_OR_FOLDER"


@pytest.mark.parametrize(
    ("desk", "to_do"),
    [
        (
            EMPTY,
            {
                "first_round": "send the draft out for consultation (plan-sheets master), or issue the first round: "
                f"{ISSUE} {Q1} --return-by DATE"
            },
        ),
        (
            replace(EMPTY, missing=("financial year", "subgroup"), plan_errors=2, year=""),
            {
                "plan_empty": "fill in plan.xlsx (no financial year, no subgroup yet), save it, and look it over with: "
                "plan-sheets check"
            },
        ),
        (
            replace(EMPTY, plan_saved=True, plan_errors=2, open=(going_on(IN),)),
            {
                "plan_saved": "take in plan.xlsx, which has been saved since it was last taken in: plan-sheets plan",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, plan_errors=1, open=(going_on(IN),)),
            {
                "plan_errors": "mend plan.xlsx (1 error, not taken; plan-sheets check lists what has to be mended), "
                "save it, and: plan-sheets plan",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, held=("FILE-1 a.xlsx", "DA-2 b.xlsx"), queries=1, proposals=2, open=(going_on(IN),)),
            {
                "held": "find out about what is held, of which nothing is in yet (FILE-1 a.xlsx, DA-2 b.xlsx); what to "
                f"do with each stands on Held files of {OFFICER}, where it can be put aside",
                "settle": f"settle 1 query and answer 2 proposals in {OFFICER}, save it, and: "
                f"plan-sheets receive {OFFICER}",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, open=(going_on(workbook("DA"), workbook("MH")),)),
            {
                "send": "send each workbook in issued/2016-17-q1 to its chair: DA, MH (due on 15 July 2016). "
                "Drafts: plan-sheets mail --round 2016-17-Q1 --issue. What "
                "comes back: plan-sheets receive FILE_OR_FOLDER",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, open=(going_on(IN, workbook("MH")),)),
            {
                "wait": f"wait for 1 return of {Q1}: MH (due on 15 July 2016). What comes back: "
                "plan-sheets receive FILE_OR_FOLDER",
                "draft": DRAFT,
            },
        ),
        (
            replace(
                EMPTY,
                open=(
                    going_on(IN, workbook("SOS", due="2016-07-29"), workbook("MSP", late=6), workbook("MH", late=6)),
                ),
            ),
            {
                "chase": f"ask for 3 returns of {Q1}: MSP, MH (due on 15 July 2016, 6 days late); SOS (due on "
                "29 July 2016). Reminders: plan-sheets mail --round 2016-17-Q1 --chase. What comes back: "
                "plan-sheets receive FILE_OR_FOLDER",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, queries=1, open=(replace(going_on(IN, workbook("MH", late=6)), to_be_mended=BACK),)),
            {
                "settle": f"settle 1 query in {OFFICER}, save it, and: plan-sheets receive {OFFICER}",
                "send_back": f"send back 2 returns of {Q1}, with what there is to mend (DA-1, CSE-2). {BACK_WITH}",
                "chase": f"ask for 1 return of {Q1}: MH (due on 15 July 2016, 6 days late). Reminders: plan-sheets "
                f"mail --round {Q1} --chase. What comes back: plan-sheets receive FILE_OR_FOLDER",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, open=(replace(going_on(IN, workbook("MH")), to_be_mended=replace(BACK, drafted=True)),)),
            {
                "wait": f"wait for 1 return of {Q1}: MH (due on 15 July 2016). What comes back: "
                "plan-sheets receive FILE_OR_FOLDER",
                "mend": f"wait for 2 returns of {Q1} to come back mended (DA-1, CSE-2). "
                f"{BACK_WITH.replace('Drafts', 'Drafts once more')}",
                "draft": DRAFT,
            },
        ),
        (
            replace(EMPTY, open=(going_on(IN, drafted=True),)),
            {
                "hand_over": f"read RAG status in the draft of the master of {Q1}. When it is right: "
                "plan-sheets master --hand-over"
            },
        ),
        (
            replace(EMPTY, closed=(closed(),)),
            {
                "decisions": "send master/2016-17-q1-edition-1.xlsx to the Executive. What is decided in it comes back "
                "by: plan-sheets receive FILE",
                "next_round": "issue 2016-17-Q2 about a week before its quarter ends (30 September 2016): "
                f"{ISSUE} 2016-17-Q2 --return-by DATE",
            },
        ),
        (
            replace(EMPTY, closed=(closed(touched=True),), open=(going_on(IN, code="2016-17-Q2"),)),
            {
                "edition_touched": f"make the next edition of the master of {Q1}, for which something came since the "
                f"last one: plan-sheets master --round {Q1} --hand-over",
                "draft": DRAFT.replace("Q1", "Q2"),
            },
        ),
        (
            replace(EMPTY, closed=(closed(Q4, answered=True),)),
            {"year_end": "end the year 2016/17, when its last master is as it shall be: plan-sheets close-year"},
        ),
        (
            replace(EMPTY, year="2017/18", year_is_new=True, closed=(closed(Q4, answered=True),)),
            {
                "new_year": "make plan.xlsx the plan of 2017/18 (plan-sheets check names what is of last year), "
                "save it, and: plan-sheets plan",
                "next_round": "issue 2017-18-Q1 about a week before its quarter ends (30 June 2017): "
                f"{ISSUE} 2017-18-Q1 --return-by DATE",
            },
        ),
    ],
    ids=lambda given: ", ".join(given) if isinstance(given, dict) else "",
)
def test_what_there_is_to_do(desk: Desk, to_do: dict[str, str]) -> None:
    assert sentences(desk) == to_do
    assert list(sentences(desk)) == list(to_do), "in order"


def test_an_earlier_round_that_goes_on_is_named_in_the_command() -> None:
    desk = replace(EMPTY, open=(going_on(IN, drafted=True), going_on(IN, code="2016-17-Q2")))
    told = [fill_sentence(load_tasks()[task], details) for task, details in list_tasks(desk)]
    assert told[0].endswith(f"plan-sheets master --round {Q1} --hand-over")
    assert told[1] == DRAFT.replace("Q1", "Q2")


def test_a_workbook_of_which_nothing_is_wanted_is_not_asked_for() -> None:
    finished = replace(workbook("MH", late=0), finished=True)
    assert list(sentences(replace(EMPTY, open=(going_on(finished, IN),)))) == ["draft"]


def test_of_a_closed_round_only_what_is_new_is_sent_back() -> None:
    for touched, expected in ((True, ["send_back", "edition_touched"]), (False, [])):
        desk = replace(EMPTY, closed=(replace(closed(touched=touched, answered=True), to_be_mended=BACK),))
        assert list(sentences(desk)) == [*expected, "next_round"]


def test_every_sentence_is_told_by_a_test() -> None:
    cases = next(mark for mark in test_what_there_is_to_do.pytestmark if mark.name == "parametrize").args[1]  # type: ignore[attr-defined]  # pytest adds it
    assert {task for _, to_do in cases for task in to_do} == set(Task) == set(load_tasks())
