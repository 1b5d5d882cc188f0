"""What should never have been written is taken out for good: of the register, of `returned/`, and of what is made."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import openpyxl
import pytest
from tests.chairs import Q1, Q2, RECEIVED_ON, Answers, Plan, said, values_of
from tests.commands import run
from tests.conftest import Prepare
from tests.rounds.test_masked_around import mail_with

from plan_sheets import PlanSheetsError, make_master, office, redact_texts, trace_value

MADE_ON = datetime(2016, 7, 18)  # noqa: DTZ001 - the office's own clock
NAME = "Zebedee Quillfeather"
"""Nobody's name."""
SAID = f"The worker visited {NAME} twice and found that the plan was followed in every respect."


def write_a_name(plan: Plan) -> None:
    """Somebody has written a name; masters, the officer's workbook and a second round were made of it."""
    answers: Answers = {**said(progress=SAID), "New actions": {"1": {"Theme": "J1b", "What we will do": f"Ask {NAME}"}}}
    office.receive_files(plan.folder, [plan.filled("da", answers)], RECEIVED_ON)
    office.receive_files(plan.folder, [plan.filled("again", said(progress=f"{SAID} Or not."))], RECEIVED_ON)
    make_master(plan.folder, Q1, MADE_ON)
    make_master(plan.folder, Q1, MADE_ON, edition="public")
    plan.issue(Q2, MADE_ON.date().replace(month=10), MADE_ON)
    (plan.inbox / "da.xlsx").unlink()
    (plan.inbox / "again.xlsx").unlink()


@pytest.fixture
def written(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, write_a_name)


def holding(plan: Plan) -> set[str]:
    """The files of the plan folder in which the name stands."""
    found = set()
    for path in (path for path in plan.path.rglob("*") if path.is_file()):
        if path.suffix == ".xlsx":
            texts = " ".join(
                str(text) for page in openpyxl.load_workbook(path) for row in values_of(page) for text in row
            )
        else:
            texts = path.read_bytes().decode("utf-8", "replace")
        if NAME.split()[1] in texts:
            found.add(path.relative_to(plan.path).as_posix())
    return found


SECOND = "issued/2016-17-q2/2016-17-q2-domestic-abuse.xlsx"
SENT_BACK = {f"feedback/2016-17-q1/2016-17-q1-domestic-abuse{which}.xlsx" for which in ("", "-da-2")}


def test_it_is_gone_from_all_that_is_not_in_somebody_elses_hands(written: Plan) -> None:
    assert {"register.sqlite", "master/2016-17-q1-draft.xlsx", SECOND} <= holding(written)
    shas = {file.sha256 for file in written.register.returns(kind="subgroup")}
    each = [redact_texts(written.folder, sha[:10], "It names a child", MADE_ON) for sha in sorted(shas)]
    told = {path.relative_to(written.path).as_posix() for done in each for path in done.holding}
    assert holding(written) == {SECOND, *SENT_BACK, "officer/2016-17-q1.xlsx"}
    assert holding(written) <= told
    assert not {path.stem for path in (written.path / "returned").iterdir()} & shas
    assert {path.relative_to(written.path).as_posix() for path in each[-1].made_anew} == {
        "officer/2016-17-q2.xlsx",
        "master/2016-17-q1-draft.xlsx",
        "master/2016-17-q1-public-draft.xlsx",
    }
    assert written.said("J1a.1", "progress") == "Redacted"
    assert written.said("J1a.1", "rag") == "Green"


def test_that_it_was_done_is_recorded_and_the_register_is_append_only_again(written: Plan) -> None:
    sha = written.register.returns(kind="subgroup")[0].sha256
    redact_texts(written.folder, sha[:10], "It names a child", MADE_ON)
    with sqlite3.connect(written.path / "register.sqlite") as register:
        assert register.execute("SELECT subject, reason FROM redaction").fetchall() == [(sha[:10], "It names a child")]
        for table in ("entry", "value", "finding", "redaction", "document"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                register.execute(f"UPDATE {table} SET id = id + 1")  # noqa: S608 - names of our own tables


def test_an_edition_that_was_handed_over_is_made_anew_without_it(written: Plan) -> None:
    edition = make_master(written.folder, Q1, MADE_ON, hand_over=True, anyway=True).path
    name = edition.relative_to(written.path).as_posix()
    assert name in holding(written)
    for file in written.register.returns(kind="subgroup"):
        done = redact_texts(written.folder, file.sha256[:10], "It names a child", MADE_ON)
    assert name not in holding(written)
    assert edition in done.made_anew
    again = make_master(written.folder, Q1, MADE_ON, number=1)
    assert (again.path, again.number) == (edition, 1)


def test_one_field_of_a_ref(written: Plan) -> None:
    redact_texts(written.folder, "J1a.1", "It names a child", MADE_ON, field="progress")
    assert written.said("J1a.1", "progress") == "Redacted"
    assert written.said("J1a.1", "next_step") == "Pilot it in July"
    assert {step.value for step in trace_value(written.folder, "J1a.1", "progress")} <= {"Redacted", ""}


def test_what_others_said_stays(written: Plan) -> None:
    before = written.all_values()
    redact_texts(written.folder, "J1a.1", "It names a child", MADE_ON, field="progress")
    changed = {key for key, value in written.all_values().items() if before.get(key) != value}
    assert {key.field for key, _ in changed} == {"progress"}


@pytest.mark.parametrize(
    ("about", "reason", "told"),
    [
        ("J1a.1", " ", "There is no reason"),
        ("J9z.9", "x", "no return"),
        ("L3.1", "x", "Nothing was typed there"),
    ],
)
def test_what_cannot_be_taken_out_is_said(written: Plan, about: str, reason: str, told: str) -> None:
    before = (written.path / "register.sqlite").read_bytes()
    with pytest.raises(PlanSheetsError, match=told):
        redact_texts(written.folder, about, reason, MADE_ON)
    assert (written.path / "register.sqlite").read_bytes() == before


def test_the_plan_itself_is_not_a_return(written: Plan) -> None:
    sha = written.register.returns(kind="plan")[0].sha256
    with pytest.raises(PlanSheetsError, match="no return"):
        redact_texts(written.folder, sha[:10], "x", MADE_ON)


def test_the_mail_that_it_came_in_goes_too(round_one: Plan) -> None:
    path = round_one.filled("da", said())
    (round_one.inbox / "m.eml").write_bytes(mail_with(path, f"Hello,\n{NAME} has moved to Leeds.\nThe chair"))
    path.unlink()
    office.receive_files(round_one.folder, [round_one.inbox / "m.eml"], RECEIVED_ON)
    (round_one.inbox / "m.eml").unlink()
    assert {"register.sqlite", "officer/2016-17-q1.xlsx"} <= holding(round_one)
    sha = round_one.register.returns(kind="subgroup")[0].sha256
    done = redact_texts(round_one.folder, sha[:10], "It names a child", MADE_ON)
    assert holding(round_one) == set()
    assert {file.path.suffix for file in done.removed} == {".xlsx", ".txt"}


def test_as_a_command(written: Plan) -> None:
    told = run("redact", "J1a.1", "progress", "--reason", "It names a child", "--plan", str(written.path))
    assert told.exit_code == 3
    assert "taken out of the register" in told.output
    assert NAME not in told.output
