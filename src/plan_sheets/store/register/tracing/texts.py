"""Texts that came in no cell of a table: messages on a form, e-mails, comments, and what stood outside the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
)

from plan_sheets.core.model.mail import QUOTING, Mail, describe_mail
from plan_sheets.store.register import tables
from plan_sheets.store.register.reads import MAIL_COLUMNS, make_mail
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.statements import QUERY_SUBJECT, is_about, of_mail

MESSAGES = ("nothing_because", "message")
"""The answers of a form that are texts for the board officer."""
E_MAIL = "e-mail"


class SaidElsewhere(NamedTuple):
    """A text that came in no cell of a table. `kind`: the field of the form, the code of its finding, or `E_MAIL`."""

    kind: str
    ref: str
    """Of the row beside which it stood; "" where it stood beside none."""
    round: str
    text: str
    outcome: str
    """The severity of its finding; `said` where nobody has to do anything about it."""
    number: str
    file: str
    sha256: str
    sheet: str
    cell: str
    completed_by: str
    received: str
    saved_by: str
    settled: tuple[str, str, str] | None = None
    """Of a query about it that was settled: the choice, by whom, and when; None while it is open."""


def list_texts_of_returns(register: Register, about: str) -> Iterator[SaidElsewhere]:
    """The texts that came with a return (its number), or with all of a subgroup (its code), oldest first.

    The messages on the form of the one return are not among them: they are entries of it.
    """
    for row in register.read(_returns_of(), plan=register.plan, about=about):
        code, number, file, sha, form, *came = row[:-MAIL_COLUMNS]
        returned = number, file, sha, "", "", *came
        answers = json.loads(form) if form and number != about else {}
        for name in MESSAGES:
            if answers.get(name):
                yield SaidElsewhere(name, "", code, answers[name], "said", *returned)
        mail: Mail | None = make_mail(register, row)
        if mail and (text := describe_mail(mail)):
            yield SaidElsewhere(E_MAIL, "", code, text, "said", *returned)
    yield from _list_found(register, _of_returns(), about)


def list_texts_beside(register: Register, ref: str) -> Iterator[SaidElsewhere]:
    """The texts that stood in the rows of a ref, in cells that were not for it: comments, locked cells, margins."""
    yield from _list_found(register, _beside(), ref)


def list_known(register: Register) -> list[str]:
    """All of which something can be traced: refs, and the numbers of returns."""
    return [name for (name,) in register.read(_known(), plan=register.plan) if name]


def _list_found(register: Register, chosen: Select[Any], about: str) -> Iterator[SaidElsewhere]:
    """A text for each finding that quotes one, with the last word of the officer about it."""
    found = {number: (*said, settled) for number, *said, settled in _read_found(register, chosen, about)}
    yield from (SaidElsewhere(*said) for said in found.values())


def _read_found(register: Register, chosen: Select[Any], about: str) -> Iterator[tuple[Any, ...]]:
    for *said, choice, by, received in register.read(chosen, plan=register.plan, about=about, quoting=[*QUOTING]):
        yield (*said, (choice, by, received) if choice else None)


@cache
def _known() -> CompoundSelect[Any]:
    v, r = tables.VALUE.c, tables.RETURN.c
    refs = select(v.ref).where(v.plan == bindparam("plan"))
    return union(refs, select(r.number).where(r.plan == bindparam("plan")))


@cache
def _returns_of() -> Select[Any]:
    """The returns `about`: a number, or the code of a subgroup; with their e-mail."""
    r, d, m = tables.RETURN.c, tables.DOCUMENT.c, tables.MAIL.c
    of = tables.RETURN.outerjoin(tables.DOCUMENT, r.document == d.id).outerjoin(tables.MAIL, r.mail == m.id)
    told = func.coalesce(d.round, ""), r.number, r.file, r.sha256, r.form, r.completed_by, r.received, r.saved_by
    chosen = select(*told, *of_mail(m)).select_from(of)
    return chosen.where(r.plan == bindparam("plan"), _is_of(d.subgroup)).order_by(r.id)


def _is_of(subgroup: ColumnElement[str]) -> ColumnElement[bool]:
    return or_(tables.RETURN.c.number == bindparam("about"), subgroup == bindparam("about"))


@cache
def _of_returns() -> Select[Any]:
    return _found().where(_is_of(tables.DOCUMENT.c.subgroup))


@cache
def _beside() -> Select[Any]:
    """The findings that name a ref, or stand in the row of a sheet in which something was entered of it."""
    f, e = tables.FINDING.c, tables.ENTRY.c
    same_row = exists().where(
        e.return_id == f.return_id, e.sheet == f.sheet, _row_of(e.cell) == _row_of(f.cell), is_about(e.ref)
    )
    return _found().where(or_(is_about(f.ref), and_(f.ref == "", f.cell != "", same_row)))


def _row_of(cell: ColumnElement[str]) -> ColumnElement[str]:
    """The row of a cell such as `F7`: `7`."""
    return func.ltrim(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@cache
def _found() -> Select[Any]:
    """The findings that quote a text which is no entry, their return, and what settled the query about them."""
    f, r, d, e = tables.FINDING.c, tables.RETURN.c, tables.DOCUMENT.c, tables.ENTRY.c
    q, s, by = tables.QUERY.c, tables.SETTLEMENT.c, tables.RETURN.alias()
    of = tables.FINDING.join(tables.RETURN, f.return_id == r.id).outerjoin(tables.DOCUMENT, r.document == d.id)
    same = and_(q.return_id == f.return_id, q.code == f.code, q.message == f.message)
    settled = and_(s.plan == q.plan, s.subject == literal(QUERY_SUBJECT) + cast(q.id, Text))
    of = of.outerjoin(tables.QUERY, same).outerjoin(tables.SETTLEMENT, settled).outerjoin(by, s.return_id == by.c.id)
    told = f.id, f.code, f.ref, func.coalesce(d.round, ""), f.entered, f.severity, r.number, r.file, r.sha256
    of_officer = (func.coalesce(column, "") for column in (s.choice, s.by, by.c.received))
    chosen = select(*told, f.sheet, f.cell, r.completed_by, r.received, r.saved_by, *of_officer).select_from(of)
    is_entry = exists().where(e.return_id == f.return_id, e.sheet == f.sheet, e.cell == f.cell, f.record != "")
    quoted = and_(f.entered != "", f.sheet != "", f.code.not_in(bindparam("quoting", expanding=True)), ~is_entry)
    return chosen.where(r.plan == bindparam("plan"), quoted).order_by(f.id, s.id)
