"""How the workbook of each subgroup stands in a round, from what the register holds."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, func, not_, or_, select

from plan_sheets.core.book.document import OF_SUBGROUPS
from plan_sheets.core.model.findings import Verdict
from plan_sheets.core.model.mail import describe_mail, find_odd_date
from plan_sheets.core.model.rounds import Round
from plan_sheets.core.model.stages import Status
from plan_sheets.core.rating.control_totals import Arrival, SubgroupReturn, control_totals
from plan_sheets.core.rating.plan_rows import find_merged, subgroups_of
from plan_sheets.core.rating.ratings import RECORDS, SAYS, find_done_groups, rate_last, rows_at
from plan_sheets.core.rating.rules.overrides import OVERRIDE
from plan_sheets.core.rating.rules.rag import CONFIRMABLE
from plan_sheets.core.rating.succession import FIELD as SUCCEEDS
from plan_sheets.core.rating.succession import split_refs_of
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
    """The subgroups all of whose actions are finished at the end of a round (its code).

    Of actions that are plainly open their subgroups alone are read: nearly all are, and there may be thousands.
    """
    v, others = tables.VALUE.c, tuple(record for record in RECORDS if record != "action")
    plainly_open = _find_plainly_open(register, code)
    refs = select(v.ref).where(*_of_action(register, "ref")).except_(select(plainly_open.c.ref))
    if not register.read(refs.limit(1)):
        return frozenset()
    of_others, of_actions = (
        register.history(*of, field=_FINISHED_IN) for of in ([v.record.in_(others)], [v.ref.in_(refs)])
    )
    history = of_others.joined_with(of_actions)
    rows = rows_at(history, code)
    done = find_done_groups(rows, rate_last(history, [code], rows))
    pairs = register.read(select(plainly_open.c.theme, plainly_open.c.subgroups).distinct()) if done else ()
    return done.difference(*(subgroups_of({**rows, "action": {"": _make_row(*pair)}}, "") for pair in pairs))


def _make_row(theme: str, subgroups: str) -> dict[str, str]:
    return {"theme": theme, "subgroups": subgroups}


def _of_action(register: Register, *fields: str) -> tuple[ColumnElement[bool], ...]:
    """That a value is one of these fields of an action."""
    v = tables.VALUE.c
    return v.plan == register.plan, v.record == "action", v.field.in_(fields)


def _find_plainly_open(register: Register, code: str) -> Subquery:
    """The actions of a round that are agreed and not finished, each with its theme and its own subgroups ("": none).

    No action is among them of which ever anything was said that could mean another thing, or that ever moved.
    """
    v, own = tables.VALUE.c, tables.VALUE.alias()
    said = {"confirmed_stage": CONFIRMABLE, "override_rag": (Status.BLUE,), "agreement": ("Proposed", "Declined")}
    told = [and_(v.field == field, v.value.in_(values)) for field, values in said.items()]
    told += [and_(v.field.in_(("removed", "finished_in")), v.value != "")]
    other = select(v.ref).where(*_of_action(register, *said, "removed", "finished_in"), or_(*told))
    again = select(v.ref).where(*_of_action(register, "theme", "subgroups")).group_by(v.ref, v.field)
    doubtful = or_(v.ref.in_(other), v.ref.in_(again.having(func.count() > 1)), v.ref.in_(list_moved(register)))
    same = and_(own.c.plan == v.plan, own.c.record == v.record, own.c.ref == v.ref, own.c.field == "subgroups")
    of = tables.VALUE.outerjoin(own, same)
    chosen = select(v.ref, v.value.label("theme"), func.coalesce(own.c.value, "").label("subgroups")).select_from(of)
    return chosen.where(*_of_action(register, "theme"), v.round <= code, not_(doubtful)).subquery()


def list_moved(register: Register) -> list[str]:
    """The refs of the actions that ever took the place of others, and of these."""
    history = register.history(record="action", field=SUCCEEDS)
    values = (held for all_held in history.by_key.values() for held in all_held)
    return [*{ref for held in values for ref in (held.key.ref, *split_refs_of(held.value))}]


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
