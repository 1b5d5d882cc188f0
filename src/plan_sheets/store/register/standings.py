"""How the workbook of each subgroup stands in a round, from what the register holds."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import and_, or_, select

from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.mail import describe_mail, find_odd_date
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.control_totals import Arrival, SubgroupReturn, control_totals
from plan_sheets.core.rating.plan_rows import find_merged
from plan_sheets.core.rating.ratings import SAYS, find_done_groups, rate_last, rows_at
from plan_sheets.core.rating.rules.overrides import OVERRIDE
from plan_sheets.core.rating.rules.rag import CONFIRMABLE
from plan_sheets.store.register import tables
from plan_sheets.store.register.reads import ReturnOfRound, list_returns_of_rounds
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.statements import rows_by
from plan_sheets.store.register.tracing.said import count_said

_FINISHED_IN = (
    *("ref", "removed", "finished_in", "agreement", "confirmed_stage", "succeeds", "subgroup", "subgroups"),
    *("merged_into", *SAYS, *OVERRIDE),
)
"""The fields that say whether an action is finished, and whose it is."""


def read_standings(register: Register, code: str, as_of: date, done: Collection[str] = ()) -> list[SubgroupReturn]:
    """How the workbook of each subgroup stands in a round (its code), by the latest issue of each.

    `done`: the subgroups whose actions are all finished. Nothing is wanted either of those in `find_covered`.
    """
    documents = register.document_facts("subgroup", code)
    done = {*done, *find_covered(register, code)}
    files = list_returns_of_rounds(register, code, code, OF_SUBGROUPS, set(Verdict) - {Verdict.REFUSED})
    arrivals = [
        Arrival(
            file.subgroup,
            file.verdict,
            file.received,
            _describe_completed(file),
            _describe_messages(file),
            file.number,
            _find_day_sent(file),
        )
        for file in files
    ]
    issued = {document.subgroup: document.created for document in documents.values()}
    due = next(issued_round for issued_round in register.rounds() if issued_round.code == code)
    went_out = [(subgroup, day, due.due_from(subgroup)) for subgroup, day in sorted(issued.items())]
    said = count_said(register, code)
    rows = control_totals(went_out, arrivals, as_of, done)
    return [replace(row, said=said.get(row.subgroup, 0)) for row in rows] if said else rows


def find_covered(register: Register, code: str) -> dict[str, str]:
    """The subgroups that are part of another one, whose later workbook for a round (its code) has all their actions.

    By the subgroup's code the reference of that workbook: nobody is asked for the old one.
    """
    history = register.history(record="subgroup", field=("ref", "merged_into"))
    rows = {"subgroup": {ref: history.record("subgroup", ref) for ref in history.refs("subgroup")}}
    last = {facts.subgroup: facts for facts in register.document_facts("subgroup", code).values()}
    covered = {}
    for subgroup, facts in last.items():
        later = last.get(find_merged(rows, subgroup), facts)
        if later.id > facts.id and _list_actions(register, facts.id) <= _list_actions(register, later.id):
            covered[subgroup] = later.reference
    return covered


def _list_actions(register: Register, document: int) -> set[str]:
    """The refs of the actions that a workbook (the id of its document) asks about."""
    return {row.ref for row in register.documents(id=document)[0].book.sheet("Progress").rows}


def read_returns(register: Register, code: str, as_of: date) -> list[SubgroupReturn]:
    """The same; which subgroups have finished all their actions is asked only if any is outstanding."""
    rows = read_standings(register, code, as_of)
    done = find_done(register, code) if any(row.is_outstanding for row in rows) else ()
    return read_standings(register, code, as_of, done) if done else rows


def find_done(register: Register, code: str) -> frozenset[str]:
    """The subgroups all of whose actions are finished at the end of a round (its code), from few fields of the plan.

    Of none where no action is: nothing is read then.
    """
    if not _is_any_finished(register):
        return frozenset()
    history = register.history(field=_FINISHED_IN)
    rows = rows_at(history, code)
    return find_done_groups(rows, rate_last(history, [code], rows))


def _is_any_finished(register: Register) -> bool:
    """Whether any action may be finished: it was confirmed as that at some time, or given a Blue instead."""
    v = tables.VALUE.c
    confirmed = and_(v.field == "confirmed_stage", v.value.in_(CONFIRMABLE))
    given = and_(v.field == "override_rag", v.value == Status.BLUE)
    found = select(v.id).where(v.plan == register.plan, v.record == "action", or_(confirmed, given)).limit(1)
    return bool(register.read(found))


def _describe_completed(file: ReturnOfRound) -> str:
    """Who completed it, and the day that the form gives: it is shown, and decides nothing."""
    day = json.loads(file.form).get("date_completed") if file.form else ""
    return f"{file.completed_by} ({day})" if day else file.completed_by


def _find_day_sent(file: ReturnOfRound) -> str:
    """The day on which its e-mail says that it was sent, by the sender's own clock (ISO); "" where that cannot be."""
    mail, began = file.mail, Round.parse(file.round).first_day
    if not mail or find_odd_date(mail, date.fromisoformat(file.received[:10]), began):
        return ""
    return mail.sent_at[:10]


def _describe_messages(file: ReturnOfRound) -> str:
    """What the form on `Start here` tells the board officer, and the e-mail that the file came in."""
    answers = json.loads(file.form) if file.form else {}
    because = f"Nothing to report: {answers['nothing_because']}" if answers.get("nothing_because") else ""
    mail = describe_mail(file.mail) if file.mail else ""
    return "\n".join(filter(None, [because, answers.get("message", ""), mail]))


def list_days_chased(register: Register, code: str) -> dict[str, list[str]]:
    """The days (ISO) on which a reminder was drafted for each subgroup in a round (its code), each once, in order."""
    days: dict[str, set[str]] = {}
    for row in register.read(rows_by(tables.CHASER, "round"), plan=register.plan, round=code):
        days.setdefault(row.subgroup, set()).add(row.day)
    return {subgroup: sorted(found) for subgroup, found in days.items()}
