"""The register keeps everything: nothing is changed or deleted, a batch is whole or not at all, plans do not mix."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.chairs import Q1, RECEIVED_ON, Plan, fill, said
from tests.table_rows import rows_of_table

from plan_sheets import draft_mails, master, office
from plan_sheets.core.model.findings import PlanSheetsError
from plan_sheets.core.model.keys import Key
from plan_sheets.store.register import tables
from plan_sheets.store.register.placeholders import list_placeholders
from plan_sheets.store.register.register import FILE, Register

AT = "2016-04-01T09:00:00"
TITLE = Key("plan", "", "title")
SECRET = b"s" * 32
TABLES = [table.name for table in tables.METADATA.sorted_tables]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register with one plan in it."""
    return Register.create(tmp_path / FILE, "one", SECRET)


def say(register: Register, value: str) -> None:
    """Record one value."""
    with register.batch("test", AT) as batch:
        batch.add_value(TITLE, value, "standing", "")


def rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in TABLES}  # noqa: S608 - our own table names


@pytest.fixture(scope="module")
def full(issued_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register in which every table has a row: an issue, a conflict, a further action, a withdrawal, an edition."""
    plan = Plan(tmp_path_factory.mktemp("full") / "plan")
    shutil.copytree(issued_example, plan.path)
    further = {"New actions": {"1": {"Theme": "J1b", "What we will do": "Train"}}}
    files = [plan.filled("one", {**said(progress="A"), **further}), plan.filled("two", said(progress="B"))]
    made = office.receive_files(plan.folder, files, RECEIVED_ON).officer
    assert made is not None
    answers = {
        "Queries": {"1": {"Your choice": "Take"}},
        "Start here": {"Settled by": {"Your answer": "Board officer"}},
    }
    office.receive_files(plan.folder, [fill(made.path, plan.inbox / "officer.xlsx", answers)], RECEIVED_ON)
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Chair <chair@example.org>", "Nothing new this quarter"
    mail.set_content("See you on Friday.")
    (plan.inbox / "mail.eml").write_bytes(mail.as_bytes())
    office.receive_files(plan.folder, [plan.inbox / "mail.eml"], RECEIVED_ON)
    office.withdraw_return(plan.folder, "DA-2", "It came by mistake", RECEIVED_ON)
    office.allow_rule(plan.folder, "required", "DA", date(2016, 12, 31), "Board officer", "New chair", RECEIVED_ON)
    office.redact_texts(plan.folder, "J1a.1", "It names a child", RECEIVED_ON, field="next_step")
    master.make_master(plan.folder, None, RECEIVED_ON, hand_over=True)
    draft_mails(plan.folder, Q1, datetime(2016, 7, 25), ("chase",))  # noqa: DTZ001 - the office's own clock
    return plan.path / FILE


def test_every_table_is_in_use(full: Path) -> None:
    assert [name for name, count in rows(full).items() if not count] == []


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_ever_changed_or_deleted(full: Path, name: str) -> None:
    with closing(sqlite3.connect(full)) as connection:
        column = connection.execute(f'PRAGMA table_info("{name}")').fetchall()[-1][1]
        for statement in (f'UPDATE "{name}" SET "{column}" = 0', f'DELETE FROM "{name}"'):  # noqa: S608 - our own table names
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_a_register_that_a_newer_version_made_is_refused(register: Register, tmp_path: Path) -> None:
    register.close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("DROP TRIGGER version_never_update")
        connection.execute("UPDATE version SET number = number + 1")
        connection.commit()
    with pytest.raises(PlanSheetsError, match="newer version") as told:
        Register.open(tmp_path / FILE)
    assert "Nothing was changed" in told.value.remedy


@pytest.mark.parametrize(
    ("data", "match"),
    [(b"not a database, but long enough to be taken for one by somebody", "not a register"), (b"", "not a register")],
)
def test_what_is_no_register_is_refused(tmp_path: Path, data: bytes, match: str) -> None:
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(PlanSheetsError, match=match):
        Register.open(tmp_path / FILE)


def test_a_folder_without_a_register_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PlanSheetsError, match="no plan folder") as told:
        Register.open(tmp_path / FILE)
    assert "plan-sheets new" in told.value.remedy


def test_a_value_is_never_replaced_but_followed(register: Register) -> None:
    say(register, "First")
    say(register, "Second")
    assert [one.value for one in register.history().by_key[TITLE]] == ["First", "Second"]
    assert register.history().text("plan", "", "title") == "Second"


def fail_half_way(register: Register) -> None:
    """Record a value, and come to grief before the batch ends."""
    with register.batch("test", AT) as batch:
        batch.add_value(TITLE, "Half", "standing", "")
        next(iter([]))


def test_a_failed_batch_leaves_nothing(register: Register, tmp_path: Path) -> None:
    before = rows(tmp_path / FILE)
    with pytest.raises(StopIteration):
        fail_half_way(register)
    assert rows(tmp_path / FILE) == before
    say(register, "Whole")
    assert register.history().text("plan", "", "title") == "Whole"


def test_what_points_to_nothing_is_refused_and_nothing_of_its_batch_stays(register: Register, tmp_path: Path) -> None:
    before = rows(tmp_path / FILE)
    with pytest.raises(PlanSheetsError), register.batch("test", AT) as batch:
        batch.add(tables.FINDING, return_id=7, code="placeholder")
    assert rows(tmp_path / FILE) == before


def test_a_dry_run_leaves_nothing_and_sees_its_own(register: Register, tmp_path: Path) -> None:
    before = rows(tmp_path / FILE)
    with register.batch("test", AT, dry_run=True) as batch:
        batch.add_value(TITLE, "Only now", "standing", "")
        assert batch.history().text("plan", "", "title") == "Only now"
    assert rows(tmp_path / FILE) == before


def test_two_officers_do_not_write_at_once(register: Register, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError), closing(sqlite3.connect(tmp_path / FILE, timeout=0)) as third:
            third.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    say(register, "After")


def test_several_plans_in_one_register_do_not_mix(register: Register, tmp_path: Path) -> None:
    other = Register.create(tmp_path / FILE, "two", b"t" * 32)
    say(register, "Ours")
    say(other, "Theirs")
    with other.batch("receive", AT) as batch:
        returned = batch.add(
            tables.RETURN, sha256="0" * 64, file="a.xlsx", kind="subgroup", verdict="held", document=None, replaces=None
        )
        entry = batch.add(tables.ENTRY, return_id=returned, record="action", ref="J1.1", field="rag")
        batch.add_value(Key("action", "J1.1", "rag"), "Red", "round", "2016-17-Q1", entry=entry)
        batch.add(
            tables.FINDING,
            return_id=returned,
            code="placeholder",
            record="action",
            ref="J1.1",
            field="how",
            entered="?",
        )
        batch.add(tables.ROUND, code="2016-17-Q1", return_by="2016-07-15", issued="2016-06-20")
        query = batch.add(tables.QUERY, return_id=returned, code="conflict")
        batch.add(tables.QUERY_CELL, query=query, record="action", ref="J1.1", field="rag")
        batch.add(tables.OUTPUT, path="plan.xlsx", sha256="1" * 64)
    first, second = (Register.open(tmp_path / FILE, key) for key in ("one", "two"))
    assert (first.history().text("plan", "", "title"), second.history().text("plan", "", "title")) == ("Ours", "Theirs")
    assert (first.secret, second.secret) == (SECRET, b"t" * 32)
    assert [len(second.returns()), len(second.rounds()), len(second.open_queries()), len(second.outputs())] == [
        1,
        1,
        1,
        1,
    ]
    assert [len(first.returns()), len(first.rounds()), len(first.open_queries()), len(first.outputs())] == [0, 0, 0, 0]
    assert [len(list_placeholders(one)) for one in (first, second)] == [0, 1]
    for name in (tables.ENTRY, tables.FINDING, tables.QUERY_CELL):
        assert (len(rows_of_table(first, name)), len(rows_of_table(second, name))) == (0, 1)
    with pytest.raises(PlanSheetsError, match="2 plans"):
        Register.open(tmp_path / FILE)


def test_the_secret_is_nowhere_but_in_its_table(round_one: Plan) -> None:
    secret = round_one.register.secret
    for path in round_one.path.rglob("*.xlsx"):
        assert secret not in path.read_bytes()


def test_return_by_is_the_one_last_given_and_issued_the_first(register: Register) -> None:
    for return_by, issued in (("2016-07-15", "2016-06-20"), ("2016-07-29", "2016-07-01")):
        with register.batch("issue", AT) as batch:
            batch.add(tables.ROUND, code="2016-17-Q1", return_by=return_by, issued=issued)
    (only,) = register.rounds()
    assert (only.return_by, only.issued) == ("2016-07-29", "2016-06-20")


def add_return(register: Register, sha: str, **values: object) -> int:
    """Record a return of document 1 (there is one); its id."""
    row = {"file": "a.xlsx", "kind": "subgroup", "verdict": "accepted", "document": 1, "replaces": None, **values}
    with register.batch("receive", AT) as batch:
        return batch.add(tables.RETURN, sha256=sha, **row)


@pytest.fixture
def issued(register: Register) -> Register:
    """A register from which one document went out."""
    with register.batch("issue", AT) as batch:
        batch.connection.execute(tables.LAYOUT.insert(), {"sha": "1", "text": "{}"})
        batch.add(tables.DOCUMENT, reference="R", kind="subgroup", layout="1", supersedes=None)
    return register


def test_returns_are_read_by_their_columns(issued: Register) -> None:
    first, plan = add_return(issued, "a" * 64), add_return(issued, "b" * 64, kind="plan", document=None)
    assert [one.id for one in issued.returns()] == [first, plan]
    assert [one.id for one in issued.returns(kind="plan")] == [plan]
    assert [one.id for one in issued.returns(sha256="a" * 64, kind="plan")] == []


def test_a_return_that_was_replaced_or_never_merged_stands_no_more(issued: Register) -> None:
    first = add_return(issued, "a" * 64, answers_sha="1")
    add_return(issued, "b" * 64)
    assert [one.id for one in issued.returns_standing(1)] == [first]
    last = add_return(issued, "c" * 64, answers_sha="2", replaces=first)
    assert [one.id for one in issued.returns_standing(1)] == [last]
    assert issued.returns_standing(2) == []


def test_a_file_is_set_aside_by_its_last_verdict_in_the_order_in_which_files_came(issued: Register) -> None:
    for sha, verdict in (
        ("a", "held"),
        ("b", "held"),
        ("c", "held"),
        ("b", "accepted"),
        ("d", "refused"),
        ("a", "held"),
    ):
        add_return(issued, sha * 64, verdict=verdict)
    assert [one.sha256[0] for one in issued.set_aside("held")] == ["a", "c"]
    assert [one.sha256[0] for one in issued.set_aside("refused")] == ["d"]


def test_a_return_is_found_by_its_number_or_by_six_letters_of_its_hash(issued: Register) -> None:
    first = add_return(issued, "abcdef12" * 8, number="DA-1")
    add_return(issued, "abcdef34" * 8, number="DA-10")
    for name in ("DA-1", "da-1", "abcdef1", "ABCDEF1"):
        assert issued.find_return(name).id == first
    for name in ("abcdef", "abcde", str(first), "DA", "DA-2", "DA-", ""):
        with pytest.raises(PlanSheetsError, match="no return") as refused:
            issued.find_return(name)
        assert "number (DA-1)" in refused.value.remedy
        assert "SHA-256" in refused.value.remedy


def test_a_query_is_open_until_it_is_settled_itself(issued: Register) -> None:
    returns = [add_return(issued, sha * 64) for sha in "ab"]
    with issued.batch("receive", AT) as batch:
        queries = [
            batch.add(tables.QUERY, return_id=returns[number % 2], code="conflict", message=str(number))
            for number in range(12)
        ]
        batch.add_all(
            tables.QUERY_CELL,
            [{"query": query, "record": "action", "ref": f"J{query}", "field": "rag"} for query in queries],
        )
        batch.add(tables.SETTLEMENT, subject="query 12", return_id=returns[0])
    assert [one.id for one in issued.open_queries()] == queries[:11], "1 and 2 are open though 12 is settled"
    assert [[cell.key.ref for cell in one.cells] for one in issued.open_queries(sha256="b" * 64)] == [
        [f"J{query}"] for query in queries[1:11:2]
    ]
    assert issued.open_queries(sha256="c" * 64) == []


def test_what_a_return_said_is_its_own_entries(issued: Register) -> None:
    returns = [add_return(issued, sha * 64) for sha in "ab"]
    with issued.batch("receive", AT) as batch:
        for number, one in enumerate(returns):
            batch.add(tables.ENTRY, return_id=one, record="plan", field="title", next_base=f"Title {number}")
    assert [issued.next_bases(one) for one in returns] == [{TITLE: "Title 0"}, {TITLE: "Title 1"}]
