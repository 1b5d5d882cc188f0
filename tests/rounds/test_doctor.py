"""What `plan-sheets doctor` says of a register and its folder, and how an older register catches up again."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime

import pytest
from tests.chairs import Q1, Q2, RECEIVED_ON, SOS, Plan, codes, edit, fill, said
from tests.commands import run, told
from tests.conftest import Prepare
from tests.rounds.test_hand_over import DECIDED

from plan_sheets import PlanSheetsError, examine_folder, redact_texts, restore
from plan_sheets.store.register.register import FILE
from plan_sheets.store.register.safe.backup import list_daily

NOW = datetime(2016, 7, 20)  # noqa: DTZ001 - the office's own clock
ISSUE_Q2 = ("issue", "--round", "2016-17-Q2", "--return-by", "2016-10-14", "--as-of", "2016-09-20")
OLDER = "register-2016-09-20.sqlite"


def found(plan: Plan) -> dict[str, list[str]]:
    """The findings of `doctor` by code, each with what it is about."""
    done = run("doctor", "--json", "--as-of", "2016-11-01", plan=plan)
    shown = json.loads(done.stdout)
    kinds: dict[str, list[str]] = {}
    for finding in shown["findings"]:
        kinds.setdefault(finding["code"], []).append(finding["entered"])
    assert shown["whole"] is (done.exit_code == 0)
    assert done.exit_code in (0, 3)
    return kinds


def first_to_do(plan: Plan) -> str:
    """The first thing that `next` lists."""
    return str(told("next", plan=plan)["to_do"][0]["sentence"])


def return_one(plan: Plan) -> None:
    """DA is in; the officer's workbook is made."""
    run("receive", plan.filled("da", said()), "--as-of", "2016-07-08", plan=plan)


@pytest.fixture
def returned(round_one: Plan, prepare: Prepare) -> Plan:
    """The same in a folder of one's own."""
    return prepare(round_one, return_one)


def test_a_folder_that_is_whole(returned: Plan) -> None:
    before = {path: path.stat().st_mtime_ns for path in returned.path.rglob("*")}
    done = run("doctor", plan=returned)
    assert (done.exit_code, done.stdout) == (
        0,
        (
            "The register and its folder are whole; the newest backup is register-2016-07-08.sqlite.\n"
            f"Next: {first_to_do(returned)}\n"
        ),
    )
    assert before == {path: path.stat().st_mtime_ns for path in returned.path.rglob("*")}, "it only reads"


def test_what_is_wrong_in_the_folder_alone_is_said_before_what_there_is_to_do(returned: Plan) -> None:
    next((returned.path / "returned").iterdir()).unlink()
    done = run("doctor", plan=returned)
    assert done.exit_code == 3
    assert done.stdout.splitlines()[-1] == f"Next: {first_to_do(returned)}"
    done = run("backup", returned.path.parent / "copy.sqlite", plan=returned)
    assert done.stdout.splitlines()[-1] == f"Next: {first_to_do(returned)}"
    assert [*told("backup", returned.path.parent / "copy.sqlite", plan=returned)] == ["backup"]


def test_it_reads_while_somebody_writes(returned: Plan) -> None:
    with returned.register.batch("plan", RECEIVED_ON.isoformat()) as batch:
        assert batch.seq
        assert found(returned) == {}


def test_what_came_twice_or_is_an_earlier_plan_is_no_news(returned: Plan) -> None:
    again = edit(returned.inbox / "da.xlsx", returned.inbox / "saved again.xlsx")
    run("receive", again, "--as-of", "2016-07-08", plan=returned)
    assert returned.receive_one(again).verdict == "duplicate"
    plan = returned.path / "plan.xlsx"
    fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled"}}})
    run("plan", "--as-of", "2016-07-09", plan=returned)
    fill(plan, plan, {"Plan": {"Title": {"Answer": "Retitled again"}}})
    run("plan", "--as-of", "2016-07-10", plan=returned)
    run("plan", "--write", "--as-of", "2016-07-11", plan=returned)
    assert found(returned) == {}


def test_files_of_the_folder_that_are_not_as_they_were(returned: Plan) -> None:
    kept = next((returned.path / "returned").glob(f"{returned.register.returns(kind='subgroup')[0].sha256}.*"))
    kept.write_bytes(kept.read_bytes()[:-1])
    assert found(returned) == {"kept_changed": [f"returned/{kept.name}"]}
    kept.unlink()
    assert found(returned) == {"kept_missing": [f"returned/{kept.stem}"]}
    run("receive", returned.inbox / "da.xlsx", "--as-of", "2016-07-08", plan=returned)
    assert found(returned) == {}, "received again, the copy is whole, as it was told"
    (returned.path / "plan.xlsx").rename(returned.path / "plan-2.xlsx")
    issued = returned.sent("DA")
    edit(issued, issued, lambda book: book.create_sheet("Mine"))
    returned.sent("SOS").unlink()
    shutil.rmtree(returned.path / "backups")
    (returned.path / "officer" / ".plan-sheets-0123456789abcdef-x.xlsx").write_bytes(b"half")
    shown = found(returned)
    assert {*shown} == {"plan_gone", "made_changed", "made_gone", "made_waiting", "backup_none"}
    assert shown["made_changed"] == [issued.relative_to(returned.path).as_posix()]


def test_what_was_redacted_and_is_there_again(returned: Plan) -> None:
    kept = next((returned.path / "returned").glob(f"{returned.register.returns(kind='subgroup')[0].sha256}.*"))
    data = kept.read_bytes()
    redact_texts(returned.folder, "DA-1", "It names a child", RECEIVED_ON)
    assert {*found(returned)} <= {"made_changed"}
    kept.write_bytes(data)
    assert found(returned)["kept_redacted"] == [f"returned/{kept.name}"]
    assert "Delete it." in run("doctor", plan=returned).stdout


def test_a_cell_that_somebody_changed_is_named(returned: Plan) -> None:
    with closing(sqlite3.connect(returned.path / FILE, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entry_never_update")
        connection.execute("UPDATE entry SET tidied = 'Red' WHERE record = 'action' AND field = 'rag' AND tidied != ''")
    done = run("doctor", plan=returned)
    assert done.exit_code == 3
    assert re.search(
        r"error +Not as it was recorded: return DA-1, cell Progress!\w+ \(J1a.1 rag\)\. Trust no", done.stdout
    )
    assert "trigger entry_never_update is missing" in done.stdout
    assert done.stdout.splitlines()[-1] == (
        "Next: put the newest good backup in the place of the register: plan-sheets doctor --restore"
    )
    done = run("doctor", "--restore", "--as-of", "2016-07-20", plan=returned)
    assert done.exit_code == 3
    assert done.stdout.splitlines()[-1].startswith("Next: bring back what the register does not know")
    assert {*found(returned)} == {"kept_unknown", "made_unknown"}
    assert (returned.path / "register-broken-2016-07-20.sqlite").is_file()


DAMAGE = {
    "gone": lambda path: path.unlink(),
    "no register": lambda path: path.write_bytes(b"Dear all, please find attached." * 100),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "zeros": lambda path: path.write_bytes(bytes(4096) + path.read_bytes()[4096:]),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_register_that_is_damaged_is_told_and_put_back(returned: Plan, name: str) -> None:
    path = returned.path / FILE
    DAMAGE[name](path)
    path.with_name(f"{FILE}-journal").write_bytes(b"what a program left behind")
    shown = found(returned)
    assert {*shown} <= {"register_missing", "register_unreadable", "register_damaged", "register_altered"}, shown
    assert shown
    done = run("doctor", plan=returned)
    assert "Traceback" not in done.output
    assert done.stdout.splitlines()[-1].endswith("in the place of the register: plan-sheets doctor --restore")
    list_daily(returned.path)[0].write_bytes(b"no backup any more")
    done = run("doctor", "--restore", "--as-of", "2016-07-20", plan=returned)
    assert "Not good, and passed over: " in done.stdout
    assert f"Put in place: {list_daily(returned.path)[1]}" in done.stdout
    assert not path.with_name(f"{FILE}-journal").exists(), "it would be played into the register put back"
    assert returned.register.returns(kind="plan")
    assert {"issue_unknown", "kept_unknown"} <= found(returned).keys()


def test_last_weeks_register_catches_up(returned: Plan) -> None:
    """Everything that can be taken in again is, by the commands that doctor says, word for word."""
    run(*ISSUE_Q2, plan=returned)
    run("receive", returned.filled("q2", said(), code=Q2), "--as-of", "2016-10-10", plan=returned)
    held, documents = returned.all_values(), {one.reference for one in returned.register.documents(kind="subgroup")}
    shutil.copy(returned.path / "backups" / OLDER, returned.path / FILE)
    (late,) = returned.receive(returned.inbox / "q2.xlsx", dry_run=True)
    assert (late.verdict, codes(late)) == ("held", ["issue_after_register"])
    shown = run("doctor", "--as-of", "2016-11-01", plan=returned)
    assert shown.exit_code == 3
    assert len(found(returned)["issue_unknown"]) == 9
    for command in re.findall(r"plan-sheets ((?:issue|receive) [^:]*?)(?:\. What|\n)", shown.stdout):
        name, *words = command.split()
        on = ("--as-of", "2016-10-10") if name == "receive" else ()
        assert run(name, *in_folder(returned, words), *on, plan=returned).exit_code in (0, 3)
    assert {one.reference for one in returned.register.documents(kind="subgroup")} == documents
    assert returned.all_values() == held
    assert found(returned) == {"made_unknown": ["2016-17-Q2-OFFICER-1"]}, "the new one names the file otherwise"


def in_folder(plan: Plan, words: list[str]) -> list[str]:
    """The words of a command that is given in the plan folder."""
    return [str(plan.path / word) if word.startswith("returned/") else word for word in words]


def test_no_reference_is_given_twice(returned: Plan) -> None:
    """An issue went out that the older register does not know, and the plan has changed since."""
    run(*ISSUE_Q2, plan=returned)
    shutil.copy(returned.path / "backups" / OLDER, returned.path / FILE)
    plan = returned.path / "plan.xlsx"
    fill(plan, plan, {"Actions": {"J1a.1": {"Due": "31 December 2016"}}})
    done = run(*ISSUE_Q2, plan=returned)
    assert "(takes the place of 2016-17-Q2-DA-1: send it again)" in done.stdout
    assert "(as it was issued before)" in done.stdout, "those without the action are known again"
    references = {one.reference for one in returned.register.documents(kind="subgroup", round=Q2)}
    assert {"2016-17-Q2-DA-2", "2016-17-Q2-SOS-1"} <= references
    assert "2016-17-Q2-DA-1" not in references
    assert found(returned)["issue_unknown"] == ["2016-17-Q2-DA-1"]


def test_no_number_of_a_master_or_of_what_went_back_is_given_twice(returned: Plan) -> None:
    """They were made after the backup that was put back: the officer's workbook, what went back, two masters."""
    older = returned.path.parent / "older.sqlite"
    run("backup", older, plan=returned)
    wrong = returned.filled("wrong", said(rag="Purple"))
    run("receive", wrong, returned.filled("sos", SOS, "SOS"), "--as-of", "2016-07-13", plan=returned)
    hand_over = ("master", "--hand-over", "--anyway", "--as-of")
    run("master", "--as-of", "2016-07-19", plan=returned)
    assert "Edition 1 of" in run(*hand_over, "2016-07-20", plan=returned).stdout
    edition = returned.path / "master" / "2016-17-q1-edition-1.xlsx"
    (back,) = (returned.path / "feedback" / "2016-17-q1").glob("*-da-2.xlsx")
    sent = {path: path.read_bytes() for path in (edition, back, returned.path / "officer" / "2016-17-q1.xlsx")}
    for path in sent:
        shutil.copy(path, returned.inbox / f"{path.parent.parent.name}-{path.name}")
    shutil.copy(older, returned.path / FILE)
    lost = {*found(returned)["made_unknown"]}
    assert lost == {f"{Q1}-{name}" for name in ("DA-1-FEEDBACK-2", "MASTER-1", "MASTER-2", "OFFICER-2")}
    for path in returned.inbox.glob("*-2016-17-q1*.xlsx"):
        (late,) = returned.receive(path, dry_run=True)
        assert (late.verdict, codes(late)) == ("held", ["made_after_register"]), path
    run("receive", wrong, "--as-of", "2016-07-21", plan=returned)
    made = run(*hand_over, "2016-07-21", plan=returned).stdout
    assert "Edition 1 went out before an older register was put in the place of the one that knew of it" in made
    assert "Edition 2 of" in made
    new = {facts.reference for facts in returned.register.document_facts().values()}
    assert not new & lost
    assert {f"{Q1}-{name}" for name in ("DA-1-FEEDBACK-3", "MASTER-3", "OFFICER-3")} <= new
    assert {path: path.read_bytes() for path in sent} == sent, "what went out lies where it lay"
    again = run("master", "--number", "2", "--as-of", "2016-07-22", plan=returned)
    assert "Edition 2, as it was handed over" in again.stdout, again.output
    run("receive", returned.inbox / "sos.xlsx", "--as-of", "2016-07-22", plan=returned)
    made = run(*hand_over, "2016-07-22", plan=returned).stdout
    assert "Edition 3 of" in made
    assert "went out before" not in made
    assert {*found(returned)} == {"made_unknown"}, "nor is it said to receive what cannot be taken in"
    assert run("doctor", plan=returned).stdout.splitlines()[-1] == f"Next: {first_to_do(returned)}"


def test_the_same_master_made_again_after_a_backup_was_put_back_is_known_again(round_one: Plan) -> None:
    run("receive", round_one.filled("red", said(rag="Red")), "--as-of", "2016-07-08", plan=round_one)
    older = round_one.path.parent / "older.sqlite"
    run("backup", older, plan=round_one)
    hand_over = ("master", "--hand-over", "--anyway", "--as-of", "2016-07-20")
    run(*hand_over, plan=round_one)
    decided = fill(round_one.path / "master" / "2016-17-q1-edition-1.xlsx", round_one.inbox / "decided.xlsx", DECIDED)
    shutil.copy(older, round_one.path / FILE)
    assert round_one.receive(decided, dry_run=True)[0].verdict == "held"
    assert "Edition 1 of" in run(*hand_over, plan=round_one).stdout
    assert found(round_one) == {}
    assert round_one.receive(decided, when=NOW)[0].verdict.startswith("accepted")


def test_a_register_that_is_whole_is_replaced_only_by_a_backup_that_is_named(returned: Plan) -> None:
    before = (returned.path / FILE).read_bytes()
    done = run("doctor", "--restore", plan=returned)
    assert done.exit_code == 1
    assert "is whole, and holds all that the newest backup does" in done.stderr
    assert (returned.path / FILE).read_bytes() == before
    done = run("doctor", "--restore", returned.path / "backups" / "register-2016-07-08.sqlite", plan=returned)
    assert done.exit_code == 3
    assert len([*returned.path.glob("register-broken-*.sqlite")]) == 1
    assert returned.register.returns(kind="subgroup") == []


def test_a_backup_of_another_plan_or_none_is_refused(returned: Plan) -> None:
    other = returned.path.parent / "other"
    run("new", other, "--as-of", "2016-04-01")
    for file, why in (
        (other / FILE, "is of another plan"),
        (returned.path / "plan.xlsx", "No backup is good"),
        (returned.path / FILE, "is the register itself"),
        (returned.path / "nowhere.sqlite", "No such file"),
    ):
        done = run("doctor", "--restore", file, plan=returned)
        assert (done.exit_code, why in done.stderr) == (1, True), done.output
    assert found(returned) == {}
    shutil.rmtree(returned.path / "backups")
    (returned.path / FILE).unlink()
    assert "There is no backup in" in run("doctor", "--restore", plan=returned).stderr
    with pytest.raises(PlanSheetsError, match="There is no plan folder"):
        examine_folder(returned.path / "nowhere", NOW)


def test_what_was_redacted_since_the_backup_is_named(returned: Plan) -> None:
    backup = returned.path.parent / "copy.sqlite"
    run("backup", backup, plan=returned)
    redact_texts(returned.folder, "DA-1", "It names a child", RECEIVED_ON)
    done = run("doctor", "--restore", backup, plan=returned)
    assert "DA-1 was redacted since, and stands in the register again: redact it again." in done.stdout


def test_a_command_that_was_at_work_does_not_write_into_the_register_that_was_put_aside(returned: Plan) -> None:
    folder = returned.folder
    restore(returned.path, NOW, returned.path / "backups" / "register-2016-07-08.sqlite")
    with (
        pytest.raises(PlanSheetsError, match="Another register was put in the place"),
        folder.register.batch("plan", ""),
    ):
        pass
