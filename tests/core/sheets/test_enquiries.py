"""Each gap that raises an enquiry: of what, since when, and what does not raise one."""

from __future__ import annotations

import pytest
from tests.registered import snapshot

from plan_sheets.core.rating.snapshot import Snapshot
from plan_sheets.core.sheets.enquiries import Gap, Raised, enquiry_lines, enquiry_rows, raised

Q1, Q2, Q3 = (f"2016-17-Q{quarter}" for quarter in (1, 2, 3))
PLAN = """
| subgroup | DA | title = Domestic Abuse
| priority | J1 | title = Abuse | agreement = Agreed | subgroup = DA
| priority | J1a | title = Victims | agreement = Agreed
| grid | J1a | learning = A | workforce = B | voice = C | data = D | sharing = E
| action | J1a.1 | theme = J1a | what = Map it. | how = So | owner = Mapper | impact = Safer | due = March 2017
"""
SOUND = (
    "{0} | action | J1a.1 | rag = Green | progress = Done much | evidence = A map | next_step = More | step_done = Yes"
)


def found(how: Snapshot) -> list[tuple[Gap, str, str]]:
    return [(one.gap, one.about, one.since) for one in raised(how)]


def played(said: str, *quarters: int) -> list[tuple[Gap, str, str]]:
    return found(snapshot(PLAN + "\n".join([*map(SOUND.format, quarters), said]), *quarters))


def test_a_sound_plan_raises_none() -> None:
    assert played("", 1, 2, 3) == []


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("| action | J1a.2 | theme = J1a | what = Tell", ""),
        ("2 | action | J1a.2 | theme = J1a | what = Tell", Q2),
        ("| action | J1a.2 | theme = J1a | what = Tell\n1 | action | J1a.2 | impact = Fewer", None),
        ("| action | J1a.3 | theme = J1a\n2 | action | J1a.2 | theme = J1a | what = Tell | succeeds = J1a.3", ""),
        (
            "| action | J1a.3 | theme = J1a | impact = Fewer\n2 | action | J1a.2 | theme = J1a | succeeds = J1a.3",
            Q2,
        ),
        ("2 | action | DA.F1 | theme = J1a | agreement = Proposed", None),
        ("| action | J1a.2 | theme = J1a\n1 | action | J1a.2 | confirmed_stage = Withdrawn", None),
    ],
    ids=[
        "never",
        "since it is there",
        "stated",
        "nor before it",
        "stated of what was there before",
        "only proposed",
        "withdrawn",
    ],
)
def test_an_impact_never_stated(said: str, since: str | None) -> None:
    refs = [one for one in played(said, 1, 2) if one[0] is Gap.IMPACT]
    assert refs == ([(Gap.IMPACT, "J1a.2", since)] if since is not None else [])


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("2 | action | J1a.2 | progress = Begun", Q2),
        ("1 | action | J1a.2 | progress = Begun\n2 | action | J1a.2 | progress = More", Q1),
        ("1 | action | J1a.2 | progress = Begun | evidence = A list\n2 | action | J1a.2 | progress = More", None),
        ("2 | action | J1a.2 | rag = Green", None),
    ],
    ids=["now", "two rounds", "given once", "nothing reported"],
)
def test_evidence_never_given(said: str, since: str | None) -> None:
    there = "| action | J1a.2 | theme = J1a | what = Tell | impact = Fewer\n"
    assert played(there + said, 1, 2) == ([(Gap.EVIDENCE, "J1a.2", since)] if since else [])


@pytest.mark.parametrize(
    ("answers", "since"),
    [
        (("", "No"), None),
        (("", "No", "No"), Q2),
        (("", "Partly", "No"), Q2),
        (("", "No", "Yes"), None),
        (("", "No", ""), None),
        (("", "No", "No", "No"), Q2),
    ],
)
def test_a_step_not_done_twice(answers: tuple[str, ...], since: str | None) -> None:
    quarters = range(1, len(answers) + 1)
    table = "\n".join(
        SOUND.format(quarter).replace("step_done = Yes", f"step_done = {answer}")
        for quarter, answer in zip(quarters, answers, strict=True)
    )
    assert found(snapshot(PLAN + table, *quarters)) == ([(Gap.STEP, "J1a.1", since)] if since else [])


RED = "{} | action | J1a.1 | rag = Red"
EMPTIED = "{} | grid | J1a | data ="


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ([RED.format(2)], None),
        ([EMPTIED.format(1)], None),
        ([EMPTIED.format(1), RED.format(2)], Q2),
        ([EMPTIED.format(2), RED.format(1), RED.format(2)], Q2),
        ([EMPTIED.format(1), RED.format(1), RED.format(2)], Q1),
        ([EMPTIED.format(1), RED.format(1)], None),
        ([EMPTIED.format(1), "1 | grid | J1a | data = Not applicable: new", RED.format(2)], None),
    ],
    ids=["not blank", "not Red", "Red later", "blank later", "both", "Red no more", "not applicable"],
)
def test_a_consideration_blank_under_a_red_priority(said: list[str], since: str | None) -> None:
    assert played("\n".join(said), 1, 2) == ([(Gap.BLANK, "J1a", since)] if since else [])


def test_what_has_been_blank_equally_long_is_asked_at_once() -> None:
    emptied = "1 | grid | J1a | data = | voice =\n2 | grid | J1a | sharing ="
    told = raised(snapshot(PLAN + "\n".join([*map(SOUND.format, (1, 2)), emptied, RED.format(1), RED.format(2)]), 1, 2))
    assert [(one.since, one.enquiry.partition("about: ")[2], one.answers) for one in told] == [
        (Q1, "Voice of the service user; Data?", "Domestic Abuse"),
        (Q2, "Information sharing?", "Domestic Abuse"),
    ]


@pytest.mark.parametrize(
    ("said", "quarters", "since"),
    [
        ("| question | Q1 | about = J1 | question = Why? | answers = Cabinet", (1,), None),
        ("| question | Q1 | about = J1 | question = Why? | answers = Cabinet", (1, 2), ""),
        ("1 | question | Q1 | about = J1 | question = Why? | answers = Cabinet", (1, 2), Q1),
        ("2 | question | Q1 | about = J1 | question = Why? | answers = Cabinet", (1, 2), None),
        ("| question | Q1 | about = J1 | question = Why? | answers = Cabinet | answer = So", (1, 2), None),
        ("| question | Q1 | about = J1 | question = Why? | answers = Cabinet | since = March 2016", (1,), "2015-16-Q4"),
    ],
    ids=["one round", "two rounds", "since Quarter 1", "new", "answered", "older than the rounds"],
)
def test_a_question_open_for_two_rounds(said: str, quarters: tuple[int, ...], since: str | None) -> None:
    table = PLAN + "\n".join([*map(SOUND.format, quarters), said])
    one = Raised(Gap.QUESTION, "J1", "Why?", "Cabinet", since or "")
    assert raised(snapshot(table, *quarters)) == ([one] if since is not None else [])


def test_the_plans_own_come_first_with_their_answers() -> None:
    own = "| enquiry | K1 | about = J1a | enquiry = Safer?\n1 | enquiry | K2 | enquiry = Known? | answer = Hardly\n"
    how = snapshot(PLAN + own + "| action | J1a.2 | theme = J1a | what = Tell", 1, 2)
    told = [
        (row.ref, *(row.contents[name] for name in ("about", "answer", "raised_by", "age")))
        for row in enquiry_rows(how, raised(how))
    ]
    assert told == [
        ("K1", "J1a", "None yet", "The plan", "2 quarters"),
        ("K2", "All", "Hardly", "The plan", "2 quarters"),
        ("G1", "J1a.2", "None yet", "Impact never stated", "2 quarters"),
    ]
    assert [*enquiry_lines(how, raised(how))] == [
        "The plan's own: 2, answered: 1.",
        "Raised by gaps (those of one priority share a row): impact never stated 1.",
    ]


def test_before_the_first_round_no_gap_is_one_yet() -> None:
    how = snapshot("| action | J1.1 | theme = J1\n| question | Q1 | question = Why? | since = March 2015")
    assert raised(how) == []
    assert [*enquiry_lines(how, [])][1] == "Raised by gaps: none before the first round."


def rows_of(*lines: str) -> list[tuple[str, str, str, str]]:
    """What gaps raise in Quarter 2, as the sheet tells it: about what, the enquiry, who must answer, since when."""
    how = snapshot(PLAN + "\n".join([*map(SOUND.format, (1, 2)), *lines]), 1, 2)
    told = (row.contents for row in enquiry_rows(how, raised(how)))
    return [(str(row["about"]), str(row["enquiry"]), str(row["answers"]), str(row["since"])) for row in told]


def test_what_one_gap_raises_about_one_priority_is_one_row() -> None:
    (row,) = rows_of(
        "| action | J1a.2 | theme = J1a | what = Tell | owner = Teller",
        "| action | J1a.3 | theme = J1a | what = Ask | owner = Asker",
        "2 | action | J1a.4 | theme = J1 | what = Hear",
    )
    assert row == (
        "J1",
        (
            "What difference will each of these make, and how will anybody know?\n"
            "J1a.2: Tell (Teller)\n"
            "J1a.3: Ask (Asker)\n"
            "J1a.4: Hear (Domestic Abuse; since Quarter 2, July to September 2016)"
        ),
        "Teller\nAsker\nDomestic Abuse",
        "Before the first round",
    )


def test_each_gap_and_each_priority_has_a_row_of_its_own() -> None:
    told = rows_of(
        "| priority | J2 | title = Health | agreement = Agreed",
        "| action | J1a.2 | theme = J1a | what = Tell | owner = Teller",
        "| action | J2.1 | theme = J2 | what = Ask | owner = Asker",
        "1 | action | J1a.2 | progress = Begun",
    )
    assert [(about, whom) for about, _, whom, _ in told] == [
        ("J1a.2", "Teller"),
        ("J2.1", "Asker"),
        ("J1a.2", "Teller"),
    ]
    assert told[0][1] == "What difference will 'Tell' make, and how will anybody know?"


def test_the_same_question_about_several_is_one_line_with_their_refs() -> None:
    asked = "| question | Q{} | about = {} | question = {} | answers = {}"
    table = [("J1", "Who pays?", "Cabinet"), ("J1a", "Who pays?", "Cabinet"), ("J1a.1", "When?", "")]
    (row,) = rows_of(*(asked.format(number, *told) for number, told in enumerate(table)))
    assert row[1:3] == ("J1, J1a: Who pays? (Cabinet)\nJ1a.1: When? (Unnamed)", "Cabinet")


def test_a_row_holds_no_more_than_fits_a_page_and_nothing_is_lost() -> None:
    refs = [f"J1a.{number}" for number in range(2, 42)]
    told = rows_of(*(f"| action | {ref} | theme = J1a | what = {'Tell all of them ' * 5}" for ref in refs))
    assert len(told) > 2
    assert max(len(enquiry) for _, enquiry, _, _ in told) < 1500
    lines = [line for _, enquiry, _, _ in told for line in enquiry.splitlines()[1:]]
    assert [ref for line in lines for ref in line.partition(":")[0].split(", ")] == refs
