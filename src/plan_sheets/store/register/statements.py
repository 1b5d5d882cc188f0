"""The selects of the register. Each is made once and kept: to make one costs as much as to run it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union,
)

from plan_sheets.store.register import tables
from plan_sheets.store.register.settling.subjects import FILE_SUBJECT, NAME_SUBJECT, QUERY_SUBJECT
from plan_sheets.store.register.withdrawals import OF_WITHDRAWN, is_withdrawn, withdrawals

SHA_ENOUGH = 6
"""How many letters of a SHA-256 the officer must give at least to name a return."""


@cache
def rows_by(table: Table, *names: str) -> Select[Any]:
    """The rows of a plan whose columns of these names hold the values bound to them, oldest first."""
    chosen, of = select(table).order_by(table.c.id), table
    if "plan" not in table.c:
        of, to = (tables.RETURN, "return_id") if "return_id" in table.c else (tables.QUERY, "query")
        chosen = chosen.join(of, table.c[to] == of.c.id)
    return chosen.where(of.c.plan == bindparam("plan"), *(table.c[name] == bindparam(name) for name in names))


@cache
def next_bases() -> Select[Any]:
    """The fact of each entry of a return (its `return_id`), and what it counts as having said; oldest first."""
    e = tables.ENTRY.c
    return rows_by(tables.ENTRY, "return_id").with_only_columns(e.record, e.ref, e.field, e.next_base)


@cache
def settled_subjects() -> Select[Any]:
    """The subject of everything that was settled."""
    s = tables.SETTLEMENT.c
    return select(s.subject).where(s.plan == bindparam("plan")).distinct()


@cache
def returns_standing() -> Select[Any]:
    """The returns of a `document` that were merged, not withdrawn, and that no later one replaces."""
    r = tables.RETURN
    return rows_by(r, "document").where(r.c.answers_sha != "", ~is_replaced(), ~is_withdrawn(r.c.id))


def is_replaced() -> ColumnElement[bool]:
    """Whether another return, which was not withdrawn, came in the place of a return."""
    later = tables.RETURN.alias()
    return exists().where(later.c.replaces == tables.RETURN.c.id, ~is_withdrawn(later.c.id))


def returns_named(name: str) -> Select[Any]:
    """The returns that have this number (in small letters), or, plans apart, whose SHA-256 begins so."""
    r = tables.RETURN
    named = [func.lower(r.c.number) == name]
    if len(name) >= SHA_ENOUGH:
        named.append(and_(func.substr(r.c.sha256, 1, len(name)) == name, r.c.kind != "plan"))
    return rows_by(r).where(or_(*named))


@cache
def set_aside() -> Select[Any]:
    """The last row of each file whose last `verdict` was this one, none put aside since; as they first came."""
    r, s = tables.RETURN, tables.SETTLEMENT.c
    files = select(func.min(r.c.id).label("first"), func.max(r.c.id).label("last")).group_by(r.c.plan, r.c.sha256)
    each = files.subquery()
    put = exists().where(s.plan == r.c.plan, s.subject == literal(FILE_SUBJECT) + r.c.sha256, s.return_id > r.c.id)
    return rows_by(r, "verdict").join(each, r.c.id == each.c.last).where(~put).order_by(None).order_by(each.c.first)


@cache
def open_queries_by(*names: str) -> tuple[Select[Any], Select[Any]]:
    """The queries that nobody has settled, and their cells; the names are columns of the returns they came by."""
    q, r, s, c = tables.QUERY, tables.RETURN, tables.SETTLEMENT, tables.QUERY_CELL
    settled = exists().where(s.c.plan == q.c.plan, s.c.subject == literal(QUERY_SUBJECT) + cast(q.c.id, Text))
    chosen = select(q).join(r, q.c.return_id == r.c.id).where(q.c.plan == bindparam("plan"), ~settled)
    chosen = chosen.where(*(r.c[name] == bindparam(name) for name in names))
    return chosen.order_by(q.c.id), select(c).where(c.c.query.in_(chosen.with_only_columns(q.c.id))).order_by(c.c.id)


@cache
def entries_of_placeholders() -> Select[Any]:
    """The entries, for rounds up to `last`, of facts about which there ever was a finding of this `code`."""
    e, f = tables.ENTRY.c, tables.FINDING.c
    facts = select(f.record, f.ref, f.field).where(f.code == bindparam("code"))
    chosen = rows_by(tables.ENTRY).with_only_columns(e.return_id, e.record, e.ref, e.field, e.round, e.entered)
    return chosen.where(
        e.round <= bindparam("last"), tuple_(e.record, e.ref, e.field).in_(facts), ~is_withdrawn(e.return_id)
    )


@cache
def findings_of_code() -> Select[Any]:
    """The cell and the text of every finding of this `code`, oldest first."""
    f = tables.FINDING.c
    chosen = rows_by(tables.FINDING, "code").where(~is_withdrawn(f.return_id))
    return chosen.with_only_columns(f.return_id, f.record, f.ref, f.field, f.entered)


@cache
def findings_to_read() -> Select[Any]:
    """The findings that the officer of a `round` reads, with their file and document, oldest first.

    They have one of these `severities` or `codes`. They are of the plan last read, of returns for this round or such
    as came since it was `issued` (a day, ISO), or of files that belong to no document; and of no file in whose place
    the same bytes came again.
    """
    f, r, d = tables.FINDING.c, tables.RETURN.c, tables.DOCUMENT.c
    plan = select(func.max(r.id)).where(r.plan == bindparam("plan"), r.kind == "plan").scalar_subquery()
    late = func.substr(r.received, 1, 10) >= bindparam("issued")
    in_time = and_(r.document.is_not(None), or_(d.round == bindparam("round"), late))
    chosen = select(
        *(f.code, f.sheet, f.cell, f.record, f.ref, f.field, f.severity, f.entered, f.message),
        *(
            r.number,
            r.file,
            r.sha256,
            func.coalesce(d.kind, r.kind),
            func.coalesce(d.round, ""),
            func.coalesce(d.subgroup, ""),
            *(r.id, r.verdict),
        ),
    )
    joined = tables.FINDING.join(tables.RETURN, f.return_id == r.id).outerjoin(tables.DOCUMENT, r.document == d.id)
    wanted = or_(r.id == plan, in_time, and_(r.document.is_(None), r.kind != "plan"))
    read = or_(f.severity.in_(any_of("severities")), f.code.in_(any_of("codes")))
    read = and_(read, or_(~is_withdrawn(r.id), f.code.in_(OF_WITHDRAWN)))
    again = tables.RETURN.alias()
    of_same = again.c.replaces == r.id, again.c.sha256 == r.sha256, ~is_withdrawn(again.c.id)
    read = and_(read, ~exists().where(*of_same))
    return chosen.select_from(joined).where(r.plan == bindparam("plan"), wanted, read).order_by(f.id)


@cache
def returns_by_round() -> Select[Any]:
    """What came back for documents of these `kinds`, with one of these `verdicts`, for the rounds `first` to `last`."""
    r, d = tables.RETURN.c, tables.DOCUMENT.c
    m = tables.MAIL.c
    chosen = select(d.round, d.subgroup, r.verdict, r.received, r.completed_by, r.form, r.number, *of_mail(m))
    chosen = chosen.select_from(
        tables.RETURN.join(tables.DOCUMENT, r.document == d.id).outerjoin(tables.MAIL, r.mail == m.id)
    )
    chosen = chosen.where(r.plan == bindparam("plan"), d.round.between(bindparam("first"), bindparam("last")))
    chosen = chosen.where(d.kind.in_(any_of("kinds")))
    return chosen.where(r.verdict.in_(any_of("verdicts")), ~is_withdrawn(r.id)).order_by(r.id)


@cache
def issues_by_round() -> Select[Any]:
    """Round and subgroup of each document of these `kinds`, for the rounds up to `last`, oldest first."""
    d = tables.DOCUMENT.c
    chosen = rows_by(tables.DOCUMENT).with_only_columns(d.round, d.subgroup)
    return chosen.where(d.round <= bindparam("last"), d.kind.in_(any_of("kinds")))


@cache
def facts_left_by_returns() -> Select[Any]:
    """The facts whose last entry has one of these `outcomes`, in returns of a `round`: see `returns_by_round`."""
    r, d = tables.RETURN.c, tables.DOCUMENT.c
    of = tables.RETURN.join(tables.DOCUMENT, r.document == d.id)
    returns = select(r.id).select_from(of).where(r.plan == bindparam("plan"), d.round == bindparam("round"))
    returns = returns.where(d.kind.in_(any_of("kinds")), r.verdict.in_(any_of("verdicts")), ~is_withdrawn(r.id))
    return _facts_left(tables.ENTRY.c.return_id.in_(returns))


@cache
def facts_left_in_round() -> Select[Any]:
    """The facts whose last entry for a `round` has one of these `outcomes`."""
    e, r = tables.ENTRY.c, tables.RETURN.c
    returns = select(r.id).where(r.plan == bindparam("plan"), ~is_withdrawn(r.id))
    return _facts_left(and_(e.round == bindparam("round"), e.return_id.in_(returns)))


def _facts_left(which: ColumnElement[bool]) -> Select[Any]:
    """The facts whose last entry, among `which`, has one of these `outcomes`; in the order of their first one there."""
    e = tables.ENTRY.c
    ids = select(func.min(e.id).label("first"), func.max(e.id).label("last")).where(which)
    each = ids.group_by(e.record, e.ref, e.field).subquery()
    chosen = select(e.record, e.ref, e.field).join_from(tables.ENTRY, each, e.id == each.c.last)
    return chosen.where(e.outcome.in_(any_of("outcomes"))).order_by(each.c.first)


@cache
def entries_of_ref() -> Select[Any]:
    """Every entry of `about`, a ref or the number of a return, with its return; oldest first."""
    e, r = tables.ENTRY.c, tables.RETURN.c
    chosen = select(
        *(e.record, e.ref, e.field, e.round, e.tidied, e.head, e.outcome, e.entered),
        *(r.number, r.file, r.sha256, e.sheet, e.cell),
        *(func.coalesce(func.nullif(e.by, ""), r.completed_by), r.received, r.saved_by),
        *(_replaced(), *of_mail(tables.MAIL.c)),
    )
    of = tables.ENTRY.join(tables.RETURN, e.return_id == r.id).outerjoin(tables.MAIL, r.mail == tables.MAIL.c.id)
    chosen = chosen.select_from(of)
    numbered = select(r.id).where(r.plan == bindparam("plan"), r.number == bindparam("about"))
    # Two looks into an index: asked for both at once SQLite reads the whole table.
    meant = union(select(e.id).where(is_about(e.ref)), select(e.id).where(e.return_id.in_(numbered)))
    return chosen.where(r.plan == bindparam("plan"), e.id.in_(meant)).order_by(e.id)


def _replaced() -> ColumnElement[str]:
    """The number of the return that one replaces; "" if none."""
    earlier = tables.RETURN.alias()
    number = select(earlier.c.number).where(earlier.c.id == tables.RETURN.c.replaces)
    return func.coalesce(number.correlate(tables.RETURN).scalar_subquery(), "")


@cache
def mails_of() -> Select[Any]:
    """The e-mails that the returns `ids` came in."""
    r, m = tables.RETURN.c, tables.MAIL
    of = rows_by(tables.RETURN).order_by(None).where(r.id.in_(any_of("ids")), r.mail == m.c.id)
    chosen: Select[Any] = of.with_only_columns(*of_mail(m.c))
    return chosen.distinct()


@cache
def mail_by_id() -> Select[Any]:
    """The e-mail with this `id`."""
    return rows_by(tables.MAIL, "id").with_only_columns(*of_mail(tables.MAIL.c))


@cache
def entries_typed() -> Select[Any]:
    """What was typed anew: of `about`, in its `field` if that is not "", or in the returns `ids`; with its return."""
    e, r = tables.ENTRY.c, tables.RETURN.c
    chosen = select(e.return_id, r.kind, e.record, e.ref, e.field, e.entered, e.tidied)
    chosen = chosen.join_from(tables.ENTRY, tables.RETURN, e.return_id == r.id)
    of_field = or_(bindparam("field") == "", e.field == bindparam("field"))
    meant = or_(e.return_id.in_(any_of("ids")), and_(is_about(e.ref), of_field))
    return chosen.where(r.plan == bindparam("plan"), meant, e.outcome != "untouched").order_by(e.id)


@cache
def values_typed() -> Select[Any]:
    """The same of what the officer typed to settle something."""
    v, s, r = tables.VALUE.c, tables.SETTLEMENT.c, tables.RETURN.c
    chosen = select(s.return_id, r.kind, v.record, v.ref, v.field, v.value, s.typed)
    settled = tables.VALUE.join(tables.SETTLEMENT, v.settlement == s.id).join(tables.RETURN, s.return_id == r.id)
    of_field = or_(bindparam("field") == "", v.field == bindparam("field"))
    meant = or_(s.return_id.in_(any_of("ids")), and_(is_about(v.ref), of_field))
    return chosen.select_from(settled).where(v.plan == bindparam("plan"), meant, s.typed != "").order_by(v.id)


@cache
def redacted_files() -> Select[Any]:
    """Each file that was taken out by a redaction, and when."""
    f, b = tables.REDACTED_FILE, tables.BATCH.c
    of = f.join(tables.REDACTION, f.c.redaction == tables.REDACTION.c.id).join(
        tables.BATCH, tables.REDACTION.c.batch == b.id
    )
    return select(f.c.sha256, b.at).select_from(of).where(f.c.plan == bindparam("plan")).order_by(f.c.id)


@cache
def settled_values_of_ref() -> Select[Any]:
    """The same columns of every value of `about` that was settled, and of the return that it was settled by."""
    v, s, r = tables.VALUE.c, tables.SETTLEMENT.c, tables.RETURN.c
    blank = literal("")
    chosen = select(
        *(
            v.record,
            v.ref,
            v.field,
            v.round,
            v.value,
            blank,
            literal("settled"),
            s.typed,
            r.number,
            r.file,
            r.sha256,
            blank,
            blank,
        ),
        *(s.by, r.received, r.saved_by, _replaced(), *of_mail(tables.MAIL.c)),
    )
    settled = tables.VALUE.join(tables.SETTLEMENT, v.settlement == s.id).join(tables.RETURN, s.return_id == r.id)
    settled = settled.outerjoin(tables.MAIL, r.mail == tables.MAIL.c.id)
    chosen = chosen.select_from(settled).where(v.plan == bindparam("plan"), is_about(v.ref), v.withdrawal.is_(None))
    return chosen.order_by(v.id)


@cache
def withdrawn_values_of_ref() -> Select[Any]:
    """Every value of `about` that stands because a return was withdrawn: the fact, round, value and the withdrawal."""
    v, w = tables.VALUE.c, withdrawals()
    chosen = select(v.record, v.ref, v.field, v.round, v.value, w.c.number, w.c.file, w.c.sha256, w.c.at, w.c.reason)
    chosen = chosen.join_from(tables.VALUE, w, v.withdrawal == w.c.id)
    return chosen.where(v.plan == bindparam("plan"), is_about(v.ref)).order_by(v.id)


def of_mail(mail: Any) -> list[ColumnElement[Any]]:
    """What an e-mail says, of its columns, "" where there is none; then the id of the one that it was attached to."""
    texts = mail.sha256, mail.sent_by, mail.sent_at, mail.subject, mail.body
    return [*(func.coalesce(column, "") for column in texts), mail.attached_to]


def is_about(ref: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a ref is the one bound as `about`, or that of a contribution to it (`J2.1/MH`)."""
    about = bindparam("about", type_=Text)
    near = and_(ref >= about, ref < about + "0")  # one range of the index; of all letters 0 comes next after /
    return and_(near, or_(ref == about, ref >= about + "/"))


@cache
def people() -> CompoundSelect[Any]:
    """Every text that names who completed a return, who settled, and what was entered in `fields` (record and name)."""
    e, r, s = tables.ENTRY.c, tables.RETURN.c, tables.SETTLEMENT.c
    completed = select(r.completed_by).where(r.plan == bindparam("plan"))
    settled = select(s.by).where(s.plan == bindparam("plan"))
    entered = rows_by(tables.ENTRY).order_by(None).with_only_columns(e.entered)
    return union(completed, settled, entered.where(tuple_(e.record, e.field).in_(any_of("fields"))))


@cache
def senders() -> Select[Any]:
    """The sender of every e-mail in which something came."""
    m = tables.MAIL.c
    return select(m.sent_by).where(m.plan == bindparam("plan")).distinct()


@cache
def verdicts() -> Select[Any]:
    """Every return: SHA-256 of its bytes, the verdict that it was given, and its number."""
    r = tables.RETURN.c
    return rows_by(tables.RETURN).where(~is_withdrawn(r.id)).with_only_columns(r.sha256, r.verdict, r.number)


@cache
def accepted_files() -> Select[Any]:
    """The files with one of these `verdicts` that are no plan: their bytes, document, answers and number."""
    r = tables.RETURN.c
    chosen = rows_by(tables.RETURN).with_only_columns(r.sha256, r.document, r.answers_sha, r.number)
    return chosen.where(r.verdict.in_(any_of("verdicts")), r.kind != "plan", ~is_withdrawn(r.id))


@cache
def returns_with_open_queries() -> Select[Any]:
    """The returns by which the queries came that nobody has settled."""
    queries, _ = open_queries_by()
    asking = queries.order_by(None).with_only_columns(tables.QUERY.c.return_id)
    return rows_by(tables.RETURN).where(tables.RETURN.c.id.in_(asking))


@cache
def last_settlement() -> Select[Any]:
    """The last settlement of a `subject`."""
    s = tables.SETTLEMENT.c
    chosen = rows_by(tables.SETTLEMENT, "subject").with_only_columns(s.choice, s.typed, s.by, s.return_id)
    return chosen.order_by(None).order_by(s.id.desc()).limit(1)


@cache
def late_names() -> Select[Any]:
    """Subject and name of each settlement that names who settled in a return without a name; oldest first."""
    s = tables.SETTLEMENT.c
    is_name = s.subject.between(NAME_SUBJECT, f"{NAME_SUBJECT}:")  # digits come before a colon; the index is used
    return select(s.subject, s.by).where(s.plan == bindparam("plan"), is_name).order_by(s.id)


@cache
def new_rows() -> Select[Any]:
    """Of each row that a subgroup added: the return that it first came in, its record and place there, and its ref."""
    n = tables.NEW_ROW.c
    return rows_by(tables.NEW_ROW).with_only_columns(n.lineage, n.record, n.row, n.ref)


@cache
def last_output_by(column: str) -> Select[Any]:
    """Path and SHA-256 of the last file made for each path, or for each SHA-256 (the `column`)."""
    o = tables.OUTPUT.c
    last = select(func.max(o.id)).where(o.plan == bindparam("plan")).group_by(o[column])
    return select(o.path, o.sha256).where(o.id.in_(last))


def any_of(name: str) -> BindParameter[Any]:
    """The values bound by this name, however many."""
    return bindparam(name, expanding=True)
