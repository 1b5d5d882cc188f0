"""Texts that came in no cell of a table: messages on a form, e-mails, comments, and what stood outside the tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from string import ascii_uppercase
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    union,
)

from plan_sheets.core.model.mail import QUOTING, Mail, describe_mail
from plan_sheets.store.register import tables
from plan_sheets.store.register.reads import MAIL_COLUMNS, TracedValue, make_mail
from plan_sheets.store.register.register import Register
from plan_sheets.store.register.settling.subjects import QUERY_SUBJECT
from plan_sheets.store.register.statements import any_of, is_about, of_mail

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


def list_texts(register: Register, about: str, entered: Iterable[TracedValue]) -> Iterator[SaidElsewhere]:
    """The texts that came with a return (its number), with all of a subgroup (its code), or in the rows of a ref.

    Beside a row stand comments, changed locked cells, and what was typed in its margin. The messages on the form of the
    one return are not among them: they are entries of it. `entered`: what returns said of it.
    """
    returns = register.read(_returns_of(), plan=register.plan, about=about)
    for row in returns:
        yield from _list_messages(register, row, about)
    entries = {(value.number, value.sheet, value.cell) for value in entered}
    rows = {(number, sheet, _row_of(cell)) for number, sheet, cell in entries if cell}
    own = {row.number for row in returns}
    for record, said in _list_found(register, about, own, rows):
        is_near = said.number in own or (said.number, said.sheet, _row_of(said.cell)) in rows
        is_of = said.number == about or said.ref.partition("/")[0] == about
        if is_of and (said.number, said.sheet, said.cell) not in entries if record else is_near:
            yield said


def _list_messages(register: Register, row: Any, about: str) -> Iterator[SaidElsewhere]:
    """The messages and the e-mail of a return, a row of `_returns_of`."""
    code, number, file, sha, form, *came = row[:-MAIL_COLUMNS]
    returned = number, file, sha, "", "", *came
    answers = json.loads(form) if form and number != about else {}
    for name in MESSAGES:
        if answers.get(name):
            yield SaidElsewhere(name, "", code, answers[name], "said", *returned)
    mail: Mail | None = make_mail(register, row)
    if mail and (text := describe_mail(mail)):
        yield SaidElsewhere(E_MAIL, "", code, text, "said", *returned)


def _row_of(cell: str) -> str:
    """The row of a cell such as `F7`: `7`."""
    return cell.lstrip(ascii_uppercase)


def list_known(register: Register) -> list[str]:
    """All of which something can be traced: refs, and the numbers of returns."""
    return [name for (name,) in register.read(_known(), plan=register.plan) if name]


def _list_found(
    register: Register, about: str, own: Iterable[str], rows: Iterable[tuple[str, str, str]]
) -> Iterable[tuple[str, SaidElsewhere]]:
    """A text for each finding that quotes one, of a ref, of these returns or in such rows of their sheets.

    With the record that the finding is about, "" if about none, and with the last word of the officer. A row is given
    as the number of its return, its sheet and its own number; those of one number on other sheets may be told too.
    """
    near = sorted({number for number, _, _ in rows}), sorted({row for _, _, row in rows})
    bound = {"about": about, "numbers": sorted(own), "near": near[0], "rows": near[1], "quoting": [*QUOTING]}
    found = {}
    for number, record, *said, choice, by, received in register.read(_found(), plan=register.plan, **bound):
        settled = (choice, by, received) if choice else None
        found[number] = (record, SaidElsewhere._make([*said, settled]))
    return found.values()


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
    of_about = or_(r.number == bindparam("about"), d.subgroup == bindparam("about"))
    return chosen.where(r.plan == bindparam("plan"), of_about).order_by(r.id)


@cache
def _found() -> Select[Any]:
    """The findings that quote a text, `about` a ref, in the returns with these `numbers`, or in these `rows` of `near`.

    Each with its return, and with what settled the query about it.
    """
    f, r, d = tables.FINDING.c, tables.RETURN.c, tables.DOCUMENT.c
    q, s, by = tables.QUERY.c, tables.SETTLEMENT.c, tables.RETURN.alias()
    of = tables.FINDING.join(tables.RETURN, f.return_id == r.id).outerjoin(tables.DOCUMENT, r.document == d.id)
    same = and_(q.return_id == f.return_id, q.code == f.code, q.message == f.message)
    settled = and_(s.plan == q.plan, s.subject == literal(QUERY_SUBJECT) + cast(q.id, Text))
    of = of.outerjoin(tables.QUERY, same).outerjoin(tables.SETTLEMENT, settled).outerjoin(by, s.return_id == by.c.id)
    told = f.id, f.record, f.code, f.ref, func.coalesce(d.round, ""), f.entered, f.severity, r.number, r.file, r.sha256
    of_officer = (func.coalesce(column, "") for column in (s.choice, s.by, by.c.received))
    chosen = select(*told, f.sheet, f.cell, r.completed_by, r.received, r.saved_by, *of_officer).select_from(of)
    quoted = and_(f.entered != "", f.sheet != "", f.code.not_in(any_of("quoting")))
    in_row = and_(r.number.in_(any_of("near")), func.ltrim(f.cell, ascii_uppercase).in_(any_of("rows")))
    meant = or_(is_about(f.ref), r.number.in_(any_of("numbers")), in_row)
    return chosen.where(r.plan == bindparam("plan"), meant, quoted).order_by(f.id, s.id)
