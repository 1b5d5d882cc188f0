"""A register on a PostgreSQL server: the same laws as in a file, and the same results."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
import pytest
from tests.chairs import Q1, RECEIVED_ON, SETTLED_BY, SOS, Plan, codes, fill, said
from tests.commands import AS_OF, run
from tests.servers import Server
from tests.store.register.engines.conftest import Served

from plan_sheets import examine_folder
from plan_sheets.store.register import tables
from plan_sheets.store.register.engines.address import MEMORY
from plan_sheets.store.register.engines.places import list_places
from plan_sheets.store.register.register import FILE

FULL = """
CREATE FUNCTION plan_plan.fill_up() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100''; END';
CREATE TRIGGER full_up BEFORE INSERT ON plan_plan.seal EXECUTE FUNCTION plan_plan.fill_up()
"""
"""Makes a server say that its disk is full, when all but the last is recorded."""
SECRET_WORD = "s3cret-w0rd"  # noqa: S105 - of a role in a test


def dump(plan: Plan) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the register but the seals, whose salts are random."""
    register = plan.register
    return {
        table.name: [tuple(row) for row in register.read(table.select().order_by(*table.primary_key))]
        for table in tables.METADATA.sorted_tables
        if table is not tables.SEAL
    }


def test_a_round_comes_to_the_same_on_a_server_as_in_a_file(served: Served, round_one: Plan) -> None:
    """From issuing to redacting: every command says the same, and every row is the same."""
    on_server, in_file = served.plan, round_one
    on_server.issue()

    def give(*words: str | Path) -> None:
        ours, theirs = (run(*words, plan=plan) for plan in (on_server, in_file))
        assert ours.output.replace(str(on_server.path), "") == theirs.output.replace(str(in_file.path), ""), words
        assert ours.exit_code == theirs.exit_code in (0, 3), ours.output

    one, other = (in_file.filled(text, said(progress=text)) for text in ("Käse, 你好, ~!", "Another"))
    give("receive", one, in_file.filled("sos", SOS, "SOS"), *AS_OF)
    give("receive", other, "--dry-run", *AS_OF)
    give("receive", other, *AS_OF)
    settled = {"Start here": SETTLED_BY, "Queries": {str(in_file.queries[0].id): {"Your choice": "take"}}}
    give("receive", fill(in_file.path / "officer" / "2016-17-q1.xlsx", in_file.inbox / "officer.xlsx", settled), *AS_OF)
    for words in (("status",), ("next",), ("master",), ("mail", "--round", Q1, "--feedback")):
        give(*words, *AS_OF)
    give("trace", "DA-1")
    give("withdraw", "SOS-1", "--reason", "It was a draft", *AS_OF)
    give("redact", "J1a.1", "progress", "--reason", "It names a child", *AS_OF)
    give("trace", "J1a.1", "--json")
    give("doctor", *AS_OF)
    assert dump(on_server) == dump(in_file)
    assert not (on_server.path / FILE).exists()


@pytest.mark.parametrize("deed", ['UPDATE "{}" SET {} = {}', 'DELETE FROM "{}"', 'TRUNCATE "{}" CASCADE'])
def test_nothing_in_any_table_can_be_changed_by_its_owner(served: Served, deed: str) -> None:
    for table in tables.METADATA.sorted_tables:
        column = next(iter(table.columns)).name
        if "TRUNCATE" in deed or served.plan.register.read(table.select().limit(1)):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                served.ask(deed.format(f'plan_plan"."{table.name}', f'"{column}"', f'"{column}"'))


@pytest.mark.parametrize(
    ("spoil", "code", "what"),
    [
        ("DROP TRIGGER entry_never_update ON plan_plan.entry", "register_unguarded", "entry_never_update"),
        ("ALTER TABLE plan_plan.value DISABLE TRIGGER ALL", "register_unguarded", "value_never_truncate"),
        ("CREATE OR REPLACE FUNCTION plan_plan.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
         "register_unguarded", "plan_never_delete"),
        ("DROP INDEX plan_plan.return_number", "register_altered", "return_number"),
        ("ALTER TABLE plan_plan.entry ADD COLUMN extra text", "register_altered", "column extra of table entry"),
        ("ALTER TABLE plan_plan.value DISABLE TRIGGER ALL; UPDATE plan_plan.value SET value = 'x' WHERE id = 3",
         "row_changed", "what stands for"),
        ("ALTER TABLE plan_plan.waiver RENAME TO waived", "register_altered", "of table waiver"),
    ],
)  # fmt: skip
def test_a_register_that_somebody_has_been_at_is_told_by_doctor(
    served: Served, spoil: str, code: str, what: str
) -> None:
    served.ask(spoil)
    told = run("doctor", plan=served.plan)
    assert told.exit_code == 3
    found = [finding for finding in examine_folder(served.plan.path, RECEIVED_ON).findings if finding.code == code]
    assert [finding for finding in found if what in str(finding.message)], told.output


@pytest.mark.parametrize("where", ["server", "file"])
def test_a_register_without_its_guards_records_nothing_until_it_is_put_back(
    served: Served, round_one: Plan, where: str
) -> None:
    plan = served.plan if where == "server" else round_one
    file = round_one.filled("da", said())
    plan.register.close()
    if where == "server":
        plan.issue()
        served.ask("DROP TRIGGER value_never_update ON plan_plan.value")
    else:
        with closing(sqlite3.connect(plan.path / FILE)) as connection:
            connection.execute("DROP TRIGGER value_never_update")
    before = dump(plan)
    for words in (("receive", file), ("receive", file, "--dry-run"), ("redact", "J1a.1", "what", "--reason", "Why")):
        told = refused(*words, *AS_OF, plan=plan)
        assert "trigger value_never_update is missing or altered" in told
        assert "plan-sheets doctor" in told
    assert dump(plan) == before
    assert run("doctor", "--restore", *AS_OF, plan=plan).exit_code in (0, 3)
    assert run("receive", file, *AS_OF, plan=plan).exit_code in (0, 3)


def refused(*words: str | Path, plan: Plan) -> str:
    """What a command says that is refused: it tells no SQL and no password."""
    told = run(*words, plan=plan)
    assert (told.exit_code, told.stdout) == (1, ""), told.output
    assert not [word for word in ("psycopg", "SELECT", "[SQL", SECRET_WORD, "FATAL") if word in told.stderr]
    assert "Nothing was changed." in told.stderr
    return told.stderr


def test_a_password_is_neither_shown_nor_kept(server: Server, tmp_path: Path) -> None:
    name = server.make_database()
    server.ask(name, f"CREATE ROLE guest LOGIN PASSWORD '{SECRET_WORD}'")
    server.ask(name, f'GRANT CREATE ON DATABASE "{name}" TO guest')
    plan, url = Plan(tmp_path / "ours"), server.url(name, user="guest", password=SECRET_WORD)
    told = run("new", plan.path, "--register", url)
    assert told.exit_code == 0, told.output
    assert "written down nowhere" in told.output
    assert SECRET_WORD not in told.output
    assert not [path for path in plan.path.rglob("*") if path.is_file() and SECRET_WORD.encode() in path.read_bytes()]
    assert "#ours" in (plan.path / MEMORY).read_text()
    assert "does not let you in" in refused("status", plan=plan)
    assert "does not let you in" in refused("status", "--register", url.replace(SECRET_WORD, "wrong"), plan=plan)
    assert run("status", "--register", url, plan=plan).exit_code == 0
    for odd in (url.replace("postgresql://", "mysql://"), url.replace("/plans", ":xx/plans"), f"{url}#A name"):
        assert "postgresql://NAME@SERVER/DATABASE#PLAN" in refused("status", "--register", odd, plan=plan)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (("/plans", "/nowhere"), "no such database"),
        (("#plan", "#other"), "no plan of this name"),
        (("keeper@", "nobody@"), "does not let you in"),
        (("?host=", "?host=/nowhere"), "cannot be reached"),
        (("keeper@/", "keeper@127.0.0.1:1/"), "cannot be reached"),
    ],
)
def test_what_is_not_there_is_told(served: Served, change: tuple[str, str], match: str) -> None:
    memory = served.plan.path / MEMORY
    lines = memory.read_text().splitlines()
    url = lines[3].replace(*change)
    memory.write_text(f"{url.partition('?')[0]}#plan\n" if "127" in url else f"{url}\n")
    assert match in refused("status", plan=served.plan)
    assert match in refused("receive", served.plan.path / "plan.xlsx", plan=served.plan)


def test_a_register_of_another_plan_is_refused(served: Served) -> None:
    memory = served.plan.path / MEMORY
    *lines, mark = memory.read_text().splitlines()
    memory.write_text("\n".join([*lines, mark.replace(mark[-8:], "00000000")]))
    assert "is of another plan than this folder" in refused("plan", plan=served.plan)
    memory.write_text("\n".join([*lines, mark]))
    url = served.server.url(served.name)
    assert "is that of another plan" in refused("plan", "--register", f"{url}#theirs", plan=served.plan)


def test_two_registers_of_one_plan_are_refused(served: Served, round_one: Plan) -> None:
    url = served.server.url(served.name)
    assert "two registers" in refused("status", "--register", f"{url}#plan", plan=round_one)
    (served.plan.path / FILE).write_bytes((round_one.path / FILE).read_bytes())
    assert f"rename {FILE} in {served.plan.path}" in refused("status", plan=served.plan)
    assert "two registers" in refused("doctor", plan=served.plan)
    for name in (FILE, MEMORY):
        aside = (served.plan.path / name).rename(served.plan.path / f"aside-{name}")
        assert run("status", plan=served.plan).exit_code == 0
        aside.rename(served.plan.path / name)


def test_a_second_plan_of_one_name_is_refused_and_its_folder_remembers_nothing(served: Served, tmp_path: Path) -> None:
    url = f"{served.server.url(served.name)}#plan"
    told = run("new", tmp_path / "second", "--register", url)
    assert (told.exit_code, told.stdout) == (1, "")
    assert "holds a plan of this name already" in told.stderr
    assert not (tmp_path / "second").exists()


def test_a_database_that_cannot_hold_every_character_is_refused(server: Server, tmp_path: Path) -> None:
    name = server.make_database(encoding="'LATIN1'", template="template0", locale="'C'")
    told = run("new", tmp_path / "plan", "--register", server.url(name))
    assert "is in LATIN1" in told.stderr
    assert not (tmp_path / "plan").exists()


def test_who_may_make_no_plan_is_told_what_to_ask_for(server: Server, tmp_path: Path) -> None:
    name = server.make_database()
    server.ask(name, "CREATE ROLE visitor LOGIN")
    told = run("new", tmp_path / "deep" / "plan", "--register", server.url(name, user="visitor"))
    assert f"GRANT CREATE ON DATABASE {name} TO visitor" in told.stderr
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ("ALTER DATABASE {} SET default_transaction_read_only = on", "read-only"),
        (FULL, "no room left"),
    ],
    ids=["read-only", "full"],
)
def test_what_cannot_be_recorded_is_recorded_not_at_all(served: Served, change: str, match: str) -> None:
    served.plan.issue()
    file, before = served.plan.filled("da", said()), dump(served.plan)
    served.ask(change.format(served.name))
    served.cut_off()
    assert match in refused("receive", file, *AS_OF, plan=served.plan)
    assert dump(served.plan) == before
    assert not [*served.plan.path.rglob(".plan-sheets-*")]


def test_a_role_sees_the_plan_that_it_was_given_and_no_other(served: Served, tmp_path: Path) -> None:
    url = served.server.url(served.name)
    assert run("new", tmp_path / "theirs", "--register", url).exit_code == 0
    served.ask("CREATE ROLE officer LOGIN")
    assert "no role 'nobody'" in run("register", "grant", "nobody", "--plan", served.plan.path).stderr
    as_officer = f"{served.server.url(served.name, user='officer')}#plan"
    assert "not yours to see" in refused("status", "--register", as_officer, plan=served.plan)
    assert run("register", "grant", "officer", "--plan", served.plan.path).exit_code == 0
    issue = ("issue", "--round", Q1, "--return-by", "2016-07-15", "--as-of", "2016-06-20")
    assert run(*issue, "--register", as_officer, plan=served.plan).exit_code == 0
    file = served.plan.filled("da", said())
    assert run("receive", file, *AS_OF, "--register", as_officer, plan=served.plan).exit_code == 0
    told = run("doctor", "--register", as_officer, plan=served.plan)
    assert told.exit_code == 0, told.output
    assert [place.key for place in list_places(as_officer)] == ["plan"]
    assert [place.key for place in list_places(url)] == ["plan", "theirs"]
    redact = ("redact", "DA-1", "--reason", "It names a child")
    assert "Only whoever owns" in refused(*redact, "--register", as_officer, plan=served.plan)
    theirs = as_officer.replace("#plan", "#theirs")
    assert "not yours to see" in refused("status", "--register", theirs, plan=Plan(tmp_path / "theirs"))
    for statement, match in (
        ("SELECT * FROM plan_theirs.entry", "permission denied"),
        ("INSERT INTO plan_theirs.version VALUES (2)", "permission denied"),
        ("UPDATE plan_plan.plan SET key = 'x'", "append-only"),
        ("DELETE FROM plan_plan.entry", "permission denied"),
    ):
        with pytest.raises(psycopg.Error, match=match):
            served.server.ask(served.name, statement, user="officer")


def test_nul_in_a_text_is_kept_as_its_picture_and_said(served: Served, tmp_path: Path) -> None:
    served.plan.issue()
    with_nul = tmp_path / "nul.xlsx"
    with (
        ZipFile(served.plan.filled("da", said(progress="It is -NUL- done"))) as read,
        ZipFile(with_nul, "w") as written,
    ):
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(b"-NUL-", b"_x0000_"))
    receipt = served.plan.receive_one(with_nul)
    assert "tidied_space" in codes(receipt)
    assert served.plan.said("J1a.1", "progress") == "It is  done"
    e = tables.ENTRY.c
    rows = served.plan.register.read(tables.ENTRY.select().where(e.ref == "J1a.1", e.field == "progress"))
    assert [row.entered for row in rows] == ["It is \u2400 done"]
