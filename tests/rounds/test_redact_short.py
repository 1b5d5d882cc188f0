"""What was typed goes with the fact that it was typed for, however short it is; and it does not come back."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from tests.chairs import Q1, Q2, RECEIVED_ON, Plan, codes, fill, form, said
from tests.commands import run
from tests.rounds.test_masked_around import mail_with

from plan_sheets import PlanSheetsError, make_master, office, redact_texts, trace_value

MADE_ON = datetime(2016, 7, 18)  # noqa: DTZ001 - the office's own clock
WHY = "It names a child"
SHORT = "Zebby Q"
"""Nobody's name: seven characters without a number."""


WENT_BACK = "feedback/2016-17-q1/2016-17-q1-domestic-abuse.xlsx"
"""The workbook that went back to the chair, with what was typed in it."""


def holding(plan: Plan, text: str = SHORT) -> set[str]:
    """Every file of the plan folder with a text in its bytes, or in the inflated bytes of its parts."""
    sought, found = text.encode(), set()
    for path in (path for path in plan.path.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as package:
                data += b"".join(package.read(name) for name in package.namelist())
        if sought in data:
            found.add(path.relative_to(plan.path).as_posix())
    return found


def names(plan: Plan, paths: object) -> set[str]:
    """Paths within the plan folder."""
    return {Path(path).relative_to(plan.path).as_posix() for path in paths}  # type: ignore[attr-defined]


@pytest.fixture
def written(round_one: Plan) -> Plan:
    """A short name was typed; masters, the officer's workbook and a second round were made of it."""
    path = round_one.filled("da", said(progress=SHORT))
    office.receive_files(round_one.folder, [path], RECEIVED_ON)
    make_master(round_one.folder, Q1, MADE_ON)
    round_one.issue(Q2, MADE_ON.date().replace(month=10), MADE_ON)
    return round_one


SECOND, EARLIER = "issued/2016-17-q2/2016-17-q2-domestic-abuse.xlsx", "officer/2016-17-q1.xlsx"
SENT_BACK = "feedback/2016-17-q1/2016-17-q1-domestic-abuse.xlsx"
"""What went out with it, and the officer's workbook of the round before: they are named."""


def sha_of_return(plan: Plan) -> str:
    return plan.register.returns(kind="subgroup")[0].sha256


@pytest.mark.parametrize("about", ["ref", "field", "sha", "issue"])
def test_a_short_text_goes_with_its_fact(written: Plan, about: str) -> None:
    assert {"register.sqlite", "master/2016-17-q1-draft.xlsx", SECOND} <= holding(written)
    given = {"ref": "J1a.1", "field": "J1a.1", "sha": sha_of_return(written)[:10], "issue": "2016-17-Q1-DA-1"}[about]
    done = redact_texts(written.folder, given, WHY, MADE_ON, field="progress" if about == "field" else "")
    assert holding(written) == names(written, done.holding) == {SECOND, EARLIER, SENT_BACK}
    assert "master/2016-17-q1-draft.xlsx" in names(written, done.made_anew)
    assert written.said("J1a.1", "progress") == "Redacted"
    assert written.said("J1a.1", "rag") == "Green"


def test_what_comes_after_is_without_it(written: Plan) -> None:
    redact_texts(written.folder, "J1a.1", WHY, MADE_ON)
    (written.path / SECOND).unlink()
    (written.path / EARLIER).unlink()
    (written.path / SENT_BACK).unlink()
    office.merge_plan(written.folder, MADE_ON, write=True)
    written.issue(Q2, MADE_ON.date().replace(month=10), MADE_ON)
    make_master(written.folder, Q1, MADE_ON)
    assert run("status", "--plan", str(written.path)).exit_code == 0
    assert {step.value for step in trace_value(written.folder, "J1a.1", "progress")} <= {"Redacted", ""}
    assert holding(written) == set()


@pytest.mark.parametrize("about", ["J1a.1", "2016-17-Q1-DA-1"])
def test_the_same_file_is_not_received_again(written: Plan, about: str) -> None:
    redact_texts(written.folder, about, WHY, MADE_ON)
    (written.path / SECOND).unlink()
    (written.path / EARLIER).unlink()
    (written.path / SENT_BACK).unlink()
    (receipt,) = written.receive(written.inbox / "da.xlsx")
    assert (receipt.verdict, codes(receipt)) == ("refused", ["file_redacted"])
    assert "18 July 2016" in receipt.findings[0].message
    assert holding(written) == set()


def test_a_mail_goes_with_a_return_and_is_not_received_again(round_one: Plan) -> None:
    path = round_one.filled(SHORT, said())
    mail = round_one.inbox / "m.eml"
    mail.write_bytes(mail_with(path, f"Hello,\n{SHORT} has moved to Leeds.\nThe chair"))
    office.receive_files(round_one.folder, [mail], RECEIVED_ON)
    assert "register.sqlite" in holding(round_one)
    done = redact_texts(round_one.folder, "2016-17-Q1-DA-1", WHY, MADE_ON)
    assert holding(round_one) == set()
    assert names(round_one, done.holding) == {WENT_BACK}, "it quotes what else the return said"
    assert round_one.register.returns(kind="subgroup")[0].file == "Redacted.xlsx"
    for again in (mail, path):
        (receipt,) = round_one.receive(again)
        assert codes(receipt) == ["file_redacted"]
    assert holding(round_one) == set()


def test_a_mail_that_says_what_a_ref_said_goes_with_the_ref(round_one: Plan) -> None:
    path = round_one.filled("da", said(progress=SHORT))
    mail = round_one.inbox / "m.eml"
    mail.write_bytes(mail_with(path, f"We saw {SHORT}."))
    office.receive_files(round_one.folder, [mail], RECEIVED_ON)
    done = redact_texts(round_one.folder, "J1a.1", WHY, MADE_ON, field="progress")
    assert holding(round_one) == names(round_one, done.holding) == {WENT_BACK}, "what went out is named, and stays"
    assert codes(round_one.receive_one(mail)) == ["file_redacted"]
    assert holding(round_one) == {WENT_BACK}


def test_an_e_mail_without_a_workbook_goes(round_one: Plan) -> None:
    mail = round_one.inbox / "m.eml"
    round_one.inbox.mkdir(exist_ok=True)
    mail.write_bytes(f"From: Chair <c@example.org>\nSubject: Return\n\nAbout {SHORT}.\n".encode())
    office.receive_files(round_one.folder, [mail], RECEIVED_ON)
    assert "register.sqlite" in holding(round_one)
    redact_texts(round_one.folder, round_one.register.returns()[-1].sha256[:12], WHY, MADE_ON)
    assert holding(round_one) == set()
    assert codes(round_one.receive_one(mail)) == ["file_redacted"]
    assert holding(round_one) == set()


def test_a_workbook_that_cannot_be_made_anew_is_said(written: Plan) -> None:
    (written.path / "master" / "~$2016-17-q1-draft.xlsx").write_bytes(b"open")
    told = run("redact", "J1a.1", "--reason", WHY, "--plan", str(written.path))
    assert told.exit_code == 3
    assert "Not made anew" in told.output
    assert "master/2016-17-q1-draft.xlsx" in told.output.partition("hold it still")[2]


def test_what_stands_elsewhere_by_chance_stays(written: Plan) -> None:
    """A short text may be an ordinary word: only the fact that it was typed for loses it."""
    path = written.filled("mh", {"Start here": form(completed_by="Chair", message=f"Ask {SHORT}")}, "MH")
    written.receive(path)
    redact_texts(written.folder, "J1a.1", WHY, MADE_ON)
    assert [SHORT in file.form for file in written.register.returns(kind="subgroup")] == [False, True]


def test_several_returns_of_one_issue_are_listed(written: Plan) -> None:
    written.receive(written.filled("other", said(progress="Other")))
    with pytest.raises(PlanSheetsError, match="DA-1 came on 8 July 2016; DA-2 came on"):
        redact_texts(written.folder, "2016-17-Q1-DA-1", WHY, MADE_ON)


def test_a_return_that_corrects_the_redacted_one_is_taken(written: Plan) -> None:
    redact_texts(written.folder, "2016-17-Q1-DA-1", WHY, MADE_ON)
    (receipt,) = written.receive(written.filled("anew", said(progress="It is mapped", corrects="Yes")))
    assert receipt.verdict in ("accepted", "accepted_with_findings")
    assert written.said("J1a.1", "progress") == "It is mapped"


def test_a_workbook_that_went_out_with_it_brings_nothing_back(written: Plan) -> None:
    """The owner that stands was typed by a chair, and went out again in the next round, in a cell to be filled in."""
    redact_texts(written.folder, "J1a.1", WHY, MADE_ON)
    (written.path / EARLIER).unlink()
    (written.path / SENT_BACK).unlink()
    answers = said(progress="The second quarter went well")
    (receipt,) = written.receive(written.filled("second", answers, code=Q2), when=MADE_ON.replace(month=10))
    (written.path / SECOND).unlink()
    assert "cell_redacted" in codes(receipt)
    assert written.said("J1a.1", "progress", Q2) == "The second quarter went well"
    assert holding(written) == set()


def test_copies_of_the_register_are_named(written: Plan) -> None:
    copy = written.path / "backup" / "register.sqlite"
    copy.parent.mkdir()
    copy.write_bytes((written.path / "register.sqlite").read_bytes())
    assert copy in redact_texts(written.folder, "J1a.1", WHY, MADE_ON).holding


def test_a_query_about_it_can_still_be_settled(round_one: Plan) -> None:
    round_one.receive(round_one.filled("da", said(progress="Mapped")))
    office.receive_files(round_one.folder, [round_one.filled("again", said(progress=SHORT))], RECEIVED_ON)
    before = round_one.path / "officer" / "2016-17-q1.xlsx"
    (query,) = round_one.queries

    answers = {
        "Queries": {str(query.id): {"Your choice": "Keep"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    settled = fill(before, round_one.inbox / "settled.xlsx", answers)
    named = redact_texts(round_one.folder, "J1a.1", WHY, MADE_ON).holding
    for sent_back in [path for path in named if "feedback" in path.parts]:  # what went back to a chair stays
        sent_back.unlink()
    assert holding(round_one) == set()
    (receipt,) = round_one.receive(settled)
    assert codes(receipt) == ["cell_redacted"] * 3
    assert not round_one.queries
    assert holding(round_one) == set()
