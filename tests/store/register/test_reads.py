"""What is read by condition is what the condition says, of this plan alone, in the order in which it was recorded."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plan_sheets.core.model.keys import Key
from plan_sheets.core.model.mail import Mail
from plan_sheets.store.register import reads, tables
from plan_sheets.store.register.batch import Batch
from plan_sheets.store.register.known_names import NOT_READ, find_disputed, find_known_names
from plan_sheets.store.register.placeholders import PLACEHOLDER, find_open_placeholders
from plan_sheets.store.register.redacting.masks import list_shas_kept
from plan_sheets.store.register.register import FILE, Register
from plan_sheets.store.register.standings import read_standings

Q1, Q2 = "2016-17-Q1", "2016-17-Q2"
RAG, WHAT, OWNER = (Key("action", "J1.1", field) for field in ("rag", "what", "owner"))
DAYS = {Q1: date(2016, 7, 20), Q2: date(2016, 10, 1)}
TAKEN = ("accepted", "accepted_with_findings")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Two plans in one register; the first of them, from which DA was issued a workbook in each of two rounds."""
    ours = Register.create(tmp_path / FILE, "ours", b"s" * 32)
    other = Register.create(tmp_path / FILE, "other", b"t" * 32)
    with other.batch("receive", "2016-07-01T09:00:00") as batch:
        add_entry(batch, add_return(batch, "f"), OWNER, "Stranger", outcome="error", round=Q1)
        batch.add(tables.SETTLEMENT, subject="query 1", choice="Keep", by="Stranger", return_id=None)
    with ours.batch("issue", "2016-06-20T09:00:00") as batch:
        batch.connection.execute(tables.LAYOUT.insert(), {"sha": "1", "text": "{}"})
        for code in (Q1, Q2):
            batch.add(tables.ROUND, code=code, return_by="2016-07-15", issued=f"2016-{'06' if code == Q1 else '09'}-20")
            where = {"kind": "subgroup", "round": code, "subgroup": "DA", "layout": "1", "created": "2016-06-20"}
            batch.add(tables.DOCUMENT, reference=f"{code}-DA-1", supersedes=None, **where)
    return ours


def add_return(batch: Batch, letter: str, document: int | None = None, **values: object) -> int:
    """A file whose SHA-256 is one letter many times, accepted if nothing else is said; its id."""
    row = {"file": f"{letter}.xlsx", "kind": "subgroup", "verdict": "accepted", "replaces": None, **values}
    return batch.add(tables.RETURN, sha256=letter * 64, document=document, **{"received": batch.at, **row})


def add_entry(batch: Batch, came: int, key: Key, text: str, **values: object) -> int:
    """An entry for round 1 that was taken, if nothing else is said; its id."""
    place = {"record": key.record, "ref": key.ref, "field": key.field}
    row = {"round": Q1, "outcome": "taken", "entered": text, "tidied": text, **values}
    return batch.add(tables.ENTRY, return_id=came, **place, **row)


def test_the_officer_reads_of_the_last_plan_of_this_round_of_late_returns_and_of_strange_files(
    register: Register,
) -> None:
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        add_return(batch, "a", kind="plan")
        came: list[tuple[str, dict[str, Any]]] = [
            ("b", {"kind": "plan", "verdict": "untouched"}),
            ("c", {"document": 1}),
            ("d", {"document": 1, "received": "2016-09-20T08:00:00"}),
            ("e", {"document": 2, "received": "2016-07-01T08:00:00"}),
            ("0", {"kind": "", "verdict": "refused"}),
        ]
        for letter, values in came:
            add_return(batch, letter, **values)
        for row in batch.register.returns():
            for severity, code in (("error", "x"), ("note", "told"), ("note", "untold")):
                batch.add(tables.FINDING, return_id=row.id, severity=severity, code=code, message=row.sha256[0])
    found = reads.list_findings_to_read(register, Q2, "2016-09-20", ["error"], ["told"])
    assert [(row.message, row.severity) for row in found] == [
        (letter, severity) for letter in "bde0" for severity in ("error", "note")
    ]
    assert [(row.kind, row.round, row.subgroup) for row in found[::2]] == [
        ("plan", "", ""),
        ("subgroup", Q1, "DA"),
        ("subgroup", Q2, "DA"),
        ("", "", ""),
    ]
    assert reads.count_errors(register, 2) == 1
    assert reads.count_errors(register, 1) == 0, "it is of the other plan"


def test_what_came_back_is_read_by_round_kind_and_verdict(register: Register) -> None:
    with register.batch("receive", "2016-07-18T09:00:00") as batch:
        for letter, document, verdict in (
            ("a", 1, "held"),
            ("b", 1, "accepted"),
            ("c", 2, "refused"),
            ("d", 2, "held"),
        ):
            add_return(batch, letter, document, verdict=verdict, completed_by=letter)

    def names(first: str, last: str, *verdicts: str) -> list[str]:
        """Who completed what came back for these rounds."""
        return [row.completed_by for row in reads.list_returns_of_rounds(register, first, last, ["subgroup"], verdicts)]

    assert names("", Q2, "held", "accepted") == ["a", "b", "d"]
    assert names("", Q1, "held") == names(Q1, Q1, "held") == ["a"]
    assert reads.list_returns_of_rounds(register, "", Q2, ["feedback"], TAKEN) == []
    assert [*reads.list_issues(register, Q1, ["subgroup"])] == [(Q1, "DA")]
    (first,), (second,) = (read_standings(register, code, as_of) for code, as_of in DAYS.items())
    assert (first.verdict, first.days_late, second.verdict) == ("accepted", 3, "held")


def test_a_fact_is_left_by_what_its_last_entry_came_to(register: Register) -> None:
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        first, late = add_return(batch, "a", 1), add_return(batch, "b", 1)
        held, second = add_return(batch, "c", 1, verdict="held"), add_return(batch, "d", 2)
        for key in (WHAT, RAG, OWNER):
            add_entry(batch, first, key, "?", outcome="error" if key is OWNER else "taken")
        add_entry(batch, late, RAG, "Purple", outcome="error")
        add_entry(batch, late, WHAT, "Brown", outcome="error")
        add_entry(batch, late, OWNER, "A lead")
        add_entry(batch, held, OWNER, "Nobody", outcome="error")
        add_entry(batch, second, WHAT, "Better", round=Q2)
    left = reads.find_keys_left_by_returns(register, Q1, NOT_READ, ["subgroup"], TAKEN)
    assert left == [WHAT, RAG], "in the order in which they were first entered"
    assert reads.find_keys_left_by_returns(register, Q2, NOT_READ, ["subgroup"], TAKEN) == []
    assert find_disputed(register, Q1) == {WHAT, RAG, OWNER}, "of whatever file"
    assert find_disputed(register, Q2) == set()


def test_a_placeholder_is_read_with_every_entry_of_its_fact_up_to_the_round(register: Register) -> None:
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        first, second = add_return(batch, "a", 1), add_return(batch, "b", 2)
        for came, code, text in ((first, Q1, "?"), (second, Q2, "Soon")):
            add_entry(batch, came, OWNER, text, round=code)
            add_entry(batch, came, WHAT, text, round=code)
        place = {"record": "action", "ref": "J1.1", "field": "owner"}
        batch.add(tables.FINDING, return_id=first, code=PLACEHOLDER, entered="?", **place)
    assert reads.list_findings_of(register, PLACEHOLDER) == [(first, OWNER, "?")]
    assert [row.entered for row in reads.list_entries_of_placeholders(register, PLACEHOLDER, Q1)] == ["?"]
    assert [row.entered for row in reads.list_entries_of_placeholders(register, PLACEHOLDER, Q2)] == ["?", "Soon"]
    assert find_open_placeholders(register, register.history(), Q1) == {OWNER: ("?", Q1)}


def test_what_is_about_a_ref_is_about_its_contributions_and_not_about_refs_that_begin_so(register: Register) -> None:
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        came = add_return(batch, "a", completed_by="A chair")
        for ref in ("J2.1", "J2.1/MH", "J2.10", "J2", "XJ2.1"):
            add_entry(batch, came, Key("action", ref, "rag"), "Red")
        settled = batch.add(tables.SETTLEMENT, subject="query 1", choice="Take", by="An officer", return_id=came)
        batch.add_value(Key("action", "J2.1", "rag"), "Green", "round", Q1, settlement=settled)
    found = reads.list_traced_values(register, "J2.1")
    assert [(value.key.ref, value.value, value.outcome, value.completed_by) for value in found] == [
        ("J2.1", "Red", "taken", "A chair"),
        ("J2.1/MH", "Red", "taken", "A chair"),
        ("J2.1", "Green", "settled", "An officer"),
    ]
    assert [value.key.ref for value in reads.list_traced_values(register, "J2.1/MH")] == ["J2.1/MH"]


def test_people_are_those_of_this_plan_who_completed_sent_settled_or_were_entered(register: Register) -> None:
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        mail = batch.add_mail(Mail("m" * 64, "Bob Sender <bob@example.org>"))
        assert batch.add_mail(Mail("m" * 64, "Bob Sender <bob@example.org>")) == mail, "several files came in it"
        came = add_return(batch, "a", completed_by="Ann Chair", mail=mail)
        add_entry(batch, came, OWNER, "Cy Owner", outcome="error")
        add_entry(batch, came, WHAT, "Train Everybody")
        for choice, by in (("Keep", "Di Officer"), ("Take", "Ed Officer")):
            batch.add(tables.SETTLEMENT, subject="query 4", choice=choice, by=by, return_id=came)
    assert reads.list_people(register, {"action": ("owner",)}) == {"Ann Chair", "Cy Owner", "Di Officer", "Ed Officer"}
    assert reads.list_senders(register) == {"Bob Sender <bob@example.org>"}
    assert find_known_names(register)
    assert reads.find_settlement(register, 4) == ("Take", "", "Ed Officer")
    assert reads.find_settlement(register, 1) is None


def test_files_are_known_by_their_bytes_their_answers_and_their_verdicts(register: Register) -> None:
    assert register.last_document() == 2
    assert [*register.document_facts(after=1)] == [2]
    with register.batch("receive", "2016-07-01T09:00:00") as batch:
        add_return(batch, "a", 1, answers_sha="1")
        for verdict in ("held", "held", "accepted"):
            add_return(batch, "b", verdict=verdict)
        add_return(batch, "c", kind="plan")
        query = batch.add(tables.QUERY, return_id=add_return(batch, "d", 2), code="conflict")
        batch.add(tables.QUERY_CELL, query=query, record="action", ref="J1.1", field="ref")
        batch.add(tables.QUERY_CELL, query=query, record="action", ref="J1.2", field="rag")
        batch.add(tables.NEW_ROW, lineage="a" * 64, record="further", row="1", ref="J1.9")
        for path, letter in (("plan.xlsx", "1"), ("plan.xlsx", "2"), ("plan-2.xlsx", "1")):
            batch.add(tables.OUTPUT, path=path, sha256=letter)
    assert reads.list_accepted(register, ["accepted"]) == [
        ("a" * 64, 1, "1", ""),
        ("b" * 64, None, "", ""),
        ("d" * 64, 2, "", ""),
    ]
    assert list_shas_kept(register) == {letter * 64 for letter in "abcd"}
    assert {(sha[0], verdict) for sha, verdict in reads.list_verdicts(register)} == {
        *((letter, "accepted") for letter in "abcd"),
        ("b", "held"),
    }
    assert [row.sha256[0] for row in reads.list_returns_asking(register).values()] == ["d"]
    assert reads.read_new_rows(register) == {("a" * 64, "further", "1"): "J1.9"}
    assert reads.read_last_paths(register) == {"1": "plan-2.xlsx", "2": "plan.xlsx"}
    assert reads.read_last_shas(register) == {"plan.xlsx": "2", "plan-2.xlsx": "1"}
